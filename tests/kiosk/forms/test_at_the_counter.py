"""Papers at the running counter: F8, the form, the summary, the answer, the next person; by the service's fakes."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Paste

from kiosk.flow import states as st
from kiosk.flow.events import NextOfFamily
from kiosk.forms.choose_paper import ChoosePaperView
from kiosk.forms.four_items_view import FourItemsView
from kiosk.forms.paper_form import PaperFormView
from kiosk.forms.paper_summary import PaperSummaryView
from kiosk.forms.rows import TextRow
from kiosk.screens.messages import FlowEvent
from kiosk.screens.view import View
from kiosk.staff.staff_screen import StaffScreen
from tests.kiosk.forms.samples import APP_TEXT
from tests.kiosk.screens.driving import Counter, counter

VIEWS: dict[type[object], type[View]] = {
    st.ChoosingPaper: ChoosePaperView,
    st.TypingPaper: PaperFormView,
    st.ConfirmingPaper: PaperSummaryView,
    st.TakingFourItems: FourItemsView,
}


async def at(desk: Counter, kind: type[object]) -> None:
    """Wait for a state of the desk and its view on the staff side."""

    def there() -> bool:
        screen = desk.app.screen
        return (
            isinstance(desk.state, kind)
            and isinstance(screen, StaffScreen)
            and type(screen.body) is VIEWS.get(kind, type(screen.body))
            and screen.body.is_mounted
        )

    await desk.until(there, f"at {kind.__name__} on the staff side")


async def to_form(desk: Counter, number: str = "01139997") -> None:
    await desk.press("f8")
    await at(desk, st.ChoosingPaper)
    await desk.press("1")
    await desk.until(lambda: bool(desk.app.screen.query(TextRow)), "asked for the number")
    await desk.press(*number, "enter")
    await at(desk, st.TypingPaper)


REST = "12345678+123456+01++19800615+1+20250801+20290731++"


async def type_rest(desk: Counter) -> None:
    await desk.press(*("plus" if key == "+" else key for key in REST), "enter")
    await at(desk, st.ConfirmingPaper)


def texts(desk: Counter) -> dict[str, str]:
    return {row.word: row.text for row in desk.app.screen.query(TextRow) if row.text}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_certificate_is_typed_compared_and_answered(tmp_path: Path, size: tuple[int, int]) -> None:
    async with counter(tmp_path, size=size) as desk:
        await to_form(desk)
        await type_rest(desk)
        for line in ("01139997", "昭和55年6月15日", "令和11年7月31日"):
            assert line in desk.text()
        await desk.press("1")
        await at(desk, st.ShowingAnswer)
        assert isinstance(desk.state, st.ShowingAnswer)
        assert desk.state.reception.by == "numbers"


async def test_locking_and_coming_back_loses_nothing_half_typed(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await to_form(desk)
        await desk.press(*"123")
        await desk.press("f4")
        await desk.until(lambda: not isinstance(desk.app.screen, StaffScreen), "locked")
        for typed in ("1234", "12345"):
            await desk.press("f4")
            await at(desk, st.TypingPaper)
            await desk.press(typed[-1])
            assert texts(desk) == {"insurer_number": "01139997", "symbol": typed}, "one goes on where one was"
            await desk.press("f4")
            await desk.until(lambda: not isinstance(desk.app.screen, StaffScreen), "locked")


async def test_esc_and_choosing_the_form_again_loses_nothing(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await to_form(desk)
        await desk.press(*"123", "escape")
        await at(desk, st.ChoosingPaper)
        await desk.press("1")
        await desk.until(lambda: bool(desk.app.screen.query(TextRow)), "asked for the number")
        await desk.press(*"01139997", "enter")
        await at(desk, st.TypingPaper)
        assert texts(desk) == {"insurer_number": "01139997", "symbol": "123"}


async def test_correcting_from_the_summary_keeps_every_field(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await to_form(desk)
        await type_rest(desk)
        await desk.press("2")
        await at(desk, st.TypingPaper)
        kept = texts(desk)
        assert (kept["number"], kept["birthdate"], kept["expires_on"]) == ("123456", "19800615", "20290731")


async def test_the_next_of_the_family_needs_no_number_typed_again(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await to_form(desk)
        await type_rest(desk)
        await desk.press("1")
        await at(desk, st.ShowingAnswer)
        visit = desk.app.counter.visit if desk.app.counter else 0
        desk.app.post_message(FlowEvent(visit, NextOfFamily(), by_key=True))
        await at(desk, st.ChoosingPaper)
        await desk.press("1")
        await desk.until(lambda: bool(desk.app.screen.query(TextRow)), "asked for the number")
        await desk.press("enter")
        await at(desk, st.TypingPaper)
        assert texts(desk) == {"insurer_number": "01139997", "symbol": "12345678", "number": "123456"}


async def test_a_record_pasted_while_choosing_opens_its_form(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.press("f8")
        await at(desk, st.ChoosingPaper)
        desk.app.post_message(Paste(APP_TEXT))
        await desk.until(lambda: "入れなかったもの" in desk.text(), "read")
        await desk.press("1")
        await at(desk, st.TypingPaper)
        assert texts(desk)["name"] == "千葉　花子"


async def click(desk: Counter, selector: str, offset: tuple[int, int] = (1, 0)) -> None:
    """A click where the widget is on the screen."""
    await desk.until(lambda: bool(desk.app.screen.query(selector)), f"there: {selector}")
    assert await desk.pilot.click(selector, offset=offset), selector
    await desk.settle()


async def test_a_paper_is_typed_and_answered_with_the_mouse_alone(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await click(desk, "#hint-f4")
        await desk.until(lambda: isinstance(desk.app.screen, StaffScreen), "at the staff side")
        await click(desk, "#hint-f8")
        await at(desk, st.ChoosingPaper)
        await click(desk, "#choice-1", (10, 0))
        await desk.until(lambda: bool(desk.app.screen.query(TextRow)), "asked for the number")
        for digit in "01139997":
            await click(desk, f"#cap-{digit}")
        await click(desk, "#cap-on")
        await at(desk, st.TypingPaper)
        for word, digits in (("number", "123456"), ("birthdate", "19800615"), ("expires_on", "20290731")):
            await click(desk, f"#field-{word}")
            for digit in digits:
                await click(desk, f"#cap-{digit}")
        await click(desk, "#row-sex Options", (2, 0))
        await click(desk, "#form-check")
        await at(desk, st.ConfirmingPaper)
        await click(desk, "#choice-1", (10, 0))
        await at(desk, st.ShowingAnswer)


async def test_a_paper_is_typed_and_answered_on_the_number_pad_alone(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await to_form(desk)
        await type_rest(desk)
        await desk.press("1")
        await at(desk, st.ShowingAnswer)
        await desk.press("1")
        await desk.until(lambda: isinstance(desk.state, st.Idle), "over")
