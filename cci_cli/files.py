"""Files and folders that appear whole or not at all, and their hashes. I/O."""

import hashlib
import os
import tempfile
from pathlib import Path

from cci_cli.errors import os_failure


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


def replace_file(path: Path, data: bytes) -> None:
    """Write a file in one step: a reader sees the old one or the new one, never half of it.

    Raises:
        SystemFailureError: E502, it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        staged = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            _open_to_others(staged, 0o666)
            staged.replace(path)
        finally:
            staged.unlink(missing_ok=True)
    except OSError as error:
        raise os_failure("E502", path, error) from error


def publish_folder(staged: Path, target: Path) -> None:
    """Flush a staged folder and rename it into place.

    Raises:
        OSError: it cannot be written, or ``target`` is there already.
    """
    for path in (*staged.iterdir(), staged):
        _flush(path)
    _open_to_others(staged, 0o777)
    staged.rename(target)
    _flush(target.parent)


def _open_to_others(path: Path, mode: int) -> None:
    # tempfile keeps others out of what it makes; the umask says who may be let in
    umask = os.umask(0)
    os.umask(umask)
    path.chmod(mode & ~umask)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
