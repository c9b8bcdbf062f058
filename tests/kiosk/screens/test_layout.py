"""Every screen is complete from 60 by 20 to 200 by 60, in every language: nothing clipped, nothing out of line."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from rich.cells import cell_len

from kiosk.flow import states as st
from kiosk.screens.catalogue import view_for
from kiosk.screens.language_menu import LanguageMenu
from kiosk.screens.overlays import HelpScreen, TooSmallScreen
from kiosk.screens.view import Look
from kiosk.widgets.choice import Choice
from kiosk.widgets.pin_pad import PinPad
from kiosk.widgets.prose import Prose
from kiosk.words import FULL_LANGUAGES, LANGUAGES
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.rules import ambiguous, cut_off, different, look_at_all, problems
from tests.kiosk.screens.samples import CARD, EVERY_STATE, STAFF, name_of
from tests.kiosk.screens.snapshots import SIZES as PICTURED
from tests.kiosk.screens.stage import SIZES, Stage, stage

BIG, PLAIN = Look(big=True), Look(plain=True)
WITH_PAD = st.EnteringPin | st.VouchingByEye


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_every_screen_is_complete_where_it_is_smallest(lang: str) -> None:
    async with stage(size=(60, 20), lang=lang, phones=True, practice_passcode="2580") as on:
        found = await look_at_all(on, lang)
    assert not found, "\n".join(found)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("size", "lang"),
    [
        pytest.param(size, lang, id=f"{size[0]}x{size[1]}-{lang}")
        for size in SIZES[1:]
        for lang in LANGUAGES
        if size not in PICTURED or lang not in FULL_LANGUAGES
    ],
)
async def test_every_screen_is_complete_where_it_is_larger(size: tuple[int, int], lang: str) -> None:
    """Those that pictures are kept of are looked at together with these (`test_snapshots`)."""
    async with stage(size=size, lang=lang, phones=True, practice_passcode="2580") as on:
        found = await look_at_all(on, lang)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lang", ["ja", "ja_easy", "vi"])
async def test_big_places_leave_every_screen_complete(lang: str) -> None:
    """They are drawn where digits are put in; all other screens are as they were."""
    async with stage(size=(60, 20), lang=lang, look=BIG, phones=True, practice_passcode="2580") as on:
        found = await look_at_all(on, lang, [state for state in EVERY_STATE if isinstance(state, WITH_PAD)])
    assert not found, "\n".join(found)


async def test_every_screen_is_complete_in_plain_text() -> None:
    async with stage(size=(60, 20), look=PLAIN, phones=True, practice_passcode="2580") as on:
        found = await look_at_all(on, "ja")
    assert not found, "\n".join(found)


@pytest.mark.soak
@pytest.mark.parametrize("look", [BIG, PLAIN], ids=["big", "plain"])
@pytest.mark.parametrize("lang", LANGUAGES)
async def test_every_screen_is_complete_in_every_look(lang: str, look: Look) -> None:
    async with stage(size=(60, 20), lang=lang, look=look, phones=True, practice_passcode="2580") as on:
        found = await look_at_all(on, lang)
    assert not found, "\n".join(found)


def test_every_kind_of_state_is_looked_at() -> None:
    old = {"ChoosingDocument", "FillingForm", "ConfirmingForm"}
    kinds = {kind for kind in st.State.__args__ if kind.__name__ not in old}
    assert {type(state) for state in EVERY_STATE} == kinds


async def test_while_staff_work_the_patient_sees_that_they_do_and_nothing_of_what() -> None:
    async with stage() as on:
        for state in STAFF[:-1]:
            await on.show(state)
            assert "係が 対応しています" in on.text()
            assert not [word for word in ("01139997", "1234", "資格確認書", "1980") if word in on.text()]


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_help_explains_every_screen_in_every_language(lang: str) -> None:
    async with stage(size=(60, 20), lang=lang) as on:
        names = {view_for(state, on.app.setting()).NAME for state in EVERY_STATE}
        found = []
        for name in sorted(names):
            assert on.app.words.has(f"help.{name}"), name
            on.app.push_screen(HelpScreen(on.app.words, name))
            await on.settle()
            found += cut_off(on.app, f"help.{name}")
            if any(cell_len(line) != 60 for line in on.lines()) or ambiguous(on.lines(), lang):
                found.append(f"help.{name}: out of line")
            on.app.pop_screen()
            await on.settle()
        assert not found, "\n".join(found)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_the_language_menu_names_each_language_in_itself(size: tuple[int, int]) -> None:
    async with stage(size=size) as on:
        await on.press("9")
        assert isinstance(on.app.screen, LanguageMenu)
        assert not cut_off(on.app, "menu")
        for name in ("日本語", "やさしい日本語", "English", "简体中文", "한국어", "Tiếng Việt", "Português"):
            assert name in on.text()


# --- answers as something to touch ---

ROWS = {(60, 20): 1, (80, 24): 2, (60, 30): 3, (120, 40): 3, (200, 60): 3}
"""By size of the terminal: how many rows high an answer is at least."""
NEAR = 8
"""Rows that may lie between what is read and the first answer, where there are 30 lines or more."""
MENU_ROWS = {(60, 20): 1, (80, 24): 1, (60, 30): 2, (120, 40): 3, (200, 60): 3}
"""The menu of languages has ten answers."""


def hard_to_hit(on: Stage, choices: list[Choice], rows: int, name: str) -> list[str]:
    """Answers too small for a finger, and rows between them, or of them, that choose nothing or another."""
    found = []
    for choice in choices:
        place = choice.region
        if place.height < rows:
            found.append(f"{name}: {choice!r} is {place.height} rows high")
        for y in range(place.y, place.bottom):
            for x in (place.x, place.x + place.width // 2, place.right - 1):
                hit, _ = on.app.screen.get_widget_at(x, y)
                if hit is not choice:
                    found.append(f"{name}: row {y} of {choice!r} is {hit!r}")
    for above, below in pairwise(choices):
        if above.region.bottom != below.region.y:
            found.append(f"{name}: dead rows between {above!r} and {below!r}")
    return found


@pytest.mark.parametrize(("size", "rows"), ROWS.items(), ids=str)
async def test_every_answer_is_high_enough_to_touch_and_no_row_between_answers_is_dead(
    size: tuple[int, int], rows: int
) -> None:
    async with stage(size=size, phones=True, practice_passcode="2580") as on:
        found = []
        for state in different(EVERY_STATE):
            await on.show(state, late=True)
            found += hard_to_hit(on, list(on.view.choices()), rows, name_of(state))
            found += problems(on.app, on.view, on.lines(), name_of(state))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("size", "rows"), MENU_ROWS.items(), ids=str)
async def test_every_language_is_as_high_as_there_is_room_for(size: tuple[int, int], rows: int) -> None:
    async with stage(size=size) as on:
        await on.press("9")
        assert isinstance(on.app.screen, LanguageMenu)
        found = hard_to_hit(on, list(on.app.screen.query(Choice)), rows, "languages") + cut_off(on.app, "languages")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size", ROWS, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_click_on_any_row_of_an_answer_chooses_it(size: tuple[int, int]) -> None:
    async with stage(size=size) as on:
        await on.show(st.ChoosingMethod(CARD))
        for choice in list(on.view.choices()):
            on.app.said.clear()
            await on.press(choice.key)
            told = list(on.events)
            assert told
            for row in range(choice.region.height):
                on.app.said.clear()
                await on.pilot.click(offset=(choice.region.right - 2, choice.region.y + row))
                await on.settle()
                assert on.events == told, (choice.key, row)


@pytest.mark.parametrize("size", [size for size in ROWS if size[1] >= 30], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_answers_stand_right_beneath_what_is_read(size: tuple[int, int]) -> None:
    """Not at the foot of a large screen. The facility passcode's pad comes and goes in a place kept for it."""
    async with stage(size=size, phones=True) as on:
        far = []
        for state in different(EVERY_STATE):
            await on.show(state, late=True)
            said = [prose.region.bottom for prose in on.view.query(Prose) if prose.text]
            pads = [pad.region.bottom for pad in on.view.query(PinPad)]
            gap = next(on.view.choices()).region.y - max(said + pads)
            if gap > NEAR and not isinstance(state, st.VouchingByEye):
                far.append(f"{name_of(state)}: {gap} rows between")
    assert not far, "\n".join(far)


