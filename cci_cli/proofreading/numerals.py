"""Every number of a text: figures, days, and what is neither. Domain: no I/O.

A number is taken once, by the first reading that fits; none is passed over in silence.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from cci_cli.proofreading.days import Day, find_days
from cci_cli.proofreading.lexicon import SCALE, SCALES, UNIT, Bound, Unit
from cci_cli.proofreading.spoken import find_spoken
from cci_cli.proofreading.tokens import (
    NEAR,
    Figure,
    Mark,
    Unread,
    find_bound,
    parse_decimal,
    unit_of,
)

#: A number of more digits is no figure of anything here.
MOST_DIGITS: Final = 30
_TEN: Final = 10

_DIGITS: Final = re.compile(r"\d+")
_NUMBER: Final = re.compile(
    r"(?P<sign>(?<![a-z\d%)\]])[-+])?(?P<digits>\d{1,3}(?:,\d{3})+(?![\d])|\d+)(?P<rest>\.\d+)?"
)
_EXPONENT: Final = re.compile(r"(?:e[-+]?\d|\s?×\s?10\^)")
_OTHER_DIGIT: Final = re.compile(r"[^\W\da-z_]|[½⅓⅔¼¾⅕⅖⅗⅘⅙⅛⅜⅝⅞]")

#: Before a number: it numbers something, or is a rank.
_MARK_BEFORE: Final = re.compile(
    r"(?:[图表式§第前№]|附[件表录图]|注释?|脚注|排名|版本|(?<![a-z])(?:figures?|fig\.?|tables?|tab\.?"
    r"|sections?|chapters?|annex|appendix|notes?|footnotes?|pages?|p\.|no\.|top|version|equation"
    r"|part|step|box|chart))\s?[-(]?$"
)
_MARK_AFTER: Final = re.compile(
    r"\s?(?:月份?|号|页|章|节|条|款|期(?!间)|版|天|日|个月|年|nd(?![a-z])|rd(?![a-z])|th(?![a-z])"
    r"|st(?![a-z])|days?(?![a-z])|months?(?![a-z])|years?(?![a-z])|:\d\d)"
)
_LINE_MARK: Final = re.compile(
    r"[ \t]*(?:#{1,6}\s*|[-+>]\s+)*[(〔\[]?(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})"
    r"(?:[.)、〕\]:](?!\d)\s*|\s+(?=[^\W\da-z]|[a-z]{4}))"
)
_UNIT_LIKE: Final = re.compile(
    r"\s*(?:[个大张亿万倍点位卡省家]|percent|points?|eflops|pflops|billion|million)"
)
_NAME_AROUND: Final = re.compile(r"[a-z][-_.]?$")
_NAME_AFTER: Final = re.compile(r"[a-z]")
_PRODUCT: Final = re.compile(r"\s{0,8}[×*x]\s{0,8}(?P<other>\d{1,4})(?![\d.])")
#: The base level before the quotient of a formula.
_FACTOR: Final = re.compile(r"\s{0,8}×\s{0,8}(?=\D|$)")
_HOURS_OR_DAYS: Final = frozenset({24, 365})


Numeral = Figure | Day | Mark | Unread


def find_numerals(folded: str, names: Mapping[int, int]) -> list[Numeral]:
    """Every number of a folded text, in order.

    Args:
        folded: the text.
        names: where the names of areas begin and end: a digit in one is no number.
    """
    found: dict[int, Numeral] = {}
    taken = bytearray(len(folded) + 1)

    def take(numerals: Iterator[Numeral]) -> None:
        for numeral in numerals:
            if not any(taken[numeral.start : numeral.end]):
                found[numeral.start] = numeral
                taken[numeral.start : numeral.end] = b"\1" * (numeral.end - numeral.start)

    for start, end in names.items():
        take(Mark(*match.span()) for match in _DIGITS.finditer(folded, start, end))
    take(_find_line_marks(folded))
    take(iter(find_days(folded)))
    take(find_spoken(folded))
    take(_find_written(folded))
    return [found[start] for start in sorted(found)]


def _find_line_marks(folded: str) -> Iterator[Mark]:
    for match in re.finditer(r"^.*$", folded, re.MULTILINE):
        mark = _LINE_MARK.match(folded, match.start(), match.end())
        if mark and not _UNIT_LIKE.match(folded, mark.end("number")):
            yield Mark(*mark.span("number"))


def _find_written(folded: str) -> Iterator[Numeral]:
    for match in _NUMBER.finditer(folded):
        yield _read_number(folded, match)
    for match in _OTHER_DIGIT.finditer(folded):
        # vulgar fractions; figures of lists such as ① number things
        if match[0] in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅛⅜⅝⅞":
            yield Unread(*match.span())


def _read_number(folded: str, match: re.Match[str]) -> Numeral:
    start, end = match.span()
    digits = match["digits"] + (match["rest"] or "")
    if not digits.isascii() or len(digits) > MOST_DIGITS or _EXPONENT.match(folded, end):
        return Unread(start, end)
    unit = _find_unit(folded, end)
    if _is_mark(folded, match, unit):
        return Mark(start, end)
    if product := _PRODUCT.match(folded, end):
        return _read_product(match, product)
    if unit is None and _FACTOR.match(folded, end):
        return Figure(start, end, "points", parse_decimal(digits), Fraction(1), is_product=True)
    if unit is None and _NAME_AFTER.match(folded, end) and not SCALE.match(folded, end):
        return Mark(start, end) if len(digits) <= 2 else Unread(start, end)
    return _read_figure(folded, match, unit)


def _find_unit(folded: str, end: int) -> re.Match[str] | None:
    """The unit behind a number, with at most a space between."""
    unit = UNIT.match(folded, end)
    if unit is None and folded[end : end + 1].isspace():
        unit = UNIT.match(folded, end + 1)
    return unit


def _is_mark(folded: str, match: re.Match[str], unit: re.Match[str] | None) -> bool:
    """Whether a number is part of a name, numbers something or is a day."""
    start, end = match.span()
    before = folded[max(start - NEAR, 0) : start]
    is_measured = unit is not None and unit_of(unit) not in {"times", "places"}
    if _NAME_AROUND.search(before):
        return not is_measured
    if match["rest"]:
        return False
    if _MARK_BEFORE.search(before):
        return unit_of(unit) not in {"percent", "pp"}
    return unit is None and bool(_MARK_AFTER.match(folded, end))


def _read_product(match: re.Match[str], product: re.Match[str]) -> Numeral:
    """24 × 365, the hours of a year, and 7 × 24, which is a manner of speaking."""
    factors = (parse_decimal(match["digits"]), Fraction(product["other"]))
    value = factors[0] * factors[1]
    if value == 7 * 24:
        return Mark(match.start(), product.end())
    unit: Unit = "hours" if _HOURS_OR_DAYS & set(factors) else "other"
    return Figure(match.start(), product.end(), unit, value, Fraction(1), is_product=True)


def _read_figure(folded: str, match: re.Match[str], unit: re.Match[str] | None) -> Figure:
    scale_match = unit or SCALE.match(folded, match.end())
    scale = scale_match["scale"] if scale_match else None
    factor = SCALES[scale.strip()] if scale else 1
    rest = match["rest"] or ""
    value = parse_decimal(match["digits"] + rest) * factor
    if match["sign"] == "-":
        value = -value
    end = scale_match.end() if scale_match else match.end()
    name = unit_of(unit) if unit else "other" if _has_noun(folded, end) else "none"
    step = Fraction(factor, _TEN ** max(len(rest) - 1, 0))
    bound: Bound = "and_more" if scale_match and scale_match["more"] else "exact"
    found = find_bound(folded, match.start(), end)
    return Figure(
        match.start(), end, name, value, step,
        bound if found == "exact" else found,
    )  # fmt: skip


def _has_noun(folded: str, end: int) -> bool:
    """Whether a word follows a number at once: what it counts is nothing measured here."""
    return bool(re.match(r"[^\W\d_、和与及至到的]", folded[end : end + 1]))
