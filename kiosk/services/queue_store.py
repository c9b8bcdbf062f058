"""What is used of the outage queue on disk, by whoever asks about those in it.

A protocol, so that the asking is tested without a disk. What breaks if it is wrong: nobody learns of a disk that
refuses.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from eligibility.papers.paper import Paper
from kiosk.flow.facts import FourItems
from kiosk.journal.queued import QueueAnswer, Queued, Standing


class QueueStore(Protocol):
    """What is used of `kiosk.journal.outage_queue.OutageQueue`. Every method raises OSError where the disk refuses."""

    def put(
        self,
        why: str,
        visit: int,
        *,
        run: str,
        items: FourItems | None = None,
        paper: Paper | None = None,
        name: str = "",
        birthdate: date | None = None,
    ) -> Queued:
        """Note one person."""
        ...

    def complete(self, entry: str, paper: Paper) -> Queued:
        """The numbers of somebody who was noted without them. Raises KeyError."""
        ...

    def withdraw(self, visit: int, *, run: str, noted_by: datetime) -> bool:
        """Take back what was noted for a visit of a run; where that is not known, what was noted until then."""
        ...

    def standing(self) -> list[Standing]:
        """Everybody, in the order they were put, with what came of it."""
        ...

    def pending(self) -> tuple[Queued, ...]:
        """Whose answer is not on disk, oldest first."""
        ...

    def unreported(self) -> list[Standing]:
        """Whose answer is not known to be in the journal."""
        ...

    def asking(self, entry: str) -> None:
        """The question goes out now. Raises KeyError: nobody waits under this id."""
        ...

    def answered(self, entry: str, answer: QueueAnswer) -> bool:
        """Keep the answer; False where there is one already, which stays. Raises KeyError."""
        ...

    def reported(self, entry: str) -> None:
        """The journal has it."""
        ...

    def forget_reported(self, before: date) -> None:
        """Take who was answered and reported on a day before off the disk."""
        ...
