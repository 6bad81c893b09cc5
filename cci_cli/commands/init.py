"""``cci init``: a new workspace with the packaged config and no data."""

import shutil
from pathlib import Path

from cci_cli.config import CONFIG_FILES, TILES_FILE, find_defaults
from cci_cli.errors import UsageError, os_failure
from cci_cli.workspace import MARKER


def init(folder: Path | str) -> tuple[Path, ...]:
    """Make ``folder`` a workspace; returns the files and folders made.

    Args:
        folder: must not exist yet, or be empty.

    Raises:
        UsageError: E105 or E106, it holds something.
        SystemFailureError: E502, it cannot be written.

    Example:
        >>> import cci_cli
        >>> [path.name for path in cci_cli.init("my-indices")]
        ['cci.toml', 'provinces.csv', 'indices.toml', 'cards.csv', 'tiles.csv', 'snapshots']
    """
    folder = Path(folder)
    if (folder / MARKER).exists():
        raise UsageError("E105", value=folder)
    defaults = find_defaults()
    names = (*CONFIG_FILES, TILES_FILE)
    try:
        there = folder.resolve()
        if there.exists() and (not there.is_dir() or any(there.iterdir())):
            raise UsageError("E106", value=folder)
        config, snapshots = folder / "config", folder / "snapshots"
        config.mkdir(parents=True)
        snapshots.mkdir()
        # the file that makes it a workspace comes last
        for name in sorted(names, key=lambda name: name == MARKER.name):
            shutil.copyfile(defaults / name, config / name)
    except OSError as error:
        raise os_failure("E502", folder, error) from error
    return (*(config / name for name in names), snapshots)
