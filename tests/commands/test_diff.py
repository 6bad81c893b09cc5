"""`cci diff`: contributions that add up, causes that leave nothing out, revisions row by row."""

import errno
import json
import shutil
from fractions import Fraction

import polars as pl
import pytest
from conftest import REPOSITORY, index_toml, store

HEADER = "node_id,province,model,cards,status,in_service_since\n"
HOURS = 8760


@pytest.fixture
def diff(cci):
    def run(workspace, *arguments):
        outcome = cci("diff", *arguments, "--format", "json", workspace=workspace)
        assert (outcome.code, outcome.err) == (0, ""), outcome.err
        return json.loads(outcome.out, parse_float=str)

    return run


@pytest.fixture
def compute(cci):
    def run(workspace, *arguments):
        outcome = cci("compute", *arguments, "--format", "json", workspace=workspace)
        assert (outcome.code, outcome.err) == (0, ""), outcome.err
        return json.loads(outcome.out, parse_float=str)

    return run


def row_of(document, code):
    return next(row for row in document["indices"] if row["code"] == code)


def cards(**counts):
    """One node of standard cards per province: ``cards(a=3, b=0)``."""
    return [(f"node {province}", province, "M", count) for province, count in counts.items()]


@pytest.fixture
def chain(make_workspace):
    """Three links; from 2025H2 on, the nation and the region S take in c as well.

    a 60, 90, 90, 100; b 40, 40, 60, 50; c 10, 10, 20, 30 standard cards.
    """
    family = (
        index_toml("N", "national", ["a", "b"], {"2025H2": ["a", "b", "c"]})
        + index_toml("R", "region", ["a"])
        + index_toml("S", "region", ["b"], {"2025H2": ["b", "c"]})
        + index_toml("H", "hub", ["b"])
        + index_toml("I", "hub", ["b"])
    )
    snapshots = {
        "2024H2": cards(a=60, b=40, c=10),
        "2025H1": cards(a=90, b=40, c=10),
        "2025H2": cards(a=90, b=60, c=20),
        "2026H1": cards(a=100, b=50, c=30),
    }
    return make_workspace(["a", "b", "c"], family, snapshots)


def test_contributions_over_three_links_and_a_change_of_scope(chain, diff):
    """Points per card: 1000/100; 1300/140 on the new scope; 1578.57…/170 = 65/7 as well.

    N: 1000 → 1300 → × 170/140 = 11050/7 → × 180/170 = 11700/7 = 1671.43.
    R: 30 × 10 + 0 + 10 × 65/7 = 2750/7 points, 39.29 pp. S: 0 + 30 × 65/7 + 0 = 1950/7, 27.86 pp.
    Together 4700/7 = 671.43 points, 67.14 pp, the growth of N.
    """
    document = diff(chain, "2024H2", "2026H1")

    nation, first, second = (row_of(document, code) for code in "NRS")
    assert (nation["from_level"], nation["to_level"]) == ("1000.00", "1671.43")
    assert (nation["change"], nation["growth_pct"]) == ("671.43", "67.14")
    assert nation["contribution_exact"] == "47/70"
    assert first["contribution_exact"] == "11/28"
    assert second["contribution_exact"] == "39/140"
    parts = Fraction(first["contribution_exact"]) + Fraction(second["contribution_exact"])
    assert parts == Fraction(nation["contribution_exact"])
    assert [first["contribution_pp"], second["contribution_pp"]] == ["39.29", "27.86"]


def test_growth_and_share_of_the_increment_over_three_links(chain, diff):
    """R 600 → 1000, 66.67 %; S 400 → 400 → × 80/50 → × 80/80 = 640, 60 %.

    Increments on linked scopes: R 30 + 0 + 10 = 40, S 0 + 30 + 0 = 30, N 70.
    """
    document = diff(chain, "2024H2", "2026H1")

    first, second = row_of(document, "R"), row_of(document, "S")
    assert (first["growth_pct"], first["increment_share_pct"]) == ("66.67", "57.14")
    assert (second["growth_pct"], second["increment_share_pct"]) == ("60.00", "42.86")


def test_the_parts_add_up_to_the_change_of_supply(chain, diff):
    """N has 100 cards on its old scope and 180 on its new: 80 = 70 built + 10 of c at 2025H1."""
    parts = row_of(diff(chain, "2024H2", "2026H1"), "N")["parts_card_hours_exact"]

    assert parts == {
        "construction": f"{70 * HOURS}/1",
        "discovery": "0/1",
        "scope": f"{10 * HOURS}/1",
        "revision": None,
    }


def test_contributions_add_up_over_time(chain, diff):
    """R in points: 300 of 1000, 0 of 1300, 650/7 of 11050/7; together 2750/7 of 1000."""
    whole = Fraction(row_of(diff(chain, "2024H2", "2026H1"), "R")["contribution_exact"])
    links = [("2024H2", "2025H1"), ("2025H1", "2025H2"), ("2025H2", "2026H1")]
    levels = [Fraction(1000), Fraction(1300), Fraction(11050, 7)]
    points = [
        level * Fraction(row_of(diff(chain, *link), "R")["contribution_exact"])
        for level, link in zip(levels, links, strict=True)
    ]

    assert points == [300, 0, Fraction(650, 7)]
    assert sum(points) == 1000 * whole


def test_the_hubs_are_held_against_the_policy_target(chain, diff):
    """b, in both hubs and counted once: 50 of 180 cards, 27.78 %; 0 + 20 − 10 = 10 of 70 added."""
    hubs = diff(chain, "2024H2", "2026H1")["hubs"]

    assert (hubs["share_pct"], hubs["increment_share_pct"]) == ("27.78", "14.29")
    assert (hubs["target_pct"], hubs["provinces"]) == (60, ["b"])


@pytest.mark.parametrize(
    ("later", "expected", "english"),
    [
        # 10 of 20 cards added, of 15 taken away, of none
        (
            cards(a=70, b=50),
            "占全国供算量 41.67%，占全国新增供算量 50.00%（政策目标 60%）。",
            "41.67% of national supply, 50.00% of the national increment (policy target 60%).",
        ),
        (
            cards(a=55, b=30),
            "占全国供算量 35.29%，占全国供算量减少额 66.67%。",
            "35.29% of national supply, 66.67% of the national decrease.",
        ),
        (cards(a=50, b=50), "占全国供算量 50.00%。", "50.00% of national supply."),
    ],
    ids=["added", "taken away", "still"],
)
def test_the_target_is_for_what_is_added(make_workspace, cci, later, expected, english):
    family = index_toml("N", "national", ["a", "b"]) + index_toml("H", "hub", ["b"])
    snapshots = {"2024H2": cards(a=60, b=40), "2025H1": later}
    root = make_workspace(["a", "b"], family, snapshots)

    for arguments in (("compute", "2025H1"), ("diff", "2024H2", "2025H1")):
        lines = cci(*arguments, workspace=root).out.splitlines()
        assert f"1 个枢纽节点（1 个省份）合计：{expected}" in lines
        lines = cci(*arguments, "--lang", "en", workspace=root).out.splitlines()
        assert f"The 1 hub (1 province) together: {english}" in lines


