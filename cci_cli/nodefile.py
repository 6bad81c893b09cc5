"""The values of a CSV file of nodes: find everything wrong with them, sum what is right. I/O.

Imports ``csvfile`` for the reading and the domain for the rules; knows nothing of workspaces.
A file is read once for its values; only where hashes nominate a clash, once more to confirm it.
Nearly every row of nearly every file is as it should be, which is seen while it goes by. The few
in doubt are put into canonical form, and held against the rules one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from cci_cli.clashes import ClashSearch
from cci_cli.columns import CARDS, IN_SERVICE, LINE, MODEL, NODE_ID, PROVINCE, STATUS
from cci_cli.conversion import merge_card_counts
from cci_cli.csvfile import Survey, read_batches, scan_nodes, survey_file
from cci_cli.definitions import Config
from cci_cli.errors import InvalidDataError, ProblemList
from cci_cli.normaliser import SPACES, Normaliser
from cci_cli.rules import (
    IN_SERVICE_CARDS,
    IS_DOUBTFUL,
    MODEL_ENUM,
    PROVINCE_ENUM,
    NodeRules,
    to_canonical,
)
from cci_cli.sorting import RowSorter, find_starts
from cci_cli.spellings import KnownNames

if TYPE_CHECKING:
    from cci_cli.examination import Examiner

#: Problems for which a row or a cell could not be read, and a province may be missed.
_UNREAD: Final = ("E317", "E319", "E341", "E342")

_ROWS_AT_A_TIME: Final = 500_000


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
    sorter: RowSorter | None = None,
) -> CheckedNodes | None:
    """The sums of a surveyed file; every value that breaks a rule is added to ``problems``.

    Args:
        survey: as ``survey_file`` returns it.
        config: provinces and models that values must name.
        as_of: the day the file describes; null where not known, then dates are not compared.
        problems: may hold flaws of the survey already.
        normaliser: puts the values of a raw file into canonical form before any rule is held
            against them, and counts what it changes; null for a stored file.
        sorter: takes the rows as they are to be stored, as long as there is no problem; null where
            they are not to be.

    Returns:
        null where there is a problem: sums over a part of the rows would look right.
    """
    models = [card.model for card in config.models]
    rules = NodeRules(config.province_names, models, as_of, is_raw=normaliser is not None)
    names = KnownNames(config)
    examiner: Examiner | None = None
    rows = 0
    provinces: set[str] = set()
    counts = _CardSums()
    if sorter is not None:
        identifiers = scan_nodes(survey).select(pl.col(NODE_ID).str.strip_chars(SPACES))
        sorter.deal_by(find_starts(identifiers, survey.lines))
    with ClashSearch(config.province_names) as clashes:

        def look(seen: pl.LazyFrame) -> pl.LazyFrame:
            doubts = rules.find_doubts(survey.header, is_plain=survey.is_plain)
            return seen.with_columns(doubts).with_columns(clashes.derived())

        for batch in read_batches(survey, look):
            rows += batch.height
            sound, doubtful = _divide(batch)
            parts = [sound]
            if normaliser is not None and doubtful.height:
                text = doubtful.select(LINE, *survey.header)
                normalised = normaliser.normalise(text, is_counted=True)
                sound, doubtful = _divide(normalised.lazy().pipe(look).collect())
                parts.append(sound)
            if doubtful.height:
                examiner = examiner or _call_examiner(rules, names, problems)
                examiner.examine(doubtful.select(LINE, *survey.header))
            for part in (*parts, doubtful):
                clashes.add(part)
                provinces.update(part.get_column(PROVINCE_ENUM).drop_nulls().unique())
            for part in parts:
                counts.add(part)
                if sorter is not None and not problems.total:
                    sorter.add(to_canonical(part.lazy(), survey.header).collect())
        nodes = clashes.finish(partial(read_checked, survey, normaliser), problems)
    if not any(problems.counts[code] for code in _UNREAD):
        # a row or cell that could not be read, or a name misspelt, may be where a province is
        for name in config.province_names:
            if name not in provinces and name not in names.suggested_provinces:
                problems.add("E332", column=PROVINCE, value=name)
    if problems.total:
        return None
    return CheckedNodes(rows=rows, nodes=nodes, card_counts=counts.finish())


def _call_examiner(rules: NodeRules, names: KnownNames, problems: ProblemList) -> "Examiner":
    from cci_cli.examination import Examiner

    return Examiner(rules, names, problems)


def _divide(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that break no rule for certain, and those in doubt."""
    is_doubtful = rows.get_column(IS_DOUBTFUL)
    return (
        (rows.filter(~is_doubtful), rows.filter(is_doubtful))
        if is_doubtful.any()
        else (rows, rows.clear())
    )


class _CardSums:
    """Card counts of rows without a flaw, from what ``NodeRules.find_doubts`` derived."""

    def __init__(self) -> None:
        self._rows: list[pl.DataFrame] = []
        self._sums: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        columns = {PROVINCE: PROVINCE_ENUM, MODEL: MODEL_ENUM, CARDS: IN_SERVICE_CARDS}
        self._rows.append(
            rows.select(pl.col(column).alias(name) for name, column in columns.items())
        )
        # several batches at a time: the groups are many
        if sum(frame.height for frame in self._rows) >= _ROWS_AT_A_TIME:
            self._aggregate()

    def finish(self) -> pl.DataFrame:
        self._aggregate()
        return merge_card_counts(self._sums)

    def _aggregate(self) -> None:
        if self._rows:
            self._sums.append(merge_card_counts(self._rows))
            self._rows.clear()


def read_checked(survey: Survey, normaliser: Normaliser | None) -> Iterator[pl.DataFrame]:
    """The rows of a file as ``csvfile.read_batches`` gives them, normalised where it is raw."""
    for batch in read_batches(survey):
        yield normaliser.normalise(batch) if normaliser else batch


def scan_checked(survey: Survey, normaliser: Normaliser | None) -> pl.LazyFrame:
    """The rows of a checked file as ``csvfile.scan_nodes`` gives them, normalised if it is raw."""
    rows = scan_nodes(survey)
    return normaliser.to_canonical(rows) if normaliser else rows


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
