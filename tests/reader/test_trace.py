"""Traces show what is harmless and when it was, and counts are exact."""

from __future__ import annotations

import io
import json

import pytest

from reader.card.applet import SoftwareCard
from reader.connection import SmartCardConnection
from reader.errors import CardRemovedError, OperationCancelledError, WrongPinError
from reader.jpki import AUTHENTICATION_PIN, SIGNING_PIN, JpkiSession
from reader.pin import PinHandle
from reader.trace import CountedConnection, Exchange, TracedConnection, as_lines
from tests.card_factory import SIGN_PASSWORD, make_card
from tests.reader.fakes import CardConnection, FaultyConnection, RecordingConnection, ScriptedConnection, pin

APPLICATION = "00A4040C0AD392F000260100000001"
TOKEN_INFO = "00A4020C020006"


def traced(connection: SmartCardConnection) -> tuple[TracedConnection, list[Exchange]]:
    """A trace whose clock stands still."""
    exchanges: list[Exchange] = []
    return TracedConnection(connection, exchanges.append, clock=lambda: 0.0), exchanges


def visit(digits: bytes, card: SoftwareCard) -> list[Exchange]:
    connection, exchanges = traced(CardConnection(card))
    session = JpkiSession(connection)
    session.kind()
    session.authentication_certificate()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin(digits)))
    session.sign_message(b"MADOGUCHI TEST")
    return exchanges


# A visit


def test_two_pins_leave_the_same_trace() -> None:
    assert visit(b"1234", make_card(pin="1234")) == visit(b"8642", make_card(pin="8642"))


@pytest.mark.parametrize("password", ["ABC123", "ABCDEFGHIJ012345"])
def test_two_passwords_of_different_lengths_leave_the_same_trace(password: str) -> None:
    def signing_visit(secret: str) -> list[Exchange]:
        connection, exchanges = traced(CardConnection(make_card(sign_password=secret)))
        session = JpkiSession(connection)
        session.kind()
        session.attempts_left(SIGNING_PIN)
        session.verify(SIGNING_PIN, PinHandle(pin(secret.encode())))
        return exchanges

    assert signing_visit(password) == signing_visit(SIGN_PASSWORD)


def test_the_frames_of_a_traced_verify_that_failed_hold_no_digits() -> None:
    """What a crash report with locals would show: every local of every frame of ours, in full."""
    card = make_card()
    sent = RecordingConnection(CardConnection(card))
    session = JpkiSession(sent)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    connection, _exchanges = traced(FaultyConnection(CardConnection(card), before=(len(sent.sent),)))
    session = JpkiSession(CountedConnection(connection))
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(CardRemovedError) as failure:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"9876")))
    for entry in failure.traceback[1:]:
        for value in entry.frame.f_locals.values():
            shown_value = bytes(value) if isinstance(value, bytearray) else repr(value).encode()
            assert b"9876" not in shown_value


def test_a_trace_holds_no_certificate_and_no_signature() -> None:
    card = make_card()
    exchanges = visit(b"1234", card)
    text = "".join(exchange.as_text() + "\n" for exchange in exchanges)
    certificate = card.image.auth_certificate.hex().upper()
    assert all(certificate[start : start + 10] not in text for start in range(0, len(certificate) - 10, 2))
    assert "[51 bytes withheld] 00\n< [256 bytes withheld] 9000 ok" in text
    assert f"< {certificate[:8]} [252 bytes withheld] 9000 ok" in text
    assert "63C3 tries left 3" in text
    assert text.startswith(f"> {APPLICATION}\n< 9000 ok   (0.0 ms)\n")
    assert [exchange.number for exchange in exchanges] == list(range(1, len(exchanges) + 1))


# Exchanges


def test_an_exchange_as_text_is_two_lines_with_the_status_word_in_words_and_the_time() -> None:
    assert Exchange(1, 0.0, 12.34, "00A40000", "", 0x9000).as_text() == "> 00A40000\n< 9000 ok   (12.3 ms)"
    assert Exchange(1, 0.0, 0.0, "00A40000", "AABB", 0x1234).as_text() == "> 00A40000\n< AABB 1234   (0.0 ms)"
    assert Exchange(1, None, None, "00A40000", "", 0x63C2).as_text() == "> 00A40000\n< 63C2 tries left 2"
    assert Exchange(1, 0.0, 1.0, "00A40000").as_text() == "> 00A40000\n< [no status word]   (1.0 ms)"
    assert Exchange(1, 0.0, 1.0, "00A40000", error="CardRemovedError").as_text() == (
        "> 00A40000\n! CardRemovedError   (1.0 ms)"
    )


def test_an_exchange_as_json_names_its_fields() -> None:
    exchange = Exchange(2, 1.5, 12.3, "00200080", "", 0x63C2)
    assert json.loads(json.dumps(exchange.as_dict())) == {
        "number": 2,
        "started_ms": 1.5,
        "duration_ms": 12.3,
        "command": "00200080",
        "answer": "",
        "sw": "63C2",
        "meaning": "tries left 2",
        "error": None,
    }
    assert Exchange(1, None, None, "00A40000", error="CardRemovedError").as_dict()["sw"] is None


