"""A visit by card with consent and a 資格確認書 typed in: by keyboard, by numeric keypad, by mouse, each alone."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

import pytest
from textual.widget import Widget

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.forms.digit_keys import KeyCap
from kiosk.forms.option_row import OptionRow
from kiosk.screens.drawer import DrawerScreen
from kiosk.settings.passcodes import PasscodeKind, PasscodeStore, passcode_path
from kiosk.staff.lock_prompt import LockPrompt
from kiosk.staff.staff_screen import StaffScreen
from kiosk.widgets.choice import Choice
from kiosk.widgets.lines import KeyHint
from kiosk.widgets.pin_pad import PinPad
from tests.e2e.desk import Desk, Store, desk, numbers_of, persona

PAD: Final = {*"0123456789", "enter", "plus", "minus", "asterisk", "slash", "full_stop"}
"""The keys of a numeric keypad without its second meaning; ＋ goes on, － takes back, ＊ goes back, / calls."""
STAFF_PASSCODE: Final = "580213"
PAPER: Final = numbers_of("taro", issued_on="20250801", expires_on="20290731")
ROWS: Final = ("symbol", "number", "branch", "name", "birthdate", "sex", "issued_on", "expires_on", "shown")
"""Below the insurer's number, in the order of the form of 協会けんぽ."""


async def card_visit(at: Desk, press: tuple[str, ...], *, looked_over: bool = True) -> None:
    """The card lies there. PIN, every consent, answer, card taken; `press`: keys for 暗証番号, 同意する and 終わる.

    `looked_over`: the test looks at the staff side meanwhile, for which it takes F4.
    """
    await at.reach(st.ChoosingMethod)
    way, consent, done = press
    await at.press(way)
    await at.reach(st.EnteringPin)
    await at.press(*persona("taro").pin)
    await at.reach(st.AskingConsent)
    await at.press(consent)
    state = await at.reach(st.ShowingAnswer)
    assert all(given for _, given in state.consents)
    if looked_over:
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted", "answer.consent.given"))
    assert state.reception.outcome == "OK_ONLINE"
    at.reads("answer.accepted", "answer.consent.given")
    await at.press(done)
    await at.reach(st.TakingCard)
    await at.take()
    await at.reach(st.Idle)


async def received_by_paper(at: Desk) -> None:
    """The certificate counts."""
    state = await at.reach(st.ShowingAnswer)
    assert (state.reception.outcome, state.reception.charge) == ("OK_CERTIFICATE", "ratio:30")
    assert at.visits()[-1].documents == ("eligibility_certificate",)


async def keys_for_the_form(at: Desk, on: str) -> None:
    """Everything on the paper, each field left with `on`; 性別 by its number."""
    for row in ROWS:
        at_row = at.focused_row()
        assert at_row is not None
        assert at_row.word == row
        text = {"sex": "1", "shown": ""}.get(row, PAPER.get(row, ""))
        await at.strike(*text)
        await at.press(on)


