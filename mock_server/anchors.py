"""What is trusted from elsewhere (`--trust FILE`): test CAs of other installations, and their CRLs if there are any.

A file that holds neither, or something that is no CA, is refused by name. Whether a CRL is to be believed is not asked
here. What breaks if wrong: somebody's own CA is believed, or the counter does not start and nobody knows why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509

from mock_server.certificate_path import may_issue
from mock_server.errors import SetupError

LARGEST_FILE: Final = 1_048_576
"""Bytes; hundreds of certificates. What is longer is something else, and may have no end at all (a device)."""
_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"
_LIST: Final = b"-----BEGIN X509 CRL-----"
_END_OF_LIST: Final = b"-----END X509 CRL-----"


@dataclass(frozen=True, slots=True)
class TrustFile:
    """What a file holds."""

    anchors: list[x509.Certificate]
    crls: list[x509.CertificateRevocationList]


def read_trust(path: Path) -> TrustFile:
    """The CA certificates and CRLs in a file: PEM, any number of both, or one certificate or one CRL in DER.

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
    found = _parse(path, content)
    if not all(may_issue(anchor) for anchor in found.anchors):
        raise SetupError("setup.trust_file.not_ca", path=str(path))
    return found


def read_anchors(path: Path) -> list[x509.Certificate]:
    """Every CA certificate in a file, which has to hold one at least.

    Raises:
        SetupError: As `read_trust`.
    """
    anchors = read_trust(path).anchors
    if not anchors:
        raise SetupError("setup.trust_file.not_certificates", path=str(path))
    return anchors


def load_anchors(certificates: Sequence[bytes]) -> list[x509.Certificate]:
    """Certificates from their DER."""
    return [x509.load_der_x509_certificate(der) for der in certificates]


def _parse(path: Path, content: bytes) -> TrustFile:
    try:
        if _CERTIFICATE in content or _LIST in content:
            anchors = x509.load_pem_x509_certificates(content) if _CERTIFICATE in content else []
            found = TrustFile(anchors, [x509.load_pem_x509_crl(block) for block in _lists(content)])
        else:
            found = _parse_der(content)
        for anchor in found.anchors:  # parsing is lazy; what is looked at later must be readable now
            _ = list(anchor.extensions), anchor.subject.rfc4514_string(), anchor.not_valid_after_utc
        for crl in found.crls:
            _ = list(crl.extensions), crl.issuer.rfc4514_string(), crl.last_update_utc, crl.next_update_utc, list(crl)
    except Exception as error:  # the library refuses unreadable parts with exceptions of several unrelated roots
        raise SetupError("setup.trust_file.not_certificates", path=str(path)) from error
    return found


def _parse_der(content: bytes) -> TrustFile:
    try:
        return TrustFile([x509.load_der_x509_certificate(content)], [])
    except ValueError:
        return TrustFile([], [x509.load_der_x509_crl(content)])


def _lists(content: bytes) -> list[bytes]:
    """The PEM blocks of CRLs, one by one: the library reads the first of a text only."""
    return [_LIST + part.split(_END_OF_LIST, 1)[0] + _END_OF_LIST for part in content.split(_LIST)[1:]]
