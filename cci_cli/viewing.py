"""From any result to its view, and from there to a frame. Domain: no I/O.

Loads what shows the result at hand, and no other: each costs every start.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

from cci_cli.formats import Lang
from cci_cli.options import check_choice
from cci_cli.views import View

if TYPE_CHECKING:
    import polars as pl

#: The module and the function that show a result, by its class.
_VIEWS: Final[Mapping[str, tuple[str, str]]] = {
    "CardsResult": ("listings", "view_cards"),
    "CheckResult": ("listings", "view_check"),
    "ComputeResult": ("views", "view_compute"),
    "DiffResult": ("comparisons", "view_diff"),
    "ExplainResult": ("accounts", "view_explain"),
    "RebaseResult": ("rebasings", "view_rebase"),
    "RevisionDiffResult": ("revisionviews", "view_revision_diff"),
    "SeriesResult": ("timelines", "view_series"),
    "StatusResult": ("listings", "view_status"),
    "ValidateResult": ("listings", "view_validate"),
    "VerifyResult": ("ledger", "view_verify"),
}
#: Their words are English whatever the language.
_UNTRANSLATED: Final = frozenset({"CheckResult", "ValidateResult", "VerifyResult"})


def view_result(result: object, lang: Lang = "zh") -> View:
    """The view of a result, with nothing left out.

    Args:
        result: what a command returned.
        lang: language of names and notes.

    Raises:
        TypeError: it is no result, or one that has no rows: what `ingest` or `publish` returns.
    """
    name = type(result).__name__
    if name not in _VIEWS or not type(result).__module__.startswith("cci_cli."):
        message = f"a result with rows is needed, not {name}"
        raise TypeError(message)
    module, function = _VIEWS[name]
    show: Callable[..., View] = getattr(import_module(f"cci_cli.{module}"), function)
    return show(result) if name in _UNTRANSLATED else show(result, lang)


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
