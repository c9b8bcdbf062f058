"""A session on a card: who it is, its certificate, its tries, VERIFY and sign, against cards that behave and do not."""

from __future__ import annotations

from contextlib import suppress

import pytest

from reader.card.applet import SoftwareCard
from reader.card.image import FileRecord
from reader.card.layout import Label
from reader.connection import SmartCardConnection
from reader.errors import CardProtocolError, NotMynaCardError, PinBlockedError, StatusWordError
from reader.jpki import AUTHENTICATION_PIN, SIGNING_PIN, JpkiSession
from reader.pin import PinHandle
from tests.card_factory import make_card, make_image
from tests.reader.fakes import CardConnection, ScriptedConnection, pin

READ_START = "00B0000000"


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("JPKIAPICCTOKEN2", "plastic"),
        ("JPKIAPICCTOKEN", "juki"),
        ("JPKIAPGPSETOKEN", "android"),
        ("JPKIAPIOSTOKEN", "ios"),
    ],
)
def test_the_label_says_what_lies_on_the_reader(label: str, kind: str) -> None:
    session = JpkiSession(CardConnection(make_card(label=label)))
    assert session.kind() == kind
    assert session.token_label() == label


@pytest.mark.parametrize("sw", ["6A82", "6A81", "6D00", "6E00"])
def test_a_card_without_the_application_is_no_my_number_card(sw: str) -> None:
    with pytest.raises(NotMynaCardError):
        JpkiSession(ScriptedConnection(sw))


def test_another_refusal_of_the_application_stays_what_it_is() -> None:
    with pytest.raises(StatusWordError) as refusal:
        JpkiSession(ScriptedConnection("6985"))
    assert refusal.value.sw == 0x6985


def test_the_first_command_after_power_up_may_fail_without_diagnosis() -> None:
    connection = ScriptedConnection("6F00", "9000")
    JpkiSession(connection)
    assert connection.sent == ["00A4040C0AD392F000260100000001"] * 2
    with pytest.raises(StatusWordError):
        JpkiSession(ScriptedConnection("6F00", "6F00", "9000"))


def test_an_application_with_an_unknown_label_is_no_my_number_card() -> None:
    session = JpkiSession(CardConnection(make_card(label="SOMETHING ELSE")))
    with pytest.raises(NotMynaCardError) as refusal:
        session.kind()
    assert refusal.value.label == "SOMETHING ELSE"


def test_an_application_without_the_label_file_is_no_my_number_card() -> None:
    with pytest.raises(NotMynaCardError):
        JpkiSession(ScriptedConnection("9000", "6A82")).token_label()


def test_a_label_shows_no_control_characters() -> None:
    session = JpkiSession(ScriptedConnection("9000", "9000", "1B5B324A41E3" + "9000"))
    assert session.token_label() == "?[2JA?"


def test_the_label_is_read_once() -> None:
    connection = ScriptedConnection("9000", "9000", "414243" + "9000")
    session = JpkiSession(connection)
    assert [session.token_label() for _ in range(3)] == ["ABC"] * 3


@pytest.mark.parametrize("length", [260, 511, 512, 513, 1294, 8192])
@pytest.mark.parametrize("filler", [0, 1, 300])
def test_the_certificate_ends_where_its_header_says(length: int, filler: int) -> None:
    certificate = b"\x30\x82" + (length - 4).to_bytes(2, "big") + bytes(range(256)) * 32
    certificate = certificate[:length]
    card = SoftwareCard(make_image().with_file(0x000A, FileRecord(certificate, filler)))
    assert JpkiSession(CardConnection(card)).authentication_certificate() == certificate


def test_a_certificate_behind_the_pin_is_refused_before_it_and_read_after_it() -> None:
    card = make_card(label=Label.ANDROID)
    session = JpkiSession(CardConnection(card))
    with pytest.raises(StatusWordError) as refusal:
        session.authentication_certificate()
    assert refusal.value.sw == 0x6982
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert session.authentication_certificate() == card.image.auth_certificate


def test_short_answers_are_read_on_from_where_they_ended() -> None:
    connection = ScriptedConnection("9000", "9000", "3006AABB9000", "CC9000", "DDEEFF9000")
    assert JpkiSession(connection).authentication_certificate().hex() == "3006aabbccddeeff"
    assert connection.sent[2:] == [READ_START, "00B0000404", "00B0000503"]


def test_what_follows_a_short_certificate_in_its_file_is_left_out() -> None:
    connection = ScriptedConnection("9000", "9000", "3003020101FFFF9000")
    assert JpkiSession(connection).authentication_certificate().hex() == "3003020101"


