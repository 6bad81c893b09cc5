"""What a bulletin claims, each bound to a formula and its exact value. Domain: no I/O.

A sentence is words around claims: no digit of a figure is in it that is not of one of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from string import Formatter
from typing import Final, Literal, NamedTuple

from cci_cli.bulletin.facts import Area, Facts
from cci_cli.figures import Rounder
from cci_cli.rounding import round_exact

MeasureName = Literal["level", "growth", "share", "share_change", "contribution", "increment_share"]

#: The unit of each claim.
Unit = Literal[
    "points",
    "%",
    "percentage points",
    "10^8 card-hours per year",
    "10^6 card-hours per year",
    "10^4 card-hours per year",
    "card-hours per year",
    "10^4 standard cards",
    "standard cards",
    "EFLOPS",
    "PFLOPS",
    "count",
    "rank",
]


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure, count or rank that a sentence has.

    ``name`` tells it apart within a bulletin. ``areas`` are what it speaks of: codes of indices,
    provinces by name. ``exact`` is the value in its unit before rounding, and ``printed`` the
    digits, or the areas of a rank, in the sentence. ``from_table`` is what a reader would print
    who has nothing but the levels of Table 2, null where these do not give it.
    """

    name: str
    areas: tuple[str, ...]
    formula: str
    unit: Unit
    exact: Fraction
    printed: str
    from_table: str | None

    @property
    def is_recomputable(self) -> bool:
        """Whether a reader gets the same from the printed table."""
        return self.from_table == self.printed


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words and claims in order."""

    parts: tuple[str | Claim, ...]

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else part.printed for part in self.parts)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims in it."""
        return tuple(part for part in self.parts if isinstance(part, Claim))


#: What a slot of a phrase may be filled with.
Filling = str | Claim | Sentence


def write_sentence(phrase: str, **slots: Filling) -> Sentence:
    """A phrase with its ``{slots}`` filled.

    Raises:
        KeyError: the phrase has a slot that is not filled.
    """
    parts: list[str | Claim] = []
    for words, slot, _, _ in Formatter().parse(phrase):
        parts.append(words)
        if slot is not None:
            filling = slots[slot]
            parts += filling.parts if isinstance(filling, Sentence) else [filling]
    return Sentence(tuple(part for part in parts if part != ""))


def join_sentences(sentences: Sequence[Sentence | Claim | str], separator: str) -> Sentence:
    """Sentences, claims or words one after the other as one sentence."""
    parts: list[str | Claim] = []
    for number, item in enumerate(sentences):
        parts += [separator] if number and separator else []
        parts += item.parts if isinstance(item, Sentence) else [item]
    return Sentence(tuple(parts))


class _Measure(NamedTuple):
    """One figure of an area: from exact values, and from the levels of a printed table."""

    unit: Unit
    formula: str
    measure: Callable[[Area], Fraction | None]
    read: Callable[["_Levels"], Fraction | None]


class _Levels(NamedTuple):
    """Levels in points, of an area and of the nation."""

    now: Fraction
    before: Fraction | None
    nation: Fraction
    nation_before: Fraction | None


def _divide(upper: Fraction, lower: Fraction | None) -> Fraction | None:
    return upper / lower if lower else None


def _read_growth(levels: _Levels) -> Fraction | None:
    return None if not levels.before else 100 * (levels.now / levels.before - 1)


def _read_share(levels: _Levels) -> Fraction | None:
    share = _divide(levels.now, levels.nation)
    return None if share is None else 100 * share


def _read_share_change(levels: _Levels) -> Fraction | None:
    if levels.before is None:
        return None
    now, before = _divide(levels.now, levels.nation), _divide(levels.before, levels.nation_before)
    return None if now is None or before is None else 100 * (now - before)


def _read_contribution(levels: _Levels) -> Fraction | None:
    if levels.before is None:
        return None
    part = _divide(levels.now - levels.before, levels.nation_before)
    return None if part is None else 100 * part


def _read_increment_share(levels: _Levels) -> Fraction | None:
    if levels.before is None or levels.nation_before is None:
        return None
    part = _divide(levels.now - levels.before, levels.nation - levels.nation_before)
    return None if part is None else 100 * part


def _in_percent(value: Fraction | None) -> Fraction | None:
    return None if value is None else 100 * value


