"""Figures as SVG and PNG, with the fonts of the package and nothing else of the machine. I/O.

What stands where is computed before; Vega draws it as it stands. Loads altair and vl-convert,
optional packages, when a figure is drawn.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from html import escape
from types import ModuleType
from typing import Final, assert_never

from cci_cli.errors import SystemFailureError
from cci_cli.formats import Lang
from cci_cli.plotting.barplots import draw_bars
from cci_cli.plotting.charts import BarChart, Chart, Figure, LineChart, ShareChart, TileChart
from cci_cli.plotting.drawings import Drawing
from cci_cli.plotting.lineplots import draw_lines
from cci_cli.plotting.ringplots import draw_ring
from cci_cli.plotting.tileplots import draw_tiles
from cci_cli.plotting.typefaces import FAMILY, FONT_FOLDER, WEIGHT_NUMBERS, Weight
from cci_cli.plotting.vegachart import to_vega

#: Pixels of a PNG for one of the figure.
PNG_SCALE: Final = 3
_TAGS: Final[Mapping[Lang, str]] = {"zh": "zh-CN", "en": "en"}
_ROOT: Final = re.compile(r"<svg[^>]*>")
_START: Final = re.compile(r"<[a-z][^>]*>")
_SPARE: Final = re.compile(r' (?:class|role|aria-[a-z]+)="[^"]*"')


def draw_chart(chart: Chart) -> Drawing:
    """What stands where in a figure."""
    match chart:
        case BarChart():
            return draw_bars(chart)
        case ShareChart():
            return draw_ring(chart)
        case TileChart():
            return draw_tiles(chart)
        case LineChart():
            return draw_lines(chart)
    assert_never(chart)


def render_svg(figure: Figure) -> str:
    """A figure as SVG: its text is text, in the fonts of the package; nothing is loaded for it.

    The same figure gives the same bytes. Title and description tell it to a screen reader; their
    ids begin with the name of the figure, and there are no others, nor classes, so that several
    figures fit into one page.

    Raises:
        SystemFailureError: E508, altair or vl-convert is not installed.
    """
    drawing = draw_chart(figure.chart)
    svg: str = _open_converter().vegalite_to_svg(to_vega(drawing), allowed_base_urls=[])
    # to a screen reader the figure is one image, and the names of Vega are those of many a page
    bare = _START.sub(lambda tag: _SPARE.sub("", tag[0]), svg)
    return _ROOT.sub(lambda _: _write_root(figure, drawing), bare, count=1)


def render_png(svg: str) -> bytes:
    """A figure that ``render_svg`` made, as PNG, large enough for print.

    Raises:
        SystemFailureError: E508, vl-convert is not installed.
    """
    png: bytes = _open_converter().svg_to_png(svg, scale=PNG_SCALE)
    return png


def embed_fonts(svg: str, fonts: Mapping[Weight, bytes]) -> str:
    """A figure with its fonts in it, so that the file alone looks the same in every browser.

    Args:
        svg: as ``render_svg`` made it.
        fonts: WOFF2 of each weight, as ``subset_font`` makes it.
    """
    rules = "".join(
        f'@font-face{{font-family:"{FAMILY}";font-weight:{WEIGHT_NUMBERS[weight]};'
        f'src:url(data:font/woff2;base64,{b64encode(font).decode()}) format("woff2")}}'
        for weight, font in fonts.items()
    )
    return _ROOT.sub(lambda root: f"{root[0]}<style>{rules}</style>", svg, count=1)


_SAMPLE: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
    '<text y="16" font-family="{}" font-weight="{}">C</text></svg>'
)


@cache
def _open_converter() -> ModuleType:
    """vl-convert, told of the fonts of the package.

    Raises:
        SystemFailureError: E508 it is not installed, E501 it has not taken in a font.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise SystemFailureError("E508", package="vl-convert-python") from error
    vl_convert.register_font_directory(str(FONT_FOLDER))
    # of a font that it cannot read it says nothing, and draws without: so no two may look alike
    families = ((f"no {FAMILY}", 400), *((FAMILY, WEIGHT_NUMBERS[name]) for name in WEIGHT_NUMBERS))
    if len({vl_convert.svg_to_png(_SAMPLE.format(*family)) for family in families}) < len(families):
        raise SystemFailureError("E501", value=FONT_FOLDER, detail="a font was not taken in")
    return vl_convert


def _write_root(figure: Figure, drawing: Drawing) -> str:
    name, width, height = escape(figure.name), drawing.width, drawing.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" lang="{_TAGS[figure.lang]}" '
        f'aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(figure.caption)}</title>'
        f'<desc id="{name}-desc">{escape(figure.alt)}</desc>'
    )
