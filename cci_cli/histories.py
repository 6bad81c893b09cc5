"""The levels of all periods as they stand, and put on another base. Domain: no I/O.

A released period has its released levels; the others are chained from those by today's data.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from cci_cli.definitions import Config, IndexDefinition
from cci_cli.errors import DataError
from cci_cli.formats import Measure
from cci_cli.indices import Observation, Status, find_national
from cci_cli.periods import Period, PeriodRef
from cci_cli.results import Note, Release, Snapshot


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One index in one period; ``level`` is in unrounded points.

    ``observation`` and ``standard_cards`` are null where the level was transcribed from print:
    nothing more is then known, and ``status`` is null too, except at the base and at a break.
    """

    level: Fraction
    status: Status | None
    provinces: tuple[str, ...]
    observation: Observation | None = None
    standard_cards: Fraction | None = None

    def measure(self, measure: Measure) -> Fraction | None:
        """One of its figures, exactly: points, a ratio, or card-hours per year; null for none."""
        seen = self.observation
        if measure == "level":
            return self.level
        if seen is None:
            return None
        match measure:
            case "growth":
                return seen.growth
            case "share":
                return seen.link.share
            case "supply":
                return seen.link.supply
            case "comparable":
                return seen.comparable_level


@dataclass(frozen=True, slots=True)
class History:
    """Every index in every period from the base on, without a gap.

    ``points`` are by period and code; an index defined later than a release is not in it.
    ``releases`` are those in force, by period; ``snapshots`` those that the levels of the other
    periods were computed from. ``print_bases`` are the transcribed releases that levels rest on,
    each with its number of places; ``outdated`` the releases chained from one that has been
    restated since, each with that one. ``reworded`` are the periods whose released levels print
    otherwise under the config of today; ``is_relabelled`` says that the config has other names,
    codes or methodology than the release of the last period, false where there is none.
    """

    config: Config
    points: Mapping[Period, Mapping[str, HistoryPoint]]
    releases: Mapping[Period, Release]
    snapshots: Mapping[Period, Snapshot]
    print_bases: tuple[tuple[str, int], ...]
    outdated: tuple[tuple[str, PeriodRef], ...]
    reworded: tuple[Period, ...]
    is_relabelled: bool

    @property
    def last(self) -> Period:
        """The last period."""
        return max(self.points)

    def check_period(self, period: Period) -> None:
        """Refuse a period that the history does not reach.

        Raises:
            DataError: E401 it is before the base, E419 it is later than the last.
        """
        base = self.config.methodology.base_period
        if period < base:
            raise DataError("E401", period=period, base=base)
        if period > self.last:
            raise DataError("E419", value=period, last=self.last)

    @property
    def is_demonstration(self) -> bool:
        """Whether invented nodes stand behind any of it."""
        is_frozen = any(item.is_demonstration for item in self.releases.values())
        return is_frozen or any(item.is_demonstration for item in self.snapshots.values())

    def is_official(self, period: Period) -> bool:
        """Whether a release stands behind the levels of a period, digit for digit."""
        return period in self.releases and period not in self.reworded

    @property
    def is_all_official(self) -> bool:
        """Whether releases stand behind all of it, in their words."""
        return all(map(self.is_official, self.points)) and not self.is_relabelled

    def find(self, code: str, period: Period) -> HistoryPoint | None:
        """One index in one period; null where it has no level there."""
        return self.points[period].get(code)

    def measure(self, code: str, period: Period, measure: Measure) -> Fraction | None:
        """One figure of one index in one period, exactly; null where there is none."""
        point = self.find(code, period)
        return None if point is None else point.measure(measure)


@dataclass(frozen=True, slots=True)
class SeriesResult:
    """One figure of some indices over some periods, in order."""

    measure: Measure
    indices: tuple[IndexDefinition, ...]
    periods: tuple[Period, ...]
    # of thousands of lines: nobody wants to see them for the name of a variable
    history: History = field(repr=False)
    notes: tuple[Note, ...] = field(repr=False)

    def value(self, code: str, period: Period) -> Fraction | None:
        """The exact figure: points, a ratio, or card-hours per year; null where there is none."""
        return self.history.measure(code, period, self.measure)


@dataclass(frozen=True, slots=True)
class RebaseResult:
    """All levels on another base.

    ``factors`` are by code, null where an index has nothing to be divided by; unless ``is_each``
    they are the same for all.
    """

    period: Period
    level: Decimal
    is_each: bool
    factors: Mapping[str, Fraction | None]
    # of thousands of lines: nobody wants to see them for the name of a variable
    history: History = field(repr=False)
    notes: tuple[Note, ...] = field(repr=False)

    @property
    def is_official_base(self) -> bool:
        """Whether this is the base that levels are published on."""
        methodology = self.history.config.methodology
        is_same = (self.period, self.level) == (methodology.base_period, methodology.base_level)
        return is_same and not self.is_each

    @property
    def factor(self) -> Fraction | None:
        """The one factor of the family; null where every index has its own."""
        code = find_national(self.history.config.indices).code
        return None if self.is_each else self.factors[code]

    def value(self, code: str, period: Period) -> Fraction | None:
        """The exact level on the new base in points; null where there is none."""
        point, factor = self.history.find(code, period), self.factors[code]
        return None if point is None or factor is None else point.level * factor


def find_factors(
    levels: Mapping[str, Fraction | None], period: Period, level: Fraction, national: str | None
) -> dict[str, Fraction | None]:
    """What every level is multiplied by to put the indices on the base ``period`` = ``level``.

    One factor for the family, ``level / I_national,b``, so that absolute points stay comparable
    across indices: the national level alone is ``level`` at the new base.

    Args:
        levels: the levels at the new base of all indices, by code, in points; null where an
            index has none there.
        period: the new base, for the error text.
        level: what the level there is to be, in points.
        national: the code of the national index; null to give every index a factor of its own,
            with which each of them is at ``level`` at the new base.

    Returns:
        By code; null where an index would need a factor of its own, and is at zero at the new
        base or has no level there.

    Raises:
        DataError: E404, the nation is at zero at the new base.

    Source: methodology of 24 December 2025, section 五（一）: absolute points and growth are
    comparable across indices.
    """
    if national is None:
        return {code: level / old if old else None for code, old in levels.items()}
    national_level = levels[national]
    if not national_level:
        raise DataError("E404", period=period)
    return dict.fromkeys(levels, level / national_level)
