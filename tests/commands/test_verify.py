"""`cci verify`: is what is stored what was stored, and what have released levels drifted to?"""

import csv
import hashlib
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import index_toml, store

from cci_cli.packages import seal

FAMILY = (
    index_toml("N", "national", ["a", "b"])
    + index_toml("R", "region", ["a"])
    + index_toml("S", "region", ["b"])
)


def cards(**counts):
    """One node per province: ``cards(a=3, b=0)``."""
    return [(f"node {province}", province, "M", count) for province, count in counts.items()]


@pytest.fixture
def workspace(make_workspace):
    """a 1, 2; b 3, 3: R 250, 500; S 750; N 1000, 1250."""
    return make_workspace(
        ["a", "b"], FAMILY, {"2024H2": cards(a=1, b=3), "2025H1": cards(a=2, b=3)}
    )


@pytest.fixture
def publish(cci, workspace):
    def run(period, *options):
        outcome = cci("publish", period, "--by", "A", *options, workspace=workspace)
        assert outcome.code == 0, outcome.err

    return run


@pytest.fixture
def released(publish, workspace):
    """The workspace with both periods released."""
    publish("2024H2")
    publish("2025H1")
    return workspace


@pytest.fixture
def verify(cci, workspace):
    """Exit code and document."""

    def run(*arguments):
        outcome = cci("verify", *arguments, "--format", "json", workspace=workspace)
        assert outcome.err == ""
        return outcome.code, json.loads(outcome.out, parse_float=str)

    return run


@pytest.fixture
def say(cci, workspace):
    """Exit code and lines of the text."""

    def run(*arguments):
        outcome = cci("verify", *arguments, workspace=workspace)
        assert outcome.err == ""
        return outcome.code, outcome.out.splitlines()

    return run


def mismatches(document) -> dict[str | None, list[str]]:
    """What is wrong, by package."""
    return {
        finding["name"]: finding["mismatches"]
        for finding in document["findings"]
        if finding["mismatches"]
    }


def forge(folder: Path, code: str, **cells: str) -> None:
    """Edit a row of a release and make every hash and the seal fit again."""
    path = folder / "indices.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))
    next(row for row in rows if row["code"] == code).update(cells)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    reseal(folder)


