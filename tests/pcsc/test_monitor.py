"""Cards and readers coming and going, as events."""

from __future__ import annotations

import queue
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


def test_a_monitor_that_was_never_started_can_be_stopped() -> None:
    SlotMonitor(SoftwareReader(), lambda event: None).stop()
