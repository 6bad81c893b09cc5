"""`cci ingest`: a file becomes the next revision of a period, whole or not at all."""

import hashlib
import json
import os
from pathlib import Path

import pytest
from conftest import index_toml

from cci_cli.files import hash_file

HEADER = "node_id,province,model,cards\n"
SOUND = HEADER + "n1,东,M,1\nn2,西,M,2\n"


@pytest.fixture
def workspace(make_workspace):
    return make_workspace(["东", "西"], index_toml("N", "national", ["东", "西"]))


@pytest.fixture
def ingest(cci, workspace, tmp_path):
    """Ingest a content as a file of 2024H2."""

    def run(content: str | bytes, *options: str, name: str = "survey.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return cci("ingest", path, "--period", "2024H2", *options, workspace=workspace)

    return run


@pytest.fixture
def stored(workspace):
    """The text of a stored file of nodes."""

    def read(revision: str = "r1") -> str:
        path = workspace / "snapshots" / "2024H2" / revision / "nodes.csv"
        return path.read_bytes().decode()

    return read


def entries(workspace: Path) -> list[str]:
    """Everything below snapshots/, hidden things too."""
    root = workspace / "snapshots"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            "\ufeffstatus,cards,model,province,in_service_since,node_name,node_id\r\n"
            'in_service,"2",M,西,,,n2\r\n'
            'in_service,3,M,东,,"a ""b"", c",n10\r\n'
            'retired,1,half,东,2024-05-01,"a ""b"", c",n10',
            id="BOM, CR LF, quotes, other order of columns",
        ),
        pytest.param(
            "node_id,node_name,province,model,cards,status,in_service_since\n"
            'n10,"a ""b"", c",东,half,1,retired,2024-05-01\n'
            "n2,,西,M,2,in_service,\n"
            'n10,"a ""b"", c",东,M,3,in_service,\n',
            id="other order of rows",
        ),
    ],
)
def test_what_is_stored_is_canonical(ingest, stored, content):
    outcome = ingest(content)
    assert (outcome.code, outcome.out) == (0, "")
    assert stored() == (
        "node_id,node_name,province,model,cards,status,in_service_since\n"
        'n10,"a ""b"", c",东,M,3,in_service,\n'
        'n10,"a ""b"", c",东,half,1,retired,2024-05-01\n'
        "n2,,西,M,2,in_service,\n"
    )
    sha256 = hashlib.sha256(stored().encode()).hexdigest()
    assert outcome.err == f"stored 2024H2@r1: 3 rows, 2 nodes, {sha256}\n"


def test_columns_that_may_be_absent_are_filled_in(ingest, stored):
    assert ingest(SOUND).code == 0
    assert stored() == (
        "node_id,node_name,province,model,cards,status,in_service_since\n"
        "n1,,东,M,1,in_service,\n"
        "n2,,西,M,2,in_service,\n"
    )


@pytest.mark.parametrize("quote", ["", '"'], ids=["plain", "quoted"])
def test_identifiers_and_names_are_kept_to_the_letter(ingest, stored, quote):
    names = [
        *("-", "#1", "0700", "1E5", "1e5", "=1+1", "FALSE", "NA", "None", "NaN", "TRUE", "a  b"),
        *("null", "nan", "true", "é", "e\u0301", "Ａ", "节点", "𠮷"),
    ]
    rows = [f"{quote}{name}{quote},{quote}{name}{quote},东,M,1" for name in names]
    text = "\n".join(["node_id,node_name,province,model,cards", *rows, "z,,西,M,1"])
    assert ingest(text).code == 0
    written = [tuple(line.split(",")[:2]) for line in stored().splitlines()[1:]]
    assert sorted(written) == sorted([*((name, name) for name in names), ("z", "")])


def test_the_largest_number_of_cards_is_kept_to_the_digit(ingest, stored):
    assert ingest(HEADER + "n1,东,M,9223372036854775807\nn2,西,M,9007199254740993\n").code == 0
    assert ",9223372036854775807," in stored()
    assert ",9007199254740993," in stored()


