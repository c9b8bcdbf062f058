"""Short file identifiers: used where the card shows that it takes them, found out without ever sending a PIN."""

from __future__ import annotations

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from reader.card.applet import SoftwareCard
from reader.card.variants import Variant
from reader.connection import SmartCardConnection
from reader.errors import PinBlockedError, ReaderError, StatusWordError, UnsafePinError, WrongPinError
from reader.files import NOT_BY_SHORT_ID
from reader.jpki import AUTHENTICATION_PIN, SIGNING_PIN, JpkiSession
from reader.pin import PinHandle
from tests.card_factory import make_card, make_image, make_variant_image, throw_away_pair
from tests.reader.fakes import CardConnection, FaultyConnection, RecordingConnection, ScriptedConnection, pin
from tests.reader.short_id_manners import (
    READ_BINARY,
    SIGN,
    VERIFY,
    ForgetsTheFile,
    LooksPast,
    MeansAnother,
    Refuses,
)

LABEL = b"JPKIAPICCTOKEN2".ljust(32).hex()
PIN_AFTER_SELECT = "002000800431323334"
SELECT_PIN, SELECT_PASSWORD, ASK = "00A4020C020018", "00A4020C02001B", "00200080"


def visit(connection: SmartCardConnection) -> tuple[JpkiSession, list[str], bytes]:
    """Label, certificate, tries, PIN, signature; what was sent, and the certificate."""
    record = RecordingConnection(connection)
    session = JpkiSession(record)
    session.kind()
    certificate = session.authentication_certificate()
    assert session.attempts_left(AUTHENTICATION_PIN) == 3
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    signature = session.sign_message(b"MADOGUCHI TEST")
    throw_away_pair("user authentication").key.public_key().verify(signature, b"MADOGUCHI TEST", PKCS1v15(), SHA256())
    return session, record.sent, certificate


def pins_by_short_id(sent: list[str]) -> list[str]:
    """VERIFY, with or without digits, that names its file in P2."""
    return [command for command in sent if command.startswith("0020") and command[6:8] != "80"]


@pytest.mark.parametrize(
    "card",
    [
        CardConnection,
        Refuses,
        lambda card: Refuses(card, instructions=(READ_BINARY,)),
        lambda card: Refuses(card, instructions=(VERIFY,)),
        lambda card: Refuses(card, instructions=(SIGN,)),
        LooksPast,
        lambda card: LooksPast(card, (READ_BINARY,)),
        lambda card: LooksPast(card, (VERIFY,)),
        lambda card: LooksPast(card, (SIGN,)),
        lambda card: MeansAnother(card, 0x1B),
        ForgetsTheFile,
    ],
    ids=["takes", "refuses", "no read", "no verify", "no sign", "past", "past read", "past verify", "past sign",
         "another", "forgets"],
)  # fmt: skip
def test_whatever_a_card_makes_of_short_identifiers_a_visit_works_and_sends_the_pin_once(card: type) -> None:
    software = SoftwareCard(make_image())
    _, sent, certificate = visit(card(software))
    assert certificate == software.image.auth_certificate
    assert sent.count(PIN_AFTER_SELECT) == 1
    assert not pins_by_short_id(sent)
    assert software.image.pins[0x18].tries_left == 3
    assert software.image.pins[0x1B].tries_left == 5


def test_a_card_that_does_not_take_them_for_reading_is_not_asked_for_anything_else_by_them() -> None:
    _, sent, _ = visit(Refuses(make_card(), instructions=(READ_BINARY,)))
    assert not [command for command in sent if command.startswith("802A0097")]


def test_an_unknown_label_by_short_identifier_is_no_proof_of_anything() -> None:
    connection = ScriptedConnection("9000", b"SOMETHING ELSE".ljust(32).hex() + "9000", "9000", LABEL + "9000", "6A82")
    session = JpkiSession(connection)
    assert session.kind() == "plastic"
    with pytest.raises(StatusWordError):
        session.attempts_left(AUTHENTICATION_PIN)
    assert connection.sent[1:] == ["00B0860020", "00A4020C020006", "00B0000020", "00A4020C020018"]


