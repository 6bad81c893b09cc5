"""The life of a workspace: whatever is done to it in whatever order, and cut off wherever.

Steps are drawn at random, and what must hold is looked at after each: what was acknowledged is
there byte for byte, stores hold whole revisions and releases without a gap, levels are those of the
arithmetic in ``Book``, bundles are whole, and what was tampered with is named.
"""

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, NamedTuple

import pytest
from conftest import CCI_TOML, FACTOR, REPOSITORY, Outcome, examples, index_toml, write_config
from faults import ERRNOS, Fault, fail
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cci_cli.cli import main

PERIODS = ("2024H2", "2025H1", "2025H2")
EPOCH = "1750000000"
#: What is usually done, the first period recounted between its release and the next one.
COURSE = (
    ("ingest", "2024H2", (1, 1)),
    ("publish", "2024H2", None),
    ("ingest", "2025H1", (2, 1)),
    ("export", "2025H1", None),
    ("ingest", "2024H2", (3, 2)),
    ("publish", "2025H1", None),
    ("ingest", "2025H1", (3, 1)),
    ("restate", "2025H1", None),
    ("export", "2025H1", None),
)
#: Cards in the east and in the west.
Cards = tuple[int, int]
Levels = dict[str, Fraction]
Tree = dict[str, bytes]


class Step(NamedTuple):
    """A command that writes: its words, and the package or bundle that it is about."""

    words: tuple[str, ...]
    period: str
    cards: Cards | None = None


class Release(NamedTuple):
    """The levels of a release, and what they were made from."""

    levels: Levels
    basis: tuple


@dataclass
class Book:
    """What was acknowledged, and the levels that follow from it."""

    revisions: dict[str, list[Cards]] = field(default_factory=dict)
    releases: dict[str, list[Release]] = field(default_factory=dict)

    def draft(self, period: str, *, is_released: bool = False) -> Release | None:
        """Levels of a period, chained from releases where there are any; null where none can be."""
        if is_released and period in self.releases:
            return self.releases[period][-1]
        if period not in self.revisions:
            return None
        supply = self.find_supply(period)
        newest = self.revisions[period][-1]
        if period == PERIODS[0]:
            levels = {code: 1000 * value / supply["N"] for code, value in supply.items()}
            return Release(levels, (newest,))
        before = PERIODS[PERIODS.index(period) - 1]
        start = self.draft(before, is_released=True)
        if start is None or before not in self.revisions:
            return None
        old = self.find_supply(before)
        levels = {code: start.levels[code] * supply[code] / old[code] for code in supply}
        return Release(levels, (newest, self.revisions[before][-1], tuple(start.levels.items())))

    def find_supply(self, period: str) -> Levels:
        east, west = self.revisions[period][-1]
        return {"N": Fraction(east + west), "R": Fraction(east)}

    def can_release(self, period: str) -> bool:
        before = PERIODS[: PERIODS.index(period)][-1:]
        return all(one in self.releases for one in before) and self.draft(period) is not None


def run(*words: str | Path) -> Outcome:
    """The command line in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(word) for word in words])
    texts = [stream.buffer.getvalue().decode() for stream in (out, err) if not stream.flush()]
    return Outcome(code, *texts)


def read_files(root: Path) -> Tree:
    """The files that readers see."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    }


