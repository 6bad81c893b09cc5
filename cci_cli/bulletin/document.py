"""The bulletin of one period, whole, before it is set as a page. Domain: no I/O."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cci_cli import __version__
from cci_cli.bulletin.analysis import Section, analyse
from cci_cli.bulletin.captions import CAPTIONS
from cci_cli.bulletin.claims import Claim, Sentence
from cci_cli.bulletin.exhibits import (
    DataTable,
    build_figures,
    build_level_table,
    build_scope_table,
)
from cci_cli.bulletin.facts import Facts
from cci_cli.bulletin.standings import LEVEL_WITH
from cci_cli.definitions import Tiles
from cci_cli.figures import Rounder
from cci_cli.formats import Lang
from cci_cli.notes import find_bundle_notes
from cci_cli.periods import PeriodRef
from cci_cli.plotting.charts import Figure, TileChart
from cci_cli.publications import describe_provenance
from cci_cli.render import to_json
from cci_cli.rounding import fraction_text, round_exact
from cci_cli.views import NULL_MARK, change_text, date_text, legend_lines, note_text

#: The figures that stand below a part of the analysis.
_PLACES: Mapping[str, tuple[str, ...]] = {
    "nation": (),
    "regions": ("figure_regions", "figure_region_shares"),
    "hubs": ("figure_hubs", "figure_hub_shares"),
    "provinces": ("figure_tiles_level", "figure_tiles_growth"),
}


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure that stands large at the top of a page."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the analysis with the figures below it, and what stands under these."""

    section: Section
    figures: tuple[Figure, ...]
    under: str


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A bulletin in one language.

    ``standing`` says whether it is official, ``warning`` what must be seen before all else, empty
    for nothing. ``source_table`` has what the figures were made from, with hashes, ``commands``
    what reproduces them. ``claims`` are those of the analysis, each with the sentence that makes
    it.
    """

    lang: Lang
    title: str
    edition: str
    standing: str
    is_official: bool
    warning: str
    key_figures: tuple[KeyFigure, ...]
    level_table: DataTable
    parts: tuple[Part, ...]
    history: Figure | None
    scope_table: DataTable
    method_table: DataTable
    method_text: str
    notes: tuple[str, ...]
    source_table: DataTable
    commands: tuple[str, ...]
    imprint: tuple[str, ...]
    claims: tuple[tuple[Sentence, Claim], ...]

    @property
    def words(self) -> Mapping[str, str]:
        """Headings and labels in its language."""
        return CAPTIONS[self.lang]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, in the order of their numbers."""
        found = [figure for part in self.parts for figure in part.figures]
        return (*found, *([self.history] if self.history else []))


def build_bulletin(facts: Facts, tiles: Tiles, lang: Lang) -> Bulletin:
    """The bulletin of a period.

    Args:
        facts: what it speaks of.
        tiles: the squares of the provinces; without one for each there is no tile grid.
        lang: its language.
    """
    history, words = facts.history, CAPTIONS[lang]
    methodology, period = facts.config.methodology, facts.period
    sections = analyse(facts, lang)
    figures = build_figures(
        facts,
        {} if tiles.find_bare(facts.nation.provinces) else tiles.squares,
        [section.key for section in sections],
        lang,
    )
    claims = [
        (sentence, claim)
        for section in sections
        for sentence in section.sentences
        for claim in sentence.claims
    ]
    name = methodology.title if lang == "zh" else methodology.title_en
    half = words[f"half_{period.half}"]
    return Bulletin(
        lang=lang,
        title=words["title"].format(name=name or words["untitled"]),
        edition=words["edition"].format(year=period.year, half=half, date=date_text(period, lang)),
        standing=_tell_standing(facts, lang),
        is_official=history.is_all_official,
        warning=words["demonstration"] if history.is_demonstration else "",
        key_figures=tuple(_find_key_figures(facts, lang)),
        level_table=build_level_table(facts, lang),
        parts=tuple(_place_figures(section, figures, facts, lang) for section in sections),
        history=figures.get("figure_history"),
        scope_table=build_scope_table(facts, lang),
        method_table=_build_method_table(facts, lang),
        method_text=words["method_version"].format(
            version=methodology.version,
            base=date_text(methodology.base_period, lang),
            level=f"{methodology.base_level:f}",
            decimals=methodology.decimals,
            rounding=words[methodology.rounding],
        ),
        notes=tuple(_find_notes(facts, sections, [claim for _, claim in claims], lang)),
        source_table=DataTable(
            name="sources",
            caption="",
            headers=(words["source"], words["identity"], words["hash"]),
            rows=tuple(_find_sources(facts, tiles, lang)),
        ),
        commands=tuple(_find_commands(facts, lang)),
        imprint=tuple(_find_imprint(facts, lang)),
        claims=_drop_repeated(claims),
    )


