"""What a figure measures, by its unit and the words beside it. Domain: no I/O."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from cci_cli.proofreading.lexicon import (
    BASE,
    FROM,
    GOES_ON,
    LED_GAP,
    PREVIOUS,
    REACHED,
    SINCE_BEFORE,
    STARTED,
    Unit,
    WordClass,
)
from cci_cli.proofreading.scenes import Scene, Word
from cci_cli.proofreading.tokens import Figure
from cci_cli.proofreading.values import Quantity, list_quantities
from cci_cli.proofreading.wordings import Span

#: How far behind a figure a word still belongs to it.
_BEHIND: Final = 26
_OF_NATION: Final = re.compile(
    r"\s?of (?:the )?(?:national|nation|country|countrywide|china|total|whole|all)"
)
_CARDS: Final = re.compile(r"标准卡(?!时)|(?<![a-z])standard cards?(?![ -]hour)")
_LED: Final = re.compile(r"(?:^|[，,\s])(?:降|升|增)?(?:至|到|为|达|达到|to)\s?$")
_DECIDING: Final = frozenset({"share", "provide", "pull", "rate", "rise", "fall", "change"})
_TAKEN: Final = frozenset({"占", "account for", "accounts for", "accounted for"})
_MORE: Final = r" (?:more|less|fewer|higher|lower|up|down) (?:than |on |from )"
_THAN_BEFORE: Final = re.compile(
    rf"{_MORE}(?:(?:that |it )?(?:was )?(?:in|at|of) )?(?:the )?"
    rf"(?:{PREVIOUS.pattern}|{BASE.pattern})"
)
_THAN: Final = re.compile(
    rf"(?:较|比|相比)[^，,；;。]{{0,16}}(?:{PREVIOUS.pattern}|{BASE.pattern})"
)
_LOWER: Final = re.compile(
    r"^\s?少|少(?=\s?[约近]?\s?\d)|(?<![a-z])(?:less|fewer|down) (?:than|from|on)(?![a-z])|"
    r"低于|慢于|落后|[低慢](?=\s?[约近]?\s?\d)|(?<![a-z])lag|(?<![a-z])trail"
    r"|(?:lower|slower) than|below|behind"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a figure may be.

    ``sign`` is −1 behind words of a fall; ``is_clear`` is false where no word says what it is.
    ``floor`` is where the words that belong to it begin. ``toward`` is 1 or −1 where a rise or a
    fall is said to lead to it, else 0.
    """

    unit: Unit
    quantities: tuple[Quantity, ...]
    sign: int
    is_clear: bool
    floor: int
    toward: int = 0


@dataclass(frozen=True)
class _Words:
    """The words of measure before and behind a figure, and the text that they stand in."""

    scene: Scene
    span: Span
    before: Sequence[Word]
    behind: Sequence[Word]
    floor: int
    is_led: bool = False

    @property
    def last(self) -> Word | None:
        """The one that the figure hangs on."""
        found = [word for word in self.before if word.name in _DECIDING]
        return found[-1] if found else None

    def has(self, *names: WordClass) -> bool:
        """Whether a word of some class is there."""
        return any(word.name in names for word in (*self.before, *self.behind))

    def was(self, *names: WordClass) -> bool:
        """Whether a word of some class stands before."""
        return any(word.name in names for word in self.before)

    @property
    def is_of_increment(self) -> bool:
        """Whether a bare share may be one of the increment that a clause before speaks of."""
        last = self.last
        if last is None or last.name != "share" or self.has("supply"):
            return False
        earlier = self.scene.find_words(self.scene.sentence.start, self.floor)
        nouns = [word.name for word in earlier if word.name in {"increment", "supply"}]
        # 新增供算量 is one noun
        return "increment" in nouns[-2:]

    @property
    def is_reached(self) -> bool:
        """Whether the verb of change leads to the figure: 升至."""
        last = self.last
        if last is None or last.name not in {"rise", "fall", "change"}:
            return False
        if self.is_led:
            return True
        return bool(REACHED.match(self.scene.view(last.end, self.span.start) + " "))

    @property
    def is_lower(self) -> bool:
        """Whether a distance is one downwards: 低于, behind."""
        start = max(self.span.start - 40, self.scene.sentence.start)
        return bool(_LOWER.search(self.scene.view(start, self.span.end + 40)))

    @property
    def is_since(self) -> bool:
        """Whether a distance is one from an earlier day: less than in the period before."""
        scene = self.scene
        rest = scene.view(self.span.end, scene.sentence.end)
        if _THAN_BEFORE.match(rest):
            return True
        head = scene.view(self.floor, self.span.start)
        return (
            bool(_THAN.search(head))
            and not scene.subjects_in(self.floor, self.span.start, self.span.start)[1:]
        )

    @property
    def direction(self) -> int:
        """1 where a rise leads to the figure, −1 where a fall does, else 0."""
        if not self.is_reached or self.last is None or self.was("rate"):
            return 0
        return {"rise": 1, "fall": -1}.get(self.last.name, 0)

    @property
    def is_started(self) -> bool:
        """Whether the change starts from the figure: 由…升至."""
        view = self.scene.view(
            max(self.span.start - 30, self.scene.sentence.start), self.span.start
        )
        rest = self.scene.view(self.span.end, self.scene.sentence.end)
        if FROM.search(view):
            # up to 48.30 points from 40.25
            moved = self.scene.find_words(self.scene.sentence.start, self.span.start)
            return any(word.name in {"rise", "fall", "change"} for word in moved)
        is_from = STARTED.search(view) or (SINCE_BEFORE.search(view) and not self.before)
        return bool(is_from and GOES_ON.match(rest))


