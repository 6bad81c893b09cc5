"""The colours of the figures, and what can be told of them by arithmetic. Domain: no I/O.

Hue alone tells nothing here: neighbours differ in lightness too, so that a figure holds in grey
print and for a reader who sees colours in another way.
"""

from collections.abc import Sequence
from typing import Final, Literal

WHITE: Final = "#FFFFFF"
BLACK: Final = "#000000"
INK: Final = "#1F2933"
MUTED: Final = "#5B6673"
AXIS: Final = "#A9B2BD"
GRID: Final = "#E6EAEF"
LEADER: Final = "#A9B2BD"

MAIN: Final = "#1F4E8C"
#: The nation among its regions.
APART: Final = "#8C96A4"
#: What is left of a whole.
REST: Final = "#CDD3DB"
#: No value.
NEUTRAL: Final = "#EEF1F4"

Tone = Literal["dark", "light", "mid"]
#: Fills of slices by lightness: two that touch are never of one tone.
FILLS: Final[dict[Tone, tuple[str, ...]]] = {
    "dark": (MAIN, "#1B6259", "#862B4B", "#553C7E", "#5C4A1E"),
    "light": ("#F0B64F", "#93C6E8", "#BCD08A", "#EBB3B9", "#D9C7E6"),
    "mid": ("#C4623A", "#6C8A3C", "#8E6FB5"),
}
#: Lines on white, dark and middling in turn.
LINES: Final = (
    MAIN,
    "#C8622B",
    "#17624F",
    "#8B6FC0",
    "#862B4B",
    "#2F8FBF",
    "#4A4A1C",
    "#C25B86",
)

#: From nothing to the largest value.
LEVEL_SCALE: Final = ("#EDF3FA", "#C3D9EE", "#8DB8E0", "#2F6DB0", "#123C73")
#: From a fall to a rise, with the same distance from the middle on both sides.
CHANGE_SCALE: Final = ("#1D4F91", "#7FB0DA", "#C8DDEF", "#F7F7F5", "#F8D5C0", "#EC9F80", "#A3282E")

#: What WCAG 2.2 asks of text, success criterion 1.4.3.
LEAST_CONTRAST: Final = 4.5


def find_channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#RRGGBB``, 0 to 255."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def find_luminance(colour: str) -> float:
    """Relative luminance, 0 for black and 1 for white.

    Source: WCAG 2.2, definition of relative luminance.
    """

    def to_linear(channel: int) -> float:
        ratio = channel / 255
        return ratio / 12.92 if ratio <= 0.04045 else ((ratio + 0.055) / 1.055) ** 2.4

    red, green, blue = map(to_linear, find_channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def find_contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21.

    Source: WCAG 2.2, definition of contrast ratio.
    """
    dark, light = sorted((find_luminance(one), find_luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def find_text_colour(background: str) -> str:
    """Ink, white or black: the first that can be read on a colour. One always can."""
    readable = (
        colour
        for colour in (INK, WHITE, BLACK)
        if find_contrast(colour, background) >= LEAST_CONTRAST
    )
    return next(readable)


def mix_colour(scale: Sequence[str], ratio: float) -> str:
    """The colour at a place of a scale, 0 for its first and 1 for its last colour."""
    place = min(max(ratio, 0.0), 1.0) * (len(scale) - 1)
    index = min(int(place), len(scale) - 2)
    pairs = zip(find_channels(scale[index]), find_channels(scale[index + 1]), strict=True)
    mixed = (round(old + (new - old) * (place - index)) for old, new in pairs)
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def choose_fills(are_rest: Sequence[bool]) -> tuple[str, ...]:
    """A colour for each slice of a ring, such that two that touch differ in tone.

    Args:
        are_rest: for each slice in order, whether it is what is left; that one is grey.
    """
    tones: list[Tone] = []
    for place, is_rest in enumerate(are_rest):
        near = set(tones[-1:])
        after = (place + 1) % len(are_rest)
        if are_rest[after]:
            near.add("light")
        elif after == 0 and tones:
            near.add(tones[0])
        free = (tone for tone in FILLS if tone not in near)
        tones.append("light" if is_rest else next(free))
    taken = dict.fromkeys(FILLS, 0)
    fills = []
    for tone, is_rest in zip(tones, are_rest, strict=True):
        fills.append(REST if is_rest else FILLS[tone][taken[tone] % len(FILLS[tone])])
        taken[tone] += not is_rest
    return tuple(fills)
