"""Half-years, the dates in them, and revisions."""

from datetime import date

import pytest

from cci_cli.errors import UsageError
from cci_cli.periods import Period, PeriodRef, parse_period, parse_ref, periods_between


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2025H1", Period(2025, 1)),
        ("2025h2", Period(2025, 2)),
        ("2025-01-01", Period(2025, 1)),
        ("2025-06-30", Period(2025, 1)),
        ("2025-07-01", Period(2025, 2)),
        ("2024-12-31", Period(2024, 2)),
        ("1990H1", Period(1990, 1)),
        ("2199H2", Period(2199, 2)),
    ],
)
def test_a_half_year_or_a_date_in_it_names_a_period(text, period):
    assert parse_period(text) == period


@pytest.mark.parametrize(
    "text",
    [
        *("", "2025", "2025H3", "2025H0", "25H1", "2025 H1", "2025H1 ", "２０２５H1", "2025Q1"),
        *("2025-02-30", "2025-6-1", "20250630", "2025-W26-1", "1989H2", "2200H1", "0001H1"),
    ],
)
def test_anything_else_is_no_period(text):
    with pytest.raises(UsageError) as raised:
        parse_period(text)

    assert (raised.value.code, raised.value.exit_code) == ("E101", 2)
    assert f"`{text}`" in str(raised.value)


def test_a_period_is_observed_on_its_last_day():
    assert Period(2025, 1).as_of == date(2025, 6, 30)
    assert Period(2025, 2).as_of == date(2025, 12, 31)


def test_periods_follow_each_other():
    assert Period(2024, 2).next == Period(2025, 1)
    assert Period(2025, 1).previous == Period(2024, 2)
    assert Period(2024, 2).next.previous == Period(2024, 2)
    assert Period(2024, 2).previous == Period(2024, 1)
    assert Period(2024, 1).next == Period(2024, 2)
    assert list(map(str, periods_between(Period(2024, 2), Period(2026, 1)))) == [
        *("2024H2", "2025H1", "2025H2", "2026H1"),
    ]
    assert periods_between(Period(2025, 1), Period(2024, 2)) == []


@pytest.mark.parametrize("text", ["2025H1", "2025H1@r1", "2025H1@r12"])
def test_a_reference_is_written_as_it_is_read(text):
    assert str(parse_ref(text)) == text


def test_a_reference_without_a_revision_leaves_it_open():
    assert parse_ref("2025-03-01") == PeriodRef(Period(2025, 1), None)


@pytest.mark.parametrize("text", ["2025H1@", "2025H1@1", "2025H1@r0", "2025H1@r01", "2025H1@R1"])
def test_what_is_no_revision_is_refused(text):
    with pytest.raises(UsageError) as raised:
        parse_ref(text)

    assert raised.value.code == "E102"
    assert f"`{text}`" in str(raised.value)
