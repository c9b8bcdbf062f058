"""The CRL of one CA generation: signed when somebody asks and the last one no longer says what is so.

What was published lies in the key store (`revocation/auth-001.crl`), so that every worker hands out the same list; the
register alone decides what has to stand in it. If it is wrong, verifiers elsewhere go on believing a revoked card.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mock_server.algorithms import algorithm_of
from mock_server.authorities import Issuer
from mock_server.keystore import Keystore
from mock_server.revocation.register import Revocation, RevocationRegister, Revoked

LIST_LIFE: Final = timedelta(hours=24)
"""From thisUpdate to nextUpdate. Ours; how often the real lists appear is unverified (jpki-card.md §8)."""

Line = tuple[int, datetime, x509.ReasonFlags]
"""Serial number, moment and reason of one entry of a list."""


@dataclass(frozen=True, slots=True)
class _Published:
    """A list, what it was made from, and from when (inclusive) until when it says what is so."""

    der: bytes = field(repr=False)
    revoked: Revoked
    begin: datetime
    end: datetime


class ListPublisher:
    """Publishes for one generation."""

    def __init__(self, keystore: Keystore, register: RevocationRegister, issuer: Issuer) -> None:
        self._keystore = keystore
        self._register = register
        self._issuer = issuer
        self._path = register.path.parent / f"{issuer.name}.crl"
        self._latest: _Published | None = None

    def latest(self, revoked: Revoked, now: datetime) -> bytes:
        """The CRL (DER) that holds at `now` (aware); `revoked` is what the register says now.

        Raises:
            SetupError: The key store cannot be used.
        """
        latest = self._latest
        if latest is None or latest.revoked is not revoked or not latest.begin <= now < latest.end:
            latest = self._latest = self._publish(now)
        return latest.der

    def export(self, now: datetime, life: timedelta) -> bytes:
        """A CRL (DER) made for an installation elsewhere, good for `life`; it is not kept here. Raises SetupError."""
        lines = self._lines(self._register.revoked(), now)
        return self._signed(lines, _whole(now), _whole(now + life)).public_bytes(Encoding.DER)

    def _publish(self, now: datetime) -> _Published:
        with self._keystore.locked():
            revoked = self._register.revoked()
            made = self._on_disk(self._lines(revoked, now), now)
            if made is None:
                made = self._signed(self._lines(revoked, now), _whole(now), _whole(now + LIST_LIFE))
                self._keystore.write(self._path, made.public_bytes(Encoding.DER))
        coming = (one.at for one in self._own(revoked) if one.at > now)
        end = min([_next_update(made), *coming])
        return _Published(made.public_bytes(Encoding.DER), revoked, made.last_update_utc, end)

    def _on_disk(self, lines: frozenset[Line], now: datetime) -> x509.CertificateRevocationList | None:
        """What another program published, where it is still right. Anything else there is written over."""
        try:
            found = x509.load_der_x509_crl(self._keystore.read(self._path) or b"")
            genuine = found.is_signature_valid(self._issuer.certificate.public_key())  # type: ignore[arg-type]
            timely = found.last_update_utc <= now < _next_update(found)
            return found if genuine and timely and lines_of(found) == lines else None
        except (ValueError, TypeError):
            return None

    def _own(self, revoked: Revoked) -> Iterable[Revocation]:
        return (one for one in revoked.values() if one.generation == self._issuer.name and one.on_crl)

    def _lines(self, revoked: Revoked, now: datetime) -> frozenset[Line]:
        return frozenset((one.serial, one.at, one.reason) for one in self._own(revoked) if one.at <= now)

    def _signed(self, lines: frozenset[Line], begin: datetime, end: datetime) -> x509.CertificateRevocationList:
        number = self._register.next_crl_number(self._issuer.name)
        return signed_list(self._issuer, lines, begin, end, number)


def signed_list(
    issuer: Issuer, lines: Iterable[Line], begin: datetime, end: datetime, number: int
) -> x509.CertificateRevocationList:
    """A full CRL of `issuer` (RFC 5280 §5), in the order of serial numbers."""
    ca = issuer.certificate
    ski = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ca.subject)
        .last_update(begin)
        .next_update(end)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ski), critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    for serial, at, reason in sorted(lines, key=lambda line: line[0]):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
        if reason is not x509.ReasonFlags.unspecified:  # then the extension is absent (RFC 5280 §5.3.1)
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    key = issuer.key()
    return builder.sign(key, algorithm_of(key).hash)


def lines_of(crl: x509.CertificateRevocationList) -> frozenset[Line]:
    """The entries of a list."""
    return frozenset((one.serial_number, one.revocation_date_utc, _reason(one)) for one in crl)


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return x509.ReasonFlags.unspecified


def _next_update(crl: x509.CertificateRevocationList) -> datetime:
    if crl.next_update_utc is None:
        raise ValueError("a list of ours says when the next one comes")
    return crl.next_update_utc


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
