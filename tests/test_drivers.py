"""What drove a change, worked by hand: by province, over one link and over two."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest

from cci_cli.diffs import Link
from cci_cli.drivers import build_drivers, merge_drivers, sum_causes
from cci_cli.outcomes import Driver
from cci_cli.periods import Period

SCHEMA = {
    "province": pl.String,
    "model": pl.String,
    "cause": pl.String,
    "cards": pl.Int128,
    "units": pl.Int128,
}
LEVEL = Fraction(1000)


def link(points: Fraction, card_hours: int) -> Link:
    """A link of which only the rates are looked at."""
    nothing = {"config": None, "release": None, "snapshots": (), "old": {}, "new": {}}
    return Link(
        before=Period(2024, 2),
        now=Period(2025, 1),
        old_supply={},
        new_supply={},
        points=points,
        units={},
        card_hours=Fraction(card_hours),
        **nothing,
    )


def changes(*rows: tuple[str, str, str, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


FIRST = (
    link(Fraction(1, 100), 10),
    changes(
        ("a", "M", "new_node", 2, 20),
        ("a", "half", "new_node", 1, 10),
        ("a", "M", "closed", -1, -10),
        ("b", "M", "expanded", 5, 50),
        ("c", "M", "shrunk", -4, -40),
    ),
)
SECOND = (
    link(Fraction(1, 50), 20),
    changes(("a", "M", "new_node", 1, 5), ("c", "M", "expanded", 2, 10)),
)
A = Driver(("a",), 3, {"new_node": Fraction(400), "closed": Fraction(-100)}, Fraction(4, 1000))
B = Driver(("b",), 5, {"expanded": Fraction(500)}, Fraction(5, 1000))
C = Driver(("c",), -2, {"shrunk": Fraction(-400), "expanded": Fraction(200)}, Fraction(0))
A_AND_C = Driver((), 1, {**A.causes, **C.causes}, Fraction(4, 1000), count=2)


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        (0, (B, A, C)),
        (1, (B, A_AND_C)),
        (2, (B, A, Driver((), -2, C.causes, Fraction(0), count=1))),
        (3, (B, A, C)),
        (4, (B, A, C)),
    ],
)
def test_drivers_over_two_links_come_by_what_they_added(top, expected):
    """A unit supplies 10 card-hours, on the second link 20; one is 1/100 of a point, then 1/50.

    a (30 − 10) × 10 = 200 and 5 × 20 = 100: 2 + 2 points of 1000. b 500: 5 points. c −400 and
    200: −4 + 4 points.
    """
    assert build_drivers([FIRST, SECOND], ["province"], LEVEL, top) == expected


@pytest.mark.parametrize("top", [0, 1, 2, 3, 4])
def test_over_one_link_the_largest_change_comes_first_whatever_its_sign(top):
    """b 500, c −400, a 200 card-hours, d as much as a: 5, −4, 2 and 2 points of 1000."""
    rates, frame = FIRST
    frame = pl.concat([changes(("d", "M", "new_node", 2, 20)), frame])
    a = Driver(("a",), 2, {"new_node": Fraction(300), "closed": Fraction(-100)}, Fraction(2, 1000))
    c = Driver(("c",), -4, {"shrunk": Fraction(-400)}, Fraction(-4, 1000))
    every = (B, c, a, Driver(("d",), 2, {"new_node": Fraction(200)}, Fraction(2, 1000)))
    rest = {
        1: Driver(
            *((), 0, {"shrunk": Fraction(-400), "new_node": Fraction(500)}, Fraction(0)), count=3
        ),
        2: Driver((), 4, {"new_node": Fraction(500)}, Fraction(4, 1000), count=2),
        3: Driver((), 2, {"new_node": Fraction(200)}, Fraction(2, 1000), count=1),
    }
    rest[1].causes["closed"] = rest[2].causes["closed"] = Fraction(-100)

    actual = build_drivers([(rates, frame)], ["province"], LEVEL, top)

    assert actual == (every[: top or None] + ((rest[top],) if top in rest else ()))


def test_without_a_change_there_is_no_driver():
    assert build_drivers([], ["province"], LEVEL, 0) == ()
    assert build_drivers([(FIRST[0], changes())], ["province"], LEVEL, 2) == ()


def test_drivers_are_merged_by_cause():
    assert merge_drivers([A, C], 7) == Driver((), 1, A_AND_C.causes, Fraction(4, 1000), count=7)
    assert merge_drivers([A, A], 2).causes == {"new_node": 800, "closed": -200}


def test_the_causes_of_a_province_are_summed_over_its_models():
    """20 and 10 units of 10 card-hours were new nodes of a."""
    assert sum_causes(FIRST[1], Fraction(10)) == {
        "a": {"new_node": 300, "closed": -100},
        "b": {"expanded": 500},
        "c": {"shrunk": -400},
    }
