"""The boundary: exit codes, streams, error texts, signals, and the same bytes everywhere."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import REPOSITORY, index_toml

import cci_cli
from cci_cli.cli import main

CCI = [sys.executable, "-m", "cci_cli"]


def run_program(*arguments, env=None, cwd=REPOSITORY, **options):
    return subprocess.run(
        [*CCI, *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        check=False,
        **options,
    )


@pytest.fixture
def workspace(make_workspace):
    rows = [("n1", "a", "M", 600), ("n2", "b", "M", 400)]
    indices = index_toml("N", "national", ["a", "b"]) + index_toml("A", "region", ["a"])
    return make_workspace(["a", "b"], indices, {"2024H2": rows})


def test_version_goes_to_stdout(cci):
    run = cci("--version")

    assert (run.code, run.out, run.err) == (0, f"cci {cci_cli.__version__}\n", "")


@pytest.mark.parametrize("verb", ["compute", "validate", "ingest", "cards", "status", "init"])
def test_help_of_every_verb_has_an_example(cci, verb):
    run = cci(verb, "--help")

    assert run.code == 0
    assert f"cci {verb}" in run.out.split("Example")[1]


def test_cci_alone_shows_the_help(cci):
    run = cci()

    assert run.code == 2
    assert run.out == ""
    assert run.err == cci("--help").out


@pytest.mark.parametrize(
    ("arguments", "code", "error", "hint"),
    [
        (["comput"], 2, "No such command 'comput'. Did you mean 'compute'?", "cci --help"),
        (["compute"], 2, "Missing argument 'PERIOD'", "cci compute --help"),
        (["compute", "2024H2", "--fromat", "csv"], 2, "No such option: --fromat", "cci compute"),
        (
            ["compute", "2024H2", "--format", "xml"],
            2,
            "'xml' is not one of 'table'",
            "cci compute --help",
        ),
        (["compute", "2024X2"], 2, "`2024X2` is not a period [E101]", "2025H1"),
        (["compute", "2024-02-30"], 2, "`2024-02-30` is not a period", "2025-06-30"),
        (["compute", "2024H2@2"], 2, "`2024H2@2` is not a revision [E102]", "2025H1@r2"),
        (["compute", "2024H2", "--output", "t.pdf"], 2, "`t.pdf` from its suffix", "--format"),
        (["compute", "2026H1"], 1, "no snapshot of `2026H1` in this workspace", "stored: 2024H2"),
        (["compute", "2024H2@r7"], 1, "snapshot `2024H2` has no revision `r7`", "it has r1"),
        (["compute", "2024H1"], 1, "2024H1 lies before the base period 2024H2", "with 2024H2"),
        (["validate", "missing.csv"], 3, "cannot read `missing.csv`: No such file", "is there"),
        (["validate", "2024H2", "--period", "2024H2"], 2, "`2024H2` is a period", "leave --period"),
        (["cards", "Q100"], 1, "no model matches `Q100`", "cci cards"),
        (["ingest", "no.csv", "--period", "2024H2"], 3, "cannot read `no.csv`", "is there"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_error_is_one_line_with_a_hint_and_its_exit_code(
    cci, workspace, tmp_path, monkeypatch, arguments, code, error, hint
):
    monkeypatch.chdir(tmp_path)
    run = cci(*arguments, workspace=workspace)

    first, *rest = run.err.splitlines()
    assert run.code == code
    assert run.out == ""
    assert first.startswith("error: ")
    assert error in first
    assert [line for line in rest if line.startswith("hint: ") and hint in line] == rest


def test_error_of_a_near_miss_says_did_you_mean(cci):
    run = cci("cards", "A8000", workspace=REPOSITORY)

    assert run.code == 1
    assert run.err.splitlines()[1].startswith("hint: did you mean `NVIDIA A")


@pytest.mark.parametrize(
    "arguments",
    [
        ["publish", "2024H2", "--restate", "--quiet"],
        ["publish", "2024H2", "--by", "--dry-run"],
        ["publish", "2024H2", "--by", "A", "--restate", "--help"],
        ["ingest", "nodes.csv", "--period", "2025H1", "--note", "--dry-run"],
        ["compute", "2024H2", "--output", "--verbose"],
    ],
    ids=" ".join,
)
def test_an_option_is_not_taken_for_the_value_of_another(cci, workspace, arguments):
    """Else a dry run would be none, and `--quiet` the reason of a release for good."""
    before = sorted(workspace.rglob("*"))
    refused = cci(*arguments, workspace=workspace)

    option, value = arguments[-2:]
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"error: {option} is followed by `{value}`, and by no value [E119]\n"
        f"hint: write {option} TEXT; a text that begins with a dash is written {option}=TEXT\n"
    )
    assert sorted(workspace.rglob("*")) == before


def test_a_text_may_begin_with_a_dash(cci, workspace):
    assert cci("publish", "2024H2", "--by=--quiet", workspace=workspace).code == 0

    document = json.loads((workspace / "releases/2024H2/r1/datapackage.json").read_bytes())
    assert document["by"] == "--quiet"


def test_workspace_is_looked_for_upwards(cci, workspace, monkeypatch):
    below = workspace / "snapshots" / "2024H2"
    monkeypatch.chdir(below)

    assert cci("compute", "2024H2").code == 0


def test_workspace_comes_from_the_environment_unless_named(cci, workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CCI_WORKSPACE", str(workspace))
    assert main(["status", "--format", "json"]) == 0

    assert cci("status", workspace=tmp_path).code == 2


def test_missing_workspace_is_an_error_that_says_how_to_name_one(cci, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    looked = cci("compute", "2024H2")
    named = cci("compute", "2024H2", workspace=tmp_path / "nowhere")

    assert looked.code == named.code == 2
    assert "no workspace at or above" in looked.err
    assert "--workspace DIR" in looked.err
    assert "cci init DIR" in looked.err
    assert "is not a workspace" in named.err


def test_broken_config_is_reported_with_file_and_place(cci, workspace):
    settings = workspace / "config" / "cci.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("half_up", "half_down").replace("decimals", "decimal"))

    run = cci("compute", "2024H2", workspace=workspace)

    assert run.code == 1
    assert "has 3 problems [E203]" in run.err.splitlines()[0]
    assert "config/cci.toml: methodology.rounding: `half_down` is not half_up or half" in run.err
    assert "hint: did you mean `decimals`?" in run.err


def test_unreadable_file_is_a_failure_of_the_environment(cci, workspace):
    run = cci("validate", workspace / "config", workspace=workspace)

    assert run.code == 3
    assert "Is a directory" in run.err


def test_invalid_stored_snapshot_stops_compute_with_its_problems(cci, make_workspace):
    indices = index_toml("N", "national", ["a", "b"])
    root = make_workspace(["a", "b"], indices, {"2024H2": [("n1", "a", "X9", 1)]})

    run = cci("compute", "2024H2", workspace=root)

    assert run.code == 1
    assert run.out == ""
    assert run.err.splitlines()[0] == (
        "error: `snapshots/2024H2/r1/nodes.csv` has 2 problems [E305]"
    )
    assert "snapshots/2024H2/r1/nodes.csv:2: model `X9`: not a model of the catalogue" in run.err
    assert "province `b` does not appear" in run.err


def test_a_bug_shows_its_traceback_and_ends_with_70(cci, workspace, monkeypatch):
    def fail(**_):
        message = "unforeseen"
        raise RuntimeError(message)

    monkeypatch.setattr("cci_cli.commands.status.status", fail)
    run = cci("status", workspace=workspace)

    assert run.code == 70
    assert "RuntimeError: unforeseen" in run.err
    assert "this is a bug in cci" in run.err


def test_data_goes_to_stdout_and_words_to_stderr(cci, workspace):
    run = cci("compute", "2024H2", "--format", "json", "--verbose", workspace=workspace)

    assert json.loads(run.out)["period"] == "2024H2"
    assert "2024H2@r1: 2 rows, 2 nodes" in run.err


def test_output_file_is_written_whole_and_named_on_stderr(cci, workspace, tmp_path):
    target = tmp_path / "table.csv"
    shown = cci("compute", "2024H2", "--format", "csv", workspace=workspace)
    written = cci("compute", "2024H2", "--output", target, workspace=workspace)
    quiet = cci("compute", "2024H2", "--output", target, "--quiet", workspace=workspace)

    assert written.out == quiet.out == quiet.err == ""
    assert written.err == f"wrote {target}\n"
    assert target.read_text(encoding="utf-8") == shown.out
    assert [path.name for path in tmp_path.glob("*table.csv*")] == ["table.csv"]


def test_output_that_cannot_be_written_leaves_nothing(cci, workspace, tmp_path):
    target = tmp_path / "missing" / "table.csv"
    run = cci("compute", "2024H2", "--output", target, workspace=workspace)

    assert run.code == 3
    assert "cannot write" in run.err
    assert not target.parent.exists()


def test_format_goes_before_the_suffix(cci, workspace, tmp_path):
    target = tmp_path / "table.csv"
    cci("compute", "2024H2", "--format", "json", "--output", target, workspace=workspace)

    assert json.loads(target.read_text(encoding="utf-8"))["period"] == "2024H2"


@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown", "parquet"])
def test_output_has_the_same_bytes_everywhere(form, tmp_path, capfdbinary):
    """Locale, time zone, hash seed, threads, width, colours and folder do not show."""
    code = main(["compute", "2025H1", "--format", form, "--workspace", str(REPOSITORY)])
    plain = capfdbinary.readouterr().out
    strange = run_program(
        *("compute", "2025H1", "--format", form, "--workspace", str(REPOSITORY)),
        cwd=tmp_path,
        env={
            "LC_ALL": "C",
            "LANG": "zh_CN.GB18030",
            "PYTHONIOENCODING": "gbk",
            "TZ": "Pacific/Kiritimati",
            "PYTHONHASHSEED": "7",
            "POLARS_MAX_THREADS": "1",
            "COLUMNS": "20",
            "FORCE_COLOR": "1",
            "PYTHONPATH": str(REPOSITORY),
        },
    )

    assert code == strange.returncode == 0
    assert strange.stderr == b""
    assert strange.stdout == plain
    assert len(plain) > 500


def test_order_of_rows_and_a_split_node_do_not_show(cci, make_workspace):
    indices = index_toml("N", "national", ["a", "b"]) + index_toml("A", "region", ["a"])
    rows = [("n1", "a", "M", 600), ("n1", "a", "half", 30), ("n2", "b", "M", 400)]
    split = [("n2", "b", "M", 400), ("n3", "a", "half", 30), ("n4", "a", "M", 599)]
    one = make_workspace(["a", "b"], indices, {"2024H2": rows}, name="one")
    two = make_workspace(["a", "b"], indices, {"2024H2": [*split, ("n1", "a", "M", 1)]}, name="two")

    outputs = [
        cci("compute", "2024H2", "--format", form, workspace=root).out
        for root in (one, two)
        for form in ("csv", "table")
    ]

    assert outputs[:2] == outputs[2:]
    assert "605.91" in outputs[0]  # 615 of 1,015 standard cards


def test_a_reader_that_has_had_enough_is_no_error():
    with subprocess.Popen(
        [*CCI, "cards", "--format", "json"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        errors = process.stderr.read()

    assert (process.returncode, errors) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_a_failure_of_the_environment():
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(
            [*CCI, "cards"], cwd=REPOSITORY, stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert run.returncode == 3
    assert run.stderr.decode().startswith("error: cannot write `standard output`: No space left")


SLEEP = "time.sleep(60)"
LONG_QUERY = """
frame = polars.LazyFrame({"x": range(6_000_000)})
frame.join(frame, how="cross").select(polars.col("x").sum()).collect(engine="streaming")
"""


# within one query, Polars looks for Ctrl-C alone
@pytest.mark.parametrize(
    ("sent", "code", "work"),
    [
        (signal.SIGINT, 130, SLEEP),
        (signal.SIGINT, 130, LONG_QUERY),
        (signal.SIGTERM, 143, SLEEP),
    ],
    ids=["Ctrl-C in Python", "Ctrl-C in Polars", "SIGTERM in Python"],
)
def test_interrupted_at_work_it_cleans_up_and_says_nothing(sent, code, work):
    program = f"""
