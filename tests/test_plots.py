"""Figures as they are drawn: what is in the files, and that it is the same everywhere."""

import re
import sys
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from cci_cli.errors import SystemFailureError
from cci_cli.plotting.charts import (
    BarChart,
    Figure,
    Line,
    LineChart,
    Mark,
    Panel,
    ShareChart,
    Tile,
    TileChart,
)
from cci_cli.plotting.plots import _open_converter, embed_fonts, render_png, render_svg
from cci_cli.plotting.typefaces import FAMILY, find_missing, subset_font

NATION = Mark("全国", Decimal("1088.07"), "1088.07", Decimal(1000), "+8.81%", is_apart=True)
NORTH = Mark("华北", Decimal("321.15"), "321.15", Decimal("308.61"), "+4.06%")
FALL = Mark("东北", Decimal("15.80"), "15.80", Decimal("18.49"), "-14.55%")


def find_share(label, text, **options):
    return Mark(label, Decimal(text), f"{text}%", **options)


def find_tiles(*marks):
    return tuple(Tile(mark, place, 0) for place, mark in enumerate(marks))


CHARTS = {
    "bars": BarChart("点", (NATION, NORTH, FALL), "2024-12-31", "涨跌幅"),
    "ring": ShareChart(
        (
            find_share("京津冀", "17.99"),
            find_share("长三角", "60.37"),
            find_share("宁夏", "0.00"),
            find_share("其他省份", "21.64", is_apart=True),
        )
    ),
    "levels": TileChart("level", "点", find_tiles(NORTH, FALL, Mark("西藏", None, "—"))),
    "changes": TileChart(
        "change",
        "%",
        find_tiles(
            Mark("北京", Decimal("3.12"), "+3.12%"),
            Mark("山西", Decimal("-1.07"), "-1.07%"),
            Mark("西藏", Decimal("0.00"), "0.00%"),
            Mark("黑龙江", None, "—"),
        ),
    ),
    "lines": LineChart(
        "点",
        ("2024H2", "2025H1", "2025H2"),
        (
            Panel("总指数", (Line("全国", (Decimal(1000), Decimal(1088), None), "1088.07"),)),
            Panel("区域", (Line("华北", (None, Decimal(321), Decimal(330)), "330.00"),)),
        ),
    ),
}


def make_figure(name):
    return Figure(name, "zh", f'图 1 <{name}> & "点位"', "图 1 的说明：a < b & c", CHARTS[name])


@pytest.fixture(scope="module")
def svgs():
    return {name: render_svg(make_figure(name)) for name in CHARTS}


def parse_svg(svg):
    return ElementTree.fromstring(svg)  # noqa: S314 — of our own making


def find_texts(svg):
    """Text and whether it is bold, of every text element."""
    root = parse_svg(svg)
    elements = root.iter("{http://www.w3.org/2000/svg}text")
    return [(element.text, element.get("font-weight") == "700", element) for element in elements]


def test_every_character_of_a_figure_is_in_its_font(svgs):
    texts = [text for svg in svgs.values() for text in find_texts(svg)]

    assert {is_bold for _, is_bold, _ in texts} == {True, False}
    for text, is_bold, element in texts:
        assert find_missing(text, "bold" if is_bold else "regular") == ()
        assert element.get("font-family") == FAMILY
        assert float(element.get("font-size").removesuffix("px")) >= 6.5
    assert "−" not in "".join(text for text, _, _ in texts)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bars", ["1088.07", "+8.81%", "-14.55%", "2024-12-31", "涨跌幅", "点", "1000"]),
        ("ring", ["京津冀 17.99%", "宁夏 0.00%", "其他省份 21.64%"]),
        ("levels", ["华北", "321.15", "西藏", "—", "点", "300"]),
        ("changes", ["▲", "+3.12%", "▼", "-1.07%", "0.00%", "—", "%", "+2", "-2"]),
        ("lines", ["总指数", "全国", "1088.07", "330.00", "2025H1", "1000"]),
    ],
)
def test_digits_are_printed_as_they_are_given(name, expected, svgs):
    texts = [text for text, _, _ in find_texts(svgs[name])]

    assert [text for text in expected if text not in texts] == []


