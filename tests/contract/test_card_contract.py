"""What every card must do alike, whoever wrote it and whatever lies between.

One body over two fixtures: `make` makes a card of one of the two authors (see `tests.contract.makers`), `open_card`
puts it on a reader of some transport and connects to it. No test looks into a card: it has its interface only.
Calling it again with the same card, after the first connection was closed, is the same card left lying there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from reader import commands
from reader.card.interface import EmulatedCard
from reader.connection import SmartCardConnection
from reader.errors import PinBlockedError, StatusWordError, WrongPinError
from reader.jpki import AUTHENTICATION_PIN, SIGNING_PIN, JpkiSession
from reader.pin import PinHandle
from reader.trace import CountedConnection
from tests.contract.makers import FILLER, LABEL, Make, certificate, public_key, sign_certificate

OpenCard = Callable[[EmulatedCard], SmartCardConnection]

APPLICATION = bytes.fromhex("00A4040C0AD392F000260100000001")
AUTH_CERTIFICATE_FILE = bytes.fromhex("00A4020C02000A")
READ_256 = bytes.fromhex("00B0000000")
OK = b"\x90\x00"
SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def handle(digits: bytes = b"1234") -> PinHandle:
    return PinHandle(bytearray(digits))


def ready(connection: SmartCardConnection) -> JpkiSession:
    """A session in which everything before the PIN was done."""
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    return session


def test_the_atr_is_the_cards(open_card: OpenCard, make: Make) -> None:
    card = make()
    assert open_card(card).atr == card.atr


def test_an_answer_of_256_bytes_comes_whole(open_card: OpenCard, make: Make) -> None:
    card = make()
    connection = open_card(card)
    assert connection.transmit(APPLICATION) == OK
    assert connection.transmit(AUTH_CERTIFICATE_FILE) == OK
    assert connection.transmit(READ_256) == certificate()[:256] + OK


def test_a_command_buffer_may_be_wiped_after_it_was_sent(open_card: OpenCard, make: Make) -> None:
    connection = open_card(make())
    command = bytearray(APPLICATION)
    connection.transmit(command)
    command[:] = bytes(len(command))
    assert connection.transmit(AUTH_CERTIFICATE_FILE) == OK


def test_label_and_certificate_need_no_pin(open_card: OpenCard, make: Make) -> None:
    card = make()
    session = JpkiSession(open_card(card))
    assert session.token_label() == LABEL
    assert session.kind() == "plastic"
    assert session.authentication_certificate() == certificate()


def test_asking_for_tries_spends_none(open_card: OpenCard, make: Make) -> None:
    session = JpkiSession(open_card(make()))
    for _ in range(5):
        assert session.attempts_left(AUTHENTICATION_PIN) == 3
        assert session.attempts_left(SIGNING_PIN) == 5


def test_a_wrong_pin_spends_exactly_one_try_and_the_right_one_gives_all_back(open_card: OpenCard, make: Make) -> None:
    session = ready(open_card(make()))
    with pytest.raises(WrongPinError) as refusal:
        session.verify(AUTHENTICATION_PIN, handle(b"0000"))
    assert refusal.value.attempts_left == 2
    assert session.attempts_left(AUTHENTICATION_PIN) == 2
    session.verify(AUTHENTICATION_PIN, handle())
    assert session.attempts_left(AUTHENTICATION_PIN) == 3


def test_the_third_wrong_pin_locks_and_the_right_one_comes_too_late(open_card: OpenCard, make: Make) -> None:
    card = make(tries_left=1)
    session = ready(open_card(card))
    with pytest.raises(WrongPinError) as refusal:
        session.verify(AUTHENTICATION_PIN, handle(b"0000"), allow_last_try=True)
    assert refusal.value.attempts_left == 0
    with pytest.raises(PinBlockedError):
        session.verify(AUTHENTICATION_PIN, handle(), allow_last_try=True)
    assert session.attempts_left(AUTHENTICATION_PIN) == 0


def test_the_signature_is_the_cards_over_the_message(open_card: OpenCard, make: Make) -> None:
    session = ready(open_card(make()))
    session.verify(AUTHENTICATION_PIN, handle())
    signature = session.sign_message(b"MADOGUCHI TEST")
    public_key().verify(signature, b"MADOGUCHI TEST", PKCS1v15(), SHA256())


def test_without_the_pin_nothing_is_signed(open_card: OpenCard, make: Make) -> None:
    session = JpkiSession(open_card(make()))
    with pytest.raises(StatusWordError) as refusal:
        session.sign_message(b"MADOGUCHI TEST")
    assert refusal.value.sw == 0x6982


def test_closing_powers_down_so_that_nobody_signs_after_us(open_card: OpenCard, make: Make) -> None:
    card = make()
    first = open_card(card)
    ready(first).verify(AUTHENTICATION_PIN, handle())
    first.close()
    session = JpkiSession(open_card(card))
    with pytest.raises(StatusWordError) as refusal:
        session.sign_message(b"MADOGUCHI TEST")
    assert refusal.value.sw == 0x6982


def test_closing_twice_is_harmless(open_card: OpenCard, make: Make) -> None:
    connection = open_card(make())
    connection.close()
    connection.close()


def test_a_spent_try_stays_spent_when_the_card_is_connected_again(open_card: OpenCard, make: Make) -> None:
    card = make()
    first = open_card(card)
    with pytest.raises(WrongPinError):
        ready(first).verify(AUTHENTICATION_PIN, handle(b"0000"))
    first.close()
    assert JpkiSession(open_card(card)).attempts_left(AUTHENTICATION_PIN) == 2


def test_two_commands_after_the_last_digit(open_card: OpenCard, make: Make) -> None:
    connection = CountedConnection(open_card(make()))
    session = JpkiSession(connection)
    session.kind()
    session.authentication_certificate()
    session.attempts_left(AUTHENTICATION_PIN)
    before = connection.total
    session.verify(AUTHENTICATION_PIN, handle())
    session.sign_message(b"MADOGUCHI TEST")
    assert connection.after_pin == connection.total - before == 2


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
def test_probes_for_other_cards_are_refused_and_the_card_goes_on(
    open_card: OpenCard, make: Make, probe: str, answer: str
) -> None:
    connection = open_card(make())
    assert connection.transmit(bytes.fromhex(probe)).hex().upper() == answer
    assert connection.transmit(commands.select_application(bytes.fromhex("D392F000260100000001")).to_bytes()) == OK


AUTH_PIN_FILE, AUTH_KEY_FILE = "00A4020C020018", "00A4020C020017"
VERIFY_PIN, VERIFY_WRONG, QUERY = "002000800431323334", "002000800430303030", "00200080"
PASSWORD = "414243313233"

SENTENCES = {
    "a beginning of the name finds the application": ("00A4040C05D392F00026 9000", "00A4020C020018 9000"),
    "a name that is too long finds nothing": ("00A4040C0BD392F00026010000000100 6A82",),
    "without an application there is nothing to say of it": ("00A40000 6A86", "00A4020C02000A 6A82"),
    "with one the same command changes nothing": ("@ 9000", AUTH_PIN_FILE + " 9000", "00A40000 9000", QUERY + " 63C3"),
    "no file, nothing to read": ("@ 9000", "00B0000000 6986", QUERY + " 6986"),
    "a PIN cannot be read": ("@ 9000", AUTH_PIN_FILE + " 9000", "00B0000000 6981"),
    "a certificate cannot be verified": ("@ 9000", "00A4020C02000A 9000", QUERY + " 6981"),
    "a file that is not there": ("@ 9000", "00A4020C02001D 6A82"),
    "behind the end": ("@ 9000", "00A4020C020008 9000", "00B0000300 6B00", "00B07FFF00 6B00"),
    "which certificates there are": ("@ 9000", "00A4020C020008 9000", "00B0000003 8F8F009000"),
    "a read by short name makes the file current": ("@ 9000", "00B0880001 8F9000", "00B0000201 009000"),
    "the signing certificate stays behind its password": ("@ 9000", "00A4020C020001 9000", "00B0000004 6982"),
    "the other PIN does not open it": ("@ 9000", "002000980431323334 9000", "00B0810004 6982"),
    "tries asked for by short name": ("@ 9000", "00200098 63C3", "0020009B 63C5"),
    "a PIN is plain, and padded it is another": ("@ 9000", "002000980831323334FFFFFFFF 63C2", "00200098 63C2"),
    "a wrong PIN by short name costs one try": ("@ 9000", "002000980430303030 63C2", "00200098 63C2"),
    "a verified PIN still tells its tries": ("@ 9000", AUTH_PIN_FILE + " 9000", VERIFY_PIN + " 9000", QUERY + " 63C3"),
    "three wrong ones lock": (
        *("@ 9000", AUTH_PIN_FILE + " 9000", VERIFY_WRONG + " 63C2", VERIFY_WRONG + " 63C1", VERIFY_WRONG + " 63C0"),
        *(VERIFY_PIN + " 6984", VERIFY_WRONG + " 6984", QUERY + " 63C0"),
    ),
    "a key signs for nobody": ("@ 9000", AUTH_KEY_FILE + " 9000", "802A0080013000 6982"),
    "no such way to sign": ("@ 9000", "002000980431323334 9000", "802A0697013000 6A86"),
    "no such instruction": ("00F0000000 6D00",),
    "no file of JPKI in another application": tuple(
        f"{line} {'9000' if line.startswith('00A4040C0A') else '6A82'}"
        for tail in ("0100", "0401", "0402", "0408")
        for line in (f"00A4040C0AD392100031000101{tail}", AUTH_PIN_FILE, AUTH_KEY_FILE, "00200098", "802A00970130")
    ),
    "no logical channel, no secure messaging": ("01A4040C0AD392F000260100000001 6881", "0420009800 6882"),
    "a challenge wants a length": ("0084000000 256 9000", "0084000008 8 9000"),
    "a challenge has no long form": ("00840000000100 6985",),
    "PIN and password lock apart": ("@ 9000", "002000980430303030 63C2", "0020009B 63C5"),
    "a new PIN after the old one": (
        *("@ 9000", "00240198045A5A5A5A 6982", "002000980431323334 9000", "002401980439393939 9000"),
        *("002000980431323334 63C2", "002000980439393939 9000"),
    ),
}
"""What cards answer, each line a command and its answer; `@` selects the application, a number is that many bytes."""


@pytest.mark.parametrize("lines", SENTENCES.values(), ids=[name.replace(" ", "_") for name in SENTENCES])
def test_the_card_answers_as_the_sheet_says(open_card: OpenCard, make: Make, lines: tuple[str, ...]) -> None:
    connection = open_card(make())
    for line in lines:
        command, *wanted = line.replace("@", APPLICATION.hex()).split()
        answer = connection.transmit(bytes.fromhex(command)).hex().upper()
        if len(wanted) == 2:
            answer = f"{len(answer) // 2 - 2} {answer[-4:]}"
        assert answer == " ".join(wanted), line


def test_the_signing_certificate_comes_after_its_password_and_filler_may_follow_it(
    open_card: OpenCard, make: Make
) -> None:
    connection = open_card(make())
    der = sign_certificate()
    assert connection.transmit(APPLICATION) == OK
    assert connection.transmit(bytes.fromhex(f"0020009B06{PASSWORD}")) == OK
    assert connection.transmit(bytes.fromhex("00A4020C020001")) == OK
    content = b""
    answer = OK
    while answer[-2:] == OK:
        answer = connection.transmit(bytes.fromhex(f"00B0{len(content):04X}00"))
        assert answer != OK, f"no byte and no end at {len(content)}"
        content += answer[:-2]
    assert answer == b"\x6b\x00"
    assert content == der + b"\xff" * FILLER


@pytest.mark.parametrize("mode", range(6))
def test_every_way_to_sign_is_checked_with_the_public_key(open_card: OpenCard, make: Make, mode: int) -> None:
    message = b"MADOGUCHI TEST"
    digest = hashlib.sha256(message).digest()
    connection = open_card(make())
    connection.transmit(APPLICATION)
    connection.transmit(bytes.fromhex("002000980431323334"))
    given = (SHA256_DIGEST_INFO + digest, message, digest, message, digest, message)[mode]
    answer = connection.transmit(bytes((0x80, 0x2A, mode, 0x97, len(given))) + given + b"\x00")
    assert (len(answer), answer[-2:]) == (258, OK)
    key, signature = public_key(), answer[:-2]
    if mode == 1:
        # The bare hash without DigestInfo: no library checks that, so the block is looked at.
        numbers = key.public_numbers()
        block = pow(int.from_bytes(signature, "big"), numbers.e, numbers.n).to_bytes(256, "big")
        assert block == b"\x00\x01" + b"\xff" * 221 + b"\x00" + digest
    else:
        padding = PSS(MGF1(SHA256()), PSS.AUTO) if mode >= 4 else PKCS1v15()
        key.verify(signature, message, padding, SHA256())


def test_one_pin_signs_many_times_with_its_own_key_only(open_card: OpenCard, make: Make) -> None:
    connection = open_card(make())
    connection.transmit(APPLICATION)
    connection.transmit(bytes.fromhex("002000980431323334"))
    assert [connection.transmit(bytes.fromhex("802A009703AABBCC00"))[-2:] for _ in range(2)] == [OK, OK]
    assert connection.transmit(bytes.fromhex("802A009A03AABBCC00")) == b"\x69\x82"


@pytest.mark.parametrize("kept", [True, False], ids=["warm_reset", "power_off"])
def test_a_verified_pin_survives_a_reset_and_not_the_loss_of_power(make: Make, kept: bool) -> None:
    card = make()
    card.power_on()
    card.process(APPLICATION)
    assert card.process(bytes.fromhex("002000980431323334")) == OK
    if kept:
        card.reset()
    else:
        card.power_off()
        card.power_on()
    card.process(APPLICATION)
    assert card.process(bytes.fromhex("802A009703AABBCC00"))[-2:] == (OK if kept else b"\x69\x82")
