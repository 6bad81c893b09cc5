"""Folders where a publication team picks bundles up: each whole, in one state at a time. I/O.

A bundle is a folder of files with ``SHA256SUMS``. A new state takes the place of the old one in one
step; who has opened the old one goes on reading that, for it is kept beside until the next change.
"""

import hashlib
import json
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from cci_cli.errors import DataError, LockedError, os_failure
from cci_cli.packages import DESCRIPTOR_FILE, is_litter
from cci_cli.staging import find_leftovers, publish_folder, stage_folder, swap_folder

SUMS_FILE: Final = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a bundle.

    ``changes`` has for each file of the new state and the old whether it is ``new``, ``changed``,
    ``same`` or ``gone``; ``altered`` are the files that were not what had been exported.
    """

    state: Literal["new", "changed", "unchanged"]
    changes: Mapping[str, str]
    altered: tuple[str, ...]


def deliver_bundle(
    target: Path,
    files: Mapping[str, bytes],
    *,
    name: str,
    known: Collection[str],
    patience: float,
    is_dry_run: bool = False,
) -> Delivery:
    """Put a bundle into place, unless it is there already.

    Args:
        target: the folder of the bundle; the one it lies in is locked while something is written.
        files: the files of the bundle, with the list of their hashes.
        name: the name in its data package, by which a folder that is there is known for a bundle.
        known: names that files of another state may have.
        patience: how long to wait for others that write there, in seconds.
        is_dry_run: whether to write nothing.

    Raises:
        DataError: E417, what is there is no bundle, or has files in it that are none of a bundle.
        LockedError: E506, another process writes there for longer than ``patience``.
        SystemFailureError: E501 it cannot be read, E502 not be written, E507 the file system
            cannot swap two folders.
    """
    delivery = _compare(target, files, name, known)
    if is_dry_run:
        return delivery
    if delivery.state == "unchanged":
        _clear_leftovers(target.parent)
        return delivery
    with stage_folder(target.parent, patience) as staged:
        # another run may have been there meanwhile
        delivery = _compare(target, files, name, known)
        if delivery.state != "unchanged":
            _put(staged / "bundle", target, files)
    return delivery


def render_sums(files: Mapping[str, bytes]) -> bytes:
    """The list of hashes in the form that ``sha256sum --check`` reads."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    return "".join(f"{digest}  {name}\n" for name, digest in hashes.items()).encode()


def find_previous(target: Path) -> Path:
    """Where the state before the present one of a bundle is kept."""
    return target.with_name(f".{target.name}.previous")


def _put(package: Path, target: Path, files: Mapping[str, bytes]) -> None:
    try:
        package.mkdir()
        for name, data in files.items():
            (package / name).write_bytes(data)
        if not target.exists():
            publish_folder(package, target)
            return
        previous = find_previous(target)
        if previous.exists():
            shutil.rmtree(previous)
        swap_folder(package, target)
        package.rename(previous)
    except OSError as error:
        raise os_failure("E502", target, error) from error


def _clear_leftovers(parent: Path) -> None:
    """Remove what killed processes left behind, if nobody is at work there."""
    if not find_leftovers(parent):
        return
    try:
        with stage_folder(parent, patience=0):
            pass
    except LockedError:
        return


def _compare(
    target: Path, files: Mapping[str, bytes], name: str, known: Collection[str]
) -> Delivery:
    """What a bundle would change in the state that is there.

    Raises:
        DataError: E417, what is there is not a bundle of that name.
        SystemFailureError: E501, it cannot be read.
    """
    old = _read_bundle(target, name, {*known, *files})
    if old is None:
        return Delivery("new", dict.fromkeys(files, "new"), ())
    changes = {
        path: "gone"
        if path not in files
        else "new"
        if path not in old
        else "same"
        if old[path] == files[path]
        else "changed"
        for path in {**files, **old}
    }
    altered = _find_altered(old)
    is_same = set(changes.values()) == {"same"}
    return Delivery("unchanged" if is_same else "changed", changes, altered)


def _read_bundle(target: Path, name: str, known: Collection[str]) -> dict[str, bytes] | None:
    """The files of the bundle that is there; null where there is nothing."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise DataError("E417", value=target, what="it is no folder")
    if not target.exists():
        return None
    try:
        paths = [path for path in sorted(target.iterdir()) if not is_litter(path)]
        strays = [
            path.name
            for path in paths
            if path.name not in known or path.is_symlink() or not path.is_file()
        ]
        if strays:
            raise DataError("E417", value=target, what=f"`{strays[0]}` does not belong to one")
        files = {path.name: path.read_bytes() for path in paths}
    except FileNotFoundError:
        # swapped while it was read: the state of another moment
        return {}
    except OSError as error:
        raise os_failure("E501", target, error) from error
    # either may have been altered; of a folder with neither nothing is known
    if files and SUMS_FILE not in files and not _has_name(files.get(DESCRIPTOR_FILE, b""), name):
        raise DataError("E417", value=target, what=f"it has no {SUMS_FILE} and is not named {name}")
    return files


def _has_name(descriptor: bytes, name: str) -> bool:
    try:
        document = json.loads(descriptor)
    except ValueError:
        return False
    return isinstance(document, dict) and document.get("name") == name


def _find_altered(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The files of a bundle that are not what its list of hashes says, or are missing."""
    listed: dict[str, str] = {}
    for line in files.get(SUMS_FILE, b"").decode(errors="replace").splitlines():
        digest, _, path = line.partition("  ")
        if path:
            listed[path] = digest
    hashes = {
        path: hashlib.sha256(data).hexdigest() for path, data in files.items() if path != SUMS_FILE
    }
    altered = {path for path in {**listed, **hashes} if listed.get(path) != hashes.get(path)}
    return tuple(sorted(altered)) if listed else (SUMS_FILE,)
