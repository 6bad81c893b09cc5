"""Rows that two revisions do not share, and their order."""

from datetime import date

import polars as pl

from cci_cli.columns import COLUMNS
from cci_cli.edits import find_edits

SCHEMA = dict.fromkeys(COLUMNS, pl.String) | {"cards": pl.Int64, "in_service_since": pl.Date}


def frame(*rows):
    """Rows of node, name, province, model, cards and status, as a snapshot has them."""
    filled = [
        dict(
            zip(("node_id", "node_name", "province", "model", "cards", "status"), row, strict=True)
        )
        for row in rows
    ]
    return pl.LazyFrame(filled, schema=SCHEMA)


def list_edits(old, new, **units):
    edits = find_edits(frame(*old), frame(*new), units).collect()
    return list(edits.select("node_id", "edit").iter_rows())


def test_an_edit_is_told_by_the_side_that_has_the_row():
    """Both sides have ``same`` and nothing of it differs."""
    same = ("same", None, "a", "M", 1, "in_service")
    edits = list_edits(
        [same, ("gone", None, "a", "M", 3, "in_service")],
        [same, ("come", None, "a", "M", 2, "in_service")],
        M=1,
    )

    assert edits == [("gone", "removed"), ("come", "added")]


def test_what_lies_elsewhere_changes_the_supply_of_both_provinces():
    """b 40 + 40 units between a's 90 and c's 70, though it has as many cards as before."""
    edits = list_edits(
        [
            ("a", None, "x", "M", 10, "in_service"),
            ("b", None, "x", "M", 40, "in_service"),
            ("c", None, "x", "M", 80, "in_service"),
        ],
        [
            ("a", None, "x", "M", 100, "in_service"),
            ("b", None, "y", "M", 40, "in_service"),
            ("c", None, "x", "M", 10, "in_service"),
        ],
        M=1,
    )

    assert [node for node, _ in edits] == ["a", "b", "c"]


def test_what_is_not_in_service_counts_for_nothing():
    """a 5 − 0 is as much as b 10 − 5, and comes first by its name; c has 4 more of no service."""
    edits = list_edits(
        [
            ("a", None, "x", "M", 5, "in_service"),
            ("b", None, "x", "M", 10, "in_service"),
            ("c", None, "x", "M", 1, "retired"),
        ],
        [
            ("a", None, "x", "M", 5, "retired"),
            ("b", None, "x", "M", 5, "in_service"),
            ("c", None, "x", "M", 5, "retired"),
        ],
        M=1,
    )

    assert [node for node, _ in edits] == ["a", "b", "c"]


def test_products_need_more_than_64_bits():
    """a 2⁶² × 8 = 2⁶⁵ is above b 2⁶² × 7; in 64 bits a would be 0."""
    edits = list_edits(
        [],
        [
            ("a", None, "x", "eight", 2**62, "in_service"),
            ("b", None, "x", "seven", 2**62, "in_service"),
        ],
        seven=7,
        eight=8,
    )

    assert [node for node, _ in edits] == ["a", "b"]


def test_every_column_stands_on_both_sides():
    edits = find_edits(
        frame(("n", "old name", "x", "M", 1, "in_service")),
        frame(("n", "new name", "x", "M", 1, "in_service")).with_columns(
            in_service_since=pl.lit(date(2024, 5, 7))
        ),
        {"M": 1},
    ).collect()

    assert edits.rows(named=True) == [
        {
            "node_id": "n",
            "model": "M",
            "edit": "changed",
            "old_node_name": "old name",
            "new_node_name": "new name",
            "old_province": "x",
            "new_province": "x",
            "old_cards": 1,
            "new_cards": 1,
            "old_status": "in_service",
            "new_status": "in_service",
            "old_in_service_since": None,
            "new_in_service_since": date(2024, 5, 7),
        }
    ]
