"""From what people write in a raw file to what a snapshot holds. Domain: no I/O.

A value is normalised only where no doubt is left what it means; else it stays to the letter, and
the rules of ``schemas`` refuse it. One ``Normaliser`` goes over one file: batch by batch for the
checks, then, by what it met there, over the rows that are stored.
"""

from collections.abc import Callable, Iterator
from typing import Final

import polars as pl

from cci_cli.columns import (
    CARDS,
    COLUMNS,
    IN_SERVICE_SINCE,
    LINE,
    MODEL,
    PROVINCE,
    STATUS,
    STATUSES,
)
from cci_cli.definitions import Config, find_name
from cci_cli.readings import Normalisation
from cci_cli.rules import CLEAN_TEXT, ISO_DATE, WHOLE_NUMBER
from cci_cli.spellings import find_status

#: Spellings of a column that are told one by one; behind them, their number.
MAX_SPELLINGS: Final = 20

#: The spaces of Unicode (category Zs); a tab is none of them.
SPACES: Final = " \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"

_EDGE_SPACE: Final = r"^\p{Zs}|\p{Zs}$"
_DIGITS: Final = "0123456789"
_WIDE_DIGITS: Final = "０１２３４５６７８９"
_GROUPED_NUMBER: Final = r"^[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?:，[0-9]{3})+)$"
# year first: 5/7/2024 is one day in May to some and another in July to others
_DATE_FORM: Final = (
    r"^[0-9]{4}(?:-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2}|\.[0-9]{1,2}\.[0-9]{1,2}"
    r"|年[0-9]{1,2}月[0-9]{1,2}日)$"
)

_LOOKED_UP: Final = (PROVINCE, MODEL, STATUS)
_TALLY: Final = ("old", "new", LINE, "rows", "is_space")


