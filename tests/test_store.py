"""Revisions on disk: found in order, read with their hash checked, written whole or not at all."""

import hashlib
import json
import os
import re
import shutil
import threading
import time
from pathlib import Path

import polars as pl
import pytest
from conftest import index_toml
from polars.testing import assert_frame_equal

from cci_cli import archive, nodefile, packages, rules, store
from cci_cli.columns import COLUMNS
from cci_cli.config import read_config
from cci_cli.errors import DataError, InvalidDataError, SystemFailureError
from cci_cli.packages import seal
from cci_cli.periods import Period, PeriodRef
from cci_cli.rules import to_canonical
from cci_cli.sorting import RowSorter

P = Period(2024, 2)
NOW = "2025-01-15T08:00:00+00:00"


@pytest.fixture
def root(make_workspace):
    return make_workspace(["东", "西"], index_toml("N", "national", ["东", "西"]))


def frame(*rows: tuple[str | None, ...]) -> pl.LazyFrame:
    """Valid rows of a snapshot, as text in the order of its columns."""
    text = pl.DataFrame(list(rows), schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return to_canonical(text.lazy(), COLUMNS)


def nodes(cards: int = 1) -> pl.LazyFrame:
    return frame(
        ("n1", None, "东", "M", str(cards), "in_service", None),
        ("n2", None, "西", "M", "0", "in_service", None),
    )


def write(root: Path, content: pl.LazyFrame, period: Period = P, **details: object):
    origin = archive.Origin(**{"created": NOW} | details)
    with archive.stage_revision(root) as staged, RowSorter(staged) as sorter:
        rows = content.collect()
        sorter.add(rows)
        return archive.write_revision(
            root, staged, period, sorter, origin, rows=rows.height, checked_nodes=None
        )


def folders(root: Path, period: str = "2024H2") -> list[str]:
    """Everything in the folder of a period, and whatever was not cleared away beside it."""
    snapshots = root / "snapshots"
    left_behind = [entry.name for entry in snapshots.glob(".*")]
    return left_behind + sorted(entry.name for entry in (snapshots / period).glob("*"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def revision_folder(root: Path, name: str = "r1") -> Path:
    return root / "snapshots" / "2024H2" / name


def descriptor_of(root: Path, name: str = "r1") -> dict:
    return json.loads((revision_folder(root, name) / "datapackage.json").read_bytes())


# finding


def test_revisions_are_listed_by_number_and_the_newest_is_chosen(root):
    for cards in range(1, 12):
        write(root, nodes(cards))
    assert store.list_revisions(root, P) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert store.resolve_ref(root, PeriodRef(P)) == PeriodRef(P, 11)
    assert store.resolve_ref(root, PeriodRef(P, 2)) == PeriodRef(P, 2)


def test_only_folders_named_like_a_revision_are_revisions(root):
    folder = root / "snapshots" / "2024H2"
    for name in ("r10", "r2", "r0", "r02", "R3", "r", "r1a", "ar4", ".staging-r5", "rx", "r+6"):
        (folder / name).mkdir(parents=True)
    (folder / "r7").write_text("a file", encoding="utf-8")
    assert store.list_revisions(root, P) == [2, 10]


def test_only_folders_of_a_period_with_a_revision_are_periods(root):
    snapshots = root / "snapshots"
    for name in (
        "2025H1/r1",
        "2024H2/r1",
        "2024-12-31/r1",
        "2026-06-30/r1",
        "notes/r1",
        "2027H1/x",
    ):
        (snapshots / name).mkdir(parents=True)
    assert store.list_periods(root) == [Period(2024, 2), Period(2025, 1)]


def test_a_workspace_without_snapshots_has_no_periods(root):
    (root / "snapshots").rmdir()
    assert store.list_periods(root) == []
    assert store.list_revisions(root, P) == []


def test_a_period_without_a_snapshot_names_the_ones_there_are(root):
    write(root, nodes(), Period(2025, 1))
    write(root, nodes())
    with pytest.raises(DataError) as raised:
        store.resolve_ref(root, PeriodRef(Period(2026, 1)))
    assert raised.value.code == "E301"
    assert raised.value.message == "no snapshot of `2026H1` in this workspace"
    assert raised.value.hint == "stored: 2024H2, 2025H1"


def test_an_empty_workspace_says_how_to_fill_it(root):
    with pytest.raises(DataError) as raised:
        store.resolve_ref(root, PeriodRef(P))
    assert "`cci ingest FILE --period P`" in raised.value.hint


def test_an_unknown_revision_names_the_known_ones(root):
    write(root, nodes(1))
    write(root, nodes(2))
    with pytest.raises(DataError) as raised:
        store.resolve_ref(root, PeriodRef(P, 3))
    assert (raised.value.code, raised.value.exit_code) == ("E302", 1)
    assert raised.value.message == "snapshot `2024H2` has no revision `r3`"
    assert raised.value.hint == "it has r1, r2"


# reading


def test_a_stored_revision_is_read_as_it_was_written(root):
    write(
        root,
        frame(
            ("n2", "Name", "西", "half", "4", "in_service", "2024-05-01"),
            ("n1", None, "东", "M", "3", "in_service", None),
            ("n1", None, "东", "half", "9", "retired", None),
        ),
    )
    snapshot = store.read_snapshot(root, PeriodRef(P), read_config(root))
    assert snapshot.ref == PeriodRef(P, 1)
    assert (snapshot.facts.rows, snapshot.facts.nodes) == (3, 2)
    stored = (revision_folder(root) / "nodes.csv").read_bytes()
    assert snapshot.facts.sha256 == hashlib.sha256(stored).hexdigest()
    assert snapshot.card_counts.rows() == [("东", "M", 3), ("东", "half", 0), ("西", "half", 4)]
    assert not snapshot.is_demonstration


def test_an_older_revision_is_read_where_it_is_named(root):
    write(root, nodes(1))
    write(root, nodes(2))
    config = read_config(root)
    for revision, cards in ((1, 1), (2, 2), (None, 2)):
        snapshot = store.read_snapshot(root, PeriodRef(P, revision), config)
        assert snapshot.card_counts.rows() == [("东", "M", cards), ("西", "M", 0)]


def test_demonstration_data_says_so(root):
    write(root, nodes(), is_demonstration=True)
    assert store.read_snapshot(root, PeriodRef(P), read_config(root)).is_demonstration


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b",1,", b",2,"),
        lambda data: data + b"\n",
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data[:-1],
        lambda _: b"",
    ],
    ids=["a digit", "a line end more", "CR LF", "BOM", "last byte gone", "emptied"],
)
def test_a_byte_changed_in_the_nodes_is_found(root, change):
    write(root, nodes())
    path = revision_folder(root) / "nodes.csv"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError) as raised:
        store.read_snapshot(root, PeriodRef(P), read_config(root))
    assert (raised.value.code, raised.value.exit_code) == ("E303", 1)


