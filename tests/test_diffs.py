"""Laws of what changed between two snapshots: nothing is left out, whatever the order."""

from datetime import date
from fractions import Fraction

import polars as pl
import pytest
from conftest import examples
from hypothesis import given
from hypothesis import strategies as st

from cci_cli.columns import CARDS, COLUMNS, IN_SERVICE, MODEL, NODE_ID, PROVINCE, STATUS, STATUSES
from cci_cli.conversion import scale_rates
from cci_cli.definitions import IndexDefinition, ScopeChange
from cci_cli.diffs import (
    Link,
    check_units,
    find_changes,
    find_scope,
    measure_move,
    sum_changes,
)
from cci_cli.edits import find_edits
from cci_cli.errors import DataError
from cci_cli.indices import Observation, SupplyLink
from cci_cli.periods import Period
from cci_cli.results import CAUSES
from cci_cli.rules import to_canonical

RATES = {"M": Fraction(100), "half": Fraction("50.5"), "third": Fraction("33.25")}
UNITS, SCALE = scale_rates(RATES)
OLD_DAY = date(2024, 12, 31)

nodes = st.sampled_from(["n1", "n2", "n3", "n4"])
facts = st.tuples(
    st.integers(0, 30),
    st.sampled_from(STATUSES),
    st.sampled_from([None, "2024-06-01", "2025-03-01"]),
)


@st.composite
def snapshots(draw):
    """Rows with a unique key, each node in one province."""
    places = draw(st.dictionaries(nodes, st.sampled_from(["a", "b", "c"]), min_size=1))
    keys = st.tuples(st.sampled_from(sorted(places)), st.sampled_from(sorted(RATES)))
    rows = draw(st.dictionaries(keys, facts, max_size=8))
    return [
        (node, None, places[node], model, str(cards), status, since)
        for (node, model), (cards, status, since) in rows.items()
    ]


def frame(rows):
    text = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return to_canonical(text.lazy(), COLUMNS)


def changes(old, new, provinces=("a", "b", "c")):
    return find_changes(frame(old), frame(new), UNITS, provinces, OLD_DAY)


def supply(rows, provinces=("a", "b", "c")):
    found = dict.fromkeys(provinces, Fraction(0))
    for _, _, province, model, cards, status, _ in rows:
        if status == IN_SERVICE and province in found:
            found[province] += int(cards) * RATES[model]
    return found


@examples(60)
@given(snapshots(), snapshots())
def test_the_causes_of_a_province_add_up_to_its_change(old, new):
    summed = sum_changes(changes(old, new), [PROVINCE])
    found = dict.fromkeys("abc", Fraction(0))
    for province, cause, units in summed.select(PROVINCE, "cause", "units").iter_rows():
        assert cause in CAUSES
        found[province] += Fraction(units, SCALE)

    before, after = supply(old), supply(new)
    assert found == {province: after[province] - before[province] for province in "abc"}


