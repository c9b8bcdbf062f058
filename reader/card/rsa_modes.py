"""RSA-2048: the sign modes 00–05 of today's card (jpki-card.md §1.3).

Mode 00 is what every known reader uses; the rest was probed on a card by one source.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from reader.card import status
from reader.card.sign_mode import KeyKind, SignMode
from reader.card.status import RefusalError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

MODULUS_LENGTH: Final = 256
LONGEST_VERBATIM: Final = MODULUS_LENGTH - 11
"""PKCS#1 v1.5 type 1 padding takes at least eleven bytes (RFC 8017, 9.2)."""
HASH_LENGTH: Final = 32
LONGEST_MESSAGE: Final = 255


def load(pem: bytes) -> RSAPrivateKey:
    """The key in a PKCS#8 PEM.

    Raises:
        RefusalError: `6985`: it is another kind of key.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    # Our own image: checking the key's numbers would cost 30 ms in front of a waiting patient.
    key = load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey) or key.key_size != 8 * MODULUS_LENGTH:
        raise RefusalError(status.CONDITIONS_NOT_SATISFIED)
    return key


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


RSA_2048: Final = KeyKind(
    load,
    MODULUS_LENGTH,
    {
        0x00: SignMode(1, LONGEST_VERBATIM, _verbatim),
        0x01: SignMode(1, LONGEST_MESSAGE, lambda key, data: _verbatim(key, _sha256(data))),
        0x02: SignMode(HASH_LENGTH, HASH_LENGTH, _digest_info),
        0x03: SignMode(1, LONGEST_MESSAGE, lambda key, data: _digest_info(key, _sha256(data))),
        0x04: SignMode(HASH_LENGTH, HASH_LENGTH, _pss),
        0x05: SignMode(1, LONGEST_MESSAGE, lambda key, data: _pss(key, _sha256(data))),
    },
)
