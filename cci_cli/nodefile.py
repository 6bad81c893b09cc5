"""The values of a CSV file of nodes: find everything wrong with them, sum what is right. I/O.

Imports ``csvfile`` for the reading and the domain for the rules; knows nothing of workspaces.
A file is read once for its values; only where hashes nominate a clash, once more to confirm it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from cci_cli.columns import CARDS, IN_SERVICE, KEY, LINE, NODE_ID, PROVINCE, STATUS
from cci_cli.conversion import aggregate_cards, merge_card_counts
from cci_cli.csvfile import Survey, read_batches, scan_nodes, survey_file
from cci_cli.definitions import Config
from cci_cli.errors import InvalidDataError, ProblemList
from cci_cli.normaliser import Normaliser
from cci_cli.schemas import (
    EXPECTED,
    FINDING_CODE,
    FINDING_COLUMN,
    FINDING_VALUE,
    FINDINGS,
    INVISIBLE,
    REPLACEMENT,
    build_nodes_schema,
    find_late_starts,
    find_value_problems,
    to_canonical,
)
from cci_cli.spellings import KnownNames, is_outside_the_sample

#: Rules for words: a value that breaks one may break it for a reason of its own.
_WORD_CODES: Final = ("E322", "E323", "E325")
#: Cells of a workbook that are empty in the text made of it, and have been reported.
_CELL_CODES: Final = ("E341", "E342")


@dataclass(frozen=True, slots=True)
class CheckedNodes:
    """The sums of a file without problems."""

    rows: int
    nodes: int
    card_counts: pl.DataFrame


def read_nodes(path: Path, name: str, config: Config, as_of: date) -> tuple[Survey, CheckedNodes]:
    """A file that must be without problems, surveyed and summed.

    Args:
        path: the file.
        name: what the problems call it.
        config: provinces and models that values must name.
        as_of: the day the file describes.

    Raises:
        InvalidDataError: E305, with every problem of the file.
        SystemFailureError: E501, the file cannot be read.
    """
    problems = ProblemList(name)
    survey = survey_file(path, problems)
    checked = survey and check_nodes(survey, config, as_of, problems)
    if not survey or not checked:
        raise InvalidDataError("E305", name, problems.first(), problems.total)
    return survey, checked


def check_nodes(
    survey: Survey,
    config: Config,
    as_of: date | None,
    problems: ProblemList,
    normaliser: Normaliser | None = None,
) -> CheckedNodes | None:
    """The sums of a surveyed file; every value that breaks a rule is added to ``problems``.

    Args:
        survey: as ``survey_file`` returns it.
        config: provinces and models that values must name.
        as_of: the day the file describes; null where not known, then dates are not compared.
        problems: may hold flaws of the survey already.
        normaliser: puts the values of a raw file into canonical form before any rule is held
            against them, and counts what it changes; null for a stored file.

    Returns:
        null where there is a problem: sums over a part of the rows would look right.
    """
    is_raw = normaliser is not None
    models = [card.model for card in config.models]
    schema = build_nodes_schema(config.province_names, models, is_raw=is_raw)
    names = KnownNames(config)
    reported = [(item.line, item.column) for item in problems.kept if item.code in _CELL_CODES]
    rows = 0
    provinces: set[str] = set()
    keys: list[pl.Series] = []
    places: list[pl.DataFrame] = []
    counts: list[pl.DataFrame] = []
    for batch in read_checked(survey, normaliser, is_counted=True):
        rows += batch.height
        found = find_value_problems(batch, schema)
        findings = [_leave_out(reported, _refine(found)) if is_raw else found]
        if as_of is not None:
            findings.append(find_late_starts(batch, as_of))
        _add_findings(pl.concat(findings), as_of, names, problems)
        seen = batch.get_column(PROVINCE)
        provinces.update(seen.filter(seen.is_in(config.province_names)).unique())
        keys.append(batch.select(_hash_key()).to_series())
        places.append(batch.select(_hash_node(), PROVINCE).unique())
        if not problems.total:
            nodes_of_batch = to_canonical(batch.lazy(), survey.header).collect()
            counts.append(aggregate_cards(nodes_of_batch))
    again = partial(read_checked, survey, normaliser)
    nodes = _find_clashes(again, config.province_names, keys, places, problems)
    if not any(problems.counts[code] for code in ("E317", "E319", *_CELL_CODES)):
        # a row or cell that could not be read, or a name misspelt, may be where a province is
        for name in config.province_names:
            if name not in provinces and name not in names.suggested_provinces:
                problems.add("E332", column=PROVINCE, value=name)
    if problems.total:
        return None
    return CheckedNodes(rows=rows, nodes=nodes, card_counts=merge_card_counts(counts))


def read_checked(
    survey: Survey, normaliser: Normaliser | None, *, is_counted: bool = False
) -> Iterator[pl.DataFrame]:
    """The rows of a file as ``csvfile.read_batches`` gives them, normalised where it is raw."""
    for batch in read_batches(survey):
        yield normaliser.normalise(batch, is_counted=is_counted) if normaliser else batch


def scan_checked(survey: Survey, normaliser: Normaliser | None) -> pl.LazyFrame:
    """The rows of a checked file as ``csvfile.scan_nodes`` gives them, normalised if it is raw."""
    rows = scan_nodes(survey)
    return normaliser.to_canonical(rows) if normaliser else rows


def _add_findings(
    findings: pl.DataFrame, as_of: date | None, names: KnownNames, problems: ProblemList
) -> None:
    """Add what was found in a batch: the first ones in full, the others by their number."""
    for (code,), found in findings.partition_by(FINDING_CODE, as_dict=True).items():
        kept = found.sort(LINE, FINDING_COLUMN).head(problems.room(code))
        for line, column, value in kept.select(LINE, FINDING_COLUMN, FINDING_VALUE).iter_rows():
            problems.add(
                code,
                line=line,
                column=column,
                value=value,
                hint=None if code in ("E334", "E344") else names.hint(column, value),
                expected=EXPECTED[column],
                as_of=as_of,
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


def _hash_key() -> pl.Expr:
    return pl.struct(*KEY).hash().alias("key_hash")


def _hash_node() -> pl.Expr:
    return pl.col(NODE_ID).hash().alias("node_hash")


def _find_clashes(
    read_again: Callable[[], Iterator[pl.DataFrame]],
    provinces: Sequence[str],
    keys: list[pl.Series],
    places: list[pl.DataFrame],
    problems: ProblemList,
) -> int:
    """Keys that stand twice, nodes in two provinces; returns the number of nodes.

    Hashes keep this small for any number of rows. They only nominate: what they point at is
    read again and compared to the letter.
    """
    if not keys:
        return 0
    hashes = pl.concat(keys).sort()
    twice = hashes.filter(hashes == hashes.shift(1)).unique()
    place = pl.concat(places).unique()
    moved = place.filter(pl.col("node_hash").is_duplicated()).get_column("node_hash").unique()
    if len(twice) or len(moved):
        nominees = pl.concat(
            batch.filter(
                _hash_key().is_in(twice.implode()) | _hash_node().is_in(moved.implode())
            ).select(LINE, *KEY, PROVINCE)
            for batch in read_again()
        )
        _add_duplicate_keys(nominees, problems)
        # a province that is none has been reported as that
        _add_moved_nodes(nominees.filter(pl.col(PROVINCE).is_in(provinces)), problems)
    return place.get_column("node_hash").n_unique()


def _add_duplicate_keys(nominees: pl.DataFrame, problems: ProblemList) -> None:
    clashes = (
        nominees.drop_nulls(list(KEY))
        .with_columns(first=pl.col(LINE).min().over(*KEY))
        .filter(pl.col(LINE) > pl.col("first"))
        .sort(LINE)
    )
    kept = clashes.select(LINE, *KEY, "first").head(problems.room("E330"))
    for line, node, model, first in kept.iter_rows():
        problems.add("E330", line=line, column=",".join(KEY), value=f"{node},{model}", first=first)
    problems.count("E330", clashes.height - kept.height)


def _add_moved_nodes(nominees: pl.DataFrame, problems: ProblemList) -> None:
    clashes = (
        nominees.drop_nulls(NODE_ID)
        .sort(LINE)
        .with_columns(
            first=pl.col(PROVINCE).first().over(NODE_ID),
            first_line=pl.col(LINE).first().over(NODE_ID),
        )
        .filter(pl.col(PROVINCE) != pl.col("first"))
    )
    kept = clashes.select(LINE, NODE_ID, "first", "first_line").head(problems.room("E331"))
    for line, node, first, first_line in kept.iter_rows():
        problems.add(
            "E331", line=line, column=NODE_ID, value=node, first=first, first_line=first_line
        )
    problems.count("E331", clashes.height - kept.height)


def sum_nodes(survey: Survey, normaliser: Normaliser | None = None) -> pl.DataFrame:
    """Cards in service by node of a file without problems.

    Returns:
        One row per node with a card in service: ``node_id``, ``cards`` (Int128).
    """
    nodes = scan_checked(survey, normaliser)
    if STATUS in survey.header:
        nodes = nodes.filter(pl.col(STATUS) == IN_SERVICE)
    cards = pl.col(CARDS).cast(pl.Int64).cast(pl.Int128).sum()
    return nodes.group_by(NODE_ID).agg(cards).filter(pl.col(CARDS) > 0).collect(engine="streaming")
