"""A worker whose time limits run out for what really hangs, and never because the machine is busy.

Owns: when a limit begins to run. A limit that a test sees running out is short; begun at the call, it would also hold
for a thread to begin, for a service to let us in, and for every command that is answered.
What breaks if this is wrong: tests of time limits fail on a busy machine, or wait for what nobody limits any more.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from reader.transports.worker import Worker, nothing

LONG_ENOUGH_S = 30.0
"""The limit of a wait that ends early where all is well; a machine under load still makes it."""
_LOOK_S = 0.005


class FairWorker(Worker):
    """A worker that counts a limit from when `hangs` says that what runs on its thread, which it is given, hangs."""

    def __init__(
        self, hangs: Callable[[threading.Thread], bool], name: str, last: Callable[[], None] = nothing
    ) -> None:
        super().__init__(name, last)
        self._answers = _Answers(lambda: hangs(self._thread))


class _Answers(SimpleQueue[tuple[int, Any]]):
    """Gives what comes before anything hangs whenever it comes."""

    def __init__(self, hangs: Callable[[], bool]) -> None:
        super().__init__()
        self._hangs = hangs

    def get(self, block: bool = True, timeout: float | None = None) -> tuple[int, Any]:
        latest = time.monotonic() + LONG_ENOUGH_S
        while not self._hangs() and time.monotonic() < latest:
            with contextlib.suppress(Empty):
                return super().get(timeout=_LOOK_S)
        return super().get(block, timeout)
