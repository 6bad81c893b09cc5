"""The law of a comparison turned round: every change is negated, and all still adds up."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import pytest
from conftest import examples
from hypothesis import assume, given
from hypothesis import strategies as st

from cci_cli.definitions import IndexDefinition, Methodology
from cci_cli.errors import DataError
from cci_cli.outcomes import DiffResult, Driver, HubDiff, IndexDiff
from cci_cli.periods import parse_period, parse_ref
from cci_cli.results import CAUSES
from cci_cli.reversals import reverse_diff

METHODOLOGY = Methodology(
    version="test",
    base_period=parse_period("2024H2"),
    base_level=Decimal(1000),
    standard_card_tflops=Decimal(100),
    hours_per_year=8760,
    decimals=2,
    rounding="half_up",
)
fractions = st.fractions(-1000, 1000, max_denominator=60)
levels = st.fractions(0, 2000, max_denominator=60)
ratios = st.fractions(0, 1, max_denominator=60)
causes = st.dictionaries(st.sampled_from(CAUSES), fractions, max_size=3)


def define(code, kind):
    return IndexDefinition(
        code=code, kind=kind, series=kind, series_en=kind, name=code, name_en=code, provinces=()
    )


@st.composite
def comparisons(draw):
    """A nation, and regions and drivers whose points divide up its change."""
    start = draw(levels.filter(bool))
    points = draw(st.lists(fractions, min_size=1, max_size=4))
    assume(start + sum(points) > 0)

    def index(number, change, old, new):
        parts = [draw(fractions) for _ in range(3)]
        return IndexDiff(
            define(str(number), "region" if number else "national"),
            old,
            new,
            change / start,
            draw(st.none() | fractions),
            *parts,
            draw(st.none() | fractions),
            draw(st.none() | fractions),
        )

    indices = [index(0, sum(points), start, start + sum(points))]
    indices += [index(i, change, draw(levels), draw(levels)) for i, change in enumerate(points, 1)]
    shares = [draw(st.none() | ratios) for _ in range(2)]
    hubs = HubDiff(1, ("a",), ("a", "b"), *shares, draw(fractions), draw(fractions), Decimal(60))
    return DiffResult(
        old=parse_ref("2024H2"),
        new=parse_ref("2025H2@r2"),
        methodology=METHODOLOGY,
        indices=tuple(indices),
        hubs=draw(st.none() | st.just(hubs)),
        causes=draw(causes),
        by="node",
        drivers=tuple(
            Driver((str(i),), draw(st.integers(-9, 9)), draw(causes), change / start, "name")
            for i, change in enumerate(points)
        ),
        notes=(),
        snapshots=(),
        releases=(),
        config_hashes=MappingProxyType({}),
        provinces=MappingProxyType({}),
    )


@examples(15)
@given(comparisons())
def test_every_change_is_negated(result):
    back = reverse_diff(result)

    assert (back.old, back.new) == (result.new, result.old)
    for there, item in zip(result.indices, back.indices, strict=True):
        assert item.to_level - item.from_level == there.from_level - there.to_level
        assert (item.construction, item.discovery) == (-there.construction, -there.discovery)
        assert item.scope == -there.scope
        assert item.revision == (None if there.revision is None else -there.revision)
        restated = there.restated_points
        assert item.restated_points == (None if restated is None else -restated)
        assert item.increment_share == there.increment_share
    assert back.causes == {cause: -supply for cause, supply in result.causes.items()}
    for there, driver in zip(result.drivers, back.drivers, strict=True):
        assert (driver.key, driver.name) == (there.key, there.name)
        assert (driver.cards, driver.supply) == (-there.cards, -there.supply)


@examples(15)
@given(comparisons())
def test_contributions_still_add_up_to_national_growth_exactly(result):
    back = reverse_diff(result)
    nation, *regions = back.indices

    assert nation.growth == Fraction(nation.to_level, nation.from_level) - 1
    assert nation.contribution == nation.growth
    assert sum(region.contribution for region in regions) == nation.growth
    assert sum(driver.contribution for driver in back.drivers) == nation.growth


@examples(15)
@given(comparisons())
def test_points_are_the_same_seen_from_either_side(result):
    """A contribution times the level it is measured on: what was added to the national level."""
    back = reverse_diff(result)
    old, new = result.indices[0].from_level, result.indices[0].to_level

    for there, item in zip(result.indices, back.indices, strict=True):
        assert item.contribution * new == -there.contribution * old
    if result.hubs is not None:
        assert back.hubs.contribution * new == -result.hubs.contribution * old


@examples(15)
@given(comparisons())
def test_turned_round_twice_it_is_what_it_was(result):
    back = reverse_diff(result)

    assert [note.code for note in back.notes] == ["N113"]
    assert replace(reverse_diff(replace(back, notes=())), notes=()) == result


@examples(15)
@given(comparisons())
def test_growth_from_zero_is_null(result):
    nation, *regions = result.indices
    gone = [replace(region, to_level=Fraction(0)) for region in regions]
    back = reverse_diff(replace(result, indices=(nation, *gone)))

    assert {region.growth for region in back.indices[1:]} == {None}


@examples(15)
@given(comparisons())
def test_from_a_nation_at_zero_nothing_is_turned_round(result):
    nation, *regions = result.indices
    with pytest.raises(DataError) as refused:
        reverse_diff(replace(result, indices=(replace(nation, to_level=Fraction(0)), *regions)))
    assert refused.value.code == "E404"
