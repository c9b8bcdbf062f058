"""入力しかけの書類: taken up by a number, thrown away by two keys, each with the time it was left."""

from __future__ import annotations

import kiosk.flow.events as ev
from kiosk.staff.actions import Ask
from tests.kiosk.staff.harness import Fakes, staff
from tests.kiosk.staff.samples import NOW
from tests.kiosk.staff.test_pages import KEPT, open_page


async def test_a_form_nobody_needs_is_thrown_away_and_the_others_stay() -> None:
    fakes = Fakes()
    fakes.drafts.forms = [KEPT, ("declaration", (("name", "国保　花子"),))]
    async with staff(fakes=fakes) as running:
        await open_page(running, Ask.DRAFTS)
        await running.until(lambda: f"{NOW:%H:%M}" in running.text() and "2項目" in running.text(), "listed")
        await running.press("9")
        await running.until(lambda: "戻りません" in running.text(), "asked which")
        await running.press("1")
        await running.until(lambda: "2項目" not in running.text(), "gone")
        assert [form for form, _ in fakes.drafts.forms] == ["declaration"]
        assert running.app.sent == []
        await running.until(lambda: "戻りません" not in running.text(), "numbers take up again")
        await running.press("1")
        assert [type(event) for event in running.app.sent] == [ev.DraftResumed]


async def test_whoever_changes_their_mind_throws_nothing_away() -> None:
    fakes = Fakes()
    fakes.drafts.forms = [KEPT]
    async with staff(fakes=fakes) as running:
        await open_page(running, Ask.DRAFTS)
        await running.until(lambda: "2項目" in running.text(), "listed")
        await running.press("9")
        await running.until(lambda: "戻りません" in running.text(), "asked which")
        await running.press("9")
        await running.until(lambda: "戻りません" not in running.text(), "turned back")
        assert len(fakes.drafts.forms) == 1
