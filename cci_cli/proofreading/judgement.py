"""Judge one figure: borne out, a problem, or not to be checked. Domain: no I/O."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from cci_cli.bulletin.facts import Area, Facts
from cci_cli.definitions import did_you_mean
from cci_cli.proofreading.findings import Findings
from cci_cli.proofreading.lexicon import BOUND_BEFORE, OWN_PART, Bound, Unit
from cci_cli.proofreading.mentions import Subject
from cci_cli.proofreading.quantities import Reading
from cci_cli.proofreading.scenes import Scene
from cci_cli.proofreading.tokens import Figure
from cci_cli.proofreading.values import (
    TITLES,
    Quantity,
    Value,
    When,
    find_match,
    find_values,
    list_quantities,
    list_values,
    suggest_value,
)

_TWO: Final = 2
_OF_GAP: Final[Mapping[Quantity, Quantity]] = {"share_gap": "share", "growth_gap": "growth"}
_AS_MUCH: Final = re.compile(r"(?:相当于|等于|是|为)\s?$|(?<![a-z])(?:equal to|is) $")
_SIDE: Final = re.compile(
    r"(?P<below>低于|不及|不足|未达|没有达到|未能?完成|(?<![a-z])(?:below|under|short of"
    r"|miss(?:ed|es|ing)?|less than|lower than)(?![a-z]))"
    r"|(?P<above>高于|超过|超出|超额|(?<![a-z])(?:above|over|exceed\w*|more than|higher than)"
    r"(?![a-z]))"
)
_LIMITS: Final = frozenset({"over", "under", "at_least", "at_most"})


class Judge:
    """One figure and what it may be; the judgement goes to the findings."""

    def __init__(
        self,
        scene: Scene,
        figure: Figure,
        reading: Reading,
        findings: Findings,
        *,
        is_certain: bool,
    ) -> None:
        is_compared = figure.bound in {"over", "under"}
        self._compared: Bound | None = figure.bound if is_compared else None
        if reading.quantities == ("target",):
            self._compared = self._compared or _find_side(scene, figure)
            # 高于 60 % 的目标: the target is 60 %, whatever lies above it
            figure = replace(figure, bound="exact")
        self._scene, self._figure, self._reading = scene, figure, reading
        self._findings, self._is_certain = findings, is_certain
        self._facts: Facts = scene.facts
        is_change = any(
            name.endswith("_change") or name.startswith("previous") or name == "growth"
            for name in reading.quantities
        )
        self._when: When = scene.resolve_when(figure, reading.floor, is_change=is_change)

    def check(self, subjects: Sequence[Subject], *, is_each: bool) -> None:
        """Hold the figure against each of the subjects that may be meant, in turn."""
        figure, findings = self._figure, self._findings
        if self._is_parameter(subjects):
            return
        is_unknown = bool(subjects) and all(subject.kind == "unknown" for subject in subjects)
        # what is to come; where it is written as a day of the data, that is reported
        if is_unknown or self._when.period not in self._facts.history.points:
            findings.leave(figure)
            return
        if self._check_each(subjects, is_each=is_each):
            return
        values = [value for subject in subjects for value in self._values_of(subject)]
        is_weak = not self._is_certain or not subjects
        match = self._match(values) or self._match_part(subjects)
        if match is None and (is_weak or self._is_open(subjects)):
            match = self._match(self._values_of_all(self._reading.quantities))
        if match is None:
            self._refuse(subjects, values)
        elif not self._is_turned(match, subjects):
            is_certain = self._reading.is_clear and not is_weak
            findings.confirm(figure, match, is_certain=is_certain)

    def _check_each(self, subjects: Sequence[Subject], *, is_each: bool) -> bool:
        """Whether each of several areas is held against the figure, and that is reported."""
        for subject in subjects:
            if not self._is_plural(subject) or not (is_each or self._figure.bound in _LIMITS):
                continue
            groups = self._each_values(subject)
            if groups and all(self._match(group) for group in groups):
                self._findings.confirm(self._figure, groups[0][0], is_certain=True)
                return True
            if is_each:
                self._refuse((subject,), [value for group in groups for value in group])
                return True
        return False

    def _is_turned(self, match: Value, subjects: Sequence[Subject]) -> bool:
        """Whether the figure is right and the words around it say the contrary; then reported."""
        values: list[Value] = []
        sign = self._reading.toward
        if sign and match.quantity in {"level", "share"}:
            name: Quantity = "level_change" if match.quantity == "level" else "share_change"
            unit: Unit = "points" if match.quantity == "level" else "pp"
            areas = [area for subject in subjects[:1] for area in subject.combine(self._facts)]
            label = subjects[0].label if subjects else ""
            values = list(find_values(areas, label, (name,), unit, self._when, self._facts))
        if match.quantity == "target" and self._compared and self._facts.hub_union is not None:
            areas, sign = [self._facts.hub_union], 1 if self._compared == "over" else -1
            found = find_values(areas, "the hubs", ("target_gap",), "pp", self._when, self._facts)
            values = list(found)
        wrong = [item for item in values if item.value is not None and item.value * sign < 0]
        if not wrong or len(wrong) < len(values):
            return False
        found_text = list_values(wrong, self._facts)
        self._findings.refuse("E437", self._figure, found=found_text)
        return True

    def check_range(self, subjects: Sequence[Subject], *, is_low: bool) -> None:
        """A figure that is one end of a range which all that is spoken of lies in."""
        groups = [group for subject in subjects for group in self._each_values(subject)]
        values = [group[0] for group in groups if group]
        known = [item for item in values if item.value is not None]
        figure = self._figure
        bound = replace(figure, bound="at_least" if is_low else "at_most")
        exact = replace(figure, bound="exact")
        mode = self._facts.config.methodology.rounding
        if figure.step < 1 and known:
            # ends in all their digits are the least and the largest themselves
            end = (min if is_low else max)(known, key=lambda item: item.value or Fraction(0))
            known, bound = [end], exact
        is_fine = known and all(
            bound.is_borne_out(item.value or Fraction(0), mode)
            or exact.is_borne_out(item.value or Fraction(0), mode)
            for item in known
        )
        if is_fine:
            self._findings.confirm(figure, known[0], is_certain=self._is_certain)
        elif known:
            self._refuse(subjects, values)
        else:
            self._findings.leave(figure)

    def _is_plural(self, subject: Subject) -> bool:
        return subject.is_list or subject.kind == "each"

    def _is_open(self, subjects: Sequence[Subject]) -> bool:
        """Whether the subject is one of several that the text does not single out."""
        return bool(subjects) and subjects[0].kind == "each" and self._figure.bound == "exact"

    def _match(self, values: Sequence[Value]) -> Value | None:
        return find_match(self._figure, values, self._facts, self._reading.sign)

    def _each_values(self, subject: Subject) -> list[list[Value]]:
        if subject.kind == "each":
            is_hub = "枢纽" in subject.label or "hub" in subject.label
            areas: tuple[Area, ...] = self._facts.hubs if is_hub else self._facts.regions
            return [self._values_in((area,), "") for area in areas]
        return [self._values_in(member.areas, member.label) for member in subject.members]

    def _values_in(
        self, areas: Sequence[Area], label: str, quantities: Sequence[Quantity] = ()
    ) -> list[Value]:
        names = quantities or self._reading.quantities
        return list(find_values(areas, label, names, self._reading.unit, self._when, self._facts))

    def _values_of(self, subject: Subject, quantities: Sequence[Quantity] = ()) -> list[Value]:
        names = tuple(quantities or self._reading.quantities)
        if self._reading.unit == "times" or {"share_gap", "growth_gap"} & set(names):
            return self._compare(subject, names)
        if subject.kind == "nation" and "increment_share" in names:
            return []
        return self._values_in(subject.combine(self._facts), subject.label, names)

    def _compare(self, subject: Subject, names: Sequence[Quantity]) -> list[Value]:
        """Against the other area of the clause, else the nation; twice as much, 3 points more."""
        scene, clause = self._scene, self._scene.clause_around(self._figure)
        near = scene.subjects_in(clause.start, clause.end, self._figure.start)
        kinds = {"area", "hubs", "rest"} | ({"nation"} if self._reading.unit == "times" else set())
        others = [
            item
            for item in near
            if not item.holds(subject.start) and item.start != subject.start and item.kind in kinds
        ]
        if len(subject.members) == _TWO:
            # 二者相差: whichever is the larger
            pair = [Subject(m.start, m.end, (m,)) for m in subject.members]
            return [
                replace(value, value=None if value.value is None else abs(value.value))
                for name in names
                if name in {"share_gap", "growth_gap"}
                for value in self._relate(pair[0], pair[1], _OF_GAP[name], name)
            ]
        values: list[Value] = []
        if near and OWN_PART.fullmatch(scene.view(near[-1].end, self._figure.start)):
            # 高于华北的 1.25 个百分点: what 华北 has, no distance from it
            own = list_quantities(self._reading.unit)
            values += self._values_in(near[-1].combine(self._facts), near[-1].label, own)
        for other in others:
            for name, quantity in _OF_GAP.items():
                if name in names or self._reading.unit == "times":
                    values += self._relate(subject, other, quantity, names[0])
        if not others:
            values += self._values_in(subject.combine(self._facts), subject.label, names)
            if self._reading.unit == "times" and subject.combine(self._facts):
                grown = self._values_in(subject.combine(self._facts), subject.label, ("growth",))
                values += [
                    replace(v, unit="times", value=None if v.value is None else v.value / 100)
                    for v in grown
                ]
        return [
            replace(v, value=None if v.value is None else self._reading.sign * v.value)
            for v in values
        ]

    def _match_part(self, subjects: Sequence[Subject]) -> Value | None:
        """As a part of the area named right before: 不到华北的十分之一, where 东北 is spoken of."""
        figure, scene = self._figure, self._scene
        clause = scene.clause_around(figure)
        near = scene.subjects_in(clause.start, figure.start, figure.start)
        if figure.unit != "percent" or not subjects or not near or near[-1].kind != "area":
            return None
        whole = near[-1]
        spoken = [item for item in scene.subjects.all if item.end <= whole.start]
        owners = [item for item in spoken if item.role == "subject" and item.kind == "area"]
        if not owners or not OWN_PART.fullmatch(scene.view(whole.end, figure.start)):
            return None
        head = scene.view(max(whole.start - 12, clause.start), whole.start)
        bound = BOUND_BEFORE.search(head)
        if figure.step < 1 and not figure.slack and not _AS_MUCH.search(head):
            # 高于浙江的 15.31 %: its own figure, no part of it
            return None
        if bound:
            figure = replace(figure, bound=bound.lastgroup)  # type: ignore[arg-type]
        found = [
            Value(f"{owners[-1].label} in {whole.label}", "ratio", "percent", 100 * mine / its)
            for mine, its in zip(self._shares(owners[-1]), self._shares(whole), strict=False)
            if its
        ]
        return find_match(figure, found, self._facts, 1)

    def _shares(self, subject: Subject) -> list[Fraction]:
        found = find_values(
            subject.combine(self._facts), "", ("share",), "percent", self._when, self._facts
        )
        return [item.value for item in found if item.value is not None]

    def _relate(
        self, subject: Subject, other: Subject, quantity: Quantity, name: Quantity
    ) -> list[Value]:
        label = f"{subject.label} to {other.label}"
        unit = self._reading.unit
        found = []
        for mine in self._values_in(subject.combine(self._facts), "", (quantity,)):
            for its in self._values_in(other.combine(self._facts), "", (quantity,)):
                value: Fraction | None = None
                if mine.value is not None and its.value is not None:
                    if unit == "times":
                        value = mine.value / its.value if its.value else None
                    else:
                        value = mine.value - its.value
                found.append(Value(label, name, unit, value))
        return found

    def _values_of_all(self, quantities: Sequence[Quantity]) -> list[Value]:
        """Of every area with an index, the hubs together and the rest."""
        names = tuple(name for name in quantities if name not in {"share_gap", "growth_gap"})
        key = (names, self._reading.unit, self._when)
        if key not in self._findings.known:
            self._findings.known[key] = list(self._measure_all(names))
        return self._findings.known[key]

    def _measure_all(self, names: Sequence[Quantity]) -> Iterator[Value]:
        facts = self._facts
        for area in facts.indices if names else ():
            yield from self._values_in((area,), "", names)
        for union, label in ((facts.hub_union, "the hubs"), (facts.rest, "the other provinces")):
            if union is not None and names:
                yield from self._values_in((union,), label, names)

    def _is_parameter(self, subjects: Sequence[Subject]) -> bool:
        """The base level, which the method sets."""
        figure, method = self._figure, self._facts.config.methodology
        head = self._scene.view(max(figure.start - 12, self._scene.sentence.start), figure.start)
        tail = self._scene.folded[figure.end : figure.end + 8]
        is_base = figure.unit == "points" and ("基点" in tail or "基点" in head)
        if not is_base or (subjects and subjects[0].kind == "area" and "以" not in head):
            return False
        level = Fraction(method.base_level)
        if figure.is_borne_out(level, method.rounding):
            value = Value("the method", "parameter", "points", level)
            self._findings.confirm(figure, value, is_certain=True)
        else:
            self._findings.refuse("E434", figure, expected=f"{method.base_level:f} points")
        return True

    def _refuse(self, subjects: Sequence[Subject], values: Sequence[Value]) -> None:
        figure, findings = self._figure, self._findings
        others = [
            item
            for subject in subjects
            for item in self._values_of(subject, list_quantities(self._reading.unit))
        ]
        if not subjects and not values:
            everything = self._values_of_all(self._reading.quantities)
            hint = suggest_value(figure, everything, self._facts)
            if self._reading.quantities and everything:
                findings.refuse("E432", figure, hint=hint and did_you_mean(hint))
            else:
                findings.leave(figure)
            return
        known = [item for item in values if item.value is not None]
        is_known = any(item.value is not None for item in others)
        if not known and (self._reading.is_clear or not is_known):
            names = " or ".join(TITLES[name] for name in self._reading.quantities)
            label = subjects[0].label if subjects else "any area"
            findings.refuse("E431", figure, quantity=names, area=label)
            return
        hint = suggest_value(figure, [*known, *others], self._facts)
        area = subjects[0].label if subjects else "any area"
        found = list_values([*known, *others] if known else others, self._facts)
        findings.refuse("E430", figure, hint=hint and did_you_mean(hint), area=area, found=found)


def _find_side(scene: Scene, figure: Figure) -> Bound | None:
    """On which side of the target a clause says that something is."""
    clause = scene.clause_around(figure)
    sides: dict[str | None, Bound] = {"above": "over", "below": "under"}
    found = list(_SIDE.finditer(scene.view(clause.start, clause.end)))
    return sides.get(found[0].lastgroup) if found else None


def check_parameter(scene: Scene, figure: Figure, findings: Findings) -> None:
    """Hours of a year, the computing power of a standard card, decimals."""
    method = scene.facts.config.methodology
    match figure.unit:
        case "hours":
            expected = [Fraction(method.hours_per_year), Fraction(24)]
        case "tflops":
            expected = [Fraction(method.standard_card_tflops)]
        case "points":
            expected = [Fraction(method.base_level)]
        case _:
            expected = [Fraction(method.decimals)]
    if figure.unit == "other":
        findings.leave(figure)
        return
    if figure.is_product:
        expected = expected[:1]
    match_ = next((v for v in expected if figure.is_borne_out(v, method.rounding)), None)
    if match_ is not None:
        findings.confirm(
            figure, Value("the method", "parameter", figure.unit, match_), is_certain=True
        )
    else:
        findings.refuse("E434", figure, expected=expected[0])
