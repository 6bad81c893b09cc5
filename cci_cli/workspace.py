"""Where things lie in a workspace, and how one is found. I/O: looks at folders only."""

from pathlib import Path
from typing import Final

from cci_cli.errors import UsageError

MARKER: Final = Path("config/cci.toml")


def find_workspace(named: str | None, start: Path) -> Path:
    """The root folder of the workspace to work in.

    Args:
        named: a folder the user named, taken as it is; null to look for one.
        start: folder from which to look upwards.

    Raises:
        UsageError: E202 the named folder is none, E201 none found.
    """
    if named is not None:
        if not (Path(named) / MARKER).is_file():
            raise UsageError("E202", value=named)
        return Path(named)
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file():
            return folder
    raise UsageError("E201", value=start)
