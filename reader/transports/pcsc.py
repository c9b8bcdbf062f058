"""Real readers through the PC/SC service: the one door to pyscard.

Owns: contexts, connections and the wait for changes, over pyscard's low level (`smartcard.scard`): result codes instead
of its two families of exceptions, and no background threads of its own. pyscard is imported at first use.
Rules: a context that saw the service fail is dropped and a new one made (SCardIsValidContext calls a dead one valid);
each connection has its own context, so a wait and a card never wait for each other; a card is held exclusively and
powered down when let go, because a verified PIN outlives a mere disconnect.
What breaks if this is wrong: the counter stays dead after a restart of pcscd, or a stranger signs with a patient's key.
Facts: jpki-card.md §1.7, §4; prototypes.md §1.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Sequence
from typing import Any

from reader.connection import SlotReport, SlotState
from reader.errors import (
    AccessDeniedError,
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    ReaderUnavailableError,
    ServiceUnavailableError,
    TransportError,
)
from reader.transports import reader_names
from reader.transports.hresults import (
    IN_DOUBT,
    Result,
    connect_error,
    establish_error,
    exchange_error,
    service_error,
)

_UNAWARE = 0x0000
_CHANGED = 0x0002
_UNKNOWN = 0x0004
_UNAVAILABLE = 0x0008
_PRESENT = 0x0020
"""Bits of a reader's event state (winscard.h, SCARD_STATE_*); the upper 16 bits count insertions and removals."""
ANY_READER = "\\\\?PnP?\\Notification"
"""The name under which the service tells of readers that come and go."""


@functools.cache
def _scard() -> Any:
    """pyscard's low level. Raises ServiceUnavailableError `no_pyscard`, each time anew, where it is not installed."""
    try:
        from smartcard import scard
    except ImportError as error:
        raise ServiceUnavailableError("no_pyscard") from error
    return scard


def is_installed() -> bool:
    """Whether pyscard can be imported. Says nothing of a service or a reader."""
    try:
        _scard()
    except ServiceUnavailableError:
        return False
    return True


