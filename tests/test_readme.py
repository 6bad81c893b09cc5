"""What the READMEs show is what happens."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY, index_toml

from cci_cli.cli import app
from cci_cli.messages import ERRORS, WARNINGS

READMES = ("README.md", "README.zh-CN.md")
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read_examples(name):
    """Commands and their output, in order; a line of … stands for any lines."""
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    examples = []
    for block in BLOCK.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                examples.append((line[2:], []))
            else:
                examples[-1][1].append(line)
    return examples


def read_python_examples(name):
    """Code and what it prints."""
    return PYTHON.findall((REPOSITORY / name).read_text(encoding="utf-8"))


def to_pattern(lines):
    parts = [r"(?:.*\n)*?" if line == "…" else re.escape(line) + r"\n" for line in lines]
    return re.compile("".join(parts))


def test_console_examples_print_what_the_readme_shows(tmp_path):
    """Those of one language, for both have the same."""
    for folder in ("config", "snapshots"):
        (tmp_path / folder).symlink_to(REPOSITORY / folder)
    programs = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}

    examples = read_examples(READMES[0])
    for command, expected in examples:
        run = subprocess.run(
            ["sh", "-c", command],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output = run.stdout.decode()
        assert to_pattern(expected).fullmatch(output), f"{command}\n{output}"

    assert len([command for command, _ in examples if command.startswith("cci ")]) >= 6


def test_python_examples_print_what_the_readme_shows(tmp_path):
    """Those of one language, for both have the same."""
    for folder in ("config", "snapshots"):
        (tmp_path / folder).symlink_to(REPOSITORY / folder)
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": os.environ["PATH"]}

    examples = read_python_examples(READMES[0])
    for code, expected in examples:
        run = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert (run.stdout.decode(), run.stderr.decode()) == (expected, "")

    assert len(examples) == 1


@pytest.mark.parametrize("name", READMES)
def test_every_verb_has_a_row_with_an_example(name):
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    verbs = [command.callback.__name__ for command in app.registered_commands]

    assert len(verbs) == 14
    for verb in verbs:
        assert re.search(rf"^\| `cci {verb}\b.*\| `cci {verb}\b[^`]*` \|$", text, re.MULTILINE)


@pytest.mark.parametrize("name", READMES)
def test_links_lead_somewhere(name):
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^):]+)\)", text)

    assert targets
    assert [target for target in targets if not (REPOSITORY / target).exists()] == []


def test_both_readmes_run_the_same_examples():
    for read in (read_examples, read_python_examples):
        english, chinese = map(read, READMES)

        assert chinese == english


OPERATIONS = REPOSITORY / "docs" / "operations.md"


def test_the_jobs_of_the_operations_page_are_good_commands(cci, tmp_path):
    text = OPERATIONS.read_text(encoding="utf-8")
    jobs = re.findall(r"/bin/cci (export .*)$", text, re.MULTILINE)
    for job in jobs:
        words = job.replace("/srv/cci/workspace", str(REPOSITORY))
        words = words.replace("/srv/cci/out", str(tmp_path / "out"))
        # the demonstration data are not released
        arguments = [word for word in words.split() if word != "--require-official"]
        run = cci(*arguments, "--dry-run")

        assert run.code == 0, run.err
    assert len(jobs) == 2


def test_the_settings_of_the_operations_page_are_good_settings(make_workspace, cci, tmp_path):
    [settings] = re.findall(r"```toml\n(.*?)```", OPERATIONS.read_text(encoding="utf-8"), re.DOTALL)
    root = make_workspace(
        ["a"],
        index_toml("N", "national", ["a"]),
        {"2025H1": [("n", "a", "M", 1)]},
        base_period="2025H1",
    )
    with (root / "config/cci.toml").open("a", encoding="utf-8") as file:
        file.write(settings)

    run = cci("export", "--to", tmp_path / "out", workspace=root)

    assert run.code == 0, run.err
    document = json.loads((tmp_path / "out/2025H1/datapackage.json").read_bytes())
    assert document["next_release"] == {"period": "2025H2", "date": "2026-06-30"}
    assert document["contributors"][0]["title"] == "Index House"


@pytest.mark.parametrize("code", re.findall(r"\b[EW][0-9]{3}\b", OPERATIONS.read_text("utf-8")))
def test_the_messages_of_the_operations_page_exist(code):
    assert code in ERRORS or code in WARNINGS
