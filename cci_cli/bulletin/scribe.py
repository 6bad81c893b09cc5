"""Puts areas, claims and phrases of one language together. Domain: no I/O."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from cci_cli.bulletin.claims import (
    Claim,
    ClaimMaker,
    MeasureName,
    Sentence,
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

#: Supply is told in 亿 of card-hours, or in millions.
_PER_HUNDRED_MILLION = 10**8
_PER_MILLION = 10**6


class Scribe:
    """Writes about one period in one language."""

    def __init__(self, facts: Facts, lang: Lang) -> None:
        self.facts = facts
        self.lang: Lang = lang
        self.claims = ClaimMaker(facts)
        self._phrases = PHRASES[lang]

    def word(self, key: str) -> str:
        """A phrase without slots."""
        return self._phrases[key]

    def say(self, key: str, **slots: str | Claim | Sentence) -> Sentence:
        """A phrase with its slots filled."""
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
        """What an area did since the period before: grew, fell, stood still."""
        growth = area.growth
        if growth is None:
            return self.say("unknown")
        if not growth:
            return self.say("still")
        claim = self.claims.state(area, "growth", is_turned=growth < 0)
        if not Fraction(claim.printed):
            return self.say("nearly_still", value=self.claims.state(area, "growth"))
        return self.say("rise" if growth > 0 else "fall", value=claim)

    def supply(self, name: str, formula: str, card_hours: Fraction) -> Claim:
        """National supply, or a part of it, in 亿 or millions of card-hours per year."""
        areas = (key_of(self.facts.nation),)
        if self.lang == "zh":
            exact = card_hours / _PER_HUNDRED_MILLION
            return self.claims.number(name, areas, formula, "10^8 card-hours per year", exact)
        exact = card_hours / _PER_MILLION
        return self.claims.number(name, areas, formula, "10^6 card-hours per year", exact)


def select(areas: Sequence[Area], test: Callable[[Fraction], bool]) -> list[Area]:
    """The areas whose growth is defined and passes a test."""
    return [area for area in areas if area.growth is not None and test(area.growth)]
