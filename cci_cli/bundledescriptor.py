"""The data package of a publication bundle: what it is and rests on. Domain: no I/O.

Frictionless Data Package 2.0, with titles and descriptions in English and, behind ``_zh``, in
Chinese. Nothing in it is of the day it was made.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from cci_cli.bundlefields import FILE_TITLES, find_words
from cci_cli.bundles import (
    CODES_FILE,
    DATA_SHEET,
    INDICES_FILE,
    SERIES_FILE,
    TABLE_FILE,
    Table,
)
from cci_cli.histories import History
from cci_cli.leveltable import NAME_HEADER
from cci_cli.periods import Period
from cci_cli.publications import describe_publication, drop_nulls
from cci_cli.views import NULL_MARK

_MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_KEYS: Final = {
    TABLE_FILE: [NAME_HEADER],
    INDICES_FILE: ["period", "code"],
    SERIES_FILE: ["code"],
    CODES_FILE: ["code"],
}


def describe_bundle(
    history: History, tables: Mapping[str, Table], files: Mapping[str, bytes]
) -> bytes:
    """The bytes of the ``datapackage.json`` of a bundle for the last period of a history.

    Args:
        history: the levels.
        tables: the tables as ``bundles.build_tables`` returns them.
        files: the bytes of all files beside it.
    """
    resources = [
        # beside its own, what is not CSV has the rows of all figures
        _describe_file(name, data, tables.get(name, tables[INDICES_FILE]))
        for name, data in files.items()
    ]
    return describe_publication(history, name_bundle(history.last), resources)


def name_bundle(period: Period) -> str:
    """The name of the data package of a bundle, by which a bundle is known."""
    return f"cci-bundle-{str(period).lower()}"


def _describe_file(name: str, data: bytes, table: Table) -> dict[str, Any]:
    title, title_zh = FILE_TITLES[name]
    stem, _, suffix = name.partition(".")
    resource: dict[str, Any] = {
        # two files may differ in their suffix alone
        "name": f"{stem}-{suffix}",
        "title": title,
        "title_zh": title_zh,
        "path": name,
        "format": suffix,
        "mediatype": _MEDIA_TYPES[suffix],
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }
    if suffix == "parquet":
        # it says itself what its columns are, and as a table the reader of Frictionless for
        # Python would not count its bytes
        return resource | {"type": "file"}
    if suffix == "csv":
        # the byte order mark is part of what a reader must expect
        resource["encoding"] = "utf-8-sig" if name == TABLE_FILE else "utf-8"
    elif suffix == "xlsx":
        # by the standard, and as the reader of Frictionless for Python wants it
        resource["dialect"] = {"sheetName": DATA_SHEET, "excel": {"sheet": DATA_SHEET}}
    return resource | {
        "type": "table",
        "rows": len(table.records),
        "schema": {
            "fields": [_describe_field(column, kind) for column, kind in table.columns.items()],
            "primaryKey": _KEYS.get(name, _KEYS[INDICES_FILE]),
            "missingValues": ["", NULL_MARK],
        },
    }


def _describe_field(name: str, kind: type | int) -> dict[str, Any]:
    kinds: dict[type | int, str] = {str: "string", int: "integer"}
    found = {"name": name, "type": "date" if name == "as_of" else kinds.get(kind, "number")}
    return drop_nulls(found | find_words(name)._asdict())
