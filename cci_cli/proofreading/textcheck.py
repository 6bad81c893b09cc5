"""Hold a text about a period against its numbers: figures and superlatives. Domain: no I/O."""

from collections.abc import Sequence

from cci_cli.bulletin.facts import Facts
from cci_cli.errors import Problem
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
from cci_cli.proofreading.wordings import Placed, Sentence, Span, Wording
from cci_cli.results import TextCheck


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


def collect_findings(text: str, facts: Facts) -> Findings:
    """As ``check_text``, with the outcome of every number by its place."""
    wording = Wording(text)
    findings = Findings(wording)
    folded = wording.folded
    mentions = Placed(Names(facts).find(folded))
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
        _check_scene(scene, findings)
        topic = scene.topic
    return findings


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
