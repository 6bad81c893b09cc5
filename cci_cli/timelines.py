"""From levels over time to what is shown. Domain: no I/O."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from cci_cli import __version__
from cci_cli.definitions import IndexDefinition
from cci_cli.figures import Rounder, exact_text, index_name, index_series, to_provenance
from cci_cli.formats import Lang, Layout, Measure
from cci_cli.glyphs import draw_bars, draw_spark
from cci_cli.histories import History, HistoryPoint, SeriesResult
from cci_cli.periods import Period
from cci_cli.views import MARKS, NULL_MARK, Cell, Sheet, View, change_text, legend_lines, note_text

#: The column of each figure in the data formats.
COLUMNS: Final[dict[Measure, str]] = {
    "level": "level",
    "growth": "growth_pct",
    "share": "share_pct",
    "supply": "supply_card_hours",
    "comparable": "comparable_level",
}
_TITLES: Final[dict[Measure, tuple[str, str]]] = {
    "level": ("指数点位", "Levels"),
    "growth": ("较上期增长率（%）", "Growth on the period before, %"),
    "share": ("占全国供算量比重（%）", "Share of national supply, %"),
    "supply": ("供算量（卡时/年）", "Supply, card-hours per year"),
    "comparable": (
        "可比点位（全国总指数点位 × 供算量占比）",
        "Comparable levels (national × share)",
    ),
}
#: What printed values are in, and exact ones.
_UNITS: Final[dict[Measure, tuple[str, str]]] = {
    "level": ("points", "points"),
    "growth": ("per cent", "ratio"),
    "share": ("per cent", "ratio"),
    "supply": ("card-hours per year", "card-hours per year"),
    "comparable": ("points", "points"),
}
_STATUS_NAMES: Final = {
    "base": "基期",
    "chained": "链接",
    "break": "范围调整",
    "reseeded": "重新起算",
}
#: Where growth is a figure of what is shown.
_WITH_GROWTH: Final = frozenset({"level", "supply"})


def view_series(result: SeriesResult, lang: Lang, layout: Layout | None = None) -> View:
    """The indices over time.

    Args:
        result: what to show.
        lang: the language of names and notes.
        layout: one row per index and period, or one per index; null for one per index in a table
            and one per index and period in data.
    """
    rounder = Rounder(result.history.config.methodology)
    columns, records = (
        _wide_records(result, rounder, lang)
        if layout == "wide"
        else _long_records(result, rounder, lang)
    )
    return View(
        sheet=_long_sheet(result, rounder, lang)
        if layout == "long"
        else _wide_sheet(result, rounder, lang),
        columns=columns,
        records=records,
        document=_series_document(result, rounder, lang),
    )


def round_measure(
    value: Fraction | None, measure: Measure, rounder: Rounder
) -> Decimal | int | None:
    """A figure as it is printed: points and per cent with decimals, card-hours without."""
    if value is None:
        return None
    if measure == "supply":
        return rounder.whole(value)
    return rounder.percent(value) if measure in ("growth", "share") else rounder.points(value)


def _cell_type(measure: Measure, decimals: int) -> type | int:
    return int if measure == "supply" else decimals


def standing_of(history: History, period: Period) -> str:
    """The word for what stands behind the levels of a period."""
    return "official" if history.is_official(period) else "provisional"


def _long_records(
    result: SeriesResult, rounder: Rounder, lang: Lang
) -> tuple[dict[str, type | int], tuple[tuple[Cell, ...], ...]]:
    decimals = result.history.config.methodology.decimals
    columns: dict[str, type | int] = dict.fromkeys(("code", "series", "name", "period"), str)
    columns[COLUMNS[result.measure]] = _cell_type(result.measure, decimals)
    columns |= dict.fromkeys(("status", "publication"), str)
    return columns, tuple(
        (
            index.code,
            index_series(index, lang),
            index_name(index, lang),
            str(period),
            round_measure(result.value(index.code, period), result.measure, rounder),
            None if point is None else point.status,
            None if point is None else standing_of(result.history, period),
        )
        for index, period, point in find_points(result)
    )


def find_points(
    result: SeriesResult,
) -> Iterable[tuple[IndexDefinition, Period, HistoryPoint | None]]:
    """Index by index, every period in order; null where an index has no level."""
    for index in result.indices:
        for period in result.periods:
            yield index, period, result.history.find(index.code, period)


def _wide_records(
    result: SeriesResult, rounder: Rounder, lang: Lang
) -> tuple[dict[str, type | int], tuple[tuple[Cell, ...], ...]]:
    kind = _cell_type(result.measure, result.history.config.methodology.decimals)
    columns: dict[str, type | int] = dict.fromkeys(("code", "series", "name", "measure"), str)
    columns |= dict.fromkeys(map(str, result.periods), kind)
    return columns, tuple(
        (
            index.code,
            index_series(index, lang),
            index_name(index, lang),
            COLUMNS[result.measure],
            *(
                round_measure(result.value(index.code, period), result.measure, rounder)
                for period in result.periods
            ),
        )
        for index in result.indices
    )


def _wide_sheet(result: SeriesResult, rounder: Rounder, lang: Lang) -> Sheet:
    """One row per index with its figures, their course and the latest growth."""
    is_zh = lang == "zh"
    columns = [_figure_column(result, period, rounder) for period in result.periods]
    tails: list[Sequence[str]] = []
    headers: list[str] = []
    if len(result.periods) > 1:
        headers.append("走势" if is_zh else "Trend")
        tails.append(
            [
                draw_spark([result.value(index.code, period) for period in result.periods])
                for index in result.indices
            ]
        )
    if result.measure in _WITH_GROWTH:
        last = result.periods[-1]
        headers.append(f"{last}\n增长率" if is_zh else f"{last}\ngrowth")
        tails.append(_growth_column(result, last, rounder))
    names = [index_name(index, lang) for index in result.indices]
    return Sheet(
        title=_series_title(result, lang),
        headers=(
            "指数名称" if is_zh else "Index",
            *(
                f"{period}\n{standing_text(result.history, period, lang)}"
                for period in result.periods
            ),
            *headers,
        ),
        rows=tuple(zip(names, *columns, *tails, strict=True)),
        numeric=frozenset(range(1, len(columns) + 1)),
        whole=frozenset(range(len(columns) + 1, len(columns) + len(tails) + 1)),
        group_header="系列" if is_zh else "Series",
        groups=tuple(index_series(index, lang) for index in result.indices),
        notes=_series_notes(result, lang),
    )


def _figure_column(result: SeriesResult, period: Period, rounder: Rounder) -> list[str]:
    """The figures of one period, with marks in a column of their own where there are any."""
    points = [result.history.find(index.code, period) for index in result.indices]
    marks = [MARKS.get((point and point.status) or "", "") for point in points]
    width = max(map(len, marks))
    texts = (
        _figure_text(result.value(index.code, period), result.measure, rounder)
        for index in result.indices
    )
    return [
        f"{text} {mark.ljust(width)}" if width else text
        for text, mark in zip(texts, marks, strict=True)
    ]


def _figure_text(value: Fraction | None, measure: Measure, rounder: Rounder) -> str:
    rounded = round_measure(value, measure, rounder)
    if rounded is None:
        return NULL_MARK
    return f"{rounded:,}" if measure == "supply" else f"{rounded:f}"


def _growth_column(result: SeriesResult, period: Period, rounder: Rounder) -> list[str]:
    """Growth of the indices in a period, with bars."""
    growths = [result.history.measure(index.code, period, "growth") for index in result.indices]
    texts = [change_text(rounder.percent(growth)) for growth in growths]
    widest = max(map(len, texts))
    return [
        f"{text.rjust(widest)} {bar}".rstrip()
        for text, bar in zip(texts, draw_bars(growths), strict=True)
    ]


def standing_text(history: History, period: Period, lang: Lang) -> str:
    """What ``standing_of`` says, in a language."""
    standing = standing_of(history, period)
    return {"official": "已发布", "provisional": "试算"}[standing] if lang == "zh" else standing


def _long_sheet(result: SeriesResult, rounder: Rounder, lang: Lang) -> Sheet:
    return Sheet(
        title=_series_title(result, lang),
        headers=("指数名称", "时期", "数值", "状态", "发布")
        if lang == "zh"
        else ("Index", "Period", "Value", "Status", "Publication"),
        rows=tuple(
            (
                index_name(index, lang),
                str(period),
                _figure_text(result.value(index.code, period), result.measure, rounder),
                _status_text(point, lang),
                standing_text(result.history, period, lang),
            )
            for index, period, point in find_points(result)
        ),
        numeric=frozenset({2}),
        notes=_series_notes(result, lang, has_marks=False),
    )


def _series_title(result: SeriesResult, lang: Lang) -> str:
    title = _TITLES[result.measure][0 if lang == "zh" else 1]
    first, last = result.periods[0], result.periods[-1]
    return f"{title}  {first}" if first == last else f"{title}  {first} – {last}"


def _series_notes(result: SeriesResult, lang: Lang, *, has_marks: bool = True) -> tuple[str, ...]:
    found = {point.status for _, _, point in find_points(result) if point is not None}
    notes = [note_text(note, lang) for note in result.notes]
    return (
        *(legend_lines(found, lang) if has_marks else ()),
        *notes,
        origin_text(result.history, lang),
    )


def origin_text(history: History, lang: Lang) -> str:
    """The line that names the releases and snapshots behind levels."""
    refs = [str(snapshot.ref) for snapshot in history.snapshots.values()]
    names = [release.name for release in history.releases.values()]
    version = history.config.methodology.version
    if lang == "zh":
        parts = [f"发布 {'、'.join(names)}"] if names else []
        parts += [f"快照 {'、'.join(refs)}"] if refs else []
        return "；".join((*parts, f"编制方法 {version}", f"cci {__version__}")) + "。"
    parts = [f"Releases {', '.join(names)}"] if names else []
    parts += [f"snapshots {', '.join(refs)}"] if refs else []
    text = "; ".join((*parts, f"methodology {version}", f"cci {__version__}")) + "."
    return text[0].upper() + text[1:]


def _status_text(point: HistoryPoint | None, lang: Lang) -> str:
    if point is None or point.status is None:
        return NULL_MARK
    return _STATUS_NAMES[point.status] if lang == "zh" else point.status


def _series_document(result: SeriesResult, rounder: Rounder, lang: Lang) -> dict[str, Any]:
    history = result.history
    methodology = history.config.methodology
    return {
        "measure": result.measure,
        "unit": _UNITS[result.measure][0],
        "exact_unit": _UNITS[result.measure][1],
        "base": {"period": str(methodology.base_period), "level": methodology.base_level},
        "periods": [
            {
                "period": str(period),
                "as_of": period.as_of.isoformat(),
                "publication": standing_of(history, period),
                "release": release_text(history, period),
            }
            for period in result.periods
        ],
        "series": [
            {
                "code": index.code,
                "series": index_series(index, lang),
                "name": index_name(index, lang),
                "values": {
                    str(period): round_measure(
                        result.value(index.code, period), result.measure, rounder
                    )
                    for period in result.periods
                },
                "exact": {
                    str(period): exact_text(result.value(index.code, period))
                    for period in result.periods
                },
                "status": {
                    str(period): None if point is None else point.status
                    for period in result.periods
                    for point in [history.find(index.code, period)]
                },
            }
            for index in result.indices
        ],
        "notes": [note_text(note, lang) for note in result.notes],
        "provenance": to_provenance(
            history.snapshots, history.releases.values(), history.config.hashes, methodology
        ),
    }


def release_text(history: History, period: Period) -> str | None:
    """The release that has the figures of a period, digit for digit; null for none."""
    if not history.is_official(period):
        return None
    return f"r{history.releases[period].ref.revision}"
