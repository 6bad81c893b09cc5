"""Levels, growth, contributions and notes worked out by hand; the arithmetic stands in each test.

Unless a test says otherwise a card is one standard card, provinces are called a, b, c, d and N is
the nation. Printed digits are compared to the letter: numbers of the JSON are read as text.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from conftest import index_toml, store

from cci_cli.definitions import IndexDefinition, ScopeChange
from cci_cli.errors import DataError
from cci_cli.indices import FrozenLevel, Observation, SupplyLink, chain_indices, sum_supply
from cci_cli.periods import Period, parse_period

Document = dict[str, Any]


@pytest.fixture
def compute(cci) -> Callable[..., Document]:
    """The document that ``cci compute`` prints, every number with a point as its text."""

    def run(workspace, period) -> Document:
        outcome = cci("compute", period, "--format", "json", "--lang", "en", workspace=workspace)
        assert (outcome.code, outcome.err) == (0, "")
        return json.loads(outcome.out, parse_float=str)

    return run


@pytest.fixture
def compute_csv(cci) -> Callable[..., str]:
    """What ``cci compute --format csv`` prints."""

    def run(workspace, period) -> str:
        outcome = cci("compute", period, "--format", "csv", "--lang", "en", workspace=workspace)
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.out

    return run


def cards(**counts: int) -> list[tuple[str, str, str, int]]:
    """One node per province: ``cards(a=3, b=0)``."""
    return [(f"node {province}", province, "M", count) for province, count in counts.items()]


def column(document: Document, name: str) -> dict[str, Any]:
    """One figure of every index, by code."""
    return {index["code"]: index[name] for index in document["indices"]}


def index(document: Document, code: str) -> Document:
    """One index of a document."""
    return next(item for item in document["indices"] if item["code"] == code)


def pick(document: Document, code: str, *names: str) -> tuple[Any, ...]:
    """Some figures of one index."""
    return tuple(index(document, code)[name] for name in names)


NATION_AB = index_toml("N", "national", ["a", "b"])
NATION_ABC = index_toml("N", "national", ["a", "b", "c"])
NATION_ABCD = index_toml("N", "national", ["a", "b", "c", "d"])


# the chain


@pytest.mark.parametrize(
    ("period", "levels", "exact"),
    [
        (
            "2024H2",
            {"N": "1000.00", "R": "333.33", "S": "666.67"},
            {"N": "1000/1", "R": "1000/3", "S": "2000/3"},
        ),
        (
            "2025H1",
            {"N": "1333.33", "R": "666.67", "S": "666.67"},
            {"N": "4000/3", "R": "2000/3", "S": "2000/3"},
        ),
        (
            "2025H2",
            {"N": "3000.00", "R": "2333.33", "S": "666.67"},
            {"N": "3000/1", "R": "7000/3", "S": "2000/3"},
        ),
        (
            "2026H1",
            {"N": "2666.67", "R": "2000.00", "S": "666.67"},
            {"N": "8000/3", "R": "2000/1", "S": "2000/3"},
        ),
        (
            "2026H2",
            {"N": "5333.33", "R": "4666.67", "S": "666.67"},
            {"N": "16000/3", "R": "14000/3", "S": "2000/3"},
        ),
        (
            "2027H1",
            {"N": "10666.67", "R": "10000.00", "S": "666.67"},
            {"N": "32000/3", "R": "10000/1", "S": "2000/3"},
        ),
    ],
)
def test_the_chain_runs_on_unrounded_levels(make_workspace, compute, period, levels, exact):
    """Cards of a: 1, 2, 7, 6, 14, 30; of b: always 2; of the nation: 3, 4, 9, 8, 16, 32.

    ========  ============================  ================================  ==================
    period    R on unrounded levels         R if chained on printed levels    N if on printed
    ========  ============================  ================================  ==================
    2024H2    1000 × 1/3      = 333.333…    333.33                            1000.00
    2025H1    333.333… × 2/1  = 666.666…    333.33 × 2/1   =  666.66 (no)     1333.33
    2025H2    666.666… × 7/2  = 2333.333…   666.66 × 7/2   = 2333.31 (no)     2999.99 (no)
    2026H1    2333.333… × 6/7 = 2000        2333.31 × 6/7  = 1999.98 (no)     2666.66 (no)
    2026H2    2000 × 14/6     = 4666.666…   1999.98 × 14/6 = 4666.62 (no)     5333.32 (no)
    2027H1    4666.6… × 30/14 = 10000       4666.62 × 30/14 = 9999.90 (no)    10666.64 (no)
    ========  ============================  ================================  ==================
    """
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]) + index_toml("S", "region", ["b"]),
        {
            "2024H2": cards(a=1, b=2),
            "2025H1": cards(a=2, b=2),
            "2025H2": cards(a=7, b=2),
            "2026H1": cards(a=6, b=2),
            "2026H2": cards(a=14, b=2),
            "2027H1": cards(a=30, b=2),
        },
    )

    document = compute(workspace, period)

    assert column(document, "level") == levels
    assert column(document, "level_exact") == exact


def test_every_figure_of_one_link(make_workspace, compute):
    """Cards: a 2 → 3, b 6 → 7; nation 8 → 10.

    N: 1000 × 10/8 = 1250, growth 25 %. R: base 1000 × 2/8 = 250, × 3/2 = 375, growth 50 %,
    share 3/10, contribution (3 − 2)/8 = 12.5 pp, share of the increment 1/2. S: base 750,
    × 7/6 = 875, growth 1/6 = 16.67 %, share 7/10, contribution 12.5 pp.
    Supply: 10 × 8760 = 87600, 3 × 8760 = 26280, 7 × 8760 = 61320 card-hours.
    """
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]) + index_toml("S", "region", ["b"]),
        {"2024H2": cards(a=2, b=6), "2025H1": cards(a=3, b=7)},
    )

    document = compute(workspace, "2025H1")

    assert (document["period"], document["as_of"]) == ("2025H1", "2025-06-30")
    assert document["previous"] == "2024H2"
    assert document["base"] == {"period": "2024H2", "as_of": "2024-12-31", "level": 1000}
    assert document["notes"] == []
    assert document["indices"] == [
        {
            "code": "N",
            "kind": "national",
            "series": "Overall index",
            "name": "N index in English",
            "name_en": "N index in English",
            "status": "chained",
            "previous_level": "1000.00",
            "level": "1250.00",
            "level_exact": "1250/1",
            "comparable_level": "1250.00",
            "growth_pct": "25.00",
            "share_pct": "100.00",
            "contribution_pp": "25.00",
            "increment_share_pct": "100.00",
            "standard_cards": "10.00",
            "supply_card_hours": 87600,
            "provinces": ["a", "b"],
        },
        {
            "code": "R",
            "kind": "region",
            "series": "Regional series",
            "name": "R index in English",
            "name_en": "R index in English",
            "status": "chained",
            "previous_level": "250.00",
            "level": "375.00",
            "level_exact": "375/1",
            "comparable_level": "375.00",
            "growth_pct": "50.00",
            "share_pct": "30.00",
            "contribution_pp": "12.50",
            "increment_share_pct": "50.00",
            "standard_cards": "3.00",
            "supply_card_hours": 26280,
            "provinces": ["a"],
        },
        {
            "code": "S",
            "kind": "region",
            "series": "Regional series",
            "name": "S index in English",
            "name_en": "S index in English",
            "status": "chained",
            "previous_level": "750.00",
            "level": "875.00",
            "level_exact": "875/1",
            "comparable_level": "875.00",
            "growth_pct": "16.67",
            "share_pct": "70.00",
            "contribution_pp": "12.50",
            "increment_share_pct": "50.00",
            "standard_cards": "7.00",
            "supply_card_hours": 61320,
            "provinces": ["b"],
        },
    ]


def test_growth_comes_from_unrounded_levels(make_workspace, compute):
    """A small index: a has 1 card of 3000, then 2.

    Levels 1000/3000 = 0.3333… → 0.33 and 0.6666… → 0.67. Growth is 2/1 − 1 = 100.00 %; the
    printed levels would give 0.67/0.33 − 1 = 103.03 %. Its share of the nation is 2/3001 =
    0.07 %, its contribution 1/3000 = 0.03 pp.
    """
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]),
        {"2024H2": cards(a=1, b=2999), "2025H1": cards(a=2, b=2999)},
    )

    document = compute(workspace, "2025H1")

    actual = pick(
        document, "R", "previous_level", "level", "growth_pct", "share_pct", "contribution_pp"
    )
    assert actual == ("0.33", "0.67", "100.00", "0.07", "0.03")


@pytest.mark.parametrize(
    ("decimals", "level", "growth", "contribution", "cards_text"),
    [
        pytest.param(0, 381, 14, 5, 4, id="none"),
        pytest.param(1, "381.0", "14.3", "4.8", "4.0", id="one"),
        pytest.param(4, "380.9524", "14.2857", "4.7619", "4.0000", id="four"),
    ],
)
def test_figures_have_the_configured_decimals(
    make_workspace, compute, decimals, level, growth, contribution, cards_text
):
    """Cards of a: 3.5 → 4; of b: 7. R: 1000 × 3.5/10.5 × 4/3.5 = 8000/21 = 380.95238…

    Growth 0.5/3.5 = 14.285714… %, contribution 0.5/10.5 = 4.761904… pp.
    """
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]),
        {
            "2024H2": [("n1", "a", "half", 7), ("n2", "b", "M", 7)],
            "2025H1": [("n1", "a", "half", 8), ("n2", "b", "M", 7)],
        },
        decimals=decimals,
    )

    document = compute(workspace, "2025H1")

    actual = pick(document, "R", "level", "growth_pct", "contribution_pp", "standard_cards")
    assert actual == (level, growth, contribution, cards_text)
    assert index(document, "R")["level_exact"] == "8000/21"


def test_the_base_level_is_that_of_the_config(make_workspace, compute):
    """Base level 100, cards a 1 → 2, b 2 → 2: N 100 → 100 × 4/3, R 100/3 → 200/3.

    H is at zero at the base and has the 2 cards of c in 2025H2, when the nation has 6:
    N = 100 × 6/3 = 200, H = 200 × 2/6 = 66.67.
    """
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC + index_toml("R", "region", ["a"]) + index_toml("H", "hub", ["c"]),
        {
            "2024H2": cards(a=1, b=2, c=0),
            "2025H1": cards(a=2, b=2, c=0),
            "2025H2": cards(a=2, b=2, c=2),
        },
        base_level="100",
    )

    assert compute(workspace, "2024H2")["base"]["level"] == 100
    levels = [column(compute(workspace, p), "level") for p in ("2024H2", "2025H1", "2025H2")]
    assert levels == [
        {"N": "100.00", "R": "33.33", "H": "0.00"},
        {"N": "133.33", "R": "66.67", "H": "0.00"},
        {"N": "200.00", "R": "66.67", "H": "66.67"},
    ]


# the base period


def test_at_the_base_there_is_nothing_to_compare_with(make_workspace, compute, compute_csv):
    """Cards: a 1, b 3. R = 1000 × 1/4 = 250, S = 750; no growth, no contribution."""
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]) + index_toml("S", "hub", ["b"]),
        {"2024H2": cards(a=1, b=3)},
    )

    document = compute(workspace, "2024H2")

    assert document["previous"] is None
    assert column(document, "level") == {"N": "1000.00", "R": "250.00", "S": "750.00"}
    assert column(document, "comparable_level") == column(document, "level")
    assert column(document, "share_pct") == {"N": "100.00", "R": "25.00", "S": "75.00"}
    assert column(document, "status") == dict.fromkeys("NRS", "base")
    for name in ("previous_level", "growth_pct", "contribution_pp", "increment_share_pct"):
        assert column(document, name) == dict.fromkeys("NRS"), name
    assert document["hubs"]["increment_share_pct"] is None
    assert compute_csv(workspace, "2024H2") == (
        "code,series,name,previous_level,level,growth_pct,share_pct,contribution_pp\n"
        "N,Overall index,N index in English,,1000.00,,100.00,\n"
        "R,Regional series,R index in English,,250.00,,25.00,\n"
        "S,Hub series,S index in English,,750.00,,75.00,\n"
    )


# changes of scope


@pytest.fixture
def entry_workspace(make_workspace):
    """Hub H covers a, and a and c from 2025H2 on."""
    return make_workspace(
        ["a", "b", "c"],
        NATION_ABC + index_toml("H", "hub", ["a"], {"2025H2": ["a", "c"]}),
        {
            "2024H2": cards(a=100, b=300, c=100),
            "2025H1": cards(a=150, b=300, c=150),
            "2025H2": cards(a=200, b=300, c=220),
            "2026H1": cards(a=260, b=300, c=265),
        },
    )


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2024H2", ("base", None, "200.00", None, "20.00", None, None, "200.00")),
        ("2025H1", ("chained", "200.00", "300.00", "50.00", "25.00", "10.00", "50.00", "300.00")),
        ("2025H2", ("break", "300.00", "420.00", "40.00", "58.33", "20.00", "100.00", "840.00")),
        ("2026H1", ("chained", "420.00", "525.00", "25.00", "63.64", "14.58", "100.00", "1050.00")),
    ],
)
def test_a_province_that_enters_an_index_moves_nothing_by_itself(
    entry_workspace, compute, period, expected
):
    """The link into 2025H2 has a and c on both sides.

    2024H2  1000 × 100/500 = 200
    2025H1  200 × 150/100 = 300, share 150/600, contribution 50/500 = 10 pp, increment 50/100
    2025H2  300 × (200 + 220)/(150 + 150) = 420; growth 40 %; share 420/720 = 58.33 %;
            contribution (420 − 300)/600 = 20 pp; share of the increment 120/120;
            comparable: N is 1000 × 720/500 = 1440, × 420/720 = 840
    2026H1  420 × (260 + 265)/420 = 525; growth 25 %; share 525/825 = 63.64 %;
            contribution 105/720 = 14.58 pp; comparable 1650 × 525/825 = 1050

    With the old list below the line 2025H2 would be 300 × 420/150 = 840, growth 180 %.
    """
    document = compute(entry_workspace, period)

    actual = pick(
        document,
        "H",
        "status",
        "previous_level",
        "level",
        "growth_pct",
        "share_pct",
        "contribution_pp",
        "increment_share_pct",
        "comparable_level",
    )
    assert actual == expected


def test_only_the_table_of_the_change_has_a_note_on_it(entry_workspace, compute):
    notes = {
        period: compute(entry_workspace, period)["notes"]
        for period in ("2024H2", "2025H1", "2025H2", "2026H1")
    }

    assert (notes["2024H2"], notes["2025H1"], notes["2026H1"]) == ([], [], [])
    (note,) = notes["2025H2"]
    assert note.startswith(
        "H index in English: scope changed on 31 December 2025 from a in English to a in English, "
        "c in English;"
    )


def test_provinces_and_cards_of_an_index_are_those_of_the_period(entry_workspace, compute):
    """Cards of H: 150 of a; 200 of a and 220 of c; 260 and 265. Supply: × 8760."""
    names = ("provinces", "standard_cards", "supply_card_hours")
    periods = ("2025H1", "2025H2", "2026H1")

    assert [pick(compute(entry_workspace, period), "H", *names) for period in periods] == [
        (["a"], "150.00", 1314000),
        (["a", "c"], "420.00", 3679200),
        (["a", "c"], "525.00", 4599000),
    ]


def test_a_province_that_leaves_an_index_moves_nothing_by_itself(make_workspace, compute):
    """Cards: a 100 → 110, b 300 → 150; R covers a and b, and a alone from 2025H1.

    R: 1000 × 110/100 = 1100 although N falls to 1000 × 260/400 = 650; contribution 10/400 =
    2.5 pp of −35 pp, share of the increment 10/−140 = −7.14 %; comparable 650 × 110/260 = 275.
    """
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a", "b"], {"2025H1": ["a"]}),
        {"2024H2": cards(a=100, b=300), "2025H1": cards(a=110, b=150)},
    )

    document = compute(workspace, "2025H1")

    actual = pick(
        document,
        "R",
        "status",
        "previous_level",
        "level",
        "growth_pct",
        "contribution_pp",
        "increment_share_pct",
        "comparable_level",
    )
    assert actual == ("break", "1000.00", "1100.00", "10.00", "2.50", "-7.14", "275.00")


def test_an_index_may_change_its_scope_more_than_once(make_workspace, compute):
    """H covers a, a and b from 2025H1, b alone from 2025H2; the config names the later one first.

    Cards: a 10 → 20 → 50 → 50, b 30 → 30 → 45 → 54, c 60 throughout; nation 100, 110, 155, 164.

    2024H2  1000 × 10/100 = 100
    2025H1  100 × (20 + 30)/(10 + 30) = 125, a break
    2025H2  125 × 45/30 = 187.5, a break; contribution 15/110 = 13.64 pp
    2026H1  187.5 × 54/45 = 225, chained
    """
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC + index_toml("H", "hub", ["a"], {"2025H2": ["b"], "2025H1": ["a", "b"]}),
        {
            "2024H2": cards(a=10, b=30, c=60),
            "2025H1": cards(a=20, b=30, c=60),
            "2025H2": cards(a=50, b=45, c=60),
            "2026H1": cards(a=50, b=54, c=60),
        },
    )

    documents = [compute(workspace, p) for p in ("2024H2", "2025H1", "2025H2", "2026H1")]

    actual = [pick(document, "H", "status", "level", "provinces") for document in documents]
    assert actual == [
        ("base", "100.00", ["a"]),
        ("break", "125.00", ["a", "b"]),
        ("break", "187.50", ["b"]),
        ("chained", "225.00", ["b"]),
    ]
    assert index(documents[2], "H")["contribution_pp"] == "13.64"
    (note,) = documents[2]["notes"]
    assert "from a in English, b in English to b in English;" in note


@pytest.fixture
def move_workspace(make_workspace):
    """Province c moves from region S to region R in 2025H2; cards as in ``entry_workspace``."""
    return make_workspace(
        ["a", "b", "c"],
        NATION_ABC
        + index_toml("R", "region", ["a"], {"2025H2": ["a", "c"]})
        + index_toml("S", "region", ["b", "c"], {"2025H2": ["b"]}),
        {
            "2024H2": cards(a=100, b=300, c=100),
            "2025H1": cards(a=150, b=300, c=150),
            "2025H2": cards(a=200, b=300, c=220),
            "2026H1": cards(a=260, b=300, c=265),
        },
    )


def test_a_province_moves_between_regions(move_workspace, compute):
    """R: 300 × 420/300 = 420. S: 800 × 450/400 = 900 in 2025H1, × 300/300 = 900 in 2025H2.

    N: 1000 × 720/500 = 1440, as without the move. Contributions: R (420 − 300)/600 = 20 pp,
    S (300 − 300)/600 = 0 pp, together the 20 pp of N. Comparable: R 1440 × 420/720 = 840,
    S 1440 × 300/720 = 600, together 1440.
    """
    document = compute(move_workspace, "2025H2")

    assert column(document, "status") == {"N": "chained", "R": "break", "S": "break"}
    assert column(document, "level") == {"N": "1440.00", "R": "420.00", "S": "900.00"}
    assert column(document, "growth_pct") == {"N": "20.00", "R": "40.00", "S": "0.00"}
    assert column(document, "contribution_pp") == {"N": "20.00", "R": "20.00", "S": "0.00"}
    assert column(document, "increment_share_pct") == {"N": "100.00", "R": "100.00", "S": "0.00"}
    assert column(document, "comparable_level") == {"N": "1440.00", "R": "840.00", "S": "600.00"}


def test_levels_that_a_move_has_made_non_additive_are_explained(move_workspace, compute):
    """2025H2: 420 + 900 = 1320, not 1440. 2026H1: 525 + 900 = 1425, not 1650."""
    notes = {
        period: compute(move_workspace, period)["notes"]
        for period in ("2025H1", "2025H2", "2026H1")
    }

    assert notes["2025H1"] == []
    change_of_sum, change_of_r, change_of_s = notes["2025H2"]
    assert "31 December 2025: the regional levels add up to 1320.00, " in change_of_sum
    assert "the national level is 1440.00" in change_of_sum
    assert "do not add up after a change of scope" in change_of_sum
    assert change_of_r.startswith("R index in English: scope changed")
    assert "from b in English, c in English to b in English;" in change_of_s
    before, now = notes["2026H1"]
    assert before == change_of_sum
    assert "30 June 2026: the regional levels add up to 1425.00" in now
    assert "the national level is 1650.00" in now


def test_the_nation_itself_changes_scope(make_workspace, compute):
    """Cards: a 60 → 66, b 40 → 40, c 100 → 110; N covers a and b, and c too from 2025H1.

    N: base 1000 on 100 cards; link 216/200 → 1080, growth 8 %, a break. R (a): base 600 × 66/60 =
    660, share 66/216 = 30.56 %, contribution 6/200 = 3 pp, comparable 1080 × 66/216 = 330.
    S (b, and c from 2025H1): 400 × 150/140 = 428.57, contribution 10/200 = 5 pp; 3 + 5 = 8.
    """
    workspace = make_workspace(
        ["a", "b", "c"],
        index_toml("N", "national", ["a", "b"], {"2025H1": ["a", "b", "c"]})
        + index_toml("R", "region", ["a"])
        + index_toml("S", "region", ["b"], {"2025H1": ["b", "c"]}),
        {"2024H2": cards(a=60, b=40, c=100), "2025H1": cards(a=66, b=40, c=110)},
    )

    document = compute(workspace, "2025H1")

    assert column(document, "status") == {"N": "break", "R": "chained", "S": "break"}
    assert column(document, "level") == {"N": "1080.00", "R": "660.00", "S": "428.57"}
    assert column(document, "growth_pct") == {"N": "8.00", "R": "10.00", "S": "7.14"}
    assert column(document, "contribution_pp") == {"N": "8.00", "R": "3.00", "S": "5.00"}
    assert column(document, "share_pct") == {"N": "100.00", "R": "30.56", "S": "69.44"}
    assert column(document, "comparable_level") == {"N": "1080.00", "R": "330.00", "S": "750.00"}


def test_a_change_onto_provinces_without_earlier_supply_starts_anew(make_workspace, compute):
    """H covers a, and c from 2025H1; cards a 50 → 50, b 50 → 60, c 0 → 15.

    On the new list the link is 15/0: there is no growth. N = 1000 × 125/100 = 1250, so
    H = 1250 × 15/125 = 150; contribution 15/100 = 15 pp, share of the increment 15/25 = 60 %.
    """
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC + index_toml("H", "hub", ["a"], {"2025H1": ["c"]}),
        {"2024H2": cards(a=50, b=50, c=0), "2025H1": cards(a=50, b=60, c=15)},
    )

    document = compute(workspace, "2025H1")

    actual = pick(
        document,
        "H",
        "status",
        "previous_level",
        "level",
        "growth_pct",
        "contribution_pp",
        "increment_share_pct",
    )
    assert actual == ("reseeded", "500.00", "150.00", None, "15.00", "60.00")
    change, reseed = document["notes"]
    assert "from a in English to c in English;" in change
    assert "national level × share" in reseed


def test_a_change_onto_provinces_without_any_supply_gives_zero(make_workspace, compute):
    """H covers a, and c from 2025H1; c has no card in either period: level 0, growth 0/0."""
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC + index_toml("H", "hub", ["a"], {"2025H1": ["c"]}),
        {"2024H2": cards(a=50, b=50, c=0), "2025H1": cards(a=50, b=60, c=0)},
    )

    document = compute(workspace, "2025H1")

    actual = pick(
        document, "H", "status", "previous_level", "level", "growth_pct", "contribution_pp"
    )
    assert actual == ("break", "500.00", "0.00", None, "0.00")


def test_an_index_at_zero_starts_anew_when_its_scope_changes(make_workspace, compute):
    """H covers c, which has no cards, and a from 2025H1; cards a 40 → 50, b 60 → 75.

    No level to chain from: H = 1000 × 125/100 × 50/125 = 500. Growth from zero is null although
    a itself grew; the contribution is on the new list, (50 − 40)/100 = 10 pp.
    """
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC + index_toml("H", "hub", ["c"], {"2025H1": ["a"]}),
        {"2024H2": cards(a=40, b=60, c=0), "2025H1": cards(a=50, b=75, c=0)},
    )

    document = compute(workspace, "2025H1")

    actual = pick(
        document, "H", "status", "previous_level", "level", "growth_pct", "contribution_pp"
    )
    assert actual == ("reseeded", "0.00", "500.00", None, "10.00")


def test_a_change_onto_provinces_that_have_just_closed_falls_to_zero(make_workspace, compute):
    """H covers a, and c from 2025H1; c had 20 cards and has none: growth 0/20 − 1 = −100 %."""
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC + index_toml("H", "hub", ["a"], {"2025H1": ["c"]}),
        {"2024H2": cards(a=50, b=30, c=20), "2025H1": cards(a=50, b=30, c=0)},
    )

    document = compute(workspace, "2025H1")

    actual = pick(document, "H", "status", "previous_level", "level", "growth_pct")
    assert actual == ("break", "500.00", "0.00", "-100.00")


def test_a_nation_without_earlier_supply_on_its_new_list_cannot_be_chained(make_workspace, cci):
    """N covers a, and b from 2025H1; b had no card in 2024H2, so the link is 7/0."""
    workspace = make_workspace(
        ["a", "b"],
        index_toml("N", "national", ["a"], {"2025H1": ["b"]}),
        {"2024H2": cards(a=5, b=0), "2025H1": cards(a=5, b=7)},
    )

    outcome = cci("compute", "2025H1", workspace=workspace)

    assert (outcome.code, outcome.out) == (1, "")
    assert "2024H2" in outcome.err


# zero


@pytest.fixture
def late_workspace(make_workspace):
    """Region R begins without a card and gets its first ones in 2025H2."""
    return make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]),
        {
            "2024H2": cards(a=0, b=80),
            "2025H1": cards(a=0, b=100),
            "2025H2": cards(a=25, b=100),
            "2026H1": cards(a=50, b=100),
        },
    )


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2024H2", ("base", None, "0.00", "0/1", None, "0.00", None, None)),
        ("2025H1", ("chained", "0.00", "0.00", "0/1", None, "0.00", "0.00", "0.00")),
        ("2025H2", ("reseeded", "0.00", "312.50", "625/2", None, "20.00", "25.00", "100.00")),
        ("2026H1", ("chained", "312.50", "625.00", "625/1", "100.00", "33.33", "20.00", "100.00")),
    ],
)
def test_an_index_at_zero_at_the_base_stays_there_until_it_is_seeded(
    late_workspace, compute, period, expected
):
    """N: 80 → 100 → 125 → 150 cards, 1000 → 1250 → 1562.5 → 1875.

    2025H2: R = 1562.5 × 25/125 = 312.5, contribution 25/100 = 25 pp, growth from zero is null;
    1000 × share would be 200. 2026H1: 312.5 × 50/25 = 625, contribution 25/125 = 20 pp.
    """
    document = compute(late_workspace, period)

    actual = pick(
        document,
        "R",
        "status",
        "previous_level",
        "level",
        "level_exact",
        "growth_pct",
        "share_pct",
        "contribution_pp",
        "increment_share_pct",
    )
    assert actual == expected


def test_growth_from_zero_is_empty_in_csv_and_a_dash_in_the_table(late_workspace, compute_csv, cci):
    row = compute_csv(late_workspace, "2025H2").splitlines()[2]
    assert row == "R,Regional series,R index in English,0.00,312.50,,20.00,25.00"

    table = cci("compute", "2025H2", "--lang", "en", workspace=late_workspace).out
    assert ["0.00", "312.50", "—"] in [line.split()[-3:] for line in table.splitlines()]


def test_a_reseeded_index_has_a_note(make_workspace, compute):
    """R and S divide up the nation and R starts at zero: seeded levels add up, 312.5 + 1250."""
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]) + index_toml("S", "region", ["b"]),
        {"2024H2": cards(a=0, b=80), "2025H1": cards(a=25, b=100)},
    )

    document = compute(workspace, "2025H1")

    assert column(document, "level") == {"N": "1562.50", "R": "312.50", "S": "1250.00"}
    (note,) = document["notes"]
    assert note.startswith("R index in English: ")
    assert "national level × share" in note


def test_an_index_falls_to_zero_and_comes_back(make_workspace, compute):
    """Cards: a 50 → 0 → 20, b 50 → 60 → 60; N 1000 → 600 → 800.

    2025H1: R 500 × 0/50 = 0, growth −100 %, contribution −50/100 = −50 pp, share of the
    increment −50/−40 = 125 %. 2025H2: R = 800 × 20/80 = 200, contribution 20/60 = 33.33 pp.
    """
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]),
        {
            "2024H2": cards(a=50, b=50),
            "2025H1": cards(a=0, b=60),
            "2025H2": cards(a=20, b=60),
        },
    )
    names = ("status", "previous_level", "level", "growth_pct", "contribution_pp")

    fallen = compute(workspace, "2025H1")
    back = compute(workspace, "2025H2")

    assert pick(fallen, "R", *names) == ("chained", "500.00", "0.00", "-100.00", "-50.00")
    assert pick(fallen, "R", "share_pct", "increment_share_pct") == ("0.00", "125.00")
    assert pick(back, "R", *names) == ("reseeded", "0.00", "200.00", None, "33.33")


def test_the_nation_at_zero_at_the_base_is_refused(make_workspace, cci):
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]),
        {"2024H2": cards(a=0, b=0), "2025H1": cards(a=1, b=1)},
    )

    for period in ("2024H2", "2025H1"):
        outcome = cci("compute", period, workspace=workspace)
        assert (outcome.code, outcome.out) == (1, "")
        assert "[E403]" in outcome.err
        assert "2024H2" in outcome.err


@pytest.fixture
def blackout_workspace(make_workspace):
    """No card in the whole nation in 2025H1."""
    return make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]),
        {
            "2024H2": cards(a=3, b=4),
            "2025H1": cards(a=0, b=0),
            "2025H2": cards(a=3, b=4),
            "2026H1": cards(a=3, b=5),
        },
    )


def test_the_nation_may_fall_to_zero_in_the_last_period(blackout_workspace, compute, compute_csv):
    """1000 × 0/7 = 0 and −100 %; a share of nothing is null. R contributes −3/7 = −42.86 pp."""
    document = compute(blackout_workspace, "2025H1")

    assert column(document, "level") == {"N": "0.00", "R": "0.00"}
    assert column(document, "growth_pct") == {"N": "-100.00", "R": "-100.00"}
    assert column(document, "share_pct") == {"N": None, "R": None}
    assert column(document, "contribution_pp") == {"N": "-100.00", "R": "-42.86"}
    assert column(document, "increment_share_pct") == {"N": "100.00", "R": "42.86"}
    assert compute_csv(blackout_workspace, "2025H1").splitlines()[1:] == [
        "N,Overall index,N index in English,1000.00,0.00,-100.00,,-100.00",
        "R,Regional series,R index in English,428.57,0.00,-100.00,,-42.86",
    ]


@pytest.mark.parametrize("period", ["2025H2", "2026H1"])
def test_nothing_can_be_chained_from_a_nation_at_zero(blackout_workspace, cci, period):
    outcome = cci("compute", period, workspace=blackout_workspace)

    assert (outcome.code, outcome.out) == (1, "")
    assert "[E404]" in outcome.err
    assert "2025H1" in outcome.err


def test_a_nation_at_zero_cannot_be_chained_on_another_list_either(make_workspace, compute, cci):
    """N covers a, and b from 2025H2; a falls to zero in 2025H1. The new list has the link 4/3.

    0 × 4/3 would be a level of zero with 4 cards in service.
    """
    workspace = make_workspace(
        ["a", "b"],
        index_toml("N", "national", ["a"], {"2025H2": ["b"]}),
        {
            "2024H2": cards(a=5, b=3),
            "2025H1": cards(a=0, b=3),
            "2025H2": cards(a=0, b=4),
        },
    )

    assert index(compute(workspace, "2025H1"), "N")["level"] == "0.00"
    outcome = cci("compute", "2025H2", workspace=workspace)
    assert (outcome.code, outcome.out) == (1, "")
    assert "[E404]" in outcome.err
    assert "2025H1" in outcome.err


# rounding


def test_ties_go_away_from_zero_by_default(make_workspace, compute, compute_csv):
    """Cards: a 4001 → 3993, b 3999 → 3997; nation 8000 → 7990. All of these are exact:

    N  level 998.75, growth −10/8000 = −0.125 % → −0.13
    R  base 4001/8 = 500.125 → 500.13; level 3993/8 = 499.125 → 499.13; growth −8/4001 =
       −0.19995… %; share 3993/7990 = 49.9749… %; contribution −8/8000 = −0.1 pp
    S  base 3999/8 = 499.875 → 499.88; level 3997/8 = 499.625 → 499.63; growth −2/3999 =
       −0.0500125… %; share 50.0250… %; contribution −2/8000 = −0.025 pp → −0.03
    """
    workspace = tie_workspace(make_workspace, "half_up")

    assert compute_csv(workspace, "2025H1").splitlines()[1:] == [
        "N,Overall index,N index in English,1000.00,998.75,-0.13,100.00,-0.13",
        "R,Regional series,R index in English,500.13,499.13,-0.20,49.97,-0.10",
        "S,Regional series,S index in English,499.88,499.63,-0.05,50.03,-0.03",
    ]
    document = compute(workspace, "2025H1")
    assert column(document, "previous_level") == {"N": "1000.00", "R": "500.13", "S": "499.88"}
    assert column(document, "level") == {"N": "998.75", "R": "499.13", "S": "499.63"}
    assert column(document, "level_exact") == {"N": "3995/4", "R": "3993/8", "S": "3997/8"}
    assert column(document, "growth_pct") == {"N": "-0.13", "R": "-0.20", "S": "-0.05"}
    assert column(document, "contribution_pp") == {"N": "-0.13", "R": "-0.10", "S": "-0.03"}


def test_ties_go_to_the_even_digit_where_the_config_says_so(make_workspace, compute, compute_csv):
    """The values of the test above: −0.125 → −0.12, 500.125 → 500.12, 499.125 → 499.12,
    499.875 → 499.88, 499.625 → 499.62, −0.025 → −0.02.
    """
    workspace = tie_workspace(make_workspace, "half_even")

    assert compute_csv(workspace, "2025H1").splitlines()[1:] == [
        "N,Overall index,N index in English,1000.00,998.75,-0.12,100.00,-0.12",
        "R,Regional series,R index in English,500.12,499.12,-0.20,49.97,-0.10",
        "S,Regional series,S index in English,499.88,499.62,-0.05,50.03,-0.02",
    ]
    document = compute(workspace, "2025H1")
    assert column(document, "level") == {"N": "998.75", "R": "499.12", "S": "499.62"}
    assert column(document, "comparable_level") == {"N": "998.75", "R": "499.12", "S": "499.62"}
    assert column(document, "level_exact") == {"N": "3995/4", "R": "3993/8", "S": "3997/8"}
    assert column(document, "growth_pct") == {"N": "-0.12", "R": "-0.20", "S": "-0.05"}


def test_whether_ties_add_up_depends_on_the_rounding(make_workspace, compute):
    """half_up: 500.13 + 499.88 = 1000.01 and 499.13 + 499.63 = 998.76, each a hundredth too much.

    half_even: 500.12 + 499.88 = 1000.00; 499.12 + 499.62 = 998.74, a hundredth short.
    """
    base, latest = compute(tie_workspace(make_workspace, "half_up"), "2025H1")["notes"]
    assert "31 December 2024: the printed regional levels add up to 1000.01, " in base
    assert "30 June 2025: the printed regional levels add up to 998.76, " in latest

    (latest,) = compute(tie_workspace(make_workspace, "half_even"), "2025H1")["notes"]
    assert "30 June 2025: the printed regional levels add up to 998.74, " in latest
    assert "the national level is 998.75;" in latest


def tie_workspace(make_workspace, rounding):
    return make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]) + index_toml("S", "region", ["b"]),
        {"2024H2": cards(a=4001, b=3999), "2025H1": cards(a=3993, b=3997)},
        rounding=rounding,
        name=rounding,
    )


# notes on parts that do not add up


def test_parts_that_do_not_add_up_for_rounding_have_a_note(make_workspace, compute):
    """A third each: 333.33 × 3 = 999.99, not 1000. All double: 666.67 × 3 = 2000.01, not 2000."""
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC
        + index_toml("R", "region", ["a"])
        + index_toml("S", "region", ["b"])
        + index_toml("T", "region", ["c"]),
        {"2024H2": cards(a=1, b=1, c=1), "2025H1": cards(a=2, b=2, c=2)},
    )

    (base,) = compute(workspace, "2024H2")["notes"]
    assert base.startswith("31 December 2024: the printed regional levels add up to 999.99, ")
    assert "the national level is 1000.00; each is rounded on its own" in base

    before, now = compute(workspace, "2025H1")["notes"]
    assert before == base
    assert now.startswith("30 June 2025: the printed regional levels add up to 2000.01, ")
    assert "the national level is 2000.00; each is rounded on its own" in now


def test_notes_are_in_the_language_asked_for(make_workspace, cci):
    """Thirds of 1000 at one decimal: 333.3 × 3 = 999.9."""
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC + "".join(index_toml(name.upper(), "region", [name]) for name in "abc"),
        {"2024H2": cards(a=1, b=1, c=1)},
        decimals=1,
    )

    outcome = cci("compute", "2024H2", "--format", "json", workspace=workspace)

    (note,) = json.loads(outcome.out)["notes"]
    assert note.startswith("2024年12月31日：各区域指数点位相加为 999.9，全国总指数为 1000.0")


def test_parts_that_add_up_as_printed_have_no_note(make_workspace, compute):
    """Cards 1 and 2: 333.33 + 666.67 = 1000.00 although both are rounded."""
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]) + index_toml("S", "region", ["b"]),
        {"2024H2": cards(a=1, b=2)},
    )

    assert compute(workspace, "2024H2")["notes"] == []


def test_hubs_alone_need_not_add_up(make_workspace, compute):
    """No region: nothing claims to divide up the nation."""
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("H", "hub", ["a"]),
        {"2024H2": cards(a=1, b=2), "2025H1": cards(a=2, b=2)},
    )

    assert compute(workspace, "2025H1")["notes"] == []


def test_a_province_that_no_region_has_is_named(make_workspace, compute):
    """Cards 1, 2, 5 of 8: R 125 + S 250 = 375 of 1000; then 2, 2, 6: 250 + 250 = 500 of 1250."""
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC + index_toml("R", "region", ["a"]) + index_toml("S", "region", ["b"]),
        {"2024H2": cards(a=1, b=2, c=5), "2025H1": cards(a=2, b=2, c=6)},
    )

    before, now = compute(workspace, "2025H1")["notes"]

    assert before.startswith("31 December 2024: the regional levels add up to 375.00, ")
    assert (
        "the national level is 1000.00; the regions do not divide up the nation: c in English"
        in before
    )
    assert now.startswith("30 June 2025: the regional levels add up to 500.00, ")
    assert (
        "the national level is 1250.00; the regions do not divide up the nation: c in English"
        in now
    )


def test_a_province_in_two_regions_is_named(make_workspace, compute):
    """Cards 1, 2, 5 of 8: R 375 + S 875 = 1250, b counted twice."""
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC + index_toml("R", "region", ["a", "b"]) + index_toml("S", "region", ["b", "c"]),
        {"2024H2": cards(a=1, b=2, c=5)},
    )

    (note,) = compute(workspace, "2024H2")["notes"]
    assert "add up to 1250.00, the national level is 1000.00;" in note
    assert note.rstrip(".").endswith("the regions do not divide up the nation: b in English")


def test_a_province_of_a_region_outside_the_nation_is_named(make_workspace, compute):
    """The nation is a and b, region S has b and c: 1000 × 1/4 + 1000 × (3 + 1)/4 = 1250."""
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_AB + index_toml("R", "region", ["a"]) + index_toml("S", "region", ["b", "c"]),
        {"2024H2": cards(a=1, b=3, c=1)},
    )

    (note,) = compute(workspace, "2024H2")["notes"]
    assert "add up to 1250.00, the national level is 1000.00;" in note
    assert note.rstrip(".").endswith("the regions do not divide up the nation: c in English")


# what is refused


def test_an_absent_province_is_not_zero(make_workspace, cci):
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC,
        {"2024H2": cards(a=1, b=1, c=1), "2025H1": cards(a=1, c=1)},
    )

    outcome = cci("compute", "2025H1", workspace=workspace)

    assert (outcome.code, outcome.out) == (1, "")
    assert "province `b` does not appear" in outcome.err
    assert "E332" in outcome.err
    assert "snapshots/2025H1/r1/nodes.csv" in outcome.err
    assert "cards = 0" in outcome.err


def test_a_province_that_no_index_covers_must_appear_too(make_workspace, cci):
    workspace = make_workspace(["a", "b", "c"], NATION_AB, {"2024H2": cards(a=1, b=1)})

    outcome = cci("compute", "2024H2", workspace=workspace)

    assert outcome.code == 1
    assert "province `c` does not appear" in outcome.err


def test_a_gap_in_the_chain_is_named(make_workspace, cci):
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB,
        {"2024H2": cards(a=1, b=1), "2025H1": cards(a=1, b=1), "2026H2": cards(a=2, b=1)},
    )

    outcome = cci("compute", "2026H2", workspace=workspace)

    assert (outcome.code, outcome.out) == (1, "")
    assert "[E402]" in outcome.err
    told = "error: 2026H2 is chained through every half-year, and there is no snapshot of 2025H2, "
    assert outcome.err.startswith(f"{told}2026H1 [E402]\n")
    assert cci("compute", "2025H1", workspace=workspace).code == 0


def test_a_missing_base_is_a_gap(make_workspace, cci):
    workspace = make_workspace(["a", "b"], NATION_AB, {"2025H1": cards(a=1, b=1)})

    outcome = cci("compute", "2025H1", workspace=workspace)

    assert outcome.code == 1
    assert "[E402]" in outcome.err
    assert "there is no snapshot of 2024H2" in outcome.err


def test_before_the_base_there_are_no_indices(make_workspace, cci):
    workspace = make_workspace(
        ["a", "b"], NATION_AB, {"2024H1": cards(a=1, b=1), "2024H2": cards(a=1, b=1)}
    )

    outcome = cci("compute", "2024H1", workspace=workspace)

    assert (outcome.code, outcome.out) == (1, "")
    assert "[E401]" in outcome.err
    assert "2024H1" in outcome.err
    assert "2024H2" in outcome.err


def test_a_period_without_a_snapshot_is_named(make_workspace, cci):
    workspace = make_workspace(["a", "b"], NATION_AB, {"2024H2": cards(a=1, b=1)})

    outcome = cci("compute", "2025H1", workspace=workspace)

    assert (outcome.code, outcome.out) == (1, "")
    assert "[E301]" in outcome.err
    assert "no snapshot of `2025H1`" in outcome.err
    assert "2024H2" in outcome.err


def test_the_period_asked_for_is_named_before_the_ones_in_between(make_workspace, cci):
    workspace = make_workspace(["a", "b"], NATION_AB, {"2024H2": cards(a=1, b=1)})

    outcome = cci("compute", "2026H1", workspace=workspace)

    assert outcome.code == 1
    assert "no snapshot of `2026H1`" in outcome.err


def test_the_newest_revision_counts_unless_one_is_named(make_workspace, compute):
    """2024H2 has 2 cards in its first revision and 4 in its second; 2025H1 has 3, then 5.

    Newest: 1000 × 5/4 = 1250. 2025H1@r1 names a revision of 2025H1 alone: 1000 × 3/4 = 750.
    """
    workspace = make_workspace(
        ["a"],
        index_toml("N", "national", ["a"]),
        {"2024H2": cards(a=2), "2025H1": cards(a=3)},
    )
    store(workspace, "2024H2", cards(a=4))
    store(workspace, "2025H1", cards(a=5))

    newest, first = compute(workspace, "2025H1"), compute(workspace, "2025H1@r1")

    assert (index(newest, "N")["level"], index(first, "N")["level"]) == ("1250.00", "750.00")
    assert revisions(newest) == {"2024H2": "r2", "2025H1": "r2"}
    assert revisions(first) == {"2024H2": "r2", "2025H1": "r1"}


def revisions(document):
    snapshots = document["provenance"]["snapshots"]
    return {period: snapshot["revision"] for period, snapshot in snapshots.items()}


# cards


def test_only_cards_in_service_count(make_workspace, compute):
    """Province a: 10 in service and 700 in three other states; b: 30. R = 1000 × 10/40.

    Province c has 50 cards, none of them in service: T is at zero.
    """
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC + index_toml("R", "region", ["a"]) + index_toml("T", "region", ["c"]),
        {
            "2024H2": [
                ("n1", "a", "M", 10, "in_service"),
                ("n2", "a", "M", 100, "under_construction"),
                ("n3", "a", "M", 200, "suspended"),
                ("n4", "a", "M", 400, "retired"),
                ("n5", "b", "M", 30, "in_service"),
                ("n6", "c", "M", 50, "retired"),
            ]
        },
    )

    document = compute(workspace, "2024H2")

    assert column(document, "standard_cards") == {"N": "40.00", "R": "10.00", "T": "0.00"}
    assert column(document, "level") == {"N": "1000.00", "R": "250.00", "T": "0.00"}


def test_a_node_that_is_retired_is_a_fall(make_workspace, compute):
    """Province a goes from 10 to 4 cards in service: R = 1000 × 10/20 × 4/10 = 200."""
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]),
        {
            "2024H2": [("n1", "a", "M", 6), ("n2", "a", "M", 4), ("n3", "b", "M", 10)],
            "2025H1": [("n1", "a", "M", 6, "retired"), ("n2", "a", "M", 4), ("n3", "b", "M", 10)],
        },
    )

    actual = pick(compute(workspace, "2025H1"), "R", "level", "growth_pct", "standard_cards")
    assert actual == ("200.00", "-60.00", "4.00")


def test_a_province_without_cards_has_a_row_with_zero(make_workspace, compute):
    """Province a has a row with 0 cards and counts as 0: R = 0, N = 30 cards."""
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]),
        {"2024H2": cards(a=0, b=30)},
    )

    document = compute(workspace, "2024H2")

    assert column(document, "level") == {"N": "1000.00", "R": "0.00"}
    assert column(document, "supply_card_hours") == {"N": 262800, "R": 0}


@pytest.mark.parametrize(
    ("base_period", "period"),
    [
        pytest.param("2024H2", "2024H2", id="at the base"),
        pytest.param("2027H2", "2028H1", id="over a leap day"),
        pytest.param("2028H1", "2028H2", id="within a leap year"),
    ],
)
def test_fractional_coefficients_are_exact_and_a_year_has_8760_hours(
    make_workspace, compute, base_period, period
):
    """Province a: 1000 cards of 314.6 TFLOPS, b: 7 cards of 0.1837, a standard card has 1979.

    Standard cards  a  314600/1979    = 158.969176… → 158.97
                    b  1.2859/1979    = 0.000649…   → 0.00
    Supply          a  × 8760         = 1392569.98…  → 1392570
                    b  11264.484/1979 = 5.692…      → 6
                    N  158.969826… × 8760 = 1392575.67… → 1392576
    Levels          a  1000 × 314600/314601.2859, by 11/10000: 286000000000/286001169 = 999.9959…
                    b  1000 × 1.2859/314601.2859, by 11/10000: 1169000/286001169 = 0.00408…

    A leap year of 8,784 hours would make the supply of a 1396385.24…
    """
    nodes = [("n1", "a", "N1", 1000), ("n2", "b", "tiny", 7)]
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]) + index_toml("S", "region", ["b"]),
        {base_period: nodes, period: nodes},
        models={"N1": "314.6", "tiny": "0.1837"},
        standard_card_tflops="1979",
        base_period=base_period,
    )

    document = compute(workspace, period)

    assert column(document, "standard_cards") == {"N": "158.97", "R": "158.97", "S": "0.00"}
    assert column(document, "supply_card_hours") == {"N": 1392576, "R": 1392570, "S": 6}
    assert column(document, "level_exact") == {
        "N": "1000/1",
        "R": "286000000000/286001169",
        "S": "1169000/286001169",
    }
    assert column(document, "level") == {"N": "1000.00", "R": "1000.00", "S": "0.00"}
    assert column(document, "share_pct") == {"N": "100.00", "R": "100.00", "S": "0.00"}


def test_models_are_weighted_by_their_rate(make_workspace, compute):
    """a: 4 cards of M and 6 of half a card = 7; b: 2 × 7 of half a card = 7. R = S = 500."""
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]) + index_toml("S", "region", ["b"]),
        {
            "2024H2": [
                ("n1", "a", "M", 4),
                ("n1", "a", "half", 6),
                ("n2", "b", "half", 7),
                ("n3", "b", "half", 7),
            ]
        },
    )

    document = compute(workspace, "2024H2")

    assert column(document, "standard_cards") == {"N": "14.00", "R": "7.00", "S": "7.00"}
    assert column(document, "level") == {"N": "1000.00", "R": "500.00", "S": "500.00"}


def test_counts_beyond_64_bits_stay_exact(make_workspace, compute):
    """Two rows of 2^63 − 1 cards in a, one card in b: 2^64 − 2 and 2^64 − 1 standard cards.

    R: 1000 × (2^64 − 2)/(2^64 − 1), by 5: 200 × 18446744073709551614/3689348814741910323.
    Supply of a: 18446744073709551614 × 8760 = 161593478085695672138640 card-hours.
    """
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]) + index_toml("S", "region", ["b"]),
        {
            "2024H2": [
                ("n1", "a", "M", 9223372036854775807),
                ("n2", "a", "M", 9223372036854775807),
                ("n3", "b", "M", 1),
            ]
        },
    )

    document = compute(workspace, "2024H2")

    assert column(document, "standard_cards") == {
        "N": "18446744073709551615.00",
        "R": "18446744073709551614.00",
        "S": "1.00",
    }
    assert column(document, "level_exact") == {
        "N": "1000/1",
        "R": "3689348814741910322800/3689348814741910323",
        "S": "200/3689348814741910323",
    }
    assert index(document, "R")["supply_card_hours"] == 161593478085695672138640
    assert index(document, "S")["supply_card_hours"] == 8760


def test_one_card_among_very_many_is_not_lost(make_workspace, compute):
    """a goes from 2^53 to 2^53 + 1 cards, which a binary float cannot tell apart.

    R: 1000 × (2^53 + 1)/2^53.
    """
    workspace = make_workspace(
        ["a"],
        index_toml("N", "national", ["a"]),
        {"2024H2": cards(a=9007199254740992), "2025H1": cards(a=9007199254740993)},
    )

    document = compute(workspace, "2025H1")

    assert index(document, "N")["level_exact"] == "1125899906842624125/1125899906842624"
    assert index(document, "N")["standard_cards"] == "9007199254740993.00"


# the hubs together


def test_hubs_together_count_a_province_once(make_workspace, compute):
    """Hubs a, b and b, c; cards a 10 → 20, b 20 → 25, c 30 → 35, d 40 → 45; nation 100 → 125.

    Together 80/125 = 64 % of the supply and 20/25 = 80 % of the increment. With b counted twice
    it would be 105/125 = 84 % and 25/25 = 100 %.
    """
    workspace = make_workspace(
        ["a", "b", "c", "d"],
        NATION_ABCD + index_toml("H", "hub", ["a", "b"]) + index_toml("J", "hub", ["b", "c"]),
        {"2024H2": cards(a=10, b=20, c=30, d=40), "2025H1": cards(a=20, b=25, c=35, d=45)},
    )

    assert compute(workspace, "2025H1")["hubs"] == {
        "share_pct": "64.00",
        "increment_share_pct": "80.00",
        "target_pct": 60,
        "provinces": ["a", "b", "c"],
    }
    assert compute(workspace, "2024H2")["hubs"] == {
        "share_pct": "60.00",
        "increment_share_pct": None,
        "target_pct": 60,
        "provinces": ["a", "b", "c"],
    }


def test_hubs_together_are_compared_like_for_like_when_a_hub_changes(make_workspace, compute):
    """Hub a, and a and b from 2025H1; cards a 10 → 20, b 20 → 30, c 70 → 50; nation 100 → 100.

    Nothing is added in the whole, so the share of the increment is null; in 2025H2 a 30, b 40,
    c 80 of 150: 70/150 = 46.67 % and (70 − 50)/50 = 40 %.
    """
    workspace = make_workspace(
        ["a", "b", "c"],
        NATION_ABC + index_toml("H", "hub", ["a"], {"2025H1": ["a", "b"]}),
        {
            "2024H2": cards(a=10, b=20, c=70),
            "2025H1": cards(a=20, b=30, c=50),
            "2025H2": cards(a=30, b=40, c=80),
        },
    )

    change, later = compute(workspace, "2025H1")["hubs"], compute(workspace, "2025H2")["hubs"]

    assert (change["share_pct"], change["increment_share_pct"]) == ("50.00", None)
    assert change["provinces"] == ["a", "b"]
    assert (later["share_pct"], later["increment_share_pct"]) == ("46.67", "40.00")


def test_without_hubs_there_is_nothing_to_say_of_them(make_workspace, compute):
    workspace = make_workspace(["a"], index_toml("N", "national", ["a"]), {"2024H2": cards(a=1)})

    assert "hubs" not in compute(workspace, "2024H2")


# contributions, exact


def define(code, kind, provinces, changes=()):
    return IndexDefinition(
        code=code,
        kind=kind,
        series=f"{kind} series",
        name=code,
        name_en=code,
        provinces=tuple(provinces),
        changes=tuple(ScopeChange(parse_period(start), tuple(scope)) for start, scope in changes),
    )


def chain(definitions, *supplies, released=None) -> list[dict[str, Observation]]:
    """Observations by code, one entry per half-year from 2024H2 on; base level 1000."""
    periods = [Period(2024, 2), Period(2025, 1), Period(2025, 2), Period(2026, 1)]
    exact = {
        period: {province: Fraction(value) for province, value in supply.items()}
        for period, supply in zip(periods, supplies, strict=False)
    }
    chained = chain_indices(definitions, exact, Fraction(1000), released)
    return [{seen.code: seen for seen in observations} for observations in chained.values()]


THREE_REGIONS = [
    define("N", "national", "abcd"),
    define("X", "region", "a", [("2025H2", "ac")]),
    define("Y", "region", "bc", [("2025H2", "b")]),
    define("Z", "region", "d"),
]


def test_contributions_of_three_regions_add_up_to_national_growth():
    """Supply a 10 → 15, b 20 → 20, c 30 → 24, d 40 → 48; nation 100 → 107.

    Contributions X 5/100, Y −6/100, Z 8/100, together 7/100; shares of the increment 5/7,
    −6/7, 8/7, together 1. Levels X 100 → 150, Y 500 → 440, Z 400 → 480.
    """
    _, now = chain(
        THREE_REGIONS,
        {"a": 10, "b": 20, "c": 30, "d": 40},
        {"a": 15, "b": 20, "c": 24, "d": 48},
    )

    contributions = {code: seen.link.contribution for code, seen in now.items()}
    assert contributions == {
        "N": Fraction(7, 100),
        "X": Fraction(5, 100),
        "Y": Fraction(-6, 100),
        "Z": Fraction(8, 100),
    }
    assert now["N"].growth == Fraction(7, 100)
    assert {code: seen.link.increment_share for code, seen in now.items()} == {
        "N": 1,
        "X": Fraction(5, 7),
        "Y": Fraction(-6, 7),
        "Z": Fraction(8, 7),
    }
    levels = {code: seen.level for code, seen in now.items()}
    assert levels == {"N": 1070, "X": 150, "Y": 440, "Z": 480}


def test_contributions_stay_additive_when_a_province_moves():
    """In 2025H2 c moves from Y to X; a 15 → 18, b 20 → 20, c 24 → 30, d 48 → 46; nation 107 → 114.

    X on a and c: (48 − 39)/107; Y on b: 0; Z −2/107; together 7/107, the growth of the nation.
    """
    *_, now = chain(
        THREE_REGIONS,
        {"a": 10, "b": 20, "c": 30, "d": 40},
        {"a": 15, "b": 20, "c": 24, "d": 48},
        {"a": 18, "b": 20, "c": 30, "d": 46},
    )

    assert {code: seen.link.contribution for code, seen in now.items()} == {
        "N": Fraction(7, 107),
        "X": Fraction(9, 107),
        "Y": Fraction(0),
        "Z": Fraction(-2, 107),
    }
    assert now["N"].growth == Fraction(7, 107)
    assert [now[code].status for code in "NXYZ"] == ["chained", "break", "break", "chained"]


def test_shares_of_the_increment_are_null_if_the_nation_stands_still():
    """a 10 → 15, c 30 → 25: contributions 5/100 and −5/100, and no increment to share in."""
    _, now = chain(
        THREE_REGIONS,
        {"a": 10, "b": 20, "c": 30, "d": 40},
        {"a": 15, "b": 20, "c": 25, "d": 40},
    )

    assert now["N"].growth == 0
    assert [now[code].link.contribution for code in "XYZ"] == [Fraction(1, 20), Fraction(-1, 20), 0]
    assert [now[code].link.increment_share for code in "NXYZ"] == [None] * 4


def test_a_nation_that_stands_still_has_null_shares_in_the_json(make_workspace, compute):
    """The case of the test above through the command line: a 10 → 15, b 30 → 25."""
    workspace = make_workspace(
        ["a", "b"],
        NATION_AB + index_toml("R", "region", ["a"]) + index_toml("S", "region", ["b"]),
        {"2024H2": cards(a=10, b=30), "2025H1": cards(a=15, b=25)},
    )

    document = compute(workspace, "2025H1")

    assert column(document, "increment_share_pct") == dict.fromkeys("NRS")
    assert column(document, "contribution_pp") == {"N": "0.00", "R": "12.50", "S": "-12.50"}
    assert column(document, "growth_pct") == {"N": "0.00", "R": "50.00", "S": "-16.67"}


def test_an_absent_province_is_an_error_of_the_pure_functions_too():
    with pytest.raises(KeyError, match="d"):
        chain(THREE_REGIONS, {"a": 1, "b": 1, "c": 1})


def test_an_observation_has_the_levels_and_supplies_of_both_periods():
    """Supply a 1 → 3, b 3 → 3, nation 4 → 6; from 2025H1 on R is b, at 3 → 3.

    N 1000, × 6/4 = 1500. R 1000 × 1/4 = 250, × 3/3 = 250 on another scope.
    """
    definitions = [
        define("N", "national", "ab", [("2026H1", "a")]),
        define("R", "region", "a", [("2025H1", "b")]),
    ]
    base, now = Period(2024, 2), Period(2025, 1)

    def supply(*amounts) -> SupplyLink:
        return SupplyLink(*map(Fraction, amounts))

    old, new = chain(definitions, {"a": 1, "b": 3}, {"a": 3, "b": 3})

    assert list(old.values()) == [
        Observation("N", base, "base", ("a", "b"), 1000, None, 1000, supply(4, 4)),
        Observation("R", base, "base", ("a",), 250, None, 1000, supply(1, 4)),
    ]
    assert list(new.values()) == [
        Observation("N", now, "chained", ("a", "b"), 1500, 1000, 1500, supply(6, 6, 4, 4)),
        Observation("R", now, "break", ("b",), 250, 250, 1500, supply(3, 6, 3, 4)),
    ]


@pytest.mark.parametrize(
    ("nation", "supplies", "released", "message"),
    [
        ("a", [(0, 1)], None, "no card is in service in the national index at the base 2024H2"),
        ("a", [(1, 0), (0, 1)], None, "no supply in the national index in 2025H1"),
        ("a", [(1, 0), (0, 1), (1, 1)], None, "no supply in the national index in 2025H1"),
        ("b", [(0, 1), (0, 0), (0, 1)], None, "no supply in the national index in 2025H1"),
        ("a", [(1, 1), (1, 1)], {"N": 0, "X": 1}, "no supply in the national index in 2024H2"),
        ("a", [(0, 1), (1, 1)], {"N": 1}, "no supply in the national index in 2024H2"),
    ],
    ids=["base", "seed", "link after a seed", "link", "released at zero", "seed of a release"],
)
def test_what_a_nation_at_zero_cannot_be_divided_by_is_refused(nation, supplies, released, message):
    """The nation is a or b, region X is b. Seeding X in 2025H1 would be 0 × 1/0."""
    definitions = [define("N", "national", nation), define("X", "region", "b")]
    frozen = released and {
        code: FrozenLevel(Fraction(level), (nation if code == "N" else "b",))
        for code, level in released.items()
    }

    with pytest.raises(DataError) as error:
        chain(definitions, *({"a": a, "b": b} for a, b in supplies), released=frozen)

    assert str(error.value).replace("base period", "base").startswith(message)
    assert error.value.code == ("E403" if "base" in message else "E404")


def test_what_cannot_be_divided_by_is_null_in_a_link():
    """0 → 1 in a nation 0 → 2: growth from zero and a contribution to it are null, the share of
    the increment is 1/2. Where the nation before is not known, neither has a value.
    """
    one, two, zero = Fraction(1), Fraction(2), Fraction(0)

    from_zero = SupplyLink(one, two, zero, zero)
    assert (from_zero.growth, from_zero.contribution) == (None, None)
    assert (from_zero.increment, from_zero.increment_share) == (1, Fraction(1, 2))

    unknown = SupplyLink(one, two, one, None)
    assert (unknown.growth, unknown.contribution, unknown.increment_share) == (0, None, None)


@pytest.mark.parametrize(
    ("level", "supply", "expected"),
    [(0, 0, 0), (0, 4, 0), (1200, 4, 300), (1200, 0, None)],
    ids=["at zero", "at zero, and supplied", "a quarter", "no share"],
)
def test_a_comparable_level_is_the_national_level_by_share(level, supply, expected):
    """1 card-hour of 4 is a quarter: of 1200 points 300; of a nation at zero it is zero."""
    link = SupplyLink(Fraction(1 if supply else 0), Fraction(supply))
    now = Period(2025, 1)
    seen = Observation("R", now, "chained", ("a",), Fraction(7), None, Fraction(level), link)

    assert seen.comparable_level == expected
    assert isinstance(seen.comparable_level, Fraction | None)


def test_the_supply_of_no_province_is_an_exact_zero():
    """A whole number in place of a fraction would make a binary float of the next division."""
    actual = sum_supply({"a": Fraction(1)}, ())

    assert (actual, type(actual)) == (0, Fraction)


def test_a_chain_is_taken_up_from_released_levels_on_the_scopes_of_then():
    """Released N 1200, R 500 on a and b, T 80 on a and on z, which the config no longer has.

    Supply a 1 → 2, b 3 → 3. S was not released and is seeded: 1200 × 3/4 = 900. Then N 1200 × 5/4
    = 1500, R on a alone 500 × 2/1 = 1000, S 900 × 3/3, T 80 × 2/1 = 160.
    """
    definitions = [
        define("N", "national", "ab", [("2026H2", "a")]),
        define("R", "region", "a"),
        define("S", "region", "b"),
        define("T", "hub", "a"),
    ]
    old, new = Period(2025, 1), Period(2025, 2)
    supplies = {
        old: {"a": Fraction(1), "b": Fraction(3)},
        new: {"a": Fraction(2), "b": Fraction(3)},
    }
    released = {
        "N": FrozenLevel(Fraction(1200), ("a", "b")),
        "R": FrozenLevel(Fraction(500), ("a", "b")),
        "T": FrozenLevel(Fraction(80), ("a", "z")),
    }

    chained = chain_indices(definitions, supplies, Fraction(1000), released)

    assert list(chained) == [old, new]
    first, second = ({seen.code: seen for seen in chained[period]} for period in (old, new))
    assert {code: (seen.level, seen.status) for code, seen in first.items()} == {
        "N": (1200, "chained"),
        "R": (500, "chained"),
        "S": (900, "reseeded"),
        "T": (80, "chained"),
    }
    assert {seen.period for seen in first.values()} == {old}
    assert {(seen.previous_level, seen.national_level) for seen in first.values()} == {(None, 1200)}
    assert [first[code].provinces for code in "NRST"] == [("a", "b"), ("a", "b"), ("b",), ("a",)]
    assert [first[code].link.supply for code in "NRST"] == [4, 4, 3, 1]
    assert {seen.link.national_supply for seen in first.values()} == {4}
    assert [second[code].level for code in "NRST"] == [1500, 1000, 900, 160]
    assert [second[code].status for code in "NRS"] == ["chained", "break", "chained"]
    assert [second[code].previous_level for code in "NRST"] == [1200, 500, 900, 80]
    assert [second[code].link.previous_supply for code in "NRST"] == [4, 1, 3, 1]
