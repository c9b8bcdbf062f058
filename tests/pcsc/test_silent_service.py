"""A PC/SC service that takes the connection and says nothing: nobody waits for ever, and all is well when it wakes."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from reader.connection import SlotState
from reader.errors import OperationCancelledError, ServiceUnavailableError
from reader.monitor import CardArrived, ReaderEvent, SlotAvailable, SlotMonitor, SlotUnavailable
from reader.transports import emulator, pcsc, questions
from reader.transports.emulator import EmulatedReader
from reader.transports.pcsc import PcscSlot
from tests.card_factory import make_card
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import LONG_ENOUGH_S, inserted, wait_for
from tests.eventually import eventually
from tests.pcsc.fakes import ATR, ConstantCard
from tests.visiting import visit

pytestmark = [pytest.mark.pcsc, pytest.mark.daemon]

SOON_S = 0.2
"""A limit for what never comes in time anyway."""


@contextmanager
def frozen(daemon: PrivatePcscd) -> Iterator[None]:
    """The service is stopped in the middle of whatever it does."""
    daemon.freeze()
    try:
        yield
    finally:
        daemon.wake()


@contextmanager
def deaf(daemon: PrivatePcscd) -> Iterator[None]:
    """In place of the service, a socket that listens and that nobody accepts at."""
    daemon.kill()
    try:
        with daemon.listen():
            yield
    finally:
        daemon.start()


class Patience:
    """How long an answer is waited for: as long as a busy machine may need for one, or hardly at all."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.set(LONG_ENOUGH_S)

    def set(self, limit_s: float) -> None:
        self._monkeypatch.setattr(pcsc, "ANSWER_S", limit_s)
        self._monkeypatch.setattr(questions, "STILL_SILENT_S", limit_s)

    @contextmanager
    def short(self) -> Iterator[None]:
        self.set(SOON_S)
        try:
            yield
        finally:
            self.set(LONG_ENOUGH_S)


@pytest.fixture
def patience(private_pcscd: PrivatePcscd, monkeypatch: pytest.MonkeyPatch) -> Patience:
    return Patience(monkeypatch)


def standing() -> tuple[int, int]:
    """Descriptors and threads of this process."""
    return len(os.listdir("/proc/self/fd")), threading.active_count()  # noqa: PTH208


def no_more_than(before: tuple[int, int]) -> bool:
    return all(now <= then for now, then in zip(standing(), before, strict=True))


def patient(name: str) -> PcscSlot:
    """A reader's slot whose limits leave a busy machine time."""
    return PcscSlot(name, connect_s=LONG_ENOUGH_S, transmit_s=LONG_ENOUGH_S)


def is_silent(call: Callable[[], object]) -> None:
    with pytest.raises(ServiceUnavailableError) as refusal:
        call()
    assert refusal.value.reason == "service_silent"


def test_the_limit_leaves_a_service_time_to_start_and_a_person_without_doubt_that_it_ends() -> None:
    assert 5 <= pcsc.ANSWER_S <= 10


@pytest.mark.parametrize("silence", [frozen, deaf])
def test_every_question_ends_and_is_answered_again_in_the_same_process(
    private_pcscd: PrivatePcscd, patience: Patience, silence: Callable[[PrivatePcscd], AbstractContextManager[None]]
) -> None:
    before = standing()
    with silence(private_pcscd), patience.short():
        is_silent(pcsc.list_readers)
        is_silent(lambda: pcsc.cards_on(private_pcscd.readers))
        is_silent(pcsc.choose_reader)
        is_silent(lambda: pcsc.choose_reader("0"))
    with inserted(ConstantCard(), private_pcscd) as name:
        assert pcsc.list_readers() == private_pcscd.readers
        assert pcsc.cards_on(private_pcscd.readers) == {name: ATR}
        assert pcsc.choose_reader() == name
    assert eventually(lambda: no_more_than(before))


def test_asking_a_frozen_service_again_and_again_piles_nothing_up(
    private_pcscd: PrivatePcscd, patience: Patience
) -> None:
    before = standing()
    with frozen(private_pcscd):
        with patience.short():
            is_silent(pcsc.list_readers)
        first = standing()
        patience.set(0.0)
        for _ in range(20):
            is_silent(pcsc.list_readers)
        assert no_more_than(first)
        assert first[1] <= before[1] + 1
        assert first[0] <= before[0] + 1
        patience.set(LONG_ENOUGH_S)
    assert eventually(lambda: no_more_than(before))
    assert pcsc.list_readers() == private_pcscd.readers


