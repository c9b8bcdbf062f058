"""A paper typed in: field by field, nothing lost, compared with the paper, answered with and without the service."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual import events

from kiosk.flow import states as st
from kiosk.flow.states import Document, Trouble
from kiosk.widgets.form_row import FormRow, YesNo
from tests.kiosk.screens.driving import SIZES, Counter, counter
from tests.kiosk.screens.fakes import Outside

CERTIFICATE = {
    "insurer_number": "０１１３９９９７",
    "symbol": "12345678",
    "number": "123456",
    "branch": "01",
    "birthdate": "昭55.6.15",
    "issued_on": "R7/8/1",
    "expires_on": "2029-07-31",
    "burden_ratio": "３割",
}
NOTICE = {"insurer_number": "139998", "symbol": "", "number": "77", "branch": "", "birthdate": "S55/6/15"}


async def open_form(desk: Counter, key: str) -> None:
    await desk.press("f8")
    await desk.reach(st.ChoosingDocument)
    await desk.press(key)
    await desk.reach(st.FillingForm)


async def complete(desk: Counter) -> None:
    desk.app.query_one("#form-check").focus()
    await desk.press("enter")


@pytest.mark.parametrize("size", SIZES)
async def test_a_certificate_is_typed_compared_and_answered(tmp_path: Path, size: tuple[int, int]) -> None:
    async with counter(tmp_path, size=size) as desk:
        await open_form(desk, "1")
        await desk.fill(**CERTIFICATE)
        assert "協会けんぽ" in desk.text()
        await complete(desk)
        summary = await desk.reach(st.ConfirmingForm)
        assert summary.entry.insurer_number == "01139997"
        assert summary.entry.birthdate == date(1980, 6, 15)
        assert summary.entry.expires_on == date(2029, 7, 31)
        assert summary.entry.burden_ratio == 30
        for line in ("01139997", "昭和55年6月15日", "令和11年7月31日", "3割"):
            assert line in desk.text()
        await desk.press("1")
        answer = await desk.reach(st.ShowingAnswer)
        assert answer.reception.by == "numbers"
        assert "OK_CERTIFICATE" in desk.text()
        await desk.press("1")
        await desk.reach(st.Idle)


async def test_enter_goes_from_field_to_field_up_goes_back(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await open_form(desk, "1")
        first = desk.app.focused
        await desk.press("0", "1", "enter")
        assert desk.app.focused is not first
        await desk.press("up")
        assert desk.app.focused is first


async def test_the_first_wrong_field_gets_the_focus_and_says_why(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await open_form(desk, "1")
        await desk.fill(**{**CERTIFICATE, "birthdate": "昭65.1.1"})
        await complete(desk)
        assert isinstance(desk.state, st.FillingForm)
        assert desk.app.focused is desk.app.query_one("#row-birthdate", FormRow).input
        assert "昭和" in desk.text()


async def test_a_wrong_last_digit_is_explained_while_it_is_typed(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await open_form(desk, "1")
        await desk.fill(insurer_number="01139998")
        assert "7" in desk.app.query_one("#row-insurer_number .check").render().plain  # type: ignore[union-attr]


async def test_an_end_before_the_issue_is_refused_with_both_fields_in_view(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await open_form(desk, "1")
        await desk.fill(**{**CERTIFICATE, "issued_on": "2030-01-01"})
        await complete(desk)
        assert isinstance(desk.state, st.FillingForm)
        assert "交付年月日より前" in desk.text()


async def test_an_expired_certificate_is_remarked_and_goes_on(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await open_form(desk, "1")
        await desk.fill(**{**CERTIFICATE, "issued_on": "", "expires_on": "2026-11-19"})
        assert "期限が過ぎています" in desk.text()
        await complete(desk)
        await desk.reach(st.ConfirmingForm)


async def test_leaving_the_form_loses_nothing(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await open_form(desk, "1")
        await desk.fill(insurer_number="0113", symbol="あいう")
        await desk.press("escape")
        await desk.reach(st.ChoosingDocument)
        await desk.press("1")
        await desk.reach(st.FillingForm)
        assert desk.app.query_one("#row-insurer_number", FormRow).text == "0113"
        assert desk.app.query_one("#row-symbol", FormRow).text == "あいう"


async def test_correcting_from_the_summary_keeps_every_field(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await open_form(desk, "1")
        await desk.fill(**CERTIFICATE)
        await complete(desk)
        await desk.reach(st.ConfirmingForm)
        await desk.press("2")
        await desk.reach(st.FillingForm)
        assert {name: desk.app.query_one(f"#row-{name}", FormRow).text for name in CERTIFICATE} == CERTIFICATE


async def test_a_card_put_down_meanwhile_takes_nothing_from_the_form(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await open_form(desk, "1")
        await desk.fill(number="123")
        await desk.place()
        await desk.until(lambda: desk.state.card_on_reader, "seen")  # type: ignore[union-attr]
        assert desk.app.query_one("#row-number", FormRow).text == "123"


@pytest.mark.parametrize("name", list(CERTIFICATE))
async def test_an_individual_number_empties_the_field_and_is_not_kept(tmp_path: Path, name: str) -> None:
    number = individual_number()
    async with counter(tmp_path) as desk:
        await open_form(desk, "1")
        await desk.fill(**{name: number})
        assert desk.app.query_one(f"#row-{name}", FormRow).text == ""
        assert "個人番号" in desk.text()
        await desk.press("escape")
        await desk.reach(st.ChoosingDocument)
        assert number not in repr(desk.app.counter.drafts if desk.app.counter else "")


def individual_number() -> str:
    """Twelve digits with the check digit of a 個人番号, plainly invented."""
    digits = "12345678901"
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    return digits + str(0 if rest <= 1 else 11 - rest)


async def test_a_notice_counts_only_with_the_card_in_hand(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await open_form(desk, "2")
        await desk.fill(**NOTICE)
        await complete(desk)
        assert isinstance(desk.state, st.FillingForm)
        assert isinstance(desk.app.focused, YesNo)
        assert "一緒のときだけ" in desk.text()
        await desk.press("y", "enter", "enter")
        summary = await desk.reach(st.ConfirmingForm)
        assert summary.entry.document is Document.ELIGIBILITY_NOTICE
        assert summary.entry.card_in_hand
        await desk.press("1")
        await desk.reach(st.ShowingAnswer)


async def test_after_a_trouble_the_rules_hear_why_the_card_was_not_used(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.down = True
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.SERVER_DOWN
        await desk.press("2")
        await desk.reach(st.ChoosingDocument)
        await desk.press("1")
        await desk.reach(st.FillingForm)
        await desk.fill(**CERTIFICATE)
        await complete(desk)
        await desk.reach(st.ConfirmingForm)
        await desk.press("1")
        answer = await desk.reach(st.ShowingAnswer)
        assert answer.reception.reasons == ("after server_down",)
        assert answer.reception.validity is None
        assert "未照会" in desk.text()


async def test_a_service_that_does_not_answer_the_numbers_can_be_left_behind(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.answer_gate.clear()
    async with counter(tmp_path, outside) as desk:
        await open_form(desk, "1")
        await desk.fill(**CERTIFICATE)
        await complete(desk)
        await desk.reach(st.ConfirmingForm)
        await desk.press("1")
        await desk.reach(st.AskingService)
        desk.clock.now += 3
        await desk.until(lambda: "待たずに" in desk.text(), "offered")
        await desk.press("1")
        answer = await desk.reach(st.ShowingAnswer)
        assert answer.reception.by == ""
        outside.client.answer_gate.set()


async def test_the_full_width_blank_of_a_japanese_keyboard_stays(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await open_form(desk, "1")
        field = desk.app.query_one("#row-symbol", FormRow).input
        field.focus()
        await desk.press("あ")
        field.post_message(events.Key("ideographic_space", "\u3000"))
        await desk.pilot.pause()
        assert field.value == "あ\u3000"


async def test_a_paper_can_be_typed_after_an_answer(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_answer()
        await desk.press("f8")
        await desk.reach(st.ChoosingDocument)
