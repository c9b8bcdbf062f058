"""スマホ用電子証明書 of the personas: key and certificate of their smartphones, in the key store.

A phone has a key, a certificate and a serial number of its own, marked by its policy; it has no grace period
(reception.md §2.1). No software card plays a phone by it: it is for the console and for tests, which sign themselves.
What breaks if wrong: a phone is taken for the card, and lives on in grace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mock_server import profile
from mock_server.algorithms import PrivateKey
from mock_server.authorities import AUTH, Authorities, Issuer, key_and_certificate, pem
from mock_server.certificate_life import REVOKED, VALID, is_in, life_in
from mock_server.certificate_path import is_signed_by
from mock_server.certificates import auth_certificate
from mock_server.keystore import Keystore
from mock_server.personas import Persona
from mock_server.revocation.planned import ensure_revoked
from mock_server.revocation.register import RevocationRegister
from mock_server.serials import phone_serial

FOLDER: Final = "phones"


@dataclass(frozen=True, slots=True)
class PhoneCredential:
    """What a smartphone holds."""

    certificate: bytes
    """DER."""
    key: bytes = field(repr=False)
    """PKCS#8 PEM, RSA-2048."""


class Phones:
    """Every smartphone of one key store."""

    def __init__(
        self,
        keystore: Keystore,
        authorities: Authorities,
        register: RevocationRegister,
        now: Callable[[], datetime],
    ) -> None:
        self._keystore = keystore
        self._authorities = authorities
        self._register = register
        self._now = now

    def credential(self, persona: Persona) -> PhoneCredential:
        """The persona's, made on first use and made anew when it is no longer in the state its file says.

        A persona whose file knows no phone is given a valid one. A file that cannot be read is replaced.

        Raises:
            SetupError: The key store cannot be used.
        """
        state = persona.card.smartphone or VALID
        path = self._keystore.make_folder(FOLDER) / f"{persona.name}.pem"
        with self._keystore.locked():
            known = self._read(self._keystore.read(path))
            if known is None or not (state == VALID or is_in(state, known[1], self._now(), phone=True)):
                known = self._issue(persona, state, None if known is None else known[0])
                self._keystore.write(path, pem(known[0]) + known[1].public_bytes(Encoding.PEM))
            key, certificate, issuer = known
            if state == REVOKED:
                ensure_revoked(self._register, issuer.name, certificate, self._now())
        return PhoneCredential(certificate.public_bytes(Encoding.DER), pem(key))

    def _issue(
        self, persona: Persona, state: str, key: PrivateKey | None
    ) -> tuple[PrivateKey, x509.Certificate, Issuer]:
        issuer = self._authorities.current(AUTH)
        key = key or AUTH.algorithm.new_key()
        certificate = auth_certificate(
            key.public_key(),
            issuer.key(),
            issuer.certificate,
            phone_serial(persona.name),
            f"{persona.name}/phone",
            life_in(state, persona.person.birthdate, self._now()),
            policy=profile.PHONE_POLICY,
        )
        return key, certificate, issuer

    def _read(self, content: bytes | None) -> tuple[PrivateKey, x509.Certificate, Issuer] | None:
        """Key, certificate and who issued it; None where a part is missing, damaged or of a CA that is gone."""
        pair = key_and_certificate(content)
        if pair is None:
            return None
        key, certificate = pair
        issuers = self._authorities.generations(AUTH)
        issuer = next((one for one in issuers if is_signed_by(certificate, one.certificate)), None)
        return None if issuer is None else (key, certificate, issuer)
