"""``cci diff``: why the indices moved between two periods."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from cci_cli.chains import Compilation
from cci_cli.columns import COLUMNS, KEY, MODEL, NODE_ID, NODE_NAME, PROVINCE
from cci_cli.compilation import compile_indices
from cci_cli.config import read_config
from cci_cli.conversion import scale_rates
from cci_cli.definitions import Config
from cci_cli.diffs import (
    check_units,
)
from cci_cli.edits import EDIT, find_edits
from cci_cli.files import naming
from cci_cli.formats import TOP_DRIVERS, Grouping
from cci_cli.movements import compare_periods
from cci_cli.notes import find_demonstration_notes, find_draft_notes
from cci_cli.options import check_choice, check_count
from cci_cli.outcomes import DiffResult, RevisionDiffResult, RowEdit
from cci_cli.periods import PeriodRef, parse_ref
from cci_cli.results import EDITS, REMOVED, Note
from cci_cli.reversals import reverse_diff
from cci_cli.spans import compile_span
from cci_cli.store import nodes_path, scan_revision
from cci_cli.workspace import find_workspace


def diff(
    old: str,
    new: str,
    *,
    by: Grouping = "index",
    top: int = TOP_DRIVERS,
    workspace: Path | str | None = None,
    from_snapshots: bool = False,
) -> DiffResult | RevisionDiffResult:
    """What moved the indices from one period to another, or between revisions of one.

    A period has the levels that `cci series` shows: its released ones where it is released and no
    revision of it is named. From a later period to an earlier one, the comparison in the order
    of time is turned round.

    Args:
        old: a period or a revision of one.
        new: what to compare it with: a later or earlier period, a revision of one, another
            revision of the same, or the same.
        by: what to tell drivers apart by: ``index`` for none, ``province``, ``model``, ``node``.
        top: drivers to tell one by one, the others together, or rows to list; 0 for all.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.
        from_snapshots: whether to ignore releases.

    Returns:
        Of two periods a `DiffResult`: levels in points, supply in card-hours per year, growth and
        contributions as ratios, all exact fractions. Of two revisions of one period a
        `RevisionDiffResult`: the rows that differ, and the levels under both.

    Raises:
        UsageError: a period is not one, E114 ``by`` or ``top`` is not what it can be; or there is
            no workspace.
        DataError: data is missing or damaged, or there is nothing to chain from.
        InvalidDataError: the config or a snapshot breaks a rule.

    Example:
        >>> import cci_cli
        >>> moved = cci_cli.diff("2024H2", "2025H1", by="province", top=2)
        >>> [(*driver.key, driver.cards) for driver in moved.drivers]
        [('上海', 29919), ('江苏', 30667), (205963,)]
    """
    root = find_workspace(workspace)
    check_choice("by", by, Grouping)
    check_count("top", top)
    refs = parse_ref(old), parse_ref(new)
    first, last = sorted(refs, key=lambda ref: ref.period)
    config = read_config(root)
    if first.period == last.period and first != last:
        return _diff_revisions(root, first, last, config, top, is_chained=not from_snapshots)
    span = compile_span(root, first, last, config, from_snapshots=from_snapshots)
    result = compare_periods(root, span, (first, last), by, top)
    return result if refs == (first, last) else reverse_diff(result)


def _diff_revisions(
    workspace: Path,
    old: PeriodRef,
    new: PeriodRef,
    config: Config,
    top: int,
    *,
    is_chained: bool,
) -> RevisionDiffResult:
    """The rows that two revisions of a period do not share, and the levels under both."""
    sides = [
        compile_indices(workspace, ref, config, from_snapshots=not is_chained) for ref in (old, new)
    ]
    refs = [side.snapshots[side.period].ref for side in sides]
    units, _ = scale_rates({card.model: Fraction(card.fp16_tflops) for card in config.models})
    check_units(units, *(side.snapshots[side.period].card_counts for side in sides))
    before, after = (scan_revision(workspace, ref) for ref in refs)
    edits = find_edits(before, after, units)
    with naming(nodes_path(workspace, refs[1]).parents[1]):
        frame = edits.collect(engine="streaming")
    counts = dict(frame.group_by(EDIT).len().iter_rows())
    shown = frame.head(top) if top else frame
    levels = zip(*(side.chained[side.period] for side in sides), strict=True)
    return RevisionDiffResult(
        old=refs[0],
        new=refs[1],
        methodology=config.methodology,
        counts={edit: counts.get(edit, 0) for edit in EDITS},
        edits=tuple(_to_edit(row) for row in shown.iter_rows(named=True)),
        levels=tuple(
            (index, before.level, after.level)
            for index, (before, after) in zip(config.indices, levels, strict=True)
        ),
        notes=tuple(_find_revision_notes(sides)),
        provinces={province.name: province for province in config.provinces},
    )


def _find_revision_notes(sides: Sequence[Compilation]) -> list[Note]:
    every = {str(item.ref): item for side in sides for item in side.snapshots.values()}
    notes = [note for side in sides for note in find_draft_notes(side)]
    # both may differ from the release in the same indices
    notes = [note for at, note in enumerate(notes) if note not in notes[:at]]
    return notes + find_demonstration_notes(every.values(), filter(None, [sides[0].start]))


def _to_edit(row: Mapping[str, Any]) -> RowEdit:
    values = {
        name: (row[f"old_{name}"], row[f"new_{name}"])
        for name in COLUMNS
        if name not in KEY and row[f"old_{name}"] != row[f"new_{name}"]
    }
    side = "old" if row[EDIT] == REMOVED else "new"
    name, province = (row[f"{side}_{column}"] for column in (NODE_NAME, PROVINCE))
    return RowEdit(row[NODE_ID], row[MODEL], row[EDIT], name, province, values)
