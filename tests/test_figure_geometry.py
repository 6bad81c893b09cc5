"""Where things stand in a figure, and in which colour, without drawing it."""

from decimal import Decimal
from itertools import combinations, pairwise
from math import hypot, pi
from typing import NamedTuple

import pytest
from conftest import REPOSITORY, examples
from hypothesis import given
from hypothesis import strategies as st

from cci_cli.config import read_config
from cci_cli.plotting import palette
from cci_cli.plotting.barplots import draw_bars
from cci_cli.plotting.charts import (
    BarChart,
    Line,
    LineChart,
    Mark,
    Panel,
    ShareChart,
    Tile,
    TileChart,
)
from cci_cli.plotting.drawings import Block, Dot, Label, Sector, Stroke
from cci_cli.plotting.lettering import find_ticks, find_weight, spread, tick_text, wrap_text
from cci_cli.plotting.lineplots import choose_periods, draw_lines
from cci_cli.plotting.ringplots import draw_ring
from cci_cli.plotting.tileplots import draw_tiles, find_shade
from cci_cli.plotting.typefaces import measure_text

#: What rounding to the last bit may do to a place.
SLACK = 0.01

labels = st.sampled_from(
    ["华北", "内蒙古", "其他省份", "Beijing", "Heilongjiang", "Guangdong-Hong Kong-Macao", "Tibet"]
)
values = st.one_of(st.none(), st.decimals(0, 1_000_000, places=2), st.just(Decimal(0)))

# of the font size: what hanzi reach above and below the baseline
ASCENT, DESCENT = 0.88, 0.14


class Box(NamedTuple):
    """The room that a label takes."""

    left: float
    top: float
    right: float
    bottom: float


def find_box(label):
    width = measure_text(label.text, label.size, find_weight(label.is_bold))
    left = label.x - {"left": 0.0, "center": 0.5, "right": 1.0}[label.align] * width
    top, bottom = label.y - ASCENT * label.size, label.y + DESCENT * label.size
    return Box(left, top, left + width, bottom)


@st.composite
def marks(draw, most, value=values):
    drawn = []
    for _ in range(draw(st.integers(0, most))):
        number = draw(value)
        text = "—" if number is None else f"{number:.2f}"
        before = draw(values)
        note = draw(st.sampled_from(["", "+8.81%", "-14.55%"]))
        drawn.append(Mark(draw(labels), number, text, before, note, draw(st.booleans())))
    return tuple(drawn)


bar_charts = st.builds(BarChart, st.sampled_from(["点", "points"]), marks(9), labels, labels)
share_charts = st.builds(ShareChart, marks(9, st.one_of(st.none(), st.decimals(0, 100, places=2))))


@st.composite
def tile_charts(draw):
    kind = draw(st.sampled_from(["level", "change"]))
    number = st.decimals(-100 if kind == "change" else 0, 99, places=2)
    places = draw(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 3)), max_size=8))
    tiles = []
    for column, row in sorted(places):
        value = draw(st.one_of(st.none(), number))
        text = "—" if value is None else f"{value:+.2f}"
        tiles.append(Tile(Mark(draw(labels.filter(len_of_province)), value, text), column, row))
    return TileChart(kind, "点", tuple(tiles))


def len_of_province(label):
    return len(label) <= len("Heilongjiang")


@st.composite
def line_charts(draw):
    count = draw(st.integers(1, 40))
    periods = tuple(f"{2024 + place // 2}H{place % 2 + 1}" for place in range(count))
    series = st.lists(values, min_size=count, max_size=count).map(tuple)
    lines = st.builds(Line, labels, series, st.sampled_from(["1088.07", "—", "18.49"]))
    panels = st.builds(Panel, labels, st.lists(lines, max_size=8).map(tuple))
    return LineChart("点", periods, tuple(draw(st.lists(panels, max_size=2))))


def check_labels(drawing):
    """Every label lies in the picture, and no two of them on each other."""
    boxes = [find_box(part) for part in drawing.parts if isinstance(part, Label) and part.text]
    assert boxes
    for box in boxes:
        assert box.left >= -SLACK
        assert box.top >= -SLACK
        assert box.right <= drawing.width + SLACK
        assert box.bottom <= drawing.height + SLACK
    for one, other in combinations(boxes, 2):
        is_beside = one.right <= other.left + SLACK or other.right <= one.left + SLACK
        is_below = one.bottom <= other.top + SLACK or other.bottom <= one.top + SLACK
        assert is_beside or is_below, (one, other)


