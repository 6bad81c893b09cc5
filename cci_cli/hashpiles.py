"""Hashes of any number of rows, piled up in a bounded memory to find those that stand twice. I/O.

Beyond a limit they are laid off in a temporary file, slice by slice of their range; in the end
each slice is brought back by itself. The file has no name, and goes with the process.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import pairwise
from typing import Final

import polars as pl

from cci_cli.layoffs import FrameFile, LaidOff

#: Hashes kept in memory, eight bytes each.
MOST_KEPT: Final = 12_000_000

_SLICES: Final = 64
_SLICE_BITS: Final = 58


class HashPile(AbstractContextManager["HashPile"]):
    """A pile of 64-bit hashes (UInt64); to be used in a ``with`` statement."""

    def __init__(self) -> None:
        self._kept: list[pl.Series] = []
        self._count = 0
        self._file = FrameFile()
        #: Where the parts of each slice are.
        self._parts: list[list[LaidOff]] = [[] for _ in range(_SLICES)]

    def __exit__(self, *raised: object) -> None:
        self._file.__exit__(*raised)

    def add(self, hashes: pl.Series) -> None:
        """Put hashes onto the pile.

        Raises:
            SystemFailureError: E502, there is no room for them on the disk.
        """
        self._kept.append(hashes)
        self._count += len(hashes)
        if self._count > MOST_KEPT:
            for piece, parts in zip(_cut(pl.concat(self._kept)), self._parts, strict=True):
                parts.append(self._file.add(piece.to_frame("hash")))
            self._kept.clear()
            self._count = 0

    def slices(self) -> Iterator[pl.Series]:
        """All hashes in pieces, in no order; equal ones are in one piece.

        Raises:
            SystemFailureError: E501, the disk does not give them back.
        """
        kept = pl.concat(self._kept) if self._kept else pl.Series(dtype=pl.UInt64)
        if not any(self._parts):
            yield kept
            return
        for piece, parts in zip(_cut(kept), self._parts, strict=True):
            yield pl.concat([piece, *(self._file.read(part).to_series() for part in parts)])


def _cut(hashes: pl.Series) -> Iterator[pl.Series]:
    """Hashes in slices by their highest bits."""
    hashes = hashes.sort()
    starts = pl.Series([number << _SLICE_BITS for number in range(_SLICES)], dtype=pl.UInt64)
    bounds = [*hashes.search_sorted(starts, side="left"), len(hashes)]
    yield from (hashes[start:end] for start, end in pairwise(bounds))


def find_repeated(hashes: pl.Series) -> pl.Series:
    """Those of the hashes that stand more than once, each once."""
    # seldom is there any, and to count takes less time than to name them
    if hashes.n_unique() == len(hashes):
        return hashes.clear()
    return hashes.filter(hashes.is_duplicated()).unique()
