"""Where text stands in a figure: how large it may be, which place it takes, what an axis says.

Measures with the fonts of the bulletin.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import accumulate
from typing import Final, NamedTuple

from cci_cli.plotting.drawings import Align, Label
from cci_cli.plotting.typefaces import Weight, measure_text

#: Width of every figure in pixels; it fits a column of a page, and a phone by scaling.
WIDTH: Final = 480
MARGIN: Final = 8
SIZE: Final = 12.5
SMALL: Final = 11.0
#: What stands for a value that there is not.
NONE: Final = "—"

#: Half of a digit's height, of the font size.
_MIDDLE: Final = 0.365


class TextLine(NamedTuple):
    """A line of text that has no place yet."""

    text: str
    size: float
    is_bold: bool = False


def find_weight(is_bold: bool) -> Weight:
    """The font of bold text, or of other text."""
    return "bold" if is_bold else "regular"


def find_baseline(middle: float, size: float) -> float:
    """The baseline of a line whose digits stand around a height."""
    return middle + _MIDDLE * size


def stack_lines(
    lines: Sequence[TextLine],
    x: float,
    middle: float,
    colour: str,
    align: Align = "center",
    leading: float = 1.22,
) -> list[Label]:
    """Labels one below the other around a height.

    Args:
        lines: from top to bottom.
        x: of all of them.
        middle: the height around which they stand.
        colour: of all of them.
        align: what ``x`` is.
        leading: height of a line in font sizes.
    """
    heights = [line.size * leading for line in lines]
    top = middle - sum(heights) / 2
    middles = [
        top + below - height / 2 for below, height in zip(accumulate(heights), heights, strict=True)
    ]
    return [
        Label(line.text, x, find_baseline(place, line.size), line.size, colour, align, line.is_bold)
        for line, place in zip(lines, middles, strict=True)
    ]


def wrap_text(text: str, width: float, size: float, *, is_bold: bool = False) -> tuple[str, ...]:
    """A text in lines no wider than ``width``, broken at spaces and behind hyphens if it can be."""
    weight = find_weight(is_bold)
    lines: list[str] = []
    rest = text
    while measure_text(rest, size, weight) > width and len(rest) > 1:
        fitting = max(
            (end for end in range(1, len(rest)) if measure_text(rest[:end], size, weight) <= width),
            default=1,
        )
        end = max(rest.rfind(" ", 1, fitting + 1), rest.rfind("-", 1, fitting) + 1)
        end = end if end > 0 else fitting
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return (*lines, rest)


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> tuple[float, ...]:
    """Middles as near as can be to those wanted, in their order, such that nothing overlaps.

    Least squares: neighbours that would overlap move as one block, by the mean of what each would
    have to move. All stay between ``low`` and ``high`` if their heights have room there; if not,
    they begin at ``low``.

    Args:
        wanted: the middles wanted; they need not rise.
        heights: the room that each takes.
        low: the smallest place.
        high: the largest place.
    """
    if not wanted:
        return ()
    # seen from where each would stand if all stood close, the answer is one that never falls
    close = [below - height / 2 for below, height in zip(accumulate(heights), heights, strict=True)]
    blocks: list[tuple[float, int]] = []
    for middle, place in zip(wanted, close, strict=True):
        mean, count = middle - place, 1
        while blocks and blocks[-1][0] >= mean:
            before, number = blocks.pop()
            mean, count = (before * number + mean * count) / (number + count), number + count
        blocks.append((mean, count))
    shifts = [mean for mean, count in blocks for _ in range(count)]
    most = high - sum(heights)
    return tuple(
        max(min(shift, most), low) + place for shift, place in zip(shifts, close, strict=True)
    )


def find_ticks(low: Decimal, high: Decimal, most: int) -> tuple[Decimal, ...]:
    """Round numbers from ``low`` to ``high``, about ``most`` of them and one more at most."""
    if low >= high:
        return (low,)
    rough = (high - low) / most
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first = (low / step).to_integral_value(ROUND_CEILING)
    last = (high / step).to_integral_value(ROUND_FLOOR)
    return tuple(step * number for number in range(int(first), int(last) + 1))


def fit_ticks(low: Decimal, high: Decimal, length: float, most: int = 6) -> tuple[Decimal, ...]:
    """The most ticks whose texts have room beside each other on an axis of a length."""
    for number in range(most, 1, -1):
        ticks = find_ticks(low, high, number)
        widest = max(measure_text(tick_text(tick), SMALL) for tick in ticks)
        if len(ticks) < 2 or float((ticks[1] - ticks[0]) / (high - low)) * length >= widest + 14:
            return ticks
    return find_ticks(low, high, 1)


def tick_text(tick: Decimal) -> str:
    """A tick as text, as levels are printed: no zeros at the end, a hyphen as minus."""
    return f"{tick.normalize():f}" if tick else "0"