@pytest.mark.parametrize(
    "answers",
    [
        ("FFFFFFFF9000",),  # an empty file
        ("9000",),
        ("30827FFF009000",),  # longer than any certificate
        ("3006AABB9000", "6B00"),  # ends before its own length
        ("3006AABB9000", "9000"),
        ("3006AABB9000", "AA"),  # no status word
    ],
)
def test_what_is_no_whole_certificate_makes_no_sense(answers: tuple[str, ...]) -> None:
    with pytest.raises(CardProtocolError):
        JpkiSession(ScriptedConnection("9000", "9000", *answers)).authentication_certificate()


def test_the_tries_of_both_pins_are_asked_for_without_spending_any(connection: SmartCardConnection) -> None:
    session = JpkiSession(connection)
    for _ in range(4):
        assert session.attempts_left(AUTHENTICATION_PIN) == 3
        assert session.attempts_left(SIGNING_PIN) == 5


def test_the_pin_file_is_selected_for_every_question() -> None:
    connection = ScriptedConnection("9000", "9000", "63C3", "9000", "63C2")
    session = JpkiSession(connection)
    assert [session.attempts_left(AUTHENTICATION_PIN) for _ in range(2)] == [3, 2]
    assert connection.sent[1:] == ["00A4020C020018", "00200080"] * 2


def test_after_a_select_that_failed_no_file_counts_as_current() -> None:
    connection = ScriptedConnection("9000", "9000", "63C3", "6A82", "9000", "AA" * 256 + "9000")
    session = JpkiSession(connection)
    session.attempts_left(AUTHENTICATION_PIN)
    for _ in range(2):
        with suppress(StatusWordError):
            session.sign_digest(bytes(32))
    assert connection.sent[3:5] == ["00A4020C020017"] * 2


def test_a_failed_select_makes_the_file_before_it_be_selected_again() -> None:
    connection = ScriptedConnection("9000", "9000", "3003020101" + "9000", "6A82", "9000", "3003020101" + "9000")
    session = JpkiSession(connection)
    session.authentication_certificate()
    with pytest.raises(StatusWordError):
        session.sign_digest(bytes(32))
    session.authentication_certificate()
    assert connection.sent[4] == "00A4020C02000A"


@pytest.mark.parametrize("sw", ["63C0", "6983", "6984"])
def test_every_way_to_say_locked_means_no_try_left(sw: str) -> None:
    assert JpkiSession(ScriptedConnection("9000", "9000", sw)).attempts_left(AUTHENTICATION_PIN) == 0


def test_a_card_that_does_not_tell_its_tries_is_not_guessed_at() -> None:
    with pytest.raises(CardProtocolError):
        JpkiSession(ScriptedConnection("9000", "9000", "9000")).attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(StatusWordError):
        JpkiSession(ScriptedConnection("9000", "9000", "6300")).attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(StatusWordError):
        JpkiSession(ScriptedConnection("9000", "6A82")).attempts_left(AUTHENTICATION_PIN)


LABEL = b"JPKIAPICCTOKEN2".ljust(32).hex()


def at_pin(*answers: str) -> tuple[JpkiSession, ScriptedConnection]:
    """A session before the PIN, on a card that goes on with `answers`."""
    connection = ScriptedConnection("9000", "9000", LABEL + "9000", "9000", "63C3", *answers)
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    return session, connection


@pytest.mark.parametrize("sw", ["6983", "6984"])
def test_locked_is_locked_by_either_word(sw: str) -> None:
    session, _ = at_pin(sw)
    with pytest.raises(PinBlockedError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert refusal.value.sw == int(sw, 16)


@pytest.mark.parametrize("sw", ["6700", "6300", "6982", "6F00", "6A82"])
def test_an_unknown_refusal_of_a_pin_is_neither_wrong_nor_locked(sw: str) -> None:
    session, _ = at_pin(sw)
    with pytest.raises(StatusWordError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert type(refusal.value) is StatusWordError


def test_a_signature_of_another_length_makes_no_sense() -> None:
    session, _ = at_pin("9000", "9000", "AA" * 255 + "9000")
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    with pytest.raises(CardProtocolError, match="255"):
        session.sign_digest(bytes(32))


def test_only_a_hash_is_signed(connection: SmartCardConnection) -> None:
    with pytest.raises(ValueError, match="32"):
        JpkiSession(connection).sign_digest(b"a message somebody else chose")
