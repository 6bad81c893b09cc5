"""Remarks that belong under a table: why its figures do not add up, what changed. Domain: no I/O.

The texts are in the message catalogue.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from cci_cli.definitions import IndexDefinition, Methodology
from cci_cli.errors import first_few
from cci_cli.indices import Observation, find_national
from cci_cli.periods import Period, PeriodRef
from cci_cli.results import Note, Release, Snapshot, release_name
from cci_cli.rounding import fraction_text, round_exact


def find_notes(
    definitions: Sequence[IndexDefinition],
    methodology: Methodology,
    chained: Mapping[Period, Sequence[Observation]],
    period: Period,
) -> list[Note]:
    """The notes under Table 2 of ``period``, in the order in which they are printed.

    Args:
        definitions: the indices.
        methodology: how levels are rounded.
        chained: as ``indices.chain_indices`` returns it.
        period: the period of the table; the column before it is looked at too.
    """
    notes = []
    for shown in (period.previous, period):
        if shown in chained:
            note = _find_additivity_note(definitions, methodology, chained[shown], shown)
            notes += [note] if note else []
    for definition, observation in zip(definitions, chained[period], strict=True):
        if observation.status != "base" and definition.is_changed_at(period):
            old, new = definition.provinces_at(period.previous), observation.provinces
            notes.append(
                Note("N104", {"index": definition, "period": period, "old": old, "new": new})
            )
        if observation.status == "reseeded":
            notes.append(Note("N105", {"index": definition}))
    return notes


def find_demonstration_note(snapshots: Iterable[Snapshot]) -> list[Note]:
    """The note that invented nodes stand behind a table, if they do."""
    refs = [snapshot.ref for snapshot in snapshots if snapshot.is_demonstration]
    return [Note("N106", {"snapshots": refs})] if refs else []


def find_release_notes(
    definitions: Sequence[IndexDefinition],
    chained: Mapping[Period, Sequence[Observation]],
    start: Release | None,
    replaced: PeriodRef | None,
    release: Release | None,
    changed_codes: Sequence[str],
) -> list[Note]:
    """What a reader must know of the releases behind a table.

    Args:
        definitions: the indices.
        chained: as ``indices.chain_indices`` returns it.
        start: the release the chain starts from; null for none.
        replaced: a restated release that it still rests on; null for none.
        release: the newest release of the period of the table; null for none.
        changed_codes: the indices whose figures are not the released ones.
    """
    notes = []
    if release is not None and changed_codes:
        notes.append(Note("N107", {"release": release.name} | _name_some(changed_codes)))
    if start is None:
        return notes
    if start.is_transcribed:
        notes.append(Note("N108", {"release": start.name, "decimals": start.decimals}))
    if replaced is not None:
        notes.append(Note("N111", {"release": start.name, "replaced": release_name(replaced)}))
    period = start.ref.period
    released = {row["code"]: row.get("supply_exact") for row in start.rows}
    revised = []
    for definition, seen in zip(definitions, chained[period], strict=True):
        if definition.code not in released:
            notes.append(Note("N110", {"index": definition, "release": start.name}))
        elif released[definition.code] not in ("", None, fraction_text(seen.link.supply)):
            revised.append(definition.code)
    if revised:
        details = {"period": period, "release": start.name} | _name_some(revised)
        notes.append(Note("N109", details))
    return notes


def _name_some(codes: Sequence[str]) -> dict[str, Any]:
    return {"count": len(codes), "codes": first_few(codes)}


def _find_additivity_note(
    definitions: Sequence[IndexDefinition],
    methodology: Methodology,
    observations: Sequence[Observation],
    period: Period,
) -> Note | None:
    """Why the printed regional levels do not add up to the national one; null where they do."""
    by_code = {observation.code: observation for observation in observations}
    national = by_code[find_national(definitions).code]
    regions = [by_code[index.code] for index in definitions if index.kind == "region"]
    if not regions:
        return None

    def printed(level: Fraction) -> Fraction:
        return Fraction(round_exact(level, methodology.decimals, methodology.rounding))

    parts = sum((printed(region.level) for region in regions), Fraction(0))
    if parts == printed(national.level):
        return None
    details: dict[str, object] = {
        "period": period,
        "parts": round_exact(parts, methodology.decimals),
        "whole": round_exact(national.level, methodology.decimals, methodology.rounding),
    }
    if sum((region.level for region in regions), Fraction(0)) == national.level:
        return Note("N101", details)
    times = Counter(province for region in regions for province in region.provinces)
    nation = set(national.provinces)
    uneven = [name for name in (*national.provinces, *times) if times[name] != (name in nation)]
    if uneven:
        return Note("N103", details | {"provinces": tuple(dict.fromkeys(uneven))})
    return Note("N102", details)
