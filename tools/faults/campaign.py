"""Let calls of the system fail under each verb of `cci`, and see what it leaves behind.

    python tools/faults/campaign.py [--faults N] [--verb NAME]... [--kind KIND]...

Needs strace. Each verb runs once undisturbed, to learn which calls touch its files: names below
the folder of the workspace, of what is exported and of temporary files. Then each of them, or N of
each kind spread evenly, fails in a process of its own: with EIO, ENOSPC, EACCES, or by a kill.
After each, what is stored is as before or as after, success is said only of what is there, an
error names a path and shows no traceback, and the same command again, undisturbed, succeeds.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from tracing import Call, Fault, Launcher, Run, read_calls, watch

PROJECT: Final = Path(__file__).resolve().parents[2]
KINDS: Final = ("EIO", "ENOSPC", "EACCES", "KILL")
_ERROR_TEXTS: Final = {
    "EIO": "Input/output error",
    "ENOSPC": "No space left on device",
    "EACCES": "Permission denied",
}
_KILLED: Final = -9
_ENVIRONMENT: Final = 3

#: What is run; names with a point or a slash at the end are files and folders of the workspace's.
VERBS: Final[Mapping[str, Sequence[str]]] = {
    "ingest": ("ingest", "survey.csv", "--period", "2025H2"),
    "ingest GB18030": ("ingest", "gb18030.csv", "--period", "2025H1"),
    "ingest workbook": ("ingest", "survey.xlsx", "--period", "2025H1"),
    "publish": ("publish", "2025H1", "--by", "me"),
    "restate": ("publish", "2024H2", "--by", "me", "--restate", "a recount"),
    "export": ("export", "2025H1", "--to", "out/"),
    "export again": ("export", "2025H1", "--to", "old/", "--format", "xlsx", "--format", "parquet"),
    "report": ("report", "2025H1", "--to", "out/"),
    "report again": ("report", "2025H1", "--to", "old/"),
    "compute": ("compute", "2025H1", "--format", "csv"),
    "compute output": ("compute", "2025H1", "--output", "table.xlsx"),
    "verify": ("verify",),
}

Tree = dict[str, bytes | None]


class Bench:
    """A folder with a workspace, and copies of it to begin with again.

    Args:
        base: an empty folder.
        launcher: starts commands.
    """

    def __init__(self, base: Path, launcher: Launcher) -> None:
        self.work, self._template = base / "work", base / "template"
        self._launcher = launcher
        self._prepare()
        shutil.copytree(self.work, self._template)

    def run(self, words: Sequence[str], options: Sequence[str] | None = None) -> Run:
        """Run a command on the workspace."""
        placed = [str(self.work / word) if _is_place(word) else word for word in words]
        arguments = [*placed, "--workspace", str(self.work / "space")]
        return self._launcher.run(arguments, self.work / "stdout", options=options)

    def read(self) -> Tree:
        """Everything in the folder, with chance names shortened."""
        return {
            re.sub(r"(?<=\.staging-)\w+", "", str(path.relative_to(self.work))): (
                None if path.is_dir() else path.read_bytes()
            )
            for path in sorted(self.work.rglob("*"))
        }

    def restore(self) -> None:
        """Put everything back as it was."""
        shutil.rmtree(self.work)
        shutil.copytree(self._template, self.work)

    def _prepare(self) -> None:
        """Two periods, exported and reported; then the first is released and recounted."""
        space = self.work / "space"
        shutil.copytree(PROJECT / "config", space / "config")
        shutil.copytree(PROJECT / "snapshots", space / "snapshots")
        (self.work / "tmp").mkdir()
        survey = _recount(space / "snapshots" / "2025H1" / "r1" / "nodes.csv")
        (self.work / "survey.csv").write_text(survey, encoding="utf-8")
        (self.work / "gb18030.csv").write_text(survey, encoding="gb18030")
        book = Workbook()
        for line in csv.reader(survey.splitlines()):
            book.active.append(line)
        book.save(self.work / "survey.xlsx")
        recount = _recount(space / "snapshots" / "2024H2" / "r1" / "nodes.csv")
        (self.work / "recount.csv").write_text(recount, encoding="utf-8")
        for words in (
            ("export", "2025H1", "--to", "old/"),
            ("report", "2025H1", "--to", "old/"),
            ("publish", "2024H2", "--by", "me"),
            ("ingest", "recount.csv", "--period", "2024H2"),
        ):
            run = self.run(words)
            if run.code != 0:
                message = f"{words} ends with {run.code}: {run.err}"
                raise RuntimeError(message)


def _recount(nodes: Path) -> str:
    """A survey with one card more than another."""
    text = nodes.read_text("utf-8")
    return re.sub(r"\d+(?=,in_service)", lambda found: str(int(found[0]) + 1), text, count=1)


def _is_place(word: str) -> bool:
    return word.endswith(("/", ".csv", ".xlsx"))


def hide_leftovers(tree: Tree) -> Tree:
    """What readers see: not what is staged or was before, nor a folder with nothing in it."""
    seen = {
        name: data
        for name, data in tree.items()
        if not re.search(r"\.staging-|\.previous|^stdout$|^tmp/|(^|/)\.[^/]*\.xlsx\.", name)
    }
    parents = {str(parent) for name, data in seen.items() for parent in Path(name).parents}
    return {name: data for name, data in seen.items() if data is not None or name in parents}


@dataclass
class Tally:
    """What was done to the calls of one name, and what came of it."""

    calls: int
    faults: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    violations: int = 0


class Trial:
    """One verb: undisturbed first, then with one fault after the other."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.name, self._bench, self._words = name, bench, VERBS[name]
        self._untouched = bench.read()
        self._before = hide_leftovers(self._untouched)
        run = bench.run(self._words, watch())
        if run.code != 0:
            raise RuntimeError(run.err)
        self._after = hide_leftovers(bench.read())
        self._printed = (bench.work / "stdout").read_bytes()
        self._recovered: list[Tree] = []
        bench.restore()
        self.calls = defaultdict[str, list[Call]](list)
        for call in read_calls(run.trace, bench.work):
            self.calls[call.name].append(call)

    def strike(self, fault: Fault, tally: Tally) -> None:
        """Let one call fail, and write down what came of it."""
        run = self._bench.run(self._words, fault.options)
        tally.faults[fault.kind] += 1
        tally.codes["hung" if run.code is None else str(run.code)] += 1
        tally.missed += not run.was_struck
        found = list(self._check(fault, run))
        tally.violations += bool(found)
        if found:
            call = fault.call
            print(f"{self.name}: {fault.kind} at {call.name} {call.number} of {call.path}")
            print(
                *(f"    {what}" for what in found),
                *run.err.splitlines()[-4:],
                sep="\n    | ",
                flush=True,
            )
        self._bench.restore()

    def _check(self, fault: Fault, run: Run) -> Iterator[str]:
        tree = self._bench.read()
        stored = hide_leftovers(tree)
        if stored not in (self._before, self._after):
            yield f"neither as before nor as after: {_name_differences(stored, self._after)}"
        if run.code == 0:
            if stored != self._after:
                yield "success was said, and is not there"
            if tree.get("stdout") != self._printed:
                yield "success was said, and what was printed is not whole"
        elif not (run.code == _KILLED and fault.kind == "KILL"):
            yield from _check_words(fault, run, str(self._bench.work))
        if tree != self._untouched and tree not in self._recovered:
            self._recovered.append(tree)
            yield from self._recover()

    def _recover(self) -> Iterator[str]:
        verified = self._bench.run(("verify",))
        if verified.code != 0:
            yield f"verify exits with {verified.code}: {verified.err}"
        again = self._bench.run(self._words)
        if again.code != 0:
            yield f"once more exits with {again.code}: {again.err}"
        tree = self._bench.read()
        if hide_leftovers(tree) != self._after:
            yield f"once more leaves {_name_differences(hide_leftovers(tree), self._after)}"
        if any(".staging-" in name for name in tree):
            yield "once more leaves what was staged"
        if (self._bench.work / "stdout").read_bytes() != self._printed:
            yield "once more prints something else"


