"""今日の受付: one line a visit, as it stands after everything that was written of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.journal import Entry, kinds
from kiosk.journal.person import Person
from kiosk.staff.interfaces import DayEntry
from kiosk.staff.journal_desk import JournalDesk, day_entry
from kiosk.staff.today import day_lines, detail_lines, folded, owed, real_name_in, visits_of
from kiosk.words import Words
from tests.kiosk.staff.samples import ENTRIES, NOW

JA = Words("ja")


def signs(*entries: DayEntry) -> dict[str, str]:
    return {line.label: line.sign for line in day_lines(entries, JA)}


def test_the_newest_visit_stands_first() -> None:
    assert [line.entry.visit for line in day_lines(ENTRIES, JA)] == [5, 4, 3, 2, 1]


def test_each_sign_says_what_became_of_a_visit() -> None:
    assert signs(*ENTRIES) == {
        "協会　太郎": "*",
        "国保　花子": "...",
        "中断 No.3": "-",
        "後期　髙雄": "*",
        "無効　次郎": "x",
    }


def test_the_name_that_staff_noted_is_shown_and_the_one_that_came_is_kept() -> None:
    [line] = [line for line in day_lines(ENTRIES, JA) if line.entry.visit == 4]
    assert line.label == "後期　髙雄"
    assert line.entry.name == "後期　●雄"


def test_a_visit_that_was_taken_back_owes_nothing() -> None:
    [line] = [line for line in day_lines(ENTRIES, JA) if line.entry.visit == 5]
    assert owed(line.entry, JA) == "-"


def test_a_visit_that_was_taken_back_says_when_and_why_and_keeps_its_place() -> None:
    early, late = (visit_of("a", number, f"甲{number}", number) for number in (1, 2))
    at = NOW + timedelta(minutes=7)
    back = DayEntry(3, at, 1, "correction", run="a", corrects=1, why="other_person")
    lines = day_lines((early, late, back), JA)
    assert [(line.label, line.sign) for line in lines] == [("甲2", "*"), ("甲1", "x")]
    assert dict(detail_lines(lines[1].entry, lines[1].entries, JA))["side.detail.taken_back"] == (
        f"{at:%H:%M}  別の人の受付だった"
    )
    assert "side.detail.taken_back" not in dict(detail_lines(lines[0].entry, lines[0].entries, JA))


def test_what_waited_is_done_once_it_was_answered_as_it_was_noted() -> None:
    answered = DayEntry(20, NOW, 2, "requeried", "OK_ONLINE")
    assert signs(*ENTRIES, answered)["国保　花子"] == "*"
    assert signs(*ENTRIES, replace(answered, differs=("address",)))["国保　花子"] == "!"
    assert signs(*ENTRIES, replace(answered, outcome="NOT_CONFIRMED"))["国保　花子"] == "!"


def test_what_came_back_otherwise_is_told_in_the_detail() -> None:
    answered = DayEntry(20, NOW, 2, "requeried", "OK_ONLINE", differs=("address",))
    [line] = [line for line in day_lines((*ENTRIES, answered), JA) if line.entry.visit == 2]
    assert "住所" in dict(detail_lines(line.entry, line.entries, JA))["side.detail.later.differs"]


def test_a_share_that_is_still_asked_for_needs_care() -> None:
    assert signs(DayEntry(1, NOW, 1, "visit", "OK_CERTIFICATE", charge="ask:30", name="甲")) == {"甲": "!"}


def test_what_the_desk_added_later_stands_in_place_of_what_was_before() -> None:
    first = DayEntry(1, NOW, 1, "visit", "NOT_CONFIRMED", charge="full", name="甲")
    later = DayEntry(2, NOW, 1, "visit", "OK_CERTIFICATE", charge="ratio:30", name="甲")
    [line] = day_lines((first, later), JA)
    assert (line.entry.outcome, line.sign) == ("OK_CERTIFICATE", "*")


def test_a_counter_that_was_started_again_mixes_no_visits() -> None:
    before = [
        DayEntry(number, NOW, number, "visit", "OK_ONLINE", charge="ratio:30", name=f"前{number}") for number in (1, 2)
    ]
    after = [
        DayEntry(10, NOW, 1, "visit", "OK_ONLINE", charge="ratio:10", name="後1"),
        DayEntry(11, NOW, 1, "named", real_name="後壱"),
    ]
    assert [line.label for line in day_lines((*before, *after), JA)] == ["後壱", "前2", "前1"]


def test_a_correction_finds_its_visit_by_what_it_corrects() -> None:
    before = [DayEntry(number, NOW, number, "visit", "OK_ONLINE", name=f"前{number}") for number in (1, 2)]
    after = DayEntry(10, NOW, 1, "visit", "OK_ONLINE", charge="ratio:10", name="後1")
    taken = DayEntry(11, NOW, 1, "correction", corrects=1, why="mistyped")
    assert signs(*before, after, taken) == {"前1": "x", "前2": "*", "後1": "*"}


def test_what_belongs_to_no_visit_is_no_line() -> None:
    assert visits_of([DayEntry(1, NOW, 0, "lock", why="opened")]) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_visit_in_full_names_every_part(lang: str) -> None:
    words = Words(lang)
    for line in day_lines(ENTRIES, words):
        for label, text in detail_lines(line.entry, line.entries, words):
            assert words.has(label)
            assert text


def test_a_spoken_consent_is_marked_in_the_detail() -> None:
    [line] = [line for line in day_lines(ENTRIES, JA) if line.entry.visit == 1]
    detail = dict(detail_lines(line.entry, line.entries, JA))
    assert detail["side.detail.consent"] == "特定健診情報、薬剤情報"
    assert detail["side.detail.spoken"] == "口頭の同意を 係が入力"


# --- over the journal ---


class Chain:
    """The journal's file, as a list."""

    run = "todayrun"

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def today(self, day: object) -> list[Entry]:
        return [entry for entry in self.entries if entry.at.date() == day]

    def append(self, entry: Entry) -> Entry:
        self.entries.append(replace(entry, sequence=len(self.entries) + 1))
        return self.entries[-1]


