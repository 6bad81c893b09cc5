"""`cci export`: the bundle for the publication team, whole, unaltered, and the same every time."""

import csv
import errno
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from conftest import REPOSITORY, index_toml, store

from cci_cli import outbox, staging
from cci_cli.periods import parse_period
from cci_cli.releases import ReleaseShelf
from cci_cli.tabular import defuse_text

PROVINCES = ["a", "b", "c"]
FAMILY = (
    index_toml("N", "national", PROVINCES)
    + index_toml("R", "region", ["a"])
    + index_toml("Z", "hub", ["c"])
)
FILES = ["SHA256SUMS", "codes.csv", "datapackage.json", "indices.csv", "series.csv", "table2.csv"]
PUBLICATION = """
[publication]
publisher = "指数公司"
publisher_en = "Index House"
contact_email = "index@example.org"
contact_url = "https://example.org/"
licence = "CC-BY-4.0"
licence_url = "https://creativecommons.org/licenses/by/4.0/"
calendar = { 2025H2 = 2026-02-27, 2025H1 = 2025-12-24 }
"""


def cards(**counts):
    """One node per province: ``cards(a=3, b=0, c=1)``."""
    return [(f"node {province}", province, "M", count) for province, count in counts.items()]


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1766534400")  # 2025-12-24


@pytest.fixture
def workspace(make_workspace):
    """N 1000, 1250; R 250, 500; Z 0, 0. Cards a 1, 2; b 3, 3; c 0."""
    return make_workspace(
        PROVINCES,
        FAMILY,
        {"2024H2": cards(a=1, b=3, c=0), "2025H1": cards(a=2, b=3, c=0)},
    )


@pytest.fixture
def released(workspace, cci):
    for period in ("2024H2", "2025H1"):
        assert cci("publish", period, "--by", "A", workspace=workspace).code == 0
    return workspace


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def export(cci, workspace, out):
    def run(*options, code=0, folder=workspace):
        outcome = cci("export", *options, "--to", out, workspace=folder)
        assert outcome.code == code, outcome.err
        return outcome

    return run


def read(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def package(out, period="2025H1"):
    return json.loads((out / period / "datapackage.json").read_bytes())


def snapshot(folder: Path):
    """Bytes and times of everything below a folder, and of the folder itself."""
    paths = [folder, *sorted(folder.rglob("*"))]
    return {
        path: (path.stat().st_mtime_ns, path.stat().st_ino, path.is_file() and path.read_bytes())
        for path in paths
    }


# what is in it


def test_table_2_is_the_published_one_to_the_byte(export, out):
    export("2025H1", folder=REPOSITORY)

    data = (out / "2025H1/table2.csv").read_bytes()
    assert data[:3] == b"\xef\xbb\xbf"
    assert data[3:] == (REPOSITORY / "tests/data/table2.csv").read_bytes()


def test_at_the_base_there_is_no_level_before(export, out):
    export("2024H2")

    assert (out / "2024H2/table2.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "系列,指数名称,2024年6月30日(上一期),2024年12月31日(最新)",
        "national series,N index,—,1000.00",
        "region series,R index,—,250.00",
        "hub series,Z index,—,0.00",
    ]


def test_every_figure_of_every_period_stands_in_one_row(export, out):
    """R: 250 × 2/1 = 500; share 2/5; contribution 1/4; all the increment; 2 × 8760 hours."""
    export("2025H1")

    rows = read(out / "2025H1/indices.csv")
    assert [(row["period"], row["code"]) for row in rows] == [
        *((period, code) for period in ("2024H2", "2025H1") for code in ("N", "R", "Z"))
    ]
    assert rows[4] == {
        "period": "2025H1",
        "as_of": "2025-06-30",
        "code": "R",
        "kind": "region",
        "series": "region series",
        "name": "R index",
        "name_en": "R index in English",
        "status": "chained",
        "publication": "provisional",
        "release": "",
        "level": "500.00",
        "comparable_level": "500.00",
        "growth_pct": "100.00",
        "share_pct": "40.00",
        "contribution_pp": "25.00",
        "increment_share_pct": "100.00",
        "standard_cards": "2.00",
        "supply_card_hours": "17520",
        "level_exact": "500/1",
    }


def test_the_series_and_the_codes(export, out):
    export("2025H1")

    assert (out / "2025H1/series.csv").read_text(encoding="utf-8") == (
        "code,series,name,name_en,2024H2,2025H1\n"
        "N,national series,N index,N index in English,1000.00,1250.00\n"
        "R,region series,R index,R index in English,250.00,500.00\n"
        "Z,hub series,Z index,Z index in English,0.00,0.00\n"
    )
    assert read(out / "2025H1/codes.csv")[0] == {
        "code": "N",
        "kind": "national",
        "series": "national series",
        "series_en": "Overall index",
        "name": "N index",
        "name_en": "N index in English",
        "provinces": "a|b|c",
        "provinces_en": "a in English|b in English|c in English",
        "province_codes": "00|01|02",
    }


def test_the_newest_period_with_a_snapshot_is_meant_where_none_is_named(export, out):
    assert export().err == f"exported 2025H1, provisional: 6 files in {out}/2025H1\n"
    assert sorted(path.name for path in (out / "2025H1").iterdir()) == FILES


def test_a_period_before_the_newest_has_no_later_ones_in_it(export, out):
    export("2024-12-01")

    assert {row["period"] for row in read(out / "2024H2/indices.csv")} == {"2024H2"}


def test_the_sums_hold_for_what_lies_there(export, out):
    export("--format", "xlsx", "--format", "parquet")

    lines = (out / "2025H1/SHA256SUMS").read_text(encoding="ascii").splitlines()
    listed = dict(reversed(line.split("  ")) for line in lines)
    found = {path.name: path for path in (out / "2025H1").iterdir() if path.name != "SHA256SUMS"}
    assert listed == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()
    }
    assert len(listed) == 7


