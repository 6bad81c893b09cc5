"""From what people write in a raw file to what a snapshot holds. Domain: no I/O.

A value is normalised only where no doubt is left what it means; else it stays to the letter, and
the rules refuse it. One ``Normaliser`` goes over one file: batch by batch for the
checks, then, by what it met there, over all rows where they are looked at again.
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
#: Columns in which a value is a spelling of another one.
_SPELT: Final = (*_LOOKED_UP, CARDS, IN_SERVICE_SINCE)
#: A value as it stands, what it became, where first and how often; whether only space went.
_TALLY: Final = ("old", "new", LINE, "rows", "is_space")


class Normaliser:
    """Puts the values of one raw file into their canonical form, and counts what it changed."""

    def __init__(self, config: Config, *, is_plain: bool = False) -> None:
        """Begin with a file; for ``is_plain`` see ``rules.NodeRules.find_doubts``."""
        self._is_plain = is_plain
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
        #: What a value that is not canonical means, by column: each is looked up once in a file.
        self._met: dict[str, dict[str, str | None]] = {column: {} for column in _LOOKED_UP}
        #: What was changed, by column: see ``_TALLY``.
        self._tallies: dict[str, pl.DataFrame] = {}

    def normalise(self, rows: pl.DataFrame, *, is_counted: bool = False) -> pl.DataFrame:
        """A batch with its values in canonical form.

        Args:
            rows: ``line`` and columns of the file as text, null where the field is empty.
            is_counted: whether the changes are added to the counts: once for every batch.

        Returns:
            The same rows and columns; a value with a doubt about it stands there unchanged.
        """
        normalised: list[pl.Expr | pl.Series] = []
        for column in rows.columns:
            if column == LINE:
                continue
            if column in _SPELT:
                changes = self._find_spellings(rows, column)
                new: pl.Expr | pl.Series = _apply(column, changes)
            elif rows.get_column(column).str.contains(_EDGE_SPACE).any():
                new = rows.select(self._without_space(column)).to_series()
                changes = _find_spaces(rows.select(LINE, old=column, new=new))
            else:
                continue
            if changes.height:
                normalised.append(new)
                if is_counted:
                    self._count(column, changes)
        return rows.with_columns(normalised)

    def normalise_all(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """All rows of the file with their values in canonical form, once all were counted."""

        def change(batch: pl.DataFrame) -> pl.DataFrame:
            return batch.with_columns(
                _apply(column, changes) if column in _SPELT else self._without_space(column)
                for column, changes in self._tallies.items()
                if column in batch.columns
            )

        # batch by batch: Polars would replace in all of a column at once
        return rows.map_batches(change, streamable=True) if self._tallies else rows

    def found(self) -> tuple[Normalisation, ...]:
        """What was changed, by column; the spellings of a column by the number of their rows."""
        found: list[Normalisation] = []
        for column in COLUMNS:
            if column in self._tallies:
                found += _sum_up(column, self._tallies[column])
        return tuple(found)

    def _find_spellings(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        """The values of a column that mean something else than they say, as ``_TALLY``."""
        # the same ones stand in many rows: each is looked at once
        spellings = (
            rows.group_by(pl.col(column).alias("old"))
            .agg(pl.col(LINE).min(), pl.len().cast(pl.Int64).alias("rows"))
            .filter(pl.col("old").is_not_null())
        )
        if column in _LOOKED_UP:
            old = spellings.get_column("old")
            spellings = spellings.filter(~old.is_in(self._canonical[column]))
            meanings = [self._look_up(column, text) for text in spellings.get_column("old")]
            spellings = spellings.with_columns(pl.Series("new", meanings, dtype=pl.String))
        else:
            form = _to_digits if column == CARDS else _to_iso_date
            spellings = spellings.with_columns(form(pl.col("old")).alias("new"))
        bare = pl.col("old").str.strip_chars(SPACES)
        return (
            spellings.filter(pl.col("old").ne_missing(pl.col("new")))
            .with_columns(is_space=(bare == pl.col("new")).fill_null(value=True))
            .select(_TALLY)
        )

    def _look_up(self, column: str, text: str) -> str | None:
        """What a value means: itself where that is not known, null for nothing but space."""
        met = self._met[column]
        if text not in met:
            bare = text.strip(SPACES)
            met[text] = (self._lookups[column](bare) or text) if bare else None
        return met[text]

    def _without_space(self, column: str) -> pl.Expr:
        """Names without space around them; null for nothing but space."""
        text = pl.col(column)
        bare = text.str.strip_chars(SPACES)
        clean = (
            bare
            if self._is_plain
            # with something else beside it, it stays as it is, and is refused
            else (pl.when(bare.str.contains(CLEAN_TEXT)).then(bare).otherwise(text))
        )
        return pl.when(bare != "").then(clean).alias(column)

    def _count(self, column: str, changes: pl.DataFrame) -> None:
        """Add the changes of a batch."""
        known = [self._tallies[column]] if column in self._tallies else []
        # identifiers differ from row to row: of them the first change is an example
        keys = ["old", "new", "is_space"] if column in _SPELT else ["is_space"]
        tally = pl.concat([*known, changes]).sort(LINE)
        first = [pl.col(name).first() for name in ("old", "new", LINE) if name not in keys]
        grouped = tally.group_by(keys, maintain_order=True).agg(*first, pl.col("rows").sum())
        self._tallies[column] = grouped.select(_TALLY)


def _find_spaces(rows: pl.DataFrame) -> pl.DataFrame:
    """The identifiers or names with space around them, all told by the first, as ``_TALLY``."""
    spaced = rows.filter(pl.col("old").ne_missing(pl.col("new")))
    rows_changed = pl.lit(spaced.height, pl.Int64).alias("rows")
    return spaced.head(1).select("old", "new", LINE, rows_changed, is_space=True).select(_TALLY)


def _apply(column: str, changes: pl.DataFrame) -> pl.Expr:
    """A column with its spellings changed."""
    return pl.col(column).replace(changes.get_column("old"), changes.get_column("new"))


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
    day = parts.str.to_date("%Y-%m-%d", strict=False).dt.to_string()
    is_day = written.str.contains(_DATE_FORM) & day.str.contains(ISO_DATE)
    return pl.when(bare == "").then(None).when(is_day).then(day).otherwise(text)