def reseal(folder: Path, **changes: object) -> None:
    """Write the descriptor of a package anew, with the hashes its files have now."""
    descriptor = folder / "datapackage.json"
    document = json.loads(descriptor.read_bytes()) | changes
    for item in document["resources"]:
        data = (folder / item["path"]).read_bytes()
        item |= {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    del document["seal"]
    descriptor.write_bytes(seal(document))


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# what is sound


@pytest.mark.usefixtures("released")
def test_what_is_sound_is_listed_and_counted(say, verify):
    names = [
        *("snapshots/2024H2/r1", "snapshots/2025H1/r1", "releases/2024H2/r1", "releases/2025H1/r1")
    ]

    assert say() == (
        0,
        [
            *(f"ok {name}" for name in names),
            "2 revisions, 2 releases, 0 problems, 0 drifted levels",
        ],
    )
    code, document = verify()
    assert code == 0
    kinds = ["snapshot", "snapshot", "release", "release"]
    assert document == {
        "sound": True,
        "findings": [
            {"kind": kind, "name": name, "mismatches": [], "remarks": []}
            for kind, name in zip(kinds, names, strict=True)
        ],
        "outdated": [],
        "drift": [],
    }


def test_an_empty_workspace_is_sound(make_workspace, cci):
    run = cci("verify", workspace=make_workspace(["a"], index_toml("N", "national", ["a"])))

    assert (run.code, run.out) == (0, "0 revisions, 0 releases, 0 problems, 0 drifted levels\n")


@pytest.mark.usefixtures("released")
def test_one_period_is_looked_at_alone(say):
    assert say("2025H1") == (
        0,
        [
            "ok snapshots/2025H1/r1",
            "ok releases/2025H1/r1",
            "1 revision, 1 release, 0 problems, 0 drifted levels",
        ],
    )
    assert say("2025-03-31") == say("2025H1")


@pytest.mark.parametrize(("period", "exit_code", "code"), [("2026H1", 1, "E412"), ("x", 2, "E101")])
def test_a_period_of_which_nothing_is_stored_is_refused(released, cci, period, exit_code, code):
    refused = cci("verify", period, workspace=released)

    assert (refused.code, refused.out, f"`{period}`" in refused.err) == (exit_code, "", True)
    assert f"[{code}]" in refused.err


def test_a_release_without_a_snapshot_of_its_period_can_be_verified(make_workspace, cci, tmp_path):
    root = make_workspace(["a", "b"], FAMILY)
    table = tmp_path / "printed.csv"
    table.write_text("指数名称,2024年12月31日\nN index,1000.00\nR index,250.00\nS index,750.00\n")
    assert cci("publish", "2024H2", "--by", "A", "--from-table", table, workspace=root).code == 0

    run = cci("verify", "2024H2", workspace=root)
    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[0] == "ok releases/2024H2/r1: transcribed from print"
    assert lines[1].startswith("drift releases/2024H2/r1: not known: no snapshot of `2024H2`")
    assert lines[2] == "0 revisions, 1 release, 0 problems, 0 drifted levels"


# drift


@pytest.fixture
def drifted(released):
    """Both periods corrected after their releases: a 1 → 2 in 2024H2, b 3 → 4 in 2025H1."""
    store(released, "2024H2", cards(a=2, b=3))
    store(released, "2025H1", cards(a=2, b=4))
    return released


@pytest.mark.usefixtures("drifted")
def test_drift_is_the_exact_difference_to_what_today_s_data_give(verify):
    """Today from the base: 2024H2 R 1000 × 2/5 = 400, S 600; released 250, 750.

    2025H1: R 400 × 2/2 = 400, S 600 × 4/3 = 800, N 1000 × 6/5 = 1200; released 500, 750, 1250.
    """
    code, document = verify()

    assert (code, document["sound"]) == (0, True)
    columns = ("release", "code", "released", "restated", "difference", "restated_exact")
    assert [tuple(entry[name] for name in columns) for entry in document["drift"]] == [
        ("releases/2024H2/r1", "R", "250.00", "400.00", "150.0000", "400/1"),
        ("releases/2024H2/r1", "S", "750.00", "600.00", "-150.0000", "600/1"),
        ("releases/2025H1/r1", "N", "1250.00", "1200.00", "-50.0000", "1200/1"),
        ("releases/2025H1/r1", "R", "500.00", "400.00", "-100.0000", "400/1"),
        ("releases/2025H1/r1", "S", "750.00", "800.00", "50.0000", "800/1"),
    ]
    assert document["drift"][2] == {
        "period": "2025H1",
        "release": "releases/2025H1/r1",
        "code": "N",
        "released": "1250.00",
        "restated": "1200.00",
        "difference": "-50.0000",
        "released_exact": "1250/1",
        "restated_exact": "1200/1",
        "reason": "",
    }


@pytest.mark.usefixtures("drifted")
def test_drift_alone_is_told_and_is_no_mismatch(say):
    code, lines = say()

    assert code == 0
    # four revisions, two releases: all sound
    assert [line for line in lines if line.startswith("ok ")] == lines[:6]
    assert lines[6:] == [
        "drift releases/2024H2/r1: R released 250.00, today 400.00 (+150.0000)",
        "drift releases/2024H2/r1: S released 750.00, today 600.00 (-150.0000)",
        "drift releases/2025H1/r1: N released 1250.00, today 1200.00 (-50.0000)",
        "drift releases/2025H1/r1: R released 500.00, today 400.00 (-100.0000)",
        "drift releases/2025H1/r1: S released 750.00, today 800.00 (+50.0000)",
        "4 revisions, 2 releases, 0 problems, 5 drifted levels",
    ]


def test_drift_of_one_period_is_told_alone(drifted, verify, cci):
    _, document = verify("2024H2")
    assert [(entry["period"], entry["code"]) for entry in document["drift"]] == [
        ("2024H2", "R"),
        ("2024H2", "S"),
    ]
    table = cci("verify", "2024H2", "--format", "csv", workspace=drifted).out
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["state"] for row in rows] == ["ok", "ok", "ok", "drift", "drift"]
    assert rows[3]["name"] == "releases/2024H2/r1"
    figures = ("code", "released", "restated", "difference")
    assert [rows[3][name] for name in figures] == ["R", "250.00", "400.00", "150.0000"]


