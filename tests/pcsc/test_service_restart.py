"""pcscd is killed and comes back: the same process serves the next card, without anybody's help."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reader import doctor
from reader.card.interface import EmulatedCard
from reader.connection import SlotReport, SlotState
from reader.errors import AccessDeniedError, ServiceUnavailableError
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.monitor import CardArrived, ReaderEvent, SlotAvailable, SlotMonitor, SlotUnavailable
from reader.transports import emulator, pcsc
from reader.transports.emulator import EmulatedReader
from reader.transports.pcsc import PcscSlot
from tests.card_factory import make_card
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import LONG_ENOUGH_S, wait_for
from tests.pcsc.fakes import ConstantCard

pytestmark = [pytest.mark.pcsc, pytest.mark.daemon]


@contextmanager
def emulated(card: EmulatedCard, daemon: PrivatePcscd, slot: int = 0) -> Iterator[EmulatedReader]:
    """`card emulate` without its command: the card comes back by itself when pcscd does."""
    stop, ready = threading.Event(), queue.Queue[EmulatedReader]()
    watch = PcscSlot(daemon.readers[slot])
    wait_for(watch, SlotState.EMPTY)
    watch.close()
    thread = threading.Thread(
        target=emulator.emulate,
        args=(card, "127.0.0.1", daemon.ports[slot]),
        kwargs={"stop": stop, "on_ready": ready.put, "retry_s": 0.05, "patience_s": LONG_ENOUGH_S},
    )
    thread.start()
    try:
        yield ready.get(timeout=LONG_ENOUGH_S)
    finally:
        stop.set()
        thread.join()
    assert ready.empty()


@pytest.fixture
def killable(private_pcscd: PrivatePcscd) -> Iterator[PrivatePcscd]:
    """The daemon, up again afterwards whatever the test left."""
    yield private_pcscd
    private_pcscd.restart()


def test_a_slot_reports_no_service_and_then_the_card_again(killable: PrivatePcscd) -> None:
    with emulated(make_card(), killable) as reader:
        slot = PcscSlot(reader.name, retry_s=0.05)
        occupied = wait_for(slot, SlotState.OCCUPIED)
        connection = slot.connect()
        session = JpkiSession(connection)
        killable.kill()
        with pytest.raises(ServiceUnavailableError):
            session.attempts_left(AUTHENTICATION_PIN)
        connection.close()
        gone = slot.wait_for_change(occupied, LONG_ENOUGH_S)
        assert gone == SlotReport(SlotState.UNAVAILABLE, "no_service", occupied.generation)
        with pytest.raises(ServiceUnavailableError) as refusal:
            slot.connect()
        assert refusal.value.reason == "no_service"
        assert doctor.check_pcsc_service().code == "service.stopped"

        killable.start()
        back = wait_for(slot, SlotState.OCCUPIED)
        assert back.generation == occupied.generation + 1
        connection = slot.connect()
        assert JpkiSession(connection).attempts_left(AUTHENTICATION_PIN) == 3
        connection.close()
        slot.close()


def test_killed_in_the_middle_of_a_wait(killable: PrivatePcscd) -> None:
    """A blocked wait ends with another code than every later call (prototypes.md §1)."""
    with emulated(ConstantCard(), killable) as reader:
        events = queue.Queue[ReaderEvent]()
        slot = PcscSlot(reader.name, retry_s=0.05)
        monitor = SlotMonitor(slot, events.put)
        monitor.start()

        def next_events(count: int) -> list[ReaderEvent]:
            return [events.get(timeout=LONG_ENOUGH_S) for _ in range(count)]

        assert next_events(2) == [SlotAvailable(), CardArrived()]
        for _ in range(2):
            killable.kill()
            assert next_events(1) == [SlotUnavailable("no_service")]
            killable.start()
            # The reader may be seen a moment before the card is back in it.
            assert next_events(2) == [SlotAvailable(), CardArrived()]
        monitor.stop()
        slot.close()


@contextmanager
def service_that_hangs_up(daemon: PrivatePcscd) -> Iterator[None]:
    """In place of pcscd, something that answers no first question, as pcscd does where polkit refuses the user."""
    daemon.kill()
    daemon.socket.unlink()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(daemon.socket))
        listening.listen()

        def hang_up() -> None:
            with contextlib.suppress(OSError):  # shut down
                while True:
                    client, _ = listening.accept()
                    with client:
                        # Closed with the first question unread, as by a pcscd that refuses; only after all of it came
                        # (winscard_msg.h: header and version, 20 bytes), so that the client always sees the same.
                        while len(client.recv(20, socket.MSG_PEEK)) < 20:
                            pass

        thread = threading.Thread(target=hang_up)
        thread.start()
        try:
            yield
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_service_that_refuses_this_user(killable: PrivatePcscd) -> None:
    slot = PcscSlot(killable.readers[0], retry_s=0.05)
    with service_that_hangs_up(killable):
        denied = slot.wait_for_change(None, 0.0)
        assert denied == SlotReport(SlotState.UNAVAILABLE, "access_denied")
        with pytest.raises(AccessDeniedError):
            slot.connect()
        assert doctor.check_pcsc_service().code == "service.denied"
    killable.start()
    assert wait_for(slot, SlotState.EMPTY).reason is None
    slot.close()


def test_the_emulator_finds_the_name_and_the_slot(private_pcscd: PrivatePcscd) -> None:
    card = ConstantCard()
    with emulated(card, private_pcscd, slot=0) as first, emulated(ConstantCard(), private_pcscd, slot=1) as second:
        assert first == EmulatedReader(private_pcscd.readers[0], 0)
        assert second == EmulatedReader(private_pcscd.readers[1], 1)
    assert card.done[-1] == "power off"


def test_a_slot_that_is_taken_is_told(private_pcscd: PrivatePcscd) -> None:
    with emulated(ConstantCard(), private_pcscd), pytest.raises(ServiceUnavailableError) as refusal:
        emulator.emulate(
            ConstantCard(),
            port=private_pcscd.ports[0],
            stop=threading.Event(),
            on_ready=lambda reader: None,
            patience_s=0.2,
        )
    assert refusal.value.reason == "vpcd_slot_taken"


def test_a_port_where_no_vpcd_is(private_pcscd: PrivatePcscd) -> None:
    with pytest.raises(ServiceUnavailableError) as refusal:
        emulator.emulate(ConstantCard(), port=1, stop=threading.Event(), on_ready=print, patience_s=0.0)
    assert refusal.value.reason == "vpcd_not_listening"


@pytest.mark.parametrize(("port", "name", "slot"), [(35963, "Virtual PCD 00 00", 0), (35964, "Virtual PCD 00 01", 1)])
def test_without_pcsc_the_name_is_that_of_debians_driver(
    port: int, name: str, slot: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "smartcard", None)
    pcsc._scard.cache_clear()
    try:
        assert emulator.emulated_reader_name(b"any", port) == EmulatedReader(name, slot)
        assert emulator.occupied_readers() == {}
        waker = emulator.ServiceWaker(look_again_s=0.0)
        waker.stop()
        assert not any(thread.name == "madoguchi-waker" for thread in threading.enumerate())
    finally:
        pcsc._scard.cache_clear()
