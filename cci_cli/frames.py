"""From a view to a frame. Domain: no I/O."""

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from cci_cli.views import Cell, Columns

_LARGEST: Final = 2**63 - 1


def build_frame(columns: Columns, records: Sequence[Sequence[Cell]]) -> pl.DataFrame:
    """Rows typed by their columns: String, Int64, or Decimal with its places.

    A whole number beyond 64 bits makes its column a Decimal without places.
    """

    def find_type(position: int, kind: type | int) -> Any:  # noqa: ANN401 - a type of Polars
        if kind is str:
            return pl.String
        if not isinstance(kind, type):
            return pl.Decimal(38, kind)
        cells = (record[position] for record in records)
        is_long = any(isinstance(cell, int) and abs(cell) > _LARGEST for cell in cells)
        return pl.Decimal(38, 0) if is_long else pl.Int64

    schema = {
        name: find_type(position, kind) for position, (name, kind) in enumerate(columns.items())
    }
    return pl.DataFrame(list(records), schema=schema, orient="row")