def read_quantity(scene: Scene, figure: Figure, listed: Span, floor: int, ceiling: int) -> Reading:
    """What a figure measures.

    Args:
        scene: its sentence.
        figure: the figure.
        listed: the list of figures that it stands in, or itself.
        floor: where the words that may belong to it begin: its clause, or the figure before.
        ceiling: where they end.
    """
    words = _gather(scene, listed, floor, ceiling)
    if figure.unit == "none":
        return _read_bare(figure, words, floor)
    reading = _read(figure.unit, words, floor)
    return reading if reading.is_clear else _carry(scene, figure, words, floor, reading)


def _gather(scene: Scene, listed: Span, floor: int, ceiling: int) -> _Words:
    end = min(
        ceiling,
        listed.end + _BEHIND * (2 if scene.folded[listed.end : listed.end + 9].isascii() else 1),
    )
    before = scene.find_words(floor, listed.start)
    if not before and LED_GAP.fullmatch(scene.view(floor, listed.start)):
        # fell from 228.11 to: the verb stands before the other figure
        clause = scene.clause_around(listed)
        before = scene.find_words(clause.start, listed.start)
        return _Words(scene, listed, before, (), floor, is_led=True)
    return _Words(scene, listed, before, scene.find_words(listed.end, end), floor)


def _carry(scene: Scene, figure: Figure, words: _Words, floor: int, reading: Reading) -> Reading:
    """By the words of the clauses before, where its own has none."""
    clauses = [clause for clause in scene.sentence.clauses if clause.start < floor]
    # 下降 1.35 个百分点，至 29.52 %
    is_led = bool(_LED.search(scene.view(floor, words.span.start)))
    for clause in reversed(clauses):
        earlier = scene.find_words(clause.start, min(clause.end, floor))
        if any(word.name in _DECIDING or word.name == "increment" for word in earlier):
            carried = _Words(scene, words.span, earlier, (), clause.start, is_led)
            found = _read(figure.unit, carried, floor)
            return replace(found, floor=floor) if found.is_clear else reading
    return reading


def _read(unit: Unit, words: _Words, floor: int) -> Reading:
    quantities: tuple[Quantity, ...]
    sign = 1
    match unit:
        case "percent":
            quantities, sign = _read_percent(words)
        case "pp":
            quantities, sign = _read_points_of_per_cent(words)
        case "points":
            quantities, sign = _read_points(words)
        case "cards" | "card_hours" | "eflops" | "pflops":
            quantities, sign = _read_amount(words)
        case _:
            quantities = ()
    is_clear = bool(quantities)
    toward = words.direction if {"level", "share"} & set(quantities) else 0
    return Reading(unit, quantities or list_quantities(unit), sign, is_clear, floor, toward)


def _read_bare(figure: Figure, words: _Words, floor: int) -> Reading:
    """A figure without unit: points after words of a level, else per cent if words are there."""
    if words.was("level") or (
        not words.before and words.behind and words.behind[0].name == "level"
    ):
        quantities, sign = _read_points(words)
        return Reading("points", quantities or ("level",), sign, True, floor)
    head = words.scene.view(floor, words.span.start)
    if _CARDS.search(head) and figure.step == 1:
        quantities, sign = _read_amount(words)
        return Reading("cards", quantities, sign, True, floor)
    quantities, sign = _read_percent(words)
    if quantities and figure.step < 1 and not words.is_reached:
        return Reading("percent", quantities, sign, True, floor)
    return Reading("none", (), sign, False, floor)


