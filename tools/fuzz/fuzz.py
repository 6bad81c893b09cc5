"""Hand mutated raw files to `cci ingest`, and stop at nothing.

    python tools/fuzz/fuzz.py [--minutes N] [--seed TEXT] [--keep DIR]
    python tools/fuzz/fuzz.py --case SEED

Never a traceback, never a hang, never a stored file that differs from what a strict reader of its
own reads, never anything stored of a file refused. Each file is a function of its seed, which a
finding names: --case tries that one alone. Files that were found to do harm are kept in DIR.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

_PATIENCE_SECONDS = 60
_MOST_FINDINGS = 20


@dataclass
class Tally:
    """What came of the cases so far."""

    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[str, str]] = field(default_factory=list)


def main() -> int:
    """Hunt until the time is over; 1 where something was found."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", default=str(time.time_ns()))
    parser.add_argument("--case", metavar="SEED")
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"), metavar="DIR")
    options = parser.parse_args()
    # one thread is enough for files of a few lines
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    if options.case:
        return _try_one(options.case)
    begun = time.monotonic()
    deadline = begun + options.minutes * 60
    tally = Tally()
    while time.monotonic() < deadline and len(tally.findings) < _MOST_FINDINGS:
        _hunt(options.seed, deadline, tally)
    minutes = (time.monotonic() - begun) / 60
    outcomes = ", ".join(f"{count:,} {name}" for name, count in sorted(tally.outcomes.items()))
    print(f"seed {options.seed}: {tally.cases:,} files in {minutes:.1f} minutes: {outcomes}")
    for seed, fault in tally.findings:
        _keep(options.keep, seed)
        print(f"FOUND {seed}: {fault[:2000]}")
    print(f"{len(tally.findings)} findings")
    return 1 if tally.findings else 0


def _hunt(seed: str, deadline: float, tally: Tally) -> None:
    """Let a process of its own try cases until it ends, hangs or the time is over."""
    from hunt import serve

    ours, theirs = multiprocessing.Pipe()
    hunter = multiprocessing.get_context("spawn").Process(
        target=serve, args=(seed, tally.cases, theirs)
    )
    hunter.start()
    theirs.close()
    try:
        while time.monotonic() < deadline:
            name = f"{seed}:{tally.cases}"
            if not ours.poll(_PATIENCE_SECONDS):
                tally.findings.append((name, f"nothing for {_PATIENCE_SECONDS} seconds"))
                tally.cases += 1
                return
            try:
                word, fault = ours.recv()
            except EOFError:
                hunter.join()
                tally.findings.append((name, f"the process ended with {hunter.exitcode}"))
                tally.cases += 1
                return
            tally.cases += 1
            tally.outcomes[word] += 1
            if fault is not None:
                tally.findings.append((name, fault))
                if len(tally.findings) == _MOST_FINDINGS:
                    return
    finally:
        hunter.kill()
        hunter.join()
        ours.close()


def _try_one(seed: str) -> int:
    from hunt import Hunter
    from mutations import make_case

    case = make_case(seed)
    with tempfile.TemporaryDirectory() as folder:
        outcome = Hunter(Path(folder)).try_case(case)
    print(case)
    print(outcome.word, outcome.fault or "and nothing found", sep=": ")
    return 1 if outcome.fault else 0


def _keep(folder: Path, seed: str) -> None:
    from mutations import make_case

    folder.mkdir(parents=True, exist_ok=True)
    (folder / seed.replace(":", "-")).write_bytes(make_case(seed).content)


if __name__ == "__main__":
    sys.exit(main())
