"""`cci publish`: levels frozen as a release, restated only with a reason."""

import csv
import hashlib
import json
import shutil
from pathlib import Path

import pytest
from conftest import REPOSITORY, index_toml, store

FAMILY = (
    index_toml("N", "national", ["a", "b"])
    + index_toml("R", "region", ["a"])
    + index_toml("S", "region", ["b"])
)
EPOCH = "1766534400"  # 2025-12-24T00:00:00Z
LEVELS = {"N": "1000.00", "R": "250.00", "S": "750.00"}


def cards(**counts):
    """One node per province: ``cards(a=3, b=0)``."""
    return [(f"node {province}", province, "M", count) for province, count in counts.items()]


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.setenv("LOGNAME", "liwei")


@pytest.fixture
def workspace(make_workspace):
    """a 1, 2, 4; b 3, 3, 3: R 250, 500, 1000; S 750; N 1000, 1250, 1750."""
    return make_workspace(
        ["a", "b"],
        FAMILY,
        {"2024H2": cards(a=1, b=3), "2025H1": cards(a=2, b=3), "2025H2": cards(a=4, b=3)},
    )


@pytest.fixture
def publish(cci, workspace):
    def run(period, *options):
        outcome = cci("publish", period, *options, workspace=workspace)
        assert outcome.out == ""
        return outcome

    return run


def tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too, and every folder."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else b"folder"
        for path in root.rglob("*")
    }


