"""``cci status``: what a workspace holds, and whether it is what was stored."""

from pathlib import Path

from cci_cli.config import read_config
from cci_cli.errors import DataError
from cci_cli.outcomes import RevisionStatus, StatusResult
from cci_cli.packages import find_damage
from cci_cli.periods import PeriodRef, periods_between
from cci_cli.releases import list_released, list_releases, read_release
from cci_cli.results import Release, release_name
from cci_cli.store import check_hash, list_periods, list_revisions
from cci_cli.workspace import find_workspace


def status(*, workspace: Path | str | None = None) -> StatusResult:
    """Every stored revision and release with its hashes checked, and the periods the chain lacks.

    Damage is part of the answer, not an error.

    Args:
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.

    Returns:
        One entry per revision, oldest first; ``is_sound`` says whether all is what was stored.

    Raises:
        UsageError: there is no workspace.
        InvalidDataError: the config breaks a rule.

    Example:
        >>> import cci_cli
        >>> held = cci_cli.status()
        >>> [str(item.ref) for item in held.revisions], held.is_sound
        (['2024H2@r1', '2025H1@r1'], True)
    """
    root = find_workspace(workspace)
    config = read_config(root)
    base = config.methodology.base_period
    periods = list_periods(root)
    last = max([base, *periods])
    releases, damage = _read_releases(root)
    damage = [error.message for error in find_damage(root)] + damage
    # a later release of the same revision takes the place of an earlier one
    made_from = {
        PeriodRef(item.ref.period, item.snapshots[item.ref.period][0]): f"r{item.ref.revision}"
        for item in releases
        if item.ref.period in item.snapshots
    }
    return StatusResult(
        workspace=str(root),
        base_period=base,
        revisions=tuple(
            _look_at(root, ref, made_from.get(ref))
            for period in periods
            for ref in (PeriodRef(period, number) for number in list_revisions(root, period))
        ),
        missing=tuple(period for period in periods_between(base, last) if period not in periods),
        transcribed=tuple(item.name for item in releases if item.is_transcribed),
        damage=tuple(damage),
    )


def _read_releases(workspace: Path) -> tuple[list[Release], list[str]]:
    """The releases, oldest first, and what is wrong with those that cannot be read."""
    releases: list[Release] = []
    damage: list[str] = []
    for period in list_released(workspace):
        for number in list_releases(workspace, period):
            ref = PeriodRef(period, number)
            try:
                releases.append(read_release(workspace, ref))
            except DataError as error:
                damage.append(f"{release_name(ref)}: {error.message}")
    return releases, damage


def _look_at(workspace: Path, ref: PeriodRef, release: str | None) -> RevisionStatus:
    try:
        found = check_hash(workspace, ref)
    except DataError as error:
        return RevisionStatus(ref, None, None, None, False, release, error.message)
    return RevisionStatus(
        ref, found.rows, found.sha256, found.created, found.is_demonstration, release, None
    )
