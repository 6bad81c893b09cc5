"""What is normalised, how it is counted, and what of it is told."""

import unicodedata
from itertools import product

import polars as pl
import pytest
from conftest import index_toml

from cci_cli import normaliser
from cci_cli.config import read_config
from cci_cli.normaliser import SPACES, Normaliser
from cci_cli.readings import Normalisation, Reading


@pytest.fixture
def config(make_workspace):
    return read_config(make_workspace(["东", "西"], index_toml("N", "national", ["东", "西"])))


def rows(first_line=2, **columns):
    size = len(next(iter(columns.values())))
    return pl.DataFrame({"line": range(first_line, first_line + size), **columns})


def test_spellings_are_counted_over_batches_and_told_by_size(config):
    found = Normaliser(config)
    found.normalise(
        rows(province=["01", "province 东", "东", "province 西", "01"]), is_counted=True
    )
    found.normalise(rows(7, province=["province 东", "01", None, "火星"]), is_counted=True)
    # the second pass over a file does not count again
    found.normalise(rows(7, province=["province 东", "01", None, "火星"]))
    assert found.found() == (
        Normalisation("province", "01", "西", 3, 2),
        Normalisation("province", "province 东", "东", 2, 3),
        Normalisation("province", "province 西", "西", 1, 5),
    )


def test_numbers_and_days_are_told_by_the_first_and_counted(config):
    found = Normaliser(config)
    found.normalise(
        rows(cards=["5", "1,234", "８", "1,234"], in_service_since=["2024/5/7", None, None, "x"]),
        is_counted=True,
    )
    found.normalise(
        rows(6, cards=["1,235", "1,23", " 9", "0"], in_service_since=["2024/5/7", None, " ", "x"]),
        is_counted=True,
    )
    assert found.found() == (
        Normalisation("cards", " 9", "9", 1, 8, None),
        Normalisation("cards", "1,234", "1234", 4, 3, 3),
        Normalisation("in_service_since", " ", None, 1, 8, None),
        Normalisation("in_service_since", "2024/5/7", "2024-05-07", 2, 2, 1),
    )


def test_space_around_identifiers_is_counted_and_the_first_named(config):
    found = Normaliser(config)
    found.normalise(rows(node_id=["a", "b ", "c"], node_name=["x\t ", None, "y"]), is_counted=True)
    found.normalise(rows(5, node_id=[" d", "e\u3000"], node_name=["z", "  "]), is_counted=True)
    assert found.found() == (
        Normalisation("node_id", "b ", "b", 3, 3, None),
        Normalisation("node_name", "  ", None, 1, 6, None),
    )


def test_many_spellings_are_told_up_to_a_limit_and_the_rest_counted(config, monkeypatch):
    monkeypatch.setattr(normaliser, "MAX_SPELLINGS", 2)
    found = Normaliser(config)
    texts = ["m", "Ｍ", "m", "ｍ", "HALF", "m", "Half", "HALF", "half"]
    found.normalise(rows(model=texts), is_counted=True)
    entries = found.found()
    assert entries == (
        Normalisation("model", "m", "M", 3, 2),
        Normalisation("model", "HALF", "half", 2, 6),
        Normalisation("model", "Ｍ", "M", 3, 3, 3, is_rest=True),
    )
    reading = Reading(values=entries)
    assert list(reading.lines()) == [
        "model m → M: 3 rows",
        "model HALF → half: 2 rows",
        "model: … and 3 more spellings: 3 rows",
    ]
    assert reading.records()[-1] == {
        "column": "model",
        "from": None,
        "to": None,
        "rows": 3,
        "first_line": 3,
        "spellings": 3,
    }


def test_spellings_of_equally_many_rows_are_told_by_their_lines(config, monkeypatch):
    """HALF, HALf … hALF, and the same with a hyphen: 47 spellings in one row each."""
    monkeypatch.setattr(normaliser, "MAX_SPELLINGS", 99)
    cases = ["".join(letters) for letters in product("Hh", "Aa", "Ll", "Ff")]
    texts = [f"{text[:at]}-{text[at:]}" if at else text for at in range(3) for text in cases]
    texts.remove("half")
    found = Normaliser(config)
    found.normalise(rows(model=texts), is_counted=True)
    assert [entry.old for entry in found.found()] == texts


