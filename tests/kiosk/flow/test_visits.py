"""Visits as reception knows them, from the card on the reader to the entry in the journal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import Counter, Happened, UnexpectedEventError
from kiosk.flow.effects import Effect
from kiosk.flow.machine import advance
from kiosk.flow.states import (
    AskingService,
    CardSummary,
    ChoosingDocument,
    ChoosingMethod,
    ConfirmingForm,
    ConfirmingLastTry,
    ConfirmingRealCard,
    Document,
    EnteringPin,
    FillingForm,
    Idle,
    InTrouble,
    ReadingCard,
    Reception,
    ShowingAnswer,
    TakingCard,
    Trouble,
    VerifyingPin,
)
from tests.kiosk.flow.samples import (
    ANSWER,
    CARD,
    CARD_WITH_ONE_TRY,
    DRAFT,
    FACE_ONLY_CARD,
    LOCKED_CARD,
    OTHER_PAPER,
    PAPER,
    REAL_CARD,
    SITUATIONS,
    a_pin,
    counter,
    play,
    tell,
)

NOTICE = Document.ELIGIBILITY_NOTICE
BY_NUMBERS = Reception("OK_MANUAL_NOTICE", 10, "ratio:30", by="numbers", validity=1, insurer_number="01139997")


def records(effects: list[Effect]) -> list[do.RecordVisit]:
    return [effect for effect in effects if isinstance(effect, do.RecordVisit)]


def at_the_pin_pad() -> Counter:
    return play(ev.CardPlaced(), ev.CardRead(CARD), ev.PinChosen())[0]


# --- the patient's way ------------------------------------------------------------------------------------------


def test_a_card_that_is_placed_is_read_while_the_challenge_is_fetched() -> None:
    counter, effects = play(ev.CardPlaced())
    assert counter.state == ReadingCard()
    assert effects == [do.ReadCard(1), do.FetchChallenge(1)]


def test_a_whole_visit_by_card_and_the_next_one_without_a_restart() -> None:
    pin = a_pin()
    counter, effects = play(
        ev.CardPlaced(),
        ev.CardRead(CARD),
        ev.PinChosen(),
        ev.PinEntered(pin),
        ev.PinAccepted(),
        ev.AnswerReceived(ANSWER),
        ev.Acknowledged(),
        ev.CardTaken(),
    )
    assert counter == Counter(visit=2)
    assert effects == [
        do.ReadCard(1),
        do.FetchChallenge(1),
        do.VerifyPin(1, pin),
        do.AskByCard(1),
        do.RecordVisit(1, "OK_ONLINE", "pin", "", (), 1, "ratio:30", "01139997", ("answer_ratio",)),
        do.ReleaseCard(1),
        do.ReleaseCard(1),
        do.ReleaseCard(1),
        do.ForgetPatient(1),
    ]
    again, effects = play(ev.CardPlaced(), start=counter)
    assert again.state == ReadingCard()
    assert effects == [do.ReadCard(2), do.FetchChallenge(2)]


def test_the_holder_of_a_real_card_is_asked_before_anything_with_a_pin() -> None:
    counter, effects = play(ev.CardPlaced(), ev.CardRead(REAL_CARD))
    assert counter.state == ConfirmingRealCard(REAL_CARD)
    assert effects == [do.ReadCard(1), do.FetchChallenge(1)]
    agreed, effects = play(ev.RealCardAccepted(), start=counter)
    assert (agreed.state, effects) == (ChoosingMethod(REAL_CARD), [])


def test_declining_ends_the_visit_without_a_pin_and_the_next_look_asks_again() -> None:
    asked = play(ev.CardPlaced(), ev.CardRead(REAL_CARD))[0]
    declined, effects = play(ev.Abandoned(), start=asked)
    assert declined.state == TakingCard(None)
    assert effects == [do.RecordVisit(1, "ABANDONED", ""), do.ReleaseCard(1)]
    again, _ = play(ev.CardTaken(), ev.CardPlaced(), ev.CardRead(REAL_CARD), start=declined)
    assert again.state == ConfirmingRealCard(REAL_CARD)


def test_a_locked_real_card_is_told_and_nobody_is_asked_to_agree_to_anything() -> None:
    counter, _ = play(ev.CardPlaced(), ev.CardRead(replace(REAL_CARD, attempts_left=0)))
    assert isinstance(counter.state, InTrouble)
    assert counter.state.trouble is Trouble.PIN_LOCKED


@pytest.mark.parametrize("card", [FACE_ONLY_CARD, replace(FACE_ONLY_CARD, real=True)])
def test_a_card_without_a_pin_is_no_fault_and_goes_on_with_paper_never_with_a_pin(card: CardSummary) -> None:
    counter, effects = play(ev.CardPlaced(), ev.CardRead(card))
    assert isinstance(counter.state, InTrouble)
    assert counter.state.trouble is Trouble.FACE_ONLY
    assert effects[-1] == do.ReleaseCard(1)
    with pytest.raises(UnexpectedEventError):
        play(ev.PinChosen(), start=counter)
    papers, _ = play(ev.ManualRequested(), start=counter)
    assert papers.state == ChoosingDocument(Trouble.FACE_ONLY, card_on_reader=True, can_retry=True)
    _, effects = play(ev.DocumentChosen(NOTICE), ev.FormCompleted(PAPER), ev.FormConfirmed(), start=papers)
    assert effects == [do.AskByNumbers(1, PAPER, Trouble.FACE_ONLY)]


def test_a_wrong_pin_asks_again_and_shows_what_the_card_says_is_left() -> None:
    counter, _ = play(ev.PinEntered(a_pin()), ev.PinRejected(2), start=at_the_pin_pad())
    assert counter.state == EnteringPin(replace(CARD, attempts_left=2), 2, rejected_once=True)


def test_before_the_last_try_the_person_is_asked() -> None:
    counter, effects = play(
        ev.PinEntered(a_pin()), ev.PinRejected(2), ev.PinEntered(a_pin()), ev.PinRejected(1), start=at_the_pin_pad()
    )
    assert counter.state == ConfirmingLastTry(CARD_WITH_ONE_TRY)
    assert len(effects) == 2
    counter, _ = play(ev.LastTryAccepted(), start=counter)
    assert counter.state == EnteringPin(CARD_WITH_ONE_TRY, 1)


def test_a_card_with_one_try_left_from_earlier_asks_too_and_back_spends_nothing() -> None:
    counter, _ = play(ev.CardPlaced(), ev.CardRead(CARD_WITH_ONE_TRY), ev.PinChosen(), ev.Back())
    assert counter.state == ChoosingMethod(CARD_WITH_ONE_TRY)
    assert play(ev.PinChosen(), start=counter)[0].state == ConfirmingLastTry(CARD_WITH_ONE_TRY)


def test_the_last_wrong_try_locks_and_staff_choose_what_is_next() -> None:
    start = play(ev.CardPlaced(), ev.CardRead(CARD_WITH_ONE_TRY), ev.PinChosen(), ev.LastTryAccepted())[0]
    counter, _ = play(ev.PinEntered(a_pin()), ev.PinRejected(0), start=start)
    assert counter.state == InTrouble(Trouble.PIN_LOCKED, LOCKED_CARD, card_on_reader=True)
    counter, effects = play(ev.ManualRequested(), start=counter)
    assert counter.state == ChoosingDocument(Trouble.PIN_LOCKED, card_on_reader=True, can_retry=True)
    assert effects == []


def test_a_locked_card_is_never_asked_for_its_pin() -> None:
    counter, effects = play(ev.CardPlaced(), ev.CardRead(LOCKED_CARD))
    assert counter.state == InTrouble(Trouble.PIN_LOCKED, LOCKED_CARD, card_on_reader=True)
    assert effects[-1] == do.ReleaseCard(1)


# --- what goes wrong --------------------------------------------------------------------------------------------


def test_without_a_reader_staff_type_a_paper_in_and_the_journal_knows_why() -> None:
    counter, effects = play(
        ev.ReaderGone(Trouble.NO_READER),
        ev.ManualRequested(),
        ev.DocumentChosen(NOTICE),
        ev.FormCompleted(PAPER, DRAFT),
        ev.FormConfirmed(),
        ev.AnswerReceived(BY_NUMBERS),
    )
    assert do.AskByNumbers(1, PAPER, Trouble.NO_READER) in effects
    assert counter.state == ShowingAnswer(BY_NUMBERS, card_on_reader=False)
    [entry] = records(effects)
    assert entry.troubles == ("no_reader",)
    assert (entry.outcome, entry.method, entry.document) == ("OK_MANUAL_NOTICE", "manual", "eligibility_notice")


@pytest.mark.parametrize(
    ("before", "state"),
    [
        ((), ReadingCard),
        ((ev.CardRead(CARD),), ChoosingMethod),
        ((ev.CardRead(CARD_WITH_ONE_TRY), ev.PinChosen()), ConfirmingLastTry),
        ((ev.CardRead(CARD), ev.PinChosen()), EnteringPin),
        ((ev.CardRead(CARD), ev.PinChosen(), ev.PinEntered(a_pin())), VerifyingPin),
        ((ev.CardRead(CARD), ev.PinChosen(), ev.PinEntered(a_pin()), ev.PinAccepted()), AskingService),
    ],
)
@pytest.mark.parametrize(
    ("end", "trouble"),
    [(ev.CardTaken(), Trouble.CARD_PULLED), (ev.ReaderGone(Trouble.NO_PCSC_SERVICE), Trouble.READER_LOST)],
)
def test_a_visit_by_card_ends_with_its_card(
    before: tuple[ev.Event, ...], state: type, end: ev.Event, trouble: Trouble
) -> None:
    start, _ = play(ev.CardPlaced(), *before)
    assert isinstance(start.state, state)
    counter, effects = play(end, start=start)
    assert counter.state == InTrouble(trouble)
    assert counter.visit == 2
    assert [(entry.outcome, entry.troubles) for entry in records(effects)] == [("ABANDONED", (trouble.value,))]


def test_one_pulled_card_is_one_entry_however_the_trouble_is_left() -> None:
    pulled, first = play(ev.CardPlaced(), ev.CardTaken())
    for way_on in (ev.CardPlaced(), ev.RetryRequested(), ev.Abandoned(), ev.Expired()):
        _, rest = play(way_on, start=pulled)
        assert len(records(first + rest)) == 1, way_on


def test_going_on_with_a_paper_after_a_pulled_card_is_an_entry_of_its_own() -> None:
    pulled, _ = play(ev.CardPlaced(), ev.CardTaken())
    _, effects = play(ev.ManualRequested(), ev.DocumentChosen(NOTICE), ev.Abandoned(), start=pulled)
    [entry] = records(effects)
    assert entry == do.RecordVisit(2, "ABANDONED", "", "eligibility_notice", ("card_pulled",))


def test_the_service_down_leads_to_a_paper_and_the_card_may_be_tried_again() -> None:
    start = play(ev.PinEntered(a_pin()), ev.PinAccepted(), start=at_the_pin_pad())[0]
    counter, _ = play(ev.ServiceFailed(Trouble.SERVER_DOWN, "connect"), start=start)
    assert counter.state == InTrouble(Trouble.SERVER_DOWN, CARD, card_on_reader=True, detail="connect")
    retried, effects = play(ev.RetryRequested(), start=counter)
    assert retried.state == ReadingCard()
    assert effects[-2:] == [do.ReadCard(2), do.FetchChallenge(2)]


def test_staff_who_do_not_wait_for_a_slow_service_lose_nothing_they_typed() -> None:
    asking, _ = play(
        ev.ManualRequested(), ev.DocumentChosen(NOTICE), ev.FormCompleted(PAPER, DRAFT), ev.FormConfirmed()
    )
    counter, effects = play(ev.ManualRequested(), start=asking)
    assert counter.state == ChoosingDocument(Trouble.SERVER_DOWN, card_on_reader=False, can_retry=True)
    assert counter.visit == asking.visit + 1, "the late answer names a visit that is over"
    assert [(entry.document, entry.troubles) for entry in records(effects)] == [
        ("eligibility_notice", ("server_down",))
    ]
    again, _ = play(ev.DocumentChosen(NOTICE), start=counter)
    assert again.state == FillingForm(NOTICE, Trouble.SERVER_DOWN, card_on_reader=False, draft=DRAFT)


def test_the_next_card_finds_nothing_that_was_typed_before() -> None:
    asking, _ = play(
        ev.ManualRequested(), ev.DocumentChosen(NOTICE), ev.FormCompleted(PAPER, DRAFT), ev.FormConfirmed()
    )
    counter, _ = play(ev.StaffCalled(), ev.CardPlaced(), start=asking)
    assert counter.drafts == ()


def test_a_swapped_card_is_another_visit() -> None:
    counter, effects = play(ev.CardPlaced(), start=at_the_pin_pad())
    assert counter.state == ReadingCard()
    assert counter.visit == 2
    assert [entry.troubles for entry in records(effects)] == [("card_pulled",)]


# --- papers -----------------------------------------------------------------------------------------------------


def test_going_back_loses_nothing_that_was_typed() -> None:
    filling, _ = play(ev.ManualRequested(), ev.DocumentChosen(NOTICE))
    confirming, _ = play(ev.FormCompleted(PAPER, DRAFT), start=filling)
    assert confirming.state == ConfirmingForm(PAPER, None, card_on_reader=False, draft=DRAFT)
    assert play(ev.Back(), start=confirming)[0].state == FillingForm(NOTICE, None, card_on_reader=False, draft=DRAFT)

    other, _ = play(ev.Back(DRAFT), ev.DocumentChosen(Document.ELIGIBILITY_CERTIFICATE), start=filling)
    assert other.state == FillingForm(Document.ELIGIBILITY_CERTIFICATE, None, card_on_reader=False)
    back, _ = play(ev.Back((("number", "9"),)), ev.DocumentChosen(NOTICE), start=other)
    assert back.state == FillingForm(NOTICE, None, card_on_reader=False, draft=DRAFT)


def test_a_second_paper_for_the_same_person_is_a_second_entry_of_the_visit() -> None:
    start = play(ev.PinEntered(a_pin()), ev.PinAccepted(), ev.AnswerReceived(ANSWER), start=at_the_pin_pad())[0]
    counter, effects = play(
        ev.ManualRequested(),
        ev.DocumentChosen(Document.ELIGIBILITY_CERTIFICATE),
        ev.FormCompleted(OTHER_PAPER, DRAFT),
        ev.FormConfirmed(),
        ev.AnswerReceived(BY_NUMBERS),
        ev.Acknowledged(),
        ev.CardTaken(),
        start=start,
    )
    assert [(entry.visit, entry.outcome, entry.method) for entry in records(effects)] == [
        (1, "OK_MANUAL_NOTICE", "manual")
    ]
    assert counter == Counter(visit=2)


def test_a_typed_answer_stays_when_the_card_is_taken_and_an_answer_by_card_goes_with_it() -> None:
    by_card = play(ev.PinEntered(a_pin()), ev.PinAccepted(), ev.AnswerReceived(ANSWER), start=at_the_pin_pad())[0]
    assert play(ev.CardTaken(), start=by_card)[0].state == Idle()

    typed, _ = play(
        ev.ManualRequested(),
        ev.CardPlaced(),
        ev.DocumentChosen(NOTICE),
        ev.FormCompleted(PAPER),
        ev.FormConfirmed(),
        ev.AnswerReceived(BY_NUMBERS),
    )
    assert play(ev.CardTaken(), start=typed)[0].state == ShowingAnswer(BY_NUMBERS, card_on_reader=False)


def test_the_next_persons_card_waits_and_is_not_in_hand_for_this_one() -> None:
    typed, _ = play(
        ev.ManualRequested(),
        ev.DocumentChosen(NOTICE),
        ev.FormCompleted(PAPER),
        ev.FormConfirmed(),
        ev.AnswerReceived(BY_NUMBERS),
        ev.CardPlaced(),
    )
    second_paper, _ = play(ev.ManualRequested(), start=typed)
    assert second_paper.state == ChoosingDocument(None, card_on_reader=False)
    assert play(ev.Acknowledged(), start=typed)[0].state == ReadingCard()
    assert play(ev.CardTaken(), ev.Acknowledged(), start=typed)[0].state == Idle()


# --- leaving ----------------------------------------------------------------------------------------------------


def test_a_card_left_behind_is_asked_for_until_it_is_gone() -> None:
    answered = play(ev.PinEntered(a_pin()), ev.PinAccepted(), ev.AnswerReceived(ANSWER), start=at_the_pin_pad())[0]
    counter, _ = play(ev.Acknowledged(), start=answered)
    assert counter.state == TakingCard(ANSWER)
    assert play(ev.Expired(), start=counter)[0].state == TakingCard(ANSWER)
    assert play(ev.CardTaken(), start=counter)[0] == Counter(visit=2)


def test_a_time_out_takes_the_answer_from_the_screen_also_when_the_card_stays() -> None:
    answered = play(ev.PinEntered(a_pin()), ev.PinAccepted(), ev.AnswerReceived(ANSWER), start=at_the_pin_pad())[0]
    assert play(ev.Expired(), start=answered)[0].state == TakingCard(None)


def test_a_given_up_form_is_recorded_and_dropped_at_once_also_when_a_card_lies_there() -> None:
    filling, _ = play(ev.ManualRequested(), ev.CardPlaced(), ev.DocumentChosen(NOTICE))
    counter, effects = play(ev.Back(DRAFT), ev.DocumentChosen(NOTICE), ev.Abandoned(), start=filling)
    assert counter.state == TakingCard(None)
    assert counter.drafts == ()
    assert records(effects) == [do.RecordVisit(1, "ABANDONED", "", "eligibility_notice")]
    assert records(play(ev.CardTaken(), start=counter)[1]) == []


def test_a_reader_that_is_back_is_forgiven() -> None:
    counter, _ = play(ev.ReaderGone(Trouble.NO_PCSC_SERVICE))
    assert counter.state == Idle(Trouble.NO_PCSC_SERVICE)
    assert play(ev.ReaderBack(), start=counter)[0] == Counter()


# --- late answers -----------------------------------------------------------------------------------------------


def test_the_answer_for_the_patient_before_is_dropped() -> None:
    asking = play(ev.PinEntered(a_pin()), ev.PinAccepted(), start=at_the_pin_pad())[0]
    pulled, _ = play(ev.CardTaken(), ev.CardPlaced(), ev.CardRead(CARD), start=asking)
    transition = advance(pulled, Happened(ev.AnswerReceived(ANSWER), asking.visit))
    assert transition.counter is pulled
    assert transition.effects == ()


def test_a_pin_for_a_visit_that_is_over_is_wiped() -> None:
    pin, pad = a_pin(), at_the_pin_pad()
    pulled, _ = play(ev.CardTaken(), start=pad)
    assert advance(pulled, Happened(ev.PinEntered(pin), pad.visit)).effects == (do.DiscardPin(pad.visit, pin),)


def test_a_last_digit_that_crosses_with_calling_staff_is_wiped() -> None:
    pin = a_pin()
    called, _ = play(ev.StaffCalled(Trouble.PIN_UNKNOWN), start=at_the_pin_pad())
    transition = tell(called, ev.PinEntered(pin))
    assert transition.counter is called
    assert transition.effects == (do.DiscardPin(called.visit, pin),)


def test_back_from_the_papers_shows_the_trouble_again_with_all_it_said() -> None:
    before = SITUATIONS["choosing document after trouble"]
    back = advance(before, Happened(ev.Back(), before.visit)).counter
    assert back.state == before.paper_from
    again = advance(back, Happened(ev.ManualRequested(), back.visit)).counter
    assert again.state == before.state


def test_an_unregistered_card_is_remembered_when_a_paper_is_typed_instead() -> None:
    reception = Reception("OFFER_REGISTRATION", 8, "", by="card")
    shown = counter(ShowingAnswer(reception, card_on_reader=True), card=True, recorded=True)
    on = advance(shown, Happened(ev.ManualRequested(), shown.visit)).counter
    assert isinstance(on.state, ChoosingDocument)
    assert on.state.because is Trouble.NOT_REGISTERED


def test_a_paper_decided_without_the_service_is_recorded_with_that_trouble() -> None:
    asking = SITUATIONS["asking by numbers"]
    decided = Reception("OK_CERTIFICATE", 6, "ratio:30", queue="recheck")
    effects = advance(asking, Happened(ev.AnswerReceived(decided), asking.visit)).effects
    entry = next(effect for effect in effects if isinstance(effect, do.RecordVisit))
    assert entry.troubles == ("server_down",)
