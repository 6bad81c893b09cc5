"""Words of tendency and comparison that the data do not bear out. Domain: no I/O.

They are no figures: what does not hold is worth a look, not more.
"""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Final

from cci_cli.bulletin.facts import Area, Facts
from cci_cli.proofreading.findings import Findings
from cci_cli.proofreading.mentions import Subject
from cci_cli.proofreading.scenes import Scene
from cci_cli.proofreading.values import Value, render_value
from cci_cli.proofreading.wordings import Span

#: 持平: growth that is no more than this many percentage points apart.
_LEVEL_PP: Final = Fraction(1, 2)

_B: Final = r"(?<![a-z])"
_PATTERN: Final = re.compile(
    rf"(?P<gather>(?:加速|持续|进一步|不断)?(?:向枢纽[^，,；;。]{{0,8}})?(?:聚集|集聚|集中(?=的?趋势|度))"
    rf"|{_B}(?:accelerat\w+ )?(?:concentrat\w+|cluster(?:ed|ing)|agglomerat\w+))"
    rf"|(?P<even>与全国(?:平均)?(?:水平)?[^，,；;。]{{0,4}}(?:持平|相当|一致)"
    rf"|{_B}in line with the national"
    rf"|{_B}on a par with the national|{_B}close to the national)"
    rf"|(?P<above>(?:高于|快于|超过|领先于?|跑赢|好于)全国(?!\s?[\d百])(?:平均)?(?:水平|增速)?(?!\s?[\d百])"
    rf"|{_B}(?:above|faster than|outpac\w+|higher than|ahead of) the national (?!share)[a-z]*)"
    rf"|(?P<below>(?:低于|慢于|落后于?|不及)全国(?!\s?[\d百])(?:平均)?(?:水平|增速)?(?!\s?[\d百])"
    rf"|{_B}(?:below|slower than|lower than|behind) the national (?!share)[a-z]*)"
    rf"|(?P<fast>增[长速]较快|增速(?:相对)?较[快高]|较快增长|快速增长|高速增长"
    rf"|{_B}(?:rapid|fast|strong) growth"
    rf"|{_B}grew (?:rapidly|fast|strongly)(?![a-z]))"
    rf"|(?P<slow>增[长速](?:相对|较为|趋于|有所)?(?:平缓|缓慢|较慢|较低|平稳)"
    rf"|{_B}(?:slow|modest|moderate) growth"
    rf"|{_B}grew (?:slowly|modestly|moderately))"
    rf"|(?P<slower>(?:增[长速])?(?:有所|明显|逐步)?放缓|{_B}slow(?:ed|ing) down|{_B}growth slowed)"
    rf"|(?P<steady>(?:稳步|平稳|稳健|持续|稳定)(?:增长|增加|发展)"
    rf"|{_B}(?:steady|stable) growth|{_B}grew steadily)"
    rf"|(?P<all>均实现[^，,；;。]{{0,8}}(?:提升|增长|上升)|均(?:有所)?(?:增长|提升|上升)|(?:全部|普遍)(?:增长|上升)"
    rf"|{_B}all (?:\w+ )?(?:regions|hubs|provinces) (?:grew|rose|gained|increased)"
    rf"|{_B}(?:growth|increases|grew|rose) in (?:all|every) (?:\w+ )?(?:regions?|hubs?|provinces?))"
    rf"|(?P<all_fall>均(?:实现|有所|出现)?[^，,；;。]{{0,8}}(?:下降|下滑|回落|减少)"
    rf"|{_B}all (?:\w+ )?(?:regions|hubs|provinces) (?:fell|declined|shrank)"
    rf"|{_B}(?:fell|declined|shrank) in (?:all|every) (?:\w+ )?(?:regions?|hubs?|provinces?))"
    rf"|(?P<share_up>(?:占比|份额|比重)[^，,；;。\d]{{0,8}}(?:上升|提升|提高|扩大|增加)(?!\s?[\d至到约])"
    rf"|{_B}share (?:rose|increased|grew|climbed)(?! (?:by|to|from)))"
    rf"|(?P<share_down>(?:占比|份额|比重)[^，,；;。\d]{{0,8}}(?:下降|回落|下滑|降低|减少)(?!\s?[\d至到约])"
    rf"|{_B}share (?:fell|declined|decreased|dropped|slipped)(?! (?:by|to|from)))"
)


