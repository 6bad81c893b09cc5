"""Every figure of random workspaces, held against a second implementation of the methodology.

``CCI_TEST_FACTOR=100`` takes a hundred times as many workspaces, and says at the end how many
figures were compared.
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from conftest import COMPARED, REPOSITORY, examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from reference import (
    Change,
    Config,
    Figures,
    RefusedError,
    Workspace,
    percent,
    period_before,
    print_figures,
    print_number,
)
from workspaces import Change as ChangeOfConfig
from workspaces import Count, Desk, Publish, Story, stories

import cci_cli
from cci_cli.cli import main
from cci_cli.periods import parse_period
from cci_cli.rounding import round_exact

MEASURES = ("level", "growth", "share", "supply", "comparable")
#: The figures of one index that a table has, as the reference calls them.
NAMES = (
    *("status", "level", "previous_level", "comparable", "growth", "share", "contribution"),
    *("increment_share", "standard_cards", "supply", "previous_supply"),
)


@contextmanager
def acted_out(story: Story) -> Iterator[Desk]:
    """The workspace after all of a story, each release held against the reference."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(story, Path(folder))
        for event in story.events:
            match event:
                case Count():
                    assert desk.count(event) == 0
                case Publish():
                    publish(desk, story.periods[event.at])
                case ChangeOfConfig():
                    desk.change(event.settings)
        COMPARED["workspaces"] += 1
        yield desk


def publish(desk: Desk, period: str) -> None:
    """Release a period; it has every exact figure of the reference, or is refused like there."""
    before = Workspace(desk.root)
    expected = attempt(lambda: before.compute(period))
    base = before.config.base_period
    if period != base and period_before(period) not in before.releases:
        expected = expected if isinstance(expected, str) else "E406"
    code = desk.publish(period)
    assert code == (1 if isinstance(expected, str) else 0)
    if code == 0:
        release = Workspace(desk.root).releases[period]
        assert set(release.figures) == set(expected)
        for code, told in release.figures.items():
            compare("released", pick(told), pick(expected[code]))
        assert not before.find_unlike(expected, release)


def attempt(call: Callable[[], Any]) -> Any:
    """What is returned, or the code of the refusal."""
    try:
        return call()
    except RefusedError as refused:
        return refused.code
    except cci_cli.CciError as refused:
        return refused.code


def compare(kind: str, actual: object, expected: object) -> None:
    """Exactly the same; counts what was compared."""
    COMPARED[kind] += len(expected) if isinstance(expected, tuple | dict | list) else 1
    assert actual == expected, kind


def pick(told: Figures) -> tuple[Any, ...]:
    return (*(getattr(told, name) for name in NAMES), set(told.provinces))


def pick_computed(item: Any) -> tuple[Any, ...]:
    """The same figures of a row of ``compute``."""
    seen, link = item.observation, item.observation.link
    return (
        *(seen.status, seen.level, seen.previous_level, seen.comparable_level, seen.growth),
        *(link.share, link.contribution, link.increment_share, item.standard_cards, link.supply),
        *(link.previous_supply, set(seen.provinces)),
    )


def every_revision(reference: Workspace, story: Story) -> list[tuple[str, int | None]]:
    """All periods, also such as are not there, without and with the number of a revision."""
    refs: list[tuple[str, int | None]] = []
    for period in [period_before(story.periods[0]), *story.periods]:
        refs += [(period, None)]
        refs += [(period, number) for number in reference.revisions.get(period, [])]
    return refs


def name_ref(period: str, number: int | None) -> str:
    return period if number is None else f"{period}@r{number}"


def test_the_reference_gives_the_published_table_from_the_shipped_data():
    """Both implementations could misread the methodology alike; Table 2 is what was published."""
    reference = Workspace(REPOSITORY)
    with (Path(__file__).parent / "data" / "table2.csv").open(encoding="utf-8", newline="") as file:
        published = [(row[2], row[3]) for row in list(csv.reader(file))[1:]]

    figures = [
        print_figures(told, reference.config) for told in reference.compute("2025H1").values()
    ]
    assert [(row["previous_level"], row["level"]) for row in figures] == published
    hubs = [
        print_number(percent(ratio), 2, "half_up") for ratio in reference.compute_hubs("2025H1")
    ]
    assert hubs == ["78.36", "76.11"]


def test_the_comparison_of_the_shipped_data_is_that_of_the_reference():
    desk = SimpleNamespace(root=REPOSITORY)
    reference = Workspace(REPOSITORY)

    check_comparison(desk, reference, ("2024H2", None), ("2025H1", None), is_anew=False)
    check_comparison(desk, reference, ("2025H1", None), ("2024H2", None), is_anew=True)