def test_the_data_package_says_where_the_revision_comes_from(ingest, workspace, stored):
    content = "\ufeff" + SOUND
    assert ingest(content, "--note", "一月调查", name="调查 1.csv").code == 0
    path = workspace / "snapshots/2024H2/r1/datapackage.json"
    document = json.loads(path.read_bytes())
    raw = hashlib.sha256(content.encode()).hexdigest()
    assert document["sources"] == [
        {"title": "调查 1.csv", "path": "调查 1.csv", "hash": f"sha256:{raw}"}
    ]
    assert document["note"] == "一月调查"
    assert document["demonstration"] is False
    assert document["created"].endswith("+00:00")
    (resource,) = document["resources"]
    assert resource["rows"] == 2
    assert resource["bytes"] == len(stored().encode())
    assert resource["hash"] == f"sha256:{hashlib.sha256(stored().encode()).hexdigest()}"


def test_the_same_content_again_is_unchanged(ingest, workspace):
    ingest(SOUND)
    before = {
        path: path.read_bytes() for path in (workspace / "snapshots").rglob("*") if path.is_file()
    }
    outcome = ingest("cards,model,province,node_id\n2,M,西,n2\n1,M,东,n1\n", "--note", "again")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "unchanged: 2024H2@r1 has this content already\n"
    assert {path: path.read_bytes() for path in before} == before
    assert entries(workspace) == [
        *("2024H2", "2024H2/r1", "2024H2/r1/datapackage.json", "2024H2/r1/nodes.csv"),
    ]


def test_other_content_is_the_next_revision(ingest, stored):
    ingest(SOUND)
    before = stored()
    outcome = ingest(SOUND.replace("M,2", "M,3"))
    assert outcome.code == 0
    assert outcome.err.startswith("stored 2024H2@r2: 2 rows, 2 nodes, ")
    assert stored() == before
    assert ",3," in stored("r2")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (SOUND + "n3,东,M,x\n", ":4: cards `x`: "),
        (SOUND + "n3,东,M,1,surplus\n", ":4: row has 5 fields, the header has 4 fields"),
        (SOUND + "n3,东,M\n", ":4: row has 3 fields, the header has 4 fields"),
        (SOUND + "\n", ":4: blank line"),
        (SOUND + "n1,东,M,1\n", ":4: node_id,model `n1,M`: "),
        (SOUND + "n1,西,half,1\n", ":4: node_id `n1`: "),
        (HEADER + "n1,东,M,1\n", ": province: province `西` does not appear"),
        (SOUND + 'n3,"东,M,1\n', ":4: quotes do not pair up"),
        (SOUND.encode() + b"\xff", ":4: bytes are not UTF-8 from byte 51 on"),
        (b"", ": file is empty"),
    ],
)
def test_of_a_file_with_a_problem_nothing_is_stored(
    ingest, workspace, tmp_path, monkeypatch, content, place
):
    monkeypatch.chdir(tmp_path)
    outcome = ingest(content)
    assert (outcome.code, outcome.out) == (1, "")
    first, second, *_ = outcome.err.splitlines()
    assert first.startswith("error: `")
    assert first.endswith("` has 1 problem [E305]")
    assert second.startswith(f"  {tmp_path / 'survey.csv'}{place}")
    assert entries(workspace) == []


def test_all_problems_of_a_file_are_told(ingest, workspace):
    outcome = ingest(HEADER + "n1,东,M,x\n\nn2,Q,M,1\nn3,东,R,-1\n")
    assert outcome.code == 1
    assert "has 6 problems [E305]" in outcome.err
    for code in ("E324", "E318", "E322", "E323", "E332"):
        assert f"[{code}]" in outcome.err
    assert entries(workspace) == []


def test_a_long_list_of_problems_is_cut_and_counted(ingest):
    rows = "".join(f"m{number},东,M,x\n" for number in range(2_000))
    outcome = ingest(SOUND + rows)
    assert outcome.code == 1
    assert outcome.err.splitlines()[0].endswith("has 2,000 problems [E305]")
    assert outcome.err.count("[E324]") == 50
    assert "  1,950 more not shown\n" in outcome.err


