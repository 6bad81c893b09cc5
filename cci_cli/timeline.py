"""Every period of a workspace as it stands, from the base on. I/O."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from cci_cli.chains import Compilation
from cci_cli.compilation import check_base, compile_indices
from cci_cli.config import read_config
from cci_cli.definitions import Config
from cci_cli.errors import DataError
from cci_cli.figures import is_reworded
from cci_cli.histories import History, HistoryPoint
from cci_cli.indices import Status
from cci_cli.packages import check_names
from cci_cli.periods import Period, PeriodRef, periods_between
from cci_cli.releases import ReleaseShelf
from cci_cli.results import Release, Snapshot
from cci_cli.store import list_periods


def compile_history(
    workspace: Path, config: Config, *, last: Period | None = None, from_snapshots: bool = False
) -> History:
    """Every index in every period from the base on.

    A released period has its released figures. The others are chained from the release before
    them, or from the base, as ``compilation.compile_indices`` does.

    Args:
        workspace: its root folder.
        config: the config of today.
        last: the last period; null for the newest of which anything is stored.
        from_snapshots: whether to ignore releases.

    Raises:
        DataError: a period is missing, or something is damaged.
        InvalidDataError: a snapshot breaks a rule.
    """
    base = config.methodology.base_period
    check_names(workspace)
    shelf = ReleaseShelf(workspace)
    released = [] if from_snapshots else shelf.periods
    if last is None:
        last = max([base, *list_periods(workspace), *released])
    if last < base:
        raise DataError("E401", period=last, base=base)
    periods = periods_between(base, last)
    releases = {}
    for period in periods:
        release = shelf.find_newest(period) if period in released else None
        if release is not None:
            check_base(release, config)
            releases[period] = release
    points: dict[Period, dict[str, HistoryPoint]] = {}
    snapshots: dict[Period, Snapshot] = {}
    for is_released, run in groupby(periods, releases.__contains__):
        if is_released:
            for period in run:
                before = points.get(period.previous, {})
                points[period] = _take_points(releases[period], config, before)
            continue
        new = list(run)
        compiled = compile_indices(
            workspace, PeriodRef(new[-1]), config, from_snapshots=from_snapshots, shelf=shelf
        )
        snapshots |= compiled.snapshots
        points |= {period: _compute_points(compiled, period) for period in new}
    return History(
        config=config,
        points=points,
        releases=releases,
        snapshots=dict(sorted(snapshots.items())),
        print_bases=tuple(
            dict.fromkeys(filter(None, (release.own_basis for release in releases.values())))
        ),
        outdated=tuple(
            (release.name, replaced)
            for release in releases.values()
            if (replaced := shelf.find_replaced(release)) is not None
        ),
        is_relabelled=last in releases and _is_relabelled(workspace, releases[last], config),
        reworded=tuple(
            period
            for period, release in releases.items()
            if is_reworded(release, config.indices, config.methodology)
        ),
    )


def _is_relabelled(workspace: Path, release: Release, config: Config) -> bool:
    """Whether the config has other names, codes or methodology than a release."""
    words = ("code", "kind", "series", "name", "name_en")
    released = [tuple(row[word] for word in words) for row in release.rows]
    today = [tuple(getattr(index, word) for word in words) for index in config.indices]
    if released != today:
        return True
    old = read_config(workspace / release.name).methodology
    new = config.methodology
    facts = ("version", "standard_card_tflops", "hours_per_year")
    return any(getattr(old, fact) != getattr(new, fact) for fact in facts)


def _compute_points(compiled: Compilation, period: Period) -> dict[str, HistoryPoint]:
    return {
        item.definition.code: HistoryPoint(
            level=item.observation.level,
            status=item.observation.status,
            provinces=item.observation.provinces,
            observation=item.observation,
            standard_cards=item.standard_cards,
        )
        for item in compiled.figures_at(period)
    }


def _take_points(
    release: Release, config: Config, before: Mapping[str, HistoryPoint]
) -> dict[str, HistoryPoint]:
    """What a release has of the indices that are defined today, given the period before."""
    points = {}
    for index in config.indices:
        frozen = release.levels.get(index.code)
        if frozen is None:
            continue
        observation, standard_cards = release.figures.get(index.code, (None, None))
        status: Status | None = None
        old = before.get(index.code)
        if release.ref.period == config.methodology.base_period:
            status = "base"
        elif old is not None and set(old.provinces) != set(frozen.provinces):
            status = "break"
        points[index.code] = HistoryPoint(
            level=frozen.level,
            status=status if observation is None else observation.status,
            provinces=frozen.provinces,
            observation=observation,
            standard_cards=standard_cards,
        )
    return points
