"""What of a card's image concerns whoever issued it: the certificates on it, and the same card as new."""

from __future__ import annotations

from cryptography import x509

from mock_server.personas import Persona
from reader.card.builder import build_image
from reader.card.image import CardImage


def known_by(image: CardImage) -> x509.Certificate | None:
    """The certificate by which a card is known: for user authentication, else for signing. Raises ValueError."""
    places = (image.layout.auth, image.layout.sign)
    efs = (place.certificate for place in places if place is not None)
    found = next((image.files[ef] for ef in efs if ef in image.files), None)
    return None if found is None else x509.load_der_x509_certificate(found.content)


def auth_certificate_of(image: CardImage) -> x509.Certificate | None:
    """The certificate for user authentication; None on a card that has none. Raises ValueError."""
    found = image.files.get(image.layout.auth.certificate)
    return None if found is None else x509.load_der_x509_certificate(found.content)


def as_new(image: CardImage, persona: Persona) -> CardImage:
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
