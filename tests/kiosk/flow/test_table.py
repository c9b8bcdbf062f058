"""The whole flow as a table: every event in every situation is listed here, or refused.

`Name` is the state that follows in the same visit, `Name+1` in the next; `=` leaves the counter as it is.
What is not listed raises UnexpectedEventError.
"""

from __future__ import annotations

from typing import get_args

import pytest

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import Happened, UnexpectedEventError
from kiosk.flow.machine import advance
from kiosk.flow.states import State
from tests.kiosk.flow.samples import SITUATIONS, VISIT, sample_events, tell

# Whatever happens: a time-out nobody answers to, a PIN that comes too late (it is wiped), a reader that is back.
ALWAYS = {"Expired": "=", "PinEntered": "=", "ReaderBack": "="}
# A card that goes, is swapped or loses its reader ends a visit that needs it.
NEEDS_CARD = {"CardPlaced": "ReadingCard+1", "CardTaken": "InTrouble+1", "ReaderGone": "InTrouble+1"}

TABLE: dict[str, dict[str, str]] = {
    "idle": {
        "CardPlaced": "ReadingCard",
        "CardTaken": "=",
        "ReaderGone": "Idle",
        "ManualRequested": "ChoosingDocument",
        "StaffCalled": "InTrouble",
    },
    "idle, no reader": {
        "CardPlaced": "ReadingCard",
        "CardTaken": "=",
        "ReaderGone": "=",
        "ReaderBack": "Idle",
        "ManualRequested": "ChoosingDocument",
        "StaffCalled": "InTrouble",
    },
    "reading": {
        **NEEDS_CARD,
        "CardRead": "ChoosingMethod",
        "CardRead locked": "InTrouble",
        "CardRead face only": "InTrouble",
        "CardRead real": "ConfirmingRealCard",
        "CardFailed": "InTrouble",
        "StaffCalled": "InTrouble+1",
        "ManualRequested": "ChoosingDocument+1",
    },
    "confirming real card": {
        **NEEDS_CARD,
        "RealCardAccepted": "ChoosingMethod",
        "StaffCalled": "InTrouble",
        "Abandoned": "TakingCard",
        "Expired": "TakingCard",
    },
    "choosing method": {
        **NEEDS_CARD,
        "PinChosen": "EnteringPin",
        "StaffCalled": "InTrouble",
        "Abandoned": "TakingCard",
        "Expired": "TakingCard",
    },
    "choosing method, one try": {
        **NEEDS_CARD,
        "PinChosen": "ConfirmingLastTry",
        "StaffCalled": "InTrouble",
        "Abandoned": "TakingCard",
        "Expired": "TakingCard",
    },
    "confirming last try": {
        **NEEDS_CARD,
        "LastTryAccepted": "EnteringPin",
        "Back": "ChoosingMethod",
        "StaffCalled": "InTrouble",
        "Abandoned": "TakingCard",
        "Expired": "TakingCard",
    },
    "entering pin": {
        **NEEDS_CARD,
        "PinEntered": "VerifyingPin",
        "Back": "ChoosingMethod",
        "StaffCalled": "InTrouble",
        "Abandoned": "TakingCard",
        "Expired": "TakingCard",
    },
    "verifying": {
        **NEEDS_CARD,
        "PinAccepted": "AskingService",
        "PinRejected 2": "EnteringPin",
        "PinRejected 1": "ConfirmingLastTry",
        "PinRejected 0": "InTrouble",
        "CardFailed": "InTrouble",
        "ServiceFailed": "InTrouble",
    },
    "asking by card": {
        **NEEDS_CARD,
        "AnswerReceived": "ShowingAnswer",
        "ServiceFailed": "InTrouble",
        "StaffCalled": "InTrouble+1",
        "ManualRequested": "ChoosingDocument+1",
    },
    "asking by numbers": {
        "CardPlaced": "AskingService",
        "CardTaken": "=",
        "ReaderGone": "AskingService",
        "AnswerReceived": "ShowingAnswer",
        "ServiceFailed": "InTrouble",
        "StaffCalled": "InTrouble+1",
        "ManualRequested": "ChoosingDocument+1",
    },
    "answer by card": {
        "CardPlaced": "ReadingCard+1",
        "CardTaken": "Idle+1",
        "ReaderGone": "ShowingAnswer",
        "ManualRequested": "ChoosingDocument",
        "Acknowledged": "TakingCard",
        "Abandoned": "TakingCard",
        "Expired": "TakingCard",
    },
    "answer by numbers": {
        "CardPlaced": "ShowingAnswer",
        "CardTaken": "=",
        "ReaderGone": "ShowingAnswer",
        "ManualRequested": "ChoosingDocument",
        "Acknowledged": "Idle+1",
        "Abandoned": "Idle+1",
        "Expired": "Idle+1",
    },
    "answer by numbers, own card": {
        "CardPlaced": "ShowingAnswer",
        "CardTaken": "ShowingAnswer",
        "ReaderGone": "ShowingAnswer",
        "ManualRequested": "ChoosingDocument",
        "Acknowledged": "TakingCard",
        "Abandoned": "TakingCard",
        "Expired": "TakingCard",
    },
    "answer by numbers, next card": {
        "CardPlaced": "=",
        "CardTaken": "ShowingAnswer",
        "ReaderGone": "ShowingAnswer",
        "ManualRequested": "ChoosingDocument",
        "Acknowledged": "ReadingCard+1",
        "Abandoned": "ReadingCard+1",
        "Expired": "ReadingCard+1",
    },
    "taking card": {"CardPlaced": "ReadingCard+1", "CardTaken": "Idle+1", "ReaderGone": "Idle+1"},
    "trouble, card there": {
        "CardPlaced": "ReadingCard+1",
        "CardTaken": "InTrouble",
        "ReaderGone": "InTrouble",
        "ManualRequested": "ChoosingDocument",
        "RetryRequested": "ReadingCard+1",
        "Abandoned": "TakingCard",
        "Expired": "TakingCard",
    },
    "trouble, no card": {
        "CardPlaced": "ReadingCard+1",
        "CardTaken": "=",
        "ReaderGone": "InTrouble",
        "ManualRequested": "ChoosingDocument",
        "RetryRequested": "Idle+1",
        "Abandoned": "Idle+1",
        "Expired": "Idle+1",
    },
    "choosing document": {
        "CardPlaced": "ChoosingDocument",
        "CardTaken": "=",
        "ReaderGone": "ChoosingDocument",
        "DocumentChosen": "FillingForm",
        "RetryRequested": "Idle+1",
        "Back": "Idle+1",
        "Abandoned": "Idle+1",
    },
    "choosing document after trouble": {
        "CardPlaced": "=",
        "CardTaken": "ChoosingDocument",
        "ReaderGone": "ChoosingDocument",
        "DocumentChosen": "FillingForm",
        "RetryRequested": "ReadingCard+1",
        "Back": "InTrouble",
        "Abandoned": "TakingCard",
    },
    "choosing document after an answer": {
        "CardPlaced": "=",
        "CardTaken": "ChoosingDocument",
        "ReaderGone": "ChoosingDocument",
        "DocumentChosen": "FillingForm",
        "RetryRequested": "ReadingCard+1",
        "Back": "ShowingAnswer",
        "Abandoned": "TakingCard",
    },
    "choosing document after an answer whose card left": {
        "CardPlaced": "ChoosingDocument",
        "CardTaken": "=",
        "ReaderGone": "ChoosingDocument",
        "DocumentChosen": "FillingForm",
        "RetryRequested": "Idle+1",
        "Back": "Idle+1",
        "Abandoned": "Idle+1",
    },
    "filling form": {
        "CardPlaced": "FillingForm",
        "CardTaken": "=",
        "ReaderGone": "FillingForm",
        "FormCompleted": "ConfirmingForm",
        "Back": "ChoosingDocument",
        "Abandoned": "Idle+1",
    },
    "confirming form": {
        "CardPlaced": "ConfirmingForm",
        "CardTaken": "=",
        "ReaderGone": "ConfirmingForm",
        "FormConfirmed": "AskingService",
        "Back": "FillingForm",
        "Abandoned": "Idle+1",
    },
}

