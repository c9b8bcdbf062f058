"""What the page tells the counter of itself: what became of a text that the counter asked it to put somewhere.

Light: the counter in a terminal imports it too. Carries words of a fixed list, never a text. What breaks if it is
wrong: staff believe that a patient's numbers are gone from the clipboard.
"""

from __future__ import annotations

from typing import Final

from textual.message import Message

CLIPBOARD: Final = frozenset({"copied", "not_copied", "cleared", "not_cleared"})
"""What a page says of its browser's clipboard."""


class ClipboardTold(Message):
    """The browser has done it, or has refused: `said` is one of CLIPBOARD."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.said = said
