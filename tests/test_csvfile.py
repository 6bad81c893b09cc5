"""The outer form of a file of nodes: bytes, header, quotes, fields, physical lines."""

import csv
import io
import os
from dataclasses import replace

import pytest
from conftest import examples
from hypothesis import given
from hypothesis import strategies as st

from cci_cli import csvfile, outlines
from cci_cli.csvfile import Survey, read_batches, survey_file
from cci_cli.errors import ProblemList, SystemFailureError

# 29 bytes, so that byte 29 is the first one of line 2
HEADER = "node_id,province,model,cards\n"
# every place of the small files below is the end of a chunk of some size; and the real size
CHUNKS = [1, 2, 3, 4, 5, 7, 11, 34, 40, 41, 42, 1 << 20]


@pytest.fixture
def survey(tmp_path):
    """Survey a content: what is known of it, and its flaws as (code, line)."""

    def run(content: str | bytes, name: str = "nodes.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        problems = ProblemList(name)
        found = survey_file(path, problems)
        return found, [(problem.code, problem.line) for problem in problems.first()]

    return run


def rows_of(survey: Survey) -> list[tuple]:
    return [row for batch in read_batches(survey) for row in batch.iter_rows()]


# bytes


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize(
    ("rest", "line", "offset"),
    [
        pytest.param("n1,\u5317\u4eac,M,1\n".encode("gb18030"), 2, 32, id="gb18030"),
        pytest.param(b"n1,b,M,1\nn2,b\xff,M,1\n", 3, 42, id="a byte that UTF-8 never has"),
        pytest.param(b"n1,b,M,1\nn2,\xe5\x8c\n", 3, 41, id="a character cut short by a line end"),
        pytest.param(b"n1,b,M,1\nn2,\xe5\x8c", 3, 41, id="a character cut short by the file's end"),
        pytest.param(
            "n1,北".encode() + b"\xff\nn2,b,M,1\n", 2, 35, id="behind a character cut in two"
        ),
        pytest.param("北京\n".encode() + b"\xed\xa0\x80", 3, 36, id="a surrogate"),
        pytest.param("北京\n".encode() + b"\xc0\x80", 3, 36, id="an overlong form"),
    ],
)
def test_the_first_byte_that_is_not_utf8_is_named_wherever_a_chunk_ends(
    tmp_path, monkeypatch, chunk, rest, line, offset
):
    monkeypatch.setattr(outlines, "_CHUNK_BYTES", chunk)
    path = tmp_path / "nodes.csv"
    path.write_bytes(HEADER.encode() + rest)
    problems = ProblemList("nodes.csv")
    assert survey_file(path, problems) is None
    (problem,) = problems.first()
    assert (problem.code, problem.line, problem.column, problem.value) == ("E310", line, None, None)
    assert problem.message == f"bytes are not UTF-8 from byte {offset} on"
    assert problem.hint == "save the file as UTF-8"


@pytest.mark.parametrize("chunk", CHUNKS)
def test_a_character_across_two_chunks_is_whole(survey, monkeypatch, chunk):
    monkeypatch.setattr(outlines, "_CHUNK_BYTES", chunk)
    found, flaws = survey(HEADER + "节点𠮷,北京,昇腾é,1\n")
    assert flaws == []
    assert rows_of(found) == [(2, "节点𠮷", "北京", "昇腾é", "1")]


@pytest.mark.parametrize("before", [2**20 - 30, 2**20 - 1, 2**20, 2**20 + 1])
def test_a_bad_byte_around_the_real_chunk_border_is_found_on_its_line(survey, before):
    lines = (before - len(HEADER)) // 9
    content = HEADER + "a,b,M,10\n" * lines
    found, flaws = survey(content.encode() + b"n,\xff,M,1\n")
    assert found is None
    assert flaws == [("E310", lines + 2)]


@pytest.mark.parametrize("chunk", CHUNKS)
def test_crlf_is_a_line_end_wherever_a_chunk_ends(survey, monkeypatch, chunk):
    monkeypatch.setattr(outlines, "_CHUNK_BYTES", chunk)
    found, flaws = survey((HEADER + "n1,北京,M,1\nn2,上海,M,2\n").replace("\n", "\r\n"))
    assert flaws == []
    assert rows_of(found) == [(2, "n1", "北京", "M", "1"), (3, "n2", "上海", "M", "2")]


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param(HEADER + "n1,b,M,1\nn2,b\r,M,1\n", 3, id="inside a line"),
        pytest.param(HEADER + "n1,b,M,1\nn2,b,M,1\r", 3, id="at the end of the file"),
        pytest.param(HEADER + "n1,b,M,1\r\r\nn2,b,M,1\n", 2, id="before CR LF"),
        pytest.param((HEADER + "n1,b,M,1\n").replace("\n", "\r"), 1, id="all line ends"),
        pytest.param(HEADER + 'n1,"b\rc",M,1\n', 2, id="inside quotes"),
    ],
)
def test_a_lone_carriage_return_is_found_wherever_a_chunk_ends(
    survey, monkeypatch, chunk, content, line
):
    monkeypatch.setattr(outlines, "_CHUNK_BYTES", chunk)
    assert survey(content) == (None, [("E313", line)])


