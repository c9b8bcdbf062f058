"""The OCSP responder of one CA generation (RFC 6960; one certificate per question, as RFC 5019 has it).

Answers from the register: `good` says that no certificate of this number is revoked, not that one was ever issued
(RFC 6960 §2.2). An answer without nonce is signed once per certificate and used until it is out of date or the register
says something else of it; one with nonce is signed for whoever asks. If it is wrong, a revoked card is called good.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from mock_server.algorithms import algorithm_of
from mock_server.authorities import Issuer
from mock_server.keystore import Keystore
from mock_server.revocation.certificate_id import IssuerId, issuer_id
from mock_server.revocation.register import Revocation, Revoked
from mock_server.revocation.responder_identity import ResponderIdentity, responder_identity
from mock_server.short_memory import ShortMemory

ANSWER_LIFE: Final = timedelta(hours=1)
"""From thisUpdate to nextUpdate. Ours; the real responder's is unverified."""
KEPT_ANSWERS: Final = 4096
"""Signed answers kept in memory, of some 1.6 kB each."""


@dataclass(frozen=True, slots=True)
class _Signed:
    """An answer, what it was made from, and from when (inclusive) until when it may be given."""

    der: bytes = field(repr=False)
    known: Revocation | None
    begin: datetime
    end: datetime


class Responder:
    """Answers for one generation."""

    def __init__(self, keystore: Keystore, issuer: Issuer) -> None:
        self._keystore = keystore
        self._issuer = issuer
        self._identity: ResponderIdentity | None = None
        self._kept: ShortMemory[tuple[int, str], _Signed] = ShortMemory(KEPT_ANSWERS)
        self._ids: dict[str, IssuerId] = {}

    def id_for(self, algorithm: hashes.HashAlgorithm) -> IssuerId:
        """How a question names this generation."""
        known = self._ids.get(algorithm.name)
        if known is None:
            known = self._ids[algorithm.name] = issuer_id(self._issuer.certificate, algorithm)
        return known

    def answer(
        self,
        serial: int,
        revoked: Revoked,
        now: datetime,
        algorithm: hashes.HashAlgorithm,
        nonce: x509.OCSPNonce | None = None,
    ) -> bytes:
        """A signed OCSPResponse (DER) about one certificate at `now` (aware); `revoked` is what the register says.

        Raises:
            SetupError: The key store cannot be used.
        """
        known = revoked.get((self._issuer.name, serial))
        if nonce is not None:
            return self._sign(serial, known, now, algorithm, nonce).der
        kept = self._kept.get((serial, algorithm.name))
        if kept is None or kept.known != known or not kept.begin <= now < kept.end:
            kept = self._sign(serial, known, now, algorithm, None)
            self._kept.put((serial, algorithm.name), kept)
        return kept.der

    def _sign(
        self,
        serial: int,
        known: Revocation | None,
        now: datetime,
        algorithm: hashes.HashAlgorithm,
        nonce: x509.OCSPNonce | None,
    ) -> _Signed:
        begin = now.astimezone(UTC).replace(microsecond=0)
        end = begin + ANSWER_LIFE
        one = known if known is not None and known.at <= now else None
        if known is not None and one is None:  # good until then
            end = min(end, known.at)
        identity = self._identity_for(begin, end)
        named = self.id_for(algorithm)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=named.name_hash,
                issuer_key_hash=named.key_hash,
                serial_number=serial,
                algorithm=algorithm,
                cert_status=ocsp.OCSPCertStatus.GOOD if one is None else ocsp.OCSPCertStatus.REVOKED,
                this_update=begin,
                next_update=end,
                revocation_time=None if one is None else one.at,
                revocation_reason=None if one is None else one.reason,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, identity.certificate)
            .certificates([identity.certificate])
        )
        if nonce is not None:
            builder = builder.add_extension(nonce, critical=False)
        made = builder.sign(identity.key, algorithm_of(identity.key).hash)
        return _Signed(made.public_bytes(Encoding.DER), known, begin, end)

    def _identity_for(self, begin: datetime, end: datetime) -> ResponderIdentity:
        identity = self._identity
        if identity is None or not identity.covers(begin, end):
            identity = self._identity = responder_identity(self._keystore, self._issuer, begin, end)
        return identity
