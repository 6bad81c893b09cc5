"""Every format says the same, with the same digits."""

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from typing import get_args
from xml.etree import ElementTree

import polars as pl
import pytest
from conftest import REPOSITORY, index_toml
from rich.cells import cell_len

from cci_cli.formats import Format
from cci_cli.render import render, render_table, to_json
from cci_cli.views import Lines, Sheet, View

SHEET = Sheet(
    title="标题",
    headers=("名称", "点位\n(最新)"),
    rows=(("京津冀枢纽智能算力供算量指数", "1000.00"), ("b\x1b[31m", "—")),
    numeric=frozenset({1}),
    group_header="系列",
    groups=("甲", "乙"),
    notes=("注：a|b",),
)
VIEW = View(
    sheet=SHEET,
    columns={"name": str, "count": int, "level": 2},
    records=(('say "a",\nb', 3, Decimal("1000.00")), ("=1+1", None, None)),
    document={"level": Decimal("1000.00"), "none": None, "names": ["甲", "b"], "empty": {}},
)


def test_json_keeps_the_digits_of_a_decimal():
    assert to_json({"a": Decimal("1000.00"), "b": Decimal("1E+30"), "c": [1, None]}) == (
        '{\n  "a": 1000.00,\n  "b": 1000000000000000000000000000000,\n'
        '  "c": [\n    1,\n    null\n  ]\n}'
    )


def test_json_is_read_back_as_it_was():
    text = render(VIEW, "json").decode()

    assert json.loads(text, parse_float=Decimal) == {
        "level": Decimal("1000.00"),
        "none": None,
        "names": ["甲", "b"],
        "empty": {},
    }
    assert text.endswith("}\n")


def test_csv_quotes_what_it_must_and_leaves_null_empty():
    text = render(VIEW, "csv").decode()

    assert text == 'name,count,level\n"say ""a"",\nb",3,1000.00\n\'=1+1,,\n'


def test_a_small_number_in_csv_has_no_exponent():
    view = View(SHEET, {"level": 12}, ((Decimal("0.000000000000"),),), {})

    assert render(view, "csv") == b"level\n0.000000000000\n"


def test_markdown_has_the_group_as_a_column_and_escapes_bars():
    lines = render(VIEW, "markdown").decode().splitlines()

    assert lines[2:6] == [
        "| 系列 | 名称 | 点位 (最新) |",
        "| --- | --- | ---: |",
        "| 甲 | 京津冀枢纽智能算力供算量指数 | 1000.00 |",
        "| 乙 | b\\\\x1b\\[31m | — |",
    ]
    assert lines[-1] == "注：a\\|b"


def test_table_lines_up_chinese_and_prints_no_escape_sequence():
    lines = render(VIEW, "table").decode().splitlines()
    (level,) = [line for line in lines if "1000.00" in line]
    (null,) = [line for line in lines if "—" in line]
    (rule,) = {line for line in lines if line.startswith("━")}

    assert cell_len(level) == cell_len(null) == cell_len(rule) - 2
    assert "\x1b" not in "".join(lines)
    assert "b\\x1b[31m" in null


@pytest.mark.parametrize("width", [20, 40, 80, 140])
def test_no_digit_is_lost_however_narrow_the_terminal(width):
    text = render_table(VIEW, width=width)

    assert "1000.00" in text
    assert "…" not in text
    name = "".join(re.findall(r"[京津冀枢纽智能算力供量指数]", text.split("点位")[1]))
    assert name.endswith("京津冀枢纽智能算力供算量指数")


def test_colour_only_when_asked_for():
    assert "\x1b[1m" in render_table(VIEW, width=80, has_colour=True)
    assert "\x1b" not in render_table(VIEW, width=80)


def test_lines_stay_lines_in_a_table_and_become_a_list_in_markdown():
    view = View(sheet=Lines(("one\x07", "two")), columns={}, records=(), document={})

    assert render(view, "table") == b"one\\x07\ntwo\n"
    assert render(view, "markdown") == b"- one\\x07\n- two\n"


def test_parquet_has_exact_types_and_the_same_bytes_again():
    data = render(VIEW, "parquet")
    frame = pl.read_parquet(io.BytesIO(data))
    notes = pl.read_parquet_metadata(io.BytesIO(data))["notes"]

    assert frame.schema == {"name": pl.String, "count": pl.Int64, "level": pl.Decimal(38, 2)}
    assert frame.get_column("level").to_list() == [Decimal("1000.00"), None]
    assert notes == "标题\n名称 | 点位 (最新)\n注：a|b"
    assert render(VIEW, "parquet") == data


