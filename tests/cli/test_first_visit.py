"""A start of the counter: visits are counted on, it has a run of its own, no half-typed form that is over is left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from kiosk.cli.composition import CounterPlan, journal_key_path, load_services
from kiosk.flow.effects import QueueLater, RecordVisit
from kiosk.journal.errors import JournalKeyError
from kiosk.services.interfaces import Services

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=9)))


def first_visit(folder: Path, now: datetime, *recorded: int) -> int:
    """What a start at `now` calls its first visit; `recorded` are visits it writes down before it ends."""
    with started(folder, [now]) as services:
        for visit in recorded:
            services.journal.record(RecordVisit(visit, "OK_ONLINE", "pin"))
        return services.first_visit


@contextmanager
def started(folder: Path, clock: list[datetime]) -> Iterator[Services]:
    """A start of the counter; `clock` holds what time it is."""
    services = load_services(CounterPlan(folder, lambda: clock[0], "ja"))
    try:
        yield services
    finally:
        assert services.queue is not None
        services.queue.stop()
        services.at_end()
        services.slot.close()


def test_no_number_of_a_day_comes_twice_and_every_day_begins_with_one(tmp_path: Path) -> None:
    assert first_visit(tmp_path, NOON, 1, 2, 3) == 1
    assert first_visit(tmp_path, NOON) == 4
    assert first_visit(tmp_path, NOON + timedelta(days=1)) == 1


def test_every_start_has_a_run_of_its_own_and_what_it_notes_for_later_names_it(tmp_path: Path) -> None:
    runs = []
    for _ in range(2):
        with started(tmp_path, [NOON]) as services:
            assert services.staff is not None
            assert services.queue is not None
            runs.append(services.staff.journal.run)
            services.queue.put(QueueLater(1, "recheck", name="窓口　花子"))
            services.journal.record(RecordVisit(1, "OK_PENDING", "", queue="recheck"))
            entries = services.staff.journal.today(NOON.date())
            assert {entry.run for entry in entries[-2:]} == {runs[-1]}
    assert len(set(runs)) == 2


def kept(services: Services, folder: Path) -> list[Path]:
    """The half-typed forms on the disk, with one more."""
    assert services.drafts is not None
    services.drafts.keep("portal", (("name", "窓口　花子"),))
    return list((folder / "drafts").iterdir())


def test_a_half_typed_form_whose_time_is_over_is_destroyed_when_the_counter_ends(tmp_path: Path) -> None:
    clock = [NOON]
    with started(tmp_path, clock) as services:
        [form] = kept(services, tmp_path)
        clock[0] = NOON + timedelta(hours=8)
    assert not form.exists()


def test_a_half_typed_form_of_another_day_is_destroyed_where_the_counter_cannot_start(tmp_path: Path) -> None:
    with started(tmp_path, [NOON]) as services:
        [form] = kept(services, tmp_path)
    os.utime(form, (NOON.timestamp(), NOON.timestamp()))
    journal_key_path(tmp_path).chmod(0o644)
    with pytest.raises(JournalKeyError), started(tmp_path, [NOON + timedelta(hours=1)]):
        pass
    assert form.exists(), "its time is not over"
    with pytest.raises(JournalKeyError), started(tmp_path, [NOON + timedelta(days=1)]):
        pass
    assert not form.exists()


def test_a_half_typed_form_of_another_day_is_destroyed_when_the_counter_starts(tmp_path: Path) -> None:
    with started(tmp_path, [NOON]) as services:
        [form] = kept(services, tmp_path)
    assert form.exists(), "its time is not over"
    with started(tmp_path, [NOON + timedelta(days=1)]):
        assert not form.exists()
