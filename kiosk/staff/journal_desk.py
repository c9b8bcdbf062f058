"""The journal as the staff side uses it: today's entries in the desk's words, and the desk's own facts written down.

The only module of the staff side that knows `kiosk.journal`. Every method uses the disk: call it on a thread. What
breaks if it is wrong: a correction takes back another visit than the one on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

from kiosk.journal import kinds
from kiosk.journal.entry import Entry
from kiosk.staff.interfaces import NAMED, DayEntry


class JournalOfToday(Protocol):
    """What is used of `kiosk.journal.JournalFile`."""

    @property
    def run(self) -> str:
        """This start of the counter."""
        ...

    def today(self, day: date) -> list[Entry]:
        """Every entry of a day. Raises OSError."""
        ...

    def append(self, entry: Entry) -> Entry:
        """Write one entry; it is on the disk when this returns. Raises OSError."""
        ...


class JournalDesk:
    """`kiosk.staff.interfaces.DayJournal` over the journal's file."""

    def __init__(
        self,
        journal: JournalOfToday,
        now: Callable[[], datetime],
        withdraw: Callable[[str, int, datetime], object] | None = None,
    ) -> None:
        """`withdraw` takes back whom a visit (its run, number and time) put into the outage queue; None: no queue."""
        self._journal = journal
        self._now = now
        self._withdraw = withdraw

    @property
    def run(self) -> str:
        """This start of the counter."""
        return self._journal.run

    def today(self, day: date) -> Sequence[DayEntry]:
        """Every entry of the day, in the order of the chain."""
        return [day_entry(entry) for entry in self._journal.today(day)]

    def note_lock(self, word: str) -> None:
        """`opened`, `refused` or `locked`."""
        self._journal.append(kinds.lock(self._now(), word))

    def correct(self, entry: DayEntry, why: str) -> None:
        """Take a visit back; whoever was to be asked about later on its account is not asked about.

        The queue first: a visit that is taken back is not offered for it again, so a queue whose disk refuses must
        leave it as it stands. Raises OSError, where nothing is taken back, or the person in the queue alone.
        """
        if entry.queue and self._withdraw is not None:
            self._withdraw(entry.run, entry.visit, entry.at)
        day = entry.day or entry.at.date()
        self._journal.append(kinds.correction(self._now(), entry.visit, entry.sequence, why, run=entry.run, day=day))

    def note_real_name(self, visit: int, name: str) -> None:
        """The name is the entry's person: sealed with it, and masked wherever names are."""
        self._journal.append(kinds.named(self._now(), visit, name, run=self.run))


def day_entry(entry: Entry) -> DayEntry:
    """One entry in the desk's words."""
    person = entry.person
    noted = entry.kind == NAMED
    return DayEntry(
        sequence=entry.sequence,
        at=entry.at,
        visit=entry.visit,
        kind=entry.kind,
        outcome=entry.outcome,
        method=entry.method,
        charge=entry.charge,
        queue=entry.queue,
        validity=entry.validity,
        row=entry.row,
        documents=entry.documents,
        troubles=entry.troubles,
        reasons=entry.reasons,
        consent=entry.consent,
        spoken=entry.spoken,
        attested_by=entry.attested_by,
        corrects=entry.corrects,
        run=entry.run,
        day=kinds.of_day(entry),
        why=entry.why,
        differs=tuple(name for word, name in entry.details if word == "differs"),
        name="" if noted else person.name,
        real_name=person.name if noted else "",
        name_kana=person.name_kana,
        birthdate=date.fromisoformat(person.birthdate) if person.birthdate else None,
        insurer_number=person.insurer_number,
        symbol=person.symbol,
        number=person.number,
        branch=person.branch,
        ratio=person.ratio,
    )
