"""Measure `cci` against what Polars and DuckDB alone take for the same file.

    python tools/benchmark [--rows N] [--large-rows N] [--rounds N] [--folder DIR] [--readme]

Makes its own surveys in a folder that is removed afterwards; for ten million rows it has 3 GB.
Every command runs in turn with its baseline in a process of its own; the table has medians, their
ratio and the peak memory of all runs. With --readme it is written into the README as well.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median

from runs import Run, measure_in_turn

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
READMES = ("README.md", "README.zh-CN.md")
MARKS = ("<!-- benchmark: begin -->\n", "<!-- benchmark: end -->\n")
PERIOD = "2024H2"
_ROUNDS_OF_STARTS = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """A command beside its baseline, medians of the rounds in which they took turns.

    ``factor`` times ``baseline_seconds`` is what ``seconds`` are held against.
    """

    command: Run
    seconds: float
    baseline: Run
    baseline_seconds: float
    factor: int = 1

    @property
    def ratio(self) -> float:
        """Median against median."""
        return self.seconds / (self.factor * self.baseline_seconds)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--large-rows", type=int, default=0, help="0 for none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--readme", action="store_true", help="write the table into the README")
    options = parser.parse_args()
    if options.large_rows % options.rows:
        parser.error("--large-rows must be a multiple of --rows")
    with tempfile.TemporaryDirectory(prefix="cci-bench-", dir=options.folder) as name:
        bench = Bench(Path(name), options.rounds)
        compared = [*bench.compare_starts(), *bench.compare_rows(options.rows)]
        if options.large_rows:
            compared += bench.compare_sizes(options.large_rows, options.rows)
    table = "".join(_render(compared, options.rounds))
    sys.stdout.write(table)
    if options.readme:
        for readme in READMES:
            _replace(PROJECT / readme, table)


class Bench:
    """The commands measured, with their files in a folder."""

    def __init__(self, folder: Path, rounds: int) -> None:
        self._folder = folder
        self._rounds = rounds
        self._config = PROJECT / "config"
        # of the environment that runs this, not of one found by name
        self._cci = str(Path(sys.executable).with_name("cci"))
        self._measured: dict[str, Run] = {}

    def compare_starts(self) -> Iterator[Comparison]:
        """How long it takes to start."""
        # so short that the rest of the machine shows in every one
        rounds = _ROUNDS_OF_STARTS * self._rounds
        parser = self._python("import typer, rich.table")
        for option in ("--help", "--version"):
            yield self._compare(Run(f"cci {option}", [self._cci, option]), parser, rounds)
        libraries = self._python("import typer, rich.table, polars, pandera.polars")
        shipped = [self._cci, "compute", "2025H1", "--workspace", str(PROJECT)]
        command = Run("cci compute 2025H1, as shipped", shipped)
        yield self._compare(command, libraries, rounds)

    def compare_rows(self, rows: int) -> Iterator[Comparison]:
        """What so many rows take."""
        sound, raw, flawed = (self._folder / f"{name}.csv" for name in ("sound", "raw", "flawed"))
        self._make("sound", sound, rows)
        bare, size = self._bare(sound), f"{rows:,} rows"
        validate = self._validate(sound, size)
        yield self._compare(validate, bare)
        tables = [str(self._config / name) for name in ("cards.csv", "provinces.csv")]
        duck = self._script("DuckDB, the same checks", "duck.py", str(sound), *tables)
        yield self._compare(validate, duck)
        wide = self._folder / "wide.csv"
        self._make("wide", wide, rows)
        yield self._compare(self._validate(wide, f"{size}, brackets （） in names"), bare)
        wide.unlink()
        self._make("flawed", flawed, rows)
        yield self._compare(self._validate(flawed, "1 row in 100 bad", exit_code=1), validate)
        flawed.unlink()
        workspace = self._open_workspace()
        yield self._compare(self._ingest(sound, workspace, f"{size}, as a snapshot has them"), bare)
        yield self._compare(self._compute(workspace, size), bare)
        self._make("raw", raw, rows)
        ingest = self._ingest(raw, workspace, f"{size} to normalise")
        yield self._compare(ingest, bare)
        copy = str(self._folder / "copy.csv")
        sort = self._script(
            "Polars, sort and write the sound survey alone", "bare_sort.py", str(sound), copy
        )
        yield self._compare(ingest, sort)
        for survey in (sound, raw, self._folder / "copy.csv"):
            survey.unlink()

    def compare_sizes(self, rows: int, fewer: int) -> Iterator[Comparison]:
        """Whether the cost grows in a straight line."""
        sound, size = self._folder / "sound.csv", f"{rows:,} rows"
        self._make("sound", sound, rows)
        factor = rows // fewer
        yield self._compare_size(
            self._validate(sound, size), f"cci validate, {fewer:,} rows", factor
        )
        workspace = self._open_workspace()
        yield self._compare_size(
            self._ingest(sound, workspace, f"{size}, as a snapshot has them"),
            f"cci ingest, {fewer:,} rows, as a snapshot has them",
            factor,
        )
        sound.unlink()
        yield self._compare_size(
            self._compute(workspace, size), f"cci compute, {fewer:,} stored rows", factor
        )

    def _make(self, kind: str, survey: Path, rows: int) -> None:
        print(f"making {survey.name}, {rows:,} rows", file=sys.stderr, flush=True)
        script = [sys.executable, str(HERE / "surveys.py"), kind, str(survey), str(rows)]
        # in a process of its own, see `runs`
        subprocess.run([*script, str(PROJECT)], check=True)  # noqa: S603 - a script of this folder

    def _compare(self, command: Run, baseline: Run, rounds: int | None = None) -> Comparison:
        """Measure both in turn."""
        rounds = rounds or self._rounds
        print(f"{command.name} against {baseline.name}", file=sys.stderr, flush=True)
        measure_in_turn((baseline, command), rounds, self._folder)
        self._measured[command.name] = command
        seconds, base = (median(run.seconds[-rounds:]) for run in (command, baseline))
        return Comparison(command, seconds, baseline, base)

    def _compare_size(self, command: Run, smaller: str, factor: int) -> Comparison:
        """Measure once what was measured of fewer rows."""
        baseline = self._measured[smaller]
        measure_in_turn((command,), 1, self._folder)
        return Comparison(command, command.seconds[-1], baseline, median(baseline.seconds), factor)

    def _script(self, name: str, script: str, *arguments: str) -> Run:
        return Run(name, [sys.executable, str(HERE / script), *arguments])

    def _python(self, code: str) -> Run:
        return Run(f'python -c "{code}"', [sys.executable, "-c", code])

    def _bare(self, survey: Path) -> Run:
        name = "Polars, scan, join and group-by alone"
        return self._script(name, "bare.py", str(survey), str(self._config / "cards.csv"))

    def _validate(self, survey: Path, size: str, exit_code: int = 0) -> Run:
        command = [self._cci, "validate", str(survey), "--workspace", str(PROJECT)]
        return Run(f"cci validate, {size}", command, exit_code=exit_code)

    def _ingest(self, survey: Path, workspace: Path, size: str) -> Run:
        command = [self._cci, "ingest", str(survey), "--period", PERIOD, "--workspace"]
        empty = partial(shutil.rmtree, workspace / "snapshots" / PERIOD, ignore_errors=True)
        return Run(f"cci ingest, {size}", [*command, str(workspace)], empty)

    def _compute(self, workspace: Path, size: str) -> Run:
        command = [self._cci, "compute", PERIOD, "--workspace", str(workspace)]
        return Run(f"cci compute, {size.replace(' rows', ' stored rows')}", command)

    def _open_workspace(self) -> Path:
        workspace = self._folder / "workspace"
        shutil.rmtree(workspace, ignore_errors=True)
        (workspace / "snapshots").mkdir(parents=True)
        shutil.copytree(self._config, workspace / "config")
        return workspace


def _render(compared: Sequence[Comparison], rounds: int) -> Iterator[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}, Polars {version('polars')}; "
        f"medians of {rounds} rounds, of {_ROUNDS_OF_STARTS * rounds} for starts, once for what is "
        "held against fewer rows.\n\n"
    )
    yield "| what | s | peak MiB | against | s | ratio |\n| --- | --- | --- | --- | --- | --- |\n"
    for item in compared:
        against = item.baseline.name
        if item.factor > 1:
            against = f"{item.factor} × {against}"
        yield (
            f"| {item.command.name} | {item.seconds:.2f} | {item.command.peak_mebibytes:,.0f} "
            f"| {against} | {item.factor * item.baseline_seconds:.2f} | {item.ratio:.2f} |\n"
        )


def _replace(readme: Path, table: str) -> None:
    begin, end = MARKS
    pattern = re.compile(f"(?s){re.escape(begin)}.*?{re.escape(end)}")
    text, count = pattern.subn(lambda _: f"{begin}{table}{end}", readme.read_text("utf-8"))
    if count != 1:
        message = f"{readme} has no place for the table"
        raise ValueError(message)
    readme.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
