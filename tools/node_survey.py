"""The invented node survey behind the demonstration snapshots, built to given totals.

What is illustrative: every node with its name, cards and dates; the digits of a level behind the
second decimal; and the split between provinces where the published table gives only their total.
Three tables in `survey/` hold the choices: `provinces.csv` (number of nodes in 2024H2, level in
points in each survey), `places.csv` (real places, for the names) and `offers.csv` (the years in
which a model was bought, and how often by each kind of site).

Method. Each province has a target in whole TFLOPS for each survey. In 2024H2 legacy and edge sites
are drawn as they come, and larger ones share out the rest by heavy-tailed weights. 2025H1 grows out
of it, with at most one cause of change to a node:
- less: a node closed, its old models retired, a model suspended, a node shrunk by a quarter;
- swapped: old models retired for half as much again in newer ones at the same node;
- more: a node or a second phase finished, a new node, a node expanded, a suspended lot resumed.
Cards come in servers of eight. Two nodes of a province make it meet its targets: the first (its
lead) also takes the servers that rounding left over, and the second, an inference pool of A10, T4
and A2, closes the last few thousand TFLOPS card by card, growing from one survey to the next.
Two small nodes, in Zhejiang and Hubei, are found late: they worked before the end of 2024 but only
the survey of 2025H1 has them, which is coverage and not building.

Coefficients come from the catalogue at run time, and the counts follow if one is corrected. The
seed is fixed. Random floats only choose among options: budgets and counts are integers.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import accumulate, pairwise, product
from math import lcm
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

SEED = 20241231
PERIODS = {"2024H2": date(2024, 12, 31), "2025H1": date(2025, 6, 30)}
OLD_AS_OF, NEW_AS_OF = PERIODS.values()
TABLES = Path(__file__).resolve().parent / "survey"
TOTAL_TFLOPS = 398_181 * 1979

# Kinds of site: commercial cloud, large base (as in the western hubs), state
# (Chinese cards only), legacy (older cards) and edge; the last two are small, the others large.
KINDS = ("cloud", "base", "state", "legacy", "edge")
SMALL_KINDS = ("legacy", "edge")
PROFILES = {  # How often a site of each kind occurs in a province.
    "east": (34, 8, 14, 20, 24),
    "west": (10, 42, 20, 8, 20),
    "inland": (18, 18, 26, 16, 22),
}
LEAD_KIND = {"east": "cloud", "west": "base", "inland": "state"}
SIZE = {"cloud": 3, "base": 5, "state": 2, "legacy": 1, "edge": 1}
PURPOSES = {
    "cloud": ("智算中心", "智算云平台", "智算园区", "人工智能算力中心"),
    "base": ("算力基地", "智算基地", "数据中心集群", "绿色智算园"),
    "state": ("人工智能计算中心", "政务智算平台", "公共算力平台", "国产算力适配中心"),
    "legacy": ("云计算中心", "数据中心", "高性能计算中心", "科研算力平台"),
    "edge": ("边缘算力节点", "渲染算力站", "高校算力平台", "推理算力站"),
    "pool": ("推理服务节点",),
}
PHASES = ("", "二期", "三期", "四期")
SERVER_CARDS = 8
# A lot has at most about so many cards, so that large budgets go to more and stronger models.
LOT_CARDS, LOT_TFLOPS = 16_000, 2_500_000
POOL_MODELS = ("NVIDIA A10", "NVIDIA T4", "NVIDIA A2")
POOL_RESERVE_TFLOPS = 2_500
# How often a new site, and one that changes, has one model, two models, and so on.
OLD_MODELS_PER_SITE = (17, 25, 23, 16, 10, 5, 2, 2)
NEW_MODELS_PER_SITE = (45, 35, 20)
FOUND_LATE = ("浙江", "湖北")

IN_SERVICE, BUILDING = "in_service", "under_construction"
SUSPENDED, RETIRED = "suspended", "retired"
# The status of a lot in the two surveys; None where a survey did not see it.
History = tuple[str | None, str | None]
STEADY: History = (IN_SERVICE, IN_SERVICE)
FINISHED: History = (BUILDING, IN_SERVICE)
UNFINISHED: History = (BUILDING, BUILDING)
ADDED: History = (None, IN_SERVICE)
BEGUN: History = (None, BUILDING)
GAINS = {"expanded": ADDED, "finished": FINISHED, "second phase finished": FINISHED}
LOSSES = ("swapped", "retired", "closed", "suspended", "shrunk")
# What becomes of a node that already stood in the old survey, in percent.
CAUSES = ("", "expanded", "second phase finished", "second phase begun", *LOSSES)
CAUSE_WEIGHTS = (54, 16, 3, 3, 9, 4, 3, 6, 2)


class NodeRow(NamedTuple):
    """One row of the survey: the cards of one model at one node."""

    node_id: str
    node_name: str
    province: str
    model: str
    cards: int
    status: str
    in_service_since: str


class Province(NamedTuple):
    """A province, its number of nodes in 2024H2, and its level in points in the two surveys."""

    name: str
    code: str
    profile: str
    nodes: int
    levels: tuple[Fraction, Fraction]


class Offer(NamedTuple):
    """A model, its TFLOPS, the years in which it was bought, and how often by kind of site."""

    model: str
    tflops: Fraction
    first: int
    last: int
    weights: dict[str, int]

    @property
    def step(self) -> int:
        """Cards bought at a time: whole servers that come to a whole number of TFLOPS."""
        return lcm(SERVER_CARDS, self.tflops.denominator)

    @property
    def step_tflops(self) -> int:
        """The TFLOPS of one step."""
        return int(self.step * self.tflops)


class State(NamedTuple):
    """What a survey saw of a lot."""

    status: str
    cards: int


@dataclass
class Lot:
    """The cards of one model at one node, and their states in the two surveys, None if unseen."""

    offer: Offer
    since: str
    states: list[State | None]

    @property
    def runs(self) -> bool:
        """In service in both surveys, as far as the new one is made."""
        return all(state and state.status == IN_SERVICE for state in self.states)

    def cards(self, survey: int) -> int:
        """The cards that count in a survey: none unless they are in service."""
        state = self.states[survey]
        return state.cards if state and state.status == IN_SERVICE else 0

    def add(self, cards: int, survey: int) -> None:
        """Add cards from a survey on, wherever the lot was seen."""
        for index in range(survey, 2):
            if state := self.states[index]:
                self.states[index] = State(state.status, state.cards + cards)


@dataclass
class Site:
    """A node, with its lots by model and the one cause, if any, that changes it."""

    node_id: str
    name: str
    kind: str
    cause: str = ""
    lots: dict[str, Lot] = field(default_factory=dict)


T = TypeVar("T")
# FP16 TFLOPS of each model of the catalogue.
Coefficients = Mapping[str, Decimal | Fraction]
# A weight, and what turns a budget in TFLOPS into cards and returns what it spent.
Project = tuple[int, Callable[[int], int]]


class Draw:
    """Choices from a seeded stream of `Random.random`, which is the same in every Python."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 - nothing here is secret

    def below(self, limit: int) -> int:
        """A whole number from 0 to under the limit."""
        return int(self._random() * limit)

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return self.below(100) < percent

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all alike."""
        return options[self.below(len(options))]

    def weighted(self, options: Sequence[T], weights: Sequence[int]) -> T:
        """One of the options, each as often as its weight."""
        ticket = self.below(sum(weights))
        return next(
            option
            for option, bound in zip(options, accumulate(weights), strict=True)
            if ticket < bound
        )

    def size(self) -> int:
        """A heavy-tailed weight: about twice as large about half as often."""
        power = 0
        while power < 4 and self.chance(55):
            power += 1
        return (16 + self.below(16)) << power

    def day(self, first: date, last: date) -> str:
        """An ISO date from the first to the last."""
        return (first + timedelta(self.below((last - first).days + 1))).isoformat()


def to_servers(cards: int, step: int) -> int:
    """Cards as they are bought: at least one step, and rounder numbers in larger lots."""
    rounder = step * (16 if cards >= 4096 else 4 if cards >= 512 else 1)
    return max(step, cards // rounder * rounder)


def find_pool_cards(tflops: Fraction, offers: Sequence[Offer]) -> tuple[int, ...]:
    """The fewest cards of three models that come to `tflops` exactly."""
    large, middle, small = (offer.tflops for offer in offers)
    found = [
        (a, b, int(rest / small))
        for a, b in product(range(int(tflops / large) + 1), range(int(small)))
        if (rest := tflops - a * large - b * middle) >= 0 and rest % small == 0
    ]
    if not found:
        message = f"the pool models cannot make up {tflops} TFLOPS"
        raise ValueError(message)
    return min(found, key=sum)


class ProvinceSurvey:
    """Both surveys of one province, made to meet its two targets in TFLOPS."""

    def __init__(
        self,
        province: Province,
        targets: tuple[int, int],
        offers: Mapping[str, Offer],
        places: Sequence[str],
    ) -> None:
        self.province, self.targets, self.offers, self.places = province, targets, offers, places
        # A stream of its own, so that a change in one province leaves the others as they are.
        self.draw = Draw(SEED + int(province.code))
        self.sites: list[Site] = []
        self.number = 0
        self.lead = self._open_site(LEAD_KIND[province.profile])
        self.pool = self._open_site("pool")
        self._make_old_survey()
        self._make_new_survey()

    def rows(self, survey: int) -> Iterator[NodeRow]:
        """The rows of the old (0) or the new (1) survey."""
        for site in self.sites:
            node = (site.node_id, site.name, self.province.name)
            for lot in site.lots.values():
                if state := lot.states[survey]:
                    since = "" if state.status == BUILDING else lot.since
                    yield NodeRow(*node, lot.offer.model, state.cards, state.status, since)

    def _make_old_survey(self) -> None:
        for model in POOL_MODELS:
            self._add_lot(self.pool, self.offers[model], SERVER_CARDS, STEADY)
        projects = [self._plan(self.lead, STEADY)]
        for _ in range(self.province.nodes - 2):
            site = self._open_site(self._draw_kind())
            if site.kind in SMALL_KINDS:
                self._stock(site, STEADY, self._draw_small_budget())
            elif self.draw.chance(9):
                site.cause = "finished"
            elif self.draw.chance(5):
                site.cause = "unfinished"
                self._stock(site, UNFINISHED, self._draw_large_budget())
            else:
                projects.append(self._plan(site, STEADY))
            if not site.cause and self.draw.chance(7):
                self._set_aside(site)
        self._share_out(0, projects)
        self._meet_target(0)
        for lot in self._lots():
            if self.draw.chance(4):
                lot.since = ""

    def _make_new_survey(self) -> None:
        # Losses stay within half the growth, or nothing would be left to build.
        allowance = (self.targets[1] - self.targets[0]) // 2
        projects = [self._plan(self.lead, ADDED)]
        for site in self.sites[2:]:
            site.cause = site.cause or self.draw.weighted(CAUSES, CAUSE_WEIGHTS)
            if site.cause in GAINS:
                projects.append(self._plan(site, GAINS[site.cause]))
            elif site.cause in LOSSES:
                allowance -= self._lose(site, allowance)
            elif site.cause == "second phase begun":
                self._stock(site, BEGUN, self._draw_small_budget() * 4)
        opened = [
            self._open_site(self._draw_kind()) for _ in range((self.province.nodes + 7) // 16)
        ]
        projects += [self._plan(site, ADDED) for site in opened]
        if self.draw.chance(30):
            self._stock(self._open_site("base"), BEGUN, self._draw_large_budget())
        if self.province.name in FOUND_LATE:
            self._find_late()
        self._share_out(1, projects)
        self._meet_target(1)

    def _open_site(self, kind: str) -> Site:
        self.number += 2 if self.draw.chance(5) else 1
        taken = [site.name for site in self.sites]
        free: list[str] = []
        while not free:
            name = self.draw.pick(self.places) + self.draw.pick(PURPOSES[kind])
            free = [name + phase for phase in PHASES if name + phase not in taken]
        self.sites.append(Site(f"{self.province.code}-{self.number:03}", free[0], kind))
        return self.sites[-1]

    def _draw_kind(self) -> str:
        return self.draw.weighted(KINDS, PROFILES[self.province.profile])

    def _draw_small_budget(self) -> int:
        """TFLOPS of some tens or hundreds of cards, less where the province is small."""
        cap = self.targets[0] // self.province.nodes // 2
        return min(cap, 120 * ((16 + self.draw.below(16)) << self.draw.below(6)))

    def _draw_large_budget(self) -> int:
        return self.targets[0] // self.province.nodes * (1 + self.draw.below(8)) // 4

    def _plan(self, site: Site, history: History) -> Project:
        weight = self.draw.size() * SIZE[site.kind] * (3 if site is self.lead else 1)
        return weight, partial(self._stock, site, history)

    def _share_out(self, survey: int, projects: list[Project]) -> None:
        """Give each project its part of what the target leaves, the smallest first.

        What rounding to servers leaves of one project falls to the larger ones after it.
        """
        left = int(self._missing(survey)) - POOL_RESERVE_TFLOPS
        weights_left = sum(weight for weight, _ in projects)
        for weight, stock in sorted(projects, key=itemgetter(0)):
            left -= stock(left * weight // weights_left)
            weights_left -= weight

    def _meet_target(self, survey: int) -> None:
        """Close the gap: whole servers at the lead, single cards in the pool."""
        for lot in sorted(self.lead.lots.values(), key=lambda lot: -lot.offer.step_tflops):
            steps = (self._missing(survey) - POOL_RESERVE_TFLOPS) // lot.offer.step_tflops
            lot.add(max(0, steps) * lot.offer.step, survey)
        lots = [self.pool.lots[model] for model in POOL_MODELS]
        counts = find_pool_cards(self._missing(survey), [lot.offer for lot in lots])
        for lot, cards in zip(lots, counts, strict=True):
            lot.add(cards, survey)

    def _missing(self, survey: int) -> Fraction:
        """TFLOPS that the survey still lacks."""
        return self.targets[survey] - sum_tflops(self._lots(), survey)

    def _lots(self) -> list[Lot]:
        return [lot for site in self.sites for lot in site.lots.values()]

    def _stock(self, site: Site, history: History, budget: int, models: int = 0) -> int:
        """Give a site lots for about `budget` TFLOPS, and return what they come to."""
        weights = NEW_MODELS_PER_SITE if site.lots else OLD_MODELS_PER_SITE
        models = models or 1 + self.draw.weighted(range(len(weights)), weights)
        models = max(models, min(8, budget // LOT_TFLOPS))
        offers = self._choose_offers(site, history, budget, models)
        parts = [1 + self.draw.below(9) + (6 if offer is offers[0] else 0) for offer in offers]
        whole = sum((o.tflops * part for o, part in zip(offers, parts, strict=True)), Fraction(0))
        finished = self.draw.day(OLD_AS_OF + timedelta(1), NEW_AS_OF)
        spent = Fraction(0)
        for offer, part in zip(offers, parts, strict=True):
            # Parts are parts of the cards, not of the TFLOPS: strong cards weigh more in the sum.
            cards = to_servers(int(budget * part / whole), offer.step)
            self._add_lot(site, offer, cards, history, finished)
            spent += cards * offer.tflops
        return int(spent)

    def _choose_offers(self, site: Site, history: History, budget: int, models: int) -> list[Offer]:
        """Models that were on sale to the site and that the budget can pay for."""
        before, kind = history[0], site.kind
        bought_now = before in (None, BUILDING)
        if bought_now and kind == "legacy":
            kind = "cloud"
        on_sale = [
            offer
            for offer in self.offers.values()
            if offer.weights[kind]
            and offer.first <= (2025 if before is None else 2024)
            and (offer.last >= 2025 or not bought_now)
            and (offer.model not in site.lots or (before is None and site.lots[offer.model].runs))
        ]
        part = budget // models
        left = [o for o in on_sale if 2 * o.step_tflops <= part <= LOT_CARDS * o.tflops]
        chosen: list[Offer] = []
        while left and len(chosen) < models:
            # A site that grows tends to buy more of what it has.
            weights = [o.weights[kind] * (4 if o.model in site.lots else 1) for o in left]
            chosen.append(self.draw.weighted(left, weights))
            left.remove(chosen[-1])
        return chosen or [min(on_sale, key=lambda offer: abs(part - 2 * offer.step_tflops))]

    def _add_lot(
        self, site: Site, offer: Offer, cards: int, history: History, finished: str = ""
    ) -> None:
        if lot := site.lots.get(offer.model):
            lot.add(cards, 1)
            return
        bought = self.draw.day(date(offer.first, 1, 1), date(min(offer.last, 2024), 12, 31))
        since = finished if history[0] in (None, BUILDING) else bought
        states = [State(status, cards) if status else None for status in history]
        site.lots[offer.model] = Lot(offer, since, states)

    def _set_aside(self, site: Site) -> None:
        """Add a lot that was out of service in the old survey; a suspended one may resume."""
        before = after = self.draw.pick((SUSPENDED, RETIRED))
        if before == SUSPENDED and self.draw.chance(40):
            site.cause, after = "resumed", IN_SERVICE
        self._stock(site, (before, after), self._draw_small_budget() // 4, 1)

    def _find_late(self) -> None:
        site = self._open_site("edge")
        self._stock(site, STEADY, self._draw_small_budget())
        for lot in site.lots.values():
            lot.states[0] = None

    def _lose(self, site: Site, allowance: int) -> int:
        """Apply the loss that is a site's cause, if the province can bear it; return TFLOPS."""
        running = [lot for lot in site.lots.values() if lot.runs]
        lots = {
            "closed": running if site.kind in SMALL_KINDS else [],
            "suspended": running[:1],
            "shrunk": [lot for lot in running if lot.cards(0) >= 4 * lot.offer.step],
        }.get(site.cause, [lot for lot in running if lot.offer.last <= 2022])
        loss = int(sum_tflops(lots, 0))
        if not lots or loss > allowance // 3:  # A third, so that no loss rules out the others.
            return 0
        status = {"suspended": SUSPENDED, "shrunk": IN_SERVICE}.get(site.cause, RETIRED)
        for lot in lots:
            kept = to_servers(lot.cards(0) * 3 // 4, lot.offer.step)
            lot.states[1] = State(status, kept if site.cause == "shrunk" else lot.cards(0))
        if site.cause == "swapped":
            self._stock(site, ADDED, loss * 3 // 2)
        return loss


def sum_tflops(lots: Sequence[Lot], survey: int) -> Fraction:
    """The TFLOPS of lots in service in a survey."""
    return sum((lot.cards(survey) * lot.offer.tflops for lot in lots), Fraction(0))


def find_targets(provinces: Sequence[Province]) -> list[tuple[int, int]]:
    """Each province's TFLOPS in the old and the new survey; the new ones add up to the total."""
    points = sum(province.levels[1] for province in provinces)
    # Rounding the running sums, not the parts, leaves nothing over at the end.
    old, new = (
        [int(TOTAL_TFLOPS * level / points) for level in accumulate(levels, initial=Fraction(0))]
        for levels in zip(*(province.levels for province in provinces), strict=True)
    )
    return [(b - a, d - c) for (a, b), (c, d) in zip(pairwise(old), pairwise(new), strict=True)]


def read_table(name: str) -> list[list[str]]:
    """The rows of a table in `survey/`, without its header."""
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def read_provinces() -> list[Province]:
    """The provinces, in the order of their codes."""
    return [
        Province(name, code, profile, int(nodes), (Fraction(old_level), Fraction(new_level)))
        for name, code, profile, nodes, old_level, new_level in read_table("provinces.csv")
    ]


def read_offers(cards: Coefficients) -> dict[str, Offer]:
    """The models on sale, by name, with their coefficients from `cards`."""
    offers = {}
    for model, first, last, *weights in read_table("offers.csv"):
        by_kind = dict(zip(KINDS, map(int, weights), strict=True))
        offers[model] = Offer(model, Fraction(cards[model]), int(first), int(last), by_kind)
    return offers


def build_nodes(cards: Coefficients) -> dict[str, list[NodeRow]]:
    """The rows of both surveys, by period and sorted by key.

    Args:
        cards: FP16 TFLOPS of each model of the catalogue.
    """
    provinces, offers = read_provinces(), read_offers(cards)
    places: dict[str, list[str]] = {province.name: [] for province in provinces}
    for name, place in read_table("places.csv"):
        places[name].append(place)
    surveys = [
        ProvinceSurvey(province, targets, offers, places[province.name])
        for province, targets in zip(provinces, find_targets(provinces), strict=True)
    ]
    return {
        period: sorted(
            (row for survey in surveys for row in survey.rows(index)),
            key=lambda row: (row.node_id, row.model),
        )
        for index, period in enumerate(PERIODS)
    }
