"""The values of a CSV file of nodes: find everything wrong with them, sum what is right. I/O.

Imports ``csvfile`` for the reading and the domain for the rules; knows nothing of workspaces.
A file is read once for its values; only where hashes nominate a clash, once more to confirm it.
Nearly every row of nearly every file is as it should be, which is seen while it goes by. The few
in doubt are put into canonical form, and held against the rules one by one.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from cci_cli.clashes import ClashSearch
from cci_cli.columns import CARDS, IN_SERVICE, LINE, MODEL, NODE_ID, PROVINCE, STATUS
from cci_cli.conversion import CARD_COUNTS, merge_card_counts
from cci_cli.csvfile import Survey, read_batches, scan_nodes, survey_file
from cci_cli.definitions import Config
from cci_cli.errors import InvalidDataError, ProblemList
from cci_cli.files import naming
from cci_cli.normaliser import SPACES, Normaliser
from cci_cli.progress import ROWS, tell
from cci_cli.results import CheckedNodes
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

_ROWS_COUNTED: Final = 500_000
_ROWS_IN_DOUBT: Final = 100_000


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
    if sorter is not None and not problems.total:
        identifiers = scan_nodes(survey).select(pl.col(NODE_ID).str.strip_chars(SPACES))
        with naming(survey.path):
            sorter.deal_by(find_starts(identifiers, survey.lines))
    with ClashSearch(config.province_names) as clashes:
        intake = _Intake(survey, rules, names, problems, clashes, normaliser, sorter)
        for batch in read_batches(survey, intake.look):
            intake.take(batch)
            tell("checking", ROWS, intake.rows, survey.lines - 1)
        card_counts = intake.finish()
        nodes = clashes.finish(partial(_read_again, survey, normaliser), problems)
    if not any(problems.counts[code] for code in _UNREAD):
        # a row or cell that could not be read, or a name misspelt, may be where a province is
        found = {*intake.doubtful_provinces, *card_counts.get_column(PROVINCE)}
        for name in config.province_names:
            if name not in found and name not in names.suggested_provinces:
                problems.add("E332", column=PROVINCE, value=name)
    if problems.total:
        return None
    return CheckedNodes(rows=intake.rows, nodes=nodes, card_counts=card_counts)


class _Intake:
    """The rows of a file on their way: sound ones are counted, those in doubt examined."""

    def __init__(
        self,
        survey: Survey,
        rules: NodeRules,
        names: KnownNames,
        problems: ProblemList,
        clashes: ClashSearch,
        normaliser: Normaliser | None,
        sorter: RowSorter | None,
    ) -> None:
        self._survey = survey
        self._rules = rules
        self._names = names
        self._problems = problems
        self._clashes = clashes
        self._normaliser = normaliser
        self._sorter = sorter
        self._examiner: Examiner | None = None
        self._doubtful = _Heap()
        self._sound = _Heap()
        # of a file without a sound row, nothing is counted
        self._counts = [pl.DataFrame(schema=CARD_COUNTS)]
        self.rows = 0
        self.doubtful_provinces: set[str] = set()

    def look(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Text with what is to be known of each row."""
        doubts = self._rules.find_doubts(self._survey.header, is_plain=self._survey.is_plain)
        return rows.with_columns(doubts).with_columns(self._clashes.derived())

    def take(self, batch: pl.DataFrame) -> None:
        """Take rows that were looked at."""
        self.rows += batch.height
        is_doubtful = batch.get_column(IS_DOUBTFUL)
        if not is_doubtful.any():
            self._keep(batch)
            return
        self._keep(batch.filter(~is_doubtful))
        # a few at a time would take longer than many at once
        if self._doubtful.add(batch.filter(is_doubtful)) >= _ROWS_IN_DOUBT:
            self._settle()

    def finish(self) -> pl.DataFrame:
        """The card counts of all sound rows, once every row was taken."""
        self._settle()
        self._count()
        return merge_card_counts(self._counts)

    def _settle(self) -> None:
        """Normalise rows in doubt, and examine those that still are."""
        if not self._doubtful.rows:
            return
        rows = self._doubtful.clear()
        if self._normaliser is not None:
            text = rows.select(LINE, *self._survey.header)
            normalised = self._normaliser.normalise(text, is_counted=True)
            rows = normalised.lazy().pipe(self.look).collect()
            self._keep(rows.filter(~pl.col(IS_DOUBTFUL)))
            rows = rows.filter(IS_DOUBTFUL)
        if rows.height:
            self._examiner = self._examiner or self._call_examiner()
            is_bad = self._examiner.examine(rows.select(LINE, *self._survey.header))
            self._keep(rows.filter(~is_bad))
            bad = rows.filter(is_bad)
            self._clashes.add(bad)
            self.doubtful_provinces.update(bad.get_column(PROVINCE_ENUM).drop_nulls().unique())

    def _keep(self, rows: pl.DataFrame) -> None:
        """Count sound rows, and hand them to the sorter while there is no problem."""
        self._clashes.add(rows)
        counted = {PROVINCE: PROVINCE_ENUM, MODEL: MODEL_ENUM, CARDS: IN_SERVICE_CARDS}
        columns = (pl.col(column).alias(name) for name, column in counted.items())
        # several batches at a time: the groups are many
        if self._sound.add(rows.select(columns)) >= _ROWS_COUNTED:
            self._count()
        if self._sorter is not None and not self._problems.total:
            self._sorter.add(to_canonical(rows.lazy(), self._survey.header).collect())

    def _count(self) -> None:
        if self._sound.rows:
            self._counts.append(merge_card_counts([self._sound.clear()]))

    def _call_examiner(self) -> "Examiner":
        from cci_cli.examination import Examiner

        return Examiner(self._rules, self._names, self._problems)


class _Heap:
    """Frames of one form until there are enough of them."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> int:
        """Add a frame; returns the rows there are now."""
        self._frames.append(frame)
        self.rows += frame.height
        return self.rows

    def clear(self) -> pl.DataFrame:
        """All rows; then there are none."""
        frame = pl.concat(self._frames)
        self._frames.clear()
        self.rows = 0
        return frame


def _read_again(survey: Survey, normaliser: Normaliser | None) -> Iterator[pl.DataFrame]:
    """The rows of a file once more, normalised where it is raw."""
    for batch in read_batches(survey):
        yield normaliser.normalise(batch) if normaliser else batch


def sum_nodes(survey: Survey, normaliser: Normaliser | None = None) -> pl.DataFrame:
    """Cards in service by node of a file without problems.

    Returns:
        One row per node with a card in service: ``node_id``, ``cards`` (Int128).

    Raises:
        SystemFailureError: E501, the file cannot be read.
    """
    nodes = scan_nodes(survey)
    if normaliser is not None:
        nodes = normaliser.normalise_all(nodes)
    if STATUS in survey.header:
        nodes = nodes.filter(pl.col(STATUS) == IN_SERVICE)
    cards = pl.col(CARDS).cast(pl.Int64).cast(pl.Int128).sum()
    sums = nodes.group_by(NODE_ID).agg(cards).filter(pl.col(CARDS) > 0)
    with naming(survey.path):
        return sums.collect(engine="streaming")
