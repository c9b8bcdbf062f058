"""The mock J-LIS: a test CA that issues a card to every persona, on first use, into the key store.

Nobody's real certificate and no key in the repository: everything is made on this machine. Card and CA are made under
the key store's lock and written whole, so that two programs started at once hand out the same card. A persona's other
kinds of card (`reader.card.variants`) are made from that card and have tries of their own; all of them carry the
persona's serial number, so the server knows the holder by any of them.
What breaks if wrong: the counter would refuse its own cards, or take a stranger's for ours.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from eligibility.calendar import JST, CertificateState, certificate_state
from mock_server import profile
from mock_server.authorities import AUTH, NEXT_AUTH, SIGN, Authorities, Issuer, Kind, pem
from mock_server.certificate_path import is_signed_by
from mock_server.certificates import auth_certificate, sign_certificate
from mock_server.errors import SetupError
from mock_server.keystore import Keystore
from mock_server.personas import Persona, find_persona
from mock_server.serials import serial_number
from reader.card import layout
from reader.card.builder import build_image
from reader.card.image import CardImage, CardImageError, load_image, save_image
from reader.card.variants import Variant, as_variant


class TestAuthority:
    """The test CA of one key store and the cards it issued."""

    __test__ = False  # not a test class, whatever its name suggests to pytest

    def __init__(self, keystore: Keystore, now: Callable[[], datetime]) -> None:
        self._keystore = keystore
        self._now = now
        self._cards = keystore.make_folder("cards")
        self.authorities = Authorities(keystore, now)

    @classmethod
    def open(cls, folder: Path, now: Callable[[], datetime]) -> TestAuthority:
        """The authority whose keys lie in `folder`; `now` gives aware date-times. Makes folders, no keys yet.

        Raises:
            SetupError: The folder cannot be used.
        """
        return cls(Keystore(folder), now)

    def ca_certificates(self) -> list[bytes]:
        """DER of every generation of the CAs for user authentication, oldest first; makes the first one if needed.

        These are the anchors of the server, and how the counter tells its own cards from real ones. The CA of cards of
        the next generation is among them once such a card was issued. The CA of the 署名用 certificates is no anchor:
        it never vouches for a visit.

        Raises:
            SetupError: The key store cannot be used, or holds something that is no CA.
        """
        self.authorities.current(AUTH)
        return [issuer.der for kind in (AUTH, NEXT_AUTH) for issuer in self.authorities.generations(kind)]

    def card_image_path(self, persona: Persona | str, variant: Variant | str = Variant.PLASTIC) -> Path:
        """Where the persona's card of a kind lies, issued or not: `taro.json`, `taro.face-only.json`.

        Raises:
            UnknownPersonaError: There is no persona of that name.
            ValueError: There is no variant of that name.
        """
        name, kind = _resolve(persona).name, Variant(variant)
        return self._cards / (f"{name}.json" if kind is Variant.PLASTIC else f"{name}.{kind.value}.json")

    def card(self, persona: Persona | str, variant: Variant | str = Variant.PLASTIC) -> CardImage:
        """The persona's card of a kind with the tries it has left. Issued on first use, and again when its CA is gone.

        Raises:
            UnknownPersonaError: There is no persona of that name.
            ValueError: There is no variant of that name.
            SetupError: The key store cannot be used, or holds something that is no card.
        """
        persona, variant = _resolve(persona), Variant(variant)
        image = self._load(persona, variant)
        if image is None or not self._is_ours(image):
            with self._keystore.locked():
                image = self._load(persona, variant)  # another program may have been quicker
                if image is None or not self._is_ours(image):
                    image = self._made(persona, variant)
                    self._save(persona, variant, image)
        return image

    def reset_card(self, persona: Persona | str, variant: Variant | str = Variant.PLASTIC) -> CardImage:
        """The persona's card of a kind as new: PIN, password and tries as the persona says.

        Keys and certificate stay while the certificate is good; otherwise a new card is issued. A damaged card file is
        replaced. Other kinds of card of the persona stay as they are. Raises as `card`.
        """
        persona, variant = _resolve(persona), Variant(variant)
        own = Variant.NEXT_GENERATION if variant is Variant.NEXT_GENERATION else Variant.PLASTIC
        with self._keystore.locked():
            source = self._usable(persona, own)
            if source is None or not self._is_good(source):
                source = self._issue(persona, own)
            image = as_variant(_as_new(source, persona), variant)
            self._save(persona, variant, image)
        return image

    @staticmethod
    def serial_number(persona_name: str, issue: int = 1) -> int:
        """The serial number of the persona's certificate (`mock_server.serials`)."""
        return serial_number(persona_name, issue)

    # ── issuing ──

    def _made(self, persona: Persona, variant: Variant) -> CardImage:
        if variant in (Variant.PLASTIC, Variant.NEXT_GENERATION):
            return self._issue(persona, variant)
        return as_variant(_as_new(self.card(persona), persona), variant)

    def _issue(self, persona: Persona, variant: Variant) -> CardImage:
        """A card with keys and a certificate of its own."""
        return self._issue_next(persona) if variant is Variant.NEXT_GENERATION else self._issue_plastic(persona)

    def _issue_plastic(self, persona: Persona) -> CardImage:
        key, certificate, issuer = self._auth_pair(persona, AUTH)
        sign_key_pem = sign_der = sign_ca_der = None
        if persona.card.sign_password:
            sign_issuer = self.authorities.current(SIGN)
            sign_key = SIGN.algorithm.new_key()
            sign_key_pem, sign_ca_der = pem(sign_key), sign_issuer.der
            life = self._life(persona.person.birthdate)
            sign_der = sign_certificate(
                sign_key.public_key(), sign_issuer.key(), sign_issuer.certificate, persona, life
            ).public_bytes(Encoding.DER)
        return build_image(
            persona.name,
            pin=persona.card.pin,
            sign_password=persona.card.sign_password or None,
            auth_key=key,
            auth_certificate=certificate,
            auth_ca=issuer.der,
            sign_key=sign_key_pem,
            sign_certificate=sign_der,
            sign_ca=sign_ca_der,
            auth_tries_left=persona.card.tries_left,
            sign_tries_left=persona.card.sign_tries_left,
        )

    def _issue_next(self, persona: Persona) -> CardImage:
        key, certificate, issuer = self._auth_pair(persona, NEXT_AUTH)
        return build_image(
            persona.name,
            pin=persona.card.pin,
            sign_password=None,
            auth_key=key,
            auth_certificate=certificate,
            auth_ca=issuer.der,
            auth_tries_left=persona.card.tries_left,
            generation=layout.NEXT_GENERATION,
        )

    def _auth_pair(self, persona: Persona, kind: Kind) -> tuple[bytes, bytes, Issuer]:
        """Key (PEM) and certificate (DER) for user authentication, and who issued them."""
        issuer = self.authorities.current(kind)
        key = kind.algorithm.new_key()
        certificate = auth_certificate(
            key.public_key(),
            issuer.key(),
            issuer.certificate,
            serial_number(persona.name),
            persona.name,
            self._life(persona.person.birthdate),
        )
        return pem(key), certificate.public_bytes(Encoding.DER), issuer

    def _life(self, birthdate: date) -> tuple[datetime, datetime]:
        """First and last moment of a certificate issued `CARD_AGE` ago: it ends with the fifth birthday after that."""
        issued = max((self._now() - profile.CARD_AGE).astimezone(JST).date(), birthdate)
        coming = 0 if (birthdate.month, birthdate.day) > (issued.month, issued.day) else 1
        year = issued.year + coming + 4
        last = _birthday_in(birthdate, year)
        return datetime.combine(issued, time(), JST), datetime.combine(last, time(23, 59, 59), JST)

    # ── cards on disk ──

    def _load(self, persona: Persona, variant: Variant) -> CardImage | None:
        path = self.card_image_path(persona, variant)
        try:
            return load_image(path)
        except FileNotFoundError:
            return None
        except CardImageError as error:
            raise SetupError("setup.card.damaged", path=str(path), persona=persona.name) from error
        except OSError as error:
            raise SetupError("setup.keystore.unusable", path=str(path), reason=error.strerror or "") from error

    def _usable(self, persona: Persona, variant: Variant) -> CardImage | None:
        """The card on disk, or None where there is none, a damaged one, or one of somebody else."""
        try:
            image = self._load(persona, variant)
        except SetupError:
            return None
        return image if image is not None and self._is_ours(image) else None

    def _save(self, persona: Persona, variant: Variant, image: CardImage) -> None:
        path = self.card_image_path(persona, variant)
        try:
            save_image(image, path)
        except OSError as error:
            raise SetupError("setup.keystore.unusable", path=str(path), reason=error.strerror or "") from error

    def _is_ours(self, image: CardImage) -> bool:
        """Whether a CA of ours issued the certificate on the card; a card without any is nobody else's either."""
        try:
            certificate = _certificate(image)
        except ValueError:
            return False
        issuers = (one for kind in (AUTH, NEXT_AUTH, SIGN) for one in self.authorities.generations(kind))
        return certificate is None or any(is_signed_by(certificate, issuer.certificate) for issuer in issuers)

    def _is_good(self, image: CardImage) -> bool:
        certificate = _certificate(image)
        if certificate is None:
            return True
        today = self._now().astimezone(JST).date()
        begun = certificate.not_valid_before_utc.astimezone(JST).date() <= today
        last_day = certificate.not_valid_after_utc.astimezone(JST).date()
        return begun and certificate_state(last_day, today) is CertificateState.VALID


