"""What every way to a card must do alike, whatever lies between.

One body over the fixture `open_card`, which puts a software card on a reader of some transport and connects to it.
Calling it again with the same card, after the first connection was closed, is the same card left lying there.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from reader import commands
from reader.card.applet import SoftwareCard
from reader.connection import SmartCardConnection
from reader.errors import PinBlockedError, StatusWordError, WrongPinError
from reader.jpki import AUTHENTICATION_PIN, SIGNING_PIN, JpkiSession
from reader.pin import PinHandle
from reader.trace import CountedConnection
from tests.card_factory import make_card, throw_away_pair

OpenCard = Callable[[SoftwareCard], SmartCardConnection]

APPLICATION = bytes.fromhex("00A4040C0AD392F000260100000001")
AUTH_CERTIFICATE_FILE = bytes.fromhex("00A4020C02000A")
READ_256 = bytes.fromhex("00B0000000")
OK = b"\x90\x00"


def handle(digits: bytes = b"1234") -> PinHandle:
    return PinHandle(bytearray(digits))


def ready(connection: SmartCardConnection) -> JpkiSession:
    """A session in which everything before the PIN was done."""
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    return session


def test_the_atr_is_the_cards(open_card: OpenCard) -> None:
    card = make_card()
    assert open_card(card).atr == card.atr


def test_an_answer_of_256_bytes_comes_whole(open_card: OpenCard) -> None:
    card = make_card()
    connection = open_card(card)
    assert connection.transmit(APPLICATION) == OK
    assert connection.transmit(AUTH_CERTIFICATE_FILE) == OK
    assert connection.transmit(READ_256) == card.image.auth_certificate[:256] + OK


def test_a_command_buffer_may_be_wiped_after_it_was_sent(open_card: OpenCard) -> None:
    connection = open_card(make_card())
    command = bytearray(APPLICATION)
    connection.transmit(command)
    command[:] = bytes(len(command))
    assert connection.transmit(AUTH_CERTIFICATE_FILE) == OK


def test_label_and_certificate_need_no_pin(open_card: OpenCard) -> None:
    card = make_card()
    session = JpkiSession(open_card(card))
    assert session.token_label() == "JPKIAPICCTOKEN2"
    assert session.kind() == "plastic"
    assert session.authentication_certificate() == card.image.auth_certificate


def test_asking_for_tries_spends_none(open_card: OpenCard) -> None:
    session = JpkiSession(open_card(make_card()))
    for _ in range(5):
        assert session.attempts_left(AUTHENTICATION_PIN) == 3
        assert session.attempts_left(SIGNING_PIN) == 5


def test_a_wrong_pin_spends_exactly_one_try_and_the_right_one_gives_all_back(open_card: OpenCard) -> None:
    session = ready(open_card(make_card()))
    with pytest.raises(WrongPinError) as refusal:
        session.verify(AUTHENTICATION_PIN, handle(b"0000"))
    assert refusal.value.attempts_left == 2
    assert session.attempts_left(AUTHENTICATION_PIN) == 2
    session.verify(AUTHENTICATION_PIN, handle())
    assert session.attempts_left(AUTHENTICATION_PIN) == 3


def test_the_third_wrong_pin_locks_and_the_right_one_comes_too_late(open_card: OpenCard) -> None:
    card = make_card(tries_left=1)
    session = ready(open_card(card))
    with pytest.raises(WrongPinError) as refusal:
        session.verify(AUTHENTICATION_PIN, handle(b"0000"), allow_last_try=True)
    assert refusal.value.attempts_left == 0
    with pytest.raises(PinBlockedError):
        session.verify(AUTHENTICATION_PIN, handle(), allow_last_try=True)
    assert session.attempts_left(AUTHENTICATION_PIN) == 0


def test_the_signature_is_the_cards_over_the_message(open_card: OpenCard) -> None:
    session = ready(open_card(make_card()))
    session.verify(AUTHENTICATION_PIN, handle())
    signature = session.sign_message(b"MADOGUCHI TEST")
    public_key = throw_away_pair("user authentication").key.public_key()
    public_key.verify(signature, b"MADOGUCHI TEST", PKCS1v15(), SHA256())


def test_without_the_pin_nothing_is_signed(open_card: OpenCard) -> None:
    session = JpkiSession(open_card(make_card()))
    with pytest.raises(StatusWordError) as refusal:
        session.sign_message(b"MADOGUCHI TEST")
    assert refusal.value.sw == 0x6982


def test_closing_powers_down_so_that_nobody_signs_after_us(open_card: OpenCard) -> None:
    card = make_card()
    first = open_card(card)
    ready(first).verify(AUTHENTICATION_PIN, handle())
    first.close()
    session = JpkiSession(open_card(card))
    with pytest.raises(StatusWordError) as refusal:
        session.sign_message(b"MADOGUCHI TEST")
    assert refusal.value.sw == 0x6982


def test_closing_twice_is_harmless(open_card: OpenCard) -> None:
    connection = open_card(make_card())
    connection.close()
    connection.close()


def test_a_spent_try_stays_spent_when_the_card_is_connected_again(open_card: OpenCard) -> None:
    card = make_card()
    first = open_card(card)
    with pytest.raises(WrongPinError):
        ready(first).verify(AUTHENTICATION_PIN, handle(b"0000"))
    first.close()
    assert JpkiSession(open_card(card)).attempts_left(AUTHENTICATION_PIN) == 2


def test_three_commands_after_the_last_digit(open_card: OpenCard) -> None:
    connection = CountedConnection(open_card(make_card()))
    session = JpkiSession(connection)
    session.kind()
    session.authentication_certificate()
    session.attempts_left(AUTHENTICATION_PIN)
    before = connection.total
    session.verify(AUTHENTICATION_PIN, handle())
    session.sign_message(b"MADOGUCHI TEST")
    assert connection.after_pin == connection.total - before == 3


@pytest.mark.parametrize(
    ("probe", "answer"),
    [
        ("00A4000C023F00", "6A82"),
        ("00A404000BA000000308000010000100", "6A82"),
        ("00CADF3005", "6D00"),
        ("00CB3FFF035C017E00", "6D00"),
        ("C0A4000000", "6E00"),
    ],
)
def test_probes_for_other_cards_are_refused_and_the_card_goes_on(open_card: OpenCard, probe: str, answer: str) -> None:
    connection = open_card(make_card())
    assert connection.transmit(bytes.fromhex(probe)).hex().upper() == answer
    assert connection.transmit(commands.select_application(bytes.fromhex("D392F000260100000001")).to_bytes()) == OK
