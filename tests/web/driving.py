"""Drives the counter on its page as a person would: keys, an input method, the mouse; reads what the page shows.

The page draws on a canvas, so the screen is read from the frames that came over its WebSocket, through a terminal
emulator. The few words and keys of the counter that the tests rely on stand here and nowhere else.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pyte

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession, Page, WebSocket

LONG_ENOUGH_S = 60.0
STEADY_S = 2.0
"""So long nothing is drawn while the counter waits for a person."""
IDLE = "マイナンバーカード"
METHOD = "1 .*暗証番号"
PIN_PAD = "訂正"
ANSWER = "受付できました"
A_PAPER = "資格確認書"
"""Chosen on one screen after the other, until its form is there."""
LETTERS = "氏名"
"""A field of the form that takes Japanese."""
LABEL_CELLS = 24
"""From the beginning of a field's label to well inside the field."""


class CounterPage:
    """One tab with a counter in it."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.sent: list[str] = []
        """Every frame the page sent."""
        self.raw = bytearray()
        """Everything the counter has drawn on this page."""
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("websocket", self._watch)
        self._cdp: CDPSession | None = None

    def _watch(self, socket: WebSocket) -> None:
        self.requests.append(socket.url)
        self._screen.reset()
        socket.on("framesent", self._frame_sent)
        socket.on("framereceived", self._frame_received)

    def _frame_sent(self, frame: str | bytes) -> None:
        assert isinstance(frame, str)
        self.sent.append(frame)
        kind, *rest = json.loads(frame)
        if kind == "resize":
            self._screen.resize(rest[0]["height"], rest[0]["width"])

    def _frame_received(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            self.raw += frame
            self._stream.feed(frame)

    def open(self, url: str) -> CounterPage:
        self.page.goto(url)
        return self

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._screen.columns, self._screen.lines

    def text(self) -> str:
        """The screen as lines; the second cell of a wide character is dropped."""
        rows = (self._screen.buffer[row] for row in range(self._screen.lines))
        return "\n".join("".join(row[column].data for column in range(self._screen.columns)).rstrip() for row in rows)

    def until(self, met: Callable[[], bool], what: str) -> None:
        """Let the page work until `met`."""
        deadline = time.monotonic() + LONG_ENOUGH_S
        while not met():
            assert time.monotonic() < deadline, f"never {what}\n{self.text()}\n{self.page.locator('body').inner_text()}"
            self.page.wait_for_timeout(20)

    def see(self, pattern: str) -> str:
        """Until the regular expression is on the screen."""
        self.until(lambda: re.search(pattern, self.text()) is not None, f"seen: {pattern}")
        return self.text()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def compose(self, *steps: str) -> None:
        """As an input method does: each step replaces the one before it, the last is what was meant."""
        cdp = self._cdp = self._cdp or self.page.context.new_cdp_session(self.page)
        for step in steps:
            cdp.send("Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)})
        cdp.send("Input.insertText", {"text": steps[-1]})

    def find(self, pattern: str) -> tuple[int, int]:
        """Where a piece of text begins: column and row of the terminal."""
        for number in range(self._screen.lines):
            row = self._screen.buffer[number]
            cells = [row[column].data for column in range(self._screen.columns)]
            found = re.search(pattern, "".join(cells))
            if found is not None:
                before = 0
                for column, cell in enumerate(cells):
                    if before >= found.start() and cell:
                        return column, number
                    before += len(cell)
        raise AssertionError(f"not on the screen: {pattern}\n{self.text()}")

    def spot(self, pattern: str, right: int = 0) -> tuple[float, float]:
        """Where a piece of text is drawn, or the cell so many cells right of where it begins: pixels of the page."""
        self.see(pattern)
        column, row = self.find(pattern)
        box = self.page.locator(".xterm-screen").bounding_box()
        assert box is not None
        return (
            box["x"] + (column + right + 0.5) * box["width"] / self._screen.columns,
            box["y"] + (row + 0.5) * box["height"] / self._screen.lines,
        )

    def click(self, pattern: str, *, right: int = 0) -> None:
        """Click on a piece of text, or so many cells right of where it begins."""
        self.page.mouse.click(*self.spot(pattern, right))

    def tap(self, pattern: str) -> None:
        """Touch a piece of text."""
        self.page.touchscreen.tap(*self.spot(pattern))

    def ended(self) -> str:
        """Wait for the page's sentence that the counter is gone; returns it. The page's terminal is empty then."""
        self.page.wait_for_selector("dialog[open]", timeout=LONG_ENOUGH_S * 1000)
        self._screen.reset()
        return str(self.page.locator("dialog").inner_text())

    def typed(self) -> list[Any]:
        """What was sent as typed."""
        frames = (json.loads(frame) for frame in self.sent)
        return [frame[1] for frame in frames if frame[0] == "stdin"]

    def go_on(self, pattern: str) -> str:
        """Until the pattern is seen; where the counter waits for a person, the first choice is taken."""
        seen, since = self.text(), time.monotonic()
        deadline = since + LONG_ENOUGH_S
        while re.search(pattern, self.text()) is None:
            assert time.monotonic() < deadline, f"never seen: {pattern}\n{self.text()}"
            self.page.wait_for_timeout(50)
            if self.text() != seen:
                seen, since = self.text(), time.monotonic()
            elif time.monotonic() - since > STEADY_S:
                self.press("1")
                since = time.monotonic()
        return self.text()

    def visit(self, pin: str) -> str:
        """A visit by card, which lies on the reader already; the answer's screen."""
        self.see(METHOD)
        self.press("1")
        self.see(PIN_PAD)
        self.type(pin)
        return self.go_on(ANSWER)

    def open_form(self) -> None:
        """From the idle screen to the form of the first document, with the cursor in a field that takes Japanese."""
        self.see(IDLE)
        self.press("F8")
        while not re.search(LETTERS, seen := self.see(f"{A_PAPER}|{LETTERS}")):
            self.click(A_PAPER)
            self.until(lambda seen=seen: self.text() != seen, "chosen")  # type: ignore[misc]
        self.click(LETTERS, right=LABEL_CELLS)