class Normaliser:
    """Puts the values of one raw file into their canonical form, and counts what it changed."""

    def __init__(self, config: Config) -> None:
        provinces, models, gaps = (
            config.province_spellings,
            config.model_spellings,
            config.digit_gaps,
        )
        self._lookups: dict[str, Callable[[str], str | None]] = {
            PROVINCE: lambda text: find_name(text, provinces, gaps),
            MODEL: lambda text: find_name(text, models, gaps),
            STATUS: find_status,
        }
        self._canonical = {
            PROVINCE: config.province_names,
            MODEL: tuple(card.model for card in config.models),
            STATUS: STATUSES,
        }
        #: What was met in the file and means something else than it says, by column.
        self._met: dict[str, dict[str, str | None]] = {column: {} for column in _LOOKED_UP}
        self._tallies: dict[str, pl.DataFrame] = {}

    def normalise(self, rows: pl.DataFrame, *, is_counted: bool = False) -> pl.DataFrame:
        """A batch with its values in canonical form.

        Args:
            rows: ``line`` and columns of the file as text, null where the field is empty.
            is_counted: whether the changes are added to the counts: once for every batch.

        Returns:
            The same rows and columns; a value with a doubt about it stands there unchanged.
        """
        changed = []
        for column in rows.columns:
            old = rows.get_column(column)
            if column == LINE or not self._has_change(old):
                continue
            new = rows.select(self._canonical_form(column)).to_series()
            changed.append(new)
            if is_counted:
                self._count(column, rows.select(LINE, old=old, new=new))
        return rows.with_columns(changed)

    def to_canonical(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """All rows of the file with their values in canonical form, once all were counted."""
        return rows.with_columns(self._canonical_form(column) for column in self._tallies)

    def found(self) -> tuple[Normalisation, ...]:
        """What was changed, by column; the spellings of a column by the number of their rows."""
        found: list[Normalisation] = []
        for column in COLUMNS:
            if column in self._tallies:
                found += _sum_up(column, self._tallies[column])
        return tuple(found)

    def _has_change(self, old: pl.Series) -> bool:
        """Whether a value of a column may be in another form than the canonical one."""
        if old.name in _LOOKED_UP:
            return self._look_up(old)
        if old.name == CARDS:
            return not old.str.contains(WHOLE_NUMBER).all()
        if old.name == IN_SERVICE_SINCE:
            return not old.str.contains(ISO_DATE).all()
        return old.str.contains(_EDGE_SPACE).any()

    def _look_up(self, old: pl.Series) -> bool:
        """Whether a value means something else than it says; what it means is remembered."""
        values = old.drop_nulls().unique()
        met = self._met[old.name]
        has_change = False
        for text in values.filter(~values.is_in(self._canonical[old.name])):
            bare = text.strip(SPACES)
            meaning = self._lookups[old.name](bare) if bare else None
            if meaning is not None or not bare:
                met[text] = meaning
                has_change = True
        return has_change

    def _canonical_form(self, column: str) -> pl.Expr:
        text = pl.col(column)
        if column in _LOOKED_UP:
            met = self._met[column]
            form = text.replace(
                pl.Series(list(met), dtype=pl.String),
                pl.Series(list(met.values()), dtype=pl.String),
            )
        elif column == CARDS:
            form = _to_digits(text)
        elif column == IN_SERVICE_SINCE:
            form = _to_iso_date(text)
        else:
            form = _without_space(text)
        return form.alias(column)

    def _count(self, column: str, rows: pl.DataFrame) -> None:
        """Add the changes of a batch; ``rows`` has ``line``, ``old`` and ``new``."""
        bare = pl.col("old").str.strip_chars(SPACES)
        changes = rows.filter(pl.col("old").ne_missing(pl.col("new"))).with_columns(
            is_space=(bare == pl.col("new")).fill_null(value=True), rows=1
        )
        known = [self._tallies[column]] if column in self._tallies else []
        if column in (*_LOOKED_UP, CARDS, IN_SERVICE_SINCE):
            keys = ["old", "new", "is_space"]
        else:
            # identifiers differ from row to row: of them the first change is an example
            keys = ["is_space"]
        tally = pl.concat([*known, changes.select(_TALLY)]).sort(LINE)
        first = [pl.col(name).first() for name in ("old", "new", LINE) if name not in keys]
        grouped = tally.group_by(keys, maintain_order=True).agg(*first, pl.col("rows").sum())
        self._tallies[column] = grouped.select(_TALLY)


def _sum_up(column: str, tally: pl.DataFrame) -> Iterator[Normalisation]:
    """The changes of a column: space around its values, spellings, the number of those left."""
    spaces = tally.filter("is_space")
    spelt = tally.filter(~pl.col("is_space"))
    if column in _LOOKED_UP:
        spelt = spelt.sort("rows", LINE, descending=[True, False])
        told, rest = spelt.head(MAX_SPELLINGS), spelt.slice(MAX_SPELLINGS)
    else:
        # every number and date is a spelling of its own: one stands for all
        told, rest = spelt.clear(), spelt
    if spaces.height:
        old, new, line, *_ = spaces.row(0)
        yield Normalisation(column, old, new, int(spaces["rows"].sum()), line, None)
    for old, new, line, rows, _ in told.iter_rows():
        yield Normalisation(column, old, new, rows, line)
    if rest.height:
        old, new, line, *_ = rest.row(0)
        yield Normalisation(
            column, old, new, int(rest["rows"].sum()), line, rest.height, column in _LOOKED_UP
        )


def _without_space(text: pl.Expr) -> pl.Expr:
    bare = text.str.strip_chars(SPACES)
    is_clean = bare.str.contains(CLEAN_TEXT)
    return pl.when(bare == "").then(None).when(is_clean).then(bare).otherwise(text)


def _to_digits(text: pl.Expr) -> pl.Expr:
    """``1,234`` and full-width digits as plain digits; null for nothing but space."""
    bare = text.str.strip_chars(SPACES)
    number = bare.str.replace_many(list(_WIDE_DIGITS), list(_DIGITS))
    is_grouped = number.str.contains(_GROUPED_NUMBER)
    number = pl.when(is_grouped).then(number.str.replace_all("[,，]", "")).otherwise(number)
    is_count = number.str.contains(WHOLE_NUMBER) & number.cast(pl.Int64, strict=False).is_not_null()
    return pl.when(bare == "").then(None).when(is_count).then(number).otherwise(text)


def _to_iso_date(text: pl.Expr) -> pl.Expr:
    """A day in one of the known forms as YYYY-MM-DD; null for nothing but space."""
    bare = text.str.strip_chars(SPACES)
    written = bare.str.replace_many(list(_WIDE_DIGITS), list(_DIGITS))
    parts = written.str.replace_all("[/.年月]", "-").str.strip_suffix("日")
    # takes a month or a day of one digit too, and gives null for what is no day
    day = parts.str.to_date("%Y-%m-%d", strict=False).dt.to_string("%Y-%m-%d")
    is_day = written.str.contains(_DATE_FORM) & day.str.contains(ISO_DATE)
    return pl.when(bare == "").then(None).when(is_day).then(day).otherwise(text)
