"""What is computed and what it is made from, frozen and exact. Domain: no I/O, no rounding.

Rounding and wording happen in ``views``; a null number is null here, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from cci_cli.definitions import IndexDefinition, Methodology
from cci_cli.indices import FrozenLevel, Observation, SupplyLink
from cci_cli.periods import Period, PeriodRef

if TYPE_CHECKING:
    # only a type here: `cci cards` starts without Polars
    import polars as pl


#: What changes the supply of a node over one link. All but ``discovered`` are construction in the
#: wide sense: something was done. A discovered card was in service before, and was not counted.
#: What moved adds up to nothing over all provinces.
Cause = Literal[
    "new_node",
    "put_into_service",
    "expanded",
    "re_equipped",
    "moved",
    "shrunk",
    "suspended",
    "closed",
    "discovered",
]
CAUSES: Final[tuple[Cause, ...]] = get_args(Cause)

#: What became of a row from one revision to another.
ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"
EDITS: Final = (ADDED, REMOVED, CHANGED)

#: The folder of the releases in a workspace.
RELEASES: Final = "releases"


@dataclass(frozen=True, slots=True)
class NodeCounts:
    """What a file of nodes without a problem holds."""

    rows: int
    nodes: int


@dataclass(frozen=True, slots=True)
class CheckedNodes(NodeCounts):
    """The sums of a file without problems; ``card_counts`` is as in ``Snapshot``."""

    card_counts: "pl.DataFrame"


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """What is known of a stored file of nodes beyond its rows."""

    sha256: str
    rows: int
    nodes: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One valid revision of one period, reduced to what the indices need.

    ``card_counts`` has one row per province and model, see ``conversion.CARD_COUNTS``.
    """

    ref: PeriodRef
    facts: SnapshotFacts
    card_counts: "pl.DataFrame"
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class Release:
    """Frozen levels of one period, as released; ``ref`` has the number of the release.

    ``rows`` are the rows of its ``indices.csv`` as text, ``levels`` the exact levels by code,
    ``figures`` the observations with their standard cards, by code, none where it was transcribed;
    ``sha256`` is of that file. ``decimals`` is null, or the number of places of levels that were
    transcribed from print: nothing more is then known. ``snapshots`` are the revisions it was
    made from with their SHA-256, ``start`` the release its chain starts from with its SHA-256,
    null where it starts at the base or was transcribed. ``print_basis`` is the transcribed
    release that it was chained from, directly or through others, with its number of places;
    ``created`` when it was made, as ISO 8601.
    """

    ref: PeriodRef
    sha256: str
    rows: tuple[Mapping[str, str], ...]
    levels: Mapping[str, FrozenLevel]
    figures: Mapping[str, tuple[Observation, Fraction]]
    decimals: int | None
    print_basis: tuple[str, int] | None
    base: tuple[Period, Decimal]
    snapshots: Mapping[Period, tuple[int, str]]
    start: tuple[PeriodRef, str] | None
    config_hashes: Mapping[str, str]
    is_demonstration: bool
    created: str

    @property
    def is_transcribed(self) -> bool:
        """Whether its levels come from print, not from a computation."""
        return self.decimals is not None

    @property
    def own_basis(self) -> tuple[str, int] | None:
        """What chaining from it rests on, as ``print_basis``: itself where it was transcribed."""
        return self.print_basis if self.decimals is None else (self.name, self.decimals)

    @property
    def name(self) -> str:
        """Its folder, from the root of the workspace: ``releases/2025H1/r1``."""
        return release_name(self.ref)


def release_name(ref: PeriodRef) -> str:
    """The folder of a release, from the root of the workspace; ``ref`` must have its number."""
    return f"{RELEASES}/{ref.period}/r{ref.revision}"


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
    """Table 2 of one period and what it was made from; ``previous`` is null at the base.

    ``start`` is the release the chain starts from, null where it starts at the base. ``release``
    is the newest release of the period itself, null where there is none; ``changed_codes`` are
    the indices whose figures are not the released ones.
    """

    period: Period
    previous: Period | None
    methodology: Methodology
    indices: tuple[IndexFigures, ...]
    hubs: HubFigures | None
    notes: tuple[Note, ...]
    snapshots: Mapping[Period, Snapshot]
    config_hashes: Mapping[str, str]
    start: Release | None
    release: Release | None
    changed_codes: tuple[str, ...]

    @property
    def is_official(self) -> bool:
        """Whether a release stands behind the figures."""
        return self.release is not None and not self.changed_codes
