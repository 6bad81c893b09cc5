"""What the settings of cci.toml must be, and how a table of TOML is checked. Domain: no I/O."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from cci_cli.definitions import fold_name, is_visible, suggest_name
from cci_cli.errors import ProblemList, UsageError
from cci_cli.periods import Period, parse_period

#: Settings beyond these are slips of the keyboard.
MAX_NUMBER: Final = 10**9
MAX_PLACES: Final = 9
#: What a number of the config must be beside above 0, in words.
NUMBER_LIMITS: Final = f"below {MAX_NUMBER:,} and with {MAX_PLACES} decimals at most"


class Rule(NamedTuple):
    """What a key must hold: a reader that gives null for what it refuses, and its words."""

    read: Callable[[Any], Any]
    expected: str
    is_optional: bool = False


def _read_text(value: object) -> str | None:
    is_text = isinstance(value, str) and value and value == value.strip()
    return str(value) if is_text and is_visible(str(value)) else None


def _read_number_above(least: int) -> Callable[[object], Decimal | None]:
    def read(value: object) -> Decimal | None:
        # bool is an int to Python, and TOML has nan and inf
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        number = Decimal(value)
        exponent = number.as_tuple().exponent
        is_plain = isinstance(exponent, int) and exponent >= -MAX_PLACES
        return number if is_plain and least < number < MAX_NUMBER else None

    return read


def _read_whole(least: int, most: int) -> Callable[[object], int | None]:
    def read(value: object) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        return value if least <= value <= most else None

    return read


def read_one_of(*choices: str) -> Callable[[object], str | None]:
    """A reader that lets pass one of some texts."""
    return lambda value: value if isinstance(value, str) and value in choices else None


def _read_period(value: object) -> Period | None:
    try:
        return parse_period(value) if isinstance(value, str) else None
    except UsageError:
        return None


def _read_matching(pattern: str) -> Callable[[object], str | None]:
    return lambda value: (
        value if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) else None
    )


def _read_calendar(value: object) -> dict[Period, date] | None:
    if not isinstance(value, dict):
        return None
    days = {}
    for name, day in value.items():
        period = _read_period(name)
        # a time of day would be read as one too
        if period is None or str(period) != name or type(day) is not date:
            return None
        days[period] = day
    return days


TEXT: Final = Rule(_read_text, "a text without space around it or invisible characters")
OPTIONAL_TEXT: Final = Rule(_read_text, TEXT.expected, is_optional=True)
_POSITIVE: Final = Rule(_read_number_above(0), f"a number above 0, {NUMBER_LIMITS}")
_URL: Final = Rule(
    _read_matching(r"https?://[^\s]+"), "an address beginning with https://", is_optional=True
)
PERIOD: Final = Rule(_read_period, "a period such as 2024H2")

_SETTINGS: Final[Mapping[str, Mapping[str, Rule]]] = {
    "methodology": {
        "version": TEXT,
        "title": OPTIONAL_TEXT,
        "title_en": OPTIONAL_TEXT,
        "base_period": PERIOD,
        "base_level": _POSITIVE,
        "standard_card_tflops": _POSITIVE,
        "hours_per_year": Rule(_read_whole(1, 10_000), "a whole number of hours from 1 to 10,000"),
        "decimals": Rule(_read_whole(0, 12), "a whole number from 0 to 12"),
        "rounding": Rule(read_one_of("half_up", "half_even"), "half_up or half_even"),
    },
    "checks": {
        "province_change_pct": _POSITIVE,
        "node_change_factor": Rule(_read_number_above(1), f"a number above 1, {NUMBER_LIMITS}"),
        "node_change_min_cards": Rule(_read_whole(0, 2**63 - 1), "a whole number, 0 or more"),
    },
    "policy": {"hub_increment_share_target": _POSITIVE},
    "publication": {
        "publisher": OPTIONAL_TEXT,
        "publisher_en": OPTIONAL_TEXT,
        "contact_email": Rule(_read_matching(r"[^@\s]+@[^@\s]+"), "an address", is_optional=True),
        "contact_url": _URL,
        "licence": Rule(
            _read_matching(r"[-A-Za-z0-9._]+"), "an identifier such as CC-BY-4.0", is_optional=True
        ),
        "licence_url": _URL,
        "calendar": Rule(
            _read_calendar, "periods with a day each, 2025H2 = 2026-06-30", is_optional=True
        ),
    },
}
#: Sections that may be left out.
_OPTIONAL_SECTIONS: Final = frozenset({"publication"})


def check_table(
    table: Mapping[str, Any],
    rules: Mapping[str, Rule],
    path: str,
    problems: ProblemList,
    others: Sequence[str] = (),
) -> dict[str, Any]:
    """The values of a table by key, null for one that is refused or absent.

    An unknown key is a problem: a misspelt one would otherwise be without effect. ``others``
    are keys that the caller reads.
    """
    known = {fold_name(name): name for name in (*rules, *others)}
    for key in table:
        if key not in known.values():
            hint = suggest_name(key, known)
            problems.add("E205", column=f"{path}{key}", value=key, hint=hint)
    values: dict[str, Any] = {}
    for key, rule in rules.items():
        values[key] = rule.read(table[key]) if key in table else None
        if key not in table and not rule.is_optional:
            problems.add("E206", column=f"{path}{key}", expected=rule.expected)
        elif key in table and values[key] is None:
            found = str(table[key])
            problems.add("E207", column=f"{path}{key}", value=found, expected=rule.expected)
    return values


def check_settings(document: Mapping[str, Any], problems: ProblemList) -> dict[str, dict[str, Any]]:
    """The values of cci.toml by section and key, without a section that is refused or absent."""
    if problems.total:
        return {}
    settings: dict[str, dict[str, Any]] = {}

    def read_section(value: object) -> dict[str, Any] | None:
        return value if isinstance(value, dict) else None

    sections = {
        name: Rule(read_section, "a table", is_optional=name in _OPTIONAL_SECTIONS)
        for name in _SETTINGS
    }
    tables = check_table(document, sections, "", problems)
    for section, rules in _SETTINGS.items():
        if tables[section] is not None:
            settings[section] = check_table(tables[section], rules, f"{section}.", problems)
    return settings
