"""What the journal does not take is told in a sentence; the counter goes on."""

from __future__ import annotations

import threading

from kiosk.journal.entry import EntryRefusedError
from kiosk.settings.passcodes import Checked
from kiosk.staff.actions import Ask
from kiosk.staff.lock_prompt import LockPrompt
from kiosk.widgets.ja_input import JaInput
from tests.kiosk.staff.harness import FakeJournal, FakePasscode, Fakes, staff
from tests.kiosk.staff.samples import STANDINGS


class Refusing(FakeJournal):
    """A journal that finds something in every name."""

    def note_real_name(self, visit: int, name: str) -> None:
        raise EntryRefusedError("journal.individual_number", "person.name")


async def test_a_name_the_journal_refuses_is_told_and_ends_nothing() -> None:
    async with staff(STANDINGS["answer-ok"], fakes=Fakes(journal=Refusing())) as running:
        running.screen.open(Ask.REAL_NAME)
        await running.at("side-real-name")
        running.screen.query_one(JaInput).value = "千葉　髙子"
        await running.press("enter")
        await running.until(lambda: "書きませんでした" in running.text(), "told")
        assert running.is_open()


async def test_a_number_between_marks_is_wiped_from_the_name_s_field() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        running.screen.open(Ask.REAL_NAME)
        await running.at("side-real-name")
        field = running.screen.query_one(JaInput)
        field.value = "1234|5678|9018"
        await running.press("enter")
        assert field.value == ""
        assert running.page == "side-real-name"


class SlowCheck(FakePasscode):
    """A comparison that takes as long as the test wants."""

    def __init__(self) -> None:
        super().__init__(b"271828")
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def check(self, typed: bytearray) -> Checked:
        self.begun.set()
        self.go_on.wait(30)
        return super().check(typed)


async def test_a_wrong_passcode_is_noted_although_the_door_was_left_before_the_answer() -> None:
    slow = SlowCheck()
    async with staff(fakes=Fakes(passcode=slow), shut=True) as running:
        running.side.knock()
        await running.until(lambda: isinstance(running.app.screen, LockPrompt), "asked for the passcode")
        await running.press(*"0000", "enter")
        await running.until(slow.begun.is_set, "being checked")
        await running.press("escape")
        assert not isinstance(running.app.screen, LockPrompt)
        slow.go_on.set()
        await running.until(lambda: running.app.fakes.journal.locks == ["refused"], "written down")
