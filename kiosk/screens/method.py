"""The card was read: how does the person show that it is theirs (reception.md §4 step 3)?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.events import Abandoned, StaffCalled, WayChosen
from kiosk.flow.facts import Way
from kiosk.flow.states import CardSummary, ChoosingMethod, Trouble
from kiosk.screens.view import Setting, View
from kiosk.widgets.prose import Prose

NOTICE = timedelta(days=92)
"""A certificate that ends sooner than about three months is told (reception.md §4, step 5); the rules say the rest."""


class MethodView(View):
    """暗証番号 `1`, 顔認証 `2`, who knows none `3`: always the same keys, as many as this card has ways."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "method"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("9", "choice.stop"),)

    def __init__(self, setting: Setting, state: ChoosingMethod) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """The question, what should be known beforehand, and the answers."""
        ways = self._state.card.ways
        with Vertical(classes="middle"):
            yield self.say("method.title", classes="title")
            yield from self._notices(self._state.card)
        with Vertical(classes="answers"):
            if Way.PIN in ways:
                yield self.choice("1", "method.pin", WayChosen(Way.PIN))
            if Way.FACE in ways:
                yield self.choice("2", "method.face", WayChosen(Way.FACE))
            if Way.PIN in ways:
                yield self.choice("3", "method.forgotten", StaffCalled(Trouble.PIN_UNKNOWN))
            yield self.call_staff()

    def _notices(self, card: CardSummary) -> Iterator[Prose]:
        today, until = self.setting.today(), card.certificate_until
        if until is None:  # behind the PIN: nobody knows yet
            pass
        elif until < today:
            yield self.warn("method.certificate_over", classes="lead warning", day=self.day(until))
        elif until - today <= NOTICE:
            yield self.warn("method.certificate_ends", classes="lead warning", day=self.day(until))
        if card.face_only:
            yield self.say("method.no_pin", classes="lead")
        elif card.attempts_left == 0:
            yield self.warn("method.pin_locked", classes="lead warning")
        elif card.attempts_left < 3:
            yield self.warn("pin.attempts_few", classes="lead warning", left=card.attempts_left)

    def press(self, key: str) -> bool:
        """9 ends the visit. Not Esc: it is pressed to close a sheet, and once too often ends nothing."""
        if key == "9":
            self.send(Abandoned())
            return True
        return super().press(key)
