"""Hold against the data what each cause of change is said to have done. Domain: no I/O."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from cci_cli.proofreading.findings import Findings
from cci_cli.proofreading.lexicon import TOGETHER, Unit
from cci_cli.proofreading.scenes import Scene
from cci_cli.proofreading.tokens import Figure
from cci_cli.proofreading.values import Value, find_factor, list_values
from cci_cli.proofreading.wordings import Span, fold_text
from cci_cli.views import CAUSE_NAMES

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
