"""How every form of papers looks, as text, in the right part of the staff side at 80x24 and 120x40, in both languages.

`MADOGUCHI_UPDATE_LOOKS=1 pytest tests/kiosk/forms/test_looks.py` writes the pictures anew; look at them before they are
committed.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len

from eligibility.papers.forms import FORM_OF
from eligibility.papers.parsing import parse_paper
from kiosk.flow.states import ChoosingPaper, ConfirmingPaper, TakingFourItems, Trouble, TypingPaper
from kiosk.forms.choose_paper import ChoosePaperView
from kiosk.forms.draft import make_draft
from kiosk.forms.four_items_view import FourItemsView
from kiosk.forms.paper_form import PaperFormView
from kiosk.forms.paper_summary import PaperSummaryView
from kiosk.screens.view import View
from tests.kiosk.forms.hosting import Hosted, hosted, setting
from tests.kiosk.forms.samples import ANSWER, APP_TEXT, CERTIFICATE, KYOKAI, PORTAL_TEXT, SHEET, STRIP, TODAY
from tests.kiosk.forms.test_other_views import comparison
from tests.kiosk.screens.unpainted import unpainted
from tests.kiosk.staff.running_apps import SHARED

pytestmark = SHARED

FOLDER = Path(__file__).parent / "snapshots"
SIZES = [(80, 21), (86, 37)]
"""What the staff side leaves of 80x24, and of 120x40 beside 今日の受付."""
WRONG = {
    "insurer_number": "01139998",
    "number": "12 34",
    "name": "協会　●郎",
    "birthdate": "昭65.1.1",
    "issued_on": "R7/8/1",
    "expires_on": "2026-11-19",
}
Act = Callable[[Hosted], Awaitable[None]]


async def nothing(desk: Hosted) -> None:
    """As it appears."""
    del desk


async def second_page(desk: Hosted) -> None:
    await desk.press("1")


async def of_one_insurer(desk: Hosted) -> None:
    await desk.press("2")
    await desk.type("01139997")


async def paste_app(desk: Hosted) -> None:
    await desk.paste(APP_TEXT)


async def paste_portal(desk: Hosted) -> None:
    await desk.paste(PORTAL_TEXT)


async def check(desk: Hosted) -> None:
    await desk.press("escape") if desk.focused_id() == "form-check" else await desk.click("#form-check")


def typing(form: str, texts: dict[str, str], lang: str) -> View:
    return PaperFormView(setting(lang), TypingPaper(form, None, card_on_reader=False, draft=make_draft(texts)))


def confirming(form: str, texts: dict[str, str], lang: str) -> View:
    paper = parse_paper(SHEET if form == SHEET.word else KYOKAI, texts, TODAY)
    return PaperSummaryView(setting(lang), ConfirmingPaper(paper, None, card_on_reader=False, card_in_hand=True))


def choosing(lang: str, *, kept: bool = False) -> View:
    draft = make_draft({"insurer_number": "01139997", "symbol": "12345678", "number": "5"}) if kept else ()
    return ChoosePaperView(setting(lang), ChoosingPaper(Trouble.SERVER_DOWN, False, can_retry=True, kept=draft))


BASIC = {"symbol": "12345678", "number": "123456", "birthdate": "S55.6.15"}
DIFFERING = replace(ANSWER, name="協会　●郎", birthdate=date(1980, 6, 16), address="千葉市中央区1-2-3")
LOOKS: dict[str, tuple[Callable[[str], View], Act]] = {
    "choosing": (choosing, nothing),
    "choosing-next-of-family": (lambda lang: choosing(lang, kept=True), nothing),
    "choosing-form": (choosing, second_page),
    "choosing-form-by-number": (choosing, of_one_insurer),
    "choosing-pasted": (choosing, paste_portal),
    "certificate-wrong": (lambda lang: typing(KYOKAI.word, WRONG, lang), check),
    "certificate-of-another": (
        lambda lang: typing("certificate_company", {"insurer_number": "01139997"}, lang),
        nothing,
    ),
    "certificate-pasted": (lambda lang: typing("certificate_company", {"number": "5"}, lang), paste_app),
    "notice-asks-for-card": (lambda lang: typing(STRIP.word, {**BASIC, "insurer_number": "01139997"}, lang), check),
    "summary": (lambda lang: confirming(KYOKAI.word, CERTIFICATE, lang), nothing),
    "summary-not-askable": (lambda lang: confirming(SHEET.word, BASIC, lang), nothing),
    "four-items": (lambda lang: FourItemsView(setting(lang), TakingFourItems(None, card_on_reader=False)), nothing),
    "comparison": (lambda lang: comparison(DIFFERING, [], lang), nothing),
}


BLANK: dict[str, tuple[Callable[[str], View], Act]] = {
    f"blank-{word}": (lambda lang, word=word: typing(word, {}, lang), nothing)  # type: ignore[misc]
    for word in FORM_OF
}
"""Every form there is as it appears; kept where it is narrowest."""
LOOKS_AGAIN = 20
"""How often a form that is not as it was is looked at again: on a busy machine something may still be under way."""


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_form_looks_as_it_was_looked_at(size: tuple[int, int], lang: str) -> None:
    path = FOLDER / f"forms-{lang}-{size[0]}x{size[1]}.txt"
    write = bool(os.environ.get("MADOGUCHI_UPDATE_LOOKS"))
    known = {} if write else parted(path)
    pictures = {}
    with unpainted():
        for name, (view, act) in (LOOKS if size != SIZES[0] else {**LOOKS, **BLANK}).items():
            async with hosted(view(lang), size) as desk:
                await act(desk)
                await desk.settle()
                for _ in range(LOOKS_AGAIN):
                    pictures[name] = picture(desk, size, name)
                    if write or pictures[name] == known.get(name):
                        break
                    await desk.settle()
    if write:
        path.write_text("".join(f"=== {name}\n{now}" for name, now in pictures.items()), encoding="utf-8")
    assert pictures == parted(path)


def picture(desk: Hosted, size: tuple[int, int], name: str) -> str:
    """The lines, each as wide as the screen and without signs whose width the terminals do not agree on."""
    lines = desk.text().split("\n")
    for line in lines:
        assert cell_len(line) == size[0], name
        odd = {character for character in line if unicodedata.east_asian_width(character) == "A"} - {"●"}
        assert not odd, (name, odd, line)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def parted(path: Path) -> dict[str, str]:
    """Name → picture."""
    return dict(part.split("\n", 1) for part in path.read_text(encoding="utf-8").split("=== ")[1:])
