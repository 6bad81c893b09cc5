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


def test_a_released_period_says_so(cci, workspace):
    (workspace / "releases" / "2024H2" / "r1").mkdir(parents=True)
    run = cci("status", "--format", "json", workspace=workspace)

    revisions = json.loads(run.out)["revisions"]
    assert [row["release"] for row in revisions] == ["r1", "r1", None]


def test_a_damaged_revision_is_part_of_the_answer_and_the_exit_code_is_1(cci, workspace):
    nodes = workspace / "snapshots" / "2024H2" / "r1" / "nodes.csv"
    nodes.write_bytes(nodes.read_bytes().replace(b",1,", b",9,"))

    run = cci("status", "--format", "json", workspace=workspace)
    states = [row["state"] for row in json.loads(run.out)["revisions"]]

    assert run.code == 1
    assert "differs from what its datapackage.json records" in states[0]
    assert states[1:] == ["ok", "ok"]


def test_an_empty_workspace_lacks_its_base_period(cci, make_workspace):
    root = make_workspace(["a"], index_toml("N", "national", ["a"]))
    run = cci("status", "--format", "json", workspace=root)

    assert (run.code, json.loads(run.out)["missing"]) == (0, ["2024H2"])
