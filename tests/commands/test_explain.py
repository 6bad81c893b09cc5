"""`cci explain`: whoever has a calculator and what is printed arrives at the level."""

import hashlib
import json
import re
from fractions import Fraction
from pathlib import Path
from string import Formatter

import make_errors
import pytest
from conftest import REPOSITORY, index_toml, store

from cci_cli.accounts import view_message
from cci_cli.messages import ERRORS, NOTES, SUBJECTS, WARNINGS
from cci_cli.rounding import round_exact

FAMILY = (
    index_toml("N", "national", ["a", "b", "c"])
    + index_toml("R", "region", ["a", "b"])
    + index_toml("S", "region", ["c"])
)


def cards(**counts):
    """One node per province: ``cards(a=3, b=0)``."""
    return [(f"node {province}", province, "M", count) for province, count in counts.items()]


@pytest.fixture
def workspace(make_workspace):
    """R: 2024H2 a 3 M + 5 half + 9 retired, b 1 third, c 7 M; 2025H1 a 4 M + 1 half, b 6 third.

    TFLOPS: M 100, half 50, third 33.3; a standard card has 96 TFLOPS.
    """
    return make_workspace(
        ["a", "b", "c"],
        FAMILY,
        {
            "2024H2": [
                ("n1", "a", "M", 1),
                ("n2", "a", "M", 2),
                ("n1", "a", "half", 5),
                ("n3", "a", "third", 9, "retired"),
                ("n4", "b", "third", 1),
                ("n5", "c", "M", 7),
            ],
            "2025H1": [
                ("n1", "a", "M", 4),
                ("n1", "a", "half", 1),
                ("n4", "b", "third", 6),
                ("n5", "c", "M", 7),
            ],
        },
        models={"M": "100", "half": "50", "third": "33.3"},
        standard_card_tflops="96",
    )


@pytest.fixture
def explain(cci):
    """The text, in English unless told otherwise."""

    def run(workspace, *arguments, lang="en"):
        outcome = cci("explain", *arguments, "--lang", lang, workspace=workspace)
        assert (outcome.code, outcome.err) == (0, ""), outcome.err
        return outcome.out

    return run


@pytest.fixture
def document(cci):
    def run(workspace, *arguments):
        outcome = cci("explain", *arguments, "--format", "json", workspace=workspace)
        assert (outcome.code, outcome.err) == (0, ""), outcome.err
        return json.loads(outcome.out, parse_float=str)

    return run


@pytest.fixture
def publish(cci):
    def run(workspace, period, *options):
        outcome = cci("publish", period, "--by", "A", *options, workspace=workspace)
        assert outcome.code == 0, outcome.err

    return run


@pytest.fixture
def level_of(cci):
    """The exact level, status and printed figures that ``cci compute`` has."""

    def run(workspace, code, period, *options):
        outcome = cci("compute", period, "--format", "json", *options, workspace=workspace)
        indices = json.loads(outcome.out, parse_float=str)["indices"]
        return next(index for index in indices if index["code"] == code)

    return run


# the calculator

TOTAL = r"\d+ provinces?|\d+ 个省份"


def parse_value(text: str) -> Fraction:
    """``7/3 ≈ 2.33333333``, and that the digits are those of the fraction."""
    exact, _, shown = text.partition(" ≈ ")
    value = Fraction(exact)
    if shown:
        assert shown == f"{round_exact(value, 8):f}"
    return value


def number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


def check_cards(text: str, most: int) -> list[Fraction]:
    """Cards × rate of every row, the sums of every province and of all; returns TFLOPS in all."""
    body = re.split(r"^━+$", text, flags=re.MULTILINE)[2]
    rows = [re.split(r"\s{2,}", line.strip()) for line in body.splitlines()]
    cells = [row for row in rows if len(row) > 1]
    width = (len(cells[0]) - 2) // 2
    total, province = [Fraction(0)] * width, [Fraction(0)] * width
    models = 0
    for row in cells:
        counts = [number(cell) for cell in row[2::2]]
        tflops = [number(cell) for cell in row[3::2]]
        if re.fullmatch(TOTAL, row[0]):
            assert tflops == total
        elif row[0] in ("together", "小计"):
            assert tflops == province
            total = [a + b for a, b in zip(total, province, strict=True)]
            province, models = [Fraction(0)] * width, 0
        else:
            province = [a + b for a, b in zip(province, tflops, strict=True)]
            if row[1] == "—":
                assert re.fullmatch(r"\d+ other models?|其余 \d+ 个型号", row[0])
                continue
            models += 1
            assert [count * number(row[1]) for count in counts] == tflops
            assert models <= most
    assert re.fullmatch(TOTAL, cells[-1][0])
    return total


