"""``cci export``: the bundle that a publication team picks up."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from cci_cli.bundledescriptor import describe_bundle, name_bundle
from cci_cli.bundles import BUNDLE_FILES, build_tables, render_tables
from cci_cli.config import read_config
from cci_cli.errors import DataError, Problem, UsageError, make_problem
from cci_cli.formats import LOCK_PATIENCE_SECONDS, BundleFormat
from cci_cli.histories import History
from cci_cli.options import check_choice, check_count
from cci_cli.outbox import SUMS_FILE, Delivery, deliver_bundle, render_sums
from cci_cli.packages import DESCRIPTOR_FILE, SNAPSHOTS
from cci_cli.periods import PeriodRef, parse_period
from cci_cli.results import RELEASES, BundleFile, ExportResult
from cci_cli.store import list_periods, list_revisions
from cci_cli.timeline import compile_history
from cci_cli.workspace import find_workspace

_STORES: Final = (SNAPSHOTS, RELEASES, "config")


def export(
    to: Path | str,
    period: str | None = None,
    *,
    forms: Sequence[str] | None = None,
    wait: int = LOCK_PATIENCE_SECONDS,
    require_official: bool = False,
    dry_run: bool = False,
    workspace: Path | str | None = None,
) -> ExportResult:
    """Put the publication bundle of a period into a folder, whole or not at all.

    A released period has its released figures, whatever today's data give. A bundle that is there
    already with the same bytes is not touched.

    Args:
        to: the folder that bundles lie in, made if it is not there; the bundle is a folder in it
            with the name of the period.
        period: ``2025H1``, or any date within it; null for the newest with a snapshot.
        forms: ``xlsx`` and ``parquet``, beside CSV.
        wait: how long to wait for others that export to the same folder, in seconds.
        require_official: whether to refuse figures that no release stands behind.
        dry_run: whether to do everything but write.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.

    Returns:
        Where the bundle lies, whether it is official, and what became of each file.

    Raises:
        UsageError: the period is not one, E114 an option is not what it can be, E115 ``to`` lies
            in a store of the workspace, or there is no workspace.
        DataError: E417 something else is in the place of the bundle, E418 the figures are
            provisional and must not be; or data is missing or damaged.
        InvalidDataError: the config or a snapshot breaks a rule.
        LockedError: E506, another process exports to the same folder for longer than ``wait``.
        SystemFailureError: E502 it cannot be written, E503 xlsxwriter is not installed, E507 the
            file system cannot swap two folders.

    Example:
        >>> import cci_cli
        >>> bundle = cci_cli.export("out", "2025H1", dry_run=True)
        >>> bundle.is_official, bundle.files[0].name, bundle.files[0].change
        (False, 'table2.csv', 'new')
    """
    root = find_workspace(workspace)
    for form in forms or ():
        check_choice("format", form, BundleFormat)
    check_count("wait", wait)
    wanted = None if period is None else parse_period(period)
    _check_place(root, Path(to))
    config = read_config(root)
    if wanted is None:
        # without a snapshot, the base is asked for and said to be missing
        wanted = max(list_periods(root), default=config.methodology.base_period)
    history = compile_history(root, config, last=wanted)
    if require_official and not history.is_all_official:
        open_periods = (when for when in history.points if not history.is_official(when))
        raise DataError("E418", periods=", ".join(map(str, open_periods)))
    tables = build_tables(history)
    files = render_tables(history, tables, forms or ())
    files[DESCRIPTOR_FILE] = describe_bundle(history, tables, files)
    files[SUMS_FILE] = render_sums(files)
    target = Path(to) / str(wanted)
    delivery = deliver_bundle(
        target,
        files,
        name=name_bundle(wanted),
        known=BUNDLE_FILES,
        patience=wait,
        is_dry_run=dry_run,
    )
    return ExportResult(
        period=wanted,
        folder=str(target),
        is_official=history.is_all_official,
        state=delivery.state,
        files=tuple(
            BundleFile(name, len(data), hashlib.sha256(data).hexdigest(), delivery.changes[name])
            for name, data in files.items()
        ),
        removed=tuple(name for name, change in delivery.changes.items() if change == "gone"),
        alarms=tuple(_find_alarms(delivery)),
        doubts=tuple(_find_doubts(root, history)),
        is_dry_run=dry_run,
    )


def _check_place(root: Path, to: Path) -> None:
    """Refuse a folder in which nothing but evidence may lie."""
    place = to.resolve()
    for store in _STORES:
        folder = (root / store).resolve()
        if place == folder or folder in place.parents:
            raise UsageError("E115", value=to, store=store)


def _find_alarms(delivery: Delivery) -> Iterator[Problem]:
    """What was wrong with the state before."""
    if delivery.altered:
        yield make_problem("W311", files=", ".join(delivery.altered))


def _find_doubts(root: Path, history: History) -> Iterator[Problem]:
    """What somebody should look at, though the bundle is right: data that no release has yet."""
    for period, release in history.releases.items():
        stored = list_revisions(root, period)
        used, _ = release.snapshots.get(period, (None, ""))
        if used is not None and stored and stored[-1] != used:
            yield make_problem(
                "W312",
                revision=PeriodRef(period, stored[-1]),
                used=PeriodRef(period, used),
                release=release.name,
                period=period,
            )
