"""The command line: options in, exit codes out. What is written, ``console`` writes.

Each verb loads its module when it is called, so that ``cci --help`` starts without Polars.
"""

import gc
import re
import shlex
import signal
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Annotated, Final, cast

import typer
from typer.core import TyperGroup, TyperOption

from cci_cli import __version__
from cci_cli.console import (
    ReaderGone,
    check_output,
    choose_format,
    say,
    say_error,
    show,
    watch_progress,
    write_stdout,
)
from cci_cli.errors import (
    CciError,
    DataError,
    SystemFailureError,
    UsageError,
    count_noun,
    first_few,
    os_failure,
)
from cci_cli.formats import (
    LOCK_PATIENCE_SECONDS,
    TABULAR_FORMATS,
    TOP_DRIVERS,
    Encoding,
    Format,
    Grouping,
    Lang,
    Layout,
    LogFormat,
    Measure,
    SeriesFormat,
)
from cci_cli.surroundings import find_time
from cci_cli.workspace import VARIABLE, find_workspace

EXIT_BUG: Final = 70
EXIT_INTERRUPTED: Final = 130
EXIT_TERMINATED: Final = 143

#: Problems that `cci validate` shows of each kind, errors and warnings, unless told otherwise.
MAX_SHOWN: Final = 100
#: Models that `cci explain` shows of each province, those with the most TFLOPS first.
TOP_MODELS: Final = 3