def follow(text: str, most: int = 10**9) -> dict[str, Fraction]:
    """Everything of an account, recomputed from its own text; returns the values by symbol."""
    tflops = check_cards(text, most)
    known: dict[str, Fraction] = {}
    standard, hours = re.search(r"÷ (\S+) × (\d+) ?[(（]", text).groups()
    lines = text.splitlines()
    for line in lines:
        if match := re.fullmatch(r"(TS\(\w+\)) = (\S+) ÷ (\S+) × (\d+) = (.+)", line):
            assert (match[3], match[4]) == (standard, hours)
            assert Fraction(match[2]) == tflops.pop(0)
            assert parse_value(match[5]) == Fraction(match[2]) / Fraction(standard) * int(hours)
            known[match[1]] = parse_value(match[5])
        elif match := re.fullmatch(r"((?:TS|I)_\w+\(\w+\)) = (\S+(?: ≈ \S+)?)", line):
            known[match[1]] = parse_value(match[2])
        elif match := re.fullmatch(r"(I\(\w+\)) = (\S+) × (\S+) ÷ (\S+) = (.+)", line):
            first = known[match[2]] if match[2] in known else Fraction(match[2])
            assert parse_value(match[5]) == first * known[match[3]] / known[match[4]]
            known[match[1]] = parse_value(match[5])
        elif match := re.fullmatch(r"(I\(\w+\)) = (\S+(?: ≈ \S+)?)(?:  [(（].*)", line):
            known[match[1]] = parse_value(match[2])
        elif match := re.fullmatch(r"TS\(\w+\) = 0: (I\(\w+\)) = 0", line):
            known[match[1]] = Fraction(0)
    assert tflops == []
    level = list(known.items())[-1][1]
    printed = re.search(r"^(?:printed|印出) (-?[\d.]+)", text, re.MULTILINE)[1]
    mode = re.search(r"half_up|half_even", text)[0]
    assert printed == f"{round_exact(level, len(printed.partition('.')[2]), mode):f}"
    return known | {"level": level}


def percent(value: Fraction) -> str:
    return f"{round_exact(100 * value, 2):f}"


def test_a_chained_level_from_its_text(workspace, explain):
    """R at the base: a 3 × 100 + 5 × 50 = 550, b 33.3, together 583.3; c 700; nation 1283.3.

    2025H1: a 450, b 199.8, together 649.8; nation 1349.8. I 1000 × 583.3/1283.3 = 454.53…,
    × 649.8/583.3 = 1000 × 649.8/1283.3 = 506.35…
    """
    text = explain(workspace, "R", "2025H1")

    known = follow(text)
    assert known["TS(2024H2)"] == Fraction("583.3") / 96 * 8760
    assert known["TS(2025H1)"] == Fraction("649.8") / 96 * 8760
    assert known["I(2024H2)"] == 1000 * Fraction(5833, 12833)
    assert known["level"] == 1000 * Fraction(6498, 12833)
    assert "printed 506.35 (half_up)" in text
    assert "TS(2024H2) = 583.3 ÷ 96 × 8760 = 425809/8 ≈ 53226.12500000" in text
    assert "(base level; see cci explain R 2024H2)" in text
    assert text.splitlines()[0] == "R  R index in English  30 June 2025"


def test_shares_growth_and_contribution_from_the_text(workspace, explain):
    """Growth 649.8/583.3 − 1 = 11.40 %, share 649.8/1349.8 = 48.14 %, (649.8 − 583.3)/1283.3."""
    text = explain(workspace, "R", "2025H1")

    known = follow(text)
    now, before = known["TS(2025H1)"], known["TS(2024H2)"]
    lines = text.splitlines()
    assert f"growth %: {percent(now / before - 1)}" in lines
    assert f"share of the nation %: {percent(now / known['TS_nation(2025H1)'])}" in lines
    contribution = percent((now - before) / known["TS_nation(2024H2)"])
    assert f"contribution to national growth, pp: {contribution}" in lines
    assert {"growth %: 11.40", "share of the nation %: 48.14"} <= set(lines)
    assert "contribution to national growth, pp: 5.18" in lines


def test_the_base_level_from_its_text(workspace, explain):
    """R 1000 × 583.3/1283.3; there is no period before, and no figure against one."""
    text = explain(workspace, "R", "2024H2")

    assert follow(text)["level"] == 1000 * Fraction(5833, 12833)
    assert "I(2024H2) = 1000 × TS(2024H2) ÷ TS_nation(2024H2) = " in text
    assert "2024H1" not in text
    assert "growth %: —\n" in text
    assert "contribution to national growth, pp: —\n" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("code", "top"), [("N", "0"), ("R", "1"), ("S", "2")])
def test_every_index_can_be_followed_in_both_languages_however_much_is_shown(
    workspace, explain, level_of, code, lang, top
):
    text = explain(workspace, code, "2025H1", "--top", top, lang=lang)

    known = follow(text, int(top) or 10**9)
    assert known["level"] == Fraction(level_of(workspace, code, "2025H1")["level_exact"])


def test_models_stand_by_their_tflops_and_the_rest_together(workspace, explain):
    """a in 2025H1: M 400, half 50. With --top 1 half is the one other model."""
    shown = explain(workspace, "R", "2025H1", "--top", "1").splitlines()
    rows = [re.split(r"\s{2,}", line.strip()) for line in shown]

    assert ["M", "100", "3", "300", "4", "400"] in rows
    assert ["1 other model", "—", "5", "250", "1", "50"] in rows
    assert ["together", "—", "8", "550", "5", "450"] in rows
    assert ["2 provinces", "—", "9", "583.3", "11", "649.8"] in rows
    assert not any(row[0] == "half" for row in rows)
    # what is not in service is not shown: third counts in b alone
    assert [row for row in rows if row[0] == "third"] == [
        ["third", "33.3", "1", "33.3", "6", "199.8"]
    ]