def test_the_rows_of_data_say_what_they_are_of(chain, survey, cci):
    def read(root, *arguments):
        lines = cci("diff", *arguments, "--format", "csv", workspace=root).out.splitlines()
        return [line.split(",") for line in lines]

    header, nation, *_ = read(chain, "2024H2", "2025H1")
    assert header[:5] == ["code", "name", "from", "to", "from_level"]
    assert nation[:5] == ["N", "N index", "2024H2", "2025H1", "1000.00"]
    header, first, *_ = read(survey, "2024H2", "2025H1", "--by", "province", "--lang", "en")
    assert header[:4] == ["from", "to", "province", "cards"]
    assert first[:4] == ["2024H2", "2025H1", "a", "11"]


def test_a_table_of_drivers_says_what_they_explain_and_how_many_are_left_out(survey, cci):
    """58 → 62 cards; of 10 drivers, one of them a node in two provinces, 8 are left out."""
    arguments = ("diff", "2024H2", "2025H1", "--by", "node", "--top", "2")
    shown = cci(*arguments, "--lang", "en", workspace=survey).out
    assert "N index in English: 1000.00 → 1068.97 (+6.90%)" in shown.splitlines()
    assert " 8 others " in shown
    assert "a in English" in shown
    assert "re-equipped" in shown
    header = " ".join(shown.splitlines()[2:4])
    for name in ("Cards,", "change", "Supply, change", "card-hours per year"):
        assert name in header
    chinese = cci(*arguments, workspace=survey).out
    assert "N index：1000.00 → 1068.97 (+6.90%)" in chinese.splitlines()
    assert " 其余 8 个 " in chinese
    assert "卡数变动" in chinese
    assert "供算量变动" in chinese
    assert "in English" not in chinese


def test_a_link_compares_its_own_scope_on_both_sides(chain, diff):
    """2025H1 to 2025H2, of a, b and c: b 40 → 60 and c 10 → 20; c was not in the nation before."""
    drivers = diff(chain, "2025H1", "2025H2", "--by", "province")["drivers"]

    assert [(item["province"], item["cards"]) for item in drivers] == [("b", 20), ("c", 10)]


def test_that_the_regions_add_up_is_said_where_they_do(chain, make_workspace, cci):
    said = "The contributions of the regions add up to national growth exactly, +67.14 pp."
    arguments = ("diff", "2024H2", "2026H1", "--lang", "en")
    assert said in cci(*arguments, workspace=chain).out

    family = index_toml("N", "national", ["a", "b"]) + index_toml("R", "region", ["a"])
    snapshots = {"2024H2": cards(a=1, b=1), "2025H1": cards(a=2, b=2)}
    part = make_workspace(["a", "b"], family, snapshots, name="part")
    outcome = cci("diff", "2024H2", "2025H1", "--lang", "en", workspace=part)
    assert (outcome.code, "add up" in outcome.out) == (0, False)


def test_a_period_revised_since_its_release_against_itself_is_empty(chain, diff, cci):
    """There is no link, and nothing to be revised between."""
    assert cci("publish", "2024H2", "--by", "A", workspace=chain).code == 0
    store(chain, "2024H2", cards(a=1, b=2, c=3))
    document = diff(chain, "2024H2", "2024H2")

    assert row_of(document, "N")["parts_card_hours_exact"] == {
        "construction": "0/1",
        "discovery": "0/1",
        "scope": "0/1",
        "revision": None,
    }
    # the share is that of the release
    assert (document["notes"], document["hubs"]["share_pct"]) == ([], "40.00")
    outcome = cci("diff", "2024H2", "2024H2", "--exit-code", "--lang", "en", workspace=chain)
    assert (outcome.code, "change of supply" in outcome.out) == (0, False)


def test_a_period_against_itself_is_empty(chain, diff):
    document = diff(chain, "2025H1", "2025H1", "--by", "node")

    assert {row["change"] for row in document["indices"]} == {"0.00"}
    assert {row["contribution_pp"] for row in document["indices"]} == {"0.00"}
    assert {row["increment_share_pct"] for row in document["indices"]} == {None}
    assert (document["drivers"], document["causes"]) == ([], {})


def test_where_the_nation_stands_still_there_is_no_share_of_the_increment(make_workspace, diff):
    """a gains what b loses: contributions +30 and −30 pp, growth of N 0, shares not defined."""
    family = index_toml("N", "national", ["a", "b"]) + index_toml("R", "region", ["a"])
    root = make_workspace(
        ["a", "b"], family, {"2024H2": cards(a=40, b=60), "2025H1": cards(a=70, b=30)}
    )
    document = diff(root, "2024H2", "2025H1")

    assert row_of(document, "N")["growth_pct"] == "0.00"
    assert row_of(document, "R")["contribution_pp"] == "30.00"
    assert row_of(document, "R")["increment_share_pct"] is None


def test_growth_over_a_reseeded_index_is_null_and_marked_as_in_the_series(
    make_workspace, diff, cci
):
    """R 1/3 of 1000, then nothing, then seeded anew: its levels are not chained. S takes in b."""
    family = (
        index_toml("N", "national", ["a", "b"])
        + index_toml("R", "hub", ["b"])
        + index_toml("S", "hub", ["a"], {"2025H2": ["a", "b"]})
    )
    counts = {"2024H2": (10, 5), "2025H1": (10, 0), "2025H2": (20, 5), "2026H1": (20, 10)}
    snapshots = {period: cards(a=a, b=b) for period, (a, b) in counts.items()}
    root = make_workspace(["a", "b"], family, snapshots)

    whole = diff(root, "2024H2", "2026H1")
    assert row_of(whole, "R")["growth_pct"] is None
    assert row_of(whole, "R")["from_level"] == "333.33"
    # what it was before the first link is over
    assert row_of(diff(root, "2025H2", "2026H1"), "R")["growth_pct"] == "100.00"
    shown = cci("diff", "2024H2", "2026H1", "--lang", "en", workspace=root).out.splitlines()
    [row] = [line for line in shown if line.startswith(" R index")]
    assert row.split()[4:7] == ["333.33", row_of(whole, "R")["to_level"], "r"]
    assert " b " in next(line for line in shown if line.startswith(" S index"))
    assert "b: break, the scope changed; r: reseeded" in shown
    assert "b 范围调整；r 重新起算" in cci("diff", "2024H2", "2026H1", workspace=root).out
    assert "reseeded" not in cci("diff", "2025H2", "2026H1", "--lang", "en", workspace=root).out


def test_an_index_defined_after_releases_is_looked_at_as_it_is_defined(chain, diff, cci):
    """L, a and from 2025H1 on a and c, comes when 2024H2 and 2025H1 are out: no level in them.

    It is seeded at 2025H1. Of the hubs it adds a at first, then a and c to the b of the others.
    """
    for period in ("2024H2", "2025H1"):
        assert cci("publish", period, "--by", "A", workspace=chain).code == 0
    with (chain / "config/indices.toml").open("a", encoding="utf-8") as file:
        file.write(index_toml("L", "hub", ["a"], {"2025H1": ["a", "c"]}))

    hubs = diff(chain, "2024H2", "2025H1")["hubs"]
    shown = cci("diff", "2024H2", "2025H2", "--lang", "en", workspace=chain).out.splitlines()

    assert hubs["provinces"] == ["b", "a", "c"]
    (row,) = [line.split() for line in shown if line.startswith(" L index")]
    assert (row[4], row[6]) == ("—", "r")
    backwards = diff(chain, "2025H1", "2024H2")["hubs"]
    assert backwards["provinces"] == ["b", "a"]


