"""The figures of an index: exact values, printed digits, and what they come from. Domain: no I/O.

Every figure that leaves the program passes ``Rounder``, once.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, get_args

from cci_cli import __version__
from cci_cli.definitions import IndexDefinition, Methodology
from cci_cli.formats import Lang
from cci_cli.indices import Observation, Status, SupplyLink
from cci_cli.periods import Period
from cci_cli.results import IndexFigures, Release, Snapshot
from cci_cli.rounding import RoundingMode, fraction_text, round_exact

#: Columns of the ``indices.csv`` of a release: printed digits, beside them the exact values.
RELEASE_COLUMNS: Final = (
    "code",
    "kind",
    "series",
    "name",
    "name_en",
    "status",
    "previous_level",
    "previous_level_exact",
    "level",
    "level_exact",
    "comparable_level",
    "growth_pct",
    "share_pct",
    "contribution_pp",
    "increment_share_pct",
    "standard_cards",
    "standard_cards_exact",
    "supply_card_hours",
    "supply_exact",
    "previous_supply_exact",
    "provinces",
)
_TEXT_COLUMNS: Final = frozenset(
    {"code", "kind", "series", "name", "name_en", "status"}
    | {"previous_level_exact", "level_exact", "standard_cards_exact"}
    | {"supply_exact", "previous_supply_exact", "provinces"}
)

#: Table Schema of Frictionless Data for that file.
RELEASE_SCHEMA: Final = {
    "fields": [
        {"name": name, "type": "string" if name in _TEXT_COLUMNS else "number"}
        for name in RELEASE_COLUMNS
    ],
    "primaryKey": ["code"],
    "missingValues": [""],
}
_STATUSES: Final[Mapping[str, Status]] = {name: name for name in get_args(Status)}
#: A change of these is a change of wording, not of a figure.
_WORDS: Final = frozenset({"series", "name", "name_en"})
#: Between the provinces of an index.
SEPARATOR: Final = "|"


class Rounder:
    """Exact values to printed digits under one methodology; null stays null."""

    def __init__(self, methodology: Methodology) -> None:
        self._methodology = methodology

    def points(self, value: Fraction | None) -> Decimal | None:
        """A value in points, or any other as it stands, with the decimals of the method."""
        return None if value is None else self._round(value, self._methodology.decimals)

    def percent(self, ratio: Fraction | None) -> Decimal | None:
        """A ratio in per cent."""
        return None if ratio is None else self.points(100 * ratio)

    def finely(self, value: Fraction, more: int) -> Decimal:
        """A value with some decimals more than those of the method."""
        return self._round(value, self._methodology.decimals + more)

    def whole(self, value: Fraction) -> int:
        """A value without decimals."""
        return int(self._round(value, 0))

    def _round(self, value: Fraction, decimals: int) -> Decimal:
        return round_exact(value, decimals, self._methodology.rounding)


def round_figures(item: IndexFigures, rounder: Rounder, lang: Lang) -> dict[str, Any]:
    """One index as the document of ``compute`` has it."""
    index, seen = item.definition, item.observation
    return {
        "code": index.code,
        "kind": index.kind,
        "series": index_series(index, lang),
        "name": index_name(index, lang),
        "name_en": index.name_en,
        "status": seen.status,
        "previous_level": rounder.points(seen.previous_level),
        "level": rounder.points(seen.level),
        "level_exact": fraction_text(seen.level),
        "comparable_level": rounder.points(seen.comparable_level),
        "growth_pct": rounder.percent(seen.growth),
        "share_pct": rounder.percent(seen.link.share),
        "contribution_pp": rounder.percent(seen.link.contribution),
        "increment_share_pct": rounder.percent(seen.link.increment_share),
        "standard_cards": rounder.points(item.standard_cards),
        "supply_card_hours": rounder.whole(seen.link.supply),
        "provinces": list(seen.provinces),
    }


def index_name(index: IndexDefinition, lang: Lang) -> str:
    """The name of an index in a language."""
    return index.name if lang == "zh" else index.name_en


def index_series(index: IndexDefinition, lang: Lang) -> str:
    """The series that an index belongs to, in a language; in Chinese where there is no other."""
    return index.series if lang == "zh" else index.series_en or index.series


def to_release_rows(
    indices: Sequence[IndexFigures], methodology: Methodology
) -> tuple[dict[str, str], ...]:
    """The rows of the ``indices.csv`` of a release, as text; empty where a figure is null."""
    rounder = Rounder(methodology)
    rows = []
    for item in indices:
        seen = item.observation
        figures = round_figures(item, rounder, "zh") | {
            "previous_level_exact": exact_text(seen.previous_level),
            "standard_cards_exact": fraction_text(item.standard_cards),
            "supply_exact": fraction_text(seen.link.supply),
            "previous_supply_exact": exact_text(seen.link.previous_supply),
            "provinces": SEPARATOR.join(seen.provinces),
        }
        rows.append({name: _cell_text(figures[name]) for name in RELEASE_COLUMNS})
    return tuple(rows)


def to_printed_rows(
    definitions: Sequence[IndexDefinition], period: Period, levels: Mapping[str, Decimal]
) -> tuple[dict[str, str], ...]:
    """The rows of the ``indices.csv`` of a release transcribed from print: the levels alone.

    Args:
        definitions: the indices.
        period: the period, which decides on their scope.
        levels: the printed level of every index, by code.
    """
    blank = dict.fromkeys(RELEASE_COLUMNS, "")
    return tuple(
        blank
        | {
            "code": index.code,
            "kind": index.kind,
            "series": index.series,
            "name": index.name,
            "name_en": index.name_en,
            "level": f"{levels[index.code]:f}",
            "level_exact": fraction_text(Fraction(levels[index.code])),
            "provinces": SEPARATOR.join(index.provinces_at(period)),
        }
        for index in definitions
    )


def parse_release_rows(
    rows: Sequence[Mapping[str, str]], period: Period
) -> dict[str, tuple[Observation, Fraction]]:
    """What ``to_release_rows`` wrote, read back: observation and standard cards by code.

    Args:
        rows: of a release that was computed, not transcribed.
        period: its period.

    Raises:
        LookupError: a column or the national index is missing.
        ValueError: a value is none.
    """
    national = next(row for row in rows if row["kind"] == "national")
    national_supply = Fraction(national["supply_exact"])
    national_before = _parse_exact(national["previous_supply_exact"])
    parsed = {}
    for row in rows:
        observation = Observation(
            code=row["code"],
            period=period,
            status=_STATUSES[row["status"]],
            provinces=tuple(row["provinces"].split(SEPARATOR)),
            level=Fraction(row["level_exact"]),
            previous_level=_parse_exact(row["previous_level_exact"]),
            national_level=Fraction(national["level_exact"]),
            link=SupplyLink(
                Fraction(row["supply_exact"]),
                national_supply,
                _parse_exact(row["previous_supply_exact"]),
                national_before,
            ),
        )
        parsed[row["code"]] = (observation, Fraction(row["standard_cards_exact"]))
    return parsed


def _parse_exact(text: str) -> Fraction | None:
    return Fraction(text) if text else None


def exact_text(value: Fraction | None) -> str | None:
    """An exact value as ``p/q``; null stays null."""
    return None if value is None else fraction_text(value)


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def find_changed_codes(
    release: Release,
    rows: Sequence[Mapping[str, str]],
    rounding: RoundingMode,
    decimals: int | None = None,
) -> tuple[str, ...]:
    """The indices whose figures differ from the released ones, in the order of ``rows``.

    Of levels transcribed from print only the printed digits are known, and compared. An index
    that is on one side alone differs.

    Args:
        release: what was released.
        rows: as ``to_release_rows`` or ``to_printed_rows`` returns them.
        rounding: how levels are printed.
        decimals: the number of places where the rows were transcribed from print, else null.
    """
    released = {row["code"]: row for row in release.rows}
    places = decimals if release.decimals is None else release.decimals

    def is_same(row: Mapping[str, str], old: Mapping[str, str]) -> bool:
        if places is not None:
            levels = (Fraction(side["level_exact"]) for side in (row, old))
            return len({round_exact(level, places, rounding) for level in levels}) == 1
        return all(row[name] == old[name] for name in RELEASE_COLUMNS if name not in _WORDS)

    changed = [
        row["code"]
        for row in rows
        if row["code"] not in released or not is_same(row, released[row["code"]])
    ]
    gone = released.keys() - {row["code"] for row in rows}
    return (*changed, *sorted(gone))


def has_other_words(rows: Sequence[Mapping[str, str]], others: Sequence[Mapping[str, str]]) -> bool:
    """Whether two sets of release rows name their indices otherwise."""
    return [[row[word] for word in sorted(_WORDS)] for row in rows] != [
        [row[word] for word in sorted(_WORDS)] for row in others
    ]


def is_reworded(
    release: Release, definitions: Sequence[IndexDefinition], methodology: Methodology
) -> bool:
    """Whether a release printed a figure otherwise than the method prints it today."""
    released = {row["code"]: row for row in release.rows}
    indices = [index for index in definitions if index.code in released]
    if release.is_transcribed:
        rounder = Rounder(methodology)
        levels = {index.code: release.levels[index.code].level for index in indices}
        return any(
            _cell_text(rounder.points(level)) != released[code]["level"]
            for code, level in levels.items()
        )
    figures = [IndexFigures(index, *release.figures[index.code]) for index in indices]
    return any(
        row[name] != released[row["code"]][name]
        for row in to_release_rows(figures, methodology)
        for name in RELEASE_COLUMNS
        if name not in _WORDS and name != "kind"
    )


def to_provenance(
    snapshots: Mapping[Period, Snapshot],
    releases: Iterable[Release],
    config_hashes: Mapping[str, str],
    methodology: Methodology,
) -> dict[str, Any]:
    """What figures were made from, in the words of JSON documents and data packages.

    Args:
        snapshots: the revisions used, by period.
        releases: those whose levels were taken.
        config_hashes: SHA-256 of the files of the config, by name.
        methodology: the method.
    """
    return {
        "snapshots": {
            str(period): {
                "revision": f"r{snapshot.ref.revision}",
                "sha256": snapshot.facts.sha256,
            }
            for period, snapshot in snapshots.items()
        },
        "releases": {
            str(release.ref.period): {
                "release": f"r{release.ref.revision}",
                "sha256": release.sha256,
                "transcribed": release.is_transcribed,
            }
            for release in releases
        },
        "config": dict(config_hashes),
        "methodology": methodology.version,
        "cci": __version__,
    }
