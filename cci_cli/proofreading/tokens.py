"""Numbers as they are written: figures with their units, and what is none. Domain: no I/O."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from cci_cli.proofreading.lexicon import BOUND_AFTER, BOUND_BEFORE, Bound, Unit
from cci_cli.proofreading.wordings import Span
from cci_cli.rounding import RoundingMode, round_exact

#: How far before a number its bound is looked for.
NEAR: Final = 20

_TEN: Final = 10

_LIMITS: Final[Mapping[Bound, Callable[[Fraction, Fraction], bool]]] = {
    "over": operator.gt,
    "under": operator.lt,
    "at_least": operator.ge,
    "at_most": operator.le,
}


@dataclass(frozen=True, slots=True)
class Figure(Span):
    """A number with its unit.

    ``value`` is in the unit itself, cards and not 万张; ``step`` is one in the last digit written,
    ``slack`` what a figure of speech such as one half may be off.
    """

    unit: Unit
    value: Fraction
    step: Fraction
    bound: Bound = "exact"
    slack: Fraction = Fraction(0)
    is_product: bool = False

    def is_borne_out(self, actual: Fraction, mode: RoundingMode) -> bool:
        """Whether an exact value is what is written, in the digits that are written."""
        if self.bound in _LIMITS:
            return _LIMITS[self.bound](actual, self.value)
        if self.bound == "and_more":
            return self.value <= actual < self.value + self._coarse_step
        if self.bound in {"near", "about"}:
            is_side = self.bound == "about" or actual < self.value
            return is_side and self._rounds_to(actual, mode)
        return abs(actual - self.value) <= self.slack or self._is_rounded(actual, self.step, mode)

    @property
    def _coarse_step(self) -> Fraction:
        """One in the last digit that is no zero; that of 40 is ten."""
        step = self.step
        while self.value and (self.value / step / _TEN).denominator == 1:
            step *= _TEN
        return step

    def _rounds_to(self, actual: Fraction, mode: RoundingMode) -> bool:
        """As written, or in round numbers that are no more than a twentieth off."""
        off = abs(actual - self.value)
        if off <= self.slack or self._is_rounded(actual, self.step, mode):
            return True
        is_close = self.step >= 1 and off * 20 <= abs(self.value)
        return is_close and self._is_rounded(actual, self._coarse_step, mode)

    def _is_rounded(self, actual: Fraction, step: Fraction, mode: RoundingMode) -> bool:
        return Fraction(round_exact(actual / step, 0, mode)) == self.value / step


@dataclass(frozen=True, slots=True)
class Mark(Span):
    """A number that is no figure: it numbers, names or ranks something."""


@dataclass(frozen=True, slots=True)
class Unread(Span):
    """A number in a way of writing that is not read here."""


def find_bound(folded: str, start: int, end: int) -> Bound:
    """What a number is said to be by the words right before or behind it: over, about."""
    before = BOUND_BEFORE.search(folded[max(start - NEAR, 0) : start])
    after = BOUND_AFTER.match(folded, end)
    for match in (before, after):
        if match:
            name: Bound = match.lastgroup  # type: ignore[assignment]
            return name
    return "exact"


def unit_of(match: re.Match[str] | None) -> Unit:
    """The unit that a match of ``lexicon.UNIT`` is; none for null."""
    if match is None:
        return "none"
    name: Unit = match.lastgroup  # type: ignore[assignment]
    return name


def parse_decimal(text: str) -> Fraction:
    """A number in digits, exactly; commas between thousands are left out."""
    whole, _, rest = text.replace(",", "").partition(".")
    return Fraction(int(whole + rest), _TEN ** len(rest))
