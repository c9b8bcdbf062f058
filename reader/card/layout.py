"""Where things are on a JPKI card, generation by generation: application, elementary files, PIN rules, key kind.

Data only (jpki-card.md §1.1–§1.5, §1.9): a card of another generation is another `Layout` here, not other code where
commands are served. What breaks if this is wrong: a reader that finds its way here is lost on a citizen's card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
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
    NEXT_GENERATION = "MADOGUCHI NEXTGEN TEST"
    """Invented: nobody has published what the next card says here."""


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
FOUR_DIGITS: Final = PinRule(3, 4, 4, DIGITS)
"""利用者証明用 PIN."""
PASSWORD: Final = PinRule(5, 6, 16, DIGITS + b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""署名用パスワード."""


class KeyAlgorithm(StrEnum):
    """What a private key of the card is."""

    RSA_2048 = "rsa-2048"
    ECDSA_P384 = "ecdsa-p384"


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """One key pair: the EFs of certificate, CA certificate and private key."""

    certificate: int
    ca_certificate: int
    key: int


@dataclass(frozen=True, slots=True)
class PinFile:
    """The EF of a PIN and the rule it follows."""

    ef: int
    rule: PinRule


@dataclass(frozen=True, slots=True)
class Layout:
    """The signing application of one generation of cards."""

    name: str
    """What a card image on disk calls it."""
    variant: str
    """What a plain card of it plays: a `reader.card.variants.Variant`."""
    aid: bytes
    label: str
    algorithm: KeyAlgorithm
    modes: tuple[int, ...]
    """The values of P1 that COMPUTE DIGITAL SIGNATURE takes."""
    auth: KeyFiles
    pin: PinFile
    sign: KeyFiles | None
    """None: this generation has no 署名用 pair that we could model."""
    password: PinFile
    token_info: int = TOKEN_INFO
    presence: int | None = None
    """The EF that says which certificates exist."""
    closed: tuple[int, ...] = ()
    """Transparent EFs that are there and that nothing opens."""
    counters: Mapping[int, PinRule] = field(default_factory=dict)
    """Key references with a retry counter that nobody sets."""
    references: tuple[int, ...] = ()
    """Internal EFs that only one command names: they can be selected and nothing else."""


MY_NUMBER: Final = Layout(
    name="my-number",
    variant="plastic",
    aid=JPKI_AID,
    label=Label.PLASTIC,
    algorithm=KeyAlgorithm.RSA_2048,
    modes=(0, 1, 2, 3, 4, 5),
    auth=KeyFiles(AUTH_CERTIFICATE, AUTH_CA_CERTIFICATE, AUTH_KEY),
    pin=PinFile(AUTH_PIN, FOUR_DIGITS),
    sign=KeyFiles(SIGN_CERTIFICATE, SIGN_CA_CERTIFICATE, SIGN_KEY),
    password=PinFile(SIGN_PASSWORD, PASSWORD),
    presence=CERTIFICATE_PRESENCE,
    # §1.2: 0009 is protected by something unknown; of 0005 nothing is known, so it gives nothing either [U].
    closed=(0x0005, 0x0009),
    # §1.2: has a retry counter, purpose unknown [1]; how many tries is not known either, ten is our choice [U].
    counters=MappingProxyType({0x0010: PinRule(10, 4, 16, DIGITS)}),
    # §1.2: the terminal CA's key, for command 80 A2 [1].
    references=(0x0016,),
)
"""The card of today (§1.2)."""

NEXT_GENERATION: Final = Layout(
    name="next-generation",
    variant="next-generation",
    aid=JPKI_AID,
    label=Label.NEXT_GENERATION,
    algorithm=KeyAlgorithm.ECDSA_P384,
    modes=(0,),
    auth=KeyFiles(0x0003, 0x0004, 0x0013),
    pin=PinFile(0x0014, FOUR_DIGITS),
    sign=None,
    password=PinFile(0x0016, PASSWORD),
)
"""次期個人番号カード: ECDSA 384 with SHA-384 is announced (§1.9 [U]); **the file map is invented**, to show that a
reader written for data and not for one card goes on working."""

LAYOUTS: Final = MappingProxyType({layout.name: layout for layout in (MY_NUMBER, NEXT_GENERATION)})
"""Every generation by its name in a card image."""


TOKEN_INITIALIZED: Final = 0x400
LOGIN_REQUIRED: Final = 0x004
USER_PIN_INITIALIZED: Final = 0x008
"""CK_TOKEN_INFO.flags (PKCS#11 v2.40, 3.2). What real cards carry here nobody has reported [U]."""


def token_info(label: str, *, pin_set: bool = True) -> bytes:
    """The 160 bytes of EF 0006: a serialised PKCS#11 CK_TOKEN_INFO (§1.2, one source); its flags are at offset 96.

    Manufacturer and model say plainly that this is no issued card. `pin_set`: the holder has a PIN.

    Raises:
        ValueError: The label does not fit its 32 bytes of ASCII.
    """
    if len(label) > LABEL_LENGTH or not label.isascii():
        raise ValueError(f"a token label is at most {LABEL_LENGTH} ASCII characters")
    flags = TOKEN_INITIALIZED | LOGIN_REQUIRED | (USER_PIN_INITIALIZED if pin_set else 0)
    numbers = (flags, *(0,) * 10)  # then session counts, PIN lengths, memory sizes: of no meaning here
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
