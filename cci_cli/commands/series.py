"""``cci series``: the indices over time."""

from collections.abc import Sequence
from pathlib import Path

from cci_cli.config import read_config
from cci_cli.definitions import find_index
from cci_cli.errors import UsageError
from cci_cli.formats import Measure
from cci_cli.histories import SeriesResult
from cci_cli.notes import find_history_notes
from cci_cli.periods import parse_period, periods_between
from cci_cli.timeline import compile_history


def series(
    *,
    workspace: Path,
    indices: Sequence[str] = (),
    first: str | None = None,
    last: str | None = None,
    measure: Measure = "level",
    from_snapshots: bool = False,
) -> SeriesResult:
    """One figure of the indices in every period: as released, else as it comes out today.

    Args:
        workspace: its root folder.
        indices: codes or names of indices; none for all. They come in the order of the config.
        first: the first period to show; null for the base.
        last: the last period; null for the newest of which anything is stored.
        measure: ``level`` or ``comparable`` in points, ``growth`` or ``share`` as a ratio,
            ``supply`` in card-hours per year.
        from_snapshots: whether to chain from the base whatever was released since.

    Raises:
        UsageError: a period is not one, or E114, ``first`` is later than ``last``.
        DataError: E413 there is no such index; or data is missing or damaged.
        InvalidDataError: the config or a snapshot breaks a rule.
    """
    start = None if first is None else parse_period(first)
    end = None if last is None else parse_period(last)
    config = read_config(workspace)
    wanted = {find_index(text, config.indices).code for text in indices}
    chosen = tuple(item for item in config.indices if not wanted or item.code in wanted)
    if start is not None and end is not None and end < start:
        raise UsageError("E114", value=start, last=end)
    history = compile_history(workspace, config, last=end, from_snapshots=from_snapshots)
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
