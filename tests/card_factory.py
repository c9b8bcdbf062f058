"""Throw-away cards for tests: keys and certificates made on the spot, in memory only, and plainly invented.

Keys and certificates are made once per process and shared; every card has its own counters. No test may rely on a
card made here being accepted by the mock server: that is the issuer's work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from reader.card import layout
from reader.card.applet import SoftwareCard
from reader.card.builder import DEFAULT_FILLER, build_image
from reader.card.image import CardImage
from reader.card.layout import Label
from reader.card.variants import Variant, as_variant

PIN = "1234"
SIGN_PASSWORD = "ABC123"
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
NOT_AFTER = datetime(2031, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Pair:
    """A key and its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


@dataclass(frozen=True)
class NextPair:
    """A key and its certificate as a card of the next generation has them: ECDSA P-384, SHA-384."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


@cache
def throw_away_next_ca() -> NextPair:
    """A self-signed CA for cards of the next generation."""
    return _next_pair("throw-away CA of the next generation", None)


@cache
def throw_away_next_pair() -> NextPair:
    """A card holder's key and certificate of the next generation."""
    return _next_pair("throw-away card of the next generation", throw_away_next_ca())


@cache
def throw_away_ca(purpose: str) -> Pair:
    """A self-signed CA for `user authentication` or `digital signature`."""
    return _pair(f"throw-away CA for {purpose}", None)


@cache
def throw_away_pair(purpose: str) -> Pair:
    """A card holder's key and certificate for `user authentication` or `digital signature`."""
    return _pair(f"throw-away card for {purpose}", throw_away_ca(purpose))


def make_image(
    pin: str = PIN,
    tries_left: int = 3,
    *,
    sign_password: str = SIGN_PASSWORD,
    sign_tries_left: int = 5,
    with_signing: bool = True,
    label: str = Label.PLASTIC,
    filler: int = DEFAULT_FILLER,
    persona: str = "throw-away",
) -> CardImage:
    """The card of `make_card` as data."""
    auth, sign = throw_away_pair("user authentication"), throw_away_pair("digital signature")
    return build_image(
        persona,
        pin=pin,
        sign_password=sign_password if with_signing else None,
        auth_key=auth.pem,
        auth_certificate=auth.der,
        auth_ca=throw_away_ca("user authentication").der,
        sign_key=sign.pem if with_signing else None,
        sign_certificate=sign.der if with_signing else None,
        sign_ca=throw_away_ca("digital signature").der if with_signing else None,
        label=label,
        auth_tries_left=tries_left,
        sign_tries_left=sign_tries_left,
        filler=filler,
    )


def make_card(
    pin: str = PIN,
    tries_left: int = 3,
    *,
    sign_password: str = SIGN_PASSWORD,
    sign_tries_left: int = 5,
    with_signing: bool = True,
    label: str = Label.PLASTIC,
    filler: int = DEFAULT_FILLER,
    persona: str = "throw-away",
    save: Callable[[CardImage], None] | None = None,
) -> SoftwareCard:
    """A My Number card that can do everything, with throw-away keys."""
    image = make_image(
        pin,
        tries_left,
        sign_password=sign_password,
        sign_tries_left=sign_tries_left,
        with_signing=with_signing,
        label=label,
        filler=filler,
        persona=persona,
    )
    return SoftwareCard(image, save)


def make_variant_image(variant: Variant, *, pin: str = PIN, tries_left: int = 3) -> CardImage:
    """The card of `make_image` as another kind of card."""
    if variant is not Variant.NEXT_GENERATION:
        return as_variant(make_image(pin, tries_left), variant)
    pair = throw_away_next_pair()
    return build_image(
        "throw-away",
        pin=pin,
        sign_password=None,
        auth_key=pair.pem,
        auth_certificate=pair.der,
        auth_ca=throw_away_next_ca().der,
        auth_tries_left=tries_left,
        generation=layout.NEXT_GENERATION,
    )


def make_variant(
    variant: Variant, *, pin: str = PIN, tries_left: int = 3, save: Callable[[CardImage], None] | None = None
) -> SoftwareCard:
    """The card of `make_card` as another kind of card."""
    return SoftwareCard(make_variant_image(variant, pin=pin, tries_left=tries_left), save)


def _pair(name: str, issuer: Pair | None) -> Pair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    builder = _certificate(name, key.public_key(), issuer.certificate if issuer else None)
    return Pair(key, builder.sign(issuer.key if issuer else key, hashes.SHA256()))


def _next_pair(name: str, issuer: NextPair | None) -> NextPair:
    key = ec.generate_private_key(ec.SECP384R1())
    builder = _certificate(name, key.public_key(), issuer.certificate if issuer else None)
    return NextPair(key, builder.sign(issuer.key if issuer else key, hashes.SHA384()))


def _certificate(
    name: str, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, issuer: x509.Certificate | None
) -> x509.CertificateBuilder:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "MADOGUCHI TEST"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
