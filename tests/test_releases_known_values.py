"""Levels chained from releases, worked out by hand; the arithmetic stands in each test.

A card of model M is one standard card unless the test changes its rate, provinces are called a, b,
c; N is the nation, R covers a and S covers b. Numbers of the JSON are read as text.
"""

from __future__ import annotations

import csv
import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import REPOSITORY, index_toml, store, write_rates

Document = dict[str, Any]

NATION = index_toml("N", "national", ["a", "b"])
REGION_R, REGION_S = index_toml("R", "region", ["a"]), index_toml("S", "region", ["b"])
FAMILY = NATION + REGION_R + REGION_S
PUBLISHED = Path(__file__).parent / "data" / "table2.csv"


def cards(**counts: int) -> list[tuple[str, str, str, int]]:
    """One node per province: ``cards(a=3, b=0)``."""
    return [(f"node {province}", province, "M", count) for province, count in counts.items()]


@pytest.fixture
def compute(cci):
    """The document that ``cci compute`` prints, every number with a point as its text."""

    def run(workspace, period, *options) -> Document:
        outcome = cci(
            *("compute", period, "--format", "json", "--lang", "en", *options), workspace=workspace
        )
        assert (outcome.code, outcome.err) == (0, "")
        return json.loads(outcome.out, parse_float=str)

    return run


@pytest.fixture
def publish(cci):
    """Publish and expect it to work; returns what was said."""

    def run(workspace, period, *options) -> str:
        outcome = cci("publish", period, "--by", "A", *options, workspace=workspace)
        assert (outcome.code, outcome.out) == (0, ""), outcome.err
        return outcome.err

    return run


def column(document: Document, name: str) -> dict[str, Any]:
    """One figure of every index, by code."""
    return {index["code"]: index[name] for index in document["indices"]}


def pick(document: Document, code: str, *names: str) -> tuple[Any, ...]:
    """Some figures of one index."""
    index = next(item for item in document["indices"] if item["code"] == code)
    return tuple(index[name] for name in names)


def set_indices(workspace: Path, text: str) -> None:
    (workspace / "config" / "indices.toml").write_text(text, encoding="utf-8")


