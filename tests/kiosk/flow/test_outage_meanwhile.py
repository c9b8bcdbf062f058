"""システム障害時モード switched on in the middle of a visit by card: from then on nothing is asked of the service."""

from __future__ import annotations

import pytest

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import Counter
from kiosk.flow.effects import Effect
from kiosk.flow.facts import Way
from kiosk.flow.states import (
    AskingConsent,
    AskingService,
    InTrouble,
    OfferingRegistration,
    Registering,
    ShowingAnswer,
    State,
    Trouble,
)
from tests.kiosk.flow.samples import ANSWER, CARD, OFFER, SITUATIONS, a_pin, by_card, play

ON = ev.OutageSwitched(on=True)
ASKS = (
    do.AskByCard,
    do.AskAttested,
    do.AskByPaper,
    do.AskByFourItems,
    do.RegisterCard,
    do.SendConsent,
)
_PIN = ev.WayChosen(Way.PIN)


def asked(effects: list[Effect]) -> list[Effect]:
    return [effect for effect in effects if isinstance(effect, ASKS)]


@pytest.mark.parametrize(
    "before",
    [
        (ev.CardRead(CARD),),
        (ev.CardRead(CARD), _PIN),
        (ev.CardRead(CARD), ev.WayChosen(Way.VISUAL)),
    ],
)
def test_where_the_card_s_holder_is_asked_something_the_visit_stops_at_once(before: tuple[ev.Event, ...]) -> None:
    start, _ = play(ev.CardPlaced(), *before)
    stopped, effects = play(ON, start=start)
    assert isinstance(stopped.state, InTrouble)
    assert (stopped.state.trouble, stopped.visit) == (Trouble.OUTAGE, start.visit), "no PIN is typed for nothing"
    assert asked(effects) == []
    late, effects = play(ev.PinEntered(a_pin()), start=stopped)
    assert (late, [type(effect) for effect in effects]) == (stopped, [do.DiscardPin]), "a PIN that crossed it is wiped"


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        ((), ev.CardRead(CARD)),
        ((ev.CardRead(CARD), _PIN, ev.PinEntered(a_pin())), ev.PinAccepted()),
        ((ev.CardRead(CARD), ev.WayChosen(Way.FACE)), ev.FaceMatched()),
        ((ev.CardRead(CARD), ev.WayChosen(Way.VISUAL), ev.PasscodeEntered(a_pin())), ev.PasscodeAccepted()),
    ],
)
def test_what_is_under_way_ends_before_the_question(before: tuple[ev.Event, ...], answer: ev.Event) -> None:
    start, _ = play(ev.CardPlaced(), *before)
    meanwhile, _ = play(ON, start=start)
    assert meanwhile.state == start.state
    stopped, effects = play(answer, start=meanwhile)
    assert isinstance(stopped.state, InTrouble)
    assert stopped.state.trouble is Trouble.OUTAGE
    assert asked(effects) == []


def test_a_question_that_is_out_is_waited_for_no_longer() -> None:
    start, _ = play(ev.CardPlaced(), ev.CardRead(CARD), _PIN, ev.PinEntered(a_pin()), ev.PinAccepted())
    assert isinstance(start.state, AskingService)
    stopped, effects = play(ON, start=start)
    assert isinstance(stopped.state, InTrouble)
    assert (stopped.state.trouble, stopped.visit) == (Trouble.OUTAGE, start.visit + 1), "a late answer is dropped"
    assert do.OpenVisit(stopped.visit) in effects or stopped.recorded, "the visit that goes on is known to the journal"
    assert do.HoldQueue(stopped.visit) in effects


def consenting() -> Counter:
    return by_card(AskingConsent(ANSWER))


def test_consent_is_not_told_to_a_service_that_nobody_asks() -> None:
    done, effects = play(ON, ev.ConsentForAll(given=True), start=consenting())
    assert asked(effects) == []
    assert isinstance(done.state, ShowingAnswer)
    assert (done.state.consent_failed, done.state.consents) == (True, ())


def test_registration_is_not_tried() -> None:
    stopped, effects = play(ON, ev.RegistrationAccepted(), start=by_card(OfferingRegistration(CARD, OFFER)))
    assert asked(effects) == []
    assert isinstance(stopped.state, InTrouble)
    assert stopped.state.trouble is Trouble.OUTAGE
    registered, effects = play(ON, ev.CardRegistered(), start=by_card(Registering(CARD, OFFER)))
    assert asked(effects) == []
    assert isinstance(registered.state, InTrouble)


def test_after_the_answer_nothing_more_is_offered() -> None:
    deciding: State = SITUATIONS["deciding by card"].state
    start = by_card(deciding, deciding=True, reception=None)
    shown, effects = play(ON, ev.Decided(ANSWER), ev.EntryWritten(ok=True), start=start)
    assert isinstance(shown.state, ShowingAnswer), "consent would have to be told to the service"
    assert asked(effects) == []
