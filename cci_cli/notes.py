"""Remarks that belong under a table: why its figures do not add up, what changed. Domain: no I/O.

The texts are in the message catalogue.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cci_cli.chains import Compilation
from cci_cli.definitions import IndexDefinition, Methodology
from cci_cli.errors import first_few
from cci_cli.histories import History
from cci_cli.indices import Observation, find_national
from cci_cli.periods import Period
from cci_cli.results import Note, Release, Snapshot, release_name
from cci_cli.rounding import fraction_text, round_exact


def find_notes(compiled: Compilation) -> list[Note]:
    """The notes under Table 2 of the last period of a chain, in the order of printing.

    What is looked at are the column of that period and the one before it.
    """
    config, period, chained = compiled.config, compiled.period, compiled.chained
    notes = _find_release_notes(compiled)
    for shown in (period.previous, period):
        if shown in chained:
            note = _find_additivity_note(config.indices, config.methodology, chained[shown], shown)
            notes += [note] if note else []
    for definition, seen in zip(config.indices, chained[period], strict=True):
        notes += _find_index_notes(definition, seen, chained)
    return notes + find_demonstration_notes(
        compiled.snapshots.values(), filter(None, [compiled.start])
    )


def find_notes_of(compiled: Compilation, definition: IndexDefinition) -> list[Note]:
    """Of the notes, those that concern one index: what is of others, or of sums, is left out."""
    codes = {"N101", "N102", "N103"}
    return [
        note
        for note in find_notes(compiled)
        if note.code not in codes and note.details.get("index", definition) is definition
    ]


def find_demonstration_notes(
    snapshots: Iterable[Snapshot], releases: Iterable[Release]
) -> list[Note]:
    """The note that invented nodes stand behind what is shown, if they do."""
    names = [item.name for item in releases if item.is_demonstration]
    names += [str(item.ref) for item in snapshots if item.is_demonstration]
    return [Note("N106", {"snapshots": tuple(names)})] if names else []


def find_span_notes(
    chained: Mapping[Period, Sequence[Observation]],
    releases: Iterable[Release],
    print_basis: tuple[str, int] | None,
) -> list[Note]:
    """What a reader must know of the releases behind a comparison of two periods.

    Args:
        chained: the chain from the earlier period to the later.
        releases: of the periods after the earlier one, which may have other levels.
        print_basis: the transcribed release that the levels rest on; null for none.
    """
    notes = []
    for release in releases:
        levels = {seen.code: seen.level for seen in chained[release.ref.period]}
        changed = [
            code
            for code, frozen in release.levels.items()
            if code in levels and levels[code] != frozen.level
        ]
        if changed and not release.is_transcribed:
            notes.append(Note("N112", {"release": release.name} | _name_some(changed)))
    if print_basis is not None:
        notes.append(Note("N108", {"release": print_basis[0], "decimals": print_basis[1]}))
    return notes


def find_history_notes(
    history: History, indices: Sequence[IndexDefinition], periods: Sequence[Period]
) -> list[Note]:
    """What a reader must know of some indices over some periods."""
    notes = [
        Note("N108", {"release": name, "decimals": decimals})
        for name, decimals in history.print_bases
    ]
    notes += [
        Note("N111", {"release": name, "replaced": release_name(replaced)})
        for name, replaced in history.outdated
    ]
    reworded = tuple(period for period in history.reworded if period in periods)
    if reworded:
        notes.append(Note("N114", {"periods": reworded}))
    observed = {
        period: [point.observation for point in seen.values() if point.observation is not None]
        for period, seen in history.points.items()
    }
    by_code = {index.code: index for index in indices}
    for period in periods:
        for seen in observed[period]:
            if seen.code in by_code:
                notes += _find_index_notes(by_code[seen.code], seen, observed)
    return notes + find_demonstration_notes(history.snapshots.values(), history.releases.values())


def find_rebase_notes(
    history: History,
    period: Period,
    level: Decimal,
    unbased: Sequence[IndexDefinition],
    *,
    is_each: bool,
) -> list[Note]:
    """What a reader must know of levels on another base.

    Args:
        history: the levels as they stand.
        period: the new base.
        level: the level there, in points.
        unbased: the indices that cannot be put on it.
        is_each: whether every index has a factor of its own.
    """
    methodology = history.config.methodology
    official = (methodology.base_period, methodology.base_level)
    notes = []
    if (period, level) != official:
        details = {"period": period, "level": f"{level:f}"}
        details |= {"base": official[0], "base_level": f"{official[1]:f}"}
        notes.append(Note("N115", details))
    if is_each:
        notes.append(Note("N116", {}))
    if unbased:
        notes.append(Note("N117", {"indices": tuple(unbased), "period": period}))
    if period != official[0] and not history.is_official(period):
        notes.append(Note("N118", {"period": period}))
    return notes + find_history_notes(history, history.config.indices, list(history.points))


def _find_index_notes(
    definition: IndexDefinition,
    seen: Observation,
    chained: Mapping[Period, Sequence[Observation]],
) -> list[Note]:
    notes = []
    before = [old for old in chained.get(seen.period.previous, ()) if old.code == definition.code]
    if before and set(before[0].provinces) != set(seen.provinces):
        details = {"period": seen.period, "old": before[0].provinces, "new": seen.provinces}
        notes.append(Note("N104", {"index": definition} | details))
    if seen.status == "reseeded":
        notes.append(Note("N105", {"index": definition}))
    return notes


def _find_release_notes(compiled: Compilation) -> list[Note]:
    """What a reader must know of the releases behind a table."""
    notes: list[Note] = []
    start, release = compiled.start, compiled.release
    changed_codes = compiled.changed_codes
    if release is not None and changed_codes:
        details: dict[str, Any] = {"release": release.name} | _name_some(changed_codes)
        notes.append(Note("N107", details))
    if start is None:
        return notes
    if compiled.print_basis is not None:
        name, decimals = compiled.print_basis
        notes.append(Note("N108", {"release": name, "decimals": decimals}))
    if compiled.replaced is not None:
        details = {"release": start.name, "replaced": release_name(compiled.replaced)}
        notes.append(Note("N111", details))
    revised = []
    released = {row["code"]: row["supply_exact"] for row in start.rows}
    for definition, seen in zip(
        compiled.config.indices, compiled.chained[start.ref.period], strict=True
    ):
        if definition.code not in released:
            notes.append(Note("N110", {"index": definition, "release": start.name}))
        elif released[definition.code] not in ("", fraction_text(seen.link.supply)):
            revised.append(definition.code)
    if revised:
        changed = _find_what_changed(compiled, start)
        details = {"period": start.ref.period, "release": start.name, "changed": changed}
        notes.append(Note("N109", details | _name_some(revised)))
    return notes


def _find_what_changed(compiled: Compilation, start: Release) -> tuple[str, ...]:
    """Of what a release was made from, the snapshot of its period and the config, what differs."""
    snapshot = compiled.snapshots[start.ref.period]
    _, sha256 = start.snapshots[start.ref.period]
    changed = [] if snapshot.facts.sha256 == sha256 else [str(snapshot.ref)]
    for name, now in compiled.config.hashes.items():
        if start.config_hashes.get(name) != now:
            changed.append(f"config/{name}")
    return tuple(changed)


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
