"""Whether a signed challenge is to be believed: challenge, certificate path, signature; in this order, each by name.

What breaks if wrong: somebody is told another person's insurance. The signature counts only over the message of
design.md §2 that this server builds itself; the bytes a client says it signed are never looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION, signed_message
from mock_server.certificate_path import CertificatePath, Credential
from mock_server.challenges import Challenge, ChallengeBook
from mock_server.errors import QualificationError, Refusal
from mock_server.signatures import check_signature

PURPOSES = frozenset({PURPOSE_QUALIFICATION})
"""What a challenge can be asked for."""


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
        check_signature(credential.key, signature, message)
        return credential


def check_institution(institution: str) -> None:
    """Refuse what is no 医療機関コード: ten digits (online-qualification.md §2.1). Raises QualificationError."""
    if len(institution) != 10 or not (institution.isascii() and institution.isdigit()):
        raise QualificationError(Refusal.REQUEST_INSTITUTION)


def check_purpose(purpose: str) -> None:
    """Refuse a purpose nobody knows. Raises QualificationError."""
    if purpose not in PURPOSES:
        raise QualificationError(Refusal.REQUEST_PURPOSE, known=", ".join(sorted(PURPOSES)))
