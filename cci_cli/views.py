"""From results to what is shown: words, printed digits, order. Domain: no I/O.

Each ``view_…`` rounds once, here, and names things in the language asked for. ``render`` then
gives the view its form.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from cci_cli import __version__
from cci_cli.definitions import IndexDefinition, Province
from cci_cli.errors import count_noun
from cci_cli.figures import Rounder, index_name, round_figures, to_provenance
from cci_cli.formats import Lang
from cci_cli.messages import NOTES
from cci_cli.periods import Period
from cci_cli.results import ComputeResult, HubFigures, Note

Cell = str | int | Decimal | None

NULL_MARK: Final = "—"

#: Marks beside a figure that is not simply chained, and what they say.
MARKS: Final[Mapping[str, str]] = {"break": "b", "reseeded": "r"}
_LEGEND: Final = {
    "break": ("b 范围调整", "b: break, the scope changed"),
    "reseeded": ("r 重新起算", "r: reseeded"),
}

#: What changes supply, as the subject of a sentence; see ``results.Cause``.
CAUSE_NAMES: Final[Mapping[Lang, Mapping[str, str]]] = {
    "zh": {
        "new_node": "新建节点",
        "put_into_service": "投入运行",
        "expanded": "扩容",
        "re_equipped": "更换型号",
        "moved": "迁址",
        "shrunk": "缩减",
        "suspended": "暂停",
        "closed": "关闭",
        "discovered": "补录",
    },
    "en": {
        "new_node": "new nodes",
        "put_into_service": "nodes put into service",
        "expanded": "expansion",
        "re_equipped": "re-equipment",
        "moved": "relocation",
        "shrunk": "reduction",
        "suspended": "suspension",
        "closed": "closure",
        "discovered": "cards found late",
    },
}

_MONTHS: Final = {6: "June", 12: "December"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table for people; a header may have a line break.

    ``numeric`` are the columns of digits, ``whole`` others that are not folded. ``groups`` has the
    group of each row, or is empty: a heading where there is little room, a column of its own,
    ``group_header``, elsewhere.
    """

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    group_header: str = ""
    groups: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    whole: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Lines:
    """Text for people that is no table, line by line."""

    lines: tuple[str, ...]


#: The type of each column: its number of places for a Decimal, else the type itself.
Columns = Mapping[str, type | int]


@dataclass(frozen=True, slots=True)
class View:
    """One result in every form: for people, for data tools, as a document."""

    sheet: Sheet | Lines
    columns: Columns
    records: tuple[tuple[Cell, ...], ...]
    document: Mapping[str, Any]


def legend_lines(statuses: Container[str | None], lang: Lang) -> tuple[str, ...]:
    """The line that says what the marks of some statuses mean; none where nothing is marked."""
    position, separator = (0, "；") if lang == "zh" else (1, "; ")
    marks = [texts[position] for status, texts in _LEGEND.items() if status in statuses]
    return (separator.join(marks),) if marks else ()


def province_name(province: Province, lang: Lang) -> str:
    """The name of a province in a language."""
    return province.name if lang == "zh" else province.name_en


def date_text(period: Period, lang: Lang) -> str:
    """The last day of a period: ``2025年6月30日``, ``30 June 2025``."""
    day = period.as_of
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month]} {day.year}"


def view_compute(result: ComputeResult, lang: Lang) -> View:
    """Table 2: the levels of two periods, as published, with growth beside them."""
    rounder = Rounder(result.methodology)
    figures = [round_figures(item, rounder, lang) for item in result.indices]
    notes = tuple(note_text(note, lang) for note in result.notes)
    columns: dict[str, type | int] = {"code": str, "series": str, "name": str}
    numbers = ("previous_level", "level", "growth_pct", "share_pct", "contribution_pp")
    columns |= dict.fromkeys(numbers, result.methodology.decimals)
    return View(
        sheet=_compute_sheet(result, figures, rounder, notes, lang),
        columns=columns,
        records=tuple(tuple(row[name] for name in columns) for row in figures),
        document=_compute_document(result, figures, rounder, notes),
    )


def _compute_document(
    result: ComputeResult,
    figures: Sequence[Mapping[str, Any]],
    rounder: Rounder,
    notes: Sequence[str],
) -> dict[str, Any]:
    methodology = result.methodology
    document: dict[str, Any] = {
        "period": str(result.period),
        "as_of": result.period.as_of.isoformat(),
        "previous": None if result.previous is None else str(result.previous),
        "base": {
            "period": str(methodology.base_period),
            "as_of": methodology.base_period.as_of.isoformat(),
            "level": methodology.base_level,
        },
        "indices": list(figures),
    }
    if result.hubs is not None:
        document["hubs"] = {
            "share_pct": rounder.percent(result.hubs.link.share),
            "increment_share_pct": rounder.percent(result.hubs.link.increment_share),
            "target_pct": result.hubs.increment_share_target_pct,
            "provinces": list(result.hubs.provinces),
        }
    return document | {
        "status": "official" if result.is_official else "provisional",
        "release": None if result.release is None else f"r{result.release.ref.revision}",
        "notes": list(notes),
        "provenance": to_provenance(
            result.snapshots, filter(None, [result.start]), result.config_hashes, methodology
        ),
    }


