"""How the counter draws for a page: Textual's own driver for the web, with three things made safe.

Runs inside the counter's process (`TEXTUAL_DRIVER`). When nobody reads or writes any more, because the server was
killed, the counter ends in order: no counter goes on unseen. Drawing never waits for a slow browser on the event
loop. No file is delivered and no address opened. What breaks if it is wrong: orphans, or a counter that stands still.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, BinaryIO, Final, Literal, TextIO

from textual import messages
from textual.app import App
from textual.drivers.web_driver import WebDriver

from kiosk.web.news import CLIPBOARD, ClipboardTold

LAST_WORDS_S: Final = 5.0
"""How long the last drawing may take to be read when the counter ends."""


class PageDriver(WebDriver):
    """Draws into the pipe that `kiosk.web.process` reads."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """As Textual calls it."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._packets: SimpleQueue[bytes | None] = SimpleQueue()
        self._write = partial(self._put)
        self._writer = Thread(target=self._write_packets, name="page-output", daemon=True)

    def _put(self, packet: bytes) -> int:
        self._packets.put(packet)
        return len(packet)

    def _write_packets(self) -> None:
        """On the writing thread: packets in their order, until the end or until nobody reads them."""
        while (packet := self._packets.get()) is not None:
            rest = memoryview(packet)
            while rest:
                try:
                    rest = rest[os.write(self.fileno, rest) :]
                except OSError:
                    self._end_application()
                    return

    def start_application_mode(self) -> None:
        """Begin to draw and to read. Signals stay whose they were: the library would have the loop hear them alone."""
        self._writer.start()
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        super().start_application_mode()
        for number, handler in before.items():
            self._loop.remove_signal_handler(number)
            signal.signal(number, handler)

    def run_input_thread(self) -> None:
        """On the reading thread: keys and sizes, until the server's end of the pipe is gone."""
        super().run_input_thread()
        self._end_application()

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """On the reading thread: what is no key. The page's word on its clipboard goes to the application."""
        said = payload.get("said")
        if packet_type == "clipboard" and said in CLIPBOARD:
            self._app.post_message(ClipboardTold(str(said)))
        else:
            super().on_meta(packet_type, payload)

    def stop_application_mode(self) -> None:
        """Say that it is over, once everything that was drawn was read."""
        super().stop_application_mode()
        self._packets.put(None)
        self._writer.join(LAST_WORDS_S)

    def _end_application(self) -> None:
        """Have the application end in order, unless it does already."""
        if self.exit_event.is_set():
            return
        with suppress(RuntimeError):  # the loop has ended between the look and the message
            self.send_message(messages.ExitApp())

    def open_url(self, url: str, new_tab: bool = True) -> None:
        """Nothing: the page opens no other."""

    def deliver_binary(
        self,
        binary: BinaryIO | TextIO,
        *,
        delivery_key: str,
        save_path: Path,
        open_method: Literal["browser", "download"] = "download",
        encoding: str | None = None,
        mime_type: str | None = None,
        name: str | None = None,
    ) -> None:
        """Nothing leaves the counter as a file through the page."""
        binary.close()
