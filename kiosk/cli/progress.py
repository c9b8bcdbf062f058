"""How far long work is, on one line of a terminal's stderr; silent where nobody looks (a pipe, --json in a script).

What breaks if it is wrong: a command that seems to hang, or a log full of counters.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final

from kiosk.cli.output import Output

_EVERY_S: Final = 0.1


class Progress:
    """One line that is written over; gone when the work is done. The words are `message_id` with `done` and `total`."""

    def __init__(self, output: Output, message_id: str, total: int) -> None:
        self._output = output
        self._message_id = message_id
        self._total = total
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._last = 0.0

    def __enter__(self) -> Progress:
        return self

    def at(self, done: int, **params: object) -> None:
        """Say that `done` of the total are done, at most ten times a second."""
        now = time.monotonic()
        if self._shown and (now - self._last >= _EVERY_S or done == self._total):
            self._last = now
            words = self._output.words.text(self._message_id, done=done, total=self._total, **params)
            self._output.over(words)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._output.over("")
