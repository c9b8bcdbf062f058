"""What can go wrong with one exchange, injected at chosen moments between a session and a card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from reader.connection import SmartCardConnection
from reader.errors import CardRemovedError
from tests.reader.short_id_manners import VERIFY


class When(Enum):
    """Whether the card heard the command that went wrong."""

    UNHEARD = "unheard"
    HEARD = "heard"


@dataclass(frozen=True)
class Fault:
    """At one exchange: `answer` comes in place of the card's own, or nobody answers (None).

    `flip`: instead, the card's own answer comes with the byte at this place (modulo its length) turned over.
    """

    when: When
    answer: bytes | None = None
    flip: int | None = None


class FaultyLine:
    """A connection on which the n-th exchange goes wrong as planned. Counts the PINs that were sent."""

    def __init__(self, inner: SmartCardConnection, plan: Mapping[int, Fault]) -> None:
        self.inner = inner
        self.plan = plan
        self.index = -1
        self.pins_sent = 0

    @property
    def atr(self) -> bytes:
        return self.inner.atr

    @property
    def extended_length(self) -> bool:
        return True

    def transmit(self, command: bytes | bytearray) -> bytes:
        self.index += 1
        if command[1] == VERIFY and len(command) > 5:
            self.pins_sent += 1
        fault = self.plan.get(self.index)
        if fault is None:
            return self.inner.transmit(command)
        own = self.inner.transmit(command) if fault.when is When.HEARD else b"\x6f\x00"
        if fault.flip is not None:
            turned = bytearray(own)
            turned[fault.flip % len(own)] ^= 0xFF
            return bytes(turned)
        if fault.answer is None:
            raise CardRemovedError
        return fault.answer

    def cancel(self) -> None:
        self.inner.cancel()

    def close(self) -> None:
        self.inner.close()
