"""What holds on every screen of the patient's side, in every language, size and look.

The walks (`test_layout`, `test_snapshots`) show one state after the other on one stage and ask here what is wrong.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable

from rich.cells import cell_len
from textual.app import App
from textual.geometry import Size

from kiosk.flow import states as st
from kiosk.flow.answer import Told
from kiosk.flow.states import Trouble
from kiosk.screens.view import View
from kiosk.widgets.prose import Prose
from kiosk.words import Words
from tests.kiosk.screens.samples import CARD, EVERY_STATE, PATIENT, REFUSED, name_of
from tests.kiosk.screens.stage import Stage

AT_MOST = 5
"""Lines to read on one screen, even where it is narrowest."""
WITH_READINGS = 7
LETTERS_OF_THEIR_OWN = ("vi", "pt")
"""Latin letters with accents are of ambiguous width, and these languages are written with them; signs are not."""
STEPS = ("step.card", "step.identity", "step.consent", "step.done")
NOBODYS_BUSINESS = (
    *("協会　次郎", "千葉　", "ﾁﾊﾞ", "ｷﾖｳｶｲ"),
    *("01139997", "06129993", "全国健康保険協会", "千葉県医業", "12345678", "123456", "１２３４"),
    *("1980", "1951", "3割", "10割", "OK_", "NOT_CONFIRMED", "資格(有効)", "資格(無効)", "MOCK-", "6A82"),
    *("pcscd", "pyscard", "doctor", "USB", "喪失", "2027-07-31"),
)
"""Of the record, the rules, the service and the reader: nothing for whoever stands behind the patient."""
_TOLD = (Told("staff.outcome.NOT_CONFIRMED.1"),)
DESK_KNOWS_MORE: list[st.State] = [
    st.ShowingAnswer(dataclasses.replace(REFUSED, staff=_TOLD, patient=_TOLD, help_lines=("mynumber",)), True),
    st.InTrouble(Trouble.SERVER_DOWN, CARD, card_on_reader=True, detail="6A82", advice=REFUSED),
]
"""Where there is the most that must not be on the patient's screen."""


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


def wrong(on: Stage, state: st.State, lang: str) -> list[str]:
    """What is wrong with the screen of `state`, which is the one that is shown."""
    name = name_of(state)
    lines = on.lines()
    text = "\n".join(lines)
    keys = [choice.key for choice in on.view.choices()]
    found = problems(on.app, on.view, lines, name, lang)
    if "練習用" not in text:
        found.append(f"{name}: does not say that it is practice")
    if not keys:
        found.append(f"{name}: no way on")
    if len(keys) > 4:
        found.append(f"{name}: more than four answers")
    if on.app.focused is None:
        found.append(f"{name}: nothing has the focus")
    said = sum(prose.size.height for prose in on.view.query(Prose) if prose.text)
    if said > (WITH_READINGS if lang == "ja_easy" else AT_MOST):
        found.append(f"{name}: {said} lines to read")
    if not on.app.look.plain and not all(on.app.words.text(step) in lines[1] for step in STEPS):
        found.append(f"{name}: not all the steps are above")
    pad = isinstance(state, st.EnteringPin | st.VouchingByEye)
    if state in PATIENT and ("slash" if pad else "0") not in keys:
        found.append(f"{name}: staff cannot be called")
    found += [f"{name}: shows {word} of the desk" for word in NOBODYS_BUSINESS if word in text]
    return found


async def look_at_all(on: Stage, lang: str, states: Iterable[st.State] | None = None) -> list[str]:
    """Everything that is wrong with any screen; every picture there is, where no states are given."""
    found = []
    for state in [*different(EVERY_STATE), *DESK_KNOWS_MORE] if states is None else states:
        await on.show(state, late=True)
        found += wrong(on, state, lang)
    return found
