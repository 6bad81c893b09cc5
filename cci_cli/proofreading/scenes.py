"""One sentence with all that is named in it: whom a place speaks of, and when. Domain: no I/O."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cci_cli.bulletin.facts import Facts
from cci_cli.periods import Period
from cci_cli.proofreading.days import Day
from cci_cli.proofreading.lexicon import (
    AS_OF,
    BASE,
    BELONGS,
    OWN_PART,
    PREVIOUS,
    SINCE,
    SINCE_LEVEL,
    TOGETHER,
    WORDS,
    WordClass,
)
from cci_cli.proofreading.mentions import Mention, Subject, Subjects
from cci_cli.proofreading.numerals import Numeral
from cci_cli.proofreading.tokens import Figure
from cci_cli.proofreading.values import When
from cci_cli.proofreading.wordings import Sentence, Span

#: How far behind a figure an area in the same clause is its own.
_NEAR: Final = 14
#: How far before parentheses the area is that they are of.
_REACH: Final = 40
_DIRECT: Final = re.compile(
    r"(?:地区|区域|枢纽)?\s?(?:的|平均|水平|整体|总体|增速|占比|增长率|点位|为|达|是|约|'s|at|of|with"
    r"|average|growth|share|level|rate|the|\s|\()*"
)
_WHOLE: Final = re.compile(
    r"(?:占|占到|占据|贡献|贡献了|提供|提供了|约占|对|拉动|带动|of|to)\s?(?:the )?$"
)
_COUNT_WORDS: Final = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "two": 2, "three": 3, "four": 4}


@dataclass(frozen=True)
class Resolution:
    """Whom a place speaks of: the first that bears it out counts; not certain where guessed."""

    subjects: tuple[Subject, ...]
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A word of measure in the text."""

    name: WordClass
    start: int
    end: int