def _place_figures(
    section: Section, figures: Mapping[str, Figure], facts: Facts, lang: Lang
) -> Part:
    found = tuple(figures[key] for key in _PLACES[section.key] if key in figures)
    under = ""
    if any(isinstance(figure.chart, TileChart) for figure in found):
        words = CAPTIONS[lang]
        sample = [note for note in find_bundle_notes(facts.history) if note.code == "N119"]
        texts = [words["tile_note"], *(note_text(note, lang) for note in sample)]
        texts += [words["tile_demonstration"]] if facts.history.is_demonstration else []
        under = words["gap"].join(texts)
    return Part(section, found, under)


def _drop_repeated(
    claims: Sequence[tuple[Sentence, Claim]],
) -> tuple[tuple[Sentence, Claim], ...]:
    """Every claim once, with the sentence that makes it first."""
    first: dict[tuple[str, str], tuple[Sentence, Claim]] = {}
    for sentence, claim in claims:
        first.setdefault((claim.name, claim.printed), (sentence, claim))
    return tuple(first.values())


def _find_commands(facts: Facts, lang: Lang) -> Iterator[str]:
    """What checks the sources and gives the figures again."""
    yield "cci verify"
    if facts.period not in facts.history.releases:
        # of a released period it shows the data of today
        yield f"cci compute {facts.period}"
    yield f"cci report {facts.period} --to DIR" + (" --lang en" if lang == "en" else "")


def _tell_standing(facts: Facts, lang: Lang) -> str:
    """Whether it is official, and what it rests on where it is not."""
    history, words = facts.history, CAPTIONS[lang]
    release = history.releases.get(facts.period)
    if release is None:
        return words["provisional"]
    if history.is_all_official:
        return words["official_as"].format(release=release.name)
    is_as_released = history.is_official(facts.period) and not history.is_relabelled
    key = "partly_official" if is_as_released else "unlike_release"
    return words[key].format(release=release.name)


def _find_key_figures(facts: Facts, lang: Lang) -> Iterator[KeyFigure]:
    words, rounder, nation = CAPTIONS[lang], Rounder(facts.config.methodology), facts.nation
    yield KeyFigure(words["key_level"], f"{rounder.points(nation.level):f}")
    if facts.previous is not None:
        yield KeyFigure(words["key_growth"], change_text(rounder.percent(nation.growth)))
    if lang == "zh" and nation.standard_cards >= 10**4:
        yield KeyFigure(words["key_cards_4"], f"{rounder.points(nation.standard_cards / 10**4):f}")
    else:
        yield KeyFigure(words["key_cards"], f"{rounder.whole(nation.standard_cards):,}")
    if facts.eflops >= 1:
        yield KeyFigure(words["key_eflops"], f"{rounder.points(facts.eflops):f}")
    else:
        yield KeyFigure(words["key_pflops"], f"{rounder.points(facts.eflops * 1000):f}")
    share = None if facts.hub_union is None else rounder.percent(facts.hub_union.share)
    if share is not None:
        yield KeyFigure(words["key_hubs"], f"{share:f}%")


def _build_method_table(facts: Facts, lang: Lang) -> DataTable:
    words, methodology = CAPTIONS[lang], facts.methodology
    tflops, hours = f"{methodology.standard_card_tflops:f}", f"{methodology.hours_per_year:,}"
    rows = (
        ("coefficient", words["formula_coefficient"].format(tflops=tflops), "unit_coefficient"),
        ("cards", words["formula_cards"], "unit_cards"),
        ("supply", f"CPS_j,t = Q_j,t × {hours}", "unit_supply"),
        ("total", "TS_i,t = Σ CPS_j,t (j ∈ i)", "unit_supply"),
        ("base", words["formula_base"].format(level=f"{methodology.base_level:f}"), "unit_points"),
        ("level", "I_i,t = I_i,t−1 × TS_i,t ÷ TS_i,t−1", "unit_points"),
    )
    return DataTable(
        name="steps",
        caption="",
        headers=(words["step"], words["formula"], words["unit"]),
        rows=tuple((words[f"step_{step}"], formula, words[unit]) for step, formula, unit in rows),
    )