WorkspaceOption = Annotated[
    str | None,
    typer.Option(
        "--workspace",
        metavar="DIR",
        # told as typer would tell it, who would also look the variable up
        help="Folder with config/ and snapshots/; else the nearest one at or above this folder.  "
        f"[env var: {VARIABLE}]",
    ),
]
FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="Form of the output; else by the suffix of --output, or table."),
]
# not readable=True, which is typer's own: it would call wrong usage what the system forbids
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output", metavar="FILE", readable=False, help="Write to FILE, whole or not at all."
    ),
]
LangOption = Annotated[Lang, typer.Option("--lang", help="Language of names and notes in tables.")]
FromSnapshotsOption = Annotated[
    bool, typer.Option("--from-snapshots", help="Chain from the base, ignoring releases.")
]
EncodingOption = Annotated[
    Encoding | None,
    typer.Option("--encoding", help="Read the file as this; else its bytes tell."),
]
WaitOption = Annotated[
    int,
    typer.Option("--wait", min=0, metavar="SECONDS", help="Wait for others that write there."),
]
RequireOfficialOption = Annotated[
    bool, typer.Option("--require-official", help="Refuse what is not released.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="List what would be written.")]
AlarmsOption = Annotated[
    bool, typer.Option("--quiet", help="On stderr only errors, and that files were altered.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Errors only on stderr.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Say on stderr what is read.")]

app = typer.Typer(
    name="cci",
    help="Compile and publish the CCI-IC Intelligent Computing Power Supply Indices "
    "(智能算力供算量指数).",
    epilog="Start with: cci init DIR, then cci ingest FILE --period 2024H2, "
    "then cci compute 2024H2. Exit codes: 0 done, 1 the answer is no, 2 wrong usage, "
    "3 the environment, 4 locked, 70 a bug.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    # plain help: it starts in half the time, and reads the same in a pipe
    rich_markup_mode=None,
)


_MESSAGE_CODE: Final = re.compile(r"[EWN][0-9]{3}")


class _Terminated(BaseException):
    """SIGTERM; not an Exception, so that clean-up runs and nothing swallows it."""


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        write_stdout(f"cci {__version__}\n".encode())
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Take the options that stand before a verb."""
    del version  # its callback has done the work
    if context.invoked_subcommand is None:
        say(context.get_help())
        raise typer.Exit(UsageError.exit_code)


@app.command(epilog="Example: cci compute 2025H1 --format json --output 2025H1.json")
def compute(
    period: Annotated[
        str, typer.Argument(metavar="PERIOD", help="2025H1, a date within it, or 2025H1@r2.")
    ],
    workspace: WorkspaceOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
    lang: LangOption = "zh",
    *,
    from_snapshots: FromSnapshotsOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Compute Table 2 of a period.

    The levels of all indices in the period and the one before, with growth, from the stored
    snapshots. The chain starts from the newest release before the period, else from the base.
    """
    from cci_cli.commands import compute as verb
    from cci_cli.viewing import view_result

    root = _open_workspace(workspace, verbose=verbose)
    chosen = choose_format(form, output)
    result = verb.compute(period, workspace=root, from_snapshots=from_snapshots)
    if verbose:
        for snapshot in result.snapshots.values():
            facts = snapshot.facts
            say(f"{snapshot.ref}: {facts.rows:,} rows, {facts.nodes:,} nodes, {facts.sha256}")
    show(view_result(result, lang), chosen, output, quiet=quiet)


@app.command(
    epilog="Examples: cci validate 2025H1; cci validate nodes.csv --period 2025H2 --format json"
)
def validate(
    target: Annotated[
        str,
        typer.Argument(
            metavar="PERIOD|FILE", help="A stored period or revision, or a file as for ingest."
        ),
    ],
    period: Annotated[
        str | None,
        typer.Option("--period", metavar="P", help="For a file: the half-year it describes."),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option(
            "--max-problems",
            min=0,
            metavar="N",
            help="Show the first N; 0 for all that are kept, 1,000 of a kind. All are counted. "
            "Else 100 in a table, all that are kept in data.",
        ),
    ] = None,
    encoding: EncodingOption = None,
    workspace: WorkspaceOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
    *,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Find every problem of a snapshot or a file.

    Warnings, which never make it invalid, point at moves against the period before that deserve
    a second look.
    """
    from cci_cli.commands import validate as verb
    from cci_cli.listings import view_validate

    root = _open_workspace(workspace, verbose=verbose)
    chosen = choose_format(form, output)
    if output is not None:
        check_output(output, Path(target))
    result = verb.validate(target, period=period, encoding=encoding, workspace=root)
    if most is None:
        most = MAX_SHOWN if chosen == "table" else 0
    show(view_validate(result, most), chosen, output, quiet=quiet)
    return 0 if result.is_valid else CciError.exit_code


@app.command(epilog="Example: cci ingest nodes.csv --period 2025H2 --note 'survey of January'")
def ingest(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV or .xlsx of nodes.", readable=False)
    ],
    period: Annotated[
        str, typer.Option("--period", metavar="P", help="The half-year it describes.")
    ],
    note: Annotated[str, typer.Option("--note", help="A remark to keep with the data.")] = "",
    encoding: EncodingOption = None,
    workspace: WorkspaceOption = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but store it.")] = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Check a file of nodes and store it as a revision.

    CSV in UTF-8, GB18030 or UTF-16, or an .xlsx workbook, with English or Chinese column names.
    Spellings that leave no doubt are put into their canonical form, and it is said which.

    It becomes the next revision of its period, whole or, if anything is wrong with it, not at
    all. The same content again changes nothing.
    """
    from cci_cli.commands import ingest as verb
    from cci_cli.listings import problem_lines

    root = _open_workspace(workspace, verbose=verbose)
    result = verb.ingest(
        file, period, note=note, encoding=encoding, dry_run=dry_run, workspace=root
    )
    if quiet:
        return
    for line in result.reading.lines():
        say(line)
    for line in problem_lines(("warning: ", item) for item in result.warnings):
        say(line)
    if result.compared_with:
        say(f"compared with {result.compared_with}")
    if result.is_new:
        facts = result.facts
        done = "would store" if result.is_dry_run else "stored"
        say(f"{done} {result.ref}: {facts.rows:,} rows, {facts.nodes:,} nodes, {facts.sha256}")
        if result.release is not None:
            released = f"{result.release.period} is released as r{result.release.revision}"
            say(f"{released}: its levels stay as published until it is restated")
    else:
        say(f"unchanged: {result.ref} has this content already")


@app.command(
    epilog="Examples: cci publish 2025H1; cci publish 2025H1 --restate 'nodes found late'; "
    "cci publish 2024H2 --from-table table2.csv --note 'printed 24 December 2025'"
)
def publish(
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="The half-year to release.")],
    restate: Annotated[
        str | None,
        typer.Option("--restate", metavar="REASON", help="Replace an earlier release, and why."),
    ] = None,
    from_table: Annotated[
        Path | None,
        typer.Option(
            "--from-table",
            metavar="FILE",
            readable=False,
            help="Take the levels from Table 2 as published, a CSV, instead of computing them.",
        ),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="A remark to keep with the release.")] = "",
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", help="Who publishes; else the login name."),
    ] = None,
    workspace: WorkspaceOption = None,
    *,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Freeze the levels of a period as a release.

    Later periods are chained from the released levels, whatever becomes of the data behind them.
    The period before must be released. The same figures again change nothing.
    """
    from cci_cli.commands import publish as verb
    from cci_cli.listings import problem_lines

    root = _open_workspace(workspace, verbose=verbose)
    result = verb.publish(
        period, restate=restate, from_table=from_table, note=note, by=by, workspace=root
    )
    if quiet:
        return
    release = result.release
    if not result.is_new:
        say(f"unchanged: {release.name} has these figures already")
        return
    for line in problem_lines(("warning: ", item) for item in result.doubts):
        say(line)
    if result.restated is not None:
        changed = result.changed_codes
        moved = f"{len(changed)} of the indices ({', '.join(first_few(changed))})"
        say(
            f"replaces {result.restated.name}, which is kept; "
            f"other figures: {moved if changed else 'none in print'}"
        )
    for name in result.outdated:
        say(f"{name} was chained from the replaced levels and stands on them until restated")
    source = "exact"
    if release.decimals is not None:
        source = f"transcribed, {release.decimals} decimals"
    elif release.print_basis is not None:
        source = f"chained from print ({release.print_basis[0]})"
    say(f"published {release.name}: {len(release.levels)} levels, {source}, {release.sha256}")


@app.command(epilog="Examples: cci verify; cci verify 2025H1 --format json")
def verify(
    period: Annotated[
        str | None, typer.Argument(metavar="[PERIOD]", help="The half-year to look at; else all.")
    ] = None,
    workspace: WorkspaceOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
    *,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Prove what is stored, and report drift.

    Every file is held against its hash, and every release computed again from the revisions and
    the config it names. Drift, what today's data give for a released level, is reported; it is no
    mismatch.
    """
    from cci_cli.commands import verify as verb
    from cci_cli.viewing import view_result

    root = _open_workspace(workspace, verbose=verbose)
    chosen = choose_format(form, output)
    result = verb.verify(period, workspace=root)
    show(view_result(result), chosen, output, quiet=quiet)
    return 0 if result.is_sound else CciError.exit_code


