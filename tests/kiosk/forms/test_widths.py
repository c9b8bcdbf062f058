"""Nothing of a form is cut off at its right edge, at any width that the staff side leaves it."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.widgets import Static

from kiosk.flow.states import ChoosingPaper, TakingFourItems, TypingPaper
from kiosk.forms.choose_paper import ChoosePaperView
from kiosk.forms.digit_keys import KeyCap
from kiosk.forms.four_items_view import FourItemsView
from kiosk.forms.option_row import Options
from kiosk.forms.paper_form import PaperFormView
from kiosk.forms.rows import FieldRow
from kiosk.screens.view import View
from tests.kiosk.forms.hosting import Hosted, hosted, setting
from tests.kiosk.staff.running_apps import SHARED

pytestmark = SHARED

WIDTHS = (72, 80, 82, 84, 90)
"""Of the forms at 100 columns (今日の受付 beside them), 80, 110, 120 and 90."""
FORMS = ("certificate_kyokai", "portal_pdf", "recipient_certificate", "declaration")
"""Between them every field there is, among them those whose names are longest."""


def cut(desk: Hosted) -> list[str]:
    """What does not stand on the screen as a whole."""
    screen = desk.app.screen
    found = []
    for row in screen.query(FieldRow):
        if not row.display:
            continue
        for part in row.query(Static):
            said = str(part.render())
            if cell_len(said) > part.content_size.width:
                found.append(f"{row.word}: {said!r} in {part.content_size.width}")
        for part in (row.stop, *row.query(".label"), *row.query(".beside")):
            if part.content_size.width and part.region.right > row.region.right:
                found.append(f"{row.word}: {part} ends at {part.region.right}, the row at {row.region.right}")
    for options in screen.query(Options):
        shown = "".join(strip.text for strip in options.render_lines(options.size.region))
        found += [part for part in options.words if f"{part} " not in f"{shown} "]
    right = screen.query_one("#digit-keys").region.right if screen.query("#digit-keys") else 0
    found += [str(cap.id) for cap in screen.query(KeyCap) if cap.display and cap.region.right > right]
    return found


def choosing(lang: str) -> View:
    return ChoosePaperView(setting(lang), ChoosingPaper(None, card_on_reader=False, can_retry=False))


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_no_field_is_cut_at_any_width(lang: str) -> None:
    views: list[View] = [PaperFormView(setting(lang), TypingPaper(form, None, card_on_reader=False)) for form in FORMS]
    views.append(FourItemsView(setting(lang), TakingFourItems(None, card_on_reader=False)))
    found: list[tuple[int, str | None, str]] = []
    async with hosted(choosing(lang), (WIDTHS[0], 30)) as desk:
        await desk.press("1")
        for width in WIDTHS:
            await desk.pilot.resize_terminal(width, 30)
            await desk.settle()
            found += [(width, "choosing", what) for what in cut(desk)]
        for view in views:
            await desk.change_to(view)
            if isinstance(view, PaperFormView):
                view.show_further()
            for width in WIDTHS:
                await desk.pilot.resize_terminal(width, 30)
                for word in ("birthdate", "insurer_number"):
                    if desk.app.screen.query(f"#row-{word}"):
                        desk.row(word).stop.focus()
                        await desk.settle()
                        found += [(width, view.id, what) for what in cut(desk)]
    assert not found, "\n".join(map(str, found))
