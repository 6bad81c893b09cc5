"""Read levels off a table as it was published: Table 2 as a CSV file. No I/O.

The header names a series, an index and two days: ``系列,指数名称,2024年12月31日(上一期),…``.
"""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from cci_cli.definitions import IndexDefinition, fold_name, suggest_name
from cci_cli.errors import ProblemList, count_noun
from cci_cli.periods import Period
from cci_cli.results import Release

NAME_HEADER: Final = "指数名称"
SERIES_HEADER: Final = "系列"

_DAY: Final = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")


def parse_level_table(
    text: str,
    definitions: Sequence[IndexDefinition],
    period: Period,
    decimals: int,
    before: Release | None,
    problems: ProblemList,
) -> dict[str, Decimal]:
    """The printed levels of a period, by code.

    Args:
        text: the CSV file, decoded.
        definitions: the indices, each of which must have one row, by its published name.
        period: the period whose column is wanted.
        decimals: the number of places that every level must have.
        before: the release of the period before, which the column of that period, where there is
            one, must agree with; null at the base.
        problems: whatever is wrong is added to it; the levels are then not fit for use.
    """
    rows = _read_rows(text, problems)
    if problems.total:
        # what the quotes have swallowed is not judged
        return {}
    header = rows[0][1] if rows else []
    columns = _find_columns(header, period, problems)
    if columns is None:
        return {}
    name_at, level_at, previous_at = columns
    names = {fold_name(index.name): index.code for index in definitions}
    spelt = {fold_name(index.name): index.name for index in definitions}
    pattern = _level_pattern(decimals)
    expected = f"a level with {decimals} decimals such as {Decimal(1000):.{decimals}f}"
    positions = [level_at] if previous_at is None else [level_at, previous_at]
    released = {} if before is None else {row["code"]: row["level"] for row in before.rows}
    levels: dict[str, Decimal] = {}
    lines: dict[str, int] = {}
    for line, fields in rows[1:]:
        if len(fields) != len(header):
            wanted = count_noun(len(header), "field")
            problems.add("E317", line=line, count=count_noun(len(fields), "field"), expected=wanted)
            continue
        name = fields[name_at]
        code = names.get(fold_name(name))
        if code is None:
            hint = suggest_name(name, spelt)
            problems.add("E351", line=line, column=NAME_HEADER, value=name, hint=hint)
            continue
        if lines.setdefault(code, line) != line:
            problems.add("E352", line=line, column=NAME_HEADER, value=name, first=lines[code])
            continue
        for position in positions:
            value = fields[position].strip()
            add = partial(problems.add, line=line, column=header[position], value=value)
            if not pattern.fullmatch(value):
                add("E353", expected=expected)
            elif position == level_at:
                levels[code] = Decimal(value)
            elif before is not None and Decimal(value) != Decimal(released.get(code, value)):
                add("E355", release=before.name, released=released[code])
    for index in definitions:
        if index.code not in lines:
            problems.add("E354", column=NAME_HEADER, value=index.name)
    return levels


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
    days = [_find_day(name) for name in header]
    at = [position for position, day in enumerate(days) if day == period.as_of]
    before = [position for position, day in enumerate(days) if day == period.previous.as_of]
    names = [position for position, name in enumerate(header) if name.strip() == NAME_HEADER]
    others = {
        position
        for position, name in enumerate(header)
        if days[position] is None and name.strip() not in (NAME_HEADER, SERIES_HEADER)
    }
    if len(at) == 1 and len(names) == 1 and len(before) <= 1 and not others:
        return names[0], at[0], before[0] if before else None
    day = period.as_of
    column = f"{day.year}年{day.month}月{day.day}日"
    expected = f"{SERIES_HEADER},{NAME_HEADER} and one column headed {column}"
    problems.add("E350", line=1, value=",".join(header), expected=expected)
    return None


def _find_day(name: str) -> date | None:
    match = _DAY.match(name.strip())
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None
