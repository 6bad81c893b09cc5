"""`cci series`: levels of all periods as they stand, and what goes with them."""

import csv
import io
import json
import re

import openpyxl
import polars as pl
import pytest
from conftest import REPOSITORY, index_toml, store

PROVINCES = ["a", "b", "c"]
FAMILY = (
    index_toml("N", "national", PROVINCES)
    + index_toml("R", "region", ["a"])
    + index_toml("H", "hub", ["b"], {"2025H2": ["b", "c"]})
    + index_toml("Z", "hub", ["c"])
)


def cards(**counts):
    """One node per province: ``cards(a=3, b=0, c=1)``."""
    return [(f"node {province}", province, "M", count) for province, count in counts.items()]


@pytest.fixture
def workspace(make_workspace):
    """The first two periods are released, and then 2025H1 is counted again, with a 3 for 2.

    Cards: 2024H2 a 1, b 3, c 0; 2025H1 a 2, b 3, c 0; 2025H2 a 2, b 3, c 5.

    Released: N 1000 and 1000 × 5/4 = 1250; R 250 and 250 × 2/1 = 500; H 750 and 750; Z 0 and 0.
    2025H2, from there and like for like, with a 3 in 2025H1: N 1250 × 10/6 = 2083 1/3;
    R 500 × 2/3 = 333 1/3; H, now b and c, 750 × 8/3 = 2000; Z 2083 1/3 × 5/10 = 1041 2/3.
    """
    return make_workspace(
        PROVINCES,
        FAMILY,
        {
            "2024H2": cards(a=1, b=3, c=0),
            "2025H1": cards(a=2, b=3, c=0),
            "2025H2": cards(a=2, b=3, c=5),
        },
    )


@pytest.fixture
def released(workspace, cci):
    for period in ("2024H2", "2025H1"):
        assert cci("publish", period, "--by", "A", workspace=workspace).code == 0
    store(workspace, "2025H1", cards(a=3, b=3, c=0))
    return workspace


@pytest.fixture
def series(cci, released):
    def run(*options, workspace=released):
        outcome = cci("series", *options, workspace=workspace)
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.out

    return run


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def column(text, name):
    """One column of a long series: by code, in the order of periods."""
    values = {}
    for row in read(text):
        values.setdefault(row["code"], []).append(row[name])
    return values


# levels and where they come from


def test_released_levels_stay_and_later_ones_are_chained_from_them(series):
    text = series("--format", "csv")

    assert column(text, "level") == {
        "N": ["1000.00", "1250.00", "2083.33"],
        "R": ["250.00", "500.00", "333.33"],
        "H": ["750.00", "750.00", "2000.00"],
        "Z": ["0.00", "0.00", "1041.67"],
    }
    assert column(text, "status") == {
        "N": ["base", "chained", "chained"],
        "R": ["base", "chained", "chained"],
        "H": ["base", "chained", "break"],
        "Z": ["base", "chained", "reseeded"],
    }
    assert column(text, "publication")["N"] == ["official", "official", "provisional"]
    assert column(text, "period")["Z"] == ["2024H2", "2025H1", "2025H2"]


def test_from_snapshots_ignores_releases(series):
    """With a 3 in 2025H1: N 1000 × 6/4 = 1500, then × 10/6 = 2500; R 250 × 3 = 750."""
    text = series("--format", "csv", "--from-snapshots")

    assert column(text, "level")["N"] == ["1000.00", "1500.00", "2500.00"]
    assert column(text, "level")["R"] == ["250.00", "750.00", "500.00"]
    assert set(column(text, "publication")["N"]) == {"provisional"}