def test_times_are_those_since_the_connection_and_of_each_exchange() -> None:
    times = iter([10.0, 10.5, 10.75, 11.0, 11.00012])
    exchanges: list[Exchange] = []
    connection = TracedConnection(ScriptedConnection("9000", "9000"), exchanges.append, clock=lambda: next(times))
    connection.transmit(bytes.fromhex("00A40000"))
    connection.transmit(bytes.fromhex("00A40000"))
    assert [(exchange.started_ms, exchange.duration_ms) for exchange in exchanges] == [(500.0, 250.0), (1000.0, 0.1)]


def test_an_answer_that_did_not_come_is_in_the_trace_too() -> None:
    connection, exchanges = traced(FaultyConnection(CardConnection(make_card()), before=(0,)))
    with pytest.raises(CardRemovedError):
        connection.transmit(bytes.fromhex("00A40000"))
    assert exchanges == [Exchange(1, 0.0, 0.0, "00A40000", error="CardRemovedError")]


def test_after_an_answer_that_did_not_come_no_file_is_known() -> None:
    connection, exchanges = traced(FaultyConnection(CardConnection(make_card()), after=(2,)))
    for command in (APPLICATION, TOKEN_INFO):
        connection.transmit(bytes.fromhex(command))
    with pytest.raises(CardRemovedError):
        connection.transmit(bytes.fromhex("00B08A0004"))  # the certificate may be the current file now
    connection.transmit(bytes.fromhex("00B0000004"))
    assert exchanges[-1].answer == "[4 bytes withheld]"


def test_an_answer_of_less_than_a_status_word_is_in_the_trace_without_it() -> None:
    connection, exchanges = traced(ScriptedConnection("", "31"))
    connection.transmit(bytes.fromhex("00A40000"))
    connection.transmit(bytes.fromhex("00A40000"))
    assert [(exchange.answer, exchange.sw) for exchange in exchanges] == [("", None), ("", None)]


def test_a_trace_goes_to_a_stream_line_by_line() -> None:
    stream = io.StringIO()
    connection = TracedConnection(ScriptedConnection("9000"), as_lines(stream.write), clock=lambda: 0.0)
    connection.transmit(bytes.fromhex("00A40000"))
    assert stream.getvalue() == "> 00A40000\n< 9000 ok   (0.0 ms)\n"


def test_a_traced_command_may_be_wiped_while_it_is_under_way() -> None:
    class Wiping(ScriptedConnection):
        def transmit(self, command: bytes | bytearray) -> bytes:
            answer = super().transmit(command)
            assert isinstance(command, bytearray)
            command[:] = bytes(len(command))
            return answer

    connection, exchanges = traced(Wiping("9000"))
    connection.transmit(bytearray(bytes.fromhex(APPLICATION)))
    assert exchanges[0].command == APPLICATION


# Counts


def test_commands_and_bytes_are_counted_both_ways() -> None:
    connection = CountedConnection(ScriptedConnection("9000", "AABB9000"))
    connection.transmit(bytes.fromhex("00A4020C020018"))
    connection.transmit(bytes.fromhex("00B0000002"))
    assert (connection.total, connection.after_pin, connection.total_bytes) == (2, 0, 7 + 2 + 5 + 4)


def test_the_count_after_the_pin_starts_at_the_first_pin_and_includes_it() -> None:
    record = RecordingConnection(CardConnection(make_card()))
    connection = CountedConnection(record)
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    assert connection.after_pin == 0  # a question for the tries is no PIN
    with pytest.raises(WrongPinError):
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(b"0000")))
    assert connection.after_pin == 1
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    session.sign_message(b"MADOGUCHI TEST")
    first = next(index for index, command in enumerate(record.sent) if command.endswith(b"0000".hex()))
    assert connection.after_pin == len(record.sent) - first


def test_a_query_with_a_length_is_no_pin() -> None:
    connection = CountedConnection(ScriptedConnection("63C3"))
    connection.transmit(bytes.fromhex("0020008000"))
    assert connection.after_pin == 0


def test_a_command_that_nobody_answered_counts_as_sent() -> None:
    connection = CountedConnection(FaultyConnection(CardConnection(make_card()), before=(0,)))
    with pytest.raises(CardRemovedError):
        connection.transmit(bytes.fromhex("00A40000"))
    assert (connection.total, connection.total_bytes) == (1, 4)


class Cancelled(RecordingConnection):
    """Ends what is under way, from the first `cancel` on."""

    cancelled = False

    def transmit(self, command: bytes | bytearray) -> bytes:
        if self.cancelled:
            raise OperationCancelledError
        return super().transmit(command)

    def cancel(self) -> None:
        self.cancelled = True


def test_both_pass_on_the_atr_the_readers_limits_a_cancellation_and_the_end() -> None:
    card = make_card()
    for extended in (True, False):
        inner = Cancelled(CardConnection(card))
        inner.inner.extended_length = extended  # type: ignore[misc]
        for connection in (TracedConnection(inner, print), CountedConnection(inner)):
            assert connection.atr == inner.atr
            assert connection.extended_length is extended
            inner.cancelled = False
            connection.cancel()
            with pytest.raises(OperationCancelledError):
                connection.transmit(bytes.fromhex("00A40000"))
            connection.close()
