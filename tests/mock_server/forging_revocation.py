"""CRLs and OCSP answers that are wrong in exactly one way, made with the test CA's own key or a stranger's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mock_server import profile
from mock_server.algorithms import PrivateKey, algorithm_of
from mock_server.revocation.certificate_id import issuer_id
from mock_server.revocation.evidence import Evidence
from tests.mock_server.forging import DIGITAL_SIGNATURE, Ca

Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512
SURPRISE = x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{profile.ARC}.9"), b"\x05\x00")


@dataclass(frozen=True)
class CrlRecipe:
    """A good CRL; change one thing and it is forged."""

    serials: Sequence[int]
    begin: datetime
    end: datetime
    name: x509.Name
    key_of: x509.Certificate | None
    """Whose key the AuthorityKeyIdentifier names."""
    extra: x509.ExtensionType | None = None
    """One more extension, critical."""
    extra_of_entry: x509.ExtensionType | None = None

    def but(self, **changes: object) -> CrlRecipe:
        return replace(self, **changes)  # type: ignore[arg-type]

    def build(self, key: PrivateKey, algorithm: Hash | None = None) -> x509.CertificateRevocationList:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(self.begin)
            .next_update(self.end)
            .add_extension(x509.CRLNumber(1), critical=False)
        )
        if self.key_of is not None:
            ski = self.key_of.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            aki = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ski)
            builder = builder.add_extension(aki, critical=False)
        if self.extra is not None:
            builder = builder.add_extension(self.extra, critical=True)
        for serial in self.serials:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(self.begin)
            if self.extra_of_entry is not None:
                entry = entry.add_extension(self.extra_of_entry, critical=True)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(key, algorithm or algorithm_of(key).hash)

    def der(self, key: PrivateKey, algorithm: Hash | None = None) -> bytes:
        return self.build(key, algorithm).public_bytes(Encoding.DER)


def crl_recipe(ca: Ca, now: datetime, *serials: int) -> CrlRecipe:
    """What a good CRL of `ca` has."""
    hour = timedelta(hours=1)
    return CrlRecipe(serials, now - hour, now + hour, ca.certificate.subject, ca.certificate)


def without_next_update(crl: x509.CertificateRevocationList, key: rsa.RSAPrivateKey) -> bytes:
    """The same list without its nextUpdate, signed again; the library would not make one."""
    assert crl.next_update_utc is not None
    next_update = _tlv(0x17, f"{crl.next_update_utc:%y%m%d%H%M%S}Z".encode())
    this_update = _tlv(0x17, f"{crl.last_update_utc:%y%m%d%H%M%S}Z".encode())
    signed = crl.tbs_certlist_bytes
    content = signed[4:] if signed[1] == 0x82 else signed[3:]
    assert this_update + next_update in content
    tbs = _tlv(0x30, content.replace(this_update + next_update, this_update))
    algorithm = bytes.fromhex("300d06092a864886f70d01010b0500")  # sha256WithRSAEncryption
    signature = key.sign(tbs, padding.PKCS1v15(), hashes.SHA256())
    return _tlv(0x30, tbs + algorithm + _tlv(0x03, b"\x00" + signature))


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    return (
        bytes([tag, 0x82]) + length.to_bytes(2, "big") + content
        if length > 0xFF
        else bytes([tag, 0x81, length]) + content
    )


@dataclass(frozen=True)
class ResponderRecipe:
    """A good certificate of a delegated OCSP responder."""

    begin: datetime
    end: datetime
    extended: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.OCSP_SIGNING
    no_check: bool = True
    usage: x509.KeyUsage | None = DIGITAL_SIGNATURE

    def but(self, **changes: object) -> ResponderRecipe:
        return replace(self, **changes)  # type: ignore[arg-type]

    def build(self, key: PrivateKey, ca: Ca) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "MADOGUCHI TEST responder")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(ca.certificate.subject)
            .public_key(key.public_key())
            .serial_number(5)
            .not_valid_before(self.begin)
            .not_valid_after(self.end)
        )
        if self.usage is not None:
            builder = builder.add_extension(self.usage, critical=True)
        if self.extended is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([self.extended]), critical=False)
        if self.no_check:
            builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
        return builder.sign(ca.key, algorithm_of(ca.key).hash)


@dataclass(frozen=True)
class OcspRecipe:
    """A good OCSP answer of a delegated responder; change one thing and it is forged."""

    about: Ca
    serial: int
    begin: datetime
    end: datetime | None
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    extra: x509.ExtensionType | None = None
    by_name: bool = False
    id_hash: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)

    def but(self, **changes: object) -> OcspRecipe:
        return replace(self, **changes)  # type: ignore[arg-type]

    def build(
        self, key: PrivateKey, responder: x509.Certificate, *sent: x509.Certificate, algorithm: Hash | None = None
    ) -> bytes:
        """The answer signed with `key`, by `responder`, with the certificates `sent` along (none: the responder's)."""
        named = issuer_id(self.about.certificate, self.id_hash)
        revoked = self.status is ocsp.OCSPCertStatus.REVOKED
        encoding = ocsp.OCSPResponderEncoding.NAME if self.by_name else ocsp.OCSPResponderEncoding.HASH
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=named.name_hash,
                issuer_key_hash=named.key_hash,
                serial_number=self.serial,
                algorithm=self.id_hash,
                cert_status=self.status,
                this_update=self.begin,
                next_update=self.end,
                revocation_time=self.begin if revoked else None,
                revocation_reason=None,
            )
            .responder_id(encoding, responder)
            .certificates(list(sent) or [responder])
        )
        if self.extra is not None:
            builder = builder.add_extension(self.extra, critical=True)
        made = builder.sign(key, algorithm or algorithm_of(key).hash)
        return made.public_bytes(Encoding.DER)


def ocsp_recipe(ca: Ca, serial: int, now: datetime) -> OcspRecipe:
    """What a good answer about a certificate of `ca` has."""
    return OcspRecipe(ca, serial, now - timedelta(minutes=5), now + timedelta(minutes=5))


def responder_recipe(now: datetime) -> ResponderRecipe:
    """What a good responder's certificate has."""
    return ResponderRecipe(now - timedelta(days=1), now + timedelta(days=1))


@dataclass(frozen=True)
class Offer:
    """A source that offers the same evidence about every certificate."""

    crl: bytes | None = None
    ocsp: bytes | None = None

    def evidence(self, issuer: x509.Certificate, serial: int, now: datetime) -> Evidence | None:
        del issuer, serial, now
        return Evidence(self.crl, self.ocsp)
