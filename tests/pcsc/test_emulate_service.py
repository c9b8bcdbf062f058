"""Software cards on a real pcscd: in both slots, with a driver that dials, with a daemon that sleeps when it can."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

import pytest

from reader.card.interface import CardTornError, EmulatedCard
from reader.connection import SlotState
from reader.errors import CardRemovedError, CardTimeoutError, CardUnresponsiveError, ServiceUnavailableError
from reader.transports import emulated_slot, emulator, pcsc
from reader.transports.emulated_slot import BLANK
from reader.transports.emulator import CardEmulator, EmulatedReader
from reader.transports.pcsc import PcscSlot
from tests.daemons.activation import Activation, socket_activated
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import LONG_ENOUGH_S, wait_for
from tests.pcsc.fakes import ATR, ConstantCard

pytestmark = [pytest.mark.pcsc, pytest.mark.daemon]

COMMAND = bytes.fromhex("00A4020C020018")
PCSCD_LOOKS_S = 0.4
"""How often pcscd looks whether a card is there (jpki-card.md §3.1)."""
EMPTY_S = emulator._EMPTY_S
OTHER_ATR = bytes.fromhex("3B8180018080")


@pytest.fixture
def killable(private_pcscd: PrivatePcscd) -> Iterator[PrivatePcscd]:
    """The daemon, up again afterwards whatever the test left."""
    yield private_pcscd
    private_pcscd.restart()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait for programs to see a card come or go, which ends when they do, lasts as long as a busy machine needs."""
    monkeypatch.setattr(emulator, "_EMPTY_S", LONG_ENOUGH_S)
    for name in ("emulated_reader_name", "listening_reader_name"):
        monkeypatch.setattr(emulator, name, partial(getattr(emulator, name), patience_s=LONG_ENOUGH_S))


@contextmanager
def dialling(daemon: PrivatePcscd, patience_s: float = LONG_ENOUGH_S) -> Iterator[CardEmulator]:
    """The virtual reader's slots, where the driver listens."""
    made = CardEmulator.dialling("127.0.0.1", daemon.ports[0], threading.Event(), patience_s=patience_s, retry_s=0.05)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def listening(daemon: PrivatePcscd) -> Iterator[CardEmulator]:
    """The virtual reader's slots, where the driver dials; the daemon starts once they are open."""
    daemon.kill()
    stop = threading.Event()
    made = CardEmulator.listening("127.0.0.1", daemon.ports[0], stop, on_open=lambda: daemon.start(dials=True))
    try:
        yield made
    finally:
        made.close()


def ask(reader: str) -> bytes:
    """What the card on a reader answers after a fresh power-up."""
    slot = PcscSlot(reader)
    try:
        connection = slot.connect()
        try:
            return connection.transmit(COMMAND)
        finally:
            connection.close()
    finally:
        slot.close()


def becomes(reader: str, state: SlotState) -> None:
    """Wait until PC/SC shows that state."""
    slot = PcscSlot(reader, retry_s=0.05)
    try:
        wait_for(slot, state)
    finally:
        slot.close()


