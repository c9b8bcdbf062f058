"""Software cards in the machine's own PC/SC service: keeps the service awake, lays the cards in, finds their names.

Owns: the order of these things, and the name under which other programs find a card. The slots are `emulated_slot`,
PC/SC is `pcsc`; without pyscard the cards work all the same and their names are a guess. Nothing here waits for a
service that stays silent longer than `pcsc.ANSWER_S`, and nothing waits for it once everything is to end.
Rule: where the cards listen (reversed mode), nothing here touches PC/SC before both ports are open, because a service
that wakes up then finds nobody to dial and aborts.
What breaks if this is wrong: `card emulate` says ready, and no program sees a card.
Facts: jpki-card.md §3.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reader.card.interface import EmulatedCard
from reader.errors import ServiceUnavailableError, TransportError
from reader.transports import pcsc, vpcd
from reader.transports.emulated_slot import BLANK, SLOTS, DiallingSlot, EmulatedSlot, ListeningSlot, SlotState

_LOOK_S = 0.2
"""How long one look at the readers waits for a change before it asks whether to go on."""
_EMPTY_S = 3.0
"""How long a removal waits for programs to see it; pcscd takes about 0.4 s."""
_UNNOTICED_S = 1.5
"""After how long a card's name is that of a reader where pcscd noticed no change; several times its 0.4 s."""
_NUMBERS = re.compile(r" [0-9A-F]{2} ([0-9A-F]{2})$")
"""pcscd ends a reader's name with the number of the reader and of its slot."""
_PRESENT = 0x0020
_COUNT_SHIFT = 16
"""Of a reader's event state (winscard.h): the bit that says that a card is there, and where the count of events is."""


@dataclass(frozen=True, slots=True)
class EmulatedReader:
    """Where an emulated card lies, for other programs: the PC/SC name and the slot of the virtual reader."""

    name: str
    slot: int


