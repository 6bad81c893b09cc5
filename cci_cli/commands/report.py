"""``cci report``: the bulletin of a period, or a text held against its figures."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from cci_cli.bulletin.document import Bulletin, build_bulletin, describe_claims
from cci_cli.bulletin.inquiry import collect_facts
from cci_cli.bulletin.page import render_page, subset_fonts
from cci_cli.bulletin.paper import render_paper
from cci_cli.config import TILES_FILE, read_config, read_tiles
from cci_cli.deliveries import (
    MadeFiles,
    check_official,
    check_place,
    choose_period,
    deliver_publication,
)
from cci_cli.errors import DataError, UsageError, first_few, make_problem
from cci_cli.files import read_bytes
from cci_cli.formats import LOCK_PATIENCE_SECONDS, Lang
from cci_cli.options import check_choice, check_count
from cci_cli.outcomes import CheckResult, DeliveryResult
from cci_cli.packages import DESCRIPTOR_FILE
from cci_cli.periods import Period
from cci_cli.plotting.plots import embed_fonts, render_png, render_svg
from cci_cli.proofreading.textcheck import check_text
from cci_cli.publications import describe_publication
from cci_cli.workspace import find_workspace

PAGE_FILE: Final = "bulletin.html"
PAPER_FILE: Final = "bulletin.pdf"
CLAIMS_FILE: Final = "claims.json"
#: More figures than a bulletin can have.
_FIGURES: Final = range(1, 10)
_KNOWN: Final = (
    PAGE_FILE,
    PAPER_FILE,
    CLAIMS_FILE,
    DESCRIPTOR_FILE,
    *(f"figure{number}.{form}" for number in _FIGURES for form in ("svg", "png")),
)
_MEDIA_TYPES: Final = {
    "html": "text/html",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
    "json": "application/json",
}


def report(
    period: str | None = None,
    *,
    to: Path | str | None = None,
    check: Path | str | None = None,
    lang: Lang = "zh",
    wait: int = LOCK_PATIENCE_SECONDS,
    require_official: bool = False,
    dry_run: bool = False,
    workspace: Path | str | None = None,
) -> DeliveryResult | CheckResult:
    """Put the bulletin of a period into a folder, whole or not at all; or check a text about it.

    The bulletin has the levels, the analysis generated from exact values, the figures and what all
    of it was made from, as one HTML file and as PDF; beside them each figure as SVG and PNG, and
    every claim of the analysis with its formula and exact value. The same data give the same bytes.

    Args:
        period: ``2025H1``, or any date within it; null for the newest with a snapshot.
        to: the folder that bulletins lie in, made if it is not there; a bulletin is a folder in
            it with the name of the period and the language. Null to check a text.
        check: a text in UTF-8, Chinese or English, to be held against the figures of the period
            instead. Of the other options, ``lang``, ``wait`` and ``dry_run`` are of the bulletin.
        lang: the language, ``zh`` or ``en``.
        wait: how long to wait for others that write to the same folder, in seconds.
        require_official: whether to refuse figures that no release stands behind.
        dry_run: whether to do everything but write.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.

    Returns:
        Of a bulletin a `DeliveryResult`: where it lies, whether it is official, and what became of
        each file. Of a text a `CheckResult`: every figure and superlative in it that the numbers
        do not bear out, and what could not be checked.

    Raises:
        UsageError: the period is not one, E114 an option is not what it can be, E115 ``to`` lies
            in a store of a workspace, E116 neither ``to`` nor ``check`` is given or both are, or
            there is no workspace.
        DataError: E424 the text is not UTF-8, E422 the period was transcribed from print, E423 a
            character is in no font of the bulletin, E417 something else is in its place; what must
            be official is not, for E418 it is not released, E420 it rests on a release that was
            restated since, E421 the config says otherwise than the release; or data is missing or
            damaged.
        InvalidDataError: the config or a snapshot breaks a rule.
        LockedError: E506, another process writes to the same folder for longer than ``wait``.
        SystemFailureError: E501 the text cannot be read, E502 the bulletin not be written, E507 the
            file system cannot swap two folders, E508 a package that it is made with is not
            installed.

    Example:
        >>> import cci_cli
        >>> from pathlib import Path
        >>> _ = Path("draft.txt").write_text("华东供算量最大，占比28.35%。", encoding="utf-8")
        >>> found = cci_cli.report("2025H1", check="draft.txt").check
        >>> found.figures, [problem.value for problem in found.problems]
        (1, ['最大'])
    """
    root = find_workspace(workspace)
    check_choice("lang", lang, Lang)
    check_count("wait", wait)
    if (to is None) == (check is None):
        raise UsageError("E116")
    if to is not None:
        check_place(to)
    wanted = choose_period(root, period)
    if to is None:
        return _check_file(root, wanted, Path(check or ""), require_official=require_official)
    made: dict[Bulletin, dict[str, bytes]] = {}
    bare: list[str] = []

    def make() -> MadeFiles:
        config = read_config(root)
        facts = collect_facts(root, config, wanted)
        if require_official:
            check_official(facts.history)
        tiles = read_tiles(root, config)
        bulletin = build_bulletin(facts, tiles, lang)
        bare[:] = tiles.find_bare(facts.nation.provinces)
        if bulletin not in made:
            # what another run has changed in the meantime is seldom anything at all
            made[bulletin] = _render_files(bulletin, wanted)
        files = {**made[bulletin], CLAIMS_FILE: describe_claims(bulletin, facts)}
        resources = [_describe_file(name, data) for name, data in files.items()]
        files[DESCRIPTOR_FILE] = describe_publication(
            facts.history,
            _name_bulletin(wanted, lang),
            resources,
            {} if tiles.sha256 is None else {f"config/{TILES_FILE}": tiles.sha256},
        )
        return facts.history, files

    result = deliver_publication(
        root,
        Path(to) / f"{wanted}-bulletin-{lang}",
        make,
        name=_name_bulletin(wanted, lang),
        known=_KNOWN,
        wait=wait,
        is_dry_run=dry_run,
    )
    if not bare:
        return result
    doubt = make_problem("W315", provinces=", ".join(first_few(bare)))
    return replace(result, doubts=(*result.doubts, doubt))


def _check_file(
    workspace: Path, period: Period, file: Path, *, require_official: bool
) -> CheckResult:
    try:
        text = read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError("E424", value=file, offset=error.start) from error
    facts = collect_facts(workspace, read_config(workspace), period)
    if require_official:
        check_official(facts.history)
    is_official = facts.history.is_all_official
    return CheckResult(str(file), period, is_official, check_text(text, facts))


def _name_bulletin(period: Period, lang: Lang) -> str:
    return f"cci-bulletin-{str(period).lower()}-{lang}"


def _render_files(bulletin: Bulletin, period: Period) -> dict[str, bytes]:
    """The page, the paper and the figures."""
    drawings = {figure.name: render_svg(figure) for figure in bulletin.figures}
    files = {
        PAGE_FILE: render_page(bulletin, drawings).encode(),
        PAPER_FILE: render_paper(bulletin, drawings, period),
    }
    fonts = subset_fonts("".join(drawings.values()))
    for name, drawing in drawings.items():
        files[f"{name}.svg"] = embed_fonts(drawing, fonts).encode()
        files[f"{name}.png"] = render_png(drawing)
    return files


def _describe_file(name: str, data: bytes) -> dict[str, Any]:
    stem, _, suffix = name.partition(".")
    return {
        "name": f"{stem}-{suffix}",
        "path": name,
        "type": "file",
        "format": suffix,
        "mediatype": _MEDIA_TYPES[suffix],
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }
