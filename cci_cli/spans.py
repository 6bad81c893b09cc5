"""The chain between two periods, for what compares them. I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from cci_cli.compilation import check_base, compile_indices, measure_supplies, read_snapshots
from cci_cli.definitions import Config
from cci_cli.diffs import Link, make_link
from cci_cli.indices import FrozenLevel, Observation, chain_indices, find_national
from cci_cli.packages import check_names
from cci_cli.periods import Period, PeriodRef, periods_between
from cci_cli.releases import ReleaseShelf
from cci_cli.results import Release, Snapshot
from cci_cli.store import read_snapshot, resolve_ref


@dataclass(frozen=True, slots=True)
class Span:
    """The chain from one period to a later one, with the levels of the first as they stand.

    ``start`` is the release that has them, null where they were computed, and ``releases`` are
    those of later periods, which may have other levels than this chain. ``replaced``,
    ``print_basis`` and ``is_demonstration`` say what stands behind the first levels or any link,
    see ``chains``.
    ``links`` are in order; there is none where both periods are the same.
    """

    config: Config
    start: Release | None
    replaced: PeriodRef | None
    print_basis: tuple[str, int] | None
    is_demonstration: bool
    releases: tuple[Release, ...]
    snapshots: Mapping[Period, Snapshot]
    supplies: Mapping[Period, Mapping[str, Fraction]]
    chained: Mapping[Period, list[Observation]]
    links: tuple[Link, ...]

    @property
    def first(self) -> Period:
        """The first period."""
        return next(iter(self.chained))

    @property
    def last(self) -> Period:
        """The last period."""
        return list(self.chained)[-1]

    def levels_at(self, period: Period) -> dict[str, Fraction]:
        """The unrounded levels of a period, by code."""
        return {seen.code: seen.level for seen in self.chained[period]}

    def scope_of(self, code: str, period: Period) -> tuple[str, ...]:
        """The provinces that an index covers in a period."""
        return next(seen.provinces for seen in self.chained[period] if seen.code == code)


def compile_span(
    workspace: Path,
    old: PeriodRef,
    new: PeriodRef,
    config: Config,
    *,
    from_snapshots: bool = False,
) -> Span:
    """The chain from ``old`` to ``new``, by today's data over every link, like for like.

    Args:
        workspace: its root folder.
        old: the earlier period, or the same; its released levels are taken where it is released
            and no revision is named.
        new: the later period.
        config: the config of today.
        from_snapshots: whether to ignore releases.

    Raises:
        DataError: as ``compilation.compile_indices``.
        InvalidDataError: a snapshot breaks a rule.
    """
    shelf = ReleaseShelf(workspace)
    is_frozen = not from_snapshots and old.revision is None
    start = shelf.find_newest(old.period) if is_frozen else None
    if start is None:
        first = compile_indices(workspace, old, config, from_snapshots=from_snapshots, shelf=shelf)
        basis, is_demonstration = first.print_basis, first.is_demonstration
        levels = {
            seen.code: FrozenLevel(seen.level, seen.provinces) for seen in first.chained[old.period]
        }
        snapshots = {old.period: first.snapshots[old.period]}
    else:
        check_names(workspace)
        check_base(start, config)
        basis, is_demonstration = start.own_basis, start.is_demonstration
        levels = dict(start.levels)
        snapshots = {old.period: read_snapshot(workspace, old, config)}
    if new.period != old.period:
        resolve_ref(workspace, new)
        snapshots |= read_snapshots(workspace, old.period.next, new, config, str(old.period))
    _, supplies = measure_supplies(config, snapshots)
    base_level = Fraction(config.methodology.base_level)
    chained = chain_indices(config.indices, supplies, base_level, levels)
    national = find_national(config.indices)
    by_code = {period: _find_levels(seen) for period, seen in chained.items()}
    links = tuple(
        make_link(
            before,
            now,
            supplies[before],
            supplies[now],
            national.provinces_at(now),
            by_code[before][national.code],
        )
        for before, now in pairwise(periods_between(old.period, new.period))
    )
    releases = () if from_snapshots else _find_releases(shelf, old.period, new)
    return Span(
        config=config,
        start=start,
        replaced=None if start is None else shelf.find_replaced(start),
        print_basis=basis,
        is_demonstration=is_demonstration
        or any(item.is_demonstration for item in snapshots.values()),
        releases=releases,
        snapshots=snapshots,
        supplies=supplies,
        chained=chained,
        links=links,
    )


def _find_releases(shelf: ReleaseShelf, first: Period, new: PeriodRef) -> tuple[Release, ...]:
    """The newest releases after the first period; that of a named revision is not asked for."""
    last = new.period.previous if new.revision is not None else new.period
    found = (shelf.find_newest(period) for period in periods_between(first.next, last))
    return tuple(release for release in found if release is not None)


def _find_levels(observations: list[Observation]) -> dict[str, Fraction]:
    return {seen.code: seen.level for seen in observations}
