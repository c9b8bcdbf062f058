"""The trainee without mistakes at the last try of a PIN."""

from __future__ import annotations

from datetime import time

import pytest

from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.counter import Counter
from kiosk.flow.facts import Way
from kiosk.rehearsal.model_trainee import ModelTrainee, Move
from kiosk.rehearsal.script import Pin, Visit

WITH_PHOTO = st.CardSummary("individual", 1, None)
WITHOUT_PHOTO = st.CardSummary("individual", 1, None, has_photo=False)


@pytest.mark.parametrize(
    ("card", "pin", "at_the_choice", "at_the_warning"),
    [
        (WITH_PHOTO, Pin.KNOWN, ev.WayChosen(Way.FACE), ev.Back()),
        (WITHOUT_PHOTO, Pin.KNOWN, ev.WayChosen(Way.PIN), ev.LastTryAccepted()),
        (WITHOUT_PHOTO, Pin.MISTYPED, ev.WayChosen(Way.PIN), ev.LastTryAccepted()),
        (WITHOUT_PHOTO, Pin.FORGOTTEN, ev.StaffCalled(st.Trouble.PIN_UNKNOWN), ev.LastTryAccepted()),
    ],
)
def test_a_last_try_is_spent_only_where_no_other_way_is_left(
    card: st.CardSummary, pin: Pin, at_the_choice: Move, at_the_warning: Move
) -> None:
    trainee = ModelTrainee(Visit(time(9), "kazuha", {"ja": "はい"}, card="kazuha", pin=pin))
    assert trainee.move(Counter(state=st.ChoosingMethod(card), card=card)) == at_the_choice
    assert trainee.move(Counter(state=st.ConfirmingLastTry(card), card=card)) == at_the_warning