def _compute_sheet(
    result: ComputeResult,
    figures: Sequence[Mapping[str, Any]],
    rounder: Rounder,
    notes: Sequence[str],
    lang: Lang,
) -> Sheet:
    before, now = date_text(result.period.previous, lang), date_text(result.period, lang)
    if lang == "zh":
        title = f"表 2  {result.methodology.title or ''}最新点位"
        group_header = "系列"
        headers = ("指数名称", f"{before}\n(上一期)", f"{now}\n(最新)", "增长率")
    else:
        title = f"Table 2  {result.methodology.title_en or 'Indices'}, latest levels"
        group_header = "Series"
        headers = ("Index", f"{before}\n(previous)", f"{now}\n(latest)", "Growth")
    return Sheet(
        title=title,
        headers=headers,
        rows=tuple(
            (
                row["name"],
                _number_text(row["previous_level"]),
                _number_text(row["level"]),
                change_text(row["growth_pct"]),
            )
            for row in figures
        ),
        numeric=frozenset({1, 2, 3}),
        group_header=group_header,
        groups=tuple(row["series"] for row in figures),
        notes=(
            *([_compiled_hub_text(result.hubs, rounder, lang)] if result.hubs else []),
            *notes,
            _origin_text(result, lang),
        ),
    )


def _number_text(value: Decimal | None, unit: str = "") -> str:
    return NULL_MARK if value is None else f"{value:f}{unit}"


def change_text(value: Decimal | None) -> str:
    """A change in per cent with its sign; what is printed as zero has no direction."""
    return f"+{value:f}%" if value and value > 0 else _number_text(value, "%")


def _compiled_hub_text(hubs: HubFigures, rounder: Rounder, lang: Lang) -> str:
    link, increment = hubs.link, ""
    if link.increment is not None and link.previous_national_supply is not None:
        national = link.national_supply - link.previous_national_supply
        target = hubs.increment_share_target_pct
        increment = increment_text(link.increment_share, national, target, rounder, lang)
    return hub_text(hubs.count, len(hubs.provinces), link.share, increment, rounder, lang)


def hub_text(
    count: int,
    provinces: int,
    share: Fraction | None,
    increment: str,
    rounder: Rounder,
    lang: Lang,
) -> str:
    """What the hubs together have of national supply, and what ``increment_text`` says of it."""
    held = _number_text(rounder.percent(share), "%")
    if lang == "zh":
        return f"{count} 个枢纽节点（{provinces} 个省份）合计：占全国供算量 {held}{increment}。"
    hubs = f"{count_noun(count, 'hub')} ({count_noun(provinces, 'province')})"
    return f"The {hubs} together: {held} of national supply{increment}."


def increment_text(
    share: Fraction | None,
    national_increment: Fraction,
    target_pct: Decimal,
    rounder: Rounder,
    lang: Lang,
) -> str:
    """The clause on the hubs' share of what was added, or taken away, in the nation.

    The target of the policy is for new computing power: where less is left there is nothing to
    hold against it, and where the nation stood still there is no share.
    """
    value = rounder.percent(share)
    if value is None or not national_increment:
        return ""
    if national_increment < 0:
        return (
            f"，占全国供算量减少额 {value:f}%"
            if lang == "zh"
            else f", {value:f}% of the national decrease"
        )
    return (
        f"，占全国新增供算量 {value:f}%（政策目标 {target_pct:f}%）"
        if lang == "zh"
        else f", {value:f}% of the national increment (policy target {target_pct:f}%)"
    )


def _origin_text(result: ComputeResult, lang: Lang) -> str:
    refs = [str(snapshot.ref) for snapshot in result.snapshots.values()]
    released = result.start.name if result.start else ""
    version = result.methodology.version
    if result.release is None:
        standing = "试算，未发布" if lang == "zh" else "provisional, not released"
    elif result.is_official:
        name = result.release.name
        standing = f"已发布 {name}" if lang == "zh" else f"released as {name}"
        if result.release.is_transcribed:
            standing += "（仅点位）" if lang == "zh" else " (levels alone)"
    else:
        name = result.release.name
        standing = f"试算，与 {name} 不同" if lang == "zh" else f"provisional, differs from {name}"
    if lang == "zh":
        frozen = f"上期点位 {released}；" if released else ""
        return (
            f"快照 {'、'.join(refs)}；{frozen}编制方法 {version}；cci {__version__}；{standing}。"
        )
    frozen = f"chained from {released}; " if released else ""
    return (
        f"Snapshots {', '.join(refs)}; {frozen}methodology {version}; cci {__version__}; "
        f"{standing}."
    )


def note_text(note: Note, lang: Lang) -> str:
    """The text of a note: periods as dates, indices and provinces by name, lists as in ``lang``."""
    separator = "、" if lang == "zh" else ", "

    def say(value: object) -> str:
        if isinstance(value, Period):
            return date_text(value, lang)
        if isinstance(value, IndexDefinition):
            return index_name(value, lang)
        if isinstance(value, Province):
            return province_name(value, lang)
        if isinstance(value, tuple | list):
            return separator.join(map(say, value))
        return str(value)

    return NOTES[note.code][lang].format(**{key: say(value) for key, value in note.details.items()})


def signed_text(value: Decimal | int | None) -> str:
    """A change with its sign, in groups of three; what is printed as zero has no direction."""
    if value is None:
        return NULL_MARK
    sign = "+" if value > 0 else ""
    return f"{sign}{value:,f}" if isinstance(value, Decimal) else f"{sign}{value:,}"


def province_text(name: str | None, provinces: Mapping[str, Province], lang: Lang) -> str | None:
    """A province in a language; one that the config no longer has keeps its name."""
    province = None if name is None else provinces.get(name)
    return name if province is None else province_name(province, lang)
