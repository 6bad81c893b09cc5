"""What is wrong with rows in doubt: their values against every rule, and the words for it.

Domain: no I/O. Loaded only where there is such a row, for pandera takes its time to start.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from cci_cli.columns import LINE
from cci_cli.errors import ProblemList
from cci_cli.rules import EXPECTED, INVISIBLE, REPLACEMENT, NodeRules
from cci_cli.schemas import (
    FINDING_CODE,
    FINDING_COLUMN,
    FINDING_VALUE,
    FINDINGS,
    build_nodes_schema,
    find_late_starts,
    find_value_problems,
)
from cci_cli.spellings import KnownNames, is_outside_the_sample

#: Cells of a workbook that are empty in the text made of it, and have been reported.
CELL_CODES: Final = ("E341", "E342")

#: Rules for words: a value that breaks one may break it for a reason of its own.
_WORD_CODES: Final = ("E322", "E323", "E325")


class Examiner:
    """Holds rows against the rules, and adds every value that breaks one to ``problems``."""

    def __init__(self, rules: NodeRules, names: KnownNames, problems: ProblemList) -> None:
        self._rules = rules
        self._names = names
        self._problems = problems
        self._schema = build_nodes_schema(rules)
        self._reported = [
            (item.line, item.column) for item in problems.kept if item.code in CELL_CODES
        ]

    def examine(self, rows: pl.DataFrame) -> pl.Series:
        """Report what is wrong with rows.

        Args:
            rows: ``line`` and the columns of the file as text, null for no value.

        Returns:
            Of each row, whether it breaks a rule (Boolean).
        """
        found = find_value_problems(rows, self._schema)
        if self._rules.as_of is not None:
            found = pl.concat([found, find_late_starts(rows, self._rules.as_of)])
        self._report(_leave_out(self._reported, _refine(found)) if self._rules.is_raw else found)
        return rows.get_column(LINE).is_in(found.get_column(LINE).implode())

    def _report(self, findings: pl.DataFrame) -> None:
        """Report what was found: the first ones in full, the others by their number."""
        problems = self._problems
        for (code,), found in findings.partition_by(FINDING_CODE, as_dict=True).items():
            kept = found.sort(LINE, FINDING_COLUMN).head(problems.room(code))
            for line, column, value in kept.select(LINE, FINDING_COLUMN, FINDING_VALUE).iter_rows():
                problems.add(
                    code,
                    line=line,
                    column=column,
                    value=value,
                    hint=None if code in ("E334", "E344") else self._names.hint(column, value),
                    expected=EXPECTED[column],
                    as_of=self._rules.as_of,
                )
            problems.count(code, found.height - kept.height)


def _leave_out(
    reported: Sequence[tuple[int | None, str | None]], findings: pl.DataFrame
) -> pl.DataFrame:
    """Findings without the missing values of cells that were reported for what is in them."""
    if not reported:
        return findings
    columns = (LINE, FINDING_COLUMN)
    cells = pl.DataFrame(reported, {name: FINDINGS[name] for name in columns}, orient="row")
    missing = findings.filter(pl.col(FINDING_CODE) == "E320")
    return pl.concat(
        [
            findings.filter(pl.col(FINDING_CODE) != "E320"),
            missing.join(cells, on=columns, how="anti"),
        ]
    )


def _refine(findings: pl.DataFrame) -> pl.DataFrame:
    """Findings of a raw file with the words told apart that no spelling could ever mend."""
    value = pl.col(FINDING_VALUE)
    is_word = pl.col(FINDING_CODE).is_in(_WORD_CODES)
    provinces = findings.filter(pl.col(FINDING_CODE) == "E322").get_column(FINDING_VALUE).unique()
    outside = provinces.filter(
        pl.Series([is_outside_the_sample(name) for name in provinces], dtype=pl.Boolean)
    )
    return findings.with_columns(
        pl.when(is_word & value.str.contains(INVISIBLE))
        .then(pl.lit("E321"))
        .when((pl.col(FINDING_CODE) == "E322") & value.is_in(outside.implode()))
        .then(pl.lit("E334"))
        .when(value.str.contains(REPLACEMENT, literal=True))
        .then(pl.lit("E344"))
        .otherwise(pl.col(FINDING_CODE))
        .alias(FINDING_CODE)
    )