@pytest.mark.soak
@pytest.mark.parametrize("look", [Look(), BIG], ids=["usual", "big"])
@pytest.mark.parametrize("lang", LANGUAGES)
async def test_answers_three_rows_high_leave_every_screen_complete(lang: str, look: Look) -> None:
    """The fewest lines from which they are that high, where the words need most of them; then the pad grows."""
    async with stage(size=(60, 30), lang=lang, look=look, phones=True, practice_passcode="2580") as on:
        found = []
        for size in ((60, 30), (68, 36)):
            await on.pilot.resize_terminal(*size)
            await on.settle()
            for state in different(EVERY_STATE):
                await on.show(state, late=True)
                found += problems(on.app, on.view, on.lines(), f"{size} {name_of(state)}", lang)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_nothing_moves_when_the_way_on_appears(size: tuple[int, int]) -> None:
    async with stage(size=size) as on:
        for state in (st.ReadingCard(), st.VerifyingPin(CARD), st.AskingService(CARD)):
            await on.show(state)
            fixed = (on.view.query_one(".title"), on.view.query_one("#choice-0"))
            before = [widget.region for widget in fixed]
            assert [choice.key for choice in on.view.choices()] == ["0"]
            on.app.now += 4
            on.view.count_seconds()  # type: ignore[attr-defined]
            await on.settle()
            assert [choice.key for choice in on.view.choices()] == ["1", "0"]
            assert [widget.region for widget in fixed] == before


