"""健康保険証利用登録 here and now (reception.md §4 step 4): offered, never pressed upon anybody."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.flow.events import Acknowledged, RegistrationAccepted, RegistrationDeclined
from kiosk.flow.states import OfferingRegistration
from kiosk.screens.view import Setting, View
from kiosk.screens.waiting import WaitingView


class RegistrationView(View):
    """Yes, no, staff. After face or 目視 it cannot be made here: staff explain."""

    STEP: ClassVar[int] = 3
    NAME: ClassVar[str] = "registration"

    def __init__(self, setting: Setting, state: OfferingRegistration) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """What it is and what follows from it; the answers."""
        possible = self._state.possible
        with Vertical(classes="middle"):
            yield self.say("registration.title", classes="title")
            yield self.say("registration.what" if possible else "registration.impossible", classes="lead")
            yield self.say("registration.declined", classes="lead quiet")
        with Vertical(classes="answers"):
            if possible:
                yield self.choice("1", "registration.yes", RegistrationAccepted())
                yield self.choice("2", "registration.no", RegistrationDeclined())
            else:
                yield self.choice("1", "choice.understood", Acknowledged())
            yield self.ring_for_staff()

    def first_focus(self) -> Widget | None:
        """Enter alone registers nobody."""
        return self.query_one("#choice-2" if self._state.possible else "#choice-1")


class RegisteringView(WaitingView):
    """It is being made."""

    STEP: ClassVar[int] = 3
    NAME: ClassVar[str] = "registering"
