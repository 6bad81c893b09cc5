"""Texts folded to a width."""

import pytest
from conftest import examples
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cci_cli.wrapping import fold_text


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("各指数分别定基：绝对点位不再可比。", 12, ["各指数分别定", "基：绝对点位", "不再可比。"]),
        # a full stop stays with the character before it
        ("各指数分别定基。", 14, ["各指数分别定", "基。"]),
        # an opening bracket goes with what follows
        ("政策目标（六成）", 10, ["政策目标", "（六成）"]),
        ("the levels of 30 June 2025", 12, ["the levels", "of 30 June", "2025"]),
        ("发布 releases/2025H1/r1、快照", 22, ["发布", "releases/2025H1/r1、快", "照"]),
        ("a-very-long-word here", 6, ["a-very-long-word", "here"]),
        ("", 6, [""]),
        ("一行", 80, ["一行"]),
    ],
)
def test_lines_end_where_they_may(text, width, lines):
    assert list(fold_text(text, width)) == lines


@examples(100)
@given(st.text("ab 华。（，", max_size=40), st.integers(4, 20))
def test_nothing_is_lost_and_lines_are_as_long_as_they_may_be(text, width):
    lines = list(fold_text(text, width))

    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        # what may not be parted may be longer
        assert cell_len(line) <= width or len(line.split()) == 1
