"""What was found in a text, in the words of the catalogue. Domain: no I/O."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cci_cli.bulletin.claims import Claim
from cci_cli.errors import Problem, make_problem
from cci_cli.figures import exact_text
from cci_cli.outcomes import Confirmation
from cci_cli.proofreading.values import TITLES, Value
from cci_cli.proofreading.wordings import Span, Wording

Outcome = Literal["borne_out", "problem", "warning", "no_figure"]


@dataclass
class Findings:
    """Collects findings.

    ``outcomes`` has one for every number, by the place where it begins; ``known`` keeps what was
    measured of all areas, which many figures ask for.
    """

    wording: Wording
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    confirmed: list[Confirmation] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    known: dict[Hashable, list[Value]] = field(default_factory=dict)
    superlatives: int = 0
    figures: int = 0

    def confirm(self, span: Span, value: Value, *, is_certain: bool) -> None:
        """A figure is borne out."""
        self.outcomes[span.start] = "borne_out"
        self.figures += 1
        matched = f"{TITLES[value.quantity]} of {value.label}"
        self._confirm(span, matched, exact_text(value.value), is_certain=is_certain)

    def confirm_superlative(self, span: Span, matched: str) -> None:
        """A superlative is borne out."""
        self.superlatives += 1
        self._confirm(span, matched, None, is_certain=True)

    def confirm_claim(self, span: Span, claim: Claim) -> None:
        """A claim of the analysis stands in the text as it was generated."""
        if claim.unit == "rank":
            self.confirm_superlative(span, claim.formula)
            return
        self.outcomes[span.start] = "borne_out"
        self.figures += 1
        self._confirm(span, claim.formula, exact_text(claim.exact), is_certain=True)

    def _confirm(self, span: Span, matched: str, exact: str | None, *, is_certain: bool) -> None:
        line, column = self.wording.locate(span.start)
        text = self.wording.text[span.start : span.end]
        self.confirmed.append(Confirmation(line, column, text, matched, exact, is_certain))

    def refuse(self, code: str, span: Span, *, hint: str | None = None, **details: Any) -> None:
        """A number is not borne out."""
        self.outcomes[span.start] = "problem"
        self.refuse_claim(code, span, hint=hint, **details)

    def refuse_claim(
        self, code: str, span: Span, *, hint: str | None = None, **details: Any
    ) -> None:
        """Something that is no number is not borne out."""
        self.problems.append(self._make(code, span, hint, details))

    def warn(self, code: str, span: Span, *, hint: str | None = None, **details: Any) -> None:
        """Something is worth a look; no outcome of a number."""
        self.warnings.append(self._make(code, span, hint, details))

    def leave(self, span: Span, code: str = "W330") -> None:
        """A number cannot be checked."""
        self.outcomes[span.start] = "warning"
        self.warn(code, span)

    def skip(self, span: Span) -> None:
        """A number is no figure."""
        self.outcomes[span.start] = "no_figure"

    def _make(self, code: str, span: Span, hint: str | None, details: Mapping[str, Any]) -> Problem:
        line, column = self.wording.locate(span.start)
        value = self.wording.text[span.start : span.end]
        return make_problem(code, line=line, column=str(column), value=value, hint=hint, **details)
