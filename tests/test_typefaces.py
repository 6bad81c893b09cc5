"""The fonts that the package ships, and the parts of them that a bulletin carries."""

import io
import sys
from itertools import product

import pytest
from conftest import REPOSITORY
from fontTools.ttLib import TTFont
from make_fonts import BLOCKS, SIGNS

from cci_cli.errors import SystemFailureError
from cci_cli.plotting.typefaces import (
    FAMILY,
    FONT_FILES,
    FONT_FOLDER,
    WEIGHT_NUMBERS,
    find_missing,
    measure_text,
    subset_font,
)

WEIGHTS = tuple(FONT_FILES)
TEXT = "全国智能算力供算量指数 1088.07 点，+8.81%"


@pytest.fixture(scope="module", params=WEIGHTS)
def font(request):
    with TTFont(FONT_FOLDER / FONT_FILES[request.param], lazy=True) as font:
        yield font


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_fonts_have_every_hanzi_of_gb2312(weight):
    cells = product(range(0xB0, 0xF8), range(0xA1, 0xFF))
    hanzi = "".join(bytes(cell).decode("gb2312", errors="ignore") for cell in cells)

    assert len(hanzi) == 6763
    assert find_missing(hanzi, weight) == ()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_fonts_have_the_signs_of_tables_and_all_that_config_says(weight):
    paths = [*(REPOSITORY / "config").glob("*.csv"), *(REPOSITORY / "config").glob("*.toml")]
    latin = "".join(chr(code) for first, last in BLOCKS[:2] for code in range(first, last + 1))
    signs = SIGNS + "¹²³⁴①⑳ⅠⅫαωΣΔ–—‘’“”…《》【】！～"

    assert len(paths) >= 4
    assert find_missing(latin + signs, weight) == ()
    assert find_missing("".join(path.read_text("utf-8") for path in paths), weight) == ()


def test_each_font_says_its_family_style_and_weight_in_every_place(font):
    style = {400: "Regular", 700: "Bold"}[font["OS/2"].usWeightClass]
    is_bold = style == "Bold"

    assert [font["name"].getDebugName(name_id) for name_id in (1, 2, 6, 16, 17)] == [
        FAMILY,
        style,
        f"CCISansSC-{style}",
        None,
        None,
    ]
    assert (bool(font["OS/2"].fsSelection & 1 << 5), bool(font["head"].macStyle)) == (is_bold,) * 2
    assert "fvar" not in font


def test_the_weights_are_two_and_heavier_is_wider_and_darker():
    def measure(weight):
        with TTFont(FONT_FOLDER / FONT_FILES[weight]) as font:
            return font["OS/2"].usWeightClass, font["glyf"]["one"].xMax - font["glyf"]["one"].xMin

    (regular, thin), (bold, thick) = measure("regular"), measure("bold")

    assert (regular, bold) == (WEIGHT_NUMBERS["regular"], WEIGHT_NUMBERS["bold"]) == (400, 700)
    assert thick > thin
    assert measure_text("National", 10, "bold") > measure_text("National", 10)


def test_the_licence_is_in_the_fonts_and_beside_them(font):
    licence = (FONT_FOLDER / "OFL.txt").read_text("utf-8")

    assert "SIL Open Font License, Version 1.1" in font["name"].getDebugName(13)
    assert font["name"].getDebugName(0).endswith("with Reserved Font Name 'Source'.")
    assert licence.startswith("Copyright 2014-2021 Adobe")
    assert "PERMISSION & CONDITIONS" in licence


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_font_is_not_too_large_to_ship(weight):
    assert (FONT_FOLDER / FONT_FILES[weight]).stat().st_size < 2_400_000


@pytest.mark.parametrize("weight", WEIGHTS)
def test_digits_and_signs_are_of_one_width(weight):
    assert len({measure_text(digit, 10, weight) for digit in "0123456789+−"}) == 1


def test_a_text_is_as_wide_as_its_characters():
    """A hanzi is 1 em, a digit 0.555, a point 0.278; what the font lacks counts as a hanzi."""
    assert measure_text("华北", 11) == pytest.approx(22)
    assert measure_text("18.49", 10) == pytest.approx(4 * 5.55 + 2.78)
    assert measure_text("𠮷", 10) == pytest.approx(10)


def test_missing_characters_are_named_once_and_the_end_of_a_line_is_none():
    assert find_missing("上𠮷\n海😀𠮷\t") == ("😀", "𠮷")


def test_a_part_of_a_font_has_the_characters_of_the_text_and_no_others():
    with TTFont(io.BytesIO(subset_font("bold", TEXT + "𠮷\n"))) as part:
        assert set(part.getBestCmap()) == set(map(ord, TEXT))
        assert part.flavor == "woff2"
        assert part["OS/2"].usWeightClass == 700
        assert part["name"].getDebugName(1) == FAMILY


def test_the_same_text_gives_the_same_bytes_in_any_order_and_at_any_time(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    first = subset_font("regular", TEXT)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "2000000000")

    assert subset_font("regular", TEXT[::-1] + TEXT) == first


@pytest.mark.parametrize(
    ("module", "package"),
    [("fontTools.ttLib", "fonttools"), ("brotli", "brotli")],
)
def test_a_package_that_is_not_installed_is_named(module, package, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(SystemFailureError) as caught:
        subset_font("regular", TEXT)

    assert caught.value.message == f"the bulletin needs the package {package}"
    assert caught.value.hint == (f"install it beside cci: python -m pip install {package}")
