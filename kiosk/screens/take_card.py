"""Over: stays until the card is gone. A card left on the reader is a lost card."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.states import Stage, TakingCard
from kiosk.screens.placing import Placing
from kiosk.screens.view import Setting, View

REMINDER_SECONDS: Final = 10.0
"""How often the bell reminds of the card, where the clinic wants that."""


class TakeCardView(View):
    """Take your card."""

    NAME: ClassVar[str] = "take_card"

    def __init__(self, setting: Setting, state: TakingCard) -> None:
        super().__init__(setting)
        self._accepted = state.reception is not None and state.reception.accepted
        self._stage = state.stage
        self._consented = state.consented
        self._refused = state.reception is not None and not state.reception.outcome.startswith(("OK_", "PENDING_"))

    def compose(self) -> ComposeResult:
        """Nothing of the person is shown any more."""
        with Vertical(classes="middle"):
            yield self.say("take_card.title", classes="title")
            if self._stage is not Stage.DONE:
                yield self.warn("take_card.not_received", classes="lead warning")
                yield self.say("answer.refused.next" if self._refused else "take_card.ask_staff", classes="lead")
            else:
                yield self.say("take_card.wait" if self._accepted else "take_card.staff", classes="lead")
            if self.setting.placing is Placing.DRAWER:
                yield self.say("take_card.drawer", classes="lead quiet")
        with Vertical(classes="answers"):
            yield self.ring_for_staff()

    @property
    def step(self) -> int:
        """As far as the visit came: who gave it up is not to read that all is done."""
        return self._stage

    @property
    def steps_left_out(self) -> frozenset[int]:
        """Consent, where it was never asked."""
        done = self._stage is Stage.DONE and not self._consented
        return frozenset({int(Stage.CONSENT)}) if done else frozenset()

    def on_mount(self) -> None:
        """A card that stays is a card forgotten."""
        self.set_interval(REMINDER_SECONDS, self.remind)

    def remind(self) -> None:
        """The bell, as long as the card lies there."""
        self.ring_bell("card_left")
