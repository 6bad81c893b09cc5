"""Processes under strace: which calls of theirs touch a folder, and how one of them fails.

Calls are told apart by the path that they touch and counted along it, by thread, as strace does: so
a fault strikes where it is meant to, however many threads are at work elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

#: Every call that takes a name or a number of a file.
_CALLS: Final = "trace=%file,%desc"
_LINE: Final = re.compile(r"(\d+) +([a-z0-9_]+)\((.*)")
#: A run that takes longer hangs.
_PATIENCE_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Call:
    """The ``number``-th call of a name that one thread makes on a path."""

    name: str
    path: str
    number: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a call: an error of the system such as ``EIO``, or ``KILL``."""

    call: Call
    kind: str

    @property
    def options(self) -> list[str]:
        """It in the words of strace."""
        what = "signal=KILL" if self.kind == "KILL" else f"error={self.kind}"
        inject = f"inject={self.call.name}:{what}:when={self.call.number}"
        return ["-P", self.call.path, "-e", f"trace={self.call.name}", "-e", inject]


@dataclass(frozen=True, slots=True)
class Run:
    """How a command ended: exit code or the negative of a signal, null where it hung."""

    code: int | None
    err: str
    trace: str = ""

    @property
    def was_struck(self) -> bool:
        """Whether the fault came to pass."""
        return (
            "(INJECTED)" in self.trace
            or "--- SIGKILL" in self.trace
            or self.code == -signal.SIGKILL
        )


class Launcher:
    """Starts commands in processes of their own; ``close`` it.

    Args:
        folder: where what they write and the traces are kept.
        environment: theirs.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._said, self._log = folder / "said", folder / "trace"
        self._server = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, str(Path(__file__).with_name("launcher.py"))],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process that others are forked from."""
        self._server.communicate(timeout=10)

    def run(
        self, arguments: Sequence[str], stdout: Path, *, options: Sequence[str] | None = None
    ) -> Run:
        """Run a command; under strace where there are ``options`` for it."""
        self._tell(
            json.dumps({"arguments": arguments, "said": str(self._said), "stdout": str(stdout)})
        )
        child = int(self._hear())
        tracer = None if options is None else self._trace(child, options)
        self._tell("go")
        hung = threading.Timer(_PATIENCE_SECONDS, os.kill, (child, signal.SIGKILL))
        hung.start()
        code = int(self._hear())
        was_cut_off = not hung.is_alive()
        hung.cancel()
        if tracer is not None:
            tracer.communicate(timeout=10)
        err = self._said.read_text("utf-8", errors="replace")
        log = "" if options is None else self._log.read_text("utf-8", errors="replace")
        return Run(None if was_cut_off else code, err, log)

    def _trace(self, child: int, options: Sequence[str]) -> subprocess.Popen[str]:
        words = ["strace", "-f", "-y", "-s", "16", "-o", str(self._log), *options, "-p", str(child)]
        tracer = subprocess.Popen(  # noqa: S603 - words of ours
            words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        if tracer.stderr is None or "attached" not in (said := tracer.stderr.readline()):
            message = f"strace cannot attach: {said}"
            raise RuntimeError(message)
        return tracer

    def _tell(self, line: str) -> None:
        stream = _check_open(self._server.stdin)
        stream.write(line + "\n")
        stream.flush()

    def _hear(self) -> str:
        return _check_open(self._server.stdout).readline()


def _check_open(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise ValueError(stream)
    return stream


def watch() -> list[str]:
    """The options with which strace writes down all calls on files."""
    return ["-e", _CALLS]


def read_calls(trace: str, folder: Path) -> list[Call]:
    """The calls on what lies in a folder, in their order.

    A call on two paths is known by the first of them.
    """
    path_form = re.compile(rf'[<"]({re.escape(str(folder))}/[^">]*)')
    counts: Counter[tuple[str, str, str]] = Counter()
    calls = []
    for line in trace.splitlines():
        found = _LINE.match(line)
        if found is None:
            # the end of a call that another thread came into, a signal, the end of a thread
            continue
        thread, name, text = found.groups()
        paths = list(dict.fromkeys(path_form.findall(text.rpartition(" = ")[0] or text)))
        counts.update((thread, name, path) for path in paths)
        if paths:
            calls.append(Call(name, paths[0], counts[thread, name, paths[0]]))
    return calls
