"""Bytes of any encoding become UTF-8, whatever the size of the pieces they are read in."""

import os
from pathlib import Path

import pytest

from cci_cli import csvfile, rawfile
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
    monkeypatch.setattr(csvfile, "_CHUNK_BYTES", chunk)
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
        ("aé\nb".encode() + b"\xff\n\xe5\x8c\x97", None, 2, "UTF-8 or GB18030 from byte 5"),
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
