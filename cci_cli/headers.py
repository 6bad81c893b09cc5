"""The names of the columns of a file of nodes. Domain: no I/O."""

from collections.abc import Sequence
from typing import Final

from cci_cli.columns import CHINESE_COLUMNS, COLUMN_SPELLINGS, COLUMNS, OPTIONAL_COLUMNS, name_both
from cci_cli.definitions import fold_name, fold_spelling, suggest_name
from cci_cli.errors import ProblemList, quote_value

_CANONICAL: Final = {fold_name(name): name for name in COLUMNS}
_EVERY_NAME: Final = {fold_name(name): name for name in (*COLUMNS, *CHINESE_COLUMNS)}


def find_column(name: str) -> str | None:
    """The column that a raw file means by ``name``; null where it is none."""
    folded = fold_spelling(name)
    return None if folded is None else COLUMN_SPELLINGS.get(folded)


def check_header(
    names: Sequence[str], problems: ProblemList, *, is_raw: bool
) -> tuple[str, ...] | None:
    """The columns that a header names, in the order of the file.

    Args:
        names: the header to the letter.
        problems: every flaw of the header is added.
        is_raw: whether Chinese names and other spellings may stand for the canonical ones.

    Returns:
        null unless every column needed is there once, and no other.
    """
    before = problems.total
    expected = name_both(COLUMNS, CHINESE_COLUMNS) if is_raw else ", ".join(COLUMNS)
    known = _EVERY_NAME if is_raw else _CANONICAL
    found: dict[str, str] = {}
    for name in names:
        column = find_column(name) if is_raw else name if name in COLUMNS else None
        if column is None:
            # what is no header may have any number of names
            hint = suggest_name(name, known) if problems.room("E314") else None
            problems.add("E314", line=1, column=name, value=name, hint=hint, expected=expected)
        elif column in found:
            problems.add("E316", line=1, column=name, hint=_name_both(found[column], name, column))
        else:
            found[column] = name
    for column in COLUMNS:
        if column not in found and column not in OPTIONAL_COLUMNS:
            problems.add("E315", line=1, column=column, expected=expected)
    return tuple(found) if problems.total == before else None


def _name_both(first: str, second: str, column: str) -> str | None:
    if first == second:
        return None
    return f"{quote_value(first)} and {quote_value(second)} both stand for {column}"
