"""Waiting for what another thread or process does, for as long as a busy machine may need, and no longer than that."""

from __future__ import annotations

import time
from collections.abc import Callable

LONG_ENOUGH_S = 30.0


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether `condition` comes true within `LONG_ENOUGH_S` seconds."""
    deadline = time.monotonic() + LONG_ENOUGH_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
