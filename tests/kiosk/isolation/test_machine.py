"""The flow alone, over many more steps than screens allow: drafts, facts and history of one person reach no other.

Stricter than `tests.kiosk.flow.test_walk` in one point and narrower in another: nobody asks for the next of a family
here, which keeps on purpose what the papers of one family share, so nothing at all may be of another person. One person
may have several visits: what stopped a visit is its end, and the desk goes on with the same person in the next.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

from kiosk.flow import events as ev
from kiosk.flow.states import Idle, ReadingCard
from tests.kiosk.flow.samples import NOTICE
from tests.kiosk.flow.test_walk import CounterWalk, canaries
from tests.thoroughness import examples


class StrictWalk(CounterWalk):
    """A counter at which every person stands alone."""

    def __init__(self) -> None:
        super().__init__()
        self.of_this_person = {self.counter.visit}
        """Visits of whoever is here now."""

    def press(self, event: ev.Event, visit: int) -> None:
        if not isinstance(event, ev.NextOfFamily):
            super().press(event, visit)

    def is_offered(self, key: ev.Event) -> bool:
        return not isinstance(key, ev.NextOfFamily) and super().is_offered(key)

    def check_what_is_remembered(self) -> None:
        visit = self.counter.visit
        if visit not in self.of_this_person:
            goes_on = not isinstance(self.counter.state, Idle | ReadingCard)
            self.of_this_person = {visit, *self.of_this_person} if goes_on else {visit}
        found = canaries(self.counter)
        assert found <= self.of_this_person, "nothing of another person is in the counter, typed or answered"
        assert not found or not isinstance(self.counter.state, Idle), "nobody is here, and nothing of anybody"


TestEveryPersonStandsAlone = StrictWalk.TestCase
TestEveryPersonStandsAlone.settings = settings(max_examples=examples(60), stateful_step_count=120, deadline=None)


def test_the_check_finds_a_draft_of_another_person() -> None:
    walk = StrictWalk()
    walk.press(ev.ManualRequested(), walk.counter.visit)
    walk.press(ev.PaperChosen(NOTICE), walk.counter.visit)
    with pytest.raises(AssertionError, match="another person"):
        walk.press(ev.Back((("name", f"visit-{walk.counter.visit + 1}!"),)), walk.counter.visit)
