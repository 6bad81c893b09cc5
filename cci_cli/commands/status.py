"""``cci status``: what a workspace holds, and whether it is what was stored."""

from pathlib import Path

from cci_cli.config import read_config
from cci_cli.errors import CciError
from cci_cli.periods import PeriodRef, periods_between
from cci_cli.releases import list_releases
from cci_cli.results import RevisionStatus, StatusResult
from cci_cli.store import check_hash, list_periods, list_revisions


def status(*, workspace: Path) -> StatusResult:
    """Every stored revision with its hash checked, and the periods the chain lacks.

    A damaged revision is part of the answer, not an error.

    Args:
        workspace: its root folder.

    Raises:
        InvalidDataError: the config breaks a rule.
    """
    config = read_config(workspace)
    base = config.methodology.base_period
    periods = list_periods(workspace)
    last = max([base, *periods])
    return StatusResult(
        workspace=str(workspace),
        base_period=base,
        revisions=tuple(
            _look_at(workspace, PeriodRef(period, revision))
            for period in periods
            for revision in list_revisions(workspace, period)
        ),
        missing=tuple(period for period in periods_between(base, last) if period not in periods),
    )


def _look_at(workspace: Path, ref: PeriodRef) -> RevisionStatus:
    releases = list_releases(workspace, ref.period)
    release = f"r{releases[-1]}" if releases else None
    try:
        found = check_hash(workspace, ref)
    except CciError as error:
        return RevisionStatus(ref, None, None, None, False, release, error.message)
    return RevisionStatus(
        ref, found.rows, found.sha256, found.created, found.is_demonstration, release, None
    )
