"""What the data say of an area in each unit, and whether a figure says the same. Domain: no I/O."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from cci_cli.bulletin.facts import Area, Facts
from cci_cli.periods import Period
from cci_cli.proofreading.lexicon import Unit
from cci_cli.proofreading.tokens import Figure
from cci_cli.rounding import round_exact

Quantity = Literal[
    "level",
    "level_change",
    "previous_level",
    "growth",
    "share",
    "previous_share",
    "increment_share",
    "share_change",
    "contribution",
    "growth_gap",
    "share_gap",
    "target",
    "target_gap",
    "amount",
    "amount_change",
    "previous_amount",
    "ratio",
    "parameter",
]

#: What each is called in a message.
TITLES: Final[Mapping[Quantity, str]] = {
    "level": "level",
    "level_change": "change of level",
    "previous_level": "previous level",
    "growth": "growth",
    "share": "share",
    "previous_share": "previous share",
    "increment_share": "share of the increment",
    "share_change": "change of share",
    "contribution": "contribution to national growth",
    "growth_gap": "distance in growth",
    "share_gap": "distance in share",
    "target": "target",
    "target_gap": "distance from the target",
    "amount": "supply",
    "amount_change": "change of supply",
    "previous_amount": "previous supply",
    "ratio": "multiple",
    "parameter": "parameter of the method",
}
_UNIT_TEXTS: Final[Mapping[Unit, str]] = {
    "percent": " %",
    "pp": " percentage points",
    "points": " points",
    "eflops": " EFLOPS",
    "pflops": " PFLOPS",
    "cards": " cards",
    "card_hours": " card-hours",
    "times": " times",
}
#: What may be meant by a unit where no word says which.
_ANY: Final[Mapping[Unit, tuple[Quantity, ...]]] = {
    "percent": ("share", "growth", "increment_share"),
    "pp": ("share_change", "contribution"),
    "points": ("level", "previous_level", "level_change"),
    "cards": ("amount", "amount_change"),
    "card_hours": ("amount", "amount_change"),
    "eflops": ("amount", "amount_change"),
    "pflops": ("amount", "amount_change"),
    "times": ("ratio",),
}


@dataclass(frozen=True, slots=True)
class When:
    """The period that a figure is of, and the one that a change is counted from."""

    period: Period
    since: Period | None


@dataclass(frozen=True, slots=True)
class Value:
    """One figure that the data give; ``value`` is null where they give none."""

    label: str
    quantity: Quantity
    unit: Unit
    value: Fraction | None


def list_quantities(unit: Unit) -> tuple[Quantity, ...]:
    """What a figure in a unit may be, by the unit alone."""
    return _ANY.get(unit, ())


def measure_value(
    area: Area, quantity: Quantity, unit: Unit, when: When, facts: Facts
) -> Fraction | None:
    """One figure of an area in a unit, exactly; null where there is none."""
    if quantity in {"amount", "amount_change", "previous_amount"}:
        return _amount(area, quantity, unit, when, facts)
    if quantity in _RATIOS:
        return _times(_RATIOS[quantity](area, when, facts), 100)
    if quantity in _POINTS:
        return _POINTS[quantity](area, when, facts)
    return _of_link(area, quantity, when, facts)


def _of_link(area: Area, quantity: Quantity, when: When, facts: Facts) -> Fraction | None:
    """What the last link alone gives; null over another."""
    if (when.period, when.since) != (facts.period, facts.previous):
        return None
    if quantity == "contribution":
        return _times(area.contribution, 100)
    if quantity == "increment_share":
        return _times(area.increment_share, 100)
    if quantity == "ratio":
        return None if area.growth is None else area.growth + 1
    return None


def _level(area: Area, period: Period | None, facts: Facts) -> Fraction | None:
    if period == facts.period:
        return area.level
    if period is not None and area.code is not None and period in facts.history.points:
        point = facts.history.find(area.code, period)
        return None if point is None else point.level
    return area.previous_level if period == facts.previous else None


def _growth(area: Area, when: When, facts: Facts) -> Fraction | None:
    if when.period == facts.period and when.since == facts.previous:
        return area.growth
    now, before = _level(area, when.period, facts), _level(area, when.since, facts)
    return now / before - 1 if now is not None and before else None


def _share(area: Area, period: Period | None, facts: Facts) -> Fraction | None:
    if period == facts.period:
        return area.share
    if period is not None and period == facts.previous:
        return area.previous_share
    if period is None or area.code is None or period not in facts.history.points:
        return None
    return facts.history.measure(area.code, period, "share")


def _amount(
    area: Area, quantity: Quantity, unit: Unit, when: When, facts: Facts
) -> Fraction | None:
    """Supply in card-hours a year, or the cards or computing power behind it."""
    factor = find_factor(unit, facts)
    if quantity == "amount":
        return _times(_supply(area, when.period, facts), factor)
    now, before = _supply(area, when.period, facts), _supply(area, when.since, facts)
    return _times(before if quantity == "previous_amount" else _less(now, before), factor)


def find_factor(unit: Unit, facts: Facts) -> Fraction:
    """What a card-hour a year is in cards or computing power."""
    method = facts.config.methodology
    if unit not in {"cards", *_FLOPS}:
        return Fraction(1)
    factor = Fraction(1, method.hours_per_year)
    if unit in _FLOPS:
        return factor * Fraction(method.standard_card_tflops) / _FLOPS[unit]
    return factor


def _supply(area: Area, period: Period | None, facts: Facts) -> Fraction | None:
    if period == facts.period:
        return area.link.supply
    if period is not None and period == facts.previous:
        return area.link.previous_supply
    if period is None or area.code is None or period not in facts.history.points:
        return None
    return facts.history.measure(area.code, period, "supply")


def _times(value: Fraction | None, factor: Fraction | int) -> Fraction | None:
    return None if value is None else value * factor


def _less(value: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if value is None or other is None else value - other


def find_match(figure: Figure, values: Iterable[Value], facts: Facts, sign: int) -> Value | None:
    """The first of some values that a figure agrees with; null for none.

    Args:
        figure: as written.
        values: what it may be.
        facts: whose method rounds.
        sign: −1 where words say a fall, and the figure has none of its own.
    """
    mode = facts.config.methodology.rounding
    for item in values:
        if item.value is None:
            continue
        turned = sign if item.quantity in SIGNED else 1
        if figure.is_borne_out(turned * item.value, mode):
            return item
    return None


_Measure = Callable[[Area, When, Facts], Fraction | None]

_RATIOS: Final[Mapping[Quantity, _Measure]] = {
    "growth": _growth,
    "share": lambda area, when, facts: _share(area, when.period, facts),
    "previous_share": lambda area, when, facts: _share(area, when.since, facts),
    "share_change": lambda area, when, facts: _less(
        _share(area, when.period, facts), _share(area, when.since, facts)
    ),
    "growth_gap": lambda area, when, facts: _less(
        _growth(area, when, facts), _growth(facts.nation, when, facts)
    ),
}
_POINTS: Final[Mapping[Quantity, _Measure]] = {
    "level": lambda area, when, facts: _level(area, when.period, facts),
    "previous_level": lambda area, when, facts: _level(area, when.since, facts),
    "level_change": lambda area, when, facts: _less(
        _level(area, when.period, facts), _level(area, when.since, facts)
    ),
    "target": lambda _area, _when, facts: Fraction(facts.target_pct),
    "target_gap": lambda area, _when, facts: _less(
        _times(area.increment_share, 100), Fraction(facts.target_pct)
    ),
}
#: TFLOPS in one of a unit of computing power.
_FLOPS: Final[Mapping[Unit, int]] = {"eflops": 10**6, "pflops": 10**3}
#: What words such as 下降 turn round.
SIGNED: Final[frozenset[Quantity]] = frozenset(
    {"growth", "share_change", "level_change", "amount_change", "contribution"}
)


def render_value(value: Value, facts: Facts) -> str:
    """A value for a message: 28.35 %."""
    if value.value is None:
        return "not known"
    is_whole = value.unit in {"cards", "card_hours"}
    places = 0 if is_whole else facts.config.methodology.decimals
    number = round_exact(value.value, places, facts.config.methodology.rounding)
    return f"{number:,f}{_UNIT_TEXTS.get(value.unit, '')}"


def list_values(values: Iterable[Value], facts: Facts, most: int = 4) -> str:
    """Some values for a message: ``share of 华东 28.35 %, …``, each once."""
    texts = dict.fromkeys(
        f"the {TITLES[item.quantity]} of {item.label} is {render_value(item, facts)}"
        for item in values
    )
    return ", ".join(list(texts)[:most]) + (", …" if len(texts) > most else "")


def suggest_value(figure: Figure, values: Iterable[Value], facts: Facts) -> str | None:
    """What was probably meant: a value with the same digits otherwise, or one digit off."""
    written = _digits(figure.value, figure.step, facts)
    for item in values:
        if item.value is None:
            continue
        actual = _digits(abs(item.value), figure.step, facts)
        if actual != written and len(actual) > 1 and _is_slip(written, actual):
            scaled = round_exact(item.value / figure.step, 0, facts.config.methodology.rounding)
            return render_value(
                Value("", item.quantity, item.unit, Fraction(scaled) * figure.step), facts
            )
    return None


def _digits(value: Fraction, step: Fraction, facts: Facts) -> str:
    rounded: Decimal = round_exact(abs(value) / step, 0, facts.config.methodology.rounding)
    return f"{rounded:f}"


def _is_slip(written: str, actual: str) -> bool:
    if sorted(written) == sorted(actual):
        return True
    if len(written) == len(actual):
        return sum(a != b for a, b in zip(written, actual, strict=True)) == 1
    short, long = sorted((written, actual), key=len)
    return len(long) - len(short) == 1 and any(
        long[:place] + long[place + 1 :] == short for place in range(len(long))
    )


def find_values(
    areas: Iterable[Area],
    label: str,
    quantities: Iterable[Quantity],
    unit: Unit,
    when: When,
    facts: Facts,
) -> Iterator[Value]:
    """The figures that some areas have in a unit."""
    areas = tuple(areas)
    for quantity in quantities:
        for area in areas:
            value = measure_value(area, quantity, unit, when, facts)
            yield Value(label or area.short_name["zh"], quantity, unit, value)
