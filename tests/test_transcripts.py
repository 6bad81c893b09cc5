"""Whole outputs, word by word: every table and document of three small stories, in both languages.

``tests/transcripts`` has the commands and what each prints, but for hashes and the version: the
words, columns and order that people and programs have come to rely on. The figures are worked here.

The history
-----------

Standard cards, of which 8760 card-hours are made a year; cards of M are one each, and of those of a
ten are 20 cards of half:

======  ========================  =================================================================
2024H2  a 60, b 40, c 0, d 10     released
2025H1  a 90, b 40, c 10, d 10    released; corrected to a 80, b 50 and restated after 2025H2
2025H2  a 90, b 60, c 20, d 10    released; from here on the nation and S have d as well
2026H1  a 100, b 50, c 30, d 10   not released
======  ========================  =================================================================

The nation N is a, b, c, then d too; R is a; S is b, c, then d too; the hubs are H = b and I = c.

- 2024H2: 100 cards; N 1000, R 600, S 400, H 400, I 0.
- 2025H1: N 1000 × 140/100 = 1400. I had nothing and is seeded anew, 1400 × 10/140 = 100. As first
  released R 900, S 500, H 400; as restated R 800, S 600, H 500.
- 2025H2, from the first release over the corrected data: N 1400 × 180/150 = 1680, R 900 × 90/80 =
  1012.5, S 500 × 90/70 = 4500/7, H 400 × 60/50 = 480, I 100 × 20/10 = 200. From the restated one:
  R 900, S 5400/7, H 600.
- 2026H1: N 1680 × 190/180 = 5320/3, R 1012.5 × 100/90 = 1125, S 4500/7 × 90/90, H 480 × 50/60 =
  400, I 200 × 30/20 = 300.

From 2024H2 to 2026H1 the nation grew by 5320/3000 − 1 = 58/75, in links of 40/100, 30/150 and
10/180 that started at 1, 1.4 and 1.68 times the first level. R has 20/100 + 1.4 × 10/150 + 1.68 ×
10/180 = 29/75 of it, S 20/100 + 1.4 × 20/150 + 0 = 29/75, H 10/100 + 1.4 × 10/150 − 1.68 × 10/180
= 1/10, I 10/100 + 1.4 × 10/150 + 1.68 × 10/180 = 43/150. In card-hours, 80 × 8760 = 700,800 were
added and 87,600 came with d.

The drafts
----------

One card, then two, at a node that is called as its province is, and nothing released: N 1000 and
2000.

The printed levels
------------------

Of 2024H2 and 2025H1 two tables are all that was released: N 1000 and 1200, R 600 and 700, S 400 and
500, without any supply; in 2025H1 N and S took c in. The cards of a, b and c are known all the
same: 55, 40 and 10, then 70, 40 and 10, then 84, 48 and 12. The hub H = b came when both tables
were out.

- 2025H2: N 1200 × 144/120 = 1440, R 700 × 84/70 = 840, S 500 × 60/50 = 600, H is seeded at 1200 ×
  40/120 = 400, × 48/40 = 480.
- The cards alone make 2025H1 N 1000 × 120/105 = 1142.86, R 600 × 70/55 = 763.64, S 400 × 50/50: the
  printed levels are 57.14 above, 63.64 below and 100 above.
"""

import re
import shlex

import pytest
from conftest import REPOSITORY, build_workspace, index_toml, store

from cci_cli import __version__
from cci_cli.cli import main

FOLDER = REPOSITORY / "tests" / "transcripts"
STANDARD_CARDS = {
    "2024H2": {"a": 60, "b": 40, "c": 0, "d": 10},
    "2025H1": {"a": 90, "b": 40, "c": 10, "d": 10},
    "2025H2": {"a": 90, "b": 60, "c": 20, "d": 10},
    "2026H1": {"a": 100, "b": 50, "c": 30, "d": 10},
}
CORRECTED = {"a": 80, "b": 50, "c": 10, "d": 10}
FAMILY = (
    index_toml("N", "national", ["a", "b", "c"], {"2025H2": ["a", "b", "c", "d"]})
    + index_toml("R", "region", ["a"])
    + index_toml("S", "region", ["b", "c"], {"2025H2": ["b", "c", "d"]})
    + index_toml("H", "hub", ["b"])
    + index_toml("I", "hub", ["c"])
)