def test_the_marks_of_all_links_stand_beside_a_level(make_workspace, cci):
    """H breaks with the first link, is at zero then, and is seeded anew with the second."""
    family = (
        index_toml("N", "national", ["a", "b"], {"2025H1": ["a", "b", "c"]})
        + index_toml("R", "region", ["a"])
        + index_toml("H", "hub", ["b"], {"2025H1": ["b", "c"]})
    )
    snapshots = {
        "2024H2": cards(a=5, b=5, c=1),
        "2025H1": cards(a=5, b=0, c=0),
        "2025H2": cards(a=5, b=5, c=0),
    }
    root = make_workspace(["a", "b", "c"], family, snapshots)

    shown = cci("diff", "2024H2", "2025H2", workspace=root).out.splitlines()
    nation, _, hub = (line for line in shown if line.startswith((" N ", " R ", " H ")))

    # 10 cards, of the new scope 11 to 5, and 10 again: 1000 × 5/11 × 10/5
    assert " 909.09 b " in nation
    assert " 454.55 br " in hub


def test_growth_from_zero_is_null_and_its_contribution_is_not(make_workspace, diff):
    """R: 0 → 25 of 125 cards, seeded at 1250 × 25/125 = 250; 25 of the 100 cards before: 25 pp."""
    family = index_toml("N", "national", ["a", "b"]) + index_toml("R", "region", ["a"])
    root = make_workspace(
        ["a", "b"], family, {"2024H2": cards(a=0, b=100), "2025H1": cards(a=25, b=100)}
    )
    row = row_of(diff(root, "2024H2", "2025H1"), "R")

    assert (row["from_level"], row["to_level"]) == ("0.00", "250.00")
    assert (row["growth_pct"], row["contribution_pp"]) == (None, "25.00")


# causes


@pytest.fixture
def survey(make_workspace, cci, tmp_path):
    """Every cause once; standard cards: M 1, half 0.5."""
    nation = index_toml("N", "national", ["a", "b"])
    root = make_workspace(["a", "b"], nation, name="survey")
    old = (
        "grown,a,M,10,in_service,\nbuilding,a,M,5,under_construction,\nless,a,M,8,in_service,\n"
        "paused,b,M,6,in_service,\nswapped,b,M,4,in_service,\ngone,b,M,7,in_service,\n"
        "moving,a,M,3,in_service,\nsame,a,M,20,in_service,\n"
    )
    new = (
        "grown,a,M,15,in_service,\nbuilding,a,M,5,in_service,2025-02-01\nless,a,M,3,in_service,\n"
        "paused,b,M,6,suspended,\nswapped,b,half,10,in_service,2025-05-01\n"
        "fresh,a,M,9,in_service,2025-03-01\nfound,b,M,2,in_service,2024-06-01\n"
        "moving,b,M,3,in_service,\nsame,a,M,20,in_service,\nplanned,a,M,50,under_construction,\n"
    )
    for period, rows in {"2024H2": old, "2025H1": new}.items():
        file = tmp_path / f"{period}.csv"
        file.write_text(HEADER + rows, encoding="utf-8")
        outcome = cci("ingest", file, "--period", period, "--quiet", workspace=root)
        assert outcome.code == 0, outcome.err
    return root


def test_every_change_has_its_cause(survey, diff):
    """swapped: −4 M, + 10 × 0.5; moving: −3 in a, + 3 in b; what stays or is planned has none."""
    document = diff(survey, "2024H2", "2025H1", "--by", "node", "--top", "0")

    found = {item["node_id"]: item["causes"] for item in document["drivers"]}
    assert found.pop("moving") == {"moved": 3 * HOURS}
    assert found == {
        "grown": {"expanded": 5 * HOURS},
        "building": {"put_into_service": 5 * HOURS},
        "less": {"shrunk": -5 * HOURS},
        "paused": {"suspended": -6 * HOURS},
        "swapped": {"re_equipped": 1 * HOURS},
        "gone": {"closed": -7 * HOURS},
        "fresh": {"new_node": 9 * HOURS},
        "found": {"discovered": 2 * HOURS},
    }
    moves = [item for item in document["drivers"] if item["node_id"] == "moving"]
    assert sorted((item["province"], item["cards"]) for item in moves) == [("a", -3), ("b", 3)]


def test_a_table_names_the_largest_causes_of_a_driver(survey, cci):
    """a: 9 new, 5 expanded, 5 put into service, 5 shrunk, 3 moved away; equal ones by their key.

    b: 7 closed, 6 suspended, 3 moved in, 2 discovered, 1 re-equipped.
    """
    arguments = ("diff", "2024H2", "2025H1", "--by", "province")
    english = cci(*arguments, "--lang", "en", workspace=survey).out
    chinese = cci(*arguments, workspace=survey).out

    assert " new node, expanded, put into service, …\n" in english
    assert " closed, suspended, moved, …\n" in english
    assert " 新建节点、扩容、投入运行、…\n" in chinese
    told = "by cause: new node +78,840; closed -61,320; suspended -52,560; expanded +43,800; "
    told += "put into service +43,800; shrunk -43,800; discovered +17,520; re-equipped +8,760; "
    assert f"{told}moved 0\n" in english


def test_what_was_discovered_is_part_of_the_increment(make_workspace, cci, tmp_path):
    """a loses 10 of 20 cards; in b 20 are found that were there before: 10 more in all."""
    family = index_toml("N", "national", ["a", "b"]) + index_toml("H", "hub", ["b"])
    root = make_workspace(["a", "b"], family)
    ingest(cci, root, tmp_path, "2024H2", "x,,a,M,20,in_service,\ny,,b,M,1,in_service,\n")
    found = "x,,a,M,10,in_service,\ny,,b,M,1,in_service,\nz,,b,M,20,in_service,2024-06-01\n"
    ingest(cci, root, tmp_path, "2025H1", found)

    shown = cci("diff", "2024H2", "2025H1", "--lang", "en", workspace=root).out

    assert "= construction -87,600; discovery +175,200; scope 0; revision —\n" in shown
    assert "200.00% of the national increment (policy target 60%)." in shown


def test_causes_partition_the_change(survey, diff):
    """5 + 5 − 5 − 6 + 1 − 7 + 9 + 2 + 0 = 4 cards more, of which 2 were discovered."""
    document = diff(survey, "2024H2", "2025H1")

    assert sum(document["causes"].values()) == 4 * HOURS
    parts = row_of(document, "N")["parts_card_hours_exact"]
    assert (parts["construction"], parts["discovery"]) == (f"{2 * HOURS}/1", f"{2 * HOURS}/1")


