"""Keys that stand twice and nodes in two provinces, in any number of rows. I/O.

Hashes keep this small. They only nominate: what they point at is read again and compared to the
letter. That two nodes of one province share a hash, and are counted as one, is left to chance: one
in a million for ten million nodes.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Final

import polars as pl

from cci_cli.columns import KEY, LINE, MODEL, NODE_ID, PROVINCE
from cci_cli.errors import ProblemList
from cci_cli.hashpiles import HashPile, find_repeated
from cci_cli.rules import PROVINCE_ENUM

#: The columns that ``ClashSearch.derived`` adds.
_KEY_HASH: Final = "key_hash"
_PLACE: Final = "place_hash"


class ClashSearch(AbstractContextManager["ClashSearch"]):
    """Goes along with the rows of one file; to be used in a ``with`` statement."""

    def __init__(self, provinces: Sequence[str]) -> None:
        self._provinces = provinces
        #: A place is the hash of a node, its lowest bits taken for the province it is in.
        self._provinces_room = 1 << len(provinces).bit_length()
        self._keys = HashPile()
        self._places = HashPile()

    def __exit__(self, *raised: object) -> None:
        for pile in (self._keys, self._places):
            pile.__exit__(*raised)

    def derived(self) -> list[pl.Expr]:
        """What is asked of every row: its text, and ``province_enum`` as ``rules`` derives it."""
        province = pl.col(PROVINCE_ENUM).to_physical().cast(pl.UInt64)
        place = self._node_part() * self._provinces_room + province
        return [_hash_key().alias(_KEY_HASH), place.alias(_PLACE)]

    def add(self, rows: pl.DataFrame) -> None:
        """Take note of rows that have what is ``derived``, whatever else is wrong with them.

        Raises:
            SystemFailureError: E502, there is no room for it on the disk.
        """
        self._keys.add(rows.get_column(_KEY_HASH))
        # a province that is none has been reported as that
        places = rows.get_column(_PLACE).drop_nulls()
        # the rows of a node mostly stand together
        self._places.add(places.filter(places.ne_missing(places.shift(1))))

    def finish(
        self, read_again: Callable[[], Iterator[pl.DataFrame]], problems: ProblemList
    ) -> int:
        """Report the clashes of all rows; returns the number of nodes.

        Args:
            read_again: the rows once more, with ``line`` and text.
            problems: E330 and E331 are added.
        """
        twice = pl.concat(map(find_repeated, self._keys.slices()))
        nodes, parts = 0, []
        for places in self._places.slices():
            hashes = places.unique() // self._provinces_room
            nodes += hashes.n_unique()
            parts.append(find_repeated(hashes))
        moved = pl.concat(parts)
        if len(twice) or len(moved):
            nominees = pl.concat(
                batch.filter(
                    _hash_key().is_in(twice.implode()) | self._node_part().is_in(moved.implode())
                ).select(LINE, *KEY, PROVINCE)
                for batch in read_again()
            )
            _add_duplicate_keys(nominees, problems)
            inside = nominees.filter(pl.col(PROVINCE).is_in(self._provinces))
            _add_moved_nodes(inside, problems)
            # different nodes of one hash have been counted as one
            nodes += inside.filter(self._node_part().is_in(moved.implode())).get_column(
                NODE_ID
            ).n_unique() - len(moved)
        return nodes

    def _node_part(self) -> pl.Expr:
        return _hash_node() // self._provinces_room


def _hash_node() -> pl.Expr:
    return pl.col(NODE_ID).hash(seed=1)


def _hash_key() -> pl.Expr:
    return _hash_node().xor(pl.col(MODEL).hash(seed=2))


def _add_duplicate_keys(nominees: pl.DataFrame, problems: ProblemList) -> None:
    clashes = (
        nominees.drop_nulls(list(KEY))
        .with_columns(first=pl.col(LINE).min().over(*KEY))
        .filter(pl.col(LINE) > pl.col("first"))
        .sort(LINE)
    )
    kept = clashes.select(LINE, *KEY, "first").head(problems.room("E330"))
    for line, node, model, first in kept.iter_rows():
        problems.add("E330", line=line, column=",".join(KEY), value=f"{node},{model}", first=first)
    problems.count("E330", clashes.height - kept.height)


def _add_moved_nodes(nominees: pl.DataFrame, problems: ProblemList) -> None:
    clashes = (
        nominees.drop_nulls(NODE_ID)
        .sort(LINE)
        .with_columns(
            first=pl.col(PROVINCE).first().over(NODE_ID),
            first_line=pl.col(LINE).first().over(NODE_ID),
        )
        .filter(pl.col(PROVINCE) != pl.col("first"))
    )
    kept = clashes.select(LINE, NODE_ID, "first", "first_line").head(problems.room("E331"))
    for line, node, first, first_line in kept.iter_rows():
        problems.add(
            "E331", line=line, column=NODE_ID, value=node, first=first, first_line=first_line
        )
    problems.count("E331", clashes.height - kept.height)
