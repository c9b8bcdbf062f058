"""The mock J-LIS: a test CA that issues a card to every persona, on first use, into the key store.

Nobody's real certificate and no key in the repository: everything is made on this machine. Card and CA are made under
the key store's lock and written whole, so that two programs started at once hand out the same card.
What breaks if wrong: the counter would refuse its own cards, or take a stranger's for ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from eligibility.calendar import JST, CertificateState, certificate_state
from mock_server import profile
from mock_server.certificate_path import is_signed_by
from mock_server.certificates import auth_certificate, ca_certificate, new_key, sign_certificate
from mock_server.errors import SetupError
from mock_server.keystore import Keystore
from mock_server.personas import Persona, find_persona
from mock_server.serials import serial_number
from reader.card import layout
from reader.card.builder import build_image
from reader.card.image import CardImage, CardImageError, load_image, save_image


@dataclass(frozen=True, slots=True)
class _Issuer:
    """One generation of a CA: its file (key and self-signed certificate) and the certificate."""

    path: Path
    content: bytes = field(repr=False)
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def key(self) -> rsa.RSAPrivateKey:
        """The private key; slow to load, so only when something is signed."""
        try:
            key = load_pem_private_key(self.content, password=None)
        except (ValueError, TypeError) as error:
            raise SetupError("setup.keystore.damaged", path=str(self.path)) from error
        if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != self.certificate.public_key():
            raise SetupError("setup.keystore.damaged", path=str(self.path))
        return key


class TestAuthority:
    """The test CA of one key store and the cards it issued."""

    __test__ = False  # not a test class, whatever its name suggests to pytest

    def __init__(self, keystore: Keystore, now: Callable[[], datetime]) -> None:
        self._keystore = keystore
        self._now = now
        self._authorities = keystore.make_folder("authority")
        self._cards = keystore.make_folder("cards")

    @classmethod
    def open(cls, folder: Path, now: Callable[[], datetime]) -> TestAuthority:
        """The authority whose keys lie in `folder`; `now` gives aware date-times. Makes folders, no keys yet.

        Raises:
            SetupError: The folder cannot be used.
        """
        return cls(Keystore(folder), now)

    def ca_certificates(self) -> list[bytes]:
        """DER of every generation of the CA for user authentication, oldest first; makes the first one if needed.

        These are the anchors of the server, and how the counter tells its own cards from real ones. The CA of the
        署名用 certificates is no anchor: it never vouches for a visit.
        """
        self._current("auth", profile.AUTH_CA_UNIT)
        return [issuer.der for issuer in self._generations("auth")]

    def card_image_path(self, persona: Persona | str) -> Path:
        """Where the persona's card lies, issued or not."""
        return self._cards / f"{_resolve(persona).name}.json"

    def card(self, persona: Persona | str) -> CardImage:
        """The persona's card with the tries it has left. Issued on first use, and again when its CA is gone.

        Raises:
            UnknownPersonaError: There is no persona of that name.
            SetupError: The key store cannot be used, or holds something that is no card.
        """
        persona = _resolve(persona)
        image = self._load(persona)
        if image is None or not self._is_ours(image):
            with self._keystore.locked():
                image = self._load(persona)  # another program may have been quicker
                if image is None or not self._is_ours(image):
                    image = self._issue(persona)
                    self._save(persona, image)
        return image

    def reset_card(self, persona: Persona | str) -> CardImage:
        """The persona's card as new: PIN, password and tries as the persona says.

        Keys and certificate stay while the certificate is good; otherwise a new card is issued. A damaged card file is
        replaced. Raises as `card`.
        """
        persona = _resolve(persona)
        with self._keystore.locked():
            try:
                image = self._load(persona)
            except SetupError:
                image = None
            if image is None or not self._is_ours(image) or not self._is_good(image):
                image = self._issue(persona)
            else:
                image = _as_new(image, persona)
            self._save(persona, image)
        return image

    @staticmethod
    def serial_number(persona_name: str, issue: int = 1) -> int:
        """The serial number of the persona's certificate (`mock_server.serials`)."""
        return serial_number(persona_name, issue)

    # ── CA generations ──

    def _generations(self, kind: str) -> list[_Issuer]:
        return [self._load_issuer(path) for path in sorted(self._authorities.glob(f"{kind}-[0-9][0-9][0-9].pem"))]

    def _load_issuer(self, path: Path) -> _Issuer:
        content = self._keystore.read(path) or b""
        try:
            return _Issuer(path, content, x509.load_pem_x509_certificate(content))
        except ValueError as error:
            raise SetupError("setup.keystore.damaged", path=str(path)) from error

    def _current(self, kind: str, unit: str) -> _Issuer:
        """The generation that can issue a card today and outlives it; a new one where there is none."""
        with self._keystore.locked():
            begin = self._now() - profile.CARD_AGE
            end = begin + profile.CARD_LIFE
            generations = self._generations(kind)
            for issuer in reversed(generations):
                life = issuer.certificate
                if life.not_valid_before_utc <= begin and end <= life.not_valid_after_utc:
                    return issuer
            key = new_key()
            certificate = ca_certificate(key, unit, len(generations) + 1, begin - profile.CA_BEFORE_CARD)
            pem = _pem(key) + certificate.public_bytes(Encoding.PEM)
            path = self._authorities / f"{kind}-{len(generations) + 1:03}.pem"
            self._keystore.write(path, pem)
            return _Issuer(path, pem, certificate)

    # ── cards ──

    def _issue(self, persona: Persona) -> CardImage:
        issuer = self._current("auth", profile.AUTH_CA_UNIT)
        issued, until = self._life(persona.person.birthdate)
        auth_key = new_key()
        auth = auth_certificate(
            auth_key.public_key(),
            issuer.key(),
            issuer.certificate,
            serial_number(persona.name),
            persona.name,
            (issued, until),
        )
        sign_key_pem = sign_der = sign_ca_der = None
        if persona.card.sign_password:
            sign_issuer = self._current("sign", profile.SIGN_CA_UNIT)
            sign_key = new_key()
            sign_key_pem, sign_ca_der = _pem(sign_key), sign_issuer.der
            sign_der = sign_certificate(
                sign_key.public_key(), sign_issuer.key(), sign_issuer.certificate, persona, (issued, until)
            ).public_bytes(Encoding.DER)
        return build_image(
            persona.name,
            pin=persona.card.pin,
            sign_password=persona.card.sign_password or None,
            auth_key=_pem(auth_key),
            auth_certificate=auth.public_bytes(Encoding.DER),
            auth_ca=issuer.der,
            sign_key=sign_key_pem,
            sign_certificate=sign_der,
            sign_ca=sign_ca_der,
            auth_tries_left=persona.card.tries_left,
            sign_tries_left=persona.card.sign_tries_left,
        )

    def _life(self, birthdate: date) -> tuple[datetime, datetime]:
        """First and last moment of a certificate issued `CARD_AGE` ago: it ends with the fifth birthday after that."""
        issued = max((self._now() - profile.CARD_AGE).astimezone(JST).date(), birthdate)
        coming = 0 if (birthdate.month, birthdate.day) > (issued.month, issued.day) else 1
        year = issued.year + coming + 4
        last = _birthday_in(birthdate, year)
        return datetime.combine(issued, time(), JST), datetime.combine(last, time(23, 59, 59), JST)

    def _load(self, persona: Persona) -> CardImage | None:
        path = self._cards / f"{persona.name}.json"
        try:
            return load_image(path)
        except FileNotFoundError:
            return None
        except CardImageError as error:
            raise SetupError("setup.card.damaged", path=str(path), persona=persona.name) from error
        except OSError as error:
            raise SetupError("setup.keystore.unusable", path=str(path), reason=error.strerror or "") from error

    def _save(self, persona: Persona, image: CardImage) -> None:
        path = self._cards / f"{persona.name}.json"
        try:
            save_image(image, path)
        except OSError as error:
            raise SetupError("setup.keystore.unusable", path=str(path), reason=error.strerror or "") from error

    def _is_ours(self, image: CardImage) -> bool:
        try:
            certificate = x509.load_der_x509_certificate(image.auth_certificate)
        except (KeyError, ValueError):
            return False
        return any(is_signed_by(certificate, issuer.certificate) for issuer in self._generations("auth"))

    def _is_good(self, image: CardImage) -> bool:
        certificate = x509.load_der_x509_certificate(image.auth_certificate)
        today = self._now().astimezone(JST).date()
        begun = certificate.not_valid_before_utc.astimezone(JST).date() <= today
        last_day = certificate.not_valid_after_utc.astimezone(JST).date()
        return begun and certificate_state(last_day, today) is CertificateState.VALID


def _resolve(persona: Persona | str) -> Persona:
    return find_persona(persona) if isinstance(persona, str) else persona


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _birthday_in(birthdate: date, year: int) -> date:
    try:
        return birthdate.replace(year=year)
    except ValueError:  # 29 February in a common year
        return date(year, 3, 1)


def _as_new(image: CardImage, persona: Persona) -> CardImage:
    """The same keys and certificates, everything else as issued."""

    def content(ef: int) -> bytes | None:
        return image.files[ef].content if ef in image.files else None

    sign_key = image.keys.get(layout.SIGN_KEY)
    return build_image(
        persona.name,
        pin=persona.card.pin,
        sign_password=persona.card.sign_password or None,
        auth_key=image.keys[layout.AUTH_KEY].pem,
        auth_certificate=image.auth_certificate,
        auth_ca=image.files[layout.AUTH_CA_CERTIFICATE].content,
        sign_key=None if sign_key is None else sign_key.pem,
        sign_certificate=content(layout.SIGN_CERTIFICATE),
        sign_ca=content(layout.SIGN_CA_CERTIFICATE),
        auth_tries_left=persona.card.tries_left,
        sign_tries_left=persona.card.sign_tries_left,
    )