def write_table(path: Path, days: list[str], levels: dict[str, list[str]]) -> Path:
    """A table as published: ``write_table(path, ["2024年12月31日"], {"N": ["1000.00"]})``."""
    lines = [",".join(["系列", "指数名称", *days])]
    lines += [",".join(["s", f"{code} index", *values]) for code, values in levels.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# revisions after a release


@pytest.fixture
def revised(make_workspace, publish):
    """2024H2 released with a = 1, b = 3, then corrected to a = 2, b = 3; in 2025H1 a = 3, b = 3."""
    workspace = make_workspace(
        ["a", "b"], FAMILY, {"2024H2": cards(a=1, b=3), "2025H1": cards(a=3, b=3)}
    )
    publish(workspace, "2024H2")
    store(workspace, "2024H2", cards(a=2, b=3))
    return workspace


def test_a_correction_after_the_release_leaves_the_released_level_and_growth_is_like_for_like(
    revised, compute
):
    """Released: R 1000 × 1/4 = 250, S 750, N 1000. Corrected supply of 2024H2: a 2, b 3, N 5.

    R: 250 × 3/2 = 375, growth 50 % (against the uncorrected 1 card it would be 200 %, 750).
    S: 750 × 3/3 = 750, growth 0. N: 1000 × 6/5 = 1200, growth 20 %.
    Share of R 3/6; comparable level 1200 × 1/2 = 600; contribution of R (3 − 2)/5 = 20 pp.
    """
    document = compute(revised, "2025H1")

    assert column(document, "previous_level") == {"N": "1000.00", "R": "250.00", "S": "750.00"}
    assert column(document, "level_exact") == {"N": "1200/1", "R": "375/1", "S": "750/1"}
    assert column(document, "growth_pct") == {"N": "20.00", "R": "50.00", "S": "0.00"}
    figures = ("status", "share_pct", "comparable_level", "contribution_pp", "increment_share_pct")
    assert pick(document, "R", *figures) == ("chained", "50.00", "600.00", "20.00", "100.00")


def test_the_correction_is_noted_for_the_indices_it_reaches_and_no_others(revised, compute):
    """The correction moves a, hence R and N; S covers b alone. Levels no longer add up:

    375 + 750 = 1125 against 1200.
    """
    document = compute(revised, "2025H1")

    correction, additivity = document["notes"]
    assert correction == (
        "2024H2@r2 changed after releases/2024H2/r1, and with it the supply of 31 December 2024 of "
        "2 of the indices (N, R); the released levels are kept, growth compares both periods on "
        "the revised data."
    )
    assert additivity.startswith("30 June 2025: the regional levels add up to 1125.00, the nation")


def test_the_provenance_of_a_chained_table_names_release_and_revisions(revised, compute, cci):
    document = compute(revised, "2025H1")

    provenance = document["provenance"]
    assert {period: item["revision"] for period, item in provenance["snapshots"].items()} == {
        "2024H2": "r2",
        "2025H1": "r1",
    }
    release = json.loads((revised / "releases/2024H2/r1/datapackage.json").read_bytes())
    indices = next(item for item in release["resources"] if item["path"] == "indices.csv")
    assert provenance["releases"] == {
        "2024H2": {
            "release": "r1",
            "sha256": indices["hash"].removeprefix("sha256:"),
            "transcribed": False,
        }
    }
    assert (document["status"], document["release"]) == ("provisional", None)
    english = cci("compute", "2025H1", "--lang", "en", workspace=revised).out.splitlines()
    assert english[-1].startswith(
        "Snapshots 2024H2@r2, 2025H1@r1; chained from releases/2024H2/r1; methodology test;"
    )
    chinese = cci("compute", "2025H1", workspace=revised).out.splitlines()
    assert "上期点位 releases/2024H2/r1；" in chinese[-1]
    assert any(
        line.startswith(
            "releases/2024H2/r1 发布后 2024H2@r2 有变，2024年12月31日的供算量随之修订，"
            "涉及 2 个指数（N、R）；"
        )
        for line in chinese
    )


def test_from_snapshots_gives_what_today_s_data_alone_give(revised, compute):
    """Base from the corrected data: R 1000 × 2/5 = 400, S 600. Then R 600, S 600, N 1200."""
    document = compute(revised, "2025H1", "--from-snapshots")

    assert column(document, "previous_level") == {"N": "1000.00", "R": "400.00", "S": "600.00"}
    assert column(document, "level_exact") == {"N": "1200/1", "R": "600/1", "S": "600/1"}
    assert document["notes"] == []
    assert document["provenance"]["releases"] == {}


def test_the_released_period_itself_is_provisional_once_its_data_are_corrected(revised, compute):
    """Base from the corrected data: R 400, S 600; supply of N 5 × 8760 instead of 4 × 8760."""
    document = compute(revised, "2024H2")

    assert column(document, "level_exact") == {"N": "1000/1", "R": "400/1", "S": "600/1"}
    assert (document["status"], document["release"]) == ("provisional", "r1")
    assert document["notes"] == [
        "Provisional: the figures released as releases/2024H2/r1 differ from this table for "
        "3 of the indices (N, R, S); the released ones stand."
    ]


def test_a_rate_changed_in_the_catalogue_counts_on_both_sides_of_a_link(
    make_workspace, publish, compute
):
    """2024H2: a 1 M (100 TFLOPS) = 100, b 6 half = 300: R 250, S 750. Then M goes to 200.

    2025H1: a 2 M = 400, b 300; today 2024H2 is a 200, b 300.
    R: 250 × 400/200 = 500 (with the old rate below the line 250 × 400/100 = 1000).
    N: 1000 × 700/500 = 1400. S: 750.
    """
    workspace = make_workspace(
        ["a", "b"],
        FAMILY,
        {
            "2024H2": [("n", "a", "M", 1), ("m", "b", "half", 6)],
            "2025H1": [("n", "a", "M", 2), ("m", "b", "half", 6)],
        },
    )
    publish(workspace, "2024H2")
    write_rates(workspace, {"M": "200", "half": "50"})

    document = compute(workspace, "2025H1")

    assert column(document, "previous_level") == {"N": "1000.00", "R": "250.00", "S": "750.00"}
    assert column(document, "level_exact") == {"N": "1400/1", "R": "500/1", "S": "750/1"}
    assert column(document, "growth_pct") == {"N": "40.00", "R": "100.00", "S": "0.00"}
    # the cards are those of then, their rates are not
    assert document["notes"][0].startswith(
        "config/cards.csv changed after releases/2024H2/r1, and with it the supply of "
        "31 December 2024 of 2 of the indices (N, R); "
    )


def test_an_old_node_found_late_and_back_cast_is_no_growth(make_workspace, publish, compute):
    """a 1, b 3 in both periods; a node of 8 cards in a turns out to have run all along.

    Levels stay 250, 750, 1000: 250 × 9/9. Without the back-cast R would be 250 × 9/1 = 2250.
    """
    found = [*cards(a=1, b=3), ("late", "a", "M", 8)]
    workspace = make_workspace(
        ["a", "b"], FAMILY, {"2024H2": cards(a=1, b=3), "2025H1": cards(a=1, b=3)}
    )
    publish(workspace, "2024H2")
    store(workspace, "2024H2", found)
    store(workspace, "2025H1", found)

    document = compute(workspace, "2025H1")

    assert column(document, "level_exact") == {"N": "1000/1", "R": "250/1", "S": "750/1"}
    assert column(document, "growth_pct") == dict.fromkeys("NRS", "0.00")
    assert column(document, "contribution_pp") == dict.fromkeys("NRS", "0.00")


def test_a_period_two_after_the_last_release_is_chained_through_the_one_between(
    make_workspace, publish, compute
):
    """2024H2 released with a 1, b 3 and corrected to a 2, b 2; 2025H1 a 2, b 3; 2025H2 a 4, b 4.

    R: 250 × 2/2 = 250, × 4/2 = 500. S: 750 × 3/2 = 1125, × 4/3 = 1500.
    N: 1000 × 5/4 = 1250, × 8/5 = 2000.
    """
    workspace = make_workspace(
        ["a", "b"],
        FAMILY,
        {"2024H2": cards(a=1, b=3), "2025H1": cards(a=2, b=3), "2025H2": cards(a=4, b=4)},
    )
    publish(workspace, "2024H2")
    store(workspace, "2024H2", cards(a=2, b=2))

    document = compute(workspace, "2025H2")

    assert column(document, "previous_level") == {"N": "1250.00", "R": "250.00", "S": "1125.00"}
    assert column(document, "level_exact") == {"N": "2000/1", "R": "500/1", "S": "1500/1"}
    assert list(document["provenance"]["snapshots"]) == ["2024H2", "2025H1", "2025H2"]
    assert list(document["provenance"]["releases"]) == ["2024H2"]
    # supply of N was 4 then and is 4 now
    assert document["notes"][0].startswith(
        "2024H2@r2 changed after releases/2024H2/r1, and with it the supply of 31 December 2024 of "
        "2 of the indices (R, S); "
    )


def test_the_latest_release_before_the_period_is_the_start(make_workspace, publish, compute):
    """a 1, 2, 4; b 3. Both earlier periods are released; then both are corrected to a 4.

    Released R: 250, 500. 2025H2: 500 × 4/4 = 500 (from 2024H2 it would be 250 × 4/4 = 250).
    N: 1000 × 5/4 = 1250, × 7/7 = 1250. The first period is no longer needed.
    """
    workspace = make_workspace(
        ["a", "b"],
        FAMILY,
        {"2024H2": cards(a=1, b=3), "2025H1": cards(a=2, b=3), "2025H2": cards(a=4, b=3)},
    )
    publish(workspace, "2024H2")
    publish(workspace, "2025H1")
    store(workspace, "2024H2", cards(a=4, b=3))
    store(workspace, "2025H1", cards(a=4, b=3))

    document = compute(workspace, "2025H2")

    assert column(document, "level_exact") == {"N": "1250/1", "R": "500/1", "S": "750/1"}
    assert list(document["provenance"]["snapshots"]) == ["2025H1", "2025H2"]
    assert list(document["provenance"]["releases"]) == ["2025H1"]


def test_a_release_of_the_period_or_of_a_later_one_is_no_start(make_workspace, publish, compute):
    """a 1, 2, 4; b 3, all released: 2025H1 is still 250 × 2/1 = 500, chained from 2024H2."""
    workspace = make_workspace(
        ["a", "b"],
        FAMILY,
        {"2024H2": cards(a=1, b=3), "2025H1": cards(a=2, b=3), "2025H2": cards(a=4, b=3)},
    )
    for period in ("2024H2", "2025H1", "2025H2"):
        publish(workspace, period)

    document = compute(workspace, "2025H1")

    assert pick(document, "R", "previous_level", "level") == ("250.00", "500.00")
    assert list(document["provenance"]["releases"]) == ["2024H2"]
    assert (document["status"], document["release"], document["notes"]) == ("official", "r1", [])


# restatements


def test_after_a_restatement_the_next_period_is_chained_from_the_new_levels(
    make_workspace, publish, compute
):
    """2024H2: a 1, b 3 (R 250) released, corrected to a 2, b 2 and restated: R 500, S 500.

    2025H1: a 3, b 3. Before: R 250 × 3/2 = 375, S 750 × 3/2 = 1125. After: R 500 × 3/2 = 750,
    S 750. N 1000 × 6/4 = 1500 both times.
    """
    workspace = make_workspace(
        ["a", "b"], FAMILY, {"2024H2": cards(a=1, b=3), "2025H1": cards(a=3, b=3)}
    )
    publish(workspace, "2024H2")
    store(workspace, "2024H2", cards(a=2, b=2))

    before = compute(workspace, "2025H1")
    publish(workspace, "2024H2", "--restate", "b counted twice")
    after = compute(workspace, "2025H1")

    assert column(before, "level_exact") == {"N": "1500/1", "R": "375/1", "S": "1125/1"}
    assert column(after, "level_exact") == {"N": "1500/1", "R": "750/1", "S": "750/1"}
    assert after["provenance"]["releases"]["2024H2"]["release"] == "r2"
    assert after["notes"] == []


def test_a_restatement_reaches_a_later_release_only_by_its_own_restatement(
    make_workspace, publish, compute
):
    """a 1, 2, 4; b 3: R 250, 500, 1000. Then 2024H2 is restated with a 3, b 3: R 500.

    2025H1 released has R 500 until restated: 500 × 2/3 = 333.33. 2025H2 is chained from the
    release of 2025H1: 500 × 4/2 = 1000, after its restatement 1000/3 × 4/2 = 666.67.
    """
    workspace = make_workspace(
        ["a", "b"],
        FAMILY,
        {"2024H2": cards(a=1, b=3), "2025H1": cards(a=2, b=3), "2025H2": cards(a=4, b=3)},
    )
    publish(workspace, "2024H2")
    publish(workspace, "2025H1")
    store(workspace, "2024H2", cards(a=3, b=3))
    publish(workspace, "2024H2", "--restate", "nodes found")

    assert pick(compute(workspace, "2025H2"), "R", "level_exact") == ("1000/1",)
    publish(workspace, "2025H1", "--restate", "2024H2 was restated")
    document = compute(workspace, "2025H2")

    assert pick(document, "R", "previous_level", "level_exact") == ("333.33", "2000/3")


# levels known from print


@pytest.fixture
def transcribed(make_workspace, publish, tmp_path):
    """2024H2 from print: R 333.33, S 666.67; a 1, b 2, in 2025H1 a 2, b 2, in 2025H2 a 7, b 2."""
    workspace = make_workspace(
        ["a", "b"],
        FAMILY,
        {"2024H2": cards(a=1, b=2), "2025H1": cards(a=2, b=2), "2025H2": cards(a=7, b=2)},
    )
    table = write_table(
        tmp_path / "printed.csv",
        ["2024年12月31日"],
        {"N": ["1000.00"], "R": ["333.33"], "S": ["666.67"]},
    )
    publish(workspace, "2024H2", "--from-table", table, "--note", "as printed")
    return workspace


def test_the_chain_runs_on_the_printed_decimals_where_nothing_else_is_known(transcribed, compute):
    """R: 333.33 × 2/1 = 666.66 = 33333/50 (unrounded 1000/3 would give 666.67).

    S: 666.67 × 2/2 = 66667/100. N: 1000 × 4/3 = 4000/3.
    2025H2: R 666.66 × 7/2 = 2333.31 = 233331/100.
    """
    first, second = compute(transcribed, "2025H1"), compute(transcribed, "2025H2")

    assert column(first, "level_exact") == {"N": "4000/3", "R": "33333/50", "S": "66667/100"}
    assert pick(first, "R", "previous_level", "level") == ("333.33", "666.66")
    assert pick(second, "R", "level_exact", "level") == ("233331/100", "2333.31")


def test_what_is_chained_from_print_says_so(transcribed, compute, cci):
    for period in ("2025H1", "2025H2"):
        document = compute(transcribed, period)
        assert document["provenance"]["releases"]["2024H2"]["transcribed"] is True
        assert document["notes"][0] == (
            "releases/2024H2/r1 was transcribed from print with 2 decimals: the last digit of "
            "levels chained from it may be off."
        )
        # what supply was behind the printed levels is not known: nothing to call a revision
        assert not any("changed after" in note for note in document["notes"])
    table = cci("compute", "2025H1", workspace=transcribed).out
    assert "releases/2024H2/r1 系由公布表格转录，仅有 2 位小数" in table


def test_a_computed_period_that_agrees_in_print_is_official(transcribed, compute):
    """1000/3 prints 333.33, 2000/3 prints 666.67: as published."""
    document = compute(transcribed, "2024H2")

    assert column(document, "level_exact") == {"N": "1000/1", "R": "1000/3", "S": "2000/3"}
    assert (document["status"], document["release"], document["notes"]) == ("official", "r1", [])


@pytest.mark.parametrize(("rounding", "printed"), [("half_up", "63"), ("half_even", "62")])
def test_a_tie_agrees_with_print_under_the_rounding_of_the_config(
    make_workspace, publish, compute, tmp_path, rounding, printed
):
    """R 1000 × 1/16 = 62.5 prints 63 or, to the even digit, 62; S 1000 × 15/16 = 937.5 as 938."""
    snapshots = {"2024H2": cards(a=1, b=15)}
    workspace = make_workspace(["a", "b"], FAMILY, snapshots, decimals=0, rounding=rounding)
    levels = {"N": ["1000"], "R": [printed], "S": ["938"]}
    table = write_table(tmp_path / "printed.csv", ["2024年12月31日"], levels)
    publish(workspace, "2024H2", "--from-table", table)

    document = compute(workspace, "2024H2")

    assert pick(document, "R", "level_exact") == ("125/2",)
    assert document["status"] == "official"


def test_exact_levels_take_the_place_of_printed_ones_by_a_restatement(
    transcribed, publish, compute
):
    """R: 1000/3 × 2 = 2000/3, in print 666.67 instead of 666.66."""
    said = publish(transcribed, "2024H2", "--restate", "computed from the survey")

    document = compute(transcribed, "2025H1")
    assert "replaces releases/2024H2/r1" in said
    assert pick(document, "R", "level_exact", "level") == ("2000/3", "666.67")
    assert document["provenance"]["releases"]["2024H2"]["transcribed"] is False
    assert not any("transcribed" in note for note in document["notes"])


def test_a_printed_zero_cannot_be_chained_from(make_workspace, publish, compute, tmp_path):
    """a 1 of 1,000,000 prints 0.00. In 2025H1 a 4, b 999996: R 1000 × 4/10⁶ = 0.004, reseeded.

    Growth from a level of zero is not known, though supply is.
    """
    workspace = make_workspace(
        ["a", "b"], FAMILY, {"2024H2": cards(a=1, b=999_999), "2025H1": cards(a=4, b=999_996)}
    )
    levels = {"N": ["1000.00"], "R": ["0.00"], "S": ["1000.00"]}
    table = write_table(tmp_path / "printed.csv", ["2024年12月31日"], levels)
    publish(workspace, "2024H2", "--from-table", table)

    document = compute(workspace, "2025H1")

    figures = ("status", "previous_level", "level_exact", "growth_pct")
    assert pick(document, "R", *figures) == ("reseeded", "0.00", "1/250", None)


@pytest.fixture
def demonstration(tmp_path):
    """The config and the snapshots of the repository, without releases."""
    workspace = tmp_path / "demonstration"
    for folder in ("config", "snapshots"):
        shutil.copytree(REPOSITORY / folder, workspace / folder)
    return workspace


def read_published() -> list[list[str]]:
    """Series, name and the two levels of the published table."""
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_the_published_table_2_is_taken_over_to_the_digit(demonstration, publish):
    for position, period in ((2, "2024H2"), (3, "2025H1")):
        said = publish(demonstration, period, "--from-table", PUBLISHED)
        assert f"published releases/{period}/r1: 16 levels, transcribed, 2 decimals, " in said
        path = demonstration / "releases" / period / "r1" / "indices.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        expected = [(row[0], row[1], row[position]) for row in read_published()]
        assert len(expected) == 16
        assert [(row["series"], row["name"], row["level"]) for row in rows] == expected


def test_levels_chained_from_the_published_table_are_within_a_unit_of_the_last_place(
    demonstration, publish, compute
):
    """264.64 × 308.45…/264.64… prints 308.44: the error of at most 0.005 grows with the level.

    The table as printed does not suffice to compute its own second column; the note says so.
    """
    publish(demonstration, "2024H2", "--from-table", PUBLISHED)
    publish(demonstration, "2025H1", "--from-table", PUBLISHED)

    document = compute(demonstration, "2025H1")

    published = read_published()
    rows = document["indices"]
    assert [row["previous_level"] for row in rows] == [row[2] for row in published]
    off = [
        (row["code"], row["level"], printed[3])
        for row, printed in zip(rows, published, strict=True)
        if row["level"] != printed[3]
    ]
    assert ("700003.CCI", "308.44", "308.45") in off
    assert all(abs(Fraction(old) - Fraction(new)) == Fraction("0.01") for _, old, new in off)
    assert document["status"] == "provisional"
    codes = ", ".join(code for code, _, _ in off[:4])
    assert document["notes"][0] == (
        "Provisional: the figures released as releases/2025H1/r1 differ from this table for "
        f"{len(off)} of the indices ({codes}, …); the released ones stand."
    )
    assert "the last digit of levels chained from it may be off" in document["notes"][1]


def test_chained_from_the_exact_base_the_published_table_comes_out_in_print(
    demonstration, publish, compute, cci
):
    publish(demonstration, "2024H2", "--from-table", PUBLISHED)
    publish(demonstration, "2025H1", "--from-table", PUBLISHED)
    publish(demonstration, "2024H2", "--restate", "computed from the survey")

    document = compute(demonstration, "2025H1")

    assert [(row["previous_level"], row["level"]) for row in document["indices"]] == [
        (row[2], row[3]) for row in read_published()
    ]
    assert (document["status"], document["release"]) == ("official", "r1")
    table = cci("compute", "2025H1", workspace=demonstration).out
    assert "已发布 releases/2025H1/r1" in table


# indices defined, changed and removed across a release


def test_an_index_defined_after_the_release_is_seeded_there_as_national_level_times_share(
    make_workspace, publish, compute
):
    """2024H2 released without S; a 1, b 3; 2025H1 a 3, b 5.

    S at 2024H2: 1000 × 3/4 = 750; 2025H1: 750 × 5/3 = 1250. R 250 × 3 = 750. N 2000.
    """
    workspace = make_workspace(
        ["a", "b"], NATION + REGION_R, {"2024H2": cards(a=1, b=3), "2025H1": cards(a=3, b=5)}
    )
    publish(workspace, "2024H2")
    set_indices(workspace, FAMILY)

    document = compute(workspace, "2025H1")

    assert column(document, "previous_level") == {"N": "1000.00", "R": "250.00", "S": "750.00"}
    assert column(document, "level_exact") == {"N": "2000/1", "R": "750/1", "S": "1250/1"}
    assert pick(document, "S", "status", "growth_pct") == ("chained", "66.67")
    assert document["notes"] == [
        "S index in English: is not in releases/2024H2/r1; its level there is seeded as national "
        "level × share."
    ]


def test_an_index_defined_late_is_seeded_on_the_released_national_level(
    make_workspace, publish, compute
):
    """2024H2 a 1, b 3; 2025H1 a 2, b 6 released: N 2000. Then 2025H1 is corrected to a 4, b 4.

    T covers b: at 2025H1 2000 × 4/8 = 1000; at 2025H2 (a 4, b 12) 1000 × 12/4 = 3000.
    """
    workspace = make_workspace(
        ["a", "b"],
        NATION + REGION_R,
        {"2024H2": cards(a=1, b=3), "2025H1": cards(a=2, b=6), "2025H2": cards(a=4, b=12)},
    )
    publish(workspace, "2024H2")
    publish(workspace, "2025H1")
    store(workspace, "2025H1", cards(a=4, b=4))
    set_indices(workspace, NATION + REGION_R + index_toml("T", "hub", ["b"]))

    document = compute(workspace, "2025H2")

    assert pick(document, "T", "previous_level", "level_exact") == ("1000.00", "3000/1")
    assert pick(document, "N", "level_exact") == ("4000/1",)


def test_an_index_removed_after_the_release_is_gone_and_the_others_go_on(
    make_workspace, publish, compute
):
    """R 250 × 3/1 = 750, N 1000 × 8/4 = 2000; of 2024H2 the release still has S."""
    workspace = make_workspace(
        ["a", "b"], FAMILY, {"2024H2": cards(a=1, b=3), "2025H1": cards(a=3, b=5)}
    )
    publish(workspace, "2024H2")
    set_indices(workspace, NATION + REGION_R)

    later, released = compute(workspace, "2025H1"), compute(workspace, "2024H2")

    assert column(later, "level_exact") == {"N": "2000/1", "R": "750/1"}
    assert released["status"] == "provisional"
    assert "(S)" in released["notes"][0]


def test_a_change_of_scope_dated_after_the_release_moves_nothing_by_itself(
    make_workspace, publish, compute
):
    """a 1, b 3, c 4, nation 8, released: R (a) 125. From 2025H1 R covers a and b; a 2, b 6, c 4.

    R: 125 × (2 + 6)/(1 + 3) = 250, growth 100 %, status break. N: 1000 × 12/8 = 1500.
    Comparable level of R 1500 × 8/12 = 1000.
    """
    nation = index_toml("N", "national", ["a", "b", "c"])
    workspace = make_workspace(
        ["a", "b", "c"],
        nation + REGION_R,
        {"2024H2": cards(a=1, b=3, c=4), "2025H1": cards(a=2, b=6, c=4)},
    )
    publish(workspace, "2024H2")
    set_indices(workspace, nation + index_toml("R", "region", ["a"], {"2025H1": ["a", "b"]}))

    document = compute(workspace, "2025H1")

    figures = ("status", "previous_level", "level_exact", "growth_pct", "comparable_level")
    assert pick(document, "R", *figures) == ("break", "125.00", "250/1", "100.00", "1000.00")
    # the supply that was released is that of the scope of then
    assert not any("changed after" in note for note in document["notes"])
    assert any(
        "scope changed on 30 June 2025 from a in English to a in English, b" in note
        for note in document["notes"]
    )


@pytest.mark.parametrize(
    "region",
    [index_toml("R", "region", ["a", "b"]), index_toml("R", "region", ["a"], {"2025H1": "ab"})],
    ids=["from the start", "dated into the released period"],
)
def test_a_scope_changed_at_or_before_a_release_is_a_break_after_it(
    make_workspace, publish, compute, cci, region
):
    """Released: a 1 of 8, R 125; 2025H1 a 2, b 3, c 3, R 125 × 2/1 = 250, N 1000.

    Then R covers a and b as if it always had. 2025H2 a 4, b 6, c 6:
    R 250 × (4 + 6)/(2 + 3) = 500, growth 100 %; N 1000 × 16/8 = 2000; comparable 2000 × 10/16.
    """
    nation = index_toml("N", "national", ["a", "b", "c"])
    workspace = make_workspace(
        ["a", "b", "c"],
        nation + REGION_R,
        {
            "2024H2": cards(a=1, b=3, c=4),
            "2025H1": cards(a=2, b=3, c=3),
            "2025H2": cards(a=4, b=6, c=6),
        },
    )
    publish(workspace, "2024H2")
    publish(workspace, "2025H1")
    set_indices(workspace, nation + region)

    document = compute(workspace, "2025H2")

    figures = ("status", "previous_level", "level_exact", "growth_pct", "comparable_level")
    assert pick(document, "R", *figures) == ("break", "250.00", "500/1", "100.00", "1250.00")
    assert pick(document, "N", *figures[:3]) == ("chained", "1000.00", "2000/1")
    # what was released was measured on the scope of then: its supply was not revised
    assert not any("changed after" in note for note in document["notes"])
    told = "R index in English: scope changed on 31 December 2025 from a in English to a in English"
    assert any(note.startswith(told) for note in document["notes"])
    publish(workspace, "2025H2")
    with (workspace / "releases/2025H2/r1/indices.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    assert (rows["R"]["status"], rows["R"]["provinces"]) == ("break", "a|b")
    verified = cci("verify", "2025H2", workspace=workspace)
    assert (verified.code, "MISMATCH" in verified.out) == (0, False)


def test_a_scope_of_the_same_provinces_in_another_order_is_no_break(
    make_workspace, publish, compute
):
    """a 1, b 3, then a 2, b 6."""
    region = index_toml("T", "hub", ["a", "b"])
    workspace = make_workspace(
        ["a", "b"], NATION + region, {"2024H2": cards(a=1, b=3), "2025H1": cards(a=2, b=6)}
    )
    publish(workspace, "2024H2")
    set_indices(workspace, NATION + index_toml("T", "hub", ["b", "a"]))

    document = compute(workspace, "2025H1")

    assert pick(document, "T", "status", "level_exact") == ("chained", "2000/1")
    assert document["notes"] == []


# what stands behind a release stands behind all that is chained from it


def read_descriptor(workspace: Path, name: str) -> Document:
    return json.loads((workspace / "releases" / name / "datapackage.json").read_bytes())


def test_a_demonstration_is_carried_along_the_chain(make_workspace, publish, compute):
    """2024H2 released from invented nodes, which real ones then replace in every period."""
    workspace = make_workspace(["a", "b"], FAMILY)
    store(workspace, "2024H2", cards(a=1, b=3), is_demonstration=True)
    publish(workspace, "2024H2")
    store(workspace, "2024H2", cards(a=2, b=3))
    store(workspace, "2025H1", cards(a=3, b=3))
    store(workspace, "2025H2", cards(a=6, b=3))

    for start, period in (("2024H2", "2025H1"), ("2025H1", "2025H2")):
        note = compute(workspace, period)["notes"][-1]
        assert note.startswith(f"Demonstration data: releases/{start}/r1 hold invented nodes")
        publish(workspace, period)
    names = ("2024H2/r1", "2025H1/r1", "2025H2/r1")
    assert [read_descriptor(workspace, name)["demonstration"] for name in names] == [True] * 3
    # restated in their order, none of it is left
    for period in ("2024H2", "2025H1", "2025H2"):
        publish(workspace, period, "--restate", "surveyed")
        assert read_descriptor(workspace, f"{period}/r2")["demonstration"] is False
    assert not any("Demonstration" in note for note in compute(workspace, "2025H2")["notes"])


def test_print_is_carried_along_the_chain(transcribed, publish, compute):
    """R 333.33 × 2/1 = 666.66, released, × 7/2 = 2333.31."""
    basis = {"release": "releases/2024H2/r1", "decimals": 2}
    assert read_descriptor(transcribed, "2024H2/r1")["rests_on_print"] is None
    for period in ("2025H1", "2025H2"):
        assert compute(transcribed, period)["notes"][0] == (
            "releases/2024H2/r1 was transcribed from print with 2 decimals: the last digit of "
            "levels chained from it may be off."
        )
        said = publish(transcribed, period)
        assert f"r1: 3 levels, chained from print ({basis['release']}), " in said
        assert read_descriptor(transcribed, f"{period}/r1")["rests_on_print"] == basis
        assert read_descriptor(transcribed, f"{period}/r1")["transcribed_decimals"] is None
    assert list(compute(transcribed, "2025H2")["provenance"]["releases"]) == ["2025H1"]
    # restated in their order, none of it is left
    for period in ("2024H2", "2025H1", "2025H2"):
        said = publish(transcribed, period, "--restate", "computed from the survey")
        assert "r2: 3 levels, exact, " in said
        assert read_descriptor(transcribed, f"{period}/r2")["rests_on_print"] is None
    notes = compute(transcribed, "2025H2")["notes"]
    assert not any("transcribed" in note for note in notes)


# zero, and how digits are rounded


def test_a_released_zero_is_reseeded_when_supply_comes(make_workspace, publish, compute):
    """a 0, 0, 2; b 4, 4, 6. R: 0, 0, then 2000 × 2/8 = 500. N: 1000, 1000, 1000 × 8/4 = 2000."""
    workspace = make_workspace(
        ["a", "b"],
        FAMILY,
        {"2024H2": cards(a=0, b=4), "2025H1": cards(a=0, b=4), "2025H2": cards(a=2, b=6)},
    )
    publish(workspace, "2024H2")
    publish(workspace, "2025H1")

    document = compute(workspace, "2025H2")

    figures = ("status", "previous_level", "level_exact", "growth_pct")
    assert pick(document, "R", *figures) == ("reseeded", "0.00", "500/1", None)


def test_a_release_of_a_reseeded_level_is_chained_from_like_any_other(
    make_workspace, publish, compute
):
    """a 0, 2, 3; b 4, 6, 6. R: 0, 2000 × 2/8 = 500 reseeded, 500 × 3/2 = 750."""
    workspace = make_workspace(
        ["a", "b"],
        FAMILY,
        {"2024H2": cards(a=0, b=4), "2025H1": cards(a=2, b=6), "2025H2": cards(a=3, b=6)},
    )
    publish(workspace, "2024H2")
    publish(workspace, "2025H1")

    document = compute(workspace, "2025H2")

    figures = ("status", "previous_level", "level_exact", "growth_pct")
    assert pick(document, "R", *figures) == ("chained", "500.00", "750/1", "50.00")


def test_an_index_that_fell_to_zero_after_a_release_is_at_zero(make_workspace, publish, compute):
    """a 1 → 0, b 3 → 3: R 250 × 0/1 = 0, growth −100 %; its contribution is −1/4 = −25 pp."""
    workspace = make_workspace(
        ["a", "b"], FAMILY, {"2024H2": cards(a=1, b=3), "2025H1": cards(a=0, b=3)}
    )
    publish(workspace, "2024H2")

    document = compute(workspace, "2025H1")

    figures = ("status", "level", "level_exact", "growth_pct", "contribution_pp")
    assert pick(document, "R", *figures) == ("chained", "0.00", "0/1", "-100.00", "-25.00")


@pytest.mark.parametrize(("rounding", "printed"), [("half_up", "312.63"), ("half_even", "312.62")])
def test_a_release_prints_by_the_rounding_of_the_config_and_keeps_the_exact_level(
    make_workspace, publish, compute, rounding, printed
):
    """a 2501 of 8000: R 1000 × 2501/8000 = 312.625, a tie; then × 5002/2501 = 625.25."""
    workspace = make_workspace(
        ["a", "b"],
        FAMILY,
        {"2024H2": cards(a=2501, b=5499), "2025H1": cards(a=5002, b=5499)},
        rounding=rounding,
    )
    publish(workspace, "2024H2")

    with (workspace / "releases/2024H2/r1/indices.csv").open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["code"] == "R")
    assert (row["level"], row["level_exact"]) == (printed, "2501/8")
    document = compute(workspace, "2025H1")
    assert pick(document, "R", "previous_level", "level") == (printed, "625.25")


# what cannot be chained


def test_a_release_on_another_base_is_not_chained_from(make_workspace, publish, cci):
    workspace = make_workspace(
        ["a", "b"], FAMILY, {"2024H2": cards(a=1, b=3), "2025H1": cards(a=3, b=5)}
    )
    publish(workspace, "2024H2")
    settings = workspace / "config/cci.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("base_level = 1000", "base_level = 100"), encoding="utf-8")

    for verb in (("compute", "2025H1"), ("publish", "2025H1", "--by", "A")):
        refused = cci(*verb, workspace=workspace)
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith(
            "error: `releases/2024H2/r1` is on the base 2024H2 = 1000, the config on 2024H2 = 100 "
            "[E408]\n"
        )
    # data alone are not on a base yet
    assert cci("compute", "2025H1", "--from-snapshots", workspace=workspace).code == 0


def test_a_release_before_the_base_of_today_is_no_start(make_workspace, publish, compute, cci):
    """The base moves to 2025H1, a 3, b 5: R 1000 × 3/8 = 375. 2025H2, a 6, b 5: R 750."""
    workspace = make_workspace(
        ["a", "b"],
        FAMILY,
        {"2024H2": cards(a=1, b=3), "2025H1": cards(a=3, b=5), "2025H2": cards(a=6, b=5)},
    )
    publish(workspace, "2024H2")
    settings = workspace / "config/cci.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"2024H2"', '"2025H1"'), encoding="utf-8")

    assert pick(compute(workspace, "2025H1"), "R", "status", "level") == ("base", "375.00")
    publish(workspace, "2025H1")
    assert pick(compute(workspace, "2025H2"), "R", "level_exact") == ("750/1",)
    verified = cci("verify", workspace=workspace)
    assert verified.code == 0
    assert (
        "drift releases/2024H2/r1: not known: `releases/2024H2/r1` is on the base 2024H2 = 1000, "
        "the config on 2025H1 = 1000\n"
    ) in verified.out


def test_a_release_without_the_nation_of_today_is_not_chained_from(make_workspace, publish, cci):
    workspace = make_workspace(
        ["a", "b"], FAMILY, {"2024H2": cards(a=1, b=3), "2025H1": cards(a=3, b=5)}
    )
    publish(workspace, "2024H2")
    set_indices(workspace, index_toml("M", "national", ["a", "b"]) + REGION_R)

    refused = cci("compute", "2025H1", workspace=workspace)

    assert (refused.code, refused.out) == (1, "")
    assert "`releases/2024H2/r1` has no level of M, the national index" in refused.err
    assert "[E409]" in refused.err


def test_nothing_is_chained_while_a_release_of_the_row_is_missing(revised, publish, cci):
    publish(revised, "2024H2", "--restate", "corrected")
    shutil.rmtree(revised / "releases/2024H2/r1")

    for options in ([], ["--from-snapshots"]):
        refused = cci("compute", "2025H1", *options, workspace=revised)
        assert (refused.code, refused.out) == (1, "")
        assert "releases/2024H2/r1` is missing, and r2 is there [E308]" in refused.err


def test_a_release_without_a_snapshot_cannot_be_chained_from_and_the_error_names_it(
    make_workspace, publish, cci, tmp_path
):
    """The ratio needs both supplies: a level alone is not enough."""
    workspace = make_workspace(["a", "b"], FAMILY, {"2025H1": cards(a=3, b=5)})
    levels = {"N": ["1000.00"], "R": ["250.00"], "S": ["750.00"]}
    table = write_table(tmp_path / "printed.csv", ["2024年12月31日"], levels)
    publish(workspace, "2024H2", "--from-table", table)

    refused = cci("compute", "2025H1", workspace=workspace)

    assert (refused.code, refused.out) == (1, "")
    assert "there is no snapshot of 2024H2 [E402]" in refused.err
    assert "the chain starts at releases/2024H2/r1" in refused.err


def test_a_period_without_supply_after_a_release_is_not_chained_from(make_workspace, publish, cci):
    """The nation of 2024H2, corrected to nothing: 5/0."""
    workspace = make_workspace(
        ["a", "b"], FAMILY, {"2024H2": cards(a=1, b=3), "2025H1": cards(a=3, b=5)}
    )
    publish(workspace, "2024H2")
    store(workspace, "2024H2", cards(a=0, b=0))

    refused = cci("compute", "2025H1", workspace=workspace)

    assert refused.code == 1
    assert "no supply in the national index in 2024H2" in refused.err
    assert "[E404]" in refused.err