class Life(RuleBasedStateMachine):
    """One workspace with three periods, its exports, and the files that are ingested."""

    counts: ClassVar[Counter[str]] = Counter()
    launch: ClassVar = None

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="cci-life-"))
        self.root, self.out = self.folder / "space", self.folder / "out"
        indices = index_toml("N", "national", ["东", "西"]) + index_toml("R", "region", ["东"])
        toml = CCI_TOML.format(
            base_period=PERIODS[0],
            base_level="1000",
            standard_card_tflops="100",
            decimals=2,
            rounding="half_up",
        )
        write_config(self.root, ["东", "西"], indices, {"M": "100"}, toml)
        self.book = Book()
        # what was acknowledged, byte for byte
        self.packages: dict[str, Tree] = {}
        self.verified: Tree | None = None
        self.counts["sequences"] += 1

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    # what is done

    @initialize(depth=st.integers(0, len(COURSE)))
    def begin(self, depth: int) -> None:
        """Mostly not with nothing: little can be done then."""
        for verb, period, cards in COURSE[: len(COURSE) - depth]:
            step = self.prepare(verb, period, cards)
            self.do(step)
            before = read_files(self.folder)
            self.do(step)
            assert read_files(self.folder) == before

    @rule(period=st.sampled_from(PERIODS), cards=st.tuples(st.integers(1, 3), st.integers(1, 2)))
    def ingest(self, period: str, cards: Cards) -> None:
        self.do(self.prepare("ingest", period, cards))

    @rule(period=st.sampled_from(PERIODS))
    def ingest_the_same_again(self, period: str) -> None:
        if period in self.book.revisions:
            before = read_files(self.folder)
            self.do(self.prepare("ingest", period, self.book.revisions[period][-1]))
            assert read_files(self.root) == {
                name.removeprefix("space/"): data
                for name, data in before.items()
                if name.startswith("space/")
            }

    @rule(
        period=st.sampled_from(PERIODS), row=st.sampled_from(["n2,西,M,-1", "n1,东,M,1", "n2,北"])
    )
    def ingest_what_is_not_valid(self, period: str, row: str) -> None:
        source = self.folder / "invalid.csv"
        source.write_text(f"node_id,province,model,cards\nn1,东,M,1\n{row}\n", encoding="utf-8")
        self.change_nothing(1, "ingest", source, "--period", period)

    @rule(period=st.sampled_from(PERIODS), verb=st.sampled_from(["ingest", "export"]))
    def rehearse(self, period: str, verb: str) -> None:
        step = self.prepare(verb, period, (5, 5))
        self.change_nothing(self.foresee(step)[0], *step.words, "--dry-run")

    @rule(period=st.sampled_from(PERIODS), verb=st.sampled_from(["publish", "restate", "export"]))
    def publish_or_export(self, period: str, verb: str) -> None:
        self.do(self.prepare(verb, period))

    @rule(
        period=st.sampled_from(PERIODS),
        verb=st.sampled_from(["ingest", "publish", "restate", "export"]),
        cards=st.tuples(st.integers(1, 3), st.integers(1, 2)),
        at=st.integers(1, 45),
        how=st.sampled_from(["kill", "change", "look"]),
        number=st.sampled_from(ERRNOS),
    )
    def cut_off(self, period: str, verb: str, cards: Cards, at: int, how: str, number: int) -> None:
        """A command is killed, or an operation of it fails; then it is run again."""
        step = self.prepare(verb, period, cards)
        twin = self.folder / "twin"
        shutil.copytree(self.root, twin / "space")
        if self.out.exists():
            shutil.copytree(self.out, twin / "out")
        expected, _ = self.foresee(step)
        if how == "kill":
            code, err = self.kill(step, at)
            assert code in (-9, expected), err
        else:
            fault = Fault([self.folder], at, fail(number), is_change_only=how == "change")
            with pytest.MonkeyPatch.context() as patch:
                fault.install(patch.setattr)
                code, err = self.call(step)
            assert code in (expected, 3), err
            assert code != 3 or (os.strerror(number) in err and str(self.folder) in err), err
        self.counts[f"{how} {'passed' if code in (0, 1) else code}"] += 1
        self.settle(step, code)
        self.check()
        self.do(step)
        words = [word.replace(str(self.out), str(twin / "out")) for word in step.words]
        there = run(*words, "--workspace", twin / "space")
        assert there.code == expected, there.err
        assert read_files(twin / "space") == read_files(self.root)
        assert read_files(twin) == {
            name: data
            for name, data in read_files(self.folder).items()
            if name.startswith(("space/", "out/"))
        }
        shutil.rmtree(twin)

    @precondition(lambda self: self.packages)
    @rule(data=st.data(), how=st.sampled_from(["bit", "gone", "longer", "stray"]))
    def tamper_and_repair(self, data: st.DataObject, how: str) -> None:
        """Who changes what is stored is found out, and nothing is stored on top of it."""
        package = data.draw(st.sampled_from(sorted(self.packages)))
        path = self.root / package / data.draw(st.sampled_from(sorted(self.packages[package])))
        kept = path.read_bytes()
        if how == "bit":
            place = data.draw(st.integers(0, len(kept) * 8 - 1))
            changed = bytearray(kept)
            changed[place // 8] ^= 1 << place % 8
            path.write_bytes(changed)
        elif how == "gone":
            path.unlink()
        elif how == "longer":
            path.write_bytes(kept + b"\n")
        else:
            path = path.with_name("stray.csv")
            path.write_bytes(b"")
        found = run("verify", "--workspace", self.root)
        assert found.code == 1
        assert str(path.relative_to(self.root)) in found.out
        before = read_files(self.root)
        for words in (("compute", PERIODS[1]), ("series",), ("status",)):
            assert run(*words, "--workspace", self.root).code in (0, 1)
        assert read_files(self.root) == before
        if how == "stray":
            path.unlink()
        else:
            path.write_bytes(kept)
        self.verified = None
        self.counts["tampered"] += 1

    @rule(period=st.sampled_from(PERIODS), old=st.sampled_from(PERIODS))
    def read(self, period: str, old: str) -> None:
        before = read_files(self.folder)
        computed = run("compute", period, "--format", "json", "--workspace", self.root)
        draft = self.book.draft(period)
        released = self.book.draft(period, is_released=True)
        assert computed.code == (0 if draft else 1), computed.err
        if draft and released:
            levels = {
                item["code"]: Fraction(item["level_exact"])
                for item in json.loads(computed.out)["indices"]
            }
            assert levels in (draft.levels, released.levels)
        for words in (("series",), ("diff", old, period), ("status",), ("explain", "N", period)):
            assert run(*words, "--workspace", self.root).code in (0, 1)
        assert read_files(self.folder) == before

    @precondition(lambda self: FACTOR > 1 and self.book.draft(PERIODS[0]))
    @rule(chance=st.integers(0, 19))
    def report(self, chance: int) -> None:
        """Seldom: to draw a bulletin takes seconds."""
        if chance == 7:
            words = ("report", PERIODS[0], "--to", self.folder / "reports")
            first = run(*words, "--workspace", self.root)
            assert first.code == 0, first.err
            self.check_sums(self.folder / "reports" / f"{PERIODS[0]}-bulletin-zh")
            assert "unchanged" in run(*words, "--workspace", self.root).err
            self.counts["reports"] += 1

    # how it is done

    def prepare(self, verb: str, period: str, cards: Cards | None = None) -> Step:
        if verb == "ingest":
            cards = cards or (1, 1)
            source = self.folder / f"{period}-{cards[0]}-{cards[1]}.csv"
            text = f"node_id,province,model,cards\nn1,东,M,{cards[0]}\nn2,西,M,{cards[1]}\n"
            source.write_text(text, encoding="utf-8")
            return Step(("ingest", "--period", period, str(source)), period, cards)
        if verb == "export":
            return Step(("export", period, "--to", str(self.out)), period)
        reason = ("--restate", "recounted") if verb == "restate" else ()
        return Step(("publish", period, "--by", "me", *reason), period)

    def call(self, step: Step) -> tuple[int, str]:
        outcome = run(*step.words, "--workspace", self.root)
        assert "Traceback" not in outcome.err
        return outcome.code, outcome.err

    def kill(self, step: Step, at: int) -> tuple[int, str]:
        order = {
            "arguments": [*step.words, "--workspace", str(self.root)],
            "roots": [str(self.folder)],
            "die_at": at,
        }
        code, err = self.launch(order)
        return code, err

    def foresee(self, step: Step) -> tuple[int, str | None]:
        """The exit code of a step, and the package that it will add; null for none."""
        book, period = self.book, step.period
        match step.words[0]:
            case "ingest":
                stored = book.revisions.get(period, [])
                is_new = not stored or stored[-1] != step.cards
                return 0, f"snapshots/{period}/r{len(stored) + 1}" if is_new else None
            case "export":
                last = PERIODS.index(period) + 1
                return (0 if all(one in book.revisions for one in PERIODS[:last]) else 1), None
        draft, made = book.draft(period), book.releases.get(period, [])
        if not book.can_release(period) or draft is None:
            return 1, None
        name = f"releases/{period}/r{len(made) + 1}"
        is_restated = "--restate" in step.words
        if not made:
            return (1, None) if is_restated else (0, name)
        return (0, None) if made[-1] == draft else (0, name) if is_restated else (1, None)

    def do(self, step: Step) -> None:
        expected, _ = self.foresee(step)
        code, err = self.call(step)
        assert code == expected, (step, err)
        self.settle(step, code)

    def settle(self, step: Step, code: int) -> None:
        """What a step has added is acknowledged: all that it was to add where it says so."""
        self.counts["steps"] += 1
        self.counts[f"{step.words[0]} {code}"] += 1
        _, name = self.foresee(step)
        found = {
            str(path.parent.relative_to(self.root))
            for store in ("snapshots", "releases")
            for path in (self.root / store).glob("[!.]*/*/*")
        }
        new = found - self.packages.keys()
        assert new <= {name}
        assert code != 0 or new == ({name} - {None})
        assert code != 1 or not new
        if new:
            self.packages[name] = read_files(self.root / name)
            if step.cards is not None:
                self.book.revisions.setdefault(step.period, []).append(step.cards)
            else:
                draft = self.book.draft(step.period)
                self.book.releases.setdefault(step.period, []).append(draft)
        if code == 0 and step.words[0] == "export":
            self.check_bundle(step.period)

    def change_nothing(self, code: int, *words: str | Path) -> None:
        before = read_files(self.folder)
        outcome = run(*words, "--workspace", self.root)
        assert outcome.code == code, outcome.err
        assert read_files(self.folder) == before
        self.counts["steps"] += 1

    # what must hold

    @invariant()
    def check(self) -> None:
        stored = read_files(self.root)
        for name, files in self.packages.items():
            assert {
                f"{name}/{path}": data for path, data in files.items()
            }.items() <= stored.items()
        for store, book in (("snapshots", self.book.revisions), ("releases", self.book.releases)):
            for period, items in book.items():
                names = {path.name for path in (self.root / store / period).iterdir()}
                assert names == {f"r{number}" for number in range(1, len(items) + 1)}
        for period, releases in self.book.releases.items():
            for number, release in enumerate(releases, start=1):
                text = self.packages[f"releases/{period}/r{number}"]["indices.csv"].decode()
                rows = csv.DictReader(io.StringIO(text))
                assert {row["code"]: Fraction(row["level_exact"]) for row in rows} == release.levels
        for period, revisions in self.book.revisions.items():
            for number, cards in enumerate(revisions, start=1):
                text = self.packages[f"snapshots/{period}/r{number}"]["nodes.csv"].decode()
                rows = csv.DictReader(io.StringIO(text))
                assert tuple(int(row["cards"]) for row in rows) == cards
        for bundle in self.out.glob("[!.]*"):
            self.check_sums(bundle)
        if stored != self.verified:
            outcome = run("verify", "--workspace", self.root)
            assert outcome.code == 0, outcome.out
            self.verified = stored

    def check_sums(self, bundle: Path) -> None:
        lines = (bundle / "SHA256SUMS").read_text("utf-8").splitlines()
        listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
        files = read_files(bundle)
        del files["SHA256SUMS"]
        assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}

    def check_bundle(self, period: str) -> None:
        """The levels of a bundle are the released ones, where there are any."""
        text = (self.out / period / "indices.csv").read_text("utf-8")
        for row in csv.DictReader(io.StringIO(text)):
            expected = self.book.draft(row["period"], is_released=True)
            assert Fraction(row["level_exact"]) == expected.levels[row["code"]]


@contextmanager
def serve_kills() -> Iterator[None]:
    """Processes that are killed, forked from one in which nothing was computed."""
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("faults.py"))],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def launch(order: dict) -> tuple[int, str]:
        server.stdin.write(json.dumps([order]) + "\n")
        server.stdin.flush()
        [(code, err)] = json.loads(server.stdout.readline())
        return code, err

    Life.launch = staticmethod(launch)
    yield
    server.communicate(timeout=10)


def test_whatever_is_done_in_whatever_order_what_was_acknowledged_stays(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.delenv("CCI_WORKSPACE", raising=False)
    chosen = examples(6, stateful_step_count=16, suppress_health_check=list(HealthCheck))
    with serve_kills():
        run_state_machine_as_test(Life, settings=chosen)
    if FACTOR > 1:
        sys.stderr.write(f"{dict(sorted(Life.counts.items()))}\n")
    assert Life.counts["steps"] > 30