@examples(30)
@given(snapshots(), snapshots(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(old, new, random):
    expected = changes(old, new).collect().sort(NODE_ID, PROVINCE, MODEL)
    random.shuffle(old)
    random.shuffle(new)

    assert changes(old, new).collect().sort(NODE_ID, PROVINCE, MODEL).equals(expected)


@examples(30)
@given(snapshots(), snapshots())
def test_the_other_way_round_every_change_has_the_other_sign(old, new):
    """In sum: what moved is measured by what there was before, whichever way it went."""
    place = [NODE_ID, PROVINCE, MODEL]

    def total(found):
        summed = found.group_by(place).agg(pl.col(CARDS, "units").sum())
        return summed.filter(pl.col(CARDS) != 0).sort(place).collect()

    there, back = total(changes(old, new)), total(changes(new, old))

    assert there.equals(back.with_columns(pl.col(CARDS, "units") * -1))


def relocate(old, new):
    """The old rows of nodes that are in both snapshots, at their new places; and all others."""
    places = {row[0]: row[2] for row in new}
    return [(*row[:2], places.get(row[0], row[2]), *row[3:]) for row in old]


@examples(60)
@given(snapshots(), snapshots())
def test_what_a_node_had_moves_and_the_rest_is_told_as_if_it_had_not_moved(old, new):
    place = [NODE_ID, PROVINCE, MODEL]
    found = changes(old, new).collect().sort(place)
    expected = {}
    for row, there in zip(old, relocate(old, new), strict=True):
        if row[2] != there[2] and row[5] == IN_SERVICE and row[4] != "0":
            expected[row[0], row[2], row[3]] = -int(row[4])
            expected[row[0], there[2], row[3]] = int(row[4])

    moved = found.filter(pl.col("cause") == "moved")
    assert {tuple(key): count for *key, count in moved.select(*place, CARDS).rows()} == expected
    assert sum(moved["units"]) == 0
    rest = found.filter(pl.col("cause") != "moved")
    assert rest.equals(changes(relocate(old, new), new).collect().sort(place))


@examples(30)
@given(snapshots())
def test_a_snapshot_against_itself_has_no_change_and_no_edit(rows):
    assert changes(rows, rows).collect().is_empty()
    assert find_edits(frame(rows), frame(rows), UNITS).collect().is_empty()


@examples(30)
@given(snapshots(), snapshots())
def test_what_lies_outside_the_nation_is_left_out(old, new):
    found = changes(old, new, ["a"]).collect()

    assert set(found[PROVINCE]) <= {"a"}
    expected = changes(old, new).filter(pl.col(PROVINCE) == "a").select(CARDS).sum().collect()
    assert found.select(CARDS).sum().equals(expected)


@examples(30)
@given(snapshots(), snapshots())
def test_edits_turn_one_revision_into_the_other(old, new):
    """Apply them to the old rows, and the new ones come out."""
    rows = {(row[0], row[3]): row for row in frame(old).collect().iter_rows()}
    for edit in find_edits(frame(old), frame(new), UNITS).collect().iter_rows(named=True):
        key = (edit[NODE_ID], edit[MODEL])
        assert (key in rows) == (edit["edit"] != "added")
        if edit["edit"] == "removed":
            del rows[key]
        else:
            values = edit | {f"new_{NODE_ID}": edit[NODE_ID], f"new_{MODEL}": edit[MODEL]}
            rows[key] = tuple(values[f"new_{name}"] for name in COLUMNS)

    assert rows == {(row[0], row[3]): row for row in frame(new).collect().iter_rows()}


def test_units_are_whole_numbers_that_divide_every_rate():
    """50.5 and 33.25 have quarters in common: 400, 202 and 133 of them."""
    assert (UNITS, SCALE) == ({"M": 400, "half": 202, "third": 133}, 4)


def test_units_up_to_the_limit_are_summed_exactly():
    """Nodes that all move and are closed there: every sum stays exact where the check passes."""
    units = {"M": 2**60, "half": 1}
    cards = 2**63 - 1
    old = [(f"n{i}", None, "a", "M", str(cards), IN_SERVICE, None) for i in range(5)]
    new = [(f"n{i}", None, "b", "M", "0", IN_SERVICE, None) for i in range(5)]
    counts = [
        pl.DataFrame({MODEL: ["M"], CARDS: pl.Series([sum_], dtype=pl.Int128)})
        for sum_ in (5 * cards, 0)
    ]
    check_units(units, *counts)
    found = sum_changes(find_changes(frame(old), frame(new), units, "ab", OLD_DAY), [PROVINCE])

    total = 5 * cards * 2**60
    assert set(found.select(PROVINCE, "cause", "units").rows()) == {
        ("a", "moved", -total),
        ("b", "moved", total),
        ("b", "closed", -total),
    }
    with pytest.raises(DataError) as refused:
        check_units(units, counts[0], pl.DataFrame({MODEL: ["M"], CARDS: [cards]}))
    assert refused.value.code == "E416"


def test_status_alone_makes_a_change():
    old = [("n", None, "a", "M", "5", "suspended", None)]
    new = [("n", None, "a", "M", "5", IN_SERVICE, None)]
    found = changes(old, new).collect()

    assert found.select("cause", CARDS).rows() == [("put_into_service", 5)]
    assert STATUS not in found.columns


@pytest.mark.parametrize(
    ("status", "cause"), [("suspended", "put_into_service"), (IN_SERVICE, "expanded")]
)
def test_another_model_puts_a_node_into_service_or_expands_it(status, cause):
    """Three cards of another model, at a node with five that stay suspended, or in service."""
    old = [("n", None, "a", "M", "5", status, None)]
    new = [*old, ("n", None, "a", "half", "3", IN_SERVICE, None)]

    assert changes(old, new).collect().select("cause", CARDS).rows() == [(cause, 3)]


def list_causes(old, new):
    found = changes(old, new).collect()
    return sorted(found.select(PROVINCE, MODEL, "cause", CARDS).rows())


def test_one_card_in_service_keeps_a_node_going():
    """The node has one card of M all the time; half comes, and goes again."""
    one = ("n", None, "a", "M", "1", IN_SERVICE, None)
    half = ("n", None, "a", "half", "3", IN_SERVICE, None)

    assert list_causes([one], [one, half]) == [("a", "half", "expanded", 3)]
    assert list_causes([one, half], [one]) == [("a", "half", "shrunk", -3)]


def test_a_node_of_one_card_moves_as_any_other():
    old, new = ([("n", None, place, "M", "1", IN_SERVICE, None)] for place in "ab")

    assert list_causes(old, new) == [("a", "M", "moved", -1), ("b", "M", "moved", 1)]


@pytest.mark.parametrize(
    ("since", "cause"),
    [(None, "new_node"), ("2024-12-31", "discovered"), ("2025-01-01", "new_node")],
)
def test_what_was_in_service_on_the_day_of_the_old_snapshot_is_discovered(since, cause):
    new = [("n", None, "a", "M", "2", IN_SERVICE, since)]

    assert list_causes([], new) == [("a", "M", cause, 2)]


# what a scope added over links

RELEASED = object()
PERIODS = (Period(2024, 2), Period(2025, 1), Period(2025, 2))


def link(number, old_supply, new_supply, points, release=None) -> Link:
    """The first or the second link; what nodes there were is not looked at."""
    return Link(
        before=PERIODS[number],
        now=PERIODS[number + 1],
        config=None,
        release=release,
        snapshots=(),
        old={},
        new={},
        old_supply={place: Fraction(supply) for place, supply in old_supply.items()},
        new_supply={place: Fraction(supply) for place, supply in new_supply.items()},
        points=Fraction(points),
        units={},
        card_hours=Fraction(1),
    )


@pytest.mark.parametrize(
    ("releases", "origin", "expected"),
    [
        ((None, None), None, (176, 19, 20, None)),
        ((RELEASED, None), None, (176, 19, 20, 1)),
        ((None, RELEASED), None, (176, 19, 20, 1)),
        ((None, None), (("a",), 12), (176, 19, 20, -1)),
        ((None, None), (("a", "z"), 13), (176, 19, 17, 1)),
    ],
    ids=["never released", "first", "second", "from a release", "from another scope"],
)
def test_the_parts_of_a_move_add_up_to_what_became_of_its_supply(releases, origin, expected):
    """a 10 → 15, counted anew 16 → 20; with the second link b enters the scope, 20 → 30.

    Points 10 × (15 − 10) + 9 × (50 − 36) = 176, increment 5 + 14 = 19, scope 36 − 16 = 20,
    revision 16 − 15 = 1: from 10 to 50. Released as 12: revision 10 − 12 + 1 = −1, from 12 to 50.
    Released as 13 on a and z: that 10 − 13 is a matter of scope, 20 − 3 = 17.
    """
    scopes = {PERIODS[0]: (("a",), ("a",)), PERIODS[1]: (("a",), ("a", "b"))}
    links = [
        link(0, {"a": 10, "b": 20}, {"a": 15, "b": 20}, 10, releases[0]),
        link(1, {"a": 16, "b": 20}, {"a": 20, "b": 30}, 9, releases[1]),
    ]
    seen = None
    if origin is not None:
        provinces, supply = origin
        now = SupplyLink(Fraction(supply), Fraction(100))
        level = Fraction(1)
        seen = Observation("R", PERIODS[0], "base", provinces, level, None, level, now)

    move = measure_move(lambda link: scopes[link.before], links, seen)

    assert (move.points, move.increment, move.scope, move.revision) == expected
    parts = move.increment + move.scope + (move.revision or 0)
    started = 10 if origin is None else origin[1]
    # what is not a revision is a gap between two links
    assert parts == 50 - started - (1 if move.revision is None else 0)


def test_a_scope_is_as_it_was_seen_else_as_defined_where_there_is_supply():
    """R was seen on b; unseen it is a and z as defined, and of z there was no supply then."""
    index = IndexDefinition("R", "region", "s", "R", "R", ("a", "z"))
    supply = {"a": Fraction(0), "b": Fraction(1)}
    now = SupplyLink(Fraction(1), Fraction(1))
    level = Fraction(1)
    seen = {"R": Observation("R", PERIODS[0], "base", ("b",), level, None, level, now)}

    assert find_scope(index, PERIODS[0], seen, supply) == ("b",)
    assert find_scope(index, PERIODS[0], {}, supply) == ["a"]


def test_a_scope_that_nobody_saw_is_that_of_each_period():
    """R is a, from 2025H1 on a and b; c has no supply in the one, b none in the other."""
    change = ScopeChange(PERIODS[1], ("a", "b"))
    index = IndexDefinition("R", "region", "s", "R", "R", ("a", "c"), (change,))
    one = link(0, {"a": 1}, {"a": 1, "b": 1}, 1)

    assert find_scope(index, PERIODS[0], {}, {"a": Fraction(1), "c": Fraction(1)}) == ["a", "c"]
    assert find_scope(index, PERIODS[1], {}, {"b": Fraction(1)}) == ["b"]
    assert one.find_scopes(index) == (["a"], ["a", "b"])


def test_over_no_link_nothing_moves():
    move = measure_move(lambda _: ((), ()), [])

    assert (move.points, move.increment, move.scope, move.revision) == (0, 0, 0, None)
