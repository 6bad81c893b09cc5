"""Hold the figures of one sentence against the data. Domain: no I/O."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cci_cli.proofreading.causes import check_causes
from cci_cli.proofreading.counts import check_count, check_moved
from cci_cli.proofreading.findings import Findings
from cci_cli.proofreading.judgement import Judge, check_parameter
from cci_cli.proofreading.lexicon import (
    EACH,
    FIGURE_GAP,
    LED_GAP,
    RANGE_BEFORE,
    RANGE_GAP,
    SCALES,
    STARTED,
    TOGETHER,
    UNIT,
    Unit,
)
from cci_cli.proofreading.mentions import Mention, Subject
from cci_cli.proofreading.quantities import Reading, read_quantity
from cci_cli.proofreading.scenes import Resolution, Scene
from cci_cli.proofreading.tokens import Figure, unit_of
from cci_cli.proofreading.values import Quantity
from cci_cli.proofreading.wordings import Span

_MEASURED: Final = frozenset(
    {"percent", "pp", "points", "cards", "card_hours", "eflops", "pflops", "times"}
)
_PARAMETERS: Final = frozenset({"hours", "tflops", "places"})
_COUNTED: Final = frozenset({"provinces", "regions", "hubs", "indices"})


_OTHER_SIDE: Final = re.compile(r"(?<![a-z])(?:against|versus|vs\.?) $")
_STATED: Final = re.compile(
    r"(?<![a-z])in (?=[a-z])|单位\s?[:：为是]?\s?|按(?=[个百亿万点])|以(?=个百分点)"
)
#: Behind a figure that is the nation's own: 高于 8.81 % 的全国平均.
_OF_MEAN: Final = re.compile(
    r"的?全国(?:的)?(?:平均|均值|水平|增速|增幅)| national (?:average|rate|mean)"
)
_OF_GROWTH: Final = re.compile(r"(?<![a-z])of (?:the |this )$")


@dataclass(frozen=True)
class _Run:
    """Figures of one list, and where the words around them begin and end."""

    figures: tuple[Figure, ...]
    floor: int
    ceiling: int
    is_range: bool

    @property
    def span(self) -> Span:
        return Span(self.figures[0].start, self.figures[-1].end)


def check_figures(scene: Scene, findings: Findings) -> None:
    """Every figure of a sentence ends as borne out, as a problem or as a warning."""
    for run in _find_runs(scene):
        if len(run.figures) == 1 and check_moved(scene, run.figures[0], findings):
            continue
        if run.figures[0].unit in _COUNTED:
            for figure in run.figures:
                check_count(scene, figure, findings)
        elif run.figures[0].is_product or run.figures[0].unit in _PARAMETERS:
            for figure in run.figures:
                check_parameter(scene, figure, findings)
        elif check_causes(scene, run.figures, run.floor, run.ceiling, findings):
            continue
        elif any(figure.unit in {"none", *_MEASURED} for figure in run.figures):
            _check_run(scene, run, findings)
        else:
            for figure in run.figures:
                findings.leave(figure)


def _find_runs(scene: Scene) -> Iterator[_Run]:
    """Lists and ranges of figures; a figure without unit takes that of its list."""
    runs: list[list[Figure]] = []
    for figure in _inherit_units(scene):
        if runs and _is_continued(scene, runs[-1][-1], figure):
            runs[-1].append(figure)
        else:
            runs.append([figure])
    ends = [0, *(run[-1].end for run in runs)]
    starts = [*(run[0].start for run in runs[1:]), scene.sentence.end]
    for run, last_end, next_start in zip(runs, ends, starts, strict=False):
        clause = scene.clause_around(run[0])
        last = scene.clause_around(run[-1])
        is_range = len(run) == 2 and _is_range(scene, run)
        units = [figure.unit for figure in run if figure.unit != "none"]
        figures = tuple(
            replace(figure, unit=units[-1]) if figure.unit == "none" and units else figure
            for figure in run
        )
        floor = max(clause.start, _floor_of(scene, last_end, run[0]))
        yield _Run(figures, floor, min(last.end, next_start), is_range)


def _inherit_units(scene: Scene) -> list[Figure]:
    """由 308.61 升至 321.15 点: the unit stands behind the last alone."""
    found: list[Figure] = []
    for figure in reversed(_take_stated_units(scene)):
        if figure.unit == "none" and found and found[-1].unit in _MEASURED:
            gap = scene.view(figure.end, found[-1].start)
            if len(gap) < 30 and LED_GAP.fullmatch(gap):
                found.append(replace(figure, unit=found[-1].unit))
                continue
        found.append(figure)
    return _inherit_backwards(scene, found[::-1])


def _take_stated_units(scene: Scene) -> list[Figure]:
    """In percentage points: 4.38, 1.25; the unit is stated once, before all figures."""
    first, end = scene.sentence.start, scene.sentence.end
    stated = _STATED.search(scene.folded, first, end)
    unit = UNIT.match(scene.folded, stated.end(), end) if stated else None
    if unit is None or unit_of(unit) not in _MEASURED:
        return list(scene.figures)
    factor = SCALES[unit["scale"].strip()] if unit["scale"] else 1
    return [
        replace(
            item, unit=unit_of(unit), value=item.value * factor, step=item.step * factor
        ) if item.unit == "none" and item.start > unit.end() and item.step < 1 else item
        for item in scene.figures
    ]  # fmt: skip


def _inherit_backwards(scene: Scene, figures: Sequence[Figure]) -> list[Figure]:
    """Rose 88.07 points to 1,088.07; 3.49 billion card-hours, up 282 million."""
    found: list[Figure] = []
    for figure in figures:
        if figure.unit == "none" and found and found[-1].unit in _MEASURED:
            gap = scene.view(found[-1].end, figure.start)
            is_amount = found[-1].unit in _AMOUNTS and figure.step > 1
            if is_amount or (len(gap) < 30 and LED_GAP.fullmatch(gap)):
                figure = replace(figure, unit=found[-1].unit)  # noqa: PLW2901
        found.append(figure)
    return found


_AMOUNTS: Final = frozenset({"cards", "card_hours", "eflops", "pflops"})


def _floor_of(scene: Scene, last_end: int, figure: Figure) -> int:
    """Behind the figure before, unless that stands in other parentheses."""
    if last_end and scene.sentence.paren_at(last_end - 1) != scene.sentence.paren_at(figure.start):
        paren = scene.sentence.paren_at(figure.start)
        return paren.start if paren else scene.sentence.start
    return last_end


def _is_continued(scene: Scene, old: Figure, new: Figure) -> bool:
    if old.unit not in {new.unit, "none"}:
        return False
    if scene.sentence.paren_at(old.start) != scene.sentence.paren_at(new.start):
        return False
    gap = scene.view(old.end, new.start)
    if len(gap) > 100 or _is_led(scene, old, gap):
        return False
    is_apart = "，" in gap or "," in gap
    if is_apart and (new.bound, new.step) != (old.bound, old.step):
        # 25.43 %, some quarter of all: the same figure once more
        return False
    if old.unit == "none" and new.unit in {"other", *_COUNTED}:
        return False
    return bool(FIGURE_GAP.fullmatch(" ".join(gap.split())) or RANGE_GAP.fullmatch(gap))


def _is_led(scene: Scene, old: Figure, gap: str) -> bool:
    """Whether a change leads from one figure to the next: from 228.11 to 263.04."""
    if gap.strip() not in {"to", "至", "到"}:
        return False
    clause = scene.clause_around(old)
    is_from = bool(STARTED.search(scene.view(clause.start, old.start)))
    # risen by 8.81 %, from 1,000 to 1,088.07 points
    words = scene.find_words(scene.sentence.start if is_from else clause.start, old.start)
    is_moved = any(word.name in {"rise", "fall", "change"} for word in words)
    return is_moved and (is_from or gap.strip() == "to")


def _is_range(scene: Scene, run: Sequence[Figure]) -> bool:
    gap = scene.view(run[0].end, run[1].start)
    if not RANGE_GAP.fullmatch(gap):
        return False
    head = scene.view(max(run[0].start - 14, scene.sentence.start), run[0].start)
    return gap.strip() not in {"and"} or bool(RANGE_BEFORE.search(head))


def _check_run(scene: Scene, run: _Run, findings: Findings) -> None:
    is_relation = run.figures[0].unit in {"pp", "times"}
    resolution = scene.resolve(run.span, is_relation=is_relation)
    clause = scene.clause_around(run.figures[0])
    text = scene.view(clause.start, clause.end)
    readings = [
        read_quantity(scene, figure, run.span, run.floor, run.ceiling) for figure in run.figures
    ]
    if all(reading.unit == "none" for reading in readings):
        for figure in run.figures:
            findings.leave(figure)
        return
    readings = _share_out(scene, run, readings)
    subjects = _list_subjects(scene, run, resolution, readings[0].unit)
    if _OF_MEAN.match(scene.folded, run.span.end) and readings[0].unit == "percent":
        run = replace(run, figures=tuple(replace(item, bound="exact") for item in run.figures))
        subjects = [_name_nation(scene, run.span)]
    for place, (figure, reading) in enumerate(zip(run.figures, readings, strict=True)):
        item = replace(figure, unit=reading.unit)
        judge = Judge(scene, item, reading, findings, is_certain=resolution.is_certain)
        if run.is_range:
            judge.check_range(subjects, is_low=place == 0)
            continue
        own = [_pick(subject, place, len(run.figures)) for subject in subjects]
        is_each = bool(EACH.search(text)) and not TOGETHER.search(text)
        judge.check(own, is_each=is_each)


def _share_out(scene: Scene, run: _Run, readings: list[Reading]) -> list[Reading]:
    """占比、增速分别为…: one word for each of the figures."""
    words = [w for w in scene.find_words(run.floor, run.span.start) if w.name in {"share", "rate"}]
    if len(run.figures) < 2 or len(words) != len(run.figures) or readings[0].unit != "percent":
        return readings
    names: dict[str, Quantity] = {"share": "share", "rate": "growth"}
    return [
        replace(reading, quantities=(names[word.name],))
        for reading, word in zip(readings, words, strict=True)
    ]


def _list_subjects(scene: Scene, run: _Run, resolution: Resolution, unit: Unit) -> list[Subject]:
    subjects = list(resolution.subjects)
    head = scene.view(max(run.span.start - 12, scene.sentence.start), run.span.start)
    if unit == "percent" and _OF_GROWTH.search(head):
        # 4.38 percentage points of the 8.81 % growth
        subjects.insert(0, _name_nation(scene, run.span))
    if _OTHER_SIDE.search(head):
        # 29.52 % against 28.35 %
        others = [item for item in scene.subjects.all if item.kind in {"area", "nation"}]
        subjects += [item for item in others if item not in subjects]
    first = subjects[0] if subjects else None
    united = scene.unite(run.span, first)
    if first is not None and first.kind == "both":
        return [united] if united else []
    if unit == "times" and first is not None:
        return subjects
    own = first is not None and first.start >= scene.clause_around(run.span).start
    if united and not (own and first is not None and first.is_list):
        return [united, *subjects] if not own else [*subjects, united]
    return subjects


def _name_nation(scene: Scene, span: Span) -> Subject:
    """The nation, where the words around a figure say that it is meant."""
    mention = Mention(span.start, span.start, "nation", (scene.facts.nation,), "the nation")
    return Subject(span.start, span.start, (mention,))


def _pick(subject: Subject, place: int, count: int) -> Subject:
    """The member of a list that one of as many figures is of."""
    if count > 1 and len(subject.members) == count:
        member = subject.members[place]
        return Subject(member.start, member.end, (member,), subject.role)
    return subject
