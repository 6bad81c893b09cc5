"""``cci verify``: hold all that is stored against its hashes, and releases against their data."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

from cci_cli.compilation import Compilation, compile_indices, recompile_release
from cci_cli.config import read_config
from cci_cli.definitions import Config
from cci_cli.errors import CciError, DataError, InvalidDataError
from cci_cli.figures import find_changed_codes
from cci_cli.indices import Observation
from cci_cli.packages import find_damage
from cci_cli.periods import PeriodRef, parse_period
from cci_cli.releases import find_outdated, list_released, list_releases, read_release
from cci_cli.results import Drift, Finding, Release, VerifyResult, release_name
from cci_cli.rounding import round_exact
from cci_cli.store import check_hash, list_periods, list_revisions, revision_name


def verify(*, workspace: Path, period: str | None = None) -> VerifyResult:
    """Whether everything stored is what was stored, and how far releases have drifted.

    Damage is part of the answer, not an error. Drift is told of the releases in force, and only
    where all that was looked at is sound.

    Args:
        workspace: its root folder.
        period: the half-year to look at; null for all.

    Raises:
        UsageError: the period is not one.
        DataError: E412, nothing is stored of the period.
        InvalidDataError: the config breaks a rule.
        SystemFailureError: E501, a file cannot be read.
    """
    config = read_config(workspace)
    wanted = None if period is None else parse_period(period)
    revisions = [
        PeriodRef(stored, number)
        for stored in list_periods(workspace)
        if wanted in (None, stored)
        for number in list_revisions(workspace, stored)
    ]
    released = [stored for stored in list_released(workspace) if wanted in (None, stored)]
    if wanted is not None and not revisions and not released:
        raise DataError("E412", value=wanted)
    findings = [Finding("store", None, (error.message,)) for error in find_damage(workspace)]
    findings += [_check_revision(workspace, ref) for ref in revisions]
    in_force: list[Release] = []
    for stored in released:
        for number in list_releases(workspace, stored):
            finding, release = _check_release(workspace, PeriodRef(stored, number), config)
            findings.append(finding)
        in_force += [release] if release else []
    is_sound = all(not finding.mismatches for finding in findings)
    return VerifyResult(
        methodology=config.methodology,
        findings=tuple(findings),
        outdated=tuple(find_outdated(workspace, wanted)) if is_sound else (),
        drifts=_find_drifts(workspace, in_force, config) if is_sound else (),
    )


def _check_revision(workspace: Path, ref: PeriodRef) -> Finding:
    try:
        check_hash(workspace, ref)
    except DataError as error:
        return Finding("snapshot", revision_name(ref), (error.message,))
    return Finding("snapshot", revision_name(ref), ())


def _check_release(
    workspace: Path, ref: PeriodRef, config: Config
) -> tuple[Finding, Release | None]:
    """What is wrong with a release, and the release where its own files are sound."""
    name = release_name(ref)
    try:
        release = read_release(workspace, ref)
    except DataError as error:
        return Finding("release", name, (error.message,)), None
    remarks = tuple(
        f"config/{file} changed since: sha256 {then[:12]}… then, {now[:12]}… now"
        for file, now in config.hashes.items()
        if (then := release.config_hashes.get(file, "none")) != now
    )
    if release.is_transcribed:
        return Finding("release", name, (), ("transcribed from print", *remarks)), release
    return Finding("release", name, tuple(_find_mismatches(workspace, release)), remarks), release


def _find_mismatches(workspace: Path, release: Release) -> Iterator[str]:
    """Where a release computed again, with the config of then, is not what was released."""
    try:
        rows = recompile_release(workspace, release).release_rows
    except InvalidDataError as error:
        yield f"it cannot be computed again: {error.message}"
        yield from (problem.message for problem in error.problems[:3])
    except DataError as error:
        yield f"it cannot be computed again: {error.message}"
    else:
        levels = {row["code"]: row["level_exact"] for row in rows}
        for code in find_changed_codes(release, rows):
            again = levels.get(code, "nothing")
            yield f"{code} comes out differently when computed again: level {again}"


def _find_drifts(workspace: Path, releases: Iterable[Release], config: Config) -> tuple[Drift, ...]:
    """Released levels that today's data and config, chained from the base, give otherwise."""
    drifts: list[Drift] = []
    compiled: Compilation | None = None
    # the newest first: its chain holds all the periods before
    for release in sorted(releases, key=lambda release: release.ref.period, reverse=True):
        period = release.ref.period
        if compiled is None:
            try:
                ref = PeriodRef(period)
                compiled = compile_indices(workspace, ref, config, from_snapshots=True)
            except CciError as error:
                drifts.insert(0, Drift(release, None, None, error.message))
                continue
        drifts[:0] = _compare(release, compiled.chained[period], config)
    return tuple(drifts)


def _compare(
    release: Release, observations: Iterable[Observation], config: Config
) -> Iterator[Drift]:
    restated = {seen.code: seen.level for seen in observations}
    for code, level in release.levels.items():
        now = restated.get(code)
        known = now
        if now is not None and release.decimals is not None:
            # of what was transcribed from print, no more digits are known
            known = Fraction(round_exact(now, release.decimals, config.methodology.rounding))
        if known != level:
            yield Drift(release, code, now)
