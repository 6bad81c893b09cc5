"""The methodology a second time, slow and obvious, to hold the first one against.

Reads a workspace from disk by the standard library alone and nothing of ``cci_cli``: every figure
is a Fraction, every sum a loop. Bad data and damaged files are not looked for.
"""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

#: Standard cards or card-hours by province, or levels by index.
Numbers = dict[str, Fraction]
#: Node and model of a row, and what became of it: old and new values of the columns that differ.
Key = tuple[str, str]
Edit = tuple[str, dict[str, tuple[str | None, ...]]]


class RefusedError(Exception):
    """The answer is no; holds the code that the user is told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# periods


def count_half_years(period: str) -> int:
    """A number for a period such as 2025H1, one more for the next one."""
    year, half = period.split("H")
    return 2 * int(year) + int(half)


def period_before(period: str) -> str:
    year, half = period.split("H")
    return f"{year}H1" if half == "2" else f"{int(year) - 1}H2"


def period_after(period: str) -> str:
    year, half = period.split("H")
    return f"{year}H2" if half == "1" else f"{int(year) + 1}H1"


def list_periods(first: str, last: str) -> list[str]:
    """All periods from the first to the last, both with it."""
    periods = []
    while count_half_years(first) <= count_half_years(last):
        periods.append(first)
        first = period_after(first)
    return periods


def last_day(period: str) -> str:
    year, half = period.split("H")
    return f"{year}-06-30" if half == "1" else f"{year}-12-31"


# printed digits


def print_number(value: Fraction | None, decimals: int, rounding: str) -> str | None:
    """Round once, from the exact value: half-up is away from zero, as on paper."""
    if value is None:
        return None
    size = abs(value) * 10**decimals
    whole = size.numerator // size.denominator
    rest = size - whole
    if rest > Fraction(1, 2):
        whole += 1
    if rest == Fraction(1, 2) and (rounding == "half_up" or whole % 2 == 1):
        whole += 1
    digits = str(whole).rjust(decimals + 1, "0")
    text = digits if decimals == 0 else f"{digits[:-decimals]}.{digits[-decimals:]}"
    return f"-{text}" if value < 0 and whole > 0 else text


def percent(value: Fraction | None) -> Fraction | None:
    return None if value is None else 100 * value


def divide(part: Fraction, whole: Fraction) -> Fraction | None:
    """A ratio, null where there is nothing to divide by."""
    return None if whole == 0 else part / whole


# the config


@dataclass
class Index:
    """One line of Table 1, with the changes of its scope by period."""

    code: str
    kind: str
    provinces: list[str]
    changes: dict[str, list[str]]

    def scope(self, period: str) -> list[str]:
        """The provinces in a period: those of the last change up to it."""
        provinces = self.provinces
        for start in sorted(self.changes, key=count_half_years):
            if count_half_years(start) <= count_half_years(period):
                provinces = self.changes[start]
        return provinces


class Config:
    """What one folder ``config`` says."""

    def __init__(self, folder: Path) -> None:
        settings = tomllib.loads((folder / "cci.toml").read_text("utf-8"), parse_float=str)
        method = settings["methodology"]
        self.base_period = method["base_period"]
        self.base_level = Fraction(method["base_level"])
        self.standard_card = Fraction(method["standard_card_tflops"])
        self.hours = Fraction(method["hours_per_year"])
        self.decimals = method["decimals"]
        self.rounding = method["rounding"]
        with (folder / "provinces.csv").open(encoding="utf-8", newline="") as file:
            self.provinces = [row["name"] for row in csv.DictReader(file)]
        self.tflops = {}
        with (folder / "cards.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                self.tflops[row["model"]] = Fraction(row["fp16_tflops"])
        self.indices = {}
        table = tomllib.loads((folder / "indices.toml").read_text("utf-8"))
        for item in table["index"]:
            changes = {
                change["from"]: self.list_provinces(change["provinces"])
                for change in item.get("change", [])
            }
            scope = self.list_provinces(item["provinces"])
            self.indices[item["code"]] = Index(item["code"], item["kind"], scope, changes)
        self.hubs = [index for index in self.indices.values() if index.kind == "hub"]
        [self.nation] = [index for index in self.indices.values() if index.kind == "national"]

    def list_provinces(self, names: str | list[str]) -> list[str]:
        return list(self.provinces) if names == "*" else list(names)

    def card_hours(self, model: str) -> Fraction:
        """What a card of a model supplies in a year: its coefficient times the hours."""
        return self.tflops[model] / self.standard_card * self.hours


def merge_scopes(scopes: Iterable[list[str]]) -> list[str]:
    """The provinces of several indices, each of them once."""
    merged = []
    for scope in scopes:
        merged += [province for province in scope if province not in merged]
    return merged


# snapshots


@dataclass
class Row:
    """One row of nodes.csv."""

    node: str
    name: str
    province: str
    model: str
    cards: int
    status: str
    since: str

    @property
    def in_service(self) -> int:
        return self.cards if self.status == "in_service" else 0


def sum_supply(rows: list[Row], config: Config) -> Numbers:
    """Card-hours per year by province, of cards in service."""
    standard_cards = dict.fromkeys(config.provinces, Fraction(0))
    for row in rows:
        if row.status == "in_service":
            coefficient = config.tflops[row.model] / config.standard_card
            standard_cards[row.province] += row.cards * coefficient
    return {province: count * config.hours for province, count in standard_cards.items()}


def add_up(supply: Numbers, provinces: list[str]) -> Fraction:
    """Total supply of a scope."""
    return sum((supply[province] for province in provinces), Fraction(0))


# what is told of an index in a period


@dataclass
class Figures:
    """All figures of one index in one period; null where there is none."""

    code: str
    status: str | None
    level: Fraction
    provinces: list[str]
    supply: Fraction | None = None
    share: Fraction | None = None
    comparable: Fraction | None = None
    standard_cards: Fraction | None = None
    previous_level: Fraction | None = None
    previous_supply: Fraction | None = None
    growth: Fraction | None = None
    contribution: Fraction | None = None
    increment_share: Fraction | None = None


def print_figures(told: Figures, config: Config) -> dict[str, str | None]:
    """Every figure as it is printed, each rounded on its own."""
    exact = {
        "previous_level": told.previous_level,
        "level": told.level,
        "comparable_level": told.comparable,
        "growth_pct": percent(told.growth),
        "share_pct": percent(told.share),
        "contribution_pp": percent(told.contribution),
        "increment_share_pct": percent(told.increment_share),
        "standard_cards": told.standard_cards,
    }
    printed = {
        name: print_number(value, config.decimals, config.rounding) for name, value in exact.items()
    }
    return printed | {"supply_card_hours": print_number(told.supply, 0, config.rounding)}


def tell_state(index: Index, level: Fraction, nation_level: Fraction, **known: object) -> Figures:
    """The figures that need no other period."""
    config, period, supply = known["config"], known["period"], known["supply"]
    own = add_up(supply, index.scope(period))
    share = divide(own, add_up(supply, config.nation.scope(period)))
    return Figures(
        code=index.code,
        status=known["status"],
        level=level,
        provinces=index.scope(period),
        supply=own,
        share=share,
        comparable=find_comparable(nation_level, share),
        standard_cards=own / config.hours,
    )


def find_comparable(nation_level: Fraction, share: Fraction | None) -> Fraction | None:
    """National level × share; nothing of nothing, whatever the share."""
    if nation_level == 0:
        return Fraction(0)
    return None if share is None else nation_level * share


def tell_base(config: Config, supply: Numbers) -> dict[str, Figures]:
    """The base period: base level × TS / TS of the nation."""
    period = config.base_period
    nation_supply = add_up(supply, config.nation.scope(period))
    if nation_supply == 0:
        raise RefusedError("E403")
    figures = {}
    for index in config.indices.values():
        level = config.base_level * add_up(supply, index.scope(period)) / nation_supply
        figures[index.code] = tell_state(
            index, level, config.base_level, config=config, period=period, supply=supply,
            status="base",
        )  # fmt: skip
    return figures


@dataclass
class Start:
    """Levels and scopes that a link goes on from."""

    levels: Numbers
    scopes: dict[str, list[str]]


def tell_link(
    config: Config, period: str, start: Start, old: Numbers, new: Numbers
) -> dict[str, Figures]:
    """One link of the chain: previous level × TS / previous TS, both on the new scope."""
    nation = config.nation
    nation_old = add_up(old, nation.scope(period))
    nation_new = add_up(new, nation.scope(period))
    if nation_old == 0 or start.levels[nation.code] == 0:
        raise RefusedError("E404")
    nation_level = start.levels[nation.code] * nation_new / nation_old

    figures = {}
    for index in config.indices.values():
        scope = index.scope(period)
        before, now = add_up(old, scope), add_up(new, scope)
        previous_level = start.levels[index.code]
        is_break = set(scope) != set(start.scopes[index.code])
        status = "break" if is_break else "chained"
        if previous_level != 0 and before != 0:
            level = previous_level * now / before
        elif now == 0:
            level = Fraction(0)
        elif nation_new == 0:
            raise RefusedError("E404")
        else:
            status = "reseeded"
            level = nation_level * now / nation_new
        told = tell_state(
            index, level, nation_level, config=config, period=period, supply=new, status=status
        )
        told.previous_level = previous_level
        told.previous_supply = before
        told.growth = None if 0 in (previous_level, before) else now / before - 1
        told.contribution = (now - before) / nation_old
        told.increment_share = divide(now - before, nation_new - nation_old)
        figures[index.code] = told
    return figures


# what was released


@dataclass
class Release:
    """One release as it stands on disk."""

    period: str
    number: int
    config: Config
    #: the number of the snapshot's revision by period; empty where levels come from print
    revisions: dict[str, int]
    #: the decimals of a release that was transcribed from print; null of any other
    decimals: int | None
    rows: dict[str, dict[str, str]]
    figures: dict[str, Figures] = field(default_factory=dict)

    @property
    def is_transcribed(self) -> bool:
        return self.decimals is not None


def read_exact(text: str) -> Fraction | None:
    return Fraction(text) if text else None


def read_release(folder: Path, period: str, number: int) -> Release:
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    snapshots = descriptor["provenance"]["snapshots"]
    release = Release(
        period=period,
        number=number,
        config=Config(folder / "config"),
        revisions={name: int(item["revision"][1:]) for name, item in snapshots.items()},
        decimals=descriptor["transcribed_decimals"],
        rows={},
    )
    with (folder / "indices.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            release.rows[row["code"]] = row
    nation = release.rows[release.config.nation.code]
    for code, row in release.rows.items():
        release.figures[code] = read_figures(row, nation)
    return release


def read_figures(row: dict[str, str], nation: dict[str, str]) -> Figures:
    """What exact values of a release say: levels, supplies, and what follows from them."""
    level, supply = Fraction(row["level_exact"]), read_exact(row["supply_exact"])
    told = Figures(row["code"], row["status"] or None, level, row["provinces"].split("|"))
    if supply is None:
        return told
    nation_supply = Fraction(nation["supply_exact"])
    told.supply = supply
    told.standard_cards = Fraction(row["standard_cards_exact"])
    told.share = divide(supply, nation_supply)
    told.comparable = find_comparable(Fraction(nation["level_exact"]), told.share)
    if row["previous_level_exact"]:
        told.previous_level = Fraction(row["previous_level_exact"])
        told.previous_supply = Fraction(row["previous_supply_exact"])
        old, nation_old = told.previous_supply, Fraction(nation["previous_supply_exact"])
        told.growth = None if 0 in (told.previous_level, old) else supply / old - 1
        told.contribution = (supply - old) / nation_old
        told.increment_share = divide(supply - old, nation_supply - nation_old)
    return told


# the workspace


class Workspace:
    """A workspace on disk, read anew for each instance."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = Config(root / "config")
        self.revisions = list_numbers(root / "snapshots")
        self.releases = {
            period: read_release(root / "releases" / period / f"r{max(numbers)}", period,
                                 max(numbers))
            for period, numbers in list_numbers(root / "releases").items()
        }  # fmt: skip

    def read_rows(self, period: str, number: int | None = None) -> list[Row]:
        """The rows of a revision, of the newest one unless named."""
        number = number or max(self.revisions[period])
        path = self.root / "snapshots" / period / f"r{number}" / "nodes.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return [
                Row(
                    node=row["node_id"],
                    name=row["node_name"],
                    province=row["province"],
                    model=row["model"],
                    cards=int(row["cards"]),
                    status=row["status"],
                    since=row.get("in_service_since", ""),
                )
                for row in csv.DictReader(file)
            ]

    # one period

    def compute(
        self, period: str, number: int | None = None, *, from_snapshots: bool = False
    ) -> dict[str, Figures]:
        """Table 2 of a period, by the data and the config of today."""
        config, base = self.config, self.config.base_period
        if count_half_years(period) < count_half_years(base):
            raise RefusedError("E401")
        if period not in self.revisions or (number and number not in self.revisions[period]):
            raise RefusedError("E301")
        started = base
        for released in self.releases:
            if not from_snapshots and count_half_years(released) in range(
                count_half_years(started), count_half_years(period)
            ):
                started = released
        for needed in list_periods(started, period):
            if needed not in self.revisions:
                raise RefusedError("E402")

        def supply_of(some: str) -> Numbers:
            return sum_supply(self.read_rows(some, number if some == period else None), config)

        supply = supply_of(started)
        if count_half_years(started) < count_half_years(period) and started in self.releases:
            if from_snapshots:
                figures, start = tell_base(config, supply), None
            else:
                figures, start = {}, self.start_from(self.releases[started], supply)
        else:
            figures, start = tell_base(config, supply), None
        for later in list_periods(started, period)[1:]:
            if start is None:
                start = Start(
                    levels={code: told.level for code, told in figures.items()},
                    scopes={code: told.provinces for code, told in figures.items()},
                )
            before, supply = supply, supply_of(later)
            figures = tell_link(config, later, start, before, supply)
            start = None
        return figures

    def start_from(self, release: Release, supply: Numbers) -> Start:
        """Released levels; an index that was not released: national level × share of today."""
        config, period = self.config, release.period
        nation_level = release.figures[config.nation.code].level
        nation_supply = add_up(supply, config.nation.scope(period))
        start = Start({}, {})
        for code, index in config.indices.items():
            if code in release.figures:
                start.levels[code] = release.figures[code].level
                start.scopes[code] = release.figures[code].provinces
                if release.is_transcribed:
                    start.scopes[code] = index.scope(period)
            else:
                own = add_up(supply, index.scope(period))
                if nation_supply == 0:
                    raise RefusedError("E404")
                start.levels[code] = nation_level * own / nation_supply
                start.scopes[code] = index.scope(period)
        return start

    def compute_hubs(
        self, period: str, number: int | None = None, *, from_snapshots: bool = False
    ) -> tuple[Fraction | None, Fraction | None] | None:
        """Share of all hubs together in supply and in the increment; null without hubs."""
        self.compute(period, number, from_snapshots=from_snapshots)
        config = self.config
        hubs = merge_scopes(hub.scope(period) for hub in config.hubs)
        if not hubs:
            return None
        nation = config.nation.scope(period)
        new = sum_supply(self.read_rows(period, number), config)
        share = divide(add_up(new, hubs), add_up(new, nation))
        if period == config.base_period:
            return share, None
        old = sum_supply(self.read_rows(period_before(period)), config)
        added = add_up(new, hubs) - add_up(old, hubs)
        return share, divide(added, add_up(new, nation) - add_up(old, nation))

    # what stands behind it

    def find_unlike(self, told: dict[str, Figures], release: Release) -> set[str]:
        """The indices that are not what was released, or are in one of both alone."""
        unlike = set(told) ^ set(release.rows)
        for code in set(told) & set(release.rows):
            row, now = release.rows[code], told[code]
            printed = print_figures(now, self.config)
            if release.is_transcribed:
                printed = {"level": print_number(now.level, release.decimals, "half_up")}
            else:
                printed |= {"status": now.status, "provinces": "|".join(now.provinces)}
                printed |= {"kind": self.config.indices[code].kind}
                exact = {
                    "level_exact": now.level,
                    "supply_exact": now.supply,
                    "previous_level_exact": now.previous_level,
                    "previous_supply_exact": now.previous_supply,
                }
                if any(value != read_exact(row[name]) for name, value in exact.items()):
                    unlike.add(code)
            if any((value or "") != row[name] for name, value in printed.items()):
                unlike.add(code)
        return unlike

    def is_printed_as_released(self, release: Release) -> bool:
        """Whether what was released has the digits today that it was released with."""
        for code, told in release.figures.items():
            printed = print_figures(told, self.config)
            if release.is_transcribed:
                printed = {"level": printed["level"]}
            if any((value or "") != release.rows[code][name] for name, value in printed.items()):
                return False
        return True

    # all periods

    def list_history(self, *, from_snapshots: bool = False) -> list[str]:
        """Every half-year from the base to the newest one that is known."""
        base = self.config.base_period
        known = [*self.revisions, *([] if from_snapshots else self.releases)]
        known = [period for period in known if count_half_years(period) >= count_half_years(base)]
        if not known:
            raise RefusedError("E301")
        return list_periods(base, max(known, key=count_half_years))

    def find_release(
        self, period: str, number: int | None, *, from_snapshots: bool
    ) -> Release | None:
        """The release that stands behind a period; none behind a named revision of it."""
        if from_snapshots or number is not None:
            return None
        return self.releases.get(period)

    def show(
        self, period: str, number: int | None = None, *, from_snapshots: bool = False
    ) -> dict[str, Figures]:
        """What a period is told with: as released where it is, else by the data of today."""
        release = self.find_release(period, number, from_snapshots=from_snapshots)
        if release is not None:
            return {code: release.figures[code] for code in self.config.indices
                    if code in release.figures}  # fmt: skip
        return self.compute(period, number, from_snapshots=from_snapshots)

    def series(self, *, from_snapshots: bool = False) -> dict[str, dict[str, Figures]]:
        """Figures by period and index."""
        periods = self.list_history(from_snapshots=from_snapshots)
        for period in periods:
            is_released = not from_snapshots and period in self.releases
            if period not in self.revisions and not is_released:
                raise RefusedError("E402")
        return {period: self.show(period, from_snapshots=from_snapshots) for period in periods}

    def rebase(
        self, period: str, level: Fraction, *, each: bool, from_snapshots: bool = False
    ) -> dict[str, dict[str, Fraction | None]]:
        """Levels by period and index with the base period at a level; null where there is none."""
        series = self.series(from_snapshots=from_snapshots)
        if period not in series:
            before_base = count_half_years(period) < count_half_years(self.config.base_period)
            raise RefusedError("E401" if before_base else "E419")
        nation = self.config.nation.code
        if series[period][nation].level == 0 and not each:
            raise RefusedError("E404")
        rebased = {}
        for name, figures in series.items():
            rebased[name] = {}
            for code in self.config.indices:
                divisor = series[period].get(code if each else nation)
                told = figures.get(code)
                if told is None or divisor is None or divisor.level == 0:
                    rebased[name][code] = None
                else:
                    rebased[name][code] = told.level * level / divisor.level
        return rebased

    # two periods

    def diff(
        self,
        old: str,
        new: str,
        *,
        old_number: int | None = None,
        new_number: int | None = None,
        from_snapshots: bool = False,
    ) -> Comparison:
        """Why the indices moved; turned round where the later period comes first."""
        if count_half_years(old) > count_half_years(new):
            there = self.diff(
                new, old, old_number=new_number, new_number=old_number,
                from_snapshots=from_snapshots,
            )  # fmt: skip
            return there.turn_round(self.config.nation.code)
        first = self.show(old, old_number, from_snapshots=from_snapshots)
        last = self.show(new, new_number, from_snapshots=from_snapshots)
        links = []
        for period in list_periods(old, new)[1:]:
            number = new_number if period == new else None
            links.append(self.measure_link(period, number, from_snapshots=from_snapshots))
        between = [self.show(link.period, from_snapshots=from_snapshots) for link in links[:-1]]
        # what each link starts from as it is shown; a period against itself has no link
        shown = [first, *between] if links else []
        comparison = Comparison(first, last, links, shown)
        release = self.find_release(new, new_number, from_snapshots=from_snapshots)
        first_release = self.find_release(old, old_number, from_snapshots=from_snapshots)
        comparison.hub_share = self.share_of_hubs(new, new_number, release)
        comparison.first_hub_share = self.share_of_hubs(old, old_number, first_release)
        comparison.measure(self.config)
        return comparison

    def diff_rows(self, period: str, old: int | None, new: int | None) -> dict[Key, Edit]:
        """The rows that two revisions of a period do not share, by node and model."""
        before = {(row.node, row.model): row for row in self.read_rows(period, old)}
        after = {(row.node, row.model): row for row in self.read_rows(period, new)}
        edits = {}
        for key in {*before, *after}:
            was, now = before.get(key), after.get(key)
            values = {}
            for name in ("name", "province", "cards", "status", "since"):
                pair = tuple(None if row is None else str(getattr(row, name)) or None
                             for row in (was, now))  # fmt: skip
                if pair[0] != pair[1]:
                    values[name] = pair
            if values:
                edit = "added" if was is None else "removed" if now is None else "changed"
                edits[key] = (edit, values)
        return edits

    def share_of_hubs(
        self, period: str, number: int | None, release: Release | None
    ) -> Fraction | None:
        """Share of all hubs together in the supply that a period is told with."""
        if release is None or release.is_transcribed:
            if period not in self.revisions:
                return None
            supply = sum_supply(self.read_rows(period, number), self.config)
        else:
            supply = sum_supply(self.read_rows(period, release.revisions[period]), release.config)

        def scope_of(index: Index) -> list[str]:
            if release is not None and index.code in release.figures:
                return release.figures[index.code].provinces
            return index.scope(period)

        hubs = add_up(supply, merge_scopes(scope_of(hub) for hub in self.config.hubs))
        return divide(hubs, add_up(supply, scope_of(self.config.nation)))

    def measure_link(self, period: str, number: int | None, *, from_snapshots: bool) -> Link:
        """The link into a period on the data that its level was made from."""
        release = self.find_release(period, number, from_snapshots=from_snapshots)
        before = period_before(period)
        if release is not None and not release.is_transcribed:
            return Link(
                period=period,
                config=release.config,
                figures=release.figures,
                old_rows=self.read_rows(before, release.revisions[before]),
                new_rows=self.read_rows(period, release.revisions[period]),
            )
        return Link(
            period=period,
            config=self.config,
            figures=self.compute(period, number, from_snapshots=from_snapshots),
            old_rows=self.read_rows(before),
            new_rows=self.read_rows(period, number),
        )


