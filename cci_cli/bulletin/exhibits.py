"""The tables and figures of a bulletin. Domain: no I/O.

The digits in a figure are those of the tables: both come from the same rounding.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Final

from cci_cli.bulletin.captions import CAPTIONS
from cci_cli.bulletin.facts import Area, Facts, are_apart
from cci_cli.bulletin.phrases import join_names
from cci_cli.figures import Rounder, index_name, index_series
from cci_cli.formats import Lang
from cci_cli.plotting.charts import (
    BarChart,
    Chart,
    Figure,
    Line,
    LineChart,
    Mark,
    Panel,
    ShareChart,
    Tile,
    TileChart,
)
from cci_cli.views import MARKS, NULL_MARK, change_text, date_text, province_text

#: Fewer periods are no history.
MIN_HISTORY: Final = 3

Squares = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table for readers, a header may have a line break; ``numeric`` are its columns of digits.

    The rows of one ``groups`` entry stand together, under one cell of the first column; empty
    where that column is one like the others. ``minor`` are columns that a narrow page may leave
    out, ``key`` is the one that names a row.
    """

    name: str
    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    groups: tuple[tuple[str, int], ...] = ()
    minor: frozenset[int] = frozenset()
    key: int | None = None

    @property
    def grouped_rows(self) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
        """The rows by group; all of them under an empty one where there are no groups."""
        if not self.groups:
            return (("", self.rows),)
        rows = iter(self.rows)
        return tuple((name, tuple(islice(rows, count))) for name, count in self.groups)


def build_scope_table(facts: Facts, lang: Lang) -> DataTable:
    """Table 1: the indices and the provinces they cover in the period."""
    words, config = CAPTIONS[lang], facts.config
    by_name = {province.name: province for province in config.provinces}
    every = set(facts.nation.provinces)
    definitions = {index.code: index for index in config.indices}
    rows, series = [], []
    for area in facts.indices:
        index = definitions[area.code or ""]
        if area.kind == "national" and set(config.province_names) == every:
            scope = words["all_provinces"].format(count=len(every))
        else:
            scope = join_names(
                [province_text(name, by_name, lang) or name for name in area.provinces], lang
            )
        series.append(index_series(index, lang))
        rows.append((index.code, index_name(index, lang), scope))
    return DataTable(
        name="table1",
        caption=words["table"].format(number=1, title=words["table_1"]),
        headers=(words["series"], words["code"], words["index"], words["provinces"]),
        rows=tuple(rows),
        groups=_group(series),
        minor=frozenset({0, 1}),
        key=2,
    )


def build_level_table(facts: Facts, lang: Lang) -> DataTable:
    """Table 2: the levels of two periods, growth and share of national supply."""
    words, methodology = CAPTIONS[lang], facts.config.methodology
    rounder = Rounder(methodology)
    title = methodology.title if lang == "zh" else methodology.title_en
    definitions = {index.code: index for index in facts.config.indices}
    rows, series = [], []
    for area in facts.indices:
        index = definitions[area.code or ""]
        series.append(index_series(index, lang))
        mark = MARKS.get(area.status or "", "")
        rows.append(
            (
                index.code,
                index_name(index, lang),
                _digits(rounder.points(area.previous_level)),
                _digits(rounder.points(area.level)),
                change_text(rounder.percent(area.growth)) + mark,
                _digits(rounder.percent(area.share), "%"),
            )
        )
    before, now = date_text(facts.period.previous, lang), date_text(facts.period, lang)
    name = words["table_2"].format(name=title or words["untitled"])
    return DataTable(
        name="table2",
        caption=words["table"].format(number=2, title=name),
        headers=(
            words["series"],
            words["code"],
            words["index"],
            words["previous"].format(date=before),
            words["latest"].format(date=now),
            words["growth"],
            words["share"],
        ),
        rows=tuple(rows),
        numeric=frozenset({3, 4, 5, 6}),
        groups=_group(series),
        minor=frozenset({0, 1, 6}),
        key=2,
    )


