"""Whether a card is one of this installation's test cards, and until when its certificate counts.

Decided by signature alone, never by a name: the three real CAs share one name, and a name can be copied
(jpki-card.md §2.1). What breaks if it is wrong: a real person's card is used in a rehearsal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta, timezone

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

_JST = timezone(timedelta(hours=9))


class BrokenCertificateError(Exception):
    """The bytes are no certificate that can be read. Carries none of them."""


def read_certificate(der: bytes) -> x509.Certificate:
    """The certificate in DER bytes.

    Raises:
        BrokenCertificateError: There is none.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        certificate.not_valid_after_utc  # noqa: B018 - parsing is lazy: what is looked at later is read now
        certificate.signature_algorithm_oid  # noqa: B018
    except (ValueError, x509.InvalidVersion):
        raise BrokenCertificateError from None  # the cause quotes the bytes
    return certificate


def last_day(certificate: x509.Certificate) -> date:
    """The last day (in Japan, inclusive) of a certificate."""
    return certificate.not_valid_after_utc.astimezone(_JST).date()


def is_signed_by_one_of(certificate: x509.Certificate, authorities: Sequence[bytes]) -> bool:
    """Whether the key of one of these CA certificates (DER) made the signature: RSA, SHA-256, PKCS#1 v1.5.

    Raises:
        BrokenCertificateError: One of the CA certificates cannot be read.
    """
    return any(_is_signed_by(certificate, read_certificate(authority)) for authority in authorities)


def _is_signed_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    key = authority.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
