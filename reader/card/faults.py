"""Unlawful faults: a card that answers nonsense, is torn off, or says a byte too few, too many or wrong.

Each fault counts commands from power-on, so that the same visit meets it at the same place every time.
What breaks if this is wrong: a fault that a reader should survive is never met before a patient's card shows it.
"""

from __future__ import annotations

import hashlib

from reader.card.interface import CardTornError, EmulatedCard
from reader.card.wrapper import CountingWrapper


class Garbage(CountingWrapper):
    """From the `first`-th command of each time under power, until power goes, every answer is 1–258 senseless bytes.

    The bytes depend on the command's number alone, so that every run is alike. The card does execute the commands: a
    PIN that was presented has been counted, whatever the answer seems to say.
    """

    def __init__(self, inner: EmulatedCard, first: int) -> None:
        super().__init__(inner)
        self._first = first

    def _answer(self, command: bytes | bytearray) -> bytes:
        number = self._count()
        answer = self._inner.process(command)
        return answer if number < self._first else senseless(number)


def senseless(number: int) -> bytes:
    """1–258 bytes that look random and are the same for the same `number`, which is 0 or more."""
    noise = hashlib.shake_128(b"garbage %d" % number)
    return noise.digest(2 + 258)[2 : 3 + int.from_bytes(noise.digest(2), "big") % 258]


class TornOff(CountingWrapper):
    """Leaves the field at the `at`-th command after a power-on, once in the life of this object.

    Before the command is executed; or with `after` once it was executed, so that the answer is lost: a PIN try that
    was spent then, nobody heard of. Laid down again, the card behaves.
    """

    def __init__(self, inner: EmulatedCard, at: int, *, after: bool) -> None:
        super().__init__(inner)
        self._at = at
        self._after = after
        self._torn = False

    def _answer(self, command: bytes | bytearray) -> bytes:
        if self._torn or self._count() != self._at:
            return self._inner.process(command)
        self._torn = True
        if self._after:
            self._inner.process(command)
        raise CardTornError


class WrongLength(CountingWrapper):
    """The `at`-th answer after each power-on is one byte too short, or with `longer` too long.

    It is the last data byte that is missing or doubled, and the status word stays; an answer without data loses a byte
    of its status word, or gets a zero in front of it.
    """

    def __init__(self, inner: EmulatedCard, at: int, *, longer: bool) -> None:
        super().__init__(inner)
        self._at = at
        self._longer = longer

    def _answer(self, command: bytes | bytearray) -> bytes:
        number = self._count()
        answer = self._inner.process(command)
        if number != self._at:
            return answer
        data, sw = answer[:-2], answer[-2:]
        if self._longer:
            return data + (data[-1:] or b"\x00") + sw
        return data[:-1] + sw if data else sw[:-1]


class FlippedByte(CountingWrapper):
    """One byte of one answer after each power-on has its lowest bit flipped: the smallest lie.

    It is the middle byte of the data of the first answer that has data, from the `at`-th answer on; or with
    `in_status` the last byte of the `at`-th answer's status word.
    """

    def __init__(self, inner: EmulatedCard, at: int, *, in_status: bool) -> None:
        super().__init__(inner)
        self._at = at
        self._in_status = in_status
        self._flipped = False

    def _begin(self) -> None:
        super()._begin()
        self._flipped = False

    def _answer(self, command: bytes | bytearray) -> bytes:
        number = self._count()
        answer = bytearray(self._inner.process(command))
        length = len(answer) if self._in_status else len(answer) - 2
        if not self._flipped and number >= self._at and length > 0:
            answer[length - 1 if self._in_status else length // 2] ^= 0x01
            self._flipped = True
        return bytes(answer)
