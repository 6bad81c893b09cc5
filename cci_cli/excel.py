"""Workbooks with bytes that do not change from run to run. No files, no terminal.

Loads xlsxwriter, an optional package, when a workbook is made.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from cci_cli.errors import SystemFailureError
from cci_cli.tabular import cell_text, defuse_text
from cci_cli.views import Cell, Columns

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_OPTIONS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_GAP: Final = 2
_WIDEST: Final = 80
#: Digits that a number of a spreadsheet can hold; one with more is a text, and keeps them.
_DIGITS: Final = 15


@contextmanager
def open_workbook(out: io.BytesIO) -> "Iterator[Workbook]":
    """A workbook that is written to ``out`` at the end; its texts are never formulas.

    Raises:
        SystemFailureError: E503, xlsxwriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise SystemFailureError("E503", package="xlsxwriter") from error
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        # the day of writing would make the bytes differ from run to run
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        yield book


def write_rows(
    book: "Workbook",
    page: "Worksheet",
    columns: Columns,
    records: Sequence[Sequence[Cell]],
) -> None:
    """A header and rows: texts defused, numbers as numbers with their places.

    Args:
        book: the workbook.
        page: an empty sheet of it.
        columns: the type of each column, as in a ``View``.
        records: the rows.
    """
    head = book.add_format({"bold": True, "bottom": 1})
    page.freeze_panes(1, 0)
    for column, (name, kind) in enumerate(columns.items()):
        digits = book.add_format({"num_format": number_format(kind)})
        cells = [record[column] for record in records]
        page.write_string(0, column, defuse_text(name), head)
        longest = max([cell_len(name), *(cell_len(cell_text(cell)) for cell in cells if cell)])
        page.set_column(column, column, min(longest + _GAP, _WIDEST))
        for row, cell in enumerate(cells, start=1):
            write_cell(page, row, column, cell, digits)


def write_cell(
    page: "Worksheet", row: int, column: int, cell: Cell, form: "Format | None" = None
) -> None:
    """Write a text defused, a number as a number if a spreadsheet can hold its digits."""
    if isinstance(cell, str):
        page.write_string(row, column, defuse_text(cell), form)
    elif cell is not None and count_digits(cell) <= _DIGITS:
        page.write_number(row, column, float(cell), form)
    elif cell is not None:
        page.write_string(row, column, cell_text(cell), form)


def count_digits(cell: int | Decimal) -> int:
    """How many digits a number has, without leading zeros."""
    return len(cell_text(cell).lstrip("-0.").replace(".", ""))


def number_format(kind: type | int) -> str:
    """The format of a column of numbers: with its places, or none."""
    return "0" if isinstance(kind, type) or not kind else "0." + "0" * kind
