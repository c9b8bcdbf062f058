"""One slot of the virtual reader, as the card's side has it: what lies in it, and the wire kept open for it.

Owns: laying a card down, taking it out, and what happens in between without anybody's help: the service restarts, the
card is torn off and comes back. Two ways to the driver, one class each: it listens and the card dials (`DiallingSlot`,
the driver's normal mode), or the card listens and the driver dials (`ListeningSlot`, its reversed mode). Knows the wire
(`vpcd`) and no PC/SC.
What breaks if this is wrong: a card that everybody believes to lie there is in no reader, or pcscd dies of an empty
slot.
Facts: jpki-card.md §3.1, and what was measured with Debian 12's driver (`ListeningSlot`).
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from enum import Enum
from typing import Final, Protocol

from reader.card.interface import CardTornError, EmulatedCard
from reader.errors import ServiceUnavailableError
from reader.transports import vpcd

SLOTS = 2
"""How many slots the driver has (a compile-time number of its own, jpki-card.md §3.2); slot n is n ports further on."""
TORN_S = 1.0
"""How long a card that was torn off stays away before it lies there again by itself, in seconds: long enough for pcscd,
which looks about every 0.4 s, to see the slot empty."""


class SlotState(Enum):
    """What of a slot can be seen from the card's side."""

    EMPTY = "empty"
    WAITING = "waiting"
    """A card lies there and the reader has not asked for it yet."""
    PLACED = "placed"
    """A card lies there and the reader knows it."""
    TORN = "torn"
    """The card was torn off in the middle of a command and comes back after `TORN_S`."""


class Placement:
    """One card, from when it is laid down until it is taken away by a command."""

    def __init__(self, card: EmulatedCard, gone: threading.Event | None = None) -> None:
        self.card = card
        self.gone = gone or threading.Event()
        """Set when it was taken away."""
        self.torn = False
        self.failure: ServiceUnavailableError | None = None
        """Why it does not lie there, though nobody took it away."""
        self._asked = False
        self._settled = threading.Event()

    @property
    def asked(self) -> bool:
        """Whether the reader has asked for its ATR, at any time."""
        return self._asked

    def note_asked(self) -> None:
        """The reader asked for its ATR."""
        self._asked = True
        self._settled.set()

    def fail(self, failure: ServiceUnavailableError) -> None:
        """It cannot be laid down, or cannot go on lying there."""
        self.failure = failure
        self._settled.set()

    def take_away(self) -> None:
        """It lies there no longer."""
        self.gone.set()
        self._settled.set()

    def wait(self, wait_s: float | None = None) -> bool:
        """Wait until the reader asked for it, it failed or it was taken away; False where the time was over before."""
        return self._settled.wait(wait_s)


class EmulatedSlot(Protocol):
    """A slot. Its methods are called by one thread at a time.

    A card that meets a fault nobody foresaw fails as `slot_failed`, and the slot is empty then.
    """

    @property
    def port(self) -> int:
        """The TCP port of this slot."""
        ...

    @property
    def state(self) -> SlotState:
        """What of it can be seen from here."""
        ...

    def place(self, card: EmulatedCard, gone: threading.Event | None = None) -> Placement:
        """Lay `card` down in place of what lies there; returns at once, `Placement.wait` waits for the reader.

        `gone` is set when it is taken away again.
        """
        ...

    def remove(self) -> None:
        """Take away what lies there, if anything."""
        ...

    def close(self) -> None:
        """Take the card away and let go of the port. Safe to call twice."""
        ...


def _state(placement: Placement | None) -> SlotState:
    if placement is None or placement.failure is not None:
        return SlotState.EMPTY
    if placement.torn:
        return SlotState.TORN
    return SlotState.PLACED if placement.asked else SlotState.WAITING


def _fault() -> ServiceUnavailableError:
    """Why a card failed that met what nobody foresaw; without the exception, whose frames may still hold a PIN."""
    return ServiceUnavailableError("slot_failed")


