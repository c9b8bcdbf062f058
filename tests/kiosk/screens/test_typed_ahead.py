"""What staff type right behind F4 is the passcode's, never a try of the patient's card (three in all)."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual import events

from kiosk.flow import states as st
from kiosk.staff.lock_prompt import LockPrompt
from kiosk.staff.passcode_pad import PasscodePad
from kiosk.staff.staff_screen import StaffScreen
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


async def test_too_few_digits_typed_ahead_wait_in_the_door_s_pad(tmp_path: Path) -> None:
    slow = SlowDisk()
    async with counter(tmp_path, Outside(staff_passcode=slow)) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        all_at_once(desk, "f4", *"937")
        await desk.until(lambda: isinstance(desk.app.screen, LockPrompt), "at the door")
        await desk.until(lambda: desk.app.screen.query_one(PasscodePad).typed == 3, "three digits in the door's pad")
        slow.looked_up.set()
        await desk.press("1", "5", "enter")
        await desk.until(lambda: isinstance(desk.app.screen, StaffScreen), "open")