def list_numbers(folder: Path) -> dict[str, list[int]]:
    """The numbers of revisions or releases by period, as folders r1, r2, …"""
    if not folder.is_dir():
        return {}
    return {
        period.name: sorted(int(item.name[1:]) for item in period.iterdir())
        for period in sorted(folder.iterdir())
        if any(period.iterdir())
    }


# comparisons


@dataclass
class Event:
    """Cards of a model that came or went at a node in a province, and why."""

    node: str
    province: str
    model: str
    cards: int
    cause: str


def find_events(old_rows: list[Row], new_rows: list[Row], old_day: str) -> list[Event]:
    """Every card that came or went between two snapshots, with its cause.

    What a node had in service moves with it to another province; the rest is told as if it had
    always been there.
    """
    old_nodes, new_nodes = group_by_node(old_rows), group_by_node(new_rows)
    events = []
    for node in sorted({*old_nodes, *new_nodes}):
        before, after = old_nodes.get(node, {}), new_nodes.get(node, {})
        place = next(iter((after or before).values())).province
        for model, row in before.items():
            if row.province != place and row.in_service:
                events.append(Event(node, row.province, model, -row.in_service, "moved"))
                events.append(Event(node, place, model, row.in_service, "moved"))
        for model in sorted({*before, *after}):
            was, now = count_in_service(before, model), count_in_service(after, model)
            if was != now:
                cause = find_cause(model, before, after, old_day)
                events.append(Event(node, place, model, now - was, cause))
    return events


