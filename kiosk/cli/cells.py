"""Text in terminal cells: a Japanese letter takes two. Wrapping and columns for help and tables; pure.

What breaks if it is wrong: help that runs over the edge, and tables whose columns do not meet.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_NOT_AT_LINE_START = "、。」)）]・,. ーっゃゅょァィゥェォッャュョ"
"""Letters that no line begins with (禁則処理), as far as our words need it."""
_NOT_AT_LINE_END = "「『（(["
"""Letters that no line ends with."""


def cells(text: str) -> int:
    """Terminal cells of `text`: wide and full-width letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def wrap_cells(text: str, width: int) -> list[str]:
    """Break `text` into lines of at most `width` cells: at blanks, or between wide letters; no カタカナ word is cut."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and cells(line) + cells(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line or piece.strip() else ""
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


def _pieces(text: str) -> list[str]:
    """What may not be broken: words with the blanks behind them, single wide letters with the marks around them."""
    pieces: list[str] = []
    for letter in text:
        if pieces and _holds_together(pieces[-1][-1], letter):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _holds_together(before: str, letter: str) -> bool:
    """Whether no line may end between the two."""
    if letter == " ":
        return True
    if before == " ":
        return False
    if letter in _NOT_AT_LINE_START or before in _NOT_AT_LINE_END:
        return True
    return (_narrow(before) and _narrow(letter)) or (_katakana(before) and _katakana(letter))


def _narrow(letter: str) -> bool:
    return letter != " " and unicodedata.east_asian_width(letter) not in "WF"


def _katakana(letter: str) -> bool:
    return "ァ" <= letter <= "ヺ" or letter == "ー"


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines with aligned columns, two cells apart."""
    widths = [max(cells(text) for text in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(text + " " * (width - cells(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def hanging(start: str, text: str, width: int) -> list[str]:
    """The text behind `start`, broken at `width` cells so that later lines begin below the text."""
    first, *rest = wrap_cells(text, width - cells(start))
    return [start + first, *(" " * cells(start) + line for line in rest)]
