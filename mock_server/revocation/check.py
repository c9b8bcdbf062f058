"""Whether a certificate is revoked, asked every time: never silently valid.

Whatever a source offers is verified here as somebody outside would; what was verified before and is still the same
bytes is not verified again, but its time is looked at each time. One source answers for an issuer, the first that knows
it. What breaks if wrong: a revoked card is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from cryptography import x509

from mock_server.errors import QualificationError, Refusal, SetupError
from mock_server.revocation.crl_check import BelievedList, believed_list
from mock_server.revocation.evidence import Evidence, StatusSource
from mock_server.revocation.ocsp_check import BelievedAnswer, believed_answer
from mock_server.short_memory import ShortMemory

KEPT_LISTS: Final = 64
"""CRLs, one for each issuer."""
KEPT_ANSWERS: Final = 4096


class RevocationCheck:
    """Asks the sources, in order."""

    def __init__(self, sources: Sequence[StatusSource]) -> None:
        self._sources = tuple(sources)
        # Found by the identity of the issuer's certificate, because hashing one takes longer than everything else here.
        # Each entry holds on to that object, so that no other can have its identity meanwhile.
        self._lists: ShortMemory[int, tuple[x509.Certificate, bytes, BelievedList]] = ShortMemory(KEPT_LISTS)
        self._answers: ShortMemory[tuple[int, int], tuple[x509.Certificate, bytes, BelievedAnswer]] = ShortMemory(
            KEPT_ANSWERS
        )

    def check(self, issuer: x509.Certificate, serial: int, now: datetime) -> None:
        """Refuse the certificate `serial` of `issuer` unless it is known not to be revoked at `now` (aware).

        Raises:
            QualificationError: CERTIFICATE_REVOKED_CRL, CERTIFICATE_REVOKED_OCSP; REVOCATION_UNKNOWN where nobody has
                data of that issuer; another `REVOCATION_` refusal for data that cannot be believed;
                STORE_UNAVAILABLE where it cannot be read.
        """
        now = now.astimezone(UTC)  # as everything signed has it: moments of one zone are compared faster
        evidence = self._evidence(issuer, serial, now)
        if evidence.crl is not None:
            believed = self._list(issuer, evidence.crl)
            believed.check_time(now)
            if serial in believed.serials:
                raise QualificationError(Refusal.CERTIFICATE_REVOKED_CRL)
        if evidence.ocsp is not None:
            answer = self._answer(issuer, serial, evidence.ocsp, now)
            answer.check_time(now)
            if answer.revoked:
                raise QualificationError(Refusal.CERTIFICATE_REVOKED_OCSP)

    def _evidence(self, issuer: x509.Certificate, serial: int, now: datetime) -> Evidence:
        try:
            for source in self._sources:
                found = source.evidence(issuer, serial, now)
                if found is not None and (found.crl is not None or found.ocsp is not None):
                    return found
        except SetupError:
            raise QualificationError(Refusal.STORE_UNAVAILABLE) from None
        raise QualificationError(Refusal.REVOCATION_UNKNOWN)

    def _list(self, issuer: x509.Certificate, der: bytes) -> BelievedList:
        kept = self._lists.get(id(issuer))
        if kept is None or kept[1] != der:
            kept = issuer, der, believed_list(der, issuer)
            self._lists.put(id(issuer), kept)
        return kept[2]

    def _answer(self, issuer: x509.Certificate, serial: int, der: bytes, now: datetime) -> BelievedAnswer:
        kept = self._answers.get((id(issuer), serial))
        if kept is None or kept[1] != der:
            kept = issuer, der, believed_answer(der, issuer, serial, now)
            self._answers.put((id(issuer), serial), kept)
        return kept[2]
