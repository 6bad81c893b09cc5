"""From two periods compared to what is shown. Domain: no I/O."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from cci_cli.columns import PROVINCE
from cci_cli.errors import first_few
from cci_cli.figures import Rounder, exact_text, index_name, index_series, to_provenance
from cci_cli.formats import Lang
from cci_cli.outcomes import DiffResult, Driver, HubDiff, IndexDiff
from cci_cli.periods import PeriodRef
from cci_cli.results import CAUSES
from cci_cli.rounding import fraction_text
from cci_cli.views import (
    CAUSE_NAMES,
    MARKS,
    NULL_MARK,
    Cell,
    Sheet,
    View,
    date_text,
    hub_text,
    increment_text,
    legend_lines,
    note_text,
    province_text,
    signed_text,
)

#: Causes named beside a driver.
SHOWN_CAUSES: Final = 3
#: What a cause is called in English where that is not its key in words.
_ENGLISH_CAUSES: Final[Mapping[str, str]] = {"re_equipped": "re-equipped"}
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
        columns, records = _index_records(result, rounder, lang)
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
        "change": rounder.points(item.change),
        "growth_pct": rounder.percent(item.growth),
        "contribution_pp": rounder.percent(item.contribution),
        "increment_share_pct": rounder.percent(item.increment_share),
    }


def _index_records(
    result: DiffResult, rounder: Rounder, lang: Lang
) -> tuple[dict[str, type | int], tuple[tuple[Cell, ...], ...]]:
    names = ("code", "name", "from", "to")
    rows = [
        {"code": None, "name": index_name(item.definition, lang)}
        | {"from": str(result.old), "to": str(result.new)}
        | _round_row(item, rounder)
        for item in result.indices
    ]
    columns: dict[str, type | int] = dict.fromkeys(rows[0], result.methodology.decimals)
    columns |= dict.fromkeys(names, str)
    return columns, tuple(tuple(row.values()) for row in rows)


def _driver_records(
    result: DiffResult, rounder: Rounder
) -> tuple[dict[str, type | int], tuple[tuple[Cell, ...], ...]]:
    keys = _KEY_COLUMNS[result.by]
    columns: dict[str, type | int] = dict.fromkeys(("from", "to", *keys), str)
    columns |= {"cards": int, "supply_card_hours": int}
    columns["contribution_pp"] = result.methodology.decimals
    columns |= dict.fromkeys(CAUSES, int)
    records: list[tuple[Cell, ...]] = []
    for driver in result.drivers:
        key = (str(result.old), str(result.new), *_key_cells(driver, result.by))
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
    marks = [
        "".join(mark for status, mark in MARKS.items() if status in item.statuses)
        for item in result.indices
    ]
    width = max(map(len, marks))
    rows = []
    for item, mark in zip(result.indices, marks, strict=True):
        row = _round_row(item, rounder)
        share = row["increment_share_pct"]
        level = _level_text(item.to_level, rounder)
        rows.append(
            (
                index_name(item.definition, lang),
                _level_text(item.from_level, rounder),
                f"{level} {mark.ljust(width)}" if width else level,
                signed_text(row["change"]),
                signed_text(row["growth_pct"]),
                signed_text(row["contribution_pp"]),
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
        notes=(
            *legend_lines({status for item in result.indices for status in item.statuses}, lang),
            *_span_lines(result, rounder, lang),
        ),
    )


def _level_text(level: Fraction | None, rounder: Rounder) -> str:
    return NULL_MARK if level is None else f"{rounder.points(level):f}"


def _driver_sheet(result: DiffResult, rounder: Rounder, lang: Lang) -> Sheet:
    is_zh = lang == "zh"
    keys = _KEY_NAMES[result.by][0 if is_zh else 1]
    others = ("卡数变动", "供算量变动\n卡时/年", "贡献\n百分点", "原因")
    others_en = ("Cards,\nchange", "Supply, change\ncard-hours per year", "Contr.\npp", "Causes")
    rows = []
    for driver in result.drivers:
        rest = f"其余 {driver.count:,} 个" if is_zh else f"{driver.count:,} others"
        if driver.count == 1 and not is_zh:
            rest = "1 other"
        key = _named_cells(result, driver, lang) or (rest, *[""] * (len(keys) - 1))
        rows.append(
            (
                *(text or NULL_MARK for text in key),
                signed_text(driver.cards),
                signed_text(rounder.whole(driver.supply)),
                signed_text(rounder.percent(driver.contribution)),
                _cause_text(driver, lang),
            )
        )
    width = len(keys)
    return Sheet(
        title=_span_title(result, lang),
        headers=(*keys, *(others if is_zh else others_en)),
        rows=tuple(rows),
        numeric=frozenset({width, width + 1, width + 2}),
        notes=(_nation_line(result, rounder, lang), *_span_lines(result, rounder, lang)),
    )


def _named_cells(result: DiffResult, driver: Driver, lang: Lang) -> tuple[str | None, ...]:
    """What tells a driver apart in a table, its province named in the language; empty for none."""
    if not driver.key:
        return ()
    return tuple(
        province_text(cell, result.provinces, lang) if column == PROVINCE else cell
        for column, cell in zip(_KEY_COLUMNS[result.by], _key_cells(driver, result.by), strict=True)
    )


def _nation_line(result: DiffResult, rounder: Rounder, lang: Lang) -> str:
    """What the drivers explain: the nation from the one level to the other."""
    nation = _find_nation(result)
    levels = [_level_text(level, rounder) for level in (nation.from_level, nation.to_level)]
    growth = rounder.percent(nation.growth)
    text = NULL_MARK if growth is None else f"{signed_text(growth)}%"
    name = index_name(nation.definition, lang)
    return f"{name}{'：' if lang == 'zh' else ': '}{levels[0]} → {levels[1]} ({text})"


def _find_nation(result: DiffResult) -> IndexDiff:
    return next(item for item in result.indices if item.definition.kind == "national")


def _cause_text(driver: Driver, lang: Lang) -> str:
    """The largest causes; all of them, with their figures, are in the data formats."""
    names = [_cause_name(cause, lang) for cause in _rank_causes(driver.causes)]
    separator = "、" if lang == "zh" else ", "
    return separator.join(first_few(names, SHOWN_CAUSES))


def _rank_causes(causes: Mapping[str, Fraction]) -> list[str]:
    return sorted(causes, key=lambda cause: (-abs(causes[cause]), cause))


def _cause_name(cause: str, lang: Lang) -> str:
    if lang == "zh":
        return CAUSE_NAMES["zh"][cause]
    return _ENGLISH_CAUSES.get(cause, cause.replace("_", " "))


def _span_lines(result: DiffResult, rounder: Rounder, lang: Lang) -> Iterator[str]:
    is_zh = lang == "zh"
    nation = _find_nation(result)
    regions = [item for item in result.indices if item.definition.kind == "region"]
    parts = sum((item.contribution for item in regions), Fraction(0))
    has_links = result.old.period != result.new.period
    if has_links and regions and parts == nation.contribution:
        total = signed_text(rounder.percent(parts))
        if nation.restated_points:
            yield (
                f"各区域贡献之和恰为各期链接合计的 {total} 个百分点。"
                if is_zh
                else f"The contributions of the regions add up to those of the links exactly, "
                f"{total} pp."
            )
        else:
            yield (
                f"各区域贡献之和恰为全国增长的 {total} 个百分点。"
                if is_zh
                else "The contributions of the regions add up to national growth exactly, "
                f"{total} pp."
            )
    yield from _restated_lines(result, rounder, lang)
    if has_links:
        yield _parts_line(nation, rounder, lang)
    causes = [
        f"{_cause_name(cause, lang)} {signed_text(rounder.whole(result.causes[cause]))}"
        for cause in _rank_causes(result.causes)
    ]
    if causes:
        yield ("按原因：" if is_zh else "by cause: ") + "; ".join(causes)
    if result.hubs is not None:
        yield _hub_text(result.hubs, nation.construction + nation.discovery, rounder, lang)
    yield from (note_text(note, lang) for note in result.notes)
    refs = [str(item.ref) for item in result.snapshots]
    names = [release.name for release in result.releases]
    if is_zh:
        levels = f"；点位 {'、'.join(names)}" if names else ""
        yield f"快照 {'、'.join(refs)}{levels}。"
    else:
        levels = f"; levels of {', '.join(names)}" if names else ""
        yield f"Snapshots {', '.join(refs)}{levels}."


def _hub_text(hubs: HubDiff, national_increment: Fraction, rounder: Rounder, lang: Lang) -> str:
    increment = increment_text(
        hubs.increment_share, national_increment, hubs.target_pct, rounder, lang
    )
    provinces = len(hubs.to_provinces)
    return hub_text(hubs.count, provinces, hubs.to_share, increment, rounder, lang)


def _restated_lines(result: DiffResult, rounder: Rounder, lang: Lang) -> Iterator[str]:
    """What no link explains of the change of levels, the nation first, then the largest."""
    moved = [(item.restated_points, item) for item in result.indices if item.restated_points]
    moved.sort(key=lambda pair: (pair[1].definition.kind != "national", -abs(pair[0])))
    if not moved:
        return
    is_zh = lang == "zh"
    texts = [
        f"{index_name(item.definition, lang)} {signed_text(rounder.points(points))}"
        for points, item in moved
    ]
    label = (
        "发布点位的重述或转录（点，不属任何一期链接）："
        if is_zh
        else "levels replaced or transcribed (points, of no link): "
    )
    yield label + ("、" if is_zh else ", ").join(first_few(texts))


def _parts_line(nation: IndexDiff, rounder: Rounder, lang: Lang) -> str:
    """The change of national supply as the sum of its four parts."""
    parts = {
        ("建设", "construction"): nation.construction,
        ("补录", "discovery"): nation.discovery,
        ("范围", "scope"): nation.scope,
        ("修订", "revision"): nation.revision,
    }
    names = [
        f"{zh if lang == 'zh' else en} {signed_text(None if part is None else rounder.whole(part))}"
        for (zh, en), part in parts.items()
    ]
    total = sum((part for part in parts.values() if part is not None), Fraction(0))
    label = "供算量变动（卡时/年）" if lang == "zh" else "change of supply (card-hours per year)"
    return f"{label} {signed_text(rounder.whole(total))} = {'; '.join(names)}"


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
                "restated_points_exact": exact_text(item.restated_points),
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
        "provenance": _describe_provenance(result),
    }


def _describe_provenance(result: DiffResult) -> dict[str, Any]:
    """What the levels and the links were made from; a period may have been measured twice."""
    document = to_provenance({}, result.releases, result.config_hashes, result.methodology)
    document["snapshots"] = [
        {
            "period": str(item.ref.period),
            "revision": f"r{item.ref.revision}",
            "sha256": item.facts.sha256,
        }
        for item in result.snapshots
    ]
    return document


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
        | ({} if driver.key else {"others": driver.count})
        for driver in result.drivers
    ]


def _cause_document(causes: Mapping[str, Fraction], rounder: Rounder) -> dict[str, int]:
    return {cause: rounder.whole(causes[cause]) for cause in CAUSES if cause in causes}
