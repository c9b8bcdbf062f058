"""Connections that play a part: one says what a script says, one remembers what was sent, one fails on purpose."""

from __future__ import annotations

from collections.abc import Sequence

from reader.card.applet import SoftwareCard
from reader.connection import SmartCardConnection
from reader.errors import CardRemovedError


class CardConnection:
    """The shortest way to a software card: no slot, no power rules."""

    extended_length = True

    def __init__(self, card: SoftwareCard) -> None:
        self.card = card

    @property
    def atr(self) -> bytes:
        return self.card.atr

    def transmit(self, command: bytes | bytearray) -> bytes:
        return self.card.process(command)

    def cancel(self) -> None:
        """Nothing is ever under way."""

    def close(self) -> None:
        self.card.power_off()


class ScriptedConnection:
    """Gives the answers of a script (hex) one after the other and keeps what was sent (upper-case hex)."""

    atr = b""
    extended_length = False

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.sent: list[str] = []

    def transmit(self, command: bytes | bytearray) -> bytes:
        self.sent.append(bytes(command).hex().upper())
        return bytes.fromhex(self.answers.pop(0))

    def cancel(self) -> None:
        """Nothing is ever under way."""

    def close(self) -> None:
        self.answers.clear()


class RecordingConnection:
    """Remembers every command that passes (upper-case hex)."""

    def __init__(self, inner: SmartCardConnection) -> None:
        self.inner = inner
        self.sent: list[str] = []

    @property
    def atr(self) -> bytes:
        return self.inner.atr

    @property
    def extended_length(self) -> bool:
        return self.inner.extended_length

    def transmit(self, command: bytes | bytearray) -> bytes:
        self.sent.append(bytes(command).hex().upper())
        return self.inner.transmit(command)

    def cancel(self) -> None:
        self.inner.cancel()

    def close(self) -> None:
        self.inner.close()


class FaultyConnection:
    """Fails at the given command indexes: `before` the card heard it, or `after` it worked but before it was heard."""

    def __init__(self, inner: SmartCardConnection, before: Sequence[int] = (), after: Sequence[int] = ()) -> None:
        self.inner = inner
        self.before = frozenset(before)
        self.after = frozenset(after)
        self.index = -1

    @property
    def atr(self) -> bytes:
        return self.inner.atr

    @property
    def extended_length(self) -> bool:
        return self.inner.extended_length

    def transmit(self, command: bytes | bytearray) -> bytes:
        self.index += 1
        if self.index in self.before:
            raise CardRemovedError
        answer = self.inner.transmit(command)
        if self.index in self.after:
            raise CardRemovedError
        return answer

    def cancel(self) -> None:
        self.inner.cancel()

    def close(self) -> None:
        self.inner.close()


def pin(digits: bytes = b"1234") -> bytearray:
    """A fresh buffer for a handle."""
    return bytearray(digits)
