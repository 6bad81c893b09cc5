"""The outline of a file is that of its bytes, wherever a chunk of it ends."""

import pytest
from conftest import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from cci_cli import outlines
from cci_cli.outlines import Flaw, Outline, outline_file

HEADER = "a,b,c\n"


@pytest.fixture
def outline(tmp_path):
    def run(content: str | bytes, chunk: int = 1 << 20) -> Outline:
        path = tmp_path / "file"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        before, outlines._CHUNK_BYTES = outlines._CHUNK_BYTES, chunk
        try:
            return outline_file(path)
        finally:
            outlines._CHUNK_BYTES = before

    return run


@pytest.mark.parametrize("chunk", [1, 4, 9, 1 << 20])
@pytest.mark.parametrize(
    ("content", "is_regular", "is_plain"),
    [
        pytest.param(HEADER + "1,2,3\n,,\nx y,北京,~\n", True, True, id="plain"),
        pytest.param(HEADER + "1,2,3", True, True, id="no line end at the end"),
        pytest.param((HEADER + "1,2,3\n4,5,6").replace("\n", "\r\n"), True, True, id="CR LF"),
        pytest.param("\ufeff" + HEADER + "1,2,3\n", True, True, id="byte order mark"),
        pytest.param("a\tb\n1\t2\n", True, False, id="tabs"),
        pytest.param(HEADER, True, True, id="header alone"),
        pytest.param("a,b,c", True, True, id="header without a line end"),
        pytest.param(HEADER + "1,（2）,3\n", True, False, id="another script"),
        pytest.param("a（1）,b,c\n1,2,3\n", False, False, id="another script in the header"),
        pytest.param(HEADER + "1,2,\ufeff3\n", True, False, id="a mark in the text"),
        pytest.param(HEADER + "1,2,a\u00adb\n", True, False, id="a soft hyphen"),
        pytest.param(HEADER + "1,2\n", False, True, id="too few"),
        pytest.param(HEADER + "1,2\n1,2,3,4\n", False, True, id="too few and too many"),
        pytest.param(HEADER + "1,2,3\n\n", False, True, id="blank line"),
        pytest.param(HEADER + '1,"2",3\n', False, True, id="quotes"),
        pytest.param('"a",b,c\n1,2,3\n', False, True, id="quotes in the header"),
        pytest.param(HEADER + "1,2\t,3\n", False, False, id="a tab"),
        pytest.param(HEADER + "1,\x7f,3\n", False, False, id="DEL"),
        pytest.param(HEADER + "1,\x0b,3\n", False, False, id="vertical tab"),
        pytest.param("a,b,c\r\n1,2,3\n", False, True, id="two kinds of line end"),
    ],
)
def test_a_regular_file_has_the_separators_of_its_header_in_every_line(
    outline, content, chunk, is_regular, is_plain
):
    found = outline(content, chunk)
    assert (found.is_regular, found.is_plain) == (is_regular, is_plain)
    assert found.has_quotes == ('"' in content)
    assert (found.flaw, found.lone_cr, found.has_text) == (None, None, True)


@pytest.mark.parametrize(
    ("content", "has_hanzi", "is_ascii"),
    [
        ("a,b\n", False, True),
        ("a,é\n", False, False),
        ("a,北\n", True, False),
        ("a,𠮷\n", True, False),
        ("\ufeffa,b\n", False, True),
        ("a\n\ufeffb\n", True, False),
    ],
)
def test_what_is_beyond_ascii_is_told_by_its_bytes(outline, content, has_hanzi, is_ascii):
    found = outline(content)
    assert (found.has_hanzi, found.is_ascii) == (has_hanzi, is_ascii)


def test_a_lone_carriage_return_in_a_header_does_not_make_it_the_form_of_all_lines(outline):
    found = outline("a,b\r,c\n1,2\r,3\n")
    assert (found.is_regular, found.first_flaw) == (False, Flaw("E313", 3, 1))


def test_a_carriage_return_before_the_last_characters_of_a_line_is_no_end_of_it(outline):
    """Without its plain characters, the line looks like all the others."""
    assert outline("a,b\r\n1,2\rx\n3,4\r\n").first_flaw == Flaw("E313", 8, 2)
    assert outline("a,b\rx\n1,2\n").first_flaw == Flaw("E313", 3, 1)


@pytest.mark.parametrize(
    "content", ["a,b\r", "a,b\n1,2\r", "a,b\r\n1,2\r\n3,4\r", "a,b\r\n1,2\r", "\r"]
)
def test_a_carriage_return_at_the_end_of_a_file_ends_no_line(outline, content):
    found = outline(content)
    assert not found.is_regular
    assert found.lone_cr == Flaw("E313", len(content) - 1, 1 + content.count("\n"))


def test_the_first_flaw_is_told_of_those_before_the_text_ends(outline):
    found = outline(b"a,b\n1\r,2\n3,\xff\n")
    assert (found.flaw, found.lone_cr) == (Flaw("E310", 11, 3), Flaw("E313", 5, 2))
    assert found.first_flaw == found.lone_cr


@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.text(st.sampled_from('a,"\t\r\n\0北（é'), max_size=7), max_size=5),
    tail=st.sampled_from([b"", b"\n", b"\xff", b"\xe5\x8c"]),
    chunk=st.integers(1, 20),
)
def test_where_a_chunk_ends_does_not_matter(outline, lines, tail, chunk):
    content = "\n".join(lines).encode() + tail
    found, whole = outline(content, chunk), outline(content)
    assert found.first_flaw == whole.first_flaw
    # what stands behind a flaw, only the larger chunk has seen
    assert found == whole or whole.flaw is not None
