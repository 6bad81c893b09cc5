"""Releases on disk: find them, read one with its hash checked. I/O.

``releases/2025H1/r1/`` holds ``indices.csv``, the config of then in ``config/``, and the
``datapackage.json`` that says what the levels were made from. A release is never changed: a
restatement is the next one.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from cci_cli.errors import CciError, DataError, os_failure
from cci_cli.figures import RELEASE_COLUMNS, SEPARATOR, parse_release_rows
from cci_cli.indices import FrozenLevel
from cci_cli.packages import DESCRIPTOR_FILE, list_numbered, list_periods_of, read_package
from cci_cli.periods import Period, PeriodRef, parse_period, parse_ref
from cci_cli.results import RELEASES, Release, release_name

INDICES_FILE: Final = "indices.csv"
#: The published table, to the byte, that a release was transcribed from.
TABLE_FILE: Final = "table.csv"

#: What reading a descriptor and rows of another form than ours may end in.
_UNREADABLE: Final = (
    CciError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    InvalidOperation,
    csv.Error,
)
_EXACT: Final = re.compile(r"(?:0|[1-9][0-9]*)/[1-9][0-9]*")


def list_released(root: Path) -> list[Period]:
    """The periods with a release, oldest first."""
    return list_periods_of(root / RELEASES)


def list_releases(root: Path, period: Period) -> list[int]:
    """The releases there are of a period, oldest first."""
    return list_numbered(root / RELEASES / str(period))


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
        release = _to_release(package.document, package.hashes, folder)
    except OSError as error:
        raise os_failure("E501", folder, error) from error
    except _UNREADABLE as error:
        raise DataError("E304", value=path, detail=f"{type(error).__name__} {error}") from error
    if release.ref != ref:
        detail = f"it describes {release.name}"
        raise DataError("E304", value=path, detail=detail)
    contradiction = _find_contradiction(release)
    if contradiction is None and release.is_transcribed and TABLE_FILE not in package.hashes:
        # nothing would be left to hold it against
        contradiction = f"it was transcribed from print, and its {TABLE_FILE} is gone"
    if contradiction is not None:
        raise DataError("E304", value=path, detail=contradiction)
    return release


def _to_release(document: Mapping[str, Any], hashes: Mapping[str, str], folder: Path) -> Release:
    rows = _read_rows(folder / INDICES_FILE)
    provenance = document["provenance"]
    basis = document["rests_on_print"]
    period = parse_period(document["period"])
    decimals = _check_places(document["transcribed_decimals"])
    return Release(
        ref=parse_ref(f"{document['period']}@{document['release']}"),
        sha256=hashes[INDICES_FILE],
        rows=rows,
        levels={row["code"]: _parse_level(row) for row in rows},
        figures=parse_release_rows(rows, period) if decimals is None else {},
        decimals=decimals,
        print_basis=basis and (str(basis["release"]), int(basis["decimals"])),
        base=(parse_period(document["base"]["period"]), Decimal(document["base"]["level"])),
        snapshots={
            parse_period(period): (_parse_number(period, item["revision"]), str(item["sha256"]))
            for period, item in provenance["snapshots"].items()
        },
        start=_read_start(provenance["releases"]),
        config_hashes={name: str(sha256) for name, sha256 in provenance["config"].items()},
        is_demonstration=bool(document["demonstration"]),
        created=datetime.fromisoformat(document["created"]).isoformat(timespec="seconds"),
    )


def _find_contradiction(release: Release) -> str | None:
    """What in a release cannot be true together; null where all can."""
    period = release.ref.period
    if not release.base[1].is_finite():
        return "its base level is not a number"
    if release.start is not None and release.start[0].period >= period:
        return "it is chained from a release that is not earlier"
    if release.is_transcribed:
        is_bare = not release.snapshots and release.start is None
        return None if is_bare else "it was transcribed from print, and names what it was made from"
    # else a computed release that names nothing would not be computed again
    return None if period in release.snapshots else f"it names no snapshot of {period}"


def _check_places(value: object) -> int | None:
    if value is None or (type(value) is int and value >= 0):
        return value
    raise ValueError(value)


class ReleaseShelf:
    """The releases of a workspace, each read once: what rests on others asks for them again."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[PeriodRef, Release] = {}
        #: The periods with a release, oldest first.
        self.periods = list_released(root)
        # looked at once: what is published meanwhile would not go with what was read before
        self._numbers = {period: list_releases(root, period) for period in self.periods}

    def read(self, ref: PeriodRef) -> Release:
        """As ``read_release``."""
        if ref not in self._read:
            self._read[ref] = read_release(self._root, ref)
        return self._read[ref]

    def find_newest(self, period: Period) -> Release | None:
        """The newest release of a period; null where there is none.

        Raises:
            DataError: as ``read_release``.
            SystemFailureError: E501, it cannot be read.
        """
        numbers = self._numbers.get(period)
        return self.read(PeriodRef(period, numbers[-1])) if numbers else None

    def find_replaced(self, release: Release) -> PeriodRef | None:
        """The replaced release that a release rests on, directly or through others; or null.

        One is replaced where the newest of its period has other levels: other supply moves no
        chain.

        Raises:
            DataError: as ``read_release``.
        """
        while release.start is not None:
            start = self.read(release.start[0])
            newest = self.find_newest(start.ref.period)
            if newest is not None and newest.levels != start.levels:
                return start.ref
            release = start
        return None

    def find_outdated(self, wanted: Period | None = None) -> list[tuple[str, PeriodRef]]:
        """Releases in force that were chained from levels which a restatement has replaced.

        Args:
            wanted: the period whose release to look at; null for all.

        Returns:
            Their names, oldest first, each with the replaced release that it rests on.

        Raises:
            DataError: as ``read_release``.
        """
        found = []
        for period in self.periods:
            release = self.find_newest(period) if wanted in (None, period) else None
            replaced = None if release is None else self.find_replaced(release)
            if release is not None and replaced is not None:
                found.append((release.name, replaced))
        return found


def _read_rows(path: Path) -> tuple[Mapping[str, str], ...]:
    reader = csv.DictReader(io.StringIO(path.read_text("utf-8"), newline=""), strict=True)
    rows = tuple(reader)
    if tuple(reader.fieldnames or ()) != RELEASE_COLUMNS or not rows:
        raise ValueError(INDICES_FILE)
    return rows


def _parse_level(row: Mapping[str, str]) -> FrozenLevel:
    if not _EXACT.fullmatch(row["level_exact"]):
        raise ValueError(row["level_exact"])
    return FrozenLevel(Fraction(row["level_exact"]), tuple(row["provinces"].split(SEPARATOR)))


def _read_start(documents: Mapping[str, Any]) -> tuple[PeriodRef, str] | None:
    if not documents:
        return None
    # a chain starts from one release
    [(period, item)] = documents.items()
    ref = PeriodRef(parse_period(period), _parse_number(period, item["release"]))
    return ref, str(item["sha256"])


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