def test_values_of_a_later_batch_are_checked_before_anything_is_stored(
    ingest, workspace, monkeypatch
):
    monkeypatch.setattr("cci_cli.csvfile.BATCH_ROWS", 2)
    outcome = ingest(SOUND + "n3,东,M,1\nn4,东,M,1\nn5,东,M,-1\n")
    assert outcome.code == 1
    assert ":6: cards `-1`" in outcome.err
    assert entries(workspace) == []


def test_a_revision_of_many_batches_is_stored_whole(ingest, stored, monkeypatch):
    monkeypatch.setattr("cci_cli.csvfile.BATCH_ROWS", 2)
    rows = "".join(f'"m{number}",东,M,{number}\n' for number in range(9))
    assert ingest(SOUND + rows).code == 0
    assert [line.split(",")[0] for line in stored().splitlines()[1:]] == [
        *(f"m{number}" for number in range(9)),
        *("n1", "n2"),
    ]


def test_a_date_after_the_day_of_the_period_is_a_problem(ingest, workspace):
    outcome = ingest(
        "node_id,province,model,cards,in_service_since\nn1,东,M,1,2025-01-01\nn2,西,M,1,\n"
    )
    assert outcome.code == 1
    assert "[E327]" in outcome.err
    assert entries(workspace) == []


def test_warnings_are_told_and_do_not_stop_it(cci, ingest, workspace, tmp_path):
    path = tmp_path / "before.csv"
    path.write_text(SOUND, encoding="utf-8")
    assert cci("ingest", path, "--period", "2024H1", workspace=workspace).code == 0
    outcome = ingest(HEADER + "n1,东,M,900\nn2,西,M,2\n")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.count("warning: ") == 2
    assert "[W301]" in outcome.err
    assert "[W304]" in outcome.err
    assert "stored 2024H2@r1" in outcome.err


