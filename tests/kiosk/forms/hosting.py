"""Hosts one view alone, as large as the staff side leaves it at 80x24, and drives it as a person would."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual import events, on
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.scrollbar import ScrollBar

import kiosk
from kiosk.flow.events import Event
from kiosk.forms.rows import FieldRow, TextRow
from kiosk.screens.messages import BellRung, FlowEvent
from kiosk.screens.view import Setting, View
from kiosk.widgets.lines import PlainScrollBar
from kiosk.words import Words
from tests.kiosk.forms.samples import TODAY
from tests.kiosk.staff.running_apps import borrowed

SMALL = (78, 18)
SIZES = [SMALL, (118, 34)]


def setting(lang: str = "ja") -> Setting:
    return Setting(words=Words(lang), visit=1, today=lambda: TODAY, clock=lambda: 1000.0)


class HostScreen(Screen[None]):
    """Nothing but the view."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.set_focus(self.view.first_focus())

    async def change_to(self, view: View) -> None:
        """Another view in place of this one."""
        self.set_focus(None)
        before, self.view = self.view, view
        async with self.batch():
            await before.remove()
            await self.mount(view)
        self.set_focus(view.first_focus())

    def on_key(self, event: events.Key) -> None:
        if self.view.press(event.key):
            event.stop()
            event.prevent_default()


class Host(App[None]):
    """Collects what the view tells."""

    CSS_PATH = Path(kiosk.__file__).parent / "kiosk.tcss"
    ENABLE_COMMAND_PALETTE = False

    sent: list[Event]
    rings: int

    async def begin(self, view: View) -> None:
        """Show the view; nothing was told yet."""
        ScrollBar.renderer = PlainScrollBar  # as the counter draws them
        self.sent = []
        self.rings = 0
        await self.push_screen(HostScreen(view))

    @on(FlowEvent)
    def _sent(self, message: FlowEvent) -> None:
        self.sent.append(message.event)

    @on(BellRung)
    def _rung(self) -> None:
        self.rings += 1


class Hosted:
    """A running view."""

    def __init__(self, app: Host, pilot: Pilot[None], view: View) -> None:
        self.app = app
        self.pilot = pilot
        self.view: Any = view

    async def change_to(self, view: View) -> None:
        """Show another view on the same screen."""
        screen = self.app.screen
        assert isinstance(screen, HostScreen)
        await screen.change_to(view)
        self.view = view
        await self.settle()

    @property
    def sent(self) -> list[Event]:
        return self.app.sent

    def last(self, kind: type[Any]) -> Any:
        """The last event, which has to be of that kind."""
        assert self.sent, "nothing was sent"
        assert isinstance(self.sent[-1], kind), self.sent[-1]
        return self.sent[-1]

    async def settle(self) -> None:
        for _ in range(2):
            await self.pilot.pause(0)
            await self.pilot._wait_for_screen()

    async def until(self, met: Callable[[], bool], what: str) -> None:
        for _ in range(2000):
            if met():
                await self.settle()
                return
            if self.app._exception is not None:  # it is over, and tells why itself
                break
            await self.pilot.pause(0.002)
        raise AssertionError(f"never {what}\n{self.text()}")

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        await self.press(*text)

    async def click(self, selector: str, offset: tuple[int, int] = (1, 0)) -> None:
        widget = self.app.screen.query_one(selector)
        if not self.app.screen.region.contains_region(widget.region):
            widget.scroll_visible(animate=False)
            await self.settle()
        assert await self.pilot.click(selector, offset=offset), f"nothing to click at {selector}"
        await self.settle()

    async def paste(self, text: str) -> None:
        focused = self.app.screen.focused
        assert focused is not None
        focused.post_message(events.Paste(text))
        await self.settle()

    async def fill(self, **texts: str) -> None:
        for word, text in texts.items():
            row = self.row(word)
            assert isinstance(row, TextRow)
            row.input.focus()
            row.input.value = ""
            row.input.insert_text_at_cursor(text)
        await self.settle()

    def row(self, word: str) -> FieldRow:
        return self.app.screen.query_one(f"#row-{word}", FieldRow)

    def texts(self) -> dict[str, str]:
        return {row.word: row.text for row in self.app.screen.query(FieldRow) if row.text}

    def focused_row(self) -> str:
        focused = self.app.screen.focused
        return next((row.word for row in self.app.screen.query(FieldRow) if row.stop is focused), "")

    def focused_id(self) -> str:
        focused = self.app.screen.focused
        return (focused.id or "") if focused is not None else ""

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())


@asynccontextmanager
async def hosted(view: View, size: tuple[int, int] = SMALL) -> AsyncIterator[Hosted]:
    async with borrowed(Host, size) as (app, pilot):
        await app.begin(view)
        running = Hosted(app, pilot, view)
        await running.settle()
        yield running
