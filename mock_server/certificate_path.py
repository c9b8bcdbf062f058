"""Is this a 利用者証明用 certificate of a CA we trust, today? Every way to say no has its own code; yes is said last.

Nothing is valid by default: each property is looked at by name, and the library's own path verification must agree at
the end. An issuer is found by its signature, never by its name: all generations share one name (jpki-card.md §2.1).
A certificate in grace is accepted and told; one on a phone has no grace. Whether it is revoked is asked elsewhere
(`revocation.check`), each time: a yes of this module may be a minute old.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from eligibility.calendar import JST, CertificateState, certificate_state
from mock_server.algorithms import ALGORITHMS, TITLES, Algorithm, PublicKey
from mock_server.certificate_profile import check_profile, extension, is_of_phone, verify_path
from mock_server.errors import QualificationError, Refusal
from mock_server.short_memory import ShortMemory

MAX_CERTIFICATE_BYTES = 4096
"""Real ones have some 1300 bytes; whoever sends more than this sends something else."""
KEPT_FOR: Final = timedelta(seconds=60)
"""How long a certificate that was believed is not looked at again, by the server's clock."""
KEPT: Final = 4096
"""How many of them."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate that was believed: whose it is (serial number and issuer), its key, and its state today."""

    serial: int
    key: PublicKey
    state: CertificateState
    issuer: x509.Certificate
    """The anchor that signed it."""
    phone: bool = False
    """Whether it lies on a smartphone."""


@dataclass(frozen=True, slots=True)
class _Believed:
    """A credential that holds from `begin` (inclusive) until `end`."""

    credential: Credential
    begin: datetime
    end: datetime


class CertificatePath:
    """Verifies certificates against a list of trust anchors, which only ever grows."""

    def __init__(
        self,
        anchors: Sequence[x509.Certificate],
        later: Callable[[], Sequence[x509.Certificate]] = tuple,
    ) -> None:
        """`later` is asked when nobody here issued a certificate: for anchors made since (a new kind of card).

        Raises:
            ValueError: There is no anchor.
        """
        if not anchors:
            raise ValueError("at least one trust anchor is needed")
        self._anchors = tuple(anchors)
        self._later = later
        self._believed: ShortMemory[bytes, _Believed] = ShortMemory(KEPT)

    def check(self, der: bytes, now: datetime) -> Credential:
        """The credential in a DER certificate; `now` is aware. One that was believed is, for a minute of that clock.

        Only a yes is remembered, by the SHA-256 of the certificate; not when the clock has gone back, nor past midnight
        in Japan (states change by the day) or the end of certificate or CA.

        Raises:
            QualificationError: With one of the `CERTIFICATE_` refusals.
        """
        if len(der) > MAX_CERTIFICATE_BYTES:
            raise QualificationError(Refusal.CERTIFICATE_TOO_LONG, limit=str(MAX_CERTIFICATE_BYTES))
        name = hashlib.sha256(der).digest()
        known = self._believed.get(name)
        if known is None or not known.begin <= now < known.end:
            known = self._verified(der, now)
            self._believed.put(name, known)
        return known.credential

    def _verified(self, der: bytes, now: datetime) -> _Believed:
        leaf = _parse(der)
        algorithm = _check_algorithm(leaf)
        key = _check_key(leaf, algorithm)
        issuer = self._issuer_of(leaf)
        phone = is_of_phone(leaf)
        state = _check_life(leaf, now, phone=phone)
        # In grace the path is judged as of the last moment the certificate was good: a CA may end with its last card.
        moment = min(now, leaf.not_valid_after_utc)
        _check_issuer(issuer, algorithm, moment)
        check_profile(leaf)
        verify_path(leaf, issuer, moment)
        limits = (leaf.not_valid_after_utc, issuer.not_valid_after_utc, _next_midnight(now))
        end = min([now + KEPT_FOR, *(limit for limit in limits if limit >= now)])
        return _Believed(Credential(leaf.serial_number, key, state, issuer, phone), now, end)

    def _issuer_of(self, leaf: x509.Certificate) -> x509.Certificate:
        issuer = _issuer_among(self._anchors, leaf)
        if issuer is None:
            self._anchors += tuple(anchor for anchor in self._later() if anchor not in self._anchors)
            issuer = _issuer_among(self._anchors, leaf)
        if issuer is not None:
            return issuer
        if any(anchor.subject == leaf.issuer for anchor in self._anchors):
            raise QualificationError(Refusal.CERTIFICATE_ISSUER_FORGED)
        raise QualificationError(Refusal.CERTIFICATE_ISSUER_UNKNOWN)


