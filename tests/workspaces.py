"""Random workspaces: what a survey, a config and an index desk may do to each other.

A story is plain data; ``Desk`` acts it out on disk by the command line. Periods are told by their
place, 0 being the base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conftest import CCI_TOML, index_toml, write_config, write_rates
from hypothesis import strategies as st
from reference import last_day, period_after, period_before

from cci_cli.cli import main

HEADER = "node_id,province,model,cards,status,in_service_since"
NATION = "N"
#: Rates that no binary float holds, beside whole and round ones.
RATES = ("0.1837", "1979", "314.6", "989.5", "33.3", "77.97", "0.001", "123456.789", "148")
PLAIN_RATES = ("100", "50", "25")
STANDARD_CARDS = ("1979", "100", "312.5", "7.3")
COUNTS = (0, 0, 1, 2, 3, 7, 10, 11, 100, 1023, 40_000, 2**53 + 1, 2**62 - 1)
COUNTS_OF_CARDS = st.sampled_from(COUNTS) | st.integers(0, 3000)
STATUSES = (
    *("in_service",) * 5,
    *("under_construction", "suspended", "retired"),
)

#: node, province, model, cards, status, since when in service
Line = tuple[str, str, str, int, str, str]


@dataclass(frozen=True)
class Scope:
    """One index of a config: its provinces, and other ones from a period on."""

    code: str
    kind: str
    provinces: tuple[str, ...]
    changes: Mapping[int, tuple[str, ...]]

    def settle(self) -> Scope:
        """Without changes that change nothing, which a config may not have."""
        changes, before = {}, self.provinces
        for at, provinces in sorted(self.changes.items()):
            if set(provinces) != set(before):
                changes[at] = before = provinces
        return replace(self, changes=changes)


@dataclass(frozen=True)
class Settings:
    """A config, without the names that never change."""

    base_period: str
    base_level: str
    standard_card: str
    decimals: int
    rounding: str
    provinces: tuple[str, ...]
    rates: Mapping[str, str]
    scopes: tuple[Scope, ...]

    @property
    def is_plain(self) -> bool:
        """Whether cards are standard cards, halves or quarters, so that figures may be ties."""
        return set(self.rates.values()) <= set(PLAIN_RATES)


@dataclass(frozen=True)
class Count:
    """A survey comes in, and is the next revision of its period."""

    at: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Publish:
    """A period is released, or restated where it has been."""

    at: int


@dataclass(frozen=True)
class Change:
    """The config says something else from now on."""

    settings: Settings


@dataclass(frozen=True)
class Story:
    """What happens to a workspace, in order."""

    settings: Settings
    length: int
    events: tuple[Count | Publish | Change, ...]

    @property
    def periods(self) -> list[str]:
        """The half-years that it covers, the base first."""
        periods = [self.settings.base_period]
        while len(periods) < self.length:
            periods.append(period_after(periods[-1]))
        return periods


def tell_subsets(names: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), min_size=1, unique=True).map(tuple)


@st.composite
def tell_scopes(draw: st.DrawFn, provinces: tuple[str, ...], length: int) -> tuple[Scope, ...]:
    """A nation and some regions and hubs, which may overlap and may change."""
    changes = st.dictionaries(
        st.integers(1, max(length - 1, 1)), tell_subsets(provinces), max_size=2
    )
    is_steady = draw(st.integers(0, 3)) < 3
    nation = provinces if is_steady else draw(tell_subsets(provinces))
    scopes = [Scope(NATION, "national", nation, {} if is_steady else draw(changes)).settle()]
    for number in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["region", "hub"]))
        own = draw(tell_subsets(provinces))
        scopes.append(Scope(f"I{number}", kind, own, draw(st.just({}) | changes)).settle())
    return tuple(scopes)


@st.composite
def tell_rates(draw: st.DrawFn, models: Sequence[str]) -> dict[str, str]:
    rates = draw(st.sampled_from([RATES, RATES, PLAIN_RATES]))
    return {model: draw(st.sampled_from(rates)) for model in models}


@st.composite
def tell_settings(draw: st.DrawFn, length: int) -> Settings:
    provinces = tuple("abcdef"[: draw(st.integers(2, 6))])
    models = [f"M{number}" for number in range(draw(st.integers(1, 5)))]
    return Settings(
        base_period=draw(st.sampled_from(["2024H2", "2023H1"])),
        base_level=draw(st.sampled_from(["1000", "1000", "100", "12.5"])),
        standard_card=draw(st.sampled_from(STANDARD_CARDS)),
        decimals=draw(st.integers(0, 4)),
        rounding=draw(st.sampled_from(["half_up", "half_even"])),
        provinces=provinces,
        rates=draw(tell_rates(models)),
        scopes=draw(tell_scopes(provinces, length)),
    )


@st.composite
def tell_lines(
    draw: st.DrawFn, settings: Settings, period: str, *, may_be_empty: bool
) -> tuple[Line, ...]:
    """A survey: some nodes with some models, and a row for each province that has none."""
    models = sorted(settings.rates)
    days = ("", "2020-01-01", last_day(period_before(period)), last_day(period))
    lines: list[Line] = []
    # seldom crowded, so that there are zeros; small, so that there are ties
    density = draw(st.sampled_from([4, 2, 1]))
    counts = st.integers(0, 8) if settings.is_plain else COUNTS_OF_CARDS
    for number in range(5):
        if draw(st.integers(0, 4)) > density:
            continue
        home = settings.provinces[number % len(settings.provinces)]
        place = draw(st.sampled_from([home, home, home, *settings.provinces]))
        equipment = draw(st.lists(st.sampled_from(models), min_size=1, max_size=3, unique=True))
        lines += [
            (
                f"node {number}",
                place,
                model,
                draw(counts),
                draw(st.sampled_from(STATUSES)),
                draw(st.sampled_from(days)),
            )
            for model in equipment
        ]
    if may_be_empty and draw(st.integers(0, 9)) == 9:
        # a nation without any supply
        lines = []
    else:
        count = draw(st.sampled_from([1, 2, 4, 8]) if settings.is_plain else st.integers(1, 500))
        nation = settings.scopes[0].provinces
        lines.append(("pillar", nation[0], models[0], count, "in_service", ""))
    seen = {line[1] for line in lines}
    lines += [
        (f"none {name}", name, models[-1], 0, "in_service", "")
        for name in settings.provinces
        if name not in seen
    ]
    return tuple(draw(st.permutations(lines)))


@st.composite
def tell_change(draw: st.DrawFn, settings: Settings, length: int) -> Settings:
    """Other rates, other scopes or another family; seldom another way to print."""
    kind = draw(st.integers(0, 8))
    if kind <= 3:
        return replace(settings, rates=draw(tell_rates(sorted(settings.rates))))
    if kind <= 6:
        return replace(settings, scopes=draw(tell_scopes(settings.provinces, length)))
    if kind == 7:
        return replace(settings, standard_card=draw(st.sampled_from(STANDARD_CARDS)))
    return replace(
        settings,
        decimals=draw(st.integers(0, 4)),
        rounding=draw(st.sampled_from(["half_up", "half_even"])),
    )


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Periods that are counted, counted anew, released and restated while the config changes."""
    length = draw(st.integers(1, 4))
    current = first = draw(tell_settings(length))
    periods = Story(first, length, ()).periods
    missing = draw(st.integers(0, 19 * length)) - 18 * length
    released = draw(st.integers(-1, length - 1))
    events: list[Count | Publish | Change] = []

    def count(at: int) -> None:
        lines = draw(tell_lines(current, periods[at], may_be_empty=at > 0))
        events.append(Count(at, lines))

    def change() -> None:
        nonlocal current
        current = draw(tell_change(current, length))
        events.append(Change(current))

    for at in range(length):
        if at == missing:
            continue
        count(at)
        for _ in range(draw(st.sampled_from([0, 0, 1]))):
            count(at)
        if at <= released:
            events.append(Publish(at))
        if draw(st.integers(0, 3)) == 3:
            change()
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, length - 1))
        match draw(st.sampled_from(["count", "publish", "change", "recount"])):
            case "change":
                change()
            case "count" | "recount" as kind if at != missing:
                count(at)
                if kind == "recount":
                    events.append(Publish(at))
            case _:
                events.append(Publish(at))
    return Story(first, length, tuple(events))


