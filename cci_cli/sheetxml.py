"""What the XML of a sheet says beside values: formulas never computed, merged cells. I/O."""

from collections.abc import Iterator
from typing import IO, Any, BinaryIO, Final, NamedTuple
from xml.parsers import expat

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

_CHUNK_BYTES: Final = 1 << 18
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


def read_marks(stream: BinaryIO) -> Iterator[FormulaCell | MergedRange]:
    """The formulas of a sheet that have no value kept, then its merged cells, as they stand there.

    A formula whose value is the empty text has one.

    Raises:
        ExpatError: it is no XML.
        ValueError: a cell or range has a name that none can have.
    """
    reader = _MarkReader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.take_text
    is_last = False
    while not is_last:
        chunk = stream.read(_CHUNK_BYTES)
        is_last = not chunk
        parser.Parse(chunk, is_last)
        yield from reader.found
        reader.found.clear()


def declares_type(stream: IO[bytes]) -> bool:
    """Whether a part declares a document type, as no spreadsheet does and no reader should heed.

    Behind one there may be entities that unfold without end. Only what stands before the first
    element is read; a part that is no XML declares nothing.
    """
    found: list[bool] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append(True)
    parser.StartElementHandler = lambda *_: found.append(False)
    try:
        while not found and (chunk := stream.read(_CHUNK_BYTES)):
            parser.Parse(chunk)
    except expat.ExpatError:
        pass
    return found[:1] == [True]


class _MarkReader:
    """Handles the elements of a sheet; rows and cells may leave their numbers to be counted."""

    def __init__(self) -> None:
        self.found: list[FormulaCell | MergedRange] = []
        self._row = self._column = 0
        self._is_text = self._has_formula = self._has_value = self._is_in_value = False

    def start(self, tag: str, attributes: dict[str, Any]) -> None:
        name = tag.removeprefix(_MAIN)
        if name == "c":
            if place := attributes.get("r"):
                self._column = coordinate_to_tuple(place)[1]
            else:
                self._column += 1
            self._is_text = attributes.get("t") == "str"
            self._has_formula = self._has_value = False
        elif name == "v":
            self._is_in_value = True
            self._has_value = self._is_text
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            # some programs write 7.0
            self._row = int(float(attributes["r"])) if "r" in attributes else self._row + 1
            self._column = 0
        elif name == "mergeCell":
            self.found.append(_to_range(attributes.get("ref", "")))

    def end(self, tag: str) -> None:
        name = tag.removeprefix(_MAIN)
        if name == "v":
            self._is_in_value = False
        elif name == "c" and self._has_formula and not self._has_value:
            self.found.append(FormulaCell(self._row, self._column))

    def take_text(self, text: str) -> None:
        if self._is_in_value and text:
            self._has_value = True


def _to_range(name: str) -> MergedRange:
    left, top, right, bottom = range_boundaries(name)
    return MergedRange(name, top, left, bottom, right)
