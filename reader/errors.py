"""What can go wrong with a card or a reader: one family, split by the question a caller asks.

Errors carry numbers and names, never command data; sentences are composed where they are shown.
"""

from __future__ import annotations


class ReaderError(Exception):
    """Everything `reader` raises on purpose."""


class TransportError(ReaderError):
    """Nobody answered: the card, the reader or the service is gone."""


class ServiceUnavailableError(TransportError):
    """The PC/SC service (pcscd) or pyscard cannot be used. `reason` is a word for the doctor, not for a person.

    `no_service`, `no_pyscard`, `service_silent` (the service takes the connection and does not answer), and of the
    virtual reader `vpcd_not_listening` and `vpcd_slot_taken`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AccessDeniedError(TransportError):
    """The PC/SC service refuses this user (polkit)."""


class ReaderUnavailableError(TransportError):
    """The named reader is not attached any more, or never was. `names` are the readers that are."""

    def __init__(self, wanted: str, names: tuple[str, ...] = ()) -> None:
        super().__init__(wanted)
        self.wanted = wanted
        self.names = names


class AmbiguousReaderError(ReaderError):
    """A part of a name fits more than one reader; `names` are those."""

    def __init__(self, wanted: str, names: tuple[str, ...]) -> None:
        super().__init__(wanted)
        self.wanted = wanted
        self.names = names


class NoCardError(TransportError):
    """There is no card on the reader."""


class CardRemovedError(TransportError):
    """The card was taken away, or lost power, in the middle."""


class CardBusyError(TransportError):
    """Another program holds the card."""


class CardUnresponsiveError(TransportError):
    """Something lies on the reader and does not answer as a smart card (mute)."""


class CardTimeoutError(TransportError):
    """The card did not answer in time."""


class OperationCancelledError(TransportError):
    """Somebody here called it off; whether the card had already done it is not known."""


class CardProtocolError(ReaderError):
    """The answer makes no sense: not an APDU, a broken certificate, an endless chain."""


class NotMynaCardError(ReaderError):
    """The card answers, but is no My Number card: no JPKI application, or an unknown label."""

    def __init__(self, label: str | None = None) -> None:
        super().__init__(label or "")
        self.label = label


class StatusWordError(ReaderError):
    """The card said no. `sw` is the status word as one number."""

    def __init__(self, sw: int) -> None:
        super().__init__(f"{sw:04X}")
        self.sw = sw


class WrongPinError(StatusWordError):
    """The PIN was wrong; `attempts_left` is what the card says is left (0: now blocked)."""

    def __init__(self, sw: int, attempts_left: int) -> None:
        super().__init__(sw)
        self.attempts_left = attempts_left


class PinBlockedError(StatusWordError):
    """The PIN is blocked: no try was left, or this was the last one."""


class UnsafePinError(ReaderError):
    """Refused before a try was spent.

    `reason` is `length`, `digits`, `last_try`, `face_only` (the card has no PIN), `order` (label or tries not
    known) or `other_pin` (a card of this kind has no such PIN).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
