"""Whether a message that came in holds a 個人番号 anywhere: people type what they like into a レセコン.

Known elements and unknown ones, whatever the transport. Identifiers of the protocol are exempt by their grammar
(design.md §2). What breaks if wrong: a number that nobody may keep is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from eligibility.oqs.values import holds_individual_number

OWN_NUMBERS: Final = frozenset({"ArbitraryFileIdentifier", "MedicalInstitutionCode", "ReceptionNumber"})
"""Twelve digits are usual there, and nobody types them."""
DIGITS: Final = 12
_NAME = re.compile("[A-Z][A-Za-z]{2,60}[0-9]?")


def where_it_stands(message: object) -> str | None:
    """The name of an element, in a message's JSON, whose text holds one; None where none does.

    "?" stands for a name that no element has: it was made up by the sender, and is not repeated.
    """
    for name, text in _texts("", message):
        if name not in OWN_NUMBERS and len(text) >= DIGITS and holds_individual_number(text):
            return name if _NAME.fullmatch(name) else "?"
    return None


def _texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text with the name of its element, without recursion: a sender chooses how deep it is."""
    left: list[tuple[str, object]] = [(name, value)]
    while left:
        own, one = left.pop()
        if isinstance(one, str):
            yield own, one
        elif isinstance(one, Mapping):
            for key, inner in one.items():
                left.append((str(key), inner))
                left.append(("?", str(key)))
        elif isinstance(one, list | tuple):
            left.extend((own, inner) for inner in one)
