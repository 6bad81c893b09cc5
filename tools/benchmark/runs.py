"""Processes measured in turn: wall time and peak memory of each. Linux and macOS.

Who measures must stay small itself: the system counts what a process was started from as its peak.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_TO_MIB = 1 / 1024 if sys.platform == "linux" else 1 / 1024**2


@dataclass(slots=True)
class Run:
    """One command, measured again and again.

    Attributes:
        name: what it is called.
        command: its arguments.
        prepare: brings back the state it starts from, unmeasured; null for nothing to do.
        exit_code: how it must end.
        seconds: wall time of each run.
        mebibytes: peak resident memory of each run.
    """

    name: str
    command: Sequence[str]
    prepare: Callable[[], object] | None = None
    exit_code: int = 0
    seconds: list[float] = field(default_factory=list)
    mebibytes: list[float] = field(default_factory=list)

    @property
    def peak_mebibytes(self) -> float:
        """The highest peak of all runs."""
        return max(self.mebibytes)

    def measure(self, folder: Path) -> None:
        """Run it once in a folder.

        Raises:
            RuntimeError: it ended otherwise than it must.
        """
        if self.prepare is not None:
            self.prepare()
        # what was written before is not to be flushed meanwhile
        os.sync()
        output = folder / "output.txt"
        with output.open("wb") as stream:
            start = time.perf_counter()
            process = subprocess.Popen(  # noqa: S603 - commands of this benchmark
                self.command, stdout=stream, stderr=subprocess.STDOUT, cwd=folder
            )
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != self.exit_code:
            message = f"{self.name} ended with {process.returncode}:\n{output.read_text()[-2000:]}"
            raise RuntimeError(message)
        self.seconds.append(seconds)
        self.mebibytes.append(usage.ru_maxrss * _TO_MIB)


def measure_in_turn(runs: Sequence[Run], rounds: int, folder: Path) -> None:
    """Measure runs side by side, so that what else the machine does falls on all of them."""
    for number in range(rounds):
        for run in runs:
            run.measure(folder)
            print(
                f"  {run.name}, round {number + 1}: {run.seconds[-1]:.2f} s, "
                f"{run.mebibytes[-1]:,.0f} MiB",
                file=sys.stderr,
                flush=True,
            )