@pytest.mark.usefixtures("drifted")
def test_drift_is_of_the_release_in_force(publish, verify):
    publish("2024H2", "--restate", "corrected")
    publish("2025H1", "--restate", "corrected")

    code, document = verify()
    assert (code, document["drift"], document["outdated"]) == (0, [], [])
    assert [f["name"] for f in document["findings"] if f["kind"] == "release"] == [
        *("releases/2024H2/r1", "releases/2024H2/r2"),
        *("releases/2025H1/r1", "releases/2025H1/r2"),
    ]


def test_a_drift_too_small_to_print_is_told(make_workspace, cci):
    """R 1000 × 1/4000001 against 1000 × 1/4000002: 0.00 both, and not the same."""
    root = make_workspace(["a", "b"], FAMILY, {"2024H2": cards(a=1, b=4_000_000)})
    assert cci("publish", "2024H2", "--by", "A", workspace=root).code == 0
    store(root, "2024H2", cards(a=1, b=4_000_001))

    out = cci("verify", workspace=root).out
    assert "R released 0.00, today 0.00 (beyond the digits shown)" in out
    assert out.endswith("2 drifted levels\n")


def test_an_index_no_longer_defined_is_told_and_a_new_one_is_no_drift(released, say, verify):
    text = (released / "config/indices.toml").read_text("utf-8")
    text = text.replace(index_toml("S", "region", ["b"]), index_toml("T", "hub", ["b"]))
    (released / "config/indices.toml").write_text(text, encoding="utf-8")

    code, lines = say()
    assert code == 0
    assert [line for line in lines if line.startswith("drift")] == [
        "drift releases/2024H2/r1: S is no longer defined",
        "drift releases/2025H1/r1: S is no longer defined",
    ]
    entry = verify()[1]["drift"][0]
    assert (entry["code"], entry["released"], entry["restated"], entry["difference"]) == (
        *("S", "750.00"),
        *(None, None),
    )


def test_where_the_data_of_today_lack_a_period_the_drift_of_others_is_still_told(released, say):
    """The snapshot of 2025H1 breaks a rule of today: half is no model any more."""
    store(released, "2025H1", [("n", "a", "half", 4), ("m", "b", "M", 3)])
    store(released, "2024H2", cards(a=2, b=3))
    path = released / "config/cards.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")

    code, lines = say()
    assert code == 0
    told = [line for line in lines if line.startswith("drift")]
    assert told[:-1] == [
        "drift releases/2024H2/r1: R released 250.00, today 400.00 (+150.0000)",
        "drift releases/2024H2/r1: S released 750.00, today 600.00 (-150.0000)",
    ]
    assert told[-1].startswith("drift releases/2025H1/r1: not known: ")


@pytest.mark.parametrize(
    ("rounding", "printed", "drifts"),
    [("half_up", "312.63", 0), ("half_up", "312.62", 1), ("half_even", "312.62", 0)],
)
def test_a_transcribed_level_drifts_where_it_prints_otherwise(
    make_workspace, cci, tmp_path, rounding, printed, drifts
):
    """R 1000 × 2501/8000 = 312.625, a tie; S 687.375 prints 687.38 both ways."""
    root = make_workspace(["a", "b"], FAMILY, {"2024H2": cards(a=2501, b=5499)}, rounding=rounding)
    table = tmp_path / "printed.csv"
    table.write_text(
        f"指数名称,2024年12月31日\nN index,1000.00\nR index,{printed}\nS index,687.38\n"
    )
    assert cci("publish", "2024H2", "--by", "A", "--from-table", table, workspace=root).code == 0

    out = cci("verify", workspace=root).out
    assert "ok releases/2024H2/r1: transcribed from print\n" in out
    assert out.count("drift releases/2024H2/r1: R released 312.62") == drifts


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (
            *("cci.toml", "base_level = 1000", "base_level = 100"),
            "`{release}` is on the base 2024H2 = 1000, the config on 2024H2 = 100",
        ),
        (
            *("cci.toml", '"2024H2"', '"2025H1"'),
            "`{release}` is on the base 2024H2 = 1000, the config on 2025H1 = 1000",
        ),
        (
            *("indices.toml", 'code = "N"', 'code = "M"'),
            "`{release}` has no level of M, the national index of the config",
        ),
    ],
    ids=["another base level", "before the base", "another nation"],
)
def test_what_cannot_be_held_against_the_config_of_today_drifts_with_a_reason(
    released, say, verify, file, old, new, reason
):
    path = released / "config" / file
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")

    names = ["releases/2024H2/r1", "releases/2025H1/r1"]
    code, lines = say()
    assert code == 0
    assert lines[-3:] == [
        *(f"drift {name}: not known: {reason.format(release=name)}" for name in names),
        "2 revisions, 2 releases, 0 problems, 0 drifted levels",
    ]
    document = verify()[1]
    assert [(entry["release"], entry["reason"]) for entry in document["drift"]] == [
        (name, reason.format(release=name)) for name in names
    ]


