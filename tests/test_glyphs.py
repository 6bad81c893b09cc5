"""Figures drawn in characters."""

from fractions import Fraction

from cci_cli.glyphs import draw_bars, draw_spark


def numbers(*values):
    return [None if value is None else Fraction(value) for value in values]


def test_a_spark_runs_from_the_least_to_the_greatest():
    """Seven steps between 0 and 14, so 2 a step."""
    assert draw_spark(numbers(0, 2, 4, 6, 8, 10, 12, 14)) == "▁▂▃▄▅▆▇█"
    assert draw_spark(numbers(-5, 5)) == "▁█"


def test_a_series_that_does_not_move_is_flat():
    assert draw_spark(numbers(7, 7, 7)) == "▄▄▄"
    assert draw_spark(numbers(0)) == "▄"


def test_a_gap_is_a_blank_and_not_a_zero():
    assert draw_spark(numbers(None, 1, None, 2)) == " ▁ █"
    assert draw_spark(numbers(None, None)) == ""


def test_bars_are_in_proportion_to_the_largest():
    """8 cells of 8 eighths for 16: 4 an eighth for each unit."""
    assert draw_bars(numbers(16, 8, 3, 1)) == ["████████", "████", "█▌", "▌"]


def test_a_fall_is_drawn_otherwise_and_measured_alike():
    assert draw_bars(numbers(-16, 8)) == ["░░░░░░░░", "████"]


def test_what_is_too_small_to_draw_is_not_nothing():
    assert draw_bars(numbers(10**6, 1, -1)) == ["████████", "▏", "░"]


def test_nothing_has_no_bar():
    assert draw_bars(numbers(None, 0)) == ["", ""]
    assert draw_bars([]) == []
