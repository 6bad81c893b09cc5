"""``cci diff``: why the indices moved between two periods."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import polars as pl

from cci_cli.compilation import compile_indices
from cci_cli.config import read_config
from cci_cli.definitions import Config, IndexDefinition
from cci_cli.diffs import (
    DISCOVERED,
    EDIT,
    EDITS,
    Link,
    find_changes,
    find_edits,
    measure_move,
    scale_rates,
)
from cci_cli.drivers import (
    ProvinceCauses,
    build_drivers,
    merge_drivers,
    sum_causes,
)
from cci_cli.errors import UsageError
from cci_cli.indices import find_national, sum_supply
from cci_cli.notes import find_demonstration_notes
from cci_cli.periods import Period, PeriodRef, parse_ref
from cci_cli.results import DiffResult, HubDiff, IndexDiff, RevisionDiffResult, RowEdit
from cci_cli.schemas import COLUMNS, KEY, MODEL, NODE_ID, NODE_NAME, PROVINCE
from cci_cli.spans import Span, compile_span
from cci_cli.store import scan_revision

#: Columns that tell drivers apart, by what they are asked by.
KEYS: Final = {
    "index": (),
    "province": (PROVINCE,),
    "model": (MODEL,),
    "node": (NODE_ID, NODE_NAME, PROVINCE),
}


def diff(
    *,
    workspace: Path,
    old: str,
    new: str,
    by: str = "index",
    top: int = 0,
    from_snapshots: bool = False,
) -> DiffResult | RevisionDiffResult:
    """What moved the indices from one period to a later one, or between revisions of one.

    Args:
        workspace: its root folder.
        old: a period or a revision of one; its released levels are taken where it is released
            and no revision is named.
        new: a later period, a revision of one, another revision of the same, or the same.
        by: what to tell drivers apart by: ``index`` for none, ``province``, ``model``, ``node``.
        top: drivers to tell one by one, the others together, or rows to list; 0 for all.
        from_snapshots: whether to ignore releases.

    Raises:
        UsageError: a period is not one, or E112, ``new`` is earlier.
        DataError: data is missing or damaged, or there is nothing to chain from.
        InvalidDataError: the config or a snapshot breaks a rule.
    """
    first, last = parse_ref(old), parse_ref(new)
    if last.period < first.period:
        raise UsageError("E112", value=new, old=old)
    config = read_config(workspace)
    if last.period == first.period and last != first:
        return _diff_revisions(workspace, first, last, config, top, is_chained=not from_snapshots)
    span = compile_span(workspace, first, last, config, from_snapshots=from_snapshots)
    frames = [(link, _find_changes(workspace, span, link, config)) for link in span.links]
    card_hours = _find_card_hours(config)
    causes = [(link, sum_causes(frame, card_hours)) for link, frame in frames]
    level = span.levels_at(first.period)[find_national(config.indices).code]
    drivers = build_drivers(frames, KEYS[by], card_hours, level, top) if KEYS[by] else ()
    return DiffResult(
        old=first,
        new=last,
        methodology=config.methodology,
        indices=tuple(_diff_index(span, index, config, causes) for index in config.indices),
        hubs=_diff_hubs(span, config),
        nation=merge_drivers(build_drivers(frames, (), card_hours, level)),
        by=by,
        drivers=drivers,
        notes=tuple(find_demonstration_notes(span.snapshots.values(), span.start)),
        snapshots=span.snapshots,
        config_hashes=config.hashes,
        start=span.start,
    )


def _find_changes(workspace: Path, span: Span, link: Link, config: Config) -> pl.LazyFrame:
    """What changed over a link at the nodes of the nation."""
    units, _ = _scale_rates(config)
    return find_changes(
        scan_revision(workspace, span.snapshots[link.before].ref),
        scan_revision(workspace, span.snapshots[link.now].ref),
        units,
        find_national(config.indices).provinces_at(link.now),
        link.before.as_of,
    )


def _scale_rates(config: Config) -> tuple[dict[str, int], int]:
    return scale_rates({card.model: Fraction(card.fp16_tflops) for card in config.models})


def _find_card_hours(config: Config) -> Fraction:
    """What one unit of ``_scale_rates`` supplies per year."""
    _, scale = _scale_rates(config)
    standard = Fraction(config.methodology.standard_card_tflops)
    return config.methodology.hours_per_year / (standard * scale)


def _diff_index(
    span: Span,
    index: IndexDefinition,
    config: Config,
    causes: Sequence[tuple[Link, ProvinceCauses]],
) -> IndexDiff:
    """One index over the span, its change of supply divided into parts."""
    old, new = span.levels_at(span.first)[index.code], span.levels_at(span.last)[index.code]
    move = measure_move(lambda period: span.scope_of(index.code, period), span.links)
    nation = find_national(config.indices).code
    whole = measure_move(lambda period: span.scope_of(nation, period), span.links)
    discovery = sum(
        (
            found.get(province, {}).get(DISCOVERED, Fraction(0))
            for link, found in causes
            for province in span.scope_of(index.code, link.now)
        ),
        Fraction(0),
    )
    return IndexDiff(
        definition=index,
        from_level=old,
        to_level=new,
        growth=new / old - 1 if old else None,
        contribution=move.points / span.levels_at(span.first)[nation],
        increment_share=move.increment / whole.increment if whole.increment else None,
        construction=move.increment - discovery,
        discovery=discovery,
        scope=move.scope,
        revision=_find_revision(span, index.code),
    )


def _find_revision(span: Span, code: str) -> Fraction | None:
    """What the data of the first period were revised by since its release; null for no release."""
    if span.start is None:
        return None
    released = {row["code"]: row["supply_exact"] for row in span.start.rows}.get(code)
    if not released:
        return None
    supply = sum_supply(span.supplies[span.first], span.scope_of(code, span.first))
    return supply - Fraction(released)


def _diff_hubs(span: Span, config: Config) -> HubDiff | None:
    """The provinces of all hubs together, each counted once; null where there is no hub."""
    hubs = [index for index in config.indices if index.kind == "hub"]
    if not hubs:
        return None
    nation = find_national(config.indices).code

    def scope(period: Period) -> tuple[str, ...]:
        every = (name for hub in hubs for name in span.scope_of(hub.code, period))
        return tuple(dict.fromkeys(every))

    move = measure_move(scope, span.links)
    whole = measure_move(lambda period: span.scope_of(nation, period), span.links)
    last = span.supplies[span.last]
    total = sum_supply(last, span.scope_of(nation, span.last))
    return HubDiff(
        count=len(hubs),
        provinces=scope(span.last),
        share=sum_supply(last, scope(span.last)) / total if total else None,
        contribution=move.points / span.levels_at(span.first)[nation],
        increment_share=move.increment / whole.increment if whole.increment else None,
        target_pct=config.policy.hub_increment_share_target,
    )


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
    edits = find_edits(*(scan_revision(workspace, ref) for ref in refs))
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
        notes=tuple(
            find_demonstration_notes([side.snapshots[side.period] for side in sides], None)
        ),
    )


def _to_edit(row: Mapping[str, Any]) -> RowEdit:
    values = {
        name: (row[f"old_{name}"], row[f"new_{name}"])
        for name in COLUMNS
        if name not in KEY and row[f"old_{name}"] != row[f"new_{name}"]
    }
    return RowEdit(row[NODE_ID], row[MODEL], row[EDIT], values)
