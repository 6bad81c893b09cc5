"""``cci ingest``: check a file of nodes and store it as the next revision of a period."""

from datetime import datetime
from pathlib import Path
from typing import Any

from cci_cli.archive import Origin, stage_revision, write_revision
from cci_cli.config import read_config
from cci_cli.errors import InvalidDataError
from cci_cli.files import copy_file
from cci_cli.formats import Encoding
from cci_cli.inspection import RawFile, inspect_raw
from cci_cli.options import check_choice
from cci_cli.outcomes import IngestResult
from cci_cli.periods import PeriodRef, parse_period
from cci_cli.readings import Reading
from cci_cli.releases import list_releases
from cci_cli.results import SnapshotFacts
from cci_cli.sorting import RowSorter
from cci_cli.surroundings import find_time
from cci_cli.workspace import find_workspace


def ingest(
    file: Path | str,
    period: str,
    *,
    note: str = "",
    encoding: Encoding | None = None,
    dry_run: bool = False,
    now: datetime | None = None,
    workspace: Path | str | None = None,
) -> IngestResult:
    """Store a file whole, or not at all if there is anything wrong with it.

    Args:
        file: CSV or workbook with the columns of a snapshot, under English or Chinese names and
            in any order; ``node_name``, ``status`` and ``in_service_since`` may be absent.
        period: the half-year it describes.
        note: a remark for the data package, may be empty.
        encoding: what to read the file as; null where its bytes are to tell.
        dry_run: whether to do everything but store it.
        now: the time to record; null for that of the clock, or of SOURCE_DATE_EPOCH.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.

    Returns:
        The revision it became, or was before; what was normalised, and what deserves a second
        look.

    Raises:
        UsageError: the period is not one, E114 there is no such encoding, or there is no
            workspace.
        InvalidDataError: E305, with every problem of the file in ``problems``.
        LockedError: E506, another process is writing to the workspace.
        SystemFailureError: the file cannot be read, or the revision not be written.

    Example:
        >>> import cci_cli
        >>> stored = cci_cli.ingest("snapshots/2025H1/r1/nodes.csv", "2025H2", note="a copy")
        >>> str(stored.ref), stored.is_new, stored.facts.rows
        ('2025H2@r1', True, 2058)
    """
    root, now, file = find_workspace(workspace), find_time(now), Path(file)
    check_choice("encoding", encoding, Encoding, is_optional=True)
    described = parse_period(period)
    config = read_config(root)
    with stage_revision(root) as staged, RowSorter(staged) as sorter:
        # what is checked is what is stored, whatever becomes of the file meanwhile
        copy = staged / "received"
        received = copy_file(file, copy)
        found = inspect_raw(
            *(root, config, RawFile(copy, str(file), encoding), described),
            today=now.date(),
            folder=staged,
            sorter=sorter,
        )
        if found.facts is None or found.reading is None:
            raise InvalidDataError("E305", file, found.errors.first(), found.errors.total)
        ref, sha256, is_new = write_revision(
            root,
            staged,
            described,
            sorter,
            Origin(
                created=now.isoformat(timespec="seconds"),
                note=note,
                sources=[_describe_source(file.name, received, found.reading)],
            ),
            rows=found.facts.rows,
            checked_nodes=found.facts.nodes,
            is_dry_run=dry_run,
        )
    releases = list_releases(root, described)
    return IngestResult(
        ref=ref,
        is_new=is_new,
        facts=SnapshotFacts(sha256, found.facts.rows, found.facts.nodes),
        warnings=found.warnings.first(),
        compared_with=found.compared_with,
        reading=found.reading,
        is_dry_run=dry_run,
        release=PeriodRef(described, releases[-1]) if releases else None,
    )


def _describe_source(name: str, sha256: str, reading: Reading) -> dict[str, Any]:
    source = {"title": name, "path": name, "hash": f"sha256:{sha256}"}
    if reading.is_plain:
        return source
    return source | {"encoding": reading.encoding, "normalised": reading.records()}
