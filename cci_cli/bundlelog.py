"""What `cci export` says on stderr, for people or for a log collector. Domain: no I/O."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cci_cli.errors import (
    CciError,
    InvalidDataError,
    Problem,
    count_noun,
    escape_unprintable,
)
from cci_cli.formats import LogFormat
from cci_cli.outcomes import DeliveryResult


def describe_files(result: DeliveryResult) -> str:
    """What would be written, one file a line: what becomes of it, its size, hash and name."""
    lines = [
        f"{item.change:<8} {item.size:>9,} bytes  {item.sha256}  {item.name}"
        for item in result.files
    ]
    lines += [f"{'gone':<8} {name}" for name in result.removed]
    return "".join(f"{line}\n" for line in lines)


def describe_events(
    result: DeliveryResult, form: LogFormat, now: datetime, *, quiet: bool
) -> Iterator[str]:
    """One line an event.

    Args:
        result: what became of the bundle.
        form: for people or, ``json``, a document a line.
        now: the time to put into a document.
        quiet: whether to tell alarms alone.
    """
    for item in (*result.alarms, *(() if quiet else result.doubts)):
        yield _describe_problem(item, form, now)
    if not quiet:
        yield _describe_result(result, form, now)


def _describe_problem(item: Problem, form: LogFormat, now: datetime) -> str:
    if form == "text":
        hint = f" ({item.hint})" if item.hint else ""
        return f"warning: {item.message}{hint} [{item.code}]"
    return _to_line(now, "warning", item.code, {"message": item.message, "hint": item.hint})


def _describe_result(result: DeliveryResult, form: LogFormat, now: datetime) -> str:
    status = "official" if result.is_official else "provisional"
    if form == "json":
        event = "unchanged" if result.state == "unchanged" else "exported"
        return _to_line(
            now,
            "info",
            event,
            {
                "period": str(result.period),
                "status": status,
                "folder": result.folder,
                "files": {item.name: item.change for item in result.files},
                "removed": list(result.removed),
                "dry_run": result.is_dry_run,
            },
        )
    what = f"{result.period}, {status}"
    folder = escape_unprintable(result.folder)
    if result.state == "unchanged":
        return f"unchanged: {folder} has {what}, already"
    done = "would export" if result.is_dry_run else "exported"
    return f"{done} {what}: {count_noun(len(result.files), 'file')} in {folder}"


def describe_error(error: CciError, now: datetime) -> str:
    """An error as a document in one line, with the problems of a file that has some."""
    details: dict[str, Any] = {"message": error.message, "hint": error.hint}
    if isinstance(error, InvalidDataError):
        details["problems"] = [
            {"code": item.code, "file": item.file, "line": item.line, "column": item.column}
            | {"value": item.value, "message": item.message}
            for item in error.problems
        ]
    return _to_line(now, "error", error.code, details)


def _to_line(now: datetime, level: str, event: str, details: dict[str, Any]) -> str:
    head = {"time": now.isoformat(timespec="seconds"), "level": level, "event": event}
    # in ASCII: what a terminal must not get is escaped as JSON has it
    return json.dumps(head | details)
