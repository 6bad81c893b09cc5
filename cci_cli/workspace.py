"""Where things lie in a workspace, and how one is found. I/O: looks at folders only."""

from pathlib import Path
from typing import Final

from cci_cli.errors import UsageError

MARKER: Final = Path("config/cci.toml")


def find_workspace(named: str | None) -> Path:
    """The root folder of the workspace to work in, as an absolute path.

    Args:
        named: a folder the user named, taken as it is; null to look for the nearest one at or
            above the current folder.

    Raises:
        UsageError: E202 the named folder is none, E201 none found.
        OSError: a folder may not be looked at.
    """
    if named is not None:
        if not (Path(named) / MARKER).is_file():
            raise UsageError("E202", value=named)
        return Path(named).absolute()
    start = Path.cwd()
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file():
            return folder
    raise UsageError("E201", value=start)
