"""The two axes of the contract: `open_card` puts a card on a reader of some transport and connects to it, `make` is one
of the two authors who make cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from reader.card.interface import EmulatedCard
from reader.connection import SmartCardConnection
from reader.transports.in_process import SoftwareReader
from reader.transports.pcsc import PcscSlot
from reader.transports.vpcd import VpcdReader
from tests.contract.makers import MAKERS, Make
from tests.daemons.fixtures import pcscd_or_skip
from tests.daemons.virtual_card import LONG_ENOUGH_S, inserted, plugged_in

OpenCard = Callable[[EmulatedCard], SmartCardConnection]


@contextmanager
def in_process() -> Iterator[OpenCard]:
    reader = SoftwareReader()

    def open_card(card: EmulatedCard) -> SmartCardConnection:
        if reader.card is not card:
            reader.place(card)
        return reader.connect()

    yield open_card
    reader.close()


@contextmanager
def over_vpcd() -> Iterator[OpenCard]:
    """The wire of vpcd with our own reader at its other end: no pcscd, no driver."""
    reader = VpcdReader(answer_timeout_s=LONG_ENOUGH_S)
    lying: list[EmulatedCard] = []
    with ExitStack() as cards:

        def open_card(card: EmulatedCard) -> SmartCardConnection:
            if card not in lying:
                cards.close()
                lying[:] = [card]
                cards.enter_context(plugged_in(card, reader.address))
            return reader.connect(wait_s=LONG_ENOUGH_S)

        yield open_card
    reader.close()


_next_slot = 0


@contextmanager
def over_pcsc() -> Iterator[OpenCard]:
    """A real pcscd, its real driver for virtual cards, and pyscard."""
    daemon = pcscd_or_skip()
    lying: list[EmulatedCard] = []
    where = 0
    with ExitStack() as opened:

        def open_card(card: EmulatedCard) -> SmartCardConnection:
            global _next_slot
            nonlocal where
            if card not in lying:
                opened.close()
                lying[:] = [card]
                # The two slots in turn: pcscd sees one card leave while the next is put in.
                where, _next_slot = _next_slot, 1 - _next_slot
                opened.enter_context(inserted(card, daemon, where))
            connection = PcscSlot(daemon.readers[where]).connect()
            opened.callback(connection.close)
            return connection

        yield open_card


@pytest.fixture(
    params=[
        pytest.param(in_process, id="in_process"),
        pytest.param(over_vpcd, id="vpcd"),
        pytest.param(over_pcsc, id="pcsc", marks=[pytest.mark.pcsc, pytest.mark.daemon]),
    ]
)
def open_card(request: pytest.FixtureRequest) -> Iterator[OpenCard]:
    """Lays a software card on a reader of the transport and connects to it."""
    with request.param() as opener:
        yield opener


@pytest.fixture(params=MAKERS)
def make(request: pytest.FixtureRequest) -> Make:
    """Makes cards of one of the two authors."""
    return MAKERS[request.param]
