"""Everything to be said of one file of nodes: errors, and moves against the period before. I/O."""

from dataclasses import dataclass
from pathlib import Path

from cci_cli.cards import to_standard_cards
from cci_cli.csvfile import Survey, survey_file
from cci_cli.definitions import Config
from cci_cli.errors import CciError, ProblemList
from cci_cli.files import hash_file
from cci_cli.nodefile import CheckedNodes, check_nodes, sum_nodes
from cci_cli.periods import Period, PeriodRef
from cci_cli.plausibility import warn_of_new_models, warn_of_node_jumps, warn_of_province_moves
from cci_cli.results import SnapshotFacts
from cci_cli.store import list_periods, read_revision, resolve_ref


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found; ``survey`` and ``facts`` are null where there are errors."""

    survey: Survey | None
    facts: SnapshotFacts | None
    errors: ProblemList
    warnings: ProblemList
    compared_with: PeriodRef | None


def inspect_file(
    workspace: Path, config: Config, path: Path, name: str, period: Period | None
) -> Inspection:
    """All errors of a file and, where there are none, its warnings.

    Args:
        workspace: its root folder, which may have a snapshot of the period before.
        config: provinces, models and limits.
        path: the file.
        name: what the problems call it.
        period: the half-year it describes; null where not known, then nothing is compared.

    Raises:
        SystemFailureError: E501, the file cannot be read.
    """
    errors, warnings = ProblemList(name), ProblemList(name)
    as_of = None if period is None else period.as_of
    survey = survey_file(path, errors)
    checked = check_nodes(survey, config, as_of, errors) if survey else None
    if not survey or not checked:
        return Inspection(None, None, errors, warnings, None)
    facts = SnapshotFacts(hash_file(path), checked.rows, checked.nodes)
    compared_with = None
    if period and period.previous in list_periods(workspace):
        previous = resolve_ref(workspace, PeriodRef(period.previous))
        try:
            _compare(workspace, config, previous, survey, checked, warnings)
            compared_with = previous
        except CciError as error:
            # the flaw is in another file; this one stays valid
            warnings.add("W306", previous=previous, detail=error.message)
    return Inspection(survey, facts, errors, warnings, compared_with)


def _compare(
    workspace: Path,
    config: Config,
    previous: PeriodRef,
    survey: Survey,
    checked: CheckedNodes,
    warnings: ProblemList,
) -> None:
    _, old_survey, old = read_revision(workspace, previous, config)
    coefficients, name = config.coefficients, str(previous)
    warn_of_province_moves(
        to_standard_cards(old.card_counts, coefficients),
        to_standard_cards(checked.card_counts, coefficients),
        config.checks,
        name,
        warnings,
    )
    warn_of_new_models(old.card_counts, checked.card_counts, name, warnings)
    warn_of_node_jumps(sum_nodes(old_survey), sum_nodes(survey), config.checks, name, warnings)
