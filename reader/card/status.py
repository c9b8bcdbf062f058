"""The status words the card answers with (jpki-card.md §1.4).

The card's own list: the code that reads cards has another one, written separately, on purpose.
"""

from __future__ import annotations

from typing import Final

OK: Final = 0x9000
NO_RETRY_LIMIT: Final = 0x6300
"""VERIFY failed on a key that counts no tries."""
TRIES_LEFT: Final = 0x63C0
"""VERIFY failed or was only asked; the last digit says how many tries are left."""
MEMORY_FAILURE: Final = 0x6581
"""The card could not write its counter (ISO/IEC 7816-4, 5.6): here, its image could not be stored."""
WRONG_LENGTH: Final = 0x6700
CHANNEL_NOT_SUPPORTED: Final = 0x6881
SECURE_MESSAGING_NOT_SUPPORTED: Final = 0x6882
WRONG_FILE_TYPE: Final = 0x6981
SECURITY_STATUS_NOT_SATISFIED: Final = 0x6982
PIN_LOCKED: Final = 0x6984
"""VERIFY with data on a blocked PIN: "referenced IEF locked". The query answers `63C0` instead."""
CONDITIONS_NOT_SATISFIED: Final = 0x6985
NO_CURRENT_FILE: Final = 0x6986
FILE_NOT_FOUND: Final = 0x6A82
RECORD_NOT_FOUND: Final = 0x6A83
"""There is no record of that number (ISO/IEC 7816-4, 5.6; not in the sheet's list)."""
WRONG_P1_P2: Final = 0x6A86
OBJECT_NOT_SET: Final = 0x6A88
"""There is such an object or key, but not here and now: GET DATA in another state than after power-on."""
OFFSET_BEYOND_FILE: Final = 0x6B00
INS_NOT_SUPPORTED: Final = 0x6D00
CLA_NOT_SUPPORTED: Final = 0x6E00
NO_DIAGNOSIS: Final = 0x6F00


class RefusalError(Exception):
    """The card says no with `sw`. Never leaves `reader.card`: the answer carries the number."""

    def __init__(self, sw: int) -> None:
        super().__init__(f"{sw:04X}")
        self.sw = sw
