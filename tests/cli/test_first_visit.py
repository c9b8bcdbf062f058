"""The counter goes on counting its visits after a start in the middle of a day."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from kiosk.cli.composition import CounterPlan, load_services
from kiosk.flow.effects import RecordVisit

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=9)))


def first_visit(folder: Path, now: datetime, *recorded: int) -> int:
    """What a start at `now` calls its first visit; `recorded` are visits it writes down before it ends."""
    services = load_services(CounterPlan(folder, lambda: now, "ja"))
    try:
        for visit in recorded:
            services.journal.record(RecordVisit(visit, "OK_ONLINE", "pin"))
        return services.first_visit
    finally:
        assert services.queue is not None
        services.queue.stop()
        services.at_end()
        services.slot.close()


def test_no_number_of_a_day_comes_twice_and_every_day_begins_with_one(tmp_path: Path) -> None:
    assert first_visit(tmp_path, NOON, 1, 2, 3) == 1
    assert first_visit(tmp_path, NOON) == 4
    assert first_visit(tmp_path, NOON + timedelta(days=1)) == 1
