"""What was typed into a form so far, as pairs of words: what going back, a lock or a crash must not lose.

This module alone owns the words of a draft. It knows no file: whoever keeps drafts, under the word of their form, gets
pairs and gives them back; what they do not know is left out (a store may be older than the program). A 個人番号 never
gets into one. If it is wrong, half an hour of typing is lost, or something is kept that must not be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from eligibility.papers.fields import TYPED
from eligibility.papers.form_types import PaperForm
from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Shown
from eligibility.text import holds_individual_number

Draft = tuple[tuple[str, str], ...]
"""(word, text) pairs: words of `PaperField`, and those below. Personal data: never in a log."""

SHOWN: Final = "shown"
"""How the paper was shown (`Shown`)."""
CARD_IN_HAND: Final = "card_in_hand"
"""`yes` where staff hold the person's card, `no` where they said that they do not."""
FORM: Final = "form"
"""The form it was changed to while it was typed (`PaperForm.word`), where that is not the one it is kept under."""
AT: Final = "at"
"""The field that was being typed in (a word of `PaperField`), where something stood in it: there one goes on."""
YES: Final = "yes"
NO: Final = "no"

_FIELDS = tuple(field.value for field in TYPED)


def make_draft(
    texts: Mapping[str, str],
    *,
    shown: Shown = Shown.ITSELF,
    card_in_hand: bool | None = None,
    form: str = "",
    at: str = "",
) -> Draft:
    """The pairs of what was typed, in a fixed order; blank fields and what holds a 個人番号 are left out.

    `at` is the field with the cursor; it is left out with the field.
    """
    pairs = [(word, texts[word]) for word in _FIELDS if texts.get(word) and not holds_individual_number(texts[word])]
    if shown is not Shown.ITSELF:
        pairs.append((SHOWN, shown.value))
    if card_in_hand is not None:
        pairs.append((CARD_IN_HAND, YES if card_in_hand else NO))
    if form:
        pairs.append((FORM, form))
    if at in dict(pairs) and at in _FIELDS:
        pairs.append((AT, at))
    return tuple(pairs)


def form_of(draft: Draft, kept_under: str) -> PaperForm:
    """The form that it was typed into last.

    Raises:
        LookupError: It is kept under a word that no form has.
    """
    changed_to = dict(draft).get(FORM, "")
    return FORM_OF[changed_to if changed_to in FORM_OF else kept_under]


def texts_of(draft: Draft) -> dict[str, str]:
    """The typed texts by field word; what a form does not type is left out."""
    return {word: text for word, text in draft if word in _FIELDS}


def field_left_at(draft: Draft) -> str:
    """The field to go on in; "" where none was being typed in, or nothing stands in it."""
    at = dict(draft).get(AT, "")
    return at if at in texts_of(draft) else ""


def shown_of(draft: Draft) -> Shown:
    """How the paper was shown; a word nobody knows counts as the paper itself."""
    said = dict(draft).get(SHOWN, "")
    return Shown(said) if said in set(Shown) else Shown.ITSELF


def card_in_hand(draft: Draft) -> bool | None:
    """What was said about the card; None: nothing yet."""
    return {YES: True, NO: False}.get(dict(draft).get(CARD_IN_HAND, ""))
