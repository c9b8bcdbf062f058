"""Drives the counter in a test as a person would, and waits for states instead of for time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.message import Message
from textual.pilot import Pilot

from kiosk.app import KioskApp, Observer
from kiosk.flow import states as st
from kiosk.forms.rows import TextRow
from kiosk.screens.view import View
from kiosk.settings.model import DEFAULTS, Settings
from kiosk.staff.staff_screen import StaffScreen
from tests.kiosk.screens.fakes import Outside

SIZES = [(80, 24), (120, 40)]


class FakeClock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Counter:
    """The running counter and everything around it."""

    def __init__(self, app: KioskApp, pilot: Pilot[None], outside: Outside, clock: FakeClock) -> None:
        self.app = app
        self.pilot = pilot
        self.outside = outside
        self.clock = clock
        self.messages: list[Message] = []

    @property
    def state(self) -> st.State:
        assert self.app.counter is not None
        return self.app.counter.state

    @property
    def view(self) -> View:
        return self.app.view

    async def until(self, met: Callable[[], bool], what: str) -> None:
        """Let the counter work until `met`; the number of looks is bounded so that a hang has a name."""
        for _ in range(3000):
            if met():
                await self.settle()
                return
            await self.pilot.pause(0.002)
        raise AssertionError(f"never {what}; it is {self.state!r}")

    async def settle(self) -> None:
        """Let every message that is under way arrive, and the screen be drawn."""
        for _ in range(3):
            await self.pilot.pause(0)
            await self.pilot._wait_for_screen()

    async def reach(self, kind: type[Any]) -> Any:
        """Wait for a state and its screen; returns the state."""
        await self.until(
            lambda: isinstance(self.state, kind) and self.shown() == self.state_name(), f"in {kind.__name__}"
        )
        return self.state

    def shown(self) -> str:
        return type(self.view).__name__

    def state_name(self) -> str:
        return SCREEN_OF[type(self.state)]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def click(self, selector: str) -> None:
        assert await self.pilot.click(selector), f"nothing to click at {selector}"
        await self.settle()

    async def type_pin(self, digits: str) -> None:
        await self.press(*digits)

    async def place(self, persona: str = "taro") -> None:
        self.outside.shelf.place(persona)

    async def to_pin(self, persona: str = "taro") -> None:
        """Place a card and choose the PIN."""
        await self.place(persona)
        await self.reach(st.ChoosingMethod)
        await self.press("1")

    async def to_answer(self, persona: str = "taro", digits: str = "4619") -> None:
        await self.to_pin(persona)
        await self.reach(st.EnteringPin)
        await self.type_pin(digits)
        await self.reach(st.ShowingAnswer)

    async def to_staff(self) -> None:
        """F4, and the staff side has drawn what it shows."""
        await self.press("f4")
        await self.until(lambda: isinstance(self.app.screen, StaffScreen), "at the staff side")

    async def take_card(self) -> None:
        self.outside.slot.remove()

    async def fill(self, **texts: str) -> None:
        """Fill in the form's fields, as pasting would."""
        first = next(iter(texts))
        await self.until(lambda: bool(self.app.screen.query(f"#row-{first}")), "at the form")
        for name, text in texts.items():
            row = self.app.screen.query_one(f"#row-{name}", TextRow)
            row.input.focus()
            row.input.value = ""
            row.input.insert_text_at_cursor(text)
        await self.settle()

    def lines(self) -> list[str]:
        """What the terminal shows."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())


SCREEN_OF: dict[type[Any], str] = {
    st.Idle: "IdleView",
    st.ReadingCard: "ReadingView",
    st.ConfirmingRealCard: "RealCardView",
    st.ChoosingMethod: "MethodView",
    st.ConfirmingLastTry: "LastTryView",
    st.EnteringPin: "PinView",
    st.VerifyingPin: "VerifyingView",
    st.AskingService: "AskingView",
    st.ShowingAnswer: "AnswerView",
    st.TakingCard: "TakeCardView",
    st.InTrouble: "TroubleView",
    st.AwaitingPhone: "PhoneView",
    st.ComparingFace: "FaceView",
    st.FaceFailed: "FaceFailedView",
    st.VouchingByEye: "PasscodeView",
    st.Settling: "AskingView",
    st.NoticingCertificate: "NoticeView",
    st.OfferingRegistration: "RegistrationView",
    st.Registering: "RegisteringView",
    st.AskingConsent: "ConsentView",
    st.SendingConsent: "SendingConsentView",
    st.ChoosingPaper: "DeskBusyView",
    st.TypingPaper: "DeskBusyView",
    st.ConfirmingPaper: "DeskBusyView",
    st.TakingFourItems: "DeskBusyView",
}
"""What the patient sees; the desk's own views stand on the staff side."""


@asynccontextmanager
async def counter(
    folder: Path,
    outside: Outside | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    lang: str = "ja",
    place: str | None = None,
    ready: bool = True,
    settings: Settings = DEFAULTS,
    observer: Observer | None = None,
) -> AsyncIterator[Counter]:
    """A running counter over fakes, loaded unless `ready` is False."""
    outside = outside or Outside()
    clock = FakeClock()
    app = KioskApp(
        outside.load,
        data_dir=folder,
        lang=lang,
        place=place,
        settings=settings,
        observer=observer,
        clock=clock,
        quick_load=False,
    )
    seen: list[Message] = []
    async with app.run_test(size=size, message_hook=seen.append) as pilot:
        running = Counter(app, pilot, outside, clock)
        running.messages = seen
        if ready:
            await running.until(lambda: app.counter is not None, "loaded")
        yield running
