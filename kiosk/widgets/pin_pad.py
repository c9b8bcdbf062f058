"""The PIN pad: four digits on their way from a finger to a `PinHandle`.

Rule: digits live in one preallocated bytearray of this widget and nowhere else: not in messages, reactive attributes,
widget ids or text. The buffer is wiped when the pad completes, loses its place on the screen, or is cleared. What
breaks if this is wrong: a PIN in a log, a screenshot or a crash report (design.md §2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from textual import events
from textual.content import Content
from textual.geometry import Offset, Size
from textual.message import Message
from textual.widget import Widget

from kiosk.widgets.big_digit import BOX_HEIGHT, BOX_WIDTH, DIGIT_HEIGHT, Cells, box_rows, digit_rows
from kiosk.widgets.plain import CursorMoved, is_plain
from kiosk.widgets.prose import wrap
from reader.pin import PinHandle, wipe

LENGTH: Final = 4
"""Digits of the 利用者証明用 PIN (jpki-card.md §2)."""

_ROWS: Final = ("789", "456", "123")
_PAD_LEFT: Final = 30
"""Where the keys begin: the places for the digits are left of them."""
_LARGE_FROM: Final = Size(68, 36)
"""Columns and lines of a terminal from which the keys are drawn larger."""
_MASK: Final = "＊"
_FREE: Final = "＿"
_ZERO: Final = ord("0")
_FULL_WIDTH_ZERO: Final = ord("０")


@dataclass(frozen=True, slots=True)
class PadWords:
    """What the pad says. `typed` is the sentence of plain text, from the number of digits that are in."""

    correct: str
    typed: Callable[[int], str]
    tries_left: int | None = None
    """Drawn large beneath the places, where the look is big; None draws nothing."""


class PinPad(Widget, can_focus=True):
    """Four masked places and a pad to press. Posts `Completed` after the last digit."""

    DEFAULT_CSS = """
    PinPad { width: auto; height: auto; }
    """

    class Completed(Message):
        """Four digits were typed. They travel in the handle."""

        def __init__(self, handle: PinHandle) -> None:
            super().__init__()
            self.handle = handle

    def __init__(self, words: PadWords, *, big: bool = False, id: str | None = None) -> None:  # noqa: A002
        """`big` draws the places, and the tries left, from reversed blanks."""
        super().__init__(id=id)
        self._words = words
        self._big = big
        self._buffer = bytearray(LENGTH)
        self._typed = 0

    @property
    def typed(self) -> int:
        """How many digits are in."""
        return self._typed

    def clear(self) -> None:
        """Wipe what was typed so far."""
        wipe(self._buffer)
        self._typed = 0
        self._show()

    def _show(self) -> None:
        """Draw what changed; plain text may need another number of lines, and its cursor moves along."""
        if self.is_mounted and is_plain(self):
            self.refresh(layout=True)
            self.post_message(CursorMoved())
        else:
            self.refresh()

    def _take(self, value: int) -> None:
        """One more digit, by its value; the last one completes."""
        if self._typed >= LENGTH:
            return
        self._buffer[self._typed] = _ZERO + value
        self._typed += 1
        self._show()
        if self._typed == LENGTH:
            handle = PinHandle(self._buffer)  # wipes our buffer
            self.clear()
            if not self.post_message(self.Completed(handle)):
                handle.discard()  # the pad is going away: nobody will spend it

    def _take_back(self) -> None:
        if self._typed:
            self._typed -= 1
            self._buffer[self._typed] = 0
            self._show()

    def on_key(self, event: events.Key) -> None:
        """Digits of any width, Backspace and Delete; other keys belong to the screen."""
        if event.key in ("backspace", "delete", "minus", "hyphen"):
            event.stop()
            event.prevent_default()
            self._take_back()
            return
        character = event.character
        if character is None or len(character) != 1:
            return
        value = ord(character) - (_FULL_WIDTH_ZERO if ord(character) >= _FULL_WIDTH_ZERO else _ZERO)
        if 0 <= value <= 9:
            event.stop()
            event.prevent_default()
            self._take(value)

    def on_paste(self, event: events.Paste) -> None:
        """Nothing is ever pasted into a PIN pad."""
        event.stop()

    def on_click(self, event: events.Click) -> None:
        """A press on the drawn pad. No widget per digit: its id or label would name the digit."""
        event.stop()
        offset = event.get_content_offset(self)
        if offset is None or offset.x < _PAD_LEFT or is_plain(self):
            return
        row, column = offset.y // self._key_height, (offset.x - _PAD_LEFT) // (self._key_width + 1)
        if column > 2 or row > 3:
            return
        if row < 3:
            self._take(int(_ROWS[row][column]))
        elif column == 0:
            self._take(0)
        else:
            self._take_back()

    def on_unmount(self) -> None:
        """The screen is gone: so are the digits."""
        self.clear()

    # --- the picture ---

    @property
    def _is_large(self) -> bool:
        size = self.app.size
        return size.width >= _LARGE_FROM.width and size.height >= _LARGE_FROM.height

    @property
    def _key_height(self) -> int:
        """Lines of a key with the line of air beneath it."""
        return 4 if self._is_large else 2

    @property
    def _key_width(self) -> int:
        return 9 if self._is_large else 7

    def render(self) -> Content:
        """Masks on the left, the pad on the right: always the same picture but for the number of masks."""
        if is_plain(self):
            return Content("\n".join(wrap(self._plain_text(), self.content_size.width)))
        lines = []
        for number, left in enumerate(self._left()):
            lines.append(Content.assemble(*left, *self._keys(number)))
        return Content("\n").join(lines)

    def _plain_text(self) -> str:
        return f"{self._words.typed(self._typed)} {_MASK * self._typed}".rstrip()

    def _left(self) -> list[Cells]:
        """The lines left of the keys, each as wide as that part."""
        lines: list[Cells] = [[" " * _PAD_LEFT] for _ in range(self._height())]
        middle = max(0, 4 * self._key_height - 1 - BOX_HEIGHT) // 2
        if not self._big:
            masks = "   ".join(_MASK if place < self._typed else _FREE for place in range(LENGTH))
            lines[middle + BOX_HEIGHT // 2] = [_pad_to(f"    {masks}", _PAD_LEFT)]
            return lines
        tries = self._words.tries_left
        top = 0 if tries is not None else middle
        boxes = [list(box_rows(filled=place < self._typed)) for place in range(LENGTH)]
        for row in range(BOX_HEIGHT):
            cells: Cells = []
            for box in boxes:
                cells += [*box[row], " "]
            lines[top + row] = [*cells, " " * (_PAD_LEFT - LENGTH * (BOX_WIDTH + 1))]
        if tries is not None and 0 <= tries <= 9:
            for row, dots in enumerate(digit_rows(str(tries)), start=top + BOX_HEIGHT + 1):
                lines[row] = [" " * 10, *dots, " " * (_PAD_LEFT - 16)]
        return lines

    def _keys(self, line: int) -> Cells:
        """The keys that have a part on this line."""
        row, part = divmod(line, self._key_height)
        width = self._key_width
        last = part == self._key_height - 1  # the line of air
        if row > 3 or last:
            return []
        here = part == (self._key_height - 1) // 2
        if row < 3:
            return [
                cells for label in _ROWS[row] for cells in (((label if here else "").center(width), "reverse"), " ")
            ]
        wide = width * 2 + 1
        correct = self._words.correct if here else ""
        return [(("0" if here else "").center(width), "reverse"), " ", (_centre(correct, wide), "reverse"), " "]

    @property
    def cursor_offset(self) -> Offset:
        """Where plain text has the terminal's cursor: behind what it says."""
        from rich.cells import cell_len

        lines = wrap(self._plain_text(), max(2, self.content_size.width))
        return Offset(cell_len(lines[-1]), len(lines) - 1)

    def _height(self) -> int:
        keys = 4 * self._key_height - 1
        return max(keys, BOX_HEIGHT + 1 + DIGIT_HEIGHT) if self._big and self._words.tries_left is not None else keys

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Masks and pad."""
        return container.width if is_plain(self) else _PAD_LEFT + 3 * (self._key_width + 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Four rows of keys with air between them; one line in plain text."""
        return len(wrap(self._plain_text(), width)) if is_plain(self) else self._height()


def _pad_to(text: str, width: int) -> str:
    from rich.cells import cell_len

    return text + " " * max(0, width - cell_len(text))


def _centre(text: str, width: int) -> str:
    from rich.cells import cell_len

    free = max(0, width - cell_len(text))
    return " " * (free // 2) + text + " " * (free - free // 2)