def check_trends(scene: Scene, findings: Findings) -> None:
    """Every word of tendency or comparison in a sentence that does not hold is a warning."""
    for match in _PATTERN.finditer(scene.folded, scene.sentence.start, scene.sentence.end):
        span = Span(*match.span())
        name = match.lastgroup or ""
        found = [text for text in _list_contradictions(scene, span, name) if text]
        if found:
            findings.warn("W332", span, found=", ".join(found[:4]) + (", …" if found[4:] else ""))


def _list_contradictions(scene: Scene, span: Span, name: str) -> Iterator[str]:
    facts = scene.facts
    if facts.nation.growth is None:
        return
    if name == "gather":
        yield from _contradict_gathering(scene)
        return
    if name in {"all", "all_fall"}:
        yield from _contradict_all(scene, span, is_fall=name == "all_fall")
        return
    subject = _find_subject(scene, span)
    if subject is None:
        return
    for area, label in _list_areas(subject, facts):
        is_nation = area is facts.nation
        if name in _SHARES:
            yield _contradict_share(area, label, facts, is_up=name == "share_up")
        elif area.growth is not None and (not is_nation or name == "steady"):
            yield _contradict(area.growth, label, name, facts)


_SHARES: Final = frozenset({"share_up", "share_down"})


def _contradict(growth: Fraction, label: str, name: str, facts: Facts) -> str:
    nation = facts.nation.growth or Fraction(0)
    holds: Callable[[], bool] = {
        "even": lambda: abs(growth - nation) * 100 <= _LEVEL_PP,
        "above": lambda: growth > nation,
        "below": lambda: growth < nation,
        "fast": lambda: growth > nation,
        "slow": lambda: growth < nation,
        "steady": lambda: growth > 0,
    }.get(name, lambda: True)
    if holds():
        return ""
    text = f"the growth of {label} is {_percent(growth, facts)}"
    return text if name == "steady" else f"{text}, that of the nation {_percent(nation, facts)}"


def _contradict_share(area: Area, label: str, facts: Facts, *, is_up: bool) -> str:
    change = area.share_change
    if change is None or (change > 0 if is_up else change < 0):
        return ""
    before, now = _percent(area.previous_share, facts), _percent(area.share, facts)
    return f"the share of {label} went from {before} to {now}"


def _contradict_gathering(scene: Scene) -> Iterator[str]:
    """That supply gathers in the hubs: only where their share rises."""
    union = scene.facts.hub_union
    text = scene.folded[scene.sentence.start : scene.sentence.end]
    if union is not None and re.search(r"枢纽|hub", text):
        yield _contradict_share(union, "the hubs", scene.facts, is_up=True)


def _contradict_all(scene: Scene, span: Span, *, is_fall: bool) -> Iterator[str]:
    facts = scene.facts
    clause = scene.clause_around(span)
    text = scene.folded[clause.start : clause.end]
    groups = facts.hubs if re.search(r"枢纽|hub", text) else facts.regions
    groups = facts.provinces if re.search(r"各省|省份|provinces", text) else groups
    for area in groups:
        if area.growth is not None and (area.growth >= 0 if is_fall else area.growth <= 0):
            yield f"the growth of {area.short_name['zh']} is {_percent(area.growth, facts)}"


def _find_subject(scene: Scene, span: Span) -> Subject | None:
    subjects = scene.resolve(Span(span.start, span.start + 1))
    return subjects.subjects[0] if subjects.subjects and subjects.is_certain else None


def _list_areas(subject: Subject, facts: Facts) -> Iterator[tuple[Area, str]]:
    if subject.kind == "each":
        for area in (
            facts.hubs if "枢纽" in subject.label or "hub" in subject.label else facts.regions
        ):
            yield area, area.short_name["zh"]
        return
    for member in subject.members:
        if member.areas:
            yield member.areas[0], member.label


def _percent(ratio: Fraction | None, facts: Facts) -> str:
    value = None if ratio is None else 100 * ratio
    return render_value(Value("", "growth", "percent", value), facts)
