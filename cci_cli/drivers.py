"""What drove a change: provinces, models or nodes, over all links of a span. Domain: no I/O."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import polars as pl

from cci_cli.columns import CARDS, PROVINCE
from cci_cli.diffs import CAUSE, UNITS, Link, sum_changes
from cci_cli.results import Driver

#: Change of supply in card-hours per year, by province and cause.
ProvinceCauses = Mapping[str, Mapping[str, Fraction]]


@dataclass(slots=True)
class _Tally:
    """The changes of one key so far; ``points`` are what they added to the national level."""

    cards: int = 0
    points: Fraction = Fraction(0)
    causes: dict[str, Fraction] = field(default_factory=dict)


def build_drivers(
    changes: Sequence[tuple[Link, pl.LazyFrame]],
    keys: Sequence[str],
    card_hours: Fraction,
    national_level: Fraction,
    top: int = 0,
) -> tuple[Driver, ...]:
    """The drivers over all links, the largest contribution first, ties by key.

    Args:
        changes: by link, as ``diffs.find_changes`` returns them.
        keys: columns that tell the drivers apart; none for the nation as a whole.
        card_hours: what one unit supplies per year.
        national_level: the national level at the start of the span, which growth is measured on.
        top: drivers to tell one by one, all others as one without a key behind them; 0 for all.
    """
    frames = [(link, sum_changes(found, keys)) for link, found in changes]
    rest: list[tuple[Link, pl.DataFrame]] = []
    if top and len(frames) == 1:
        # over one link units alone decide on the order: a million nodes need no fractions
        [(link, frame)] = frames
        largest = _find_largest(frame, keys, top)
        frames = [(link, frame.join(largest, on=keys, how="semi", nulls_equal=True))]
        rest = [(link, frame.join(largest, on=keys, how="anti", nulls_equal=True))]
    drivers = _tally(frames, keys, card_hours, national_level)
    others = _tally(rest, (), card_hours, national_level)
    if top:
        others += drivers[top:]
        drivers = drivers[:top]
    return (*drivers, *([merge_drivers(others)] if others else []))


def _find_largest(frame: pl.DataFrame, keys: Sequence[str], top: int) -> pl.DataFrame:
    """The keys with the largest change, ties by key."""
    totals = frame.group_by(keys).agg(pl.col(UNITS).sum().abs())
    order = totals.sort(UNITS, *keys, descending=[True, *[False] * len(keys)])
    return order.head(top).select(keys)


def _tally(
    frames: Iterable[tuple[Link, pl.DataFrame]],
    keys: Sequence[str],
    card_hours: Fraction,
    national_level: Fraction,
) -> list[Driver]:
    """The drivers of all links together, the largest contribution first, ties by key."""
    tallies: dict[tuple[str, ...], _Tally] = {}
    for link, found in frames:
        frame = found.group_by(*keys, CAUSE).agg(pl.col(CARDS, UNITS).sum())
        for *key, cause, cards, units in frame.select(*keys, CAUSE, CARDS, UNITS).iter_rows():
            tally = tallies.setdefault(tuple(key), _Tally())
            supply = units * card_hours
            tally.cards += cards
            tally.points += link.points * supply
            tally.causes[cause] = tally.causes.get(cause, Fraction(0)) + supply
    drivers = [
        Driver(key, tally.cards, tally.causes, tally.points / national_level)
        for key, tally in tallies.items()
    ]
    return sorted(drivers, key=lambda driver: (-abs(driver.contribution), driver.key))


def merge_drivers(drivers: Iterable[Driver]) -> Driver:
    """Drivers as one without a key; over none, one that moved nothing."""
    cards, contribution = 0, Fraction(0)
    causes: dict[str, Fraction] = {}
    for driver in drivers:
        cards += driver.cards
        contribution += driver.contribution
        for cause, supply in driver.causes.items():
            causes[cause] = causes.get(cause, Fraction(0)) + supply
    return Driver((), cards, causes, contribution)


def sum_causes(changes: pl.LazyFrame, card_hours: Fraction) -> ProvinceCauses:
    """Change of supply over one link, by province and cause, in card-hours per year."""
    found: dict[str, dict[str, Fraction]] = {}
    frame = sum_changes(changes, [PROVINCE])
    for province, cause, units in frame.select(PROVINCE, CAUSE, UNITS).iter_rows():
        found.setdefault(province, {})[cause] = units * card_hours
    return found