class ServiceWaker:
    """Holds a PC/SC context in a thread of its own: a socket-activated service starts and, with --auto-exit, stays.

    One that was stopped or killed is woken again. Where that cannot be done (no pyscard, no service, no right) it is
    tried again and again; the service may run without us.
    """

    def __init__(self, look_again_s: float = 0.5) -> None:
        self._look_again_s = look_again_s
        self._stop = threading.Event()
        # Nothing waits for it for long: while a service is dead and its socket still taken, a first call hangs.
        self._thread = threading.Thread(target=self._run, name="madoguchi-waker", daemon=True)
        self._thread.start()

    def stop(self, wait_s: float = 2.0) -> None:
        """Let the service go; returns after `wait_s` at the latest."""
        self._stop.set()
        self._thread.join(wait_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._hold()
            except TransportError:
                self._stop.wait(self._look_again_s)

    def _hold(self) -> None:
        context = pcsc.Context()
        try:
            while not self._stop.wait(self._look_again_s):
                context.readers()
        finally:
            context.release()


def occupied_readers(stop: threading.Event | None = None) -> dict[str, int]:
    """The readers that hold a card now, each with its count of insertions and removals; none where PC/SC has no answer.

    The count tells a card that is put in from the one that lay there a moment before, which pcscd may still show.
    `stop` ends a wait for the answer.
    """
    try:
        return pcsc.ask(_occupied, given_up=stop)
    except TransportError:
        return {}


def _occupied(context: pcsc.Context) -> dict[str, int]:
    _, states = context.states([(name, 0) for name in context.readers()])
    return {name: state >> _COUNT_SHIFT for name, (state, _) in states.items() if state & _PRESENT}


def emulated_reader_name(
    atr: bytes,
    port: int = vpcd.DEFAULT_PORT,
    *,
    slot: int = 0,
    before: Mapping[str, int] | None = None,
    patience_s: float = 3.0,
    stop: threading.Event | None = None,
) -> EmulatedReader:
    """The PC/SC reader on which the card just plugged in at `port` appeared.

    It is the one that now shows `atr` and did not hold the same card `before` (`occupied_readers`, taken before it was
    plugged in). Where a card left the slot a moment ago, pcscd may take the new one for it and count nothing (when it
    takes the old one's power just then, the driver drops that connection and finds the new one): after a while the
    reader of this `slot` that shows `atr` is meant too. Where PC/SC cannot be asked, or does not show the card within
    `patience_s`, it is the name that Debian's driver gives.
    """
    number = port - vpcd.DEFAULT_PORT if vpcd.DEFAULT_PORT <= port < vpcd.DEFAULT_PORT + SLOTS else slot
    known = before or {}
    not_before = time.monotonic() + _UNNOTICED_S

    def appeared(context: pcsc.Context) -> str | None:
        _, states = context.states([(name, 0) for name in context.readers()])
        showing = {name: state >> _COUNT_SHIFT for name, (state, seen) in states.items() if seen == atr}
        changed = [name for name, count in showing.items() if known.get(name) != count]
        if not changed and time.monotonic() > not_before:
            changed = [name for name in showing if _slot_of(name) == number]
        return changed[0] if changed else None

    found = _look_for(appeared, patience_s, stop)
    return _guessed(number) if found is None else EmulatedReader(found, _slot_of(found))


def listening_reader_name(
    atr: bytes, slot: int, *, patience_s: float = 3.0, stop: threading.Event | None = None
) -> EmulatedReader:
    """The PC/SC reader whose driver dialled in for slot `slot`.

    Its name ends with that slot's number, readers for the other slots are there too, and it shows `atr` or, where the
    service has not read the card again since the slot was empty, the stand-in's. Otherwise as `emulated_reader_name`.
    """

    def shows(context: pcsc.Context) -> str | None:
        names = context.readers()
        stems = {name[:-2] for name in names}
        two = {stem for stem in stems if all(f"{stem}{number:02X}" in names for number in range(SLOTS))}
        wanted = [name for name in names if name[:-2] in two and _slot_of(name) == slot]
        _, states = context.states([(name, 0) for name in wanted])
        return next((name for name, (_, seen) in states.items() if seen in (atr, BLANK.atr)), None)

    found = _look_for(shows, patience_s, stop)
    return _guessed(slot) if found is None else EmulatedReader(found, slot)


def _look_for(
    find: Callable[[pcsc.Context], str | None], patience_s: float, stop: threading.Event | None
) -> str | None:
    """What `find` sees, looked for again at every change; None where PC/SC cannot be asked or the time is over.

    `find` runs in another thread.
    """
    deadline = time.monotonic() + patience_s

    def look(context: pcsc.Context) -> str | None:
        while time.monotonic() < deadline and not (stop is not None and stop.is_set()):
            found = find(context)
            if found is not None:
                return found
            _, states = context.states([(name, 0) for name in context.readers()])
            context.states([(name, state) for name, (state, _) in states.items()] or [(pcsc.ANY_READER, 0)], _LOOK_S)
        return None

    try:
        return pcsc.ask(look, patience_s + pcsc.ANSWER_S, given_up=stop)
    except TransportError:
        return None


def _guessed(slot: int) -> EmulatedReader:
    return EmulatedReader(f"Virtual PCD 00 {slot:02X}", slot)


def _slot_of(name: str) -> int:
    match = _NUMBERS.search(name)
    return int(match[1], 16) if match else 0


class CardEmulator:
    """The virtual reader's slots, and the names other programs have for them. Commands come from one thread at a time.

    When `stop` is set, from any thread, whatever waits here ends; `close` is still to be called.
    """

    def __init__(
        self, slots: Sequence[EmulatedSlot], stop: threading.Event, *, listening: bool, wake_again_s: float = 0.5
    ) -> None:
        self._slots = tuple(slots)
        self._stop = stop
        self._listening = listening
        self._names: list[EmulatedReader | None] = [None] * len(self._slots)
        self._waker = ServiceWaker(wake_again_s)

    @classmethod
    def dialling(
        cls, host: str, port: int, stop: threading.Event, *, patience_s: float = 5.0, retry_s: float = 0.5
    ) -> CardEmulator:
        """Cards for a driver that listens at `host` and, slot by slot, from `port` on."""
        slots = [DiallingSlot(host, port + n, patience_s=patience_s, retry_s=retry_s) for n in range(SLOTS)]
        return cls(slots, stop, listening=False, wake_again_s=retry_s)

    @classmethod
    def listening(
        cls, host: str, port: int, stop: threading.Event, on_open: Callable[[], None] = lambda: None
    ) -> CardEmulator:
        """Cards for a driver that dials `host` and, slot by slot, from `port` on.

        `on_open` is called when both ports are open and before the service is woken.

        Raises:
            OSError: A port is taken, or the address is none of this machine.
        """
        doors: list[socket.socket] = []
        try:
            for number in range(SLOTS):
                doors.append(socket.create_server((host, port + number), backlog=4))
            on_open()
        except BaseException:
            for door in doors:
                door.close()
            raise
        return cls([ListeningSlot(door) for door in doors], stop, listening=True)

    def __len__(self) -> int:
        return len(self._slots)

    def state(self, number: int) -> SlotState:
        """What of slot `number` can be seen from here."""
        return self._slots[number].state

    def reader(self, number: int) -> EmulatedReader | None:
        """Where programs find slot `number`; None before a card lay there."""
        return self._names[number]

    def place(
        self, number: int, card: EmulatedCard, *, gone: threading.Event | None = None, wait_s: float | None = None
    ) -> EmulatedReader | None:
        """Lay `card` into slot `number` in place of what lies there, wait until programs can see it, and tell where.

        None where it was stopped, or where no driver dialled in within `wait_s` (None: for ever; a slot that dials has
        limits of its own); the card stays where it is. `gone` is set when the card is taken away, so that whatever
        makes a card slow can end with it.

        Raises:
            ServiceUnavailableError: `vpcd_not_listening`, `vpcd_slot_taken`, or `service_silent` where the driver does
                not ask for the card and PC/SC does not answer either; the slot is empty then.
        """
        slot = self._slots[number]
        if slot.state is not SlotState.EMPTY:
            self.remove(number)
        before = {} if self._listening else occupied_readers(self._stop)
        placement = slot.place(card, gone)
        deadline = time.monotonic() + wait_s if self._listening and wait_s is not None else None
        while not placement.wait(0.1):
            if self._stop.is_set() or (deadline is not None and time.monotonic() > deadline):
                return None
        if placement.failure is not None:
            slot.remove()
            raise self._explained(placement.failure)
        atr = vpcd.MUTE_ANSWER if card.mute else card.atr
        if self._listening:
            found = self._names[number] or listening_reader_name(atr, number, stop=self._stop)
        else:
            found = emulated_reader_name(atr, slot.port, slot=number, before=before, stop=self._stop)
        self._names[number] = found
        return None if self._stop.is_set() else found

    def _explained(self, failure: ServiceUnavailableError) -> ServiceUnavailableError:
        """The failure, or what stands behind it: a driver that never asks may belong to a service that is silent."""
        if failure.reason != "vpcd_slot_taken":
            return failure
        try:
            pcsc.ask(pcsc.Context.readers, given_up=self._stop)
        except ServiceUnavailableError as error:
            return error if error.reason == "service_silent" else failure
        except TransportError:
            pass
        return failure

    def remove(self, number: int) -> None:
        """Take away what lies in slot `number`, and wait a moment for programs to see it, where they can."""
        self._slots[number].remove()
        found = self._names[number]
        if found is not None and not self._listening:
            _look_for(lambda context: None if found.name in _occupied(context) else found.name, _EMPTY_S, self._stop)

    def close(self) -> None:
        """Take every card away and let the service go. Safe to call twice."""
        self._stop.set()
        for slot in self._slots:
            slot.close()
        self._waker.stop()


def emulate(
    card: EmulatedCard,
    host: str = "127.0.0.1",
    port: int = vpcd.DEFAULT_PORT,
    *,
    stop: threading.Event,
    on_ready: Callable[[EmulatedReader], None],
    patience_s: float = 5.0,
    retry_s: float = 0.5,
) -> None:
    """Serve one card through the PC/SC service until `stop` is set, also across the service's restarts.

    `on_ready` is called once, when programs can see the card. `patience_s` bounds the first attempt: until vpcd
    listens, and then until it asks for the card.

    Raises:
        ServiceUnavailableError: As `CardEmulator.place`. At the first attempt only: what was there once is waited for,
            and tried again every `retry_s`.
    """
    slot = DiallingSlot(host, port, patience_s=patience_s, retry_s=retry_s)
    emulator = CardEmulator([slot], stop, listening=False, wake_again_s=retry_s)
    try:
        found = emulator.place(0, card)
        if found is not None:
            on_ready(found)
            stop.wait()
    finally:
        emulator.close()
