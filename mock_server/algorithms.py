"""The two kinds of key that a card may have, and the hash that goes with each: RSA-2048 with SHA-256 today, ECDSA P-384
with SHA-384 announced for the next card (jpki-card.md §1.9).

Never mixed: a certificate is signed by a key of the kind it certifies. Data for issuer and verifier; what breaks if
wrong: a weak key, or a signature made for something else, is taken for a card's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import SignatureAlgorithmOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

RSA_BITS: Final = 2048
RSA_EXPONENT: Final = 65537
CURVE_BITS: Final = 384


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A kind of key with its hash."""

    title: str
    """For a message: `RSA, sha256`."""
    oid: x509.ObjectIdentifier
    """How a certificate signed so says it."""
    hash: hashes.SHA256 | hashes.SHA384
    bits: int
    new_key: Callable[[], PrivateKey]
    is_kind: Callable[[object], bool]
    """Whether a public key is of this kind, of whatever size."""


def _is_rsa(key: object) -> bool:
    return isinstance(key, rsa.RSAPublicKey)


def _is_nist_curve(key: object) -> bool:
    # Curves of 384 bits that are not this one exist; only the NIST family is a matter of size alone.
    curves = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, curves)


RSA_SHA256: Final = Algorithm(
    title="RSA, sha256",
    oid=SignatureAlgorithmOID.RSA_WITH_SHA256,
    hash=hashes.SHA256(),
    bits=RSA_BITS,
    new_key=lambda: rsa.generate_private_key(RSA_EXPONENT, RSA_BITS),
    is_kind=_is_rsa,
)
ECDSA_SHA384: Final = Algorithm(
    title="ECDSA P-384, sha384",
    oid=SignatureAlgorithmOID.ECDSA_WITH_SHA384,
    hash=hashes.SHA384(),
    bits=CURVE_BITS,
    new_key=lambda: ec.generate_private_key(ec.SECP384R1()),
    is_kind=_is_nist_curve,
)
ALGORITHMS: Final = (RSA_SHA256, ECDSA_SHA384)
TITLES: Final = " / ".join(algorithm.title for algorithm in ALGORITHMS)


def algorithm_of(key: PrivateKey | PublicKey) -> Algorithm:
    """The algorithm whose kind of key this is."""
    return RSA_SHA256 if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey) else ECDSA_SHA384
