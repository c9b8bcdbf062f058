"""Visits as reception knows them, from the card on the reader to the entry in the journal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eligibility.case import Person
from eligibility.documents import Identity, MynaCard, Smartphone
from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.answer import Reception
from kiosk.flow.counter import Counter, Happened, UnexpectedEventError
from kiosk.flow.effects import Effect
from kiosk.flow.facts import VisitFacts, Way
from kiosk.flow.machine import advance
from kiosk.flow.states import (
    AskingConsent,
    AskingService,
    AwaitingPhone,
    CardSummary,
    ChoosingMethod,
    ComparingFace,
    ConfirmingLastTry,
    ConfirmingRealCard,
    EnteringPin,
    FaceFailed,
    Idle,
    InTrouble,
    NoticingCertificate,
    OfferingRegistration,
    ReadingCard,
    Registering,
    SendingConsent,
    Settling,
    ShowingAnswer,
    Stage,
    TakingCard,
    Trouble,
    VerifyingPin,
    VouchingByEye,
)
from tests.kiosk.flow.samples import (
    ALL_GIVEN,
    ANSWER,
    BABY_CARD,
    CARD,
    CARD_WITH_ONE_TRY,
    FACE_ONLY_CARD,
    IN_GRACE,
    LOCKED_BABY_CARD,
    LOCKED_CARD,
    LOCKED_REAL_CARD,
    NO_CONSENT,
    NONE_GIVEN,
    OFFER,
    PHONE,
    QUALIFICATION,
    REAL_CARD,
    UNREGISTERED,
    UNTIL,
    a_pin,
    play,
    tell,
)

PIN, FACE, VISUAL = (ev.WayChosen(way) for way in (Way.PIN, Way.FACE, Way.VISUAL))
WRITTEN = ev.EntryWritten(ok=True)
ANSWERED = (ev.Answered(QUALIFICATION), ev.Decided(NO_CONSENT), WRITTEN)
"""The service answers, the rules accept, the disk has the entry; nothing is asked besides."""


def records(effects: list[Effect]) -> list[do.RecordVisit]:
    return [effect for effect in effects if isinstance(effect, do.RecordVisit)]


def of(kind: type[Effect], effects: list[Effect]) -> list[Effect]:
    return [effect for effect in effects if isinstance(effect, kind)]


def at_the_pin_pad() -> Counter:
    return play(ev.CardPlaced(), ev.CardRead(CARD), PIN)[0]


def asking() -> Counter:
    return play(ev.PinEntered(a_pin()), ev.PinAccepted(), start=at_the_pin_pad())[0]


def after(*events: ev.Event) -> tuple[Counter, list[Effect]]:
    """What follows once the service is asked about a card whose PIN was right."""
    return play(*events, start=asking())


# --- 暗証番号 ---------------------------------------------------------------------------------------------------


def test_a_card_that_is_placed_is_read_while_the_challenge_is_fetched() -> None:
    counter, effects = play(ev.CardPlaced())
    assert counter.state == ReadingCard()
    assert effects == [do.OpenVisit(1), do.ReadCard(1), do.FetchChallenge(1)]


def test_a_whole_visit_by_card_and_the_next_one_without_a_restart() -> None:
    pin = a_pin()
    counter, effects = play(
        ev.CardPlaced(),
        ev.CardRead(CARD),
        PIN,
        ev.PinEntered(pin),
        ev.PinAccepted(),
        *ANSWERED,
        ev.Acknowledged(),
        ev.CardTaken(),
    )
    assert counter == Counter(visit=2)
    [entry] = records(effects)
    assert (entry.outcome, entry.method, entry.documents, entry.attested_by) == ("OK_ONLINE", "pin", ("myna_card",), "")
    assert [effect for effect in effects if effect not in [entry, *of(do.Decide, effects)]] == [
        do.OpenVisit(1),
        do.ReadCard(1),
        do.FetchChallenge(1),
        do.VerifyPin(1, pin),
        do.AskByCard(1),
        do.ReleaseCard(1),
        do.ReleaseCard(1),
        do.ReleaseCard(1),
        do.ForgetPatient(1),
    ]
    again, effects = play(ev.CardPlaced(), start=counter)
    assert again.state == ReadingCard()
    assert effects == [do.OpenVisit(2), do.ReadCard(2), do.FetchChallenge(2)]


def test_the_rules_are_asked_with_what_the_card_and_the_service_said() -> None:
    counter, effects = after(ev.Answered(QUALIFICATION))
    assert counter.state == Settling(by_numbers=False)
    device = MynaCard(identity=Identity.PIN)
    facts = VisitFacts(device=device, by_card=QUALIFICATION, certificate_until=CARD.certificate_until)
    assert effects == [do.Decide(1, facts)]


def test_the_answer_is_shown_when_the_disk_has_it_and_not_before() -> None:
    counter, effects = after(ev.Answered(QUALIFICATION), ev.Decided(NO_CONSENT))
    assert counter.state == Settling(by_numbers=False)
    assert len(records(effects)) == 1
    shown, effects = play(WRITTEN, start=counter)
    assert shown.state == ShowingAnswer(NO_CONSENT, card_on_reader=True)
    assert effects == [do.ReleaseCard(1)]


def test_a_disk_that_refuses_is_said_with_the_answer() -> None:
    counter, _ = after(ev.Answered(QUALIFICATION), ev.Decided(NO_CONSENT), ev.EntryWritten(ok=False))
    assert counter.state == ShowingAnswer(NO_CONSENT, card_on_reader=True, written=False)


def test_the_holder_of_a_real_card_is_asked_before_anything_with_a_pin() -> None:
    counter, effects = play(ev.CardPlaced(), ev.CardRead(REAL_CARD))
    assert counter.state == ConfirmingRealCard(REAL_CARD)
    assert of(do.VerifyPin, effects) == []
    agreed, effects = play(ev.RealCardAccepted(), start=counter)
    assert (agreed.state, effects) == (ChoosingMethod(REAL_CARD), [])


def test_declining_ends_the_visit_without_a_pin_and_the_next_look_asks_again() -> None:
    asked = play(ev.CardPlaced(), ev.CardRead(REAL_CARD))[0]
    declined, effects = play(ev.Abandoned(), start=asked)
    assert declined.state == TakingCard(None, Stage.IDENTITY)
    assert effects == [do.RecordVisit(1, "ABANDONED", ""), do.ReleaseCard(1)]
    again, _ = play(ev.CardTaken(), ev.CardPlaced(), ev.CardRead(REAL_CARD), start=declined)
    assert again.state == ConfirmingRealCard(REAL_CARD)


@pytest.mark.parametrize("card", [LOCKED_CARD, LOCKED_REAL_CARD, LOCKED_BABY_CARD])
def test_a_locked_card_is_told_at_once_as_if_it_had_been_locked_here(card: CardSummary) -> None:
    counter, effects = play(ev.CardPlaced(), ev.CardRead(card))
    assert counter.state == InTrouble(Trouble.PIN_LOCKED, card, card_on_reader=True)
    assert do.ReleaseCard(1) in effects


def test_a_real_card_without_a_pin_goes_on_with_paper_never_with_a_pin() -> None:
    counter, _ = play(ev.CardPlaced(), ev.CardRead(replace(FACE_ONLY_CARD, real=True)))
    assert isinstance(counter.state, InTrouble)
    assert counter.state.trouble is Trouble.FACE_ONLY
    for way in (PIN, FACE, VISUAL):
        with pytest.raises(UnexpectedEventError):
            play(way, start=counter)


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
    counter, _ = play(ev.CardPlaced(), ev.CardRead(CARD_WITH_ONE_TRY), PIN, ev.Back())
    assert counter.state == ChoosingMethod(CARD_WITH_ONE_TRY)
    assert play(PIN, start=counter)[0].state == ConfirmingLastTry(CARD_WITH_ONE_TRY)


def test_the_last_wrong_try_locks_and_the_face_is_still_a_way() -> None:
    start = play(ev.CardPlaced(), ev.CardRead(CARD_WITH_ONE_TRY), PIN, ev.LastTryAccepted())[0]
    locked, _ = play(ev.PinEntered(a_pin()), ev.PinRejected(0), start=start)
    assert locked.state == InTrouble(Trouble.PIN_LOCKED, LOCKED_CARD, card_on_reader=True)
    compared, effects = play(FACE, start=locked)
    assert compared.state == ComparingFace(LOCKED_CARD)
    assert effects == [do.CompareFace(1)]


def test_a_card_without_a_pin_is_offered_the_face_and_never_a_pin() -> None:
    counter, _ = play(ev.CardPlaced(), ev.CardRead(FACE_ONLY_CARD))
    assert counter.state == ChoosingMethod(FACE_ONLY_CARD)
    with pytest.raises(UnexpectedEventError):
        play(PIN, start=counter)


# --- 顔認証, 目視 ------------------------------------------------------------------------------------------------


def by_face() -> Counter:
    return play(ev.CardPlaced(), ev.CardRead(LOCKED_CARD), FACE)[0]


def test_a_visit_by_face_is_attested_and_never_verifies_a_pin() -> None:
    counter, effects = play(ev.FaceMatched(), *ANSWERED, start=by_face())
    assert isinstance(counter.state, ShowingAnswer)
    assert effects[0] == do.AskAttested(1, Way.FACE)
    assert of(do.VerifyPin, effects) == []
    [entry] = records(effects)
    assert (entry.method, entry.attested_by) == ("face", "face")
    [decide] = of(do.Decide, effects)
    assert isinstance(decide, do.Decide)
    assert decide.facts.device == MynaCard(identity=Identity.FACE)


def test_a_face_that_does_not_match_may_be_tried_again_or_another_way_taken() -> None:
    failed, _ = play(ev.FaceRejected(3), start=by_face())
    assert failed.state == FaceFailed(LOCKED_CARD, 3)
    assert play(FACE, start=failed)[0].state == ComparingFace(LOCKED_CARD)
    assert play(VISUAL, start=failed)[0].state == VouchingByEye(LOCKED_CARD)
    back, _ = play(ev.Back(), start=failed)
    assert back.state == InTrouble(Trouble.PIN_LOCKED, LOCKED_CARD, card_on_reader=True)


@pytest.mark.parametrize("where", ["comparing", "failed"])
def test_whoever_calls_with_a_locked_card_calls_because_it_is_locked(where: str) -> None:
    start = by_face() if where == "comparing" else play(ev.FaceRejected(3), start=by_face())[0]
    called, _ = play(ev.StaffCalled(), start=start)
    assert isinstance(called.state, InTrouble)
    assert called.state.trouble is Trouble.PIN_LOCKED


@pytest.mark.parametrize(
    ("rejected", "trouble"),
    [(ev.FaceRejected(0), Trouble.FACE_LOCKED), (ev.FaceRejected(9, no_photo=True), Trouble.NO_PHOTO)],
)
def test_no_more_faces_and_no_photo_are_troubles_for_the_desk(rejected: ev.Event, trouble: Trouble) -> None:
    counter, _ = play(rejected, start=by_face())
    assert isinstance(counter.state, InTrouble)
    assert counter.state.trouble is trouble


def test_staff_vouch_by_eye_with_the_facility_passcode() -> None:
    passcode = a_pin()
    pad, _ = play(VISUAL, start=play(ev.StaffCalled(), start=at_the_pin_pad())[0])
    assert pad.state == VouchingByEye(CARD)
    counter, effects = play(ev.PasscodeEntered(passcode), start=pad)
    assert counter.state == VouchingByEye(CARD, checking=True)
    assert effects == [do.CheckPasscode(1, passcode)]
    shown, effects = play(ev.PasscodeAccepted(), *ANSWERED, start=counter)
    assert isinstance(shown.state, ShowingAnswer)
    assert effects[0] == do.AskAttested(1, Way.VISUAL)
    assert records(effects)[0].attested_by == "visual"


def test_a_wrong_passcode_asks_again_and_says_when_to_wait() -> None:
    pad, _ = play(VISUAL, start=by_face_failed())
    counter, _ = play(ev.PasscodeEntered(a_pin()), ev.PasscodeRejected(0, 30), start=pad)
    assert counter.state == VouchingByEye(LOCKED_CARD, rejected_once=True, tries_left=0, wait_seconds=30)


def by_face_failed() -> Counter:
    return play(ev.FaceRejected(3), start=by_face())[0]


def test_a_second_passcode_while_the_first_is_checked_is_wiped() -> None:
    second = a_pin()
    checking, _ = play(VISUAL, ev.PasscodeEntered(a_pin()), start=by_face_failed())
    same, effects = play(ev.PasscodeEntered(second), start=checking)
    assert same == checking
    assert effects == [do.DiscardPin(1, second)]


@pytest.mark.parametrize("card", [BABY_CARD, REAL_CARD, PHONE])
def test_nobody_vouches_for_a_card_without_a_photo_a_real_card_or_a_phone(card: CardSummary) -> None:
    agreed = (ev.RealCardAccepted(),) if card.real else ()
    counter, _ = play(ev.CardPlaced(), ev.CardRead(card), *agreed, start=Counter(equipped=True))
    assert isinstance(counter.state, ChoosingMethod)
    with pytest.raises(UnexpectedEventError):
        play(VISUAL, start=counter)


def test_back_from_the_passcode_pad_leads_to_where_staff_came_from() -> None:
    called, _ = play(ev.StaffCalled(), start=at_the_pin_pad())
    assert play(VISUAL, ev.Back(), start=called)[0].state == called.state
    failed = by_face_failed()
    assert play(VISUAL, ev.Back(), start=failed)[0].state == failed.state


def test_staff_who_see_another_face_than_the_cards_close_the_card_path() -> None:
    counter, effects = play(VISUAL, ev.PersonJudged(Person.DIFFERENT), start=by_face_failed())
    assert isinstance(counter.state, Settling)
    [decide] = of(do.Decide, effects)
    assert isinstance(decide, do.Decide)
    assert decide.facts.device == MynaCard(identity=Identity.MISMATCH)
    assert do.ReleaseCard(1) in effects


# --- スマホ -----------------------------------------------------------------------------------------------------


def test_a_phone_is_awaited_and_read_in_the_same_visit() -> None:
    awaiting, _ = play(ev.PhoneChosen("android"), start=Counter(equipped=True))
    assert awaiting.state == AwaitingPhone("android")
    counter, effects = play(ev.CardPlaced(), ev.CardRead(PHONE), start=awaiting)
    assert counter.state == ChoosingMethod(PHONE)
    assert of(do.ReadCard, effects) == [do.ReadCard(1)]
    with pytest.raises(UnexpectedEventError):
        play(FACE, start=counter)


@pytest.mark.parametrize("events", [(ev.PhoneChosen("ios"),), (ev.CardPlaced(), ev.CardRead(PHONE))])
def test_a_counter_that_reads_no_phones_says_so(events: tuple[ev.Event, ...]) -> None:
    counter, effects = play(*events)
    assert isinstance(counter.state, InTrouble)
    assert counter.state.trouble is Trouble.PHONE_NOT_EQUIPPED
    [advise] = of(do.Advise, effects)
    assert isinstance(advise, do.Advise)
    assert isinstance(advise.facts.device, Smartphone)


# --- notice, 利用登録, consent -----------------------------------------------------------------------------------


def test_a_certificate_in_grace_is_said_once_before_the_answer() -> None:
    counter, _ = after(ev.Answered(QUALIFICATION), ev.Decided(IN_GRACE), WRITTEN)
    assert counter.state == NoticingCertificate(IN_GRACE)
    assert play(ev.NoticeRead(), start=counter)[0].state == ShowingAnswer(IN_GRACE, card_on_reader=True)


def offered() -> Counter:
    return after(ev.Answered(UNREGISTERED), ev.Decided(OFFER), WRITTEN)[0]


def test_a_card_that_is_registered_here_is_asked_about_anew() -> None:
    assert offered().state == OfferingRegistration(CARD, OFFER)
    registering, effects = play(ev.RegistrationAccepted(), start=offered())
    assert registering.state == Registering(CARD, OFFER)
    assert effects == [do.RegisterCard(1)], "the card stays powered: it signs again"
    again, effects = play(ev.CardRegistered(), start=registering)
    assert again.state == AskingService(CARD)
    assert effects == [do.AskByCard(1)]
    shown, effects = play(*ANSWERED, start=again)
    assert shown.state == ShowingAnswer(NO_CONSENT, card_on_reader=True)
    assert [entry.outcome for entry in records(effects)] == ["OK_ONLINE"]


def test_declining_the_registration_asks_the_rules_again() -> None:
    counter, effects = play(ev.RegistrationDeclined(), start=offered())
    [decide] = of(do.Decide, effects)
    assert isinstance(decide, do.Decide)
    assert decide.facts.device == MynaCard(registered=False, identity=Identity.PIN, registration_declined=True)
    declined = replace(OFFER, outcome="OK_DECLARATION", registration="declined")
    shown, _ = play(ev.Decided(declined), WRITTEN, start=counter)
    assert shown.state == ShowingAnswer(declined, card_on_reader=True)


def test_face_and_eye_cannot_register_and_the_offer_says_so() -> None:
    counter, _ = play(ev.FaceMatched(), ev.Answered(UNREGISTERED), ev.Decided(OFFER), WRITTEN, start=by_face())
    assert counter.state == OfferingRegistration(LOCKED_CARD, OFFER, possible=False)
    with pytest.raises(UnexpectedEventError):
        play(ev.RegistrationAccepted(), start=counter)


def test_a_registration_that_fails_is_a_trouble_and_the_answer_stays_recorded() -> None:
    counter, effects = play(
        ev.RegistrationAccepted(),
        ev.ServiceFailed(Trouble.SERVER_DOWN),
        ev.Abandoned(),
        ev.CardTaken(),
        start=offered(),
    )
    assert counter.state == Idle()
    assert records(effects) == [], "the offer was recorded before; the visit was not abandoned"


def test_a_card_pulled_while_it_registers_leaves_the_rules_to_say_what_is_next() -> None:
    counter, effects = play(ev.RegistrationAccepted(), ev.CardTaken(), ev.CardRegistered(), start=offered())
    assert counter.state == Settling(by_numbers=False)
    [decide] = of(do.Decide, effects)
    assert isinstance(decide, do.Decide)
    assert decide.facts.by_card is None
    assert decide.facts.device == MynaCard(identity=Identity.PIN)


def consenting() -> Counter:
    return after(ev.Answered(QUALIFICATION), ev.Decided(ANSWER), WRITTEN)[0]


def test_everything_agreed_to_at_once_is_told_recorded_and_shown() -> None:
    assert consenting().state == AskingConsent(ANSWER)
    sending, effects = play(ev.ConsentForAll(given=True), start=consenting())
    assert sending.state == SendingConsent(ANSWER, ALL_GIVEN)
    assert effects == [do.SendConsent(1, ALL_GIVEN)]
    noting, effects = play(ev.ConsentSent(UNTIL), start=sending)
    assert noting.state == Settling(by_numbers=False), "shown when the disk has it"
    [entry] = records(effects)
    assert (entry.consent, entry.spoken) == (ALL_GIVEN, False)
    shown, _ = play(WRITTEN, start=noting)
    assert shown.state == ShowingAnswer(ANSWER, card_on_reader=True, consents=ALL_GIVEN, consent_until=UNTIL)


def test_items_are_asked_one_by_one_and_one_step_back_takes_the_last_answer_back() -> None:
    counter, _ = play(ev.OneByOneChosen(), ev.ConsentAnswered("checkups", given=True), start=consenting())
    assert isinstance(counter.state, AskingConsent)
    assert counter.state.asked == "medicines"
    with pytest.raises(UnexpectedEventError):
        play(ev.ConsentAnswered("diagnosis", given=True), start=counter)
    back, _ = play(ev.Back(), start=counter)
    assert isinstance(back.state, AskingConsent)
    assert back.state.asked == "checkups"
    rest = [ev.ConsentAnswered(item, given=False) for item, _ in NONE_GIVEN[1:]]
    sending, _ = play(*rest, start=counter)
    assert sending.state == SendingConsent(ANSWER, (("checkups", True), *NONE_GIVEN[1:]))


def test_a_refusal_is_recorded_and_nobody_is_told() -> None:
    counter, effects = play(ev.ConsentForAll(given=False), WRITTEN, start=consenting())
    assert of(do.SendConsent, effects) == []
    assert [entry.consent for entry in records(effects)] == [NONE_GIVEN]
    assert counter.state == ShowingAnswer(ANSWER, card_on_reader=True, consents=NONE_GIVEN)


def test_nothing_pressed_is_no_consent() -> None:
    counter, effects = play(ev.Expired(), start=consenting())
    assert counter.state == TakingCard(None, Stage.DONE)
    assert (of(do.SendConsent, effects), records(effects)) == ([], [])


def test_a_question_passed_over_is_not_asked_again_in_the_visit() -> None:
    counter, effects = play(ev.Acknowledged(), start=consenting())
    assert counter.state == ShowingAnswer(ANSWER, card_on_reader=True)
    assert records(effects) == []


def test_a_consent_that_the_service_does_not_take_is_none() -> None:
    counter, effects = play(ev.ConsentForAll(given=True), ev.ConsentSent(None), start=consenting())
    assert counter.state == ShowingAnswer(ANSWER, card_on_reader=True, consent_failed=True)
    assert records(effects) == []


def test_staff_enter_a_spoken_consent_and_it_is_marked() -> None:
    passed_over, _ = play(ev.Acknowledged(), start=consenting())
    counter, effects = play(ev.SpokenConsent(ALL_GIVEN), ev.ConsentSent(UNTIL), WRITTEN, start=passed_over)
    assert do.SendConsent(1, ALL_GIVEN, spoken=True) in effects
    assert [(entry.consent, entry.spoken) for entry in records(effects)] == [(ALL_GIVEN, True)]
    assert isinstance(counter.state, ShowingAnswer)
    with pytest.raises(UnexpectedEventError):
        play(ev.SpokenConsent(ALL_GIVEN), start=counter)


@pytest.mark.parametrize("reception", [IN_GRACE, OFFER, ANSWER])
@pytest.mark.parametrize("end", [ev.CardTaken(), ev.ReaderGone(Trouble.NO_READER)])
def test_an_answer_whose_card_is_pulled_while_something_is_asked_stays_valid(
    reception: Reception, end: ev.Event
) -> None:
    asked = after(ev.Answered(QUALIFICATION), ev.Decided(reception), WRITTEN)[0]
    counter, effects = play(end, start=asked)
    assert counter.state == ShowingAnswer(reception, card_on_reader=False)
    assert (counter.visit, records(effects)) == (1, [])


def test_a_card_pulled_while_the_consent_is_sent_loses_nothing() -> None:
    counter, effects = play(
        ev.ConsentForAll(given=True), ev.CardTaken(), ev.ConsentSent(UNTIL), WRITTEN, start=consenting()
    )
    assert counter.state == ShowingAnswer(ANSWER, card_on_reader=False, consents=ALL_GIVEN, consent_until=UNTIL)
    assert [entry.consent for entry in records(effects)] == [ALL_GIVEN]


def test_the_next_persons_card_waits_until_the_consent_is_recorded_and_is_read_then() -> None:
    waiting, _ = play(ev.ConsentForAll(given=True), ev.CardTaken(), ev.CardPlaced(), start=consenting())
    assert isinstance(waiting.state, SendingConsent)
    counter, effects = play(ev.ConsentSent(UNTIL), WRITTEN, start=waiting)
    assert counter.state == ReadingCard()
    assert counter.visit == 2
    assert [entry.visit for entry in records(effects)] == [1]


def test_calling_staff_while_something_is_asked_keeps_the_question() -> None:
    assert play(ev.StaffCalled(), start=consenting()) == (consenting(), [])


# --- what goes wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "state"),
    [
        ((), ReadingCard),
        ((ev.CardRead(CARD),), ChoosingMethod),
        ((ev.CardRead(CARD_WITH_ONE_TRY), PIN), ConfirmingLastTry),
        ((ev.CardRead(CARD), PIN), EnteringPin),
        ((ev.CardRead(CARD), PIN, ev.PinEntered(a_pin())), VerifyingPin),
        ((ev.CardRead(CARD), FACE), ComparingFace),
        ((ev.CardRead(CARD), VISUAL), VouchingByEye),
        ((ev.CardRead(CARD), PIN, ev.PinEntered(a_pin()), ev.PinAccepted()), AskingService),
    ],
)
@pytest.mark.parametrize(
    ("end", "trouble"),
    [
        (ev.CardTaken(), Trouble.CARD_PULLED),
        (ev.ReaderGone(Trouble.NO_READER), Trouble.READER_LOST),
        # The service that died: nobody is sent to look for a cable.
        (ev.ReaderGone(Trouble.NO_PCSC_SERVICE), Trouble.NO_PCSC_SERVICE),
    ],
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


def test_the_desk_hears_at_once_what_a_trouble_means() -> None:
    counter, effects = play(ev.StaffCalled(Trouble.PIN_UNKNOWN), start=at_the_pin_pad())
    [advise] = of(do.Advise, effects)
    assert isinstance(advise, do.Advise)
    assert advise.facts.device == MynaCard(identity=Identity.PIN_FORGOTTEN)
    advised, _ = play(ev.Advised(NO_CONSENT), start=counter)
    assert isinstance(advised.state, InTrouble)
    assert advised.state.advice == NO_CONSENT


def test_nobody_is_told_of_full_charge_who_has_shown_nothing_yet() -> None:
    counter, effects = play(ev.StaffCalled())
    assert counter.state == InTrouble(Trouble.CALLED_STAFF)
    assert of(do.Advise, effects) == []


def test_advice_that_comes_when_staff_have_turned_to_a_paper_is_there_when_they_come_back() -> None:
    called = (ev.StaffCalled(), ev.ManualRequested(), ev.Advised(NO_CONSENT), ev.Back())
    counter, _ = play(*called, start=at_the_pin_pad())
    assert isinstance(counter.state, InTrouble)
    assert counter.state.advice == NO_CONSENT


def test_the_service_down_leads_to_a_paper_and_the_card_may_be_tried_again() -> None:
    counter, effects = after(ev.ServiceFailed(Trouble.SERVER_DOWN, "connect"))
    assert counter.state == InTrouble(Trouble.SERVER_DOWN, CARD, card_on_reader=True, detail="connect")
    [advise] = of(do.Advise, effects)
    assert isinstance(advise, do.Advise)
    assert advise.facts.service_silent
    retried, effects = play(ev.RetryRequested(), start=counter)
    assert retried.state == ReadingCard()
    assert effects[-3:] == [do.OpenVisit(2), do.ReadCard(2), do.FetchChallenge(2)]


def test_a_swapped_card_is_another_visit() -> None:
    counter, effects = play(ev.CardPlaced(), start=at_the_pin_pad())
    assert counter.state == ReadingCard()
    assert counter.visit == 2
    assert [entry.troubles for entry in records(effects)] == [("card_pulled",)]


# --- leaving ----------------------------------------------------------------------------------------------------


def test_an_answer_by_card_goes_with_its_card() -> None:
    assert play(ev.CardTaken(), start=after(*ANSWERED)[0])[0] == Counter(visit=2)


@pytest.mark.parametrize(
    "left_open",
    [
        replace(NO_CONSENT, outcome="REQUERY"),
        replace(NO_CONSENT, outcome="OK_DECLARATION", ask_for=("portal", "declaration")),
    ],
)
def test_what_the_desk_has_yet_to_see_to_stays_until_the_next_card_comes(left_open: Reception) -> None:
    refused = after(ev.Answered(QUALIFICATION), ev.Decided(left_open), WRITTEN)[0]
    taken, _ = play(ev.CardTaken(), start=refused)
    assert isinstance(taken.state, ShowingAnswer)
    following, _ = play(ev.CardPlaced(), start=taken)
    assert (following.state, following.visit) == (ReadingCard(), 2)


def test_a_card_left_behind_is_asked_for_until_it_is_gone() -> None:
    counter, _ = play(ev.Acknowledged(), start=after(*ANSWERED)[0])
    assert counter.state == TakingCard(NO_CONSENT, Stage.DONE)
    assert play(ev.Expired(), start=counter)[0].state == TakingCard(NO_CONSENT, Stage.DONE)
    assert play(ev.CardTaken(), start=counter)[0] == Counter(visit=2)


def test_a_time_out_takes_the_answer_from_the_screen_also_when_the_card_stays() -> None:
    assert play(ev.Expired(), start=after(*ANSWERED)[0])[0].state == TakingCard(None, Stage.DONE)


def test_a_reader_that_is_back_is_forgiven() -> None:
    counter, _ = play(ev.ReaderGone(Trouble.NO_PCSC_SERVICE))
    assert counter.state == Idle(Trouble.NO_PCSC_SERVICE)
    assert play(ev.ReaderBack(), start=counter)[0] == Counter()


# --- late answers -----------------------------------------------------------------------------------------------


def test_the_answer_for_the_patient_before_is_dropped() -> None:
    asked = asking()
    pulled, _ = play(ev.CardTaken(), ev.CardPlaced(), ev.CardRead(CARD), start=asked)
    transition = advance(pulled, Happened(ev.Answered(QUALIFICATION), asked.visit))
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
