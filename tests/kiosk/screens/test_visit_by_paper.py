"""A visit by paper, and what the desk does besides, through the screens: the staff side over the real flow."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.flow.events import OutageSwitched
from kiosk.flow.states import Trouble
from kiosk.screens.messages import FlowEvent
from kiosk.staff.staff_screen import StaffScreen
from kiosk.words import Words
from tests.kiosk.screens.driving import SIZES, Counter, counter
from tests.kiosk.screens.fakes import Outside

PAPER = {"symbol": "21700023", "number": "1155", "branch": "00", "name": "協会　太郎", "birthdate": "19850615"}
PAPER |= {"issued_on": "20250801", "expires_on": "20290731"}


async def type_certificate(desk: Counter) -> None:
    """F8, 資格確認書, its insurer's number, and the fields; up to the summary."""
    await desk.press("f8")
    await desk.reach(st.ChoosingPaper)
    await desk.press("1")
    await desk.press(*"01139997", "enter", "enter")
    await desk.reach(st.TypingPaper)
    await desk.settle()
    await desk.fill(**PAPER)
    for _ in range(30):  # Enter goes from field to field, and at the end to the summary
        if isinstance(desk.state, st.ConfirmingPaper):
            break
        await desk.press("enter")
    await desk.reach(st.ConfirmingPaper)


@pytest.mark.parametrize("size", SIZES)
async def test_a_certificate_is_typed_compared_asked_and_recorded(tmp_path: Path, size: tuple[int, int]) -> None:
    async with counter(tmp_path, size=size) as desk:
        await type_certificate(desk)
        assert "1155" in desk.text()
        assert "協会" not in "\n".join(strip.text for strip in desk.app.frame._compositor.render_strips())
        await desk.press("1")
        shown = await desk.reach(st.ShowingAnswer)
        assert shown.reception.number == "1155"
        assert isinstance(desk.app.screen, StaffScreen)
        [entry] = desk.outside.journal.entries
        assert (entry.outcome, entry.method, entry.documents) == (
            "OK_CERTIFICATE",
            "manual",
            ("eligibility_certificate",),
        )


async def test_a_silent_service_leaves_the_paper_to_the_rules(tmp_path: Path) -> None:
    outside = Outside()
    async with counter(tmp_path, outside) as desk:
        await type_certificate(desk)
        outside.client.down = True
        await desk.press("1")
        shown = await desk.reach(st.ShowingAnswer)
        assert shown.reception.queue == "recheck"
        assert outside.journal.entries[-1].troubles == ("server_down",)


async def test_in_an_outage_a_card_is_not_read_and_the_desk_hears_why(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        desk.app.post_message(FlowEvent(1, OutageSwitched(on=True), by_key=True))
        await desk.until(lambda: desk.app.counter is not None and desk.app.counter.outage, "switched")
        await desk.place()
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.OUTAGE
        await desk.until(lambda: getattr(desk.state, "advice", None) is not None, "advised")
        assert desk.outside.desk.threads == set(), "nobody has talked to the card"


async def test_a_paper_half_typed_when_the_staff_side_locks_is_gone_from_every_screen(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.press("f8")
        await desk.reach(st.ChoosingPaper)
        await desk.press("1", *"01139997", "enter", "enter")
        await desk.reach(st.TypingPaper)
        await desk.fill(number="1155")
        desk.clock.now += 61
        desk.app.end_idle_visit()
        await desk.reach(st.Idle)
        assert "1155" not in desk.text()
        assert [entry.outcome for entry in desk.outside.journal.entries] == ["ABANDONED"]


async def test_a_paper_asked_for_before_the_card_is_taken_waits_for_that_and_says_so(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_answer()
        await desk.press("1")
        await desk.reach(st.TakingCard)
        visit = desk.app.counter.visit if desk.app.counter is not None else 0
        await desk.press("f8")
        await desk.until(lambda: Words("ja").text("side.card_first") in desk.text(), "told what comes first")
        assert isinstance(desk.state, st.TakingCard)
        await desk.take_card()
        await desk.reach(st.Idle)
        await desk.press("f8")
        await desk.reach(st.ChoosingPaper)
        assert desk.app.counter is not None
        assert desk.app.counter.visit == visit + 1
