"""Every screen is complete from 60 by 20 to 200 by 60, in every language: nothing clipped, nothing out of line."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from kiosk.flow import states as st
from kiosk.screens.catalogue import view_for
from kiosk.screens.language_menu import LanguageMenu
from kiosk.screens.overlays import HelpScreen, TooSmallScreen
from kiosk.screens.view import Look
from kiosk.widgets.pin_pad import PinPad
from kiosk.words import FULL_LANGUAGES, LANGUAGES
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.rules import ambiguous, cut_off, look_at_all, problems
from tests.kiosk.screens.samples import CARD, EVERY_STATE, STAFF
from tests.kiosk.screens.snapshots import SIZES as PICTURED
from tests.kiosk.screens.stage import SIZES, stage

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


async def test_nothing_moves_when_the_way_on_appears() -> None:
    async with stage() as on:
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