def test_xlsx_has_numbers_as_numbers_text_as_text_and_the_same_bytes_again():
    data = render(VIEW, "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314
        texts = archive.read("xl/sharedStrings.xml").decode()
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    cells = {cell.get("r"): cell for cell in sheet.iter(f"{space}c")}

    assert Decimal(cells["C2"].find(f"{space}v").text) == 1000
    assert cells["C2"].get("t") is None
    assert cells["A3"].get("t") == "s"
    assert "=1+1" in texts
    assert "注：a|b" in texts
    assert not list(sheet.iter(f"{space}f"))
    assert "C3" not in cells
    assert render(VIEW, "xlsx") == data


def test_xlsx_without_its_library_says_what_to_install(cci, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    run = cci("compute", "2025H1", "--format", "xlsx", workspace=REPOSITORY)

    assert run.code == 3
    assert run.err.splitlines() == [
        "error: the xlsx format needs the package xlsxwriter [E503]",
        "hint: install it beside cci: python -m pip install xlsxwriter",
    ]


def test_all_formats_of_compute_have_the_same_levels(cci, tmp_path):
    for form in get_args(Format):
        path = tmp_path / f"table.{form}"
        run = cci("compute", "2025H1", "--format", form, "--output", path, workspace=REPOSITORY)
        assert run.code == 0

    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        levels = [row["level"] for row in csv.DictReader(file)]
    document = json.loads((tmp_path / "table.json").read_text("utf-8"), parse_float=Decimal)
    frame = pl.read_parquet(tmp_path / "table.parquet")

    assert [f"{row['level']}" for row in document["indices"]] == levels
    assert [f"{level}" for level in frame.get_column("level")] == levels
    for form in ("table", "markdown"):
        text = (tmp_path / f"table.{form}").read_text("utf-8")
        assert [level for level in levels if level not in text] == []


def test_a_workspace_without_titles_and_english_series_shows_its_own_words(cci, make_workspace):
    indices = index_toml("N", "national", ["a"]).replace('series_en = "Overall index"\n', "")
    root = make_workspace(["a"], indices, {"2024H2": [("n", "a", "M", 1)]})
    run = cci("compute", "2024H2", "--lang", "en", workspace=root)

    assert run.out.startswith("Table 2  Indices, latest levels\n")
    assert "\n national series\n" in run.out


def test_a_change_too_small_to_print_has_no_sign(cci, make_workspace):
    """199,999 / 200,000 − 1 = −0.0005 %, printed as 0.00 %."""
    snapshots = {"2024H2": [("n", "a", "M", 200_000)], "2025H1": [("n", "a", "M", 199_999)]}
    root = make_workspace(["a"], index_toml("N", "national", ["a"]), snapshots)
    run = cci("compute", "2025H1", workspace=root)

    assert "0.00%" in run.out
    assert "+0.00%" not in run.out


def test_english_names_and_notes_on_request(cci):
    run = cci("compute", "2025H1", "--lang", "en", workspace=REPOSITORY)
    rows = cci("compute", "2025H1", "--lang", "en", "--format", "csv", workspace=REPOSITORY)

    assert "31 December 2024" in run.out
    assert "East China Intelligent Computing Power Supply Index" in run.out
    assert "Demonstration data: 2024H2@r1, 2025H1@r1 hold invented nodes" in run.out
    assert "700008.CCI,Hub series,Beijing-Tianjin-Hebei Hub" in rows.out
    assert not re.search(r"[\u4e00-\u9fff]", run.out + rows.out)


def test_json_of_compute_has_the_contract_s_shape(cci):
    run = cci("compute", "2025H1", "--format", "json", workspace=REPOSITORY)
    document = json.loads(run.out)

    assert list(document) == [
        *("period", "as_of", "previous", "base", "indices", "hubs", "status", "release"),
        *("notes", "provenance"),
    ]
    assert document["base"] == {"period": "2024H2", "as_of": "2024-12-31", "level": 1000}
    assert list(document["indices"][0]) == [
        *("code", "kind", "series", "name", "name_en", "status", "previous_level", "level"),
        *("level_exact", "comparable_level", "growth_pct", "share_pct", "contribution_pp"),
        *("increment_share_pct", "standard_cards", "supply_card_hours", "provinces"),
    ]
    assert '"previous_level": 1000.00,' in run.out
    assert document["provenance"]["snapshots"]["2025H1"]["revision"] == "r1"
    assert set(document["provenance"]["config"]) == {
        *("cci.toml", "provinces.csv", "indices.toml", "cards.csv"),
    }
    assert document["provenance"]["methodology"] == "2025-12-24"


def test_columns_without_room_stand_in_parts_that_each_name_their_rows():
    names = ("全国智能算力供算量指数", "京津冀枢纽智能算力供算量指数")
    figures = tuple(f"{number:07}.00" for number in range(10))
    sheet = Sheet(
        title="标题",
        headers=("指数名称", *(f"20{number}H1" for number in range(30, 40))),
        rows=tuple((name, *figures) for name in names),
        numeric=frozenset(range(1, 11)),
        notes=("注",),
    )
    view = View(sheet, {}, (), {})

    lines = render_table(view, width=80).splitlines()

    assert max(map(cell_len, lines)) <= 80
    headers = [line.split() for line in lines if "指数名称" in line]
    assert [name for header in headers for name in header[1:]] == list(sheet.headers[1:])
    assert len(headers) == 3
    for name in names:
        rows = [line.split() for line in lines if name in line]
        assert [cell for row in rows for cell in row[1:]] == list(figures)
    assert (lines[0], lines[-1]) == ("标题", "注")
    whole = render_table(view).splitlines()
    assert len([line for line in whole if "指数名称" in line]) == 1
    assert (
        len([line for line in render_table(view, width=200).splitlines() if "2039H1" in line]) == 1
    )


def test_a_table_narrower_than_two_columns_keeps_every_digit():
    text = render_table(VIEW, width=5)

    assert "1000.00" in text
