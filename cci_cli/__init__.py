"""CCI-IC Intelligent Computing Power Supply Indices: compile, check and publish them.

Each verb of the command line is a function of the same name that returns its result, frozen and
exact; `to_frame` puts a result into a Polars frame. Whatever a user can cause is a `CciError` with
``code``, ``message`` and ``hint``. The workspace is found as on the command line: ``workspace``,
else CCI_WORKSPACE, else the nearest folder at or above the current one. What is called null is
None.

Example:
    >>> import cci_cli
    >>> table = cci_cli.compute("2025H1")
    >>> table.indices[0].observation.level
    Fraction(14071432125, 12932441)
    >>> cci_cli.to_frame(table).row(0, named=True)["level"]
    Decimal('1088.07')
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cci_cli.commands.cards import cards
    from cci_cli.commands.compute import compute
    from cci_cli.commands.diff import diff
    from cci_cli.commands.explain import explain
    from cci_cli.commands.export import export
    from cci_cli.commands.ingest import ingest
    from cci_cli.commands.init import init
    from cci_cli.commands.publish import publish
    from cci_cli.commands.rebase import rebase
    from cci_cli.commands.report import report
    from cci_cli.commands.series import series
    from cci_cli.commands.status import status
    from cci_cli.commands.validate import validate
    from cci_cli.commands.verify import verify
    from cci_cli.errors import (
        CciError,
        DataError,
        InvalidDataError,
        LockedError,
        SystemFailureError,
        UsageError,
    )
    from cci_cli.periods import Period, parse_period
    from cci_cli.viewing import to_frame
else:
    # a type checker that saw it would take every name for one of the package
    def __getattr__(name: str) -> object:
        """What the package offers, loaded when it is asked for: an import is quick."""
        if name not in __all__:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message, name=name, obj=import_module(__name__))
        # a verb is the function in its own module
        home = _HOMES.get(name, f"commands.{name}")
        return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    """What the package offers, loaded or not."""
    return __all__


__version__ = "0.1.0"

__all__ = [
    "CciError",
    "DataError",
    "InvalidDataError",
    "LockedError",
    "Period",
    "SystemFailureError",
    "UsageError",
    "__version__",
    "cards",
    "compute",
    "diff",
    "explain",
    "export",
    "ingest",
    "init",
    "parse_period",
    "publish",
    "rebase",
    "report",
    "series",
    "status",
    "to_frame",
    "validate",
    "verify",
]

#: The modules of what is no verb.
_HOMES: Final = {
    "CciError": "errors",
    "DataError": "errors",
    "InvalidDataError": "errors",
    "LockedError": "errors",
    "Period": "periods",
    "SystemFailureError": "errors",
    "UsageError": "errors",
    "parse_period": "periods",
    "to_frame": "viewing",
}
