"""From a view to text or bytes in one of the formats. No files, no terminal: ``cli`` writes.

The same view gives the same bytes on every machine; only a table for a terminal depends on its
width and colours.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from rich.box import Box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cci_cli.errors import escape_unprintable
from cci_cli.excel import open_workbook, write_rows
from cci_cli.formats import Format
from cci_cli.tabular import defuse_text, render_csv
from cci_cli.views import Lines, Sheet, View
from cci_cli.wrapping import fold_text

#: A column of text is not folded to less than this.
_LEAST_TEXT_WIDTH: Final = 10
#: Nor, where columns stand in several parts, the names of rows to less than this.
_NAME_WIDTH: Final = 32
_GAP: Final = 2

# rules above and below the table, under the header and between groups; nothing at the sides
_RULES: Final = Box("━━━━\n    \n━━━━\n    \n────\n────\n    \n━━━━\n")


def render(view: View, form: Format) -> bytes:
    """A view in a format, for a file or a pipe.

    Raises:
        SystemFailureError: E503, xlsx without its library.
    """
    match form:
        case "table":
            return render_table(view).encode()
        case "markdown":
            return _to_markdown(view.sheet).encode()
        case "json":
            return (to_json(view.document) + "\n").encode()
        case "csv":
            return render_csv(view.columns, view.records).encode()
        case "xlsx":
            return _to_xlsx(view)
        case "parquet":
            return _to_parquet(view)


def render_table(view: View, *, width: int | None = None, has_colour: bool = False) -> str:
    """The table for people, in plain text or with the colours of a terminal.

    Args:
        view: what to show.
        width: cells to keep within, with columns in several parts where there are many and all
            digits whole; null for as wide as needed.
        has_colour: whether to put in the codes for bold and dim.
    """
    sheet = view.sheet
    if isinstance(sheet, Lines):
        return "".join(escape_unprintable(line) + "\n" for line in sheet.lines)
    sizes = [_measure_column(sheet, position) for position in range(len(sheet.headers))]
    if width is not None and sum(least for least, _ in sizes) + _GAP > width:
        # in several parts there is room for names without folding them
        least, widest = sizes[0]
        sizes[0] = (max(least, min(widest, _NAME_WIDTH)), widest)
    parts = _find_parts(sizes, width)
    rooms = [_find_room([sizes[at] for at in part], width) for part in parts]
    out = io.StringIO()
    console = Console(
        file=out,
        width=max(rooms),
        force_terminal=has_colour,
        color_system="standard" if has_colour else None,
        legacy_windows=False,
        highlight=False,
        # what the surroundings say of width and colours has been weighed by the caller
        _environ={},
    )

    def print_line(text: str, style: str) -> None:
        # a title of the table itself would be folded to its width
        shown = escape_unprintable(text)
        for line in [shown] if width is None else fold_text(shown, width):
            console.print(Text(line, style=style), soft_wrap=width is None)

    print_line(sheet.title, "bold")
    for part, room in zip(parts, rooms, strict=True):
        console.print(_build_table(sheet, part, sizes), width=room)
    for note in sheet.notes:
        print_line(note, "dim")
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


def _measure_column(sheet: Sheet, position: int) -> tuple[int, int]:
    """The least and the greatest width of a column with its gap; digits are never folded."""
    cells = [*sheet.headers[position].split("\n"), *(row[position] for row in sheet.rows)]
    if position == 0:
        cells += sheet.groups
    longest = max(map(cell_len, cells))
    is_whole = position in sheet.numeric | sheet.whole
    narrowest = longest if is_whole else min(longest, _LEAST_TEXT_WIDTH)
    return narrowest + _GAP, longest + _GAP


def _find_parts(sizes: Sequence[tuple[int, int]], width: int | None) -> list[list[int]]:
    """The columns that stand side by side: all, or as many as there is room for.

    Each part begins with the first column, which says what its rows are.
    """
    parts = [[0]]
    for position in range(1, len(sizes)):
        taken = sum(sizes[at][0] for at in parts[-1]) + sizes[position][0] + _GAP
        if width is not None and taken > width and len(parts[-1]) > 1:
            parts.append([0])
        parts[-1].append(position)
    return parts


def _find_room(sizes: Sequence[tuple[int, int]], width: int | None) -> int:
    """The width that columns get: what they need, or that of the terminal."""
    if width is None:
        return sum(widest for _, widest in sizes) + _GAP
    return max(width, sum(least for least, _ in sizes) + _GAP)


def _build_table(sheet: Sheet, part: Sequence[int], sizes: Sequence[tuple[int, int]]) -> Table:
    """Some columns of a sheet as a table."""
    table = Table(
        box=_RULES,
        # with the blank that divides two columns, a gap of _GAP
        padding=(0, _GAP - 1, 0, 0),
        header_style="bold",
    )
    for position in part:
        is_numeric = position in sheet.numeric
        table.add_column(
            sheet.headers[position],
            justify="right" if is_numeric else "left",
            no_wrap=position in sheet.numeric | sheet.whole,
            min_width=sizes[position][0] - _GAP,
            overflow="fold",
        )
    for number, row in enumerate(sheet.rows):
        if sheet.groups and (number == 0 or sheet.groups[number] != sheet.groups[number - 1]):
            table.add_section()
            table.add_row(Text(escape_unprintable(sheet.groups[number]), style="bold"))
        table.add_row(*(Text(escape_unprintable(row[position])) for position in part))
    return table


def _to_markdown(sheet: Sheet | Lines) -> str:
    if isinstance(sheet, Lines):
        return "".join(f"- {escape_unprintable(line.strip())}\n" for line in sheet.lines)

    def row_text(cells: Iterable[str]) -> str:
        return "| " + " | ".join(map(_escape_markdown, cells)) + " |\n"

    headers = [header.replace("\n", " ") for header in sheet.headers]
    rules = ["---:" if position in sheet.numeric else "---" for position in range(len(headers))]
    rows: list[tuple[str, ...]] = list(sheet.rows)
    if sheet.groups:
        headers, rules = [sheet.group_header, *headers], ["---", *rules]
        rows = [(group, *row) for group, row in zip(sheet.groups, rows, strict=True)]
    return "".join(
        [
            f"**{_escape_markdown(sheet.title)}**\n\n",
            row_text(headers),
            "| " + " | ".join(rules) + " |\n",
            *map(row_text, rows),
            *(f"\n{_escape_markdown(note)}\n" for note in sheet.notes),
        ]
    )


def _escape_markdown(text: str) -> str:
    escaped = escape_unprintable(text).strip().replace("\\", "\\\\")
    for character in "|*_`<[":
        escaped = escaped.replace(character, "\\" + character)
    return escaped


def to_json(value: Any, indent: str = "") -> str:  # noqa: ANN401 - any JSON value
    """JSON in which a Decimal is a number with its own digits, ``1000.00``.

    The encoder of the standard library would send it through a binary float.
    """
    inner = indent + "  "
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping) and value:
        items = [f"{inner}{json.dumps(key)}: {to_json(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(value, list | tuple) and value:
        if all(isinstance(item, str) for item in value):
            return json.dumps(value, ensure_ascii=False)
        parts = [inner + to_json(item, inner) for item in value]
        return "[\n" + ",\n".join(parts) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def _to_xlsx(view: View) -> bytes:
    out = io.BytesIO()
    with open_workbook(out) as book:
        write_rows(book, book.add_worksheet(), view.columns, view.records)
        remarks = book.add_worksheet("notes")
        for row, text in enumerate(_find_remarks(view.sheet)):
            remarks.write_string(row, 0, defuse_text(text))
    return out.getvalue()


def _find_remarks(sheet: Sheet | Lines) -> tuple[str, ...]:
    """What a table of data alone would not say: its title, with the periods, and its notes."""
    if isinstance(sheet, Lines):
        return sheet.lines
    headers = " | ".join(header.replace("\n", " ") for header in sheet.headers)
    return (sheet.title, headers, *sheet.notes)


def _to_parquet(view: View) -> bytes:
    from cci_cli.frames import build_frame

    out = io.BytesIO()
    remarks = "\n".join(_find_remarks(view.sheet))
    build_frame(view.columns, view.records).write_parquet(out, metadata={"notes": remarks})
    return out.getvalue()
