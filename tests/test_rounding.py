"""The last step from exact values to printed digits."""

from __future__ import annotations

from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    Inexact,
    localcontext,
)
from fractions import Fraction

import pytest
from conftest import examples
from hypothesis import given
from hypothesis import strategies as st

from cci_cli.rounding import fraction_text, round_exact

ORACLE_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}

in_both_modes = pytest.mark.parametrize("mode", ["half_up", "half_even"])
law = examples(100)

FRACTIONS = st.fractions()
FINITE_DECIMALS = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places, Context(prec=100)),
    st.integers(-(10**40), 10**40),
    st.integers(0, 12),
)


@pytest.mark.parametrize(
    ("value", "half_up", "half_even"),
    [
        ("0.005", "0.01", "0.00"),
        ("0.015", "0.02", "0.02"),
        ("0.125", "0.13", "0.12"),
        ("0.135", "0.14", "0.14"),
        ("-0.125", "-0.13", "-0.12"),
        ("-0.135", "-0.14", "-0.14"),
        ("500.125", "500.13", "500.12"),
        ("999.995", "1000.00", "1000.00"),
        ("1000.005", "1000.01", "1000.00"),
        ("-999.995", "-1000.00", "-1000.00"),
    ],
)
def test_a_tie_goes_by_the_mode(value, half_up, half_even):
    assert str(round_exact(Fraction(value), 2, "half_up")) == half_up
    assert str(round_exact(Fraction(value), 2, "half_even")) == half_even


def test_half_up_is_the_default():
    assert str(round_exact(Fraction("0.125"), 2)) == "0.13"


@in_both_modes
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1088.0749999999999999999999", "1088.07"),
        ("1088.0750000000000000000001", "1088.08"),
        ("-0.1249999999999999999999", "-0.12"),
        ("-0.1250000000000000000001", "-0.13"),
        ("1/3", "0.33"),
        ("2/3", "0.67"),
        ("-2/3", "-0.67"),
        ("1000", "1000.00"),
        ("0.004", "0.00"),
        ("0.996", "1.00"),
    ],
)
def test_what_is_no_tie_goes_to_the_nearest_in_both_modes(value, expected, mode):
    assert str(round_exact(Fraction(value), 2, mode)) == expected


def test_a_tie_that_binary_floats_would_miss_is_seen():
    """2.675 as a binary float is 2.67499999999999982236431605997495353221893310546875."""
    assert str(round_exact(Fraction("2.675"), 2)) == "2.68"
    assert str(round_exact(Fraction(2.675), 2)) == "2.67"


@in_both_modes
@pytest.mark.parametrize("value", ["0", "-0.004", "-1/1000000000000000000000"])
def test_zero_has_no_sign(value, mode):
    assert str(round_exact(Fraction(value), 2, mode)) == "0.00"
    assert str(round_exact(Fraction(value), 0, mode)) == "0"


def test_a_negative_tie_that_becomes_zero_has_no_sign():
    assert str(round_exact(Fraction("-0.005"), 2, "half_even")) == "0.00"
    assert str(round_exact(Fraction("-0.005"), 2, "half_up")) == "-0.01"


@pytest.mark.parametrize(
    ("value", "half_up", "half_even"),
    [
        ("0.5", "1", "0"),
        ("1.5", "2", "2"),
        ("2.5", "3", "2"),
        ("-0.5", "-1", "0"),
        ("-2.5", "-3", "-2"),
        ("1234.4", "1234", "1234"),
    ],
)
def test_no_decimals_give_a_whole_number_without_a_point(value, half_up, half_even):
    assert str(round_exact(Fraction(value), 0, "half_up")) == half_up
    assert str(round_exact(Fraction(value), 0, "half_even")) == half_even


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("0.00005", 4, "0.0001"),
        ("0.07", 1, "0.1"),
        ("7", 12, "7.000000000000"),
        ("1/3", 12, "0.333333333333"),
        ("0.0000000000005", 12, "0.000000000001"),
    ],
)
def test_there_are_as_many_places_as_asked_for(value, decimals, expected):
    assert f"{round_exact(Fraction(value), decimals):f}" == expected


@in_both_modes
def test_a_number_longer_than_the_context_of_decimal_keeps_all_digits(mode):
    """The default context keeps 28 digits; this number has 41 before the point."""
    value = Fraction("12345678901234567890123456789012345678901.235")

    with localcontext() as context:
        context.prec = 5
        context.traps[Inexact] = True
        actual = round_exact(value, 2, mode)

    assert f"{actual:f}" == "12345678901234567890123456789012345678901.24"


@in_both_modes
@law
@given(value=FINITE_DECIMALS, decimals=st.integers(0, 10))
def test_finite_decimals_round_as_decimal_rounds_them(mode, value, decimals):
    exponent = Decimal(1).scaleb(-decimals)
    quantized = value.quantize(exponent, ORACLE_MODES[mode], context=Context(prec=100))
    expected = quantized or Decimal(0).scaleb(-decimals)

    assert f"{round_exact(Fraction(value), decimals, mode):f}" == f"{expected:f}"


@in_both_modes
@law
@given(units=st.integers(-(10**6), 10**6), decimals=st.integers(0, 6))
def test_ties_round_as_decimal_rounds_them(mode, units, decimals):
    value = Decimal(f"{units}.5").scaleb(-decimals)
    quantized = value.quantize(Decimal(1).scaleb(-decimals), ORACLE_MODES[mode])
    expected = quantized or Decimal(0).scaleb(-decimals)

    assert f"{round_exact(Fraction(value), decimals, mode):f}" == f"{expected:f}"


@in_both_modes
@law
@given(value=FRACTIONS, decimals=st.integers(0, 6))
def test_the_error_is_half_a_unit_at_most(mode, value, decimals):
    error = abs(Fraction(round_exact(value, decimals, mode)) - value)

    assert 2 * error * 10**decimals <= 1


@in_both_modes
@law
@given(value=FRACTIONS, decimals=st.integers(0, 6))
def test_sign_does_not_change_the_digits(mode, value, decimals):
    assert round_exact(-value, decimals, mode) == -round_exact(value, decimals, mode)


@in_both_modes
@law
@given(old=FRACTIONS, new=FRACTIONS)
def test_a_larger_value_is_never_printed_smaller(mode, old, new):
    low, high = sorted((old, new))

    assert round_exact(low, 2, mode) <= round_exact(high, 2, mode)


@in_both_modes
@law
@given(value=FRACTIONS, decimals=st.integers(0, 6))
def test_rounding_what_is_rounded_changes_nothing(mode, value, decimals):
    once = round_exact(value, decimals, mode)

    assert str(round_exact(Fraction(once), decimals, mode)) == str(once)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1000), "1000/1"),
        (Fraction(0), "0/1"),
        (Fraction(2000, 6), "1000/3"),
        (Fraction(-7, 21), "-1/3"),
        (Fraction(10**30, 3), "1000000000000000000000000000000/3"),
    ],
)
def test_an_exact_value_is_in_lowest_terms(value, expected):
    assert fraction_text(value) == expected


@law
@given(value=FRACTIONS)
def test_an_exact_value_is_read_back_as_it_was(value):
    numerator, denominator = fraction_text(value).split("/")

    assert Fraction(int(numerator), int(denominator)) == value
