"""Trust anchors from files (`--trust FILE`): other installations' test CAs. A file that is no CA is refused by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography import x509

from mock_server.certificate_path import may_issue
from mock_server.errors import SetupError

LARGEST_FILE: Final = 1_048_576
"""Bytes; hundreds of certificates. What is longer is something else, and may have no end at all (a device)."""


def read_anchors(path: Path) -> list[x509.Certificate]:
    """Every CA certificate in a file: PEM, one or more, or one in DER.

    Raises:
        SetupError: `setup.trust_file.unreadable`, `.not_certificates`, or `.not_ca` where one may not issue.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SetupError("setup.trust_file.unreadable", path=str(path), reason=reason) from error
    if len(content) > LARGEST_FILE:
        raise SetupError("setup.trust_file.not_certificates", path=str(path))
    anchors = _parse(path, content)
    if not all(may_issue(anchor) for anchor in anchors):
        raise SetupError("setup.trust_file.not_ca", path=str(path))
    return anchors


def load_anchors(certificates: Sequence[bytes]) -> list[x509.Certificate]:
    """Certificates from their DER."""
    return [x509.load_der_x509_certificate(der) for der in certificates]


def _parse(path: Path, content: bytes) -> list[x509.Certificate]:
    try:
        is_pem = b"-----BEGIN CERTIFICATE-----" in content
        found = x509.load_pem_x509_certificates(content) if is_pem else [x509.load_der_x509_certificate(content)]
        for certificate in found:  # parsing is lazy; what is looked at later must be readable now
            _ = list(certificate.extensions), certificate.subject.rfc4514_string(), certificate.not_valid_after_utc
    except Exception as error:  # the library refuses unreadable parts with exceptions of several unrelated roots
        raise SetupError("setup.trust_file.not_certificates", path=str(path)) from error
    return found
