"""``cci publish``: freeze the levels of a period as a release."""

from datetime import datetime
from pathlib import Path
from typing import Any

from cci_cli.archive import stage_release, write_release
from cci_cli.compilation import check_base
from cci_cli.config import read_config
from cci_cli.definitions import Config
from cci_cli.drafts import Draft, compute_draft, transcribe_draft
from cci_cli.errors import DataError, UsageError, first_few
from cci_cli.figures import find_changed_codes, has_other_words
from cci_cli.outcomes import PublishResult
from cci_cli.packages import check_names
from cci_cli.periods import Period, PeriodRef, parse_period
from cci_cli.releases import ReleaseShelf
from cci_cli.results import Release
from cci_cli.surroundings import find_login, find_time
from cci_cli.workspace import find_workspace


def publish(
    period: str,
    *,
    restate: str | None = None,
    from_table: Path | str | None = None,
    note: str = "",
    by: str | None = None,
    now: datetime | None = None,
    workspace: Path | str | None = None,
) -> PublishResult:
    """Release the levels of a period as they come out today, or as a published table has them.

    The period before must be released, so that every release stands on one. The same figures
    again change nothing; other figures need a reason, and become the next release.

    Args:
        period: the half-year.
        restate: why an earlier release is replaced; null if it is not meant to be.
        from_table: a CSV of Table 2 as published, to take the levels from; null to compute them.
        note: a remark for the data package, may be empty.
        by: who publishes; null or blank for the login name.
        now: the time to record; null for that of the clock, or of SOURCE_DATE_EPOCH.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.

    Returns:
        The release that the period has now, levels in points as exact fractions, and the one it
        replaces.

    Raises:
        UsageError: the period is not one, E111 the reason is blank, E110 nobody is logged in, or
            there is no workspace.
        DataError: E406 the period before is not released, E407 other figures are released,
            E410 there is nothing to restate; or data is missing or damaged.
        InvalidDataError: the config, a snapshot or the table breaks a rule.
        LockedError: E506, another process is publishing.
        SystemFailureError: a file cannot be read or written.

    Example:
        >>> import cci_cli
        >>> done = cci_cli.publish("2024H2", by="index desk")
        >>> done.release.name, done.is_new
        ('releases/2024H2/r1', True)
        >>> cci_cli.publish("2024H2", by="index desk").is_new
        False
    """
    root, by, now = find_workspace(workspace), find_login(by), find_time(now)
    released = parse_period(period)
    if restate is not None and not restate.strip():
        raise UsageError("E111")
    config = read_config(root)
    with stage_release(root) as staged:
        check_names(root)
        shelf = ReleaseShelf(root)
        before = _find_before(shelf, released, config)
        if from_table is None:
            draft = compute_draft(root, released, config, shelf)
        else:
            draft = transcribe_draft(root, Path(from_table), released, config, before, shelf)
        newest = shelf.find_newest(released)
        if newest is None and restate is not None:
            raise DataError("E410", value=released)
        changed: tuple[str, ...] = ()
        if newest is not None:
            rounding = config.methodology.rounding
            changed = find_changed_codes(newest, draft.rows, rounding, draft.decimals)
            if not changed and not _is_improved(newest, draft, restate):
                return PublishResult(
                    release=newest, is_new=False, restated=None, changed_codes=(), outdated=()
                )
            if restate is None:
                codes = ", ".join(first_few(changed))
                raise DataError(
                    "E407", value=newest.name, count=len(changed), codes=codes, period=period
                )
        # a damaged release further on must stop this before anything is written
        shelf.find_outdated()
        ref = PeriodRef(released, 1 if newest is None else (newest.ref.revision or 0) + 1)
        document = {
            "name": f"cci-release-{str(released).lower()}-r{ref.revision}",
            "title": f"Levels of the indices as of {released.as_of}",
            "period": str(released),
            "as_of": released.as_of.isoformat(),
            "release": f"r{ref.revision}",
            "created": now.isoformat(timespec="seconds"),
            "by": by,
            "note": note,
            "restates": newest and {"release": f"r{newest.ref.revision}", "reason": restate},
            **_describe(draft, config),
        }
        write_release(root, staged, ref, draft.rows, document, draft.table)
    shelf = ReleaseShelf(root)
    outdated = [name for name, replaced in shelf.find_outdated() if replaced.period == released]
    return PublishResult(
        release=shelf.read(ref),
        is_new=True,
        restated=newest,
        changed_codes=changed,
        outdated=tuple(outdated),
        doubts=draft.doubts,
    )


def _find_before(shelf: ReleaseShelf, period: Period, config: Config) -> Release | None:
    """The release of the period before; null for the base, which needs none."""
    base = config.methodology.base_period
    if period < base:
        raise DataError("E401", period=period, base=base)
    if period == base:
        return None
    before = shelf.find_newest(period.previous)
    if before is None:
        raise DataError("E406", value=period, previous=period.previous)
    check_base(before, config)
    return before


def _is_improved(newest: Release, draft: Draft, restate: str | None) -> bool:
    """Whether the same figures are to be replaced by ones that rest on something better known.

    Exact levels take the place of printed ones, what no longer rests on print or on invented nodes
    the place of what did, and new names that of old ones.
    """
    if restate is None:
        return False
    was_print = newest.is_transcribed and draft.decimals is None
    has_other_basis = newest.print_basis != draft.print_basis
    is_other = has_other_basis or newest.is_demonstration != draft.is_demonstration
    return was_print or is_other or has_other_words(newest.rows, draft.rows)


def _describe(draft: Draft, config: Config) -> dict[str, Any]:
    methodology, basis = config.methodology, draft.print_basis
    return {
        "demonstration": draft.is_demonstration,
        "transcribed_decimals": draft.decimals,
        "rests_on_print": basis and {"release": basis[0], "decimals": basis[1]},
        "base": {
            "period": str(methodology.base_period),
            "level": f"{methodology.base_level:f}",
        },
        "sources": list(draft.sources),
        "provenance": dict(draft.provenance),
    }
