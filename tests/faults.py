"""File operations that go wrong on demand, and processes that are cut off at one of them.

Run as a program it serves: it imports the command line once and, for each line of JSON that it
reads, forks one process per run asked for. It never computes anything itself, so that no thread
of Polars is at work when it forks.
"""

import ctypes
import errno
import fcntl
import io
import json
import os
import resource
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from pandera.backends.polars.register import register_polars_backends

# a verb loads them when it is called: here once for all forks
import cci_cli.commands.export
import cci_cli.commands.ingest
import cci_cli.commands.publish
import cci_cli.commands.verify  # noqa: F401
from cci_cli import staging
from cci_cli.cli import main

ERRNOS = (errno.EIO, errno.ENOSPC, errno.EACCES)

_BY_PATH = (
    *("open", "mkdir", "rename", "chmod", "unlink", "rmdir"),
    *("stat", "lstat", "listdir", "scandir"),
)
_LOOKS = frozenset({"stat", "lstat", "listdir", "scandir", "open", "read"})


def fail(number: int) -> Callable[[], None]:
    """What makes an operation fail with an error of the system."""

    def strike() -> None:
        raise OSError(number, os.strerror(number))

    return strike


def die() -> None:
    """End this process as a power cut would: nothing gets to clean up."""
    os.kill(os.getpid(), signal.SIGKILL)


class Fault:
    """Counts the operations on files below some folders, and strikes at one of them.

    ``operations`` are the names of those seen. What is struck does not come to pass, but for a
    write, of which the first half does. ``is_change_only`` passes over what only looks.
    """

    def __init__(
        self,
        roots: Iterable[Path],
        at: int,
        strike: Callable[[], None],
        *,
        is_change_only: bool = False,
    ) -> None:
        self.roots = tuple(map(str, roots))
        self.at = at
        self.strike = strike
        self.is_change_only = is_change_only
        self.operations: list[str] = []

    @property
    def was_reached(self) -> bool:
        return len(self.operations) >= self.at

    def reach(self, name: str, half: Callable[[], object] = lambda: None) -> None:
        if self.is_change_only and name in _LOOKS:
            return
        self.operations.append(name)
        if len(self.operations) == self.at:
            half()
            self.strike()

    def install(self, patch: Callable[[object, str, object], None]) -> None:
        """Put the counter between the program and its files; ``patch`` sets an attribute."""
        for name in _BY_PATH:
            patch(os, name, self._watch(name, getattr(os, name)))
        # to flush is slow, and shows only where the power goes: it is counted, not done
        patch(os, "fsync", self._watch("fsync", lambda _handle: None))
        patch(fcntl, "flock", self._watch("flock", fcntl.flock))
        # the one call on files that goes past the modules of Python
        patch(staging, "_exchange", self._watch("swap", staging._exchange))
        patch(io, "open", self._open(io.open))

    def _concerns(self, file: object) -> bool:
        # of what has a number, only files of ours are handled that way
        return isinstance(file, int) or str(file).startswith(self.roots)

    def _watch(self, name, real):
        def call(file=".", *arguments, **options):
            if options.get("dir_fd") is not None or self._concerns(file):
                self.reach(name)
            return real(file, *arguments, **options)

        return call

    def _open(self, real):
        def call(file, mode="r", *arguments, **options):
            if isinstance(file, int) or not self._concerns(file):
                return real(file, mode, *arguments, **options)
            self.reach("open" if mode.startswith("r") else "create")
            return _Stream(real(file, mode, *arguments, **options), self)

        return call


class _Stream:
    """An open file of which each use is counted."""

    def __init__(self, stream, fault: Fault) -> None:
        self._stream = stream
        self._fault = fault

    def __enter__(self):
        return self

    def __exit__(self, *_raised: object) -> None:
        self._stream.close()

    def __iter__(self):
        self._fault.reach("read")
        return iter(self._stream)

    def __getattr__(self, name: str):
        return getattr(self._stream, name)

    def read(self, *size: int):
        self._fault.reach("read")
        return self._stream.read(*size)

    def readinto(self, buffer):
        self._fault.reach("read")
        return self._stream.readinto(buffer)

    def write(self, data) -> int:
        def write_half() -> None:
            self._stream.write(data[: len(data) // 2])
            self._stream.flush()

        self._fault.reach("write", write_half)
        return self._stream.write(data)


def _drop_privileges() -> None:
    """Make permissions hold for this process, though it be the administrator's."""
    version_3 = 0x20080522
    header = struct.pack("Ii", version_3, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, bytes(6 * 4)):
        raise OSError(ctypes.get_errno(), "capset")


def _run(order: dict) -> int:
    """One run of the command line; the exit code."""
    if order.get("largest_file"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"],) * 2)
    if order.get("is_unprivileged"):
        _drop_privileges()
    if order.get("die_at"):
        fault = Fault(map(Path, order["roots"]), order["die_at"], die, is_change_only=True)
        fault.install(setattr)
    return main(order["arguments"])


def _start(order: dict) -> tuple[int, int]:
    """A process of its own for a run: its number, and where to read what it says."""
    source, target = os.pipe()
    child = os.fork()
    if child == 0:
        code = 99
        try:
            sys.stdout = sys.stderr = os.fdopen(target, "w", encoding="utf-8")
            code = _run(order)
            sys.stderr.flush()
        except BaseException:  # noqa: BLE001 - it must not come to serve too
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(target)
    return child, source


def _serve() -> None:
    # loads what the first check of a file would load
    register_polars_backends()
    for line in sys.stdin:
        outcomes = []
        for child, source in [_start(order) for order in json.loads(line)]:
            with os.fdopen(source, encoding="utf-8") as stream:
                said = stream.read()
            outcomes.append((os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said))
        print(json.dumps(outcomes), flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    _serve()
