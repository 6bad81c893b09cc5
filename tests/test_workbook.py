"""Workbooks as raw files: one sheet, one record per row, cells that say more than their text."""

import errno
import io
import itertools
import json
import re
import subprocess
import sys
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter
from conftest import index_toml
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.table import Table

from cci_cli.errors import ProblemList, SystemFailureError
from cci_cli.workbook import write_sheet

HEADER = ["node_id", "node_name", "province", "model", "cards", "status", "in_service_since"]
CHINESE = ["节点编号", "节点名称", "省份", "型号", "卡数", "状态", "投运日期"]
FIRST = ["0700", None, "东", "M", 8, "in_service", None]
SECOND = ["n2", None, "西", "M", 0, "in_service", None]
CANONICAL = (
    "node_id,node_name,province,model,cards,status,in_service_since\n"
    "0700,,东,M,8,in_service,\n"
    "n2,,西,M,0,in_service,\n"
)


@pytest.fixture
def workspace(make_workspace):
    root = make_workspace(["东", "西"], index_toml("N", "national", ["东", "西"]))
    cards = root / "config/cards.csv"
    text = cards.read_text(encoding="utf-8")
    cards.write_text(text.replace("2024,,test", "2024,4090,test", 1), encoding="utf-8")
    return root


@pytest.fixture
def ingest(cci, workspace, tmp_path):
    """Ingest a workbook, or bytes, as a file of 2024H2."""

    def run(book, *options: str, name: str = "survey.xlsx"):
        path = tmp_path / name
        if isinstance(book, bytes):
            path.write_bytes(book)
        else:
            book.save(path)
        return cci("ingest", path, "--period", "2024H2", *options, workspace=workspace)

    return run


@pytest.fixture
def accept(ingest, workspace):
    """The text of ``nodes.csv`` and the lines said before it was stored."""

    def run(book, *options: str, name: str = "survey.xlsx") -> tuple[str, list[str]]:
        outcome = ingest(book, *options, name=name)
        assert (outcome.code, outcome.out) == (0, ""), outcome.err
        *said, last = outcome.err.splitlines()
        assert last.startswith("stored 2024H2@r1: ")
        return (workspace / "snapshots/2024H2/r1/nodes.csv").read_bytes().decode(), said

    return run


@pytest.fixture
def refuse(cci, ingest, workspace, tmp_path):
    """Every problem of a workbook as (code, line, column, value); nothing may be stored."""

    def run(book, name: str = "survey.xlsx") -> list[tuple]:
        before = tree(workspace)
        outcome = ingest(book, name=name)
        assert (outcome.code, outcome.out) == (1, "")
        checked = cci(
            "validate",
            tmp_path / name,
            *("--period", "2024H2", "--format", "json"),
            workspace=workspace,
        )
        assert checked.err == ""
        problems = json.loads(checked.out)["errors"]
        assert outcome.err.count("\n  /") == len(problems)
        assert tree(workspace) == before
        return [(item["code"], item["line"], item["column"], item["value"]) for item in problems]

    return run


@pytest.fixture
def rewrite(tmp_path):
    """A workbook, the XML of its first sheet or of another part changed, as bytes."""

    def run(book, change, part="xl/worksheets/sheet1.xml"):
        book.save(tmp_path / "right.xlsx")
        wrong = tmp_path / "wrong.xlsx"
        with zipfile.ZipFile(tmp_path / "right.xlsx") as old, zipfile.ZipFile(wrong, "w") as new:
            for name in old.namelist():
                data = old.read(name)
                new.writestr(name, change(data) if name == part else data)
        return wrong.read_bytes()

    return run


def tree(root):
    return {path: path.is_file() and path.read_bytes() for path in root.rglob("*")}


def sheet_of(*rows, header=HEADER) -> Workbook:
    """A workbook of one sheet with a header and rows."""
    book = Workbook()
    book.active.append(header)
    for row in rows:
        book.active.append(row)
    return book


def with_value(column, value):
    return [value if name == column else other for name, other in zip(HEADER, FIRST, strict=True)]


# what a sheet may be like


@pytest.mark.parametrize("name", ["survey.xlsx", "survey.csv", "survey", "survey[1].xls"])
def test_a_workbook_is_known_by_its_bytes(accept, name):
    stored, said = accept(sheet_of(FIRST, SECOND), name=name)
    assert stored == CANONICAL
    assert said == ["read as XLSX, sheet Sheet"]


