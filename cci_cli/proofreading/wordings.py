"""A text folded and cut into sentences and clauses, every place kept. Domain: no I/O.

Folding never changes the length: a place in the folded text is the place in the text.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, TypeVar

#: Longer ones are cut, so that what looks around in a sentence never looks far.
LONGEST_SENTENCE: Final = 600

# full-width signs, except those that end a clause: they tell a list from a number
_WIDE: Final = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；：！？"
}
_SMALL: Final = {ord(letter): ord(letter) + 32 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_WIDE_SMALL: Final = {code - 32 + 0xFF21 - 0x41 + 32: code for code in range(0x61, 0x7B)}
_MINUS: Final = dict.fromkeys((0x2212, 0xFE63, 0x2010, 0x2011), ord("-"))
_SPACES: Final = dict.fromkeys(
    (0x09, 0x0D, 0xA0, 0x202F, 0x205F, 0x3000, *range(0x2000, 0x200B), *map(ord, "*`")), ord(" ")
)
_FOLDED: Final = _WIDE | _WIDE_SMALL | _SMALL | _MINUS | _SPACES | {0xFE6A: ord("%")}

# what is no wording: addresses, tags, the insides of formulas
_MASKED: Final = re.compile(
    r"(?:https?://|www\.)[^\s)）>\]，。；、]+"
    r"|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}"
    r"|</?[a-z][^<>\n]{0,300}>"
    r"|!\[[^\]\n]{0,200}\]|_\{(?:[^{}\n]|\{[^{}\n]{0,60}\}){0,80}\}|\[\^?\d{1,3}\](?:\([^)\n]{0,300}\))?"
)
_TIMES: Final = re.compile(r"\\times(?![a-z])")
_MARKED_LINE: Final = re.compile(
    r"\s*(?:#{1,6}\s|[-+•·]\s|>|\d{1,2}[.)、](?!\d)|\([一二三四五六七八九十\d]{1,3}\)"
    r"|[一二三四五六七八九十]{1,3}、|[图表]\s*\d|(?:figure|fig\.|table)\s*\d|\|)"
)
_ENDS: Final = re.compile(
    r"[。！？!?]|(?<!vs)(?<!approx)(?<!e\.g)(?<!i\.e)(?<!no)(?<!fig)\.(?=[\"”’')]?(?:\s|$))"
)
_CLAUSE_ENDS: Final = re.compile(r"[，；;：]|,(?!\d{3}(?!\d))|:(?!\d)|——| – | — ")
_PARENS: Final = re.compile(r"\([^()\n]{0,400}\)")


def fold_text(text: str) -> str:
    """The text with small Latin letters and signs of normal width; of the same length."""
    return text.translate(_FOLDED)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text, from ``start`` up to, but without, ``end``."""

    start: int
    end: int

    def holds(self, place: int) -> bool:
        """Whether a place lies in it."""
        return self.start <= place < self.end


_Item = TypeVar("_Item", bound=Span)


class Placed(Generic[_Item]):
    """Things in the order of their places; found by place."""

    def __init__(self, items: Iterable[_Item]) -> None:
        self.all = tuple(items)
        self._starts = [item.start for item in self.all]

    def within(self, span: Span) -> tuple[_Item, ...]:
        """Those that begin in a stretch."""
        first = bisect_left(self._starts, span.start)
        return self.all[first : bisect_left(self._starts, span.end)]


@dataclass(frozen=True)
class Sentence(Span):
    """A sentence; ``clauses`` divide it up, ``parens`` lie in it.

    A clause goes on behind parentheses; what is in those has clauses of its own.
    """

    clauses: tuple[Span, ...]
    parens: tuple[Span, ...]
    inner: tuple[Span, ...]

    def paren_at(self, place: int) -> Span | None:
        """The parentheses around a place; null for none."""
        return next((paren for paren in self.parens if paren.holds(place)), None)

    def clause_at(self, place: int) -> Span:
        """The clause around a place, within its parentheses if it stands in some."""
        clauses = self.inner if self.paren_at(place) else self.clauses
        starts = [clause.start for clause in clauses]
        return clauses[max(bisect_right(starts, place) - 1, 0)]


class Wording:
    """A text as it was written and as it is read.

    ``text`` is the original, ``folded`` what patterns are held against.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        folded = _TIMES.sub("×     ", fold_text(text))
        self.folded = _MASKED.sub(lambda match: " " * len(match[0]), folded)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Where each line begins."""
        return (0, *(match.end() for match in re.finditer("\n", self.text)))

    @cached_property
    def lines(self) -> tuple[Span, ...]:
        """The lines without what ends them."""
        ends = (*(start - 1 for start in self.line_starts[1:]), len(self.text))
        return tuple(map(Span, self.line_starts, ends))

    def locate(self, place: int) -> tuple[int, int]:
        """Line and column of a place, both from 1."""
        line = bisect_right(self.line_starts, place)
        return line, place - self.line_starts[line - 1] + 1

    def cut_sentences(self, lines: Iterator[Span]) -> Iterator[Sentence]:
        """The sentences of some lines that are no rows of a table, in order.

        A line end is no end of a sentence, for pages and columns break anywhere; what begins
        with a mark, such as a heading or an item, stands for itself.
        """
        start = end = None
        was_marked = False
        for line in lines:
            if self.folded[line.start : line.end].isspace() or line.start == line.end:
                continue
            is_marked = bool(_MARKED_LINE.match(self.folded, line.start, line.end))
            # a table stands between
            is_apart = end is not None and not self.folded[end : line.start].isspace()
            if start is not None and end is not None and (is_marked or was_marked or is_apart):
                yield from self._cut(start, end)
                start = None
            start = line.start if start is None else start
            end, was_marked = line.end, is_marked
        if start is not None and end is not None:
            yield from self._cut(start, end)

    def _cut(self, start: int, end: int) -> Iterator[Sentence]:
        for match in _ENDS.finditer(self.folded, start, end):
            if match.end() > start:
                yield from self._cut_long(start, match.end())
                start = match.end()
        if self.folded[start:end].strip():
            yield from self._cut_long(start, end)

    def _cut_long(self, start: int, end: int) -> Iterator[Sentence]:
        while end - start > LONGEST_SENTENCE:
            yield self._make_sentence(start, start + LONGEST_SENTENCE)
            start += LONGEST_SENTENCE
        yield self._make_sentence(start, end)

    def _make_sentence(self, start: int, end: int) -> Sentence:
        parens = tuple(Span(*match.span()) for match in _PARENS.finditer(self.folded, start, end))
        cuts = [match.end() for match in _CLAUSE_ENDS.finditer(self.folded, start, end)]
        outer = [cut for cut in cuts if not any(paren.holds(cut - 1) for paren in parens)]
        places = sorted({start, end, *outer})
        inner: list[Span] = []
        for paren in parens:
            edges = [cut for cut in cuts if paren.start < cut < paren.end - 1]
            edges = sorted({paren.start, *edges, paren.end})
            inner += map(Span, edges, edges[1:])
        return Sentence(start, end, tuple(map(Span, places, places[1:])), parens, tuple(inner))