@examples(60)
@given(bar_charts)
def test_labels_of_bars_have_room(chart):
    check_labels(draw_bars(chart))


@examples(60)
@given(share_charts)
def test_labels_of_a_ring_have_room(chart):
    check_labels(draw_ring(chart))


@examples(60)
@given(tile_charts())
def test_labels_of_tiles_have_room(chart):
    check_labels(draw_tiles(chart))


@examples(40)
@given(line_charts())
def test_labels_of_lines_have_room(chart):
    check_labels(draw_lines(chart))


def test_eight_tiny_slices_beside_a_large_one_have_room():
    tiny = [Mark(f"Guangdong-Hong Kong-Macao {n}", Decimal("0.01"), "0.01%") for n in range(8)]

    check_labels(draw_ring(ShareChart((Mark("华北", Decimal("99.92"), "99.92%"), *tiny))))


def find_parts(drawing, kind):
    return [part for part in drawing.parts if isinstance(part, kind)]


def test_bars_begin_at_zero_and_are_as_long_as_their_values():
    chart = BarChart("点", tuple(Mark(str(n), Decimal(n), str(n)) for n in (100, 50, 25)))
    bars = [bar for bar in find_parts(draw_bars(chart), Block) if bar.colour == palette.MAIN]
    long, half, quarter = bars

    assert long.x == half.x == quarter.x
    assert (long.width, long.width) == (
        pytest.approx(2 * half.width),
        pytest.approx(4 * quarter.width),
    )


def test_a_long_label_takes_more_lines_and_leaves_room_for_the_bars():
    label = "Guangdong-Hong Kong-Macao Greater Bay Area with all of its surroundings in the south"
    drawing = draw_bars(BarChart("points", (Mark(label, Decimal(1), "1.00", note="+1.00%"),)))
    bar = next(part for part in find_parts(drawing, Block) if part.colour == palette.MAIN)

    check_labels(drawing)
    assert bar.width >= 0.3 * drawing.width
    assert min(part.size for part in find_parts(drawing, Label)) >= 11


def test_the_nation_is_a_bar_of_another_colour_and_the_period_before_a_stroke():
    nation = Mark("全国", Decimal(1088), "1088.00", Decimal(1000), is_apart=True)
    drawing = draw_bars(BarChart("点", (nation, Mark("华北", Decimal(321), "321.00")), "前"))
    bar = next(part for part in find_parts(drawing, Block) if part.colour == palette.APART)
    before = next(part for part in find_parts(drawing, Stroke) if part.colour == palette.WHITE)

    assert before.points[0][0] == pytest.approx(bar.x + bar.width * 1000 / 1088)


def test_slices_make_a_whole_and_a_part_of_nothing_has_only_a_label():
    parts = (("甲", "75.00"), ("乙", "0.00"), ("丙", "24.99"))
    drawing = draw_ring(ShareChart(tuple(Mark(n, Decimal(v), f"{v}%") for n, v in parts)))
    sectors = sorted(find_parts(drawing, Sector), key=lambda sector: sector.start)

    assert [round(sector.end - sector.start, 3) for sector in sectors] == [
        round(2 * pi * 75 / 99.99, 3),
        round(2 * pi * 24.99 / 99.99, 3),
    ]
    assert len(find_parts(drawing, Stroke)) == 2
    assert {label.text for label in find_parts(drawing, Label)} == {
        "甲 75.00%",
        "乙 0.00%",
        "丙 24.99%",
    }


@examples(60)
@given(share_charts)
def test_no_line_of_a_label_crosses_the_ring_or_leaves_the_picture(chart):
    drawing = draw_ring(chart)
    for sector in find_parts(drawing, Sector)[:1]:
        for stroke in find_parts(drawing, Stroke):
            for (x, y), (end_x, end_y) in pairwise(stroke.points):
                for step in range(11):
                    right = x + (end_x - x) * step / 10
                    down = y + (end_y - y) * step / 10
                    assert hypot(right - sector.x, down - sector.y) > sector.outer
                    assert 0 <= down <= drawing.height


def test_labels_of_a_ring_stand_clockwise():
    parts = tuple(Mark(str(n), Decimal(10), "10.00%") for n in range(10))
    texts = find_parts(draw_ring(ShareChart(parts)), Label)
    sides = {"left": [], "right": []}
    for label in sorted(texts, key=lambda label: label.y):
        sides[label.align].append(label.text[0])

    assert sides == {"left": list("01234"), "right": list("98765")}


