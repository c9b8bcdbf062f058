"""The software reader and cards that misbehave: slow ones, ones torn off, ones that are taken away at work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from reader.card.interface import CardTornError
from reader.connection import SlotReport, SlotState, SmartCardConnection
from reader.errors import (
    CardRemovedError,
    CardTimeoutError,
    NoCardError,
    OperationCancelledError,
    TransportError,
)
from reader.transports import in_process
from reader.transports.in_process import LIMIT_S, SoftwareReader
from tests.card_factory import make_card
from tests.fair_limits import LONG_ENOUGH_S, FairWorker
from tests.visiting import WatchedCard, visit

SELECT_AP = bytes.fromhex("00A4040C0AD392F000260100000001")
VERIFY = bytes.fromhex("00200098") + b"\x041234"
SOON_S = 0.1
"""A limit for what never comes in time anyway."""


class SlowCard(WatchedCard):
    """Does not come back from its first command until it is let go; then it does what it was told."""

    def __init__(self) -> None:
        super().__init__(make_card(), before=self._wait)
        self.asked, self.let_go, self.powered_down = threading.Event(), threading.Event(), threading.Event()
        self.log: list[str] = []
        self._thread: threading.Thread | None = None

    def _wait(self, number: int, command: bytes) -> None:
        self.log.append("asked")
        if number == 0:
            self.hold()
        self.log.append("answers")

    def hold(self) -> None:
        """Keep the thread that calls this until the card is let go."""
        self._thread = threading.current_thread()
        self.asked.set()
        self.let_go.wait()

    def holds(self, thread: threading.Thread) -> bool:
        """Whether it keeps that thread."""
        return thread is self._thread and not self.let_go.is_set()

    def come_back(self) -> None:
        """Let the thread go, which then takes the card's power, and wait until it is over."""
        self.let_go.set()
        assert self._thread is not None
        self._thread.join(LONG_ENOUGH_S)
        assert not self._thread.is_alive()
        assert self.powered_down.is_set()

    def power_on(self) -> None:
        self.log.append("on")
        super().power_on()

    def power_off(self) -> None:
        self.log.append("off")
        super().power_off()
        self.powered_down.set()


class SleepyCard(SlowCard):
    """Does not come back from power-up either."""

    def power_on(self) -> None:
        self.hold()
        super().power_on()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowCard]:
    """The one card that hangs: a reader's limits begin to run when it does."""
    card = SlowCard()
    monkeypatch.setattr(in_process, "Worker", partial(FairWorker, card.holds))
    yield card
    card.let_go.set()


@pytest.fixture
def sleepy(monkeypatch: pytest.MonkeyPatch) -> Iterator[SleepyCard]:
    card = SleepyCard()
    monkeypatch.setattr(in_process, "Worker", partial(FairWorker, card.holds))
    yield card
    card.let_go.set()


def state(reader: SoftwareReader) -> SlotReport:
    return reader.wait_for_change(None, 0.0)


def sent(connection: SmartCardConnection, card: SlowCard) -> tuple[threading.Thread, list[type[TransportError]]]:
    """A command under way in another thread, and the error that it gets."""
    errors: list[type[TransportError]] = []

    def send() -> None:
        try:
            connection.transmit(SELECT_AP)
        except TransportError as error:
            errors.append(type(error))

    thread = threading.Thread(target=send)
    thread.start()
    assert card.asked.wait(LONG_ENOUGH_S)
    return thread, errors


def test_the_limit_is_that_of_a_real_reader() -> None:
    assert LIMIT_S == 10.0


def test_a_slow_card_keeps_nobody_waiting_beyond_the_limit(slow: SlowCard) -> None:
    reader = SoftwareReader(limit_s=SOON_S)
    reader.place(slow)
    connection = reader.connect()
    for _ in range(2):
        with pytest.raises(CardTimeoutError):
            connection.transmit(SELECT_AP)
    connection.close()
    with pytest.raises(CardTimeoutError):  # it still has not come back
        reader.connect()
    assert state(reader).state is SlotState.OCCUPIED
    slow.come_back()
    connection = reader.connect()
    assert connection.transmit(SELECT_AP) == b"\x90\x00"
    connection.close()


