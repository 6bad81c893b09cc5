"""A second reader of raw files, slow and obvious: what may be stored of one, or that nothing may.

Knows nothing of the package. It is written from the contract for raw files alone, goes through the
text character by character, and refuses whatever is not plainly meant. It knows no shades: where
`cci` refuses a file that this reader takes, `cci` is the stricter of the two, which it may be; but
what `cci` stores, this reader must have read too, to the letter.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from xml.etree import ElementTree

COLUMNS = ("node_id", "node_name", "province", "model", "cards", "status", "in_service_since")
CHINESE_COLUMNS = ("节点编号", "节点名称", "省份", "型号", "卡数", "状态", "投运日期")
NEEDED = ("node_id", "province", "model", "cards")
STATUSES = {
    "in_service": ("在运", "运行中"),
    "under_construction": ("在建", "建设中"),
    "suspended": ("暂停", "暂停服务", "暂停运行"),
    "retired": ("退役", "已退役"),
}
LARGEST_COUNT = 2**63 - 1
# what a spreadsheet shows in the place of a value
MANGLED = re.compile(
    r"###+|#(N/A|NAME\?|REF!|VALUE!|DIV/0!|NUM!|NULL!)|-?[0-9]+(\.[0-9]+)?E[+-][0-9]{2,3}"
)
DATES = (
    re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"),
    re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})"),
    re.compile(r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})"),
    re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日"),
)
SHEET_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class RefusalError(Exception):
    """The file cannot be stored: why not, and for which text."""

    def __init__(self, why: str, text: str = "") -> None:
        super().__init__(f"{why} {text!r}" if text else why)


class UndecidedError(Exception):
    """This reader does not know such files: nothing follows from what it would say."""


@dataclass(frozen=True)
class Vocabulary:
    """The names that a config has, and the day that a snapshot describes."""

    provinces: Mapping[str, Sequence[str]]
    models: Mapping[str, Sequence[str]]
    as_of: date


def read_text(content: bytes, vocabulary: Vocabulary, encoding: str | None = None) -> bytes:
    """The bytes to be stored of a text file.

    Raises:
        RefusalError: it is none that may be stored.
    """
    text = decode(content, encoding)
    is_tabbed = content[:2] in (b"\xff\xfe", b"\xfe\xff") and "\t" in text.partition("\n")[0]
    return to_stored(split_records(text, "\t" if is_tabbed else ","), vocabulary)


def decode(content: bytes, encoding: str | None) -> str:
    """The text of a file without the mark it may begin with."""
    if content[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff") and encoding is None:
        raise RefusalError("UTF-32")
    if encoding == "utf-16" or (encoding is None and content[:2] in (b"\xff\xfe", b"\xfe\xff")):
        codecs = {b"\xff\xfe": ["utf-16-le"], b"\xfe\xff": ["utf-16-be"]}.get(content[:2], [])
    elif encoding is not None or content.startswith(b"\xef\xbb\xbf"):
        codecs = [encoding or "utf-8"]
    else:
        codecs = ["utf-8", "gb18030"]
    for codec in codecs:
        try:
            return content.decode(codec).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise RefusalError("bytes of no encoding")


def split_records(text: str, separator: str) -> list[list[str]]:
    """The fields of every line: no value that may be stored has a line end in it."""
    if "\0" in text:
        raise RefusalError("NUL")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    elif lines[-1].endswith("\r"):
        raise RefusalError("a carriage return ends the file")
    return [split_line(line.removesuffix("\r"), separator) for line in lines]


def split_line(line: str, separator: str) -> list[str]:
    """The fields of a line."""
    if line == "" or "\r" in line:
        raise RefusalError("a blank line, or a carriage return within one")
    fields, at = [], 0
    while True:
        field, at = split_field(line, at, separator)
        fields.append(field)
        if at == len(line):
            return fields
        if line[at] != separator:
            raise RefusalError("something behind a closing quote:", line[at:])
        at += 1


def split_field(line: str, at: int, separator: str) -> tuple[str, int]:
    """The field that begins at a place of a line, and the place where it ends."""
    if line[at : at + 1] != '"':
        end = line.find(separator, at)
        field = line[at:] if end == -1 else line[at:end]
        if '"' in field:
            raise RefusalError("a quote inside a field without quotes:", field)
        return field, at + len(field)
    field, at = "", at + 1
    while at < len(line):
        if line[at : at + 2] == '""':
            field += '"'
            at += 2
        elif line[at] == '"':
            return field, at + 1
        else:
            field += line[at]
            at += 1
    raise RefusalError("a quote that nothing closes")


def to_stored(records: Iterable[Sequence[str]], vocabulary: Vocabulary) -> bytes:
    """The canonical text of records, the first of them the header."""
    header, *rows = list(records) or [[]]
    columns = [find_column(name) for name in header]
    if len(set(columns)) < len(columns) or not set(NEEDED) <= set(columns):
        raise RefusalError("a column is missing or stands twice")
    stored = []
    for fields in rows:
        if len(fields) != len(columns):
            raise RefusalError("a row is wider or narrower than the header")
        stored.append(to_row(dict(zip(columns, fields, strict=True)), vocabulary))
    check_rows(stored, vocabulary)
    stored.sort(key=lambda row: (row[0].encode(), row[3].encode()))
    lines = [",".join(map(quote, row)) for row in [COLUMNS, *stored]]
    return ("\n".join(lines) + "\n").encode()


def find_column(name: str) -> str:
    """The column that a name of a header stands for."""
    both = (*zip(COLUMNS, COLUMNS, strict=True), *zip(CHINESE_COLUMNS, COLUMNS, strict=True))
    return find_spelling(name, {fold(word): column for word, column in both})


def fold(text: str) -> str:
    """A word without what spellings of it differ in: case, width, space and hyphens."""
    wide = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\-\u2010-\u2015\u2212]+", "", wide).casefold()


def find_spelling(text: str, spellings: Mapping[str, str]) -> str:
    """What a word stands for."""
    try:
        return spellings[fold(text)]
    except KeyError:
        raise RefusalError("no word that is known:", text) from None


def to_row(values: Mapping[str, str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The values of a row in their canonical form, in the order of ``COLUMNS``."""
    provinces = {fold(word): name for name, words in vocabulary.provinces.items() for word in words}
    models = {fold(word): name for name, words in vocabulary.models.items() for word in words}
    statuses = {fold(word): name for name, words in STATUSES.items() for word in (name, *words)}
    # as a sentence or a program would part its words
    statuses |= {fold(name.replace("_", "")): name for name in STATUSES}
    node = to_word(values["node_id"])
    if node == "":
        raise RefusalError("no identifier")
    since = to_date(values.get("in_service_since", ""))
    status = find_spelling(values.get("status", "in_service"), statuses)
    if status == "in_service" and since > vocabulary.as_of.isoformat():
        raise RefusalError("in service only after the day of the snapshot")
    return (
        node,
        to_word(values.get("node_name", "")),
        find_spelling(values["province"], provinces),
        find_spelling(values["model"], models),
        to_count(values["cards"]),
        status,
        since,
    )


