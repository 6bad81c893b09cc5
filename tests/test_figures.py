"""From exact values to the rows of a release and back, worked by hand on one region of a nation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from cci_cli import __version__
from cci_cli.definitions import IndexDefinition, Methodology, ScopeChange
from cci_cli.figures import (
    RELEASE_COLUMNS,
    Rounder,
    find_changed_codes,
    has_other_words,
    is_reworded,
    parse_release_rows,
    round_figures,
    to_printed_rows,
    to_provenance,
    to_release_rows,
)
from cci_cli.indices import FrozenLevel, Observation, SupplyLink
from cci_cli.periods import Period, PeriodRef
from cci_cli.results import IndexFigures, Release, Snapshot, SnapshotFacts

NOW = Period(2025, 1)
METHOD = Methodology(
    version="test",
    base_period=Period(2024, 2),
    base_level=Decimal(1000),
    standard_card_tflops=Decimal(100),
    hours_per_year=8760,
    decimals=2,
    rounding="half_up",
)
EVEN = replace(METHOD, rounding="half_even")
NATION = IndexDefinition("N", "national", "总", "全国", "Nation", ("a", "b", "c"), (), "Overall")
REGION = IndexDefinition("R", "region", "地区", "西北", "Northwest", ("a", "b"), (), "Regions")


def link(*amounts: int) -> SupplyLink:
    return SupplyLink(*map(Fraction, amounts))


#: Supply 30000 → 40000 card-hours in a nation of 100000 → 120000: R 250 × 4/3, N 1000 × 6/5.
FIGURES = (
    IndexFigures(
        NATION,
        Observation(
            *("N", NOW, "chained", ("a", "b", "c"), Fraction(1200), Fraction(1000)),
            national_level=Fraction(1200),
            link=link(120000, 120000, 100000, 100000),
        ),
        Fraction(1000, 73),
    ),
    IndexFigures(
        REGION,
        Observation(
            *("R", NOW, "break", ("a", "b"), Fraction(1000, 3), Fraction(250)),
            national_level=Fraction(1200),
            link=link(40000, 120000, 30000, 100000),
        ),
        Fraction(1000, 219),
    ),
)
BASE = (
    IndexFigures(
        NATION,
        Observation(
            *("N", NOW, "base", ("a", "b", "c"), Fraction(1000), None),
            national_level=Fraction(1000),
            link=link(8, 8),
        ),
        Fraction(1),
    ),
)


def release(rows, *, decimals=None) -> Release:
    """A release of these rows; its figures and levels are what they say."""
    levels = {
        row["code"]: FrozenLevel(Fraction(row["level_exact"]), tuple(row["provinces"].split("|")))
        for row in rows
    }
    return Release(
        ref=PeriodRef(NOW, 1),
        sha256="",
        rows=tuple(rows),
        levels=levels,
        figures=parse_release_rows(rows, NOW) if decimals is None else {},
        decimals=decimals,
        print_basis=None,
        base=(METHOD.base_period, METHOD.base_level),
        snapshots={},
        start=None,
        config_hashes={},
        is_demonstration=False,
        created="",
    )


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (METHOD, ("0.13", "12.50", "0.13", "0.1250", "3")),
        (EVEN, ("0.12", "12.50", "0.13", "0.1250", "2")),
    ],
    ids=["half_up", "half_even"],
)
def test_every_figure_is_rounded_by_the_method(method, expected):
    """1/8 with two places, as a ratio in per cent, 127/1000, with two more; 5/2 without any."""
    rounder = Rounder(method)

    eighth = Fraction(1, 8)
    actual = (rounder.points(eighth), rounder.percent(eighth), rounder.points(Fraction("0.127")))
    finer = (rounder.finely(eighth, 2), rounder.whole(Fraction(5, 2)))
    assert tuple(map(str, actual + finer)) == expected
    assert (rounder.points(None), rounder.percent(None)) == (None, None)
    # 1/800 is 0.125 %: a tie only once it is in per cent
    assert str(rounder.percent(Fraction(1, 800))) == expected[0]


def test_every_figure_of_a_row_of_a_release():
    """Share 4/12 and growth 4/3 − 1 are 33.33 %, the contribution is 1/10 = 10 pp, the share of
    the increment 1/2 = 50 %, the comparable level 1200/3 = 400; 40000 / 8760 = 4.566… cards.
    """
    _, row = to_release_rows(FIGURES, METHOD)

    assert list(row) == list(RELEASE_COLUMNS)
    assert row == {
        "code": "R",
        "kind": "region",
        "series": "地区",
        "name": "西北",
        "name_en": "Northwest",
        "status": "break",
        "provinces": "a|b",
        "previous_level": "250.00",
        "previous_level_exact": "250/1",
        "level": "333.33",
        "level_exact": "1000/3",
        "comparable_level": "400.00",
        "growth_pct": "33.33",
        "share_pct": "33.33",
        "contribution_pp": "10.00",
        "increment_share_pct": "50.00",
        "standard_cards": "4.57",
        "standard_cards_exact": "1000/219",
        "supply_card_hours": "40000",
        "supply_exact": "40000/1",
        "previous_supply_exact": "30000/1",
    }


def test_what_is_null_at_the_base_is_empty_in_a_row():
    (row,) = to_release_rows(BASE, METHOD)

    assert {name for name, text in row.items() if not text} == {
        *("previous_level", "previous_level_exact", "growth_pct", "contribution_pp"),
        *("increment_share_pct", "previous_supply_exact"),
    }


def test_a_small_figure_is_written_without_an_exponent():
    """Nothing moved: growth of 0 % with eight places is 0.00000000, not 0E-8."""
    still = replace(FIGURES[1].observation, link=link(40000, 120000, 40000, 120000))

    (row,) = to_release_rows([replace(FIGURES[1], observation=still)], replace(METHOD, decimals=8))

    assert (row["growth_pct"], row["contribution_pp"]) == ("0.00000000", "0.00000000")


@pytest.mark.parametrize("figures", [FIGURES, BASE], ids=["link", "base"])
def test_the_rows_of_a_release_are_read_back_exactly(figures):
    actual = parse_release_rows(to_release_rows(figures, METHOD), NOW)

    assert actual == {
        item.definition.code: (item.observation, item.standard_cards) for item in figures
    }


def test_names_are_in_the_language_asked_for():
    rounder = Rounder(METHOD)
    assert round_figures(FIGURES[1], rounder, "zh")["provinces"] == ["a", "b"]

    def words(index: IndexDefinition, lang) -> tuple[str, ...]:
        found = round_figures(replace(FIGURES[1], definition=index), rounder, lang)
        return found["series"], found["name"], found["name_en"]

    assert words(REGION, "zh") == ("地区", "西北", "Northwest")
    assert words(REGION, "en") == ("Regions", "Northwest", "Northwest")
    assert words(replace(REGION, series_en=None), "en") == ("地区", "Northwest", "Northwest")


def test_a_row_of_a_printed_table_has_the_level_alone():
    """On the provinces of the period: from 2025H1 on a and b, before and later others."""
    changes = (ScopeChange(NOW, ("a", "b")), ScopeChange(NOW.next, ("b",)))
    index = replace(REGION, provinces=("c",), changes=changes)

    (row,) = to_printed_rows([index], NOW, {"R": Decimal("62.50")})

    assert list(row) == list(RELEASE_COLUMNS)
    assert row == dict.fromkeys(RELEASE_COLUMNS, "") | {
        "code": "R",
        "kind": "region",
        "series": "地区",
        "name": "西北",
        "name_en": "Northwest",
        "level": "62.50",
        "level_exact": "125/2",
        "provinces": "a|b",
    }


def test_the_sources_of_figures_are_named_with_their_hashes():
    facts = SnapshotFacts(sha256="5a", rows=1, nodes=1)
    snapshot = Snapshot(PeriodRef(NOW, 2), facts, pl.DataFrame(), is_demonstration=False)
    printed = replace(release(to_release_rows(BASE, METHOD), decimals=2), sha256="c0")

    assert to_provenance({NOW: snapshot}, [printed], {"cci.toml": "99"}, METHOD) == {
        "snapshots": {"2025H1": {"revision": "r2", "sha256": "5a"}},
        "releases": {"2025H1": {"release": "r1", "sha256": "c0", "transcribed": True}},
        "config": {"cci.toml": "99"},
        "methodology": "test",
        "cci": __version__,
    }


# what differs from a release

ROWS = to_release_rows(FIGURES, METHOD)


def vary(code: str, **values: str) -> list[dict[str, str]]:
    """The rows with other values in that of one index."""
    return [row | values if row["code"] == code else row for row in ROWS]


def test_a_figure_makes_an_index_differ_and_a_word_does_not():
    released = release(ROWS)

    assert find_changed_codes(released, ROWS, "half_up") == ()
    words = vary("R", name="other", name_en="other", series="other")
    assert find_changed_codes(released, words, "half_up") == ()
    for column in ("supply_exact", "provinces", "kind", "growth_pct"):
        assert find_changed_codes(released, vary("R", **{column: "other"}), "half_up") == ("R",)


def test_an_index_on_one_side_alone_differs():
    nation, region = ROWS
    other = region | {"code": "A"}

    assert find_changed_codes(release(ROWS), [nation, other], "half_up") == ("A", "R")
    assert find_changed_codes(release([*ROWS, other]), [nation], "half_up") == ("A", "R")


@pytest.mark.parametrize(
    ("places", "row_places", "level", "rounding", "is_same"),
    [
        (2, None, "333.325", "half_up", True),
        (2, None, "333.335", "half_up", False),
        (2, None, "333.325", "half_even", False),
        (2, None, "333.3349", "half_up", True),
        (None, 2, "333.33", "half_up", True),
        (None, 2, "333.34", "half_up", False),
        (None, None, "333.33", "half_up", False),
        # the places of the release count
        (1, 2, "333.34", "half_up", True),
    ],
)
def test_of_printed_levels_the_digits_are_compared(places, row_places, level, rounding, is_same):
    """1000/3 is 333.33 with two places. 333.325 is a tie that goes up, or to the even digit 2."""
    rows = vary("R", level_exact=str(Fraction(level)), supply_exact="")

    changed = find_changed_codes(release(ROWS, decimals=places), rows, rounding, row_places)

    assert changed == (() if is_same else ("R",))


@pytest.mark.parametrize("word", ["name", "name_en", "series"])
def test_rows_that_name_an_index_otherwise_are_seen(word):
    assert not has_other_words(ROWS, vary("R", level="1"))
    assert has_other_words(ROWS, vary("R", **{word: "other"}))


def test_a_figure_that_is_printed_otherwise_today_rewords_a_release():
    """1000/3 with three places is 333.333. Another name, series or kind is no figure."""
    renamed = [NATION, replace(REGION, kind="hub", name="other", series="other", name_en="other")]

    assert not is_reworded(release(ROWS), renamed, METHOD)
    assert not is_reworded(release(ROWS), [*renamed, replace(REGION, code="new")], METHOD)
    assert is_reworded(release(ROWS), renamed, replace(METHOD, decimals=3))


def test_a_printed_level_with_other_places_today_rewords_its_release():
    printed = to_printed_rows([NATION, REGION], NOW, {"N": Decimal(1200), "R": Decimal("62.50")})
    as_today = [printed[0] | {"level": "1200.00"}, printed[1]]

    assert not is_reworded(release(as_today, decimals=2), [NATION, REGION], METHOD)
    assert is_reworded(release(printed, decimals=2), [NATION, REGION], METHOD)
    assert not is_reworded(release(printed, decimals=2), [REGION], METHOD)
