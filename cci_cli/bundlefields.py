"""What files and columns of a publication bundle are, in English and Chinese. Domain: no I/O."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from cci_cli.bundles import (
    CODES_FILE,
    INDICES_FILE,
    PARQUET_FILE,
    SERIES_FILE,
    TABLE_FILE,
    WORKBOOK_FILE,
)
from cci_cli.leveltable import NAME_HEADER, SERIES_HEADER

_POINTS: Final = "points"
_PER_CENT: Final = "per cent"


class Words(NamedTuple):
    """Title and description in English and Chinese, and the unit; null where there is none."""

    title: str
    title_zh: str
    description: str
    description_zh: str
    unit: str | None = None


_SERIES: Final = Words("Series", "系列", "Series of the index, in Chinese", "所属系列")
_NAME: Final = Words("Name", "指数名称", "Name of the index, in Chinese", "指数中文名称")

_FIELDS: Final[Mapping[str, Words]] = {
    "period": Words(
        "Half-year", "时期", "2025H1 is as of 30 June 2025", "2025H1 指截至 2025 年 6 月 30 日"
    ),
    "as_of": Words("As of", "截至日", "Last day of the half-year", "该半年的最后一日"),
    "code": Words("Code", "指数编码", "Code of the index", "指数编码"),
    "kind": Words("Kind", "类别", "national, region or hub", "全国、区域或枢纽"),
    "series": _SERIES,
    SERIES_HEADER: _SERIES,
    "series_en": Words(
        "Series in English", "系列（英文）", "Series of the index, in English", "所属系列英文名"
    ),
    "name": _NAME,
    NAME_HEADER: _NAME,
    "name_en": Words(
        "Name in English", "指数英文名称", "Name of the index, in English", "指数英文名称"
    ),
    "status": Words(
        "Status",
        "状态",
        "base; chained; break, the scope changed; reseeded, set anew where there was nothing to be "
        "chained from; empty where the level was transcribed from print",
        "base 基期；chained 链接；break 样本范围调整；reseeded 无从链接而重新起算；"
        "转录自公布表格者为空",
    ),
    "publication": Words(
        "Publication",
        "发布状态",
        "official where a release stands behind the figures, else provisional",
        "official 已发布；provisional 试算",
    ),
    "release": Words(
        "Release",
        "发布版",
        "The release that has the figures; empty where they are provisional",
        "载有该数字的发布版；试算者为空",
    ),
    "level": Words("Level", "点位", "Level of the index", "指数点位", _POINTS),
    "level_exact": Words(
        "Exact level", "精确点位", "Level before rounding, as p/q", "舍入前的点位，p/q", _POINTS
    ),
    "comparable_level": Words(
        "Comparable level",
        "可比点位",
        "National level times share of supply: comparable across indices also after a break",
        "全国总指数点位乘以供算量占比，范围调整后仍可跨指数比较",
        _POINTS,
    ),
    "growth_pct": Words(
        "Growth",
        "增长率",
        "Growth on the half-year before, on one scope; empty at the base and from zero",
        "较上期增长率，两期同口径；基期及自零增长为空",
        _PER_CENT,
    ),
    "share_pct": Words("Share", "占比", "Share of national supply", "占全国供算量比重", _PER_CENT),
    "contribution_pp": Words(
        "Contribution",
        "贡献",
        "Contribution to national growth; empty at the base",
        "对全国增长率的贡献；基期为空",
        "percentage points",
    ),
    "increment_share_pct": Words(
        "Share of the increment",
        "占增量",
        "Share of the increment of national supply; empty where that is zero and at the base",
        "占全国新增供算量比重；全国无增减时及基期为空",
        _PER_CENT,
    ),
    "standard_cards": Words(
        "Standard cards",
        "标准卡数",
        "Cards in service, converted by their FP16 rate",
        "在运智算卡，按 FP16 算力折算",
        "standard cards",
    ),
    "supply_card_hours": Words(
        "Supply",
        "供算量",
        "Standard cards times the hours of a year",
        "标准卡数乘以全年小时数",
        "standard-card-hours per year",
    ),
    "provinces": Words(
        "Provinces", "样本范围", "Scope of the index, divided by |", "指数覆盖的省份，以 | 分隔"
    ),
    "provinces_en": Words(
        "Provinces in English",
        "样本范围（英文）",
        "The same in English, in the same order",
        "省份英文名，次序相同",
    ),
    "province_codes": Words(
        "Province codes",
        "省份代码",
        "Codes of GB/T 2260, in the same order",
        "GB/T 2260 代码，次序相同",
    ),
}

#: Title of each file in English and Chinese.
FILE_TITLES: Final = {
    TABLE_FILE: ("Table 2: levels as published", "表2：最新点位（公布格式）"),
    INDICES_FILE: ("All figures, one row per index and half-year", "全部数字，每指数每期一行"),
    SERIES_FILE: ("Levels, one column per half-year", "点位时间序列，每期一列"),
    CODES_FILE: ("Codes, names and scopes", "指数编码、名称与样本范围"),
    WORKBOOK_FILE: ("Table 2 and all figures as a workbook", "表2与全部数字（工作簿）"),
    PARQUET_FILE: ("All figures as Parquet", "全部数字（Parquet）"),
}


def find_words(name: str) -> Words:
    """What a column holds; one that is headed by a period or a day holds levels."""
    return _FIELDS.get(name) or Words(
        f"Level, {name}", f"点位，{name}", "Level of the index", "指数点位", _POINTS
    )