def _issuer_among(anchors: Sequence[x509.Certificate], leaf: x509.Certificate) -> x509.Certificate | None:
    named = (anchor for anchor in anchors if anchor.subject == leaf.issuer)
    return next((anchor for anchor in named if is_signed_by(leaf, anchor)), None)


def is_signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether `issuer`'s key made the signature on `certificate`."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def may_issue(ca: x509.Certificate) -> bool:
    """Whether a certificate says of itself that it is a CA and may sign certificates."""
    constraints = extension(ca, x509.BasicConstraints)
    usage = extension(ca, x509.KeyUsage)
    return constraints is not None and constraints.ca and usage is not None and usage.key_cert_sign


def _parse(der: bytes) -> x509.Certificate:
    if not der:
        raise QualificationError(Refusal.CERTIFICATE_MISSING)
    try:
        certificate = x509.load_der_x509_certificate(der)
        # Parsing is lazy; what is looked at later must be readable now.
        list(certificate.extensions)
        certificate.subject.rfc4514_string()
        certificate.issuer.rfc4514_string()
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc, certificate.signature_algorithm_oid
    except Exception:
        # The library refuses unreadable parts with exceptions of several unrelated roots.
        raise QualificationError(Refusal.CERTIFICATE_MALFORMED) from None
    # The signature is a BIT STRING of whole bytes. The library lets unused bits pass where they happen to be zero, and
    # then one certificate would have several spellings.
    whole_bytes = der[-len(certificate.signature) - 1 :][:1] == b"\x00"
    if certificate.version is not x509.Version.v3 or not whole_bytes:
        raise QualificationError(Refusal.CERTIFICATE_MALFORMED)
    return certificate


def _check_algorithm(leaf: x509.Certificate) -> Algorithm:
    for algorithm in ALGORITHMS:
        if leaf.signature_algorithm_oid == algorithm.oid:
            return algorithm
    raise QualificationError(Refusal.CERTIFICATE_ALGORITHM, wanted=TITLES)


def _check_key(leaf: x509.Certificate, algorithm: Algorithm) -> PublicKey:
    """The leaf's key, which is of the kind that its issuer signed with: kinds are never mixed in a path."""
    key = _key(leaf)
    if key is None or not algorithm.is_kind(key):
        raise QualificationError(Refusal.CERTIFICATE_KEY_TYPE)
    if key.key_size != algorithm.bits:
        raise QualificationError(Refusal.CERTIFICATE_KEY_SIZE, wanted=str(algorithm.bits))
    return key


def _key(certificate: x509.Certificate) -> PublicKey | None:
    try:
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, PublicKey) else None


def _check_issuer(issuer: x509.Certificate, algorithm: Algorithm, moment: datetime) -> None:
    if not may_issue(issuer):
        raise QualificationError(Refusal.CERTIFICATE_ISSUER_NOT_CA)
    key = _key(issuer)
    if key is None or not algorithm.is_kind(key) or key.key_size < algorithm.bits:
        raise QualificationError(Refusal.CERTIFICATE_ALGORITHM, wanted=algorithm.title)
    if moment < issuer.not_valid_before_utc:
        raise QualificationError(Refusal.CERTIFICATE_ISSUER_NOT_YET_VALID)
    if moment > issuer.not_valid_after_utc:
        raise QualificationError(Refusal.CERTIFICATE_ISSUER_EXPIRED)


def _check_life(leaf: x509.Certificate, now: datetime, *, phone: bool) -> CertificateState:
    if now < leaf.not_valid_before_utc:
        raise QualificationError(Refusal.CERTIFICATE_NOT_YET_VALID)
    state = certificate_state(_day(leaf.not_valid_after_utc), _day(now), phone=phone)
    if state is CertificateState.EXPIRED:
        raise QualificationError(Refusal.CERTIFICATE_EXPIRED)
    return state


def _day(moment: datetime) -> date:
    return moment.astimezone(JST).date()


def _next_midnight(now: datetime) -> datetime:
    return datetime.combine(_day(now) + timedelta(days=1), time(), JST)