_MEASURES: Final[Mapping[MeasureName, _Measure]] = {
    "level": _Measure(
        "points",
        "I_i,t−1 × TS_i,t / TS_i,t−1",
        lambda area: area.level,
        lambda levels: levels.now,
    ),
    "growth": _Measure(
        "%",
        "100 × (TS_i,t / TS_i,t−1 − 1)",
        lambda area: _in_percent(area.growth),
        _read_growth,
    ),
    "share": _Measure(
        "%", "100 × TS_i,t / TS_national,t", lambda area: _in_percent(area.share), _read_share
    ),
    "share_change": _Measure(
        "percentage points",
        "100 × (TS_i,t / TS_national,t − TS_i,t−1 / TS_national,t−1)",
        lambda area: _in_percent(area.share_change),
        _read_share_change,
    ),
    "contribution": _Measure(
        "percentage points",
        "100 × (TS_i,t − TS_i,t−1) / TS_national,t−1",
        lambda area: _in_percent(area.contribution),
        _read_contribution,
    ),
    "increment_share": _Measure(
        "%",
        "100 × (TS_i,t − TS_i,t−1) / (TS_national,t − TS_national,t−1)",
        lambda area: _in_percent(area.increment_share),
        _read_increment_share,
    ),
}


def read_measure(area: Area, measure: MeasureName) -> Fraction | None:
    """A figure of an area in its unit; null for none."""
    return _MEASURES[measure].measure(area)


