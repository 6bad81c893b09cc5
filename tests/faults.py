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
    *("open", "mkdir", "rename", "replace", "chmod", "unlink", "rmdir"),
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

    def reach(
        self, name: str, file: object = None, half: Callable[[], object] = lambda: None
    ) -> None:
        if self.is_change_only and name in _LOOKS:
            return
        self.operations.append(name)
        if len(self.operations) == self.at:
            half()
            try:
                self.strike()
            except OSError as error:
                # as the system does it: what has a name is named, what is open is not
                error.filename = None if isinstance(file, int) else file
                raise

    def write(self, stream, data) -> int:
        """Write, or the first half and no more."""

        def write_half() -> None:
            stream.write(data[: len(data) // 2])
            stream.flush()

        self.reach("write", half=write_half)
        return stream.write(data)

    def saw(self, name: str, arguments: tuple) -> None:
        """What was done; by the name of the operation, as it is counted."""

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
                is_made = name == "open" and arguments[0] & os.O_CREAT
                seen = "create" if is_made else name
                self.reach(seen, file)
                done = real(file, *arguments, **options)
                self.saw(seen, (file, *arguments))
                return done
            return real(file, *arguments, **options)

        return call

    def _open(self, real):
        def call(file, mode="r", *arguments, **options):
            if isinstance(file, int):
                stream = real(file, mode, *arguments, **options)
                is_ours = "w" in mode and self._concerns(Path(f"/proc/self/fd/{file}").readlink())
                return _Stream(stream, self) if is_ours else stream
            if not self._concerns(file):
                return real(file, mode, *arguments, **options)
            name = "open" if mode.startswith("r") else "create"
            self.reach(name, file)
            stream = _Stream(real(file, mode, *arguments, **options), self)
            self.saw(name, (file,))
            return stream

        return call


class Watch(Fault):
    """Sees how things stand on the disk at each change, and fails none.

    What stands there before a change is what a process leaves that is killed at it. ``look`` is
    called then, and once more within each write, of which the first half is done.

    Beside that it holds what was made against what was flushed, as a power cut would. ``hasty`` is
    what got its name before all that is in it was flushed.
    """

    def __init__(self, roots: Iterable[Path], look: Callable[[str], None]) -> None:
        super().__init__(roots, 0, lambda: None, is_change_only=True)
        self.hasty: list[str] = []
        self._look = look
        # files by their number, and names by that of their folder
        self._written: set[int] = set()
        self._named: set[tuple[int, str]] = set()

    def reach(self, name: str, *_what_is_struck: object) -> None:
        if name not in _LOOKS:
            self.operations.append(name)
            self._look(name)

    def write(self, stream, data) -> int:
        self.reach("write")
        middle = len(data) // 2
        stream.write(data[:middle])
        stream.flush()
        self._look("half a write")
        self._written.add(os.fstat(stream.fileno()).st_ino)
        return middle + stream.write(data[middle:])

    def saw(self, name: str, arguments: tuple) -> None:
        if name == "fsync":
            flushed = os.fstat(arguments[0]).st_ino
            self._written.discard(flushed)
            self._named = {(folder, entry) for folder, entry in self._named if folder != flushed}
        elif name in ("create", "mkdir"):
            path = Path(arguments[0])
            self._named.add(_find_place(path))
            if name == "create":
                self._written.add(path.stat().st_ino)
        elif name in ("rename", "replace", "swap"):
            path = Path(arguments[1])
            self.hasty += self.find_unflushed(path)
            self._named.add(_find_place(path))

    def find_unflushed(self, root: Path) -> list[str]:
        """What a power cut could take away of what is below a path, or of its name."""
        return [
            str(path)
            for path in (root, *root.rglob("*"))
            if path.stat().st_ino in self._written or _find_place(path) in self._named
        ]


def _find_place(path: Path) -> tuple[int, str]:
    return path.parent.stat().st_ino, path.name


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
        return self._fault.write(self._stream, data)


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