# official or not


def test_a_released_period_has_its_released_figures(export, out, released):
    """Two cards more in a are in the data, not in the release."""
    store(released, "2025H1", cards(a=4, b=3, c=0))

    run = export("2025H1", folder=released)

    assert run.err.splitlines()[0].startswith(
        "warning: 2025H1@r2 is stored since releases/2025H1/r1 was made from 2025H1@r1 ("
    )
    assert run.err.splitlines()[0].endswith(" [W312]")
    assert export("2025H1", "--quiet", folder=released).err == ""
    assert run.err.splitlines()[1] == f"exported 2025H1, official: 6 files in {out}/2025H1"
    rows = read(out / "2025H1/indices.csv")
    levels = ["1000.00", "250.00", "0.00", "1250.00", "500.00", "0.00"]
    assert [row["level"] for row in rows] == levels
    assert {row["publication"] for row in rows} == {"official"}
    assert {row["release"] for row in rows} == {"r1"}
    assert rows[4]["supply_card_hours"] == "17520"
    document = package(out)
    assert document["status"] == "official"
    release = document["provenance"]["releases"]["2025H1"]
    assert release["snapshots"]["2025H1"]["revision"] == "r1"
    assert document["provenance"]["snapshots"] == {}


def test_what_was_stored_since_a_release_is_told_by_the_newest_of_it(export, released):
    store(released, "2025H1", cards(a=4, b=3, c=0))
    store(released, "2025H1", cards(a=5, b=3, c=0))

    told, *_ = export("2025H1", folder=released).err.splitlines()

    assert told == (
        "warning: 2025H1@r3 is stored since releases/2025H1/r1 was made from 2025H1@r1 "
        "(the released levels are exported; `cci diff 2025H1@r1 2025H1@r3` shows what changed, "
        "`cci publish 2025H1 --restate REASON` takes it over) [W312]"
    )


def test_one_period_without_a_release_makes_it_provisional(export, out, workspace, cci):
    cci("publish", "2024H2", "--by", "A", workspace=workspace)

    export("2025H1")

    assert package(out)["status"] == "provisional"
    standing = package(out)["provenance"]["periods"]
    assert standing == {
        "2024H2": {"publication": "official", "release": "r1"},
        "2025H1": {"publication": "provisional", "release": None},
    }


def test_a_release_that_rests_on_one_that_is_gone_is_not_exported(export, out, released):
    shutil.rmtree(released / "releases/2024H2")

    refused = export("2025H1", code=1)

    assert "releases/2024H2/r1/datapackage.json` is not what was stored" in refused.err
    assert not out.exists()


def test_scopes_are_those_of_the_period(make_workspace, cci, tmp_path):
    toml = index_toml("N", "national", ["a", "b"])
    toml += index_toml("R", "region", ["a"], {"2025H1": ["a", "b"]})
    rows = {"2024H2": cards(a=1, b=3), "2025H1": cards(a=2, b=3)}
    root = make_workspace(["a", "b"], toml, rows)
    for period in rows:
        run = cci("export", period, "--to", tmp_path / "out", workspace=root)
        assert run.code == 0, run.err

    scopes = [read(tmp_path / f"out/{period}/codes.csv")[1]["provinces"] for period in rows]
    assert scopes == ["a", "a|b"]


def test_provisional_figures_are_refused_on_request(export, out, workspace, cci):
    cci("publish", "2024H2", "--by", "A", workspace=workspace)

    refused = export("--require-official", code=1)

    assert refused.err.startswith(
        "error: no release stands behind the levels of 2025H1 [E418]\n"
        "hint: `cci publish 2025H1` releases the first of them"
    )
    assert not out.exists()
    assert export("2024H2", "--require-official").code == 0


def test_levels_from_print_have_no_other_figures(export, out, workspace, cci, tmp_path):
    table = tmp_path / "table.csv"
    lines = ["系列,指数名称,2024年12月31日", "s,N index,1000.00", "s,R index,250.00"]
    table.write_text("\n".join([*lines, "s,Z index,0.00"]) + "\n", encoding="utf-8")
    assert cci("publish", "2024H2", "--from-table", table, workspace=workspace).code == 0

    assert export("2024H2").err == f"exported 2024H2, official: 6 files in {out}/2024H2\n"

    row = read(out / "2024H2/indices.csv")[1]
    assert (row["level"], row["status"], row["level_exact"]) == ("250.00", "base", "250/1")
    names = ("growth_pct", "share_pct", "standard_cards", "supply_card_hours")
    assert [row[name] for name in names] == [""] * 4
    assert "N108" in [note["code"] for note in package(out, "2024H2")["footnotes"]]


# the data package