@app.command(epilog="Examples: cci explain 700005.CCI 2025H1; cci explain E331")
def explain(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="Code or name of an index, or a message's code.")
    ],
    period: Annotated[
        str | None,
        typer.Argument(metavar="[PERIOD]", help="A period or revision; else the newest."),
    ] = None,
    top: Annotated[
        int, typer.Option("--top", min=0, metavar="N", help="Models of a province, 0 for all.")
    ] = TOP_MODELS,
    workspace: WorkspaceOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
    lang: LangOption = "zh",
    *,
    from_snapshots: FromSnapshotsOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Take one level apart, or say what a message means.

    Cards, rates and supply by province, the level it is chained from, the exact fraction, how it
    was rounded, and the hashes of all it was made from.
    """
    from cci_cli.accounts import view_explain, view_message

    chosen = choose_format(form, output)
    if _MESSAGE_CODE.fullmatch(code.upper()) and period is None:
        message = view_message(code.upper(), lang)
        if message is None:
            raise DataError("E415", value=code)
        show(message, chosen, output, quiet=quiet)
        return
    from cci_cli.commands import explain as verb

    root = _open_workspace(workspace, verbose=verbose)
    result = verb.explain(code, period, workspace=root, from_snapshots=from_snapshots)
    show(view_explain(result, lang, top), chosen, output, quiet=quiet)


@app.command(
    epilog="Examples: cci diff 2024H2 2025H1 --by node --top 10; cci diff 2025H1@r1 2025H1@r2"
)
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A period, or a revision of one.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="What to compare it with.")],
    by: Annotated[
        Grouping, typer.Option("--by", help="What to tell the drivers of the change apart by.")
    ] = "index",
    top: Annotated[
        int,
        typer.Option(
            "--top", min=0, metavar="N", help="Drivers, or rows that differ, to show; 0 for all."
        ),
    ] = TOP_DRIVERS,
    workspace: WorkspaceOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
    lang: LangOption = "zh",
    *,
    from_snapshots: FromSnapshotsOption = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 where something differs.")
    ] = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Say why the indices moved between two periods, or what two revisions of one differ in.

    Levels, growth, contributions to national growth, which add up exactly over regions and over
    time, and what was done at the nodes: built, expanded, suspended, or only found later. With
    the later period first, every change has the other sign.
    """
    from cci_cli.commands import diff as verb
    from cci_cli.outcomes import RevisionDiffResult
    from cci_cli.viewing import view_result

    root = _open_workspace(workspace, verbose=verbose)
    chosen = choose_format(form, output)
    result = verb.diff(old, new, by=by, top=top, workspace=root, from_snapshots=from_snapshots)
    show(view_result(result, lang), chosen, output, quiet=quiet)
    if isinstance(result, RevisionDiffResult) and result.left_out and chosen in TABULAR_FORMATS:
        say(f"{count_noun(result.left_out, 'row')} more: --top 0 gives all")
    return CciError.exit_code if exit_code and result.has_moved else 0


