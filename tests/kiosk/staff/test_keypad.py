"""A numeric keypad alone: digits, / * - + . and Enter lead to every page of the staff side and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets import Input

from kiosk.flow import states as st
from kiosk.staff.actions import Ask, actions_for, other_actions
from kiosk.staff.now_page import KEYS_OF_ACTIONS, NowPage
from kiosk.staff.page_catalogue import PAGES
from kiosk.staff.passcode_pad import PasscodePad
from kiosk.staff.standing import Standing
from tests.kiosk.staff.harness import Fakes, staff
from tests.kiosk.staff.running_apps import SHARED
from tests.kiosk.staff.samples import STANDINGS

pytestmark = SHARED

IDLE = Standing()
WITH_A_FIELD = [Ask.REAL_NAME, Ask.REFERENCE_NUMBER]


async def test_through_the_lock_to_the_days_visits_to_the_outage_mode_and_back() -> None:
    fakes = Fakes()
    fakes.passcode.digits = b"7418"
    async with staff(IDLE, fakes, shut=True) as running:
        running.side.knock()
        await running.until(lambda: bool(running.app.screen.query(PasscodePad)), "asked")
        await running.press(*"7419", "minus", "8", "enter")
        await running.until(lambda: running.screen.is_mounted and running.app.screen is running.screen, "open")
        await running.press("0")
        await running.at("side-more")
        await running.press("1")
        await running.at("side-today")
        await running.press("asterisk")
        await running.at("side-now")
        await running.press("0")
        await running.at("side-more")
        await running.press(number_of(IDLE, Ask.OUTAGE))
        await running.at("side-outage")
        await running.press("asterisk")
        await running.at("side-now")
        await running.press("asterisk")
        await running.until(lambda: not running.is_open(), "back at the patient's side")


def number_of(now: Standing, ask: Ask) -> str:
    others = [action for action in other_actions(now) if action not in actions_for(now)]
    return str(1 + [action.does for action in others].index(ask))


async def test_the_door_is_given_up_by_the_key_that_goes_back() -> None:
    fakes = Fakes()
    fakes.passcode.digits = b"7418"
    async with staff(IDLE, fakes, shut=True) as running:
        running.side.knock()
        await running.until(lambda: bool(running.app.screen.query(PasscodePad)), "asked")
        await running.press("asterisk")
        await running.until(lambda: not running.app.screen.query(PasscodePad), "away")
        assert not running.is_open()


async def test_a_paper_has_a_number_wherever_f8_works() -> None:
    async with staff(IDLE) as running:
        number = next(key for key, one in zip(KEYS_OF_ACTIONS, actions_for(IDLE), strict=False) if "paper" in one.word)
        await running.press(number)
        assert [type(event).__name__ for event in running.app.sent] == ["ManualRequested"]


async def test_plus_and_minus_page() -> None:
    async with staff(STANDINGS["answer-ended"]) as running:
        page = running.screen.body
        assert isinstance(page, NowPage)
        middle = page.query_one(".middle")
        await running.until(lambda: middle.max_scroll_y > 0, "too long for the screen")
        await running.press("plus")
        assert middle.scroll_y > 0
        await running.press("minus")
        assert middle.scroll_y == 0


@pytest.mark.parametrize("ask", WITH_A_FIELD)
async def test_an_empty_field_is_left_by_the_same_key_and_a_filled_one_keeps_it(ask: Ask) -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        running.screen.open(ask)
        await running.at(PAGES[ask].NAME)  # type: ignore[attr-defined]
        await running.press("7", "asterisk")
        assert running.screen.query_one(Input).value == "7*"
        await running.press("backspace", "backspace", "asterisk")
        await running.at("side-now")


async def test_the_last_of_the_other_operations_is_there_too() -> None:
    full = STANDINGS["answer-paper"]
    assert isinstance(full.state, st.ShowingAnswer)
    full = replace(full, outage=True)
    others = [action for action in other_actions(full) if action not in actions_for(full)]
    async with staff(full) as running:
        running.screen.open(Ask.MORE)
        await running.at("side-more")
        for number in range(1, len(others) + 1):
            assert running.screen.query(f"#choice-{number}")
