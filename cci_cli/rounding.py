"""The one place where an exact value becomes printed digits. Imports nothing of the package."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

RoundingMode = Literal["half_up", "half_even"]


def round_exact(value: Fraction, decimals: int, mode: RoundingMode = "half_up") -> Decimal:
    """The nearest decimal with ``decimals`` places.

    A tie goes away from zero under ``half_up`` (四舍五入) and to the even last digit under
    ``half_even``. Zero has no sign.

    Source: methodology of 24 December 2025, section 五（一）: two decimals.
    """
    scaled = abs(value) * 10**decimals
    units, rest = divmod(scaled.numerator, scaled.denominator)
    doubled = 2 * rest
    is_tie = doubled == scaled.denominator
    if doubled > scaled.denominator or (is_tie and (mode == "half_up" or units % 2 == 1)):
        units += 1
    if value < 0:
        units = -units
    # a string, not scaleb: the context of decimal would round a long number
    return Decimal(f"{units}E-{decimals}")


def fraction_text(value: Fraction) -> str:
    """An exact value as ``p/q`` in lowest terms; a whole number has q = 1."""
    return f"{value.numerator}/{value.denominator}"
