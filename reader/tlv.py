"""How long a DER object is, told by its first bytes (X.690, 8.1.3): what a read loop needs, and no more.

A certificate's file may be longer than the certificate (jpki-card.md §1.2), so its header alone says where it ends.
"""

from __future__ import annotations

from typing import Final

from reader.errors import CardProtocolError

SEQUENCE: Final = 0x30
LONGEST_HEADER: Final = 4
"""Tag, length of length, two bytes: enough for 65 535 bytes."""


def sequence_length(start: bytes, limit: int) -> int:
    """Bytes of the DER SEQUENCE that begins with `start`, header included.

    Raises:
        CardProtocolError: `start` is no such header, the length is not in its shortest form, or is above `limit`.
    """
    if len(start) < 2 or start[0] != SEQUENCE:
        raise CardProtocolError("a certificate was expected, and no DER SEQUENCE came")
    first = start[1]
    if first < 0x80:
        total = 2 + first
    else:
        size = first & 0x7F
        length = int.from_bytes(start[2 : 2 + size], "big")
        if size not in (1, 2) or len(start) < 2 + size or length < (0x80 if size == 1 else 0x100):
            raise CardProtocolError("the length of the certificate is not DER, or too large for a card")
        total = 2 + size + length
    if total > limit:
        raise CardProtocolError(f"a certificate of {total} bytes is longer than the {limit} a card holds")
    return total
