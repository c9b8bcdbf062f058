"""The card was read: how does the person show that it is theirs?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.events import Abandoned, PinChosen, StaffCalled
from kiosk.flow.states import ChoosingMethod, Trouble
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
            yield Prose(self._notice(self._state.card.certificate_until), classes="lead warning")
            if self._state.card.attempts_left < 3:
                yield self.say("pin.attempts_few", classes="lead warning", left=self._state.card.attempts_left)
        with Vertical(classes="answers"):
            yield self.choice("1", "method.pin", PinChosen())
            yield self.choice("2", "method.forgotten", StaffCalled(Trouble.PIN_UNKNOWN))
            yield self.choice("9", "choice.stop", Abandoned())
            yield self.call_staff()

    def _notice(self, until: date) -> str:
        today = self.setting.today()
        if until < today:
            return self.t("method.certificate_over", day=until.isoformat())
        if until - today <= NOTICE:
            return self.t("method.certificate_ends", day=until.isoformat())
        return ""
