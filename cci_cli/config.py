"""Read config/ and find everything wrong with it. I/O at the edge; imports the definitions.

All problems of all four files are reported in one go. A place in a TOML file is a key path, for
the parser of the standard library knows no lines.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from cci_cli.catalogues import parse_models, parse_provinces, parse_tiles
from cci_cli.definitions import (
    Checks,
    Config,
    IndexDefinition,
    Methodology,
    Policy,
    Publication,
    ScopeChange,
    Tiles,
    fold_name,
    suggest_name,
)
from cci_cli.errors import InvalidDataError, ProblemList, SystemFailureError
from cci_cli.files import read_bytes
from cci_cli.periods import Period
from cci_cli.settings import (
    OPTIONAL_TEXT,
    PERIOD,
    TEXT,
    Rule,
    check_settings,
    check_table,
    read_one_of,
)
from cci_cli.workspace import MARKER

CONFIG_FILES: Final = ("cci.toml", "provinces.csv", "indices.toml", "cards.csv")
#: Where the squares of the provinces lie in a figure: no figure of an index depends on it.
TILES_FILE: Final = "tiles.csv"

ALL_PROVINCES: Final = "*"

_INDEX: Final[Mapping[str, Rule]] = {
    "code": TEXT,
    "kind": Rule(read_one_of("national", "region", "hub"), "national, region or hub"),
    "series": TEXT,
    "series_en": OPTIONAL_TEXT,
    "name": TEXT,
    "name_en": TEXT,
}


def read_config(root: Path) -> Config:
    """The config of a workspace.

    Args:
        root: the folder of the workspace.

    Raises:
        InvalidDataError: E203, with every problem of every file.
        SystemFailureError: E501, a file is missing or cannot be read.
    """
    contents = {name: read_bytes(root / "config" / name) for name in CONFIG_FILES}
    found = {name: ProblemList(f"config/{name}") for name in CONFIG_FILES}

    settings = check_settings(_parse_toml(contents, found["cci.toml"]), found["cci.toml"])
    provinces = parse_provinces(_decode(contents, found["provinces.csv"]), found["provinces.csv"])
    models = parse_models(_decode(contents, found["cards.csv"]), found["cards.csv"])
    indices = _check_indices(
        _parse_toml(contents, found["indices.toml"]),
        [province.name for province in provinces],
        settings.get("methodology", {}).get("base_period"),
        found["indices.toml"],
    )

    problems = [problem for name in CONFIG_FILES for problem in found[name].first()]
    if problems:
        total = sum(found[name].total for name in CONFIG_FILES)
        raise InvalidDataError("E203", root / "config", problems, total)
    return Config(
        methodology=Methodology(**settings["methodology"]),
        checks=Checks(**settings["checks"]),
        policy=Policy(**settings["policy"]),
        publication=_make_publication(settings.get("publication", {})),
        provinces=provinces,
        indices=indices,
        models=models,
        hashes={name: hashlib.sha256(contents[name]).hexdigest() for name in CONFIG_FILES},
    )


def read_tiles(root: Path, config: Config) -> Tiles:
    """The squares of the provinces.

    Returns:
        Those of ``config/tiles.csv``; without that file, the packaged ones, and none where these
        have not every province of the config.

    Raises:
        InvalidDataError: E203, with every problem of the file; also a province without a square.
        SystemFailureError: E501, it cannot be read.
    """
    own = root / "config" / TILES_FILE
    is_own = own.exists()
    path = own if is_own else find_defaults() / TILES_FILE
    problems = ProblemList(f"config/{TILES_FILE}")
    names = config.province_names
    content = read_bytes(path)
    squares = parse_tiles(_decode({TILES_FILE: content}, problems), config.provinces, problems)
    missing = [name for name in names if name not in squares]
    if not is_own:
        return Tiles({} if missing or problems.total else squares, None)
    if not problems.total:
        for name in missing:
            problems.add("E221", column="province", value=name)
    if problems.total:
        raise InvalidDataError("E203", root / "config", problems.first(), problems.total)
    return Tiles(squares, hashlib.sha256(content).hexdigest())


def find_defaults() -> Path:
    """The config that the package was built with; in a checkout, the repository's own.

    Raises:
        SystemFailureError: E501, it is not in the installation.
    """
    package = Path(__file__).parent
    for folder in (package / "defaults", package.parent / "config"):
        if (folder / MARKER.name).is_file():
            return folder
    raise SystemFailureError("E501", value=package / "defaults", detail="not in the installation")


def _make_publication(values: Mapping[str, Any]) -> Publication:
    return Publication(**{name: value for name, value in values.items() if value is not None})


def _decode(contents: Mapping[str, bytes], problems: ProblemList) -> str:
    try:
        return contents[Path(problems.file).name].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add("E220", offset=error.start)
        return ""


def _parse_toml(contents: Mapping[str, bytes], problems: ProblemList) -> dict[str, Any]:
    try:
        return tomllib.loads(_decode(contents, problems), parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError) as error:
        # beside its own error, a number too long or a nesting too deep
        problems.add("E204", detail=str(error) or type(error).__name__)
        return {}


def _check_indices(
    document: Mapping[str, Any],
    provinces: Sequence[str],
    base_period: Period | None,
    problems: ProblemList,
) -> tuple[IndexDefinition, ...]:
    if problems.total:
        return ()
    tables = Rule(_read_tables, "one or more [[index]] tables")
    found = check_table(document, {"index": tables}, "", problems)["index"] or []
    indices = [
        _check_index(table, f"index[{position}]", provinces, base_period, problems)
        for position, table in enumerate(found, start=1)
    ]
    seen: dict[str, int] = {}
    for position, index in enumerate(indices, start=1):
        first = seen.setdefault(index.code, position)
        if index.code and first != position:
            column = f"index[{position}].code"
            problems.add("E210", column=column, value=index.code, first=f"in index[{first}]")
    if found:
        national = sum(index.kind == "national" for index in indices)
        if national != 1:
            problems.add("E213", column="index.kind", count=national)
    return tuple(indices)


def _read_tables(value: object) -> list[dict[str, Any]] | None:
    is_fit = isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
    return value if is_fit else None  # type: ignore[return-value]


def _check_index(
    table: Mapping[str, Any],
    path: str,
    provinces: Sequence[str],
    base_period: Period | None,
    problems: ProblemList,
) -> IndexDefinition:
    values = check_table(table, _INDEX, f"{path}.", problems, ("provinces", "change"))
    scope = _check_scope(table, path, provinces, problems)
    changes: list[ScopeChange] = []
    tables = table.get("change", [])
    if not isinstance(tables, list) or not all(isinstance(item, dict) for item in tables):
        problems.add(
            "E207", column=f"{path}.change", value=str(tables), expected="[[index.change]] tables"
        )
        tables = []
    for position, change in enumerate(tables, start=1):
        place = f"{path}.change[{position}]"
        rules = {"from": PERIOD}
        start = check_table(change, rules, f"{place}.", problems, ("provinces",))["from"]
        new_scope = _check_scope(change, place, provinces, problems)
        if start is not None:
            changes.append(ScopeChange(start, new_scope))
    changes.sort(key=lambda change: change.start)
    _check_changes(scope, changes, path, base_period, problems)
    return IndexDefinition(provinces=scope, changes=tuple(changes), **values)


def _check_scope(
    table: Mapping[str, Any], path: str, provinces: Sequence[str], problems: ProblemList
) -> tuple[str, ...]:
    """The provinces that a table lists, ``"*"`` for all."""
    column = f"{path}.provinces"
    expected = f'a list of names from provinces.csv, or "{ALL_PROVINCES}" for all'
    if "provinces" not in table:
        problems.add("E206", column=column, expected=expected)
        return ()
    listed = table["provinces"]
    if listed == ALL_PROVINCES:
        return tuple(provinces)
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        problems.add("E207", column=column, value=str(listed), expected=expected)
        return ()
    if not listed:
        problems.add("E218", column=column, value=column, expected="province")
    known = {fold_name(name): name for name in provinces}
    for position, name in enumerate(listed, start=1):
        place = f"{column}[{position}]"
        # without provinces, their file is at fault and has been reported
        if provinces and name not in provinces:
            problems.add("E212", column=place, value=name, hint=suggest_name(name, known))
        elif name in listed[: position - 1]:
            first = f"as provinces[{listed.index(name) + 1}]"
            problems.add("E210", column=place, value=name, first=first)
    return tuple(listed)


def _check_changes(
    scope: tuple[str, ...],
    changes: Iterable[ScopeChange],
    path: str,
    base_period: Period | None,
    problems: ProblemList,
) -> None:
    before = scope
    last: Period | None = None
    for change in changes:
        column, value = f"{path}.change", str(change.start)
        if change.start == last:
            problems.add("E215", column=column, value=value)
        elif base_period is not None and change.start <= base_period:
            problems.add("E214", column=column, value=value, base=base_period)
        elif set(change.provinces) == set(before):
            problems.add("E216", column=column, value=value)
        before, last = change.provinces, change.start
