"""``cci compute``: Table 2 of one period."""

from pathlib import Path

from cci_cli.chains import Compilation
from cci_cli.compilation import compile_indices
from cci_cli.config import read_config
from cci_cli.indices import find_national, measure_link
from cci_cli.notes import find_notes
from cci_cli.periods import parse_ref
from cci_cli.results import ComputeResult, HubFigures


def compute(*, workspace: Path, period: str, from_snapshots: bool = False) -> ComputeResult:
    """The levels of all indices in a period and the period before, with what goes with them.

    Args:
        workspace: its root folder.
        period: as the user wrote it; a revision, ``2025H1@r2``, holds for that period alone,
            the periods before it are taken in their newest revision.
        from_snapshots: whether to chain from the base whatever was released since.

    Raises:
        UsageError: the period is not one.
        DataError: a snapshot or release is missing or damaged, or there is nothing to chain from.
        InvalidDataError: the config or a snapshot breaks a rule.
    """
    ref = parse_ref(period)
    config = read_config(workspace)
    compiled = compile_indices(workspace, ref, config, from_snapshots=from_snapshots)
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
