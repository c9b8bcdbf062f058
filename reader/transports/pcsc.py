"""Real readers through the PC/SC service: the one door to pyscard.

Owns: contexts, connections and the wait for changes, over pyscard's low level (`smartcard.scard`): result codes instead
of its two families of exceptions, and no background threads of its own. pyscard is imported at first use.
Rules: a context that saw the service fail is dropped and a new one made (SCardIsValidContext calls a dead one valid);
each connection has its own context and thread (`pcsc_card`), so a wait and a card never wait for each other; a card is
held exclusively and powered down when let go, because a verified PIN outlives a mere disconnect.
What breaks if this is wrong: the counter stays dead after a restart of pcscd, or a stranger signs with a patient's key.
Facts: jpki-card.md §1.7, §4; prototypes.md §1.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from reader.connection import SlotReport, SlotState
from reader.errors import (
    AccessDeniedError,
    CardTimeoutError,
    OperationCancelledError,
    ReaderUnavailableError,
    ServiceUnavailableError,
    TransportError,
)
from reader.transports import part10, questions, reader_names
from reader.transports.hresults import Result, connect_error, establish_error, service_error
from reader.transports.pcsc_card import CONNECT_S, REMOVAL_GRACE_S, TRANSMIT_S, HeldCard, PcscConnection
from reader.transports.worker import Worker

T = TypeVar("T")

_UNAWARE = 0x0000
_CHANGED = 0x0002
_UNKNOWN = 0x0004
_UNAVAILABLE = 0x0008
_PRESENT = 0x0020
"""Bits of a reader's event state (winscard.h, SCARD_STATE_*); the upper 16 bits count insertions and removals."""
_GONE = _UNKNOWN | _UNAVAILABLE
"""A reader that the service lists, or has just listed, and that is not there."""
_SHORTEST_PAUSE_S = 0.02
"""Between two looks at what is not there, in seconds: a service that answers at once must not keep us busy."""
INTERRUPT_S = 1.0
"""Longest that ending a wait or releasing a context may take, in seconds: only a frozen service takes that long."""
ANSWER_S = CONNECT_S
"""Longest that a question to the service may take, in seconds. One that has just been started answers only once its
readers are ready, and a reader that is hard to power up takes some of that."""
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

    def connect(self, reader: str) -> tuple[Any, Any]:
        """Power up and hold the card exclusively: its handle and what `transmit` wants for its protocol.

        Raises as `CardSlot.connect`, and AccessDeniedError.
        """
        scard = _scard()
        code, card, protocol = scard.SCardConnect(
            self._handle, reader, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        if code:
            raise connect_error(code, reader)
        return card, scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1

    def atr(self, card: Any) -> tuple[int, bytes]:
        """Result code, and the answer to reset of a held card."""
        code, _, _, _, atr = _scard().SCardStatus(card)
        return code, bytes(atr)

    def transmit(self, card: Any, header: Any, command: list[int]) -> tuple[int, bytes]:
        """Result code and answer to one APDU. Blocks for as long as the driver likes."""
        code, answer = _scard().SCardTransmit(card, header, command)
        return code, bytes(answer)

    def features(self, card: Any) -> bytes:
        """The reader's list of features (PC/SC part 10); empty where it tells none."""
        return self.control(card, _scard().SCARD_CTL_CODE(part10.GET_FEATURE_REQUEST))

    def control(self, card: Any, code: int) -> bytes:
        """What the reader answers to a control code; empty where it refuses."""
        result, answer = _scard().SCardControl(card, code, [])
        return b"" if result else bytes(answer)

    def wait_for_removal(self, reader: str, wait_s: float) -> tuple[int, bool]:
        """Result code, and whether a card lies on `reader`; waits at most `wait_s` for one to be taken away."""
        code, states = self.states([(reader, _UNAWARE)])
        state = states[reader][0]
        if not code and state & _PRESENT:
            code, states = self.states([(reader, state & ~_CHANGED)], wait_s)
            state = states[reader][0]
        return code, bool(state & _PRESENT)

    def power_down(self, card: Any) -> None:
        """Take a held card's power and let go of it; a card that is gone already makes no difference."""
        scard = _scard()
        scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)

    def release(self) -> None:
        """Let go. Safe to call twice; never raises (a dead context answers with an error and is freed all the same)."""
        if self._open:
            self._open = False
            _scard().SCardReleaseContext(self._handle)


