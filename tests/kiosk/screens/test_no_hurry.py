"""Nobody is hurried: before a screen goes back to the beginning it asks, and any key goes on (WCAG 2.2.1)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from kiosk.flow import states as st
from kiosk.flow.events import Abandoned
from kiosk.settings.model import Settings
from kiosk.words import Words
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.samples import REFUSED
from tests.kiosk.screens.stage import stage

ASKED = Words("ja").text("news.still_there")
LOCKING = Words("ja").text("side.still_there")


async def test_twenty_seconds_before_the_end_the_screen_asks_and_any_key_goes_on(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        desk.clock.now += 99
        desk.app.end_idle_visit()
        assert ASKED not in desk.text()
        desk.clock.now += 1
        desk.app.end_idle_visit()
        await desk.until(lambda: ASKED in desk.text(), "asked")
        await desk.press("down")
        await desk.until(lambda: ASKED not in desk.text(), "answered")
        desk.clock.now += 99
        desk.app.end_idle_visit()
        await desk.pilot.pause()
        assert isinstance(desk.state, st.ChoosingMethod)


async def test_the_question_waits_its_whole_time_however_late_it_is_asked(tmp_path: Path) -> None:
    async with counter(tmp_path, settings=Settings(privacy_seconds=20)) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        for seconds in (500, 19):  # the program stood still, as in a frozen terminal; then almost the whole time
            desk.clock.now += seconds
            desk.app.end_idle_visit()
            await desk.until(lambda: ASKED in desk.text(), "asked")
            assert isinstance(desk.state, st.ChoosingMethod)
        desk.clock.now += 1
        desk.app.end_idle_visit()
        await desk.reach(st.TakingCard)


async def test_where_nothing_ends_nothing_is_asked(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        desk.clock.now += 110
        desk.app.end_idle_visit()
        await desk.pilot.pause()
        assert ASKED not in desk.text()


async def test_the_staff_side_says_that_it_is_about_to_lock_itself(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_staff()
        desk.clock.now += 41
        desk.app.end_idle_visit()
        await desk.until(lambda: LOCKING in desk.text(), "told")
        await desk.press("down")
        await desk.until(lambda: LOCKING not in desk.text(), "goes on")


async def test_that_no_passcode_is_set_is_said_once_in_a_run(tmp_path: Path) -> None:
    said = Words("ja").text("side.lock.unset")[:12]
    async with counter(tmp_path) as desk:
        await desk.to_staff()
        await desk.until(lambda: said in desk.text(), "told")
        await desk.press("f4")
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "shut")
        await desk.to_staff()
        assert said not in desk.text()


async def test_escape_once_too_often_ends_no_visit(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        await desk.press("f1", "escape", "escape")
        await desk.pilot.pause()
        assert isinstance(desk.state, st.ChoosingMethod)
        desk.app.view.send(Abandoned())
        await desk.reach(st.TakingCard)


async def test_whoever_was_written_down_in_an_outage_reads_that_they_are_received() -> None:
    waits = dataclasses.replace(REFUSED, outcome="PENDING_4INFO")
    async with stage() as on:
        await on.show(st.ShowingAnswer(waits, card_on_reader=False))
        assert "受付できました" not in on.text()
        await on.show(st.ShowingAnswer(waits, card_on_reader=False, noted=True))
        assert "済 受付できました" in on.text()
        assert Words("ja").text("answer.PENDING_4INFO") in on.text()
        assert on.view.step == 4