@pytest.mark.parametrize("by", ["province", "model", "node"])
def test_drivers_add_up_however_they_are_told_apart_and_however_many_are_shown(survey, diff, by):
    whole = diff(survey, "2024H2", "2025H1")["causes"]
    for top in ("0", "1", "3"):
        document = diff(survey, "2024H2", "2025H1", "--by", by, "--top", top)
        total = sum(item["supply_card_hours"] for item in document["drivers"])
        assert total == sum(whole.values())
        assert document["causes"] == whole
    assert document["drivers"][0]["contribution_pp"] != "0.00"


def test_the_largest_driver_comes_first_and_the_rest_is_one_row(survey, diff):
    """+9 of 58 cards is the largest, then −7, −6; behind them the others with no name."""
    drivers = diff(survey, "2024H2", "2025H1", "--by", "node", "--top", "3")["drivers"]

    assert [item["node_id"] for item in drivers] == ["fresh", "gone", "paused", None]
    assert drivers[0]["contribution_pp"] == "15.52"
    assert drivers[-1]["supply_card_hours"] == (4 - 9 + 7 + 6) * HOURS


@pytest.mark.parametrize("by", ["province", "model", "node"])
def test_however_many_are_shown_they_are_the_first_of_all(survey, chain, diff, by):
    """Ties, such as 5 cards more here and 5 less there, are in the order of their names."""
    for root, span in ((survey, ("2024H2", "2025H1")), (chain, ("2024H2", "2026H1"))):
        every = diff(root, *span, "--by", by, "--top", "0")["drivers"]
        for top in range(1, len(every)):
            shown = diff(root, *span, "--by", by, "--top", str(top))["drivers"]
            assert shown[:-1] == every[:top]
            names = [value for key, value in shown[-1].items() if value is None]
            assert names
            cards = sum(item["cards"] for item in every[top:])
            assert (len(shown), shown[-1]["cards"]) == (top + 1, cards)


# releases


def test_a_revision_since_the_release_is_a_part_of_the_change(make_workspace, diff, cci):
    """2024H2 released with 100 cards, corrected to 110; 2025H1 has 121: 21 = 10 revised + 11 built.

    The level goes on from the frozen 1000, by 121/110: 1100.
    """
    root = make_workspace(["a"], index_toml("N", "national", ["a"]), {"2024H2": cards(a=100)})
    assert cci("publish", "2024H2", "--by", "A", workspace=root).code == 0
    store(root, "2024H2", cards(a=110))
    store(root, "2025H1", cards(a=121))
    row = row_of(diff(root, "2024H2", "2025H1"), "N")

    assert (row["from_level"], row["to_level"], row["growth_pct"]) == (
        "1000.00",
        "1100.00",
        "10.00",
    )
    assert row["parts_card_hours_exact"] == {
        "construction": f"{11 * HOURS}/1",
        "discovery": "0/1",
        "scope": "0/1",
        "revision": f"{10 * HOURS}/1",
    }


def test_released_levels_are_where_the_change_starts(make_workspace, diff, cci):
    """R released at 250 (25 of 100), 40 of 100 after a correction; 50 of 110 in 2025H1.

    From 250 by 50/40 to 312.50; from snapshots 400 → 1100 × 50/110 = 500.
    """
    family = index_toml("N", "national", ["a", "b"]) + index_toml("R", "region", ["a"])
    root = make_workspace(["a", "b"], family, {"2024H2": cards(a=25, b=75)})
    assert cci("publish", "2024H2", "--by", "A", workspace=root).code == 0
    store(root, "2024H2", cards(a=40, b=60))
    store(root, "2025H1", cards(a=50, b=60))

    frozen = row_of(diff(root, "2024H2", "2025H1"), "R")
    assert (frozen["from_level"], frozen["to_level"]) == ("250.00", "312.50")
    anew = row_of(diff(root, "2024H2", "2025H1", "--from-snapshots"), "R")
    assert (anew["from_level"], anew["to_level"]) == ("400.00", "500.00")
    named = row_of(diff(root, "2024H2@r1", "2025H1"), "R")
    # the revision holds for its period alone: 15 of the 25 cards that R has more are corrections
    assert (named["from_level"], named["to_level"]) == ("250.00", "312.50")
    assert named["parts_card_hours_exact"]["revision"] == f"{15 * HOURS}/1"


def test_what_was_corrected_after_a_release_within_the_span_is_noted(make_workspace, diff, cci):
    """2025H1 released at 1100, then corrected from 110 to 200; 220 later: 1100 × 220/200 = 1210.

    From 100 to 220 cards: 10 + 20 built, 90 corrected. From snapshots 1000 × 220/100.
    """
    root = make_workspace(
        ["a"],
        index_toml("N", "national", ["a"]),
        {"2024H2": cards(a=100), "2025H1": cards(a=110)},
    )
    for period in ("2024H2", "2025H1"):
        assert cci("publish", period, "--by", "A", workspace=root).code == 0
    store(root, "2025H1", cards(a=200))
    store(root, "2025H2", cards(a=220))

    document = diff(root, "2024H2", "2025H2", "--lang", "en")
    assert row_of(document, "N")["to_level"] == "1210.00"
    parts = row_of(document, "N")["parts_card_hours_exact"]
    assert (parts["construction"], parts["revision"]) == (f"{30 * HOURS}/1", f"{90 * HOURS}/1")
    assert document["notes"] == diff(root, "2025H1", "2025H2", "--lang", "en")["notes"]
    [note] = document["notes"]
    assert note.startswith("2025H1@r2 changed after releases/2025H1/r1")
    anew = diff(root, "2024H2", "2025H2", "--from-snapshots")
    assert (anew["notes"], row_of(anew, "N")["to_level"]) == ([], "2200.00")


def test_what_happened_to_the_indices_on_any_link_is_noted_as_under_the_table_of_its_period(
    make_workspace, diff, compute, cci
):
    """R takes in b at 2025H2, T comes from zero at 2025H2; U was defined after the release.

    2024H2 is corrected after it: the notes of both tables, in the order of time.
    """
    family = (
        index_toml("N", "national", ["a", "b", "c"])
        + index_toml("R", "hub", ["a"], {"2025H2": ["a", "b"]})
        + index_toml("T", "hub", ["c"])
    )
    snapshots = {"2024H2": cards(a=2, b=2, c=0), "2025H1": cards(a=3, b=2, c=0)}
    root = make_workspace(["a", "b", "c"], family, snapshots)
    assert cci("publish", "2024H2", "--by", "A", workspace=root).code == 0
    store(root, "2024H2", cards(a=3, b=2, c=0))
    store(root, "2025H2", cards(a=3, b=2, c=1))
    store(root, "2026H1", cards(a=3, b=2, c=1))
    path = root / "config/indices.toml"
    path.write_text(path.read_text("utf-8") + index_toml("U", "hub", ["b"]), encoding="utf-8")

    notes = diff(root, "2024H2", "2026H1", "--lang", "en")["notes"]
    assert [note[:52] for note in notes] == [
        "U index in English: is not in releases/2024H2/r1; its level there"[:52],
        "2024H2@r2 changed after releases/2024H2/r1, and with it the supply"[:52],
        "R index in English: scope changed on 31 December 2025 from a in"[:52],
        "T index in English: its level or its supply was zero in the period"[:52],
    ]
    assert "in the period before 31 December 2025, and nothing can be chained" in notes[-1]
    assert notes == compute(root, "2025H2", "--lang", "en")["notes"]
    assert diff(root, "2025H2", "2026H1")["notes"] == []
    assert diff(root, "2025H2", "2025H2")["notes"] == []


