"""Comparisons of periods over several links, worked by hand: levels, parts and what is restated.

A is one node of standard cards in province a, b one in b; N is both, R is a, S is b.
"""

import json
from fractions import Fraction
from types import SimpleNamespace

import pytest
from conftest import index_toml, store

from cci_cli.spans import Span
from cci_cli.store import read_snapshot

FAMILY = (
    index_toml("N", "national", ["a", "b"])
    + index_toml("R", "region", ["a"])
    + index_toml("S", "region", ["b"])
)
HOURS = 8760


def cards(a, b):
    return [("node a", "a", "M", a), ("node b", "b", "M", b)]


@pytest.fixture
def publish(cci):
    def run(workspace, period, *options):
        outcome = cci("publish", period, "--by", "A", *options, workspace=workspace)
        assert outcome.code == 0, outcome.err

    return run


@pytest.fixture
def diff(cci):
    """The comparison by index, with levels and points; parts in standard cards."""

    def run(workspace, *arguments):
        outcome = cci("diff", *arguments, "--format", "json", workspace=workspace)
        assert (outcome.code, outcome.err) == (0, ""), outcome.err
        document = json.loads(outcome.out, parse_float=str)
        for row in document["indices"]:
            row["contribution"] = Fraction(row["contribution_exact"])
            row["restated"] = Fraction(row["restated_points_exact"])
            row["parts"] = [
                None if part is None else Fraction(part) / HOURS
                for part in row["parts_card_hours_exact"].values()
            ]
        return document | {row["code"]: row for row in document["indices"]}

    return run


def levels(row):
    return row["from_level"], row["to_level"]


@pytest.fixture
def revised(make_workspace, publish):
    """Three links, 2025H1 counted anew after its release and before that of 2025H2.

    2024H2 60 + 40, 2025H1 90 + 40 as released and 100 + 60 after, 2025H2 100 + 100, all released;
    2026H1 150 + 100. That 2025H1 is counted once more, at 1 + 1, changes nothing behind a release.

    N 1000, 1300, × 200/160 = 1625, × 250/200 = 2031.25.
    R 600, 900, × 100/100 = 900, × 150/100 = 1350. S 400, 400, × 100/60 = 2000/3, 2000/3.
    """
    first = {"2024H2": cards(60, 40), "2025H1": cards(90, 40)}
    root = make_workspace(["a", "b"], FAMILY, first)
    publish(root, "2024H2")
    publish(root, "2025H1")
    store(root, "2025H1", cards(100, 60))
    store(root, "2025H2", cards(100, 100))
    publish(root, "2025H2")
    store(root, "2025H1", cards(1, 1))
    store(root, "2026H1", cards(150, 100))
    return root


def test_a_revision_after_a_release_within_the_span(revised, diff):
    """Points per card: 1000/100, 1300/160 and 1625/200, 10 and twice 8.125.

    R: 30 × 10 + 0 + 50 × 8.125 = 706.25; S: 0 + 40 × 8.125 + 0 = 325; N 1031.25, all of 1000.
    N from 100 to 250 cards: 30 + 40 + 50 built, 160 − 130 revised.
    R from 60 to 150: 30 + 0 + 50, 100 − 90. S from 40 to 100: 0 + 40 + 0, 60 − 40.
    """
    document = diff(revised, "2024H2", "2026H1")

    nation, first, second = (document[code] for code in "NRS")
    assert levels(nation) == ("1000.00", "2031.25")
    assert levels(first) == ("600.00", "1350.00")
    assert levels(second) == ("400.00", "666.67")
    assert nation["contribution"] == Fraction("1.03125")
    assert (first["contribution"], second["contribution"]) == (
        Fraction("0.70625"),
        Fraction(".325"),
    )
    assert {row["restated"] for row in document["indices"]} == {0}
    assert nation["parts"] == [120, 0, 0, 30]
    assert first["parts"] == [80, 0, 0, 10]
    assert second["parts"] == [40, 0, 0, 20]
    assert document["causes"] == {"expanded": 120 * HOURS}


def test_nodes_are_compared_on_the_revisions_of_their_links(revised, diff):
    """a 30 cards at 10 points, 50 at 8.125: 706.25 of 1000; b 40 at 8.125."""
    drivers = diff(revised, "2024H2", "2026H1", "--by", "node")["drivers"]

    assert [(item["node_id"], item["cards"], item["contribution_pp"]) for item in drivers] == [
        ("node a", 80, "70.63"),
        ("node b", 40, "32.50"),
    ]


