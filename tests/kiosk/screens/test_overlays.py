"""Sheets above the counter: each closes once however fast the keys come, and F1 explains it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.screen import Screen

from kiosk.flow import states as st
from kiosk.screens.drawer import DrawerScreen
from kiosk.screens.language_menu import LanguageMenu
from kiosk.screens.overlays import HelpScreen
from kiosk.staff.lock_prompt import LockPrompt
from kiosk.words import Words
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.fakes import FakeStaffPasscode, Outside

OPENED_BY = {"f1": HelpScreen, "f3": LanguageMenu, "f2": DrawerScreen}


@pytest.mark.parametrize("key", OPENED_BY)
async def test_keys_faster_than_the_screen_close_a_sheet_once_and_nothing_beneath(tmp_path: Path, key: str) -> None:
    async with counter(tmp_path) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        for _ in range(2):  # the second time while the first sheet may still be on its way out
            await desk.press(key)
            await desk.until(lambda: isinstance(desk.app.screen, OPENED_BY[key]), "open")
            sheet = desk.app.screen
            close = sheet.action_close  # type: ignore[attr-defined]
            for _ in range(3):
                close()
            await desk.until(lambda: len(desk.app.screen_stack) == 1, "closed")
        assert isinstance(desk.state, st.ChoosingMethod)


async def test_a_door_that_was_given_up_twice_shuts_once(tmp_path: Path) -> None:
    async with counter(tmp_path, Outside(staff_passcode=FakeStaffPasscode(b"7351"))) as desk:
        await desk.press("f4")
        await desk.until(lambda: isinstance(desk.app.screen, LockPrompt), "asked")
        prompt = desk.app.screen
        assert isinstance(prompt, LockPrompt)
        prompt.action_give_up()
        prompt.action_give_up()
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "shut")


async def test_help_explains_the_sheet_it_lies_on(tmp_path: Path) -> None:
    async with counter(tmp_path, Outside(staff_passcode=FakeStaffPasscode(b"7351"))) as desk:
        for key, about in (("f3", "language"), ("f2", "drawer"), ("f4", "side-lock")):
            await desk.press(key)
            await desk.until(lambda: len(desk.app.screen_stack) == 2, "open")
            sheet: Screen[object] = desk.app.screen
            await desk.press("f1")
            await desk.until(lambda: isinstance(desk.app.screen, HelpScreen), "explained")
            assert Words("ja").text(f"help.{about}")[:12] in desk.text()
            await desk.press("f1")
            await desk.until(lambda sheet=sheet: desk.app.screen is sheet, "back on the sheet")  # type: ignore[misc]
            await desk.press("escape")
            await desk.until(lambda: len(desk.app.screen_stack) == 1, "closed")