def test_with_top_0_every_model_is_shown(workspace, explain):
    text = explain(workspace, "R", "2025H1", "--top", "0")

    rows = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]
    assert ["half", "50", "5", "250", "1", "50"] in rows
    assert "other model" not in text


def test_what_is_not_shown_is_the_least_and_counts(make_workspace, explain):
    models = {f"M{rate}": f"{rate}" for rate in (10, 20, 30, 40, 50)}
    workspace = make_workspace(
        ["a"],
        index_toml("N", "national", ["a"]),
        {"2024H2": [(f"n{rate}", "a", f"M{rate}", 1) for rate in (10, 20, 30, 40, 50)]},
        models=models,
    )
    usual = explain(workspace, "N", "2024H2")

    follow(usual, 3)
    rows = [re.split(r"\s{2,}", line.strip()) for line in usual.splitlines()]
    assert [row[0] for row in rows if re.fullmatch(r"M\d\d", row[0])] == ["M50", "M40", "M30"]
    assert ["2 other models", "—", "2", "30"] in rows


@pytest.mark.parametrize("options", [[], ["--from-snapshots"]], ids=["release", "snapshots"])
def test_from_a_release_and_past_it(workspace, publish, explain, document, level_of, options):
    """Released R 454.53…; then a gets 2 M more in 2024H2: 783.3 TFLOPS, nation 1483.3.

    From the release: 1000 × 5833/12833 × 649.8/783.3. From snapshots: 1000 × 649.8/1483.3.
    """
    publish(workspace, "2024H2")
    store(
        workspace,
        "2024H2",
        [
            ("n1", "a", "M", 5),
            ("n1", "a", "half", 5),
            ("n4", "b", "third", 1),
            ("n5", "c", "M", 7),
        ],
    )
    text = explain(workspace, "R", "2025H1", *options)
    found = document(workspace, "R", "2025H1", *options)

    level = follow(text)["level"]
    released = Fraction(5833, 12833) * Fraction(6498, 7833)
    assert level == 1000 * (Fraction(6498, 14833) if options else released)
    assert level == Fraction(level_of(workspace, "R", "2025H1", *options)["level_exact"])
    sha256 = hashlib.sha256((workspace / "releases/2024H2/r1/indices.csv").read_bytes()).hexdigest()
    if options:
        assert "releases/" not in text
        assert found["previous_level_source"] == "snapshots"
        assert found["provenance"]["releases"] == {}
    else:
        assert "(released as releases/2024H2/r1)" in text
        assert f"releases/2024H2/r1/indices.csv  sha256 {sha256}" in text.splitlines()
        assert found["previous_level_source"] == "releases/2024H2/r1"
        assert found["provenance"]["releases"]["2024H2"]["sha256"] == sha256
    assert text.splitlines()[-1] == "not released"


def test_from_a_release_further_back(workspace, publish, explain, document):
    """2025H2 is chained from the release of 2024H2 through 2025H1, which `cci explain` tells."""
    publish(workspace, "2024H2")
    store(workspace, "2025H2", cards(a=1, b=1, c=1))
    text = explain(workspace, "R", "2025H2")

    assert follow(text)["I(2025H1)"] == 1000 * Fraction(6498, 12833)
    assert "(chained through snapshots from releases/2024H2/r1; see cci explain R 2025H1)" in text
    assert document(workspace, "R", "2025H2")["previous_level_source"] == "snapshots"


def test_from_print(make_workspace, publish, explain, document, tmp_path):
    """R printed 333.33, a 1 → 2: 666.66 exactly."""
    workspace = make_workspace(
        ["a", "b", "c"], FAMILY, {"2024H2": cards(a=1, b=0, c=2), "2025H1": cards(a=2, b=0, c=2)}
    )
    table = tmp_path / "printed.csv"
    table.write_text("指数名称,2024年12月31日\nN index,1000.00\nR index,333.33\nS index,666.67\n")
    publish(workspace, "2024H2", "--from-table", table)

    english = explain(workspace, "R", "2025H1")
    chinese = explain(workspace, "R", "2025H1", lang="zh")
    assert follow(english)["level"] == follow(chinese)["level"] == Fraction("666.66")
    assert "(releases/2024H2/r1, transcribed from print with 2 decimals)" in english
    assert "（releases/2024H2/r1，由公布表格转录，2 位小数）" in chinese
    found = document(workspace, "R", "2025H1")
    assert found["provenance"]["releases"]["2024H2"]["transcribed"] is True


