"""What the desk adds to a visit besides papers, takes back again, and which mode the whole counter is in.

Every fact the desk adds asks the rules anew; undo goes back to the facts before it. What breaks if it is wrong: the
rules are asked about another visit than the one that took place, or a mode stays on that nobody sees.
"""

from __future__ import annotations

from dataclasses import replace

from eligibility.case import Flag, Person, Visit
from eligibility.documents import Identity, MynaCard
from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import Counter, Draft, Transition
from kiosk.flow.ending import advising, called, going_on, in_trouble, leave, stop_in_trouble
from kiosk.flow.events import Event
from kiosk.flow.facts import VisitFacts
from kiosk.flow.half_typed import keeping
from kiosk.flow.patient_steps import settle, show, void_consent
from kiosk.flow.presented import given_up
from kiosk.flow.states import (
    AskingConsent,
    AskingService,
    AwaitingPhone,
    ChoosingMethod,
    ChoosingPaper,
    ConfirmingLastTry,
    ConfirmingPaper,
    ConfirmingRealCard,
    EnteringPin,
    FaceFailed,
    Idle,
    InTrouble,
    NoticingCertificate,
    OfferingRegistration,
    ShowingAnswer,
    TakingFourItems,
    Trouble,
    TypingPaper,
    VouchingByEye,
)
from kiosk.flow.taking_back import take_back

_LEAVING = (
    AwaitingPhone,
    ConfirmingRealCard,
    ChoosingMethod,
    ConfirmingLastTry,
    EnteringPin,
    FaceFailed,
    InTrouble,
    ShowingAnswer,
)
"""Where a visit can be ended by a key, and ends when nobody touches the counter."""
_BEFORE_THE_QUESTION = (ConfirmingRealCard, ChoosingMethod, ConfirmingLastTry, EnteringPin, FaceFailed)
"""The card was read, its holder is asked something, and the service has not been asked yet."""
_ASKED_ON_THE_WAY = (NoticingCertificate, OfferingRegistration, AskingConsent)
_DESK = (ChoosingPaper, TypingPaper, ConfirmingPaper, TakingFourItems)


def mode_step(counter: Counter, event: Event) -> Transition | None:
    """The counter's modes: switched whatever it is at, and whoever's visit it is."""
    match event:
        case ev.OutageSwitched(on) if on != counter.outage:
            switched = (
                _without_asking(replace(counter, outage=on)) if on else _advised_anew(replace(counter, outage=on))
            )
            # Off: the service is back, and those who wait in the queue are asked about.
            visit = switched.counter.visit
            return replace_effects(switched, do.HoldQueue(visit) if on else do.AskQueue(visit))
        case ev.DisasterSwitched(on) if on != counter.disaster:
            return _advised_anew(replace(counter, disaster=on))
        case ev.OutageSwitched() | ev.DisasterSwitched():
            return Transition(counter)
    return None


def replace_effects(transition: Transition, *more: do.Effect) -> Transition:
    """The same step, with more to do."""
    return replace(transition, effects=(*transition.effects, *more))


def _without_asking(counter: Counter) -> Transition:
    """Nobody is asked by card any more, nor is anything typed at the card for a question that is not put.

    What card, camera or passcode is being asked is let finish; the steps after it know the mode.
    """
    state = counter.state
    if isinstance(state, _BEFORE_THE_QUESTION) or (isinstance(state, VouchingByEye) and not state.checking):
        return in_trouble(replace(counter, turned_from=None), Trouble.OUTAGE)
    if isinstance(state, AskingService) and not state.by_numbers:
        return stop_in_trouble(counter, Trouble.OUTAGE)
    return _advised_anew(counter)


def _advised_anew(counter: Counter) -> Transition:
    if not isinstance(counter.state, InTrouble):
        return Transition(counter)
    return Transition(counter, advising(counter))


def desk_step(counter: Counter, event: Event) -> Transition | None:
    """The step of the desk, or of leaving, for this event; None: it is none."""
    return _adding(counter, event) or _calling(counter, event) or _leaving(counter, event)


# --- facts ---


