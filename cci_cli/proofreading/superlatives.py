"""Hold superlatives and ranks against the data. Domain: no I/O."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from cci_cli.bulletin.facts import Area, Facts
from cci_cli.proofreading.findings import Findings
from cci_cli.proofreading.lexicon import Unit
from cci_cli.proofreading.mentions import Subject
from cci_cli.proofreading.rankings import (
    Claim,
    find_behind,
    find_claims,
    is_complete,
    is_on_indices,
)
from cci_cli.proofreading.scenes import Scene
from cci_cli.proofreading.values import (
    TITLES,
    Quantity,
    Value,
    When,
    find_match,
    find_values,
    measure_value,
    render_value,
)

_SUBGROUP: Final = re.compile(
    r"[东西中]部|沿海|内陆|南方|北方|eastern|western|coastal|inland|northern|southern"
)
_HUB: Final = re.compile(r"枢纽|hub")
_PROVINCE: Final = re.compile(r"省|province")
_FIGURE_NEAR: Final = 40
#: Behind an adjective: it is said of something that the data do not have.
_OF_OTHERS: Final = re.compile(r"的(?!供算|增)")


def check_superlatives(scene: Scene, findings: Findings) -> None:
    """Every superlative and rank of a sentence that is a claim on the indices."""
    for claim in find_claims(scene):
        clause = scene.sentence.clause_at(claim.start)
        text = scene.view(clause.start, clause.end)
        subject = _find_subject(scene, claim)
        if not _is_about_areas(scene, claim, subject, text):
            continue
        if subject is None or subject.kind != "area" or _SUBGROUP.search(text):
            findings.warn("W331", claim)
        else:
            _judge(scene, claim, subject, text, findings)


def _is_about_areas(scene: Scene, claim: Claim, subject: Subject | None, text: str) -> bool:
    is_worded = is_on_indices(text)
    if not claim.is_worded:
        return bool(claim.quantities) or is_worded or subject is not None
    is_before = subject is not None and subject.start >= claim.end
    if is_complete(scene, claim) or is_before:
        return bool(claim.quantities) or is_worded or subject is not None
    # 最大的数据中心集群: of something else, unless words of measure stand by
    is_other = _OF_OTHERS.match(scene.folded, claim.end, scene.sentence.end)
    return is_worded and not is_other and subject is not None


def _find_subject(scene: Scene, claim: Claim) -> Subject | None:
    clause = scene.sentence.clause_at(claim.start)
    own = scene.subjects_in(clause.start, claim.start, claim.start)
    spoken = [item for item in own if item.kind == "area" and item.role == "subject"]
    if not claim.is_after:
        place = find_behind(scene, claim)
        behind = scene.subjects.within(place, place + 1)
        # … has the largest supply, … grew fastest: the next clause speaks of another
        is_apart = bool(spoken) and place >= clause.end
        if behind and behind[0].kind == "area" and not is_apart:
            return behind[0]
    if spoken:
        return spoken[-1]
    if not claim.is_after and not own:
        after = scene.subjects_in(claim.end, clause.end, claim.start)
        later = [item for item in after if item.kind == "area" and item.role == "subject"]
        if later:
            return later[0]
    unknown = [item for item in own if item.kind == "unknown"]
    carried = scene.resolve_carried(clause.start, claim).subjects
    areas = [item for item in carried if item.kind == "area"]
    return next(iter((*unknown[-1:], *areas, *carried)), None)


def _judge(scene: Scene, claim: Claim, subject: Subject, text: str, findings: Findings) -> None:
    facts = scene.facts
    group, name = _find_group(facts, subject, text)
    areas = [_as_member(member.areas, group) for member in subject.members]
    if any(area is None for area in areas):
        findings.warn("W331", claim)
        return
    members = [area for area in areas if area is not None]
    quantities = claim.quantities or _find_figured(scene, claim, subject)
    before = _find_before(scene, claim, group) if claim.is_after else None
    when = When(facts.period, facts.previous)
    for quantity in quantities:
        ranking = _rank(group, quantity, when, facts, is_low=claim.is_low)
        if ranking and _holds(ranking, members, claim, before):
            tied = _list_tied(ranking, members)
            matched = f"{TITLES[quantity]}: {subject.label} among the {name}"
            findings.confirm_superlative(claim, matched + (f", tied with {tied}" if tied else ""))
            return
    ranking = _rank(group, quantities[0], when, facts, is_low=claim.is_low)
    if not ranking:
        findings.warn("W331", claim)
        return
    _refuse(claim, subject, members, ranking, quantities[0], name, facts, findings)


def _find_figured(scene: Scene, claim: Claim, subject: Subject) -> tuple[Quantity, ...]:
    """What is compared by a figure beside: 华北位居第一（29.52%）; anything where there is none."""
    facts = scene.facts
    names: tuple[Quantity, ...] = ("share", "growth", "increment_share", "level")
    when = When(facts.period, facts.previous)
    for figure in scene.figures:
        is_near = abs(figure.start - claim.start) <= _FIGURE_NEAR
        if not is_near or figure.unit not in {"percent", "points"}:
            continue
        values = list(find_values(subject.combine(facts), "", names, figure.unit, when, facts))
        values = [v for v in values if (v.quantity == "level") == (figure.unit == "points")]
        match = find_match(figure, values, facts, 1)
        if match is not None:
            return (match.quantity,)
    return names[:3]


def _find_before(scene: Scene, claim: Claim, group: Sequence[Area]) -> Area | None:
    """Whom a second place is said to follow."""
    after = scene.subjects.within(claim.end, claim.end + 12)
    return _as_member(after[0].members[-1].areas, group) if after else None


def _find_group(facts: Facts, subject: Subject, text: str) -> tuple[tuple[Area, ...], str]:
    """The areas that the claim is among: as the words say, else those of the subject's kind."""
    groups = [(facts.regions, "regions"), (facts.hubs, "hubs"), (facts.provinces, "provinces")]
    if _PROVINCE.search(text) and not _HUB.search(text):
        groups.reverse()
    for group, name in groups:
        if all(_as_member(member.areas, group) for member in subject.members):
            return group, name
    return groups[0]


