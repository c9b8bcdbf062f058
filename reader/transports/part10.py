"""What a reader says of itself in PC/SC part 10: tag-length-value lists, and the one property that is asked for.

Pure and total: any bytes are a list, as far as they make sense. Knows no PC/SC call.
What breaks if this is wrong: a command that the reader cuts off, or certificates read in more pieces than needed.
Source: PC/SC part 10 (rev. 2.02.09) 2.3 and 2.6.14; pcsc-lite reader.h; the drivers ccid and vpcd.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

GET_FEATURE_REQUEST: Final = 3400
"""CM_IOCTL_GET_FEATURE_REQUEST: the number from which each system makes its control code."""
FEATURE_GET_TLV_PROPERTIES: Final = 0x12
PROPERTY_MAX_APDU_DATA_SIZE: Final = 0x0A
"""dwMaxAPDUDataSize, 32 bits: 0 where the reader carries short APDUs only, 65 536 (or 65 535) where extended ones."""
SHORT_DATA: Final = 256
"""Most data bytes of a short APDU: a reader that names no more carries no extended ones."""


def entries(encoded: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and value of each entry (one byte tag, one byte length); ends where the list is cut off."""
    at = 0
    while at + 2 <= len(encoded):
        end = at + 2 + encoded[at + 1]
        if end > len(encoded):
            return
        yield encoded[at], encoded[at + 2 : end]
        at = end


def feature_code(features: bytes, feature: int) -> int | None:
    """The control code under which a reader offers `feature` (four bytes, big-endian); None where it does not."""
    for tag, value in entries(features):
        if tag == feature and len(value) == 4:
            return int.from_bytes(value, "big")
    return None


def carries_extended_apdus(properties: bytes) -> bool:
    """Whether the reader's properties (little-endian numbers) say that more than a short APDU's data goes through."""
    return any(
        tag == PROPERTY_MAX_APDU_DATA_SIZE and len(value) == 4 and int.from_bytes(value, "little") > SHORT_DATA
        for tag, value in entries(properties)
    )
