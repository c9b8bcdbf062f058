"""The staff side opens by its passcode, closes by itself, and leaves nothing behind."""

from __future__ import annotations

import gc
import threading
import weakref
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.settings.passcodes import PasscodeFileError
from kiosk.staff.actions import Ask
from kiosk.staff.clipboard import BLANK
from kiosk.staff.lock_prompt import PATIENCE_SECONDS, LockPrompt
from kiosk.staff.palette import PaletteScreen
from kiosk.staff.passcode_pad import PasscodePad
from kiosk.staff.standing import Standing
from kiosk.staff.today_pages import DayRow
from tests.kiosk.staff.harness import Fakes, Staff, staff
from tests.kiosk.staff.running_apps import SHARED
from tests.kiosk.staff.samples import CARD_FACTS, STANDINGS, answered

pytestmark = SHARED


def with_passcode(digits: bytes = b"271828") -> Fakes:
    fakes = Fakes()
    fakes.passcode.digits = digits
    return fakes


async def knock(staff_side: Staff) -> None:
    staff_side.side.knock()
    await staff_side.until(lambda: isinstance(staff_side.app.screen, LockPrompt), "asked for the passcode")


# --- the door ---


async def test_without_a_passcode_it_opens_at_once_and_says_how_to_set_one() -> None:
    async with staff() as running:
        assert "madoguchi config passcode" in running.text()
        assert running.app.fakes.journal.locks == ["opened"]


async def test_with_a_passcode_it_opens_by_it_alone() -> None:
    async with staff(fakes=with_passcode(), shut=True) as running:
        await knock(running)
        await running.press(*"271828", "enter")
        await running.until(running.is_open, "open")
        assert "madoguchi config passcode" not in running.text()


async def test_a_wrong_passcode_is_told_in_words_and_written_down() -> None:
    async with staff(fakes=with_passcode(), shut=True) as running:
        await knock(running)
        await running.press(*"0000", "enter")
        await running.until(lambda: "ちがいます。あと 4回" in running.text(), "told")
        assert not running.is_open()
        await running.until(lambda: running.app.fakes.journal.locks == ["refused"], "written down")


async def test_after_five_wrong_ones_it_waits_and_takes_no_sixth() -> None:
    fakes = with_passcode()
    async with staff(fakes=fakes, shut=True) as running:
        await knock(running)
        for wrong in range(1, 6):
            await running.press(*"0000", "enter")
            await running.until(lambda wrong=wrong: fakes.passcode.wrong == wrong, "checked")  # type: ignore[misc]
        await running.until(lambda: "秒 待ってください" in running.text(), "waiting")
        await running.press(*"271828", "enter")
        assert not running.is_open()


async def test_digits_are_checked_on_a_thread_and_stay_nowhere() -> None:
    fakes = with_passcode()
    async with staff(fakes=fakes, shut=True) as running:
        await knock(running)
        pad = running.app.screen.query_one(PasscodePad)
        await running.press(*"2718")
        assert pad.typed == 4
        assert "2718" not in running.text()
        await running.press("enter")
        await running.until(lambda: fakes.passcode.wrong == 1, "checked")
        assert pad.typed == 0
        assert threading.get_ident() not in fakes.passcode.threads


async def test_too_few_digits_are_no_try() -> None:
    fakes = with_passcode()
    async with staff(fakes=fakes, shut=True) as running:
        await knock(running)
        await running.press(*"271", "enter")
        assert fakes.passcode.wrong == 0


async def test_the_mouse_alone_can_type_the_passcode() -> None:
    async with staff(fakes=with_passcode(b"7418"), shut=True) as running:
        await knock(running)
        for offset in [(31, 0), (31, 2), (31, 4), (39, 0), (47, 6)]:  # 7, 4, 1, 8, Enter
            assert await running.pilot.click(PasscodePad, offset=offset)
        await running.until(running.is_open, "open")


async def test_escape_goes_back_to_the_patient() -> None:
    async with staff(fakes=with_passcode(), shut=True) as running:
        await knock(running)
        await running.press("escape")
        assert not running.is_open()
        assert len(running.app.screen_stack) == 1


async def test_a_damaged_passcode_file_never_opens_the_door() -> None:
    fakes = Fakes()
    fakes.passcode.error = PasscodeFileError("passcode.file_broken", Path("/data/passcodes.json"))
    async with staff(fakes=fakes, shut=True) as running:
        running.side.knock()
        await running.until(lambda: bool(running.app.said), "told")
        assert "madoguchi config passcode" in running.app.said[0]
        assert not running.is_open()


async def test_what_was_wanted_at_the_door_is_done_behind_it() -> None:
    async with staff(shut=True) as running:
        running.side.knock(ev.ManualRequested())
        await running.until(lambda: running.app.sent == [ev.ManualRequested()], "asked for")
    async with staff(shut=True) as running:
        running.side.knock(Ask.OUTAGE)
        await running.until(lambda: running.side.screen is not None and running.page == "side-outage", "shown")


