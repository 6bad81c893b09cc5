"""Where things lie in a workspace, and how one is found. I/O: looks at folders only."""

import os
from pathlib import Path
from typing import Final

from cci_cli.errors import SystemFailureError, UsageError, os_failure

MARKER: Final = Path("config/cci.toml")
#: The environment variable that may name a workspace.
VARIABLE: Final = "CCI_WORKSPACE"
#: Its folders that nothing but the verbs and their owner write to.
_STORES: Final = ("snapshots", "releases", "config")


def check_outside(path: Path) -> Path:
    """A place to write to, its links followed, which lies in no store of any workspace.

    Raises:
        UsageError: E115, it does.
        SystemFailureError: E502, it cannot be looked at.
    """
    try:
        place = path.resolve()
        for folder in (place, *place.parents):
            if folder.name in _STORES and (folder.parent / MARKER).is_file():
                raise UsageError("E115", value=path, store=folder.name)
    except OSError as error:
        raise os_failure("E502", path, error) from error
    except RuntimeError as error:
        # how resolve() words a link that leads to itself
        raise SystemFailureError("E502", value=path, detail=str(error)) from error
    return place


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
