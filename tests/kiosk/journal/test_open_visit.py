"""A visit that was open at a crash is closed and noted at the next start, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk.flow.effects import RecordVisit
from kiosk.journal import Entry, JournalFile, read
from kiosk.journal.files import DISK, Disk
from tests.kiosk.journal.conftest import MORNING, Desk, a_visit


def started(desk: Desk, disk: Disk = DISK) -> JournalFile:
    journal = desk.journal(disk=disk)
    journal.prepare()
    return journal


def crash(journal: JournalFile) -> None:
    """As the system does it: locks are let go, nothing else happens."""
    journal._open_visit.release()


def resumed(desk: Desk) -> list[Entry]:
    return [entry for entry in read(desk.folder, desk.key_file) if entry.kind == "resumed"]


def test_an_open_visit_is_closed_at_the_next_start_once(desk: Desk) -> None:
    journal = started(desk)
    journal.record(a_visit(1))
    journal.begin_visit(2)
    crash(journal)
    desk.clock += timedelta(minutes=5)
    for _ in range(2):
        again = started(desk)
        crash(again)
    [entry] = resumed(desk)
    assert entry.visit == 2
    assert entry.details == (("began", MORNING.replace(microsecond=0).isoformat()),)
    assert entry.at == desk.clock.replace(microsecond=0)


@pytest.mark.parametrize("outcome", ["OK_ONLINE", "ABANDONED"])
def test_a_visit_that_has_its_entry_is_closed(desk: Desk, outcome: str) -> None:
    journal = started(desk)
    journal.begin_visit(1)
    journal.record(RecordVisit(1, outcome, ""))
    crash(journal)
    assert started(desk).resumed is None
    assert resumed(desk) == []


def test_a_crash_between_the_entry_and_the_mark_is_no_open_visit(desk: Desk) -> None:
    class NoMark(Disk):
        marks = 1

        def write_at(self, descriptor: int, content: bytes, offset: int) -> int:
            raise OSError(5, "gone")

    journal = started(desk)
    journal.begin_visit(1)
    crash(journal)
    # The mark of visit 1 stays, because only the entry reaches the disk.
    other = desk.journal(disk=NoMark(), run=journal.run)
    other.record(a_visit(1))
    assert started(desk).resumed is None
    assert resumed(desk) == []


def test_the_entry_of_an_earlier_run_with_the_same_number_does_not_count(desk: Desk) -> None:
    journal = started(desk)
    journal.record(a_visit(1))
    crash(journal)
    second = started(desk)  # visits are numbered from 1 in every run
    second.begin_visit(1)
    crash(second)
    assert started(desk).resumed is not None


def test_a_second_counter_in_the_same_folder_leaves_the_first_ones_visit_alone(desk: Desk) -> None:
    journal = started(desk)
    journal.begin_visit(1)
    beside = started(desk)
    assert beside.resumed is None
    beside.begin_visit(7)
    beside.record(a_visit(7))
    crash(journal)
    crash(beside)
    started(desk)
    assert [entry.visit for entry in resumed(desk)] == [1]


def test_other_entries_of_the_visit_do_not_close_it(desk: Desk) -> None:
    from kiosk.journal import kinds

    journal = started(desk)
    journal.begin_visit(1)
    journal.append(kinds.attested(desk.clock, 1, "visual", run=journal.run))
    crash(journal)
    assert started(desk).resumed is not None


def test_nothing_of_a_visit_can_be_read_in_the_mark(desk: Desk) -> None:
    journal = started(desk)
    journal.begin_visit(1)
    assert b"2026" not in (desk.folder / "open-visit").read_bytes()


def test_a_disk_that_refuses_the_mark_stops_no_visit(desk: Desk) -> None:
    class NoSpace(Disk):
        def write_at(self, descriptor: int, content: bytes, offset: int) -> int:
            raise OSError(28, "No space left on device")

        def rename(self, old: object, new: object) -> None:
            raise OSError(28, "No space left on device")

    journal = started(desk, NoSpace())
    journal.begin_visit(1)
    journal.record(a_visit(1))
    assert [entry.visit for entry in read(desk.folder, desk.key_file)] == [1]