def test_a_restated_release_behind_the_first_levels_is_noted(make_workspace, diff, cci):
    """R was 1 of 4 in the release that 2025H1 was chained from, and is 2 of 4 in the restated."""
    family = index_toml("N", "national", ["a", "b"]) + index_toml("R", "region", ["a"])
    snapshots = {"2024H2": cards(a=1, b=3), "2025H1": cards(a=2, b=3)}
    root = make_workspace(["a", "b"], family, snapshots)
    for period in ("2024H2", "2025H1"):
        assert cci("publish", period, "--by", "A", workspace=root).code == 0
    store(root, "2024H2", cards(a=2, b=2))
    restated = cci("publish", "2024H2", "--restate", "found", "--by", "A", workspace=root)
    assert restated.code == 0, restated.err
    store(root, "2025H2", cards(a=3, b=3))

    [note] = diff(root, "2025H1", "2025H2", "--lang", "en")["notes"]
    assert note.startswith("releases/2025H1/r1 was chained from releases/2024H2/r1, which has been")


def test_a_release_needs_no_data_from_before_it(make_workspace, diff, cci, tmp_path):
    """Levels of 2024H2 and 2025H1 from print, 2025H1 at 1100.00; 130 of 110 cards later: 1300."""
    root = make_workspace(["a"], index_toml("N", "national", ["a"]))
    table = tmp_path / "table2.csv"
    header = "指数名称,2024年12月31日,2025年6月30日"
    table.write_text(f"{header}\nN index,1000.00,1100.00\n", encoding="utf-8")
    for period in ("2024H2", "2025H1"):
        arguments = ("publish", period, "--from-table", table, "--by", "A")
        assert cci(*arguments, workspace=root).code == 0
    store(root, "2025H1", cards(a=110))
    store(root, "2025H2", cards(a=130))
    document = diff(root, "2025H1", "2025H2", "--lang", "en")

    row = row_of(document, "N")
    assert (row["from_level"], row["to_level"]) == ("1100.00", "1300.00")
    assert row["parts_card_hours_exact"]["revision"] is None
    assert document["notes"][0].startswith("releases/2025H1/r1 was transcribed from print")


def test_a_nation_at_zero_against_itself_is_empty(make_workspace, diff, cci):
    family = index_toml("N", "national", ["a"]) + index_toml("H", "hub", ["a"])
    root = make_workspace(["a"], family, {"2024H2": cards(a=5), "2025H1": cards(a=0)})
    document = diff(root, "2025H1", "2025H1")

    assert row_of(document, "N")["contribution_pp"] == "0.00"
    assert (row_of(document, "N")["growth_pct"], document["hubs"]["share_pct"]) == (None, None)
    shown = cci("diff", "2025H1", "2025H1", "--by", "province", workspace=root).out.splitlines()
    assert "N index：0.00 → 0.00 (—)" in shown


def test_demonstration_data_before_the_first_period_are_said(make_workspace, diff):
    root = make_workspace(["a"], index_toml("N", "national", ["a"]))
    store(root, "2024H2", cards(a=1), is_demonstration=True)
    store(root, "2025H1", cards(a=2))
    store(root, "2025H2", cards(a=3))

    for span in (("2024H2", "2025H1"), ("2025H1", "2025H2")):
        [note] = diff(root, *span, "--lang", "en")["notes"]
        assert note.startswith("Demonstration data: ")


# nodes


def ingest(cci, root, tmp_path, period, rows):
    file = tmp_path / f"{period}.csv"
    file.write_text("node_id,node_name,province,model,cards,status,in_service_since\n" + rows)
    outcome = cci("ingest", file, "--period", period, "--quiet", workspace=root)
    assert outcome.code == 0, outcome.err


def test_a_node_that_changes_its_name_is_one_node_under_the_latest(
    make_workspace, diff, cci, tmp_path
):
    """x: 10 M become 10 half, −5 cards' worth of 20: −25 pp, whatever it is called."""
    root = make_workspace(["a"], index_toml("N", "national", ["a"]))
    rest = "y,,a,M,10,in_service,\n"
    ingest(cci, root, tmp_path, "2024H2", "x,Old,a,M,10,in_service,\n" + rest)
    ingest(cci, root, tmp_path, "2025H1", "x,New,a,half,10,in_service,2020-01-01\n" + rest)
    [driver] = diff(root, "2024H2", "2025H1", "--by", "node")["drivers"]

    assert (driver["node_id"], driver["node_name"], driver["province"]) == ("x", "New", "a")
    assert driver["contribution_pp"] == "-25.00"
    # other models are no find, however long they have been there
    assert driver["causes"] == {"re_equipped": -5 * HOURS}


def test_what_a_node_had_moves_and_what_came_or_went_beyond_that_has_its_own_cause(
    make_workspace, diff, cci, tmp_path
):
    """x leaves a with 10 M and 6 half, 13 cards' worth; in b it has 12 M and 2 half: + 2, − 2.

    y leaves b with 4 M and has 6 half in a, − 4 + 3; z moves and is suspended, − 5 in b.
    """
    root = make_workspace(["a", "b"], index_toml("N", "national", ["a", "b"]))
    old = (
        "x,,a,M,10,in_service,\nx,,a,half,6,in_service,\ny,,b,M,4,in_service,\n"
        "z,,a,M,5,in_service,\n"
    )
    new = (
        "x,,b,M,12,in_service,\nx,,b,half,2,in_service,\ny,,a,half,6,in_service,\n"
        "z,,b,M,5,suspended,\n"
    )
    ingest(cci, root, tmp_path, "2024H2", old)
    ingest(cci, root, tmp_path, "2025H1", new)

    document = diff(root, "2024H2", "2025H1", "--by", "node")
    found = {(item["node_id"], item["province"]): item["causes"] for item in document["drivers"]}
    assert found == {
        ("x", "a"): {"moved": -13 * HOURS},
        ("x", "b"): {"moved": 13 * HOURS, "expanded": 2 * HOURS, "shrunk": -2 * HOURS},
        ("y", "b"): {"moved": -4 * HOURS},
        ("y", "a"): {"moved": 4 * HOURS, "re_equipped": -1 * HOURS},
        ("z", "a"): {"moved": -5 * HOURS},
        ("z", "b"): {"moved": 5 * HOURS, "suspended": -5 * HOURS},
    }
    assert document["causes"] == {
        "expanded": 2 * HOURS,
        "re_equipped": -1 * HOURS,
        "moved": 0,
        "shrunk": -2 * HOURS,
        "suspended": -5 * HOURS,
    }


