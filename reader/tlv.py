"""The DER that a session needs, and no more (X.690): how long an object is, and a signature of two numbers.

A certificate's file may be longer than the certificate (jpki-card.md §1.2), so its header alone says where it ends.
What breaks if this is wrong: a certificate that is cut short, or a right signature that nobody accepts.
"""

from __future__ import annotations

from typing import Final

from reader.errors import CardProtocolError

SEQUENCE: Final = 0x30
INTEGER: Final = 0x02
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


def ecdsa_sig_value(pair: bytes) -> bytes:
    """The DER ECDSA-Sig-Value (RFC 3279, 2.2.3) of a signature that came as r‖s, both of the same length, unsigned.

    Raises:
        CardProtocolError: It cannot be split in two, or one of them is 0, which no signature has (FIPS 186-5, 6.4.2).
    """
    half, odd = divmod(len(pair), 2)
    numbers = (int.from_bytes(pair[:half], "big"), int.from_bytes(pair[half:], "big"))
    if odd or not all(numbers):
        raise CardProtocolError("the card's answer is no ECDSA signature")
    return _der(SEQUENCE, b"".join(_der(INTEGER, _signed(number)) for number in numbers))


def _signed(number: int) -> bytes:
    """The shortest two's complement of a positive number: a leading 00 where its first bit would be a sign."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content
