"""Raw files of every kind through the command line: what is stored of them, or why nothing is."""

from __future__ import annotations

import csv
import io
import itertools
import json
from pathlib import Path

import pytest
from conftest import REPOSITORY, index_toml

HEADER = ("node_id", "node_name", "province", "model", "cards", "status", "in_service_since")
CHINESE = ("节点编号", "节点名称", "省份", "型号", "卡数", "状态", "投运日期")
H100, ASCEND = "NVIDIA H100 SXM", "Huawei Ascend 910B"
FIRST = ("0700", "", "北京", H100, "8", "in_service", "")
SECOND = ("n2", "", "内蒙古", ASCEND, "0", "retired", "2020-01-31")
CANONICAL = (
    "node_id,node_name,province,model,cards,status,in_service_since\n"
    "0700,,北京,NVIDIA H100 SXM,8,in_service,\n"
    "n2,,内蒙古,Huawei Ascend 910B,0,retired,2020-01-31\n"
)


@pytest.fixture
def workspace(make_workspace):
    root = make_workspace(["北京", "内蒙古"], index_toml("N", "national", ["北京", "内蒙古"]))
    (root / "config/provinces.csv").write_text(
        "code,name,full_name,name_en,region,aliases\n"
        "110000,北京,北京市,Beijing,r,京|CN-BJ|11\n"
        "150000,内蒙古,内蒙古自治区,Inner Mongolia,r,蒙|內蒙古|15\n",
        encoding="utf-8",
    )
    (root / "config/cards.csv").write_text(
        "model,vendor,fp16_tflops,basis,fp16_dense_tflops,fp16_sparse_tflops,released,aliases,"
        "source,note\n"
        "NVIDIA H100 SXM,V,1979,sparse,,1979,2022,H100|英伟达H100|H100 80GB,test,\n"
        "NVIDIA H200 SXM,V,1979,sparse,,1979,2023,H200,test,\n"
        "NVIDIA RTX 4090,V,330,dense,330,,2022,4090|RTX4090,test,\n"
        "Huawei Ascend 910B,V,320,dense,320,,2023,昇腾910B|Ascend 910B,test,\n",
        encoding="utf-8",
    )
    return root


@pytest.fixture
def ingest(cci, workspace, tmp_path):
    """Ingest bytes as a file of 2024H2."""

    def run(content: bytes, *options: str):
        path = tmp_path / "survey.csv"
        path.write_bytes(content)
        return cci("ingest", path, "--period", "2024H2", *options, workspace=workspace)

    return run


@pytest.fixture
def accept(ingest, workspace):
    """Ingest what must be stored: the text of ``nodes.csv``, and the lines said before that."""

    def run(content: bytes, *options: str) -> tuple[str, list[str]]:
        outcome = ingest(content, *options)
        assert (outcome.code, outcome.out) == (0, ""), outcome.err
        *said, last = outcome.err.splitlines()
        assert last.startswith("stored 2024H2@r1: ")
        nodes = workspace / "snapshots/2024H2/r1/nodes.csv"
        return nodes.read_bytes().decode(), said

    return run


@pytest.fixture
def refuse(cci, ingest, workspace, tmp_path):
    """Ingest what must be refused: every problem as (code, line, column, value)."""

    def run(content: bytes, *options: str) -> list[tuple]:
        before = tree(workspace)
        outcome = ingest(content, *options)
        assert (outcome.code, outcome.out) == (1, "")
        assert tree(workspace) == before
        path = tmp_path / "survey.csv"
        checked = cci(
            *("validate", path, "--period", "2024H2", "--format", "json", *options),
            workspace=workspace,
        )
        assert (checked.code, checked.err) == (1, "")
        assert tree(workspace) == before
        problems = json.loads(checked.out)["errors"]
        # what the one says, the other says in the same order
        told = [line for line in outcome.err.splitlines() if line.startswith("  /")]
        assert len(told) == len(problems)
        for line, problem in zip(told, problems, strict=True):
            place = f"{path}:{problem['line']}" if problem["line"] else str(path)
            assert line.startswith(f"  {place}: ")
            assert line.endswith(f"{problem['message']} [{problem['code']}]")
        return [(item["code"], item["line"], item["column"], item["value"]) for item in problems]

    return run


def tree(root: Path) -> dict[str, bytes | None]:
    """Every path of a workspace with its bytes."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
    }


def table(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER, separator: str = ",") -> str:
    """CSV text, with quotes where a field needs them."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def with_value(column: str, text: str) -> tuple[str, ...]:
    """The first row with another value in one column."""
    return tuple(
        text if name == column else value for name, value in zip(HEADER, FIRST, strict=True)
    )


# encodings, byte order marks, line ends

