"""What the figures of a bulletin show, before anybody draws them. Domain: no I/O.

A value decides on a length, an angle or a shade; the digits beside it are those of the tables.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from cci_cli.formats import Lang


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar, slice or tile.

    ``value`` is drawn and null for none; ``text`` are its printed digits. ``before`` is the value
    in the period before, null where it is not shown, and ``note`` further digits beside ``text``.
    ``is_apart`` marks one that is not of the same kind as the others: the nation, the rest.
    """

    label: str
    value: Decimal | None
    text: str
    before: Decimal | None = None
    note: str = ""
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class BarChart:
    """Levels as bars from zero, one below the other; ``unit`` stands at the axis.

    ``before_label`` says what ``before`` of the marks is, ``note_label`` stands above the notes.
    """

    unit: str
    marks: tuple[Mark, ...]
    before_label: str = ""
    note_label: str = ""


@dataclass(frozen=True, slots=True)
class ShareChart:
    """Parts of a whole as a ring, in order from the top; their values are in per cent."""

    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """A province as a square on a grid; column and row count from 0."""

    mark: Mark
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class TileChart:
    """Provinces as squares, shaded by value.

    ``level`` is shaded from zero on, ``change`` to both sides of zero. ``unit`` is of the values.
    """

    scale: Literal["level", "change"]
    unit: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One value for each period, null for none; ``text`` are the digits of the last one."""

    label: str
    values: tuple[Decimal | None, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines that share an axis from zero."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Levels over time in panels one below the other; ``periods`` are in order."""

    unit: str
    periods: tuple[str, ...]
    panels: tuple[Panel, ...]


Chart = BarChart | ShareChart | TileChart | LineChart


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the words around it.

    ``name`` is that of its files, ``caption`` stands below it with its number in it, and ``alt``
    says what it shows to who cannot see it.
    """

    name: str
    lang: Lang
    caption: str
    alt: str
    chart: Chart
