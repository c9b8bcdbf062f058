"""A slot as the card's side has it, with a driver at the other end and no pcscd: laid down, torn off, taken away."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from reader.card.interface import CardTornError
from reader.transports import emulated_slot
from reader.transports.emulated_slot import BLANK, DiallingSlot, ListeningSlot, Placement, SlotState
from reader.transports.vpcd import MUTE_ANSWER, Control
from tests.daemons.virtual_card import LONG_ENOUGH_S
from tests.pcsc.fakes import ATR, ConstantCard, HeldUpCard
from tests.pcsc.virtual_drivers import Wire, dialled, listening_driver

pytestmark = pytest.mark.daemon

COMMAND = bytes.fromhex("00A4020C020018")
OTHER_ATR = bytes.fromhex("3B8180018080")


class TearingCard(ConstantCard):
    """Is torn off at its second command, once."""

    def process(self, command: bytes | bytearray) -> bytes:
        answer = super().process(command)
        if len(self.commands) == 2:
            raise CardTornError
        return answer


class FaultyCard(ConstantCard):
    """Breaks the promise of its interface: it raises what nobody foresaw, at its first power or at a command."""

    at_power_up = False

    def power_on(self) -> None:
        super().power_on()
        if self.at_power_up:
            raise RuntimeError("4093")

    def process(self, command: bytes | bytearray) -> bytes:
        super().process(command)
        raise RuntimeError("4093")


def failure(placement: Placement) -> str | None:
    """Why it failed; checks that nothing of the fault itself is kept, because it may hold a PIN."""
    found = placement.failure
    if found is None:
        return None
    assert (found.__cause__, found.__context__, found.__traceback__) == (None, None, None)
    return found.reason


@pytest.fixture
def driver() -> Iterator[tuple[int, queue.Queue[Wire]]]:
    """A driver that listens: its port, and the connections that cards made."""
    with listening_driver() as made:
        yield made


@pytest.fixture
def dialling(driver: tuple[int, queue.Queue[Wire]]) -> Iterator[DiallingSlot]:
    """A slot that dials the driver."""
    slot = DiallingSlot("127.0.0.1", driver[0], patience_s=LONG_ENOUGH_S, retry_s=0.01)
    yield slot
    slot.close()


@pytest.fixture
def listening() -> Iterator[ListeningSlot]:
    """A slot that waits for its driver."""
    slot = ListeningSlot(socket.create_server(("127.0.0.1", 0)))
    yield slot
    slot.close()


class TestDialling:
    """The driver's normal mode: an empty slot is no connection at all."""

    def test_a_card_is_laid_down_and_taken_away(
        self, driver: tuple[int, queue.Queue[Wire]], dialling: DiallingSlot
    ) -> None:
        assert dialling.state is SlotState.EMPTY
        card = ConstantCard()
        placement = dialling.place(card)
        assert placement.wait(LONG_ENOUGH_S)
        assert (placement.asked, dialling.state) == (True, SlotState.PLACED)
        wire = driver[1].get(timeout=LONG_ENOUGH_S)
        assert wire.ask(COMMAND) == b"\x90\x00"
        dialling.remove()
        assert (dialling.state, wire.ask(COMMAND)) == (SlotState.EMPTY, b"")
        assert card.done[-1] == "power off"
        dialling.remove()

    def test_another_card_comes_over_a_connection_of_its_own(
        self, driver: tuple[int, queue.Queue[Wire]], dialling: DiallingSlot
    ) -> None:
        dialling.place(ConstantCard())
        first = driver[1].get(timeout=LONG_ENOUGH_S)
        dialling.place(ConstantCard(answer=b"\x69\x85"))
        second = driver[1].get(timeout=LONG_ENOUGH_S)
        assert (first.ask(COMMAND), second.ask(COMMAND)) == (b"", b"\x69\x85")

    def test_a_torn_card_hangs_up_and_lies_there_again_by_itself(
        self, driver: tuple[int, queue.Queue[Wire]], dialling: DiallingSlot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(emulated_slot, "TORN_S", 0.01)
        card = TearingCard()
        placement = dialling.place(card)
        wire = driver[1].get(timeout=LONG_ENOUGH_S)
        assert [wire.ask(COMMAND), wire.ask(COMMAND)] == [b"\x90\x00", b""]
        again = driver[1].get(timeout=LONG_ENOUGH_S)
        assert again.ask(COMMAND) == b"\x90\x00"
        assert card.done.count("power off") == 1
        assert not placement.gone.is_set()

    def test_a_torn_card_that_was_taken_away_stays_away(
        self, driver: tuple[int, queue.Queue[Wire]], dialling: DiallingSlot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(emulated_slot, "TORN_S", LONG_ENOUGH_S)
        dialling.place(TearingCard())
        wire = driver[1].get(timeout=LONG_ENOUGH_S)
        assert [wire.ask(COMMAND), wire.ask(COMMAND)] == [b"\x90\x00", b""]
        dialling.remove()
        assert dialling.state is SlotState.EMPTY
        dialling.place(ConstantCard(answer=b"\x69\x85"))
        assert driver[1].get(timeout=LONG_ENOUGH_S).ask(COMMAND) == b"\x69\x85"

    def test_a_card_taken_away_while_it_thinks_says_nothing_more(
        self, driver: tuple[int, queue.Queue[Wire]], dialling: DiallingSlot
    ) -> None:
        card, answers = HeldUpCard(), queue.Queue[bytes]()
        placement = dialling.place(card, card.let_go)
        wire = driver[1].get(timeout=LONG_ENOUGH_S)
        asking = threading.Thread(target=lambda: answers.put(wire.ask(COMMAND)))
        asking.start()
        assert card.asked.wait(LONG_ENOUGH_S)
        dialling.remove()
        asking.join()
        assert answers.get() == b""
        assert placement.gone is card.let_go

    def test_the_driver_that_hung_up_is_dialled_again(
        self, driver: tuple[int, queue.Queue[Wire]], dialling: DiallingSlot
    ) -> None:
        dialling.place(ConstantCard())
        for _ in range(3):
            driver[1].get(timeout=LONG_ENOUGH_S).close()
        assert driver[1].get(timeout=LONG_ENOUGH_S).ask(COMMAND) == b"\x90\x00"

    def test_where_nobody_listens_the_slot_stays_empty_and_says_why(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            port = found.getsockname()[1]
        slot = DiallingSlot("127.0.0.1", port, patience_s=0.0)
        placement = slot.place(ConstantCard())
        assert placement.wait(LONG_ENOUGH_S)
        assert placement.failure is not None
        assert (placement.failure.reason, placement.asked) == ("vpcd_not_listening", False)
        assert slot.state is SlotState.EMPTY
        slot.close()

    def test_where_no_host_can_be_meant_nobody_waits_for_the_card(self) -> None:
        slot = DiallingSlot("é..x", 5, patience_s=LONG_ENOUGH_S)
        placement = slot.place(ConstantCard())
        assert placement.wait(LONG_ENOUGH_S)
        assert placement.failure is not None
        assert (placement.failure.reason, slot.state) == ("vpcd_not_listening", SlotState.EMPTY)
        slot.close()

    def test_a_fault_nobody_foresaw_ends_the_waiting_and_leaves_the_slot_empty(
        self, driver: tuple[int, queue.Queue[Wire]], dialling: DiallingSlot
    ) -> None:
        card = FaultyCard()
        card.at_power_up = True
        placement = dialling.place(card)
        assert placement.wait(LONG_ENOUGH_S)
        assert (failure(placement), placement.asked, dialling.state) == ("slot_failed", False, SlotState.EMPTY)
        assert card.done == ["power on", "power off"]
        dialling.place(ConstantCard())
        assert driver[1].get(timeout=LONG_ENOUGH_S).ask(COMMAND) == b"\x90\x00"

    def test_a_card_that_breaks_later_is_not_believed_to_lie_there(
        self, driver: tuple[int, queue.Queue[Wire]], dialling: DiallingSlot
    ) -> None:
        placement = dialling.place(FaultyCard())
        assert driver[1].get(timeout=LONG_ENOUGH_S).ask(COMMAND) == b""
        deadline = time.monotonic() + LONG_ENOUGH_S
        while dialling.state is not SlotState.EMPTY and time.monotonic() < deadline:
            time.sleep(0.01)
        assert (failure(placement), placement.asked, dialling.state) == ("slot_failed", True, SlotState.EMPTY)
        assert not placement.gone.is_set()


class TestListening:
    """The driver's reversed mode: one connection for as long as pcscd lives, whatever lies in the slot."""

    def test_an_empty_slot_shows_a_stand_in_that_refuses_everything(self, listening: ListeningSlot) -> None:
        with dialled(listening.port) as wire:
            assert wire.atr() == BLANK.atr
            wire.tell(Control.POWER_ON)
            wire.tell(Control.RESET)
            assert wire.ask(COMMAND) == b"\x6a\x82"
            assert listening.state is SlotState.EMPTY

    def test_cards_change_under_one_connection_and_are_met_at_the_next_power_up(self, listening: ListeningSlot) -> None:
        with dialled(listening.port) as wire:
            wire.tell(Control.POWER_ON)
            assert wire.ask(COMMAND) == b"\x6a\x82"
            first, second = ConstantCard(), ConstantCard(answer=b"\x69\x85", atr=OTHER_ATR)
            placement = listening.place(first)
            assert listening.state is SlotState.WAITING
            assert wire.ask(COMMAND) == MUTE_ANSWER, "who talks to one card never finds itself with another"
            assert wire.atr() == ATR
            assert placement.wait(LONG_ENOUGH_S)
            assert placement.asked
            wire.tell(Control.POWER_ON)
            assert wire.ask(COMMAND) == b"\x90\x00"
            listening.place(second)
            assert placement.gone.is_set()
            assert first.done[-1] == "power off"
            assert wire.ask(COMMAND) == MUTE_ANSWER
            wire.tell(Control.RESET)
            assert (wire.atr(), wire.ask(COMMAND)) == (OTHER_ATR, b"\x69\x85")
            assert second.done == ["power on"], "a reset is a new card's first power"
            wire.tell(Control.RESET)
            wire.tell(Control.POWER_OFF)
            assert wire.atr() == OTHER_ATR
            listening.remove()
            assert wire.atr() == BLANK.atr
            assert second.done == ["power on", "reset", "power off"]
            assert (first.commands, second.commands) == ([COMMAND], [COMMAND])

    def test_a_torn_card_is_away_for_a_while_and_the_connection_stays(
        self, listening: ListeningSlot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(emulated_slot, "TORN_S", LONG_ENOUGH_S * 100)
        with dialled(listening.port) as wire:
            card = TearingCard()
            listening.place(card)
            wire.tell(Control.POWER_ON)
            assert [wire.ask(COMMAND), wire.ask(COMMAND), wire.ask(COMMAND)] == [b"\x90\x00", MUTE_ANSWER, MUTE_ANSWER]
            assert (listening.state, wire.atr()) == (SlotState.TORN, BLANK.atr)
            monkeypatch.setattr(emulated_slot, "TORN_S", 0.0)
            again = listening.place(TearingCard())
            wire.tell(Control.POWER_ON)
            assert [wire.ask(COMMAND), wire.ask(COMMAND)] == [b"\x90\x00", MUTE_ANSWER]
            assert wire.atr() == ATR
            assert again.wait(LONG_ENOUGH_S), "the slot notes it after the ATR went out"
            assert listening.state is SlotState.PLACED
            wire.tell(Control.POWER_ON)
            assert wire.ask(COMMAND) == b"\x90\x00"

    def test_a_card_laid_down_while_the_one_before_is_asked_was_not_asked_itself(
        self, listening: ListeningSlot
    ) -> None:
        after = ConstantCard(answer=b"\x69\x85", atr=OTHER_ATR)

        class QuicklyExchangedCard(ConstantCard):
            """Another card is laid down in its place while its ATR is on its way."""

            @property
            def atr(self) -> bytes:
                following.append(listening.place(after))
                return ATR

            @atr.setter
            def atr(self, atr: bytes) -> None:
                del atr

        following: list[Placement] = []
        with dialled(listening.port) as wire:
            listening.place(QuicklyExchangedCard())
            assert wire.atr() == ATR
            wire.tell(Control.POWER_ON)
            assert wire.ask(COMMAND) == b"\x69\x85"
            (placement,) = following
            assert (placement.asked, listening.state) == (False, SlotState.WAITING)
            assert wire.atr() == OTHER_ATR
            assert placement.wait(LONG_ENOUGH_S)
            assert listening.state is SlotState.PLACED

    def test_a_mute_card_is_mute(self, listening: ListeningSlot) -> None:
        with dialled(listening.port) as wire:
            placement = listening.place(ConstantCard(mute=True))
            assert wire.atr() == MUTE_ANSWER
            assert placement.wait(LONG_ENOUGH_S)
            wire.tell(Control.POWER_ON)
            assert wire.ask(COMMAND) == MUTE_ANSWER

    def test_who_only_looks_whether_somebody_listens_is_not_taken_for_the_driver(
        self, listening: ListeningSlot
    ) -> None:
        for _ in range(5):
            with dialled(listening.port):
                pass
        with dialled(listening.port) as wire:
            assert wire.atr() == BLANK.atr

    def test_a_card_that_breaks_is_shown_no_more_and_the_connection_stays(self, listening: ListeningSlot) -> None:
        with dialled(listening.port) as wire:
            card = FaultyCard()
            placement = listening.place(card)
            wire.tell(Control.POWER_ON)
            assert wire.ask(COMMAND) == MUTE_ANSWER
            assert (failure(placement), listening.state) == ("slot_failed", SlotState.EMPTY)
            assert card.done == ["power on", "power off"]
            assert wire.atr() == BLANK.atr
            listening.place(ConstantCard())
            wire.tell(Control.POWER_ON)
            assert wire.ask(COMMAND) == b"\x90\x00"

    def test_a_fault_nobody_foresaw_ends_the_waiting_and_the_next_pcscd_is_served(
        self, listening: ListeningSlot
    ) -> None:
        card = FaultyCard()
        card.at_power_up = True
        placement = listening.place(card)
        with dialled(listening.port) as wire:
            wire.tell(Control.POWER_ON)
            assert placement.wait(LONG_ENOUGH_S)
            assert (failure(placement), placement.asked, listening.state) == ("slot_failed", False, SlotState.EMPTY)
        listening.place(ConstantCard())
        with dialled(listening.port) as wire:
            assert wire.atr() == ATR

    def test_a_new_pcscd_finds_the_card_again(self, listening: ListeningSlot) -> None:
        card = ConstantCard()
        listening.place(card)
        for _ in range(3):
            with dialled(listening.port) as wire:
                wire.tell(Control.POWER_ON)
                assert (wire.atr(), wire.ask(COMMAND)) == (ATR, b"\x90\x00")

    def test_it_is_closed_with_a_connection_open_or_without(self, listening: ListeningSlot) -> None:
        with dialled(listening.port) as wire:
            assert wire.atr() == BLANK.atr
            listening.close()
            listening.close()
            assert wire.atr() == b""
        with pytest.raises(ConnectionRefusedError), dialled(listening.port):
            pass
