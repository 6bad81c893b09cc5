"""How far a long piece of work has come, told to whoever wants to know. Domain: no I/O.

What works tells it; who shows it, watches. Where nobody does, nothing happens.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Step:
    """Work under way; of ``total`` rows or bytes, so many are ``done``.

    ``unit`` says which of them; ``total`` is null where it is not known.
    """

    work: str
    unit: str
    done: int
    total: int | None = None


ROWS: Final = "rows"
BYTES: Final = "bytes"

_Watcher: TypeAlias = Callable[[Step], None]
_watcher: ContextVar[_Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: _Watcher) -> Iterator[None]:
    """Let ``watcher`` see every step told within, in threads that share the context too."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(work: str, unit: str, done: int, total: int | None = None) -> None:
    """Tell how far the work has come."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(Step(work, unit, done, total))
