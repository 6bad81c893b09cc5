"""Rows as CSV, fit for machines and safe for spreadsheets. Domain: no I/O."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from cci_cli.views import Cell

#: A spreadsheet runs a text that begins so as a formula, in East Asian widths too, or loses its
#: first character.
_FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")


def render_csv(columns: Iterable[str], records: Iterable[Sequence[Cell]]) -> str:
    """A header and rows with LF; a null is empty, a text is defused as ``defuse_text`` does."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(defuse_text, columns))
    for record in records:
        writer.writerow(cell_text(cell) for cell in record)
    return out.getvalue()


def cell_text(cell: Cell) -> str:
    """A cell as text: a number with all its digits and without exponent, a text defused."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        # str() of a long Decimal could have an exponent
        return f"{cell:f}"
    return defuse_text(cell) if isinstance(cell, str) else str(cell)


def defuse_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: with an apostrophe before it if need be."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
