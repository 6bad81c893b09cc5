"""What lies under config/ and snapshots/ is sound, and is what the scripts make."""

import csv
from decimal import Decimal
from pathlib import Path

import make_snapshots
import pytest
from conftest import REPOSITORY
from node_survey import PERIODS

from cci_cli.config import read_config
from cci_cli.definitions import fold_name

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def config():
    return read_config(REPOSITORY)


def test_indices_are_those_of_table_1(config):
    with (DATA / "table1.csv").open(encoding="utf-8", newline="") as file:
        published = [tuple(row) for row in csv.reader(file)][1:]

    actual = [
        (
            index.series,
            index.code,
            index.name,
            "全国 31 省份" if index.kind == "national" else "、".join(index.provinces),
        )
        for index in config.indices
    ]

    assert actual == published
    assert set(config.indices[0].provinces) == set(config.province_names)


def test_regions_divide_up_the_31_provinces_as_provinces_csv_says(config):
    by_region = {
        index.name.removesuffix("智能算力供算量指数"): set(index.provinces)
        for index in config.indices
        if index.kind == "region"
    }
    named = {region: set() for region in by_region}
    for province in config.provinces:
        named[province.region].add(province.name)

    assert len(config.provinces) == 31
    assert by_region == named


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("内蒙古自治区", "内蒙古"),
        ("内蒙", "内蒙古"),
        ("Inner Mongolia", "内蒙古"),
        ("inner-mongolia", "内蒙古"),
        ("150000", "内蒙古"),
        ("陕西省", "陕西"),
        ("Shaanxi", "陕西"),
        ("Shanxi", "山西"),
        ("粤", "广东"),
        ("CN-XZ", "西藏"),
    ],
)
def test_provinces_go_by_every_name_people_write(config, spelling, name):
    assert config.province_spellings[fold_name(spelling)] == name


def test_the_catalogue_has_125_models_with_a_source_each(config):
    assert len(config.models) == 125
    assert all(card.source for card in config.models)


def test_the_standard_card_is_the_h100_at_1979_tflops(config):
    (h100,) = [card for card in config.models if card.model == "NVIDIA H100 SXM"]

    assert h100.fp16_tflops == config.methodology.standard_card_tflops == Decimal(1979)
    assert config.coefficients[h100.model] == 1


@pytest.mark.parametrize(
    "model",
    [
        "NVIDIA A16",
        "NVIDIA A2",
        "NVIDIA RTX 5090 D",
        "NVIDIA RTX 5880 Ada",
        "Huawei Atlas 300T Pro",
        "Moore Threads MTT S3000",
        "Moore Threads MTT S2000",
    ],
)
def test_a_recalled_figure_says_so(config, model):
    (card,) = [card for card in config.models if card.model == model]

    assert "recalled, not found in a source" in card.note


@pytest.mark.parametrize("period", PERIODS)
def test_stored_snapshot_is_valid(cci, period):
    run = cci("validate", period, workspace=REPOSITORY)

    assert run.code == 0
    assert f"({period}@r1): valid" in run.out


def test_snapshots_are_made_again_byte_for_byte(tmp_path, capsys):
    (tmp_path / "config").symlink_to(REPOSITORY / "config")
    make_snapshots.main([str(tmp_path)])

    assert "2025H1@r1: written" in capsys.readouterr().out
    made = {
        path.relative_to(tmp_path): path.read_bytes()
        for path in (tmp_path / "snapshots").rglob("*.*")
    }
    committed = {
        path.relative_to(REPOSITORY): path.read_bytes()
        for path in (REPOSITORY / "snapshots").rglob("*.*")
    }
    assert made == committed
    assert len(made) == 4


def test_the_script_refuses_to_write_what_misses_a_published_figure(config):
    cards = {card.model: card.fp16_tflops for card in config.models}
    rows = make_snapshots.build_nodes(cards)
    # one card more in the nation's first row of the new survey
    first = rows["2025H1"][0]
    rows["2025H1"][0] = first._replace(cards=first.cards + 1)

    with pytest.raises(ValueError, match="TFLOPS, not 788000199"):
        make_snapshots.check_published_figures(rows, cards)


def test_no_card_is_in_service_before_its_model_was_released(config):
    released = {card.model: card.released for card in config.models if card.released}
    for period in PERIODS:
        path = REPOSITORY / "snapshots" / period / "r1" / "nodes.csv"
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["in_service_since"] and row["model"] in released:
                    assert int(row["in_service_since"][:4]) >= released[row["model"]], row


def test_growth_has_causes_one_can_find():
    rows = {}
    for period in PERIODS:
        path = REPOSITORY / "snapshots" / period / "r1" / "nodes.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows[period] = {(row["node_id"], row["model"]): row for row in csv.DictReader(file)}
    old, new = rows.values()
    both = [(old[key], new[key]) for key in old.keys() & new.keys()]
    changes = {(a["status"], b["status"]) for a, b in both if a["status"] != b["status"]}
    late = [
        row
        for row in new.values()
        if row["node_id"] not in {node for node, _ in old}
        and "" < row["in_service_since"] <= "2024-12-31"
    ]

    assert ("under_construction", "in_service") in changes
    assert ("in_service", "retired") in changes
    assert ("in_service", "suspended") in changes
    assert any(int(b["cards"]) > int(a["cards"]) for a, b in both)
    assert {row["province"] for row in late} == {"浙江", "湖北"}
    # the second period grows out of the first: no node is lost, and none moves
    assert {node for node, _ in old} <= {node for node, _ in new}
    assert all(a["province"] == b["province"] for a, b in both)
