"""Levels as horizontal bars, with their digits in columns."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from cci_cli.plotting import palette
from cci_cli.plotting.charts import BarChart, Mark
from cci_cli.plotting.drawings import Block, Drawing, Label, Part, Stroke
from cci_cli.plotting.lettering import (
    MARGIN,
    NONE,
    SIZE,
    SMALL,
    WIDTH,
    TextLine,
    find_baseline,
    find_weight,
    fit_ticks,
    stack_lines,
    tick_text,
    wrap_text,
)
from cci_cli.plotting.typefaces import measure_text

_ROW: Final = 31
_BAR: Final = 17
_LEADING: Final = 1.2
#: The longest label fits into a column made for it, whatever the last bit of a sum is.
_SLACK: Final = 0.01
_GAP: Final = 12
#: The stroke of the period before, and how far it stands out of the bar.
_STROKE: Final = 1.8
_OVERHANG: Final = 4
#: Between marks that are apart and the others.
_BREAK: Final = 11
_HEAD: Final = 30
_FOOT: Final = 30
#: The bars keep this much of the width, however long the labels are.
_LEAST: Final = 0.35


class _Columns(NamedTuple):
    """Where the columns end: labels and notes to the left of it, bars between left and right."""

    labels: float
    left: float
    right: float
    notes: float


class _Scale(NamedTuple):
    low: Decimal
    high: Decimal
    left: float
    right: float

    def place(self, value: Decimal) -> float:
        """The x of a value."""
        span = self.high - self.low
        ratio = float((value - self.low) / span) if span else 0.0
        return self.left + ratio * (self.right - self.left)


def draw_bars(chart: BarChart) -> Drawing:
    """Bars from zero, labels to the left, digits to the right, notes in the last column.

    The period before is a stroke across the bar; what is apart is grey and a little off.
    """
    columns = _find_columns(chart)
    known = [
        value for mark in chart.marks for value in (mark.value, mark.before) if value is not None
    ]
    zero = Decimal(0)
    scale = _Scale(min([zero, *known]), max([zero, *known]), columns.left, columns.right)
    parts: list[Part] = []
    bottom = float(_HEAD)
    for place, mark in enumerate(chart.marks):
        if place and mark.is_apart != chart.marks[place - 1].is_apart:
            bottom += _BREAK
        lines = _split_label(mark, columns.labels - MARGIN)
        height = max(_ROW, sum(line.size for line in lines) * _LEADING + 8)
        parts += _draw_row(mark, lines, bottom + height / 2, columns, scale)
        bottom += height
    head = _draw_head(chart, columns)
    if not chart.marks:
        head.append(Label(NONE, WIDTH / 2, _HEAD + _ROW / 2, SIZE, palette.MUTED, "center"))
        return Drawing(WIDTH, _HEAD + _ROW, tuple(head))
    grid = _draw_axis(bottom, scale)
    # strokes above all bars, so that the kinds of parts come one after the other
    strokes = [part for part in parts if isinstance(part, Stroke)]
    others = [part for part in parts if not isinstance(part, Stroke)]
    return Drawing(WIDTH, round(bottom) + _FOOT, (*grid, *head, *others, *strokes))


def _find_columns(chart: BarChart) -> _Columns:
    """Labels take what they need, digits too; the bars take what is left, and never too little."""

    def widest(texts: list[str], size: float = SIZE) -> float:
        return max((measure_text(text, size) for text in texts), default=0.0)

    notes = max(widest([mark.note for mark in chart.marks]), widest([chart.note_label], SMALL))
    digits = widest([mark.text for mark in chart.marks])
    right = WIDTH - MARGIN - (notes + 2 * _GAP if notes else 0) - digits - _GAP
    most = right - WIDTH * _LEAST - MARGIN - _GAP
    names = max(
        (measure_text(mark.label, SIZE, find_weight(mark.is_apart)) for mark in chart.marks),
        default=0.0,
    )
    labels = MARGIN + min(names, most)
    return _Columns(labels, labels + _GAP, right, WIDTH - MARGIN)


def _split_label(mark: Mark, room: float) -> list[TextLine]:
    """A label in one line, or smaller and in several where it is longer than its column."""
    is_bold = mark.is_apart
    if measure_text(mark.label, SIZE, find_weight(is_bold)) <= room + _SLACK:
        return [TextLine(mark.label, SIZE, is_bold)]
    lines = wrap_text(mark.label, room, SMALL, is_bold=is_bold)
    return [TextLine(line, SMALL, is_bold) for line in lines]


def _draw_row(
    mark: Mark, lines: Sequence[TextLine], middle: float, columns: _Columns, scale: _Scale
) -> list[Part]:
    parts: list[Part] = [
        *stack_lines(lines, columns.labels, middle, palette.INK, "right", _LEADING)
    ]
    zero, end = scale.place(Decimal(0)), scale.place(mark.value or Decimal(0))
    if end != zero:
        colour = palette.APART if mark.is_apart else palette.MAIN
        left, width = min(zero, end), abs(end - zero)
        parts.append(Block(left, middle - _BAR / 2, width, _BAR, colour))
    ends = [zero, end]
    if mark.before is not None:
        ends.append(scale.place(mark.before))
        parts += _draw_before(ends[-1], middle, is_inside=zero < ends[-1] < end)
    baseline = find_baseline(middle, SIZE)
    text, x = mark.text or NONE, max(ends) + 7
    # no line of the axis goes through the digits
    room = measure_text(text, SIZE)
    parts.append(Block(x - 2, middle - _BAR / 2, room + 4, _BAR, palette.WHITE))
    parts.append(Label(text, x, baseline, SIZE, palette.INK))
    if mark.note:
        parts.append(Label(mark.note, columns.notes, baseline, SIZE, palette.INK, "right"))
    return parts


def _draw_before(x: float, middle: float, *, is_inside: bool) -> list[Part]:
    """A dark stroke that is white where it crosses the bar."""
    inner, outer = _BAR / 2, _BAR / 2 + _OVERHANG
    dark = Stroke(((x, middle - outer), (x, middle + outer)), palette.INK, _STROKE)
    if not is_inside:
        return [dark]
    return [dark, Stroke(((x, middle - inner), (x, middle + inner)), palette.WHITE, _STROKE)]


def _draw_head(chart: BarChart, columns: _Columns) -> list[Part]:
    """The unit, and what the strokes and the notes are."""
    middle = _HEAD / 2 - 1
    baseline = find_baseline(middle, SMALL)
    head: list[Part] = [Label(chart.unit, MARGIN, baseline, SMALL, palette.MUTED)]
    if chart.before_label and any(mark.before is not None for mark in chart.marks):
        x = max(columns.left + 1, MARGIN + measure_text(chart.unit, SMALL) + _GAP)
        head.append(Stroke(((x, middle - 6), (x, middle + 6)), palette.INK, _STROKE))
        head.append(Label(chart.before_label, x + 8, baseline, SMALL, palette.MUTED))
    if chart.note_label:
        note = Label(chart.note_label, columns.notes, baseline, SMALL, palette.MUTED, "right")
        head.append(note)
    return head


def _draw_axis(bottom: float, scale: _Scale) -> list[Part]:
    """Round numbers below light lines, zero with a darker one."""
    baseline = find_baseline(bottom + 15, SMALL)
    parts: list[Part] = []
    for tick in fit_ticks(scale.low, scale.high, scale.right - scale.left):
        x = scale.place(tick)
        colour = palette.GRID if tick else palette.AXIS
        parts.append(Stroke(((x, _HEAD), (x, bottom + 4)), colour, 1))
        parts.append(Label(tick_text(tick), x, baseline, SMALL, palette.MUTED, "center"))
    return parts