def test_a_service_killed_while_it_is_silent_lets_go_of_who_asked(
    private_pcscd: PrivatePcscd, patience: Patience
) -> None:
    before = standing()
    with frozen(private_pcscd), patience.short():
        is_silent(pcsc.list_readers)
        private_pcscd.restart()
    assert pcsc.list_readers() == private_pcscd.readers
    assert eventually(lambda: no_more_than(before))


def test_a_question_may_be_given_up_at_once(private_pcscd: PrivatePcscd, patience: Patience) -> None:
    given_up = threading.Event()
    with frozen(private_pcscd):
        threading.Timer(SOON_S, given_up.set).start()
        with pytest.raises(OperationCancelledError):
            pcsc.ask(pcsc.Context.readers, given_up=given_up)
    assert pcsc.ask(pcsc.Context.readers, given_up=threading.Event()) == private_pcscd.readers


def test_a_connect_to_a_silent_service_says_so_also_behind_one_that_hangs(private_pcscd: PrivatePcscd) -> None:
    with inserted(make_card(), private_pcscd) as name:
        slot = PcscSlot(name, connect_s=SOON_S)
        before = standing()
        with frozen(private_pcscd):
            for _ in range(3):
                is_silent(slot.connect)
            assert standing()[1] <= before[1] + 1
        assert eventually(lambda: no_more_than(before))
        visit(patient(name).connect())
        slot.close()


def test_a_service_that_falls_silent_and_wakes_is_told_by_the_monitor(private_pcscd: PrivatePcscd) -> None:
    with inserted(make_card(), private_pcscd) as name:
        before = standing()
        events = queue.Queue[ReaderEvent]()
        slot = patient(name)
        wait_for(slot, SlotState.OCCUPIED)
        monitor = SlotMonitor(slot, events.put, look_s=SOON_S, silent_after_s=SOON_S)

        def until(event: ReaderEvent) -> None:
            """A busy machine may be as silent as a frozen service for a moment, and well again."""
            while events.get(timeout=LONG_ENOUGH_S) != event:
                pass

        monitor.start()
        until(CardArrived())
        for _ in range(2):
            with frozen(private_pcscd):
                until(SlotUnavailable("service_silent"))
            until(SlotAvailable())
            until(CardArrived())
        visit(slot.connect())
        with frozen(private_pcscd):
            monitor.stop()
            slot.close()
        assert eventually(lambda: monitor.stopped)
        assert eventually(lambda: no_more_than(before))


def test_a_software_card_finds_no_names_in_a_silent_service_and_goes_on(
    private_pcscd: PrivatePcscd, patience: Patience
) -> None:
    before = standing()
    with frozen(private_pcscd), patience.short():
        assert emulator.occupied_readers() == {}
        assert emulator.emulated_reader_name(ATR, slot=1) == EmulatedReader("Virtual PCD 00 00", 0)
        assert emulator.listening_reader_name(ATR, 1) == EmulatedReader("Virtual PCD 00 01", 1)
    assert emulator.occupied_readers() == {}
    assert eventually(lambda: no_more_than(before))
    with inserted(ConstantCard(), private_pcscd) as name:
        assert set(emulator.occupied_readers()) == {name}


def test_a_driver_of_a_silent_service_is_not_told_to_be_taken(private_pcscd: PrivatePcscd, patience: Patience) -> None:
    """It takes the connection and never asks for the card, as where another card lies there."""
    before = standing()
    with frozen(private_pcscd), patience.short():
        is_silent(
            lambda: emulator.emulate(
                ConstantCard(),
                port=private_pcscd.ports[0],
                stop=threading.Event(),
                on_ready=lambda reader: None,
                patience_s=SOON_S,
            )
        )
    assert eventually(lambda: no_more_than(before))


@pytest.mark.parametrize("after_s", [0.0, SOON_S])
def test_a_software_card_ends_when_it_is_told_to_whatever_the_service_does(
    private_pcscd: PrivatePcscd, patience: Patience, after_s: float
) -> None:
    """Long before anybody would have given the service up."""
    before = standing()
    patience.set(10 * LONG_ENOUGH_S)
    stop = threading.Event()
    told: list[EmulatedReader] = []
    running = threading.Thread(
        target=emulator.emulate,
        args=(ConstantCard(), "127.0.0.1", private_pcscd.ports[0]),
        kwargs={"stop": stop, "on_ready": told.append},
    )
    with frozen(private_pcscd):
        running.start()
        time.sleep(after_s)
        stop.set()
        running.join(LONG_ENOUGH_S)
        assert not running.is_alive()
    assert told == []
    assert eventually(lambda: no_more_than(before))