@pytest.mark.parametrize("many", ["2024H2", "2025H1"])
def test_sums_that_128_bits_may_not_hold_are_refused(make_workspace, cci, many):
    """20 nodes of 2⁶³ − 1 cards at 10¹⁸ units each are above 2¹²⁷, and Polars would wrap."""
    root = make_workspace(
        ["a"],
        index_toml("N", "national", ["a"]),
        models={"M": "999999999", "tiny": "0.000000001"},
    )
    for period in ("2024H2", "2025H1"):
        nodes = 20 if period == many else 1
        store(root, period, [(f"n{number}", "a", "M", 2**63 - 1) for number in range(nodes)])
    outcome = cci("diff", "2024H2", "2025H1", workspace=root)

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: cards times rates are too many digits")


@pytest.mark.parametrize(
    ("times", "named"), [(1, "snapshots`"), (2, "snapshots/2025H1/r1/nodes.csv`")]
)
def test_a_disk_that_fails_while_nodes_are_compared_is_told_by_a_path(
    make_workspace, cci, monkeypatch, times, named
):
    """The changes are summed once, then the names of nodes are looked up in the later file."""
    snapshots = {"2024H2": cards(a=1), "2025H1": cards(a=2)}
    root = make_workspace(["a"], index_toml("N", "national", ["a"]), snapshots)
    collect, calls = pl.LazyFrame.collect, []

    def fail(frame, **options):
        if options.get("engine") == "streaming" and frame_is_of_nodes(frame):
            calls.append(frame)
            if len(calls) == times:
                raise OSError(errno.EIO, "Input/output error")
        return collect(frame, **options)

    monkeypatch.setattr(pl.LazyFrame, "collect", fail)
    outcome = cci("diff", "2024H2", "2025H1", "--by", "node", workspace=root)

    assert (outcome.code, outcome.out) == (3, "")
    assert named in outcome.err
    assert "[E501]" in outcome.err


def frame_is_of_nodes(frame):
    """Whether a plan groups nodes, as those of a comparison do."""
    return "node_id" in frame.collect_schema().names()


def test_what_is_found_outside_the_nation_is_found_all_the_same(
    make_workspace, diff, cci, tmp_path
):
    """b is in the hub and not in the nation: its 7 cards of 2020 are a discovery, and no driver."""
    family = index_toml("N", "national", ["a"]) + index_toml("H", "hub", ["b"])
    root = make_workspace(["a", "b"], family)
    first = "x,,a,M,10,in_service,\ny,,b,M,5,in_service,\n"
    ingest(cci, root, tmp_path, "2024H2", first)
    ingest(cci, root, tmp_path, "2025H1", first + "z,,b,M,7,in_service,2020-01-01\n")
    document = diff(root, "2024H2", "2025H1", "--by", "node")

    parts = row_of(document, "H")["parts_card_hours_exact"]
    assert (parts["discovery"], parts["construction"]) == (f"{7 * HOURS}/1", "0/1")
    assert (document["drivers"], document["causes"]) == ([], {})


# revisions of one period


def test_two_revisions_differ_in_rows_and_in_levels(make_workspace, diff, cci):
    """R: 10 of 40 = 250; after the correction 30 of 60 = 500. y is gone, z is new."""
    family = index_toml("N", "national", ["a", "b"]) + index_toml("R", "region", ["a"])
    root = make_workspace(["a", "b"], family)
    store(root, "2024H2", [("x", "a", "M", 10), ("w", "b", "M", 20), ("y", "b", "M", 10)])
    store(root, "2024H2", [("x", "a", "M", 30), ("w", "b", "M", 20), ("z", "b", "half", 20)])
    document = diff(root, "2024H2@r1", "2024H2@r2")

    assert (document["from"], document["to"]) == ("2024H2@r1", "2024H2@r2")
    assert document["rows"] == {"added": 1, "removed": 1, "changed": 1}
    assert document["edits_left_out"] == 0
    assert diff(root, "2024H2@r1", "2024H2@r2", "--top", "1")["edits_left_out"] == 2
    edits = {item["node_id"]: item for item in document["edits"]}
    assert edits["x"] == {
        "node_id": "x",
        "model": "M",
        "edit": "changed",
        "node_name": None,
        "province": "a",
        "values": {"cards": {"old": "10", "new": "30"}},
    }
    assert (edits["y"]["edit"], edits["z"]["edit"]) == ("removed", "added")
    assert edits["y"]["values"]["cards"] == {"old": "10", "new": None}
    assert edits["z"]["values"]["province"] == {"old": None, "new": "b"}
    assert row_of(document, "R") == {
        "code": "R",
        "from_level": "250.00",
        "to_level": "500.00",
        "change": "250.00",
    }
    assert cci("diff", "2024H2@r1", "2024H2@r2", "--exit-code", workspace=root).code == 1


def test_edits_are_called_in_the_language_of_the_table_and_by_their_keys_in_data(
    make_workspace, diff, cci
):
    root = make_workspace(["a"], index_toml("N", "national", ["a"]))
    store(root, "2024H2", [("x", "a", "M", 10), ("y", "a", "M", 1)])
    store(root, "2024H2", [("x", "a", "M", 30), ("z", "a", "M", 2)])
    span = ("2024H2@r1", "2024H2@r2")

    chinese = cci("diff", *span, "--lang", "zh", workspace=root).out
    lines = [line.split() for line in chinese.splitlines()]
    assert ["x", "—", "a", "M", "修改", "卡数", "10", "30"] in lines
    assert ["y", "—", "a", "M", "删除", "省份", "a", "—"] in lines
    assert ["z", "—", "a", "M", "新增", "状态", "—", "in_service"] in lines
    assert "新增 1 行，删除 1 行，修改 1 行" in chinese.splitlines()
    english = cci("diff", *span, "--lang", "en", workspace=root).out
    lines = [line.split() for line in english.splitlines()]
    assert ["x", "—", "a", "in", "English", "M", "changed", "cards", "10", "30"] in lines
    assert "added 1, removed 1, changed 1" in english.splitlines()
    rows = cci("diff", *span, "--lang", "zh", "--format", "csv", workspace=root).out
    assert "2024H2@r1,2024H2@r2,x,,a,M,changed,cards,10,30" in rows.splitlines()
    assert set(diff(root, *span, "--lang", "zh")["rows"]) == {"added", "removed", "changed"}


