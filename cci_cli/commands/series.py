"""``cci series``: the indices over time."""

from collections.abc import Sequence
from pathlib import Path

from cci_cli.config import read_config
from cci_cli.definitions import find_index
from cci_cli.errors import UsageError
from cci_cli.formats import Measure
from cci_cli.histories import SeriesResult
from cci_cli.notes import find_history_notes
from cci_cli.options import check_choice
from cci_cli.periods import parse_period, periods_between
from cci_cli.timeline import compile_history
from cci_cli.workspace import find_workspace


def series(
    *,
    index: Sequence[str] | str | None = None,
    from_: str | None = None,
    to: str | None = None,
    measure: Measure = "level",
    workspace: Path | str | None = None,
    from_snapshots: bool = False,
) -> SeriesResult:
    """One figure of the indices in every period: as released, else as it comes out today.

    Args:
        index: code or name of an index, or several; null or none for all. They come in the order
            of the config.
        from_: the first period to show; null for the base.
        to: the last period; null for the newest of which anything is stored.
        measure: ``level`` or ``comparable`` in points, ``growth`` or ``share`` as a ratio,
            ``supply`` in card-hours per year.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.
        from_snapshots: whether to chain from the base whatever was released since.

    Returns:
        The exact figure of each index in each period, see its ``value``; null where it is not
        defined or not known. Its ``history`` has all of them, with what they rest on.

    Raises:
        UsageError: a period is not one, E113 ``from_`` is later than ``to``, E114 there is no
            such measure, or there is no workspace.
        DataError: E413 there is no such index; or data is missing or damaged.
        InvalidDataError: the config or a snapshot breaks a rule.

    Example:
        >>> import cci_cli
        >>> shares = cci_cli.series(index=["700001.CCI"], measure="share")
        >>> [round(float(shares.value("700001.CCI", period)), 4) for period in shares.periods]
        [0.3086, 0.2952]
    """
    root = find_workspace(workspace)
    check_choice("measure", measure, Measure)
    start = None if from_ is None else parse_period(from_)
    end = None if to is None else parse_period(to)
    config = read_config(root)
    named = [index] if isinstance(index, str) else index or ()
    wanted = {find_index(text, config.indices).code for text in named}
    chosen = tuple(item for item in config.indices if not wanted or item.code in wanted)
    if start is not None and end is not None and end < start:
        raise UsageError("E113", value=start, first=start, last=end)
    history = compile_history(root, config, last=end, from_snapshots=from_snapshots)
    start = start or config.methodology.base_period
    history.check_period(start)
    periods = tuple(periods_between(start, history.last))
    return SeriesResult(
        measure=measure,
        indices=chosen,
        periods=periods,
        history=history,
        notes=tuple(find_history_notes(history, chosen, periods)),
    )
