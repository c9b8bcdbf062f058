"""What makes tests of screens cheap changes nothing of what they see."""

from __future__ import annotations

import asyncio
from typing import ClassVar
from unittest import mock

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.css.stylesheet import Stylesheet
from textual.message import Message
from textual.pilot import Pilot, WaitForScreenTimeout
from textual.widgets import Static

from tests.at_rest import wait_for_screen
from tests.sheets_once import TEXTUALS_OWN

pytestmark = pytest.mark.screens


class Handed(Message, bubble=False):
    """So many hands are still to go."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left


class Hand(Static):
    """Takes its time, then hands on to the next one."""

    arrived = 0

    @on(Handed)
    async def _handed(self, message: Handed) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        self.arrived += 1
        if message.left:
            hands = list(self.app.query(Hand))
            hands[(hands.index(self) + 1) % len(hands)].post_message(Handed(message.left - 1))


class Hands(App[None]):
    """Three widgets that pass something on in a ring."""

    CSS: ClassVar[str] = "Hand { background: $primary; }"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

    def compose(self) -> ComposeResult:
        yield from (Hand(str(number)) for number in range(3))


async def test_what_widgets_send_to_one_another_is_waited_for_to_its_end() -> None:
    app = Hands()
    async with app.run_test() as pilot:
        app.query(Hand).first().post_message(Handed(29))
        assert await pilot._wait_for_screen()
        assert [hand.arrived for hand in app.query(Hand)] == [10, 10, 10]


async def test_a_widget_that_never_comes_to_rest_is_told_and_not_passed_over() -> None:
    never = asyncio.Event()
    app = Hands()
    async with app.run_test() as pilot:
        app.query(Hand).first().call_later(never.wait)
        try:
            with pytest.raises(WaitForScreenTimeout):
                await wait_for_screen(pilot, 0.05)
        finally:
            never.set()
        assert await wait_for_screen(pilot)


async def test_a_widget_that_fails_ends_the_waiting() -> None:
    with pytest.raises(ZeroDivisionError):
        await _failing()


async def _failing() -> None:
    app = Hands()
    async with app.run_test() as pilot:
        app.query(Hand).first().call_later(lambda: 1 / 0)
        assert not await pilot._wait_for_screen()


async def test_every_pilot_of_these_tests_waits_so() -> None:
    assert Pilot._wait_for_screen is wait_for_screen


async def _ground(theme: str) -> str:
    app = Hands()
    async with app.run_test() as pilot:
        app.theme = theme
        await pilot.pause(0)
        return app.query(Hand).first().styles.background.hex


async def test_a_sheet_parsed_once_has_each_themes_own_colours() -> None:
    once = [await _ground(theme) for theme in ("nord", "gruvbox", "nord")]
    with mock.patch.object(Stylesheet, "_parse_rules", TEXTUALS_OWN):
        anew = [await _ground(theme) for theme in ("nord", "gruvbox")]
    assert once == [*anew, anew[0]]
    assert anew[0] != anew[1]


async def test_a_second_application_parses_nothing() -> None:
    await _ground("nord")
    with mock.patch("textual.css.stylesheet.parse", side_effect=AssertionError("parsed again")):
        await _ground("nord")
