"""Snapshots on disk: find revisions, read one with its hash checked, write one whole. I/O.

``snapshots/2025H1/r1/`` holds ``nodes.csv`` and the ``datapackage.json`` that describes it. What
is stored once is never changed: a correction is the next revision.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from cci_cli.csvfile import Survey
from cci_cli.definitions import Config
from cci_cli.errors import CciError, DataError, SystemFailureError, os_failure
from cci_cli.files import hash_file, publish_folder, stage_folder
from cci_cli.nodefile import CheckedNodes, read_nodes
from cci_cli.periods import Period, PeriodRef, parse_period
from cci_cli.results import Snapshot, SnapshotFacts
from cci_cli.schemas import COLUMNS, KEY, TABLE_SCHEMA

NODES_FILE: Final = "nodes.csv"
DESCRIPTOR_FILE: Final = "datapackage.json"

_PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_REVISION_FOLDER: Final = re.compile(r"r([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What the ``datapackage.json`` of a revision records."""

    rows: int
    sha256: str
    created: str
    is_demonstration: bool


def list_periods(root: Path) -> list[Period]:
    """The periods with a stored snapshot, oldest first."""
    found = []
    for folder in _list_folders(root / "snapshots"):
        try:
            period = parse_period(folder)
        except CciError:
            continue
        if str(period) == folder and list_revisions(root, period):
            found.append(period)
    return sorted(found)


def list_revisions(root: Path, period: Period) -> list[int]:
    """The revisions stored of a period, oldest first."""
    return _list_numbered(root / "snapshots" / str(period))


def list_releases(root: Path, period: Period) -> list[int]:
    """The releases there are of a period, oldest first."""
    return _list_numbered(root / "releases" / str(period))


def _list_numbered(folder: Path) -> list[int]:
    names = _list_folders(folder)
    return sorted(int(match[1]) for name in names if (match := _REVISION_FOLDER.fullmatch(name)))