async def test_keyboard_alone_makes_a_visit_and_types_a_certificate(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro", size=(80, 24)) as at:
        await at.press("f2")
        await at.until(lambda: isinstance(at.app.screen, DrawerScreen), "at the drawer")
        await at.strike(*"taro")
        await at.press("1")
        await card_visit(at, ("enter", "1", "enter"))
        await at.press("f8")
        await at.reach(st.ChoosingPaper)
        await at.press("enter")
        await at.until(lambda: at.focused_row() is not None, "asked for the number")
        await at.press(*PAPER["insurer_number"], "enter")
        await at.reach(st.TypingPaper)
        await keys_for_the_form(at, "enter")
        await at.press("enter")
        await at.reach(st.ConfirmingPaper)
        await at.press("enter")
        await received_by_paper(at)


async def test_a_numeric_keypad_alone_makes_a_visit_and_types_a_certificate(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    struck: list[str] = []
    real_strike = Desk.strike

    async def noting(self: Desk, *keys: str) -> None:
        struck.extend(keys)
        await real_strike(self, *keys)

    monkeypatch.setattr(Desk, "strike", noting)
    async with desk(store, tmp_path, "taro", size=(80, 24)) as at:
        passcodes = PasscodeStore(passcode_path(at.folder), time.time)
        await asyncio.to_thread(passcodes.put, PasscodeKind.STAFF, bytearray(STAFF_PASSCODE.encode()))
        await at.lay("taro")
        await card_visit(at, ("1", "1", "1"), looked_over=False)
        await at.press("0")
        await at.trouble(Trouble.CALLED_STAFF, advised=False)
        await at.pick("trouble.manual")
        await at.until(lambda: isinstance(at.app.screen, LockPrompt), "at the door")
        await at.press(*STAFF_PASSCODE, "enter")
        await at.reach(st.ChoosingPaper)
        await at.press("asterisk")  # what staff can do besides is a key away as well, and the way back to the papers
        await at.until(lambda: at.offers("side.do.paper"), "at the next steps")
        await at.pick("side.do.paper")
        await at.reach(st.ChoosingPaper)
        await at.press("1")
        await at.until(lambda: at.focused_row() is not None, "asked for the number")
        await at.press(*PAPER["insurer_number"], "plus")
        await at.reach(st.TypingPaper)
        await keys_for_the_form(at, "plus")
        await at.press("enter")
        await at.reach(st.ConfirmingPaper)
        await at.press("1")
        await received_by_paper(at)
    assert set(struck) <= PAD


async def test_a_number_that_comes_in_one_go_with_its_enter_finds_its_form(store: Store, tmp_path: Path) -> None:
    """As a scanner that plays a keyboard sends it."""
    async with desk(store, tmp_path, size=(80, 24)) as at:
        await at.press("f8")
        await at.reach(st.ChoosingPaper)
        await at.press("1")
        await at.until(lambda: at.focused_row() is not None, "asked for the number")
        await at.strike(*PAPER["insurer_number"], "enter", pause=False)
        state = await at.reach(st.TypingPaper)
        assert state.form == "certificate_kyokai"


# --- the mouse ---


async def click(at: Desk, widget: Widget, x: int = 1, y: int = 0) -> None:
    """A click on a cell of what is seen; what is out of sight is scrolled to, as a wheel does."""
    if not at.app.screen.region.contains_region(widget.region):
        widget.scroll_visible(animate=False)
        await at.settle()
    assert await at.pilot.click(widget, offset=(x, y)), f"{widget!r} cannot be clicked"
    await at.settle()


async def click_choice(at: Desk, message_id: str) -> None:
    """A click on these words."""
    choice = at.choice(message_id)
    assert choice is not None, f"{message_id} is not to be seen\n{at.seen()}"
    await click(at, choice)


async def click_key(at: Desk, key: str) -> None:
    """A click on a key of the line below."""
    await click(at, next(hint for hint in at.app.screen.query(KeyHint) if hint.key == key))


async def click_pad(at: Desk, digits: str) -> None:
    """The drawn pad, digit by digit: as the picture shows them."""
    for digit in digits:
        pad = at.app.screen.query_one(PinPad)
        lines = [strip.text for strip in at.app.screen._compositor.render_strips()]
        left = pad.region.x + pad.region.width - 24 * (2 if at.app.size.height >= 32 else 1)
        place = next(
            (column, row)
            for row in range(pad.region.y, pad.region.bottom)
            for column in range(max(left, pad.region.x), pad.region.right)
            if lines[row][column : column + 1] == digit
        )
        await click(at, pad, place[0] - pad.region.x, place[1] - pad.region.y)


async def click_digits(at: Desk, text: str) -> None:
    """The digit keys under a form."""
    for character in text:
        await click(at, at.app.screen.query_one(f"#cap-{character}", KeyCap))


async def test_the_mouse_alone_makes_a_visit_and_types_a_certificate(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro", size=(80, 24)) as at:
        await at.lay("taro")
        await at.reach(st.ChoosingMethod)
        await click_choice(at, "method.pin")
        await at.reach(st.EnteringPin)
        await click_pad(at, persona("taro").pin)
        await at.reach(st.AskingConsent)
        await click_choice(at, "consent.all")
        state = await at.reach(st.ShowingAnswer)
        assert all(given for _, given in state.consents)
        await click_choice(at, "answer.take_card")
        await at.reach(st.TakingCard)
        await at.take()
        await at.reach(st.Idle)
        await click_key(at, "f4")
        await at.until(lambda: isinstance(at.app.screen, StaffScreen), "at the staff side")
        await click_choice(at, "side.do.paper")
        await at.reach(st.ChoosingPaper)
        await click_choice(at, "forms.document.eligibility_certificate")
        await at.until(lambda: at.focused_row() is not None, "asked for the number")
        await click_digits(at, PAPER["insurer_number"])
        await click_choice(at, "paper.form.certificate_kyokai")
        await at.reach(st.TypingPaper)
        for row in ROWS:
            at_row = next(found for found in at.app.screen.query("FieldRow") if getattr(found, "word", "") == row)
            if isinstance(at_row, OptionRow):
                if row == "sex":
                    await click(at, at_row.stop, 1)
            elif row in PAPER:
                await click(at, at_row.stop)  # type: ignore[attr-defined]
                await click_digits(at, PAPER[row])
        await click(at, at.app.screen.query_one("#form-check", Choice))
        await at.reach(st.ConfirmingPaper)
        await click_choice(at, "forms.summary.same")
        await received_by_paper(at)
