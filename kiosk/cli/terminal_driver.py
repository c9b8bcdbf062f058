"""How the counter draws in a terminal: Textual's own driver, with three things made safe.

A terminal that nobody reads (a frozen connection, a stopped multiplexer) takes no more bytes, and the library's writer
would hold the event loop until it does: the counter would hear no key, no timer and no signal. So the loop never waits
for it. A terminal that is gone ends the counter in order, with or without a signal. What arrives from the terminal and
cannot be understood is a fault without values. What breaks if it is wrong: a counter that nobody sees and nobody can
end.
"""

from __future__ import annotations

import os
import select
import time
from collections import deque
from contextlib import suppress
from threading import Condition, Thread
from typing import Any, Final

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

LAST_WORDS_S: Final = 2.0
"""How long the terminal may take to read the last drawing when the counter ends."""
MOST_UNREAD: Final = 4_000_000
"""Bytes that wait for a terminal; beyond them what waits is dropped, and all is drawn anew once it reads again."""
_LOOK_S: Final = 0.5
"""How often the thread that watches the terminal looks whether it is wanted any more."""


class TerminalWriter:
    """Writes to a file descriptor on a thread of its own. Only `end` ever waits, and no longer than it is told."""

    def __init__(self, fileno: int, *, most: int = MOST_UNREAD) -> None:
        self._fileno = fileno
        self._most = most
        self._waiting: deque[bytes] = deque()
        self._unread = 0
        self._ending = False
        self._changed = Condition()
        self.dropped = False
        """Whether something was dropped since this was last set to False."""
        self.broken = False
        """Whether the terminal takes nothing any more."""
        self._thread = Thread(target=self._write_on, name="terminal-output", daemon=True)

    @property
    def waiting(self) -> bool:
        """Whether there is something whose writing has not begun."""
        return bool(self._waiting)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def put(self, data: bytes) -> None:
        """Write this when its turn comes."""
        with self._changed:
            if self.broken:
                return
            if self._unread > self._most:
                self._waiting.clear()
                self._unread = 0
                self.dropped = True
            self._waiting.append(data)
            self._unread += len(data)
            self._changed.notify()

    def end(self, patience_s: float) -> bool:
        """Whether everything was read within so many seconds; nothing more is written."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join(patience_s)
        return not self._thread.is_alive() and not self.broken

    def _write_on(self) -> None:
        while (rest := self._next()) is not None:
            while rest:
                try:
                    rest = rest[os.write(self._fileno, rest) :]
                except OSError:
                    with self._changed:
                        self.broken = True
                        self._waiting.clear()
                    return

    def _next(self) -> memoryview | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending)
            if not self._waiting:
                return None
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._unread = 0
            return memoryview(data)


class TerminalDriver(LinuxDriver):
    """Draws in this process's terminal."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """As Textual calls it."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._writer: TerminalWriter | None = None

    def write(self, data: str) -> None:
        """Draw this; never waits. Once it was dropped what nobody read, the next drawing is a whole one."""
        if self._writer is None:
            return
        self._writer.put(data.encode("utf-8", "replace"))
        if self._writer.dropped:
            self._writer.dropped = False
            whole = Size(*self._get_terminal_size())
            self.send_message(events.Resize(whole, whole))

    def start_application_mode(self) -> None:
        """Begin to draw, to read, and to watch whether the terminal is still there."""
        assert self._file is not None
        self._writer = TerminalWriter(self._file.fileno())
        self._writer.start()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        Thread(target=self._watch, args=(self._writer,), name="terminal-watch", daemon=True).start()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was, as far as it reads what it is told."""
        super().stop_application_mode()
        if self._writer is not None and not self._writer.end(LAST_WORDS_S):
            turn_away()
        self._writer = None

    def _watch(self, writer: TerminalWriter) -> None:
        """On a thread: until the terminal is gone, or the counter no longer draws on it."""
        gone = select.poll()
        gone.register(self.fileno, 0)  # what cannot be asked for is told in any case: hang-up and error
        while self._writer is writer:
            seen = gone.poll(_LOOK_S * 1000)
            if writer.broken or any(mask & (select.POLLHUP | select.POLLERR) for _, mask in seen):
                self._end_application()
                return
            if seen:  # a system that cannot watch a terminal so; what is written will tell
                time.sleep(_LOOK_S)

    def _run_input_thread(self) -> None:
        """On a thread: keys, until the end. A terminal that is gone is no fault."""
        try:
            self.run_input_thread()
        except OSError:
            self._end_application()
        except Exception as error:
            self._app.call_later(_raise, error)

    def _end_application(self) -> None:
        """Have the application end in order."""
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._app.exit)


def turn_away() -> None:
    """What is still said to a terminal that reads nothing goes nowhere: it would be waited for once more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for fileno in (1, 2):
        if os.isatty(fileno):
            os.dup2(nowhere, fileno)
    os.close(nowhere)


def _raise(error: Exception) -> None:
    """In the application's own queue, so that it is reported as any other fault of it."""
    raise error