# the table of then

PRINTED = "指数名称,2024年12月31日\nN index,1000.00\nR index,250.00\nS index,750.00\n"


@pytest.fixture
def transcribed(workspace, publish, tmp_path):
    """The folder of a release taken from print, with all its levels as they are computed."""
    table = tmp_path / "printed.csv"
    table.write_bytes(PRINTED.encode("gb18030"))
    publish("2024H2", "--from-table", table)
    return workspace / "releases/2024H2/r1"


def test_a_transcribed_release_is_read_again_from_the_table_it_keeps(transcribed, say):
    assert (transcribed / "table.csv").read_bytes() == PRINTED.encode("gb18030")
    code, lines = say("2024H2")
    assert (code, lines[1]) == (0, "ok releases/2024H2/r1: transcribed from print")

    forge(transcribed, "R", level="251.00", level_exact="251/1")
    code, lines = say("2024H2")
    assert code == 1
    assert lines[1:] == [
        "MISMATCH releases/2024H2/r1: R comes out differently: level 250.00 instead of 251.00",
        "1 revision, 1 release, 1 problem, drift not looked at",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            *("R index,250.00\nS index,750.00", "R index,251.00\nS index,749.00"),
            [
                "R comes out differently: level 251.00 instead of 250.00",
                "S comes out differently: level 749.00 instead of 750.00",
            ],
        ),
        (
            *("S index,750.00\n", ""),
            [
                "it cannot be made again: `{table}` has 1 problem",
                "index `S index` does not appear",
            ],
        ),
    ],
    ids=["other levels", "a row less"],
)
def test_a_table_exchanged_with_all_hashes_right_is_found(transcribed, verify, old, new, told):
    table = transcribed / "table.csv"
    table.write_text(PRINTED.replace(old, new), encoding="utf-8")
    reseal(transcribed)

    code, document = verify()
    assert code == 1
    assert mismatches(document) == {
        "releases/2024H2/r1": [line.format(table=table) for line in told]
    }


def test_the_table_is_held_against_its_hash(transcribed, verify):
    (transcribed / "table.csv").write_bytes(PRINTED.encode())

    code, document = verify()
    assert code == 1
    (told,) = mismatches(document)["releases/2024H2/r1"]
    assert "releases/2024H2/r1/table.csv` is not what was stored" in told


def test_a_transcribed_release_must_keep_its_table(transcribed, verify):
    """Else a computed one could call itself transcribed and not be made again."""
    descriptor = transcribed / "datapackage.json"
    document = json.loads(descriptor.read_bytes())
    kept = [item for item in document["resources"] if item["path"] != "table.csv"]
    (transcribed / "table.csv").unlink()
    reseal(transcribed, resources=kept)

    code, document = verify()
    assert code == 1
    (told,) = mismatches(document)["releases/2024H2/r1"]
    assert f"`{descriptor}` is not a usable data package: " in told
    assert told.endswith("it was transcribed from print, and its table.csv is gone")


# the config of then


