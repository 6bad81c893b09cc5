"""Everything that can be said of one period, from what is stored. I/O."""

from pathlib import Path

from cci_cli.bulletin.facts import Facts, find_facts
from cci_cli.definitions import Config
from cci_cli.errors import DataError
from cci_cli.movements import find_national_causes
from cci_cli.periods import Period, PeriodRef
from cci_cli.spans import compile_span
from cci_cli.timeline import compile_history


def collect_facts(workspace: Path, config: Config, period: Period) -> Facts:
    """Every area of a period, measured on what its levels were made from.

    Args:
        workspace: its root folder.
        config: the config of today.
        period: the period.

    Raises:
        DataError: E422 its levels were transcribed from print, E416 too many digits for causes; or
            data is missing or damaged.
        InvalidDataError: a snapshot breaks a rule.
    """
    history = compile_history(workspace, config, last=period)
    release = history.releases.get(period)
    if release is not None and release.is_transcribed:
        raise DataError("E422", value=release.name)
    before = max(period.previous, config.methodology.base_period)
    refs = PeriodRef(before), PeriodRef(period)
    span = compile_span(workspace, *refs, config, from_snapshots=False)
    return find_facts(history, span.compilations[-1], find_national_causes(workspace, span))