def test_a_lazy_frame_is_normalised_as_its_batches_were(config):
    batch = rows(
        node_id=[" a", "b ", "c\t "],
        province=["01", "东", "火星"],
        model=["m", "x", " "],
        cards=["1,234", "8", "007"],
        status=["在运", "retired", None],
        in_service_since=["2024/5/7", "2024-05-07", "7/5/2024"],
    )
    found = Normaliser(config)
    eager = found.normalise(batch, is_counted=True)
    assert found.normalise_all(batch.lazy()).collect().equals(eager, null_equal=True)
    assert eager.rows() == [
        (2, "a", "西", "M", "1234", "in_service", "2024-05-07"),
        (3, "b", "东", "x", "8", "retired", "2024-05-07"),
        (4, "c\t ", "火星", None, "007", None, "7/5/2024"),
    ]


def test_a_batch_in_which_all_of_a_column_is_space_counts_with_the_others(config):
    found = Normaliser(config)
    found.normalise(rows(model=[" ", "\u3000"], cards=[" ", "1"]), is_counted=True)
    found.normalise(rows(4, model=["m", " "], cards=["1", "2,000"]), is_counted=True)
    assert found.found() == (
        Normalisation("model", " ", None, 3, 2, None),
        Normalisation("model", "m", "M", 1, 4),
        Normalisation("cards", " ", None, 1, 2, None),
        Normalisation("cards", "2,000", "2000", 1, 5, 1),
    )


@pytest.mark.parametrize("space", ["\t", "\n", "\x1f", "\x85", "\u2028"], ids=ascii)
def test_what_is_no_space_of_unicode_is_not_taken_away(config, space):
    """Python and Polars would strip it, and make a value good that the file does not have."""
    batch = rows(
        node_id=[f"a{space}"],
        province=[f"{space}东"],
        model=[f"M{space}"],
        cards=[f"8{space}"],
        status=[f"{space}retired"],
        in_service_since=[f"2024-05-07{space}"],
    )
    found = Normaliser(config)
    assert found.normalise(batch, is_counted=True).equals(batch)
    assert found.found() == ()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年5月7日", "2024-05-07"),
        ("2024.5.7", "2024-05-07"),
        ("２０２４/１２/３１", "2024-12-31"),
        (" 2024-5-7", "2024-05-07"),
        ("2024年5月7", "2024年5月7"),
        ("2024-5-7日", "2024-5-7日"),
        ("2024/5-7", "2024/5-7"),
        ("2023-02-29", "2023-02-29"),
    ],
)
def test_a_day_is_written_in_one_way_if_it_is_one(config, text, day):
    batch = Normaliser(config).normalise(rows(in_service_since=[text]))
    assert batch["in_service_since"].to_list() == [day]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("１,２３４", "1234"),
        ("1，234，567", "1234567"),
        ("９２２３３７２０３６８５４７７５８０７", "9223372036854775807"),
        ("０８", "０８"),
        ("－８", "－８"),
        ("＋８", "＋８"),
        ("1，234,567", "1，234,567"),
        ("９２２３３７２０３６８５４７７５８０８", "９２２３３７２０３６８５４７７５８０８"),
    ],
)
def test_a_number_that_is_no_count_stays_as_it_was_written(config, text, number):
    batch = Normaliser(config).normalise(rows(cards=[text]))
    assert batch["cards"].to_list() == [number]


def test_what_is_canonical_is_not_touched(config):
    batch = rows(node_id=["a"], province=["东"], model=["M"], cards=["8"], status=["retired"])
    found = Normaliser(config)
    assert found.normalise(batch, is_counted=True).equals(batch)
    assert found.found() == ()
    assert found.normalise_all(batch.lazy()).explain() == batch.lazy().explain()


def test_every_space_of_unicode_is_known():
    # U+110000 is the first that is no character
    zs = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Zs"]
    assert sorted(SPACES) == zs


# what is told


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (
            Normalisation("cards", "1,234", "1234", 12, 7, 12),
            "cards 1,234 → 1234 and 11 more: 12 rows",
        ),
        (
            Normalisation("node_id", " a", "a", 2, 7, None),
            "node_id: space around it removed: 2 rows, first on line 7",
        ),
        (Normalisation("province", " 北京市", "北京", 1, 2), "province ` 北京市` → 北京: 1 row"),
        (Normalisation("model", "H\u00a0100", "H100", 1, 2), "model `H\\xa0100` → H100: 1 row"),
        (
            Normalisation("model", "x" * 70, "M", 1_234, 2),
            f"model `{'x' * 59}…` → M: 1,234 rows",
        ),
    ],
)
def test_a_normalisation_is_told_in_a_line(entry, line):
    assert list(Reading(values=(entry,)).lines()) == [line]