def test_that_a_level_rests_on_print_is_a_note_of_it(make_workspace, publish, cci, tmp_path):
    workspace = make_workspace(
        ["a", "b", "c"], FAMILY, {"2024H2": cards(a=1, b=0, c=2), "2025H1": cards(a=2, b=0, c=2)}
    )
    table = tmp_path / "printed.csv"
    table.write_text("指数名称,2024年12月31日\nN index,1000.00\nR index,333.33\nS index,666.67\n")
    publish(workspace, "2024H2", "--from-table", table)

    (note,) = notes_of(cci, workspace, "R", "2025H1")
    assert note.startswith("releases/2024H2/r1 系由公布表格转录，仅有 2 位小数；")


def test_an_index_that_the_release_has_not_is_not_said_to_be_released(
    make_workspace, publish, explain, document
):
    """T covers a, defined after the release: 1000 × 1/4 = 250 seeded there, × 2/1 = 500."""
    workspace = make_workspace(
        ["a", "b", "c"], FAMILY, {"2024H2": cards(a=1, b=1, c=2), "2025H1": cards(a=2, b=1, c=2)}
    )
    publish(workspace, "2024H2")
    path = workspace / "config/indices.toml"
    path.write_text(path.read_text("utf-8") + index_toml("T", "hub", ["a"]), encoding="utf-8")

    text = explain(workspace, "T", "2025H1")
    assert follow(text)["level"] == 500
    seeded = "I(2024H2) = 250  (not in releases/2024H2/r1: seeded there as national level × share)"
    assert seeded in text.splitlines()
    chinese = explain(workspace, "T", "2025H1", lang="zh")
    assert "（releases/2024H2/r1 中无此指数，按全国总指数点位乘以供算量占比起算）" in chinese
    assert document(workspace, "T", "2025H1")["previous_level_source"] == "seeded"


def test_across_a_change_of_scope(make_workspace, explain):
    """R covers a, from 2025H1 a and b; a 1, b 2, c 1, then a 2, b 4, c 1.

    1000 × 1/4 = 250, × (2 + 4)/(1 + 2) = 500: both supplies on the new scope, cards of both.
    """
    workspace = make_workspace(
        ["a", "b", "c"],
        index_toml("N", "national", ["a", "b", "c"])
        + index_toml("R", "region", ["a"], {"2025H1": ["a", "b"]}),
        {"2024H2": cards(a=1, b=2, c=1), "2025H1": cards(a=2, b=4, c=1)},
    )
    text = explain(workspace, "R", "2025H1")

    known = follow(text)
    assert (known["I(2024H2)"], known["TS(2024H2)"], known["level"]) == (250, 3 * 8760, 500)
    assert "the scope changes with this period: both supplies are on the new one" in text
    assert "样本范围自本期调整" in explain(workspace, "R", "2025H1", lang="zh")
    assert "the scope changes" not in explain(workspace, "R", "2024H2")


def test_a_reseeded_level(make_workspace, explain):
    """a 0 → 2, nation 4 → 8: I_N 2000 × 2/8 = 500; no growth from nothing."""
    workspace = make_workspace(
        ["a", "b", "c"], FAMILY, {"2024H2": cards(a=0, b=0, c=4), "2025H1": cards(a=2, b=0, c=6)}
    )
    text = explain(workspace, "R", "2025H1")

    known = follow(text)
    assert (known["I(2024H2)"], known["I_nation(2025H1)"], known["level"]) == (0, 2000, 500)
    assert "I(2025H1) = I_nation(2025H1) × TS(2025H1) ÷ TS_nation(2025H1) = 500" in text
    assert "growth %: —" in text


def test_a_level_of_zero_needs_no_division_by_zero(make_workspace, explain):
    """a 1 → 0: 250 × 0/1 = 0. Then 0 again: no ratio, the level is zero."""
    workspace = make_workspace(
        ["a", "b", "c"],
        FAMILY,
        {
            "2024H2": cards(a=1, b=0, c=3),
            "2025H1": cards(a=0, b=0, c=3),
            "2025H2": cards(a=0, b=0, c=3),
        },
    )
    first, second = explain(workspace, "R", "2025H1"), explain(workspace, "R", "2025H2")

    assert follow(first)["level"] == 0
    assert "I(2025H1) = I(2024H2) × TS(2025H1) ÷ TS(2024H2) = 0" in first
    assert follow(second)["level"] == 0
    assert "TS(2025H2) = 0: I(2025H2) = 0\n" in second
    assert "÷ TS(2025H1)" not in second


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("rounding", ["half_up", "half_even"])
def test_an_exact_tie_and_what_the_other_rounding_gives(make_workspace, explain, rounding, lang):
    """1000 × 2501/8000 = 312.625: 312.63 half up, 312.62 to even. 687.375 is 687.38 either way."""
    workspace = make_workspace(
        ["a", "b", "c"], FAMILY, {"2024H2": cards(a=2501, b=0, c=5499)}, rounding=rounding
    )
    tie = explain(workspace, "R", "2024H2", lang=lang)
    other = explain(workspace, "S", "2024H2", lang=lang)
    plain = explain(workspace, "N", "2024H2", lang=lang)

    for text in (tie, other, plain):
        follow(text)
    printed, differing = ("312.63", "312.62")[:: 1 if rounding == "half_up" else -1]
    another = "half_even" if rounding == "half_up" else "half_up"
    if lang == "en":
        assert (
            f"printed {printed} ({rounding}), 0.00000000 from the next tie; "
            f"{differing} under {another}\n"
        ) in tie
        assert f"printed 687.38 ({rounding}), 0.00000000 from the next tie; the same" in other
        assert f"printed 1000.00 ({rounding}), 0.00500000 from the next tie; the same" in plain
    else:
        text = (
            f"印出 {printed}（{rounding}），距舍入边界 0.00000000 点；按 {another} 为 {differing}"
        )
        assert text in tie
        assert f"印出 1000.00（{rounding}），距舍入边界 0.00500000 点；按 {another} 相同" in plain


