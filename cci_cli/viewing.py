"""From any result to its view, and from there to a frame. Domain: no I/O.

Loads Polars only for a frame: `cci cards` starts without.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from cci_cli.accounts import view_explain
from cci_cli.comparisons import view_diff
from cci_cli.formats import Lang
from cci_cli.histories import RebaseResult, SeriesResult
from cci_cli.ledger import view_verify
from cci_cli.listings import view_cards, view_check, view_status, view_validate
from cci_cli.options import check_choice
from cci_cli.rebasings import view_rebase
from cci_cli.results import (
    CardsResult,
    CheckResult,
    ComputeResult,
    DiffResult,
    ExplainResult,
    RevisionDiffResult,
    StatusResult,
    ValidateResult,
    VerifyResult,
)
from cci_cli.revisionviews import view_revision_diff
from cci_cli.timelines import view_series
from cci_cli.views import View, view_compute

if TYPE_CHECKING:
    import polars as pl

_VIEWS: Final[Mapping[type, Callable[[Any, Lang], View]]] = {
    CardsResult: view_cards,
    ComputeResult: view_compute,
    DiffResult: view_diff,
    ExplainResult: view_explain,
    RebaseResult: view_rebase,
    RevisionDiffResult: view_revision_diff,
    SeriesResult: view_series,
    StatusResult: view_status,
    # their words are not translated
    CheckResult: lambda result, _lang: view_check(result),
    ValidateResult: lambda result, _lang: view_validate(result),
    VerifyResult: lambda result, _lang: view_verify(result),
}


def view_result(result: object, lang: Lang = "zh") -> View:
    """The view of a result, with nothing left out.

    Args:
        result: what a command returned.
        lang: language of names and notes.

    Raises:
        TypeError: it is no result, or one that has no rows: what `ingest` or `publish` returns.
    """
    view = _VIEWS.get(type(result))
    if view is None:
        message = f"a result with rows is needed, not {type(result).__name__}"
        raise TypeError(message)
    return view(result, lang)


def to_frame(result: object, *, lang: Lang = "zh") -> "pl.DataFrame":
    """A result as a Polars frame, with the columns and types of ``--format parquet``.

    Numbers are rounded as they are printed: a Decimal with the decimals of the config, in points
    for levels, in per cent for columns in ``_pct``, in percentage points for ``_pp``. The exact
    fractions are in the result itself.

    Args:
        result: what `compute`, `diff`, `series`, `rebase`, `explain`, `validate`, `verify`,
            `cards`, `status` or `report` with `check` returned; what else there is has no rows.
        lang: language of names, ``zh`` or ``en``.

    Returns:
        One row per index, driver, model, problem or whatever the result lists, in its order. A
        null is what is not defined or not known, never 0.

    Raises:
        TypeError: the result has no rows.
        UsageError: E114, there is no such language.

    Example:
        >>> import cci_cli
        >>> frame = cci_cli.to_frame(cci_cli.compute("2025H1"), lang="en")
        >>> frame.select("code", "level", "growth_pct").row(0)
        ('700000.CCI', Decimal('1088.07'), Decimal('8.81'))
    """
    from cci_cli.frames import build_frame

    check_choice("lang", lang, Lang)
    view = view_result(result, lang)
    return build_frame(view.columns, view.records)
