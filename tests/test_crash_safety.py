"""Whole or not at all: whatever fails or ends on the way, and whoever else is at work."""

import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest
from conftest import FACTOR, REPOSITORY, index_toml
from faults import ERRNOS, Fault, Watch, fail

from cci_cli.commands import report
from cci_cli.staging import stage_folder

HEADER = "node_id,province,model,cards\n"

Tree = dict[str, bytes | None]


@pytest.fixture(scope="module")
def launcher():
    """Run commands in processes of their own, all at once: ``launcher({"arguments": [...]})``."""
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("faults.py"))],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "SOURCE_DATE_EPOCH": "1750000000"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def launch(*orders: dict) -> list[tuple[int, str]]:
        server.stdin.write(json.dumps(orders) + "\n")
        server.stdin.flush()
        return [tuple(outcome) for outcome in json.loads(server.stdout.readline())]

    yield launch
    server.communicate(timeout=10)


@pytest.fixture
def workspace(make_workspace, cci, monkeypatch):
    """Two stored periods, of which the first is released and the second exported to ``old``.

    Beside it a file for a third.
    """
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")
    # what draws takes seconds, and touches no file of a workspace
    drawn = {report.PAGE_FILE: b"<p>page</p>", report.PAPER_FILE: b"%PDF"}
    monkeypatch.setattr(report, "_render_files", lambda _bulletin, _period: dict(drawn))
    indices = index_toml("N", "national", ["东", "西"]) + index_toml("R", "region", ["东"])
    root = make_workspace(["东", "西"], indices)
    for period, cards in (("2024H2", 10), ("2025H1", 11)):
        source = write_nodes(root.parent / f"{period}.csv", cards)
        assert cci("ingest", source, "--period", period, workspace=root).code == 0
    assert cci("publish", "2024H2", "--by", "me", workspace=root).code == 0
    assert cci("export", "2025H1", "--to", root / "old", workspace=root).code == 0
    write_nodes(root.parent / "new.csv", 12)
    return root


def write_nodes(path: Path, cards: int) -> Path:
    path.write_text(f"{HEADER}n1,东,M,{cards}\nn2,西,M,{cards + 1}\n", encoding="utf-8")
    return path


def words(root: Path, *arguments: str) -> list[str]:
    """The arguments of a command on a workspace; ``new.csv`` is the file beside it."""
    places = {name: str(root / name) for name in ("old", "out", "table.csv")}
    places["new.csv"] = str(root.parent / "new.csv")
    named = [places.get(argument, argument) for argument in arguments]
    return [*named, "--workspace", str(root)]


def read_tree(root: Path) -> Tree:
    """Everything below a folder: the bytes of files, null for folders, chance names shortened."""
    tree: Tree = {}
    for path in sorted(root.rglob("*")):
        name = re.sub(r"(\.staging-|table\.csv\.)\w+", r"\1", str(path.relative_to(root)))
        data = None if path.is_dir() else path.read_bytes()
        # the process and the time of day are others every time
        tree[name] = b"somebody" if data and path.name == "holder.json" else data
    return tree


def without_leftovers(tree: Tree) -> Tree:
    """What readers see of it: not what is staged or was before, nor a folder with nothing in it."""
    hidden = (".staging-", ".2025H1.previous", ".table.csv.")
    seen = {name: data for name, data in tree.items() if not any(part in name for part in hidden)}
    parents = {str(parent) for name, data in seen.items() for parent in Path(name).parents}
    return {name: data for name, data in seen.items() if data is not None or name in parents}


def restore(root: Path, template: Path) -> None:
    shutil.rmtree(root)
    shutil.copytree(template, root)


