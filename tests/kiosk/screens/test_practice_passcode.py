"""The practice passcode stands on the screen only while it is the one that counts."""

from __future__ import annotations

from pathlib import Path

from kiosk.flow import states as st
from kiosk.flow.events import Back, WayChosen
from kiosk.flow.facts import Way
from kiosk.screens.messages import FlowEvent
from kiosk.services.passcode_desk import PRACTICE_PASSCODE
from tests.kiosk.screens.driving import Counter, counter
from tests.kiosk.screens.fakes import Outside


class Passcodes:
    """The facility passcode of a folder that another terminal writes to."""

    practice: str | None = PRACTICE_PASSCODE


async def by_eye(desk: Counter) -> None:
    desk.app.post_message(FlowEvent(1, WayChosen(Way.VISUAL), by_key=True))
    await desk.reach(st.VouchingByEye)


async def test_a_passcode_set_in_another_terminal_takes_the_practice_one_off_the_screen(tmp_path: Path) -> None:
    passcodes = Passcodes()
    outside = Outside()
    outside.passcodes = passcodes  # type: ignore[assignment]
    async with counter(tmp_path, outside) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        await by_eye(desk)
        assert PRACTICE_PASSCODE in desk.text()
        desk.app.post_message(FlowEvent(1, Back(), by_key=True))
        await desk.reach(st.ChoosingMethod)
        passcodes.practice = None
        await by_eye(desk)
        assert PRACTICE_PASSCODE not in desk.text()
