"""Every screen is complete from 60 by 20 to 200 by 60, in every language: nothing clipped, nothing out of line."""

from __future__ import annotations

import dataclasses
import unicodedata
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.app import App
from textual.geometry import Size

from kiosk.flow import states as st
from kiosk.screens.language_menu import LanguageMenu
from kiosk.screens.overlays import HelpScreen, TooSmallScreen
from kiosk.screens.view import Look, View
from kiosk.widgets.pin_pad import PinPad
from kiosk.widgets.prose import Prose
from kiosk.words import LANGUAGES, Words
from tests.kiosk.screens.driving import Counter, counter
from tests.kiosk.screens.samples import CARD, EVERY_STATE, PATIENT, STAFF, name_of
from tests.kiosk.screens.stage import SIZES, Stage, stage

AT_MOST = 5
"""Lines to read on one screen, even where it is narrowest."""
WITH_READINGS = 7
BIG, PLAIN = Look(big=True), Look(plain=True)
LETTERS_OF_THEIR_OWN = ("vi", "pt")
"""Latin letters with accents are of ambiguous width, and these languages are written with them; signs are not."""


async def show(desk: Counter, state: st.State) -> None:
    """Put the counter into `state` and draw it; waiting screens as they are after their patience."""
    assert desk.app.counter is not None
    desk.app.counter = dataclasses.replace(desk.app.counter, visit=desk.app.counter.visit + 1, state=state)
    await desk.app._show()
    await desk.settle()
    if hasattr(desk.view, "count_seconds"):
        desk.clock.now += 3
        desk.view.count_seconds()
        await desk.settle()


def cut_off(app: App[None], name: str) -> list[str]:
    """What is not to be seen whole."""
    found = []
    size = Size(*app.size)
    for widget in app.screen.query("Prose, Choice, KeyHint, PinPad, Static"):
        if not widget.display or not widget.visible or not widget.region.area:
            continue
        place = app.screen.find_widget(widget)
        if place.visible_region != place.region:
            found.append(f"{name}: {widget!r} is cut off")
        needed = widget.get_content_height(size, size, widget.content_size.width)
        if needed > widget.content_size.height:
            found.append(f"{name}: {widget!r} needs {needed} lines and has {widget.content_size.height}")
    return found


def ambiguous(lines: list[str], lang: str) -> set[str]:
    """Characters a Japanese terminal may draw two cells wide."""
    found = {char for line in lines for char in line if unicodedata.east_asian_width(char) == "A"}
    if lang in LETTERS_OF_THEIR_OWN:
        found = {char for char in found if not unicodedata.category(char).startswith("L")}
    return found


def problems(app: App[None], view: View, lines: list[str], name: str, lang: str = "ja") -> list[str]:
    """What is wrong with the picture that is on the screen."""
    found = cut_off(app, name)
    found += [f"{name}: {choice!r} cannot be seen" for choice in view.choices() if not choice.region.area]
    width, height = app.size
    if len(lines) != height or any(cell_len(line) != width for line in lines):
        found.append(f"{name}: lines of {sorted({cell_len(line) for line in lines})} cells")
    if strange := ambiguous(lines, lang):
        found.append(f"{name}: {strange} may be drawn two cells wide")
    for middle in view.query(".middle"):
        if middle.max_scroll_y:
            found.append(f"{name}: {middle.max_scroll_y} lines do not fit")
    return found


def different(states: list[st.State]) -> list[st.State]:
    """One state of each picture: many troubles say the same words."""
    from kiosk.screens.trouble import words_of

    words = Words("ja")
    seen: dict[str, st.State] = {}
    for state in states:
        word = repr(state)
        if isinstance(state, st.InTrouble):
            word = "".join(words_of(state.trouble, part, words, state.detail) for part in ("what", "next"))
        seen.setdefault(word, state)
    return list(seen.values())


async def look_at_all(on: Stage, lang: str) -> list[str]:
    """Everything that is wrong with any screen."""
    found = []
    for state in different(EVERY_STATE):
        await on.show(state, late=True)
        name = name_of(state)
        found += problems(on.app, on.view, on.lines(), name, lang)
        if "練習用" not in on.text():
            found.append(f"{name}: does not say that it is practice")
        if not list(on.view.choices()):
            found.append(f"{name}: no way on")
        if len(list(on.view.choices())) > 4:
            found.append(f"{name}: more than four answers")
        if on.app.focused is None:
            found.append(f"{name}: nothing has the focus")
        said = sum(prose.size.height for prose in on.view.query(Prose) if prose.text)
        if said > (WITH_READINGS if lang == "ja_easy" else AT_MOST):
            found.append(f"{name}: {said} lines to read")
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_every_screen_is_complete_where_it_is_smallest(lang: str) -> None:
    async with stage(size=(60, 20), lang=lang, phones=True, practice_passcode="2580") as on:
        found = await look_at_all(on, lang)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("size", "lang"), [*((size, "ja") for size in SIZES[1:]), ((80, 24), "en")])
async def test_every_screen_is_complete_where_it_is_larger(size: tuple[int, int], lang: str) -> None:
    async with stage(size=size, lang=lang, phones=True, practice_passcode="2580") as on:
        found = await look_at_all(on, lang)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("lang", "look"),
    [("ja", BIG), ("ja_easy", BIG), ("vi", BIG), ("ja", PLAIN), ("en", PLAIN)],
    ids=["ja-big", "ja_easy-big", "vi-big", "ja-plain", "en-plain"],
)
async def test_every_screen_is_complete_in_every_look(lang: str, look: Look) -> None:
    async with stage(size=(60, 20), lang=lang, look=look, phones=True, practice_passcode="2580") as on:
        found = await look_at_all(on, lang)
    assert not found, "\n".join(found)


def test_every_kind_of_state_is_looked_at() -> None:
    old = {"ChoosingDocument", "FillingForm", "ConfirmingForm"}
    kinds = {kind for kind in st.State.__args__ if kind.__name__ not in old}
    assert {type(state) for state in EVERY_STATE} == kinds


async def test_the_steps_and_the_call_for_staff_are_on_every_screen() -> None:
    async with stage(size=(60, 20)) as on:
        for state in different(PATIENT):
            await on.show(state)
            assert all(step in on.lines()[1] for step in ("カード", "本人確認", "同意", "完了"))
            keys = [choice.key for choice in on.view.choices()]
            pad = isinstance(state, st.EnteringPin | st.VouchingByEye)
            assert ("slash" if pad else "0") in keys, name_of(state)


async def test_while_staff_work_the_patient_sees_that_they_do_and_nothing_of_what() -> None:
    async with stage() as on:
        for state in STAFF[:-1]:
            await on.show(state)
            assert "係が 対応しています" in on.text()
            assert not [word for word in ("01139997", "1234", "資格確認書", "1980") if word in on.text()]


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_help_explains_every_screen_in_every_language(lang: str) -> None:
    async with stage(size=(60, 20), lang=lang) as on:
        names = set()
        for state in different(EVERY_STATE):
            await on.show(state)
            names.add(on.view.NAME)
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