RAW = table(
    ("0700", "", "北京市", "英伟达H100", "８", "在运", ""),
    ("n2", "", "蒙", "昇腾910B", "0", "退役", "2020/1/31"),
    header=CHINESE,
)
ENCODINGS = {
    "UTF-8": ("utf-8", b"", "UTF-8"),
    "UTF-8 with BOM": ("utf-8", b"\xef\xbb\xbf", "UTF-8"),
    "GB18030": ("gb18030", b"", "GB18030"),
    "GB18030 with BOM": ("gb18030", b"\x84\x31\x95\x33", "GB18030"),
    "UTF-16 LE": ("utf-16-le", b"\xff\xfe", "UTF-16"),
    "UTF-16 BE": ("utf-16-be", b"\xfe\xff", "UTF-16"),
}


@pytest.mark.parametrize("last", ["", "\n"], ids=["open end", "last line end"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CR LF"])
@pytest.mark.parametrize("kind", ENCODINGS)
def test_encodings_and_line_ends_change_nothing_of_what_is_stored(accept, kind, end, last):
    codec, mark, name = ENCODINGS[kind]
    text = (RAW.rstrip("\n") + last).replace("\n", end)
    stored, said = accept(mark + text.encode(codec))
    assert stored == CANONICAL
    assert said == [
        *([f"read as {name}"] if name != "UTF-8" else []),
        "columns 节点编号 → node_id, 节点名称 → node_name, 省份 → province, 型号 → model, "
        "卡数 → cards, 状态 → status, 投运日期 → in_service_since",
        "province 北京市 → 北京: 1 row",
        "province 蒙 → 内蒙古: 1 row",
        "model 英伟达H100 → NVIDIA H100 SXM: 1 row",
        "model 昇腾910B → Huawei Ascend 910B: 1 row",
        "cards ８ → 8: 1 row",
        "status 在运 → in_service: 1 row",
        "status 退役 → retired: 1 row",
        "in_service_since 2020/1/31 → 2020-01-31: 1 row",
    ]


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("utf-8", RAW.encode()),
        ("utf-8", b"\xef\xbb\xbf" + RAW.encode()),
        ("gb18030", RAW.encode("gb18030")),
        ("utf-16", RAW.encode("utf-16")),
        ("utf-16", b"\xfe\xff" + RAW.encode("utf-16-be")),
    ],
)
def test_an_encoding_that_is_named_is_taken(accept, encoding, content):
    assert accept(content, "--encoding", encoding)[0] == CANONICAL


def test_an_encoding_that_is_named_settles_what_the_bytes_leave_open(accept, refuse):
    """The only name that is not ASCII is good in UTF-8 and in GB18030."""
    rows = [("0700", "学校", "Beijing", *FIRST[3:]), ("n2", "", "15", *SECOND[3:])]
    content = table(*rows).encode("gb18030")
    assert refuse(content) == [("E343", 2, None, None)]
    assert "0700,ѧУ,北京," in accept(content, "--encoding", "utf-8")[0]


def test_an_encoding_that_is_named_is_what_the_file_is_said_to_be_read_as(accept, ingest):
    """UTF-8 but for one byte ahead of every hanzi, in GB18030 good for other characters."""
    rows = [("n\xb5\xb5", "顺义", "Beijing", *FIRST[3:]), ("n2", "智算", "15", *SECOND[3:])]
    content = table(*rows).encode().replace("\xb5".encode(), b"\xb5")
    told = f":2: bytes are not UTF-8 from byte {content.index(0xB5)} on [E310]\n    hint: "
    assert f"{told}most of it is UTF-8: " in ingest(content).err
    assert f"{told}save the file as UTF-8\n" in ingest(content, "--encoding", "utf-8").err
    stored, said = accept(content, "--encoding", "gb18030")
    assert "n档,椤轰箟,北京," in stored
    assert said[0] == "read as GB18030"


@pytest.mark.parametrize("separator", [",", "\t"], ids=["commas", "tabs"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["plain", "quoted"])
def test_unicode_text_of_a_spreadsheet_may_have_tabs(accept, separator, quoting):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator="\r\n")
    writer.writerows([CHINESE, with_value("cards", "1,234"), SECOND])
    stored, _ = accept(out.getvalue().encode("utf-16"))
    assert stored == CANONICAL.replace(",8,", ",1234,")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_tabs_in_another_encoding_are_told_as_that(refuse, encoding):
    text = table(FIRST, SECOND, header=CHINESE, separator="\t")
    assert refuse(text.encode(encoding)) == [("E309", 1, None, None)]


@pytest.mark.parametrize("mark", [";", "|"])
def test_other_separators_are_told_as_that_in_every_encoding(refuse, mark):
    text = table(FIRST, SECOND, header=CHINESE, separator=mark)
    for encoding in ("utf-8", "gb18030", "utf-16"):
        assert refuse(text.encode(encoding)) == [("E309", 1, None, None)]


SOUND = table(("0700", "顺义", *FIRST[2:]), SECOND)
SOUND_BYTES = len(SOUND.encode())


