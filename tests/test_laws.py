"""What must hold for any data: laws of the sums, the chain, shares and contributions.

Periods run from 2024H2; provinces are a, b, c, d. Supplies are whole or fractional.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import polars as pl
import pytest
from conftest import examples, index_toml
from hypothesis import assume, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cci_cli.config import read_config
from cci_cli.conversion import (
    CARD_COUNTS,
    merge_card_counts,
    tally_cards,
    to_standard_cards,
    to_supply,
)
from cci_cli.definitions import IndexDefinition, ScopeChange
from cci_cli.indices import Observation, SupplyLink, chain_indices, compute_link, measure_link
from cci_cli.nodefile import read_nodes
from cci_cli.periods import Period, periods_between

law = examples(40)

PROVINCES = ("a", "b", "c", "d")
BASE, LAST = Period(2024, 2), Period(2026, 1)
PERIODS = periods_between(BASE, LAST)
LEVEL = Fraction(1000)

Supplies = dict[Period, dict[str, Fraction]]


def define(code, kind, provinces, changes=()) -> IndexDefinition:
    return IndexDefinition(
        code=code,
        kind=kind,
        series=kind,
        name=code,
        name_en=code,
        provinces=tuple(provinces),
        changes=tuple(ScopeChange(start, tuple(scope)) for start, scope in changes),
    )


NATION = define("N", "national", PROVINCES)
PARTITION = [
    NATION,
    define("R", "region", "ac"),
    define("S", "region", "b"),
    define("T", "region", "d"),
]

FACTORS = st.fractions(min_value=Fraction(1, 50), max_value=10**6, max_denominator=50)
SCOPES = st.sets(st.sampled_from(PROVINCES), min_size=1).map(sorted)


def to_supplies(amounts: tuple[int, ...]) -> Supplies:
    """Supply of every province in every period, in thirds, from one flat row of whole numbers."""
    width = len(PROVINCES)
    return {
        period: {
            province: Fraction(amount, 3)
            for province, amount in zip(PROVINCES, amounts[start : start + width], strict=True)
        }
        for period, start in zip(PERIODS, range(0, len(amounts), width), strict=True)
    }


def is_never_zero(supplies: Supplies) -> bool:
    """Whether the nation has supply in every period."""
    return all(any(supply.values()) for supply in supplies.values())


CELLS = len(PERIODS) * len(PROVINCES)
POSITIVE = st.tuples(*[st.integers(1, 1000)] * CELLS).map(to_supplies)
ANY = st.tuples(*[st.integers(0, 5)] * CELLS).map(to_supplies).filter(is_never_zero)


@st.composite
def partitions(draw: Callable) -> list[IndexDefinition]:
    """The nation and two regions that divide it up, before and after a change in 2025H2."""
    start = Period(2025, 2)
    old = draw(st.sets(st.sampled_from(PROVINCES), min_size=1, max_size=3))
    new = draw(st.sets(st.sampled_from(PROVINCES), min_size=1, max_size=3))
    assume(old != new)

    def rest(scope: set[str]) -> list[str]:
        return [province for province in PROVINCES if province not in scope]

    return [
        NATION,
        define("R", "region", sorted(old), [(start, sorted(new))]),
        define("S", "region", rest(old), [(start, rest(new))]),
    ]


def chain(definitions, supplies, base_level=LEVEL) -> list[dict[str, Observation]]:
    """Observations by code, one entry per period."""
    chained = chain_indices(definitions, supplies, base_level)
    return [{seen.code: seen for seen in observations} for observations in chained.values()]


def levels(definitions, supplies, base_level=LEVEL) -> list[dict[str, Fraction]]:
    """Levels by code, one entry per period."""
    chained = chain(definitions, supplies, base_level)
    return [{code: seen.level for code, seen in by_code.items()} for by_code in chained]


# levels


@law
@given(supplies=ANY, scope=SCOPES)
def test_without_a_change_of_scope_a_level_is_its_supply_over_the_national_base(supplies, scope):
    chained = chain([NATION, define("H", "hub", scope)], supplies)

    base = sum(supplies[BASE].values())
    for period, by_code in zip(PERIODS, chained, strict=True):
        for code, provinces in (("N", PROVINCES), ("H", scope)):
            supply = sum(supplies[period][province] for province in provinces)
            assert by_code[code].level == 1000 * supply / base


@law
@given(supplies=ANY, scope=SCOPES)
def test_without_a_change_of_scope_levels_are_comparable(supplies, scope):
    for by_code in chain([NATION, define("H", "hub", scope)], supplies):
        for seen in by_code.values():
            assert seen.comparable_level == seen.level


@law
@given(supplies=POSITIVE, old=SCOPES, new=SCOPES)
def test_until_the_first_break_levels_are_comparable(supplies, old, new):
    assume(old != new)
    start = Period(2025, 2)

    chained = chain([NATION, define("H", "hub", old, [(start, new)])], supplies)

    for period, by_code in zip(PERIODS, chained, strict=True):
        hub = by_code["H"]
        assert (hub.status == "break") == (period == start)
        if period < start:
            assert hub.comparable_level == hub.level
        supply = sum(supplies[period][province] for province in hub.provinces)
        assert hub.comparable_level == 1000 * supply / sum(supplies[BASE].values())


@law
@given(supplies=ANY)
def test_levels_of_regions_add_up_to_the_national_level(supplies):
    for by_code in levels(PARTITION, supplies):
        assert by_code["R"] + by_code["S"] + by_code["T"] == by_code["N"]


@law
@given(supplies=POSITIVE, scope=SCOPES, factor=FACTORS)
def test_the_unit_of_supply_does_not_matter(supplies, scope, factor):
    definitions = [NATION, define("H", "hub", "ab", [(Period(2025, 1), scope)])]
    scaled = {
        period: {province: factor * value for province, value in supply.items()}
        for period, supply in supplies.items()
    }

    assert levels(definitions, scaled) == levels(definitions, supplies)


@law
@given(supplies=POSITIVE, factor=FACTORS)
def test_levels_are_proportional_to_the_base_level(supplies, factor):
    definitions = [NATION, define("H", "hub", "ab", [(Period(2025, 1), "bc")])]

    actual = levels(definitions, supplies, factor)

    for scaled, plain in zip(actual, levels(definitions, supplies, Fraction(1)), strict=True):
        assert scaled == {code: factor * level for code, level in plain.items()}


@law
@given(supplies=ANY)
def test_an_index_of_all_provinces_equals_the_nation(supplies):
    everywhere = define("A", "hub", reversed(PROVINCES))

    for by_code in chain([NATION, everywhere], supplies):
        actual, nation = by_code["A"], by_code["N"]
        assert actual.level == actual.comparable_level == nation.level
        assert actual.growth == nation.growth == nation.link.contribution
        assert (actual.link.share, nation.link.share) == (1, 1)


@law
@given(supplies=POSITIVE)
def test_constant_supply_gives_constant_levels(supplies):
    chained = chain(PARTITION, dict.fromkeys(PERIODS, supplies[BASE]))

    for by_code in chained[1:]:
        for code, seen in by_code.items():
            assert seen.level == seen.previous_level == chained[0][code].level
            assert (seen.growth, seen.link.contribution, seen.link.increment) == (0, 0, 0)
            assert seen.link.increment_share is None


@law
@given(supplies=POSITIVE, definitions=partitions())
def test_a_change_of_scope_moves_nothing_while_supply_stands_still(supplies, definitions):
    before, _, change, after = chain(definitions, dict.fromkeys(PERIODS, supplies[BASE]))

    for code in "RS":
        assert change[code].status == "break"
        assert (change[code].growth, change[code].link.contribution) == (0, 0)
        assert before[code].level == change[code].level == after[code].level


@law
@given(supplies=POSITIVE, definitions=partitions())
def test_a_change_of_scope_of_a_region_leaves_the_nation_alone(supplies, definitions):
    actual = [by_code["N"] for by_code in chain(definitions, supplies)]
    expected = [by_code["N"] for by_code in chain([NATION], supplies)]

    assert actual == expected


@law
@given(supplies=ANY, definitions=partitions())
def test_growth_is_that_of_the_unrounded_levels(supplies, definitions):
    for old, new in pairwise(chain(definitions, supplies)):
        for code, seen in new.items():
            assert seen.previous_level == old[code].level
            if not seen.previous_level:
                assert seen.growth is None
            elif seen.status != "reseeded" and seen.growth is not None:
                assert seen.growth == seen.level / seen.previous_level - 1


@law
@given(supplies=ANY, definitions=partitions())
def test_a_level_is_zero_exactly_where_there_is_no_supply(supplies, definitions):
    for by_code in chain(definitions, supplies):
        for seen in by_code.values():
            assert (seen.level == 0) == (seen.link.supply == 0)
            assert seen.level >= 0


@law
@given(supplies=ANY, definitions=partitions())
def test_a_reseeded_level_is_comparable(supplies, definitions):
    for by_code in chain(definitions, supplies):
        for seen in by_code.values():
            if seen.status == "reseeded":
                assert seen.level == seen.comparable_level
                assert seen.growth is None


@law
@given(supplies=POSITIVE, definitions=partitions())
def test_a_chain_may_be_taken_up_at_any_link(supplies, definitions):
    whole = chain(definitions, supplies)

    for position in range(1, len(PERIODS)):
        old, new = PERIODS[position - 1], PERIODS[position]
        released = {code: seen.level for code, seen in whole[position - 1].items()}
        link = compute_link(definitions, new, released, supplies[old], supplies[new])
        assert {seen.code: seen for seen in link} == whole[position]


@law
@given(supplies=POSITIVE, definitions=partitions(), order=st.permutations(range(3)))
def test_the_order_of_indices_changes_only_the_order(supplies, definitions, order):
    shuffled = [definitions[position] for position in order]

    chained = chain_indices(shuffled, supplies, LEVEL)

    for observations in chained.values():
        assert [seen.code for seen in observations] == [index.code for index in shuffled]
    assert chain(shuffled, supplies) == chain(definitions, supplies)


@law
@given(supplies=POSITIVE)
def test_the_order_of_provinces_changes_no_level(supplies):
    definitions = [NATION, define("H", "hub", "abc", [(Period(2025, 1), "bd")])]
    turned = [
        define("N", "national", reversed(PROVINCES)),
        define("H", "hub", "cba", [(Period(2025, 1), "db")]),
    ]

    assert levels(turned, supplies) == levels(definitions, supplies)


# shares and contributions


@law
@given(supplies=ANY, definitions=partitions())
def test_shares_of_regions_add_up_to_one(supplies, definitions):
    for by_code in chain(definitions, supplies):
        assert by_code["R"].link.share + by_code["S"].link.share == 1
        assert by_code["N"].link.share == 1


@law
@given(supplies=ANY, definitions=partitions())
def test_contributions_of_regions_add_up_to_national_growth(supplies, definitions):
    for by_code in chain(definitions, supplies)[1:]:
        parts = by_code["R"].link.contribution + by_code["S"].link.contribution
        nation = by_code["N"]
        assert parts == nation.growth == nation.link.contribution
        assert nation.growth == nation.level / nation.previous_level - 1


@law
@given(supplies=ANY, definitions=partitions())
def test_shares_of_the_increment_add_up_to_one_or_are_null(supplies, definitions):
    for by_code in chain(definitions, supplies)[1:]:
        parts = [by_code[code].link.increment_share for code in "RS"]
        if by_code["N"].growth == 0:
            assert parts == [None, None]
        else:
            assert sum(parts) == 1


@law
@given(supplies=ANY, definitions=partitions())
def test_comparable_levels_of_regions_add_up_even_after_a_break(supplies, definitions):
    for by_code in chain(definitions, supplies):
        parts = by_code["R"].comparable_level + by_code["S"].comparable_level
        assert parts == by_code["N"].level


@law
@given(supplies=POSITIVE, scope=SCOPES)
def test_a_contribution_is_the_growth_weighted_by_the_earlier_share(supplies, scope):
    for old, new in pairwise(chain([NATION, define("H", "hub", scope)], supplies)):
        weight = old["H"].link.share
        assert new["H"].link.contribution == new["H"].growth * weight


@law
@given(supplies=POSITIVE, scope=SCOPES)
def test_a_link_of_several_provinces_is_the_sum_of_theirs(supplies, scope):
    old, new = supplies[PERIODS[0]], supplies[PERIODS[1]]

    def measure(provinces) -> SupplyLink:
        return measure_link(provinces, PROVINCES, new, old)

    parts = [measure([province]) for province in scope]

    assert measure(scope).supply == sum(part.supply for part in parts)
    assert measure(scope).share == sum(part.share for part in parts)
    assert measure(scope).contribution == sum(part.contribution for part in parts)


# cards

Row = tuple[str, str, int, str]
COUNTS = st.one_of(st.integers(0, 1000), st.integers(2**62, 2**63 - 1))
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["M", "half", "third"]),
        COUNTS,
        st.sampled_from(["in_service", "in_service", "suspended", "retired"]),
    ),
    min_size=1,
    max_size=8,
)
COEFFICIENTS = {"M": Fraction(1), "half": Fraction(1, 2), "third": Fraction(1, 3)}


def to_frame(rows: list[Row]) -> pl.LazyFrame:
    schema = {"province": pl.String, "model": pl.String, "cards": pl.Int64, "status": pl.String}
    return pl.LazyFrame(rows, schema=schema, orient="row")


def count(rows: list[Row]) -> pl.DataFrame:
    tallies = tally_cards(to_frame(rows))
    assert tallies.get_column("rows").sum() == len(rows)
    return merge_card_counts([tallies.select(CARD_COUNTS.names())])


@law
@given(data=st.data(), rows=ROWS)
def test_the_order_of_rows_does_not_matter(data, rows):
    shuffled = data.draw(st.permutations(rows))

    assert_frame_equal(
        count(shuffled),
        count(rows),
    )


@law
@given(rows=ROWS, cut=st.integers(0, 8))
def test_where_a_file_is_cut_into_batches_does_not_matter(rows, cut):
    parts = [count(part) for part in (rows[:cut], rows[cut:])]

    assert_frame_equal(merge_card_counts(parts), count(rows))


@law
@given(rows=ROWS, kept=st.integers(0, 2**63 - 1))
def test_splitting_a_row_in_two_changes_nothing(rows, kept):
    province, model, cards, status = rows[0]
    kept = min(kept, cards)
    split = [(province, model, kept, status), *rows[1:], (province, model, cards - kept, status)]

    assert_frame_equal(count(split), count(rows))


@law
@given(rows=ROWS)
def test_rows_out_of_service_count_as_rows_without_cards(rows):
    emptied = [
        (province, model, cards if status == "in_service" else 0, "in_service")
        for province, model, cards, status in rows
    ]

    assert_frame_equal(
        count(emptied),
        count(rows),
    )


@law
@given(rows=ROWS)
def test_standard_cards_are_the_exact_sum_of_the_rows(rows):
    actual = to_standard_cards(count(rows), COEFFICIENTS)

    for province, total in actual.items():
        assert total == sum(
            COEFFICIENTS[model] * cards
            for place, model, cards, status in rows
            if (place, status) == (province, "in_service")
        )
    assert set(actual) == {province for province, *_ in rows}


@law
@given(rows=ROWS)
def test_supply_is_8760_hours_of_every_standard_card(rows):
    standard_cards = to_standard_cards(count(rows), COEFFICIENTS)

    supply = to_supply(standard_cards, 8760)

    assert {province: value / 24 / 365 for province, value in supply.items()} == standard_cards


# the same through files and the command line

NODES = {
    "2024H2": [
        ("n1", "a", "M", 3),
        ("n1", "a", "third", 5),
        ("n2", "b", "M", 7),
        ("n3", "b", "half", 11, "under_construction"),
        ("n4", "a", "M", 2),
    ],
    "2025H1": [
        ("n1", "a", "M", 3),
        ("n1", "a", "third", 8),
        ("n2", "b", "M", 7),
        ("n3", "b", "half", 11),
        ("n4", "a", "M", 1),
    ],
}
SPLIT_NODES = {
    period: [
        *(row for row in rows if row[0] != "n2"),
        ("n2 west", "b", "M", 4),
        ("n2 east", "b", "M", 3),
    ]
    for period, rows in NODES.items()
}


@pytest.fixture
def build(make_workspace):
    """A workspace of two provinces and two regions with the nodes given."""

    def run(name, nodes):
        indices = [("N", "national", ["a", "b"]), ("R", "region", ["a"]), ("S", "region", ["b"])]
        return make_workspace(
            ["a", "b"],
            "".join(index_toml(*index) for index in indices),
            nodes,
            models={"M": "1979", "half": "989.5", "third": "659.6"},
            standard_card_tflops="1979",
            name=name,
        )

    return run


@pytest.mark.parametrize("form", ["csv", "json", "table", "markdown"])
def test_the_order_of_rows_changes_no_byte_of_the_output(build, cci, form):
    plain = build("plain", NODES)
    turned = build("turned", {period: rows[::-1] for period, rows in NODES.items()})

    actual = cci("compute", "2025H1", "--format", form, workspace=turned)

    assert actual.code == 0
    assert actual == cci("compute", "2025H1", "--format", form, workspace=plain)


@pytest.mark.parametrize("form", ["csv", "table", "markdown"])
def test_splitting_a_node_changes_no_byte_of_the_output(build, cci, form):
    plain, split = build("plain", NODES), build("split", SPLIT_NODES)

    actual = cci("compute", "2025H1", "--format", form, workspace=split)

    assert actual.code == 0
    assert actual == cci("compute", "2025H1", "--format", form, workspace=plain)


@pytest.mark.parametrize("form", ["csv", "json", "table", "markdown"])
def test_computing_twice_gives_the_same_bytes(build, cci, form):
    workspace = build("workspace", NODES)

    actual = cci("compute", "2025H1", "--format", form, workspace=workspace)

    assert actual.code == 0
    assert actual == cci("compute", "2025H1", "--format", form, workspace=workspace)


def test_the_order_of_lines_in_a_file_changes_no_sum(build, tmp_path):
    config = read_config(build("workspace", NODES))
    lines = ["n1,,a,M,3,in_service", "n1,,a,half,5,in_service", "n2,,b,M,7,retired"]

    counts = []
    for name, rows in (("plain.csv", lines), ("turned.csv", lines[::-1])):
        text = "\n".join(["node_id,node_name,province,model,cards,status", *rows, ""])
        (tmp_path / name).write_text(text, encoding="utf-8")
        _, checked = read_nodes(tmp_path / name, name, config, BASE.as_of)
        counts.append(checked.card_counts)

    assert_frame_equal(*counts)
