"""The clock of a rehearsal: the script's day, from one visit's time to the next, as fast as was asked for.

Pure but for the seconds that are passed in. What breaks if it is wrong: a challenge or a consent that ends before it
began, or a journal whose visits stand in another order than they were played in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import Final

from eligibility.calendar import JST

OPENING: Final = time(8, 45)
"""When the counter of a rehearsal is switched on."""


class RehearsalClock:
    """Aware date-times in Asia/Tokyo; any thread may ask. Never goes back."""

    def __init__(self, on: date, seconds: Callable[[], float], speed: float = 1.0) -> None:
        """`seconds` counts real ones; `speed` is how many pass here in one of them.

        Raises:
            ValueError: `speed` is not above 0.
        """
        if speed <= 0:
            raise ValueError("time goes on")
        self._seconds = seconds
        self._speed = speed
        self._lock = Lock()
        self._at = datetime.combine(on, OPENING, JST)
        self._since = seconds()

    def now(self) -> datetime:
        """What the clock on the wall says."""
        with self._lock:
            return self._now()

    def come_to(self, at: time) -> timedelta:
        """Nobody was there until `at`: the clock is moved on; how late it is where it was later already."""
        with self._lock:
            now = self._now()
            wanted = datetime.combine(now.date(), at, JST)
            self._at, self._since = max(now, wanted), self._seconds()
            return max(now - wanted, timedelta(0))

    def _now(self) -> datetime:
        return self._at + timedelta(seconds=(self._seconds() - self._since) * self._speed)
