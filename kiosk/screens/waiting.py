"""What is being waited for, for how long, and after three seconds the way on without it."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.flow.events import Event, ManualRequested, StaffCalled
from kiosk.flow.states import AskingService
from kiosk.screens.messages import WaitingGivenUp
from kiosk.screens.view import Setting, View
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose

PATIENCE: Final = 3
"""Seconds until the way on without waiting is offered."""


class WaitingView(View):
    """Something is under way. The words of `<NAME>.title` and `<NAME>.slow` say what."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._since = setting.clock()
        self._waited = -1

    def compose(self) -> ComposeResult:
        """What is waited for; the rest appears when it takes long, in a place kept free for it."""
        with Vertical(classes="middle"):
            yield self.say(f"{self.NAME}.title", classes="title")
            yield Prose(id="waited", classes="lead")
            yield Prose(id="slow", classes="lead")
        with Vertical(classes="answers"):
            yield from self.ways_on()

    def ways_on(self) -> tuple[Choice, ...]:
        """The answers offered once waiting takes long."""
        return ()

    def on_mount(self) -> None:
        """Count the seconds."""
        for choice in self.query(Choice):
            choice.display = False
        self.count_seconds()
        self.set_interval(0.25, self.count_seconds)

    def count_seconds(self) -> None:
        """Say how long it has taken so far, and offer the way on from the third second."""
        waited = int(self.setting.clock() - self._since)
        if waited == self._waited:
            return
        late = self._waited < PATIENCE <= waited
        self._waited = waited
        self.query_one("#waited", Prose).say(self.t("waiting.seconds", seconds=waited) if waited else "")
        if late:
            self.query_one("#slow", Prose).say(self.t(f"{self.NAME}.slow"))
            for choice in self.query(Choice):
                choice.display = True
            self.screen.set_focus(next(self.choices(), None))

    def first_focus(self) -> Widget | None:
        """Nothing to press yet."""
        return None

    def stop_waiting(self) -> None:
        """Go on without the service's answer."""
        self.tell(WaitingGivenUp(self.setting.visit))


class ReadingView(WaitingView):
    """The card is being read."""

    STEP: ClassVar[int] = 1
    NAME: ClassVar[str] = "reading"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("f8", "key.manual"),)

    def ways_on(self) -> tuple[Choice, ...]:
        """Staff, or a paper."""
        return (
            self.choice("1", "reading.manual", ManualRequested()),
            self.choice("0", "choice.staff", StaffCalled()),
        )

    def press(self, key: str) -> bool:
        """F8 and 0 work from the first moment."""
        hurry: dict[str, Event] = {"f8": ManualRequested(), "0": StaffCalled()}
        if key in hurry:
            self.send(hurry[key])
            return True
        return super().press(key)


class VerifyingView(WaitingView):
    """The challenge is waited for, then the card checks the PIN and signs."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "verifying"

    def ways_on(self) -> tuple[Choice, ...]:
        """Without the service no try is spent; so staff may go on."""
        return (self.choice("1", "verifying.stop", self.stop_waiting), self.ring_for_staff())


class AskingView(WaitingView):
    """The service was asked."""

    STEP: ClassVar[int] = 3
    NAME: ClassVar[str] = "asking"

    def __init__(self, setting: Setting, state: AskingService) -> None:
        super().__init__(setting)
        self._by_paper = state.entry is not None

    def ways_on(self) -> tuple[Choice, ...]:
        """By card: a paper instead. By paper: the rules decide on the paper alone."""
        if self._by_paper:
            return (self.choice("1", "asking.decide_without", self.stop_waiting), self.ring_for_staff())
        return (
            self.choice("1", "asking.manual", ManualRequested()),
            self.choice("0", "choice.staff", StaffCalled()),
        )

    def press(self, key: str) -> bool:
        """`0` and F8 from the first moment where they lose nothing that was typed."""
        if not self._by_paper and key == "f8":
            self.send(ManualRequested())
            return True
        if not self._by_paper and key == "0":
            self.send(StaffCalled())
            return True
        return super().press(key)
