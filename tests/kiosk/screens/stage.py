"""A stage for the patient's views: the frame and one view at a time, without flow, services or a card.

The views take a state in and post facts out, so this is enough to look at them, to press their keys, and to see what
they say.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from textual import on
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.scrollbar import ScrollBar

import kiosk.app
from kiosk.flow import states as st
from kiosk.flow.events import Event
from kiosk.screens.catalogue import view_for
from kiosk.screens.frame import CounterScreen
from kiosk.screens.messages import BellRung, FlowEvent, LanguageAsked, WaitingGivenUp
from kiosk.screens.view import Look, Setting, View
from kiosk.widgets.lines import PlainScrollBar
from kiosk.words import Words
from tests.kiosk.screens.fakes import TODAY
from tests.kiosk.screens.unpainted import unpainted

SIZES = [(60, 20), (80, 24), (120, 40), (200, 60)]
KEYS = (("f1", "key.help"), ("f2", "key.drawer"), ("ctrl+q", "key.quit"))


class StageApp(App[None]):
    """The frame, and what its views post, kept in order."""

    CSS_PATH = str(Path(kiosk.app.__file__).with_name("kiosk.tcss"))
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, lang: str, look: Look, *, phones: bool, practice_passcode: str) -> None:
        super().__init__()
        ScrollBar.renderer = PlainScrollBar
        self.words = Words(lang)
        self.look = look
        self.phones = phones
        self.practice_passcode = practice_passcode
        self.now = 100.0
        self.visit = 1
        self.said: list[Message] = []
        self.rung = 0

    def setting(self) -> Setting:
        return Setting(
            self.words,
            self.visit,
            TODAY.date,
            lambda: self.now,
            look=self.look,
            phones=self.phones,
            practice_passcode=self.practice_passcode,
        )

    def get_default_screen(self) -> Screen[None]:
        head = (f"{self.words.text('head.title')}  {date(2026, 11, 20).isoformat()}", "Fake Reader 00 00")
        return CounterScreen(self.words, view_for(st.Idle(), self.setting()), KEYS, head)

    def bell(self) -> None:
        self.rung += 1

    @on(FlowEvent)
    @on(BellRung)
    @on(WaitingGivenUp)
    @on(LanguageAsked)
    def _keep(self, message: Message) -> None:
        self.said.append(message)


@dataclass
class Stage:
    """One running stage."""

    app: StageApp
    pilot: Pilot[None]
    shown: list[str] = field(default_factory=list)

    @property
    def frame(self) -> CounterScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, CounterScreen)
        return screen

    @property
    def view(self) -> View:
        return self.frame.view

    async def show(self, state: st.State, *, late: bool = False) -> None:
        """Put the view of `state` up; `late`: as a waiting screen is after its patience."""
        self.app.visit += 1
        self.app.said.clear()
        await self.frame.show(view_for(state, self.app.setting()), self.app.words, KEYS)
        await self.settle()
        if late and hasattr(self.view, "count_seconds"):
            self.app.now += 4
            self.view.count_seconds()
            await self.settle()

    async def settle(self) -> None:
        for _ in range(3):
            await self.pilot.pause(0)
        await self.pilot._wait_for_screen()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    @property
    def events(self) -> list[Event]:
        """What was told to the flow."""
        return [message.event for message in self.app.said if isinstance(message, FlowEvent)]

    def heard(self, kind: type[Message]) -> list[Any]:
        return [message for message in self.app.said if isinstance(message, kind)]

    def lines(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())


@asynccontextmanager
async def stage(
    *,
    size: tuple[int, int] = (80, 24),
    lang: str = "ja",
    look: Look | None = None,
    phones: bool = False,
    practice_passcode: str = "",
) -> AsyncIterator[Stage]:
    """A running stage that begins with nobody there."""
    app = StageApp(lang, look or Look(), phones=phones, practice_passcode=practice_passcode)
    with unpainted():
        async with app.run_test(size=size) as pilot:
            running = Stage(app, pilot)
            await running.settle()
            yield running
