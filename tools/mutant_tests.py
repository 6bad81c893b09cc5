"""Run the tests under one mutant after another; a plugin of pytest for ``mutants.py``.

The tests are collected once. Each mutant then has a fork of its own, in which it is switched on
and meets the tests that were chosen for it, until one fails: a fork costs milliseconds, starting
and collecting anew costs seconds. Before Polars has computed anything it has no threads, so that
nothing is held at the moment of a fork.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import Phase, settings

#: Seconds that a mutant has beyond several times what its tests take.
PATIENCE, TIMES = 20.0, 5.0


def pytest_configure() -> None:
    """Be content with an example that fails: it need not be small."""
    # behind conftest.py, which has a profile of its own
    settings.register_profile("mutants", settings(), phases=(Phase.explicit, Phase.generate))
    settings.load_profile("mutants")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take a file that has the tests of every mutant and how long each takes."""
    parser.addoption("--mutants", type=Path)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run every mutant, and add how it ended to the file beside that of its tests."""
    path: Path | None = session.config.getoption("--mutants")
    if path is None:
        return None
    plan = json.loads(path.read_text())
    items = {item.nodeid: item for item in session.items}
    with path.with_suffix(".log").open("w", buffering=1) as log:
        for mutant, tests in plan["tests"].items():
            limit = PATIENCE + TIMES * sum(plan["seconds"].get(test, 0.0) for test in tests)
            chosen = [items[test] for test in tests if test in items]
            start = time.monotonic()
            code = _run_fork(session, mutant, chosen, limit)
            log.write(json.dumps([mutant, code, round(time.monotonic() - start, 3)]) + "\n")
            if not mutant and code:
                # nothing can be learnt from tests that fail anyway
                return True
    return True


def _run_fork(
    session: pytest.Session, mutant: str, items: Sequence[pytest.Item], limit: float
) -> int:
    """The exit code of a process that runs tests under a mutant: 1 if one fails."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            os.environ["MUTANT_UNDER_TEST"] = mutant
            signal.setitimer(signal.ITIMER_REAL, limit)
            for position, item in enumerate(items):
                following = items[position + 1] if position + 1 < len(items) else None
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.testsfailed:
                    break
            code = 1 if session.testsfailed else 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)
