"""One visit to a card as the counter makes it, and a card that looks on: for tests of everything that can cut one off.

Owns: the order of what is said, and counting what reached the card. What breaks if this is wrong: faults are tried on
something that is not a visit.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from reader.card.interface import EmulatedCard
from reader.connection import SmartCardConnection
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from tests.card_factory import PIN, throw_away_pair

MESSAGE = b"MADOGUCHI TEST"
VERIFY = bytes.fromhex("0020")


def carries_pin(command: bytes | bytearray) -> bool:
    """Whether a command hands a PIN over, and may spend a try."""
    return bytes(command[:2]) == VERIFY and len(command) > 5


class WatchedCard:
    """A card that calls `before` and `after` around every command, with its number from 0, and counts.

    Either may raise CardTornError, as a card that is pulled out before, or after, it did what it was told.
    """

    def __init__(
        self,
        card: EmulatedCard,
        before: Callable[[int, bytes], None] = lambda number, command: None,
        after: Callable[[int, bytes], None] = lambda number, command: None,
    ) -> None:
        self.card = card
        self.before = before
        self.after = after
        self.count = 0
        self.pins = 0
        """Commands that carried a PIN and reached the card itself."""

    @property
    def mute(self) -> bool:
        return self.card.mute

    @property
    def atr(self) -> bytes:
        return self.card.atr

    def process(self, command: bytes | bytearray) -> bytes:
        number, self.count = self.count, self.count + 1
        copied = bytes(command)
        self.before(number, copied)
        self.pins += carries_pin(copied)
        answer = self.card.process(command)
        self.after(number, copied)
        return answer

    def power_on(self) -> None:
        self.card.power_on()

    def power_off(self) -> None:
        self.card.power_off()

    def reset(self) -> None:
        self.card.reset()


def visit(connection: SmartCardConnection, pin: str = PIN, at_the_pin: Callable[[], None] = lambda: None) -> None:
    """Everything from the label to a signature that is right, and powered down again, whatever happened.

    `at_the_pin` is called when the PIN is about to be handed over: from then on a try may be spent.
    """
    try:
        session = JpkiSession(connection)
        assert session.kind() == "plastic"
        assert session.authentication_certificate() == throw_away_pair("user authentication").der
        session.attempts_left(AUTHENTICATION_PIN)
        at_the_pin()
        session.verify(AUTHENTICATION_PIN, PinHandle(bytearray(pin.encode())))
        signature = session.sign_message(MESSAGE)
        throw_away_pair("user authentication").key.public_key().verify(signature, MESSAGE, PKCS1v15(), SHA256())
    finally:
        connection.close()