def test_entries_of_the_journal_become_lines_with_the_person_in_them() -> None:
    chain = Chain()
    person = Person("協会　太郎", "ｷﾖｳｶｲ ﾀﾛｳ", "1975-03-04", "01139997", "12345678", "123456", "00", 30)
    chain.append(Entry(NOW, 1, "OK_ONLINE", "pin", charge="ratio:30", person=person))
    desk = JournalDesk(chain, lambda: NOW)
    [line] = day_lines(desk.today(NOW.date()), JA)
    assert line.label == "協会　太郎"
    assert line.entry.insurer_number == "01139997"
    assert str(line.entry.birthdate) == "1975-03-04"


def test_the_desks_own_facts_go_into_the_journal() -> None:
    chain = Chain()
    chain.append(Entry(NOW, 1, "OK_ONLINE", "pin", person=Person("●橋　一郎"), run=chain.run))
    desk = JournalDesk(chain, lambda: NOW)
    desk.note_lock("opened")
    desk.note_real_name(1, "髙橋　一郎")
    [line] = day_lines(desk.today(NOW.date()), JA)
    assert (line.entry.name, line.entry.real_name) == ("●橋　一郎", "髙橋　一郎")
    desk.correct(line.entry, "other_person")
    assert [entry.kind for entry in chain.entries] == ["visit", "lock", "named", "correction"]
    assert chain.entries[-1].corrects == 1
    [line] = day_lines(desk.today(NOW.date()), JA)
    assert line.sign == "x"


def test_nothing_personal_is_in_the_text_form_of_an_entry() -> None:
    entry = day_entry(kinds.named(NOW, 1, "髙橋　一郎", run="todayrun"))
    assert "髙橋" not in repr(entry)


# --- whose visit it is ---


YESTERDAY = NOW.date() - timedelta(days=1)


