"""The days and half-years that a text names. Domain: no I/O."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from cci_cli.periods import FIRST_YEAR, LAST_YEAR, Period
from cci_cli.proofreading.wordings import Span

_MONTHS: Final = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?",
    "aug(?:ust)?", "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip
_MONTH: Final = rf"(?P<month>{'|'.join(_MONTHS)})\.?"

#: A whole day, then a part of a year, then a year: the first that fits counts.
_FULL: Final = (
    re.compile(r"(?<!\d)(?P<year>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<day>\d{1,2})(?!\d)\s?日?"),
    re.compile(
        r"(?<![\d.])(?P<year>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)"
    ),
    re.compile(
        rf"(?<![a-z\d])(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?"
        rf"{_MONTH},? (?P<year>\d{{4}})(?!\d)"
    ),
    re.compile(rf"(?<![a-z]){_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})(?!\d)"),
)
_PARTS: Final = (
    re.compile(r"(?<!\d)(?P<year>\d{4})\s?年?\s?(?P<h>上半年|下半年|末|底|年末|年底|初|年初|年中)"),
    re.compile(r"(?<!\d)(?P<year>\d{4})年?\s?h(?P<half>[12])(?!\d)"),
    re.compile(r"(?<![a-z])h(?P<half>[12])[- ](?P<year>\d{4})(?!\d)"),
    re.compile(
        r"(?<![a-z])(?P<h>first half|second half|end|year-end|end of"
        r"|close of|beginning of|start of)"
        r"(?: of)?[ -](?P<year>\d{4})(?!\d)"
    ),
    re.compile(rf"(?<![a-z])(?P<end>end[ -](?:of )?)?{_MONTH},? (?P<year>\d{{4}})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月(?P<end>[底末])?"),
)
_NO_YEAR: Final = (
    re.compile(r"(?<!\d)(?P<m>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日"),
    re.compile(rf"(?<![a-z]){_MONTH} (?P<day>\d{{1,2}})(?![\d%.])"),
    re.compile(rf"(?<![\d.])(?P<day>\d{{1,2}}) {_MONTH}(?![a-z])"),
)
_YEAR: Final = re.compile(
    r"(?<![\d.,])(?:19|20|21)\d\d(?=\s?年|\s?[-–—~至]\s?(?:19|20|21)\d\d\s?年)"
    r"|(?<=[(〔\[“\"])(?:19|20|21)\d\d(?=[)〕\]”\"])"
    r"|(?<![a-z])(?:in|of|by|since|from|during|late|early|mid|until|through|for|year|fy)[ -]?"
    r"(?:19|20|21)\d\d(?![\d%,]|\.\d| ?(?:%|points?|pts|cards?|[ep]flops|percent|billion|million))"
)
_FIRST_DAYS: Final = ("初", "年初", "beginning of", "start of")
_LAST_MONTH: Final = 12


@dataclass(frozen=True, slots=True)
class Day(Span):
    """A day, or a part of a year.

    ``period`` is the half-year that it stands for as a day of observation; null for a day within
    one. ``is_whole`` says that day, month and year are written; ``is_day`` that they are one.
    """

    period: Period | None
    is_whole: bool = False
    is_day: bool = True
    month_day: tuple[int, int] | None = None


def find_days(folded: str) -> Iterator[Day]:
    """The days, half-years and years of a folded text; the readings that fit better come first."""
    for pattern in _FULL:
        for match in pattern.finditer(folded):
            yield _read_full(match)
    for pattern in _PARTS:
        for match in pattern.finditer(folded):
            yield Day(*match.span(), _read_part(match))
    for pattern in _NO_YEAR:
        for match in pattern.finditer(folded):
            month, day = _month_of(match), int(match["day"])
            ends = (month, day) in {(6, 30), (12, 31)}
            yield Day(*match.span(), None, month_day=(month, day) if ends else None)
    for match in _YEAR.finditer(folded):
        yield Day(*match.span(), None)


def _read_full(match: re.Match[str]) -> Day:
    try:
        day = date(int(match["year"]), _month_of(match), int(match["day"]))
    except ValueError:
        return Day(*match.span(), None, is_whole=True, is_day=False)
    half = 1 if day.month <= 6 else 2
    period = Period(day.year, half) if FIRST_YEAR <= day.year <= LAST_YEAR else None
    is_last = period is not None and period.as_of == day
    return Day(*match.span(), period if is_last else None, is_whole=True)


def _read_part(match: re.Match[str]) -> Period | None:
    found = match.groupdict()
    year = int(found["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if half := found.get("half"):
        return Period(year, int(half))
    if words := found.get("h"):
        if words in _FIRST_DAYS:
            return Period(year - 1, 2)
        return Period(year, 1 if words in {"上半年", "first half", "年中"} else 2)
    month = _month_of(match)
    if month not in {6, _LAST_MONTH}:
        return None
    return Period(year, month // 6)


def _month_of(match: re.Match[str]) -> int:
    found = match.groupdict()
    if found.get("m"):
        return int(found["m"])
    names = (number for number, name in enumerate(_MONTHS, 1) if re.fullmatch(name, match["month"]))
    return next(names, 0)
