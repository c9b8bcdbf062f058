"""What PC/SC's result codes mean, as our errors: the one table, no pyscard.

Codes are the numbers of winscard.h, the same on every system; text is never looked at, because it is localised.
What breaks if this is wrong: the counter tells a patient to lay the card down again while another program holds it.
Facts: jpki-card.md §4.5, prototypes.md §1.
"""

from __future__ import annotations

from enum import IntEnum

from reader.errors import (
    AccessDeniedError,
    CardBusyError,
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    NoCardError,
    ReaderUnavailableError,
    ServiceUnavailableError,
    TransportError,
)


class Result(IntEnum):
    """The result codes that are told apart, as unsigned 32-bit numbers."""

    SUCCESS = 0x00000000
    INTERNAL_ERROR = 0x80100001
    CANCELLED = 0x80100002
    INVALID_HANDLE = 0x80100003
    UNKNOWN_READER = 0x80100009
    TIMEOUT = 0x8010000A
    SHARING_VIOLATION = 0x8010000B
    NO_SMARTCARD = 0x8010000C
    PROTO_MISMATCH = 0x8010000F
    NOT_READY = 0x80100010
    SYSTEM_CANCELLED = 0x80100012
    COMM_ERROR = 0x80100013
    INVALID_ATR = 0x80100015
    NOT_TRANSACTED = 0x80100016
    READER_UNAVAILABLE = 0x80100017
    SHUTDOWN = 0x80100018
    NO_SERVICE = 0x8010001D
    SERVICE_STOPPED = 0x8010001E
    NO_ACCESS = 0x80100027
    NO_READERS_AVAILABLE = 0x8010002E
    COMM_DATA_LOST = 0x8010002F
    UNSUPPORTED_CARD = 0x80100065
    UNRESPONSIVE_CARD = 0x80100066
    UNPOWERED_CARD = 0x80100067
    RESET_CARD = 0x80100068
    REMOVED_CARD = 0x80100069
    SECURITY_VIOLATION = 0x8010006A


_SERVICE = frozenset(
    {
        Result.NO_SERVICE,
        Result.SERVICE_STOPPED,
        Result.SHUTDOWN,
        Result.SYSTEM_CANCELLED,
        # The service died while it was answering (measured: kill -9 of pcscd during a wait), or a context of before its
        # restart was used: such a context never comes back to life.
        Result.COMM_ERROR,
        Result.INVALID_HANDLE,
        # libpcsclite's word for a service that hangs up without an answer (measured: kill -9 during an exchange). Only
        # where a right is asked for, at the first call and at connect, it can mean a refusal.
        Result.SECURITY_VIOLATION,
    }
)
_ACCESS = frozenset({Result.NO_ACCESS, Result.SECURITY_VIOLATION})
_READER = frozenset({Result.UNKNOWN_READER, Result.READER_UNAVAILABLE, Result.NO_READERS_AVAILABLE})
_MUTE = frozenset(
    {
        Result.UNRESPONSIVE_CARD,
        Result.UNPOWERED_CARD,
        Result.UNSUPPORTED_CARD,
        Result.PROTO_MISMATCH,
        Result.INVALID_ATR,
        Result.NOT_TRANSACTED,
        Result.COMM_DATA_LOST,
        Result.NOT_READY,
    }
)
_GONE = frozenset(
    {
        Result.NO_SMARTCARD,
        Result.REMOVED_CARD,
        # Another program reset the card or took its power: what was selected and verified is gone, as if it was lifted.
        Result.RESET_CARD,
        Result.UNPOWERED_CARD,
    }
)

IN_DOUBT = frozenset({Result.NOT_TRANSACTED, Result.COMM_DATA_LOST, Result.UNRESPONSIVE_CARD, Result.INTERNAL_ERROR})
"""In the middle of an exchange these say only that no answer came: the card may be gone, or mute."""


def establish_error(code: int) -> TransportError:
    """The error for a service that does not let us in."""
    return AccessDeniedError() if code in _ACCESS else service_error(code)


def service_error(code: int, reader: str = "") -> TransportError:
    """The error for a failed call about contexts and readers."""
    if code in _SERVICE:
        return ServiceUnavailableError("no_service")
    if code == Result.NO_ACCESS:
        return AccessDeniedError()
    if code in _READER:
        return ReaderUnavailableError(reader)
    return TransportError(f"{code:08X}")


def connect_error(code: int, reader: str) -> TransportError:
    """The error for a refused connection to the card on `reader`."""
    if code in (Result.NO_SMARTCARD, Result.REMOVED_CARD):
        return NoCardError()
    if code == Result.SHARING_VIOLATION:
        return CardBusyError()
    if code in _MUTE:
        return CardUnresponsiveError()
    if code == Result.TIMEOUT:
        return CardTimeoutError()
    return AccessDeniedError() if code in _ACCESS else service_error(code, reader)


def exchange_error(code: int, reader: str) -> TransportError:
    """The error for a command without an answer. IN_DOUBT codes: once it is known that the card still lies there."""
    if code in _GONE:
        return CardRemovedError()
    if code == Result.SHARING_VIOLATION:
        return CardBusyError()
    if code == Result.TIMEOUT or code in IN_DOUBT:
        return CardTimeoutError()
    return service_error(code, reader)
