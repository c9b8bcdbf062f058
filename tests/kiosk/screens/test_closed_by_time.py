"""The staff side closes by itself: it is said, and what staff type on is not the patient's."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.words import Words
from tests.kiosk.screens.driving import Counter, counter

CLOSED = Words("ja").text("side.closed_by_time")


async def _let_it_close(desk: Counter) -> None:
    await desk.to_staff()
    desk.clock.now += 61
    desk.app.end_idle_visit()
    await desk.until(lambda: len(desk.app.screen_stack) == 1, "shut")
    await desk.until(lambda: CLOSED[:10] in desk.text(), "said")


async def test_the_head_line_counts_before_it_closes(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_staff()
        for second, left in ((41, 19), (1, 18)):
            desk.clock.now += second
            desk.app.end_idle_visit()
            said = Words("ja").text("side.closing_in", seconds=left)
            await desk.until(lambda said=said: said in desk.text().splitlines()[0], "counted above")  # type: ignore[misc]
        await desk.press("down")
        await desk.until(lambda: "閉まります" not in desk.text(), "goes on")


async def test_keys_meant_for_the_desk_are_nobodys_for_two_seconds(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await _let_it_close(desk)
        await desk.pilot.press("0", "9", "enter", "escape")
        await desk.pilot.pause()
        assert desk.state == st.Idle()
        assert len(desk.app.screen_stack) == 1
        assert CLOSED[:10] in desk.text()
        desk.clock.now += 2
        await desk.pilot.press("0")
        await desk.reach(st.InTrouble)
        assert CLOSED[:10] not in desk.text()


async def test_a_touch_is_the_patients_at_once_and_f4_is_staffs(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await _let_it_close(desk)
        await desk.pilot.click("#choice-0")
        await desk.reach(st.InTrouble)
        await desk.pilot.press("f4")
        await desk.until(lambda: len(desk.app.screen_stack) > 1, "knocked")


@pytest.mark.parametrize("key", ["1", "9", "0"])
async def test_staff_who_close_it_themselves_leave_no_silence_behind(tmp_path: Path, key: str) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_staff()
        await desk.press("f4")
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "shut")
        assert desk.app._door is not None
        assert not desk.app._door._side.drops(key)