def test_every_column_has_a_title_a_description_and_its_type_in_both_languages(export, out):
    export()

    fields = {
        field["name"]: field
        for resource in package(out)["resources"]
        for field in resource["schema"]["fields"]
    }
    words = ("title", "title_zh", "description", "description_zh")
    assert all(field[word] for field in fields.values() for word in words)
    assert {name for name, field in fields.items() if "unit" in field} == {
        *("level", "level_exact", "comparable_level", "growth_pct", "share_pct"),
        *("contribution_pp", "increment_share_pct", "standard_cards", "supply_card_hours"),
        *("2024H2", "2025H1", "2024年12月31日(上一期)", "2025年6月30日(最新)"),
    }
    types = {name: fields[name]["type"] for name in ("as_of", "code", "level", "supply_card_hours")}
    assert types == {
        "as_of": "date",
        "code": "string",
        "level": "number",
        "supply_card_hours": "integer",
    }


def test_the_data_package_describes_each_file(export, out):
    export("--format", "xlsx")

    for resource in package(out)["resources"]:
        data = (out / "2025H1" / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        if resource["format"] == "csv":
            text = data.decode(resource["encoding"])
            header, *rows = list(csv.reader(io.StringIO(text)))
            assert header == [field["name"] for field in resource["schema"]["fields"]]
            assert len(rows) == resource["rows"]
            keys = [header.index(name) for name in resource["schema"]["primaryKey"]]
            assert len({tuple(row[at] for at in keys) for row in rows}) == len(rows)


def test_the_data_package_says_where_the_rows_of_a_workbook_are(export, out):
    export("--format", "xlsx", "--format", "parquet")

    found = {resource["path"]: resource for resource in package(out)["resources"]}
    sheet = found["table2.xlsx"]["dialect"]["sheetName"]
    rows = list(openpyxl.load_workbook(out / "2025H1/table2.xlsx")[sheet].values)
    fields = found["table2.xlsx"]["schema"]["fields"]
    assert [field["name"] for field in fields] == list(rows[0])
    assert found["table2.xlsx"]["rows"] == len(rows) - 1 == 6
    assert found["indices.parquet"]["type"] == "file"
    assert {item.get("encoding") for item in found.values()} == {None, "utf-8", "utf-8-sig"}


def test_footnotes_have_codes_and_both_languages(export, out):
    export("2025H1", folder=REPOSITORY)

    notes = {note["code"]: note for note in package(out)["footnotes"]}
    assert list(notes) == ["N119", "N120", "N121", "N101", "N106"]
    assert notes["N119"]["zh"].startswith("样本范围为全国 31 个省、自治区、直辖市，数据不包括香港")
    assert "1979 TFLOPS at FP16" in notes["N120"]["en"]
    assert "8,760" in notes["N120"]["zh"]
    assert "not additive" in notes["N121"]["en"]
    assert package(out)["demonstration"] is True


def test_licence_publisher_and_dates_come_from_the_config(export, out, workspace, cci):
    with (workspace / "config/cci.toml").open("a", encoding="utf-8") as file:
        file.write(PUBLICATION)
    cci("publish", "2024H2", "--by", "A", workspace=workspace)

    export()

    document = package(out)
    assert document["licenses"] == [
        {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
    ]
    assert document["contributors"] == [
        {
            "title": "Index House",
            "title_zh": "指数公司",
            "email": "index@example.org",
            "path": "https://example.org/",
            "roles": ["publisher"],
        }
    ]
    assert document["previous_release"] == {"period": "2024H2", "date": "2025-12-24"}
    assert document["this_release"] == {"period": "2025H1", "date": "2025-12-24"}
    assert document["next_release"] == {"period": "2025H2", "date": "2026-02-27"}


def test_nothing_is_invented_where_the_config_says_nothing(export, out):
    export("2024H2")

    document = package(out, "2024H2")
    assert not {"licenses", "contributors", "created"} & set(document)
    assert document["previous_release"] is None
    assert document["next_release"] == {"period": "2025H1", "date": None}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ('licence = "CC BY"', "publication.licence"),
        ('licence_url = "example.org"', "publication.licence_url"),
        ('contact_email = "nobody"', "publication.contact_email"),
        ('publisher = ""', "publication.publisher"),
        ("calendar = { 2025H3 = 2026-01-01 }", "publication.calendar"),
        ('calendar = { 2025H2 = "2026-01-01" }', "publication.calendar"),
        ("calendar = { 2025H2 = 2026-01-01T00:00:00 }", "publication.calendar"),
        ('editor = "A"', "publication.editor"),
    ],
)
def test_a_wrong_setting_of_the_publication_is_named(export, workspace, line, column):
    with (workspace / "config/cci.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[publication]\n{line}\n")

    refused = export(code=1)

    assert f"config/cci.toml: {column}" in refused.err


# again


def test_the_same_again_changes_no_byte_and_no_time(export, out):
    export("--format", "xlsx", "--format", "parquet")
    before = snapshot(out)

    again = export("--format", "xlsx", "--format", "parquet")

    assert again.err == f"unchanged: {out}/2025H1 has 2025H1, provisional, already\n"
    assert snapshot(out) == before


