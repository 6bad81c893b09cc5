"""Single files: their hashes, copies of them, and replacing one in one step. I/O."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from cci_cli.errors import SystemFailureError, os_failure
from cci_cli.progress import BYTES, tell

_CHUNK_BYTES: Final = 1 << 20


def open_file(path: Path) -> BinaryIO:
    """A file that can be read more than once, open for its bytes.

    Raises:
        OSError: it cannot be opened.
        SystemFailureError: E504, it is no regular file.
    """
    # a pipe would be empty when it is read again, or make the reader wait for ever
    if path.exists() and not path.is_file() and not path.is_dir():
        raise SystemFailureError("E504", value=path)
    return path.open("rb")


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Name the file of which reading fails within: an error of Polars does not.

    Raises:
        SystemFailureError: E501, it cannot be read.
    """
    try:
        yield
    except OSError as error:
        raise os_failure("E501", path, error) from error


def hash_file(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        SystemFailureError: E501, it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            sha256 = hashlib.sha256()
            while chunk := stream.read(_CHUNK_BYTES):
                sha256.update(chunk)
                tell(f"hashing {path.name}", BYTES, stream.tell(), size)
            return sha256.hexdigest()
    except OSError as error:
        raise os_failure("E501", path, error) from error


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        SystemFailureError: E501 it cannot be read, E504 it is no regular file.
    """
    try:
        with open_file(path) as stream:
            return stream.read()
    except OSError as error:
        raise os_failure("E501", path, error) from error


def copy_file(source: Path, target: Path) -> str:
    """Copy the content of a file, or of a pipe until it ends; returns its SHA-256.

    Raises:
        SystemFailureError: E501 the source cannot be read, E502 the target not be written.
    """
    sha256 = hashlib.sha256()
    try:
        with source.open("rb") as stream, target.open("xb") as copy:
            while chunk := stream.read(_CHUNK_BYTES):
                sha256.update(chunk)
                try:
                    copy.write(chunk)
                except OSError as error:
                    raise os_failure("E502", target, error) from error
                tell(f"copying {source.name}", BYTES, copy.tell())
    except OSError as error:
        raise os_failure("E501", source, error) from error
    return sha256.hexdigest()


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
            set_mode(staged, 0o666 if mode is None else mode, is_masked=mode is None)
            staged.replace(path)
            # it is in place; what the folder forbids to open cannot be flushed
            with suppress(PermissionError):
                flush(path.parent)
        finally:
            staged.unlink(missing_ok=True)
    except OSError as error:
        raise os_failure("E502", path, error) from error
    except RuntimeError as error:
        # how resolve() words a link that leads to itself
        raise SystemFailureError("E502", value=path, detail=str(error)) from error


def flush(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk.

    Raises:
        OSError: it cannot be opened or written.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # some file systems keep names without being asked, and say that they cannot
        if not (path.is_dir() and error.errno in (errno.EINVAL, errno.ENOTSUP)):
            raise
    finally:
        os.close(handle)


def set_mode(path: Path, mode: int, *, is_masked: bool) -> None:
    """Set permissions, less what the umask takes away where ``is_masked``."""
    # tempfile keeps others out of what it makes; the umask says who may be let in
    umask = os.umask(0)
    os.umask(umask)
    path.chmod(mode & ~umask if is_masked else mode)
