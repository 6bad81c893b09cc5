"""What goes to stdout and stderr. The only module that writes to them."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Final, TextIO
from unicodedata import east_asian_width

from cci_cli.errors import (
    CciError,
    InvalidDataError,
    SystemFailureError,
    UsageError,
    escape_unprintable,
    os_failure,
)
from cci_cli.files import replace_file
from cci_cli.formats import BINARY_FORMATS, SUFFIXES, Format
from cci_cli.progress import ROWS, Step, watched_by
from cci_cli.workspace import check_outside

if TYPE_CHECKING:
    from cci_cli.views import View

#: Work that takes no longer is not told of.
PATIENCE_SECONDS: Final = 1.0
_SECONDS_BETWEEN: Final = 0.2

#: Problems printed with an error; `cci validate` shows more of them.
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
    if chosen in BINARY_FORMATS and output is None and _is_terminal(sys.stdout):
        raise UsageError("E104", value=chosen)
    return chosen


def show(view: "View", form: Format, output: Path | None, *, quiet: bool) -> None:
    """Write a view to a file, or to stdout: for a terminal in its width and with colours.

    Raises:
        ReaderGone: stdout goes into a pipe that was closed.
        UsageError: E115, the file lies in a store of a workspace.
        SystemFailureError: E502 it cannot be written, E503 a library is missing.
    """
    from cci_cli.render import render, render_table

    if output is not None:
        check_output(output)
        replace_file(output, render(view, form))
        if not quiet:
            say(f"wrote {output}")
    elif form == "table" and _is_terminal(sys.stdout):
        has_colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        width = get_terminal_size().columns
        write_stdout(render_table(view, width=width, has_colour=has_colour).encode())
    else:
        write_stdout(render(view, form))


def check_output(output: Path, *inputs: Path) -> None:
    """Refuse a file that a result would take the place of, and must not.

    Raises:
        UsageError: E115 it lies in a store of a workspace, E118 it is one that is read.
        SystemFailureError: E502, it cannot be looked at.
    """
    place = check_outside(output)
    try:
        is_read = any(path.exists() and path.resolve() == place for path in inputs)
    except OSError as error:
        raise os_failure("E502", output, error) from error
    if is_read:
        raise UsageError("E118", value=output)


def write_stdout(data: bytes) -> None:
    """Write the result itself; nothing else goes to stdout.

    Raises:
        ReaderGone: stdout goes into a pipe that was closed.
        SystemFailureError: E502, it cannot be written.
    """
    _line.clear()
    if sys.stdout is None:
        raise SystemFailureError("E502", value="standard output", detail="it is closed")
    # bytes, so that neither locale nor platform changes a character or a line end
    try:
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            sys.stdout.write(data.decode())
        else:
            stream.write(data)
        sys.stdout.flush()
    except BrokenPipeError as error:
        _discard_stdout()
        raise ReaderGone from error
    except OSError as error:
        _discard_stdout()
        raise os_failure("E502", "standard output", error) from error


class _ProgressLine:
    """One line on a terminal that says how far a long piece of work has come.

    It comes after ``PATIENCE_SECONDS``, and goes before anything else is written.
    """

    def __init__(self) -> None:
        self._began = self._shown = 0.0

    def begin(self) -> None:
        """Begin to wait."""
        self._began = time.monotonic()

    def show(self, step: Step) -> None:
        """Show a step, unless another one was shown just now."""
        now = time.monotonic()
        if now - self._began < PATIENCE_SECONDS or now - self._shown < _SECONDS_BETWEEN:
            return
        self._shown = now
        # no wider than the terminal, or it could not be taken back
        room, text = get_terminal_size().columns - 1, ""
        for char in escape_unprintable(_describe(step)):
            room -= 2 if east_asian_width(char) in "WF" else 1
            if room < 0:
                break
            text += char
        _write_progress(text)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._shown = 0.0
            _write_progress("")


# there is one terminal
_line: Final = _ProgressLine()


@contextmanager
def watch_progress(*, is_wanted: bool) -> Iterator[None]:
    """Show on stderr how far work has come, where that is a terminal and it ``is_wanted``."""
    if not is_wanted or not _is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        yield
        return
    _line.begin()
    try:
        with watched_by(_line.show):
            yield
    finally:
        _line.clear()


def _describe(step: Step) -> str:
    if step.unit == ROWS:
        total = "" if step.total is None else f" of {step.total:,}"
        return f"{step.work}: {step.done:,}{total} rows"
    total = "" if step.total is None else f" of {step.total / 1e6:,.0f}"
    return f"{step.work}: {step.done / 1e6:,.0f}{total} MB"


def _write_progress(text: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(f"\r{text}\x1b[K")
        sys.stderr.flush()


def say(text: str) -> None:
    """Write lines for people to stderr; if nobody can read them, go on without."""
    if sys.stderr is None:
        return
    _line.clear()
    # names and values of files may be in it: no escape sequence of theirs reaches a terminal
    lines = [escape_unprintable(line) + "\n" for line in text.split("\n")]
    with suppress(OSError, ValueError):
        sys.stderr.write("".join(lines))
        sys.stderr.flush()


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        # it is closed
        return False


def _discard_stdout() -> None:
    # what Python flushes at its exit must not fail again
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say_error(error: CciError) -> None:
    """Say what went wrong, where, and what to do next."""
    from cci_cli.listings import problem_lines

    lines = [f"error: {error.message} [{error.code}]"]
    if isinstance(error, InvalidDataError):
        lines += problem_lines(("  ", item) for item in error.problems[:MAX_PRINTED])
        hidden = error.total - min(len(error.problems), MAX_PRINTED)
        lines += [f"  {hidden:,} more not shown"] if hidden else []
    lines += [f"hint: {error.hint}"] if error.hint else []
    for line in lines:
        say(line)
