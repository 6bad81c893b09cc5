"""From one level taken apart to what is shown: an account that a calculator can follow. Domain.

No I/O. Of a message code, the account is its text in the catalogue.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from cci_cli.arithmetic import account_lines, decimal_text, describe_rounding, sum_tflops
from cci_cli.errors import count_noun, find_exit_code
from cci_cli.figures import Rounder, exact_text, index_name, round_figures, to_provenance
from cci_cli.formats import Lang
from cci_cli.messages import ERRORS, NOTES, SUBJECTS, WARNINGS, Message
from cci_cli.outcomes import ExplainResult, ModelAccount
from cci_cli.rounding import fraction_text
from cci_cli.views import NULL_MARK, Cell, Lines, Sheet, View, date_text, note_text

_FILLED_IN: Final = re.compile(r"\{(\w+)\}")


def view_message(code: str, lang: Lang) -> View | None:
    """What an error, warning or note says, what to do about it, and what it is about.

    What it fills in when it is said stands in angle brackets.

    Returns:
        null if there is none such. The exit code is that of a command that ends with the message;
        null for what ends none.
    """
    entry = ERRORS.get(code) or WARNINGS.get(code)
    if code in NOTES:
        entry = Message(NOTES[code][lang])
    if entry is None:
        return None
    text, hint = _FILLED_IN.sub(_name_part, entry.text), None
    lines = [f"{code}: {text}"]
    if entry.hint is not None:
        hint = _FILLED_IN.sub(_name_part, entry.hint)
        lines.append(f"  hint: {hint}")
    about, exit_code = SUBJECTS[code[:2]], find_exit_code(code)
    lines.append(f"  about: {about}" + ("" if exit_code is None else f"; exit code {exit_code}"))
    columns = {"code": str, "text": str, "hint": str, "about": str, "exit_code": int}
    record = (code, text, hint, about, exit_code)
    return View(
        sheet=Lines(tuple(lines)),
        columns=columns,
        records=(record,),
        document=dict(zip(columns, record, strict=True)),
    )


def _name_part(found: re.Match[str]) -> str:
    return f"<{found[1].replace('_', ' ')}>"


def view_explain(result: ExplainResult, lang: Lang, top: int = 0) -> View:
    """One level with its provinces, models, supply, chain, rounding and sources.

    Args:
        result: what was taken apart.
        lang: language of the table.
        top: models shown of each province, 0 for all; data formats always have all.
    """
    columns: dict[str, type | int] = {
        "province": str,
        "model": str,
        "fp16_tflops": str,
        "previous_cards": int,
        "cards": int,
        "previous_tflops": str,
        "tflops": str,
    }
    records: list[tuple[Cell, ...]] = []
    for account in result.provinces:
        for item in account.models:
            before, now = sum_tflops((item,), has_previous=result.previous is not None)
            rate = f"{item.fp16_tflops:f}"
            cards = (item.previous_cards, item.cards)
            tflops = (None if before is None else decimal_text(before), decimal_text(now))
            records.append((account.province.name, item.model, rate, *cards, *tflops))
    return View(
        sheet=_explain_sheet(result, lang, top),
        columns=columns,
        records=tuple(records),
        document=_explain_document(result),
    )


def _explain_sheet(result: ExplainResult, lang: Lang, top: int) -> Sheet:
    is_zh = lang == "zh"
    has_previous = result.previous is not None
    index = result.figures.definition
    words = ("型号", "每卡\nTFLOPS", "卡数") if is_zh else ("Model", "TFLOPS\nper card", "cards")
    periods = (result.previous, result.period) if has_previous else (result.period,)
    sums = [f"{period}\n{word}" for period in periods for word in (words[2], "TFLOPS")]
    headers = (*words[:2], *sums)
    rows: list[tuple[str, ...]] = []
    groups: list[str] = []
    every: list[ModelAccount] = []

    def add(group: str, name: str, rate_text: str, models: Sequence[ModelAccount]) -> None:
        old_tflops, new_tflops = sum_tflops(models, has_previous=has_previous)
        old_cells: tuple[str, ...] = ()
        if old_tflops is not None:
            old_cards = sum(item.previous_cards or 0 for item in models)
            old_cells = (f"{old_cards:,}", decimal_text(old_tflops, ","))
        new_cards = f"{sum(item.cards for item in models):,}"
        rows.append((name, rate_text, *old_cells, new_cards, decimal_text(new_tflops, ",")))
        groups.append(group)

    for account in result.provinces:
        every += account.models
        province = account.province.name if is_zh else account.province.name_en
        shown = account.models[:top] if top else account.models
        rest = account.models[len(shown) :]
        for item in shown:
            add(province, item.model, f"{item.fp16_tflops:f}", (item,))
        if rest:
            name = f"其余 {len(rest)} 个型号" if is_zh else count_noun(len(rest), "other model")
            add(province, name, NULL_MARK, rest)
        name = "小计" if is_zh else "together"
        add(province, name, NULL_MARK, account.models)
    count = len(result.provinces)
    name = f"{count} 个省份" if is_zh else count_noun(count, "province")
    add("合计" if is_zh else "Total", name, NULL_MARK, every)
    return Sheet(
        title=f"{index.code}  {index_name(index, lang)}  {date_text(result.period, lang)}",
        headers=headers,
        rows=tuple(rows),
        numeric=frozenset(range(1, len(headers))),
        group_header="省份" if is_zh else "Province",
        groups=tuple(groups),
        notes=tuple(account_lines(result, lang)),
    )


def _explain_document(result: ExplainResult) -> dict[str, Any]:
    seen, start = result.figures.observation, result.start
    source = None if result.previous is None else "snapshots"
    if start is not None and start.ref.period == result.previous:
        source = start.name if seen.code in start.levels else "seeded"
    methodology = result.methodology
    hours = methodology.hours_per_year
    standard = Fraction(methodology.standard_card_tflops)
    provinces = []
    for account in result.provinces:
        before, now = sum_tflops(account.models, has_previous=result.previous is not None)
        provinces.append(
            {
                "province": account.province.name,
                "cards": sum(item.cards for item in account.models),
                "tflops": decimal_text(now),
                "supply_exact": fraction_text(now / standard * hours),
                "previous_tflops": None if before is None else decimal_text(before),
                "previous_supply_exact": exact_text(before and before / standard * hours),
                "models": [
                    {
                        "model": item.model,
                        "fp16_tflops": item.fp16_tflops,
                        "coefficient_exact": fraction_text(Fraction(item.fp16_tflops) / standard),
                        "cards": item.cards,
                        "previous_cards": item.previous_cards,
                    }
                    for item in account.models
                ],
            }
        )
    release = result.release
    return {
        "period": str(result.period),
        "previous": result.previous and str(result.previous),
        **round_figures(result.figures, Rounder(methodology), "zh"),
        "previous_level_exact": exact_text(seen.previous_level),
        "previous_level_source": source,
        "supply_exact": fraction_text(seen.link.supply),
        "previous_supply_exact": exact_text(seen.link.previous_supply),
        "national_supply_exact": fraction_text(seen.link.national_supply),
        "previous_national_supply_exact": exact_text(seen.link.previous_national_supply),
        "national_level_exact": fraction_text(seen.national_level),
        "rounding": describe_rounding(seen, methodology),
        "release": release and release.name,
        "official": result.is_official,
        "by_province": provinces,
        "notes": [note_text(note, "zh") for note in result.notes],
        "provenance": to_provenance(
            result.snapshots, filter(None, [start]), result.config_hashes, methodology
        ),
    }
