"""`cci rebase`: base levels, and every level on another base."""

import csv
import io
import json
from fractions import Fraction

import openpyxl
import polars as pl
import pytest
from conftest import REPOSITORY, examples, index_toml, store
from hypothesis import given
from hypothesis import strategies as st

from cci_cli.errors import DataError
from cci_cli.histories import find_factors
from cci_cli.periods import parse_period

PROVINCES = ["a", "b", "c"]
FAMILY = (
    index_toml("N", "national", PROVINCES)
    + index_toml("R", "region", ["a"])
    + index_toml("Z", "hub", ["c"])
)


def cards(**counts):
    """One node per province: ``cards(a=3, b=0, c=1)``."""
    return [(f"node {province}", province, "M", count) for province, count in counts.items()]


@pytest.fixture
def workspace(make_workspace):
    """Cards a 1, 2, 4; b 3, 3, 4; c 0, 0, 2.

    N 1000, 1000 × 5/4 = 1250, 1250 × 10/5 = 2500; R 250, 500, 1000; Z 0, 0 and, seeded,
    2500 × 2/10 = 500.
    """
    return make_workspace(
        PROVINCES,
        FAMILY,
        {
            "2024H2": cards(a=1, b=3, c=0),
            "2025H1": cards(a=2, b=3, c=0),
            "2025H2": cards(a=4, b=4, c=2),
        },
    )


@pytest.fixture
def rebase(cci, workspace):
    def run(*options, folder=workspace):
        outcome = cci("rebase", *options, workspace=folder)
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.out

    return run


def document(text):
    return json.loads(text)


def exact(text):
    """Exact levels by code, in the order of periods; null for none."""
    return {
        item["code"]: [
            None if level is None else Fraction(level) for level in item["levels_exact"].values()
        ]
        for item in document(text)["series"]
    }


# levels


def test_the_base_levels_with_the_supply_behind_them(rebase):
    """1000 × 1/4 = 250; supply 1 × 8760 of 4 × 8760."""
    found = document(rebase("--format", "json"))

    assert found["base"] == {"period": "2024H2", "as_of": "2024-12-31", "level": 1000}
    assert (found["is_official_base"], found["each"], found["factor"]) == (True, False, "1/1")
    assert found["series"][1] == {
        "code": "R",
        "series": "region series",
        "name": "R index",
        "factor": "1/1",
        "base_supply_card_hours": 8760,
        "base_share_pct": 25.00,
        "levels": {"2024H2": 250.00, "2025H1": 500.00, "2025H2": 1000.00},
        "status": {"2024H2": "base", "2025H1": "chained", "2025H2": "chained"},
        "levels_exact": {"2024H2": "250/1", "2025H1": "500/1", "2025H2": "1000/1"},
    }


def test_the_shipped_base_levels_are_those_published(rebase):
    rows = list(csv.DictReader(io.StringIO(rebase("--format", "csv", folder=REPOSITORY))))
    with (REPOSITORY / "tests/data/table2.csv").open(encoding="utf-8-sig", newline="") as file:
        published = {name: level for _, name, level, _ in list(csv.reader(file))[1:]}

    assert {row["name"]: row["level"] for row in rows if row["period"] == "2024H2"} == published


def test_one_factor_for_the_family_keeps_levels_comparable(rebase):
    """100 / 1250 = 2/25: N 80, 100, 200; R 20, 40, 80; Z 0, 0, 40."""
    text = rebase("2025H1", "--level", "100", "--format", "json")

    assert document(text)["factor"] == "2/25"
    assert exact(text) == {"N": [80, 100, 200], "R": [20, 40, 80], "Z": [0, 0, 40]}


def test_the_level_of_the_config_is_taken_where_none_is_named(rebase):
    """1000 / 1250 = 4/5."""
    text = rebase("2025-06-30", "--format", "json")

    assert document(text)["base"]["level"] == 1000
    assert exact(text)["R"] == [200, 400, 800]


def test_a_level_may_have_decimals(rebase):
    """12.5 / 1250 = 1/100."""
    assert document(rebase("2025H1", "--level", "12.5", "--format", "json"))["factor"] == "1/100"


def test_each_index_by_itself_and_what_that_loses(rebase):
    """N 100/1250, R 100/500; Z is at zero in 2025H1 and cannot be put on it."""
    text = rebase("2025H1", "--level", "100", "--each", "--format", "json", "--lang", "en")

    found = document(text)
    assert found["factor"] is None
    assert [item["factor"] for item in found["series"]] == ["2/25", "1/5", None]
    assert exact(text) == {"N": [80, 100, 200], "R": [50, 100, 200], "Z": [None, None, None]}
    assert found["notes"][1].startswith("Every index is put on the base by itself")
    assert found["notes"][2].startswith("Z index in English: no level or a level of zero in")


