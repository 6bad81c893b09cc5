"""Hold the numbers of provinces, regions, hubs and indices against the config. Domain: no I/O."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from cci_cli.bulletin.facts import Facts
from cci_cli.proofreading.findings import Findings
from cci_cli.proofreading.lexicon import CONDITION_BEFORE, CONDITION_BEHIND
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
_OF_THEM: Final = re.compile(r"之?中(?!国)")
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
    )
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
    if figure.unit == "regions":
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
