"""Putting a card together from an issuer's keys and certificates.

The issuer decides who is who; this module alone knows which file, rule and access condition each piece gets.
"""

from __future__ import annotations

import base64
import re
from typing import Final

from reader.card import layout
from reader.card.image import CardImage, FileRecord, KeyRecord, PinRecord
from reader.card.layout import Label

DEFAULT_FILLER: Final = 64
"""`FF` bytes after a certificate in its EF: real cards may have them (jpki-card.md §1.2), so our cards do."""


def build_image(
    persona: str,
    *,
    pin: str,
    sign_password: str | None,
    auth_key: bytes,
    auth_certificate: bytes,
    auth_ca: bytes,
    sign_key: bytes | None = None,
    sign_certificate: bytes | None = None,
    sign_ca: bytes | None = None,
    label: str = Label.PLASTIC,
    auth_tries_left: int | None = None,
    sign_tries_left: int | None = None,
    filler: int = DEFAULT_FILLER,
) -> CardImage:
    """A card for `persona`. Keys are PKCS#8 PEM without a pass phrase; certificates are DER or PEM.

    The files of the 署名用 pair exist where they are given; its password EF exists on every card (without it OpenSC
    refuses the card, jpki-card.md §2.4), and `sign_password=None` leaves it unset. Tries default to the full counter.

    Raises:
        ValueError: A PIN, a counter or a certificate is not of the form the card holds. Carries no PIN.
    """
    if (sign_key is None) != (sign_certificate is None):
        raise ValueError("the 署名用 key and certificate come together or not at all")
    files = {
        layout.TOKEN_INFO: FileRecord(layout.token_info(label)),
        layout.CERTIFICATE_PRESENCE: FileRecord(layout.presence(sign=sign_certificate is not None, auth=True)),
        layout.AUTH_CERTIFICATE: FileRecord(_der(auth_certificate), filler, _auth_certificate_pin(label)),
        layout.AUTH_CA_CERTIFICATE: FileRecord(_der(auth_ca), filler),
    }
    keys = {layout.AUTH_KEY: KeyRecord(auth_key, layout.AUTH_PIN)}
    if sign_certificate is not None and sign_key is not None:
        files[layout.SIGN_CERTIFICATE] = FileRecord(_der(sign_certificate), filler, layout.SIGN_PASSWORD)
        keys[layout.SIGN_KEY] = KeyRecord(sign_key, layout.SIGN_PASSWORD)
    if sign_ca is not None:
        files[layout.SIGN_CA_CERTIFICATE] = FileRecord(_der(sign_ca), filler)
    pins = {
        layout.AUTH_PIN: _pin(layout.AUTH_PIN, pin, auth_tries_left),
        layout.SIGN_PASSWORD: _pin(layout.SIGN_PASSWORD, sign_password, sign_tries_left),
    }
    return CardImage(persona=persona, label=label, files=files, pins=pins, keys=keys)


def _auth_certificate_pin(label: str) -> int | None:
    # On an Android phone the certificate itself is behind the PIN (§1.2); on plastic it is free.
    return layout.AUTH_PIN if label == Label.ANDROID else None


def _pin(ef: int, value: str | None, tries_left: int | None) -> PinRecord:
    rule = layout.PIN_RULES[ef]
    secret = b"" if value is None else value.encode("ascii", "replace")
    if value is not None and not rule.allows(secret):
        raise ValueError(f"the PIN of EF {ef:04X} must be {rule.min_length}-{rule.max_length} characters it knows")
    left = rule.limit if tries_left is None else tries_left
    if not 0 <= left <= rule.limit:
        raise ValueError(f"the PIN of EF {ef:04X} has 0-{rule.limit} tries, not {left}")
    return PinRecord(secret, left, rule.limit, rule.min_length, rule.max_length, rule.characters)


def _der(certificate: bytes) -> bytes:
    match = re.search(rb"-----BEGIN CERTIFICATE-----(.+?)-----END", certificate, re.DOTALL)
    der = base64.b64decode(match[1]) if match else certificate
    # OpenSC takes the size from a header of this form (§2.4), and so does every other reader.
    if der[:2] != b"\x30\x82" or len(der) != int.from_bytes(der[2:4], "big") + 4:
        raise ValueError("a certificate on the card is one DER object of 256 to 65535 bytes")
    return der
