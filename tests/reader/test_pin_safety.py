"""A try is the patient's: refused before it is spent, spent once per handle, whatever fails."""

from __future__ import annotations

import pytest

from reader.card.applet import SoftwareCard
from reader.errors import (
    CardRemovedError,
    NotMynaCardError,
    PinBlockedError,
    ReaderError,
    StatusWordError,
    UnsafePinError,
    WrongPinError,
)
from reader.jpki import AUTHENTICATION_PIN, SIGNING_PIN, JpkiSession
from reader.pin import PinHandle
from reader.profiles import PROFILES
from tests.card_factory import make_card
from tests.reader.fakes import CardConnection, FaultyConnection, RecordingConnection, ScriptedConnection, pin
from tests.reader.short_id_manners import Refuses

VERIFY = 4
"""Index of the first VERIFY with digits: after SELECT, label, SELECT of the PIN, tries."""


class Desk:
    """A card, a session on it, and what was sent."""

    def __init__(self, card: SoftwareCard, connection: type[CardConnection] = CardConnection) -> None:
        self.card = card
        self.connection = RecordingConnection(connection(card))
        self.session = JpkiSession(self.connection)

    def ready(self) -> Desk:
        self.session.kind()
        self.session.attempts_left(AUTHENTICATION_PIN)
        return self

    def verify(self, digits: bytes = b"1234", *, allow_last_try: bool = False) -> None:
        handle = PinHandle(pin(digits))
        try:
            self.session.verify(AUTHENTICATION_PIN, handle, allow_last_try=allow_last_try)
        finally:
            with handle.spend() as rest:
                assert rest == b""  # the handle is spent in any case

    @property
    def verifies(self) -> int:
        return sum(command.startswith("0020") and len(command) > 8 for command in self.connection.sent)

    @property
    def tries_left(self) -> int:
        return self.card.image.pins[0x18].tries_left


@pytest.mark.parametrize("digits", [b"", b"1", b"123", b"12345", b"1234567890123456"])
def test_a_pin_of_the_wrong_length_is_not_sent(digits: bytes) -> None:
    desk = Desk(make_card()).ready()
    with pytest.raises(UnsafePinError) as refusal:
        desk.verify(digits)
    assert refusal.value.reason == "length"
    assert (desk.verifies, desk.tries_left) == (0, 3)


@pytest.mark.parametrize("digits", [b"123a", b"12 4", b"\x00\x01\x02\x03", b"12.4"])
def test_what_is_no_digit_is_not_sent(digits: bytes) -> None:
    desk = Desk(make_card()).ready()
    with pytest.raises(UnsafePinError) as refusal:
        desk.verify(digits)
    assert refusal.value.reason == "digits"
    assert desk.verifies == 0


def test_without_the_label_no_pin_is_sent() -> None:
    desk = Desk(make_card())
    desk.session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(UnsafePinError) as refusal:
        desk.verify()
    assert refusal.value.reason == "order"
    assert desk.verifies == 0


def test_without_the_counter_no_pin_is_sent() -> None:
    desk = Desk(make_card())
    desk.session.kind()
    with pytest.raises(UnsafePinError) as refusal:
        desk.verify()
    assert refusal.value.reason == "order"
    assert desk.verifies == 0


def test_the_counter_of_the_other_pin_does_not_count() -> None:
    desk = Desk(make_card())
    desk.session.kind()
    desk.session.attempts_left(SIGNING_PIN)
    with pytest.raises(UnsafePinError):
        desk.verify()
    assert desk.verifies == 0


def test_a_card_with_an_unknown_label_gets_no_pin() -> None:
    desk = Desk(make_card(label="SOMETHING ELSE"))
    with pytest.raises(NotMynaCardError):
        desk.session.kind()
    desk.session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(NotMynaCardError):
        desk.verify()
    assert desk.verifies == 0


BOTH_WAYS = pytest.mark.parametrize("connection", [CardConnection, Refuses], ids=["by short identifier", "select"])


@BOTH_WAYS
def test_a_locked_pin_is_not_tried(connection: type[CardConnection]) -> None:
    desk = Desk(make_card(tries_left=0), connection).ready()
    with pytest.raises(PinBlockedError):
        desk.verify(allow_last_try=True)
    assert desk.verifies == 0


def test_a_pin_that_a_card_of_this_kind_does_not_have_is_not_sent() -> None:
    desk = Desk(make_card())
    desk.session.kind()
    other = PROFILES["MADOGUCHI NEXTGEN TEST"].authentication_pin
    handle = PinHandle(pin())
    with pytest.raises(UnsafePinError) as refusal:
        desk.session.verify(other, handle)
    assert refusal.value.reason == "other_pin"
    assert desk.verifies == 0