@pytest.mark.parametrize("chunk", [1, 2, 7, 30, 1 << 20])
def test_a_nul_byte_is_found_on_its_line(survey, monkeypatch, chunk):
    monkeypatch.setattr(outlines, "_CHUNK_BYTES", chunk)
    assert survey(HEADER + "n1,b,M,1\nn\0,b,M,1\n") == (None, [("E312", 3)])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"a\0\rb\xff", "E312", id="NUL first"),
        pytest.param(b"a\rb\0\xff", "E313", id="carriage return first"),
        pytest.param(b"a\xffb\0\r", "E310", id="bad byte first"),
    ],
)
def test_of_several_flaws_in_the_bytes_the_first_is_named(survey, content, code):
    assert survey(content) == (None, [(code, 1)])


@pytest.mark.parametrize(
    ("encoding", "code"), [("utf-16", "E310"), ("utf-16-le", "E312"), ("utf-16-be", "E312")]
)
def test_a_utf16_file_is_refused_on_its_first_line(survey, encoding, code):
    assert survey((HEADER + "n1,b,M,1\n").encode(encoding)) == (None, [(code, 1)])


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"\r\n\r\n", b"  \t\n \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"],
    ids=["nothing", "LF", "CR LF", "white space", "BOM", "BOM and white space"],
)
def test_a_file_without_text_is_empty(survey, content):
    assert survey(content) == (None, [("E311", None)])


@pytest.mark.parametrize("last", ["\n", ""], ids=["with a last line end", "without"])
def test_a_file_with_nothing_but_a_header_is_sound_and_has_no_rows(survey, last):
    found, flaws = survey(HEADER.rstrip("\n") + last)
    assert flaws == []
    assert rows_of(found) == []


@pytest.mark.parametrize("quote", ["", '"'], ids=["plain", "quoted"])
def test_a_byte_order_mark_is_no_part_of_the_first_column(survey, quote):
    found, flaws = survey(f"\ufeff{quote}node_id{quote},province,model,cards\nn1,b,M,1\n")
    assert flaws == []
    assert found.header == ("node_id", "province", "model", "cards")
    assert rows_of(found) == [(2, "n1", "b", "M", "1")]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("missing.csv", "No such file or directory"),
        ("loop.csv", "Too many levels of symbolic links"),
        (".", "Is a directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_failure_of_the_system(tmp_path, place, reason):
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(SystemFailureError) as raised:
        survey_file(tmp_path / place, ProblemList(place))
    assert raised.value.code == "E501"
    assert raised.value.message.endswith(f": {reason}")


def test_a_pipe_is_refused_before_it_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SystemFailureError) as raised:
        survey_file(tmp_path / "pipe", ProblemList("pipe"))
    assert (raised.value.code, raised.value.exit_code) == ("E504", 3)


