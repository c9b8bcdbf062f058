"""The field that is being typed in is not called wrong before it can be whole, or was left."""

from __future__ import annotations

from kiosk.flow.states import ChoosingPaper, TypingPaper
from kiosk.forms.choose_paper import ChoosePaperView
from kiosk.forms.paper_form import PaperFormView
from tests.kiosk.forms.hosting import Hosted, hosted, setting
from tests.kiosk.forms.samples import KYOKAI
from tests.kiosk.staff.running_apps import SHARED

pytestmark = SHARED

WRONG_DIGIT = "検証番号"
"""Of every sentence about a check digit."""


async def accused_after(desk: Hosted, text: str) -> list[bool]:
    """After each character, whether the check digit is called wrong."""
    said = []
    for character in text:
        await desk.type(character)
        said.append(WRONG_DIGIT in desk.text())
    return said


async def test_the_form_waits_for_the_last_digit_and_for_the_field_to_be_left() -> None:
    async with hosted(PaperFormView(setting(), TypingPaper(KYOKAI.word, None, card_on_reader=False))) as desk:
        assert await accused_after(desk, "01139998") == [False] * 7 + [True]
        await desk.press("backspace", "backspace")
        assert "あと2けた" in desk.text()
        await desk.press("enter")
        assert WRONG_DIGIT in desk.text()
        await desk.press("up")
        assert WRONG_DIGIT in desk.text(), "known to be wrong: coming back to it does not hide why"


async def test_the_first_question_waits_as_well() -> None:
    async with hosted(ChoosePaperView(setting(), ChoosingPaper(None, card_on_reader=False, can_retry=False))) as desk:
        await desk.press("1")
        assert await accused_after(desk, "011399") == [False] * 6
        assert "あと2けた" in desk.text()
        await desk.press("down")
        assert WRONG_DIGIT in desk.text()
