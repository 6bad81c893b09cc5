"""From the result of verifying to what is shown. Domain: no I/O."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from cci_cli.errors import count_noun
from cci_cli.figures import Rounder
from cci_cli.outcomes import Drift, VerifyResult
from cci_cli.results import release_name
from cci_cli.rounding import fraction_text
from cci_cli.views import Cell, Lines, View

#: Places shown of a difference beyond those of a level, so that rounding does not hide it.
MORE_DECIMALS: Final = 2


def view_verify(result: VerifyResult) -> View:
    """Every package with what is wrong with it, and the drift ledger."""
    columns: dict[str, type | int] = dict.fromkeys(
        ("kind", "name", "code", "state", "released", "restated", "difference", "detail"), str
    )
    decimals = result.methodology.decimals
    columns |= {"released": decimals, "restated": decimals}
    columns["difference"] = decimals + MORE_DECIMALS
    records: list[tuple[Cell, ...]] = []
    for finding in result.findings:
        state = "mismatch" if finding.mismatches else "ok"
        detail = "; ".join((*finding.mismatches, *finding.remarks))
        records.append((finding.kind, finding.name, None, state, None, None, None, detail))
    for name, superseded in result.outdated:
        detail = f"rests on {release_name(superseded)}, which was restated"
        records.append(("release", name, None, "outdated", None, None, None, detail))
    ledger = [_drift_record(drift, Rounder(result.methodology)) for drift in result.drifts]
    for entry in ledger:
        figures = (entry["released"], entry["restated"], entry["difference"])
        records.append(
            ("drift", entry["release"], entry["code"], "drift", *figures, entry["reason"])
        )
    return View(
        sheet=Lines(tuple(_verify_lines(result, ledger))),
        columns=columns,
        records=tuple(records),
        document={
            "sound": result.is_sound,
            "findings": [
                {
                    "kind": finding.kind,
                    "name": finding.name,
                    "mismatches": list(finding.mismatches),
                    "remarks": list(finding.remarks),
                }
                for finding in result.findings
            ],
            "outdated": [
                {"release": name, "rests_on": release_name(ref)} for name, ref in result.outdated
            ],
            "drift": ledger,
        },
    )


def _drift_record(drift: Drift, rounder: Rounder) -> dict[str, Any]:
    release = drift.release
    released = None if drift.code is None else release.levels[drift.code].level
    difference = None
    if released is not None and drift.restated is not None:
        difference = drift.restated - released
    return {
        "period": str(release.ref.period),
        "release": release.name,
        "code": drift.code,
        "released": rounder.points(released),
        "restated": rounder.points(drift.restated),
        "difference": None if difference is None else rounder.finely(difference, MORE_DECIMALS),
        "released_exact": None if released is None else fraction_text(released),
        "restated_exact": None if drift.restated is None else fraction_text(drift.restated),
        "reason": drift.reason,
    }


def _verify_lines(result: VerifyResult, ledger: Sequence[dict[str, Any]]) -> Iterator[str]:
    for finding in result.findings:
        for mismatch in finding.mismatches:
            yield f"MISMATCH {finding.name}: {mismatch}" if finding.name else f"MISMATCH {mismatch}"
        if not finding.mismatches:
            yield ": ".join(part for part in (f"ok {finding.name}", *finding.remarks) if part)
    for name, superseded in result.outdated:
        yield f"outdated {name}: rests on {release_name(superseded)}, which was restated"
    for entry in ledger:
        if entry["code"] is None:
            yield f"drift {entry['release']}: not known: {entry['reason']}"
        elif entry["restated"] is None:
            yield f"drift {entry['release']}: {entry['code']} is no longer defined"
        else:
            yield (
                f"drift {entry['release']}: {entry['code']} released {entry['released']:f}, "
                f"today {entry['restated']:f} ({_signed(entry)})"
            )
    kinds = [finding.kind for finding in result.findings]
    wrong = sum(len(finding.mismatches) for finding in result.findings)
    summary = [
        count_noun(kinds.count("snapshot"), "revision"),
        count_noun(kinds.count("release"), "release"),
        count_noun(wrong, "problem"),
    ]
    if result.outdated:
        summary.append(f"{len(result.outdated)} outdated")
    if result.is_sound:
        summary.append(
            count_noun(sum(entry["code"] is not None for entry in ledger), "drifted level")
        )
    else:
        summary.append("drift not looked at")
    yield ", ".join(summary)


def _signed(entry: dict[str, Any]) -> str:
    difference: Decimal = entry["difference"]
    # a drift too small to print is a drift all the same
    return f"{difference:+f}" if difference else "beyond the digits shown"