@pytest.mark.parametrize(
    ("measure", "name", "expected"),
    [
        # N 5/4 − 1 as released, then 10/6 − 1; R 2/1 − 1, then 2/3 − 1; H 8/3 − 1; Z from zero
        (
            "growth",
            "growth_pct",
            {
                "N": ["", "25.00", "66.67"],
                "R": ["", "100.00", "-33.33"],
                "H": ["", "0.00", "166.67"],
                "Z": ["", "", ""],
            },
        ),
        # of 4, 5 as released, and 10 cards
        (
            "share",
            "share_pct",
            {
                "N": ["100.00", "100.00", "100.00"],
                "R": ["25.00", "40.00", "20.00"],
                "H": ["75.00", "60.00", "80.00"],
                "Z": ["0.00", "0.00", "50.00"],
            },
        ),
        # cards × 8760; of 2025H1 what was released, not what was counted later
        (
            "supply",
            "supply_card_hours",
            {
                "N": ["35040", "43800", "87600"],
                "R": ["8760", "17520", "17520"],
                "H": ["26280", "26280", "70080"],
                "Z": ["0", "0", "43800"],
            },
        ),
        # national level × share: 1250 × 2/5; 2083 1/3 × 2/10, 8/10, 5/10
        (
            "comparable",
            "comparable_level",
            {
                "N": ["1000.00", "1250.00", "2083.33"],
                "R": ["250.00", "500.00", "416.67"],
                "H": ["750.00", "750.00", "1666.67"],
                "Z": ["0.00", "0.00", "1041.67"],
            },
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_measure_by_hand(series, measure, name, expected):
    assert column(series("--measure", measure, "--format", "csv"), name) == expected


def test_the_published_table_is_a_series_of_the_shipped_snapshots(series):
    rows = read(series("--format", "csv", "--layout", "wide", workspace=REPOSITORY))
    with (REPOSITORY / "tests/data/table2.csv").open(encoding="utf-8-sig", newline="") as file:
        published = list(csv.reader(file))[1:]

    assert [[row["series"], row["name"], row["2024H2"], row["2025H1"]] for row in rows] == published


def test_an_index_defined_after_a_release_has_no_level_there(series, released):
    with (released / "config/indices.toml").open("a", encoding="utf-8") as file:
        file.write(index_toml("L", "hub", ["a", "c"]))

    levels = column(series("--index", "L", "--format", "csv"), "level")

    # seeded in 2025H1 as 1250 × 3/6 = 625, then × 7/3
    assert levels == {"L": ["", "", "1458.33"]}
    sdmx = read(series("--index", "L", "--format", "sdmx-csv"))
    assert [row["OBS_STATUS"] for row in sdmx] == ["M", "M", "P"]
    assert {row["RELEASE"] for row in sdmx} == {""}
    document = json.loads(series("--index", "L", "--format", "json", "--lang", "en"))
    assert document["notes"] == [
        "L index in English: is not in releases/2025H1/r1; its level there is seeded as "
        "national level × share."
    ]


def test_an_index_listed_before_released_ones_hides_none_of_them(series, released):
    path = released / "config/indices.toml"
    nation, *rest = path.read_text(encoding="utf-8").split("[[index]]")[1:]
    parts = [nation, index_toml("L", "hub", ["a", "c"]).removeprefix("[[index]]"), *rest]
    path.write_text("".join(f"[[index]]{part}" for part in parts), encoding="utf-8")

    levels = column(series("--format", "csv"), "level")

    assert list(levels) == ["N", "L", "R", "H", "Z"]
    assert levels["R"] == ["250.00", "500.00", "333.33"]
    assert levels["L"][:2] == ["", ""]


def test_released_levels_from_print_have_no_other_figures(workspace, cci, tmp_path):
    table = tmp_path / "table.csv"
    lines = ["系列,指数名称,2024年12月31日", "s,N index,1000.00", "s,R index,250.00"]
    lines += ["s,H index,750.00", "s,Z index,0.00"]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = cci("publish", "2024H2", "--from-table", table, "--by", "A", workspace=workspace)
    assert run.code == 0, run.err

    levels = cci("series", "--to", "2025H1", "--format", "csv", workspace=workspace).out
    shares = cci("series", "--measure", "share", "--format", "json", workspace=workspace).out
    codes = cci("series", "--measure", "share", "--format", "sdmx-csv", workspace=workspace).out

    assert column(levels, "level")["R"] == ["250.00", "500.00"]
    assert column(levels, "publication")["R"] == ["official", "provisional"]
    document = json.loads(shares)
    assert document["series"][1]["values"] == {"2024H2": None, "2025H1": 40, "2025H2": 20}
    assert document["series"][1]["status"]["2024H2"] == "base"
    assert [row["OBS_STATUS"] for row in read(codes)][:3] == ["L", "P", "P"]
    assert "releases/2024H2/r1 系由公布表格转录" in document["notes"][0]


def test_digits_that_were_never_released_are_not_official(make_workspace, cci):
    """N 200 → 201: growth 0.5 %, released as 1 under half_up, and 0 under half_even today."""
    rows = {"2024H2": cards(a=100, b=100, c=0), "2025H1": cards(a=101, b=100, c=0)}
    root = make_workspace(PROVINCES, FAMILY, rows, decimals=0)
    for period in rows:
        assert cci("publish", period, "--by", "A", workspace=root).code == 0
    settings = root / "config/cci.toml"
    settings.write_text(settings.read_text().replace('"half_up"', '"half_even"'))

    run = cci("series", "--measure", "growth", "--format", "sdmx-csv", workspace=root)

    row = next(item for item in read(run.out) if item["TIME_PERIOD"] == "2025-S1")
    assert (row["OBS_VALUE"], row["OBS_STATUS"], row["RELEASE"]) == ("0", "P", "")


def test_a_break_between_levels_from_print_is_a_break(make_workspace, cci, tmp_path):
    root = make_workspace(PROVINCES, FAMILY, {"2024H2": cards(a=1, b=3, c=0)})
    assert cci("publish", "2024H2", "--by", "A", workspace=root).code == 0
    for period, day in (("2025H1", "2025年6月30日"), ("2025H2", "2025年12月31日")):
        lines = [f"系列,指数名称,{day}", "s,N index,1000.00", "s,R index,250.00"]
        lines += ["s,H index,750.00", "s,Z index,0.00"]
        table = tmp_path / "table.csv"
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        run = cci("publish", period, "--from-table", table, "--by", "A", workspace=root)
        assert run.code == 0, run.err

    text = cci("series", "--index", "H", "--format", "csv", workspace=root).out
    notes = json.loads(cci("series", "--index", "H", "--format", "json", workspace=root).out)

    assert column(text, "status")["H"] == ["base", "", "break"]
    assert any("样本范围由 b 调整为 b、c" in note for note in notes["notes"])


def test_invented_nodes_are_named(make_workspace, cci):
    root = make_workspace(PROVINCES, FAMILY)
    store(root, "2024H2", cards(a=1, b=3, c=0), is_demonstration=True)

    text = cci("series", workspace=root).out

    assert "演示数据：2024H2@r1" in text


def test_a_release_that_rests_on_a_restated_one_is_named(released, cci, series):
    store(released, "2024H2", cards(a=2, b=3, c=0))
    run = cci("publish", "2024H2", "--restate", "recount", "--by", "A", workspace=released)
    assert run.code == 0

    text = series("--format", "json", "--lang", "en")

    assert json.loads(text)["series"][1]["values"]["2024H2"] == 400
    assert json.loads(text)["series"][1]["values"]["2025H1"] == 500
    assert json.loads(text)["notes"][0] == (
        "releases/2025H1/r1 was chained from releases/2024H2/r1, which has been restated; "
        "releases/2025H1/r1 has not been restated with it."
    )


def test_levels_that_print_otherwise_than_released_are_not_official(series, released):
    settings = released / "config/cci.toml"
    settings.write_text(settings.read_text().replace("decimals = 2", "decimals = 1"))

    document = json.loads(series("--format", "json"))

    assert [item["publication"] for item in document["periods"]] == ["provisional"] * 3
    assert document["notes"][0].startswith("2024年12月31日、2025年6月30日：")
    later = json.loads(series("--from", "2025H1", "--format", "json"))
    assert later["notes"][0].startswith("2025年6月30日：")
    assert "与发布时不同" in document["notes"][0]


# what is shown


def test_one_row_per_index_or_one_per_index_and_period(series):
    wide = read(series("--format", "csv", "--layout", "wide"))
    long = read(series("--format", "csv"))

    periods = ["2024H2", "2025H1", "2025H2"]
    assert list(wide[0]) == ["code", "series", "name", "measure", *periods]
    assert wide[1] == {
        "code": "R",
        "series": "region series",
        "name": "R index",
        "measure": "level",
        "2024H2": "250.00",
        "2025H1": "500.00",
        "2025H2": "333.33",
    }
    assert list(long[0]) == ["code", "series", "name", "period", "level", "status", "publication"]
    assert len(long) == 12


def test_indices_are_chosen_by_code_or_name_and_stay_in_order(series):
    text = series("--index", "Z index", "--index", "r", "--index", "R", "--format", "csv")

    assert list(column(text, "level")) == ["R", "Z"]


def test_periods_are_chosen_and_growth_stays_that_on_the_period_before(series):
    text = series(
        "--from", "2025H1", "--to", "2025-08-01", "--measure", "growth", "--format", "csv"
    )

    assert column(text, "growth_pct")["N"] == ["25.00", "66.67"]
    assert column(text, "period")["N"] == ["2025H1", "2025H2"]


@pytest.mark.parametrize(
    ("options", "code", "error", "what"),
    [
        (["--index", "X"], 1, "E413", "no index has the code or name `X`"),
        (["--from", "2024H1"], 1, "E401", "2024H1 lies before the base period 2024H2"),
        (["--to", "2024H1"], 1, "E401", "2024H1 lies before the base period 2024H2"),
        (["--from", "2026H1"], 1, "E419", "the levels end at 2025H2: there are none of `2026H1`"),
        (["--to", "2026H2"], 1, "E301", "no snapshot of `2026H2`"),
        (["--from", "2025H2", "--to", "2025H1"], 2, "E113", "`2025H2` is later than 2025H1"),
        (["--from", "2025H1@r1"], 2, "E101", "`2025H1@r1` is not a period"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("E") else "",
)
def test_what_cannot_be_shown_is_refused(cci, released, options, code, error, what):
    refused = cci("series", *options, workspace=released)

    assert (refused.code, refused.out) == (code, "")
    assert refused.err.startswith(f"error: {what}")
    assert f"[{error}]" in refused.err


def test_a_gap_is_an_error_that_names_the_period(make_workspace, cci):
    root = make_workspace(
        PROVINCES, FAMILY, {"2024H2": cards(a=1, b=3, c=0), "2025H2": cards(a=1, b=3, c=0)}
    )

    refused = cci("series", workspace=root)

    assert (refused.code, refused.out) == (1, "")
    assert "there is no snapshot of 2025H1 [E402]" in refused.err
    assert "`cci ingest FILE --period 2025H1` stores the first that is missing" in refused.err


def test_a_workspace_without_data_says_so(make_workspace, cci):
    refused = cci("series", workspace=make_workspace(PROVINCES, FAMILY))

    assert (refused.code, refused.out) == (1, "")
    assert "no snapshot of `2024H2` in this workspace [E301]" in refused.err


def test_a_release_that_was_altered_is_not_shown(cci, released):
    path = released / "releases/2025H1/r1/indices.csv"
    path.write_bytes(path.read_bytes().replace(b"1250", b"1251"))

    refused = cci("series", workspace=released)

    assert (refused.code, refused.out) == (1, "")
    assert "[E303]" in refused.err


def test_a_release_on_another_base_is_not_shown(cci, released):
    settings = released / "config/cci.toml"
    settings.write_text(settings.read_text().replace("base_level = 1000", "base_level = 100"))

    refused = cci("series", "--to", "2025H1", workspace=released)

    assert (refused.code, refused.out) == (1, "")
    assert "[E408]" in refused.err


def test_a_stray_file_among_the_releases_stops_it(cci, released):
    (released / "releases/2025H1/r1/notes.txt").write_text("stray", encoding="utf-8")
    (released / "releases/copy").mkdir()

    refused = cci("series", "--to", "2025H1", workspace=released)

    assert (refused.code, refused.out) == (1, "")
    assert "`releases/copy`" in refused.err.replace(f"{released}/", "")


# forms


def test_the_document_has_exact_values_and_all_they_rest_on(series):
    document = json.loads(series("--format", "json", "--index", "N", "--lang", "en"))

    assert document["measure"] == "level"
    assert (document["unit"], document["exact_unit"]) == ("points", "points")
    assert document["base"] == {"period": "2024H2", "level": 1000}
    assert document["periods"][1:] == [
        {"period": "2025H1", "as_of": "2025-06-30", "publication": "official", "release": "r1"},
        {
            "period": "2025H2",
            "as_of": "2025-12-31",
            "publication": "provisional",
            "release": None,
        },
    ]
    assert document["series"] == [
        {
            "code": "N",
            "series": "Overall index",
            "name": "N index in English",
            "values": {"2024H2": 1000.00, "2025H1": 1250.00, "2025H2": 2083.33},
            "exact": {"2024H2": "1000/1", "2025H1": "1250/1", "2025H2": "6250/3"},
            "status": {"2024H2": "base", "2025H1": "chained", "2025H2": "chained"},
        }
    ]
    provenance = document["provenance"]
    assert {name: item["release"] for name, item in provenance["releases"].items()} == {
        "2024H2": "r1",
        "2025H1": "r1",
    }
    assert {name: item["revision"] for name, item in provenance["snapshots"].items()} == {
        "2025H1": "r2",
        "2025H2": "r1",
    }


def test_sdmx_csv_to_the_letter(series):
    text = series("--index", "H", "--index", "Z", "--format", "sdmx-csv")

    assert text == (
        "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,INDEX,MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS,"
        "UNIT_MEASURE,DECIMALS,BASE_PER,CHAIN_STATUS,RELEASE\n"
        "dataflow,CCI:CCI_IC(1.0),I,S,H,LEVEL,2024-S2,750.00,A,IX,2,2024-S2,base,r1\n"
        "dataflow,CCI:CCI_IC(1.0),I,S,H,LEVEL,2025-S1,750.00,A,IX,2,2024-S2,chained,r1\n"
        "dataflow,CCI:CCI_IC(1.0),I,S,H,LEVEL,2025-S2,2000.00,B,IX,2,2024-S2,break,\n"
        "dataflow,CCI:CCI_IC(1.0),I,S,Z,LEVEL,2024-S2,0.00,A,IX,2,2024-S2,base,r1\n"
        "dataflow,CCI:CCI_IC(1.0),I,S,Z,LEVEL,2025-S1,0.00,A,IX,2,2024-S2,chained,r1\n"
        "dataflow,CCI:CCI_IC(1.0),I,S,Z,LEVEL,2025-S2,1041.67,B,IX,2,2024-S2,reseeded,\n"
    )


def test_sdmx_csv_of_growth_and_supply(series):
    growth = read(series("--index", "N", "--measure", "growth", "--format", "sdmx-csv"))
    supply = read(series("--index", "N", "--measure", "supply", "--format", "sdmx-csv"))

    assert [row["OBS_VALUE"] for row in growth] == ["", "25.00", "66.67"]
    # growth at the base cannot exist
    assert [row["OBS_STATUS"] for row in growth] == ["M", "A", "P"]
    assert {(row["MEASURE"], row["UNIT_MEASURE"], row["DECIMALS"]) for row in growth} == {
        ("GROWTH", "PT", "2")
    }
    assert [row["OBS_VALUE"] for row in supply] == ["35040", "43800", "87600"]
    assert {(row["MEASURE"], row["UNIT_MEASURE"], row["DECIMALS"]) for row in supply} == {
        ("SUPPLY", "CARD_HOURS", "0")
    }


def test_sdmx_csv_goes_into_a_file_of_any_name(series, cci, released, tmp_path):
    out = tmp_path / "series.txt"

    run = cci("series", "--format", "sdmx-csv", "--output", out, workspace=released)

    assert (run.code, run.out) == (0, "")
    assert out.read_text(encoding="utf-8") == series("--format", "sdmx-csv")


def test_parquet_has_decimals_with_their_places(cci, released, tmp_path):
    out = tmp_path / "series.parquet"

    assert cci("series", "--output", out, "--quiet", workspace=released).code == 0

    frame = pl.read_parquet(out)
    assert frame.schema["level"] == pl.Decimal(38, 2)
    assert frame.filter(pl.col("code") == "N")["level"].cast(pl.String).to_list() == [
        "1000.00",
        "1250.00",
        "2083.33",
    ]
    assert cci("series", "--measure", "supply", "--output", out, workspace=released).code == 0
    assert pl.read_parquet(out).schema["supply_card_hours"] == pl.Int64


def test_the_table_marks_what_is_not_simply_chained(series):
    """Bars: 64 eighths for 5/3; 2/3 is 64 × 2/5 = 25.6, so 26 eighths; 1/3 is 12.8, 2 cells."""
    lines = series().splitlines()

    assert lines[0] == "指数点位  2024H2 – 2025H2"
    assert lines[2].split() == ["2024H2", "2025H1", "2025H2", "2025H2"]
    assert lines[3].split() == ["指数名称", "已发布", "已发布", "试算", "走势", "增长率"]
    rows = {line.split()[0]: line.split()[2:] for line in lines if " index " in line}
    assert rows == {
        "N": ["1000.00", "1250.00", "2083.33", "▁▃█", "+66.67%", "███▎"],
        "R": ["250.00", "500.00", "333.33", "▁█▃", "-33.33%", "░░"],
        "H": ["750.00", "750.00", "2000.00", "b", "▁▁█", "+166.67%", "████████"],
        "Z": ["0.00", "0.00", "1041.67", "r", "▁▁█", "—"],
    }
    assert "b 范围调整；r 重新起算" in lines
    assert (
        "H index自2025年12月31日起样本范围由 b 调整为 b、c；增长率按调整后的范围两期同口径计算。"
        in lines
    )
    assert lines[-1].startswith(
        "发布 releases/2024H2/r1、releases/2025H1/r1；快照 2025H1@r2、2025H2@r1；编制方法 test；"
    )


def test_marks_and_notes_are_of_what_is_shown_alone(series):
    text = series("--index", "R", "--to", "2025H1", "--lang", "en")

    assert "break" not in text
    assert "reseeded" not in text
    assert "Releases releases/2024H2/r1, releases/2025H1/r1; methodology test;" in text


def test_the_long_table_names_each_status(series):
    lines = series("--layout", "long", "--index", "Z").splitlines()

    rows = [line.split() for line in lines if " index " in line]
    assert rows == [
        ["Z", "index", "2024H2", "0.00", "基期", "已发布"],
        ["Z", "index", "2025H1", "0.00", "链接", "已发布"],
        ["Z", "index", "2025H2", "1041.67", "重新起算", "试算"],
    ]


def test_one_period_has_no_trend(series):
    text = series("--from", "2025H1", "--to", "2025H1")

    assert text.startswith("指数点位  2025H1\n")
    assert "走势" not in text


def test_supply_is_grouped_by_thousands_in_a_table_alone(series):
    assert re.search(r"N index +35,040 +43,800 +87,600 ", series("--measure", "supply"))


def test_growth_stands_beside_levels_and_supply_alone(series):
    assert "增长率\n" not in series("--measure", "share")
    assert "+66.67%" in series("--measure", "supply")
    assert "+66.67%" not in series("--measure", "comparable")


def test_sdmx_csv_is_long(cci, released):
    refused = cci("series", "--format", "sdmx-csv", "--layout", "wide", workspace=released)

    assert (refused.code, refused.out) == (2, "")
    assert "`layout` cannot be `wide`" in refused.err


def test_supply_is_a_whole_number_also_where_it_is_long(make_workspace, cci, tmp_path):
    """9 × 10^18 cards are more card-hours than 64 bits hold: 78,840 × 10^18."""
    root = make_workspace(["a"], index_toml("N", "national", ["a"]))
    store(root, "2024H2", cards(a=9 * 10**18))
    frames = {}
    for layout in ("long", "wide"):
        out = tmp_path / f"{layout}.parquet"
        run = cci(
            *("series", "--measure", "supply", "--layout", layout, "--output", out), workspace=root
        )
        assert run.code == 0, run.err
        frames[layout] = pl.read_parquet(out)
    book = tmp_path / "out.xlsx"
    assert cci("series", "--measure", "supply", "--output", book, workspace=root).code == 0

    assert frames["long"]["supply_card_hours"].to_list() == [78840 * 10**18]
    assert frames["wide"]["2024H2"].to_list() == [78840 * 10**18]
    assert openpyxl.load_workbook(book).active["E2"].value == f"{78840 * 10**18}"
