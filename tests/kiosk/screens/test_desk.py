"""The patient's side shows nothing of the desk; and what it does say has signs beside colours."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from rich.cells import cell_len

from kiosk.flow import states as st
from kiosk.flow.answer import Reception, Told
from kiosk.flow.states import Trouble
from kiosk.widgets.choice import Choice
from kiosk.words import FULL_LANGUAGES, LANGUAGES
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.samples import ACCEPTED, CARD, PATIENT, REFUSED
from tests.kiosk.screens.stage import stage

NOBODYS_BUSINESS = (
    *("協会　次郎", "千葉　", "ﾁﾊﾞ", "ｷﾖｳｶｲ"),
    *("01139997", "06129993", "全国健康保険協会", "千葉県医業", "12345678", "123456", "１２３４"),
    *("1980", "1951", "3割", "10割", "OK_", "NOT_CONFIRMED", "資格(有効)", "資格(無効)", "MOCK-", "6A82"),
    *("pcscd", "pyscard", "doctor", "USB", "喪失", "2027-07-31"),
)
"""Of the record, the rules, the service and the reader: nothing for whoever stands behind the patient."""


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_no_record_no_rule_no_code_is_on_any_screen(lang: str) -> None:
    told = (Told("staff.outcome.NOT_CONFIRMED.1"),)
    more: list[st.State] = [
        st.ShowingAnswer(dataclasses.replace(REFUSED, staff=told, patient=told, help_lines=("mynumber",)), True),
        st.InTrouble(Trouble.SERVER_DOWN, CARD, card_on_reader=True, detail="6A82", advice=REFUSED),
    ]
    kinds = {type(state): state for state in PATIENT}
    async with stage(lang=lang) as on:
        for state in (*kinds.values(), *more):
            await on.show(state, late=True)
            found = [word for word in NOBODYS_BUSINESS if word in on.text()]
            assert found == [], (type(state).__name__, found)


@pytest.mark.parametrize("trouble", list(Trouble))
async def test_every_trouble_says_what_happened_what_to_do_and_has_doors(trouble: Trouble) -> None:
    async with stage() as on:
        await on.show(st.InTrouble(trouble, CARD, card_on_reader=True, detail="MOCK-X"))
        keys = [choice.key for choice in on.view.choices()]
        assert keys[:2] == ["1", "2"]
        assert keys[-1] == "0"
        said = [widget for widget in on.view.query(".title, .lead") if widget.size.area]
        assert len(said) == 2


@pytest.mark.parametrize(
    ("trouble", "step"),
    [(Trouble.CARD_PULLED, "カード"), (Trouble.PIN_LOCKED, "本人確認"), (Trouble.SERVER_DOWN, "同意")],
)
async def test_a_trouble_stands_at_the_step_where_it_was_met(trouble: Trouble, step: str) -> None:
    async with stage() as on:
        await on.show(st.InTrouble(trouble, CARD))
        assert f" {step}】" in on.lines()[1]


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


@pytest.mark.parametrize("outcome", ["PENDING_4INFO", "OFFER_REGISTRATION", "NEED_CERTIFICATE", "REQUERY", "IDENTIFY"])
async def test_an_outcome_that_asks_something_of_the_person_says_it(outcome: str) -> None:
    async with stage() as on:
        await on.show(st.ShowingAnswer(Reception(outcome, 8, ""), card_on_reader=False))
        assert on.app.words.text(f"answer.{outcome}") in on.text().replace("\n", "")


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
        for name in ("staff_called", "journal_failed", "drawer_failed", "card_elsewhere", "how_to_quit"):
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
