"""Everything that takes a card or a reader away from the counter, and that the same process serves the next visit.

Staged on a real pcscd where it can be; where pcscd cannot be brought to say it, the code that it would say is put in
its mouth, and the visit after it is real again (jpki-card.md §4).
"""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Iterator
from typing import Any

import pytest

from reader.connection import SlotReport, SlotState
from reader.errors import (
    AccessDeniedError,
    CardBusyError,
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    NoCardError,
    ReaderUnavailableError,
    ServiceUnavailableError,
    TransportError,
)
from reader.monitor import CardArrived, ReaderEvent, SlotAvailable, SlotMonitor, SlotUnavailable
from reader.transports import pcsc
from reader.transports.pcsc import PcscSlot
from tests.card_factory import make_card
from tests.daemons.pluggable import PluggableReader, pluggable_reader
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import LONG_ENOUGH_S, always_inserted, inserted, wait_for
from tests.pcsc.fakes import ConstantCard
from tests.visiting import visit

pytestmark = [pytest.mark.pcsc, pytest.mark.daemon]

COMMAND = bytes.fromhex("00A4020C020018")


@pytest.fixture
def pluggable(private_pcscd: PrivatePcscd) -> Iterator[PluggableReader]:
    with pluggable_reader(private_pcscd) as reader:
        yield reader


@pytest.fixture
def stoppable(private_pcscd: PrivatePcscd) -> Iterator[PrivatePcscd]:
    yield private_pcscd
    private_pcscd.restart()


@contextlib.contextmanager
def watched(slot: PcscSlot) -> Iterator[queue.Queue[ReaderEvent]]:
    """What a monitor over the slot tells, from its second look on."""
    events = queue.Queue[ReaderEvent]()
    monitor = SlotMonitor(slot, events.put)
    monitor.start()
    assert events.get(timeout=LONG_ENOUGH_S) == SlotAvailable()
    try:
        yield events
    finally:
        monitor.stop()


def until(events: queue.Queue[ReaderEvent], event: ReaderEvent) -> None:
    """Wait for `event`. pcscd may tell others before it: it may notice the missing card before the missing reader, may
    take the readers away before it stops, and counts a reader's return as a swap of what lies on it."""
    while events.get(timeout=LONG_ENOUGH_S) != event:
        pass


@contextlib.contextmanager
def another_program(reader: str, share: str) -> Iterator[tuple[Any, Any]]:
    """Another program's connection, `SHARED` or `EXCLUSIVE`: pyscard's module and the handle."""
    from smartcard import scard

    context = pcsc.Context()
    mode = getattr(scard, f"SCARD_SHARE_{share}")
    code, card, _ = scard.SCardConnect(context._handle, reader, mode, scard.SCARD_PROTOCOL_T1)
    assert code == 0
    try:
        yield scard, card
    finally:
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        context.release()


def test_the_reader_is_unplugged_in_the_middle_of_a_visit_and_plugged_in_again(pluggable: PluggableReader) -> None:
    card = make_card()
    with always_inserted(card, pluggable.daemon) as name:
        slot = PcscSlot(name, retry_s=0.05)
        with watched(slot) as events:
            assert events.get(timeout=LONG_ENOUGH_S) == CardArrived()
            for _ in range(2):
                connection = slot.connect()
                assert connection.transmit(COMMAND) != b""
                pluggable.unplug()
                for _ in range(2):
                    with pytest.raises(ReaderUnavailableError) as refusal:
                        connection.transmit(COMMAND)
                    assert refusal.value.wanted == name
                until(events, SlotUnavailable("no_reader"))
                with pytest.raises(ReaderUnavailableError):
                    slot.connect()
                connection.close()
                pluggable.plug_in()
                until(events, SlotAvailable())
                until(events, CardArrived())
                visit(slot.connect())
        slot.close()


