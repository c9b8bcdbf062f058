"""What is typed right behind a key is for what that key opens: a sheet, the door, the pad; for nothing else."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual import events

from kiosk.flow import states as st
from kiosk.flow.events import EntryWritten
from kiosk.keys_in_order import LONGEST
from kiosk.screens.drawer import DrawerScreen
from kiosk.screens.messages import FlowEvent
from kiosk.screens.overlays import HelpScreen
from kiosk.staff.lock_prompt import LockPrompt
from kiosk.staff.palette import PaletteScreen
from kiosk.staff.passcode_pad import PasscodePad
from kiosk.staff.staff_screen import StaffScreen
from kiosk.staff.today_pages import TodayPage
from kiosk.widgets.ja_input import JaInput
from kiosk.widgets.pin_pad import PinPad
from tests.kiosk.screens.driving import Counter, counter
from tests.kiosk.screens.fakes import FakeStaffPasscode, Outside


class SlowDisk(FakeStaffPasscode):
    """A passcode that is looked up as long as the test wants."""

    def __init__(self) -> None:
        super().__init__(b"93715")
        self.looked_up = threading.Event()

    def is_set(self) -> bool:
        return self.looked_up.wait(30)


def all_at_once(desk: Counter, *keys: str) -> None:
    """Into the application's queue in one go, as a terminal hands over what was typed ahead."""
    for key in keys:
        desk.app.post_message(events.Key(key, key if len(key) == 1 else None))


async def calm(desk: Counter) -> None:
    """Nothing is held, and what was handed out has had every turn it needs."""
    await desk.until(lambda: not desk.app._holds, "nothing is held")
    for _ in range(8):
        await desk.settle()


@pytest.mark.parametrize("door", ["f4", "f6", "f8"])
async def test_digits_right_behind_the_door_s_key_are_the_passcode_s(tmp_path: Path, door: str) -> None:
    slow = SlowDisk()
    async with counter(tmp_path, Outside(staff_passcode=slow)) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        all_at_once(desk, door, *"93715", "enter")
        await desk.until(lambda: isinstance(desk.app.screen, LockPrompt), "at the door")
        await desk.settle()
        assert desk.app.frame.query_one(PinPad).typed == 0
        assert isinstance(desk.state, st.EnteringPin)
        slow.looked_up.set()
        await desk.until(lambda: isinstance(desk.app.screen, StaffScreen), "open by what was typed ahead")


async def test_the_digit_behind_the_outage_key_turns_the_mode_on(tmp_path: Path) -> None:
    """Not いま's first action, which would stand there for a moment."""
    async with counter(tmp_path, Outside(staff_passcode=FakeStaffPasscode(b"93715"))) as desk:
        all_at_once(desk, "f6", *"93715", "enter", "1")
        await desk.until(lambda: desk.app.counter is not None and desk.app.counter.outage, "システム障害時モード")
        assert isinstance(desk.state, st.Idle)


async def test_the_digit_behind_the_paper_key_chooses_the_paper(tmp_path: Path) -> None:
    async with counter(tmp_path, Outside(staff_passcode=FakeStaffPasscode(b"93715"))) as desk:
        all_at_once(desk, "f8", *"93715", "enter", "6")
        await desk.until(lambda: isinstance(desk.state, st.TypingPaper), "typing the paper")
        assert isinstance(desk.state, st.TypingPaper)
        assert desk.state.form == "declaration"


async def test_too_few_digits_typed_ahead_wait_in_the_door_s_pad(tmp_path: Path) -> None:
    slow = SlowDisk()
    async with counter(tmp_path, Outside(staff_passcode=slow)) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        all_at_once(desk, "f4", *"937")
        await desk.until(lambda: isinstance(desk.app.screen, LockPrompt), "at the door")
        slow.looked_up.set()
        await desk.until(lambda: desk.app.screen.query_one(PasscodePad).typed == 3, "three digits in the door's pad")
        await desk.press("1", "5", "enter")
        await desk.until(lambda: isinstance(desk.app.screen, StaffScreen), "open")