def test_a_changed_config_is_named_by_file_and_the_release_still_holds(released, say, verify):
    """The rate of M doubles in both periods, half is gone: nothing drifts, 250 stays 250."""
    archived = hash_of(released / "config/cards.csv")
    path = released / "config/cards.csv"
    path.write_text(path.read_text("utf-8").replace("M,V,100,dense,100", "M,V,200,dense,200"))
    now = hash_of(path)

    code, lines = say()
    assert code == 0
    remark = f"config/cards.csv changed since: sha256 {archived[:12]}… then, {now[:12]}… now"
    assert lines[2:] == [
        f"ok releases/2024H2/r1: {remark}",
        f"ok releases/2025H1/r1: {remark}",
        "2 revisions, 2 releases, 0 problems, 0 drifted levels",
    ]
    document = verify()[1]
    assert [f["remarks"] for f in document["findings"]] == [[], [], [remark], [remark]]


def test_a_release_is_computed_again_with_the_revisions_of_then(released, say):
    """Later revisions make it drift; they do not make it wrong."""
    store(released, "2024H2", cards(a=9, b=1))

    code, lines = say()
    assert code == 0
    assert "ok releases/2025H1/r1" in lines


def test_levels_seeded_broken_reseeded_and_chained_from_print_come_out_again(
    make_workspace, cci, tmp_path
):
    """T is defined after 2024H2, R covers b too from 2025H2, S rises from zero in 2025H2.

    R 250 × 2/1 = 500, × (2 + 2)/(2 + 0) = 1000; the start is a transcribed release.
    """
    nation, t = index_toml("N", "national", ["a", "b", "c"]), index_toml("T", "hub", ["c"])
    s = index_toml("S", "region", ["b"])
    root = make_workspace(
        ["a", "b", "c"],
        nation + index_toml("R", "region", ["a"]) + s,
        {
            "2024H2": cards(a=1, b=0, c=3),
            "2025H1": cards(a=2, b=0, c=3),
            "2025H2": cards(a=2, b=2, c=3),
        },
    )
    table = tmp_path / "printed.csv"
    table.write_text("指数名称,2024年12月31日\nN index,1000.00\nR index,250.00\nS index,0.00\n")
    assert cci("publish", "2024H2", "--from-table", table, workspace=root).code == 0
    changed = index_toml("R", "region", ["a"], {"2025H2": ["a", "b"]})
    (root / "config/indices.toml").write_text(nation + changed + s + t, encoding="utf-8")
    for period in ("2025H1", "2025H2"):
        assert cci("publish", period, workspace=root).code == 0

    run = cci("verify", workspace=root)
    assert (run.code, "releases/2025H2/r1\n" in run.out) == (0, True)
    with (root / "releases/2025H2/r1/indices.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: (row["status"], row["level_exact"]) for row in csv.DictReader(file)}
    assert rows["R"] == ("break", "1000/1")
    assert rows["S"][0] == "reseeded"
    assert rows["T"] == ("chained", "750/1")
    assert run.out.endswith("3 revisions, 3 releases, 0 problems, 0 drifted levels\n")


# what does not hold


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        # the first column in the order of the file is told
        ({"level": "251.00", "level_exact": "251/1"}, "level 250.00 instead of 251.00"),
        ({"level_exact": "25001/100"}, "level_exact 250/1 instead of 25001/100"),
        ({"level": "250.01"}, "level 250.00 instead of 250.01"),
        ({"share_pct": "25.01"}, "share_pct 25.00 instead of 25.01"),
        ({"supply_exact": "8761/1"}, "supply_exact 8760/1 instead of 8761/1"),
        ({"status": "chained"}, "status base instead of chained"),
        ({"provinces": "a|b"}, "provinces a instead of a|b"),
        ({"name": "Renamed", "provinces": "b"}, "name R index instead of Renamed"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_a_release_forged_with_all_hashes_right_is_found_by_computing_it_again(
    workspace, publish, say, verify, cells, named
):
    publish("2024H2")
    forge(workspace / "releases/2024H2/r1", "R", **cells)

    code, document = verify()
    assert (code, document["sound"]) == (1, False)
    assert mismatches(document) == {"releases/2024H2/r1": [f"R comes out differently: {named}"]}
    code, lines = say()
    assert code == 1
    assert lines[-2:] == [
        f"MISMATCH releases/2024H2/r1: R comes out differently: {named}",
        "2 revisions, 1 release, 1 problem, drift not looked at",
    ]


def test_every_forged_row_is_a_problem(workspace, publish, say):
    publish("2024H2")
    for code, level in (("R", "251.00"), ("S", "749.00")):
        forge(workspace / "releases/2024H2/r1", code, level=level)

    assert say()[1][-1] == "2 revisions, 1 release, 2 problems, drift not looked at"


def test_a_superseded_release_is_computed_again_too(drifted, publish, verify):
    publish("2024H2", "--restate", "corrected")
    forge(drifted / "releases/2024H2/r1", "S", level_exact="751/1", level="751.00")

    code, document = verify()
    assert code == 1
    # the release of 2025H1 was chained from it, and names its hash
    assert set(mismatches(document)) == {"releases/2024H2/r1", "releases/2025H1/r1"}


def test_a_later_release_does_not_hold_where_its_start_was_forged(released, verify):
    forge(released / "releases/2024H2/r1", "R", level="251.00", level_exact="251/1")

    code, document = verify()
    assert code == 1
    (told,) = mismatches(document)["releases/2025H1/r1"]
    assert "`releases/2024H2/r1` is not what releases/2025H1/r1 was made from" in told


def test_a_release_does_not_hold_where_a_revision_was_exchanged(released, verify):
    """A sound package with other cards in the place of the one that the release names."""
    other = released / "elsewhere"
    shutil.copytree(released / "config", other / "config")
    (other / "snapshots").mkdir()
    store(other, "2024H2", cards(a=5, b=5))
    shutil.rmtree(released / "snapshots/2024H2/r1")
    shutil.move(other / "snapshots/2024H2/r1", released / "snapshots/2024H2/r1")

    code, document = verify()
    assert code == 1
    told = mismatches(document)
    assert set(told) == {"releases/2024H2/r1", "releases/2025H1/r1"}
    assert (
        "`2024H2@r1` is not what releases/2024H2/r1 was made from" in told["releases/2024H2/r1"][0]
    )


def test_a_file_that_was_edited_is_named(released, say):
    path = released / "snapshots/2024H2/r1/nodes.csv"
    path.write_bytes(path.read_bytes().replace(b",1,", b",9,"))

    code, lines = say()
    assert code == 1
    told = [line for line in lines if line.startswith("MISMATCH")]
    assert told[0].startswith("MISMATCH snapshots/2024H2/r1: ")
    assert "snapshots/2024H2/r1/nodes.csv` is not what was stored" in told[0]
    # both releases were made from it
    assert [line.split(":")[0] for line in told[1:]] == [
        "MISMATCH releases/2024H2/r1",
        "MISMATCH releases/2025H1/r1",
    ]
    assert lines[-1] == "2 revisions, 2 releases, 3 problems, drift not looked at"


def test_a_computed_release_cannot_call_itself_transcribed(workspace, publish, verify):
    """That would spare it from being computed again."""
    publish("2024H2")
    forge(workspace / "releases/2024H2/r1", "R", level="251.00", level_exact="251/1")
    reseal(workspace / "releases/2024H2/r1", transcribed_decimals=2)

    code, document = verify()
    assert code == 1
    (told,) = mismatches(document)["releases/2024H2/r1"]
    assert "releases/2024H2/r1/datapackage.json` is not a usable data package: " in told
    assert "it was transcribed from print, and names what it was made from" in told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda it: it["base"].update(level="NaN"), "its base level is not a number"),
        (
            lambda it: it["provenance"]["releases"].update(
                {"2025H1": it["provenance"]["releases"].pop("2024H2")}
            ),
            "it is chained from a release that is not earlier",
        ),
        (
            lambda it: it["provenance"]["snapshots"].pop("2025H1"),
            "it names no snapshot of 2025H1",
        ),
        (
            lambda it: it["provenance"].update(snapshots={}, releases={}),
            "it names no snapshot of 2025H1",
        ),
    ],
    ids=["base", "start", "snapshot", "nothing"],
)
def test_a_descriptor_that_contradicts_itself_is_not_usable(released, verify, cci, change, told):
    folder = released / "releases/2025H1/r1"
    document = json.loads((folder / "datapackage.json").read_bytes())
    change(document)
    reseal(folder, **document)

    code, found = verify()
    assert code == 1
    expected = f"`{folder / 'datapackage.json'}` is not a usable data package: {told}"
    assert mismatches(found) == {"releases/2025H1/r1": [expected]}
    refused = cci("compute", "2025H1", workspace=released)
    assert (refused.code, refused.out, "[E304]" in refused.err) == (1, "", True)


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.update(transcribed_decimals=-1),
        lambda it: it.update(transcribed_decimals="2"),
        lambda it: it.update(transcribed_decimals=2.0),
        lambda it: it.update(rests_on_print={"release": "releases/2024H2/r1"}),
        lambda it: it["provenance"]["snapshots"]["2025H1"].update(revision=""),
        lambda it: it["provenance"]["snapshots"]["2025H1"].update(revision="one"),
        lambda it: it["provenance"]["releases"]["2024H2"].pop("release"),
        lambda it: it["provenance"]["releases"].update({"2023H2": {}}),
        lambda it: it.update(release=""),
        lambda it: it.update(created="yesterday"),
    ],
    ids=[
        *("places below 0", "places as text", "places with a point", "print without places"),
        *("no revision", "a revision by word", "no release", "two starts", "no number", "no time"),
    ],
)
def test_a_descriptor_that_cannot_be_read_is_not_usable(released, verify, change):
    folder = released / "releases/2025H1/r1"
    document = json.loads((folder / "datapackage.json").read_bytes())
    change(document)
    reseal(folder, **document)

    code, found = verify()
    assert code == 1
    (told,) = mismatches(found)["releases/2025H1/r1"]
    assert told.startswith(f"`{folder / 'datapackage.json'}` is not a usable data package: ")


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("level_exact", "exact_level", 1),
        lambda text: text.splitlines()[0] + "\n",
        lambda text: text.replace("/1,", "/0,"),
        lambda text: text.replace("/1,", "/1.0,"),
        lambda text: text + '"',
        lambda text: "\ufeff" + text,
    ],
    ids=["a column", "no rows", "by zero", "no fraction", "a quote", "a mark"],
)
def test_rows_of_a_release_that_cannot_be_read_are_not_usable(released, verify, edit):
    folder = released / "releases/2025H1/r1"
    text = (folder / "indices.csv").read_text(encoding="utf-8")
    assert edit(text) != text
    (folder / "indices.csv").write_text(edit(text), encoding="utf-8")
    reseal(folder)

    code, found = verify()
    assert code == 1
    (told,) = mismatches(found)["releases/2025H1/r1"]
    assert "is not a usable data package: " in told