def _check_words(fault: Fault, run: Run, folder: str) -> Iterator[str]:
    if run.code != _ENVIRONMENT:
        yield f"exit code {run.code}"
    if "Traceback" in run.err or "panicked" in run.err:
        yield "a traceback"
    line = next((line for line in run.err.splitlines() if line.startswith("error: ")), "")
    if not re.search(r"`[^`]*/|`standard output`", line):
        yield f"no error that names a path: {line!r}"
    elif folder not in line and "standard output" not in line:
        yield f"another path is named: {line}"
    if _ERROR_TEXTS.get(fault.kind, "") not in line:
        yield f"the cause is not named: {line!r}"


def _name_differences(tree: Tree, expected: Tree) -> list[str]:
    names = sorted({*tree, *expected})
    return [name for name in names if tree.get(name, b"") != expected.get(name, b"")]


def spread(calls: Sequence[Call], count: int, kind: str) -> list[Call]:
    """So many of some calls, evenly; each kind of fault takes others. 0 is all of them."""
    if not count or len(calls) <= count:
        return list(calls)
    shift = KINDS.index(kind) / len(KINDS)
    return [calls[int((place + shift) * len(calls) / count)] for place in range(count)]


def _show(name: str, tallies: Mapping[str, Tally], seconds: float) -> None:
    for call, tally in sorted(tallies.items()):
        faults = " ".join(f"{kind}:{number}" for kind, number in sorted(tally.faults.items()))
        codes = " ".join(f"{code}:{number}" for code, number in sorted(tally.codes.items()))
        print(
            f"{name:16} {call:16} {tally.calls:5} calls  {faults:40} exits {codes:22} "
            f"missed {tally.missed:3}  violations {tally.violations}"
        )
    total = sum((tally.faults for tally in tallies.values()), Counter[str]())
    print(
        f"{name:16} in all {total.total()} faults in {seconds:.0f} s, "
        f"{sum(tally.violations for tally in tallies.values())} violations",
        flush=True,
    )


