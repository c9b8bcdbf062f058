"""`kill -9` of pcscd at every step of a visit: the same process serves the next visit, and no PIN counts twice."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from reader.card.applet import SoftwareCard
from reader.connection import SlotState
from reader.errors import ServiceUnavailableError, StatusWordError, TransportError, WrongPinError
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from reader.transports.pcsc import PcscSlot
from tests.card_factory import PIN, make_card
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import LONG_ENOUGH_S, always_inserted, wait_for
from tests.visiting import WatchedCard, carries_pin, visit

pytestmark = [pytest.mark.pcsc, pytest.mark.daemon]

WRONG_PIN = "0000"
ALL_TRIES = 3


@dataclass
class Counter:
    """A daemon, the card that lies in its reader again after each start, and the slot that a counter would hold."""

    daemon: PrivatePcscd
    card: SoftwareCard
    watched: WatchedCard
    slot: PcscSlot

    def start_again(self) -> None:
        """The daemon again, until the card is seen in it."""
        self.daemon.kill()
        self.daemon.start()
        wait_for(self.slot, SlotState.OCCUPIED)
        self.watched.count = 0

    def tries_left(self) -> int:
        connection = self.slot.connect()
        try:
            return JpkiSession(connection).attempts_left(AUTHENTICATION_PIN)
        finally:
            connection.close()
            self.watched.count = 0


@pytest.fixture
def counter(private_pcscd: PrivatePcscd) -> Iterator[Counter]:
    card = make_card()
    watched = WatchedCard(card)
    with always_inserted(watched, private_pcscd) as name:
        slot = PcscSlot(name, retry_s=0.02)
        wait_for(slot, SlotState.OCCUPIED)  # which opens the slot's own descriptor
        yield Counter(private_pcscd, card, watched, slot)
        slot.close()
    private_pcscd.restart()


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def commands_of_a_visit(counter: Counter) -> list[bytes]:
    """What a whole visit says to the card, as the card hears it."""
    heard: list[bytes] = []
    counter.watched.after = lambda number, command: heard.append(command)
    visit(counter.slot.connect())
    counter.watched.after = lambda number, command: None
    counter.watched.count = 0
    assert sum(map(carries_pin, heard)) == 1
    return heard


def test_at_every_command_of_a_visit(counter: Counter) -> None:
    """The card hears the command; the service dies before its answer comes back: the worst moment for a PIN."""
    heard = commands_of_a_visit(counter)
    counter.start_again()
    submitted = 0
    before = descriptors()
    for victim in range(len(heard)):

        def kill(number: int, command: bytes, victim: int = victim) -> None:
            if number == victim:
                counter.daemon.kill()

        counter.watched.before = kill
        pins, submitted = counter.watched.pins, 0

        def count_pin() -> None:
            nonlocal submitted
            submitted += 1

        with pytest.raises(ServiceUnavailableError):
            visit(counter.slot.connect(), WRONG_PIN if carries_pin(heard[victim]) else PIN, count_pin)
        assert counter.watched.pins - pins <= submitted
        counter.watched.before = lambda number, command: None
        with pytest.raises(ServiceUnavailableError):
            counter.slot.connect()
        counter.start_again()
        spent = 1 if carries_pin(heard[victim]) else 0
        assert counter.tries_left() == ALL_TRIES - spent
        visit(counter.slot.connect())  # the same process, the next visit; the right PIN gives the try back
        counter.watched.count = 0
        assert counter.tries_left() == ALL_TRIES
        assert descriptors() <= before, f"after the kill at command {victim}"


def test_before_the_card_is_connected_to(counter: Counter) -> None:
    before = descriptors()
    for _ in range(3):
        counter.daemon.kill()
        with pytest.raises(ServiceUnavailableError):
            counter.slot.connect()
        counter.start_again()
        visit(counter.slot.connect())
        counter.watched.count = 0
    assert descriptors() <= before
    assert counter.watched.pins == 3


STEPS: list[Callable[[JpkiSession], object]] = [
    JpkiSession.kind,
    JpkiSession.authentication_certificate,
    lambda session: session.attempts_left(AUTHENTICATION_PIN),
    lambda session: session.verify(AUTHENTICATION_PIN, PinHandle(bytearray(WRONG_PIN.encode()))),
]


@pytest.mark.parametrize("done", range(len(STEPS)), ids=["selected", "label read", "certificate read", "tries asked"])
def test_between_two_commands(counter: Counter, done: int) -> None:
    """Nobody waits for an answer in that moment: the next command finds nobody, and the card hears nothing of it."""
    before = descriptors()
    connection = counter.slot.connect()
    session = JpkiSession(connection)
    for step in STEPS[:done]:
        step(session)
    counter.daemon.kill()
    with pytest.raises(ServiceUnavailableError):
        STEPS[done](session)
    connection.close()
    assert counter.watched.pins == 0
    counter.start_again()
    assert counter.tries_left() == ALL_TRIES
    visit(counter.slot.connect())
    assert descriptors() <= before


def test_between_verify_and_sign(counter: Counter) -> None:
    connection = counter.slot.connect()
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(bytearray(PIN.encode())))
    counter.daemon.kill()
    with pytest.raises(ServiceUnavailableError):
        session.sign_message(b"MADOGUCHI TEST")
    connection.close()
    counter.start_again()
    connection = counter.slot.connect()
    with pytest.raises(StatusWordError) as refusal:  # the verified PIN did not survive
        JpkiSession(connection).sign_message(b"MADOGUCHI TEST")
    assert refusal.value.sw == 0x6982
    connection.close()
    counter.watched.count = 0
    visit(counter.slot.connect())
    assert counter.watched.pins == 2


def test_during_a_command_that_a_slow_card_does_not_answer(counter: Counter) -> None:
    """The service dies while everybody waits: the caller hears it at once, not after the time limit."""
    let_go, asked = threading.Event(), threading.Event()

    def hold_up(number: int, command: bytes) -> None:
        if carries_pin(command):
            asked.set()
            let_go.wait()

    counter.watched.after = hold_up
    errors: list[BaseException] = []

    def come_by() -> None:
        try:
            visit(counter.slot.connect(), WRONG_PIN)
        except (TransportError, WrongPinError) as error:
            errors.append(error)

    before = descriptors()
    patient = threading.Thread(target=come_by)
    patient.start()
    assert asked.wait(LONG_ENOUGH_S)
    counter.daemon.kill()
    patient.join(LONG_ENOUGH_S)
    assert [type(error) for error in errors] == [ServiceUnavailableError]
    counter.watched.after = lambda number, command: None
    let_go.set()
    counter.start_again()
    assert counter.tries_left() == ALL_TRIES - 1
    visit(counter.slot.connect())
    assert counter.watched.pins == 2
    assert descriptors() <= before
