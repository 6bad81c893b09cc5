"""``cci verify``: hold all that is stored against its hashes, and releases against their data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from cci_cli.chains import Compilation
from cci_cli.compilation import check_base, compile_indices, recompile_release
from cci_cli.config import read_config
from cci_cli.definitions import Config
from cci_cli.errors import DataError, InvalidDataError, ProblemList
from cci_cli.figures import RELEASE_COLUMNS, to_printed_rows
from cci_cli.files import read_bytes
from cci_cli.indices import Observation
from cci_cli.leveltable import parse_level_table
from cci_cli.outcomes import Drift, Finding, VerifyResult
from cci_cli.packages import find_damage
from cci_cli.periods import PeriodRef, parse_period
from cci_cli.releases import TABLE_FILE, ReleaseShelf, list_released, list_releases
from cci_cli.results import Release, release_name
from cci_cli.rounding import round_exact
from cci_cli.store import SnapshotShelf, check_hash, list_periods, list_revisions, revision_name
from cci_cli.workspace import find_workspace


def verify(period: str | None = None, *, workspace: Path | str | None = None) -> VerifyResult:
    """Whether everything stored is what was stored, and how far releases have drifted.

    Damage is part of the answer, not an error. Drift is told of the releases in force, and only
    where all that was looked at is sound.

    Args:
        period: the half-year to look at; null for all.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.

    Returns:
        One finding per revision and release, and one entry per drifted level, in points as exact
        fractions; ``is_sound`` says whether nothing mismatches.

    Raises:
        UsageError: the period is not one, or there is no workspace.
        DataError: E412, nothing is stored of the period.
        InvalidDataError: the config breaks a rule.
        SystemFailureError: E501, a file cannot be read.

    Example:
        >>> import cci_cli
        >>> proof = cci_cli.verify()
        >>> proof.is_sound, [finding.name for finding in proof.findings]
        (True, ['snapshots/2024H2/r1', 'snapshots/2025H1/r1'])
    """
    root = find_workspace(workspace)
    config = read_config(root)
    wanted = None if period is None else parse_period(period)
    revisions = [
        PeriodRef(stored, number)
        for stored in list_periods(root)
        if wanted in (None, stored)
        for number in list_revisions(root, stored)
    ]
    released = [stored for stored in list_released(root) if wanted in (None, stored)]
    if wanted is not None and not revisions and not released:
        raise DataError("E412", value=wanted)
    findings = [Finding("store", None, (error.message,)) for error in find_damage(root)]
    findings += [_check_revision(root, ref) for ref in revisions]
    shelf, snapshots = ReleaseShelf(root), SnapshotShelf(root, is_full_check=True)
    in_force: list[Release] = []
    for stored in released:
        for number in list_releases(root, stored):
            ref = PeriodRef(stored, number)
            finding, release = _check_release(root, ref, config, shelf, snapshots)
            findings.append(finding)
        in_force += [release] if release else []
    is_sound = all(not finding.mismatches for finding in findings)
    return VerifyResult(
        methodology=config.methodology,
        findings=tuple(findings),
        outdated=tuple(shelf.find_outdated(wanted)) if is_sound else (),
        drifts=_find_drifts(root, in_force, config, shelf, snapshots) if is_sound else (),
    )


def _check_revision(workspace: Path, ref: PeriodRef) -> Finding:
    try:
        check_hash(workspace, ref)
    except DataError as error:
        return Finding("snapshot", revision_name(ref), (error.message,))
    return Finding("snapshot", revision_name(ref), ())


def _check_release(
    workspace: Path,
    ref: PeriodRef,
    config: Config,
    shelf: ReleaseShelf,
    snapshots: SnapshotShelf,
) -> tuple[Finding, Release | None]:
    """What is wrong with a release, and the release where its own files are sound."""
    name = release_name(ref)
    try:
        release = shelf.read(ref)
    except DataError as error:
        return Finding("release", name, (error.message,)), None
    remarks = [
        f"config/{file} changed since: sha256 {then[:12]}… then, {now[:12]}… now"
        for file, now in config.hashes.items()
        if (then := release.config_hashes.get(file, "none")) != now
    ]
    if release.is_transcribed:
        remarks.insert(0, "transcribed from print")
    mismatches = tuple(_find_mismatches(workspace, release, shelf, snapshots))
    return Finding("release", name, mismatches, tuple(remarks)), release


def _find_mismatches(
    workspace: Path, release: Release, shelf: ReleaseShelf, snapshots: SnapshotShelf
) -> Iterator[str]:
    """Where a release made again, with the config of then, is not what was released."""
    try:
        rows, flags = _make_again(workspace, release, shelf, snapshots)
    except DataError as error:
        yield f"it cannot be made again: {error.message}"
        if isinstance(error, InvalidDataError):
            yield from (problem.message for problem in error.problems[:3])
        return
    if flags != (release.is_demonstration, release.print_basis):
        yield "what it says of demonstration data or print behind it is not so"
    released = {row["code"]: row for row in release.rows}
    again = {row["code"]: row for row in rows}
    for code in dict.fromkeys((*released, *again)):
        old, new = released.get(code), again.get(code)
        if old is None or new is None:
            yield f"{code} is in it and not in what it was made from, or the other way round"
        elif changed := [name for name in RELEASE_COLUMNS if old[name] != new[name]]:
            name = changed[0]
            yield f"{code} comes out differently: {name} {new[name]} instead of {old[name]}"


def _make_again(
    workspace: Path, release: Release, shelf: ReleaseShelf, snapshots: SnapshotShelf
) -> tuple[Sequence[Mapping[str, str]], tuple[bool, tuple[str, int] | None]]:
    """The rows of a release, and whether demonstration data and print stand behind them."""
    if not release.is_transcribed:
        compiled = recompile_release(workspace, release, shelf, snapshots)
        return compiled.release_rows, (compiled.is_demonstration, compiled.print_basis)
    folder = workspace / release.name
    config, table = read_config(folder), folder / TABLE_FILE
    problems = ProblemList(str(table))
    levels = parse_level_table(read_bytes(table), config, release.ref.period, None, problems)
    if problems.total:
        raise InvalidDataError("E305", table, problems.first(), problems.total)
    return to_printed_rows(config.indices, release.ref.period, levels), (False, None)


def _find_drifts(
    workspace: Path,
    releases: Iterable[Release],
    config: Config,
    shelf: ReleaseShelf,
    snapshots: SnapshotShelf,
) -> tuple[Drift, ...]:
    """Released levels that today's data and config, chained from the base, give otherwise."""
    drifts: list[Drift] = []
    compiled: Compilation | None = None
    # the newest first: its chain holds all the periods before
    for release in sorted(releases, key=lambda release: release.ref.period, reverse=True):
        period = release.ref.period
        try:
            check_base(release, config)
            if compiled is None or period not in compiled.chained:
                ref = PeriodRef(period)
                compiled = compile_indices(
                    workspace, ref, config, from_snapshots=True, shelf=shelf, stored=snapshots
                )
        except DataError as error:
            drifts.insert(0, Drift(release, None, None, error.message))
        else:
            drifts[:0] = _compare(release, compiled.chained[period], config)
    return tuple(drifts)


def _compare(
    release: Release, observations: Iterable[Observation], config: Config
) -> Iterator[Drift]:
    restated = {seen.code: seen.level for seen in observations}
    for code, frozen in release.levels.items():
        now = restated.get(code)
        known = now
        if now is not None and release.decimals is not None:
            # of what was transcribed from print, no more digits are known
            known = Fraction(round_exact(now, release.decimals, config.methodology.rounding))
        if known != frozen.level:
            yield Drift(release, code, now)
