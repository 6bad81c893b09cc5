"""Surveys of any size to measure with: sound, in need of normalising, with bad rows.

Three models a node, the rows of a node together, the nodes in no order. All values follow from the
number of the row, so that the same sizes give the same bytes.

    python surveys.py sound|raw|wide|flawed FILE ROWS WORKSPACE
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl

from cci_cli.columns import CHINESE_NAMES
from cci_cli.config import read_config
from cci_cli.definitions import Config

MODELS_OF_A_NODE = 3
#: Of so many rows of a flawed survey, one is bad.
ROWS_TO_A_BAD_ONE = 100

_ROWS_AT_ONCE = 1_000_000
#: Prime, so that its multiples visit every node.
_STRIDE = 7_368_787
_STATUSES = ("suspended", "under_construction", *["in_service"] * 18)
_CHINESE_STATUSES = {"in_service": "在运", "under_construction": "在建", "suspended": "暂停"}
_BAD_VALUES = {
    "province": "东京",
    "model": "H1000",
    "cards": "-5",
    "status": "planned",
}


def main(kind: str, path: Path, rows: int, workspace: Path) -> None:
    """Write a survey of a kind."""
    config, form = read_config(workspace), _FORMS[kind]
    with path.open("wb") as out:
        for start in range(0, rows, _ROWS_AT_ONCE):
            frame = form(_make_rows(start, min(start + _ROWS_AT_ONCE, rows), rows, config), config)
            frame.write_csv(out, include_header=start == 0, quote_style="never")


def _make_rows(start: int, end: int, rows: int, config: Config) -> pl.DataFrame:
    """Rows from ``start`` to ``end``, as text."""
    provinces = list(config.province_names)
    models = [card.model for card in config.models]
    kinds = len(models) // MODELS_OF_A_NODE
    nodes = -(-rows // MODELS_OF_A_NODE)
    row = pl.int_range(start, end, dtype=pl.Int64)
    place, offer = row // MODELS_OF_A_NODE, row % MODELS_OF_A_NODE
    # the stride visits each node once unless it divides their number
    node = place * (_STRIDE if nodes % _STRIDE else _STRIDE + 2) % nodes
    return pl.select(
        node_id=pl.format("N{}", node + 10_000_000),
        node_name=pl.format("智算{}", node % 1000),
        province=_choose(node * 2_654_435_761 // 65_536, provinces),
        model=_choose(node * 40_503 // 16 % kinds * MODELS_OF_A_NODE + offer, models),
        cards=(row * 48_271 // 7 % 2048).cast(pl.String),
        status=_choose(row * 69_621 // 11, _STATUSES),
    )


def _choose(number: pl.Expr, names: tuple[str, ...] | list[str]) -> pl.Expr:
    return (number % len(names)).replace_strict(
        list(range(len(names))), list(names), return_dtype=pl.String
    )


def _keep(frame: pl.DataFrame, config: Config) -> pl.DataFrame:
    """In the form of a snapshot but for its order, about 55 bytes a row."""
    del config
    return frame


def _rewrite(frame: pl.DataFrame, config: Config) -> pl.DataFrame:
    """As people write it, with something to normalise in every row.

    Chinese headers in another order, long names of provinces, aliases of models, Chinese
    statuses, space before identifiers, numbers beyond 999 in quotes with a comma.
    """
    long_names = {province.name: province.full_name for province in config.provinces}
    aliases = {card.model: (*card.aliases, card.model)[0] for card in config.models}
    cards = pl.col("cards")
    grouped = pl.format('"{},{}"', cards.str.head(-3), cards.str.tail(3))
    return frame.select(
        pl.col("node_name"),
        pl.format(" {}", "node_id").alias("node_id"),
        pl.col("province").replace_strict(long_names),
        pl.col("model").replace_strict(aliases),
        pl.when(cards.str.len_bytes() > 3).then(grouped).otherwise(cards).alias("cards"),
        pl.col("status").replace_strict(_CHINESE_STATUSES),
    ).rename(CHINESE_NAMES, strict=False)


def _widen(frame: pl.DataFrame, config: Config) -> pl.DataFrame:
    """With a character in every name that is no plain one: each is matched against its rule."""
    del config
    return frame.with_columns(pl.format("{}（一期）", "node_name").alias("node_name"))


def _spoil(frame: pl.DataFrame, config: Config) -> pl.DataFrame:
    """With one bad row in a hundred, four kinds of them in turn."""
    del config
    number = pl.int_range(frame.height)
    turn = number // ROWS_TO_A_BAD_ONE % len(_BAD_VALUES)
    is_bad = number % ROWS_TO_A_BAD_ONE == ROWS_TO_A_BAD_ONE - 1
    return frame.with_columns(
        pl.when(is_bad & (turn == place))
        .then(pl.lit(value))
        .otherwise(pl.col(column))
        .alias(column)
        for place, (column, value) in enumerate(_BAD_VALUES.items())
    )


_FORMS: dict[str, Callable[[pl.DataFrame, Config], pl.DataFrame]] = {
    "sound": _keep,
    "raw": _rewrite,
    "wide": _widen,
    "flawed": _spoil,
}

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
