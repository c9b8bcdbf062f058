"""One card held exclusively on a reader, from power-up to power-down, on a thread of its own.

Owns: the card's context and handle, which that thread alone ever touches, and the time limits. A call that hangs in a
driver costs the caller its limit and no more; when the driver lets go of it, the thread powers the card down and
releases everything, so nothing is left behind and nobody else finds a verified PIN. Reaches PC/SC through
`pcsc.Context`.
What breaks if this is wrong: a hung reader takes the counter along, or a stranger signs with a patient's key.
Facts: jpki-card.md §1.7, §4.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from reader.errors import (
    AccessDeniedError,
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    OperationCancelledError,
    ServiceUnavailableError,
    TransportError,
)
from reader.transports import part10
from reader.transports.hresults import IN_DOUBT, Result, connect_error, exchange_error
from reader.transports.worker import Worker

if TYPE_CHECKING:
    from reader.transports.pcsc import Context

TRANSMIT_S: Final = 10.0
"""Default limit for one APDU, in seconds: an RSA signature over a contactless field may take a few."""
CONNECT_S: Final = 10.0
"""Default limit for tying up to the service and powering the card up, in seconds."""
REMOVAL_GRACE_S: Final = 1.0
"""How long the service may need to notice a lifted card, in seconds: pcscd looks about every 0.4 s."""
CLOSE_S: Final = 2.0
"""How long letting go may keep its caller, in seconds; the rest happens behind its back."""


class HeldCard:
    """The context and the card's handle. Every method belongs to the worker's thread."""

    def __init__(self, make_context: Callable[[], Context], reader: str, removal_grace_s: float) -> None:
        self._make_context = make_context
        self._reader = reader
        self._removal_grace_s = removal_grace_s
        self._context: Context | None = None
        self._card: Any = None
        self._header: Any = None
        self.tied_up = False
        """Whether the service let us in: where it did not and says nothing, it is not the reader that hangs."""

    def take(self) -> bytes:
        """Power the card up and hold it exclusively; its ATR. Raises as `CardSlot.connect`, and AccessDeniedError."""
        self._context = self._make_context()
        self.tied_up = True
        try:
            self._card, self._header = self._context.connect(self._reader)
        except AccessDeniedError:
            # A service that died in this moment says the same; this tells them apart.
            self._make_context().release()
            raise
        code, atr = self._context.atr(self._card)
        if code:
            raise connect_error(code, self._reader)
        if len(atr) < 2:  # ISO/IEC 7816-3, 8.2: TS and T0 at least
            raise CardUnresponsiveError
        return atr

    def exchange(self, numbers: list[int]) -> bytes:
        """One APDU there and back. Raises as `PcscConnection.transmit`."""
        assert self._context is not None
        code, answer = self._context.transmit(self._card, self._header, numbers)
        if not code and len(answer) >= 2:
            return answer
        # Without a code and without even a status word: a driver's way of saying that the card is mute, or gone.
        if (not code or code in IN_DOUBT) and self._is_lifted(self._context):
            raise CardRemovedError
        raise exchange_error(code, self._reader) if code else CardTimeoutError

    def _is_lifted(self, context: Context) -> bool:
        """Whether the card left, as far as the service notices within the grace.

        Waiting has a second use: a disconnect before pcscd itself noticed makes it blind for a card that is laid down
        within its next look (measured with 1.9.9: it never shows that one).
        """
        code, present = context.wait_for_removal(self._reader, self._removal_grace_s)
        if code and code != Result.TIMEOUT:
            raise exchange_error(code, self._reader)
        return not present

    def extended_length(self) -> bool:
        """Whether the reader says that it carries extended APDUs (PC/SC part 10); one that says nothing does not."""
        assert self._context is not None
        code = part10.feature_code(self._context.features(self._card), part10.FEATURE_GET_TLV_PROPERTIES)
        return code is not None and part10.carries_extended_apdus(self._context.control(self._card, code))

    def let_go(self) -> None:
        """Take the card's power, which forgets a verified PIN, and release everything. Never raises."""
        if self._context is not None:
            if self._card is not None:
                self._context.power_down(self._card)
            self._context.release()


class PcscConnection:
    """A card held exclusively on a reader. Made by `PcscSlot.connect`; any thread may use it."""

    def __init__(
        self,
        make_context: Callable[[], Context],
        reader: str,
        *,
        connect_s: float = CONNECT_S,
        transmit_s: float = TRANSMIT_S,
        removal_grace_s: float = REMOVAL_GRACE_S,
        on_worker: Callable[[Worker, HeldCard], None] = lambda worker, held: None,
    ) -> None:
        """Hold the card on `reader`.

        `connect_s` and `transmit_s`: limits in seconds for this and for each APDU. `removal_grace_s`: how long a
        command without an answer waits for the service to notice that the card was lifted; within `transmit_s`.
        `on_worker` gets the thread that will hold the card, and what it will hold, before it does.

        Raises:
            NoCardError, CardBusyError, CardUnresponsiveError, ReaderUnavailableError, AccessDeniedError
            ServiceUnavailableError: Also `service_silent`: the service did not let us in in time.
            CardTimeoutError: The reader's driver did not come back in time.
        """
        self._transmit_s = transmit_s
        self._held = HeldCard(make_context, reader, removal_grace_s)
        self._worker = Worker("madoguchi-card", self._held.let_go)
        self._extended_length: bool | None = None
        on_worker(self._worker, self._held)
        try:
            self._atr = self._worker.run(self._held.take, connect_s)
        except CardTimeoutError as error:
            self.close()
            if self._held.tied_up:
                raise
            raise ServiceUnavailableError("service_silent") from error
        except BaseException:
            self.close()
            raise

    @property
    def atr(self) -> bytes:
        """The answer to reset as the reader made it up or passed it on."""
        return self._atr

    @property
    def extended_length(self) -> bool:
        """Whether the reader says that it carries extended APDUs. Asked once, at the first look, which takes time."""
        if self._extended_length is None:
            try:
                self._extended_length = self._worker.run(self._held.extended_length, self._transmit_s)
            except TransportError:
                self._extended_length = False
        return self._extended_length

    def transmit(self, command: bytes | bytearray) -> bytes:
        """One APDU there and back.

        Raises:
            CardRemovedError, CardBusyError, ReaderUnavailableError, ServiceUnavailableError
            CardTimeoutError: No answer in time. Where the driver itself did not come back, the connection is over.
            OperationCancelledError: `cancel` was called.
        """
        numbers = list(command)

        def wipe() -> None:  # a VERIFY: pyscard copies on its own, but this list is ours
            numbers[:] = bytes(len(numbers))

        return self._worker.run(lambda: self._held.exchange(numbers), self._transmit_s, afterwards=wipe)

    def cancel(self) -> None:
        """End the operation under way with OperationCancelledError, now, and the connection with it. Never waits."""
        self._worker.end(OperationCancelledError)

    def close(self) -> None:
        """Power the card down, which forgets a verified PIN, and let go. Safe to call twice; never raises.

        Waits for it briefly, but not where a call hangs in the driver: then it happens as soon as that call ends.
        """
        self._worker.end(CardRemovedError)
        if not self._worker.busy:
            self._worker.wait(CLOSE_S)
