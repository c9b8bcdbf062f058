"""An end that was begun comes: where something holds the process up, it is ended by force after a while.

What can hold it up: a disk, a driver or a library on a thread that Python waits for. Everything that was shown as done
is on the disk by then, and the next start closes and notes the visit that was cut short (kiosk.journal); so force costs
nothing but order. What breaks if it is wrong: a counter without a screen that keeps the reader and the journal.
"""

from __future__ import annotations

import os
import sys
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

from kiosk import crash

AFTER_SIGNAL_S: Final = 15.0
"""How long an end may take that somebody asked for, or a fault: more than card, reader and service get together."""
AFTER_SCREENS_S: Final = 5.0
"""How long the process may still be there once the screens are gone and the journal is closed."""
_NOTE_S: Final = 1.0
_GIVEN_BACK: Final = b"\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b[?1004l"
"""The terminal as the counter found it: no mouse, no marked pastes, its own screen, a cursor."""


class LastResort:
    """Made before the screens. `leave` is what ends the process with a code; tests have another."""

    def __init__(self, data_dir: Path, leave: Callable[[int], object] = os._exit) -> None:
        self._data_dir = data_dir
        self._leave = leave
        self._terminal = _terminal_now()
        self._wishes: SimpleQueue[tuple[float, int] | None] = SimpleQueue()
        threading.Thread(target=self._wait, name="last-resort", daemon=True).start()

    def within(self, seconds: float, code: int) -> None:
        """From now on the process has so many seconds to end by itself; else it ends with `code`.

        Safe in a signal's handler. Of several the one that is over first counts.
        """
        self._wishes.put((time.monotonic() + seconds, code))

    def call_off(self) -> None:
        """Nothing is ended by force any more, and nothing can be."""
        self._wishes.put(None)

    def _wait(self) -> None:
        nearest: tuple[float, int] | None = None
        while True:
            try:
                wish = self._wishes.get(timeout=None if nearest is None else max(0.0, nearest[0] - time.monotonic()))
            except Empty:
                break
            if wish is None:
                return
            nearest = wish if nearest is None else min(nearest, wish)
        assert nearest is not None
        self._force(nearest[1])

    def _force(self, code: int) -> None:
        noting = threading.Thread(target=crash.note, args=(self._data_dir, "ended by force"), daemon=True)
        noting.start()  # it may be the disk that holds everything up
        noting.join(_NOTE_S)
        if self._terminal is not None:
            _give_back(self._terminal)
        self._leave(code)


def _terminal_now() -> tuple[int, list[object]] | None:
    """The descriptor and the attributes of this process's terminal; None where it has none."""
    try:
        fileno = sys.__stdin__.fileno() if sys.__stdin__ is not None else -1
        return fileno, termios.tcgetattr(fileno)
    except (OSError, ValueError, termios.error):
        return None


def _give_back(terminal: tuple[int, list[object]]) -> None:
    """Put the terminal back; one that nobody reads is not waited for."""
    fileno, attributes = terminal
    with suppress(OSError, termios.error):
        termios.tcsetattr(fileno, termios.TCSANOW, attributes)  # type: ignore[arg-type]
        waits = os.get_blocking(fileno)
        os.set_blocking(fileno, False)
        try:
            os.write(fileno, _GIVEN_BACK)
        finally:
            os.set_blocking(fileno, waits)
