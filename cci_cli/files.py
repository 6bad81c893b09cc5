"""Files and folders that appear whole or not at all, and their hashes. I/O."""

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cci_cli.errors import LockedError, SystemFailureError, os_failure

LOCK_PATIENCE_SECONDS: Final = 60

_STAGING_PREFIX: Final = ".staging-"
_CHUNK_BYTES: Final = 1 << 20


def hash_file(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        SystemFailureError: E501, it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise os_failure("E501", path, error) from error


def copy_file(source: Path, target: Path) -> None:
    """Copy the content of a file, or of a pipe until it ends.

    Raises:
        SystemFailureError: E501 the source cannot be read, E502 the target not be written.
    """
    try:
        with source.open("rb") as stream, target.open("xb") as copy:
            while chunk := stream.read(_CHUNK_BYTES):
                try:
                    copy.write(chunk)
                except OSError as error:
                    raise os_failure("E502", target, error) from error
    except OSError as error:
        raise os_failure("E501", source, error) from error


def replace_file(path: Path, data: bytes) -> None:
    """Write a file in one step: a reader sees the old one or the new one, never half of it.

    A link stays a link, and what is no regular file (a device, a pipe) is written to as it is.

    Raises:
        SystemFailureError: E502, it cannot be written.
    """
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        mode = path.stat().st_mode & 0o7777 if path.exists() else None
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        staged = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            _set_mode(staged, 0o666 if mode is None else mode, is_masked=mode is None)
            staged.replace(path)
        finally:
            staged.unlink(missing_ok=True)
    except OSError as error:
        raise os_failure("E502", path, error) from error
    except RuntimeError as error:
        # how resolve() words a link that leads to itself
        raise SystemFailureError("E502", value=path, detail=str(error)) from error


@contextmanager
def stage_folder(parent: Path) -> Iterator[Path]:
    """An empty folder to make something in, on the volume of ``parent``; gone afterwards.

    One at a time: ``parent`` is locked as long as it is open, so that whoever holds it may count
    on what it reads there, and may clear away what killed processes left behind.

    Raises:
        LockedError: E506, another process holds it for longer than ``LOCK_PATIENCE_SECONDS``.
        SystemFailureError: E502, it cannot be written.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(parent, os.O_RDONLY)
    except OSError as error:
        raise os_failure("E502", parent, error) from error
    try:
        _lock(handle, parent)
        try:
            for left_behind in parent.glob(f"{_STAGING_PREFIX}*"):
                shutil.rmtree(left_behind, ignore_errors=True)
            staged = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=parent))
        except OSError as error:
            raise os_failure("E502", parent, error) from error
        try:
            yield staged
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    finally:
        # the lock goes with the handle, and with the process however it ends
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    give_up = time.monotonic() + LOCK_PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise LockedError("E506", value=folder) from None
            # asked for again and again, for a wait within the lock call could not be interrupted
            time.sleep(0.05)
        else:
            return


def publish_folder(staged: Path, target: Path) -> None:
    """Flush a staged folder and rename it into place.

    Raises:
        OSError: it cannot be written, or ``target`` is there already.
    """
    target.parent.mkdir(exist_ok=True)
    for path in (*staged.iterdir(), staged):
        _flush(path)
    _set_mode(staged, 0o777, is_masked=True)
    staged.rename(target)
    _flush(target.parent)
    _flush(target.parent.parent)


def _set_mode(path: Path, mode: int, *, is_masked: bool) -> None:
    # tempfile keeps others out of what it makes; the umask says who may be let in
    umask = os.umask(0)
    os.umask(umask)
    path.chmod(mode & ~umask if is_masked else mode)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
