"""The verbs as functions: the same names, defaults, results and errors as on the command line."""

import ast
import doctest
import inspect
import io
import json
import keyword
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import get_args, get_type_hints

import polars as pl
import pytest
from conftest import REPOSITORY, index_toml, store
from polars.testing import assert_frame_equal
from typer.main import get_command

import cci_cli
from cci_cli.cli import app
from cci_cli.outcomes import CardsResult, DeliveryResult
from cci_cli.render import to_json
from cci_cli.viewing import _VIEWS, view_result

COMMANDS = get_command(app).commands
VERBS = sorted(COMMANDS)

#: How the command line shows a result, and what it exits with: a function returns it whole.
SHOWING = {"format", "output", "lang", "quiet", "verbose", "help", "exit_code"}
#: What is shown of a result; the result has all.
SHOWN = {
    ("explain", "top"),
    ("export", "log_format"),
    ("series", "layout"),
    ("validate", "max_problems"),
}
#: An option that shows elsewhere, and is of the result here: a bulletin is in a language.
MEANT = {("report", "lang")}
#: What only a caller in Python can know better than the surroundings.
FOUND = {"now"}
#: An option that shows elsewhere, and means files here.
RENAMED = {("export", "format"): "forms"}

EPOCH = "1750000000"
EPOCH_TIME = "2025-06-15T15:06:40+00:00"


@pytest.fixture
def workspace(make_workspace, monkeypatch):
    """Two periods, the first one released, the second one with two revisions."""
    monkeypatch.delenv("CCI_WORKSPACE", raising=False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    rows = [("n1", "a", "M", 600), ("n2", "b", "half", 801)]
    grown = [("n1", "a", "M", 700), ("n2", "b", "half", 801), ("n3", "b", "M", 1)]
    indices = index_toml("N", "national", ["a", "b"]) + index_toml("A", "hub", ["a"])
    root = make_workspace(["a", "b"], indices, {"2024H2": rows, "2025H1": rows})
    cci_cli.publish("2024H2", by="A", workspace=root)
    store(root, "2025H1", grown)
    return root


def parameters_of(verb):
    return inspect.signature(getattr(cci_cli, verb)).parameters


def options_of(verb):
    """Arguments and options of a command, under the names that a function would have."""

    def name_of(item):
        if item.param_type_name == "argument":
            return item.name
        if (verb, item.opts[0][2:]) in RENAMED:
            return RENAMED[verb, item.opts[0][2:]]
        name = max(item.opts, key=len)[2:].replace("-", "_")
        return f"{name}_" if keyword.iskeyword(name) else name

    return {name_of(item): item for item in COMMANDS[verb].params}


def test_the_verbs_are_the_commands():
    functions = {name: getattr(cci_cli, name) for name in cci_cli.__all__}
    verbs = [
        name
        for name, value in functions.items()
        if getattr(value, "__module__", "").startswith("cci_cli.commands.")
    ]

    assert verbs == VERBS
    assert [functions[name].__name__ for name in verbs] == verbs


def test_type_checkers_see_what_the_package_offers():
    tree = ast.parse(Path(cci_cli.__file__).read_text(encoding="utf-8"))
    seen = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("cci_cli")
        for alias in node.names
    }

    assert sorted([*seen, "__version__"]) == cci_cli.__all__ == dir(cci_cli)
    for name, module in seen.items():
        assert getattr(cci_cli, name) is getattr(import_module(module), name)
        assert getattr(cci_cli, name).__module__ == module


@pytest.mark.parametrize("verb", VERBS)
def test_a_function_takes_what_its_command_takes(verb):
    parameters, options = parameters_of(verb), options_of(verb)
    only_shown = SHOWING | {option for name, option in SHOWN if name == verb}
    only_shown -= {option for name, option in MEANT if name == verb}

    assert set(parameters) - FOUND == {name for name in options if name not in only_shown}


@pytest.mark.parametrize("verb", VERBS)
def test_a_function_has_the_defaults_of_its_command(verb):
    options = options_of(verb)
    empty = inspect.Parameter.empty
    shared = {name: item for name, item in parameters_of(verb).items() if name in options}

    assert {name: item.default for name, item in shared.items() if item.default is not empty} == {
        name: options[name].default for name in shared if not options[name].required
    }


