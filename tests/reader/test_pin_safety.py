"""A try is the patient's: refused before it is spent, spent once per handle, whatever fails."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from tests.card_factory import make_card, make_image
from tests.reader.fakes import CardConnection, FaultyConnection, RecordingConnection, pin
from tests.thoroughness import examples


class Desk:
    """A card, a session on it, and what was sent."""

    def __init__(self, card: SoftwareCard) -> None:
        self.card = card
        self.connection = RecordingConnection(CardConnection(card))
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


def test_a_locked_pin_is_not_tried() -> None:
    desk = Desk(make_card(tries_left=0)).ready()
    with pytest.raises(PinBlockedError):
        desk.verify(allow_last_try=True)
    assert desk.verifies == 0


def test_the_last_try_needs_consent() -> None:
    desk = Desk(make_card(tries_left=1)).ready()
    with pytest.raises(UnsafePinError) as refusal:
        desk.verify()
    assert refusal.value.reason == "last_try"
    assert (desk.verifies, desk.tries_left) == (0, 1)
    desk.verify(allow_last_try=True)
    assert (desk.verifies, desk.tries_left) == (1, 3)


def test_a_wrong_pin_is_followed_by_another_without_asking_again_until_one_is_left() -> None:
    desk = Desk(make_card()).ready()
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


def test_after_a_lost_answer_the_counter_must_be_asked_again() -> None:
    card = make_card()
    connection = FaultyConnection(CardConnection(card), after=(5,))
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


def test_the_frames_of_a_failed_verify_hold_no_digits() -> None:
    """What a crash report with locals would show: every local of every frame of ours, in full."""
    session = JpkiSession(FaultyConnection(CardConnection(make_card()), before=(5,)))
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(CardRemovedError) as failure:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"9876")))
    for entry in failure.traceback[1:]:
        for value in entry.frame.f_locals.values():
            shown = bytes(value) if isinstance(value, bytearray) else repr(value).encode()
            assert b"9876" not in shown
            assert b"9876" not in bytes(getattr(value, "data", b""))


ACTION = st.sampled_from(["label", "tries", "verify", "verify last", "certificate", "sign", "reconnect"])
PIN = st.sampled_from([b"1234", b"0000", b"9999", b"", b"12", b"12a4"])
INDEXES = st.sets(st.integers(0, 60), max_size=12)


@settings(max_examples=examples(400), deadline=None)
@given(
    actions=st.lists(st.tuples(ACTION, PIN), max_size=25),
    before=INDEXES,
    after=INDEXES,
    tries_left=st.integers(0, 3),
)
def test_over_any_faults_no_more_tries_are_spent_than_handles_were_submitted(
    actions: list[tuple[str, bytes]], before: set[int], after: set[int], tries_left: int
) -> None:
    spent = 0
    card = SoftwareCard(make_image(tries_left=tries_left))
    connection = FaultyConnection(CardConnection(card), sorted(before), sorted(after))
    session: JpkiSession | None = None
    submitted = 0
    for action, digits in [("reconnect", b""), *actions]:
        left = card.image.pins[0x18].tries_left
        handles = 0
        with suppress(ReaderError):
            if action == "reconnect" or session is None:
                session = None
                card.power_off()
                session = JpkiSession(connection)
            elif action == "label":
                session.kind()
            elif action == "tries":
                session.attempts_left(AUTHENTICATION_PIN)
            elif action == "certificate":
                session.authentication_certificate()
            elif action == "sign":
                session.sign_digest(bytes(32))
            else:
                handles = 1
                consent = action == "verify last"
                session.verify(AUTHENTICATION_PIN, PinHandle(pin(digits)), allow_last_try=consent)
        now = card.image.pins[0x18].tries_left
        used = max(0, left - now)
        assert used <= handles
        if action == "verify":
            assert not (used and left == 1)  # the last try never without consent
        if used:
            assert digits not in (b"1234", b"", b"12", b"12a4")
        spent += used
        submitted += handles
    assert spent <= submitted


def test_a_status_word_error_of_the_select_spends_nothing() -> None:
    card = make_card()
    connection = RecordingConnection(CardConnection(card))
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.token_label()
    session.authentication_certificate()
    card.reset()  # another program reset the card: its selection is lost
    with pytest.raises(StatusWordError):
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert card.image.pins[0x18].tries_left == 3
    assert "002000800431323334" not in connection.sent
