"""A language chosen before any visit goes back when nobody touches the counter any more."""

from __future__ import annotations

from pathlib import Path

from kiosk.flow import states as st
from kiosk.screens.messages import LanguageAsked
from kiosk.settings.model import Settings
from tests.kiosk.screens.driving import counter


async def test_a_language_chosen_at_the_idle_screen_goes_back_after_the_privacy_time(tmp_path: Path) -> None:
    async with counter(tmp_path, settings=Settings(privacy_seconds=20)) as desk:
        desk.app.post_message(LanguageAsked("en"))
        await desk.until(lambda: "Please place" in desk.text(), "in English")
        desk.clock.now += 21
        desk.app.end_idle_visit()
        await desk.until(lambda: "リーダーの中央に" in desk.text(), "in the counter's own language")
        assert isinstance(desk.state, st.Idle)
