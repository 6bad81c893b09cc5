"""From two periods compared to what is shown. Domain: no I/O."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from cci_cli.columns import CHINESE_NAMES
from cci_cli.errors import count_noun, first_few
from cci_cli.figures import Rounder, index_name, index_series
from cci_cli.formats import Lang
from cci_cli.periods import PeriodRef
from cci_cli.results import (
    ADDED,
    CAUSES,
    CHANGED,
    REMOVED,
    DiffResult,
    Driver,
    IndexDiff,
    RevisionDiffResult,
)
from cci_cli.rounding import fraction_text
from cci_cli.views import NULL_MARK, Cell, Sheet, View, date_text, note_text

_CAUSE_NAMES: Final[Mapping[str, str]] = {
    "new_node": "新建节点",
    "put_into_service": "投入运行",
    "expanded": "扩容",
    "re_equipped": "更换型号",
    "moved": "迁址",
    "shrunk": "缩减",
    "suspended": "暂停",
    "closed": "关闭",
    "discovered": "补录",
}
_EDIT_NAMES: Final[Mapping[str, str]] = {ADDED: "新增", REMOVED: "删除", CHANGED: "修改"}
#: Causes named beside a driver.
SHOWN_CAUSES: Final = 3
_KEY_NAMES: Final = {
    "province": (("省份",), ("Province",)),
    "model": (("型号",), ("Model",)),
    "node": (("节点编号", "节点名称", "省份"), ("Node", "Name", "Province")),
}
_KEY_COLUMNS: Final = {
    "province": ("province",),
    "model": ("model",),
    "node": ("node_id", "node_name", "province"),
}


def view_diff(result: DiffResult, lang: Lang) -> View:
    """The indices of both periods, or what drove the nation between them."""
    rounder = Rounder(result.methodology)
    if result.by == "index":
        columns, records = _index_records(result, rounder)
        sheet = _index_sheet(result, rounder, lang)
    else:
        columns, records = _driver_records(result, rounder)
        sheet = _driver_sheet(result, rounder, lang)
    return View(
        sheet=sheet,
        columns=columns,
        records=records,
        document=_diff_document(result, rounder, lang),
    )


def _round_row(item: IndexDiff, rounder: Rounder) -> dict[str, Any]:
    return {
        "code": item.definition.code,
        "from_level": rounder.points(item.from_level),
        "to_level": rounder.points(item.to_level),
        "change": rounder.points(item.to_level - item.from_level),
        "growth_pct": rounder.percent(item.growth),
        "contribution_pp": rounder.percent(item.contribution),
        "increment_share_pct": rounder.percent(item.increment_share),
    }


def _index_records(
    result: DiffResult, rounder: Rounder
) -> tuple[dict[str, type | int], tuple[tuple[Cell, ...], ...]]:
    rows = [_round_row(item, rounder) for item in result.indices]
    columns: dict[str, type | int] = dict.fromkeys(rows[0], result.methodology.decimals)
    columns["code"] = str
    return columns, tuple(tuple(row.values()) for row in rows)


def _driver_records(
    result: DiffResult, rounder: Rounder
) -> tuple[dict[str, type | int], tuple[tuple[Cell, ...], ...]]:
    keys = _KEY_COLUMNS[result.by]
    columns: dict[str, type | int] = dict.fromkeys(keys, str)
    columns |= {"cards": int, "supply_card_hours": int}
    columns["contribution_pp"] = result.methodology.decimals
    columns |= dict.fromkeys(CAUSES, int)
    records: list[tuple[Cell, ...]] = []
    for driver in result.drivers:
        key = _key_cells(driver, result.by)
        causes = [
            rounder.whole(driver.causes[cause]) if cause in driver.causes else None
            for cause in CAUSES
        ]
        supply = rounder.whole(driver.supply)
        records.append((*key, driver.cards, supply, rounder.percent(driver.contribution), *causes))
    return columns, tuple(records)


def _key_cells(driver: Driver, by: str) -> tuple[str | None, ...]:
    """What tells a driver apart, in the order of its columns; null for what is not shown."""
    if not driver.key:
        return (None,) * len(_KEY_COLUMNS[by])
    if by == "node":
        node, province = driver.key
        return node, driver.name, province
    return driver.key


def _signed(value: Any) -> str:  # noqa: ANN401 - a Decimal, an int or nothing
    if value is None:
        return NULL_MARK
    # what is printed as zero has no direction
    sign = "+" if value > 0 else ""
    return f"{sign}{value:,}"


def _span_title(result: DiffResult, lang: Lang) -> str:
    def name(ref: PeriodRef) -> str:
        text = date_text(ref.period, lang)
        return text if ref.revision is None else f"{text} (r{ref.revision})"

    return f"{name(result.old)} → {name(result.new)}"


def _index_sheet(result: DiffResult, rounder: Rounder, lang: Lang) -> Sheet:
    is_zh = lang == "zh"
    periods = (str(result.old), str(result.new))
    headers = (
        ("指数名称", *periods, "变动\n点", "增长率\n%", "贡献\n百分点", "占增量\n%")
        if is_zh
        else ("Index", *periods, "Change\npoints", "Growth\n%", "Contr.\npp", "Share\n%")
    )
    rows = []
    for item in result.indices:
        row = _round_row(item, rounder)
        share = row["increment_share_pct"]
        rows.append(
            (
                index_name(item.definition, lang),
                f"{row['from_level']:f}",
                f"{row['to_level']:f}",
                _signed(row["change"]),
                _signed(row["growth_pct"]),
                _signed(row["contribution_pp"]),
                NULL_MARK if share is None else f"{share:f}",
            )
        )
    return Sheet(
        title=_span_title(result, lang),
        headers=headers,
        rows=tuple(rows),
        numeric=frozenset(range(1, len(headers))),
        group_header="系列" if is_zh else "Series",
        groups=tuple(index_series(item.definition, lang) for item in result.indices),
        notes=(*_span_lines(result, rounder, lang),),
    )


def _driver_sheet(result: DiffResult, rounder: Rounder, lang: Lang) -> Sheet:
    is_zh = lang == "zh"
    keys = _KEY_NAMES[result.by][0 if is_zh else 1]
    others = ("卡数", "供算量\n卡时/年", "贡献\n百分点", "原因")
    others_en = ("Cards", "Supply\ncard-hours", "Contr.\npp", "Causes")
    rows = []
    for driver in result.drivers:
        rest = "其余" if is_zh else "others"
        key = _key_cells(driver, result.by) if driver.key else (rest, *[""] * (len(keys) - 1))
        rows.append(
            (
                *(text or NULL_MARK for text in key),
                _signed(driver.cards),
                _signed(rounder.whole(driver.supply)),
                _signed(rounder.percent(driver.contribution)),
                _cause_text(driver, lang),
            )
        )
    width = len(keys)
    return Sheet(
        title=_span_title(result, lang),
        headers=(*keys, *(others if is_zh else others_en)),
        rows=tuple(rows),
        numeric=frozenset({width, width + 1, width + 2}),
        notes=(*_span_lines(result, rounder, lang),),
    )


def _cause_text(driver: Driver, lang: Lang) -> str:
    """The largest causes; all of them, with their figures, are in the data formats."""
    names = [_cause_name(cause, lang) for cause in _rank_causes(driver.causes)]
    separator = "、" if lang == "zh" else ", "
    return separator.join(first_few(names, SHOWN_CAUSES))


def _rank_causes(causes: Mapping[str, Fraction]) -> list[str]:
    return sorted(causes, key=lambda cause: (-abs(causes[cause]), cause))


def _cause_name(cause: str, lang: Lang) -> str:
    return _CAUSE_NAMES[cause] if lang == "zh" else cause.replace("_", " ")


def _span_lines(result: DiffResult, rounder: Rounder, lang: Lang) -> Iterator[str]:
    is_zh = lang == "zh"
    nation = next(item for item in result.indices if item.definition.kind == "national")
    regions = [item for item in result.indices if item.definition.kind == "region"]
    parts = sum((item.contribution for item in regions), Fraction(0))
    has_links = result.old.period != result.new.period
    if has_links and regions and parts == nation.contribution:
        total = _signed(rounder.percent(parts))
        yield (
            f"各区域贡献之和恰为全国增长的 {total} 个百分点。"
            if is_zh
            else f"The contributions of the regions add up to national growth exactly, {total} pp."
        )
    yield _parts_line(nation, rounder, lang)
    causes = [
        f"{_cause_name(cause, lang)} {_signed(rounder.whole(result.causes[cause]))}"
        for cause in _rank_causes(result.causes)
    ]
    if causes:
        yield ("按原因：" if is_zh else "by cause: ") + "; ".join(causes)
    if result.hubs is not None:
        share = _percent_text(rounder, result.hubs.to_share)
        increment = _percent_text(rounder, result.hubs.increment_share)
        count, provinces = result.hubs.count, len(result.hubs.to_provinces)
        target = f"{result.hubs.target_pct:f}%"
        yield (
            f"{count} 个枢纽节点（{provinces} 个省份）合计：占供算量 {share}，"
            f"占新增供算量 {increment}（政策目标 {target}）。"
            if is_zh
            else f"The {count} hubs ({provinces} provinces) together: {share} of supply, "
            f"{increment} of the increment (policy target {target})."
        )
    yield from (note_text(note, lang) for note in result.notes)
    refs = [str(item.ref) for item in result.snapshots.values()]
    if is_zh:
        levels = "" if result.start is None else f"；起点 {result.start.name}"
        yield f"快照 {'、'.join(refs)}{levels}。"
    else:
        levels = (
            "" if result.start is None else f"; starting from the levels of {result.start.name}"
        )
        yield f"Snapshots {', '.join(refs)}{levels}."


def _percent_text(rounder: Rounder, ratio: Fraction | None) -> str:
    value = rounder.percent(ratio)
    return NULL_MARK if value is None else f"{value:f}%"


def _parts_line(nation: IndexDiff, rounder: Rounder, lang: Lang) -> str:
    """The change of national supply as the sum of its four parts."""
    parts = {
        ("建设", "construction"): nation.construction,
        ("补录", "discovery"): nation.discovery,
        ("范围", "scope"): nation.scope,
        ("修订", "revision"): nation.revision,
    }
    names = [
        f"{zh if lang == 'zh' else en} {_signed(None if part is None else rounder.whole(part))}"
        for (zh, en), part in parts.items()
    ]
    total = sum((part for part in parts.values() if part is not None), Fraction(0))
    label = "供算量变动（卡时/年）" if lang == "zh" else "change of supply (card-hours per year)"
    return f"{label} {_signed(rounder.whole(total))} = {'; '.join(names)}"


def _diff_document(result: DiffResult, rounder: Rounder, lang: Lang) -> dict[str, Any]:
    document: dict[str, Any] = {
        "from": str(result.old),
        "to": str(result.new),
        "indices": [
            _round_row(item, rounder)
            | {
                "parts_card_hours_exact": {
                    "construction": fraction_text(item.construction),
                    "discovery": fraction_text(item.discovery),
                    "scope": fraction_text(item.scope),
                    "revision": None if item.revision is None else fraction_text(item.revision),
                },
                "contribution_exact": fraction_text(item.contribution),
            }
            for item in result.indices
        ],
    }
    if result.hubs is not None:
        document["hubs"] = {
            "share_pct": rounder.percent(result.hubs.to_share),
            "increment_share_pct": rounder.percent(result.hubs.increment_share),
            "target_pct": result.hubs.target_pct,
            "contribution_pp": rounder.percent(result.hubs.contribution),
            "provinces": list(result.hubs.to_provinces),
        }
    return document | {
        "causes": _cause_document(result.causes, rounder),
        "by": result.by,
        "drivers": _driver_documents(result, rounder),
        "notes": [note_text(note, lang) for note in result.notes],
    }


def _driver_documents(result: DiffResult, rounder: Rounder) -> Sequence[dict[str, Any]]:
    keys = _KEY_COLUMNS.get(result.by, ())
    return [
        dict(zip(keys, _key_cells(driver, result.by), strict=True))
        | {
            "cards": driver.cards,
            "supply_card_hours": rounder.whole(driver.supply),
            "contribution_pp": rounder.percent(driver.contribution),
            "causes": _cause_document(driver.causes, rounder),
        }
        for driver in result.drivers
    ]


def _cause_document(causes: Mapping[str, Fraction], rounder: Rounder) -> dict[str, int]:
    return {cause: rounder.whole(causes[cause]) for cause in CAUSES if cause in causes}


def view_revision_diff(result: RevisionDiffResult, lang: Lang) -> View:
    """The rows that two revisions do not share, and what that does to the levels."""
    rounder = Rounder(result.methodology)
    names = ("node_id", "model", "edit", "column", "old", "new")
    records = tuple(
        (item.node_id, item.model, item.edit, column, _value_text(old), _value_text(new))
        for item in result.edits
        for column, (old, new) in item.values.items()
    )
    rows = tuple(
        (node, model, _edit_name(edit, lang), _column_name(column, lang), *values)
        for node, model, edit, column, *values in records
    )
    is_zh = lang == "zh"
    headers = ("节点编号", "型号", "变动", "列", "旧值", "新值")
    headers_en = ("Node", "Model", "Edit", "Column", "Old", "New")
    separator = "，" if is_zh else ", "
    counts = separator.join(
        f"{_edit_name(name, lang)} {count:,}{' 行' if is_zh else ''}"
        for name, count in result.counts.items()
    )
    left_out = sum(result.counts.values()) - len(result.edits)
    if left_out:
        more = count_noun(left_out, "row")
        counts += (
            f"；另有 {left_out:,} 行未列出，--top 0 列出全部"
            if is_zh
            else (f"; {more} more, --top 0 lists all")
        )
    moved = [
        f"{index.code}: {rounder.points(old):f} → {rounder.points(new):f} "
        f"({_signed(rounder.points(new - old))})"
        for index, old, new in result.levels
        if old != new
    ]
    return View(
        sheet=Sheet(
            title=f"{result.old} → {result.new}",
            headers=headers if is_zh else headers_en,
            rows=tuple(tuple(text or NULL_MARK for text in row) for row in rows),
            notes=(
                counts,
                *(moved or ["各指数点位不变" if is_zh else "no level moves"]),
                *(note_text(note, lang) for note in result.notes),
            ),
        ),
        columns=dict.fromkeys(names, str),
        records=records,
        document={
            "from": str(result.old),
            "to": str(result.new),
            "rows": dict(result.counts),
            "edits_left_out": left_out,
            "edits": [
                {
                    "node_id": item.node_id,
                    "model": item.model,
                    "edit": item.edit,
                    "values": {
                        column: {"old": _value_text(old), "new": _value_text(new)}
                        for column, (old, new) in item.values.items()
                    },
                }
                for item in result.edits
            ],
            "indices": [
                {
                    "code": index.code,
                    "from_level": rounder.points(old),
                    "to_level": rounder.points(new),
                    "change": rounder.points(new - old),
                }
                for index, old, new in result.levels
            ],
            "notes": [note_text(note, lang) for note in result.notes],
        },
    )


def _edit_name(edit: str, lang: Lang) -> str:
    return _EDIT_NAMES[edit] if lang == "zh" else edit


def _column_name(column: str, lang: Lang) -> str:
    return CHINESE_NAMES[column] if lang == "zh" else column


def _value_text(value: object) -> str | None:
    return None if value is None else str(value)
