"""Whether a signed challenge is to be believed: challenge, certificate path, signature; in this order, each by name.

What breaks if wrong: somebody is told another person's insurance. The signature counts only over the message of
design.md §2 that this server builds itself; the bytes a client says it signed are never looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION, signed_message
from mock_server import profile
from mock_server.certificate_path import CertificatePath, Credential
from mock_server.challenges import Challenge, ChallengeBook
from mock_server.errors import QualificationError, Refusal

PURPOSES = frozenset({PURPOSE_QUALIFICATION})
"""What a challenge can be asked for."""
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
"""The DigestInfo of SHA-256 up to the hash (RFC 8017 §9.2)."""


@dataclass(frozen=True, slots=True)
class Trust:
    """All three questions, for one server."""

    challenges: ChallengeBook
    path: CertificatePath

    def challenge(
        self, institution: str, purpose: str, now: datetime, random_bytes: Callable[[int], bytes]
    ) -> Challenge:
        """A fresh challenge.

        Raises:
            QualificationError: REQUEST_INSTITUTION, REQUEST_PURPOSE.
        """
        check_institution(institution)
        check_purpose(purpose)
        return self.challenges.issue(institution, purpose, now, random_bytes)

    def check_challenge(self, nonce: str, institution: str, purpose: str, now: datetime) -> None:
        """Refuse a challenge that is not ours, not theirs, or not for now. Whether it was used, the registry says.

        Raises:
            QualificationError: REQUEST_INSTITUTION, REQUEST_PURPOSE or a `CHALLENGE_` refusal.
        """
        check_institution(institution)
        check_purpose(purpose)
        self.challenges.check(nonce, institution, purpose, now)

    def check_credential(
        self, *, certificate: bytes, signature: bytes, nonce: str, institution: str, purpose: str, now: datetime
    ) -> Credential:
        """Who signed this challenge. The challenge itself was checked before.

        Raises:
            QualificationError: A `CERTIFICATE_` or `SIGNATURE_` refusal.
        """
        credential = self.path.check(certificate, now)
        message = signed_message(self.challenges.server, institution, purpose, nonce)
        _check_signature(credential.key, signature, message)
        return credential


def check_institution(institution: str) -> None:
    """Refuse what is no 医療機関コード: ten digits (online-qualification.md §2.1). Raises QualificationError."""
    if len(institution) != 10 or not (institution.isascii() and institution.isdigit()):
        raise QualificationError(Refusal.REQUEST_INSTITUTION)


def check_purpose(purpose: str) -> None:
    """Refuse a purpose nobody knows. Raises QualificationError."""
    if purpose not in PURPOSES:
        raise QualificationError(Refusal.REQUEST_PURPOSE, known=", ".join(sorted(PURPOSES)))


def _check_signature(key: rsa.RSAPublicKey, signature: bytes, message: bytes) -> None:
    if not signature:
        raise QualificationError(Refusal.SIGNATURE_MISSING)
    if len(signature) != profile.SIGNATURE_BYTES:
        raise QualificationError(Refusal.SIGNATURE_LENGTH, wanted=str(profile.SIGNATURE_BYTES))
    try:
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        refusal = Refusal.SIGNATURE_ALGORITHM if _is_of_another_kind(key, signature, message) else None
        raise QualificationError(refusal or Refusal.SIGNATURE_INVALID) from None


def _is_of_another_kind(key: rsa.RSAPublicKey, signature: bytes, message: bytes) -> bool:
    """Whether a refused signature is this key's, but made with another hash or padding; a vendor wants to know that."""
    try:
        signed = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
    except InvalidSignature:
        return _is_pss(key, signature, message)
    return len(signed) != len(_SHA256_PREFIX) + hashes.SHA256.digest_size or not signed.startswith(_SHA256_PREFIX)


def _is_pss(key: rsa.RSAPublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message, padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO), hashes.SHA256())
    except InvalidSignature:
        return False
    return True