def ask(
    question: Callable[[Context], T], limit_s: float | None = None, *, given_up: threading.Event | None = None
) -> T:
    """What `question` finds out with a context that is made for it and released after it, within `limit_s` seconds.

    None stands for `ANSWER_S`. `given_up` ends the wait when it is set. The question runs in a thread of its own, also
    on when nobody waits any more.

    Raises:
        ServiceUnavailableError: Also `service_silent`: the service takes the connection and does not answer in time.
        AccessDeniedError
        OperationCancelledError: `given_up` was set.
    """

    def asked() -> T:
        context = Context()
        try:
            return question(context)
        finally:
            context.release()

    return questions.ask(asked, ANSWER_S if limit_s is None else limit_s, given_up=given_up)


def list_readers(*, given_up: threading.Event | None = None) -> tuple[str, ...]:
    """The attached readers; their order is the index that `choose_reader` takes. Takes ANSWER_S at most.

    Raises:
        ServiceUnavailableError, AccessDeniedError
        OperationCancelledError: `given_up` was set.
    """
    return ask(Context.readers, given_up=given_up)


def cards_on(names: Sequence[str]) -> dict[str, bytes]:
    """The readers of `names` on which something lies now, with the ATR the service has for it (empty: mute).

    Takes ANSWER_S at most.

    Raises:
        ServiceUnavailableError, AccessDeniedError
    """
    _, states = ask(lambda context: context.states([(name, _UNAWARE) for name in names]))
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


def _within(limit_s: float, call: Callable[[], None]) -> None:
    """Do what a frozen service can hold up, and wait for it no longer than `limit_s`; it never raises."""
    helper = Worker("madoguchi-pcsc-helper")
    with contextlib.suppress(CardTimeoutError):
        helper.run(call, limit_s)
        helper.end(TransportError)
        helper.wait(limit_s)


_LOOK_S = 0.05
"""How often a wait for the connection before looks whether it was given up."""


