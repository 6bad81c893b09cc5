"""What goes to stdout and stderr. The only module that writes to them."""

import os
import sys
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Final

from cci_cli.errors import CciError, InvalidDataError, UsageError, os_failure
from cci_cli.files import replace_file
from cci_cli.formats import BINARY_FORMATS, SUFFIXES, Format

if TYPE_CHECKING:
    from cci_cli.views import View

#: Problems printed with an error; `cci validate` shows all of them.
MAX_PRINTED: Final = 50


class ReaderGone(Exception):  # noqa: N818 - no error: whoever reads stdout has had enough
    """The pipe that stdout goes into was closed."""


def choose_format(form: Format | None, output: Path | None) -> Format:
    """The format asked for, else by the suffix of ``output``, else a table.

    Raises:
        UsageError: E103 the suffix is none known, E104 a terminal cannot show it.
    """
    if form is not None:
        chosen = form
    elif output is None:
        chosen = "table"
    elif output.suffix.lower() in SUFFIXES:
        chosen = SUFFIXES[output.suffix.lower()]
    else:
        raise UsageError("E103", value=output)
    if chosen in BINARY_FORMATS and output is None and sys.stdout.isatty():
        raise UsageError("E104", value=chosen)
    return chosen


def show(view: "View", form: Format, output: Path | None, *, quiet: bool) -> None:
    """Write a view to a file, or to stdout: for a terminal in its width and with colours.

    Raises:
        ReaderGone: stdout goes into a pipe that was closed.
        SystemFailureError: E502 it cannot be written, E503 a library is missing.
    """
    from cci_cli.render import render, render_table

    if output is not None:
        replace_file(output, render(view, form))
        if not quiet:
            say(f"wrote {output}")
    elif form == "table" and sys.stdout.isatty():
        has_colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        width = get_terminal_size().columns
        write_stdout(render_table(view, width=width, has_colour=has_colour).encode())
    else:
        write_stdout(render(view, form))


def write_stdout(data: bytes) -> None:
    """Write the result itself; nothing else goes to stdout.

    Raises:
        ReaderGone: stdout goes into a pipe that was closed.
        SystemFailureError: E502, it cannot be written.
    """
    # bytes, so that neither locale nor platform changes a character or a line end
    try:
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            sys.stdout.write(data.decode())
        else:
            stream.write(data)
        sys.stdout.flush()
    except BrokenPipeError as error:
        # what Python flushes at its exit must not fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise ReaderGone from error
    except OSError as error:
        raise os_failure("E502", "standard output", error) from error


def say(text: str) -> None:
    """Write a line for people to stderr."""
    print(text, file=sys.stderr)  # noqa: T201 - this is the one place that prints


def report(error: CciError) -> None:
    """Say what went wrong, where, and what to do next."""
    from cci_cli.listings import problem_lines

    say(f"error: {error.message} [{error.code}]")
    if isinstance(error, InvalidDataError):
        for line in problem_lines(("  ", item) for item in error.problems[:MAX_PRINTED]):
            say(line)
        hidden = error.total - min(len(error.problems), MAX_PRINTED)
        if hidden:
            say(f"  {hidden:,} more not shown")
    if error.hint:
        say(f"hint: {error.hint}")
