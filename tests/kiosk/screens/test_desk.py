"""What the desk reads: what it is, what to do next, what to charge, in that order; signs beside colours."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from textual.events import Key

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.widgets.choice import Choice
from kiosk.widgets.fact import Fact
from kiosk.widgets.form_row import FormRow
from kiosk.words import LANGUAGES
from tests.kiosk.screens.driving import Counter, counter
from tests.kiosk.screens.samples import ACCEPTED, CARD, NOTICE, REFUSED
from tests.kiosk.screens.test_layout import show

ENDED = dataclasses.replace(
    REFUSED,
    outcome="OK_DECLARATION",
    charge="ratio:30",
    ratio=None,
    ask_for=("portal", "eligibility_notice", "declaration"),
    tell=("not_full_charge", "identity_by_card_face", "ask_new_membership", "numbers_later", "recheck_by_numbers"),
)
NOTHING_FOUND = dataclasses.replace(
    ENDED, validity=4, charge="ask:", lost_on=None, ask_for=("portal", "declaration"), tell=("not_full_charge",)
)
UNREGISTERED = st.Reception("OFFER_REGISTRATION", 8, "", tell=("register_here",), by="card")


def facts(desk: Counter) -> dict[str, str]:
    """Line of the panel → value, in the order of the screen."""
    return {(fact.id or "").removeprefix("desk-"): fact.value for fact in desk.view.query(Fact)}


async def answered(desk: Counter, reception: st.Reception) -> dict[str, str]:
    await show(desk, st.ShowingAnswer(reception, card_on_reader=True))
    return facts(desk)


@pytest.mark.parametrize(
    ("by", "said"), [("card", "答えませんでした"), ("numbers", "答えませんでした"), ("", "未照会")]
)
async def test_a_service_that_withholds_is_told_from_one_that_was_not_asked(tmp_path: Path, by: str, said: str) -> None:
    """自己情報提供不可 is an answer (reception.md §7)."""
    async with counter(tmp_path) as desk:
        panel = await answered(desk, st.Reception("NEED_CERTIFICATE", 2, "", by=by))
        assert said in panel["validity"]


@pytest.mark.parametrize("reception", [ACCEPTED, REFUSED, ENDED, NOTHING_FOUND, UNREGISTERED])
async def test_what_it_is_then_what_to_do_then_what_to_charge(tmp_path: Path, reception: st.Reception) -> None:
    async with counter(tmp_path) as desk:
        panel = await answered(desk, reception)
        assert list(panel)[:4] == ["validity", "outcome", "next", "charge"]
        assert all(panel[name] for name in ("validity", "outcome", "next", "charge"))


async def test_an_ended_membership_asks_for_the_new_one_and_not_for_everything(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        panel = await answered(desk, ENDED)
        assert "資格(無効)" in panel["validity"]
        steps = panel["next"].splitlines()
        assert ["マイナポータル" in steps[0], "資格情報のお知らせ" in steps[1]] == [True, True]
        assert "被保険者資格申立書" in steps[2]
        assert all("新しい" in step for step in steps[:2])
        assert panel["charge"].startswith("3割")
        assert "10割は請求しない" in panel["charge"]
        assert "10割" not in panel["tell"]


async def test_nothing_found_asks_without_speaking_of_a_new_membership(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        panel = await answered(desk, NOTHING_FOUND)
        assert "該当資格なし" in panel["validity"]
        assert "新しい" not in panel["next"]
        assert "10割は請求しない" in panel["charge"]


async def test_a_card_that_is_not_registered_has_a_way_on(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        panel = await answered(desk, UNREGISTERED)
        assert "利用登録" in panel["validity"]
        assert "資格確認書" in panel["next"]
        assert "まだ決まりません" in panel["charge"]
        assert [choice.key for choice in desk.view.choices()] == ["1", "2", "0"]


async def test_whoever_is_still_asked_for_a_paper_is_not_told_that_all_is_done(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await answered(desk, ENDED)
        assert "受付できました" not in desk.text()
        assert "! " in desk.lines()[2]
        await answered(desk, ACCEPTED)
        assert "済 受付できました" in desk.lines()[2]


async def test_a_black_circle_in_a_name_is_explained(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        assert "表せない文字" in (await answered(desk, ACCEPTED))["person"]
        assert "表せない文字" not in (await answered(desk, REFUSED))["person"]


async def test_no_word_of_the_rules_shows_as_its_id(tmp_path: Path) -> None:
    for lang in ("ja", "en"):
        async with counter(tmp_path, lang=lang) as desk:
            for reception in (ACCEPTED, REFUSED, ENDED, NOTHING_FOUND, UNREGISTERED):
                for name, value in (await answered(desk, reception)).items():
                    assert "_" not in value.replace(reception.outcome, ""), (lang, name, value)


async def test_page_down_is_offered_only_where_there_is_more(tmp_path: Path) -> None:
    async with counter(tmp_path, lang="en") as desk:
        await answered(desk, UNREGISTERED)
        assert "PageDown" not in desk.lines()[-1]
        await answered(desk, REFUSED)
        assert "PageDown" in desk.lines()[-1]
        await desk.pilot.resize_terminal(120, 40)
        await desk.until(lambda: "PageDown" not in desk.lines()[-1], "all there")


@pytest.mark.parametrize("trouble", list(Trouble))
async def test_every_trouble_tells_the_desk_what_next_and_what_to_charge(tmp_path: Path, trouble: Trouble) -> None:
    async with counter(tmp_path) as desk:
        await show(desk, st.InTrouble(trouble, CARD, card_on_reader=True, detail="6A82"))
        panel = facts(desk)
        assert list(panel) == ["next", "charge", "code"]
        assert panel["code"] == "6A82"
        person = desk.text().split("係の方へ")[0]
        technical = ("pcscd", "pyscard", "doctor", "サーバー", "USB", "6A82")
        assert not [word for word in technical if word in person]


@pytest.mark.parametrize(
    ("trouble", "step"),
    [(Trouble.CARD_PULLED, "カード"), (Trouble.PIN_LOCKED, "本人確認"), (Trouble.SERVER_DOWN, "確認")],
)
async def test_a_trouble_stands_at_the_step_where_it_was_met(tmp_path: Path, trouble: Trouble, step: str) -> None:
    async with counter(tmp_path) as desk:
        await show(desk, st.InTrouble(trouble, CARD))
        assert f" {step}】" in desk.lines()[1]


async def test_a_reader_that_cannot_be_used_troubles_the_desk_and_not_the_person(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await show(desk, st.Idle(Trouble.NO_PCSC_SERVICE))
        person, desk_part = desk.text().split("係の方へ")
        assert "pcscd" not in person
        assert "0 を押して" in person
        assert "pcscd" in desk_part
        assert "F8" in desk_part


async def test_the_answer_with_the_focus_has_a_sign(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await show(desk, st.InTrouble(Trouble.CARD_PULLED, CARD))
        for pressed in range(4):
            marked = [line for line in desk.lines()[2:-2] if "＞" in line]
            focused = desk.app.focused
            assert isinstance(focused, Choice)
            assert len(marked) == 1, pressed
            assert focused.label in marked[0]
            await desk.press("down")


async def test_what_is_wrong_in_a_form_has_a_sign_and_goes_when_it_is_put_right(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        draft = (
            ("insurer_number", NOTICE.insurer_number),
            ("number", NOTICE.number),
            ("birthdate", "1953-05-02"),
        )
        await show(desk, st.FillingForm(st.Document.ELIGIBILITY_NOTICE, None, card_on_reader=False, draft=draft))
        await desk.press("enter")
        assert "! 資格情報のお知らせは" in desk.text()
        assert "資格確認書を選びます" in desk.text()
        await desk.press("y")
        assert "資格確認書を選びます" not in desk.text()
        await desk.fill(number="12 34")
        assert "! 番号の中に" in desk.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_terminals_cursor_stands_in_the_field_from_the_start(tmp_path: Path, size: tuple[int, int]) -> None:
    """Where it stands an input method shows what is being typed."""
    async with counter(tmp_path, size=size) as desk:
        await show(desk, st.FillingForm(st.Document.ELIGIBILITY_CERTIFICATE, None, card_on_reader=False))
        field = desk.app.query_one("#row-insurer_number", FormRow).input
        assert desk.app.focused is field
        await desk.until(lambda: desk.app.cursor_position == field.cursor_screen_offset, "in the field")
        assert field.region.contains_point(desk.app.cursor_position)
        await desk.press("1", "2")
        assert desk.app.cursor_position.x == field.content_region.x + 2
        await desk.pilot.resize_terminal(100, 30)
        await desk.until(lambda: desk.app.cursor_position == field.cursor_screen_offset, "moved along")
        assert field.region.contains_point(desk.app.cursor_position)


async def test_a_key_that_follows_enter_at_once_is_typed_into_the_next_field(tmp_path: Path) -> None:
    """On a slow machine, or from a scanner, keys come faster than the screen changes."""
    async with counter(tmp_path) as desk:
        await show(desk, st.FillingForm(st.Document.ELIGIBILITY_CERTIFICATE, None, card_on_reader=False))
        for key in ("0", "1", "enter", "7", "enter", "5"):
            desk.app.post_message(Key(key, key if len(key) == 1 else None))
        await desk.settle()
        texts = {row.field_name: row.text for row in desk.app.query(FormRow)}
        assert [texts[name] for name in ("insurer_number", "symbol", "number")] == ["01", "7", "5"]


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_news_are_read_to_the_end_and_it_still_says_practice(tmp_path: Path, lang: str) -> None:
    async with counter(tmp_path, lang=lang) as desk:
        words = desk.view.setting.words
        for name in ("staff_called", "journal_failed", "drawer_failed", "card_elsewhere", "how_to_quit"):
            sentence = words.text(f"news.{name}")
            desk.app.frame.news(sentence)
            await desk.settle()
            assert sentence in desk.lines()[-2], name
            assert "練習用" in desk.lines()[-2], name