@pytest.mark.parametrize("first", ["2024H2", "2025H1"])
def test_no_figure_of_a_release_comes_from_evidence_made_anew(released, cci, first):
    """One card more, and every hash of the snapshot fits again: but not that of the release."""
    folder = released / "snapshots/2025H1/r1"
    text = (folder / "nodes.csv").read_text(encoding="utf-8")
    changed = re.sub(
        r",([0-9]+),in_service", lambda found: f",{int(found[1]) + 1},in_service", text
    )
    (folder / "nodes.csv").write_text(changed, encoding="utf-8")
    reseal(folder)

    refused = cci("diff", first, "2025H1", workspace=released)

    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith(
        "error: `2025H1@r1` is not what releases/2025H1/r1 was made from: its hash differs [E411]\n"
    )


def test_a_release_in_the_place_of_another_is_found(released, verify):
    shutil.copytree(released / "releases/2025H1/r1", released / "releases/2025H1/r2")

    code, document = verify()
    assert code == 1
    (told,) = mismatches(document)["releases/2025H1/r2"]
    assert "it describes releases/2025H1/r1" in told


@pytest.mark.parametrize("name", ["indices.csv", "config/cci.toml", "config/cards.csv"])
def test_every_file_of_a_release_is_held_against_its_hash(released, verify, name):
    path = released / "releases/2025H1/r1" / name
    then = hash_of(path)
    path.write_bytes(path.read_bytes() + b"\n")

    code, document = verify()
    assert code == 1
    (told,) = mismatches(document)["releases/2025H1/r1"]
    digests = f"(sha256 {hash_of(path)[:12]}… instead of {then[:12]}…)"
    assert f"releases/2025H1/r1/{name}` is not what was stored {digests}" in told