async def test_the_door_that_stays_shut_forgets_what_was_wanted() -> None:
    fakes = with_passcode()
    async with staff(fakes=fakes, shut=True) as running:
        running.side.knock(ev.ManualRequested())
        await running.until(lambda: isinstance(running.app.screen, LockPrompt), "asked")
        await running.press("escape")
        await knock(running)
        await running.press(*"271828", "enter")
        await running.until(running.is_open, "open")
        assert running.app.sent == []


# --- the lock ---


async def test_it_locks_by_itself_after_a_minute_without_a_key() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        running.app.fakes.clock.now += 59
        running.side.second()
        assert running.is_open()
        running.app.fakes.clock.now += 1
        running.side.second()
        await running.settle()
        assert not running.is_open()
        assert len(running.app.screen_stack) == 1
        await running.until(lambda: running.app.fakes.journal.locks == ["opened", "locked"], "written down")


async def test_a_key_keeps_it_open() -> None:
    async with staff() as running:
        running.app.fakes.clock.now += 59
        await running.press("down")
        running.app.fakes.clock.now += 59
        running.side.second()
        assert running.is_open()


@pytest.mark.parametrize("open_above", ["f1", "ctrl+p"])
async def test_f4_and_the_time_close_everything_that_stands_above(open_above: str) -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        await running.press(open_above)
        assert len(running.app.screen_stack) == 3
        running.side.lock()
        await running.settle()
        assert len(running.app.screen_stack) == 1


async def test_it_opens_again_at_once_after_it_was_locked() -> None:
    async with staff() as running:
        for _ in range(3):
            running.side.lock()
            running.side.knock()
            await running.until(lambda: running.is_open() and running.app.screen is running.side.screen, "open again")


async def test_escape_on_the_first_page_leads_back_to_the_patient() -> None:
    async with staff() as running:
        await running.press("escape")
        assert not running.is_open()


async def test_nothing_of_the_day_is_left_after_the_lock() -> None:
    async with staff(STANDINGS["answer-ok"], size=(120, 40)) as running:
        await running.until(lambda: "協会　太郎" in running.text(), "listed")
        screen, entries = weakref.ref(running.screen), weakref.WeakSet(running.screen.query(DayRow))
        await running.press("f7", "2")
        await running.at("side-entry")
        page = weakref.ref(running.screen.body)
        running.side.lock()
        await running.settle()
        assert "協会" not in running.text()
        for _ in range(100):  # what is under way may still hold it for a moment
            gc.collect()
            if screen() is None:
                break
            await running.pilot.pause(0.02)
        assert screen() is None
        assert page() is None
        assert not entries


async def test_a_half_typed_form_is_handed_over_when_it_locks() -> None:
    async with staff(Standing(7, st.Idle())) as running:
        running.app.standing = Standing(7, st.TakingFourItems(None, card_on_reader=False))
        running.screen.half_typed = lambda: (("name", "協会"),)  # type: ignore[method-assign]
        running.app.fakes.clock.now += 61
        running.side.second()
        await running.settle()
        assert running.app.sent == [ev.Expired((("name", "協会"),))]
        assert not running.is_open()


@pytest.mark.parametrize(
    ("state", "again"),
    [
        (st.TypingPaper("certificate_other", None, card_on_reader=False), ev.PaperChosen("certificate_other")),
        (st.TakingFourItems(None, card_on_reader=False), ev.FourItemsRequested()),
    ],
)
async def test_locking_loses_nothing_that_is_half_typed(state: st.State, again: ev.Event) -> None:
    async with staff(Standing(7, st.Idle())) as running:
        running.app.standing = Standing(7, state)
        running.screen.half_typed = lambda: (("name", "協会"),)  # type: ignore[method-assign]
        running.side.lock()
        await running.settle()
        assert running.app.sent == [ev.Back((("name", "協会"),)), again]


async def test_locking_an_empty_form_says_nothing_to_the_flow() -> None:
    async with staff(Standing(7, st.TypingPaper("certificate_other", None, card_on_reader=False))) as running:
        running.side.lock()
        await running.settle()
        assert running.app.sent == []


async def test_a_disk_that_refuses_keeps_nobody_out_and_is_told() -> None:
    fakes = Fakes()
    fakes.journal.full = True
    async with staff(fakes=fakes) as running:
        await running.until(lambda: "空き容量" in running.text(), "told")
        assert running.is_open()


async def test_a_patient_reads_nothing_of_a_disk_that_refuses() -> None:
    fakes = Fakes()
    async with staff(fakes=fakes) as running:
        fakes.journal.full = True
        running.side.lock()
        await running.until(lambda: fakes.journal.refused == 1, "refused")
        await running.settle()
        running.side.disk_refused()
        assert "".join(running.app.said) == ""


