"""From results to what is shown, for the verbs that list things. Domain: no I/O."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from cci_cli.definitions import CardModel
from cci_cli.errors import Problem, count_noun, quote_value
from cci_cli.formats import Lang
from cci_cli.outcomes import CardsResult, CheckResult, RevisionStatus, StatusResult, ValidateResult
from cci_cli.periods import Period
from cci_cli.rounding import fraction_text, round_exact
from cci_cli.views import NULL_MARK, Lines, Sheet, View

#: Up to this many models are shown with their aliases, source and note.
DETAILED_MODELS: Final = 5
COEFFICIENT_DECIMALS: Final = 6


def problem_line(problem: Problem) -> str:
    """A problem in one line: ``file:line: column `value`: message [code]``."""
    place = ":".join(str(part) for part in (problem.file, problem.line) if part is not None)
    subject = problem.column or ""
    if problem.value is not None and quote_value(problem.value) not in problem.message:
        subject = f"{subject} {quote_value(problem.value)}".strip()
    parts = [place, subject, problem.message]
    return ": ".join(part for part in parts if part) + f" [{problem.code}]"


def problem_lines(problems: Iterable[tuple[str, Problem]]) -> Iterable[str]:
    """Problems, each behind its prefix, with a hint below where it is not the one just given."""
    last_hint = None
    for prefix, problem in problems:
        yield prefix + problem_line(problem)
        if problem.hint and problem.hint != last_hint:
            yield f"    hint: {problem.hint}"
        last_hint = problem.hint


def view_validate(result: ValidateResult, most: int = 0) -> View:
    """Every problem with its place; the first ``most`` of errors and of warnings, 0 for all."""
    errors = result.errors[:most] if most else result.errors
    warnings = result.warnings[:most] if most else result.warnings
    levels = [("error", item) for item in errors] + [("warning", item) for item in warnings]
    fields = ("code", "line", "column", "value", "message", "hint")
    columns: dict[str, type | int] = dict.fromkeys(("level", *fields), str)
    columns["line"] = int

    def records(items: Iterable[Problem]) -> list[dict[str, Any]]:
        return [{name: getattr(item, name) for name in fields} for item in items]

    return View(
        sheet=Lines(tuple(_validate_lines(result, levels))),
        columns=columns,
        records=tuple((level, *(getattr(item, name) for name in fields)) for level, item in levels),
        document={
            "valid": result.is_valid,
            "file": result.file,
            "snapshot": result.ref and str(result.ref),
            "compared_with": result.compared_with and str(result.compared_with),
            "errors": records(errors),
            "error_count": result.error_count,
            "warnings": records(warnings),
            "warning_count": result.warning_count,
            "encoding": result.reading.encoding if result.reading else None,
            "normalised": result.reading.records() if result.reading else [],
        },
    )


def _validate_lines(result: ValidateResult, levels: Sequence[tuple[str, Problem]]) -> Iterable[str]:
    yield from problem_lines((f"{level}: ", item) for level, item in levels)
    hidden = result.error_count + result.warning_count - len(levels)
    if hidden:
        is_more = len(levels) < len(result.errors) + len(result.warnings)
        advice = "; --max-problems N shows more" if is_more else ""
        yield f"{hidden:,} more not shown{advice}"
    yield from result.reading.lines() if result.reading else ()
    name = f"{result.file} ({result.ref})" if result.ref else result.file
    if result.facts is None:
        yield f"{name}: not valid, {count_noun(result.error_count, 'error')}"
        return
    facts = result.facts
    yield (
        f"{name}: valid, {count_noun(facts.rows, 'row')}, {count_noun(facts.nodes, 'node')}, "
        f"{count_noun(result.warning_count, 'warning')}"
    )
    if result.compared_with:
        yield f"moves compared with {result.compared_with}"


def _cell_text(value: object) -> str:
    return NULL_MARK if value is None or value == "" else str(value)


def view_check(result: CheckResult) -> View:
    """What of a text is not borne out, then what deserves a look, with places."""
    check = result.check
    levels = [("error", item) for item in check.problems]
    levels += [("warning", item) for item in check.warnings]
    fields = ("code", "line", "column", "value", "message", "hint")
    columns: dict[str, type | int] = dict.fromkeys(("level", *fields), str)
    columns |= {"line": int, "column": int}
    records = [
        {name: getattr(item, name) for name in fields} | {"column": int(item.column or 0)}
        for _, item in levels
    ]
    errors = len(check.problems)
    return View(
        sheet=Lines(tuple(_check_lines(result, levels))),
        columns=columns,
        records=tuple(
            (level, *(record[name] for name in fields))
            for (level, _), record in zip(levels, records, strict=True)
        ),
        document={
            "borne_out": result.is_borne_out,
            "file": result.file,
            "period": str(result.period),
            "status": _tell_status(result),
            "figures": check.figures,
            "superlatives": check.superlatives,
            "errors": records[:errors],
            "warnings": records[errors:],
            "confirmed": [
                {
                    "line": item.line,
                    "column": item.column,
                    "value": item.text,
                    "matched": item.matched,
                    "exact": item.exact,
                    "certain": item.is_certain,
                }
                for item in check.confirmed
            ],
        },
    )


def _tell_status(result: CheckResult) -> str:
    return "official" if result.is_official else "provisional"


def _check_lines(result: CheckResult, levels: Sequence[tuple[str, Problem]]) -> Iterable[str]:
    for level, item in levels:
        yield f"{level}: {result.file}:{item.line}:{item.column}: {item.message} [{item.code}]"
        if item.hint:
            yield f"    hint: {item.hint}"
    check = result.check
    yield (
        f"{result.file}: {count_noun(check.figures, 'figure')} and "
        f"{count_noun(check.superlatives, 'superlative')} borne out by {result.period} "
        f"({_tell_status(result)}), "
        f"{count_noun(len(check.problems), 'error')}, "
        f"{count_noun(len(check.warnings), 'warning')}"
    )


def view_cards(result: CardsResult, lang: Lang) -> View:
    """Models with their rate and coefficient; a few of them with all that is known."""
    columns: dict[str, type | int] = {
        "model": str,
        "vendor": str,
        "fp16_tflops": str,
        "basis": str,
        "coefficient": COEFFICIENT_DECIMALS,
        "coefficient_exact": str,
        "released": int,
        "aliases": str,
        "source": str,
        "note": str,
    }
    records = [_card_record(card, result) for card in result.models]
    headers = {
        "zh": ("型号", "厂商", "FP16 TFLOPS", "口径", "折算系数", "发布年份"),
        "en": ("Model", "Vendor", "FP16 TFLOPS", "Basis", "Coefficient", "Released"),
    }
    shown = ("model", "vendor", "fp16_tflops", "basis", "coefficient", "released")
    notes: list[str] = []
    if len(records) <= DETAILED_MODELS:
        for record in records:
            notes += [f"{record['model']}:"]
            notes += [
                f"  {name}: {text}"
                for name, text in (
                    ("aliases", record["aliases"].replace("|", " | ")),
                    ("source", record["source"]),
                    ("note", record["note"]),
                )
                if text
            ]
    return View(
        sheet=Sheet(
            title=count_noun(len(records), "model"),
            headers=headers[lang],
            rows=tuple(tuple(_cell_text(record[name]) for name in shown) for record in records),
            numeric=frozenset({2, 4, 5}),
            notes=tuple(notes),
        ),
        columns=columns,
        records=tuple(tuple(record[name] for name in columns) for record in records),
        document={
            "models": [
                record | {"aliases": list(card.aliases)}
                for record, card in zip(records, result.models, strict=True)
            ]
        },
    )


def _card_record(card: CardModel, result: CardsResult) -> dict[str, Any]:
    coefficient = result.coefficients[card.model]
    return {
        "model": card.model,
        "vendor": card.vendor,
        "fp16_tflops": f"{card.fp16_tflops:f}",
        "basis": card.basis,
        "coefficient": round_exact(coefficient, COEFFICIENT_DECIMALS),
        "coefficient_exact": fraction_text(coefficient),
        "released": card.released,
        "aliases": "|".join(card.aliases),
        "source": card.source,
        "note": card.note,
    }


def view_status(result: StatusResult, lang: Lang) -> View:
    """Every revision of every period, with what is missing and what is damaged."""
    headers = {
        "zh": ("期次", "修订", "截止日", "行数", "SHA-256", "入库时间", "发布", "状态"),
        "en": (
            *("Period", "Revision", "As of", "Rows", "SHA-256", "Created"),
            *("Released", "State"),
        ),
    }
    columns: dict[str, type | int] = {
        "period": str,
        "revision": str,
        "as_of": str,
        "rows": int,
        "sha256": str,
        "created": str,
        "release": str,
        "state": str,
    }
    records = [_revision_record(item) for item in result.revisions]
    shortened = [
        record
        | {"sha256": (record["sha256"] or "")[:12], "created": (record["created"] or "")[:10]}
        for record in records
    ]
    notes = [
        *(f"{name} was transcribed from print" for name in result.transcribed),
        *_missing_lines(result.missing),
        *result.damage,
    ]
    return View(
        sheet=Sheet(
            title=f"{result.workspace}  (base {result.base_period})",
            headers=headers[lang],
            rows=tuple(tuple(_cell_text(record[name]) for name in columns) for record in shortened),
            numeric=frozenset({3}),
            notes=tuple(notes),
        ),
        columns=columns,
        records=tuple(tuple(record[name] for name in columns) for record in records),
        document={
            "workspace": result.workspace,
            "base": str(result.base_period),
            "revisions": records,
            "missing": [str(period) for period in result.missing],
            "transcribed": list(result.transcribed),
            "damage": list(result.damage),
        },
    )


def _missing_lines(missing: Sequence[Period]) -> Iterable[str]:
    """The periods without a snapshot, those in a row in one line."""
    rows: list[list[Period]] = []
    for period in missing:
        if rows and rows[-1][-1].next == period:
            rows[-1].append(period)
        else:
            rows.append([period])
    for row in rows:
        names = str(row[0]) if len(row) == 1 else f"{row[0]} to {row[-1]}"
        have = "has" if len(row) == 1 else "have"
        yield f"{names} {have} no snapshot: nothing after it can be chained"


def _revision_record(item: RevisionStatus) -> dict[str, Any]:
    state = "demonstration" if item.is_demonstration else "ok"
    return {
        "period": str(item.ref.period),
        "revision": f"r{item.ref.revision}",
        "as_of": item.ref.period.as_of.isoformat(),
        "rows": item.rows,
        "sha256": item.sha256,
        "created": item.created,
        "release": item.release,
        "state": state if item.damage is None else item.damage,
    }