def test_released_levels_are_those_that_are_rebased(cci, workspace, rebase):
    """2025H1 stays 1250 and 500 after a is counted again as 4; 2025H2 is 1250 × 10/7."""
    for period in ("2024H2", "2025H1"):
        cci("publish", period, "--by", "A", workspace=workspace)
    store(workspace, "2025H1", cards(a=4, b=3, c=0))

    frozen = exact(rebase("2025H1", "--level", "100", "--format", "json"))
    anew = exact(rebase("2025H1", "--level", "100", "--format", "json", "--from-snapshots"))

    assert frozen["N"] == [80, 100, Fraction(1000, 7)]
    assert frozen["R"] == [20, 40, 40]
    assert anew["N"] == [Fraction(400, 7), 100, Fraction(1000, 7)]


# labels


def test_the_official_base_is_not_labelled_as_another(rebase):
    text = rebase()

    assert text.startswith("基期点位：2024年12月31日 = 1000\n")
    assert "非官方" not in text
    assert "系数" not in text
    assert "试算值" not in text
    row = next(line.split() for line in text.splitlines() if "R index" in line)
    assert row == ["R", "index", "8,760", "25.00", "250.00", "500.00", "1000.00"]


@pytest.mark.parametrize("options", [["2025H1"], ["--level", "100"], ["--each"]], ids=str)
def test_what_is_not_on_the_official_base_says_so_in_every_form(
    rebase, cci, workspace, tmp_path, options
):
    assert rebase(*options).startswith("重新定基（非官方基期）：")
    assert "Rebased, not the official base" in rebase(*options, "--lang", "en")
    assert rebase(*options, "--format", "markdown").startswith("**重新定基（非官方基期）：")
    found = document(rebase(*options, "--format", "json"))
    assert found["is_official_base"] is False
    assert found["notes"][0].startswith("各指数分别定基" if "--each" in options else "非官方基期")
    rows = list(csv.DictReader(io.StringIO(rebase(*options, "--format", "csv"))))
    assert {row["official_base"] for row in rows} == {"no"}
    for name in ("out.xlsx", "out.parquet"):
        run = cci("rebase", *options, "--output", tmp_path / name, workspace=workspace)
        assert run.code == 0
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert str(book["notes"]["A1"].value).startswith("重新定基（非官方基期）：")
    assert set(pl.read_parquet(tmp_path / "out.parquet")["official_base"]) == {"no"}


def test_every_row_of_data_names_its_base(rebase):
    rows = list(csv.DictReader(io.StringIO(rebase("2025H1", "--level", "100", "--format", "csv"))))

    assert rows[3] == {
        "code": "R",
        "series": "region series",
        "name": "R index",
        "base_period": "2025H1",
        "base_level": "100",
        "official_base": "no",
        "factor": "2/25",
        "period": "2024H2",
        "rebased_from": "provisional",
        "supply_card_hours": "8760",
        "level": "20.00",
    }
    assert len(rows) == 9


def test_the_notes_say_what_the_levels_are(rebase):
    lines = rebase("2025H1", "--level", "100", "--lang", "en").splitlines()

    assert "factor 2/25" in lines
    assert (
        "Not the official base: 30 June 2025 = 100 here; levels are published on "
        "31 December 2024 = 1000." in lines
    )
    assert any(line.startswith("The levels of 30 June 2025 are provisional") for line in lines)


def test_a_released_base_is_not_called_provisional(cci, workspace, rebase):
    for period in ("2024H2", "2025H1"):
        cci("publish", period, "--by", "A", workspace=workspace)

    text = rebase("2025H1", "--lang", "en")
    assert "provisional:" not in text
    # released are the levels these come from, not these
    heads = next(line.split() for line in text.splitlines() if line.split()[:1] == ["Index"])
    assert heads[-6:] == ["from", "official", "from", "official", "from", "provisional"]
    zh = rebase()
    heads = next(line.split() for line in zh.splitlines() if line.split()[:1] == ["指数名称"])
    assert heads[-3:] == ["已发布", "已发布", "试算"]


def test_the_factor_tells_one_for_all_from_one_for_each(rebase):
    def factors(*options):
        rows = csv.DictReader(io.StringIO(rebase("2025H1", *options, "--format", "csv")))
        return {row["code"]: row["factor"] for row in rows}

    assert factors() == {"N": "4/5", "R": "4/5", "Z": "4/5"}
    assert factors("--each") == {"N": "4/5", "R": "2/1", "Z": ""}


# refusals


