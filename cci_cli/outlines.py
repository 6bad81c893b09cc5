"""What the bytes of a text file tell before anything in it is parsed, in one pass. I/O.

Most files have one record a line, with as many separators as the header and no quote. That is
seen without parsing: of each chunk all but separators, line ends and unusual bytes is deleted,
and what is left is compared with what is left of the header.
"""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from cci_cli.files import open_file
from cci_cli.progress import BYTES, tell

_CHUNK_BYTES: Final = 1 << 20
_LONGEST_LINE: Final = 1 << 26
_LONE_CR: Final = re.compile(rb"\r(?!\n)")
_MARK: Final = "\ufeff".encode()
#: A character of three bytes or more in UTF-8: what is not UTF-8 seldom looks like one
HANZI: Final = re.compile("[\u0800-\ufffc\U00010000-\U0010ffff]")

# characters from U+4000 to U+9FFF, each of them a hanzi or a hexagram, begin with one of these
_PLAIN_LEADS: Final = range(0xE4, 0xEA)
_CONTINUATIONS: Final = range(0x80, 0xC0)
_PRINTABLE: Final = frozenset(range(0x20, 0x7F)) - frozenset(b',"')
#: Bytes of plain characters that shape no record.
_PLAIN: Final = bytes(sorted({*_PRINTABLE, *_PLAIN_LEADS, *_CONTINUATIONS}))
#: The other bytes of characters beyond ASCII.
_OTHER_LEADS: Final = bytes(sorted({*range(0xC0, 0x100)} - {*_PLAIN_LEADS}))
#: What shapes records, and is no part of the text of one that takes one line.
_FRAME: Final = b',"\r\n'


@dataclass(frozen=True, slots=True)
class Flaw:
    """Bytes that cannot be read; ``offset`` counts bytes from 0, ``line`` lines from 1."""

    code: str
    offset: int
    line: int


@dataclass(frozen=True, slots=True)
class Outline:
    """The outer form of a file.

    Attributes:
        flaw: the first bytes that are no UTF-8 (E310) or NUL (E312); null for none. Behind it
            nothing was looked at.
        lone_cr: the first carriage return that ends no line (E313); null for none.
        has_text: whether there is anything but white space.
        has_quotes: whether there is a quotation mark.
        has_empty_quotes: whether two stand side by side, as those around nothing do.
        has_hanzi: whether a character takes three bytes or more.
        is_ascii: whether there is nothing beyond ASCII.
        lines: how many lines there are.
        is_regular: whether every line has the separators of the first one, and no quote or
            control character.
        is_plain: whether all its characters are printable ASCII, line ends, or from U+4000 to
            U+9FFF.
    """

    flaw: Flaw | None = None
    lone_cr: Flaw | None = None
    has_text: bool = False
    has_quotes: bool = False
    has_empty_quotes: bool = False
    has_hanzi: bool = False
    is_ascii: bool = True
    lines: int = 0
    is_regular: bool = True
    is_plain: bool = True

    @property
    def first_flaw(self) -> Flaw | None:
        """What comes first of all that cannot be read."""
        flaws = [flaw for flaw in (self.flaw, self.lone_cr) if flaw is not None]
        return min(flaws, key=lambda flaw: flaw.offset, default=None)


def outline_file(path: Path) -> Outline:
    """The outline of a file in UTF-8, or in another encoding up to where that shows.

    Raises:
        OSError: it cannot be read.
        SystemFailureError: E504, it is no regular file.
    """
    found = Outline()
    record, end_of_line = b"", b"\n"
    offset = 0
    with open_file(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        # whole lines: no character and no line end is cut in two
        while chunk := _read_lines(stream):
            text = chunk if offset else chunk.removeprefix(_MARK)
            flaw = _find_flaw(chunk)
            if offset == 0:
                first = text[: text.find(b"\n") + 1] or text
                end_of_line = b"\r\n" if first.endswith(b"\r\n") else b"\n"
                separators = first.removesuffix(end_of_line).translate(None, _PLAIN)
                found = replace(found, is_regular=not separators.strip(b",\t"))
                record = separators + end_of_line
            lines, is_plain = None, True
            if found.is_regular:
                lines, is_plain = _count_records(_end(text, end_of_line), record)
                found = replace(found, is_plain=found.is_plain and is_plain)
            if lines is None:
                found = _look_closely(found, text, offset + len(chunk) - len(text))
                lines = text.count(b"\n") + (not text.endswith(b"\n"))
            if not found.has_hanzi and not text.isascii():
                sound = text if flaw is None else chunk[: flaw[1]].removeprefix(_MARK)
                has_hanzi = HANZI.search(sound.decode()) is not None
                found = replace(found, is_ascii=False, has_hanzi=has_hanzi)
            if not found.has_text and text.strip():
                found = replace(found, has_text=True)
            if flaw is not None:
                code, at = flaw
                line = found.lines + 1 + chunk.count(b"\n", 0, at)
                return replace(found, flaw=Flaw(code, offset + at, line))
            found = replace(found, lines=found.lines + lines)
            offset += len(chunk)
            tell("looking at the bytes", BYTES, offset, size)
    return found


def _read_lines(stream: BinaryIO) -> bytes:
    """Some whole lines; less where there is no text, or a line goes on beyond reason."""
    start = stream.read(_CHUNK_BYTES)
    return start if b"\0" in start else start + stream.readline(_LONGEST_LINE)


def _look_closely(found: Outline, text: bytes, offset: int) -> Outline:
    """The outline with a chunk that is not as regular as the lines before it, if they were."""
    lone_cr = found.lone_cr
    if lone_cr is None and b"\r" in text and (lone := _LONE_CR.search(text)):
        at = lone.start()
        lone_cr = Flaw("E313", offset + at, found.lines + 1 + text.count(b"\n", 0, at))
    return replace(
        found,
        lone_cr=lone_cr,
        has_quotes=found.has_quotes or b'"' in text,
        has_empty_quotes=found.has_empty_quotes or b'""' in text,
        is_regular=False,
        is_plain=found.is_plain and not text.translate(None, _PLAIN + _FRAME),
    )


def _end(text: bytes, end_of_line: bytes) -> bytes:
    """Whole lines: the last one of a file may have no end; a carriage return is none."""
    return text if text.endswith((b"\n", b"\r")) else text + end_of_line


def _count_records(text: bytes, record: bytes) -> tuple[int | None, bool]:
    """The lines of a chunk that all have the form of the header, and whether they are plain.

    The number is null where one has another form.
    """
    shape = text.translate(None, _PLAIN)
    end_of_line = b"\r\n" if record.endswith(b"\r\n") else b"\n"
    for is_plain in (b"\t" not in record, False):
        count, rest = divmod(len(shape), len(record))
        # what stood between a carriage return and a line end is not in the shape
        if (
            not rest
            and shape == record * count
            and (end_of_line == b"\n" or text.count(end_of_line) == count)
        ):
            return count, is_plain
        shape = shape.translate(None, _OTHER_LEADS)
    return None, True


def _find_flaw(chunk: bytes) -> tuple[str, int] | None:
    """The first NUL or byte that is not UTF-8 in a chunk of whole lines: code and position."""
    end = chunk.find(b"\0")
    sound = chunk if end < 0 else chunk[:end]
    if not sound.isascii():
        try:
            # Polars checks twenty times as fast as Python decodes
            pl.Series([sound], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.ComputeError:
            try:
                sound.decode()
            except UnicodeDecodeError as error:
                return "E310", error.start
            raise
    return ("E312", end) if end >= 0 else None
