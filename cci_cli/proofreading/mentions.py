"""The areas that a text names, and how they stand together. Domain: no I/O."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from typing import Final, Literal

from cci_cli.bulletin.facts import Area, Facts
from cci_cli.proofreading.lexicon import AGAINST, AGAINST_NATION, COMMA_GAP, COMPARED, LIST_GAP
from cci_cli.proofreading.wordings import Sentence, Span, fold_text

MentionKind = Literal["area", "nation", "hubs", "rest", "unknown", "each", "both", "back"]
#: Whom a clause speaks of, or whom that one is held against.
Role = Literal["subject", "against"]

#: What may follow the name of an area and is part of it.
_TAIL: Final = (
    r"(?:大湾区)?(?:国家)?(?:算力)?(?:枢纽)?(?:节点)?(?:地区|区域|大区|省份?|市|自治区)?"
    r"(?:智能算力)?(?:供算量)?(?:子?指数)?"
)
_EN_TAIL: Final = r"(?:'s)?(?: (?:hub|region|province)s?(?:'s)?)?"
_OWN_WORDS: Final[Mapping[MentionKind, str]] = {
    "unknown": (
        r"(?:东部|西部|中部|东中部|中西部|南方|北方|沿海|内陆|[东西]部地区的?)(?:国家)?(?:算力)?"
        r"(?:枢纽节点|枢纽|地区|区域|省份)?|(?<![a-z])(?:eastern|western|coastal|inland|southern"
        r"|northern)(?: china)?(?: hubs?| regions?| provinces?)?(?![a-z])"
        r"|其[他余]\s?(?:[\d一二三四五六七八九十]{0,3}\s?[个大]?)?(?:区域|地区|枢纽)"
        r"|(?<![a-z])(?:the )?other (?:\w+ )?(?:regions|hubs)(?![a-z])"
    ),
    "rest": (
        r"其[他余](?=\s?(?:[\d一二三四五六七八九十]{0,3}\s?个?)?省)|非枢纽(?:节点)?(?:省份|地区)?"
        r"|枢纽以外的?"
        r"|(?<![a-z])(?:the )?(?:rest of the country|remaining(?= (?:[\w-]+ )?provinces)"
        r"|other(?= (?:[\w-]+ )?provinces)|non-hub(?= (?:[\w-]+ )?provinces))(?: provinces)?"
        r"|(?<![a-z])(?:the )?(?:provinces )?outside the (?:\w+ )?hubs(?![a-z])"
    ),
    "each": (
        r"(?<=[\d七]大)(?:地理)?(?:区域|地区)|各(?:个|大|地)?(?:区域|地区|区|省份?)"
        r"|各(?:个|大)?(?:国家)?(?:算力)?枢纽(?:节点)?|所有(?:区域|地区)|全国各地"
        r"|(?<![a-z])(?:all|every|each)(?: of the)?(?: (?:seven|eight|7|8))? (?:regions?|hubs?)"
        r"|(?<![a-z])(?:seven|7) regions"
    ),
    "hubs": (
        r"(?:国家)?(?:级)?(?:算力)?枢纽(?:节点)?(?:周边地区|周边|所在省份|所在地区|相关)?"
        r"|(?<![a-z])hub (?:provinces|nodes)|(?<![a-z])hub(?= (?:growth|share|supply))"
        r"|(?<![a-z])hubs(?![a-z])"
        r"|(?<![a-z])provinces of the (?:eight )?hubs"
    ),
    "both": (
        r"[两二三四五][者地]|这?[两三四五]个?大?(?:区域|地区|枢纽|省份)|以上[两三四五]?个?大?地区"
        r"|(?<![a-z])(?:the |these )?(?:two|three|four)(?: regions| hubs| of them)?(?= together"
        r"| combined| jointly)|(?<![a-z])together they|(?<![a-z])(?:the )?(?:two|both) regions"
    ),
    "back": (
        r"(?:上述|这些|这(?=\s?[\d一二两三四五六七八九十]+\s?个)|该等|前述)\s?(?:[\d一二两三四五六七八九十]{0,3}\s?[个大]?)?"
        r"(?:省份?|地区|区域|枢纽(?:节点)?)"
        r"|(?<![a-z])(?:(?:these|those|the same) (?:[\w-]+ )?(?:provinces|regions|hubs)|they"
        r"|(?<=from )them)(?![a-z])"
    ),
    "nation": (
        r"全国(?:总指数|总供算量)?|我国|中国|总指数|国内|(?<![a-z])(?:nationwide|national(?:ly)?"
        r"|(?:mainland )?china(?:'s)?|the (?:whole )?(?:country|nation)(?:'s)?|overall index"
        r"|countrywide)(?![a-z])"
    ),
}


@dataclass(frozen=True, eq=False)
class Mention(Span):
    """One name of an area in the text.

    ``areas`` are all that the name may mean, 内蒙古 a province and a hub; none where the data do
    not know the group, or before it is known whom 上述省份 points back to.
    """

    kind: MentionKind
    areas: tuple[Area, ...]
    label: str


@dataclass(frozen=True, eq=False)
class Subject(Span):
    """What is spoken of in one place: an area, or a list of several."""

    members: tuple[Mention, ...]
    role: Role = "subject"

    @cached_property
    def kind(self) -> MentionKind:
        """That of its first member."""
        return self.members[0].kind

    @property
    def is_list(self) -> bool:
        """Whether it has several members."""
        return len(self.members) > 1

    @cached_property
    def label(self) -> str:
        """What to call it in a message."""
        return " + ".join(member.label for member in self.members)

    def combine(self, facts: Facts) -> tuple[Area, ...]:
        """Its members taken together: one area, or all that the only name may mean."""
        if not self.is_list:
            return self.members[0].areas
        if not all(member.areas for member in self.members):
            return ()
        return (facts.measure(name for m in self.members for name in m.areas[0].provinces),)


class Names:
    """The names of the areas of a period, as a text may write them."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._areas: dict[str, list[Area]] = {}
        for area in (*facts.regions, *facts.hubs, *facts.provinces, facts.nation):
            for name in self._spell(area):
                entry = self._areas.setdefault(name, [])
                if not any(area is known for known in entry):
                    entry.append(area)
        spelled = sorted(self._areas, key=lambda name: (-len(name), name))
        # most places are passed over at their first letter
        firsts = "".join(map(re.escape, sorted({name[0] for name in spelled})))
        names = rf"(?=[{firsts}])(?:{'|'.join(map(_spell_pattern, spelled))})"
        stems = self._find_stems()
        own = "|".join(f"(?P<{kind}>{words})" for kind, words in _OWN_WORDS.items())
        self._pattern = re.compile(f"(?P<name>{names}){_TAIL}(?:{_EN_TAIL}(?![a-z]))?|{stems}{own}")

    def _find_stems(self) -> str:
        """Southwest in "Southwest and Northwest China", as a pattern."""
        shorts = [fold_text(area.short_name["en"]) for area in self._facts.regions]
        lasts = {short.rpartition(" ")[2] for short in shorts}
        if len(lasts) != 1 or not all(" " in short for short in shorts):
            return ""
        last = lasts.pop()
        for area, short in zip(self._facts.regions, shorts, strict=True):
            self._areas[short.rpartition(" ")[0]] = [area]
        stems = "|".join(re.escape(short.rpartition(" ")[0]) for short in shorts)
        rest = rf"(?=(?:, (?:{stems}))*,? and (?:{stems}) {re.escape(last)})"
        return rf"(?<![a-z])(?P<stem>{stems}){rest}|"

    def _spell(self, area: Area) -> set[str]:
        names = {*area.name.values(), *area.short_name.values()}
        if area.code:
            names.add(area.code)
        for province in self._facts.config.provinces:
            if area.kind == "province" and area.provinces == (province.name,):
                names |= {province.full_name, *province.aliases}
        if area.kind == "national":
            names -= set(area.short_name.values())
        # 京 and 沪 stand in too many words, and 11 is a number
        return {fold_text(name) for name in names if len(name) > 1 and not name.isdigit()}

    def find(self, folded: str) -> list[Mention]:
        """Every name in a folded text, in order."""
        return [self._read(match) for match in self._pattern.finditer(folded)]

    def _read(self, match: re.Match[str]) -> Mention:
        facts = self._facts
        kind: MentionKind = match.lastgroup  # type: ignore[assignment]
        name = match["name"] or (match.groupdict().get("stem"))
        if name is not None:
            areas = tuple(self._areas[name])
            wanted = "hub" if "枢纽" in match[0] or " hub" in match[0] else None
            areas = tuple(area for area in areas if area.kind == wanted) or areas
            kind = "nation" if areas[0].kind == "national" else "area"
            lang: Literal["zh", "en"] = "en" if name.isascii() else "zh"
            return Mention(*match.span(), kind, areas, areas[0].short_name[lang])
        known: Mapping[MentionKind, Area | None] = {
            "nation": facts.nation,
            "hubs": facts.hub_union,
            "rest": facts.rest,
        }
        count = next((_FEW[char] for char in match[0] if char in _FEW), 0)
        if kind == "both" and "枢纽" in match[0] and count == len(facts.hubs):
            # 两个枢纽, where there are no more
            kind = "hubs"
        area = known.get(kind)
        label = {"nation": "the nation", "hubs": "the hubs", "rest": "the other provinces"}
        return Mention(*match.span(), kind, (area,) if area else (), label.get(kind, match[0]))