def test_one_link_alone_is_the_same_link(revised, diff):
    """2025H1 to 2025H2, both released: 1300 → 1625, 160 → 200 cards, and 160 − 130 revised."""
    document = diff(revised, "2025H1", "2025H2")

    assert levels(document["N"]) == ("1300.00", "1625.00")
    assert document["N"]["parts"] == [40, 0, 0, 30]
    assert document["N"]["contribution"] == Fraction(1, 4)
    assert document["notes"][0].startswith("releases/2025H1/r1 发布后 2025H1@r2 有变")


def test_rates_of_a_release_are_those_of_then(make_workspace, publish, diff):
    """Half a card counts as 0.5 in the release: 10 M + 20 half = 20 to 10 M + 40 half = 30.

    Afterwards the model is said to have 100 TFLOPS: 10 + 40 = 50 in 2025H1, 60 in 2025H2.
    N 1000, 1500, × 60/50 = 1800; 10 + 10 built and 20 revised, of 20 and 60 cards.
    """
    nation = index_toml("N", "national", ["a"])
    root = make_workspace(["a"], nation, {"2024H2": [("n", "a", "M", 10), ("n", "a", "half", 20)]})
    store(root, "2025H1", [("n", "a", "M", 10), ("n", "a", "half", 40)])
    publish(root, "2024H2")
    publish(root, "2025H1")
    path = root / "config/cards.csv"
    text = path.read_text("utf-8").replace("half,V,50,dense,50", "half,V,100,dense,100")
    path.write_text(text, encoding="utf-8")
    store(root, "2025H2", [("n", "a", "M", 20), ("n", "a", "half", 40)])
    document = diff(root, "2024H2", "2025H2", "--by", "model", "--lang", "en")

    assert levels(document["N"]) == ("1000.00", "1800.00")
    assert document["N"]["parts"] == [20, 0, 0, 20]
    # 500 points of the 20 half cards, 10 × 1500/50 of the 10 M
    found = [
        (item["model"], item["cards"], item["contribution_pp"]) for item in document["drivers"]
    ]
    assert found == [("half", 20, "50.00"), ("M", 10, "30.00")]
    [note] = document["notes"]
    assert note.startswith("config/cards.csv changed after releases/2025H1/r1")


@pytest.fixture
def restated(make_workspace, publish):
    """2025H1 is restated after 2025H2 was released, with 120 + 100 cards for 110 + 100.

    2024H2 100 + 100: N 1000, R 500, S 500. 2025H1 at first N 1050, R 550; restated N 1100, R 600.
    2025H2 121 + 100, from the first: N 1050 × 221/210 = 1105, R 550 × 121/110 = 605, S 500.
    """
    snapshots = {
        "2024H2": cards(100, 100),
        "2025H1": cards(110, 100),
        "2025H2": cards(121, 100),
    }
    root = make_workspace(["a", "b"], FAMILY, snapshots)
    for period in snapshots:
        publish(root, period)
    store(root, "2025H1", cards(120, 100))
    publish(root, "2025H1", "--restate", "found")
    return root


def test_a_restatement_in_between_is_a_term_of_its_own(restated, diff, cci):
    """20 cards at 5 points, then 11 at 1050/210 = 5: 155. 1105 − 1000 − 155 = 1050 − 1100.

    From 200 to 221 cards: 20 + 11 built, 210 − 220 revised. R 600 → 550 as well, S nothing.
    """
    document = diff(restated, "2024H2", "2025H2", "--lang", "en")

    nation, first, second = (document[code] for code in "NRS")
    assert levels(nation) == ("1000.00", "1105.00")
    assert (nation["growth_pct"], nation["contribution"]) == ("10.50", Fraction(155, 1000))
    assert [row["restated"] for row in (nation, first, second)] == [-50, -50, 0]
    assert first["contribution"] == nation["contribution"]
    assert nation["parts"] == [31, 0, 0, -10]
    [note] = document["notes"]
    assert note.startswith("releases/2025H2/r1 was chained from releases/2025H1/r1, which has been")

    shown = cci("diff", "2024H2", "2025H2", "--lang", "en", workspace=restated).out.splitlines()
    assert (
        "levels replaced or transcribed (points, of no link): N index in English -50.00, "
        "R index in English -50.00"
    ) in shown
    assert "The contributions of the regions add up to those of the links exactly, +15.50 pp." in (
        shown
    )
    unmoved = cci("diff", "2024H2", "2025H1", "--lang", "en", workspace=restated).out
    assert "replaced" not in unmoved


