"""One raw file after another through `cci ingest`, held against the strict reader."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import date
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from mutations import MODELS, PROVINCES, Case, make_case
from strict import RefusalError, UndecidedError, Vocabulary, read_text, read_workbook

from cci_cli import csvfile, nodefile, outlines, rawfile
from cci_cli.cli import main

#: Where `cci` may be the stricter: bytes of more than one encoding, words that hide something.
_STRICTER = {"E305", "E310", "E343", "E321", "E322", "E323", "E325", "E314", "E315"}
_CODE = re.compile(r"\[(E[0-9]{3})\]")
PERIOD = "2024H2"
VOCABULARY = Vocabulary(PROVINCES, MODELS, date(2024, 12, 31))
#: What a terminal would obey, in what the program says.
_ORDERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")

_SETTINGS = """\
[methodology]
version = "test"
base_period = "2024H2"
base_level = 1000
standard_card_tflops = 100
hours_per_year = 8760
decimals = 2
rounding = "half_up"
[checks]
province_change_pct = 50
node_change_factor = 3
node_change_min_cards = 100
[policy]
hub_increment_share_target = 60
"""
_INDICES = """\
[[index]]
code = "N"
kind = "national"
series = "s"
series_en = "s"
name = "n"
name_en = "n"
provinces = "*"
"""


def make_workspace(root: Path) -> None:
    """A workspace with the names that the cases are made of."""
    config = root / "config"
    config.mkdir(parents=True)
    (root / "snapshots").mkdir()
    (config / "cci.toml").write_text(_SETTINGS, encoding="utf-8")
    (config / "indices.toml").write_text(_INDICES, encoding="utf-8")
    lines = ["code,name,full_name,name_en,region,aliases"]
    for name, (_, full_name, english, *aliases, code) in PROVINCES.items():
        lines.append(f"{code},{name},{full_name},{english},r,{'|'.join(aliases)}")
    (config / "provinces.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = [
        "model,vendor,fp16_tflops,basis,fp16_dense_tflops,fp16_sparse_tflops,released,aliases,"
        "source,note"
    ]
    for name, (_, *aliases) in MODELS.items():
        model = '"' + name.replace('"', '""') + '"'
        lines.append(f"{model},V,100,dense,100,,2024,{'|'.join(aliases)},test,")
    (config / "cards.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


class Outcome(NamedTuple):
    """What came of a file in a word, and what is wrong with that; null where nothing is."""

    word: str
    fault: str | None = None


class Hunter:
    """Ingests cases into a workspace of its own, and says what is wrong with what came of them."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "workspace"
        self._file = folder / "survey"
        make_workspace(self._root)
        self._untouched = self._list()

    def try_case(self, case: Case) -> Outcome:
        """Ingest a file, and look at what is there afterwards."""
        self._file.write_bytes(case.content)
        with _sized(case), _caught() as caught:
            code = self._ingest(case)
        said = "".join(caught)
        try:
            return self._judge(case, code, said)
        finally:
            shutil.rmtree(self._root / "snapshots" / PERIOD, ignore_errors=True)

    def _ingest(self, case: Case) -> int:
        """The exit code."""
        chosen = ["--encoding", case.encoding] if case.encoding else []
        place = ["--workspace", str(self._root), *chosen]
        return main(["ingest", str(self._file), "--period", PERIOD, *place])

    def _judge(self, case: Case, code: int, said: str) -> Outcome:
        if code not in (0, 1):
            return Outcome("failed", f"exit code {code}: {said}")
        if code == 1:
            return self._judge_refusal(case, said)
        stored = (self._root / "snapshots" / PERIOD / "r1" / "nodes.csv").read_bytes()
        try:
            expected = _read_strictly(case)
        except UndecidedError:
            return Outcome("stored, not compared", self._find_slip(said))
        except RefusalError as error:
            return Outcome("failed", f"stored what the strict reader refuses: {error}")
        if stored != expected:
            return Outcome("failed", f"stored {stored!r}, expected {expected!r}")
        return Outcome("stored as the strict reader has it", self._find_slip(said))

    def _judge_refusal(self, case: Case, said: str) -> Outcome:
        fault = self._find_slip(said) or self._find_trace(said)
        try:
            _read_strictly(case)
        except (RefusalError, UndecidedError):
            return Outcome("refused", fault)
        # of a workbook the strict reader looks at two parts alone
        stricter = _STRICTER | ({"E311", "E339"} if case.is_workbook else set())
        if not set(_CODE.findall(said)) <= stricter:
            return Outcome("failed", f"refused what the strict reader takes: {said}")
        return Outcome("refused, as it may", fault)

    def _find_slip(self, said: str) -> str | None:
        """What should not have been said; null where there is no such thing."""
        orders = _ORDERS.search(said)
        return f"said something that a terminal obeys: {said!r}" if orders else None

    def _find_trace(self, said: str) -> str | None:
        """What is wrong after a file was refused; null where nothing is."""
        if self._list() != self._untouched:
            return "refused, and yet something is stored"
        is_told = said.startswith("error: ") and str(self._file) in said
        return None if is_told else f"refused without a word: {said}"

    def _list(self) -> list[str]:
        return sorted(str(path) for path in self._root.rglob("*"))


def _read_strictly(case: Case) -> bytes:
    if case.is_workbook:
        return read_workbook(case.content, VOCABULARY)
    return read_text(case.content, VOCABULARY, case.encoding)


def serve(seed: str, first: int, told: Connection) -> None:
    """Try the cases of a seed from a number on without end, and tell what came of each."""
    with tempfile.TemporaryDirectory() as folder:
        hunter = Hunter(Path(folder))
        for number in count(first):
            told.send(hunter.try_case(make_case(f"{seed}:{number}")))


@contextmanager
def _sized(case: Case) -> Iterator[None]:
    """Small chunks and batches: a file of a few lines then has seams as a large one has."""
    sizes = (
        (rawfile, "_CHUNK_BYTES", case.chunk_bytes),
        (outlines, "_CHUNK_BYTES", case.chunk_bytes),
        (csvfile, "BATCH_ROWS", case.batch_rows),
        (nodefile, "_ROWS_IN_DOUBT", case.rows_in_doubt),
    )
    before = [getattr(module, name) for module, name, _ in sizes]
    for module, name, size in sizes:
        setattr(module, name, size)
    try:
        yield
    finally:
        for (module, name, _), size in zip(sizes, before, strict=True):
            setattr(module, name, size)


@contextmanager
def _caught() -> Iterator[list[str]]:
    """What is written on either channel meanwhile, whoever writes it; there afterwards."""
    said: list[str] = []
    with tempfile.TemporaryFile() as channel:
        kept = [os.dup(number) for number in (1, 2)]
        for number in (1, 2):
            os.dup2(channel.fileno(), number)
        # whoever runs this may have put other streams into their places
        stream = os.fdopen(os.dup(channel.fileno()), "w", encoding="utf-8")
        try:
            with redirect_stdout(stream), redirect_stderr(stream), stream:
                yield said
        finally:
            for number, original in zip((1, 2), kept, strict=True):
                os.dup2(original, number)
                os.close(original)
        channel.seek(0)
        said.append(channel.read().decode(errors="replace"))
