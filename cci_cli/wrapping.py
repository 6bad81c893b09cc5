"""Lines of Chinese and English folded to a width. No files, no terminal.

Rich breaks at spaces alone: a Chinese sentence, which has none, would end early, or be torn before
its full stop.
"""

import re
from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

#: White space, one wide character, or a word.
_TOKEN: Final = re.compile(r"\s+|[\u2e80-\uffef]|[^\s\u2e80-\uffef]+")
#: They stand at no beginning of a line, and these at no end.
_CLOSING: Final = frozenset("，。；：、！？）》」』”’%,.;:!?)")
_OPENING: Final = frozenset("（《「『“‘(")


def fold_text(text: str, width: int) -> Iterator[str]:
    """The lines of a text, each within ``width`` cells but for a word that is longer itself."""
    line = ""
    for unit in _find_units(text):
        if line and cell_len(line + unit.rstrip()) > width:
            yield line.rstrip()
            line = unit.lstrip()
        else:
            line += unit
    if line.strip() or not text.strip():
        yield line.rstrip()


def _find_units(text: str) -> Iterator[str]:
    """Pieces between which a line may end."""
    held = ""
    for token in _TOKEN.findall(text):
        is_closing = token[0] in _CLOSING and not held[-1:].isspace()
        is_bound = is_closing or held[-1:] in _OPENING
        if held and not is_bound and not token.isspace():
            yield held
            held = token
        else:
            held += token
    if held:
        yield held
