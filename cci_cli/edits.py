"""The rows that two revisions of one period do not share. Domain: no I/O."""

from typing import Final

import polars as pl

from cci_cli.columns import COLUMNS, KEY
from cci_cli.results import ADDED, CHANGED, REMOVED

#: What became of a row from one revision to another.
EDIT: Final = "edit"


def find_edits(old: pl.LazyFrame, new: pl.LazyFrame) -> pl.LazyFrame:
    """Rows that two revisions of one period do not share.

    Args:
        old: valid rows in the columns of a snapshot.
        new: the same of the other revision.

    Returns:
        One row per key that was added, removed or changed, in the order of the key: ``node_id``,
        ``model``, ``edit`` (``added``, ``removed``, ``changed``), and each other column as
        ``old_…`` and ``new_…``, null where the row is not in that revision.
    """
    others = [name for name in COLUMNS if name not in KEY]
    was = old.rename({name: f"old_{name}" for name in others}).with_columns(in_old=True)
    now = new.rename({name: f"new_{name}" for name in others}).with_columns(in_new=True)
    differs = pl.any_horizontal(
        pl.col(f"old_{name}").ne_missing(pl.col(f"new_{name}")) for name in others
    )
    edit = (
        pl.when(pl.col("in_old").is_null())
        .then(pl.lit(ADDED))
        .when(pl.col("in_new").is_null())
        .then(pl.lit(REMOVED))
        .otherwise(pl.lit(CHANGED))
    )
    return (
        now.join(was, on=list(KEY), how="full", coalesce=True)
        .filter(differs)
        .select(
            *KEY,
            edit.alias(EDIT),
            *(f"{side}_{name}" for name in others for side in ("old", "new")),
        )
        .sort(KEY)
    )
