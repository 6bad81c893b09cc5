"""Folders that appear in a store whole or not at all, made by one process at a time. I/O."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import lock_descriptor

from cci_cli.errors import LockedError, os_failure
from cci_cli.files import set_mode
from cci_cli.packages import STAGING_PREFIX, list_below

LOCK_PATIENCE_SECONDS: Final = 60


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
        try:
            _lock(handle, parent)
            for left_behind in parent.glob(f"{STAGING_PREFIX}*"):
                shutil.rmtree(left_behind, ignore_errors=True)
            staged = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=parent))
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
    # asked for again and again, for a wait within the lock call could not be interrupted
    while not lock_descriptor(handle, blocking=False):
        if time.monotonic() > give_up:
            raise LockedError("E506", value=folder)
        time.sleep(0.05)


def publish_folder(staged: Path, target: Path) -> None:
    """Flush a staged folder and rename it into place.

    Raises:
        OSError: it cannot be written, or ``target`` is there already.
        SystemFailureError: E501, it cannot be read.
    """
    target.parent.mkdir(exist_ok=True)
    for path in (*list_below(staged), staged):
        _flush(path)
    set_mode(staged, 0o777, is_masked=True)
    staged.rename(target)
    _flush(target.parent)
    _flush(target.parent.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
