"""``cci explain``: one level taken apart, down to the cards; or what a message means."""

from pathlib import Path

import polars as pl

from cci_cli.chains import Compilation
from cci_cli.columns import CARDS, MODEL, PROVINCE
from cci_cli.compilation import compile_indices
from cci_cli.config import read_config
from cci_cli.definitions import Config, find_index
from cci_cli.notes import find_notes_of
from cci_cli.outcomes import ExplainResult, ModelAccount, ProvinceAccount
from cci_cli.periods import Period, PeriodRef, parse_ref
from cci_cli.store import list_periods
from cci_cli.workspace import find_workspace


def explain(
    code: str,
    period: str | None = None,
    *,
    workspace: Path | str | None = None,
    from_snapshots: bool = False,
) -> ExplainResult:
    """The level of an index with the cards, the supply and the chain behind it.

    Args:
        code: code or name of the index.
        period: a period or revision; null for the newest period there is.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.
        from_snapshots: whether to chain from the base whatever was released since.

    Returns:
        Its cards by province and model, supply in card-hours per year and levels in points as
        exact fractions, and what they were made from.

    Raises:
        UsageError: the period is not one, or there is no workspace.
        DataError: E413 there is no such index; or data is missing or damaged.
        InvalidDataError: the config or a snapshot breaks a rule.

    Example:
        >>> import cci_cli
        >>> account = cci_cli.explain("700011.CCI", "2025H1")
        >>> [item.province.name for item in account.provinces]
        ['四川', '重庆']
        >>> account.figures.observation.link.supply
        Fraction(306442810560, 1979)
    """
    root = find_workspace(workspace)
    config = read_config(root)
    index = find_index(code, config.indices)
    ref = _find_newest(root, config) if period is None else parse_ref(period)
    compiled = compile_indices(root, ref, config, from_snapshots=from_snapshots)
    figures = next(item for item in compiled.figures if item.definition is index)
    return ExplainResult(
        period=ref.period,
        previous=compiled.previous,
        methodology=config.methodology,
        figures=figures,
        provinces=_take_apart(compiled, figures.observation.provinces),
        notes=tuple(find_notes_of(compiled, index)),
        snapshots=compiled.snapshots,
        config_hashes=config.hashes,
        start=compiled.start,
        release=compiled.release,
        is_official=compiled.release is not None and index.code not in compiled.changed_codes,
        is_from_snapshots=from_snapshots,
    )


def _find_newest(workspace: Path, config: Config) -> PeriodRef:
    # without a snapshot, the base is asked for and said to be missing
    return PeriodRef(max(list_periods(workspace), default=config.methodology.base_period))


def _take_apart(compiled: Compilation, provinces: tuple[str, ...]) -> tuple[ProvinceAccount, ...]:
    rates = {card.model: card.fp16_tflops for card in compiled.config.models}
    now = _count_cards(compiled, compiled.period)
    before = None if compiled.previous is None else _count_cards(compiled, compiled.previous)
    accounts = []
    by_name = {province.name: province for province in compiled.config.provinces}
    for province in provinces:
        old, new = (before or {}).get(province, {}), now.get(province, {})
        models = [
            ModelAccount(
                model,
                rates[model],
                new.get(model, 0),
                None if before is None else old.get(model, 0),
            )
            for model in sorted({*old, *new})
        ]
        models.sort(key=lambda item: item.cards * item.fp16_tflops, reverse=True)
        accounts.append(ProvinceAccount(by_name[province], tuple(models)))
    return tuple(accounts)


def _count_cards(compiled: Compilation, period: Period) -> dict[str, dict[str, int]]:
    """Cards in service by province and model, where there are any."""
    counts: dict[str, dict[str, int]] = {}
    rows = compiled.snapshots[period].card_counts.filter(pl.col(CARDS) > 0)
    for province, model, cards in rows.select(PROVINCE, MODEL, CARDS).iter_rows():
        counts.setdefault(province, {})[model] = cards
    return counts
