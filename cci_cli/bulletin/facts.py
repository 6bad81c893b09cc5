"""What a bulletin of one period speaks of: its areas, measured exactly. Domain: no I/O.

An area is the nation, an index, a province, or several provinces together. What is said of a
period, and what a text about it is held against, both come from here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile
from typing import Final, Literal, get_args

from cci_cli.chains import Compilation
from cci_cli.definitions import Config, IndexDefinition, Methodology, Province
from cci_cli.errors import DataError
from cci_cli.figures import index_name
from cci_cli.formats import Lang
from cci_cli.histories import History, HistoryPoint
from cci_cli.indices import Status, SupplyLink, measure_link, sum_supply
from cci_cli.periods import Period

AreaKind = Literal["national", "region", "hub", "province", "union"]

#: What an area is called in its name; beside others of its kind it need not be said.
_KIND_WORDS: Final[Mapping[str, Mapping[Lang, Sequence[str]]]] = {
    "national": {"zh": (), "en": ()},
    "region": {"zh": ("地区", "区域"), "en": (" Region",)},
    "hub": {"zh": ("枢纽",), "en": (" Hub",)},
}
_NAMELESS: Final[Mapping[Lang, str]] = {"zh": "", "en": ""}
_UNION: Final[Mapping[Lang, str]] = {"zh": "枢纽节点", "en": "Hubs"}
_REST: Final[Mapping[Lang, str]] = {"zh": "其他省份", "en": "Other provinces"}


@dataclass(frozen=True, slots=True)
class Area:
    """One area in one period, beside the period before on the same scope.

    ``code`` is that of an index, null for another area; ``name`` and ``short_name`` are by
    language. ``level`` is in unrounded points: of an index its own, of another area the national
    level × share. ``growth`` is a ratio, null at the base and from zero; ``previous_level`` is null
    at the base. ``standard_cards`` are those in service.
    """

    kind: AreaKind
    code: str | None
    name: Mapping[Lang, str]
    short_name: Mapping[Lang, str]
    provinces: tuple[str, ...]
    level: Fraction
    previous_level: Fraction | None
    growth: Fraction | None
    link: SupplyLink
    standard_cards: Fraction
    status: Status | None = None

    @property
    def share(self) -> Fraction | None:
        """Share of national supply as a ratio; null if the nation has none."""
        return self.link.share

    @property
    def previous_share(self) -> Fraction | None:
        """That of the period before, on the scope of this one; null at the base."""
        before, whole = self.link.previous_supply, self.link.previous_national_supply
        return before / whole if before is not None and whole else None

    @property
    def share_change(self) -> Fraction | None:
        """By how much the share rose, as a ratio; null where either is."""
        if self.share is None or self.previous_share is None:
            return None
        return self.share - self.previous_share

    @property
    def contribution(self) -> Fraction | None:
        """Contribution to national growth as a ratio; null at the base."""
        return self.link.contribution

    @property
    def increment_share(self) -> Fraction | None:
        """Share of the national increment as a ratio; null where the nation stood still."""
        return self.link.increment_share


@dataclass(frozen=True, slots=True)
class SupplyData:
    """By province: supply now and in the period before in card-hours per year, standard cards now.

    ``previous_supply`` is null at the base.
    """

    supply: Mapping[str, Fraction]
    previous_supply: Mapping[str, Fraction] | None
    standard_cards: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Facts:
    """Every area of one period.

    ``methodology`` is the one that its figures were computed by, of the release where there is one.
    ``previous`` is null at the base. ``hub_union`` are the provinces of all hubs, each once, and
    ``rest`` the other ones; null where there are none. ``provinces`` are those of the nation, in
    the order of the config. ``causes`` are the change of national supply since the period before
    in card-hours per year, empty at the base.
    """

    history: History
    methodology: Methodology
    period: Period
    previous: Period | None
    nation: Area
    regions: tuple[Area, ...]
    hubs: tuple[Area, ...]
    hub_union: Area | None
    rest: Area | None
    provinces: tuple[Area, ...]
    causes: Mapping[str, Fraction]
    data: SupplyData

    @property
    def config(self) -> Config:
        """The config of today."""
        return self.history.config

    @property
    def indices(self) -> tuple[Area, ...]:
        """The areas that have an index, in the order of Table 1."""
        areas = {area.code: area for area in (self.nation, *self.regions, *self.hubs)}
        return tuple(areas[index.code] for index in self.config.indices if index.code in areas)

    @property
    def eflops(self) -> Fraction:
        """National computing power at FP16 in EFLOPS, 10^18 operations per second."""
        tflops = Fraction(self.methodology.standard_card_tflops)
        return self.nation.standard_cards * tflops / 10**6

    @property
    def target_pct(self) -> Decimal:
        """The share of the increment that is to come from the hubs, in per cent."""
        return self.config.policy.hub_increment_share_target

    def measure(self, provinces: Iterable[str]) -> Area:
        """Some provinces together, each counted once.

        Raises:
            KeyError: one is not a province of the period.
        """
        scope = tuple(dict.fromkeys(provinces))
        return _measure_scope("union", _NAMELESS, scope, self.nation, self.data)


def find_facts(history: History, compiled: Compilation, causes: Mapping[str, Fraction]) -> Facts:
    """Everything a bulletin of the last period of a history may say.

    Args:
        history: the levels; those of the last period are not transcribed.
        compiled: what the levels of the last period were computed from.
        causes: the change of national supply since the period before in card-hours per year, by
            cause; empty at the base.
    """
    period, config = history.last, history.config
    previous = None if period == config.methodology.base_period else period.previous
    data = SupplyData(
        compiled.supplies[period],
        None if previous is None else compiled.supplies[previous],
        compiled.standard_cards[period],
    )
    short_names = find_short_names(config.indices)
    areas = [
        _take_area(index, history.points[period][index.code], short_names[index.code])
        for index in config.indices
        if index.code in history.points[period]
    ]
    nation = next(area for area in areas if area.kind == "national")
    hubs = tuple(area for area in areas if area.kind == "hub")
    inside = tuple(dict.fromkeys(province for hub in hubs for province in hub.provinces))
    outside = tuple(province for province in nation.provinces if province not in inside)
    by_name = {province.name: province for province in config.provinces}
    order = {name: place for place, name in enumerate(by_name)}
    return Facts(
        history=history,
        methodology=compiled.config.methodology,
        period=period,
        previous=previous,
        nation=nation,
        regions=tuple(area for area in areas if area.kind == "region"),
        hubs=hubs,
        hub_union=_measure_scope("union", _UNION, inside, nation, data) if hubs else None,
        rest=_measure_scope("union", _REST, outside, nation, data) if hubs and outside else None,
        provinces=tuple(
            _measure_scope("province", _name_province(name, by_name), (name,), nation, data)
            # one that the config has lost since the release comes last
            for name in sorted(nation.provinces, key=lambda name: order.get(name, len(order)))
        ),
        causes=causes,
        data=data,
    )


def are_apart(areas: Sequence[Area]) -> bool:
    """Whether no two of the areas share a province, so that they may be added."""
    provinces = [province for area in areas for province in area.provinces]
    return len(provinces) == len(set(provinces))


def find_short_names(
    indices: Sequence[IndexDefinition],
) -> dict[str, dict[Lang, str]]:
    """The names of indices by code and language, without what all of them end in.

    ``华北智能算力供算量指数`` is 华北 among the others, ``京津冀枢纽…`` 京津冀.
    """
    found: dict[str, dict[Lang, str]] = {index.code: {} for index in indices}
    for lang in get_args(Lang):
        names = {index.code: index_name(index, lang) for index in indices}
        ending = _find_common_ending(list(names.values()), lang)
        for index in indices:
            name = names[index.code].removesuffix(ending).strip()
            for word in _KIND_WORDS[index.kind][lang]:
                name = name.removesuffix(word)
            found[index.code][lang] = name or names[index.code]
    return found


def _find_common_ending(names: Sequence[str], lang: Lang) -> str:
    """What all names end in, in English by whole words; nothing where there is but one."""
    if len(names) < 2:
        return ""
    columns = zip(*(reversed(name) for name in names), strict=False)
    same = takewhile(lambda letters: len(set(letters)) == 1, columns)
    ending = "".join(letters[0] for letters in same)[::-1]
    if lang == "en" and not ending.startswith(" "):
        ending = ending[ending.find(" ") :] if " " in ending else ""
    return ending


def _take_area(index: IndexDefinition, point: HistoryPoint, short: Mapping[Lang, str]) -> Area:
    seen, cards = point.observation, point.standard_cards
    if seen is None or cards is None:
        # what was transcribed from print is not reported on
        raise DataError("E422", value=index.name)
    return Area(
        kind=index.kind,
        code=index.code,
        name={lang: index_name(index, lang) for lang in get_args(Lang)},
        short_name=short,
        provinces=seen.provinces,
        level=seen.level,
        previous_level=seen.previous_level,
        growth=seen.growth,
        link=seen.link,
        standard_cards=cards,
        status=seen.status,
    )


def _measure_scope(
    kind: AreaKind,
    names: Mapping[Lang, str],
    scope: tuple[str, ...],
    nation: Area,
    data: SupplyData,
) -> Area:
    """Provinces beside the nation, on the scope of the nation in both periods."""
    link = measure_link(scope, nation.provinces, data.supply, data.previous_supply)
    before, whole = link.previous_supply, link.previous_national_supply
    previous_level = None
    if nation.previous_level is not None and before is not None and whole:
        previous_level = nation.previous_level * before / whole
    return Area(
        kind=kind,
        code=None,
        name=names,
        short_name=names,
        provinces=scope,
        level=nation.level * (link.share or 0),
        previous_level=previous_level,
        growth=link.growth,
        link=link,
        standard_cards=sum_supply(data.standard_cards, scope),
    )


def _name_province(name: str, by_name: Mapping[str, Province]) -> dict[Lang, str]:
    province = by_name.get(name)
    return {"zh": name, "en": name if province is None else province.name_en}