@dataclass(frozen=True)
class Picture:
    """How a folder stands, with permissions: to be put there again."""

    tree: Tree
    items: tuple[tuple[str, int, bytes | None], ...]

    @classmethod
    def take(cls, root: Path) -> Self:
        items = (
            (
                str(path.relative_to(root)),
                path.stat().st_mode & 0o7777,
                None if path.is_dir() else path.read_bytes(),
            )
            for path in sorted(root.rglob("*"))
        )
        return cls(read_tree(root), tuple(items))

    def put(self, root: Path) -> None:
        shutil.rmtree(root)
        root.mkdir()
        for name, _, data in self.items:
            path = root / name
            if data is None:
                path.mkdir()
            else:
                path.write_bytes(data)
        for name, mode, _ in reversed(self.items):
            (root / name).chmod(mode)


VERBS = {
    "first revision": ("ingest", "new.csv", "--period", "2025H2"),
    "second revision": ("ingest", "new.csv", "--period", "2025H1"),
    "chained release": ("publish", "2025H1", "--by", "me"),
    "first bundle": ("export", "2025H1", "--to", "out"),
    "next bundle": ("export", "2025H1", "--to", "old", "--format", "parquet"),
    "first bulletin": ("report", "2025H1", "--to", "out"),
    "table": ("compute", "2025H1", "--output", "table.csv"),
}
#: A first bundle comes about as a first revision does, and the next one as nothing else.
STORING = {name: verb for name, verb in VERBS.items() if name != "first bundle"}
verbs = pytest.mark.parametrize("verb", STORING.values(), ids=STORING.keys())


class Rehearsal:
    """A command on a workspace: how things stand before it, and after it undisturbed."""

    def __init__(self, root: Path, cci, verb: tuple[str, ...]) -> None:
        self.root = root
        self.arguments = words(root, *verb)
        self._template = root.parent / "template"
        self._cci = cci
        shutil.copytree(root, self._template)
        self.before = without_leftovers(read_tree(root))
        assert cci("verify", workspace=root).code == 0
        assert cci(*self.arguments).code == 0
        assert cci("verify", workspace=root).code == 0
        self.after = without_leftovers(read_tree(root))
        self._seen: set[tuple[bool, frozenset[str]]] = set()
        self._untouched = read_tree(self._template)
        restore(root, self._template)

    def check(self, code: int, err: str) -> None:
        """After a run that was disturbed: whole or not at all, and nothing in the way of the next.

        A state that was seen before is not looked at again; nobody reads what is in leftovers, so
        they are told apart by their names.
        """
        tree = read_tree(self.root)
        stored = without_leftovers(tree)
        assert stored in (self.before, self.after), err
        assert code != 0 or stored == self.after
        if tree == self._untouched:
            return
        state = (stored == self.after, frozenset(tree))
        if state not in self._seen:
            self._seen.add(state)
            if self.arguments[0] in ("ingest", "publish"):
                # others do not write to what is verified, and the trees were compared
                assert self._cci("verify", workspace=self.root).code == 0
            again = self._cci(*self.arguments)
            assert again.code == 0, again.err
            assert not list(self.root.rglob(".staging-*"))
            assert without_leftovers(read_tree(self.root)) == self.after
        restore(self.root, self._template)


def disturb(cci, rehearsal: Rehearsal, at: int, number: int, *, is_change_only: bool) -> str | None:
    """Let one operation fail and check what comes of it; its name, null where there is none."""
    root = rehearsal.root
    fault = Fault([root.parent], at, fail(number), is_change_only=is_change_only)
    with pytest.MonkeyPatch.context() as patch:
        fault.install(patch.setattr)
        run = cci(*rehearsal.arguments)
    assert "Traceback" not in run.err
    if not fault.was_reached:
        assert run.code == 0, run.err
        rehearsal.check(0, run.err)
        return None
    assert run.code in (0, 3), run.err
    assert run.code == 0 or (os.strerror(number) in run.err and str(root.parent) in run.err)
    rehearsal.check(run.code, run.err)
    return fault.operations[at - 1]