def test_a_new_state_takes_the_place_of_the_old_which_is_kept_beside(export, out, released, cci):
    export("2025H1", "--format", "parquet")
    old = {path.name: path.read_bytes() for path in (out / "2025H1").iterdir()}
    store(released, "2025H1", cards(a=4, b=3, c=0))
    cci("publish", "2025H1", "--restate", "recount", "--by", "A", workspace=released)

    run = export("2025H1", "--quiet")

    assert run.err == ""
    assert read(out / "2025H1/indices.csv")[4]["level"] == "1000.00"
    assert sorted(path.name for path in (out / "2025H1").iterdir()) == FILES
    assert sorted(path.name for path in out.iterdir()) == [".2025H1.previous", "2025H1"]
    kept = {path.name: path.read_bytes() for path in (out / ".2025H1.previous").iterdir()}
    assert kept == old


def test_whoever_has_opened_the_old_state_goes_on_reading_it(export, out, workspace):
    export()
    handle = os.open(out / "2025H1", os.O_RDONLY)
    try:
        before = os.listdir(handle)  # noqa: PTH208 - a folder that is open
        store(workspace, "2025H1", cards(a=4, b=3, c=0))
        export()

        def opener(name, flags):
            return os.open(name, flags, dir_fd=handle)

        assert os.listdir(handle) == before  # noqa: PTH208
        with open("SHA256SUMS", encoding="ascii", opener=opener) as file:
            lines = file.read().splitlines()
        for digest, name in (line.split("  ") for line in lines):
            with open(name, "rb", opener=opener) as file:
                assert hashlib.sha256(file.read()).hexdigest() == digest
    finally:
        os.close(handle)


def test_a_file_that_somebody_altered_is_told_and_made_anew(export, out):
    export()
    good = snapshot(out / "2025H1")
    path = out / "2025H1/table2.csv"
    path.write_bytes(path.read_bytes().replace(b"1250.00", b"1260.00"))

    run = export("--quiet")

    assert run.err.startswith("warning: table2.csv: not what was exported; somebody altered it")
    assert run.err.endswith("[W311]\n")
    assert path.read_bytes() == good[path][2]
    assert export().err.startswith("unchanged:")


def test_all_files_that_somebody_altered_are_named(export, out):
    export()
    for name in ("table2.csv", "codes.csv"):
        (out / "2025H1" / name).write_bytes(b"x")

    run = export("--quiet")

    assert "codes.csv, table2.csv: not what was exported" in run.err


def test_a_file_that_somebody_removed_is_told_and_made_anew(export, out):
    export()
    (out / "2025H1/codes.csv").unlink()

    run = export()

    assert run.err.splitlines()[0].startswith("warning: codes.csv: not what was exported")
    assert (out / "2025H1/codes.csv").is_file()


def test_sums_altered_with_their_file_are_found_all_the_same(export, out):
    """They fit each other then; only what was to be there tells."""
    export()
    path = out / "2025H1/table2.csv"
    sums = out / "2025H1/SHA256SUMS"
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes().replace(b"1250.00", b"1260.00"))
    new = hashlib.sha256(path.read_bytes()).hexdigest()
    sums.write_text(sums.read_text(encoding="ascii").replace(old, new), encoding="ascii")

    run = export("--quiet")

    assert run.err.startswith("warning: table2.csv: not what was exported")
    assert b"1250.00" in path.read_bytes()
    assert old in sums.read_text(encoding="ascii")


@pytest.mark.parametrize("name", ["datapackage.json", "SHA256SUMS"])
def test_one_of_the_files_that_tell_a_bundle_may_be_broken(export, out, name):
    export()
    (out / "2025H1" / name).write_bytes(b"\xff{")

    assert "somebody altered it" in export().err
    assert export().err.startswith("unchanged:")


@pytest.mark.parametrize("data", [None, b"", b"\xff{"])
def test_sums_that_say_nothing_are_named_alone(export, out, data):
    export()
    (out / "2025H1/SHA256SUMS").unlink()
    if data is not None:
        (out / "2025H1/SHA256SUMS").write_bytes(data)

    assert export().err.startswith("warning: SHA256SUMS: not what was exported; somebody altered")


def test_of_many_states_the_last_two_are_kept(export, out, workspace):
    for count in (3, 4, 5):
        store(workspace, "2025H1", cards(a=count, b=3, c=0))
        export()

    levels = [
        read(out / folder / "indices.csv")[4]["level"] for folder in (".2025H1.previous", "2025H1")
    ]
    assert levels == ["1000.00", "1250.00"]
    assert len(list(out.iterdir())) == 2


def test_what_a_killed_run_left_is_cleared_away_also_where_nothing_is_new(export, out):
    export()
    (out / ".staging-x/staged").mkdir(parents=True)
    (out / ".staging-x/holder.json").write_text("{}", encoding="utf-8")

    assert export().err.startswith("unchanged:")
    assert [path.name for path in out.iterdir()] == ["2025H1"]


def test_what_a_run_is_making_is_not_cleared_away(export, out):
    export()
    with staging.stage_folder(out) as staged:
        assert export("--wait", "0").err.startswith("unchanged:")
        assert staged.is_dir()


def test_what_a_desktop_leaves_is_no_part_of_it(export, out):
    export()
    (out / "2025H1/.DS_Store").write_bytes(b"x")

    assert export().err.startswith("unchanged:")


