"""Big digits, plain text with the terminal's own cursor, and the bell: what a clinic can choose for its patients."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.geometry import Offset

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.screens.overlays import HelpScreen
from kiosk.screens.view import Look
from kiosk.widgets.big_digit import BOX_HEIGHT, DIGIT_HEIGHT, box_rows, digit_rows, digit_width
from kiosk.widgets.choice import Choice
from kiosk.widgets.pin_pad import PinPad
from tests.kiosk.screens.samples import ACCEPTED, CARD, EVERY_STATE, REFUSED, name_of
from tests.kiosk.screens.stage import Stage, stage

BIG, PLAIN = Look(big=True), Look(plain=True)


def reversed_cells(on: Stage) -> list[tuple[int, int]]:
    """(line, column) of every cell drawn reversed."""
    found = []
    for y, strip in enumerate(on.app.screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            if segment.style is not None and segment.style.reverse:
                found += [(y, x + cell) for cell in range(segment.cell_length)]
            x += segment.cell_length
    return found


# --- big ---


@pytest.mark.parametrize("digit", "0123456789")
def test_every_digit_is_three_by_five_dots_of_blanks(digit: str) -> None:
    rows = list(digit_rows(digit))
    assert len(rows) == DIGIT_HEIGHT
    for row in rows:
        texts = [cell if isinstance(cell, str) else cell[0] for cell in row]
        assert "".join(texts) == " " * digit_width()


def test_no_two_digits_look_alike() -> None:
    drawn = {str(list(digit_rows(digit))) for digit in "0123456789"}
    assert len(drawn) == 10


def test_a_place_that_is_filled_differs_from_a_free_one_without_colour() -> None:
    assert len(list(box_rows(filled=True))) == BOX_HEIGHT
    full, free = str(list(box_rows(filled=True))), str(list(box_rows(filled=False)))
    assert full != free
    assert "＊" in full


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_big_places_fill_one_by_one_and_the_tries_are_drawn(size: tuple[int, int]) -> None:
    async with stage(size=size, look=BIG) as on:
        await on.show(st.EnteringPin(CARD, 3))
        pad = on.view.query_one(PinPad)
        three = len(reversed_cells(on))
        counts = []
        for digit in "12":
            await on.press(digit)
            counts.append(len(reversed_cells(on)))
        assert three < counts[0] < counts[1]
        assert pad.region.bottom <= on.view.query_one("#choice-asterisk").region.y
        await on.show(st.EnteringPin(CARD, 1))
        assert len(reversed_cells(on)) < three, "one is drawn with fewer dots than three"
        assert "あと 1回だけです" in on.text(), "and still said in words"


# --- plain ---


async def test_plain_text_has_no_bars_no_reversed_cells_and_one_thing_on_a_line() -> None:
    async with stage(look=PLAIN, practice_passcode="2580") as on:
        for state in EVERY_STATE:
            await on.show(state, late=True)
            assert reversed_cells(on) == [], name_of(state)
            assert not {"＞", "【", "】"} & set(on.text()), name_of(state)
            for choice in on.view.choices():
                line = on.lines()[choice.region.y]
                assert line.rstrip() == f"{line.split(':')[0]}: {choice.label}"[: len(line.rstrip())], name_of(state)


async def test_plain_text_has_no_colour_of_its_own() -> None:
    async with stage(look=PLAIN) as on:
        on.app.ansi_color = True  # as the counter is made where plain text is wanted
        for state in (st.Idle(), st.ChoosingMethod(CARD), st.EnteringPin(CARD, 1), st.ShowingAnswer(ACCEPTED, True)):
            await on.show(state)
            for strip in on.app.screen._compositor.render_strips():
                for segment in strip:
                    style = segment.style
                    assert style is not None
                    colours = {colour.name for colour in (style.color, style.bgcolor) if colour is not None}
                    assert colours <= {"default"}, (name_of(state), segment)
                    assert not any((style.bold, style.dim, style.underline)), (name_of(state), segment)


def cursor_line(on: Stage) -> str:
    return on.lines()[on.app.cursor_position.y].strip()


async def test_the_terminals_cursor_follows_the_focus_in_plain_text() -> None:
    async with stage(look=PLAIN) as on:
        await on.show(st.ChoosingMethod(CARD))
        for _ in range(4):
            focused = on.app.focused
            assert isinstance(focused, Choice)
            assert cursor_line(on).endswith(focused.label)
            assert on.app.cursor_position.x == focused.region.x
            await on.press("down")
        await on.show(st.ReadingCard())
        assert cursor_line(on).startswith("カードを読んでいます"), "nothing to press: the question"
        await on.show(st.EnteringPin(CARD, 3))
        for typed in range(3):
            assert f"{typed}けた 入りました" in cursor_line(on)
            before = on.lines()[on.app.cursor_position.y][: on.app.cursor_position.x]
            assert cell_len(cursor_line(on)) <= on.app.cursor_position.x >= len(before)
            await on.press("7")


async def test_the_cursor_stands_in_what_lies_above_and_comes_back() -> None:
    async with stage(look=PLAIN) as on:
        await on.show(st.ChoosingMethod(CARD))
        await on.press("f3")
        assert cursor_line(on) == "1: 日本語"
        await on.press("down", "down")
        assert cursor_line(on) == "3: English"
        await on.press("escape")
        assert cursor_line(on).startswith("1: 暗証番号")
        on.app.push_screen(HelpScreen(on.app.words, "method"))
        await on.settle()
        assert cursor_line(on) == "この画面の説明"
        assert reversed_cells(on) == []
        await on.press("escape")
        assert cursor_line(on).startswith("1: 暗証番号")


async def test_the_cursor_moves_along_when_the_terminal_is_resized() -> None:
    async with stage(look=PLAIN) as on:
        await on.show(st.InTrouble(Trouble.CARD_PULLED, CARD))
        await on.pilot.resize_terminal(120, 40)
        await on.settle()
        assert cursor_line(on).startswith("1: ")


async def test_the_cursor_is_made_visible_in_plain_text_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for look, seen in ((PLAIN, True), (Look(), False)):
        async with stage(look=look) as on:
            written: list[str] = []
            driver = on.app._driver
            assert driver is not None
            monkeypatch.setattr(driver, "write", written.append)
            await on.show(st.ChoosingMethod(CARD))
            assert ("\x1b[?25h" in "".join(written)) is seen
            if not seen:
                assert on.app.cursor_position == Offset(0, 0)


# --- bell ---


@pytest.mark.parametrize(
    ("occasion", "state"),
    [
        ("accepted", st.ShowingAnswer(ACCEPTED, card_on_reader=True)),
        ("trouble", st.ShowingAnswer(REFUSED, card_on_reader=True)),
        ("trouble", st.InTrouble(Trouble.CARD_PULLED, CARD)),
    ],
)
async def test_the_bell_rings_for_what_was_chosen_and_for_nothing_else(occasion: str, state: st.State) -> None:
    for bells, times in ((frozenset({occasion}), 1), (frozenset({"call", "card_left"}), 0), (frozenset[str](), 0)):
        async with stage(look=Look(bells=bells)) as on:
            await on.show(state)
            assert on.app.rung == times


async def test_where_staff_are_called_anyway_the_screen_does_not_ring_a_second_time() -> None:
    async with stage(look=Look(bells=frozenset({"trouble", "call"}))) as on:
        await on.show(st.InTrouble(Trouble.PIN_LOCKED, CARD))
        assert on.app.rung == 0


async def test_a_card_that_is_left_is_rung_for_again_and_again() -> None:
    async with stage(look=Look(bells=frozenset({"card_left"}))) as on:
        await on.show(st.TakingCard(ACCEPTED))
        on.view.remind()  # type: ignore[attr-defined]
        on.view.remind()  # type: ignore[attr-defined]
        assert on.app.rung == 2
