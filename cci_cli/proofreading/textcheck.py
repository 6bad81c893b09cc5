"""Hold a text about a period against its numbers: figures and superlatives. Domain: no I/O."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, get_args

from cci_cli.bulletin.analysis import analyse
from cci_cli.bulletin.claims import Claim
from cci_cli.bulletin.claims import Sentence as GeneratedSentence
from cci_cli.bulletin.facts import Facts
from cci_cli.errors import Problem
from cci_cli.formats import Lang
from cci_cli.outcomes import TextCheck
from cci_cli.proofreading.days import Day
from cci_cli.proofreading.figurecheck import check_figures
from cci_cli.proofreading.findings import Findings
from cci_cli.proofreading.lexicon import AS_OF, NOT_OF_DATA, OF_DATA, SINCE
from cci_cli.proofreading.mentions import Mention, Names, Subject
from cci_cli.proofreading.numerals import Numeral, find_numerals
from cci_cli.proofreading.scenes import Scene
from cci_cli.proofreading.superlatives import check_superlatives
from cci_cli.proofreading.texttables import TableCheck, find_rows
from cci_cli.proofreading.tokens import Figure, Unread
from cci_cli.proofreading.trends import check_trends
from cci_cli.proofreading.wordings import Placed, Sentence, Span, Wording, fold_text

_LETTER: Final = re.compile(r"\S")
_LINE_END: Final = re.compile(r"[^\S\n]*(?:\n|$)")
_STOPS: Final = tuple("。.!?！？")
#: What may stand before a sentence on its line: marks of headings, lists and quotations.
_MARKS: Final = re.compile(r"[\s#>+•·-]*")


def check_text(text: str, facts: Facts) -> TextCheck:
    """A text of the bulletin, in Chinese or English, held against the facts of its period.

    Every number of it is borne out, a problem, a warning, or known to be no figure of the indices.

    Args:
        text: plain text or Markdown.
        facts: every area of the period.
    """
    findings = collect_findings(text, facts)
    return TextCheck(
        problems=tuple(sorted(findings.problems, key=_place)),
        warnings=tuple(sorted(findings.warnings, key=_place)),
        figures=findings.figures,
        superlatives=findings.superlatives,
        confirmed=tuple(sorted(findings.confirmed, key=lambda item: (item.line, item.column))),
    )


def collect_findings(text: str, facts: Facts, *, knows_own: bool = True) -> Findings:
    """As ``check_text``, with the outcome of every number by its place.

    Args:
        text: plain text or Markdown.
        facts: every area of the period.
        knows_own: whether a sentence that stands as the bulletin generates it is known by heart;
            else it is read as any other.
    """
    wording = Wording(text)
    folded, findings = wording.folded, Findings(wording)
    own = _find_own(wording, facts) if knows_own else []
    rest = _cover(folded, own)
    mentions = Placed(_list_names(_Held(facts)).find(folded))
    names = {item.start: item.end for item in mentions.all if item.kind in {"area", "nation"}}
    numerals = Placed(find_numerals(folded, names))

    by_line: dict[int, list[Mention]] = {}
    for mention in mentions.all:
        by_line.setdefault(wording.locate(mention.start)[0] - 1, []).append(mention)
    rows = find_rows(text, folded, wording.lines, by_line)
    table = TableCheck(folded, mentions, numerals, facts, findings)
    loose = list(table.check(rows))
    _check_loose(wording, loose, mentions, facts, findings)

    in_rows = {row.number for row in rows}
    lines = (line for number, line in enumerate(wording.lines) if number not in in_rows)
    topic: Subject | None = None
    for sentence in wording.cut_sentences(lines):
        scene = Scene(
            folded, sentence, mentions.within(sentence), numerals.within(sentence), topic, facts
        )
        if own and not rest[sentence.start : sentence.end].strip():
            _confirm_own(scene, own, findings)
        else:
            _check_scene(scene, findings)
        topic = scene.topic
    return findings


@dataclass(frozen=True, slots=True)
class _Quote(Span):
    """A stretch that stands as the analysis of the bulletin has it, with its claims by place."""

    claims: tuple[tuple[Span, Claim], ...]


@dataclass(frozen=True, eq=False)
class _Held:
    """Facts that are told apart by which ones they are, not by what they say."""

    facts: Facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.facts is self.facts

    def __hash__(self) -> int:
        return id(self.facts)


@lru_cache(maxsize=2)
def _list_names(held: _Held) -> Names:
    return Names(held.facts)


@lru_cache(maxsize=2)
def _write_own(held: _Held) -> tuple[tuple[str, GeneratedSentence], ...]:
    """The sentences of the analysis in both languages, folded and without white space."""
    sentences = (
        sentence
        for lang in get_args(Lang)
        for section in analyse(held.facts, lang)
        for sentence in section.sentences
    )
    return tuple((_squeeze(str(sentence)), sentence) for sentence in sentences)


def _squeeze(text: str) -> str:
    return "".join(fold_text(text).split())


def _find_own(wording: Wording, facts: Facts) -> list[_Quote]:
    """Where a whole sentence of the generated analysis stands, letter by letter."""
    places = [match.start() for match in _LETTER.finditer(wording.folded)]
    squeezed = "".join(wording.folded[place] for place in places)
    found = []
    for own, sentence in _write_own(_Held(facts)):
        start = squeezed.find(own)
        while start >= 0:
            end = start + len(own)
            span = Span(places[start], places[end - 1] + 1)
            if _is_whole(wording.folded, span):
                found.append(_Quote(span.start, span.end, _place_claims(sentence, places, start)))
            start = squeezed.find(own, start + 1)
    return found


def _is_whole(folded: str, span: Span) -> bool:
    """Whether a sentence begins and ends where a stretch does."""
    head = folded[folded.rfind("\n", 0, span.start) + 1 : span.start]
    is_ended = folded[span.end - 1] in _STOPS or bool(_LINE_END.match(folded, span.end))
    return is_ended and bool(_MARKS.fullmatch(head) or head.rstrip()[-1:] in _STOPS)


def _place_claims(
    sentence: GeneratedSentence, places: Sequence[int], start: int
) -> tuple[tuple[Span, Claim], ...]:
    found = []
    for part in sentence.parts:
        text = part if isinstance(part, str) else part.printed
        end = start + len(_squeeze(text))
        if isinstance(part, Claim):
            found.append((Span(places[start], places[end - 1] + 1), part))
        start = end
    return tuple(found)


def _cover(folded: str, own: Sequence[_Quote]) -> str:
    """The text with blanks for what is quoted, and for the marks before it."""
    rest = list(folded)
    for quote in own:
        line = folded.rfind("\n", 0, quote.start) + 1
        start = line if _MARKS.fullmatch(folded[line : quote.start]) else quote.start
        rest[start : quote.end] = " " * (quote.end - start)
    return "".join(rest)


def _confirm_own(scene: Scene, own: Sequence[_Quote], findings: Findings) -> None:
    """What is claimed in a sentence is borne out, for it was computed."""
    sentence = scene.sentence
    claims = {
        span.start: (span, claim)
        for quote in own
        for span, claim in quote.claims
        if sentence.holds(span.start)
    }
    for span, claim in claims.values():
        if claim.unit == "rank":
            findings.confirm_claim(span, claim)
    figures = [item for item in claims.values() if item[1].unit != "rank"]
    for numeral in scene.numerals:
        around = [c for s, c in figures if s.start < numeral.end and numeral.start < s.end]
        if around and isinstance(numeral, Figure):
            findings.confirm_claim(numeral, around[0])
        else:
            findings.skip(numeral)


def _check_scene(scene: Scene, findings: Findings) -> None:
    check_figures(scene, findings)
    check_superlatives(scene, findings)
    check_trends(scene, findings)
    for item in scene.numerals:
        if isinstance(item, Day):
            _check_day(scene, item, findings)
        elif isinstance(item, Unread):
            findings.leave(item, "W333")
        elif not isinstance(item, Figure):
            findings.skip(item)


def _check_loose(
    wording: Wording,
    loose: Sequence[Numeral],
    mentions: Placed[Mention],
    facts: Facts,
    findings: Findings,
) -> None:
    """Numbers in the heads and the words of tables: each cell is a sentence of its own."""
    for item in loose:
        line = wording.lines[wording.locate(item.start)[0] - 1]
        span = Sentence(line.start, line.end, (Span(line.start, line.end),), (), ())
        scene = Scene(wording.folded, span, mentions.within(span), [item], None, facts)
        if isinstance(item, Day):
            _check_day(scene, item, findings, is_of_data=True)
        else:
            _check_scene(scene, findings)


def _check_day(scene: Scene, day: Day, findings: Findings, *, is_of_data: bool = False) -> None:
    """A day of observation must be one of the data."""
    findings.skip(day)
    if day.period is not None and day.period in scene.facts.history.points:
        return
    sentence = scene.sentence
    clause = sentence.clause_at(day.start)
    head = scene.folded[max(day.start - 24, sentence.start) : day.start]
    if NOT_OF_DATA.search(scene.folded[clause.start : clause.end]):
        return
    is_held = bool(SINCE.search(head) or AS_OF.search(head))
    first = scene.folded.rfind("\n", 0, day.start) + 1
    text = scene.folded[max(sentence.start, first) : sentence.end].partition("\n")[0]
    is_spoken = is_of_data or bool(OF_DATA.search(text))
    is_wrong = day.is_whole and (day.period is not None or not day.is_day or is_held or is_spoken)
    is_wrong = is_wrong or (day.period is not None and is_held)
    if is_wrong and (is_spoken or is_held or not day.is_day or day.period is not None):
        known = ", ".join(str(period.as_of) for period in sorted(scene.facts.history.points))
        findings.refuse("E435", day, known=known)


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line or 0, int(problem.column or 0)