# what is not touched


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda out: (out / "2025H1/notes.txt").write_text("x"), "`notes.txt` is none of it"),
        (lambda out: (out / "2025H1/more").mkdir(), "`more` is none of it"),
        (
            lambda out: [
                (out / "2025H1/codes.csv").rename(out / "codes.csv"),
                (out / "2025H1/codes.csv").symlink_to(out / "codes.csv"),
            ],
            "`codes.csv` is none of it",
        ),
        (
            lambda out: [(out / "2025H1" / name).unlink() for name in ("SHA256SUMS", FILES[2])],
            "it has no SHA256SUMS and is not named cci-bundle-2025h1",
        ),
        (
            lambda out: [(out / "2025H1").rename(out / "else"), (out / "2025H1").touch()],
            "it is no folder",
        ),
        (
            lambda out: [
                (out / "2025H1").rename(out / "else"),
                (out / "2025H1").symlink_to(out / "else"),
            ],
            "it is no folder",
        ),
    ],
    ids=["stray file", "stray folder", "file that is a link", "no bundle", "file", "link"],
)
def test_what_is_no_bundle_is_left_alone(export, out, make, what):
    export()
    make(out)
    before = snapshot(out)

    refused = export("--format", "parquet", code=1)

    assert refused.err.startswith(
        f"error: `{out}/2025H1` is not a bundle as cci exports it: {what}"
    )
    assert snapshot(out) == before


@pytest.mark.parametrize("place", ["snapshots", "releases/x", "config", "x/../snapshots", "link"])
def test_no_bundle_is_put_among_the_evidence(cci, workspace, place):
    (workspace / "x").mkdir()
    (workspace / "link").symlink_to(workspace / "snapshots")

    refused = cci("export", "2025H1", "--to", workspace / place, workspace=workspace)

    assert (refused.code, refused.out) == (2, "")
    assert "of a workspace, where nothing else is put [E115]" in refused.err
    assert cci("verify", workspace=workspace).code == 0


def test_a_dry_run_lists_and_writes_nothing(export, out):
    run = export("--dry-run")

    assert not out.exists()
    assert run.err == f"would export 2025H1, provisional: 6 files in {out}/2025H1\n"
    lines = [line.split() for line in run.out.splitlines()]
    assert sorted(line[-1] for line in lines) == FILES
    assert {line[0] for line in lines} == {"new"}
    export("--format", "parquet")
    before = snapshot(out)
    listed = {line.split()[-1]: line.split() for line in export("--dry-run").out.splitlines()}
    assert snapshot(out) == before
    assert listed["table2.csv"][0] == "same"
    assert listed["datapackage.json"][0] == "changed"
    assert listed["indices.parquet"] == ["gone", "indices.parquet"]
    data = (out / "2025H1/table2.csv").read_bytes()
    assert listed["table2.csv"][1:4] == [
        f"{len(data):,}",
        "bytes",
        hashlib.sha256(data).hexdigest(),
    ]


def test_where_folders_cannot_be_swapped_the_old_state_stays(export, out, workspace, monkeypatch):
    export()
    before = snapshot(out / "2025H1")
    store(workspace, "2025H1", cards(a=4, b=3, c=0))

    def refuse(_one, _other):
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(staging, "_exchange", refuse)
    refused = export(code=3)

    assert "cannot swap two folders in one step [E507]" in refused.err
    assert snapshot(out / "2025H1") == before
    assert [path.name for path in out.iterdir()] == ["2025H1"]


# what is wrong


def test_a_snapshot_that_was_altered_is_not_exported(export, out, workspace):
    path = workspace / "snapshots/2025H1/r1/nodes.csv"
    path.write_bytes(path.read_bytes().replace(b",2,", b",9,"))

    refused = export(code=1)

    assert "[E303]" in refused.err
    assert not out.exists()


def test_a_release_that_was_altered_is_not_exported(export, out, released):
    path = released / "releases/2024H2/r1/indices.csv"
    path.write_bytes(path.read_bytes().replace(b"250", b"251"))

    assert "[E303]" in export(code=1).err
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "code", "error"),
    [
        (["2026H1"], 1, "no snapshot of `2026H1`"),
        (["2023H1"], 1, "2023H1 lies before the base period"),
        (["2025H1@r1"], 2, "`2025H1@r1` is not a period"),
        (["--format", "pdf"], 2, "`format` cannot be `pdf`"),
        (["--wait", "-1"], 2, "Invalid value for '--wait'"),
    ],
)
def test_wrong_usage_is_named_and_writes_nothing(export, out, options, code, error):
    refused = export(*options, code=code)

    assert refused.out == ""
    assert error in refused.err
    assert not out.exists()


def test_a_workspace_without_data_says_so(make_workspace, cci, tmp_path):
    root = make_workspace(PROVINCES, FAMILY, name="empty")

    refused = cci("export", "--to", tmp_path / "out", workspace=root)

    assert refused.code == 1
    assert "no snapshot of `2024H2` in this workspace [E301]" in refused.err


# logs


def test_a_log_has_one_document_a_line(export, out, released):
    store(released, "2025H1", cards(a=4, b=3, c=0))

    lines = [json.loads(line) for line in export("--log-format", "json").err.splitlines()]

    assert [(line["level"], line["event"]) for line in lines] == [
        ("warning", "W312"),
        ("info", "exported"),
    ]
    assert lines[1]["time"] == "2025-12-24T00:00:00+00:00"
    assert lines[1]["status"] == "official"
    assert lines[1]["files"]["table2.csv"] == "new"
    again = json.loads(export("--log-format", "json").err.splitlines()[-1])
    assert (again["event"], again["folder"]) == ("unchanged", f"{out}/2025H1")


