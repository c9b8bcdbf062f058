"""One try is left: it is spent only if the person says so (design.md §2)."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.flow.events import Back, LastTryAccepted, StaffCalled
from kiosk.flow.states import Trouble
from kiosk.screens.view import View


class LastTryView(View):
    """What happens if it is wrong, and the ways around it."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "last_try"

    def compose(self) -> ComposeResult:
        """The careful answer has the focus; the risky one needs its own key."""
        with Vertical(classes="middle"):
            yield self.warn("last_try.title")
            yield self.say("last_try.what", classes="lead")
        with Vertical(classes="answers"):
            yield self.choice("1", "last_try.go_on", LastTryAccepted())
            yield self.choice("2", "method.forgotten", StaffCalled(Trouble.PIN_UNKNOWN))
            yield self.choice("9", "choice.back", Back())
            yield self.call_staff()

    def first_focus(self) -> Widget | None:
        """Enter alone must not spend the last try."""
        return self.query_one("#choice-2")

    def press(self, key: str) -> bool:
        """Esc goes back."""
        return super().press("9" if key == "escape" else key)
