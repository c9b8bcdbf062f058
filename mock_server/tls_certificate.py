"""A test certificate for the server's own address, from a small CA in the key store: `server run --tls-auto`.

Both are made on first use and again before they end; their lives follow the machine's clock, because TLS clients know
no other. The CA's certificate is put beside the store for clients to trust. What breaks if wrong: a client that has to
switch verification off to talk to its test server.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.extensions import ExtensionNotFound
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mock_server import profile
from mock_server.authorities import pem
from mock_server.errors import SetupError
from mock_server.keystore import Keystore
from mock_server.tls import TlsFiles

CA_LIFE: Final = timedelta(days=730)
LIFE: Final = timedelta(days=365)
AT_LEAST: Final = timedelta(days=30)
"""What must be left of a certificate that is used on."""
EARLIER: Final = timedelta(days=1)
"""How long ago a certificate begins: clients' clocks differ."""


@dataclass(frozen=True, slots=True)
class _Made:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def content(self) -> bytes:
        return pem(self.key) + self.certificate.public_bytes(Encoding.PEM)


def automatic_tls(keystore: Keystore, names: Sequence[str], ca_file: Path, client_ca: Path | None = None) -> TlsFiles:
    """A certificate for these names and addresses; writes the CA's certificate to `ca_file`.

    Raises:
        SetupError: The key store, or the folder of `ca_file`, cannot be used.
    """
    folder = keystore.make_folder("tls")
    with keystore.locked():
        ca_path, path = folder / "ca.pem", folder / "server.pem"
        ca = _load(keystore, ca_path)
        if ca is None or not _lasts(ca, LIFE):  # a certificate must not outlive its CA
            ca = _make_ca()
            keystore.write(ca_path, ca.content)
        own = _load(keystore, path)
        if own is None or not _fits(own, ca, names):
            own = _issue(ca, names)
            keystore.write(path, own.content)
    public = ca.certificate.public_bytes(Encoding.PEM)
    try:
        if not ca_file.exists() or ca_file.read_bytes() != public:
            ca_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            ca_file.write_bytes(public)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SetupError("setup.data_folder.unusable", path=str(ca_file), reason=reason) from error
    return TlsFiles(path, path, client_ca)


def _load(keystore: Keystore, path: Path) -> _Made | None:
    """What the file holds; None where there is none, or nothing to go on with."""
    content = keystore.read(path)
    if content is None:
        return None
    try:
        certificate, key = x509.load_pem_x509_certificate(content), load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        return None
    return _Made(certificate, key) if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _lasts(made: _Made, life: timedelta) -> bool:
    now = datetime.now(UTC)
    return made.certificate.not_valid_before_utc <= now and now + life <= made.certificate.not_valid_after_utc


def _fits(made: _Made, ca: _Made, names: Sequence[str]) -> bool:
    try:
        made.certificate.verify_directly_issued_by(ca.certificate)
        found = made.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (InvalidSignature, ExtensionNotFound, ValueError, TypeError):  # not ours, or damaged: a new one is made
        return False
    return _lasts(made, AT_LEAST) and {_name(name) for name in names} <= set(found)


def _make_ca() -> _Made:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject("MADOGUCHI TEST server CA")
    builder = (
        _dated(subject, subject, key.public_key(), CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(profile.key_usage(issue=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return _Made(builder.sign(key, hashes.SHA256()), key)


def _issue(ca: _Made, names: Sequence[str]) -> _Made:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _dated(_subject("MADOGUCHI TEST server"), ca.certificate.subject, key.public_key(), LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(profile.key_usage(sign=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in dict.fromkeys(names)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.key.public_key()), critical=False)
    )
    return _Made(builder.sign(ca.key, hashes.SHA256()), key)


def _dated(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + life)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, profile.ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode("ascii"))
