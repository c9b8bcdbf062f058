"""The patient's side shows nothing of the desk; and what it does say has signs beside colours."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from rich.cells import cell_len

from kiosk.flow import states as st
from kiosk.flow.answer import Reception
from kiosk.flow.states import Trouble
from kiosk.widgets.choice import Choice
from kiosk.words import FULL_LANGUAGES, LANGUAGES
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.rules import DESK_KNOWS_MORE, wrong
from tests.kiosk.screens.samples import ACCEPTED, CARD
from tests.kiosk.screens.stage import stage


async def test_what_the_desk_knows_is_found_where_it_is_shown() -> None:
    """That none of it is on any screen is looked at with everything else (`rules.wrong`); here: that it would tell."""
    async with stage(size=(60, 20)) as on:
        for state in DESK_KNOWS_MORE:
            await on.show(state)
            assert wrong(on, state, "ja") == []
            on.frame.news("協会　次郎 01139997")
            await on.settle()
            assert len(wrong(on, state, "ja")) == 2
            on.frame.news("")


async def test_every_trouble_says_what_happened_what_to_do_and_has_doors() -> None:
    async with stage() as on:
        for trouble in Trouble:
            await on.show(st.InTrouble(trouble, CARD, card_on_reader=True, detail="MOCK-X"))
            keys = [choice.key for choice in on.view.choices()]
            assert keys[:2] == ["1", "2"], trouble
            assert keys[-1] == "0", trouble
            said = [widget for widget in on.view.query(".title, .lead") if widget.size.area]
            assert len(said) == 2, trouble


async def test_a_trouble_stands_at_the_step_where_it_was_met() -> None:
    steps = {Trouble.CARD_PULLED: "カード", Trouble.PIN_LOCKED: "本人確認", Trouble.SERVER_DOWN: "同意"}
    async with stage() as on:
        for trouble, step in steps.items():
            await on.show(st.InTrouble(trouble, CARD))
            assert f" {step}】" in on.lines()[1], trouble


async def test_a_reader_that_cannot_be_used_leads_to_staff() -> None:
    async with stage() as on:
        await on.show(st.Idle(Trouble.NO_PCSC_SERVICE))
        assert "0 を押して" in on.text()
        assert "リーダーの中央に" not in on.text()


async def test_whoever_is_still_asked_for_a_paper_is_not_told_that_all_is_done() -> None:
    asking = dataclasses.replace(ACCEPTED, ask_for=("elderly_recipient_certificate",))
    async with stage() as on:
        await on.show(st.ShowingAnswer(asking, card_on_reader=True))
        assert "受付できました" not in on.text()
        assert "! 受付の続きを 係が うかがいます" in on.text()
        await on.show(st.ShowingAnswer(ACCEPTED, card_on_reader=True))
        assert "済 受付できました" in on.text()


async def test_an_outcome_that_asks_something_of_the_person_says_it() -> None:
    async with stage() as on:
        for outcome in ("PENDING_4INFO", "OFFER_REGISTRATION", "NEED_CERTIFICATE", "REQUERY", "IDENTIFY"):
            await on.show(st.ShowingAnswer(Reception(outcome, 8, ""), card_on_reader=False))
            assert on.app.words.text(f"answer.{outcome}") in on.text().replace("\n", ""), outcome


async def test_a_disk_that_refused_the_record_is_said() -> None:
    async with stage() as on:
        await on.show(st.ShowingAnswer(ACCEPTED, card_on_reader=True, written=False))
        assert "! 受付の記録を まだ保存できていません" in on.text()


async def test_what_was_agreed_to_is_shown_back() -> None:
    given = (("checkups", True), ("medicines", False), ("diagnosis", True))
    async with stage() as on:
        await on.show(st.ShowingAnswer(ACCEPTED, card_on_reader=True, consents=given))
        assert "特定健診、診療" in on.text()
        assert "お薬" not in on.text()
        await on.show(st.ShowingAnswer(ACCEPTED, card_on_reader=True, consents=given, consent_failed=True))
        assert "同意を 伝えられませんでした" in on.text()


async def test_the_answer_with_the_focus_has_a_sign() -> None:
    async with stage() as on:
        await on.show(st.InTrouble(Trouble.CARD_PULLED, CARD))
        for pressed in range(4):
            marked = [line for line in on.lines()[2:-2] if "＞" in line]
            focused = on.app.focused
            assert isinstance(focused, Choice)
            assert len(marked) == 1, pressed
            assert focused.label in marked[0]
            await on.press("down")


@pytest.mark.parametrize("lang", FULL_LANGUAGES)
async def test_news_are_read_to_the_end_and_it_still_says_practice(tmp_path: Path, lang: str) -> None:
    async with counter(tmp_path, lang=lang) as desk:
        words = desk.view.setting.words
        for name in ("staff_called", "drawer_failed", "card_elsewhere", "how_to_quit"):
            sentence = words.text(f"news.{name}")
            desk.app.frame.news(sentence)
            await desk.settle()
            assert sentence in desk.lines()[-2], name
            assert "練習用" in desk.lines()[-2], name


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_that_staff_were_called_is_read_to_the_end_where_it_is_narrowest(lang: str) -> None:
    async with stage(size=(60, 20), lang=lang) as on:
        sentence = on.app.words.text("news.staff_called")
        on.frame.news(sentence)
        await on.settle()
        assert sentence in on.lines()[-2]
        assert "練習用" in on.lines()[-2]
        assert all(cell_len(line) == 60 for line in on.lines())
