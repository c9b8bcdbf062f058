"""How soon the counter knows: a card laid down or taken away, a reader plugged in or unplugged.

Peer: the PC/SC layer itself, a bare SCardGetStatusChange on a context of its own (and a bare SCardConnect), which sees
the same card at the same time. Both clocks start at the instant in which the card or the reader is moved; most of the
time is pcscd's own look at the reader, about every 0.4 s. Goal: at most 2 times the bare calls.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.report import Figure, ratio_line
from reader.monitor import CardArrived, CardGone, ReaderEvent, SlotMonitor, SlotUnavailable
from reader.transports import pcsc
from tests.card_factory import make_card
from tests.daemons import pluggable
from tests.daemons.private_pcscd import PrivatePcscd, shared_daemon
from tests.daemons.virtual_card import LONG_ENOUGH_S, plugged_in

GOAL = 2.0
_PRESENT, _GONE = 0x20, 0x0C
"""SCARD_STATE_PRESENT; SCARD_STATE_UNKNOWN and SCARD_STATE_UNAVAILABLE."""


@dataclass
class Watch:
    """Moments at which one side saw the slot become `card`, `empty` or `gone`, newest last."""

    seen: queue.Queue[tuple[str, float]] = field(default_factory=queue.Queue)

    def note(self, what: str) -> None:
        """It is so now."""
        self.seen.put((what, time.perf_counter()))

    def moment_of(self, what: str) -> float:
        """When it was seen next; what else was seen before it is passed over."""
        while True:
            said, moment = self.seen.get(timeout=LONG_ENOUGH_S)
            if said == what:
                return moment


@contextmanager
def bare_watch(name: str) -> Iterator[Watch]:
    """The PC/SC layer itself: one context, one blocking call after the other."""
    watch, context, stop = Watch(), pcsc.Context(), threading.Event()

    def loop() -> None:
        known = 0
        while not stop.is_set():
            code, states = context.states([(name, known)], LONG_ENOUGH_S)
            if code == 0:
                known = states[name][0] & ~0x02
                watch.note("gone" if known & _GONE else "card" if known & _PRESENT else "empty")

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        while thread.is_alive():
            context.cancel()
            thread.join(0.01)
        context.release()


@contextmanager
def our_watch(slot: pcsc.PcscSlot) -> Iterator[Watch]:
    """The counter's way: SlotMonitor's events."""
    watch = Watch()

    def note(event: ReaderEvent) -> None:
        match event:
            case CardArrived():
                watch.note("card")
            case CardGone():
                watch.note("empty")
            case SlotUnavailable():
                watch.note("gone")

    monitor = SlotMonitor(slot, note)
    monitor.start()
    try:
        yield watch
    finally:
        monitor.stop()


def _seconds(call: Callable[[], None]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _bare_connect(name: str) -> None:
    """Tie up, power up, power down, let go: what any program does at least."""
    context = pcsc.Context()
    card, _ = context.connect(name)
    context.power_down(card)
    context.release()


@dataclass
class Times:
    """Seconds from the instant of the move, of every run."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def _measure(daemon: PrivatePcscd, reader: pluggable.PluggableReader, runs: int) -> dict[str, Times]:
    name = daemon.readers[0]
    slot, card = pcsc.PcscSlot(name), make_card()
    times = {what: Times() for what in ("laid down", "taken away", "unplugged", "plugged in")}
    with bare_watch(name) as bare, our_watch(slot) as ours:

        def note(what: str, since: float, state: str, turn: int, *, connect: bool) -> None:
            """Both sides' moment; with `connect`, until either could hold the card, the first place in turn."""
            ours_s, bare_s = ours.moment_of(state) - since, bare.moment_of(state) - since
            if connect:
                time.sleep(0.01)  # both watchers have said what they had to say
                for side in ("ours", "bare") if turn % 2 else ("bare", "ours"):
                    if side == "ours":
                        ours_s += _seconds(lambda: slot.connect().close())
                    else:
                        bare_s += _seconds(lambda: _bare_connect(name))
            if turn:  # the first is the warm-up
                times[what].ours.append(ours_s)
                times[what].bare.append(bare_s)

        for turn in range(runs + 1):
            time.sleep(random.uniform(0.5, 0.9))  # never in step with pcscd
            began = time.perf_counter()
            with plugged_in(card, ("127.0.0.1", daemon.ports[0])):
                note("laid down", began, "card", turn, connect=True)
                time.sleep(random.uniform(0.5, 0.9))
                began = time.perf_counter()
                reader.unplug()
                note("unplugged", began, "gone", turn, connect=False)
                time.sleep(random.uniform(0.5, 0.9))
                began = time.perf_counter()
                reader.plug_in()
                note("plugged in", began, "card", turn, connect=True)
                time.sleep(random.uniform(0.5, 0.9))
                began = time.perf_counter()
            note("taken away", began, "empty", turn, connect=False)
    slot.close()
    return times


def run(runs: int) -> list[Figure]:
    """Both sides at once after one warm-up; nothing where there is no pcscd, with the reason printed."""
    daemon = shared_daemon() if pcsc.is_installed() else "pyscard is not installed"
    reason = daemon if isinstance(daemon, str) else pluggable.why_not()
    if isinstance(daemon, str) or reason:
        print(f"cards and readers that come and go: not measured: {reason}")
        return []
    with pluggable.pluggable_reader(daemon) as reader:
        times = _measure(daemon, reader, runs)
    wording = {
        "laid down": "card laid down, until it can be talked to",
        "taken away": "card taken away, until the event",
        "unplugged": "reader unplugged, until the event",
        "plugged in": "reader plugged in, until its card can be talked to",
    }
    return [ratio_line(wording[what], side.ours, side.bare, GOAL) for what, side in times.items()]
