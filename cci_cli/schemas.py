"""The rules of ``rules`` as a pandera schema, which finds the values that break them.

Domain: no I/O. Loaded only where there is a row to doubt: pandera takes its time to start.
"""

from collections.abc import Callable
from datetime import date
from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors
from pandera.polars import PolarsData

from cci_cli.columns import IN_SERVICE, IN_SERVICE_SINCE, LINE, OPTIONAL_COLUMNS, STATUS
from cci_cli.rules import NULLABLE_COLUMNS, NodeRules, Predicate, parse_dates

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


def build_nodes_schema(rules: NodeRules) -> pa.DataFrameSchema:
    """The rules for the raw text of the columns of ``nodes.csv``.

    Every column is text, so that a bad value is reported as it stands and cannot hide others.
    A check is named by the error code it stands for. It must be given a DataFrame: of a
    LazyFrame pandera would look at the schema alone.
    """
    return pa.DataFrameSchema(
        {
            column: pa.Column(
                pl.String,
                [pa.Check(_to_check(keeps), error=code) for code, keeps in predicates.items()],
                nullable=column in NULLABLE_COLUMNS,
                required=column not in OPTIONAL_COLUMNS,
            )
            for column, predicates in rules.by_column().items()
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
    late = parse_dates(since) > as_of
    if STATUS in rows.columns:
        late = late & (pl.col(STATUS) == IN_SERVICE)
    return rows.filter(late).select(
        pl.col(LINE),
        pl.lit(IN_SERVICE_SINCE).alias(FINDING_COLUMN),
        pl.lit("E327").alias(FINDING_CODE),
        since.alias(FINDING_VALUE),
    )


def _to_check(keeps: Predicate) -> Callable[[PolarsData], pl.LazyFrame]:
    return lambda data: data.lazyframe.select(keeps(pl.col(data.key)))
