"""``cci report``: the bulletin."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from html.parser import HTMLParser

import pypdf
import pytest
from conftest import REPOSITORY, index_toml, store
from filelock import FileLock
from fontTools.ttLib import TTFont

import cci_cli
from cci_cli.bulletin.document import build_bulletin
from cci_cli.bulletin.inquiry import collect_facts
from cci_cli.config import read_config
from cci_cli.definitions import Tiles
from cci_cli.periods import parse_period
from cci_cli.plotting import plots
from cci_cli.plotting.typefaces import FONT_FOLDER, find_missing

FIGURES = [f"figure{number}" for number in range(1, 7)]
FILES = [
    *("bulletin.html", "bulletin.pdf"),
    *(f"{name}.{form}" for name in FIGURES for form in ("svg", "png")),
    *("claims.json", "datapackage.json", "SHA256SUMS"),
]
PUBLISHED = REPOSITORY / "tests" / "data" / "table2.csv"
INDICES = index_toml("N", "national", ["a", "b"]) + index_toml("A", "hub", ["a"])
ROWS = [("n1", "a", "M", 600), ("n2", "b", "half", 801)]
GROWN = [("n1", "a", "M", 700), ("n2", "b", "half", 801), ("n3", "b", "M", 1)]


class Page(HTMLParser):
    """Tables as rows of cells, the text of all elements, and the addresses that a page asks for."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.addresses, self.texts, self.labels = {}, [], [], []
        self._stack, self._table, self._cell = [], None, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.addresses += [values[key] for key in ("href", "src", "xlink:href") if key in values]
        if tag not in ("meta", "link"):
            self._stack.append(tag)
        if tag == "table":
            self._table = self.tables.setdefault(values["id"], [])
        elif tag == "tr" and values.get("class") != "group":
            self._table.append([])
        elif tag in ("td", "th") and self._table and "colspan" not in values:
            self._table[-1].append("")
            self._cell = self._table[-1]

    def handle_endtag(self, tag):
        while self._stack and self._stack.pop() != tag:
            pass
        if tag in ("td", "th"):
            self._cell = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell[-1] += data
        if "style" not in self._stack:
            self.texts.append(data)
        if "svg" in self._stack and self._stack[-1] == "text":
            self.labels.append(data)


