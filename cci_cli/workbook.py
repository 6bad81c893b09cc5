"""The sheet of nodes of an .xlsx workbook as CSV text. I/O; needs the package openpyxl."""

import csv
import errno
import re
import warnings
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, TextIO
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.cell import get_column_letter
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from cci_cli.columns import CARDS, COLUMNS, NODE_ID, NODE_NAME
from cci_cli.errors import ProblemList, os_failure, quote_value
from cci_cli.headers import find_column
from cci_cli.sheetxml import FormulaCell, MergedRange, read_marks
from cci_cli.unpacking import UnreadableError, check_archive

#: A spreadsheet keeps numbers as binary floats: up to here no two whole ones are the same.
LARGEST_EXACT: Final = 2**53
_LARGEST_INT64: Final = 2**63 - 1
#: Merged ranges of a sheet that are kept in memory, and those in one row.
_MAX_MERGED: Final = 100_000
_MAX_MERGED_IN_ROW: Final = 256
# far more than any survey; a cell may be blank and yet be there, for its colour
_MAX_SHEETS: Final = 100
_MAX_CELLS: Final = 100_000_000
_MAX_COLUMNS: Final = 256
#: Characters written of a sheet: one text may stand in every cell.
_MAX_CHARACTERS: Final = 1_000_000_000

# what openpyxl raises for archives and documents that are not what they should be
_FLAWS: Final = (
    *(BadZipFile, ParseError, ExpatError, EOFError, zlib.error, LookupError, ValueError, TypeError),
    *(AttributeError, NotImplementedError, OverflowError, RuntimeError, OSError),
)
# how a workbook writes control characters, which XML cannot hold
_ESCAPED_CONTROL: Final = re.compile(r"_x00([01][0-9A-Fa-f]|7[Ff])_")


class _Row(NamedTuple):
    """A row of a sheet without the blank cells at its end.

    ``formulas`` are the places, from 0, of formulas that were never computed: their values are
    null, and yet something stands there.
    """

    values: list[Any]
    formulas: list[int]


def write_sheet(stream: BinaryIO, target: Path, problems: ProblemList) -> str | None:
    """Write the one sheet that holds something as CSV, one record per row, blank ones too.

    Args:
        stream: the workbook.
        target: the CSV file to make, in UTF-8 with commas.
        problems: what is wrong with the workbook or with a cell is added, its row as the line.

    Returns:
        The name of the sheet; null where there is none to read.

    Raises:
        SystemFailureError: E501 the workbook cannot be read, E502 the target not be written.
    """
    try:
        with warnings.catch_warnings():
            # they are about styles and extensions, which touch no value
            warnings.simplefilter("ignore")
            filled = _find_filled_sheets(stream)
            if len(filled) == 1:
                with target.open("x", encoding="utf-8", newline="") as out:
                    _write_rows(_read_rows(filled[0]), _read_merged(filled[0]), out, problems)
                return str(filled[0].title)
    except UnreadableError as error:
        failure = _find_failure(error)
        if failure is not None:
            raise os_failure("E501", stream.name, failure) from error
        problems.add("E339", detail=error)
        return None
    except OSError as error:
        raise os_failure("E502", target, error) from error
    if filled:
        problems.add("E338", names=", ".join(quote_value(sheet.title) for sheet in filled))
    else:
        problems.add("E311", expected=",".join(COLUMNS))
    return None


def _find_failure(error: BaseException | None) -> OSError | None:
    """The failure of the system behind an error; null where the workbook itself is the cause."""
    while error is not None:
        # openpyxl has such errors of its own, and a place that is nonsense leads to the other one
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            return error
        error = error.__cause__ or error.__context__
    return None


def _find_filled_sheets(stream: BinaryIO) -> list[ReadOnlyWorksheet]:
    try:
        check_archive(stream)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except _FLAWS as error:
        raise UnreadableError(_first_line(error)) from error
    if len(book.worksheets) > _MAX_SHEETS:
        detail = f"it has {len(book.worksheets):,} sheets"
        raise UnreadableError(detail)
    for sheet in book.worksheets:
        # many programs record a size that is not the sheet's
        sheet.reset_dimensions()
    return [sheet for sheet in book.worksheets if any(row.values for row in _read_rows(sheet))]


def _read_rows(sheet: ReadOnlyWorksheet) -> Iterator[_Row]:
    """Every row, from the first on; a row that holds nothing is empty."""
    formulas = (mark for mark in _read_marks(sheet) if isinstance(mark, FormulaCell))
    count = 0
    try:
        pending = next(formulas, None)
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            count += len(cells)
            if count > _MAX_CELLS:
                detail = f"sheet {sheet.title} has {count:,} cells"
                raise UnreadableError(detail)
            row = _Row(list(cells), [])
            while pending and pending.row <= number:
                if pending.row == number:
                    row.formulas.append(pending.column - 1)
                pending = next(formulas, None)
            while row.values and _is_blank(row.values[-1]):
                if len(row.values) - 1 in row.formulas:
                    break
                del row.values[-1]
            if len(row.values) > _MAX_COLUMNS:
                detail = f"row {number:,} has {len(row.values):,} cells"
                raise UnreadableError(detail)
            yield row
    except _FLAWS as error:
        raise UnreadableError(_first_line(error)) from error


