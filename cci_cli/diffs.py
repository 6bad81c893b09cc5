"""Why indices moved: contributions over links, and what was done at which node. Domain: no I/O.

Rates are scaled to integers, so that Polars sums exactly; the few divisions are fractions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Final

import polars as pl

from cci_cli.columns import (
    CARDS,
    IN_SERVICE,
    IN_SERVICE_SINCE,
    KEY,
    MODEL,
    NODE_ID,
    PROVINCE,
    STATUS,
)
from cci_cli.errors import DataError
from cci_cli.indices import sum_supply
from cci_cli.periods import Period
from cci_cli.results import Cause

DISCOVERED: Final = "discovered"
MOVED: Final = "moved"

#: Columns of the changes of a link: ``cards`` and ``units`` are new less old, Int128.
CAUSE: Final = "cause"
UNITS: Final = "units"

Scope = Callable[[Period], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain: supply by province of two periods, and the national level between.

    ``points`` is the index points that one card-hour adds to the national level:
    ``I_national,s−1 / TS_national,s−1``, on the scope of ``now``.
    """

    before: Period
    now: Period
    old_supply: Mapping[str, Fraction]
    new_supply: Mapping[str, Fraction]
    points: Fraction


@dataclass(frozen=True, slots=True)
class Move:
    """What some provinces, as a scope that may change, did over some links; card-hours per year.

    ``points`` are what they added to the national level; over parts of the nation they add up to
    its change, and over links to that of the whole span. ``increment`` is the change of supply on
    linked scopes, ``scope`` what the changes of scope alone brought in.
    """

    points: Fraction
    increment: Fraction
    scope: Fraction


def make_link(
    before: Period,
    now: Period,
    old_supply: Mapping[str, Fraction],
    new_supply: Mapping[str, Fraction],
    nation: Sequence[str],
    national_level: Fraction,
) -> Link:
    """A link of the chain.

    Args:
        before: the period before.
        now: the period.
        old_supply: supply by province in the period before.
        new_supply: supply by province in the period.
        nation: the provinces of the national index in ``now``; their old supply is not zero.
        national_level: the national level in the period before.

    Source: Consumer Price Index Manual (2020), on contributions within chained links; Eurostat,
    HICP Methodological Manual, on Ribe contributions.
    """
    points = national_level / sum_supply(old_supply, nation)
    return Link(before, now, old_supply, new_supply, points)


def measure_move(scope: Scope, links: Iterable[Link]) -> Move:
    """What a scope added over links: ``Σ I_national,s−1 × ΔTS_s / TS_national,s−1``.

    Args:
        scope: the provinces by period; within a link those of its later period hold for both.
        links: in order and without a gap.
    """
    points, increment, entered = Fraction(0), Fraction(0), Fraction(0)
    for link in links:
        provinces = scope(link.now)
        old = sum_supply(link.old_supply, provinces)
        change = sum_supply(link.new_supply, provinces) - old
        points += link.points * change
        increment += change
        entered += old - sum_supply(link.old_supply, scope(link.before))
    return Move(points, increment, entered)


def scale_rates(rates: Mapping[str, Fraction]) -> tuple[dict[str, int], int]:
    """Rates as whole numbers of the largest unit that divides them all.

    Returns:
        Units by model, and how many units make one of what the rates are given in.
    """
    scale = lcm(*(rate.denominator for rate in rates.values()))
    return {model: int(rate * scale) for model, rate in rates.items()}, scale


def check_units(units: Mapping[str, int], *card_counts: pl.DataFrame) -> None:
    """Refuse where sums of units may not fit in 128 bits, which Polars would wrap silently.

    Args:
        units: rate by model, as ``scale_rates`` returns it.
        card_counts: of both snapshots of a link, see ``cards.aggregate_cards``.

    Raises:
        DataError: E416, they may not fit.
    """
    total = sum(
        cards * units[model]
        for counts in card_counts
        for model, cards in counts.select(MODEL, CARDS).iter_rows()
    )
    # what was there counts up to three times: moved out, moved in, and taken away
    if 3 * total >= 2**127:
        raise DataError("E416")


