"""People to be asked later: in order, each answered exactly once, nobody forgotten (reception.md §6)."""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Paper, Shown
from eligibility.papers.parsing import parse_paper
from kiosk.flow.facts import FourItems
from kiosk.journal import EntryRefusedError
from kiosk.journal.files import DISK, Disk
from kiosk.journal.outage_queue import OutageQueue
from kiosk.journal.queued import QueueAnswer
from tests.eventually import eventually
from tests.kiosk.journal.conftest import MORNING, Desk
from tests.kiosk.journal.test_entry import INDIVIDUAL_NUMBER

RUN = "morningr"
"""A start of the counter."""
HANAKO = FourItems("窓口　花子", date(1953, 5, 2), "female", "千葉市中央区")
TARO = parse_paper(
    FORM_OF["certificate_kyokai"],
    {
        "insurer_number": "01139997",
        "symbol": "１２",
        "number": "３４",
        "branch": "",
        "name": "協会　太郎",
        "birthdate": "1980-05-02",
        "issued_on": "2025-08-01",
        "expires_on": "2029-07-31",
    },
    MORNING.date(),
    shown=Shown.PHOTOCOPY,
)
GOOD = QueueAnswer("OK_ONLINE", 1)
BAD = QueueAnswer("NOT_CONFIRMED", 2, "MOCK-X", ("name", "birthdate"))


def queue_of(desk: Desk, disk: Disk = DISK, retry_seconds: float | None = None) -> OutageQueue:
    return OutageQueue(
        desk.folder.with_name("queue"),
        desk.key_file,
        now=lambda: desk.clock,
        random_bytes=desk.random_bytes,
        disk=disk,
        retry_seconds=retry_seconds,
    )


def file_of(desk: Desk) -> Path:
    return desk.folder.with_name("queue") / "outage.queue"


def visits(desk: Desk) -> list[int]:
    return [queued.visit for queued in queue_of(desk).pending()]


def test_people_come_back_as_they_were_put_and_in_that_order(desk: Desk) -> None:
    first = queue_of(desk).put("four_items", 1, run=RUN, items=HANAKO)
    second = queue_of(desk).put("recheck", 2, run=RUN, paper=TARO)
    assert queue_of(desk).pending() == (first, second)
    assert (first.items, first.paper, first.at) == (HANAKO, None, MORNING.replace(microsecond=0))
    assert isinstance(second.paper, Paper)
    assert (second.paper, second.why, second.paper.shown) == (TARO, "recheck", Shown.PHOTOCOPY)


def test_what_is_put_for_a_visit_later_replaces_what_was_put_before(desk: Desk) -> None:
    queue = queue_of(desk)
    queue.put("four_items", 1, run=RUN, items=HANAKO)
    queue.put("recheck", 2, run=RUN, paper=TARO)
    corrected = queue.put("four_items", 1, run=RUN, items=replace(HANAKO, address="船橋市"))
    assert [one.visit for one in queue_of(desk).pending()] == [2, 1]
    queue.answered(corrected.id, GOOD)
    again = queue.put("recheck", 1, run=RUN, paper=TARO)
    assert [one.queued.id for one in queue.standing()][-2:] == [corrected.id, again.id], "an answer stays"
    other_run = queue_of(desk)
    other_run.put("recheck", 2, run="noonruns", paper=TARO)
    assert [one.visit for one in other_run.pending()] == [2, 1, 2], "another run counts its visits anew"
    other_run.forget_reported()
    assert len(queue_of(desk).standing()) == 4


def test_everybody_is_answered_once(desk: Desk) -> None:
    first, second = (
        queue_of(desk).put("four_items", 1, run=RUN, items=HANAKO),
        queue_of(desk).put("recheck", 2, run=RUN, paper=TARO),
    )
    queue_of(desk).answered(first.id, BAD)
    assert queue_of(desk).pending() == (second,)
    queue_of(desk).answered(first.id, GOOD)
    assert [one.answer for one in queue_of(desk).standing()] == [BAD, None], "a second answer changes nothing"
    queue_of(desk).answered(second.id, GOOD)
    assert queue_of(desk).pending() == ()


def test_a_question_that_was_under_way_at_a_crash_is_asked_again_as_the_same_one(desk: Desk) -> None:
    queued = queue_of(desk).put("four_items", 1, run=RUN, items=HANAKO)
    for _ in range(2):
        queue_of(desk).asking(queued.id)
    assert queue_of(desk).pending() == (queued,)
    assert [one.asked for one in queue_of(desk).standing()] == [True]


