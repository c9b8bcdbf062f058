"""SIGTERM and Ctrl-C as a wish to end, for commands that serve until somebody stops them.

What breaks if it is wrong: a card is torn out instead of taken out, or a half-written line is the last one.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """While the block lasts, SIGTERM and Ctrl-C set `stop` and nothing else; the handlers of before come back."""

    def end(_number: int, _frame: object) -> None:
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
