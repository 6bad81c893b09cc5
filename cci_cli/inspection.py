"""Everything to be said of one file of nodes: errors, and moves against the period before. I/O."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cci_cli.conversion import to_standard_cards
from cci_cli.csvfile import Survey, survey_file
from cci_cli.definitions import Config
from cci_cli.errors import DataError, ProblemList
from cci_cli.formats import Encoding
from cci_cli.nodefile import check_nodes, sum_nodes
from cci_cli.normaliser import Normaliser
from cci_cli.periods import Period, PeriodRef
from cci_cli.plausibility import (
    warn_of_new_models,
    warn_of_node_jumps,
    warn_of_period,
    warn_of_province_moves,
)
from cci_cli.rawfile import read_raw
from cci_cli.readings import Reading
from cci_cli.results import CheckedNodes, NodeCounts
from cci_cli.sorting import RowSorter
from cci_cli.store import list_periods, read_revision, resolve_ref


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file as it comes.

    ``name`` is what the problems call it, ``encoding`` what to read it as; null where its bytes are
    to tell.
    """

    path: Path
    name: str
    encoding: Encoding | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found; ``facts`` are null where there are errors.

    ``normaliser`` has gone over a raw file, and puts its rows into canonical form; null for a
    stored one. ``reading`` says how a raw file was read; null for a stored one, and where there was
    nothing to read.
    """

    facts: NodeCounts | None
    errors: ProblemList
    warnings: ProblemList
    compared_with: PeriodRef | None = None
    normaliser: Normaliser | None = None
    reading: Reading | None = None


def inspect_file(
    workspace: Path, config: Config, path: Path, name: str, period: Period
) -> Inspection:
    """All errors of a stored file and, where there are none, its warnings.

    Args:
        workspace: its root folder, which may have a snapshot of the period before.
        config: provinces, models and limits.
        path: the file.
        name: what the problems call it.
        period: the half-year it describes.

    Raises:
        SystemFailureError: E501, the file cannot be read.
    """
    found = Inspection(None, ProblemList(name), ProblemList(name))
    survey = survey_file(path, found.errors)
    return _inspect(workspace, config, period, survey, found)


def inspect_raw(
    workspace: Path,
    config: Config,
    file: RawFile,
    period: Period | None,
    *,
    today: date,
    folder: Path,
    sorter: RowSorter | None = None,
) -> Inspection:
    """As ``inspect_file``, for a file as it comes: its values are put into canonical form first.

    Args:
        workspace: its root folder, which may have a snapshot of the period before.
        config: provinces, models and limits.
        file: the file.
        period: the half-year it describes; null where not known, then nothing is compared.
        today: the day it is.
        folder: where a copy in UTF-8 may be made; the rows are read from it.
        sorter: takes the rows as they are to be stored; null where they are not to be.

    Raises:
        SystemFailureError: the file cannot be read, or a copy not be made.
    """
    found = Inspection(None, ProblemList(file.name), ProblemList(file.name))
    raw = read_raw(file.path, folder, found.errors, file.encoding)
    if raw is None:
        return found
    survey = survey_file(raw.path, found.errors, raw.form, raw.outline)
    normaliser = Normaliser(config, is_plain=survey is not None and survey.is_plain)
    found = replace(found, normaliser=normaliser, reading=Reading(raw.encoding))
    found = _inspect(workspace, config, period, survey, found, sorter)
    if period is not None and found.facts is not None:
        warn_of_period(period, config.methodology.base_period, today, found.warnings)
    if survey is None:
        return found
    named = zip(survey.names, survey.header, strict=True)
    columns = tuple((name, column) for name, column in named if name != column)
    return replace(found, reading=Reading(raw.encoding, columns, normaliser.found()))


def _inspect(
    workspace: Path,
    config: Config,
    period: Period | None,
    survey: Survey | None,
    found: Inspection,
    sorter: RowSorter | None = None,
) -> Inspection:
    """What is found in the values of a surveyed file."""
    if survey is None:
        return found
    as_of = None if period is None else period.as_of
    checked = check_nodes(survey, config, as_of, found.errors, found.normaliser, sorter)
    if checked is None:
        return found
    facts = NodeCounts(checked.rows, checked.nodes)
    found = replace(found, facts=facts)
    if period and period.previous in list_periods(workspace):
        previous = resolve_ref(workspace, PeriodRef(period.previous))
        try:
            _compare(workspace, config, previous, survey, checked, found)
        except DataError as error:
            # the flaw is in another file; this one stays valid
            found.warnings.add("W306", previous=previous, detail=error.message)
        else:
            return replace(found, compared_with=previous)
    return found


def _compare(
    workspace: Path,
    config: Config,
    previous: PeriodRef,
    survey: Survey,
    checked: CheckedNodes,
    found: Inspection,
) -> None:
    _, old_survey, old = read_revision(workspace, previous, config)
    coefficients, name, warnings = config.coefficients, str(previous), found.warnings
    warn_of_province_moves(
        to_standard_cards(old.card_counts, coefficients),
        to_standard_cards(checked.card_counts, coefficients),
        config.checks,
        name,
        warnings,
    )
    warn_of_new_models(old.card_counts, checked.card_counts, name, warnings)
    warn_of_node_jumps(
        sum_nodes(old_survey),
        sum_nodes(survey, found.normaliser),
        config.checks,
        name,
        warnings,
    )
