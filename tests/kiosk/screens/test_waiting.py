"""Waiting says what is waited for and for how long, and after three seconds offers the way on."""

from __future__ import annotations

from pathlib import Path

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from tests.kiosk.screens.driving import Counter, counter
from tests.kiosk.screens.fakes import Outside


async def late(desk: Counter, seconds: float) -> None:
    desk.clock.now += seconds
    await desk.until(lambda: f"{int(seconds)} 秒" in desk.text(), "counted")


async def test_nothing_is_offered_before_three_seconds(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.answer_gate.clear()
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        await desk.reach(st.AskingService)
        assert "資格を 確認しています" in desk.text()
        await late(desk, 2)
        assert [choice.key for choice in desk.view.choices()] == ["0"]
        desk.clock.now += 1
        await desk.until(lambda: len(list(desk.view.choices())) == 2, "offered")
        assert "まだ返事がありません" in desk.text()
        await desk.press("1")
        chosen = await desk.reach(st.ChoosingPaper)
        assert chosen.because is Trouble.SERVER_DOWN
        outside.client.answer_gate.set()
        await desk.pilot.pause(0.02)
        assert isinstance(desk.state, st.ChoosingPaper)


async def test_waiting_for_the_challenge_can_be_left_without_spending_a_try(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.challenge_gate.clear()
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        await desk.reach(st.VerifyingPin)
        await late(desk, 3)
        assert "まだ減っていません" in desk.text()
        await desk.press("1")
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.SERVER_DOWN
        assert outside.desk.verified == 0
        outside.client.challenge_gate.set()


async def test_a_slow_card_offers_a_paper(tmp_path: Path) -> None:
    outside = Outside()
    outside.desk.read_gate.clear()
    async with counter(tmp_path, outside) as desk:
        await desk.place()
        await desk.reach(st.ReadingCard)
        await late(desk, 4)
        await desk.press("1")
        await desk.reach(st.ChoosingPaper)
        outside.desk.read_gate.set()


async def test_a_call_that_hangs_does_not_keep_the_next_person_waiting(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.answer_gate.clear()
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        await desk.reach(st.AskingService)
        await desk.take_card()
        await desk.reach(st.InTrouble)
        await desk.to_pin("hanako")
        await desk.reach(st.EnteringPin)
        await desk.type_pin("8035")
        await desk.reach(st.AskingService)
        outside.client.answer_gate.set()
        shown = await desk.reach(st.ShowingAnswer)
        assert shown.reception.name == "千葉　花子"
