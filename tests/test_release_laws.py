"""What must hold of releases whatever the data: laws of publishing, chaining and restating.

Periods run from 2024H2; provinces are a, b, c. Every example is a workspace of its own on disk.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from conftest import CCI_TOML, examples, index_toml, store, write_config
from hypothesis import given
from hypothesis import strategies as st

from cci_cli.commands.compute import compute
from cci_cli.commands.publish import publish
from cci_cli.commands.series import series
from cci_cli.commands.verify import verify
from cci_cli.results import ComputeResult

law = examples(3)

PROVINCES = ("a", "b", "c")
PERIODS = ("2024H2", "2025H1", "2025H2")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
INDICES = (
    index_toml("N", "national", PROVINCES)
    + index_toml("R", "region", ["a"], {"2025H2": ["a", "b"]})
    + index_toml("S", "hub", ["b", "c"])
    + index_toml("T", "hub", ["c"])
)

# c always has cards, so that the nation can be chained
COUNTS = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 9))
HISTORIES = st.tuples(*[COUNTS] * len(PERIODS))


@contextmanager
def workspace(history: tuple[tuple[int, ...], ...], seed: int = 0) -> Iterator[Path]:
    """A workspace with a snapshot for each period, its rows in an order made of ``seed``."""
    shuffle = random.Random(seed).shuffle  # noqa: S311 - an order, not a secret
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        settings_text = CCI_TOML.format(
            base_period="2024H2",
            base_level=1000,
            standard_card_tflops=100,
            decimals=2,
            rounding="half_up",
        )
        write_config(root, PROVINCES, INDICES, {"M": "100", "odd": "33.3"}, settings_text)
        for period, counts in zip(PERIODS, history, strict=True):
            put(root, period, counts, shuffle)
        yield root


def put(root: Path, period: str, counts: tuple[int, ...], shuffle=list) -> None:
    """Store the next revision: two models by province."""
    rows = [
        (f"node {province}", province, model, count * factor)
        for province, count in zip(PROVINCES, counts, strict=True)
        for model, factor in (("M", 1), ("odd", 2))
    ]
    shuffle(rows)
    store(root, period, rows)


def release(root: Path, period: str, **options: str) -> bool:
    """Publish a period; whether that made a release."""
    return publish(workspace=root, period=period, by="A", now=NOW, **options).is_new


def figures(result: ComputeResult) -> list[object]:
    """All exact figures of a result."""
    return [
        (item.observation, item.standard_cards, item.observation.comparable_level)
        for item in result.indices
    ]


def compute_all(root: Path, *, from_snapshots: bool = False) -> list[list[object]]:
    return [
        figures(compute(workspace=root, period=period, from_snapshots=from_snapshots))
        for period in PERIODS
    ]


@law
@given(history=HISTORIES)
def test_releasing_unchanged_data_changes_no_figure_of_any_period(history):
    with workspace(history) as root:
        before = compute_all(root)

        for period in PERIODS:
            release(root, period)
            assert compute_all(root) == before
        results = [compute(workspace=root, period=period) for period in PERIODS]
        assert all(result.is_official for result in results)
        found = verify(workspace=root)
        assert (found.is_sound, found.drifts, found.outdated) == (True, (), ())


@law
@given(history=HISTORIES, revised=HISTORIES)
def test_from_snapshots_is_as_if_nothing_had_ever_been_published(history, revised):
    with workspace(history) as root:
        for period in PERIODS:
            release(root, period)
        for period, counts in zip(PERIODS, revised, strict=True):
            put(root, period, counts)

        with workspace(revised) as fresh:
            assert compute_all(root, from_snapshots=True) == compute_all(fresh)


@law
@given(history=HISTORIES, seeds=st.tuples(st.integers(1, 99), st.integers(100, 199)))
def test_the_order_of_rows_changes_no_byte_of_a_release(history, seeds):
    written = []
    for seed in seeds:
        with workspace(history, seed) as root:
            for period in PERIODS:
                release(root, period)
            files = sorted(path for path in (root / "releases").rglob("*") if path.is_file())
            written.append([(path.relative_to(root), path.read_bytes()) for path in files])

    assert written[0] == written[1]


@law
@given(history=HISTORIES, revised=COUNTS)
def test_publishing_twice_and_restating_twice_are_publishing_and_restating_once(history, revised):
    with workspace(history) as root:
        assert release(root, "2024H2")
        assert not release(root, "2024H2")
        put(root, "2024H2", revised)

        is_changed = release(root, "2024H2", restate="revised")

        # twice as many cards in each place leave every level, not the supply
        assert is_changed == (revised != history[0])
        assert not release(root, "2024H2", restate="revised")
        assert not release(root, "2024H2")
        assert len(list((root / "releases/2024H2").iterdir())) == 1 + is_changed


@law
@given(history=HISTORIES, revised=st.tuples(COUNTS, COUNTS))
def test_a_released_level_stands_whatever_becomes_of_the_data(history, revised):
    with workspace(history) as root:
        release(root, "2024H2")
        release(root, "2025H1")
        frozen = [
            item.observation.level for item in compute(workspace=root, period="2025H1").indices
        ]
        for period, counts in zip(PERIODS, revised, strict=False):
            put(root, period, counts)

        result = compute(workspace=root, period="2025H2")

        assert [item.observation.previous_level for item in result.indices] == frozen
        # the links are those of the data of today alone
        today = compute(workspace=root, period="2025H2", from_snapshots=True)
        assert [item.observation.link for item in result.indices] == [
            item.observation.link for item in today.indices
        ]


@law
@given(history=HISTORIES, extra=COUNTS)
def test_what_is_back_cast_into_both_periods_of_a_link_cancels_out_where_it_is_all(history, extra):
    """Both periods get the same cards: nothing grows, whatever the released levels are."""
    with workspace(history) as root:
        release(root, "2024H2")
        for period in PERIODS[:2]:
            put(root, period, extra)

        result = compute(workspace=root, period="2025H1")

        for item in result.indices:
            seen = item.observation
            assert seen.link.growth in (0, None)
            if seen.status == "chained" and seen.link.supply:
                assert seen.level == seen.previous_level


@law
@given(history=HISTORIES)
def test_a_chain_cut_by_a_release_is_the_uncut_one_but_for_its_start(history):
    """Whether only the first, only the first two or no period is released."""
    chains = []
    for count in range(len(PERIODS)):
        with workspace(history) as root:
            for period in PERIODS[:count]:
                release(root, period)
            result = compute(workspace=root, period=PERIODS[-1])
            chains.append(figures(replace(result, start=None)))

    assert chains[0] == chains[1] == chains[2]


@law
@given(history=HISTORIES, released=st.integers(0, len(PERIODS)), revised=COUNTS)
def test_a_series_has_what_was_released_and_what_compute_gives_after(history, released, revised):
    with workspace(history) as root:
        frozen = {}
        for period in PERIODS[:released]:
            release(root, period)
            frozen[period] = figures(compute(workspace=root, period=period))
        put(root, PERIODS[max(released - 1, 0)], revised)

        found = series(workspace=root)

        for period in found.periods:
            points = found.history.points[period].values()
            actual = [
                (point.observation, point.standard_cards, point.measure("comparable"))
                for point in points
            ]
            today = figures(compute(workspace=root, period=str(period)))
            # observations of a released base are read back: nothing of them was rounded
            assert actual == frozen.get(str(period), today)
            assert found.history.is_official(period) == (str(period) in frozen)