def test_what_is_chained_from_a_table_in_print_is_that_of_the_reference(tmp_path):
    """Table 2 of 2024H2 taken over, with two decimals, and 2025H1 chained from it."""
    root = tmp_path / "workspace"
    for name in ("config", "snapshots"):
        shutil.copytree(REPOSITORY / name, root / name)
    table = Path(__file__).parent / "data" / "table2.csv"
    place = ("--by", "A", "--workspace", str(root))
    assert main(["publish", "2024H2", "--from-table", str(table), *place]) == 0

    desk, reference = SimpleNamespace(root=root), Workspace(root)
    for period in ("2024H2", "2025H1"):
        for is_anew in (False, True):
            check_table(desk, reference, period, None, is_anew=is_anew)
    anew = reference.compute("2024H2", from_snapshots=True)
    assert reference.find_unlike(anew, reference.releases["2024H2"]) == set()


@examples(4, suppress_health_check=list(HealthCheck))
@given(story=stories())
def test_every_table_and_every_series_has_the_figures_of_the_reference(story):
    with acted_out(story) as desk:
        reference = Workspace(desk.root)
        for period, number in every_revision(reference, story):
            for is_anew in (False, True):
                check_table(desk, reference, period, number, is_anew=is_anew)
        for is_anew in (False, True):
            check_series(desk, reference, is_anew=is_anew)


def check_table(
    desk: Desk, reference: Workspace, period: str, number: int | None, *, is_anew: bool
) -> None:
    expected = attempt(lambda: reference.compute(period, number, from_snapshots=is_anew))
    actual = attempt(
        lambda: cci_cli.compute(
            name_ref(period, number), workspace=desk.root, from_snapshots=is_anew
        )
    )
    if isinstance(expected, str) or isinstance(actual, str):
        compare("refusals", actual, expected)
        return
    rows = {item.definition.code: item for item in actual.indices}
    assert list(rows) == list(expected)
    for code, told in expected.items():
        compare("computed", pick_computed(rows[code]), pick(told))
    hubs = reference.compute_hubs(period, number, from_snapshots=is_anew)
    link = None if actual.hubs is None else actual.hubs.link
    compare("hubs", link and (link.share, link.increment_share), hubs)
    release = reference.releases.get(period)
    unlike = None if release is None else reference.find_unlike(expected, release)
    compare("standing", set(actual.changed_codes), unlike or set())
    compare("standing", actual.is_official, unlike == set())


def check_series(desk: Desk, reference: Workspace, *, is_anew: bool) -> None:
    expected = attempt(lambda: reference.series(from_snapshots=is_anew))
    for measure in MEASURES:
        actual = attempt(
            lambda measure=measure: cci_cli.series(
                measure=measure, workspace=desk.root, from_snapshots=is_anew
            )
        )
        if isinstance(expected, str) or isinstance(actual, str):
            compare("refusals", actual, expected)
            return
        assert list(map(str, actual.periods)) == list(expected)
        for period, figures in expected.items():
            for code in reference.config.indices:
                told = figures.get(code)
                value = None if told is None else getattr(told, measure)
                compare("series", actual.value(code, parse_period(period)), value)
    for period, figures in expected.items():
        point = parse_period(period)
        release = None if is_anew else reference.releases.get(period)
        is_official = release is not None and reference.is_printed_as_released(release)
        compare("standing", actual.history.is_official(point), is_official)
        for code in reference.config.indices:
            found, told = actual.history.find(code, point), figures.get(code)
            compare("status", found and found.status, told and told.status)


@examples(3, suppress_health_check=list(HealthCheck))
@given(story=stories(), data=st.data())
def test_every_level_on_another_base_is_that_of_the_reference(story, data):
    level = data.draw(st.sampled_from(["1", "100", "1000", "12.5", "0.000001", "123456789"]))
    with acted_out(story) as desk:
        reference = Workspace(desk.root)
        for period in [period_before(story.periods[0]), *story.periods]:
            for each in (False, True):
                is_anew = data.draw(st.booleans())
                expected = attempt(
                    lambda period=period, each=each, is_anew=is_anew: reference.rebase(
                        period, Fraction(level), each=each, from_snapshots=is_anew
                    )
                )
                actual = attempt(
                    lambda period=period, each=each, is_anew=is_anew: cci_cli.rebase(
                        period, level=level, each=each, workspace=desk.root, from_snapshots=is_anew
                    )
                )
                if isinstance(expected, str) or isinstance(actual, str):
                    compare("refusals", actual, expected)
                    continue
                for name, levels in expected.items():
                    for code, points in levels.items():
                        compare("rebased", actual.value(code, parse_period(name)), points)


