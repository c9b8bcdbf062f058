"""How OCSP names an issuer: hashes of its name and of its key (CertID, RFC 6960 §4.1.1).

All generations of a CA share one name (jpki-card.md §2.1): the hash of the key is what tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mock_server.algorithms import PublicKey


@dataclass(frozen=True, slots=True)
class IssuerId:
    """An issuer as a CertID names it, under one hash."""

    name_hash: bytes
    key_hash: bytes


def issuer_id(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm) -> IssuerId:
    """The id of whoever `certificate` belongs to. Raises ValueError for a key that no CA of ours has."""
    return IssuerId(_hashed(algorithm, certificate.subject.public_bytes()), key_hash(certificate, algorithm))


def key_hash(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm) -> bytes:
    """The hash of the key in `certificate`: the BIT STRING without tag, length and unused bits. Raises ValueError."""
    key = certificate.public_key()
    if not isinstance(key, PublicKey):
        raise ValueError("a key of another kind")  # noqa: TRY004 - what is wrong is the certificate, not the call
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _hashed(algorithm, key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    return _hashed(algorithm, key.public_bytes(Encoding.DER, PublicFormat.PKCS1))


def _hashed(algorithm: hashes.HashAlgorithm, content: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(content)
    return digest.finalize()