@pytest.mark.parametrize(
    ("content", "options", "code", "line", "message"),
    [
        pytest.param(
            SOUND.encode() + b"n3,\xe5\x8c,",
            (),
            *("E310", 4),
            f"bytes are not UTF-8 from byte {SOUND_BYTES + 3} on",
            id="UTF-8 broken behind hanzi",
        ),
        pytest.param(
            SOUND.encode()[:-20] + b"\xff" + SOUND.encode()[-20:],
            (),
            *("E310", 3),
            f"bytes are not UTF-8 from byte {SOUND_BYTES - 20} on",
            id="UTF-8 broken in the last line",
        ),
        pytest.param(
            b"\xef\xbb\xbf" + "a,北\n".encode("gb18030"),
            (),
            *("E310", 1),
            "bytes are not UTF-8 from byte 5 on",
            id="BOM before GB18030",
        ),
        pytest.param(
            b"a,b\nc,\xff\n",
            (),
            *("E310", 2),
            "bytes are not UTF-8 or GB18030 from byte 6 on",
            id="neither",
        ),
        pytest.param(
            "省份,b\nc,d\ne,".encode("gb18030") + b"\x80\n",
            (),
            *("E310", 3),
            "bytes are not UTF-8 or GB18030 from byte 13 on",
            id="GB18030 broken later than UTF-8",
        ),
        pytest.param(
            SOUND.encode("gb18030"),
            ("--encoding", "utf-8"),
            *("E310", 2),
            # the first of the two hanzi is a character of two bytes in UTF-8 as well
            f"bytes are not UTF-8 from byte {SOUND.index('顺') + 2} on",
            id="GB18030 named UTF-8",
        ),
        pytest.param(
            SOUND.encode("gb18030") + b"\xff",
            ("--encoding", "gb18030"),
            *("E310", 4),
            f"bytes are not GB18030 from byte {len(SOUND.encode('gb18030'))} on",
            id="GB18030 broken at its end",
        ),
        pytest.param(
            SOUND.encode("gb18030") + b"\xb1",
            ("--encoding", "gb18030"),
            *("E310", 4),
            f"bytes are not GB18030 from byte {len(SOUND.encode('gb18030'))} on",
            id="GB18030 cut short",
        ),
        pytest.param(
            b"\xff\xfea\0\n\0b\0\x00\xd8c\0",
            (),
            *("E310", 2),
            "bytes are not UTF-16 from byte 8 on",
            id="UTF-16 with half a character",
        ),
        pytest.param(
            b"\xff\xfea\0\n\0b",
            (),
            *("E310", 2),
            "bytes are not UTF-16 from byte 6 on",
            id="UTF-16 cut short",
        ),
        pytest.param(
            SOUND.encode("utf-16-le"),
            ("--encoding", "utf-16"),
            *("E310", 1),
            "bytes are not UTF-16 from byte 0 on",
            id="UTF-16 without its mark",
        ),
        pytest.param(
            SOUND.encode("utf-16-le"), (), *("E312", 1), "NUL byte in the text", id="unmarked LE"
        ),
        pytest.param(
            SOUND.encode("utf-16-be"), (), *("E312", 1), "NUL byte in the text", id="unmarked BE"
        ),
        pytest.param(SOUND.encode("utf-32"), (), "E333", None, "file is in UTF-32", id="UTF-32 LE"),
        pytest.param(
            b"\0\0\xfe\xff" + SOUND.encode("utf-32-be"),
            (),
            *("E333", None),
            "file is in UTF-32",
            id="UTF-32 BE",
        ),
        pytest.param(
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512),
            (),
            *("E340", None),
            "Excel file of the old kind (.xls), or one with a password",
            id="old Excel",
        ),
        pytest.param(b"\xff\xfe", (), "E311", None, "file is empty", id="UTF-16 mark alone"),
        pytest.param(
            b"\x84\x31\x95\x33\n", (), "E311", None, "file is empty", id="GB18030 mark alone"
        ),
    ],
)
def test_bytes_that_are_no_text_are_named(refuse, ingest, content, options, code, line, message):
    assert refuse(content, *options) == [(code, line, None, None)]
    assert f": {message} [{code}]" in ingest(content, *options).err


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (
            "顺义\n".encode() + b"\xb5\xb5",
            "most of it is UTF-8: save the file as UTF-8; GB18030 fits too, if it is that after "
            "all, say so: --encoding gb18030",
        ),
        (SOUND.encode() + b"\xff", "save the file as UTF-8"),
        (b"\xef\xbb\xbf" + SOUND.encode() + b"\xff", "save the file as UTF-8"),
        (b"a\xff", "save the file as UTF-8"),
    ],
    ids=["both fit", "hanzi before it", "BOM", "nothing before it"],
)
def test_only_where_it_may_help_another_encoding_is_suggested(ingest, content, hint):
    assert f"    hint: {hint}\n" in ingest(content).err


