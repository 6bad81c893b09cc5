"""``cci status``."""

import json

import pytest
from conftest import index_toml, store


@pytest.fixture
def workspace(make_workspace):
    root = make_workspace(
        ["a"], index_toml("N", "national", ["a"]), {"2024H2": [("n", "a", "M", 1)]}
    )
    store(root, "2024H2", [("n", "a", "M", 2)])
    store(root, "2025H2", [("n", "a", "M", 3)])
    return root


def test_every_revision_is_listed_with_rows_and_hash(cci, workspace):
    run = cci("status", "--format", "json", workspace=workspace)
    document = json.loads(run.out)

    assert run.code == 0
    assert [(r["period"], r["revision"], r["rows"]) for r in document["revisions"]] == [
        ("2024H2", "r1", 1),
        ("2024H2", "r2", 1),
        ("2025H2", "r1", 1),
    ]
    assert all(len(row["sha256"]) == 64 for row in document["revisions"])
    assert [row["release"] for row in document["revisions"]] == [None, None, None]


def test_a_gap_in_the_chain_is_named(cci, workspace):
    run = cci("status", workspace=workspace)

    assert "2025H1 has no snapshot: nothing after it can be chained" in run.out


def test_a_revision_that_was_released_says_so_and_the_others_do_not(cci, workspace):
    cci("publish", "2024H2", "--by", "A", workspace=workspace)
    run = cci("status", "--format", "json", workspace=workspace)

    revisions = json.loads(run.out)["revisions"]
    assert run.code == 0
    assert [row["release"] for row in revisions] == [None, "r1", None]


def test_a_release_from_print_has_no_revision_and_is_named(cci, workspace, tmp_path):
    table = tmp_path / "table2.csv"
    table.write_text("指数名称,2024年12月31日\nN index,1000.00\n", encoding="utf-8")
    cci("publish", "2024H2", "--from-table", table, "--by", "A", workspace=workspace)
    run = cci("status", workspace=workspace)

    assert run.code == 0
    assert "releases/2024H2/r1 was transcribed from print" in run.out
    document = json.loads(cci("status", "--format", "json", workspace=workspace).out)
    assert (document["transcribed"], document["damage"]) == (["releases/2024H2/r1"], [])
    assert [row["release"] for row in document["revisions"]] == [None, None, None]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda root: (root / "releases/2024H2/r1/indices.csv").write_text("x"), "indices.csv`"),
        (lambda root: (root / "releases/notes.txt").write_text("x"), "notes.txt`"),
        (lambda root: (root / "snapshots/2025H2/r1").rename(root / "snapshots/2025H2/r2"), "r1`"),
    ],
    ids=["a release", "a file too many", "a number that is missing"],
)
def test_damage_beside_the_revisions_is_said_and_the_exit_code_is_1(cci, workspace, damage, said):
    cci("publish", "2024H2", "--by", "A", workspace=workspace)
    assert cci("status", workspace=workspace).code == 0
    damage(workspace)
    run = cci("status", "--format", "json", workspace=workspace)

    assert run.code == 1
    assert any(said in line for line in json.loads(run.out)["damage"])


def test_periods_in_a_row_that_are_missing_share_a_line(cci, workspace):
    store(workspace, "2029H1", [("n", "a", "M", 3)])
    run = cci("status", workspace=workspace)

    assert "2026H1 to 2028H2 have no snapshot: nothing after it can be chained" in run.out
    assert "2025H1 has no snapshot" in run.out


def test_a_damaged_revision_is_part_of_the_answer_and_the_exit_code_is_1(cci, workspace):
    nodes = workspace / "snapshots" / "2024H2" / "r1" / "nodes.csv"
    nodes.write_bytes(nodes.read_bytes().replace(b",1,", b",9,"))

    run = cci("status", "--format", "json", workspace=workspace)
    states = [row["state"] for row in json.loads(run.out)["revisions"]]

    assert run.code == 1
    assert "is not what was stored" in states[0]
    assert states[1:] == ["ok", "ok"]


def test_an_empty_workspace_lacks_its_base_period(cci, make_workspace):
    root = make_workspace(["a"], index_toml("N", "national", ["a"]))
    run = cci("status", "--format", "json", workspace=root)

    assert (run.code, json.loads(run.out)["missing"]) == (0, ["2024H2"])
