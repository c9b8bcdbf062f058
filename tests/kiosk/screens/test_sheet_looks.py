"""What may lie above the counter looks as it did when somebody last looked at it: help, menus, drawer, door, cover.

How to write the pictures anew: `tests.kiosk.screens.snapshots`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from textual.screen import Screen

from kiosk.cli.rehearse_script import people
from kiosk.drawer_hands import drawer_cards
from kiosk.flow import states as st
from kiosk.rehearsal.clock import RehearsalClock
from kiosk.rehearsal.day import Day
from kiosk.rehearsal.person_screen import PersonScreen
from kiosk.screens.catalogue import view_for
from kiosk.screens.drawer import DrawerScreen
from kiosk.screens.language_menu import LanguageMenu
from kiosk.screens.overlays import HelpScreen, TooSmallScreen
from kiosk.screens.view import Look
from kiosk.staff.lock_prompt import LockPrompt
from kiosk.words import Words
from tests.kiosk.rehearsal.playing import script_named
from tests.kiosk.screens.fakes import Outside
from tests.kiosk.screens.rules import ambiguous, cut_off
from tests.kiosk.screens.samples import CARD, EVERY_STATE
from tests.kiosk.screens.snapshots import (
    FOLDER,
    LANGUAGES,
    SIZES,
    changed,
    heading,
    not_kept,
    parted,
    picture,
)
from tests.kiosk.screens.stage import Stage, StageApp, stage
from tests.kiosk.staff.harness import FakePasscode

SHEETS = FOLDER / "sheets"
HELP = FOLDER / "help"
COVER = FOLDER / "cover" / "too_small.txt"
TOO_SMALL = ((59, 24), (80, 19), (40, 12), (24, 8))
PASSCODE = b"7351"


def drawer(
    words: Words,
    *,
    lies_there: str | None = None,
    attached: bool = True,
    face: bool = True,
    spent: Mapping[str, int] | None = None,
) -> DrawerScreen:
    cards = drawer_cards(Outside().shelf)
    here = lies_there or ""
    return DrawerScreen(
        words,
        cards,
        lies_there=lies_there,
        reader_attached=attached,
        start=here,
        face_matches=face,
        look_at_tries=lambda tell: tell(spent or {}),
    )


def door(words: Words, wait: int | None) -> LockPrompt:
    """`wait` None: nobody has looked yet whether there is a passcode."""
    prompt = LockPrompt(words, FakePasscode(PASSCODE), lambda: None)
    if wait is not None:
        prompt.looked(wait)
    return prompt


def person(words: Words, index: int, *, script: str = "after_job_changes", warned: bool = False) -> PersonScreen:
    """The person of one visit; index -1 before the first."""
    played = script_named(script)

    def failed(error: BaseException) -> None:
        raise error

    day = Day(played, RehearsalClock(played.on, time.monotonic), lambda: 0.0, failed)
    day.index = index if index < len(played.visits) else len(played.visits)
    known = people()
    return PersonScreen(words, day, known.names, known.pins, warned=warned)


MANY = 1000
"""More visits than any script has."""
ABOVE: dict[str, tuple[Callable[[Words], Screen[Any]], tuple[str, ...], str]] = {
    "languages": (LanguageMenu, (), ""),
    "languages.plain": (lambda words: LanguageMenu(words, Look(plain=True)), (), ""),
    "drawer": (drawer, (), ""),
    "drawer.card_lies_there": (lambda words: drawer(words, lies_there="hanako", face=False), (), ""),
    "drawer.reader_unplugged": (lambda words: drawer(words, attached=False), (), ""),
    "drawer.locked": (lambda words: drawer(words, lies_there="hanako", spent={"hanako": 0}), (), ""),
    "drawer.two_tries_left": (lambda words: drawer(words, spent={"taro": 2}), (), ""),
    "drawer.found": (drawer, ("h", "a", "n"), ""),
    "drawer.nobody_found": (drawer, ("x", "q"), ""),
    "door": (lambda words: door(words, 0), (), ""),
    "door.digits": (lambda words: door(words, 0), ("7", "3"), ""),
    "door.not_yet_known": (lambda words: door(words, None), (), ""),
    "door.wrong": (lambda words: door(words, 0), ("1", "1", "1", "1", "enter"), "side.lock.wrong"),
    "door.five_wrong": (lambda words: door(words, 30), (), ""),
    "person.before_the_first": (lambda words: person(words, -1), (), ""),
    "person": (lambda words: person(words, 0), (), ""),
    "person.with_papers": (lambda words: person(words, 1), (), ""),
    "person.visit_not_over": (lambda words: person(words, 2, warned=True), (), ""),
    "person.over": (lambda words: person(words, MANY), (), ""),
}
"""By name: the sheet, the keys pressed on it, and the message that is waited for, "" for none."""


async def put(on: Stage, sheet: Screen[Any]) -> None:
    on.app.push_screen(sheet)
    await on.settle()


async def take_off(on: Stage) -> None:
    while len(on.app.screen_stack) > 1:
        await on.app.pop_screen()
    await on.settle()


def out_of_line(app: StageApp, lines: list[str], name: str, lang: str) -> list[str]:
    """What no sheet may have, whatever is on it."""
    odd = ambiguous(lines, "vi" if name.startswith("languages") else lang)  # "Português" stands there as it is
    found = [f"{name}: {sign} may be drawn two cells wide" for sign in odd]
    return found + ([f"{name}: {len(lines)} lines"] if len(lines) != app.size.height else [])


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_every_sheet_looks_as_it_was_looked_at(lang: str) -> None:
    found: list[str] = []
    async with stage(lang=lang, phones=True) as on:
        for size in SIZES:
            await on.pilot.resize_terminal(*size)
            await on.show(st.ChoosingMethod(CARD))
            for name, (make, keys, awaited) in ABOVE.items():
                await put(on, make(on.app.words))
                await on.press(*keys)
                if awaited:
                    await until_said(on, on.app.words.text(awaited, left=4)[:8])
                found += await changed(SHEETS / f"{name}.txt", heading(size, lang), lambda: picture(on.app), on.settle)
                found += out_of_line(on.app, on.lines(), name, lang)
                await take_off(on)
    assert not found, "\n".join(found)


async def until_said(on: Stage, beginning: str) -> None:
    """The passcode is compared on a thread."""
    for _ in range(3000):
        if beginning in on.text():
            return
        await on.pilot.pause(0.002)
    raise AssertionError(f"never said {beginning}\n{on.text()}")


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_the_help_of_every_screen_looks_as_it_was_looked_at(lang: str) -> None:
    found: list[str] = []
    async with stage(lang=lang, phones=True) as on:
        for size in SIZES:
            await on.pilot.resize_terminal(*size)
            for name in helped():
                await put(on, HelpScreen(on.app.words, name))
                found += await changed(HELP / f"{name}.txt", heading(size, lang), lambda: picture(on.app), on.settle)
                found += out_of_line(on.app, on.lines(), name, lang) + cut_off(on.app, f"help.{name}")
                await take_off(on)
    assert not found, "\n".join(found)


def helped() -> list[str]:
    """Whose help there is: of every view of the patient's side, of the sheets, of the door."""
    app = StageApp("ja", Look(), phones=True, practice_passcode="")
    views = {view_for(state, app.setting()).NAME for state in EVERY_STATE}
    return sorted(views | {sheet.ABOUT for sheet in (LanguageMenu, DrawerScreen, LockPrompt)})


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_the_cover_says_what_to_do_however_small_the_terminal_is(lang: str) -> None:
    found: list[str] = []
    async with stage(lang=lang) as on:
        await put(on, TooSmallScreen(on.app.words))
        for size in TOO_SMALL:
            await on.pilot.resize_terminal(*size)
            await on.settle()
            found += await changed(COVER, heading(size, lang), lambda: picture(on.app), on.settle)
            found += cut_off(on.app, f"cover {size}") + out_of_line(on.app, on.lines(), f"cover {size}", lang)
    assert not found, "\n".join(found)


def test_every_sheet_has_its_pictures_and_nothing_else_has() -> None:
    assert not_kept(SHEETS, ABOVE) + not_kept(HELP, helped()) == []
    kept = parted(COVER.read_text(encoding="utf-8"))
    assert set(kept) == {heading(size, lang) for size in TOO_SMALL for lang in LANGUAGES}