def test_a_gap_in_a_line_stays_one():
    numbers = (Decimal(1), Decimal(2), None, Decimal(4), None, Decimal(6), Decimal(7))
    periods = tuple(f"{2024 + place}H1" for place in range(7))
    drawing = draw_lines(LineChart("点", periods, (Panel("", (Line("甲", numbers, "7"),)),)))
    runs = [stroke for stroke in find_parts(drawing, Stroke) if stroke.width == 2]

    assert [len(run.points) for run in runs] == [2, 2]
    assert len(find_parts(drawing, Dot)) == 5


def test_long_lines_have_a_sign_at_their_end_and_where_a_point_is_alone():
    numbers = (Decimal(1), None, *[Decimal(2)] * 18)
    periods = tuple(f"{2024 + place}H1" for place in range(20))
    drawing = draw_lines(LineChart("点", periods, (Panel("", (Line("甲", numbers, "2"),)),)))

    assert len(find_parts(drawing, Dot)) == 2


def test_lines_of_a_panel_differ_without_colour():
    lines = tuple(Line(str(n), (Decimal(n), Decimal(n)), str(n)) for n in range(8))
    drawing = draw_lines(LineChart("点", ("2024H2", "2025H1"), (Panel("", lines),)))
    dashes = [part.dash for part in find_parts(drawing, Stroke) if part.width == 2]
    shapes = [part.shape for part in find_parts(drawing, Dot)][::2]

    assert len(set(zip(dashes, shapes, strict=True))) == 8


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_the_last_period_is_named_and_the_others_evenly(count):
    periods = [f"{2000 + place}H1" for place in range(count)]
    chosen = choose_periods(periods, 300)

    assert chosen[-1] == count - 1
    assert len({new - old for old, new in pairwise(chosen)}) <= 1
    assert (len(chosen) - 1) * (measure_text("2000H1", 11) + 12) <= 300


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0, "1088.07", ["0", "500", "1000"]),
        (0, "0.07", ["0", "0.02", "0.04", "0.06"]),
        ("-26.3", "26.3", ["-20", "0", "20"]),
        (0, 0, ["0"]),
        (0, "1000000", ["0", "500000", "1000000"]),
    ],
)
def test_ticks_are_round_numbers(low, high, texts):
    assert [tick_text(tick) for tick in find_ticks(Decimal(low), Decimal(high), 4)] == texts


@given(
    st.lists(st.tuples(st.floats(-100, 400), st.floats(5, 30)), min_size=1, max_size=9),
)
def test_spread_keeps_order_and_room_and_moves_nothing_without_need(places):
    wanted, heights = zip(*places, strict=True)
    middles = spread(wanted, heights, 0, 300)
    ends = [
        (middle - height / 2, middle + height / 2)
        for middle, height in zip(middles, heights, strict=True)
    ]

    assert all(old[1] <= new[0] + SLACK for old, new in pairwise(ends))
    assert ends[0][0] >= -SLACK
    assert ends[-1][1] <= 300 + SLACK
    assert spread(middles, heights, 0, 300) == pytest.approx(middles)


def test_spread_parts_two_that_collide_by_the_same_distance():
    """Both want 50 and take 20: 40 and 60. The third has room where it wants to be."""
    assert spread([50, 50, 200], [20, 20, 20], 0, 300) == pytest.approx((40, 60, 200))
    assert spread([290, 290], [20, 20], 0, 300) == pytest.approx((270, 290))