PAIRS = [(situation, event) for situation in SITUATIONS for event in sample_events()]


@pytest.mark.parametrize(("situation", "event_name"), PAIRS)
def test_every_event_in_every_situation_is_listed_or_refused(situation: str, event_name: str) -> None:
    before = SITUATIONS[situation]
    event = sample_events()[event_name]
    expected = {**ALWAYS, **TABLE[situation]}.get(event_name)
    if expected is None:
        with pytest.raises(UnexpectedEventError) as refusal:
            tell(before, event)
        assert refusal.value.state_name == type(before.state).__name__
        assert refusal.value.event_name == type(event).__name__
        return

    after, effects = tell(before, event).counter, tell(before, event).effects
    if expected == "=":
        assert after == before
        assert all(isinstance(effect, do.DiscardPin) for effect in effects)
        return
    assert after != before
    name, _, next_visit = expected.partition("+")
    assert type(after.state).__name__ == name
    assert after.visit == VISIT + (1 if next_visit else 0)


def test_the_table_names_every_state_and_every_event() -> None:
    assert {type(counter.state) for counter in SITUATIONS.values()} == set(get_args(State))
    assert {type(event) for event in sample_events().values()} == set(get_args(ev.Event))
    assert set(TABLE) == set(SITUATIONS)
    assert all(set(row) <= set(sample_events()) for row in TABLE.values())


@pytest.mark.parametrize(("situation", "event_name"), PAIRS)
def test_a_visit_that_ends_is_closed_in_order_and_forgotten_once(situation: str, event_name: str) -> None:
    before = SITUATIONS[situation]
    try:
        transition = tell(before, sample_events()[event_name])
    except UnexpectedEventError:
        return
    ended = transition.counter.visit == VISIT + 1
    forgotten = [effect for effect in transition.effects if isinstance(effect, do.ForgetPatient)]
    assert forgotten == ([do.ForgetPatient(VISIT)] if ended else [])
    if ended:
        closing = [effect for effect in transition.effects if effect.visit == VISIT]
        assert closing[0] == do.ReleaseCard(VISIT)
        assert closing[-1] == do.ForgetPatient(VISIT)
        assert list(transition.effects[: len(closing)]) == closing, "the old visit is closed before the new one begins"


@pytest.mark.parametrize(("situation", "event_name"), PAIRS)
def test_an_event_of_another_visit_changes_nothing_and_a_pin_in_it_is_wiped(situation: str, event_name: str) -> None:
    before = SITUATIONS[situation]
    event = sample_events()[event_name]
    for other_visit in (VISIT - 1, VISIT + 1):
        transition = advance(before, Happened(event, other_visit))
        assert transition.counter is before
        if isinstance(event, ev.PinEntered):
            assert transition.effects == (do.DiscardPin(other_visit, event.handle),)
        else:
            assert transition.effects == ()
