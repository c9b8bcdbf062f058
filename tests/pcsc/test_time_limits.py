"""A driver that does not come back, on a real pcscd: nobody waits longer than allowed, and nothing is left behind."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import pytest

from reader.connection import SlotState
from reader.errors import (
    CardRemovedError,
    CardTimeoutError,
    OperationCancelledError,
    ServiceUnavailableError,
    TransportError,
)
from reader.monitor import SlotMonitor
from reader.transports import pcsc_card
from reader.transports.pcsc import PcscSlot
from reader.transports.pcsc_card import CONNECT_S, TRANSMIT_S, PcscConnection
from tests.daemons.pluggable import pluggable_reader
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import LONG_ENOUGH_S, inserted, wait_for
from tests.eventually import eventually
from tests.fair_limits import FairWorker
from tests.pcsc.fakes import ConstantCard, HeldUpCard

pytestmark = [pytest.mark.pcsc, pytest.mark.daemon]

COMMAND = bytes.fromhex("00A4020C020018")
VERIFY = b"\x00\x20\x00\x80\x041234"
SOON_S = 0.2
"""A limit for what never comes in time anyway."""


@pytest.fixture
def held_up(monkeypatch: pytest.MonkeyPatch) -> HeldUpCard:
    """The one card that hangs: the limits begin to run when it does."""
    card = HeldUpCard(from_command=1)
    hangs = partial(FairWorker, lambda _: card.asked.is_set() and not card.let_go.is_set())
    monkeypatch.setattr(pcsc_card, "Worker", hangs)
    return card


@pytest.fixture
def awake(private_pcscd: PrivatePcscd, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivatePcscd]:
    """The daemon, not frozen any more afterwards; the limits begin to run when it is."""
    monkeypatch.setattr(pcsc_card, "Worker", partial(FairWorker, lambda _: private_pcscd.frozen))
    yield private_pcscd
    private_pcscd.wake()


@contextmanager
def lying(card: HeldUpCard, daemon: PrivatePcscd) -> Iterator[str]:
    """The card in the first slot; it holds nobody up any more when the block ends, or nobody could take it out."""
    with inserted(card, daemon) as name:
        try:
            yield name
        finally:
            card.let_go.set()


def standing() -> tuple[int, set[threading.Thread]]:
    """How many descriptors this process has, and its threads."""
    return len(os.listdir("/proc/self/fd")), set(threading.enumerate())  # noqa: PTH208


def no_more_than(before: tuple[int, set[threading.Thread]]) -> bool:
    """Whether nothing was added; what another test left may have gone meanwhile."""
    descriptors, threads = standing()
    return descriptors <= before[0] and threads <= before[1]


def under_way(connection: PcscConnection, card: HeldUpCard) -> tuple[threading.Thread, list[type[TransportError]]]:
    """A command that hangs, sent in another thread, and the error that it gets."""
    errors: list[type[TransportError]] = []

    def send() -> None:
        try:
            connection.transmit(COMMAND)
        except TransportError as error:
            errors.append(type(error))

    thread = threading.Thread(target=send)
    thread.start()
    assert card.asked.wait(LONG_ENOUGH_S)
    return thread, errors


def test_the_limits_leave_a_slow_card_time_to_sign() -> None:
    assert TRANSMIT_S >= 10
    assert CONNECT_S == 10


def test_a_card_that_does_not_answer_in_time(private_pcscd: PrivatePcscd, held_up: HeldUpCard) -> None:
    with lying(held_up, private_pcscd) as name:
        without_it = standing()[1]
        slot = PcscSlot(name, transmit_s=SOON_S, connect_s=SOON_S)
        with closing(slot.connect()) as connection:
            assert connection.transmit(COMMAND) == b"\x90\x00"
            before = standing()
            with pytest.raises(CardTimeoutError):
                connection.transmit(COMMAND)
            with pytest.raises(CardTimeoutError):  # the late answer is not taken for this one's
                connection.transmit(COMMAND)
        assert not held_up.let_go.is_set()
        with pytest.raises(CardTimeoutError):  # the reader still hangs, and says so instead of "another program"
            slot.connect()
        assert no_more_than(before)  # nobody else was sent after it
        powered_down = held_up.done.count("power off")
        held_up.let_go.set()
        following = PcscSlot(name).connect  # made by nobody who knows of the one that hung
        assert eventually(lambda: standing()[1] <= without_it)
        assert eventually(lambda: held_up.done.count("power off") > powered_down)
        with closing(following()) as connection:
            assert connection.transmit(COMMAND) == b"\x90\x00"
        assert len(held_up.commands) == 3  # two of the first connection, one of this


def test_the_next_connection_waits_for_a_card_that_is_about_to_be_free(
    private_pcscd: PrivatePcscd, held_up: HeldUpCard
) -> None:
    with lying(held_up, private_pcscd) as name:
        slot = PcscSlot(name, transmit_s=SOON_S, connect_s=LONG_ENOUGH_S)
        with closing(slot.connect()) as connection:
            connection.transmit(COMMAND)
            with pytest.raises(CardTimeoutError):
                connection.transmit(COMMAND)
        threading.Timer(0.1, held_up.let_go.set).start()
        with closing(slot.connect()) as connection:
            assert connection.transmit(COMMAND) == b"\x90\x00"


def test_cancelling_ends_the_command_under_way_and_the_card_loses_its_power(
    private_pcscd: PrivatePcscd, held_up: HeldUpCard
) -> None:
    with lying(held_up, private_pcscd) as name:
        slot = PcscSlot(name, transmit_s=LONG_ENOUGH_S, connect_s=LONG_ENOUGH_S)
        with closing(slot.connect()) as connection:
            connection.transmit(COMMAND)
            thread, errors = under_way(connection, held_up)
            connection.cancel()
            thread.join(LONG_ENOUGH_S)
            assert errors == [OperationCancelledError]
            assert not held_up.let_go.is_set()
            with pytest.raises(OperationCancelledError):
                connection.transmit(COMMAND)
            powered_down = held_up.done.count("power off")
            held_up.let_go.set()
            assert eventually(lambda: held_up.done.count("power off") > powered_down)
        slot.connect().close()


def test_a_cancel_between_two_commands_ends_the_next_one_before_it_is_sent(private_pcscd: PrivatePcscd) -> None:
    card = ConstantCard()
    with inserted(card, private_pcscd) as name:
        with closing(PcscSlot(name).connect()) as connection:
            connection.transmit(COMMAND)
            connection.cancel()
            with pytest.raises(OperationCancelledError):
                connection.transmit(VERIFY)
        connection.cancel()
    assert card.commands == [COMMAND]


def test_closing_during_a_command_is_prompt_and_the_command_hears_it(
    private_pcscd: PrivatePcscd, held_up: HeldUpCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pcsc_card, "CLOSE_S", 2 * LONG_ENOUGH_S)  # what it may wait for a reader that does not hang
    with lying(held_up, private_pcscd) as name:
        slot = PcscSlot(name, transmit_s=LONG_ENOUGH_S)
        with closing(slot.connect()) as connection:
            connection.transmit(COMMAND)
            thread, errors = under_way(connection, held_up)
            powered_down = held_up.done.count("power off")
            began = time.monotonic()
            connection.close()
            assert time.monotonic() - began < LONG_ENOUGH_S
            thread.join(LONG_ENOUGH_S)
        assert errors == [CardRemovedError]
        assert not held_up.let_go.is_set()
        held_up.let_go.set()
        assert eventually(lambda: held_up.done.count("power off") > powered_down)


def test_a_reader_that_hangs_while_it_powers_the_card_up(private_pcscd: PrivatePcscd, held_up: HeldUpCard) -> None:
    with lying(held_up, private_pcscd) as name:
        before = standing()
        slot = PcscSlot(name, connect_s=SOON_S)
        slot.connect().close()
        assert eventually(lambda: no_more_than(before))
        held_up.power_up_too = True
        for _ in range(2):
            with pytest.raises(CardTimeoutError):
                slot.connect()
        held_up.let_go.set()
        assert eventually(lambda: no_more_than(before))
        slot.connect().close()


def test_a_pin_is_wiped_as_soon_as_the_driver_lets_go_of_it(
    private_pcscd: PrivatePcscd, held_up: HeldUpCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smartcard import scard

    handed: list[list[int]] = []
    transmit = scard.SCardTransmit

    def watched(card: Any, header: Any, numbers: list[int]) -> Any:
        handed.append(numbers)
        return transmit(card, header, numbers)

    with (
        lying(held_up, private_pcscd) as name,
        closing(PcscSlot(name, transmit_s=SOON_S).connect()) as connection,
    ):
        connection.transmit(COMMAND)
        monkeypatch.setattr(scard, "SCardTransmit", watched)
        command = bytearray(VERIFY)
        with pytest.raises(CardTimeoutError):
            connection.transmit(command)
        command[:] = bytes(len(command))  # as the caller does
        assert handed == [list(VERIFY)]  # the driver still has it
        held_up.let_go.set()
        assert eventually(lambda: handed == [[0] * len(VERIFY)])
    assert held_up.commands[-1] == VERIFY


def test_a_frozen_service_holds_nobody_up(awake: PrivatePcscd) -> None:
    with inserted(ConstantCard(), awake) as name:
        before = standing()
        slot = PcscSlot(name, transmit_s=SOON_S, connect_s=SOON_S)
        with closing(slot.connect()) as connection:
            awake.freeze()
            with pytest.raises(CardTimeoutError):
                connection.transmit(COMMAND)
        with pytest.raises(ServiceUnavailableError) as refusal:  # it is not the card that hangs
            PcscSlot(name, connect_s=SOON_S).connect()
        assert refusal.value.reason == "service_silent"
        awake.wake()
        assert eventually(lambda: no_more_than(before))  # the cut-off threads came back and let go of everything
        with closing(slot.connect()) as connection:
            assert connection.transmit(COMMAND) == b"\x90\x00"


def test_a_monitor_over_a_frozen_service_can_be_stopped_and_its_slot_closed(awake: PrivatePcscd) -> None:
    events: list[object] = []
    with inserted(ConstantCard(), awake) as name:
        before = standing()
        with closing(PcscSlot(name)) as slot:
            wait_for(slot, SlotState.OCCUPIED)
            monitor = SlotMonitor(slot, events.append)
            monitor.start()
            try:
                assert eventually(lambda: len(events) == 2)
                awake.freeze()
            finally:
                monitor.stop()
        assert not monitor.stopped
        awake.wake()
        assert eventually(lambda: monitor.stopped)
        assert eventually(lambda: no_more_than(before))
    assert len(events) == 2


def test_extended_apdus_are_believed_only_where_the_reader_says_so(private_pcscd: PrivatePcscd) -> None:
    """Debian's driver for virtual cards says nothing; the same with an answer of PC/SC part 10 does."""
    with inserted(ConstantCard(), private_pcscd) as name:
        with closing(PcscSlot(name).connect()) as connection:
            assert connection.extended_length is False
            assert connection.transmit(COMMAND) == b"\x90\x00"
        assert connection.extended_length is False
    with pluggable_reader(private_pcscd), inserted(ConstantCard(), private_pcscd) as name:
        with closing(PcscSlot(name, transmit_s=LONG_ENOUGH_S).connect()) as connection:
            assert connection.extended_length is True
        connection = PcscSlot(name).connect()
        connection.close()
        assert connection.extended_length is False  # nobody left to ask: never an exception


