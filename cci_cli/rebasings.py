"""From levels on another base to what is shown. Domain: no I/O."""

from collections.abc import Sequence
from typing import Any

from cci_cli.figures import Rounder, exact_text, index_name, index_series, to_provenance
from cci_cli.formats import Lang
from cci_cli.histories import RebaseResult
from cci_cli.periods import Period
from cci_cli.timelines import (
    origin_text,
    release_text,
    round_measure,
    standing_of,
    standing_text,
)
from cci_cli.views import NULL_MARK, Sheet, View, date_text, note_text


def view_rebase(result: RebaseResult, lang: Lang) -> View:
    """The levels on the new base, beside the supply that stands behind those in the base."""
    history = result.history
    rounder = Rounder(history.config.methodology)
    columns: dict[str, type | int] = dict.fromkeys(("code", "series", "name"), str)
    columns |= dict.fromkeys(("base_period", "base_level", "official_base", "factor"), str)
    columns |= dict.fromkeys(("period", "rebased_from"), str)
    columns |= {"supply_card_hours": int, "level": history.config.methodology.decimals}
    return View(
        sheet=_rebase_sheet(result, rounder, lang),
        columns=columns,
        records=tuple(
            (
                index.code,
                index_series(index, lang),
                index_name(index, lang),
                str(result.period),
                f"{result.level:f}",
                "yes" if result.is_official_base else "no",
                exact_text(result.factors[index.code]),
                str(period),
                None if history.find(index.code, period) is None else standing_of(history, period),
                round_measure(history.measure(index.code, period, "supply"), "supply", rounder),
                rounder.points(result.value(index.code, period)),
            )
            for index in history.config.indices
            for period in history.points
        ),
        document=_rebase_document(result, rounder, lang),
    )


def _rebase_sheet(result: RebaseResult, rounder: Rounder, lang: Lang) -> Sheet:
    is_zh = lang == "zh"
    history = result.history
    indices, periods = history.config.indices, list(history.points)
    level, day = f"{result.level:f}", date_text(result.period, lang)
    if result.is_official_base:
        title = f"基期点位：{day} = {level}" if is_zh else f"Base levels: {day} = {level}"
    elif is_zh:
        title = f"重新定基（非官方基期）：{day} = {level}"
    else:
        title = f"Rebased, not the official base: {day} = {level}"
    rows = []
    for index in indices:
        supply = round_measure(
            history.measure(index.code, result.period, "supply"), "supply", rounder
        )
        share = rounder.percent(history.measure(index.code, result.period, "share"))
        levels = (rounder.points(result.value(index.code, period)) for period in periods)
        rows.append(
            (
                index_name(index, lang),
                NULL_MARK if supply is None else f"{supply:,}",
                NULL_MARK if share is None else f"{share:f}",
                *(NULL_MARK if value is None else f"{value:f}" for value in levels),
            )
        )
    supply_headers = (
        (f"{result.period} 供算量\n卡时/年", "占比\n%")
        if is_zh
        else (f"Supply {result.period}\ncard-hours", "Share\n%")
    )
    return Sheet(
        title=title,
        headers=(
            "指数名称" if is_zh else "Index",
            *supply_headers,
            *(f"{period}\n{_source_text(result, period, lang)}" for period in periods),
        ),
        rows=tuple(rows),
        numeric=frozenset(range(1, len(periods) + 3)),
        group_header="系列" if is_zh else "Series",
        groups=tuple(index_series(index, lang) for index in indices),
        notes=(
            *_factor_lines(result, lang),
            *(note_text(note, lang) for note in result.notes),
            origin_text(history, lang),
        ),
    )


def _source_text(result: RebaseResult, period: Period, lang: Lang) -> str:
    """What levels on the new base come from; only those on the official base are released."""
    standing = standing_text(result.history, period, lang)
    if result.is_official_base:
        return standing
    return f"据{standing}" if lang == "zh" else f"from {standing}"


def _factor_lines(result: RebaseResult, lang: Lang) -> Sequence[str]:
    factor = result.factor
    if factor is None or factor == 1:
        return ()
    return (f"系数 {exact_text(factor)}" if lang == "zh" else f"factor {exact_text(factor)}",)


def _rebase_document(result: RebaseResult, rounder: Rounder, lang: Lang) -> dict[str, Any]:
    history = result.history
    methodology = history.config.methodology
    return {
        "base": {
            "period": str(result.period),
            "as_of": result.period.as_of.isoformat(),
            "level": result.level,
        },
        "is_official_base": result.is_official_base,
        "official_base": {
            "period": str(methodology.base_period),
            "as_of": methodology.base_period.as_of.isoformat(),
            "level": methodology.base_level,
        },
        "each": result.is_each,
        "periods": [
            {
                "period": str(period),
                "as_of": period.as_of.isoformat(),
                "rebased_from": standing_of(history, period),
                "release": release_text(history, period),
            }
            for period in history.points
        ],
        "factor": exact_text(result.factor),
        "series": [
            {
                "code": index.code,
                "series": index_series(index, lang),
                "name": index_name(index, lang),
                "factor": exact_text(result.factors[index.code]),
                "base_supply_card_hours": round_measure(
                    history.measure(index.code, result.period, "supply"), "supply", rounder
                ),
                "base_share_pct": rounder.percent(
                    history.measure(index.code, result.period, "share")
                ),
                "levels": {
                    str(period): rounder.points(result.value(index.code, period))
                    for period in history.points
                },
                "status": {
                    str(period): None if point is None else point.status
                    for period in history.points
                    for point in [history.find(index.code, period)]
                },
                "levels_exact": {
                    str(period): exact_text(result.value(index.code, period))
                    for period in history.points
                },
            }
            for index in history.config.indices
        ],
        "notes": [note_text(note, lang) for note in result.notes],
        "provenance": to_provenance(
            history.snapshots, history.releases.values(), history.config.hashes, methodology
        ),
    }