def read_transcripts():
    """Stories, commands and what they print, by the file and in its order."""
    return [
        (path.parent.name, *entry.split("\n", 1))
        for path in sorted(FOLDER.glob("*/*.txt"))
        for entry in re.split(r"^\$ ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    ]


def to_rows(standard_cards):
    rows = [
        (f"node {province}", province, "M", cards) for province, cards in standard_cards.items()
    ]
    rows[0] = ("node a", "a", "M", standard_cards["a"] - 10)
    return [*rows, ("node a", "a", "half", 20)]


def release(root, period, *options):
    code = main(["publish", period, "--by", "A", *options, "--workspace", str(root), "--quiet"])
    assert code == 0


def make_history(root):
    snapshots = {period: to_rows(cards) for period, cards in STANDARD_CARDS.items()}
    build_workspace(root, ["a", "b", "c", "d"], FAMILY, snapshots)
    release(root, "2024H2")
    release(root, "2025H1")
    store(root, "2025H1", to_rows(CORRECTED))
    release(root, "2025H2")
    release(root, "2025H1", "--restate", "corrected cards")


def make_printed(root):
    family = (
        index_toml("N", "national", ["a", "b"], {"2025H1": ["a", "b", "c"]})
        + index_toml("R", "region", ["a"])
        + index_toml("S", "region", ["b"], {"2025H1": ["b", "c"]})
    )
    build_workspace(root, ["a", "b", "c"], family)
    for period, day, levels in (
        ("2024H2", "2024年12月31日", ("1000.00", "600.00", "400.00")),
        ("2025H1", "2025年6月30日", ("1200.00", "700.00", "500.00")),
    ):
        table = root / f"{period}.csv"
        rows = [f"{code} index,{level}" for code, level in zip("NRS", levels, strict=True)]
        table.write_text("\n".join([f"指数名称,{day}", *rows]) + "\n", encoding="utf-8")
        release(root, period, "--from-table", str(table))
    with (root / "config" / "indices.toml").open("a", encoding="utf-8") as config:
        config.write(index_toml("H", "hub", "b"))
    known = {"2024H2": (55, 40, 10), "2025H1": (70, 40, 10), "2025H2": (84, 48, 12)}
    for period, counts in known.items():
        cards = zip("abc", counts, strict=True)
        store(root, period, [(f"node {place}", place, "M", count) for place, count in cards])


def make_drafts(root):
    snapshots = {"2024H2": [("a", "a", "M", 1)], "2025H1": [("a", "a", "M", 2)]}
    build_workspace(root, ["a"], index_toml("N", "national", ["a"]), snapshots)


STORIES = {"drafts": make_drafts, "history": make_history, "printed": make_printed}


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory):
    """Of each story the workspace, made when it is first asked for."""
    known = {}

    def find(story):
        if story not in known:
            known[story] = tmp_path_factory.mktemp(story) / "workspace"
            STORIES[story](known[story])
        return known[story]

    return find


TRANSCRIPTS = read_transcripts()


@pytest.mark.parametrize(
    ("story", "command", "expected"),
    TRANSCRIPTS,
    ids=[f"{story}: {command}" for story, command, _ in TRANSCRIPTS],
)
def test_a_command_prints_what_its_transcript_shows(workspaces, cci, story, command, expected):
    program, *arguments = shlex.split(command)

    outcome = cci(*arguments, workspace=workspaces(story))

    assert (program, outcome.code, outcome.err) == ("cci", 0, "")
    shown = re.sub(r"\b[0-9a-f]{64}\b", "SHA256", outcome.out).replace(__version__, "VERSION")
    assert shown.splitlines() == expected.rstrip("\n").splitlines()
    assert outcome.out.endswith("\n")


def test_every_verb_that_prints_figures_has_a_transcript():
    shown = {command.split()[1] for _, command, _ in TRANSCRIPTS}

    assert shown == {"compute", "diff", "explain", "rebase", "series"}