def _resolve(persona: Persona | str) -> Persona:
    return find_persona(persona) if isinstance(persona, str) else persona


def _certificate(image: CardImage) -> x509.Certificate | None:
    """The certificate by which a card is known: for user authentication, else for signing. Raises ValueError."""
    places = (image.layout.auth, image.layout.sign)
    efs = (place.certificate for place in places if place is not None)
    found = next((image.files[ef] for ef in efs if ef in image.files), None)
    return None if found is None else x509.load_der_x509_certificate(found.content)


def _birthday_in(birthdate: date, year: int) -> date:
    try:
        return birthdate.replace(year=year)
    except ValueError:  # 29 February in a common year
        return date(year, 3, 1)


def _as_new(image: CardImage, persona: Persona) -> CardImage:
    """The same keys and certificates, everything else as issued. `image` is plastic or of the next generation."""
    auth, sign = image.layout.auth, image.layout.sign
    signing = sign if sign is not None and sign.key in image.keys else None
    return build_image(
        persona.name,
        pin=persona.card.pin,
        sign_password=(persona.card.sign_password or None) if sign is not None else None,
        auth_key=image.keys[auth.key].pem,
        auth_certificate=image.auth_certificate,
        auth_ca=image.files[auth.ca_certificate].content,
        sign_key=None if signing is None else image.keys[signing.key].pem,
        sign_certificate=None if signing is None else image.files[signing.certificate].content,
        sign_ca=None if signing is None else image.files[signing.ca_certificate].content,
        auth_tries_left=persona.card.tries_left,
        sign_tries_left=persona.card.sign_tries_left,
        generation=image.layout,
    )
