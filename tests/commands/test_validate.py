"""`cci validate`: every problem of a file or a stored snapshot, and moves worth a second look."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from conftest import index_toml, store

from cci_cli.packages import seal

AS_MANY = "write as many as the header has; a field with a comma in it stands in quotes"
HEADER = "node_id,node_name,province,model,cards,status,in_service_since\n"
EAST = "n1,,东,M,1,in_service,\n"
WEST = "n2,,内蒙古,M,2,in_service,\n"
COLUMNS = (
    "node_id (节点编号), node_name (节点名称), province (省份), model (型号), cards (卡数), "
    "status (状态), in_service_since (投运日期)"
)
STATUSES = "in_service (在运), under_construction (在建), suspended (暂停), retired (退役)"
NOT_A_NUMBER = "not a number of cards"
DIGITS_ONLY = (
    "write a whole number, 5520 or 5,520: no sign, decimal point, exponent, unit or leading zero, "
    "and no more than 9223372036854775807"
)
QUOTES = "quotes do not pair up, stand inside an unquoted field or enclose a very long text"
DOUBLE_THEM = 'put the whole field in quotes and double the ones inside: "a ""b"" c"'
INVISIBLE = "not printable as it stands: space around it, or an invisible character in it"


@pytest.fixture
def workspace(make_workspace):
    root = make_workspace(
        ["东", "内蒙古"],
        index_toml("N", "national", ["东", "内蒙古"]),
        models={"M": "100", "half": "50", "昇腾910B": "320"},
    )
    config = root / "config"
    (config / "provinces.csv").write_text(
        "code,name,full_name,name_en,region,aliases\n"
        "10,东,东省,East,r,E|Dong\n"
        "15,内蒙古,内蒙古自治区,Inner Mongolia,r,蒙\n",
        encoding="utf-8",
    )
    cards = (config / "cards.csv").read_text(encoding="utf-8")
    (config / "cards.csv").write_text(
        cards.replace(
            "昇腾910B,V,320,dense,320,,2024,,", "昇腾910B,V,320,dense,320,,2024,Ascend 910B,"
        ),
        encoding="utf-8",
    )
    return root


@pytest.fixture
def validate(cci, workspace, tmp_path):
    """Validate a content as a file of 2024H2: the document that comes out."""

    def run(content: str | bytes, *options: str, period: str | None = "2024H2"):
        path = tmp_path / "nodes.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        chosen = ["--period", period] if period else []
        outcome = cci("validate", path, *chosen, "--format", "json", *options, workspace=workspace)
        document = json.loads(outcome.out)
        assert outcome.err == ""
        assert outcome.code == (0 if document["valid"] else 1)
        assert document["valid"] == (document["error_count"] == 0)
        assert document["file"] == str(path)
        return document

    return run


def error(code, line, column, value, message, hint):
    return {
        "code": code,
        "line": line,
        "column": column,
        "value": value,
        "message": message,
        "hint": hint,
    }


def places(document) -> list[tuple]:
    """Code, line, column and value of every error."""
    return [
        (item["code"], item["line"], item["column"], item["value"]) for item in document["errors"]
    ]


# what a sound file comes out as


def test_a_sound_file_is_valid(validate):
    document = validate(HEADER + EAST + WEST)
    assert document == {
        "valid": True,
        "file": document["file"],
        "snapshot": None,
        "compared_with": None,
        "errors": [],
        "error_count": 0,
        "warnings": [],
        "warning_count": 0,
        "encoding": "UTF-8",
        "normalised": [],
    }


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeff" + HEADER + EAST + WEST, id="BOM"),
        pytest.param((HEADER + EAST + WEST).replace("\n", "\r\n"), id="CR LF"),
        pytest.param((HEADER + EAST + WEST).rstrip("\n"), id="no last line end"),
        pytest.param(
            '"node_id","province","model","cards"\r\n"n1","东","M","1"\r\n"n2",内蒙古,"M",2',
            id="quoted",
        ),
        pytest.param("cards,model,province,node_id\n1,M,东,n1\n2,M,内蒙古,n2\n", id="other order"),
        pytest.param(HEADER + "n1,,东,M,9223372036854775807,in_service,\n" + WEST, id="largest"),
        pytest.param(HEADER + EAST + "n2,,内蒙古,M,0,retired,\n", id="a province of no cards"),
        pytest.param(HEADER + "n1,a b　c\u00a0d,东,M,1,in_service,\n" + WEST, id="space inside"),
        pytest.param(HEADER + "n1,,东,M,1,in_service,2024-12-31\n" + WEST, id="the last day"),
        pytest.param(HEADER + "n1,,东,M,1,retired,2030-01-01\n" + WEST, id="later, out of service"),
        pytest.param(HEADER + "n1,,东,M,1,in_service,2024-02-29\n" + WEST, id="leap day"),
    ],
)
def test_what_is_unusual_but_sound_is_valid(validate, content):
    assert places(validate(content)) == []


# every code, with its place, its words and its hint


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            HEADER.encode() + b"n1\xff,,,M,1,in_service,\n",
            error(
                *("E310", 2, None, None),
                "bytes are not UTF-8 or GB18030 from byte 65 on",
                "save the file as UTF-8",
            ),
            id="neither UTF-8 nor GB18030",
        ),
        pytest.param(
            b"",
            error(
                *("E311", None, None, None),
                "file is empty",
                "expected a header line: "
                "node_id,node_name,province,model,cards,status,in_service_since",
            ),
            id="empty",
        ),
        pytest.param(
            HEADER + EAST + "n\0,,内蒙古,M,2,in_service,\n",
            error(
                *("E312", 3, None, None),
                "NUL byte in the text",
                "export the file again as CSV in UTF-8",
            ),
            id="NUL",
        ),
        pytest.param(
            (HEADER + EAST + WEST).replace("\n", "\r"),
            error(
                *("E313", 1, None, None),
                "carriage return that does not belong to a line end",
                "end lines with LF or CR LF",
            ),
            id="CR line ends",
        ),
        pytest.param(
            HEADER.replace("node_name", "name_of_it") + EAST + WEST,
            error(
                *("E314", 1, "name_of_it", "name_of_it"),
                "unknown column",
                f"remove it, or name it as one of {COLUMNS}; the header must stand in line 1",
            ),
            id="unknown column",
        ),
        pytest.param(
            HEADER.replace("node_name", "nodename") + EAST + WEST,
            error(
                *("E314", 1, "nodename", "nodename"),
                "unknown column",
                "did you mean `node_name`?",
            ),
            id="misspelt column",
        ),
        pytest.param(
            "node_id,province,model\nn1,东,M\nn2,内蒙古,M\n",
            error(
                *("E315", 1, "cards", None),
                "column is missing",
                f"expected columns: {COLUMNS}; the header must stand in line 1",
            ),
            id="missing column",
        ),
        pytest.param(
            "node_id,province,model,cards,model\nn1,东,M,1,M\nn2,内蒙古,M,1,M\n",
            error(
                *("E316", 1, "model", None, "column stands twice in the header"),
                "keep one of the two",
            ),
            id="column twice",
        ),
        pytest.param(
            HEADER + EAST + "n9,,东,M,1,in_service\n" + WEST,
            error("E317", 3, None, None, "row has 6 fields, the header has 7 fields", AS_MANY),
            id="too few fields",
        ),
        pytest.param(
            HEADER + EAST + "n9,,东,M,1,in_service,,\n" + WEST,
            error("E317", 3, None, None, "row has 8 fields, the header has 7 fields", AS_MANY),
            id="too many fields",
        ),
        pytest.param(
            HEADER + EAST + "\n" + WEST,
            error("E318", 3, None, None, "blank line", "remove it"),
            id="blank line",
        ),
        pytest.param(
            HEADER + EAST + WEST + 'n3,"open,东,M,1,in_service,\nn4,,东,M,1,in_service,\n',
            error("E319", 4, None, None, QUOTES, DOUBLE_THEM),
            id="open quote",
        ),
        pytest.param(
            HEADER + EAST + WEST + 'n3,the "big" one,东,M,1,in_service,\n',
            error("E319", 4, None, None, QUOTES, DOUBLE_THEM),
            id="stray quote",
        ),
        pytest.param(
            HEADER + EAST + WEST + ",,东,M,1,in_service,\n",
            error("E320", 4, "node_id", None, "value is missing", "expected an identifier"),
            id="no node_id",
        ),
        pytest.param(
            HEADER + EAST + WEST + 'n3,,"",M,1,in_service,\n',
            error("E320", 4, "province", None, "value is missing", "expected a province"),
            id="no province",
        ),
        pytest.param(
            HEADER + EAST + WEST + "n3,,东,,1,in_service,\n",
            error("E320", 4, "model", None, "value is missing", "expected a card model"),
            id="no model",
        ),
        pytest.param(
            HEADER + EAST + WEST + 'n3,,东,M,"",in_service,\n',
            error(
                *("E320", 4, "cards", None),
                "value is missing",
                "expected a number of cards, 0 or more",
            ),
            id="no cards",
        ),
        pytest.param(
            HEADER + EAST + WEST + "n3,,东,M,1,,\n",
            error("E320", 4, "status", None, "value is missing", f"expected one of {STATUSES}"),
            id="no status under its header",
        ),
        pytest.param(
            HEADER + EAST + WEST + "\tn3,,东,M,1,in_service,\n",
            error("E321", 4, "node_id", "\tn3", INVISIBLE, "expected an identifier"),
            id="tab before",
        ),
        pytest.param(
            HEADER + EAST + WEST + "n3,a name\t,东,M,1,in_service,\n",
            error("E321", 4, "node_name", "a name\t", INVISIBLE, "expected a name, or nothing"),
            id="tab behind a name",
        ),
        pytest.param(
            HEADER + EAST + WEST + "n3,,西,M,1,in_service,\n",
            error(
                *("E322", 4, "province", "西"),
                "not a province of the config",
                "expected a name as in provinces.csv",
            ),
            id="unknown province",
        ),
        pytest.param(
            HEADER + EAST + WEST + "n3,,东,B200,1,in_service,\n",
            error(
                *("E323", 4, "model", "B200"),
                "not a model of the catalogue",
                "`cci cards TEXT` finds models",
            ),
            id="unknown model",
        ),
        pytest.param(
            HEADER + EAST + WEST + "n3,,东,M,12.5,in_service,\n",
            error("E324", 4, "cards", "12.5", NOT_A_NUMBER, DIGITS_ONLY),
            id="not whole",
        ),
        pytest.param(
            HEADER + EAST + WEST + "n3,,东,M,1,open,\n",
            error("E325", 4, "status", "open", "not a status", f"expected one of {STATUSES}"),
            id="unknown status",
        ),
        pytest.param(
            HEADER + EAST + WEST + "n3,,东,M,1,in_service,2023-02-30\n",
            error(
                *("E326", 4, "in_service_since", "2023-02-30"),
                "not a date of service",
                "expected YYYY-MM-DD, from 1990 to 2199, or nothing where it is not known",
            ),
            id="no such day",
        ),
        pytest.param(
            HEADER + EAST + WEST + "n3,,东,M,1,in_service,2025-01-01\n",
            error(
                *("E327", 4, "in_service_since", "2025-01-01"),
                "in service only after 2024-12-31, the day of the snapshot",
                "is it the right period? what was put into service later was under_construction "
                "(在建) on that day",
            ),
            id="in service too late",
        ),
        pytest.param(
            HEADER + EAST + WEST + EAST,
            error(
                *("E330", 4, "node_id,model", "n1,M"),
                "node and model stand on line 2 already",
                "one row per node and model: add the cards up",
            ),
            id="key twice",
        ),
        pytest.param(
            HEADER + EAST + WEST + "n1,,内蒙古,half,1,in_service,\n",
            error(
                *("E331", 4, "node_id", "n1"),
                "node lies in 东 on line 2",
                "a node lies in one province: give the parts different node_ids",
            ),
            id="node in two provinces",
        ),
        pytest.param(
            HEADER + EAST,
            error(
                *("E332", None, "province", "内蒙古"),
                "province `内蒙古` does not appear",
                "absent is not zero: a province without cards has a row with cards = 0",
            ),
            id="province missing",
        ),
    ],
)
def test_a_flaw_is_named_with_its_place_its_value_and_a_hint(validate, content, expected):
    document = validate(content)
    assert document["errors"] == [expected]
    assert document["error_count"] == 1
    assert document["warnings"] == []


@pytest.mark.parametrize("extra", ["", "\n"], ids=["header only", "header and a blank line"])
def test_a_file_without_rows_lacks_every_province(validate, extra):
    found = [item for item in places(validate(HEADER + extra)) if item[0] != "E318"]
    assert found == [("E332", None, "province", "东"), ("E332", None, "province", "内蒙古")]


def rows_with(column: str, texts: list[str]) -> str:
    """A file in which line 4 and those after it have one of the texts each in ``column``."""
    names = HEADER.strip().split(",")
    lines = []
    for number, text in enumerate(texts):
        fields = dict(zip(names, (f"x{number}", "", "东", "M", "1", "in_service", ""), strict=True))
        lines.append(",".join((fields | {column: text}).values()) + "\n")
    return HEADER + EAST + WEST + "".join(lines)


def test_what_is_no_plain_whole_number_is_no_number_of_cards(validate):
    texts = [
        *("12.5", "12.0", "1e3", "1E3", "-1", "-0", "+5", "007", "00", "0x1F", "1_000", "1 000"),
        *(
            "5 5",
            "5,",
            ",5",
            "12,34",
            "1,2345",
            "0,123",
            "1,234，567",
            "٣",
            "²",
            "nan",
            "NaN",
            "inf",
            "-inf",
            "Infinity",
            "x",
            "null",
        ),
        *("9223372036854775808", "99999999999999999999", "10000000000000000000", "5\u200b", "一"),
    ]
    assert places(validate(rows_with("cards", [f'"{text}"' for text in texts]))) == [
        ("E324", line, "cards", text) for line, text in enumerate(texts, start=4)
    ]


def test_a_plain_whole_number_is_a_number_of_cards(validate):
    texts = ["0", "9", "10", "1234567", "9223372036854775807"]
    assert places(validate(rows_with("cards", texts))) == []


def test_what_is_no_calendar_day_is_no_date(validate):
    texts = [
        *("2025-02-30", "2025-02-29", "2024-13-01", "2024-00-10", "2024/02/30", "2024-6/30"),
        *("01/02/2024", "01-01-2024", "2024-01-01T00:00", "2024-01-01 00:00", "2024-W01"),
        *("24-01-01", "24/1/1", "2024年13月1日", "2024年1月", "20240101", "today", "0", "null"),
    ]
    assert places(validate(rows_with("in_service_since", texts))) == [
        ("E326", line, "in_service_since", text) for line, text in enumerate(texts, start=4)
    ]


@pytest.mark.parametrize("column", ["node_id", "node_name"])
def test_what_cannot_be_seen_is_refused_in_identifiers_and_names(validate, column):
    texts = [
        *(
            "\tx",
            "x\t",
            " \tx",
            "x\t ",
            "\t",
            "\u200bx",
            "x\u200b",
            "a\tb",
            "a\x01b",
            "a\x7fb",
            "a\x85b",
            "a\u200bb",
            "a\u200d",
            "\u200e",
            "a\ufeffb",
        ),
        *("a\u00adb", "a\u2028b", "a\u2029b", "a\u202eb", "a\ue000", "a\U000e0001", "a\uffff"),
    ]
    assert places(validate(rows_with(column, texts))) == [
        ("E321", line, column, text) for line, text in enumerate(texts, start=4)
    ]


def test_a_line_end_in_a_name_is_refused(validate):
    document = validate(HEADER + EAST + WEST + 'n3,"a\nb",东,M,1,in_service,\n')
    assert places(document) == [("E321", 4, "node_name", "a\nb")]


@pytest.mark.parametrize("column", ["node_id", "node_name"])
def test_what_can_be_seen_is_taken_in_identifiers_and_names(validate, column):
    texts = ["x", "é", "节点", "𠮷", "a b", "a\u3000b", "a-b_c/d.e:f", "'", "=1+1", "😀", "0700"]
    assert places(validate(rows_with(column, texts))) == []


@pytest.mark.parametrize(
    ("column", "code", "expected"),
    [
        (
            "province",
            "E322",
            {
                "内蒙": "did you mean `内蒙古`?",
                "Inner Mongola": "did you mean `内蒙古`?",
                "①⑤": "did you mean `内蒙古`?",
                "1 5": "did you mean `内蒙古`?",
                "-15": "did you mean `内蒙古`?",
                "Atlantis": "expected a name as in provinces.csv",
            },
        ),
        (
            "model",
            "E323",
            {
                "ℳ": "did you mean `M`?",
                "昇腾⁹10B": "did you mean `昇腾910B`?",
                "昇腾910": "did you mean `昇腾910B`?",
                "halve": "did you mean `half`?",
                "B200": "`cci cards TEXT` finds models",
            },
        ),
        (
            "status",
            "E325",
            {
                "in__service": "did you mean `in_service`?",
                "运行": f"expected one of {STATUSES}",
                "停运": "停运 may mean suspended or retired: write 暂停 or 退役",
                "已建成": "已建成 says nothing of power: write 在运 or 在建",
                "retird": "did you mean `retired`?",
                "null": f"expected one of {STATUSES}",
            },
        ),
    ],
)
def test_an_unknown_name_hints_at_the_one_that_was_meant(validate, column, code, expected):
    document = validate(rows_with(column, list(expected)))
    assert places(document) == [
        (code, line, column, text) for line, text in enumerate(expected, start=4)
    ]
    assert [item["hint"] for item in document["errors"]] == list(expected.values())


# many flaws at once


def test_all_problems_of_a_file_come_in_one_run(validate):
    document = validate(
        "cards,status,model,node_id,in_service_since,province,node_name\n"  # line 1
        "1,in_service,M,n1,,东,\n"
        "1,in_service,M,n2,,东\n"  # 3: too few
        "\n"  # 4: blank
        '1,in_service,M,n3,,东,"two\nlines"\n'  # 5 and 6: a control character
        "1,in_service,M,n4,,东,x,y\n"  # 7: too many
        '1,in_service,M,n"5,,东,\n'  # 8: stray quote
        "-1,open,Q,,2024-02-30,Ost,\tx\n"  # 9: every column
        '"",in_service,M,n6,,内蒙,\n'  # 10
        "1,in_service,M,n1,,东,\n"  # 11: key twice
        "1,in_service,half,n1,,内蒙古自治区,\n"  # 12: another province
        "1,in_service,M,n7,2025-06-30,东,\n"  # 13: in service too late
        '1,in_service,M,"n8,,东,\n'  # 14: never closed
        "1,in_service,M,n9,,东,\n"
    )
    assert places(document) == [
        ("E317", 3, None, None),
        ("E318", 4, None, None),
        ("E321", 5, "node_name", "two\nlines"),
        ("E317", 7, None, None),
        ("E319", 8, None, None),
        ("E324", 9, "cards", "-1"),
        ("E326", 9, "in_service_since", "2024-02-30"),
        ("E323", 9, "model", "Q"),
        ("E320", 9, "node_id", None),
        ("E321", 9, "node_name", "\tx"),
        ("E322", 9, "province", "Ost"),
        ("E325", 9, "status", "open"),
        ("E320", 10, "cards", None),
        ("E322", 10, "province", "内蒙"),
        ("E330", 11, "node_id,model", "n1,M"),
        ("E331", 12, "node_id", "n1"),
        ("E327", 13, "in_service_since", "2025-06-30"),
        ("E319", 14, None, None),
    ]
    assert document["error_count"] == 18


@pytest.fixture
def many(tmp_path):
    """A file with 5,000 bad numbers and one bad model."""
    path = tmp_path / "many.csv"
    rows = "".join(f"n{number},,东,M,x,in_service,\n" for number in range(3, 5_003))
    path.write_text(HEADER + EAST + WEST + rows + "m,,东,Q,1,in_service,\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("options", "shown"),
    [([], 1_001), (["--max-problems", "7"], 7), (["--max-problems", "0"], 1_001)],
    ids=["in data", "seven", "all that are kept"],
)
def test_of_many_problems_all_are_counted_and_the_first_shown(cci, workspace, many, options, shown):
    outcome = cci("validate", many, "--format", "json", *options, workspace=workspace)
    document = json.loads(outcome.out)
    assert outcome.code == 1
    assert document["error_count"] == 5_001
    assert len(document["errors"]) == shown
    lines = [item["line"] for item in document["errors"]]
    assert lines[:7] == [4, 5, 6, 7, 8, 9, 10]
    assert (lines[-1] == 5_004) == (shown == 1_001)


def test_of_many_keys_twice_all_are_counted(cci, workspace, tmp_path):
    """1,500 keys that stand twice, and as many nodes that lie in two provinces."""
    path = tmp_path / "twice.csv"
    rows = "".join(
        f"d{number},,东,M,1,in_service,\n" * 2 + f"e{number},,东,M,1,in_service,\n"
        f"e{number},,内蒙古,half,1,in_service,\n"
        for number in range(1_500)
    )
    path.write_text(HEADER + rows, encoding="utf-8")
    outcome = cci("validate", path, "--format", "json", workspace=workspace)
    document = json.loads(outcome.out)
    codes = [item["code"] for item in document["errors"]]
    assert document["error_count"] == 3_000
    assert (codes.count("E330"), codes.count("E331")) == (1_000, 1_000)
    assert [item["line"] for item in document["errors"][:4]] == [3, 5, 7, 9]


def test_of_many_different_names_the_first_get_a_hint(cci, workspace, tmp_path, monkeypatch):
    monkeypatch.setattr("cci_cli.spellings.MAX_HINTS", 3)
    path = tmp_path / "names.csv"
    rows = "".join(f"d{number},,内蒙古{number},M,1,in_service,\n" for number in range(10, 20))
    path.write_text(HEADER + EAST + WEST + rows, encoding="utf-8")
    outcome = cci("validate", path, "--format", "json", workspace=workspace)
    hints = [item["hint"] for item in json.loads(outcome.out)["errors"]]
    assert len(hints) == 10
    assert [hint.startswith("did you mean") for hint in hints] == [True] * 3 + [False] * 7


def test_of_many_problems_the_text_says_how_many_are_not_shown(cci, workspace, many):
    outcome = cci("validate", many, "--max-problems", "2", workspace=workspace)
    assert outcome.code == 1
    assert outcome.out.splitlines() == [
        f"error: {many}:4: cards `x`: {NOT_A_NUMBER} [E324]",
        f"    hint: {DIGITS_ONLY}",
        f"error: {many}:5: cards `x`: {NOT_A_NUMBER} [E324]",
        "4,999 more not shown; --max-problems N shows more",
        f"{many}: not valid, 5,001 errors",
    ]


def test_where_no_more_are_kept_nobody_is_sent_to_look_for_them(cci, workspace, many):
    outcome = cci("validate", many, "--max-problems", "0", workspace=workspace)
    assert outcome.out.splitlines()[-2] == "4,000 more not shown"


def test_a_negative_number_of_problems_is_wrong_usage(cci, workspace, many):
    assert cci("validate", many, "--max-problems", "-1", workspace=workspace).code == 2


# text and other forms


def test_the_text_names_file_line_column_value_and_hint(cci, workspace, tmp_path, monkeypatch):
    (tmp_path / "nodes.csv").write_text(
        HEADER + EAST + "n1,\u200b,东,M,1,in_service,\nn3,,内蒙,Q,1,open,\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    outcome = cci("validate", "nodes.csv", workspace=workspace)
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out == (
        "error: nodes.csv:3: node_id,model `n1,M`: node and model stand on line 2 already [E330]\n"
        "    hint: one row per node and model: add the cards up\n"
        f"error: nodes.csv:3: node_name `\\u200b`: {INVISIBLE} [E321]\n"
        "    hint: expected a name, or nothing\n"
        "error: nodes.csv:4: model `Q`: not a model of the catalogue [E323]\n"
        "    hint: `cci cards TEXT` finds models\n"
        "error: nodes.csv:4: province `内蒙`: not a province of the config [E322]\n"
        "    hint: did you mean `内蒙古`?\n"
        "error: nodes.csv:4: status `open`: not a status [E325]\n"
        f"    hint: expected one of {STATUSES}\n"
        "nodes.csv: not valid, 5 errors\n"
    )


def test_the_text_of_a_sound_file_counts_rows_and_nodes(cci, workspace, tmp_path, monkeypatch):
    (tmp_path / "nodes.csv").write_text(
        HEADER + EAST + WEST + "n2,,内蒙古,half,1,in_service,\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    outcome = cci("validate", "nodes.csv", workspace=workspace)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "nodes.csv: valid, 3 rows, 2 nodes, 0 warnings\n"


def test_a_value_cannot_drive_the_terminal(cci, workspace, tmp_path):
    path = tmp_path / "nodes.csv"
    path.write_text(HEADER + EAST + WEST + "n\x1b[2J,,东,M,1,in_service,\n", encoding="utf-8")
    outcome = cci("validate", path, workspace=workspace)
    assert "\x1b" not in outcome.out
    assert "`n\\x1b[2J`" in outcome.out


def test_csv_has_one_row_per_problem(cci, workspace, tmp_path):
    path = tmp_path / "nodes.csv"
    path.write_text(HEADER + EAST + WEST + "n3,,东,M,x,in_service,\n", encoding="utf-8")
    outcome = cci("validate", path, "--format", "csv", workspace=workspace)
    assert outcome.code == 1
    assert outcome.out == (
        "level,code,line,column,value,message,hint\n"
        f'error,E324,4,cards,x,{NOT_A_NUMBER},"{DIGITS_ONLY}"\n'
    )


# what is validated: a stored period, a revision, a file


def test_a_period_means_its_newest_revision(cci, workspace):
    store(workspace, "2024H2", [("n1", "东", "M", 1), ("n2", "内蒙古", "M", 1)])
    store(workspace, "2024H2", [("n1", "东", "Q", 1), ("n2", "内蒙古", "M", 1)])
    outcome = cci("validate", "2024H2", "--format", "json", workspace=workspace)
    document = json.loads(outcome.out)
    assert outcome.code == 1
    assert (document["snapshot"], document["file"]) == (
        "2024H2@r2",
        "snapshots/2024H2/r2/nodes.csv",
    )
    assert places(document) == [("E323", 2, "model", "Q")]


@pytest.mark.parametrize("target", ["2024H2@r1", "2024h2@r1", "2024-12-31@r1"])
def test_a_revision_that_is_named_is_taken(cci, workspace, target):
    store(workspace, "2024H2", [("n1", "东", "M", 1), ("n2", "内蒙古", "M", 1)])
    store(workspace, "2024H2", [("n1", "东", "Q", 1), ("n2", "内蒙古", "M", 1)])
    outcome = cci("validate", target, workspace=workspace)
    assert outcome.code == 0
    assert outcome.out == (
        "snapshots/2024H2/r1/nodes.csv (2024H2@r1): valid, 2 rows, 2 nodes, 0 warnings\n"
    )


def test_an_unknown_period_is_the_answer_no(cci, workspace):
    store(workspace, "2024H2", [("n1", "东", "M", 1)])
    outcome = cci("validate", "2025H1", workspace=workspace)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "error: no snapshot of `2025H1` in this workspace [E301]\nhint: stored: 2024H2\n"
    )


def test_an_unknown_revision_is_the_answer_no(cci, workspace):
    store(workspace, "2024H2", [("n1", "东", "M", 1)])
    outcome = cci("validate", "2024H2@r2", workspace=workspace)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "error: snapshot `2024H2` has no revision `r2` [E302]\nhint: it has r1\n"
    )


def test_a_tampered_snapshot_is_the_answer_no(cci, workspace):
    store(workspace, "2024H2", [("n1", "东", "M", 1), ("n2", "内蒙古", "M", 1)])
    path = workspace / "snapshots/2024H2/r1/nodes.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",1,", ",2,"), encoding="utf-8")
    outcome = cci("validate", "2024H2", workspace=workspace)
    assert (outcome.code, outcome.out) == (1, "")
    assert "[E303]" in outcome.err


def test_a_stored_snapshot_is_held_against_its_own_day(cci, workspace):
    store(workspace, "2024H2", [("n1", "东", "M", 1), ("n2", "内蒙古", "M", 1)])
    folder = workspace / "snapshots/2024H2/r1"
    data = (folder / "nodes.csv").read_bytes()
    changed = data.replace(b",in_service,\n", b",in_service,2025-01-01\n", 1)
    (folder / "nodes.csv").write_bytes(changed)
    descriptor = json.loads((folder / "datapackage.json").read_bytes())
    descriptor["resources"][0]["hash"] = f"sha256:{hashlib.sha256(changed).hexdigest()}"
    (folder / "datapackage.json").write_bytes(seal(descriptor))
    outcome = cci("validate", "2024H2", "--format", "json", workspace=workspace)
    assert places(json.loads(outcome.out)) == [("E327", 2, "in_service_since", "2025-01-01")]


def test_dates_are_not_compared_where_no_period_is_given(validate):
    content = HEADER + "n1,,东,M,1,in_service,2030-01-01\n" + WEST
    assert places(validate(content, period=None)) == []
    assert places(validate(content, period="2024H2")) == [
        ("E327", 2, "in_service_since", "2030-01-01")
    ]
    assert places(validate(content, period="2030-01-01")) == []


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        *(
            (name, "name a file that is there, or a period of the store such as 2025H1")
            for name in ("missing.csv", "no/such/folder.csv", "2025H3", "2025-H1")
        ),
        ("loop.csv", "look whether it is there and may be read"),
        (".", "name a file, not its folder"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_failure_of_the_system(
    cci, workspace, tmp_path, monkeypatch, target, hint
):
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    monkeypatch.chdir(tmp_path)
    outcome = cci("validate", target, "--period", "2024H2", workspace=workspace)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith(f"error: cannot read `{target}`: ")
    assert outcome.err.endswith(f" [E501]\nhint: {hint}\n")


def test_a_folder_is_no_file(cci, workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = cci("validate", ".", "--period", "2024H2", workspace=workspace)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith("error: cannot read `.`: Is a directory [E501]\n")


def test_a_file_without_permission_is_a_failure_of_the_system(
    cci, workspace, tmp_path, monkeypatch
):
    path = tmp_path / "nodes.csv"
    path.write_text(HEADER, encoding="utf-8")
    path_open = Path.open

    def refuse(self, *arguments, **options):
        if self == path:
            raise PermissionError(13, "Permission denied")
        return path_open(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    outcome = cci("validate", path, workspace=workspace)
    assert (outcome.code, outcome.out) == (3, "")
    assert "Permission denied [E501]" in outcome.err


def test_a_period_needs_no_period(cci, workspace):
    store(workspace, "2024H2", [("n1", "东", "M", 1)])
    outcome = cci("validate", "2024H2", "--period", "2024H2", workspace=workspace)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "error: --period goes with a file, and `2024H2` is a period [E107]\n"
        "hint: leave --period out: the snapshot knows its period\n"
    )


def test_a_period_needs_no_encoding(cci, workspace):
    store(workspace, "2024H2", [("n1", "东", "M", 1)])
    outcome = cci("validate", "2024H2", "--encoding", "utf-8", workspace=workspace)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "error: --encoding goes with a file, and `2024H2` is a period [E107]\n"
        "hint: leave --encoding out: the snapshot knows its encoding\n"
    )


def test_what_would_be_normalised_is_told(cci, workspace, tmp_path, monkeypatch):
    text = "节点编号,省份,型号,卡数\nn1,E,m,1\nn2,蒙,ascend-910b, 2\nn3,蒙,M,1\n"
    (tmp_path / "nodes.csv").write_text(text, encoding="gb18030")
    monkeypatch.chdir(tmp_path)
    outcome = cci("validate", "nodes.csv", workspace=workspace)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        "read as GB18030\n"
        "columns 节点编号 → node_id, 省份 → province, 型号 → model, 卡数 → cards\n"
        "province 蒙 → 内蒙古: 2 rows\n"
        "province E → 东: 1 row\n"
        "model m → M: 1 row\n"
        "model ascend-910b → 昇腾910B: 1 row\n"
        "cards: space around it removed: 1 row, first on line 3\n"
        "nodes.csv: valid, 3 rows, 3 nodes, 0 warnings\n"
    )


def test_data_has_what_would_be_normalised(validate):
    document = validate("节点编号,province,model,cards\nn1,E,M,1\nn2,内蒙古,M, 2\n")
    assert document["encoding"] == "UTF-8"
    assert document["normalised"] == [
        {"column": None, "from": "节点编号", "to": "node_id", "rows": None},
        {
            "column": "province",
            "from": "E",
            "to": "东",
            "rows": 1,
            "first_line": 2,
            "spellings": 1,
        },
        {
            "column": "cards",
            "from": " 2",
            "to": "2",
            "rows": 1,
            "first_line": 3,
            "spellings": None,
        },
    ]


def test_what_would_be_normalised_is_told_beside_problems(validate):
    document = validate("节点编号,province,model,cards\nn1,E,Q,1\nn2,内蒙古,M,2\n")
    assert places(document) == [("E323", 2, "model", "Q")]
    assert [item["from"] for item in document["normalised"]] == ["节点编号", "E"]


def test_a_stored_snapshot_has_nothing_normalised(cci, workspace):
    store(workspace, "2024H2", [("n1", "东", "M", 1), ("n2", "内蒙古", "M", 1)])
    outcome = cci("validate", "2024H2", "--format", "json", workspace=workspace)
    document = json.loads(outcome.out)
    assert (document["encoding"], document["normalised"]) == (None, [])


@pytest.mark.parametrize("content", [b"a\xff", bytes.fromhex("d0cf11e0a1b11ae1"), b"PK\x03\x04"])
def test_a_file_that_cannot_be_read_has_no_encoding(validate, content):
    document = validate(content)
    assert (document["encoding"], document["normalised"]) == (None, [])


def test_a_stored_snapshot_is_not_normalised(cci, workspace):
    store(workspace, "2024H2", [("n1", "E", "m", 1), (" n2", "内蒙古", "M", 1)])
    outcome = cci("validate", "2024H2", "--format", "json", workspace=workspace)
    assert [code for code, *_ in places(json.loads(outcome.out))] == ["E321", "E323", "E322"]


@pytest.mark.parametrize("period", ["2024", "2024H3", "2024-02-30", "2024H2@r1", ""])
def test_a_period_that_is_none_is_wrong_usage(cci, workspace, tmp_path, period):
    path = tmp_path / "nodes.csv"
    path.write_text(HEADER + EAST + WEST, encoding="utf-8")
    outcome = cci("validate", path, "--period", period, workspace=workspace)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: `{period}` is not a period [E101]\n")


def test_a_file_named_like_a_period_is_a_file(cci, workspace, tmp_path, monkeypatch):
    (tmp_path / "2024H2").write_text(HEADER + EAST + WEST, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    outcome = cci("validate", "2024H2", "--period", "2024H2", workspace=workspace)
    assert (outcome.code, outcome.out) == (0, "2024H2: valid, 2 rows, 2 nodes, 0 warnings\n")


def test_a_folder_named_like_a_period_does_not_hide_the_period(cci, workspace, monkeypatch):
    store(workspace, "2024H2", [("n1", "东", "M", 1), ("n2", "内蒙古", "M", 1)])
    monkeypatch.chdir(workspace / "snapshots")
    outcome = cci("validate", "2024H2", workspace=workspace)
    assert outcome.code == 0
    assert "(2024H2@r1): valid" in outcome.out


@pytest.mark.parametrize("target", ["2024H2@2", "2024H2@newest"])
def test_a_revision_that_is_none_is_wrong_usage(cci, workspace, target):
    store(workspace, "2024H2", [("n1", "东", "M", 1), ("n2", "内蒙古", "M", 1)])
    outcome = cci("validate", target, workspace=workspace)
    assert (outcome.code, outcome.out) == (2, "")
    assert "[E102]" in outcome.err


# warnings


@pytest.fixture
def warnings_of(cci, workspace):
    """Warnings of 2025H1 against 2024H2 as (code, column, value), for rows of both."""

    def run(old, new):
        store(workspace, "2024H2", old)
        store(workspace, "2025H1", new)
        outcome = cci("validate", "2025H1", "--format", "json", workspace=workspace)
        document = json.loads(outcome.out)
        assert outcome.code == 0
        assert document["valid"]
        assert document["compared_with"] == "2024H2@r1"
        assert document["warning_count"] == len(document["warnings"])
        assert {item["line"] for item in document["warnings"]} <= {None}
        return document["warnings"]

    return run


def test_a_snapshot_like_the_one_before_has_no_warning(warnings_of):
    rows = [("n1", "东", "M", 1000), ("n2", "内蒙古", "M", 5, "retired")]
    assert warnings_of(rows, rows) == []


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        pytest.param(100, 149, None, id="below"),
        pytest.param(100, 150, None, id="at"),
        pytest.param(1000, 1501, "+50.1", id="beyond"),
        pytest.param(100, 51, None, id="falling, below"),
        pytest.param(100, 50, None, id="falling, at"),
        pytest.param(1000, 499, "-50.1", id="falling, beyond"),
        pytest.param(100, 300, "+200.0", id="far beyond"),
    ],
)
def test_a_province_that_moves_beyond_the_limit_is_named(warnings_of, before, now, change):
    """The limit is 50 %. Whole provinces move from one node to another, so that no node does."""
    found = warnings_of(
        [("n1", "东", "M", before), ("n2", "内蒙古", "M", 7)],
        [("n3", "东", "M", now), ("n2", "内蒙古", "M", 7)],
    )
    expected = {
        "code": "W301",
        "line": None,
        "column": "province",
        "value": "东",
        "message": f"supply of the province moves by {change} % against 2024H2@r1",
        "hint": "the limit is 50 % (config: checks.province_change_pct)",
    }
    assert found == ([expected] if change else [])


def test_a_province_moves_by_standard_cards_not_by_cards(warnings_of):
    """100 M are 100 standard cards, 120 half are 60: 40 % less. 60 half are 30: 70 % less."""
    old = [("n1", "东", "M", 100), ("n2", "内蒙古", "M", 100), ("n5", "内蒙古", "half", 2)]
    new = [("n3", "东", "half", 120), ("n4", "内蒙古", "half", 60)]
    found = warnings_of(old, new)
    assert [(item["code"], item["value"]) for item in found] == [("W301", "内蒙古")]
    assert "-70.3 %" in found[0]["message"]


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        pytest.param(
            ("n1", "东", "M", 0),
            ("n1", "东", "M", 1),
            "W302",
            "province has cards in service, and had none in 2024H2@r1",
            id="from none",
        ),
        pytest.param(
            ("n1", "东", "M", 50, "under_construction"),
            ("n1", "东", "M", 50),
            "W302",
            "province has cards in service, and had none in 2024H2@r1",
            id="from none in service",
        ),
        pytest.param(
            ("n1", "东", "M", 50),
            ("n1", "东", "M", 50, "suspended"),
            "W305",
            "province has no cards in service, and had some in 2024H2@r1",
            id="to none in service",
        ),
    ],
)
def test_a_province_that_appears_or_vanishes_is_named(warnings_of, old, new, code, message):
    other = ("n2", "内蒙古", "M", 7)
    (found,) = warnings_of([old, other], [new, other])
    assert (found["code"], found["column"], found["value"]) == (code, "province", "东")
    assert found["message"] == message


def test_a_province_without_cards_in_both_is_no_move(warnings_of):
    other = ("n2", "内蒙古", "M", 7)
    old = [("n1", "东", "M", 0), other]
    assert warnings_of(old, [("n1", "东", "M", 9, "suspended"), other]) == []


def test_a_model_new_to_the_country_is_named_once(warnings_of):
    """half is new; 昇腾910B was in service elsewhere; of the third there was none in service."""
    rows = [("n1", "东", "M", 1000), ("n2", "内蒙古", "M", 1000), ("n2", "内蒙古", "昇腾910B", 1)]
    found = warnings_of(
        [*rows, ("n1", "东", "half", 1, "suspended")],
        [
            *rows,
            ("n1", "东", "half", 1),
            ("n2", "内蒙古", "half", 1),
            ("n1", "东", "昇腾910B", 1),
        ],
    )
    assert found == [
        {
            "code": "W303",
            "line": None,
            "column": "model",
            "value": "half",
            "message": "model is new to the country: none in service in 2024H2@r1",
            "hint": "check that the model is not misnamed",
        }
    ]


def test_a_model_new_but_not_in_service_is_not_named(warnings_of):
    rows = [("n1", "东", "M", 10), ("n2", "内蒙古", "M", 10)]
    new = [("n1", "东", "half", 1, "suspended"), ("n2", "内蒙古", "half", 0)]
    assert warnings_of(rows, [*rows, *new]) == []


@pytest.mark.parametrize(
    ("before", "now", "is_jump"),
    [
        pytest.param(50, 150, False, id="at both limits"),
        pytest.param(50, 151, True, id="beyond both"),
        pytest.param(51, 153, False, id="beyond the cards, at the factor"),
        pytest.param(51, 154, True, id="beyond the cards, just beyond the factor"),
        pytest.param(1, 101, False, id="beyond the factor, at the cards"),
        pytest.param(1, 102, True, id="beyond the factor, just beyond the cards"),
        pytest.param(1000, 2000, False, id="beyond the cards alone"),
        pytest.param(1, 90, False, id="beyond the factor alone"),
        pytest.param(150, 50, False, id="falling, at both limits"),
        pytest.param(151, 50, True, id="falling, beyond both"),
        pytest.param(153, 51, False, id="falling, at the factor"),
        pytest.param(102, 1, True, id="falling, just beyond the cards"),
    ],
)
def test_a_node_that_jumps_beyond_both_limits_is_named(warnings_of, before, now, is_jump):
    """The limits are a factor of 3 and 100 cards; the province is too large to notice."""
    large = [("n1", "东", "M", 1_000_000), ("n2", "内蒙古", "M", 1)]
    found = warnings_of(
        [*large, ("n3", "东", "M", before)],
        [*large, ("n3", "东", "M", now)],
    )
    expected = {
        "code": "W304",
        "line": None,
        "column": "node_id",
        "value": "n3",
        "message": f"cards in service at the node go from {before} to {now} against 2024H2@r1",
        "hint": "the limits are a factor of 3 and 100 cards "
        "(config: checks.node_change_factor, checks.node_change_min_cards)",
    }
    assert found == ([expected] if is_jump else [])


def test_a_node_is_seen_as_the_sum_of_its_models_in_service(warnings_of):
    """n3 goes from 60 + 40 to 200 + 101: more than three times as many, in two small steps."""
    large = [("n1", "东", "M", 1_000_000), ("n1", "东", "half", 1), ("n2", "内蒙古", "M", 1)]
    found = warnings_of(
        [*large, ("n3", "东", "M", 60), ("n3", "东", "half", 40), ("n4", "东", "M", 1000)],
        [
            *large,
            ("n3", "东", "M", 200),
            ("n3", "东", "half", 101),
            ("n4", "东", "M", 1000),
            ("n4", "东", "half", 9000, "under_construction"),
        ],
    )
    assert [(item["code"], item["value"]) for item in found] == [("W304", "n3")]


def test_a_node_that_is_new_or_closed_is_no_jump(warnings_of):
    large = [("n1", "东", "M", 1_000_000), ("n2", "内蒙古", "M", 1)]
    assert warnings_of([*large, ("n3", "东", "M", 5000)], [*large, ("n4", "东", "M", 5000)]) == []


def test_the_text_shows_warnings_and_what_was_compared(cci, workspace):
    store(workspace, "2024H2", [("n1", "东", "M", 1000), ("n2", "内蒙古", "M", 1)])
    store(workspace, "2025H1", [("n1", "东", "M", 4000), ("n2", "内蒙古", "M", 1)])
    outcome = cci("validate", "2025H1", workspace=workspace)
    name = "snapshots/2025H1/r1/nodes.csv"
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        f"warning: {name}: node_id `n1`: cards in service at the node go from 1,000 to 4,000 "
        "against 2024H2@r1 [W304]\n"
        "    hint: the limits are a factor of 3 and 100 cards "
        "(config: checks.node_change_factor, checks.node_change_min_cards)\n"
        f"warning: {name}: province `东`: supply of the province moves by +300.0 % against "
        "2024H2@r1 [W301]\n"
        "    hint: the limit is 50 % (config: checks.province_change_pct)\n"
        f"{name} (2025H1@r1): valid, 2 rows, 2 nodes, 2 warnings\n"
        "moves compared with 2024H2@r1\n"
    )


def test_a_file_is_compared_with_the_newest_revision_of_the_period_before(validate, workspace):
    store(workspace, "2024H1", [("n1", "东", "M", 9000), ("n2", "内蒙古", "M", 9000)])
    store(workspace, "2024H1", [("n1", "东", "M", 1), ("n2", "内蒙古", "M", 2)])
    document = validate(HEADER + EAST + WEST)
    assert document["compared_with"] == "2024H1@r2"
    assert document["warnings"] == []


@pytest.mark.parametrize("period", ["2024H2", None], ids=["no snapshot before", "no period"])
def test_nothing_is_compared_without_a_snapshot_of_the_period_before(validate, workspace, period):
    store(workspace, "2023H2", [("n1", "东", "M", 9000), ("n2", "内蒙古", "M", 9000)])
    store(workspace, "2024H2", [("n1", "东", "M", 9000), ("n2", "内蒙古", "M", 9000)])
    document = validate(HEADER + EAST + WEST, period=period)
    assert (document["compared_with"], document["warnings"]) == (None, [])


def test_an_invalid_file_is_not_compared(validate, workspace):
    store(workspace, "2024H1", [("n1", "东", "M", 9000), ("n2", "内蒙古", "M", 9000)])
    document = validate(HEADER + EAST)
    assert (document["compared_with"], document["warnings"]) == (None, [])


def damage_nodes(folder: Path) -> None:
    (folder / "nodes.csv").write_bytes(b"damaged")


def damage_descriptor(folder: Path) -> None:
    (folder / "datapackage.json").write_bytes(seal({}))


def remove_nodes(folder: Path) -> None:
    (folder / "nodes.csv").unlink()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damage_nodes, "is not what was stored"),
        (damage_descriptor, "is not a usable data package"),
        (remove_nodes, "it is missing"),
        (shutil.rmtree, None),
    ],
)
def test_a_damaged_snapshot_before_is_a_warning_and_no_more(validate, workspace, damage, words):
    store(workspace, "2024H1", [("n1", "东", "M", 9000), ("n2", "内蒙古", "M", 9000)])
    damage(workspace / "snapshots/2024H1/r1")
    document = validate(HEADER + EAST + WEST)
    assert document["valid"]
    assert document["compared_with"] is None
    if words is None:
        assert document["warnings"] == []
        return
    (warning,) = document["warnings"]
    assert warning["code"] == "W306"
    assert warning["message"].startswith("not compared with 2024H1@r1: ")
    assert words in warning["message"]
    assert warning["hint"] == "`cci status` shows what is stored"


def test_an_invalid_snapshot_before_is_a_warning_and_no_more(validate, workspace):
    store(workspace, "2024H1", [("n1", "东", "Q", 9000), ("n2", "内蒙古", "M", 9000)])
    document = validate(HEADER + EAST + WEST)
    (warning,) = document["warnings"]
    assert document["valid"]
    assert warning["code"] == "W306"
    assert warning["message"] == (
        "not compared with 2024H1@r1: `snapshots/2024H1/r1/nodes.csv` has 1 problem"
    )


def test_warnings_are_counted_beyond_those_shown(cci, workspace):
    old = [(f"n{number}", "东", "M", 1000) for number in range(20)]
    new = [(f"n{number}", "东", "M", 5000) for number in range(20)]
    west = [("w", "内蒙古", "M", 1)]
    store(workspace, "2024H2", [*old, *west])
    store(workspace, "2025H1", [*new, *west])
    outcome = cci(
        "validate", "2025H1", "--max-problems", "3", "--format", "json", workspace=workspace
    )
    document = json.loads(outcome.out)
    assert (len(document["warnings"]), document["warning_count"]) == (3, 21)
