"""The rows that two revisions of one period do not share. Domain: no I/O."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from cci_cli.columns import CARDS, COLUMNS, IN_SERVICE, KEY, MODEL, PROVINCE, STATUS
from cci_cli.results import ADDED, CHANGED, REMOVED

#: What became of a row from one revision to another.
EDIT: Final = "edit"
#: The change of supply, in units; it is not among the columns that come out.
SIZE: Final = "size"


def find_edits(old: pl.LazyFrame, new: pl.LazyFrame, units: Mapping[str, int]) -> pl.LazyFrame:
    """Rows that two revisions of one period do not share.

    Args:
        old: valid rows in the columns of a snapshot.
        new: the same of the other revision.
        units: rate by model, as ``conversion.scale_rates`` returns it and ``diffs.check_units``
            lets it pass.

    Returns:
        One row per key that was added, removed or changed, first what changes supply most, ties
        by key; what lies in another province changes the supply of both: ``node_id``,
        ``model``, ``edit`` (``added``, ``removed``, ``changed``), and each other column as
        ``old_…`` and ``new_…``, null where the row is not in that revision.
    """
    others = [name for name in COLUMNS if name not in KEY]
    was = old.rename({name: f"old_{name}" for name in others})
    now = new.rename({name: f"new_{name}" for name in others})
    differs = pl.any_horizontal(
        pl.col(f"old_{name}").ne_missing(pl.col(f"new_{name}")) for name in others
    )
    # where there is a row, it has a province
    edit = (
        pl.when(pl.col(f"old_{PROVINCE}").is_null())
        .then(pl.lit(ADDED))
        .when(pl.col(f"new_{PROVINCE}").is_null())
        .then(pl.lit(REMOVED))
        .otherwise(pl.lit(CHANGED))
    )
    return (
        now.join(was, on=list(KEY), how="full", coalesce=True)
        .filter(differs)
        .with_columns(
            pl.when(pl.col(f"old_{PROVINCE}") != pl.col(f"new_{PROVINCE}"))
            .then(_count("old") + _count("new"))
            .otherwise((_count("new") - _count("old")).abs())
            .mul(
                pl.col(MODEL).replace_strict(
                    list(units), list(units.values()), return_dtype=pl.Int128
                )
            )
            .alias(SIZE)
        )
        .sort(SIZE, *KEY, descending=[True, *[False] * len(KEY)])
        .select(
            *KEY,
            edit.alias(EDIT),
            *(f"{side}_{name}" for name in others for side in ("old", "new")),
        )
    )


def _count(side: str) -> pl.Expr:
    """The cards of a row that are in service on one side; 0 where it is not there."""
    is_counted = (pl.col(f"{side}_{STATUS}") == IN_SERVICE).fill_null(value=False)
    return pl.when(is_counted).then(pl.col(f"{side}_{CARDS}")).otherwise(0).cast(pl.Int128)
