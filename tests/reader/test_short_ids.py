"""Short file identifiers: used where the card shows that it takes them, found out without ever sending a PIN."""

from __future__ import annotations

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from reader.card.applet import SoftwareCard
from reader.card.variants import Variant
from reader.connection import SmartCardConnection
from reader.errors import ReaderError, StatusWordError, UnsafePinError, WrongPinError
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
PIN_BY_SHORT_ID, PIN_AFTER_SELECT = "002000980431323334", "002000800431323334"


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
    assert sum(command in (PIN_BY_SHORT_ID, PIN_AFTER_SELECT) for command in sent) == 1
    assert software.image.pins[0x18].tries_left == 3
    assert software.image.pins[0x1B].tries_left == 5


def test_a_card_that_does_not_take_them_for_reading_is_not_asked_for_anything_else_by_them() -> None:
    _, sent, _ = visit(Refuses(make_card(), instructions=(READ_BINARY,)))
    assert [command for command in sent if command.startswith(("00200098", "802A0097"))] == []


def test_a_card_that_does_not_tell_its_tries_by_them_is_asked_after_select_and_gets_the_pin_so() -> None:
    for connection in (
        Refuses(make_card(), instructions=(VERIFY,)),
        LooksPast(make_card(), (VERIFY,)),
    ):
        _, sent, _ = visit(connection)
        start = sent.index("00200098")
        assert sent[start : start + 5] == [
            "00200098",
            "00A4020C020018",
            "00200080",
            PIN_AFTER_SELECT,
            "00A4020C020017",  # and the short forms are not tried again
        ]


def test_an_unknown_label_by_short_identifier_is_no_proof_of_anything() -> None:
    connection = ScriptedConnection("9000", b"SOMETHING ELSE".ljust(32).hex() + "9000", "9000", LABEL + "9000", "6A82")
    session = JpkiSession(connection)
    assert session.kind() == "plastic"
    with pytest.raises(StatusWordError):
        session.attempts_left(AUTHENTICATION_PIN)
    assert connection.sent[1:] == ["00B0860020", "00A4020C020006", "00B0000020", "00A4020C020018"]


# Tries


@pytest.mark.parametrize("sw", ["63C0", "6983", "6984", "63C4", "63CF", "6300", "9000", "6982", "6A82", "6F00", "6103"])
def test_only_a_number_of_tries_that_this_pin_can_have_left_is_believed(sw: str) -> None:
    connection = ScriptedConnection("9000", LABEL + "9000", sw, "9000", "63C2", "9000", "63C2")
    session = JpkiSession(connection)
    session.kind()
    assert session.attempts_left(AUTHENTICATION_PIN) == 2
    assert connection.sent[2:] == ["00200098", "00A4020C020018", "00200080"]
    # The two differed: this card's short forms are not asked again.
    assert session.attempts_left(AUTHENTICATION_PIN) == 2
    assert connection.sent[5:] == ["00A4020C020018", "00200080"]


def test_a_locked_pin_is_asked_for_both_ways_and_stays_locked() -> None:
    record = RecordingConnection(CardConnection(make_card(tries_left=0)))
    session = JpkiSession(record)
    session.kind()
    for _ in range(2):
        before = len(record.sent)
        assert session.attempts_left(AUTHENTICATION_PIN) == 0
        expected = ["00200098", "00A4020C020018", "00200080"] if before == 2 else ["00A4020C020018", "00200080"]
        assert record.sent[before:] == expected


def test_another_pins_counter_is_not_taken_for_this_ones() -> None:
    card = make_card(tries_left=1, sign_tries_left=5)
    session = JpkiSession(MeansAnother(card, 0x1B))
    session.kind()
    assert session.attempts_left(AUTHENTICATION_PIN) == 1
    with pytest.raises(UnsafePinError):
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")))


