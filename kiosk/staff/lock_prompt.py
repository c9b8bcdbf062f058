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
from textual.worker import Worker

from kiosk.screens.messages import ThoughtOver
from kiosk.screens.overlays import Overlay
from kiosk.screens.while_shown import while_shown
from kiosk.settings.passcodes import Checked, PasscodeFileError, PasscodeNotSetError
from kiosk.staff.interfaces import StaffPasscode
from kiosk.staff.passcode_pad import PasscodePad
from kiosk.staff.styles import STYLES
from kiosk.widgets.plain import PLAIN, CursorMoved, place_cursor
from kiosk.widgets.prose import Prose
from kiosk.words import Words
from reader.pin import PinHandle

PATIENCE_SECONDS: Final = 30
"""So long it stands without a key."""
_GIVES_UP: Final = ("escape", "f4", "asterisk")


class LockPrompt(Overlay[bool]):
    """Ends with True where the passcode was right. Esc, F4 and `*` go back to the patient's side."""

    CSS = STYLES
    ABOUT = "side-lock"
    EVERYWHERE = "side.help.everywhere"
    BINDINGS: ClassVar[list[BindingType]] = [(",".join(_GIVES_UP), "give_up")]

    def __init__(self, words: Words, passcode: StaffPasscode, refused: Callable[[], None]) -> None:
        """`refused` is told of every wrong passcode, on the thread that compared it, whoever still looks at the door.

        It stands from the moment of the knock: no later key is the patient's, also while nobody knows yet whether there
        is a passcode at all (`looked`).
        """
        super().__init__(words)
        self._passcode = passcode
        self._refused = refused
        self._wait = 0
        self._looking = True
        self._checking = False
        self._typed: PinHandle | None = None
        self._idle = 0
        """Seconds since the last key: an unattended door gives the patient's screen back."""
        self.timed_out = False
        """It went because nobody pressed a key."""

    def compose(self) -> ComposeResult:
        """What for, the pad, how it stands."""
        with Vertical(classes="sheet"):
            yield Prose(self._words.text("side.lock.title"), classes="title")
            yield Prose(self._words.text("side.lock.what"), classes="lead")
            with Center():
                text = self._words.text
                correct, enter = text("side.lock.correct"), text("side.lock.enter")
                yield PasscodePad(correct, enter, lambda typed: text("side.lock.typed", typed=typed))
            yield Prose(self._state(), id="lock-state", classes="lead")

    def on_mount(self) -> None:
        """Digits go to the pad; a wait is counted down in words."""
        pad = self.query_one(PasscodePad)
        self.set_class(self.app.screen_stack[0].has_class(PLAIN), PLAIN)
        pad.refresh(layout=True)
        self.set_focus(pad)
        self.call_after_refresh(place_cursor, self, pad)
        self.set_interval(1.0, self._second)

    def looked(self, wait_seconds: int) -> None:
        """There is a passcode, and no try counts for `wait_seconds`. What was typed meanwhile is checked now."""
        self._looking = False
        self._wait = wait_seconds
        typed = self._typed
        if typed is not None and self._wait <= 0:
            self._checking = True
            self._begin(typed)
        elif typed is not None:
            self._typed = None
            typed.discard()
        if self.is_mounted:
            self._say(self._state())
        self._keys_go_on()

    def lets_wait(self, key: str) -> bool:
        """While the disk looks the passcode up, and while it is compared: the key is the pad's, or the staff side's."""
        return (self._looking or self._checking) and key not in _GIVES_UP

    def ponders(self, key: str) -> bool:
        """Enter has a passcode compared, which this hears of from its pad."""
        return key == "enter"

    def on_key(self, event: events.Key) -> None:
        """A key that came before the pad had the focus is the pad's."""
        self.query_one(PasscodePad).on_key(event)

    def _state(self) -> str:
        if self._looking or self._checking:
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
            self.uncover()
            self.timed_out = True
            self.action_give_up()

    async def on_event(self, event: events.Event) -> None:
        """Every key and the mouse."""
        if isinstance(event, events.InputEvent):
            self._idle = 0
        await super().on_event(event)

    def _say(self, sentence: str) -> None:
        for line in self.query("#lock-state").results(Prose):  # none while the sheet goes
            line.say(sentence)

    @on(CursorMoved)
    def _cursor_moved(self, message: CursorMoved) -> None:
        message.stop()
        self.call_after_refresh(place_cursor, self, None)

    @on(PasscodePad.Completed)
    def _completed(self, message: PasscodePad.Completed) -> None:
        message.stop()
        if self._checking or self._wait > 0 or self._typed is not None:
            message.handle.discard()
            self._keys_go_on()
            return
        if self._looking:
            self._typed = message.handle
            return
        self._checking = True
        self._say(self._state())
        self._typed = message.handle
        self._begin(message.handle)

    @on(PasscodePad.TooFew)
    def _keys_go_on(self) -> None:
        self.post_message(ThoughtOver())

    def _begin(self, handle: PinHandle) -> Worker[None]:
        return self.run_worker(partial(while_shown, self, partial(self._check, handle)), name="staff passcode")

    def on_unmount(self) -> None:
        """What nobody compared any more is wiped."""
        if self._typed is not None:
            self._typed.discard()

    async def _check(self, handle: PinHandle) -> None:
        try:
            checked = await asyncio.to_thread(self._compare, handle)
        except PasscodeNotSetError:
            self.give(True)  # it was taken away meanwhile: there is nothing to ask for
            return
        except PasscodeFileError as error:
            self._checking, self._typed = False, None
            self.post_message(ThoughtOver(refused=True))
            self._say(f"! {self._words.text('side.lock.file', path=error.path)}")
            return
        except OSError:
            self._checking, self._typed = False, None
            self.post_message(ThoughtOver(refused=True))
            self._say(f"! {self._words.text('side.lock.disk')}")
            return
        self._checking = False
        self._typed = None
        if checked is None:
            self._keys_go_on()
            return
        if checked.accepted:
            self.give(True)
            return
        self.post_message(ThoughtOver(refused=True))
        self._wait = checked.wait_seconds
        wrong = self._words.text("side.lock.wrong", left=checked.tries_left)
        self._say(self._state() if self._wait > 0 else f"! {wrong}")

    def _compare(self, handle: PinHandle) -> Checked | None:
        """None: the sheet went before this began, and what was typed with it; that is no wrong try."""
        with handle.spend() as digits:
            if not digits:
                return None
            checked = self._passcode.check(digits)
        if not checked.accepted:
            self._refused()
        return checked

    def on_click(self, event: events.Click) -> None:
        """Beside the sheet: as Esc."""
        if event.widget is self:
            event.stop()
            self.action_give_up()

    def give(self, right: bool) -> None:
        """The comparison is over: whatever explains this sheet goes with it; a door that was given up stays shut."""
        self.uncover()
        self.close_with(right)

    def action_give_up(self) -> None:
        """Back to the patient's side."""
        self.close_with(False)