@examples(3, suppress_health_check=list(HealthCheck))
@given(story=stories(), data=st.data())
def test_every_comparison_has_the_levels_parts_and_causes_of_the_reference(story, data):
    with acted_out(story) as desk:
        reference = Workspace(desk.root)
        refs = every_revision(reference, story)
        pairs = [(old, new) for old in refs for new in refs if old[0] != new[0] or old == new]
        # all spans of periods, and some of revisions
        plain = [pair for pair in pairs if pair[0][1] is None and pair[1][1] is None]
        chosen = data.draw(st.lists(st.sampled_from(plain), min_size=2, max_size=4, unique=True))
        chosen += data.draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=2, unique=True))
        for old, new in chosen:
            check_comparison(desk, reference, old, new, is_anew=data.draw(st.booleans()))
        revised = [(old, new) for old in refs for new in refs if old[0] == new[0] and old != new]
        if revised:
            check_revisions(desk, reference, *data.draw(st.sampled_from(revised)))


def check_comparison(
    desk: Desk,
    reference: Workspace,
    old: tuple[str, int | None],
    new: tuple[str, int | None],
    *,
    is_anew: bool,
) -> None:
    expected = attempt(
        lambda: reference.diff(
            old[0], new[0], old_number=old[1], new_number=new[1], from_snapshots=is_anew
        )
    )
    for by in ("node", "model", "province"):
        actual = attempt(
            lambda by=by: cci_cli.diff(
                name_ref(*old),
                name_ref(*new),
                by=by,
                top=0,
                workspace=desk.root,
                from_snapshots=is_anew,
            )
        )
        if isinstance(expected, str) or isinstance(actual, str):
            compare("refusals", actual, expected)
            return
        compare_drivers(actual.drivers, expected.drivers[by])
    compare("causes", drop_zeros(actual.causes), drop_zeros(expected.causes))
    for item in actual.indices:
        change = expected.changes[item.definition.code]
        compare("changes", pick_compared(item), pick_change(change))
        parts = item.scope, item.revision or 0
        # nothing revised is told as null or as zero; of an index that a release does not have
        # nobody knows what it was made of
        if change.from_level is not None:
            compare("changes", parts, (change.scope, change.revision))
    hubs = actual.hubs and (
        actual.hubs.to_share,
        actual.hubs.increment_share,
        actual.hubs.contribution,
    )
    assert (hubs is None) == (not reference.config.hubs)
    if hubs is not None:
        told = (expected.hub_share, expected.hub_increment_share, expected.hub_contribution)
        compare("hubs", hubs, told)


def check_revisions(
    desk: Desk, reference: Workspace, old: tuple[str, int | None], new: tuple[str, int | None]
) -> None:
    """Two revisions of a period: the levels under both, and every row that differs."""
    expected = attempt(lambda: [reference.compute(*ref) for ref in (old, new)])
    actual = attempt(
        lambda: cci_cli.diff(name_ref(*old), name_ref(*new), top=0, workspace=desk.root)
    )
    if isinstance(expected, str) or isinstance(actual, str):
        compare("refusals", actual, expected)
        return
    levels = {index.code: pair for index, *pair in actual.levels}
    told = {code: [side[code].level for side in expected] for code in expected[0]}
    compare("levels of revisions", levels, told)
    names = {"node_name": "name", "in_service_since": "since"}
    edits = {
        (edit.node_id, edit.model): (
            edit.edit,
            {
                names.get(name, name): tuple(None if side is None else str(side) for side in pair)
                for name, pair in edit.values.items()
            },
        )
        for edit in actual.edits
    }
    compare("edits", edits, reference.diff_rows(old[0], old[1], new[1]))


def pick_change(change: Change) -> tuple[Any, ...]:
    return (
        *(change.from_level, change.to_level, change.growth, change.contribution),
        *(change.increment_share, change.construction, change.discovery),
        change.restated_points,
    )


def pick_compared(item: Any) -> tuple[Any, ...]:
    """The same of an index in a comparison."""
    return (
        *(item.from_level, item.to_level, item.growth, item.contribution),
        *(item.increment_share, item.construction, item.discovery),
        item.restated_points,
    )


