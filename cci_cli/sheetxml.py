"""What the XML of a workbook says beside values: its form, formulas never computed, merged cells.

I/O. What no spreadsheet writes, or would grow without end, is refused here.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any, Final, NamedTuple
from xml.parsers import expat

from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter, range_boundaries

_CHUNK_BYTES: Final = 1 << 18
_LONGEST_TAG: Final = 1 << 22
_MAX_DEPTH: Final = 32
#: The texts that cells point to, and the lists of a workbook, lie on the second level.
_DEPTH_OF_ITEMS: Final = 2
#: By the format.
_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384
# a full sheet of surveys has a third of them
_MAX_CELLS: Final = 20_000_000
_LONGEST_NUMBER: Final = 400
#: A number as a spreadsheet writes it; others are read in other ways by other programs.
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "


class FormulaCell(NamedTuple):
    """A cell with a formula that nobody computed; ``row`` and ``column`` count from 1."""

    row: int
    column: int


class MergedRange(NamedTuple):
    """Cells merged into one, by their first and last row and column, which count from 1."""

    name: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def covers(self, row: int, column: int) -> bool:
        """Whether a cell is in it, and is not the first one, which holds the value."""
        return (
            self.first_row <= row <= self.last_row
            and self.first_column <= column <= self.last_column
            and (row, column) != (self.first_row, self.first_column)
        )


def read_marks(stream: IO[bytes]) -> Iterator[FormulaCell | MergedRange]:
    """The formulas of a sheet that have no value kept, then its merged cells, as they stand there.

    A formula whose value is the empty text has one.

    Raises:
        ExpatError: it is no XML.
        ValueError: a cell or range has a name that none can have, or something stands twice, out of
            its place or beyond what a sheet can hold.
    """
    reader = _MarkReader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.take_text
    for chunk in _read_chunks(stream, parser):
        parser.Parse(chunk, not chunk)
        yield from reader.found
        reader.found.clear()


def check_tree(stream: IO[bytes], most_pieces: int) -> None:
    """Refuse a part that would grow into a tree far beyond its purpose; what is no XML is none.

    Args:
        stream: the part.
        most_pieces: the elements there may be in each of those below the outermost.

    Raises:
        ValueError: an element has more, or they lie too deep.
    """
    depth = pieces = 0

    def start(_tag: str, _attributes: dict[str, Any]) -> None:
        nonlocal depth, pieces
        depth += 1
        pieces = 0 if depth <= _DEPTH_OF_ITEMS else pieces + 1
        if depth > _MAX_DEPTH or pieces > most_pieces:
            message = f"more than {most_pieces:,} elements in one, or {_MAX_DEPTH} deep"
            raise ValueError(message)

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    with suppress(expat.ExpatError):
        for chunk in _read_chunks(stream, parser):
            parser.Parse(chunk, not chunk)


def _read_chunks(stream: IO[bytes], parser: expat.XMLParserType) -> Iterator[bytes]:
    """The chunks of a part, the last one empty, as long as the parser gets on with them."""
    given = 0
    chunk = b"."
    while chunk:
        # what it has begun it looks at again with every chunk: it must come to an end
        if given - max(parser.CurrentByteIndex, 0) > _LONGEST_TAG:
            message = f"a tag of more than {_LONGEST_TAG >> 20} MiB"
            raise ValueError(message)
        chunk = stream.read(_CHUNK_BYTES)
        given += len(chunk)
        yield chunk


def declares_type(stream: IO[bytes]) -> bool:
    """Whether a part declares a document type, as no spreadsheet does and no reader should heed.

    Behind one there may be entities that unfold without end. Only what stands before the first
    element is read; a part that is no XML declares nothing.
    """
    found: list[bool] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append(True)
    parser.StartElementHandler = lambda *_: found.append(False)
    with suppress(expat.ExpatError):
        for chunk in _read_chunks(stream, parser):
            if found:
                break
            parser.Parse(chunk, not chunk)
    return found[:1] == [True]


class _MarkReader:
    """Handles the elements of a sheet; rows and cells may leave their numbers to be counted.

    What stands twice or out of its place, readers take in different ways, and some of them pass it
    over: it is refused.
    """

    def __init__(self) -> None:
        self.found: list[FormulaCell | MergedRange] = []
        self._row = self._column = self._depth = self._cells = self._tables = 0
        self._kind: str | None = None
        self._has_formula = self._has_value = self._has_text = self._is_in_value = False
        self._value = ""

    def start(self, tag: str, attributes: dict[str, Any]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._refuse("elements lie too deep")
        match tag.removeprefix(_MAIN):
            case "c":
                self._start_cell(attributes)
            case "v" | "is":
                if self._has_value:
                    self._refuse("it has two values")
                self._has_value = True
                self._is_in_value, self._value = tag.endswith("v"), ""
            case "f":
                self._has_formula = True
            case "row":
                # some programs write 7.0
                row = int(float(attributes["r"])) if "r" in attributes else self._row + 1
                if not self._row < row <= _LAST_ROW:
                    self._refuse(f"row {row} does not stand behind it")
                self._row, self._column = row, 0
            case "sheetData":
                self._tables += 1
                if self._tables > 1:
                    self._refuse("rows begin a second time")
            case "mergeCell":
                self.found.append(_to_range(attributes.get("ref", "")))

    def _start_cell(self, attributes: dict[str, Any]) -> None:
        row, column = self._row, self._column + 1
        if place := attributes.get("r"):
            row, column = coordinate_to_tuple(place)
        self._cells += 1
        if row != self._row or not self._column < column <= _LAST_COLUMN:
            self._refuse(f"cell {place} does not stand behind it")
        if self._cells > _MAX_CELLS:
            self._refuse(f"it is cell {self._cells:,}")
        self._column, self._kind = column, attributes.get("t")
        self._has_formula = self._has_value = self._has_text = False

    def end(self, tag: str) -> None:
        self._depth -= 1
        name = tag.removeprefix(_MAIN)
        if name == "v":
            self._is_in_value = False
            self._check_value()
        elif name == "c" and self._has_formula:
            # the empty text is a value
            is_computed = self._has_text or (self._has_value and self._kind == "str")
            self.found += [] if is_computed else [FormulaCell(self._row, self._column)]

    def _check_value(self) -> None:
        """Refuse a number that other readers would read otherwise."""
        is_place = self._kind == "s" and not (self._value.isascii() and self._value.isdecimal())
        is_number = self._kind in (None, "n") and self._value != ""
        if is_place or (is_number and not _NUMBER.fullmatch(self._value)):
            self._refuse(f"{self._value[:40]!r} is no number as a spreadsheet writes it")

    def take_text(self, text: str) -> None:
        if self._is_in_value and text:
            self._has_text = True
            if len(self._value) < _LONGEST_NUMBER:
                self._value += text

    def _refuse(self, why: str) -> None:
        at = f"{get_column_letter(self._column)}{self._row}" if self._column else f"row {self._row}"
        message = f"at {at}: {why}"
        raise ValueError(message)


def _to_range(name: str) -> MergedRange:
    left, top, right, bottom = range_boundaries(name)
    return MergedRange(name, top, left, bottom, right)