# header


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(
            "node_id,province,model,cards,colour",
            [("E314", "colour", None)],
            id="unknown",
        ),
        pytest.param(
            "Node-ID,province,model,cards",
            [("E314", "Node-ID", "did you mean `node_id`?"), ("E315", "node_id", None)],
            id="near miss",
        ),
        pytest.param(
            "node_id, province,model,cards",
            [("E314", " province", "did you mean `province`?"), ("E315", "province", None)],
            id="space",
        ),
        pytest.param(
            "node_id,province,model,cards,cards",
            [("E316", "cards", None)],
            id="twice",
        ),
        pytest.param(
            "province,cards",
            [("E315", "model", None), ("E315", "node_id", None)],
            id="two missing",
        ),
        pytest.param(
            "a,b,b",
            [
                ("E314", "a", None),
                ("E314", "b", None),
                ("E314", "b", None),
                ("E315", "cards", None),
                ("E315", "model", None),
                ("E315", "node_id", None),
                ("E315", "province", None),
            ],
            id="a file of something else",
        ),
        pytest.param(
            "node_id,province,model,cards,",
            [("E314", "", None)],
            id="without a name",
        ),
    ],
)
def test_every_flaw_of_the_header_is_named(tmp_path, header, expected):
    path = tmp_path / "nodes.csv"
    path.write_text(header + "\nn1,b,M,1\n", encoding="utf-8")
    problems = ProblemList("nodes.csv")
    assert survey_file(path, problems) is None
    found = problems.first()
    columns = (
        "node_id, node_name, province, model, cards, status, in_service_since; "
        "the header must stand in line 1"
    )
    hints = {
        "E314": f"remove it, or name it as one of {columns}",
        "E315": f"expected columns: {columns}",
        "E316": "keep one of the two",
    }
    actual = sorted((item.code, item.column, item.hint) for item in found)
    assert actual == sorted((code, name, hint or hints[code]) for code, name, hint in expected)
    assert {item.line for item in found} == {1}


def test_columns_are_taken_in_the_order_of_the_file(survey):
    found, flaws = survey("cards,status,model,in_service_since,province,node_name,node_id\n")
    assert flaws == []
    assert found.header == (
        *("cards", "status", "model", "in_service_since", "province", "node_name", "node_id"),
    )


def test_a_quote_that_is_not_closed_in_the_header_is_named(survey):
    assert survey('node_id,"province,model,cards\nn1,b,M,1\n') == (None, [("E319", 1)])


# number of fields, blank lines: the same in a file without quotes and in one with them


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CR LF"])
@pytest.mark.parametrize("first", ["n1", '"n1"'], ids=["plain", "quoted"])
@pytest.mark.parametrize(
    ("lines", "flaws", "good"),
    [
        pytest.param(["n2,b,M"], [("E317", 3)], [2, 4], id="too few"),
        pytest.param(["n2,b,M,1,x"], [("E317", 3)], [2, 4], id="too many"),
        pytest.param(["n2,b,M,1,"], [("E317", 3)], [2, 4], id="a comma at the end"),
        pytest.param(["n2"], [("E317", 3)], [2, 4], id="a single field"),
        pytest.param([""], [("E318", 3)], [2, 4], id="blank"),
        pytest.param(["  "], [("E317", 3)], [2, 4], id="white space"),
        pytest.param(["", ""], [("E318", 3), ("E318", 4)], [2, 5], id="blank twice"),
        pytest.param(
            ["n2,b,M", "n3,b,M,1", "", "n4", "n5,b,M,1,2,3"],
            [("E317", 3), ("E318", 5), ("E317", 6), ("E317", 7)],
            [2, 4, 8],
            id="all of them",
        ),
    ],
)
def test_rows_of_another_width_are_named_and_the_others_read(
    survey, first, lines, flaws, good, end
):
    text = end.join(["node_id,province,model,cards", f"{first},b,M,1", *lines, "n9,b,M,9", ""])
    found, actual = survey(text)
    assert actual == flaws
    assert [row[0] for row in rows_of(found)] == good
    assert rows_of(found)[-1] == (good[-1], "n9", "b", "M", "9")


@pytest.mark.parametrize("first", ["n1", '"n1"'], ids=["plain", "quoted"])
def test_blank_lines_at_the_end_are_named(survey, first):
    found, flaws = survey(f"{HEADER}{first},b,M,1\n\n\n")
    assert flaws == [("E318", 3), ("E318", 4)]
    assert rows_of(found) == [(2, "n1", "b", "M", "1")]


