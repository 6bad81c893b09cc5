"""``cci ingest``: check a file of nodes and store it as the next revision of a period."""

from datetime import datetime
from pathlib import Path

from cci_cli.archive import Origin, stage_revision, write_revision
from cci_cli.config import read_config
from cci_cli.csvfile import scan_nodes
from cci_cli.errors import InvalidDataError
from cci_cli.files import copy_file
from cci_cli.inspection import inspect_file
from cci_cli.periods import parse_period
from cci_cli.results import IngestResult, SnapshotFacts
from cci_cli.schemas import to_canonical


def ingest(*, workspace: Path, file: Path, period: str, note: str, now: datetime) -> IngestResult:
    """Store a file whole, or not at all if there is anything wrong with it.

    Args:
        workspace: its root folder.
        file: CSV with the columns of a snapshot in any order; ``node_name``, ``status`` and
            ``in_service_since`` may be absent.
        period: the half-year it describes.
        note: a remark for the data package, may be empty.
        now: the time to record.

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
        copy = staged / "received.csv"
        copy_file(file, copy)
        found = inspect_file(workspace, config, copy, str(file), described)
        if found.survey is None or found.facts is None:
            raise InvalidDataError("E305", file, found.errors.first(), found.errors.total)
        ref, sha256, is_new = write_revision(
            workspace,
            staged,
            described,
            to_canonical(scan_nodes(found.survey), found.survey.header),
            Origin(
                created=now.isoformat(timespec="seconds"),
                note=note,
                sources=[
                    {"title": file.name, "path": file.name, "hash": f"sha256:{found.facts.sha256}"}
                ],
            ),
        )
    return IngestResult(
        ref=ref,
        is_new=is_new,
        facts=SnapshotFacts(sha256, found.facts.rows, found.facts.nodes),
        warnings=found.warnings.first(),
        compared_with=found.compared_with,
    )
