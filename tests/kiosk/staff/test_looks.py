"""How each state and each page of the staff side looks, and the help of each, as text, at both sizes and languages.

`MADOGUCHI_UPDATE_LOOKS=1 pytest tests/kiosk/staff/test_looks.py` writes the pictures anew; look at them before they
are committed.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from rich.cells import cell_len

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.screens.overlays import HelpScreen
from kiosk.staff.actions import Ask
from kiosk.staff.page_catalogue import PAGES
from kiosk.staff.standing import Standing
from kiosk.widgets.pin_pad import PinPad
from tests.kiosk.screens.unpainted import unpainted
from tests.kiosk.staff.harness import Fakes, Staff, staff
from tests.kiosk.staff.running_apps import SHARED
from tests.kiosk.staff.samples import PAPER, STANDINGS

pytestmark = SHARED

FOLDER = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (120, 40))
LANGUAGES = ("ja", "en")
LOOKS = 20
"""How often a screen that is not as it was is looked at again: on a busy machine something may still be under way."""
OF_AN_ANSWER = (
    Ask.WHY,
    Ask.PERSON,
    Ask.PROTECTION,
    Ask.SPOKEN_CONSENT,
    Ask.REAL_NAME,
    Ask.MEDICAL,
    Ask.REFERENCE_NUMBER,
    Ask.COPY,
    Ask.FACE_FILE,
    Ask.UNDO,
    Ask.MORE,
    Ask.TODAY,
)
OF_ANY_STATE = (Ask.OUTAGE, Ask.DISASTER, Ask.QUEUE, Ask.DRAFTS, Ask.HELP_LINES, Ask.MEMBERSHIP, Ask.VISUAL)
FORMS: dict[str, st.State] = {
    "choosing-paper": st.ChoosingPaper(Trouble.SERVER_DOWN, card_on_reader=True, can_retry=True),
    "typing-paper": st.TypingPaper("certificate_other", None, card_on_reader=False),
    "confirming-paper": st.ConfirmingPaper(PAPER, None, card_on_reader=False),
    "four-items": st.TakingFourItems(Trouble.OUTAGE, card_on_reader=True),
}


EVERY_STATE = {**STANDINGS, **{name: Standing(7, state) for name, state in FORMS.items()}}


class Kept:
    """The pictures of one file: those of one size and language."""

    def __init__(self, name: str, size: tuple[int, int], lang: str) -> None:
        self._path = FOLDER / f"{name}-{lang}-{size[0]}x{size[1]}.txt"
        self._size = size
        self._write = bool(os.environ.get("MADOGUCHI_UPDATE_LOOKS"))
        self._known = {} if self._write and not self._path.exists() else parted(self._path)
        self._now: dict[str, str] = {}

    async def look(self, running: Staff, title: str) -> None:
        """Take the picture; a screen that is not as it was may still be under way."""
        for _ in range(LOOKS):
            self._now[title] = "".join(f"{line.rstrip()}\n" for line in running.lines())
            if self._write or self._now[title] == self._known.get(title):
                break
            await running.settle()
        is_well_drawn(running.lines(), self._size)

    def differs(self) -> list[str]:
        """Which pictures are not as they were, or are of what is gone; writes them anew where that is asked for."""
        if self._write:
            self._path.write_text("".join(f"=== {title}\n{now}" for title, now in self._now.items()), encoding="utf-8")
            return []
        changed = [f"{title}\n{now}" for title, now in self._now.items() if now != self._known.get(title)]
        return changed + [f"gone: {title}" for title in self._known if title not in self._now]


def parted(path: Path) -> dict[str, str]:
    """Title → picture."""
    parts = path.read_text(encoding="utf-8").split("=== ")[1:]
    return dict(part.split("\n", 1) for part in parts)


def is_well_drawn(lines: list[str], size: tuple[int, int]) -> None:
    """Every line has the width of the terminal, and no character whose width the terminals do not agree on."""
    for line in lines:
        assert cell_len(line) == size[0]
        odd = {character for character in line if unicodedata.east_asian_width(character) == "A"} - {"●"}
        assert not odd, (odd, line)


@pytest.fixture(autouse=True)
def undrawn() -> Iterator[None]:
    """The pictures are read from what lies where; nobody sees what is drawn meanwhile."""
    with unpainted():
        yield


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_every_state_looks_as_it_was_looked_at_and_has_no_pin_pad(size: tuple[int, int], lang: str) -> None:
    kept = Kept("states", size, lang)
    async with staff(size=size, lang=lang) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        for name, standing in EVERY_STATE.items():
            await running.move_to(standing)
            await kept.look(running, name)
            assert not running.app.screen.query(PinPad), name
            assert (running.page != "side-now") is (name in FORMS), "a form of papers stands in the right part"
    assert kept.differs() == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_every_page_and_its_help_look_as_they_were_looked_at(size: tuple[int, int], lang: str) -> None:
    kept, explained = Kept("pages", size, lang), Kept("help", size, lang)
    fakes = Fakes()
    fakes.drafts.forms = [("certificate_other", (("insurer_number", "06129993"),))]
    async with staff(STANDINGS["answer-ok"], fakes, size=size, lang=lang) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await explain(running, explained, "now")
        for ask in (*OF_AN_ANSWER, *OF_ANY_STATE):
            await open_page(running, ask)
            await kept.look(running, ask.value)
            await explain(running, explained, ask.value)
        await running.press("ctrl+p")
        await kept.look(running, "palette")
        await running.press("escape")
        for name, form in FORMS.items():
            await running.move_to(Standing(7, form))
            await explain(running, explained, name)
    assert kept.differs() + explained.differs() == []


async def open_page(running: Staff, ask: Ask) -> None:
    before = running.screen.body
    running.screen.open(ask)
    await running.until(lambda: running.screen.body is not before, "another page")
    if busy(running):
        await running.until(lambda: not busy(running), "shown")


async def explain(running: Staff, kept: Kept, title: str) -> None:
    screen = running.screen
    screen.action_explain()
    await running.until(lambda: isinstance(running.app.screen, HelpScreen), "explained")
    await kept.look(running, title)
    await running.press("escape")
    await running.until(lambda: running.app.screen is screen, "back")


async def test_every_state_and_every_page_there_is_has_its_pictures() -> None:
    """A state added to the flow, or a page added to the staff side, has none yet."""
    assert {type(standing.state) for standing in EVERY_STATE.values()} == set(get_args(st.State))
    stopped = {standing.state.trouble for standing in STANDINGS.values() if isinstance(standing.state, st.InTrouble)}
    assert stopped == set(Trouble)
    assert {*PAGES, Ask.TODAY} == {*OF_AN_ANSWER, *OF_ANY_STATE}
    names = ("states", "pages", "help")
    there_are = {f"{name}-{lang}-{size[0]}x{size[1]}" for name in names for lang in LANGUAGES for size in SIZES}
    assert {path.stem for path in FOLDER.glob("*.txt")} == there_are
    for lang in LANGUAGES:
        for size in SIZES:
            assert set(parted(FOLDER / f"states-{lang}-{size[0]}x{size[1]}.txt")) == set(EVERY_STATE)


@pytest.mark.soak
@pytest.mark.parametrize("lang", LANGUAGES)
async def test_the_largest_screen_is_well_drawn_too(lang: str) -> None:
    async with staff(size=(200, 60), lang=lang) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        for standing in STANDINGS.values():
            await running.move_to(standing)
            is_well_drawn(running.lines(), (200, 60))


def busy(running: Staff) -> bool:
    """Whether a page still waits for a thread."""
    text = running.app.words.text
    return any(text(word) in running.text() for word in ("side.record.asking", "side-drafts.reading"))