def test_the_reader_is_asked_once_and_only_when_somebody_wants_to_know(
    private_pcscd: PrivatePcscd, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smartcard import scard

    codes: list[int] = []
    control = scard.SCardControl

    def watched(card: Any, code: int, data: list[int]) -> Any:
        codes.append(code)
        return control(card, code, data)

    monkeypatch.setattr(scard, "SCardControl", watched)
    with (
        inserted(ConstantCard(), private_pcscd) as name,
        closing(PcscSlot(name, transmit_s=LONG_ENOUGH_S).connect()) as connection,
    ):
        connection.transmit(COMMAND)
        assert codes == []
        for _ in range(3):
            assert connection.extended_length is False
    assert codes[:1] == [scard.SCARD_CTL_CODE(3400)]
    assert len(codes) == len(set(codes))


def called_off(slot: PcscSlot) -> list[type[TransportError]]:
    """What a connect gets that hangs in another thread until it is called off."""
    errors: list[type[TransportError]] = []

    def connect() -> None:
        try:
            slot.connect()
        except TransportError as error:
            errors.append(type(error))

    thread = threading.Thread(target=connect)
    thread.start()
    while thread.is_alive():
        slot.cancel()
        thread.join(SOON_S)
    return errors


def test_a_connect_to_a_frozen_service_is_called_off_from_another_thread(awake: PrivatePcscd) -> None:
    with inserted(ConstantCard(), awake) as name:
        slot = PcscSlot(name, connect_s=LONG_ENOUGH_S)
        slot.cancel()  # nothing is under way: the connect that follows is not touched
        slot.connect().close()
        awake.freeze()
        assert called_off(slot) == [OperationCancelledError]
        awake.wake()
        with closing(slot.connect()) as connection:
            assert connection.transmit(COMMAND) == b"\x90\x00"


def test_a_connect_that_waits_for_the_last_card_is_called_off(private_pcscd: PrivatePcscd, held_up: HeldUpCard) -> None:
    with lying(held_up, private_pcscd) as name:
        slot = PcscSlot(name, connect_s=LONG_ENOUGH_S, transmit_s=SOON_S)
        with closing(slot.connect()) as connection:
            connection.transmit(COMMAND)
            with pytest.raises(CardTimeoutError):
                connection.transmit(COMMAND)
        assert called_off(slot) == [OperationCancelledError]
        assert not held_up.let_go.is_set()
        held_up.let_go.set()
        with closing(slot.connect()) as connection:
            assert connection.transmit(COMMAND) == b"\x90\x00"
