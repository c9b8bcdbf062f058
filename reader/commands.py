"""The commands a JPKI card understands, as values (jpki-card.md §1.3). Pure: nothing is sent here.

Every number that goes into an APDU header has its name here. All commands fit short APDUs but one: a READ BINARY of
more than 256 bytes, which only somebody who knows that the reader carries it may ask for.
"""

from __future__ import annotations

from typing import Final

from reader.apdu import SHORT_LE_LIMIT, CommandApdu

INS_VERIFY: Final = 0x20
INS_CHANGE_REFERENCE_DATA: Final = 0x24
INS_COMPUTE_DIGITAL_SIGNATURE: Final = 0x2A
INS_GET_CHALLENGE: Final = 0x84
INS_SELECT: Final = 0xA4
INS_READ_BINARY: Final = 0xB0
INS_GET_RESPONSE: Final = 0xC0

BY_NAME: Final = 0x04
BY_FILE_ID: Final = 0x02
NO_FILE_INFORMATION: Final = 0x0C
CURRENT_FILE: Final = 0x80
"""P2 of VERIFY and of signing: the current EF. `CURRENT_FILE | sfi` names another one."""
SHORT_ID: Final = 0x80
"""P1 of READ BINARY: the low bits are a short EF identifier."""
PROPRIETARY: Final = 0x80
"""CLA of COMPUTE DIGITAL SIGNATURE."""
HOST_SUPPLIES_DIGEST_INFO: Final = 0x00
"""P1 of COMPUTE DIGITAL SIGNATURE: the card only pads; the one mode every implementation uses."""
NEW_VALUE_ONLY: Final = 0x01

HIGHEST_OFFSET: Final = 0x7FFF
"""READ BINARY offsets have 15 bits."""
HIGHEST_SHORT_OFFSET: Final = 0xFF
"""READ BINARY by short EF identifier has 8 (§1.3)."""


def select_application(aid: bytes) -> CommandApdu:
    """SELECT by name, no file information wanted."""
    return CommandApdu(0x00, INS_SELECT, BY_NAME, NO_FILE_INFORMATION, aid)


def select_file(ef: int) -> CommandApdu:
    """SELECT an elementary file of the current application."""
    return CommandApdu(0x00, INS_SELECT, BY_FILE_ID, NO_FILE_INFORMATION, ef.to_bytes(2, "big"))


def read_binary(offset: int, length: int = SHORT_LE_LIMIT) -> CommandApdu:
    """READ BINARY `length` bytes of the current EF from `offset`; more than 256 make it an extended APDU.

    Raises ValueError beyond 15 bits.
    """
    if not 0 <= offset <= HIGHEST_OFFSET:
        raise ValueError(f"READ BINARY reaches offsets 0..{HIGHEST_OFFSET}, not {offset}")
    return CommandApdu(0x00, INS_READ_BINARY, offset >> 8, offset & 0xFF, le=length, extended=length > SHORT_LE_LIMIT)


def read_binary_of(sfi: int, offset: int, length: int = SHORT_LE_LIMIT) -> CommandApdu:
    """READ BINARY by short EF identifier; makes that EF current. Raises ValueError beyond offset 255."""
    if not 0 <= offset <= HIGHEST_SHORT_OFFSET:
        raise ValueError(f"READ BINARY by short identifier reaches offsets 0..{HIGHEST_SHORT_OFFSET}, not {offset}")
    return CommandApdu(0x00, INS_READ_BINARY, SHORT_ID | sfi, offset, le=length)


def query_tries() -> CommandApdu:
    """VERIFY without data, of the current file: asks for the retry counter, spends nothing."""
    return CommandApdu(0x00, INS_VERIFY, 0x00, CURRENT_FILE)


def verify(secret: bytearray) -> CommandApdu:
    """VERIFY of the current file: plain ASCII, no padding. Keeps the buffer itself, no copy: whoever owns it wipes it.

    There is no form of it by short identifier here, on purpose (`reader.files`).
    """
    return CommandApdu(0x00, INS_VERIFY, 0x00, CURRENT_FILE, secret)


def change_reference_data(secret: bytearray) -> CommandApdu:
    """CHANGE REFERENCE DATA to `secret`, after a VERIFY of the old value. Keeps the buffer, as `verify` does."""
    return CommandApdu(0x00, INS_CHANGE_REFERENCE_DATA, NEW_VALUE_ONLY, CURRENT_FILE, secret)


def compute_digital_signature(signed: bytes, p2: int = CURRENT_FILE) -> CommandApdu:
    """COMPUTE DIGITAL SIGNATURE over what the key takes: a DigestInfo, or a bare hash."""
    return CommandApdu(
        PROPRIETARY, INS_COMPUTE_DIGITAL_SIGNATURE, HOST_SUPPLIES_DIGEST_INFO, p2, signed, SHORT_LE_LIMIT
    )


def get_response(length: int) -> CommandApdu:
    """GET RESPONSE for `length` (1–256) bytes that `61xx` announced (ISO/IEC 7816-4, 7.6.1)."""
    return CommandApdu(0x00, INS_GET_RESPONSE, 0x00, 0x00, le=length)
