"""A reader's slot over a real pcscd: cards coming and going, and every way in which a card cannot be had."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reader.connection import SlotReport, SlotState
from reader.errors import (
    AmbiguousReaderError,
    CardBusyError,
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    NoCardError,
    ReaderUnavailableError,
    ServiceUnavailableError,
)
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from reader.transports import pcsc
from reader.transports.pcsc import PcscSlot
from tests.card_factory import make_card
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import LONG_ENOUGH_S, inserted, wait_for
from tests.pcsc.fakes import ATR, ConstantCard

pytestmark = [pytest.mark.pcsc, pytest.mark.daemon]

COMMAND = bytes.fromhex("00A4020C020018")


@pytest.fixture
def slot(private_pcscd: PrivatePcscd) -> Iterator[PcscSlot]:
    slot = PcscSlot(private_pcscd.readers[0])
    yield slot
    slot.close()


@contextlib.contextmanager
def another_program(reader: str) -> Iterator[tuple[Any, Any]]:
    """A shared connection, as another PC/SC program has it: the module and its card handle."""
    from smartcard import scard

    context = pcsc.Context()
    code, card, _ = scard.SCardConnect(
        context._handle, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    )
    assert code == 0
    try:
        yield scard, card
    finally:
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        context.release()


def test_both_slots_are_listed_and_only_ours(private_pcscd: PrivatePcscd) -> None:
    assert pcsc.list_readers() == private_pcscd.readers


def test_a_card_comes_and_goes(private_pcscd: PrivatePcscd, slot: PcscSlot) -> None:
    empty = wait_for(slot, SlotState.EMPTY)
    with inserted(ConstantCard(), private_pcscd):
        occupied = slot.wait_for_change(empty, LONG_ENOUGH_S)
        assert occupied.state is SlotState.OCCUPIED
        assert occupied.generation == empty.generation + 1
        assert pcsc.cards_on(private_pcscd.readers) == {slot.name: ATR}
    gone = slot.wait_for_change(occupied, LONG_ENOUGH_S)
    assert gone == SlotReport(SlotState.EMPTY, generation=occupied.generation)


def test_using_a_card_is_no_change(private_pcscd: PrivatePcscd, slot: PcscSlot) -> None:
    """Otherwise every visit would end in "the card was swapped"."""
    with inserted(ConstantCard(), private_pcscd):
        before = wait_for(slot, SlotState.OCCUPIED)
        for _ in range(2):
            connection = slot.connect()
            connection.transmit(COMMAND)
            assert slot.wait_for_change(before, 0.0) == before
            connection.close()
            assert slot.wait_for_change(before, 0.0) == before


def test_another_program_that_uses_the_card_is_no_change(private_pcscd: PrivatePcscd, slot: PcscSlot) -> None:
    with inserted(ConstantCard(), private_pcscd):
        before = wait_for(slot, SlotState.OCCUPIED)
        with another_program(slot.name) as (scard, handle):
            assert slot.wait_for_change(before, 0.0) == before
            assert (
                scard.SCardReconnect(handle, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T1, scard.SCARD_RESET_CARD)[
                    0
                ]
                == 0
            )
            assert slot.wait_for_change(before, 0.0) == before
        assert slot.wait_for_change(before, 0.0) == before


def test_a_swap_between_two_looks_is_seen(private_pcscd: PrivatePcscd, slot: PcscSlot) -> None:
    with inserted(ConstantCard(), private_pcscd):
        first = wait_for(slot, SlotState.OCCUPIED)
    with inserted(ConstantCard(), private_pcscd):
        second = slot.wait_for_change(first, 0.0)
    assert second == SlotReport(SlotState.OCCUPIED, generation=first.generation + 1)


def test_an_interrupt_ends_the_wait_that_is_going_on(private_pcscd: PrivatePcscd, slot: PcscSlot) -> None:
    known = wait_for(slot, SlotState.EMPTY)
    reports: list[SlotReport] = []
    thread = threading.Thread(target=lambda: reports.append(slot.wait_for_change(known, 10 * LONG_ENOUGH_S)))
    thread.start()
    slot.interrupt()
    thread.join(LONG_ENOUGH_S)
    assert reports == [known]


def test_an_interrupt_before_the_wait_is_not_lost(private_pcscd: PrivatePcscd, slot: PcscSlot) -> None:
    known = wait_for(slot, SlotState.EMPTY)
    slot.interrupt()
    began = time.monotonic()
    assert slot.wait_for_change(known, 10 * LONG_ENOUGH_S) == known
    assert time.monotonic() - began < LONG_ENOUGH_S


def test_a_reader_that_is_not_there_is_a_report_and_an_error(private_pcscd: PrivatePcscd) -> None:
    slot = PcscSlot("Nobody's reader 00 00", retry_s=0.01)
    report = slot.wait_for_change(None, 0.0)
    assert report == SlotReport(SlotState.UNAVAILABLE, "no_reader")
    assert slot.wait_for_change(report, 0.05) == report
    with pytest.raises(ReaderUnavailableError):
        slot.connect()
    slot.close()
    slot.close()


def test_without_pyscard_everything_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "smartcard", None)
    pcsc._scard.cache_clear()
    try:
        assert not pcsc.is_installed()
        slot = PcscSlot("any", retry_s=0.01)
        assert slot.wait_for_change(None, 0.0) == SlotReport(SlotState.UNAVAILABLE, "no_pyscard")
        for call in (slot.connect, pcsc.list_readers, pcsc.choose_reader):
            with pytest.raises(ServiceUnavailableError) as refusal:
                call()
            assert refusal.value.reason == "no_pyscard"
        slot.interrupt()
        slot.close()
    finally:
        pcsc._scard.cache_clear()


def test_an_empty_slot_has_no_card_to_connect_to(private_pcscd: PrivatePcscd, slot: PcscSlot) -> None:
    wait_for(slot, SlotState.EMPTY)
    with pytest.raises(NoCardError):
        slot.connect()


def test_a_card_is_held_exclusively(private_pcscd: PrivatePcscd, slot: PcscSlot) -> None:
    with inserted(ConstantCard(), private_pcscd):
        connection = slot.connect()
        with pytest.raises(CardBusyError):
            slot.connect()
        connection.close()
        slot.connect().close()
        with another_program(slot.name), pytest.raises(CardBusyError):
            slot.connect()


def test_letting_go_takes_the_cards_power_and_a_verified_pin_with_it(
    private_pcscd: PrivatePcscd, slot: PcscSlot
) -> None:
    """A disconnect alone leaves the PIN verified for the next program (jpki-card.md §1.7)."""
    card = make_card()
    with inserted(card, private_pcscd):
        connection = slot.connect()
        session = JpkiSession(connection)
        session.kind()
        session.attempts_left(AUTHENTICATION_PIN)
        session.verify(AUTHENTICATION_PIN, PinHandle(bytearray(b"1234")))
        connection.close()
        connection.close()
        with pytest.raises(CardRemovedError):
            connection.transmit(COMMAND)
        with another_program(slot.name) as (scard, handle):
            for command in ("00A4040C0AD392F000260100000001", "00A4020C020017"):
                assert scard.SCardTransmit(handle, scard.SCARD_PCI_T1, list(bytes.fromhex(command)))[1] == [0x90, 0]
            sign = bytes.fromhex("802A0080") + bytes([51]) + bytes(51) + b"\x00"
            assert scard.SCardTransmit(handle, scard.SCARD_PCI_T1, list(sign))[1] == [0x69, 0x82]


def test_a_card_pulled_in_the_middle(private_pcscd: PrivatePcscd) -> None:
    slot = PcscSlot(private_pcscd.readers[0], removal_grace_s=LONG_ENOUGH_S, transmit_s=2 * LONG_ENOUGH_S)
    with inserted(ConstantCard(), private_pcscd):
        connection = slot.connect()
        assert connection.transmit(COMMAND) == b"\x90\x00"
    for _ in range(2):
        with pytest.raises(CardRemovedError):
            connection.transmit(COMMAND)
    connection.close()
    with inserted(ConstantCard(), private_pcscd):
        connection = slot.connect()
        assert connection.transmit(COMMAND) == b"\x90\x00"
        connection.close()


def test_something_that_gives_no_atr(private_pcscd: PrivatePcscd, slot: PcscSlot) -> None:
    with inserted(ConstantCard(mute=True), private_pcscd), pytest.raises(CardUnresponsiveError):
        slot.connect()


def test_a_card_that_goes_mute(private_pcscd: PrivatePcscd, slot: PcscSlot) -> None:
    card = ConstantCard()
    with inserted(card, private_pcscd):
        connection = slot.connect()
        card.mute = True
        with pytest.raises(CardTimeoutError):
            connection.transmit(COMMAND)
        connection.close()


def test_a_command_is_wiped_from_what_we_hand_over(
    private_pcscd: PrivatePcscd, slot: PcscSlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smartcard import scard

    handed: list[list[int]] = []
    transmit = scard.SCardTransmit

    def watched(card: Any, header: Any, numbers: list[int]) -> Any:
        handed.append(numbers)
        return transmit(card, header, numbers)

    with inserted(ConstantCard(), private_pcscd):
        connection = slot.connect()
        monkeypatch.setattr(scard, "SCardTransmit", watched)
        connection.transmit(b"\x00\x20\x00\x80\x041234")
        connection.close()
    assert handed == [[0] * 9]


def test_which_reader_is_meant(private_pcscd: PrivatePcscd) -> None:
    first, second = private_pcscd.readers
    assert pcsc.choose_reader("1") == second
    assert pcsc.choose_reader(first) == first
    assert pcsc.choose_reader("00 01") == second
    wait = PcscSlot(second)
    wait_for(wait, SlotState.EMPTY)
    wait.close()
    with inserted(ConstantCard(), private_pcscd):
        assert pcsc.choose_reader() == first
        assert pcsc.choose_reader("madoguchi") == first
        with inserted(ConstantCard(), private_pcscd, 1), pytest.raises(AmbiguousReaderError) as refusal:
            pcsc.choose_reader()
        assert refusal.value.names == (first, second)


def test_a_thousand_connections_leave_no_descriptor_behind(private_pcscd: PrivatePcscd, slot: PcscSlot) -> None:
    def descriptors() -> set[tuple[str, str]]:
        """Number and what it leads to; another test's thread may still close some, and that hides none of ours."""
        found = set()
        for link in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # what was closed meanwhile, as the listing's own
                found.add((link.name, str(link.readlink())))
        return found

    with inserted(ConstantCard(), private_pcscd):
        slot.connect().close()
        before = descriptors()
        for _ in range(1000):
            with contextlib.closing(slot.connect()) as connection:
                connection.transmit(COMMAND)
        deadline = time.monotonic() + LONG_ENOUGH_S
        while added := descriptors() - before:  # a close returns before its thread is over where the machine is busy
            assert time.monotonic() < deadline, added
            time.sleep(0.01)