def _read_percent(words: _Words) -> tuple[tuple[Quantity, ...], int]:
    whole: list[tuple[bool, tuple[Quantity, ...]]] = [
        (words.has("target"), ("target",)),
        (words.is_started and not words.was("rate"), ("previous_share",)),
        (words.has("increment"), ("increment_share",)),
        (words.is_of_increment, ("increment_share", "share")),
    ]
    found = next((names for holds, names in whole if holds), None)
    if found is not None:
        return found, 1
    last = words.last
    return _read_percent_behind(words) if last is None else _read_percent_of(last.name, words)


def _read_percent_of(name: WordClass, words: _Words) -> tuple[tuple[Quantity, ...], int]:
    """By the word that the figure hangs on."""
    if name in {"provide", "pull"}:
        if words.has("rise", "rate"):
            return ("increment_share",), 1
        return (("share",) if words.has("supply", "share") else ("share", "increment_share")), 1
    if name == "share" or (words.is_reached and not words.was("rate")):
        return ("share",), 1
    return ("growth",), -1 if name == "fall" else 1


def _read_percent_behind(words: _Words) -> tuple[tuple[Quantity, ...], int]:
    """``8.81 % growth``, ``29.52 % of the national supply``, 29.52%的供算量."""
    rest = words.scene.folded[words.span.end : words.span.end + 40]
    if words.was("gap"):
        # 比基准点位高 8.81 %
        return (("growth",), -1 if words.is_lower else 1) if words.is_since else ((), 1)
    first = next(iter(words.behind), None)
    near = first is not None and first.start - words.span.end <= _BEHIND
    if first is not None and near:
        if first.name in {"rate", "rise", "fall"}:
            return ("growth",), -1 if first.name == "fall" else 1
        if first.name in {"share", "provide", "supply"}:
            return ("share",), 1
    if _OF_NATION.match(rest):
        return ("share",), 1
    return (), 1


def _read_points_of_per_cent(words: _Words) -> tuple[tuple[Quantity, ...], int]:
    is_since = words.is_since and not words.was("rate")
    if words.has("target"):
        return ("target_gap",), 1
    if words.has("gap") and not is_since:
        names: tuple[Quantity, ...] = ("share_gap", "growth_gap")
        if words.has("share", "rate", "rise", "fall"):
            names = names[:1] if words.has("share") else names[1:]
        return names, -1 if words.is_lower else 1
    last = words.last or next(iter(words.behind), None)
    name = None if last is None else last.name
    # 其中华东占 4.38 个百分点: of the growth, for its share is told in per cent
    is_taken = last is not None and words.scene.folded[last.start : last.end] in _TAKEN
    quantities: tuple[Quantity, ...] = ()
    if is_since:
        quantities = ("share_change",)
    elif is_taken or words.has("pull", "provide", "increment"):
        quantities = ("contribution",)
    elif words.was("rate") and words.was("rise", "fall", "change"):
        return (), 1
    elif name in {"rise", "fall", "change", "share"}:
        quantities = ("share_change",)
    is_down = words.was("fall") if quantities == ("contribution",) else name == "fall"
    return quantities, -1 if is_down or (is_since and words.is_lower) else 1


def _read_points(words: _Words) -> tuple[tuple[Quantity, ...], int]:
    last = words.last
    if words.is_started:
        return ("previous_level",), 1
    if words.was("gap"):
        # 比上期高 88.07 点
        return ("level_change",), -1 if words.is_lower else 1
    if last is None and not words.before and not words.is_led:
        return ("level", "level_change"), 1
    if last is None or words.is_reached or last.name not in {"pull", "rise", "fall"}:
        return ("level",), 1
    # 增长放缓，点位为…: the noun behind the verb is what the figure is of
    if any(word.name == "level" and word.start > last.start for word in words.before):
        return ("level",), 1
    return ("level_change",), -1 if last.name == "fall" else 1


def _read_amount(words: _Words) -> tuple[tuple[Quantity, ...], int]:
    last = words.last
    if words.is_started:
        return ("previous_amount",), 1
    if words.was("increment"):
        return ("amount_change",), 1
    if last is not None and last.name in {"rise", "fall"} and not words.is_reached:
        if any(word.name == "supply" and word.start > last.start for word in words.before):
            return ("amount",), 1
        return ("amount_change",), -1 if last.name == "fall" else 1
    return ("amount",), 1
