"""The clock of a rehearsal goes on from visit to visit, at its own speed, and never back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from eligibility.calendar import JST
from kiosk.rehearsal.clock import OPENING, RehearsalClock

ON = date(2026, 11, 24)


class Seconds:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def test_it_begins_before_the_first_person_and_waits_for_nobody() -> None:
    seconds = Seconds()
    clock = RehearsalClock(ON, seconds)
    assert clock.now() == datetime.combine(ON, OPENING, JST)
    assert clock.come_to(time(9)) == timedelta(0)
    seconds.now += 90
    assert clock.now() == datetime(2026, 11, 24, 9, 1, 30, tzinfo=JST)


def test_whoever_is_slow_lets_the_next_person_wait() -> None:
    seconds = Seconds()
    clock = RehearsalClock(ON, seconds, speed=10)
    clock.come_to(time(9))
    seconds.now += 60
    assert clock.come_to(time(9, 4)) == timedelta(minutes=6)
    assert clock.now() == datetime(2026, 11, 24, 9, 10, tzinfo=JST)


@given(some.lists(some.tuples(some.floats(0, 3600), some.times()), max_size=8), some.floats(0.1, 60))
def test_it_never_goes_back_and_never_leaves_the_order(steps: list[tuple[float, time]], speed: float) -> None:
    seconds = Seconds()
    clock = RehearsalClock(ON, seconds, speed)
    before = clock.now()
    for passed, at in steps:
        seconds.now += passed
        assert clock.come_to(at) >= timedelta(0)
        assert clock.now() >= before
        before = clock.now()


def test_time_that_stands_still_is_refused() -> None:
    with pytest.raises(ValueError, match="time"):
        RehearsalClock(ON, Seconds(), 0)
