"""What is known by its words: a status, and places outside the sample."""

import pytest

from cci_cli.spellings import find_status, is_outside_the_sample


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("IN SERVICE", "in_service"),
        ("under-construction", "under_construction"),
        ("under_construction", "under_construction"),
        ("已 退役", "retired"),
        ("under__construction", None),
        ("underconstruction", None),
        ("in\tservice", None),
        ("停运", None),
        ("", None),
    ],
)
def test_a_status_is_known_by_its_words(text, status):
    assert find_status(text) == status


@pytest.mark.parametrize("text", ["香港", "ＨＫ", "Hong  Kong", "澳門", "台湾省", "710000"])
def test_places_outside_the_sample_are_known(text):
    assert is_outside_the_sample(text)


@pytest.mark.parametrize("text", ["香港\u200b", "⁷10000", "火星", "北京", ""])
def test_other_places_are_not(text):
    assert not is_outside_the_sample(text)