def test_a_service_that_comes_back_without_the_reader_and_later_with_it(stoppable: PrivatePcscd) -> None:
    """As where the reader was unplugged while the machine slept: not one reader is listed."""
    with always_inserted(make_card(), stoppable) as name:
        slot = PcscSlot(name, retry_s=0.02)
        with watched(slot) as events:
            assert events.get(timeout=LONG_ENOUGH_S) == CardArrived()
            stoppable.kill()
            stoppable.start(attached=False)
            until(events, SlotUnavailable("no_reader"))
            assert pcsc.list_readers() == ()
            assert pcsc.cards_on(()) == {}
            with pytest.raises(ReaderUnavailableError):
                slot.connect()
            with pytest.raises(ReaderUnavailableError) as refusal:
                pcsc.choose_reader(name)
            assert refusal.value.names == ()
            stoppable.restart()
            until(events, CardArrived())
            visit(slot.connect())
        slot.close()


@pytest.mark.parametrize("how", [PrivatePcscd.end, PrivatePcscd.kill], ids=["stopped", "killed"])
def test_the_service_ends_and_starts_again(stoppable: PrivatePcscd, how: Any) -> None:
    with always_inserted(make_card(), stoppable) as name:
        slot = PcscSlot(name, retry_s=0.02)
        with watched(slot) as events:
            assert events.get(timeout=LONG_ENOUGH_S) == CardArrived()
            for _ in range(2):
                connection = slot.connect()
                connection.transmit(COMMAND)
                how(stoppable)
                with pytest.raises(ServiceUnavailableError) as refusal:
                    connection.transmit(COMMAND)
                assert refusal.value.reason == "no_service"
                connection.close()
                until(events, SlotUnavailable("no_service"))
                stoppable.start()
                until(events, CardArrived())
                visit(slot.connect())
        slot.close()


def test_a_slot_that_was_there_before_the_service(stoppable: PrivatePcscd) -> None:
    stoppable.kill()
    slot = PcscSlot(stoppable.readers[0], retry_s=0.02)
    assert slot.wait_for_change(None, 0.0) == SlotReport(SlotState.UNAVAILABLE, "no_service")
    with pytest.raises(ServiceUnavailableError):
        slot.connect()
    stoppable.start()
    with always_inserted(make_card(), stoppable):
        wait_for(slot, SlotState.OCCUPIED)
        visit(slot.connect())
    slot.close()


@pytest.mark.parametrize("share", ["SHARED", "EXCLUSIVE"])
def test_another_program_holds_the_card_and_lets_go_of_it(private_pcscd: PrivatePcscd, share: str) -> None:
    with inserted(make_card(), private_pcscd) as name:
        slot = PcscSlot(name)
        with another_program(name, share):
            for _ in range(2):
                with pytest.raises(CardBusyError):
                    slot.connect()
        visit(slot.connect())
        slot.close()


@pytest.mark.parametrize("disposition", ["RESET", "UNPOWER"])
def test_another_program_had_reset_the_card_before_us(private_pcscd: PrivatePcscd, disposition: str) -> None:
    with inserted(make_card(), private_pcscd) as name:
        slot = PcscSlot(name)
        with another_program(name, "SHARED") as (scard, card):
            how = getattr(scard, f"SCARD_{disposition}_CARD")
            assert scard.SCardReconnect(card, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T1, how)[0] == 0
        visit(slot.connect())
        slot.close()


def test_the_card_is_pulled_and_laid_down_again(private_pcscd: PrivatePcscd) -> None:
    card = make_card()
    slot = PcscSlot(private_pcscd.readers[0], removal_grace_s=LONG_ENOUGH_S, transmit_s=2 * LONG_ENOUGH_S)
    for _ in range(2):
        with inserted(card, private_pcscd):
            connection = slot.connect()
            connection.transmit(COMMAND)
        with pytest.raises(CardRemovedError):
            connection.transmit(COMMAND)
        connection.close()
        with pytest.raises(NoCardError):
            slot.connect()
    with inserted(card, private_pcscd):
        visit(slot.connect())
    slot.close()


