"""From accelerator cards to standard cards and supply. Domain: no I/O.

This module knows *what is summed per province*; how indices are chained is known to ``indices``.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import lcm
from typing import Final

import polars as pl

from cci_cli.columns import CARDS, IN_SERVICE, MODEL, PROVINCE, STATUS, STATUSES

#: Cards in service by province and model: sums of 64-bit counts cannot overflow 128 bits.
CARD_COUNTS: Final = pl.Schema({PROVINCE: pl.String, MODEL: pl.String, CARDS: pl.Int128})


def tally_cards(nodes: pl.LazyFrame) -> pl.DataFrame:
    """Cards in service, one row per province and model, in no order.

    Args:
        nodes: rows of a snapshot with ``province``, ``model``, ``cards`` (Int64 or UInt64) and
            ``status``.

    Returns:
        The columns of ``CARD_COUNTS`` and ``rows``, how many of them have a number of cards and a
        status that is one. A province or model whose rows are all out of service is kept with 0
        cards.
    """
    cards, status = pl.col(CARDS), pl.col(STATUS)
    return (
        nodes.group_by(PROVINCE, MODEL)
        .agg(
            # a sum of nulls is 0
            pl.when(status == IN_SERVICE).then(cards).cast(pl.Int128).sum(),
            rows=(cards.is_not_null() & status.is_in(STATUSES)).sum(),
        )
        .collect(engine="streaming")
    )


def merge_card_counts(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Several counts of one snapshot as one.

    Args:
        parts: at least one; ``province`` and ``model`` (String or Enum), ``cards`` in service
            (Int64 or Int128), any number of rows of each.

    Returns:
        The columns of ``CARD_COUNTS``, sorted by province and model.
    """
    return (
        pl.concat(parts)
        .group_by(PROVINCE, MODEL)
        .agg(pl.col(CARDS).cast(pl.Int128).sum())
        # categories are sorted by their place in the config
        .with_columns(pl.col(PROVINCE, MODEL).cast(pl.String))
        .sort(PROVINCE, MODEL)
    )


def scale_rates(rates: Mapping[str, Fraction]) -> tuple[dict[str, int], int]:
    """Rates as whole numbers of the largest unit that divides them all.

    Returns:
        Units by model, and how many units make one of what the rates are given in.
    """
    scale = lcm(*(rate.denominator for rate in rates.values()))
    return {model: int(rate * scale) for model, rate in rates.items()}, scale


def to_standard_cards(
    card_counts: pl.DataFrame, coefficients: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """Standard cards by province: ``Q_j = Σ cards × c_model``, exactly.

    Args:
        card_counts: as ``merge_card_counts`` returns it.
        coefficients: standard cards per card, by model.

    Returns:
        One entry per province of ``card_counts``; zero where no card is in service.

    Source: methodology of 24 December 2025, section 五（二）, the term in brackets.
    """
    # Polars has summed the cards; with the coefficients on one denominator these few rows are
    # summed as integers too, which can neither round nor overflow
    units, scale = scale_rates(coefficients)
    totals: dict[str, int] = {}
    for province, model, cards in card_counts.select(PROVINCE, MODEL, CARDS).iter_rows():
        totals[province] = totals.get(province, 0) + cards * units[model]
    return {province: Fraction(total, scale) for province, total in totals.items()}


def to_supply(standard_cards: Mapping[str, Fraction], hours_per_year: int) -> dict[str, Fraction]:
    """Supply by province in card-hours per year: ``CPS_j = Q_j × 24 × 365``.

    Source: methodology of 24 December 2025, section 五（二）. The year always has 8,760 hours.
    """
    return {province: cards * hours_per_year for province, cards in standard_cards.items()}
