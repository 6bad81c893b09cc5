"""Read provinces.csv, cards.csv and tiles.csv from their text and check them. No I/O."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, Literal

from cci_cli.definitions import CardModel, Province, fold_name, is_visible, suggest_name
from cci_cli.errors import ProblemList
from cci_cli.settings import NUMBER_LIMITS

PROVINCE_COLUMNS: Final = ("code", "name", "full_name", "name_en", "region", "aliases")
CARD_COLUMNS: Final = (
    "model",
    "vendor",
    "fp16_tflops",
    "basis",
    "fp16_dense_tflops",
    "fp16_sparse_tflops",
    "released",
    "aliases",
    "source",
    "note",
)

TILE_COLUMNS: Final = ("province", "column", "row")

_RATE: Final = f"a decimal such as 314.6, above 0, {NUMBER_LIMITS}"
# no exponent, no sign, and few enough digits that nobody mistakes a slip for a figure
_DECIMAL: Final = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,9})?")
#: A grid of more columns or rows than this would have no room for words.
_MAX_TILES: Final = 30
_PLACE: Final = re.compile(r"0|[1-9][0-9]?")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")


class _Row:
    """One row of a catalogue: every ``take_…`` reads a field and reports what it cannot read."""

    def __init__(self, line: int, fields: dict[str, str], problems: ProblemList) -> None:
        self.line = line
        self.fields = fields
        self._problems = problems

    def refuse(self, code: str, column: str, **details: Any) -> None:
        """Report the value of ``column``."""
        self._problems.add(
            code, line=self.line, column=column, value=self.fields[column], **details
        )

    def take_text(self, column: str) -> str:
        text = self.fields[column]
        if not text or text != text.strip() or not is_visible(text):
            expected = "a text without space around it or invisible characters"
            self.refuse("E207", column, expected=expected)
        return text

    def take_remark(self, column: str) -> str:
        text = self.fields[column]
        if not is_visible(text.replace("\n", "")):
            self.refuse("E207", column, expected="a text without invisible characters")
        return text

    def take_decimal(self, column: str) -> Decimal:
        number = self.take_optional_decimal(column)
        if number is None and not self.fields[column]:
            self.refuse("E207", column, expected=_RATE)
        return Decimal(0) if number is None else number

    def take_optional_decimal(self, column: str) -> Decimal | None:
        text = self.fields[column]
        if not text:
            return None
        number = Decimal(text) if _DECIMAL.fullmatch(text) else Decimal(0)
        if not number:
            self.refuse("E207", column, expected=_RATE)
            return None
        return number

    def take_optional_year(self, column: str) -> int | None:
        text = self.fields[column]
        if text and not _YEAR.fullmatch(text):
            self.refuse("E207", column, expected="a year, or nothing where it is not known")
            return None
        return int(text) if text else None

    def take_place(self, column: str) -> int:
        text = self.fields[column]
        place = int(text) if _PLACE.fullmatch(text) else _MAX_TILES
        if place >= _MAX_TILES:
            self.refuse("E207", column, expected=f"a whole number from 0 to {_MAX_TILES - 1}")
        return place

    def take_basis(self, column: str) -> Literal["dense", "sparse"]:
        if self.fields[column] == "sparse":
            return "sparse"
        if self.fields[column] != "dense":
            self.refuse("E207", column, expected="dense or sparse")
        return "dense"

    def take_aliases(self, column: str) -> tuple[str, ...]:
        text = self.fields[column]
        aliases = tuple(alias.strip() for alias in text.split("|")) if text else ()
        if not all(fold_name(alias) and is_visible(alias.replace("\n", "")) for alias in aliases):
            expected = "a list such as a|b|c without an empty part or invisible characters"
            self.refuse("E207", column, expected=expected)
        return tuple(alias for alias in aliases if fold_name(alias))


def parse_provinces(text: str, problems: ProblemList) -> tuple[Province, ...]:
    """The provinces of provinces.csv, in the order of the file.

    Whatever is wrong is added to ``problems``; the provinces are then not fit for use.
    """
    provinces: list[Province] = []
    lines: list[int] = []
    for row in _read_rows(text, PROVINCE_COLUMNS, problems):
        name = row.take_text("name")
        provinces.append(
            Province(
                code=row.take_text("code"),
                name=name,
                full_name=row.take_text("full_name"),
                name_en=row.take_text("name_en"),
                region=row.take_text("region"),
                aliases=row.take_aliases("aliases"),
            )
        )
        lines.append(row.line)
    entries = zip(lines, [province.spellings for province in provinces], strict=True)
    _check_spellings(entries, problems)
    return tuple(provinces)


def parse_models(text: str, problems: ProblemList) -> tuple[CardModel, ...]:
    """The card models of cards.csv, in the order of the file.

    Whatever is wrong is added to ``problems``; the models are then not fit for use.
    """
    models: list[CardModel] = []
    lines: list[int] = []
    for row in _read_rows(text, CARD_COLUMNS, problems):
        before = problems.total
        model = CardModel(
            model=row.take_text("model"),
            vendor=row.take_text("vendor"),
            fp16_tflops=row.take_decimal("fp16_tflops"),
            basis=row.take_basis("basis"),
            fp16_dense_tflops=row.take_optional_decimal("fp16_dense_tflops"),
            fp16_sparse_tflops=row.take_optional_decimal("fp16_sparse_tflops"),
            released=row.take_optional_year("released"),
            aliases=row.take_aliases("aliases"),
            source=row.take_text("source"),
            note=row.take_remark("note"),
        )
        stated = model.fp16_dense_tflops if model.basis == "dense" else model.fp16_sparse_tflops
        if problems.total == before and stated != model.fp16_tflops:
            expected = "nothing" if stated is None else f"`{stated}`"
            row.refuse("E217", "fp16_tflops", basis=model.basis, expected=expected)
        models.append(model)
        lines.append(row.line)
    _check_spellings(zip(lines, [model.spellings for model in models], strict=True), problems)
    return tuple(models)


def parse_tiles(
    text: str, provinces: Sequence[Province], problems: ProblemList
) -> dict[str, tuple[int, int]]:
    """The squares of tiles.csv, column and row from 0, by the name of the province.

    Whatever is wrong is added to ``problems``; the squares are then not fit for use. Not every
    province need have one.
    """
    known = {fold_name(item): one.name for one in provinces for item in one.spellings}
    names = {province.name for province in provinces}
    squares: dict[str, tuple[int, int]] = {}
    lines: dict[str | tuple[int, int], int] = {}
    for row in _read_rows(text, TILE_COLUMNS, problems):
        province = row.take_text("province")
        square = (row.take_place("column"), row.take_place("row"))
        if province not in names:
            row.refuse("E212", "province", hint=suggest_name(province, known))
        for value, shown, column in (
            (province, province, "province"),
            (square, "{}, {}".format(*square), "column, row"),
        ):
            first = lines.setdefault(value, row.line)
            if first != row.line:
                problems.add(
                    "E210", line=row.line, column=column, value=shown, first=f"on line {first}"
                )
        squares[province] = square
    return squares


def _read_rows(text: str, columns: tuple[str, ...], problems: ProblemList) -> Iterator[_Row]:
    if problems.total:
        # the text could not be decoded, and has been reported
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    found = False
    try:
        header = tuple(next(reader, []))
        if header != columns:
            problems.add("E208", line=1, value=",".join(header), expected=",".join(columns))
            return
        line = reader.line_num + 1
        for fields in reader:
            found = True
            if len(fields) == len(columns):
                yield _Row(line, dict(zip(columns, fields, strict=True)), problems)
            else:
                problems.add("E209", line=line, value=str(len(fields)), expected=len(columns))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.add("E219", line=line, detail=str(error))
    if not found:
        problems.add("E218", value=problems.file, expected="row")


def _check_spellings(entries: Iterable[tuple[int, tuple[str, ...]]], problems: ProblemList) -> None:
    """Spellings that two rows share once folded: neither a person nor ``cci`` could tell which.

    Args:
        entries: line and spellings of every row, its key the first of them.
        problems: what is found is added to it.
    """
    owners: dict[str, tuple[int, str]] = {}
    for line, spellings in entries:
        key = spellings[0]
        for spelling in spellings:
            first_line, owner = owners.setdefault(fold_name(spelling), (line, key))
            if first_line == line:
                continue
            if owner == key:
                problems.add("E210", line=line, value=key, first=f"on line {first_line}")
                break
            problems.add(
                "E211",
                line=line,
                value=spelling,
                first=f"`{owner}` (line {first_line})",
                second=f"`{key}`",
            )
