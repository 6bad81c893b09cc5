"""Imports go one way, and the domain keeps its hands off the world."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cci_cli
from cci_cli import errors
from cci_cli.messages import ERRORS, NOTES, WARNINGS

PACKAGE = Path(__file__).parents[1] / "cci_cli"

#: Each module imports only from lines above its own.
ORDER = (
    ("", "bulletin", "formats", "messages", "plotting", "progress", "proofreading", "sheetxml"),
    ("errors", "unpacking"),
    ("periods", "readings", "rounding"),
    ("definitions", "options", "surroundings", "workspace"),
    ("plotting.charts", "plotting.drawings", "plotting.palette", "plotting.typefaces"),
    ("plotting.lettering", "plotting.vegachart"),
    ("plotting.barplots", "plotting.lineplots", "plotting.ringplots", "plotting.tileplots"),
    ("plotting.plots",),
    ("columns", "indices", "records", "settings"),
    ("catalogues",),
    ("conversion", "headers", "plausibility", "results", "rules", "spellings"),
    ("figures", "files", "layoffs", "leveltable", "outcomes", "normaliser", "schemas", "workbook"),
    ("examination", "hashpiles", "outlines", "sorting"),
    ("clashes", "csvfile"),
    (
        "chains",
        "config",
        "diffs",
        "edits",
        "glyphs",
        "histories",
        "nodefile",
        "packages",
        "rawfile",
    ),
    ("drivers", "notes", "releases", "reversals", "staging", "store"),
    ("archive", "compilation", "inspection", "outbox", "views"),
    ("arithmetic", "bundlelog", "comparisons", "drafts", "frames", "ledger", "listings", "tabular"),
    ("revisionviews",),
    ("wrapping",),
    ("accounts", "excel", "spans", "timeline", "timelines"),
    ("bundles", "movements", "rebasings", "render", "sdmx"),
    ("bundlefields", "deliveries", "viewing"),
    ("publications",),
    ("bundledescriptor",),
    ("bulletin.captions", "bulletin.facts", "bulletin.phrases"),
    ("bulletin.claims", "bulletin.exhibits", "bulletin.inquiry"),
    ("bulletin.scribe",),
    ("bulletin.standings",),
    ("bulletin.analysis",),
    ("bulletin.document",),
    ("bulletin.page", "bulletin.paper"),
    ("proofreading.lexicon", "proofreading.wordings"),
    ("proofreading.days", "proofreading.tokens"),
    ("proofreading.mentions",),
    ("proofreading.spoken",),
    ("proofreading.numerals",),
    ("proofreading.values",),
    ("proofreading.findings", "proofreading.scenes"),
    (
        "proofreading.causes",
        "proofreading.counts",
        "proofreading.quantities",
        "proofreading.texttables",
        "proofreading.trends",
        "proofreading.rankings",
    ),
    ("proofreading.judgement", "proofreading.superlatives"),
    ("proofreading.figurecheck",),
    ("proofreading.textcheck",),
    (
        "commands",
        "commands.cards",
        "commands.compute",
        "commands.diff",
        "commands.explain",
        "commands.export",
        "commands.ingest",
        "commands.init",
        "commands.publish",
        "commands.rebase",
        "commands.report",
        "commands.series",
        "commands.status",
        "commands.validate",
        "commands.verify",
    ),
    ("console",),
    ("cli",),
    ("__main__",),
)
RANKS = {name: rank for rank, line in enumerate(ORDER) for name in line}

#: They take plain values and frames, and return new ones.
DOMAIN = (
    "accounts",
    "arithmetic",
    "bulletin.analysis",
    "bulletin.captions",
    "bulletin.claims",
    "bulletin.document",
    "bulletin.exhibits",
    "bulletin.facts",
    "bulletin.phrases",
    "bulletin.scribe",
    "bulletin.standings",
    "bundledescriptor",
    "bundlefields",
    "bundlelog",
    "bundles",
    "catalogues",
    "chains",
    "columns",
    "comparisons",
    "conversion",
    "definitions",
    "diffs",
    "drivers",
    "edits",
    "errors",
    "examination",
    "figures",
    "formats",
    "frames",
    "glyphs",
    "headers",
    "histories",
    "indices",
    "ledger",
    "leveltable",
    "listings",
    "messages",
    "normaliser",
    "notes",
    "options",
    "outcomes",
    "periods",
    "plausibility",
    "plotting.charts",
    "plotting.drawings",
    "plotting.palette",
    "progress",
    "proofreading.causes",
    "proofreading.counts",
    "proofreading.days",
    "proofreading.figurecheck",
    "proofreading.findings",
    "proofreading.judgement",
    "proofreading.lexicon",
    "proofreading.mentions",
    "proofreading.numerals",
    "proofreading.quantities",
    "proofreading.scenes",
    "proofreading.spoken",
    "proofreading.superlatives",
    "proofreading.textcheck",
    "proofreading.texttables",
    "proofreading.tokens",
    "proofreading.trends",
    "proofreading.values",
    "proofreading.rankings",
    "proofreading.wordings",
    "publications",
    "readings",
    "rebasings",
    "records",
    "results",
    "reversals",
    "revisionviews",
    "rounding",
    "rules",
    "schemas",
    "sdmx",
    "settings",
    "spellings",
    "tabular",
    "timelines",
    "viewing",
    "views",
)
FORBIDDEN_IMPORTS = {"os", "pathlib", "shutil", "sys", "tempfile", "time", "typer", "rich"}
FORBIDDEN_CALLS = {"open", "print", "input", "now", "today", "utcnow", "getenv"}


def find_modules() -> dict[str, ast.Module]:
    modules = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        name = name.removesuffix("__init__").removesuffix(".")
        modules[name] = ast.parse(path.read_text(encoding="utf-8"))
    return modules


MODULES = find_modules()


def drop_types(tree: ast.Module) -> ast.Module:
    """A module without what it imports for type checkers alone."""

    def is_for_types(node):
        return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"

    return ast.Module([node for node in tree.body if not is_for_types(node)], type_ignores=[])


# the package itself stands first: what it offers, it loads when it is asked for
MODULES[""] = drop_types(MODULES[""])


def find_imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            # `from cci_cli.commands import compute` imports a module by its name
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_module_has_its_place_in_the_order():
    assert set(MODULES) == set(RANKS)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_module_imports_only_from_modules_before_it(name):
    own = {
        found.removeprefix("cci_cli").removeprefix(".")
        for found in find_imports(MODULES[name])
        if found.split(".")[0] == "cci_cli"
    }
    later = {found for found in own & set(RANKS) if found and RANKS[found] >= RANKS[name]}

    assert later == set()


def test_no_module_has_the_name_of_what_the_package_offers():
    """Its import would take the place of the function."""
    assert {name.split(".")[0] for name in MODULES} & set(cci_cli.__all__) == set()


@pytest.mark.parametrize("name", DOMAIN)
def test_domain_module_does_no_input_and_output(name):
    roots = {found.split(".")[0] for found in find_imports(MODULES[name])}
    calls = {
        getattr(node.func, "id", getattr(node.func, "attr", ""))
        for node in ast.walk(MODULES[name])
        if isinstance(node, ast.Call)
    }

    assert roots & FORBIDDEN_IMPORTS == set()
    assert calls & FORBIDDEN_CALLS == set()


def test_every_message_is_used_and_every_code_has_a_message():
    texts = (path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if path.stem != "messages")
    used = set(re.findall(r'"([EWN][0-9]{3})"', "".join(texts)))

    assert used == set(ERRORS) | set(WARNINGS) | set(NOTES)


def test_the_exit_code_told_of_a_message_is_that_of_the_error_it_is_raised_as():
    raised = {
        (node.args[0].value, getattr(errors, node.func.id).exit_code)
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "").endswith("Error")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value in ERRORS
    }
    assert len({code for code, _ in raised}) > 50
    assert {(code, errors.find_exit_code(code)) for code, _ in raised} == raised


def test_only_the_console_writes_to_the_streams():
    def is_output(node):
        is_stream = isinstance(node, ast.Attribute) and node.attr in {"stdout", "stderr"}
        is_print = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
        return is_stream or is_print

    writing = {name for name, tree in MODULES.items() if any(map(is_output, ast.walk(tree)))}

    # the command line sets their encoding, no more
    assert writing == {"cli", "console"}


def test_no_text_is_ever_run_and_no_object_read_back():
    """No shell, no eval, no pickle, nor a library that unpacks what it is told to."""
    modules = {"subprocess", "pickle", "marshal", "shelve", "dill", "joblib", "yaml", "pty"}
    names = {"eval", "exec", "compile", "__import__", "system", "popen", "fork"}

    def is_run(node):
        # re.compile is another of the name
        return isinstance(node, ast.Call) and (
            getattr(node.func, "id", "") in names
            or (getattr(node.func, "attr", "") in names - {"compile"})
            or getattr(node.func, "attr", "").startswith(("exec", "spawn"))
        )

    imported = {found.split(".")[0] for tree in MODULES.values() for found in find_imports(tree)}
    assert imported & modules == set()
    assert {name for name, tree in MODULES.items() if any(map(is_run, ast.walk(tree)))} == set()


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--help"], ["polars", "pandera", "xlsxwriter", "numpy", "pandas"]),
        (["--version"], ["polars", "pandera", "rich", "numpy", "pandas"]),
        (["compute", "--help"], ["polars", "pandera", "xlsxwriter"]),
        (["cards", "H20"], ["polars", "pandera", "xlsxwriter"]),
        (["compute", "2025H1"], ["pandera", "xlsxwriter", "numpy", "pandas", "altair"]),
        # of a sound file no row is examined
        (["validate", "2025H1"], ["pandera", "openpyxl", "numpy", "pandas", "fontTools"]),
    ],
    ids=" ".join,
)
def test_a_verb_loads_only_what_it_needs(arguments, absent):
    code = (
        "import sys; from cci_cli.cli import main; "
        f"code = main({arguments!r}); "
        f"loaded = [name for name in {absent!r} if name in sys.modules]; "
        "sys.exit(str(loaded) if loaded or code else 0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, check=False
    )

    assert run.returncode == 0, run.stderr.decode()
