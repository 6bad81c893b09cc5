"""``cci publish``: freeze the levels of a period as a release."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from cci_cli.archive import stage_release, write_release
from cci_cli.compilation import check_base, compile_indices
from cci_cli.config import read_config
from cci_cli.definitions import Config
from cci_cli.errors import (
    DataError,
    InvalidDataError,
    ProblemList,
    UsageError,
    first_few,
    os_failure,
)
from cci_cli.figures import RELEASE_COLUMNS, find_changed_codes, to_provenance
from cci_cli.indices import find_national
from cci_cli.leveltable import parse_level_table
from cci_cli.packages import find_damage
from cci_cli.periods import Period, PeriodRef, parse_period
from cci_cli.releases import find_outdated, find_release, read_release
from cci_cli.results import PublishResult, Release
from cci_cli.rounding import fraction_text


@dataclass(frozen=True, slots=True)
class _Draft:
    """Levels about to be released; ``decimals`` is null unless they come from print."""

    rows: Sequence[Mapping[str, str]]
    provenance: Mapping[str, Any]
    is_demonstration: bool = False
    decimals: int | None = None
    sources: Sequence[Mapping[str, str]] = ()


def publish(
    *,
    workspace: Path,
    period: str,
    by: str,
    now: datetime,
    note: str = "",
    restate: str | None = None,
    table: Path | None = None,
) -> PublishResult:
    """Release the levels of a period as they come out today, or as a published table has them.

    The period before must be released, so that every release stands on one. The same figures
    again change nothing; other figures need a reason, and become the next release.

    Args:
        workspace: its root folder.
        period: the half-year.
        by: who publishes.
        now: the time to record.
        note: a remark for the data package, may be empty.
        restate: why an earlier release is replaced; null if it is not meant to be.
        table: Table 2 as published, to take the levels from; null to compute them.

    Raises:
        UsageError: the period is not one, or E111, the reason is blank.
        DataError: E406 the period before is not released, E407 other figures are released,
            E410 there is nothing to restate; or data is missing or damaged.
        InvalidDataError: the config, a snapshot or the table breaks a rule.
        LockedError: E506, another process is publishing.
        SystemFailureError: a file cannot be read or written.
    """
    released = parse_period(period)
    if restate is not None and not restate.strip():
        raise UsageError("E111")
    config = read_config(workspace)
    with stage_release(workspace) as staged:
        for damage in find_damage(workspace):
            raise damage
        before = _find_before(workspace, released, config)
        if table is None:
            draft = _compute(workspace, released, config)
        else:
            draft = _transcribe(table, released, config, before)
        newest = find_release(workspace, released)
        changed = () if newest is None else find_changed_codes(newest, draft.rows, draft.decimals)
        if newest is None and restate is not None:
            raise DataError("E410", value=released)
        if newest is not None and not changed and not _is_improved(newest, draft, restate):
            return PublishResult(
                release=newest, is_new=False, restated=None, changed_codes=(), outdated=()
            )
        if newest is not None and restate is None:
            codes = ", ".join(first_few(changed))
            raise DataError("E407", value=newest.name, count=len(changed), codes=codes)
        # a damaged release further on must stop this before anything is written
        find_outdated(workspace)
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
        write_release(workspace, staged, ref, draft.rows, document)
    outdated = [
        name for name, superseded in find_outdated(workspace) if superseded.period == released
    ]
    return PublishResult(
        release=read_release(workspace, ref),
        is_new=True,
        restated=newest,
        changed_codes=changed,
        outdated=tuple(outdated),
    )


def _find_before(workspace: Path, period: Period, config: Config) -> Release | None:
    """The release of the period before; null for the base, which needs none."""
    base = config.methodology.base_period
    if period < base:
        raise DataError("E401", period=period, base=base)
    if period == base:
        return None
    before = find_release(workspace, period.previous)
    if before is None:
        raise DataError("E406", value=period, previous=period.previous)
    check_base(before, config)
    return before


def _compute(workspace: Path, period: Period, config: Config) -> _Draft:
    compiled = compile_indices(workspace, PeriodRef(period), config)
    snapshots = compiled.snapshots
    return _Draft(
        rows=compiled.release_rows,
        provenance=to_provenance(snapshots, compiled.start, config.hashes, config.methodology),
        is_demonstration=any(snapshot.is_demonstration for snapshot in snapshots.values()),
    )


def _transcribe(table: Path, period: Period, config: Config, before: Release | None) -> _Draft:
    """The levels of a published table; what it says of the period before must be released."""
    methodology = config.methodology
    problems = ProblemList(str(table))
    try:
        data = table.read_bytes()
    except OSError as error:
        raise os_failure("E501", table, error) from error
    levels: dict[str, Decimal] = {}
    try:
        text = data.decode("utf-8-sig")
        decimals = methodology.decimals
        levels = parse_level_table(text, config.indices, period, decimals, before, problems)
    except UnicodeDecodeError as error:
        problems.add("E310", encoding="UTF-8", offset=error.start)
    else:
        national = levels.get(find_national(config.indices).code)
        if before is None and national not in (None, methodology.base_level):
            value, level = f"{national:f}", f"{methodology.base_level:f}"
            problems.add("E356", column=str(period), value=value, level=level)
    if problems.total:
        raise InvalidDataError("E305", table, problems.first(), problems.total)
    blank = dict.fromkeys(RELEASE_COLUMNS, "")
    rows = [
        blank
        | {
            "code": index.code,
            "kind": index.kind,
            "series": index.series,
            "name": index.name,
            "name_en": index.name_en,
            "level": f"{levels[index.code]:f}",
            "level_exact": fraction_text(Fraction(levels[index.code])),
        }
        for index in config.indices
    ]
    sha256 = hashlib.sha256(data).hexdigest()
    return _Draft(
        rows=rows,
        provenance=to_provenance({}, None, config.hashes, methodology),
        decimals=methodology.decimals,
        sources=[{"title": table.name, "path": table.name, "hash": f"sha256:{sha256}"}],
    )


def _is_improved(newest: Release, draft: _Draft, restate: str | None) -> bool:
    """Whether levels known from print alone are to be replaced by the exact ones."""
    return restate is not None and newest.is_transcribed and draft.decimals is None


def _describe(draft: _Draft, config: Config) -> dict[str, Any]:
    methodology = config.methodology
    return {
        "demonstration": draft.is_demonstration,
        "transcribed_decimals": draft.decimals,
        "base": {
            "period": str(methodology.base_period),
            "level": f"{methodology.base_level:f}",
        },
        "sources": list(draft.sources),
        "provenance": dict(draft.provenance),
    }