def _list_folders(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir() if entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise os_failure("E501", folder, error) from error


def resolve_ref(root: Path, ref: PeriodRef) -> PeriodRef:
    """The stored revision that ``ref`` means: the newest one unless it names one.

    Raises:
        DataError: E301 or E302, there is none.
    """
    revisions = list_revisions(root, ref.period)
    if not revisions:
        known = (
            ", ".join(map(str, list_periods(root)))
            or "nothing yet; `cci ingest FILE --period P` stores a snapshot"
        )
        raise DataError("E301", value=ref.period, known=known)
    if ref.revision is None:
        return PeriodRef(ref.period, revisions[-1])
    if ref.revision not in revisions:
        known = ", ".join(f"r{revision}" for revision in revisions)
        raise DataError("E302", period=ref.period, value=f"r{ref.revision}", known=known)
    return ref


def nodes_name(ref: PeriodRef) -> str:
    """The file of nodes of a revision, from the root of the workspace; ``ref`` must name one."""
    return f"snapshots/{ref.period}/r{ref.revision}/{NODES_FILE}"


def nodes_path(root: Path, ref: PeriodRef) -> Path:
    """The file of nodes of a revision; ``ref`` must name one."""
    return root / nodes_name(ref)


def read_descriptor(root: Path, ref: PeriodRef) -> Descriptor:
    """What is recorded of a revision.

    Raises:
        DataError: E303 it is missing, E304 it is not usable or describes another revision.
        SystemFailureError: E501, it cannot be read.
    """
    path = nodes_path(root, ref).with_name(DESCRIPTOR_FILE)
    try:
        document = json.loads(path.read_bytes())
        resource = document["resources"][0]
        descriptor = Descriptor(
            rows=resource["rows"],
            sha256=resource["hash"].removeprefix("sha256:"),
            created=document["created"],
            is_demonstration=document["demonstration"],
        )
        found = (document["period"], document["revision"], resource["path"])
    except FileNotFoundError as error:
        raise DataError("E303", value=path, what="it is missing") from error
    except OSError as error:
        raise os_failure("E501", path, error) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DataError("E304", value=path, detail=f"{type(error).__name__} {error}") from error
    if found != (str(ref.period), f"r{ref.revision}", NODES_FILE):
        detail = "it describes {}@{}, {}".format(*found)
        raise DataError("E304", value=path, detail=detail)
    for name, kind in (("rows", int), ("created", str), ("is_demonstration", bool)):
        if type(getattr(descriptor, name)) is not kind:
            raise DataError("E304", value=path, detail=f"{name} is not of type {kind.__name__}")
    if not _SHA256.fullmatch(descriptor.sha256):
        raise DataError("E304", value=path, detail="its hash is not a SHA-256")
    return descriptor


def check_hash(root: Path, ref: PeriodRef) -> Descriptor:
    """The descriptor of a revision whose ``nodes.csv`` is what it records.

    Raises:
        DataError: E303 the file differs, E304 the descriptor is not usable.
        SystemFailureError: E501, a file cannot be read.
    """
    descriptor = read_descriptor(root, ref)
    path = nodes_path(root, ref)
    if not path.exists():
        raise DataError("E303", value=path, what="it is missing")
    sha256 = hash_file(path)
    if sha256 != descriptor.sha256:
        what = f"sha256 {sha256[:12]}… instead of {descriptor.sha256[:12]}…"
        raise DataError("E303", value=path, what=what)
    return descriptor


def read_revision(
    root: Path, ref: PeriodRef, config: Config
) -> tuple[Descriptor, Survey, CheckedNodes]:
    """A stored revision, which ``ref`` must name, checked in full.

    Raises:
        DataError: E303 or E304, it is not what was stored.
        InvalidDataError: E305, it breaks a rule.
        SystemFailureError: E501, a file cannot be read.
    """
    descriptor = check_hash(root, ref)
    path = nodes_path(root, ref)
    survey, checked = read_nodes(path, nodes_name(ref), config, ref.period.as_of)
    if checked.rows != descriptor.rows:
        what = f"{checked.rows} rows instead of {descriptor.rows}"
        raise DataError("E303", value=path, what=what)
    return descriptor, survey, checked


def read_snapshot(root: Path, ref: PeriodRef, config: Config) -> Snapshot:
    """A stored revision, checked in full, reduced to its sums.

    Args:
        root: the folder of the workspace.
        ref: a period, or a revision of it; the newest one where none is named.
        config: provinces and models that its values must name.

    Raises:
        DataError: E301 to E304, there is none or it is not what was stored.
        InvalidDataError: E305, it breaks a rule.
    """
    ref = resolve_ref(root, ref)
    descriptor, _, checked = read_revision(root, ref, config)
    facts = SnapshotFacts(sha256=descriptor.sha256, rows=checked.rows, nodes=checked.nodes)
    return Snapshot(ref, facts, checked.card_counts, descriptor.is_demonstration)


def stage_revision(root: Path) -> AbstractContextManager[Path]:
    """A folder in which the next revision of a snapshot is made; see ``files.stage_folder``."""
    return stage_folder(root / "snapshots")


def write_revision(
    root: Path,
    staged: Path,
    period: Period,
    nodes: pl.LazyFrame,
    *,
    created: str,
    note: str,
    sources: Sequence[Mapping[str, str]],
    is_demonstration: bool = False,
) -> tuple[PeriodRef, str, bool]:
    """Store nodes as the next revision of a period, whole or not at all.

    Args:
        root: the folder of the workspace.
        staged: a folder of it as ``stage_revision`` gives it, open for this revision alone.
        period: the half-year they describe.
        nodes: valid rows in the columns of a snapshot, in any order.
        created: when, as ISO 8601.
        note: a remark for whoever reads the data package.
        sources: what they were made from, as the data package is to say it.
        is_demonstration: whether the nodes are invented.

    Returns:
        The revision, its SHA-256, and whether it is new: false where the newest revision has
        this content already, and nothing was written.

    Raises:
        DataError: E303 or E304, the newest revision is damaged: what is new could not be told.
        SystemFailureError: E502, it cannot be written.
    """
    folder = root / "snapshots" / str(period)
    package = staged / "package"
    try:
        package.mkdir()
        nodes_file = package / NODES_FILE
        nodes.select(COLUMNS).sort(KEY).sink_csv(nodes_file, line_terminator="\n")
        sha256 = hash_file(nodes_file)
        revisions = list_revisions(root, period)
        if revisions:
            newest = PeriodRef(period, revisions[-1])
            if check_hash(root, newest).sha256 == sha256:
                return newest, sha256, False
        ref = PeriodRef(period, (revisions or [0])[-1] + 1)
        origin = {
            "created": created,
            "note": note,
            "demonstration": is_demonstration,
            "sources": list(sources),
        }
        document = _describe(ref, nodes_file, sha256, origin)
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        (package / DESCRIPTOR_FILE).write_text(text, encoding="utf-8", newline="\n")
        publish_folder(package, folder / f"r{ref.revision}")
    except OSError as error:
        raise os_failure("E502", folder, error) from error
    except pl.exceptions.ComputeError as error:
        # how Polars words a full disk; the values were checked before
        raise SystemFailureError("E502", value=folder, detail=str(error)) from error
    return ref, sha256, True


def _describe(
    ref: PeriodRef, nodes_file: Path, sha256: str, origin: Mapping[str, Any]
) -> dict[str, Any]:
    rows = pl.scan_csv(nodes_file, infer_schema=False, glob=False).select(pl.len()).collect().item()
    return {
        "$schema": _PROFILE,
        "name": f"cci-snapshot-{str(ref.period).lower()}-r{ref.revision}",
        "title": f"Accelerator cards by computing node and model as of {ref.period.as_of}",
        "period": str(ref.period),
        "revision": f"r{ref.revision}",
        **origin,
        "resources": [
            {
                "name": "nodes",
                "path": NODES_FILE,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "rows": rows,
                "bytes": nodes_file.stat().st_size,
                "hash": f"sha256:{sha256}",
                "schema": TABLE_SCHEMA,
            }
        ],
    }