def test_quiet_says_nothing_of_success(ingest, workspace):
    outcome = ingest(SOUND, "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert "2024H2/r1" in entries(workspace)


def test_quiet_still_tells_of_problems(ingest):
    outcome = ingest(SOUND + "\n", "--quiet")
    assert outcome.code == 1
    assert "[E318]" in outcome.err


@pytest.mark.parametrize("target", ["missing.csv", "loop.csv", "."])
def test_a_file_that_cannot_be_read_is_a_failure_of_the_system(
    cci, workspace, tmp_path, monkeypatch, target
):
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    monkeypatch.chdir(tmp_path)
    outcome = cci("ingest", target, "--period", "2024H2", workspace=workspace)
    assert (outcome.code, outcome.out) == (3, "")
    assert f"`{target}`" in outcome.err
    assert entries(workspace) == []


@pytest.mark.parametrize("period", ["2024", "2024H3", "2024H2@r1", ""])
def test_a_period_that_is_none_is_wrong_usage(cci, workspace, tmp_path, period):
    path = tmp_path / "survey.csv"
    path.write_text(SOUND, encoding="utf-8")
    outcome = cci("ingest", path, "--period", period, workspace=workspace)
    assert (outcome.code, outcome.out) == (2, "")
    assert "[E101]" in outcome.err
    assert entries(workspace) == []


def test_a_date_means_its_half_year(cci, workspace, tmp_path):
    path = tmp_path / "survey.csv"
    path.write_text(SOUND, encoding="utf-8")
    outcome = cci("ingest", path, "--period", "2024-09-30", workspace=workspace)
    assert outcome.err.startswith("stored 2024H2@r1: ")


def test_a_full_disk_is_a_failure_of_the_system_and_leaves_nothing(ingest, workspace, monkeypatch):
    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    outcome = ingest(SOUND)
    assert (outcome.code, outcome.out) == (3, "")
    assert "No space left on device [E502]" in outcome.err
    assert entries(workspace) == ["2024H2"]


def test_a_file_name_is_no_pattern(ingest, workspace, tmp_path):
    """What downloads are called, and what a pattern of that name would find."""
    (tmp_path / "survey1.csv").write_text(SOUND, encoding="utf-8")
    outcome = ingest(SOUND + "n3,东,M,5,surplus\n", name="survey[1].csv")
    assert outcome.code == 1
    assert "[E317]" in outcome.err
    assert entries(workspace) == []


def test_what_was_ingested_is_valid(cci, ingest, workspace):
    ingest('"node_id","province","model","cards"\n"a ""b""",东,M,1\nn2,西,half,2\n')
    outcome = cci("validate", "2024H2@r1", workspace=workspace)
    assert outcome.code == 0
    assert "valid, 2 rows, 2 nodes, 0 warnings" in outcome.out


# dry runs, what is said, what is kept with the evidence

RAW = '节点编号,省份,型号,卡数\n n1,province 东,m,"1,234"\nn2,01,half,2\n'
SAID = [
    "read as GB18030",
    "columns 节点编号 → node_id, 省份 → province, 型号 → model, 卡数 → cards",
    "node_id: space around it removed: 1 row, first on line 2",
    "province province 东 → 东: 1 row",
    "province 01 → 西: 1 row",
    "model m → M: 1 row",
    "cards 1,234 → 1234: 1 row",
]


def test_what_was_normalised_is_said_before_what_was_stored(ingest, stored):
    outcome = ingest(RAW.encode("gb18030"))
    sha256 = hashlib.sha256(stored().encode()).hexdigest()
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.splitlines() == [*SAID, f"stored 2024H2@r1: 2 rows, 2 nodes, {sha256}"]


def test_a_dry_run_does_everything_but_store(ingest, workspace):
    outcome = ingest(RAW.encode("gb18030"), "--dry-run")
    *said, last = outcome.err.splitlines()
    assert (outcome.code, outcome.out, said) == (0, "", SAID)
    assert last.startswith("would store 2024H2@r1: 2 rows, 2 nodes, ")
    assert entries(workspace) == []
    done = ingest(RAW.encode("gb18030")).err.splitlines()[-1]
    assert last == done.replace("stored", "would store")


def test_a_dry_run_of_the_same_content_would_change_nothing(ingest, workspace):
    ingest(SOUND)
    before = entries(workspace)
    outcome = ingest(SOUND, "--dry-run")
    assert outcome.err == "unchanged: 2024H2@r1 has this content already\n"
    other = ingest(SOUND.replace("M,2", "M,3"), "--dry-run")
    assert other.err.startswith("would store 2024H2@r2: ")
    assert entries(workspace) == before


def test_a_dry_run_finds_problems(ingest, workspace):
    outcome = ingest(SOUND + "\n", "--dry-run")
    assert outcome.code == 1
    assert "[E318]" in outcome.err
    assert entries(workspace) == []


def test_quiet_says_nothing_of_what_was_normalised(ingest):
    outcome = ingest(RAW.encode("gb18030"), "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_what_was_normalised_is_kept_with_the_evidence(ingest, workspace):
    content = RAW.encode("gb18030")
    assert ingest(content).code == 0
    document = json.loads((workspace / "snapshots/2024H2/r1/datapackage.json").read_bytes())
    (source,) = document["sources"]
    values = source.pop("normalised")
    assert source == {
        "title": "survey.csv",
        "path": "survey.csv",
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "encoding": "GB18030",
    }
    assert [(item["column"], item["from"], item["to"], item["rows"]) for item in values] == [
        (None, "节点编号", "node_id", None),
        (None, "省份", "province", None),
        (None, "型号", "model", None),
        (None, "卡数", "cards", None),
        ("node_id", " n1", "n1", 1),
        ("province", "province 东", "东", 1),
        ("province", "01", "西", 1),
        ("model", "m", "M", 1),
        ("cards", "1,234", "1234", 1),
    ]


def test_an_encoding_alone_is_kept_with_the_evidence(ingest, workspace):
    assert ingest(SOUND.encode("utf-16")).code == 0
    document = json.loads((workspace / "snapshots/2024H2/r1/datapackage.json").read_bytes())
    (source,) = document["sources"]
    assert (source["encoding"], source["normalised"]) == ("UTF-16", [])


def test_a_raw_file_is_compared_with_the_period_before_by_what_it_means(
    cci, ingest, workspace, tmp_path
):
    path = tmp_path / "before.csv"
    path.write_text(HEADER + "n1,东,M,1234\nn2,西,half,2\n", encoding="utf-8")
    assert cci("ingest", path, "--period", "2024H1", workspace=workspace).code == 0
    outcome = ingest(RAW.encode("gb18030"))
    assert "warning" not in outcome.err
    assert "compared with 2024H1@r1" in outcome.err
    outcome = ingest(RAW.replace("1,234", "9,234").encode("gb18030"))
    assert "node_id `n1`" in outcome.err
    assert "[W304]" in outcome.err


def test_an_encoding_that_is_none_is_wrong_usage(ingest, workspace):
    outcome = ingest(SOUND, "--encoding", "latin-1")
    assert outcome.code == 2
    assert "latin-1" in outcome.err
    assert entries(workspace) == []


def test_every_stored_byte_is_hashed_once(cci, ingest, workspace, monkeypatch):
    hashed = []

    def count(path):
        hashed.append(path.name)
        return hash_file(path)

    monkeypatch.setattr("cci_cli.archive.hash_file", count)
    monkeypatch.setattr("cci_cli.packages.hash_file", count)
    assert ingest(SOUND).code == 0
    # what is received, while it is copied
    assert hashed == ["nodes.csv"]
    hashed.clear()
    assert cci("validate", "2024H2", workspace=workspace).code == 0
    assert hashed == ["nodes.csv"]


@pytest.mark.parametrize("verb", ["ingest", "validate"])
@pytest.mark.parametrize(
    ("period", "epoch", "warning"),
    [
        ("2024H2", "1735516800", ": 2024H2 ends on 2024-12-31, after today [W307]"),
        ("2024H2", "1735689599", None),
        ("2052H1", "1735689599", ": 2052H1 ends on 2052-06-30, after today [W307]"),
        (
            *("2024H1", "1735689599"),
            ": 2024H1 lies before the base period 2024H2: no index is computed for it [W308]",
        ),
    ],
    ids=["day before", "last day", "far ahead", "before the base"],
)
def test_a_period_that_is_unlikely_is_warned_of(
    cci, workspace, tmp_path, monkeypatch, verb, period, epoch, warning
):
    # the first second of 30 December 2024, and the last one of the year
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    path = tmp_path / "survey.csv"
    path.write_text(SOUND, encoding="utf-8")
    outcome = cci(verb, path, "--period", period, workspace=workspace)
    assert outcome.code == 0
    said = outcome.err + outcome.out
    if warning is None:
        assert "warning:" not in said
    else:
        assert f"warning: {path}{warning}\n" in said


def test_a_stored_period_is_not_warned_of_again(cci, ingest, workspace, monkeypatch):
    assert ingest(SOUND).code == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    outcome = cci("validate", "2024H2", workspace=workspace)
    assert "0 warnings" in outcome.out


def test_a_file_with_problems_is_not_warned_of(ingest, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert "W307" not in ingest(HEADER + "n1,东,M,x\n").err


RELEASED = "2024H2 is released as r1: its levels stay as published until it is restated"


def test_of_a_period_that_is_released_it_is_said_what_stays(cci, ingest, workspace):
    assert "released" not in ingest(SOUND).err
    assert cci("publish", "2024H2", "--by", "x", workspace=workspace).code == 0
    assert "released" not in ingest(SOUND).err
    other = SOUND.replace("M,1", "M,3")
    for options, count in ((("--dry-run",), 1), (("--quiet",), 0), ((), 1)):
        outcome = ingest(other, *options)
        assert outcome.code == 0
        assert outcome.err.splitlines()[1:] == [RELEASED] * count
        other = other.replace("M,3", "M,4") if "--quiet" in options else other
