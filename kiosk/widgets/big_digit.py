"""Digits and boxes drawn from reversed blanks: large in every font, and no character of ambiguous width.

Cells only; what is drawn with them is the widgets' business.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

BOX_WIDTH: Final = 6
BOX_HEIGHT: Final = 3
DIGIT_HEIGHT: Final = 5
_DIGIT_WIDTH: Final = 3
_DOT: Final = 2
"""Cells of one dot: a terminal's cells are about twice as high as they are wide."""

_DIGITS: Final = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
}

Cells = list[str | tuple[str, str]]
"""Pieces of one line: text, or text and its style."""


def digit_rows(digit: str) -> Iterator[Cells]:
    """The five lines of one digit, 3 by 5 dots."""
    for row in _DIGITS[digit]:
        yield [(" " * _DOT, "reverse") if dot == "#" else " " * _DOT for dot in row]


def box_rows(*, filled: bool) -> Iterator[Cells]:
    """The three lines of a place for a digit: an empty frame, or a full block once it is typed."""
    edge: Cells = [(" " * BOX_WIDTH, "reverse")]
    yield edge
    if filled:
        yield [(" " * ((BOX_WIDTH - 2) // 2) + "＊" + " " * ((BOX_WIDTH - 2) // 2), "reverse")]
    else:
        yield [(" ", "reverse"), " " * (BOX_WIDTH - 2), (" ", "reverse")]
    yield list(edge)


def digit_width() -> int:
    """Cells of one digit."""
    return _DIGIT_WIDTH * _DOT
