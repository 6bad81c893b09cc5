"""From a view to a frame. Domain: no I/O."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from cci_cli.views import Cell, Columns


def build_frame(columns: Columns, records: Sequence[Sequence[Cell]]) -> pl.DataFrame:
    """Rows typed by their columns: String, Int64, or Decimal with its places."""
    types: dict[type, Any] = {str: pl.String, int: pl.Int64}
    schema = {
        name: types[kind] if isinstance(kind, type) else pl.Decimal(38, kind)
        for name, kind in columns.items()
    }
    return pl.DataFrame(list(records), schema=schema, orient="row")