def test_a_changed_file_is_named_with_both_hashes(root, monkeypatch):
    write(root, nodes())
    monkeypatch.chdir(root)
    path = Path("snapshots/2024H2/r1/nodes.csv")
    recorded = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    path.write_bytes(b"other")
    with pytest.raises(DataError) as raised:
        store.check_hash(Path(), PeriodRef(P, 1))
    assert raised.value.message == (
        "`snapshots/2024H2/r1/nodes.csv` is not what was stored "
        f"(sha256 d9298a10d1b0… instead of {recorded}…)"
    )
    assert raised.value.hint == (
        "restore the file: what is stored never changes, a correction is a new revision or release"
    )


def test_a_changed_file_is_named_however_deep_it_lies(root, tmp_path):
    write(root, nodes())
    deep = tmp_path / ("a_long_name_of_a_folder_" * 4) / "workspace"
    shutil.copytree(root, deep)
    (revision_folder(deep) / "nodes.csv").write_bytes(b"other")
    with pytest.raises(DataError) as raised:
        store.check_hash(deep, PeriodRef(P, 1))
    assert "2024H2/r1/nodes.csv`" in raised.value.message


def test_a_stored_file_that_breaks_a_rule_of_todays_config_is_not_used(root):
    write(root, frame(("n1", None, "东", "Q", "1", "in_service", None)))
    with pytest.raises(InvalidDataError) as raised:
        store.read_snapshot(root, PeriodRef(P), read_config(root))
    assert raised.value.message == "`snapshots/2024H2/r1/nodes.csv` has 2 problems"
    assert [problem.code for problem in raised.value.problems] == ["E323", "E332"]


