"""The card was read: how does the person show that it is theirs?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.events import Abandoned, PinChosen, StaffCalled
from kiosk.flow.states import CardSummary, ChoosingMethod, Trouble
from kiosk.screens.view import Setting, View
from kiosk.widgets.prose import Prose

NOTICE = timedelta(days=92)
"""A certificate that ends sooner than about three months is told (reception.md §4, step 5); the rules say the rest."""


class MethodView(View):
    """暗証番号 now; who cannot, calls staff."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "method"

    def __init__(self, setting: Setting, state: ChoosingMethod) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """The question, what should be known beforehand, and the answers."""
        with Vertical(classes="middle"):
            yield self.say("method.title", classes="title")
            yield from self._notices(self._state.card)
        with Vertical(classes="answers"):
            yield self.choice("1", "method.pin", PinChosen())
            yield self.choice("2", "method.forgotten", StaffCalled(Trouble.PIN_UNKNOWN))
            yield self.choice("9", "choice.stop", Abandoned())
            yield self.call_staff()

    def _notices(self, card: CardSummary) -> Iterator[Prose]:
        today, until = self.setting.today(), card.certificate_until
        if until is None:  # behind the PIN: nobody knows yet
            pass
        elif until < today:
            yield self.warn("method.certificate_over", classes="lead warning", day=until.isoformat())
        elif until - today <= NOTICE:
            yield self.warn("method.certificate_ends", classes="lead warning", day=until.isoformat())
        if card.attempts_left < 3:
            yield self.warn("pin.attempts_few", classes="lead warning", left=card.attempts_left)