def test_an_answer_that_was_not_reported_is_reported_after_a_crash_and_not_asked_for(desk: Desk) -> None:
    queued = queue_of(desk).put("four_items", 1, run=RUN, items=HANAKO)
    queue_of(desk).answered(queued.id, GOOD)
    after = queue_of(desk)
    assert after.pending() == ()
    assert [(one.queued, one.answer) for one in after.unreported()] == [(queued, GOOD)]
    after.reported(queued.id)
    assert queue_of(desk).unreported() == []


def test_what_was_reported_can_be_forgotten_and_nothing_else(desk: Desk) -> None:
    queue = queue_of(desk)
    done, asked, waiting = (queue.put("recheck", visit, run=RUN, paper=TARO) for visit in (1, 2, 3))
    queue.answered(done.id, GOOD)
    queue.reported(done.id)
    queue.answered(asked.id, GOOD)
    queue.reported(waiting.id)  # without an answer there is nothing to report
    size = file_of(desk).stat().st_size
    queue.forget_reported()
    left = [asked.id, waiting.id]
    assert [one.queued.id for one in queue.standing()] == [one.queued.id for one in queue_of(desk).standing()] == left
    assert file_of(desk).stat().st_size < size
    queue.put("recheck", 4, run=RUN, paper=TARO)
    assert len(queue_of(desk).standing()) == 3


def test_of_those_who_were_reported_only_earlier_days_can_be_forgotten(desk: Desk) -> None:
    queue = queue_of(desk)
    for _ in range(2):
        own = queue.put("recheck", 1, run=RUN, paper=TARO).id
        queue.answered(own, GOOD)
        queue.reported(own)
        desk.clock += timedelta(days=1)
    today = desk.clock.date() - timedelta(days=1)
    queue.forget_reported(today)
    assert [one.queued.at.date() for one in queue_of(desk).standing()] == [today]


def test_nothing_of_a_person_can_be_read_without_the_key(desk: Desk) -> None:
    queued = queue_of(desk).put("four_items", 1, run=RUN, items=HANAKO)
    queue_of(desk).answered(queued.id, BAD)
    raw = file_of(desk).read_bytes()
    for word in ("花子", "1953", "female", "千葉", queued.id, "birthdate", "NOT_CONFIRMED"):
        assert word.encode() not in raw
    assert file_of(desk).stat().st_mode & 0o077 == 0
    assert "花子" not in repr(queue_of(desk).standing())


def test_an_individual_number_is_never_queued(desk: Desk) -> None:
    text = f"番号 {INDIVIDUAL_NUMBER}"
    for items in (replace(HANAKO, name=text), replace(HANAKO, address=text)):
        with pytest.raises(EntryRefusedError) as refusal:
            queue_of(desk).put("four_items", 1, run=RUN, items=items)
        assert INDIVIDUAL_NUMBER not in str(refusal.value)
    with pytest.raises(EntryRefusedError):
        queue_of(desk).put("recheck", 1, run=RUN, paper=replace(TARO, number=INDIVIDUAL_NUMBER))
    assert visits(desk) == []


def test_an_id_is_never_taken_for_a_number(desk: Desk) -> None:
    owns = [queue_of(desk).put("four_items", visit, run=RUN, items=HANAKO).id for visit in range(20)]
    assert all(own.isalpha() for own in owns)
    assert len(set(owns)) == 20


