"""The kinds of card the software card can play, row by row of jpki-card.md §1.9."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384

from reader import words
from reader.card import layout
from reader.card.applet import SoftwareCard
from reader.card.builder import build_image
from reader.card.image import CardImage, KeyRecord
from reader.card.layout import KeyAlgorithm
from reader.card.variants import VARIANT_NOTES, Variant, VariantError, as_variant
from tests.card_factory import (
    make_image,
    make_variant,
    make_variant_image,
    throw_away_ca,
    throw_away_next_ca,
    throw_away_next_pair,
    throw_away_pair,
)

SELECT_AP = "00A4040C0AD392F000260100000001"
VERIFY = "002000980431323334"
JPKI_CARDS = [variant for variant in Variant if variant not in (Variant.NOT_MYNA, Variant.MUTE)]


def opened(variant: Variant) -> Callable[[str], str]:
    """A way to send hex to a card of the kind, its JPKI application selected."""
    card = make_variant(variant)
    assert card.process(bytes.fromhex(SELECT_AP)).hex() == "9000"
    return lambda command: card.process(bytes.fromhex(command)).hex().upper()


def token_info(variant: Variant) -> bytes:
    return bytes.fromhex(opened(variant)("00B0860000"))[:-2]


@pytest.mark.parametrize(
    ("variant", "label", "flags"),
    [
        (Variant.PLASTIC, "JPKIAPICCTOKEN2", 0x40C),
        (Variant.FACE_ONLY, "JPKIAPICCTOKEN2", 0x404),
        (Variant.CHILD, "JPKIAPICCTOKEN2", 0x40C),
        (Variant.ANDROID, "JPKIAPGPSETOKEN", 0x40C),
        (Variant.IPHONE, "JPKIAPIOSTOKEN", 0x40C),
        (Variant.JUKI, "JPKIAPICCTOKEN", 0x40C),
        (Variant.NEXT_GENERATION, "MADOGUCHI NEXTGEN TEST", 0x40C),
    ],
)
def test_each_says_what_it_is_in_file_0006(variant: Variant, label: str, flags: int) -> None:
    info = token_info(variant)
    assert len(info) == 160
    assert info[:32] == label.encode().ljust(32)
    assert int.from_bytes(info[96:100], "big") == flags
    assert make_variant_image(variant).label == label


@pytest.mark.parametrize(
    ("variant", "presence"),
    [
        (Variant.PLASTIC, "8F8F009000"),
        (Variant.FACE_ONLY, "008F009000"),
        (Variant.CHILD, "008F009000"),
        (Variant.ANDROID, "8F8F009000"),
        (Variant.IPHONE, "8F8F009000"),
        (Variant.JUKI, "8F00009000"),
        (Variant.NEXT_GENERATION, "6A82"),
    ],
)
def test_file_0008_says_which_certificates_each_has(variant: Variant, presence: str) -> None:
    assert opened(variant)("00B0880000") == presence


def test_a_face_only_card_has_no_pin_and_answers_as_a_locked_one() -> None:
    send = opened(Variant.FACE_ONLY)
    assert send("00200098") == "63C0"
    assert send(VERIFY) == "6984"
    assert send("00200098") == "63C0"
    assert send("802A0097013000") == "6982"
    assert send("0020009B") == "63C5"  # OpenSC needs the file
    assert send("00B08A0002") == "30829000"
    assert send("00A4020C020001") == send("00A4020C02001A") == "6A82"


def test_a_childs_card_signs_with_the_pin_and_has_no_signing_certificate() -> None:
    send = opened(Variant.CHILD)
    assert send("0020009B") == "63C5"
    assert send("0020009B06414243313233") == "63C4"
    for ef in ("0001", "0002", "001A"):
        assert send(f"00A4020C02{ef}") == "6A82"
    assert send(VERIFY) == "9000"
    assert send("802A0097013000").endswith("9000")


def test_on_android_the_certificate_comes_after_the_pin() -> None:
    send = opened(Variant.ANDROID)
    assert send("00B08A0002") == "6982"
    assert send("00B08B0002") == "30829000"
    assert send(VERIFY) == "9000"
    assert send("00B08A0002") == "30829000"


def test_an_iphone_differs_by_its_label_only() -> None:
    plastic, iphone = make_image(), make_variant_image(Variant.IPHONE)
    without = {ef: record for ef, record in iphone.files.items() if ef != layout.TOKEN_INFO}
    assert without == {ef: record for ef, record in plastic.files.items() if ef != layout.TOKEN_INFO}
    assert (iphone.pins, iphone.keys) == (plastic.pins, plastic.keys)


def test_a_juki_card_has_a_signing_pair_and_nothing_to_authenticate_with() -> None:
    send = opened(Variant.JUKI)
    for ef in ("000A", "000B", "0017", "0018"):
        assert send(f"00A4020C02{ef}") == "6A82"
    assert send("00200098") == "6A82"
    assert send("0020009B06414243313233") == "9000"
    assert send("802A009A013000").endswith("9000")
    assert send("00A4040C0AD3921000310001010408") == "6A82"
    assert send("80CA004500") == "6A88", "no GET DATA object either"


def test_a_card_that_is_no_my_number_card_refuses_its_name() -> None:
    card = make_variant(Variant.NOT_MYNA)
    answers = [card.process(bytes.fromhex(c)).hex().upper() for c in (SELECT_AP, "00A40000", "00200098", "00CA004500")]
    assert answers == ["6A82", "6A86", "6A82", "6A88"]
    assert card.image.main.ids == frozenset()
    with pytest.raises(KeyError):
        _ = card.image.auth_certificate


def test_a_broken_chip_is_mute() -> None:
    card = make_variant(Variant.MUTE)
    assert card.mute
    assert card.process(bytes.fromhex(SELECT_AP)) == b""
    assert not make_variant(Variant.PLASTIC).mute


class TestNextGeneration:
    """次期個人番号カード: the algorithm is announced, the file map is ours (jpki-card.md §1.9)."""

    DIGEST = hashlib.sha384(b"MADOGUCHI TEST").digest()

    def test_it_signs_a_sha384_hash_with_ecdsa(self) -> None:
        send = opened(Variant.NEXT_GENERATION)
        assert send("00A4020C020014") == "9000"
        assert send("00200080") == "63C3"
        assert send("002000800431323334") == "9000"
        assert send("00A4020C020013") == "9000"
        answer = bytes.fromhex(send(f"802A008030{self.DIGEST.hex()}00"))
        assert answer[-2:] == b"\x90\x00"
        assert len(answer) == 96 + 2
        r, s = int.from_bytes(answer[:48], "big"), int.from_bytes(answer[48:96], "big")
        key = throw_away_next_pair().key.public_key()
        key.verify(encode_dss_signature(r, s), b"MADOGUCHI TEST", ECDSA(SHA384()))
        with pytest.raises(InvalidSignature):
            key.verify(encode_dss_signature(r, s), b"MADOGUCHI TESt", ECDSA(SHA384()))

    @pytest.mark.parametrize(
        ("command", "answer"),
        [
            ("802A0093" + "30" + "00" * 48 + "5F", "6700"),
            ("802A0093" + "2F" + "00" * 47 + "00", "6985"),
            ("802A0093" + "33" + "00" * 51 + "00", "6985"),
            ("802A0293" + "30" + "00" * 48 + "00", "6A86"),
            ("802A0094" + "30" + "00" * 48 + "00", "6981"),
            ("802A0097" + "30" + "00" * 48 + "00", "6A82"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, command: str, answer: str) -> None:
        send = opened(Variant.NEXT_GENERATION)
        assert send("002000940431323334") == "9000"
        assert send(command) == answer

    def test_without_its_pin_it_signs_nothing(self) -> None:
        assert opened(Variant.NEXT_GENERATION)(f"802A009330{self.DIGEST.hex()}00") == "6982"

    def test_its_files_are_elsewhere(self) -> None:
        send = opened(Variant.NEXT_GENERATION)
        image = make_variant_image(Variant.NEXT_GENERATION)
        assert send("00B0830004") == image.auth_certificate[:4].hex().upper() + "9000"
        assert send("00B0840002") == "30829000"
        assert send("00200096") == "63C5"
        for ef in ("000A", "000B", "0017", "0018", "001B", "0001", "0002", "001A"):
            assert send(f"00A4020C02{ef}") == "6A82"

    def test_its_other_application_gives_nothing(self) -> None:
        send = opened(Variant.NEXT_GENERATION)
        assert send("00A4040C0AF0" + b"MADOGUCHI".hex()) == "9000"
        assert send("00B0810000") == "6982"
        assert send("00200091") == "63C3"
        assert send("002000910431323334") == "63C2"

    def test_its_layout_has_no_place_for_a_signing_pair(self) -> None:
        pair, sign = throw_away_next_pair(), throw_away_pair("digital signature")
        with pytest.raises(ValueError, match="no place"):
            build_image(
                "nobody",
                pin="1234",
                sign_password=None,
                auth_key=pair.pem,
                auth_certificate=pair.der,
                auth_ca=throw_away_next_ca().der,
                sign_key=sign.pem,
                sign_certificate=sign.der,
                sign_ca=throw_away_ca("digital signature").der,
                generation=layout.NEXT_GENERATION,
            )

    @pytest.mark.parametrize("algorithm", KeyAlgorithm)
    def test_a_key_of_another_kind_than_the_image_says_signs_nothing(self, algorithm: KeyAlgorithm) -> None:
        is_rsa = algorithm is KeyAlgorithm.RSA_2048
        wrong = throw_away_next_pair().pem if is_rsa else throw_away_pair("user authentication").pem
        image = make_variant_image(Variant.PLASTIC if is_rsa else Variant.NEXT_GENERATION)
        card = make_card_with(image, KeyRecord(wrong, image.layout.pin.ef, image.layout.modes, algorithm))
        key, pin = 0x80 + image.layout.auth.key, 0x80 + image.layout.pin.ef
        assert card(SELECT_AP) == card(f"002000{pin:02X}0431323334") == "9000"
        assert card(f"802A00{key:02X}30{'00' * 48}00") == "6985"


def make_card_with(image: CardImage, key: KeyRecord) -> Callable[[str], str]:
    card = SoftwareCard(image.with_key(image.layout.auth.key, key))
    return lambda command: card.process(bytes.fromhex(command)).hex().upper()


# ── making them ──


@pytest.mark.parametrize("variant", Variant)
def test_a_variant_is_told_by_its_image_and_keeps_to_itself_when_asked_again(variant: Variant) -> None:
    image = make_variant_image(variant)
    assert image.variant == variant.value
    assert as_variant(image, variant) is image


@pytest.mark.parametrize("variant", [v for v in JPKI_CARDS if v not in (Variant.FACE_ONLY, Variant.JUKI)])
def test_spent_tries_go_with_the_card(variant: Variant) -> None:
    image = make_variant_image(variant, tries_left=1)
    assert image.pins[image.layout.pin.ef].tries_left == 1


def test_one_person_has_one_certificate_on_every_card_made_from_theirs() -> None:
    for variant in (Variant.FACE_ONLY, Variant.CHILD, Variant.ANDROID, Variant.IPHONE, Variant.MUTE):
        assert make_variant_image(variant).auth_certificate == make_image().auth_certificate


def test_other_keys_are_an_issuers_business() -> None:
    with pytest.raises(VariantError):
        as_variant(make_image(), Variant.NEXT_GENERATION)
    with pytest.raises(VariantError):
        as_variant(make_variant_image(Variant.CHILD), Variant.ANDROID)


def test_a_variant_is_found_by_the_name_that_people_type() -> None:
    assert [variant.value for variant in Variant] == [
        "plastic",
        "face-only",
        "child",
        "android",
        "iphone",
        "juki",
        "not-myna",
        "mute",
        "next-generation",
    ]


def test_every_variant_says_how_well_it_is_known() -> None:
    assert list(VARIANT_NOTES) == list(Variant)
    for variant, note in VARIANT_NOTES.items():
        assert note.mark in ("M", "n", "1", "U", "invented"), variant
        assert note.source
        for lang in words.LANGUAGES:
            assert words.has(lang, note.message_id), note.message_id
