"""Which of several readers is meant: the words people type and the names that drivers give. Pure.

Never by ATR: a contactless ATR is the reader's, not the card's (jpki-card.md §1.8).
What breaks if this is wrong: a reader with two slots is asked at its SAM slot, where no card ever lies (§4.4).
"""

from __future__ import annotations

import re

from reader.errors import AmbiguousReaderError, ReaderUnavailableError

_SAM = re.compile(r"\bSAM\b", re.IGNORECASE)
_CONTACTLESS = re.compile(r"\b(PICC|CL|contactless|NFC)\b", re.IGNORECASE)


def is_sam_slot(name: str) -> bool:
    """Whether the slot is one for a security module inside the reader's case."""
    return _SAM.search(name) is not None


def preferred(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that fit a My Number card best: contactless slots, else those that are no SAM slots, else all."""
    open_slots = tuple(name for name in names if not is_sam_slot(name)) or names
    return tuple(name for name in open_slots if _CONTACTLESS.search(name)) or open_slots


def fitting(wanted: str | None, names: tuple[str, ...]) -> tuple[str, ...]:
    """The readers of `names` that `wanted` may mean, best ones only; more than one where that is open.

    `wanted` is an index into `names`, an exact name or a part of one (capitals do not matter); None means any.

    Raises:
        ReaderUnavailableError: Nothing fits, or there is no reader at all; carries `names`.
    """
    if not names:
        raise ReaderUnavailableError(wanted or "")
    if wanted is None:
        return preferred(names)
    if wanted in names:
        return (wanted,)
    if wanted.isascii() and wanted.isdigit() and int(wanted) < len(names):
        return (names[int(wanted)],)
    part = wanted.casefold().strip()
    found = tuple(name for name in names if part in name.casefold()) if part else ()
    if not found:
        raise ReaderUnavailableError(wanted, names)
    return preferred(found)


def the_one(wanted: str | None, candidates: tuple[str, ...]) -> str:
    """The only candidate.

    Raises:
        AmbiguousReaderError: There are several; carries them.
    """
    if len(candidates) > 1:
        raise AmbiguousReaderError(wanted or "", candidates)
    return candidates[0]