def test_a_connection_that_was_cut_off_gives_the_reader_free_even_where_nobody_closes_it(slow: SlowCard) -> None:
    reader = SoftwareReader(limit_s=SOON_S)
    reader.place(slow)
    with pytest.raises(CardTimeoutError):
        reader.connect().transmit(SELECT_AP)
    slow.come_back()
    assert reader.connect().transmit(SELECT_AP) == b"\x90\x00"


def test_a_late_verify_opens_nothing_for_who_comes_next(slow: SlowCard) -> None:
    """The old command is over, and the card without power, before anybody else gets the card."""
    reader = SoftwareReader(limit_s=LONG_ENOUGH_S)
    reader.place(slow)
    connection = reader.connect()
    errors: list[type[TransportError]] = []

    def verify() -> None:
        try:
            connection.transmit(VERIFY)
        except TransportError as error:
            errors.append(type(error))

    thread = threading.Thread(target=verify)
    thread.start()
    assert slow.asked.wait(LONG_ENOUGH_S)
    reader.remove()
    thread.join(LONG_ENOUGH_S)
    assert errors == [CardRemovedError]
    reader.place(slow)
    threading.Timer(0.05, slow.let_go.set).start()
    connection = reader.connect()
    assert connection.transmit(SELECT_AP) == b"\x90\x00"
    assert connection.transmit(bytes.fromhex("802A0097013000")).hex() == "6982"
    connection.close()
    assert slow.log[:5] == ["on", "asked", "answers", "off", "on"]


def test_another_card_does_not_wait_for_the_slow_one(slow: SlowCard) -> None:
    reader = SoftwareReader(limit_s=SOON_S)
    reader.place(slow)
    with pytest.raises(CardTimeoutError):
        reader.connect().transmit(SELECT_AP)
    reader.place(make_card())
    visit(reader.connect())
    reader.place(slow)
    with pytest.raises(CardTimeoutError):
        reader.connect()


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        (lambda reader, connection: connection.cancel(), OperationCancelledError),
        (lambda reader, connection: connection.close(), CardRemovedError),
        (lambda reader, connection: reader.remove(), CardRemovedError),
        (lambda reader, connection: reader.unplug(), CardRemovedError),
        (lambda reader, connection: reader.close(), CardRemovedError),
        (lambda reader, connection: reader.place(make_card()), CardRemovedError),
    ],
    ids=["cancelled", "closed", "removed", "unplugged", "reader closed", "swapped"],
)
def test_who_waits_for_a_slow_card_hears_at_once_that_it_is_over(
    slow: SlowCard, end: Callable[[SoftwareReader, SmartCardConnection], None], kind: type[TransportError]
) -> None:
    reader = SoftwareReader(limit_s=LONG_ENOUGH_S)
    reader.place(slow)
    connection = reader.connect()
    thread, errors = sent(connection, slow)
    end(reader, connection)
    thread.join(LONG_ENOUGH_S)
    assert errors == [kind]
    assert not slow.let_go.is_set()
    assert not slow.powered_down.is_set()
    with pytest.raises(kind):
        connection.transmit(SELECT_AP)
    connection.close()
    slow.let_go.set()
    assert slow.powered_down.wait(LONG_ENOUGH_S)
    assert slow.log == ["on", "asked", "answers", "off"]


def test_a_cancel_between_two_commands_ends_the_connection_and_takes_the_cards_power() -> None:
    reader, card = SoftwareReader(), WatchedCard(make_card())
    reader.place(card)
    connection = reader.connect()
    connection.transmit(SELECT_AP)
    connection.cancel()
    with pytest.raises(OperationCancelledError):
        connection.transmit(VERIFY)
    connection.close()
    connection.cancel()
    assert card.pins == 0
    card.count = 0
    visit(reader.connect())