def test_an_error_is_a_document_too(export, workspace):
    refused = export("--require-official", "--log-format", "json", code=1)

    line = json.loads(refused.err)
    assert (line["level"], line["event"]) == ("error", "E418")
    assert line["message"] == "no release stands behind the levels of 2024H2, 2025H1"
    (workspace / "config/cci.toml").write_text("[methodology]\n", encoding="utf-8")
    broken = json.loads(export("--log-format", "json", code=1).err)
    assert broken["event"] == "E203"
    assert {item["code"] for item in broken["problems"]} == {"E206"}
    assert broken["problems"][0]["file"] == "config/cci.toml"


def test_nothing_is_said_of_success_where_it_is_not_wanted(export):
    run = export("--quiet")

    assert (run.out, run.err) == ("", "")


# spreadsheets


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_what_a_spreadsheet_would_run_is_defused_and_the_store_keeps_it(
    make_workspace, cci, tmp_path, start
):
    name = f"{start}1+1"
    toml = index_toml("N", "national", ["a"]).replace("N index in English", name)
    root = make_workspace(["a"], toml.replace("N index", name), {"2024H2": cards(a=1)})
    stored = (root / "config/indices.toml").read_bytes()
    forms = ("--format", "xlsx", "--format", "parquet")

    assert cci("export", *forms, "--to", tmp_path / "out", workspace=root).code == 0

    folder = tmp_path / "out/2024H2"
    assert read(folder / "codes.csv")[0]["name"] == f"'{name}"
    assert read(folder / "indices.csv")[0]["name_en"] == f"'{name}"
    assert f",'{name},—,1000.00" in (folder / "table2.csv").read_text(encoding="utf-8-sig")
    book = openpyxl.load_workbook(folder / "table2.xlsx")
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert not [cell.value for cell in cells if str(cell.value).startswith(start)]
    assert pl.read_parquet(folder / "indices.parquet")["name"][0] == name
    assert (root / "config/indices.toml").read_bytes() == stored


def test_the_workbook_is_table_2_with_numbers_and_the_data_behind_it(export, out):
    export("2025H1", "--format", "xlsx", folder=REPOSITORY)

    book = openpyxl.load_workbook(out / "2025H1/table2.xlsx")
    assert book.sheetnames == ["表2", "数据"]
    page, data = book["表2"], book["数据"]
    assert page["A1"].value == "表 2  中证智能算力供算量指数系列最新点位"
    assert [cell.value for cell in page[3]] == [
        "系列",
        "指数名称",
        "2024年12月31日\n(上一期)",
        "2025年6月30日\n(最新)",
    ]
    assert {str(item) for item in page.merged_cells.ranges} >= {"A5:A11", "A12:A19"}
    assert (page["A4"].value, page["A5"].value, page["A12"].value) == (
        "总指数",
        "区域子系列",
        "枢纽节点子系列",
    )
    with (REPOSITORY / "tests/data/table2.csv").open(encoding="utf-8", newline="") as file:
        published = list(csv.reader(file))[1:]
    shown = [
        [page.cell(row, 2).value, *(f"{page.cell(row, at).value:.2f}" for at in (3, 4))]
        for row in range(4, 20)
    ]
    assert shown == [row[1:] for row in published]
    assert page["D4"].number_format == "0.00"
    assert str(page["A21"].value).startswith("状态：试算")
    notes = [str(page.cell(row, 1).value) for row in range(21, page.max_row + 1)]
    assert any("1979 TFLOPS" in note for note in notes)
    assert data.max_row == 33
    header = [cell.value for cell in data[1]]
    assert data.cell(18, header.index("level") + 1).value == 1088.07
    assert data.cell(18, header.index("supply_card_hours") + 1).value == 3488065560


def test_parquet_has_the_rows_of_the_data(export, out):
    export("--format", "parquet")

    frame = pl.read_parquet(out / "2025H1/indices.parquet")
    rows = read(out / "2025H1/indices.csv")
    assert frame.columns == list(rows[0])
    assert frame.schema["level"] == pl.Decimal(38, 2)
    assert frame["level"].cast(pl.String).to_list() == [row["level"] for row in rows]


# machines


def run_elsewhere(root, out, tmp_path, umask=0o022, **environment):
    """An export in a process of its own, in another folder, with this environment alone."""
    arguments = ["export", "2025H1", "--to", out, "--workspace", root]
    arguments += ["--format", "xlsx", "--format", "parquet", "--quiet"]
    return subprocess.run(
        [sys.executable, "-m", "cci_cli", *arguments],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(REPOSITORY)} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        umask=umask,
        check=False,
    )


def test_the_bytes_are_the_same_on_every_machine(tmp_path, released):
    """Without a home, a terminal, a locale; then with everything that could make a difference."""
    plain = run_elsewhere(released, tmp_path / "plain", tmp_path)
    other = run_elsewhere(
        released,
        tmp_path / "other",
        tmp_path,
        umask=0o077,
        LC_ALL="zh_CN.GB18030",
        TZ="Asia/Shanghai",
        PYTHONHASHSEED="7",
        POLARS_MAX_THREADS="1",
        SOURCE_DATE_EPOCH="4000000000",
        COLUMNS="20",
        HOME=str(tmp_path),
    )

    for run in (plain, other):
        assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
    files = {path.name: path.read_bytes() for path in (tmp_path / "plain/2025H1").iterdir()}
    assert len(files) == 8
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "other/2025H1").iterdir()}
    assert (tmp_path / "plain/2025H1").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "other/2025H1").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "plain/2025H1/table2.csv").stat().st_mode & 0o777 == 0o644


