"""Sealed packages: a folder of files with the ``datapackage.json`` that lists their hashes. I/O.

Snapshots and releases are kept as such folders, numbered r1, r2, … by period. Whatever is changed
in one, added to it or taken out of it later is found: the seal covers the descriptor, the
descriptor the files. That the newest one is gone as a whole, no folder can tell.
"""

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cci_cli.errors import CciError, DataError, os_failure
from cci_cli.files import hash_file
from cci_cli.periods import Period, parse_period
from cci_cli.results import RELEASES

DESCRIPTOR_FILE: Final = "datapackage.json"
SNAPSHOTS: Final = "snapshots"

#: Frictionless Data Package 2.0.
PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"

STAGING_PREFIX: Final = ".staging-"

# what desktops and version control leave in any folder
_LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep", ".gitignore"})
_NUMBERED: Final = re.compile(r"r([1-9][0-9]{0,8})")
_NO_LINK: Final = "put what it leads to into its place: a store is all that is in it, and no link"
_NO_PACKAGE: Final = (
    "restore it; a folder made by hand is no part of a store: move it away, and "
    "`cci ingest FILE --period P` stores what is in it"
)
_NO_FILE: Final = "it is no regular file"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SEAL: Final = re.compile(rb'"seal": "sha256:([0-9a-f]{64})"')
_NO_SEAL: Final = b'"seal": "sha256:' + b"0" * 64 + b'"'


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose descriptor holds; ``hashes`` are the SHA-256 it records, by path."""

    folder: Path
    document: Mapping[str, Any]
    hashes: Mapping[str, str]

    def check_files(self) -> None:
        """Hold every file against its hash.

        Raises:
            DataError: E303, one differs.
            SystemFailureError: E501, one cannot be read.
        """
        for name, recorded in self.hashes.items():
            path = self.folder / name
            sha256 = hash_file(path)
            if sha256 != recorded:
                what = f"sha256 {sha256[:12]}… instead of {recorded[:12]}…"
                raise DataError("E303", value=path, what=what)


def list_numbered(folder: Path) -> list[int]:
    """The numbers n of the folders ``rn`` in a folder, smallest first; none where it is absent."""
    names = list_folders(folder)
    return sorted(int(match[1]) for name in names if (match := _NUMBERED.fullmatch(name)))


def list_periods_of(store: Path) -> list[Period]:
    """The periods for which a store has at least one package, oldest first."""
    found = []
    for folder in list_folders(store):
        period = _find_period(folder)
        if period is not None and list_numbered(store / folder):
            found.append(period)
    return sorted(found)


def list_folders(folder: Path) -> list[str]:
    """The names of the folders in a folder; none where it is absent."""
    try:
        # not Path.is_dir, which in some versions of Python takes what it cannot see for absent
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise os_failure("E501", folder, error) from error


def list_below(folder: Path) -> list[Path]:
    """Everything in a folder and its folders, sorted; links are listed, not followed.

    Raises:
        SystemFailureError: E501, a folder cannot be listed. (``Path.rglob`` would pass it over.)
    """

    def refuse(error: OSError) -> None:
        raise os_failure("E501", error.filename, error) from error

    return sorted(
        Path(parent, name)
        for parent, folders, files in os.walk(folder, onerror=refuse)
        for name in (*folders, *files)
    )


def _find_period(folder: str) -> Period | None:
    try:
        period = parse_period(folder)
    except CciError:
        return None
    return period if str(period) == folder else None


def read_package(folder: Path) -> Package:
    """A package as its descriptor records it; the content of its files is not looked at.

    Raises:
        DataError: E303 a file is missing, E304 the descriptor is not usable, E306 it was changed,
            E307 a file is there that it does not list, or a link.
        SystemFailureError: E501, the descriptor cannot be read.
    """
    check_links(folder.parent, folder)
    path = folder / DESCRIPTOR_FILE
    try:
        # who opens a pipe waits for whoever writes into it
        data = path.read_bytes() if stat.S_ISREG(path.stat().st_mode) else None
    except FileNotFoundError as error:
        raise DataError("E303", value=path, what="it is missing", hint=_NO_PACKAGE) from error
    except OSError as error:
        raise os_failure("E501", path, error) from error
    if data is None:
        raise DataError("E303", value=path, what=_NO_FILE)
    _check_seal(path, data)
    try:
        document = json.loads(data)
        recorded = {str(item["path"]): str(item["hash"]) for item in document["resources"]}
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise DataError("E304", value=path, detail=f"{type(error).__name__} {error}") from error
    for name in recorded:
        if not _is_inside(name):
            raise DataError("E304", value=path, detail="a path in it leads out of its folder")
    hashes = {name: text.removeprefix("sha256:") for name, text in recorded.items()}
    if not all(map(_SHA256.fullmatch, hashes.values())):
        raise DataError("E304", value=path, detail="its hash is not a SHA-256")
    for stray in _find_strays(folder, hashes):
        raise stray
    return Package(folder, document, hashes)


def check_links(*folders: Path) -> None:
    """Refuse a folder of a store that is a link: what is kept there would lie elsewhere.

    The store itself may be one: where it lies is for its owner to say.

    Raises:
        DataError: E307, one is a link.
    """
    for path in folders:
        if path.is_symlink():
            raise DataError("E307", value=path, hint=_NO_LINK)


def _is_inside(name: str) -> bool:
    """Whether a path that a descriptor has leads to a place in its folder on every system."""
    return ":" not in name and {"", ".", ".."}.isdisjoint(re.split(r"[/\\]", name))


def _check_seal(path: Path, data: bytes) -> None:
    seals = _SEAL.findall(data)
    blank = _SEAL.sub(_NO_SEAL, data)
    if len(seals) != 1 or hashlib.sha256(blank).hexdigest() != seals[0].decode():
        raise DataError("E306", value=path)


def _find_strays(folder: Path, names: Iterable[str]) -> Iterator[DataError]:
    """What is missing of a package, and what is there beside it."""
    expected = {folder / DESCRIPTOR_FILE, *(folder / name for name in names)}
    present = list_below(folder)
    for path in sorted(expected.difference(present)):
        yield DataError("E303", value=path, what="it is missing")
    for path in sorted(expected):
        if not path.is_file():
            yield DataError("E303", value=path, what=_NO_FILE)
    parents = {parent for path in expected for parent in path.parents}
    for path in present:
        is_expected = path in (parents if path.is_dir() else expected)
        if path.is_symlink() or not (is_expected or is_litter(path)):
            yield DataError("E307", value=path, hint=_NO_LINK if path.is_symlink() else None)


def seal(document: Mapping[str, Any]) -> bytes:
    """The bytes of a descriptor with its seal: the SHA-256 of them with the seal's digits at 0."""
    blank = {**document, "seal": "sha256:" + "0" * 64}
    data = (json.dumps(blank, ensure_ascii=False, indent=2) + "\n").encode()
    digest = hashlib.sha256(data).hexdigest()
    return data.replace(_NO_SEAL, f'"seal": "sha256:{digest}"'.encode())


