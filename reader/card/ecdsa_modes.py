"""ECDSA P-384 with SHA-384, as the next generation of the card is announced (jpki-card.md §1.9 [U]).

How that card will take the hash and give the signature is not published: one mode, the hash in, `r` and `s` out, is
**invented**, after what other cards with such keys do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reader.card import status
from reader.card.sign_mode import KeyKind, SignMode
from reader.card.status import RefusalError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

NUMBER_LENGTH: Final = 48
"""Bytes of `r`, of `s`, and of the hash."""


def load(pem: bytes) -> EllipticCurvePrivateKey:
    """The key in a PKCS#8 PEM.

    Raises:
        RefusalError: `6985`: it is another kind of key, or on another curve.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem, None)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP384R1):
        raise RefusalError(status.CONDITIONS_NOT_SATISFIED)
    return key


def _sign_hash(key: EllipticCurvePrivateKey, digest: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA384

    numbers = decode_dss_signature(key.sign(digest, ECDSA(Prehashed(SHA384()))))
    return b"".join(number.to_bytes(NUMBER_LENGTH, "big") for number in numbers)


ECDSA_P384: Final = KeyKind(load, 2 * NUMBER_LENGTH, {0x00: SignMode(NUMBER_LENGTH, NUMBER_LENGTH, _sign_hash)})
