"""Waiting for what another thread or process does, for as long as a busy machine may need, and no longer than that."""

from __future__ import annotations

import time
from collections.abc import Callable

LONG_ENOUGH_S = 30.0
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.005, 0.05
"""Between two looks: what comes soon is seen soon, and what takes long is not held up by being looked at."""


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether `condition` comes true within `LONG_ENOUGH_S` seconds."""
    deadline = time.monotonic() + LONG_ENOUGH_S
    pause_s = SHORTEST_PAUSE_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
        pause_s = min(LONGEST_PAUSE_S, pause_s * 1.2)
    return True