class Context:
    """One tie to the PC/SC service. Good for one thread, until the first error that says the service is gone."""

    def __init__(self) -> None:
        """Tie up; starts a socket-activated service.

        Raises:
            ServiceUnavailableError, AccessDeniedError
        """
        code, self._handle = self._establish()
        if code == Result.SECURITY_VIOLATION:
            # Said whenever the service hangs up on us: because it refuses this user, or because it is just being
            # killed. Asked again, a dead one is no longer there.
            code, self._handle = self._establish()
        if code:
            raise establish_error(code)
        self._open = True

    @staticmethod
    def _establish() -> tuple[int, Any]:
        scard = _scard()
        try:
            code, handle = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        except (scard.error, SystemError) as error:  # the system's libpcsclite is missing
            raise ServiceUnavailableError("no_service") from error
        return code, handle

    def readers(self) -> tuple[str, ...]:
        """The attached readers in the service's order; empty where there are none."""
        try:
            code, names = _scard().SCardListReaders(self._handle, [])
        except SystemError as error:  # pyscard's way of saying that the service died in this moment
            raise ServiceUnavailableError("no_service") from error
        if code == Result.NO_READERS_AVAILABLE:
            return ()
        if code:
            raise service_error(code)
        return tuple(names)

    def states(self, known: Sequence[tuple[str, int]], wait_s: float = 0.0) -> tuple[int, dict[str, tuple[int, bytes]]]:
        """Result code, and event state and ATR of each reader; waits until one differs from its `known` state."""
        milliseconds = max(0, int(wait_s * 1000))
        code, states = _scard().SCardGetStatusChange(self._handle, milliseconds, list(known))
        return code, {name: (state, bytes(atr)) for name, state, atr in states}

    def cancel(self) -> None:
        """End a wait that another thread does on this context."""
        _scard().SCardCancel(self._handle)

    def connect(self, reader: str) -> tuple[Any, int]:
        """Power up and hold the card exclusively: its handle and the protocol. Raises as `CardSlot.connect`."""
        scard = _scard()
        code, card, protocol = scard.SCardConnect(
            self._handle, reader, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        if code:
            raise connect_error(code, reader)
        return card, protocol

    def release(self) -> None:
        """Let go. Safe to call twice; never raises (a dead context answers with an error and is freed all the same)."""
        if self._open:
            self._open = False
            _scard().SCardReleaseContext(self._handle)


def list_readers() -> tuple[str, ...]:
    """The attached readers; their order is the index that `choose_reader` takes.

    Raises:
        ServiceUnavailableError, AccessDeniedError
    """
    context = Context()
    try:
        return context.readers()
    finally:
        context.release()


def cards_on(names: Sequence[str]) -> dict[str, bytes]:
    """The readers of `names` on which something lies now, with the ATR the service has for it (empty: mute).

    Raises:
        ServiceUnavailableError, AccessDeniedError
    """
    context = Context()
    try:
        _, states = context.states([(name, _UNAWARE) for name in names])
    finally:
        context.release()
    return {name: atr for name, (state, atr) in states.items() if state & _PRESENT}


def choose_reader(wanted: str | None = None) -> str:
    """The name of the reader that is meant: an index, a name or a part of one; None for the only one.

    Contactless slots come first. Where several are left and exactly one of them holds a card, that one is meant.

    Raises:
        ReaderUnavailableError: None fits; carries the names there are.
        AmbiguousReaderError: Several fit; carries those.
        ServiceUnavailableError, AccessDeniedError
    """
    candidates = reader_names.fitting(wanted, list_readers())
    if len(candidates) > 1:
        occupied = tuple(cards_on(candidates))
        candidates = occupied if len(occupied) == 1 else candidates
    return reader_names.the_one(wanted, candidates)


class PcscConnection:
    """A card held exclusively on a reader. Made by `PcscSlot.connect`."""

    def __init__(self, reader: str, *, removal_grace_s: float = 1.0) -> None:
        """Hold the card on `reader`. `removal_grace_s`: how long the service may need to notice a lifted card.

        Raises:
            NoCardError, CardBusyError, CardUnresponsiveError, ReaderUnavailableError, ServiceUnavailableError,
            AccessDeniedError
        """
        self._reader = reader
        self._removal_grace_s = removal_grace_s
        self._closing = threading.Lock()
        self._context: Context | None = Context()
        try:
            self._card, protocol = self._context.connect(reader)
        except TransportError as error:
            self._context.release()
            if isinstance(error, AccessDeniedError):
                Context().release()  # a service that died in this moment says the same; this tells them apart
            raise
        scard = _scard()
        self._header = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        code, _, _, _, atr = scard.SCardStatus(self._card)
        self._atr = bytes(atr)
        if code or len(self._atr) < 2:  # ISO/IEC 7816-3, 8.2: TS and T0 at least
            self.close()
            raise connect_error(code, reader) if code else CardUnresponsiveError

    @property
    def atr(self) -> bytes:
        """The answer to reset as the reader made it up or passed it on."""
        return self._atr

    def transmit(self, command: bytes | bytearray) -> bytes:
        """One APDU there and back.

        Raises:
            CardRemovedError, CardTimeoutError, CardBusyError, ReaderUnavailableError, ServiceUnavailableError
        """
        if self._context is None:
            raise CardRemovedError
        numbers = list(command)
        try:
            code, answer = _scard().SCardTransmit(self._card, self._header, numbers)
        finally:
            numbers[:] = bytes(len(numbers))  # a VERIFY: pyscard copies on its own, but this list is ours
        if not code:
            if len(answer) < 2:  # not even a status word: the card is mute
                raise CardTimeoutError
            return bytes(answer)
        if code in IN_DOUBT and self._is_lifted():
            raise CardRemovedError
        raise exchange_error(code, self._reader)

    def _is_lifted(self) -> bool:
        """Whether the card left, as far as the service notices within the grace."""
        assert self._context is not None
        code, states = self._context.states([(self._reader, _UNAWARE)])
        state = states[self._reader][0]
        if not code and state & _PRESENT:
            code, states = self._context.states([(self._reader, state & ~_CHANGED)], self._removal_grace_s)
            state = states[self._reader][0]
        if code and code != Result.TIMEOUT:
            raise exchange_error(code, self._reader)
        return not state & _PRESENT

    def close(self) -> None:
        """Power the card down, which forgets a verified PIN, and let go. Safe to call twice; never raises."""
        with self._closing:
            context, self._context = self._context, None
            if context is None:
                return
            scard = _scard()
            scard.SCardDisconnect(self._card, scard.SCARD_UNPOWER_CARD)
            context.release()


class PcscSlot:
    """One reader, by the name the service gives it, whether it is attached now or not.

    Survives the service's restart and the reader's replugging: each look that fails is a report, and the next look
    starts with a new context. One thread waits at a time; any thread may interrupt, connect or close.
    """

    def __init__(self, name: str, *, retry_s: float = 0.5) -> None:
        """`retry_s`: how often a service or reader that is not there is looked for."""
        self._name = name
        self._retry_s = retry_s
        self._context: Context | None = None
        self._event_state = _UNAWARE
        self._generation = 0
        self._interrupted = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._closed = False

    @property
    def name(self) -> str:
        """The reader's name."""
        return self._name

    def wait_for_change(self, known: SlotReport | None, timeout: float) -> SlotReport:
        """The present report: at once where it differs from `known`, else after `timeout` seconds or an interrupt."""
        deadline = time.monotonic() + timeout
        self._idle.clear()
        try:
            report = self._look(0.0)
            while report == known and not self._interrupted.is_set() and not self._closed:
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                report = self._look(left)
            return report
        finally:
            self._interrupted.clear()
            self._idle.set()

    def interrupt(self) -> None:
        """End a wait in another thread, now; one that is about to begin ends at once."""
        self._interrupted.set()
        # Repeated, because a cancel that comes a moment before the wait begins is lost.
        for _ in range(200):
            context = self._context
            if context is not None:
                context.cancel()
            if self._idle.wait(0.005):
                return

    def connect(self) -> PcscConnection:
        """Power the card up and hold it exclusively. Raises as `CardSlot.connect`, and AccessDeniedError."""
        return PcscConnection(self._name)

    def close(self) -> None:
        """End a wait and release the context. Safe to call twice; never raises."""
        self._closed = True
        self.interrupt()
        self._drop_context()

    def _look(self, wait_s: float) -> SlotReport:
        """The state now, or after it changed from what was last seen, or after `wait_s`, or earlier."""
        try:
            if self._context is None:
                self._context = Context()
            return self._ask(self._context, wait_s)
        except ReaderUnavailableError:
            self._forget_state()
            return self._absent("no_reader", wait_s)
        except AccessDeniedError:
            self._drop_context()
            return self._absent("access_denied", wait_s)
        except ServiceUnavailableError as error:
            self._drop_context()
            return self._absent(error.reason, wait_s)
        except TransportError:
            self._drop_context()
            return self._absent("no_service", wait_s)

    def _ask(self, context: Context, wait_s: float) -> SlotReport:
        code, states = context.states([(self._name, self._event_state)], wait_s)
        if code not in (Result.SUCCESS, Result.TIMEOUT, Result.CANCELLED):
            raise service_error(code, self._name)
        before = self._event_state
        if code == Result.SUCCESS or before == _UNAWARE:
            state = states[self._name][0]
            if state & (_UNKNOWN | _UNAVAILABLE):
                raise ReaderUnavailableError(self._name)
            self._event_state = state & ~_CHANGED
        if not self._event_state & _PRESENT:
            return SlotReport(SlotState.EMPTY, generation=self._generation)
        if not before & _PRESENT or before >> 16 != self._event_state >> 16:
            self._generation += 1
        return SlotReport(SlotState.OCCUPIED, generation=self._generation)

    def _absent(self, reason: str, wait_s: float) -> SlotReport:
        """Report that nothing can be read, after a pause that a reader's or a person's arrival ends."""
        pause = min(wait_s, self._retry_s)
        if pause > 0:
            if self._context is None:
                self._interrupted.wait(pause)
            else:
                with contextlib.suppress(TransportError):
                    self._context.states([(ANY_READER, _UNAWARE)], pause)
        return SlotReport(SlotState.UNAVAILABLE, reason, self._generation)

    def _drop_context(self) -> None:
        context, self._context = self._context, None
        self._forget_state()
        if context is not None:
            context.release()

    def _forget_state(self) -> None:
        self._event_state = _UNAWARE