def _group(series: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Runs of the same series with their lengths."""
    runs: list[tuple[str, int]] = []
    for name in series:
        if runs and runs[-1][0] == name:
            runs[-1] = (name, runs[-1][1] + 1)
        else:
            runs.append((name, 1))
    return tuple(runs)


def _digits(value: Decimal | None, unit: str = "") -> str:
    return NULL_MARK if value is None else f"{value:f}{unit}"


def build_figures(
    facts: Facts, squares: Squares, parts: Collection[str], lang: Lang
) -> dict[str, Figure]:
    """The figures of a bulletin by name, in the order of their numbers.

    Args:
        facts: what they show.
        squares: column and row of each province; empty to leave out the tile grids.
        parts: the parts of the analysis that there are, below which they stand.
        lang: the language of words.
    """
    words = CAPTIONS[lang]
    charts: list[tuple[str, Chart]] = []
    builder = _Builder(facts, lang)
    if "regions" in parts:
        charts.append(("figure_regions", builder.bars([facts.nation, *facts.regions])))
        charts.append(("figure_region_shares", builder.shares(facts.regions)))
    if "hubs" in parts:
        charts.append(("figure_hubs", builder.bars(facts.hubs)))
        charts.append(("figure_hub_shares", builder.shares(facts.hubs)))
    if squares and "provinces" in parts:
        charts.append(("figure_tiles_level", builder.level_tiles(squares)))
        if facts.previous is not None:
            charts.append(("figure_tiles_growth", builder.growth_tiles(squares)))
    if len(facts.history.points) >= MIN_HISTORY:
        charts.append(("figure_history", builder.history()))
    dates = {
        "date": date_text(facts.period, lang),
        "first": date_text(min(facts.history.points), lang),
        "last": date_text(facts.period, lang),
    }
    figures = {}
    for number, (key, chart) in enumerate(charts, start=1):
        caption = words["figure"].format(number=number, title=words[key].format(**dates))
        figures[key] = Figure(
            name=f"figure{number}",
            lang=lang,
            caption=caption,
            alt=words["alt"].format(
                caption=words[key].format(**dates),
                values=join_names(list(_tell_values(chart)), lang),
            ),
            chart=chart,
        )
    return figures


def _tell_values(chart: Chart) -> Iterator[str]:
    """What a chart shows, in words."""
    if isinstance(chart, LineChart):
        for panel in chart.panels:
            yield from (f"{line.label} {line.text}" for line in panel.lines)
        return
    if isinstance(chart, TileChart):
        yield from (f"{tile.mark.label} {tile.mark.text}" for tile in chart.tiles)
        return
    yield from (f"{mark.label} {mark.text}" for mark in chart.marks)


class _Builder:
    """Builds the charts of one period in one language."""

    def __init__(self, facts: Facts, lang: Lang) -> None:
        self._facts = facts
        self._lang: Lang = lang
        self._words = CAPTIONS[lang]
        self._rounder = Rounder(facts.config.methodology)

    def bars(self, areas: Sequence[Area]) -> BarChart:
        """Levels, those of the period before and growth."""
        marks = []
        for area in areas:
            level = self._rounder.points(area.level)
            growth = self._rounder.percent(area.growth)
            marks.append(
                Mark(
                    label=area.short_name[self._lang],
                    value=level,
                    text=_digits(level),
                    before=self._rounder.points(area.previous_level),
                    note="" if growth is None else change_text(growth),
                    is_apart=area.kind == "national",
                )
            )
        previous = self._facts.previous
        label = "" if previous is None else date_text(previous, self._lang)
        return BarChart(
            self._words["unit_points"],
            tuple(marks),
            before_label=label,
            note_label=self._words["growth"] if label else "",
        )

    def shares(self, areas: Sequence[Area]) -> ShareChart | BarChart:
        """Shares of national supply; as bars where they are no parts of one whole."""
        marks = [self._share(area.short_name[self._lang], area.share) for area in areas]
        nation = self._facts.nation
        inside = {province for area in areas for province in area.provinces}
        if not are_apart(areas) or not inside <= set(nation.provinces):
            return BarChart(self._words["unit_percent"], tuple(marks))
        outside = [province for province in nation.provinces if province not in inside]
        if outside:
            rest = self._facts.measure(outside).share
            marks.append(self._share(self._words["others"], rest, is_apart=True))
        return ShareChart(tuple(marks))

    def _share(self, label: str, share: Fraction | None, *, is_apart: bool = False) -> Mark:
        value = self._rounder.percent(share)
        return Mark(label, value, _digits(value, "%"), is_apart=is_apart)

    def level_tiles(self, squares: Squares) -> TileChart:
        """The provinces by level."""
        tiles = []
        for area in self._facts.provinces:
            level = self._rounder.points(area.level)
            tiles.append(self._tile(area, level, _digits(level), squares))
        return TileChart("level", self._words["unit_points"], tuple(tiles))

    def growth_tiles(self, squares: Squares) -> TileChart:
        """The provinces by growth."""
        tiles = []
        for area in self._facts.provinces:
            growth = self._rounder.percent(area.growth)
            tiles.append(self._tile(area, growth, change_text(growth), squares))
        return TileChart("change", self._words["unit_percent"], tuple(tiles))

    def _tile(self, area: Area, value: Decimal | None, text: str, squares: Squares) -> Tile:
        column, row = squares[area.provinces[0]]
        return Tile(Mark(area.short_name[self._lang], value, text), column, row)

    def history(self) -> LineChart:
        """Levels over all periods: the nation, the regions, the hubs."""
        facts = self._facts
        points = facts.history.points
        groups = ([facts.nation], facts.regions, facts.hubs)
        definitions = {index.code: index for index in facts.config.indices}
        panels = []
        for areas in groups:
            lines = []
            for area in areas:
                levels = [points[period].get(area.code or "") for period in points]
                values = [
                    None if point is None else self._rounder.points(point.level) for point in levels
                ]
                label = area.short_name[self._lang]
                lines.append(Line(label, tuple(values), _digits(values[-1])))
            if lines:
                title = index_series(definitions[areas[0].code or ""], self._lang)
                panels.append(Panel(title, tuple(lines)))
        return LineChart(self._words["unit_points"], tuple(map(str, points)), tuple(panels))
