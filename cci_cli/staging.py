"""Folders that appear whole or not at all, made by one process at a time. I/O."""

import ctypes
import errno
import json
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from filelock import lock_descriptor

from cci_cli.errors import LockedError, SystemFailureError, os_failure
from cci_cli.files import flush, set_mode
from cci_cli.formats import LOCK_PATIENCE_SECONDS
from cci_cli.packages import STAGING_PREFIX, list_below

#: Who has a folder locked, beside what is made there.
_HOLDER_FILE: Final = "holder.json"
_STAGED_FOLDER: Final = "staged"
_OWN_NAMES: Final = frozenset({_HOLDER_FILE, _STAGED_FOLDER})

# of linux/fs.h and fcntl.h: relative paths are those of the current folder; swap two names
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
# of sys/stdio.h on macOS
_RENAME_SWAP: Final = 2


@contextmanager
def stage_folder(parent: Path, patience: float = LOCK_PATIENCE_SECONDS) -> Iterator[Path]:
    """An empty folder to make something in, on the volume of ``parent``; gone afterwards.

    One at a time: ``parent`` is locked as long as it is open, so that whoever holds it may count
    on what it reads there, and may clear away what killed processes left behind.

    Args:
        parent: the folder that what is made is for; made if it is not there.
        patience: how long to wait for others, in seconds.

    Raises:
        LockedError: E506, another process holds it for longer than that.
        SystemFailureError: E502, it cannot be written.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(parent, os.O_RDONLY)
    except OSError as error:
        raise os_failure("E502", parent, error) from error
    try:
        try:
            _lock(handle, parent, patience)
            for left_behind in find_leftovers(parent):
                shutil.rmtree(left_behind, ignore_errors=True)
            made = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=parent))
        except OSError as error:
            raise os_failure("E502", parent, error) from error
        try:
            yield _prepare(made)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    finally:
        # the lock goes with the handle, and with the process however it ends
        os.close(handle)


def _prepare(made: Path) -> Path:
    """Say in a new folder whose it is, and make one in it for what is to be made."""
    staged = made / _STAGED_FOLDER
    try:
        (made / _HOLDER_FILE).write_text(json.dumps(_describe_self()), encoding="utf-8")
        staged.mkdir(mode=0o700)
        # others may ask who is at work, not what is being made
        set_mode(made, 0o711, is_masked=True)
    except OSError as error:
        raise os_failure("E502", made, error) from error
    return staged


def find_leftovers(parent: Path) -> list[Path]:
    """The folders in which something is being made, or was when a process was killed.

    They are known by what `_prepare` puts into them: one of that name may be somebody else's.
    """
    return [path for path in parent.glob(f"{STAGING_PREFIX}*") if _is_ours(path)]


def _is_ours(path: Path) -> bool:
    try:
        is_folder = path.is_dir() and not path.is_symlink()
        # of one that was being cleared away, either may be left
        return is_folder and {inner.name for inner in path.iterdir()} <= _OWN_NAMES
    except OSError:
        # gone meanwhile, or not to be looked at
        return False


def _describe_self() -> dict[str, str | int]:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"process": os.getpid(), "host": socket.gethostname(), "since": since}


def _name_holder(parent: Path) -> str:
    """Who holds the lock, as far as it has said so."""
    for folder in parent.glob(f"{STAGING_PREFIX}*"):
        with suppress(OSError, ValueError, LookupError, TypeError):
            holder = json.loads((folder / _HOLDER_FILE).read_text("utf-8"))
            return "process {process} on {host}, since {since},".format(**holder)
    return "another cci"


def _lock(handle: int, folder: Path, patience: float) -> None:
    give_up = time.monotonic() + patience
    # asked for again and again, for a wait within the lock call could not be interrupted
    while not lock_descriptor(handle, blocking=False):
        if time.monotonic() >= give_up:
            raise LockedError("E506", value=folder, holder=_name_holder(folder))
        time.sleep(0.05)


def publish_folder(staged: Path, target: Path) -> None:
    """Flush a staged folder and rename it into place.

    Raises:
        OSError: it cannot be written, or ``target`` is there already.
        SystemFailureError: E501, it cannot be read.
    """
    target.parent.mkdir(exist_ok=True)
    _finish_folder(staged)
    staged.rename(target)
    flush(target.parent)
    # it is in place; whose parent may not be opened was there before
    with suppress(PermissionError):
        flush(target.parent.parent)


def swap_folder(staged: Path, target: Path) -> None:
    """Flush a staged folder and put it in the place of another, in one step.

    Whoever has opened the old one goes on reading that: it is in ``staged`` afterwards.

    Raises:
        OSError: it cannot be written.
        SystemFailureError: E501 it cannot be read, E507 the file system cannot swap two folders.
    """
    _finish_folder(staged)
    try:
        _exchange(staged, target)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
            raise SystemFailureError("E507", value=target) from error
        raise
    flush(target.parent)


def _exchange(one: Path, other: Path) -> None:
    """Let two names stand for what the other stood for; the standard library has no call for it.

    Raises:
        OSError: it cannot be done; ENOSYS where the system has no such call.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    names = (os.fsencode(one), os.fsencode(other))
    if sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        failed = libc.renamex_np(*names, ctypes.c_uint(_RENAME_SWAP))
    elif hasattr(libc, "renameat2"):
        at = ctypes.c_int(_AT_FDCWD)
        failed = libc.renameat2(at, names[0], at, names[1], ctypes.c_uint(_RENAME_EXCHANGE))
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))


def _finish_folder(staged: Path) -> None:
    for path in (*list_below(staged), staged):
        flush(path)
    set_mode(staged, 0o777, is_masked=True)
