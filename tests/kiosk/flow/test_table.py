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

# Whatever happens: a time-out nobody answers to, a PIN that comes too late (it is wiped), a reader that is back, advice
# nobody waits for any more, an entry that was not asked for.
ALWAYS = {
    "Expired": "=",
    "PinEntered": "=",
    "PasscodeEntered": "=",
    "ReaderBack": "=",
    "Advised": "=",
    "EntryWritten": "=",
    "EntryWritten not": "=",
}
# A card that goes, is swapped or loses its reader ends a visit that needs it.
NEEDS_CARD = {"CardPlaced": "ReadingCard+1", "CardTaken": "InTrouble+1", "ReaderGone": "InTrouble+1"}
# Staff can turn to a paper; where something was waited for, in the next visit.
TO_PAPER = {"ManualRequested": "ChoosingPaper", "PaperChosen": "TypingPaper"}
TO_PAPER_NEXT = {"ManualRequested": "ChoosingPaper+1", "PaperChosen": "TypingPaper+1", "StaffCalled": "InTrouble+1"}
# A question to the patient: staff, or the end.
AT_REST = {"StaffCalled": "InTrouble", "Abandoned": "TakingCard", "Expired": "TakingCard"}
# What was half-typed is taken up again.
DRAFTS = {"DraftResumed": "TypingPaper", "DraftResumed four items": "TakingFourItems"}
# What the desk adds asks the rules anew.
FACTS = {
    "PersonJudged different": "Settling",
    "MembershipTold": "Settling",
    "VerbalConfirmed": "Settling",
    "ProtectionTold": "Settling",
}
# The visit ends; a card that lies there has to be taken first.
ENDS = {"Abandoned": "Idle+1", "Expired": "Idle+1"}
ENDS_WITH_CARD = {"Abandoned": "TakingCard", "Expired": "TakingCard"}
# The answer is recorded: without the card it is shown at once.
CARD_BY_THE_WAY = {"CardPlaced": "ReadingCard+1", "CardTaken": "ShowingAnswer", "ReaderGone": "ShowingAnswer"}
PASSED_OVER = {
    "StaffCalled": "=",
    "Acknowledged": "ShowingAnswer",
    "Abandoned": "ShowingAnswer",
    "Expired": "TakingCard",
}
# The counter's modes are switched in any state; the state stays, unless a card was about to be asked for.
MODES = {"OutageSwitched": "same", "DisasterSwitched": "same"}
STOPPED_BY_AN_OUTAGE = {
    "confirming real card": "InTrouble",
    "choosing method": "InTrouble",
    "choosing method, one try": "InTrouble",
    "choosing method, locked": "InTrouble",
    "choosing method, no photo": "InTrouble",
    "choosing method, real": "InTrouble",
    "confirming last try": "InTrouble",
    "entering pin": "InTrouble",
    "face failed": "InTrouble",
    "vouching": "InTrouble",
    "asking by card": "InTrouble+1",
}
ALREADY = {("OutageSwitched", True, False), ("DisasterSwitched", False, True)}