class TestDialling:
    """The driver's normal mode."""

    def test_two_cards_come_go_and_change_places(self, private_pcscd: PrivatePcscd) -> None:
        first, second = private_pcscd.readers
        with dialling(private_pcscd) as slots:
            assert slots.place(0, ConstantCard()) == EmulatedReader(first, 0)
            assert slots.place(1, ConstantCard(answer=b"\x69\x85")) == EmulatedReader(second, 1)
            assert (ask(first), ask(second)) == (b"\x90\x00", b"\x69\x85")
            slots.remove(0)
            assert set(emulator.occupied_readers()) == {second}, "programs see it when the command is done"
            assert slots.place(1, ConstantCard(answer=b"\x6a\x82")) == EmulatedReader(second, 1)
            assert ask(second) == b"\x6a\x82"
        becomes(second, SlotState.EMPTY)

    def test_a_card_put_in_right_after_another_is_found_although_the_service_still_shows_that_one(
        self, private_pcscd: PrivatePcscd
    ) -> None:
        for answer in (b"\x90\x00", b"\x69\x85", b"\x6a\x82"):
            with dialling(private_pcscd) as slots:
                found = slots.place(0, ConstantCard(answer=answer))
                assert found == EmulatedReader(private_pcscd.readers[0], 0)
                assert ask(found.name) == answer

    def test_both_cards_are_back_after_the_service_was_killed(self, killable: PrivatePcscd) -> None:
        with dialling(killable) as slots:
            for number, answer in enumerate((b"\x90\x00", b"\x69\x85")):
                assert slots.place(number, ConstantCard(answer=answer)) is not None
            for _ in range(2):
                killable.restart()
                for reader in killable.readers:
                    becomes(reader, SlotState.OCCUPIED)
                assert tuple(map(ask, killable.readers)) == (b"\x90\x00", b"\x69\x85")

    def test_a_slot_that_another_emulator_holds(self, private_pcscd: PrivatePcscd) -> None:
        with dialling(private_pcscd) as slots:
            slots.place(1, ConstantCard())
            with dialling(private_pcscd, patience_s=0.2) as other:
                with pytest.raises(ServiceUnavailableError) as refusal:
                    other.place(1, ConstantCard(answer=b"\x69\x85"))
                assert refusal.value.reason == "vpcd_slot_taken"
            with dialling(private_pcscd) as other:
                assert other.place(0, ConstantCard(answer=b"\x69\x85")) is not None
                assert tuple(map(ask, private_pcscd.readers)) == (b"\x69\x85", b"\x90\x00")

    def test_a_torn_card_is_gone_for_the_program_and_comes_back(self, private_pcscd: PrivatePcscd) -> None:
        class TearingCard(ConstantCard):
            def process(self, command: bytes | bytearray) -> bytes:
                answer = super().process(command)
                if len(self.commands) == 1:
                    raise CardTornError
                return answer

        seen_empty = threading.Event()

        class SeenEmptyFirst(threading.Event):
            """How long the card stays away is counted from when the slot was seen empty, however late that is."""

            def wait(self, timeout: float | None = None) -> bool:
                seen_empty.wait(2 * LONG_ENOUGH_S)
                return super().wait(timeout)

        reader = private_pcscd.readers[0]
        slot = PcscSlot(reader, removal_grace_s=LONG_ENOUGH_S, transmit_s=2 * LONG_ENOUGH_S)
        with dialling(private_pcscd) as slots, closing(slot):
            try:
                slots.place(0, TearingCard(), gone=SeenEmptyFirst())
                with closing(slot.connect()) as connection, pytest.raises(CardRemovedError):
                    connection.transmit(COMMAND)
                wait_for(slot, SlotState.EMPTY)
            finally:
                seen_empty.set()
            wait_for(slot, SlotState.OCCUPIED)
            assert ask(reader) == b"\x90\x00"

    def test_what_pcscd_has_to_see_lasts_several_of_its_looks(self) -> None:
        assert emulated_slot.TORN_S >= 2 * PCSCD_LOOKS_S
        assert EMPTY_S >= 5 * PCSCD_LOOKS_S


