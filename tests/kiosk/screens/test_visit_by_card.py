"""A visit by card, from the idle screen to the next person, by keyboard and by mouse."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.flow.counter import Counter as FlowCounter
from kiosk.flow.events import CardTaken, Event, PinEntered, WayChosen
from kiosk.flow.facts import Way
from kiosk.flow.states import Trouble
from kiosk.screens.drawer import DrawerScreen
from kiosk.screens.messages import FlowEvent, LanguageAsked
from kiosk.services.passcode_desk import PRACTICE_PASSCODE
from kiosk.staff.staff_screen import StaffScreen
from kiosk.widgets.pin_pad import PinPad
from reader.pin import PinHandle
from tests.kiosk.screens.driving import SIZES, counter
from tests.kiosk.screens.driving import Counter as Desk
from tests.kiosk.screens.fakes import FakeCard, Outside


@pytest.mark.parametrize("size", SIZES)
async def test_the_whole_visit_by_keyboard_says_little_to_the_patient_and_all_to_the_desk(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with counter(tmp_path, size=size) as desk:
        assert "リーダーの中央に" in desk.text()
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        assert "あと 3回" in desk.text()
        await desk.type_pin("4619")
        await desk.reach(st.ShowingAnswer)
        assert "受付できました" in desk.text()
        for_the_desk = ("協会　太郎", "練習支部", "01139997", "12345678", "123456", "枝番 01", "3割", "OK_ONLINE")
        for matter in for_the_desk:
            assert matter not in desk.text()
        await desk.to_staff()
        for matter in for_the_desk:
            assert matter in desk.text()
        await desk.press("f4")
        assert "受付できました" in desk.text()
        await desk.press("1")
        await desk.reach(st.TakingCard)
        assert "カードを お取りください" in desk.text()
        await desk.take_card()
        await desk.reach(st.Idle)
        assert [entry.outcome for entry in desk.outside.journal.entries] == ["OK_ONLINE"]


async def test_a_second_visit_follows_without_restart_and_shows_the_second_person(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_answer()
        await desk.take_card()
        await desk.reach(st.Idle)
        await desk.to_answer("hanako", "8035")
        await desk.to_staff()
        assert "千葉　花子" in desk.text()
        assert "協会　太郎" not in desk.text()


async def test_after_a_start_in_the_middle_of_a_day_no_visit_has_an_earlier_ones_number(tmp_path: Path) -> None:
    async with counter(tmp_path, Outside(first_visit=12)) as desk:
        await desk.to_answer()
        await desk.take_card()
        await desk.reach(st.Idle)
        assert [entry.visit for entry in desk.outside.journal.entries] == [12]
        assert desk.app.counter is not None
        assert desk.app.counter.visit == 13


async def test_the_whole_visit_by_mouse_alone(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.click("#hint-f2")
        await desk.until(lambda: isinstance(desk.app.screen, DrawerScreen), "open")
        await desk.click("#drawer-1")
        await desk.reach(st.ChoosingMethod)
        await desk.click("#choice-1")
        await desk.reach(st.EnteringPin)
        for offset in PAD["4"], PAD["6"], PAD["1"], PAD["9"]:
            await desk.pilot.click(PinPad, offset=offset)
        await desk.reach(st.ShowingAnswer)
        await desk.click("#choice-1")
        await desk.reach(st.TakingCard)


PAD = {"7": (33, 0), "8": (41, 0), "9": (49, 0), "4": (33, 2), "5": (41, 2), "6": (49, 2)}
PAD |= {"1": (33, 4), "2": (41, 4), "3": (49, 4), "0": (33, 6), "correct": (45, 6)}
"""Where the keys of the pad are drawn, in cells from its corner."""


async def test_a_wrong_pin_says_what_is_left_and_asks_again(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("0000")
        await desk.until(lambda: desk.shown() == "PinView" and "ちがいました" in desk.text(), "asked again")
        assert "あと 2回" in desk.text()
        await desk.type_pin("4619")
        await desk.reach(st.ShowingAnswer)


async def test_the_last_try_needs_a_yes_of_its_own_and_enter_alone_does_not_spend_it(tmp_path: Path) -> None:
    outside = Outside()
    outside.shelf.stock["taro"].attempts_left = 1
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.ConfirmingLastTry)
        assert "あと 1回" in desk.text()
        await desk.press("enter")
        trouble = await desk.reach(st.InTrouble)
        assert trouble.trouble is Trouble.PIN_UNKNOWN
        assert outside.desk.verified == 0
        await desk.press("1")
        await desk.reach(st.ChoosingMethod)
        await desk.press("1")
        await desk.reach(st.ConfirmingLastTry)
        await desk.press("1")
        await desk.reach(st.EnteringPin)
        await desk.type_pin("0000")
        trouble = await desk.reach(st.InTrouble)
        assert trouble.trouble is Trouble.PIN_LOCKED


async def test_a_locked_card_is_offered_the_face_and_never_its_pin(tmp_path: Path) -> None:
    outside = Outside()
    outside.shelf.stock["taro"].attempts_left = 0
    async with counter(tmp_path, outside) as desk:
        await desk.place()
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.PIN_LOCKED
        assert [choice.key for choice in desk.view.choices()] == ["1", "2", "3", "0"]
        await desk.press("3")
        await desk.reach(st.ShowingAnswer)
        assert outside.desk.verified == 0
        assert outside.client.asked == ["attested face"]
        assert [entry.attested_by for entry in outside.journal.entries] == ["face"]


async def test_after_the_last_wrong_try_the_face_still_leads_to_the_answer(tmp_path: Path) -> None:
    outside = Outside()
    outside.shelf.stock["taro"].attempts_left = 1
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.ConfirmingLastTry)
        await desk.press("1")
        await desk.reach(st.EnteringPin)
        await desk.type_pin("0000")
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.PIN_LOCKED
        await desk.press("3")
        await desk.reach(st.ShowingAnswer)


async def test_a_locked_card_without_a_photo_is_a_matter_of_the_desk(tmp_path: Path) -> None:
    outside = Outside()
    outside.shelf.stock["taro"] = FakeCard(attempts_left=0, has_photo=False)
    async with counter(tmp_path, outside) as desk:
        await desk.place()
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.PIN_LOCKED
        await desk.press("2")
        await desk.reach(st.ChoosingPaper)
        assert isinstance(desk.app.screen, StaffScreen), "papers are typed where the patient does not see them"


async def test_staff_vouch_by_eye_with_the_facility_passcode(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        await desk.press("0")
        await desk.reach(st.InTrouble)
        desk.app.post_message(FlowEvent(1, WayChosen(Way.VISUAL), by_key=True))
        await desk.reach(st.VouchingByEye)
        await desk.type_pin("0000")
        await desk.until(lambda: getattr(desk.state, "rejected_once", False), "rejected")
        await desk.type_pin(PRACTICE_PASSCODE)
        await desk.reach(st.ShowingAnswer)
        assert [entry.attested_by for entry in desk.outside.journal.entries] == ["visual"]
        assert desk.outside.desk.verified == 0


async def test_an_unregistered_card_is_registered_and_asked_about_again(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.unregistered.add("taro")
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        await desk.reach(st.OfferingRegistration)
        await desk.press("1")
        await desk.reach(st.ShowingAnswer)
        assert outside.desk.verified == 1, "one PIN, three signatures"
        assert [entry.outcome for entry in outside.journal.entries] == ["OFFER_REGISTRATION", "OK_ONLINE"]


async def test_what_is_agreed_to_is_told_the_service_and_written_down(tmp_path: Path) -> None:
    outside = Outside()
    outside.decider.consent = "ask"
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        await desk.reach(st.AskingConsent)
        assert [entry.outcome for entry in outside.journal.entries] == ["OK_ONLINE"], (
            "recorded before anything is asked"
        )
        await desk.press("2")
        for item in st.CONSENT_ITEMS:
            await desk.until(lambda item=item: getattr(desk.state, "asked", None) == item, item)  # type: ignore[misc]
            await desk.press("1" if item == "medicines" else "2")
        shown = await desk.reach(st.ShowingAnswer)
        agreed = {item: item == "medicines" for item in st.CONSENT_ITEMS}
        assert outside.client.consents == [("visit of taro", agreed)]
        assert dict(outside.journal.entries[-1].consent) == agreed
        assert dict(shown.consents) == agreed


async def test_whoever_watches_is_told_of_every_step(tmp_path: Path) -> None:
    steps: list[tuple[str, str, str]] = []

    def watch(before: FlowCounter, event: Event, after: FlowCounter) -> None:
        steps.append((type(before.state).__name__, type(event).__name__, type(after.state).__name__))

    async with counter(tmp_path, observer=watch) as desk:
        await desk.to_answer()
    assert ("ReadingCard", "CardRead", "ChoosingMethod") in steps
    assert ("Settling", "EntryWritten", "ShowingAnswer") in steps


@pytest.mark.parametrize("reason", ["no_reader", "no_service", "access_denied", "no_pyscard"])
async def test_without_a_reader_the_counter_says_so_and_goes_on_by_paper(tmp_path: Path, reason: str) -> None:
    outside = Outside()
    outside.slot.reason = reason
    async with counter(tmp_path, outside) as desk:
        await desk.until(lambda: desk.state != st.Idle(), "told")
        assert "リーダーの中央に" not in desk.text()
        await desk.press("f8")
        await desk.reach(st.ChoosingPaper)
        await desk.press("9")
        await desk.reach(st.Idle)
        outside.slot.plug_in()
        await desk.until(lambda: desk.state == st.Idle(), "back")
        await desk.press("f4")
        assert "リーダーの中央に" in desk.text()


async def test_a_card_pulled_while_it_is_read(tmp_path: Path) -> None:
    outside = Outside()
    outside.desk.read_gate.clear()
    async with counter(tmp_path, outside) as desk:
        await desk.place()
        await desk.reach(st.ReadingCard)
        await desk.take_card()
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.CARD_PULLED
        outside.desk.read_gate.set()
        await desk.press("1")
        await desk.reach(st.Idle)


@pytest.mark.parametrize("moment", [st.ChoosingMethod, st.ConfirmingLastTry, st.EnteringPin])
async def test_a_card_pulled_before_the_pin_is_in(tmp_path: Path, moment: type) -> None:
    outside = Outside()
    if moment is st.ConfirmingLastTry:
        outside.shelf.stock["taro"].attempts_left = 1
    async with counter(tmp_path, outside) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        if moment is not st.ChoosingMethod:
            await desk.press("1")
            await desk.reach(moment)
        await desk.take_card()
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.CARD_PULLED
        assert "離れました" in desk.text()


async def test_a_card_pulled_while_the_pin_is_checked_and_its_late_answer_is_dropped(tmp_path: Path) -> None:
    outside = Outside()
    outside.desk.verify_gate.clear()
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        await desk.reach(st.VerifyingPin)
        await desk.take_card()
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.CARD_PULLED
        outside.desk.verify_gate.set()
        await desk.place("hanako")
        await desk.reach(st.ChoosingMethod)
        assert "太郎" not in desk.text()


async def test_an_answer_that_comes_after_the_card_was_pulled_is_never_shown(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.answer_gate.clear()
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        await desk.reach(st.AskingService)
        await desk.take_card()
        await desk.reach(st.InTrouble)
        await desk.to_pin("hanako")
        await desk.reach(st.EnteringPin)
        outside.client.answer_gate.set()  # 太郎's answer arrives now
        await desk.pilot.pause(0.05)
        assert isinstance(desk.state, st.EnteringPin)
        await desk.type_pin("8035")
        shown = await desk.reach(st.ShowingAnswer)
        assert shown.reception.name == "千葉　花子"
        assert "太郎" not in desk.text()


async def test_a_card_taken_at_the_answer_ends_the_visit(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_answer()
        await desk.take_card()
        await desk.reach(st.Idle)


async def test_no_try_is_spent_while_the_service_is_down(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.down = True
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        trouble = await desk.reach(st.InTrouble)
        assert trouble.trouble is Trouble.SERVER_DOWN
        assert outside.desk.verified == 0
        assert "暗証番号の まちがいではありません" in desk.text()
        outside.client.down = False
        await desk.press("1")
        await desk.reach(st.ChoosingMethod)


async def test_a_service_that_comes_back_while_the_person_types_is_asked_again_before_the_try(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.down = True
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        outside.client.down = False
        await desk.type_pin("4619")
        await desk.reach(st.ShowingAnswer)


async def test_a_refused_certificate_shows_its_code_to_staff_alone(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.refuse = Trouble.CERTIFICATE_REFUSED
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.CERTIFICATE_REFUSED
        assert "MOCK-TEST" not in desk.text()
        await desk.to_staff()
        assert "MOCK-TEST" in desk.text()


@pytest.mark.parametrize(
    "trouble", [Trouble.CARD_UNREADABLE, Trouble.CARD_BUSY, Trouble.NOT_MYNA_CARD, Trouble.REAL_CARD]
)
async def test_what_the_desk_refuses_has_a_screen_with_doors(tmp_path: Path, trouble: Trouble) -> None:
    async with counter(tmp_path) as desk:
        desk.outside.slot.place(FakeCard(trouble=trouble))
        assert (await desk.reach(st.InTrouble)).trouble is trouble
        assert [choice.key for choice in desk.view.choices()] == ["1", "2", "9", "0"]
        await desk.press("9")
        await desk.reach(st.TakingCard)


async def test_zero_calls_staff_where_the_flow_stops_for_it_and_where_it_goes_on(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.press("0")
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.CALLED_STAFF
        await desk.press("9")
        await desk.reach(st.Idle)
        await desk.to_answer()
        await desk.press("0")
        assert isinstance(desk.state, st.ShowingAnswer)
        assert "係を呼びました" in desk.text()


async def test_the_bell_rings_where_the_person_cannot_go_on_without_staff(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with counter(tmp_path) as desk:
        rung: list[object] = []
        monkeypatch.setattr(desk.app, "bell", lambda: rung.append(desk.app.counter and desk.app.counter.state))
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        await desk.press("3")
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.PIN_UNKNOWN
        assert [type(state) for state in rung] == [st.InTrouble]


async def test_slash_calls_staff_from_the_pad_where_zero_is_a_digit(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.press("0")
        assert isinstance(desk.state, st.EnteringPin)
        await desk.press("slash")
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.CALLED_STAFF


async def test_a_key_pressed_twice_does_no_harm(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_answer()
        desk.view.press("1")
        desk.view.press("1")
        await desk.reach(st.TakingCard)
        notes = (tmp_path / "crash" / "notes.log").read_text()
        assert "late key: Acknowledged in TakingCard" in notes


async def test_a_fault_on_the_card_thread_becomes_a_trouble_and_a_report_without_its_words(tmp_path: Path) -> None:
    outside = Outside()
    outside.desk.break_down = ZeroDivisionError("協会　太郎 4619")
    async with counter(tmp_path, outside) as desk:
        await desk.place()
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.INTERNAL
        report = next((tmp_path / "crash").glob("crash-*.txt")).read_text()
        assert "builtins.ZeroDivisionError" in report
        assert "fakes.py" in report
        assert "4619" not in report
        assert "太郎" not in report


async def test_card_work_is_done_on_one_thread(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_answer()
        await desk.take_card()
        await desk.reach(st.Idle)
        await desk.to_answer("hanako", "8035")
        assert len(desk.outside.desk.threads) == 1


async def test_a_challenge_that_is_about_to_end_is_fetched_anew(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.lifetime = timedelta(seconds=1)
    async with counter(tmp_path, outside) as desk:
        await desk.to_answer()
        assert outside.client.challenges == 2


async def test_a_service_error_that_is_not_its_own_is_a_trouble_too(tmp_path: Path) -> None:
    outside = Outside()

    def broken(*_: object) -> None:
        raise ValueError("a wrong answer")

    outside.client.check_by_card = broken  # type: ignore[assignment,method-assign]
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.INTERNAL


async def test_a_full_disk_is_told_and_the_counter_works_on(tmp_path: Path) -> None:
    outside = Outside()
    outside.journal.full = True
    async with counter(tmp_path, outside) as desk:
        await desk.to_answer()
        await desk.until(lambda: "まだ保存できていません" in desk.text(), "told")
        assert "空き容量" not in desk.text(), "advice is for the desk"
        await desk.press("1")
        await desk.reach(st.TakingCard)
        await desk.to_staff()
        assert "! 記録待ち 1件" in desk.lines()[0]
        outside.journal.waiting.clear()
        outside.journal.full = False
        await desk.until(lambda: "記録待ち" not in desk.lines()[0], "written")


def is_ending(desk: Desk) -> bool:
    return desk.app.is_ending


async def test_an_end_that_would_lose_records_is_asked_about_first(tmp_path: Path) -> None:
    outside = Outside()
    outside.journal.full = True
    async with counter(tmp_path, outside) as desk:
        await desk.to_answer()
        await desk.until(lambda: len(outside.journal.waiting) == 1, "refused")
        await desk.press("ctrl+q")
        assert "未保存の記録 1件" in desk.text()
        assert "練習用" in desk.lines()[-2]
        assert not is_ending(desk)
        outside.journal.waiting *= 2
        await desk.press("ctrl+q")
        assert "未保存の記録 2件" in desk.text(), "it was told of one"
        assert not is_ending(desk)
        await desk.to_staff()
        outside.journal.waiting *= 2
        await desk.press("ctrl+q")
        assert "未保存の記録 4件" in desk.text(), "on the side in front"
        await desk.press("ctrl+q")
        assert is_ending(desk)
    assert desk.app.unwritten == 4


async def test_an_answer_to_that_question_counts_for_a_while_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.equipped_app.RISK_SECONDS", 0.05)
    outside = Outside()
    outside.journal.full = True
    async with counter(tmp_path, outside) as desk:
        await desk.to_answer()
        await desk.until(lambda: len(outside.journal.waiting) == 1, "refused")
        for _ in range(2):
            desk.app._risked = 0
            await desk.app.action_quit()
            assert not is_ending(desk)
            await desk.until(lambda: desk.app._risked == 0 and "未保存" not in desk.text(), "over")
        outside.journal.waiting.clear()
        await desk.press("ctrl+q")
        assert is_ending(desk), "nothing to lose"


async def test_everything_is_let_go_of_at_the_end(tmp_path: Path) -> None:
    outside = Outside()
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
    assert outside.slot.closed
    assert outside.client.closed
    assert outside.desk.open_card is None


async def test_a_visit_cut_short_by_the_end_of_the_counter_is_in_the_journal_too(tmp_path: Path) -> None:
    async with counter(tmp_path) as running:
        await running.to_pin()
        await running.reach(st.EnteringPin)
        journal = running.outside.journal
        assert journal.entries == []
    assert [(entry.outcome, entry.visit) for entry in journal.entries] == [("ABANDONED", 1)]


async def test_an_answered_visit_is_not_written_down_again_at_the_end_of_the_counter(tmp_path: Path) -> None:
    async with counter(tmp_path) as running:
        await running.to_answer()
        journal = running.outside.journal
    assert [entry.outcome for entry in journal.entries] == ["OK_ONLINE"]


async def test_what_still_arrives_while_the_counter_ends_finds_no_screen_and_does_no_harm(tmp_path: Path) -> None:
    pin = PinHandle(bytearray(b"4619"))
    async with counter(tmp_path) as running:
        await running.to_pin()
        await running.reach(st.EnteringPin)
        running.app.exit()
        for late in (FlowEvent(None, CardTaken()), FlowEvent(1, PinEntered(pin), by_key=True), LanguageAsked(1, "en")):
            running.app.post_message(late)
        journal = running.outside.journal
    assert not list((tmp_path / "crash").glob("crash-*.txt"))
    assert running.app.return_code == 0
    assert [entry.outcome for entry in journal.entries] == ["ABANDONED"]
    assert sum(map(len, pin._buffers)) == 0
