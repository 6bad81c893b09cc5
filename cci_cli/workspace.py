"""Where things lie in a workspace, and how one is found. I/O: looks at folders only."""

import os
from pathlib import Path
from typing import Final

from cci_cli.errors import UsageError

MARKER: Final = Path("config/cci.toml")
#: The environment variable that may name a workspace.
VARIABLE: Final = "CCI_WORKSPACE"


def find_workspace(named: Path | str | None = None) -> Path:
    """The root folder of the workspace to work in, as an absolute path.

    Args:
        named: a folder the user named, taken as it is; null for the one that CCI_WORKSPACE names
            or, where it names none, the nearest one at or above the current folder.

    Raises:
        UsageError: E202 the named folder is none, E201 none found.
        OSError: a folder may not be looked at.
    """
    if named is None:
        # an empty variable names nothing, not the current folder
        named = os.environ.get(VARIABLE) or None
    if named is not None:
        if not (Path(named) / MARKER).is_file():
            raise UsageError("E202", value=named)
        return Path(named).absolute()
    start = Path.cwd()
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file():
            return folder
    raise UsageError("E201", value=start)
