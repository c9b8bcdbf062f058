"""What is written of a visit names the start of the counter too: one visit, however often its number comes again."""

from __future__ import annotations

import string
from datetime import timedelta

import pytest

from eligibility.text import holds_individual_number
from kiosk.flow.effects import RecordVisit
from kiosk.journal import VisitRecord, kinds, read
from kiosk.journal.entry import from_bytes
from kiosk.journal.kinds import of_day
from kiosk.journal.outage_queue import OutageQueue
from kiosk.journal.run import LENGTH, new_run
from tests.kiosk.journal.conftest import MORNING, Desk, a_visit
from tests.kiosk.journal.test_outage_queue import HANAKO, queue_of


def test_a_run_is_letters_only_and_another_one_at_every_start(desk: Desk) -> None:
    runs = [new_run(desk.random_bytes) for _ in range(500)]
    assert len(set(runs)) == 500
    assert {len(run) for run in runs} == {LENGTH}
    assert set("".join(runs)) <= set(string.ascii_lowercase)
    assert not any(map(holds_individual_number, runs))
    assert desk.journal().run != desk.journal().run


def test_every_entry_of_a_visit_names_the_run_that_counted_it(desk: Desk) -> None:
    first, second = desk.journal(), desk.journal()
    first.record(a_visit(1))
    second.record(a_visit(1))
    first.append(kinds.lock(desk.clock, "opened"))
    assert [entry.run for entry in read(desk.folder, desk.key_file)] == [first.run, second.run, ""]


def test_two_counters_on_one_folder_correct_their_own_visits(desk: Desk) -> None:
    left, right = desk.journal(), desk.journal()
    left.record(a_visit(7))
    right.record(a_visit(7))
    left.record(VisitRecord(7, "NOT_CONFIRMED", corrects=True))
    right.record(VisitRecord(7, "OK_PENDING", corrects=True))
    found = read(desk.folder, desk.key_file)
    first, second = (entry.sequence for entry in found[:2])
    assert [entry.corrects for entry in found] == [0, 0, first, second]


def test_what_is_said_of_a_visit_past_midnight_names_its_day(desk: Desk) -> None:
    desk.clock = MORNING.replace(hour=23, minute=59)
    journal = desk.journal()
    journal.record(a_visit(1))
    yesterday = desk.clock.date()
    desk.clock += timedelta(minutes=2)
    named = journal.append(kinds.named(desk.clock, 1, "髙橋　花子", run=journal.run))
    taken = journal.append(kinds.correction(desk.clock, 1, 1, "mistyped", run=journal.run, day=yesterday))
    other = journal.append(kinds.named(desk.clock, 1, "別人", run="otherrun"))
    assert [of_day(entry) for entry in (named, taken, other)] == [yesterday, yesterday, None]
    assert read(desk.folder, desk.key_file)[1:] == [named, taken, other]


def test_a_visit_left_open_is_closed_under_its_own_run(desk: Desk) -> None:
    crashed = desk.journal()
    crashed.prepare()
    crashed.begin_visit(3)
    crashed._open_visit.release()
    beside = desk.journal()
    beside.record(a_visit(3))  # another counter's visit of the same number is not the one that was open
    again = desk.journal()
    again.prepare()
    assert again.resumed is not None
    assert (again.resumed.run, again.resumed.visit) == (crashed.run, 3)


def test_another_runs_visit_does_not_end_the_open_one(desk: Desk) -> None:
    journal = desk.journal()
    journal.prepare()
    journal.begin_visit(3)
    journal.append(kinds.resumed(desk.clock, 3, MORNING, run="otherrun"))
    journal._open_visit.release()
    again = desk.journal()
    again.prepare()
    assert again.resumed is not None
    assert again.resumed.run == journal.run


def test_entries_and_questions_of_earlier_versions_have_no_run() -> None:
    old = b'{"at":"2026-11-20T09:14:30+09:00","visit":3,"outcome":"OK_ONLINE"}'
    assert from_bytes(old, 1).run == ""


# --- whom to ask about later ---


def noted(queue: OutageQueue) -> list[tuple[str, int]]:
    return [(one.run, one.visit) for one in queue.pending()]


def test_a_withdrawal_takes_back_what_its_own_visit_noted(desk: Desk) -> None:
    queue = queue_of(desk)
    for run in ("earlierr", "todayrun"):
        queue.put("four_items", 1, run=run, items=HANAKO)
    desk.clock -= timedelta(minutes=5)  # when it was noted tells nothing
    assert queue.withdraw(1, run="earlierr", noted_by=desk.clock)
    assert noted(queue_of(desk)) == [("todayrun", 1)]
    assert not queue.withdraw(1, run="neverrun", noted_by=MORNING)


def test_what_another_run_noted_under_the_same_number_stays(desk: Desk) -> None:
    queue = queue_of(desk)
    queue.put("four_items", 1, run="earlierr", items=HANAKO)
    queue.put("four_items", 1, run="todayrun", items=HANAKO)
    assert noted(queue) == [("earlierr", 1), ("todayrun", 1)]
    queue.put("recheck", 1, run="todayrun", items=HANAKO)
    assert noted(queue) == [("earlierr", 1), ("todayrun", 1)], "one a visit"


@pytest.mark.parametrize("outcome", ["OK_ONLINE", "ABANDONED"])
def test_the_flow_needs_to_know_the_number_only(desk: Desk, outcome: str) -> None:
    journal = desk.journal()
    journal.record(RecordVisit(1, outcome, ""))
    [entry] = read(desk.folder, desk.key_file)
    assert (entry.run, entry.visit) == (journal.run, 1)
