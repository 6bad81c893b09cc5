"""What can go wrong, as exceptions with exit codes. Imports only the message catalogue."""

import errno
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from cci_cli.messages import ERRORS, WARNINGS

LONGEST_VALUE: Final = 60
#: What to do about a failure of the system, where its number says more than the code.
_HINTS: Final[Mapping[tuple[str, int | None], str]] = {
    ("E501", errno.EISDIR): "name a file, not its folder",
    ("E502", errno.EISDIR): "name a file, not its folder",
    ("E502", errno.ENOENT): "make the folder first",
    ("E502", errno.EEXIST): "something else stands there: name another place",
    ("E502", errno.ENOTDIR): "a file stands where a folder would have to be: name another place",
}
#: Problems kept of each code; all are counted.
MAX_KEPT: Final = 1_000


def quote_value(value: object) -> str:
    """A value of a file as it may be printed: in backticks, shortened, with nothing invisible."""
    text = str(value)
    if len(text) > LONGEST_VALUE:
        text = text[: LONGEST_VALUE - 1] + "…"
    return f"`{escape_unprintable(text)}`"


def escape_unprintable(text: str) -> str:
    """A text for a terminal: control and other invisible characters as escapes."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def first_few(names: Sequence[str], most: int = 4) -> tuple[str, ...]:
    """Names for one line that stays short: the first ones, and … for the rest."""
    return (*names[:most], *(["…"] if len(names) > most else []))


def count_noun(count: int, noun: str) -> str:
    """``1 problem``, ``2,000 problems``."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in one place of a file.

    ``line`` is a physical line, 1 the first; null where the finding concerns the whole file.
    ``column`` is a column of a CSV file or a key of a TOML file; ``value`` is the text found,
    to the letter, null where nothing was found.
    """

    code: str
    message: str
    file: str | None = None
    line: int | None = None
    column: str | None = None
    value: str | None = None
    hint: str | None = None

    @property
    def place(self) -> tuple[str, bool, int, str]:
        """Sort key: file, line (what concerns the whole file comes last), column."""
        return (self.file or "", self.line is None, self.line or 0, self.column or "")


def make_problem(
    code: str,
    *,
    file: str | None = None,
    line: int | None = None,
    column: str | None = None,
    value: str | None = None,
    hint: str | None = None,
    **details: object,
) -> Problem:
    """A problem with its text taken from the catalogue; ``hint`` replaces the catalogue's."""
    entry = ERRORS.get(code) or WARNINGS[code]
    if value is not None:
        details["value"] = quote_value(value)
    return Problem(
        code=code,
        message=entry.text.format(**details),
        file=file,
        line=line,
        column=column,
        value=value,
        hint=hint or (entry.hint and entry.hint.format(**details)),
    )


@dataclass(slots=True)
class ProblemList:
    """Problems of one file: the first ones kept, all counted."""

    file: str
    kept: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """Number of problems found."""
        return self.counts.total()

    def room(self, code: str) -> int:
        """How many problems of ``code`` will still be kept."""
        return max(MAX_KEPT - self.counts[code], 0)

    def count(self, code: str, number: int) -> None:
        """Count problems of ``code`` for which there is no room."""
        self.counts[code] += number

    def add(
        self,
        code: str,
        *,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
        hint: str | None = None,
        **details: object,
    ) -> None:
        """Count one problem and keep it while there is room for its code."""
        is_kept = self.room(code) > 0
        self.counts[code] += 1
        if is_kept:
            self.kept.append(
                make_problem(
                    code,
                    file=self.file,
                    line=line,
                    column=column,
                    value=value,
                    hint=hint,
                    **details,
                )
            )

    def first(self) -> tuple[Problem, ...]:
        """The problems kept, by place."""
        return tuple(sorted(self.kept, key=lambda problem: problem.place))


class CciError(Exception):
    """Anything a user can cause. ``code`` is a key of the message catalogue."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, *, hint: str | None = None, **details: object) -> None:
        """``value`` among the details is quoted in full: the end of a path tells the file."""
        entry = ERRORS[code]
        if "value" in details:
            details["value"] = f"`{escape_unprintable(str(details['value']))}`"
        self.code = code
        self.message = entry.text.format(**details)
        self.hint = hint or (entry.hint and entry.hint.format(**details))
        super().__init__(self.message)


class DataError(CciError):
    """The answer is no: data that is missing or does not hold."""


class InvalidDataError(DataError):
    """A file with problems; carries the ones kept and the number of all."""

    def __init__(
        self, code: str, value: object, problems: Sequence[Problem], total: int | None = None
    ) -> None:
        """``total`` is larger than ``len(problems)`` where only the first ones were kept."""
        self.problems = tuple(problems)
        self.total = len(problems) if total is None else total
        super().__init__(code, value=value, count=count_noun(self.total, "problem"))


class UsageError(CciError):
    """The command was not called as it must be."""

    exit_code = 2


class SystemFailureError(CciError):
    """The machine said no: unreadable, forbidden, full, a package not installed."""

    exit_code = 3


class LockedError(CciError):
    """Another process is at work in the same place."""

    exit_code = 4


def find_exit_code(code: str) -> int | None:
    """The exit code of a command that ends with a message; null for what ends none."""
    if not code.startswith("E"):
        return None
    # a workspace that is not there was named wrongly, or not at all
    kinds: dict[str, type[CciError]] = {"E201": UsageError, "E202": UsageError, "E506": LockedError}
    by_subject = {"E1": UsageError, "E5": SystemFailureError}
    return kinds.get(code, by_subject.get(code[:2], DataError)).exit_code


def os_failure(code: str, path: object, error: OSError) -> SystemFailureError:
    """The failure that an ``OSError`` on ``path`` means to the user."""
    hint = _HINTS.get((code, error.errno))
    return SystemFailureError(code, value=path, detail=error.strerror or str(error), hint=hint)