def read_release(workspace: Path, name: str) -> tuple[dict, dict[str, dict[str, str]]]:
    """The descriptor of a release and its rows by code."""
    folder = workspace / "releases" / name
    with (folder / "indices.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    return json.loads((folder / "datapackage.json").read_bytes()), rows


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# what a release holds


def test_a_release_holds_the_figures_of_compute_and_the_exact_levels(publish, workspace):
    """R: 250 × 2/1 = 500; N: 1000 × 5/4 = 1250; share 2/5, contribution 1/4, all the increment.

    Standard cards 2, supply 2 × 8760 = 17520 after 1 × 8760 = 8760. Comparable
    level 1250 × 2/5 = 500.
    """
    first, second = publish("2024H2"), publish("2025H1")

    digests = [sha256(workspace / f"releases/{p}/r1/indices.csv") for p in ("2024H2", "2025H1")]
    assert first.err == f"published releases/2024H2/r1: 3 levels, exact, {digests[0]}\n"
    assert second.err == f"published releases/2025H1/r1: 3 levels, exact, {digests[1]}\n"
    _, rows = read_release(workspace, "2025H1/r1")
    assert list(rows) == ["N", "R", "S"]
    assert rows["R"] == {
        "code": "R",
        "kind": "region",
        "series": "region series",
        "name": "R index",
        "name_en": "R index in English",
        "status": "chained",
        "previous_level": "250.00",
        "previous_level_exact": "250/1",
        "level": "500.00",
        "level_exact": "500/1",
        "comparable_level": "500.00",
        "growth_pct": "100.00",
        "share_pct": "40.00",
        "contribution_pp": "25.00",
        "increment_share_pct": "100.00",
        "standard_cards": "2.00",
        "standard_cards_exact": "2/1",
        "supply_card_hours": "17520",
        "supply_exact": "17520/1",
        "previous_supply_exact": "8760/1",
        "provinces": "a",
    }
    assert [row["provinces"] for row in rows.values()] == ["a|b", "a", "b"]
    _, base = read_release(workspace, "2024H2/r1")
    nulls = ("previous_level", "previous_level_exact", "growth_pct", "contribution_pp")
    assert [base["R"][name] for name in (*nulls, "increment_share_pct")] == [""] * 5
    assert (base["R"]["status"], base["R"]["level_exact"]) == ("base", "250/1")


def test_the_data_package_names_all_that_the_levels_were_made_from(publish, workspace):
    publish("2024H2")
    publish("2025H1", "--note", "first release", "--by", "Wang")

    document, _ = read_release(workspace, "2025H1/r1")
    expected = {
        "period": "2025H1",
        "as_of": "2025-06-30",
        "release": "r1",
        "created": "2025-12-24T00:00:00+00:00",
        "by": "Wang",
        "note": "first release",
        "restates": None,
        "demonstration": False,
        "transcribed_decimals": None,
        "rests_on_print": None,
        "base": {"period": "2024H2", "level": "1000"},
        "sources": [],
    }
    assert {key: document[key] for key in expected} == expected
    provenance = document["provenance"]
    for period in ("2024H2", "2025H1"):
        nodes = workspace / f"snapshots/{period}/r1/nodes.csv"
        assert provenance["snapshots"][period] == {"revision": "r1", "sha256": sha256(nodes)}
    start = workspace / "releases/2024H2/r1/indices.csv"
    assert provenance["releases"]["2024H2"]["release"] == "r1"
    assert provenance["releases"]["2024H2"]["sha256"] == sha256(start)
    names = ["cci.toml", "provinces.csv", "indices.toml", "cards.csv"]
    assert provenance["config"] == {name: sha256(workspace / "config" / name) for name in names}
    assert provenance["methodology"] == "test"
    recorded = {item["path"]: item["hash"] for item in document["resources"]}
    folder = workspace / "releases/2025H1/r1"
    assert recorded == {
        path: f"sha256:{sha256(folder / path)}"
        for path in ("indices.csv", *(f"config/{name}" for name in names))
    }
    for name in names:
        assert (folder / "config" / name).read_bytes() == (workspace / "config" / name).read_bytes()


def test_the_same_data_give_the_same_release_to_the_byte(publish, workspace, make_workspace, cci):
    twin = make_workspace(
        ["a", "b"],
        FAMILY,
        {"2024H2": cards(b=3, a=1), "2025H1": cards(b=3, a=2)},
        name="twin",
    )
    for period in ("2024H2", "2025H1"):
        publish(period)
        assert cci("publish", period, workspace=twin).code == 0

    assert tree(twin / "releases") == tree(workspace / "releases")


def test_a_release_of_demonstration_data_says_so(cci, tmp_path):
    for folder in ("config", "snapshots"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    assert cci("publish", "2024H2", workspace=tmp_path).code == 0

    assert read_release(tmp_path, "2024H2/r1")[0]["demonstration"] is True


# who and when


@pytest.mark.parametrize(
    "garbage", ["yesterday", "1.5", "-", "1_0", " 5", "-5", "１", "1" * 30], ids=str
)
def test_a_time_that_is_none_is_refused(publish, workspace, monkeypatch, garbage):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", garbage)
    before = tree(workspace)
    refused = publish("2024H2")

    assert refused.code == 2
    assert f"SOURCE_DATE_EPOCH `{garbage}` is not a number of seconds" in refused.err
    assert "[E109]" in refused.err
    assert tree(workspace) == before


def test_without_a_fixed_time_the_clock_is_recorded_in_utc(publish, workspace, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    publish("2024H2")

    created = read_release(workspace, "2024H2/r1")[0]["created"]
    assert created.endswith("+00:00")
    assert created > "2026"


def test_the_login_name_is_recorded_unless_another_is_given(publish, workspace):
    publish("2024H2")
    publish("2025H1", "--by", "王")

    assert read_release(workspace, "2024H2/r1")[0]["by"] == "liwei"
    assert read_release(workspace, "2025H1/r1")[0]["by"] == "王"


def test_without_a_login_name_somebody_must_be_named(publish, workspace, monkeypatch):
    def nobody(_):
        raise KeyError

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", nobody)
    before = tree(workspace)

    refused = publish("2024H2")
    assert (refused.code, tree(workspace)) == (2, before)
    assert "nobody knows who publishes" in refused.err
    assert "[E110]" in refused.err
    assert "hint: give --by NAME" in refused.err
    assert publish("2024H2", "--by", "Wang").code == 0


def test_quiet_says_nothing_but_errors(publish, workspace):
    assert publish("2024H2", "--quiet").err == ""
    assert publish("2024H2", "--quiet").err == ""
    store(workspace, "2024H2", cards(a=2, b=2))
    assert "[E407]" in publish("2024H2", "--quiet").err
    assert publish("2024H2", "--quiet", "--restate", "why").err == ""
    assert (workspace / "releases/2024H2/r2").is_dir()


# order


def test_the_period_before_must_be_released(publish, workspace):
    before = tree(workspace / "snapshots")
    refused = publish("2025H1")

    assert refused.code == 1
    assert refused.err.startswith(
        "error: `2025H1` is chained from 2024H2, which is not released [E406]\n"
        "hint: release 2024H2 first;"
    )
    publish("2024H2")
    refused = publish("2025H2")
    assert (refused.code, "from 2025H1, which is not released [E406]" in refused.err) == (1, True)
    assert sorted(path.name for path in (workspace / "releases").iterdir()) == ["2024H2"]
    assert tree(workspace / "snapshots") == before


def test_there_are_no_levels_before_the_base(publish, workspace, tmp_path):
    table = write_table(tmp_path, ["2024年6月30日"], {code: [v] for code, v in LEVELS.items()})
    for options in ([], ["--from-table", table]):
        refused = publish("2024H1", *options)
        assert refused.code == 1
        assert "2024H1 lies before the base period 2024H2" in refused.err
        assert "[E401]" in refused.err
    assert not list((workspace / "releases").iterdir())


@pytest.mark.parametrize("period", ["2025H3", "2025H1@r1", "soon"])
def test_a_release_is_of_a_half_year(publish, period):
    refused = publish(period)

    assert (refused.code, f"`{period}` is not a period [E101]" in refused.err) == (2, True)


def test_a_date_means_its_half_year(publish, workspace):
    assert publish("2024-12-31").code == 0

    assert (workspace / "releases/2024H2/r1").is_dir()


def test_a_period_without_a_snapshot_is_not_released(publish, workspace):
    for period in ("2024H2", "2025H1", "2025H2"):
        publish(period)
    refused = publish("2026H1")

    assert (refused.code, "no snapshot of `2026H1`" in refused.err) == (1, True)
    assert not (workspace / "releases/2026H1").exists()


# once more


def test_the_same_figures_again_change_nothing_and_say_so(publish, workspace):
    publish("2024H2")
    # words are no figures, nor is a node that is not in service
    store(workspace, "2024H2", [*cards(a=1, b=3), ("n", "a", "M", 5, "retired")])
    before = tree(workspace)

    again = publish("2024H2", "--by", "another", "--note", "again")

    assert (again.code, again.err) == (
        0,
        "unchanged: releases/2024H2/r1 has these figures already\n",
    )
    assert tree(workspace) == before


def test_other_figures_are_refused_without_a_reason(publish, workspace):
    """a 1 → 2: N has 5 × 8760, R 1000 × 2/5 = 400, S 600: all three differ."""
    publish("2024H2")
    store(workspace, "2024H2", cards(a=2, b=3))
    before = tree(workspace)

    refused = publish("2024H2")

    assert refused.code == 1
    assert refused.err == (
        "error: `releases/2024H2/r1` has other figures for 3 of the indices (N, R, S) [E407]\n"
        "hint: a release never changes: `cci publish 2024H2 --restate REASON` makes the next one "
        "and keeps this one\n"
    )
    assert tree(workspace) == before


def test_the_codes_of_what_differs_are_told_and_no_others(publish, workspace):
    """2025H1: b 3 → 6. S 750 × 6/3 = 1500, N 1000 × 8/4 = 2000; R keeps 500, its share not."""
    publish("2024H2")
    publish("2025H1")
    lines = (workspace / "config/indices.toml").read_text(encoding="utf-8")
    changed = lines.replace(index_toml("S", "region", ["b"]), "")
    (workspace / "config/indices.toml").write_text(changed, encoding="utf-8")

    # S is gone, N and R are as they were
    assert "has other figures for 1 of the indices (S) [E407]" in publish("2025H1").err


def test_an_index_defined_since_is_another_figure(publish, workspace):
    publish("2024H2")
    path = workspace / "config/indices.toml"
    path.write_text(path.read_text("utf-8") + index_toml("T", "hub", ["b"]), encoding="utf-8")

    assert "has other figures for 1 of the indices (T) [E407]" in publish("2024H2").err


def test_a_table_is_not_put_on_a_release_of_another_base(publish, take_over, workspace):
    publish("2024H2")
    path = workspace / "config/cci.toml"
    path.write_text(path.read_text("utf-8").replace("base_level = 1000", "base_level = 100"))

    refused = take_over(lines_of(), "2025H1")
    assert (refused.code, "[E408]" in refused.err) == (1, True)


def test_a_figure_too_small_to_print_is_another_figure(make_workspace, cci):
    """R 1000 × 1/4000001 and 1000 × 1/4000002 both print 0.00."""
    workspace = make_workspace(["a", "b"], FAMILY, {"2024H2": cards(a=1, b=4_000_000)})
    assert cci("publish", "2024H2", workspace=workspace).code == 0
    store(workspace, "2024H2", cards(a=1, b=4_000_001))

    assert (
        "other figures for 3 of the indices (N, R, S) [E407]"
        in cci("publish", "2024H2", workspace=workspace).err
    )


def test_a_new_name_of_an_index_is_no_new_figure(publish, workspace):
    publish("2024H2")
    path = workspace / "config/indices.toml"
    path.write_text(path.read_text("utf-8").replace("R index", "Renamed"), encoding="utf-8")

    assert publish("2024H2").err.startswith("unchanged: releases/2024H2/r1")


# restatements


def test_a_restatement_is_the_next_release_and_keeps_the_first(publish, workspace):
    """a 1 → 2, b 3: R 1000 × 2/5 = 400."""
    publish("2024H2")
    first = tree(workspace / "releases/2024H2/r1")
    store(workspace, "2024H2", cards(a=2, b=3))

    restated = publish("2024H2", "--restate", "a node was missed", "--note", "second")

    digest = sha256(workspace / "releases/2024H2/r2/indices.csv")
    assert (restated.code, restated.err) == (
        0,
        "replaces releases/2024H2/r1, which is kept; other figures: 3 of the indices (N, R, S)\n"
        f"published releases/2024H2/r2: 3 levels, exact, {digest}\n",
    )
    assert tree(workspace / "releases/2024H2/r1") == first
    document, rows = read_release(workspace, "2024H2/r2")
    assert document["restates"] == {"release": "r1", "reason": "a node was missed"}
    assert (document["release"], document["note"]) == ("r2", "second")
    assert document["name"].endswith("r2")
    assert rows["R"]["level_exact"] == "400/1"
    assert publish("2024H2").err.startswith("unchanged: releases/2024H2/r2 has these figures")


def test_figures_go_back_by_a_third_release_not_by_the_first(publish, workspace):
    publish("2024H2")
    store(workspace, "2024H2", cards(a=2, b=3))
    publish("2024H2", "--restate", "found")
    store(workspace, "2024H2", cards(a=1, b=3))

    assert "releases/2024H2/r2` has other figures" in publish("2024H2").err
    publish("2024H2", "--restate", "not found after all")

    first, third = (workspace / f"releases/2024H2/{name}/indices.csv" for name in ("r1", "r3"))
    assert first.read_bytes() == third.read_bytes()
    assert read_release(workspace, "2024H2/r3")[0]["restates"]["release"] == "r2"


def test_later_releases_that_rest_on_replaced_levels_are_named_directly_and_through_others(
    publish, workspace
):
    for period in ("2024H2", "2025H1", "2025H2"):
        publish(period)
    store(workspace, "2024H2", cards(a=2, b=3))

    first = publish("2024H2", "--restate", "found")
    second = publish("2025H1", "--restate", "2024H2 was restated")
    third = publish("2025H2", "--restate", "2025H1 was restated")

    stands = "was chained from the replaced levels and stands on them until restated"
    assert [line for line in first.err.splitlines() if "stands" in line] == [
        f"releases/2025H1/r1 {stands}",
        f"releases/2025H2/r1 {stands}",
    ]
    assert [line for line in second.err.splitlines() if "stands" in line] == [
        f"releases/2025H2/r1 {stands}"
    ]
    assert "stands" not in third.err


def test_there_must_be_something_to_restate(publish, workspace):
    refused = publish("2024H2", "--restate", "why")

    assert refused.code == 1
    assert refused.err == (
        "error: `2024H2` is not released: there is nothing to restate [E410]\n"
        "hint: leave --restate out: this is its first release\n"
    )
    assert not list((workspace / "releases").iterdir())


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_restatement_needs_a_reason(publish, workspace, reason):
    publish("2024H2")
    store(workspace, "2024H2", cards(a=2, b=3))
    before = tree(workspace)

    refused = publish("2024H2", "--restate", reason)

    assert (refused.code, tree(workspace)) == (2, before)
    assert refused.err.startswith("error: a restatement needs a reason [E111]\n")


def test_a_restatement_that_changes_nothing_is_none(publish, workspace):
    publish("2024H2")
    before = tree(workspace)

    again = publish("2024H2", "--restate", "to be sure")

    assert (again.code, tree(workspace)) == (0, before)
    assert again.err == "unchanged: releases/2024H2/r1 has these figures already\n"


def test_a_restatement_finds_damage_before_it_writes(publish, workspace):
    """A later release that was tampered with: nothing is stored, the damage is named."""
    for period in ("2024H2", "2025H1"):
        publish(period)
    store(workspace, "2024H2", cards(a=2, b=3))
    later = workspace / "releases/2025H1/r1/indices.csv"
    later.write_bytes(later.read_bytes().replace(b"500.00", b"501.00"))
    before = tree(workspace)

    refused = publish("2024H2", "--restate", "found")

    assert (refused.code, "[E303]" in refused.err) == (1, True)
    assert "releases/2025H1/r1/indices.csv" in refused.err
    assert tree(workspace) == before


def test_a_missing_release_in_the_row_stops_publishing(publish, workspace, tmp_path):
    publish("2024H2")
    store(workspace, "2024H2", cards(a=2, b=3))
    publish("2024H2", "--restate", "found")
    shutil.rmtree(workspace / "releases/2024H2/r1")
    table = tmp_path / "table2.csv"
    table.write_text("指数名称,2025年6月30日\nN index,1.00\nR index,1.00\nS index,1.00\n", "utf-8")

    for options in ([], ["--from-table", table]):
        refused = publish("2025H1", *options)
        assert (refused.code, "[E308]" in refused.err) == (1, True)
        assert not (workspace / "releases/2025H1").exists()


# levels taken from a published table


def write_table(
    folder: Path, days: list[str], levels: dict[str, list[str]], name: str = "table2.csv"
) -> Path:
    """A table as published: ``write_table(folder, ["2024年12月31日"], {"N": ["1000.00"]})``."""
    lines = [",".join(["系列", "指数名称", *days])]
    lines += [",".join(["s", f"{code} index", *values]) for code, values in levels.items()]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


TWO_DAYS = ["2024年12月31日(上一期)", "2025年6月30日(最新)"]
BOTH = {"N": ["1000.00", "1250.00"], "R": ["250.00", "500.00"], "S": ["750.00", "750.00"]}


@pytest.fixture
def take_over(publish, tmp_path):
    """Publish a period from a table given as its text or bytes."""

    def run(content: str | bytes, period: str, *options: str):
        path = tmp_path / "table2.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return publish(period, "--from-table", path, *options)

    return run


def text_of(days, levels) -> str:
    lines = [",".join(["系列", "指数名称", *days])]
    return "\n".join(lines + [f"s,{c} index,{','.join(v)}" for c, v in levels.items()]) + "\n"


def test_levels_are_taken_over_with_their_decimals_and_nothing_else_is_claimed(
    take_over, workspace
):
    content = text_of(TWO_DAYS, BOTH)
    said = take_over(content, "2024H2", "--note", "printed 24 December 2025")

    digest = sha256(workspace / "releases/2024H2/r1/indices.csv")
    assert (said.code, said.err) == (
        0,
        f"published releases/2024H2/r1: 3 levels, transcribed, 2 decimals, {digest}\n",
    )
    document, rows = read_release(workspace, "2024H2/r1")
    assert {code: (row["level"], row["level_exact"]) for code, row in rows.items()} == {
        "N": ("1000.00", "1000/1"),
        "R": ("250.00", "250/1"),
        "S": ("750.00", "750/1"),
    }
    assert {code: (row["kind"], row["name"]) for code, row in rows.items()} == {
        "N": ("national", "N index"),
        "R": ("region", "R index"),
        "S": ("region", "S index"),
    }
    assert {code: row["provinces"] for code, row in rows.items()} == {
        "N": "a|b",
        "R": "a",
        "S": "b",
    }
    unknown = ("status", "previous_level", "growth_pct", "share_pct", "supply_exact")
    assert {rows["R"][name] for name in unknown} == {""}
    assert (document["transcribed_decimals"], document["note"]) == (2, "printed 24 December 2025")
    assert document["provenance"]["snapshots"] == {}
    assert document["provenance"]["releases"] == {}
    raw = hashlib.sha256(content.encode()).hexdigest()
    assert document["sources"] == [
        {"title": "table2.csv", "path": "table.csv", "hash": f"sha256:{raw}"}
    ]
    recorded = {item["path"]: item["hash"] for item in document["resources"]}
    assert recorded["table.csv"] == f"sha256:{raw}"
    assert (workspace / "releases/2024H2/r1/table.csv").read_bytes() == content.encode()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeff" + text_of(TWO_DAYS, BOTH).replace("\n", "\r\n"), id="BOM, CR LF"),
        pytest.param(
            "2025年6月30日,指数名称\n500.00,R index\n1250.00,N index\n750.00,S index",
            id="other order of rows and columns",
        ),
        pytest.param(
            '"指数名称","2025年06月30日（最新）"\n"N index","1250.00"\n"R index",500.00\n'
            "S index,750.00\n",
            id="quotes, other ways to write the day",
        ),
        pytest.param(
            "指数名称,2025年6月30日\n n  INDEX , 1250.00 \nＲ index,500.00\nS index,750.00\n",
            id="space, case and width of names",
        ),
        pytest.param(text_of(TWO_DAYS, BOTH).encode("gb18030"), id="GB18030"),
        pytest.param(
            text_of(TWO_DAYS, BOTH | {"S": ["—", "750.00"]}), id="no level in the period before"
        ),
    ],
)
def test_what_may_differ_in_a_table(publish, take_over, workspace, content):
    publish("2024H2")

    assert take_over(content, "2025H1").code == 0
    _, rows = read_release(workspace, "2025H1/r1")
    assert {code: row["level"] for code, row in rows.items()} == {
        "N": "1250.00",
        "R": "500.00",
        "S": "750.00",
    }


def test_every_problem_of_a_table_is_told_at_once_with_its_place(publish, take_over, workspace):
    publish("2024H2")
    before = tree(workspace)
    refused = take_over(
        "系列,指数名称,2024年12月31日(上一期),2025年6月30日(最新)\n"
        "s,R index,251.00,500.0\n"
        "s,N indx,1000.00,1250.00\n"
        "s,R index,250.00,500.00\n"
        "s,S index,750.00\n"
        "s,elsewhere,750.00,\n",
        "2025H1",
    )

    assert refused.code == 1
    errors = refused.err.splitlines()
    assert errors[0].endswith("table2.csv` has 6 problems [E305]")
    told = "\n".join(errors[1:])
    for place, what in [
        (":2: 2025年6月30日(最新) `500.0`", "not a level as printed [E353]"),
        (":2: 2024年12月31日(上一期) `251.00`", "releases/2024H2/r1 has 250.00 [E355]"),
        (":3: 指数名称 `N indx`", "not an index of the config [E351]"),
        (":4: 指数名称 `R index`", "index stands on line 2 already [E352]"),
        (":5:", "row has 3 fields, the header has 4 fields [E317]"),
        (":6: 指数名称 `elsewhere`", "not an index of the config [E351]"),
    ]:
        assert any(place in line and what in line for line in errors), (place, what, told)
    # the row that cannot be told apart into fields may be that of any index
    assert "[E354]" not in told
    assert "did you mean `N index`?" in told
    assert "expected a level with 2 decimals such as 1000.00" in told
    assert tree(workspace) == before


@pytest.fixture
def printed(make_workspace, cci, tmp_path):
    """A workspace with the levels of 2024H2 from print and no snapshot."""
    root = make_workspace(["a", "b"], FAMILY, name="printed")
    table = write_table(tmp_path, ["2024年12月31日"], {c: [v] for c, v in LEVELS.items()})
    assert cci("publish", "2024H2", "--from-table", table, workspace=root).code == 0
    return root


LINES = {
    "N": "s,N index,1000.00,1250.00",
    "R": "s,R index,250.00,500.00",
    "S": "s,S index,750.00,750.00",
}
HEADER = "系列,指数名称,2024年12月31日(上一期),2025年6月30日(最新)"


def lines_of(header: str = HEADER, **changes: str | None) -> str:
    """A sound table of 2025H1 with some lines changed, or left out."""
    lines = [line for line in ({**LINES, **changes}).values() if line is not None]
    return "\n".join([header, *lines]) + "\n"


@pytest.mark.parametrize(
    ("content", "code", "place", "text"),
    [
        pytest.param(lines_of(S=None), "E354", "指数名称", "`S index` does not appear", id="none"),
        pytest.param(
            lines_of(S=LINES["R"]),
            "E352",
            ":4: 指数名称 `R index`",
            "on line 3 already",
            id="twice",
        ),
        pytest.param(
            lines_of(S="s,S 指数,750.00,750.00"),
            "E351",
            ":4: 指数名称",
            "not an index",
            id="unknown",
        ),
        *(
            pytest.param(
                lines_of(S=f"s,S index,750.00,{level}"),
                "E353",
                ":4: 2025年6月30日(最新) `" + level.strip('"') + "`",
                "not a level as printed",
                id=f"level {level or 'empty'}",
            )
            for level in [
                *("750.0", "750", "750.000", "-750.00", "+750.00", "0750.00", ".75", "7.5e2"),
                *("７５０.00", '"1,750.00"', "—", "", "NaN", "75O.00", "750.00%"),
            ]
        ),
        pytest.param(
            lines_of(S="s,S index,750.0,750.00"),
            "E353",
            ":4: 2024年12月31日(上一期) `750.0`",
            "not a level as printed",
            id="level before with one decimal",
        ),
        pytest.param(
            lines_of(S="s,S index,749.99,750.00"),
            "E355",
            ":4: 2024年12月31日(上一期) `749.99`",
            "releases/2024H2/r1 has 750.00",
            id="level before is not the released one",
        ),
        pytest.param(
            lines_of("系列,指数名称,2024年12月31日,最新"),
            "E358",
            ":1:",
            "no column is headed 2025年6月30日",
            id="no day",
        ),
        pytest.param(
            lines_of("系列,指数名称,2025年6月30日,2025年6月30日(最新)"),
            "E316",
            ":1: 2025年6月30日(最新)",
            "stands twice",
            id="the day twice",
        ),
        pytest.param(
            lines_of("系列,指数名称,2024年12月31日,2025年6月29日"),
            "E358",
            ":1:",
            "no column is headed 2025年6月30日",
            id="another day",
        ),
        pytest.param(
            lines_of("系列,指数名称,2024年12月31日,2025年6月31日"),
            "E350",
            ":1: 2025年6月31日",
            "2025年6月31日`: not a column of a published table",
            id="no day of the calendar",
        ),
        pytest.param(
            lines_of("系列,指数名称,2024年12月31日,2025年12月31日"),
            "E358",
            ":1:",
            "no column is headed 2025年6月30日",
            id="another period",
        ),
        pytest.param(
            lines_of("2024年12月31日,指数名称,2024年12月31日,2025年6月30日"),
            "E316",
            ":1: 2024年12月31日",
            "stands twice",
            id="the day before twice",
        ),
        pytest.param(
            lines_of("系列,指数名称,备注,2025年6月30日"),
            "E350",
            ":1: 备注",
            "expected 系列, 指数名称 and days such as 2025年6月30日",
            id="a column of something else",
        ),
        pytest.param(
            lines_of("系列,名称,2024年12月31日,2025年6月30日"),
            "E315",
            ":1: 指数名称",
            "column is missing",
            id="no names",
        ),
        pytest.param(
            lines_of("指数名称,指数名称,2024年12月31日,2025年6月30日"),
            "E316",
            ":1: 指数名称",
            "stands twice",
            id="names twice",
        ),
        pytest.param(
            lines_of(S="s,S index,750.00"), "E317", ":4:", "row has 3 fields", id="short row"
        ),
        pytest.param(
            lines_of(S=LINES["S"] + ","), "E317", ":4:", "row has 5 fields", id="long row"
        ),
        pytest.param(lines_of(S='s,"S index,750.00,750.00'), "E319", ":4:", "quotes", id="quotes"),
        pytest.param("", "E315", ":1: 指数名称", "column is missing", id="empty"),
        pytest.param(
            lines_of().encode() + b"\xff",
            "E310",
            "table2.csv",
            f"not UTF-8 or GB18030 from byte {len(lines_of().encode())} on",
            id="one byte",
        ),
    ],
)
def test_what_is_refused_in_a_table(printed, cci, tmp_path, content, code, place, text):
    before = tree(printed)
    path = tmp_path / "table2.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    refused = cci("publish", "2025H1", "--from-table", path, workspace=printed)

    assert (refused.code, refused.out) == (1, "")
    assert "[E305]" in refused.err.splitlines()[0]
    (line,) = [line for line in refused.err.splitlines() if f"[{code}]" in line]
    assert place in line
    assert text in refused.err
    assert tree(printed) == before


def test_quotes_that_do_not_pair_up_are_the_only_problem_told(printed, cci, tmp_path):
    """What they swallow, here the header, is not judged."""
    path = tmp_path / "table2.csv"
    path.write_text('"' + lines_of(), encoding="utf-8")

    refused = cci("publish", "2025H1", "--from-table", path, workspace=printed)

    assert refused.err.splitlines()[0].endswith("table2.csv` has 1 problem [E305]")
    assert "table2.csv:1: " in refused.err
    assert "[E319]" in refused.err


def test_a_table_of_the_base_must_have_the_nation_at_the_base_level(take_over, workspace):
    refused = take_over(
        "指数名称,2024年12月31日\nN index,1000.01\nR index,250.00\nS index,750.00\n", "2024H2"
    )

    assert refused.code == 1
    (line,) = [line for line in refused.err.splitlines() if "[E356]" in line]
    assert "`1000.01`" in line
    assert "is not 1000, as the config has it" in line
    assert not (workspace / "releases/2024H2").exists()


def test_a_day_stands_alone_or_is_the_latest_or_the_one_before(printed, cci, tmp_path):
    """A share or a growth rate on the right day is no level."""
    for more in ("比重", "(最新)比重", "增长率", "(预测)", " %"):
        path = tmp_path / "table2.csv"
        path.write_text(lines_of(f"系列,指数名称,2024年12月31日,2025年6月30日{more}"))
        refused = cci("publish", "2025H1", "--from-table", path, workspace=printed)

        assert refused.code == 1
        assert refused.err.splitlines()[0].endswith("has 2 problems [E305]")
        head = f"2025年6月30日{more}"
        assert f":1: {head} `{head}`: not a column of a published table [E350]" in refused.err
        assert "no column is headed 2025年6月30日 [E358]" in refused.err
    assert not (printed / "releases/2025H1").exists()


def test_problems_of_a_header_are_told_one_by_one(printed, cci, tmp_path):
    path = tmp_path / "table2.csv"
    path.write_text(lines_of("系列,系列,备注,2024年12月31日"))
    refused = cci("publish", "2025H1", "--from-table", path, workspace=printed)

    problems = [line for line in refused.err.splitlines()[1:] if not line.startswith("    hint")]
    assert [line.removeprefix(f"  {path}:1: ") for line in problems] == [
        "no column is headed 2025年6月30日 [E358]",
        "备注 `备注`: not a column of a published table [E350]",
        "指数名称: column is missing [E315]",
        "系列: column stands twice in the header [E316]",
    ]


def test_a_table_in_gb18030_is_kept_to_the_byte_and_said_to_be_in_it(take_over, workspace):
    content = text_of(TWO_DAYS, BOTH).encode("gb18030")
    take_over(content, "2024H2")

    assert (workspace / "releases/2024H2/r1/table.csv").read_bytes() == content
    document, _ = read_release(workspace, "2024H2/r1")
    (kept,) = [item for item in document["resources"] if item["path"] == "table.csv"]
    assert kept["encoding"] == "gb18030"


# figures of a table that do not fit each other or the data


@pytest.mark.parametrize(
    ("south", "is_refused"), [("749.99", False), ("750.01", False), ("750.02", True)]
)
def test_regions_of_the_base_add_up_but_for_rounding(take_over, workspace, south, is_refused):
    """Three figures, each off by 0.005 at most: 0.015, and one unit is 0.01."""
    said = take_over(text_of(TWO_DAYS, BOTH | {"S": [south, "750.00"]}), "2024H2")

    assert said.code == int(is_refused)
    told = f"2024H2: regions add up to {250 + float(south):.2f}: more than rounding explains [E357]"
    assert (told in said.err) is is_refused
    assert (workspace / "releases/2024H2").exists() is not is_refused


def test_regions_that_do_not_divide_up_the_nation_need_not_add_up(make_workspace, cci, tmp_path):
    """S is a hub: R alone is no division of the nation."""
    hub = FAMILY.replace('kind = "region"\nseries = "region series"', 'kind = "hub"\nseries = "h"')
    assert hub != FAMILY
    root = make_workspace(["a", "b"], hub)
    levels = {"N": ["1000.00"], "R": ["250.00"], "S": ["700.00"]}
    table = write_table(tmp_path, ["2024年12月31日"], levels)

    said = cci("publish", "2024H2", "--from-table", table, workspace=root)
    assert (said.code, "W309" in said.err) == (0, False)


@pytest.mark.parametrize(("south", "is_doubted"), [("750.01", False), ("750.02", True)])
def test_regions_that_do_not_add_up_later_are_doubted(printed, cci, tmp_path, south, is_doubted):
    """Chained levels may come apart for good reasons."""
    path = tmp_path / "table2.csv"
    path.write_text(lines_of(S=f"s,S index,750.00,{south}"), encoding="utf-8")
    said = cci("publish", "2025H1", "--from-table", path, workspace=printed)

    digest = sha256(printed / "releases/2025H1/r1/indices.csv")
    doubts = [
        f"warning: {path}: 2025H1: regions add up to 1250.02, the nation is 1250.00: more than "
        "rounding explains [W309]",
        "    hint: look for a slip in the table, unless scopes have changed since the base",
    ]
    assert (said.code, said.err.splitlines()) == (
        0,
        [
            *(doubts if is_doubted else []),
            f"published releases/2025H1/r1: 3 levels, transcribed, 2 decimals, {digest}",
        ],
    )


def test_levels_that_the_stored_snapshots_do_not_give_are_doubted(take_over):
    """The snapshots give R 250, S 750; then 500, 750 and N 1250."""
    said = take_over(text_of(TWO_DAYS, BOTH | {"R": ["250.01", "500.00"]}), "2024H2")
    assert said.err.splitlines()[0].endswith(
        "table2.csv: 2024H2: the stored snapshots do not give 1 of the levels (R) [W310]"
    )
    content = text_of(TWO_DAYS, {"N": BOTH["N"], "R": ["—", "499.99"], "S": ["750.00", "750.01"]})
    said = take_over(content, "2025H1")
    warned, hint, published = said.err.splitlines()
    assert warned.endswith("the stored snapshots do not give 2 of the levels (R, S) [W310]")
    assert hint == (
        "    hint: look for a slip in the table; `cci compute 2025H1 --from-snapshots` shows them"
    )
    assert published.startswith("published releases/2025H1/r1: 3 levels, transcribed, 2 decimals, ")


def test_levels_that_the_snapshots_give_in_print_are_not_doubted(take_over, workspace):
    store(workspace, "2024H2", cards(a=2501, b=5499))
    rows = {"N": ["1000.00"], "R": ["312.63"], "S": ["687.38"]}
    said = take_over(text_of(["2024年12月31日"], rows), "2024H2")

    assert (said.code, "warning" in said.err, len(said.err.splitlines())) == (0, False, 1)


def test_a_table_that_cannot_be_read_is_a_matter_of_the_environment(publish, tmp_path, workspace):
    refused = publish("2024H2", "--from-table", tmp_path / "nowhere.csv")

    assert (refused.code, "[E501]" in refused.err) == (3, True)
    assert not (workspace / "releases/2024H2").exists()


def test_a_table_after_the_base_needs_the_release_before_it(take_over, workspace):
    refused = take_over(lines_of(), "2025H1")

    assert (refused.code, "[E406]" in refused.err) == (1, True)
    assert not (workspace / "releases/2025H1").exists()


def test_the_same_table_again_is_unchanged_and_another_needs_a_reason(take_over, workspace):
    take_over(lines_of(), "2024H2")
    before = tree(workspace)

    assert take_over(lines_of(), "2024H2").err.startswith("unchanged: releases/2024H2")
    other = lines_of(R="s,R index,250.01,500.00", S="s,S index,749.99,750.00")
    refused = take_over(other, "2024H2")
    assert (refused.code, "other figures for 2 of the indices (R, S) [E407]" in refused.err) == (
        1,
        True,
    )
    assert tree(workspace) == before
    said = take_over(other, "2024H2", "--restate", "misread").err
    assert "which is kept; other figures: 2 of the indices (R, S)\n" in said


def test_an_import_is_replaced_by_exact_levels_only_on_request(take_over, publish, workspace):
    """The computed levels print as the imported ones: 250.00 and 750.00."""
    take_over(lines_of(), "2024H2")

    assert publish("2024H2").err == "unchanged: releases/2024H2/r1 has these figures already\n"
    # the same print once more is no better than the first
    assert take_over(lines_of(), "2024H2", "--restate", "again").err.startswith("unchanged")
    said = publish("2024H2", "--restate", "computed").err
    assert "releases/2024H2/r1, which is kept; other figures: none in print\n" in said
    assert read_release(workspace, "2024H2/r2")[0]["transcribed_decimals"] is None
    assert publish("2024H2", "--restate", "again").err.startswith("unchanged: releases/2024H2/r2")


def test_exact_levels_are_not_replaced_by_their_print(take_over, publish, workspace):
    publish("2024H2")

    said = take_over(lines_of(), "2024H2", "--restate", "as printed")

    assert said.err == "unchanged: releases/2024H2/r1 has these figures already\n"
    assert not (workspace / "releases/2024H2/r2").exists()


@pytest.mark.parametrize(
    ("decimals", "levels"), [(0, ("1000", "250", "750")), (3, ("1000.000", "250.000", "750.000"))]
)
def test_a_table_has_the_decimals_of_the_config(make_workspace, cci, tmp_path, decimals, levels):
    workspace = make_workspace(["a", "b"], FAMILY, decimals=decimals)
    rows = dict(zip("NRS", ([level] for level in levels), strict=True))
    good = write_table(tmp_path, ["2024年12月31日"], rows, "good.csv")
    bad = write_table(tmp_path, ["2024年12月31日"], {c: [v] for c, v in LEVELS.items()}, "bad.csv")

    refused = cci("publish", "2024H2", "--from-table", bad, workspace=workspace)
    accepted = cci("publish", "2024H2", "--from-table", good, workspace=workspace)

    assert (refused.code, refused.err.count("[E353]")) == (1, 3)
    assert (accepted.code, f"transcribed, {decimals} decimals" in accepted.err) == (0, True)