def group_by_node(rows: list[Row]) -> dict[str, dict[str, Row]]:
    nodes: dict[str, dict[str, Row]] = {}
    for row in rows:
        nodes.setdefault(row.node, {})[row.model] = row
    return nodes


def count_in_service(models: dict[str, Row], model: str) -> int:
    return models[model].in_service if model in models else 0


def find_cause(model: str, before: dict[str, Row], after: dict[str, Row], old_day: str) -> str:
    """Why cards of a model came or went at a node, from all its rows by model."""
    was, now = count_in_service(before, model), count_in_service(after, model)
    if was and now:
        return "expanded" if now > was else "shrunk"
    models = {*before, *after}
    lost = [m for m in models if count_in_service(before, m) and not count_in_service(after, m)]
    gained = [m for m in models if count_in_service(after, m) and not count_in_service(before, m)]
    if lost and gained:
        return "re_equipped"
    if now:
        return find_cause_of_gain(model, before, after[model], old_day)
    if model in after and after[model].status == "suspended":
        return "suspended"
    return "shrunk" if any(row.in_service for row in after.values()) else "closed"


def find_cause_of_gain(model: str, before: dict[str, Row], row: Row, old_day: str) -> str:
    """Why there are cards of a model where there were none in service."""
    if model not in before and row.since and row.since <= old_day:
        return "discovered"
    if not before:
        return "new_node"
    had_service = any(old.in_service for old in before.values())
    return "expanded" if model not in before and had_service else "put_into_service"


