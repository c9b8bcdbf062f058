"""The writing side of the journal: an entry is on disk when `append` returns, or waits in memory and was told so.

Several processes may write to one folder: each entry is written under a lock, after a look at what others appended.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from kiosk.flow.effects import RecordVisit
from kiosk.journal import kinds
from kiosk.journal.chain import NOTHING_YET, Head
from kiosk.journal.entry import ENDINGS, RECEPTIONS, Entry, check_entry
from kiosk.journal.files import DISK, Disk, locked
from kiosk.journal.head_file import HeadFile, usual_head_file
from kiosk.journal.key_file import KeyFile, as_key_file, create_key
from kiosk.journal.open_visit import OpenVisit
from kiosk.journal.reading import read_day
from kiosk.journal.record import VisitRecord, entry_of
from kiosk.journal.retrying import Retry
from kiosk.journal.run import new_run
from kiosk.journal.segments import parts, unfinished_purges
from kiosk.journal.starting import cut_tail, day_over, has_its_entry
from kiosk.journal.tail import Tails

RETRY_SECONDS = 5.0
"""Between two tries to write what a full disk refused; ours."""

_THE_ONE_BEFORE = -1
"""In `corrects` of an entry that waits: the visit's entry before it, whatever its sequence is going to be."""


class JournalFile:
    """The journal of one kiosk, in a folder of its own (made with mode 0700 on first use).

    `kiosk` names the counter in the chain; `now` is an aware clock in Asia/Tokyo; `random_bytes` gives keys and nonces;
    `head_file` is where the head is kept apart; `run` names this start, drawn where none is given. With
    `retry_seconds`, entries the disk refused are tried again by a thread of its own until they are written.
    Thread-safe.

    An old segment that is damaged, or sealed with another key, is left as it is: the chain goes on in a new segment
    and `kiosk.journal.verify` tells of it, because a counter has to go on recording.
    """

    def __init__(
        self,
        folder: Path,
        key_file: Path | KeyFile,
        *,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        kiosk: str,
        head_file: Path | None = None,
        disk: Disk = DISK,
        retry_seconds: float | None = None,
        run: str = "",
    ) -> None:
        self.folder = folder
        self.run = run or new_run(random_bytes)
        """This start of the counter: beside it, the number of a visit means one visit."""
        self.keys = as_key_file(key_file)
        self._now = now
        self._random_bytes = random_bytes
        self._disk = disk
        self._tails = Tails(folder, kiosk, disk, random_bytes)
        self._head = HeadFile(head_file or usual_head_file(folder), disk)
        self._open_visit = OpenVisit(folder, disk, random_bytes)
        self._waiting: deque[Entry] = deque()
        self._last_of_visit: dict[tuple[str, int], tuple[int, date]] = {}
        """The newest reception that was written of each visit: its sequence and day."""
        self._retry = Retry(self.flush, retry_seconds)
        self._one_at_a_time = threading.RLock()
        self.resumed: Entry | None = None
        """The visit that a crash had left open, closed by `prepare`."""
        self.tail_lost: Entry | None = None
        """What `prepare` found missing at the chain's end."""

    @property
    def mended_bytes(self) -> int:
        """Bytes of half-written lines, never acknowledged, that were cut off since this object was made."""
        return self._tails.mended_bytes

    def prepare(self) -> None:
        """Make folder and key now, so that what is wrong with them is known before the first patient.

        Finishes what a crash interrupted: a purge, a visit that was open (`resumed`); holds the chain against the head
        kept apart (`tail_lost`); and closes the newest day that is over, with what it came to.

        Raises:
            JournalKeyError: The key file cannot be used as it is.
            OSError: The disk refuses.
        """
        with self._locked():
            master = self._master()
            for segment in unfinished_purges(self.folder):
                self._disk.destroy(segment)
            tail = self._tails.present(master)
            self.tail_lost = cut_tail(self._head.path, tail.head if tail else NOTHING_YET, master, self._now())
        if self.tail_lost is not None:
            self._note(self.tail_lost)
        if self._open_visit.claim():
            self._resume()
            if closed := day_over(self.folder, self.keys, self._now()):
                self._note(closed)

    def append(self, entry: Entry) -> Entry:
        """Write one entry; returns it with its sequence when it is on disk.

        Raises:
            EntryRefusedError: It is none that may be written (a 個人番号, an unknown kind).
            JournalKeyError: The key file cannot be used as it is; the entry waits.
            OSError: The disk refuses (full, not writable); nothing half-written stays, the entry waits in memory and
                is written, in order, before the next one, by `flush`, or at `close`.
        """
        check_entry(entry)
        with self._one_at_a_time:
            self._waiting.append(replace(entry, at=entry.at.replace(microsecond=0)))
            return self._write_waiting()

    def record(self, record: RecordVisit | VisitRecord) -> None:
        """Write a visit. Raises as `append`; where it returns, the visit is on disk."""
        made = record if isinstance(record, VisitRecord) else VisitRecord.from_effect(record)
        with self._one_at_a_time:
            entry = entry_of(made, self._now(), self.run)
            self.append(replace(entry, corrects=_THE_ONE_BEFORE if made.corrects else 0))

    def begin_visit(self, visit: int) -> None:
        """Mark a visit as open, so that a crash in it is noted at the next start. A disk that refuses is no matter."""
        with self._one_at_a_time, suppress(OSError), self._locked():
            master = self._master()
            tail = self._tails.present(master)
            self._open_visit.begin(master, self.run, visit, self._now(), (tail.head if tail else NOTHING_YET).sequence)

    def flush(self) -> int:
        """Try to write what waits; how many entries still do. Never raises OSError."""
        with self._one_at_a_time:
            if self._waiting:
                with suppress(OSError):
                    self._write_waiting()
            return len(self._waiting)

    @property
    def waiting(self) -> int:
        """How many entries the disk has refused so far and that are kept in memory."""
        return len(self._waiting)

    def close(self) -> int:
        """Write what waits, once more, and let go; how many entries are lost with this process."""
        with self._one_at_a_time:
            self._retry.stop()
            left = self.flush()
            self._open_visit.release()
            return left

    def today(self, day: date) -> list[Entry]:
        """The entries of a day as they are on disk now, oldest first; a damaged one is left out (`verify` tells).

        Raises:
            JournalKeyError: The key file cannot be used as it is.
            OSError: The disk refuses.
        """
        return read_day(self.folder, self.keys, day)

    @property
    def head(self) -> Head:
        """Where the chain ends. Kept elsewhere, it shows a tail that was cut off. Raises OSError."""
        with self._locked():
            if not parts(self.folder):
                return NOTHING_YET
            tail = self._tails.present(self._master())
            return tail.head if tail else NOTHING_YET

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._one_at_a_time:
            self._disk.folder(self.folder)
            with locked(self.folder):
                yield

    def _master(self) -> bytes:
        create_key(self.keys.path, self._random_bytes, self._disk)
        return self.keys.master()

    def _write_waiting(self) -> Entry:
        """Write every waiting entry in order; the last one with its sequence."""
        try:
            with self._locked():
                while True:
                    written = self._write(self._waiting[0])
                    self._waiting.popleft()
                    if not self._waiting:
                        return written
        finally:
            if self._waiting:
                self._retry.later()

    def _write(self, entry: Entry) -> Entry:
        master = self._master()
        before, day = self._last_of_visit.get((entry.run, entry.visit), (0, entry.at.date()))
        if entry.corrects == _THE_ONE_BEFORE:  # known only now: it may have waited for the disk as well
            entry = replace(entry, corrects=before)
        entry = kinds.with_day(entry, day)  # past midnight it says which day it is about
        head = self._tails.append(master, entry)
        entry = replace(entry, sequence=head.sequence)
        # The entry is durable: a head that could not be kept is behind, which `verify` allows for.
        with suppress(OSError):
            self._head.keep(head, master)
        if entry.kind in RECEPTIONS:
            self._last_of_visit[entry.run, entry.visit] = head.sequence, entry.at.date()
        if entry.kind in ENDINGS:
            with suppress(OSError):
                self._open_visit.end(master, entry.run, entry.visit)
        return entry

    def _resume(self) -> None:
        """Close the visit that was open when the last process ended, once."""
        master = self.keys.master()
        left = self._open_visit.left_open(master)
        if left is None:
            return
        if has_its_entry(self.folder, self.keys, left, self._now().date()):
            self._open_visit.end(master, left.run, left.visit)
        else:
            self.resumed = kinds.resumed(self._now(), left.visit, left.began, run=left.run)
            self._note(self.resumed)

    def _note(self, entry: Entry) -> None:
        """Append what was found at the start; a full disk, of which the first visit tells, does not keep it shut."""
        with suppress(OSError):
            self.append(entry)