@pytest.mark.parametrize(
    ("cards_of_a", "level", "distance"),
    [(1251, "125.10", "0.00500000"), (12514, "1251.40", "0.00500000")],
)
def test_a_level_of_two_places_is_half_a_unit_from_the_next_tie(
    make_workspace, explain, cards_of_a, level, distance
):
    workspace = make_workspace(
        ["a", "b", "c"],
        FAMILY,
        {"2024H2": cards(a=cards_of_a, b=0, c=10**5 - cards_of_a)},
        base_level="10000",
    )
    text = explain(workspace, "R", "2024H2")

    assert f"printed {level} (half_up), {distance} from the next tie" in text


@pytest.mark.parametrize(
    ("decimals", "margin"), [(0, "0.500000"), (2, "0.00500000"), (4, "0.0000500000")]
)
def test_the_margin_has_six_places_more_than_the_level(make_workspace, explain, decimals, margin):
    """R 250 exactly: half a unit of its last place from a tie."""
    workspace = make_workspace(
        ["a", "b", "c"], FAMILY, {"2024H2": cards(a=1, b=0, c=3)}, decimals=decimals
    )

    assert f", {margin} from the next tie;" in explain(workspace, "R", "2024H2")


def test_columns_stand_below_their_period_and_provinces_under_their_name(workspace, explain):
    """The total says of how many provinces it is."""
    texts = {lang: explain(workspace, "R", "2025H1", lang=lang) for lang in ("zh", "en")}
    headers = re.split(r"^━+$", texts["en"], flags=re.MULTILINE)[1].splitlines()
    assert [line.split() for line in headers if line] == [
        ["TFLOPS", "2024H2", "2024H2", "2025H1", "2025H1"],
        ["Model", "per", "card", "cards", "TFLOPS", "cards", "TFLOPS"],
    ]
    lines = {lang: [line.strip() for line in text.splitlines()] for lang, text in texts.items()}
    assert {"a in English", "b in English"} <= set(lines["en"])
    assert not {"a", "b"} & set(lines["en"])
    assert {"a", "b"} <= set(lines["zh"])
    assert lines["en"][lines["en"].index("Total") + 1].startswith("2 provinces ")
    assert lines["zh"][lines["zh"].index("合计") + 1].startswith("2 个省份 ")
    base = explain(workspace, "S", "2024H2").splitlines()
    assert base[2].split() == ["TFLOPS", "2024H2", "2024H2"]
    assert any(line.strip().startswith("1 province ") for line in base)


def test_where_the_level_before_comes_from_is_asked_for_in_the_same_way(
    workspace, publish, explain
):
    """Past the releases, the period before is explained past them too."""
    publish(workspace, "2024H2")
    store(workspace, "2025H2", cards(a=1, b=1, c=1))

    first = explain(workspace, "R", "2025H1", "--from-snapshots")
    second = explain(workspace, "R", "2025H2", "--from-snapshots")
    chinese = explain(workspace, "R", "2025H1", "--from-snapshots", lang="zh")
    assert "(base level; see cci explain R 2024H2 --from-snapshots)" in first
    assert (
        "(chained through snapshots from 2024H2; see cci explain R 2025H1 --from-snapshots)"
    ) in second
    assert "（基期点位；见 cci explain R 2024H2 --from-snapshots）" in chinese
    follow(first)
    follow(chinese)


# notes


def notes_of(cci, workspace, code, period) -> list[str]:
    """The notes of the document, each of which is a line of the text as well."""
    run = cci("explain", code, period, "--format", "json", workspace=workspace)
    notes = json.loads(run.out)["notes"]
    lines = cci("explain", code, period, workspace=workspace).out.splitlines()
    assert [line for line in lines if line in notes] == notes
    return notes


def test_notes_of_the_index_are_shown_and_those_of_others_and_of_sums_are_not(make_workspace, cci):
    """R covers b too from 2025H1 (N104), T rises from nothing (N105); nothing adds up."""
    workspace = make_workspace(
        ["a", "b", "c", "d"],
        index_toml("N", "national", ["a", "b", "c", "d"])
        + index_toml("R", "region", ["a"], {"2025H1": ["a", "b"]})
        + index_toml("S", "region", ["b", "c"])
        + index_toml("T", "region", ["d"]),
        {"2024H2": cards(a=1, b=2, c=1, d=0), "2025H1": cards(a=3, b=4, c=1, d=3)},
    )

    assert [note.partition("，")[0] for note in notes_of(cci, workspace, "R", "2025H1")] == [
        "R index自2025年6月30日起样本范围由 a 调整为 a、b；增长率按调整后的范围两期同口径计算。"
    ]
    (reseeded,) = notes_of(cci, workspace, "T", "2025H1")
    assert reseeded.startswith("T index在2025年6月30日之前一期的点位或供算量为零")
    assert notes_of(cci, workspace, "S", "2025H1") == []
    assert notes_of(cci, workspace, "N", "2025H1") == []
    english = cci("explain", "R", "2025H1", "--lang", "en", workspace=workspace).out
    told = "R index in English: scope changed on 30 June 2025 from a in English to a in English, b"
    assert told in english


