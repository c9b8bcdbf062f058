"""How a card comes onto the reader of this counter, told by the reader's name: the words on the screens follow it.

Real readers' screens ask as their model requires (reception.md §4 step 1). Pure. Never by ATR: a contactless one is the
reader's own (jpki-card.md §1.8). What breaks if it is wrong: a person lays a card on a reader that wants it pushed in.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final


class Placing(Enum):
    """How it is done."""

    LAY = "lay"
    """Laid on a contactless reader; said where nothing is known of the reader, too."""
    INSERT = "insert"
    """Pushed into a contact reader."""
    DRAWER = "drawer"
    """A software card, taken out of the drawer (F2)."""


_CONTACTLESS: Final = re.compile(r"\b(PICC|CL|contactless|NFC)\b", re.IGNORECASE)
_CONTACT: Final = re.compile(
    r"\b(contact|ICC|smart\s?card\s+(reader|terminal)|pc\s?twin|card\s?terminal)\b"
    r"|SCR\s?33\d\d|SCR\s?35\d\d|ACR\s?3[89]|omnikey\s+(3\d21|1021|6121)|cardman\s+3\d21|ST-1[01]\d\d",
    re.IGNORECASE,
)
"""Names of contact readers as their PC/SC drivers give them; not complete, so anything else counts as contactless."""


_INSERTED: Final = {
    "idle.title": "idle.title.insert",
    "idle.how": "idle.how.insert",
    "reading.slow": "reading.slow.insert",
    "take_card.title": "take_card.title.insert",
    "trouble.card_pulled.next": "trouble.card_pulled.next.insert",
    "trouble.card_unreadable.next": "trouble.card_unreadable.next.insert",
    "trouble.not_myna_card.next": "trouble.not_myna_card.next.insert",
    "trouble.phone_not_equipped.next": "trouble.phone_not_equipped.next.insert",
    "trouble.retry_place": "trouble.retry_place.insert",
}
"""What speaks of laying down or taking up, and what is said in its place at a contact reader."""


def worded(message_id: str, placing: Placing) -> str:
    """The id of the sentence that fits this reader."""
    return _INSERTED.get(message_id, message_id) if placing is Placing.INSERT else message_id


def placing_of(reader: str, *, software: bool) -> Placing:
    """By the PC/SC reader's name; `software`: the counter has a drawer of cards in place of a reader."""
    if software:
        return Placing.DRAWER
    if _CONTACTLESS.search(reader) is None and _CONTACT.search(reader) is not None:
        return Placing.INSERT
    return Placing.LAY
