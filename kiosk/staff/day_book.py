"""The journal of the day as the open staff side knows it: read on a thread, and written to where staff note a name.

Nothing of it outlives the screen. What breaks if it is wrong: 今日の受付 stands still, or the disk is read on the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypeAlias

from kiosk.staff.interfaces import DayEntry, Desk
from kiosk.staff.today import later_answers, real_name_in

QueueStands: TypeAlias = tuple[int, tuple[int, int] | None]
"""How many wait in the outage queue, and how far the asking is."""


class DayBook:
    """Entries and kept forms as they were read last."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._read_at: QueueStands | None = None
        self.entries: Sequence[DayEntry] = ()
        """今日の受付 as the journal said last."""
        self.came_back: tuple[DayEntry, ...] = ()
        """The later answers that were written since the first reading."""
        self._was_read = False
        self.drafts = 0
        """Half-typed forms that are kept."""

    @property
    def is_stale(self) -> bool:
        """An answer came to the queue, or somebody was noted, since it was read."""
        return self._queue_stands() != self._read_at

    def begin_to_read(self) -> None:
        """What happens in the queue from here on makes this reading stale."""
        self._read_at = self._queue_stands()

    def _queue_stands(self) -> QueueStands | None:
        queue = self._desk.queue
        return None if queue is None else (queue.waiting, queue.progress)

    async def read(self) -> None:
        """Read it.

        Raises:
            OSError: the disk refuses; what was read before stays.
        """
        entries = await asyncio.to_thread(self._desk.journal.today, self._desk.now().date())
        drafts = 0 if self._desk.drafts is None else len(await asyncio.to_thread(self._desk.drafts.kept))
        if self._was_read:
            known = {entry.sequence for entry in self.entries}
            self.came_back += tuple(entry for entry in later_answers(entries) if entry.sequence not in known)
        self.entries, self.drafts, self._was_read = entries, drafts, True

    def real_name(self, visit: int) -> str:
        """How the person of this visit is really written, where staff noted it."""
        return real_name_in(self.entries, self._desk.journal.run, visit)

    async def note_real_name(self, visit: int, name: str) -> None:
        """Write it down at once.

        Raises:
            OSError: the disk refuses.
            ValueError: the journal looks at every text itself, whoever checked it before.
        """
        await asyncio.to_thread(self._desk.journal.note_real_name, visit, name)
