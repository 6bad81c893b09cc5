"""Puts areas, claims and phrases of one language together. Domain: no I/O."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from cci_cli.bulletin.claims import (
    Claim,
    ClaimMaker,
    MeasureName,
    Sentence,
    Unit,
    join_sentences,
    key_of,
    sort_areas,
    write_sentence,
)
from cci_cli.bulletin.facts import Area, Facts
from cci_cli.bulletin.phrases import PHRASES, join_names
from cci_cli.formats import Lang
from cci_cli.periods import Period
from cci_cli.views import date_text

#: What an area did since the period before: ``hardly`` where it moved, and its growth is printed
#: as zero; ``new`` where it had nothing to grow from, ``reseeded`` where it had, and its level was
#: zero all the same.
Move = Literal["up", "down", "hardly", "still", "new", "reseeded"]


class SupplyUnit(NamedTuple):
    """What supply is told in: card-hours, thousands or millions of them; ``word`` is its name."""

    factor: int
    unit: Unit
    word: str


#: The units of a language, the largest first.
_UNITS: Final[Mapping[Lang, Sequence[SupplyUnit]]] = {
    "zh": (
        SupplyUnit(10**8, "10^8 card-hours per year", "亿"),
        SupplyUnit(10**4, "10^4 card-hours per year", "万"),
        SupplyUnit(1, "card-hours per year", ""),
    ),
    "en": (
        SupplyUnit(10**6, "10^6 card-hours per year", " million"),
        SupplyUnit(1, "card-hours per year", ""),
    ),
}


class Scribe:
    """Writes about one period in one language."""

    def __init__(self, facts: Facts, lang: Lang) -> None:
        self.facts = facts
        self.lang: Lang = lang
        self.claims = ClaimMaker(facts)
        #: the keys of the phrases that were said
        self.said: set[str] = set()
        self._phrases = PHRASES[lang]

    def word(self, key: str) -> str:
        """A phrase without slots."""
        return self._phrases[key]

    def say(self, key: str, **slots: str | Claim | Sentence) -> Sentence:
        """A phrase with its slots filled."""
        self.said.add(key)
        return write_sentence(self._phrases[key], **slots)

    def date(self, period: Period) -> str:
        """The last day of a period."""
        return date_text(period, self.lang)

    def names(self, areas: Sequence[Area]) -> str:
        """The short names of areas as a list."""
        return join_names([area.short_name[self.lang] for area in areas], self.lang)

    def rank(
        self, areas: Sequence[Area], measure: MeasureName, place: int, *, is_least: bool = False
    ) -> Claim:
        """The areas at a place of an order, by name; see ``ClaimMaker.rank``."""
        chosen = sort_areas(areas, measure, is_least=is_least)[place]
        return self.claims.rank(areas, measure, place, self.names(chosen), is_least=is_least)

    def each(
        self,
        key: str,
        areas: Sequence[Area],
        measure: MeasureName,
        *,
        is_turned: bool = False,
    ) -> Sentence:
        """A phrase for each of some areas as a list."""
        return self.join(
            self.say(
                key,
                name=area.short_name[self.lang],
                value=self.claims.state(area, measure, is_turned=is_turned),
            )
            for area in areas
        )

    def join(self, items: Iterable[Sentence]) -> Sentence:
        """Clauses as a list of the language."""
        found = list(items)
        if len(found) < 2:
            return join_sentences(found, "")
        head = join_sentences(found[:-1], self._phrases["list"])
        return join_sentences([head, found[-1]], self._phrases["last"])

    def finish(self, lead: str, clauses: Sequence[Sentence]) -> Sentence:
        """Clauses behind a lead as one sentence."""
        body = join_sentences(list(clauses), self._phrases["semicolon"])
        return join_sentences([self._phrases[lead], body, self._phrases["stop"]], "")

    def change(self, area: Area) -> Sentence:
        """What an area whose growth is defined did since the period before."""
        move = self.find_move(area)
        if move == "still":
            return self.say("still")
        if move == "hardly":
            return self.say("nearly_still", value=self.claims.state(area, "growth"))
        is_fall = move == "down"
        value = self.claims.state(area, "growth", is_turned=is_fall)
        return self.say("fall" if is_fall else "rise", value=value)

    def find_unit(self, card_hours: Fraction) -> SupplyUnit:
        """The largest unit that an amount has one of."""
        units = _UNITS[self.lang]
        return next((unit for unit in units if card_hours >= unit.factor), units[-1])

    def supply(self, name: str, formula: str, card_hours: Fraction, unit: SupplyUnit) -> Claim:
        """National supply, or a part of it, in a unit."""
        areas = (key_of(self.facts.nation),)
        return self.claims.number(name, areas, formula, unit.unit, card_hours / unit.factor)

    def find_move(self, area: Area) -> Move | None:
        """What an area did since the period before, as it is printed; null at the base."""
        increment = area.link.increment
        if increment is None:
            return None
        if not increment:
            return "still"
        if area.growth is None:
            return "reseeded" if area.link.previous_supply else "new"
        if self.claims.prints_as_zero(area, "growth"):
            return "hardly"
        return "up" if increment > 0 else "down"

    def select(self, areas: Sequence[Area], *moves: Move) -> list[Area]:
        """The areas that did one of these."""
        return [area for area in areas if self.find_move(area) in moves]


def rank_areas(areas: Sequence[Area], measure: MeasureName) -> list[Area]:
    """Areas by a figure that each of them has, the largest first."""
    return [area for group in sort_areas(areas, measure) for area in group]


def have_growth(areas: Sequence[Area]) -> list[Area]:
    """The areas whose growth is defined."""
    return [area for area in areas if area.growth is not None]
