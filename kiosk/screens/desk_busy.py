"""What the patient sees while staff work on the visit at their side: who is busy with it, and nothing of what."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.states import DESK_STATES
from kiosk.screens.view import Setting, View


class DeskBusyView(View):
    """The same for all that staff do."""

    STEP: ClassVar[int] = 0
    """Staff may be at any of them: who came with a paper has shown neither card nor face."""
    NAME: ClassVar[str] = "desk_busy"

    def __init__(self, setting: Setting, *, card_on_reader: bool) -> None:
        super().__init__(setting)
        self._card_on_reader = card_on_reader

    def compose(self) -> ComposeResult:
        """Staff are at it; what about the card."""
        with Vertical(classes="middle"):
            yield self.say("desk_busy.title", classes="title")
            yield self.say("desk_busy.card" if self._card_on_reader else "desk_busy.wait", classes="lead")
        with Vertical(classes="answers"):
            yield self.ring_for_staff()

    def renew(self, state: Any) -> bool:
        """Nothing moves while staff go from one form to the next."""
        return isinstance(state, DESK_STATES) and getattr(state, "card_on_reader", False) == self._card_on_reader