def _read_marks(sheet: ReadOnlyWorksheet) -> Iterator[FormulaCell | MergedRange]:
    with sheet._get_source() as stream:
        yield from read_marks(stream)


def _read_merged(sheet: ReadOnlyWorksheet) -> list[MergedRange]:
    """The merged ranges of a sheet, by their first row."""
    merged: list[MergedRange] = []
    try:
        for mark in _read_marks(sheet):
            if isinstance(mark, MergedRange):
                merged.append(mark)
                if len(merged) > _MAX_MERGED:
                    detail = f"more than {_MAX_MERGED:,} merged ranges"
                    raise UnreadableError(detail)
    except _FLAWS as error:
        raise UnreadableError(_first_line(error)) from error
    return sorted(merged, key=lambda range_: range_.first_row)


def _is_blank(value: object) -> bool:
    return value is None or not str(value).strip()


def _first_line(error: Exception) -> str:
    # a KeyError quotes its text
    text = str(error.args[0]) if error.args else ""
    return text.partition("\n")[0] or type(error).__name__


def _write_rows(
    rows: Iterable[_Row], merged: Sequence[MergedRange], out: TextIO, problems: ProblemList
) -> None:
    writer = csv.writer(out, lineterminator="\n")
    columns: list[str | None] = []
    blank_rows = characters = 0
    coming = deque(merged)
    touching: list[MergedRange] = []
    for number, (values, formulas) in enumerate(rows, start=1):
        while coming and coming[0].first_row <= number:
            touching.append(coming.popleft())
        touching = [range_ for range_ in touching if range_.last_row >= number]
        if len(touching) > _MAX_MERGED_IN_ROW:
            detail = f"row {number:,} lies in {len(touching):,} merged ranges"
            raise UnreadableError(detail)
        if not values:
            # at the end of a sheet they are nobody's fault
            blank_rows += 1
            continue
        out.write("\n" * blank_rows)
        blank_rows = 0
        texts = list(map(_to_text, values))
        if number == 1:
            columns = list(map(find_column, texts))
            _check_formulas(1, [None] * len(values), formulas, problems)
        else:
            _check_cells(number, columns, values, problems)
            _check_formulas(number, columns, formulas, problems)
            _check_merged(number, columns, values, touching, problems)
            texts += [""] * (len(columns) - len(texts))
        characters += sum(map(len, texts))
        if characters > _MAX_CHARACTERS:
            detail = f"its texts have more than {_MAX_CHARACTERS:,} characters"
            raise UnreadableError(detail)
        writer.writerow(texts)


def _to_text(value: object) -> str:
    """The value of a cell as it would stand in a CSV file."""
    match value:
        case None:
            text = ""
        case str():
            # a lone carriage return or a NUL would be a flaw of the whole file; as another control
            # character it is one of its value
            text = _ESCAPED_CONTROL.sub(lambda found: chr(int(found[1], 16)), value)
            text = text.replace("\r\n", "\n").translate({0x0D: "\n", 0x00: "\x01"})
        case bool():
            text = str(value).upper()
        case float() if value.is_integer():
            text = str(int(value))
        case datetime() if value.time() == time():
            text = value.date().isoformat()
        case _:
            text = str(value)
    return text


def _check_cells(
    row: int, columns: Sequence[str | None], values: Sequence[Any], problems: ProblemList
) -> None:
    """Add what only the cell shows: its text would pass for what was once written in it."""
    for column, value in zip(columns, values, strict=False):
        if column in (NODE_ID, NODE_NAME):
            kind = _find_kind(value)
            if kind:
                text = _to_text(value)
                problems.add("E336", line=row, column=column, value=text, kind=kind)
        elif column == CARDS and _is_inexact(value):
            problems.add("E337", line=row, column=column, value=_to_text(value))


def _check_formulas(
    row: int, columns: Sequence[str | None], formulas: Sequence[int], problems: ProblemList
) -> None:
    """Add the formulas without a value; beyond the header, the row is too long as it is."""
    for place in formulas:
        if place < len(columns):
            cell = f"{get_column_letter(place + 1)}{row}"
            problems.add("E341", line=row, column=columns[place], cell=cell)


def _check_merged(
    row: int,
    columns: Sequence[str | None],
    values: Sequence[Any],
    merged: Sequence[MergedRange],
    problems: ProblemList,
) -> None:
    """Add the cells that look filled because the one beside or above them spreads over them."""
    for range_ in merged:
        for place in range(range_.first_column - 1, min(range_.last_column, len(columns))):
            column = columns[place]
            value = values[place] if place < len(values) else None
            if column and range_.covers(row, place + 1) and _is_blank(value):
                problems.add("E342", line=row, column=column, range=range_.name)


def _is_inexact(value: object) -> bool:
    # what is larger still is no number of cards, and is refused as that
    return isinstance(value, int | float) and LARGEST_EXACT < value <= _LARGEST_INT64


def _find_kind(value: object) -> str | None:
    """What a cell holds in the place of a text; null for a text or nothing."""
    match value:
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case date() | time() | timedelta():
            return "a date or time"
    return None
