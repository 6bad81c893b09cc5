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

_LEVEL: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")


def rebase(
    *,
    workspace: Path,
    period: str | None = None,
    level: str | None = None,
    each: bool = False,
    from_snapshots: bool = False,
) -> RebaseResult:
    """All levels re-referenced to a base, exactly; what is stored is not touched.

    Args:
        workspace: its root folder.
        period: the period to be the base; null for the base of the config.
        level: the national level there in points, a decimal number; null for that of the config.
        each: whether to give every index a factor of its own, so that each of them is at
            ``level`` in the base.
        from_snapshots: whether to chain from the base of the config whatever was released since.

    Raises:
        UsageError: the period is not one, or E113, the level is not one.
        DataError: E404 the nation is at zero in the base; or data is missing or damaged.
        InvalidDataError: the config or a snapshot breaks a rule.
    """
    base = None if period is None else parse_period(period)
    points = None if level is None else _parse_level(level)
    config = read_config(workspace)
    base = base or config.methodology.base_period
    points = points or config.methodology.base_level
    history = compile_history(workspace, config, from_snapshots=from_snapshots)
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
        raise UsageError("E113", value=text)
    return Decimal(text)