def test_the_rows_that_change_supply_most_come_first(make_workspace, diff, cci, tmp_path):
    """y moves with 1,500 half out of a and into b, 1500 both ways; x − 1,200; z 2,000 half
    are built, 1000; v goes from 10 to 12 cards; w is renamed, and u is planned: nothing.
    """
    root = make_workspace(["a", "b"], index_toml("N", "national", ["a", "b"]))
    rest = "q,,b,M,10,in_service,\n"
    old = (
        "u,,a,M,9000,under_construction,\nv,,a,M,10,in_service,\nw,Old,a,M,7,in_service,\n"
        "x,Site,a,M,2400,in_service,\ny,,a,half,1500,in_service,\n"
    )
    new = (
        "u,,a,M,9500,under_construction,\nv,,a,M,12,in_service,\nw,New,a,M,7,in_service,\n"
        "x,Site,a,M,1200,in_service,\ny,,b,half,1500,in_service,\nz,,b,half,2000,in_service,\n"
    )
    ingest(cci, root, tmp_path, "2024H2", old + rest)
    ingest(cci, root, tmp_path, "2024H2", new + rest)
    span = ("2024H2@r1", "2024H2@r2")

    document = diff(root, *span)
    assert [edit["node_id"] for edit in document["edits"]] == ["y", "x", "z", "v", "u", "w"]
    names = [(edit["node_name"], edit["province"]) for edit in document["edits"]]
    assert (names[0], names[1], names[-1]) == ((None, "b"), ("Site", "a"), ("New", "a"))
    top = diff(root, *span, "--top", "2")
    assert (top["edits"], top["edits_left_out"]) == (document["edits"][:2], 4)
    shown = cci("diff", *span, "--top", "2", "--lang", "en", workspace=root).out.splitlines()
    rows = [line for line in shown if line.startswith((" x ", " y "))]
    assert " ".join(rows[1].split()) == "x Site a in English M changed cards 2,400 1,200"
    assert "a in English  b in English" in rows[0]
    # to the right
    assert rows[0].rstrip().endswith("b in English")
    assert len({len(row.rstrip()) for row in rows}) == 1


def test_a_revision_against_itself_differs_in_nothing(make_workspace, cci):
    root = make_workspace(["a"], index_toml("N", "national", ["a"]), {"2024H2": cards(a=1)})
    store(root, "2024H2", cards(a=2))

    assert cci("diff", "2024H2@r2", "2024H2@r2", "--exit-code", workspace=root).code == 0
    assert cci("diff", "2024H2@r2", "2024H2", "--exit-code", workspace=root).code == 0
    assert cci("diff", "2024H2@r1", "2024H2", "--exit-code", workspace=root).code == 1


# backwards


def test_the_later_period_first_turns_the_comparison_round(chain, diff):
    """The three links of the chain, N 1000 → 11700/7, R 600 → 1000, S 400 → 640, turned round.

    N: 7/11.7 − 1 = −47/117, −40.17 %. R: −2750/7 points of 11700/7 = −55/234; S: −1950/7 = −1/6.
    Growth of R 600/1000 − 1 = −40 %, of S 400/640 − 1 = −37.5 %. b had 40 of 100 cards at first.
    """
    document = diff(chain, "2026H1", "2024H2", "--lang", "en")

    assert (document["from"], document["to"]) == ("2026H1", "2024H2")
    nation, first, second = (row_of(document, code) for code in "NRS")
    assert (nation["from_level"], nation["to_level"]) == ("1671.43", "1000.00")
    assert (nation["change"], nation["growth_pct"]) == ("-671.43", "-40.17")
    assert nation["contribution_exact"] == "-47/117"
    assert first["contribution_exact"] == "-55/234"
    assert second["contribution_exact"] == "-1/6"
    assert (first["growth_pct"], second["growth_pct"]) == ("-40.00", "-37.50")
    assert (first["increment_share_pct"], second["increment_share_pct"]) == ("57.14", "42.86")
    assert nation["parts_card_hours_exact"] == {
        "construction": f"{-70 * HOURS}/1",
        "discovery": "0/1",
        "scope": f"{-10 * HOURS}/1",
        "revision": None,
    }
    assert document["causes"] == {
        cause: -supply for cause, supply in diff(chain, "2024H2", "2026H1")["causes"].items()
    }
    hubs = document["hubs"]
    assert (hubs["share_pct"], hubs["increment_share_pct"]) == ("40.00", "14.29")
    assert document["notes"][0] == (
        "Compared backwards, from 30 June 2026 to 31 December 2024: every change has the other "
        "sign, and the causes are named as they happened in time, so that a new node counts as "
        "less."
    )


def test_hubs_looked_back_at_have_the_provinces_of_then(make_workspace, diff):
    """b joins the hub at 2025H1, and the nation has 4 cards: 3 of 4 in the hub, 1 of 4 before."""
    family = index_toml("N", "national", ["a", "b"]) + index_toml(
        "H", "hub", ["a"], {"2025H1": ["a", "b"]}
    )
    snapshots = {"2024H2": cards(a=1, b=3), "2025H1": cards(a=1, b=3)}
    root = make_workspace(["a", "b"], family, snapshots)

    there = diff(root, "2024H2", "2025H1")["hubs"]
    back = diff(root, "2025H1", "2024H2")["hubs"]
    assert (there["share_pct"], there["provinces"]) == ("100.00", ["a", "b"])
    assert (back["share_pct"], back["provinces"]) == ("25.00", ["a"])


@pytest.mark.parametrize("by", ["province", "model", "node"])
def test_backwards_the_same_drivers_come_in_the_same_order_with_the_other_sign(
    survey, chain, diff, by
):
    for root, old, new in ((survey, "2024H2", "2025H1"), (chain, "2024H2", "2026H1")):
        for top in ("0", "2"):
            there = diff(root, old, new, "--by", by, "--top", top)["drivers"]
            back = diff(root, new, old, "--by", by, "--top", top)["drivers"]
            for driver in there:
                driver["cards"] *= -1
                driver["supply_card_hours"] *= -1
                driver["causes"] = {cause: -value for cause, value in driver["causes"].items()}
                del driver["contribution_pp"]
            total = sum(Fraction(driver.pop("contribution_pp")) for driver in back)
            assert back == there
            growth = row_of(diff(root, new, old), "N")["growth_pct"]
            # each is rounded on its own
            assert abs(total - Fraction(growth)) <= Fraction(len(back), 200)


def test_backwards_the_earlier_period_still_has_its_released_levels(make_workspace, diff, cci):
    """As forwards: 2024H2 released with 100 cards and revised to 110, 121 in 2025H1."""
    root = make_workspace(["a"], index_toml("N", "national", ["a"]), {"2024H2": cards(a=100)})
    assert cci("publish", "2024H2", "--by", "A", workspace=root).code == 0
    store(root, "2024H2", cards(a=110))
    store(root, "2025H1", cards(a=121))
    row = row_of(diff(root, "2025H1", "2024H2"), "N")

    assert (row["from_level"], row["to_level"], row["growth_pct"]) == (
        "1100.00",
        "1000.00",
        "-9.09",
    )
    parts = row["parts_card_hours_exact"]
    assert (parts["construction"], parts["revision"]) == (f"{-11 * HOURS}/1", f"{-10 * HOURS}/1")


def test_backwards_from_a_nation_at_zero_is_refused(make_workspace, cci):
    """Growth from zero is not defined, and contributions to it are not."""
    root = make_workspace(
        ["a"], index_toml("N", "national", ["a"]), {"2024H2": cards(a=5), "2025H1": cards(a=0)}
    )
    outcome = cci("diff", "2025H1", "2024H2", workspace=root)

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: no supply in the national index in 2025H1")
    assert cci("diff", "2024H2", "2025H1", workspace=root).code == 0


# usage


def test_the_exit_code_tells_only_when_asked(chain, cci):
    assert cci("diff", "2024H2", "2025H1", workspace=chain).code == 0
    assert cci("diff", "2024H2", "2025H1", "--exit-code", workspace=chain).code == 1
    assert cci("diff", "2024H2", "2024H2", "--exit-code", workspace=chain).code == 0
    assert cci("diff", "2025H1", "2024H2", "--exit-code", workspace=chain).code == 1