@pytest.mark.parametrize("verb", VERBS)
def test_arguments_and_what_is_required_are_positional_the_rest_keywords(verb):
    options = options_of(verb)
    for name, parameter in parameters_of(verb).items():
        item = options.get(name)
        is_positional = item is not None and (item.required or item.param_type_name == "argument")
        expected = parameter.POSITIONAL_OR_KEYWORD if is_positional else parameter.KEYWORD_ONLY

        assert parameter.kind is expected, name


@pytest.mark.parametrize("verb", [*VERBS, "to_frame"])
def test_a_docstring_tells_arguments_returns_errors_and_an_example(verb):
    function = getattr(cci_cli, verb)
    text = inspect.getdoc(function)

    for section in ("Args", "Raises", "Example"):
        assert f"\n{section}:\n" in text
    # the first line of `init` says what it returns
    assert "\nReturns:\n" in text or verb == "init"
    for name in inspect.signature(function).parameters:
        assert f"\n    {name}: " in text


@pytest.mark.parametrize("name", ["cci_cli", "to_frame", *VERBS])
def test_the_example_of_a_docstring_is_what_happens(tmp_path, monkeypatch, name):
    for folder in ("config", "snapshots"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CCI_WORKSPACE", raising=False)
    documented = cci_cli if name == "cci_cli" else getattr(cci_cli, name)
    (example,) = doctest.DocTestFinder(recurse=False).find(documented, name, globs={})
    report = io.StringIO()
    run = doctest.DocTestRunner().run(example, out=report.write)

    assert run.attempted >= 2
    assert run.failed == 0, report.getvalue()


@pytest.mark.parametrize(
    ("command", "call"),
    [
        (["compute", "2025H1"], lambda: cci_cli.compute("2025H1")),
        (
            ["compute", "2025H1", "--from-snapshots"],
            lambda: cci_cli.compute("2025H1", from_snapshots=True),
        ),
        (["diff", "2024H2", "2025H1"], lambda: cci_cli.diff("2024H2", "2025H1")),
        (
            ["diff", "2024H2", "2025H1", "--by", "node", "--top", "1"],
            lambda: cci_cli.diff("2024H2", "2025H1", by="node", top=1),
        ),
        (["diff", "2025H1@r1", "2025H1@r2"], lambda: cci_cli.diff("2025H1@r1", "2025H1@r2")),
        (["series", "--index", "A"], lambda: cci_cli.series(index="A")),
        (
            ["series", "--from", "2025H1", "--measure", "supply"],
            lambda: cci_cli.series(from_="2025H1", measure="supply"),
        ),
        (["rebase", "2025H1", "--level", "100"], lambda: cci_cli.rebase("2025H1", level=100)),
        (["explain", "A"], lambda: cci_cli.explain("A")),
        (["explain", "A", "2024H2"], lambda: cci_cli.explain("A", "2024H2")),
        (["validate", "2025H1"], lambda: cci_cli.validate("2025H1")),
        (["validate", "bad.csv"], lambda: cci_cli.validate("bad.csv")),
        (["verify"], lambda: cci_cli.verify(None)),
        (["verify", "2024H2"], lambda: cci_cli.verify("2024H2")),
        (["cards"], lambda: cci_cli.cards(None)),
        (["cards", "half"], lambda: cci_cli.cards("half")),
        (["status"], lambda: cci_cli.status(workspace=None)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_result_is_what_the_command_prints(cci, workspace, monkeypatch, command, call, lang):
    monkeypatch.chdir(workspace)
    Path("bad.csv").write_text("node_id,province,model,cards\nx,c,M,1.5\n", encoding="utf-8")
    words = ["--lang", lang] if "lang" in options_of(command[0]) else []
    printed = cci(*command, *words, "--format", "json")
    assert cci(*command, *words, "--output", "out.parquet").code == printed.code
    result = call()

    assert printed.out == to_json(view_result(result, lang).document) + "\n"
    assert json.loads(printed.out)
    frame = cci_cli.to_frame(result, lang=lang)
    assert_frame_equal(frame, pl.read_parquet("out.parquet"))
    assert frame.columns


def test_every_result_that_can_be_shown_can_be_a_frame():
    shown = set()
    for verb in VERBS:
        # the formats of an export are of its files
        if "format" in options_of(verb) and verb != "export":
            returned = get_type_hints(getattr(cci_cli, verb))["return"]
            shown |= set(get_args(returned)) if isinstance(returned, UnionType) else {returned}

    # a bulletin is a folder of files
    assert set(_VIEWS) == {kind.__name__ for kind in shown - {DeliveryResult}}


def test_a_frame_has_exact_decimals(workspace):
    frame = cci_cli.to_frame(cci_cli.compute("2025H1", workspace=workspace), lang="en")

    assert frame.schema["level"] == pl.Decimal(38, 2)
    assert frame["name"][0] == "N index in English"


def test_what_has_no_rows_cannot_be_a_frame(workspace):
    stored = cci_cli.publish("2024H2", by="A", workspace=workspace)

    with pytest.raises(TypeError, match="not PublishResult"):
        cci_cli.to_frame(stored)
    with pytest.raises(TypeError, match="not str"):
        cci_cli.to_frame("2025H1")


def test_the_import_is_light_until_a_verb_is_asked_for():
    code = (
        "import sys, cci_cli; from cci_cli import CciError, parse_period; cci_cli.__version__; "
        "heavy = {'polars', 'typer', 'rich', 'click', 'cci_cli.commands'} & set(sys.modules); "
        "cci_cli.compute; "
        "sys.exit(str(heavy) if heavy or 'polars' not in sys.modules else 0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, check=False
    )

    assert run.returncode == 0, run.stderr.decode()


def test_loading_a_verb_leaves_the_functions_of_others_in_place():
    for name in cci_cli.__all__:
        getattr(cci_cli, name)

    assert inspect.isfunction(cci_cli.cards)
    assert isinstance(cci_cli.cards("H20", workspace=REPOSITORY), CardsResult)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'cci_cli' has no attribute 'computee'") as got:
        cci_cli.computee  # noqa: B018
    assert (got.value.name, got.value.obj) == ("computee", cci_cli)
    assert not hasattr(cci_cli, "_HOME")


def test_a_workspace_is_named_by_text_or_path(workspace, monkeypatch):
    monkeypatch.chdir(workspace.parent)

    assert (
        cci_cli.status(workspace=workspace)
        == cci_cli.status(workspace=str(workspace))
        == cci_cli.status(workspace=workspace.name)
    )


def test_files_and_folders_are_named_by_text_or_path(workspace, tmp_path):
    table = tmp_path / "survey.csv"
    table.write_text("node_id,province,model,cards\nx,a,M,1\ny,b,M,0\n", encoding="utf-8")
    for name in (table, str(table)):
        found = cci_cli.validate(name, period="2025H2", workspace=workspace)
        stored = cci_cli.ingest(name, "2025H2", dry_run=True, workspace=workspace)

        assert (found.is_valid, found.file, stored.facts.rows) == (True, str(table), 2)
    for name in (tmp_path / "one", str(tmp_path / "two")):
        assert all(path.exists() for path in cci_cli.init(name))
    for name in (tmp_path / "none.csv", str(tmp_path / "none.csv")):
        with pytest.raises(cci_cli.SystemFailureError, match=r"none\.csv"):
            cci_cli.publish("2025H1", from_table=name, workspace=workspace)


def test_the_workspace_is_found_as_on_the_command_line(cci, workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(cci_cli.UsageError) as got:
        cci_cli.status()
    assert got.value.code == "E201"

    monkeypatch.setenv("CCI_WORKSPACE", str(workspace))
    assert cci_cli.status().workspace == str(workspace)
    with pytest.raises(cci_cli.UsageError) as got:
        cci_cli.status(workspace=tmp_path)
    assert got.value.code == "E202"

    # an empty one names nothing
    monkeypatch.setenv("CCI_WORKSPACE", "")
    monkeypatch.chdir(workspace / "snapshots")
    assert cci_cli.status().workspace == str(workspace)
    assert cci("status").code == 0


def test_an_error_has_code_message_and_hint(workspace):
    with pytest.raises(cci_cli.CciError) as got:
        cci_cli.compute("2024X2", workspace=workspace)
    error = got.value

    assert type(error) is cci_cli.UsageError
    assert (error.code, error.message) == ("E101", "`2024X2` is not a period")
    assert str(error) == error.message
    assert error.hint.startswith("write a half-year as 2025H1")


def test_an_invalid_file_is_an_error_with_its_problems(workspace, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("node_id,province,model,cards\nx,a,M,1.5\ny,b,M,0\n", encoding="utf-8")
    with pytest.raises(cci_cli.InvalidDataError) as got:
        cci_cli.ingest(path, "2025H2", workspace=workspace)

    assert [(item.line, item.column, item.value) for item in got.value.problems] == [
        (2, "cards", "1.5")
    ]


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        (
            lambda: cci_cli.diff("2024H2", "2025H1", by="nodes"),
            "`by` cannot be `nodes`",
            "give index, province, model or node",
        ),
        (
            lambda: cci_cli.diff("2024H2", "2025H1", by="node", top=-1),
            "`top` cannot be `-1`",
            "give 0 or more",
        ),
        (
            lambda: cci_cli.ingest("x.csv", "2025H2", encoding="gbk"),
            "`encoding` cannot be `gbk`",
            "give utf-8, gb18030 or utf-16",
        ),
        (
            lambda: cci_cli.validate("x.csv", encoding="gbk"),
            "`encoding` cannot be `gbk`",
            "give utf-8, gb18030 or utf-16",
        ),
        (
            lambda: cci_cli.series(measure=None),
            "`measure` cannot be `None`",
            "give level, growth, share, supply or comparable",
        ),
        (
            lambda: cci_cli.export("out", forms=["pdf"]),
            "`format` cannot be `pdf`",
            "give csv, xlsx or parquet",
        ),
        (lambda: cci_cli.export("out", wait=-1), "`wait` cannot be `-1`", "give 0 or more"),
        (
            lambda: cci_cli.to_frame(cci_cli.status(), lang="fr"),
            "`lang` cannot be `fr`",
            "give zh or en",
        ),
    ],
    ids=[
        *("by", "top", "encoding of ingest", "encoding of validate", "measure", "forms", "wait"),
        "lang",
    ],
)
def test_what_the_parser_would_refuse_is_refused(workspace, monkeypatch, call, message, hint):
    monkeypatch.chdir(workspace)
    with pytest.raises(cci_cli.UsageError) as got:
        call()

    assert (got.value.code, got.value.message, got.value.hint) == ("E114", message, hint)


def created(path):
    return json.loads((path / "datapackage.json").read_text(encoding="utf-8"))["created"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (None, EPOCH_TIME),
        (datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=8))),
            "2026-01-01T19:04:05+00:00",
        ),
    ],
    ids=["null", "UTC", "Beijing"],
)
def test_the_time_is_recorded_in_utc(workspace, tmp_path, now, expected):
    path = tmp_path / "survey.csv"
    path.write_text("node_id,province,model,cards\nx,a,M,1\ny,b,M,0\n", encoding="utf-8")
    cci_cli.ingest(path, "2025H2", now=now, workspace=workspace)
    cci_cli.publish("2025H1", by="A", now=now, workspace=workspace)

    assert created(workspace / "snapshots/2025H2/r1") == expected
    assert created(workspace / "releases/2025H1/r1") == expected


