"""Frames laid off in a temporary file, to be brought back one by one. I/O."""

import io
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, NamedTuple

import polars as pl

from cci_cli.errors import SystemFailureError, os_failure


class LaidOff(NamedTuple):
    """Where a frame is in the file."""

    offset: int
    length: int


class FrameFile(AbstractContextManager["FrameFile"]):
    """A file without a name, which goes with the process; to be used in a ``with`` statement.

    Args:
        folder: where it is; null for the folder of the system for such files.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None

    def __exit__(self, *raised: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, frame: pl.DataFrame) -> LaidOff:
        """Lay a frame off.

        Raises:
            SystemFailureError: E502, there is no room for it.
        """
        try:
            if self._file is None:
                self._file = self._open()
            start = self._file.tell()
            # the newest layout would take along all the text that the frame is a part of
            frame.write_ipc(self._file, compat_level=pl.CompatLevel.oldest())
            return LaidOff(start, self._file.tell() - start)
        except OSError as error:
            raise os_failure("E502", self._folder or tempfile.gettempdir(), error) from error

    def _open(self) -> IO[bytes]:
        return tempfile.TemporaryFile(prefix="cci-", dir=self._folder)

    def read(self, place: LaidOff) -> pl.DataFrame:
        """A frame that was laid off; when the first is read, no other is added.

        Raises:
            SystemFailureError: E501, it cannot be read.
        """
        if self._file is None:
            raise ValueError(place)
        try:
            self._file.seek(place.offset)
            return pl.read_ipc(io.BytesIO(self._file.read(place.length)))
        except OSError as error:
            raise os_failure("E501", self._folder or tempfile.gettempdir(), error) from error
        except pl.exceptions.PolarsError as error:
            # somebody else wrote into it
            folder = self._folder or tempfile.gettempdir()
            raise SystemFailureError("E501", value=folder, detail=str(error)) from error
