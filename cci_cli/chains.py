"""The chain of all indices up to a period, with all it was made from. Domain: no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from cci_cli.definitions import Config
from cci_cli.figures import find_changed_codes, to_release_rows
from cci_cli.indices import Observation, sum_supply
from cci_cli.periods import Period, PeriodRef
from cci_cli.results import IndexFigures, Release, Snapshot


@dataclass(frozen=True, slots=True)
class Compilation:
    """The chain of all indices up to ``period``, and all it was made from.

    ``start`` is the release whose levels the first period of the chain has; null where that
    period is the base. ``replaced`` is a restated release that it still rests on, null for none.
    ``release`` is the newest release of ``period`` itself. ``standard_cards`` and ``supplies``
    are by period and province.
    """

    config: Config
    period: Period
    start: Release | None
    replaced: PeriodRef | None
    snapshots: Mapping[Period, Snapshot]
    standard_cards: Mapping[Period, Mapping[str, Fraction]]
    supplies: Mapping[Period, Mapping[str, Fraction]]
    chained: Mapping[Period, list[Observation]]
    release: Release | None = None

    @property
    def previous(self) -> Period | None:
        """The period before; null at the base."""
        return self.period.previous if len(self.chained) > 1 else None

    @property
    def figures(self) -> tuple[IndexFigures, ...]:
        """One entry per index, for ``period``."""
        return self.figures_at(self.period)

    def figures_at(self, period: Period) -> tuple[IndexFigures, ...]:
        """One entry per index, for any period of the chain."""
        now = self.standard_cards[period]
        return tuple(
            IndexFigures(definition, observation, sum_supply(now, observation.provinces))
            for definition, observation in zip(
                self.config.indices, self.chained[period], strict=True
            )
        )

    @property
    def release_rows(self) -> tuple[dict[str, str], ...]:
        """What ``indices.csv`` of a release of ``period`` would hold."""
        return to_release_rows(self.figures, self.config.methodology)

    @property
    def changed_codes(self) -> tuple[str, ...]:
        """The indices whose figures are not the released ones; none where nothing is released."""
        if self.release is None:
            return ()
        rounding = self.config.methodology.rounding
        return find_changed_codes(self.release, self.release_rows, rounding)

    @property
    def is_demonstration(self) -> bool:
        """Whether invented nodes stand behind any of it."""
        is_frozen = self.start is not None and self.start.is_demonstration
        return is_frozen or any(item.is_demonstration for item in self.snapshots.values())

    @property
    def print_basis(self) -> tuple[str, int] | None:
        """The transcribed release that the chain rests on, with its places; null for none."""
        return None if self.start is None else self.start.own_basis
