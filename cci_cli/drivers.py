"""What drove a change: provinces, models or nodes, over all links of a span. Domain: no I/O."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import polars as pl

from cci_cli.columns import CARDS, PROVINCE
from cci_cli.diffs import CAUSE, UNITS, Link
from cci_cli.outcomes import Driver

#: Change of supply in card-hours per year, by province and cause.
ProvinceCauses = Mapping[str, Mapping[str, Fraction]]


@dataclass(slots=True)
class _Tally:
    """The changes of one key so far; ``points`` are what they added to the national level."""

    cards: int = 0
    points: Fraction = Fraction(0)
    causes: dict[str, Fraction] = field(default_factory=dict)


def build_drivers(
    changes: Sequence[tuple[Link, pl.DataFrame]],
    keys: Sequence[str],
    national_level: Fraction,
    top: int,
) -> tuple[Driver, ...]:
    """The drivers over all links, the largest contribution first, ties by key.

    Args:
        changes: by link, as ``diffs.sum_changes`` returns them, by these keys and maybe more.
        keys: columns that tell the drivers apart.
        national_level: the national level at the start of the span, which growth is measured on.
        top: drivers to tell one by one, all others as one without a key behind them; 0 for all.
    """
    frames, rest, left_out = changes, [], 0
    if top and len(changes) == 1:
        # over one link units alone decide on the order: a million nodes need no fractions
        [(link, frame)] = changes
        ranked = _rank_keys(frame, keys)
        largest, left_out = ranked.head(top), ranked.height - top
        frames = [(link, frame.join(largest, on=keys, how="semi"))]
        rest = [(link, frame.join(largest, on=keys, how="anti"))]
    drivers = _tally(frames, keys, national_level)
    others = _tally(rest, (), national_level)
    if top:
        left_out += len(drivers[top:])
        others += drivers[top:]
        drivers = drivers[:top]
    return (*drivers, *([merge_drivers(others, left_out)] if others else []))


def _rank_keys(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The keys, those with the largest change first, ties by key."""
    totals = frame.group_by(keys).agg(pl.col(UNITS).sum().abs())
    order = totals.sort(UNITS, *keys, descending=[True, *[False] * len(keys)])
    return order.select(keys)


def _tally(
    frames: Iterable[tuple[Link, pl.DataFrame]],
    keys: Sequence[str],
    national_level: Fraction,
) -> list[Driver]:
    """The drivers of all links together, the largest contribution first, ties by key."""
    tallies: dict[tuple[str, ...], _Tally] = {}
    for link, found in frames:
        frame = found.group_by(*keys, CAUSE).agg(pl.col(CARDS, UNITS).sum())
        for *key, cause, cards, units in frame.select(*keys, CAUSE, CARDS, UNITS).iter_rows():
            tally = tallies.setdefault(tuple(key), _Tally())
            supply = units * link.card_hours
            tally.cards += cards
            tally.points += link.points * supply
            tally.causes[cause] = tally.causes.get(cause, Fraction(0)) + supply
    drivers = [
        Driver(key, tally.cards, tally.causes, tally.points / national_level)
        for key, tally in tallies.items()
    ]
    return sorted(drivers, key=lambda driver: (-abs(driver.contribution), driver.key))


def merge_drivers(drivers: Iterable[Driver], count: int) -> Driver:
    """Drivers as one without a key, which stands for ``count`` of them."""
    cards, contribution = 0, Fraction(0)
    causes: dict[str, Fraction] = {}
    for driver in drivers:
        cards += driver.cards
        contribution += driver.contribution
        for cause, supply in driver.causes.items():
            causes[cause] = causes.get(cause, Fraction(0)) + supply
    return Driver((), cards, causes, contribution, count=count)


def sum_causes(changes: pl.DataFrame, card_hours: Fraction) -> ProvinceCauses:
    """Change of supply over one link, by province and cause, in card-hours per year.

    Args:
        changes: as ``diffs.sum_changes`` returns them, by province and maybe more.
        card_hours: what one unit supplies per year.
    """
    found: dict[str, dict[str, Fraction]] = {}
    frame = changes.group_by(PROVINCE, CAUSE).agg(pl.col(UNITS).sum())
    for province, cause, units in frame.select(PROVINCE, CAUSE, UNITS).iter_rows():
        found.setdefault(province, {})[cause] = units * card_hours
    return found
