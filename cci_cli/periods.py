"""Half-years and the revisions of their snapshots. Imports only errors."""

import re
from dataclasses import dataclass
from datetime import date

from cci_cli.errors import UsageError

#: What lies outside is a slip of the keyboard, not a survey of computing power.
FIRST_YEAR, LAST_YEAR = 1990, 2199

_PERIOD = re.compile(r"([0-9]{4})[Hh]([12])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REVISION = re.compile(r"r([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A half-year, observed on its last day: ``2025H1`` is as of 2025-06-30."""

    year: int
    half: int

    def __str__(self) -> str:
        return f"{self.year:04d}H{self.half}"

    @property
    def as_of(self) -> date:
        """Last day of the half-year."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def previous(self) -> "Period":
        """The half-year before."""
        return Period(self.year, 1) if self.half == 2 else Period(self.year - 1, 2)

    @property
    def next(self) -> "Period":
        """The half-year after."""
        return Period(self.year, 2) if self.half == 1 else Period(self.year + 1, 1)


@dataclass(frozen=True, slots=True)
class PeriodRef:
    """A period and, where one was asked for, a revision of its snapshot."""

    period: Period
    revision: int | None = None

    def __str__(self) -> str:
        return str(self.period) if self.revision is None else f"{self.period}@r{self.revision}"


def parse_date(text: str) -> date | None:
    """The calendar day that ``2025-06-30`` names; null for anything else."""
    # fromisoformat alone would also take 2025-W26-1 and 20250630
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_period(text: str) -> Period:
    """The half-year that ``2025H1`` or any date within it, ``2025-06-30``, names.

    Raises:
        UsageError: E101, neither of the two.
    """
    if match := _PERIOD.fullmatch(text):
        year, half = int(match[1]), int(match[2])
    else:
        day = parse_date(text)
        if day is None:
            raise UsageError("E101", value=text)
        year, half = day.year, 1 if day.month <= 6 else 2
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UsageError("E101", value=text)
    return Period(year, half)


def parse_ref(text: str) -> PeriodRef:
    """The period and revision that ``2025H1@r2`` or ``2025H1`` names.

    Raises:
        UsageError: E101 or E102, not of that form.
    """
    period_text, at, revision_text = text.partition("@")
    period = parse_period(period_text)
    if not at:
        return PeriodRef(period)
    match = _REVISION.fullmatch(revision_text)
    if match is None:
        raise UsageError("E102", value=text)
    return PeriodRef(period, int(match[1]))


def periods_between(first: Period, last: Period) -> list[Period]:
    """All half-years from ``first`` to ``last``, both included; empty if ``last`` is earlier."""
    found: list[Period] = []
    while first <= last:
        found.append(first)
        first = first.next
    return found