@pytest.mark.parametrize("passcode", [(), (*"93715", "enter")])
async def test_the_keys_behind_the_door_are_the_staff_side_s(tmp_path: Path, passcode: tuple[str, ...]) -> None:
    """Whether somebody has set a passcode is looked up on the disk meanwhile, and compared on a thread."""
    set_one = FakeStaffPasscode(b"93715") if passcode else FakeStaffPasscode()
    async with counter(tmp_path, Outside(staff_passcode=set_one)) as desk:
        all_at_once(desk, "f4", *passcode, "f7")
        await desk.until(lambda: isinstance(desk.app.screen, StaffScreen), "open")
        screen = desk.app.screen
        assert isinstance(screen, StaffScreen)
        await desk.until(lambda: isinstance(screen.body, TodayPage), "at 今日の受付")


async def test_digits_behind_a_key_of_the_open_staff_side_are_for_the_page_it_opens(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_staff()
        all_at_once(desk, "f6", "1")
        await desk.until(lambda: desk.app.counter is not None and desk.app.counter.outage, "システム障害時モード")
        all_at_once(desk, "f8", "6")
        await desk.until(lambda: isinstance(desk.state, st.TypingPaper), "at the paper, not at the four items")
        assert isinstance(desk.state, st.TypingPaper)
        assert desk.state.form == "declaration"


async def test_a_key_that_leaves_a_form_comes_behind_what_is_typed_and_before_what_follows(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_staff()
        all_at_once(desk, "f8", "6")
        await desk.until(lambda: bool(desk.app.screen.query(JaInput)), "at the form")
        await calm(desk)
        all_at_once(desk, "1", "2", "f4", "3")
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "locked")
        await calm(desk)
        assert isinstance(desk.state, st.TypingPaper)
        assert [text for _, text in desk.state.draft if text.isdecimal()] == ["12"]


async def test_what_is_typed_behind_a_wrong_passcode_is_nobody_s(tmp_path: Path) -> None:
    async with counter(tmp_path, Outside(staff_passcode=FakeStaffPasscode(b"93715"))) as desk:
        all_at_once(desk, "f4", *"93716", "enter", "1", "1")
        await desk.until(lambda: "あと" in desk.text(), "told that it was wrong")
        await calm(desk)
        pad = desk.app.screen.query_one(PasscodePad)
        assert pad.typed == 0
        await desk.press("9")
        assert pad.typed == 1


@pytest.mark.parametrize("gives_up", ["f4", "escape"])
async def test_a_door_that_is_given_up_takes_what_was_typed_behind_it_along(tmp_path: Path, gives_up: str) -> None:
    slow = SlowDisk()
    async with counter(tmp_path, Outside(staff_passcode=slow)) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        all_at_once(desk, "f4", *"93715", gives_up)
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "given up")
        slow.looked_up.set()
        await calm(desk)
        assert desk.app.frame.query_one(PinPad).typed == 0
        await desk.press("4")
        assert desk.app.frame.query_one(PinPad).typed == 1


# --- the drawer ---


@pytest.mark.parametrize(
    ("typed", "lies_there"),
    [
        (("down", "1"), "hanako"),
        (("down", "enter"), "hanako"),
        (("down", "down", "up", "up", "1"), "taro"),
        ((*"hana", "enter"), "hanako"),
        ((*"hana", "escape", "home", "enter"), "taro"),
    ],
)
async def test_what_is_typed_behind_f2_is_the_drawer_s(tmp_path: Path, typed: tuple[str, ...], lies_there: str) -> None:
    async with counter(tmp_path) as desk:
        all_at_once(desk, "f2", *typed)
        await desk.reach(st.ChoosingMethod)
        assert desk.outside.shelf.lies_there == lies_there


async def test_no_key_behind_f2_is_an_answer_of_the_patient(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        all_at_once(desk, "f2", "9", "0")
        await desk.until(lambda: isinstance(desk.app.screen, DrawerScreen), "open")
        await desk.press("escape")
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "closed, and no menu beneath it")
        assert desk.state == st.Idle()


async def test_the_drawer_that_is_not_there_yet_gets_what_was_typed_for_it(tmp_path: Path) -> None:
    async with counter(tmp_path, ready=False) as desk:
        all_at_once(desk, "f2", "down", "1")
        await desk.until(lambda: desk.app.counter is not None, "loaded")
        await desk.reach(st.ChoosingMethod)
        assert desk.outside.shelf.lies_there == "hanako"


async def test_more_than_anybody_types_is_not_kept(tmp_path: Path) -> None:
    async with counter(tmp_path, ready=False) as desk:
        all_at_once(desk, "f2", *["down"] * (2 * LONGEST))
        for _ in range(20):
            await desk.pilot.pause(0)
            assert len(desk.app._held) <= LONGEST


