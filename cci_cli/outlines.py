"""What the bytes of a text file tell before anything in it is parsed, in one pass. I/O.

Most files have one record a line, with as many separators as the header and no quote. That is
seen without parsing: of each chunk all but separators, line ends and unusual bytes is deleted,
and what is left is compared with what is left of the header.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from cci_cli.files import open_file

_CHUNK_BYTES: Final = 1 << 20
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
#: What is left of a header in which nothing unusual stands; form feeds and the like are unusual.
_ONE_RECORD: Final = re.compile(rb"[,\t]*\r?\n")


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
        has_hanzi: whether a character takes three bytes or more.
        is_ascii: whether there is nothing beyond ASCII.
        is_regular: whether every line has the separators of the first one, and no quote or
            control character.
        is_plain: whether it is regular, and has no character beyond ASCII but those from U+4000
            to U+9FFF.
    """

    flaw: Flaw | None = None
    lone_cr: Flaw | None = None
    has_text: bool = False
    has_quotes: bool = False
    has_hanzi: bool = False
    is_ascii: bool = True
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
    record, end_of_line = None, b"\n"
    offset, line = 0, 1
    lone_cr: Flaw | None = None
    has_text = has_quotes = has_hanzi = False
    is_ascii = is_regular = is_plain = True

    def finish(flaw: Flaw | None = None) -> Outline:
        return Outline(
            flaw=flaw,
            lone_cr=lone_cr,
            has_text=has_text,
            has_quotes=has_quotes,
            has_hanzi=has_hanzi,
            is_ascii=is_ascii,
            is_regular=is_regular,
            is_plain=is_plain,
        )

    with open_file(path) as stream:
        # whole lines: no character and no line end is cut in two
        while chunk := stream.read(_CHUNK_BYTES) + stream.readline():
            begins_with_mark = offset == 0 and chunk.startswith(_MARK)
            text = chunk.removeprefix(_MARK) if begins_with_mark else chunk
            flaw = _find_flaw(chunk)
            if record is None:
                first = text[: text.find(b"\n") + 1] or text
                end_of_line = b"\r\n" if first.endswith(b"\r\n") else b"\n"
                record = _end(first, end_of_line).translate(None, _PLAIN)
                is_regular = _ONE_RECORD.fullmatch(record) is not None
            shape = _end(text, end_of_line).translate(None, _PLAIN)
            lines = _count_records(shape, record) if is_regular else None
            if lines is None:
                is_plain = False
                shape = shape.translate(None, _OTHER_LEADS)
                lines = _count_records(shape, record) if is_regular else None
            if lines is None:
                is_regular = False
                has_quotes = has_quotes or b'"' in shape
                lines = chunk.count(b"\n")
                if lone_cr is None and (lone := _LONE_CR.search(chunk)):
                    at = lone.start()
                    lone_cr = Flaw("E313", offset + at, line + chunk.count(b"\n", 0, at))
            if not has_hanzi and not text.isascii():
                is_ascii = False
                sound = chunk if flaw is None else chunk[: flaw[1]]
                has_hanzi = HANZI.search(sound.removeprefix(_MARK).decode()) is not None
            has_text = has_text or bool(text.strip())
            if flaw is not None:
                code, at = flaw
                return finish(Flaw(code, offset + at, line + chunk.count(b"\n", 0, at)))
            offset += len(chunk)
            line += lines
    return finish()


def _end(text: bytes, end_of_line: bytes) -> bytes:
    """Whole lines: the last one of a file may have no end; a carriage return is none."""
    return text if text.endswith((b"\n", b"\r")) else text + end_of_line


def _count_records(shape: bytes, record: bytes) -> int | None:
    """The lines of a chunk whose shape is that of the record again and again; null for another."""
    count, rest = divmod(len(shape), len(record))
    return count if not rest and shape == record * count else None


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
