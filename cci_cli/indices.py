"""From supply by province to chained indices, exactly. Domain: no I/O, no Polars, no floats.

This module knows how indices are chained; *what is summed per province* is not its concern, so
another measure than supply can be chained the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from cci_cli.definitions import IndexDefinition
from cci_cli.errors import DataError
from cci_cli.periods import Period

Status = Literal["base", "chained", "break", "reseeded"]


@dataclass(frozen=True, slots=True)
class SupplyLink:
    """Supply of some provinces and of the nation over one link, exact, in card-hours per year.

    ``previous_supply`` and ``previous_national_supply`` are of the period before **on the scope
    of this one**, so that a change of scope itself moves nothing; null at the base.
    """

    supply: Fraction
    national_supply: Fraction
    previous_supply: Fraction | None = None
    previous_national_supply: Fraction | None = None

    @property
    def share(self) -> Fraction | None:
        """Share of the national supply as a ratio; null if the nation has none."""
        return self.supply / self.national_supply if self.national_supply else None

    @property
    def growth(self) -> Fraction | None:
        """``TS_t / TS_t−1 − 1`` as a ratio, 0.1 for 10 %; null at the base and from zero."""
        return self.supply / self.previous_supply - 1 if self.previous_supply else None

    @property
    def increment(self) -> Fraction | None:
        """``TS_t − TS_t−1``; null at the base."""
        return None if self.previous_supply is None else self.supply - self.previous_supply

    @property
    def contribution(self) -> Fraction | None:
        """Contribution to national growth as a ratio, ``ΔTS_i / TS_national,t−1``.

        Null at the base. Over indices that divide up the nation it adds up to its growth.
        """
        if self.increment is None or not self.previous_national_supply:
            return None
        return self.increment / self.previous_national_supply

    @property
    def increment_share(self) -> Fraction | None:
        """``ΔTS_i / ΔTS_national`` as a ratio; null at the base and if the nation stood still."""
        if self.increment is None or self.previous_national_supply is None:
            return None
        national_increment = self.national_supply - self.previous_national_supply
        return self.increment / national_increment if national_increment else None


@dataclass(frozen=True, slots=True)
class FrozenLevel:
    """The released level of one index, in unrounded points, and the scope it had."""

    level: Fraction
    provinces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """One index in one period; levels are unrounded points.

    ``previous_level`` is the level the index had in the period before, on the scope of then;
    null at the base.
    """

    code: str
    period: Period
    status: Status
    provinces: tuple[str, ...]
    level: Fraction
    previous_level: Fraction | None
    national_level: Fraction
    link: SupplyLink

    @property
    def growth(self) -> Fraction | None:
        """Growth of the index over the link as a ratio; null at the base and from zero."""
        return self.link.growth if self.previous_level else None

    @property
    def comparable_level(self) -> Fraction | None:
        """National level × share: comparable across indices also after a change of scope.

        Zero with the nation; null where its share alone is not defined.
        """
        if not self.national_level:
            return Fraction(0)
        return None if self.link.share is None else self.national_level * self.link.share


def sum_supply(supply: Mapping[str, Fraction], provinces: Sequence[str]) -> Fraction:
    """``TS_i = Σ CPS_j`` over the provinces of one index.

    Raises:
        KeyError: a province is absent; absent is not zero.

    Source: methodology of 24 December 2025, section 五（三）.
    """
    return sum((supply[province] for province in provinces), Fraction(0))


def measure_link(
    provinces: Sequence[str],
    national_provinces: Sequence[str],
    supply: Mapping[str, Fraction],
    previous_supply: Mapping[str, Fraction] | None = None,
) -> SupplyLink:
    """Supply of some provinces beside that of the nation, over one link.

    Args:
        provinces: what to measure.
        national_provinces: the scope of the national index.
        supply: supply by province now.
        previous_supply: supply by province in the period before; null at the base.
    """
    now = (sum_supply(supply, provinces), sum_supply(supply, national_provinces))
    if previous_supply is None:
        return SupplyLink(*now)
    return SupplyLink(
        *now,
        sum_supply(previous_supply, provinces),
        sum_supply(previous_supply, national_provinces),
    )


def chain_indices(
    definitions: Sequence[IndexDefinition],
    supplies: Mapping[Period, Mapping[str, Fraction]],
    base_level: Fraction,
    released: Mapping[str, FrozenLevel] | None = None,
) -> dict[Period, list[Observation]]:
    """Every index in every period, the first of which is the base or a released period.

    Args:
        definitions: the indices, exactly one of kind ``national``.
        supplies: by period, without a gap and in order, the supply of every province.
        base_level: the national level at the base, in points.
        released: the frozen levels of the first period, by code, the national one among them;
            null where the first period is the base and its levels are to be computed.

    Returns:
        By period, one observation per index in the order of ``definitions``.

    Raises:
        DataError: E403 no supply at the base, E404 the nation at zero before the last period.
    """
    chained: dict[Period, list[Observation]] = {}
    previous: Period | None = None
    for period, supply in supplies.items():
        if previous is None and released is not None:
            chained[period] = take_released(definitions, period, released, supply)
        elif previous is None:
            chained[period] = compute_base(definitions, period, supply, base_level)
        else:
            before = chained[previous]
            chained[period] = compute_link(
                definitions,
                period,
                {seen.code: seen.level for seen in before},
                supplies[previous],
                supply,
                {seen.code: seen.provinces for seen in before},
            )
        previous = period
    return chained


def compute_base(
    definitions: Sequence[IndexDefinition],
    period: Period,
    supply: Mapping[str, Fraction],
    base_level: Fraction,
) -> list[Observation]:
    """The base levels: ``I_i,0 = base_level × TS_i,0 / TS_national,0``.

    Raises:
        DataError: E403, no supply in the nation.

    Source: methodology of 24 December 2025, section 五（四）.
    """
    nation = find_national(definitions).provinces_at(period)
    observations = []
    for definition in definitions:
        provinces = definition.provinces_at(period)
        link = measure_link(provinces, nation, supply)
        if link.share is None:
            raise DataError("E403", period=period)
        observations.append(
            Observation(
                code=definition.code,
                period=period,
                status="base",
                provinces=provinces,
                level=base_level * link.share,
                previous_level=None,
                national_level=base_level,
                link=link,
            )
        )
    return observations


def take_released(
    definitions: Sequence[IndexDefinition],
    period: Period,
    released: Mapping[str, FrozenLevel],
    supply: Mapping[str, Fraction],
) -> list[Observation]:
    """The frozen levels of a released period, to be chained from.

    They stand on the scope they had, whatever supply and definitions look like today. An index
    that was not released, having been defined later, is seeded as national level × share.

    Args:
        definitions: the indices, exactly one of kind ``national``.
        period: the released period.
        released: its levels by code; the national one must be among them.
        supply: its supply by province, as it is known today.

    Raises:
        DataError: E404, a share is needed and the nation has no supply.
    """
    national = find_national(definitions)
    nation = national.provinces_at(period)
    national_level = released[national.code].level
    observations = []
    for definition in definitions:
        frozen = released.get(definition.code)
        provinces = definition.provinces_at(period)
        # a province that the config no longer has cannot be measured
        if frozen is not None and set(frozen.provinces) <= set(supply):
            provinces = frozen.provinces
        link = measure_link(provinces, nation, supply)
        level = None if frozen is None else frozen.level
        status: Status = "chained"
        if level is None:
            if link.share is None:
                raise DataError("E404", period=period)
            level, status = national_level * link.share, "reseeded"
        observations.append(
            Observation(
                code=definition.code,
                period=period,
                status=status,
                provinces=provinces,
                level=level,
                previous_level=None,
                national_level=national_level,
                link=link,
            )
        )
    return observations


def compute_link(
    definitions: Sequence[IndexDefinition],
    period: Period,
    previous_levels: Mapping[str, Fraction],
    old_supply: Mapping[str, Fraction],
    new_supply: Mapping[str, Fraction],
    previous_scopes: Mapping[str, Sequence[str]] | None = None,
) -> list[Observation]:
    """The levels one period on: ``I_i,t = I_i,t−1 × TS_i,t / TS_i,t−1``.

    Both supplies of an index are taken on its scope of ``period``, so that a change of scope
    itself moves nothing. An index that has no level or no supply to be chained from, and has
    supply now, is seeded anew as national level × share.

    Args:
        definitions: the indices, exactly one of kind ``national``.
        period: the period of ``new_supply``.
        previous_levels: the unrounded level of every index in the period before, by code.
        old_supply: supply by province in the period before.
        new_supply: supply by province in ``period``.
        previous_scopes: the provinces of every index in the period before, by code; null where
            they are as defined.

    Raises:
        DataError: E404, the nation has no supply to chain or to seed from.

    Source: methodology of 24 December 2025, section 五（五）.
    """
    national = find_national(definitions)
    nation = national.provinces_at(period)
    ratio = measure_link(nation, nation, new_supply, old_supply).growth
    if ratio is None or not previous_levels[national.code]:
        raise DataError("E404", period=period.previous)
    national_level = previous_levels[national.code] * (1 + ratio)

    observations = []
    for definition in definitions:
        provinces = definition.provinces_at(period)
        link = measure_link(provinces, nation, new_supply, old_supply)
        previous_level = previous_levels[definition.code]
        scope = (previous_scopes or {}).get(
            definition.code, definition.provinces_at(period.previous)
        )
        status: Status = "chained" if set(scope) == set(provinces) else "break"
        if not link.supply:
            level = Fraction(0)
        elif link.growth is not None and previous_level:
            level = previous_level * (1 + link.growth)
        elif link.share is not None:
            level, status = national_level * link.share, "reseeded"
        else:
            raise DataError("E404", period=period)
        observations.append(
            Observation(
                code=definition.code,
                period=period,
                status=status,
                provinces=provinces,
                level=level,
                previous_level=previous_level,
                national_level=national_level,
                link=link,
            )
        )
    return observations


def find_national(definitions: Sequence[IndexDefinition]) -> IndexDefinition:
    """The one index of kind ``national``."""
    return next(definition for definition in definitions if definition.kind == "national")