import sys, time
from cci_cli import cli
from cci_cli.commands import cards as verb

def cards(*_, **__):
    import polars
    try:
        print("at work", flush=True)
        {work.strip().replace(chr(10), chr(10) + " " * 8)}
    finally:
        for _ in range(1000):
            pass
        print("cleaned up", flush=True)

verb.cards = cards
sys.argv = ["cci", "cards"]
cli.run()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"at work\n"
        time.sleep(0.5)
        process.send_signal(sent)
        try:
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()

    assert (process.returncode, out, err) == (code, b"cleaned up\n", b"")


def test_interrupted_while_modules_are_loaded_it_says_nothing(tmp_path):
    """A module that is loaded at every start stands for them: Ctrl-C comes as it is reached."""
    (tmp_path / "typer.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n", encoding="utf-8"
    )
    run = subprocess.run(
        [sys.executable, "-m", "cci_cli", "cards"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{REPOSITORY}"},
        capture_output=True,
        check=False,
    )
    # a shell tells that as 130
    assert (run.returncode, run.stdout, run.stderr) == (-signal.SIGINT, b"", b"")


def test_a_pipe_is_refused_instead_of_waited_for(cci, workspace, tmp_path):
    pipe = tmp_path / "nodes.csv"
    os.mkfifo(pipe)

    run = cci("validate", pipe, workspace=workspace)

    assert run.code == 3
    assert "is not a regular file [E504]" in run.err


@pytest.mark.parametrize(
    ("arguments", "redirect", "code"),
    [
        ("compute 2025H1 --format json", ">&-", 3),
        ("--version", ">&-", 3),
        ("compute 2025H3", "2>&-", 2),
        ("compute 2025H3", "2>/dev/full", 2),
        ("validate missing.csv", "2>/dev/full", 3),
        ("compute 2025H1 --verbose", "2>/dev/full", 0),
        ("--help", ">/dev/full", 3),
    ],
)
def test_streams_that_are_closed_or_full_do_not_change_the_answer(arguments, redirect, code):
    run = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m cci_cli {arguments} {redirect}"],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )

    assert run.returncode == code, run.stderr.decode()
    assert b"Traceback" not in run.stderr


def test_words_never_get_into_the_data_for_want_of_a_stream():
    quiet = run_program("compute", "2025H1", "--format", "json")
    verbose = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m cci_cli compute 2025H1 --format json --verbose 2>&-"],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )

    assert verbose.stdout == quiet.stdout


@pytest.mark.parametrize("verb", ["validate", "ingest"])
def test_a_name_that_is_not_utf_8_is_refused_with_advice(verb, tmp_path):
    name = os.fsencode(tmp_path) + b"/\xbd\xda\xb5\xe3.csv"
    Path(os.fsdecode(name)).write_text("node_id,province,model,cards\n")
    run = run_program(verb, name, "--period", "2025H2")

    assert run.returncode == 2
    assert b"is not valid UTF-8 [E108]" in run.stderr


def test_an_escape_sequence_in_a_file_does_not_reach_the_terminal(cci, workspace, tmp_path):
    path = tmp_path / "nodes.csv"
    path.write_text("a\x1b[31mRED,node_id\nx,y\n")
    run = cci("ingest", path, "--period", "2024H2", workspace=workspace)

    assert run.code == 1
    assert "\x1b" not in run.err
    assert "a\\x1b[31mRED" in run.err


def test_a_panic_below_is_a_bug_too(cci, workspace, monkeypatch):
    class PanicError(BaseException):
        pass

    def panic(**_):
        raise PanicError

    monkeypatch.setattr("cci_cli.commands.status.status", panic)

    assert cci("status", workspace=workspace).code == 70


def test_a_folder_that_may_not_be_looked_at_is_a_failure_of_the_environment(cci, tmp_path):
    run = cci("status", workspace=tmp_path / ("x" * 5000))

    assert (run.code, "Traceback" in run.err) == (3, False)


def test_completion_offers_the_verbs():
    asked = {"_CCI_COMPLETE": "complete_bash", "COMP_WORDS": "cci comp", "COMP_CWORD": "1"}
    run = run_program(env=asked)

    assert (run.returncode, run.stdout.split()) == (0, [b"compute"])
