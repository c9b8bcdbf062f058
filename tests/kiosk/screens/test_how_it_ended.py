"""What a person reads at the end of a visit, and before one in an outage: never that more was done than was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.flow.states import Stage
from kiosk.screens.catalogue import view_for
from kiosk.words import LANGUAGES
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.samples import ACCEPTED, AGREED, CARD, GRACE, REFUSED
from tests.kiosk.screens.stage import KEYS, stage


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_a_visit_that_was_given_up_is_told_as_none(lang: str) -> None:
    async with stage(size=(60, 20), lang=lang) as on:
        words = on.app.words
        await on.show(st.TakingCard(None, Stage.IDENTITY))
        steps = on.lines()[1]
        assert "【２" in steps, "the card was read, and that was all"
        assert "【４" not in steps
        said = on.text().replace("\n", "").replace(" ", "")
        assert words.text("take_card.not_received").replace(" ", "") in said
        assert words.text("take_card.ask_staff").replace(" ", "") in said
        assert words.text("take_card.wait").replace(" ", "") not in said


async def test_who_was_refused_reads_that_staff_will_come_and_who_was_received_that_it_is_done() -> None:
    async with stage() as on:
        await on.show(st.TakingCard(REFUSED, Stage.CONSENT))
        assert "【３ 同意】" in on.lines()[1]
        assert "受付は していません" in on.text()
        assert on.app.words.text("answer.refused.next") in on.text()
        await on.show(st.TakingCard(ACCEPTED, Stage.DONE, consented=True))
        assert "済 同意 ＞ 【４ 完了】" in on.lines()[1]
        assert "受付は していません" not in on.text()
        await on.show(st.TakingCard(None, Stage.DONE))
        assert "受付は していません" not in on.text(), "the time was over, and the person was received"


async def test_consent_that_was_not_asked_is_not_behind_anybody() -> None:
    async with stage() as on:
        for state in (st.ShowingAnswer(GRACE, card_on_reader=True), st.TakingCard(GRACE, Stage.DONE)):
            await on.show(state)
            assert "【４ 完了】" in on.lines()[1]
            assert "済 本人確認 ＞ － 同意" in on.lines()[1]
        await on.show(st.ShowingAnswer(ACCEPTED, card_on_reader=True, consents=AGREED))
        assert "済 同意" in on.lines()[1]


async def test_the_tries_of_a_practice_passcode_are_not_counted() -> None:
    missed = st.VouchingByEye(CARD, rejected_once=True, tries_left=5)
    async with stage(practice_passcode="2580") as on:
        await on.show(missed)
        assert "あと 5回" not in on.text()
        assert "2580" in on.text()
    async with stage() as on:
        await on.show(missed)
        assert "あと 5回" in on.text()


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_in_an_outage_nobody_is_asked_to_lay_a_card(lang: str) -> None:
    async with stage(size=(60, 20), lang=lang, phones=True) as on:
        words = on.app.words
        await on.frame.show(view_for(st.Idle(), replace(on.app.setting(), outage=True)), words, KEYS)
        await on.settle()
        said = on.text().replace("\n", "").replace(" ", "")
        for part in ("what", "next"):
            assert words.text(f"trouble.outage.{part}").replace(" ", "") in said
        assert words.text("idle.title").replace(" ", "") not in said
        assert [choice.key for choice in on.view.choices()] == ["0", "9"]


async def test_staff_who_came_read_that_they_were_called_and_are_called_no_longer(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        await desk.press("9")
        await desk.reach(st.TakingCard)
        await desk.press("0")
        assert "係を呼びました" in desk.text()
        await desk.to_staff()
        desk.app.end_idle_visit()  # as it is each second
        await desk.until(lambda: "患者さんが 呼んでいます" in desk.text(), "told")
        assert desk.app.frame.query_one("Practice").news == ""  # type: ignore[attr-defined]
