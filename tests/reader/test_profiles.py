"""What a generation of card looks like, held against the facts (jpki-card.md §1.2–§1.5) and the software card."""

from __future__ import annotations

import hashlib

import pytest

from reader import jpki
from reader.card import layout
from reader.card.applet import SoftwareCard
from reader.card.variants import Variant
from reader.jpki import JpkiSession
from reader.profiles import (
    AUTHENTICATION_KEY,
    AUTHENTICATION_PIN,
    PLASTIC,
    PROFILES,
    SIGNING_PIN,
    CardProfile,
)
from tests.card_factory import make_variant_image
from tests.reader.fakes import CardConnection
from tests.reader.kinds_of_cards import JPKI_VARIANTS

EVERY = pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.kind)


def test_the_plastic_card_is_as_the_facts_say() -> None:
    assert (PLASTIC.label, PLASTIC.kind) == ("JPKIAPICCTOKEN2", "plastic")
    assert (PLASTIC.authentication_certificate, PLASTIC.authentication_ca) == (0x0A, 0x0B)
    assert (PLASTIC.signing_certificate, PLASTIC.signing_ca, PLASTIC.presence) == (0x01, 0x02, 0x08)
    pin, password = PLASTIC.pins
    assert (pin.ef, pin.tries, pin.min_length, pin.max_length, pin.characters) == (0x18, 3, 4, 4, b"0123456789")
    assert (password.ef, password.tries, password.min_length, password.max_length) == (0x1B, 5, 6, 16)
    assert set(password.characters) == set(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert PLASTIC.authentication_key.ef == 0x17
    assert PLASTIC.signing_key is not None
    assert PLASTIC.signing_key.ef == 0x1A
    assert not PLASTIC.certificate_needs_pin


def test_the_constants_of_a_session_are_those_of_the_plastic_card() -> None:
    assert jpki.AUTHENTICATION_PIN is AUTHENTICATION_PIN is PLASTIC.authentication_pin
    assert jpki.SIGNING_PIN is SIGNING_PIN is PLASTIC.signing_pin
    assert jpki.AUTHENTICATION_KEY is AUTHENTICATION_KEY is PLASTIC.authentication_key


def test_only_a_phone_hides_its_certificate_and_only_the_next_generation_is_invented() -> None:
    assert [profile.kind for profile in PROFILES.values() if profile.certificate_needs_pin] == ["android"]
    assert [profile.kind for profile in PROFILES.values() if profile.invented] == ["next_generation"]


@EVERY
def test_every_file_is_its_own_short_identifier(profile: CardProfile) -> None:
    keys = [key.ef for key in (profile.authentication_key, profile.signing_key) if key is not None]
    pins = [pin.ef for pin in profile.pins]
    files = [*profile.readable, *keys, *pins]
    assert all(1 <= ef <= 0x1E for ef in files)
    assert len(set(files)) == len(files)


@EVERY
def test_a_label_fits_its_32_bytes_and_names_its_profile(profile: CardProfile) -> None:
    assert PROFILES[profile.label] is profile
    assert len(profile.label) <= 32
    assert profile.label.isascii()


@EVERY
def test_an_algorithm_takes_the_hash_it_names(profile: CardProfile) -> None:
    for key in (profile.authentication_key, profile.signing_key):
        if key is not None:
            assert hashlib.new(key.algorithm.hash_name).digest_size == key.algorithm.digest_length
            assert key.algorithm.is_point_pair == (not key.algorithm.digest_info)
            # What goes to the card fits a short APDU (§1.6).
            assert len(key.algorithm.digest_info) + key.algorithm.digest_length <= 255


@pytest.mark.parametrize("variant", JPKI_VARIANTS)
def test_a_software_card_of_every_kind_has_what_its_profile_says_of_pins(variant: Variant) -> None:
    """The card's own list is another one, written apart from this."""
    image = make_variant_image(variant)
    profile = JpkiSession(CardConnection(SoftwareCard(image))).profile
    for pin in profile.pins:
        record = image.pins.get(pin.ef)
        if record is None:
            assert variant is Variant.JUKI
            continue
        assert (record.limit, record.min_length, record.max_length) == (pin.tries, pin.min_length, pin.max_length)
        assert set(record.characters) == set(pin.characters)
    readable = {*image.files} - {*layout.MY_NUMBER.closed}
    assert readable <= profile.readable