def test_notes_of_the_releases_are_shown_with_every_index(make_workspace, publish, cci):
    """2024H2 a 1, b 1, c 2 is released and restated with a 2; 2025H1 is not restated.

    Then 2025H1 is corrected, T defined: of 2025H2, N111, N110 (T alone) and N109 are told; of
    2025H1, chained from the restated release, N107.
    """
    workspace = make_workspace(
        ["a", "b", "c"],
        FAMILY,
        {period: cards(a=1, b=1, c=2) for period in ("2024H2", "2025H1", "2025H2")},
    )
    publish(workspace, "2024H2")
    publish(workspace, "2025H1")
    store(workspace, "2024H2", cards(a=2, b=1, c=2))
    publish(workspace, "2024H2", "--restate", "found")
    store(workspace, "2025H1", cards(a=3, b=1, c=2))
    path = workspace / "config/indices.toml"
    path.write_text(path.read_text("utf-8") + index_toml("T", "hub", ["a"]), encoding="utf-8")

    restated, revised = notes_of(cci, workspace, "S", "2025H2")
    assert restated == (
        "releases/2025H1/r1 由 releases/2024H2/r1 链接而来，后者已重述；"
        "releases/2025H1/r1 尚未随之重述。"
    )
    assert revised.startswith(
        "releases/2025H1/r1 发布后 2025H1@r2 有变，2025年6月30日的供算量"
        "随之修订，涉及 2 个指数（N、R）；"
    )
    assert [note[:25] for note in notes_of(cci, workspace, "T", "2025H2")] == [
        restated[:25],
        "T index不在 releases/2025H1/r1 中，其"[:25],
        revised[:25],
    ]
    (provisional,) = notes_of(cci, workspace, "S", "2025H1")
    assert provisional.startswith("试算：releases/2025H1/r1 已发布的数字与本表在 4 个指数上不同")


# the document


def test_every_figure_of_the_document_can_be_recomputed_from_it(workspace, publish, document):
    publish(workspace, "2024H2")
    for code in ("N", "R", "S"):
        found = document(workspace, code, "2025H1")
        standard = Fraction(96)
        sums = {"": Fraction(0), "previous_": Fraction(0)}
        for province in found["by_province"]:
            for prefix in sums:
                tflops = sum(
                    (item[f"{prefix}cards"] * Fraction(item["fp16_tflops"]))
                    for item in province["models"]
                )
                assert Fraction(province[f"{prefix}tflops"]) == tflops
                supply = Fraction(province[f"{prefix}supply_exact"])
                assert supply == tflops / standard * 8760
                sums[prefix] += supply
            assert province["cards"] == sum(item["cards"] for item in province["models"])
            for item in province["models"]:
                rate = Fraction(item["fp16_tflops"])
                assert Fraction(item["coefficient_exact"]) == rate / standard
        now, before = Fraction(found["supply_exact"]), Fraction(found["previous_supply_exact"])
        assert (sums[""], sums["previous_"]) == (now, before)
        level = Fraction(found["previous_level_exact"]) * now / before
        assert Fraction(found["level_exact"]) == level
        nation = Fraction(found["national_supply_exact"])
        nation_before = Fraction(found["previous_national_supply_exact"])
        assert found["growth_pct"] == percent(now / before - 1)
        assert found["share_pct"] == percent(now / nation)
        assert found["contribution_pp"] == percent((now - before) / nation_before)
        assert found["increment_share_pct"] == percent((now - before) / (nation - nation_before))
        comparable = Fraction(found["national_level_exact"]) * now / nation
        assert found["comparable_level"] == f"{round_exact(comparable, 2):f}"
        assert found["supply_card_hours"] == round_exact(now, 0)
        assert found["standard_cards"] == f"{round_exact(now / 8760, 2):f}"
        rounding = found["rounding"]
        assert rounding["printed"] == found["level"] == f"{round_exact(level, 2):f}"
        assert rounding["mode"] == "half_up"


def test_at_the_base_nothing_is_said_of_a_period_before(workspace, document):
    found = document(workspace, "R", "2024H2")

    nulls = ("previous", "previous_level", "previous_level_exact", "previous_level_source")
    more = ("previous_supply_exact", "previous_national_supply_exact", "growth_pct", "release")
    assert [found[name] for name in (*nulls, *more)] == [None] * 8
    assert [p["previous_tflops"] for p in found["by_province"]] == [None, None]
    assert [m["previous_cards"] for p in found["by_province"] for m in p["models"]] == [None] * 3
    assert found["official"] is False


