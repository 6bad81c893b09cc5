"""Which moves between two snapshots are warned of, at and beyond each limit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from cci_cli.conversion import CARD_COUNTS
from cci_cli.definitions import Checks
from cci_cli.errors import ProblemList
from cci_cli.periods import Period
from cci_cli.plausibility import (
    warn_of_new_models,
    warn_of_node_jumps,
    warn_of_period,
    warn_of_province_moves,
)

CHECKS = Checks(
    province_change_pct=Decimal("12.5"),
    node_change_factor=Decimal("2.5"),
    node_change_min_cards=1500,
)


@pytest.fixture
def warnings() -> ProblemList:
    return ProblemList("nodes.csv")


def text_of(warnings: ProblemList) -> str:
    """The one warning with its hint."""
    (warning,) = warnings.kept
    return f"{warning.message} {warning.hint}"


def said(warnings: ProblemList) -> list[tuple[str, str | None, str | None, str]]:
    return [(item.code, item.column, item.value, item.message) for item in warnings.kept]


@pytest.mark.parametrize(
    ("today", "base", "expected"),
    [
        (date(2025, 6, 29), "2025H1", [("W307", "2025H1 ends on 2025-06-30")]),
        (date(2025, 6, 30), "2025H1", []),
        (date(2025, 7, 1), "2025H2", [("W308", "2025H1 lies before the base period 2025H2")]),
    ],
    ids=["the day before", "the last day", "before the base"],
)
def test_a_period_that_has_not_ended_or_has_no_index(warnings, today, base, expected):
    warn_of_period(Period(2025, 1), Period(2025, int(base[-1])), today, warnings)

    found = [
        (item.code, item.message[: len(text)])
        for item, (_, text) in zip(warnings.kept, expected, strict=True)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 8}, {"a": 9}, None),
        ({"a": 8}, {"a": 7}, None),
        ({"a": 800}, {"a": 901}, "+12.6"),
        ({"a": 800}, {"a": 699}, "-12.6"),
        ({"a": 3}, {"a": 4}, "+33.3"),
        ({"a": 0}, {"a": 0}, None),
        ({}, {"a": 0}, None),
    ],
)
def test_a_province_may_move_up_to_the_limit(warnings, old, new, expected):
    """9/8 and 7/8 are 12.5 % more and less, the limit; 901/800 is 12.625 %, 4/3 is 33.33… %."""
    warn_of_province_moves(*map(to_supply, (old, new)), CHECKS, "2024H2@r1", warnings)

    assert [(item.code, item.column, item.value) for item in warnings.kept] == (
        [("W301", "province", "a")] if expected else []
    )
    for text in (expected, "12.5", "2024H2@r1") if expected else ():
        assert text in text_of(warnings)


def to_supply(amounts: dict[str, int]) -> dict[str, Fraction]:
    return {province: Fraction(amount) for province, amount in amounts.items()}


def test_a_province_that_appears_or_vanishes_is_named_in_the_order_of_the_new(warnings):
    old, new = {"b": 1, "c": 1, "d": 0}, {"d": 2, "c": 0, "b": 1, "a": 1}

    warn_of_province_moves(*map(to_supply, (old, new)), CHECKS, "2024H2@r1", warnings)

    assert [(code, column, value) for code, column, value, _ in said(warnings)] == [
        ("W302", "province", "d"),
        ("W305", "province", "c"),
        ("W302", "province", "a"),
    ]
    assert all("2024H2@r1" in message for *_, message in said(warnings))


def count(*rows: tuple[str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=CARD_COUNTS, orient="row")


def test_a_model_is_new_where_no_card_of_it_was_in_service_anywhere(warnings):
    """M was in service in b, one card of it; Z stood there out of service; Y has none now."""
    old = count(("b", "M", 1), ("b", "Z", 0))
    new = count(("b", "Z", 1), ("a", "M", 2), ("a", "X", 1), ("c", "X", 5), ("a", "Y", 0))

    warn_of_new_models(old, new, "2024H2@r1", warnings)

    assert [item[:3] for item in said(warnings)] == [("W303", "model", "X"), ("W303", "model", "Z")]
    assert all("2024H2@r1" in message for *_, message in said(warnings))


@pytest.mark.parametrize(
    ("old", "new", "is_warned"),
    [
        (1001, 2502, False),
        (1001, 2503, True),
        (2503, 1001, True),
        (2502, 1001, False),
        (1000, 2500, False),
        (1002, 2505, False),
        (1002, 2506, True),
        (10, 1510, False),
        (10, 1511, True),
        (1511, 10, True),
    ],
)
def test_a_node_may_jump_up_to_either_limit(warnings, old, new, is_warned):
    """2.5 × 1001 = 2502.5 and 1501 cards more: beyond both is 2503. 10 + 1500 is not beyond,
    nor is 2.5 × 1002 = 2505."""
    frames = (
        pl.DataFrame({"node_id": ["n", other], "cards": [cards, 9000]})
        for other, cards in (("gone", old), ("come", new))
    )

    warn_of_node_jumps(*frames, CHECKS, "2024H2@r1", warnings)

    assert [item[:3] for item in said(warnings)] == (
        [("W304", "node_id", "n")] if is_warned else []
    )
    for text in (f"{old:,}", f"{new:,}", "2.5", "1,500", "2024H2@r1") if is_warned else ():
        assert text in text_of(warnings)


def test_nodes_that_jump_come_in_the_order_of_their_names(warnings):
    old = pl.DataFrame({"node_id": ["c", "a", "b"], "cards": [1, 1, 1]})
    new = pl.DataFrame({"node_id": ["b", "c", "a"], "cards": [5000, 6000, 7000]})

    warn_of_node_jumps(old, new, CHECKS, "2024H2@r1", warnings)

    assert [value for _, _, value, _ in said(warnings)] == ["a", "b", "c"]