class DiallingSlot:
    """The driver listens; a card that lies there is a connection to it, and an empty slot is none.

    `patience_s` bounds the first attempt with a card: until the driver listens, and then until it asks for the card.
    What was there once is waited for, and tried again every `retry_s`.
    """

    def __init__(self, host: str, port: int, *, patience_s: float = 5.0, retry_s: float = 0.5) -> None:
        self._host = host
        self._port = port
        self._patience_s = patience_s
        self._retry_s = retry_s
        self._placement: Placement | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """Where the driver listens for the card."""
        return self._port

    @property
    def state(self) -> SlotState:
        """What of it can be seen from here."""
        return _state(self._placement)

    def place(self, card: EmulatedCard, gone: threading.Event | None = None) -> Placement:
        """Lay `card` down, in place of what lies there; returns at once."""
        self.remove()
        self._placement = placement = Placement(card, gone)
        self._thread = threading.Thread(target=self._serve, args=(placement,), name=f"madoguchi-slot-{self._port}")
        self._thread.start()
        return placement

    def remove(self) -> None:
        """Take away what lies there; the connection is closed when this returns."""
        placement, self._placement = self._placement, None
        if placement is not None:
            placement.take_away()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def close(self) -> None:
        """Take the card away. Safe to call twice."""
        self.remove()

    def _serve(self, placement: Placement) -> None:
        while not placement.gone.is_set():
            parting = vpcd.Parting.READER
            try:
                parting = vpcd.plug_in(
                    placement.card,
                    self._host,
                    self._port,
                    stop=placement.gone,
                    on_atr=placement.note_asked,
                    patience_s=self._patience_s,
                    first_atr_s=self._patience_s,
                )
            except ServiceUnavailableError as failure:
                if not placement.asked:
                    placement.fail(failure)
                    return
            except Exception:
                placement.fail(_fault())
                return
            placement.torn = parting is vpcd.Parting.TORN
            placement.gone.wait(TORN_S if placement.torn else self._retry_s)
            placement.torn = False


class ListeningSlot:
    """The card listens on `listening` and the driver dials, once for each slot, when pcscd starts.

    What was measured with Debian 12's driver (0.8) and pcscd, and decides everything here:
    - It never dials twice. When its connection ends, whoever ended it and however, it takes the missing one for a
      listening one and pcscd aborts (`bit out of range … fd_set`); so it does where nobody listens yet. An empty frame
      or no frame for an ATR blocks pcscd. So the connection is kept from pcscd's start to its end, and pcscd ends with
      this program.
    - A slot whose card once gave no ATR at power-up (the mute byte) stays mute until pcscd starts anew, whatever lies
      there later.
    So nothing makes such a slot look empty. An empty one shows a stand-in, `BLANK`: a card with an ATR of its own
    that refuses everything. Programs see no card come or go in this mode; they meet what lies there when they next
    power it up. A card that is torn off says nothing more, and lies there again after `TORN_S`. The mute variant makes
    the slot mute for good. In newer drivers, which dial again, nothing of this should be different (not tried).
    """

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._port: int = listening.getsockname()[1]
        self._face = _Face()
        self._closing = threading.Event()
        self._placement: Placement | None = None
        self._thread = threading.Thread(target=self._serve, name=f"madoguchi-slot-{self._port}")
        listening.settimeout(0.1)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where the driver finds the card."""
        return self._port

    @property
    def state(self) -> SlotState:
        """What of it can be seen from here."""
        return _state(self._placement)

    def place(self, card: EmulatedCard, gone: threading.Event | None = None) -> Placement:
        """Lay `card` down, in place of what lies there; programs meet it when they next power the slot up."""
        self.remove()
        self._placement = placement = Placement(card, gone)
        self._face.show(placement)
        return placement

    def remove(self) -> None:
        """Take away what lies there: from now on the slot shows `BLANK`."""
        placement, self._placement = self._placement, None
        self._face.show(None)
        if placement is not None:
            placement.take_away()

    def close(self) -> None:
        """Take the card away and stop listening; Debian 12's pcscd ends with it. Safe to call twice."""
        self.remove()
        self._closing.set()
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                wire, _ = self._listening.accept()
            except TimeoutError:
                continue
            except OSError:  # the connection ended before it was looked at, or no descriptor is free
                self._closing.wait(0.1)
                continue
            # Whoever else looks whether somebody listens hangs up at once, and the next one is the driver.
            try:
                with contextlib.suppress(OSError), wire:
                    vpcd.serve_card(self._face, wire, stop=self._closing, on_atr=self._face.note_asked)
            except Exception:
                self._face.fail(_fault())


