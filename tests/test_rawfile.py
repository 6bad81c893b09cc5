"""Bytes of any encoding become UTF-8, whatever the size of the pieces they are read in."""

import os
import random
from pathlib import Path

import pytest
from conftest import FACTOR, REPOSITORY

from cci_cli import outlines, rawfile
from cci_cli.csvfile import read_batches, survey_file
from cci_cli.errors import ProblemList, SystemFailureError
from cci_cli.rawfile import read_raw

CHUNKS = [1, 2, 3, 4, 5, 7, 11, 1 << 20]
TEXT = "node_id,省份,model,cards\r\nn𠮷1,北京,昇腾é,1\r\nn2,㐀,M,2\r\n"
ROWS = [(2, "n𠮷1", "北京", "昇腾é", "1"), (3, "n2", "㐀", "M", "2")]


@pytest.fixture
def read(tmp_path):
    """Read bytes as a raw file: the text found, and problems as (code, line, message)."""

    def run(content: bytes, encoding=None):
        path = tmp_path / "raw"
        path.write_bytes(content)
        (tmp_path / "text.csv").unlink(missing_ok=True)
        problems = ProblemList("raw")
        found = read_raw(path, tmp_path, problems, encoding)
        return found, [(item.code, item.line, item.message) for item in problems.first()]

    return run


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "UTF-8"),
        (TEXT.encode("gb18030"), "GB18030"),
        (b"\x84\x31\x95\x33" + TEXT.encode("gb18030"), "GB18030"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "UTF-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16"),
        (b"\xff\xfe" + TEXT.replace(",", "\t").encode("utf-16-le"), "UTF-16"),
    ],
    ids=["UTF-8", "UTF-8 BOM", "GB18030", "GB18030 BOM", "UTF-16 LE", "UTF-16 BE", "tabs"],
)
def test_pieces_of_any_size_give_the_same_rows(read, monkeypatch, chunk, content, encoding):
    monkeypatch.setattr(rawfile, "_CHUNK_BYTES", chunk)
    monkeypatch.setattr(outlines, "_CHUNK_BYTES", chunk)
    found, problems = read(content)
    assert problems == []
    assert found.encoding == encoding
    flaws = ProblemList("raw")
    survey = survey_file(found.path, flaws, found.form)
    assert flaws.first() == ()
    assert (survey.header, survey.names[1]) == (("node_id", "province", "model", "cards"), "省份")
    assert [row for batch in read_batches(survey) for row in batch.iter_rows()] == ROWS


def test_a_file_in_utf8_is_not_copied(read, tmp_path):
    found, _ = read(TEXT.encode())
    assert found.path == tmp_path / "raw"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw"]


