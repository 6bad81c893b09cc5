"""From a view to a frame. Domain: no I/O."""

from typing import Any

import polars as pl

from cci_cli.views import View


def build_frame(view: View) -> pl.DataFrame:
    """The records of a view, typed by its columns: String, Int64, or Decimal with its places."""
    types: dict[type, Any] = {str: pl.String, int: pl.Int64}
    schema = {
        name: types[kind] if isinstance(kind, type) else pl.Decimal(38, kind)
        for name, kind in view.columns.items()
    }
    return pl.DataFrame(list(view.records), schema=schema, orient="row")
