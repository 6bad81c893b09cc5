"""Whatever is done to what is stored is found, named, and left as it is."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import reduce
from operator import getitem
from pathlib import Path

import pytest
from conftest import index_toml

from cci_cli.config import read_config
from cci_cli.errors import DataError
from cci_cli.packages import read_package, seal
from cci_cli.periods import parse_ref
from cci_cli.releases import read_release
from cci_cli.store import read_snapshot

REVISIONS = ("snapshots/2024H2/r1", "snapshots/2025H1/r1", "snapshots/2025H1/r2")
RELEASES = ("releases/2024H2/r1", "releases/2025H1/r1")
SUPERSEDED = "snapshots/2025H1/r1"

FILES = (
    *(f"{folder}/{name}" for folder in REVISIONS for name in ("datapackage.json", "nodes.csv")),
    *(
        f"{folder}/{name}"
        for folder in RELEASES
        for name in (
            *("datapackage.json", "indices.csv", "config/cards.csv", "config/cci.toml"),
            *("config/indices.toml", "config/provinces.csv"),
        )
    ),
)


@pytest.fixture
def workspace(make_workspace, cci, monkeypatch):
    """Two periods, both released; the second was corrected before its release."""
    indices = index_toml("N", "national", ["东", "西"]) + index_toml("R", "region", ["东"])
    root = make_workspace(["东", "西"], indices)
    source = root.parent / "nodes.csv"
    for period, cards in (("2024H2", 10), ("2025H1", 11), ("2025H1", 12)):
        source.write_text(
            f"node_id,province,model,cards\nn1,东,M,{cards}\nn2,西,M,20\n", encoding="utf-8"
        )
        assert cci("ingest", source, "--period", period, workspace=root).code == 0
    for period in ("2024H2", "2025H1"):
        assert cci("publish", period, "--by", "me", workspace=root).code == 0
    monkeypatch.chdir(root)
    return root


def read_tree(root: Path) -> dict[str, bytes | str | None]:
    """Everything below a folder: where links lead, the bytes of files, else null."""
    return {
        str(path.relative_to(root)): str(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else None
        for path in sorted(root.rglob("*"))
    }


def check_found(cci, root: Path, named: str, *, is_computed: bool = True) -> None:
    """Damage is named by ``verify`` and, unless it lies where it does not look, by ``compute``."""
    tree = read_tree(root)
    verified = cci("verify", workspace=root)
    assert verified.code == 1, named
    assert named in verified.out
    computed = cci("compute", "2025H1", workspace=root)
    if is_computed:
        assert computed.code == 1, named
        assert named in computed.err
        assert computed.out == ""
    else:
        assert computed.code == 0
    assert read_tree(root) == tree


def is_read(name: str) -> bool:
    """Whether the figures of 2025H1 are made from it."""
    return not name.startswith(SUPERSEDED)


# files


def flip_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def edit_character(path: Path) -> None:
    """Another digit, or where there is none another letter, in the last place there is one."""
    text = path.read_text(encoding="utf-8")
    at = [found.start() for found in re.finditer(r"[0-9]", text) or re.finditer("[a-z]", text)]
    spot = at[-1] if at else len(text) // 2
    other = "7" if text[spot] != "7" else "8"
    path.write_text(text[:spot] + other + text[spot + 1 :], encoding="utf-8")


def link_to_a_copy(path: Path) -> None:
    copy = Path("elsewhere")
    shutil.copyfile(path, copy)
    path.unlink()
    path.symlink_to(copy.absolute())


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def make_pipe(path: Path) -> None:
    """Nobody writes into it: who opens it waits for ever."""
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "damage",
    [flip_bit, edit_character, Path.unlink, link_to_a_copy, make_folder, make_pipe],
    ids=["a bit", "a character", "deleted", "a link to the same", "a folder", "a pipe"],
)
def test_damage_to_a_file_is_found_and_named(cci, workspace, damage):
    found = {str(path.relative_to(workspace)) for path in workspace.glob("[sr]*/**/*.*")}
    assert found == set(FILES)
    for name in FILES:
        kept = Path(name).read_bytes()
        damage(Path(name))
        check_found(cci, workspace, name, is_computed=is_read(name))
        path = Path(name)
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        path.unlink(missing_ok=True)
        path.write_bytes(kept)
    assert cci("verify", workspace=workspace).code == 0


def test_any_bit_of_any_file_counts(workspace):
    """Some forty bits of each file, the first and the last among them."""
    for name in FILES:
        folder = workspace / "/".join(name.split("/")[:3])
        path = workspace / name
        data = path.read_bytes()
        last = len(data) * 8 - 1
        for bit in {*range(0, last, last // 40 | 1), last}:
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            path.write_bytes(changed)
            with pytest.raises(DataError) as raised:
                read_package(folder).check_files()
            assert str(path) in raised.value.message
        path.write_bytes(data)
        read_package(folder).check_files()


# folders


def delete(name: str) -> Callable[[], None]:
    return lambda: shutil.rmtree(name)


def add_file(name: str) -> Callable[[], object]:
    return lambda: Path(name).write_text("added", encoding="utf-8")


def add_folder(name: str) -> Callable[[], None]:
    return lambda: Path(name).mkdir()


def copy(old: str, new: str) -> Callable[[], object]:
    return lambda: shutil.copytree(old, new)


def link(name: str) -> Callable[[], None]:
    def change() -> None:
        shutil.move(name, "elsewhere")
        Path(name).symlink_to(Path("elsewhere").absolute())

    return change


def swap(one: str, other: str) -> Callable[[], None]:
    def change() -> None:
        Path(one).rename("between")
        Path(other).rename(one)
        Path("between").rename(other)

    return change


@pytest.mark.parametrize("name", ["2024H2", "2024H2/r1"])
def test_no_command_reads_or_writes_through_a_link_in_a_store(cci, workspace, name):
    """What is kept there would lie elsewhere; the store itself may be a link."""
    link(f"snapshots/{name}")()
    before = sorted(path.read_bytes() for path in Path("elsewhere").rglob("*.*"))
    new = workspace / "snapshots/2025H1/r1/nodes.csv"
    for arguments in (
        ("validate", "2024H2"),
        ("validate", "2024H2@r1"),
        ("status",),
        ("compute", "2025H1"),
        ("ingest", new, "--period", "2024H2"),
    ):
        outcome = cci(*arguments, workspace=workspace)
        assert outcome.code == 1
        assert f"snapshots/{name}` does not belong there" in outcome.out + outcome.err
        assert arguments[0] == "status" or "and no link" in outcome.err
    assert sorted(path.read_bytes() for path in Path("elsewhere").rglob("*.*")) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("compute", "2025H1", "--format", "csv", "--output", "snapshots/2024H2/r1/nodes.csv"),
        ("series", "--output", "releases/2025H1/r1/indices.csv"),
        ("cards", "--output", "config/cards.csv"),
        ("status", "--format", "json", "--output", "link/new.json"),
        ("verify", "--output", "x/../snapshots/table.csv"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_result_is_written_into_a_store(cci, workspace, arguments):
    Path("link").symlink_to("releases/2024H2")
    Path("x").mkdir()
    before = read_tree(workspace)
    outcome = cci(*arguments, workspace=workspace)
    assert (outcome.code, outcome.out) == (2, "")
    assert "where nothing else is put [E115]" in outcome.err
    assert read_tree(workspace) == before


@pytest.mark.parametrize("verb", [("validate", "nodes.csv"), ("report", "--check", "nodes.csv")])
def test_no_result_takes_the_place_of_the_file_that_it_is_about(cci, workspace, verb):
    shutil.copyfile("snapshots/2025H1/r2/nodes.csv", "nodes.csv")
    before = Path("nodes.csv").read_bytes()
    outcome = cci(*verb, "--format", "csv", "--output", "./nodes.csv", workspace=workspace)
    assert (outcome.code, outcome.out) == (2, "")
    assert "[E118]" in outcome.err
    assert Path("nodes.csv").read_bytes() == before


def test_a_store_may_lie_elsewhere_as_a_whole(cci, workspace):
    for name in ("snapshots", "releases"):
        Path(name).rename(f"{name}-elsewhere")
        Path(name).symlink_to(f"{name}-elsewhere")
    assert cci("verify", workspace=workspace).code == 0


@pytest.mark.parametrize(
    "path", ["../nodes.csv", "/etc/passwd", "a/../../x", "..\\x", "", "./nodes.csv", "a//b", "C:x"]
)
def test_a_descriptor_leads_to_no_place_outside_its_folder(cci, workspace, path):
    """A seal holds for whoever makes one: what is named is refused before it is looked for."""
    descriptor = workspace / "releases/2024H2/r1/datapackage.json"
    document = json.loads(descriptor.read_bytes())
    del document["seal"]
    document["resources"][0]["path"] = path
    descriptor.write_bytes(seal(document))
    outcome = cci("verify", workspace=workspace)
    assert outcome.code == 1
    assert "a path in it leads out of its folder" in outcome.out + outcome.err


def list_places(value: object, place: tuple = ()) -> Iterator[tuple]:
    """Where in a document a value stands, as keys and positions from its top."""
    items = value.items() if isinstance(value, dict) else enumerate(value[:2])
    for key, inner in items:
        yield (*place, key)
        if isinstance(inner, dict | list):
            yield from list_places(inner, (*place, key))


ANYTHING = (None, 0, -1, True, 1.5, "", "x", [], {}, [1], {"a": 1}, "2025H1", "r1", "9" * 5_000)


@pytest.mark.parametrize("name", ["releases/2025H1/r1", "snapshots/2025H1/r2"])
def test_a_descriptor_with_anything_anywhere_is_read_or_refused(workspace, name):
    """Whoever makes a seal can write what they like, and it is of some type or other."""
    store, period, number = name.split("/")
    ref, config = parse_ref(f"{period}@{number}"), read_config(workspace)
    descriptor = workspace / name / "datapackage.json"
    document = json.loads(descriptor.read_bytes())
    places = list(list_places(document))
    refused = 0
    for *above, last in places:
        for value in ANYTHING:
            changed = deepcopy(document)
            inner = reduce(getitem, above, changed)
            inner[last] = value
            descriptor.write_bytes(seal(changed))
            try:
                if store == "releases":
                    read_release(workspace, ref)
                else:
                    read_snapshot(workspace, ref, config)
            except DataError:
                refused += 1
    assert len(places) > 30
    # titles and the like may say anything
    assert refused > 100


@pytest.mark.parametrize(
    ("change", "named"),
    [
        *(pytest.param(delete(name), name, id=f"delete {name}") for name in REVISIONS),
        pytest.param(delete("releases/2024H2/r1"), "releases/2024H2/r1", id="delete a release"),
        pytest.param(delete("releases/2024H2"), "releases/2024H2/r1", id="delete all releases"),
        pytest.param(delete("snapshots/2024H2"), "snapshots/2024H2/r1", id="delete a period"),
        *(
            pytest.param(add_file(f"{folder}/{name}"), f"{folder}/{name}", id=f"{folder}/{name}")
            for folder in (
                *("snapshots", "snapshots/2025H1", "snapshots/2025H1/r2", "releases"),
                *("releases/2025H1", "releases/2025H1/r1", "releases/2024H2/r1/config"),
            )
            for name in ("notes.txt", ".hidden")
        ),
        *(
            pytest.param(add_folder(name), name, id=f"add {name}")
            for name in (
                *("snapshots/2025H3", "snapshots/2025H1/r03", "snapshots/2025H1/r2/more"),
                *("releases/old", "releases/2025H1/draft", "releases/2025H1/r1/config/more"),
            )
        ),
        *(
            pytest.param(link(name), name, id=f"link {name}")
            for name in (
                *("snapshots/2025H1", "snapshots/2025H1/r2", "snapshots/2024H2/r1"),
                *("releases/2025H1", "releases/2024H2/r1", "releases/2024H2/r1/config"),
            )
        ),
        pytest.param(
            swap("snapshots/2025H1/r1", "snapshots/2025H1/r2"),
            "snapshots/2025H1/r2/datapackage.json",
            id="swap two revisions",
        ),
        pytest.param(
            swap("releases/2024H2/r1", "releases/2025H1/r1"),
            "releases/2024H2/r1/datapackage.json",
            id="swap two releases",
        ),
        pytest.param(
            swap("snapshots/2024H2/r1", "snapshots/2025H1/r2"),
            "snapshots/2024H2/r1/datapackage.json",
            id="swap revisions of two periods",
        ),
        pytest.param(
            copy("snapshots/2025H1/r1", "snapshots/2025H1/r3"),
            "snapshots/2025H1/r3/datapackage.json",
            id="copy a revision to the next number",
        ),
        pytest.param(
            copy("releases/2025H1/r1", "releases/2025H1/r2"),
            "releases/2025H1/r2/datapackage.json",
            id="copy a release to the next number",
        ),
    ],
)
def test_damage_to_folders_is_found_and_named(cci, workspace, change, named):
    change()
    check_found(cci, workspace, named)


@pytest.mark.parametrize("store", ["snapshots", "releases"])
def test_what_was_copied_to_another_period_is_found_and_named(cci, workspace, store):
    copy(f"{store}/2025H1/r1", f"{store}/2025H2/r1")()
    check_found(cci, workspace, f"{store}/2025H2/r1/datapackage.json", is_computed=False)
