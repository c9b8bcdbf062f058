"""The outage queue on the staff side: what came back is seen there, by itself, and missing numbers are typed there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.rule_dates import STANDARD_RULES
from kiosk.journal import Entry, kinds
from kiosk.journal.person import Person
from kiosk.staff.actions import Ask
from kiosk.staff.head_line import Around, head_line
from kiosk.staff.interfaces import DayEntry, QueuedPerson
from kiosk.staff.journal_desk import JournalDesk, day_entry
from kiosk.staff.later_words import CameBack, difference_lines, next_line, record_lines
from kiosk.staff.today import day_lines, detail_lines
from kiosk.words import Words
from tests.kiosk.staff.harness import Fakes, staff
from tests.kiosk.staff.samples import ENTRIES, NOW

JA = Words("ja")
CAME = CameBack(
    1, "OK_DECLARATION", ("address",), (("東京都港区", "千葉県千葉市"),), "協会　太郎", "", date(1985, 6, 15),
    "01139997", "２１７０００２３", "1155", "00", 30,
)  # fmt: skip
BACK = QueuedPerson(NOW, "four_items", "協会　太郎", "OK_DECLARATION", ("address",), record=CAME)
UNNUMBERED = QueuedPerson(
    NOW, "recheck", "健保　健太", question="q", lacks_numbers=True, birthdate=date(1985, 4, 1)
)  # fmt: skip


def fakes_with(*persons: QueuedPerson) -> Fakes:
    fakes = Fakes()
    fakes.queue.persons = list(persons)
    return fakes


def later(**changes: object) -> DayEntry:
    """The entry of a later answer to visit 2."""
    person = Person("国保　花子", "", "1990-01-01", "138999", "12-34", "567", "01", 30)
    entry = day_entry(kinds.requeried(NOW, 2, "OK_DECLARATION", (), person, run="", validity=1))
    return replace(entry, sequence=20, **changes)  # type: ignore[arg-type]


async def test_pending_shows_what_the_visit_is_billed_by_and_both_values_of_what_differs() -> None:
    async with staff(fakes=fakes_with(BACK)) as running:
        running.screen.open(Ask.QUEUE)
        await running.until(lambda: "協会　太郎" in running.text(), "listed")
        text = running.text()
        for said in ("資格(有効) でした", "01139997", "1155", "3割", "東京都港区", "千葉県千葉市"):
            assert said in text, said
        assert "申立書" not in text, "a declaration that nobody needs is not spoken of"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_share_that_came_back_is_said_in_every_language(lang: str) -> None:
    words = Words(lang)
    came = CameBack(1, "OK_ONLINE", ("burden_ratio",), (("20", "30"),), ratio=30)
    assert any("3" in line for line in record_lines(came, words))
    [line] = difference_lines(came, words)
    assert "3" in line
    assert "2" in line


def test_the_detail_of_a_visit_shows_the_later_record() -> None:
    [line] = [line for line in day_lines((*ENTRIES, later()), JA) if line.entry.visit == 2]
    told = dict(detail_lines(line.entry, line.entries, JA))
    assert "資格(有効)" in told["side.detail.later"]
    assert "申立書" not in told["side.detail.later"]
    for said in ("138999", "12-34  567  01", "3割"):
        assert said in told["side.detail.later.record"]
    assert line.sign == "*"


def test_a_later_answer_that_does_not_count_is_marked_whatever_the_rules_make_of_it() -> None:
    for validity in (2, 3, 4, 5):
        lines = day_lines((*ENTRIES, later(validity=validity)), JA)
        assert [line.sign for line in lines if line.entry.visit == 2] == ["!"]


async def test_the_list_of_the_day_is_read_again_when_an_answer_came_without_a_key() -> None:
    fakes = Fakes()
    async with staff(fakes=fakes) as running:
        await running.until(lambda: len(running.screen.entries) == len(fakes.journal.entries), "read")
        fakes.journal.entries.append(later())
        fakes.queue.persons = fakes.queue.persons[1:]
        await running.until(lambda: any(entry.kind == "requeried" for entry in running.screen.entries), "read again")


# --- numbers that are missing -------------------------------------------------------------------------------------


async def test_missing_numbers_are_said_typed_and_handed_to_the_queue() -> None:
    fakes = fakes_with(UNNUMBERED)
    async with staff(fakes=fakes) as running:
        running.screen.open(Ask.QUEUE)
        await running.until(lambda: "番号が ありません" in running.text(), "listed")
        await running.press("2")
        await running.at("side-numbers")
        assert "健保　健太" in running.text()
        await running.press(*"01139997", "enter", *"21700023", "enter", *"1155", "enter", *"00", "enter", "enter")
        await running.until(lambda: bool(fakes.queue.completed), "handed over")
        [(question, paper)] = fakes.queue.completed
        assert (question, paper.number, paper.branch, paper.birthdate) == ("q", "1155", "00", date(1985, 4, 1))
        await running.at("side-now")


async def test_a_number_that_is_wrong_is_said_at_its_field_and_asks_nobody() -> None:
    fakes = fakes_with(UNNUMBERED)
    async with staff(fakes=fakes) as running:
        running.screen.open(Ask.QUEUE)
        await running.until(lambda: "番号が ありません" in running.text(), "listed")
        await running.press("2")
        await running.at("side-numbers")
        await running.press(*"01139998", "enter", "enter", *"1155", "enter", "enter", "enter")
        await running.until(lambda: "! " in running.text(), "said")
        assert (running.page, fakes.queue.completed) == ("side-numbers", [])


# --- a visit that is taken back -----------------------------------------------------------------------------------


class _Journal:
    run = "todayrun"

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def today(self, day: date) -> list[Entry]:
        return self.entries

    def append(self, entry: Entry) -> Entry:
        self.entries.append(entry)
        return entry


def test_taking_a_visit_back_takes_its_person_out_of_the_queue() -> None:
    taken: list[tuple[object, ...]] = []
    desk = JournalDesk(_Journal(), lambda: NOW, lambda *which: taken.append(which))
    pending = DayEntry(3, NOW, 2, "visit", "OK_PENDING", queue="four_items", run="earlierr")
    desk.correct(replace(pending, queue=""), "other_person")
    assert taken == [], "nobody was noted"
    desk.correct(pending, "other_person")
    assert taken == [("earlierr", 2, NOW)]


def test_a_queue_whose_disk_refuses_leaves_the_visit_to_be_taken_back_later() -> None:
    """Else staff would find it taken back already, and its person would be asked about all the same."""
    journal, full = _Journal(), [True]

    def withdraw(*_: object) -> None:
        if full[0]:
            raise OSError(28, "No space left on device")

    desk = JournalDesk(journal, lambda: NOW, withdraw)
    pending = DayEntry(3, NOW, 2, "visit", "OK_PENDING", queue="four_items", run="earlierr")
    with pytest.raises(OSError, match="No space"):
        desk.correct(pending, "other_person")
    assert journal.entries == []
    full[0] = False
    desk.correct(pending, "other_person")
    assert [entry.corrects for entry in journal.entries] == [3]


# --- the head line ------------------------------------------------------------------------------------------------


def head(**around: object) -> str:
    return head_line(Around(NOW, STANDARD_RULES, "R", asked=True, **around), JA, 120)  # type: ignore[arg-type]


def test_in_outage_mode_the_head_says_that_the_service_answers_again_and_which_key_ends_it() -> None:
    assert "F6" in head(outage=True, server_seconds=0.1)
    assert "F6" not in head(outage=True, server_seconds=None)
    assert "F6" not in head(outage=True, server_seconds=0.1, out_of_service=True)


def test_a_service_at_rest_is_told_from_one_that_works() -> None:
    assert "休止中" in head(server_seconds=0.1, out_of_service=True)
    assert "休止中" not in head(server_seconds=0.1)
    assert "答えなし" in head(server_seconds=None, out_of_service=True)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_whoever_was_not_found_later_is_followed_by_what_to_do(lang: str) -> None:
    words = Words(lang)
    said = [next_line(CameBack(validity), words) for validity in (2, 4, 5)]
    said.append(next_line(replace(CAME, validity=1), words))
    assert len(set(said)) == 4
    assert all(said)
    assert "F8" in said[1]
    assert "資格確認書" in said[1]
    assert next_line(CameBack(None, "NOT_CONFIRMED"), words) == said[1]
    assert next_line(CameBack(1), words) == ""


async def test_pending_and_the_detail_of_the_visit_say_what_to_do_about_whoever_was_not_found() -> None:
    nobody = QueuedPerson(NOW, "four_items", "協会　太郎", "NOT_CONFIRMED", record=CameBack(4, "NOT_CONFIRMED"))
    async with staff(fakes=fakes_with(nobody)) as running:
        running.screen.open(Ask.QUEUE)
        await running.until(lambda: "協会　太郎" in running.text(), "listed")
        assert "番号を うかがって" in running.text()
    entry = later(validity=4, outcome="NOT_CONFIRMED")
    rows = dict(detail_lines(ENTRIES[1], [ENTRIES[1], replace(entry, visit=ENTRIES[1].visit)], JA))
    assert "番号を うかがって" in rows["side.detail.later.next"]