@dataclass
class Link:
    """Two neighbouring periods on the data that the later one's level was made from."""

    period: str
    config: Config
    figures: dict[str, Figures]
    old_rows: list[Row]
    new_rows: list[Row]

    def __post_init__(self) -> None:
        self.old = sum_supply(self.old_rows, self.config)
        self.new = sum_supply(self.new_rows, self.config)
        self.nation = self.config.nation.scope(self.period)
        self.nation_level = self.figures[self.config.nation.code].previous_level
        #: points of the national level for a card-hour
        self.points = self.nation_level / add_up(self.old, self.nation)
        self.events = find_events(
            self.old_rows, self.new_rows, last_day(period_before(self.period))
        )

    def scope_of(self, index: Index) -> list[str]:
        """The provinces of an index then; as defined today where it is younger."""
        return self.config.indices.get(index.code, index).scope(self.period)

    def grow(self, scope: list[str]) -> Fraction:
        return add_up(self.new, scope) - add_up(self.old, scope)


@dataclass
class Change:
    """One index between two periods."""

    from_level: Fraction | None
    to_level: Fraction | None
    growth: Fraction | None = None
    contribution: Fraction = Fraction(0)
    increment_share: Fraction | None = None
    construction: Fraction = Fraction(0)
    discovery: Fraction = Fraction(0)
    scope: Fraction = Fraction(0)
    revision: Fraction | None = Fraction(0)
    restated_points: Fraction | None = None


