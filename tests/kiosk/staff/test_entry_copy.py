"""A visit that is over can still be taken over: as far as the journal kept it, and only where it was accepted."""

from __future__ import annotations

from dataclasses import replace

from kiosk.forms.app_text import read_app_text
from kiosk.staff.actions import Ask
from kiosk.staff.entry_copy import copied_text
from kiosk.staff.interfaces import DayEntry
from kiosk.words import Words
from tests.kiosk.staff.harness import Fakes, staff
from tests.kiosk.staff.samples import ENTRIES

JA = Words("ja")
DONE = ENTRIES[1]
"""協会 太郎, accepted by card."""


def test_what_the_journal_kept_is_the_apps_text_with_its_own_day() -> None:
    text = copied_text((DONE, ENTRIES[2]), JA)
    for part in ("01139997", "12345678", "123456", "協会　太郎", "ｷﾖｳｶｲ ﾀﾛｳ", "1975-03-04"):
        assert part in text
    read = read_app_text(text)
    assert read is not None
    assert read.confirmed_on == DONE.at.date().isoformat()


def test_what_came_back_later_stands_in_place_of_what_was_noted() -> None:
    noted = replace(DONE, validity=None, outcome="PENDING_4INFO", insurer_number="")
    later = replace(DONE, sequence=9, kind="requeried", number="777")
    assert copied_text((noted,), JA) == ""
    assert "777" in copied_text((noted, later), JA)


def test_nothing_is_taken_over_of_what_was_refused_or_taken_back() -> None:
    for refused in (
        replace(DONE, validity=2),
        replace(DONE, outcome="NOT_CONFIRMED"),
        replace(DONE, insurer_number=""),
    ):
        assert copied_text((refused,), JA) == ""
    back = DayEntry(9, DONE.at, DONE.visit, "correction", corrects=DONE.sequence, why="other_person")
    assert copied_text((DONE, back), JA) == ""


def test_an_answer_that_arrives_after_the_taking_back_is_never_taken_over() -> None:
    noted = replace(DONE, validity=None, outcome="PENDING_4INFO", insurer_number="", queue="four_items", run="aaaaaaaa")
    back = DayEntry(9, DONE.at, DONE.visit, "correction", corrects=DONE.sequence, why="other_person", run="aaaaaaaa")
    later = replace(DONE, sequence=10, kind="requeried", number="777", run="aaaaaaaa")
    assert copied_text((noted, back, later), JA) == ""
    anew = replace(DONE, sequence=11, kind="correction", corrects=9, number="888", run="aaaaaaaa")
    assert "888" in copied_text((noted, back, anew, later), JA)


async def test_it_is_shown_copied_and_cleared_from_the_days_visits() -> None:
    fakes = Fakes()
    fakes.journal.entries = [DONE]
    async with staff(fakes=fakes) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        running.screen.open(Ask.TODAY)
        await running.at("side-today")
        await running.press("1")
        await running.at("side-entry")
        await running.press("2")
        await running.at("side-copy")
        assert JA.text("side-copy.recorded") in running.text()
        await running.press("1")
        await running.until(lambda: bool(running.app.clipboard_writes), "copied")
        assert "協会　太郎" in running.app.clipboard_writes[-1]
        fakes.clock.now += 61
        running.side.second()
        assert "協会　太郎" not in running.app.clipboard_writes[-1]


def test_an_answer_that_turned_out_to_be_somebody_elses_is_not_taken_over_later() -> None:
    judged = DayEntry(9, DONE.at, DONE.visit, "visit", "NOT_CONFIRMED", "pin", row=3, reasons=("different_person",))
    assert copied_text((DONE, judged), JA) == ""
    assert "777" in copied_text((DONE, judged, replace(DONE, sequence=10, number="777")), JA)


async def test_a_reference_number_is_registered_for_a_visit_that_is_over() -> None:
    fakes = Fakes()
    fakes.journal.entries = [DONE]
    async with staff(fakes=fakes) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        running.screen.open(Ask.TODAY)
        await running.at("side-today")
        await running.press("1")
        await running.at("side-entry")
        await running.press("3")
        await running.at("side-reference")
        assert DONE.name in running.text()
        await running.press(*"A7", "enter")
        await running.until(lambda: bool(fakes.records.registered_for), "registered")
        [answer] = fakes.records.registered_for
        assert (answer.insurer_number, answer.symbol, answer.number, answer.branch) == (
            DONE.insurer_number,
            DONE.symbol,
            DONE.number,
            DONE.branch,
        )
        assert fakes.records.registered == ["A7"]
