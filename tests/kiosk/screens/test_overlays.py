"""Sheets above the counter: each closes once however fast the keys come, and F1 explains it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.screen import Screen

from kiosk.flow import states as st
from kiosk.screens.drawer import DrawerScreen
from kiosk.screens.language_menu import LanguageMenu
from kiosk.screens.overlays import HelpScreen, TooSmallScreen
from kiosk.staff.lock_prompt import LockPrompt
from kiosk.words import Words
from tests.kiosk.screens.driving import Counter, counter
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


EVERY_KEY = ("f1", "f2", "f3", "f4", "f6", "f8", "ctrl+p", "ctrl+c", *"0123456789", "enter", "escape", "space", "tab")
SMALL, LARGE = (50, 16), (80, 24)


async def shrink(desk: Counter) -> None:
    await desk.pilot.resize_terminal(*SMALL)
    await desk.until(lambda: isinstance(desk.app.screen, TooSmallScreen), "covered")


async def enlarge(desk: Counter) -> None:
    await desk.pilot.resize_terminal(*LARGE)
    await desk.until(lambda: not isinstance(desk.app.screen, TooSmallScreen), "uncovered")


def top(desk: Counter) -> type[Screen[object]]:
    return type(desk.app.screen)


async def test_behind_the_cover_of_a_small_terminal_no_key_does_anything(tmp_path: Path) -> None:
    async with counter(tmp_path, Outside(staff_passcode=FakeStaffPasscode(b"7351"))) as desk:
        await desk.place()
        state = await desk.reach(st.ChoosingMethod)
        await shrink(desk)
        for key in EVERY_KEY:
            await desk.press(key)
            assert [type(screen).__name__ for screen in desk.app.screen_stack] == ["CounterScreen", "TooSmallScreen"]
            assert desk.state is state, key
        await desk.pilot.click(offset=(5, 5))
        await enlarge(desk)
        assert len(desk.app.screen_stack) == 1
        assert desk.state is state


@pytest.mark.parametrize("key", OPENED_BY)
async def test_a_sheet_that_was_covered_is_there_again_and_still_closes(tmp_path: Path, key: str) -> None:
    async with counter(tmp_path) as desk:
        await desk.press(key)
        await desk.until(lambda: isinstance(desk.app.screen, OPENED_BY[key]), "open")
        await shrink(desk)
        await desk.press("f1", "escape", "1")
        await enlarge(desk)
        assert top(desk) is OPENED_BY[key]
        await desk.press("escape")
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "closed")


async def test_help_of_a_screen_that_went_while_it_was_covered_goes_with_the_cover(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        await desk.press("f1")
        await desk.until(lambda: isinstance(desk.app.screen, HelpScreen), "open")
        await shrink(desk)
        desk.outside.shelf.unplug_reader()
        await desk.until(lambda: isinstance(desk.state, st.InTrouble), "the reader is gone")
        assert top(desk) is TooSmallScreen, "still too small to read"
        await enlarge(desk)
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "the old help is gone")


async def test_a_door_that_was_given_up_while_it_was_covered_is_shut_when_it_can_be_seen(tmp_path: Path) -> None:
    async with counter(tmp_path, Outside(staff_passcode=FakeStaffPasscode(b"7351"))) as desk:
        await desk.press("f4")
        await desk.until(lambda: isinstance(desk.app.screen, LockPrompt), "asked")
        prompt = desk.app.screen
        assert isinstance(prompt, LockPrompt)
        await shrink(desk)
        prompt.action_give_up()  # nobody has pressed a key for its patience
        await desk.settle()
        assert top(desk) is TooSmallScreen
        await enlarge(desk)
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "shut")