@dataclass
class Driver:
    """What a province, a model or a node did to the nation."""

    cards: int = 0
    supply: Fraction = Fraction(0)
    contribution: Fraction = Fraction(0)
    causes: Numbers = field(default_factory=dict)


@dataclass
class Comparison:
    """Two periods, the links between them, and what each link started from as it is shown."""

    first: dict[str, Figures]
    last: dict[str, Figures]
    links: list[Link]
    shown: list[dict[str, Figures]]
    hub_share: Fraction | None = None
    first_hub_share: Fraction | None = None
    hub_increment_share: Fraction | None = None
    hub_contribution: Fraction = Fraction(0)
    changes: dict[str, Change] = field(default_factory=dict)
    drivers: dict[str, dict[tuple[str, ...], Driver]] = field(default_factory=dict)
    causes: Numbers = field(default_factory=dict)

    def measure(self, config: Config) -> None:
        start = self.first[config.nation.code].level
        if start == 0 and self.links:
            raise RefusedError("E404")
        self.increment = sum((link.grow(link.nation) for link in self.links), Fraction(0))
        hubs = Fraction(0)
        for link in self.links:
            added = link.grow(merge_scopes(link.scope_of(hub) for hub in config.hubs))
            hubs += added
            self.hub_contribution += added * link.points / start
        self.hub_increment_share = divide(hubs, self.increment)
        for index in config.indices.values():
            self.changes[index.code] = self.measure_index(index, start)
        for by in ("province", "model", "node"):
            self.drivers[by] = self.sum_drivers(by, start)
        for driver in self.drivers["province"].values():
            for cause, supply in driver.causes.items():
                self.causes[cause] = self.causes.get(cause, Fraction(0)) + supply

    def measure_index(self, index: Index, start: Fraction) -> Change:
        """Levels, contribution, and the four parts of the change of supply."""
        code = index.code
        first, last = self.first.get(code), self.last.get(code)
        change = Change(first and first.level, last and last.level)
        explained, increment = Fraction(0), Fraction(0)
        # the scope and the supply that the period before a link is told with
        before = None if first is None else (first.provinces, first.supply)
        for link, shown in zip(self.links, self.shown, strict=True):
            scope = link.scope_of(index)
            change.contribution += link.grow(scope) * link.points / start
            increment += link.grow(scope)
            found = Fraction(0)
            for event in link.events:
                if event.cause == "discovered" and event.province in scope:
                    found += event.cards * link.config.card_hours(event.model)
            change.discovery += found
            change.construction += link.grow(scope) - found
            told = link.figures.get(code)
            if told is not None:
                explained += told.level - told.previous_level
            told = shown.get(code)
            if told is not None and told.supply is not None:
                before = told.provinces, told.supply
            if before is not None and before[1] is not None:
                change.scope += add_up(link.old, scope) - add_up(link.old, before[0])
                change.revision += add_up(link.old, before[0]) - before[1]
            # goes for a period without its own, as for an index that a release does not have
            before = scope, add_up(link.new, scope)
        change.increment_share = divide(increment, self.increment)
        if first is not None and last is not None:
            if all(code in link.figures for link in self.links):
                change.restated_points = last.level - first.level - explained
            if first.level != 0 and not self.is_seeded(code):
                change.growth = last.level / first.level - 1
        return change

    def is_seeded(self, code: str) -> bool:
        """Whether an index got a level anew on a link, or between two links."""
        told = [link.figures[code] for link in self.links if code in link.figures]
        is_missing = any(code not in shown for shown in self.shown[1:])
        return is_missing or any(figures.status == "reseeded" for figures in told)

    def sum_drivers(self, by: str, start: Fraction) -> dict[tuple[str, ...], Driver]:
        drivers: dict[tuple[str, ...], Driver] = {}
        for link in self.links:
            for event in link.events:
                if event.province not in link.nation:
                    continue
                key = {
                    "province": (event.province,),
                    "model": (event.model,),
                    "node": (event.node, event.province),
                }[by]
                driver = drivers.setdefault(key, Driver())
                supply = event.cards * link.config.card_hours(event.model)
                driver.cards += event.cards
                driver.supply += supply
                driver.contribution += supply * link.points / start
                driver.causes[event.cause] = driver.causes.get(event.cause, Fraction(0)) + supply
        return drivers

    def turn_round(self, nation: str) -> Comparison:
        """The same seen from the other side: every change has the other sign.

        Points are the same; contributions are measured on the level that is compared from.
        """
        old, new = self.changes[nation].from_level, self.changes[nation].to_level
        if new == 0:
            raise RefusedError("E404")
        back = Comparison(self.last, self.first, self.links, self.shown)
        back.hub_share, back.first_hub_share = self.first_hub_share, self.hub_share
        back.hub_increment_share = self.hub_increment_share
        back.hub_contribution = -self.hub_contribution * old / new
        for code, change in self.changes.items():
            restated = change.restated_points
            turned = Change(
                from_level=change.to_level,
                to_level=change.from_level,
                contribution=-change.contribution * old / new,
                increment_share=change.increment_share,
                construction=-change.construction,
                discovery=-change.discovery,
                scope=-change.scope,
                revision=-change.revision,
                restated_points=None if restated is None else -restated,
            )
            if turned.from_level and turned.to_level is not None and not self.is_seeded(code):
                turned.growth = turned.to_level / turned.from_level - 1
            back.changes[code] = turned
        for by, drivers in self.drivers.items():
            back.drivers[by] = {
                key: Driver(
                    cards=-driver.cards,
                    supply=-driver.supply,
                    contribution=-driver.contribution * old / new,
                    causes={cause: -supply for cause, supply in driver.causes.items()},
                )
                for key, driver in drivers.items()
            }
        back.causes = {cause: -supply for cause, supply in self.causes.items()}
        return back