TABLE: dict[str, dict[str, str]] = {
    "idle": {
        **TO_PAPER,
        **DRAFTS,
        "CardPlaced": "ReadingCard",
        "CardTaken": "=",
        "ReaderGone": "Idle",
        "PhoneChosen": "InTrouble",
        "StaffCalled": "InTrouble",
    },
    "idle, reads phones": {
        **TO_PAPER,
        **DRAFTS,
        "CardPlaced": "ReadingCard",
        "CardTaken": "=",
        "ReaderGone": "Idle",
        "PhoneChosen": "AwaitingPhone",
        "StaffCalled": "InTrouble",
    },
    "idle, no reader": {
        **TO_PAPER,
        **DRAFTS,
        "CardPlaced": "ReadingCard",
        "CardTaken": "=",
        "ReaderGone": "=",
        "ReaderBack": "Idle",
        "PhoneChosen": "InTrouble",
        "StaffCalled": "InTrouble",
    },
    "idle, outage": {
        **TO_PAPER,
        **DRAFTS,
        "CardPlaced": "InTrouble",
        "CardTaken": "=",
        "ReaderGone": "Idle",
        "PhoneChosen": "InTrouble",
        "FourItemsRequested": "TakingFourItems",
        "StaffCalled": "InTrouble",
    },
    "awaiting phone": {
        **TO_PAPER,
        **ENDS,
        "CardPlaced": "ReadingCard",
        "CardTaken": "=",
        "ReaderGone": "InTrouble",
        "Back": "Idle+1",
        "StaffCalled": "InTrouble",
    },
    "reading": {
        **NEEDS_CARD,
        **TO_PAPER_NEXT,
        "CardRead": "ChoosingMethod",
        "CardRead locked": "InTrouble",
        "CardRead face only": "ChoosingMethod",
        "CardRead locked baby": "InTrouble",
        "CardRead real": "ConfirmingRealCard",
        "CardRead phone": "InTrouble",
        "CardFailed": "InTrouble",
    },
    "reading, reads phones": {
        **NEEDS_CARD,
        **TO_PAPER_NEXT,
        "CardRead": "ChoosingMethod",
        "CardRead locked": "InTrouble",
        "CardRead face only": "ChoosingMethod",
        "CardRead locked baby": "InTrouble",
        "CardRead real": "ConfirmingRealCard",
        "CardRead phone": "ChoosingMethod",
        "CardFailed": "InTrouble",
    },
    "confirming real card": {
        **NEEDS_CARD,
        **TO_PAPER,
        **AT_REST,
        "RealCardAccepted": "ChoosingMethod",
    },
    "choosing method": {
        **NEEDS_CARD,
        **TO_PAPER,
        **AT_REST,
        "WayChosen pin": "EnteringPin",
        "WayChosen face": "ComparingFace",
        "WayChosen visual": "VouchingByEye",
    },
    "choosing method, one try": {
        **NEEDS_CARD,
        **TO_PAPER,
        **AT_REST,
        "WayChosen pin": "ConfirmingLastTry",
        "WayChosen face": "ComparingFace",
        "WayChosen visual": "VouchingByEye",
    },
    "choosing method, locked": {
        **NEEDS_CARD,
        **TO_PAPER,
        **AT_REST,
        "WayChosen face": "ComparingFace",
        "WayChosen visual": "VouchingByEye",
    },
    "choosing method, no photo": {
        **NEEDS_CARD,
        **TO_PAPER,
        **AT_REST,
        "WayChosen pin": "EnteringPin",
    },
    "choosing method, real": {
        **NEEDS_CARD,
        **TO_PAPER,
        **AT_REST,
        "WayChosen pin": "EnteringPin",
    },
    "confirming last try": {
        **NEEDS_CARD,
        **TO_PAPER,
        **AT_REST,
        "LastTryAccepted": "EnteringPin",
        "Back": "ChoosingMethod",
    },
    "entering pin": {
        **NEEDS_CARD,
        **TO_PAPER,
        **AT_REST,
        "PinEntered": "VerifyingPin",
        "Back": "ChoosingMethod",
    },
    "verifying": {
        **NEEDS_CARD,
        "CardFailed": "InTrouble",
        "PinRejected 2": "EnteringPin",
        "PinRejected 1": "ConfirmingLastTry",
        "PinRejected 0": "InTrouble",
        "PinAccepted": "AskingService",
        "ServiceFailed": "InTrouble",
    },
    "comparing face": {
        "Back": "ReadingCard+1",
        **NEEDS_CARD,
        **TO_PAPER_NEXT,
        "FaceMatched": "AskingService",
        "FaceRejected 3": "FaceFailed",
        "FaceRejected 0": "InTrouble",
        "FaceRejected no photo": "InTrouble",
    },
    "face failed": {
        **NEEDS_CARD,
        **TO_PAPER,
        **AT_REST,
        "WayChosen pin": "EnteringPin",
        "WayChosen face": "ComparingFace",
        "WayChosen visual": "VouchingByEye",
        "PersonJudged different": "Settling",
        "Back": "ChoosingMethod",
        "RetryRequested": "ComparingFace",
    },
    "vouching": {
        **NEEDS_CARD,
        **TO_PAPER,
        **AT_REST,
        "PasscodeEntered": "VouchingByEye",
        "Advised": "VouchingByEye",
        "PersonJudged different": "Settling",
        "Back": "InTrouble",
    },
    "vouching, checking": {
        **NEEDS_CARD,
        "PasscodeAccepted": "AskingService",
        "PasscodeRejected": "VouchingByEye",
        "Advised": "VouchingByEye",
    },
    "asking by card": {
        **NEEDS_CARD,
        **TO_PAPER_NEXT,
        "Answered": "Settling",
        "ServiceFailed": "InTrouble",
    },
    "asking by numbers": {
        **TO_PAPER_NEXT,
        "CardPlaced": "AskingService",
        "CardTaken": "=",
        "ReaderGone": "AskingService",
        "Answered": "Settling",
        "ServiceFailed": "Settling",
    },
    "deciding by card": {
        "CardPlaced": "Settling",
        "CardTaken": "Settling",
        "ReaderGone": "Settling",
        "Decided": "Settling",
    },
    "deciding by numbers": {
        "CardPlaced": "Settling",
        "CardTaken": "=",
        "ReaderGone": "Settling",
        "Decided": "Settling",
    },
    "writing by card": {
        "CardPlaced": "Settling",
        "CardTaken": "Settling",
        "ReaderGone": "Settling",
        "EntryWritten": "AskingConsent",
        "EntryWritten not": "AskingConsent",
    },
    "noticing": {
        **TO_PAPER,
        **CARD_BY_THE_WAY,
        **PASSED_OVER,
        "NoticeRead": "ShowingAnswer",
    },
    "offering registration": {
        **TO_PAPER,
        **CARD_BY_THE_WAY,
        **PASSED_OVER,
        "RegistrationAccepted": "Registering",
        "RegistrationDeclined": "Settling",
    },
    "offering registration, impossible": {
        **TO_PAPER,
        **CARD_BY_THE_WAY,
        **PASSED_OVER,
        "RegistrationDeclined": "Settling",
    },
    "registering": {
        "CardPlaced": "ReadingCard+1",
        "CardTaken": "Registering",
        "ReaderGone": "Registering",
        "CardFailed": "InTrouble",
        "ServiceFailed": "InTrouble",
        "CardRegistered": "AskingService",
    },
    "registering, card taken": {
        "CardPlaced": "ReadingCard+1",
        "CardTaken": "=",
        "ReaderGone": "Registering",
        "CardFailed": "ShowingAnswer",
        "ServiceFailed": "InTrouble",
        "CardRegistered": "Settling",
    },
    "asking consent": {
        **TO_PAPER,
        **CARD_BY_THE_WAY,
        **PASSED_OVER,
        "OneByOneChosen": "AskingConsent",
        "ConsentForAll": "SendingConsent",
        "ConsentForAll no": "Settling",
        "ConsentAnswered": "AskingConsent",
        "SpokenConsent": "SendingConsent",
    },
    "asking consent, one by one": {
        **TO_PAPER,
        **CARD_BY_THE_WAY,
        **PASSED_OVER,
        "OneByOneChosen": "=",
        "ConsentForAll": "SendingConsent",
        "ConsentForAll no": "Settling",
        "ConsentAnswered": "AskingConsent",
        "SpokenConsent": "SendingConsent",
        "Back": "AskingConsent",
    },
    "asking consent, last item": {
        **TO_PAPER,
        **CARD_BY_THE_WAY,
        **PASSED_OVER,
        "OneByOneChosen": "=",
        "ConsentForAll": "SendingConsent",
        "ConsentForAll no": "Settling",
        "ConsentAnswered last": "SendingConsent",
        "SpokenConsent": "SendingConsent",
        "Back": "AskingConsent",
    },
    "sending consent": {
        "CardPlaced": "SendingConsent",
        "CardTaken": "SendingConsent",
        "ReaderGone": "SendingConsent",
        "ConsentSent": "Settling",
        "ConsentSent not": "ShowingAnswer",
    },
    "answer by card": {
        **TO_PAPER,
        **FACTS,
        **ENDS_WITH_CARD,
        "CardPlaced": "ReadingCard+1",
        "CardTaken": "Idle+1",
        "ReaderGone": "ShowingAnswer",
        "PersonJudged": "Settling",
        "SpokenConsent": "SendingConsent",
        "Acknowledged": "TakingCard",
    },
    "refusal by card": {
        **TO_PAPER,
        **FACTS,
        **ENDS_WITH_CARD,
        **CARD_BY_THE_WAY,
        "PersonJudged": "Settling",
        "Acknowledged": "TakingCard",
    },
    "answer by card, card taken": {
        **TO_PAPER,
        **FACTS,
        **ENDS,
        "CardPlaced": "ReadingCard+1",
        "CardTaken": "=",
        "ReaderGone": "ShowingAnswer",
        "PersonJudged": "Settling",
        "SpokenConsent": "SendingConsent",
        "Acknowledged": "Idle+1",
    },
    "answer by numbers": {
        **TO_PAPER,
        **FACTS,
        **ENDS,
        "CardPlaced": "ShowingAnswer",
        "CardTaken": "=",
        "ReaderGone": "ShowingAnswer",
        "PersonJudged": "Settling",
        "NextOfFamily": "ChoosingPaper+1",
        "Undone": "TypingPaper",
        "Acknowledged": "Idle+1",
    },
    "answer by numbers, own card": {
        **TO_PAPER,
        **FACTS,
        **ENDS_WITH_CARD,
        "CardPlaced": "ShowingAnswer",
        "CardTaken": "ShowingAnswer",
        "ReaderGone": "ShowingAnswer",
        "PersonJudged": "Settling",
        "NextOfFamily": "ChoosingPaper+1",
        "Undone": "TypingPaper",
        "Acknowledged": "TakingCard",
    },
    "answer by numbers, next card": {
        **TO_PAPER,
        **FACTS,
        "CardPlaced": "=",
        "CardTaken": "ShowingAnswer",
        "ReaderGone": "ShowingAnswer",
        "PersonJudged": "Settling",
        "NextOfFamily": "ChoosingPaper+1",
        "Undone": "TypingPaper",
        "Acknowledged": "ReadingCard+1",
        "Abandoned": "ReadingCard+1",
        "Expired": "ReadingCard+1",
    },
    "answer in an outage": {
        **TO_PAPER,
        **FACTS,
        **ENDS,
        "CardPlaced": "ShowingAnswer",
        "CardTaken": "=",
        "ReaderGone": "ShowingAnswer",
        "FourItemsRequested": "TakingFourItems",
        "NextOfFamily": "TakingFourItems+1",
        "Undone": "TakingFourItems",
        "Acknowledged": "Idle+1",
    },
    "taking card": {
        "CardPlaced": "ReadingCard+1",
        "CardTaken": "Idle+1",
        "ReaderGone": "Idle+1",
    },
    "trouble, card there": {
        **TO_PAPER,
        **FACTS,
        **ENDS_WITH_CARD,
        "CardPlaced": "ReadingCard+1",
        "CardTaken": "InTrouble",
        "ReaderGone": "InTrouble",
        "WayChosen face": "ComparingFace",
        "WayChosen visual": "VouchingByEye",
        "Advised": "InTrouble",
        "RetryRequested": "ReadingCard+1",
    },
    "trouble, no card": {
        **TO_PAPER,
        **FACTS,
        **ENDS,
        "CardPlaced": "ReadingCard+1",
        "CardTaken": "=",
        "ReaderGone": "InTrouble",
        "Advised": "InTrouble",
        "RetryRequested": "Idle+1",
    },
    "trouble, outage": {
        **TO_PAPER,
        **FACTS,
        **ENDS_WITH_CARD,
        "CardPlaced": "InTrouble+1",
        "CardTaken": "InTrouble",
        "ReaderGone": "InTrouble",
        "Advised": "InTrouble",
        "FourItemsRequested": "TakingFourItems",
        "RetryRequested": "InTrouble+1",
    },
    "choosing paper": {
        **DRAFTS,
        **ENDS,
        "CardPlaced": "ChoosingPaper",
        "CardTaken": "=",
        "ReaderGone": "ChoosingPaper",
        "PaperChosen": "TypingPaper",
        "Back": "Idle+1",
        "RetryRequested": "Idle+1",
    },
    "choosing paper after trouble": {
        **DRAFTS,
        **ENDS_WITH_CARD,
        "CardPlaced": "=",
        "CardTaken": "ChoosingPaper",
        "ReaderGone": "ChoosingPaper",
        "Advised": "ChoosingPaper",
        "PaperChosen": "TypingPaper",
        "Back": "InTrouble",
        "RetryRequested": "ReadingCard+1",
    },
    "choosing paper after an answer": {
        **DRAFTS,
        **ENDS_WITH_CARD,
        "CardPlaced": "=",
        "CardTaken": "ChoosingPaper",
        "ReaderGone": "ChoosingPaper",
        "PaperChosen": "TypingPaper",
        "Back": "ShowingAnswer",
        "RetryRequested": "ReadingCard+1",
    },
    "choosing paper after an answer whose card left": {
        **DRAFTS,
        **ENDS,
        "CardPlaced": "ChoosingPaper",
        "CardTaken": "=",
        "ReaderGone": "ChoosingPaper",
        "PaperChosen": "TypingPaper",
        "Back": "Idle+1",
        "RetryRequested": "Idle+1",
    },
    "choosing paper, disaster": {
        **DRAFTS,
        **ENDS,
        "CardPlaced": "ChoosingPaper",
        "CardTaken": "=",
        "ReaderGone": "ChoosingPaper",
        "PaperChosen": "TypingPaper",
        "FourItemsRequested": "TakingFourItems",
        "Back": "Idle+1",
        "RetryRequested": "Idle+1",
    },
    "typing": {
        **ENDS,
        "CardPlaced": "TypingPaper",
        "CardTaken": "=",
        "ReaderGone": "TypingPaper",
        "PaperCompleted": "ConfirmingPaper",
        "Back": "ChoosingPaper",
    },
    "confirming paper": {
        **ENDS,
        "CardPlaced": "ConfirmingPaper",
        "CardTaken": "=",
        "ReaderGone": "ConfirmingPaper",
        "PaperConfirmed": "AskingService",
        "Back": "TypingPaper",
    },
    "confirming paper that cannot be asked": {
        **ENDS,
        "CardPlaced": "ConfirmingPaper",
        "CardTaken": "=",
        "ReaderGone": "ConfirmingPaper",
        "PaperConfirmed": "Settling",
        "Back": "TypingPaper",
    },
    "confirming paper, outage": {
        **ENDS,
        "CardPlaced": "ConfirmingPaper",
        "CardTaken": "=",
        "ReaderGone": "ConfirmingPaper",
        "PaperConfirmed": "Settling",
        "Back": "TypingPaper",
    },
    "taking four items, outage": {
        **ENDS,
        "CardPlaced": "TakingFourItems",
        "CardTaken": "=",
        "ReaderGone": "TakingFourItems",
        "FourItemsTaken": "Settling",
        "Back": "ChoosingPaper",
    },
    "taking four items, disaster": {
        **ENDS,
        "CardPlaced": "TakingFourItems",
        "CardTaken": "=",
        "ReaderGone": "TakingFourItems",
        "FourItemsTaken": "AskingService",
        "Back": "ChoosingPaper",
    },
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_event_in_every_situation_is_listed_or_refused(situation: str) -> None:
    for event_name in sample_events():
        _is_listed_or_refused(situation, event_name)


def _is_listed_or_refused(situation: str, event_name: str) -> None:
    before = SITUATIONS[situation]
    event = sample_events()[event_name]
    expected = {**ALWAYS, **MODES, **TABLE[situation]}.get(event_name)
    if event_name == "OutageSwitched":
        expected = STOPPED_BY_AN_OUTAGE.get(situation, expected)
    if (event_name, before.outage, before.disaster) in ALREADY:
        expected = "="
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
    if expected == "same":
        assert (after.state, after.visit) == (before.state, VISIT)
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
    assert set(MODES) <= set(sample_events())


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_visit_that_ends_is_closed_in_order_and_forgotten_once(situation: str) -> None:
    for event_name in sample_events():
        _closes_in_order(situation, event_name)


def _closes_in_order(situation: str, event_name: str) -> None:
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
        beginning = closing[1:] if isinstance(closing[0], do.KeepDraft) else closing
        assert beginning[0] == do.ReleaseCard(VISIT)
        assert closing[-1] == do.ForgetPatient(VISIT)
        assert list(transition.effects[: len(closing)]) == closing, "the old visit is closed before the new one begins"


@pytest.mark.parametrize("situation", SITUATIONS)
def test_an_event_of_another_visit_changes_nothing_and_a_pin_in_it_is_wiped(situation: str) -> None:
    for event_name in sample_events():
        _is_dropped(situation, event_name)


def _is_dropped(situation: str, event_name: str) -> None:
    before = SITUATIONS[situation]
    event = sample_events()[event_name]
    if event_name in MODES:
        return  # about the counter, whoever's visit it is
    for other_visit in (VISIT - 1, VISIT + 1):
        transition = advance(before, Happened(event, other_visit))
        assert transition.counter is before
        if isinstance(event, ev.PinEntered | ev.PasscodeEntered):
            assert transition.effects == (do.DiscardPin(other_visit, event.handle),)
        else:
            assert transition.effects == ()


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_modes_can_be_switched_whatever_the_counter_is_at_and_whose_visit_it_is(situation: str) -> None:
    before = SITUATIONS[situation]
    for visit in (VISIT - 1, VISIT):
        for event, mode in ((ev.OutageSwitched(on=True), "outage"), (ev.DisasterSwitched(on=True), "disaster")):
            after = advance(before, Happened(event, visit)).counter
            assert getattr(after, mode)
            if mode != "outage" or situation not in STOPPED_BY_AN_OUTAGE:
                assert after.state == before.state


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_visit_is_opened_once_and_before_anything_else_of_it(situation: str) -> None:
    for event_name in sample_events():
        _opens_once(situation, event_name)


def _opens_once(situation: str, event_name: str) -> None:
    before = SITUATIONS[situation]
    try:
        transition = tell(before, sample_events()[event_name])
    except UnexpectedEventError:
        return
    for visit in (VISIT, VISIT + 1):
        of_visit = [effect for effect in transition.effects if effect.visit == visit]
        opened = [effect for effect in of_visit if isinstance(effect, do.OpenVisit)]
        wanted = (
            transition.counter.opened and not (visit == VISIT and before.opened) and visit == transition.counter.visit
        )
        assert opened == ([do.OpenVisit(visit)] if wanted else [])
        assert of_visit[: len(opened)] == opened


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_passcode_or_pin_that_is_typed_is_used_once_or_wiped_once(situation: str) -> None:
    for event_name in sample_events():
        _uses_or_wipes(situation, event_name)


def _uses_or_wipes(situation: str, event_name: str) -> None:
    event = sample_events()[event_name]
    if not isinstance(event, ev.PinEntered | ev.PasscodeEntered):
        return
    [effect] = tell(SITUATIONS[situation], event).effects
    assert isinstance(effect, do.VerifyPin | do.CheckPasscode | do.DiscardPin)
    assert effect.handle is event.handle