class BlankCard:
    """What lies in a slot that cannot be empty: an ATR without a word, and `6A82`, "not found", to every command."""

    mute = False
    atr = bytes.fromhex("3B800181")
    """T=1 and no historical bytes (ISO/IEC 7816-3, 8.2)."""

    def process(self, command: bytes | bytearray) -> bytes:
        """Refuse."""
        del command
        return b"\x6a\x82"

    def power_on(self) -> None:
        """Nothing to prepare."""

    def power_off(self) -> None:
        """Nothing to forget."""

    def reset(self) -> None:
        """Nothing to forget."""


BLANK: Final = BlankCard()


class _Face:
    """What the driver meets on one lasting connection, whatever lies in the slot: an EmulatedCard over all of them.

    A card that was laid down answers commands after the next power-up or reset only, so that a program that still talks
    to the card before it never finds itself with another one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.RLock()
        self._clock = clock
        self._lying: Placement | None = None
        self._shown: Placement | None = None
        """Whose ATR was given last; None where it was the stand-in's."""
        self._powered: EmulatedCard | None = None
        self._torn_until = 0.0

    def show(self, placement: Placement | None) -> None:
        """Exchange what lies there."""
        with self._lock:
            self.power_off()
            self._lying = placement
            self._torn_until = 0.0

    def fail(self, failure: ServiceUnavailableError) -> None:
        """What lies there, if anything, cannot go on: it is told why, and the stand-in is shown."""
        with self._lock:
            lying, self._lying = self._lying, None
            if lying is not None:
                lying.fail(failure)
            self.power_off()

    @property
    def mute(self) -> bool:
        """Whether what lies there says no ATR."""
        return self._showing().mute

    @property
    def atr(self) -> bytes:
        """Of what lies there."""
        return self._showing().atr

    def note_asked(self) -> None:
        """An ATR went out: the one given last, even where another card was laid down since."""
        with self._lock:
            if self._shown is not None:
                self._shown.note_asked()

    def process(self, command: bytes | bytearray) -> bytes:
        """Answer for the card that has power; b"" where none has."""
        with self._lock:
            powered, lying = self._powered, self._lying
        if powered is None:
            return b""
        try:
            return powered.process(command)
        except CardTornError:
            with self._lock:
                self.power_off()
                if lying is not None and lying is self._lying:
                    lying.torn = True
                    self._torn_until = self._clock() + TORN_S
            return b""
        except Exception:
            # Answered like a torn card's, because pcscd aborts where the connection ends (`ListeningSlot`).
            with self._lock:
                if lying is not None and lying is self._lying:
                    self.fail(_fault())
            return b""

    def power_on(self) -> None:
        """The reader gives power to what lies there."""
        with self._lock:
            self._powered = self._present()
            self._powered.power_on()

    def power_off(self) -> None:
        """Power is gone."""
        with self._lock:
            powered, self._powered = self._powered, None
            if powered is not None:
                powered.power_off()

    def reset(self) -> None:
        """A warm reset; for a card that came since the last one, its first power."""
        with self._lock:
            present = self._present()
            if present is self._powered:
                present.reset()
            else:
                self.power_on()

    def _showing(self) -> EmulatedCard:
        with self._lock:
            present = self._present()
            self._shown = None if present is BLANK else self._lying
            return present

    def _present(self) -> EmulatedCard:
        with self._lock:
            lying = self._lying
            if lying is not None and lying.torn and self._clock() >= self._torn_until:
                lying.torn = False
            return BLANK if lying is None or lying.torn else lying.card