def test_a_torn_card_is_gone_from_the_slot_and_a_swap_when_it_is_back() -> None:
    torn = [True]

    def tear(number: int, command: bytes) -> None:
        if torn and number == 1:
            raise CardTornError

    reader, card = SoftwareReader(), WatchedCard(make_card(), before=tear)
    reader.place(card)
    known = state(reader)
    connection = reader.connect()
    assert connection.transmit(SELECT_AP) == b"\x90\x00"
    seen: list[SlotReport] = []
    watcher = threading.Thread(target=lambda: seen.append(reader.wait_for_change(known, LONG_ENOUGH_S)))
    watcher.start()
    for _ in range(2):
        with pytest.raises(CardRemovedError):
            connection.transmit(SELECT_AP)
    watcher.join(LONG_ENOUGH_S)
    assert seen == [SlotReport(SlotState.EMPTY, generation=known.generation)]
    assert reader.card is None
    with pytest.raises(NoCardError):
        reader.connect()
    torn.clear()
    reader.place(card)
    assert state(reader) == SlotReport(SlotState.OCCUPIED, generation=known.generation + 1)
    visit(reader.connect())


def test_a_card_slow_to_wake_up(sleepy: SleepyCard) -> None:
    reader = SoftwareReader(limit_s=SOON_S)
    reader.place(sleepy)
    with pytest.raises(CardTimeoutError):
        reader.connect()
    sleepy.come_back()
    reader.connect().close()


def test_a_card_taken_away_while_it_wakes_up(sleepy: SleepyCard) -> None:
    reader = SoftwareReader(limit_s=LONG_ENOUGH_S)
    reader.place(sleepy)
    errors: list[type[TransportError]] = []

    def connect() -> None:
        try:
            reader.connect()
        except TransportError as error:
            errors.append(type(error))

    thread = threading.Thread(target=connect)
    thread.start()
    assert sleepy.asked.wait(LONG_ENOUGH_S)
    reader.remove()
    thread.join(LONG_ENOUGH_S)
    sleepy.let_go.set()
    assert errors == [NoCardError]


def test_a_thousand_connections_leave_no_thread() -> None:
    reader = SoftwareReader()
    reader.place(make_card())
    before = threading.active_count()
    for _ in range(1000):
        connection = reader.connect()
        connection.transmit(SELECT_AP)
        connection.close()
    assert threading.active_count() <= before


def test_the_copy_of_a_pin_is_wiped_when_the_card_comes_back(slow: SlowCard) -> None:
    held: list[bytes | bytearray] = []
    process = slow.card.process

    class Keeping:
        """Passes on and keeps the very buffer it was given."""

        mute, atr = False, slow.atr
        power_on, power_off, reset = slow.power_on, slow.power_off, slow.reset

        def process(self, command: bytes | bytearray) -> bytes:
            held.append(command)
            slow.hold()
            return process(command)

    reader = SoftwareReader(limit_s=SOON_S)
    reader.place(Keeping())
    connection = reader.connect()
    with pytest.raises(CardTimeoutError):
        connection.transmit(VERIFY)
    assert bytes(held[0]) == VERIFY
    slow.let_go.set()
    deadline = time.monotonic() + LONG_ENOUGH_S
    while any(held[0]) and time.monotonic() < deadline:
        time.sleep(0.001)
    assert not any(held[0])
    connection.close()


def test_it_carries_extended_apdus() -> None:
    reader = SoftwareReader()
    reader.place(make_card())
    assert reader.connect().extended_length


def test_a_connect_that_waits_for_a_card_at_work_is_called_off_from_another_thread(slow: SlowCard) -> None:
    reader = SoftwareReader(limit_s=LONG_ENOUGH_S)
    reader.place(slow)
    first = reader.connect()
    thread, _ = sent(first, slow)
    first.close()
    thread.join(LONG_ENOUGH_S)
    errors: list[type[TransportError]] = []

    def connect() -> None:
        try:
            reader.connect()
        except TransportError as error:
            errors.append(type(error))

    reader.cancel()  # nothing is under way: the connect that follows is not touched
    waiting = threading.Thread(target=connect)
    waiting.start()
    while waiting.is_alive() and not errors:
        reader.cancel()
        waiting.join(SOON_S)
    assert errors == [OperationCancelledError]
    assert not slow.let_go.is_set()
    slow.let_go.set()
    assert slow.powered_down.wait(LONG_ENOUGH_S)
    assert reader.connect().transmit(SELECT_AP) == b"\x90\x00"
