"""``cci compute``: Table 2 of one period."""

from pathlib import Path

from cci_cli.chains import Compilation
from cci_cli.compilation import compile_indices
from cci_cli.config import read_config
from cci_cli.indices import find_national, measure_link
from cci_cli.notes import find_notes
from cci_cli.periods import parse_ref
from cci_cli.results import ComputeResult, HubFigures
from cci_cli.workspace import find_workspace


def compute(
    period: str, *, workspace: Path | str | None = None, from_snapshots: bool = False
) -> ComputeResult:
    """The levels of all indices in a period and the period before, with what goes with them.

    Args:
        period: ``2025H1``, or any date within it; a revision, ``2025H1@r2``, holds for that
            period alone, the periods before it are taken in their newest revision.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.
        from_snapshots: whether to chain from the base whatever was released since.

    Returns:
        One entry per index, in the order of Table 2: levels in points, supply in card-hours per
        year, growth and shares as ratios, all exact fractions. What is not defined is null.

    Raises:
        UsageError: the period is not one, or there is no workspace.
        DataError: a snapshot or release is missing or damaged, or there is nothing to chain from.
        InvalidDataError: the config or a snapshot breaks a rule.

    Example:
        >>> import cci_cli
        >>> table = cci_cli.compute("2025H1")
        >>> table.indices[0].definition.code, table.indices[0].observation.level
        ('700000.CCI', Fraction(14071432125, 12932441))
    """
    root = find_workspace(workspace)
    ref = parse_ref(period)
    config = read_config(root)
    compiled = compile_indices(root, ref, config, from_snapshots=from_snapshots)
    return ComputeResult(
        period=ref.period,
        previous=compiled.previous,
        methodology=config.methodology,
        indices=compiled.figures,
        hubs=_measure_hubs(compiled),
        notes=tuple(find_notes(compiled)),
        snapshots=compiled.snapshots,
        config_hashes=config.hashes,
        start=compiled.start,
        release=compiled.release,
        changed_codes=compiled.changed_codes,
    )


def _measure_hubs(compiled: Compilation) -> HubFigures | None:
    """The provinces of all hubs together, each counted once; null where there is no hub."""
    config, period, before = compiled.config, compiled.period, compiled.previous
    hubs = [index for index in config.indices if index.kind == "hub"]
    if not hubs:
        return None
    scopes = (province for hub in hubs for province in hub.provinces_at(period))
    provinces = tuple(dict.fromkeys(scopes))
    nation = find_national(config.indices).provinces_at(period)
    return HubFigures(
        count=len(hubs),
        provinces=provinces,
        link=measure_link(
            provinces,
            nation,
            compiled.supplies[period],
            compiled.supplies[before] if before else None,
        ),
        increment_share_target_pct=config.policy.hub_increment_share_target,
    )
