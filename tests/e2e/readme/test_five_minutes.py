"""The README's five minutes at the counter, played key by key as they stand there.

The keys are read from the README; where each row must lead is written by hand. What breaks if it is wrong: somebody who
sits down with the README alone is lost at the first key that no longer does what it says.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest

from kiosk.flow import states as st
from kiosk.screens.drawer import DrawerScreen
from kiosk.staff.page import Page
from kiosk.widgets.choice import Choice
from tests.e2e.desk import Desk, Store, desk

README: Final = Path(__file__).resolve().parents[3] / "README.md"
NAMED: Final = {"Enter": "enter", "↓": "down"}
FORM: Final = (st.TypingPaper,) * 10
LEADS_TO: Final[tuple[tuple[type[Any], ...], ...]] = (
    (
        st.Idle,
        st.ChoosingMethod,
        st.EnteringPin,
        st.EnteringPin,
        st.ConfirmingLastTry,
        st.InTrouble,
        st.InTrouble,
        st.VouchingByEye,
        st.AskingConsent,
        st.ShowingAnswer,
        st.ShowingAnswer,
        st.Idle,
    ),
    (st.ChoosingMethod, st.InTrouble, st.ChoosingPaper),
    (st.ChoosingPaper, *FORM, st.ConfirmingPaper, st.ShowingAnswer, st.Idle, st.Idle),
    (st.Idle, st.Idle, *(st.TakingFourItems,) * 5, st.ShowingAnswer, st.Idle, st.Idle, st.Idle, st.Idle),
)
"""The flow's state after each row of each of the four tables."""


def tables() -> list[list[tuple[str, ...]]]:
    """What each row of each table of keys says to press."""
    part = README.read_text(encoding="utf-8").partition("## Five minutes at the counter")[2].partition("\n## ")[0]
    found: list[list[tuple[str, ...]]] = []
    for line in part.splitlines():
        if line == "| keys | what happens |":
            found.append([])
        elif line.startswith("| `"):
            found[-1].append(tuple(re.findall(r"`([^`]+)`", line.split("|")[1])))
    return found


async def press(at: Desk, word: str) -> None:
    """One word of the left column: a key by its name, or digits one after the other."""
    in_drawer, staff = isinstance(at.app.screen, DrawerScreen), at.staff
    page = None if staff is None else staff.body
    if re.fullmatch(r"F\d", word):
        await at.press(word.lower())
        match word:
            case "F2":
                await at.until(lambda: isinstance(at.app.screen, DrawerScreen), "at the drawer")
            case "F6" | "F7":
                await at.until(lambda: offers_one(at, page), "at a page with something to choose")
            case "F4":
                await at.until(lambda: (at.staff is None) is not (staff is None), "at the other side")
        return
    await at.press(*((NAMED[word],) if word in NAMED else word))
    if in_drawer and word.isdecimal():
        await at.until(lambda: not isinstance(at.app.screen, DrawerScreen), "before the counter again")
    elif isinstance(page, Page):
        await at.until(lambda: at.staff is None or at.staff.body is not page, "on another page")


def offers_one(at: Desk, before: object) -> bool:
    """Whether another page is there, and what it lists: that comes from the disk, a little later."""
    body = None if at.staff is None else at.staff.body
    return body is not None and body is not before and any(choice.key == "1" for choice in body.query(Choice))


def advised(at: Desk) -> bool:
    """What stopped a visit is shown with what the rules make of it, which comes a little later."""
    return not isinstance(at.state, st.InTrouble) or at.state.advice is not None


def tries_left(at: Desk) -> int | None:
    return at.state.attempts_left if isinstance(at.state, st.EnteringPin) else None


def test_there_are_four_tables_and_every_row_leads_somewhere() -> None:
    assert [len(table) for table in tables()] == [len(table) for table in LEADS_TO]


@pytest.mark.screens
async def test_the_five_minutes_go_as_the_readme_says(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro", "hanako", size=(80, 24)) as at:
        for rows, kinds in zip(tables(), LEADS_TO, strict=True):
            for number, (words, kind) in enumerate(zip(rows, kinds, strict=True)):
                for word in words:
                    await press(at, word)
                await at.reach(kind)
                await at.until(lambda: advised(at), "advised")
                if words == ("F6", "1"):
                    await at.until(lambda: any(entry.kind == "requeried" for entry in at.entries()), "asked about")
                if words == ("1111",) and number == 3:
                    await at.until(lambda: tries_left(at) == 2, "two tries left")
        assert at.staff is None
        first, broken_off, last, noted = at.visits()
        assert (first.outcome, first.charge, first.attested_by) == ("OK_ONLINE", "ratio:30", "visual")
        assert (broken_off.outcome, broken_off.troubles) == ("ABANDONED", ("reader_lost",))
        assert (last.outcome, last.charge) == ("OK_CERTIFICATE", "ratio:30")
        assert last.person.name == "協会　花子"
        answered = [entry for entry in at.entries() if entry.kind == "requeried"]
        assert [(entry.visit, entry.validity) for entry in answered] == [(noted.visit, 1)]
        assert (noted.outcome, noted.charge, noted.queue) == ("PENDING_4INFO", "ratio:30", "four_items")
