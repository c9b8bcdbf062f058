"""Whether a signed challenge is to be believed: challenge, certificate path, revocation, signature; in this order.

What breaks if wrong: somebody is told another person's insurance. The signature counts only over the message of
design.md §2 that this server builds itself; the bytes a client says it signed are never looked at. Where nobody signs
(顔認証, 目視) the rest is asked all the same, of this installation's own cards only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION, PURPOSE_REGISTRATION, signed_message
from mock_server.callers import check_institution
from mock_server.certificate_path import CertificatePath, Credential
from mock_server.challenges import Challenge, ChallengeBook
from mock_server.errors import QualificationError, Refusal, SetupError
from mock_server.revocation.check import RevocationCheck
from mock_server.signatures import check_signature

PURPOSES = frozenset({PURPOSE_QUALIFICATION, PURPOSE_REGISTRATION})
"""What a challenge can be asked for."""


@dataclass(frozen=True, slots=True)
class Trust:
    """All four questions, for one server."""

    challenges: ChallengeBook
    path: CertificatePath
    revocation: RevocationCheck
    is_own: Callable[[x509.Certificate], bool]
    """Whether a CA is this installation's own: only its cards are software cards for certain."""

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
            QualificationError: A `CERTIFICATE_`, `REVOCATION_` or `SIGNATURE_` refusal; STORE_UNAVAILABLE.
        """
        credential = self._check_certificate(certificate, now)
        message = signed_message(self.challenges.server, institution, purpose, nonce)
        check_signature(credential.key, signature, message)
        return credential

    def check_attested(self, *, certificate: bytes, now: datetime) -> Credential:
        """Whose certificate this is, where somebody else vouches for the person (顔認証, 目視) and no card signs.

        Possession is not proven. Only certificates of this installation's own test CA are accepted: no cryptographic
        path for it is public, so it is for software cards alone (jpki-card.md §1.9, design.md §3).

        Raises:
            QualificationError: A `CERTIFICATE_` or `REVOCATION_` refusal; ATTESTED_OTHER_AUTHORITY; STORE_UNAVAILABLE.
        """
        credential = self._check_certificate(certificate, now)
        try:
            if not self.is_own(credential.issuer):
                raise QualificationError(Refusal.ATTESTED_OTHER_AUTHORITY)
        except SetupError:
            raise QualificationError(Refusal.STORE_UNAVAILABLE) from None
        return credential

    def _check_certificate(self, certificate: bytes, now: datetime) -> Credential:
        credential = self.path.check(certificate, now)
        self.revocation.check(credential.issuer, credential.serial, now)
        return credential


def check_purpose(purpose: str) -> None:
    """Refuse a purpose nobody knows. Raises QualificationError."""
    if purpose not in PURPOSES:
        raise QualificationError(Refusal.REQUEST_PURPOSE, known=", ".join(sorted(PURPOSES)))
