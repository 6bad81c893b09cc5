"""A drawing as a Vega-Lite chart that draws it as it stands. No files, no network.

Pixels, angles and colours are given, so there are no scales, axes or legends: Vega formats no
number and measures no text. Loads altair, an optional package, when a chart is made.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from cci_cli.errors import SystemFailureError
from cci_cli.plotting import palette
from cci_cli.plotting.drawings import Block, Dot, Drawing, Label, Part, Sector, Stroke
from cci_cli.plotting.typefaces import FAMILY, WEIGHT_NUMBERS

if TYPE_CHECKING:
    import altair

#: Of a pixel: finer differences cannot be seen, and the last bit is not the same everywhere.
_PLACES: Final = 2
#: The same for angles in radians.
_ANGLE_PLACES: Final = 5

_Row = dict[str, str | float | list[int]]


def to_vega(drawing: Drawing) -> dict[str, Any]:
    """A Vega-Lite specification with a layer for each run of parts of one kind.

    Raises:
        SystemFailureError: E508, altair is not installed.
    """
    try:
        import altair
    except ImportError as error:
        # it may be there, and one that it needs not
        package = (error.name or "altair").partition(".")[0]
        raise SystemFailureError("E508", package=package) from error
    # text stands above all else; then a run of parts of one kind is a layer
    ordered = sorted(drawing.parts, key=lambda part: isinstance(part, Label))
    runs = {f"parts-{place}": list(run) for place, (_, run) in enumerate(groupby(ordered, type))}
    layers = [_to_layer(name, parts[0]) for name, parts in runs.items()]
    chart = altair.layer(*layers, width=drawing.width, height=drawing.height)
    chart = chart.properties(padding=0, autosize="none", background=palette.WHITE)
    vega: dict[str, Any] = chart.configure(aria=False).configure_view(stroke=None).to_dict()
    # set here, since altair would copy and check each row several times
    vega["datasets"] = {name: _to_rows(parts) for name, parts in runs.items()}
    return vega


def _to_layer(data: str, kind: Part) -> "altair.Chart":
    """A layer that draws a named data set, of parts of the kind of one of them."""
    import altair

    chart: altair.Chart = altair.Chart(altair.NamedData(data))
    channels: dict[str, Any] = {
        "x": altair.X("x:Q", scale=None, axis=None),
        "y": altair.Y("y:Q", scale=None, axis=None),
        "color": altair.Color("colour:N", scale=None, legend=None),
    }
    size = altair.Size("size:Q", scale=None, legend=None)
    match kind:
        case Label():
            chart = chart.mark_text(
                font=FAMILY,
                baseline="alphabetic",
                align={"expr": "datum.align"},
                fontWeight={"expr": "datum.weight"},
            )
            channels |= {"text": altair.Text("text:N"), "size": size}
        case Block():
            chart = chart.mark_rect(cornerRadius={"expr": "datum.radius"})
            channels |= {"x2": altair.X2("x2:Q"), "y2": altair.Y2("y2:Q")}
        case Stroke():
            chart = chart.mark_line(
                strokeJoin="round",
                strokeWidth={"expr": "datum.width"},
                strokeDash={"expr": "datum.dash"},
            )
            # without an order of its own, Vega-Lite would sort the points by x
            channels |= {"detail": altair.Detail("stroke:N"), "order": altair.Order("point:Q")}
        case Sector():
            chart = chart.mark_arc(stroke=palette.WHITE, strokeWidth={"expr": "datum.edge"})
            channels |= {
                "theta": altair.Theta("start:Q", scale=None),
                "theta2": altair.Theta2("end:Q"),
                "radius": altair.Radius("outer:Q", scale=None),
                "radius2": altair.Radius2("inner:Q"),
            }
        case Dot():
            chart = chart.mark_point(filled=True, opacity=1, stroke=palette.WHITE, strokeWidth=1)
            channels |= {"size": size, "shape": altair.Shape("shape:N", scale=None, legend=None)}
    return chart.encode(**channels)


def _to_rows(parts: Sequence[Part]) -> list[_Row]:
    """What Vega-Lite is told of parts: a row for each, of a stroke one for each of its points."""
    return [row for place, part in enumerate(parts) for row in _describe_part(part, place)]


def _describe_part(part: Part, place: int) -> list[_Row]:
    row: _Row = {"colour": part.colour}
    if isinstance(part, Stroke):
        row |= {"stroke": place, "width": part.width, "dash": list(part.dash)}
        return [
            {**row, "point": number, "x": _to_pixel(x), "y": _to_pixel(y)}
            for number, (x, y) in enumerate(part.points)
        ]
    row |= {"x": _to_pixel(part.x), "y": _to_pixel(part.y)}
    match part:
        case Label(size=size, align=align, is_bold=is_bold):
            weight = WEIGHT_NUMBERS["bold" if is_bold else "regular"]
            row |= {"text": part.text, "size": size, "align": align, "weight": weight}
        case Block(width=width, height=height, radius=radius):
            row |= {"radius": radius}
            row |= {"x2": _to_pixel(part.x + width), "y2": _to_pixel(part.y + height)}
        case Sector(inner=inner, outer=outer, start=start, end=end, edge=edge):
            row |= {"inner": inner, "outer": outer, "edge": edge}
            row |= {"start": round(start, _ANGLE_PLACES), "end": round(end, _ANGLE_PLACES)}
        case Dot(shape=shape, area=area):
            row |= {"shape": shape, "size": area}
    return [row]


def _to_pixel(place: float) -> float:
    return round(place, _PLACES)