@pytest.mark.parametrize("order", [range(7), range(6, -1, -1), (4, 2, 0, 6, 1, 3, 5)], ids=str)
@pytest.mark.parametrize("names", [HEADER, CHINESE], ids=["English", "Chinese"])
def test_columns_may_stand_in_any_order_and_in_both_languages(accept, names, order):
    rows = [[row[place] for place in order] for row in (SECOND, FIRST)]
    assert accept(sheet_of(*rows, header=[names[place] for place in order]))[0] == CANONICAL


def test_a_workbook_of_another_program_is_read(accept, tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "other.xlsx")
    sheet = book.add_worksheet("节点")
    day = book.add_format({"num_format": "yyyy/m/d"})
    sheet.write_row(0, 0, CHINESE)
    sheet.write_row(1, 0, ["0700", "", "东", "M", 8.0, "在运"])
    sheet.write_datetime(1, 6, datetime(2024, 5, 7), day)  # noqa: DTZ001 - a cell has no zone
    sheet.write_rich_string(2, 0, "n", book.add_format({"bold": True}), "2")
    sheet.write_row(2, 1, ["", "西", "4090", 0, "在运"])
    book.close()
    stored, said = accept((tmp_path / "other.xlsx").read_bytes())
    assert stored == CANONICAL.replace("8,in_service,", "8,in_service,2024-05-07")
    assert said[0] == "read as XLSX, sheet 节点"


def test_blank_rows_and_columns_at_the_ends_are_no_part_of_a_sheet(accept):
    book = sheet_of([*FIRST, None, " "], [*SECOND, "", None], [None, "", "  "], [])
    book.active["J9"] = " "
    book.create_sheet("empty")["B7"] = "\u3000"
    assert accept(book)[0] == CANONICAL


def test_a_row_may_end_before_the_header_does(accept):
    rows = [["0700", "东", "M", 8], ["n2", "西", "M", 0]]
    assert accept(sheet_of(*rows, header=["node_id", "province", "model", "cards"]))[0] == CANONICAL


def test_a_size_that_is_recorded_wrongly_hides_no_row(accept, tmp_path):
    sheet_of(FIRST, SECOND).save(tmp_path / "right.xlsx")
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(tmp_path / "right.xlsx") as old, zipfile.ZipFile(wrong, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            assert name != "xl/worksheets/sheet1.xml" or b'ref="A1:G3"' in data
            new.writestr(name, data.replace(b'ref="A1:G3"', b'ref="A1:B1"'))
    assert accept(wrong.read_bytes())[0] == CANONICAL


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("cards", 5520.0, "5520"),
        ("cards", 2**53, "9007199254740992"),
        ("cards", "9223372036854775807", "9223372036854775807"),
        ("cards", "1,234", "1234"),
        ("in_service_since", date(2024, 5, 7), "2024-05-07"),
        ("in_service_since", datetime(2024, 5, 7), "2024-05-07"),  # noqa: DTZ001
        ("in_service_since", "2024年5月7日", "2024-05-07"),
        ("province", 10, "东"),
        ("province", 10.0, "东"),
        ("model", 4090, "M"),
        ("node_id", " 0700 ", "0700"),
        ("node_id", "1E5", "1E5"),
        ("node_name", "a,b", '"a,b"'),
        ("node_name", 'the "big" one', '"the ""big"" one"'),
        ("status", "退役", "retired"),
    ],
    ids=str,
)
def test_cells_that_leave_no_doubt_are_taken(accept, workspace, column, value, expected):
    path = workspace / "config/provinces.csv"
    path.write_text(path.read_text("utf-8").replace("\n00,", "\n10,"), encoding="utf-8")
    stored, _ = accept(sheet_of(with_value(column, value), SECOND))
    fields = ["0700", "", "东", "M", "8", "in_service", ""]
    fields[HEADER.index(column)] = expected
    assert stored.splitlines()[1] == ",".join(fields)


# what leaves a doubt

NOON = datetime(2024, 5, 7, 12, 30)  # noqa: DTZ001


