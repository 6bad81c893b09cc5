"""Folders where a publication team picks bundles up: each whole, in one state at a time. I/O.

A bundle is a folder of files with ``SHA256SUMS``. A new state takes the place of the old one in one
step; who has opened the old one goes on reading that, for it is kept beside until the next change.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from cci_cli.errors import CciError, DataError, os_failure
from cci_cli.packages import DESCRIPTOR_FILE, is_litter
from cci_cli.staging import find_leftovers, publish_folder, stage_folder, swap_folder

SUMS_FILE: Final = "SHA256SUMS"

#: No file of a bundle is longer; one that is was altered, and is not read.
_LONGEST: Final = 1 << 28

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a bundle.

    ``changes`` has for each file of the new state and the old whether it is ``new``, ``changed``,
    ``same`` or ``gone``; ``altered`` are the files that were not what had been exported, and
    ``before`` is the data package of the old state, empty where there was none that can be read.
    """

    state: Literal["new", "changed", "unchanged"]
    changes: Mapping[str, str]
    altered: tuple[str, ...]
    before: Mapping[str, Any]


def deliver_bundle(
    target: Path,
    make: Callable[[], Files],
    *,
    name: str,
    known: Collection[str],
    patience: float,
    is_dry_run: bool = False,
) -> Delivery:
    """Put a bundle into place, unless it is there already.

    Args:
        target: the folder of the bundle; the one it lies in is locked while something is written.
        make: gives the files of the bundle, with the list of their hashes. Where something is to be
            written it is asked again behind the lock: while this run waited, another may have put
            something newer there.
        name: the name in its data package, by which a folder that is there is known for a bundle.
        known: names that files of another state may have.
        patience: how long to wait for others that write there, in seconds.
        is_dry_run: whether to write nothing.

    Raises:
        CciError: what ``make`` raises.
        DataError: E417, what is there is no bundle, or has files in it that are none of a bundle.
        LockedError: E506, another process writes there for longer than ``patience``.
        SystemFailureError: E501 it cannot be read, E502 not be written, E507 the file system
            cannot swap two folders.
    """
    delivery = _compare(target, make(), name, known)
    if is_dry_run:
        return delivery
    if delivery.state == "unchanged":
        _clear_leftovers(target.parent)
        return delivery
    with stage_folder(target.parent, patience) as staged:
        files = make()
        delivery = _compare(target, files, name, known)
        if delivery.state != "unchanged":
            # what is put aside must be ours to throw away
            _read_bundle(find_previous(target), {*known, *files}, name)
            _put(staged / "bundle", target, files)
    return delivery


def render_sums(files: Files) -> bytes:
    """The list of hashes in the form that ``sha256sum --check`` reads."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    return "".join(f"{digest}  {name}\n" for name, digest in hashes.items()).encode()


def find_previous(target: Path) -> Path:
    """Where the state before the present one of a bundle is kept."""
    return target.with_name(f".{target.name}.previous")


def _put(package: Path, target: Path, files: Files) -> None:
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
    """Remove what killed processes left behind, if nobody is at work there and it can be done."""
    if not find_leftovers(parent):
        return
    try:
        with stage_folder(parent, patience=0):
            pass
    except CciError:
        # the bundle is in place all the same
        return


def _compare(target: Path, files: Files, name: str, known: Collection[str]) -> Delivery:
    """What a bundle would change in the state that is there.

    Raises:
        DataError: E417, what is there is not a bundle.
        SystemFailureError: E501, it cannot be read.
    """
    old = _read_bundle(target, {*known, *files}, name)
    if old is None:
        return Delivery("new", dict.fromkeys(files, "new"), (), {})
    changes = {path: _find_change(old.get(path), files.get(path)) for path in {**files, **old}}
    is_same = set(changes.values()) == {"same"}
    before = _read_document(old.get(DESCRIPTOR_FILE, b""))
    return Delivery(
        "unchanged" if is_same else "changed",
        changes,
        tuple(sorted(_find_altered(old, before, files, name))),
        before,
    )


def _find_change(old: bytes | None, new: bytes | None) -> str:
    if new is None:
        return "gone"
    if old is None:
        return "new"
    return "same" if old == new else "changed"


def _read_bundle(target: Path, known: Collection[str], name: str) -> dict[str, bytes] | None:
    """The files of the bundle that is there; null where there is nothing."""
    try:
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise DataError("E417", value=target, what="it is no folder")
        if not target.exists():
            return None
        paths = [path for path in sorted(target.iterdir()) if not is_litter(path)]
    except OSError as error:
        raise os_failure("E501", target, error) from error
    for path in paths:
        if path.name not in known or path.is_symlink() or not path.is_file():
            raise DataError("E417", value=target, what=f"`{path.name}` is none of it")
    try:
        files = {path.name: _read_file(path) for path in paths}
    except FileNotFoundError:
        # swapped while it was read: the state of another moment
        return {}
    # either may have been altered; of a folder with neither nothing is known
    document = _read_document(files.get(DESCRIPTOR_FILE, b""))
    if files and SUMS_FILE not in files and document.get("name") != name:
        what = f"it has no {SUMS_FILE} and is not named {name}"
        raise DataError("E417", value=target, what=what)
    return files


def _read_file(path: Path) -> bytes:
    try:
        return b"" if path.stat().st_size > _LONGEST else path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise os_failure("E501", path, error) from error


def _read_document(descriptor: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(descriptor)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _find_altered(old: Files, document: Mapping[str, Any], new: Files, name: str) -> set[str]:
    """The files of a bundle that are not what had been exported, or are missing.

    They are held against the list of hashes, against those of the data package, and, where that
    rests on what the new state rests on, against the new state.
    """
    if not old:
        return set()
    listed = _parse_sums(old.get(SUMS_FILE, b""))
    if not listed:
        return {SUMS_FILE}
    hashes = {path: hashlib.sha256(data).hexdigest() for path, data in old.items()}
    del hashes[SUMS_FILE]
    altered = {path for path in {**listed, **hashes} if listed.get(path) != hashes.get(path)}
    described = _find_described(document)
    altered |= {path for path, digest in described.items() if hashes.get(path) != digest}
    if document.get("name") != name:
        altered.add(DESCRIPTOR_FILE)
    fresh = _read_document(new.get(DESCRIPTOR_FILE, b""))
    if document.get("provenance") == fresh.get("provenance"):
        shared = described.keys() & _find_described(fresh).keys()
        altered |= {path for path in shared if path in old and old[path] != new[path]}
    return altered


def _parse_sums(data: bytes) -> dict[str, str]:
    listed = {}
    for line in data.decode(errors="replace").splitlines():
        digest, _, path = line.partition("  ")
        if path:
            listed[path] = digest
    return listed


def _find_described(document: Mapping[str, Any]) -> dict[str, str]:
    """The hashes of files by a data package; none where it does not have them as it should."""
    try:
        return {
            str(item["path"]): str(item["hash"]).removeprefix("sha256:")
            for item in document.get("resources", [])
        }
    except (LookupError, TypeError):
        return {}
