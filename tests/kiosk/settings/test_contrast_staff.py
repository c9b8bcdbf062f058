"""The staff side can be read in every theme: 4.5 : 1 or more (WCAG 2.2, 1.4.3), on every page and under the focus."""

from __future__ import annotations

import pytest

from kiosk.flow import states as st
from kiosk.settings.model import THEMES
from kiosk.settings.themes import register_themes
from kiosk.staff.actions import Ask
from kiosk.staff.lock_prompt import LockPrompt
from kiosk.staff.palette import PaletteScreen
from kiosk.staff.standing import Standing
from tests.kiosk.screens.unpainted import unpainted
from tests.kiosk.settings.painted import Kinds, painted
from tests.kiosk.staff.harness import Fakes, Staff, staff
from tests.kiosk.staff.samples import PAPER, STANDINGS

LEAST = 4.5
WIDE = (120, 40)
"""The day's list is beside the page there."""
ONE_OF_EACH = {type(standing.state): (name, standing) for name, standing in STANDINGS.items()}
"""The last standing of every kind of state: colours do not hang on more."""
WORST = ("idle-outage", "answer-unwritten", "answer-other-person", "answer-nothing", "trouble-pin-locked")
"""Where the desk is warned."""

pytestmark = pytest.mark.screens


async def wear(running: Staff, theme: str) -> None:
    register_themes(running.app)
    running.app.theme = theme
    await running.settle()


def too_faint(running: Staff, name: str) -> list[str]:
    return [f"{name}: {letters}" for letters in painted(running.app) if letters.ratio < LEAST]


async def test_wherever_the_counter_stands_the_desk_can_read_it() -> None:
    """Everywhere in the first theme; in the others where every kind of widget and colour is met."""
    shown, kinds = [*ONE_OF_EACH.values(), *((name, STANDINGS[name]) for name in WORST)], Kinds()
    with unpainted():
        async with staff(size=WIDE) as running:
            found = []
            for theme in THEMES:
                await wear(running, theme)
                for name, standing in tuple(shown):
                    await running.move_to(standing)
                    assert running.app.current_theme.name == theme
                    found += too_faint(running, f"{theme}: {name}")
                    if theme == THEMES[0] and not kinds.any_new(running.app):
                        shown.remove((name, standing))
    assert not found, "\n".join(sorted(set(found)))


async def test_every_page_of_the_desk_can_be_read() -> None:
    """Every page in the first theme; in the others those that have every kind of widget and colour."""
    shown, kinds = [ask for ask in Ask if ask is not Ask.PATIENT], Kinds()  # that one closes the side
    with unpainted():
        async with staff(STANDINGS["answer-ok"], size=WIDE) as running:
            found = []
            for theme in THEMES:
                await wear(running, theme)
                for ask in tuple(shown):
                    new = False
                    running.screen.open(ask)
                    await running.settle()
                    for key in ("", "tab"):
                        if key:
                            await running.press(key)
                        found += too_faint(running, f"{theme}: {ask.value} {key}")
                        new = (theme == THEMES[0] and kinds.any_new(running.app)) or new
                    running.screen.back()
                    await running.settle()
                    if theme == THEMES[0] and not new:
                        shown.remove(ask)
    assert not found, "\n".join(sorted(set(found)))


TYPED: tuple[st.State, ...] = (
    st.ChoosingPaper(None, card_on_reader=True),
    st.TypingPaper(PAPER.form.word, None, card_on_reader=False),
    st.TypingPaper(
        PAPER.form.word, None, False, (("insurer_number", "06129998"), ("symbol", "１２"), ("birthdate", "9"))
    ),
    st.ConfirmingPaper(PAPER, None, card_on_reader=True),
    st.TakingFourItems(None, card_on_reader=False),
)


async def test_what_is_typed_from_a_paper_can_be_read_right_or_wrong() -> None:
    """Every form in the first theme; in the others those that have every kind of widget and colour."""
    shown, kinds, visit = [*TYPED], Kinds(), 8
    with unpainted():
        async with staff(size=WIDE) as running:
            found = []
            for theme in THEMES:
                await wear(running, theme)
                for state in tuple(shown):
                    visit += 1
                    new = False
                    await running.move_to(Standing(visit, state))
                    for key in ("", "tab", "tab", "tab"):
                        if key:
                            await running.press(key)
                        found += too_faint(running, f"{theme}: {type(state).__name__} {key}")
                        new = (theme == THEMES[0] and kinds.any_new(running.app)) or new
                    if theme == THEMES[0] and not new:
                        shown.remove(state)
    assert not found, "\n".join(sorted(set(found)))


async def test_what_is_before_the_door_can_be_read() -> None:
    fakes = Fakes()
    fakes.passcode.digits = b"271828"
    with unpainted():
        async with staff(fakes=fakes, shut=True) as running:
            running.side.knock()
            await running.until(lambda: isinstance(running.app.screen, LockPrompt), "asked")
            for theme in THEMES:
                await wear(running, theme)
                assert faint_on_the_sheet(running, theme) == []


async def test_the_palette_can_be_read() -> None:
    with unpainted():
        async with staff() as running:
            await running.press("ctrl+p")
            await running.until(lambda: isinstance(running.app.screen, PaletteScreen), "open")
            for theme in THEMES:
                await wear(running, theme)
                for keys in ((), ("down",)):
                    await running.press(*keys)
                    assert faint_on_the_sheet(running, theme) == []


def faint_on_the_sheet(running: Staff, theme: str) -> list[str]:
    """What lies below the sheet is out of use meanwhile."""
    assert running.app.current_theme.name == theme
    sheet = running.app.screen.query_one(".sheet").region
    letters = [letters for letters in painted(running.app) if sheet.contains(letters.x, letters.y)]
    assert letters
    return [f"{theme}: {one}" for one in letters if one.ratio < LEAST]