def find_changes(
    old: pl.LazyFrame,
    new: pl.LazyFrame,
    units: Mapping[str, int],
    provinces: Sequence[str],
    old_as_of: date,
) -> pl.LazyFrame:
    """What changed in service over one link, with its cause.

    A node that lies in another province than before moved all it had, out of the one and into
    the other; what else changed is told as at a node that had been in the new one before.

    Args:
        old: valid rows in the columns of a snapshot.
        new: the same of the later period.
        units: rate by model, as ``scale_rates`` returns it and ``check_units`` lets it pass.
        provinces: the national scope of the link.
        old_as_of: the day that ``old`` describes.

    Returns:
        ``node_id``, ``province``, ``model``, ``cause``, ``cards`` and ``units``, the last two new
        less old; one row per node, province, model and cause.
    """
    was = old.select(
        *KEY,
        pl.col(PROVINCE).alias("old_place"),
        _count(pl.col(CARDS)).alias("old_cards"),
        pl.col(STATUS).alias("old_status"),
    )
    now = new.select(
        *KEY,
        pl.col(PROVINCE).alias("new_place"),
        IN_SERVICE_SINCE,
        _count(pl.col(CARDS)).alias("new_cards"),
        pl.col(STATUS).alias("new_status"),
    )
    is_elsewhere = (pl.col("old_place") != pl.col("new_place")) & (pl.col("old_cards") > 0)
    changed = (
        now.join(was, on=list(KEY), how="full", coalesce=True)
        .with_columns(pl.col("old_cards", "new_cards").fill_null(0))
        .filter((pl.col("old_cards") != pl.col("new_cards")) | is_elsewhere)
        .drop("old_place", "new_place")
        .join(_sum_node(old, "old"), on=NODE_ID, how="left")
        .join(_sum_node(new, "new"), on=NODE_ID, how="left")
        .with_columns(
            gained=(pl.col("old_cards") == 0).any().over(NODE_ID),
            lost=(pl.col("new_cards") == 0).any().over(NODE_ID),
        )
    )
    return (
        pl.concat([changed.select(*KEY, *part) for part in _divide_row(old_as_of)])
        .filter((pl.col(CARDS) != 0) & pl.col(PROVINCE).is_in(list(provinces)))
        .with_columns(
            (
                pl.col(CARDS)
                * pl.col(MODEL).replace_strict(
                    list(units), list(units.values()), return_dtype=pl.Int128
                )
            ).alias(UNITS)
        )
    )


def _count(cards: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(STATUS) == IN_SERVICE).then(cards).otherwise(0).cast(pl.Int128)


def _sum_node(rows: pl.LazyFrame, prefix: str) -> pl.LazyFrame:
    """Where each node lies, and its cards in service; a node lies in one province."""
    return rows.group_by(NODE_ID).agg(
        pl.col(PROVINCE).first().alias(f"{prefix}_province"),
        _count(pl.col(CARDS)).sum().alias(f"{prefix}_node"),
    )


def _divide_row(old_as_of: date) -> list[list[pl.Expr]]:
    """What a row adds to the changes: province, cause and cards; no cards where it adds nothing."""
    was_at, is_at = pl.col("old_province"), pl.col("new_province")
    had, has = pl.col("old_cards"), pl.col("new_cards")
    moved = pl.when(was_at != is_at).then(had).otherwise(0)
    return [
        [place.alias(PROVINCE), cause.alias(CAUSE), cards.alias(CARDS)]
        for place, cause, cards in (
            (was_at, pl.lit(MOVED), moved * -1),
            (is_at, pl.lit(MOVED), moved),
            (pl.coalesce(is_at, was_at), _tell_cause(old_as_of), has - had),
        )
    ]


def _tell_cause(old_as_of: date) -> pl.Expr:
    """The cause of a changed row, from what it was, what it is, and the rest of its node."""
    is_known = pl.col("old_province").is_not_null()
    had_service = pl.col("old_node").fill_null(0) > 0
    has_service = pl.col("new_node").fill_null(0) > 0
    appears, vanishes = pl.col("old_cards") == 0, pl.col("new_cards") == 0
    was_there = pl.col(IN_SERVICE_SINCE) <= old_as_of
    swaps = pl.col("gained") & pl.col("lost")
    grows = pl.col("new_cards") > pl.col("old_cards")
    conditions: list[tuple[pl.Expr, Cause]] = [
        # other models at a node are no find, however old the node is
        ((appears | vanishes) & swaps, "re_equipped"),
        (appears & pl.col("old_status").is_null() & was_there, "discovered"),
        (appears & ~is_known, "new_node"),
        (appears & (pl.col("old_status").is_not_null() | ~had_service), "put_into_service"),
        (vanishes & (pl.col("new_status") == "suspended"), "suspended"),
        (vanishes & ~has_service, "closed"),
        (grows, "expanded"),
    ]
    cause = pl.lit("shrunk")
    for condition, name in reversed(conditions):
        cause = pl.when(condition).then(pl.lit(name)).otherwise(cause)
    return cause


def sum_changes(changes: pl.LazyFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Changes by ``keys`` and cause: ``cards`` and ``units``, in no particular order."""
    return (
        changes.group_by(*keys, CAUSE).agg(pl.col(CARDS, UNITS).sum()).collect(engine="streaming")
    )
