"""A series as SDMX-CSV 2.0, the exchange form of statistical offices. Domain: no I/O.

Source: SDMX Technical Working Group, SDMX-CSV data message 2.0, field guide; the code lists
CL_FREQ and CL_OBS_STATUS, and for the order of the latter's codes the guideline on observation
status: a break goes before a missing value, that before a provisional one.
"""

from dataclasses import replace
from typing import Final

from cci_cli.figures import Rounder
from cci_cli.formats import Lang, Measure
from cci_cli.histories import HistoryPoint, SeriesResult
from cci_cli.periods import Period
from cci_cli.timelines import find_points, release_text, round_measure, view_series
from cci_cli.views import View

#: The name of the data; no registry holds a definition of their structure.
DATAFLOW: Final = "CCI:CCI_IC(1.0)"
#: Half-yearly.
FREQUENCY: Final = "S"

_UNITS: Final[dict[Measure, str]] = {
    "level": "IX",
    "growth": "PT",
    "share": "PT",
    "supply": "CARD_HOURS",
    "comparable": "IX",
}
_COLUMNS: Final = (
    "STRUCTURE",
    "STRUCTURE_ID",
    "ACTION",
    "FREQ",
    "INDEX",
    "MEASURE",
    "TIME_PERIOD",
    "OBS_VALUE",
    "OBS_STATUS",
    "UNIT_MEASURE",
    "DECIMALS",
    "BASE_PER",
    "CHAIN_STATUS",
    "RELEASE",
)


def view_sdmx(result: SeriesResult, lang: Lang) -> View:
    """The series with the columns of SDMX-CSV 2.0, one row per index and period.

    ``INDEX`` and ``MEASURE`` are dimensions beside frequency and time. ``CHAIN_STATUS`` is how the
    level came about and ``RELEASE`` the release it is of, empty where it is provisional:
    ``OBS_STATUS`` has room for the graver of the two alone.
    """
    methodology = result.history.config.methodology
    rounder = Rounder(methodology)
    decimals = 0 if result.measure == "supply" else methodology.decimals
    columns: dict[str, type | int] = dict.fromkeys(_COLUMNS, str)
    columns["OBS_VALUE"] = decimals or int
    columns["DECIMALS"] = int
    records = tuple(
        (
            "dataflow",
            DATAFLOW,
            "I",
            FREQUENCY,
            index.code,
            result.measure.upper(),
            to_time_period(period),
            round_measure(result.value(index.code, period), result.measure, rounder),
            _find_status(result, period, point),
            _UNITS[result.measure],
            decimals,
            to_time_period(methodology.base_period),
            None if point is None else point.status,
            None if point is None else release_text(result.history, period),
        )
        for index, period, point in find_points(result)
    )
    return replace(view_series(result, lang), columns=columns, records=records)


def to_time_period(period: Period) -> str:
    """A half-year as SDMX writes it: ``2025-S1``."""
    return f"{period.year:04d}-S{period.half}"


def _find_status(result: SeriesResult, period: Period, point: HistoryPoint | None) -> str:
    """The code of CL_OBS_STATUS.

    B a break in the series, M a value that cannot exist, L one that exists and is not known here,
    P provisional, A normal.
    """
    if point is None:
        return "M"
    if point.status in ("break", "reseeded"):
        return "B"
    if point.measure(result.measure) is None:
        return "L" if point.observation is None else "M"
    return "A" if result.history.is_official(period) else "P"
