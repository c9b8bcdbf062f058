"""What of a visit goes to the disk: its entry, that it began, whom to ask about later, a half-typed form.

One thread, in the order it was asked for; none of it is given up when the counter ends. What breaks if it is wrong:
something is shown as received that no disk has.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.performing.workshop import Workshop
from kiosk.services.interfaces import Services


class JournalWork:
    """Every method is awaited on the event loop's thread.

    `failed` hears of each thing that the disk refused, `form_lost` of a half-typed form that was not kept.
    """

    def __init__(
        self, services: Services, workshop: Workshop, failed: Callable[[], None], form_lost: Callable[[], None]
    ) -> None:
        self._services = services
        self._workshop = workshop
        self._failed = failed
        self._form_lost = form_lost
        self.form_kept_of = 0
        """The last visit a half-typed form of which the disk has; 0: of none."""

    async def record(self, entry: do.RecordVisit) -> None:
        """Write the entry: EntryWritten, saying whether the disk has it."""
        written = await self._write(lambda: self._services.journal.record(entry), "journal")
        self._workshop.tell_in_any_case(entry.visit, ev.EntryWritten(written))

    async def open_visit(self, visit: int) -> None:
        """Note that a visit began; nobody waits for it."""
        await self._write(lambda: self._services.journal.begin_visit(visit), "journal")

    async def queue_later(self, later: do.QueueLater) -> None:
        """Put somebody into the outage queue."""
        queue = self._services.queue
        if queue is not None:
            await self._write(lambda: queue.put(later), "queue")

    async def withdraw_later(self, visit: int) -> None:
        """Nobody is asked about on account of this visit any more."""
        queue = self._services.queue
        if queue is not None:
            await self._write(lambda: queue.withdraw(visit), "queue")

    async def keep_draft(self, kept: do.KeepDraft) -> None:
        """Keep a half-typed form, without what the store leaves out (`kiosk.journal.draft_store`)."""
        drafts = self._services.drafts
        if drafts is None:
            return
        if await self._write(lambda: drafts.keep(kept.form, kept.draft), "drafts"):
            self.form_kept_of = kept.visit
        else:
            self._form_lost()

    async def drop_draft(self, dropped: do.DropDraft) -> None:
        """A kept form is finished, or kept anew: what was kept before goes."""
        drafts = self._services.drafts
        if drafts is not None:
            await self._write(lambda: drafts.drop(dropped.word), "drafts")

    async def close(self) -> None:
        """The counter ends: what waits for the disk is tried once more."""
        await self._write(self._services.at_end, "at_end")

    async def _write(self, call: Callable[[], None], part: str) -> bool:
        try:
            await self._workshop.on(self._workshop.journal, call)
        except OSError:
            self._failed()
        except Exception as error:
            self._workshop.report(error, part)
            self._failed()
        else:
            return True
        return False