def _spell_pattern(name: str) -> str:
    """A name; one in Latin letters only as a word of its own."""
    pattern = re.escape(name)
    if name[0].isascii():
        pattern = r"(?<![a-z0-9])" + pattern
    return pattern + (r"(?![a-z0-9])" if name[-1].isascii() else "")


class Subjects:
    """The areas that one sentence names, and whom a place in it speaks of.

    Args:
        folded: the whole text.
        sentence: the sentence.
        mentions: those in it, in order.
    """

    def __init__(self, folded: str, sentence: Sentence, mentions: Iterable[Mention]) -> None:
        self._folded, self._sentence = folded, sentence
        self.all: tuple[Subject, ...] = tuple(self._join(mentions))
        self._starts = [subject.start for subject in self.all]

    def _join(self, mentions: Iterable[Mention]) -> Iterator[Subject]:
        """Lists are joined; a list of commas alone needs a third member or an ``and``."""
        mentions = list(mentions)
        runs: list[list[Mention]] = []
        for mention in mentions:
            if runs and self._is_joined(runs[-1][-1], mention):
                runs[-1].append(mention)
            else:
                runs.append([mention])
        for run, later in zip(runs, [*runs[1:], None], strict=False):
            # 全国七大区域: not of the nation
            is_of = run[0].kind == "nation" and later and later[0].kind in {"hubs", "each"}
            if not is_of or (later and later[0].start - run[-1].end > _OF):
                yield from self._make(run)

    def _is_joined(self, old: Mention, new: Mention) -> bool:
        gap = self._folded[old.end : new.start]
        if len(gap) > 100 or not (
            {old.kind, new.kind} <= {"area"} or {old.kind, new.kind} <= _PARTS
        ):
            return False
        if self._sentence.paren_at(old.start) != self._sentence.paren_at(new.start):
            return False
        return bool(LIST_GAP.fullmatch(gap) or COMMA_GAP.fullmatch(gap))

    def _make(self, run: Sequence[Mention]) -> Iterator[Subject]:
        gaps = [self._folded[a.end : b.start] for a, b in pairwise(run)]
        if gaps and all(COMMA_GAP.fullmatch(gap) for gap in gaps):
            for mention in run:
                yield self._assign((mention,))
            return
        # 700001.CCI 华北…: the same area twice
        members = [next(group) for _, group in groupby(run, key=lambda mention: mention.areas)]
        yield self._assign(members)

    def _assign(self, run: Sequence[Mention]) -> Subject:
        before = self._folded[max(run[0].start - 16, self._sentence.start) : run[0].start]
        pattern = AGAINST_NATION if run[0].kind == "nation" else _AGAINST_AREA
        is_against = bool(
            pattern.search(before) or (run[0].kind == "nation" and AGAINST.search(before))
        )
        if run[0].kind in {"hubs", "each"}:
            head = self._folded[max(run[0].start - 32, self._sentence.start) : run[0].start]
            is_against = bool(_AMONG.search(head) or _WITHIN.match(self._folded, run[-1].end))
        if re.search(r"[与和同跟较比]\s?$", before) and not is_against:
            is_against = bool(COMPARED.match(self._folded, run[-1].end))
        return Subject(
            run[0].start, run[-1].end, tuple(run), "against" if is_against else "subject"
        )

    def within(self, start: int, end: int) -> list[Subject]:
        """Those that begin in a stretch, in order."""
        first = bisect_left(self._starts, start)
        return list(self.all[first : bisect_left(self._starts, end)])