@pytest.mark.parametrize("first", ["n1", '"n1"'], ids=["plain", "quoted"])
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("n2,b", "row has 2 fields, the header has 4 fields"),
        ("n2", "row has 1 field, the header has 4 fields"),
        ("n2,b,M,1,2", "row has 5 fields, the header has 4 fields"),
    ],
)
def test_a_row_of_another_width_says_how_wide_it_is(tmp_path, first, line, message):
    path = tmp_path / "nodes.csv"
    path.write_text(f"{HEADER}{first},b,M,1\n{line}\n", encoding="utf-8")
    problems = ProblemList("nodes.csv")
    survey_file(path, problems)
    assert [problem.message for problem in problems.first()] == [message]


def test_a_row_too_wide_with_a_line_end_in_its_surplus_does_not_shift_the_next(survey):
    found, flaws = survey(HEADER + 'n1,b,M,1,"x\ny",2\nn2,b,M,2\n')
    assert flaws == [("E317", 2)]
    assert rows_of(found) == [(4, "n2", "b", "M", "2")]


@pytest.mark.parametrize(
    "name", ["nodes[1].csv", "nodes*.csv", "nodes?.csv", "{nodes,x}.csv", "no des(1)#%20.csv"]
)
def test_a_file_name_is_no_pattern(survey, tmp_path, name):
    # what a pattern would find
    for other in ("nodes1.csv", "nodesX.csv", "nodes.csv"):
        (tmp_path / other).write_text("x\n" * 9, encoding="utf-8")
    found, flaws = survey(HEADER + "n1,b,M,1\nn2,b,M,2,surplus\n", name)
    assert flaws == [("E317", 3)]
    assert rows_of(found) == [(2, "n1", "b", "M", "1")]


# quotes


def test_quoted_fields_may_hold_commas_quotes_and_line_ends(survey):
    found, flaws = survey(HEADER + '"a,b","say ""hi""","x\ny","1"\nn2,b,M,2\n')
    assert flaws == []
    assert rows_of(found) == [(2, "a,b", 'say "hi"', "x\ny", "1"), (4, "n2", "b", "M", "2")]


def test_lines_behind_a_quoted_line_end_are_physical_ones(survey):
    found, flaws = survey(
        HEADER + 'n1,b,M,1\nn2,"b\n\nc",M,1\nn3,b,M,1\nn4,"b\r\nc",M,1\nn5,b,M\nn6,b,M,1\n'
    )
    assert flaws == [("E317", 9)]
    assert [row[:2] for row in rows_of(found)] == [
        (2, "n1"),
        (3, "n2"),
        (6, "n3"),
        (7, "n4"),
        (10, "n6"),
    ]


def test_a_header_over_two_lines_counts_as_two(survey):
    found, flaws = survey('node_id,province,model,"ca\nrds"\nn1,b,M,1\n')
    assert found is None
    assert flaws == [("E314", 1), ("E315", 1)]


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("lines", "flaws", "good"),
    [
        pytest.param(['n2,b"x,M,1'], [("E319", 3)], [2, 4, 5], id="a quote inside a field"),
        pytest.param(['n2,b"x"y,M,1'], [("E319", 3)], [2, 4, 5], id="two quotes inside a field"),
        pytest.param(['n2,"b"x,M,1'], [("E319", 3)], [2, 4, 5], id="text behind a closing quote"),
        pytest.param(['n2,"b" ,M,1'], [("E319", 3)], [2, 4, 5], id="space behind a closing quote"),
        pytest.param(['n2, "b",M,1'], [("E319", 3)], [2, 4, 5], id="space before a quote"),
        pytest.param(['n2,b,M,1"'], [("E319", 3)], [2, 4, 5], id="a quote at the end"),
        pytest.param(
            ['n2,"b,M,1', "n3,b,M,1", 'n4,"b",M,1'],
            [("E319", 3)],
            [2, 6, 7],
            id="a quote that the next one does not close",
        ),
        pytest.param(
            ['n2,"b"x,M,1', "n3,b,M", "", 'n4,"b,b",M,1', 'n5,b",M,1'],
            [("E319", 3), ("E317", 4), ("E318", 5), ("E319", 7)],
            [2, 6, 8, 9],
            id="with other flaws",
        ),
    ],
)
def test_a_flaw_in_the_quotes_costs_one_record_and_names_its_first_line(
    survey, monkeypatch, batch, lines, flaws, good
):
    monkeypatch.setattr(csvfile, "BATCH_ROWS", batch)
    found, actual = survey(
        HEADER + "".join(line + "\n" for line in ["n1,b,M,1", *lines, "n8,,M,8", '"n9",b,M,""'])
    )
    assert actual == flaws
    rows = rows_of(found)
    assert [row[0] for row in rows] == good
    assert [row[1:] for row in rows[-2:]] == [("n8", None, "M", "8"), ("n9", "b", "M", None)]


