"""Which keys the line below names: those of the page first, then the staff side's own, as far as they do something.

Pure. What breaks if it is wrong: a key stands there that does nothing, or the one that leads on does not.
"""

from __future__ import annotations

from kiosk.screens.view import View
from kiosk.staff.actions import paper_key_works, reception_of
from kiosk.staff.now_page import NowPage
from kiosk.staff.page import Page
from kiosk.staff.standing import Standing
from kiosk.words import Words


def keys_of(body: View, standing: Standing, words: Words) -> tuple[tuple[str, str], ...]:
    """(Textual's name of the key, word) while `body` stands."""
    common: tuple[tuple[str, str], ...] = (("f1", "key.help"), ("f4", "side.key.lock"))
    if isinstance(body, Page):  # a form has keys enough of its own
        paper = (("f8", "key.manual"),) if paper_key_works(standing.state) else ()
        common = (*common, *paper, ("f6", "side.key.outage"), ("f7", "side.key.today"), ("ctrl+p", "side.key.palette"))
    decided = isinstance(body, NowPage) and reception_of(standing.state) is not None
    why = (("question_mark", "side.key.why"),) if decided else ()
    return (*body.key_hints(), *((key, words.text(word)) for key, word in (*why, *common)))