def visit_of(run: str, number: int, name: str, sequence: int) -> DayEntry:
    return DayEntry(sequence, NOW, number, "visit", "OK_ONLINE", charge="ratio:30", name=name, run=run)


def pending_of(run: str, number: int, name: str, sequence: int) -> DayEntry:
    return replace(visit_of(run, number, name, sequence), outcome="OK_PENDING", charge="", queue="four_items")


def test_two_runs_with_the_same_number_are_two_visits() -> None:
    early, late = visit_of("a", 1, "前", 1), visit_of("b", 1, "後", 2)
    named = DayEntry(3, NOW, 1, "named", run="a", real_name="前田")
    assert [line.label for line in day_lines((early, late, named), JA)] == ["後", "前田"]


def test_two_counters_that_write_in_turns_mix_no_visits() -> None:
    entries = [
        visit_of("a", 5, "左5", 1),
        visit_of("b", 2, "右2", 2),
        visit_of("a", 6, "左6", 3),
        DayEntry(4, NOW, 5, "named", run="a", real_name="左の五"),
        pending_of("b", 5, "右5", 5),
        DayEntry(6, NOW, 5, "requeried", "OK_ONLINE", run="b", validity=1),
        DayEntry(7, NOW, 5, "correction", run="a", corrects=1, why="mistyped"),
    ]
    assert signs(*entries) == {"左の五": "x", "右2": "*", "左6": "*", "右5": "*"}


def test_an_answer_after_a_restart_stands_with_the_visit_it_was_asked_for() -> None:
    entries = [
        pending_of("a", 1, "前", 1),
        pending_of("b", 1, "後", 2),
        DayEntry(3, NOW, 1, "requeried", "NOT_CONFIRMED", run="a", validity=2),
    ]
    assert signs(*entries) == {"前": "!", "後": "..."}


def test_an_undo_of_the_earlier_run_takes_back_the_earlier_visit() -> None:
    undone = DayEntry(3, NOW, 1, "correction", run="a", corrects=1, why="mistyped")
    assert signs(visit_of("a", 1, "前", 1), visit_of("b", 1, "後", 2), undone) == {"前": "x", "後": "*"}


def test_a_later_answer_of_an_earlier_version_is_no_others_where_two_visits_have_its_number() -> None:
    entries = [
        pending_of("", 3, "甲", 1),
        visit_of("", 1, "一", 2),
        visit_of("", 2, "二", 3),
        visit_of("", 3, "乙", 4),
        DayEntry(5, NOW, 3, "requeried", "OK_ONLINE", validity=1, name="答", number="777"),
        DayEntry(6, NOW, 3, "named", real_name="乙野"),
    ]
    assert signs(*entries) == {"甲": "...", "一": "*", "二": "*", "乙野": "*", "答": "*"}
    [other] = [line for line in day_lines(entries, JA) if line.label == "乙野"]
    assert not any(entry.number == "777" for entry in other.entries)


def test_a_later_answer_of_an_earlier_version_stands_with_the_one_visit_of_its_number() -> None:
    answer = DayEntry(2, NOW, 3, "requeried", "OK_ONLINE", validity=1)
    assert signs(pending_of("", 3, "甲", 1), answer) == {"甲": "*"}


def test_nothing_that_arrives_after_the_taking_back_is_shown_as_in_order() -> None:
    noted = pending_of("a", 1, "甲", 1)
    back = DayEntry(2, NOW, 1, "correction", run="a", corrects=1, why="other_person")
    answer = DayEntry(3, NOW, 1, "requeried", "OK_ONLINE", run="a", validity=1)
    [line] = day_lines((noted, back, answer), JA)
    assert line.sign == "x"
    for entries in ((noted, back, answer), (noted, answer, back)):
        assert "side.detail.later" not in dict(detail_lines(line.entry, entries, JA))
    assert "side.detail.later" in dict(detail_lines(line.entry, (noted, answer), JA))


