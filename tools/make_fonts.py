"""Make the fonts of the bulletin: two static subsets of Noto Sans SC, Regular and Bold.

The source is the variable font of the Python package `justmytype-intl-cjk`, at the version that
constraints.txt names; its SHA-256 stands below. A font without variation is what every consumer
reads alike: some take the thinnest instance of a variable one without a word. The subset holds
GB2312 and the signs of tables; what it lacks, the report tells.

Run in the repository, with the package installed; the same source gives the same bytes:

    python tools/make_fonts.py .
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

#: A name of its own: on a machine that has Noto Sans SC, that one would be taken for it.
FAMILY = "CCI Sans SC"
SOURCE = "fonts/ofl/notosanssc"
SOURCE_SHA256 = "a3041811a78c361b1de50f953c805e0244951c21c5bd412f7232ef0d899af0da"
WEIGHTS = {"Regular": 400, "Bold": 700}

#: Blocks of Unicode that are taken as far as the source has them.
BLOCKS = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x00FF),  # Latin-1
    (0x0391, 0x03C9),  # Greek
    (0x2010, 0x2027),  # dashes, quotes, ellipsis
    (0x2030, 0x203B),  # per mille, primes, reference mark
    (0x2070, 0x209C),  # superscripts and subscripts, of which the source has one
    (0x2160, 0x217F),  # Roman numerals
    (0x2460, 0x2473),  # circled numbers
    (0x3000, 0x301F),  # CJK punctuation
    (0xFF01, 0xFF5E),  # full-width forms
    (0xFFE0, 0xFFE6),  # full-width currency
)
SIGNS = "−±▲▼△▽●■□○·×÷→↑↓≈≠≤≥∞∑∈√‰℃№€£¥←↔◆◇★☆✓"

_ENGLISH = (3, 1, 0x409)
_REGULAR_BIT, _BOLD_BIT = 1 << 6, 1 << 5


def find_characters(config: Path) -> set[str]:
    """Every character the subset is to hold, as far as the source has it."""
    wanted = {chr(code) for first, last in BLOCKS for code in range(first, last + 1)} | set(SIGNS)
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            wanted |= set(bytes((row, cell)).decode("gb2312", errors="ignore"))
    for path in sorted([*config.glob("*.csv"), *config.glob("*.toml")]):
        wanted |= {char for char in path.read_text("utf-8") if char.isprintable()}
    return wanted


def make_font(source: Path, characters: Iterable[str], style: str) -> TTFont:
    """A static font of the characters in one style; what only vertical text needs is left out."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options(
        layout_features=["kern"],
        hinting=False,
        notdef_outline=True,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14],
        drop_tables=["vhea", "vmtx", "STAT", "BASE", "GDEF"],
    )
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(characters)))
    subsetter.subset(font)
    instantiateVariableFont(font, {"wght": WEIGHTS[style]}, inplace=True)
    name_style(font, style)
    return font


def name_style(font: TTFont, style: str) -> None:
    """Say family, style and weight in every place where somebody looks for them."""
    is_bold = style == "Bold"
    names = {
        1: FAMILY,
        2: style,
        3: f"2.004;CCI;CCISansSC-{style}",
        4: FAMILY if style == "Regular" else f"{FAMILY} {style}",
        6: f"CCISansSC-{style}",
    }
    for name_id, text in names.items():
        font["name"].setName(text, name_id, *_ENGLISH)
    font["OS/2"].usWeightClass = WEIGHTS[style]
    font["OS/2"].fsSelection &= ~(_REGULAR_BIT | _BOLD_BIT)
    font["OS/2"].fsSelection |= _BOLD_BIT if is_bold else _REGULAR_BIT
    font["head"].macStyle = int(is_bold)
    # the time of making would make the bytes differ
    font["head"].modified = font["head"].created


def main(root: Path) -> None:
    """Write the fonts and their licence into the package.

    Raises:
        SystemExit: the source is another one than that named above.
    """
    folder = Path(str(files("justmytype_intl_cjk"))) / SOURCE
    source = folder / "NotoSansSC[wght].ttf"
    if hashlib.sha256(source.read_bytes()).hexdigest() != SOURCE_SHA256:
        sys.exit(f"{source} is another font than the one named in {Path(__file__).name}")
    out = root / "cci_cli" / "plotting" / "fonts"
    out.mkdir(exist_ok=True)
    characters = find_characters(root / "config")
    for style in WEIGHTS:
        path = out / f"CCISansSC-{style}.ttf"
        make_font(source, characters, style).save(path)
        content = path.read_bytes()
        print(f"{path}: {len(content):,} bytes, sha256 {hashlib.sha256(content).hexdigest()}")
    licence = (folder / "OFL.txt").read_text("utf-8")
    (out / "OFL.txt").write_text(licence, "utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