#: column, value, code, and what is shown of it
DOUBTFUL = [
    ("node_id", 700, "E336", "700"),
    ("node_id", 701.0, "E336", "701"),
    ("node_id", 7.5, "E336", "7.5"),
    ("node_id", True, "E336", "TRUE"),
    ("node_id", date(2024, 5, 7), "E336", "2024-05-07"),
    ("node_id", time(12, 30), "E336", "12:30:00"),
    ("node_id", timedelta(hours=30), "E336", "1 day, 6:00:00"),
    ("node_name", 0, "E336", "0"),
    ("node_name", False, "E336", "FALSE"),
    ("node_name", NOON, "E336", "2024-05-07 12:30:00"),
    ("node_id", "#N/A", "E335", "#N/A"),
    ("node_name", "1.10E+11", "E335", "1.10E+11"),
    ("node_id", "a\nb", "E321", "a\nb"),
    ("node_id", "a\tb", "E321", "a\tb"),
    ("node_name", "a_x000D_b", "E321", "a\nb"),
    ("node_name", "a_x000D_\nb", "E321", "a\nb"),
    ("node_name", "a_x0007_b", "E321", "a\x07b"),
    ("node_name", "a_x0000_b", "E321", "a\x01b"),
    ("province", "东\n", "E321", "东\n"),
    ("province", "#REF!", "E322", "#REF!"),
    ("province", True, "E322", "TRUE"),
    ("province", 1.5, "E322", "1.5"),
    ("model", "#NAME?", "E323", "#NAME?"),
    ("model", 4090.5, "E323", "4090.5"),
    ("cards", 12.5, "E324", "12.5"),
    ("cards", -3, "E324", "-3"),
    ("cards", -0.5, "E324", "-0.5"),
    ("cards", True, "E324", "TRUE"),
    ("cards", date(2024, 5, 7), "E324", "2024-05-07"),
    ("cards", "#VALUE!", "E324", "#VALUE!"),
    ("cards", 2.0**53 + 2, "E337", "9007199254740994"),
    ("cards", 1e16, "E337", "10000000000000000"),
    ("cards", 9.2e18, "E337", "9200000000000000000"),
    ("cards", 1e19, "E324", "10000000000000000000"),
    ("status", 1, "E325", "1"),
    ("status", "#N/A", "E325", "#N/A"),
    ("in_service_since", 45000, "E326", "45000"),
    ("in_service_since", NOON, "E326", "2024-05-07 12:30:00"),
    ("in_service_since", time(12, 30), "E326", "12:30:00"),
    ("in_service_since", "#DIV/0!", "E326", "#DIV/0!"),
    ("in_service_since", date(2025, 1, 1), "E327", "2025-01-01"),
]


@pytest.mark.parametrize("column", dict.fromkeys(column for column, *_ in DOUBTFUL))
def test_cells_that_leave_a_doubt_are_refused(refuse, column):
    """All of a column in one sheet, each in a row of its own node."""
    rows = [["first", None, "东", "M", 1, "in_service", None]]
    expected = []
    for name, value, code, shown in DOUBTFUL:
        if name == column:
            row = with_value("node_id", f"x{len(rows)}")
            rows.append(
                [value if at == HEADER.index(column) else cell for at, cell in enumerate(row)]
            )
            expected.append((code, len(rows) + 1, column, shown))

    assert refuse(sheet_of(*rows, SECOND)) == expected


def test_a_day_that_no_calendar_has_is_refused_without_a_word_of_the_library(refuse):
    book = sheet_of(with_value("in_service_since", 99_999_999), SECOND)
    book.active["G2"].number_format = "yyyy-mm-dd"
    assert refuse(book) == [("E326", 2, "in_service_since", "#VALUE!")]


@pytest.mark.parametrize(
    ("value", "kind"),
    [(700, "a number"), (True, "a truth value"), (date(2024, 5, 7), "a date or time")],
)
def test_a_cell_of_another_kind_is_named_with_what_may_be_lost(ingest, value, kind):
    err = ingest(sheet_of(with_value("node_id", value), SECOND)).err
    assert f": cell holds {kind}, not a text [E336]\n" in err
    assert (
        f"    hint: a spreadsheet turned it into {kind}: leading zeros may be lost; format the "
        "column as text and take the value from the source\n"
    ) in err


@pytest.mark.parametrize("column", ["node_id", "province", "model", "cards", "status"])
@pytest.mark.parametrize("value", [None, "", "  "], ids=["none", "empty", "space"])
def test_an_empty_cell_is_missing(refuse, column, value):
    found = refuse(sheet_of(with_value(column, value), ["n9", None, "东", *FIRST[3:]], SECOND))
    assert found == [("E320", 2, column, None)]


# formulas that nobody computed


@pytest.mark.parametrize("column", HEADER)
def test_a_formula_without_a_value_is_told_as_that_and_not_as_missing(refuse, ingest, column):
    book = sheet_of(SECOND, with_value(column, "=TODAY()+300"))
    assert refuse(book) == [("E341", 3, column, None)]
    place = f"{'ABCDEFG'[HEADER.index(column)]}3"
    assert f": cell {place} holds a formula whose value was never computed [E341]" in (
        ingest(book).err
    )


