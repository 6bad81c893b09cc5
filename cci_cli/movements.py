"""What moved the indices from one period to a later one, by cause and by driver. I/O."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import polars as pl

from cci_cli.chains import Compilation
from cci_cli.columns import MODEL, NODE_ID, NODE_NAME, PROVINCE
from cci_cli.definitions import IndexDefinition
from cci_cli.diffs import (
    DISCOVERED,
    Link,
    Move,
    check_units,
    find_changes,
    find_scope,
    measure_move,
    sum_changes,
)
from cci_cli.drivers import (
    ProvinceCauses,
    build_drivers,
    sum_causes,
)
from cci_cli.errors import DataError
from cci_cli.files import naming
from cci_cli.indices import Status, SupplyLink, find_national, measure_link
from cci_cli.notes import find_demonstration_notes, find_draft_notes, find_span_notes
from cci_cli.outcomes import DiffResult, Driver, HubDiff, IndexDiff
from cci_cli.packages import SNAPSHOTS
from cci_cli.periods import Period, PeriodRef
from cci_cli.results import Note
from cci_cli.spans import Span
from cci_cli.store import nodes_path, scan_revision

#: Columns that tell drivers apart, by what they are asked by.
KEYS: Final = {
    "index": (),
    "province": (PROVINCE,),
    "model": (MODEL,),
    "node": (NODE_ID, PROVINCE),
}


def compare_periods(
    workspace: Path, span: Span, refs: tuple[PeriodRef, PeriodRef], by: str, top: int
) -> DiffResult:
    """What moved the indices over a span, in the order of time.

    Args:
        workspace: its root folder.
        span: the chain between the two periods.
        refs: the periods as they were asked for, the earlier one first.
        by: what to tell drivers apart by, of ``KEYS``.
        top: drivers to tell one by one, the others together; 0 for all.

    Raises:
        DataError: E404, there is nothing to measure growth on; E416, too many digits.
    """
    config = span.config
    nation = find_national(config.indices)
    level = span.from_levels[nation.code]
    if span.links and not level:
        # a release restated to zero: growth from it is not defined, nor are contributions to it
        raise DataError("E404", period=span.first)
    keys = tuple(dict.fromkeys((*KEYS[by], PROVINCE)))
    changes = [(link, _sum_changes(workspace, link, keys)) for link in span.links]
    causes = [(link, sum_causes(frame, link.card_hours)) for link, frame in changes]
    drivers: tuple[Driver, ...] = ()
    if KEYS[by]:
        inside = [
            (link, frame.filter(pl.col(PROVINCE).is_in(list(link.find_scopes(nation)[1]))))
            for link, frame in changes
        ]
        drivers = build_drivers(inside, KEYS[by], level, top)
    if by == "node":
        drivers = _name_nodes(workspace, span, drivers)
    return DiffResult(
        old=refs[0],
        new=refs[1],
        methodology=config.methodology,
        indices=tuple(_diff_index(span, index, nation, causes) for index in config.indices),
        hubs=_diff_hubs(span),
        causes=_sum_nation(nation, causes),
        by=by,
        drivers=drivers,
        notes=tuple(_find_notes(span)),
        snapshots=span.snapshots,
        releases=span.releases,
        config_hashes=config.hashes,
        provinces={province.name: province for province in config.provinces},
    )


def find_national_causes(workspace: Path, span: Span) -> dict[str, Fraction]:
    """The change of national supply over a span, in card-hours per year, by cause.

    Raises:
        DataError: E416, too many digits.
    """
    causes = [
        (link, sum_causes(_sum_changes(workspace, link, (PROVINCE,)), link.card_hours))
        for link in span.links
    ]
    return _sum_nation(find_national(span.config.indices), causes)


def _sum_changes(workspace: Path, link: Link, keys: Sequence[str]) -> pl.DataFrame:
    """What changed over a link at the nodes of all provinces, summed by ``keys`` and cause."""
    before, now = link.snapshots
    check_units(link.units, before.card_counts, now.card_counts)
    changes = find_changes(
        scan_revision(workspace, before.ref),
        scan_revision(workspace, now.ref),
        link.units,
        link.config.province_names,
        link.before.as_of,
    )
    # it may be either of them
    with naming(workspace / SNAPSHOTS):
        return sum_changes(changes, keys)


def _diff_index(
    span: Span,
    index: IndexDefinition,
    nation: IndexDefinition,
    causes: Sequence[tuple[Link, ProvinceCauses]],
) -> IndexDiff:
    """One index over the span, its change of supply divided into parts."""
    origin = None if span.origin is None else span.origin.get(index.code)
    move = measure_move(lambda link: link.find_scopes(index), span.links, origin)
    discovery = sum(
        (
            found.get(province, {}).get(DISCOVERED, Fraction(0))
            for link, found in causes
            for province in link.find_scopes(index)[1]
        ),
        Fraction(0),
    )
    return IndexDiff(
        definition=index,
        from_level=span.from_levels.get(index.code),
        to_level=span.to_levels.get(index.code),
        contribution=_find_contribution(span, move, nation),
        increment_share=_find_increment_share(span, move, nation),
        construction=move.increment - discovery,
        discovery=discovery,
        scope=move.scope,
        revision=move.revision,
        restated_points=span.find_restated(index.code),
        statuses=frozenset(_find_statuses(span, index.code)),
    )


def _find_statuses(span: Span, code: str) -> Iterator[Status]:
    """What became of an index on the links; what it was before the first of them is over."""
    for number, link in enumerate(span.links):
        sides = (link.old, link.new) if number else (link.new,)
        yield from (side[code].status for side in sides if code in side)


def _sum_nation(
    nation: IndexDefinition, causes: Sequence[tuple[Link, ProvinceCauses]]
) -> dict[str, Fraction]:
    """Change of national supply by cause."""
    total: dict[str, Fraction] = {}
    for link, found in causes:
        for province in link.find_scopes(nation)[1]:
            for cause, supply in found.get(province, {}).items():
                total[cause] = total.get(cause, Fraction(0)) + supply
    return total


def _find_contribution(span: Span, move: Move, nation: IndexDefinition) -> Fraction:
    # without a link there may be no national level to measure on, and nothing has moved
    return move.points / span.from_levels[nation.code] if span.links else Fraction(0)


def _find_increment_share(span: Span, move: Move, nation: IndexDefinition) -> Fraction | None:
    """Null where the nation stood still."""
    whole = measure_move(lambda link: link.find_scopes(nation), span.links)
    return move.increment / whole.increment if whole.increment else None


def _find_notes(span: Span) -> list[Note]:
    # where a revision is named or releases are ignored, an end has no released levels
    released = {release.ref.period for release in span.releases}
    first, *others = span.compilations
    ends = [end for end in (first, *others[-1:]) if end.period not in released]
    notes = [note for end in ends for note in find_draft_notes(end)]
    notes += find_span_notes(
        span.config,
        span.print_bases,
        span.outdated,
        # the first has no link
        span.compilations[1:],
        span.links,
    )
    shown = find_demonstration_notes(span.snapshots, span.releases)
    if span.is_demonstration and not shown:
        shown = [Note("N106", {"snapshots": (f"{span.first}",)})]
    return notes + shown


def _name_nodes(workspace: Path, span: Span, drivers: Sequence[Driver]) -> tuple[Driver, ...]:
    """Drivers by node with the latest name that each node has; null where it never had one."""
    wanted = pl.Series([driver.key[0] for driver in drivers if driver.key], dtype=pl.String)
    names: dict[str, str] = {}
    for snapshot in reversed(span.snapshots):
        if len(names) == len(wanted):
            break
        rows = scan_revision(workspace, snapshot.ref).filter(
            pl.col(NODE_ID).is_in(wanted.implode()) & pl.col(NODE_NAME).is_not_null()
        )
        latest = rows.group_by(NODE_ID).agg(pl.col(NODE_NAME).min())
        with naming(nodes_path(workspace, snapshot.ref)):
            found = latest.collect(engine="streaming")
        names = dict(found.iter_rows()) | names
    return tuple(
        replace(driver, name=names.get(driver.key[0])) if driver.key else driver
        for driver in drivers
    )


def _diff_hubs(span: Span) -> HubDiff | None:
    """The provinces of all hubs together, each counted once; null where there is no hub."""
    config = span.config
    hubs = [index for index in config.indices if index.kind == "hub"]
    if not hubs:
        return None
    nation = find_national(config.indices)

    def find_scopes(link: Link) -> tuple[Sequence[str], Sequence[str]]:
        was, now = zip(*(link.find_scopes(hub) for hub in hubs), strict=True)
        return _merge_scopes(was), _merge_scopes(now)

    def measure_end(compiled: Compilation, period: Period) -> tuple[tuple[str, ...], SupplyLink]:
        supply = compiled.supplies[period]
        seen = {item.code: item for item in compiled.chained[period]}
        every, whole = (
            _merge_scopes(find_scope(index, period, seen, supply) for index in some)
            for some in (hubs, [nation])
        )
        return every, measure_link(every, whole, supply)

    move = measure_move(find_scopes, span.links)
    (old, first), (new, last) = (
        measure_end(span.compilations[position], period)
        for position, period in ((0, span.first), (-1, span.last))
    )
    return HubDiff(
        count=len(hubs),
        from_provinces=old,
        to_provinces=new,
        from_share=first.share,
        to_share=last.share,
        contribution=_find_contribution(span, move, nation),
        increment_share=_find_increment_share(span, move, nation),
        target_pct=config.policy.hub_increment_share_target,
    )


def _merge_scopes(scopes: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The provinces of several indices, each once."""
    return tuple(dict.fromkeys(province for scope in scopes for province in scope))
