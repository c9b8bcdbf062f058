"""A public key that nobody vouches for: it proves that the same card came back, and nothing else.

That is all that comes of an enrolled real card: its certificate stays with whoever read it (design.md §3, real card).
What breaks if it is wrong: one card is answered for with another one's record.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from mock_server.algorithms import RSA_BITS, PublicKey
from mock_server.errors import QualificationError, Refusal
from mock_server.signatures import check_signature

MAX_BYTES: Final = 1024
"""SubjectPublicKeyInfo of RSA-2048 has 294."""
_LABEL: Final = b"MADOGUCHI TEST enrolled card\0"


class BareKey:
    """The public key of an enrolled card."""

    def __init__(self, der: bytes) -> None:
        """`der`: SubjectPublicKeyInfo of a key as cards have them: RSA-2048 or P-384.

        Raises:
            QualificationError: ENROLMENT_KEY.
        """
        self._key = _load(der)
        # One key, one spelling: what is hashed is not the sender's encoding.
        self._der = self._key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def check(self, signature: bytes, message: bytes) -> None:
        """Refuse a signature over `message` that this key did not make. Raises as `check_signature`."""
        check_signature(self._key, signature, message)

    def hashed(self, key: bytes) -> str:
        """The keyed hash by which the card is found again, in hexadecimal."""
        return hmac.new(key, _LABEL + self._der, hashlib.sha256).hexdigest()


def _load(der: bytes) -> PublicKey:
    refused = QualificationError(Refusal.ENROLMENT_KEY)
    if len(der) > MAX_BYTES:
        raise refused
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        raise refused from None
    if isinstance(key, rsa.RSAPublicKey) and key.key_size == RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP384R1):
        return key
    raise refused
