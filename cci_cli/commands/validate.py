"""``cci validate``: every problem of a stored snapshot or of a file, and implausible moves."""

import errno
import os
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cci_cli.config import read_config
from cci_cli.errors import SystemFailureError, UsageError
from cci_cli.formats import Encoding
from cci_cli.inspection import RawFile, inspect_file, inspect_raw
from cci_cli.options import check_choice
from cci_cli.outcomes import ValidateResult
from cci_cli.periods import PeriodRef, parse_period, parse_ref
from cci_cli.store import check_hash, nodes_name, nodes_path, resolve_ref
from cci_cli.surroundings import find_time
from cci_cli.workspace import find_workspace


def validate(
    target: Path | str,
    *,
    period: str | None = None,
    encoding: Encoding | None = None,
    now: datetime | None = None,
    workspace: Path | str | None = None,
) -> ValidateResult:
    """All that is wrong with a snapshot, and what in it deserves a second look.

    Args:
        target: a period or revision of the store, or the path of a file.
        period: for a file, the half-year it describes: dates are then held against its last
            day, and supply against the period before.
        encoding: for a file, what to read it as; null where its bytes are to tell.
        now: the time, for a file may describe a half-year that has not ended; null for that of
            the clock, or of SOURCE_DATE_EPOCH.
        workspace: its root folder, whose config says which names and models there are; null for
            the one that CCI_WORKSPACE names, else the nearest at or above the current folder.

    Returns:
        Every problem with line, column, value and hint: up to 1,000 of a kind, and the number of
        all. Problems of the data are the answer, not an exception.

    Raises:
        UsageError: a period is not one, an option for files was given with a target that is one,
            E114 there is no such encoding, or there is no workspace.
        DataError: there is no such snapshot, or it is not what was stored.
        SystemFailureError: the file cannot be read.

    Example:
        >>> import cci_cli
        >>> found = cci_cli.validate("2025H1")
        >>> found.is_valid, found.facts.rows, found.error_count
        (True, 2058, 0)
    """
    root, now, name = find_workspace(workspace), find_time(now), str(target)
    check_choice("encoding", encoding, Encoding, is_optional=True)
    config = read_config(root)
    ref = _read_ref(name)
    if ref is None:
        described = None if period is None else parse_period(period)
        if not os.path.lexists(name):
            raise SystemFailureError(
                "E501",
                value=name,
                detail=os.strerror(errno.ENOENT),
                hint="name a file that is there, or a period of the store such as 2025H1",
            )
        with TemporaryDirectory(prefix="cci-") as folder:
            found = inspect_raw(
                *(root, config, RawFile(Path(target), name, encoding), described),
                today=now.date(),
                folder=Path(folder),
            )
    else:
        for known, value in (("period", period), ("encoding", encoding)):
            if value is not None:
                raise UsageError("E107", value=name, option=f"--{known}", known=known)
        ref = resolve_ref(root, ref)
        check_hash(root, ref)
        name, path = nodes_name(ref), nodes_path(root, ref)
        found = inspect_file(root, config, path, name, ref.period)
    return ValidateResult(
        file=name,
        ref=ref,
        facts=found.facts,
        errors=found.errors.first(),
        error_count=found.errors.total,
        warnings=found.warnings.first(),
        warning_count=found.warnings.total,
        compared_with=found.compared_with,
        reading=found.reading,
    )


def _read_ref(target: str) -> PeriodRef | None:
    """The period that a target names; null for a path, a file of that name included."""
    path = Path(target)
    if path.exists() and not path.is_dir():
        return None
    try:
        parse_period(target.partition("@")[0])
    except UsageError:
        return None
    return parse_ref(target)
