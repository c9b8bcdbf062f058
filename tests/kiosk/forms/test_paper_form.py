"""A paper typed in on the screen: by keyboard, number pad and mouse, checked as it is typed, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from textual import events

from eligibility.papers.fields import PaperField
from eligibility.papers.form_types import PaperForm
from eligibility.papers.forms import FORMS
from eligibility.papers.paper import Shown
from kiosk.flow.events import Back, PaperCompleted
from kiosk.flow.states import ConfirmingPaper, TypingPaper
from kiosk.forms.draft import Draft, make_draft, texts_of
from kiosk.forms.field_order import front_fields
from kiosk.forms.option_row import Options
from kiosk.forms.paper_form import PaperFormView
from kiosk.forms.rows import TextRow
from kiosk.widgets.choice import Choice
from kiosk.widgets.plain import PLAIN
from tests.kiosk.forms.hosting import SIZES, SMALL, Hosted, hosted, setting
from tests.kiosk.forms.samples import (
    APP_TEXT,
    CERTIFICATE,
    CHIBA,
    COMPANY,
    INDIVIDUAL_NUMBER,
    KYOKAI,
    PORTAL_TEXT,
    STRIP,
)
from tests.kiosk.staff.running_apps import SHARED

pytestmark = SHARED

F = PaperField


def view_of(form: PaperForm, draft: Draft = (), lang: str = "ja") -> PaperFormView:
    return PaperFormView(setting(lang), TypingPaper(form.word, None, card_on_reader=False, draft=draft))


async def into(desk: Hosted, word: str) -> None:
    desk.row(word).stop.focus()
    await desk.settle()


# --- three ways of typing ---


async def test_a_certificate_is_typed_by_keyboard_alone() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        for text in ("01139997", "12345678", "123456", "01"):
            await desk.type(text)
            await desk.press("enter")
        await desk.press("enter")  # the name stays blank
        await desk.type("S55/6/15")
        await desk.press("enter", "right", "enter")
        await desk.type("R7/8/1")
        await desk.press("enter")
        await desk.type("2029-07-31")
        await desk.press("enter", "enter")
        assert desk.focused_id() == "form-check"
        await desk.press("enter")
        paper = desk.last(PaperCompleted).paper
        assert str(paper.insurer_number) == "01139997"
        assert (paper.symbol, paper.number, paper.branch) == ("12345678", "123456", "01")
        assert paper.birthdate == date(1980, 6, 15)
        assert paper.expires_on == date(2029, 7, 31)


async def test_a_certificate_is_typed_on_a_number_pad_alone() -> None:
    typed = "01139997+12345678+123456+01++19800615+2+20250801+20290731++"
    async with hosted(view_of(KYOKAI)) as desk:
        await desk.press(*("plus" if key == "+" else key for key in typed))
        assert desk.focused_id() == "form-check"
        await desk.press("enter")
        paper = desk.last(PaperCompleted).paper
        assert paper.birthdate == date(1980, 6, 15)
        assert str(paper.sex) == "female"
        assert paper.expires_on == date(2029, 7, 31)


async def test_a_certificate_is_typed_with_the_mouse_alone() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        for word, keys in (
            ("insurer_number", "01139997"),
            ("number", "123456"),
            ("birthdate", "昭550615"),
            ("expires_on", "20290731"),
        ):
            await desk.click(f"#field-{word}")
            for key in keys:
                await desk.click("#cap-era-2" if key == "昭" else f"#cap-{key}")
        await desk.click("#row-sex Options", offset=(2, 0))
        await desk.click("#form-check")
        paper = desk.last(PaperCompleted).paper
        assert paper.birthdate == date(1980, 6, 15)
        assert str(paper.sex) == "male"


async def test_in_plain_text_there_is_no_row_of_digit_keys() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        assert desk.app.screen.query_one("#digit-keys").display
        desk.app.screen.add_class(PLAIN)
        await desk.until(lambda: not desk.app.screen.query_one("#digit-keys").display, "without")
        assert not desk.app.screen.query_one("#digit-keys").display


async def test_the_digit_keys_never_take_the_focus_and_serve_only_fields_of_digits() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        await desk.click("#field-branch")
        await desk.click("#cap-1")
        await desk.click("#cap-2")
        await desk.click("#cap-back")
        assert desk.row("branch").text == "1"
        assert desk.focused_row() == "branch"
        await desk.click("#cap-on")
        assert desk.focused_row() == "name"
        assert not desk.app.screen.query_one("#cap-1").visible


async def test_the_pad_goes_back_and_a_day_keeps_its_dashes() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        await into(desk, "birthdate")
        await desk.press("minus")
        assert desk.focused_row() == "name"
        await into(desk, "birthdate")
        await desk.type("1980-06-15")
        assert desk.row("birthdate").text == "1980-06-15"
        await desk.press("asterisk")
        assert desk.focused_row() == "name"


async def test_the_signs_of_the_pad_are_letters_in_a_field_of_words() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        await into(desk, "name")
        await desk.type("a+-*")
        assert desk.row("name").text == "a+-*"


async def test_up_and_down_go_through_fields_choices_and_ways_on() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        assert desk.focused_row() == "insurer_number"
        await desk.press("up")
        assert desk.focused_row() == "insurer_number"
        await desk.press(*["down"] * 6)
        assert desk.focused_row() == "sex"
        await desk.press(*["down"] * 4)
        assert desk.focused_id() == "form-check"
        await desk.press("plus")
        assert desk.focused_id() == "choice-f9"
        await desk.press("asterisk")
        assert desk.focused_id() == "form-check"


async def test_the_label_of_the_field_with_the_focus_stands_out_and_no_other() -> None:
    async with hosted(view_of(KYOKAI)) as desk:

        def lit() -> list[str]:
            labels = {row.word: row.query_one(".label") for row in desk.view.rows()}
            return [word for word, label in labels.items() if label.styles.text_style.reverse]

        await desk.until(lambda: lit() == ["insurer_number"], "lit")
        await desk.press("enter", "enter")
        await desk.until(lambda: lit() == ["number"], "gone on")
        await into(desk, "sex")
        await desk.until(lambda: lit() == ["sex"], "on a choice")


async def test_the_full_width_blank_of_a_japanese_keyboard_stays() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        await into(desk, "name")
        await desk.type("協会")
        desk.row("name").stop.post_message(events.Key("ideographic_space", "\u3000"))
        await desk.settle()
        await desk.type("太郎")
        assert desk.row("name").text == "協会　太郎"


@pytest.mark.parametrize("size", SIZES)
async def test_the_terminals_cursor_stands_in_the_field_from_the_start(size: tuple[int, int]) -> None:
    """Where it stands an input method shows what is being typed."""
    async with hosted(view_of(KYOKAI), size) as desk:
        row = desk.row("insurer_number")
        assert isinstance(row, TextRow)
        field = row.input
        await desk.until(lambda: desk.app.cursor_position == field.cursor_screen_offset, "in the field")
        assert field.region.contains_point(desk.app.cursor_position)
        await desk.press("1", "2")
        assert desk.app.cursor_position.x == field.content_region.x + 2
        await desk.pilot.resize_terminal(100, 30)
        await desk.until(lambda: desk.app.cursor_position == field.cursor_screen_offset, "moved along")
        assert field.region.contains_point(desk.app.cursor_position)


async def test_a_key_that_follows_enter_at_once_is_typed_into_the_next_field() -> None:
    """On a slow machine, or from a scanner, keys come faster than the screen changes."""
    async with hosted(view_of(KYOKAI)) as desk:
        keys = [
            *"01",
            "enter",
            "7",
            "plus",
            *"52",
            "plus",
            *"01",
            "plus",
            "plus",
            *"19800615",
            "plus",
            "2",
            "plus",
            *"20250801",
        ]
        for key in keys:
            desk.app.post_message(events.Key(key, {"plus": "+", "enter": None}.get(key, key)))
        await desk.until(lambda: desk.row("issued_on").text == "20250801", "typed to the end")
        assert desk.texts() == {
            "insurer_number": "01",
            "symbol": "7",
            "number": "52",
            "branch": "01",
            "birthdate": "19800615",
            "sex": "female",
            "issued_on": "20250801",
            "shown": "itself",
        }


# --- checks beside the field ---


async def test_the_insurer_is_named_and_a_day_is_read_while_they_are_typed() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        await desk.type("01130012")
        assert "東京" in desk.text()
        await into(desk, "birthdate")
        await desk.type("S55/6/15")
        assert "昭和55年6月15日 1980-06-15 46歳" in desk.text()


async def test_a_last_digit_is_proposed_while_it_is_typed() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        await desk.type("01139998")
        assert "末尾は 7 ではないですか" in desk.text()
        await desk.press("backspace", "7")
        assert "ではないですか" not in desk.text()


async def test_a_blank_field_is_no_mistake_before_somebody_was_there() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        assert "! " not in desk.text()
        await desk.press("enter")
        assert "保険者番号を入力してください" in desk.text()


async def test_the_first_wrong_field_gets_the_focus_and_says_why() -> None:
    draft = make_draft({**CERTIFICATE, "birthdate": "昭65.1.1"})
    async with hosted(view_of(KYOKAI, draft)) as desk:
        await desk.click("#form-check")
        assert not desk.sent
        assert desk.focused_row() == "birthdate"
        assert "昭和にその日はありません" in desk.text()


async def test_a_wrong_field_behind_further_fields_is_brought_to_light() -> None:
    async with hosted(view_of(KYOKAI, make_draft(CERTIFICATE))) as desk:
        await into(desk, "kana")
        await desk.type("漢字")
        await desk.click("#form-check")
        assert desk.focused_row() == "kana"


async def test_a_number_of_a_person_stays_nowhere() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        for word in ("insurer_number", "number", "name"):
            await into(desk, word)
            await desk.paste(INDIVIDUAL_NUMBER)
            assert desk.row(word).text == ""
            assert "何も入れませんでした" in desk.text().replace(" ", "").replace("\n", "")
        await into(desk, "name")
        await desk.type(INDIVIDUAL_NUMBER)
        assert desk.row("name").text == ""
        assert "欄を空にしました" in desk.text()
        assert INDIVIDUAL_NUMBER not in desk.text()
        await desk.press("escape")
        assert INDIVIDUAL_NUMBER not in str(desk.last(Back).draft)


async def test_a_copy_is_warned_of_and_goes_on_as_a_copy() -> None:
    async with hosted(view_of(KYOKAI, make_draft(CERTIFICATE))) as desk:
        await into(desk, "shown")
        await desk.press("2")
        assert "写しや画面の写真は使えません" in desk.text()
        await desk.click("#form-check")
        assert desk.last(PaperCompleted).paper.shown is Shown.PHOTOCOPY


async def test_a_notice_asks_whether_the_card_is_there() -> None:
    texts = {word: text for word, text in CERTIFICATE.items() if F(word) not in STRIP.refuses}
    async with hosted(view_of(STRIP, make_draft(texts))) as desk:
        await desk.click("#form-check")
        assert not desk.sent
        assert desk.focused_row() == "card_in_hand"
        assert "一緒のときだけ" in desk.text()
        await desk.press("1")
        await desk.click("#form-check")
        assert dict(desk.last(PaperCompleted).draft)["card_in_hand"] == "yes"


async def test_the_form_that_fits_the_number_is_offered_and_keeps_what_was_typed() -> None:
    async with hosted(view_of(COMPANY)) as desk:
        await desk.type("01139997")
        await into(desk, "number")
        await desk.type("77")
        assert "番号に合う様式に 替える" in desk.text()
        await desk.press("f3")
        assert desk.view.form is KYOKAI
        assert desk.texts() == {"insurer_number": "01139997", "number": "77", "shown": "itself"}
        assert "番号に合う様式" not in desk.text()


async def test_a_form_begins_at_the_first_field_that_is_blank_or_wrong() -> None:
    async with hosted(view_of(KYOKAI, make_draft({"insurer_number": "01139997"}))) as desk:
        assert desk.focused_row() == "symbol"
    async with hosted(view_of(KYOKAI, make_draft({**CERTIFICATE, "number": "1 2"}))) as desk:
        assert desk.focused_row() == "number"
    async with hosted(view_of(KYOKAI, make_draft(CERTIFICATE))) as desk:
        assert desk.focused_id() == "form-check"


# --- nothing is lost ---


async def test_a_form_that_was_changed_comes_back_as_what_it_was_changed_to() -> None:
    async with hosted(view_of(COMPANY)) as desk:
        await desk.type("01139997")
        await desk.press("f3", "escape")
        draft = desk.last(Back).draft
    async with hosted(view_of(COMPANY, draft)) as desk:
        assert desk.view.form is KYOKAI
        assert desk.texts()["insurer_number"] == "01139997"
        assert desk.view.renew(TypingPaper(COMPANY.word, None, card_on_reader=True))


async def test_esc_leaves_with_everything_that_was_typed() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        await desk.type("0113")
        await into(desk, "symbol")
        await desk.type("あいう")
        await desk.press("escape")
        assert desk.last(Back).draft == (("insurer_number", "0113"), ("symbol", "あいう"), ("at", "symbol"))


async def test_one_goes_on_in_the_field_one_was_in() -> None:
    draft = make_draft({"insurer_number": "01139997", "symbol": "21700023", "number": "11"}, at="number")
    async with hosted(view_of(KYOKAI, draft)) as desk:
        assert desk.focused_row() == "number"
        await desk.type("55")
        assert desk.row("number").text == "1155"
        await desk.press("enter", "escape")
        assert "at" not in dict(desk.last(Back).draft), "nothing stands in the next field"
    async with hosted(view_of(KYOKAI, (*make_draft({"number": "11"}), ("at", "symbol")))) as desk:
        assert desk.focused_row() == "insurer_number"


async def test_another_form_begins_where_something_is_to_be_typed() -> None:
    async with hosted(view_of(COMPANY)) as desk:
        await desk.type("01139997")
        await desk.press("f3")
        assert desk.view.form is KYOKAI
        assert desk.focused_row() == "symbol"


async def test_a_draft_comes_back_into_its_fields_and_choices() -> None:
    async with hosted(view_of(KYOKAI, make_draft({**CERTIFICATE, "sex": "女性"}, shown=Shown.PICTURE))) as desk:
        texts = desk.texts()
        assert texts["sex"] == "female"
        assert texts["shown"] == "picture"
        assert {word: texts[word] for word in ("symbol", "birthdate", "address")} == {
            word: CERTIFICATE[word] for word in ("symbol", "birthdate", "address")
        }


async def test_a_card_put_down_meanwhile_takes_nothing_from_the_form() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        await desk.type("0113")
        assert desk.view.renew(TypingPaper(KYOKAI.word, None, card_on_reader=True))
        assert not desk.view.renew(TypingPaper(COMPANY.word, None, card_on_reader=True))
        assert desk.row("insurer_number").text == "0113"


async def test_another_size_of_the_window_loses_nothing() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        await desk.type("0113")
        await desk.pilot.resize_terminal(118, 34)
        await desk.settle()
        assert desk.row("insurer_number").text == "0113"
        assert desk.focused_row() == "insurer_number"


async def test_further_fields_come_on_demand_and_at_once_where_something_stands_in_them() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        assert not desk.row("kana").display
        await desk.press("f9")
        assert desk.row("kana").display
        assert desk.focused_row() == "kana"
    async with hosted(view_of(KYOKAI, make_draft({"insured_name": "協会　太郎"}))) as desk:
        assert desk.row("insured_name").display
        assert not desk.row("kana").display
        await desk.press("f9")
        assert desk.focused_row() == "kana"


# --- pastes ---


async def test_a_record_of_the_app_fills_the_form_and_says_what_it_did() -> None:
    async with hosted(view_of(COMPANY), size=(118, 34)) as desk:
        await desk.type("01139997")
        await desk.paste(APP_TEXT)
        assert desk.view.form is CHIBA
        texts = desk.texts()
        assert (texts["insurer_number"], texts["name"], texts["sex"]) == ("06129993", "千葉　花子", "female")
        text = desk.text().replace("\n", "").replace(" ", "")
        assert "前の入力を書き換えた欄:保険者番号" in text
        assert "証区分、裏面記載情報氏名" in text


async def test_a_paste_is_taken_back_whole() -> None:
    async with hosted(view_of(COMPANY)) as desk:
        await desk.type("01139997")
        before = texts_of(desk.view.draft())
        await desk.paste(APP_TEXT)
        await desk.press("f5")
        assert desk.view.form is COMPANY
        assert texts_of(desk.view.draft()) == before
        assert "貼り付け" not in desk.text()


async def test_what_was_typed_after_a_paste_stays_when_the_paste_is_taken_back() -> None:
    async with hosted(view_of(CHIBA)) as desk:
        await desk.fill(number="77")
        await desk.paste(PORTAL_TEXT)
        await desk.fill(name="千葉　桜子")
        await into(desk, "sex")
        await desk.press("2", "f5")
        assert desk.texts() == {"name": "千葉　桜子", "number": "77", "sex": "female", "shown": "itself"}


async def test_a_record_of_the_portal_fills_the_form() -> None:
    async with hosted(view_of(CHIBA)) as desk:
        await desk.paste(PORTAL_TEXT)
        assert desk.texts()["number"] == "１２３４５６"
        assert desk.view.draft()


async def test_a_paste_on_a_choice_is_read_as_well() -> None:
    async with hosted(view_of(CHIBA)) as desk:
        await into(desk, "sex")
        await desk.paste(PORTAL_TEXT)
        assert desk.texts()["name"] == "千葉　花子"


async def test_any_other_paste_is_typed_into_the_field() -> None:
    async with hosted(view_of(KYOKAI)) as desk:
        await into(desk, "name")
        await desk.paste("\n協会　太郎\r\n")
        assert desk.row("name").text == "協会　太郎"


async def test_what_another_form_has_no_field_for_comes_back_with_the_first() -> None:
    async with hosted(view_of(STRIP, make_draft({"sex": "男", "number": "5"}))) as desk:
        assert texts_of(desk.view.draft()) == {"sex": "男", "number": "5"}


# --- every form ---


def faults(form: PaperForm, desk: Hosted, size: tuple[int, int]) -> Iterator[str]:
    """What is missing or does not fit on the screen of one form."""
    fields = [at.value for at in front_fields(form)]
    if [row.word for row in desk.view.rows()][: len(fields)] != fields:
        yield "other fields"
    if desk.app.screen.query_one("#form-check", Choice).region.bottom > size[1]:
        yield "the way on is below the screen"
    for row in desk.app.screen.query(TextRow):
        if row.display and row.input.region.width < 20:
            yield f"no room to type {row.word}"
        if row.display and row.region.right > size[0]:
            yield f"{row.word} is cut off"
    for options in desk.app.screen.query(Options):
        if options.region and options.region.right > size[0]:
            yield f"{options} is cut off"


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_every_form_shows_its_fields_and_its_way_on(lang: str) -> None:
    found = []
    async with hosted(view_of(FORMS[0], lang=lang), SMALL) as desk:
        for form in FORMS:
            if form is not FORMS[0]:
                await desk.change_to(view_of(form, lang=lang))
            found += [f"{form.word}: {fault}" for fault in faults(form, desk, SMALL)]
    assert found == []


async def test_nothing_to_type_is_said_and_goes_on() -> None:
    phone = next(form for form in FORMS if form.word == "smartphone")
    async with hosted(view_of(phone), SMALL) as desk:
        assert "ありません" in desk.text()
        await desk.press("enter")
        assert desk.last(PaperCompleted).paper.form is phone


async def test_the_state_of_the_summary_is_not_the_forms() -> None:
    async with hosted(view_of(KYOKAI, make_draft(CERTIFICATE))) as desk:
        await desk.click("#form-check")
        done = desk.last(PaperCompleted)
        assert not desk.view.renew(ConfirmingPaper(done.paper, None, card_on_reader=False, draft=done.draft))
        assert replace(done).draft == done.draft
