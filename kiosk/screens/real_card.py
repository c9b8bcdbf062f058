"""A real person's card lies there: what is done with it, and whether its holder wants that (design.md §3)."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.flow.events import Abandoned, RealCardAccepted
from kiosk.screens.view import View


class RealCardView(View):
    """What was read, what the PIN is for, what is kept: nothing. Whoever does not agree takes the card back."""

    STEP: ClassVar[int] = 1
    NAME: ClassVar[str] = "real_card"

    def compose(self) -> ComposeResult:
        """The careful answer has the focus; to go on needs its own key."""
        with Vertical(classes="middle"):
            yield self.warn("real_card.title")
            yield self.say("real_card.what", classes="lead")
            yield self.say("real_card.kept", classes="lead")
        with Vertical(classes="answers"):
            yield self.choice("1", "real_card.go_on", RealCardAccepted())
            yield self.choice("9", "real_card.stop", Abandoned())
            yield self.call_staff()

    def first_focus(self) -> Widget | None:
        """Enter alone must not agree to anything."""
        return self.query_one("#choice-9")

    def press(self, key: str) -> bool:
        """Esc gives the card back."""
        return super().press("9" if key == "escape" else key)
