"""Making a persona's card: keys, certificates of the current CA generations, everything as the persona's file says.

Keeps nothing and looks at no file of a card. Keys take their time (a second for RSA). What breaks if wrong: a card that
says something else than its persona, or an invented patient whose card no CA of ours stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from mock_server.algorithms import PrivateKey
from mock_server.authorities import AUTH, NEXT_AUTH, SIGN, Authorities, Issuer, Kind, pem
from mock_server.certificate_life import VALID, life_in
from mock_server.certificates import auth_certificate, sign_certificate
from mock_server.personas import Persona
from mock_server.serials import serial_number
from reader.card import layout
from reader.card.builder import build_image
from reader.card.image import CardImage
from reader.card.variants import Variant

WITH_OWN_KEYS = frozenset({Variant.PLASTIC, Variant.NEXT_GENERATION})
"""Kinds of card that are issued; all others are made from a plastic one."""


class CardMaker:
    """Makes cards with the CAs of one key store, as of `now` (aware)."""

    def __init__(self, authorities: Authorities, now: Callable[[], datetime]) -> None:
        self._authorities = authorities
        self._now = now

    def issue(self, persona: Persona, variant: Variant) -> CardImage:
        """A card with keys and a certificate of its own; `variant` is one of `WITH_OWN_KEYS`. Raises SetupError."""
        return self._next(persona) if variant is Variant.NEXT_GENERATION else self._plastic(persona)

    def renew(self, image: CardImage, persona: Persona) -> CardImage:
        """The same card, one of `WITH_OWN_KEYS`, with the certificate it should have today; all else stays.

        Raises:
            ValueError: The key on it is none.
            SetupError: The key store cannot be used.
        """
        auth = image.layout.auth
        key = load_pem_private_key(image.keys[auth.key].pem, password=None)
        if not isinstance(key, PrivateKey):
            raise ValueError("no key that a card has")  # noqa: TRY004 - what is wrong is the card, not the call
        kind = NEXT_AUTH if image.layout is layout.NEXT_GENERATION else AUTH
        _, certificate, issuer = self._auth_pair(persona, kind, key)
        return with_auth(image, certificate, issuer.der)

    def _plastic(self, persona: Persona) -> CardImage:
        key, certificate, issuer = self._auth_pair(persona, AUTH)
        sign_key_pem = sign_der = sign_ca_der = None
        if persona.card.sign_password:
            sign_issuer = self._authorities.current(SIGN)
            sign_key = SIGN.algorithm.new_key()
            sign_key_pem, sign_ca_der = pem(sign_key), sign_issuer.der
            life = life_in(VALID, persona.person.birthdate, self._now())
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

    def _next(self, persona: Persona) -> CardImage:
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

    def _auth_pair(self, persona: Persona, kind: Kind, key: PrivateKey | None = None) -> tuple[bytes, bytes, Issuer]:
        """Key (PEM; a new one unless given) and certificate (DER) for user authentication, and who issued them."""
        issuer = self._authorities.current(kind)
        key = key or kind.algorithm.new_key()
        life = life_in(persona.card.certificate, persona.person.birthdate, self._now())
        certificate = auth_certificate(
            key.public_key(), issuer.key(), issuer.certificate, serial_number(persona.name), persona.name, life
        )
        return pem(key), certificate.public_bytes(Encoding.DER), issuer


def with_auth(image: CardImage, certificate: bytes, ca: bytes) -> CardImage:
    """The card with another certificate for user authentication and its CA's (both DER), readable as before."""
    for ef, content in ((image.layout.auth.certificate, certificate), (image.layout.auth.ca_certificate, ca)):
        image = image.with_file(ef, replace(image.files[ef], content=content))
    return image
