"""Each page of the staff side does the one thing it is for, by number, and leads back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eligibility.case import Flag, Membership, Person
from eligibility.case_json import parse_case
from eligibility.policy import explain
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.facts import Way
from kiosk.flow.states import CONSENT_ITEMS, Trouble
from kiosk.forms.app_export import export_text
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.medical_information import GivenMedicine, MedicalInformation
from kiosk.staff.actions import Ask
from kiosk.staff.standing import Standing
from kiosk.widgets.choice import Choice
from kiosk.widgets.ja_input import JaInput
from tests.kiosk.staff.harness import FakeRecords, Fakes, Staff, staff
from tests.kiosk.staff.running_apps import SHARED
from tests.kiosk.staff.samples import BY_CARD, CARD_FACTS, ENTRIES, NOW, STANDINGS, answered, decided

pytestmark = SHARED

KEPT = ("certificate_other", (("insurer_number", "06129993"), ("symbol", "１２３４")))


async def open_page(running: Staff, ask: Ask) -> None:
    running.screen.open(ask)
    await running.settle()


# --- いま ---


async def test_a_number_does_what_stands_beside_it() -> None:
    async with staff() as running:
        await running.press("1")
        assert running.app.sent == [ev.ManualRequested()]


async def test_what_happens_at_the_patient_leads_there() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        await running.press("1")
        assert running.app.sent == [ev.Acknowledged()]
        assert not running.is_open()


async def test_a_paper_that_is_asked_for_opens_its_form() -> None:
    async with staff(STANDINGS["answer-ended"]) as running:
        await running.press("1")
        assert running.app.sent == [ev.PaperChosen("portal_screen")]
        assert running.is_open()


async def test_more_actions_than_keys_are_turned_with_nine() -> None:
    async with staff(STANDINGS["answer-ended"]) as running:
        await running.press("9")
        await running.until(lambda: "保護の申出" in running.text(), "turned")
        await running.press("9")  # no more: nothing happens
        assert running.page == "side-now"


async def test_escape_on_the_later_actions_is_the_way_back_to_the_patient() -> None:
    async with staff(STANDINGS["answer-ended"]) as running:
        await running.press("9", "escape")
        assert not running.is_open()


async def test_the_numeric_keypad_reaches_every_other_operation() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        await running.press("0")
        await running.at("side-more")
        await running.press("1")
        await running.at("side-today")
        await running.press("0")
        await running.at("side-now")


async def test_the_mouse_alone_reaches_an_action_and_the_keys_below() -> None:
    async with staff() as running:
        assert await running.pilot.click("#hint-f6")
        await running.at("side-outage")
        assert await running.pilot.click("#choice-0")
        await running.at("side-now")
        assert await running.pilot.click("#choice-1")
        await running.settle()
        assert running.app.sent == [ev.ManualRequested()]


async def test_a_new_state_replaces_the_page_and_the_same_state_leaves_it() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        await open_page(running, Ask.COPY)
        await running.move_to(replace(STANDINGS["answer-ok"], card_present=False))
        assert running.page == "side-copy"
        await running.move_to(replace(STANDINGS["take-card"], visit=7))
        assert running.page == "side-now"


# --- judging ---


async def test_the_desk_says_whose_record_it_is() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        for key, person in (("1", Person.SAME), ("2", Person.UNSURE), ("3", Person.DIFFERENT)):
            await open_page(running, Ask.PERSON)
            await running.press(key)
            assert running.app.sent.pop() == ev.PersonJudged(person)
            assert running.app.sent == []


async def test_what_was_typed_stands_beside_what_came_back() -> None:
    async with staff(STANDINGS["answer-paper"], size=(100, 30)) as running:
        await open_page(running, Ask.PERSON)
        assert "千葉　花子" in running.text()
        assert "千葉　●子" in running.text()


async def test_a_protection_that_was_told_is_a_fact_of_the_visit() -> None:
    async with staff(STANDINGS["answer-ended"]) as running:
        for key, flag in (("1", Flag.SELF_INFO_REFUSED), ("2", Flag.UNDISCLOSED)):
            await open_page(running, Ask.PROTECTION)
            await running.press(key)
            assert running.app.sent.pop() == ev.ProtectionTold(flag.value)
            assert running.app.sent == []


async def test_the_membership_that_a_paper_names() -> None:
    async with staff(STANDINGS["answer-other-person"]) as running:
        for key, known in (("1", Membership.CURRENT), ("2", Membership.LEFT), ("3", Membership.UNKNOWN)):
            await open_page(running, Ask.MEMBERSHIP)
            await running.press(key)
            assert running.app.sent.pop() == ev.MembershipTold(known)
            assert running.app.sent == []


async def test_by_eye_is_explained_here_and_typed_at_the_reader() -> None:
    async with staff(STANDINGS["method"]) as running:
        await running.press("2")
        await running.at("side-visual")
        assert "暗証番号では ありません" in running.text()
        await running.press("1")
        assert running.app.sent == [ev.WayChosen(Way.VISUAL)]
        assert not running.is_open()


async def test_the_real_name_is_kept_beside_the_one_that_came() -> None:
    async with staff(STANDINGS["answer-ok"], size=(120, 40)) as running:
        await open_page(running, Ask.REAL_NAME)
        running.screen.query_one(JaInput).value = "千葉　髙子"
        await running.press("enter")
        await running.until(
            lambda: any(entry.real_name == "千葉　髙子" for entry in running.app.fakes.journal.entries), "written"
        )
        assert running.page == "side-now"
        assert "千葉　●子" in running.text()


async def test_a_name_that_differs_by_more_than_the_dot_is_kept_only_when_it_is_meant() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        await open_page(running, Ask.REAL_NAME)
        running.screen.query_one(JaInput).value = "千葉"
        await running.press("enter")
        assert running.page == "side-real-name"
        assert not any(entry.real_name == "千葉" for entry in running.app.fakes.journal.entries)
        await running.press("enter")
        await running.until(
            lambda: any(entry.real_name == "千葉" for entry in running.app.fakes.journal.entries), "written"
        )


async def test_a_name_that_is_none_is_refused_and_stays_in_its_field() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        await open_page(running, Ask.REAL_NAME)
        running.screen.query_one(JaInput).value = " "
        await running.press("enter")
        assert running.page == "side-real-name"
        assert len(running.app.fakes.journal.entries) == len(ENTRIES)


async def test_an_individual_number_is_wiped_wherever_it_is_typed() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        for ask in (Ask.REAL_NAME, Ask.REFERENCE_NUMBER):
            await open_page(running, ask)
            field = running.screen.query_one(JaInput)
            field.value = "123456789018"
            await running.press("enter")
            assert field.value == ""
            assert "123456789018" not in running.text()
        assert running.app.fakes.records.registered == []


async def test_undo_asks_once_and_sends_one_fact() -> None:
    async with staff(replace(STANDINGS["answer-ended"], can_undo=True)) as running:
        await open_page(running, Ask.UNDO)
        await running.press("1")
        assert running.app.sent == [ev.Undone()]


# --- consent and records ---


async def test_a_spoken_consent_is_entered_item_by_item() -> None:
    async with staff(answered(CARD_FACTS)) as running:
        await open_page(running, Ask.SPOKEN_CONSENT)
        await running.press("2", "7")
        assert running.app.sent == [ev.SpokenConsent(tuple((item, item == "medicines") for item in CONSENT_ITEMS))]


async def test_all_at_once_and_none_at_all() -> None:
    for key, given in (("6", True), ("8", False)):
        async with staff(answered(CARD_FACTS)) as running:
            await open_page(running, Ask.SPOKEN_CONSENT)
            await running.press(key, *(["7"] if given else []))
            assert running.app.sent == [ev.SpokenConsent(tuple((item, given) for item in CONSENT_ITEMS))]


async def test_nothing_is_agreed_to_before_somebody_says_so() -> None:
    async with staff(answered(CARD_FACTS)) as running:
        await open_page(running, Ask.SPOKEN_CONSENT)
        await running.press("7")
        assert running.app.sent == [ev.SpokenConsent(tuple((item, False) for item in CONSENT_ITEMS))]


async def test_medical_information_is_asked_for_as_far_as_it_was_agreed_to() -> None:
    async with staff(answered(CARD_FACTS, consents=(("medicines", True), ("checkups", False)))) as running:
        await open_page(running, Ask.MEDICAL)
        await running.until(lambda: "併用禁忌" in running.text(), "shown")
        assert "重複" in running.text()
        assert running.app.fakes.records.asked_for == [("medicines",)]


@pytest.mark.parametrize("with_medicines", [True, False])
async def test_what_was_agreed_to_and_is_recorded_nowhere_is_said(with_medicines: bool) -> None:
    consents = (("medicines", with_medicines), ("diagnosis", True), ("operation", True))
    async with staff(answered(CARD_FACTS, consents=consents)) as running:
        await open_page(running, Ask.MEDICAL)
        await running.until(lambda: "手術情報" in running.text(), "shown")
        rows = [line for line in running.text().splitlines() if "診療情報" in line or "手術情報" in line]
        assert len(rows) == 2
        assert all("記録なし" in row for row in rows)
        assert running.app.fakes.records.asked_for == ([("medicines",)] if with_medicines else [])


async def test_without_a_consent_the_service_is_not_even_asked() -> None:
    async with staff(answered(CARD_FACTS)) as running:
        await open_page(running, Ask.MEDICAL)
        await running.settle()
        assert running.app.fakes.records.asked_for == []
        assert "同意が ありません" in running.text()


async def test_two_medicines_that_forbid_each_other_are_one_line() -> None:
    both = (
        GivenMedicine("甲錠", "甲成分", NOW.date(), 7, avoid_with=("乙成分",)),
        GivenMedicine("乙錠", "乙成分", NOW.date(), 7, avoid_with=("甲成分",)),
    )
    fakes = Fakes(records=FakeRecords(information=MedicalInformation(medicines=both)))
    async with staff(STANDINGS["answer-ok"], fakes) as running:
        await open_page(running, Ask.MEDICAL)
        await running.until(lambda: "併用禁忌" in running.text(), "shown")
        assert running.text().count("併用禁忌") == 1


async def test_every_choice_of_the_spoken_consent_is_seen_at_once() -> None:
    async with staff(STANDINGS["answer-ok"], size=(80, 24)) as running:
        await open_page(running, Ask.SPOKEN_CONSENT)
        rows = [choice.region.y for choice in running.screen.query(Choice)]
        assert rows == list(range(rows[0], rows[0] + len(rows))), "no air between them in 24 rows"
        assert "PageDown" not in running.text()


async def test_medical_information_is_gone_with_its_page() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        await open_page(running, Ask.MEDICAL)
        await running.until(lambda: "ワーファリン" in running.text(), "shown")
        await running.press("0")
        assert "ワーファリン" not in running.text()


async def test_a_service_that_stops_is_told_with_its_code() -> None:
    fakes = Fakes()
    fakes.records.stop = ServiceStopped(Trouble.SERVER_REFUSED, "MOCK-CONSENT-NONE")
    for ask in (Ask.MEDICAL, Ask.FACE_FILE):
        async with staff(STANDINGS["answer-ok"], fakes) as running:
            await open_page(running, ask)
            await running.until(lambda: "MOCK-CONSENT-NONE" in running.text(), "told")


async def test_a_reference_number_is_registered_once() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        await open_page(running, Ask.REFERENCE_NUMBER)
        running.screen.query_one(JaInput).value = "K-0042"
        await running.press("enter")
        await running.until(lambda: "登録しました" in running.text(), "registered")
        assert running.app.fakes.records.registered == ["K-0042"]


async def test_an_empty_reference_number_is_not_sent() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        await open_page(running, Ask.REFERENCE_NUMBER)
        await running.press("enter")
        assert running.app.fakes.records.registered == []


async def test_the_face_file_says_how_far_it_is() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        for word in ("none", "waiting", "written", "collected", "expired"):
            running.app.fakes.records.file = word
            said = running.app.words.text(f"side-face-file.{word}").split()[0]
            await open_page(running, Ask.FACE_FILE)
            await running.until(lambda said=said: said in running.text(), f"told {word}")  # type: ignore[misc]


async def test_copy_as_text_goes_out_in_the_official_format_and_is_told() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        await open_page(running, Ask.COPY)
        assert "保険者番号 06129993" in running.text()
        await running.press("1")
        assert running.app.clipboard_writes == [export_text(BY_CARD, NOW.date())]
        assert "60秒" in running.text()


# --- modes ---


async def test_the_outage_key_asks_once_and_switches() -> None:
    async with staff() as running:
        await running.press("f6")
        assert running.app.sent == []
        await running.press("1")
        assert running.app.sent == [ev.OutageSwitched(True)]
    async with staff(Standing(outage=True)) as running:
        await running.press("f6", "1")
        assert running.app.sent == [ev.OutageSwitched(False)]


async def test_the_disaster_mode_is_apart_with_its_own_line() -> None:
    async with staff() as running:
        await open_page(running, Ask.DISASTER)
        assert "災害救助法" in running.text()
        await running.press("1")
        assert running.app.sent == [ev.DisasterSwitched(True)]


async def test_the_queue_shows_who_waits_and_what_came_back_otherwise() -> None:
    async with staff() as running:
        await open_page(running, Ask.QUEUE)
        await running.until(lambda: "国保　花子" in running.text(), "listed")
        assert "ちがうところ: 住所" in running.text()
        await running.press("1")
        assert running.app.fakes.queue.asked == 1
        await running.until(lambda: "照会中 0/1" in running.text(), "progress")


async def test_the_queue_is_not_asked_while_the_outage_lasts() -> None:
    async with staff(Standing(outage=True)) as running:
        await open_page(running, Ask.QUEUE)
        await running.press("1")
        assert running.app.fakes.queue.asked == 0
        assert "F6" in running.text()


async def test_a_kept_form_is_taken_up_where_it_stopped() -> None:
    fakes = Fakes()
    form, draft = KEPT[0], (*KEPT[1], ("at", "symbol"))
    fakes.drafts.forms = [(form, draft)]
    async with staff(fakes=fakes) as running:
        await running.until(lambda: "入力しかけ" in running.text(), "offered")
        await running.press("1")
        await running.until(lambda: "2項目" in running.text(), "listed")
        await running.press("1")
        assert running.app.sent == [ev.DraftResumed(form, draft, "word-certificate_other")]


async def test_where_nothing_is_kept_the_page_says_so() -> None:
    async with staff() as running:
        await open_page(running, Ask.DRAFTS)
        await running.until(lambda: "ありません" in running.text(), "told")


# --- why, whom to call ---


async def test_why_shows_the_row_that_decided_its_days_and_sources() -> None:
    async with staff(STANDINGS["answer-ended"], size=(120, 60)) as running:
        await running.press("question_mark")
        await running.at("side-why")
        case = parse_case(decided(STANDINGS["answer-ended"].facts).case_json)
        assert f"行 {explain(case)[-1].row}" in running.text()
        assert "2026-03-31" in running.text()
        assert "hodanren" in running.text()


async def test_the_case_can_be_copied_for_decide() -> None:
    async with staff(STANDINGS["answer-ended"]) as running:
        await open_page(running, Ask.WHY)
        await running.press("1")
        [copied] = running.app.clipboard_writes
        assert parse_case(copied).on == NOW.date()


async def test_why_says_that_nothing_was_decided() -> None:
    async with staff() as running:
        await open_page(running, Ask.WHY)
        assert "まだ 判定していません" in running.text()


async def test_every_help_line_is_listed_with_its_hours() -> None:
    async with staff(size=(100, 30)) as running:
        await open_page(running, Ask.HELP_LINES)
        for part in ("0570-015-369", "0120-95-0178", "0800-080-4583", "未確認"):
            assert part in running.text()


# --- today ---


async def test_today_stands_beside_from_a_hundred_columns_on() -> None:
    async with staff(size=(100, 30)) as running:
        await running.until(lambda: "協会　太郎" in running.text(), "listed")
        assert running.page == "side-now"
    async with staff(size=(99, 30)) as running:
        await running.settle()
        assert "協会　太郎" not in running.text()
        await running.press("f7")
        await running.until(lambda: "協会　太郎" in running.text(), "listed")


async def test_a_visit_is_shown_in_full_with_both_names() -> None:
    async with staff() as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7", "2")
        await running.at("side-entry")
        assert "後期　●雄" in running.text()
        assert "後期　髙雄" in running.text()
        assert "目視（占有の証明なし）" in running.text()


async def test_a_visit_that_is_shown_follows_what_is_written_of_it() -> None:
    async with staff(Standing(9)) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7", "5")
        await running.at("side-entry")
        shown = ENTRIES[1]
        page = running.screen.body
        running.app.fakes.journal.entries.append(replace(ENTRIES[0], sequence=60, visit=20))
        running.screen.read_today()
        await running.until(lambda: len(running.screen.entries) > len(ENTRIES), "read again")
        assert running.screen.body is page
        note = replace(shown, sequence=61, kind="name", real_name="訂正　名子")
        running.app.fakes.journal.entries.append(note)
        running.screen.read_today()
        await running.until(lambda: "訂正　名子" in running.text(), "shown anew")


async def test_a_visit_that_is_over_is_taken_back_with_a_reason() -> None:
    async with staff(Standing(9)) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7", "5", "1", "3")
        journal = running.app.fakes.journal
        await running.until(lambda: len(journal.entries) > len(ENTRIES), "written")
        taken = journal.entries[-1]
        assert (taken.kind, taken.corrects, taken.visit, taken.why) == ("correction", 2, 1, "not_treated")


async def test_the_visit_at_the_counter_is_undone_by_the_flow_and_not_here() -> None:
    async with staff(replace(Standing(), visit=1)) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7", "5")
        await running.at("side-entry")
        assert "この受付を 取り消す" not in running.text()


async def test_the_list_is_live() -> None:
    async with staff(size=(120, 40)) as running:
        await running.until(lambda: "協会　太郎" in running.text(), "listed")
        journal = running.app.fakes.journal
        journal.entries.append(replace(ENTRIES[1], sequence=50, visit=20, name="新規　四郎"))
        await running.move_to(Standing(21, st.Idle()))
        await running.until(lambda: "新規　四郎" in running.text(), "listed")


async def test_the_keyboard_reaches_a_line_of_the_list() -> None:
    async with staff(size=(120, 40)) as running:
        await running.until(lambda: "協会　太郎" in running.text(), "listed")
        await running.press("shift+tab", "enter")
        await running.until(lambda: running.page == "side-entry", "shown")


# --- size ---


async def test_too_small_covers_everything_and_loses_nothing() -> None:
    async with staff(STANDINGS["answer-ok"], size=(100, 30)) as running:
        await open_page(running, Ask.REAL_NAME)
        running.screen.query_one(JaInput).value = "千葉"
        await running.pilot.resize_terminal(60, 20)
        await running.settle()
        assert "横80文字" in running.text()
        assert "千葉" not in running.text()
        await running.pilot.resize_terminal(100, 30)
        await running.settle()
        assert running.screen.query_one(JaInput).value == "千葉"


async def test_help_is_there_for_every_page() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        for ask in Ask:
            if ask is Ask.PATIENT:
                continue
            await open_page(running, ask)
            await running.press("f1")
            assert "help.side" not in running.text(), ask
            await running.press("escape")


async def test_a_page_that_comes_late_never_takes_the_place_of_a_form() -> None:
    """A number that sends a fact closes its page; the form that follows may be there before."""
    async with staff(STANDINGS["answer-ok"]) as running:
        running.screen.open(Ask.COPY)
        running.screen.back()
        await running.move_to(Standing(7, st.TakingFourItems(None, card_on_reader=False)))
        running.screen.back()
        await running.settle()
        assert not running.page.startswith("side-")


async def test_pages_that_follow_each_other_at_once_end_with_the_last() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        for ask in (Ask.COPY, Ask.WHY, Ask.PERSON, Ask.TODAY, Ask.QUEUE):
            running.screen.open(ask)
            running.screen.read_today()
        await running.at("side-queue")
