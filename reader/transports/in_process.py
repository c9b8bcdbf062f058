"""A reader in this process for the software card: no driver, no daemon, the same rules as a real slot.

It owns the life of a placed card: power, exclusive use, time limits, and what a connection says once its card is gone.
A card works on its connection's own thread, as behind a driver: one that takes too long keeps nobody waiting. Its power
goes when that thread comes back to us, and until then the reader gives it to nobody else.
What breaks if this is wrong: a visit goes on with a card that was taken away, or a slow card hangs the counter.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition, Event
from typing import Final, TypeVar

from reader.card.interface import CardTornError, EmulatedCard
from reader.connection import SlotReport, SlotState, SmartCardConnection
from reader.errors import (
    CardBusyError,
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    NoCardError,
    OperationCancelledError,
    ReaderUnavailableError,
    TransportError,
)
from reader.pin import wipe
from reader.transports.worker import Worker, nothing

T = TypeVar("T")

LIMIT_S: Final = 10.0
"""Default limit for one APDU and for a card that is still busy, in seconds: as for a real reader."""


_LOOK_S: Final = 0.05
"""How often a wait for a card at work looks whether it was given up."""


class SoftwareReader:
    """A slot a software card can be placed on. Every method may be called from any thread."""

    def __init__(self, name: str = "Madoguchi software reader", *, limit_s: float = LIMIT_S) -> None:
        """`limit_s`: how long a card may take for one APDU, in seconds."""
        self._name = name
        self._limit_s = limit_s
        self._changed = Condition()
        self._card: EmulatedCard | None = None
        self._at_work: list[_Connection] = []
        self._broken = False
        self._attached = True
        self._generation = 0
        self._open: _Connection | None = None
        self._connecting = False
        self._given_up = Event()
        self._interrupted = False

    # What the patient, or whoever plays one, does

    def place(self, card: EmulatedCard) -> None:
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
    def card(self) -> EmulatedCard | None:
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
            CardTimeoutError: A card that was cut off is still at work.
            OperationCancelledError: `cancel` was called meanwhile.
        """
        self._given_up.clear()
        self._connecting = True
        try:
            return self._connect()
        finally:
            self._connecting = False

    def cancel(self) -> None:
        """From any thread: a `connect` under way ends now with OperationCancelledError; a later one is not touched."""
        if not self._connecting:
            return
        self._given_up.set()
        with self._changed:
            if self._open is not None:
                self._lose_power(OperationCancelledError)

    def _connect(self) -> _Connection:
        opened, at_work = self._take_card()
        deadline = time.monotonic() + self._limit_s
        while at_work:
            while not opened.worker.wait(_LOOK_S):
                if self._given_up.is_set():
                    raise OperationCancelledError
                if time.monotonic() >= deadline:
                    raise CardTimeoutError
            opened, at_work = self._take_card()
        try:
            opened.power_up()
        except BaseException as error:
            opened.close()
            if isinstance(error, CardRemovedError):  # taken away in this moment
                raise NoCardError from error
            raise
        return opened

    def _take_card(self) -> tuple[_Connection, bool]:
        """A new connection to the card that lies there; or the ended one that still works on it, and True."""
        with self._changed:
            if not self._attached:
                raise ReaderUnavailableError(self._name)
            card = self._card
            if card is None:
                raise NoCardError
            if self._open is not None:
                raise CardBusyError
            at_work = self._still_at_work(card)
            if at_work is not None:
                return at_work, True
            if self._broken or card.mute:
                raise CardUnresponsiveError
            self._open = _Connection(self, card, self._limit_s)
            return self._open, False

    def _still_at_work(self, card: EmulatedCard) -> _Connection | None:
        """The ended connection whose thread has not come back from `card` yet."""
        self._at_work = [one for one in self._at_work if not one.worker.wait(0)]
        return next((one for one in self._at_work if one.card is card), None)

    def close(self) -> None:
        """Power the card down, end an open connection and a wait. The card stays where it lies."""
        with self._changed:
            self._lose_power()
        self.interrupt()

    # What a connection asks

    def answer(self, connection: _Connection, command: bytearray) -> bytes:
        """Pass a command to the card of an open connection, on its thread; the slot is free for `remove` meanwhile.

        Raises:
            CardRemovedError: The card is gone, or went before it answered.
            CardTimeoutError: It is mute.
        """
        self._require(connection)
        try:
            answer = connection.card.process(command)
        except CardTornError:
            with self._changed:
                if self._open is connection:
                    self._lose_power()
                    self._card = None
                    self._changed.notify_all()
            raise CardRemovedError from None
        # Looked at again: an answer that came while the card was pulled out never reached the reader.
        self._require(connection)
        return answer

    def release(self, connection: _Connection, reason: type[TransportError]) -> None:
        """End a connection for a reason: the card loses power. Nothing happens where it ended already."""
        with self._changed:
            if self._open is connection:
                self._lose_power(reason)

    def _require(self, connection: _Connection) -> None:
        with self._changed:
            if self._open is not connection:
                raise CardRemovedError
            if self._broken or connection.card.mute:
                raise CardTimeoutError

    def _lose_power(self, reason: type[TransportError] = CardRemovedError) -> None:
        """End the open connection and take the card's power: now, or as soon as it comes back from its command."""
        connection, self._open = self._open, None
        if connection is not None:
            connection.worker.end(reason)
            if connection.worker.busy:
                self._at_work.append(connection)
            else:
                connection.worker.wait(self._limit_s)
        elif self._card is not None and self._still_at_work(self._card) is None:
            self._card.power_off()

    def _report(self) -> SlotReport:
        if not self._attached:
            return SlotReport(SlotState.UNAVAILABLE, "no_reader", self._generation)
        state = SlotState.EMPTY if self._card is None else SlotState.OCCUPIED
        return SlotReport(state, None, self._generation)


class _Connection:
    """One powered card, until it is closed, taken away or the reader is gone."""

    def __init__(self, reader: SoftwareReader, card: EmulatedCard, limit_s: float) -> None:
        self._reader = reader
        self._limit_s = limit_s
        self._atr = card.atr
        self.card = card
        self.worker = Worker("madoguchi-software-card", card.power_off)

    @property
    def atr(self) -> bytes:
        return self._atr

    @property
    def extended_length(self) -> bool:
        """A software reader has no limit of its own; what the card takes is the card's affair."""
        return True

    def power_up(self) -> None:
        self._do(self.card.power_on, nothing)

    def transmit(self, command: bytes | bytearray) -> bytes:
        copied = bytearray(command)  # the caller wipes its own as soon as it hears that this took too long
        return self._do(lambda: self._reader.answer(self, copied), lambda: wipe(copied))

    def _do(self, operation: Callable[[], T], afterwards: Callable[[], None]) -> T:
        try:
            return self.worker.run(operation, self._limit_s, afterwards=afterwards)
        except BaseException:
            if self.worker.ended:  # cut off: the reader is free again, and the card's power goes
                self._reader.release(self, CardRemovedError)
            raise

    def cancel(self) -> None:
        self._reader.release(self, OperationCancelledError)

    def close(self) -> None:
        self._reader.release(self, CardRemovedError)
