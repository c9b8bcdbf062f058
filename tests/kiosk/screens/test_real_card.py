"""A real person's card at the counter: asked before anything with a PIN, and given back to whoever declines."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.fakes import FakeCard, Outside


def with_real_card() -> Outside:
    outside = Outside()
    outside.shelf.stock["taro"] = FakeCard("taro", real=True)
    return outside


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_the_screen_says_what_is_done_and_what_is_not(tmp_path: Path, lang: str) -> None:
    words = {
        "ja": ("ご自分のカードだけ", "読み取っただけ", "カードの中だけ", "電子証明書は 送らず、残しません"),
        "en": ("your own card only", "only read", "Only the card checks it", "not sent and not kept"),
    }
    async with counter(tmp_path, with_real_card(), lang=lang) as desk:
        await desk.place()
        await desk.reach(st.ConfirmingRealCard)
        text = desk.text().replace("\n", " ")
        assert [said for said in words[lang] if said not in text] == []


async def test_enter_alone_agrees_to_nothing(tmp_path: Path) -> None:
    async with counter(tmp_path, with_real_card()) as desk:
        await desk.place()
        await desk.reach(st.ConfirmingRealCard)
        await desk.press("enter")
        await desk.reach(st.TakingCard)
        assert desk.outside.desk.verified == 0


@pytest.mark.parametrize("key", ["9", "escape"])
async def test_declining_gives_the_card_back(tmp_path: Path, key: str) -> None:
    async with counter(tmp_path, with_real_card()) as desk:
        await desk.place()
        await desk.reach(st.ConfirmingRealCard)
        await desk.press(key)
        await desk.reach(st.TakingCard)
        await desk.take_card()
        await desk.reach(st.Idle)
        assert [(entry.outcome, entry.method) for entry in desk.outside.journal.entries] == [("ABANDONED", "")]


async def test_whoever_agrees_goes_the_way_of_every_card(tmp_path: Path) -> None:
    async with counter(tmp_path, with_real_card()) as desk:
        await desk.place()
        await desk.reach(st.ConfirmingRealCard)
        await desk.press("1")
        await desk.reach(st.ChoosingMethod)
        await desk.press("1")
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        shown = await desk.reach(st.ShowingAnswer)
        assert shown.reception.name == "協会　太郎"


async def test_staff_can_be_called_before_anybody_agrees(tmp_path: Path) -> None:
    async with counter(tmp_path, with_real_card()) as desk:
        await desk.place()
        await desk.reach(st.ConfirmingRealCard)
        await desk.press("0")
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.CALLED_STAFF


async def test_a_card_without_a_pin_has_words_of_its_own_and_leads_to_paper(tmp_path: Path) -> None:
    outside = Outside()
    outside.shelf.stock["taro"] = FakeCard("taro", attempts_left=0, face_only=True)
    async with counter(tmp_path, outside) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        assert [choice.key for choice in desk.view.choices()] == ["2", "0"]
        assert "暗証番号" in desk.text()
        await desk.press("f8")
        await desk.reach(st.ChoosingPaper)


async def test_a_real_card_that_is_not_enrolled_is_told_how(tmp_path: Path) -> None:
    outside = Outside()
    outside.shelf.stock["taro"] = FakeCard("taro", trouble=Trouble.REAL_CARD_NOT_ENROLLED)
    async with counter(tmp_path, outside) as desk:
        await desk.place()
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.REAL_CARD_NOT_ENROLLED
        await desk.to_staff()
        assert "madoguchi card enrol" in desk.text()