def test_a_gap_in_the_row_and_strangers_are_problems_of_the_stores(drifted, publish, say, verify):
    publish("2024H2", "--restate", "corrected")
    publish("2025H1", "--restate", "corrected")
    shutil.rmtree(drifted / "releases/2025H1/r1")
    (drifted / "releases/notes.txt").write_text("mine")

    code, lines = say()
    assert code == 1
    told = [line for line in lines if line.startswith("MISMATCH")]
    assert len(told) == 2
    assert any("releases/2025H1/r1` is missing, and r2 is there" in line for line in told)
    assert any("releases/notes.txt` does not belong there" in line for line in told)
    stores = [f["kind"] for f in verify()[1]["findings"] if f["name"] is None]
    assert stores == ["store", "store"]


# releases that rest on replaced ones


@pytest.mark.usefixtures("drifted")
def test_a_release_on_replaced_levels_is_named_until_it_is_restated(publish, say, verify):
    publish("2024H2", "--restate", "corrected")

    code, lines = say()
    outdated = "outdated releases/2025H1/r1: rests on releases/2024H2/r1, which was restated"
    assert (code, outdated in lines) == (0, True)
    # what is outdated has drifted as well, for want of a restatement
    assert lines[-1] == "4 revisions, 3 releases, 0 problems, 1 outdated, 3 drifted levels"
    expected = [{"release": "releases/2025H1/r1", "rests_on": "releases/2024H2/r1"}]
    assert verify()[1]["outdated"] == expected
    assert verify("2025H1")[1]["outdated"] == expected
    assert verify("2024H2")[1]["outdated"] == []
    publish("2025H1", "--restate", "2024H2 was restated")
    assert verify()[1]["outdated"] == []


