"""Figures in words: 百分之…, 七成, 四分之三, one half, 八大枢纽. Domain: no I/O."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from cci_cli.proofreading.lexicon import UNIT, Unit
from cci_cli.proofreading.tokens import Figure, find_bound, parse_decimal, unit_of

_HUNDRED: Final = 100
_TEN: Final = 10

_CHINESE: Final = "零〇一二两三四五六七八九十百点"
_PER_HUNDRED: Final = re.compile(
    rf"(?P<sign>负)?百分之(?P<number>[{_CHINESE}]{{1,12}}|\d[\d.]{{0,12}})"
)
_TENTHS: Final = re.compile(
    r"(?P<tens>[一二两三四五六七八九\d])成(?P<ones>[一二三四五六七八九](?![大个])|半)?"
    r"(?![渝为果效立本长就都熟功分员品型])"
)
_FRACTION: Final = re.compile(
    r"(?P<whole>[二三四五六七八九十])分之(?P<part>[一二两三四五六七八九])"
    r"|(?<![\d/.])(?P<above>\d)/(?P<below>\d{1,2})(?![\d/.])"
    r"|(?P<half>(?<!上)(?<!下)(?<!第)一半|半数|过半|近半"
    r"|(?<![a-z-])half(?! of 20)(?![- ]?year)(?![a-z]))"
    r"|(?<![a-z])(?P<words>(?:a|one|two|three)[ -](?:thirds?|quarters?|fifths?))(?![a-z])"
)
_OF_WHOLE: Final = re.compile(r"全国(?:的|总量的?|供算量的?)?$")
_COUNT: Final = re.compile(
    r"(?<![第其百十分点月])(?P<number>[二两三四五六七八九十]{1,3}|十[一二三四五六七八九]?)(?=[个大省])"
    r"|(?<![a-z])(?P<word>(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|seventeen|thirty-one|thirty))(?= )"
)
_COUNT_UNITS: Final = frozenset({"provinces", "regions", "hubs", "indices"})
_WORD_VALUES: Final[Mapping[str, int]] = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "thirty": 30, "thirty-one": 31, "a": 1, "one": 1,
    "third": 3, "quarter": 4, "fifth": 5,
}  # fmt: skip


def find_spoken(folded: str) -> Iterator[Figure]:
    """The figures in words of a folded text."""
    for match in _PER_HUNDRED.finditer(folded):
        number = match["number"].strip(".")
        value = parse_chinese(number) if number[0] in _CHINESE else parse_decimal(number)
        if value is not None:
            places = len(number.replace(".", "点").partition("点")[2])
            value = -value if match["sign"] else value
            yield _bound(folded, match, "percent", value, Fraction(1, _TEN**places))
    for match in _TENTHS.finditer(folded):
        tens = parse_chinese(match["tens"]) or Fraction(int(match["tens"]))
        ones = match["ones"]
        more = Fraction(5) if ones == "半" else parse_chinese(ones or "零") or Fraction(0)
        step = Fraction(1 if ones else _TEN)
        yield _bound(folded, match, "percent", _TEN * tens + more, step)
    for match in _FRACTION.finditer(folded):
        yield _bound(folded, match, "percent", *_read_fraction(match), slack=Fraction(5, 2))
    for match in _COUNT.finditer(folded):
        unit = UNIT.match(folded, match.end()) or UNIT.match(folded, match.end() + 1)
        name: Unit = unit_of(unit)
        if unit and name in _COUNT_UNITS:
            word = match["word"]
            count = Fraction(_WORD_VALUES[word]) if word else parse_chinese(match["number"])
            if count is not None:
                yield _bound(folded, match, name, count, Fraction(1))


def _read_fraction(match: re.Match[str]) -> tuple[Fraction, Fraction]:
    """The value in per cent, and a step so small that the slack alone decides."""
    if match["half"]:
        value = Fraction(1, 2)
    elif match["whole"]:
        part, whole = parse_chinese(match["part"]), parse_chinese(match["whole"])
        value = (part or Fraction(0)) / (whole or 1)
    elif match["words"]:
        above, below = re.split("[ -]", match["words"])
        value = Fraction(_WORD_VALUES[above], _WORD_VALUES[below.rstrip("s")])
    else:
        value = Fraction(int(match["above"]), int(match["below"]) or 1)
    return _HUNDRED * value, _HUNDRED * value / 10**6 or Fraction(1)


def parse_chinese(text: str) -> Fraction | None:
    """A number below a thousand in Chinese numerals, 二十九点五二; null for none."""
    whole, point, decimals = text.partition("点")
    digits = {char: value % _TEN for value, char in enumerate("零一二三四五六七八九")}
    digits |= {"〇": 0, "两": 2}
    total, current = 0, 0
    for char in whole:
        if char in digits:
            current = digits[char]
        else:
            total += (current or 1) * (_TEN if char == "十" else _HUNDRED)
            current = 0
    if (point and not decimals) or any(char not in digits for char in decimals) or not whole:
        return None
    part = "".join(str(digits[char]) for char in decimals)
    return Fraction(total + current) + (Fraction(int(part), _TEN ** len(part)) if part else 0)


def _bound(
    folded: str,
    match: re.Match[str],
    unit: Unit,
    value: Fraction,
    step: Fraction,
    slack: Fraction = Fraction(0),
) -> Figure:
    start, end = match.span()
    # 超过全国的一半
    whole = _OF_WHOLE.search(folded[max(start - 8, 0) : start])
    bound = find_bound(folded, start - len(whole[0]) if whole else start, end)
    if match[0].startswith(("过", "近")):
        bound = "over" if match[0][0] == "过" else "near"
    return Figure(start, end, unit, value, step, bound, slack)
