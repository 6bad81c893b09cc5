"""What options may be, for callers whose options no parser has read. Domain: no I/O."""

from collections.abc import Sequence
from typing import Any, get_args

from cci_cli.errors import UsageError


def check_choice(
    option: str,
    value: str | None,
    choices: Any,  # noqa: ANN401 - a Literal
    *,
    is_optional: bool = False,
) -> None:
    """Refuse a value that is none of the ``Literal``; null is let pass where ``is_optional``.

    Raises:
        UsageError: E114.
    """
    known = get_args(choices)
    if value not in known and not (value is None and is_optional):
        raise UsageError("E114", value=value, option=option, choices=_join(known))


def _join(choices: Sequence[str]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def check_count(option: str, value: int) -> None:
    """Refuse a number of rows below 0.

    Raises:
        UsageError: E114.
    """
    if value < 0:
        raise UsageError("E114", value=value, option=option, choices="0 or more")
