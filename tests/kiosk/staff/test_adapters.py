"""The desk over the real stores: passcodes, journal, queue and drafts of one data folder."""

from __future__ import annotations

import os
from datetime import datetime, time
from pathlib import Path

from eligibility.papers.paper import Paper
from kiosk.flow.effects import RecordVisit
from kiosk.journal import JournalFile
from kiosk.journal.draft_store import DraftStore
from kiosk.journal.queued import QueueAnswer
from kiosk.services.later_person import LaterPerson
from kiosk.settings.model import Settings
from kiosk.settings.passcodes import PasscodeKind, PasscodeStore, passcode_path
from kiosk.staff.adapters import desk_of
from kiosk.staff.interfaces import REFUSED
from kiosk.staff.today import day_lines
from kiosk.words import Words
from tests.kiosk.staff.samples import NOW


def journal_in(folder: Path) -> JournalFile:
    keys = folder / "keystore" / "journal.key"
    return JournalFile(folder / "journal", keys, kiosk="kiosk-1", now=lambda: NOW, random_bytes=os.urandom)


class Queue:
    """The runner, as far as it is looked at."""

    waiting = 2
    progress = (1, 2)

    def __init__(self) -> None:
        self.asked = 0

    def people(self) -> list[LaterPerson]:
        return [
            LaterPerson(NOW, "four_items", 1, "国保　花子", refused="MOCK-RATE-LIMIT"),
            LaterPerson(NOW, "recheck", 2, "協会　太郎", QueueAnswer("OK_ONLINE", 1, differences=("address",))),
            LaterPerson(NOW, "recheck", 3, "無効　次郎", QueueAnswer("", code="MOCK-REQUEST")),
        ]

    def ask_now(self) -> None:
        self.asked += 1

    def complete(self, question: str, paper: Paper) -> bool:
        return False

    def withdraw_of(self, run: str, visit: int, noted_by: datetime) -> None:
        return None


def test_the_staff_passcode_is_the_stores(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    desk = desk_of(now=lambda: NOW, reader_name="R", data_dir=tmp_path, journal=journal)
    assert not desk.passcode.is_set()
    PasscodeStore(passcode_path(tmp_path), lambda: 0.0).put(PasscodeKind.STAFF, bytearray(b"271828"))
    assert desk.passcode.is_set()
    typed = bytearray(b"271828")
    assert desk.passcode.check(typed).accepted
    assert typed == bytes(6)
    assert desk.passcode.wait_seconds() == 0


def test_the_facility_passcode_does_not_open_the_staff_side(tmp_path: Path) -> None:
    PasscodeStore(passcode_path(tmp_path), lambda: 0.0).put(PasscodeKind.FACILITY, bytearray(b"2718"))
    desk = desk_of(now=lambda: NOW, reader_name="R", data_dir=tmp_path, journal=journal_in(tmp_path))
    assert not desk.passcode.is_set()


def test_a_visit_of_the_flow_is_a_line_of_the_day(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    desk = desk_of(now=lambda: NOW, reader_name="R", data_dir=tmp_path, journal=journal)
    journal.record(RecordVisit(1, "OK_ONLINE", "pin", charge="ratio:30", name="●橋　一郎", insurer_number="06129993"))
    desk.journal.note_lock("opened")
    desk.journal.note_real_name(1, "髙橋　一郎")
    [line] = day_lines(desk.journal.today(NOW.date()), Words("ja"))
    assert (line.entry.name, line.label, line.sign) == ("●橋　一郎", "髙橋　一郎", "*")
    desk.journal.correct(line.entry, "not_treated")
    [line] = day_lines(desk.journal.today(NOW.date()), Words("ja"))
    assert line.sign == "x"


def test_the_queue_tells_who_waits_who_was_answered_and_who_was_refused(tmp_path: Path) -> None:
    queue = Queue()
    desk = desk_of(now=lambda: NOW, reader_name="R", data_dir=tmp_path, journal=journal_in(tmp_path), queue=queue)
    assert desk.queue is not None
    assert (desk.queue.waiting, desk.queue.progress) == (2, (1, 2))
    waiting, answered, refused = desk.queue.people()
    assert (waiting.result, waiting.refused) == ("", "MOCK-RATE-LIMIT")
    assert (answered.result, answered.differences) == ("OK_ONLINE", ("address",))
    assert (refused.result, refused.refused) == (REFUSED, "MOCK-REQUEST")
    desk.queue.ask_now()
    assert queue.asked == 1


def test_a_kept_form_is_offered_until_it_is_dropped(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    drafts = DraftStore(
        tmp_path / "drafts", journal.keys, now=lambda: NOW, random_bytes=os.urandom, closing_time=time(19, 0)
    )
    drafts.keep("certificate_other", (("symbol", "１２３４"),))
    desk = desk_of(now=lambda: NOW, reader_name="R", data_dir=tmp_path, journal=journal, drafts=drafts)
    assert desk.drafts is not None
    drafts.keep("certificate_other", (("symbol", "５６"),))
    kept = desk.drafts.kept()
    assert sorted((one.form, one.draft) for one in kept) == [
        ("certificate_other", (("symbol", "１２３４"),)),
        ("certificate_other", (("symbol", "５６"),)),
    ]
    for one in kept:
        desk.drafts.drop(one.word)
    assert list(desk.drafts.kept()) == []


def test_the_settings_say_when_it_locks(tmp_path: Path) -> None:
    desk = desk_of(
        now=lambda: NOW,
        reader_name="R",
        data_dir=tmp_path,
        journal=journal_in(tmp_path),
        settings=Settings(auto_lock_seconds=30, clipboard_seconds=15),
    )
    assert (desk.auto_lock_seconds, desk.clipboard_seconds) == (30, 15)
    assert desk.queue is None
    assert desk.drafts is None
