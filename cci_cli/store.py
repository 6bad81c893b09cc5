"""Snapshots on disk: find revisions, read one with everything about it checked. I/O.

``snapshots/2025H1/r1/`` holds ``nodes.csv`` and the ``datapackage.json`` that describes it. What
is stored once is never changed: a correction is the next revision.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cci_cli.columns import CARDS, COLUMNS, MODEL, PROVINCE
from cci_cli.conversion import CARD_COUNTS, merge_card_counts, tally_cards
from cci_cli.definitions import Config
from cci_cli.errors import DataError
from cci_cli.packages import (
    DESCRIPTOR_FILE,
    SNAPSHOTS,
    Package,
    list_numbered,
    list_periods_of,
    read_package,
)
from cci_cli.periods import Period, PeriodRef
from cci_cli.results import CheckedNodes, Snapshot, SnapshotFacts
from cci_cli.rules import digest_rules, to_canonical

if TYPE_CHECKING:
    from cci_cli.csvfile import Survey

NODES_FILE: Final = "nodes.csv"


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What the ``datapackage.json`` of a revision records.

    ``rules`` is the digest of the rules that its rows were held against before they were stored,
    ``nodes`` the number of nodes counted then; both null where that is not recorded.
    """

    rows: int
    sha256: str
    created: str
    is_demonstration: bool
    rules: str | None = None
    nodes: int | None = None


def list_periods(root: Path) -> list[Period]:
    """The periods with a stored snapshot, oldest first."""
    return list_periods_of(root / SNAPSHOTS)


def list_revisions(root: Path, period: Period) -> list[int]:
    """The revisions stored of a period, oldest first."""
    return list_numbered(root / SNAPSHOTS / str(period))


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


def revision_name(ref: PeriodRef) -> str:
    """The folder of a revision, from the root of the workspace; ``ref`` must name one."""
    return f"{SNAPSHOTS}/{ref.period}/r{ref.revision}"


def nodes_name(ref: PeriodRef) -> str:
    """The file of nodes of a revision, from the root of the workspace; ``ref`` must name one."""
    return f"{revision_name(ref)}/{NODES_FILE}"


def nodes_path(root: Path, ref: PeriodRef) -> Path:
    """The file of nodes of a revision; ``ref`` must name one."""
    return root / nodes_name(ref)


def read_descriptor(root: Path, ref: PeriodRef) -> Descriptor:
    """What is recorded of a revision.

    Raises:
        DataError: E303 a file is missing, E304 it is not usable or describes another revision,
            E306 it was changed, E307 a file is there that does not belong.
        SystemFailureError: E501, it cannot be read.
    """
    return _to_descriptor(read_package(nodes_path(root, ref).parent), ref)


def _to_descriptor(package: Package, ref: PeriodRef) -> Descriptor:
    path = package.folder / DESCRIPTOR_FILE
    document = package.document
    try:
        descriptor = Descriptor(
            rows=document["resources"][0]["rows"],
            sha256=package.hashes[NODES_FILE],
            created=document["created"],
            is_demonstration=document["demonstration"],
            **_read_check(document),
        )
        found = (document["period"], document["revision"], *package.hashes)
    except (LookupError, TypeError) as error:
        raise DataError("E304", value=path, detail=f"{type(error).__name__} {error}") from error
    if found != (str(ref.period), f"r{ref.revision}", NODES_FILE):
        detail = "it describes {}@{}, {}".format(*found)
        raise DataError("E304", value=path, detail=detail)
    for name, kind in (("rows", int), ("created", str), ("is_demonstration", bool)):
        if type(getattr(descriptor, name)) is not kind:
            raise DataError("E304", value=path, detail=f"{name} is not of type {kind.__name__}")
    return descriptor


