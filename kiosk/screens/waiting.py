"""What is being waited for, for how long, and after three seconds the way on without it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.flow.events import ManualRequested, StaffCalled
from kiosk.flow.states import AskingService, Settling
from kiosk.screens.messages import WaitingGivenUp
from kiosk.screens.view import Setting, View
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose

PATIENCE: Final = 3
"""Seconds until the way on without waiting is offered."""


class WaitingView(View):
    """Something is under way. The words of `<NAME>.title` and `<NAME>.slow` say what.

    The place of the ways on is kept free from the start, so that nothing moves when they appear; staff can be called
    from the first moment.
    """

    OTHER_LANGUAGES: ClassVar[bool] = False

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._since = setting.clock()
        self._waited = -1
        self._later: tuple[Choice, ...] = ()

    def compose(self) -> ComposeResult:
        """What is waited for; the rest appears when it takes long, in a place kept free for it."""
        with Vertical(classes="middle"):
            yield self.say(f"{self.NAME}.title", classes="title")
            yield from self.notes()
            yield Prose(id="waited", classes="lead")
            yield Prose(id="slow", classes="lead")
        self._later = self.ways_on()
        for choice in self._later:
            choice.visible = False
        with Vertical(classes="answers"):
            yield from self._later
            yield self.staff()

    def notes(self) -> tuple[Prose, ...]:
        """What else is said from the start."""
        return ()

    def ways_on(self) -> tuple[Choice, ...]:
        """The answers offered once waiting takes long: without it, unless a view knows better."""
        return (self.choice("1", f"{self.NAME}.stop", self.stop_waiting),)

    def staff(self) -> Choice:
        """`0`: the visit goes on meanwhile, unless a view knows better."""
        return self.ring_for_staff()

    def on_mount(self) -> None:
        """Count the seconds."""
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
            self.query_one("#slow", Prose).say(self.t(self.slow()))
            for choice in self._later:
                choice.visible = True
            self.screen.set_focus(next(self.choices(), None))

    def slow(self) -> str:
        """The id of what is said once waiting takes long."""
        return f"{self.NAME}.slow"

    def withdraw_ways_on(self) -> None:
        """There is nothing left to do without."""
        for choice in self._later:
            choice.visible = False
        self._later = ()
        if self._waited >= PATIENCE:
            self.query_one("#slow", Prose).say(self.t(self.slow()))

    def first_focus(self) -> Widget | None:
        """Nothing has to be pressed."""
        return None

    def stop_waiting(self) -> None:
        """Go on without the service's answer."""
        self.tell(WaitingGivenUp(self.setting.visit))


class ReadingView(WaitingView):
    """The card is being read."""

    STEP: ClassVar[int] = 1
    NAME: ClassVar[str] = "reading"
    PAPER_KEY: ClassVar[bool] = True

    def ways_on(self) -> tuple[Choice, ...]:
        """A paper."""
        return (self.choice("1", "reading.manual", ManualRequested()),)

    def staff(self) -> Choice:
        """Reading ends: nothing is lost by it."""
        return self.call_staff()


class VerifyingView(WaitingView):
    """The challenge is waited for, then the card checks the PIN and signs. Without the service no try is spent."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "verifying"


class AskingView(WaitingView):
    """The service was asked; then the rules decide and the journal writes, which nobody has to tell apart."""

    STEP: ClassVar[int] = 3
    NAME: ClassVar[str] = "asking"

    def __init__(self, setting: Setting, state: AskingService | Settling) -> None:
        super().__init__(setting)
        self._settling = isinstance(state, Settling)
        self._by_paper = state.by_numbers if isinstance(state, Settling) else state.card is None

    def ways_on(self) -> tuple[Choice, ...]:
        """By card: a paper instead. By paper: the rules decide on the paper alone. Once answered, neither."""
        if self._settling:
            return ()
        if self._by_paper:
            return (self.choice("1", "asking.decide_without", self.stop_waiting),)
        return (self.choice("1", "asking.manual", ManualRequested()),)

    def staff(self) -> Choice:
        """Where nothing is lost by it, the visit goes to staff."""
        return self.choice("0", "choice.staff", self._call_staff)

    def slow(self) -> str:
        """Once answered, it is written down."""
        return "asking.settling" if self._settling else super().slow()

    def _call_staff(self) -> None:
        if self._by_paper or self._settling:
            self.ring()
        else:
            self.send(StaffCalled())

    def press(self, key: str) -> bool:
        """F8 where it loses nothing that was typed."""
        if key == "f8" and not self._by_paper and not self._settling:
            self.send(ManualRequested())
            return True
        return super().press(key)

    def renew(self, state: Any) -> bool:
        """From the question to the answer's arrival nothing moves."""
        if not isinstance(state, Settling) or state.by_numbers != self._by_paper:
            return False
        self._settling = True
        self.withdraw_ways_on()
        return True
