"""Choosing the paper, the summary, the four items and the comparison, each on its own screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from eligibility.papers.fields import PaperField
from eligibility.papers.forms import FORMS
from eligibility.papers.parsing import parse_paper
from kiosk.flow.answer import Qualification
from kiosk.flow.events import (
    Abandoned,
    Back,
    FourItemsRequested,
    FourItemsTaken,
    PaperChosen,
    PaperConfirmed,
    RetryRequested,
)
from kiosk.flow.facts import FourItems
from kiosk.flow.states import ChoosingPaper, ConfirmingPaper, TakingFourItems, Trouble
from kiosk.forms.choose_paper import ChoosePaperView
from kiosk.forms.choosing import forms_of
from kiosk.forms.comparison import ComparisonPanel
from kiosk.forms.draft import Draft, make_draft, texts_of
from kiosk.forms.four_items_view import FourItemsView
from kiosk.forms.paper_summary import PaperSummaryView
from kiosk.forms.rows import TextRow
from kiosk.screens.view import View
from kiosk.widgets.choice import Choice
from kiosk.words import Words
from tests.kiosk.forms.hosting import SIZES, Hosted, hosted, setting
from tests.kiosk.forms.samples import (
    ANSWER,
    APP_TEXT,
    CERTIFICATE,
    DECLARATION,
    INDIVIDUAL_NUMBER,
    KYOKAI,
    PORTAL_TEXT,
    SHEET,
    STRIP,
    TODAY,
)
from tests.kiosk.staff.running_apps import SHARED

pytestmark = SHARED

F = PaperField
PAPER = parse_paper(KYOKAI, CERTIFICATE, TODAY)


def choosing(kept: Draft = (), lang: str = "ja") -> ChoosePaperView:
    return ChoosePaperView(setting(lang), ChoosingPaper(Trouble.SERVER_DOWN, False, can_retry=True, kept=kept))


def shown_choices(desk: Hosted) -> list[str]:
    return [choice.key for choice in desk.app.screen.query(Choice) if choice.display]


# --- choosing ---


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_document_stands_on_the_screen_with_its_key(size: tuple[int, int], lang: str) -> None:
    async with hosted(choosing(lang=lang), size) as desk:
        assert shown_choices(desk) == [*"12345678", "slash", "asterisk", "9", "0"]
        for choice in desk.app.screen.query(Choice):
            assert 0 < choice.region.bottom <= size[1]


async def test_a_document_with_one_form_opens_it_at_once() -> None:
    async with hosted(choosing()) as desk:
        await desk.press("6")
        assert desk.last(PaperChosen).form == "declaration"


async def test_the_insurers_number_finds_the_form_and_goes_on_into_it() -> None:
    async with hosted(choosing()) as desk:
        await desk.press("1")
        await desk.type("01139997")
        assert "協会けんぽ" in desk.text()
        await desk.press("enter")
        resumed = desk.last(PaperChosen)
        assert resumed.form == "certificate_kyokai"
        assert texts_of(resumed.draft) == {"insurer_number": "01139997"}


async def test_whoever_types_faster_than_the_page_changes_still_types_the_number() -> None:
    async with hosted(choosing()) as desk:
        for key in "1" + "01139997":
            desk.app.post_message(events.Key(key, key))
        await desk.until(lambda: "協会けんぽ(全国" in desk.text(), "read")
        assert desk.row("insurer_number").text == "01139997"
        assert not desk.sent
        assert desk.app.rings == 0


async def test_without_a_number_the_form_is_picked_from_the_list() -> None:
    async with hosted(choosing()) as desk:
        await desk.press("1", "enter", "4")
        assert desk.last(PaperChosen).form == forms_of("eligibility_certificate")[3].word


async def test_two_forms_of_one_insurer_are_a_choice() -> None:
    async with hosted(choosing()) as desk:
        await desk.press("2")
        await desk.type("01139997")
        await desk.press("enter")
        assert not desk.sent
        await desk.press("enter")
        assert desk.last(PaperChosen).form == STRIP.word
    async with hosted(choosing()) as desk:
        await desk.press("2")
        await desk.type("01139997")
        await desk.press("enter", "2")
        # The sheet prints no 保険者番号: it is not carried into it.
        assert desk.last(PaperChosen).form == SHEET.word


async def test_the_form_is_chosen_with_the_mouse_alone() -> None:
    async with hosted(choosing()) as desk:
        await desk.click("#choice-1", offset=(10, 0))
        for digit in "06129993":
            await desk.click(f"#cap-{digit}")
        await desk.click("#cap-on")
        assert desk.last(PaperChosen).form == "certificate_chiba_medical"


async def test_what_the_family_shares_goes_on_into_the_form() -> None:
    kept = make_draft({"insurer_number": "01139997", "symbol": "12345678", "number": "5", "address": "練習"})
    async with hosted(choosing(kept)) as desk:
        assert "引き継ぐ欄: 保険者番号、記号、番号、住所" in desk.text()
        await desk.press("1")
        assert desk.row("insurer_number").text == "01139997"
        await desk.press("enter")
        assert desk.last(PaperChosen).draft == kept


async def test_esc_goes_one_step_back_at_a_time() -> None:
    async with hosted(choosing()) as desk:
        await desk.press("1", "escape")
        assert not desk.sent
        assert "9" in shown_choices(desk)
        await desk.press("escape")
        assert desk.last(Back).draft == ()


async def test_the_four_items_are_offered_only_while_nobody_answers() -> None:
    view = ChoosePaperView(setting(), ChoosingPaper(Trouble.PIN_LOCKED, card_on_reader=False))
    async with hosted(view) as desk:
        assert shown_choices(desk) == [*"12345678", "9", "0"]


async def test_retry_end_and_bell() -> None:
    async with hosted(choosing()) as desk:
        await desk.press("0")
        assert desk.app.rings == 1
        await desk.press("asterisk")
        desk.last(RetryRequested)
        await desk.press("slash")
        desk.last(FourItemsRequested)
        await desk.press("9")
        desk.last(Abandoned)


async def test_a_pasted_record_opens_its_form_after_a_look() -> None:
    for text, form in ((PORTAL_TEXT, "portal_pdf"), (APP_TEXT, "certificate_chiba_medical")):
        async with hosted(choosing()) as desk:
            await desk.paste(text)
            assert not desk.sent
            assert "氏名" in desk.text()
            assert "入れなかったもの" in desk.text()
            await desk.press("1")
            resumed = desk.last(PaperChosen)
            assert resumed.form == form
            assert texts_of(resumed.draft)["name"] == "千葉　花子"


async def test_a_number_of_a_person_does_not_stay_here_either() -> None:
    async with hosted(choosing()) as desk:
        await desk.press("1")
        await desk.paste(INDIVIDUAL_NUMBER)
        assert desk.row("insurer_number").text == ""
        assert INDIVIDUAL_NUMBER not in desk.text()


async def test_a_text_without_a_digit_is_no_insurers_number() -> None:
    async with hosted(choosing()) as desk:
        await desk.press("1")
        for text in ("これは無意味な", "\nこれは無意味な\n01139997\n"):
            await desk.paste(text)
            assert desk.row("insurer_number").text == ""
            assert "保険者番号は数字だけです" in desk.text()
        await desk.press("0")
        assert "保険者番号は数字だけです" not in desk.text(), "it was said of the paste"
        await desk.paste("１１３９９９７")
        assert desk.row("insurer_number").text == "0１１３９９９７"
        assert "保険者番号は数字だけです" not in desk.text()


@pytest.mark.parametrize(("stands", "then"), [("x1", "0"), ("01139997", "0"), ("0113", "01130")])
async def test_in_the_number_one_comes_back_to_what_is_whole_or_wrong_is_typed_over(stands: str, then: str) -> None:
    async with hosted(choosing()) as desk:
        await desk.press("1")
        await desk.type(stands)
        await desk.press("escape", "1")
        assert desk.row("insurer_number").text == stands
        await desk.press("0")
        assert desk.row("insurer_number").text == then


async def test_a_digit_key_types_over_what_is_marked_as_well() -> None:
    async with hosted(choosing()) as desk:
        await desk.press("1")
        await desk.type("x1")
        await desk.press("down", "up")
        await desk.click("#cap-0")
        assert desk.row("insurer_number").text == "0"


async def test_an_insurer_without_that_document_is_told() -> None:
    async with hosted(choosing()) as desk:
        await desk.press("2")
        await desk.type("123")
        assert "桁" in desk.text()


# --- the summary ---


@pytest.mark.parametrize("size", SIZES)
async def test_the_summary_has_the_papers_lines_in_the_papers_order(size: tuple[int, int]) -> None:
    view = PaperSummaryView(setting(), ConfirmingPaper(PAPER, None, card_on_reader=False))
    async with hosted(view, size) as desk:
        lines = [fact.id for fact in desk.app.screen.query("LabelledFact")]
        assert lines == [
            f"line-{word}"
            for word in (
                "symbol",
                "number",
                "branch",
                "name",
                "kana",
                "birthdate",
                "relation",
                "sex",
                "address",
                "expires_on",
                "insurer_number",
            )
        ]
        text = desk.text()
        assert "昭和55年6月15日 (1980-06-15)" in text
        assert "交付年月日 令和7年8月1日 (2025-08-01)" in text
        await desk.press("1")
        desk.last(PaperConfirmed)
        await desk.press("escape")
        desk.last(Back)


async def test_a_blank_line_is_shown_as_none_and_a_lack_for_the_query_is_told() -> None:
    texts = {"symbol": "1", "number": "2", "birthdate": "S55.6.15"}
    paper = parse_paper(SHEET, texts, TODAY)
    draft = make_draft(texts, card_in_hand=True)
    view = PaperSummaryView(
        setting(), ConfirmingPaper(paper, None, card_on_reader=False, draft=draft, card_in_hand=True)
    )
    async with hosted(view, (118, 34)) as desk:
        assert "（なし）" in desk.text()
        assert "番号での照会に 足りない欄: 保険者番号" in desk.text()
        assert "手元にある" in desk.text()
        assert "照会せずに" in desk.text()
        assert "確かめる欄: 氏名、性別" in desk.text()


async def test_a_declaration_is_not_blamed_for_the_numbers_it_never_has() -> None:
    paper = parse_paper(DECLARATION, {"name": "医業　花子", "birthdate": "S55.6.15"}, TODAY)
    async with hosted(PaperSummaryView(setting(), ConfirmingPaper(paper, None, card_on_reader=False))) as desk:
        assert "足りない欄" not in desk.text()
        assert "照会せずに" in desk.text()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
async def test_an_empty_paper_of_every_form_has_a_summary(form: object) -> None:
    paper = parse_paper(form, {}, TODAY)  # type: ignore[arg-type]
    async with hosted(PaperSummaryView(setting("en"), ConfirmingPaper(paper, None, card_on_reader=False))) as desk:
        assert "1" in shown_choices(desk)
        assert "forms." not in desk.text()
        assert "paper_field." not in desk.text()


# --- the four items ---


async def test_the_four_items_are_taken_from_the_keyboard() -> None:
    async with hosted(FourItemsView(setting(), TakingFourItems(None, card_on_reader=False))) as desk:
        for text in ("医業　花子", "S55/6/15"):
            desk.app.screen.focused.insert_text_at_cursor(text)  # type: ignore[union-attr]
            await desk.press("enter")
        await desk.press("2", "enter")
        desk.app.screen.focused.insert_text_at_cursor("千葉市中央区1-2-3")  # type: ignore[union-attr]
        await desk.press("enter", "enter")
        taken = desk.last(FourItemsTaken)
        assert taken.items == FourItems("医業　花子", date(1980, 6, 15), "female", "千葉市中央区1-2-3")
        assert texts_of(taken.draft)["birthdate"] == "S55/6/15"


async def test_all_four_have_to_be_there() -> None:
    async with hosted(FourItemsView(setting(), TakingFourItems(None, card_on_reader=False))) as desk:
        await desk.click("#form-check")
        assert not desk.sent
        assert desk.focused_row() == "name"
        assert desk.text().count("書類のとおりに 入力してください") == 2
        await desk.press("escape")
        assert desk.last(Back).draft == ()


async def test_a_record_fills_the_four_and_the_rest_is_named() -> None:
    async with hosted(FourItemsView(setting(), TakingFourItems(None, card_on_reader=False))) as desk:
        await desk.paste(PORTAL_TEXT)
        assert desk.texts() == {"name": "千葉　花子", "birthdate": "昭和61年5月2日"}
        assert "入れなかったもの" in desk.text()
        assert texts_of(desk.view.draft()) == desk.texts()


async def test_the_four_go_on_in_the_one_that_was_left() -> None:
    draft = make_draft({"name": "医業"}, at="name")
    async with hosted(FourItemsView(setting(), TakingFourItems(None, card_on_reader=False, draft=draft))) as desk:
        assert desk.focused_row() == "name"
        assert desk.view.draft() == draft


async def test_a_draft_of_the_four_comes_back() -> None:
    draft = make_draft({"name": "医業　花子", "sex": "女"})
    async with hosted(FourItemsView(setting(), TakingFourItems(None, card_on_reader=False, draft=draft))) as desk:
        assert desk.texts() == {"name": "医業　花子", "sex": "female"}
        assert desk.focused_row() == "birthdate"
        assert desk.view.renew(TakingFourItems(None, card_on_reader=True))


# --- the comparison ---


class Page(View):
    """A page of the staff side that shows a comparison."""

    NAME = "page"

    def __init__(self, panel: ComparisonPanel) -> None:
        super().__init__(setting())
        self._panel = panel

    def compose(self) -> ComposeResult:
        with Vertical(classes="middle"):
            yield self._panel

    def first_focus(self) -> Widget | None:
        return next((row.stop for row in self.query(TextRow)), None)


def comparison(answer: Qualification, kept: list[str], lang: str = "ja") -> Page:
    return Page(ComparisonPanel(Words(lang), PAPER, answer, keep_name=kept.append))


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_differences_stand_first_with_a_sign_of_their_own(lang: str) -> None:
    answer = replace(ANSWER, name="協会　●郎", birthdate=date(1980, 6, 16))
    async with hosted(comparison(answer, [], lang), (118, 34)) as desk:
        lines = [line.id for line in desk.app.screen.query("ComparedLine")]
        assert lines[1:3] == ["compared-name", "compared-birthdate"]
        rows = {line.split()[0] for line in desk.text().splitlines() if "1980-06-16" in line}
        assert rows == {"!"}


async def test_nothing_but_the_same_says_so() -> None:
    async with hosted(comparison(ANSWER, [])) as desk:
        assert "合っています" in desk.text()
        assert "!" not in desk.text()


async def test_the_real_name_is_written_beside_the_mark_and_judged() -> None:
    kept: list[str] = []
    async with hosted(comparison(replace(ANSWER, name="協会　●郎"), kept), (118, 34)) as desk:
        assert desk.focused_row() == "real_name"
        field = desk.app.screen.focused
        field.insert_text_at_cursor("協会　三朗")  # type: ignore[union-attr]
        await desk.settle()
        assert "氏名が違います" in desk.text()
        field.value = "協会 德郎"  # type: ignore[union-attr]
        await desk.settle()
        assert "●を除いて氏名は一致します" in desk.text()
        assert "レセプトに使えない文字" in desk.text()
        await desk.press("enter")
        assert kept == ["協会　德郎"]


async def test_there_is_no_field_for_a_name_that_is_readable() -> None:
    async with hosted(comparison(replace(ANSWER, name="協会　次郎"), [])) as desk:
        assert not desk.app.screen.query("#row-real_name")
    unasked = Page(ComparisonPanel(Words("ja"), PAPER, replace(ANSWER, name="協会　●郎")))
    async with hosted(unasked) as desk:
        assert not desk.app.screen.query("#row-real_name")
