"""A replay meets what the recording met, at the same place, on every way to a card; and no PIN is in it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from reader.card.interface import CardTornError, EmulatedCard
from reader.card.quirks import parse_quirk, with_quirks
from reader.connection import SmartCardConnection
from reader.errors import CardProtocolError, CardRemovedError, CardTimeoutError, ReaderError, StatusWordError
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from reader.recording import FILLER, Recording
from reader.replay import USUAL_ATR, ReplayedCard
from reader.trace import Exchange, TracedConnection
from reader.transports.in_process import SoftwareReader
from tests.card_factory import make_card
from tests.reader.fakes import pin

Outcome = str | int | None

QUIRKS = [
    [],
    ["first-6f00"],
    ["chaining-61xx"],
    ["chaining-61xx=3", "wrong-le-6cxx", "first-6f00"],
    ["garbage=2"],
    ["garbage=6"],
    ["wrong-length=1"],
    ["wrong-length=2"],
    ["flip-byte=2:sw", "chaining-61xx"],
    *([f"tear-off={index}{word}", "first-6f00", "chaining-61xx"] for index in range(1, 25) for word in ("", ":after")),
]


def steps(session: JpkiSession, digits: bytes) -> list[Callable[[], Outcome]]:
    """A visit step by step; what stays withheld is compared by its length."""
    return [
        session.kind,
        session.token_label,
        lambda: len(session.authentication_certificate()),
        lambda: session.attempts_left(AUTHENTICATION_PIN),
        lambda: session.verify(AUTHENTICATION_PIN, PinHandle(pin(digits))),
        lambda: len(session.sign_message(b"MADOGUCHI TEST")),
    ]


def visit(connect: Callable[[], SmartCardConnection], digits: bytes = b"1234") -> list[tuple[str, Outcome]]:
    """What every step came to, up to the first error; then the tries, asked for over a connection of their own."""
    outcomes: list[tuple[str, Outcome]] = []
    for further in (False, True):
        try:
            connection = connect()
        except ReaderError as error:
            outcomes.append(("no connection", type(error).__name__))
            continue
        try:
            session = JpkiSession(connection)
            outcomes.append(("session", None))
            for step in steps(session, digits)[:4] if further else steps(session, digits):
                outcomes.append(("done", step()))
        except ReaderError as error:
            outcomes.append((type(error).__name__, error.sw if isinstance(error, StatusWordError) else None))
        finally:
            connection.close()
    return outcomes


class Desk:
    """A reader on which a card is laid, and laid down again where it was torn off; every connection is traced."""

    def __init__(self, card: EmulatedCard) -> None:
        self._card = card
        self._reader = SoftwareReader()
        self.exchanges: list[Exchange] = []

    def connect(self) -> SmartCardConnection:
        if self._reader.card is None:
            self._reader.place(self._card)
        return TracedConnection(self._reader.connect(), self.exchanges.append, clock=lambda: 0.0)

    def recording(self) -> Recording:
        return Recording(tuple(self.exchanges), self._card.atr, self._reader.name)

    def close(self) -> None:
        self._reader.close()


def recorded(card: EmulatedCard, digits: bytes = b"1234") -> tuple[list[tuple[str, Outcome]], Recording]:
    desk = Desk(card)
    outcomes = visit(desk.connect, digits)
    desk.close()
    return outcomes, desk.recording()


def quirky(quirks: list[str], digits: str = "1234") -> EmulatedCard:
    return with_quirks(make_card(pin=digits), map(parse_quirk, quirks), sleep=lambda _seconds: None)


def both_forms(recording: Recording) -> list[Recording]:
    """As it comes back from a file."""
    return [Recording.parse(recording.as_text().encode()), Recording.parse(json.dumps(recording.as_dict()).encode())]


def replayed(*exchanges: Exchange) -> ReplayedCard:
    return ReplayedCard(Recording(exchanges))


def say(card: EmulatedCard, command: str) -> str:
    return card.process(bytes.fromhex(command)).hex().upper()


# A visit there and back


@pytest.mark.parametrize("quirks", QUIRKS, ids=lambda quirks: "+".join(quirks) or "plain")
def test_a_replayed_visit_comes_to_the_same_at_the_same_place(quirks: list[str]) -> None:
    outcomes, recording = recorded(quirky(quirks))
    for loaded in both_forms(recording):
        again, trace = recorded(ReplayedCard(loaded))
        assert again == outcomes
        assert [e.as_text() for e in trace.exchanges] == [e.as_text() for e in recording.exchanges]


def test_a_wrong_pin_is_wrong_in_the_replay_whatever_is_typed() -> None:
    outcomes, recording = recorded(make_card(), b"0000")
    assert ("WrongPinError", 0x63C2) in outcomes
    again, _trace = recorded(ReplayedCard(recording), b"1234")
    assert again == outcomes


@pytest.mark.parametrize("quirks", QUIRKS[:9], ids=lambda quirks: "+".join(quirks) or "plain")
def test_two_pins_leave_the_same_recording(quirks: list[str]) -> None:
    recordings = [recorded(quirky(quirks, digits), digits.encode())[1] for digits in ("1234", "8642")]
    assert recordings[0] == recordings[1]
    assert recordings[0].as_text() == recordings[1].as_text()


def test_a_replayed_visit_can_be_made_again_and_again() -> None:
    _outcomes, recording = recorded(quirky(["tear-off=4"]))
    card = ReplayedCard(recording)
    assert recorded(card) == recorded(card) == recorded(card)


# One answer at a time


def test_answers_come_in_order_and_commands_may_be_left_out() -> None:
    card = replayed(
        Exchange(1, None, None, "0084000001", "AA", 0x9000),
        Exchange(2, None, None, "00A40000", "", 0x6A86),
        Exchange(3, None, None, "0084000001", "BB", 0x9000),
        Exchange(4, None, None, "0084000001", "CC", 0x9000),
    )
    assert [say(card, command) for command in ("0084000001", "0084000001", "00A40000", "0084000001", "0084000001")] == [
        "AA9000",
        "BB9000",
        "6F00",  # it came before
        "CC9000",
        "6F00",  # it comes no more
    ]
    card.power_off()
    card.power_on()
    assert say(card, "0084000001") == "AA9000"


def test_withheld_bytes_are_filler_and_the_status_word_is_the_recorded_one() -> None:
    card = replayed(Exchange(1, None, None, "00B08A0000", "3082050A [3 bytes withheld] AA", 0x6282))
    assert say(card, "00B08A0000") == "3082050A" + 3 * FILLER.hex() + "AA6282"


def test_any_pin_and_any_digest_is_the_recorded_one() -> None:
    card = replayed(
        Exchange(1, None, None, "00200098 [withheld]", "", 0x63C1),
        Exchange(2, None, None, "802A0097 [51 bytes withheld] 00", "[256 bytes withheld]", 0x9000),
    )
    assert say(card, "0020009806" + "41" * 6) == "63C1"
    assert say(card, "802A009733" + "AB" * 51 + "00") == FILLER.hex() * 256 + "9000"
    assert "41" not in repr(vars(card)).replace("Exchange", "")


@pytest.mark.parametrize("error", ["CardRemovedError", "CardTornError", "ReaderUnavailableError", "NoCardError"])
def test_a_card_that_went_then_goes_now(error: str) -> None:
    card = replayed(Exchange(1, None, None, "00A40000", error=error))
    with pytest.raises(CardTornError):
        say(card, "00A40000")
    assert not card.mute


@pytest.mark.parametrize("error", ["CardTimeoutError", "OperationCancelledError", "Unanswered", "SomethingElse"])
def test_a_card_that_said_nothing_then_is_mute_now_until_power_goes(error: str) -> None:
    card = replayed(Exchange(1, None, None, "00A40000", error=error), Exchange(2, None, None, "00A40000", "", 0x9000))
    assert say(card, "00A40000") == ""
    assert card.mute
    assert say(card, "00A40000") == ""
    card.power_off()
    assert not card.mute


def test_on_a_reader_a_recorded_time_out_is_a_time_out_and_the_next_visit_works() -> None:
    reader = SoftwareReader()
    reader.place(
        replayed(
            Exchange(1, None, None, "00A40000", error="CardTimeoutError"),
            Exchange(1, None, None, "00A40000", "", 0x9000),
        )
    )
    connection = reader.connect()
    with pytest.raises(CardTimeoutError):
        connection.transmit(bytes.fromhex("00A40000"))
    connection.close()
    connection = reader.connect()
    assert connection.transmit(bytes.fromhex("00A40000")) == b"\x90\x00"
    reader.remove()
    with pytest.raises(CardRemovedError):
        connection.transmit(bytes.fromhex("00A40000"))
    reader.close()


def test_an_answer_without_a_status_word_is_one_again() -> None:
    reader = SoftwareReader()
    reader.place(replayed(Exchange(1, None, None, "00A4040C0AD392F000260100000001")))
    with pytest.raises(CardProtocolError):
        JpkiSession(reader.connect())
    reader.close()


def test_every_power_on_after_something_was_asked_begins_the_next_connection() -> None:
    card = replayed(
        Exchange(1, None, None, "0084000001", "AA", 0x9000),
        Exchange(1, None, None, "0084000001", "BB", 0x9000),
    )
    heard = []
    for _ in range(5):
        card.power_on()
        card.reset()
        card.power_off()
        card.power_on()  # pcscd looks at a card before anybody asks
        heard.append(say(card, "0084000001"))
    assert heard == ["AA9000", "BB9000", "AA9000", "BB9000", "AA9000"]


def test_answers_take_as_long_as_they_took_where_that_is_wanted() -> None:
    waits: list[float] = []
    exchanges = (
        Exchange(1, None, 12.5, "00A40000", "", 0x9000),
        Exchange(2, None, None, "00A40000", "", 0x9000),
        Exchange(3, None, 80.0, "00A40000", error="CardTimeoutError"),
    )
    card = ReplayedCard(Recording(exchanges), sleep=waits.append)
    for _ in exchanges:
        say(card, "00A40000")
    assert waits == [0.0125, 0.08]


def test_an_empty_recording_is_a_card_that_knows_nothing() -> None:
    card = ReplayedCard(Recording(()))
    card.power_on()
    assert (say(card, "00A40000"), card.atr, card.mute) == ("6F00", USUAL_ATR, False)
    assert say(card, "31") == "6F00"


def test_the_atr_is_the_recorded_one() -> None:
    assert ReplayedCard(Recording((), atr=bytes.fromhex("3B00"))).atr == bytes.fromhex("3B00")
