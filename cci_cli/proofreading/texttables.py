"""Hold the tables of a text against the data, cell by cell. Domain: no I/O."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cci_cli.bulletin.facts import Facts
from cci_cli.definitions import did_you_mean
from cci_cli.periods import Period
from cci_cli.proofreading.days import Day
from cci_cli.proofreading.findings import Findings
from cci_cli.proofreading.lexicon import BASE, PREVIOUS, UNIT, WORDS, Unit
from cci_cli.proofreading.mentions import Mention
from cci_cli.proofreading.numerals import Numeral
from cci_cli.proofreading.tokens import Figure, Unread
from cci_cli.proofreading.values import (
    Quantity,
    When,
    find_match,
    find_values,
    list_quantities,
    list_values,
    suggest_value,
)
from cci_cli.proofreading.wordings import Placed, Span

_NUMERIC: Final = re.compile(r"\s*[-+]?\d[\d,]*(?:\.\d+)?\s?(?:%|点|points?|pp|个百分点)?\s*")
_YEAR: Final = re.compile(r"\s*(?:19|20|21)\d\d\s*")
_RULE: Final = re.compile(r"[\s|:+=-]+")
#: A header further up than this belongs to another table.
_LONGEST_GAP: Final = 3
#: 1,088.07 is one cell.
_COMMA: Final = re.compile(r",(?!\d{3}(?:[.,%\s]|$))")
_MEASURED: Final = frozenset(
    {"percent", "points", "pp", "cards", "card_hours", "eflops", "pflops", "none"}
)


@dataclass(frozen=True)
class Row:
    """A line of a table and its cells; ``number`` is that of the line."""

    number: int
    cells: tuple[Span, ...]


def find_rows(
    text: str, folded: str, lines: Sequence[Span], mentions: Mapping[int, Sequence[Mention]]
) -> list[Row]:
    """The lines of a text that are rows of tables, heads included.

    Args:
        text: the text, with its tabs.
        folded: the folded text.
        lines: all lines.
        mentions: the areas named, by line number.
    """
    found = []
    for number, line in enumerate(lines):
        cells = _split(text[line.start : line.end], folded[line.start : line.end], line.start)
        if len(cells) < 2:
            cells = _split_spaces(folded, line, mentions.get(number, ()))
        if len(cells) > 1:
            found.append(Row(number, tuple(cells)))
    return found


def _split(text: str, folded: str, start: int) -> list[Span]:
    if "\t" in text:
        return _cut(text, start, re.compile("\t"))
    if folded.count("|") > 1 or (folded.startswith("|") and folded.count("|")):
        inner = folded.rstrip().removesuffix("|")
        offset = len(inner) - len(inner.lstrip().removeprefix("|"))
        return _cut(inner[offset:], start + offset, re.compile(r"\|"))
    if folded.count(",") > 1 and not re.search(r"[，。；]|, ", folded):
        cells = _cut(folded, start, _COMMA)
        texts = [folded[cell.start - start : cell.end - start] for cell in cells]
        numeric = [bool(_NUMERIC.fullmatch(cell)) for cell in texts]
        is_head = all(len(cell) < 40 for cell in texts) and len(cells) > 2
        return cells if any(numeric) or is_head else []
    return []


def _cut(text: str, start: int, separator: re.Pattern[str]) -> list[Span]:
    edges = [(match.start(), match.end()) for match in separator.finditer(text)]
    starts = [0, *(end for _, end in edges)]
    ends = [*(begin for begin, _ in edges), len(text)]
    return [Span(start + begin, start + end) for begin, end in zip(starts, ends, strict=True)]


def _split_spaces(folded: str, line: Span, mentions: Sequence[Mention]) -> list[Span]:
    """A name and numbers with nothing but space between, as pasted from a page."""
    names = [item for item in mentions if item.areas]
    if not names:
        return []
    head, rest = folded[line.start : names[-1].end], folded[names[-1].end : line.end]
    parts = [
        Span(names[-1].end + m.start(), names[-1].end + m.end()) for m in re.finditer(r"\S+", rest)
    ]
    is_row = (
        parts
        and rest[:1].isspace()
        and all(
            _NUMERIC.fullmatch(folded[part.start : part.end])
            or folded[part.start : part.end] in _DASHES
            for part in parts
        )
    )
    if not is_row or len(head) - len(names[-1].label) > 40 or re.search(r"[，。；：:]", head):
        return []
    return [Span(line.start, names[-1].end), *parts]


_DASHES: Final = frozenset({"-", "–", "—", "/"})


@dataclass(frozen=True)
class _Beside:
    """What says of what a cell is: the cell above, the words of the row.

    ``is_first`` is true for the first of two numbers without a head: the period before.
    """

    above: Span | None
    side: Span | None
    is_first: bool


class TableCheck:
    """The rows of a text and what stands in them.

    Args:
        folded: the folded text.
        mentions: all areas named, in order.
        numerals: all numbers, in order.
        facts: the period.
        findings: where the judgements go.
    """

    def __init__(
        self,
        folded: str,
        mentions: Placed[Mention],
        numerals: Placed[Numeral],
        facts: Facts,
        findings: Findings,
    ) -> None:
        self._folded, self._facts, self._findings = folded, facts, findings
        self._mentions, self._numerals = mentions, numerals
        self._head: Row | None = None

    def check(self, rows: Sequence[Row]) -> Iterator[Numeral]:
        """Hold every row against the data; the numbers that are for sentences are handed back."""
        last = None
        for row in rows:
            if last is not None and row.number - last > _LONGEST_GAP:
                self._head = None
            last = row.number
            if not self._is_body(row):
                if not _RULE.fullmatch(self._text(Span(row.cells[0].start, row.cells[-1].end))):
                    self._head = row
                yield from self._skip_years(
                    self._within(Span(row.cells[0].start, row.cells[-1].end))
                )
                continue
            self._check_row(row)
            for cell in row.cells:
                if not _NUMERIC.fullmatch(self._text(cell)):
                    yield from self._within(cell)

    def _is_body(self, row: Row) -> bool:
        texts = map(self._text, row.cells)
        return any(_NUMERIC.fullmatch(text) and not _YEAR.fullmatch(text) for text in texts)

    def _skip_years(self, numerals: Sequence[Numeral]) -> Iterator[Numeral]:
        for item in numerals:
            if isinstance(item, Figure) and _YEAR.fullmatch(self._text(item)):
                self._findings.skip(item)
            else:
                yield item

    def _text(self, cell: Span) -> str:
        return self._folded[cell.start : cell.end]

    def _within(self, span: Span) -> list[Numeral]:
        return list(self._numerals.within(span))

    def _names(self, cell: Span | None) -> list[Mention]:
        if cell is None:
            return []
        return [item for item in self._mentions.within(cell) if item.areas]

    def _head_cell(self, row: Row, place: int) -> Span | None:
        """The cell above, counted from the right where a row has fewer cells."""
        if self._head is None:
            return None
        place += len(self._head.cells) - len(row.cells)
        return self._head.cells[place] if 0 <= place < len(self._head.cells) else None

    def _check_row(self, row: Row) -> None:
        names = [name for part in row.cells for name in self._names(part)]
        is_number = [bool(_NUMERIC.fullmatch(self._text(cell))) for cell in row.cells]
        side = next(
            (c for c, numeric in zip(row.cells, is_number, strict=True) if not numeric), None
        )
        numbers = [c for c, numeric in zip(row.cells, is_number, strict=True) if numeric]
        for place, cell in enumerate(row.cells):
            if is_number[place]:
                above = self._head_cell(row, place)
                owner = names[-1] if names else next(iter(self._names(above)), None)
                is_first = above is None and len(numbers) == 2 and cell is numbers[0]
                self._check_cell(place, cell, owner, _Beside(above, side, is_first))

    def _check_cell(self, place: int, cell: Span, owner: Mention | None, beside: _Beside) -> None:
        for item in self._numerals.within(cell):
            if isinstance(item, Unread):
                self._findings.leave(item, "W333")
            elif not isinstance(item, Figure):
                self._findings.skip(item)
            elif place == 0 and item.unit == "none" and item.step == 1 and beside.above:
                # a number in front of a row counts the rows
                self._findings.skip(item)
            elif owner is None or item.unit not in _MEASURED:
                self._leave_or_skip(item, place)
            else:
                self._judge(item, owner, beside)

    def _leave_or_skip(self, figure: Figure, place: int) -> None:
        """A number in front of a row counts the rows."""
        if place == 0 and figure.unit == "none" and figure.step == 1:
            self._findings.skip(figure)
        else:
            self._findings.leave(figure)

    def _judge(self, figure: Figure, owner: Mention, beside: _Beside) -> None:
        facts = self._facts
        head = self._text(beside.above) if beside.above else ""
        side = self._text(beside.side) if beside.side else ""
        unit, quantities = _read_head(figure, head, side)
        when = self._when(beside)
        values = [
            value
            for one, names in ([(unit, quantities)] if quantities else _guess(figure))
            for value in find_values(owner.areas, owner.label, names, one, when, facts)
        ]
        match = find_match(figure, values, facts, 1)
        if match is not None:
            is_certain = bool(quantities) and self._head is not None
            self._findings.confirm(figure, match, is_certain=is_certain)
        elif any(value.value is not None for value in values):
            hint = suggest_value(figure, values, facts)
            found = list_values([value for value in values if value.value is not None], facts)
            self._findings.refuse(
                "E430", figure, hint=hint and did_you_mean(hint), area=owner.label, found=found
            )
        else:
            self._findings.refuse(
                "E431", figure, area=owner.label, quantity="figure in this column"
            )

    def _when(self, beside: _Beside) -> When:
        facts = self._facts
        for cell in (beside.above, beside.side):
            period = self._period_of(cell) if cell else None
            if period is not None:
                return When(period, period.previous)
        if beside.is_first and facts.previous is not None:
            return When(facts.previous, facts.previous.previous)
        return When(facts.period, facts.previous)

    def _period_of(self, cell: Span) -> Period | None:
        for item in self._within(cell):
            if isinstance(item, Day) and item.period is not None:
                return item.period
        text = self._text(cell)
        if PREVIOUS.search(text):
            return self._facts.previous
        return self._facts.config.methodology.base_period if BASE.search(text) else None


def _guess(figure: Figure) -> list[tuple[Unit, tuple[Quantity, ...]]]:
    if figure.unit != "none":
        return [(figure.unit, list_quantities(figure.unit))]
    return [("points", ("level",)), ("percent", list_quantities("percent"))]


def _read_head(figure: Figure, head: str, side: str) -> tuple[Unit, tuple[Quantity, ...]]:
    """What the head of a column, else that of the row, says of a figure."""
    for text in (head, side):
        found = _read_words(figure, text)
        # 华北智能算力供算量指数 is the name of a row, not what is in it
        if found is not None and (text is head or found[1] != ("level",)):
            return found
    if figure.unit in {"none", "points"} and _OF_PERIOD.search(head):
        return "points", ("level",)
    return figure.unit, ()


_OF_PERIOD: Final = re.compile(r"\d{4}|最新|上一?期|基期|latest|previous|h[12]")


def _read_words(figure: Figure, text: str) -> tuple[Unit, tuple[Quantity, ...]] | None:
    names = {match.lastgroup for match in WORDS.finditer(text)}
    unit = next((m.lastgroup for m in UNIT.finditer(text) if m.lastgroup in _MEASURED), None)
    is_percent = figure.unit == "percent" or unit in {"percent", "pp"}
    is_change = bool(names & {"change", "rise"})
    is_growth = bool(names & {"rate", "rise"}) and (is_percent or "level" not in names)
    readings: list[tuple[bool, Unit, Quantity]] = [
        ("increment" in names, "percent", "increment_share"),
        ("share" in names and is_change, "pp", "share_change"),
        ("share" in names, "percent", "share"),
        (bool(names & {"pull", "provide"}), "pp", "contribution"),
        (is_growth and unit == "points", "points", "level_change"),
        (is_growth, "percent", "growth"),
        (unit == "cards", "cards", "amount"),
        (unit == "card_hours", "card_hours", "amount"),
        (unit == "eflops", "eflops", "amount"),
        (unit == "pflops", "pflops", "amount"),
        ("change" in names and not is_percent, "points", "level_change"),
        ("level" in names and figure.unit in {"none", "points"}, "points", "level"),
    ]
    return next(((unit, (quantity,)) for holds, unit, quantity in readings if holds), None)
