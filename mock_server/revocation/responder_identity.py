"""The key and certificate with which the OCSP responder of one CA generation signs: delegated, never the CA's own key.

The certificate says id-kp-OCSPSigning and ocsp-nocheck (RFC 6960 §4.2.2.2) and is short-lived; one file in the key
store (`revocation/auth-001.ocsp.pem`). What breaks if wrong: no verifier believes an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mock_server import profile
from mock_server.algorithms import PrivateKey, algorithm_of
from mock_server.authorities import Issuer, key_and_certificate, pem
from mock_server.certificate_path import is_signed_by
from mock_server.keystore import Keystore

LIFE: Final = timedelta(days=90)
"""From the day it is made. Ours; the real responder's is unverified."""
BEFORE: Final = timedelta(days=1)
"""It begins a little earlier, for clocks that are a little behind."""


@dataclass(frozen=True, slots=True)
class ResponderIdentity:
    """Who signs answers."""

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate

    def covers(self, begin: datetime, end: datetime) -> bool:
        """Whether the certificate is good from `begin` to `end`."""
        return self.certificate.not_valid_before_utc <= begin and end <= self.certificate.not_valid_after_utc


def responder_identity(keystore: Keystore, issuer: Issuer, begin: datetime, end: datetime) -> ResponderIdentity:
    """The identity of `issuer`'s responder, good from `begin` to `end` (aware); made or renewed where needed.

    A file that cannot be read is replaced: nothing but answers depends on it.

    Raises:
        SetupError: The key store cannot be used.
    """
    path = keystore.make_folder("revocation") / f"{issuer.name}.ocsp.pem"
    with keystore.locked():
        known = _read(keystore.read(path), issuer)
        if known is not None and known.covers(begin, end):
            return known
        key = algorithm_of(issuer.certificate.public_key()).new_key() if known is None else known.key  # type: ignore[arg-type]
        fresh = ResponderIdentity(key, _certificate(key, issuer, begin, end))
        keystore.write(path, pem(key) + fresh.certificate.public_bytes(Encoding.PEM))
        return fresh


def _read(content: bytes | None, issuer: Issuer) -> ResponderIdentity | None:
    pair = key_and_certificate(content)
    if pair is None or not is_signed_by(pair[1], issuer.certificate):
        return None
    return ResponderIdentity(*pair)


def _certificate(key: PrivateKey, issuer: Issuer, begin: datetime, end: datetime) -> x509.Certificate:
    ca = issuer.certificate
    ski = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, profile.ORGANISATION),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, profile.WARNING),
            x509.NameAttribute(NameOID.COMMON_NAME, f"MADOGUCHI TEST OCSP {issuer.name}"),
        ]
    )
    by = issuer.key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before((begin - BEFORE).astimezone(UTC))
        .not_valid_after((max(end, begin + LIFE)).astimezone(UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(profile.key_usage(sign=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ski), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(by, algorithm_of(by).hash)
    )