@pytest.mark.parametrize("chunk", CHUNKS)
def test_a_copy_differs_from_its_source_in_nothing_but_the_encoding(
    read, tmp_path, monkeypatch, chunk
):
    monkeypatch.setattr(rawfile, "_CHUNK_BYTES", chunk)
    for codec, mark in (
        ("gb18030", b""),
        ("gb18030", b"\x84\x31\x95\x33"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
    ):
        found, _ = read(mark + TEXT.encode(codec))
        assert found.path == tmp_path / "text.csv"
        assert found.path.read_bytes() == TEXT.encode()


@pytest.mark.parametrize("chunk", CHUNKS)
def test_a_mark_within_the_text_is_kept(read, monkeypatch, chunk):
    monkeypatch.setattr(rawfile, "_CHUNK_BYTES", chunk)
    found, _ = read(b"\xff\xfe" + "a\n\ufeffb\n".encode("utf-16-le"))
    assert found.path.read_text(encoding="utf-8") == "a\n\ufeffb\n"


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize(
    ("content", "encoding", "line", "message"),
    [
        ("a北\nb".encode() + b"\xff", None, 2, "UTF-8 from byte 6"),
        ("a北\nb北".encode()[:-1], None, 2, "UTF-8 from byte 6"),
        ("a北\nab\nééé".encode() + b"\xff", None, 3, "UTF-8 from byte 14"),
        ("a𠮷\nb".encode() + b"\xff", None, 2, "UTF-8 from byte 7"),
        ("aé\nb".encode() + b"\xff", None, 2, "UTF-8 or GB18030 from byte 5"),
        ("aé\nb".encode() + b"\xff\n\xe5\x8c\x97", None, 2, "UTF-8 from byte 5"),
        (b"a\nb\xff\n\xc3\xa9", None, 2, "UTF-8 or GB18030 from byte 3"),
        (b"a\n\n\xb1\xb1,\x81", None, 3, "UTF-8 or GB18030 from byte 6"),
        ("北\n京\n".encode("gb18030") + b"\x81\x30\x81", "gb18030", 3, "GB18030 from byte 6"),
        ("北\n𠮷\n".encode("gb18030") + b"\xff", "gb18030", 3, "GB18030 from byte 8"),
        (b"\xff\xfe" + "𠮷\n".encode("utf-16-le") + b"\x00\xdc\n\0", None, 2, "UTF-16 from byte 8"),
        (b"\xfe\xff" + "a\n\n".encode("utf-16-be") + b"\xd8\x42", None, 3, "UTF-16 from byte 8"),
    ],
)
def test_the_first_bad_byte_is_named_wherever_a_piece_ends(
    read, monkeypatch, chunk, content, encoding, line, message
):
    monkeypatch.setattr(rawfile, "_CHUNK_BYTES", chunk)
    assert read(content, encoding) == (None, [("E310", line, f"bytes are not {message} on")])


# what is good UTF-8, nearly good UTF-8, and GB18030

HANZI = [
    bytes((row, cell)).decode("gb2312")
    for row in range(0xB0, 0xF8)
    for cell in range(0xA1, 0xFF)
    if not (row == 0xD7 and cell > 0xF9)
]


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("学校\n".encode("gb18030"), 1, "`ѧУ` in the one, `学校` in the other"),
        ("a,b\n\nc,é".encode(), 3, "`é` in the one, `茅` in the other"),
        ("a\nb,x学校x\n学校".encode("gb18030"), 2, "`ѧУx` in the one, `学校x` in the other"),
    ],
)
def test_what_fits_two_encodings_is_refused_until_one_is_named(
    read, monkeypatch, chunk, content, line, message
):
    monkeypatch.setattr(rawfile, "_CHUNK_BYTES", chunk)
    text = f"bytes are good UTF-8 and good GB18030: {message}"
    assert read(content) == (None, [("E343", line, text)])
    assert read(content, "utf-8")[0].path.read_bytes() == content
    assert read(content, "gb18030")[0].path.read_text("utf-8") == content.decode("gb18030")


@pytest.mark.parametrize(
    "content",
    [
        "学校\n".encode(),
        "é,é\n学".encode(),
        b"\xef\xbb\xbf" + "é\n".encode(),
        # é before a line end is no character of GB18030 where one byte is odd
        "é".encode() + b"\x7f\xc2\x80\n\xdf\xbf\n" + "学".encode(),
    ],
)
def test_what_fits_utf8_alone_or_says_so_by_its_mark_is_utf8(read, content):
    found, problems = read(content)
    assert (found.encoding, problems) == ("UTF-8", [])


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize(
    "content",
    [
        b"a,b\nn\xb5\xb5,1\n" + "顺义,智算中心,昇腾\n".encode(),
        "顺义,智算,昇腾\n".encode() + b"n\xb5\xb5,1\n",
        # in the only word that is not ASCII
        b"a,b\n" + "顺义智算".encode() + b"\xb5\xb5" + "中心\n".encode(),
        # several flaws, and as many names without one
        b"n\xb5\xb5,1\n" * 3 + "顺义\n".encode(),
    ],
)
def test_utf8_with_a_few_bad_bytes_is_not_taken_for_gb18030(read, monkeypatch, chunk, content):
    monkeypatch.setattr(rawfile, "_CHUNK_BYTES", chunk)
    flaw = content.index(b"\xb5\xb5")
    line = content.count(b"\n", 0, flaw) + 1
    message = f"bytes are not UTF-8 from byte {flaw} on"
    assert content.decode("gb18030")
    assert read(content) == (None, [("E310", line, message)])
    found, _ = read(content, "gb18030")
    assert found.path.read_text("utf-8") == content.decode("gb18030")


def test_the_other_encoding_is_hinted_at_only_where_it_fits(tmp_path):
    for tail, hint in (
        (b"\xb5\xb5\n", "--encoding gb18030"),
        (b"\xb5\n", "save the file as UTF-8"),
    ):
        path = tmp_path / "raw"
        path.write_bytes("顺义\n".encode() + tail)
        problems = ProblemList("raw")
        assert read_raw(path, tmp_path, problems) is None
        assert problems.first()[0].hint.endswith(hint)


def test_a_word_longer_than_what_is_held_is_cut_and_judged(read, monkeypatch):
    monkeypatch.setattr(rawfile, "_LONGEST_WORD", 8)
    monkeypatch.setattr(rawfile, "_CHUNK_BYTES", 4)
    found, problems = read(("节点编号" * 30 + "\n").encode("gb18030"))
    assert (found.encoding, problems) == ("GB18030", [])


