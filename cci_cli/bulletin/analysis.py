"""The analysis of a bulletin: sentences generated from exact values. Domain: no I/O.

Which word stands in a sentence is decided by exact values; but what is printed as nothing is not
told as a rise or a fall, and a sentence for which there is no figure is not written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from cci_cli.bulletin.claims import Claim, Sentence, join_sentences, key_of, sort_areas
from cci_cli.bulletin.facts import Area, Facts
from cci_cli.bulletin.phrases import number_word, section_mark
from cci_cli.bulletin.scribe import Scribe, SupplyUnit, have_growth, rank_areas
from cci_cli.bulletin.standings import tell_contributions, tell_growths, tell_shares, title_standing
from cci_cli.formats import Lang
from cci_cli.views import CAUSE_NAMES

#: Provinces that are named together as the first.
TOP_PROVINCES: Final = 5
#: As many hubs are 八大枢纽 in Chinese; of others one says how many they are.
_GREAT: Final = range(3, 11)
#: More provinces than this at one place of an order are not named.
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the analysis; a paragraph is its sentences in order.

    ``said`` are the keys of the phrases in it.
    """

    key: str
    title: Sentence
    paragraphs: tuple[tuple[Sentence, ...], ...]
    said: frozenset[str]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The title and everything below it."""
        return (self.title, *(item for paragraph in self.paragraphs for item in paragraph))


#: Gives the title of a part and its paragraphs.
_Part = Callable[[Scribe], tuple[Sentence, Iterable[Iterable[Sentence]]]]


def analyse(facts: Facts, lang: Lang) -> tuple[Section, ...]:
    """The parts of the analysis: nation, regions, hubs, provinces, as far as there are such.

    Source: methodology of 24 December 2025, section 六, for the order and the register.
    """
    parts: dict[str, _Part] = {"nation": _tell_nation}
    if facts.nation.share:
        # without any supply there are no shares
        parts |= {"regions": _tell_regions} if _can_compare(facts.regions) else {}
        parts |= {"hubs": _tell_hubs} if facts.hubs else {}
        parts |= {"provinces": _tell_provinces} if _can_compare(facts.provinces) else {}
    sections = []
    for number, (key, tell) in enumerate(parts.items(), start=1):
        scribe = Scribe(facts, lang)
        title, paragraphs = tell(scribe)
        told = tuple(filter(None, map(tuple, paragraphs)))
        mark = section_mark(number, lang)
        title = scribe.say("section", number=mark, title=title)
        sections.append(Section(key, title, told, frozenset(scribe.said)))
    return tuple(sections)


def _can_compare(areas: Sequence[Area]) -> bool:
    """Whether there are several, and any supply in them."""
    return len(areas) > 1 and any(area.share for area in areas)


def _tell_nation(scribe: Scribe) -> tuple[Sentence, Iterable[Iterable[Sentence]]]:
    facts = scribe.facts
    if facts.previous is None:
        title = scribe.say("nation_title_base")
    else:
        head = scribe.say("nation_title", change=scribe.change(facts.nation))
        title = join_sentences([head, *_count_movers(scribe, facts.regions)], "")
    return title, [
        [_tell_level(scribe), _tell_cards(scribe)],
        [_tell_causes(scribe)] if any(facts.causes.values()) else [],
    ]


def _count_movers(scribe: Scribe, areas: Sequence[Area]) -> Iterator[Sentence]:
    """How many regions grew and fell, where there are several and every one did either."""
    counts = _count_moves(scribe, "regions", areas)
    up, down = counts["up"], counts["down"]
    if len(areas) < 2 or up.exact + down.exact < len(areas):
        return
    if up.exact and down.exact:
        yield scribe.say("mixed", up=up, down=down)
    else:
        yield scribe.say("all_up", count=up) if up.exact else scribe.say("all_down", count=down)


def _count_moves(scribe: Scribe, name: str, areas: Sequence[Area]) -> dict[str, Claim]:
    """How many areas grew, fell, stood still, and had nothing to grow from."""
    found = {
        "up": ("TS_t > TS_t−1 > 0", _find_movers(areas, 1)),
        "down": ("TS_t < TS_t−1", _find_movers(areas, -1)),
        "still": ("TS_t = TS_t−1", scribe.select(areas, "still")),
        "new": ("TS_t > TS_t−1 = 0", scribe.select(areas, "new")),
    }
    return {
        key: scribe.claims.count(
            f"{name}.{key}",
            f"number of {name} with {formula}",
            len(some),
            None if name == "provinces" else number_word(len(some), scribe.lang),
            _count_in_table(scribe, areas, key),
        )
        for key, (formula, some) in found.items()
    }


def _count_in_table(scribe: Scribe, areas: Sequence[Area], key: str) -> str | None:
    """How many a reader of Table 2 counts that rose or fell; null where it does not tell."""
    changes = [scribe.claims.find_printed_change(area) for area in areas]
    known = [change for change in changes if change is not None]
    if key not in ("up", "down") or len(known) < len(changes):
        return None
    sign = 1 if key == "up" else -1
    return number_word(sum(change * sign > 0 for change in known), scribe.lang)


def _find_movers(areas: Sequence[Area], sign: int) -> list[Area]:
    """The areas whose growth is defined and has a sign, whether it is seen in print or not."""
    return [area for area in have_growth(areas) if (area.growth or 0) * sign > 0]


def _tell_level(scribe: Scribe) -> Sentence:
    facts, nation = scribe.facts, scribe.facts.nation
    slots: dict[str, str | Claim | Sentence] = {
        "date": scribe.date(facts.period),
        "name": nation.name[scribe.lang],
        "level": scribe.claims.state(nation, "level"),
    }
    if facts.previous is None:
        return scribe.say("nation_level_base", **slots)
    slots["change"] = scribe.change(nation)
    if scribe.find_move(nation) not in ("up", "down"):
        return scribe.say("nation_level_still", **slots)
    is_base = facts.previous == facts.config.methodology.base_period
    slots["before"] = scribe.date(facts.previous)
    slots["point"] = scribe.word("base_point" if is_base else "previous_point")
    return scribe.say("nation_level", **slots)


def _tell_cards(scribe: Scribe) -> Sentence:
    nation = scribe.facts.nation
    code, claims = key_of(nation), scribe.claims
    is_many = scribe.lang == "zh" and nation.standard_cards >= 10**4
    cards = claims.number(
        f"{code}.cards",
        (code,),
        "Σ cards × c_model",
        "10^4 standard cards" if is_many else "standard cards",
        nation.standard_cards / (10**4 if is_many else 1),
    )
    unit = scribe.find_unit(nation.link.supply)
    flops = _state_flops(scribe)
    return scribe.say(
        "nation_cards",
        cards=cards,
        cards_unit=scribe.word("cards_4" if is_many else "cards"),
        flops=flops,
        flops_unit=flops.unit,
        supply=scribe.supply(f"{code}.supply", "Σ CPS_j,t", nation.link.supply, unit),
        unit=unit.word,
    )


def _state_flops(scribe: Scribe) -> Claim:
    """National computing power in EFLOPS, or in PFLOPS where that is less than one."""
    facts = scribe.facts
    code, tflops = key_of(facts.nation), f"{facts.methodology.standard_card_tflops:f}"
    name, formula = f"{code}.flops", f"standard cards × {tflops} / 10^"
    if facts.eflops >= 1:
        return scribe.claims.number(name, (code,), f"{formula}6", "EFLOPS", facts.eflops)
    return scribe.claims.number(name, (code,), f"{formula}3", "PFLOPS", facts.eflops * 1000)


def _tell_causes(scribe: Scribe) -> Sentence:
    """The change of supply by cause, the largest rise first; what prints as nothing together.

    The unit is one that the largest cause can be seen in.
    """
    causes = scribe.facts.causes
    unit = scribe.find_unit(max(map(abs, causes.values())))
    items: list[Sentence] = []
    rest: list[str] = []
    for cause in sorted(causes, key=lambda cause: (causes[cause] < 0, -abs(causes[cause]), cause)):
        value = scribe.supply(f"cause.{cause}", f"|Σ ΔCPS| of {cause}", abs(causes[cause]), unit)
        if Fraction(value.printed):
            name = CAUSE_NAMES[scribe.lang][cause]
            key = "cause_rise" if causes[cause] > 0 else "cause_fall"
            items.append(scribe.say(key, cause=name, value=value, unit=unit.word))
        else:
            rest.append(cause)
    left = sum((abs(causes[cause]) for cause in rest), Fraction(0))
    if left and items:
        bound = _find_bound(scribe, rest, left, unit)
        items.append(scribe.say("cause_rest", bound=bound, unit=unit.word))
    net = sum(causes.values(), Fraction(0))
    claim = scribe.supply("increment", "|TS_national,t − TS_national,t−1|", abs(net), unit)
    key = "net_rise" if net > 0 else "net_fall"
    if not Fraction(claim.printed):
        key = "net_nearly" if net else "net_still"
    return scribe.say(key, net=claim, items=scribe.join(items), unit=unit.word)


def _find_bound(scribe: Scribe, causes: Sequence[str], left: Fraction, unit: SupplyUnit) -> Claim:
    """What is left, told by the least number of last printed places that is more."""
    place = Fraction(1, 10**scribe.facts.config.methodology.decimals)
    exact = left / unit.factor
    formula = f"Σ |Σ ΔCPS| of {', '.join(causes)}; printed is a bound above it"
    bound = (exact // place + 1) * place
    return scribe.claims.bound("cause.rest", formula, unit.unit, exact, bound)


def _tell_regions(scribe: Scribe) -> tuple[Sentence, Iterable[Iterable[Sentence]]]:
    regions = scribe.facts.regions
    return title_standing(scribe, regions), [
        [tell_shares(scribe, regions, "region")],
        [*tell_growths(scribe, regions, "region"), *tell_contributions(scribe, regions, "region")],
    ]


def _tell_hubs(scribe: Scribe) -> tuple[Sentence, Iterable[Iterable[Sentence]]]:
    facts, union = scribe.facts, scribe.facts.hub_union
    if union is None:
        raise ValueError(union)
    title = [scribe.say("hubs_title", share=scribe.claims.state(union, "share"))]
    increment = list(_tell_increment(scribe, union))
    if _is_part_of_growth(scribe, union):
        value = scribe.claims.state(union, "increment_share")
        title.append(scribe.say("hubs_title_increment", value=value))
    paragraphs: list[list[Sentence]] = [[_tell_union(scribe, union), *increment]]
    if _can_compare(facts.hubs):
        paragraphs.append(
            [tell_shares(scribe, facts.hubs, "hub"), *tell_growths(scribe, facts.hubs, "hub")]
        )
    return join_sentences(title, ""), paragraphs


def _tell_union(scribe: Scribe, union: Area) -> Sentence:
    """The share of all hubs together, and by how much it rose or fell."""
    hubs, claims = len(scribe.facts.hubs), scribe.claims
    provinces = len(union.provinces)
    parts: list[Sentence | str] = [
        scribe.say(
            "hubs_share" if hubs > 1 else "hubs_share_one",
            count=claims.count("hubs.count", "number of hubs", hubs, _hub_count(scribe, hubs)),
            provinces=claims.count("hubs.provinces", "provinces of all hubs, each once", provinces),
            share=claims.state(union, "share"),
        )
    ]
    change = union.share_change
    if change is not None:
        key = "share_rise" if change > 0 else "share_fall"
        if claims.prints_as_zero(union, "share_change"):
            key = "share_nearly" if change else "share_still"
        value = claims.state(union, "share_change", is_turned=change < 0)
        parts.append(scribe.say(key, value=value))
    return join_sentences([*parts, scribe.word("stop")], "")


def _hub_count(scribe: Scribe, hubs: int) -> str:
    """八大, 12个, eight."""
    word = number_word(hubs, scribe.lang)
    if scribe.lang == "en":
        return word
    return f"{word}大" if hubs in _GREAT else f"{word}个"


def _tell_increment(scribe: Scribe, union: Area) -> Iterator[Sentence]:
    """What part of the national increment is theirs, beside the target, where the nation grew."""
    if _is_part_of_growth(scribe, union):
        yield _hold_against_target(scribe, union)
    elif scribe.find_move(scribe.facts.nation) == "up":
        # where others fell, or they did, there is no part to tell
        if not set(union.provinces) <= set(scribe.facts.nation.provinces):
            return
        yield scribe.say("hubs_fell" if (union.link.increment or 0) < 0 else "hubs_over")


def _is_part_of_growth(scribe: Scribe, union: Area) -> bool:
    share = union.increment_share
    is_part = share is not None and 0 <= share <= 1
    return is_part and scribe.find_move(scribe.facts.nation) == "up"


def _hold_against_target(scribe: Scribe, union: Area) -> Sentence:
    value, target = scribe.claims.state(union, "increment_share"), scribe.claims.target()
    difference = value.exact - target.exact
    relation = "above" if difference > 0 else "below" if difference else "equal"
    if difference and Fraction(value.printed) == target.exact:
        relation = f"just_{relation}"
    return scribe.say("hubs_increment", value=value, relation=scribe.word(relation), target=target)


def _tell_provinces(scribe: Scribe) -> tuple[Sentence, Iterable[Iterable[Sentence]]]:
    provinces, claims = scribe.facts.provinces, scribe.claims
    first = sort_areas(provinces, "share")[0]
    order = rank_areas(provinces, "share")
    sentences = [
        scribe.say(
            "provinces_first" if len(first) == 1 else "provinces_first_tied",
            count=claims.count("provinces.count", "provinces of the nation", len(provinces)),
            name=scribe.rank(provinces, "share", 0),
            level=claims.state(first[0], "level"),
            value=claims.state(first[0], "share"),
        )
    ]
    top = order[:TOP_PROVINCES]
    # which come first must be clear
    if len(order) > len(top) and top[-1].share != order[len(top)].share:
        sentences.append(
            scribe.say(
                "provinces_top",
                number=claims.count(
                    "provinces.top", "named here", len(top), number_word(len(top), scribe.lang)
                ),
                names=scribe.names(top),
                value=claims.state(top, "share"),
            )
        )
    return title_standing(scribe, provinces), [sentences, _tell_province_growth(scribe)]


def _tell_province_growth(scribe: Scribe) -> list[Sentence]:
    """How many provinces grew, who fastest and who slowest; nothing at the base."""
    provinces = scribe.facts.provinces
    if scribe.facts.previous is None:
        return []
    counts = _count_moves(scribe, "provinces", provinces)
    moves = [key for key, count in counts.items() if count.exact]
    if moves in (["up"], ["down"]):
        told = [scribe.say(f"provinces_all_{moves[0]}", count=counts[moves[0]])]
    else:
        told = [scribe.say(f"provinces_{key}", count=counts[key]) for key in moves]
    clauses = [scribe.join(told), *_tell_extremes(scribe, have_growth(provinces))]
    return [scribe.finish("provinces_lead", clauses)]


def _tell_extremes(scribe: Scribe, areas: Sequence[Area]) -> Iterator[Sentence]:
    """Who grew most and who least, or fell, where a few did; not who stood still above the rest."""
    if len({area.growth for area in areas}) < 2:
        return
    keys = {
        ("up", False): "provinces_highest",
        ("down", False): "provinces_least_fall",
        ("up", True): "provinces_lowest",
        ("still", True): "provinces_lowest",
        ("down", True): "provinces_largest_fall",
    }
    for is_least in (False, True):
        group = sort_areas(areas, "growth", is_least=is_least)[0]
        key = keys.get((scribe.find_move(group[0]) or "", is_least))
        if key is not None and len(group) <= _MOST_NAMED:
            name = scribe.rank(areas, "growth", 0, is_least=is_least)
            yield scribe.say(key, name=name, change=scribe.change(group[0]))
