"""The card of one visit: from the slot to a summary, and from a PIN to a signature.

It owns the open connection and the order of what is said to the card: everything that can be asked without the PIN is
asked before the PIN, and whose card it is before anything about its PIN. A real person's certificate goes no further
than this module. What breaks if it is wrong: a try is spent on a card that could not be used anyway.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from importlib import import_module
from threading import Thread
from typing import Final

from eligibility.calendar import CertificateState, certificate_state
from kiosk.flow.states import PHONES, CardSummary, Trouble
from kiosk.services.interfaces import BrokenCertificateError, CardStopped, ExchangeCount, PinRefused
from kiosk.services.shown_certificate import read_from_card
from reader import errors
from reader.connection import CardSlot, SmartCardConnection
from reader.jpki import JpkiSession
from reader.pin import PinHandle
from reader.trace import CountedConnection

_PARSER: Final = "kiosk.services.card_origin"
WITHOUT_CERTIFICATE: Final = frozenset({"juki"})
"""Kinds with our application but without a 利用者証明用電子証明書 for the counter: no My Number card."""


class SlotCardDesk:
    """The card desk over one slot. Every call but `count` and `cancel` talks to the card: one thread only.

    `test_authorities` gives the CA certificates (DER) of the cards that may be used; it is asked at each reading,
    because the CA may be made, or renewed, after the counter was put together. `on` is today in Japan. `allow_real`
    lets a real person's card be read; `enrolled` says then whether a public key (DER) is tied to an invented patient,
    before any PIN is asked for. `has_photo` tells of a test card by its certificate (DER) whether it shows a face to
    compare, where somebody knows. `wrap` puts something around each connection, such as a trace.
    """

    def __init__(
        self,
        slot: CardSlot,
        *,
        test_authorities: Callable[[], Sequence[bytes]],
        on: Callable[[], date],
        allow_real: bool = False,
        enrolled: Callable[[bytes], bool] = lambda _: False,
        has_photo: Callable[[bytes], bool] = lambda _: True,
        wrap: Callable[[SmartCardConnection], SmartCardConnection] = lambda connection: connection,
    ) -> None:
        self._slot = slot
        self._test_authorities = test_authorities
        self._on = on
        self._allow_real = allow_real
        self._enrolled = enrolled
        self._has_photo = has_photo
        self._wrap = wrap
        self._opened: SmartCardConnection | None = None
        """The slot's own connection: what `cancel` reaches, whatever is put around it."""
        self._connection: CountedConnection | None = None
        self._session: JpkiSession | None = None
        self._card: CardSummary | None = None
        self._gated = False
        self._certificate = b""
        self._public_key = b""
        self._verified = False
        self._cancelled = False
        self._count = ExchangeCount()

    def read(self) -> CardSummary:
        """Label, certificate, origin, tries left, in this order; the PIN file stays selected.

        A real card that was not allowed, is not enrolled or hides its certificate behind its PIN, and one whose
        certificate is over, is let go of before its PIN file is touched.

        Raises:
            CardStopped: With the trouble for the screen; the card is released.
        """
        self._let_go()
        self._count = ExchangeCount()
        try:
            return self._read()
        except errors.ReaderError as error:
            self._let_go()
            raise stopped_by(error) from error
        except BrokenCertificateError:
            self._let_go()
            raise CardStopped(Trouble.CARD_UNREADABLE, "certificate") from None
        except BaseException:
            self._let_go()
            raise

    def _read(self) -> CardSummary:
        session = self._open()
        kind = session.kind()
        if kind in WITHOUT_CERTIFICATE:
            raise CardStopped(Trouble.NOT_MYNA_CARD)
        shown = read_from_card(session)
        from kiosk.services import card_origin

        real = not card_origin.is_issued_by(shown, self._test_authorities())
        if real and not self._allow_real:
            raise CardStopped(Trouble.REAL_CARD)
        if real and shown.gated:
            # Its key cannot be seen before its PIN, so it cannot have been enrolled: no try is spent to learn that.
            raise CardStopped(Trouble.REAL_CARD_NOT_ENROLLED)
        self._gated = shown.gated
        until = None if shown.gated else self._take(shown.der, kind, real=real)
        left = session.attempts_left(session.profile.authentication_pin)
        face_only = left == 0 and session.is_face_only()
        photo = not self._certificate or self._has_photo(self._certificate)
        self._session, self._card = session, CardSummary(kind, left, until, real, face_only, photo)
        return self._card

    def _open(self) -> JpkiSession:
        self._opened = self._slot.connect()
        self._connection = CountedConnection(self._wrap(self._opened))
        if self._cancelled:
            raise errors.OperationCancelledError
        _load_parser()
        return JpkiSession(self._connection)

    def _take(self, der: bytes, kind: str, *, real: bool) -> date:
        """Keep what will be sent of a certificate: itself, or of a real one its public key alone; its last day.

        Raises:
            CardStopped: It is over, or real and not enrolled.
            BrokenCertificateError: It cannot be read.
        """
        from kiosk.services import card_origin

        certificate = card_origin.read_certificate(der)
        until = card_origin.last_day(certificate)
        if self._is_over(until, kind):
            raise CardStopped(Trouble.CERTIFICATE_REFUSED, "expired")
        if not real:
            self._certificate = der
            return until
        public_key = card_origin.public_key_of(certificate)
        if not self._enrolled(public_key):
            raise CardStopped(Trouble.REAL_CARD_NOT_ENROLLED)
        self._public_key = public_key
        return until

    def _is_over(self, until: date, kind: str) -> bool:
        return certificate_state(until, self._on(), phone=kind in PHONES) is CertificateState.EXPIRED

    def verify_and_sign(self, handle: PinHandle, message: bytes) -> bytes:
        """VERIFY, then sign the hash of `message`; nothing else is said to a card whose certificate was read before.

        Where the certificate stands behind the PIN, it is read and looked at in between. The handle is spent in any
        case. The last try is allowed here: the flow has asked the person.

        Raises:
            PinRefused: A try was spent and the card said no; 0 left where the PIN is locked.
            CardStopped: The card is gone or did not sign, its certificate turned out not to be usable, or the PIN was
                refused before a try was spent; the card is released.
        """
        try:
            return self._verify_and_sign(handle, message)
        except errors.WrongPinError as refusal:
            raise PinRefused(refusal.attempts_left) from refusal
        except errors.PinBlockedError as refusal:
            raise PinRefused(0) from refusal
        except errors.ReaderError as error:
            self._let_go()
            raise stopped_by(error) from error
        except BrokenCertificateError:
            self._let_go()
            raise CardStopped(Trouble.CARD_UNREADABLE, "certificate") from None
        except CardStopped:
            self._let_go()
            raise
        finally:
            handle.discard()

    def sign_again(self, message: bytes) -> bytes:
        """Sign the hash of another message while the card counts the PIN as verified: no VERIFY, no try.

        Raises:
            CardStopped: The card is gone, was not verified in this visit, or does not count it as verified any more;
                the card is released.
        """
        session = self._session
        if session is None or not self._verified:
            self._let_go()
            raise CardStopped(Trouble.CARD_PULLED)
        try:
            return session.sign_message(message)
        except errors.ReaderError as error:
            self._let_go()
            raise stopped_by(error) from error

    def _verify_and_sign(self, handle: PinHandle, message: bytes) -> bytes:
        session, card = self._session, self._card
        if session is None or card is None:
            raise CardStopped(Trouble.CARD_PULLED)
        session.verify(session.profile.authentication_pin, handle, allow_last_try=True)
        self._verified = True
        if self._gated:
            from kiosk.services import card_origin

            der = session.authentication_certificate()
            certificate = card_origin.read_certificate(der)
            if not card_origin.is_signed_by_one_of(certificate, self._test_authorities()):
                # The CA certificate beside it was ours: a copy, on a card that is not.
                raise CardStopped(Trouble.REAL_CARD)
            self._take(der, card.kind, real=False)
        return session.sign_message(message)

    @property
    def certificate(self) -> bytes:
        """The 利用者証明用電子証明書 of the open test card, DER; empty where no card was read, and for a real one."""
        return self._certificate

    @property
    def public_key(self) -> bytes:
        """The public key (SubjectPublicKeyInfo, DER) of the open real card that is enrolled; empty otherwise."""
        return self._public_key

    @property
    def count(self) -> ExchangeCount:
        """What was said to the card since it was opened; stays readable after `release`."""
        counted = self._connection
        if counted is None:
            return self._count
        return ExchangeCount(counted.total, counted.after_pin, counted.total_bytes)

    def cancel(self) -> None:
        """End what is under way with the card, now: from any thread, `read` or `verify_and_sign` stops soon after.

        Holds until `release`: an operation between two commands, or about to begin, does not go on either. Never
        waits, never raises.
        """
        self._cancelled = True
        opened = self._opened
        if opened is not None:
            opened.cancel()
        else:
            self._slot.cancel()

    def release(self) -> None:
        """Power the card down and forget it, and any `cancel`. Safe to call twice; never raises."""
        self._let_go()
        self._cancelled = False

    def _let_go(self) -> None:
        self._count = self.count
        connection, self._connection, self._opened = self._connection, None, None
        self._session = self._card = None
        self._certificate = self._public_key = b""
        self._gated = self._verified = False
        if connection is not None:
            connection.close()


def _load_parser() -> None:
    """Begin to load what looks at certificates, a whole X.509 parser, while the card is busy giving its own.

    Nothing is begun where it is loaded already, as in the counter; nothing else is imported until it is there.
    """
    if _PARSER not in sys.modules:
        Thread(target=_import_parser, name="certificate-parser", daemon=True).start()


def _import_parser() -> None:
    with suppress(Exception):  # whoever needs it imports it again and hears why it cannot be
        import_module(_PARSER)


def stopped_by(error: errors.ReaderError) -> CardStopped:
    """What a reader's or card's error means for the visit. The detail is a code for staff, never what the card said."""
    match error:
        case errors.NoCardError() | errors.CardRemovedError():
            return CardStopped(Trouble.CARD_PULLED)
        case errors.OperationCancelledError():
            return CardStopped(Trouble.CARD_PULLED, "cancelled")
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
        case errors.UnsafePinError(reason="face_only"):
            return CardStopped(Trouble.FACE_ONLY)
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
