"""The status words a card may answer with, as a reader of cards understands them (jpki-card.md §1.4).

Numbers and what they say about tries; the sentences are written where they are shown. The software card keeps a list
of its own.
"""

from __future__ import annotations

from enum import IntEnum


class SW(IntEnum):
    """Status words that change what the reader does next, or that a trace should name."""

    OK = 0x9000
    END_OF_FILE = 0x6282
    """ISO/IEC 7816-4: the file ended before Le bytes. Not reported for this card; what came with it is good."""
    NO_RETRY_LIMIT = 0x6300
    NO_TRIES_LEFT = 0x63C0
    WRONG_LENGTH = 0x6700
    CHANNEL_NOT_SUPPORTED = 0x6881
    SECURE_MESSAGING_NOT_SUPPORTED = 0x6882
    WRONG_FILE_TYPE = 0x6981
    SECURITY_STATUS_NOT_SATISFIED = 0x6982
    PIN_BLOCKED = 0x6983
    """ISO/IEC 7816-4. Not in JICSAP's list, but some cards may use it: read as blocked."""
    FILE_LOCKED = 0x6984
    """JICSAP "referenced IEF locked": VERIFY with data on a blocked PIN."""
    CONDITIONS_NOT_SATISFIED = 0x6985
    NO_CURRENT_FILE = 0x6986
    FUNCTION_NOT_SUPPORTED = 0x6A81
    FILE_NOT_FOUND = 0x6A82
    WRONG_P1_P2 = 0x6A86
    REFERENCE_NOT_FOUND = 0x6A88
    OFFSET_BEYOND_FILE = 0x6B00
    INS_NOT_SUPPORTED = 0x6D00
    CLA_NOT_SUPPORTED = 0x6E00
    NO_DIAGNOSIS = 0x6F00
    """Also the measured answer to the first command after power-up."""


RETRY_COUNTER = 0x63C0
"""`63Cx`: x tries are left."""
MORE_DATA = 0x6100
"""`61xx`: xx more bytes wait for GET RESPONSE (`00`: 256 or more)."""
WRONG_LE = 0x6C00
"""`6Cxx`: ask again for xx bytes (`00`: 256)."""


def attempts_left(sw: int) -> int | None:
    """The tries a VERIFY answer says are left, or None where it says nothing about them.

    Only `63Cx`, `6983` and `6984` do: another refusal is not a spent or blocked PIN.
    """
    if sw in (SW.PIN_BLOCKED, SW.FILE_LOCKED):
        return 0
    if sw & 0xFFF0 == RETRY_COUNTER:
        return sw & 0x000F
    return None


def name_of(sw: int) -> str:
    """The status word in a few plain words for a trace; "" for one that is not known here."""
    if sw & 0xFFF0 == RETRY_COUNTER:
        return f"tries left {sw & 0x000F}"
    if sw & 0xFF00 == MORE_DATA:
        return "more data"
    if sw & 0xFF00 == WRONG_LE:
        return "wrong le"
    try:
        return SW(sw).name.lower().replace("_", " ")
    except ValueError:
        return ""