@pytest.mark.parametrize("run", ["a", ""])
def test_an_answer_for_another_day_is_a_line_of_its_own_that_says_which_day(run: str) -> None:
    today = pending_of("b" if run else "", 1, "今日", 1)
    answer = DayEntry(2, NOW, 1, "requeried", "OK_ONLINE", run=run, day=YESTERDAY, validity=1, name="昨日", ratio=30)
    late, own = day_lines((today, answer), JA)
    assert (own.label, own.sign) == ("今日", "...")
    assert (late.label, late.sign) == (f"{YESTERDAY.month}/{YESTERDAY.day}の受付 昨日", "*")
    assert owed(late.entry, JA) == "3割"
    assert dict(detail_lines(late.entry, late.entries, JA))["side.detail.day"] == f"{YESTERDAY.month}/{YESTERDAY.day}"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_language_has_the_words_of_another_day_and_of_visits_that_came_to_nothing(lang: str) -> None:
    words = Words(lang)
    answer = DayEntry(9, NOW, 7, "requeried", "OK_ONLINE", run="a", day=YESTERDAY, validity=1, name="甲", ratio=30)
    lines = folded(day_lines([broken_off(1), broken_off(2), answer], words), words)
    assert [len(line.single) for line in lines] == [0, 2]
    assert "3" in owed(answer, words)
    for label, _ in detail_lines(answer, [answer], words):
        assert words.has(label)


def test_a_visit_of_another_day_that_was_taken_back_today_says_so() -> None:
    [line] = day_lines([DayEntry(9, NOW, 4, "correction", run="a", day=YESTERDAY, corrects=3, why="mistyped")], JA)
    assert (line.sign, line.entry.day) == ("x", YESTERDAY)


def test_a_name_is_looked_for_under_its_own_run() -> None:
    entries = [
        visit_of("a", 1, "前", 1),
        visit_of("b", 1, "後", 2),
        DayEntry(3, NOW, 1, "named", run="b", real_name="後藤"),
    ]
    assert (real_name_in(entries, "b", 1), real_name_in(entries, "a", 1)) == ("後藤", "")


# --- visits that came to nothing ---


def broken_off(number: int, **more: object) -> DayEntry:
    return DayEntry(number, NOW, number, "abandoned", "ABANDONED", run="a", **more)  # type: ignore[arg-type]


def test_visits_in_a_row_that_came_to_nothing_are_one_line() -> None:
    entries = [broken_off(1), broken_off(2), visit_of("a", 3, "甲", 3), broken_off(4), broken_off(5), broken_off(6)]
    lines = folded(day_lines(entries, JA), JA)
    assert [line.label for line in lines] == ["中断 3件", "甲", "中断 2件"]
    assert [line.entry.visit for line in lines[0].single] == [6, 5, 4]
    assert (lines[0].sign, lines[0].visit, lines[1].single) == ("-", ("a", 4), ())


@pytest.mark.parametrize(
    "more",
    [{"troubles": ("card_pulled",)}, {"documents": ("myna_card",)}, {"method": "pin"}, {"name": "甲"}],
    ids=["trouble", "card", "method", "name"],
)
def test_a_visit_in_which_something_happened_stays_a_line_of_its_own(more: dict[str, object]) -> None:
    entries = [broken_off(1), broken_off(2, **more), broken_off(3)]
    assert len(folded(day_lines(entries, JA), JA)) == 3


def test_one_alone_stays_as_it_is() -> None:
    lines = day_lines([broken_off(1), visit_of("a", 2, "甲", 2)], JA)
    assert folded(lines, JA) == lines


def test_a_consent_that_was_taken_back_is_not_told_as_given() -> None:
    taken_back = DayEntry(21, NOW, 1, "consent", consent=tuple((item, False) for item, _ in ENTRIES[2].consent))
    [line] = [line for line in day_lines((*ENTRIES, taken_back), JA) if line.entry.visit == 1]
    assert "side.detail.consent" not in dict(detail_lines(line.entry, line.entries, JA))
    [before] = [line for line in day_lines(ENTRIES, JA) if line.entry.visit == 1]
    assert "side.detail.consent" in dict(detail_lines(before.entry, before.entries, JA))
