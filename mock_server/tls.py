"""TLS of the `/v1` listener: the context from certificate files, and nothing weaker than TLS 1.2.

Client certificates are optional here and verified against `client_ca` when one comes; which institution must come with
which is `institutions`' business. What breaks if wrong: anybody's certificate counts, or a password prompt hangs the
server.
"""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mock_server.errors import SetupError

LARGEST_FILE = 1_000_000
"""Bytes of a certificate file at most."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """What a listener needs; PEM files."""

    certificate: Path
    """The server's, with intermediate ones behind it."""
    key: Path
    client_ca: Path | None = None
    """Who issues client certificates; None: none is asked for."""


def server_tls(files: TlsFiles) -> ssl.SSLContext:
    """The context of a listener.

    Raises:
        SetupError: `setup.tls.unreadable`, `setup.tls.unusable`, `setup.tls.key_encrypted`, `setup.tls.client_ca`.
    """
    for path in (files.certificate, files.key, files.client_ca):
        if path is not None:
            _read(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A resumed session would bring the certificate of an earlier connection.
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0
    try:
        context.load_cert_chain(files.certificate, files.key, password=_no_password)
    except _PasswordWantedError:
        raise SetupError("setup.tls.key_encrypted", path=str(files.key)) from None
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        raise SetupError("setup.tls.unusable", path=str(files.certificate), key=str(files.key)) from None
    if files.client_ca is not None:
        try:
            context.load_verify_locations(files.client_ca)
        except (OSError, ValueError):
            raise SetupError("setup.tls.client_ca", path=str(files.client_ca)) from None
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def fingerprint_of(path: Path) -> str:
    """SHA-256 (hexadecimal) of the first certificate in a PEM or DER file.

    Raises:
        SetupError: `setup.tls.unreadable`, `setup.tls.no_certificate`.
    """
    content = _read(path)
    try:
        is_pem = b"-----BEGIN" in content
        certificate = x509.load_pem_x509_certificate(content) if is_pem else x509.load_der_x509_certificate(content)
    except ValueError:
        raise SetupError("setup.tls.no_certificate", path=str(path)) from None
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


class _PasswordWantedError(Exception):
    """The key is encrypted; nobody is there to be asked."""


def _no_password() -> str:
    raise _PasswordWantedError


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST_FILE)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SetupError("setup.tls.unreadable", path=str(path), reason=reason) from error
