"""Cards and readers coming and going, as events: the threads that watch one slot.

Owns: the watching threads and the translation of two looks at a slot into what happened between them. Knows no PC/SC;
a slot is whatever `reader.connection.CardSlot` says. One thread looks and one tells, because a look hangs for as long
as a service keeps silent, and that has to be told meanwhile.
What breaks if this is wrong: the counter shows the last patient's answer while the next card lies there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final

from reader.connection import CardSlot, SlotReport, SlotState


@dataclass(frozen=True, slots=True)
class CardArrived:
    """A card was placed; nothing was asked of it yet, it may not be a My Number card, or be mute."""


@dataclass(frozen=True, slots=True)
class CardGone:
    """The card was taken away, or the reader with it."""


@dataclass(frozen=True, slots=True)
class SlotUnavailable:
    """No card can be read now: `no_service`, `service_silent`, `no_reader`, `access_denied` or `no_pyscard`."""

    reason: str


@dataclass(frozen=True, slots=True)
class SlotAvailable:
    """The reader is there, or there again."""


ReaderEvent = CardArrived | CardGone | SlotUnavailable | SlotAvailable


def events_between(before: SlotReport | None, after: SlotReport) -> tuple[ReaderEvent, ...]:
    """What happened from one look to the next, in the order in which it did; `before` is None at the first look."""
    if after == before:
        return ()
    events: list[ReaderEvent] = []
    had_card = before is not None and before.state is SlotState.OCCUPIED
    has_card = after.state is SlotState.OCCUPIED
    # Another generation: the card seen before is not the card that lies there now.
    swapped = before is not None and had_card and has_card and before.generation != after.generation
    if after.state is SlotState.UNAVAILABLE:  # a reader that is gone took its card along: nobody pulled that
        return (SlotUnavailable(after.reason or "no_reader"),)
    if had_card and (swapped or not has_card):
        events.append(CardGone())
    if before is None or before.state is SlotState.UNAVAILABLE:
        events.append(SlotAvailable())
    if has_card and (swapped or not had_card):
        events.append(CardArrived())
    return tuple(events)


LOOK_S: Final = 10.0
"""How long one wait lasts where nothing happens, in seconds: a service that falls silent shows at its end only."""
SILENT_AFTER_S: Final = 10.0
"""How long after the end of its wait a look may come back, in seconds, before it is told that nobody answers."""
_STOP_S: Final = 2.0
"""How long `stop` waits for its threads, in seconds: a frozen PC/SC service holds one up, and must not hold up us."""
_PAUSE_AFTER_FAULT_S: Final = 0.5
"""Between two looks at a slot that fails: often enough for a person, seldom enough for the machine."""


class SlotMonitor:
    """Watches a slot in threads of its own from `start` to `stop`, and reports every event.

    `report` is called in one of them, one event at a time, and must not raise. The slot stays the caller's: it is
    neither connected to nor closed.
    """

    def __init__(
        self,
        slot: CardSlot,
        report: Callable[[ReaderEvent], None],
        *,
        look_s: float = LOOK_S,
        silent_after_s: float = SILENT_AFTER_S,
    ) -> None:
        """`look_s`: how long one wait lasts where nothing happens; an event never waits for its end.

        `silent_after_s`: how long after that end the slot is told to be unavailable; both in seconds.
        """
        self._slot = slot
        self._report = report
        self._look_s = look_s
        self._patience_s = look_s + silent_after_s
        self._stopping = threading.Event()
        self._seen: SimpleQueue[SlotReport | None] = SimpleQueue()
        """What each look saw; None at the end."""
        self._looking = threading.Thread(target=self._look_on, name="madoguchi-slot-look", daemon=True)
        self._thread = threading.Thread(target=self._watch, name="madoguchi-slot-monitor", daemon=True)

    def start(self) -> None:
        """Begin; the first events tell the present state. Once only."""
        self._looking.start()
        self._thread.start()

    def stop(self) -> None:
        """End the threads and wait for them (but the one it is called in). No event comes afterwards. Safe to repeat.

        A slot that hangs is waited for briefly; the thread that looks at it ends as soon as the slot lets it.
        """
        self._stopping.set()
        self._seen.put(None)
        if self._looking.is_alive():
            self._slot.interrupt()
        deadline = time.monotonic() + _STOP_S
        for thread in (self._thread, self._looking):
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))

    @property
    def stopped(self) -> bool:
        """Whether its threads are over, or were never begun."""
        return not self._thread.is_alive() and not self._looking.is_alive()

    def _watch(self) -> None:
        known: SlotReport | None = None
        while not self._stopping.is_set():
            try:
                seen = self._seen.get(timeout=self._patience_s)
            except Empty:
                seen = SlotReport(SlotState.UNAVAILABLE, "service_silent", 0 if known is None else known.generation)
            if seen is None:
                return
            for event in events_between(known, seen):
                if self._stopping.is_set():
                    return
                self._report(event)
            known = seen

    def _look_on(self) -> None:
        known: SlotReport | None = None
        while not self._stopping.is_set():
            known = self._look(known)
            self._seen.put(known)

    def _look(self, known: SlotReport | None) -> SlotReport:
        """The slot's report; a slot that fails in a way nobody foresaw cannot be used, and is asked again."""
        try:
            return self._slot.wait_for_change(known, self._look_s)
        except Exception:  # a thread that ends here would leave the counter with yesterday's reader
            self._stopping.wait(_PAUSE_AFTER_FAULT_S)
            return SlotReport(SlotState.UNAVAILABLE, "no_reader", 0 if known is None else known.generation)