# Tries and VERIFY: never by short identifier


def test_tries_and_pin_are_about_the_file_that_was_selected_on_every_card() -> None:
    record = RecordingConnection(CardConnection(make_card()))
    session = JpkiSession(record)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.attempts_left(SIGNING_PIN)
    assert record.sent[2:] == [SELECT_PIN, ASK, SELECT_PASSWORD, ASK]
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(WrongPinError):
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")))
    assert session.attempts_left(AUTHENTICATION_PIN) == 2
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert record.sent[6:] == [SELECT_PIN, ASK, "002000800430303030", SELECT_PIN, ASK, PIN_AFTER_SELECT]


@pytest.mark.parametrize("wrong", [0x18, 0x1B, 0x10, 0x17])
@pytest.mark.parametrize("tries", [(1, 5), (3, 1), (3, 3), (0, 3)])
def test_a_card_that_means_another_pin_by_a_reference_tells_the_tries_of_the_one_that_pays(
    wrong: int, tries: tuple[int, int]
) -> None:
    """Also where its other counter fits this PIN, which nothing in the answers would give away."""
    card = make_card(tries_left=tries[0], sign_tries_left=tries[1])
    session = JpkiSession(MeansAnother(card, wrong))
    session.kind()
    assert (session.attempts_left(AUTHENTICATION_PIN), session.attempts_left(SIGNING_PIN)) == tries
    with pytest.raises((UnsafePinError, PinBlockedError, WrongPinError)):
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")))
    assert card.image.pins[0x1B].tries_left == tries[1]
    assert card.image.pins[0x18].tries_left == (2 if tries[0] == 3 else tries[0])


def test_after_a_pin_was_sent_the_tries_of_every_other_must_be_asked_for_again() -> None:
    card = make_card(tries_left=3)
    session = JpkiSession(CardConnection(card))
    session.kind()
    session.attempts_left(SIGNING_PIN)
    session.attempts_left(AUTHENTICATION_PIN)
    for _ in range(2):
        with pytest.raises(WrongPinError):
            session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")))
    with pytest.raises(UnsafePinError) as refusal:
        session.verify(SIGNING_PIN, PinHandle(pin(b"ABC123")))
    assert refusal.value.reason == "order"
    assert (card.image.pins[0x18].tries_left, card.image.pins[0x1B].tries_left) == (1, 5)


