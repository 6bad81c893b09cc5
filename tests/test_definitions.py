"""Spellings that fold alike, where nothing is hidden, and what a misspelling may have meant."""

from types import SimpleNamespace

import pytest

from cci_cli.definitions import (
    Config,
    Tiles,
    find_digit_gaps,
    find_name,
    find_similar_name,
    fold_spelling,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("H100", "h100"),
        (" Ｈ 1-00 ", "h100"),
        ("Ⅳ", "iv"),
        ("北京\u3000市", "北京市"),
        ("１１００００", "110000"),
        ("11 00", None),
        ("1-1", None),
        ("-11", None),
        ("11\u2212", None),
        ("a-", None),
        ("\uff0da", None),
        ("H²00", None),
        ("H₂", None),
        ("①", None),
        ("㎏", None),
        ("½", None),
        ("ℍ", None),
        ("a\tb", None),
        ("a\n", None),
        ("a\u200bb", None),
        ("a\ufeff", None),
        ("a\u2028", None),
        ("a\ue000", None),
        ("", None),
        (" ", None),
        ("-", None),
    ],
)
def test_a_spelling_is_folded_only_where_nothing_is_hidden(text, folded):
    assert fold_spelling(text) == folded


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("A100", []),
        ("A100 80GB", [4]),
        ("A100-80 - 2", [4, 6]),
        ("A 100 GB", []),
        (" 1 ", []),
        ("ß1 ２", [3]),
        ("1 2", [1]),
        ("1 2x", [1]),
        ("12 x", []),
        ("一 二", []),
        ("", []),
    ],
)
def test_places_where_digits_stand_apart_are_found(text, gaps):
    assert sorted(find_digit_gaps(text)) == gaps


SPELLINGS = {"l40": "L40", "l4": "L4", "a10080gb": "A100 80GB"}
GAPS = {"a10080gb": frozenset({4})}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("L40", "L40"),
        ("l-40", "L40"),
        ("L4 0", None),
        ("L 4", "L4"),
        ("A100-80GB", "A100 80GB"),
        ("A10080GB", "A100 80GB"),
        ("A100 80 GB", "A100 80GB"),
        ("A10 080GB", None),
        ("A1 00 80GB", None),
        ("L\u200b40", None),
        ("-L40", None),
        ("L400", None),
    ],
)
def test_a_name_is_known_by_its_spelling_unless_digits_stand_apart(text, name):
    assert find_name(text, SPELLINGS, GAPS) == name


def test_where_digits_stand_apart_is_known_from_all_spellings_of_the_config():
    """Zone 1 2 and Zone 12 are one province, so that zone12 may have a gap behind its 1."""
    provinces = [
        SimpleNamespace(spellings=("Zone 1 2", "Zone 12")),
        SimpleNamespace(spellings=("x",)),
    ]
    models = [
        SimpleNamespace(spellings=("A100 80GB", "A100-80-GB")),
        SimpleNamespace(spellings=("H20",)),
    ]

    gaps = Config.digit_gaps.fget(SimpleNamespace(provinces=provinces, models=models))

    assert {folded: sorted(places) for folded, places in gaps.items()} == {
        "zone12": [5],
        "x": [],
        "a10080gb": [4],
        "h20": [],
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("l40", "L40"),
        ("L4O", "L40"),
        ("lA0", "L40"),
        ("I4", "L4"),
        ("A1OO 8OGB", "A100 80GB"),
        ("A100 80G", "A100 80GB"),
        ("something else", None),
    ],
)
def test_a_misspelling_is_told_what_it_may_have_meant(text, name):
    assert find_similar_name(text, SPELLINGS) == name


def test_letters_typed_for_digits_come_before_what_is_merely_close():
    """mlO0 is ml00 with a letter for a digit, and differs from mlo as little."""
    assert find_similar_name("mlO0", {"mlo": "near", "m100": "meant"}) == "meant"


def test_a_province_without_a_square_is_found():
    tiles = Tiles({"a": (0, 0), "c": (1, 0)}, "sha256")

    assert tiles.find_bare(["a", "b", "c", "d"]) == ["b", "d"]