class Desk:
    """Acts a story out in a folder, by the command line."""

    def __init__(self, story: Story, folder: Path) -> None:
        self.story = story
        self.root = folder / "workspace"
        self._survey = folder / "survey.csv"
        settings = story.settings
        write_config(
            self.root,
            settings.provinces,
            self._indices(settings),
            settings.rates,
            self._text(settings),
        )

    def _indices(self, settings: Settings) -> str:
        periods = self.story.periods
        return "".join(
            index_toml(
                scope.code,
                scope.kind,
                scope.provinces,
                {periods[at]: names for at, names in scope.changes.items() if at < len(periods)},
            )
            for scope in settings.scopes
        )

    def _text(self, settings: Settings) -> str:
        return CCI_TOML.format(
            base_period=settings.base_period,
            base_level=settings.base_level,
            standard_card_tflops=settings.standard_card,
            decimals=settings.decimals,
            rounding=settings.rounding,
        )

    def run(self, *arguments: str | Path) -> int:
        """One command; its exit code."""
        return main([*map(str, arguments), "--workspace", str(self.root), "--quiet"])

    def count(self, event: Count) -> int:
        rows = [HEADER, *(",".join(map(str, line)) for line in event.lines)]
        self._survey.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return self.run("ingest", self._survey, "--period", self.story.periods[event.at])

    def publish(self, period: str) -> int:
        is_restated = (self.root / "releases" / period).is_dir()
        reason = ["--restate", "counted anew"] if is_restated else []
        return self.run("publish", period, "--by", "A", *reason)

    def change(self, settings: Settings) -> None:
        config = self.root / "config"
        write_rates(self.root, settings.rates)
        (config / "indices.toml").write_text(self._indices(settings), encoding="utf-8")
        (config / "cci.toml").write_text(self._text(settings), encoding="utf-8")
