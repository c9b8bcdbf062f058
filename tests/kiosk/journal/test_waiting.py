"""A disk that refuses: told, kept in memory in order, written as soon as it works again. And what a day came to."""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.journal import EntryRefusedError, JournalFile, VisitRecord, kinds, read, verify
from kiosk.journal.files import Disk
from tests.eventually import eventually
from tests.kiosk.journal.conftest import Desk, a_visit
from tests.kiosk.journal.test_entry import INDIVIDUAL_NUMBER


class Switched(Disk):
    """A disk that can be full, half-writes then, and may even refuse to take back what it half wrote."""

    full = False
    stubborn = False

    def write(self, descriptor: int, content: bytes) -> int:
        if self.full:
            os.write(descriptor, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(descriptor, content)

    def truncate(self, descriptor: int, size: int) -> None:
        if self.full and self.stubborn:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().truncate(descriptor, size)

    def unlink(self, path: object) -> None:
        if self.full and self.stubborn:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().unlink(path)  # type: ignore[arg-type]


def visits(desk: Desk) -> list[int]:
    return [entry.visit for entry in read(desk.folder, desk.key_file)]


@pytest.mark.parametrize("stubborn", [False, True])
@pytest.mark.parametrize("new_day", [False, True])
def test_entries_wait_in_order_and_are_written_before_the_next_one(
    desk: Desk, *, stubborn: bool, new_day: bool
) -> None:
    disk = Switched()
    journal = desk.journal(disk=disk)
    journal.record(a_visit(1))
    desk.clock += timedelta(days=new_day)
    disk.full, disk.stubborn = True, stubborn
    for number in (2, 3):
        with pytest.raises(OSError, match=r"space|Input"):
            journal.record(a_visit(number))
        assert visits(desk) == [1], "nothing half-written is read"
    assert (journal.waiting, journal.flush()) == (2, 2)
    disk.full = False
    journal.record(a_visit(4))
    assert (journal.waiting, visits(desk)) == (0, [1, 2, 3, 4])


@pytest.mark.parametrize("new_day", [False, True])
def test_an_entry_that_was_written_but_never_confirmed_is_not_written_twice(desk: Desk, *, new_day: bool) -> None:
    class Unconfirmed(Switched):
        """Takes every byte, confirms nothing, and takes nothing back."""

        stubborn = True

        def write(self, descriptor: int, content: bytes) -> int:
            return Disk.write(self, descriptor, content)

        def sync(self, descriptor: int) -> None:
            if self.full:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            super().sync(descriptor)

    disk = Unconfirmed()
    journal = desk.journal(disk=disk)
    journal.record(a_visit(1))
    desk.clock += timedelta(days=new_day)
    disk.full = True
    with pytest.raises(OSError, match="Input"):
        journal.record(a_visit(2))
    disk.full = False
    journal.record(a_visit(3))
    assert visits(desk) == [1, 2, 3]


def test_a_key_file_that_is_exchanged_meanwhile_seals_a_segment_of_its_own(desk: Desk) -> None:
    journal = desk.journal()
    journal.record(a_visit(1))
    desk.key_file.write_text("madoguchi-journal-key-1 " + "ab" * 32 + "\n")
    journal.record(a_visit(2))
    found = verify(desk.folder, desk.key_file)
    assert [entry.visit for entry in found.entries] == [2]
    assert len(desk.segments()) == 2


def test_what_waits_can_be_written_without_a_next_entry(desk: Desk) -> None:
    disk = Switched()
    journal = desk.journal(disk=disk)
    disk.full = True
    with pytest.raises(OSError, match="space"):
        journal.record(a_visit(1))
    disk.full = False
    assert journal.flush() == 0
    assert visits(desk) == [1]


@pytest.mark.parametrize("still_full", [False, True])
def test_the_end_is_the_last_try_and_tells_what_is_lost(desk: Desk, *, still_full: bool) -> None:
    disk = Switched()
    journal = desk.journal(disk=disk)
    disk.full = True
    with pytest.raises(OSError, match="space"):
        journal.record(a_visit(1))
    disk.full = still_full
    assert journal.close() == int(still_full)
    assert visits(desk) == ([] if still_full else [1])


def test_it_is_tried_again_without_anybody_asking(desk: Desk) -> None:
    disk = Switched()
    journal = JournalFile(
        desk.folder,
        desk.key_file,
        now=lambda: desk.clock,
        random_bytes=desk.random_bytes,
        kiosk="counter-1",
        disk=disk,
        retry_seconds=0.01,
    )
    disk.full = True
    with pytest.raises(OSError, match="space"):
        journal.record(a_visit(1))
    disk.full = False
    assert eventually(lambda: visits(desk) == [1])
    assert journal.close() == 0


def test_an_entry_keeps_the_time_it_happened_at(desk: Desk) -> None:
    disk = Switched()
    journal = desk.journal(disk=disk)
    disk.full = True
    with pytest.raises(OSError, match="space"):
        journal.record(a_visit(1))
    then = desk.clock
    desk.clock += timedelta(days=1)
    disk.full = False
    journal.record(a_visit(2))
    assert [entry.at.date() for entry in read(desk.folder, desk.key_file)] == [then.date(), desk.clock.date()]
    assert [len(journal.today(day)) for day in (then.date(), desk.clock.date())] == [1, 1]


def test_an_entry_that_may_not_be_written_does_not_hold_up_others(desk: Desk) -> None:
    journal = desk.journal()
    with pytest.raises(EntryRefusedError):
        journal.append(kinds.correction(desk.clock, 1, 2, INDIVIDUAL_NUMBER, run=journal.run))
    assert journal.waiting == 0
    journal.record(a_visit(1))
    assert visits(desk) == [1]


# --- what a day came to -----------------------------------------------------------------------------------------


def test_append_returns_the_entry_with_its_place(desk: Desk) -> None:
    journal = desk.journal()
    first = journal.append(kinds.attested(desk.clock, 1, "visual", run=journal.run))
    second = journal.append(kinds.lock(desk.clock, "opened"))
    assert (first.sequence, second.sequence) == (2, 3)  # the segment's own line is 1
    assert read(desk.folder, desk.key_file) == [first, second]


def test_today_is_read_live_with_who_it_was(desk: Desk) -> None:
    journal = desk.journal()
    journal.record(VisitRecord(1, "OK_ONLINE", name="協会　太郎", number="３４"))
    desk.clock += timedelta(days=1)
    assert journal.today(desk.clock.date()) == []
    journal.record(VisitRecord(2, "OK_CERTIFICATE", "manual", ("eligibility_certificate",)))
    desk.journal().record(a_visit(3))
    assert [entry.visit for entry in journal.today(desk.clock.date())] == [2, 3]
    [yesterday] = journal.today(desk.clock.date() - timedelta(days=1))
    assert (yesterday.person.name, yesterday.person.number) == ("協会　太郎", "３４")


def test_a_damaged_entry_is_left_out_of_today_and_told_by_verify_only(desk: Desk) -> None:
    journal = desk.journal()
    for number in (1, 2, 3):
        journal.record(a_visit(number))
    [segment] = desk.segments()
    lines = segment.read_text().splitlines()
    lines[2] = lines[2][:60] + ("1" if lines[2][60] == "0" else "0") + lines[2][61:]
    segment.write_text("\n".join(lines) + "\n")
    assert [entry.visit for entry in journal.today(desk.clock.date())] == [1, 3]


def test_an_undo_names_the_entry_it_stands_in_place_of(desk: Desk) -> None:
    journal = desk.journal()
    journal.record(VisitRecord(1, "OK_ONLINE"))
    journal.record(VisitRecord(2, "OK_ONLINE"))
    journal.record(VisitRecord(1, "NOT_CONFIRMED", corrects=True))
    entries = journal.today(desk.clock.date())
    assert [entry.corrects for entry in entries] == [0, 0, entries[0].sequence]
    gone = kinds.corrected(entries)
    assert [entry.outcome for entry in entries if entry.sequence not in gone] == ["OK_ONLINE", "NOT_CONFIRMED"]


def test_a_consent_in_between_is_not_what_an_undo_takes_back(desk: Desk) -> None:
    journal = desk.journal()
    journal.record(VisitRecord(1, "OK_ONLINE"))
    journal.record(VisitRecord(1, "OK_ONLINE", consent=(("medicine", True),)))
    journal.record(VisitRecord(1, "NOT_CONFIRMED", corrects=True))
    first, consent, correction = journal.today(desk.clock.date())
    assert (consent.kind, correction.corrects) == ("consent", first.sequence)


def test_an_undo_of_an_entry_that_waits_for_the_disk_names_it_all_the_same(desk: Desk) -> None:
    disk = Switched()
    journal = desk.journal(disk=disk)
    disk.full = True
    for record in (VisitRecord(1, "OK_ONLINE"), VisitRecord(1, "NOT_CONFIRMED", corrects=True)):
        with pytest.raises(OSError, match="space"):
            journal.record(record)
    disk.full = False
    assert journal.flush() == 0
    first, second = journal.today(desk.clock.date())
    assert second.corrects == first.sequence


def test_two_corrections_follow_each_other(desk: Desk) -> None:
    journal = desk.journal()
    record = VisitRecord(1, "OK_ONLINE")
    journal.record(record)
    for outcome in ("NOT_CONFIRMED", "OK_DECLARATION"):
        journal.record(replace(record, outcome=outcome, corrects=True))
    entries = journal.today(desk.clock.date())
    assert [e.outcome for e in entries if e.sequence not in kinds.corrected(entries)] == ["OK_DECLARATION"]


def test_a_day_that_is_over_is_closed_at_the_next_start_with_what_it_came_to(desk: Desk) -> None:
    journal = desk.journal()
    journal.record(VisitRecord(1, "OK_ONLINE"))
    journal.record(VisitRecord(2, "OK_ONLINE"))
    journal.record(VisitRecord(2, "NOT_CONFIRMED", corrects=True))
    journal.record(VisitRecord(3, "ABANDONED"))
    yesterday = desk.clock.date().isoformat()
    journal.prepare()
    journal.close()
    desk.clock += timedelta(days=1)
    journal.append(kinds.revealed(desk.clock, "list", ""))  # whoever looked first does not keep it from closing
    for _ in range(2):
        again = desk.journal()
        again.prepare()
        again.close()
    [closed] = [entry for entry in read(desk.folder, desk.key_file) if entry.kind == "day_closed"]
    assert closed.details == (("day", yesterday), ("ABANDONED", "1"), ("NOT_CONFIRMED", "1"), ("OK_ONLINE", "1"))


def test_many_threads_with_one_journal_write_one_chain(desk: Desk) -> None:
    journal = desk.journal()

    def work(start: int) -> None:
        for number in range(10):
            journal.record(a_visit(start + number))

    threads = [threading.Thread(target=work, args=(start,)) for start in (100, 200, 300, 400)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(visits(desk)) == sorted(start + n for start in (100, 200, 300, 400) for n in range(10))