def edit(**changes: object):
    """A change of the descriptor under a new seal; ``resource`` keys go into its resource, null
    removes a key."""

    def change(text: str) -> str:
        document = json.loads(text)
        for key, value in changes.items():
            target = document["resources"][0] if key in ("hash", "rows") else document
            target[key] = value
            if value is None:
                del target[key]
        return packages.seal(document).decode()

    return change


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        pytest.param(lambda _: packages.seal({}).decode(), "KeyError 'resources'", id="no content"),
        pytest.param(edit(resources=5), "TypeError", id="resources are a number"),
        pytest.param(edit(hash=None), "KeyError 'hash'", id="no hash"),
        pytest.param(edit(hash=5), "its hash is not a SHA-256", id="hash is a number"),
        pytest.param(edit(hash="md5:0"), "its hash is not a SHA-256", id="another hash"),
        pytest.param(edit(period=None), "KeyError 'period'", id="no period"),
        pytest.param(edit(period="2024H3"), "it describes 2024H3@r1", id="no such period"),
        pytest.param(edit(period=20242), "it describes 20242@r1", id="period is a number"),
        pytest.param(edit(revision="newest"), "it describes 2024H2@newest", id="no such revision"),
        pytest.param(edit(revision=None), "KeyError 'revision'", id="no revision"),
        pytest.param(edit(created=None), "KeyError 'created'", id="no time"),
        pytest.param(edit(created=5), "created is not of type str", id="time is a number"),
        pytest.param(edit(rows="2"), "rows is not of type int", id="rows are a text"),
        pytest.param(edit(demonstration="no"), "is_demonstration is not", id="origin is a text"),
        pytest.param(edit(demonstration=None), "KeyError 'demonstration'", id="no origin"),
        pytest.param(edit(rows=None), "KeyError 'rows'", id="no rows"),
        pytest.param(edit(period="2025H1"), "it describes 2025H1@r1", id="another period"),
        pytest.param(edit(revision="r2"), "it describes 2024H2@r2", id="another revision"),
    ],
)
def test_a_descriptor_that_is_not_usable_is_named(root, monkeypatch, change, detail):
    write(root, nodes())
    monkeypatch.chdir(root)
    path = Path("snapshots/2024H2/r1/datapackage.json")
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DataError) as raised:
        store.read_snapshot(Path(), PeriodRef(P), read_config(Path()))
    assert (raised.value.code, raised.value.exit_code) == ("E304", 1)
    start = f"`{path}` is not a usable data package: "
    assert raised.value.message.startswith(start)
    assert detail in raised.value.message.removeprefix(start)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda data: data[:100],
        lambda _: b"null",
        lambda _: b"[" * 100_000,
        lambda _: b"\xff\xfe{",
        lambda data: data.replace(b"2024-12-31", b"2024-12-30"),
        lambda data: data.replace(b"  ", b" ", 1),
        lambda data: data.replace(b'"seal"', b'"sea1"'),
        lambda data: data + data,
        lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
    ],
    ids=[
        *("emptied", "cut short", "null", "nested without end", "not UTF-8", "a digit"),
        *("a space", "no seal", "two seals", "a bit of the seal"),
    ],
)
def test_a_descriptor_that_was_changed_does_not_hold(root, monkeypatch, change):
    write(root, nodes())
    monkeypatch.chdir(root)
    path = Path("snapshots/2024H2/r1/datapackage.json")
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError) as raised:
        store.read_descriptor(Path(), PeriodRef(P, 1))
    assert (raised.value.code, raised.value.exit_code) == ("E306", 1)
    assert raised.value.message.startswith(f"`{path}` was changed")