def drop_zeros(causes: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {cause: supply for cause, supply in causes.items() if supply}


def compare_drivers(actual: Any, expected: Mapping[tuple[str, ...], Any]) -> None:
    """All of them, the largest contribution first; what came to nothing may be left out."""
    sizes = [abs(driver.contribution) for driver in actual]
    assert sizes == sorted(sizes, reverse=True)
    found = {
        tuple(driver.key): (
            driver.cards,
            driver.supply,
            driver.contribution,
            drop_zeros(driver.causes),
        )
        for driver in actual
    }
    told = {
        key: (driver.cards, driver.supply, driver.contribution, drop_zeros(driver.causes))
        for key, driver in expected.items()
    }
    nothing = (0, 0, 0, {})
    for key in {*found, *told}:
        compare("drivers", found.get(key, nothing), told.get(key, nothing))


@examples(100, suppress_health_check=list(HealthCheck))
@given(
    half_units=st.integers(-(10**30), 10**30) | st.integers(-20, 20),
    decimals=st.integers(0, 6),
    rounding=st.sampled_from(["half_up", "half_even"]),
)
def test_ties_are_rounded_as_in_the_reference(half_units, decimals, rounding):
    """Every second one of these is a tie; in workspaces they are rare."""
    value = Fraction(half_units, 2 * 10**decimals)

    compare(
        "printed digits",
        f"{round_exact(value, decimals, rounding):f}",
        print_number(value, decimals, rounding),
    )


@examples(2, suppress_health_check=list(HealthCheck))
@given(story=stories(), data=st.data())
def test_every_printed_digit_is_rounded_once_from_the_exact_value(story, data):
    with acted_out(story) as desk:
        reference = Workspace(desk.root)
        periods = [period_before(story.periods[0]), *story.periods]
        for period in periods:
            check_printed_table(desk, reference, period)
        for measure in MEASURES:
            check_printed_series(desk, reference, measure)
        for period in periods:
            check_printed_rebase(desk, reference, period)
        old, new = (data.draw(st.sampled_from(periods)) for _ in range(2))
        check_printed_comparison(desk, reference, old, new)


def read_document(desk: Desk, expected: object, *arguments: str) -> dict[str, Any] | None:
    """The JSON of a command, its numbers as text; null where it is refused, as expected."""
    target = desk.root / "out.json"
    code = desk.run(*arguments, "--format", "json", "--output", target)
    compare("exit codes", code, 1 if isinstance(expected, str) else 0)
    if code:
        return None
    return json.loads(target.read_text("utf-8"), parse_float=str, parse_int=str)


def check_printed_table(desk: Desk, reference: Workspace, period: str) -> None:
    expected = attempt(lambda: reference.compute(period))
    document = read_document(desk, expected, "compute", period)
    if document is None:
        return
    for row in document["indices"]:
        told = expected[row["code"]]
        for name, text in print_figures(told, reference.config).items():
            compare("printed digits", row[name], text)
        compare("printed digits", Fraction(row["level_exact"]), told.level)


def check_printed_series(desk: Desk, reference: Workspace, measure: str) -> None:
    expected = attempt(reference.series)
    document = read_document(desk, expected, "series", "--measure", measure)
    if document is None:
        return
    for row in document["series"]:
        for period, figures in expected.items():
            told = figures.get(row["code"])
            value = None if told is None else getattr(told, measure)
            text = print_measure(value, measure, reference.config)
            compare("printed digits", row["values"][period], text)


def print_measure(value: Fraction | None, measure: str, config: Config) -> str | None:
    if measure in ("growth", "share"):
        value = percent(value)
    return print_number(value, 0 if measure == "supply" else config.decimals, config.rounding)


def check_printed_rebase(desk: Desk, reference: Workspace, base: str) -> None:
    expected = attempt(lambda: reference.rebase(base, Fraction(100), each=False))
    document = read_document(desk, expected, "rebase", base, "--level", "100")
    if document is None:
        return
    for row in document["series"]:
        for period, text in row["levels"].items():
            told = print_measure(expected[period][row["code"]], "level", reference.config)
            compare("printed digits", text, told)


def check_printed_comparison(desk: Desk, reference: Workspace, old: str, new: str) -> None:
    expected = attempt(lambda: reference.diff(old, new))
    document = read_document(desk, expected, "diff", old, new)
    if document is None:
        return
    for row in document["indices"]:
        change = expected.changes[row["code"]]
        is_told = change.from_level is not None and change.to_level is not None
        exact = {
            "from_level": change.from_level,
            "to_level": change.to_level,
            "change": change.to_level - change.from_level if is_told else None,
            "growth_pct": percent(change.growth),
            "contribution_pp": percent(change.contribution),
            "increment_share_pct": percent(change.increment_share),
        }
        for name, value in exact.items():
            compare("printed digits", row[name], print_measure(value, "level", reference.config))
