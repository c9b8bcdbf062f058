"""Done: stays until the card is gone. A card left on the reader is a lost card."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.states import TakingCard
from kiosk.screens.placing import Placing
from kiosk.screens.view import Setting, View

REMINDER_SECONDS: Final = 10.0
"""How often the bell reminds of the card, where the clinic wants that."""


class TakeCardView(View):
    """Take your card."""

    STEP: ClassVar[int] = 4
    NAME: ClassVar[str] = "take_card"

    def __init__(self, setting: Setting, state: TakingCard) -> None:
        super().__init__(setting)
        self._accepted = state.reception is not None and state.reception.accepted
        self._refused = state.reception is not None and not state.reception.outcome.startswith(("OK_", "PENDING_"))

    def compose(self) -> ComposeResult:
        """Nothing of the person is shown any more."""
        with Vertical(classes="middle"):
            yield self.say("take_card.title", classes="title")
            yield self.say("take_card.wait" if self._accepted else "take_card.staff", classes="lead")
            if self._refused:
                yield self.say("answer.refused.next", classes="lead")
            if self.setting.placing is Placing.DRAWER:
                yield self.say("take_card.drawer", classes="lead quiet")
        with Vertical(classes="answers"):
            yield self.ring_for_staff()

    def on_mount(self) -> None:
        """A card that stays is a card forgotten."""
        self.set_interval(REMINDER_SECONDS, self.remind)

    def remind(self) -> None:
        """The bell, as long as the card lies there."""
        self.ring_bell("card_left")