class ClaimMaker:
    """Makes claims about the areas of one period, printed by its method."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._rounder = Rounder(facts.config.methodology)
        self._mode = facts.config.methodology.rounding
        self._decimals = facts.config.methodology.decimals
        self._exact = {key_of(area): (area.level, area.previous_level) for area in facts.indices}
        self._printed = {
            key: (self._print(level), self._print(before))
            for key, (level, before) in self._exact.items()
        }

    def _print(self, level: Fraction | None) -> Fraction | None:
        printed = self._rounder.points(level)
        return None if printed is None else Fraction(printed)

    def state(
        self, areas: Sequence[Area] | Area, measure: MeasureName, *, is_turned: bool = False
    ) -> Claim:
        """A figure of an area, or of several together, which must have one.

        Args:
            areas: one area, or several that share no province.
            measure: which figure.
            is_turned: whether it stands behind a word such as "fell by", as a number above zero.

        Raises:
            ValueError: there is no such figure.
        """
        several = [areas] if isinstance(areas, Area) else list(areas)
        area = several[0] if len(several) == 1 else self._measure(several)
        spec = _MEASURES[measure]
        exact = _must(spec.measure(area))
        table = self._read_table(several, spec)
        formula = self._find_formula(area, measure)
        sign = -1 if is_turned else 1
        return Claim(
            name=f"{'+'.join(map(key_of, several))}.{measure}",
            areas=tuple(code for one in several for code in self._find_keys(one)),
            formula=f"−({formula})" if is_turned else formula,
            unit=spec.unit,
            exact=sign * exact,
            printed=self._digits(sign * exact),
            from_table=None if table is None else self._digits(sign * table),
        )

    def _find_formula(self, area: Area, measure: MeasureName) -> str:
        """How a figure came about; not every level is chained."""
        if measure == "level" and area.code is None:
            return "I_national,t × TS_j,t / TS_national,t"
        if measure == "level" and area.status == "base":
            return f"{self._facts.methodology.base_level:f} × TS_i,0 / TS_national,0"
        if measure == "level" and area.status == "reseeded":
            return "I_national,t × TS_i,t / TS_national,t"
        return _MEASURES[measure].formula

    def bound(self, name: str, formula: str, unit: Unit, exact: Fraction, bound: Fraction) -> Claim:
        """A national figure that is told by a round number above it."""
        areas = (key_of(self._facts.nation),)
        return Claim(name, areas, formula, unit, exact, self._digits(bound), None)

    def number(
        self, name: str, areas: Sequence[str], formula: str, unit: Unit, exact: Fraction
    ) -> Claim:
        """A figure that Table 2 does not give; a number of cards is whole, in groups of three."""
        digits = self._digits(exact)
        if unit == "standard cards":
            digits = f"{round_exact(exact, 0, self._mode):,f}"
        return Claim(name, tuple(areas), formula, unit, exact, digits, None)

    def count(
        self,
        name: str,
        formula: str,
        number: int,
        text: str | None = None,
        from_table: str | None = None,
    ) -> Claim:
        """A number of areas; ``text`` is how it stands in the sentence, null for its digits."""
        printed = str(number) if text is None else text
        return Claim(name, (), formula, "count", Fraction(number), printed, from_table)

    def find_printed_change(self, area: Area) -> Fraction | None:
        """What the level of an area rose by in Table 2; null where that does not have both."""
        now, before = self._printed.get(key_of(area), (None, None))
        return None if now is None or before is None else now - before

    def prints_as_zero(self, area: Area, measure: MeasureName) -> bool:
        """Whether a figure of an area, which it must have, is printed as zero."""
        return not Fraction(self.state(area, measure).printed)

    def target(self) -> Claim:
        """The target of the policy for the share of the increment, as the config has it."""
        value, name = self._facts.target_pct, "policy.hub_increment_share_target"
        return Claim(name, (), f"config: {name}", "%", Fraction(value), f"{value:f}", None)

    def rank(
        self,
        areas: Sequence[Area],
        measure: MeasureName,
        place: int,
        text: str,
        *,
        is_least: bool = False,
    ) -> Claim:
        """That the areas at a place of an order, 0 for the first, are those that ``text`` names.

        A reader recomputes it where the printed levels put the same areas there.
        """
        spec = _MEASURES[measure]
        chosen = sort_areas(areas, measure, is_least=is_least)[place]
        keys = tuple(key_of(area) for area in chosen)
        read = {key_of(area): self._read_table([area], spec) for area in areas}
        values = [value for value in read.values() if value is not None]
        from_table = None
        if len(values) == len(areas):
            order = sorted(set(values), reverse=not is_least)
            same = {key for key, value in read.items() if order[place:][:1] == [value]}
            from_table = text if same == set(keys) else ""
        order_name = "least" if is_least else "most"
        return Claim(
            name=f"{'+'.join(keys)}.{order_name}-{place + 1}.{measure}",
            areas=keys,
            formula=f"{'least' if is_least else 'largest'} {spec.formula}, place {place + 1} of "
            f"{len(areas)} that have it",
            unit="rank",
            exact=_must(spec.measure(chosen[0])),
            printed=text,
            from_table=from_table,
        )

    def _read_table(self, areas: Sequence[Area], spec: _Measure) -> Fraction | None:
        """A figure as a reader computes it who has Table 2 alone.

        Null where its levels do not give it, however many digits they had: after a change of scope
        or a correction, of areas that overlap, of provinces.
        """
        keys = [key for area in areas for key in self._find_keys(area)]
        if any(key not in self._printed for key in keys):
            # a province has no row of its own
            return None
        area = areas[0] if len(areas) == 1 else self._measure(areas)
        if spec.read(self._add_levels(keys, self._exact)) != spec.measure(area):
            return None
        return spec.read(self._add_levels(keys, self._printed))

    def _add_levels(
        self,
        keys: Sequence[str],
        table: Mapping[str, tuple[Fraction | None, Fraction | None]],
    ) -> _Levels:
        rows = [table[key] for key in keys]
        nation = table[key_of(self._facts.nation)]
        return _Levels(
            _add([row[0] for row in rows]) or Fraction(0),
            _add([row[1] for row in rows]),
            nation[0] or Fraction(0),
            nation[1],
        )

    def _measure(self, areas: Sequence[Area]) -> Area:
        return self._facts.measure(province for one in areas for province in one.provinces)

    def _find_keys(self, area: Area) -> list[str]:
        """The indices that make an area up, else what it is called."""
        if area is self._facts.hub_union:
            return [key_of(hub) for hub in self._facts.hubs]
        return [key_of(area)]

    def _digits(self, value: Fraction) -> str:
        return f"{round_exact(value, self._decimals, self._mode):f}"


def _add(levels: Sequence[Fraction | None]) -> Fraction | None:
    known = [level for level in levels if level is not None]
    return sum(known, Fraction(0)) if len(known) == len(levels) else None


def sort_areas(
    areas: Sequence[Area], measure: MeasureName, *, is_least: bool = False
) -> list[list[Area]]:
    """Areas by a figure that each of them has, the largest first or the least; ties together."""
    by_value: dict[Fraction, list[Area]] = {}
    for area in areas:
        by_value.setdefault(_must(read_measure(area, measure)), []).append(area)
    return [by_value[value] for value in sorted(by_value, reverse=not is_least)]


def _must(value: Fraction | None) -> Fraction:
    """A figure that was looked for before: without it there is no sentence."""
    if value is None:
        raise ValueError(value)
    return value


def key_of(area: Area) -> str:
    """What an area is called in a claim: the code of its index, else its name."""
    return area.code or area.name["zh"] or "+".join(area.provinces)
