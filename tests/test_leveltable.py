"""Levels read off a published table, to the letter; what rounding explains and what it does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from cci_cli.definitions import (
    Checks,
    Config,
    IndexDefinition,
    Methodology,
    Policy,
    Publication,
    ScopeChange,
)
from cci_cli.errors import ProblemList
from cci_cli.leveltable import decode_table, find_uneven_sum, parse_level_table
from cci_cli.periods import Period

BASE, NOW = Period(2024, 2), Period(2025, 1)


def define(code: str, kind: str, provinces: str, changes=()) -> IndexDefinition:
    return IndexDefinition(code, kind, kind, f"{code} 指数", code, tuple(provinces), changes)


CONFIG = Config(
    methodology=Methodology(
        version="test",
        base_period=BASE,
        base_level=Decimal(1000),
        standard_card_tflops=Decimal(100),
        hours_per_year=8760,
        decimals=2,
        rounding="half_up",
    ),
    checks=Checks(Decimal(50), Decimal(3), 100),
    policy=Policy(Decimal(60)),
    publication=Publication(),
    provinces=(),
    indices=(
        define("N", "national", "abc"),
        define("R", "region", "ab"),
        define("S", "region", "c"),
    ),
    models=(),
    hashes={},
)


def levels(**texts: str) -> dict[str, Decimal]:
    return {code: Decimal(text) for code, text in texts.items()}


@pytest.mark.parametrize(
    ("region", "expected"),
    [("600.015", None), ("600.016", "1000.016"), ("599.985", None), ("599.984", "999.984")],
)
def test_regions_may_be_off_by_half_a_unit_for_each_figure(region, expected):
    """Two regions and the nation, each off by 0.005 at most: 0.015 together, and not more."""
    found = find_uneven_sum(levels(N="1000", R=region, S="400"), CONFIG, BASE)

    assert found == (None if expected is None else Decimal(expected))


def test_without_decimals_half_a_unit_is_half_a_point():
    config = replace(CONFIG, methodology=replace(CONFIG.methodology, decimals=0))

    assert find_uneven_sum(levels(N="1000", R="601.5", S="400"), config, BASE) is None
    assert find_uneven_sum(levels(N="1000", R="602", S="400"), config, BASE) == 1002


@pytest.mark.parametrize("missing", ["N", "R", "S"])
def test_of_a_level_that_is_not_known_there_is_no_sum(missing):
    known = levels(N="1000", R="1", S="1")
    del known[missing]

    assert find_uneven_sum(known, CONFIG, BASE) is None


def test_only_regions_that_divide_up_the_nation_in_the_period_are_added():
    """From 2025H1 on S is b and c: b then counts twice. A hub is no region.

    The nation is to change too, later than both periods.
    """
    nation, first, second = CONFIG.indices
    nation = replace(nation, changes=(ScopeChange(NOW.next, ("a",)),))
    twice = replace(second, changes=(ScopeChange(NOW, ("b", "c")),))
    config = replace(CONFIG, indices=(nation, first, twice, define("H", "hub", "a")))
    uneven = levels(N="1000", R="1", S="1")

    assert find_uneven_sum(uneven, config, BASE) == 2
    assert find_uneven_sum(uneven, config, NOW) is None


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030")]
)
def test_a_table_is_in_one_of_two_encodings(encoding, name):
    assert decode_table("指数名称".encode(encoding)) == ("指数名称", name)


def test_a_table_in_neither_encoding_is_told_where_it_is_not_utf_8():
    problems = ProblemList("t.csv")

    assert parse_level_table(b"ab\xff\xff", CONFIG, BASE, None, problems) == {}
    (problem,) = problems.kept
    assert problem.code == "E310"
    assert "UTF-8 or GB18030" in problem.message
    assert "2" in problem.message


def read(lines: list[str], period: Period = NOW, before=None) -> tuple[dict, list[tuple]]:
    problems = ProblemList("t.csv")
    found = parse_level_table("\n".join(lines).encode(), CONFIG, period, before, problems)
    return found, [(item.code, item.line, item.column, item.value) for item in problems.kept]


HEADER = "系列,指数名称,2024年12月31日（上一期）, 2025年6月30日(最新)"


def test_the_level_of_a_period_is_read_from_its_column():
    """A level of the period before is looked at too, but is none of this period."""
    found, problems = read(
        [HEADER, "x,N 指数,1000.00, 1100.50 ", "x,r指数,—,600.00", "x,S 指数,0.50,0.00"]
    )

    assert (found, problems) == (levels(N="1100.50", R="600.00", S="0.00"), [])
    assert [str(level) for level in found.values()] == ["1100.50", "600.00", "0.00"]


@pytest.mark.parametrize(
    "text", ["1", "1.0", "1.000", "01.00", "1,000.00", "+1.00", "-1.00", "—", "", "1.00%", "１.00"]
)
def test_a_level_is_printed_with_its_places_and_nothing_else(text):
    rows = [f'x,{code} 指数,1.00,"{text if code == "R" else "1.00"}"' for code in "NRS"]

    found, problems = read([HEADER, *rows])

    assert set(found) == {"N", "S"}
    assert problems == [("E353", 3, " 2025年6月30日(最新)", text)]


@pytest.mark.parametrize(
    ("decimals", "example"), [(2, "a level with 2 decimals such as 1000.00"), (0, "such as 1000")]
)
def test_an_example_of_a_level_is_given(decimals, example):
    config = replace(CONFIG, methodology=replace(CONFIG.methodology, decimals=decimals))
    problems = ProblemList("t.csv")
    lines = [HEADER, *(f"x,{code} 指数,—,?" for code in "NRS")]

    parse_level_table("\n".join(lines).encode(), config, NOW, None, problems)

    assert [item.code for item in problems.kept] == ["E353"] * 3
    assert all((item.hint or "").endswith(example) for item in problems.kept)


def test_the_column_before_agrees_with_the_release_before():
    """R was released as 250.00, by whichever digits; S was not released, and may be anything."""
    rows = ({"code": "N", "level": "1000.0"}, {"code": "R", "level": "250.00"})
    before = SimpleNamespace(rows=rows, name="releases/2024H2/r1")
    lines = [HEADER, "x,N 指数,1000.00,1.00", "x,R 指数,251.00,2.00", "x,S 指数,7.00,3.00"]

    found, problems = read(lines, before=before)

    assert found == levels(N="1.00", R="2.00", S="3.00")
    assert problems == [("E355", 3, "2024年12月31日（上一期）", "251.00")]


def test_every_index_has_one_row():
    row = "x,{} 指数,1.00,1.00"
    rows = [row.format(code) for code in ("N", "R", "R", "Q")]

    found, problems = read([HEADER, *rows])

    assert set(found) == {"N", "R"}
    assert problems == [
        ("E352", 4, "指数名称", "R 指数"),
        ("E351", 5, "指数名称", "Q 指数"),
        ("E354", None, "指数名称", "S 指数"),
    ]


def test_a_row_of_another_length_may_be_that_of_the_index_that_is_missing():
    problems = ProblemList("t.csv")
    lines = [HEADER, "x,N 指数,1.00", "x,R 指数,1.00,1", "x,SS指数,1.00,1.00"]

    parse_level_table("\n".join(lines).encode(), CONFIG, NOW, None, problems)

    assert [(item.code, item.line, item.message) for item in problems.kept] == [
        ("E317", 2, "row has 3 fields, the header has 4 fields"),
        ("E353", 3, "not a level as printed"),
        ("E351", 4, "not an index of the config"),
    ]
    assert problems.kept[2].hint == "did you mean `S 指数`?"


@pytest.mark.parametrize("nation", ["1000.00", "1000.01"])
def test_the_nation_at_the_base_is_the_base_level(nation):
    header = "指数名称,2024年12月31日"
    rows = [
        f"{code} 指数,{level}" for code, level in (("N", nation), ("R", "1.00"), ("S", "999.00"))
    ]

    _, problems = read([header, *rows], BASE)

    assert problems == ([] if nation == "1000.00" else [("E356", None, "2024H2", nation)])


def test_at_the_base_the_regions_of_then_are_added():
    """From 2025H1 on S has a as well, and the regions no longer divide up the nation."""
    nation, first, second = CONFIG.indices
    second = replace(second, changes=(ScopeChange(NOW, ("a", "c")),))
    config = replace(CONFIG, indices=(nation, first, second))
    lines = ["指数名称,2024年12月31日", "N 指数,1000.00", "R 指数,1.00", "S 指数,1.00"]
    problems = ProblemList("t.csv")

    parse_level_table("\n".join(lines).encode(), config, BASE, None, problems)

    assert [(item.code, item.column) for item in problems.kept] == [("E357", "2024H2")]
    assert "add up to 2.00" in problems.kept[0].message


def test_a_table_without_names_is_told_which_column_it_needs():
    problems = ProblemList("t.csv")

    parse_level_table("2025年6月30日\n1.00".encode(), CONFIG, NOW, None, problems)

    (problem,) = problems.kept
    assert problem.code == "E315"
    assert (problem.hint or "").startswith("expected columns: 指数名称, …;")