def test_rows_and_sheets_of_formulas_are_not_blank(refuse):
    book = sheet_of(FIRST, SECOND, ["=A2"], [None, None, None, None, None, None, None, None, "=1"])
    found = refuse(book)
    assert [item for item in found if item[0] == "E341"] == [("E341", 4, "node_id", None)]
    assert ("E317", 5, None, None) in found
    book = sheet_of(FIRST, SECOND)
    book.create_sheet("computed")["B3"] = "=1+1"
    assert refuse(book) == [("E338", None, None, None)]


def test_a_header_made_of_formulas_is_told_as_that(refuse):
    found = refuse(sheet_of(FIRST, header=[*HEADER[:6], '="in_service_since"']))
    assert found == [("E341", 1, None, None), ("E314", 1, "", "")]


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("cards", b"<f>8+8</f><v>16</v>", "16"),
        ("node_name", b'<f>IF(A2="","x","")</f><v></v>', ""),
        ("node_name", b"<f>B1</f><v>a</v>", "a"),
    ],
)
def test_a_formula_with_a_value_stands_for_it(accept, rewrite, column, cell, expected):
    def change(data: bytes) -> bytes:
        place = f"{'ABCDEFG'[HEADER.index(column)]}2".encode()
        kind = b"" if column == "cards" else b' t="str"'
        return re.sub(
            rb'<c r="' + place + rb'"[^>]*>(?:<f>.*?</c>|.*?</c>)',
            lambda _: b'<c r="' + place + b'"' + kind + b">" + cell + b"</c>",
            data,
        )

    stored, _ = accept(rewrite(sheet_of(with_value(column, "=1"), SECOND), change))
    fields = ["0700", "", "东", "M", "8", "in_service", ""]
    fields[HEADER.index(column)] = expected
    assert stored.splitlines()[1] == ",".join(fields)


def test_rows_of_blank_formulas_below_the_others_are_no_part_of_a_sheet(accept, rewrite):
    def change(data: bytes) -> bytes:
        return data.replace(b"<f>1</f><v />", b"<f>1</f><v></v>").replace(
            b'<c r="B4">', b'<c r="B4" t="str">'
        )

    book = rewrite(sheet_of(FIRST, SECOND, [None, "=1"]), change)
    assert accept(book)[0] == CANONICAL


@pytest.mark.parametrize("numbered", [True, False], ids=["numbered", "unnumbered"])
def test_rows_and_cells_may_leave_their_numbers_to_be_counted(refuse, rewrite, numbered):
    def change(data: bytes) -> bytes:
        return data if numbered else re.sub(rb'<(c|row) r="[A-Z]*[0-9]+"', rb"<\1", data)

    row = ["n9", "x", "东", "M", "=2+2", "在运", "2024-05-07"]
    full = ["n8", "x", "西", "M", "2", "在运", "2024-05-07"]
    assert refuse(rewrite(sheet_of(full, row), change)) == [("E341", 3, "cards", None)]


def test_all_formulas_of_a_sheet_are_counted_in_step_with_its_rows(refuse, monkeypatch):
    monkeypatch.setattr("cci_cli.sheetxml._CHUNK_BYTES", 7)
    rows = [[f"n{number}", None, "东", "M", "=1", "在运"] for number in range(40)]
    found = refuse(sheet_of(*rows[:20], [], *rows[20:]))
    lines = [*range(2, 22), *range(23, 43)]
    assert [item[1] for item in found if item[0] == "E341"] == lines
    assert [item for item in found if item[0] != "E341"] == [("E318", 22, None, None)]


# cells merged into one


@pytest.mark.parametrize(
    ("merged", "problems"),
    [
        ("B2:B4", [("E342", 3, "node_name"), ("E342", 4, "node_name")]),
        ("G2:G3", [("E342", 3, "in_service_since")]),
        ("C3:C4", [("E342", 4, "province")]),
        ("B3:C3", [("E342", 3, "province")]),
        (
            "F2:G3",
            [
                ("E342", place, column)
                for place, column in (
                    (2, "in_service_since"),
                    (3, "in_service_since"),
                    (3, "status"),
                )
            ],
        ),
        ("G3:XFD3", []),
        ("A5:G9", []),
        ("H2:J9", []),
    ],
)
def test_a_blank_cell_that_a_merged_one_covers_is_refused(accept, refuse, ingest, merged, problems):
    rows = [["n1", "x", "东", "M", 1, "在运", "2024-05-07"], ["n2", *FIRST[1:]], SECOND]
    rows[2] = ["n3", *SECOND[1:]]
    book = sheet_of(*rows)
    book.active.merge_cells(merged)
    if not problems:
        assert "n3,,西,M,0,in_service,\n" in accept(book)[0]
        return
    assert refuse(book) == [(*problem, None) for problem in problems]
    assert f"of the merged cells {merged} [E342]" in ingest(book).err


