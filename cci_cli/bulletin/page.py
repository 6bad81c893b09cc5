"""A bulletin as one HTML file that asks for nothing else. I/O: reads templates and fonts.

Loads Jinja, an optional package, when a page is made.
"""

import base64
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from cci_cli.bulletin.document import Bulletin
from cci_cli.bulletin.exhibits import DataTable
from cci_cli.errors import DataError, SystemFailureError
from cci_cli.plotting.typefaces import FAMILY, WEIGHT_NUMBERS, Weight, find_missing, subset_font

TEMPLATES: Final = Path(__file__).parent / "templates"
_PAGE: Final = "bulletin.html"
_STYLE: Final = "bulletin.css"
#: Elements in bold, by the style of the page; the heads of rows are not.
_BOLD_TAGS: Final = frozenset({"h1", "h2", "h3", "thead", "dd", "figcaption", "caption"})
_BOLD_CLASS: Final = "warning"
_BOLD_WEIGHTS: Final = frozenset({"bold", "600", "700"})
#: What stands in these is no text to be shown.
_HIDDEN: Final = frozenset({"style", "title", "desc"})
#: Elements of HTML that have no end.
_VOID: Final = frozenset({"meta", "link", "br"})


def render_page(bulletin: Bulletin, drawings: Mapping[str, str]) -> str:
    """The page of a bulletin, with just the characters of the fonts that it has.

    Args:
        bulletin: what it shows.
        drawings: the SVG of each figure, by its name.

    Raises:
        DataError: E423, a character is in none of the fonts.
        SystemFailureError: E508, a package is not installed.
    """
    bare = _fill_template(bulletin, drawings, {})
    return _fill_template(bulletin, drawings, subset_fonts(bare))


def subset_fonts(markup: str) -> dict[Weight, bytes]:
    """The fonts with just the characters that HTML or SVG shows, by weight.

    Raises:
        DataError: E423, a character is in none of the fonts.
        SystemFailureError: E508, a package is not installed.
    """
    reader = _TextReader()
    reader.feed(markup)
    reader.close()
    fonts = {}
    for weight, found in reader.found.items():
        text = "".join(sorted(found))
        missing = find_missing(text, weight)
        if missing:
            raise DataError(
                "E423",
                value=" ".join(missing),
                points=", ".join(f"U+{ord(char):04X}" for char in missing),
                context=found[missing[0]],
            )
        fonts[weight] = subset_font(weight, text)
    return fonts


def _fill_template(
    bulletin: Bulletin, drawings: Mapping[str, str], fonts: Mapping[Weight, bytes]
) -> str:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup
    except ImportError as error:
        raise SystemFailureError("E508", package="jinja2") from error
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )

    def column(table: DataTable, position: int) -> Markup:
        classes = ["number"] if position in table.numeric else []
        classes += ["minor"] if position in table.minor else []
        return Markup(f' class="{" ".join(classes)}"' if classes else "")  # noqa: S704

    return environment.get_template(_PAGE).render(
        b=bulletin,
        column=column,
        # the drawings are ours, and the style too
        drawings={name: Markup(drawing) for name, drawing in drawings.items()},  # noqa: S704
        style=Markup((TEMPLATES / _STYLE).read_text(encoding="utf-8")),  # noqa: S704
        family=FAMILY,
        fonts=[
            (WEIGHT_NUMBERS[weight], base64.b64encode(data).decode())
            for weight, data in fonts.items()
        ],
    )


class _TextReader(HTMLParser):
    """Collects the characters of a page by weight, each with the text it stands in first."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[Weight, dict[str, str]] = {"regular": {}, "bold": {}}
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        is_bold = tag in _BOLD_TAGS or values.get("class") == _BOLD_CLASS
        is_bold = is_bold or values.get("font-weight") in _BOLD_WEIGHTS
        if tag not in _VOID:
            self._open.append((tag, is_bold))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(tag in _HIDDEN for tag, _ in self._open):
            return
        is_bold = any(bold for _, bold in self._open)
        found = self.found["bold" if is_bold else "regular"]
        for char in data:
            if char >= " ":
                found.setdefault(char, data.strip())