FLAWED = "节点编号,省份,型号,卡数\nn1,北京,H100,1\nn2,内蒙古,H100,1\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CR LF"])
@pytest.mark.parametrize("kind", ENCODINGS)
@pytest.mark.parametrize(
    ("last", "problems"),
    [
        ("n3,北京\0,H100,1", [("E312", 4, None, None)]),
        ("n3,北京\r,H100,1", [("E313", 4, None, None)]),
        ("n3,北京,H100", [("E317", 4, None, None)]),
        ("", [("E318", 4, None, None)]),
        ('n3,"北京,H100,1', [("E319", 4, None, None)]),
        (
            "n3,火星,H100,1\nn4,北京,火星卡,1\nn5,北京,H100,一",
            [
                ("E322", 4, "province", "火星"),
                ("E323", 5, "model", "火星卡"),
                ("E324", 6, "cards", "一"),
            ],
        ),
    ],
    ids=lambda value: value[0][0] if isinstance(value, list) else "",
)
def test_lines_are_the_same_in_every_encoding(refuse, kind, end, last, problems):
    codec, mark, _ = ENCODINGS[kind]
    content = mark + (FLAWED + last + "\n").replace("\n", end).encode(codec)
    assert refuse(content) == problems


def test_characters_of_four_bytes_in_gb18030_are_whole(accept):
    rows = [("ḿ𠮷", "é㐀", *FIRST[2:]), SECOND]
    assert accept(table(*rows).encode("gb18030"))[0].splitlines()[2].startswith("ḿ𠮷,é㐀,北京,")


# headers


@pytest.mark.parametrize(
    "spellings",
    [
        pytest.param(CHINESE, id="Chinese"),
        pytest.param(CHINESE[:3] + HEADER[3:], id="mixed"),
        pytest.param(("NODE_ID", "Node_Name", *HEADER[2:]), id="case"),
        pytest.param((" node_id", "node_name\u3000", "省 份", *HEADER[3:]), id="space"),
        pytest.param(("ｎｏｄｅ＿ｉｄ", "节点\u00a0名称", *HEADER[2:]), id="width"),
    ],
)
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["plain", "quoted"])
def test_columns_go_by_their_names_in_both_languages(accept, spellings, quoting):
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows([spellings, FIRST, SECOND])
    stored, said = accept(out.getvalue().encode())
    assert stored == CANONICAL
    (columns,) = said
    changed = sum(name != column for name, column in zip(spellings, HEADER, strict=True))
    assert columns.startswith("columns ")
    assert columns.count(" → ") == changed


@pytest.mark.parametrize(
    "order", ["6543210", "1234560", "3061524", "5261403", "2461350", "4150632"]
)
def test_columns_may_stand_in_any_order(accept, order):
    order = [int(place) for place in order]
    names = [(HEADER, CHINESE)[place % 2][place] for place in order]
    rows = [tuple(row[place] for place in order) for row in (FIRST, SECOND)]
    assert accept(table(*rows, header=tuple(names)).encode("gb18030"))[0] == CANONICAL


def test_columns_that_may_be_absent_are_filled_in(accept):
    text = "卡数,省份,节点编号,型号\n8,11,0700,h100\n0,CN-NM,n2,4090\n".replace("CN-NM", "15")
    assert accept(text.encode())[0] == (
        "node_id,node_name,province,model,cards,status,in_service_since\n"
        "0700,,北京,NVIDIA H100 SXM,8,in_service,\n"
        "n2,,内蒙古,NVIDIA RTX 4090,0,in_service,\n"
    )


@pytest.mark.parametrize(
    ("header", "problems", "hints"),
    [
        pytest.param(
            "节点编码,省份,型号,卡数",
            [("E314", "节点编码", "节点编码"), ("E315", "node_id", None)],
            ["did you mean `节点编号`?"],
            id="near miss in Chinese",
        ),
        pytest.param(
            "node id,省份,型号,卡数",
            [("E314", "node id", "node id"), ("E315", "node_id", None)],
            ["did you mean `node_id`?"],
            id="near miss in English",
        ),
        pytest.param(
            "节点编号,省份,型号",
            [("E315", "cards", None)],
            [],
            id="missing",
        ),
        pytest.param(
            "节点编号,node_id,省份,型号,卡数",
            [("E316", "node_id", None)],
            ["`节点编号` and `node_id` both stand for node_id"],
            id="twice across languages",
        ),
        pytest.param(
            "节点编号,省份,型号,Cards,卡数,cards",
            [("E316", "cards", None), ("E316", "卡数", None)],
            [
                "`Cards` and `卡数` both stand for cards",
                "`Cards` and `cards` both stand for cards",
            ],
            id="three times",
        ),
        pytest.param(
            "节点编号,省份,型号,卡数,卡数",
            [("E316", "卡数", None)],
            [],
            id="twice to the letter",
        ),
        pytest.param(
            "节点编号,省份,型号,卡数\u200b",
            [("E314", "卡数\u200b", "卡数\u200b"), ("E315", "cards", None)],
            ["did you mean `卡数`?"],
            id="invisible character",
        ),
        pytest.param(
            "节点编号,省份,型号,卡\t数",
            [("E314", "卡\t数", "卡\t数"), ("E315", "cards", None)],
            ["did you mean `卡数`?"],
            id="tab",
        ),
        pytest.param(
            "节点编号,省份,型号,卡数,备注",
            [("E314", "备注", "备注")],
            [
                "remove it, or name it as one of node_id (节点编号), node_name (节点名称), "
                "province (省份), model (型号), cards (卡数), status (状态), "
                "in_service_since (投运日期); the header must stand in line 1"
            ],
            id="unknown",
        ),
        pytest.param(
            "节点编号,省份,型号,卡数,",
            [("E314", "", "")],
            ["remove it, or name it as one of "],
            id="without a name",
        ),
    ],
)
def test_every_flaw_of_a_header_is_named(ingest, refuse, header, problems, hints):
    content = f"{header}\n0700,北京,H100,8\n".encode()
    assert sorted(refuse(content), key=str) == sorted(
        [(code, 1, column, value) for code, column, value in problems], key=str
    )
    err = ingest(content).err
    assert [hint for hint in hints if f"    hint: {hint}" not in err] == []


