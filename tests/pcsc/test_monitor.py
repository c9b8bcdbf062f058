"""Cards and readers coming and going, as events."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

from reader.connection import SlotReport, SlotState
from reader.monitor import (
    CardArrived,
    CardGone,
    ReaderEvent,
    SlotAvailable,
    SlotMonitor,
    SlotUnavailable,
    events_between,
)
from reader.transports.in_process import SoftwareReader
from tests.card_factory import make_card
from tests.daemons.virtual_card import LONG_ENOUGH_S

EMPTY = SlotReport(SlotState.EMPTY)
CARD_1 = SlotReport(SlotState.OCCUPIED, generation=1)
CARD_2 = SlotReport(SlotState.OCCUPIED, generation=2)
NO_READER = SlotReport(SlotState.UNAVAILABLE, "no_reader", 1)
NO_SERVICE = SlotReport(SlotState.UNAVAILABLE, "no_service", 1)


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        (None, EMPTY, [SlotAvailable()]),
        (None, CARD_1, [SlotAvailable(), CardArrived()]),
        (None, NO_SERVICE, [SlotUnavailable("no_service")]),
        (EMPTY, EMPTY, []),
        (EMPTY, CARD_1, [CardArrived()]),
        (EMPTY, NO_READER, [SlotUnavailable("no_reader")]),
        (CARD_1, EMPTY, [CardGone()]),
        (CARD_1, CARD_1, []),
        (CARD_1, CARD_2, [CardGone(), CardArrived()]),
        # A reader that is gone took its card along: nobody pulled the card.
        (CARD_1, NO_READER, [SlotUnavailable("no_reader")]),
        (NO_READER, EMPTY, [SlotAvailable()]),
        (NO_READER, CARD_2, [SlotAvailable(), CardArrived()]),
        (NO_READER, NO_SERVICE, [SlotUnavailable("no_service")]),
        # A card that came and left between two looks was never there for us.
        (EMPTY, SlotReport(SlotState.EMPTY, generation=1), []),
    ],
)
def test_what_happened_between_two_looks(
    before: SlotReport | None, after: SlotReport, events: list[ReaderEvent]
) -> None:
    assert list(events_between(before, after)) == events


@pytest.fixture
def watched() -> Iterator[tuple[SoftwareReader, queue.Queue[ReaderEvent]]]:
    """A software reader and the events that its monitor reports."""
    reader, events = SoftwareReader(), queue.Queue[ReaderEvent]()
    monitor = SlotMonitor(reader, events.put, look_s=LONG_ENOUGH_S)
    monitor.start()
    yield reader, events
    monitor.stop()


def test_a_card_comes_is_swapped_and_goes(watched: tuple[SoftwareReader, queue.Queue[ReaderEvent]]) -> None:
    reader, events = watched
    assert events.get(timeout=LONG_ENOUGH_S) == SlotAvailable()
    reader.place(make_card())
    assert events.get(timeout=LONG_ENOUGH_S) == CardArrived()
    reader.place(make_card())
    assert [events.get(timeout=LONG_ENOUGH_S) for _ in range(2)] == [CardGone(), CardArrived()]
    reader.unplug()
    assert events.get(timeout=LONG_ENOUGH_S) == SlotUnavailable("no_reader")
    reader.plug_in()
    assert events.get(timeout=LONG_ENOUGH_S) == SlotAvailable()


def test_after_stop_nothing_is_reported_and_the_thread_is_over() -> None:
    reader, events = SoftwareReader(), queue.Queue[ReaderEvent]()
    monitor = SlotMonitor(reader, events.put, look_s=LONG_ENOUGH_S)
    monitor.start()
    assert events.get(timeout=LONG_ENOUGH_S) == SlotAvailable()
    monitor.stop()
    monitor.stop()
    reader.place(make_card())
    assert events.empty()
    assert not monitor._thread.is_alive()


def test_a_monitor_may_be_stopped_from_its_own_report() -> None:
    reader, events = SoftwareReader(), queue.Queue[ReaderEvent]()

    def stop_at_once(event: ReaderEvent) -> None:
        events.put(event)
        monitor.stop()

    monitor = SlotMonitor(reader, stop_at_once)
    monitor.start()
    monitor._thread.join(LONG_ENOUGH_S)
    assert not monitor._thread.is_alive()
    assert events.qsize() == 1


class SilentReader(SoftwareReader):
    """Comes back from a look only while somebody answers it, as a slot of a service that is frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.answering = threading.Event()

    def wait_for_change(self, known: SlotReport | None, timeout: float) -> SlotReport:
        seen = super().wait_for_change(known, timeout)
        self.answering.wait()
        return seen


def next_but_silence(events: queue.Queue[ReaderEvent]) -> ReaderEvent:
    """The next event that tells of no silence: a busy machine may be as silent as a frozen one, for a moment."""
    while (event := events.get(timeout=LONG_ENOUGH_S)) in (SlotUnavailable("service_silent"), SlotAvailable()):
        pass
    return event


def test_a_slot_that_does_not_come_back_is_told_of_once_and_goes_on_when_it_does() -> None:
    reader, events = SilentReader(), queue.Queue[ReaderEvent]()
    reader.place(make_card())
    monitor = SlotMonitor(reader, events.put, look_s=0.0, silent_after_s=0.05)
    monitor.start()
    try:
        assert events.get(timeout=LONG_ENOUGH_S) == SlotUnavailable("service_silent")
        with pytest.raises(queue.Empty):  # several silences later
            events.get(timeout=0.5)
        assert not monitor.stopped
        reader.answering.set()
        assert events.get(timeout=LONG_ENOUGH_S) == SlotAvailable()
        assert next_but_silence(events) == CardArrived()
        reader.remove()
        assert next_but_silence(events) == CardGone()
    finally:
        reader.answering.set()
        monitor.stop()
    assert monitor.stopped


def test_a_monitor_of_a_slot_that_hangs_stops_and_its_look_ends_later() -> None:
    reader, events = SilentReader(), queue.Queue[ReaderEvent]()
    monitor = SlotMonitor(reader, events.put)
    monitor.start()
    monitor.stop()
    assert (monitor._thread.is_alive(), monitor.stopped) == (False, False)
    reader.answering.set()
    monitor._looking.join(LONG_ENOUGH_S)
    assert not monitor._looking.is_alive()
    assert events.empty()


def test_a_monitor_that_was_never_started_can_be_stopped() -> None:
    SlotMonitor(SoftwareReader(), lambda event: None).stop()
