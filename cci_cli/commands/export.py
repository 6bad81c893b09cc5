"""``cci export``: the bundle that a publication team picks up."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cci_cli.bundledescriptor import describe_bundle, name_bundle
from cci_cli.bundles import BUNDLE_FILES, build_tables, render_tables
from cci_cli.config import read_config
from cci_cli.errors import DataError, Problem, SystemFailureError, UsageError, make_problem
from cci_cli.formats import LOCK_PATIENCE_SECONDS, BundleFormat
from cci_cli.histories import History
from cci_cli.options import check_choice, check_count
from cci_cli.outbox import SUMS_FILE, Delivery, deliver_bundle, render_sums
from cci_cli.packages import DESCRIPTOR_FILE, SNAPSHOTS
from cci_cli.periods import Period, PeriodRef, parse_period
from cci_cli.results import RELEASES, BundleFile, ExportResult, release_name
from cci_cli.store import list_periods, list_revisions
from cci_cli.timeline import compile_history
from cci_cli.workspace import MARKER, find_workspace

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
            in a store of a workspace, or there is no workspace.
        DataError: E417 something else is in the place of the bundle; what must be official is not,
            for E418 it is not released, E420 it rests on a release that was restated since, E421
            the config says otherwise than the release; or data is missing or damaged.
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
    _check_place(root, to)
    if wanted is None:
        # without a snapshot, the base is asked for and said to be missing
        base = read_config(root).methodology.base_period
        wanted = max(list_periods(root), default=base)
    made: list[tuple[History, dict[str, bytes]]] = []

    def make() -> dict[str, bytes]:
        history = _compile_bundle(root, wanted, require_official=require_official)
        made.append((history, _render_bundle(history, forms or ())))
        return made[-1][1]

    target = Path(to) / str(wanted)
    delivery = deliver_bundle(
        target,
        make,
        name=name_bundle(wanted),
        known=BUNDLE_FILES,
        patience=wait,
        is_dry_run=dry_run,
    )
    # what was made last is what lies there
    history, files = made[-1]
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
        alarms=tuple(_find_alarms(history, delivery)),
        doubts=tuple(_find_doubts(root, history)),
        is_dry_run=dry_run,
    )


def _compile_bundle(root: Path, period: Period, *, require_official: bool) -> History:
    """The levels of all periods up to one, as they stand; refused where they are not official."""
    history = compile_history(root, read_config(root), last=period)
    if not require_official:
        return history
    for name, replaced in history.outdated:
        raise DataError("E420", value=name, replaced=release_name(replaced))
    for when, release in history.releases.items():
        if when in history.reworded or (when == period and history.is_relabelled):
            raise DataError("E421", value=release.name, period=when)
    if not history.is_all_official:
        open_periods = (when for when in history.points if not history.is_official(when))
        raise DataError("E418", periods=", ".join(map(str, open_periods)))
    return history


def _render_bundle(history: History, forms: Sequence[str]) -> dict[str, bytes]:
    tables = build_tables(history)
    files = render_tables(history, tables, forms)
    files[DESCRIPTOR_FILE] = describe_bundle(history, tables, files)
    files[SUMS_FILE] = render_sums(files)
    return files


def _check_place(root: Path, to: Path | str) -> None:
    """Refuse a folder in which nothing but evidence may lie, in this workspace or another."""
    if not str(to):
        raise UsageError("E114", option="to", value=to, choices="a folder")
    try:
        place = Path(to).resolve()
    except (OSError, RuntimeError) as error:
        # how resolve() words a link that leads to itself
        raise SystemFailureError("E502", value=to, detail=str(error)) from error
    for folder in (place, *place.parents):
        is_ours = folder.parent == root.resolve()
        if folder.name in _STORES and (is_ours or (folder.parent / MARKER).is_file()):
            raise UsageError("E115", value=to, store=folder.name)


def _find_alarms(history: History, delivery: Delivery) -> Iterator[Problem]:
    """What must not go unnoticed: of the state before, and of what is official about this one."""
    if delivery.altered:
        yield make_problem("W311", files=", ".join(delivery.altered))
    for release, replaced in history.outdated:
        yield make_problem("W313", release=release, replaced=release_name(replaced))
    old = _find_standing(delivery.before)
    new = {
        str(period): release.ref.revision or 0
        for period, release in history.releases.items()
        if history.is_official(period)
    }
    for period, number in old.items():
        if period in map(str, history.points) and new.get(period, 0) < number:
            now = f"r{new[period]}" if period in new else "provisional"
            yield make_problem("W314", period=period, old=f"r{number}", new=now)


def _find_standing(document: Mapping[str, Any]) -> dict[str, int]:
    """The releases that the state before had, by period; none where that cannot be read."""
    try:
        periods = document["provenance"]["periods"]
        return {
            str(period): int(str(item["release"])[1:])
            for period, item in periods.items()
            if item["release"] is not None
        }
    except (LookupError, TypeError, ValueError, AttributeError):
        return {}


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