@BOTH_WAYS
def test_the_last_try_needs_consent(connection: type[CardConnection]) -> None:
    desk = Desk(make_card(tries_left=1), connection).ready()
    with pytest.raises(UnsafePinError) as refusal:
        desk.verify()
    assert refusal.value.reason == "last_try"
    assert (desk.verifies, desk.tries_left) == (0, 1)
    desk.verify(allow_last_try=True)
    assert (desk.verifies, desk.tries_left) == (1, 3)


@BOTH_WAYS
def test_a_wrong_pin_is_followed_by_another_without_asking_again_until_one_is_left(
    connection: type[CardConnection],
) -> None:
    desk = Desk(make_card(), connection).ready()
    for left in (2, 1):
        with pytest.raises(WrongPinError) as refusal:
            desk.verify(b"0000")
        assert refusal.value.attempts_left == left
    with pytest.raises(UnsafePinError) as unsafe:
        desk.verify(b"0000")
    assert unsafe.value.reason == "last_try"
    assert (desk.verifies, desk.tries_left) == (2, 1)


def test_a_spent_handle_cannot_be_sent_again() -> None:
    desk = Desk(make_card()).ready()
    handle = PinHandle(pin(b"0000"))
    with pytest.raises(WrongPinError):
        desk.session.verify(AUTHENTICATION_PIN, handle)
    with pytest.raises(UnsafePinError) as refusal:
        desk.session.verify(AUTHENTICATION_PIN, handle)
    assert refusal.value.reason == "length"
    assert desk.tries_left == 2


def test_a_number_of_tries_is_forgotten_when_it_is_asked_for_again_in_vain() -> None:
    session = JpkiSession(FaultyConnection(CardConnection(make_card()), before=(VERIFY,)))
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(CardRemovedError):
        session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(UnsafePinError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert refusal.value.reason == "order"


def test_after_a_lost_answer_the_counter_must_be_asked_again() -> None:
    card = make_card()
    connection = FaultyConnection(CardConnection(card), after=(VERIFY,))
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(CardRemovedError):
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")))
    with pytest.raises(UnsafePinError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert refusal.value.reason == "order"
    assert session.attempts_left(AUTHENTICATION_PIN) == 2
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))


@pytest.mark.parametrize("told", ["63C3", "63C1", "63CF"])
def test_a_number_of_tries_that_does_not_follow_is_told_but_not_relied_on(told: str) -> None:
    label = b"JPKIAPICCTOKEN2".ljust(32).hex()
    session = JpkiSession(ScriptedConnection("9000", label + "9000", "9000", "63C3", told))
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(WrongPinError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert refusal.value.attempts_left == int(told[-1], 16)
    with pytest.raises(UnsafePinError) as unsafe:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()), allow_last_try=True)
    assert unsafe.value.reason == "order"


def test_after_a_right_pin_the_counter_must_be_asked_again() -> None:
    desk = Desk(make_card()).ready()
    desk.verify()
    with pytest.raises(UnsafePinError):
        desk.verify()
    assert desk.verifies == 1


def test_no_error_carries_the_digits() -> None:
    for digits, tries_left in ((b"9876", 3), (b"9876", 1), (b"9876", 0), (b"98765", 3), (b"987x", 3)):
        desk = Desk(make_card(tries_left=tries_left)).ready()
        with pytest.raises(ReaderError) as refusal:
            desk.verify(digits)
        assert "987" not in f"{refusal.value!r}{refusal.value}{refusal.value.args}{vars(refusal.value)}"


@pytest.mark.parametrize(("connection", "verify"), [(CardConnection, VERIFY), (Refuses, VERIFY + 2)])
def test_the_frames_of_a_failed_verify_hold_no_digits(connection: type[CardConnection], verify: int) -> None:
    """What a crash report with locals would show: every local of every frame of ours, in full."""
    session = JpkiSession(FaultyConnection(connection(make_card()), before=(verify,)))
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(CardRemovedError) as failure:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"9876")))
    for entry in failure.traceback[1:]:
        for value in entry.frame.f_locals.values():
            shown = bytes(value) if isinstance(value, bytearray) else repr(value).encode()
            assert b"9876" not in shown
            assert b"9876" not in bytes(getattr(value, "data", b""))


def test_a_status_word_error_of_the_select_spends_nothing() -> None:
    card = make_card()
    connection = RecordingConnection(Refuses(card))
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.authentication_certificate()
    card.reset()  # another program reset the card: its selection is lost
    with pytest.raises(StatusWordError):
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert card.image.pins[0x18].tries_left == 3
    assert "002000800431323334" not in connection.sent
    assert "002000980431323334" not in connection.sent