class FullDisk(Disk):
    """Takes half of a line, and nothing more, while `full`."""

    full = False

    def write(self, descriptor: int, content: bytes) -> int:
        if self.full:
            os.write(descriptor, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(descriptor, content)


def test_on_a_full_disk_people_wait_in_memory_and_are_written_in_order_later(desk: Desk) -> None:
    disk = FullDisk()
    queue = queue_of(desk, disk)
    queue.put("four_items", 1, run=RUN, items=HANAKO)
    disk.full = True
    for visit in (2, 3):
        with pytest.raises(OSError, match="space"):
            queue.put("recheck", visit, run=RUN, paper=TARO)
    assert queue.unwritten == 2
    assert [queued.visit for queued in queue.pending()] == [1, 2, 3]
    assert visits(desk) == [1]
    disk.full = False
    queue.put("recheck", 4, run=RUN, paper=TARO)
    assert queue.unwritten == 0
    assert visits(desk) == [1, 2, 3, 4]


def test_what_is_noted_anew_for_a_visit_on_a_full_disk_is_one_person(desk: Desk) -> None:
    disk = FullDisk()
    queue = queue_of(desk, disk)
    disk.full = True
    for _ in range(2):
        with pytest.raises(OSError, match="space"):
            queue.put("recheck", 1, run=RUN, paper=TARO)
    assert len(queue.pending()) == 1
    disk.full = False
    queue.flush()
    assert visits(desk) == [1]


def test_it_is_tried_again_without_anybody_asking(desk: Desk) -> None:
    disk = FullDisk()
    queue = queue_of(desk, disk, retry_seconds=0.01)
    disk.full = True
    with pytest.raises(OSError, match="space"):
        queue.put("four_items", 1, run=RUN, items=HANAKO)
    disk.full = False
    assert eventually(lambda: queue.unwritten == 0)
    assert visits(desk) == [1]


@pytest.mark.parametrize("still_full", [False, True])
def test_the_end_is_the_last_try(desk: Desk, *, still_full: bool) -> None:
    disk = FullDisk()
    queue = queue_of(desk, disk)
    disk.full = True
    with pytest.raises(OSError, match="space"):
        queue.put("four_items", 1, run=RUN, items=HANAKO)
    disk.full = still_full
    queue.close()
    assert queue.unwritten == int(still_full)
    assert visits(desk) == ([] if still_full else [1])


def test_a_half_written_line_is_cut_off(desk: Desk) -> None:
    queue_of(desk).put("four_items", 1, run=RUN, items=HANAKO)
    whole = file_of(desk).read_bytes()
    file_of(desk).write_bytes(whole + whole.splitlines()[1][:100])
    queue_of(desk).put("recheck", 2, run=RUN, paper=TARO)
    assert visits(desk) == [1, 2]
    assert queue_of(desk).set_aside is None


def test_a_changed_line_costs_itself_only_and_the_file_is_kept_as_evidence(desk: Desk) -> None:
    for visit in (1, 2, 3):
        queue_of(desk).put("recheck", visit, run=RUN, paper=TARO)
    lines = file_of(desk).read_bytes().splitlines(keepends=True)
    lines[2] = lines[2][:60] + (b"1" if lines[2][60:61] == b"0" else b"0") + lines[2][61:]
    damaged = b"".join(lines)
    file_of(desk).write_bytes(damaged)
    queue = queue_of(desk)
    assert [queued.visit for queued in queue.pending()] == [1, 3]
    assert queue.set_aside is not None
    assert queue.set_aside.read_bytes() == damaged
    queue.put("four_items", 4, run=RUN, items=HANAKO)
    assert visits(desk) == [1, 3, 4]


def test_a_file_that_is_no_queue_is_set_aside(desk: Desk) -> None:
    queue_of(desk).put("recheck", 1, run=RUN, paper=TARO)
    file_of(desk).write_bytes(b"something else\n")
    queue = queue_of(desk)
    queue.put("recheck", 2, run=RUN, paper=TARO)
    assert queue.set_aside is not None
    assert visits(desk) == [2]


def test_two_at_once_lose_nothing_and_answer_once(desk: Desk) -> None:
    first = [queue_of(desk).put("recheck", visit, run=RUN, paper=TARO).id for visit in range(5)]

    def work(mark: str) -> None:
        queue = queue_of(desk)
        for visit, own in enumerate(first, start=100):
            queue.answered(own, QueueAnswer(mark))
            queue.put("recheck", visit, run=RUN, paper=TARO)

    threads = [threading.Thread(target=work, args=(mark,)) for mark in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    standing = queue_of(desk).standing()
    assert len(standing) == 15
    assert all(one.answer is not None for one in standing[:5])


def test_nobody_can_be_answered_who_was_never_put(desk: Desk) -> None:
    for unknown in (queue_of(desk).asking, lambda own: queue_of(desk).answered(own, GOOD)):
        with pytest.raises(KeyError):
            unknown("nobody")


def test_nobodys_name_stays_in_memory_once_it_is_on_the_disk(desk: Desk) -> None:
    queue = queue_of(desk)
    queue.put("four_items", 1, run=RUN, items=HANAKO)
    assert queue.pending()[0].items == HANAKO
    assert "花子" not in repr(vars(queue._log))
