"""How far long work has come: on a terminal alone, never among the data, gone at the end."""

import io
import sys

import pytest
from conftest import index_toml

from cci_cli import console
from cci_cli.cli import main
from cci_cli.progress import BYTES, ROWS, Step, tell, watched_by

FILE = "node_id,province,model,cards\nn1,a,M,7\nn2,a,M,2\n"


class Terminal(io.StringIO):
    """A stream that a person reads."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def root(make_workspace):
    root = make_workspace(["a"], index_toml("N", "national", ["a"]))
    (root / "raw.csv").write_text(FILE, encoding="utf-8")
    return root


@pytest.fixture
def run(root, monkeypatch, capsys):
    """Run a verb with stderr on a stream: exit code, stdout, what the stream was sent."""
    monkeypatch.setattr(console, "_SECONDS_BETWEEN", 0)

    def call(stream, *arguments, patience=0):
        monkeypatch.setattr(console, "PATIENCE_SECONDS", patience)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", stream)
            code = main([*arguments, "--workspace", str(root)])
        return code, capsys.readouterr().out, stream.getvalue()

    return call


def ingest(root, *options):
    return ("ingest", str(root / "raw.csv"), "--period", "2024H2", *options)


def test_a_terminal_is_told_of_rows_and_bytes_and_left_clean(run, root):
    code, out, err = run(Terminal(), *ingest(root))
    assert (code, out) == (0, "")
    lines = [part.removesuffix("\x1b[K") for part in err.split("\r")]
    assert "checking: 2 of 2 rows" in lines
    assert "copying raw.csv: 0 MB" in lines
    assert "looking at the bytes: 0 of 0 MB" in lines
    assert "writing nodes.csv: 0 MB" in lines
    assert "hashing nodes.csv: 0 of 0 MB" in lines
    # the line is taken away before the first word of the result
    assert "\r\x1b[Kstored 2024H2@r1" in err
    assert err.count("\x1b[K") == err.count("\r")


def test_stdout_is_the_same_with_and_without_progress(run, root):
    assert run(Terminal(), *ingest(root))[0] == 0
    told = run(Terminal(), "compute", "2024H2", "--format", "json")
    plain = run(io.StringIO(), "compute", "2024H2", "--format", "json")
    assert "hashing nodes.csv" in told[2]
    assert plain[2] == ""
    assert told[1] == plain[1]
    assert told[1].startswith("{")


@pytest.mark.parametrize(
    ("stream", "options", "patience"),
    [
        pytest.param(io.StringIO, (), 0, id="a pipe"),
        pytest.param(Terminal, ("--quiet",), 0, id="quiet"),
        pytest.param(Terminal, (), 60, id="done at once"),
    ],
)
def test_nothing_is_told(run, root, stream, options, patience):
    code, _, err = run(stream(), *ingest(root, *options), patience=patience)
    assert code == 0
    assert "\r" not in err
    assert "\x1b" not in err


def test_a_terminal_that_can_take_nothing_back_is_told_nothing(run, root, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    code, _, err = run(Terminal(), *ingest(root))
    assert (code, "\x1b" in err) == (0, False)


def test_an_error_stands_on_a_line_of_its_own(run, root):
    (root / "raw.csv").write_text(FILE.replace(",7", ",x"), encoding="utf-8")
    code, _, err = run(Terminal(), *ingest(root))
    assert code == 1
    assert "\r\x1b[Kerror: " in err


def test_a_line_is_no_longer_than_the_terminal_is_wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setattr(console, "PATIENCE_SECONDS", 0)
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with console.watch_progress(is_wanted=True):
        tell("a long piece of work", ROWS, 1_000_000)
    assert stream.getvalue() == "\ra long piece of wor\x1b[K\r\x1b[K"


def test_a_hanzi_takes_two_places_of_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "12")
    monkeypatch.setattr(console, "PATIENCE_SECONDS", 0)
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with console.watch_progress(is_wanted=True):
        tell("智算中心调查表", ROWS, 1)
    assert stream.getvalue() == "\r智算中心调\x1b[K\r\x1b[K"


def test_no_control_character_of_a_name_reaches_the_terminal(monkeypatch):
    monkeypatch.setattr(console, "PATIENCE_SECONDS", 0)
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with console.watch_progress(is_wanted=True):
        tell("copying \x1b[31m.csv", BYTES, 5_400_000, 9_600_000)
    assert stream.getvalue() == "\rcopying \\x1b[31m.csv: 5 of 10 MB\x1b[K\r\x1b[K"


def test_steps_are_told_to_who_watches_alone():
    seen = []
    tell("before", ROWS, 1)
    with watched_by(seen.append):
        tell("within", BYTES, 2, 3)
    tell("after", ROWS, 4)
    assert seen == [Step("within", BYTES, 2, 3)]
