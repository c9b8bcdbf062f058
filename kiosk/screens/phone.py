"""スマホ: the phone is held to its reader (reception.md §4 step 8)."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.events import Back, StaffCalled
from kiosk.flow.states import AwaitingPhone
from kiosk.screens.view import Setting, View


class PhoneView(View):
    """What the person does on the phone depends on its kind: iPhone asks for the face there, Android for a PIN here."""

    STEP: ClassVar[int] = 1
    NAME: ClassVar[str] = "phone"

    def __init__(self, setting: Setting, state: AwaitingPhone) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """Hold it there; the way back."""
        with Vertical(classes="middle"):
            yield self.say("phone.title", classes="title")
            yield self.say("phone.android" if self._state.kind == "android" else "phone.ios", classes="lead")
            yield self.say("phone.card", classes="lead quiet")
        with Vertical(classes="answers"):
            yield self.choice("9", "choice.back", Back())
            yield self.choice("0", "choice.staff", StaffCalled())

    def press(self, key: str) -> bool:
        """Esc goes back."""
        return super().press("9" if key == "escape" else key)