def _read_check(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a package records of the check of its rows; nothing where it has none."""
    if "checked" not in document:
        return {}
    checked = document["checked"]
    rules, nodes = checked["rules"], checked["nodes"]
    if type(rules) is not str or type(nodes) is not int:
        message = "checked"
        raise TypeError(message)
    return {"rules": rules.removeprefix("sha256:"), "nodes": nodes}


def check_hash(root: Path, ref: PeriodRef) -> Descriptor:
    """The descriptor of a revision whose files are what it records.

    Raises:
        DataError: as ``read_descriptor``, or E303, the file of nodes differs.
        SystemFailureError: E501, a file cannot be read.
    """
    package = read_package(nodes_path(root, ref).parent)
    descriptor = _to_descriptor(package, ref)
    package.check_files()
    return descriptor


def read_revision(
    root: Path, ref: PeriodRef, config: Config
) -> tuple[Descriptor, "Survey", CheckedNodes]:
    """A stored revision, which ``ref`` must name, checked in full.

    Raises:
        DataError: as ``check_hash``, or E303, it has not as many rows or nodes as recorded.
        InvalidDataError: E305, it breaks a rule.
        SystemFailureError: E501, a file cannot be read.
    """
    descriptor = check_hash(root, ref)
    return descriptor, *_read_nodes(root, ref, config, descriptor)


def _read_nodes(
    root: Path, ref: PeriodRef, config: Config, descriptor: Descriptor
) -> tuple["Survey", CheckedNodes]:
    """The nodes of a revision whose hash was checked."""
    # what compute seldom needs, it does not load
    from cci_cli.nodefile import read_nodes

    path = nodes_path(root, ref)
    survey, checked = read_nodes(path, nodes_name(ref), config, ref.period.as_of)
    if checked.rows != descriptor.rows:
        what = f"{checked.rows} rows instead of {descriptor.rows}"
        raise DataError("E303", value=path, what=what)
    if descriptor.nodes not in (None, checked.nodes):
        what = f"{checked.nodes} nodes instead of {descriptor.nodes}"
        raise DataError("E303", value=path, what=what)
    return survey, checked


def scan_revision(root: Path, ref: PeriodRef) -> pl.LazyFrame:
    """The rows of a revision in the columns and types of a snapshot, lazily.

    Args:
        root: the folder of the workspace.
        ref: a revision that was read, and so checked, before.
    """
    path = nodes_path(root, ref).absolute()
    text = pl.scan_csv(path, schema=dict.fromkeys(COLUMNS, pl.String), glob=False)
    return to_canonical(text.with_columns(pl.all().replace("", None)), COLUMNS)


def read_snapshot(
    root: Path, ref: PeriodRef, config: Config, *, is_full_check: bool = False
) -> Snapshot:
    """A stored revision, checked, reduced to its sums.

    Its hash is held against the recorded one every time. Rows that were held against the rules of
    today before they were stored, as the revision records, are only held against the config; others
    are checked in full.

    Args:
        root: the folder of the workspace.
        ref: a period, or a revision of it; the newest one where none is named.
        config: provinces and models that its values must name.
        is_full_check: whether to check in full whatever is recorded.

    Raises:
        DataError: E301 to E304, E306 or E307, there is none or it is not what was stored.
        InvalidDataError: E305, it breaks a rule.
        SystemFailureError: E501, a file cannot be read.
    """
    ref = resolve_ref(root, ref)
    package = read_package(nodes_path(root, ref).parent)
    descriptor = _to_descriptor(package, ref)
    checked = None
    if descriptor.rules == digest_rules() and not is_full_check:
        # a large file is hashed while it is summed
        with _in_background(package.check_files):
            checked = _sum_checked(nodes_path(root, ref), config, descriptor)
    else:
        package.check_files()
    if checked is None:
        _, checked = _read_nodes(root, ref, config, descriptor)
    facts = SnapshotFacts(sha256=descriptor.sha256, rows=checked.rows, nodes=checked.nodes)
    return Snapshot(ref, facts, checked.card_counts, descriptor.is_demonstration)


@contextmanager
def _in_background(work: Callable[[], None]) -> Iterator[None]:
    """Let work go on beside what is done within; what goes wrong with it comes first.

    What is interrupted does not wait for it.
    """
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            failures.append(error)

    thread = Thread(target=copy_context().run, args=(run,), daemon=True)
    thread.start()
    try:
        yield
    except (Exception, pl.exceptions.PanicException):
        thread.join()
        if failures:
            raise failures[0] from None
        raise
    thread.join()
    if failures:
        raise failures[0]


def _sum_checked(path: Path, config: Config, descriptor: Descriptor) -> CheckedNodes | None:
    """The sums of rows that were checked before; null where they do not fit the config of today.

    Then, and where the file is not what was stored, the full check finds what is wrong.
    """
    # of another sign, or no number, a value is not read at all
    schema = dict.fromkeys(COLUMNS, pl.String) | {CARDS: pl.UInt64}
    try:
        tallies = tally_cards(pl.scan_csv(path.absolute(), schema=schema, glob=False))
    except (OSError, pl.exceptions.PolarsError):
        return None
    is_fit = (
        set(tallies.get_column(PROVINCE)) == set(config.province_names)
        and set(tallies.get_column(MODEL)) <= config.coefficients.keys()
        and tallies.get_column("rows").sum() == descriptor.rows
    )
    if not is_fit or descriptor.nodes is None:
        return None
    return CheckedNodes(
        rows=descriptor.rows,
        nodes=descriptor.nodes,
        card_counts=merge_card_counts([tallies.select(CARD_COUNTS.names())]),
    )


class SnapshotShelf:
    """The snapshots of a workspace, each read once: the links of a chain share them."""

    def __init__(self, root: Path, *, is_full_check: bool = False) -> None:
        self._root = root
        self._is_full_check = is_full_check
        self._read: dict[tuple[PeriodRef, frozenset[str], frozenset[str]], Snapshot] = {}

    def read(self, ref: PeriodRef, config: Config) -> Snapshot:
        """As ``read_snapshot``; again only for other provinces or models to be checked against."""
        ref = resolve_ref(self._root, ref)
        models = frozenset(card.model for card in config.models)
        key = (ref, frozenset(config.province_names), models)
        if key not in self._read:
            self._read[key] = read_snapshot(
                self._root, ref, config, is_full_check=self._is_full_check
            )
        return self._read[key]