@pytest.mark.parametrize("form", ["table", "csv", "markdown", "parquet", "xlsx"])
@pytest.mark.parametrize("by", ["index", "province", "model", "node"])
def test_every_form_and_grouping_comes_out(survey, cci, tmp_path, form, by):
    target = tmp_path / f"out.{form}"
    outcome = cci(
        *("diff", "2024H2", "2025H1", "--by", by, "--format", form, "--output", target),
        workspace=survey,
    )

    assert outcome.code == 0, outcome.err
    assert target.stat().st_size > 100


def test_the_published_figures_come_out_of_the_shipped_data(diff):
    """78.36 % of supply, 76.11 % of the increment, over 60 %; regions add up to 8.81 exactly."""
    document = diff(REPOSITORY, "2024H2", "2025H1")

    hubs, nation = document["hubs"], row_of(document, "700000.CCI")
    assert (hubs["share_pct"], hubs["increment_share_pct"]) == ("78.36", "76.11")
    assert Fraction(hubs["increment_share_pct"]) > hubs["target_pct"]
    regions = [row_of(document, f"7000{number:02}.CCI") for number in range(1, 8)]
    total = sum(Fraction(row["contribution_exact"]) for row in regions)
    assert total == Fraction(nation["contribution_exact"])
    assert (nation["growth_pct"], nation["contribution_pp"]) == ("8.81", "8.81")


# what it rests on


REVISED = {"2024H2": [("n", "a", "M", 25), ("m", "b", "M", 75)]}


@pytest.fixture
def revised(make_workspace, cci):
    """2024H2 is released as r2 has it, a 30; 2025H1 is not released; a 40."""
    indices = index_toml("N", "national", ["a", "b"]) + index_toml("R", "region", ["a"])
    root = make_workspace(["a", "b"], indices, REVISED)
    store(root, "2024H2", [("n", "a", "M", 30), ("m", "b", "M", 75)])
    store(root, "2025H1", [("n", "a", "M", 40), ("m", "b", "M", 75)])
    assert cci("publish", "2024H2", "--by", "A", workspace=root).code == 0
    return root


def test_evidence_that_is_gone_stops_it(revised, cci):
    shutil.rmtree(revised / "snapshots/2024H2/r2")

    refused = cci("diff", "2024H2", "2025H1", workspace=revised)

    assert (refused.code, refused.out) == (1, "")
    assert "`snapshots/2024H2/r2` is missing, and releases/2024H2/r1 was made from" in refused.err
    assert "[E414]" in refused.err


def test_evidence_that_is_gone_is_not_replaced_by_an_older_revision(chain, cci):
    """2025H1 was released from its second revision; the first is still there."""
    store(chain, "2025H1", cards(a=91, b=40, c=10))
    for period in ("2024H2", "2025H1"):
        assert cci("publish", period, "--by", "A", workspace=chain).code == 0
    shutil.rmtree(chain / "snapshots/2025H1/r2")

    refused = cci("compute", "2025H2", workspace=chain)

    assert (refused.code, refused.out) == (1, "")
    assert "`snapshots/2025H1/r2` is missing, and releases/2025H1/r1 was made from" in refused.err
    assert cci("compute", "2025H2", "--from-snapshots", workspace=chain).code == 0


def test_what_lies_before_a_release_is_not_asked_for(chain, cci):
    """What is chained from 2025H1 needs its level and the data of both sides, and no more."""
    for period in ("2024H2", "2025H1"):
        assert cci("publish", period, "--by", "A", workspace=chain).code == 0
    shutil.rmtree(chain / "snapshots/2024H2")

    assert cci("compute", "2025H2", workspace=chain).code == 0
    assert cci("diff", "2025H1", "2025H2", workspace=chain).code == 0


def test_units_are_put_back_into_card_hours(make_workspace, diff):
    """One card of 33.3 more, of a standard card of 96: 33.3 ÷ 96 × 8760 = 3038.625 card-hours."""
    snapshots = {"2024H2": [("n", "a", "third", 1)], "2025H1": [("n", "a", "third", 2)]}
    root = make_workspace(
        ["a"],
        index_toml("N", "national", ["a"]),
        snapshots,
        models={"third": "33.3", "other": "0.25"},
        standard_card_tflops="96",
    )

    document = diff(root, "2024H2", "2025H1", "--by", "model")

    parts = row_of(document, "N")["parts_card_hours_exact"]
    assert Fraction(parts["construction"]) == Fraction("3038.625")
    assert document["causes"] == {"expanded": 3039}


def test_the_document_says_what_it_was_made_from(revised, cci):
    run = cci("diff", "2024H2", "2025H1", "--format", "json", workspace=revised)

    provenance = json.loads(run.out)["provenance"]
    assert [(item["period"], item["revision"]) for item in provenance["snapshots"]] == [
        ("2024H2", "r2"),
        ("2025H1", "r1"),
    ]
    assert all(len(item["sha256"]) == 64 for item in provenance["snapshots"])
    assert provenance["releases"]["2024H2"]["release"] == "r1"
    assert sorted(provenance["config"]) == [
        "cards.csv",
        "cci.toml",
        "indices.toml",
        "provinces.csv",
    ]


@pytest.mark.parametrize(
    "refs", [("2024H2@r1", "2025H1"), ("2024H2@r1", "2024H2@r2")], ids="-".join
)
def test_that_a_named_revision_is_not_the_released_one_is_noted(revised, cci, refs):
    notes = json.loads(cci("diff", *refs, "--format", "json", workspace=revised).out)["notes"]

    assert notes[0].startswith("试算：releases/2024H2/r1 已发布的数字与本表在")


def test_a_comparison_with_the_released_revision_has_no_such_note(revised, cci):
    document = json.loads(
        cci("diff", "2024H2@r2", "2025H1", "--format", "json", workspace=revised).out
    )

    assert not [note for note in document["notes"] if note.startswith("试算")]


def test_rows_that_are_left_out_of_data_are_told(make_workspace, cci):
    root = make_workspace(["a"], index_toml("N", "national", ["a"]))
    for count in (1, 2):
        store(root, "2024H2", [(f"n{number:02}", "a", "M", count) for number in range(30)])
    arguments = ("diff", "2024H2@r1", "2024H2@r2", "--format", "csv")

    few = cci(*arguments, workspace=root)
    every = cci(*arguments, "--top", "0", workspace=root)

    assert (len(few.out.splitlines()), few.err) == (21, "10 rows more: --top 0 gives all\n")
    assert (len(every.out.splitlines()), every.err) == (31, "")


def test_zero_has_no_exponent_however_many_decimals(make_workspace, cci):
    rows = [("n", "a", "M", 1)]
    root = make_workspace(
        ["a"], index_toml("N", "national", ["a"]), {"2024H2": rows, "2025H1": rows}, decimals=12
    )

    text = cci("diff", "2024H2", "2025H1", workspace=root).out

    assert "0E" not in text
    assert " 0.000000000000 " in text
