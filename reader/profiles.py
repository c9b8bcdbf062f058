"""What a generation of card looks like to whoever reads it, as data: files, PINs, keys, by the label of EF 0006.

Data only, nothing is sent from here: a card of another generation is one row more (jpki-card.md §1.2, §1.5, §1.9).
What breaks if this is wrong: a PIN goes to the wrong file, and the try that it costs is the patient's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

CardKind = Literal["plastic", "juki", "android", "ios", "next_generation"]

TOKEN_INFO: Final = 0x0006
"""The one file whose place is known before the kind of card is: 160 bytes, a serialised CK_TOKEN_INFO (§1.2)."""
LABEL_LENGTH: Final = 32
"""The label is the first 32 bytes of EF 0006, ASCII padded with blanks."""


@dataclass(frozen=True, slots=True)
class PinFile:
    """A PIN on the card: its file, its tries when none was spent, and what may be sent to it at all."""

    ef: int
    tries: int
    min_length: int
    max_length: int
    characters: bytes


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """How a key of a card signs, and what its caller gets.

    `hash_name` is hashlib's; the card is given `digest_info` followed by the hash and answers `answer_length` bytes.
    `is_point_pair`: these bytes are r‖s, and the caller gets the DER ECDSA-Sig-Value of them (RFC 3279, 2.2.3).
    """

    name: str
    hash_name: str
    digest_length: int
    digest_info: bytes
    answer_length: int
    is_point_pair: bool = False


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A private key on the card: its file and how it signs."""

    ef: int
    algorithm: SignatureAlgorithm


@dataclass(frozen=True, slots=True)
class CardProfile:
    """Where things are on cards with one label. All file ids are 0001–001E: each is its own short identifier (§1.2).

    `presence` is the file that tells which certificates exist; None where the generation has none.
    `certificate_needs_pin`: the 利用者証明用電子証明書 can be read after its PIN only.
    `invented`: no public source describes such a card; the map is ours, for rehearsal.
    """

    label: str
    kind: CardKind
    authentication_certificate: int
    authentication_ca: int
    authentication_pin: PinFile
    authentication_key: KeyFile
    signing_certificate: int | None
    signing_ca: int | None
    signing_pin: PinFile | None
    signing_key: KeyFile | None
    presence: int | None
    certificate_needs_pin: bool = False
    invented: bool = False

    @property
    def pins(self) -> tuple[PinFile, ...]:
        """Every PIN that may be sent to such a card."""
        return tuple(pin for pin in (self.authentication_pin, self.signing_pin) if pin is not None)

    @property
    def readable(self) -> frozenset[int]:
        """The files that are read with READ BINARY: none of them is a PIN."""
        files = (
            TOKEN_INFO,
            self.presence,
            self.authentication_certificate,
            self.authentication_ca,
            self.signing_certificate,
            self.signing_ca,
        )
        return frozenset(ef for ef in files if ef is not None)


DIGITS: Final = b"0123456789"
CAPITALS_AND_DIGITS: Final = DIGITS + b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"

RSA_2048_SHA_256: Final = SignatureAlgorithm(
    name="RSA-2048 PKCS#1 v1.5 SHA-256",
    hash_name="sha256",
    digest_length=32,
    # DER of DigestInfo up to the SHA-256 value (RFC 8017, 9.2, note 1): the card only pads (§1.3, P1 = 00).
    digest_info=bytes.fromhex("3031300d060960864801650304020105000420"),
    answer_length=256,
)
ECDSA_P384_SHA_384: Final = SignatureAlgorithm(
    name="ECDSA P-384 SHA-384",
    hash_name="sha384",
    digest_length=48,
    digest_info=b"",
    answer_length=96,
    is_point_pair=True,
)
"""The algorithm announced for 次期個人番号カード (§1.9); how a card takes and gives it is invented."""

AUTHENTICATION_PIN: Final = PinFile(0x0018, tries=3, min_length=4, max_length=4, characters=DIGITS)
"""利用者証明用 PIN."""
SIGNING_PIN: Final = PinFile(0x001B, tries=5, min_length=6, max_length=16, characters=CAPITALS_AND_DIGITS)
"""署名用パスワード: the caller turns letters to upper case."""
AUTHENTICATION_KEY: Final = KeyFile(0x0017, RSA_2048_SHA_256)
"""利用者証明用秘密鍵."""
SIGNING_KEY: Final = KeyFile(0x001A, RSA_2048_SHA_256)
"""署名用秘密鍵."""


def _jpki(label: str, kind: CardKind, *, certificate_needs_pin: bool = False) -> CardProfile:
    """The map that every known card shares: plastic and phone tell it (§1.2), the old 住基カード is assumed to [U]."""
    return CardProfile(
        label,
        kind,
        authentication_certificate=0x000A,
        authentication_ca=0x000B,
        authentication_pin=AUTHENTICATION_PIN,
        authentication_key=AUTHENTICATION_KEY,
        signing_certificate=0x0001,
        signing_ca=0x0002,
        signing_pin=SIGNING_PIN,
        signing_key=SIGNING_KEY,
        presence=0x0008,
        certificate_needs_pin=certificate_needs_pin,
    )


PLASTIC: Final = _jpki("JPKIAPICCTOKEN2", "plastic")
NEXT_GENERATION: Final = CardProfile(
    "MADOGUCHI NEXTGEN TEST",
    "next_generation",
    authentication_certificate=0x0003,
    authentication_ca=0x0004,
    authentication_pin=PinFile(0x0014, tries=3, min_length=4, max_length=4, characters=DIGITS),
    authentication_key=KeyFile(0x0013, ECDSA_P384_SHA_384),
    signing_certificate=None,
    signing_ca=None,
    signing_pin=PinFile(0x0016, tries=5, min_length=6, max_length=16, characters=CAPITALS_AND_DIGITS),
    signing_key=None,
    presence=None,
    invented=True,
)
"""次期個人番号カード: algorithm and number of PINs are announced (§1.9), every file id is invented."""

PROFILES: Final[dict[str, CardProfile]] = {
    profile.label: profile
    for profile in (
        PLASTIC,
        _jpki("JPKIAPICCTOKEN", "juki"),
        _jpki("JPKIAPGPSETOKEN", "android", certificate_needs_pin=True),
        _jpki("JPKIAPIOSTOKEN", "ios"),
        NEXT_GENERATION,
    )
}
"""By token label: what is not in here gets no PIN."""
