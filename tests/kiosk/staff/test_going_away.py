"""What comes back to a sheet that is just going away is nobody's: the counter and the patient's visit go on."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual.app import App
from textual.css.query import NoMatches

from kiosk.flow.events import Acknowledged
from kiosk.screens.messages import FlowEvent
from kiosk.screens.while_shown import while_shown
from kiosk.staff.actions import Ask
from kiosk.staff.lock_prompt import LockPrompt
from kiosk.staff.standing import Standing
from kiosk.staff.today_pages import TodayList
from kiosk.widgets.prose import Prose
from kiosk.words import Words
from reader.pin import PinHandle
from tests.kiosk.staff.harness import Fakes, staff
from tests.kiosk.staff.samples import STANDINGS


async def test_the_list_that_comes_back_as_the_side_locks_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staff() as running:
        screen = running.screen
        locked = asyncio.Event()

        async def read() -> None:
            await screen.query_one(TodayList).remove()  # as far as the going has come when the disk answers
            running.side.lock()
            locked.set()

        monkeypatch.setattr(screen._book, "read", read)
        screen.read_today()
        await asyncio.wait_for(locked.wait(), 60)
        await running.settle()
        assert running.app._exception is None
        assert not running.is_open()


async def test_a_passcode_compared_as_its_sheet_goes_ends_nothing() -> None:
    fakes = Fakes()
    fakes.passcode.digits = b"7418"
    async with staff(Standing(), fakes, shut=True) as running:
        running.side.knock()
        await running.until(lambda: isinstance(running.app.screen, LockPrompt), "asked")
        await running.settle()
        await running.app.screen.query_one("#lock-state", Prose).remove()
        await running.press(*"1111", "enter")
        await running.until(lambda: fakes.passcode.wrong == 1, "compared")
        await running.settle()
        assert running.app._exception is None
        await running.press("escape")
        assert not running.is_open()


async def test_what_was_typed_and_given_up_before_the_comparison_is_no_wrong_try() -> None:
    fakes = Fakes()
    fakes.passcode.digits = b"7418"
    noted: list[str] = []
    prompt = LockPrompt(Words("ja"), fakes.passcode, lambda: noted.append("refused"))
    typed = PinHandle(bytearray(b"7418"))
    typed.discard()
    assert prompt._compare(typed) is None
    assert (fakes.passcode.wrong, noted) == (0, [])


async def test_a_pages_answer_that_comes_back_as_another_page_is_put_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with staff() as running:
        running.screen.open(Ask.QUEUE)
        await running.at("side-queue")
        page = running.screen.body
        misses = asyncio.Event()

        async def answered() -> None:
            page.remove()  # as far as the going has come when the answer is there
            misses.set()
            page.query_one("#part-that-went-first")

        running.screen.work(answered)
        await asyncio.wait_for(misses.wait(), 60)
        await running.settle()
        assert running.app._exception is None


async def test_a_part_that_is_missing_where_the_screen_stands_is_a_fault() -> None:
    app: App[None] = App()
    async with app.run_test():

        async def misses_a_part() -> None:
            app.screen.query_one("#part")

        with pytest.raises(NoMatches):
            await while_shown(app.screen, misses_a_part)


async def test_a_key_on_the_page_of_the_visit_before_is_of_that_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    before = STANDINGS["answer-ok"]
    async with staff(before) as running:
        screen = running.screen
        sent: list[FlowEvent] = []
        post = running.app.post_message
        monkeypatch.setattr(
            running.app,
            "post_message",
            lambda message: sent.append(message) if isinstance(message, FlowEvent) else post(message),
        )
        turn = screen._place._one_at_a_time
        await turn.acquire()  # another page is just being put
        coming = asyncio.create_task(screen.show(replace(Standing(), visit=before.visit + 1)))
        while screen.standing.visit == before.visit:
            await asyncio.sleep(0)
        screen.send(Acknowledged())
        turn.release()
        await coming
        screen.send(Acknowledged())
        assert [message.visit for message in sent] == [before.visit, before.visit + 1]