@pytest.mark.parametrize(
    ("options", "code", "error"),
    [
        (["2025H3"], 2, "`2025H3` is not a period"),
        (["2025H1@r1"], 2, "`2025H1@r1` is not a period"),
        (["2024H1"], 1, "2024H1 lies before the base period 2024H2"),
        (["2026H1"], 1, "the levels end at 2025H2: there are none of `2026H1`"),
        (["--level", "0"], 2, "`0` is not a level"),
        (["--level", "0.000"], 2, "`0.000` is not a level"),
        (["--level", "-1"], 2, "`-1` is not a level"),
        (["--level", "1e3"], 2, "`1e3` is not a level"),
        (["--level", "１０００"], 2, "`１０００` is not a level"),
        (["--level", "nan"], 2, "`nan` is not a level"),
        (["--level", "1234567890"], 2, "`1234567890` is not a level"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_no_base_is_refused(cci, workspace, options, code, error):
    refused = cci("rebase", *options, workspace=workspace)

    assert (refused.code, refused.out) == (code, "")
    assert refused.err.startswith(f"error: {error}")


def test_a_nation_at_zero_is_no_base(make_workspace, cci):
    root = make_workspace(
        PROVINCES, FAMILY, {"2024H2": cards(a=1, b=3, c=0), "2025H1": cards(a=0, b=0, c=0)}
    )

    refused = cci("rebase", "2025H1", workspace=root)

    assert (refused.code, refused.out) == (1, "")
    assert "no supply in the national index in 2025H1" in refused.err


# laws

LEVELS = st.dictionaries(
    st.sampled_from(["2024H2", "2025H1", "2025H2"]),
    st.fixed_dictionaries(
        {
            "N": st.fractions(min_value=Fraction(1, 10**6), max_value=10**6),
            "R": st.fractions(min_value=0, max_value=10**6),
        }
    ),
    min_size=2,
)
POINTS = st.fractions(min_value=Fraction(1, 1000), max_value=10**6)
law = examples(40)


def put_on(levels, period, level, national="N"):
    """Every level on the base ``period`` = ``level``; an index without a factor is left out."""
    factors = find_factors(levels[period], parse_period(period), level, national)
    return {
        name: {code: old * factors[code] for code, old in by_code.items() if factors[code]}
        for name, by_code in levels.items()
    }


def test_one_factor_puts_the_nation_on_the_level_and_one_each_every_index():
    """N 1250, R 400, S 0, T none, on 500: 500/1250 = 2/5 for all; each by itself 2/5, 5/4, none."""
    levels = {"N": Fraction(1250), "R": Fraction(400), "S": Fraction(0), "T": None}
    period = parse_period("2025H1")

    assert find_factors(levels, period, Fraction(500), "N") == dict.fromkeys("NRST", Fraction(2, 5))
    each = find_factors(levels, period, Fraction(500), None)
    assert each == {"N": Fraction(2, 5), "R": Fraction(5, 4), "S": None, "T": None}
    for nation in ("S", "T"):
        with pytest.raises(DataError, match="in 2025H1") as refused:
            find_factors(levels, period, Fraction(500), nation)
        assert refused.value.code == "E404"


@law
@given(LEVELS, st.data(), POINTS, POINTS)
def test_rebasing_twice_equals_rebasing_once(levels, data, first, second):
    periods = st.sampled_from(sorted(levels))
    one, other = data.draw(periods), data.draw(periods)

    assert put_on(put_on(levels, one, first), other, second) == put_on(levels, other, second)


@law
@given(LEVELS, st.data(), POINTS)
def test_back_and_forth_restores_every_digit(levels, data, level):
    periods = st.sampled_from(sorted(levels))
    one, other = data.draw(periods), data.draw(periods)

    back = put_on(put_on(levels, other, level), one, levels[one]["N"])

    assert back == levels


@law
@given(LEVELS, st.data(), POINTS)
def test_ratios_between_indices_and_periods_stay(levels, data, level):
    base = data.draw(st.sampled_from(sorted(levels)))

    rebased = put_on(levels, base, level)

    assert rebased[base]["N"] == level
    for name, by_code in levels.items():
        for code, old in by_code.items():
            assert rebased[name][code] * by_code["N"] == old * rebased[name]["N"]
            assert rebased[name][code] * levels[base]["N"] == old * level


@law
@given(LEVELS, st.data(), POINTS, POINTS)
def test_each_by_itself_twice_equals_once(levels, data, first, second):
    periods = st.sampled_from(sorted(levels))
    one, other = data.draw(periods), data.draw(periods)
    positive = {
        name: {code: old or Fraction(1) for code, old in by_code.items()}
        for name, by_code in levels.items()
    }

    twice = put_on(put_on(positive, one, first, None), other, second, None)

    assert twice == put_on(positive, other, second, None)
    assert set(twice[other].values()) == {second}
