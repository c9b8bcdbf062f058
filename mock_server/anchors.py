"""Trust anchors from files (`--trust FILE`): other installations' test CAs. A file that is no CA is refused by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cryptography import x509

from mock_server.certificate_path import may_issue
from mock_server.errors import SetupError


def read_anchors(path: Path) -> list[x509.Certificate]:
    """Every CA certificate in a file: PEM, one or more, or one in DER.

    Raises:
        SetupError: `setup.trust_file.unreadable`, `.not_certificates`, or `.not_ca` where one may not issue.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SetupError("setup.trust_file.unreadable", path=str(path), reason=reason) from error
    anchors = _parse(path, content)
    if not all(may_issue(anchor) for anchor in anchors):
        raise SetupError("setup.trust_file.not_ca", path=str(path))
    return anchors


def load_anchors(certificates: Sequence[bytes]) -> list[x509.Certificate]:
    """Certificates from their DER."""
    return [x509.load_der_x509_certificate(der) for der in certificates]


def _parse(path: Path, content: bytes) -> list[x509.Certificate]:
    try:
        if b"-----BEGIN CERTIFICATE-----" in content:
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    except ValueError as error:
        raise SetupError("setup.trust_file.not_certificates", path=str(path)) from error
