"""Make the demonstration snapshots: invented nodes whose totals are the published figures.

What is published: Table 2 of the methodology of 24 December 2025, the growth and the shares in its
text, and its 398,181 standard cards at 30 June 2025. They stand below under "Published figures",
and `check_published_figures` recomputes each of them from the rows before anything is written.
How the nodes are invented is told in `node_survey.py`.

Run in the repository; a period whose snapshot is there already, with the same content, is left
as it is:

    python tools/make_snapshots.py WORKSPACE
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import polars as pl
from node_survey import IN_SERVICE, PERIODS, SEED, TOTAL_TFLOPS, Coefficients, NodeRow, build_nodes

from cci_cli.archive import Origin, stage_revision, write_revision
from cci_cli.columns import COLUMNS
from cci_cli.config import read_config
from cci_cli.csvfile import scan_nodes
from cci_cli.nodefile import read_nodes
from cci_cli.periods import parse_period
from cci_cli.rules import to_canonical
from cci_cli.sorting import RowSorter

# Published figures: name, provinces, levels on 2024-12-31 and 2025-06-30.
REGIONS = {
    "华北": ("北京 天津 河北 山西 内蒙古", "308.61", "321.15"),
    "东北": ("辽宁 吉林 黑龙江", "15.80", "18.49"),
    "华东": ("上海 江苏 浙江 安徽 福建 江西 山东", "264.64", "308.45"),
    "华中": ("河南 湖北 湖南", "73.86", "78.67"),
    "华南": ("广东 广西 海南", "77.83", "84.60"),
    "西南": ("重庆 四川 贵州 云南 西藏", "130.65", "142.29"),
    "西北": ("陕西 甘肃 青海 宁夏 新疆", "128.61", "134.43"),
}
HUBS = {
    "京津冀枢纽": ("北京 天津 河北", "187.67", "195.70"),
    "长三角枢纽": ("上海 江苏 浙江 安徽", "228.11", "263.04"),
    "粤港澳枢纽": ("广东", "69.33", "75.36"),
    "成渝枢纽": ("四川 重庆", "40.25", "48.30"),
    "内蒙古枢纽": ("内蒙古", "76.53", "80.18"),
    "贵州枢纽": ("贵州", "82.66", "85.57"),
    "甘肃枢纽": ("甘肃", "46.62", "48.31"),
    "宁夏枢纽": ("宁夏", "54.44", "56.17"),
}
NATIONAL_LEVEL, NATIONAL_GROWTH_PCT = "1088.07", "8.81"
SHARES_PCT = {
    ("华北", "华东"): "57.86",
    ("西南", "西北"): "25.43",
    ("华东",): "28.35",
    ("华北",): "29.52",
    ("西北",): "12.35",
    ("华南",): "7.78",
    ("华中",): "7.23",
    ("东北",): "1.70",
    tuple(HUBS): "78.36",
}
HUB_INCREMENT_SHARE_PCT = "76.11"
# A figure must come out within this many units of its last digit: 0.5 would be a tie. Beside the
# levels of Table 2, the shares 12.35 and 7.78 leave no room for less than about 0.45.
TOLERANCE = Fraction(46, 100)

NOTE = (
    "Calibrated reconstruction: invented nodes with real accelerator models, made so that every "
    "published figure comes out. Where a published total leaves a province free, the split is "
    "illustrative. Not a survey."
)
# The data are made, not measured: the day of the methodology stands for the day of their making.
CREATED = "2025-12-24T00:00:00+08:00"
SOURCES = [
    {"title": "CCI-IC Intelligent Computing Power Supply Indices, 24 December 2025, Table 2"},
    {"title": f"tools/make_snapshots.py, seed {SEED}", "path": "tools/make_snapshots.py"},
]


def find_supply(rows: Sequence[NodeRow], cards: Coefficients) -> dict[str, Fraction]:
    """TFLOPS in service, by province."""
    supply: dict[str, Fraction] = {}
    for row in rows:
        counted = row.cards if row.status == IN_SERVICE else 0
        tflops = counted * Fraction(cards[row.model])
        supply[row.province] = supply.get(row.province, Fraction(0)) + tflops
    return supply


def find_figures(
    old: Mapping[str, Fraction], new: Mapping[str, Fraction]
) -> Iterator[tuple[str, Fraction, str]]:
    """Each published figure: its name, its exact value from the provinces, and as printed."""
    base, total = sum(old.values(), Fraction(0)), sum(new.values(), Fraction(0))
    yield "national level", 1000 * total / base, NATIONAL_LEVEL
    yield "national growth", 100 * (total / base - 1), NATIONAL_GROWTH_PCT
    olds, news = {}, {}
    for name, (provinces, old_level, new_level) in (REGIONS | HUBS).items():
        olds[name] = sum((old[province] for province in provinces.split()), Fraction(0))
        news[name] = sum((new[province] for province in provinces.split()), Fraction(0))
        yield f"old level of {name}", 1000 * olds[name] / base, old_level
        yield f"new level of {name}", 1000 * news[name] / base, new_level
    for names, share in SHARES_PCT.items():
        yield f"share of {names}", 100 * sum(news[name] for name in names) / total, share
    added = sum(news[hub] - olds[hub] for hub in HUBS)
    yield "hub share of the increment", 100 * added / (total - base), HUB_INCREMENT_SHARE_PCT


def check_published_figures(rows: Mapping[str, Sequence[NodeRow]], cards: Coefficients) -> None:
    """Recompute every published figure from the rows.

    Raises:
        ValueError: if one does not come out, or only by a near-tie.
    """
    old, new = (find_supply(rows[period], cards) for period in PERIODS)
    if (total := sum(new.values())) != TOTAL_TFLOPS:
        message = f"the survey has {total} TFLOPS, not {TOTAL_TFLOPS}"
        raise ValueError(message)
    for name, value, printed in find_figures(old, new):
        if abs(value - Fraction(printed)) * 100 > TOLERANCE:
            message = f"{name} is {float(value):.6f}, not safely {printed}"
            raise ValueError(message)


def main(arguments: Sequence[str]) -> None:
    """Write the survey of each period as a revision of its snapshot in the workspace given."""
    if len(arguments) != 1:
        sys.exit("usage: python tools/make_snapshots.py WORKSPACE")
    workspace = Path(arguments[0])
    config = read_config(workspace)
    cards = {card.model: card.fp16_tflops for card in config.models}
    rows = build_nodes(cards)
    check_published_figures(rows, cards)
    for period in PERIODS:
        described = parse_period(period)
        with stage_revision(workspace) as staged, RowSorter(staged) as sorter:
            # as text, in the way every other file of nodes comes in
            drawn = staged / "drawn.csv"
            pl.DataFrame(
                [[str(value) or None for value in row] for row in rows[period]],
                schema=dict.fromkeys(COLUMNS, pl.String),
                orient="row",
            ).write_csv(drawn)
            survey, checked = read_nodes(drawn, drawn.name, config, described.as_of)
            sorter.add(to_canonical(scan_nodes(survey), survey.header).collect())
            ref, sha256, is_new = write_revision(
                workspace,
                staged,
                described,
                sorter,
                Origin(CREATED, NOTE, SOURCES, is_demonstration=True),
                rows=checked.rows,
                checked_nodes=checked.nodes,
            )
        print(f"{ref}: {'written' if is_new else 'unchanged'}, sha256 {sha256}")


if __name__ == "__main__":
    main(sys.argv[1:])
