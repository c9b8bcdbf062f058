"""The pad for the staff passcode: digits on their way from a finger to a `PinHandle`.

Rule: digits live in one preallocated bytearray of this widget and nowhere else; it is wiped when the pad completes, is
cleared, or leaves the screen. The passcode is the counter's own, never a patient's 暗証番号. What breaks if this is
wrong: a passcode in a log, a screenshot or a crash report.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Offset, Size
from textual.message import Message
from textual.widget import Widget

from kiosk.settings.passcodes import PasscodeKind
from kiosk.widgets.plain import CursorMoved, is_plain
from reader.pin import PinHandle, wipe

LONGEST: Final = PasscodeKind.STAFF.lengths.stop - 1
SHORTEST: Final = PasscodeKind.STAFF.lengths.start

_ROWS: Final = ("789", "456", "123")
_CELL: Final = 7
_KEY_HEIGHT: Final = 2
_PAD_LEFT: Final = 30
"""Where the keys begin: the masks are left of them."""
_PAD_LEFT_NARROW: Final = 20
_NARROW: Final = 70
"""Columns of a terminal below which the sheet has no room for the air between masks and keys."""
_MASK: Final = "＊"
_ZERO: Final = ord("0")
_FULL_WIDTH_ZERO: Final = ord("０")


class PasscodePad(Widget, can_focus=True):
    """Up to eight masked digits and a pad to press; Enter completes. Posts `Completed`."""

    DEFAULT_CSS = """
    PasscodePad { width: auto; height: auto; }
    """

    class Completed(Message):
        """Enough digits, and Enter. They travel in the handle."""

        def __init__(self, handle: PinHandle) -> None:
            super().__init__()
            self.handle = handle

    class TooFew(Message):
        """Enter, before there were digits enough."""

    def __init__(
        self,
        correct: str,
        enter: str,
        count_words: Callable[[int], str],
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`correct` and `enter` are the words on the keys that take a digit back and that complete.

        `count_words` says how many digits are in, for plain text.
        """
        super().__init__(id=id)
        self._count_words = count_words
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
        self._show()

    def _take(self, value: int) -> None:
        if self._typed < LONGEST:
            self._buffer[self._typed] = _ZERO + value
            self._typed += 1
            self._show()

    def _take_back(self) -> None:
        if self._typed:
            self._typed -= 1
            self._buffer[self._typed] = 0
            self._show()

    def _complete(self) -> None:
        """Too few digits are no passcode: nothing is checked and no try is spent."""
        if self._typed < SHORTEST:
            self.post_message(self.TooFew())
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
        if offset is None or offset.x < self._pad_left or is_plain(self):
            return
        row, column = offset.y // _KEY_HEIGHT, (offset.x - self._pad_left) // (_CELL + 1)
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
        """Masks on the left, the pad on the right: always the same picture but for the number of masks.

        In plain text the masks alone: digits are typed, and there is no picture to find the way in.
        """
        if is_plain(self):
            return Content(self._plain_text())
        left = ["", "", "", f"  {_MASK * self._typed}", "", "", "", ""]
        parts: list[str | tuple[str, str]] = []
        for row in range(4):
            parts.extend((_pad_to(left[row * 2], self._pad_left), *self._keys(row), "\n"))
            parts.extend((_pad_to(left[row * 2 + 1], self._pad_left), *(("\n",) if row < 3 else ())))
        return Content.assemble(*parts)

    def _keys(self, row: int) -> list[str | tuple[str, str]]:
        labels = _ROWS[row] if row < 3 else ("0", self._correct, self._enter)
        return [part for label in labels for part in ((_centre(label, _CELL), "reverse"), " ")]

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Masks and pad."""
        return container.width if is_plain(self) else self._pad_left + 3 * (_CELL + 1)

    @property
    def _pad_left(self) -> int:
        return _PAD_LEFT_NARROW if self.app.size.width < _NARROW else _PAD_LEFT

    @property
    def cursor_offset(self) -> Offset:
        """Behind what was typed, in plain text."""
        return Offset(cell_len(self._plain_text()), 0)

    def _plain_text(self) -> str:
        return f"{self._count_words(self._typed)} " + _MASK * self._typed

    def _show(self) -> None:
        self.refresh()
        if self.is_mounted and is_plain(self):
            self.post_message(CursorMoved())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Four rows of keys with air between them; one line in plain text."""
        return 1 if is_plain(self) else 4 * _KEY_HEIGHT


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