@pytest.fixture(scope="session")
def bulletins(tmp_path_factory, worker_id):
    """The bulletin of the demonstration data in both languages, made once for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "bulletins"
    folder.mkdir(exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        for lang in ("zh", "en"):
            if not (folder / f"2025H1-bulletin-{lang}").exists():
                cci_cli.report("2025H1", to=folder, lang=lang, workspace=REPOSITORY)
    return {lang: read_folder(folder / f"2025H1-bulletin-{lang}") for lang in ("zh", "en")}


@pytest.fixture
def workspace(make_workspace):
    """Two small periods."""
    return make_workspace(["a", "b"], INDICES, {"2024H2": ROWS, "2025H1": GROWN})


def read_folder(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def read_page(files):
    return Page(files["bulletin.html"].decode())


def read_pdf(files):
    return pypdf.PdfReader(io.BytesIO(files["bulletin.pdf"]))


def read_levels():
    lines = PUBLISHED.read_text(encoding="utf-8-sig").splitlines()[1:]
    return {name: (before, now) for _, name, before, now in (line.split(",") for line in lines)}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_table_2_of_the_page_is_the_published_one(bulletins, lang):
    rows = read_page(bulletins[lang]).tables["table2"][1:]
    levels = [tuple(row[-4:-2]) for row in rows]

    assert levels == list(read_levels().values())
    if lang == "zh":
        assert [row[-5] for row in rows] == list(read_levels())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_figures_have_the_digits_of_the_table(bulletins, lang):
    """Levels and growth of all indices, shares of regions and hubs, and of the rest.

    The rest is what the 14 provinces of the hubs leave: 100 − 78.36 = 21.64 per cent.
    """
    page = read_page(bulletins[lang])
    rows = page.tables["table2"][1:]
    drawn = " ".join(page.labels)

    for row in rows:
        for digits in (row[-3], row[-2]):
            assert re.search(rf"(?<![0-9.]){re.escape(digits)}(?![0-9])", drawn), digits
    for row in rows[1:]:
        assert re.search(rf"(?<![0-9.]){re.escape(row[-1])}", drawn), row
    assert "21.64%" in drawn


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_asks_for_nothing_and_runs_nothing(bulletins, lang):
    text = bulletins[lang]["bulletin.html"].decode()
    page = read_page(bulletins[lang])

    assert set(page.addresses) == {"data:,"}
    assert "<script" not in text
    assert "@import" not in text
    assert re.findall(r"url\((?!data:font/woff2;base64,)", text) == []
    for name in FIGURES:
        figure = bulletins[lang][f"{name}.svg"].decode()
        assert re.findall(r"(?:href|src)=|url\((?!data:)", figure) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_character_of_every_output_is_in_the_fonts(bulletins, lang):
    shown = "".join(read_page(bulletins[lang]).texts)
    printed = "".join(page.extract_text() for page in read_pdf(bulletins[lang]).pages)
    drawn = "".join(
        re.sub("<style>.*?</style>|<[^>]*>", "", bulletins[lang][f"{name}.svg"].decode())
        for name in FIGURES
    )

    for text in (shown, printed, drawn):
        assert len(text) > 400
        assert (find_missing(text), find_missing(text, "bold")) == ((), ())


def test_the_fonts_in_the_page_have_just_what_it_shows(bulletins):
    """What is missing there would come from another font, or none."""
    fonts = re.findall(r"base64,([A-Za-z0-9+/=]+)", bulletins["zh"]["bulletin.html"].decode())
    regular, bold = (set(TTFont(io.BytesIO(b64decode(font))).getBestCmap()) for font in fonts)
    page = read_page(bulletins["zh"])

    shown = {ord(char) for text in page.texts for char in text if char >= " "}
    assert shown <= regular | bold
    for heading in ("最新点位", "数据来源与复现", "演示数据，并非真实调查", "1088.07"):
        assert set(map(ord, heading)) <= bold


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pdf_is_tagged_has_bookmarks_and_can_be_searched(bulletins, lang):
    reader = read_pdf(bulletins[lang])
    root = reader.trailer["/Root"]
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    nested = [
        item.title
        for chapter in reader.outline
        if isinstance(chapter, list)
        for item in chapter
        if not isinstance(item, list)
    ]

    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith(lang)
    sheet = reader.pages[0].mediabox
    assert (round(sheet.width), round(sheet.height)) == (595, 842)
    wanted = {
        "zh": "华北地区供算量最大，占全国29.52%",
        "en": "North China has the largest supply with 29.52%",
    }
    assert wanted[lang] in text
    assert len(titles) == 1
    assert {"zh": "指数分析", "en": "Analysis"}[lang] in nested


def test_it_says_at_once_that_the_data_are_invented_and_nothing_is_released(bulletins):
    for lang, words in (
        ("zh", ("演示数据，并非真实调查", "试算，尚未发布", "数据不包括香港特别行政区")),
        (
            "en",
            ("Demonstration data, not a real survey", "Provisional", "Hong Kong, Macao and Taiwan"),
        ),
    ):
        text = "".join(read_page(bulletins[lang]).texts)
        first = read_pdf(bulletins[lang]).pages[0].extract_text()
        assert all(word in text for word in words)
        assert words[0] in first


def test_claims_tell_what_a_reader_can_recompute(bulletins):
    claims = json.loads(bulletins["zh"]["claims.json"])["claims"]
    by_name = {claim["claim"]: claim for claim in claims}
    growth, increment = by_name["700000.CCI.growth"], by_name["枢纽节点.increment_share"]

    assert growth | {"sentence": ""} == {
        "claim": "700000.CCI.growth",
        "indices": ["700000.CCI"],
        "provinces": [],
        "formula": "100 × (TS_i,t / TS_i,t−1 − 1)",
        "unit": "%",
        "exact": "227798225/25864882",
        "printed": "8.81",
        "from_table": "8.81",
        "recomputable": True,
        "sentence": "",
    }
    assert (increment["printed"], increment["from_table"]) == ("76.11", "76.10")
    assert increment["recomputable"] is False
    text = "".join(read_page(bulletins["zh"]).texts)
    for claim in claims:
        assert claim["sentence"] in text
        assert claim["printed"] in claim["sentence"]


def test_the_data_package_has_every_file_and_what_it_was_made_from(bulletins):
    document = json.loads(bulletins["en"]["datapackage.json"])
    hashes = {item["path"]: item["hash"] for item in document["resources"]}

    assert document["name"] == "cci-bulletin-2025h1-en"
    assert (document["status"], document["demonstration"]) == ("provisional", True)
    assert set(hashes) == set(FILES) - {"datapackage.json", "SHA256SUMS"}
    for name, digest in hashes.items():
        assert digest == f"sha256:{hashlib.sha256(bulletins['en'][name]).hexdigest()}"
    snapshot = document["provenance"]["snapshots"]["2025H1"]["sha256"]
    assert snapshot in "".join(read_page(bulletins["en"]).texts)


def test_another_machine_and_day_give_the_same_bytes(bulletins, tmp_path):
    surroundings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "TZ": "Pacific/Auckland",
        "POLARS_MAX_THREADS": "2",
        "SOURCE_DATE_EPOCH": "1",
        "HOME": str(tmp_path),
    }
    subprocess.run(
        [
            sys.executable,
            "-m",
            "cci_cli",
            "report",
            "2025H1",
            "--to",
            tmp_path,
            "--workspace",
            REPOSITORY,
            "--quiet",
        ],
        env=surroundings,
        check=True,
        cwd="/",
        capture_output=True,
    )

    assert read_folder(tmp_path / "2025H1-bulletin-zh") == bulletins["zh"]


def test_it_puts_all_files_into_a_folder_of_the_period_and_the_language(bulletins):
    assert sorted(bulletins["zh"]) == sorted(bulletins["en"]) == sorted(FILES)


def test_a_bulletin_is_put_into_place_once(cci, workspace, tmp_path):
    """A dry run lists what a run writes, and the same again changes nothing.

    There is no square for a and b, and so there are the figures of the hub alone, and a warning.
    """
    folder = tmp_path / "out" / "2025H1-bulletin-zh"
    options = ("report", "--to", folder.parent)
    dry = cci(*options, "--dry-run", workspace=workspace)
    assert not folder.parent.exists()
    first = cci(*options, workspace=workspace)
    files = read_folder(folder)
    listed = {line.split()[-1]: line.split()[3] for line in dry.out.splitlines()}
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert [name for name in listed if name.endswith("svg")] == ["figure1.svg", "figure2.svg"]
    warning, said = first.err.splitlines()
    assert warning.startswith("warning: no square for a, b: the bulletin has no tile grids")
    assert dry.err == f"{warning}\nwould {said.replace('exported', 'export')}\n"

    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    second = cci(*options, "--quiet", workspace=workspace)
    assert second.err == ""
    second = cci(*options, "--dry-run", workspace=workspace)
    assert second.err.endswith(f"\nunchanged: {folder} has 2025H1, provisional, already\n")
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_released_bulletin_is_official_and_names_its_release(cci, workspace, tmp_path):
    for period in ("2024H2", "2025H1"):
        cci_cli.publish(period, by="A", workspace=workspace)
    # data that came later change nothing
    store(workspace, "2025H1", ROWS)
    run = cci("report", "2025H1", "--to", tmp_path, "--require-official", workspace=workspace)
    text = "".join(read_page(read_folder(tmp_path / "2025H1-bulletin-zh")).texts)

    assert run.code == 0
    assert "正式发布（releases/2025H1/r1）" in text
    assert "演示数据" not in text
    # 700 + 400.5 + 1 standard cards from 600 + 400.5: 1000 × 1101.5 / 1000.5 = 1100.949… points
    assert "当期点位为1100.95点" in text


def test_after_a_release_its_config_is_the_source_and_a_change_of_names_is_told(cci, workspace):
    """M has 100 TFLOPS in the release and 80 today: no figure of the release is of the 80."""
    for period in ("2024H2", "2025H1"):
        cci_cli.publish(period, by="A", workspace=workspace)
    cards = workspace / "config" / "cards.csv"
    released = hashlib.sha256(cards.read_bytes()).hexdigest()
    cards.write_text(cards.read_text("utf-8").replace("M,V,100,dense,100", "M,V,80,dense,80"))
    facts = collect_facts(workspace, read_config(workspace), parse_period("2025H1"))
    bulletin = build_bulletin(facts, Tiles({}, None), "zh")
    sources = {(name, sha256) for _, name, sha256 in bulletin.source_table.rows}

    assert bulletin.standing == "正式发布（releases/2025H1/r1）"
    assert ("releases/2025H1/r1/config/cards.csv", released) in sources
    assert not any("compute" in command for command in bulletin.commands)

    indices = workspace / "config" / "indices.toml"
    indices.write_text(indices.read_text("utf-8").replace('name = "A', 'name = "other A', 1))
    facts = collect_facts(workspace, read_config(workspace), parse_period("2025H1"))
    bulletin = build_bulletin(facts, Tiles({}, None), "en")
    assert bulletin.standing == "Provisional, differs from releases/2025H1/r1"
    run = cci("report", "--check", cards, "--require-official", workspace=workspace)
    assert (run.code, "[E421]" in run.err) == (1, True)


def test_what_is_not_released_is_refused_where_it_must_be(cci, workspace, tmp_path):
    run = cci(
        "report", "2025H1", "--to", tmp_path / "out", "--require-official", workspace=workspace
    )

    assert run.code == 1
    assert "[E418]" in run.err
    assert not (tmp_path / "out").exists()


def test_at_the_base_there_is_a_bulletin_without_growth(workspace, tmp_path):
    cci_cli.report("2024H2", to=tmp_path, workspace=workspace)
    files = read_folder(tmp_path / "2024H2-bulletin-zh")
    page = read_page(files)

    assert "基准点位为1000.00点" in "".join(page.texts)
    assert [row[-4] for row in page.tables["table2"][1:]] == ["—", "—"]


def test_with_three_periods_there_is_a_history(cci, workspace, tmp_path):
    store(workspace, "2025H2", [*GROWN, ("n4", "b", "M", 50)])
    run = cci("report", "2025H2", "--to", tmp_path, "--lang", "en", workspace=workspace)
    files = read_folder(tmp_path / "2025H2-bulletin-en")

    assert run.code == 0
    assert "Levels over time, 31 December 2024 to 31 December 2025" in "".join(
        read_page(files).texts
    )


def test_a_period_from_print_has_no_bulletin(cci, workspace, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("指数名称,2024年12月31日\nN index,1000.00\nA index,599.70\n", encoding="utf-8")
    published = cci("publish", "2024H2", "--from-table", table, "--by", "A", workspace=workspace)
    run = cci("report", "2024H2", "--to", tmp_path / "out", workspace=workspace)

    assert published.code == 0, published.err
    assert run.code == 1
    assert "`releases/2024H2/r1` was transcribed from print" in run.err


def test_a_character_that_no_font_has_is_told_and_nothing_is_written(cci, make_workspace, tmp_path):
    indices = index_toml("N", "national", ["a"]).replace('name = "', 'name = "𠮷', 1)
    root = make_workspace(["a"], indices, {"2024H2": [("n", "a", "M", 1)]})
    run = cci("report", "2024H2", "--to", tmp_path / "out", workspace=root)

    assert run.code == 1
    assert "the fonts of the bulletin lack `𠮷` (U+20BB7), as in `𠮷N index`" in run.err
    assert not (tmp_path / "out").exists()


def test_a_table_higher_than_a_page_goes_on_with_its_header_on_the_next(make_workspace, tmp_path):
    """20 hubs with names of many lines: every row has a place of its own on the paper."""
    names = [f"p{number:02}" for number in range(20)]
    long = "of the greater bay area and its neighbours in the north, the south, the east, " * 2
    indices = index_toml("N", "national", names) + "".join(
        index_toml(f"H{number:02}", "hub", [name]).replace(" index", f" {long}index")
        for number, name in enumerate(names)
    )
    rows = [(name, name, "M", 10 + number) for number, name in enumerate(names)]
    root = make_workspace(names, indices, {"2024H2": rows})
    cci_cli.report("2024H2", to=tmp_path, workspace=root)
    reader = read_pdf(read_folder(tmp_path / "2024H2-bulletin-zh"))
    found = []
    for number, page in enumerate(reader.pages):

        def visit(text, page, line, _font, _size, number=number):
            if re.fullmatch(r"H[0-9]{2}", text.strip()):
                height = line[4] * page[1] + line[5] * page[3] + page[5]
                found.append((text.strip(), number, round(height)))

        page.extract_text(visitor_text=visit)

    places = [place for _, *place in found]
    assert {code for code, *_ in found} == {f"H{number:02}" for number in range(20)}
    assert len({tuple(place) for place in places}) == len(places)
    assert all(55 < height < 790 for _, height in places)


def test_squares_of_the_workspace_are_drawn_and_named_among_the_sources(cci, workspace, tmp_path):
    tiles = workspace / "config" / "tiles.csv"
    tiles.write_text("province,column,row\na,0,0\nb,1,0\n", encoding="utf-8")
    cci("report", "2025H1", "--to", tmp_path, workspace=workspace)
    files = read_folder(tmp_path / "2025H1-bulletin-zh")

    # the levels of the provinces, and their growth
    assert {"figure3.svg", "figure3.png", "figure4.svg", "figure4.png"} < set(files)
    digest = hashlib.sha256(tiles.read_bytes()).hexdigest()
    assert ["配置", "config/tiles.csv", digest] in read_page(files).tables["sources"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,0,0", "`b` has no square"),
        ("a,0,0\nb,0,0", "config/tiles.csv:3: column, row: `0, 0` is given twice, first on line 2"),
        ("a,0,0\na,1,0\nb,2,0", "config/tiles.csv:3: province: `a` is given twice"),
        ("a,0,0\nb,1,0\nc,2,0", "`c` is not a province of provinces.csv"),
        ("a,-1,0\nb,30,x", "`-1` is not a whole number from 0 to 29"),
    ],
)
def test_squares_that_are_not_right_are_all_named(cci, workspace, tmp_path, rows, said):
    path = workspace / "config" / "tiles.csv"
    path.write_text(f"province,column,row\n{rows}\n", encoding="utf-8")
    run = cci("report", "2025H1", "--to", tmp_path / "out", workspace=workspace)

    assert run.code == 1
    assert said in run.err
    assert not (tmp_path / "out").exists()


def test_names_are_text_to_the_page_whatever_is_in_them(make_workspace, tmp_path):
    name = '<b>&amp;#quote \\"it\\"</b>'
    indices = index_toml("N", "national", ["a"]).replace('name = "N', f'name = "{name}', 1)
    root = make_workspace(["a"], indices, {"2024H2": [("n", "a", "M", 1)]})
    cci_cli.report("2024H2", to=tmp_path, workspace=root)
    files = read_folder(tmp_path / "2024H2-bulletin-zh")
    cells = read_page(files).tables["table2"][1]

    assert '<b>&amp;#quote "it"</b>' in cells[2]
    assert '<b>&amp;#quote "it"</b>' in read_pdf(files).pages[0].extract_text().replace("\n", "")


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("jinja2", "jinja2"),
        ("typst", "typst"),
        ("fontTools.ttLib", "fonttools"),
        ("vl_convert", "vl-convert-python"),
    ],
)
def test_a_missing_package_is_named(cci, workspace, tmp_path, monkeypatch, module, package):
    plots._open_converter.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    run = cci("report", "2025H1", "--to", tmp_path / "out", workspace=workspace)

    assert run.code == 3
    assert f"the bulletin needs the package {package}" in run.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("maker", "name"),
    [
        ("cci_cli.plotting.plots", "CCISansSC-Regular.ttf"),
        ("cci_cli.bulletin.paper", "CCISansSC-Bold.ttf"),
    ],
)
def test_a_bulletin_without_one_of_its_fonts_is_none(workspace, tmp_path, maker, name):
    """Whoever draws takes another font, and says nothing. Fonts are kept: so another process."""
    fonts = tmp_path / "fonts"
    shutil.copytree(FONT_FOLDER, fonts)
    (fonts / name).unlink()
    program = (
        f"import pathlib, sys, {maker} as maker; from cci_cli.cli import main; "
        f"maker.FONT_FOLDER = pathlib.Path({str(fonts)!r}); "
        f"sys.exit(main(['report', '2025H1', '--to', 'out', '--workspace', {str(workspace)!r}]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr.startswith(f"error: cannot read `{fonts}")
    assert not (tmp_path / "out").exists()


TEXTS = REPOSITORY / "tests" / "texts"


@pytest.mark.parametrize("name", ["analysis.txt", "methodology.txt"])
def test_of_the_published_text_one_superlative_is_not_borne_out(cci, name):
    """华东 with 28.35 per cent is called the largest stock, and 华北 with 29.52 is."""
    run = cci("report", "2025H1", "--check", TEXTS / name, workspace=REPOSITORY)
    errors = [line for line in run.out.splitlines() if line.startswith("error: ")]

    assert run.code == 1
    assert len(errors) == 1
    assert "`最大` does not hold for 华东" in errors[0]
    assert "华北 29.52 %, 华东 28.35 % [E436]" in errors[0]
    # the hubs' share fell, and they are said to gather more of it
    warnings = [line for line in run.out.splitlines() if line.startswith("warning: ")]
    assert [re.search("`(.*?)`", line)[1] for line in warnings] == [
        "加速聚集", "向枢纽节点聚集", "加速聚集",
    ]  # fmt: skip


def test_a_check_names_place_value_and_what_it_should_be(cci, tmp_path):
    text = tmp_path / "draft.txt"
    text.write_text("\ufeff全国增长8.81%。\n\n其中，华北占29.25%。\n", encoding="utf-8")
    run = cci("report", "--check", text, "--format", "json", workspace=REPOSITORY)
    document = json.loads(run.out)

    assert run.code == 1
    assert (document["borne_out"], document["period"], document["figures"]) == (False, "2025H1", 1)
    [error] = document["errors"]
    assert (error["code"], error["line"], error["column"]) == ("E430", 3, 7)
    assert (error["value"], error["hint"]) == ("29.25%", "did you mean `29.52 %`?")
    [confirmed] = document["confirmed"]
    assert confirmed | {"exact": ""} == {
        "line": 1, "column": 5, "value": "8.81%", "exact": "", "certain": True,
        "matched": "growth of the nation",
    }  # fmt: skip


def test_a_text_that_is_borne_out_is_so(cci, tmp_path):
    text = tmp_path / "draft.txt"
    text.write_text("North China has 29.52% of national supply.\n", encoding="utf-8")
    run = cci("report", "2025H1", "--check", text, workspace=REPOSITORY)

    assert (run.code, run.err) == (0, "")
    assert run.out == (
        f"{text}: 1 figure and 0 superlatives borne out by 2025H1 (provisional), "
        "0 errors, 0 warnings\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "cci report takes either --to or --check [E116]"),
        (["--to", "out", "--check", "draft.txt"], 2, "[E116]"),
        (["--to", "out", "--format", "json"], 2, "--format goes with --check alone"),
        (["--to", "out", "--output", "out.json"], 2, "--output goes with --check alone"),
        (["--to", ""], 2, "[E114]"),
        (["--check", "nowhere.txt"], 3, "cannot read `nowhere.txt`"),
        (["--check", "gbk.txt"], 1, "`gbk.txt` is not UTF-8 from byte 2 on"),
        (["--to", "out", "--lang", "fr"], 2, "'fr'"),
    ],
)
def test_what_cannot_be_done_is_said(cci, workspace, tmp_path, monkeypatch, arguments, code, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "draft.txt").write_text("x", encoding="utf-8")
    (tmp_path / "gbk.txt").write_bytes("全国".encode("gb18030"))
    run = cci("report", "2025H1", *arguments, workspace=workspace)

    assert run.code == code
    assert said in run.err
    assert not (tmp_path / "out").exists()
