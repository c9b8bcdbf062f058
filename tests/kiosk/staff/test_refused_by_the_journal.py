"""What the journal does not take is told in a sentence; the counter goes on."""

from __future__ import annotations

import pytest

from kiosk.journal.entry import EntryRefusedError
from kiosk.staff.actions import Ask
from kiosk.widgets.ja_input import JaInput
from tests.kiosk.staff.harness import FakeJournal, Fakes, staff
from tests.kiosk.staff.samples import STANDINGS


class Refusing(FakeJournal):
    """A journal that finds something in every name."""

    def note_real_name(self, visit: int, name: str) -> None:
        raise EntryRefusedError("journal.individual_number", "person.name")


@pytest.mark.asyncio
async def test_a_name_the_journal_refuses_is_told_and_ends_nothing() -> None:
    async with staff(STANDINGS["answer-ok"], fakes=Fakes(journal=Refusing())) as running:
        running.screen.open(Ask.REAL_NAME)
        await running.at("side-real-name")
        running.screen.query_one(JaInput).value = "千葉　髙子"
        await running.press("enter")
        await running.until(lambda: "書きませんでした" in running.text(), "told")
        assert running.is_open()


@pytest.mark.asyncio
async def test_a_number_between_marks_is_wiped_from_the_name_s_field() -> None:
    async with staff(STANDINGS["answer-ok"]) as running:
        running.screen.open(Ask.REAL_NAME)
        await running.at("side-real-name")
        field = running.screen.query_one(JaInput)
        field.value = "1234|5678|9018"
        await running.press("enter")
        assert field.value == ""
        assert running.page == "side-real-name"
