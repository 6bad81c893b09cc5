"""Compile the indices of a workspace: which data, which start, the whole chain. I/O.

The verbs that show levels share it, so that they cannot disagree.
"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from cci_cli.chains import Compilation
from cci_cli.config import read_config
from cci_cli.conversion import to_standard_cards, to_supply
from cci_cli.definitions import Config
from cci_cli.errors import DataError
from cci_cli.indices import chain_indices, find_national
from cci_cli.packages import check_names
from cci_cli.periods import Period, PeriodRef, periods_between
from cci_cli.releases import ReleaseShelf
from cci_cli.results import Release, Snapshot, release_name
from cci_cli.store import SnapshotShelf, list_periods, resolve_ref, revision_name


def compile_indices(
    workspace: Path,
    ref: PeriodRef,
    config: Config,
    *,
    from_snapshots: bool = False,
    shelf: ReleaseShelf | None = None,
    stored: SnapshotShelf | None = None,
) -> Compilation:
    """The chain up to a period, from the stored snapshots and today's config.

    It starts from the newest release before the period, of which the exact levels are taken;
    where there is none, or ``from_snapshots``, from the base. Ratios compare the newest
    revisions of both periods, like for like.

    Args:
        workspace: its root folder.
        ref: the period; a revision holds for that period alone.
        config: the config of today.
        from_snapshots: whether to ignore releases.
        shelf: the releases of the workspace where they have been read already.
        stored: its snapshots where they have been read already.

    Raises:
        DataError: a snapshot or release is missing or damaged, or there is nothing to chain from.
        InvalidDataError: a snapshot breaks a rule.
    """
    base = config.methodology.base_period
    if ref.period < base:
        raise DataError("E401", period=ref.period, base=base)
    check_names(workspace)
    resolve_ref(workspace, ref)
    shelf = shelf or ReleaseShelf(workspace)
    start = None if from_snapshots else _find_start(shelf, ref.period, config)
    release = shelf.find_newest(ref.period)
    first = base if start is None else start.ref.period
    if not from_snapshots:
        # an older revision would take the place of one that is gone, and nobody would know
        for named in (start, release):
            if named is not None:
                _check_sources(workspace, named, first)
    origin = f"the base period {base}" if start is None else start.name
    snapshots = _read_snapshots(
        workspace, first, ref, config, origin, stored or SnapshotShelf(workspace)
    )
    replaced = None if start is None else shelf.find_replaced(start)
    return _chain(config, ref.period, snapshots, start, replaced, release)


def _read_snapshots(
    workspace: Path,
    first: Period,
    ref: PeriodRef,
    config: Config,
    origin: str,
    stored: SnapshotShelf,
) -> dict[Period, Snapshot]:
    """The snapshots from a period to ``ref``; none is read before all are known to be there."""
    periods = periods_between(first, ref.period)
    known = list_periods(workspace)
    missing = [period for period in periods if period not in known]
    if missing:
        names = ", ".join(map(str, missing))
        raise DataError("E402", missing=names, period=ref.period, start=origin, first=missing[0])
    refs = [*map(PeriodRef, periods[:-1]), ref]
    return {wanted.period: stored.read(wanted, config) for wanted in refs}


def recompile_release(
    workspace: Path,
    release: Release,
    shelf: ReleaseShelf,
    stored: SnapshotShelf,
) -> Compilation:
    """A release computed again, from the revisions, the release and the config that it names.

    Args:
        workspace: its root folder.
        release: one that was computed, not transcribed.
        shelf: the releases of the workspace.
        stored: its snapshots.

    Raises:
        DataError: something it names is not what it was.
        InvalidDataError: a snapshot or the config of then breaks a rule of today.
    """
    config = read_config(workspace / release.name)
    _check_sources(workspace, release)
    snapshots = {}
    for period, (revision, sha256) in sorted(release.snapshots.items()):
        snapshot = stored.read(PeriodRef(period, revision), config)
        if snapshot.facts.sha256 != sha256:
            raise DataError("E411", value=f"{snapshot.ref}", release=release.name)
        snapshots[period] = snapshot
    start = None
    if release.start is not None:
        ref, sha256 = release.start
        start = shelf.read(ref)
        if start.sha256 != sha256:
            raise DataError("E411", value=release_name(ref), release=release.name)
    return _chain(config, release.ref.period, snapshots, start)


def open_release(
    workspace: Path, release: Release, config: Config, stored: SnapshotShelf
) -> Compilation:
    """A released period by itself, without a link: its levels beside its supply.

    Supply is as it was released; where the release was transcribed, as it is known today.

    Args:
        workspace: its root folder.
        release: the release.
        config: the config of today.
        stored: the snapshots of the workspace.

    Raises:
        DataError: there is no snapshot, or something that the release names is not what it was.
        InvalidDataError: a snapshot or the config of then breaks a rule of today.
    """
    ref = PeriodRef(release.ref.period)
    sha256 = None
    if not release.is_transcribed:
        config = read_config(workspace / release.name)
        _check_sources(workspace, release, ref.period)
        revision, sha256 = release.snapshots[ref.period]
        ref = PeriodRef(ref.period, revision)
    snapshot = stored.read(ref, config)
    if sha256 not in (None, snapshot.facts.sha256):
        raise DataError("E411", value=f"{snapshot.ref}", release=release.name)
    return _chain(config, ref.period, {ref.period: snapshot}, release)


def _check_sources(workspace: Path, release: Release, first: Period | None = None) -> None:
    """Refuse where a package that a release was made from is gone.

    Args:
        workspace: its root folder.
        release: the release.
        first: packages of periods before it are not asked for; null to ask for all.

    Raises:
        DataError: E414, one is missing.
    """
    names = [
        revision_name(PeriodRef(period, revision))
        for period, (revision, _) in sorted(release.snapshots.items())
        if first is None or period >= first
    ]
    if release.start is not None and (first is None or release.start[0].period >= first):
        names.append(release_name(release.start[0]))
    for name in names:
        if not (workspace / name).is_dir():
            raise DataError("E414", value=name, release=release.name)


def _find_start(shelf: ReleaseShelf, period: Period, config: Config) -> Release | None:
    """The newest release of the latest period before ``period`` that has one."""
    methodology = config.methodology
    earlier = [
        released for released in shelf.periods if methodology.base_period <= released < period
    ]
    start = shelf.find_newest(earlier[-1]) if earlier else None
    if start is not None:
        check_base(start, config)
    return start


def check_base(release: Release, config: Config) -> None:
    """Refuse to chain from levels that are on another base or lack the nation.

    Raises:
        DataError: E408 the base differs, E409 there is no national level.
    """
    methodology = config.methodology
    base = (methodology.base_period, methodology.base_level)
    if release.base != base:
        raise DataError(
            "E408",
            value=release.name,
            released="{} = {:f}".format(*release.base),
            configured="{} = {:f}".format(*base),
        )
    national = find_national(config.indices)
    if national.code not in release.levels:
        raise DataError("E409", value=release.name, index=national.code)


def _chain(
    config: Config,
    period: Period,
    snapshots: Mapping[Period, Snapshot],
    start: Release | None,
    replaced: PeriodRef | None = None,
    release: Release | None = None,
) -> Compilation:
    standard_cards, supplies = _measure_supplies(config, snapshots)
    return Compilation(
        config=config,
        period=period,
        start=start,
        replaced=replaced,
        release=release,
        snapshots=snapshots,
        standard_cards=standard_cards,
        supplies=supplies,
        chained=chain_indices(
            config.indices,
            supplies,
            Fraction(config.methodology.base_level),
            None if start is None else start.levels,
        ),
    )


def _measure_supplies(
    config: Config, snapshots: Mapping[Period, Snapshot]
) -> tuple[dict[Period, dict[str, Fraction]], dict[Period, dict[str, Fraction]]]:
    """Standard cards, and supply in card-hours per year, by period and province."""
    coefficients, hours = config.coefficients, config.methodology.hours_per_year
    standard_cards = {
        period: to_standard_cards(snapshot.card_counts, coefficients)
        for period, snapshot in snapshots.items()
    }
    supplies = {period: to_supply(cards, hours) for period, cards in standard_cards.items()}
    return standard_cards, supplies
