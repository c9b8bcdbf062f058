"""The door of the staff side: asks for the staff passcode above the patient's screen and knows nothing else.

Nothing of the desk exists yet while this is shown. The check runs on a thread. What breaks if it is wrong: the day's
visits open to whoever presses F4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Center, Vertical
from textual.screen import ModalScreen
from textual.worker import Worker

from kiosk.settings.passcodes import Checked, PasscodeFileError, PasscodeNotSetError
from kiosk.staff.interfaces import StaffPasscode
from kiosk.staff.passcode_pad import PasscodePad
from kiosk.staff.styles import STYLES
from kiosk.widgets.prose import Prose
from kiosk.words import Words
from reader.pin import PinHandle

PATIENCE_SECONDS: Final = 30
"""So long it stands without a key."""


class LockPrompt(ModalScreen[bool]):
    """Ends with True where the passcode was right. Esc and F4 go back to the patient's side."""

    CSS = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [("escape,f4", "give_up")]

    def __init__(self, words: Words, passcode: StaffPasscode, refused: Callable[[], None], wait_seconds: int) -> None:
        """`refused` is told of every wrong passcode; `wait_seconds` is how long no try counts yet."""
        super().__init__()
        self._words = words
        self._passcode = passcode
        self._refused = refused
        self._wait = wait_seconds
        self._checking = False
        self._typed: PinHandle | None = None
        self._idle = 0
        """Seconds since the last key: an unattended door gives the patient's screen back."""

    def compose(self) -> ComposeResult:
        """What for, the pad, how it stands."""
        with Vertical(classes="sheet"):
            yield Prose(self._words.text("side.lock.title"), classes="title")
            yield Prose(self._words.text("side.lock.what"), classes="lead")
            with Center():
                yield PasscodePad(self._words.text("side.lock.correct"), self._words.text("side.lock.enter"))
            yield Prose(self._state(), id="lock-state", classes="lead")

    def on_mount(self) -> None:
        """Digits go to the pad; a wait is counted down in words."""
        self.set_focus(self.query_one(PasscodePad))
        self.set_interval(1.0, self._second)

    def _state(self) -> str:
        if self._checking:
            return self._words.text("side.lock.checking")
        if self._wait > 0:
            return f"! {self._words.text('side.lock.wait', seconds=self._wait)}"
        return self._words.text("side.lock.enter_to_finish")

    def _second(self) -> None:
        if self._wait > 0:
            self._wait -= 1
            self._say(self._state())
        self._idle += 1
        if self._idle >= PATIENCE_SECONDS and not self._checking:
            self.action_give_up()

    async def on_event(self, event: events.Event) -> None:
        """Every key and the mouse."""
        if isinstance(event, events.InputEvent):
            self._idle = 0
        await super().on_event(event)

    def _say(self, sentence: str) -> None:
        self.query_one("#lock-state", Prose).say(sentence)

    @on(PasscodePad.Completed)
    def _completed(self, message: PasscodePad.Completed) -> None:
        message.stop()
        if self._checking or self._wait > 0:
            message.handle.discard()
            return
        self._checking = True
        self._say(self._state())
        self._typed = message.handle
        self._begin(message.handle)

    def _begin(self, handle: PinHandle) -> Worker[None]:
        return self.run_worker(partial(self._check, handle), name="staff passcode")

    def on_unmount(self) -> None:
        """What nobody compared any more is wiped."""
        if self._typed is not None:
            self._typed.discard()

    async def _check(self, handle: PinHandle) -> None:
        try:
            checked = await asyncio.to_thread(self._compare, handle)
        except PasscodeNotSetError:
            self.dismiss(True)  # it was taken away meanwhile: there is nothing to ask for
            return
        except PasscodeFileError as error:
            self._checking = False
            self._say(f"! {self._words.text('side.lock.file', path=error.path)}")
            return
        except OSError:
            self._checking = False
            self._say(f"! {self._words.text('side.lock.disk')}")
            return
        self._checking = False
        if checked.accepted:
            self.dismiss(True)
            return
        self._wait = checked.wait_seconds
        self._refused()
        wrong = self._words.text("side.lock.wrong", left=checked.tries_left)
        self._say(self._state() if self._wait > 0 else f"! {wrong}")

    def _compare(self, handle: PinHandle) -> Checked:
        with handle.spend() as digits:
            return self._passcode.check(digits)

    def on_click(self, event: events.Click) -> None:
        """Beside the sheet: as Esc."""
        if event.widget is self:
            event.stop()
            self.action_give_up()

    def action_give_up(self) -> None:
        """Back to the patient's side."""
        self.dismiss(False)
