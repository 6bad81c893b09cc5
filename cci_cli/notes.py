"""Remarks that belong under a table: why its figures do not add up, what changed. Domain: no I/O.

The texts are in the message catalogue.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from cci_cli.chains import Compilation
from cci_cli.definitions import Config, IndexDefinition, Province
from cci_cli.diffs import Link
from cci_cli.errors import first_few
from cci_cli.histories import History
from cci_cli.indices import Observation, Status, find_national
from cci_cli.periods import Period, PeriodRef
from cci_cli.results import Note, Release, Snapshot, release_name
from cci_cli.rounding import fraction_text, round_exact
from cci_cli.spellings import is_outside_the_sample

#: Of the config, what the supply of a province is made from.
_SUPPLY_FILES: Final = ("cards.csv", "cci.toml")


def find_notes(compiled: Compilation) -> list[Note]:
    """The notes under Table 2 of the last period of a chain, in the order of printing.

    What is looked at are the column of that period and the one before it.
    """
    config, period, chained = compiled.config, compiled.period, compiled.chained
    notes = find_draft_notes(compiled) + _find_start_notes(compiled)
    for shown in (period.previous, period):
        if shown in chained:
            note = _find_additivity_note(config, chained[shown], shown)
            notes += [note] if note else []
    notes += _find_index_notes(config, chained, period)
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


def find_draft_notes(compiled: Compilation) -> list[Note]:
    """That other figures than those shown were released, if they were."""
    if compiled.release is None or not compiled.changed_codes:
        return []
    details: dict[str, Any] = {"release": compiled.release.name}
    return [Note("N107", details | _name_some(compiled.changed_codes))]


def find_span_notes(
    config: Config,
    print_bases: Iterable[tuple[str, int]],
    outdated: Iterable[tuple[Release, PeriodRef]],
    compilations: Iterable[Compilation],
    links: Sequence[Link],
) -> list[Note]:
    """What a reader must know of a comparison of two periods: of its releases, and of every link.

    Args:
        config: the config of today.
        print_bases: the transcribed releases that levels rest on, each with its places.
        outdated: the releases that rest on one restated since, each with that one.
        compilations: what the links were taken from.
        links: the links, in order.
    """
    notes = [_note_print_basis(*basis) for basis in print_bases]
    notes += [_note_outdated(release.name, replaced) for release, replaced in outdated]
    for compiled in compilations:
        if compiled.start is not None and compiled.start.ref.period >= links[0].before:
            notes += _find_revised_notes(compiled, compiled.start)
    for link in links:
        chained = {link.before: [*link.old.values()], link.now: [*link.new.values()]}
        notes += _find_index_notes(config, chained, link.now)
    return notes


def find_history_notes(
    history: History, indices: Sequence[IndexDefinition], periods: Sequence[Period]
) -> list[Note]:
    """What a reader must know of some indices over some periods."""
    notes = [_note_print_basis(*basis) for basis in history.print_bases]
    notes += [_note_outdated(*item) for item in history.outdated]
    reworded = tuple(period for period in history.reworded if period in periods)
    if reworded:
        notes.append(Note("N114", {"periods": reworded}))
    for period in periods:
        for index in indices:
            notes += _find_point_notes(history, index, period)
    return notes + find_demonstration_notes(history.snapshots.values(), history.releases.values())


def find_bundle_notes(history: History) -> list[Note]:
    """The footnotes of a publication, then what a reader must know of its levels."""
    config, period = history.config, history.last
    methodology = config.methodology
    national = find_national(config.indices)
    is_usual = not any(is_outside_the_sample(item.name) for item in config.provinces)
    nation = history.find(national.code, period)
    count = len(national.provinces_at(period) if nation is None else nation.provinces)
    notes = [Note("N119", {"count": count})] if is_usual else []
    details = {"tflops": f"{methodology.standard_card_tflops:f}"}
    notes.append(Note("N120", details | {"hours": f"{methodology.hours_per_year:,}"}))
    notes.append(Note("N121", {"decimals": methodology.decimals}))
    points = history.points[period].values()
    observations = [point.observation for point in points if point.observation is not None]
    if len(observations) == len(config.indices):
        note = _find_additivity_note(config, observations, period)
        notes += [note] if note else []
    return notes + find_history_notes(history, config.indices, list(history.points))


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


def _find_point_notes(history: History, index: IndexDefinition, period: Period) -> list[Note]:
    """What happened to an index on the link that leads to a period, as far as it is shown."""
    point, release = history.find(index.code, period), history.releases.get(period)
    if point is None:
        is_last = period == history.last or history.find(index.code, period.next) is not None
        if release is None or not is_last:
            return []
        return [Note("N110", {"index": index, "release": release.name})]
    old = history.points.get(period.previous, {}).get(index.code, point).provinces
    scopes = (old, point.provinces)
    return _find_link_notes(history.config, index, scopes, period, point.status)


def _find_link_notes(
    config: Config,
    index: IndexDefinition,
    scopes: tuple[Sequence[str], Sequence[str]],
    period: Period,
    status: Status | None,
) -> list[Note]:
    notes = []
    old, new = scopes
    if set(old) != set(new):
        details: dict[str, Any] = {"index": index, "period": period}
        details |= {"old": _find_provinces(config, old), "new": _find_provinces(config, new)}
        notes.append(Note("N104", details))
    if status == "reseeded":
        notes.append(Note("N105", {"index": index, "period": period}))
    return notes


def _find_index_notes(
    config: Config,
    chained: Mapping[Period, Sequence[Observation]],
    period: Period,
) -> list[Note]:
    """What happened to the indices themselves on the link that leads to a period."""
    notes = []
    by_code = {index.code: index for index in config.indices}
    scopes = {seen.code: seen.provinces for seen in chained.get(period.previous, ())}
    for seen in chained[period]:
        definition = by_code.get(seen.code)
        if definition is None:
            # a release may have an index that is no longer defined
            continue
        old = scopes.get(seen.code, seen.provinces)
        notes += _find_link_notes(config, definition, (old, seen.provinces), period, seen.status)
    return notes


def _find_start_notes(compiled: Compilation) -> list[Note]:
    """What a reader must know of the levels that a chain starts from."""
    notes: list[Note] = []
    start = compiled.start
    if compiled.print_basis is not None:
        notes.append(_note_print_basis(*compiled.print_basis))
    if start is None:
        return notes
    if compiled.replaced is not None:
        notes.append(_note_outdated(start.name, compiled.replaced))
    return notes + _find_revised_notes(compiled, start)


def _note_print_basis(name: str, decimals: int) -> Note:
    return Note("N108", {"release": name, "decimals": decimals})


def _note_outdated(name: str, replaced: PeriodRef) -> Note:
    return Note("N111", {"release": name, "replaced": release_name(replaced)})


def _find_revised_notes(compiled: Compilation, start: Release) -> list[Note]:
    """How the period that a chain starts from is known otherwise now than when it was released."""
    notes, revised = [], []
    released = {row["code"]: row["supply_exact"] for row in start.rows}
    observations = compiled.chained[start.ref.period]
    for definition, seen in zip(compiled.config.indices, observations, strict=True):
        if definition.code not in released:
            notes.append(Note("N110", {"index": definition, "release": start.name}))
        elif set(seen.provinces) != set(start.levels[definition.code].provinces):
            # measured on other provinces for want of one: nothing was revised by that
            continue
        elif released[definition.code] not in ("", fraction_text(seen.link.supply)):
            revised.append(definition.code)
    if revised:
        details: dict[str, Any] = {"period": start.ref.period, "release": start.name}
        details |= {"changed": _find_what_changed(compiled, start)}
        notes.append(Note("N109", details | _name_some(revised)))
    return notes


def _find_what_changed(compiled: Compilation, start: Release) -> tuple[str, ...]:
    """Of what the supply of a released period was made from, what differs now."""
    snapshot = compiled.snapshots[start.ref.period]
    _, sha256 = start.snapshots[start.ref.period]
    changed = [] if snapshot.facts.sha256 == sha256 else [str(snapshot.ref)]
    changed += [
        f"config/{name}"
        for name in _SUPPLY_FILES
        if start.config_hashes.get(name) != compiled.config.hashes.get(name)
    ]
    return tuple(changed)


def _find_provinces(config: Config, names: Iterable[str]) -> tuple[Province | str, ...]:
    """Provinces by name, to be called in any language; one that the config lost stays a name."""
    by_name = {province.name: province for province in config.provinces}
    return tuple(by_name.get(name, name) for name in names)


def _name_some(codes: Sequence[str]) -> dict[str, Any]:
    return {"count": len(codes), "codes": first_few(codes)}


def _find_additivity_note(
    config: Config, observations: Sequence[Observation], period: Period
) -> Note | None:
    """Why the printed regional levels do not add up to the national one; null where they do."""
    definitions, methodology = config.indices, config.methodology
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
        names = dict.fromkeys(uneven)
        return Note("N103", details | {"provinces": _find_provinces(config, names)})
    return Note("N102", details)