_OF: Final = 3
_FEW: Final = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5}
_PARTS: Final = frozenset({"hubs", "rest"})
#: The hubs, or the regions, as those among which one is something.
_AMONG: Final = re.compile(
    r"(?:(?<![a-z])(?:among|leads?|led|tops|topped|heads?)"
    r"|(?:est|most|first|second|third|fourth|last) (?:\w+ )?of|of all)"
    r"(?: all)?(?: the)?(?: (?:eight|seven|8|7))?(?: national)? $"
    r"|(?:[居列占]|领跑)\s?[八七各\d]?个?大?$"
)
_WITHIN: Final = re.compile(
    r"(?:之?中|里|内|之)?(?:首|第[一二三四五六七八\d]|末|榜首|排名|排第|最)|之?中(?![国心])|之首"
)
#: As ``AGAINST``, without what may as well introduce the one that is spoken of.
_AGAINST_AREA: Final = re.compile(
    r"(?:高于|低于|快于|慢于|高出|超过|超出|大于|小于|领先于?|落后于?|仅次于|次于|较|比|优于|多于|少于"
    r"|不及|相当于|承接|[较比]最[高低大小快慢多少]的"
    r"|(?<![a-z])(?:than|behind|above|below|against|after|ahead of|exceeding|compared (?:with|to)"
    r"|relative to|outpac\w+|surpass\w*|following|matching|leads?|led|topp?s?(?:ed)?|heads?))"
    r"\s?(?:the )?$"
)
