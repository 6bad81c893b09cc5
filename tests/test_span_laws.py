"""What must hold of every comparison of periods, whatever was released, revised and restated.

Every example is a workspace of its own on disk; R and S divide up the nation in every period.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from itertools import combinations
from pathlib import Path

from conftest import CCI_TOML, examples, index_toml, store, write_config
from hypothesis import given
from hypothesis import strategies as st

from cci_cli.commands.diff import diff
from cci_cli.commands.publish import publish
from cci_cli.commands.series import series
from cci_cli.outcomes import DiffResult, IndexDiff
from cci_cli.periods import parse_period
from cci_cli.releases import ReleaseShelf

law = examples(2)

PROVINCES = ("a", "b", "c")
PERIODS = ("2024H2", "2025H1", "2025H2", "2026H1")
PAIRS = tuple(combinations(PERIODS, 2))
INDICES = (
    index_toml("N", "national", PROVINCES)
    + index_toml("R", "region", ["a"], {"2025H2": ["a", "b"]})
    + index_toml("S", "region", ["b", "c"], {"2025H2": ["c"]})
    + index_toml("H", "hub", ["b", "c"])
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)

# c always has cards, so that the nation can be chained
COUNTS = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 9))
HISTORIES = st.tuples(*[COUNTS] * len(PERIODS))


def tell_events(told):
    """What happens after the first counts: a period is counted again, or, null, released.

    Three periods are released, and the second may be restated when the third rests on it.
    """
    restated, others = told
    restatement = [] if restated is None else [(1, restated), (1, None)]
    return [(0, None), (1, None), (2, None), *restatement, *others]


EVENTS = st.tuples(
    st.none() | COUNTS, st.lists(st.tuples(st.integers(0, 3), st.none() | COUNTS), max_size=4)
).map(tell_events)


@contextmanager
def workspace(history, events):
    """A workspace after some events."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        text = CCI_TOML.format(
            base_period="2024H2",
            base_level=1000,
            standard_card_tflops=100,
            decimals=2,
            rounding="half_up",
        )
        write_config(root, PROVINCES, INDICES, {"M": "100", "odd": "33.3"}, text)
        for period, counts in zip(PERIODS, history, strict=True):
            put(root, period, counts)
        for number, counts in events:
            if counts is None:
                release(root, PERIODS[number])
            else:
                put(root, PERIODS[number], counts)
        yield root


def put(root, period, counts):
    rows = [
        (f"node {province}", province, model, count * factor)
        for province, count in zip(PROVINCES, counts, strict=True)
        for model, factor in (("M", 1), ("odd", 2))
    ]
    store(root, period, rows)


def release(root, period):
    """Release a period, or restate it; nothing where the period before is not released."""
    shelf = ReleaseShelf(root)
    position = PERIODS.index(period)
    if position and parse_period(PERIODS[position - 1]) not in shelf.periods:
        return
    reason = "found" if parse_period(period) in shelf.periods else None
    publish(period, restate=reason, by="A", now=NOW, workspace=root)


def compare(root, pairs=PAIRS, **options) -> dict[tuple[str, str], DiffResult]:
    return {pair: diff(*pair, workspace=root, **options) for pair in pairs}


def parts(item: IndexDiff) -> Fraction:
    return item.construction + item.discovery + item.scope + (item.revision or 0)


@law
@given(history=HISTORIES, events=EVENTS)
def test_the_laws_of_comparisons(history, events):
    """All of them on the same workspaces: to make one takes longer than to look at it."""
    with workspace(history, events) as root:
        results = compare(root, by="node")
        check_levels_and_parts(root, results, is_anew=False)
        check_levels_and_parts(root, compare(root, from_snapshots=True), is_anew=True)
        for found in (results, compare(root, by="province")):
            check_contributions(root, found)
        check_that_comparisons_join_up(results)
        for (old, new), there in results.items():
            check_reversal(there, diff(new, old, workspace=root))


def check_levels_and_parts(root, results, *, is_anew):
    """Levels are those of the series; the parts lead from its supply to its supply."""
    levels = series(workspace=root, from_snapshots=is_anew)
    supply = series(workspace=root, measure="supply", from_snapshots=is_anew)
    periods = dict(zip(PERIODS, levels.periods, strict=True))
    for (old, new), result in results.items():
        first, last = periods[old], periods[new]
        for item in result.indices:
            code = item.definition.code
            assert item.from_level == levels.value(code, first)
            assert item.to_level == levels.value(code, last)
            assert parts(item) == supply.value(code, last) - supply.value(code, first)
            assert not (is_anew and (item.restated_points or item.revision is not None))


def check_contributions(root, results):
    """Contributions and what is restated add up to the change of the nation."""
    is_outdated = bool(ReleaseShelf(root).find_outdated())
    for result in results.values():
        nation, first, second, _ = result.indices
        restated = nation.restated_points / nation.from_level
        assert first.contribution + second.contribution == nation.contribution
        assert nation.contribution + restated == nation.growth
        assert sum(item.contribution for item in result.drivers) == nation.contribution
        done = nation.construction + nation.discovery
        assert sum(item.supply for item in result.drivers) == done
        assert sum(result.causes.values()) == done
        if not is_outdated:
            assert {item.restated_points for item in result.indices} == {0}


def check_that_comparisons_join_up(results):
    """Levels join up; points, restated points and every part add up over time."""

    def measure(result):
        start = result.indices[0].from_level
        return [
            (
                item.contribution * start,
                item.restated_points,
                item.construction,
                item.discovery,
                item.scope,
                item.revision or 0,
            )
            for item in result.indices
        ]

    for old, middle, new in combinations(PERIODS, 3):
        whole, first, second = (
            results[pair] for pair in ((old, new), (old, middle), (middle, new))
        )
        for there, item, back in zip(whole.indices, first.indices, second.indices, strict=True):
            assert item.to_level == back.from_level
            assert (there.from_level, there.to_level) == (item.from_level, back.to_level)
        for all_, before, after in zip(*map(measure, (whole, first, second)), strict=True):
            assert all_ == tuple(map(sum, zip(before, after, strict=True)))


def check_reversal(there, back):
    """Turned round, every change is negated."""
    for item, other in zip(there.indices, back.indices, strict=True):
        assert other.change == -item.change
        assert other.restated_points == -item.restated_points
        assert parts(other) == -parts(item)
        assert (other.revision is None) == (item.revision is None)
    nation = back.indices[0]
    restated = nation.restated_points / nation.from_level
    assert nation.contribution + restated == nation.growth
