"""Parts of a whole as a ring, each with its digits beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise
from math import acos, cos, hypot, pi, sin
from typing import Final

from cci_cli.plotting import palette
from cci_cli.plotting.charts import Mark, ShareChart
from cci_cli.plotting.drawings import Align, Drawing, Label, Part, Point, Sector, Stroke
from cci_cli.plotting.lettering import MARGIN, NONE, SIZE, WIDTH, find_baseline, spread, wrap_text
from cci_cli.plotting.typefaces import measure_text

_OUTER: Final = 92.0
_INNER: Final = 53.0
_HEIGHT: Final = 280
#: From the ring to where its labels begin.
_REACH: Final = 28.0
_LINE: Final = 17.0
_ROOM: Final = WIDTH / 2 - _OUTER - _REACH - MARGIN
#: A slice whose arc is shorter has no white line around it: there would be nothing left of it.
_SHORTEST: Final = 5.0
#: Radians between the points of a way around the ring.
_STEP: Final = 0.08


@dataclass(frozen=True, slots=True)
class _Slice:
    """A mark with its angles, in radians from the top, clockwise."""

    mark: Mark
    start: float
    end: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2

    @property
    def is_right(self) -> bool:
        return self.middle < pi

    @property
    def lines(self) -> tuple[str, ...]:
        """Its label: one line where there is room for it, else the digits below the name."""
        text = self.mark.text or NONE
        line = f"{self.mark.label} {text}"
        if measure_text(line, SIZE) <= _ROOM:
            return (line,)
        return (*wrap_text(self.mark.label, _ROOM, SIZE), *wrap_text(text, _ROOM, SIZE))

    @property
    def height(self) -> float:
        return _LINE * len(self.lines) + (3.0 if len(self.lines) > 1 else 0.0)


def draw_ring(chart: ShareChart) -> Drawing:
    """A ring clockwise from the top with labels at both sides.

    A part of nothing has no slice and no line to it, but its label: its digits are to be read too.
    What is apart is grey.
    """
    slices = _cut_ring(chart.marks)
    sides = [[part for part in slices if part.is_right is side] for side in (True, False)]
    tallest = max(sum(part.height for part in side) for side in sides)
    height = max(_HEIGHT, round(tallest) + 2 * MARGIN)
    middle = height / 2
    drawn = [part for part in slices if part.end > part.start]
    parts: list[Part] = []
    if not drawn:
        parts.append(_draw_sector(0, 2 * pi, middle, palette.NEUTRAL))
    if not slices:
        text = find_baseline(middle, SIZE)
        parts.append(Label(NONE, WIDTH / 2, text, SIZE, palette.MUTED, "center"))
    fills = palette.choose_fills([part.mark.is_apart for part in drawn])
    # a small one last, so that the white line of a large one does not cover it
    for part, fill in sorted(zip(drawn, fills, strict=True), key=lambda pair: _arc(pair[0]) * -1):
        parts.append(_draw_sector(part.start, part.end, middle, fill))
    parts += _draw_labels(sides[0], "left", height)
    parts += _draw_labels(sides[1], "right", height)
    return Drawing(WIDTH, height, tuple(parts))


def _cut_ring(marks: Sequence[Mark]) -> list[_Slice]:
    """Angles in the ratio of the values; rounded ones need not make 100 exactly."""
    values = [max(mark.value or Decimal(0), Decimal(0)) for mark in marks]
    whole = sum(values) or Decimal(1)
    turns = [float(value / whole) * 2 * pi for value in accumulate(values, initial=Decimal(0))]
    return [
        _Slice(mark, start, end) for mark, (start, end) in zip(marks, pairwise(turns), strict=True)
    ]


def _arc(part: _Slice) -> float:
    return (part.end - part.start) * _OUTER


def _draw_sector(start: float, end: float, middle: float, colour: str) -> Sector:
    is_thin = (end - start) * _OUTER < _SHORTEST
    edge = 0.0 if is_thin or end - start >= 2 * pi else 1.6
    return Sector(WIDTH / 2, middle, _INNER, _OUTER, start, end, colour, edge)


def _draw_labels(side: Sequence[_Slice], align: Align, height: int) -> list[Part]:
    """The labels of one side from top to bottom, each as near to its slice as there is room."""
    ordered = side if align == "left" else side[::-1]
    wanted = [height / 2 - (_OUTER + 14) * cos(part.middle) for part in ordered]
    heights = [part.height for part in ordered]
    middles = spread(wanted, heights, MARGIN, height - MARGIN)
    direction = 1 if align == "left" else -1
    x = WIDTH / 2 + direction * (_OUTER + _REACH)
    parts: list[Part] = []
    for part, middle in zip(ordered, middles, strict=True):
        top = middle - _LINE * (len(part.lines) - 1) / 2
        for place, line in enumerate(part.lines):
            baseline = find_baseline(top + place * _LINE, SIZE)
            parts.append(Label(line, x, baseline, SIZE, palette.INK, align))
        if part.end > part.start:
            # around the ring, that of the label nearest to its middle is the innermost
            height_above = height / 2 - middle
            before = sum(
                0 < (height / 2 - other) / height_above < 1 for other in middles if height_above
            )
            course = _lead(part, height_above, _OUTER + 6 + 2 * before)
            ends = [(direction * (_OUTER + _REACH - gap), height_above) for gap in (13, 5)]
            points = [(WIDTH / 2 + right, height / 2 - up) for right, up in (*course, *ends)]
            parts.append(Stroke(tuple(points), palette.LEADER, 1))
    return parts


def _lead(part: _Slice, up: float, radius: float) -> list[Point]:
    """From a slice to where a label is in sight: straight, or first around the ring.

    Points are to the right of the middle of the ring and above it.
    """
    direction = 1 if part.is_right else -1
    start = _find_point(part.middle, _OUTER + 2)
    elbow = _find_point(part.middle, _OUTER + 9)
    if _find_distance(elbow, (direction * (_OUTER + _REACH - 13), up)) > _OUTER + 3:
        return [start, elbow]
    end = acos(min(max(up / radius, -1.0), 1.0))
    turn = (end if part.is_right else 2 * pi - end) - part.middle
    steps = max(round(abs(turn) / _STEP), 1)
    way = [_find_point(part.middle + turn * step / steps, radius) for step in range(steps + 1)]
    return [start, *way]


def _find_distance(start: Point, end: Point) -> float:
    """How near a straight line between two points comes to the middle of the ring."""
    across, along = end[0] - start[0], end[1] - start[1]
    place = -(start[0] * across + start[1] * along) / (across**2 + along**2)
    place = min(max(place, 0.0), 1.0)
    return hypot(start[0] + place * across, start[1] + place * along)


def _find_point(angle: float, radius: float) -> Point:
    return (radius * sin(angle), radius * cos(angle))