def describe_file(
    path: Path,
    folder: Path,
    *,
    rows: int | None = None,
    schema: Mapping[str, Any] | None = None,
    encoding: str = "utf-8",
    sha256: str | None = None,
) -> dict[str, Any]:
    """The resource that stands for a CSV or TOML file of a package in its descriptor.

    ``sha256`` is its hash where that is known already; null where it is to be computed.
    """
    inner = path.relative_to(folder)
    kind = path.suffix.removeprefix(".")
    resource = {
        "name": inner.with_suffix("").as_posix().replace("/", "-"),
        "path": inner.as_posix(),
        "format": kind,
        "mediatype": "text/csv" if kind == "csv" else "application/toml",
        "encoding": encoding,
        "rows": rows,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256 or hash_file(path)}",
        "schema": schema,
    }
    return {key: value for key, value in resource.items() if value is not None}


def find_damage(root: Path) -> Iterator[CciError]:
    """What does not belong in the two stores of a workspace, and numbers that are missing.

    Names are looked at, not the packages themselves.
    """
    for store in (root / SNAPSHOTS, root / RELEASES):
        if not store.is_dir():
            continue
        for entry in sorted(store.iterdir()):
            if is_litter(entry) or entry.name.startswith(STAGING_PREFIX):
                continue
            if entry.is_symlink():
                yield DataError("E307", value=entry, hint=_NO_LINK)
            elif not entry.is_dir() or _find_period(entry.name) is None:
                yield DataError("E307", value=entry)
            else:
                yield from _find_damage_in_period(entry)


def is_litter(path: Path) -> bool:
    """Whether a file is one that desktops and version control leave in any folder."""
    return path.name in _LITTER and path.is_file()


def check_names(root: Path) -> None:
    """Refuse where ``find_damage`` finds something.

    Raises:
        DataError: E307 something does not belong, E308 a number is missing.
    """
    for damage in find_damage(root):
        raise damage


def _find_damage_in_period(folder: Path) -> Iterator[CciError]:
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink():
            yield DataError("E307", value=entry, hint=_NO_LINK)
        elif not (entry.is_dir() and _NUMBERED.fullmatch(entry.name)) and not is_litter(entry):
            yield DataError("E307", value=entry)
    numbers = list_numbered(folder)
    for number in range(1, max(numbers, default=0)):
        if number not in numbers:
            yield DataError("E308", value=folder / f"r{number}", newest=f"r{numbers[-1]}")