def test_a_descriptor_nested_without_end_under_a_good_seal_is_not_usable(root):
    write(root, nodes())
    data = packages.seal({"resources": []}).replace(b"[]", b"[" * 100_000)
    path = revision_folder(root) / "datapackage.json"
    digits = data.index(b'"sha256:') + 8
    data = data[:digits] + b"0" * 64 + data[digits + 64 :]
    digest = hashlib.sha256(data).hexdigest().encode()
    path.write_bytes(data[:digits] + digest + data[digits + 64 :])
    with pytest.raises(DataError) as raised:
        store.read_descriptor(root, PeriodRef(P, 1))
    assert raised.value.code == "E304"


@pytest.mark.parametrize("name", ["notes.txt", "nodes.csv.bak", ".hidden", "more/nodes.csv"])
def test_a_file_that_was_added_to_a_revision_is_named(root, monkeypatch, name):
    write(root, nodes())
    monkeypatch.chdir(root)
    path = Path("snapshots/2024H2/r1") / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("added", encoding="utf-8")
    with pytest.raises(DataError) as raised:
        store.read_snapshot(Path(), PeriodRef(P), read_config(Path()))
    assert (raised.value.code, raised.value.exit_code) == ("E307", 1)
    assert str(path.parent if "/" in name else path) in raised.value.message


def test_a_link_in_place_of_a_file_is_not_taken(root):
    write(root, nodes())
    path = revision_folder(root) / "nodes.csv"
    elsewhere = root / "elsewhere.csv"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    with pytest.raises(DataError) as raised:
        store.read_snapshot(root, PeriodRef(P), read_config(root))
    assert raised.value.code == "E307"


def test_what_a_desktop_leaves_in_a_folder_does_no_harm(root):
    write(root, nodes())
    (revision_folder(root) / ".DS_Store").write_bytes(b"\0")
    assert store.check_hash(root, PeriodRef(P, 1)).rows == 2