def test_merged_cells_that_all_hold_a_value_are_none(accept, rewrite):
    def change(data: bytes) -> bytes:
        merged = b'</sheetData><mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells>'
        return data.replace(b"</sheetData>", merged)

    assert accept(rewrite(sheet_of(FIRST, SECOND), change))[0] == CANONICAL


def test_more_merged_ranges_than_a_survey_has_are_refused(refuse, monkeypatch):
    monkeypatch.setattr("cci_cli.workbook._MAX_MERGED", 1)
    book = sheet_of(FIRST, SECOND)
    book.active.merge_cells("J1:J2")
    book.active.merge_cells("K1:K2")
    assert refuse(book) == [("E339", None, None, None)]


# lines are rows


def test_problems_name_rows_behind_cells_with_line_ends(refuse):
    book = sheet_of(
        ["n1", "a\n\nb", "东", "M", 1, "in_service", None],  # 2
        ["n2", 'x\r\n"y"', "西", "M", 1.5, "in_service", None],  # 3
        [],  # 4
        ["n3", None, "西", "M", 1, "in_service", None, "beyond"],  # 5
        [None, None, None, None, None, None, None, "beyond"],  # 6
        ["n1", None, "西", "half", 1, "在运", "2024/5/7"],  # 7
        [700, None, "南", "Q", -1, "停运", "7/5/2024"],  # 8
    )
    assert refuse(book) == [
        ("E321", 2, "node_name", "a\n\nb"),
        ("E324", 3, "cards", "1.5"),
        ("E321", 3, "node_name", 'x\n"y"'),
        ("E318", 4, None, None),
        ("E317", 5, None, None),
        ("E317", 6, None, None),
        ("E331", 7, "node_id", "n1"),
        ("E324", 8, "cards", "-1"),
        ("E326", 8, "in_service_since", "7/5/2024"),
        ("E323", 8, "model", "Q"),
        ("E336", 8, "node_id", "700"),
        ("E322", 8, "province", "南"),
        ("E325", 8, "status", "停运"),
    ]


def test_a_row_that_the_file_leaves_out_is_blank(refuse):
    book = sheet_of(FIRST)
    for place, value in enumerate(SECOND, start=1):
        book.active.cell(5, place, value)
    assert refuse(book) == [("E318", 3, None, None), ("E318", 4, None, None)]


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_clashes_name_rows(refuse, monkeypatch, batch):
    monkeypatch.setattr("cci_cli.csvfile.BATCH_ROWS", batch)
    rows = [FIRST, SECOND, ["0700 ", "a\nb", "province 东", "m", 1, "在运", None]]
    assert refuse(sheet_of(*rows)) == [
        ("E330", 4, "node_id,model", "0700,M"),
        ("E321", 4, "node_name", "a\nb"),
    ]


# the form of the workbook


def test_several_sheets_that_hold_something_are_refused_by_name(ingest, refuse):
    book = sheet_of(FIRST, SECOND)
    book.create_sheet("empty")
    hidden = book.create_sheet("说明")
    hidden["C5"] = "x"
    hidden.sheet_state = "hidden"
    assert refuse(book) == [("E338", None, None, None)]
    assert "several sheets hold something: `Sheet`, `说明` [E338]" in ingest(book).err


def test_a_sheet_that_is_not_the_first_may_hold_the_nodes(accept):
    book = Workbook()
    sheet = book.create_sheet("节点")
    for row in (CHINESE, FIRST, SECOND):
        sheet.append(row)
    stored, said = accept(book)
    assert stored == CANONICAL
    assert said[0] == "read as XLSX, sheet 节点"


def test_a_chart_is_no_sheet(accept, tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "chart.xlsx")
    sheet = book.add_worksheet()
    for number, row in enumerate((HEADER, FIRST, SECOND)):
        sheet.write_row(number, 0, row)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Sheet1!$E$2:$E$3"})
    book.add_chartsheet("图").set_chart(chart)
    book.close()
    assert accept((tmp_path / "chart.xlsx").read_bytes())[0] == CANONICAL


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"<v>8</v>", b"<v>9007199254740993</v>", "E337"),
        (b"<v>8</v>", b"<v>9223372036854775807</v>", "E337"),
        (b"<v>8</v>", b"<v>9223372036854775808</v>", "E324"),
        (b"<v>8</v>", b"<v>eight</v>", "E339"),
    ],
)
def test_what_no_spreadsheet_would_write_is_refused(refuse, tmp_path, old, new, code):
    sheet_of(FIRST, SECOND).save(tmp_path / "right.xlsx")
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(tmp_path / "right.xlsx") as right, zipfile.ZipFile(wrong, "w") as copy:
        for name in right.namelist():
            data = right.read(name)
            assert name != "xl/worksheets/sheet1.xml" or old in data
            copy.writestr(name, data.replace(old, new) if "sheet1" in name else data)
    assert [found[0] for found in refuse(wrong.read_bytes())] == [code]


