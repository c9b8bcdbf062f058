"""The whole demand on a transport: one open channel to one card, and one place where a card can lie."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class SmartCardConnection(Protocol):
    """An open, exclusive channel to one card. Closing it powers the card down and releases it."""

    @property
    def atr(self) -> bytes:
        """The answer to reset, as the reader reports it. Never identifies a kind of card."""
        ...

    @property
    def extended_length(self) -> bool:
        """Whether the reader says that it carries extended APDUs. The first look may cost a question to it."""
        ...

    def transmit(self, command: bytes | bytearray) -> bytes:
        """Send one command APDU, return the response APDU including SW1 SW2; within the transport's time limit.

        Keeps no reference to `command`: the caller may wipe it afterwards.

        Raises:
            TransportError: Nobody answers: the card or the reader is gone.
            CardTimeoutError: No answer within the limit. Where the wait was cut off, every later command fails too.
            OperationCancelledError: `cancel` was called.
        """
        ...

    def cancel(self) -> None:
        """From any thread: the operation under way, or else the next, ends now with OperationCancelledError.

        The connection is of no use afterwards, and its card loses its power as soon as the reader allows; `close` is
        still due. Never waits, never raises.
        """
        ...

    def close(self) -> None:
        """Power the card down and let go of it. Safe to call twice; never raises.

        Does not wait for a reader that hangs: the card is then powered down as soon as that ends.
        """
        ...


class SlotState(Enum):
    """What a reader says of its slot."""

    EMPTY = "empty"
    OCCUPIED = "occupied"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class SlotReport:
    """A slot at one moment.

    `reason` is set where UNAVAILABLE: `no_service`, `service_silent`, `no_reader`, `access_denied` or `no_pyscard`.
    `generation` rises whenever a card was placed, so that a swap between two looks is seen as a change.
    """

    state: SlotState
    reason: str | None = None
    generation: int = 0


class CardSlot(Protocol):
    """One place where a card can lie: a reader's slot, real or software."""

    @property
    def name(self) -> str:
        """The reader's name as PC/SC gives it, or the software reader's."""
        ...

    def wait_for_change(self, known: SlotReport | None, timeout: float) -> SlotReport:
        """The present report: at once where it differs from `known`, else after at most `timeout` seconds.

        Never raises for a missing reader or service; that is a report. `interrupt` ends the wait early.
        """
        ...

    def interrupt(self) -> None:
        """End a wait in another thread, now."""
        ...

    def connect(self) -> SmartCardConnection:
        """Power the card up and hold it exclusively.

        Raises:
            NoCardError, CardBusyError, CardUnresponsiveError, ReaderUnavailableError, ServiceUnavailableError
            CardTimeoutError: The reader hangs.
            OperationCancelledError: `cancel` was called meanwhile.
        """
        ...

    def cancel(self) -> None:
        """From any thread: a `connect` under way elsewhere ends now with OperationCancelledError.

        One that begins later is not touched. Never waits, never raises.
        """
        ...

    def close(self) -> None:
        """Release what the slot holds (contexts, threads). Safe to call twice; never raises."""
        ...