class Scene:
    """A sentence, its areas, figures and days, and the subject that went before.

    Args:
        folded: the whole text.
        sentence: the sentence.
        mentions: the areas named in it.
        numerals: the numbers in it.
        topic: the last subject of the sentences before; null at the start of a text.
        facts: the period.
    """

    def __init__(
        self,
        folded: str,
        sentence: Sentence,
        mentions: Iterable[Mention],
        numerals: Iterable[Numeral],
        topic: Subject | None,
        facts: Facts,
    ) -> None:
        self.folded, self.sentence, self.facts, self._before = folded, sentence, facts, topic
        self.subjects = Subjects(folded, sentence, self._point_back(mentions))
        self.numerals = tuple(numerals)
        self.figures = tuple(item for item in self.numerals if isinstance(item, Figure))
        self.days = tuple(item for item in self.numerals if isinstance(item, Day))

    def _point_back(self, mentions: Iterable[Mention]) -> Iterator[Mention]:
        """上述省份 and "they" as those that were named before; without such they are left out."""
        earlier: list[Mention] = []
        for mention in mentions:
            found: Mention | None = mention
            if mention.kind == "back":
                own = [item for item in earlier if item.kind in {"hubs", "rest"}][-1:]
                before = Subject(0, 0, tuple(own)) if own else self._before
                areas = before.combine(self.facts) if before is not None else ()
                found = None
                if before is not None and areas:
                    kind, label = before.kind, before.label
                    found = Mention(mention.start, mention.end, kind, areas, label)
            if found is not None:
                earlier.append(found)
                yield found

    @cached_property
    def outer(self) -> str:
        """The sentence with blanks for what stands in parentheses."""
        text = self.folded[self.sentence.start : self.sentence.end]
        for paren in self.sentence.parens:
            start, end = paren.start - self.sentence.start, paren.end - self.sentence.start
            text = text[:start] + " " * (end - start) + text[end:]
        return text

    def view(self, start: int, end: int) -> str:
        """A stretch of the sentence as it reads without parentheses, or within some."""
        if self.sentence.paren_at(start):
            return self.folded[start:end]
        first = self.sentence.start
        return self.outer[max(start - first, 0) : max(end - first, 0)]

    def find_words(self, start: int, end: int) -> list[Word]:
        """The words of measure in a stretch, in order."""
        found = WORDS.finditer(self.view(start, end))
        return [
            Word(match.lastgroup, start + match.start(), start + match.end())  # type: ignore[arg-type]
            for match in found
        ]

    def clause_around(self, span: Span) -> Span:
        """The clause that a stretch stands in."""
        return self.sentence.clause_at(span.start)

    def subjects_in(self, start: int, end: int, like: int) -> list[Subject]:
        """The areas that begin in a stretch, in the same parentheses as the place ``like``."""
        paren = self.sentence.paren_at(like)
        found = self.subjects.within(start, end)
        return [item for item in found if self.sentence.paren_at(item.start) == paren]

    @cached_property
    def topic(self) -> Subject | None:
        """The subject that the next sentence goes on with."""
        spoken = [item for item in self.subjects.all if item.role == "subject"]
        spoken = [item for item in spoken if not self.sentence.paren_at(item.start)]
        first = next(iter(spoken), None)
        own = [item for item in spoken if item.kind in {"area", "hubs", "rest"}]
        return next(iter(own), first) or self._before

    def resolve(self, span: Span, *, is_relation: bool = False) -> Resolution:
        """Whom a figure, or a list of them, speaks of.

        Args:
            span: the figures.
            is_relation: they relate one area to another, which is then not the subject.
        """
        clause = self.clause_around(span)
        behind = self._find_behind(span)
        if behind:
            return Resolution((behind,), is_certain=True)
        paren = self.sentence.paren_at(span.start)
        if paren:
            found = self._resolve_paren(span, paren)
            if found:
                return found
        own = self._resolve_own(span, clause, is_relation=is_relation)
        if own:
            return own
        return self.resolve_carried(clause.start if not paren else paren.start, span)

    def _find_behind(self, span: Span) -> Subject | None:
        """The area in ``76.11 % come from the hubs``."""
        match = BELONGS.match(self.folded, span.end, self.sentence.end)
        if not match or match.start() == match.end():
            return None
        # the article may be part of the name: the country
        found = self.subjects.within(match.end() - len("the "), match.end() + 1)
        return found[-1] if found else None

    def _resolve_paren(self, span: Span, paren: Span) -> Resolution | None:
        inside = self.subjects.within(paren.start, paren.end)
        before = [item for item in inside if item.start < span.start]
        if inside:
            return Resolution(((before or inside)[-1 if before else 0],), is_certain=True)
        outside = [
            item for item in self.subjects.within(self.sentence.start, paren.start)
            if not self.sentence.paren_at(item.start)
            and not (item.role == "against" and item.kind in {"hubs", "each"})
        ]  # fmt: skip
        ends = [member.end for item in outside for member in item.members]
        if not any(paren.start - _REACH <= end <= paren.start for end in ends):
            return None
        last = outside[-1]
        if last.role == "against" and last.kind == "nation":
            # grew faster than the nation (16.55 %): of whom it is said, or the nation's own
            spoken = [item for item in outside if item.role == "subject"][-1:]
            is_told = bool(spoken) and len(self._figures_within(paren)) == len(spoken[0].members)
            if is_told and spoken[0].is_list:
                return Resolution((spoken[0],), is_certain=True)
            return Resolution((*spoken, last), is_certain=True)
        if last.is_list and len(self._figures_within(paren)) != len(last.members):
            single = Subject(last.members[-1].start, last.end, (last.members[-1],))
            inner = [m for m in last.members if m.end <= paren.start]
            near = Subject(inner[-1].start, inner[-1].end, (inner[-1],)) if inner else single
            is_end = not inner or inner[-1] is last.members[-1]
            return Resolution((near, last) if is_end else (near,), is_certain=True)
        return Resolution((last,), is_certain=True)

    def _figures_within(self, span: Span) -> list[Figure]:
        return [item for item in self.figures if span.holds(item.start)]

    def _resolve_own(self, span: Span, clause: Span, *, is_relation: bool) -> Resolution | None:
        before = self.subjects_in(clause.start, span.start, span.start)
        if is_relation and before and before[-1].role == "against":
            near = before[-1]
            own_part = OWN_PART.fullmatch(self.view(near.end, span.start))
            is_multiple = any(f.start == span.start and f.unit == "times" for f in self.figures)
            if own_part and near.kind == "area" and not is_multiple:
                return Resolution((near,), is_certain=True)
        if is_relation and len(before) > 1:
            # Central China 0.48 and Northeast China 0.27: each its own
            apart = [f.end for f in self.figures if clause.start <= f.start < span.start]
            own = [item for item in before if apart and item.start >= apart[-1]]
            is_own = bool(own) and own[0].role == "subject"
            before = own[:1] if is_own else before[:1]
        elif before and before[-1].role == "against" and not is_relation:
            gap = self.view(before[-1].end, span.start)
            is_direct = before[-1].kind not in {"each", "hubs"}
            head = self.folded[max(before[-1].start - 8, self.sentence.start) : before[-1].start]
            is_whole = before[-1].kind == "nation" and any(
                item.start == span.start and (item.slack or item.step > 1) for item in self.figures
            )
            is_direct = is_direct and not is_whole
            if is_direct and _DIRECT.fullmatch(gap) and not _WHOLE.search(head):
                return Resolution((before[-1],), is_certain=True)
        spoken = [item for item in before if item.role == "subject"]
        own = [item for item in spoken if item.kind != "nation"] or spoken
        if own:
            # 全国31个省份…: the nation is spoken of where it comes last
            last = spoken[-1]
            return Resolution((last,) if last is own[-1] else (last, own[-1]), is_certain=True)
        if span.start == clause.end:
            return None
        after = self.subjects_in(span.end, clause.end, span.start)
        spoken = [item for item in after if item.role == "subject"]
        gap_end = span.end + _NEAR * (3 if self.folded[span.end : span.end + 8].isascii() else 1)
        if spoken and spoken[0].start <= gap_end:
            return Resolution((spoken[0],), is_certain=True)
        return None

    def resolve_carried(self, place: int, span: Span) -> Resolution:
        """From the clause before that names somebody, else from the sentence before."""
        earlier = [clause for clause in self.sentence.clauses if clause.start < place]
        for clause in reversed(earlier):
            spoken = [
                item
                for item in self.subjects_in(clause.start, min(clause.end, place), clause.start)
                if item.role == "subject" and item.end <= span.start
                and not self.sentence.paren_at(item.start)
            ]  # fmt: skip
            if spoken:
                head = self.view(clause.start, spoken[0].start).strip()
                ends = [spoken[0]] if len(head) <= 2 else [spoken[-1], spoken[0]]
                return Resolution(tuple(dict.fromkeys(ends)), is_certain=True)
        if self._before is not None:
            return Resolution((self._before,), is_certain=False)
        return Resolution((), is_certain=False)

    def gather(self, span: Span) -> tuple[Mention, ...]:
        """The different areas named before a place, for ``together`` and ``the two``."""
        found: dict[str, Mention] = {}
        for subject in self.subjects.all:
            if subject.start < span.start and subject.kind in {"area", "rest", "hubs"}:
                for member in subject.members:
                    found.pop(member.label, None)
                    found[member.label] = member
        if len(found) < 2 and self._before is not None:
            found = {member.label: member for member in self._before.members} | found
        return tuple(found.values())

    def unite(self, span: Span, subject: Subject | None) -> Subject | None:
        """The areas taken together by a word such as 两者 or 合计; null for none."""
        members = self.gather(span)
        clause = self.clause_around(span)
        if subject is not None and subject.kind == "both":
            words = (key for key in _COUNT_WORDS if key in subject.members[0].label)
            count = next((_COUNT_WORDS[word] for word in words), 2)
            members = members[-count:] if len(members) >= count else ()
        elif not TOGETHER.search(self.view(clause.start, clause.end)):
            return None
        if len(members) < 2:
            return None
        return Subject(span.start, span.end, members)

    def resolve_when(self, span: Span, floor: int, *, is_change: bool) -> When:
        """The period that a figure is of, and the one that a change is counted from.

        Args:
            span: the figure.
            floor: where the words that belong to it begin.
            is_change: whether it is a change: then a day behind 较 is where that began.
        """
        facts = self.facts
        period, since = facts.period, facts.previous
        for day, found, is_start in self._find_periods(floor, span.start):
            rest = self.find_words(day.end, span.start)
            if is_start and (is_change or any(w.name in {"rise", "fall", "rate"} for w in rest)):
                since = found
            else:
                period = found
                since = found.previous if found in facts.history.points else None
        if period == facts.period and not self._find_periods(floor, span.start):
            for place, found, is_start in self._find_periods(self.sentence.start, floor):
                # 上期供算量为零；…增长: words of another clause do not date a change
                if not is_start and (isinstance(place, Day) or not is_change):
                    period = found
                    since = found.previous
        if period == facts.config.methodology.base_period and since == period.previous:
            since = None
        return When(period, since)

    def _find_periods(self, start: int, end: int) -> list[tuple[Span, Period, bool]]:
        """The periods named in a stretch, and whether something is counted from each."""
        found: list[tuple[Span, Period, bool]] = []
        for day in self.days:
            period = self.period_of(day)
            if start <= day.start < end and period is not None:
                found.append((day, period, self._is_start(day)))
        text = self.view(start, end)
        base = self.facts.config.methodology.base_period
        for pattern, period in ((PREVIOUS, self.facts.previous), (BASE, base)):
            for match in pattern.finditer(text):
                span = Span(start + match.start(), start + match.end())
                is_dated = any(0 <= span.start - day.end <= 6 for day in self.days)
                if period is not None and not is_dated:
                    found.append((span, period, self._is_start(span)))
        return sorted(found, key=lambda item: item[0].start)

    def _is_start(self, span: Span) -> bool:
        head = self.folded[max(span.start - 40, self.sentence.start) : span.start]
        if SINCE_LEVEL.search(head):
            return True
        return bool(SINCE.search(head)) and not AS_OF.search(head.removesuffix("on "))

    def period_of(self, day: Day) -> Period | None:
        """The half-year that a day ends; of one without a year, the newest that it fits."""
        if day.period is not None or day.month_day is None:
            return day.period
        periods: Sequence[Period] = sorted(self.facts.history.points, reverse=True)
        ends = ((item.as_of.month, item.as_of.day) for item in periods)
        return next((p for p, end in zip(periods, ends, strict=True) if end == day.month_day), None)
