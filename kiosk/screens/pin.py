"""Asks for the four digits. The pad owns them; this screen sees a handle and the number of tries."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Center, Vertical
from textual.widget import Widget

from kiosk.flow.events import Back, PinEntered, StaffCalled
from kiosk.flow.states import EnteringPin
from kiosk.screens.last_try import LastTryView
from kiosk.screens.messages import FlowEvent
from kiosk.screens.view import Setting, View
from kiosk.widgets.pin_pad import PadWords, PinPad


class PinView(View):
    """The PIN pad. `0` is a digit here, so staff are called with `/`, and another way is taken with `*`."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "pin"

    def __init__(self, setting: Setting, state: EnteringPin) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """The question, the tries left in words, the pad, and the ways around it."""
        left = self._state.attempts_left
        look = self.setting.look
        with Vertical(classes="middle"):
            if self._state.rejected_once:
                yield self.warn("pin.rejected")
            else:
                yield self.say("pin.title", classes="title")
            if left == 1:
                yield self.warn("pin.last", classes="lead warning")
            else:
                yield self.say("pin.attempts", classes="lead", left=left)
            with Center():
                yield PinPad(
                    PadWords(self.t("pin.correct"), lambda typed: self.t("pin.typed", typed=typed), left),
                    big=look.big,
                    id="pin-pad",
                )
        with Vertical(classes="answers"):
            yield self.choice("asterisk", "pin.other_way", Back())
            yield self.choice("slash", "choice.staff", StaffCalled())

    def first_focus(self) -> Widget | None:
        """Digits go to the pad at once."""
        return self.query_one(PinPad)

    def was_typed_for(self, event: events.Event, behind: View) -> bool:
        """A digit right behind the answer that leads here. The last try: only where its warning was answered."""
        if behind.setting.visit != self.setting.visit:
            return False
        is_warned = self._state.attempts_left > 1 or isinstance(behind, LastTryView)
        return is_warned and isinstance(event, events.Key) and event.key.isdecimal()

    def press(self, key: str) -> bool:
        """Esc goes back as well; + does on a number pad what * does."""
        return super().press("asterisk" if key in ("escape", "plus") else key)

    @on(PinPad.Completed)
    def _submit(self, message: PinPad.Completed) -> None:
        """Parents hear our vocabulary, not the pad's."""
        message.stop()
        if not self.tell(FlowEvent(self.setting.visit, PinEntered(message.handle), by_key=True)):
            message.handle.discard()