async def test_a_form_that_was_not_kept_is_told_when_the_side_opens() -> None:
    async with staff(shut=True) as running:
        running.side.form_lost()
        assert running.app.said == []
        for told in (True, False):
            running.side.knock()
            await running.until(running.is_open, "open")
            await running.settle()
            assert ("取っておけませんでした" in running.text()) is told
            running.side.lock()
            await running.settle()


# --- the clipboard ---


async def test_a_copy_is_cleared_after_its_time() -> None:
    async with staff() as running:
        running.side.copy("資格情報")
        running.app.fakes.clock.now += 59
        running.side.second()
        assert running.app.clipboard_writes == ["資格情報"]
        running.side.touch()
        running.app.fakes.clock.now += 1
        running.side.second()
        assert running.app.clipboard_writes == ["資格情報", BLANK, ""]
        running.side.lock()
        assert running.app.clipboard_writes == ["資格情報", BLANK, ""]


async def test_a_copy_is_cleared_at_the_lock() -> None:
    async with staff() as running:
        running.side.copy("資格情報")
        running.side.lock()
        assert running.app.clipboard_writes == ["資格情報", BLANK, ""]


async def test_a_copy_is_cleared_at_the_visits_end() -> None:
    async with staff(answered(CARD_FACTS)) as running:
        running.side.copy("資格情報")
        await running.move_to(Standing(8))
        assert running.app.clipboard_writes == ["資格情報", BLANK, ""]


async def test_nothing_is_written_to_a_clipboard_that_holds_nothing_of_ours() -> None:
    async with staff() as running:
        running.side.lock()
        running.side.close()
        assert running.app.clipboard_writes == []


async def test_what_the_page_could_not_clear_is_told_on_whichever_side_is_in_front() -> None:
    async with staff() as running:
        running.side.copy("資格情報")
        running.side.clipboard_told("not_copied")
        told = running.app.words.text("side.clipboard.not_copied")
        await running.until(lambda: told[:12] in running.text(), "told on the staff side")
        running.side.copy("資格情報")
        running.side.lock()
        running.side.clipboard_told("not_cleared")
        running.side.clipboard_told("cleared")
        assert running.app.said[-2:] == [
            running.app.words.text("side.clipboard.not_cleared"),
            running.app.words.text("side.clipboard.cleared"),
        ]


# --- the palette ---


async def test_the_palette_takes_a_number_and_a_name() -> None:
    async with staff() as running:
        await running.press("ctrl+p")
        assert isinstance(running.app.screen, PaletteScreen)
        await running.press("1")
        await running.until(lambda: not running.is_open(), "locked by the first command")


async def test_the_palette_narrows_by_typing_and_enter_takes_the_first() -> None:
    async with staff(lang="en") as running:
        await running.press("ctrl+p", *"disaster", "enter")
        await running.at("side-disaster")


async def test_the_palette_speaks_the_other_language() -> None:
    async with staff(STANDINGS["pin"]) as running:
        await running.press("ctrl+p", *"english")
        await running.press("enter")
        await running.until(lambda: "The person types the PIN" in running.text(), "in English")
        assert running.is_open()
        assert len(running.app.screen_stack) == 2
        assert running.app.fakes.journal.locks == ["opened"]


async def test_an_unattended_door_gives_the_patients_screen_back() -> None:
    async with staff(fakes=with_passcode(), shut=True) as running:
        await knock(running)
        prompt = running.app.screen
        assert isinstance(prompt, LockPrompt)
        for _ in range(PATIENCE_SECONDS):
            prompt._second()
        await running.until(lambda: len(running.app.screen_stack) == 1, "gone")


async def test_the_palette_has_no_screenshot() -> None:
    async with staff(lang="en") as running:
        await running.press("ctrl+p")
        assert "screenshot" not in running.text().lower()
        assert not running.app.ENABLE_COMMAND_PALETTE


async def test_the_palette_is_not_there_while_it_is_shut() -> None:
    async with staff(shut=True) as running:
        running.side.palette()
        await running.press("ctrl+p")
        assert len(running.app.screen_stack) == 1


async def test_a_step_of_the_flow_while_it_opens_is_shown_when_it_is_open() -> None:
    async with staff(STANDINGS["answer-ok"], shut=True) as running:
        running.side.knock()
        for _ in range(2000):
            if running.side.screen is not None:
                break
            await running.pilot.pause(0.001)
        before = running.app.counter_now()
        running.app.standing = replace(STANDINGS["pin"], visit=8)
        now = running.app.counter_now()
        assert before is not None
        assert now is not None
        await running.side.show(before, now)
        await running.until(lambda: "暗証番号を 押しています" in running.text(), "shown")
        assert "千葉" not in running.text()
        assert running.screen.body.setting.visit == 8


async def test_another_visit_is_answered_in_its_own_name() -> None:
    async with staff(replace(STANDINGS["answer-ok"], visit=7)) as running:
        await running.move_to(Standing(8))
        assert running.screen.body.setting.visit == 8
        assert "千葉" not in running.text()
