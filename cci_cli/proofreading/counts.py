"""Hold against the data the numbers of areas: how many there are, and how many rose or fell.

Domain: no I/O.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from cci_cli.bulletin.facts import Facts
from cci_cli.proofreading.findings import Findings
from cci_cli.proofreading.lexicon import CONDITION_BEFORE, CONDITION_BEHIND, Unit
from cci_cli.proofreading.scenes import Scene
from cci_cli.proofreading.tokens import Figure
from cci_cli.proofreading.values import Value

#: What says that all of them are meant.
_ALL: Final = re.compile(
    r"全国|我国|覆盖|涵盖|共有?|所有|全部|各|国家|相关|划分|分为|包括|包含"
    r"|(?<![a-z])(?:all|cover\w*|total|country|national|every|the)(?![a-z])"
)
_COMPARED: Final = re.compile(
    r"(?:[个大]?(?:国家)?(?:算力)?(?:枢纽|区域|地区|省份?))?"
    r"(?:的|节点)?\s?(?:供算量)?(?:增速|增长|增长率)?(?:均|都)?(?:(?P<high>超过|高于|快于|跑赢)|(?P<low>低于|慢于|不及))"
    r"(?:了)?全国(?:平均|水平|增速|整体)"
    r"|s? (?:grew|growing) (?:(?P<faster>faster)|(?P<slower>slower)) than the (?:nation|country)"
)
_KINDS: Final[Mapping[Unit, str]] = {
    "regions": r"区域|地区|region",
    "hubs": r"枢纽|hub",
    "provinces": r"省|province",
}
_UP: Final = r"正?增长|上升|上涨|提升|(?<![a-z])(?:grew|rose|gained|increased|up)(?![a-z])"
_DOWN: Final = (
    r"负增长|下降|下滑|回落|减少|下跌"
    r"|(?<![a-z])(?:fell|declined|shrank|decreased|dropped|down)(?![a-z])"
)
_STILL: Final = (
    r"不变|持平|没有变化|(?<![a-z])(?:stood still|unchanged|did not change|were flat)(?![a-z])"
)
_NEW: Final = r"上期(?:供算量)?为零|(?<![a-z])(?:was|were) nothing before"
_MOVES: Final = f"(?:(?P<new>{_NEW})|(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<still>{_STILL}))"
_MOVED: Final = re.compile(
    r"(?:[个大](?:国家)?(?:算力)?(?:区域|地区|枢纽|省份?)?(?:节点)?|省份?)?(?:的)?(?:供算量|指数|点位)?"
    r"(?:全部|均|都|全都)?(?:实现|出现)?"
    r"(?:\s?(?:of the )?(?:\w+ )?(?:provinces|regions|hubs)(?: that| which| were)?)?\s?"
    + _MOVES
    + r"(?![超高低快慢率最较的]|\s?[\d约近]"
    r"| (?:by|faster|slower|more|less|than|over|from|to)(?![a-z]))"
)
_MOVED_IN: Final = re.compile(_MOVES + r" in (?:all |only |just )?$")
#: Before a number: it is of some that were spoken of.
_GIVEN: Final = re.compile(
    r"(?:前|后|这|该|上述|其[余他]|另|(?<![a-z])(?:these|those|the|top|other) )\s?$"
)
#: Before a number: it is of the first in some order.
_FIRST_OF: Final = re.compile(r"前\s?$|(?<![a-z])(?:first|top|next|last|bottom|[a-z]+est) $")
_OF_THEM: Final = re.compile(r"之?中(?!国)")
_OTHERS: Final = re.compile(r"其[余他]\s?$|(?<![a-z])(?:other|remaining) $")
_OF_ALL: Final = re.compile(r"全国(?:的)?\s?$|(?<![a-z])(?:of|among|in|across) (?:all|the) $|all $")
_NEAR: Final = 12
_GAP: Final = 3


def check_count(scene: Scene, figure: Figure, findings: Findings) -> None:
    """A number of areas: of all that there are, of those in an area, or of those just named."""
    facts = scene.facts
    mode = facts.config.methodology.rounding
    clause = scene.clause_around(figure)
    text = scene.view(clause.start, clause.end)
    rest = scene.view(figure.end, clause.end)
    beside = _COMPARED.match(rest)
    counts = (
        [_count_compared(scene, figure, beside)] if beside else list(_list_counts(scene, figure))
    )
    for label, count in counts:
        if figure.is_borne_out(Fraction(count), mode):
            value = Value(label, "parameter", figure.unit, Fraction(count))
            findings.confirm(figure, value, is_certain=not _has_condition(text, rest))
            return
    head = scene.view(max(figure.start - _NEAR, clause.start), figure.start)
    near = scene.subjects_in(clause.start, figure.start, figure.start)
    is_owned = (
        bool(near) and near[-1].kind in {"rest", "hubs"} and figure.start - near[-1].end <= _GAP
    )
    is_whole = figure.unit == "indices" or _OF_THEM.match(rest)
    is_all = (
        bool(beside)
        or bool(is_whole)
        or is_owned
        or bool(_ALL.search(head))
        or _is_kind(figure, scene)
    ) and not _FIRST_OF.search(head)
    if beside or is_whole or (is_all and not _has_condition(head, rest)):
        label, count = counts[0]
        findings.refuse("E433", figure, area=label, expected=count)
    else:
        findings.leave(figure)


def _count_compared(scene: Scene, figure: Figure, match: re.Match[str]) -> tuple[str, int]:
    """3 个区域增速超过全国平均: how many do."""
    facts = scene.facts
    groups = {"regions": facts.regions, "hubs": facts.hubs}
    nation = facts.nation.growth
    known = [area.growth for area in groups.get(figure.unit, facts.provinces)]
    if match["low"] or match["slower"]:
        return "a growth below the nation", sum(
            nation is not None and growth is not None and growth < nation for growth in known
        )
    return "a growth above the nation", sum(
        nation is not None and growth is not None and growth > nation for growth in known
    )


def check_moved(scene: Scene, figure: Figure, findings: Findings) -> bool:
    """How many areas grew, fell or stood still; false where a figure does not say that.

    五个省份下降, and "rose in 2, fell in 4" of what the sentence speaks of.
    """
    clause = scene.clause_around(figure)
    head, rest = scene.view(clause.start, figure.start), scene.view(figure.end, clause.end)
    match = _MOVED.match(rest) or _MOVED_IN.search(head)
    near = scene.subjects_in(clause.start, figure.start, figure.start)
    is_other = any(item.kind != "nation" for item in near) or _GIVEN.search(head)
    text = scene.folded[scene.sentence.start : scene.sentence.end]
    units: list[Unit] = [figure.unit] if figure.unit in _KINDS else []
    units += [unit for unit, words in _KINDS.items() if re.search(words, text)]
    if match is None or is_other or not units or figure.unit not in {"none", "other", *_KINDS}:
        return False
    facts = scene.facts
    groups = {"regions": facts.regions, "hubs": facts.hubs}
    moves = [_name_move(area.growth) for area in groups.get(units[0], facts.provinces)]
    name = str(match.lastgroup)
    count = moves.count(name)
    label = f"the {units[0]} {_MOVE_TITLES[name]}"
    if figure.is_borne_out(Fraction(count), facts.config.methodology.rounding):
        value = Value(label, "parameter", figure.unit, Fraction(count))
        findings.confirm(figure, value, is_certain=True)
    else:
        findings.refuse("E433", figure, area=label, expected=count)
    return True


def _name_move(growth: Fraction | None) -> str:
    if growth is None:
        return "new"
    return "up" if growth > 0 else "down" if growth < 0 else "still"


_MOVE_TITLES: Final[Mapping[str, str]] = {
    "up": "with growth",
    "down": "with a fall",
    "still": "without change",
    "new": "that start from zero",
}


def _is_kind(figure: Figure, scene: Scene) -> bool:
    """八大枢纽, 七大区域, 7 个子指数: so many as there are."""
    return (
        figure.unit in {"hubs", "regions"}
        and scene.folded[figure.start : figure.end + 1].find("大") > 0
    )


def _has_condition(head: str, rest: str) -> bool:
    """Whether only some are meant: 其中 3 个, 5 个省份增长超过…."""
    return bool(CONDITION_BEFORE.search(head) or CONDITION_BEHIND.search(rest[:_NEAR]))


def _list_counts(scene: Scene, figure: Figure) -> Iterator[tuple[str, int]]:
    """What may be counted, that which the words say most clearly first."""
    facts: Facts = scene.facts
    kinds = {"regions": facts.regions, "hubs": facts.hubs}
    if figure.unit in kinds and _OTHERS.search(scene.folded[figure.start - 10 : figure.start]):
        members = [member for subject in scene.subjects.all for member in subject.members]
        areas = [area for area in kinds[figure.unit] if any(area in m.areas for m in members)]
        yield "the others", len(kinds[figure.unit]) - len(areas)
    elif figure.unit == "regions":
        yield "the nation", len(facts.regions)
    elif figure.unit == "hubs":
        yield "the nation", len(facts.hubs)
    elif figure.unit == "indices":
        yield from _count_indices(scene, figure)
    else:
        yield from _count_provinces(scene, figure)
    named = {member.label for subject in scene.subjects.all for member in subject.members
             if subject.kind == "area" and len(subject.members) > 1}  # fmt: skip
    for subject in scene.subjects.all:
        if subject.is_list:
            yield subject.label, len(subject.members)
    if len(named) > 1:
        yield "those named", len(named)


def _count_indices(scene: Scene, figure: Figure) -> Iterator[tuple[str, int]]:
    facts = scene.facts
    own = scene.folded[figure.start : figure.end]
    series = {
        "总": ("the overall series", 1),
        "区域": ("the regional series", len(facts.regions)),
        "region": ("the regional series", len(facts.regions)),
        "枢纽": ("the hub series", len(facts.hubs)),
        "hub": ("the hub series", len(facts.hubs)),
    }
    named = next((count for word, count in series.items() if word in own), None)
    if named is not None:
        yield named
        return
    text = scene.folded[scene.sentence.start : scene.sentence.end]
    near = scene.folded[max(figure.start - 40, scene.sentence.start) : figure.end + 10]
    if re.search(r"区域|region", near if "枢纽" in text else text):
        yield "the regional series", len(facts.regions)
    if re.search(r"枢纽|hub", text):
        yield "the hub series", len(facts.hubs)
    yield "the whole series", len(facts.indices)
    yield "the whole series without the national one", len(facts.indices) - 1


def _count_provinces(scene: Scene, figure: Figure) -> Iterator[tuple[str, int]]:
    facts = scene.facts
    clause = scene.clause_around(figure)
    near = scene.subjects_in(clause.start, figure.start, figure.start)
    if _OF_ALL.search(scene.view(max(figure.start - _NEAR, clause.start), figure.start)):
        yield "the nation", len(facts.nation.provinces)
    for subject in reversed(near):
        for area in subject.combine(facts):
            yield subject.label, len(area.provinces)
    text = scene.folded[scene.sentence.start : scene.sentence.end]
    if facts.hub_union is not None and re.search(r"枢纽|hub", text):
        yield "the hubs", len(facts.hub_union.provinces)
    if not near:
        yield "the nation", len(facts.nation.provinces)
        if facts.rest is not None and re.search(r"其[他余]|remaining|other", text):
            yield "the other provinces", len(facts.rest.provinces)
