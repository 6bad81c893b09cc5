"""How areas of one kind stand beside each other, in sentences. Domain: no I/O."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, Literal

from cci_cli.bulletin.claims import Sentence, join_sentences, sort_areas
from cci_cli.bulletin.facts import Area
from cci_cli.bulletin.scribe import Scribe, select

#: Growth within this of the nation's, as a ratio, is called about the same: half a point.
LEVEL_WITH: Final = Fraction(1, 200)
#: With more areas than this behind the first two, the next two are told together.
_MANY: Final = 3

Noun = Literal["region", "hub", "province"]


def title_standing(scribe: Scribe, areas: Sequence[Area]) -> Sentence:
    """Who is first by supply, and who by growth."""
    largest = scribe.rank(areas, "share", 0)
    tied = "_tied" if len(largest.areas) > 1 else ""
    head = scribe.say(f"first_title{tied}", largest=largest)
    if not select(areas, lambda growth: growth > 0):
        return head
    fastest = scribe.rank(select(areas, lambda _: True), "growth", 0)
    if fastest.areas == largest.areas:
        return scribe.say(f"first_and_fastest_title{tied}", largest=largest)
    return join_sentences([head, scribe.say("fastest_title", fastest=fastest)], "")


def tell_shares(scribe: Scribe, areas: Sequence[Area], noun: Noun) -> Sentence:
    """Shares of supply from the largest on: the first two and their sum, then the others."""
    groups = sort_areas(areas, "share")
    clauses = []
    told = 0
    for place, key in enumerate(("largest", "second")):
        if place < len(groups) and told < 2:
            group = groups[place]
            told += len(group)
            clauses.append(
                scribe.say(
                    key if len(group) == 1 else f"{key}_tied",
                    name=scribe.rank(areas, "share", place),
                    noun=scribe.word(noun),
                    value=scribe.claims.state(group[0], "share"),
                )
            )
    order = [area for group in groups for area in group]
    if told == 2 and len(order) > 2:
        together = scribe.claims.state(order[:2], "share")
        clauses.append(scribe.say("two_together", value=together))
    first = join_sentences(clauses, scribe.word("comma"))
    return scribe.finish(f"{noun}_lead", [first, *_tell_rest(scribe, order[told:], noun)])


def _tell_rest(scribe: Scribe, areas: Sequence[Area], noun: Noun) -> Iterator[Sentence]:
    rest = list(areas)
    if len(rest) > _MANY:
        pair, rest = rest[:2], rest[2:]
        yield scribe.say(
            "pair",
            names=scribe.names(pair),
            noun=scribe.word(noun),
            value=scribe.claims.state(pair, "share"),
            parts=scribe.each("share_of", pair, "share"),
        )
    if rest:
        yield scribe.say("others", parts=scribe.each("share_of", rest, "share"))


def tell_growths(scribe: Scribe, areas: Sequence[Area], noun: Noun) -> Iterator[Sentence]:
    """Growth of areas beside that of the nation; nothing at the base.

    Each area is told once: the fastest by name, the others by class, those that fell, stood still
    or started from zero apart.
    """
    national = scribe.facts.nation.growth
    if national is None:
        return
    known = select(areas, lambda _: True)
    fastest: list[Area] = []
    clauses = []
    if select(areas, lambda growth: growth > 0):
        fastest = sort_areas(known, "growth")[0]
        clauses.append(
            scribe.say(
                "fastest" if len(fastest) == 1 else "fastest_tied",
                name=scribe.rank(known, "growth", 0),
                noun=scribe.word(noun),
                value=scribe.claims.state(fastest[0], "growth"),
            )
        )
    for key, found in _class_growths(areas, national):
        others = [area for area in found if area not in fastest]
        if others:
            clauses.append(_tell_class(scribe, key, others, noun))
    if clauses:
        yield scribe.finish(f"{noun}_growth_lead", clauses)


def _class_growths(
    areas: Sequence[Area], national: Fraction
) -> Iterator[tuple[str, Sequence[Area]]]:
    """Areas by how they grew beside the nation, in each class the one that grew most first."""
    known = select(areas, lambda _: True)
    ranked = [area for group in sort_areas(known, "growth") for area in group]

    def is_near(growth: Fraction) -> bool:
        return abs(growth - national) <= LEVEL_WITH

    yield "faster", select(ranked, lambda growth: growth > 0 and growth - national > LEVEL_WITH)
    yield "level_with", select(ranked, lambda growth: growth > 0 and is_near(growth))
    yield "slower", select(ranked, lambda growth: growth > 0 and national - growth > LEVEL_WITH)
    yield "standstill", select(ranked, lambda growth: growth == 0)
    yield "fallers", select(ranked, lambda growth: growth < 0)
    yield "from_zero", [area for area in areas if area.growth is None]


def _tell_class(scribe: Scribe, key: str, areas: Sequence[Area], noun: Noun) -> Sentence:
    slots: dict[str, str | Sentence] = {
        "names": scribe.names(areas),
        "noun": scribe.word(noun),
        "several": scribe.word("several") if len(areas) > 1 else "",
    }
    if key not in ("standstill", "from_zero"):
        slots["values"] = scribe.each("percent", areas, "growth", is_turned=key == "fallers")
    return scribe.say(key, **slots)


def tell_contributions(scribe: Scribe, areas: Sequence[Area], noun: Noun) -> Iterator[Sentence]:
    """What each area added to national growth, and who added most; nothing at the base.

    Where the areas divide up the nation, their sum is told too: it is its growth exactly.
    """
    nation = scribe.facts.nation
    if any(area.contribution is None for area in areas) or not any(
        area.contribution for area in areas
    ):
        return
    groups = sort_areas(areas, "contribution")
    ranked = [area for group in groups for area in group]
    parts = scribe.each("points_of", ranked, "contribution")
    total = sum((area.contribution or Fraction(0) for area in areas), Fraction(0))
    if total == nation.contribution and len(areas) > 1:
        whole = scribe.claims.state(nation, "contribution")
        yield scribe.say("contributions_whole", parts=parts, total=whole)
    else:
        yield scribe.say("contributions", parts=parts)
    if (nation.link.increment or 0) > 0 and len(groups[0]) == 1:
        yield scribe.say(
            "largest_contribution",
            name=scribe.rank(areas, "contribution", 0),
            noun=scribe.word(noun),
            value=scribe.claims.state(groups[0][0], "increment_share"),
        )