def test_hashes_of_all_it_was_made_from(workspace, explain):
    text = explain(workspace, "R", "2025H1")

    paths = [Path("snapshots/2024H2/r1/nodes.csv"), Path("snapshots/2025H1/r1/nodes.csv")]
    names = ["2024H2@r1 nodes.csv", "2025H1@r1 nodes.csv"]
    for file in ("cci.toml", "provinces.csv", "indices.toml", "cards.csv"):
        paths.append(Path("config") / file)
        names.append(f"config/{file}")
    for name, path in zip(names, paths, strict=True):
        digest = hashlib.sha256((workspace / path).read_bytes()).hexdigest()
        assert f"{name}  sha256 {digest}" in text.splitlines()


def test_whether_the_level_is_the_released_one(workspace, publish, explain, document):
    """Released R 454.53…; after a correction of c, 7 → 8, it is 583.3/1383.3."""
    publish(workspace, "2024H2")
    before = document(workspace, "R", "2024H2")
    text = explain(workspace, "R", "2024H2")
    assert (before["release"], before["official"]) == ("releases/2024H2/r1", True)
    assert text.splitlines()[-1] == "released: releases/2024H2/r1"
    released = before["level_exact"]
    rows = [("n1", "a", "M", 3), ("n1", "a", "half", 5), ("n4", "b", "third", 1)]
    store(workspace, "2024H2", [*rows, ("n5", "c", "M", 8)])

    after = document(workspace, "R", "2024H2")
    assert (after["release"], after["official"]) == ("releases/2024H2/r1", False)
    last = explain(workspace, "R", "2024H2").splitlines()[-1]
    assert last == f"provisional; releases/2024H2/r1 has {released} ≈ 454.53128653"
    # the first revision is still the released one
    assert document(workspace, "R", "2024H2@r1")["official"] is True
    chinese = explain(workspace, "R", "2024H2", lang="zh").splitlines()[-1]
    assert chinese.startswith("试算；releases/2024H2/r1 为 ")


def test_records_have_every_model_whatever_is_shown(workspace, cci):
    run = cci("explain", "R", "2025H1", "--top", "1", "--format", "csv", workspace=workspace)

    assert run.out.splitlines() == [
        "province,model,fp16_tflops,previous_cards,cards,previous_tflops,tflops",
        "a,M,100,3,4,300,400",
        "a,half,50,5,1,250,50",
        "b,third,33.3,1,6,33.3,199.8",
    ]


def test_the_shipped_data_can_be_followed(explain, level_of):
    known = follow(explain(REPOSITORY, "700014.CCI", "2025H1", "--top", "0"))
    expected = level_of(REPOSITORY, "700014.CCI", "2025H1")["level_exact"]
    assert known["level"] == Fraction(expected)


# which index, which period


@pytest.mark.parametrize("name", ["R", "r", "R index", "r INDEX", "Ｒ", "R index in English"])
def test_an_index_is_named_by_code_or_name(workspace, document, name):
    assert document(workspace, name, "2025H1")["code"] == "R"


def test_without_a_period_the_newest_is_meant(workspace, document):
    assert document(workspace, "R")["period"] == "2025H1"


def test_an_unknown_index_is_refused_with_the_nearest(cci):
    refused = cci("explain", "华南智能算力供算指数", "2025H1", workspace=REPOSITORY)

    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("error: no index has the code or name `华南智能算力供算指数`")
    assert refused.err.endswith(" [E413]\nhint: did you mean `700005.CCI`?\n")


def test_without_a_near_name_the_codes_are_told(workspace, cci):
    refused = cci("explain", "xyzzy", workspace=workspace)

    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (
        "error: no index has the code or name `xyzzy` [E413]\nhint: the indices are N, R, S\n"
    )


def test_a_workspace_without_snapshots_says_so(make_workspace, cci):
    refused = cci("explain", "N", workspace=make_workspace(["a", "b", "c"], FAMILY))

    assert (refused.code, "no snapshot of `2024H2`" in refused.err) == (1, True)


# messages


#: By code, else by the first two characters of it.
EXIT_CODES = {
    **dict.fromkeys(["E1", "E201", "E202"], 2),
    **dict.fromkeys(["E2", "E3", "E4"], 1),
    "E5": 3,
    "E506": 4,
}


@pytest.mark.parametrize(
    ("code", "lines"),
    [("E331", 3), ("e331", 3), ("W301", 3), ("w301", 3), ("N101", 2), ("n101", 2)],
)
def test_a_message_is_explained_without_any_workspace(cci, tmp_path, monkeypatch, code, lines):
    """Of an error or warning with its hint; a note has none."""
    monkeypatch.chdir(tmp_path)
    run = cci("explain", code)

    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"{code.upper()}: ")
    assert len(run.out.splitlines()) == lines