@verbs
def test_a_change_that_fails_leaves_all_or_nothing(cci, workspace, verb):
    rehearsal = Rehearsal(workspace, cci, verb)
    names = []
    # a bulletin is put into place as a bundle is
    step = 8 if verb[0] == "report" else 1
    for at, number in zip(itertools.count(1, step), itertools.cycle(ERRNOS), strict=False):
        name = disturb(cci, rehearsal, at, number, is_change_only=True)
        if name is None:
            break
        names.append(name)
    if verb[0] == "report":
        assert len(names) >= 4
    elif verb == VERBS["table"]:
        assert {"create", "write", "fsync", "chmod", "replace"} <= set(names)
    else:
        assert {"mkdir", "create", "write", "fsync", "chmod", "rename", "flock"} <= set(names)
    assert ("swap" in names) == (verb == VERBS["next bundle"])


@verbs
def test_a_look_that_fails_leaves_all_or_nothing(cci, workspace, verb):
    """The first of each kind and every few of them, for they are many; all in a long run."""
    rehearsal = Rehearsal(workspace, cci, verb)
    step = {"ingest": 23, "publish": 37, "export": 37, "report": 151, "compute": 23}[verb[0]]
    step = step if FACTOR == 1 else 1
    fault = Fault([workspace.parent], 0, fail(0))
    with pytest.MonkeyPatch.context() as patch:
        fault.install(patch.setattr)
        rehearsal.check(cci(*rehearsal.arguments).code, "")
    names = fault.operations
    assert {"stat", "open", "read"} <= set(names)
    # the first of each kind among them
    places = {names.index(name) + 1 for name in names} | set(range(1, len(names) + 1, step))
    disturbed = {
        disturb(cci, rehearsal, at, number, is_change_only=False)
        for at, number in zip(sorted(places), itertools.cycle(ERRNOS), strict=False)
    }
    assert {"stat", "open", "read"} <= disturbed


