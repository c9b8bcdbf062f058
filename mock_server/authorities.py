"""The test CAs of one key store, generation by generation: which one issues a card today, and which there ever were.

A generation is one file, key and self-signed certificate, made under the key store's lock when the last one is about
to be too short. What breaks if wrong: cards of an older generation would suddenly be strangers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from mock_server import profile
from mock_server.algorithms import ECDSA_SHA384, RSA_SHA256, Algorithm, PrivateKey
from mock_server.certificates import ca_certificate
from mock_server.errors import SetupError
from mock_server.keystore import Keystore

_KEYS_KEPT: Final = 32
"""Checking a key's numbers takes 30 ms, and a card is issued with two of the keys."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the CAs."""

    file: str
    """How its files begin: `auth-001.pem`."""
    unit: str
    algorithm: Algorithm


AUTH: Final = Kind("auth", profile.AUTH_CA_UNIT, RSA_SHA256)
"""Issues 利用者証明用 certificates."""
SIGN: Final = Kind("sign", profile.SIGN_CA_UNIT, RSA_SHA256)
"""Issues 署名用 certificates; it is no anchor of the server."""
NEXT_AUTH: Final = Kind("authnext", profile.NEXT_AUTH_CA_UNIT, ECDSA_SHA384)
"""Issues the certificates of cards of the next generation."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """One generation of a CA: its file (key and self-signed certificate) and the certificate."""

    path: Path
    content: bytes = field(repr=False)
    certificate: x509.Certificate

    @property
    def name(self) -> str:
        """Which generation of which CA: `auth-001`."""
        return self.path.stem

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.certificate.public_bytes(Encoding.DER)

    def key(self) -> PrivateKey:
        """The private key; the first time slow to load, so only when something is signed.

        Raises:
            SetupError: `setup.keystore.damaged`: no key, or not that of the certificate.
        """
        try:
            key = _loaded(self.content)
        except (ValueError, TypeError) as error:
            raise SetupError("setup.keystore.damaged", path=str(self.path)) from error
        if not isinstance(key, PrivateKey) or key.public_key() != self.certificate.public_key():
            raise SetupError("setup.keystore.damaged", path=str(self.path))
        return key


class Authorities:
    """Every CA of one key store."""

    def __init__(self, keystore: Keystore, now: Callable[[], datetime]) -> None:
        self._keystore = keystore
        self._now = now
        self._folder = keystore.make_folder("authority")

    def generations(self, kind: Kind) -> list[Issuer]:
        """Every generation there is, oldest first; makes none.

        Raises:
            SetupError: `setup.keystore.damaged` or `.unusable`.
        """
        return [self._load(path) for path in sorted(self._folder.glob(f"{kind.file}-[0-9][0-9][0-9].pem"))]

    def current(self, kind: Kind) -> Issuer:
        """The generation that can issue a card today and outlives it; a new one where there is none.

        Raises:
            SetupError: The key store cannot be used, or holds something that is no CA.
        """
        with self._keystore.locked():
            begin = self._now() - profile.CARD_AGE
            end = begin + profile.CARD_LIFE
            generations = self.generations(kind)
            for issuer in reversed(generations):
                life = issuer.certificate
                if life.not_valid_before_utc <= begin and end <= life.not_valid_after_utc:
                    return issuer
            key = kind.algorithm.new_key()
            certificate = ca_certificate(key, kind.unit, len(generations) + 1, begin - profile.CA_BEFORE_CARD)
            content = pem(key) + certificate.public_bytes(Encoding.PEM)
            path = self._folder / f"{kind.file}-{len(generations) + 1:03}.pem"
            self._keystore.write(path, content)
            return Issuer(path, content, certificate)

    def _load(self, path: Path) -> Issuer:
        content = self._keystore.read(path) or b""
        try:
            return Issuer(path, content, x509.load_pem_x509_certificate(content))
        except ValueError as error:
            raise SetupError("setup.keystore.damaged", path=str(path)) from error


@lru_cache(maxsize=_KEYS_KEPT)
def _loaded(content: bytes) -> object:
    """The private key in a PEM file, its numbers checked. Raises ValueError or TypeError."""
    return load_pem_private_key(content, password=None)


def pem(key: PrivateKey) -> bytes:
    """A private key as PKCS#8 PEM without a pass phrase."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_and_certificate(content: bytes | None) -> tuple[PrivateKey, x509.Certificate] | None:
    """The two of one PEM file; None where a part is missing or damaged, or the key is another certificate's."""
    try:
        key = _loaded(content or b"")
        certificate = x509.load_pem_x509_certificate(content or b"")
    except (ValueError, TypeError):
        return None
    if not isinstance(key, PrivateKey) or key.public_key() != certificate.public_key():
        return None
    return key, certificate
