from __future__ import annotations

from collections.abc import Callable

import pytest

from reader.card.applet import SoftwareCard
from reader.connection import SmartCardConnection
from tests.card_factory import make_card
from tests.reader.fakes import CardConnection

Send = Callable[[str], str]


@pytest.fixture
def card() -> SoftwareCard:
    """A My Number card with throw-away keys, PIN 1234, three tries."""
    return make_card()


@pytest.fixture
def connection(card: SoftwareCard) -> SmartCardConnection:
    return CardConnection(card)


@pytest.fixture
def send(card: SoftwareCard) -> Send:
    """Send hex to the card, get hex back."""
    return lambda command: card.process(bytes.fromhex(command)).hex().upper()