IN_THE_MIDDLE: list[tuple[int, type[TransportError]]] = [
    (0x80100068, CardRemovedError),  # another program reset it
    (0x80100067, CardRemovedError),  # another program took its power
    (0x80100069, CardRemovedError),
    (0x8010000C, CardRemovedError),
    (0x80100016, CardTimeoutError),  # no answer, and the card lies there still
    (0x8010002F, CardTimeoutError),
    (0x80100066, CardTimeoutError),
    (0x80100001, CardTimeoutError),
    (0x8010000A, CardTimeoutError),
    (0x8010000B, CardBusyError),
    (0x80100017, ReaderUnavailableError),
    (0x80100009, ReaderUnavailableError),
    (0x8010002E, ReaderUnavailableError),
    (0x8010001D, ServiceUnavailableError),
    (0x8010001E, ServiceUnavailableError),
    (0x80100013, ServiceUnavailableError),
    (0x80100003, ServiceUnavailableError),
    (0x8010006A, ServiceUnavailableError),
    (0x80100027, AccessDeniedError),
    (0x80100099, TransportError),
]
AT_THE_BEGINNING: list[tuple[int, type[TransportError]]] = [
    (0x8010000C, NoCardError),
    (0x80100069, NoCardError),
    (0x8010000B, CardBusyError),
    (0x80100066, CardUnresponsiveError),
    (0x80100067, CardUnresponsiveError),
    (0x8010000F, CardUnresponsiveError),
    (0x80100016, CardUnresponsiveError),
    (0x8010000A, CardTimeoutError),
    (0x80100017, ReaderUnavailableError),
    (0x80100009, ReaderUnavailableError),
    (0x8010001D, ServiceUnavailableError),
    (0x8010006A, AccessDeniedError),  # by a service that is still there: it refuses the card (polkit)
    (0x80100027, AccessDeniedError),
]


def test_every_code_in_the_middle_of_a_visit(private_pcscd: PrivatePcscd, monkeypatch: pytest.MonkeyPatch) -> None:
    from smartcard import scard

    with inserted(make_card(), private_pcscd) as name:
        slot = PcscSlot(name, removal_grace_s=0.05)
        for code, kind in IN_THE_MIDDLE:
            connection = slot.connect()
            with monkeypatch.context() as saying:
                saying.setattr(scard, "SCardTransmit", lambda *call, code=code: (code, []))
                with pytest.raises(TransportError) as error:
                    connection.transmit(COMMAND)
            assert type(error.value) is kind, f"{code:08X}"
            connection.close()
            visit(slot.connect())
        slot.close()


def test_every_code_at_the_beginning_of_a_visit(private_pcscd: PrivatePcscd, monkeypatch: pytest.MonkeyPatch) -> None:
    from smartcard import scard

    with inserted(make_card(), private_pcscd) as name:
        slot = PcscSlot(name)
        for code, kind in AT_THE_BEGINNING:
            with monkeypatch.context() as saying:
                saying.setattr(scard, "SCardConnect", lambda *call, code=code: (code, 0, 0))
                with pytest.raises(TransportError) as error:
                    slot.connect()
            assert type(error.value) is kind, f"{code:08X}"
            visit(slot.connect())
        slot.close()


def test_a_refused_service_that_lets_us_in_later(private_pcscd: PrivatePcscd, monkeypatch: pytest.MonkeyPatch) -> None:
    from smartcard import scard

    slot = PcscSlot(private_pcscd.readers[0], retry_s=0.02)
    with monkeypatch.context() as saying:
        saying.setattr(scard, "SCardEstablishContext", lambda scope: (0x8010006A, 0))
        assert slot.wait_for_change(None, 0.0) == SlotReport(SlotState.UNAVAILABLE, "access_denied")
        with pytest.raises(AccessDeniedError):
            slot.connect()
    with inserted(ConstantCard(), private_pcscd):
        wait_for(slot, SlotState.OCCUPIED)
        slot.connect().close()
    slot.close()
