"""What the config defines: methodology, provinces, indices, card models. No I/O.

Plain frozen values; reading and checking them is the duty of ``config``.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from itertools import accumulate, chain
from typing import Literal

from cci_cli.errors import DataError
from cci_cli.periods import Period
from cci_cli.rounding import RoundingMode

IndexKind = Literal["national", "region", "hub"]

# every look is one of its character alone: a superscript or a circled figure may mean more
_ACCEPTED_FORMS = frozenset({"<wide>", "<narrow>", "<compat>", "<noBreak>"})
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# hyphens and dashes as people and spreadsheets write them, beside white space
_FOLDED_AWAY = re.compile(r"[\s\-\u2010-\u2015\u2212]+")

# letters that people type for digits
_LOOKALIKES = str.maketrans("oil", "011")


def fold_name(text: str) -> str:
    """A name without case, width, spaces and hyphens: two spellings of one name fold alike."""
    return _FOLDED_AWAY.sub("", unicodedata.normalize("NFKC", text)).casefold()


def fold_spelling(text: str) -> str | None:
    """As ``fold_name``, for a text that is taken for a name without anybody looking at it.

    Returns:
        null where the folding would hide something: an invisible character, a superscript or a
        circled figure, a hyphen at an end, space or hyphens inside a number.
    """
    if not all(map(_is_plain, text)):
        return None
    visible = unicodedata.normalize("NFKC", text).strip()
    folded = fold_name(visible)
    if _FOLDED_AWAY.match(visible[:1] or " ") or _FOLDED_AWAY.match(visible[-1:]):
        return None
    if folded.isdecimal() and folded != visible:
        return None
    return folded


def find_digit_gaps(text: str) -> frozenset[int]:
    """Where ``fold_name`` joins two digits that stand apart: places in the folded name.

    ``L4 0`` folds as ``L40`` does, and may be another card.
    """
    pieces = _FOLDED_AWAY.split(unicodedata.normalize("NFKC", text))
    ends = accumulate(len(piece.casefold()) for piece in pieces)
    return frozenset(
        end
        for left, right, end in zip(pieces, pieces[1:], ends, strict=False)
        if left[-1:].isdecimal() and right[:1].isdecimal()
    )


def find_name(
    text: str, spellings: Mapping[str, str], gaps: Mapping[str, frozenset[int]]
) -> str | None:
    """The entry that ``text`` is a spelling of; null where it is none, or not without doubt.

    Args:
        text: what was found.
        spellings: entry by folded spelling.
        gaps: by folded spelling, where it has digits that stand apart.
    """
    folded = fold_spelling(text)
    if folded is None or not find_digit_gaps(text) <= gaps.get(folded, frozenset()):
        return None
    return spellings.get(folded)


def _is_plain(char: str) -> bool:
    if unicodedata.category(char) in _INVISIBLE_CATEGORIES:
        return False
    form = unicodedata.decomposition(char).partition(" ")[0]
    return not form.startswith("<") or form in _ACCEPTED_FORMS


def is_visible(text: str) -> bool:
    """Whether every character of a text is one to be seen: no control character, no mark."""
    return not any(unicodedata.category(char) in _INVISIBLE_CATEGORIES for char in text)


def find_similar_name(text: str, spellings: Mapping[str, str]) -> str | None:
    """The entry that ``text`` probably stands for; null where nothing comes close.

    Args:
        text: what was found.
        spellings: entry by folded spelling, see ``fold_name``.
    """
    folded = fold_name(text)
    if folded in spellings:
        return spellings[folded]
    mistaken = folded.translate(_LOOKALIKES)
    for spelling, entry in spellings.items():
        if spelling.translate(_LOOKALIKES) == mistaken:
            return entry
    close = get_close_matches(folded, spellings, n=1)
    return spellings[close[0]] if close else None


def suggest_name(text: str, spellings: Mapping[str, str]) -> str | None:
    """A hint naming what ``text`` probably stands for; as ``find_similar_name``."""
    similar = find_similar_name(text, spellings)
    return None if similar is None else did_you_mean(similar)


def did_you_mean(name: str) -> str:
    """The hint that suggests ``name``."""
    return f"did you mean `{name}`?"


@dataclass(frozen=True, slots=True)
class Methodology:
    """How levels are computed and printed (cci.toml, [methodology]).

    ``title`` heads the table of levels; null for none.
    """

    version: str
    base_period: Period
    base_level: Decimal
    standard_card_tflops: Decimal
    hours_per_year: int
    decimals: int
    rounding: RoundingMode
    title: str | None = None
    title_en: str | None = None


@dataclass(frozen=True, slots=True)
class Checks:
    """Limits of plausibility (cci.toml, [checks]): beyond them there is a warning, no more."""

    province_change_pct: Decimal
    node_change_factor: Decimal
    node_change_min_cards: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Targets that results are compared with (cci.toml, [policy])."""

    hub_increment_share_target: Decimal