def test_where_a_reference_means_another_pin_the_tries_that_were_checked_are_those_that_would_be_spent() -> None:
    """Nothing tells such a card apart when the numbers fit; then the rules hold for the PIN that would pay."""
    card = make_card(tries_left=3, sign_tries_left=1)
    record = RecordingConnection(MeansAnother(card, 0x1B))
    session = JpkiSession(record)
    session.kind()
    assert session.attempts_left(AUTHENTICATION_PIN) == 1
    with pytest.raises(UnsafePinError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")))
    assert refusal.value.reason == "last_try"
    assert card.image.pins[0x1B].tries_left == 1


def test_after_a_pin_was_sent_the_tries_of_every_other_must_be_asked_for_again() -> None:
    """On a card for which both references mean the same PIN, the other number would be one that is no longer true."""
    card = make_card(tries_left=3)
    session = JpkiSession(MeansAnother(card, 0x18))
    session.kind()
    assert session.attempts_left(SIGNING_PIN) == 3
    session.attempts_left(AUTHENTICATION_PIN)
    for _ in range(2):
        with pytest.raises(WrongPinError):
            session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")))
    with pytest.raises(UnsafePinError) as refusal:
        session.verify(SIGNING_PIN, PinHandle(pin(b"ABC123")))
    assert refusal.value.reason == "order"
    assert card.image.pins[0x18].tries_left == 1


def test_while_a_pin_file_may_be_current_another_pin_is_asked_for_after_select() -> None:
    """A card that looks past the identifier would answer for the PIN file that is current."""
    card = make_card(tries_left=2, sign_tries_left=4)
    record = RecordingConnection(LooksPast(card, (VERIFY,)))
    session = JpkiSession(record)
    assert session.attempts_left(AUTHENTICATION_PIN) == 2  # before the label: after SELECT
    session.kind()
    assert session.attempts_left(SIGNING_PIN) == 4
    assert not [command for command in record.sent if command.startswith("0020009")]


def test_a_pin_named_by_short_identifier_may_be_current_after_it() -> None:
    record = RecordingConnection(CardConnection(make_card()))
    session = JpkiSession(record)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.attempts_left(SIGNING_PIN)
    assert record.sent[2:] == ["00200098", "00A4020C02001B", "00200080"]
    record.sent.clear()
    session.attempts_left(AUTHENTICATION_PIN)
    session.authentication_certificate()  # its plain reads show that no PIN file is current
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    session.attempts_left(SIGNING_PIN)
    assert record.sent[-3:] == [PIN_BY_SHORT_ID, "00A4020C02001B", "00200080"]


def test_after_a_question_or_a_pin_by_short_identifier_no_file_counts_as_current() -> None:
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


def test_after_a_plain_read_no_pin_file_is_current_and_short_identifiers_are_asked_again() -> None:
    record = RecordingConnection(CardConnection(make_card(sign_tries_left=3)))
    session = JpkiSession(record)
    session.kind()
    assert session.attempts_left(AUTHENTICATION_PIN) == 3
    session.authentication_certificate()  # in several blocks: all but the first are plain reads
    assert session.attempts_left(SIGNING_PIN) == 3
    assert record.sent[-1] == "0020009B"


def test_a_pin_whose_tries_were_told_by_short_identifier_once_is_asked_for_so_again() -> None:
    record = RecordingConnection(CardConnection(make_card()))
    session = JpkiSession(record)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(WrongPinError):
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")))
    assert session.attempts_left(AUTHENTICATION_PIN) == 2
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert record.sent[2:] == ["00200098", "002000980430303030", "00200098", PIN_BY_SHORT_ID]


# VERIFY


@pytest.mark.parametrize("sw", ["6A86", "6A82", "6981", "6985", "6986", "6B00", "6D00", "6700", "6F00", "6104", "6C04"])
def test_a_refused_pin_is_not_sent_in_another_form(sw: str) -> None:
    connection = ScriptedConnection("9000", LABEL + "9000", "63C3", sw, "9000", "63C3")
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(StatusWordError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert refusal.value.sw == int(sw, 16)
    assert connection.sent[3:] == [PIN_BY_SHORT_ID]
    # The next time the person types it, it goes the other way.
    assert session.attempts_left(AUTHENTICATION_PIN) == 3
    assert connection.sent[4:] == ["00A4020C020018", "00200080"]


def test_an_answer_that_did_not_come_leaves_no_reference_to_send_a_pin_under() -> None:
    connection = FaultyConnection(CardConnection(make_card()), after=(2,))
    session = JpkiSession(connection)
    session.kind()
    with pytest.raises(ReaderError):
        session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(UnsafePinError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert refusal.value.reason == "order"


# Signing


def at_signing(*answers: str) -> tuple[JpkiSession, ScriptedConnection]:
    """A session after the PIN on a card that goes on with `answers`."""
    connection = ScriptedConnection("9000", LABEL + "9000", "63C3", "9000", *answers)
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    return session, connection


@pytest.mark.parametrize("sw", [f"{sw:04X}" for sw in sorted(NOT_BY_SHORT_ID)])
def test_a_signature_refused_by_short_identifier_is_made_after_select_and_the_next_one_at_once(sw: str) -> None:
    session, connection = at_signing(sw, "9000", "AA" * 256 + "9000", "BB" * 256 + "9000")
    assert session.sign_digest(bytes(32)) == b"\xaa" * 256
    assert [command[:14] for command in connection.sent[4:]] == ["802A0097333031", "00A4020C020017", "802A0080333031"]
    assert session.sign_digest(bytes(32)) == b"\xbb" * 256
    assert connection.sent[7].startswith("802A0080")


@pytest.mark.parametrize("sw", ["6982", "6700", "6F00", "63C2", "6581"])
def test_a_signature_refused_for_another_reason_is_refused(sw: str) -> None:
    session, connection = at_signing(sw)
    with pytest.raises(StatusWordError) as refusal:
        session.sign_digest(bytes(32))
    assert refusal.value.sw == int(sw, 16)
    assert len(connection.sent) == 5


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
