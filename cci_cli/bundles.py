"""The files of a publication bundle, made from the levels of all periods. Domain: no I/O.

The same levels give the same bytes: nothing of the day, the machine or the language is in them.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from cci_cli.definitions import IndexDefinition, Province
from cci_cli.excel import number_format, open_workbook, write_cell, write_rows
from cci_cli.figures import SEPARATOR, Rounder, exact_text, round_figures
from cci_cli.frames import build_frame
from cci_cli.histories import History, HistoryPoint
from cci_cli.leveltable import NAME_HEADER, SERIES_HEADER
from cci_cli.notes import find_bundle_notes
from cci_cli.periods import Period
from cci_cli.results import IndexFigures
from cci_cli.tabular import render_csv
from cci_cli.timelines import release_text, standing_of
from cci_cli.views import NULL_MARK, Cell, Columns, date_text, note_text

TABLE_FILE: Final = "table2.csv"
INDICES_FILE: Final = "indices.csv"
SERIES_FILE: Final = "series.csv"
CODES_FILE: Final = "codes.csv"
WORKBOOK_FILE: Final = "table2.xlsx"
PARQUET_FILE: Final = "indices.parquet"
#: The sheets of the workbook: Table 2, and the rows of all figures.
TABLE_SHEET: Final = "表2"
DATA_SHEET: Final = "数据"

#: Every file that a bundle may have beside its data package.
BUNDLE_FILES: Final = (
    TABLE_FILE,
    INDICES_FILE,
    SERIES_FILE,
    CODES_FILE,
    WORKBOOK_FILE,
    PARQUET_FILE,
)

#: Excel takes a CSV file without it for one in the encoding of the machine.
_BOM: Final = "\ufeff"

_FIGURES: Final = (
    "level",
    "comparable_level",
    "growth_pct",
    "share_pct",
    "contribution_pp",
    "increment_share_pct",
    "standard_cards",
)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with the types of their columns, as a ``View`` has them."""

    columns: Columns
    records: tuple[tuple[Cell, ...], ...]


def build_tables(history: History) -> dict[str, Table]:
    """The tables of a bundle for its last period, by file."""
    return {
        TABLE_FILE: _build_level_table(history),
        INDICES_FILE: _build_indices(history),
        SERIES_FILE: _build_series(history),
        CODES_FILE: _build_codes(history),
    }


def render_tables(
    history: History, tables: Mapping[str, Table], forms: Sequence[str]
) -> dict[str, bytes]:
    """The bytes of the tables, and of what else is asked for, by file.

    Args:
        history: what the tables were built from.
        tables: as ``build_tables`` returns them.
        forms: of ``BundleFormat``.

    Raises:
        SystemFailureError: E503, a workbook is asked for and xlsxwriter is not installed.
    """
    files = {
        name: render_csv(table.columns, table.records).encode() for name, table in tables.items()
    }
    files[TABLE_FILE] = _BOM.encode() + files[TABLE_FILE]
    if "xlsx" in forms:
        files[WORKBOOK_FILE] = _render_workbook(history, tables)
    if "parquet" in forms:
        out = io.BytesIO()
        table = tables[INDICES_FILE]
        build_frame(table.columns, table.records).write_parquet(out)
        files[PARQUET_FILE] = out.getvalue()
    return files


def _build_level_table(history: History) -> Table:
    """Table 2 as published: the levels of the last period and the one before."""
    last, decimals = history.last, history.config.methodology.decimals
    rounder = Rounder(history.config.methodology)
    before, now = date_text(last.previous, "zh"), date_text(last, "zh")
    columns: dict[str, type | int] = {SERIES_HEADER: str, NAME_HEADER: str}
    columns |= {f"{before}(上一期)": decimals, f"{now}(最新)": decimals}
    return Table(
        columns,
        tuple(
            (
                index.series,
                index.name,
                *(_level(history, index, at, rounder) for at in (last.previous, last)),
            )
            for index in history.config.indices
        ),
    )


def _level(
    history: History, index: IndexDefinition, period: Period, rounder: Rounder
) -> Decimal | str:
    point = history.points.get(period, {}).get(index.code)
    rounded = None if point is None else rounder.points(point.level)
    return NULL_MARK if rounded is None else rounded


def _build_indices(history: History) -> Table:
    """One row per index and period, with every figure that is known of it."""
    decimals = history.config.methodology.decimals
    texts = ("period", "as_of", "code", "kind", "series", "name", "name_en")
    columns: dict[str, type | int] = dict.fromkeys(
        (*texts, "status", "publication", "release"), str
    )
    columns |= dict.fromkeys(_FIGURES, decimals)
    columns |= {"supply_card_hours": int, "level_exact": str}
    rounder = Rounder(history.config.methodology)
    rows = [
        _describe_point(history, index, period, rounder)
        for period in history.points
        for index in history.config.indices
    ]
    return Table(columns, tuple(tuple(row.get(name) for name in columns) for row in rows))


