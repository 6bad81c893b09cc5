"""How areas of one kind stand beside each other, in sentences. Domain: no I/O."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, Literal

from cci_cli.bulletin.claims import Sentence, join_sentences, sort_areas
from cci_cli.bulletin.facts import Area, are_apart
from cci_cli.bulletin.scribe import Scribe, have_growth, rank_areas

#: Growth within this of the nation's, as a ratio, is called about the same: half a point.
LEVEL_WITH: Final = Fraction(1, 200)
#: With more areas than this behind the first two, the next two are told together.
_MANY: Final = 3

Noun = Literal["region", "hub"]


def title_standing(scribe: Scribe, areas: Sequence[Area]) -> Sentence:
    """Who is first by supply, and who by growth, where not all are."""
    largest = scribe.rank(areas, "share", 0)
    if len(largest.areas) == len(areas) > 1:
        return scribe.say("even_title", largest=largest)
    tied = "_tied" if len(largest.areas) > 1 else ""
    head = scribe.say(f"first_title{tied}", largest=largest)
    fastest = _find_fastest(scribe, areas)
    if not fastest:
        return head
    claim = scribe.rank(have_growth(areas), "growth", 0)
    if claim.areas == largest.areas:
        return scribe.say(f"first_and_fastest_title{tied}", largest=largest)
    return join_sentences([head, scribe.say("fastest_title", fastest=claim)], "")


def _find_fastest(scribe: Scribe, areas: Sequence[Area]) -> list[Area]:
    """Those that grew fastest, by growth that can be seen; none where all did, or only one can."""
    known = have_growth(areas)
    if not scribe.select(known, "up"):
        return []
    groups = sort_areas(known, "growth")
    return groups[0] if len(groups) > 1 else []


def tell_shares(scribe: Scribe, areas: Sequence[Area], noun: Noun) -> Sentence:
    """Shares of supply from the largest on: the first two and their sum, then the others."""
    groups = sort_areas(areas, "share")
    clauses = []
    told: list[Area] = []
    for place, key in enumerate(("largest", "second")):
        if place < len(groups) and len(told) < 2 and (groups[place][0].share or not place):
            group = groups[place]
            told += group
            clauses.append(
                scribe.say(
                    key if len(group) == 1 else f"{key}_tied",
                    name=scribe.rank(areas, "share", place),
                    noun=scribe.word(noun),
                    value=scribe.claims.state(group[0], "share"),
                )
            )
    if len(told) == 2 < len(areas) and are_apart(told):
        together = scribe.claims.state(told, "share")
        clauses.append(scribe.say("two_together", value=together))
    first = join_sentences(clauses, scribe.word("comma"))
    rest = [area for area in rank_areas(areas, "share") if area not in told]
    return scribe.finish(f"{noun}_lead", [first, *_tell_rest(scribe, rest, noun)])


def _tell_rest(scribe: Scribe, areas: Sequence[Area], noun: Noun) -> Iterator[Sentence]:
    pair, rest = areas[:2], areas[2:]
    if len(areas) > _MANY and are_apart(pair):
        yield scribe.say(
            "pair",
            names=scribe.names(pair),
            noun=scribe.word(noun),
            value=scribe.claims.state(pair, "share"),
            parts=scribe.each("share_of", pair, "share"),
        )
    else:
        rest = areas
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
    known = have_growth(areas)
    told = _find_fastest(scribe, areas)
    clauses = []
    if told:
        clauses.append(
            scribe.say(
                "fastest" if len(told) == 1 else "fastest_tied",
                name=scribe.rank(known, "growth", 0),
                noun=scribe.word(noun),
                value=scribe.claims.state(told[0], "growth"),
            )
        )
    elif len(scribe.select(known, "up")) > 1:
        # all of them grew by the same
        told = known
        value = scribe.claims.state(told[0], "growth")
        names = scribe.names(told)
        clauses.append(scribe.say("all_same", names=names, noun=scribe.word(noun), value=value))
    for key, found in _class_growths(scribe, areas, national):
        others = [area for area in found if area not in told]
        if others:
            clauses.append(_tell_class(scribe, key, others, noun))
    if clauses:
        yield scribe.finish(f"{noun}_growth_lead", clauses)


def _class_growths(
    scribe: Scribe, areas: Sequence[Area], national: Fraction
) -> Iterator[tuple[str, Sequence[Area]]]:
    """Areas by how they grew beside the nation, in each class the one that grew most first."""
    ranked = rank_areas(have_growth(areas), "growth")
    ahead = [(area, (area.growth or 0) - national) for area in scribe.select(ranked, "up")]
    yield "faster", [area for area, lead in ahead if lead > LEVEL_WITH]
    yield "level_with", [area for area, lead in ahead if abs(lead) <= LEVEL_WITH]
    yield "slower", [area for area, lead in ahead if lead < -LEVEL_WITH]
    yield "hardly", scribe.select(ranked, "hardly")
    yield "standstill", scribe.select(areas, "still")
    yield "fallers", scribe.select(ranked, "down")
    yield "from_zero", scribe.select(areas, "new")
    yield "reseeded", scribe.select(areas, "reseeded")


def _tell_class(scribe: Scribe, key: str, areas: Sequence[Area], noun: Noun) -> Sentence:
    slots: dict[str, str | Sentence] = {
        "names": scribe.names(areas),
        "noun": scribe.word(noun),
        "several": scribe.word("several") if len(areas) > 1 else "",
    }
    if key not in ("hardly", "standstill", "from_zero", "reseeded"):
        slots["values"] = scribe.each("percent", areas, "growth", is_turned=key == "fallers")
    return scribe.say(key, **slots)


def tell_contributions(scribe: Scribe, areas: Sequence[Area], noun: Noun) -> Iterator[Sentence]:
    """What each area added to national growth, and who added most; nothing at the base.

    Where the areas divide up the nation, their sum is told too: it is its growth exactly. Where
    none of it can be seen in print, nothing is told.
    """
    nation, claims = scribe.facts.nation, scribe.claims
    if any(area.contribution is None for area in areas):
        return
    if all(claims.prints_as_zero(area, "contribution") for area in areas):
        return
    ranked = rank_areas(areas, "contribution")
    parts = scribe.join(_tell_points(scribe, area) for area in ranked)
    total = sum((area.contribution or Fraction(0) for area in areas), Fraction(0))
    if total == nation.contribution and len(areas) > 1:
        whole = claims.state(nation, "contribution")
        yield scribe.say("contributions_whole", parts=parts, total=whole)
    else:
        yield scribe.say("contributions", parts=parts)
    first = sort_areas(areas, "contribution")[0]
    # where others fell, a part may be more than the whole, and is no share of it
    if scribe.find_move(nation) == "up" and len(first) == 1 and _is_part(first[0].increment_share):
        yield scribe.say(
            "largest_contribution",
            name=scribe.rank(areas, "contribution", 0),
            noun=scribe.word(noun),
            value=claims.state(first[0], "increment_share"),
        )


def _tell_points(scribe: Scribe, area: Area) -> Sentence:
    """What one area added to national growth, or took from it."""
    is_loss = (area.contribution or 0) < 0
    return scribe.say(
        "points_off" if is_loss else "points_of",
        name=area.short_name[scribe.lang],
        value=scribe.claims.state(area, "contribution", is_turned=is_loss),
    )


def _is_part(share: Fraction | None) -> bool:
    return share is not None and 0 <= share <= 1
