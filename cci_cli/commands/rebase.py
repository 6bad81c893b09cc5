"""``cci rebase``: base levels, and the whole series on another base."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

from cci_cli.config import read_config
from cci_cli.errors import UsageError
from cci_cli.histories import RebaseResult, find_factors
from cci_cli.indices import find_national
from cci_cli.notes import find_rebase_notes
from cci_cli.periods import parse_period
from cci_cli.timeline import compile_history
from cci_cli.workspace import find_workspace

_LEVEL: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")


def rebase(
    period: str | None = None,
    *,
    level: Decimal | int | str | None = None,
    each: bool = False,
    workspace: Path | str | None = None,
    from_snapshots: bool = False,
) -> RebaseResult:
    """All levels re-referenced to a base, exactly; what is stored is not touched.

    Args:
        period: the period to be the base; null for the base of the config.
        level: the national level there in points, a decimal number; null for that of the config.
        each: whether to give every index a factor of its own, so that each of them is at
            ``level`` in the base.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.
        from_snapshots: whether to chain from the base of the config whatever was released since.

    Returns:
        The exact factors by index, and every level in points, see its ``value``; null where an
        index has none or cannot be put on the base.

    Raises:
        UsageError: the period is not one, E112 the level is not one, or there is no workspace.
        DataError: E404 the nation is at zero in the base; or data is missing or damaged.
        InvalidDataError: the config or a snapshot breaks a rule.

    Example:
        >>> import cci_cli
        >>> half = cci_cli.rebase(level=500)
        >>> half.factor
        Fraction(1, 2)
        >>> half.value("700000.CCI", cci_cli.parse_period("2024H2"))
        Fraction(500, 1)
    """
    root = find_workspace(workspace)
    base = None if period is None else parse_period(period)
    points = None if level is None else _parse_level(str(level))
    config = read_config(root)
    base = base or config.methodology.base_period
    points = points or config.methodology.base_level
    history = compile_history(root, config, from_snapshots=from_snapshots)
    history.check_period(base)
    at_base = {index.code: history.find(index.code, base) for index in config.indices}
    factors = find_factors(
        {code: None if point is None else point.level for code, point in at_base.items()},
        base,
        Fraction(points),
        None if each else find_national(config.indices).code,
    )
    unbased = [index for index in config.indices if factors[index.code] is None]
    return RebaseResult(
        period=base,
        level=points,
        is_each=each,
        factors=factors,
        history=history,
        notes=tuple(find_rebase_notes(history, base, points, unbased, is_each=each)),
    )


def _parse_level(text: str) -> Decimal:
    if not _LEVEL.fullmatch(text) or not Decimal(text):
        raise UsageError("E112", value=text)
    return Decimal(text)