def _as_member(areas: Sequence[Area], group: Sequence[Area]) -> Area | None:
    return next((area for area in areas if any(area is item for item in group)), None)


def _rank(
    group: Sequence[Area], quantity: Quantity, when: When, facts: Facts, *, is_low: bool
) -> list[tuple[Area, Fraction]]:
    """The group in order, from the end that is spoken of; empty where nothing is known."""
    unit: Unit = _UNITS.get(quantity, "percent")
    found = [(area, measure_value(area, quantity, unit, when, facts)) for area in group]
    known = [(area, value) for area, value in found if value is not None]
    return sorted(known, key=lambda item: item[1], reverse=not is_low)


def _place(ranking: Sequence[tuple[Area, Fraction]], area: Area) -> tuple[int, int] | None:
    """First and last place that an area may claim, from 1; they differ where it is tied."""
    values = [value for _, value in ranking]
    own = next((value for item, value in ranking if item is area), None)
    if own is None:
        return None
    first = values.index(own)
    return first + 1, first + values.count(own)


def _holds(
    ranking: Sequence[tuple[Area, Fraction]],
    members: Sequence[Area],
    claim: Claim,
    before: Area | None,
) -> bool:
    places = [_place(ranking, area) for area in members]
    is_risen = any(v >= 0 for a, v in ranking if any(a is area for area in members))
    if any(place is None for place in places) or (claim.is_fall and is_risen):
        return False
    firsts = [place[0] for place in places if place]
    lasts = [place[1] for place in places if place]
    if before is not None:
        leader = _place(ranking, before)
        return leader is not None and all(
            leader[0] < last and first <= leader[1] + 1
            for first, last in zip(firsts, lasts, strict=True)
        )
    if len(members) == 1 and not claim.is_among:
        return firsts[0] <= claim.rank <= lasts[0]
    last = claim.rank - 1 + len(members)
    if claim.is_among:
        last = max((len(ranking) + 1) // 2, 1) if claim.is_exact else claim.rank
    return max(firsts) <= last and (claim.is_exact or len(members) <= claim.rank)


def _list_tied(ranking: Sequence[tuple[Area, Fraction]], members: Sequence[Area]) -> str:
    values = {value for area, value in ranking if any(area is item for item in members)}
    tied = [
        area.short_name["zh"]
        for area, value in ranking
        if value in values and not any(area is item for item in members)
    ]
    return ", ".join(tied) if len(members) == 1 else ""


def _refuse(
    claim: Claim,
    subject: Subject,
    members: Sequence[Area],
    ranking: Sequence[tuple[Area, Fraction]],
    quantity: Quantity,
    name: str,
    facts: Facts,
    findings: Findings,
) -> None:
    lang = "en" if subject.label.isascii() else "zh"
    unit: Unit = _UNITS.get(quantity, "percent")
    most = max(claim.rank, 1) + (1 if claim.rank == 1 else 0)
    shown = list(ranking[: max(most, 2)])
    shown += [
        item for item in ranking if any(item[0] is area for area in members) and item not in shown
    ]
    figures = ", ".join(
        f"{area.short_name['zh' if lang == 'zh' else 'en']} "
        + render_value(Value("", quantity, unit, value), facts)
        for area, value in shown
    )
    order = "from the lowest" if claim.is_low else "from the highest"
    findings.refuse_claim(
        "E436", claim, area=subject.label, quantity=TITLES[quantity], group=name,
        order=order, figures=figures,
    )  # fmt: skip


_UNITS: Final[dict[Quantity, Unit]] = {
    "level": "points",
    "share_change": "pp",
    "contribution": "pp",
}
