"""What an OCSP answer says about one certificate, once it is believed (RFC 6960 §3.2).

Looks at bytes as somebody outside would: the certificate asked about, who signed and by whose leave, extensions. Times
are looked at each time an answer is used. What breaks if wrong: anybody's "good" would do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from mock_server.algorithms import RSA_BITS, PublicKey, algorithm_of
from mock_server.certificate_path import is_signed_by
from mock_server.errors import QualificationError, Refusal
from mock_server.revocation.certificate_id import issuer_id, key_hash

_KNOWN: Final = (x509.OCSPNonce,)


@dataclass(frozen=True, slots=True)
class BelievedAnswer:
    """An answer by whoever may give it: good from `begin` (inclusive) until `end`."""

    begin: datetime
    end: datetime
    revoked: bool

    def check_time(self, now: datetime) -> None:
        """Refuse an answer that is not for `now` (aware).

        Raises:
            QualificationError: REVOCATION_OCSP_NOT_YET_VALID, REVOCATION_OCSP_EXPIRED.
        """
        if now < self.begin:
            raise QualificationError(Refusal.REVOCATION_OCSP_NOT_YET_VALID)
        if now >= self.end:
            raise QualificationError(Refusal.REVOCATION_OCSP_EXPIRED)


def believed_answer(der: bytes, issuer: x509.Certificate, serial: int, now: datetime) -> BelievedAnswer:
    """The answer in `der`, which has to be about the certificate `serial` of `issuer`; `now` is aware.

    Raises:
        QualificationError: REVOCATION_OCSP_MALFORMED, `_FAILED`, `_OTHER_CERTIFICATE`, `_UNAUTHORISED`, `_FORGED`,
            `_EXTENSION` or `_UNKNOWN`.
    """
    answer, one = _parsed(der)
    if not _is_about(one, issuer, serial):
        raise QualificationError(Refusal.REVOCATION_OCSP_OTHER_CERTIFICATE)
    signer = _signer(answer, issuer, now)
    if not _is_signed_with(answer, signer):
        raise QualificationError(Refusal.REVOCATION_OCSP_FORGED)
    extensions = [*answer.extensions, *answer.single_extensions]
    if any(extension.critical and not isinstance(extension.value, _KNOWN) for extension in extensions):
        raise QualificationError(Refusal.REVOCATION_OCSP_EXTENSION)
    if one.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise QualificationError(Refusal.REVOCATION_OCSP_UNKNOWN)
    # Without nextUpdate there is always something newer (RFC 6960 §2.4): such an answer is out of date at once.
    end = one.next_update_utc or one.this_update_utc
    return BelievedAnswer(one.this_update_utc, end, one.certificate_status is ocsp.OCSPCertStatus.REVOKED)


def _parsed(der: bytes) -> tuple[ocsp.OCSPResponse, ocsp.OCSPSingleResponse]:
    """The response and its only answer, everything that is looked at later read once."""
    singles: list[ocsp.OCSPSingleResponse] = []
    try:
        answer = ocsp.load_der_ocsp_response(der)
        status = answer.response_status
        if status is ocsp.OCSPResponseStatus.SUCCESSFUL:
            singles = list(answer.responses)
            _ = list(answer.extensions), answer.signature_algorithm_oid
            for certificate in answer.certificates:
                _ = list(certificate.extensions), certificate.subject, certificate.issuer, certificate.public_key()
                _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
            if len(singles) == 1:
                _ = list(answer.single_extensions), singles[0].hash_algorithm, singles[0].next_update_utc
    except Exception:  # the library refuses unreadable parts with exceptions of several unrelated roots
        raise QualificationError(Refusal.REVOCATION_OCSP_MALFORMED) from None
    if status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise QualificationError(Refusal.REVOCATION_OCSP_FAILED, status=status.name.lower())
    if len(singles) != 1:
        raise QualificationError(Refusal.REVOCATION_OCSP_OTHER_CERTIFICATE)
    return answer, singles[0]


def _is_about(one: ocsp.OCSPSingleResponse, issuer: x509.Certificate, serial: int) -> bool:
    named = issuer_id(issuer, one.hash_algorithm)
    return (one.serial_number, one.issuer_name_hash, one.issuer_key_hash) == (serial, named.name_hash, named.key_hash)


def _signer(answer: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> PublicKey:
    """The key of the responder that the answer names: the CA itself, or one to whom it gave this right."""
    for certificate in (issuer, *answer.certificates):
        if not _is_named(answer, certificate):
            continue
        key = certificate.public_key()
        if isinstance(key, PublicKey) and (certificate == issuer or _may_answer(certificate, issuer, now)):
            return key
    raise QualificationError(Refusal.REVOCATION_OCSP_UNAUTHORISED)


def _is_named(answer: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    if answer.responder_name is not None:
        return answer.responder_name == certificate.subject
    try:
        # A ResponderID by key is always a SHA-1 hash (RFC 6960 §4.2.1); it finds a key and vouches for nothing.
        return answer.responder_key_hash == key_hash(certificate, hashes.SHA1())  # noqa: S303
    except ValueError:
        return False


def _may_answer(certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool:
    """RFC 6960 §4.2.2.2: issued by the CA itself, for this use, today, and not to be checked for revocation in turn."""
    if not is_signed_by(certificate, issuer):
        return False
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        return False
    try:
        extensions = certificate.extensions
        usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        extensions.get_extension_for_class(x509.OCSPNoCheck)
        signs = extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    except (x509.ExtensionNotFound, ValueError):
        return False
    return signs and ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _is_signed_with(answer: ocsp.OCSPResponse, key: PublicKey) -> bool:
    algorithm = algorithm_of(key)
    if answer.signature_algorithm_oid != algorithm.oid:
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            if key.key_size < RSA_BITS:
                return False
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm.hash)
        else:
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm.hash))
    except InvalidSignature:
        return False
    return True
