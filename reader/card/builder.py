"""Putting a card together from an issuer's keys and certificates.

The issuer decides who is who; this module alone knows which file, rule and access condition each piece gets. Where
things go is the layout's (`reader.card.layout`), so a card of another generation is put together here all the same.
"""

from __future__ import annotations

import base64
import re
from typing import Final

from reader.card import applications, layout
from reader.card.image import ApplicationRecord, CardImage, FileRecord, KeyRecord, PinRecord
from reader.card.layout import KeyFiles, Label, Layout, PinFile

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
    label: str | None = None,
    auth_tries_left: int | None = None,
    sign_tries_left: int | None = None,
    filler: int = DEFAULT_FILLER,
    generation: Layout = layout.MY_NUMBER,
) -> CardImage:
    """A card for `persona`. Keys are PKCS#8 PEM without a pass phrase; certificates are DER or PEM.

    The files of the 署名用 pair exist where they are given; its password EF exists on every card (without it OpenSC
    refuses the card, jpki-card.md §2.4), and `sign_password=None` leaves it unset. Tries default to the full counter,
    the label to that of the generation. A card of the next generation plays the variant of that name.

    Raises:
        ValueError: A PIN, a counter or a certificate is not of the form the card holds, or the generation has no place
            for a 署名用 pair. Carries no PIN.
    """
    if (sign_key is None) != (sign_certificate is None):
        raise ValueError("the 署名用 key and certificate come together or not at all")
    label = generation.label if label is None else label
    # On an Android phone the certificate itself is behind the PIN (§1.2); on plastic it is free.
    auth_pin = generation.pin.ef if label == Label.ANDROID else None
    files = {generation.token_info: FileRecord(layout.token_info(label))}
    if generation.presence is not None:
        files[generation.presence] = FileRecord(layout.presence(sign=sign_certificate is not None, auth=True))
    files[generation.auth.certificate] = FileRecord(_der(auth_certificate), filler, auth_pin)
    files[generation.auth.ca_certificate] = FileRecord(_der(auth_ca), filler)
    keys = {generation.auth.key: KeyRecord(auth_key, generation.pin.ef, generation.modes, generation.algorithm)}
    if sign_certificate is not None and sign_key is not None:
        place = _sign_files(generation)
        files[place.certificate] = FileRecord(_der(sign_certificate), filler, generation.password.ef)
        keys[place.key] = KeyRecord(sign_key, generation.password.ef, generation.modes, generation.algorithm)
    if sign_ca is not None:
        files[_sign_files(generation).ca_certificate] = FileRecord(_der(sign_ca), filler)
    pins = {
        generation.pin.ef: _pin(generation.pin, pin, auth_tries_left),
        generation.password.ef: _pin(generation.password, sign_password, sign_tries_left),
    }
    return CardImage(
        persona=persona,
        label=label,
        # The signing application stands first, so a prefix of several names means this one.
        applications={
            generation.aid: applications.furnished(ApplicationRecord(files, pins, keys), generation),
            **applications.beside(persona, generation),
        },
        aid=generation.aid,
        objects=applications.objects(persona, generation),
        variant=generation.variant,
        generation=generation.name,
    )


def _sign_files(generation: Layout) -> KeyFiles:
    if generation.sign is None:
        raise ValueError(f"a card of the generation {generation.name} has no place for a 署名用 pair")
    return generation.sign


def _pin(file: PinFile, value: str | None, tries_left: int | None) -> PinRecord:
    rule, ef = file.rule, file.ef
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
