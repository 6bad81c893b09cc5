"""A comparison of two periods turned round. Domain: no I/O."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from cci_cli.errors import DataError
from cci_cli.outcomes import DiffResult, Driver, HubDiff, IndexDiff
from cci_cli.results import Note


def reverse_diff(result: DiffResult) -> DiffResult:
    """The same comparison from the later period to the earlier: every change negated.

    Contributions are to the growth of this direction: what was added to the national level, with
    the other sign, over the national level that is now compared from. So they still add up to it
    exactly. Shares of the increment stay. Causes keep the names of what happened in time.

    Args:
        result: a comparison in the order of time.

    Raises:
        DataError: E404, the national level of the later period is zero, and growth from it is
            not defined.
    """
    nation = next(item for item in result.indices if item.definition.kind == "national")
    if not nation.to_level or nation.from_level is None:
        raise DataError("E404", period=result.new.period)
    # from what contributions are to: points over the one national level, to points over the other
    factor = -nation.from_level / nation.to_level
    old, new = result.new, result.old
    return replace(
        result,
        old=old,
        new=new,
        indices=tuple(_reverse_index(item, factor) for item in result.indices),
        hubs=None if result.hubs is None else _reverse_hubs(result.hubs, factor),
        causes=_negate(result.causes),
        drivers=tuple(_reverse_driver(driver, factor) for driver in result.drivers),
        notes=(Note("N113", {"old": old.period, "new": new.period}), *result.notes),
    )


def _reverse_index(item: IndexDiff, factor: Fraction) -> IndexDiff:
    return replace(
        item,
        from_level=item.to_level,
        to_level=item.from_level,
        contribution=item.contribution * factor,
        construction=-item.construction,
        discovery=-item.discovery,
        scope=-item.scope,
        revision=None if item.revision is None else -item.revision,
        restated_points=None if item.restated_points is None else -item.restated_points,
    )


def _reverse_hubs(hubs: HubDiff, factor: Fraction) -> HubDiff:
    return replace(
        hubs,
        from_provinces=hubs.to_provinces,
        to_provinces=hubs.from_provinces,
        from_share=hubs.to_share,
        to_share=hubs.from_share,
        contribution=hubs.contribution * factor,
    )


def _reverse_driver(driver: Driver, factor: Fraction) -> Driver:
    return replace(
        driver,
        cards=-driver.cards,
        causes=_negate(driver.causes),
        contribution=driver.contribution * factor,
    )


def _negate(causes: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {cause: -supply for cause, supply in causes.items()}
