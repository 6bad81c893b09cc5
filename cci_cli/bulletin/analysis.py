"""The analysis of a bulletin: sentences generated from exact values. Domain: no I/O.

Which word stands in a sentence is decided by exact values, never by printed digits; a sentence
for which there is no figure is not written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from cci_cli.bulletin.claims import Claim, Sentence, join_sentences, key_of, sort_areas
from cci_cli.bulletin.facts import Area, Facts
from cci_cli.bulletin.phrases import number_word, section_mark
from cci_cli.bulletin.scribe import Scribe, select
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
    """One part of the analysis; a paragraph is its sentences in order."""

    key: str
    title: Sentence
    paragraphs: tuple[tuple[Sentence, ...], ...]

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
    scribe = Scribe(facts, lang)
    parts: dict[str, _Part] = {"nation": _tell_nation}
    if facts.nation.share:
        # without any supply there are no shares
        parts |= {"regions": _tell_regions} if len(facts.regions) > 1 else {}
        parts |= {"hubs": _tell_hubs} if facts.hubs else {}
        parts |= {"provinces": _tell_provinces} if len(facts.provinces) > 1 else {}
    sections = []
    for number, (key, tell) in enumerate(parts.items(), start=1):
        title, paragraphs = tell(scribe)
        told = (tuple(paragraph) for paragraph in paragraphs)
        sections.append(
            Section(
                key,
                scribe.say("section", number=section_mark(number, lang), title=title),
                tuple(paragraph for paragraph in told if paragraph),
            )
        )
    return tuple(sections)


def _tell_nation(scribe: Scribe) -> tuple[Sentence, Iterable[Iterable[Sentence]]]:
    facts = scribe.facts
    if facts.previous is None:
        title = scribe.say("nation_title_base")
    else:
        head = scribe.say("nation_title", change=scribe.change(facts.nation))
        title = join_sentences([head, *_count_movers(scribe, facts.regions)], "")
    return title, [
        [_tell_level(scribe), _tell_cards(scribe)],
        [_tell_causes(scribe)] if facts.causes else [],
    ]


def _count_movers(scribe: Scribe, areas: Sequence[Area]) -> Iterator[Sentence]:
    """How many regions grew and fell, where every one of them did either."""
    counts = _count_moves(scribe, "regions", areas)
    up, down = counts["up"], counts["down"]
    if not areas or up.exact + down.exact < len(areas):
        return
    if up.exact and down.exact:
        yield scribe.say("mixed", up=up, down=down)
    else:
        yield scribe.say("all_up", count=up) if up.exact else scribe.say("all_down", count=down)


def _count_moves(scribe: Scribe, name: str, areas: Sequence[Area]) -> dict[str, Claim]:
    """How many areas grew, fell, stood still, and had nothing to grow from."""
    found = {
        "up": (">", select(areas, lambda growth: growth > 0)),
        "down": ("<", select(areas, lambda growth: growth < 0)),
        "still": ("=", select(areas, lambda growth: growth == 0)),
        "new": ("> 0 =", [area for area in areas if area.growth is None]),
    }
    return {
        key: scribe.claims.count(
            f"{name}.{key}",
            f"{name} with TS_t {sign} TS_t−1",
            len(some),
            None if name == "provinces" else number_word(len(some), scribe.lang),
        )
        for key, (sign, some) in found.items()
    }


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
    if not nation.growth:
        return scribe.say("nation_level_still", **slots)
    is_base = facts.previous == facts.config.methodology.base_period
    slots["before"] = scribe.date(facts.previous)
    slots["point"] = scribe.word("base_point" if is_base else "previous_point")
    return scribe.say("nation_level", **slots)


def _tell_cards(scribe: Scribe) -> Sentence:
    facts, nation = scribe.facts, scribe.facts.nation
    code, claims = key_of(nation), scribe.claims
    formula = "Σ cards × c_model"
    if scribe.lang == "zh":
        cards = claims.number(
            f"{code}.cards", (code,), formula, "10^4 standard cards", nation.standard_cards / 10**4
        )
    else:
        cards = claims.number(
            f"{code}.cards", (code,), formula, "standard cards", nation.standard_cards
        )
    tflops = f"{facts.config.methodology.standard_card_tflops:f}"
    eflops = claims.number(
        f"{code}.eflops", (code,), f"standard cards × {tflops} / 10^6", "EFLOPS", facts.eflops
    )
    supply = scribe.supply(f"{code}.supply", "Σ CPS_j,t", nation.link.supply)
    return scribe.say("nation_cards", cards=cards, eflops=eflops, supply=supply)


def _tell_causes(scribe: Scribe) -> Sentence:
    """The change of supply by cause, the largest rise first; what prints as nothing together."""
    causes = scribe.facts.causes
    items: list[Sentence] = []
    rest: list[str] = []
    for cause in sorted(causes, key=lambda cause: (causes[cause] < 0, -abs(causes[cause]), cause)):
        value = scribe.supply(f"cause.{cause}", f"|Σ ΔCPS| of {cause}", abs(causes[cause]))
        if Fraction(value.printed):
            name = CAUSE_NAMES[scribe.lang][cause]
            key = "cause_rise" if causes[cause] > 0 else "cause_fall"
            items.append(scribe.say(key, cause=name, value=value))
        else:
            rest.append(cause)
    if any(causes[cause] for cause in rest):
        left = sum((abs(causes[cause]) for cause in rest), Fraction(0))
        items.append(scribe.say("cause_rest", bound=_find_bound(scribe, rest, left)))
    net = sum(causes.values(), Fraction(0))
    claim = scribe.supply("increment", "|TS_national,t − TS_national,t−1|", abs(net))
    key = "net_rise" if net > 0 else "net_fall" if net else "net_still"
    return scribe.say(key, net=claim, items=scribe.join(items))


def _find_bound(scribe: Scribe, causes: Sequence[str], left: Fraction) -> Claim:
    """The least number of last printed places that is more than what is left."""
    formula = f"Σ |Σ ΔCPS| of {', '.join(causes)}, less than"
    one = scribe.supply("cause.rest", formula, Fraction(1)).exact
    place = Fraction(1, 10**scribe.facts.config.methodology.decimals)
    steps = left * one // place + 1
    return scribe.supply("cause.rest", formula, steps * place / one)


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
    increment = []
    if union.increment_share is not None and (facts.nation.link.increment or 0) > 0:
        value = scribe.claims.state(union, "increment_share")
        title.append(scribe.say("hubs_title_increment", value=value))
        increment.append(_hold_against_target(scribe, union.increment_share))
    paragraphs: list[list[Sentence]] = [[_tell_union(scribe, union), *increment]]
    if len(facts.hubs) > 1:
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
            "hubs_share",
            count=claims.count("hubs.count", "number of hubs", hubs, _hub_count(scribe, hubs)),
            provinces=claims.count("hubs.provinces", "provinces of all hubs, each once", provinces),
            share=claims.state(union, "share"),
        )
    ]
    change = union.share_change
    if change is not None:
        key = "share_rise" if change > 0 else "share_fall" if change else "share_still"
        value = claims.state(union, "share_change", is_turned=change < 0)
        parts.append(scribe.say(key, value=value))
    return join_sentences([*parts, scribe.word("stop")], "")


def _hub_count(scribe: Scribe, hubs: int) -> str:
    """八大, 12个, eight."""
    word = number_word(hubs, scribe.lang)
    if scribe.lang == "en":
        return word
    return f"{word}大" if hubs in _GREAT else f"{word}个"


def _hold_against_target(scribe: Scribe, share: Fraction) -> Sentence:
    difference = 100 * share - Fraction(scribe.facts.target_pct)
    relation = "above" if difference > 0 else "below" if difference else "equal"
    union = scribe.facts.hub_union
    if union is None:
        raise ValueError(union)
    return scribe.say(
        "hubs_increment",
        value=scribe.claims.state(union, "increment_share"),
        relation=scribe.word(relation),
        target=scribe.claims.target(),
    )


def _tell_provinces(scribe: Scribe) -> tuple[Sentence, Iterable[Iterable[Sentence]]]:
    provinces, claims = scribe.facts.provinces, scribe.claims
    first = sort_areas(provinces, "share")[0]
    order = [area for group in sort_areas(provinces, "share") for area in group]
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
    known = select(provinces, lambda _: True)
    if not known:
        return []
    counts = _count_moves(scribe, "provinces", provinces)
    moves = [key for key, count in counts.items() if count.exact]
    if moves in (["up"], ["down"]):
        told = [scribe.say(f"provinces_all_{moves[0]}", count=counts[moves[0]])]
    else:
        told = [scribe.say(f"provinces_{key}", count=counts[key]) for key in moves]
    clauses = [join_sentences(told, scribe.word("comma"))]
    if len(sort_areas(known, "growth")) > 1:
        for key, is_least in (("provinces_fastest", False), ("provinces_slowest", True)):
            group = sort_areas(known, "growth", is_least=is_least)[0]
            if len(group) <= _MOST_NAMED:
                name = scribe.rank(known, "growth", 0, is_least=is_least)
                clauses.append(scribe.say(key, name=name, change=scribe.change(group[0])))
    return [scribe.finish("provinces_lead", clauses)]