def test_a_time_without_a_zone_is_local(workspace, tmp_path):
    path = tmp_path / "survey.csv"
    path.write_text("node_id,province,model,cards\nx,a,M,1\ny,b,M,0\n", encoding="utf-8")
    local = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001
    cci_cli.ingest(path, "2025H2", now=local, workspace=workspace)

    stored = datetime.fromisoformat(created(workspace / "snapshots/2025H2/r1"))
    assert stored == local.astimezone(UTC)
    assert stored.utcoffset() == timedelta(0)


def test_the_time_says_whether_a_half_year_has_ended(workspace, tmp_path):
    path = tmp_path / "survey.csv"
    path.write_text("node_id,province,model,cards\nx,a,M,1\ny,b,M,0\n", encoding="utf-8")
    after = datetime(2026, 1, 1, tzinfo=UTC)

    def codes(**options):
        found = cci_cli.validate(path, period="2025H2", workspace=workspace, **options)
        return [item.code for item in found.warnings]

    assert "W307" in codes()
    assert "W307" not in codes(now=after)


@pytest.mark.parametrize("by", [None, "", "  "], ids=["null", "empty", "blank"])
def test_who_publishes_is_the_login_unless_told(workspace, monkeypatch, by):
    monkeypatch.setattr("cci_cli.surroundings.getpass.getuser", lambda: "desk")
    cci_cli.publish("2025H1", by=by, workspace=workspace)
    document = json.loads((workspace / "releases/2025H1/r1/datapackage.json").read_text("utf-8"))

    assert document["by"] == "desk"


def test_snapshots_are_found_by_their_period(workspace):
    table = cci_cli.compute("2025H1", workspace=workspace)

    assert isinstance(table.period, cci_cli.Period)
    assert table.snapshots[cci_cli.parse_period("2025H1")].facts.rows == 3