# what a few bytes unfold to


@pytest.mark.parametrize(
    ("limit", "detail"),
    [
        ({"": 2}, "docProps/app.xml would unpack to 0 MiB, more than 0"),
        ({"xl/worksheets/": 2, "": 9999999}, "sheet1.xml would unpack to 0 MiB, more than 0"),
        ("unpacking._MAX_PARTS", "it has 11 parts"),
        ("workbook._MAX_SHEETS", "it has 3 sheets"),
        ("workbook._MAX_COLUMNS", "row 1 has 7 cells"),
        ("workbook._MAX_CELLS", "sheet Sheet has 7 cells"),
        ("sheetxml._LAST_ROW", "row 3 does not stand behind it"),
        ("workbook._MAX_CHARACTERS", "its texts have more than 2 characters"),
    ],
    ids=str,
)
def test_a_workbook_that_would_unfold_without_end_is_refused(
    accept, refuse, ingest, monkeypatch, limit, detail
):
    book = sheet_of(FIRST, SECOND)
    book.create_sheet("blank")
    book.create_sheet("blank too")
    with monkeypatch.context() as patch:
        if isinstance(limit, dict):
            patch.setattr("cci_cli.unpacking.LARGEST_PARTS", limit)
        else:
            patch.setattr(f"cci_cli.{limit}", 2)
        assert refuse(book) == [("E339", None, None, None)]
        assert detail in ingest(book).err
    assert accept(book)[0] == CANONICAL


def test_no_byte_is_unpacked_beyond_the_size_that_a_part_gives(refuse, tmp_path):
    """2 GiB of nothing, packed into 2 MiB: it says so itself, and nobody unpacks it to see."""
    source, bomb = tmp_path / "right.xlsx", tmp_path / "bomb.xlsx"
    sheet_of(FIRST, SECOND).save(source)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(bomb, "w") as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, old.read(name))
        info = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
        new.writestr(info, b"<worksheet/>")
        # as the directory of the archive has it
        info.file_size = 2 << 30
    assert refuse(bomb.read_bytes()) == [("E339", None, None, None)]


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_part_that_declares_a_document_type_is_refused(refuse, rewrite, ingest, name):
    """Entities that are made of entities unfold to any length."""

    def declare(data: bytes) -> bytes:
        entities = '<!ENTITY a "x"><!ENTITY b "&a;&a;">'
        start, end = re.match(rb"(<\?xml[^>]*>)?(?s:(.*))", data).groups(b"")
        return start + f"<!-- {' ' * 300_000} --><!DOCTYPE x [{entities}]>".encode() + end

    book = rewrite(sheet_of(FIRST, SECOND), declare, name)
    assert refuse(book) == [("E339", None, None, None)]
    assert f"{name} declares a document type" in ingest(book).err


def test_a_row_far_below_the_last_one_of_any_sheet_is_not_waited_for(refuse, rewrite):
    def push(data: bytes) -> bytes:
        return re.sub(rb'r="([A-G]?)3"', rb'r="\g<1>99999999999"', data)

    assert refuse(rewrite(sheet_of(FIRST, SECOND), push)) == [("E339", None, None, None)]


def test_a_cell_far_to_the_right_is_not_filled_up_to(refuse, rewrite):
    def push(data: bytes) -> bytes:
        return data.replace(b'r="G1"', b'r="XFD1"')

    assert refuse(rewrite(sheet_of(FIRST, SECOND), push)) == [("E339", None, None, None)]


def test_a_blank_cell_with_a_colour_is_no_column(accept):
    """As a spreadsheet keeps it where somebody coloured a row to its end."""
    book = sheet_of(FIRST, SECOND)
    for row, column in ((1, 16_384), (2, 300)):
        book.active.cell(row, column).fill = PatternFill("solid", fgColor="00FF00")
    assert accept(book)[0] == CANONICAL


def test_a_part_of_any_name_may_declare_no_document_type(refuse, ingest, tmp_path):
    """A sheet may stand in a part of another name."""
    source, other = tmp_path / "right.xlsx", tmp_path / "other.xlsx"
    sheet_of(FIRST, SECOND).save(source)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = b'<!DOCTYPE x [<!ENTITY a "x">]>' + data
                name = "xl/worksheets/sheet1.dat"  # noqa: PLW2901
            new.writestr(name, data.replace(b"sheet1.xml", b"sheet1.dat"))
    assert refuse(other.read_bytes()) == [("E339", None, None, None)]
    assert "sheet1.dat declares a document type" in ingest(other.read_bytes()).err