# values that leave no doubt

ACCEPTED = {
    "node_id": {
        " 0700": "0700",
        "0700 ": "0700",
        "\u00a0\u3000\u20090700\u202f": "0700",
        "1E5": "1E5",
        "1e5": "1e5",
        "NA": "NA",
        "null": "null",
        "７００": "７００",
        " ａ  ｂ ": "ａ  ｂ",
        "1.5E5": "1.5E5",
        "#12": "#12",
        "##": "##",
        "=0700": "=0700",
        "1E+5x": "1E+5x",
    },
    "node_name": {
        " 顺义 一期\u3000": "顺义 一期",
        "H²00": "H²00",
        " ": "",
        "\u3000\u3000": "",
        "N/A": "N/A",
    },
    "province": dict.fromkeys(
        (
            *(
                "北京市",
                " 北京",
                "北 京",
                "北京\u3000",
                "Beijing",
                "BEIJING",
                "ｂｅｉｊｉｎｇ",
                "京",
            ),
            *("110000", "１１００００", "11", "CN-BJ", "cn bj", "CN‑BJ", "CN－BJ"),
        ),
        "北京",
    ),
    "model": dict.fromkeys(
        (
            *("H100", "h100", "Ｈ１００", "H-100", "H 100", "英伟达 H100", " H100\xa0"),
            *("H100 80GB", "H100-80GB", "H-100  80 GB", "H10080GB", "Ｈ１００－８０ＧＢ"),
            *("NVIDIA H100-SXM", "nvidia h100 sxm", "\xa0NVIDIA H100 SXM"),
        ),
        H100,
    )
    | {"4090": "NVIDIA RTX 4090", "rtx 4090": "NVIDIA RTX 4090", "Ascend-910B": ASCEND},
    "cards": {
        "0": "0",
        " 8": "8",
        "8\u3000": "8",
        "８": "8",
        "１2": "12",
        "1,234": "1234",
        "1，234": "1234",
        "12,345,678": "12345678",
        "１，２３４，５６７": "1234567",
        "999,999": "999999",
        "9223372036854775807": "9223372036854775807",
        "9,223,372,036,854,775,807": "9223372036854775807",
        "9007199254740993": "9007199254740993",
    },
    "status": dict.fromkeys(
        (
            *("In_Service", "IN SERVICE", "in-service", "In‑service", "ｉｎ＿ｓｅｒｖｉｃｅ"),
            *(" in_service ", "在运", "运行中", " 在运\u3000"),
        ),
        "in_service",
    )
    | dict.fromkeys(("在建", "建设中", "Under Construction"), "under_construction")
    | dict.fromkeys(("暂停", "暂停服务", "暂停运行", "SUSPENDED"), "suspended")
    | dict.fromkeys(("退役", "已退役", "Retired"), "retired"),
    "in_service_since": {
        **dict.fromkeys(
            (
                *("2024-05-07", "2024-5-7", "2024/5/7", "2024/05/7", "2024.5.7", "2024年5月7日"),
                *("２０２４-05-07", "２０２４年５月７日", " 2024-05-07", "2024/5/7\u3000"),
            ),
            "2024-05-07",
        ),
        "2024-2-29": "2024-02-29",
        "1990/1/1": "1990-01-01",
        " ": "",
    },
}


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        pytest.param(column, text, expected, id=f"{column} {text!a}")
        for column, texts in ACCEPTED.items()
        for text, expected in texts.items()
    ],
)
def test_what_leaves_no_doubt_is_stored_in_its_canonical_form(accept, column, text, expected):
    last = ("zz", "", "内蒙古", "NVIDIA H200 SXM", "1", "in_service", "")
    first = ("00", "", "北京", "NVIDIA H200 SXM", "1", "in_service", "")
    content = table(first, with_value(column, text), last)
    stored, said = accept(content.encode())
    rows = sorted([first, with_value(column, expected), last])
    assert stored == table(*rows)
    is_space = text.strip("\u00a0\u2009\u202f\u3000 ") == expected
    if text == expected:
        assert said == []
    elif is_space:
        assert said == [f"{column}: space around it removed: 1 row, first on line 3"]
    else:
        (line,) = said
        assert line.startswith(f"{column} ")
        assert line.endswith(f" → {expected}: 1 row")


@pytest.mark.parametrize("status", ["under_construction", "在建", "suspended", "退役"])
def test_a_card_out_of_service_may_have_its_day_ahead_of_it(accept, status):
    """The day by which a node is to be ready is in the future; no rule forbids that."""
    planned = (*SECOND[:5], status, "2025-06-30")
    stored, _ = accept(table(FIRST, planned).encode())
    *_, last = csv.reader(stored.splitlines())
    assert (last[0], last[-1]) == ("n2", "2025-06-30")


