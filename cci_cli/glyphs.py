"""Figures drawn in characters, for a terminal. Domain: no I/O.

They show a course, not a value: the digits stand beside them.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

_SPARKS: Final = "▁▂▃▄▅▆▇█"
_FLAT: Final = "▄"
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_FULL: Final = "█"
#: A fall has another texture: colour and sign alone are easily overlooked.
_FALL: Final = "░"

BAR_WIDTH: Final = 8


def draw_spark(values: Sequence[Fraction | None]) -> str:
    """The course of a series, one character a period, from its least to its greatest value.

    A null is a blank; a series that does not move is flat.
    """
    known = [value for value in values if value is not None]
    if not known:
        return ""
    least, range_ = min(known), max(known) - min(known)

    def draw(value: Fraction | None) -> str:
        if value is None:
            return " "
        if not range_:
            return _FLAT
        return _SPARKS[round((value - least) / range_ * (len(_SPARKS) - 1))]

    return "".join(map(draw, values)).rstrip()


def draw_bars(values: Sequence[Fraction | None], width: int = BAR_WIDTH) -> list[str]:
    """A bar for each value, the largest in size ``width`` cells long; empty for a null and 0."""
    largest = max((abs(value) for value in values if value is not None), default=Fraction(0))

    def draw(value: Fraction | None) -> str:
        if not value:
            return ""
        eighths = max(1, round(abs(value) / largest * width * 8))
        if value < 0:
            return _FALL * max(1, round(Fraction(eighths, 8)))
        whole, rest = divmod(eighths, 8)
        return (_FULL * whole + _EIGHTHS[rest]).rstrip()

    return list(map(draw, values))
