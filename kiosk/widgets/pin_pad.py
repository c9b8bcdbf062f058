"""The PIN pad: four digits on their way from a finger to a `PinHandle`.

Rule: digits live in one preallocated bytearray of this widget and nowhere else: not in messages, reactive attributes,
widget ids or text. The buffer is wiped when the pad completes, loses its place on the screen, or is cleared. What
breaks if this is wrong: a PIN in a log, a screenshot or a crash report (design.md §2).
"""

from __future__ import annotations

from typing import Final

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from reader.pin import PinHandle, wipe

LENGTH: Final = 4
"""Digits of the 利用者証明用 PIN (jpki-card.md §2)."""

_ROWS: Final = ("789", "456", "123")
_CELL: Final = 7
_KEY_HEIGHT: Final = 2
_PAD_LEFT: Final = 30
_MASK: Final = "＊"
_FREE: Final = "＿"
_ZERO: Final = ord("0")
_FULL_WIDTH_ZERO: Final = ord("０")


class PinPad(Widget, can_focus=True):
    """Four masked places and a pad to press. Posts `Completed` after the last digit."""

    DEFAULT_CSS = """
    PinPad { width: 54; height: 8; }
    """

    class Completed(Message):
        """Four digits were typed. They travel in the handle."""

        def __init__(self, handle: PinHandle) -> None:
            super().__init__()
            self.handle = handle

    def __init__(self, correct: str, *, id: str | None = None) -> None:  # noqa: A002
        """`correct` is the word on the key that takes the last digit back."""
        super().__init__(id=id)
        self._correct = correct
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
        self.refresh()

    def _take(self, value: int) -> None:
        """One more digit, by its value; the last one completes."""
        if self._typed >= LENGTH:
            return
        self._buffer[self._typed] = _ZERO + value
        self._typed += 1
        self.refresh()
        if self._typed == LENGTH:
            handle = PinHandle(self._buffer)  # wipes our buffer
            self.clear()
            if not self.post_message(self.Completed(handle)):
                handle.discard()  # the pad is going away: nobody will spend it

    def _take_back(self) -> None:
        if self._typed:
            self._typed -= 1
            self._buffer[self._typed] = 0
            self.refresh()

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
        if offset is None or offset.x < _PAD_LEFT:
            return
        row, column = offset.y // _KEY_HEIGHT, (offset.x - _PAD_LEFT) // (_CELL + 1)
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

    def render(self) -> Content:
        """Masks on the left, the pad on the right: always the same picture but for the number of masks."""
        masks = "   ".join(_MASK if place < self._typed else _FREE for place in range(LENGTH))
        left = ["", "", "", f"    {masks}", "", "", "", ""]
        parts: list[str | tuple[str, str]] = []
        for row in range(4):
            parts.extend((_pad_to(left[row * 2], _PAD_LEFT), *self._keys(row), "\n"))
            parts.extend((_pad_to(left[row * 2 + 1], _PAD_LEFT), *(("\n",) if row < 3 else ())))
        return Content.assemble(*parts)

    def _keys(self, row: int) -> list[str | tuple[str, str]]:
        if row < 3:
            return [part for label in _ROWS[row] for part in ((label.center(_CELL), "reverse"), " ")]
        wide = _CELL * 2 + 1
        return [("0".center(_CELL), "reverse"), " ", (_centre(self._correct, wide), "reverse"), " "]

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Masks and pad."""
        return _PAD_LEFT + 3 * (_CELL + 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Four rows of keys with air between them."""
        return 4 * _KEY_HEIGHT


def _pad_to(text: str, width: int) -> str:
    from rich.cells import cell_len

    return text + " " * max(0, width - cell_len(text))


def _centre(text: str, width: int) -> str:
    from rich.cells import cell_len

    free = max(0, width - cell_len(text))
    return " " * (free // 2) + text + " " * (free - free // 2)