def _describe_point(
    history: History, index: IndexDefinition, period: Period, rounder: Rounder
) -> dict[str, Any]:
    point = history.find(index.code, period)
    row: dict[str, Any] = {} if point is None else _round_point(index, point, rounder)
    return row | {
        "period": str(period),
        "as_of": period.as_of.isoformat(),
        "code": index.code,
        "kind": index.kind,
        "series": index.series,
        "name": index.name,
        "name_en": index.name_en,
        "publication": None if point is None else standing_of(history, period),
        "release": None if point is None else release_text(history, period),
    }


def _round_point(index: IndexDefinition, point: HistoryPoint, rounder: Rounder) -> dict[str, Any]:
    if point.observation is None or point.standard_cards is None:
        return {
            "status": point.status,
            "level": rounder.points(point.level),
            "level_exact": exact_text(point.level),
        }
    return round_figures(
        IndexFigures(index, point.observation, point.standard_cards), rounder, "zh"
    )


def _build_series(history: History) -> Table:
    """One row per index, one column of levels per period."""
    rounder = Rounder(history.config.methodology)
    columns: dict[str, type | int] = dict.fromkeys(("code", "series", "name", "name_en"), str)
    columns |= dict.fromkeys(map(str, history.points), history.config.methodology.decimals)
    records: list[tuple[Cell, ...]] = []
    for index in history.config.indices:
        points = [history.find(index.code, period) for period in history.points]
        levels = (None if point is None else rounder.points(point.level) for point in points)
        records.append((index.code, index.series, index.name, index.name_en, *levels))
    return Table(columns, tuple(records))


def _build_codes(history: History) -> Table:
    """What each code stands for, and its scope in the last period: Table 1."""
    columns: dict[str, type | int] = dict.fromkeys(
        (
            "code",
            "kind",
            "series",
            "series_en",
            "name",
            "name_en",
            "provinces",
            "provinces_en",
            "province_codes",
        ),
        str,
    )
    by_name = {province.name: province for province in history.config.provinces}
    records = []
    for index in history.config.indices:
        point = history.find(index.code, history.last)
        names = index.provinces_at(history.last) if point is None else point.provinces
        # a released scope may have a province that the config no longer has
        found = [by_name.get(name, Province("", name, name, name, "", ())) for name in names]
        records.append(
            (
                index.code,
                index.kind,
                index.series,
                index.series_en,
                index.name,
                index.name_en,
                SEPARATOR.join(names),
                SEPARATOR.join(province.name_en for province in found),
                SEPARATOR.join(province.code for province in found),
            )
        )
    return Table(columns, tuple(records))


def _render_workbook(history: History, tables: Mapping[str, Table]) -> bytes:
    """Table 2 as a sheet to be printed, and the rows of all periods on a second one."""
    table = tables[TABLE_FILE]
    out = io.BytesIO()
    with open_workbook(out) as book:
        page = book.add_worksheet(TABLE_SHEET)
        title = book.add_format({"bold": True, "font_size": 14})
        rule = {"valign": "vcenter", "bottom": 1, "bottom_color": "#BFBFBF"}
        head = book.add_format(
            {"bold": True, "bottom": 2, "top": 2, "text_wrap": True, "align": "center"}
            | {"valign": "vcenter"}
        )
        series = book.add_format({**rule, "bold": True, "text_wrap": True})
        name = book.add_format(rule)
        level = book.add_format(
            {**rule, "num_format": number_format(history.config.methodology.decimals)}
            | {"align": "right", "indent": 1}
        )
        note = book.add_format({"font_size": 9, "text_wrap": True, "valign": "top"})

        page.hide_gridlines(2)
        page.set_column(0, 0, 16)
        page.set_column(1, 1, 34)
        page.set_column(2, 3, 18)
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 1)
        words = history.config.methodology.title or ""
        write_cell(page, 0, 0, f"表 2  {words}最新点位", title)
        page.set_row(2, 34)
        for column, header in enumerate(table.columns):
            write_cell(page, 2, column, header.replace("(", "\n("), head)
        first = 3
        for row, record in enumerate(table.records, start=first):
            page.set_row(row, 20)
            write_cell(page, row, 1, record[1], name)
            for column, cell in enumerate(record[2:], start=2):
                write_cell(page, row, column, cell, level)
        start = first
        groups = [str(record[0]) for record in table.records]
        for row, group in enumerate(groups, start=first):
            if row + 1 - first < len(groups) and groups[row + 1 - first] == group:
                continue
            if row > start:
                page.merge_range(start, 0, row, 0, "", series)
            write_cell(page, start, 0, group, series)
            start = row + 1
        row = first + len(groups) + 1
        for text in describe_standing(history):
            page.merge_range(row, 0, row, 3, "", note)
            write_cell(page, row, 0, text, note)
            page.set_row(row, 13 * (1 + len(text) // 48))
            row += 1
        data = tables[INDICES_FILE]
        write_rows(book, book.add_worksheet(DATA_SHEET), data.columns, data.records)
    return out.getvalue()


def describe_standing(history: History) -> list[str]:
    """What stands under the table, in Chinese: official or not, then the notes."""
    official = "已发布" if history.is_all_official else "试算，尚未发布"
    texts = [f"状态：{official}。"]
    return texts + [note_text(note, "zh") for note in find_bundle_notes(history)]
