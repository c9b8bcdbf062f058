"""SIGTERM and Ctrl-C as a wish to end, for commands that serve until somebody stops them.

What breaks if it is wrong: a card is torn out instead of taken out, or a half-written line is the last one, or the
command hears the signal and never ends.
"""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """While the block lasts, SIGTERM and Ctrl-C set `stop` and nothing else; the handlers of before come back.

    A handler runs in the main thread between two of its steps, also while that thread is inside `stop.wait()` and
    holds the event's lock; to set the event there waits for ever. SimpleQueue.put is made for such places, and another
    thread sets the event.
    """
    wishes: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def pass_on() -> None:
        while wishes.get():
            stop.set()

    thread = threading.Thread(target=pass_on, name="ending", daemon=True)
    thread.start()
    before = {number: signal.signal(number, lambda *_: wishes.put(True)) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        wishes.put(False)
        thread.join()