def test_a_rise_and_a_fall_are_told_without_colour_and_nothing_else_is(svgs):
    texts = [text for text, _, _ in find_texts(svgs["changes"])]

    assert (texts.count("▲"), texts.count("▼")) == (1, 1)
    assert not {"▲", "▼"} & {text for text, _, _ in find_texts(svgs["levels"])}


def test_a_figure_is_one_image_with_title_and_description(svgs):
    root = parse_svg(svgs["bars"])
    title, description = root[0], root[1]

    assert root.get("role") == "img"
    assert root.get("lang") == "zh-CN"
    assert root.get("aria-labelledby") == "bars-title bars-desc"
    assert (title.get("id"), title.text) == ("bars-title", '图 1 <bars> & "点位"')
    assert (description.get("id"), description.text) == ("bars-desc", "图 1 的说明：a < b & c")


def test_several_figures_have_room_in_one_page(svgs):
    """Nothing of one is named as something of another, and nothing is loaded."""
    page = "".join(svgs.values())
    ids = re.findall(r' id="([^"]*)"', page)

    assert len(ids) == len(set(ids)) == 2 * len(svgs)
    assert not re.search(r' class="|url\(|href|<script|<image', page)


def test_a_png_is_large_enough_for_print_and_in_the_fonts_of_the_package(svgs):
    svg = svgs["bars"]
    png = render_png(svg)
    width, height = (int.from_bytes(png[start : start + 4]) for start in (16, 20))
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)

    assert (width, height) == (3 * int(size[1]), 3 * int(size[2]))
    # each font is found: with another name or weight the picture is another one
    assert png != render_png(svg.replace(FAMILY, "No Such Font"))
    assert png != render_png(svg.replace('font-weight="700"', 'font-weight="400"'))


def test_a_figure_may_carry_its_fonts(svgs):
    fonts = {"regular": subset_font("regular", "全"), "bold": b"wOF2"}
    svg = embed_fonts(svgs["bars"], fonts)
    style = parse_svg(svg)[0]

    assert style.tag.endswith("style")
    assert re.findall(r"font-weight:(\d+);src:url\(data:font/woff2;base64,d09GM", style.text) == [
        "400",
        "700",
    ]
    assert svg.replace(f"<style>{style.text}</style>", "") == svgs["bars"]


NULL, ZERO = Mark("甲", None, "—"), Mark("乙", Decimal(0), "0.00", Decimal(0), "0.00%")
WHOLE = find_share("丙", "100.00")


@pytest.mark.parametrize(
    "chart",
    [
        BarChart("点", ()),
        BarChart("点", (NULL, ZERO), "前", "变"),
        BarChart("点", (NORTH, Mark("丙", Decimal(-10), "-10.00", Decimal(5))), "前"),
        ShareChart(()),
        ShareChart((NULL, ZERO)),
        ShareChart((ZERO, WHOLE, NULL)),
        TileChart("level", "点", ()),
        TileChart("level", "点", find_tiles(NULL, ZERO)),
        TileChart("change", "%", find_tiles(NULL)),
        TileChart("change", "%", find_tiles(ZERO, NULL)),
        LineChart("点", (), ()),
        LineChart("点", (), (Panel("空", ()),)),
        LineChart("点", ("2025H1",), (Panel("一", (Line("甲", (None,), "—"),)),)),
        LineChart("点", ("2025H1",), (Panel("一", (Line("甲", (Decimal(0),), "0.00"),)),)),
    ],
    ids=lambda chart: type(chart).__name__,
)
def test_a_figure_of_little_is_drawn_too(chart):
    svg = render_svg(Figure("figure", "en", "Figure", "Nothing", chart))

    parse_svg(svg)
    assert not re.search(r"NaN|Infinity|undefined|null", svg)
    assert find_texts(svg)


@pytest.mark.parametrize(
    ("module", "package"), [("altair", "altair"), ("vl_convert", "vl-convert-python")]
)
def test_a_package_that_is_not_installed_is_named(module, package, monkeypatch):
    _open_converter.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(SystemFailureError) as caught:
        render_svg(make_figure("bars"))

    assert caught.value.message == f"the bulletin needs the package {package}"
