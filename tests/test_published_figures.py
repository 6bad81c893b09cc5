"""The shipped snapshots give every figure of the methodology of 24 December 2025, exactly.

Table 2 is held against a copy in data/; the figures of the text stand below as printed there.
"""

import csv
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import REPOSITORY

from cci_cli.commands.compute import compute
from cci_cli.rounding import round_exact

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def result():
    return compute(workspace=REPOSITORY, period="2025H1")


@pytest.fixture(scope="module")
def shares(result):
    """Exact shares by the short name of the index, in per cent."""
    return {
        item.definition.name.removesuffix("智能算力供算量指数"): 100 * item.observation.link.share
        for item in result.indices
    }


def test_all_32_levels_are_those_of_table_2(cci):
    with (DATA / "table2.csv").open(encoding="utf-8", newline="") as file:
        published = [tuple(row) for row in csv.reader(file)][1:]

    run = cci("compute", "2025H1", "--format", "csv", workspace=REPOSITORY)
    rows = list(csv.DictReader(run.out.splitlines()))
    actual = [(r["series"], r["name"], r["previous_level"], r["level"]) for r in rows]

    assert len(published) == 16
    assert actual == published


def test_the_base_table_has_the_previous_levels(cci):
    run = cci("compute", "2024H2", "--format", "csv", workspace=REPOSITORY)
    now = cci("compute", "2025H1", "--format", "csv", workspace=REPOSITORY)

    at_base = [row["level"] for row in csv.DictReader(run.out.splitlines())]
    before = [row["previous_level"] for row in csv.DictReader(now.out.splitlines())]
    assert at_base == before


def test_the_printed_table_shows_the_published_digits(cci):
    run = cci("compute", "2025H1", workspace=REPOSITORY)

    with (DATA / "table2.csv").open(encoding="utf-8", newline="") as file:
        for _, name, previous, latest in list(csv.reader(file))[1:]:
            (line,) = [line for line in run.out.splitlines() if line.split()[:1] == [name]]
            assert line.split()[1:3] == [previous, latest]


@pytest.mark.parametrize(
    ("names", "printed"),
    [
        (["华北", "华东"], "57.86"),
        (["西南", "西北"], "25.43"),
        (["华东"], "28.35"),
        (["华北"], "29.52"),
        (["西北"], "12.35"),
        (["华南"], "7.78"),
        (["华中"], "7.23"),
        (["东北"], "1.70"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else value,
)
def test_shares_of_the_text_are_added_first_and_rounded_once(shares, names, printed):
    total = sum((shares[name] for name in names), Fraction(0))

    assert round_exact(total, 2) == Decimal(printed)


def test_national_growth_hub_shares_and_standard_cards(cci):
    run = cci("compute", "2025H1", "--format", "json", workspace=REPOSITORY)
    document = json.loads(run.out, parse_float=Decimal)
    nation = document["indices"][0]

    assert nation["growth_pct"] == Decimal("8.81")
    assert document["hubs"]["share_pct"] == Decimal("78.36")
    assert document["hubs"]["increment_share_pct"] == Decimal("76.11")
    assert document["hubs"]["target_pct"] == 60
    assert len(document["hubs"]["provinces"]) == 14
    assert nation["standard_cards"] == Decimal("398181.00")
    assert nation["supply_card_hours"] == 398181 * 8760


def test_788_eflops_are_39_8_ten_thousand_standard_cards(result):
    """788 EFLOPS / 1979 TFLOPS = 788,000,000 / 1979 = 398,180.9, in print 39.8 万."""
    standard_cards = result.indices[0].standard_cards
    eflops = standard_cards * 1979 / 10**6

    assert round_exact(standard_cards / 10**4, 1) == Decimal("39.8")
    assert round_exact(eflops, 0) == 788


def test_regions_print_1088_08_against_1088_07_and_a_note_says_why(cci):
    run = cci("compute", "2025H1", "--format", "json", workspace=REPOSITORY)
    document = json.loads(run.out, parse_float=Decimal)
    regions = [row["level"] for row in document["indices"] if row["kind"] == "region"]

    assert sum(regions) == Decimal("1088.08")
    assert any("1088.08" in note and "1088.07" in note for note in document["notes"])


def test_printed_levels_alone_would_give_76_10(cci):
    """Why shares come from unrounded values: (852.63 − 785.61) / 88.07 = 76.10 %, not 76.11 %."""
    run = cci("compute", "2025H1", "--format", "json", workspace=REPOSITORY)
    hubs = [row for row in json.loads(run.out)["indices"] if row["kind"] == "hub"]
    gained = sum(Fraction(str(row["level"])) - Fraction(str(row["previous_level"])) for row in hubs)

    assert round_exact(100 * gained / Fraction("88.07"), 2) == Decimal("76.10")


def test_regional_contributions_add_up_to_national_growth_exactly(result):
    nation, *others = [item for item in result.indices if item.definition.kind != "hub"]

    total = sum((item.observation.link.contribution for item in others), Fraction(0))
    assert total == nation.observation.growth
