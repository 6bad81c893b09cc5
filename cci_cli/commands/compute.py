"""``cci compute``: Table 2 of one period, from the snapshots since the base."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from cci_cli.cards import to_standard_cards, to_supply
from cci_cli.config import read_config
from cci_cli.definitions import Config
from cci_cli.errors import DataError
from cci_cli.indices import chain_indices, find_national, measure_link, sum_supply
from cci_cli.notes import find_demonstration_note, find_notes
from cci_cli.periods import Period, PeriodRef, parse_ref, periods_between
from cci_cli.results import ComputeResult, HubFigures, IndexFigures, Snapshot
from cci_cli.store import list_periods, read_snapshot, resolve_ref


def compute(*, workspace: Path, period: str) -> ComputeResult:
    """The levels of all indices in a period and the period before, with what goes with them.

    Args:
        workspace: its root folder.
        period: as the user wrote it; a revision, ``2025H1@r2``, holds for that period alone,
            the periods before it are taken in their newest revision.

    Raises:
        UsageError: the period is not one.
        DataError: a snapshot is missing or damaged, or there is nothing to chain from.
        InvalidDataError: the config or a snapshot breaks a rule.
    """
    ref = parse_ref(period)
    config = read_config(workspace)
    snapshots = _read_chain(workspace, ref, config)
    coefficients = config.coefficients
    standard_cards = {
        seen: to_standard_cards(snapshot.card_counts, coefficients)
        for seen, snapshot in snapshots.items()
    }
    supplies = {
        seen: to_supply(cards, config.methodology.hours_per_year)
        for seen, cards in standard_cards.items()
    }
    chained = chain_indices(config.indices, supplies, Fraction(config.methodology.base_level))

    before = ref.period.previous if len(chained) > 1 else None
    now = standard_cards[ref.period]
    return ComputeResult(
        period=ref.period,
        previous=before,
        methodology=config.methodology,
        indices=tuple(
            IndexFigures(definition, observation, sum_supply(now, observation.provinces))
            for definition, observation in zip(config.indices, chained[ref.period], strict=True)
        ),
        hubs=_measure_hubs(
            config, ref.period, supplies[ref.period], supplies.get(before) if before else None
        ),
        notes=(
            *find_notes(config.indices, config.methodology, chained, ref.period),
            *find_demonstration_note(snapshots.values()),
        ),
        snapshots=snapshots,
        config_hashes=config.hashes,
    )


def _measure_hubs(
    config: Config,
    period: Period,
    supply: Mapping[str, Fraction],
    previous_supply: Mapping[str, Fraction] | None,
) -> HubFigures | None:
    """The provinces of all hubs together, each counted once; null where there is no hub."""
    hubs = [index for index in config.indices if index.kind == "hub"]
    if not hubs:
        return None
    scopes = (province for hub in hubs for province in hub.provinces_at(period))
    provinces = tuple(dict.fromkeys(scopes))
    nation = find_national(config.indices).provinces_at(period)
    return HubFigures(
        count=len(hubs),
        provinces=provinces,
        link=measure_link(provinces, nation, supply, previous_supply),
        increment_share_target_pct=config.policy.hub_increment_share_target,
    )


def _read_chain(workspace: Path, ref: PeriodRef, config: Config) -> dict[Period, Snapshot]:
    """The snapshots from the base to ``ref``; none is read before all are known to be there."""
    base = config.methodology.base_period
    if ref.period < base:
        raise DataError("E401", period=ref.period, base=base)
    resolve_ref(workspace, ref)
    known = list_periods(workspace)
    periods = periods_between(base, ref.period)
    missing = [period for period in periods if period not in known]
    if missing:
        raise DataError("E402", missing=", ".join(map(str, missing)), period=ref.period, base=base)
    refs = [*map(PeriodRef, periods[:-1]), ref]
    return {wanted.period: read_snapshot(workspace, wanted, config) for wanted in refs}
