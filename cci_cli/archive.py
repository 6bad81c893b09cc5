"""Write snapshots and releases: whole or not at all, one at a time, never twice. I/O."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cci_cli.config import CONFIG_FILES
from cci_cli.errors import DataError, os_failure
from cci_cli.figures import RELEASE_SCHEMA
from cci_cli.files import copy_file, hash_file
from cci_cli.leveltable import decode_table
from cci_cli.packages import DESCRIPTOR_FILE, PROFILE, SNAPSHOTS, check_links, describe_file, seal
from cci_cli.periods import Period, PeriodRef
from cci_cli.releases import INDICES_FILE, TABLE_FILE, render_rows
from cci_cli.results import RELEASES, release_name
from cci_cli.rules import TABLE_SCHEMA, digest_rules
from cci_cli.sorting import RowSorter
from cci_cli.staging import publish_folder, stage_folder
from cci_cli.store import NODES_FILE, check_hash, list_revisions


@dataclass(frozen=True, slots=True)
class Origin:
    """Where what is stored comes from, as its data package says it.

    ``created`` is a time as ISO 8601, ``note`` a remark, ``sources`` are the files it was made
    from; ``is_demonstration`` is true of invented nodes.
    """

    created: str
    note: str = ""
    sources: Sequence[Mapping[str, Any]] = ()
    is_demonstration: bool = False


def stage_revision(root: Path) -> AbstractContextManager[Path]:
    """A folder in which the next revision of a snapshot is made; see ``staging.stage_folder``."""
    return stage_folder(root / SNAPSHOTS)


def write_revision(
    root: Path,
    staged: Path,
    period: Period,
    nodes: RowSorter,
    origin: Origin,
    *,
    rows: int,
    checked_nodes: int | None,
    is_dry_run: bool = False,
) -> tuple[PeriodRef, str, bool]:
    """Store nodes as the next revision of a period, whole or not at all.

    Args:
        root: the folder of the workspace.
        staged: a folder of it as ``stage_revision`` gives it, open for this revision alone.
        period: the half-year they describe.
        nodes: has taken valid rows.
        origin: where they come from.
        rows: how many they are.
        checked_nodes: the number of nodes of rows that were held against the rules of today, which
            is recorded, so that nobody needs to do it again; null where they were not.
        is_dry_run: whether to stop before the revision gets its name.

    Returns:
        The revision, its SHA-256, and whether it is new: false where the newest revision has
        this content already, and nothing was written.

    Raises:
        DataError: E307 the folder of the period is a link; or the newest revision is damaged, see
            ``store.check_hash``: what is new could not be told.
        SystemFailureError: E502, it cannot be written.
    """
    folder = root / SNAPSHOTS / str(period)
    check_links(folder)
    package = staged / "package"
    try:
        package.mkdir()
        nodes_file = package / NODES_FILE
        written = nodes.write(nodes_file)
        if written != rows:
            message = f"{written} rows written instead of {rows}"
            raise RuntimeError(message)
        sha256 = hash_file(nodes_file)
        revisions = list_revisions(root, period)
        if revisions:
            newest = PeriodRef(period, revisions[-1])
            if check_hash(root, newest).sha256 == sha256:
                return newest, sha256, False
        ref = PeriodRef(period, (revisions or [0])[-1] + 1)
        document = {
            "$schema": PROFILE,
            "name": f"cci-snapshot-{str(period).lower()}-r{ref.revision}",
            "title": f"Accelerator cards by computing node and model as of {period.as_of}",
            "period": str(period),
            "revision": f"r{ref.revision}",
            "created": origin.created,
            "note": origin.note,
            "demonstration": origin.is_demonstration,
            **({} if checked_nodes is None else {"checked": _describe_check(checked_nodes)}),
            "sources": list(origin.sources),
            "resources": [
                describe_file(nodes_file, package, rows=rows, schema=TABLE_SCHEMA, sha256=sha256)
            ],
        }
        if not is_dry_run:
            (package / DESCRIPTOR_FILE).write_bytes(seal(document))
            publish_folder(package, folder / f"r{ref.revision}")
    except OSError as error:
        raise os_failure("E502", folder, error) from error
    return ref, sha256, True


def _describe_check(nodes: int) -> dict[str, Any]:
    return {"rules": f"sha256:{digest_rules()}", "nodes": nodes}


def stage_release(root: Path) -> AbstractContextManager[Path]:
    """A folder in which the next release is made; see ``staging.stage_folder``."""
    return stage_folder(root / RELEASES)


def write_release(
    root: Path,
    staged: Path,
    ref: PeriodRef,
    rows: Sequence[Mapping[str, str]],
    document: Mapping[str, Any],
    table: bytes | None = None,
) -> None:
    """Store a release, with a copy of the config it was made with, whole or not at all.

    Args:
        root: the folder of the workspace.
        staged: a folder of it as ``stage_release`` gives it, open for this release alone.
        ref: its period and number.
        rows: as ``figures.to_release_rows`` returns them.
        document: what its data package says beyond its files.
        table: the published table it was transcribed from; null where it was computed.

    Raises:
        DataError: E411, the config is no longer the one that the provenance names.
        SystemFailureError: E501 the config cannot be read, E502 it cannot be written.
    """
    folder = root / release_name(ref)
    package = staged / "package"
    try:
        (package / "config").mkdir(parents=True)
        indices = package / INDICES_FILE
        indices.write_bytes(render_rows(rows))
        for name in CONFIG_FILES:
            copy = package / "config" / name
            copy_file(root / "config" / name, copy)
            if hash_file(copy) != document["provenance"]["config"][name]:
                # somebody edited it meanwhile
                raise DataError("E411", value=f"config/{name}", release=release_name(ref))
        resources = [
            describe_file(indices, package, rows=len(rows), schema=RELEASE_SCHEMA),
            *(describe_file(package / "config" / name, package) for name in CONFIG_FILES),
        ]
        if table is not None:
            (package / TABLE_FILE).write_bytes(table)
            _, encoding = decode_table(table)
            resources.append(describe_file(package / TABLE_FILE, package, encoding=encoding))
        data = seal({"$schema": PROFILE, **document, "resources": resources})
        (package / DESCRIPTOR_FILE).write_bytes(data)
        publish_folder(package, folder)
    except OSError as error:
        raise os_failure("E502", folder, error) from error
