"""OpenSC and the kinds of cards: it works with every JPKI card, and refuses what is none (jpki-card.md §1.9, §2.4).

Every card has 300 bytes of filler after its certificates. OpenSC's driver goes by the application's name alone, so it
calls every card with it `jpki`; whether it can work with the card shows when it binds its PKCS#15 files.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from reader.card.applet import SoftwareCard
from reader.card.image import CardImage
from reader.card.variants import Variant, as_variant
from tests.card_factory import PIN, SIGN_PASSWORD, make_image, make_variant, throw_away_pair
from tests.daemons.private_pcscd import PrivatePcscd
from tests.pcsc.opensc import NEEDS_OPENSC, OpenSC, kept_verified, opensc_on, verifies

pytestmark = NEEDS_OPENSC

JPKI_CARDS = (Variant.PLASTIC, Variant.CHILD, Variant.ANDROID, Variant.IPHONE, Variant.FACE_ONLY)
WITH_PIN = tuple(variant for variant in JPKI_CARDS if variant is not Variant.FACE_ONLY)
WITH_SIGNING = (Variant.PLASTIC, Variant.ANDROID, Variant.IPHONE)
CERTIFICATE_FREE = tuple(variant for variant in JPKI_CARDS if variant is not Variant.ANDROID)
REFUSED = "PKCS#15 binding failed: Unsupported card"
MESSAGE = b"MADOGUCHI TEST"


def image_of(variant: Variant) -> CardImage:
    return as_variant(make_image(filler=300), variant)


def tries(opensc: OpenSC) -> list[int]:
    """Of both PINs, as OpenSC shows them; also the proof that it could bind the card."""
    return [int(line.rpartition(":")[2]) for line in opensc.dump().splitlines() if "Tries left" in line]


def authentication_der() -> bytes:
    return throw_away_pair("user authentication").der


def read_certificate(opensc: OpenSC, number: int, *, code: int | None = 0, pin: tuple[str, str] | None = None) -> str:
    """What `pkcs15-tool --read-certificate` prints; `pin` is the number of a PIN and the PIN."""
    verify = () if pin is None else ("--verify-pin", "--auth-id", pin[0], "--pin", pin[1])
    reading = ("pkcs15-tool", "--reader", opensc.reader, "--read-certificate", str(number))
    return opensc.run(*reading, *verify, code=code)


@pytest.mark.parametrize("variant", JPKI_CARDS)
def test_every_jpki_card_is_taken_before_a_pin(private_pcscd: PrivatePcscd, tmp_path: Path, variant: Variant) -> None:
    image = image_of(variant)
    with opensc_on(SoftwareCard(image), private_pcscd, tmp_path) as opensc:
        assert opensc.name() == "jpki"
        assert tries(opensc) == [image.pins[0x18].tries_left, image.pins[0x1B].tries_left]
        if variant in CERTIFICATE_FREE:
            assert opensc.certificate().public_bytes(Encoding.DER) == authentication_der()
        else:
            # §1.2: on Android EF 000A needs the PIN, so OpenSC has to be told to present it first.
            assert "BEGIN CERTIFICATE" not in read_certificate(opensc, 1, code=None)


@pytest.mark.parametrize("variant", WITH_PIN)
def test_every_jpki_card_with_a_pin_signs(private_pcscd: PrivatePcscd, tmp_path: Path, variant: Variant) -> None:
    with opensc_on(SoftwareCard(image_of(variant)), private_pcscd, tmp_path) as opensc:
        certificate = throw_away_pair("user authentication").certificate
        assert verifies(certificate, opensc.sign(MESSAGE, PIN), MESSAGE)
        assert tries(opensc)[0] == 3
        assert "BEGIN CERTIFICATE" in read_certificate(opensc, 1, pin=("1", PIN))


@pytest.mark.parametrize("variant", WITH_PIN)
def test_every_jpki_card_is_taken_after_a_pin(private_pcscd: PrivatePcscd, tmp_path: Path, variant: Variant) -> None:
    """Verified by another program that stays: an empty VERIFY must tell the tries all the same, on every kind."""
    with (
        opensc_on(SoftwareCard(image_of(variant)), private_pcscd, tmp_path) as opensc,
        kept_verified(opensc.reader, PIN),
    ):
        assert opensc.name() == "jpki"
        assert tries(opensc)[0] == 3
        certificate = opensc.certificate()
        assert certificate.public_bytes(Encoding.DER) == authentication_der()
        assert verifies(certificate, opensc.sign(MESSAGE, PIN), MESSAGE)


@pytest.mark.parametrize("variant", WITH_PIN)
def test_every_jpki_card_is_taken_while_locked(private_pcscd: PrivatePcscd, tmp_path: Path, variant: Variant) -> None:
    card = SoftwareCard(image_of(variant).with_tries_left(0))
    with opensc_on(card, private_pcscd, tmp_path) as opensc:
        assert opensc.name() == "jpki"
        assert tries(opensc)[0] == 0
        assert opensc.sign(MESSAGE, PIN, code=None) == b""
        if variant in CERTIFICATE_FREE:
            assert opensc.certificate().public_bytes(Encoding.DER) == authentication_der()


def test_a_face_only_card_looks_locked_to_opensc_and_no_pin_signs(private_pcscd: PrivatePcscd, tmp_path: Path) -> None:
    card = SoftwareCard(image_of(Variant.FACE_ONLY))
    with opensc_on(card, private_pcscd, tmp_path) as opensc:
        assert tries(opensc)[0] == 0
        assert opensc.sign(MESSAGE, PIN, code=None) == b""
        assert tries(opensc)[0] == 0


@pytest.mark.parametrize("variant", JPKI_CARDS)
def test_the_signing_certificate_is_there_or_not(private_pcscd: PrivatePcscd, tmp_path: Path, variant: Variant) -> None:
    with opensc_on(SoftwareCard(image_of(variant)), private_pcscd, tmp_path) as opensc:
        if variant in WITH_SIGNING:
            assert "BEGIN CERTIFICATE" in read_certificate(opensc, 2, pin=("2", SIGN_PASSWORD))
        else:
            assert "BEGIN CERTIFICATE" not in read_certificate(opensc, 2, code=None)


@pytest.mark.parametrize("variant", [Variant.JUKI, Variant.NEXT_GENERATION])
def test_a_card_with_the_name_and_other_files_is_refused(
    private_pcscd: PrivatePcscd, tmp_path: Path, variant: Variant
) -> None:
    """EF 0018 is missing on both: on the 住基カード [U], and on the invented next generation, which nobody can know."""
    with opensc_on(make_variant(variant), private_pcscd, tmp_path) as opensc:
        assert opensc.name() == "jpki"
        assert REFUSED in opensc.run("pkcs15-tool", "--reader", opensc.reader, "--dump", code=None)


def test_another_card_is_refused(private_pcscd: PrivatePcscd, tmp_path: Path) -> None:
    with opensc_on(make_variant(Variant.NOT_MYNA), private_pcscd, tmp_path) as opensc:
        assert opensc.name() == "Unsupported card"
        printed = opensc.run("pkcs15-tool", "--reader", opensc.reader, "--dump", code=None)
    assert "Card is invalid or cannot be handled" in printed


def test_a_mute_chip_is_no_card_at_all(private_pcscd: PrivatePcscd, tmp_path: Path) -> None:
    with opensc_on(make_variant(Variant.MUTE), private_pcscd, tmp_path) as opensc:
        printed = opensc.run("opensc-tool", "--reader", opensc.reader, "-n", code=None)
    assert "Failed to connect to card" in printed