# what others do meanwhile, and before


def test_a_run_that_waited_exports_what_is_there_then(export, out, workspace, monkeypatch):
    """While it waits for the lock, another revision is stored: a 4 for 2, so R 1000 for 500."""
    export("2025H1")

    def wait(parent, patience):
        store(workspace, "2025H1", cards(a=4, b=3, c=0))
        return staging.stage_folder(parent, patience)

    monkeypatch.setattr(outbox, "stage_folder", wait)
    export("2025H1", "--format", "parquet")

    assert read(out / "2025H1/indices.csv")[4]["level"] == "1000.00"


def test_releases_are_listed_once_for_a_run(released, cci):
    shelf = ReleaseShelf(released)
    store(released, "2025H1", cards(a=4, b=3, c=0))
    cci("publish", "2025H1", "--restate", "recount", "--by", "A", workspace=released)

    assert shelf.find_newest(parse_period("2025H1")).ref.revision == 1


def test_a_release_that_rests_on_a_restated_one_is_an_alarm(export, out, released, cci):
    """2025H1 stays at R 500, chained from 250, which is 400 now."""
    store(released, "2024H2", cards(a=2, b=3, c=0))
    cci("publish", "2024H2", "--restate", "recount", "--by", "A", workspace=released)

    run = export("2025H1", "--quiet", folder=released)
    refused = export("2025H1", "--require-official", folder=released, code=1)

    assert run.err.startswith(
        "warning: releases/2025H1/r1 rests on releases/2024H2/r1, which has been restated since"
    )
    assert "N111" in [note["code"] for note in package(out)["footnotes"]]
    assert refused.err.startswith("error: `releases/2025H1/r1` rests on releases/2024H2/r1, which")
    assert "[E420]" in refused.err
    assert "`cci publish 2025H1 --restate REASON`" in refused.err


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("indices.toml", 'name = "R index"', 'name = "S index"'),
        ("indices.toml", 'code = "R"', 'code = "S"'),
        ("indices.toml", index_toml("Z", "hub", ["c"]), ""),
        ("cci.toml", 'version = "test"', 'version = "next"'),
        ("cci.toml", "hours_per_year = 8760", "hours_per_year = 8784"),
        ("cci.toml", "standard_card_tflops = 100", "standard_card_tflops = 200"),
        ("cci.toml", "decimals = 2", "decimals = 1"),
    ],
    ids=["name", "code", "index", "version", "hours", "standard card", "decimals"],
)
def test_under_another_config_than_that_of_the_release_nothing_is_official(
    export, out, released, file, old, new
):
    path = released / "config" / file
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")

    refused = export("2025H1", "--require-official", folder=released, code=1)
    export("2025H1", folder=released)

    assert "the config says otherwise than `releases/2" in refused.err
    assert "[E421]" in refused.err
    assert re.search("`cci publish 202[45]H[12] --restate REASON`", refused.err)
    assert package(out)["status"] == "provisional"


def test_a_new_name_is_official_once_it_is_released(export, out, released, cci):
    path = released / "config/indices.toml"
    path.write_text(path.read_text("utf-8").replace('"R index"', '"S index"'), encoding="utf-8")

    again = cci("publish", "2025H1", "--restate", "renamed", "--by", "A", workspace=released)
    export("2025H1", "--require-official", folder=released)

    assert "published releases/2025H1/r2" in again.err
    assert "region series,S index,250.00,500.00" in (out / "2025H1/table2.csv").read_text("utf-8")


def test_a_release_that_is_gone_is_an_alarm(export, released, cci):
    store(released, "2025H1", cards(a=4, b=3, c=0))
    cci("publish", "2025H1", "--restate", "recount", "--by", "A", workspace=released)
    export("2025H1", folder=released)

    shutil.rmtree(released / "releases/2025H1/r2")
    back = export("2025H1", "--quiet", folder=released)
    shutil.rmtree(released / "releases/2025H1")
    gone = export("2025H1", "--quiet", folder=released)

    assert back.err.startswith(
        "warning: the figures of 2025H1 were those of release r2, and are r1"
    )
    assert gone.err.startswith(
        "warning: the figures of 2025H1 were those of release r1, and are provisional now"
    )


def test_an_alteration_that_fits_in_itself_is_found_by_what_it_rests_on(export, out):
    export()
    folder = out / "2025H1"
    old = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    table = folder / "table2.csv"
    table.write_bytes(table.read_bytes().replace(b"1250.00", b"1260.00"))
    for name, tells in (("table2.csv", "datapackage.json"), ("datapackage.json", "SHA256SUMS")):
        new = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        path = folder / tells
        path.write_text(path.read_text("utf-8").replace(old[name], new), encoding="utf-8")
    path = folder / "SHA256SUMS"
    new = hashlib.sha256(table.read_bytes()).hexdigest()
    path.write_text(path.read_text("utf-8").replace(old["table2.csv"], new), encoding="utf-8")

    assert export("--quiet").err.startswith("warning: table2.csv: not what was exported")