# --- the other sheets ---


async def test_what_is_typed_behind_f1_is_nobody_s_answer(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.place()
        state = await desk.reach(st.ChoosingMethod)
        all_at_once(desk, "f1", *"1290")
        await desk.until(lambda: isinstance(desk.app.screen, HelpScreen), "explained")
        await calm(desk)
        assert desk.state is state


async def test_what_is_typed_behind_f3_chooses_the_language(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.place()
        state = await desk.reach(st.ChoosingMethod)
        all_at_once(desk, "f3", "3")
        await desk.until(lambda: desk.view.setting.words.lang == "en", "in English")
        assert len(desk.app.screen_stack) == 1
        assert desk.state is state


async def test_what_is_typed_behind_ctrl_p_is_the_palette_s(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_staff()
        all_at_once(desk, "ctrl+p", *"zzz")
        await desk.until(lambda: isinstance(desk.app.screen, PaletteScreen), "open")
        await desk.until(lambda: desk.app.screen.query_one(JaInput).value == "zzz", "typed")


async def test_help_of_the_staff_side_lets_no_digit_through(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_staff()
        all_at_once(desk, "f1", *"123")
        await desk.until(lambda: isinstance(desk.app.screen, HelpScreen), "explained")
        await calm(desk)
        assert [type(screen).__name__ for screen in desk.app.screen_stack][1:] == ["StaffScreen", "HelpScreen"]
        assert desk.state == st.Idle()


async def test_between_two_sheets_no_key_falls_through_to_the_patient(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        words = desk.view.setting.words
        first = HelpScreen(words, "idle")
        desk.app.push_screen(first, lambda _: desk.app.push_screen(HelpScreen(words, "method")))
        await desk.settle()
        first.dismiss()  # what it ends with is told to the application one turn later
        all_at_once(desk, "9")
        await calm(desk)
        assert [type(screen).__name__ for screen in desk.app.screen_stack] == ["CounterScreen", "HelpScreen"]


# --- answers of the patient ---


async def test_the_pin_typed_behind_its_answer_is_the_pad_s(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        all_at_once(desk, *"146")
        await desk.reach(st.EnteringPin)
        await desk.until(lambda: desk.app.frame.query_one(PinPad).typed == 2, "two digits in")
        await desk.press("1", "9")
        await desk.reach(st.ShowingAnswer)


async def test_no_last_try_is_spent_by_what_was_typed_before_its_warning(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        desk.outside.shelf.stock["taro"].attempts_left = 1
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        all_at_once(desk, *"114619")
        await desk.reach(st.ConfirmingLastTry)
        await calm(desk)
        assert isinstance(desk.state, st.ConfirmingLastTry)
        all_at_once(desk, *"146")  # an answer to the warning
        await desk.reach(st.EnteringPin)
        await desk.until(lambda: desk.app.frame.query_one(PinPad).typed == 2, "two digits in")


async def test_a_key_typed_before_a_screen_was_seen_answers_nothing_on_it(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        all_at_once(desk, "0", "9")
        await desk.reach(st.InTrouble)
        await calm(desk)
        assert isinstance(desk.state, st.InTrouble), "9 would have ended it"
        await desk.press("9")
        await desk.reach(st.Idle)


async def test_digits_behind_a_paper_s_key_are_the_passcode_s(tmp_path: Path) -> None:
    slow = SlowDisk()
    async with counter(tmp_path, Outside(staff_passcode=slow)) as desk:
        await desk.press("0")
        await desk.reach(st.InTrouble)
        all_at_once(desk, "2", *"93715", "enter")
        await desk.until(lambda: isinstance(desk.app.screen, LockPrompt), "at the door")
        slow.looked_up.set()
        await desk.until(lambda: isinstance(desk.app.screen, StaffScreen), "open by what was typed ahead")


async def test_digits_on_the_pad_stay_while_the_disk_answers_for_an_earlier_entry(tmp_path: Path) -> None:
    async with counter(tmp_path, Outside()) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.press("4", "6")
        view = desk.view
        assert desk.app.counter is not None
        desk.app.post_message(FlowEvent(desk.app.counter.visit, EntryWritten(ok=True)))
        await calm(desk)
        assert desk.view is view
        assert desk.view.query_one(PinPad).typed == 2
        assert isinstance(desk.app.focused, PinPad)
        await desk.press("1", "9")
        await desk.reach(st.ShowingAnswer)