def _find_notes(
    facts: Facts, sections: Sequence[Section], claims: Sequence[Claim], lang: Lang
) -> Iterator[str]:
    """The footnotes: of the sample and the method, of this period, of its analysis."""
    words = CAPTIONS[lang]
    yield from (note_text(note, lang) for note in find_bundle_notes(facts.history))
    yield from legend_lines({area.status for area in facts.indices}, lang)
    if any("level_with" in section.said for section in sections):
        yield words["level_with"].format(pp=f"{round_exact(100 * LEVEL_WITH, 1):f}")
    others = {
        claim.name: claim
        for claim in claims
        if claim.from_table is not None and not claim.is_recomputable and claim.unit != "rank"
    }
    if others:
        example = next(
            (claim for claim in others.values() if claim.name.endswith("increment_share")),
            next(iter(others.values())),
        )
        yield words["recomputed"].format(
            count=len(others), example=example.printed, other=example.from_table
        )


def _find_sources(facts: Facts, tiles: Tiles, lang: Lang) -> Iterator[tuple[str, str, str]]:
    """What the figures were made from: kind, identity, hash."""
    words, history = CAPTIONS[lang], facts.history
    snapshots = {str(item.ref): item.facts.sha256 for item in history.snapshots.values()}
    for release in history.releases.values():
        for period, (revision, sha256) in release.snapshots.items():
            snapshots[str(PeriodRef(period, revision))] = sha256
    for name, sha256 in sorted(snapshots.items()):
        yield words["snapshot"], name, sha256
    for release in history.releases.values():
        yield words["release"], release.name, release.sha256
    # the config that the figures of the period came from is kept with its release
    newest = history.releases.get(facts.period)
    folder, hashes = (
        ("", facts.config.hashes) if newest is None else (f"{newest.name}/", newest.config_hashes)
    )
    for name, sha256 in hashes.items():
        yield words["config"], f"{folder}config/{name}", sha256
    if tiles.sha256 is not None:
        yield words["config"], "config/tiles.csv", tiles.sha256
    yield words["program"], f"cci {__version__}", NULL_MARK


def _find_imprint(facts: Facts, lang: Lang) -> Iterator[str]:
    """Who publishes it and when the next one comes, as far as the config has it."""
    words, said = CAPTIONS[lang], facts.config.publication
    publisher = said.publisher if lang == "zh" else said.publisher_en or said.publisher
    if publisher:
        yield words["publisher"].format(name=publisher)
    contact = " · ".join(filter(None, (said.contact_email, said.contact_url)))
    if contact:
        yield words["contact"].format(text=contact)
    licence = " · ".join(filter(None, (said.licence, said.licence_url)))
    if licence:
        yield words["licence"].format(text=licence)
    day = said.calendar.get(facts.period.next)
    if day is not None:
        yield words["next_release"].format(period=facts.period.next, date=day.isoformat())
    yield words["footer"].format(version=__version__)


def describe_claims(bulletin: Bulletin, facts: Facts) -> bytes:
    """The bytes of ``claims.json``: every claim of the analysis.

    Each with its indices or provinces, formula and unit, the exact value in that unit as p/q, the
    printed digits, what a reader computes from Table 2 alone, null where that does not give it,
    whether that is the same, and the sentence it stands in.
    """
    codes = {area.code for area in facts.indices}
    document: dict[str, Any] = {
        "period": str(facts.period),
        "previous": None if facts.previous is None else str(facts.previous),
        "lang": bulletin.lang,
        "claims": [
            {
                "claim": claim.name,
                "indices": [area for area in claim.areas if area in codes],
                "provinces": [area for area in claim.areas if area not in codes],
                "formula": claim.formula,
                "unit": claim.unit,
                "exact": fraction_text(claim.exact),
                "printed": claim.printed,
                "from_table": claim.from_table,
                "recomputable": claim.is_recomputable,
                "sentence": str(sentence),
            }
            for sentence, claim in bulletin.claims
        ],
        "provenance": describe_provenance(facts.history),
    }
    return (to_json(document) + "\n").encode()
