"""``cci ingest``: check a file of nodes and store it as the next revision of a period."""

from datetime import datetime
from pathlib import Path
from typing import Any

from cci_cli.archive import Origin, stage_revision, write_revision
from cci_cli.config import read_config
from cci_cli.errors import InvalidDataError
from cci_cli.files import copy_file
from cci_cli.formats import Encoding
from cci_cli.inspection import inspect_raw
from cci_cli.nodefile import scan_checked
from cci_cli.periods import PeriodRef, parse_period
from cci_cli.readings import Reading
from cci_cli.releases import list_releases
from cci_cli.results import IngestResult, SnapshotFacts
from cci_cli.schemas import to_canonical


def ingest(
    *,
    workspace: Path,
    file: Path,
    period: str,
    note: str,
    now: datetime,
    encoding: Encoding | None = None,
    is_dry_run: bool = False,
) -> IngestResult:
    """Store a file whole, or not at all if there is anything wrong with it.

    Args:
        workspace: its root folder.
        file: CSV or workbook with the columns of a snapshot, under English or Chinese names and
            in any order; ``node_name``, ``status`` and ``in_service_since`` may be absent.
        period: the half-year it describes.
        note: a remark for the data package, may be empty.
        now: the time to record.
        encoding: what to read the file as; null where its bytes are to tell.
        is_dry_run: whether to do everything but store it.

    Raises:
        UsageError: the period is not one.
        InvalidDataError: E305, with every problem of the file.
        LockedError: E506, another process is writing to the workspace.
        SystemFailureError: the file cannot be read, or the revision not be written.
    """
    described = parse_period(period)
    config = read_config(workspace)
    with stage_revision(workspace) as staged:
        # what is checked is what is stored, whatever becomes of the file meanwhile
        copy = staged / "received"
        copy_file(file, copy)
        found = inspect_raw(
            *(workspace, config, copy, str(file), described),
            today=now.date(),
            folder=staged,
            encoding=encoding,
        )
        if found.survey is None or found.facts is None or found.reading is None:
            raise InvalidDataError("E305", file, found.errors.first(), found.errors.total)
        ref, sha256, is_new = write_revision(
            workspace,
            staged,
            described,
            to_canonical(scan_checked(found.survey, found.normaliser), found.survey.header),
            Origin(
                created=now.isoformat(timespec="seconds"),
                note=note,
                sources=[_describe_source(file.name, found.facts.sha256, found.reading)],
            ),
            rows=found.facts.rows,
            is_dry_run=is_dry_run,
        )
    releases = list_releases(workspace, described)
    return IngestResult(
        ref=ref,
        is_new=is_new,
        facts=SnapshotFacts(sha256, found.facts.rows, found.facts.nodes),
        warnings=found.warnings.first(),
        compared_with=found.compared_with,
        reading=found.reading,
        is_dry_run=is_dry_run,
        release=PeriodRef(described, releases[-1]) if releases else None,
    )


def _describe_source(name: str, sha256: str, reading: Reading) -> dict[str, Any]:
    source = {"title": name, "path": name, "hash": f"sha256:{sha256}"}
    if reading.is_plain:
        return source
    return source | {"encoding": reading.encoding, "normalised": reading.records()}
