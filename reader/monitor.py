"""Cards and readers coming and going, as events: the thread that watches one slot.

Owns: the watching thread and the translation of two looks at a slot into what happened between them. Knows no PC/SC;
a slot is whatever `reader.connection.CardSlot` says.
What breaks if this is wrong: the counter shows the last patient's answer while the next card lies there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
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
    """No card can be read now: `no_service`, `no_reader`, `access_denied` or `no_pyscard`."""

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


_STOP_S: Final = 2.0
"""How long `stop` waits for its thread, in seconds: a frozen PC/SC service holds that up, and must not hold up us."""
_PAUSE_AFTER_FAULT_S: Final = 0.5
"""Between two looks at a slot that fails: often enough for a person, seldom enough for the machine."""


class SlotMonitor:
    """Watches a slot in a thread of its own from `start` to `stop`, and reports every event there.

    `report` is called in that thread, one event at a time, and must not raise. The slot stays the caller's: it is
    neither connected to nor closed.
    """

    def __init__(self, slot: CardSlot, report: Callable[[ReaderEvent], None], *, look_s: float = 30.0) -> None:
        """`look_s`: how long one wait lasts where nothing happens; an event never waits for its end."""
        self._slot = slot
        self._report = report
        self._look_s = look_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="madoguchi-slot-monitor", daemon=True)

    def start(self) -> None:
        """Begin; the first events tell the present state. Once only."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it (unless called in it). No event is reported afterwards. Safe to call twice.

        A slot that hangs is waited for briefly; its thread ends as soon as the slot lets it.
        """
        self._stopping.set()
        if self._thread.is_alive():
            self._slot.interrupt()
            if self._thread is not threading.current_thread():
                self._thread.join(_STOP_S)

    @property
    def stopped(self) -> bool:
        """Whether its thread is over, or was never begun."""
        return not self._thread.is_alive()

    def _watch(self) -> None:
        known: SlotReport | None = None
        while not self._stopping.is_set():
            seen = self._look(known)
            for event in events_between(known, seen):
                if self._stopping.is_set():
                    return
                self._report(event)
            known = seen

    def _look(self, known: SlotReport | None) -> SlotReport:
        """The slot's report; a slot that fails in a way nobody foresaw cannot be used, and is asked again."""
        try:
            return self._slot.wait_for_change(known, self._look_s)
        except Exception:  # a thread that ends here would leave the counter with yesterday's reader
            self._stopping.wait(_PAUSE_AFTER_FAULT_S)
            return SlotReport(SlotState.UNAVAILABLE, "no_reader", 0 if known is None else known.generation)