def test_a_release_rests_on_replaced_levels_through_another(drifted, publish, verify):
    store(drifted, "2025H2", cards(a=3, b=3))
    publish("2025H2")
    publish("2024H2", "--restate", "corrected")

    assert verify()[1]["outdated"] == [
        {"release": f"releases/{period}/r1", "rests_on": "releases/2024H2/r1"}
        for period in ("2025H1", "2025H2")
    ]
    (own,) = verify("2025H2")[1]["outdated"]
    assert own["release"] == "releases/2025H2/r1"


def test_a_restatement_that_leaves_the_levels_replaces_nothing_for_later_releases(
    released, publish, verify
):
    """All cards of 2024H2 doubled: its supply is another, its levels 250 and 750 are the same.

    A restatement of 2025H1 would have nothing to change: nobody is asked for one.
    """
    store(released, "2024H2", cards(a=2, b=6))
    store(released, "2025H1", cards(a=4, b=6))
    publish("2025H1", "--restate", "cards doubled")
    publish("2024H2", "--restate", "cards doubled")

    assert verify()[1]["outdated"] == []


def test_damage_of_a_later_release_is_no_matter_of_an_earlier_period(released, say):
    path = released / "releases/2025H1/r1/indices.csv"
    path.write_bytes(path.read_bytes() + b"\n")

    assert say("2024H2") == (
        0,
        [
            "ok snapshots/2024H2/r1",
            "ok releases/2024H2/r1",
            "1 revision, 1 release, 0 problems, 0 drifted levels",
        ],
    )


# forms


def test_quiet_and_output(released, cci, tmp_path):
    target = tmp_path / "verified.json"

    run = cci("verify", "--quiet", "--output", target, workspace=released)

    assert (run.code, run.out, run.err) == (0, "", "")
    assert json.loads(target.read_bytes())["sound"] is True


@pytest.mark.parametrize(
    ("key", "value"),
    [("demonstration", True), ("rests_on_print", {"release": "releases/2024H2/r1", "decimals": 2})],
)
def test_a_release_that_is_wrong_about_what_it_rests_on_is_a_mismatch(
    cci, make_workspace, key, value
):
    root = make_workspace(
        ["a"], index_toml("N", "national", ["a"]), {"2024H2": [("n", "a", "M", 1)]}
    )
    assert cci("publish", "2024H2", "--by", "A", workspace=root).code == 0
    path = root / "releases/2024H2/r1/datapackage.json"
    document = json.loads(path.read_bytes())
    del document["seal"]
    path.write_bytes(seal(document | {key: value}))
    run = cci("verify", workspace=root)

    assert run.code == 1
    assert "what it says of demonstration data or print behind it is not so" in run.out
