"""Hashes of any number of rows, piled up in a bounded memory to find those that stand twice. I/O.

Beyond a limit they are laid off in a temporary file, slice by slice of their range; in the end
each slice is brought back by itself. The file has no name, and goes with the process.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from types import TracebackType
from typing import IO, Final, Self

import polars as pl

from cci_cli.errors import os_failure

#: Hashes kept in memory, eight bytes each.
MOST_KEPT: Final = 24_000_000

_SLICES: Final = 64
_SLICE_BITS: Final = 58


class HashPile:
    """A pile of 64-bit hashes (UInt64); to be used in a ``with`` statement."""

    def __init__(self) -> None:
        self._kept: list[pl.Series] = []
        self._count = 0
        self._file: IO[bytes] | None = None
        #: Where in the file the parts of each slice are: offset and length.
        self._parts: list[list[tuple[int, int]]] = [[] for _ in range(_SLICES)]
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def add(self, hashes: pl.Series) -> None:
        """Put hashes onto the pile.

        Raises:
            SystemFailureError: E502, there is no room for them on the disk.
        """
        self._kept.append(hashes)
        self._count += len(hashes)
        if self._count > MOST_KEPT:
            try:
                self._lay_off()
            except OSError as error:
                raise os_failure("E502", tempfile.gettempdir(), error) from error

    def slices(self) -> Iterator[pl.Series]:
        """All hashes in pieces, in no order; equal ones are in one piece.

        Raises:
            SystemFailureError: E501, the disk does not give them back.
        """
        kept = pl.concat(self._kept) if self._kept else pl.Series(dtype=pl.UInt64)
        if self._file is None:
            yield kept
            return
        for piece, parts in zip(_cut(kept), self._parts, strict=True):
            pieces = [piece]
            for offset, length in parts:
                try:
                    self._file.seek(offset)
                    data = self._file.read(length)
                except OSError as error:
                    raise os_failure("E501", tempfile.gettempdir(), error) from error
                pieces.append(pl.read_ipc(io.BytesIO(data)).to_series())
            yield pl.concat(pieces)

    def _lay_off(self) -> None:
        if self._file is None:
            temporary = tempfile.TemporaryFile(prefix="cci-")  # noqa: SIM115 - closed with _open
            self._file = self._open.enter_context(temporary)
        for piece, parts in zip(_cut(pl.concat(self._kept)), self._parts, strict=True):
            buffer = io.BytesIO()
            piece.to_frame("hash").write_ipc(buffer)
            parts.append((self._file.tell(), buffer.tell()))
            self._file.write(buffer.getbuffer())
        self._kept.clear()
        self._count = 0


def _cut(hashes: pl.Series) -> Iterator[pl.Series]:
    """Hashes in slices by their highest bits."""
    hashes = hashes.sort()
    starts = pl.Series([number << _SLICE_BITS for number in range(_SLICES)], dtype=pl.UInt64)
    bounds = [*hashes.search_sorted(starts), len(hashes)]
    yield from (hashes[start:end] for start, end in pairwise(bounds))


def find_repeated(hashes: pl.Series) -> pl.Series:
    """Those of the hashes that stand more than once, each once."""
    # seldom is there any, and to count takes less time than to name them
    if hashes.n_unique() == len(hashes):
        return hashes.clear()
    return hashes.filter(hashes.is_duplicated()).unique()
