"""目視確認: staff compare the face with the card's photo and type the facility passcode (reception.md §4 step 3b).

It is not the card's PIN: the screen says so to both, and who types it. The pad owns the digits.
"""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Center, Vertical
from textual.widget import Widget

from kiosk.flow.events import Back, PasscodeEntered, StaffCalled
from kiosk.flow.states import VouchingByEye
from kiosk.screens.messages import FlowEvent
from kiosk.screens.view import Setting, View
from kiosk.widgets.pin_pad import PadWords, PinPad
from kiosk.widgets.prose import Prose


class PasscodeView(View):
    """The same pad, for staff. While it has to be waited after wrong ones, the pad is away and seconds are counted."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "passcode"
    OTHER_LANGUAGES: ClassVar[bool] = False

    def __init__(self, setting: Setting, state: VouchingByEye) -> None:
        super().__init__(setting)
        self._state = state
        self._until = setting.clock() + state.wait_seconds
        self._waiting = state.wait_seconds > 0

    def compose(self) -> ComposeResult:
        """What staff do, how it stands, the pad, and the ways around it."""
        setting = self.setting
        with Vertical(classes="middle"):
            if self._state.rejected_once:
                yield self.warn("passcode.rejected")
            else:
                yield self.say("passcode.title", classes="title")
            yield self.say("passcode.what", classes="lead")
            yield Prose(self._standing(), id="standing", classes="lead")
            with Center():
                pad = PinPad(
                    PadWords(self.t("pin.correct"), lambda typed: self.t("pin.typed", typed=typed)),
                    big=setting.look.big,
                    id="passcode-pad",
                )
                pad.display = not self._waiting and not self._state.checking
                yield pad
        with Vertical(classes="answers"):
            yield self.choice("asterisk", "passcode.back", Back())
            yield self.choice("slash", "choice.staff", StaffCalled())

    def on_mount(self) -> None:
        """The wait counts down by itself."""
        self.set_interval(0.5, self.count_down)

    def count_down(self) -> None:
        """Say how long it has to be waited, and bring the pad back afterwards."""
        if not self._waiting:
            return
        self._waiting = self.setting.clock() < self._until
        self.query_one("#standing", Prose).say(self._standing())
        if not self._waiting:
            pad = self.query_one(PinPad)
            pad.display = True
            self.screen.set_focus(pad)

    def _standing(self) -> str:
        """One line: being checked, to be waited for, tries left, or the passcode where it is one for practice."""
        if self._state.checking:
            return self.t("passcode.checking")
        if self._waiting:
            return self.t("passcode.wait", seconds=max(1, round(self._until - self.setting.clock())))
        if self.setting.practice_passcode:  # of it no wrong one is counted
            return self.t("passcode.practice", digits=self.setting.practice_passcode)
        if self._state.tries_left is not None:
            return self.t("passcode.tries", left=self._state.tries_left)
        return ""

    def first_focus(self) -> Widget | None:
        """Digits go to the pad at once, where it is there."""
        pad = self.query_one(PinPad)
        return pad if pad.display else next(self.choices(), None)

    def press(self, key: str) -> bool:
        """Esc goes back as well."""
        return super().press("asterisk" if key in ("escape", "plus") else key)

    def renew(self, state: Any) -> bool:
        """While it is being checked the picture stays where it is."""
        if not isinstance(state, VouchingByEye) or not state.checking or self._waiting:
            return False
        self._state = state
        self.query_one("#standing", Prose).say(self._standing())
        return True

    @on(PinPad.Completed)
    def _submit(self, message: PinPad.Completed) -> None:
        message.stop()
        if not self.tell(FlowEvent(self.setting.visit, PasscodeEntered(message.handle), by_key=True)):
            message.handle.discard()
