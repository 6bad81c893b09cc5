"""A raw file, whatever its encoding, as CSV text in UTF-8. I/O.

Line ends and lines stay what they are. UTF-16 is known by its byte order mark, and UTF-8 is strict
enough to be told from GB18030 in nearly any file. Where it is not, nobody guesses: the file is
refused until its encoding is named.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from cci_cli.errors import ProblemList, SystemFailureError, os_failure, quote_value
from cci_cli.files import open_file
from cci_cli.formats import Encoding
from cci_cli.outlines import HANZI, Flaw, Outline, outline_file
from cci_cli.readings import UTF_8
from cci_cli.records import TextForm

_CHUNK_BYTES: Final = 1 << 20
_LONGEST_HEADER: Final = 1 << 16
_LONGEST_WORD: Final = 1 << 16
#: Words that are looked at to tell broken UTF-8 from GB18030.
_MAX_WORDS: Final = 10_000

_XLSX: Final = b"PK\x03\x04"
# the container of old Excel files, and of new ones that are encrypted
_OLE: Final = bytes.fromhex("D0CF11E0A1B11AE1")
_MARK: Final = codecs.BOM_UTF8
_UTF_32: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_NAMES: Final = {
    "gb18030": "GB18030",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}
# from a byte beyond ASCII to the next one that no character of GB18030 has in it
_WORD: Final = re.compile(rb"[\x80-\xff][\x30-\xff]*")
_END_OF_WORD: Final = re.compile(rb"[\x00-\x2f](?=[\x30-\xff]*\Z)")
_NAME_GB18030: Final = (
    "most of it is UTF-8: save the file as UTF-8; GB18030 fits too, if it is that after all, say "
    "so: --encoding gb18030"
)
_NAMED: Final = "leave --encoding out: the bytes tell; else save the file as UTF-8"
_NEEDS_MARK: Final = "UTF-16 is read by the byte order mark it begins with; save the file as UTF-8"


@dataclass(frozen=True, slots=True)
class RawText:
    """CSV text in UTF-8, and what it was read from (``encoding``, as people call it).

    ``outline`` is null where it was not needed to read the file.
    """

    path: Path
    encoding: str
    form: TextForm
    outline: Outline | None = None


class _BadBytesError(Exception):
    """Bytes that an encoding does not have."""

    def __init__(self, offset: int, line: int) -> None:
        self.flaw = Flaw("E310", offset, line)
        super().__init__()


def read_raw(
    path: Path, folder: Path, problems: ProblemList, encoding: Encoding | None = None
) -> RawText | None:
    """The text of a raw file: the file itself where it is UTF-8, else a copy in UTF-8.

    Args:
        path: CSV in UTF-8, GB18030 or UTF-16, or an .xlsx workbook.
        folder: where a copy may be made.
        problems: what is wrong with the bytes is added.
        encoding: what to read it as; null where the bytes are to tell.

    Returns:
        null where it cannot be read as text.

    Raises:
        SystemFailureError: E501 the file cannot be read, E502 the copy not be written, E503
            a workbook needs a package that is not installed, E504 it is no regular file.
    """
    copy = folder / "text.csv"
    try:
        with open_file(path) as stream:
            start = stream.read(len(_OLE))
        if encoding is not None and start.startswith((_XLSX, _OLE)):
            problems.add("E345", encoding=encoding)
            return None
        if encoding == "utf-8":
            # the survey says where it is not
            return RawText(path, UTF_8, TextForm(is_raw=True))
        if encoding == "gb18030":
            return _read_text(path, copy, "gb18030", problems, hint=_NAMED)
        if encoding == "utf-16":
            return _read_utf_16(path, copy, start, problems)
        return _read_unnamed(path, copy, start, problems)
    except OSError as error:
        raise os_failure("E501", path, error) from error


def _read_unnamed(path: Path, copy: Path, start: bytes, problems: ProblemList) -> RawText | None:
    """The text of a file that tells by its bytes, ``start`` the first of them, what it is."""
    if start.startswith(_XLSX):
        return _read_workbook(path, copy, problems)
    # before UTF-16: one of its marks begins like one of UTF-32
    for code, marks in (("E340", (_OLE,)), ("E333", _UTF_32)):
        if start.startswith(marks):
            problems.add(code)
            return None
    if start.startswith(tuple(_UTF_16)):
        return _read_utf_16(path, copy, start, problems)
    if start.startswith(_MARK):
        # the survey says where it is not
        return RawText(path, UTF_8, TextForm(is_raw=True))
    return _read_unmarked(path, copy, problems)


def _read_unmarked(path: Path, copy: Path, problems: ProblemList) -> RawText | None:
    """The text of a file in UTF-8 or GB18030; null where neither fits, or both do."""
    outline = outline_file(path)
    flaw = outline.flaw
    if flaw is None or flaw.code != "E310":
        # all the characters beyond ASCII may have two bytes, as those of GB18030 have; behind a
        # NUL nothing is looked at: it is no text at all, and the survey names the place
        is_open = flaw is None and not outline.has_hanzi and not outline.is_ascii
        if not (is_open and _is_in(path, "gb18030")):
            return RawText(path, UTF_8, TextForm(is_raw=True), outline)
        line, word = next(_find_words(path))
        names = {codec: quote_value(word.decode(codec)) for codec in ("utf-8", "gb18030")}
        problems.add("E343", line=line, utf_8=names["utf-8"], gb18030=names["gb18030"])
        return None
    if _is_mostly_utf_8(path):
        hint = _NAME_GB18030 if _is_in(path, "gb18030") else None
        _add_bad_bytes(UTF_8, flaw, problems, hint)
        return None
    return _read_text(path, copy, "gb18030", problems, flaw)


def _read_workbook(path: Path, copy: Path, problems: ProblemList) -> RawText | None:
    try:
        from cci_cli.workbook import write_sheet
    except ModuleNotFoundError as error:
        raise SystemFailureError("E503", package="openpyxl") from error
    with open_file(path) as stream:
        sheet = write_sheet(stream, copy, problems)
    if sheet is None:
        return None
    return RawText(copy, f"XLSX, sheet {sheet}", TextForm(is_raw=True, is_sheet=True))


def _read_utf_16(path: Path, copy: Path, start: bytes, problems: ProblemList) -> RawText | None:
    codec = _UTF_16.get(start[:2])
    if codec is None:
        problems.add("E310", line=1, hint=_NEEDS_MARK, encoding="UTF-16", offset=0)
        return None
    return _read_text(path, copy, codec, problems)


def _is_mostly_utf_8(path: Path) -> bool:
    """Whether a file that is not UTF-8 throughout was meant to be.

    A word of hanzi in UTF-8 is next to never one in GB18030: that takes a rare hanzi at the right
    place and a lucky one beside it. Where a fifth of the words are in UTF-8, it is no chance.
    """
    sound = broken = 0
    for _, word in islice(_find_words(path), _MAX_WORDS):
        text = word.decode(errors="replace")
        flaws = text.count("\ufffd")
        if len(HANZI.findall(text)) > 2 * flaws:
            sound += 1
        elif flaws:
            broken += 1
    return 4 * sound > broken


def _find_words(path: Path) -> Iterator[tuple[int, bytes]]:
    """The stretches of a file that go beyond ASCII, each from there to its end, with its line."""
    line, rest = 1, b""
    with open_file(path) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            chunk = rest + chunk
            end = _END_OF_WORD.search(chunk, max(len(chunk) - _LONGEST_WORD, 0))
            cut = end.end() if end else 0
            if not end and len(chunk) >= _LONGEST_WORD:
                cut = len(chunk)
            rest = chunk[cut:]
            yield from _find_in(chunk[:cut], line)
            line += chunk.count(b"\n", 0, cut)
    yield from _find_in(rest, line)


def _find_in(chunk: bytes, line: int) -> Iterator[tuple[int, bytes]]:
    counted = 0
    for found in _WORD.finditer(chunk):
        line += chunk.count(b"\n", counted, found.start())
        counted = found.start()
        yield line, found[0]


def _is_in(path: Path, codec: str) -> bool:
    """Whether all the bytes of a file are those of an encoding."""
    try:
        for _ in _decode(path, codec):
            pass
    except _BadBytesError:
        return False
    return True


def _read_text(
    path: Path,
    copy: Path,
    codec: str,
    problems: ProblemList,
    utf_8_flaw: Flaw | None = None,
    hint: str | None = None,
) -> RawText | None:
    """A copy in UTF-8 of a file in another encoding; null where its bytes are not in that one.

    ``utf_8_flaw`` is what kept a file from being UTF-8 that nobody named the encoding of.
    """
    name = _NAMES[codec]
    try:
        separator = _write_copy(_decode(path, codec), copy, codec)
    except _BadBytesError as error:
        if utf_8_flaw is None:
            _add_bad_bytes(name, error.flaw, problems, hint)
        else:
            # the encoding that holds longer is the likelier one
            furthest = max(utf_8_flaw, error.flaw, key=lambda found: found.offset)
            _add_bad_bytes(f"{UTF_8} or {name}", furthest, problems)
        return None
    return RawText(copy, name, TextForm(separator, is_raw=True))


def _write_copy(texts: Iterator[str], copy: Path, codec: str) -> str:
    """Write a text as UTF-8 and tell its separator: Excel's Unicode text is UTF-16 with tabs."""
    header, has_begun = "", False
    try:
        out = copy.open("xb")
    except OSError as error:
        raise os_failure("E502", copy, error) from error
    with out:
        for text in texts:
            # the byte order mark of the source says nothing of the copy
            written = text if has_begun else text.removeprefix("\ufeff")
            has_begun = has_begun or text != ""
            if "\n" not in header and len(header) < _LONGEST_HEADER:
                header += written
            try:
                out.write(written.encode())
            except OSError as error:
                raise os_failure("E502", copy, error) from error
    is_tabbed = codec.startswith("utf-16") and "\t" in header.partition("\n")[0]
    return "\t" if is_tabbed else ","


def _decode(path: Path, codec: str) -> Iterator[str]:
    """The text of a file, chunk by chunk, what stands before a flaw too.

    Raises:
        _BadBytesError: bytes that the encoding does not have.
    """
    decoder = codecs.getincrementaldecoder(codec)()
    offset, line = 0, 1
    with open_file(path) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            pending = decoder.getstate()[0]
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                sound = (pending + chunk)[: error.start].decode(codec)
                yield sound
                at = offset - len(pending) + error.start
                raise _BadBytesError(at, line + sound.count("\n")) from error
            yield text
            offset += len(chunk)
            line += text.count("\n")
    if pending := decoder.getstate()[0]:
        raise _BadBytesError(offset - len(pending), line)


def _add_bad_bytes(
    encoding: str, flaw: Flaw, problems: ProblemList, hint: str | None = None
) -> None:
    problems.add("E310", line=flaw.line, hint=hint, encoding=encoding, offset=flaw.offset)
