"""Asks for the four digits. The pad owns them; this screen sees a handle and the number of tries."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Center, Vertical
from textual.widget import Widget

from kiosk.flow.events import Back, PinEntered, StaffCalled
from kiosk.flow.states import EnteringPin, Trouble
from kiosk.screens.messages import FlowEvent
from kiosk.screens.view import Setting, View
from kiosk.widgets.pin_pad import PinPad


class PinView(View):
    """The PIN pad. `0` is a digit here, so staff are called with `/`."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "pin"

    def __init__(self, setting: Setting, state: EnteringPin) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """The question, the tries left in words, the pad, and the ways around it."""
        left = self._state.attempts_left
        with Vertical(classes="middle"):
            if self._state.rejected_once:
                yield self.warn("pin.rejected")
            else:
                yield self.say("pin.title", classes="title")
            yield self.say("pin.last" if left == 1 else "pin.attempts", classes="lead", left=left)
            with Center():
                yield PinPad(self.t("pin.correct"), id="pin-pad")
        with Vertical(classes="answers"):
            yield self.choice("asterisk", "method.forgotten", StaffCalled(Trouble.PIN_UNKNOWN))
            yield self.choice("escape", "choice.back", Back())
            yield self.choice("slash", "choice.staff", StaffCalled())

    def first_focus(self) -> Widget | None:
        """Digits go to the pad at once."""
        return self.query_one(PinPad)

    @on(PinPad.Completed)
    def _submit(self, message: PinPad.Completed) -> None:
        """Parents hear our vocabulary, not the pad's."""
        message.stop()
        if not self.tell(FlowEvent(self.setting.visit, PinEntered(message.handle), by_key=True)):
            message.handle.discard()