def test_more_merged_ranges_in_a_row_than_can_lie_side_by_side_are_refused(
    refuse, rewrite, monkeypatch
):
    monkeypatch.setattr("cci_cli.workbook._MAX_MERGED_IN_ROW", 2)

    def merge(data: bytes) -> bytes:
        ranges = b'<mergeCell ref="I1:J9"/>' * 3
        return data.replace(
            b"</sheetData>", b"</sheetData><mergeCells>" + ranges + b"</mergeCells>"
        )

    assert refuse(rewrite(sheet_of(FIRST, SECOND), merge)) == [("E339", None, None, None)]


# what readers take in different ways


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'<row r="3">', b'<row r="2">', "row 2 does not stand behind it"),
        (b'<row r="3">', b'<row r="1048577">', "row 1048577 does not stand behind it"),
        (b'r="E2"', b'r="D2"', "at D2: cell D2 does not stand behind it"),
        (b'r="E2"', b'r="E3"', "at D2: cell E3 does not stand behind it"),
        (b'r="G1"', b'r="XFE1"', "at F1: cell XFE1 does not stand behind it"),
        (b"<v>8</v>", b"<v>8</v><v>9</v>", "at E2: it has two values"),
        (b"<v>8</v>", b"<v>8</v><is><t>9</t></is>", "at E2: it has two values"),
        (b"</sheetData>", b"</sheetData><sheetData/>", "rows begin a second time"),
        *(
            (b"<v>8</v>", f"<v>{text}</v>".encode(), f"at E2: '{text}' is no number")
            for text in (
                "3_376",
                "003376",
                "+3376",
                "３３７６",
                " 8",
                "8 ",
                "1e",
                "nan",
                "0x8",
                ".5",
            )
        ),
        (b'<c r="E2" t="n"><v>8</v>', b'<c r="E2" t="s"><v>-1</v>', "'-1' is no number"),
        (b"<sheetData>", b"<a>" * 40 + b"</a>" * 40 + b"<sheetData>", "elements lie too deep"),
    ],
    ids=str,
)
def test_what_stands_twice_or_out_of_its_place_is_refused(refuse, rewrite, ingest, old, new, said):
    """A reader that passes it over drops a row, or takes one of two values for the right one."""

    def change(data: bytes) -> bytes:
        assert data.count(old) == 1
        return data.replace(old, new)

    book = rewrite(sheet_of(FIRST, SECOND), change)
    assert refuse(book) == [("E339", None, None, None)]
    assert said in ingest(book).err


@pytest.mark.parametrize(
    ("part", "inner", "said"),
    [
        (
            "xl/sharedStrings.xml",
            b"<si>" + b"<r/>" * 10_001 + b"</si>",
            "more than 10,000 elements",
        ),
        ("xl/theme/theme1.xml", b"<a>" * 40 + b"</a>" * 40, "or 32 deep"),
        ("xl/styles.xml", b'<a b="' + b"x" * (6 << 20) + b'"/>', "a tag of more than 4 MiB"),
    ],
    ids=["pieces", "depth", "attribute"],
)
def test_a_part_that_would_grow_without_end_is_refused(refuse, ingest, tmp_path, part, inner, said):
    source, other = tmp_path / "right.xlsx", tmp_path / "other.xlsx"
    sheet_of(FIRST, SECOND).save(source)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, b"<x>" + inner + b"</x>")
    assert refuse(other.read_bytes()) == [("E339", None, None, None)]
    assert said in ingest(other.read_bytes()).err


def test_a_workbook_without_content_is_empty(refuse):
    assert refuse(Workbook()) == [("E311", None, None, None)]


