"""What the other verbs than compute return, frozen and exact. Domain: no I/O, no rounding.

As ``results``, which has what all of them are made from: that one costs every start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from cci_cli.definitions import CardModel, IndexDefinition, Methodology, Province
from cci_cli.errors import Problem
from cci_cli.indices import Status
from cci_cli.periods import Period, PeriodRef
from cci_cli.readings import Reading
from cci_cli.results import IndexFigures, NodeCounts, Note, Release, Snapshot, SnapshotFacts

if TYPE_CHECKING:
    # only a type here: `cci cards` starts without Polars
    pass


@dataclass(frozen=True, slots=True)
class ValidateResult:
    """Every problem of one file; ``facts`` is null where there are errors.

    ``error_count`` and ``warning_count`` are of all found; the tuples may hold the first ones.
    ``compared_with`` is the snapshot the warnings compare with, null where there is none.
    ``reading`` says how a raw file was read; null for a stored snapshot, which is read as it is,
    and for a file that could not be read.
    """

    file: str
    ref: PeriodRef | None
    facts: NodeCounts | None
    errors: tuple[Problem, ...]
    error_count: int
    warnings: tuple[Problem, ...]
    warning_count: int
    compared_with: PeriodRef | None
    reading: Reading | None

    @property
    def is_valid(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return self.error_count == 0


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What became of an ingested file; ``is_new`` is false where the content was stored before.

    After a dry run, what would have become of it. ``release`` is the newest one of the period,
    whose levels the file does not touch; null where there is none.
    """

    ref: PeriodRef
    is_new: bool
    facts: SnapshotFacts
    warnings: tuple[Problem, ...]
    compared_with: PeriodRef | None
    reading: Reading
    is_dry_run: bool
    release: PeriodRef | None


