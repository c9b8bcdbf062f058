"""What is painted can be read: contrast measured on the screens themselves, for every theme that is offered.

7 : 1 on the patient's side, 4.5 : 1 elsewhere (WCAG 2.2, 1.4.6 and 1.4.3). Nothing is told by colour alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen

from kiosk.flow import states as st
from kiosk.screens.drawer import DrawerScreen
from kiosk.screens.language_menu import LanguageMenu
from kiosk.screens.overlays import HelpScreen, TooSmallScreen
from kiosk.screens.view import Look
from kiosk.settings.model import THEMES
from kiosk.settings.themes import offered, register_themes
from kiosk.widgets.choice import Choice
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.samples import CARD, PATIENT, STAFF, name_of
from tests.kiosk.screens.stage import Stage, stage
from tests.kiosk.screens.unpainted import unpainted
from tests.kiosk.settings.painted import Kinds, contrast, painted

PATIENT_SIDE, ELSEWHERE = 7.0, 4.5

pytestmark = pytest.mark.screens


ONE_OF_EACH = list({type(state): state for state in PATIENT}.values())
"""One state of every kind: where only the answers below are looked at."""


def too_faint(app: App[Any], least: float, name: str, within: Region | None = None) -> list[str]:
    return [
        f"{name}: {letters}"
        for letters in painted(app)
        if letters.ratio < least and (within is None or within.contains(letters.x, letters.y))
    ]


async def wear(staged: Stage, theme: str) -> None:
    register_themes(staged.app)
    staged.app.theme = theme
    await staged.settle()


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((255, 255, 255), (255, 255, 255)) == 1
    assert contrast((0x76, 0x76, 0x76), (255, 255, 255)) == pytest.approx(4.54, abs=0.005)
    assert contrast((0xFF, 0, 0), (0, 0, 0)) == pytest.approx(5.25, abs=0.005)


async def test_everything_on_the_patients_side_stands_out_seven_to_one() -> None:
    """Every state in the first theme; in the others those that together have every kind of widget and colour."""
    shown, kinds = [*PATIENT, *STAFF], Kinds()
    async with stage(phones=True, practice_passcode="4093") as staged:
        found = []
        for theme in THEMES:
            await wear(staged, theme)
            for state in tuple(shown):
                await staged.show(state, late=True)
                assert staged.app.current_theme.name == theme
                least = PATIENT_SIDE if state in PATIENT else ELSEWHERE
                found += too_faint(staged.app, least, f"{theme}: {name_of(state)}")
                if theme == THEMES[0] and not kinds.any_new(staged.app):
                    shown.remove(state)
    assert not found, "\n".join(sorted(set(found)))


async def test_big_digits_stand_out_too() -> None:
    """They are drawn from reversed blanks: the two grounds are compared."""
    pads = [state for state in PATIENT if isinstance(state, st.EnteringPin | st.VouchingByEye)]
    async with stage(look=Look(big=True)) as staged:
        for theme in THEMES:
            await wear(staged, theme)
            drawn = 0
            for state in pads:
                await staged.show(state)
                assert not too_faint(staged.app, PATIENT_SIDE, f"{theme}: {name_of(state)}")
                drawn += sum(not letters.text.strip() for letters in painted(staged.app))
            assert drawn, theme


async def test_every_answer_stands_out_wherever_the_focus_and_the_mouse_are() -> None:
    """One state of every kind in the first theme; in the others those that have every kind of widget and colour."""
    shown, kinds = [*ONE_OF_EACH], Kinds()
    async with stage() as staged:
        found = []
        for theme in THEMES:
            await wear(staged, theme)
            for state in tuple(shown):
                new = False
                await staged.show(state)
                choices = [choice for choice in staged.view.query(Choice) if choice.display]
                for choice in choices:
                    choice.focus()
                    await staged.settle()
                    found += too_faint(staged.app, PATIENT_SIDE, f"{theme}: {name_of(state)} focus")
                    new = (theme == THEMES[0] and kinds.any_new(staged.app)) or new
                if choices:
                    await staged.pilot.hover(choices[0], offset=(1, 0))
                    await staged.settle()
                    found += too_faint(staged.app, PATIENT_SIDE, f"{theme}: {name_of(state)} mouse")
                    new = (theme == THEMES[0] and kinds.any_new(staged.app)) or new
                if theme == THEMES[0] and not new:
                    shown.remove(state)
    assert not found, "\n".join(sorted(set(found)))


async def test_what_lies_over_the_patients_side_stands_out_too() -> None:
    async with stage() as staged:
        words = staged.app.words
        for theme in THEMES:
            await wear(staged, theme)
            over: tuple[Screen[Any], ...] = (HelpScreen(words, "pin"), LanguageMenu(words), TooSmallScreen(words))
            for screen in over:
                await staged.app.push_screen(screen)
                await staged.settle()
                sheet = next(iter(screen.query(".sheet")), screen).region  # what it lies over is out of use meanwhile
                inside = [letters for letters in painted(staged.app) if sheet.contains(letters.x, letters.y)]
                assert inside
                assert not too_faint(staged.app, PATIENT_SIDE, f"{theme}: {type(screen).__name__}", sheet)
                staged.app.pop_screen()
                await staged.settle()


async def test_the_drawer_of_the_training_stands_out(tmp_path: Path) -> None:
    with unpainted():
        async with counter(tmp_path) as desk:
            await desk.press("f2")
            await desk.until(lambda: isinstance(desk.app.screen, DrawerScreen), "open")
            sheet = desk.app.screen.query_one(".sheet").region
            for theme in THEMES:
                desk.app.theme = theme
                await desk.settle()
                for keys in ((), ("down",), ("down",)):
                    await desk.press(*keys)
                    inside = [letters for letters in painted(desk.app) if sheet.contains(letters.x, letters.y)]
                    assert len(inside) > 10
                    assert not too_faint(desk.app, ELSEWHERE, f"{theme}: drawer", sheet)


async def test_where_the_focus_is_can_be_read_without_any_colour() -> None:
    async with stage() as staged:
        told = 0
        for state in ONE_OF_EACH:
            await staged.show(state)
            pictures = set()
            choices = [choice for choice in staged.view.query(Choice) if choice.display]
            for choice in choices:
                choice.focus()
                await staged.settle()
                pictures.add(staged.text())
            assert len(pictures) == len(choices), name_of(state)
            told += len(choices) > 1
        assert told > len(ONE_OF_EACH) // 3  # else nothing was compared


async def test_what_has_the_focus_is_told_from_what_has_not_by_three_to_one() -> None:
    """WCAG 2.2, 1.4.11: the ground below the focus against the ground around it."""
    async with stage() as staged:
        for theme in offered():
            await wear(staged, theme.name)
            await staged.show(st.ChoosingMethod(CARD))
            first, second, *_ = staged.view.query(Choice)
            first.focus()
            await staged.settle()
            grounds = {letters.y: letters.back for letters in painted(staged.app)}  # the last letters of each line
            assert contrast(grounds[first.region.y], grounds[second.region.y]) >= 3, theme.name


SAY_COLOURS = """
import asyncio, json, sys
from kiosk.flow import states as st
from kiosk.settings.themes import register_themes
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.samples import CARD
from tests.kiosk.screens.stage import stage
from tests.kiosk.settings.painted import painted

async def main():
    async with stage() as staged:
        register_themes(staged.app)
        for theme in sys.argv[1:]:
            staged.app.theme = theme
            await staged.show(st.InTrouble(st.Trouble.PIN_LOCKED, CARD, card_on_reader=True))
            for letters in painted(staged.app):
                print(json.dumps([theme, letters.fore, letters.back, letters.ratio]))
        print(json.dumps(staged.app.animation_level))

asyncio.run(main())
"""


def said_with(**environ: str) -> list[Any]:
    import json

    env = {**os.environ, **environ}
    done = subprocess.run([sys.executable, "-c", SAY_COLOURS, *THEMES], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_no_color_is_respected_and_still_stands_out_and_what_moves_can_be_switched_off() -> None:
    *grey, _ = said_with(NO_COLOR="1")
    assert len(grey) > len(THEMES) * 10
    for theme, fore, back, ratio in grey:
        assert len(set(fore)) == len(set(back)) == 1, theme
        assert ratio >= PATIENT_SIDE, (theme, fore, back)
    *coloured, animations = said_with(TEXTUAL_ANIMATIONS="none")
    assert any(len(set(fore)) > 1 for _, fore, _, _ in coloured)  # else there was no colour to leave out
    assert animations == "none"