def test_the_bundle_of_another_period_is_not_this_one(export, out):
    export("2024H2")
    (out / "2024H2").rename(out / "2025H1")

    assert export("2025H1").err.startswith("warning: datapackage.json: not what was exported")


def test_folders_of_others_are_left_alone(export, out, workspace):
    export()
    precious = out / ".staging-website/precious"
    precious.mkdir(parents=True)
    (out / ".staging-note").write_text("x", encoding="utf-8")
    export("--format", "parquet")
    assert precious.is_dir()
    shutil.rmtree(out / ".2025H1.previous")
    (out / ".2025H1.previous").mkdir()
    thesis = out / ".2025H1.previous/thesis.doc"
    thesis.write_text("x", encoding="utf-8")
    before = snapshot(out)

    refused = export(code=1)

    assert f"`{out}/.2025H1.previous` is not a bundle" in refused.err
    assert snapshot(out / "2025H1") == {
        path: seen for path, seen in before.items() if path.is_relative_to(out / "2025H1")
    }
    assert thesis.is_file()
    assert precious.is_dir()
    store(workspace, "2025H1", cards(a=2, b=3, c=0))
    before = snapshot(out)
    assert export("--format", "parquet").err.startswith("unchanged")
    assert snapshot(out) == before


def test_a_file_far_too_long_is_not_read(export, out):
    export()
    os.truncate(out / "2025H1/table2.csv", 1 << 40)

    assert export().err.startswith("warning: table2.csv: not what was exported")
    assert (out / "2025H1/table2.csv").stat().st_size < 2000


def test_a_data_package_nested_without_end_is_none(export, out):
    export()
    (out / "2025H1/datapackage.json").write_text("[" * 200_000, encoding="utf-8")

    assert "datapackage.json" in export().err.splitlines()[0]


# odd places


def test_no_folder_at_all_is_not_this_folder(cci, workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    refused = cci("export", "--to", "", workspace=workspace)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("error: `to` cannot be `` [E114]\nhint: give a folder")
    assert not (tmp_path / "2025H1").exists()


def test_a_link_to_itself_is_no_place(cci, workspace, tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    refused = cci("export", "--to", tmp_path / "loop", workspace=workspace)

    assert (refused.code, refused.out) == (3, "")
    assert "[E502]" in refused.err


def test_the_evidence_of_another_workspace_is_safe_too(cci, workspace, make_workspace):
    other = make_workspace(PROVINCES, FAMILY, name="other")

    refused = cci("export", "--to", other / "snapshots", workspace=workspace)

    assert (refused.code, refused.out) == (2, "")
    assert "[E115]" in refused.err
    assert not list((other / "snapshots").iterdir())


def test_a_line_of_a_log_is_json_whatever_the_folder_is_called(cci, workspace, tmp_path):
    folder = tmp_path / "F\u00a0x\ny"
    arguments = ("export", "--to", folder, "--log-format", "json")

    [line] = cci(*arguments, workspace=workspace).err.splitlines()
    [plain] = cci("export", "--to", folder, workspace=workspace).err.splitlines()

    assert json.loads(line)["folder"] == f"{folder}/2025H1"
    assert plain.startswith("unchanged: ")


# what a workbook cannot hold


def test_a_level_with_more_digits_than_a_number_of_a_spreadsheet_is_a_text(
    make_workspace, cci, tmp_path
):
    """10^15 × 2^62 / 1 points would lose digits as a binary float."""
    root = make_workspace(["a"], index_toml("N", "national", ["a"]))
    store(root, "2024H2", cards(a=1))
    store(root, "2025H1", cards(a=2**62))

    run = cci("export", "2025H1", "--to", tmp_path, "--format", "xlsx", workspace=root)
    assert run.code == 0, run.err

    page = openpyxl.load_workbook(tmp_path / "2025H1/table2.xlsx")["表2"]
    level = f"{1000 * 2**62}.00"
    assert (page["C4"].value, page["D4"].value) == (1000, level)
    assert f",{level}" in (tmp_path / "2025H1/table2.csv").read_text("utf-8")


@pytest.mark.parametrize("series", ["http://evil.example/x", "external:c:/x.xlsx", "=1+1"])
def test_a_workbook_has_no_links_and_no_formulas(make_workspace, cci, tmp_path, series):
    """A series of two indices is a merged cell."""
    toml = index_toml("N", "national", ["a"]) + index_toml("R", "region", ["a"])
    toml = toml.replace("national series", series).replace("region series", series)
    root = make_workspace(["a"], toml, {"2024H2": cards(a=1)})
    settings = root / "config/cci.toml"
    text = settings.read_text("utf-8").replace("[checks]", 'title = "=2+2"\n\n[checks]')
    settings.write_text(text, encoding="utf-8")

    run = cci("export", "--to", tmp_path, "--format", "xlsx", workspace=root)
    assert run.code == 0, run.err

    book = openpyxl.load_workbook(tmp_path / "2024H2/table2.xlsx")
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.hyperlink or cell.data_type == "f"]
    assert book["表2"]["A4"].value == ("'=1+1" if series == "=1+1" else series)


@pytest.mark.parametrize("start", ["\t", "\r", "\n", "=", "＠"])
def test_texts_are_defused_by_how_they_begin(start):
    assert defuse_text(f"{start}x") == f"'{start}x"
    assert defuse_text(f"x{start}") == f"x{start}"