@pytest.mark.parametrize("header", ["节点编号,节点名称,省份,型号,卡数", "省份,型号,卡数,node_id"])
@pytest.mark.parametrize("words", [1, 3, 20, 1000])
def test_surveys_in_gb18030_are_read_unasked(read, header, words):
    """Hanzi of GB 2312 in names of two to seven, in some order; all of them in a long run."""
    shuffle = random.Random(words)  # noqa: S311
    for size in range(2, 8):
        hanzi = shuffle.sample(HANZI, len(HANZI))
        names = ["".join(hanzi[start : start + size]) for start in range(0, len(hanzi), size)]
        for start in range(0, min(len(names), 60 * FACTOR * words), words):
            rows = "".join(f"n,{name},北京,H100,1\n" for name in names[start : start + words])
            found, problems = read(f"{header}\n{rows}".encode("gb18030"))
            assert problems == []
            assert found.encoding == "GB18030"


def test_the_shipped_names_in_gb18030_are_read_unasked(read):
    nodes = (REPOSITORY / "snapshots/2024H2/r1/nodes.csv").read_text(encoding="utf-8")
    header, *lines = nodes.splitlines(keepends=True)
    # each of them where many cases are asked for
    lines = lines[:: 7 if FACTOR == 1 else 1]
    for first in (header, "节点编号,节点名称,省份,型号,卡数,状态,投运日期\n"):
        for content in (first + "".join(lines), *(first + line for line in lines)):
            found, problems = read(content.encode("gb18030"))
            assert (found.encoding, problems) == ("GB18030", [])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("start", [b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1")])
def test_a_workbook_has_no_encoding_to_be_named(read, encoding, start):
    text = f"file is a workbook of Excel, and --encoding {encoding} is for text"
    assert read(start + bytes(9), encoding) == (None, [("E345", None, text)])


@pytest.mark.parametrize("chunk", CHUNKS)
def test_a_hanzi_that_is_cut_is_none_that_stands_before_the_flaw(read, monkeypatch, chunk):
    """E5 8C begins a hanzi of UTF-8 and is one of GB18030 by itself."""
    monkeypatch.setattr(rawfile, "_CHUNK_BYTES", chunk)
    found, problems = read(b"a,\xe5\x8c,b\n")
    assert problems == []
    assert found.path.read_text(encoding="utf-8") == b"a,\xe5\x8c,b\n".decode("gb18030")


@pytest.mark.parametrize("chunk", CHUNKS)
def test_what_has_a_nul_before_its_flaw_is_left_to_the_survey(read, monkeypatch, chunk):
    monkeypatch.setattr(rawfile, "_CHUNK_BYTES", chunk)
    found, problems = read(b"a\0b\n\xb1\xb1\xff")
    assert (found.encoding, problems) == ("UTF-8", [])


def test_every_character_of_two_and_four_bytes_comes_through(read):
    text = "".join(map(chr, [*range(0x4E00, 0xA000), *range(0x20000, 0x20200), 0x1F600, 0x10FFFF]))
    for encoding in ("gb18030", "utf-16"):
        found, problems = read((text + "\n").encode(encoding), encoding)
        assert problems == []
        assert found.path.read_text(encoding="utf-8") == text + "\n"


def test_the_separator_is_told_from_the_first_line_alone(read):
    found, _ = read(b"\xff\xfe" + "a,b\nc\td\n".encode("utf-16-le"))
    assert found.form.separator == ","
    found, _ = read(b"\xff\xfe" + "a\tb,c\n".encode("utf-16-le"))
    assert found.form.separator == "\t"
    found, _ = read("型号\tb\n".encode("gb18030"))
    assert (found.encoding, found.form.separator) == ("GB18030", ",")


def test_a_pipe_is_refused_before_it_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SystemFailureError) as raised:
        read_raw(tmp_path / "pipe", tmp_path, ProblemList("pipe"))
    assert raised.value.code == "E504"


@pytest.mark.parametrize("encoding", [None, "utf-8", "gb18030", "utf-16"])
def test_a_file_that_is_not_there_is_a_failure_of_the_system(tmp_path, encoding):
    with pytest.raises(SystemFailureError) as raised:
        read_raw(tmp_path / "missing", tmp_path, ProblemList("missing"), encoding)
    assert raised.value.code == "E501"
    assert "missing" in raised.value.message


def test_a_copy_that_cannot_be_written_is_told_as_that(read, monkeypatch):
    path_open = Path.open

    def refuse(self, *arguments, **options):
        if self.name == "text.csv":
            raise OSError(28, "No space left on device")
        return path_open(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SystemFailureError) as raised:
        read(TEXT.encode("gb18030"))
    assert raised.value.code == "E502"
    assert "text.csv" in raised.value.message
