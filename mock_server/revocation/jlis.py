"""The mock J-LIS as everybody else meets it: CRLs and an OCSP responder for every generation of every test CA.

A function library without HTTP (`routes` puts it there) and without a clock: every question carries its moment, because
a server's clock can be moved. What it hands out is signed; nobody has to believe it because it is in the same process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from mock_server.authorities import AUTH, NEXT_AUTH, SIGN, Authorities, Issuer
from mock_server.errors import SetupError
from mock_server.keystore import Keystore
from mock_server.revocation.evidence import Evidence
from mock_server.revocation.list_publisher import ListPublisher
from mock_server.revocation.register import RevocationRegister, Revoked
from mock_server.revocation.responder import Responder
from mock_server.short_memory import ShortMemory

KINDS: Final = (AUTH, NEXT_AUTH, SIGN)
MAX_REQUEST_BYTES: Final = 4096
"""An OCSPRequest has some 100 bytes."""
LONGEST_NONCE: Final = 128
"""Bytes (RFC 9654 §2.1)."""
SEEN_ISSUERS: Final = 64
"""CA certificates, own and others', that need not be looked for again."""
_OWN_HASH: Final = hashes.SHA256()


@dataclass(frozen=True, slots=True)
class _Generation:
    """One generation with what publishes for it."""

    issuer: Issuer
    lists: ListPublisher
    responder: Responder


class MockJlis:
    """The revocation service of one key store."""

    def __init__(self, keystore: Keystore, authorities: Authorities) -> None:
        self._keystore = keystore
        self._authorities = authorities
        self.register = RevocationRegister(keystore)
        self._generations: dict[x509.Certificate, _Generation] = {}
        self._seen: ShortMemory[int, tuple[x509.Certificate, _Generation | None]] = ShortMemory(SEEN_ISSUERS)

    def generations(self) -> list[str]:
        """Every CA generation there is, as `auth-001`. Raises SetupError."""
        return [one.issuer.name for one in self._all()]

    def owns(self, certificate: x509.Certificate) -> bool:
        """Whether `certificate` is that of a CA of this key store. Raises SetupError."""
        return self._of(certificate) is not None

    def crl_der(self, generation: str, now: datetime) -> bytes | None:
        """The CRL (DER) of a generation at `now` (aware); None where there is no such generation. Raises SetupError."""
        found = next((one for one in self._all() if one.issuer.name == generation), None)
        return None if found is None else found.lists.latest(self.register.revoked(), now)

    def exported_crl(self, issuer: x509.Certificate, now: datetime, life: timedelta) -> x509.CertificateRevocationList:
        """A CRL of a generation of ours for an installation elsewhere, good for `life`.

        Raises:
            ValueError: `issuer` is none of ours.
            SetupError: The key store cannot be used.
        """
        found = self._of(issuer)
        if found is None:
            raise ValueError("no generation of this key store")
        return x509.load_der_x509_crl(found.lists.export(now, life))

    def evidence(self, issuer: x509.Certificate, serial: int, now: datetime) -> Evidence | None:
        """CRL and OCSP answer about a certificate of ours, as `evidence.StatusSource` says; None for another CA's."""
        found = self._of(issuer)
        if found is None:
            return None
        revoked = self.register.revoked()
        return Evidence(
            crl=found.lists.latest(revoked, now), ocsp=found.responder.answer(serial, revoked, now, _OWN_HASH)
        )

    def answer(self, request: bytes, now: datetime) -> bytes:
        """The OCSPResponse (DER) to an OCSPRequest (DER) at `now` (aware); never raises for what was sent.

        Not about a CA of ours: `unauthorized` (RFC 5019 §2.2.3). Unreadable, too long, several certificates at once, a
        negative serial number, a critical extension, a nonce of no bytes or too many: `malformedRequest`. No key store:
        `internalError`.
        """
        try:
            question = _read(request)
            if question is None:
                return _failure(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
            found = self._asked_for(question)
            if found is None:
                return _failure(ocsp.OCSPResponseStatus.UNAUTHORIZED)
            revoked: Revoked = self.register.revoked()
            return found.responder.answer(question.serial, revoked, now, question.algorithm, question.nonce)
        except SetupError:
            return _failure(ocsp.OCSPResponseStatus.INTERNAL_ERROR)

    def _asked_for(self, question: _Question) -> _Generation | None:
        for one in self._all():
            named = one.responder.id_for(question.algorithm)
            if (named.name_hash, named.key_hash) == (question.name_hash, question.key_hash):
                return one
        return None

    def _of(self, certificate: x509.Certificate) -> _Generation | None:
        # By identity, because hashing a certificate takes longer than looking at the register. An entry holds on to the
        # object, so that no other can have its identity meanwhile. A CA is there before anybody can show its
        # certificate, so a stranger stays one.
        known = self._seen.get(id(certificate))
        if known is None:
            own = next((one for one in self._all() if one.issuer.certificate == certificate), None)
            known = certificate, own
            self._seen.put(id(certificate), known)
        return known[1]

    def _all(self) -> list[_Generation]:
        issuers = [issuer for kind in KINDS for issuer in self._authorities.generations(kind)]
        return [self._generation(issuer) for issuer in issuers]

    def _generation(self, issuer: Issuer) -> _Generation:
        known = self._generations.get(issuer.certificate)
        if known is None:
            known = _Generation(
                issuer, ListPublisher(self._keystore, self.register, issuer), Responder(self._keystore, issuer)
            )
            self._generations[issuer.certificate] = known
        return known


@dataclass(frozen=True, slots=True)
class _Question:
    """What an OCSPRequest asks."""

    name_hash: bytes
    key_hash: bytes
    serial: int
    algorithm: hashes.HashAlgorithm
    nonce: x509.OCSPNonce | None


def _read(request: bytes) -> _Question | None:
    """The question, or None where it is none that may be asked."""
    if len(request) > MAX_REQUEST_BYTES:
        return None
    try:
        asked = ocsp.load_der_ocsp_request(request)
        nonce = None
        for extension in asked.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                nonce = extension.value
            elif extension.critical:
                return None
        question = _Question(
            asked.issuer_name_hash, asked.issuer_key_hash, asked.serial_number, asked.hash_algorithm, nonce
        )
    except Exception:  # the library refuses unreadable parts with exceptions of several unrelated roots
        return None
    if question.serial < 0 or (nonce is not None and not 1 <= len(nonce.nonce) <= LONGEST_NONCE):
        return None
    return question


def _failure(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