def strip_space(text: str) -> str:
    """A text without the spaces around it; a tab or a line end is none."""
    while text and unicodedata.category(text[0]) == "Zs":
        text = text[1:]
    while text and unicodedata.category(text[-1]) == "Zs":
        text = text[:-1]
    return text


def to_word(text: str) -> str:
    """An identifier or a name, to the letter but for space around it."""
    bare = strip_space(text)
    for char in bare:
        # what this edition of Unicode does not know, a later one may
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") or char == "\ufffd":
            raise RefusalError("in a name:", char)
    if MANGLED.fullmatch(bare) or (len(bare) > 2 and bare[:2] == '="' and bare[-1] == '"'):
        raise RefusalError("not the value but what a spreadsheet shows")
    return bare


def to_ascii_digits(text: str) -> str:
    """A text with full-width digits as plain ones."""
    return "".join(chr(ord(char) - 0xFEE0) if "０" <= char <= "９" else char for char in text)


def to_count(text: str) -> str:
    """A number of cards in plain digits."""
    digits = to_ascii_digits(strip_space(text))
    for comma in (",", "，"):
        first, *groups = digits.split(comma)
        if groups and 1 <= len(first) <= 3 and first[0] != "0":
            digits = "".join([first, *groups]) if {len(group) for group in groups} == {3} else ""
    # none that fits is longer
    if not 1 <= len(digits) <= 19 or set(digits) - set("0123456789"):
        raise RefusalError("no number of cards:", text)
    if digits != str(int(digits)) or int(digits) > LARGEST_COUNT:
        raise RefusalError("zeros before it, or too large:", text)
    return digits