class PcscSlot:
    """One reader, by the name the service gives it, whether it is attached now or not.

    Survives the service's restart and the reader's replugging: each look that fails is a report, and the next look
    starts with a new context. One thread waits at a time; any thread may interrupt, connect or close.
    """

    def __init__(
        self,
        name: str,
        *,
        retry_s: float = 0.5,
        connect_s: float = CONNECT_S,
        transmit_s: float = TRANSMIT_S,
        removal_grace_s: float = REMOVAL_GRACE_S,
    ) -> None:
        """`retry_s`: how often a service or reader that is not there is looked for.

        `connect_s`, `transmit_s`, `removal_grace_s`: as `PcscConnection` has them, all in seconds.
        """
        self._name = name
        self._retry_s = retry_s
        self._connect_s = connect_s
        self._transmit_s = transmit_s
        self._removal_grace_s = removal_grace_s
        self._last_worker: Worker | None = None
        self._last_held: HeldCard | None = None
        self._context: Context | None = None
        self._event_state = _UNAWARE
        self._generation = 0
        self._interrupted = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._connecting = False
        self._given_up = threading.Event()
        self._closed = False
        self._dropping = threading.Lock()

    @property
    def name(self) -> str:
        """The reader's name."""
        return self._name

    def wait_for_change(self, known: SlotReport | None, timeout: float) -> SlotReport:
        """The present report: at once where it differs from `known`, else after `timeout` seconds or an interrupt.

        A service that falls silent holds this up until it wakes or ends, so it is for a thread that may hang;
        `SlotMonitor` has one, and tells of the silence.
        """
        deadline = time.monotonic() + timeout
        self._idle.clear()
        try:
            report = self._look(0.0)
            while report == known and not self._interrupted.is_set() and not self._closed:
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                if report.state is SlotState.UNAVAILABLE:
                    self._pause(min(left, self._retry_s))
                    report = self._look(0.0)
                else:
                    report = self._look(left)
            return report
        finally:
            self._interrupted.clear()
            self._idle.set()
            if self._closed:  # meanwhile, and it could not release what was in use here
                self._drop_context()

    def interrupt(self) -> None:
        """End a wait in another thread, now; one that is about to begin ends at once.

        Gives up after INTERRUPT_S where the service is frozen; the wait then ends when the service wakes.
        """
        self._interrupted.set()
        if not self._idle.is_set():
            _within(INTERRUPT_S, self._cancel_wait)

    def _cancel_wait(self) -> None:
        # Repeated, because a cancel that comes a moment before the wait begins is lost.
        for _ in range(200):
            context = self._context
            if context is not None:
                context.cancel()
            if self._idle.wait(0.005):
                return

    def connect(self) -> PcscConnection:
        """Power the card up and hold it exclusively.

        Raises as `CardSlot.connect`, and:
            ServiceUnavailableError: Also `service_silent`: the service does not answer, or did not the last time and
                still hangs there.
            AccessDeniedError: The service refuses this user.
            CardTimeoutError: The reader hangs, be it in a call of the connection before this one.
            OperationCancelledError: `cancel` was called meanwhile.
        """
        self._given_up.clear()
        self._connecting = True
        try:
            self._wait_for_the_last()
            return PcscConnection(
                Context,
                self._name,
                connect_s=self._connect_s,
                transmit_s=self._transmit_s,
                removal_grace_s=self._removal_grace_s,
                on_worker=self._remember,
            )
        finally:
            self._connecting = False

    def _wait_for_the_last(self) -> None:
        """The connection before is over but may still have to power the card down; another would hang behind it."""
        held = self._last_held
        last, deadline = self._last_worker, time.monotonic() + self._connect_s
        while last is not None and last.ended and not last.wait(_LOOK_S):
            if self._given_up.is_set():
                raise OperationCancelledError
            if time.monotonic() >= deadline:
                if held is not None and not held.tied_up:
                    raise ServiceUnavailableError("service_silent")
                raise CardTimeoutError

    def _remember(self, worker: Worker, held: HeldCard) -> None:
        self._last_worker, self._last_held = worker, held
        if self._given_up.is_set():
            worker.end(OperationCancelledError)

    def cancel(self) -> None:
        """From any thread: a `connect` under way ends now with OperationCancelledError; a later one is not touched."""
        if not self._connecting:
            return
        self._given_up.set()
        worker = self._last_worker
        if worker is not None:
            worker.end(OperationCancelledError)

    def close(self) -> None:
        """End a wait and release the context. Safe to call twice; never raises, never hangs with a frozen service."""
        self._closed = True
        self.interrupt()
        if self._idle.is_set() and self._context is not None:
            _within(INTERRUPT_S, self._drop_context)

    def _look(self, wait_s: float) -> SlotReport:
        """The state now, or after it changed from what was last seen, or after `wait_s`, or earlier."""
        try:
            if self._context is None:
                self._context = Context()
            return self._ask(self._context, wait_s)
        except ReaderUnavailableError:
            reason = "no_reader"
        except AccessDeniedError:
            self._drop_context()
            reason = "access_denied"
        except ServiceUnavailableError as error:
            self._drop_context()
            reason = error.reason
        except TransportError:
            self._drop_context()
            reason = "no_service"
        return SlotReport(SlotState.UNAVAILABLE, reason, self._generation)

    def _ask(self, context: Context, wait_s: float) -> SlotReport:
        before = self._event_state
        known = _UNAWARE if before & _GONE else before
        code, states = context.states([(self._name, known)], wait_s)
        if code not in (Result.SUCCESS, Result.TIMEOUT, Result.CANCELLED):
            self._forget_state()
            raise service_error(code, self._name)
        if code == Result.SUCCESS or known == _UNAWARE:
            self._event_state = states[self._name][0] & ~_CHANGED
            if self._event_state & _GONE:
                raise ReaderUnavailableError(self._name)
        if not self._event_state & _PRESENT:
            return SlotReport(SlotState.EMPTY, generation=self._generation)
        if not before & _PRESENT or before >> 16 != self._event_state >> 16:
            self._generation += 1
        return SlotReport(SlotState.OCCUPIED, generation=self._generation)

    def _pause(self, pause_s: float) -> None:
        """Let time pass until the next look at what is not there; a reader's arrival or an interrupt ends it."""
        if self._context is None:
            self._interrupted.wait(pause_s)
            return
        listed = [(self._name, self._event_state)] if self._event_state & _GONE else []
        with contextlib.suppress(TransportError):
            self._context.states([(ANY_READER, _UNAWARE), *listed], pause_s)
        self._interrupted.wait(_SHORTEST_PAUSE_S)

    def _drop_context(self) -> None:
        with self._dropping:
            context, self._context = self._context, None
        self._forget_state()
        if context is not None:
            context.release()

    def _forget_state(self) -> None:
        self._event_state = _UNAWARE
