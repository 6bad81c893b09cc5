"""The records of CSV text as RFC 4180 has them, with the line each begins on. Domain: no I/O.

Stricter than the ``csv`` module, which lets a quote pass inside a field that has none around it.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

# one record: fields in quotes with inner quotes doubled, or without any quote
_FIELD: Final = {mark: rf'(?:"(?:[^"]|"")*"|[^"{mark}\r\n]*)' for mark in (",", "\t")}
_WELL_QUOTED: Final = {
    mark: re.compile(rf"{field}(?:{mark}{field})*\r?\n?") for mark, field in _FIELD.items()
}
#: A line, without its end, that is a record by itself; by separator.
WELL_QUOTED_LINE: Final = {mark: rf"^{field}(?:{mark}{field})*$" for mark, field in _FIELD.items()}


@dataclass(frozen=True, slots=True)
class TextForm:
    """What is known of a file before its rows are looked at.

    Where ``is_raw``, the header may use other names. Where ``is_sheet``, every record is one row of
    a workbook, and has the number of that row whatever line ends are in its cells.
    """

    separator: str = ","
    is_raw: bool = False
    is_sheet: bool = False


STORED_FORM: Final = TextForm()


def read_records(text: Iterable[str], form: TextForm) -> Iterator[tuple[int, list[str] | None]]:
    """First line and fields of every record; null for one whose quotes do not hold."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in text:
            taken.append(line)
            yield line

    reader = csv.reader(lines(), delimiter=form.separator, strict=True)
    well_quoted = _WELL_QUOTED[form.separator]
    start = 1
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield start, None
        else:
            # the csv module lets a quote pass inside an unquoted field
            yield start, fields if well_quoted.fullmatch("".join(taken)) else None
        taken.clear()
        start = start + 1 if form.is_sheet else reader.line_num + 1