# values that do leave a doubt

MODELS = (H100, ASCEND, "NVIDIA H200 SXM")

OUTSIDE = (
    *("香港", "香港特别行政区", "香港特別行政區", "Hong Kong", "hong-kong", "HK", "810000"),
    *("澳门", "澳門", "澳门特别行政区", "Macao", "Macau", "820000"),
    *("台湾", "臺灣", "台灣", "台湾省", "臺灣省", "Taiwan", "710000", " 台湾 "),
)
INVISIBLE = ("{}\u200b", "\t{}", "{}\ufeff", "\u200e{}", "{}\x01", "{}\u2028", "{}\n", "{}\u00ad")
MANGLED = (
    *("1.10E+11", "1E+11", "-1.5E+05", "1.1E-05", "1.23457E+100", "#N/A", "#NAME?", "#REF!"),
    *("#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "########", "###", '="0700"', " #N/A "),
)
REFUSED = {
    ("node_id", "E335"): MANGLED,
    ("node_name", "E335"): MANGLED,
    ("node_id", "E321"): [form.format("x") for form in INVISIBLE],
    ("node_name", "E321"): [form.format("x") for form in INVISIBLE],
    ("province", "E321"): [form.format("北京") for form in INVISIBLE],
    ("model", "E321"): [form.format("H100") for form in INVISIBLE],
    ("status", "E321"): [form.format("在运") for form in INVISIBLE],
    ("node_id", "E344"): ("\ufffd", "a\ufffdb"),
    ("node_name", "E344"): ("顺\ufffd义",),
    ("province", "E344"): ("北\ufffd", "\ufffd\ufffd"),
    ("model", "E344"): ("H100\ufffd",),
    ("cards", "E344"): ("8\ufffd",),
    ("status", "E344"): ("在\ufffd",),
    ("in_service_since", "E344"): ("2024\ufffd5\ufffd7\ufffd",),
    ("province", "E334"): OUTSIDE,
    ("province", "E322"): (
        *("火星", "北京城", "⑪", "¹¹", "1 1", "-11", "11-", "1-1", "11.0", "北京*", "#N/A"),
    ),
    ("model", "E323"): (
        *(
            "H10 0",
            "H1-00",
            "H 1 00",
            "RTX 40-90",
            "昇腾9 10B",
            "Ｈ１　００",
            "A10080GB",
            "4090 24 GB",
        ),
        *("H²00", "H₁00", "ℍ100", "Ⓗ100", "-4090", "40 90", "4090.0", "H100 / H200", "B200"),
    ),
    ("status", "E325"): (
        *(
            "停运",
            "停用",
            "已建成",
            "建成",
            "已投运",
            "运行",
            "inservice",
            "in__service",
            "in  service",
        ),
        *("service", "是", "in_service_", "ⁱn_service"),
    ),
    ("cards", "E324"): (
        *("-1", "+5", "12.5", "12.0", "1e3", "1E+05", "007", "０１", "1 234", "1_234", "八"),
        *(
            "12,34",
            "1234,567",
            "1,2345",
            "0,123",
            ",123",
            "1,",
            "1,234，567",
            "1,234.0",
            "1'234",
            "1;234",
        ),
        *("9223372036854775808", "9,223,372,036,854,775,808", "99999999999999999999", "٣", "²"),
        *("5\u200b", "\t5", "5\n", "TRUE", "#N/A"),
    ),
    ("in_service_since", "E326"): (
        *("7/5/2024", "5/7/2024", "07.05.2024", "24-5-7", "20240507", "2024-05", "2024年5月"),
        *("2024-5/7", "2024/5-7", "2024.5/7", "2024年5-7", "2024-02-30", "2023/2/29", "2024/13/1"),
        *("2024-05-07 00:00", "2024-05-07T00:00:00", "2024/5/7 0:00", "2024 -5-7", "45000"),
        *("2024/0/1", "2024-05-0", "May 7, 2024", "2024\u20135\u20137", "\t2024-05-07", "#N/A"),
        *("1899/12/31", "1989-12-31", "2200-01-01", "1900年1月1日", "0001-01-01", "9999-12-31"),
        *("2024-005-07", "02024-5-7", "2024年5月7", "2024-05-07\u200b", "٢٠٢٤-05-07"),
    ),
    ("in_service_since", "E327"): ("2025-01-01",),
}


@pytest.mark.parametrize(
    ("column", "code"), [pytest.param(*key, id=" ".join(key)) for key in REFUSED]
)
def test_what_leaves_a_doubt_is_refused_as_it_stands(refuse, column, code):
    """All of a kind in one file, each in a row of its own node; a text may take two lines."""
    first = ("00", "", "北京", "NVIDIA H200 SXM", "1", "in_service", "")
    rows, expected, line = [first], [], 3
    for number, text in enumerate(REFUSED[column, code]):
        # two texts may be one node but for the space around it: it has both models
        model = MODELS[number % len(MODELS)]
        values = (f"x{number}", FIRST[1], FIRST[2], model, *FIRST[4:])
        row = zip(HEADER, values, strict=True)
        rows.append(tuple(text if name == column else value for name, value in row))
        expected.append((code, line, column, text.strip() if code == "E335" else text))
        line += 1 + text.count("\n")

    assert refuse(table(*rows, SECOND).encode()) == expected


@pytest.mark.parametrize("text", ["", '""', " ", "\u3000"])
@pytest.mark.parametrize("column", ["node_id", "province", "model", "cards", "status"])
def test_what_must_be_there_is_missing_where_there_is_nothing_but_space(refuse, column, text):
    fields = [
        text if name == column else f"{value}" for name, value in zip(HEADER, FIRST, strict=True)
    ]
    content = ",".join(HEADER) + "\n" + ",".join(SECOND) + "\n" + ",".join(fields) + "\n"
    missing = [("E332", None, "province", "北京")] if column == "province" else []
    assert refuse(content.encode()) == [("E320", 3, column, None), *missing]


@pytest.mark.parametrize(
    ("column", "text", "hint"),
    [
        ("province", "北京城", "did you mean `北京`?"),
        ("province", "北京\u200b", "did you mean `北京`?"),
        ("province", "香港", "leave its rows out of the file"),
        ("province", "火星", "expected a name as in provinces.csv"),
        ("model", "H²00", "did you mean `NVIDIA H200 SXM`?"),
        ("model", "昇腾910", "did you mean `Huawei Ascend 910B`?"),
        ("status", "停运", "停运 may mean suspended or retired: write 暂停 or 退役"),
        ("status", " 停 用", "停 用 may mean suspended or retired: write 暂停 or 退役"),
        ("status", "已建成", "已建成 says nothing of power: write 在运 or 在建"),
        (
            *("status", "已投运"),
            "已投运 says that it was put into service once: write 在运 if it runs today",
        ),
        (
            *("status", "是"),
            "expected one of in_service (在运), under_construction (在建), suspended (暂停), "
            "retired (退役)",
        ),
        ("model", "H1-00", "did you mean `NVIDIA H100 SXM`?"),
        (
            *("node_name", "顺\ufffd"),
            "take the value from the source: it was read in a wrong encoding once, and saved so",
        ),
        (
            *("in_service_since", "1899-12-31"),
            "expected YYYY-MM-DD, from 1990 to 2199, or nothing where it is not known",
        ),
        (
            *("node_id", "1.10E+11"),
            "take the value from the source, and format the column as text before it goes in",
        ),
    ],
)
def test_a_refused_value_comes_with_what_to_do(ingest, column, text, hint):
    err = ingest(table(with_value(column, text), SECOND).encode()).err
    assert f"    hint: {hint}\n" in err


def test_no_other_province_is_suggested_for_one_outside_the_sample(cci, tmp_path):
    """Taiwan Province is close to Hainan Province in its letters alone."""
    path = tmp_path / "survey.csv"
    path.write_text("node_id,province,model,cards\nn1,Taiwan Province,H100,1\n", encoding="utf-8")
    outcome = cci("validate", path, "--format", "json", workspace=REPOSITORY)
    first, *others = json.loads(outcome.out)["errors"]
    assert (first["code"], first["hint"]) == ("E334", "leave its rows out of the file")
    assert {problem["code"] for problem in others} == {"E332"}
    assert len(others) == 31


def test_a_config_may_know_a_province_that_others_leave_out(accept, workspace):
    path = workspace / "config/provinces.csv"
    path.write_text(
        path.read_text(encoding="utf-8") + "810000,香港,香港特别行政区,Hong Kong,r,HK\n",
        encoding="utf-8",
    )
    stored, _ = accept(table(FIRST, SECOND, ("h", "", "HK", *FIRST[3:])).encode())
    assert "h,,香港," in stored


# keys, places, provinces: by what the values mean


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        pytest.param(
            [FIRST, ("0700 ", "", "京", "h100", "9", "在运", ""), SECOND],
            [("E330", 3, "node_id,model", f"0700,{H100}")],
            id="the same node and model",
        ),
        pytest.param(
            [
                ("0700", "", "北京市", "英伟达H100", "1", "在运", ""),
                SECOND,
                ("\u30000700", "", "Beijing", "H-100", "1", "暂停", ""),
            ],
            [("E330", 4, "node_id,model", f"0700,{H100}")],
            id="both in another spelling",
        ),
        pytest.param(
            [FIRST, ("0700\u00a0", "", "蒙", "H200", "1", "在运", ""), SECOND],
            [("E331", 3, "node_id", "0700")],
            id="a node in two provinces",
        ),
        pytest.param(
            [FIRST, (" 0700", "", "蒙", "H100", "1", "在运", ""), SECOND],
            [("E331", 3, "node_id", "0700"), ("E330", 3, "node_id,model", f"0700,{H100}")],
            id="both",
        ),
        pytest.param(
            [FIRST, ("n3", "", "北京市", "H200", "1", "在运", "")],
            [("E332", None, "province", "内蒙古")],
            id="a province missing",
        ),
    ],
)
@pytest.mark.parametrize("batch", [1, 2, 100])
def test_clashes_are_found_between_values_in_their_canonical_form(
    refuse, monkeypatch, rows, problems, batch
):
    monkeypatch.setattr("cci_cli.csvfile.BATCH_ROWS", batch)
    assert refuse(table(*rows).encode("gb18030")) == problems


