"""The parts that a figure is drawn from, in pixels from its upper left corner. Domain: no I/O."""

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]
Shape = Literal["circle", "square", "triangle-up", "diamond", "triangle-down", "cross"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; ``y`` is its baseline, ``x`` the side or middle that ``align`` names."""

    text: str
    x: float
    y: float
    size: float
    colour: str
    align: Align = "left"
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    radius: float = 0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points; ``dash`` are the lengths drawn and left out, none for a solid one."""

    points: tuple[Point, ...]
    colour: str
    width: float
    dash: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sector:
    """A part of a ring; angles are in radians from the top, clockwise."""

    x: float
    y: float
    inner: float
    outer: float
    start: float
    end: float
    colour: str
    #: of the white line around it
    edge: float = 0


@dataclass(frozen=True, slots=True)
class Dot:
    """A small sign in the middle of a place; ``area`` is in square pixels."""

    x: float
    y: float
    shape: Shape
    area: float
    colour: str


Part = Label | Block | Stroke | Sector | Dot


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture; a part covers those before it."""

    width: int
    height: int
    parts: tuple[Part, ...]
