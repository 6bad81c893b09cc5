"""Moves between two snapshots that deserve a second look. Domain: no I/O.

A warning never stops anything: what is surprising may be true.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import polars as pl

from cci_cli.columns import CARDS, MODEL, NODE_ID, PROVINCE
from cci_cli.definitions import Checks
from cci_cli.errors import ProblemList
from cci_cli.periods import Period
from cci_cli.rounding import round_exact


def warn_of_period(period: Period, base: Period, today: date, warnings: ProblemList) -> None:
    """A period that has not ended, or for which there will be no index.

    Args:
        period: the half-year that is looked at.
        base: the one that the indices begin with.
        today: the day it is.
        warnings: what is found is added to it.
    """
    if period.as_of > today:
        warnings.add("W307", period=period, as_of=period.as_of)
    if period < base:
        warnings.add("W308", period=period, base=base)


def warn_of_province_moves(
    old: Mapping[str, Fraction],
    new: Mapping[str, Fraction],
    checks: Checks,
    previous: str,
    warnings: ProblemList,
) -> None:
    """Provinces whose supply moves beyond the limit, appears or vanishes.

    Args:
        old: supply, or anything in proportion to it, by province.
        new: the same of the snapshot that is looked at; in its order the warnings come.
        checks: the limits.
        previous: how the texts name the old snapshot.
        warnings: what is found is added to it.
    """
    for province, now in new.items():
        before = old.get(province)
        if not before and now:
            warnings.add("W302", column=PROVINCE, value=province, previous=previous)
        elif before and not now:
            warnings.add("W305", column=PROVINCE, value=province, previous=previous)
        elif before:
            change = 100 * (now / before - 1)
            if abs(change) > Fraction(checks.province_change_pct):
                warnings.add(
                    "W301",
                    column=PROVINCE,
                    value=province,
                    change=f"{round_exact(change, 1):+f}",
                    previous=previous,
                    limit=f"{checks.province_change_pct:f}",
                )


def warn_of_new_models(
    old: pl.DataFrame, new: pl.DataFrame, previous: str, warnings: ProblemList
) -> None:
    """Models in service now of which the country had no card in service before.

    Args:
        old: card counts, see ``conversion.CARD_COUNTS``.
        new: the same of the snapshot that is looked at.
        previous: how the texts name the old snapshot.
        warnings: what is found is added to it.
    """
    known = old.filter(pl.col(CARDS) > 0).get_column(MODEL)
    in_service = new.filter(pl.col(CARDS) > 0).get_column(MODEL)
    for model in in_service.filter(~in_service.is_in(known.implode())).unique().sort():
        warnings.add("W303", column=MODEL, value=model, previous=previous)


def warn_of_node_jumps(
    old: pl.DataFrame, new: pl.DataFrame, checks: Checks, previous: str, warnings: ProblemList
) -> None:
    """Nodes whose cards in service rise or fall beyond both limits.

    Args:
        old: ``node_id`` and ``cards`` in service, one row per node with any.
        new: the same of the snapshot that is looked at. A node in one of them alone is new or
            closed, which is no jump.
        checks: the limits.
        previous: how the texts name the old snapshot.
        warnings: what is found is added to it.
    """
    both = old.join(new, on=NODE_ID, suffix="_new").sort(NODE_ID)
    factor = Fraction(checks.node_change_factor)
    for node, before, now in both.select(NODE_ID, CARDS, f"{CARDS}_new").iter_rows():
        small, large = sorted((before, now))
        if large - small > checks.node_change_min_cards and large > factor * small:
            warnings.add(
                "W304",
                column=NODE_ID,
                value=node,
                old=f"{before:,}",
                new=f"{now:,}",
                previous=previous,
                factor=f"{checks.node_change_factor:f}",
                cards=f"{checks.node_change_min_cards:,}",
            )
