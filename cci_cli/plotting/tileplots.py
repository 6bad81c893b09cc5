"""Provinces as squares on a grid, shaded by value."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from cci_cli.plotting import palette
from cci_cli.plotting.charts import Mark, Tile, TileChart
from cci_cli.plotting.drawings import Block, Drawing, Label, Part, Stroke
from cci_cli.plotting.lettering import (
    MARGIN,
    NONE,
    SIZE,
    SMALL,
    WIDTH,
    TextLine,
    find_baseline,
    find_ticks,
    find_weight,
    stack_lines,
    tick_text,
)
from cci_cli.plotting.typefaces import measure_text

_WIDEST: Final = 66.0
_GAP: Final = 3.0
_RADIUS: Final = 3.0
_PADDING: Final = 1.5
_LEGEND: Final = 52
_BAR_WIDTH: Final = 240.0
_BAR_HEIGHT: Final = 10.0
_STEPS: Final = 80
_SMALLEST: Final = 7.5
_NAME: Final = 13.5
#: Where names of one chart are not of one size, the others are not larger than this.
_EVEN: Final = 10.5
_DIGITS: Final = 11.0
#: Beside the digits of a change: a sign that grey print keeps.
_RISE: Final = "▲"
_FALL: Final = "▼"
_ARROW: Final = 0.62


class _Look(NamedTuple):
    """What the tiles of a chart have in common."""

    is_change: bool
    largest: Decimal
    left: float
    pitch: float
    name_size: float


def draw_tiles(chart: TileChart) -> Drawing:
    """Squares with name and digits, and the scale of their shades below.

    A tile without a value is a frame: white is a shade of the scale.
    """
    if not chart.tiles:
        none = Label(NONE, WIDTH / 2, find_baseline(30, SIZE), SIZE, palette.MUTED, "center")
        return Drawing(WIDTH, 60, (none,))
    columns = max(tile.column for tile in chart.tiles) + 1
    rows = max(tile.row for tile in chart.tiles) + 1
    pitch = min(_WIDEST, (WIDTH - 2 * MARGIN) // columns)
    left = (WIDTH - columns * pitch + _GAP) / 2
    largest = _find_largest(tile.mark for tile in chart.tiles)
    room = pitch - _GAP - 2 * _PADDING
    names = [name for tile in chart.tiles for name in _split_name(tile.mark.label, room)]
    least = min(_fit_size(name, room, _NAME, is_bold=_is_bold(name, room)) for name in names)
    look = _Look(chart.scale == "change", largest, left, pitch, max(least, _EVEN))
    parts: list[Part] = []
    for tile in chart.tiles:
        parts += _draw_tile(tile, look)
    bottom = MARGIN + rows * pitch
    parts += _draw_legend(chart, largest, bottom + 14)
    return Drawing(WIDTH, round(bottom) + _LEGEND, tuple(parts))


def find_shade(value: Decimal | None, largest: Decimal, *, is_change: bool) -> str:
    """The colour of a value; ``largest`` is the end of the scale, on both sides for a change."""
    if value is None:
        return palette.REST
    ratio = float(value / largest) if largest else 0.0
    if is_change:
        return palette.mix_colour(palette.CHANGE_SCALE, (ratio + 1) / 2)
    return palette.mix_colour(palette.LEVEL_SCALE, ratio)


def _find_largest(marks: Iterable[Mark]) -> Decimal:
    values = (abs(mark.value) for mark in marks if mark.value is not None)
    return max(values, default=Decimal(0))


def _draw_tile(tile: Tile, look: _Look) -> list[Part]:
    mark, side = tile.mark, look.pitch - _GAP
    x, y = look.left + tile.column * look.pitch, MARGIN + tile.row * look.pitch
    shade = find_shade(mark.value, look.largest, is_change=look.is_change)
    colour = palette.find_text_colour(shade)
    blocks = [Block(x, y, side, side, shade, _RADIUS)]
    if mark.value is None:
        blocks.append(Block(x + 1, y + 1, side - 2, side - 2, palette.WHITE, _RADIUS))
    room = side - 2 * _PADDING
    names = _split_name(mark.label, room)
    is_bold = all(_is_bold(name, room) for name in names)
    size = min(_fit_size(name, room, look.name_size, is_bold=is_bold) for name in names)
    arrow = ""
    if look.is_change and mark.value:
        arrow = _RISE if mark.value > 0 else _FALL
    text = mark.text or NONE
    digit_size = _fit_size(arrow + text, room, _DIGITS)
    lines = [*(TextLine(name, size, is_bold=is_bold) for name in names), TextLine(text, digit_size)]
    labels = stack_lines(lines, x + side / 2, y + side / 2, colour)
    if arrow:
        labels[-1:] = _put_arrow(arrow, labels[-1])
    return [*blocks, *labels]


def _put_arrow(arrow: str, digits: Label) -> list[Label]:
    """A small triangle and the digits, together in the middle of where the digits were."""
    size = digits.size * _ARROW
    shift = (measure_text(arrow, size) + 2) / 2
    width = measure_text(digits.text, digits.size)
    return [
        Label(
            arrow,
            digits.x - width / 2 - shift,
            digits.y - find_baseline(0, digits.size) + find_baseline(0, size),
            size,
            digits.colour,
        ),
        Label(digits.text, digits.x + shift, digits.y, digits.size, digits.colour, "center"),
    ]


def _split_name(name: str, room: float) -> tuple[str, ...]:
    """A name of two words on two lines where one would be too small."""
    words = name.split(" ", 1)
    is_long = measure_text(name, _DIGITS, "bold") > room
    return tuple(words) if is_long else (name,)


def _is_bold(name: str, room: float) -> bool:
    """Whether a name has room in bold; one that is too long is set in the narrower weight."""
    return measure_text(name, _SMALLEST, "bold") <= room


def _fit_size(text: str, room: float, largest: float, *, is_bold: bool = False) -> float:
    """The font size at which a text has room, in steps of a half, no smaller than can be read."""
    width = measure_text(text, 1, find_weight(is_bold))
    fitting = int(2 * room / width) / 2 if width else largest
    return max(min(largest, fitting), _SMALLEST)


def _find_scale_ticks(low: Decimal, high: Decimal) -> tuple[Decimal, ...]:
    """A few round numbers, one at least on each side of zero that there is."""
    least = 3 if low < 0 else 2
    found = (find_ticks(low, high, most) for most in range(4, 12))
    return next((ticks for ticks in found if len(ticks) >= least), find_ticks(low, high, 4))


def _draw_legend(chart: TileChart, largest: Decimal, top: float) -> list[Part]:
    """The scale as a bar with round numbers below it and the unit beside it."""
    is_change = chart.scale == "change"
    low = -largest if is_change else Decimal(0)
    span = largest - low
    left, right = (WIDTH - _BAR_WIDTH) / 2, (WIDTH + _BAR_WIDTH) / 2
    parts: list[Part] = []
    for step in range(_STEPS):
        value = low + span * (2 * step + 1) / (2 * _STEPS)
        # each reaches to the end and the next covers it, so that no seam shows
        x = left + step * _BAR_WIDTH / _STEPS
        shade = find_shade(value, largest, is_change=is_change)
        parts.append(Block(x, top, right - x, _BAR_HEIGHT, shade))
    baseline = find_baseline(top + _BAR_HEIGHT + 13, SMALL)
    for tick in _find_scale_ticks(low, largest):
        ratio = float((tick - low) / span) if span else (0.5 if is_change else 0.0)
        x = left + ratio * _BAR_WIDTH
        mark = ((x, top + _BAR_HEIGHT), (x, top + _BAR_HEIGHT + 4))
        parts.append(Stroke(mark, palette.AXIS, 1))
        text = f"+{tick_text(tick)}" if is_change and tick > 0 else tick_text(tick)
        parts.append(Label(text, x, baseline, SMALL, palette.MUTED, "center"))
    unit = find_baseline(top + _BAR_HEIGHT / 2, SMALL)
    parts.append(Label(chart.unit, right + 10, unit, SMALL, palette.MUTED))
    return parts
