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
from tests.kiosk.settings.painted import painted
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


@pytest.mark.parametrize("theme", THEMES)
async def test_wherever_the_counter_stands_the_desk_can_read_it(theme: str) -> None:
    async with staff(size=WIDE) as running:
        await wear(running, theme)
        found = []
        for name, standing in (*ONE_OF_EACH.values(), *((name, STANDINGS[name]) for name in WORST)):
            await running.move_to(standing)
            assert running.app.current_theme.name == theme
            found += too_faint(running, name)
        assert not found, "\n".join(sorted(set(found)))


@pytest.mark.parametrize("theme", THEMES)
async def test_every_page_of_the_desk_can_be_read(theme: str) -> None:
    async with staff(STANDINGS["answer-ok"], size=WIDE) as running:
        await wear(running, theme)
        found = []
        for ask in Ask:
            if ask is Ask.PATIENT:  # it closes the side
                continue
            running.screen.open(ask)
            await running.settle()
            found += too_faint(running, ask.value)
            await running.press("tab")
            found += too_faint(running, f"{ask.value} focus")
            running.screen.back()
            await running.settle()
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


@pytest.mark.parametrize("theme", THEMES)
async def test_what_is_typed_from_a_paper_can_be_read_right_or_wrong(theme: str) -> None:
    async with staff(size=WIDE) as running:
        await wear(running, theme)
        found = []
        for visit, state in enumerate(TYPED, 8):
            await running.move_to(Standing(visit, state))
            shown = type(state).__name__
            found += too_faint(running, shown)
            for _ in range(3):
                await running.press("tab")
                found += too_faint(running, f"{shown} focus")
        assert not found, "\n".join(sorted(set(found)))


@pytest.mark.parametrize("theme", THEMES)
async def test_what_is_before_the_door_can_be_read(theme: str) -> None:
    fakes = Fakes()
    fakes.passcode.digits = b"271828"
    async with staff(fakes=fakes, shut=True) as running:
        await wear(running, theme)
        running.side.knock()
        await running.until(lambda: isinstance(running.app.screen, LockPrompt), "asked")
        sheet = running.app.screen.query_one(".sheet").region
        letters = [letters for letters in painted(running.app) if sheet.contains(letters.x, letters.y)]
        assert letters
        assert [str(one) for one in letters if one.ratio < LEAST] == []


@pytest.mark.parametrize("theme", THEMES)
async def test_the_palette_can_be_read(theme: str) -> None:
    async with staff() as running:
        await wear(running, theme)
        await running.press("ctrl+p")
        await running.until(lambda: isinstance(running.app.screen, PaletteScreen), "open")
        sheet = running.app.screen.query_one(".sheet").region
        for keys in ((), ("down",)):
            await running.press(*keys)
            letters = [letters for letters in painted(running.app) if sheet.contains(letters.x, letters.y)]
            assert letters
            assert [str(one) for one in letters if one.ratio < LEAST] == []
