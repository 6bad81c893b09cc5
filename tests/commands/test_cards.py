"""``cci cards``."""

import csv
import json

import pytest
from conftest import REPOSITORY, index_toml


@pytest.mark.parametrize("text", ["h100", "H 100", "Ｈ１００", "英伟达H100", "H-100"])
def test_a_spelling_of_a_model_puts_it_first(cci, text):
    run = cci("cards", text, "--format", "json", workspace=REPOSITORY)

    first = json.loads(run.out)["models"][0]
    assert (first["model"], first["coefficient_exact"]) == ("NVIDIA H100 SXM", "1/1")


def test_coefficient_is_tflops_over_1979(cci):
    """314.6 / 1979 = 3146/19790 = 1573/9895 = 0.158969…"""
    run = cci("cards", "MLU590", "--format", "csv", workspace=REPOSITORY)
    (row,) = csv.DictReader(run.out.splitlines())

    assert row["fp16_tflops"] == "314.6"
    assert row["coefficient_exact"] == "1573/9895"
    assert row["coefficient"] == "0.158969"


def test_a_vendor_lists_its_models(cci):
    run = cci("cards", "hygon", "--format", "csv", workspace=REPOSITORY)

    assert {row["vendor"] for row in csv.DictReader(run.out.splitlines())} == {"Hygon"}


def test_without_a_text_all_models_are_listed(cci):
    run = cci("cards", "--format", "csv", workspace=REPOSITORY)

    assert len(list(csv.DictReader(run.out.splitlines()))) == 125


def test_a_few_models_are_shown_with_aliases_source_and_note(cci):
    run = cci("cards", "S3000", "--lang", "en", workspace=REPOSITORY)

    assert "Coefficient" in run.out
    assert "aliases: " in run.out
    assert "recalled, not found in a source" in run.out


def test_a_blank_text_is_refused(cci):
    assert cci("cards", " ", workspace=REPOSITORY).code == 1


def test_a_coefficient_that_prints_as_zero_is_not_shown_as_unknown(cci, make_workspace):
    """0.0004 / 1979 = 0.0000002…: six places of it are zeros."""
    indices = index_toml("N", "national", ["a"])
    root = make_workspace(["a"], indices, models={"T": "0.0004"}, standard_card_tflops="1979")
    run = cci("cards", "T", workspace=root)

    assert "0.000000" in run.out