def test_one_province_in_two_spellings_is_one(accept):
    rows = [FIRST, ("0700", "", "京", "H200", "1", "在运", ""), SECOND]
    assert accept(table(*rows).encode())[0].count("北京") == 2


@pytest.mark.parametrize("province", ["内蒙古自治区", "15", "内蒙 古"])
def test_a_province_in_another_spelling_is_not_missing(accept, province):
    assert ",内蒙古," in accept(table(FIRST, (*SECOND[:2], province, *SECOND[3:])).encode())[0]


# many problems at once, lines behind quoted line ends


@pytest.mark.parametrize("kind", ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CR LF"])
def test_all_problems_of_a_file_come_in_one_run_with_their_lines(refuse, kind, end):
    codec, mark, _ = ENCODINGS[kind]
    text = (
        "节点编号,节点名称,省份,型号,卡数,状态,投运日期\n"
        'n1,"一\n\n二",北京市,H100,"1,234",在运,\n'  # 2 to 4
        "n2,,台湾,H²00,12.5,停运,7/5/2024\n"  # 5
        '1.10E+11,"#N/A",蒙,H100,"12,34",在运,2024/5/7\n'  # 6
        "n3,,蒙,H100,1\n"  # 7
        "\n"  # 8
        'n4,"x\ny",蒙,H100,1,在运,\n'  # 9 and 10
        " n1,,京,英伟达H100,7,在运,\n"  # 11
        "n5,,蒙,H100,１,在运,2025年1月1日\n"  # 12
        'n6,a"b,蒙,H100,1,在运,\n'  # 13
    ).replace("\n", end)
    line_end = end
    assert refuse(mark + text.encode(codec)) == [
        ("E321", 2, "node_name", f"一{line_end}{line_end}二"),
        ("E324", 5, "cards", "12.5"),
        ("E326", 5, "in_service_since", "7/5/2024"),
        ("E323", 5, "model", "H²00"),
        ("E334", 5, "province", "台湾"),
        ("E325", 5, "status", "停运"),
        ("E324", 6, "cards", "12,34"),
        ("E335", 6, "node_id", "1.10E+11"),
        ("E335", 6, "node_name", "#N/A"),
        ("E317", 7, None, None),
        ("E318", 8, None, None),
        ("E321", 9, "node_name", f"x{line_end}y"),
        ("E330", 11, "node_id,model", f"n1,{H100}"),
        ("E327", 12, "in_service_since", "2025-01-01"),
        ("E319", 13, None, None),
    ]


# laws


def test_what_is_stored_can_be_ingested_again_and_is_unchanged(ingest, workspace):
    assert ingest(RAW.encode("gb18030")).code == 0
    nodes = workspace / "snapshots/2024H2/r1/nodes.csv"
    before = tree(workspace)
    outcome = ingest(nodes.read_bytes())
    assert outcome.err == "unchanged: 2024H2@r1 has this content already\n"
    assert tree(workspace) == before


@pytest.mark.parametrize("batch", [1, 3, 500_000])
def test_order_encoding_and_line_ends_change_no_byte(accept, ingest, workspace, monkeypatch, batch):
    monkeypatch.setattr("cci_cli.csvfile.BATCH_ROWS", batch)
    rows = [
        (
            f"{'' if number % 3 else ' '}n{number // 2}",
            f"节点{number // 2}",
            province,
            model,
            cards,
            status,
            since,
        )
        for number, (province, model, cards, status, since) in enumerate(
            zip(
                itertools.cycle(("北京", "京", "蒙", "15")),
                ("H100", "4090") * 4,
                ("1,234", "８", "0", "12", "9,999,999", "1", "１，０００", "3"),
                itertools.cycle(("在运", "Retired", "in service")),
                itertools.cycle(("2024/5/7", "", "2023年12月1日", "2020-01-01", " ")),
                strict=False,
            )
        )
    ]
    first, _ = accept(table(*rows, header=CHINESE).encode())
    for turn, (codec, mark, _) in enumerate(ENCODINGS.values(), start=1):
        places = [*range(turn, 7), *range(turn)][:: (-1) ** turn]
        names = tuple(CHINESE[place] for place in places)
        others = [tuple(row[place] for place in places) for row in [*rows[turn:], *rows[:turn]]]
        text = table(*others[::-1], header=names).replace("\n", "\r\n" if turn % 2 else "\n")
        outcome = ingest(mark + text.encode(codec))
        assert outcome.err.endswith("unchanged: 2024H2@r1 has this content already\n")
    assert (workspace / "snapshots/2024H2/r1/nodes.csv").read_bytes().decode() == first
