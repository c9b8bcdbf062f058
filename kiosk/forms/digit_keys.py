"""Digits on the screen for whoever has a mouse or a finger only: they go into the field that has the focus.

Rule: the keys never take the focus, and their messages name no digit; what they type is told by a call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

ERAS: Final = ("令", "平", "昭", "大")
"""Eras of living people's days, newest first."""


class KeyCap(Static, can_focus=False):
    """One key."""

    DEFAULT_CSS = """
    KeyCap { width: auto; height: 1; padding: 0 1; margin-right: 1; background: $panel; color: $foreground; }
    KeyCap:hover { background: $block-cursor-background; color: $block-cursor-foreground; }
    """

    def __init__(self, label: str, act: Callable[[], None], *, id: str, classes: str = "") -> None:  # noqa: A002
        super().__init__(label, id=id, classes=classes, markup=False)
        self._act = act

    def on_click(self, event: events.Click) -> None:
        """The key is pressed."""
        event.stop()
        self._act()


class DigitKeys(Horizontal):
    """A row of keys. `typed` gets a character, `taken_back` and `moved_on` are what they say."""

    DEFAULT_CSS = """
    DigitKeys { width: 1fr; height: 1; }
    /* A full-width character is as wide as a digit's key nearly: so the row fits beside 今日の受付 at 100 columns. */
    DigitKeys .era { display: none; padding: 0; }
    DigitKeys.-day .era { display: block; }
    DigitKeys.-off .character { visibility: hidden; }
    """

    def __init__(
        self,
        *,
        typed: Callable[[str], None],
        taken_back: Callable[[], None],
        moved_on: Callable[[], None],
        back_label: str,
        on_label: str,
    ) -> None:
        super().__init__(id="digit-keys")
        self._typed = typed
        self._taken_back = taken_back
        self._moved_on = moved_on
        self._back_label = back_label
        self._on_label = on_label

    def compose(self) -> ComposeResult:
        """Digits, eras where a day is typed, one back, and on."""
        for digit in "1234567890":
            yield KeyCap(digit, lambda digit=digit: self._typed(digit), id=f"cap-{digit}", classes="character")  # type: ignore[misc]
        for place, era in enumerate(ERAS):
            yield KeyCap(era, lambda era=era: self._typed(era), id=f"cap-era-{place}", classes="era")  # type: ignore[misc]
        yield KeyCap(self._back_label, self._taken_back, id="cap-back", classes="character")
        yield KeyCap(self._on_label, self._moved_on, id="cap-on")

    def serve(self, *, digits: bool, day: bool) -> None:
        """Which field has the focus: one for digits, one for a day, or neither."""
        self.set_class(day, "-day")
        self.set_class(not digits and not day, "-off")
