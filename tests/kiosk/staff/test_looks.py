"""How each state and each page of the staff side looks, as text, at three sizes in both languages; the largest by soak.

`MADOGUCHI_UPDATE_LOOKS=1 pytest tests/kiosk/staff/test_looks.py` writes the pictures anew; look at them before they
are committed.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from rich.cells import cell_len

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.staff.actions import Ask
from kiosk.staff.standing import Standing
from kiosk.widgets.pin_pad import PinPad
from tests.kiosk.staff.harness import Fakes, Staff, staff
from tests.kiosk.staff.running_apps import SHARED
from tests.kiosk.staff.samples import PAPER, STANDINGS

pytestmark = SHARED

FOLDER = Path(__file__).parent / "snapshots"
SMALLEST = (80, 24)
SIZES = [SMALLEST, (100, 30), pytest.param((120, 40), marks=pytest.mark.soak)]
THAT_MATTER = (
    "idle",
    "idle-no-reader",
    "pin",
    "offer",
    "consent",
    "answer-ok",
    "answer-unwritten",
    "answer-ended",
    "answer-paper",
    "answer-pending",
    "trouble-pin-locked",
    "trouble-server-down",
    "trouble-outage",
)
"""The states whose larger pictures are kept; at the smallest size all are."""
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


def differs(name: str, size: tuple[int, int], lang: str, pictures: dict[str, list[str]]) -> list[str]:
    """Which pictures are not as they were; writes them anew where that is asked for."""
    path = FOLDER / f"{name}-{lang}-{size[0]}x{size[1]}.txt"
    text = "".join(
        f"=== {title}\n" + "".join(f"{line.rstrip()}\n" for line in lines) for title, lines in pictures.items()
    )
    if os.environ.get("MADOGUCHI_UPDATE_LOOKS"):
        path.write_text(text, encoding="utf-8")
        return []
    known = path.read_text(encoding="utf-8").split("=== ")
    now = text.split("=== ")
    return [part for part in now if part not in known] + [f"gone: {part}" for part in known if part not in now]


def is_well_drawn(lines: list[str], size: tuple[int, int]) -> None:
    """Every line has the width of the terminal, and no character whose width the terminals do not agree on."""
    for line in lines:
        assert cell_len(line) == size[0]
        odd = {character for character in line if unicodedata.east_asian_width(character) == "A"} - {"●"}
        assert not odd, (odd, line)


def picture(running: Staff, size: tuple[int, int]) -> list[str]:
    lines = running.lines()
    is_well_drawn(lines, size)
    return lines


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_state_looks_as_it_was_looked_at_and_has_no_pin_pad(size: tuple[int, int], lang: str) -> None:
    pictures = {}
    async with staff(size=size, lang=lang) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        for name in STANDINGS if size == SMALLEST else THAT_MATTER:
            await running.move_to(STANDINGS[name])
            pictures[name] = picture(running, size)
            assert not running.app.screen.query(PinPad), name
    assert differs("states", size, lang, pictures) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_page_looks_as_it_was_looked_at(size: tuple[int, int], lang: str) -> None:
    pictures = {}
    fakes = Fakes()
    fakes.drafts.forms = [("certificate_other", (("insurer_number", "06129993"),))]
    async with staff(STANDINGS["answer-ok"], fakes, size=size, lang=lang) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        for ask in (*OF_AN_ANSWER, *OF_ANY_STATE):
            before = running.screen.body
            running.screen.open(ask)
            await running.until(lambda before=before: running.screen.body is not before, "another page")  # type: ignore[misc]
            if busy(running):
                await running.until(lambda: not busy(running), "shown")
            pictures[ask.value] = picture(running, size)
        await running.press("ctrl+p")
        pictures["palette"] = picture(running, size)
    assert differs("pages", size, lang, pictures) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_form_of_papers_stands_in_the_right_part(size: tuple[int, int], lang: str) -> None:
    async with staff(size=size, lang=lang) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        for form in FORMS.values():
            await running.move_to(Standing(7, form))
            is_well_drawn(running.lines(), size)
            assert running.page != "side-now"


@pytest.mark.soak
@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_the_largest_screen_is_well_drawn_too(lang: str) -> None:
    async with staff(size=(200, 60), lang=lang) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        for name in THAT_MATTER:
            await running.move_to(STANDINGS[name])
            is_well_drawn(running.lines(), (200, 60))


def busy(running: Staff) -> bool:
    """Whether a page still waits for a thread."""
    text = running.app.words.text
    return any(text(word) in running.text() for word in ("side.record.asking", "side-drafts.reading"))
