"""Why indices moved: contributions over links, and what was done at which node. Domain: no I/O.

A link is measured on the data that its later level was made from; between two links the data may
have been revised, and a release restated.

Rates are scaled to integers, so that Polars sums exactly; the few divisions are fractions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
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
from cci_cli.conversion import scale_rates
from cci_cli.definitions import Config, IndexDefinition
from cci_cli.errors import DataError
from cci_cli.indices import Observation, find_national, sum_supply
from cci_cli.periods import Period
from cci_cli.results import Cause, Release, Snapshot

DISCOVERED: Final = "discovered"
MOVED: Final = "moved"

#: Columns of the changes of a link: ``cards`` and ``units`` are new less old, Int128.
CAUSE: Final = "cause"
UNITS: Final = "units"


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain, with the data that its later level was made from.

    ``config`` and ``snapshots``, of the earlier period and the later, are those that ``release``
    names, or those of today where that is null. ``old`` and ``new`` are the observations of both
    periods by code: the level that was chained from and the one that came of it, each on the
    scope of then. ``points`` is the index points that one card-hour adds to the national level:
    ``I_national,s−1 / TS_national,s−1``, on the scope of ``now``. One of ``units``, the rates by
    model as ``scale_rates`` returns them, supplies ``card_hours`` per year.
    """

    before: Period
    now: Period
    config: Config
    release: Release | None
    snapshots: tuple[Snapshot, Snapshot]
    old: Mapping[str, Observation]
    new: Mapping[str, Observation]
    old_supply: Mapping[str, Fraction]
    new_supply: Mapping[str, Fraction]
    points: Fraction
    units: Mapping[str, int]
    card_hours: Fraction

    def find_scopes(self, index: IndexDefinition) -> tuple[Sequence[str], Sequence[str]]:
        """The provinces of an index in both periods.

        One that was not defined then is looked at as defined today; a province that the config
        did not have then has nothing in it.
        """
        return (
            find_scope(index, self.before, self.old, self.old_supply),
            find_scope(index, self.now, self.new, self.new_supply),
        )


#: The provinces of something in both periods of a link.
Scope = Callable[[Link], tuple[Sequence[str], Sequence[str]]]


def find_scope(
    index: IndexDefinition,
    period: Period,
    seen: Mapping[str, Observation],
    supply: Mapping[str, Fraction],
) -> Sequence[str]:
    """The provinces of an index in a period: as it was seen, else as defined and with supply."""
    if index.code in seen:
        return seen[index.code].provinces
    return [province for province in index.provinces_at(period) if province in supply]


@dataclass(frozen=True, slots=True)
class Move:
    """What some provinces, as a scope that may change, did over some links; card-hours per year.

    ``points`` are what they added to the national level; over parts of the nation they add up to
    what the links did to it, and over links to that of the whole span. ``increment`` is the
    change of supply on linked scopes, ``scope`` what the changes of scope alone brought in, and
    ``revision`` what the data of a period were revised by between the link that leads to it and
    the next one; null where nothing was released that could have been revised since.
    """

    points: Fraction
    increment: Fraction
    scope: Fraction
    revision: Fraction | None


def make_link(
    periods: tuple[Period, Period],
    config: Config,
    release: Release | None,
    snapshots: Mapping[Period, Snapshot],
    supplies: Mapping[Period, Mapping[str, Fraction]],
    chained: Mapping[Period, Iterable[Observation]],
) -> Link:
    """A link of a chain that may be longer.

    Args:
        periods: the two periods that it links.
        config: the config of the chain.
        release: the release that its later level is of; null where it is of none.
        snapshots: those of the chain, by period.
        supplies: supply by period and province.
        chained: the observations by period; the old supply of the nation is not zero.

    Source: Consumer Price Index Manual (2020), on contributions within chained links; Eurostat,
    HICP Methodological Manual, on Ribe contributions.
    """
    before, now = periods
    old, new = ({seen.code: seen for seen in chained[period]} for period in periods)
    national = find_national(config.indices).code
    units, scale = scale_rates({card.model: Fraction(card.fp16_tflops) for card in config.models})
    standard = Fraction(config.methodology.standard_card_tflops)
    return Link(
        before=before,
        now=now,
        config=config,
        release=release,
        snapshots=(snapshots[before], snapshots[now]),
        old=old,
        new=new,
        old_supply=supplies[before],
        new_supply=supplies[now],
        points=old[national].level / sum_supply(supplies[before], new[national].provinces),
        units=units,
        card_hours=config.methodology.hours_per_year / (standard * scale),
    )


def measure_move(scope: Scope, links: Iterable[Link], origin: Observation | None = None) -> Move:
    """What a scope added over links: ``Σ I_national,s−1 × ΔTS_s / TS_national,s−1``.

    What two links do not agree on in the period between them is a part of its own, so that
    ``increment``, ``scope`` and ``revision`` add up to the supply of the last period, as its link
    has it, less that of the first, as ``origin`` has it.

    Args:
        scope: the provinces in both periods of a link; within it those of the later hold for both.
        links: in order and without a gap.
        origin: the first period as it was released or named; null where it is as the first link
            has it.
    """
    points, increment, entered, revised = (Fraction(0) for _ in range(4))
    last: tuple[Sequence[str], Fraction] | None = None
    if origin is not None:
        last = origin.provinces, origin.link.supply
    was_released, is_revisable = origin is not None, False
    for link in links:
        was, provinces = scope(link)
        had = sum_supply(link.old_supply, was)
        old, new = (sum_supply(side, provinces) for side in (link.old_supply, link.new_supply))
        points += link.points * (new - old)
        increment += new - old
        entered += old - had
        if last is not None:
            is_revisable |= was_released or link.release is not None
            # a province that one of the configs does not have is a matter of scope
            is_measurable = set(last[0]) <= set(link.old_supply)
            then = sum_supply(link.old_supply, last[0]) if is_measurable else last[1]
            revised += then - last[1]
            entered += had - then
        last, was_released = (provinces, new), link.release is not None
    return Move(points, increment, entered, revised if is_revisable else None)


def check_units(units: Mapping[str, int], *card_counts: pl.DataFrame) -> None:
    """Refuse where sums of units may not fit in 128 bits, which Polars would wrap silently.

    Args:
        units: rate by model, as ``scale_rates`` returns it.
        card_counts: of both snapshots of a link, see ``conversion.CARD_COUNTS``.

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
    """Cards in service; null where there are none, as where there is no row."""
    return pl.when(pl.col(STATUS) == IN_SERVICE).then(cards).cast(pl.Int128)


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
