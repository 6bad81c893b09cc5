"""What is said of any publication: what it is, who publishes it, what it rests on. Domain: no I/O.

A data package of the Frictionless standard, version 2.0, with titles and descriptions in English
and, behind ``_zh``, in Chinese. Nothing in it is of the day it was made.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cci_cli.figures import to_provenance
from cci_cli.histories import History
from cci_cli.notes import find_bundle_notes
from cci_cli.packages import PROFILE
from cci_cli.periods import Period
from cci_cli.render import to_json
from cci_cli.timelines import release_text, standing_of
from cci_cli.views import date_text, note_text


def describe_publication(
    history: History,
    name: str,
    resources: Sequence[Mapping[str, Any]],
    layout: Mapping[str, str] | None = None,
) -> bytes:
    """The bytes of the ``datapackage.json`` of a publication of the last period of a history.

    Args:
        history: the levels.
        name: the name of the package, by which its folder is known.
        resources: its files.
        layout: SHA-256 of files that decide how it looks and no figure, by path; null for none.
    """
    methodology, period = history.config.methodology, history.last
    document: dict[str, Any] = {
        "$schema": PROFILE,
        "name": name,
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
        "resources": list(resources),
        "provenance": describe_provenance(history) | ({"layout": dict(layout)} if layout else {}),
    }
    return (to_json(document) + "\n").encode()


def _describe_publisher(history: History) -> dict[str, Any]:
    """Licence and publisher, as far as the config has them."""
    said = history.config.publication
    licence = drop_nulls({"name": said.licence, "path": said.licence_url})
    publisher = drop_nulls(
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


def describe_provenance(history: History) -> dict[str, Any]:
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


def drop_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is null: a descriptor leaves out what it does not know."""
    return {key: value for key, value in values.items() if value is not None}
