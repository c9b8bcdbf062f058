"""The software reader: a slot with the manners of a real one."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from reader.card.applet import SoftwareCard
from reader.connection import CardSlot, SlotReport, SlotState
from reader.errors import (
    CardBusyError,
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    NoCardError,
    ReaderUnavailableError,
)
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from reader.transports.in_process import SoftwareReader
from tests.card_factory import make_card
from tests.reader.fakes import pin

SELECT_AP = bytes.fromhex("00A4040C0AD392F000260100000001")
NOW = 0.0
LONG = 60.0


@pytest.fixture
def reader() -> SoftwareReader:
    return SoftwareReader()


def state(slot: CardSlot) -> SlotReport:
    return slot.wait_for_change(None, NOW)


def test_it_is_a_slot_with_a_name(reader: SoftwareReader) -> None:
    assert reader.name == "Madoguchi software reader"
    assert state(reader) == SlotReport(SlotState.EMPTY)


def test_placing_and_removing_is_reported(reader: SoftwareReader) -> None:
    reader.place(make_card())
    assert state(reader) == SlotReport(SlotState.OCCUPIED, None, 1)
    reader.remove()
    assert state(reader) == SlotReport(SlotState.EMPTY, None, 1)


def test_a_swap_between_two_looks_is_a_change(reader: SoftwareReader) -> None:
    reader.place(make_card())
    known = state(reader)
    reader.place(make_card())
    assert reader.wait_for_change(known, LONG) != known


def test_unplugging_takes_the_card_along(reader: SoftwareReader) -> None:
    reader.place(make_card())
    reader.unplug()
    assert state(reader) == SlotReport(SlotState.UNAVAILABLE, "no_reader", 1)
    with pytest.raises(ReaderUnavailableError) as refusal:
        reader.connect()
    assert refusal.value.wanted == reader.name
    reader.plug_in()
    assert state(reader).state is SlotState.EMPTY


def test_a_change_ends_a_wait_in_another_thread(reader: SoftwareReader) -> None:
    known = state(reader)
    results: list[SlotReport] = []
    waiter = threading.Thread(target=lambda: results.append(reader.wait_for_change(known, LONG)))
    waiter.start()
    reader.place(make_card())
    waiter.join(LONG)
    assert [report.state for report in results] == [SlotState.OCCUPIED]


def test_an_interrupt_ends_one_wait_also_one_that_begins_later(reader: SoftwareReader) -> None:
    known = state(reader)
    reader.interrupt()
    assert reader.wait_for_change(known, LONG) == known
    waiter = threading.Thread(target=reader.wait_for_change, args=(known, LONG))
    waiter.start()
    reader.interrupt()
    waiter.join(LONG)
    assert not waiter.is_alive()


def test_a_wait_without_change_gives_the_same_report(reader: SoftwareReader) -> None:
    known = state(reader)
    assert reader.wait_for_change(known, NOW) == known


def test_without_a_card_there_is_nothing_to_connect_to(reader: SoftwareReader) -> None:
    with pytest.raises(NoCardError):
        reader.connect()


def test_the_card_is_held_exclusively_until_it_is_closed(reader: SoftwareReader) -> None:
    reader.place(make_card())
    first = reader.connect()
    with pytest.raises(CardBusyError):
        reader.connect()
    first.close()
    second = reader.connect()
    first.close()  # an old connection does not end a new one
    assert second.transmit(SELECT_AP) == b"\x90\x00"


def test_a_closed_connection_answers_no_more(reader: SoftwareReader) -> None:
    reader.place(make_card())
    connection = reader.connect()
    connection.close()
    with pytest.raises(CardRemovedError):
        connection.transmit(SELECT_AP)


@pytest.mark.parametrize(
    "leave",
    [SoftwareReader.remove, SoftwareReader.unplug, SoftwareReader.close, lambda slot: slot.place(make_card())],
    ids=["removed", "unplugged", "closed", "swapped"],
)
def test_a_connection_whose_card_is_gone_says_so(
    reader: SoftwareReader, leave: Callable[[SoftwareReader], None]
) -> None:
    reader.place(make_card())
    connection = reader.connect()
    leave(reader)
    for _ in range(2):
        with pytest.raises(CardRemovedError):
            connection.transmit(SELECT_AP)
    connection.close()


def test_a_card_pulled_while_it_works_is_gone_before_its_answer(reader: SoftwareReader) -> None:
    class Pulled(SoftwareCard):
        def process(self, command: bytes | bytearray) -> bytes:
            reader.remove()
            return super().process(command)

    reader.place(Pulled(make_card().image))
    connection = reader.connect()
    with pytest.raises(CardRemovedError):
        connection.transmit(SELECT_AP)


def test_a_card_that_was_taken_away_has_forgotten_the_pin(reader: SoftwareReader) -> None:
    card = make_card()
    reader.place(card)
    session = JpkiSession(reader.connect())
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    reader.remove()
    card.process(SELECT_AP)
    card.process(bytes.fromhex("00A4020C020017"))
    assert card.process(bytes.fromhex("802A0080013000")).hex() == "6982"


def test_connecting_powers_the_card_up_afresh(reader: SoftwareReader) -> None:
    card = make_card()
    for command in ("00A4040C0AD392F000260100000001", "002000980431323334"):
        assert card.process(bytes.fromhex(command)) == b"\x90\x00"
    reader.place(card)
    connection = reader.connect()
    connection.transmit(SELECT_AP)
    assert connection.transmit(bytes.fromhex("802A0097013000")).hex() == "6982"


def test_a_mute_card_does_not_answer_to_power(reader: SoftwareReader) -> None:
    card = make_card()
    card.mute = True
    reader.place(card)
    assert state(reader).state is SlotState.OCCUPIED
    with pytest.raises(CardUnresponsiveError):
        reader.connect()


def test_a_broken_card_is_silent_until_it_is_placed_again(reader: SoftwareReader) -> None:
    card = make_card()
    reader.place(card)
    connection = reader.connect()
    reader.break_card()
    with pytest.raises(CardTimeoutError):
        connection.transmit(SELECT_AP)
    connection.close()
    with pytest.raises(CardUnresponsiveError):
        reader.connect()
    reader.place(card)
    assert reader.connect().transmit(SELECT_AP) == b"\x90\x00"


def test_breaking_nothing_breaks_nothing(reader: SoftwareReader) -> None:
    reader.break_card()
    reader.place(make_card())
    reader.connect()


def test_closing_twice_is_harmless(reader: SoftwareReader) -> None:
    reader.close()
    reader.close()


def test_many_threads_never_hold_the_card_together(reader: SoftwareReader) -> None:
    reader.place(make_card())
    holders: list[int] = []
    faults: list[str] = []

    def visit() -> None:
        for _ in range(50):
            try:
                connection = reader.connect()
            except CardBusyError:
                continue
            holders.append(1)
            if sum(holders) != 1:
                faults.append("two at once")
            if connection.transmit(SELECT_AP) != b"\x90\x00":
                faults.append("answer")
            holders.pop()
            connection.close()

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert faults == []