class TestListening:
    """The driver's reversed mode, with Debian's driver: one connection for as long as pcscd lives."""

    def test_cards_in_both_slots_in_one_and_in_none(self, killable: PrivatePcscd) -> None:
        first, second = killable.readers
        with listening(killable) as slots:
            assert (ask(first), ask(second)) == (b"\x6a\x82", b"\x6a\x82"), "an empty slot shows the stand-in"
            assert slots.place(1, ConstantCard(atr=OTHER_ATR), wait_s=LONG_ENOUGH_S) == EmulatedReader(second, 1)
            assert (ask(first), ask(second)) == (b"\x6a\x82", b"\x90\x00")
            assert pcsc.cards_on(killable.readers) == {first: BLANK.atr, second: OTHER_ATR}
            place = slots.place(0, ConstantCard(answer=b"\x69\x85"), wait_s=LONG_ENOUGH_S)
            assert place == EmulatedReader(first, 0)
            assert (ask(first), ask(second)) == (b"\x69\x85", b"\x90\x00")
            slots.remove(1)
            assert (ask(first), ask(second)) == (b"\x69\x85", b"\x6a\x82")

    def test_a_card_that_lies_there_first_is_what_the_service_finds(self, killable: PrivatePcscd) -> None:
        killable.kill()
        stop = threading.Event()
        slots = CardEmulator.listening("127.0.0.1", killable.ports[0], stop)
        found = queue.Queue[EmulatedReader | None]()
        placing = threading.Thread(target=lambda: found.put(slots.place(0, ConstantCard())))
        placing.start()
        try:
            killable.start(dials=True)
            assert found.get(timeout=LONG_ENOUGH_S) == EmulatedReader(killable.readers[0], 0)
            assert pcsc.cards_on(killable.readers)[killable.readers[0]] == ATR
        finally:
            slots.close()
            placing.join()

    def test_a_program_in_the_middle_is_never_given_another_card(self, killable: PrivatePcscd) -> None:
        reader = killable.readers[0]
        with listening(killable) as slots:
            slots.place(0, ConstantCard(), wait_s=LONG_ENOUGH_S)
            slot = PcscSlot(reader)
            connection = slot.connect()
            assert connection.transmit(COMMAND) == b"\x90\x00"
            slots.place(0, ConstantCard(answer=b"\x69\x85"), wait_s=LONG_ENOUGH_S)
            with pytest.raises((CardTimeoutError, CardRemovedError, CardUnresponsiveError)):
                connection.transmit(COMMAND)
            connection.close()
            slot.close()
            assert ask(reader) == b"\x69\x85"

    def test_a_torn_card_keeps_the_service_alive_and_comes_back(
        self, killable: PrivatePcscd, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(emulated_slot, "TORN_S", 0.0)

        class TearingCard(ConstantCard):
            def process(self, command: bytes | bytearray) -> bytes:
                answer = super().process(command)
                if len(self.commands) == 1:
                    raise CardTornError
                return answer

        with listening(killable) as slots:
            slots.place(0, TearingCard(), wait_s=LONG_ENOUGH_S)
            pid = killable.pid
            with pytest.raises((CardTimeoutError, CardRemovedError, CardUnresponsiveError)):
                ask(killable.readers[0])
            assert ask(killable.readers[0]) == b"\x90\x00"
            assert killable.pid == pid

    def test_a_service_that_was_killed_finds_what_lies_there(self, killable: PrivatePcscd) -> None:
        with listening(killable) as slots:
            slots.place(1, ConstantCard(), wait_s=LONG_ENOUGH_S)
            killable.kill()
            slots.remove(1)
            slots.place(0, ConstantCard(answer=b"\x69\x85"), wait_s=0.0)
            killable.start(dials=True)
            becomes(killable.readers[0], SlotState.OCCUPIED)
            assert tuple(map(ask, killable.readers)) == (b"\x69\x85", b"\x6a\x82")

    def test_a_port_that_is_taken_leaves_the_other_one_free(self, killable: PrivatePcscd) -> None:
        killable.kill()
        first, second = killable.ports
        with socket.create_server(("127.0.0.1", second)), pytest.raises(OSError, match="in use"):
            CardEmulator.listening("127.0.0.1", first, threading.Event())
        with socket.create_server(("127.0.0.1", first)):
            pass


@contextmanager
def emulating(card: EmulatedCard, daemon: PrivatePcscd) -> Iterator[EmulatedReader]:
    """One card, dialling, as `card emulate` has it."""
    with dialling(daemon) as slots:
        found = slots.place(0, card)
        assert found is not None
        yield found


@pytest.fixture
def activated(private_pcscd: PrivatePcscd) -> Iterator[Activation]:
    """A daemon that starts when somebody connects and ends by itself when nobody is left."""
    with socket_activated(private_pcscd) as activation:
        yield activation


def until(what: Callable[[], bool]) -> None:
    """Wait for something that no event tells."""
    waiting = threading.Event()
    for _ in range(int(LONG_ENOUGH_S * 50)):
        if what():
            return
        waiting.wait(0.02)
    raise AssertionError("it never came about")


class TestSocketActivation:
    """A daemon as systemd runs it on today's machines: started by the first client, gone soon after the last."""

    def test_the_staged_daemon_ends_by_itself_when_nobody_holds_it(self, activated: Activation) -> None:
        assert pcsc.list_readers() != ()
        assert activated.ended.wait(LONG_ENOUGH_S)
        assert activated.started == 1

    def test_a_card_wakes_the_service_and_keeps_it_awake(
        self, activated: Activation, private_pcscd: PrivatePcscd
    ) -> None:
        with emulating(ConstantCard(), private_pcscd) as reader:
            for _ in range(3):
                # Without us, each of these would be the last client, and the daemon would end 0.3 s after it.
                assert ask(reader.name) == b"\x90\x00"
                assert not activated.ended.wait(0.6)
            assert activated.started == 1
        assert activated.ended.wait(LONG_ENOUGH_S)

    def test_a_reader_without_a_card_keeps_it_awake_too(
        self, activated: Activation, private_pcscd: PrivatePcscd
    ) -> None:
        with dialling(private_pcscd):
            until(lambda: activated.alive)
            assert not activated.ended.wait(0.6)

    def test_a_service_that_was_killed_is_woken_without_any_client(
        self, activated: Activation, private_pcscd: PrivatePcscd
    ) -> None:
        with emulating(ConstantCard(), private_pcscd) as reader:
            activated.kill()
            until(lambda: activated.started == 2)
            becomes(reader.name, SlotState.OCCUPIED)
            assert ask(reader.name) == b"\x90\x00"

    def test_listening_wakes_it_only_when_both_doors_are_open(self, private_pcscd: PrivatePcscd) -> None:
        with socket_activated(private_pcscd, dials=True) as activated:
            seen = list[int]()
            slots = CardEmulator.listening(
                "127.0.0.1", private_pcscd.ports[0], threading.Event(), on_open=lambda: seen.append(activated.started)
            )
            try:
                found = slots.place(0, ConstantCard(), wait_s=LONG_ENOUGH_S)
                assert found == EmulatedReader(private_pcscd.readers[0], 0)
                assert ask(found.name) == b"\x90\x00"
                assert (seen, activated.started) == ([0], 1)
            finally:
                slots.close()
            assert activated.ended.wait(LONG_ENOUGH_S)