def test_a_number_of_rows_that_is_not_the_files_is_found(root):
    write(root, nodes())
    path = revision_folder(root) / "datapackage.json"
    path.write_text(edit(rows=99)(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DataError) as raised:
        store.read_snapshot(root, PeriodRef(P), read_config(root))
    assert raised.value.code in {"E303", "E304"}


def test_a_whole_revision_copied_from_another_period_is_not_taken(root):
    write(root, nodes(1))
    write(root, nodes(2), Period(2025, 1))
    other = root / "snapshots" / "2025H1" / "r2"
    shutil.copytree(revision_folder(root), other)
    with pytest.raises(DataError) as raised:
        store.read_snapshot(root, PeriodRef(Period(2025, 1)), read_config(root))
    assert raised.value.code == "E304"
    assert raised.value.message.endswith("it describes 2024H2@r1, nodes.csv")


@pytest.mark.parametrize("name", ["nodes.csv", "datapackage.json"])
def test_a_missing_file_of_a_revision_is_named(root, monkeypatch, name):
    write(root, nodes())
    monkeypatch.chdir(root)
    path = Path("snapshots/2024H2/r1") / name
    path.unlink()
    with pytest.raises(DataError) as raised:
        store.read_snapshot(Path(), PeriodRef(P), read_config(Path()))
    assert (raised.value.code, raised.value.exit_code) == ("E303", 1)
    assert raised.value.message.startswith(f"`{path}` is not what")
    assert raised.value.message.endswith("(it is missing)")


# writing


def test_the_first_revision_is_r1_and_is_told(root):
    ref, sha256, is_new = write(root, nodes())
    assert (ref, is_new) == (PeriodRef(P, 1), True)
    assert folders(root) == ["r1"]
    assert contents(revision_folder(root)).keys() == {"nodes.csv", "datapackage.json"}
    stored = (revision_folder(root) / "nodes.csv").read_bytes()
    assert sha256 == hashlib.sha256(stored).hexdigest()


def test_stored_nodes_are_canonical(root):
    write(
        root,
        frame(
            ("n2", 'a "b", c', "西", "M", "2", "in_service", "2024-05-01"),
            ("n10", None, "东", "half", "1", "retired", None),
            ("n10", "=1+1", "东", "M", "0", "in_service", None),
        ),
    )
    assert (revision_folder(root) / "nodes.csv").read_bytes().decode() == (
        "node_id,node_name,province,model,cards,status,in_service_since\n"
        "n10,=1+1,东,M,0,in_service,\n"
        "n10,,东,half,1,retired,\n"
        'n2,"a ""b"", c",西,M,2,in_service,2024-05-01\n'
    )


def test_the_order_of_rows_makes_no_other_revision(root):
    rows = [
        ("n1", None, "东", "M", "1", "in_service", None),
        ("n1", None, "东", "half", "2", "in_service", None),
        ("n2", None, "西", "M", "3", "in_service", None),
    ]
    write(root, frame(*rows))
    ref, _, is_new = write(root, frame(*reversed(rows)))
    assert (ref, is_new) == (PeriodRef(P, 1), False)


def test_the_descriptor_describes_the_revision(root):
    sources = [{"title": "survey.csv", "path": "survey.csv", "hash": "sha256:00"}]
    write(root, nodes(), note="二次核对", sources=sources)
    stored = (revision_folder(root) / "nodes.csv").read_bytes()
    document = descriptor_of(root)
    (resource,) = document.pop("resources")
    assert re.fullmatch("sha256:[0-9a-f]{64}", document.pop("seal"))
    schema = resource.pop("schema")
    assert document == {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "cci-snapshot-2024h2-r1",
        "title": "Accelerator cards by computing node and model as of 2024-12-31",
        "period": "2024H2",
        "revision": "r1",
        "created": NOW,
        "note": "二次核对",
        "demonstration": False,
        "sources": sources,
    }
    assert resource == {
        "name": "nodes",
        "path": "nodes.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "rows": 2,
        "bytes": len(stored),
        "hash": f"sha256:{hashlib.sha256(stored).hexdigest()}",
    }
    header = stored.decode().splitlines()[0]
    assert [field["name"] for field in schema["fields"]] == header.split(",")
    assert schema["primaryKey"] == ["node_id", "model"]


def test_the_descriptor_is_text_for_people(root):
    write(root, nodes(), note="二次核对")
    data = (revision_folder(root) / "datapackage.json").read_bytes()
    assert "二次核对" in data.decode()
    assert data.endswith(b"}\n")
    assert b"\r" not in data


def test_the_same_content_again_stores_nothing(root):
    _, sha256, _ = write(root, nodes())
    before = contents(revision_folder(root))
    assert write(root, nodes(), note="again", created="2026-01-01T00:00:00+00:00") == (
        PeriodRef(P, 1),
        sha256,
        False,
    )
    assert folders(root) == ["r1"]
    assert contents(revision_folder(root)) == before


def test_other_content_makes_the_next_revision_and_leaves_the_first(root):
    write(root, nodes(1))
    before = contents(revision_folder(root))
    ref, _, is_new = write(root, nodes(2))
    assert (ref, is_new) == (PeriodRef(P, 2), True)
    assert folders(root) == ["r1", "r2"]
    assert contents(revision_folder(root)) == before
    assert b",2," in (revision_folder(root, "r2") / "nodes.csv").read_bytes()
    assert descriptor_of(root, "r2")["revision"] == "r2"


def test_going_back_to_older_content_is_a_new_revision(root):
    write(root, nodes(1))
    write(root, nodes(2))
    ref, _, is_new = write(root, nodes(1))
    assert (ref, is_new) == (PeriodRef(P, 3), True)


def test_a_gap_in_the_numbers_is_not_filled(root):
    for cards in (1, 2, 3):
        write(root, nodes(cards))
    shutil.rmtree(revision_folder(root, "r2"))
    ref, _, _ = write(root, nodes(4))
    assert ref == PeriodRef(P, 4)


def test_a_damaged_newest_revision_is_not_called_unchanged(root):
    write(root, nodes(1))
    (revision_folder(root) / "nodes.csv").write_bytes(b"damaged")
    with pytest.raises(DataError) as raised:
        write(root, nodes(1))
    assert raised.value.code == "E303"
    assert folders(root) == ["r1"]


def test_an_unusable_descriptor_of_the_newest_revision_stops_the_next(root):
    write(root, nodes(1))
    (revision_folder(root) / "datapackage.json").write_bytes(packages.seal({}))
    with pytest.raises(DataError) as raised:
        write(root, nodes(2))
    assert raised.value.code == "E304"
    assert folders(root) == ["r1"]


@pytest.mark.parametrize("before", [0, 1], ids=["first revision", "second revision"])
@pytest.mark.parametrize("number", [1, 2, 3], ids=["first file", "second file", "folder"])
def test_a_flush_that_fails_leaves_nothing(root, monkeypatch, before, number):
    if before:
        write(root, nodes(1))
    names = folders(root) if before else []
    flushed = []

    def fsync(handle: int) -> None:
        flushed.append(handle)
        if len(flushed) == number:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(SystemFailureError) as raised:
        write(root, nodes(2))
    assert (raised.value.code, raised.value.exit_code) == ("E502", 3)
    assert raised.value.message.endswith("No space left on device")
    assert folders(root) == names


@pytest.mark.parametrize("before", [0, 1], ids=["first revision", "second revision"])
@pytest.mark.parametrize("step", ["rename", "chmod", "write_bytes"])
def test_a_step_that_fails_leaves_nothing(root, monkeypatch, before, step):
    if before:
        write(root, nodes(1))
    names = folders(root) if before else []

    def fail(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, step, fail)
    with pytest.raises(SystemFailureError) as raised:
        write(root, nodes(2))
    assert raised.value.code == "E502"
    assert raised.value.message.endswith("Permission denied")
    assert folders(root) == names


def test_an_interrupt_leaves_nothing(root, monkeypatch):
    def interrupt(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(root, nodes())
    assert folders(root) == []


def test_everything_is_flushed_before_it_gets_its_name_and_the_name_after(root, monkeypatch):
    events = []
    rename = Path.rename

    def fsync(handle: int) -> None:
        events.append(Path(f"/proc/self/fd/{handle}").readlink().name.split("-")[0])

    def note_rename(path: Path, target: Path) -> Path:
        events.append("renamed")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", note_rename)
    write(root, nodes())
    assert sorted(events[:2]) == ["datapackage.json", "nodes.csv"]
    assert events[2:] == ["package", "renamed", "2024H2", "snapshots"]


def test_a_revision_that_another_process_stored_meanwhile_is_kept(root, monkeypatch):
    write(root, nodes(1))
    rename = Path.rename

    def come_second(path: Path, target: Path) -> Path:
        target.mkdir()
        (target / "nodes.csv").write_bytes(b"of the other")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", come_second)
    with pytest.raises(SystemFailureError) as raised:
        write(root, nodes(2))
    assert raised.value.code == "E502"
    assert folders(root) == ["r1", "r2"]
    assert contents(revision_folder(root, "r2")) == {"nodes.csv": b"of the other"}


def test_a_period_folder_that_is_a_file_is_a_failure_of_the_system(root):
    (root / "snapshots" / "2024H2").write_text("in the way", encoding="utf-8")
    with pytest.raises(SystemFailureError) as raised:
        write(root, nodes())
    assert raised.value.code == "E502"


@pytest.mark.parametrize(
    ("umask", "folder", "file"),
    [(0o022, 0o755, 0o644), (0o077, 0o700, 0o600), (0o002, 0o775, 0o664)],
)
def test_permissions_follow_the_umask(root, umask, folder, file):
    before = os.umask(umask)
    try:
        write(root, nodes())
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    target = revision_folder(root)
    assert target.stat().st_mode & 0o777 == folder
    assert {path.stat().st_mode & 0o777 for path in target.iterdir()} == {file}


@pytest.fixture
def ingested(make_workspace, cci):
    """A workspace whose 2024H2 was held against the rules before it was stored."""
    toml = index_toml("N", "national", ["a"])
    root = make_workspace(["a"], toml, {}, models={"M": "100", "old": "50"})
    (root / "raw.csv").write_text(
        "node_id,province,model,cards\nn1,a,M,7\nn2,a,M,2\nn2,a,old,3\n", encoding="utf-8"
    )
    assert cci("ingest", str(root / "raw.csv"), "--period", "2024H2", workspace=root).code == 0
    return root


@pytest.fixture
def full_checks(monkeypatch):
    """The files that were checked in full."""
    read = []
    real = nodefile.read_nodes

    def count(path, *arguments):
        read.append(path.name)
        return real(path, *arguments)

    monkeypatch.setattr(nodefile, "read_nodes", count)
    return read


def test_rows_checked_before_they_were_stored_are_only_summed(ingested, full_checks):
    """M: 7 + 2; old: 3; three rows of two nodes. A full check finds the same."""
    config = read_config(ingested)
    snapshot = store.read_snapshot(ingested, PeriodRef(P), config)

    assert full_checks == []
    assert snapshot.card_counts.rows() == [("a", "M", 9), ("a", "old", 3)]
    assert (snapshot.facts.rows, snapshot.facts.nodes) == (3, 2)
    again = store.read_snapshot(ingested, PeriodRef(P), config, is_full_check=True)
    assert full_checks == ["nodes.csv"]
    assert again.facts == snapshot.facts
    assert_frame_equal(again.card_counts, snapshot.card_counts)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(("config/cards.csv", "\nold,", "\nother,"), id="a model is gone"),
        pytest.param(
            ("config/provinces.csv", "00,a,", "01,b,province b,b,x,\n00,a,"), id="one more"
        ),
    ],
)
def test_rows_checked_before_are_held_against_the_config_of_today(ingested, full_checks, change):
    name, old, new = change
    path = ingested / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidDataError) as raised:
        store.read_snapshot(ingested, PeriodRef(P), read_config(ingested))

    assert full_checks == ["nodes.csv"]
    assert {problem.code for problem in raised.value.problems} <= {"E323", "E332"}


