"""Releases on disk: find them, read one with its hash checked. I/O.

``releases/2025H1/r1/`` holds ``indices.csv``, the config of then in ``config/``, and the
``datapackage.json`` that says what the levels were made from. A release is never changed: a
restatement is the next one.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from cci_cli.errors import CciError, DataError, os_failure
from cci_cli.figures import RELEASE_COLUMNS
from cci_cli.packages import (
    DESCRIPTOR_FILE,
    RELEASES,
    list_numbered,
    list_periods_of,
    read_package,
)
from cci_cli.periods import Period, PeriodRef, parse_period, parse_ref
from cci_cli.results import Release, release_name

INDICES_FILE: Final = "indices.csv"

_EXACT: Final = re.compile(r"(?:0|[1-9][0-9]*)/[1-9][0-9]*")


def list_released(root: Path) -> list[Period]:
    """The periods with a release, oldest first."""
    return list_periods_of(root / RELEASES)


def list_releases(root: Path, period: Period) -> list[int]:
    """The releases there are of a period, oldest first."""
    return list_numbered(root / RELEASES / str(period))


def find_release(root: Path, period: Period) -> Release | None:
    """The newest release of a period; null where there is none.

    Raises:
        DataError: as ``read_release``.
        SystemFailureError: E501, it cannot be read.
    """
    numbers = list_releases(root, period)
    return read_release(root, PeriodRef(period, numbers[-1])) if numbers else None


def read_release(root: Path, ref: PeriodRef) -> Release:
    """A release with every file of it checked; ``ref`` must have its number.

    Raises:
        DataError: E303 a file is missing or differs, E304 it is not usable or is another
            release, E306 its descriptor was changed, E307 a file is there that does not belong.
        SystemFailureError: E501, a file cannot be read.
    """
    folder = root / release_name(ref)
    path = folder / DESCRIPTOR_FILE
    package = read_package(folder)
    package.check_files()
    try:
        document = package.document
        rows = _read_rows(folder / INDICES_FILE)
        release = Release(
            ref=parse_ref(f"{document['period']}@{document['release']}"),
            sha256=package.hashes[INDICES_FILE],
            rows=rows,
            levels={row["code"]: _parse_exact(row["level_exact"]) for row in rows},
            decimals=document["transcribed_decimals"],
            base=(parse_period(document["base"]["period"]), Decimal(document["base"]["level"])),
            snapshots={
                parse_period(period): (
                    _parse_number(period, item["revision"]),
                    str(item["sha256"]),
                )
                for period, item in document["provenance"]["snapshots"].items()
            },
            start=_read_start(document["provenance"]["releases"]),
            config_hashes=dict(document["provenance"]["config"]),
            created=document["created"],
            by=document["by"],
            is_demonstration=document["demonstration"],
        )
    except OSError as error:
        raise os_failure("E501", folder, error) from error
    except (CciError, ValueError, LookupError, TypeError, InvalidOperation) as error:
        raise DataError("E304", value=path, detail=f"{type(error).__name__} {error}") from error
    if release.ref != ref:
        detail = f"it describes {release.name}"
        raise DataError("E304", value=path, detail=detail)
    if release.is_transcribed == bool(release.snapshots):
        # else a computed release that calls itself transcribed would not be computed again
        detail = "a release is made from snapshots, or transcribed from print"
        raise DataError("E304", value=path, detail=detail)
    return release


def find_replaced(root: Path, release: Release) -> PeriodRef | None:
    """The replaced release that a release rests on, directly or through others; null for none.

    Raises:
        DataError: as ``read_release``.
    """
    while release.start is not None:
        ref = release.start[0]
        if _is_replaced(root, ref):
            return ref
        release = read_release(root, ref)
    return None


def find_outdated(root: Path, wanted: Period | None = None) -> list[tuple[str, PeriodRef]]:
    """Releases in force that were chained from levels which a restatement has replaced.

    Args:
        root: the folder of the workspace.
        wanted: the period whose release to look at; null for all.

    Returns:
        Their names, oldest first, each with the replaced release that it rests on.

    Raises:
        DataError: as ``read_release``.
    """
    periods = [period for period in list_released(root) if wanted in (None, period)]
    in_force = (find_release(root, period) for period in periods)
    rests_on = [(item.name, find_replaced(root, item)) for item in in_force if item is not None]
    return [(name, replaced) for name, replaced in rests_on if replaced is not None]


def _is_replaced(root: Path, ref: PeriodRef) -> bool:
    """Whether the newest release of the period has other levels; other supply moves no chain."""
    newest = find_release(root, ref.period)
    if newest is None or newest.ref == ref:
        return False
    return newest.levels != read_release(root, ref).levels


def _read_rows(path: Path) -> tuple[Mapping[str, str], ...]:
    reader = csv.DictReader(io.StringIO(path.read_text("utf-8"), newline=""), strict=True)
    rows = tuple(reader)
    if not {"code", "level", "level_exact"} <= set(reader.fieldnames or ()) or not rows:
        raise ValueError("E304")
    return rows


def _parse_exact(text: str) -> Fraction:
    if not _EXACT.fullmatch(text):
        raise ValueError(text)
    return Fraction(text)


def _read_start(documents: Mapping[str, Any]) -> tuple[PeriodRef, str] | None:
    for period, item in documents.items():
        ref = PeriodRef(parse_period(period), _parse_number(period, item["release"]))
        return ref, str(item["sha256"])
    return None


def _parse_number(period: str, name: str) -> int:
    number = parse_ref(f"{period}@{name}").revision
    if number is None:
        raise ValueError(name)
    return number


def render_rows(rows: Sequence[Mapping[str, str]]) -> bytes:
    """The bytes of the ``indices.csv`` of a release."""
    out = io.StringIO()
    writer = csv.DictWriter(out, RELEASE_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
