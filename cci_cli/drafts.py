"""Levels about to be released: computed from what is stored, or taken from print. I/O."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from cci_cli.compilation import compile_indices
from cci_cli.definitions import Config
from cci_cli.errors import DataError, InvalidDataError, Problem, ProblemList, first_few
from cci_cli.figures import to_printed_rows, to_provenance
from cci_cli.files import read_bytes
from cci_cli.indices import find_national
from cci_cli.leveltable import find_uneven_sum, parse_level_table
from cci_cli.periods import Period, PeriodRef
from cci_cli.releases import TABLE_FILE, ReleaseShelf
from cci_cli.results import Release
from cci_cli.rounding import round_exact


@dataclass(frozen=True, slots=True)
class Draft:
    """Levels about to be released.

    ``table`` and ``decimals`` are null unless they come from print; ``print_basis`` is the
    transcribed release that they were chained from, null for none.
    """

    rows: Sequence[Mapping[str, str]]
    provenance: Mapping[str, Any]
    is_demonstration: bool = False
    decimals: int | None = None
    print_basis: tuple[str, int] | None = None
    table: bytes | None = None
    sources: Sequence[Mapping[str, str]] = ()
    doubts: tuple[Problem, ...] = ()


def compute_draft(workspace: Path, period: Period, config: Config, shelf: ReleaseShelf) -> Draft:
    """The levels of a period as they come out today.

    Raises:
        DataError: as ``compilation.compile_indices``.
        InvalidDataError: a snapshot breaks a rule.
    """
    compiled = compile_indices(workspace, PeriodRef(period), config, shelf=shelf)
    return Draft(
        rows=compiled.release_rows,
        provenance=to_provenance(
            compiled.snapshots,
            filter(None, [compiled.start]),
            config.hashes,
            config.methodology,
        ),
        is_demonstration=compiled.is_demonstration,
        print_basis=compiled.print_basis,
    )


def transcribe_draft(
    workspace: Path,
    table: Path,
    period: Period,
    config: Config,
    before: Release | None,
    shelf: ReleaseShelf,
) -> Draft:
    """The levels of a published table; what it says of the period before must be released.

    Raises:
        InvalidDataError: E305, with every problem of the table.
        SystemFailureError: E501, it cannot be read.
    """
    problems = ProblemList(str(table))
    data = read_bytes(table)
    levels = parse_level_table(data, config, period, before, problems)
    if problems.total:
        raise InvalidDataError("E305", table, problems.first(), problems.total)
    rows = to_printed_rows(config.indices, period, levels)
    sha256 = hashlib.sha256(data).hexdigest()
    decimals = config.methodology.decimals
    doubts = ProblemList(str(table))
    parts = find_uneven_sum(levels, config, period)
    if parts is not None:
        whole = levels[find_national(config.indices).code]
        doubts.add("W309", column=str(period), parts=f"{parts:f}", whole=f"{whole:f}")
    codes = _find_slips(workspace, period, config, rows, shelf)
    if codes:
        few = ", ".join(first_few(codes))
        doubts.add("W310", column=str(period), count=len(codes), codes=few, period=period)
    return Draft(
        rows=rows,
        provenance=to_provenance({}, (), config.hashes, config.methodology),
        decimals=decimals,
        table=data,
        sources=[{"title": table.name, "path": TABLE_FILE, "hash": f"sha256:{sha256}"}],
        doubts=doubts.first(),
    )


def _find_slips(
    workspace: Path,
    period: Period,
    config: Config,
    rows: Sequence[Mapping[str, str]],
    shelf: ReleaseShelf,
) -> tuple[str, ...]:
    """The indices whose printed level is not what the stored snapshots give; none without them."""
    ref, rounding = PeriodRef(period), config.methodology.rounding
    try:
        compiled = compile_indices(workspace, ref, config, from_snapshots=True, shelf=shelf)
    except DataError:
        # a table is taken over for want of snapshots
        return ()
    computed = {row["code"]: row["level_exact"] for row in compiled.release_rows}
    places = config.methodology.decimals
    return tuple(
        row["code"]
        for row in rows
        if round_exact(Fraction(computed[row["code"]]), places, rounding) != Decimal(row["level"])
    )
