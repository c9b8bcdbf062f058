"""The one thing that leaves the counter by a clipboard: an answer as text, asked for by staff, and taken back again.

The text is kept nowhere here; only when it has to be cleared. What breaks if it is wrong: one patient's numbers are
pasted into another's record (reception.md §10).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

BLANK: Final = " "
"""What takes the place of the text where an empty one changes nothing."""


class StaffClipboard:
    """Puts a text into the terminal's clipboard (OSC 52) and overwrites it after `seconds`.

    Overwritten with a blank first and emptied then: a multiplexer such as tmux ignores an empty text, and a terminal
    that takes it has nothing left. A terminal never tells back whether it did; a page does (`told`).
    """

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float], seconds: float) -> None:
        self._write = write
        self._clock = clock
        self._seconds = seconds
        self._until: float | None = None
        self._on_top = False
        """When the newest text was put there, an earlier one of ours was in it."""
        self._left_behind = False
        """A page has said that it could not clear it yet."""

    @property
    def holds(self) -> bool:
        """Whether something of ours may still be in it."""
        return self._until is not None

    @property
    def seconds_left(self) -> int:
        """Until it is cleared; 0 where there is nothing."""
        return 0 if self._until is None else max(0, round(self._until - self._clock()))

    def put(self, text: str) -> None:
        """Put it there; the time begins anew."""
        self._on_top = self.holds
        self._write(text)
        self._until = self._clock() + self._seconds

    def tick(self) -> None:
        """Clear it when its time is over."""
        if self._until is not None and self._clock() >= self._until:
            self.clear()

    def clear(self) -> None:
        """Clear it now: at the lock and at the visit's end. Does nothing where nothing of ours is in it."""
        if self._until is not None:
            self._write(BLANK)
            self._write("")
            self._until = None

    def told(self, said: str) -> str:
        """What a page says of its browser's clipboard: copied, not_copied, cleared or not_cleared.

        The id of the sentence that staff have to read, "" where there is none: what they were told is true.
        """
        match said:
            case "not_copied":
                if self._on_top:  # the earlier text is still in it, and would be taken for the new one
                    self.clear()
                self._until = None
                return "side.clipboard.not_copied"
            case "not_cleared":
                self._left_behind = True
                return "side.clipboard.not_cleared"
            case "cleared" if self._left_behind:
                self._left_behind = False
                return "side.clipboard.cleared"
            case "copied":
                self._left_behind = False
        return ""
