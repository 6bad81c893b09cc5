"""What the commands return, frozen and exact. Domain: no I/O, no rounding.

Rounding and wording happen in ``views``; a null number is null here, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cci_cli.definitions import CardModel, IndexDefinition, Methodology
from cci_cli.errors import Problem
from cci_cli.indices import Observation, SupplyLink
from cci_cli.periods import Period, PeriodRef
from cci_cli.readings import Reading

if TYPE_CHECKING:
    # only a type here: `cci cards` starts without Polars
    import polars as pl


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """What is known of a file of nodes beyond its rows."""

    sha256: str
    rows: int
    nodes: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One valid revision of one period, reduced to what the indices need.

    ``card_counts`` has one row per province and model, see ``cards.aggregate_cards``.
    """

    ref: PeriodRef
    facts: SnapshotFacts
    card_counts: "pl.DataFrame"
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A remark under a table: a code of the message catalogue and the values in its text."""

    code: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IndexFigures:
    """One row of Table 2: an index, its observation, its standard cards."""

    definition: IndexDefinition
    observation: Observation
    standard_cards: Fraction


@dataclass(frozen=True, slots=True)
class HubFigures:
    """The provinces of all hubs together; the target is the policy's, in per cent."""

    count: int
    provinces: tuple[str, ...]
    link: SupplyLink
    increment_share_target_pct: Decimal


@dataclass(frozen=True, slots=True)
class ComputeResult:
    """Table 2 of one period and what it was made from; ``previous`` is null at the base."""

    period: Period
    previous: Period | None
    methodology: Methodology
    indices: tuple[IndexFigures, ...]
    hubs: HubFigures | None
    notes: tuple[Note, ...]
    snapshots: Mapping[Period, Snapshot]
    config_hashes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ValidateResult:
    """Every problem of one file; ``facts`` is null where there are errors.

    ``error_count`` and ``warning_count`` are of all found; the tuples may hold the first ones.
    ``compared_with`` is the snapshot the warnings compare with, null where there is none.
    ``reading`` says how a raw file was read; null for a stored snapshot, which is read as it is.
    """

    file: str
    ref: PeriodRef | None
    facts: SnapshotFacts | None
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

    After a dry run, what would have become of it.
    """

    ref: PeriodRef
    is_new: bool
    facts: SnapshotFacts
    warnings: tuple[Problem, ...]
    compared_with: PeriodRef | None
    reading: Reading
    is_dry_run: bool


@dataclass(frozen=True, slots=True)
class CardsResult:
    """Models of the catalogue that match, with the standard that coefficients are taken from."""

    models: tuple[CardModel, ...]
    coefficients: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class RevisionStatus:
    """One stored revision.

    ``release`` is the newest release of its period, null where there is none; ``damage`` says
    what does not hold, null where all does.
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
    """What a workspace holds, oldest first."""

    workspace: str
    base_period: Period
    revisions: tuple[RevisionStatus, ...]
    missing: tuple[Period, ...]
