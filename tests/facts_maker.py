"""Facts of a bulletin made in memory: card-hours by province and period in, areas out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from cci_cli.bulletin.facts import Facts, find_facts
from cci_cli.chains import Compilation
from cci_cli.definitions import (
    Checks,
    Config,
    IndexDefinition,
    Methodology,
    Policy,
    Province,
    Publication,
)
from cci_cli.histories import History, HistoryPoint
from cci_cli.indices import chain_indices
from cci_cli.periods import Period, parse_period, periods_between

BASE = parse_period("2024H2")
#: 100 TFLOPS a standard card and 10 hours a year: 10 card-hours for a card.
HOURS = 10


def define(code: str, kind: str, provinces: Sequence[str], name: str = "") -> IndexDefinition:
    """An index; its English name is ``code``, its Chinese one ends in 指数."""
    return IndexDefinition(
        code=code,
        kind=kind,
        series=f"series {kind}",
        name=f"{name or code}指数",
        name_en=f"{code} Index",
        provinces=tuple(provinces),
    )


def make_facts(
    periods: Sequence[Mapping[str, int]],
    indices: Sequence[IndexDefinition],
    *,
    causes: Mapping[str, Fraction] | None = None,
    decimals: int = 2,
    target: str = "60",
) -> Facts:
    """Facts of the last of some periods, the base first.

    Args:
        periods: standard cards by province, for each period.
        indices: the first of them national.
        causes: the change of national supply by cause.
        decimals: of printed figures.
        target: of the policy, in per cent.
    """
    names = tuple(periods[0])
    last = BASE
    for _ in periods[1:]:
        last = last.next
    every = periods_between(BASE, last)
    config = make_config(names, indices, decimals, target)
    cards = {
        period: {name: Fraction(count) for name, count in counts.items()}
        for period, counts in zip(every, periods, strict=True)
    }
    supplies = {
        period: {name: count * HOURS for name, count in counts.items()}
        for period, counts in cards.items()
    }
    chained = chain_indices(config.indices, supplies, Fraction(1000))
    points = {
        period: {
            seen.code: HistoryPoint(
                level=seen.level,
                status=seen.status,
                provinces=seen.provinces,
                observation=seen,
                standard_cards=sum(cards[period][name] for name in seen.provinces),
            )
            for seen in observations
        }
        for period, observations in chained.items()
    }
    history = History(
        config=config,
        points=points,
        releases={},
        snapshots={},
        print_bases=(),
        outdated=(),
        reworded=(),
        is_relabelled=False,
    )
    compiled = Compilation(
        config=config,
        period=last,
        start=None,
        replaced=None,
        snapshots={},
        standard_cards=cards,
        supplies=supplies,
        chained=chained,
    )
    return find_facts(history, compiled, causes or {})


def make_config(
    names: Sequence[str], indices: Sequence[IndexDefinition], decimals: int, target: str
) -> Config:
    """A config of some provinces, called the same in English with a prime behind."""
    return Config(
        methodology=Methodology(
            version="test",
            base_period=BASE,
            base_level=Decimal(1000),
            standard_card_tflops=Decimal(100),
            hours_per_year=HOURS,
            decimals=decimals,
            rounding="half_up",
        ),
        checks=Checks(Decimal(50), Decimal(3), 100),
        policy=Policy(Decimal(target)),
        publication=Publication(),
        provinces=tuple(
            Province(f"{number:02}", name, f"{name}省", f"{name}'", "", ())
            for number, name in enumerate(names)
        ),
        indices=tuple(indices),
        models=(),
        hashes={},
    )


__all__ = ["BASE", "Period", "define", "make_config", "make_facts"]
