"""A bulletin as a PDF on A4. I/O: reads the template and the fonts.

Loads typst, an optional package, when a document is made.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

from cci_cli.bulletin.document import Bulletin
from cci_cli.bulletin.exhibits import DataTable
from cci_cli.errors import SystemFailureError
from cci_cli.periods import Period
from cci_cli.plotting.charts import Figure
from cci_cli.plotting.typefaces import FONT_FILES, FONT_FOLDER

_TEMPLATE: Final = Path(__file__).parent / "templates" / "bulletin.typ"
#: Tagged, so that a screen reader finds headings, tables and what figures show.
_STANDARD: Final = "ua-1"


def render_paper(bulletin: Bulletin, drawings: Mapping[str, str], period: Period) -> bytes:
    """The bulletin as PDF/UA, with bookmarks and searchable text.

    Args:
        bulletin: what it shows.
        drawings: the SVG of each figure, by its name.
        period: its period, whose last day the document has as its date, so that it is the same
            whenever it is made.

    Raises:
        SystemFailureError: E508 typst is not installed, E501 it has not taken in a font.
    """
    try:
        import typst
    except ImportError as error:
        raise SystemFailureError("E508", package="typst") from error
    paper: bytes = typst.compile(
        str(_TEMPLATE),
        font_paths=[str(FONT_FOLDER)],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=_STANDARD,
        timestamp=datetime.combine(period.as_of, time(), UTC),
        sys_inputs={"bulletin": json.dumps(_describe(bulletin, drawings), ensure_ascii=False)},
    )
    for name in FONT_FILES.values():
        # of a font that it cannot read it says nothing, and takes another
        if f"+{Path(name).stem}".encode() not in paper:
            raise SystemFailureError("E501", value=FONT_FOLDER / name, detail="it was not taken in")
    return paper


def _describe(bulletin: Bulletin, drawings: Mapping[str, str]) -> dict[str, Any]:
    """What the template is given: texts, tables row by row, drawings."""

    def describe_figure(figure: Figure) -> dict[str, str]:
        return {"caption": figure.caption, "alt": figure.alt, "svg": drawings[figure.name]}

    return {
        "lang": bulletin.lang,
        "title": bulletin.title,
        "edition": bulletin.edition,
        "standing": bulletin.standing,
        "warning": bulletin.warning,
        "author": list(bulletin.imprint[:-1]),
        "words": dict(bulletin.words),
        "keys": [{"label": key.label, "text": key.text} for key in bulletin.key_figures],
        "level_table": _describe_table(bulletin.level_table),
        "parts": [
            {
                "title": str(part.section.title),
                "paragraphs": [
                    bulletin.words["gap"].join(map(str, paragraph))
                    for paragraph in part.section.paragraphs
                ],
                "figures": [describe_figure(figure) for figure in part.figures],
                "under": part.under,
            }
            for part in bulletin.parts
        ],
        "history": describe_figure(bulletin.history) if bulletin.history else None,
        "scope_table": _describe_table(bulletin.scope_table),
        "method_table": _describe_table(bulletin.method_table),
        "method_text": bulletin.method_text,
        "notes": list(bulletin.notes),
        "sources": _describe_table(bulletin.source_table),
        "commands": list(bulletin.commands),
        "imprint": list(bulletin.imprint),
    }


def _describe_table(table: DataTable) -> dict[str, Any]:
    """Headers and rows; the first row of a group has its name and how many rows it has."""
    rows = []
    for name, group in table.grouped_rows:
        for number, cells in enumerate(group):
            span = len(group) if table.groups and not number else 0
            rows.append({"group": name, "span": span, "cells": list(cells)})
    return {
        "caption": table.caption,
        "headers": list(table.headers),
        "numeric": sorted(table.numeric),
        "grouped": bool(table.groups),
        "rows": rows,
    }
