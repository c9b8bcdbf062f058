"""Whether a card is one of this installation's test cards, and until when its certificate counts.

Decided by signature alone, never by a name: the three real CAs share one name, and a name can be copied
(jpki-card.md §2.1). A certificate that stands behind the PIN is stood in for by the CA certificate on the card, and
proven as soon as it can be read. What breaks if it is wrong: a real person's card is used in a rehearsal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta, timezone
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import SignatureAlgorithmOID

from kiosk.services.interfaces import BrokenCertificateError
from kiosk.services.shown_certificate import CardCertificate, read_from_card

if TYPE_CHECKING:
    from reader.jpki import JpkiSession

_JST = timezone(timedelta(hours=9))


def is_test_card(session: JpkiSession, authorities: Sequence[bytes]) -> bool:
    """Whether the card is one that these CAs (DER) issued.

    Of a card that keeps its certificate behind the PIN, the CA certificate must be one of them, byte for byte; the
    certificate itself has to be looked at after VERIFY.

    Raises:
        BrokenCertificateError: What the card holds is no certificate.
        ReaderError: The card does not answer, or has no certificate.
    """
    return is_issued_by(read_from_card(session), authorities)


def is_issued_by(shown: CardCertificate, authorities: Sequence[bytes]) -> bool:
    """`is_test_card` for what was read. Raises BrokenCertificateError."""
    certificate = read_certificate(shown.der)
    if shown.gated:
        return shown.der in authorities
    return is_signed_by_one_of(certificate, authorities)


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


def first_day(certificate: x509.Certificate) -> date:
    """The first day (in Japan) of a certificate."""
    return certificate.not_valid_before_utc.astimezone(_JST).date()


def public_key_of(certificate: x509.Certificate) -> bytes:
    """The public key as SubjectPublicKeyInfo, DER: all that an enrolled card ever sends beside a signature.

    Raises:
        BrokenCertificateError: Its key is of a kind nobody here knows.
    """
    try:
        return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        raise BrokenCertificateError from None


def is_signed_by_one_of(certificate: x509.Certificate, authorities: Sequence[bytes]) -> bool:
    """Whether the key of one of these CA certificates (DER) made the signature.

    RSA with SHA-256 and PKCS#1 v1.5, as on the cards of today, or ECDSA on P-384 with SHA-384 (jpki-card.md §1.9).

    Raises:
        BrokenCertificateError: One of the CA certificates cannot be read.
    """
    return any(_is_signed_by(certificate, read_certificate(authority)) for authority in authorities)


def _is_signed_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    wanted = certificate.signature_algorithm_oid
    try:
        match authority.public_key():
            case rsa.RSAPublicKey() as key if wanted == SignatureAlgorithmOID.RSA_WITH_SHA256:
                key.verify(signature, signed, padding.PKCS1v15(), SHA256())
            case ec.EllipticCurvePublicKey(curve=ec.SECP384R1()) as key if (
                wanted == SignatureAlgorithmOID.ECDSA_WITH_SHA384
            ):
                key.verify(signature, signed, ec.ECDSA(SHA384()))
            case _:
                return False
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):  # a key of another kind cannot have signed it
        return False
    return True
