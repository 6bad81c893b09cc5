"""The data package of a publication bundle: what it is and rests on. Domain: no I/O.

Frictionless Data Package 2.0, with titles and descriptions in English and, behind ``_zh``, in
Chinese. Nothing in it is of the day it was made.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
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
from cci_cli.figures import to_provenance
from cci_cli.histories import History
from cci_cli.leveltable import NAME_HEADER
from cci_cli.notes import find_bundle_notes
from cci_cli.packages import PROFILE
from cci_cli.periods import Period
from cci_cli.render import to_json
from cci_cli.timelines import release_text, standing_of
from cci_cli.views import NULL_MARK, date_text, note_text

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
    methodology, period = history.config.methodology, history.last
    document: dict[str, Any] = {
        "$schema": PROFILE,
        "name": name_bundle(period),
        "title": f"{methodology.title_en or 'Indices'}, {date_text(period, 'en')}",
        "title_zh": f"{methodology.title or '指数'}，{date_text(period, 'zh')}",
        "version": methodology.version,
        "period": str(period),
        "as_of": period.as_of.isoformat(),
        "status": "official" if history.is_all_official else "provisional",
        "demonstration": history.is_demonstration,
        "base": {
            "period": str(methodology.base_period),
            "as_of": methodology.base_period.as_of.isoformat(),
            "level": methodology.base_level,
        },
        **_describe_publisher(history),
        **_describe_calendar(history),
        "footnotes": [
            {"code": note.code, "en": note_text(note, "en"), "zh": note_text(note, "zh")}
            for note in find_bundle_notes(history)
        ],
        "resources": [
            # beside its own, what is not CSV has the rows of all figures
            _describe_file(name, data, tables.get(name, tables[INDICES_FILE]))
            for name, data in files.items()
        ],
        "provenance": _describe_provenance(history),
    }
    return (to_json(document) + "\n").encode()


def name_bundle(period: Period) -> str:
    """The name of the data package of a bundle, by which a bundle is known."""
    return f"cci-bundle-{str(period).lower()}"


def _describe_publisher(history: History) -> dict[str, Any]:
    """Licence and publisher, as far as the config has them."""
    said = history.config.publication
    licence = _drop_nulls({"name": said.licence, "path": said.licence_url})
    publisher = _drop_nulls(
        {
            "title": said.publisher_en or said.publisher,
            "title_zh": said.publisher,
            "email": said.contact_email,
            "path": said.contact_url,
        }
    )
    found: dict[str, Any] = {}
    if licence:
        found["licenses"] = [licence]
    if "title" in publisher:
        found["contributors"] = [publisher | {"roles": ["publisher"]}]
    return found


def _describe_calendar(history: History) -> dict[str, Any]:
    """When the period was released, the one before, and when the next will be; null for no date."""
    period, calendar = history.last, history.config.publication.calendar

    def find_day(when: Period) -> date | None:
        release = history.releases.get(when)
        return calendar.get(when) if release is None else date.fromisoformat(release.created[:10])

    def describe(when: Period) -> dict[str, str | None]:
        day = find_day(when)
        return {"period": str(when), "date": None if day is None else day.isoformat()}

    is_first = period.previous not in history.points
    return {
        "previous_release": None if is_first else describe(period.previous),
        "this_release": describe(period),
        "next_release": describe(period.next),
    }


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
    return _drop_nulls(found | find_words(name)._asdict())


def _describe_provenance(history: History) -> dict[str, Any]:
    """What the figures of each period were made from."""
    config = history.config
    document = to_provenance(
        history.snapshots, history.releases.values(), config.hashes, config.methodology
    )
    for period, release in history.releases.items():
        document["releases"][str(period)] |= {
            "created": release.created,
            "snapshots": {
                str(when): {"revision": f"r{revision}", "sha256": sha256}
                for when, (revision, sha256) in sorted(release.snapshots.items())
            },
            "config": dict(release.config_hashes),
        }
    document["periods"] = {
        str(period): {
            "publication": standing_of(history, period),
            "release": release_text(history, period),
        }
        for period in history.points
    }
    return document


def _drop_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
