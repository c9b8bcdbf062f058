"""The card of one visit: from the slot to a summary, and from a PIN to a signature.

It owns the open connection and the order of what is said to the card: everything that can be asked without the PIN is
asked before the PIN. What breaks if it is wrong: a try is spent on a card that could not be used anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from eligibility.calendar import CertificateState, certificate_state
from kiosk.flow.states import CardSummary, Trouble
from kiosk.services.card_origin import BrokenCertificateError, is_signed_by_one_of, last_day, read_certificate
from kiosk.services.interfaces import CardStopped, ExchangeCount, PinRefused
from reader import errors
from reader.connection import CardSlot
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from reader.trace import CountedConnection


class SlotCardDesk:
    """The card desk over one slot. Every call but `count` talks to the card: one thread only.

    `test_authorities` gives the CA certificates (DER) of the cards that may be used; it is asked at each reading,
    because the CA may be made, or renewed, after the counter was put together. `on` is today in Japan.
    """

    def __init__(
        self, slot: CardSlot, *, test_authorities: Callable[[], Sequence[bytes]], on: Callable[[], date]
    ) -> None:
        self._slot = slot
        self._test_authorities = test_authorities
        self._on = on
        self._connection: CountedConnection | None = None
        self._session: JpkiSession | None = None
        self._certificate = b""
        self._count = ExchangeCount()

    def read(self) -> CardSummary:
        """Label, certificate, origin, tries left, in this order; the PIN file stays selected.

        A real card, or one whose certificate is beyond its grace, is let go of before its PIN file is touched.

        Raises:
            CardStopped: With the trouble for the screen; the card is released.
        """
        self.release()
        self._count = ExchangeCount()
        try:
            return self._read()
        except errors.ReaderError as error:
            self.release()
            raise stopped_by(error) from error
        except BaseException:
            self.release()
            raise

    def _read(self) -> CardSummary:
        self._connection = CountedConnection(self._slot.connect())
        session = JpkiSession(self._connection)
        kind = session.kind()
        raw = session.authentication_certificate()
        try:
            certificate = read_certificate(raw)
        except BrokenCertificateError:
            raise CardStopped(Trouble.CARD_UNREADABLE, "certificate") from None
        if not is_signed_by_one_of(certificate, self._test_authorities()):
            raise CardStopped(Trouble.REAL_CARD)
        until = last_day(certificate)
        if certificate_state(until, self._on()) is CertificateState.EXPIRED:
            raise CardStopped(Trouble.CERTIFICATE_REFUSED, "expired")
        left = session.attempts_left(AUTHENTICATION_PIN)
        self._session, self._certificate = session, raw
        return CardSummary(kind, left, until)

    def verify_and_sign(self, handle: PinHandle, message: bytes) -> bytes:
        """VERIFY, SELECT the key, sign SHA-256 of `message`: exactly three APDUs. The handle is spent in any case.

        The last try is allowed here: the flow has asked the person.

        Raises:
            PinRefused: A try was spent and the card said no; 0 left where the PIN is locked.
            CardStopped: The card is gone or did not sign, or the PIN was refused before a try was spent; the card is
                released.
        """
        try:
            if self._session is None:
                raise CardStopped(Trouble.CARD_PULLED)
            self._session.verify(AUTHENTICATION_PIN, handle, allow_last_try=True)
            return self._session.sign_message(message)
        except errors.WrongPinError as refusal:
            raise PinRefused(refusal.attempts_left) from refusal
        except errors.PinBlockedError as refusal:
            raise PinRefused(0) from refusal
        except errors.ReaderError as error:
            self.release()
            raise stopped_by(error) from error
        finally:
            handle.discard()

    @property
    def certificate(self) -> bytes:
        """The 利用者証明用電子証明書 of the open card, DER. Empty when no card was read."""
        return self._certificate

    @property
    def count(self) -> ExchangeCount:
        """What was said to the card since it was opened; stays readable after `release`."""
        counted = self._connection
        if counted is None:
            return self._count
        return ExchangeCount(counted.total, counted.after_pin, counted.total_bytes)

    def release(self) -> None:
        """Power the card down and forget it. Safe to call twice; never raises."""
        self._count = self.count
        connection, self._connection = self._connection, None
        self._session = None
        self._certificate = b""
        if connection is not None:
            connection.close()


def stopped_by(error: errors.ReaderError) -> CardStopped:
    """What a reader's or card's error means for the visit. The detail is a code for staff, never what the card said."""
    match error:
        case errors.NoCardError() | errors.CardRemovedError():
            return CardStopped(Trouble.CARD_PULLED)
        case errors.CardBusyError():
            return CardStopped(Trouble.CARD_BUSY)
        case errors.ServiceUnavailableError(reason="no_pyscard"):
            return CardStopped(Trouble.NO_PYSCARD)
        case errors.ServiceUnavailableError(reason=reason):
            return CardStopped(Trouble.NO_PCSC_SERVICE, reason)
        case errors.AccessDeniedError():
            return CardStopped(Trouble.ACCESS_DENIED)
        case errors.ReaderUnavailableError() | errors.AmbiguousReaderError():
            return CardStopped(Trouble.READER_LOST)
        case errors.NotMynaCardError():
            return CardStopped(Trouble.NOT_MYNA_CARD)
        case errors.PinBlockedError():
            return CardStopped(Trouble.PIN_LOCKED)
        case errors.UnsafePinError(reason=reason):
            # The pad gives four digits and the desk asks in order: only a bug of ours comes here.
            return CardStopped(Trouble.INTERNAL, f"pin_{reason}")
        case errors.StatusWordError(sw=sw):
            return CardStopped(Trouble.CARD_UNREADABLE, f"{sw:04X}")
        case errors.CardUnresponsiveError():
            return CardStopped(Trouble.CARD_UNREADABLE, "mute")
        case errors.CardTimeoutError():
            return CardStopped(Trouble.CARD_UNREADABLE, "timeout")
        case errors.CardProtocolError():
            return CardStopped(Trouble.CARD_UNREADABLE, "protocol")
        case errors.TransportError():
            return CardStopped(Trouble.CARD_UNREADABLE, "transport")
        case _:
            return CardStopped(Trouble.INTERNAL, type(error).__name__)
