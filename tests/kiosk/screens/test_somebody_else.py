"""The record is another person's, at the whole counter: it is gone from both sides, and the consent is taken back."""

from __future__ import annotations

from pathlib import Path

from kiosk.flow import states as st
from kiosk.staff.actions import Ask
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.fakes import NAMES, Outside


async def test_after_another_person_nothing_of_the_record_is_left_to_use(tmp_path: Path) -> None:
    outside = Outside()
    outside.decider.consent = "ask"
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        await desk.reach(st.AskingConsent)
        await desk.press("1")
        await desk.reach(st.ShowingAnswer)
        agreed = dict(outside.client.consents[-1][1])
        assert all(agreed.values())
        await desk.to_staff()
        await desk.until(lambda: NAMES["taro"][0] in desk.text(), "named")
        desk.app.screen.open(Ask.PERSON)  # type: ignore[attr-defined]
        await desk.until(lambda: "別の人です" in desk.text(), "asked")
        await desk.press("3")
        await desk.until(lambda: len(outside.client.consents) > 1, "taken back at the service")
        assert outside.client.consents[-1] == ("visit of taro", dict.fromkeys(agreed, False))
        await desk.until(lambda: NAMES["taro"][0] not in desk.text(), "gone from the staff side")
        await desk.press("f4")
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "shut")
        assert NAMES["taro"][0] not in desk.text()
        assert [any(dict(entry.consent).values()) for entry in outside.journal.entries if entry.consent] == [
            True,
            False,
        ]
