"""Many visits and many insertions on one real pcscd: nothing grows, neither here nor at the service."""

from __future__ import annotations

import gc
import queue
import time
from dataclasses import dataclass, fields

import psutil
import pytest

from reader.monitor import CardArrived, CardGone, ReaderEvent, SlotAvailable, SlotMonitor
from reader.transports.pcsc import PcscSlot
from tests.card_factory import make_card
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import LONG_ENOUGH_S, inserted, plugged_in
from tests.visiting import visit

VISITS, WARM_UP = 10_000, 200
INSERTIONS, FIRST_INSERTIONS = 200, 10
GROWTH = 1.05
"""Most that memory may grow by."""
pytestmark = [pytest.mark.soak, pytest.mark.pcsc]


@dataclass(frozen=True)
class Standing:
    """What a process holds at one moment. A context costs the service one thread and one descriptor."""

    descriptors: int
    threads: int
    contexts: int

    def exceeds(self, before: Standing) -> bool:
        return any(getattr(self, item.name) > getattr(before, item.name) for item in fields(self))

    @classmethod
    def now(cls, daemon: PrivatePcscd) -> Standing:
        gc.collect()
        here, there = psutil.Process(), psutil.Process(daemon.pid)
        return cls(here.num_fds(), here.num_threads(), there.num_threads() + there.num_fds())


def memory() -> int:
    """Resident bytes of this process."""
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def assert_back_to(before: Standing, daemon: PrivatePcscd) -> None:
    """Nothing more than before. The service takes a moment to end the thread of a context that was released."""
    deadline = time.monotonic() + LONG_ENOUGH_S
    while (now := Standing.now(daemon)).exceeds(before) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not now.exceeds(before), f"{now} after {before}"


def test_ten_thousand_visits_leave_no_descriptor_no_thread_and_no_context(private_pcscd: PrivatePcscd) -> None:
    with inserted(make_card(), private_pcscd) as name:
        slot = PcscSlot(name)
        for _ in range(WARM_UP):
            visit(slot.connect())
        before, used = Standing.now(private_pcscd), memory()
        for _ in range(VISITS):
            visit(slot.connect())
        assert_back_to(before, private_pcscd)
        assert memory() <= used * GROWTH
        slot.close()


def test_two_hundred_insertions_each_with_a_visit_leave_nothing_either(private_pcscd: PrivatePcscd) -> None:
    """A card is laid down, served and taken away, as the counter does it: a monitor's thread tells when."""
    slot, events = PcscSlot(private_pcscd.readers[0]), queue.Queue[ReaderEvent]()
    card = make_card()

    def event_is(expected: ReaderEvent) -> None:
        assert events.get(timeout=LONG_ENOUGH_S) == expected

    def insertions(count: int) -> None:
        for _ in range(count):
            with plugged_in(card, ("127.0.0.1", private_pcscd.ports[0])):
                event_is(CardArrived())
                visit(slot.connect())
            event_is(CardGone())

    monitor = SlotMonitor(slot, events.put)
    monitor.start()
    event_is(SlotAvailable())
    insertions(FIRST_INSERTIONS)
    before, used = Standing.now(private_pcscd), memory()
    insertions(INSERTIONS)
    assert_back_to(before, private_pcscd)
    assert memory() <= used * GROWTH
    assert events.empty()
    monitor.stop()
    slot.close()