@given(st.text("ab 华北-", max_size=30), st.floats(15, 80))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text, width):
    lines = wrap_text(text, width, 12)

    assert all(measure_text(line, 12) <= width or len(line) == 1 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("is_change", [True, False])
def test_text_on_every_shade_can_be_read(is_change):
    shades = [
        find_shade(Decimal(value), Decimal(500), is_change=is_change)
        for value in range(-500 if is_change else 0, 501)
    ]
    contrasts = [palette.find_contrast(palette.find_text_colour(shade), shade) for shade in shades]

    assert min(contrasts) >= 4.5


def test_contrast_is_that_of_the_standard():
    """Of black on white 21, of #767676 on white 4.54."""
    assert palette.find_contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert palette.find_contrast("#FFFFFF", "#767676") == pytest.approx(4.54, abs=0.005)


def test_text_beside_a_figure_can_be_read():
    for colour in (palette.INK, palette.MUTED):
        assert palette.find_contrast(colour, palette.WHITE) >= 4.5


def test_shades_darken_away_from_zero_and_alike_on_both_sides():
    def light(value, *, is_change):
        shade = find_shade(Decimal(value), Decimal(100), is_change=is_change)
        return palette.find_luminance(shade)

    levels = [light(value, is_change=False) for value in range(0, 101, 5)]
    rises = [light(value, is_change=True) for value in range(0, 101, 5)]
    falls = [light(-value, is_change=True) for value in range(0, 101, 5)]

    for lights in (levels, rises, falls):
        assert all(old > new for old, new in pairwise(lights))
    assert all(abs(rise - fall) < 0.06 for rise, fall in zip(rises, falls, strict=True))


@pytest.mark.parametrize(("sign", "end"), [(1, -1), (-1, 0)], ids=["rise", "fall"])
def test_a_small_change_is_pale_where_large_ones_go_the_other_way(sign, end):
    """The scale is as long on both sides: -1 among +17 is nearly white."""
    tiles = [Mark("山西", Decimal(-sign), ""), Mark("山东", Decimal(17 * sign), "")]
    drawing = draw_tiles(
        TileChart("change", "%", tuple(Tile(mark, n, 0) for n, mark in enumerate(tiles)))
    )
    small, large, *_ = find_parts(drawing, Block)

    assert palette.find_luminance(small.colour) > 0.8
    assert large.colour == palette.CHANGE_SCALE[end]


@pytest.mark.parametrize("largest", ["4.9", "9", "11", "26.27", "0.03", "100"])
def test_the_scale_of_a_change_has_a_number_on_both_sides(largest):
    tiles = [Tile(Mark("a", Decimal(largest), "x"), 0, 0), Tile(Mark("b", Decimal(0), "y"), 1, 0)]
    drawing = draw_tiles(TileChart("change", "%", tuple(tiles)))
    texts = [label.text for label in find_parts(drawing, Label) if label.colour == palette.MUTED]

    assert any(text.startswith("+") for text in texts)
    assert any(text.startswith("-") for text in texts)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["level", "change"])
def test_names_and_digits_of_all_provinces_have_room_in_their_tiles(lang, kind):
    provinces = read_config(REPOSITORY).provinces
    names = [{"zh": province.name, "en": province.name_en}[lang] for province in provinces]
    text = "1088.07" if kind == "level" else "+16.55%"
    tiles = [
        Tile(Mark(name, Decimal("16.55"), text), place % 9, place // 9)
        for place, name in enumerate(names)
    ]
    drawing = draw_tiles(TileChart(kind, "点", tuple(tiles)))
    blocks = [part for part in find_parts(drawing, Block) if part.radius]
    inside = 0
    for label in find_parts(drawing, Label):
        box = find_box(label)
        inside += any(
            block.x + 1.5 <= box.left
            and box.right <= block.x + block.width - 1.5
            and block.y <= box.top
            and box.bottom <= block.y + block.height
            for block in blocks
        )
        # what can be read is a matter of how wide the figure is shown: 620 pixels
        size = label.size * 620 / drawing.width
        assert size >= 6.8 if label.text == "▲" else size >= 8

    legend = [label for label in find_parts(drawing, Label) if label.colour == palette.MUTED]
    assert len(names) == 31
    assert inside == len(find_parts(drawing, Label)) - len(legend)


@pytest.mark.parametrize("has_rest", [True, False])
@pytest.mark.parametrize("count", range(2, 12))
def test_slices_that_touch_differ_in_lightness(count, has_rest):
    fills = palette.choose_fills([*[False] * (count - 1), has_rest])
    pairs = [*pairwise(fills), (fills[-1], fills[0])]

    assert all(palette.find_contrast(old, new) >= 1.5 for old, new in pairs)
    assert (fills[-1] == palette.REST) is has_rest


def test_lines_stand_out_from_the_page_and_from_the_next_one():
    assert len(set(palette.LINES)) == 8
    assert all(palette.find_contrast(colour, palette.WHITE) >= 3 for colour in palette.LINES)
    assert all(palette.find_contrast(old, new) >= 1.5 for old, new in pairwise(palette.LINES))
