"""Challenges without memory: a nonce that proves by itself who it was for, what for, and until when.

Nothing is stored when one is given out. The nonce carries its own terms under a MAC; that it is used once only is the
registry's business (design.md §3). What breaks if wrong: an old signature, or one made for somebody else, is believed.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mock_server.errors import QualificationError, Refusal
from mock_server.token_text import to_bytes, to_text

LIFETIME = timedelta(minutes=5)
"""How long a challenge may be answered: long enough to look for one's PIN, short enough to be worthless tomorrow."""
KEY_BYTES = 32
MAX_NONCE_CHARACTERS = 400

_VERSION = b"\x01"
_RANDOM_BYTES = 16
_EXPIRY_BYTES = 8
_MAC_BYTES = 32


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a counter is to have signed, once, before `expires_at` (aware)."""

    server: str
    nonce: str
    institution: str
    purpose: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Terms:
    random: bytes
    expires_at: datetime
    institution: str
    purpose: str


@dataclass(frozen=True, slots=True)
class ChallengeBook:
    """Gives challenges out and recognises them, for one server name and one key."""

    server: str
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """An empty or short key would make every challenge forgeable."""
        if len(self.key) != KEY_BYTES:
            raise ValueError(f"the key behind challenges has {KEY_BYTES} bytes")

    def issue(self, institution: str, purpose: str, now: datetime, random_bytes: Callable[[int], bytes]) -> Challenge:
        """A fresh challenge; `now` is aware and rounded down to the second."""
        expires_at = now.replace(microsecond=0) + LIFETIME
        body = b"".join(
            (
                _VERSION,
                random_bytes(_RANDOM_BYTES),
                int(expires_at.timestamp()).to_bytes(_EXPIRY_BYTES, "big", signed=True),
                _short(institution),
                _short(purpose),
            )
        )
        return Challenge(self.server, to_text(body + self._mac(body)), institution, purpose, expires_at)

    def check(self, nonce: str, institution: str, purpose: str, now: datetime) -> None:
        """Refuse a nonce that is not ours, not for this institution and purpose, or not for now.

        Raises:
            QualificationError: With one of the `CHALLENGE_` refusals, in the order missing, malformed, forged, other
                institution, other purpose, expired, from the future.
        """
        if not nonce:
            raise QualificationError(Refusal.CHALLENGE_MISSING)
        raw = _bytes(nonce)
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        terms = _read(body)
        if not hmac.compare_digest(mac, self._mac(body)):
            raise QualificationError(Refusal.CHALLENGE_FORGED)
        if terms.institution != institution:
            raise QualificationError(Refusal.CHALLENGE_OTHER_INSTITUTION)
        if terms.purpose != purpose:
            raise QualificationError(Refusal.CHALLENGE_OTHER_PURPOSE)
        if now >= terms.expires_at:
            raise QualificationError(Refusal.CHALLENGE_EXPIRED)
        if terms.expires_at - now > LIFETIME:  # the clock was moved back: it would live longer than any challenge may
            raise QualificationError(Refusal.CHALLENGE_FROM_THE_FUTURE)

    def _mac(self, body: bytes) -> bytes:
        label = b"MADOGUCHI TEST challenge\0" + _short(self.server)
        # Not hmac.digest: it lets other threads in for each of these, which takes longer than the work.
        return hmac.new(self.key, label + body, "sha256").digest()


def _short(text: str) -> bytes:
    """UTF-8 with its length in one byte before it."""
    content = text.encode()
    if len(content) > 0xFF:
        raise ValueError("too long for a challenge")
    return bytes([len(content)]) + content


def _bytes(nonce: str) -> bytes:
    malformed = QualificationError(Refusal.CHALLENGE_MALFORMED)
    try:
        raw = to_bytes(nonce, MAX_NONCE_CHARACTERS)
    except ValueError:
        raise malformed from None
    if len(raw) <= _MAC_BYTES:
        raise malformed
    return raw


def _read(body: bytes) -> _Terms:
    malformed = QualificationError(Refusal.CHALLENGE_MALFORMED)
    fixed = 1 + _RANDOM_BYTES + _EXPIRY_BYTES
    if body[:1] != _VERSION or len(body) < fixed + 2:
        raise malformed
    institution_end = fixed + 1 + body[fixed]
    if institution_end >= len(body) or len(body) != institution_end + 1 + body[institution_end]:
        raise malformed
    try:
        # Signed: a computer whose clock starts at 1970 is nine hours before it in Japan.
        seconds = int.from_bytes(body[1 + _RANDOM_BYTES : fixed], "big", signed=True)
        expires_at = datetime.fromtimestamp(seconds, UTC)
        institution = body[fixed + 1 : institution_end].decode()
        purpose = body[institution_end + 1 :].decode()
    except (ValueError, OverflowError, OSError):
        raise malformed from None
    return _Terms(body[1 : 1 + _RANDOM_BYTES], expires_at, institution, purpose)