def test_a_restated_scope_and_what_was_counted_anew_are_parts_of_their_own(
    make_workspace, publish, diff
):
    """R is a, until 2025H1 is restated with R as a and b, and with 120 cards in a for 110.

    As shown R has 220 cards in 2025H1. The release of 2025H2, with 121 in a, knows of 110 + 100
    before: 210 − 220 revised, 110 − 210 out of scope, 121 − 110 built; together 121 − 220.
    """
    snapshots = {
        "2024H2": cards(100, 100),
        "2025H1": cards(110, 100),
        "2025H2": cards(121, 100),
    }
    root = make_workspace(["a", "b"], FAMILY, snapshots)
    for period in snapshots:
        publish(root, period)
    store(root, "2025H1", cards(120, 100))
    path = root / "config/indices.toml"
    wider = index_toml("R", "region", ["a", "b"])
    path.write_text(path.read_text("utf-8").replace(index_toml("R", "region", ["a"]), wider))
    publish(root, "2025H1", "--restate", "found")

    assert diff(root, "2025H1", "2025H2")["R"]["parts"] == [11, 0, -100, -10]
    assert diff(root, "2025H2", "2025H1")["R"]["parts"] == [-11, 0, 100, 10]


def test_a_link_from_a_restated_level_starts_from_the_replaced_one(restated, diff):
    """From 1100: 11 cards at 5 points, 55, and − 50. Turned round, all the other way."""
    nation = diff(restated, "2025H1", "2025H2")["N"]
    back = diff(restated, "2025H2", "2025H1")["N"]

    assert levels(nation) == ("1100.00", "1105.00")
    assert (nation["contribution"], nation["restated"]) == (Fraction(55, 1100), -50)
    assert nation["parts"] == [11, 0, 0, -10]
    assert (back["contribution"], back["restated"]) == (Fraction(-55, 1105), 50)
    assert back["parts"] == [-11, 0, 0, 10]


def test_a_release_restated_to_zero_leaves_no_growth_to_measure(restated, publish, cci):
    """Released once as 1050, 2025H1 now is at 0, and contributions to growth from that are not."""
    store(restated, "2025H1", cards(0, 0))
    publish(restated, "2025H1", "--restate", "nothing there")
    outcome = cci("diff", "2025H1", "2025H2", workspace=restated)

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: no supply in the national index in 2025H1")


def test_a_transcribed_release_in_the_span(make_workspace, publish, diff, tmp_path):
    """110 cards are 1100, printed 1090: 10 × 10 points, 22 × 1090/110 = 218, and 1090 − 1100.

    1000 + 100 + 218 − 10 = 1308 = 1090 × 132/110.
    """
    nation = index_toml("N", "national", ["a"])
    only = {"2024H2": 100, "2025H1": 110, "2025H2": 132}
    snapshots = {period: [("n", "a", "M", count)] for period, count in only.items()}
    root = make_workspace(["a"], nation, snapshots)
    publish(root, "2024H2")
    table = tmp_path / "table2.csv"
    header = "指数名称,2024年12月31日,2025年6月30日"
    table.write_text(f"{header}\nN index,1000.00,1090.00\n", encoding="utf-8")
    publish(root, "2025H1", "--from-table", table)
    document = diff(root, "2024H2", "2025H2", "--lang", "en")

    assert levels(document["N"]) == ("1000.00", "1308.00")
    assert (document["N"]["contribution"], document["N"]["restated"]) == (Fraction(318, 1000), -10)
    assert document["N"]["parts"] == [32, 0, 0, 0]
    [note] = document["notes"]
    assert note.startswith("releases/2025H1/r1 was transcribed from print")
    # the printed level stands at an end as well
    there, back = diff(root, "2024H2", "2025H1")["N"], diff(root, "2025H1", "2025H2")["N"]
    assert (levels(there), there["restated"]) == (("1000.00", "1090.00"), -10)
    assert (levels(back), back["restated"]) == (("1090.00", "1308.00"), 0)
    assert back["parts"] == [22, 0, 0, None]
    # a release in between could have been revised since, and was not: 110 → 132 → 145 cards
    publish(root, "2025H2")
    store(root, "2026H1", [("n", "a", "M", 145)])
    assert diff(root, "2025H1", "2026H1")["N"]["parts"] == [35, 0, 0, 0]


