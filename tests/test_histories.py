"""Figures of one index over time, on the official base and on another, worked by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest

from cci_cli.definitions import IndexDefinition
from cci_cli.errors import DataError
from cci_cli.histories import History, HistoryPoint, RebaseResult, SeriesResult
from cci_cli.indices import Observation, SupplyLink
from cci_cli.periods import Period

BASE, NOW = Period(2024, 2), Period(2025, 1)
NATION = IndexDefinition("N", "national", "总", "全国", "Nation", ("a", "b"))
SEEN = Observation(
    *("R", NOW, "chained", ("a",), Fraction(700), Fraction(500), Fraction(1200)),
    SupplyLink(*map(Fraction, (3, 9, 2, 8))),
)
COMPUTED = HistoryPoint(SEEN.level, "chained", ("a",), SEEN, Fraction(1))
PRINTED = HistoryPoint(Fraction(500), "base", ("a",))
FIGURES = {
    "level": Fraction(700),
    "growth": Fraction(1, 2),
    "share": Fraction(1, 3),
    "supply": Fraction(3),
    "comparable": Fraction(400),
}


def history(*, reworded=(), is_relabelled=False, demonstrated=None) -> History:
    """R printed at the base and computed after; both periods are released."""
    sources = {name: SimpleNamespace(is_demonstration=name == demonstrated) for name in "rs"}
    methodology = SimpleNamespace(base_period=BASE, base_level=Decimal(1000))
    return History(
        config=SimpleNamespace(methodology=methodology, indices=(NATION,)),
        points={BASE: {"R": PRINTED}, NOW: {"R": COMPUTED}},
        releases={BASE: sources["r"], NOW: sources["r"]},
        snapshots={NOW: sources["s"]},
        print_bases=(),
        outdated=(),
        reworded=reworded,
        is_relabelled=is_relabelled,
    )


@pytest.mark.parametrize(("measure", "expected"), FIGURES.items())
def test_each_measure_is_a_figure_of_its_own(measure, expected):
    """Supply 2 → 3 of 8 → 9: growth 1/2, share 1/3, comparable 1200 × 1/3. Of print, the level."""
    series = SeriesResult(measure, (), (), history(), ())

    assert series.value("R", NOW) == expected
    assert series.value("R", BASE) == (500 if measure == "level" else None)
    assert series.value("S", NOW) is None


@pytest.mark.parametrize(
    ("period", "message"),
    [
        (BASE.previous, "2024H1 lies before the base period 2024H2"),
        (BASE, None),
        (NOW, None),
        (NOW.next, "2025H2"),
    ],
)
def test_a_history_reaches_from_the_base_to_its_last_period(period, message):
    if message is None:
        history().check_period(period)
        return
    with pytest.raises(DataError) as error:
        history().check_period(period)

    assert error.value.code == ("E401" if period < BASE else "E419")
    assert message in str(error.value)
    assert ("2025H1" in f"{error.value} {error.value.hint}") == (period > NOW)


def test_official_is_what_is_released_and_printed_as_today():
    assert history().is_all_official
    assert not history(is_relabelled=True).is_all_official
    reworded = history(reworded=(NOW,))
    assert (reworded.is_official(BASE), reworded.is_official(NOW)) == (True, False)
    assert not reworded.is_official(NOW.next)
    assert not reworded.is_all_official


@pytest.mark.parametrize(("source", "expected"), [(None, False), ("r", True), ("s", True)])
def test_one_invented_source_makes_a_demonstration(source, expected):
    assert history(demonstrated=source).is_demonstration is expected


def rebase(period=BASE, level="1000", *, is_each=False) -> RebaseResult:
    factors = {"N": Fraction(1, 7), "R": Fraction(1, 14), "S": None}
    return RebaseResult(period, Decimal(level), is_each, factors, history(), ())


def test_a_level_on_another_base_is_the_level_by_its_factor():
    """R 500 and 700 by 1/14; S has no factor, N no level."""
    result = rebase()

    assert (result.value("R", BASE), result.value("R", NOW)) == (Fraction(250, 7), 50)
    assert (result.value("S", NOW), result.value("N", NOW)) == (None, None)
    assert result.factor == Fraction(1, 7)
    assert rebase(is_each=True).factor is None


def test_the_official_base_is_that_of_the_config_for_all_indices():
    assert rebase().is_official_base
    others = (rebase(NOW), rebase(level="100"), rebase(is_each=True))
    assert not any(result.is_official_base for result in others)
