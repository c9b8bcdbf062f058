"""Certificates that are wrong in exactly one way, made with the test CA's own key or a stranger's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mock_server import profile
from mock_server.algorithms import PrivateKey, PublicKey, algorithm_of
from mock_server.authorities import AUTH, NEXT_AUTH, Kind
from mock_server.issuer import TestAuthority
from mock_server.serials import serial_number
from reader.card import layout
from reader.card.image import CardImage

DIGITAL_SIGNATURE = profile.key_usage(sign=True)
ANYBODY = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SOMEBODYELSEALTOGETHER01")])


@dataclass(frozen=True)
class Ca:
    """A key that signs and the certificate it signs as."""

    key: PrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True)
class Recipe:
    """A good certificate; change one thing and it is forged."""

    serial: int
    begin: datetime
    end: datetime
    issuer_name: x509.Name
    usage: x509.KeyUsage | None = DIGITAL_SIGNATURE
    extended: tuple[x509.ObjectIdentifier, ...] | None = (ExtendedKeyUsageOID.CLIENT_AUTH,)
    policy: x509.ObjectIdentifier | None = profile.AUTH_POLICY
    is_ca: bool = False
    surprise: bool = False
    """Adds a critical extension that nobody knows."""

    def but(self, **changes: object) -> Recipe:
        return replace(self, **changes)  # type: ignore[arg-type]

    def build(
        self, key: PublicKey, ca: Ca, algorithm: hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None = None
    ) -> x509.Certificate:
        """The certificate of `key`, signed by `ca` with the hash of its kind or with `algorithm`."""
        builder = (
            x509.CertificateBuilder()
            .subject_name(ANYBODY)
            .issuer_name(self.issuer_name)
            .public_key(key)
            .serial_number(self.serial)
            .not_valid_before(self.begin)
            .not_valid_after(self.end)
            .add_extension(x509.BasicConstraints(ca=self.is_ca, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.key.public_key()),
                critical=False,
            )
        )
        if self.usage is not None:
            builder = builder.add_extension(self.usage, critical=True)
        if self.extended is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage(self.extended), critical=False)
        if self.policy is not None:
            policies = x509.CertificatePolicies([x509.PolicyInformation(self.policy, None)])
            builder = builder.add_extension(policies, critical=True)
        if self.surprise:
            unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{profile.ARC}.9"), b"\x05\x00")
            builder = builder.add_extension(unknown, critical=True)
        return builder.sign(ca.key, algorithm or algorithm_of(ca.key).hash)


def recipe(ca: Ca, persona: str, now: datetime) -> Recipe:
    """What a good certificate of `persona` has."""
    return Recipe(serial_number(persona), now - timedelta(days=30), now + timedelta(days=700), ca.certificate.subject)


def genuine_ca(authority: TestAuthority, kind: Kind = AUTH) -> Ca:
    """The test CA itself, key included."""
    issuer = authority.authorities.current(kind)
    return Ca(issuer.key(), issuer.certificate)


def ca_like(
    key: PrivateKey, begin: datetime, end: datetime, *, name: x509.Name | None = None, is_ca: bool = True
) -> Ca:
    """A CA of our own making that calls itself like the test CA, unless given another name."""
    own = name or profile.ca_name(profile.AUTH_CA_UNIT)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(profile.key_usage(issue=is_ca, sign=not is_ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, algorithm_of(key).hash)
    )
    return Ca(key, certificate)


def genuine_next_ca(authority: TestAuthority) -> Ca:
    """The test CA of cards of the next generation, key included."""
    return genuine_ca(authority, NEXT_AUTH)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def auth_key(image: CardImage) -> rsa.RSAPrivateKey:
    key = load_pem_private_key(image.keys[layout.AUTH_KEY].pem, None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def next_auth_key(image: CardImage) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(image.keys[image.layout.auth.key].pem, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


Signer = Callable[[bytes], bytes]


def sha256_signer(key: rsa.RSAPrivateKey) -> Signer:
    return lambda message: key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def sha384_signer(key: ec.EllipticCurvePrivateKey) -> Signer:
    return lambda message: key.sign(message, ec.ECDSA(hashes.SHA384()))


def sha1_signer(key: rsa.RSAPrivateKey) -> Signer:
    """RSASSA-PKCS1-v1_5 with SHA-1 by hand, because the library no longer makes such signatures."""
    prefix = bytes.fromhex("3021300906052b0e03021a05000414")
    return lambda message: raw_sign(key, prefix + hashlib.sha1(message).digest())


def with_sha1(certificate: x509.Certificate, key: PrivateKey) -> bytes:
    """The same certificate, signed again with SHA-1 and saying so."""
    assert isinstance(key, rsa.RSAPrivateKey)
    sha256_rsa, sha1_rsa = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    tbs = certificate.tbs_certificate_bytes.replace(sha256_rsa, sha1_rsa)
    algorithm = _tlv(0x30, _tlv(0x06, sha1_rsa) + _tlv(0x05, b""))
    return _tlv(0x30, tbs + algorithm + _tlv(0x03, b"\x00" + sha1_signer(key)(tbs)))


def raw_sign(key: rsa.RSAPrivateKey, digest_info: bytes) -> bytes:
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    size = key.key_size // 8
    padded = b"\x00\x01" + b"\xff" * (size - 3 - len(digest_info)) + b"\x00" + digest_info
    return pow(int.from_bytes(padded, "big"), numbers.d, modulus).to_bytes(size, "big")


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    head = bytes([length]) if length < 0x80 else b"\x82" + length.to_bytes(2, "big")
    return bytes([tag]) + head + content
