"""How a raw file was read: its encoding, and what of it was normalised. Domain: no I/O."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from cci_cli.errors import count_noun, quote_value

UTF_8: Final = "UTF-8"


@dataclass(frozen=True, slots=True)
class Normalisation:
    """Values of one column that were put into another form.

    ``old`` and ``new`` are the first of them, to the letter; ``new`` is null where there was
    nothing but space. ``rows`` counts them, ``line`` is the first one's. ``spellings`` is the
    number of different values; null where all that changed is the space around them.
    ``is_rest`` marks what stands for all the spellings too many to be told one by one.
    """

    column: str
    old: str
    new: str | None
    rows: int
    line: int
    spellings: int | None = 1
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What lies between the bytes of a raw file and the rows that were checked.

    ``encoding`` is what the file was read as; ``columns`` are the columns that the file names
    otherwise, as (name in the file, column).
    """

    encoding: str = UTF_8
    columns: tuple[tuple[str, str], ...] = ()
    values: tuple[Normalisation, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the file had the form of a snapshot already."""
        return self == Reading()

    def records(self) -> list[dict[str, Any]]:
        """Everything normalised, for JSON; ``column`` is null for a name in the header."""
        names = [
            {"column": None, "from": name, "to": column, "rows": None}
            for name, column in self.columns
        ]
        values = [
            {
                "column": item.column,
                "from": None if item.is_rest else item.old,
                "to": None if item.is_rest else item.new,
                "rows": item.rows,
                "first_line": item.line,
                "spellings": item.spellings,
            }
            for item in self.values
        ]
        return names + values

    def lines(self) -> Iterable[str]:
        """Everything normalised, for people."""
        if self.encoding != UTF_8:
            yield f"read as {self.encoding}"
        if self.columns:
            pairs = (f"{_show(name)} → {column}" for name, column in self.columns)
            yield f"columns {', '.join(pairs)}"
        for item in self.values:
            yield _line(item)


def _line(item: Normalisation) -> str:
    rows = count_noun(item.rows, "row")
    if item.spellings is None:
        return f"{item.column}: space around it removed: {rows}, first on line {item.line}"
    if item.is_rest:
        return f"{item.column}: … and {count_noun(item.spellings, 'more spelling')}: {rows}"
    more = f" and {item.spellings - 1:,} more" if item.spellings > 1 else ""
    return f"{item.column} {_show(item.old)} → {item.new}{more}: {rows}"


def _show(text: str) -> str:
    """A text of a file; in backticks where its ends would not be seen, or all is not shown."""
    quoted = quote_value(text)
    return text if quoted == f"`{text}`" and text == text.strip() else quoted
