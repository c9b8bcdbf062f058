"""Sentences on the screen: Japanese broken where Japanese may be broken, at any width.

Rule: text is shown as it is, never as markup: a bracket in an insurer's name is a bracket.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len, get_character_cell_size
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from kiosk.steering import harmless

_NEVER_FIRST = frozenset("、。，．・：；？！」』）】〉》ーゝ々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.;:?!)]%")
_NEVER_LAST = frozenset("「『（【〈《([")

_COMMAS: Final = "、，。"
_MOVABLE: Final = 20
"""Cells of a phrase that rather begins the next line than is parted. Our sentences have blanks between phrases."""
_ORPHAN: Final = 4
"""Cells of a last line that is too short to stand alone."""


def wrap(text: str, width: int) -> list[str]:
    """The lines of `text` in at most `width` cells each; line feeds in it stay.

    Wide characters may part anywhere but before closing marks and after opening ones (JIS X 4051, the common part);
    Latin words and numbers stay whole where they fit. What steers a terminal is written by its number.
    """
    width = max(width, 2)
    return [
        line
        for paragraph in harmless(text).split("\n")
        for line in _without_orphan(list(_wrap_paragraph(paragraph, width)), paragraph, width)
    ]


def _wrap_paragraph(paragraph: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _pieces(paragraph):
        if cell_len(line) + cell_len(piece.rstrip()) <= width:
            line += piece
            continue
        kept, carried = _at_a_blank(line)
        if kept.strip():
            yield kept.rstrip()
        line = carried + (piece if carried else piece.lstrip(" "))
        while cell_len(line) > width:  # one piece longer than the line: cut it where it ends
            head = _head(line, width)
            yield head
            line = line[len(head) :]
    yield line.rstrip()


def _without_orphan(lines: list[str], paragraph: str, width: int) -> list[str]:
    """One or two characters never stand alone on the last line: the end of the line above goes with them.

    A phrase after a blank is left as it is: it is a word of its own. No katakana word is parted where that can be.
    """
    if len(lines) < 2 or not 0 < cell_len(lines[-1]) <= _ORPHAN or not paragraph.endswith(lines[-2] + lines[-1]):
        return lines
    *earlier, above, last = lines
    pieces = list(_pieces(above))
    tails = [(begin, "".join(pieces[begin:])) for begin in range(len(pieces) - 1, 0, -1)]
    movable = [(begin, tail) for begin, tail in tails if 2 * _ORPHAN < cell_len(tail + last) <= min(_MOVABLE, width)]
    whole = [(at, tail) for at, tail in movable if not (_is_katakana(pieces[at - 1][-1]) and _is_katakana(tail[0]))]
    for begin, tail in (*whole, *movable):
        return [*earlier, "".join(pieces[:begin]).rstrip(), tail + last]
    return lines


def _is_katakana(character: str) -> bool:
    return "ァ" <= character <= "ヿ"


def _at_a_blank(line: str) -> tuple[str, str]:
    """What stays on a full line and what goes on to the next: the last phrase, where it is short enough to move.

    A phrase begins after a blank or after a comma of its own width.
    """
    text = line.rstrip()
    if line.endswith(" "):
        return line, ""
    begin = max(text.rfind(" "), *(text.rfind(comma) for comma in _COMMAS)) + 1
    head, tail = text[:begin], text[begin:]
    if head.strip() and tail and cell_len(tail) <= _MOVABLE:
        return head.rstrip(" "), tail
    return line, ""


def _head(text: str, width: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += get_character_cell_size(character)
        if used > width:
            return text[: max(index, 1)]
    return text


def _pieces(paragraph: str) -> Iterator[str]:
    """The parts between which a line may end."""
    piece = ""
    for character in paragraph:
        if piece and _may_part(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_part(before: str, after: str) -> bool:
    if after in _NEVER_FIRST or before in _NEVER_LAST or after == " ":
        return False
    return before == " " or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


class Prose(Widget):
    """One or more sentences, wrapped to the width they get; as high as they need."""

    DEFAULT_CSS = """
    Prose { width: 1fr; height: auto; }
    """

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._text = text

    @property
    def text(self) -> str:
        """The sentences as they were given."""
        return self._text

    def say(self, text: str) -> None:
        """Show other sentences."""
        if text != self._text:
            self._text = text
            self.refresh(layout=True)

    def render(self) -> Content:
        """The sentences at the present width."""
        return Content("\n".join(wrap(self._text, self.content_size.width)))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The longest line before wrapping."""
        return max((cell_len(line) for line in harmless(self._text).split("\n")), default=0)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Lines at this width; nothing to say takes no room."""
        return len(wrap(self._text, width)) if self._text else 0
