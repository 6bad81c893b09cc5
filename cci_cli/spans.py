"""The chain between two periods, for what compares them. I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from cci_cli.chains import Compilation
from cci_cli.compilation import check_base, compile_indices, open_release, recompile_release
from cci_cli.definitions import Config
from cci_cli.diffs import Link, make_link
from cci_cli.indices import Observation
from cci_cli.packages import check_names
from cci_cli.periods import Period, PeriodRef, periods_between
from cci_cli.releases import ReleaseShelf
from cci_cli.results import Release, Snapshot
from cci_cli.store import SnapshotShelf


@dataclass(frozen=True, slots=True)
class Span:
    """The chain from one period to a later one, every level as `cci series` has it.

    ``releases`` are those whose levels the periods have. ``compilations``, in the order of time,
    have the first period and all ``links``; there is no link where both periods are the same.
    ``from_levels`` and ``to_levels`` are unrounded, by code. ``origin`` is the first period by
    code as it was released or as the named revision has it, null where it is as the first link
    has it. ``outdated`` are the releases that rest on one restated since, each with that one.
    """

    config: Config
    first: Period
    last: Period
    releases: tuple[Release, ...]
    compilations: tuple[Compilation, ...]
    links: tuple[Link, ...]
    from_levels: Mapping[str, Fraction]
    to_levels: Mapping[str, Fraction]
    origin: Mapping[str, Observation] | None
    outdated: tuple[tuple[Release, PeriodRef], ...]

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """What supply was measured on, in the order of time; a revision is there once."""
        used = [snapshot for link in self.links for snapshot in link.snapshots]
        used = used or [self.compilations[0].snapshots[self.first]]
        return tuple({str(item.ref): item for item in used}.values())

    @property
    def print_bases(self) -> tuple[tuple[str, int], ...]:
        """The transcribed releases that its levels rest on, each with its number of places."""
        bases = [compiled.print_basis for compiled in self.compilations]
        bases += [release.own_basis for release in self.releases]
        return tuple(dict.fromkeys(filter(None, bases)))

    @property
    def is_demonstration(self) -> bool:
        """Whether invented nodes stand behind any of it."""
        behind = [item.is_demonstration for item in self.compilations]
        return any(behind + [release.is_demonstration for release in self.releases])

    def find_restated(self, code: str) -> Fraction | None:
        """The change of level of an index that no link explains, in points.

        Where a release was restated after the next one was chained from it, the link of the next
        starts from the replaced level; a transcribed level is not what the link to it gives.
        Null where a level is missing.
        """
        first, last = self.from_levels.get(code), self.to_levels.get(code)
        if first is None or last is None:
            return None
        total = last - first
        for link in self.links:
            old, new = link.old.get(code), link.new.get(code)
            if old is None or new is None:
                return None
            total -= new.level - old.level
        return total


def compile_span(
    workspace: Path,
    old: PeriodRef,
    new: PeriodRef,
    config: Config,
    *,
    from_snapshots: bool,
) -> Span:
    """The chain from ``old`` to ``new``.

    A period has its released levels, unless it is an end that names a revision; the others are
    chained from the newest release before them, as ``compilation.compile_indices`` does. Each
    link is measured on what its later level was made from: on what its release names, or on the
    data of today on both sides. Of a transcribed release that is not known: the link to it is
    measured on the data of today.

    Args:
        workspace: its root folder.
        old: the earlier period, or the same.
        new: the later period.
        config: the config of today.
        from_snapshots: whether to ignore releases.

    Raises:
        DataError: as ``compilation.compile_indices`` and ``recompile_release``.
        InvalidDataError: a snapshot breaks a rule.
    """
    check_names(workspace)
    shelf, stored = ReleaseShelf(workspace), SnapshotShelf(workspace)
    refs = {period: PeriodRef(period) for period in periods_between(old.period, new.period)}
    refs |= {old.period: old, new.period: new}
    releases = {}
    for period, ref in refs.items():
        release = None if from_snapshots or ref.revision else shelf.find_newest(period)
        if release is not None:
            check_base(release, config)
            releases[period] = release

    def compute(ref: PeriodRef) -> Compilation:
        return compile_indices(
            workspace, ref, config, from_snapshots=from_snapshots, shelf=shelf, stored=stored
        )

    start = releases.get(old.period)
    first = compute(old) if start is None else open_release(workspace, start, config, stored)
    compilations, links = [first], []

    def find_basis(period: Period) -> Release | None:
        release = releases.get(period)
        return None if release is None or release.is_transcribed else release

    def is_alone(period: Period) -> Period | None:
        # what is not released is chained at one go
        return period if period in releases else None

    for _, run in groupby(list(refs)[1:], is_alone):
        periods = list(run)
        basis = find_basis(periods[-1])
        if basis is None:
            compiled = compute(refs[periods[-1]])
        else:
            compiled = recompile_release(workspace, basis, shelf, stored)
        compilations.append(compiled)
        links += [
            make_link(
                (period.previous, period),
                compiled.config,
                basis,
                compiled.snapshots,
                compiled.supplies,
                compiled.chained,
            )
            for period in periods
        ]
    ends = ((old.period, first), (new.period, compilations[-1]))
    from_levels, to_levels = (
        {code: frozen.level for code, frozen in releases[period].levels.items()}
        if period in releases
        else {seen.code: seen.level for seen in compiled.chained[period]}
        for period, compiled in ends
    )
    is_known = old.revision is not None if start is None else not start.is_transcribed
    rests_on = [*releases.values(), *(item.start for item in compilations if item.start)]
    by_name = {release.name: release for release in rests_on}
    replaced = [(release, shelf.find_replaced(release)) for release in by_name.values()]
    return Span(
        config=config,
        first=old.period,
        last=new.period,
        releases=tuple(releases.values()),
        compilations=tuple(compilations),
        links=tuple(links),
        from_levels=from_levels,
        to_levels=to_levels,
        origin={seen.code: seen for seen in first.chained[old.period]} if is_known else None,
        outdated=tuple((release, ref) for release, ref in replaced if ref is not None),
    )