@pytest.mark.parametrize(
    ("span", "expected", "restated_points", "parts"),
    [
        # as released on r1: 110 → 121 cards, 100 × 1.1 points
        (("2025H1", "2025H2"), ("1100.00", "1210.00"), 0, [11, 0, 0, 0]),
        (("2025H1@r1", "2025H2"), ("1100.00", "1210.00"), 0, [11, 0, 0, 0]),
        # 120 cards make 1200; the release of 2025H2 goes on from 1100, and from 110 cards
        (("2025H1@r2", "2025H2"), ("1200.00", "1210.00"), -100, [11, 0, 0, -10]),
        # 1100 × 132/120: chained on the newest 2025H1, 10 cards more than it was released with
        (("2025H1", "2025H2@r2"), ("1100.00", "1210.00"), 0, [12, 0, 0, 10]),
        (("2024H2", "2025H1@r2"), ("1000.00", "1200.00"), 0, [20, 0, 0, 0]),
        (("2024H2", "2025H1@r1"), ("1000.00", "1100.00"), 0, [10, 0, 0, 0]),
        # 1200 and 121 × 1200/120 from the base, by the newest of each but what is named
        (("2025H1", "2025H2@r1", "--from-snapshots"), ("1200.00", "1210.00"), 0, [1, 0, 0, None]),
        (("2025H1", "2025H2", "--from-snapshots"), ("1200.00", "1320.00"), 0, [12, 0, 0, None]),
    ],
)
def test_a_named_revision_holds_for_its_end_alone(
    make_workspace, publish, diff, span, expected, restated_points, parts
):
    """100, 110 and 121 cards released as 1000, 1100, 1210; then counted as 120 and 132."""
    nation = index_toml("N", "national", ["a"])
    only = {"2024H2": 100, "2025H1": 110, "2025H2": 121}
    snapshots = {period: [("n", "a", "M", count)] for period, count in only.items()}
    root = make_workspace(["a"], nation, snapshots)
    for period in only:
        publish(root, period)
    store(root, "2025H1", [("n", "a", "M", 120)])
    store(root, "2025H2", [("n", "a", "M", 132)])
    row = diff(root, *span)["N"]

    assert levels(row) == expected
    assert (row["restated"], row["parts"]) == (restated_points, parts)


def test_an_index_that_a_release_does_not_have_has_no_level_there(restated, cci):
    """T, of b, is defined later: no level in 2024H2, as in the series; b gained nothing."""
    path = restated / "config/indices.toml"
    path.write_text(path.read_text("utf-8") + index_toml("T", "hub", ["b"]), encoding="utf-8")
    outcome = cci("diff", "2024H2", "2025H2", "--format", "json", workspace=restated)
    assert outcome.code == 0, outcome.err
    row = json.loads(outcome.out)["indices"][-1]

    assert (row["from_level"], row["to_level"], row["change"]) == (None, None, None)
    assert (row["restated_points_exact"], row["contribution_exact"]) == (None, "0/1")
    shown = cci("diff", "2024H2", "2025H2", workspace=restated)
    assert (shown.code, shown.err) == (0, "")


def test_each_revision_is_read_once(revised, monkeypatch, cci):
    """2024H2@r1, 2025H1@r1 of its release, @r2 of the next one; 2025H2@r1 of that and today."""
    read = []

    def count(root, ref, config, **options):
        read.append(str(ref))
        return read_snapshot(root, ref, config, **options)

    monkeypatch.setattr("cci_cli.store.read_snapshot", count)
    assert cci("diff", "2024H2", "2026H1", "--by", "node", workspace=revised).code == 0

    assert sorted(read) == ["2024H2@r1", "2025H1@r1", "2025H1@r2", "2025H2@r1", "2026H1@r1"]


@pytest.mark.parametrize("gap", [None, "first", "last", "old", "new"])
def test_what_no_link_explains_is_left_of_the_change(gap):
    """R 100 → 150 over links 100 → 120 and 110 → 155: 50 − 20 − 45 = −15; S stands still.

    Where the level of one end or of one link is missing, nothing is known.
    """

    def link(old, new):
        sides = [{"R": SimpleNamespace(level=Fraction(level))} for level in (old, new)]
        return SimpleNamespace(old=sides[0], new=sides[1])

    links, first, last = (link(100, 120), link(110, 155)), {"R": 100}, {"R": 150}
    if gap is not None:
        sides = {"first": first, "last": last, "old": links[1].old, "new": links[0].new}
        del sides[gap]["R"]
    nothing = dict.fromkeys(
        ("config", "first", "last", "releases", "compilations", "origin", "outdated")
    )
    span = Span(**nothing, links=links, from_levels=first, to_levels=last)

    assert span.find_restated("R") == (-15 if gap is None else None)
