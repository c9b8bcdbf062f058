"""The reader that was asked for, whether it is there yet or not: the counter starts, and works once it comes.

At the start a name that fits none or several of the attached readers is an error; a reader, service or pyscard that is
missing altogether is a report, as `CardSlot` has it. So is a service that stays silent at the start: the screen does
not wait for it, and a name that does not fit is then no error but a reader that is not there.
"""

from __future__ import annotations

import threading
from typing import Final

from reader.connection import CardSlot, SlotReport, SlotState, SmartCardConnection
from reader.errors import (
    AccessDeniedError,
    AmbiguousReaderError,
    CardTimeoutError,
    ReaderUnavailableError,
    ServiceUnavailableError,
    TransportError,
)
from reader.transports import pcsc
from reader.transports.worker import Worker

_RETRY_S = 1.0
"""How often a reader that is not there is looked for."""
_FIRST_LOOK_S: Final = 3.0
"""How long the first look may keep the screen from being drawn, in seconds: a service that systemd starts for it is
there long before."""


class AwaitedReader:
    """CardSlot for `wanted`: an index, a name or a part of one."""

    def __init__(self, wanted: str, *, retry_s: float = _RETRY_S, first_look_s: float = _FIRST_LOOK_S) -> None:
        """Look for the reader; for `first_look_s` seconds at most, then the look goes on behind.

        Raises:
            ReaderUnavailableError: Other readers are attached, but none that fits; carries their names.
            AmbiguousReaderError: Several fit.
        """
        self._wanted = wanted
        self._retry_s = retry_s
        self._slot: CardSlot | None = None
        self._reason = "no_reader"
        self._interrupted = threading.Event()
        self._finding = threading.Lock()
        self._overdue = False
        """Whether the first look goes on behind, and the report of that is still due."""
        first = Worker("madoguchi-first-look")
        try:
            first.run(self._find, first_look_s)
        except CardTimeoutError:
            self._reason, self._overdue = "service_silent", True
        except ReaderUnavailableError as error:
            if error.names:
                raise
        finally:
            first.end(TransportError)

    @property
    def name(self) -> str:
        """The reader's name, or what was asked for while it is not there."""
        return self._wanted if self._slot is None else self._slot.name

    def wait_for_change(self, known: SlotReport | None, timeout: float) -> SlotReport:
        """As `CardSlot`; looks for the reader while it was never seen."""
        report = self._look(known, timeout)
        self._interrupted.clear()
        return report

    def _look(self, known: SlotReport | None, timeout: float) -> SlotReport:
        if self._overdue:
            self._overdue = False
            if self._slot is None:
                return SlotReport(SlotState.UNAVAILABLE, self._reason)
        if self._slot is None and known is not None:
            self._interrupted.wait(min(timeout, self._retry_s))
        try:
            slot = self._find()
        except (TransportError, AmbiguousReaderError):
            return SlotReport(SlotState.UNAVAILABLE, self._reason)
        return slot.wait_for_change(known, timeout)

    def _find(self) -> CardSlot:
        """The slot, found once. Raises ReaderUnavailableError, AmbiguousReaderError."""
        if self._slot is None:
            try:
                name = pcsc.choose_reader(self._wanted)
            except ServiceUnavailableError as error:
                self._reason = error.reason
                raise ReaderUnavailableError(self._wanted) from error
            except AccessDeniedError as error:
                self._reason = "access_denied"
                raise ReaderUnavailableError(self._wanted) from error
            except (ReaderUnavailableError, AmbiguousReaderError):
                self._reason = "no_reader"
                raise
            with self._finding:  # the first look and a later one may come back together: one slot for both
                if self._slot is None:
                    self._slot = pcsc.PcscSlot(name)
        return self._slot

    def interrupt(self) -> None:
        """End a wait in another thread, now."""
        self._interrupted.set()
        if self._slot is not None:
            self._slot.interrupt()

    def connect(self) -> SmartCardConnection:
        """As `CardSlot`. Raises ReaderUnavailableError while the reader was never seen."""
        return self._find().connect()

    def cancel(self) -> None:
        """As `CardSlot`."""
        if self._slot is not None:
            self._slot.cancel()

    def close(self) -> None:
        """Release what is held."""
        self._interrupted.set()
        if self._slot is not None:
            self._slot.close()
