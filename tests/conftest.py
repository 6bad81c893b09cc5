"""Small workspaces for the tests, and the command line as its users meet it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# as many tests as there are cores run at once: threads of each would only be in the way; those
# that start processes of their own have them
os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl
import pytest
from hypothesis import settings

from cci_cli.archive import Origin, stage_revision, write_revision
from cci_cli.cli import main
from cci_cli.columns import COLUMNS
from cci_cli.periods import parse_period
from cci_cli.rules import to_canonical
from cci_cli.sorting import RowSorter

REPOSITORY = Path(__file__).parents[1]

#: How many times as many examples as usual are tried.
FACTOR = int(os.environ.get("CCI_TEST_FACTOR", "1"))

# the usual run is the same every time; a longer one is to find what that did not
settings.register_profile("cci", derandomize=FACTOR == 1, database=None, deadline=None)
settings.load_profile("cci")

#: How many figures were held against others, by what they are.
COMPARED: Counter[str] = Counter()

#: (node, province, model, cards) or that and a status
Row = tuple[str, str, str, int] | tuple[str, str, str, int, str]

CCI_TOML = """\
[methodology]
version = "test"
base_period = "{base_period}"
base_level = {base_level}
standard_card_tflops = {standard_card_tflops}
hours_per_year = 8760
decimals = {decimals}
rounding = "{rounding}"

[checks]
province_change_pct = 50
node_change_factor = 3
node_change_min_cards = 100

[policy]
hub_increment_share_target = 60
"""


@dataclass(frozen=True)
class Outcome:
    """What one run of the command line left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def cci(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Run the command line in this process: ``cci("compute", "2025H1", workspace=folder)``."""
    monkeypatch.delenv("CCI_WORKSPACE", raising=False)

    def run(*arguments: str | Path, workspace: Path | None = None) -> Outcome:
        argv = [str(argument) for argument in arguments]
        if workspace is not None:
            argv += ["--workspace", str(workspace)]
        capfdbinary.readouterr()
        code = main(argv)
        captured = capfdbinary.readouterr()
        return Outcome(code, captured.out.decode(), captured.err.decode())

    return run


@pytest.fixture
def make_workspace(tmp_path: Path) -> Callable[..., Path]:
    """Build workspaces below the folder of the test: ``build_workspace`` without its root."""

    def build(*arguments: Any, name: str = "workspace", **options: Any) -> Path:
        return build_workspace(tmp_path / name, *arguments, **options)

    return build


def build_workspace(
    root: Path,
    provinces: Sequence[str],
    indices: str,
    snapshots: Mapping[str, Iterable[Row]] | None = None,
    *,
    models: Mapping[str, str] = {"M": "100", "half": "50"},
    base_period: str = "2024H2",
    base_level: str = "1000",
    standard_card_tflops: str = "100",
    decimals: int = 2,
    rounding: str = "half_up",
) -> Path:
    """Build a workspace of provinces, models, indices and snapshots.

    Standard cards have 100 TFLOPS unless told otherwise, so that a card of model ``M`` (100
    TFLOPS) is one standard card and one of ``half`` (50) is half of one.
    """
    write_config(
        root,
        provinces,
        indices,
        models,
        CCI_TOML.format(
            base_period=base_period,
            base_level=base_level,
            standard_card_tflops=standard_card_tflops,
            decimals=decimals,
            rounding=rounding,
        ),
    )
    for period, rows in (snapshots or {}).items():
        store(root, period, rows)
    return root


def examples(count: int, **options: Any) -> settings:
    """Settings of a property of which usually ``count`` examples are tried.

    ``CCI_TEST_FACTOR=100`` takes a hundred times as many, and others each time.
    """
    return settings(max_examples=count * FACTOR, **options)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what a long run has compared."""
    if FACTOR > 1:
        for kind, count in sorted(COMPARED.items()):
            terminalreporter.write_line(f"compared {kind}: {count:,}")


def write_config(
    root: Path, provinces: Sequence[str], indices: str, models: Mapping[str, str], settings: str
) -> None:
    """Write the four files of a config."""
    config = root / "config"
    config.mkdir(parents=True)
    (root / "snapshots").mkdir()
    (config / "cci.toml").write_text(settings, encoding="utf-8")
    (config / "indices.toml").write_text(indices, encoding="utf-8")
    lines = ["code,name,full_name,name_en,region,aliases"]
    lines += [
        f"{number:02},{name},province {name},{name} in English,somewhere,"
        for number, name in enumerate(provinces)
    ]
    (config / "provinces.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_rates(root, models)


def write_rates(root: Path, models: Mapping[str, str]) -> None:
    """Write the catalogue: FP16 TFLOPS by model."""
    lines = [
        "model,vendor,fp16_tflops,basis,fp16_dense_tflops,fp16_sparse_tflops,released,aliases,"
        "source,note"
    ]
    lines += [f"{name},V,{rate},dense,{rate},,2024,,test," for name, rate in models.items()]
    (root / "config" / "cards.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def store(root: Path, period: str, rows: Iterable[Row], *, is_demonstration: bool = False) -> None:
    """Store rows as the next revision of a period, without any check."""
    filled = [
        (node, None, province, model, str(cards), *(status or ("in_service",)), None)
        for node, province, model, cards, *status in rows
    ]
    text = pl.DataFrame(filled, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    with stage_revision(root) as staged, RowSorter(staged) as sorter:
        sorter.add(to_canonical(text.lazy(), COLUMNS).collect())
        write_revision(
            root,
            staged,
            parse_period(period),
            sorter,
            Origin(created="2026-01-01T00:00:00+00:00", is_demonstration=is_demonstration),
            rows=text.height,
            checked_nodes=None,
        )


def index_toml(
    code: str, kind: str, provinces: Sequence[str], changes: Mapping[str, Sequence[str]] = {}
) -> str:
    """One ``[[index]]`` with its scope changes by period; named after its code."""

    def listed(names: Sequence[str]) -> str:
        return "[" + ", ".join(f'"{name}"' for name in names) + "]"

    series_en = {"national": "Overall index", "region": "Regional series", "hub": "Hub series"}
    text = (
        f'[[index]]\ncode = "{code}"\nkind = "{kind}"\nseries = "{kind} series"\n'
        f'series_en = "{series_en.get(kind, kind)}"\n'
        f'name = "{code} index"\nname_en = "{code} index in English"\n'
        f"provinces = {listed(provinces)}\n"
    )
    for start, scope in changes.items():
        text += f'[[index.change]]\nfrom = "{start}"\nprovinces = {listed(scope)}\n'
    return text + "\n"
