"""What people really paste into a form: days in every writing, full-width digits, other line ends, far too much."""

from __future__ import annotations

import pytest

from kiosk.flow.states import ChoosingPaper, TakingFourItems, TypingPaper
from kiosk.forms.choose_paper import ChoosePaperView
from kiosk.forms.four_items_view import FourItemsView
from kiosk.forms.paper_form import PaperFormView
from kiosk.forms.pasting import LONGEST
from tests.kiosk.forms.hosting import Hosted, hosted, setting
from tests.kiosk.forms.samples import APP_TEXT, INDIVIDUAL_NUMBER, KYOKAI, PORTAL_TEXT
from tests.kiosk.staff.running_apps import SHARED

pytestmark = SHARED

DAYS = (
    "昭和55年6月15日",
    "昭55.6.15",
    "S55/6/15",
    "Ｓ５５．６．１５",
    "１９８０年６月１５日",
    "1980-06-15\r\n",
    "\r\n19800615\r\n",
)
TOO_LONG = "長すぎて"
FIRST_LINE = "1行目だけを 入れました"
MEGABYTE = 1_000_000


def form() -> PaperFormView:
    return PaperFormView(setting(), TypingPaper(KYOKAI.word, None, card_on_reader=False))


async def into(desk: Hosted, word: str, text: str) -> None:
    """Paste in place of what stands there."""
    await desk.fill(**{word: ""})
    await desk.paste(text)


async def test_a_day_is_read_in_every_writing() -> None:
    async with hosted(form()) as desk:
        for day in DAYS:
            await into(desk, "birthdate", day)
            assert "1980-06-15" in desk.text(), day


async def test_full_width_digits_and_windows_line_ends_are_a_number() -> None:
    async with hosted(form()) as desk:
        await into(desk, "insurer_number", "０１１３９９９７\r\n")
        assert "東京支部" in desk.text() or "協会けんぽ" in desk.text()
        assert desk.texts()["insurer_number"] == "０１１３９９９７"


async def test_a_text_without_a_digit_is_typed_into_words_and_not_into_the_insurers_number() -> None:
    async with hosted(form()) as desk:
        await into(desk, "insurer_number", "これは無意味な")
        assert "保険者番号は数字だけです" in desk.text()
        await into(desk, "name", "協会　太郎")
        assert desk.row("insurer_number").text == ""
        assert desk.row("name").text == "協会　太郎"


@pytest.mark.parametrize("text", ["個人番号 {} です", "{}", "個人番号: {}\r\n氏名: 協会 太郎"])
async def test_a_text_with_an_individual_number_is_refused_in_a_sentence(text: str) -> None:
    async with hosted(form()) as desk:
        await into(desk, "name", text.format(INDIVIDUAL_NUMBER))
        assert "個人番号（マイナンバー）は 使いません" in desk.text()
        assert desk.texts() == {"shown": "itself"}


@pytest.mark.parametrize("lines", ["協会　太郎\n1985-06-15\n個人番号 {}", "\n{}\n協会　太郎", "協会　太郎\r\n{}"])
async def test_one_further_down_is_refused_as_well_and_what_stood_there_stays(lines: str) -> None:
    async with hosted(form()) as desk:
        await desk.fill(name="協会")
        await desk.paste(lines.format(INDIVIDUAL_NUMBER))
        assert "個人番号（マイナンバー）は 使いません。" in desk.text()
        assert desk.texts() == {"shown": "itself", "name": "協会"}


async def test_of_a_text_that_is_no_record_the_first_line_is_typed_and_that_is_said_until_somebody_goes_on() -> None:
    async with hosted(form()) as desk:
        await into(desk, "name", "\n協会　太郎\n東京都見本区")
        assert desk.texts()["name"] == "協会　太郎"
        assert FIRST_LINE in desk.text()
        await desk.press("enter")
        assert FIRST_LINE not in desk.text()
        await into(desk, "number", "1155\r\n")
        assert desk.texts()["number"] == "1155"
        assert FIRST_LINE not in desk.text(), "all of it was taken"


async def test_a_text_that_is_no_record_and_meets_no_field_is_said_to_be_none() -> None:
    async with hosted(form()) as desk:
        desk.app.screen.set_focus(desk.app.screen.query_one("#form-check"))
        await desk.paste("協会　太郎")
        assert "入れませんでした" in desk.text()
        assert desk.texts() == {"shown": "itself"}


async def test_where_the_document_is_asked_for_it_is_said_as_well() -> None:
    async with hosted(ChoosePaperView(setting(), ChoosingPaper(None, card_on_reader=False, can_retry=False))) as desk:
        await desk.paste("協会　太郎")
        assert "入れませんでした" in desk.text()
        await desk.press("1")
        await desk.paste(f"01139997\n{INDIVIDUAL_NUMBER}")
        assert "個人番号（マイナンバー）は 使いません。" in desk.text()
        assert desk.texts() == {}
        await desk.paste("01139997\n協会")
        assert FIRST_LINE in desk.text()
        assert desk.texts() == {"insurer_number": "01139997"}


async def test_beside_the_cards_face_a_text_of_several_lines_is_said_to_be_none() -> None:
    async with hosted(FourItemsView(setting(), TakingFourItems(None, card_on_reader=False))) as desk:
        await into(desk, "name", "協会　太郎\n東京都見本区")
        assert (desk.texts(), FIRST_LINE in desk.text()) == ({"name": "協会　太郎"}, True)
        await desk.press("enter")
        assert FIRST_LINE not in desk.text()


@pytest.mark.parametrize("text", ["x", "1", "(", "a b ", "ab cd\n", APP_TEXT, PORTAL_TEXT])
async def test_far_too_much_is_refused_in_a_sentence_and_changes_nothing(text: str) -> None:
    pasted = (text * (MEGABYTE // len(text) + 1))[:MEGABYTE]
    async with hosted(form()) as desk:
        await desk.fill(number="123")
        await desk.paste(pasted)
        assert TOO_LONG in desk.text()
        assert desk.texts() == {"shown": "itself", "number": "123"}


async def test_where_the_document_is_asked_for_far_too_much_is_refused_as_well() -> None:
    async with hosted(ChoosePaperView(setting(), ChoosingPaper(None, card_on_reader=False, can_retry=False))) as desk:
        await desk.paste("(" * (LONGEST + 1))
        assert TOO_LONG in desk.text()
        await desk.press("1")
        await desk.paste("(" * (LONGEST + 1))
        assert TOO_LONG in desk.text()
        assert desk.texts() == {}
