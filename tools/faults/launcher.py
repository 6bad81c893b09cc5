"""Run ``cci`` in processes that are forked, so that each begins with all its modules loaded.

For each line of JSON that it reads, ``{"arguments": [...], "said": FILE, "stdout": FILE}``, it
forks a process, writes its number, waits for a line and lets it go; then writes how it ended. So
whoever traces the process sees what the command does, and nothing of the start of Python. It never
computes anything itself, so that no thread of Polars is at work when it forks.
"""

import contextlib
import itertools
import json
import os
import sys
import tempfile
import traceback
from importlib import import_module
from typing import Any

from pandera.backends.polars.register import register_polars_backends

from cci_cli.cli import main

#: A verb loads these when it is called; here once for all processes.
_MODULES = (
    *(f"cci_cli.commands.{verb}" for verb in ("compute", "export", "ingest", "publish", "report")),
    *("cci_cli.commands.verify", "cci_cli.render", "cci_cli.viewing", "cci_cli.listings"),
    *("openpyxl", "xlsxwriter", "altair", "brotli", "fontTools.subset", "fontTools.ttLib.woff2"),
    *("jinja2", "typst", "vl_convert"),
)

_EXIT_LAUNCHER = 99


def _run(order: dict[str, Any], go: int) -> None:
    """One run of the command line in this process, which ends with it."""
    code = _EXIT_LAUNCHER
    try:
        os.chdir("/")
        with (
            open(order["said"], "w", encoding="utf-8") as said,  # noqa: PTH123 - as it is named
            open(order["stdout"], "w", encoding="utf-8") as out,  # noqa: PTH123
        ):
            # that of the forked process alone
            os.dup2(said.fileno(), 2)
            os.dup2(out.fileno(), 1)
        # the same names in every run, by which whoever traces them knows them
        tempfile._name_sequence = (f"{number:08}" for number in itertools.count())  # type: ignore[attr-defined]
        os.read(go, 1)
        code = main(order["arguments"])
    except BaseException:  # noqa: BLE001 - it must not come to serve too
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        os._exit(code)


def serve() -> None:
    """Do what is asked for on stdin, line by line, until it ends."""
    for name in _MODULES:
        import_module(name)
    register_polars_backends()
    for line in sys.stdin:
        waiting, go = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(go)
            _run(json.loads(line), waiting)
        os.close(waiting)
        print(child, flush=True)
        sys.stdin.readline()
        os.write(go, b"!")
        os.close(go)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
