"""A software card in the machine's own PC/SC service: keeps the service awake, plugs the card in, finds its name.

Owns: the order of these things, what happens when the service restarts, and the name under which other programs find
the card. The wire is `vpcd`, PC/SC is `pcsc`; without pyscard the card works all the same and its name is a guess.
What breaks if this is wrong: `card emulate` says ready, and no program sees a card.
Facts: jpki-card.md §3.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from reader.errors import ServiceUnavailableError, TransportError
from reader.transports import pcsc, vpcd

_LOOK_S = 0.2
"""How long one look at the readers waits for a change before it asks whether to go on."""
_SLOT_SUFFIX = re.compile(r" [0-9A-F]{2} ([0-9A-F]{2})$")
"""pcscd ends a reader's name with the number of the reader and of its slot."""


@dataclass(frozen=True, slots=True)
class EmulatedReader:
    """Where the emulated card lies, for other programs: the PC/SC name and the slot of the virtual reader."""

    name: str
    slot: int


@contextmanager
def keep_service_awake() -> Iterator[bool]:
    """Hold a PC/SC context: a socket-activated service starts and, with --auto-exit, stays.

    Gives False where that cannot be done (no pyscard, no service, no right); the service may run without us.
    """
    try:
        context = pcsc.Context()
    except TransportError:
        yield False
        return
    try:
        yield True
    finally:
        context.release()


def occupied_readers() -> frozenset[str]:
    """The readers that hold a card now; empty where PC/SC cannot be asked."""
    try:
        return frozenset(pcsc.cards_on(pcsc.list_readers()))
    except TransportError:
        return frozenset()


def emulated_reader_name(
    atr: bytes,
    port: int = vpcd.DEFAULT_PORT,
    *,
    before: Collection[str] = (),
    patience_s: float = 3.0,
    stop: threading.Event | None = None,
) -> EmulatedReader:
    """The PC/SC reader on which the card just plugged in at `port` appeared.

    It is the one that now shows `atr` and is not among `before`, the readers that held a card earlier. Where PC/SC
    cannot be asked, or does not show the card within `patience_s`, it is the name that Debian's driver gives.
    """
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline and not (stop is not None and stop.is_set()):
        try:
            name = _appeared(atr, before)
        except TransportError:
            break
        if name is not None:
            return EmulatedReader(name, _slot_of(name))
    slot = port - vpcd.DEFAULT_PORT if 0 <= port - vpcd.DEFAULT_PORT <= 0xFF else 0
    return EmulatedReader(f"Virtual PCD 00 {slot:02X}", slot)


def _appeared(atr: bytes, before: Collection[str]) -> str | None:
    """One look, which takes a moment where there is nothing to see yet."""
    context = pcsc.Context()
    try:
        names = [name for name in context.readers() if name not in before]
        _, states = context.states([(name, 0) for name in names])
        for name, (_, seen) in states.items():
            if seen == atr:
                return name
        context.states([(name, state) for name, (state, _) in states.items()] or [(pcsc.ANY_READER, 0)], _LOOK_S)
    finally:
        context.release()
    return None


def _slot_of(name: str) -> int:
    match = _SLOT_SUFFIX.search(name)
    return int(match[1], 16) if match else 0


def emulate(
    card: vpcd.EmulatedCard,
    host: str = "127.0.0.1",
    port: int = vpcd.DEFAULT_PORT,
    *,
    stop: threading.Event,
    on_ready: Callable[[EmulatedReader], None],
    patience_s: float = 5.0,
    retry_s: float = 0.5,
) -> None:
    """Serve `card` through the PC/SC service until `stop` is set, also across the service's restarts.

    `on_ready` is called once, in another thread, when programs can see the card. `patience_s` bounds the first
    attempt: until vpcd listens, and then until it asks for the card.

    Raises:
        ServiceUnavailableError: `vpcd_not_listening`, `vpcd_slot_taken`. At the first attempt only: what was there
            once is waited for, and tried again every `retry_s`.
    """
    before = occupied_readers()
    announcer: threading.Thread | None = None

    def announce() -> None:
        atr = vpcd.MUTE_ANSWER if card.mute else card.atr
        reader = emulated_reader_name(atr, port, before=before, stop=stop)
        if not stop.is_set():
            on_ready(reader)

    def on_atr() -> None:
        nonlocal announcer
        if announcer is None:
            announcer = threading.Thread(target=announce, name="madoguchi-emulated-reader")
            announcer.start()

    while not stop.is_set():
        with keep_service_awake():
            try:
                vpcd.plug_in(card, host, port, stop=stop, on_atr=on_atr, patience_s=patience_s, first_atr_s=patience_s)
            except ServiceUnavailableError:
                if announcer is None:
                    raise
        stop.wait(retry_s)
    if announcer is not None:
        announcer.join()
