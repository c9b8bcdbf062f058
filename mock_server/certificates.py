"""Building the certificates of the test CA, extension by extension (jpki-card.md §2.1, §2.2).

Rule: shape only; who gets one, and where keys live, is the issuer's business. The issuer's kind of key decides the
hash. Lives are pairs of aware date-times.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from mock_server import profile
from mock_server.algorithms import PrivateKey, PublicKey, algorithm_of
from mock_server.personas import Persona
from mock_server.serials import serial_number

Life = tuple[datetime, datetime]


def ca_certificate(key: PrivateKey, unit: str, generation: int, begin: datetime) -> x509.Certificate:
    """A self-signed CA certificate; its serial number is the generation."""
    name = profile.ca_name(unit)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(generation)
        .not_valid_before(begin)
        .not_valid_after(begin + profile.CA_LIFE)
        .add_extension(profile.key_usage(issue=True), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_directory_point(), critical=False)
    )
    return builder.sign(key, algorithm_of(key).hash)


def auth_certificate(
    subject_key: PublicKey,
    issuer_key: PrivateKey,
    issuer: x509.Certificate,
    serial: int,
    persona_name: str,
    life: Life,
    policy: x509.ObjectIdentifier = profile.AUTH_POLICY,
) -> x509.Certificate:
    """A 利用者証明用電子証明書: an opaque subject without name or address. `policy`: of a card or of a phone."""
    builder = _leaf(subject_key, issuer, serial, _opaque(persona_name, "auth"), life, policy)
    return (
        builder.add_extension(profile.key_usage(sign=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([profile.LEAF_USAGE]), critical=False)
        .sign(issuer_key, algorithm_of(issuer_key).hash)
    )


def sign_certificate(
    subject_key: PublicKey,
    issuer_key: PrivateKey,
    issuer: x509.Certificate,
    persona: Persona,
    life: Life,
) -> x509.Certificate:
    """A 署名用電子証明書: carries the invented 基本4情報 and nothing more about the person."""
    person = persona.person
    holder = {
        "name": persona.title,
        "sex": person.sex,
        "birthdate": f"{person.birthdate:%Y%m%d}",
        "address": person.address,
    }
    names = [x509.OtherName(profile.HOLDER_FIELDS[key], _utf8_string(value)) for key, value in holder.items()]
    serial = serial_number(f"{persona.name}/sign")
    builder = _leaf(subject_key, issuer, serial, _opaque(persona.name, "sign"), life, profile.SIGN_POLICY)
    return (
        builder.add_extension(profile.key_usage(sign=True, commit=True), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(issuer_key, algorithm_of(issuer_key).hash)
    )


def _leaf(
    subject_key: PublicKey,
    issuer: x509.Certificate,
    serial: int,
    common_name: str,
    life: Life,
    policy: x509.ObjectIdentifier,
) -> x509.CertificateBuilder:
    begin = max(life[0], issuer.not_valid_before_utc)
    end = min(life[1], issuer.not_valid_after_utc)
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"), x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    )
    notice = x509.UserNotice(None, profile.WARNING)
    ski = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject)
        .public_key(subject_key)
        .serial_number(serial)
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.CertificatePolicies([x509.PolicyInformation(policy, [profile.CPS, notice])]),
            critical=True,
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ski), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(subject_key), critical=False)
        .add_extension(_directory_point(), critical=False)
    )


def _directory_point() -> x509.CRLDistributionPoints:
    # A directory name, not an address, as the real certificates have it: nobody fetches anything by it.
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, profile.ORGANISATION),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "MADOGUCHI TEST CRL Distribution Points"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Mihon CRL 1"),
        ]
    )
    return x509.CRLDistributionPoints([x509.DistributionPoint([x509.DirectoryName(name)], None, None, None)])


def _opaque(persona_name: str, purpose: str) -> str:
    """24 letters and digits that say nothing about anybody."""
    digest = hashlib.sha256(f"MADOGUCHI TEST subject\0{purpose}\0{persona_name}".encode()).digest()
    return base64.b32encode(digest)[:24].decode()


def _utf8_string(text: str) -> bytes:
    content = text.encode()
    length = bytes([len(content)]) if len(content) < 0x80 else bytes([0x81, len(content)])
    return b"\x0c" + length + content
