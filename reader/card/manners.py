"""Lawful peculiarities: ways in which a card is unlike the usual one and still keeps to ISO/IEC 7816.

Which of them any My Number card has is said with each (jpki-card.md §1.4, §1.6); a reader of cards must bear them all.
What breaks if this is wrong: a reader that works here fails at the first card or reader that behaves so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reader.card import status
from reader.card.interface import EmulatedCard
from reader.card.wrapper import CardWrapper, CountingWrapper

INS_GET_RESPONSE: Final = 0xC0
MORE_DATA: Final = 0x61
"""SW1: SW2 more bytes wait for GET RESPONSE (`00`: 256 or more)."""
WRONG_LE: Final = 0x6C
"""SW1: ask again for exactly SW2 bytes."""
SHORT_LIMIT: Final = 256
"""Most bytes a short Le can ask for, written `00`."""


class FirstCommandRefused(CountingWrapper):
    """The first command after power-on is answered `6F00` and not executed (§1.4, measured on one card)."""

    def _answer(self, command: bytes | bytearray) -> bytes:
        if self._count() == 1:
            return status.NO_DIAGNOSIS.to_bytes(2, "big")
        return self._inner.process(command)


class ChainedAnswers(CardWrapper):
    """Data longer than `chunk` bytes wait for GET RESPONSE: first `61xx` alone, then at most `chunk` bytes at a time.

    `xx` is how many bytes are left, `00` for 256 or more (ISO/IEC 7816-4, 5.6), and the last piece brings the
    command's own status word. Any other command, a warm reset and the loss of power drop the rest. Not reported for
    this card (§1.4, unverified).
    """

    def __init__(self, inner: EmulatedCard, chunk: int) -> None:
        super().__init__(inner)
        self._chunk = chunk
        self._rest = b""
        self._last_sw = b""

    def reset(self) -> None:
        """A warm reset, here and inside: nothing waits any more."""
        self._begin()
        super().reset()

    def _begin(self) -> None:
        self._rest = b""

    def _answer(self, command: bytes | bytearray) -> bytes:
        if self._rest and len(command) == 5 and bytes(command[:4]) == bytes((0x00, INS_GET_RESPONSE, 0x00, 0x00)):
            return self._piece(min(command[4] or SHORT_LIMIT, self._chunk))
        self._rest = b""
        answer = self._inner.process(command)
        if len(answer) - 2 <= self._chunk:
            return answer
        self._rest, self._last_sw = answer[:-2], answer[-2:]
        return self._announcement()

    def _piece(self, length: int) -> bytes:
        piece, self._rest = self._rest[:length], self._rest[length:]
        return piece + (self._announcement() if self._rest else self._last_sw)

    def _announcement(self) -> bytes:
        left = len(self._rest)
        return bytes((MORE_DATA, left if left < SHORT_LIMIT else 0))


class ExactLengthOnly(CardWrapper):
    """A command that asks for more than there is gets `6Cxx` with the right length and no data; then it works.

    GET RESPONSE is left out: its data would be lost. Not reported for this card (§1.4, unverified).
    """

    def _answer(self, command: bytes | bytearray) -> bytes:
        answer = self._inner.process(command)
        wanted = _short_le(command)
        data = len(answer) - 2
        succeeded = answer[-2:] == status.OK.to_bytes(2, "big")
        if wanted is None or command[1] == INS_GET_RESPONSE or not succeeded or not 0 < data < wanted:
            return answer
        return bytes((WRONG_LE, data))


class ShortOnly(CardWrapper):
    """Extended APDUs are answered `6700` and not executed, as behind a reader that knows short ones only (§1.6)."""

    def _answer(self, command: bytes | bytearray) -> bytes:
        # A zero where a short APDU has its Lc, with something behind it, opens the extended form.
        if len(command) > 5 and command[4] == 0:
            return status.WRONG_LENGTH.to_bytes(2, "big")
        return self._inner.process(command)


class Slow(CardWrapper):
    """Every command takes `seconds` longer, before it is executed."""

    def __init__(self, inner: EmulatedCard, seconds: float, sleep: Callable[[float], None]) -> None:
        super().__init__(inner)
        self._seconds = seconds
        self._sleep = sleep

    def _answer(self, command: bytes | bytearray) -> bytes:
        self._sleep(self._seconds)
        return self._inner.process(command)


def _short_le(command: bytes | bytearray) -> int | None:
    """What a short command asks for, 1–256; None where it asks for nothing, is extended or malformed.

    Looks at lengths only: the body may be a PIN.
    """
    if len(command) == 5:
        return command[4] or SHORT_LIMIT
    if len(command) > 5 and command[4] != 0 and len(command) == 6 + command[4]:
        return command[-1] or SHORT_LIMIT
    return None