@pytest.mark.parametrize("rows", [[[], HEADER, [700, *FIRST[1:]]], [[None, " "], HEADER, FIRST]])
def test_without_a_header_in_the_first_row_nothing_is_read(refuse, rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    assert refuse(book) == [("E318", 1, None, None)]


def test_a_title_above_the_header_is_no_column(refuse):
    found = refuse(sheet_of(HEADER, FIRST, SECOND, header=["算力调查表"]))
    assert ("E314", 1, "算力调查表", "算力调查表") in found
    assert {code for code, *_ in found} == {"E314", "E315"}


def test_flaws_of_a_header_are_named(refuse):
    header = ["节点编号", None, "省份", "node_id", 2024, "卡数"]
    assert sorted(refuse(sheet_of(FIRST[:6], header=header)), key=str) == [
        ("E314", 1, "", ""),
        ("E314", 1, "2024", "2024"),
        ("E315", 1, "model", None),
        ("E316", 1, "node_id", None),
    ]


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *itertools.product(
            ["[Content_Types].xml", "xl/workbook.xml"], ["missing", "not XML", "cut short"]
        ),
        ("xl/worksheets/sheet1.xml", "not XML"),
        ("xl/worksheets/sheet1.xml", "cut short"),
    ],
)
def test_a_damaged_workbook_is_told_as_that(refuse, ingest, tmp_path, name, damage):
    sheet_of(FIRST, SECOND).save(tmp_path / "right.xlsx")
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(tmp_path / "right.xlsx") as old, zipfile.ZipFile(wrong, "w") as new:
        for member in old.namelist():
            data = old.read(member)
            if member == name:
                data = {"missing": None, "not XML": b"\x01", "cut short": data[:-30]}[damage]
            if data is not None:
                new.writestr(member, data)
    assert refuse(wrong.read_bytes()) == [("E339", None, None, None)]
    assert "not a workbook that can be read: " in ingest(wrong.read_bytes()).err


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + bytes(100)])
def test_an_archive_that_is_none_is_told_as_that(refuse, content):
    assert refuse(content) == [("E339", None, None, None)]


def test_another_archive_is_no_workbook(refuse, tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("nodes.csv", "node_id\n")
    assert refuse((tmp_path / "other.zip").read_bytes()) == [("E339", None, None, None)]


def test_what_a_workbook_has_beside_values_does_not_matter(accept):
    book = sheet_of(FIRST, SECOND)
    book.active.add_table(Table(displayName="nodes", ref="A1:G3"))
    book.active.freeze_panes = "A2"
    book.active["A2"].hyperlink = "https://example.com"
    assert accept(book)[0] == CANONICAL


def test_an_encoding_that_is_named_is_not_for_a_workbook(ingest):
    outcome = ingest(sheet_of(FIRST, SECOND), "--encoding", "utf-8")
    assert outcome.code == 1
    assert (
        "file is a workbook of Excel, and --encoding utf-8 is for text [E345]\n"
        "    hint: leave --encoding out: a workbook says itself how it is written\n"
    ) in outcome.err


def test_the_data_package_says_that_it_was_a_workbook(accept, workspace):
    accept(sheet_of(with_value("province", "province 东"), SECOND))
    document = json.loads((workspace / "snapshots/2024H2/r1/datapackage.json").read_bytes())
    (source,) = document["sources"]
    assert source["encoding"] == "XLSX, sheet Sheet"
    assert [(item["column"], item["from"], item["to"]) for item in source["normalised"]] == [
        ("province", "province 东", "东")
    ]


def test_without_the_library_it_is_said_what_to_install(ingest, workspace, monkeypatch):
    before = tree(workspace)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    monkeypatch.delitem(sys.modules, "cci_cli.workbook", raising=False)
    outcome = ingest(sheet_of(FIRST, SECOND))
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err == (
        "error: the xlsx format needs the package openpyxl [E503]\n"
        "hint: install it beside cci: python -m pip install openpyxl\n"
    )
    assert tree(workspace) == before


def test_a_csv_file_is_read_without_the_library(workspace, tmp_path):
    path = tmp_path / "survey.csv"
    path.write_bytes("节点编号,省份,型号,卡数\nn1,东,M,1\nn2,西,M,1\n".encode("gb18030"))
    code = (
        "import sys; from cci_cli.cli import main; "
        f"code = main(['ingest', {str(path)!r}, '--period', '2024H2', "
        f"'--workspace', {str(workspace)!r}]); "
        "sys.exit(code or ('openpyxl' in sys.modules and 'loaded'))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()


class FailingBytes(io.BytesIO):
    """A file of which reading fails once."""

    name = "survey.xlsx"

    def __init__(self, data: bytes, at: int) -> None:
        super().__init__(data)
        self.at, self.reads = at, 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        if self.reads == self.at:
            raise OSError(errno.EIO, "Input/output error")
        return super().read(size)


def test_a_disk_that_fails_is_no_flaw_of_the_workbook(tmp_path):
    book = io.BytesIO()
    sheet_of(FIRST, SECOND).save(book)
    said = []
    for at in itertools.count(1):
        stream, problems = FailingBytes(book.getvalue(), at), ProblemList("survey.xlsx")
        try:
            write_sheet(stream, tmp_path / f"{at}.csv", problems)
        except SystemFailureError as error:
            said.append(error.message)
        assert not problems.total
        if stream.reads < at:
            break
    assert len(said) == at - 1 > 10
    assert set(said) == {"cannot read `survey.xlsx`: Input/output error"}
