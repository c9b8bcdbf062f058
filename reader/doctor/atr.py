"""An ATR for a report: what says how the reader and the card speak, without what may tell one card from another.

The ATR of a contactless card is made up by the reader, and some readers put the card's own number (PUPI, or a UID) into
its historical bytes (jpki-card.md §1.8). So these are left out, and counted, unless the whole ATR is one of those that
are published as the same for every card. A hash would not do: four bytes are tried through in a moment.
What breaks if this is wrong: a report from which somebody's card is known again.
"""

from __future__ import annotations

from typing import Final

PUBLISHED: Final = frozenset(
    bytes.fromhex(text)
    for text in (
        "3BE000FF8131FE4514",
        "3BDA13FF8131FB468012392F31C173C601C03B",
        "3BC5FF8131FB458073C6010000",
        "3BF59100FF918171FE400042000100D1D6",
        "3BF59100FF918171FE4000420001B3A115",
        "3B888001000005E0B381A1007F",
        "3B888001000041E0B381A1003B",
        "3B888001004B51FF0081D100BC",
        "3B888001004B51FFB381D1000F",
    )
)
"""Seen with My Number cards in public and the same for each of them (jpki-card.md §1.8)."""


def shown_atr(atr: bytes) -> str:
    """Upper-case hex; `[N historical bytes withheld]` in place of what a card may be known by. "" for no ATR."""
    if atr in PUBLISHED:
        return atr.hex().upper()
    interface = _interface_length(atr)
    if interface is None:
        return f"[{len(atr)} bytes withheld]" if atr else ""
    count = atr[1] & 0x0F
    withheld = f" [{count} historical bytes withheld]" if count else ""
    return f"{atr[:interface].hex().upper()}{withheld}"


def _interface_length(atr: bytes) -> int | None:
    """Bytes from TS up to the last interface byte (ISO/IEC 7816-3, 8.2); None where that makes no sense."""
    if len(atr) < 2:
        return None
    at, following = 2, atr[1] >> 4
    while following:
        at += following.bit_count()
        if at > len(atr):
            return None
        # TDi is there where its bit is set; its upper half says what follows it.
        following = atr[at - 1] >> 4 if following & 0b1000 else 0
    return at