async def test_resizing_keeps_the_digits_and_the_place_of_the_focus() -> None:
    async with stage() as on:
        await on.show(st.EnteringPin(CARD, 3))
        await on.press("4", "6")
        for size in ((200, 60), (60, 20), (120, 40), (80, 24)):
            await on.pilot.resize_terminal(*size)
            await on.settle()
            assert on.view.query_one(PinPad).typed == 2
            assert not problems(on.app, on.view, on.lines(), str(size))
        assert isinstance(on.app.focused, PinPad)


async def test_a_key_that_does_not_fit_below_is_left_out_whole() -> None:
    async with stage(size=(60, 20), lang="pt") as on:
        await on.show(st.ChoosingMethod(CARD))
        narrow = on.lines()[-1]
        await on.pilot.resize_terminal(120, 40)
        await on.settle()
        wide = on.lines()[-1]
        assert "Ctrl+Q" in wide
        assert wide.split()[: len(narrow.split())] == narrow.split()


# --- through the application ---


async def test_help_goes_away_with_the_screen_it_explains(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.press("f1")
        assert isinstance(desk.app.screen, HelpScreen)
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        await desk.until(lambda: not isinstance(desk.app.screen, HelpScreen), "closed")


async def test_a_terminal_made_too_small_asks_to_be_enlarged_and_loses_nothing(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.press("4", "6")
        await desk.pilot.resize_terminal(50, 16)
        await desk.until(lambda: isinstance(desk.app.screen, TooSmallScreen), "asked")
        assert "小さすぎます" in desk.text()
        await desk.press("escape", "1")
        assert isinstance(desk.state, st.EnteringPin)
        await desk.pilot.resize_terminal(80, 24)
        await desk.until(lambda: not isinstance(desk.app.screen, TooSmallScreen), "gone")
        assert desk.view.query_one(PinPad).typed == 2


async def test_a_resized_screen_keeps_what_was_typed(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.press("4", "6")
        await desk.pilot.resize_terminal(120, 40)
        await desk.press("1", "9")
        await desk.reach(st.ShowingAnswer)
