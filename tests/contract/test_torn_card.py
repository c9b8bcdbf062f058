"""A card that is torn off at every single command of a visit, before and after it did what it was told.

Over every transport: the visit ends with CardRemovedError, the slot is empty, no try is spent that nobody typed, and
the same card laid down again serves a whole visit. Number of commands: taken from a visit that was counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal

import pytest

from reader.card.interface import CardTornError, EmulatedCard
from reader.connection import SlotReport, SlotState, SmartCardConnection
from reader.errors import CardRemovedError, NoCardError
from reader.transports.in_process import SoftwareReader
from reader.transports.pcsc import PcscSlot
from reader.transports.vpcd import VpcdReader
from tests.card_factory import PIN, make_card
from tests.daemons.fixtures import pcscd_or_skip
from tests.daemons.virtual_card import LONG_ENOUGH_S, plugged_in, wait_for
from tests.visiting import WatchedCard, carries_pin, visit

WRONG_PIN = "0000"
ALL_TRIES = 3
SELECT_MASTER_FILE = bytes.fromhex("00A4000C023F00")


class InProcess:
    """The software reader."""

    def __init__(self) -> None:
        self._reader = SoftwareReader()
        self._known: SlotReport | None = None

    @contextmanager
    def lay(self, card: EmulatedCard) -> Iterator[Callable[[], SmartCardConnection]]:
        """The card on the reader, until it is torn off or the block ends."""
        generation = self._report().generation
        self._reader.place(card)
        assert self._report() == SlotReport(SlotState.OCCUPIED, generation=generation + 1)
        yield self._reader.connect
        self._reader.remove()

    def is_empty(self) -> bool:
        return self._report().state is SlotState.EMPTY

    def _report(self) -> SlotReport:
        return self._reader.wait_for_change(None, 0.0)

    def close(self) -> None:
        self._reader.close()


class OverVpcd:
    """vpcd's wire, with our own reader at its other end."""

    def __init__(self) -> None:
        self._reader = VpcdReader(answer_timeout_s=LONG_ENOUGH_S)

    @contextmanager
    def lay(self, card: EmulatedCard) -> Iterator[Callable[[], SmartCardConnection]]:
        """The card plugged in, until it is torn off or the block ends."""
        with plugged_in(card, self._reader.address):
            yield lambda: self._reader.connect(wait_s=LONG_ENOUGH_S)

    def is_empty(self) -> bool:
        try:
            self._reader.connect().close()
        except NoCardError:
            return True
        return False

    def close(self) -> None:
        self._reader.close()


class OverPcscd:
    """A real pcscd. The slots in turn: one forgets the card that left while the next card goes into the other."""

    def __init__(self) -> None:
        self._daemon = pcscd_or_skip()
        self._slots = [
            PcscSlot(name, removal_grace_s=LONG_ENOUGH_S, transmit_s=2 * LONG_ENOUGH_S) for name in self._daemon.readers
        ]
        self._turn = 0

    @contextmanager
    def lay(self, card: EmulatedCard) -> Iterator[Callable[[], SmartCardConnection]]:
        """The card in one of the slots, until it is torn off or the block ends."""
        self._turn = 1 - self._turn
        slot = self._slots[self._turn]
        before = wait_for(slot, SlotState.EMPTY)
        with plugged_in(card, ("127.0.0.1", self._daemon.ports[self._turn])):
            report = wait_for(slot, SlotState.OCCUPIED)
            assert report.generation == before.generation + 1
            yield slot.connect

    def is_empty(self) -> bool:
        return wait_for(self._slots[self._turn], SlotState.EMPTY).state is SlotState.EMPTY

    def close(self) -> None:
        for slot in self._slots:
            slot.close()


Place = InProcess | OverVpcd | OverPcscd


@pytest.fixture(
    params=[
        pytest.param(InProcess, id="in_process"),
        pytest.param(OverVpcd, id="vpcd"),
        pytest.param(OverPcscd, id="pcsc", marks=[pytest.mark.pcsc, pytest.mark.daemon]),
    ]
)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Where cards are laid down."""
    place: Place = request.param()
    yield place
    place.close()


def commands_of_a_visit(place: Place) -> list[bytes]:
    """What the card hears in a whole visit."""
    heard: list[bytes] = []
    with place.lay(WatchedCard(make_card(), after=lambda number, command: heard.append(command))) as connect:
        visit(connect())
    assert sum(map(carries_pin, heard)) == 1
    return heard


def nothing(number: int, command: bytes) -> None:
    """The card stays where it is."""


def tear_at(victim: int) -> Callable[[int, bytes], None]:
    """Tears the card off at the command with this number."""

    def tear(number: int, command: bytes) -> None:
        if number == victim:
            raise CardTornError

    return tear


@pytest.mark.parametrize("moment", ["before", "after"])
def test_at_every_command_of_a_visit(place: Place, moment: Literal["before", "after"]) -> None:
    heard = commands_of_a_visit(place)
    card = make_card()
    watched = WatchedCard(card)

    def tries_left() -> int:
        return card.image.pins[0x0018].tries_left

    for victim, command in enumerate(heard):
        with place.lay(watched) as connect:
            # From the second round on: the next visit of a card that was torn off. The right PIN gives the tries back.
            watched.count = 0
            visit(connect())
            assert tries_left() == ALL_TRIES

            watched.count = watched.pins = 0
            setattr(watched, moment, tear_at(victim))
            submitted: list[None] = []
            wrong = carries_pin(command)
            with pytest.raises(CardRemovedError):
                visit(connect(), WRONG_PIN if wrong else PIN, partial(submitted.append, None))
            setattr(watched, moment, nothing)
            assert watched.pins <= len(submitted)
            assert place.is_empty()
        # A wrong PIN that the card heard before it was pulled counts, although nobody saw the answer; no other does.
        assert tries_left() == (ALL_TRIES - 1 if wrong and moment == "after" else ALL_TRIES)
    with place.lay(watched) as connect:
        visit(connect())
    assert tries_left() == ALL_TRIES


def test_torn_off_twice_and_laid_down_for_good(place: Place) -> None:
    card = make_card()
    for _ in range(2):
        with place.lay(WatchedCard(card, before=tear_at(0))) as connect:
            connection = connect()
            with pytest.raises(CardRemovedError):
                connection.transmit(SELECT_MASTER_FILE)
            with pytest.raises(CardRemovedError):  # and says so from then on
                connection.transmit(SELECT_MASTER_FILE)
            connection.close()
            assert place.is_empty()
    with place.lay(card) as connect:
        visit(connect())
