"""Hold against the data what is of no area: numbers of areas, and what each cause has changed.

Domain: no I/O.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from cci_cli.bulletin.facts import Facts
from cci_cli.proofreading.findings import Findings
from cci_cli.proofreading.lexicon import CONDITION_BEFORE, CONDITION_BEHIND, TOGETHER, Unit
from cci_cli.proofreading.scenes import Scene
from cci_cli.proofreading.tokens import Figure
from cci_cli.proofreading.values import Value, find_factor, list_values
from cci_cli.proofreading.wordings import Span, fold_text
from cci_cli.views import CAUSE_NAMES

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
#: What else a cause may be called.
_OTHER_NAMES: Final[Mapping[str, str]] = {
    "new_node": r"新建|new nodes?(?![a-z])",
    "put_into_service": r"投运|put into service",
    "expanded": r"(?<!an )expansions?(?! of (?:\d|supply|national|the nation))(?![a-z])",
    "re_equipped": r"型号更换|换型|re-?equip\w{2,6}",
    "moved": r"迁移|relocations?(?![a-z])",
    "shrunk": r"reductions?(?![a-z])",
    "suspended": r"停用|suspensions?(?![a-z])",
    "closed": r"关停|closures?(?![a-z])",
    "discovered": r"found late",
}
_CAUSE: Final = re.compile(
    "|".join(
        f"(?P<{cause}>{fold_text(CAUSE_NAMES['zh'][cause])}|{fold_text(CAUSE_NAMES['en'][cause])}"
        f"|{more})"
        for cause, more in _OTHER_NAMES.items()
    )
    + r"|(?P<rest>其[余他](?:各项|各类|因素|原因|项)|(?<![a-z])other (?:causes|factors|changes))"
)
#: Behind a cause: it is one of several, or a way of speaking of growth.
_NO_CAUSE: Final = re.compile(r"\s?(?:等|升级|和其他|及其他)|\s?(?:[至到达为]|to )")
_CAUSED: Final = re.compile(
    r"\s?(?:(?:来自|源于|源自|出自)于?|(?:per year )?(?:came |comes |coming )?(?:from|through|by"
    r"|due to))\s?(?:the )?"
)
_ADDED: Final = frozenset({"rise", "increment", "provide"})
_COARSE: Final = 10**3
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


def check_causes(
    scene: Scene, figures: Sequence[Figure], floor: int, ceiling: int, findings: Findings
) -> bool:
    """Hold figures against what some causes have changed; false where none is spoken of.

    Args:
        scene: their sentence.
        figures: one, or those of a list.
        floor: where the words that belong to them begin.
        ceiling: where these end.
        findings: where the outcome goes.
    """
    if not scene.facts.causes:
        return False
    span = Span(figures[0].start, figures[-1].end)
    found, is_own = _find_causes(scene, span, figures[-1].unit, floor, ceiling)
    if not found:
        return False
    # one cause for each figure, else all of them together
    own = [[match] for match in found] if len(found) == len(figures) else [found] * len(figures)
    judged = [
        _measure_causes(scene, figure, causes, floor)
        for figure, causes in zip(figures, own, strict=True)
    ]
    mode = scene.facts.config.methodology.rounding
    holds = [
        next(
            (v for v in values if v.value is not None and figure.is_borne_out(v.value, mode)), None
        )
        for figure, values in zip(figures, judged, strict=True)
    ]
    if not all(judged) or not (is_own or all(holds)):
        return False
    for figure, values, match in zip(figures, judged, holds, strict=True):
        if match is not None:
            findings.confirm(figure, match, is_certain=is_own)
        else:
            text = list_values(values, scene.facts)
            findings.refuse("E430", figure, area=values[0].label, found=text)
    return True


def _find_causes(
    scene: Scene, span: Span, unit: Unit, floor: int, ceiling: int
) -> tuple[list[re.Match[str]], bool]:
    """The causes that figures are of, and whether they are certainly."""
    folded, clause = scene.folded, scene.clause_around(span)
    paren = scene.sentence.paren_at(span.start)
    start, end = (max(paren.start - _NEAR, 0), paren.start) if paren else (floor, span.start)
    found = list(_CAUSE.finditer(folded, start, end))
    before = scene.subjects_in(clause.start, span.start, span.start)
    if paren:
        found = [match for match in found[-1:] if not folded[match.end() : end].strip()]
    elif any(item.kind != "nation" for item in before):
        # what the causes have changed is known of the nation alone
        return [], True
    if found and not _NO_CAUSE.match(folded, found[-1].end()):
        return found, True
    by = _CAUSED.match(folded, span.end, ceiling)
    behind = _CAUSE.match(folded, by.end()) if by else None
    if behind:
        return [behind], True
    earlier = [item for item in scene.sentence.clauses if item.end <= clause.start]
    if not earlier or scene.subjects_in(clause.start, clause.end, span.start) or found:
        return [], False
    for old in reversed(earlier):
        named = [item.kind for item in scene.subjects.within(old.start, old.end)]
        found = list(_CAUSE.finditer(folded, old.start, old.end))
        if found or set(named) - {"nation"}:
            break
    is_sum = TOGETHER.search(scene.view(clause.start, clause.end))
    # an amount may as well be that of the nation, a part is one of the cause
    return found if is_sum else found[-1:], unit in {"percent", "pp"}


def _measure_causes(
    scene: Scene, figure: Figure, causes: Sequence[re.Match[str]], floor: int
) -> list[Value]:
    """What some causes have changed together, as the words around a figure turn it."""
    facts = scene.facts
    label = " + ".join(match[0] for match in causes)
    clause = scene.clause_around(figure)
    words = [
        word.name
        for word in scene.find_words(max(floor, clause.start), clause.end)
        if not any(match.start() <= word.start < match.end() for match in causes)
        and word.start < figure.start
    ]
    names = {match.lastgroup for match in causes}
    if "rest" in names:
        named = _CAUSE.finditer(scene.folded, scene.sentence.start, scene.sentence.end)
        left = facts.causes.keys() - {match.lastgroup for match in named}
        change = sum((facts.causes[name] for name in left), Fraction(0))
        whole = sum((abs(facts.causes[name]) for name in left), Fraction(0))
    else:
        change = sum((facts.causes.get(name or "", Fraction(0)) for name in names), Fraction(0))
        whole = abs(change)
    is_turned = "fall" in words
    if is_turned or _ADDED & set(words):
        found = [-change if is_turned else change]
    else:
        found = [whole, change]
    is_bare = figure.unit == "none" and figure.step >= _COARSE
    unit: Unit = "card_hours" if is_bare else figure.unit
    if unit in {"cards", "card_hours", "eflops", "pflops"}:
        factor = find_factor(unit, facts)
        return [Value(label, "amount_change", unit, factor * value) for value in found]
    link, around = facts.nation.link, scene.find_words(clause.start, clause.end)
    is_part = any(word.name in {"increment", "provide", "pull"} for word in around)
    earlier = {word.name for word in scene.find_words(scene.sentence.start, figure.start)}
    # 三分之二来自扩容
    is_part = is_part or causes[0].start() >= figure.end
    is_part = is_part or {"increment", "share"} <= earlier | {word.name for word in around}
    if is_part and figure.unit == "percent" and link.increment:
        parts = [100 * value / link.increment for value in found]
        return [Value(label, "increment_share", "percent", part) for part in parts]
    if is_part and figure.unit == "pp" and link.previous_national_supply:
        parts = [100 * value / link.previous_national_supply for value in found]
        return [Value(label, "contribution", "pp", part) for part in parts]
    return []