@dataclass(frozen=True, slots=True)
class Publication:
    """Who publishes the indices, and when (cci.toml, [publication]); null where not said.

    ``licence`` is an identifier such as CC-BY-4.0; ``calendar`` has the day on which a period is
    to be released.
    """

    publisher: str | None = None
    publisher_en: str | None = None
    contact_email: str | None = None
    contact_url: str | None = None
    licence: str | None = None
    licence_url: str | None = None
    calendar: Mapping[Period, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Province:
    """One province of the sample (a row of provinces.csv)."""

    code: str
    name: str
    full_name: str
    name_en: str
    region: str
    aliases: tuple[str, ...]

    @property
    def spellings(self) -> tuple[str, ...]:
        """Everything that may stand for it in a raw file."""
        return (self.name, self.full_name, self.name_en, self.code, *self.aliases)


@dataclass(frozen=True, slots=True)
class Tiles:
    """The squares of provinces, column and row from 0, by name; ``sha256`` is of their file.

    The hash is null where they are not of the workspace but come with the program.
    """

    squares: Mapping[str, tuple[int, int]]
    sha256: str | None

    def find_bare(self, provinces: Sequence[str]) -> list[str]:
        """The provinces that have no square."""
        return [province for province in provinces if province not in self.squares]


@dataclass(frozen=True, slots=True)
class CardModel:
    """One accelerator model (a row of cards.csv); ``fp16_tflops`` is per card."""

    model: str
    vendor: str
    fp16_tflops: Decimal
    basis: Literal["dense", "sparse"]
    fp16_dense_tflops: Decimal | None
    fp16_sparse_tflops: Decimal | None
    released: int | None
    aliases: tuple[str, ...]
    source: str
    note: str

    @property
    def spellings(self) -> tuple[str, ...]:
        """Everything that may stand for it in a raw file."""
        return (self.model, *self.aliases)


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """From ``start`` on, the index covers ``provinces``."""

    start: Period
    provinces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """One index of Table 1 and the provinces it covers over time."""

    code: str
    kind: IndexKind
    series: str
    name: str
    name_en: str
    provinces: tuple[str, ...]
    changes: tuple[ScopeChange, ...] = ()
    series_en: str | None = None

    def provinces_at(self, period: Period) -> tuple[str, ...]:
        """The provinces in scope in ``period``."""
        current = self.provinces
        for change in self.changes:
            if change.start <= period:
                current = change.provinces
        return current


def find_index(text: str, indices: Sequence[IndexDefinition]) -> IndexDefinition:
    """The index that a code or a name stands for.

    Raises:
        DataError: E413, for none.
    """
    by_spelling = {
        fold_name(spelling): index
        for index in indices
        for spelling in (index.code, index.name, index.name_en)
    }
    found = by_spelling.get(fold_name(text))
    if found is None:
        known = ", ".join(index.code for index in indices)
        codes = {spelling: index.code for spelling, index in by_spelling.items()}
        raise DataError("E413", value=text, known=known, hint=suggest_name(text, codes))
    return found


@dataclass(frozen=True, slots=True)
class Config:
    """All of config/; ``hashes`` are the SHA-256 of its files, by name."""

    methodology: Methodology
    checks: Checks
    policy: Policy
    publication: Publication
    provinces: tuple[Province, ...]
    indices: tuple[IndexDefinition, ...]
    models: tuple[CardModel, ...]
    hashes: Mapping[str, str]

    @property
    def province_names(self) -> tuple[str, ...]:
        """Canonical names, in the order of the file."""
        return tuple(province.name for province in self.provinces)

    @property
    def province_spellings(self) -> dict[str, str]:
        """Canonical name by folded spelling."""
        return {
            fold_name(spelling): province.name
            for province in self.provinces
            for spelling in province.spellings
        }

    @property
    def model_spellings(self) -> dict[str, str]:
        """Catalogue key by folded spelling."""
        return {
            fold_name(spelling): card.model for card in self.models for spelling in card.spellings
        }

    @property
    def digit_gaps(self) -> dict[str, frozenset[int]]:
        """By folded spelling of a province or model, where digits of it stand apart."""
        gaps: dict[str, frozenset[int]] = {}
        spellings = [entry.spellings for entry in self.provinces]
        spellings += [entry.spellings for entry in self.models]
        for spelling in chain.from_iterable(spellings):
            folded = fold_name(spelling)
            gaps[folded] = gaps.get(folded, frozenset()) | find_digit_gaps(spelling)
        return gaps

    @property
    def coefficients(self) -> dict[str, Fraction]:
        """Standard cards per card, by model: FP16 TFLOPS over those of the standard card.

        Source: methodology of 24 December 2025, section 五, "standard card" and its footnote 2.
        """
        standard = Fraction(self.methodology.standard_card_tflops)
        return {card.model: Fraction(card.fp16_tflops) / standard for card in self.models}
