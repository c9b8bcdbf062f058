"""Where things are on a JPKI card: application, elementary files, PIN rules, labels (jpki-card.md §1.1–§1.5).

Data only. A card of another generation differs here and in its image, not in the code that serves commands.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

JPKI_AID: Final = bytes.fromhex("D392F000260100000001")
"""公的個人認証AP."""

ATR: Final = bytes.fromhex("3B888001000005E0B381A1007F")
"""A contactless ATR that pcscd and OpenSC accept (§1.8). It identifies nothing."""

SIGN_CERTIFICATE: Final = 0x0001
SIGN_CA_CERTIFICATE: Final = 0x0002
TOKEN_INFO: Final = 0x0006
CERTIFICATE_PRESENCE: Final = 0x0008
AUTH_CERTIFICATE: Final = 0x000A
AUTH_CA_CERTIFICATE: Final = 0x000B
AUTH_KEY: Final = 0x0017
AUTH_PIN: Final = 0x0018
SIGN_KEY: Final = 0x001A
SIGN_PASSWORD: Final = 0x001B

HIGHEST_SHORT_ID: Final = 0x1E
"""Every file id lies in 0001–001E and is its own short EF identifier (§1.2)."""


LABEL_LENGTH: Final = 32


class Label(StrEnum):
    """The token label in EF 0006, which says what lies on the reader (§1.2)."""

    PLASTIC = "JPKIAPICCTOKEN2"
    JUKI = "JPKIAPICCTOKEN"
    ANDROID = "JPKIAPGPSETOKEN"
    IOS = "JPKIAPIOSTOKEN"


@dataclass(frozen=True, slots=True)
class PinRule:
    """What a PIN may look like and how many tries in a row it gives (§1.5)."""

    limit: int
    min_length: int
    max_length: int
    characters: bytes

    def allows(self, value: bytes) -> bool:
        """Whether `value` may be set as this PIN."""
        return self.min_length <= len(value) <= self.max_length and all(byte in self.characters for byte in value)


DIGITS: Final = b"0123456789"
PIN_RULES: Final = {
    AUTH_PIN: PinRule(3, 4, 4, DIGITS),
    SIGN_PASSWORD: PinRule(5, 6, 16, DIGITS + b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
}
"""利用者証明用 PIN and 署名用パスワード."""


def token_info(label: str) -> bytes:
    """The 160 bytes of EF 0006: a serialised PKCS#11 CK_TOKEN_INFO (§1.2, one source).

    Manufacturer and model say plainly that this is no issued card.

    Raises:
        ValueError: The label does not fit its 32 bytes of ASCII.
    """
    if len(label) > LABEL_LENGTH or not label.isascii():
        raise ValueError(f"a token label is at most {LABEL_LENGTH} ASCII characters")
    numbers = (0,) * 11  # flags, session counts, PIN lengths, memory sizes: of no meaning here
    return b"".join(
        (
            label.encode("ascii").ljust(LABEL_LENGTH),
            b"MADOGUCHI TEST".ljust(32),
            b"SOFTWARE CARD".ljust(16),
            b" " * 16,
            *(number.to_bytes(4, "big") for number in numbers),
            b"03",
            b"01",
            b" " * 16,
        )
    )


def presence(*, sign: bool, auth: bool) -> bytes:
    """EF 0008: which certificates exist; `8F` per certificate, `8F 8F 00` for both (§1.2, one source)."""
    return bytes((0x8F if sign else 0, 0x8F if auth else 0, 0))
