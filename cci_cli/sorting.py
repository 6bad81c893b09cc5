"""Rows of any number, written in the order of their key in a bounded memory. I/O.

Rows too many to be sorted at once are dealt out by the range of their node identifiers and laid
off, in ranges of a size that memory holds; then each range is brought back, sorted and written.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import polars as pl

from cci_cli.columns import COLUMNS, KEY, MODEL, NODE_ID, PROVINCE, STATUS
from cci_cli.layoffs import FrameFile, LaidOff
from cci_cli.progress import BYTES, tell

#: Rows that are sorted at once.
ROWS_AT_ONCE: Final = 1_000_000

#: Identifiers looked at to find the bounds of each range.
_SAMPLES: Final = 64
#: Rows that are dealt out at once.
_ROWS_IN_HAND: Final = 500_000


class RowSorter(AbstractContextManager["RowSorter"]):
    """Takes rows in any order and gives them back in that of their key; for ``with`` statements.

    Args:
        folder: where rows may be laid off, on the volume of the file to be written.
    """

    def __init__(self, folder: Path) -> None:
        self._file = FrameFile(folder)
        self._in_hand: list[pl.DataFrame] = []
        self.deal_by(pl.Series(dtype=pl.String))

    def __exit__(self, *raised: object) -> None:
        self._file.__exit__(*raised)

    def deal_by(self, starts: pl.Series) -> None:
        """Deal all rows out in ranges that begin with these identifiers, but for the first."""
        self._starts = starts
        self._ranges: list[list[LaidOff]] = [[] for _ in range(len(starts) + 1)]

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows in the columns and types of a snapshot.

        Raises:
            SystemFailureError: E502, there is no room to lay them off.
        """
        # words that stand in many rows take a tenth of the room as categories
        words = pl.col(PROVINCE, MODEL, STATUS).cast(pl.Categorical)
        self._in_hand.append(rows.select(COLUMNS).with_columns(words))
        in_hand = sum(frame.height for frame in self._in_hand)
        if len(self._starts) and in_hand >= _ROWS_IN_HAND:
            self._deal_out()

    def write(self, path: Path) -> int:
        """Write all rows as CSV with a header, sorted by key; returns how many they are.

        Raises:
            OSError: it cannot be written.
            SystemFailureError: E501, the disk does not give back what was laid off.
        """
        if len(self._starts):
            self._deal_out()
        written = 0
        with path.open("wb") as out:
            for number, places in enumerate(self._ranges):
                parts = [*self._in_hand, *map(self._file.read, places)]
                rows = pl.concat(parts).sort(KEY) if parts else pl.DataFrame(schema=COLUMNS)
                rows.write_csv(out, include_header=number == 0, line_terminator="\n")
                written += rows.height
                tell(f"writing {path.name}", BYTES, out.tell())
        return written

    def _deal_out(self) -> None:
        if not self._in_hand:
            return
        rows = pl.concat(self._in_hand)
        self._in_hand.clear()
        number = self._starts.search_sorted(rows.get_column(NODE_ID), side="right")
        numbered = rows.with_columns(number.alias("range"))
        for (place,), part in numbered.partition_by("range", as_dict=True).items():
            self._ranges[place].append(self._file.add(part.drop("range")))


def find_starts(identifiers: pl.LazyFrame, rows: int) -> pl.Series:
    """The identifiers with which ranges of about ``ROWS_AT_ONCE`` rows begin, but for the first.

    Args:
        identifiers: ``node_id`` of all rows, in any order.
        rows: how many they are, or a few more.
    """
    count = -(-rows // ROWS_AT_ONCE)
    if count <= 1:
        return pl.Series(dtype=pl.String)
    step = max(rows // (count * _SAMPLES), 1)
    sample = identifiers.select(pl.col(NODE_ID).gather_every(step)).collect(engine="streaming")
    found = sample.to_series().drop_nulls().sort()
    bounds = [number * len(found) // count for number in range(1, count)]
    return found.gather(bounds if len(found) else []).unique().sort()
