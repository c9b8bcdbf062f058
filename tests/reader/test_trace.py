"""Traces show what is harmless, and counts are exact."""

from __future__ import annotations

import pytest

from reader.card.applet import SoftwareCard
from reader.errors import CardRemovedError, WrongPinError
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from reader.trace import CountedConnection, TracedConnection, answer_line, command_line
from tests.card_factory import make_card
from tests.reader.fakes import CardConnection, FaultyConnection, RecordingConnection, ScriptedConnection, pin


def visit(digits: bytes, card: SoftwareCard) -> list[str]:
    lines: list[str] = []
    session = JpkiSession(TracedConnection(CardConnection(card), lines.append))
    session.kind()
    session.authentication_certificate()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin(digits)))
    session.sign_message(b"MADOGUCHI TEST")
    return lines


def test_two_pins_leave_the_same_trace() -> None:
    assert visit(b"1234", make_card(pin="1234")) == visit(b"8642", make_card(pin="8642"))


def test_a_trace_holds_no_certificate_and_no_signature() -> None:
    card = make_card()
    text = "\n".join(visit(b"1234", card))
    certificate = card.image.auth_certificate.hex().upper()
    assert all(certificate[start : start + 32] not in text for start in range(0, len(certificate) - 32, 2))
    assert "> 802A0080 [withheld]\n< [256 bytes withheld] 9000 ok" in text
    assert "> 00B0000000\n< [256 bytes withheld] 9000 ok" in text
    assert "> 00200080\n< 63C3 tries left 3" in text
    assert "> 00200080 [withheld]\n< 9000 ok" in text
    assert text.startswith("> 00A4040C0AD392F000260100000001\n< 9000 ok\n")


@pytest.mark.parametrize(
    "command",
    ["002000800431323334", "0020009804" + "31323334", "0C20008004" + "31323334", "002401800431323334",
     "002C00800431323334", "00210080048002313233", "8020008031323334", "00DA000004" + "31323334", "802A03800431323334"],
)  # fmt: skip
def test_a_body_that_may_be_secret_is_never_shown(command: str) -> None:
    line = command_line(bytes.fromhex(command))
    assert line == f"> {command[:8]} [withheld]"


def test_pieces_too_short_to_be_commands_are_not_shown() -> None:
    assert command_line(b"\x31\x32\x33") == "> [withheld]"
    assert answer_line(0xA4, b"\x90") == "< [no status word]"


def test_answers_are_shown_for_harmless_commands_only() -> None:
    assert answer_line(0x84, bytes.fromhex("AABB9000")) == "< AABB 9000 ok"
    assert answer_line(0xB0, bytes.fromhex("AABB9000")) == "< [2 bytes withheld] 9000 ok"
    assert answer_line(0xC0, bytes.fromhex("AABB9000")) == "< [2 bytes withheld] 9000 ok"
    assert answer_line(0xB0, bytes.fromhex("1234")) == "< 1234"


def test_an_answer_that_did_not_come_is_in_the_trace_too() -> None:
    lines: list[str] = []
    connection = TracedConnection(FaultyConnection(CardConnection(make_card()), before=(0,)), lines.append)
    with pytest.raises(CardRemovedError):
        connection.transmit(bytes.fromhex("00A40000"))
    assert lines == ["> 00A40000", "! CardRemovedError"]


def test_commands_and_bytes_are_counted_both_ways() -> None:
    connection = CountedConnection(ScriptedConnection("9000", "AABB9000"))
    connection.transmit(bytes.fromhex("00A4020C020018"))
    connection.transmit(bytes.fromhex("00B0000002"))
    assert (connection.total, connection.after_pin, connection.total_bytes) == (2, 0, 7 + 2 + 5 + 4)


def test_the_count_after_the_pin_starts_at_the_first_pin_and_includes_it() -> None:
    connection = CountedConnection(CardConnection(make_card()))
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    assert connection.after_pin == 0  # a question for the tries is no PIN
    with pytest.raises(WrongPinError):
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")))
    assert connection.after_pin == 1
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    session.sign_message(b"MADOGUCHI TEST")
    assert connection.after_pin == 4


def test_a_query_with_a_length_is_no_pin() -> None:
    connection = CountedConnection(ScriptedConnection("63C3"))
    connection.transmit(bytes.fromhex("0020008000"))
    assert connection.after_pin == 0


def test_a_command_that_nobody_answered_counts_as_sent() -> None:
    connection = CountedConnection(FaultyConnection(CardConnection(make_card()), before=(0,)))
    with pytest.raises(CardRemovedError):
        connection.transmit(bytes.fromhex("00A40000"))
    assert (connection.total, connection.total_bytes) == (1, 4)


def test_both_pass_on_the_atr_and_the_end() -> None:
    inner = RecordingConnection(CardConnection(make_card()))
    for connection in (TracedConnection(inner, print), CountedConnection(inner)):
        assert connection.atr == inner.atr
        connection.close()