@pytest.mark.parametrize(
    ("verb", "step"),
    [
        (("verify",), 9),
        (("compute", "2025H1"), 11),
        (("series",), 17),
        (("diff", "2024H2", "2025H1", "--by", "node"), 17),
        (("explain", "N", "2025H1"), 17),
        (("status",), 5),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_a_look_that_fails_gives_no_other_answer(cci, workspace, verb, step):
    arguments, step = words(workspace, *verb), step if FACTOR == 1 else 1
    undisturbed = cci(*arguments)
    assert undisturbed.code == 0
    codes = set()
    for at, number in zip(itertools.count(1, step), itertools.cycle(ERRNOS), strict=False):
        fault = Fault([workspace.parent], at, fail(number))
        with pytest.MonkeyPatch.context() as patch:
            fault.install(patch.setattr)
            run = cci(*arguments)
        codes.add(run.code)
        if run.code == 0:
            assert run.out == undisturbed.out
        else:
            assert (run.code, run.out) == (3, ""), run.err
            assert os.strerror(number) in run.err
            assert str(workspace) in run.err
        if not fault.was_reached:
            break
    assert codes == {0, 3}


@pytest.mark.parametrize(
    "verb",
    [VERBS[name] for name in STORING if name != "first bulletin"],
    ids=[name for name in STORING if name != "first bulletin"],
)
def test_a_process_that_is_killed_or_loses_its_power_leaves_all_or_nothing(
    cci, workspace, verb, launcher
):
    """At every change: how things stand before it is what a kill would leave.

    That it is so is tried with processes that are killed: at the first change, at the one that
    counts, behind it, and at the last.
    """
    rehearsal = Rehearsal(workspace, cci, verb)
    pictures: list[Picture] = []

    def look(_operation: str) -> None:
        if not pictures or read_tree(workspace) != pictures[-1].tree:
            pictures.append(Picture.take(workspace))

    watch = Watch([workspace.parent], look)
    with pytest.MonkeyPatch.context() as patch:
        watch.install(patch.setattr)
        assert cci(*rehearsal.arguments).code == 0
    # the power takes away what was not flushed: nothing that has its name, or was acknowledged
    assert watch.hasty == []
    unflushed = watch.find_unflushed(workspace)
    # what was before is kept for those who still read it, and may go at any time
    assert [path for path in unflushed if ".previous" not in path] == []
    for picture in pictures:
        picture.put(workspace)
        rehearsal.check(-9, "")
    assert len(pictures) >= 5

    in_one_step = {"rename", "replace", "swap"} & set(watch.operations)
    counted = max(map(watch.operations.index, in_one_step))
    for at in (1, counted + 1, counted + 2, len(watch.operations)):
        order = {"arguments": rehearsal.arguments, "roots": [str(workspace.parent)], "die_at": at}
        [(code, err)] = launcher(order)
        assert code == -9, err
        assert any(read_tree(workspace) == picture.tree for picture in pictures)
        rehearsal.check(code, err)


# the disk


@pytest.mark.parametrize(
    "verb", [VERBS["second revision"], VERBS["chained release"], VERBS["first bundle"]]
)
def test_where_there_is_no_room_nothing_is_stored(cci, workspace, verb, launcher):
    """At each of the files that are written: none may be longer than so many bytes."""
    rehearsal = Rehearsal(workspace, cci, verb)
    limits = sorted(
        len(data) - 1
        for name, data in rehearsal.after.items()
        if data is not None and name not in rehearsal.before
    )
    for limit in limits:
        [(code, err)] = launcher({"arguments": rehearsal.arguments, "largest_file": limit})
        assert code == 3, err
        assert without_leftovers(read_tree(workspace)) == rehearsal.before
    assert len(limits) == (2 if "ingest" in verb else 6)
    assert cci(*rehearsal.arguments).code == 0
    assert without_leftovers(read_tree(workspace)) == rehearsal.after


@pytest.mark.parametrize(
    ("store", "verb"),
    [
        ("snapshots", VERBS["first revision"]),
        ("snapshots", VERBS["second revision"]),
        ("releases", VERBS["chained release"]),
    ],
    ids=["first revision", "second revision", "chained release"],
)
def test_a_store_that_may_not_be_written_is_named_and_can_be_read(
    cci, workspace, store, verb, launcher
):
    rehearsal = Rehearsal(workspace, cci, verb)
    folder = workspace / store
    folder.chmod(0o555)
    order = {"is_unprivileged": True}
    runs = launcher(
        order | {"arguments": rehearsal.arguments},
        order | {"arguments": words(workspace, "verify")},
        order | {"arguments": words(workspace, "compute", "2025H1")},
    )
    folder.chmod(0o755)

    assert [code for code, _ in runs] == [3, 0, 0], runs
    assert f"error: cannot write `{folder}" in runs[0][1]
    assert "Permission denied" in runs[0][1]
    assert without_leftovers(read_tree(workspace)) == rehearsal.before
    assert cci(*rehearsal.arguments).code == 0
    assert without_leftovers(read_tree(workspace)) == rehearsal.after


@pytest.mark.parametrize(
    "name",
    [
        "snapshots/2025H1",
        "snapshots/2025H1/r1",
        "snapshots/2025H1/r1/nodes.csv",
        "snapshots/2025H1/r1/datapackage.json",
        "releases/2024H2",
        "releases/2024H2/r1/config",
        "releases/2024H2/r1/config/cards.csv",
        "releases/2024H2/r1/indices.csv",
    ],
)
def test_what_may_not_be_read_is_named_and_not_passed_over(workspace, name, launcher):
    path = workspace / name
    mode = path.stat().st_mode
    path.chmod(0)
    runs = launcher(
        *(
            {"is_unprivileged": True, "arguments": words(workspace, *verb)}
            for verb in (("verify",), ("compute", "2025H1"), VERBS["chained release"])
        )
    )
    path.chmod(mode)

    assert [code for code, _ in runs] == [3, 3, 3], runs
    assert all(f"cannot read `{path}" in err for _, err in runs), runs


@pytest.mark.parametrize("name", ["snapshots/2025H1/r1", "releases/2024H2/r1/config"])
def test_a_folder_that_may_not_be_listed_is_named_though_its_files_can_be_read(
    workspace, name, launcher
):
    path = workspace / name
    path.chmod(0o311)
    [(code, err)] = launcher({"is_unprivileged": True, "arguments": words(workspace, "verify")})
    path.chmod(0o755)

    assert code == 3
    assert f"cannot read `{path}`: Permission denied" in err


def test_a_file_that_may_not_be_read_is_a_failure_of_the_system(workspace, launcher):
    source = workspace.parent / "new.csv"
    source.chmod(0)
    runs = launcher(
        *(
            {"is_unprivileged": True, "arguments": words(workspace, *verb)}
            for verb in (
                VERBS["first revision"],
                ("validate", "new.csv"),
                ("publish", "2025H1", "--from-table", "new.csv"),
            )
        )
    )

    assert [code for code, _ in runs] == [3, 3, 3], runs
    assert all(f"cannot read `{source}`: Permission denied" in err for _, err in runs), runs


# others at work


def test_ingests_of_two_periods_at_once_both_store(cci, workspace, launcher):
    runs = launcher(
        {"arguments": words(workspace, "ingest", "new.csv", "--period", "2025H1")},
        {"arguments": words(workspace, "ingest", "new.csv", "--period", "2025H2")},
    )

    assert [code for code, _ in runs] == [0, 0], runs
    assert "stored 2025H1@r2" in runs[0][1]
    assert "stored 2025H2@r1" in runs[1][1]
    assert cci("verify", workspace=workspace).code == 0


def test_of_many_publishing_at_once_one_makes_the_release(cci, workspace, launcher):
    arguments = words(workspace, *VERBS["chained release"])
    runs = launcher(*[{"arguments": arguments}] * 6)

    assert [code for code, _ in runs] == [0] * 6, runs
    first_words = sorted(err.split()[0] for _, err in runs)
    assert first_words == ["published", *["unchanged:"] * 5]
    assert [path.name for path in (workspace / "releases" / "2025H1").iterdir()] == ["r1"]
    assert cci("verify", workspace=workspace).code == 0


def test_ingesting_and_verifying_do_not_disturb_a_release_in_the_making(cci, workspace, launcher):
    for cards in (20, 21, 22):
        write_nodes(workspace.parent / f"{cards}.csv", cards)
    runs = launcher(
        {"arguments": words(workspace, *VERBS["chained release"])},
        *(
            {"arguments": words(workspace, "ingest", str(source), "--period", "2025H1")}
            for source in sorted(workspace.parent.glob("2[012].csv"))
        ),
        *[{"arguments": words(workspace, "verify")}] * 3,
    )

    assert [code for code, _ in runs] == [0] * 7, runs
    assert len(list((workspace / "snapshots" / "2025H1").iterdir())) == 4
    assert cci("verify", workspace=workspace).code == 0


def export_sixteen(workspace, launcher, *options):
    arguments = words(workspace, *VERBS["first bundle"], *options)
    return launcher(*[{"arguments": arguments}] * 16)


@pytest.mark.parametrize(("options", "codes"), [((), {0}), (("--wait", "0"), {0, 4})])
def test_of_sixteen_exports_at_once_one_makes_the_bundle(cci, workspace, launcher, options, codes):
    runs = export_sixteen(workspace, launcher, *options)

    assert {code for code, _ in runs} <= codes, runs
    assert sum(err.startswith("exported 2025H1") for _, err in runs) == 1
    for code, err in runs:
        assert code == 0 or "is writing to" in err
    assert [path.name for path in (workspace / "out").iterdir()] == ["2025H1"]
    alone = workspace.parent / "alone"
    assert cci("export", "2025H1", "--to", alone, workspace=workspace).code == 0
    assert read_tree(alone) == read_tree(workspace / "out")


def test_whoever_holds_the_folder_is_named(cci, workspace):
    out = workspace / "out"
    with stage_folder(out):
        refused = cci("export", "2025H1", "--to", out, "--wait", "0", workspace=workspace)

    assert (refused.code, refused.out) == (4, "")
    assert refused.err.startswith(f"error: process {os.getpid()} on {socket.gethostname()}, since ")
    assert f", is writing to `{out}` [E506]" in refused.err
    assert not list(out.iterdir())
