"""Levels over time as lines, each named at its end."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple

from cci_cli.plotting import palette
from cci_cli.plotting.charts import Line, LineChart, Panel
from cci_cli.plotting.drawings import Dot, Drawing, Label, Part, Point, Shape, Stroke
from cci_cli.plotting.lettering import (
    MARGIN,
    NONE,
    SIZE,
    SMALL,
    WIDTH,
    find_baseline,
    find_ticks,
    spread,
    tick_text,
    wrap_text,
)
from cci_cli.plotting.typefaces import measure_text

_HEIGHT: Final = 150.0
#: Of a panel with one line, whose digits need no room between each other.
_LOW: Final = 96.0
_TITLE: Final = 30.0
_FOOT: Final = 34.0
#: Room of a label at the end of a line.
_LINE: Final = 16.5
_INSET: Final = 12.0
_SIGN: Final = 44
_REACH: Final = 22.0
_GAP: Final = 12.0
#: The labels may take this much of the width.
_MOST: Final = 0.42
#: With more periods only the last one has a sign: they would hide the line.
_MOST_SIGNS: Final = 12
_DASHES: Final[tuple[tuple[int, ...], ...]] = ((), (6, 3), (2, 2), (9, 3, 2, 3))
_SHAPES: Final[tuple[Shape, ...]] = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "triangle-down",
    "cross",
)


class _Frame(NamedTuple):
    """Where the lines of a panel are drawn, and what its height stands for."""

    left: float
    right: float
    top: float
    bottom: float
    high: Decimal
    low: Decimal
    periods: int

    def place(self, index: int, value: Decimal) -> Point:
        """Where a value of the period at ``index`` is drawn."""
        return (self.place_period(index), self.place_value(value))

    def place_period(self, index: int) -> float:
        left, right = self.left + _INSET, self.right - _INSET
        if self.periods == 1:
            return (left + right) / 2
        return left + (right - left) * index / (self.periods - 1)

    def place_value(self, value: Decimal) -> float:
        span = self.high - self.low
        ratio = float((value - self.low) / span) if span else 0.0
        return self.bottom - ratio * (self.bottom - self.top)


class _End(NamedTuple):
    """The last value of a line, its label, and how it is drawn."""

    line: Line
    point: Point | None
    lines: tuple[str, ...]
    colour: str


def draw_lines(chart: LineChart) -> Drawing:
    """Panels one below the other on the same periods, each with its own axis from zero."""
    all_lines = [line for panel in chart.panels for line in panel.lines]
    digits = max((measure_text(line.text or NONE, SMALL) for line in all_lines), default=0.0)
    longest = max((measure_text(line.label, SMALL) for line in all_lines), default=0.0)
    names = min(longest, WIDTH * _MOST - digits)
    ticks = max((_measure_ticks(panel) for panel in chart.panels), default=0.0)
    period = max((measure_text(period, SMALL) for period in chart.periods), default=0.0)
    left = MARGIN + max(ticks + 7, period / 2 - _INSET)
    right = WIDTH - MARGIN - digits - _GAP - names - _REACH
    parts: list[Part] = []
    top = float(MARGIN)
    for panel in chart.panels:
        ends = [wrap_text(line.label, names, SMALL) for line in panel.lines]
        height = max(_HEIGHT if len(ends) > 1 else _LOW, sum(_LINE * len(lines) for lines in ends))
        low, high = _find_range(panel)
        frame = _Frame(
            left, right, top + _TITLE, top + _TITLE + height, high, low, len(chart.periods)
        )
        title = find_baseline(top + 9, SIZE)
        parts.append(Label(panel.title, MARGIN, title, SIZE, palette.INK, is_bold=True))
        beside = MARGIN + measure_text(panel.title, SIZE, "bold") + 8
        parts.append(Label(chart.unit, beside, title, SMALL, palette.MUTED))
        parts += _draw_axes(frame, chart.periods)
        parts += _draw_panel(panel, frame, ends)
        top += _TITLE + height + _FOOT
    if not chart.panels:
        none = find_baseline(30, SIZE)
        parts.append(Label(NONE, WIDTH / 2, none, SIZE, palette.MUTED, "center"))
        top = 60
    return Drawing(WIDTH, round(top), tuple(parts))


def _find_range(panel: Panel) -> tuple[Decimal, Decimal]:
    known = [value for line in panel.lines for value in line.values if value is not None]
    return min([Decimal(0), *known]), max([Decimal(0), *known])


def _measure_ticks(panel: Panel) -> float:
    ticks = find_ticks(*_find_range(panel), 4)
    return max(measure_text(tick_text(tick), SMALL) for tick in ticks)


def _draw_axes(frame: _Frame, periods: Sequence[str]) -> list[Part]:
    parts: list[Part] = []
    for tick in find_ticks(frame.low, frame.high, 4):
        y = frame.place_value(tick)
        colour = palette.GRID if tick else palette.AXIS
        parts.append(Stroke(((frame.left, y), (frame.right, y)), colour, 1))
        baseline = find_baseline(y, SMALL)
        text = tick_text(tick)
        parts.append(Label(text, frame.left - 7, baseline, SMALL, palette.MUTED, "right"))
    baseline = find_baseline(frame.bottom + 15, SMALL)
    for index in choose_periods(periods, frame.right - frame.left - 2 * _INSET):
        x = frame.place_period(index)
        parts.append(Stroke(((x, frame.bottom), (x, frame.bottom + 4)), palette.AXIS, 1))
        text = periods[index]
        parts.append(Label(text, x, baseline, SMALL, palette.MUTED, "center"))
    return parts


def choose_periods(periods: Sequence[str], length: float) -> tuple[int, ...]:
    """Which periods an axis of a length names: the last one, and back from it in even steps."""
    widest = max((measure_text(period, SMALL) for period in periods), default=0.0)
    step = 1
    while step < len(periods) and length * step / (len(periods) - 1) < widest + 12:
        step += 1
    return tuple(range(len(periods) - 1, -1, -step))[::-1]


def _draw_panel(panel: Panel, frame: _Frame, names: Sequence[tuple[str, ...]]) -> list[Part]:
    parts: list[Part] = []
    ends: list[_End] = []
    for place, line in enumerate(panel.lines):
        colour = palette.LINES[place % len(palette.LINES)]
        shape = _SHAPES[place % len(_SHAPES)]
        dash = _DASHES[place % len(_DASHES)]
        points = [
            None if value is None else frame.place(index, value)
            for index, value in enumerate(line.values)
        ]
        parts += _draw_course(points, colour, shape, dash)
        last = next((point for point in reversed(points) if point is not None), None)
        ends.append(_End(line, last, names[place], colour))
    parts += _draw_ends(ends, frame)
    # signs above all lines
    return sorted(parts, key=lambda part: isinstance(part, Dot))


def _draw_course(
    points: Sequence[Point | None], colour: str, shape: Shape, dash: tuple[int, ...]
) -> list[Part]:
    """A line for each run without a gap, and signs on it; a point alone is nothing but a sign.

    Where there are too many points for signs, the last one has one.
    """
    parts: list[Part] = []
    signs: list[Point] = []
    for _, run in groupby(points, lambda point: point is not None):
        known = [point for point in run if point is not None]
        if len(known) > 1:
            parts.append(Stroke(tuple(known), colour, 2, dash))
        if len(points) <= _MOST_SIGNS or len(known) == 1:
            signs += known
    last = [point for point in points if point is not None][-1:]
    signs += [point for point in last if point not in signs]
    return [*parts, *(Dot(x, y, shape, _SIGN, colour) for x, y in signs)]


def _draw_ends(ends: Sequence[_End], frame: _Frame) -> list[Part]:
    """Names and digits from top to bottom, each as near to the end of its line as there is room."""
    ordered = sorted(ends, key=lambda end: end.point[1] if end.point else frame.bottom)
    middles = spread(
        [end.point[1] if end.point else frame.bottom for end in ordered],
        [_LINE * len(end.lines) for end in ordered],
        frame.top - _LINE / 2,
        frame.bottom + _LINE / 2,
    )
    parts: list[Part] = []
    x = frame.right + _REACH
    for end, middle in zip(ordered, middles, strict=True):
        top = middle - _LINE * (len(end.lines) - 1) / 2
        for place, line in enumerate(end.lines):
            baseline = find_baseline(top + place * _LINE, SMALL)
            parts.append(Label(line, x, baseline, SMALL, palette.INK))
        baseline = find_baseline(top, SMALL)
        text = end.line.text or NONE
        parts.append(Label(text, WIDTH - MARGIN, baseline, SMALL, palette.INK, "right"))
        if end.point:
            points = (
                (end.point[0] + 6, end.point[1]),
                (frame.right, end.point[1]),
                (x - 9, middle),
                (x - 4, middle),
            )
            parts.append(Stroke(points, end.colour, 1))
    return parts
