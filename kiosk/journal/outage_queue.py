"""People to be asked about when the service is back: on disk, in order, each answered exactly once.

A question has its id before it is asked, and the same one for ever; its answer is on disk before anybody is told of it.
So a question that was under way at a crash is asked again, as the same one, only where its answer was not stored
(reception.md §6: after システム障害時モード, and 4情報 taken from the card's face). Sealed with the journal's key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from eligibility.errors import FieldError
from eligibility.papers.paper import Paper
from eligibility.papers.reading import refuse_individual_number_anywhere
from kiosk.flow.facts import FourItems
from kiosk.journal.entry import EntryRefusedError
from kiosk.journal.files import DISK, Disk
from kiosk.journal.key_file import KeyFile, as_key_file
from kiosk.journal.queued import QueueAnswer, Queued, Standing
from kiosk.journal.sealed_log import Record, SealedLog

_LETTERS: Final = "abcdefghijkmnopq"
"""An id is letters only: never to be taken for a number of a person."""
_ID_BYTES: Final = 12


class OutageQueue:
    """The queue in a folder of its own. Thread-safe; what a method changes is on disk when it returns.

    Methods raise OSError where the disk refuses (what was put stays in memory and is written later, in order) and
    JournalKeyError for the key.
    """

    def __init__(
        self,
        folder: Path,
        key_file: Path | KeyFile,
        *,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        disk: Disk = DISK,
        retry_seconds: float | None = None,
    ) -> None:
        """`retry_seconds`: between two tries to write what a full disk refused; None: with the next record."""
        self._now = now
        self._random_bytes = random_bytes
        self._of_visit: dict[tuple[str, int], str] = {}
        keys = as_key_file(key_file)
        self._log = SealedLog(folder / "outage.queue", keys, "outage queue", disk, random_bytes, retry_seconds)

    @property
    def unwritten(self) -> int:
        """Records the disk refused so far."""
        return self._log.waiting

    @property
    def set_aside(self) -> Path | None:
        """A damaged queue that was found; what could be read of it is still in the queue."""
        return self._log.set_aside

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
        """Add a person at the end, in place of what was put for the same visit before and is not answered yet.

        `why` is `four_items` or `recheck`; `run` is the start of the counter that counted the visit. `name` and
        `birthdate` say whom it is about where there is nothing to ask with yet.

        Raises:
            EntryRefusedError: A field looks like a 個人番号.
        """
        at = self._now().replace(microsecond=0)
        queued = Queued(self._new_id(), why, visit, at, items, paper, name, birthdate, run)
        record = _record_of(queued, self._of_visit.get((run, visit), ""))
        self._of_visit[run, visit] = queued.id  # also of one that the disk refuses: it waits in memory
        self._log.add(record)
        return queued

    def complete(self, entry: str, paper: Paper) -> Queued:
        """The numbers of somebody who was noted without are there: a question of its own, in place of the first.

        Raises:
            KeyError: Nobody waits under this id.
            EntryRefusedError: A field looks like a 個人番号.
        """
        with self._log.held() as records:
            before = _named(records, entry)
            if before.answer is not None:
                raise KeyError(entry)
            noted = before.queued
            name = noted.name or (noted.paper.name if noted.paper is not None else None) or ""
            queued = replace(noted, id=self._new_id(), paper=paper, name=name)
            record = _record_of(queued, entry)
            if self._of_visit.get((queued.run, queued.visit)) == entry:
                self._of_visit[queued.run, queued.visit] = queued.id
            self._log.add(record)
        return queued

    def withdraw(self, visit: int, *, run: str, noted_by: datetime) -> bool:
        """Take back the newest that was noted for this visit; whether it was still to be asked about.

        An answer that came meanwhile stays: it was asked. `noted_by` tells visits without a run apart, those of earlier
        versions: what was noted later is another one's.
        """
        with self._log.held() as records:
            noted = [
                one
                for one in _folded(records)
                if (one.queued.run, one.queued.visit) == (run, visit) and (run or one.queued.at <= noted_by)
            ]
            if not noted or noted[-1].answer is not None:
                return False
            self._log.add({"do": "withdrawn", "id": noted[-1].queued.id})
        return True

    def _new_id(self) -> str:
        return "".join(_LETTERS[byte >> 4] + _LETTERS[byte & 15] for byte in self._random_bytes(_ID_BYTES))

    def standing(self) -> list[Standing]:
        """Everybody in the queue, in the order they were put, with what came of it."""
        return _folded(self._log.records())

    def pending(self) -> tuple[Queued, ...]:
        """Those without an answer, oldest first."""
        return tuple(one.queued for one in self.standing() if one.answer is None)

    def unreported(self) -> list[Standing]:
        """Those whose answer is not known to be in the journal: after a crash, to be written there first."""
        return [one for one in self.standing() if one.answer is not None and not one.reported]

    def asking(self, entry: str) -> None:
        """The question goes out now.

        Raises:
            KeyError: Nobody waits under this id: taken back, or another counter of this folder has the answer.
        """
        with self._log.held() as records:
            standing = _named(records, entry)
            if standing.answer is not None:
                raise KeyError(entry)
            if not standing.asked:
                self._log.add({"do": "asked", "id": entry})

    def answered(self, entry: str, answer: QueueAnswer) -> bool:
        """Keep the answer; the person is pending no more. False where there is one already: nothing is changed.

        Raises:
            KeyError: Nobody was put under this id.
        """
        with self._log.held() as records:
            if _named(records, entry).answer is not None:
                return False
            self._log.add({"do": "answered", "id": entry, **answer.as_dict()})
        return True

    def reported(self, entry: str) -> None:
        """What came of it is in the journal."""
        self._log.add({"do": "reported", "id": entry})

    def flush(self) -> None:
        """Write what the disk refused before."""
        self._log.flush()

    def close(self) -> None:
        """Write what the disk refused before, once more, and let go. Never raises OSError."""
        self._log.close()

    def forget_reported(self, before: date = date.max) -> None:
        """Take everybody who is answered and reported, and was put before that day, off the disk: when a new day
        begins, and by a purge.
        """

        def kept(records: Iterable[Record]) -> list[Record]:
            found = list(records)
            left = {one.queued.id for one in _folded(found) if not (one.reported and one.queued.at.date() < before)}
            return [record for record in found if record["id"] in left]

        self._log.rewrite(kept)

    def clean(self) -> None:
        """What a purge takes: everybody answered and reported, and damaged queues that were set aside."""
        if self._log.exists:
            self.forget_reported()
            self._log.destroy_set_aside()


def _record_of(queued: Queued, before: str) -> Record:
    """What is written of somebody in place of `before`. Raises EntryRefusedError."""
    fields = queued.as_dict()
    whose = {"name": queued.name}
    for name, text in [*(fields["items"] or {}).items(), *(fields["paper"] or {}).items(), *whose.items()]:
        try:
            refuse_individual_number_anywhere(text)
        except FieldError:
            raise EntryRefusedError("journal.individual_number", name) from None
    return {**fields, "do": "put", "replaces": before}


def _named(records: Iterable[Record], entry: str) -> Standing:
    """Raises KeyError."""
    return {one.queued.id: one for one in _folded(records)}[entry]


def _folded(records: Iterable[Record]) -> list[Standing]:
    """The questions as the records leave them."""
    people: dict[str, Queued] = {}
    asked: set[str] = set()
    answers: dict[str, QueueAnswer] = {}
    reported: set[str] = set()
    for record in records:
        own = str(record["id"])
        match record["do"]:
            case "put":
                people.setdefault(own, Queued.from_dict(record))
                if record["replaces"] not in answers:
                    people.pop(record["replaces"], None)
            case "withdrawn":
                if own not in answers:
                    people.pop(own, None)
            case "asked":
                asked.add(own)
            case "answered":
                answers.setdefault(own, QueueAnswer.from_dict(record))
            case "reported":
                reported.add(own)
    return [
        Standing(queued, own in asked, answers.get(own), own in reported and own in answers)
        for own, queued in people.items()
    ]