@pytest.mark.parametrize("sw", ["6A86", "6A82", "6981", "6985", "6986", "6B00", "6D00", "6700", "6F00", "6104", "6C04"])
def test_a_refused_pin_is_not_sent_again(sw: str) -> None:
    connection = ScriptedConnection("9000", LABEL + "9000", "9000", "63C3", sw, "9000", "63C3")
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(StatusWordError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert refusal.value.sw == int(sw, 16)
    assert connection.sent[4:] == [PIN_AFTER_SELECT]


def test_an_answer_that_did_not_come_leaves_no_tries_to_send_a_pin_for() -> None:
    connection = FaultyConnection(CardConnection(make_card()), after=(3,))
    session = JpkiSession(connection)
    session.kind()
    with pytest.raises(ReaderError):
        session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(UnsafePinError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert refusal.value.reason == "order"


def test_an_answer_to_a_pin_that_did_not_come_leaves_none_either() -> None:
    card = make_card()
    connection = FaultyConnection(CardConnection(card), after=(4,))
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(ReaderError):
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")))
    with pytest.raises(UnsafePinError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert refusal.value.reason == "order"
    assert card.image.pins[0x18].tries_left == 2


def test_after_a_question_or_a_pin_no_other_file_counts_as_current() -> None:
    record = RecordingConnection(CardConnection(make_card()))
    session = JpkiSession(record)
    session.authentication_certificate()
    session.attempts_left(AUTHENTICATION_PIN)
    for step in (session.kind, lambda: session.verify(AUTHENTICATION_PIN, PinHandle(pin()))):
        step()
        before = len(record.sent)
        session.authentication_certificate()
        assert record.sent[before] == "00B08A0000"
    session.sign_message(b"MADOGUCHI TEST")
    before = len(record.sent)
    session.authentication_certificate()
    assert record.sent[before] == "00B08A0000"


# Signing


def at_signing(*answers: str) -> tuple[JpkiSession, ScriptedConnection]:
    """A session after the PIN on a card that goes on with `answers`."""
    connection = ScriptedConnection("9000", LABEL + "9000", "9000", "63C3", "9000", *answers)
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    return session, connection


@pytest.mark.parametrize("sw", [f"{sw:04X}" for sw in sorted(NOT_BY_SHORT_ID)])
def test_a_signature_refused_by_short_identifier_is_made_after_select_and_the_next_one_at_once(sw: str) -> None:
    session, connection = at_signing(sw, "9000", "AA" * 256 + "9000", "BB" * 256 + "9000")
    assert session.sign_digest(bytes(32)) == b"\xaa" * 256
    assert [command[:14] for command in connection.sent[5:]] == ["802A0097333031", "00A4020C020017", "802A0080333031"]
    assert session.sign_digest(bytes(32)) == b"\xbb" * 256
    assert connection.sent[8].startswith("802A0080")


@pytest.mark.parametrize("sw", ["6982", "6700", "6F00", "63C2", "6581"])
def test_a_signature_refused_for_another_reason_is_refused(sw: str) -> None:
    session, connection = at_signing(sw)
    with pytest.raises(StatusWordError) as refusal:
        session.sign_digest(bytes(32))
    assert refusal.value.sw == int(sw, 16)
    assert len(connection.sent) == 6


def test_a_signature_refused_both_ways_tells_what_select_was_answered() -> None:
    session, _ = at_signing("6A86", "9000", "6985")
    with pytest.raises(StatusWordError) as refusal:
        session.sign_digest(bytes(32))
    assert refusal.value.sw == 0x6985


# Reading


def test_a_file_that_is_missing_either_way_does_not_end_the_short_forms() -> None:
    record = RecordingConnection(CardConnection(SoftwareCard(make_variant_image(Variant.CHILD))))
    session = JpkiSession(record)
    with pytest.raises(StatusWordError) as refusal:
        session.signing_certificate()
    assert refusal.value.sw == 0x6A82
    session.authentication_ca_certificate()
    assert "00B08B0000" in record.sent


def test_a_file_behind_a_pin_is_refused_once() -> None:
    record = RecordingConnection(CardConnection(make_card()))
    session = JpkiSession(record)
    with pytest.raises(StatusWordError) as refusal:
        session.signing_certificate()
    assert refusal.value.sw == 0x6982
    assert record.sent[2:] == ["00B0810000"]


def test_a_file_that_only_select_makes_current_ends_the_short_forms() -> None:
    record = RecordingConnection(ForgetsTheFile(make_card()))
    session = JpkiSession(record)
    session.authentication_certificate()
    assert record.sent[2:6] == ["00B08A0000", "00B0010000", "00A4020C02000A", "00B0010000"]
    before = len(record.sent)
    session.authentication_ca_certificate()
    assert record.sent[before] == "00A4020C02000B"


def test_after_an_exchange_that_failed_the_file_is_selected_again() -> None:
    card = make_card()
    record = RecordingConnection(FaultyConnection(Refuses(card), after=(8,)))
    session = JpkiSession(record)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    with pytest.raises(ReaderError):
        session.sign_message(b"MADOGUCHI TEST")
    before = len(record.sent)
    session.sign_message(b"MADOGUCHI TEST")
    assert record.sent[before] == "00A4020C020017"


def test_a_read_that_broke_off_in_the_middle_is_begun_anew() -> None:
    card = make_card()
    connection = FaultyConnection(CardConnection(card), before=(4,))
    session = JpkiSession(connection)
    session.kind()
    with suppress(ReaderError):
        session.authentication_certificate()
    assert session.authentication_certificate() == card.image.auth_certificate