def to_date(text: str) -> str:
    """A day as YYYY-MM-DD; nothing for nothing."""
    written = to_ascii_digits(strip_space(text))
    if written == "":
        return ""
    for form in DATES:
        if found := form.fullmatch(written):
            year, month, day = map(int, found.groups())
            try:
                known = date(year, month, day)
            except ValueError as error:
                raise RefusalError("no day:", text) from error
            if 1990 <= year <= 2199:
                return known.isoformat()
    raise RefusalError("no day of service:", text)


def check_rows(rows: Sequence[Sequence[str]], vocabulary: Vocabulary) -> None:
    """Hold rows against each other: keys, places, and provinces that do not appear."""
    keys = [(row[0], row[3]) for row in rows]
    if len(set(keys)) < len(keys):
        raise RefusalError("a node and a model stand twice")
    if len({(row[0], row[2]) for row in rows}) > len({row[0] for row in rows}):
        raise RefusalError("a node lies in two provinces")
    if {row[2] for row in rows} != set(vocabulary.provinces):
        raise RefusalError("a province does not appear")


def quote(field: str) -> str:
    """A field as CSV has it."""
    return '"' + field.replace('"', '""') + '"' if re.search('[",\r\n]', field) else field


def read_workbook(content: bytes, vocabulary: Vocabulary) -> bytes:
    """The bytes to be stored of a workbook of one sheet with texts and whole numbers.

    Raises:
        RefusalError: it is none that may be stored.
        UndecidedError: it has more than that.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            shared = list(read_shared(archive))
            rows = list(read_sheet(archive, shared))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, ValueError, IndexError) as error:
        raise UndecidedError from error
    while rows and not any(map(strip_space, rows[-1])):
        rows.pop()
    width = len(rows[0]) if rows else 0
    return to_stored([row + [""] * (width - len(row)) for row in rows], vocabulary)


def read_shared(archive: zipfile.ZipFile) -> Iterator[str]:
    """The texts that cells point to."""
    name = "xl/sharedStrings.xml"
    if name in archive.namelist():
        for item in ElementTree.fromstring(archive.read(name)):  # noqa: S314 - our own mutants
            if any(part.tag != SHEET_NAMESPACE + "t" for part in item):
                raise UndecidedError
            yield "".join(part.text or "" for part in item)


def read_sheet(archive: zipfile.ZipFile, shared: Sequence[str]) -> Iterator[list[str]]:
    """The rows of the first sheet as texts."""
    tree = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    known = {SHEET_NAMESPACE + name for name in ("worksheet", "sheetData", "row", "c", "v")}
    if any(element.tag not in known for element in tree.iter()):
        raise UndecidedError
    for number, row in enumerate(tree.iter(SHEET_NAMESPACE + "row"), start=1):
        if row.get("r") != str(number):
            raise UndecidedError
        texts: list[str] = []
        for cell in row:
            reference = cell.get("r", "")
            if reference != f"{chr(ord('A') + len(texts))}{number}" or cell.get("s", "0") != "0":
                raise UndecidedError
            kind, value = cell.get("t"), cell.findtext(SHEET_NAMESPACE + "v") or ""
            if kind == "s":
                texts.append(shared[int(value)])
            elif kind in (None, "n") and re.fullmatch("[0-9]{1,15}", value):
                texts.append(str(int(value)))
            else:
                raise UndecidedError
        while texts and not texts[-1].strip():
            texts.pop()
        yield texts