def _adding(counter: Counter, event: Event) -> Transition | None:
    state = counter.state
    if isinstance(state, VouchingByEye | FaceFailed) and event == ev.PersonJudged(Person.DIFFERENT):
        return None if getattr(state, "checking", False) else _with(counter, _another_person(counter.facts))
    if not isinstance(state, InTrouble | ShowingAnswer):
        return None
    facts = counter.facts
    match event:
        case ev.PersonJudged(Person.DIFFERENT) if facts.by_card is None and facts.by_numbers is None:
            return _with(counter, _another_person(facts))
        case ev.PersonJudged(person) if facts.by_card is not None or facts.by_numbers is not None:
            return _judged(counter, person)
        case ev.MembershipTold(membership):
            return _with(counter, replace(facts, membership=membership))
        case ev.VerbalConfirmed():
            told = given_up(facts)
            device = told.device or MynaCard(readable=False)
            return _with(counter, replace(told, visit=Visit.RETURN, known_patient=True, device=device))
        case ev.ProtectionTold(flag):
            return _with(counter, replace(facts, flags=facts.flags | {Flag(flag)}))
        case ev.Undone() if counter.history:
            return take_back(counter)
        case ev.Advised(reception) if isinstance(state, InTrouble):
            return Transition(replace(counter, state=replace(state, advice=reception)))
    return None


def _judged(counter: Counter, person: Person) -> Transition:
    """Of an answer that is somebody else's nothing is used: what was agreed to for it is void."""
    if person is not Person.DIFFERENT:
        return _with(counter, replace(counter.facts, person=person))
    voided = void_consent(counter)
    settled = _with(voided.counter, replace(voided.counter.facts, person=person))
    return replace(settled, effects=(*voided.effects, *settled.effects))


def _another_person(facts: VisitFacts) -> VisitFacts:
    """Face and card do not belong together: no way leads on with this card."""
    device = facts.device or MynaCard()
    return replace(facts, device=replace(device, identity=Identity.MISMATCH), person=Person.DIFFERENT)


def _with(counter: Counter, facts: VisitFacts) -> Transition:
    method = counter.method or "manual"
    added = replace(going_on(counter), facts=facts, history=(*counter.history, counter.facts), method=method)
    release = () if counter.reception is not None else (do.ReleaseCard(counter.visit),)
    settled = settle(added)
    return replace(settled, effects=(*release, *settled.effects))


# --- calling, leaving ---


def _calling(counter: Counter, event: Event) -> Transition | None:
    state = counter.state
    if not isinstance(event, ev.StaffCalled):
        return None
    resting = (Idle, AwaitingPhone, ConfirmingRealCard, ChoosingMethod, ConfirmingLastTry, EnteringPin, FaceFailed)
    if isinstance(state, resting) or (isinstance(state, VouchingByEye) and not state.checking):
        return in_trouble(counter, called(counter, event.trouble))
    if isinstance(state, _ASKED_ON_THE_WAY):  # the answer is there: staff come, and the question waits
        return Transition(counter)
    return None


def _leaving(counter: Counter, event: Event) -> Transition | None:
    state = counter.state
    if isinstance(state, VouchingByEye) and state.checking:
        return None
    match event:
        case ev.Abandoned() if isinstance(state, (*_LEAVING, *_DESK, VouchingByEye)):
            return leave(counter)
        case ev.Abandoned() if isinstance(state, _ASKED_ON_THE_WAY):
            return show(counter)
        case ev.Expired() if isinstance(state, (*_LEAVING, *_ASKED_ON_THE_WAY, VouchingByEye)):
            return leave(counter, in_view=False)
        case ev.Expired(draft) if isinstance(state, _DESK):
            return _keep_and_leave(counter, draft)
    return None


def _keep_and_leave(counter: Counter, draft: Draft) -> Transition:
    """Nobody is at the desk: what stands half-typed is kept, encrypted, and offered again."""
    keep, then = keeping(counter, draft)
    left = leave(counter, in_view=False)
    return left if keep is None else replace(left, effects=(keep, *left.effects, *then))