def main() -> int:
    """Run the campaign; 1 where something did not hold."""
    options = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    options.add_argument("--faults", type=int, default=3, help="of each kind, verb and call; 0 all")
    options.add_argument("--verb", action="append", choices=VERBS, help="only these")
    options.add_argument("--call", action="append", help="only these calls of the system")
    options.add_argument("--kind", action="append", choices=KINDS, help="only these")
    given = options.parse_args()
    if shutil.which("strace") is None:
        sys.exit("strace is not there: apt-get install strace, or what your system has for that")
    count = 0
    with tempfile.TemporaryDirectory(prefix="cci-faults-") as folder:
        base = Path(folder).resolve()
        environment = {
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "SOURCE_DATE_EPOCH": "1750000000",
            "POLARS_MAX_THREADS": "2",
            "TMPDIR": str(base / "work" / "tmp"),
        }
        launcher = Launcher(base, environment)
        (base / "work").mkdir()
        try:
            bench = Bench(base, launcher)
            for name in given.verb or VERBS:
                began = time.monotonic()
                trial = Trial(bench, name)
                tallies = {
                    call: Tally(len(places))
                    for call, places in trial.calls.items()
                    if not given.call or call in given.call
                }
                for call, tally in tallies.items():
                    for kind in given.kind or KINDS:
                        for place in spread(trial.calls[call], given.faults, kind):
                            trial.strike(Fault(place, kind), tally)
                _show(name, tallies, time.monotonic() - began)
                count += sum(tally.violations for tally in tallies.values())
        finally:
            launcher.close()
    return 1 if count else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.TimeoutExpired:
        sys.exit("the launcher does not end")
