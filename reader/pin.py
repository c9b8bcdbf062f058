"""The way of a PIN through the program: an opaque handle over one wiped buffer.

Rule: digits exist in a `bytearray` only, inside a handle, and are wiped as soon as they were used or given up.
A handle has no text form, cannot be copied, compared by value, pickled or iterated.
What breaks if this is wrong: a PIN in a log, a trace or a crash report (design.md §2).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


def wipe(buffer: bytearray) -> None:
    """Overwrite with zeros, in place; the length stays."""
    buffer[:] = bytes(len(buffer))


class PinHandle:
    """One typed PIN, to be used once. Carries no digits in any text form."""

    __slots__ = ("_buffers",)

    def __init__(self, buffer: bytearray) -> None:
        """Take over the ASCII digits in `buffer`: they are copied into the handle and `buffer` is wiped."""
        self._buffers = [bytearray(buffer)]
        """The digits, or nothing any more. One thread may spend them while another gives them up."""
        wipe(buffer)

    def __repr__(self) -> str:
        return "<PIN>"

    def __copy__(self) -> NoReturn:
        raise TypeError("a PIN handle cannot be copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a PIN handle cannot be copied")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PIN handle cannot be pickled")

    @contextmanager
    def spend(self) -> Iterator[bytearray]:
        """Give out the ASCII digits once; they are wiped when the block ends, whatever happens in it.

        A spent or discarded handle gives an empty buffer, which no card command accepts.
        """
        buffer = self._take()
        try:
            yield buffer
        finally:
            wipe(buffer)
            buffer.clear()

    def discard(self) -> None:
        """Wipe without use. Safe to call twice, and from any thread: digits that are being spent stay whole."""
        wipe(self._take())

    def _take(self) -> bytearray:
        """The buffer, for one caller alone: half-wiped digits on their way to a card would cost a try."""
        try:
            return self._buffers.pop()
        except IndexError:
            return bytearray()
