"""A 顔認証 card has no PIN: told apart from a locked one, and never from a card that still has a try."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from reader.card import layout
from reader.card.applet import SoftwareCard
from reader.card.image import CardImage, FileRecord
from reader.card.variants import Variant
from reader.errors import CardProtocolError, NotMynaCardError, PinBlockedError, UnsafePinError, WrongPinError
from reader.jpki import (
    AUTHENTICATION_PIN,
    SIGNING_PIN,
    TOKEN_INITIALIZED,
    USER_PIN_INITIALIZED,
    JpkiSession,
)
from reader.pin import PinHandle
from tests.card_factory import make_image, make_variant_image
from tests.reader.fakes import CardConnection, RecordingConnection, ScriptedConnection, pin
from tests.reader.kinds_of_cards import JPKI_VARIANTS
from tests.reader.short_id_manners import Refuses

LOGIN_REQUIRED = 0x004


def card_with(*, tries_left: int, sign: bool, flags: int | None) -> CardImage:
    """A card that says of itself what is given; `flags` None: its token info is cut off before them."""
    image = make_image(tries_left=tries_left, with_signing=sign)
    info = layout.token_info("JPKIAPICCTOKEN2")
    info = info[:96] if flags is None else info[:96] + flags.to_bytes(4, "big") + info[100:]
    return image.with_file(layout.TOKEN_INFO, FileRecord(info))


@pytest.mark.parametrize("connection", [CardConnection, Refuses], ids=["by short identifier", "select"])
def test_a_face_only_card_is_known_and_gets_no_pin(connection: type[CardConnection]) -> None:
    record = RecordingConnection(connection(SoftwareCard(make_variant_image(Variant.FACE_ONLY))))
    session = JpkiSession(record)
    session.kind()
    assert session.is_face_only()
    for pin_file, digits in ((AUTHENTICATION_PIN, b"1234"), (SIGNING_PIN, b"ABC123")):
        session.attempts_left(pin_file)
        with pytest.raises(UnsafePinError) as refusal:
            session.verify(pin_file, PinHandle(pin(digits)), allow_last_try=True)
        assert refusal.value.reason == "face_only"
    assert not [command for command in record.sent if command[:4] == "0020" and len(command) > 8]


def test_verify_finds_out_by_itself() -> None:
    session = JpkiSession(CardConnection(SoftwareCard(make_variant_image(Variant.FACE_ONLY))))
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(UnsafePinError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert refusal.value.reason == "face_only"


@pytest.mark.parametrize("variant", [variant for variant in JPKI_VARIANTS if variant is not Variant.FACE_ONLY])
@pytest.mark.parametrize("tries_left", [0, 1, 3])
def test_no_other_kind_of_card_is_taken_for_one(variant: Variant, tries_left: int) -> None:
    session = JpkiSession(CardConnection(SoftwareCard(make_variant_image(variant, tries_left=tries_left))))
    assert not session.is_face_only()


@pytest.mark.parametrize(
    ("tries_left", "sign", "flags"),
    list(product((0, 1, 2, 3), (False, True), (None, 0, TOKEN_INITIALIZED, USER_PIN_INITIALIZED, 0x40C, 0x404, 0x408))),
)
def test_only_what_has_no_try_no_signing_certificate_and_says_that_no_pin_was_set_is_one(
    tries_left: int, sign: bool, flags: int | None
) -> None:
    card = SoftwareCard(card_with(tries_left=tries_left, sign=sign, flags=flags))
    session = JpkiSession(CardConnection(card))
    expected = tries_left == 0 and not sign and flags in (TOKEN_INITIALIZED, TOKEN_INITIALIZED | LOGIN_REQUIRED)
    assert session.is_face_only() is expected
    session.attempts_left(AUTHENTICATION_PIN)
    if tries_left:
        # Whatever else it says of itself: a card with a try gets the PIN that the person typed.
        with pytest.raises(WrongPinError):
            session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")), allow_last_try=True)
        assert card.image.pins[0x18].tries_left == tries_left - 1
    else:
        with pytest.raises(UnsafePinError if expected else PinBlockedError):
            session.verify(AUTHENTICATION_PIN, PinHandle(pin()), allow_last_try=True)


def test_a_card_that_does_not_tell_is_not_one() -> None:
    image = make_image(tries_left=0, with_signing=False)
    files = {ef: record for ef, record in image.files.items() if ef != layout.CERTIFICATE_PRESENCE}
    without = SoftwareCard(image.with_application(replace(image.main, files=files)))
    session = JpkiSession(CardConnection(without))
    assert not session.is_face_only()


def test_the_tries_are_asked_for_once_only() -> None:
    record = RecordingConnection(CardConnection(SoftwareCard(make_image())))
    session = JpkiSession(record)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    before = len(record.sent)
    assert not session.is_face_only()
    assert len(record.sent) == before


def test_what_the_card_says_of_itself_is_read_as_it_stands_in_its_files() -> None:
    session = JpkiSession(CardConnection(SoftwareCard(make_image())))
    assert session.certificates_present() == (True, True)
    assert session.token_flags() == TOKEN_INITIALIZED | LOGIN_REQUIRED | USER_PIN_INITIALIZED
    session = JpkiSession(CardConnection(SoftwareCard(make_variant_image(Variant.CHILD))))
    assert session.certificates_present() == (False, True)
    label = b"JPKIAPICCTOKEN2".ljust(32).hex() + "9000"
    connection = ScriptedConnection("9000", label, "000004089000", "8F00009000")
    session = JpkiSession(connection)
    session.kind()
    assert session.token_flags() == 0x408
    assert connection.sent[2:] == ["00B0006004"]
    assert session.certificates_present() == (True, False)
    assert connection.sent[3:] == ["00B0880003"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("certificates_present", "9000"), ("certificates_present", "8F9000"), ("token_flags", "0000049000")],
)
def test_too_little_of_what_it_says_of_itself_is_a_fault_of_the_card(asked: str, answer: str) -> None:
    label = b"JPKIAPICCTOKEN2".ljust(32).hex() + "9000"
    session = JpkiSession(ScriptedConnection("9000", label, answer))
    session.kind()
    with pytest.raises(CardProtocolError):
        getattr(session, asked)()


def test_a_locked_card_that_says_too_little_of_itself_is_not_taken_for_face_only() -> None:
    label = b"JPKIAPICCTOKEN2".ljust(32).hex() + "9000"
    for answers in (["009000"], ["00009000", "0004009000"]):
        session = JpkiSession(ScriptedConnection("9000", label, "9000", "63C0", "9000", *answers, "9000", "9000"))
        session.kind()
        assert session.attempts_left(AUTHENTICATION_PIN) == 0
        assert not session.is_face_only()


def test_an_unknown_card_is_not_asked_whose_face_it_is() -> None:
    session = JpkiSession(ScriptedConnection("9000", "6A82", "6A82"))
    with pytest.raises(NotMynaCardError):
        session.is_face_only()
