"""Half-typed forms go at closing time by themselves: at a start, while the counter runs, and when it ends.

A thread of its own looks at the clock and, once closing time or midnight is past, at the folder. Whether somebody
opens the staff side or not, no form outlives its day on the disk. What breaks if it is wrong: yesterday's patient is
still on the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from typing import Final, Protocol

LOOK_SECONDS: Final = 15.0
"""Between two looks at the clock; after a machine slept over closing time, no later than this."""


class Ending(Protocol):
    """What is used of `kiosk.journal.draft_store.DraftStore`."""

    def end_of(self, moment: datetime) -> datetime:
        """When a draft that is kept now ends."""
        ...

    def destroy_ended(self) -> None:
        """Destroy every draft whose time is over. Raises OSError."""
        ...


class DraftSweep:
    """One of a counter. `now` is an aware clock; `look_seconds` are real ones. A disk that refuses is asked again."""

    def __init__(self, drafts: Ending, now: Callable[[], datetime], look_seconds: float = LOOK_SECONDS) -> None:
        self._drafts = drafts
        self._now = now
        self._look_seconds = look_seconds
        self._over = Event()
        self._looked = self._until = now()

    def start(self) -> None:
        """Destroy what ended while no counter ran, and go on looking. Uses the disk."""
        self._sweep()
        Thread(target=self._work, name="drafts-end", daemon=True).start()

    def stop(self) -> None:
        """Look no more; what ended by now is destroyed. Uses the disk."""
        self._over.set()
        self._sweep()

    def look(self) -> None:
        """Destroy what ended, where an end is past since the last time, or the clock was put back."""
        now = self._now()
        if now >= self._until or now < self._looked:
            self._sweep()

    def _work(self) -> None:
        while not self._over.wait(self._look_seconds):
            self.look()

    def _sweep(self) -> None:
        self._looked = now = self._now()
        try:
            self._drafts.destroy_ended()
        except OSError:
            self._until = now
        else:
            self._until = self._drafts.end_of(now)