def test_rows_checked_by_other_rules_are_checked_in_full(ingested, full_checks, monkeypatch):
    monkeypatch.setattr(store, "digest_rules", lambda: "0" * 64)
    snapshot = store.read_snapshot(ingested, PeriodRef(P), read_config(ingested))
    assert full_checks == ["nodes.csv"]
    assert snapshot.facts.nodes == 2


def test_the_bytes_of_rows_checked_before_are_hashed_every_time(ingested):
    path = ingested / "snapshots/2024H2/r1/nodes.csv"
    path.write_bytes(path.read_bytes().replace(b",7,", b",8,"))
    with pytest.raises(DataError) as raised:
        store.read_snapshot(ingested, PeriodRef(P), read_config(ingested))
    assert raised.value.code == "E303"


def test_bytes_that_are_no_longer_numbers_are_told_as_altered(ingested):
    path = ingested / "snapshots/2024H2/r1/nodes.csv"
    path.write_bytes(path.read_bytes().replace(b",7,", b",x,"))
    with pytest.raises(DataError) as raised:
        store.read_snapshot(ingested, PeriodRef(P), read_config(ingested))
    assert raised.value.code == "E303"


def reseal(folder, **changes):
    """Let a package say of its files what they are now."""
    document = json.loads((folder / "datapackage.json").read_text("utf-8")) | changes
    data = (folder / "nodes.csv").read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    document["resources"][0] |= {"hash": f"sha256:{sha256}", "bytes": len(data)}
    (folder / "datapackage.json").write_bytes(seal(document))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param("in_service,", "in_servicee,", "E305", id="a status that is none"),
        pytest.param(",7,", ",-7,", "E305", id="less than no card"),
        pytest.param(",7,", ",,", "E305", id="no number"),
        pytest.param(",7,", ",x,", "E305", id="a number that is none"),
        pytest.param("n2,,a,old,3,in_service,\n", "", "E303", id="a row less"),
    ],
)
def test_who_seals_again_what_breaks_a_rule_is_found(ingested, old, new, code):
    """What a record of a check is worth: words, numbers and rows are held against it."""
    folder = ingested / "snapshots/2024H2/r1"
    text = (folder / "nodes.csv").read_text("utf-8")
    assert old in text
    (folder / "nodes.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    reseal(folder)
    with pytest.raises(DataError) as raised:
        store.read_snapshot(ingested, PeriodRef(P), read_config(ingested))
    assert raised.value.code == code


def test_the_number_of_nodes_recorded_is_held_against_those_there_are(ingested):
    folder = ingested / "snapshots/2024H2/r1"
    checked = json.loads((folder / "datapackage.json").read_text("utf-8"))["checked"]
    reseal(folder, checked=checked | {"nodes": 3})
    with pytest.raises(DataError) as raised:
        store.read_snapshot(ingested, PeriodRef(P), read_config(ingested), is_full_check=True)
    assert raised.value.code == "E303"
    assert "2 nodes instead of 3" in raised.value.message


def test_what_is_interrupted_does_not_wait_for_the_hash(ingested, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(packages.Package, "check_files", lambda _package: go_on.wait(20))

    def interrupt(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_sum_checked", interrupt)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        store.read_snapshot(ingested, PeriodRef(P), read_config(ingested))
    assert time.monotonic() - started < 10
    go_on.set()


def test_verify_checks_the_rows_behind_a_release_in_full(ingested, full_checks, cci):
    assert cci("publish", "2024H2", workspace=ingested).code == 0
    assert full_checks == []
    assert cci("verify", workspace=ingested).code == 0
    assert full_checks == ["nodes.csv"]


@pytest.mark.parametrize(
    "checked",
    [None, [], {}, {"rules": "sha256:0"}, {"rules": 1, "nodes": 2}, {"rules": "x", "nodes": "2"}],
)
def test_a_record_of_a_check_that_is_none_is_refused(ingested, checked):
    folder = ingested / "snapshots/2024H2/r1"
    document = json.loads((folder / "datapackage.json").read_text("utf-8"))
    (folder / "datapackage.json").write_bytes(seal(document | {"checked": checked}))
    with pytest.raises(DataError) as raised:
        store.read_snapshot(ingested, PeriodRef(P), read_config(ingested))
    assert raised.value.code == "E304"


def test_the_digest_of_the_rules_is_that_of_the_rules_as_they_are(monkeypatch):
    """Who changes a rule changes it: then what was stored before is checked in full again."""
    before = rules.digest_rules()
    others = {"CLEAN_TEXT": "x", "WHOLE_NUMBER": "x", "ISO_DATE": "x", "NULLABLE_COLUMNS": ()}
    for name, value in (*others.items(), ("EDITION", rules.EDITION + 1)):
        with monkeypatch.context() as patch:
            patch.setattr(rules, name, value)
            assert rules.digest_rules() != before
    assert rules.digest_rules() == before


def test_who_changes_the_check_decides_about_its_edition():
    """Where the check now finds more than before, raise `rules.EDITION`; then write both here."""
    modules = ("clashes", "csvfile", "hashpiles", "nodefile", "outlines", "records", "rules")
    folder = Path(store.__file__).parent
    code = hashlib.sha256(b"".join((folder / f"{name}.py").read_bytes() for name in modules))
    assert (rules.EDITION, code.hexdigest()[:16]) == (1, "878f22e2bd3867eb")
