"""Read levels off a table as it was published: Table 2 as a CSV file. No I/O.

The header names a series, an index and two days: ``系列,指数名称,2024年12月31日(上一期),…``.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from cci_cli.definitions import Config, IndexDefinition, fold_name, suggest_name
from cci_cli.errors import ProblemList, count_noun
from cci_cli.indices import find_national
from cci_cli.periods import Period
from cci_cli.results import Release

#: What stands for a level that there is none of.
NULL_MARK: Final = "—"
NAME_HEADER: Final = "指数名称"
SERIES_HEADER: Final = "系列"

_HEADERS: Final = (SERIES_HEADER, NAME_HEADER)
# nothing else may follow: a share or a growth rate on that day is no level
_DAY: Final = re.compile(
    r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日(?:\s*[(（](?:上一期|最新)[)）])?"
)


def parse_level_table(
    data: bytes, config: Config, period: Period, before: Release | None, problems: ProblemList
) -> dict[str, Decimal]:
    """The printed levels of a period, by code.

    Args:
        data: the CSV file, in UTF-8 or GB18030.
        config: the indices, each of which must have one row by its published name, and the number
            of places that every level must have.
        period: the period whose column is wanted.
        before: the release of the period before, which the column of that period, where there is
            one, must agree with; null where that is not to be held against it.
        problems: whatever is wrong is added to it; the levels are then not fit for use.
    """
    definitions, methodology = config.indices, config.methodology
    try:
        text, _ = decode_table(data)
    except UnicodeDecodeError as error:
        problems.add("E310", encoding="UTF-8 or GB18030", offset=error.start)
        return {}
    levels = _parse_rows(text, definitions, period, methodology.decimals, before, problems)
    national = levels.get(find_national(definitions).code)
    if period == methodology.base_period and national is not None:
        if national != methodology.base_level:
            value, level = f"{national:f}", f"{methodology.base_level:f}"
            problems.add("E356", column=str(period), value=value, level=level)
        parts = find_uneven_sum(levels, config, period)
        if parts is not None and not problems.total:
            problems.add("E357", column=str(period), parts=f"{parts:f}")
    return levels


def find_uneven_sum(
    levels: Mapping[str, Decimal], config: Config, period: Period
) -> Decimal | None:
    """The sum of the regional levels where rounding does not explain that it is not the nation's.

    Null where it does, where a level is not known, and where the regions do not divide up the
    nation.
    """
    national = find_national(config.indices)
    regions = [index for index in config.indices if index.kind == "region"]
    parts = [province for region in regions for province in region.provinces_at(period)]
    is_divided = sorted(parts) == sorted(national.provinces_at(period))
    if not is_divided or any(index.code not in levels for index in (national, *regions)):
        return None
    total = sum((levels[region.code] for region in regions), Decimal(0))
    # each figure is off by half a unit of its last place at most
    slack = Decimal(len(regions) + 1) / 2 / 10**config.methodology.decimals
    return total if abs(total - levels[national.code]) > slack else None


def decode_table(data: bytes) -> tuple[str, str]:
    """The text of a table and the name of its encoding.

    Raises:
        UnicodeDecodeError: it is in neither; with the place where it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            raise error from None


def _parse_rows(
    text: str,
    definitions: Sequence[IndexDefinition],
    period: Period,
    decimals: int,
    before: Release | None,
    problems: ProblemList,
) -> dict[str, Decimal]:
    rows = _read_rows(text, problems)
    if problems.total:
        # what the quotes have swallowed is not judged
        return {}
    header = rows[0][1] if rows else []
    columns = _find_columns(header, period, problems)
    if columns is None:
        return {}
    name_at, level_at, previous_at = columns
    pattern = _level_pattern(decimals)
    expected = f"a level with {decimals} decimals such as {Decimal(1000):.{decimals}f}"
    positions = [level_at] if previous_at is None else [level_at, previous_at]
    released = {} if before is None else {row["code"]: row["level"] for row in before.rows}
    levels: dict[str, Decimal] = {}
    for line, code, fields in _find_indices(rows[1:], len(header), name_at, definitions, problems):
        for position in positions:
            value = fields[position].strip()
            add = partial(problems.add, line=line, column=header[position], value=value)
            if position == previous_at and value == NULL_MARK:
                # an index that had no level yet
                continue
            if not pattern.fullmatch(value):
                add("E353", expected=expected)
            elif position == level_at:
                levels[code] = Decimal(value)
            elif before is not None and Decimal(value) != Decimal(released.get(code, value)):
                add("E355", release=before.name, released=released[code])
    return levels


def _find_indices(
    rows: Sequence[tuple[int, list[str]]],
    width: int,
    name_at: int,
    definitions: Sequence[IndexDefinition],
    problems: ProblemList,
) -> Iterator[tuple[int, str, list[str]]]:
    """Line, code and fields of every row that names an index for the first time."""
    names = {fold_name(index.name): index for index in definitions}
    spelt = {folded: index.name for folded, index in names.items()}
    lines: dict[str, int] = {}
    is_whole = True
    for line, fields in rows:
        if len(fields) != width:
            is_whole = False
            count, expected = count_noun(len(fields), "field"), count_noun(width, "field")
            problems.add("E317", line=line, count=count, expected=expected)
            continue
        name = fields[name_at]
        index = names.get(fold_name(name))
        if index is None:
            hint = suggest_name(name, spelt)
            problems.add("E351", line=line, column=NAME_HEADER, value=name, hint=hint)
        elif lines.setdefault(index.code, line) != line:
            first = lines[index.code]
            problems.add("E352", line=line, column=NAME_HEADER, value=name, first=first)
        else:
            yield line, index.code, fields
    for index in definitions:
        # a row that could not be read may be the one
        if is_whole and index.code not in lines:
            problems.add("E354", column=NAME_HEADER, value=index.name)


def _level_pattern(decimals: int) -> re.Pattern[str]:
    fraction = rf"\.[0-9]{{{decimals}}}" if decimals else ""
    return re.compile(rf"(?:0|[1-9][0-9]{{0,17}}){fraction}")


def _read_rows(text: str, problems: ProblemList) -> list[tuple[int, list[str]]]:
    """The records with the physical line on which each starts."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    line = 1
    try:
        for fields in reader:
            rows.append((line, fields))
            line = reader.line_num + 1
    except csv.Error:
        problems.add("E319", line=line)
        return []
    return rows


def _find_columns(
    header: Sequence[str], period: Period, problems: ProblemList
) -> tuple[int, int, int | None] | None:
    """Where the names, the levels and the levels before stand; null where that is not clear."""
    total = problems.total
    at: dict[str | date, int] = {}
    for position, name in enumerate(header):
        meaning = name.strip() if name.strip() in _HEADERS else _find_day(name)
        if meaning is None:
            expected = f"{SERIES_HEADER}, {NAME_HEADER} and days such as {_day_text(period)}"
            problems.add("E350", line=1, column=name, value=name, expected=expected)
        elif at.setdefault(meaning, position) != position:
            problems.add("E316", line=1, column=name)
    if NAME_HEADER not in at:
        problems.add("E315", line=1, column=NAME_HEADER, expected=f"{NAME_HEADER}, …")
    if period.as_of not in at:
        problems.add("E358", line=1, expected=_day_text(period))
    if problems.total != total:
        return None
    return at[NAME_HEADER], at[period.as_of], at.get(period.previous.as_of)


def _day_text(period: Period) -> str:
    return f"{period.as_of.year}年{period.as_of.month}月{period.as_of.day}日"


def _find_day(name: str) -> date | None:
    match = _DAY.fullmatch(name.strip())
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None
