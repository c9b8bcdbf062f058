"""The day: which visits count when the counter is closed, and what is noted for whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import cast

import pytest

from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.answer import Reception
from kiosk.flow.counter import Counter
from kiosk.rehearsal.clock import RehearsalClock
from kiosk.rehearsal.day import Day
from kiosk.rehearsal.notes import Deed, Noted
from kiosk.rehearsal.script import Script, Visit
from kiosk.rehearsal.world import World

VISITS = tuple(Visit(time(9, minute), "taro", {"ja": "はい"}, card="taro") for minute in (5, 15))
SCRIPT = Script("own", {"ja": "一日"}, {"ja": ""}, date(2026, 11, 24), VISITS)
CARD = st.CardSummary("individual", 3, None)
AT_CARD = Counter(state=st.ChoosingMethod(CARD), card=CARD)


class NothingHappens:
    """A world with a counter on which no card ever lies."""

    card_lies_there = False

    def person_comes(self, visit: Visit) -> None: ...

    def take_card(self) -> None: ...

    def skip(self, visit: Visit) -> None: ...


@pytest.fixture
def day() -> Iterator[Day]:
    faults: list[BaseException] = []
    day = Day(SCRIPT, RehearsalClock(SCRIPT.on, lambda: 0.0), lambda: 0.0, faults.append)
    day.open(cast("World", NothingHappens()))
    day.next_person()
    yield day
    day.close()
    assert not faults


def test_a_visit_under_way_is_begun_anew_and_not_scored(day: Day) -> None:
    day.step(AT_CARD, ev.PinAccepted(), AT_CARD)
    assert day.played() == ()
    day.step(AT_CARD, ev.Decided(Reception("OK_ONLINE", 4, "ratio:30")), AT_CARD)
    assert [index for index, _ in day.played()] == [0]


def test_a_visit_that_was_broken_off_counts(day: Day) -> None:
    day.step(AT_CARD, ev.Abandoned(), Counter())
    ((index, notes),) = day.played()
    assert (index, notes.decision, notes.of(Deed.ENDED_EARLY)) == (0, None, ("",))


def test_what_the_desk_did_with_the_record_is_noted_for_whom_it_was_done(day: Day) -> None:
    day.used("medical")
    day.next_person()
    day.used("copied")
    day.next_person()
    day.used("reference")  # nobody is there any more
    assert [notes.noted(Deed.USED) for _, notes in day.played()] == [
        (Noted(Deed.USED, "medical", "09:05"),),
        (Noted(Deed.USED, "copied", "09:15"),),
    ]
