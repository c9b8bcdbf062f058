"""The kinds of card that may lie on a reader, each made from the card of a persona (jpki-card.md §1.9).

What is known of a kind is in its note, with the sheet's confidence mark; what is not known is our choice and marked so.
A variant shares keys and certificates with the card it is made from: it is the same person. Only the next generation
has keys of its own, so an issuer makes it (`builder.build_image` with that layout).
What breaks if this is wrong: a rehearsal with a card that does not behave like its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from reader.card import layout
from reader.card.applications import ISD_AID, JUKI_AID
from reader.card.image import ApplicationRecord, CardImage, FileRecord, PinRecord
from reader.card.layout import Label


class Variant(StrEnum):
    """What lies on the reader."""

    PLASTIC = "plastic"
    FACE_ONLY = "face-only"
    CHILD = "child"
    ANDROID = "android"
    IPHONE = "iphone"
    JUKI = "juki"
    NOT_MYNA = "not-myna"
    MUTE = "mute"
    NEXT_GENERATION = "next-generation"


@dataclass(frozen=True, slots=True)
class VariantNote:
    """How well a variant is known."""

    message_id: str
    """Of one sentence in the reader's catalogue that says what it is."""
    mark: str
    """Confidence, as in the sheet: `M` measured, `n` several sources, `1` one source, `U` unverified; `invented`."""
    source: str
    """Where the facts are from, and what of it is our choice."""


VARIANT_NOTES: Final[Mapping[Variant, VariantNote]] = MappingProxyType(
    {
        Variant.PLASTIC: VariantNote("variant.plastic", "n", "jpki-card.md §1.1-§1.7"),
        Variant.FACE_ONLY: VariantNote(
            "variant.face_only",
            "U",
            "jpki-card.md §1.9: no PIN, no signing certificate; that EF 0018 answers 63C0/6984 and what EF 0006 flags "
            "say is unverified",
        ),
        Variant.CHILD: VariantNote(
            "variant.child", "1", "jpki-card.md §1.9, §2.4: EF 0008 byte 0 is not 8F; EF 001B stays, unset"
        ),
        Variant.ANDROID: VariantNote("variant.android", "n", "jpki-card.md §1.2: EF 000A needs the PIN"),
        Variant.IPHONE: VariantNote(
            "variant.iphone", "1", "jpki-card.md §1.2: the label; that the rest is as on plastic is unverified"
        ),
        Variant.JUKI: VariantNote(
            "variant.juki", "U", "jpki-card.md §1.2: the label; which files a 住基カード lacks is unverified"
        ),
        Variant.NOT_MYNA: VariantNote("variant.not_myna", "n", "a card without the JPKI application (6A82)"),
        Variant.MUTE: VariantNote("variant.mute", "n", "a chip that answers nothing, not even a reset"),
        Variant.NEXT_GENERATION: VariantNote(
            "variant.next_generation",
            "invented",
            "jpki-card.md §1.9: ECDSA P-384, SHA-384 and two applications are announced; file map and label are ours",
        ),
    }
)
"""Every variant, in the order of a list for people."""


class VariantError(ValueError):
    """This card cannot be turned into that variant."""


def as_variant(image: CardImage, variant: Variant) -> CardImage:
    """The card `image` as another kind of card, with the tries it has. `image` is a plain one: plastic, or new.

    Raises:
        VariantError: `image` is no plain card, or the variant needs keys of its own.
    """
    if image.variant == variant:
        return image
    if image.variant != Variant.PLASTIC or variant is Variant.NEXT_GENERATION:
        raise VariantError(f"a {image.variant} card cannot be made into a {variant.value} one: it has other keys")
    return replace(_MAKERS[variant](image), variant=variant.value)


def _labelled(image: CardImage, label: Label, *, pin_set: bool = True) -> CardImage:
    record = FileRecord(layout.token_info(label, pin_set=pin_set))
    return replace(image.with_file(image.layout.token_info, record), label=label.value)


def _without(image: CardImage, *efs: int) -> CardImage:
    main = image.main
    files = {ef: record for ef, record in main.files.items() if ef not in efs}
    pins = {ef: record for ef, record in main.pins.items() if ef not in efs}
    keys = {ef: record for ef, record in main.keys.items() if ef not in efs}
    if layout.CERTIFICATE_PRESENCE in files:
        files[layout.CERTIFICATE_PRESENCE] = FileRecord(
            layout.presence(sign=layout.SIGN_CERTIFICATE in files, auth=layout.AUTH_CERTIFICATE in files)
        )
    return image.with_application(replace(main, files=files, pins=pins, keys=keys))


def _child(image: CardImage) -> CardImage:
    """Under 15, or opted out: no 署名用 pair. Its password EF stays, unset: without it OpenSC refuses (§2.4)."""
    image = _without(image, layout.SIGN_CERTIFICATE, layout.SIGN_CA_CERTIFICATE, layout.SIGN_KEY)
    return image.with_pin(layout.SIGN_PASSWORD, PinRecord.unset(layout.PASSWORD))


def _face_only(image: CardImage) -> CardImage:
    """顔認証マイナンバーカード: no PIN was ever set, so it answers as a locked one [U]; no 署名用 pair."""
    image = _child(image).with_pin(layout.AUTH_PIN, PinRecord.unset(layout.FOUR_DIGITS, tries_left=0))
    return _labelled(image, Label.PLASTIC, pin_set=False)


def _android(image: CardImage) -> CardImage:
    """スマホ用電子証明書 on Android: another label, and the certificate itself is behind the PIN."""
    record = replace(image.files[layout.AUTH_CERTIFICATE], read_pin=layout.AUTH_PIN)
    return _labelled(image.with_file(layout.AUTH_CERTIFICATE, record), Label.ANDROID)


def _iphone(image: CardImage) -> CardImage:
    """iPhone のマイナンバーカード: another label."""
    return _labelled(image, Label.IOS)


def _juki(image: CardImage) -> CardImage:
    """住基カード: the old label, a 署名用 pair and no 利用者証明用 one; none of the later applications [U]."""
    image = _without(image, layout.AUTH_CERTIFICATE, layout.AUTH_CA_CERTIFICATE, layout.AUTH_KEY, layout.AUTH_PIN)
    kept = {image.aid, ISD_AID, JUKI_AID}
    applications = {aid: record for aid, record in image.applications.items() if aid in kept}
    return _labelled(replace(image, applications=applications, objects={}), Label.JUKI)


def _not_myna(image: CardImage) -> CardImage:
    """Some other IC card: it can be talked to and has none of the applications."""
    return replace(image, label="", applications={ISD_AID: ApplicationRecord()}, objects={})


def _mute(image: CardImage) -> CardImage:
    """A broken chip."""
    return replace(image, mute=True)


_MAKERS: Final[Mapping[Variant, Callable[[CardImage], CardImage]]] = {
    Variant.CHILD: _child,
    Variant.FACE_ONLY: _face_only,
    Variant.ANDROID: _android,
    Variant.IPHONE: _iphone,
    Variant.JUKI: _juki,
    Variant.NOT_MYNA: _not_myna,
    Variant.MUTE: _mute,
}
