"""What the card's private keys can do: the sign modes of COMPUTE DIGITAL SIGNATURE (jpki-card.md §1.3, P1).

The only module of the card that needs `cryptography`; it is imported at the first signature, because the counter's
first screen must not wait for it. Which modes a key takes is data of the card image.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reader.card import status
from reader.card.status import RefusalError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

PKCS1_OVERHEAD: Final = 11
"""Bytes that PKCS#1 v1.5 type 1 padding takes at least (RFC 8017, 9.2)."""
HASH_LENGTH: Final = 32
LONGEST_MESSAGE: Final = 255


@dataclass(frozen=True, slots=True)
class SignMode:
    """One value of P1: how long the input may be, and what is done with it."""

    shortest: int
    longest: int | None
    """None: as much as the key's padding leaves room for."""
    sign: Callable[[RSAPrivateKey, bytes], bytes]


class SigningKey:
    """One private key of the card, loaded when it is first used."""

    def __init__(self, pem: bytes, modes: tuple[int, ...]) -> None:
        self._pem = pem
        self._modes = modes
        self._key: RSAPrivateKey | None = None

    def takes(self, mode: int) -> bool:
        """Whether P1 = `mode` is known to this key."""
        return mode in self._modes and mode in SIGN_MODES

    def sign(self, mode: int, data: bytes) -> bytes:
        """The signature, always as long as the modulus.

        Raises:
            RefusalError: `6985` where the mode does not take this much input.
        """
        key = self._loaded()
        chosen = SIGN_MODES[mode]
        longest = key.key_size // 8 - PKCS1_OVERHEAD if chosen.longest is None else chosen.longest
        if not chosen.shortest <= len(data) <= longest:
            raise RefusalError(status.CONDITIONS_NOT_SATISFIED)
        return chosen.sign(key, data)

    @property
    def signature_length(self) -> int:
        """Bytes of every signature: 256 for RSA-2048."""
        return self._loaded().key_size // 8

    def _loaded(self) -> RSAPrivateKey:
        if self._key is None:
            from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
            from cryptography.hazmat.primitives.serialization import load_pem_private_key

            # Our own image: checking the key's numbers would cost 30 ms in front of a waiting patient.
            key = load_pem_private_key(self._pem, None, unsafe_skip_rsa_key_validation=True)
            if not isinstance(key, RSAPrivateKey):
                raise RefusalError(status.CONDITIONS_NOT_SATISFIED)
            self._key = key
        return self._key


def _sha256(message: bytes) -> bytes:
    return hashlib.sha256(message).digest()


def _verbatim(key: RSAPrivateKey, data: bytes) -> bytes:
    """PKCS#1 v1.5 type 1 around the input as it is: whoever asks supplies the DigestInfo."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo

    return key.sign(data, PKCS1v15(), NoDigestInfo())


def _digest_info(key: RSAPrivateKey, digest: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    from cryptography.hazmat.primitives.hashes import SHA256

    return key.sign(digest, PKCS1v15(), Prehashed(SHA256()))


def _pss(key: RSAPrivateKey, digest: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    from cryptography.hazmat.primitives.hashes import SHA256

    # The fact sheet says "random salt" and no length; as long as the hash is the usual choice (RFC 8017, 9.1).
    return key.sign(digest, PSS(MGF1(SHA256()), HASH_LENGTH), Prehashed(SHA256()))


SIGN_MODES: Final[dict[int, SignMode]] = {
    0x00: SignMode(1, None, _verbatim),
    0x01: SignMode(1, LONGEST_MESSAGE, lambda key, data: _verbatim(key, _sha256(data))),
    0x02: SignMode(HASH_LENGTH, HASH_LENGTH, _digest_info),
    0x03: SignMode(1, LONGEST_MESSAGE, lambda key, data: _digest_info(key, _sha256(data))),
    0x04: SignMode(HASH_LENGTH, HASH_LENGTH, _pss),
    0x05: SignMode(1, LONGEST_MESSAGE, lambda key, data: _pss(key, _sha256(data))),
}
"""By P1. Mode 00 is what every known reader uses; the rest was probed on a card by one source (§1.3)."""
