"""Nothing of a person stays: not on the screen, not in a widget, and nobody has to press anything for it."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.screens.messages import LanguageAsked
from kiosk.screens.view import View
from kiosk.settings.model import Settings
from kiosk.staff.lock_prompt import LockPrompt
from kiosk.staff.staff_screen import StaffScreen
from tests.kiosk.screens.driving import Counter, counter
from tests.kiosk.screens.fakes import FakeStaffPasscode, Outside

PERSONAL = ("協会　太郎", "ｷﾖｳｶｲ", "12345678", "123456", "昭和55年")


def texts_of(desk: Counter) -> str:
    widgets = list(desk.app.screen.walk_children())
    return desk.text() + "".join(str(getattr(widget, "text", "")) + repr(vars(widget)) for widget in widgets)


async def test_after_the_visit_no_widget_holds_anything_of_the_person(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_answer()
        assert not any(word in desk.text() for word in PERSONAL)
        await desk.to_staff()
        assert all(word in desk.text() for word in PERSONAL[:1])
        await desk.press("f4")
        await desk.press("1")
        await desk.reach(st.TakingCard)
        assert not any(word in desk.text() for word in PERSONAL)
        await desk.take_card()
        await desk.reach(st.Idle)
        assert not any(word in texts_of(desk) for word in PERSONAL)
        gc.collect()
        left = [
            view for view in gc.get_objects() if isinstance(view, View) and view.NAME == "answer" and view.is_attached
        ]
        assert left == []


async def test_nobody_touching_the_counter_clears_the_answer(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_answer()
        desk.clock.now += 100
        desk.app.end_idle_visit()
        desk.clock.now += 19
        desk.app.end_idle_visit()
        await desk.pilot.pause()
        assert isinstance(desk.state, st.ShowingAnswer)
        desk.clock.now += 1
        desk.app.end_idle_visit()
        await desk.reach(st.TakingCard)
        assert not any(word in desk.text() for word in PERSONAL)


async def test_a_key_starts_the_privacy_time_anew(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_answer()
        desk.clock.now += 100
        await desk.press("tab")
        desk.clock.now += 100
        desk.app.end_idle_visit()
        await desk.pilot.pause()
        assert isinstance(desk.state, st.ShowingAnswer)


@pytest.mark.parametrize("moment", [st.ChoosingMethod, st.EnteringPin])
async def test_a_person_who_walks_away_leaves_no_half_typed_pin(tmp_path: Path, moment: type) -> None:
    async with counter(tmp_path) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        if moment is st.EnteringPin:
            await desk.press("1")
            await desk.reach(st.EnteringPin)
            await desk.press("4", "6")
        for seconds in (100, 20):
            desk.clock.now += seconds
            desk.app.end_idle_visit()
        await desk.reach(st.TakingCard)


async def test_staff_typing_a_paper_have_the_time_of_their_own_side(tmp_path: Path) -> None:
    settings = Settings(privacy_seconds=20, auto_lock_seconds=300)
    async with counter(tmp_path, settings=settings) as desk:
        await desk.press("f8")
        await desk.reach(st.ChoosingPaper)
        desk.clock.now += 50  # longer than a patient's screen would stay
        desk.app.end_idle_visit()
        await desk.pilot.pause()
        assert isinstance(desk.state, st.ChoosingPaper)


async def test_a_desk_that_was_left_locks_and_the_visit_ends(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.press("f8")
        await desk.reach(st.ChoosingPaper)
        desk.clock.now += 61
        desk.app.end_idle_visit()
        await desk.reach(st.Idle)
        assert not isinstance(desk.app.screen, StaffScreen)


async def test_the_desk_is_behind_its_passcode_and_the_patient_sees_none_of_it(tmp_path: Path) -> None:
    async with counter(tmp_path, Outside(staff_passcode=FakeStaffPasscode(b"7351"))) as desk:
        await desk.press("f8")
        await desk.until(lambda: isinstance(desk.app.screen, LockPrompt), "asked")
        assert isinstance(desk.state, st.Idle), "the flow waits until the door is open"
        await desk.press(*"0000")
        await desk.press("enter")
        await desk.pilot.pause(0.05)
        assert not isinstance(desk.app.screen, StaffScreen)
        await desk.press(*"7351")
        await desk.press("enter")
        await desk.reach(st.ChoosingPaper)
        assert isinstance(desk.app.screen, StaffScreen)
        assert desk.outside.day.locks == ["refused", "opened"]


async def test_the_language_goes_back_with_the_next_person(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        desk.app.post_message(LanguageAsked(1, "en"))
        await desk.until(lambda: "Please place" in desk.text(), "in English")
        assert "no real people" in desk.text()
        await desk.to_answer()
        assert "You have been received" in desk.text()
        await desk.take_card()
        await desk.reach(st.Idle)
        assert "リーダーの中央に" in desk.text()
        assert "実在の人物・資格ではありません" in desk.text()


async def test_nothing_goes_to_the_clipboard(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        desk.app.copy_to_clipboard("協会　太郎")
        assert desk.app.clipboard == ""


async def test_keys_pressed_before_the_counter_is_ready_count_once_it_is(tmp_path: Path) -> None:
    outside = Outside()
    outside.load_gate.clear()
    async with counter(tmp_path, outside, ready=False) as desk:
        assert "準備しています" in desk.text()
        await desk.press("f8")
        outside.load_gate.set()
        await desk.until(lambda: desk.app.counter is not None, "loaded")
        await desk.reach(st.ChoosingPaper)
