"""A reader in this process for the software card: no driver, no daemon, the same rules as a real slot.

It owns the life of a placed card: power, exclusive use, and what a connection says once its card is gone.
What breaks if this is wrong: a visit goes on with a card that was taken away.
"""

from __future__ import annotations

import time
from threading import Condition

from reader.card.applet import SoftwareCard
from reader.connection import SlotReport, SlotState, SmartCardConnection
from reader.errors import (
    CardBusyError,
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    NoCardError,
    ReaderUnavailableError,
)


class SoftwareReader:
    """A slot a software card can be placed on. Every method may be called from any thread."""

    def __init__(self, name: str = "Madoguchi software reader") -> None:
        self._name = name
        self._changed = Condition()
        self._card: SoftwareCard | None = None
        self._broken = False
        self._attached = True
        self._generation = 0
        self._open: _Connection | None = None
        self._interrupted = False

    # What the patient, or whoever plays one, does

    def place(self, card: SoftwareCard) -> None:
        """Lay a card on the reader, in place of one that lay there. On an unplugged reader it waits to be seen."""
        with self._changed:
            self._lose_power()
            self._card = card
            self._broken = False
            self._generation += 1
            self._changed.notify_all()

    def remove(self) -> None:
        """Take the card away, if one is there."""
        with self._changed:
            self._lose_power()
            self._card = None
            self._changed.notify_all()

    def break_card(self) -> None:
        """The card on the reader says nothing any more, until it is placed again."""
        with self._changed:
            self._broken = True

    def unplug(self) -> None:
        """The reader is gone, and the card with it."""
        with self._changed:
            self._lose_power()
            self._card = None
            self._attached = False
            self._changed.notify_all()

    def plug_in(self) -> None:
        """The reader is back."""
        with self._changed:
            self._attached = True
            self._changed.notify_all()

    @property
    def card(self) -> SoftwareCard | None:
        """The card that lies there."""
        return self._card

    @property
    def attached(self) -> bool:
        """Whether the reader is plugged in."""
        return self._attached

    # CardSlot

    @property
    def name(self) -> str:
        """The name it was made with."""
        return self._name

    def wait_for_change(self, known: SlotReport | None, timeout: float) -> SlotReport:
        """The present report: at once where it differs from `known`, else after at most `timeout` seconds.

        One `interrupt` ends one wait: the one going on, or else the next.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while (report := self._report()) == known and not self._interrupted:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    break
                self._changed.wait(remaining)
            self._interrupted = False
            return report

    def interrupt(self) -> None:
        """End a wait in another thread, now."""
        with self._changed:
            self._interrupted = True
            self._changed.notify_all()

    def connect(self) -> SmartCardConnection:
        """Power the card up and hold it exclusively.

        Raises:
            ReaderUnavailableError: The reader is unplugged.
            NoCardError: No card lies there.
            CardBusyError: A connection is open already.
            CardUnresponsiveError: The card is mute.
        """
        with self._changed:
            if not self._attached:
                raise ReaderUnavailableError(self._name)
            card = self._card
            if card is None:
                raise NoCardError
            if self._open is not None:
                raise CardBusyError
            if self._broken or card.mute:
                raise CardUnresponsiveError
            card.power_on()
            self._open = _Connection(self, card)
            return self._open

    def close(self) -> None:
        """Power the card down, end an open connection and a wait. The card stays where it lies."""
        with self._changed:
            self._lose_power()
        self.interrupt()

    # What a connection asks

    def answer(self, connection: _Connection, command: bytes | bytearray) -> bytes:
        """Pass a command to the card of an open connection; the slot is free for `remove` meanwhile.

        Raises:
            CardRemovedError: The card is gone, or went before it answered, or the connection was closed.
            CardTimeoutError: It is mute.
        """
        self._require(connection)
        answer = connection.card.process(command)
        # Looked at again: an answer that came while the card was pulled out never reached the reader.
        self._require(connection)
        return answer

    def release(self, connection: _Connection) -> None:
        """End a connection: the card loses power. Nothing happens where it ended already."""
        with self._changed:
            if self._open is connection:
                self._lose_power()

    def _require(self, connection: _Connection) -> None:
        with self._changed:
            if self._open is not connection:
                raise CardRemovedError
            if self._broken or connection.card.mute:
                raise CardTimeoutError

    def _lose_power(self) -> None:
        self._open = None
        if self._card is not None:
            self._card.power_off()

    def _report(self) -> SlotReport:
        if not self._attached:
            return SlotReport(SlotState.UNAVAILABLE, "no_reader", self._generation)
        state = SlotState.EMPTY if self._card is None else SlotState.OCCUPIED
        return SlotReport(state, None, self._generation)


class _Connection:
    """One powered card, until it is closed, taken away or the reader is gone."""

    def __init__(self, reader: SoftwareReader, card: SoftwareCard) -> None:
        self._reader = reader
        self.card = card
        self._atr = card.atr

    @property
    def atr(self) -> bytes:
        return self._atr

    def transmit(self, command: bytes | bytearray) -> bytes:
        return self._reader.answer(self, command)

    def close(self) -> None:
        self._reader.release(self)
