"""The token of a visit: what a card answer was about, carried by the counter and believed for a day.

Consent, medical information and the face file follow a card answer; the token ties them to it. Nothing is stored: it
carries its own terms under a MAC, as a challenge does. What breaks if wrong: a consent is taken from somebody who never
stood at this counter, or one institution acts on another's visit.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mock_server.callers import Caller
from mock_server.errors import QualificationError, Refusal
from mock_server.token_text import to_bytes, to_text

VISIT_LIFE: Final = timedelta(hours=24)
"""How long a visit can be referred to: as long as an outpatient's consent counts (online-qualification.md §2.3)."""
MAX_TOKEN_CHARACTERS: Final = 1024

_LABEL: Final = b"MADOGUCHI TEST visit\0"
_VERSION: Final = 1
_MAC_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Visit:
    """One card answer: who asked, whose card it was, and how it stood. `expires_at` is aware."""

    exchange: str
    """Key of the exchange in which the card was answered; the visit's name."""
    institution: str
    run: str
    person: str
    """The persona's name."""
    certificate_state: str
    """`valid`, `expiring` or `grace`; "" for an enrolled card, whose certificate nobody sent."""
    validity: str
    """資格有効性; "" where the card got no answer."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class VisitBook:
    """Gives tokens out and recognises them, for one server name and one key of the key store.

    The key may serve other labels as well: what is signed here begins with a label of its own.
    """

    server: str
    key: bytes = field(repr=False)

    def token(self, visit: Visit) -> str:
        """The visit as a text without blanks. Whoever has it can act for the visit."""
        terms = [
            _VERSION,
            visit.exchange,
            visit.institution,
            visit.run,
            visit.person,
            visit.certificate_state,
            visit.validity,
            int(visit.expires_at.timestamp()),
        ]
        body = json.dumps(terms, separators=(",", ":")).encode("ascii")
        return to_text(body + self._mac(body))

    def read(self, token: str, caller: Caller, now: datetime) -> Visit:
        """The visit of a token that is ours, this caller's, and of today.

        Raises:
            QualificationError: With one of the `VISIT_` refusals, in the order missing, malformed, forged, other
                institution, other run, expired, from the future.
        """
        if not token:
            raise QualificationError(Refusal.VISIT_MISSING)
        raw = _bytes(token)
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body)):
            raise QualificationError(Refusal.VISIT_FORGED)
        visit = _visit(body)
        if visit.institution != caller.institution:
            raise QualificationError(Refusal.VISIT_OTHER_INSTITUTION)
        if visit.run != caller.run:
            raise QualificationError(Refusal.VISIT_OTHER_RUN)
        if now >= visit.expires_at:
            raise QualificationError(Refusal.VISIT_EXPIRED)
        if visit.expires_at - now > VISIT_LIFE:  # the clock was moved back
            raise QualificationError(Refusal.VISIT_FROM_THE_FUTURE)
        return visit

    def _mac(self, body: bytes) -> bytes:
        server = self.server.encode()
        # Not hmac.digest: it lets other threads in for each of these, which takes longer than the work.
        return hmac.new(self.key, _LABEL + len(server).to_bytes(2, "big") + server + body, "sha256").digest()


def _bytes(token: str) -> bytes:
    malformed = QualificationError(Refusal.VISIT_MALFORMED)
    try:
        raw = to_bytes(token, MAX_TOKEN_CHARACTERS)
    except ValueError:
        raise malformed from None
    if len(raw) <= _MAC_BYTES:
        raise malformed
    return raw


def _visit(body: bytes) -> Visit:
    """The terms under a MAC that is ours; those of another version of this program are not read."""
    terms: list[Any] = json.loads(body)
    if terms[0] != _VERSION:
        raise QualificationError(Refusal.VISIT_MALFORMED)
    _, exchange, institution, run, person, state, validity, expires = terms
    return Visit(exchange, institution, run, person, state, validity, datetime.fromtimestamp(expires, UTC))
