"""The rules that the values of a snapshot keep, column by column. Domain: no I/O.

``nodes.csv`` has one row per node and card model; key (``node_id``, ``model``).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors
from pandera.polars import PolarsData

from cci_cli.columns import (
    CARDS,
    CHINESE_STATUSES,
    COLUMNS,
    IN_SERVICE,
    IN_SERVICE_SINCE,
    KEY,
    LINE,
    MODEL,
    NODE_ID,
    NODE_NAME,
    PROVINCE,
    STATUS,
    STATUSES,
    name_both,
)

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


#: Values that break a rule: physical line, column of the file, error code, text as it stands.
FINDING_COLUMN: Final = "column"
FINDING_CODE: Final = "code"
FINDING_VALUE: Final = "value"
FINDINGS: Final = pl.Schema(
    {
        LINE: pl.Int64,
        FINDING_COLUMN: pl.String,
        FINDING_CODE: pl.String,
        FINDING_VALUE: pl.String,
    }
)


def build_nodes_schema(
    provinces: Iterable[str], models: Iterable[str], *, is_raw: bool = False
) -> pa.DataFrameSchema:
    """The rules for the raw text of the columns of ``nodes.csv``.

    Every column is text, so that a bad value is reported as it stands and cannot hide others.
    A check is named by the error code it stands for. It must be given a DataFrame: of a
    LazyFrame pandera would look at the schema alone.

    Args:
        provinces: canonical names.
        models: keys of the catalogue.
        is_raw: whether the file may come from a spreadsheet, which shows other things in the
            place of identifiers and names.
    """
    clean = [pa.Check(_matches(CLEAN_TEXT), error="E321")]
    if is_raw:
        clean.append(pa.Check(_is_not_mangled, error="E335"))
        clean.append(pa.Check(_is_undamaged, error="E344"))
    return pa.DataFrameSchema(
        {
            NODE_ID: pa.Column(pl.String, clean),
            NODE_NAME: pa.Column(pl.String, clean, nullable=True, required=False),
            PROVINCE: pa.Column(pl.String, pa.Check.isin(list(provinces), error="E322")),
            MODEL: pa.Column(pl.String, pa.Check.isin(list(models), error="E323")),
            CARDS: pa.Column(pl.String, pa.Check(_is_card_count, error="E324")),
            STATUS: pa.Column(
                pl.String, pa.Check.isin(list(STATUSES), error="E325"), required=False
            ),
            IN_SERVICE_SINCE: pa.Column(
                pl.String, pa.Check(_is_date, error="E326"), nullable=True, required=False
            ),
        }
    )


def find_value_problems(rows: pl.DataFrame, schema: pa.DataFrameSchema) -> pl.DataFrame:
    """Every value of a batch that breaks a rule of ``schema``, in no particular order.

    Args:
        rows: ``line`` and columns of the file as text, null where the field is empty.
        schema: as ``build_nodes_schema`` returns it.

    Returns:
        The columns of ``FINDINGS``, one row per value and rule.
    """
    try:
        schema.validate(rows, lazy=True)
    except SchemaErrors as errors:
        cases: pl.DataFrame = errors.failure_cases
        lines = rows.get_column(LINE).gather(cases.get_column("index"))
        return cases.select(
            lines.alias(LINE),
            pl.col("column").alias(FINDING_COLUMN),
            pl.col("check").replace("not_nullable", "E320").alias(FINDING_CODE),
            pl.col("failure_case").alias(FINDING_VALUE),
        ).cast(FINDINGS)
    return pl.DataFrame(schema=FINDINGS)


def find_late_starts(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Rows in service on ``as_of`` that say they were put into service after it.

    Args:
        rows: ``line`` and columns of the file as text; ``status`` and ``in_service_since`` may
            be absent, values that break their own rule are passed over.
        as_of: the day the snapshot describes.

    Returns:
        As ``find_value_problems``.
    """
    if IN_SERVICE_SINCE not in rows.columns:
        return pl.DataFrame(schema=FINDINGS)
    since = pl.col(IN_SERVICE_SINCE)
    late = _parse_dates(since) > as_of
    if STATUS in rows.columns:
        late = late & (pl.col(STATUS) == IN_SERVICE)
    return rows.filter(late).select(
        pl.col(LINE),
        pl.lit(IN_SERVICE_SINCE).alias(FINDING_COLUMN),
        pl.lit("E327").alias(FINDING_CODE),
        since.alias(FINDING_VALUE),
    )


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
        IN_SERVICE_SINCE: _parse_dates(pl.col(IN_SERVICE_SINCE)),
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


def _matches(pattern: str) -> Callable[[PolarsData], pl.LazyFrame]:
    def check(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col(data.key).str.contains(pattern))

    return check


def _is_not_mangled(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(~pl.col(data.key).str.contains(_MANGLED))


def _is_undamaged(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(~pl.col(data.key).str.contains(REPLACEMENT, literal=True))


def _is_card_count(data: PolarsData) -> pl.LazyFrame:
    text = pl.col(data.key)
    fits = text.cast(pl.Int64, strict=False).is_not_null()
    return data.lazyframe.select(text.str.contains(WHOLE_NUMBER) & (fits | text.is_null()))


def _is_date(data: PolarsData) -> pl.LazyFrame:
    text = pl.col(data.key)
    return data.lazyframe.select(_parse_dates(text).is_not_null() | text.is_null())


def _parse_dates(text: pl.Expr) -> pl.Expr:
    # to_date alone would also take 2025-6-1
    return pl.when(text.str.contains(ISO_DATE)).then(text).str.to_date("%Y-%m-%d", strict=False)