def test_a_quote_that_is_never_closed_names_the_line_it_opens_on(survey):
    found, flaws = survey(HEADER + 'n1,b,M,1\nn2,"b,M,1\nn3,b,M,1\nn4,b,M,1\n')
    assert flaws == [("E319", 3)]
    assert rows_of(found) == [(2, "n1", "b", "M", "1")]


@pytest.mark.parametrize("quote", ["", '"'], ids=["plain", "quoted"])
def test_an_empty_field_is_null_with_quotes_and_without(survey, quote):
    found, _ = survey(f'{HEADER}{quote}n1{quote},,M,""\n' if quote else f"{HEADER}n1,,M,\n")
    assert rows_of(found) == [(2, "n1", None, "M", None)]


def test_text_is_taken_to_the_letter(survey):
    row = ("0700", "null", " NA ", "1E5")
    found, _ = survey(HEADER + ",".join(row) + "\n#x,None,TRUE,nan\n")
    assert rows_of(found) == [(2, *row), (3, "#x", "None", "TRUE", "nan")]


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 5, 100])
@pytest.mark.parametrize("first", ["n2", '"n2"', '"n\n2"'], ids=["plain", "quoted", "two lines"])
def test_small_batches_give_the_rows_of_one_large_batch(survey, monkeypatch, batch, first):
    monkeypatch.setattr(csvfile, "BATCH_ROWS", batch)
    others = [f"n{number}" for number in range(3, 10)]
    text = HEADER + "".join(f"{node},b,M,1\n" for node in [first, *others])
    found, _ = survey(text)
    shift = first.count("\n")
    assert [row[:2] for row in rows_of(found)][1:] == [
        (number + shift, f"n{number}") for number in range(3, 10)
    ]


# both readers against the csv module of the standard library

FIELDS = st.text(alphabet=st.sampled_from('ab,"\n é中\u2028\x85\t'), max_size=5)
ROWS = st.lists(
    st.tuples(
        st.lists(FIELDS, min_size=3, max_size=6),
        st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        st.sampled_from(["\n", "\r\n"]),
    ),
    max_size=8,
)


def read_independently(text: str) -> list[tuple[int, list[str]]]:
    """First line and fields of every record below the header, by the csv module."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    next(reader)
    records, start = [], reader.line_num + 1
    for fields in reader:
        records.append((start, fields))
        start = reader.line_num + 1
    return records


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("agreement") / "nodes.csv"


@examples(200)
@given(rows=ROWS, has_mark=st.booleans(), batch=st.integers(1, 4), is_forced=st.booleans())
def test_both_readers_agree_with_the_csv_module(scratch, rows, has_mark, batch, is_forced):
    out = io.StringIO(newline="")
    for fields, quoting, end in rows:
        csv.writer(out, quoting=quoting, lineterminator=end).writerow(fields)
    text = HEADER + out.getvalue()
    scratch.write_bytes((("\ufeff" if has_mark else "") + text).encode())
    problems = ProblemList("nodes.csv")
    found = survey_file(scratch, problems)
    if is_forced:
        # the reader that goes on behind a flaw in the quotes
        found = replace(found, is_well_quoted=False, record_lines=None)

    records = read_independently(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csvfile, "BATCH_ROWS", batch)
        actual = rows_of(found)
    assert actual == [
        (line, *(field or None for field in fields)) for line, fields in records if len(fields) == 4
    ]
    assert [problem.line for problem in problems.first()] == [
        line for line, fields in records if len(fields) != 4
    ]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_fields_separated_by_something_else_are_told_as_that(survey, mark):
    _, flaws = survey(HEADER.replace(",", mark))

    assert [flaw[0] for flaw in flaws] == ["E309"]
