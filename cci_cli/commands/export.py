"""``cci export``: the bundle that a publication team picks up."""

from collections.abc import Sequence
from pathlib import Path

from cci_cli.bundledescriptor import describe_bundle, name_bundle
from cci_cli.bundles import BUNDLE_FILES, build_tables, render_tables
from cci_cli.config import read_config
from cci_cli.deliveries import (
    MadeFiles,
    check_official,
    check_place,
    choose_period,
    deliver_publication,
)
from cci_cli.formats import LOCK_PATIENCE_SECONDS, BundleFormat
from cci_cli.histories import History
from cci_cli.options import check_choice, check_count
from cci_cli.outcomes import DeliveryResult
from cci_cli.packages import DESCRIPTOR_FILE
from cci_cli.timeline import compile_history
from cci_cli.workspace import find_workspace


def export(
    to: Path | str,
    period: str | None = None,
    *,
    forms: Sequence[str] | None = None,
    wait: int = LOCK_PATIENCE_SECONDS,
    require_official: bool = False,
    dry_run: bool = False,
    workspace: Path | str | None = None,
) -> DeliveryResult:
    """Put the publication bundle of a period into a folder, whole or not at all.

    A released period has its released figures, whatever today's data give. A bundle that is there
    already with the same bytes is not touched.

    Args:
        to: the folder that bundles lie in, made if it is not there; the bundle is a folder in it
            with the name of the period.
        period: ``2025H1``, or any date within it; null for the newest with a snapshot.
        forms: ``xlsx`` and ``parquet``, beside CSV.
        wait: how long to wait for others that export to the same folder, in seconds.
        require_official: whether to refuse figures that no release stands behind.
        dry_run: whether to do everything but write.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.

    Returns:
        Where the bundle lies, whether it is official, and what became of each file.

    Raises:
        UsageError: the period is not one, E114 an option is not what it can be, E115 ``to`` lies
            in a store of a workspace, or there is no workspace.
        DataError: E417 something else is in the place of the bundle; what must be official is not,
            for E418 it is not released, E420 it rests on a release that was restated since, E421
            the config says otherwise than the release; or data is missing or damaged.
        InvalidDataError: the config or a snapshot breaks a rule.
        LockedError: E506, another process exports to the same folder for longer than ``wait``.
        SystemFailureError: E502 it cannot be written, E503 xlsxwriter is not installed, E507 the
            file system cannot swap two folders.

    Example:
        >>> import cci_cli
        >>> bundle = cci_cli.export("out", "2025H1", dry_run=True)
        >>> bundle.is_official, bundle.files[0].name, bundle.files[0].change
        (False, 'table2.csv', 'new')
    """
    root = find_workspace(workspace)
    for form in forms or ():
        check_choice("format", form, BundleFormat)
    check_count("wait", wait)
    check_place(to)
    wanted = choose_period(root, period)

    def make() -> MadeFiles:
        history = compile_history(root, read_config(root), last=wanted)
        if require_official:
            check_official(history)
        return history, _render_bundle(history, forms or ())

    return deliver_publication(
        root,
        Path(to) / str(wanted),
        make,
        name=name_bundle(wanted),
        known=BUNDLE_FILES,
        wait=wait,
        is_dry_run=dry_run,
    )


def _render_bundle(history: History, forms: Sequence[str]) -> dict[str, bytes]:
    tables = build_tables(history)
    files = render_tables(history, tables, forms)
    files[DESCRIPTOR_FILE] = describe_bundle(history, tables, files)
    return files