@dataclass(frozen=True, slots=True)
class PublishResult:
    """The release a period has now, and what became of the one before it.

    ``is_new`` is false where these figures were released before. ``doubts`` say what about a
    published table deserves a second look. ``restated`` is the release it
    replaces, null for none; ``changed_codes`` are the indices whose figures that changes, and
    ``outdated`` the later releases that were chained from the replaced levels.
    """

    release: Release
    is_new: bool
    restated: Release | None
    changed_codes: tuple[str, ...]
    outdated: tuple[str, ...]
    doubts: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of checking one package, or the names in the stores (``name`` is then null).

    Without ``mismatches`` it is sound; ``remarks`` do not make it unsound.
    """

    kind: Literal["store", "snapshot", "release"]
    name: str | None
    mismatches: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drift:
    """A released level that today's data give otherwise.

    ``restated`` is null where the index is no longer defined. ``code`` is null where no level of
    the release can be restated, and ``reason`` says why.
    """

    release: Release
    code: str | None
    restated: Fraction | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What came of verifying a workspace.

    ``outdated`` are the releases in force that were chained from levels which a restatement has
    replaced, each with the replaced release.
    """

    methodology: Methodology
    findings: tuple[Finding, ...]
    outdated: tuple[tuple[str, PeriodRef], ...]
    drifts: tuple[Drift, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing mismatches; drift does not count."""
        return all(not finding.mismatches for finding in self.findings)


@dataclass(frozen=True, slots=True)
class ModelAccount:
    """Cards in service of one model, in the period and the one before; null at the base."""

    model: str
    fp16_tflops: Decimal
    cards: int
    previous_cards: int | None


@dataclass(frozen=True, slots=True)
class ProvinceAccount:
    """What one province adds to an index: its models, those with the most TFLOPS first."""

    province: Province
    models: tuple[ModelAccount, ...]


@dataclass(frozen=True, slots=True)
class ExplainResult:
    """One level with everything it was made from.

    ``start`` is the release the chain starts from, null where it starts at the base; ``release``
    the newest release of the period itself, null for none, and ``is_official`` whether it has
    these figures. ``is_from_snapshots`` is true where releases were ignored.
    """

    period: Period
    previous: Period | None
    methodology: Methodology
    figures: IndexFigures
    provinces: tuple[ProvinceAccount, ...]
    notes: tuple[Note, ...]
    snapshots: Mapping[Period, Snapshot]
    config_hashes: Mapping[str, str]
    start: Release | None
    release: Release | None
    is_official: bool
    is_from_snapshots: bool


@dataclass(frozen=True, slots=True)
class IndexDiff:
    """What one index did between two periods.

    Levels are unrounded points, null where a release does not have the index; ``contribution`` is
    to national growth, as a ratio; ``increment_share`` is null where the nation stood still. The
    parts are in card-hours per year and add up to the change of supply exactly: what was
    ``construction`` in the wide sense, what was a ``discovery`` of cards in service before, what
    changes of ``scope`` brought in, and the ``revision`` of data since a release was made from
    them, or of those of a named revision; null where nothing was released or named.
    ``restated_points`` is the change of level that no link explains, because a release was
    restated, transcribed or passed over; null where a level is missing on the way. ``statuses``
    are those of its links.
    """

    definition: IndexDefinition
    from_level: Fraction | None
    to_level: Fraction | None
    contribution: Fraction
    increment_share: Fraction | None
    construction: Fraction
    discovery: Fraction
    scope: Fraction
    revision: Fraction | None
    restated_points: Fraction | None = Fraction(0)
    statuses: frozenset[Status] = frozenset()

    @property
    def change(self) -> Fraction | None:
        """From the one level to the other, in points; null where one is missing."""
        if self.from_level is None or self.to_level is None:
            return None
        return self.to_level - self.from_level

    @property
    def growth(self) -> Fraction | None:
        """Growth from the one level to the other as a ratio.

        Null from zero, and where the index was seeded anew between: its levels are not chained.
        """
        if not self.from_level or self.to_level is None or "reseeded" in self.statuses:
            return None
        return self.to_level / self.from_level - 1


@dataclass(frozen=True, slots=True)
class Driver:
    """What moved national supply: a province, a model or a node, see ``key``.

    ``causes`` has the change of supply in card-hours per year by cause, ``cards`` the change of
    cards in service; ``contribution`` is to national growth, as a ratio. An empty key stands for
    all that are not shown, ``count`` of them; ``name`` is that of a node.
    """

    key: tuple[str, ...]
    cards: int
    causes: Mapping[str, Fraction]
    contribution: Fraction
    name: str | None = None
    count: int = 1

    @property
    def supply(self) -> Fraction:
        """Change of supply in card-hours per year."""
        return sum(self.causes.values(), Fraction(0))


@dataclass(frozen=True, slots=True)
class HubDiff:
    """The provinces of all hubs together over a span; ratios, null where not defined.

    ``from_share`` is of the supply of the period compared from and ``to_share`` of that compared
    to, each of the provinces of then; ``increment_share`` is of what was added between. The target
    for the latter is the policy's, in per cent.
    """

    count: int
    from_provinces: tuple[str, ...]
    to_provinces: tuple[str, ...]
    from_share: Fraction | None
    to_share: Fraction | None
    contribution: Fraction
    increment_share: Fraction | None
    target_pct: Decimal


@dataclass(frozen=True, slots=True)
class DiffResult:
    """Two periods compared; ``old`` is what ``new`` is held against.

    ``hubs`` is null where there is no hub. ``causes`` are the change of national supply in
    card-hours per year; ``drivers`` are told apart by ``by``, and empty where that is ``index``.
    ``snapshots`` are those that the links were measured on, and ``releases`` those that have the
    levels of the periods, both in the order of time. ``provinces`` are those of today, by name.
    """

    old: PeriodRef
    new: PeriodRef
    methodology: Methodology
    indices: tuple[IndexDiff, ...]
    hubs: HubDiff | None
    causes: Mapping[str, Fraction]
    by: str
    drivers: tuple[Driver, ...]
    notes: tuple[Note, ...]
    snapshots: tuple[Snapshot, ...]
    releases: tuple[Release, ...]
    config_hashes: Mapping[str, str]
    provinces: Mapping[str, Province]

    @property
    def has_moved(self) -> bool:
        """Whether an index has another level."""
        return any(item.from_level != item.to_level for item in self.indices)


@dataclass(frozen=True, slots=True)
class RowEdit:
    """A row that two revisions do not share; ``values`` has old and new by column that differs.

    ``name`` and ``province`` are those of its node, as in the later revision where it is there. A
    value is null where it is empty, and all of one side where the row is not in that revision.
    """

    node_id: str
    model: str
    edit: str
    name: str | None
    province: str
    values: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class RevisionDiffResult:
    """Two revisions of one period compared.

    ``counts`` are the rows by what became of them (``added``, ``removed``, ``changed``), of which
    ``edits``, those that change supply most first, may leave out the last. ``levels`` are the
    unrounded levels under both revisions, in the order of the indices. ``provinces`` are those of
    today, by name.
    """

    old: PeriodRef
    new: PeriodRef
    methodology: Methodology
    counts: Mapping[str, int]
    edits: tuple[RowEdit, ...]
    levels: tuple[tuple[IndexDefinition, Fraction, Fraction], ...]
    notes: tuple[Note, ...]
    provinces: Mapping[str, Province]

    @property
    def left_out(self) -> int:
        """How many rows that differ are not among the edits."""
        return sum(self.counts.values()) - len(self.edits)

    @property
    def has_moved(self) -> bool:
        """Whether a row or a level differs."""
        return any(self.counts.values()) or any(old != new for _, old, new in self.levels)


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A file of a bundle, ``size`` in bytes; ``change`` is ``new``, ``changed`` or ``same``."""

    name: str
    size: int
    sha256: str
    change: str


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What became of a publication, or would have, after a dry run.

    ``removed`` are the files that the state before had and this one has not. ``alarms`` say what
    was wrong with that, ``doubts`` what about the data deserves a second look.
    """

    period: Period
    folder: str
    is_official: bool
    state: Literal["new", "changed", "unchanged"]
    files: tuple[BundleFile, ...]
    removed: tuple[str, ...]
    alarms: tuple[Problem, ...]
    doubts: tuple[Problem, ...]
    is_dry_run: bool


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One statement of a text that the data bear out.

    ``line`` and ``column`` count from 1; ``text`` is as written. ``matched`` says what of the data
    it was matched to, ``exact`` the value as p/q in the unit of the text, null for a superlative.
    ``is_certain`` is false where the text does not say clearly of what it speaks, and something in
    the data has this value.
    """

    line: int
    column: int
    text: str
    matched: str
    exact: str | None
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class TextCheck:
    """What of a text the numbers bear out.

    ``problems`` are figures and superlatives that they do not, ``warnings`` what cannot be
    checked, and words of tendency that they do not bear out; both in the order of the text, with
    line and column from 1. ``figures`` and ``superlatives`` count what is borne out;
    ``confirmed`` lists it.
    """

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    figures: int
    superlatives: int
    confirmed: tuple[Confirmation, ...]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A text held against the figures of a period; ``file`` is where it stands.

    ``is_official`` says whether releases stand behind the figures.
    """

    file: str
    period: Period
    is_official: bool
    check: TextCheck

    @property
    def is_borne_out(self) -> bool:
        """Whether nothing in it is wrong; warnings do not count."""
        return not self.check.problems


@dataclass(frozen=True, slots=True)
class CardsResult:
    """Models of the catalogue that match, with the standard that coefficients are taken from."""

    models: tuple[CardModel, ...]
    coefficients: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class RevisionStatus:
    """One stored revision.

    ``release`` is the newest release of its period that was made from it, null where there is
    none; ``damage`` says what does not hold, null where all does.
    """

    ref: PeriodRef
    rows: int | None
    sha256: str | None
    created: str | None
    is_demonstration: bool
    release: str | None
    damage: str | None


@dataclass(frozen=True, slots=True)
class StatusResult:
    """What a workspace holds, oldest first.

    ``transcribed`` are the releases taken over from print, which no revision stands behind;
    ``damage`` is what is wrong beside the revisions themselves.
    """

    workspace: str
    base_period: Period
    revisions: tuple[RevisionStatus, ...]
    missing: tuple[Period, ...]
    transcribed: tuple[str, ...]
    damage: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether everything is what was stored."""
        return not self.damage and all(item.damage is None for item in self.revisions)