def filled(template: str) -> str:
    """A text of the catalogue with each part that it fills in named between angle brackets."""
    parts = {name for _, name, _, _ in Formatter().parse(template) if name}
    return template.format(**{name: f"<{name.replace('_', ' ')}>" for name in parts})


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", [*ERRORS, *WARNINGS, *NOTES])
def test_every_message_can_be_explained(code, lang):
    view = view_message(code, lang)

    if code in NOTES:
        text, hint = filled(NOTES[code][lang]), None
    else:
        entry = ERRORS.get(code) or WARNINGS[code]
        text, hint = filled(entry.text), entry.hint and filled(entry.hint)
    about, exit_code = SUBJECTS[code[:2]], EXIT_CODES.get(code, EXIT_CODES.get(code[:2]))
    assert view.document == {
        "code": code,
        "text": text,
        "hint": hint,
        "about": about,
        "exit_code": exit_code,
    }
    assert view.records == ((code, text, hint, about, exit_code),)
    hints = () if hint is None else (f"  hint: {hint}",)
    end = "" if exit_code is None else f"; exit code {exit_code}"
    assert view.sheet.lines == (f"{code}: {text}", *hints, f"  about: {about}{end}")


def test_the_text_of_an_error_has_its_hint_and_names_what_it_fills_in(cci):
    assert cci("explain", "E305").out == (
        "E305: <value> has <count>\n  about: a file of nodes or a published table; exit code 1\n"
    )
    lines = cci("explain", "E332").out.splitlines()
    assert (
        lines[1] == "  hint: absent is not zero: a province without cards has a row with cards = 0"
    )
    assert cci("explain", "E331").out.splitlines() == [
        "E331: node lies in <first> on line <first line>",
        "  hint: a node lies in one province: give the parts different node_ids",
        "  about: a file of nodes or a published table; exit code 1",
    ]
    assert "`cci publish <previous> --from-table FILE`" in cci("explain", "E406").out


def test_the_text_of_a_note_stands_in_the_language_asked_for(cci):
    usual, _ = cci("explain", "N106").out.splitlines()
    chinese, _ = cci("explain", "N106", "--lang", "zh").out.splitlines()
    english, _ = cci("explain", "N106", "--lang", "en").out.splitlines()

    assert english.startswith("N106: Demonstration data: <snapshots> hold invented nodes")
    assert chinese.startswith("N106: 演示数据：<snapshots> 为依据已公布数字")
    assert usual == chinese
    for lang, line in (("zh", chinese), ("en", english)):
        run = cci("explain", "N106", "--lang", lang, "--format", "json")
        text = line.removeprefix("N106: ")
        assert json.loads(run.out) == {
            "code": "N106",
            "text": text,
            "hint": None,
            "about": "a note under a table",
            "exit_code": None,
        }


@pytest.mark.parametrize("code", ["E999", "w999", "N999"])
def test_the_code_of_no_message_is_refused_without_any_workspace(cci, tmp_path, monkeypatch, code):
    monkeypatch.chdir(tmp_path)
    refused = cci("explain", code)

    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (
        f"error: no message has the code `{code}` [E415]\n"
        "hint: a code stands in brackets at the end of a message, such as E324\n"
    )


def test_the_page_of_messages_has_what_is_explained_of_each():
    """docs/errors.md, as `make errors` makes it; a row of it by hand."""
    page = (REPOSITORY / "docs/errors.md").read_text("utf-8")
    assert page == make_errors.render_page()
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) == len(ERRORS) + len(WARNINGS) + len(NOTES)
    assert (
        "| `E302` | snapshot `<period>` has no revision \\<value> | it has \\<known> "
        "| a file of nodes or a published table | 1 |"
    ) in page.splitlines()


def test_with_a_period_a_code_is_that_of_an_index(make_workspace, cci):
    """An index may have the code of a message."""
    workspace = make_workspace(
        ["a"], index_toml("N101", "national", ["a"]), {"2024H2": [("n", "a", "M", 1)]}
    )
    assert cci("explain", "N101", workspace=workspace).out.startswith("N101: <period>")
    run = cci("explain", "N101", "2024H2", workspace=workspace)
    assert (run.code, run.out.startswith("N101  N101 index")) == (0, True)
    # also where there is none of that code, and where no message has it
    for code in ("E331", "E999"):
        refused = cci("explain", code, "2024H2", workspace=workspace)
        assert (refused.code, refused.out) == (1, "")
        assert f"no index has the code or name `{code}`" in refused.err
        assert "[E413]" in refused.err


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            "printed 0.00000001 (half_up), 0.00000000000000 from the next tie; "
            "0.00000000 under half_even",
        ),
        (
            "zh",
            "印出 0.00000001（half_up），距舍入边界 0.00000000000000 点；"
            "按 half_even 为 0.00000000，与之不同",
        ),
    ],
)
def test_a_small_level_is_printed_without_an_exponent(make_workspace, cci, lang, expected):
    """R is one card of 2 × 10¹¹: 1000 × 1/(2 × 10¹¹) = 5 × 10⁻⁹, a tie with eight places."""
    workspace = make_workspace(
        ["a", "b"],
        index_toml("N", "national", ["a", "b"]) + index_toml("R", "region", ["a"]),
        {"2024H2": [("n", "a", "M", 1), ("o", "b", "M", 2 * 10**11 - 1)]},
        decimals=8,
    )

    outcome = cci("explain", "R", "2024H2", "--lang", lang, workspace=workspace)

    assert outcome.code == 0
    assert expected in outcome.out
