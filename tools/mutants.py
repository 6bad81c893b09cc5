"""Change the modules that compute, one place at a time, and see whether a test notices.

A change that no test notices is a mutant that survived: a test is missing, the code does more than
it has to, or the change changes nothing; those of the last kind are told in docs/mutants.md. Which
modules and which tests these are says [tool.mutmut] in pyproject.toml.

Mutmut makes the mutants and finds out which tests reach which function. It leaves decorated
functions alone, and half of the formulas are properties: it works on a copy, in build/mutants, in
which every ``@property`` is spelled out. It also starts and collects the tests anew for each
mutant, which takes seconds: ``mutant_tests`` runs them in its place.

A mutant meets some seconds of tests, the closest and the quickest of those that reach it. What
survives them meets ten times as many; it may meet all, by its name and with `--seconds 1000`.

Run in the repository, for all modules, for some, or for single mutants:

    python tools/mutants.py [--every N] [--seconds N] [MODULE | MUTANT ...]

and look at what survived, in build/mutants, with ``mutmut show MUTANT``.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPY = ROOT / "build" / "mutants"
LOG = COPY / "plan.log"
COPIED = ("cci_cli", "config", "docs", "snapshots", "tests", "tools", "README.md", "pyproject.toml")
#: What starting a test costs, in seconds; how many tests a mutant meets however long they take.
OVERHEAD, FEWEST = 0.005, 3
#: How many times as many seconds those meet that survived.
AGAIN = 10
#: What the exit code of the tests under a mutant says of it; a signal ends one that takes too long.
ENDINGS = {0: "survived", 1: "killed", 3: "killed"}

Tests = Mapping[str, Sequence[str]]


def spell_out_properties(source: str) -> str:
    """The same module, with a call below each function in place of ``@property`` above it."""
    lines = source.splitlines(keepends=True)
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        and [ast.unparse(item) for item in node.decorator_list] == ["property"]
    ]
    for node in sorted(functions, key=lambda node: node.lineno, reverse=True):
        indent = " " * node.col_offset
        lines.insert(node.end_lineno or 0, f"{indent}{node.name} = property({node.name})\n")
        del lines[node.decorator_list[0].lineno - 1]
    return "".join(lines)


def copy_repository() -> None:
    """What the tests need; a file that is the same is left alone, so that it is not done again."""
    for name in ("tests", "mutants/tests"):
        shutil.rmtree(COPY / name, ignore_errors=True)
    for name in COPIED:
        source = ROOT / name
        for file in [source] if source.is_file() else source.rglob("*"):
            if not file.is_file() or "__pycache__" in file.parts:
                continue
            content = file.read_bytes()
            if name == "cci_cli" and file.suffix == ".py":
                content = spell_out_properties(content.decode()).encode()
            target = COPY / file.relative_to(ROOT)
            if not target.exists() or target.read_bytes() != content:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)


def make_mutants() -> tuple[Tests, Mapping[str, float]]:
    """Make the mutants, run the tests without any: those that reach each function, and seconds."""
    path = COPY / "mutants" / "mutmut-stats.json"
    done = _run(
        # of this name there is none: it stops before it would run the first
        ["mutmut", "run", "--max-children=1", "none"],
        COPY,
        COPY / "tools",
    )
    if not path.exists() or "nothing matches" not in done.stderr:
        sys.exit(done.stdout + done.stderr)
    stats = json.loads(path.read_text())
    return stats["tests_by_mangled_function_name"], stats["duration_by_test"]


def _run(
    arguments: Sequence[str], folder: Path, *modules: Path
) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment in a folder; modules are looked for in others first."""
    program, *rest = arguments
    return subprocess.run(  # noqa: S603 -- programs of this environment
        [Path(sys.executable).with_name(program), *rest],
        cwd=folder,
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join(map(str, modules)),
            "POLARS_MAX_THREADS": "1",
            "PY_IGNORE_IMPORTMISMATCH": "1",
            "MUTANT_UNDER_TEST": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def find_mutants(wanted: Sequence[str], every: int) -> Iterator[str]:
    """The mutants of some modules, or those that are named."""
    for path in sorted((COPY / "mutants" / "cci_cli").glob("*.py.meta")):
        names = list(json.loads(path.read_text())["exit_code_by_key"])
        if not wanted or path.name.removesuffix(".py.meta") in wanted:
            yield from names[::every]
        else:
            yield from (name for name in names if name in wanted)


def choose_tests(tests: Tests, seconds: Mapping[str, float], most: float) -> dict[str, list[str]]:
    """By function, the quickest of its tests and those that touch the fewest others.

    Each of the two take ``most`` seconds together; what is quick and close to it comes first.
    """
    touched = Counter(test for found in tests.values() for test in found)
    chosen = {}
    for name, found in tests.items():
        quickest = sorted(found, key=lambda test: (seconds[test], test))
        closest = sorted(found, key=lambda test: (touched[test], seconds[test], test))
        chosen[name] = sorted(
            {*_take(quickest, seconds, most), *_take(closest, seconds, most)},
            key=lambda test: (touched[test] * (OVERHEAD + seconds[test]), test),
        )
    return chosen


def _take(tests: Sequence[str], seconds: Mapping[str, float], most: float) -> Sequence[str]:
    """The first of some tests, as many as fit into some seconds, and a few in any case."""
    ends = accumulate(seconds[test] + OVERHEAD for test in tests)
    return tests[: max(FEWEST, sum(1 for end in ends if end <= most))]


def run_tests(plan: Mapping[str, Sequence[str]], seconds: Mapping[str, float]) -> dict[str, str]:
    """How each mutant of a plan ended, by its name; the plan has the tests that each meets."""
    path = COPY / "plan.json"
    tests = sorted({test for found in plan.values() for test in found})
    # all of them without any mutant first
    path.write_text(json.dumps({"tests": {"": tests} | dict(plan), "seconds": seconds}))
    files = sorted({test.partition("::")[0] for test in tests})
    options = ["-p", "mutant_tests", "-p", "no:xdist", "--tb=no", "--rootdir=."]
    options += [f"--basetemp={COPY / 'tmp'}", f"--mutants={path}"]
    _run(["pytest", *options, *files], COPY / "mutants", COPY / "mutants", COPY / "tools")
    with LOG.open() as log:
        endings = {mutant: code for mutant, code, _ in map(json.loads, log)}
    if endings.pop(""):
        sys.exit("the tests fail without any mutant")
    return {mutant: ENDINGS.get(code, "timeout") for mutant, code in endings.items()}


def _find_function(mutant: str) -> str:
    return mutant.rpartition("__mutmut_")[0]


def _tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


def main() -> None:
    """Run the mutants, name those that survived, and count how many of each module ended how."""
    parser = argparse.ArgumentParser(description="mutants that the tests do not notice")
    parser.add_argument("wanted", nargs="*", metavar="MODULE | MUTANT")
    parser.add_argument("--every", type=int, default=1, help="take every so many of a module")
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="of tests that a mutant meets at first"
    )
    options = parser.parse_args()
    start = time.monotonic()
    _tell("making the mutants and running the tests without any: some minutes")
    copy_repository()
    tests, seconds = make_mutants()
    endings = dict.fromkeys(find_mutants(options.wanted, options.every), "untested")
    met: dict[str, set[str]] = {mutant: set() for mutant in endings}
    for most in (options.seconds, AGAIN * options.seconds):
        chosen = choose_tests(tests, seconds, most)
        plan = {
            mutant: [test for test in chosen.get(_find_function(mutant), ()) if test not in seen]
            for mutant, seen in met.items()
            if endings[mutant] in ("untested", "survived")
        }
        plan = {mutant: found for mutant, found in plan.items() if found}
        if not plan:
            break
        for mutant, found in plan.items():
            met[mutant].update(found)
        _tell(f"{len(plan):,} mutants and {most:g} s of tests for each; {LOG} has those that ended")
        endings |= run_tests(plan, seconds)
    counts: dict[str, Counter[str]] = {}
    for mutant, ending in endings.items():
        counts.setdefault(mutant.split(".")[1], Counter())[ending] += 1
        if ending != "killed":
            print(f"{ending}: {mutant}")
    columns = ("killed", "survived", "timeout", "untested")
    print(f"{'module':<16}", *(f"{column:>9}" for column in columns))
    for name, ended in counts.items():
        print(f"{name:<16}", *(f"{ended[column]:>9}" for column in columns))
    print(f"{time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
