"""Putting a publication of a period where others pick it up, and what to say of it. I/O."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from cci_cli.config import read_config
from cci_cli.errors import DataError, Problem, UsageError, make_problem
from cci_cli.histories import History
from cci_cli.outbox import SUMS_FILE, Delivery, deliver_bundle, render_sums
from cci_cli.outcomes import BundleFile, DeliveryResult
from cci_cli.periods import Period, PeriodRef, parse_period
from cci_cli.results import release_name
from cci_cli.store import list_periods, list_revisions
from cci_cli.workspace import check_outside

#: The files of a publication, and the levels they were made from.
MadeFiles = tuple[History, Mapping[str, bytes]]


def deliver_publication(
    workspace: Path,
    target: Path,
    make: Callable[[], MadeFiles],
    *,
    name: str,
    known: Collection[str],
    wait: int,
    is_dry_run: bool,
) -> DeliveryResult:
    """Put a publication into place, whole or not at all; one that is there already is not touched.

    Args:
        workspace: what it is made from.
        target: its folder.
        make: gives its files without the list of hashes; asked again behind the lock.
        name: the name in its data package.
        known: names that files of another state may have.
        wait: how long to wait for others that write there, in seconds.
        is_dry_run: whether to write nothing.

    Raises:
        CciError: what ``make`` and ``outbox.deliver_bundle`` raise.
    """
    made: list[tuple[History, dict[str, bytes]]] = []

    def make_all() -> dict[str, bytes]:
        history, files = make()
        made.append((history, {**files, SUMS_FILE: render_sums(files)}))
        return made[-1][1]

    delivery = deliver_bundle(
        target, make_all, name=name, known=known, patience=wait, is_dry_run=is_dry_run
    )
    # what was made last is what lies there
    history, files = made[-1]
    return DeliveryResult(
        period=history.last,
        folder=str(target),
        is_official=history.is_all_official,
        state=delivery.state,
        files=tuple(
            BundleFile(name, len(data), hashlib.sha256(data).hexdigest(), delivery.changes[name])
            for name, data in files.items()
        ),
        removed=tuple(name for name, change in delivery.changes.items() if change == "gone"),
        alarms=tuple(_find_alarms(history, delivery)),
        doubts=tuple(_find_doubts(workspace, history)),
        is_dry_run=is_dry_run,
    )


def choose_period(workspace: Path, text: str | None) -> Period:
    """The period that was asked for; without one, the newest with a snapshot, else the base.

    Raises:
        UsageError: E101, the text is none.
    """
    if text is not None:
        return parse_period(text)
    # without a snapshot, the base is asked for and said to be missing
    base = read_config(workspace).methodology.base_period
    return max(list_periods(workspace), default=base)


def check_official(history: History) -> None:
    """Refuse levels that no release stands behind.

    Raises:
        DataError: E418 a period is not released, E420 a release rests on one restated since, E421
            the config says otherwise than a release.
    """
    period = history.last
    for name, replaced in history.outdated:
        outdated = Path(name).parent.name
        raise DataError("E420", value=name, replaced=release_name(replaced), period=outdated)
    for when, release in history.releases.items():
        if when in history.reworded or (when == period and history.is_relabelled):
            raise DataError("E421", value=release.name, period=when)
    if not history.is_all_official:
        missing = [str(when) for when in history.points if not history.is_official(when)]
        raise DataError("E418", periods=", ".join(missing), first=missing[0])


def check_place(to: Path | str) -> None:
    """Refuse a folder in which nothing but evidence may lie, in whatever workspace.

    Raises:
        UsageError: E114 it is none, E115 it lies in a store.
        SystemFailureError: E502, it cannot be looked at.
    """
    if not str(to):
        raise UsageError("E114", option="to", value=to, choices="a folder")
    check_outside(Path(to))


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
