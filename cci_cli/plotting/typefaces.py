"""The two fonts of the bulletin: what is in them, how wide a text is, a part of them. I/O.

They are subsets of Noto Sans SC, shipped with the package, so that a bulletin looks the same on
every machine; ``tools/make_fonts.py`` makes them. Loads fontTools, an optional package, when a
font is read.
"""

import io
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from cci_cli.errors import SystemFailureError

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

Weight = Literal["regular", "bold"]

#: A name that no font of a system has: it would be taken for this one.
FAMILY: Final = "CCI Sans SC"
FONT_FOLDER: Final = Path(__file__).parent / "fonts"
FONT_FILES: Final[Mapping[Weight, str]] = {
    "regular": "CCISansSC-Regular.ttf",
    "bold": "CCISansSC-Bold.ttf",
}
#: As CSS and OpenType count it.
WEIGHT_NUMBERS: Final[Mapping[Weight, int]] = {"regular": 400, "bold": 700}

#: A character that the font lacks takes as much room as a hanzi.
_WIDEST: Final = 1.0


def find_missing(text: str, weight: Weight = "regular") -> tuple[str, ...]:
    """The characters of a text that a font lacks, each once, by code point.

    Control characters, such as the end of a line, are none to print.
    """
    known = _read_widths(weight)
    missing = {char for char in text if char not in known}
    return tuple(sorted(char for char in missing if unicodedata.category(char) != "Cc"))


def measure_text(text: str, size: float, weight: Weight = "regular") -> float:
    """How wide a line is at a font size, in the unit of the size.

    Kerning is left out: it draws Latin letters together by a little, so the line is no wider.
    """
    known = _read_widths(weight)
    return size * sum(known.get(char, _WIDEST) for char in text)


def subset_font(weight: Weight, text: str) -> bytes:
    """A font of just the characters of a text, as WOFF2 for a web page.

    The same text gives the same bytes. What the font lacks is left out: see ``find_missing``.

    Raises:
        SystemFailureError: E508, fontTools or brotli is not installed.
    """
    font = _open_font(weight)
    try:
        # what fontTools needs for WOFF2; it would tell of its absence in its own words
        import brotli  # noqa: F401
        from fontTools.subset import Options, Subsetter
    except ImportError as error:
        raise SystemFailureError("E508", package="brotli") from error
    subsetter = Subsetter(Options(layout_features=[], notdef_outline=True))
    subsetter.populate(text=text)
    out = io.BytesIO()
    with font:
        # kerning would take as long to read as all else, and moves Latin letters by a hair
        for table in {"GPOS", "GSUB"} & set(font.keys()):
            del font[table]
        subsetter.subset(font)
        font.flavor = "woff2"
        font.save(out)
    return out.getvalue()


def _open_font(weight: Weight) -> "TTFont":
    try:
        from fontTools.ttLib import TTFont
    except ImportError as error:
        raise SystemFailureError("E508", package="fonttools") from error
    # neither the time of day nor the boxes of all glyphs, which take half of the time
    return TTFont(FONT_FOLDER / FONT_FILES[weight], recalcTimestamp=False, recalcBBoxes=False)


@cache
def _read_widths(weight: Weight) -> Mapping[str, float]:
    """The width of each character of a font, as a ratio of the font size."""
    with _open_font(weight) as font:
        units, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        return {chr(code): widths[name][0] / units for code, name in font.getBestCmap().items()}
