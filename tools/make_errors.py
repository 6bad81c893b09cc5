"""Write the table of all messages, docs/errors.md, from the catalogue of the package.

    python tools/make_errors.py FOLDER

Each row is what `cci explain CODE --lang en` says.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cci_cli.accounts import view_message
from cci_cli.messages import ERRORS, NOTES, WARNINGS

PAGE = Path("docs/errors.md")

_HEAD = """\
# What `cci` says, by code

Every message ends with its code in brackets, but for what the command line itself does not take:
`error: draft.csv:3: cards ... [E324]`. This table has them all, as `cci explain E324` has each;
what is filled in when a message is said stands in angle brackets. Errors (E) end a command with the
exit code beside them, warnings (W) and notes (N) end none. It is made from the catalogue by
`make errors`.

| code | it says | what to do next | about | exit code |
| --- | --- | --- | --- | --- |
"""


def render_page() -> str:
    """The page, one row per message in the order of the codes."""
    return _HEAD + "".join(map(_render_row, sorted({**ERRORS, **WARNINGS, **NOTES}, key=_rank)))


def _rank(code: str) -> tuple[int, str]:
    # errors, warnings, notes
    return "EWN".index(code[0]), code


def _render_row(code: str) -> str:
    view = view_message(code, "en")
    if view is None:
        raise LookupError(code)
    [(_, text, hint, about, exit_code)] = view.records
    cells = (f"`{code}`", text, hint or "", about, "" if exit_code is None else exit_code)
    return "| " + " | ".join(_escape(str(cell)) for cell in cells) + " |\n"


def _escape(text: str) -> str:
    """A text as a cell of a table; what stands in backticks is code already."""
    parts = text.replace("|", "\\|").split("`")
    parts[::2] = [part.replace("<", "\\<").replace("*", "\\*") for part in parts[::2]]
    return "`".join(parts)


def main() -> None:
    """Write the page into the folder of the project."""
    (Path(sys.argv[1]) / PAGE).write_text(render_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
