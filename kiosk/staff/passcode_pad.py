"""The pad for the staff passcode: digits on their way from a finger to a `PinHandle`.

Rule: digits live in one preallocated bytearray of this widget and nowhere else; it is wiped when the pad completes, is
cleared, or leaves the screen. The passcode is the counter's own, never a patient's 暗証番号. What breaks if this is
wrong: a passcode in a log, a screenshot or a crash report.
"""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from kiosk.settings.passcodes import PasscodeKind
from reader.pin import PinHandle, wipe

LONGEST: Final = PasscodeKind.STAFF.lengths.stop - 1
SHORTEST: Final = PasscodeKind.STAFF.lengths.start

_ROWS: Final = ("789", "456", "123")
_CELL: Final = 7
_KEY_HEIGHT: Final = 2
_PAD_LEFT: Final = 30
_MASK: Final = "＊"
_ZERO: Final = ord("0")
_FULL_WIDTH_ZERO: Final = ord("０")


class PasscodePad(Widget, can_focus=True):
    """Up to eight masked digits and a pad to press; Enter completes. Posts `Completed`."""

    DEFAULT_CSS = """
    PasscodePad { width: 54; height: 8; }
    """

    class Completed(Message):
        """Enough digits, and Enter. They travel in the handle."""

        def __init__(self, handle: PinHandle) -> None:
            super().__init__()
            self.handle = handle

    def __init__(self, correct: str, enter: str, *, id: str | None = None) -> None:  # noqa: A002
        """`correct` and `enter` are the words on the keys that take a digit back and that complete."""
        super().__init__(id=id)
        self._correct = correct
        self._enter = enter
        self._buffer = bytearray(LONGEST)
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
        if self._typed < LONGEST:
            self._buffer[self._typed] = _ZERO + value
            self._typed += 1
            self.refresh()

    def _take_back(self) -> None:
        if self._typed:
            self._typed -= 1
            self._buffer[self._typed] = 0
            self.refresh()

    def _complete(self) -> None:
        """Too few digits are no passcode: nothing is checked and no try is spent."""
        if self._typed < SHORTEST:
            return
        digits = self._buffer[: self._typed]
        self.clear()
        handle = PinHandle(digits)  # wipes the piece
        if not self.post_message(self.Completed(handle)):
            handle.discard()

    def on_key(self, event: events.Key) -> None:
        """Digits of any width, Backspace, Delete and Enter; other keys belong to the screen."""
        if event.key in ("backspace", "delete", "minus", "hyphen"):
            self._take_back()
        elif event.key == "enter":
            self._complete()
        elif (value := _digit(event.character)) is not None:
            self._take(value)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Nothing is ever pasted here."""
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
        elif column == 1:
            self._take_back()
        else:
            self._complete()

    def on_unmount(self) -> None:
        """The screen is gone: so are the digits."""
        self.clear()

    def render(self) -> Content:
        """Masks on the left, the pad on the right: always the same picture but for the number of masks."""
        left = ["", "", "", f"  {_MASK * self._typed}", "", "", "", ""]
        parts: list[str | tuple[str, str]] = []
        for row in range(4):
            parts.extend((_pad_to(left[row * 2], _PAD_LEFT), *self._keys(row), "\n"))
            parts.extend((_pad_to(left[row * 2 + 1], _PAD_LEFT), *(("\n",) if row < 3 else ())))
        return Content.assemble(*parts)

    def _keys(self, row: int) -> list[str | tuple[str, str]]:
        labels = _ROWS[row] if row < 3 else ("0", self._correct, self._enter)
        return [part for label in labels for part in ((_centre(label, _CELL), "reverse"), " ")]

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Masks and pad."""
        return _PAD_LEFT + 3 * (_CELL + 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Four rows of keys with air between them."""
        return 4 * _KEY_HEIGHT


def _digit(character: str | None) -> int | None:
    if character is None or len(character) != 1:
        return None
    value = ord(character) - (_FULL_WIDTH_ZERO if ord(character) >= _FULL_WIDTH_ZERO else _ZERO)
    return value if 0 <= value <= 9 else None


def _pad_to(text: str, width: int) -> str:
    return text + " " * max(0, width - cell_len(text))


def _centre(text: str, width: int) -> str:
    free = max(0, width - cell_len(text))
    return " " * (free // 2) + text + " " * (free - free // 2)
