"""From two revisions compared to what is shown. Domain: no I/O."""

from collections.abc import Mapping
from typing import Final

from cci_cli.columns import CHINESE_NAMES, PROVINCE
from cci_cli.definitions import Province
from cci_cli.errors import count_noun
from cci_cli.figures import Rounder
from cci_cli.formats import Lang
from cci_cli.outcomes import RevisionDiffResult
from cci_cli.results import ADDED, CHANGED, REMOVED
from cci_cli.views import (
    NULL_MARK,
    Sheet,
    View,
    note_text,
    province_text,
    signed_text,
)

_EDIT_NAMES: Final[Mapping[str, str]] = {ADDED: "新增", REMOVED: "删除", CHANGED: "修改"}


def view_revision_diff(result: RevisionDiffResult, lang: Lang) -> View:
    """The rows that two revisions do not share, and what that does to the levels."""
    rounder = Rounder(result.methodology)
    names = (
        *("from", "to", "node_id", "node_name", "province", "model"),
        *("edit", "column", "old", "new"),
    )
    refs = (str(result.old), str(result.new))
    records = tuple(
        (
            *refs,
            *(item.node_id, item.name, item.province, item.model, item.edit, column),
            *map(_value_text, values),
        )
        for item in result.edits
        for column, values in item.values.items()
    )
    rows = tuple(
        (
            item.node_id,
            item.name,
            province_text(item.province, result.provinces, lang),
            item.model,
            _edit_name(item.edit, lang),
            _column_name(column, lang),
            *(_shown_value(column, value, result.provinces, lang) for value in values),
        )
        for item in result.edits
        for column, values in item.values.items()
    )
    is_zh = lang == "zh"
    headers = ("节点编号", "节点名称", "省份", "型号", "变动", "列", "旧值", "新值")
    headers_en = ("Node", "Name", "Province", "Model", "Edit", "Column", "Old", "New")
    separator = "，" if is_zh else ", "
    counts = separator.join(
        f"{_edit_name(name, lang)} {count:,}{' 行' if is_zh else ''}"
        for name, count in result.counts.items()
    )
    left_out = result.left_out
    if left_out:
        more = count_noun(left_out, "row")
        counts += (
            f"；另有 {left_out:,} 行未列出，--top 0 列出全部"
            if is_zh
            else (f"; {more} more, --top 0 lists all")
        )
    moved = [
        f"{index.code}: {rounder.points(old):f} → {rounder.points(new):f} "
        f"({signed_text(rounder.points(new - old))})"
        for index, old, new in result.levels
        if old != new
    ]
    return View(
        sheet=Sheet(
            title=f"{result.old} → {result.new}",
            headers=headers if is_zh else headers_en,
            rows=tuple(tuple(text or NULL_MARK for text in row) for row in rows),
            numeric=frozenset({6, 7}),
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
                    "node_name": item.name,
                    "province": item.province,
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


def _shown_value(
    column: str, value: object, provinces: Mapping[str, Province], lang: Lang
) -> str | None:
    """A value as a table has it: cards with thousands separators, a province by its name."""
    if column == PROVINCE:
        return province_text(_value_text(value), provinces, lang)
    return f"{value:,}" if isinstance(value, int) else _value_text(value)


def _value_text(value: object) -> str | None:
    return None if value is None else str(value)