@app.command(epilog="Examples: cci rebase; cci rebase 2025H1 --level 100 --format csv")
def rebase(
    period: Annotated[
        str | None,
        typer.Argument(metavar="[PERIOD]", help="The half-year to be the base; else as published."),
    ] = None,
    level: Annotated[
        str | None,
        typer.Option("--level", metavar="L", help="National level in the base; else as published."),
    ] = None,
    workspace: WorkspaceOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
    lang: LangOption = "zh",
    *,
    each: Annotated[
        bool,
        typer.Option("--each", help="Put every index at L by itself, whatever its share."),
    ] = False,
    from_snapshots: FromSnapshotsOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show base levels, or put the whole series on another base.

    Every level is multiplied by one exact factor, so that absolute points stay comparable across
    indices. Nothing that is stored changes, and what is not on the official base says so.
    """
    from cci_cli.commands import rebase as verb
    from cci_cli.viewing import view_result

    root = _open_workspace(workspace, verbose=verbose)
    chosen = choose_format(form, output)
    result = verb.rebase(
        period, level=level, each=each, workspace=root, from_snapshots=from_snapshots
    )
    show(view_result(result, lang), chosen, output, quiet=quiet)


@app.command(
    epilog="Examples: cci series --index 700000.CCI --measure growth; cci series --format sdmx-csv"
)
def series(
    index: Annotated[
        list[str] | None,
        typer.Option("--index", metavar="CODE", help="Code or name; again for more; else all."),
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="P", help="First half-year; else the base.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="P", help="Last half-year; else the newest.")
    ] = None,
    *,
    measure: Annotated[Measure, typer.Option("--measure", help="What to show.")] = "level",
    layout: Annotated[
        Layout | None,
        typer.Option(
            "--layout",
            help="One row per index and half-year, or one per index; "
            "else wide in a table and long in data.",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    form: Annotated[
        SeriesFormat | None,
        typer.Option(
            "--format", help="Form of the output; else by the suffix of --output, or table."
        ),
    ] = None,
    output: OutputOption = None,
    lang: LangOption = "zh",
    from_snapshots: FromSnapshotsOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show the indices over time.

    Released levels where there is a release, else those of today's data, with the status of each:
    official or provisional, chained, after a break, or reseeded.
    """
    from cci_cli.commands import series as verb
    from cci_cli.sdmx import view_sdmx
    from cci_cli.timelines import view_series

    root = _open_workspace(workspace, verbose=verbose)
    chosen = choose_format("csv" if form == "sdmx-csv" else form, output)
    if form == "sdmx-csv" and layout == "wide":
        raise UsageError(
            "E114", option="layout", value=layout, choices="long, the only one that SDMX-CSV has"
        )
    result = verb.series(
        index=index,
        from_=from_,
        to=to,
        measure=measure,
        workspace=root,
        from_snapshots=from_snapshots,
    )
    view = view_sdmx(result, lang) if form == "sdmx-csv" else view_series(result, lang, layout)
    show(view, chosen, output, quiet=quiet)


@app.command(
    epilog="Examples: cci export --to /srv/cci; "
    "cci export 2025H1 --to out --format xlsx --require-official --quiet"
)
def export(
    to: Annotated[
        # not a path, which would take an empty text for this folder
        str,
        typer.Option("--to", metavar="DIR", help="Folder of bundles; made if need be."),
    ],
    period: Annotated[
        str | None,
        typer.Argument(metavar="[PERIOD]", help="The half-year; else the newest with a snapshot."),
    ] = None,
    forms: Annotated[
        list[str] | None,
        typer.Option(
            "--format", metavar="xlsx|parquet", help="A form beside CSV; again for the other."
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    *,
    wait: WaitOption = LOCK_PATIENCE_SECONDS,
    require_official: RequireOfficialOption = False,
    dry_run: DryRunOption = False,
    log_format: Annotated[
        LogFormat, typer.Option("--log-format", help="Form of the lines on stderr.")
    ] = "text",
    quiet: AlarmsOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Put the publication bundle of a half-year into DIR/PERIOD.

    Table 2 as published, all figures, the series, the codes and a data package, with SHA256SUMS. A
    new state takes the place of the old one in one step; the same again changes nothing.
    """
    from cci_cli.bundlelog import describe_error, describe_events, describe_files
    from cci_cli.commands import export as verb

    try:
        root = _open_workspace(workspace, verbose=verbose and log_format == "text")
        result = verb.export(
            to,
            period,
            forms=forms,
            wait=wait,
            require_official=require_official,
            dry_run=dry_run,
            workspace=root,
        )
        if dry_run:
            write_stdout(describe_files(result).encode())
        now = find_time()
    except CciError as error:
        if log_format == "text":
            raise
        say(describe_error(error, datetime.now(UTC)))
        return error.exit_code
    for line in describe_events(result, log_format, now, quiet=quiet):
        say(line)
    return 0


@app.command(
    epilog="Examples: cci report 2025H1 --to out --lang en; cci report 2025H1 --check draft.txt"
)
def report(
    period: Annotated[
        str | None,
        typer.Argument(metavar="[PERIOD]", help="The half-year; else the newest with a snapshot."),
    ] = None,
    to: Annotated[
        # not a path, which would take an empty text for this folder
        str | None,
        typer.Option("--to", metavar="DIR", help="Folder of bulletins; made if need be."),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(
            "--check",
            metavar="FILE",
            readable=False,
            help="Instead of a bulletin, hold a text in UTF-8 against the figures.",
        ),
    ] = None,
    lang: LangOption = "zh",
    workspace: WorkspaceOption = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="Form of what a check found; else by --output, or table."),
    ] = None,
    output: OutputOption = None,
    *,
    wait: WaitOption = LOCK_PATIENCE_SECONDS,
    require_official: RequireOfficialOption = False,
    dry_run: DryRunOption = False,
    quiet: AlarmsOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Make the bulletin of a half-year, or check a text about it.

    The bulletin is put into DIR/PERIOD-bulletin-LANG: tables, figures and the analysis, generated
    from exact values, as one HTML file and as PDF; the figures as SVG and PNG; and every claim with
    its formula. The same data give the same bytes.

    A check tells the figures and superlatives of a text that the numbers do not bear out.
    """
    from cci_cli.bundlelog import describe_events, describe_files
    from cci_cli.commands import report as verb
    from cci_cli.outcomes import CheckResult
    from cci_cli.viewing import view_result

    root = _open_workspace(workspace, verbose=verbose)
    chosen = choose_format(form, output)
    if to is not None and (form is not None or output is not None):
        raise UsageError("E117", option="format" if output is None else "output")
    if output is not None and check is not None:
        check_output(output, check)
    result = verb.report(
        period,
        to=to,
        check=check,
        lang=lang,
        wait=wait,
        require_official=require_official,
        dry_run=dry_run,
        workspace=root,
    )
    if isinstance(result, CheckResult):
        show(view_result(result), chosen, output, quiet=quiet)
        return 0 if result.is_borne_out else CciError.exit_code
    if dry_run:
        write_stdout(describe_files(result).encode())
    for line in describe_events(result, "text", find_time(), quiet=quiet):
        say(line)
    return 0


@app.command(epilog="Examples: cci cards H20; cci cards 昇腾 --format csv")
def cards(
    text: Annotated[
        str | None,
        typer.Argument(metavar="[TEXT]", help="Part of a model, alias or vendor; else all."),
    ] = None,
    workspace: WorkspaceOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
    lang: LangOption = "zh",
    *,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Look up accelerator models.

    Their FP16 rate, coefficient, aliases and source, by any part of a name or vendor.
    """
    from cci_cli.commands import cards as verb
    from cci_cli.viewing import view_result

    root = _open_workspace(workspace, verbose=verbose)
    chosen = choose_format(form, output)
    result = verb.cards(text, workspace=root)
    show(view_result(result, lang), chosen, output, quiet=quiet)


@app.command(epilog="Example: cci status --format json")
def status(
    workspace: WorkspaceOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
    lang: LangOption = "zh",
    *,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Show revisions and releases, and check hashes."""
    from cci_cli.commands import status as verb
    from cci_cli.viewing import view_result

    root = _open_workspace(workspace, verbose=verbose)
    chosen = choose_format(form, output)
    result = verb.status(workspace=root)
    show(view_result(result, lang), chosen, output, quiet=quiet)
    return 0 if result.is_sound else CciError.exit_code


@app.command(epilog="Example: cci init my-indices")
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="New or empty folder.", readable=False)
    ],
    *,
    quiet: QuietOption = False,
) -> None:
    """Make a new workspace.

    It has the config as published, and no data.
    """
    from cci_cli.commands import init as verb

    made = verb.init(folder)
    if not quiet:
        for path in made:
            say(f"made {path}")
        say(f"next: cci ingest FILE --period P --workspace {shlex.quote(str(folder))}")


def _open_workspace(named: str | None, *, verbose: bool) -> Path:
    root = find_workspace(named)
    if verbose:
        say(f"workspace {root}")
    return root


def _check_encoding(arguments: Sequence[str]) -> None:
    """Refuse what is no text: Python passes such bytes on, and others would stumble over them."""
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            raise UsageError("E108", value=argument) from error


def _check_values(parser: TyperGroup, arguments: Sequence[str]) -> None:
    """Refuse what looks like an option where the value of another should stand.

    It would be taken for the value, even for the reason of a release.

    Raises:
        UsageError: E119.
    """
    verb, *rest = arguments or [""]
    command = parser.commands.get(verb)
    if command is None:
        return
    options = [item for item in command.params if isinstance(item, TyperOption)]
    names = {"--help", *(name for item in options for name in item.opts)}
    flags = {"--help", *(name for item in options if item.is_flag for name in item.opts)}
    words = iter(rest)
    for word in words:
        if word == "--":
            return
        if word in names - flags:
            value = next(words, "")
            if value in names or value.startswith("--"):
                raise UsageError("E119", option=word, value=value)


@cache
def _build_parser() -> TyperGroup:
    """The command line as typer makes it of the functions here; who calls it again has it built."""
    # with as many commands as there are, it is a group
    return cast("TyperGroup", typer.main.get_command(app))


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``cci`` with the given arguments and return its exit code; never raises, never exits."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        _check_encoding(arguments)
        _check_values(_build_parser(), arguments)
        with watch_progress(is_wanted="--quiet" not in arguments):
            code = _build_parser()(args=arguments, prog_name="cci", standalone_mode=False)
            return cast("int | None", code) or 0
    except CciError as error:
        say_error(error)
        code = error.exit_code
    except typer.TyperException as error:
        # the words of the library behind the parser
        say(f"error: {error.format_message().replace('Value error, ', '')}")
        context = getattr(error, "ctx", None)
        verb = context.info_name if context is not None and context.parent else None
        say(
            f"hint: `cci {verb} --help` lists its arguments and options"
            if verb
            else "hint: `cci --help` lists the commands, `cci COMMAND --help` their options"
        )
        code = error.exit_code
    except ReaderGone:
        code = 0
    except (KeyboardInterrupt, typer.Abort):
        code = EXIT_INTERRUPTED
    except _Terminated:
        code = EXIT_TERMINATED
    except SystemExit as exit_:
        # shell completion ends this way
        code = exit_.code if isinstance(exit_.code, int) else 0
    except OSError as error:
        say_error(os_failure("E501", error.filename or "the file system", error))
        code = SystemFailureError.exit_code
    except BaseException:  # noqa: BLE001 - the boundary; a panic of Polars is no Exception
        say(traceback.format_exc())
        say(f"error: this is a bug in cci {__version__}; please report it with the lines above")
        code = EXIT_BUG
    return code


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    # Polars raises KeyboardInterrupt by itself and then passes the signal on: a second one
    # would cut off the clean-up that the first one has set going
    if not isinstance(sys.exc_info()[1], KeyboardInterrupt):
        raise KeyboardInterrupt


def _terminate(_signum: int, _frame: FrameType | None) -> None:
    raise _Terminated


def run() -> None:
    """Entry point of the program ``cci``."""
    # a run is short, and what is large belongs to Polars: looking for garbage while modules load
    # would take a tenth of a start
    gc.disable()
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(main())
