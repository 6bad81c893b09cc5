"""The rules that the values of a snapshot keep, column by column. Domain: no I/O.

``nodes.csv`` has one row per node and card model; key (``node_id``, ``model``). A rule is a
predicate on the text of a column, named by the error code it stands for. ``schemas`` holds values
against them and says which break one; here rows are only told from those that need no such look.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final, TypeAlias

import polars as pl

from cci_cli.columns import (
    CARDS,
    CHINESE_STATUSES,
    COLUMNS,
    IN_SERVICE,
    IN_SERVICE_SINCE,
    KEY,
    MODEL,
    NODE_ID,
    NODE_NAME,
    OPTIONAL_COLUMNS,
    PROVINCE,
    STATUS,
    STATUSES,
    name_both,
)

#: Of the check as a whole: to be raised whenever it finds more than before, mended bugs included.
#: What was stored by an older one is then checked in full each time.
EDITION: Final = 1

# no space at either end; no control, format, private or unassigned character, no line separator
CLEAN_TEXT: Final = r"^(?:[^\s\p{C}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\s\p{C}])?)?$"
INVISIBLE: Final = r"[\p{C}\p{Zl}\p{Zp}]"
WHOLE_NUMBER: Final = r"^(?:0|[1-9][0-9]{0,18})$"
# 1990 to 2199, as the periods: no other year saw a card put into service
ISO_DATE: Final = r"^(?:199|2[01][0-9])[0-9]-[0-9]{2}-[0-9]{2}$"
#: What stands in a text for a character that somebody failed to read.
REPLACEMENT: Final = "\ufffd"

# a number or a date cut to its column, an error of a formula, a number in its short form, a
# formula that keeps a text from becoming a number
_MANGLED = (
    r"^(?:#{3,}|#(?:N/A|NAME\?|REF!|VALUE!|DIV/0!|NUM!|NULL!)"
    r"|-?[0-9]+(?:\.[0-9]+)?E[+-][0-9]{2,3}|(?s:=\".*\"))$"
)

#: What each column expects, as the error texts say it.
EXPECTED: Final = {
    NODE_ID: "an identifier",
    NODE_NAME: "a name, or nothing",
    PROVINCE: "a province",
    MODEL: "a card model",
    CARDS: "a number of cards, 0 or more",
    STATUS: "one of " + name_both(STATUSES, CHINESE_STATUSES),
    IN_SERVICE_SINCE: "a date as YYYY-MM-DD, or nothing",
}

#: Columns in which a field may be empty.
NULLABLE_COLUMNS: Final = (NODE_NAME, IN_SERVICE_SINCE)

#: Table Schema of Frictionless Data, for the data package beside a stored ``nodes.csv``.
TABLE_SCHEMA: Final = {
    "fields": [
        {"name": NODE_ID, "type": "string", "constraints": {"required": True}},
        {"name": NODE_NAME, "type": "string"},
        {"name": PROVINCE, "type": "string", "constraints": {"required": True}},
        {"name": MODEL, "type": "string", "constraints": {"required": True}},
        {"name": CARDS, "type": "integer", "constraints": {"required": True, "minimum": 0}},
        {
            "name": STATUS,
            "type": "string",
            "constraints": {"required": True, "enum": list(STATUSES)},
        },
        {"name": IN_SERVICE_SINCE, "type": "date"},
    ],
    "primaryKey": list(KEY),
    "missingValues": [""],
}

#: Whether the text of a column keeps a rule; null where there is none.
Predicate: TypeAlias = Callable[[pl.Expr], pl.Expr]

#: The columns that ``NodeRules.find_doubts`` adds.
IS_DOUBTFUL: Final = "is_doubtful"
PROVINCE_ENUM: Final = "province_enum"
MODEL_ENUM: Final = "model_enum"
IN_SERVICE_CARDS: Final = "in_service_cards"


@dataclass(frozen=True, slots=True)
class NodeRules:
    """What the values of one file are held against.

    Attributes:
        provinces: canonical names.
        models: keys of the catalogue.
        as_of: the day the file describes; null where not known, then dates are not compared.
        is_raw: whether the file may come from a spreadsheet, which shows other things in the
            place of identifiers and names.
    """

    provinces: Sequence[str]
    models: Sequence[str]
    as_of: date | None = None
    is_raw: bool = False

    def by_column(self) -> Mapping[str, Mapping[str, Predicate]]:
        """The predicates of each column by error code; the late start, E327, is not among them."""
        words = {"E321": _matches(CLEAN_TEXT)}
        if self.is_raw:
            words |= {"E335": _is_not_mangled, "E344": _is_undamaged}
        return {
            NODE_ID: words,
            NODE_NAME: words,
            PROVINCE: {"E322": _is_one_of(self.provinces)},
            MODEL: {"E323": _is_one_of(self.models)},
            CARDS: {"E324": _is_card_count},
            STATUS: {"E325": _is_one_of(STATUSES)},
            IN_SERVICE_SINCE: {"E326": _is_date},
        }

    def find_doubts(self, header: Iterable[str], *, is_plain: bool) -> list[pl.Expr]:
        """Columns that tell rows which break no rule for certain, with their values in short.

        Args:
            header: the columns of the file; they must be there as text, null for no value.
            is_plain: whether no character of the file is other than printable ASCII, or a hanzi
                from U+4000 to U+9FFF: then all there is to find in a name is space at its ends.

        Returns:
            ``is_doubtful`` (Boolean): false only where the row breaks no rule of
            ``by_column``, and does not say that it came into service after ``as_of``.
            ``province_enum``, ``model_enum`` (Enum): null where the value is none of them.
            ``in_service_cards`` (Int64): 0 for cards out of service, null where there is no
            number.
        """
        header = frozenset(header)
        province = pl.col(PROVINCE).cast(pl.Enum(self.provinces), strict=False)
        model = pl.col(MODEL).cast(pl.Enum(self.models), strict=False)
        cards, count = pl.col(CARDS), pl.col(CARDS).cast(pl.Int64, strict=False)
        doubts = [
            *(value.is_null() for value in (pl.col(NODE_ID), province, model, count)),
            # what is a number and does not begin with 1 to 9 has a sign or zeros too many
            (cards < "1") & (cards != "0"),
        ]
        status = pl.col(STATUS)
        if STATUS in header:
            doubts += [
                status.is_null(),
                ~pl.any_horizontal(status == known for known in STATUSES),
            ]
            count = pl.when(status == IN_SERVICE).then(count).otherwise(0)
        for column in (NODE_ID, NODE_NAME):
            if column in header:
                doubts += self._doubt_name(pl.col(column), is_plain=is_plain)
        if IN_SERVICE_SINCE in header:
            since = pl.col(IN_SERVICE_SINCE)
            doubts.append(~_is_date(since))
            if self.as_of is not None:
                is_late = since > self.as_of.isoformat()
                # what is yet to be put into service has its day ahead of it
                doubts.append(is_late & (status == IN_SERVICE) if STATUS in header else is_late)
        return [
            # a doubt about no value is none
            pl.any_horizontal(doubts).fill_null(value=False).alias(IS_DOUBTFUL),
            province.alias(PROVINCE_ENUM),
            model.alias(MODEL_ENUM),
            count.alias(IN_SERVICE_CARDS),
        ]

    def _doubt_name(self, text: pl.Expr, *, is_plain: bool) -> list[pl.Expr]:
        if is_plain:
            doubts = [text.str.starts_with(" "), text.str.ends_with(" ")]
        else:
            doubts = [~text.str.contains(CLEAN_TEXT)]
        if self.is_raw:
            doubts.append(~_is_not_mangled(text))
            # it is no plain character
            doubts += [] if is_plain else [~_is_undamaged(text)]
        return doubts


def digest_rules() -> str:
    """SHA-256 that says by which rules rows were checked, whatever the config says.

    What hangs on the config, the provinces and models there are, is no part of it: sums are held
    against that every time. What is no constant, ``EDITION`` stands for.
    """
    parts = (
        EDITION,
        *(CLEAN_TEXT, WHOLE_NUMBER, ISO_DATE, STATUSES),
        *(COLUMNS, OPTIONAL_COLUMNS, NULLABLE_COLUMNS, KEY),
    )
    return sha256(repr(parts).encode()).hexdigest()


def to_canonical(rows: pl.LazyFrame, header: Sequence[str]) -> pl.LazyFrame:
    """Valid rows in the columns and types of a snapshot, in the order given.

    Args:
        rows: the columns of ``header`` as text, without problems.
        header: the columns there are; an optional one may be absent.

    Returns:
        ``COLUMNS``, one row per node and model: text, but ``cards`` Int64 and
        ``in_service_since`` Date; ``node_name`` and ``in_service_since`` null where not known.
    """
    values = {
        CARDS: pl.col(CARDS).cast(pl.Int64),
        IN_SERVICE_SINCE: parse_dates(pl.col(IN_SERVICE_SINCE)),
    }
    absent = {
        NODE_NAME: pl.lit(None, pl.String),
        STATUS: pl.lit(IN_SERVICE),
        IN_SERVICE_SINCE: pl.lit(None, pl.Date),
    }
    return rows.select(
        (values.get(name, pl.col(name)) if name in header else absent[name]).alias(name)
        for name in COLUMNS
    )


def parse_dates(text: pl.Expr) -> pl.Expr:
    """Days from text as YYYY-MM-DD; null for anything else."""
    # to_date alone would also take 2025-6-1
    return pl.when(text.str.contains(ISO_DATE)).then(text).str.to_date("%Y-%m-%d", strict=False)


def _matches(pattern: str) -> Predicate:
    return lambda text: text.str.contains(pattern)


def _is_one_of(names: Sequence[str]) -> Predicate:
    return lambda text: text.is_in(list(names))


def _is_not_mangled(text: pl.Expr) -> pl.Expr:
    return ~text.str.contains(_MANGLED)


def _is_undamaged(text: pl.Expr) -> pl.Expr:
    return ~text.str.contains(REPLACEMENT, literal=True)


def _is_card_count(text: pl.Expr) -> pl.Expr:
    fits = text.cast(pl.Int64, strict=False).is_not_null()
    return text.str.contains(WHOLE_NUMBER) & (fits | text.is_null())


def _is_date(text: pl.Expr) -> pl.Expr:
    return parse_dates(text).is_not_null() | text.is_null()
