"""From the service's answer to the end: the rules decide, the journal writes, then notice, 利用登録 and consent.

Nothing is shown as the visit's result before the disk has it, or has refused it. What breaks if it is wrong: a person
is told that they are received, and no trace of it is left; or data are shared that nobody agreed to.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from eligibility.case import Person
from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.answer import Qualification, Reception
from kiosk.flow.card_steps import to
from kiosk.flow.counter import Counter, Transition
from kiosk.flow.ending import in_trouble, leave, start_reading, stop_in_trouble
from kiosk.flow.events import Event
from kiosk.flow.facts import VisitFacts, Way
from kiosk.flow.presented import device_of
from kiosk.flow.recording import consent_entry, entry, to_queue
from kiosk.flow.states import (
    AskingConsent,
    AskingService,
    CardSummary,
    NoticingCertificate,
    OfferingRegistration,
    Registering,
    SendingConsent,
    Settling,
    ShowingAnswer,
    Trouble,
)

NOTICED: Final = frozenset({"expiring", "grace"})
"""States of the certificate that are said to the person (reception.md §4)."""


def patient_step(counter: Counter, event: Event) -> Transition | None:
    """The step from answer to end for this event; None: it is none."""
    return _answering(counter, event) or _telling(counter, event) or _consenting(counter, event)


# --- the answer, the rules, the disk ---


def _answering(counter: Counter, event: Event) -> Transition | None:
    state = counter.state
    match state, event:
        case AskingService(), ev.Answered(answer):
            return settle(replace(counter, facts=_with_answer(counter, answer)))
        case AskingService(card=CardSummary()), ev.ServiceFailed(trouble, detail):
            return in_trouble(counter, trouble, detail)
        case AskingService(), ev.ServiceFailed(trouble):
            # The rules decide on what was typed; that nobody answered is part of the case.
            met = replace(counter, troubles=(*counter.troubles, trouble))
            return settle(replace(met, facts=replace(counter.facts, service_silent=True)))
        case AskingService(), ev.StaffCalled():
            return stop_in_trouble(counter, Trouble.SERVER_DOWN)
        case Settling(), ev.Decided(reception) if counter.deciding:
            return _decided(counter, reception)
        case _, ev.EntryWritten(ok):
            return _written(counter, ok=ok)
    return None


def _with_answer(counter: Counter, answer: Qualification) -> VisitFacts:
    facts = replace(counter.facts, service_silent=False)
    if answer.by != "card":
        return replace(facts, by_numbers=answer)
    return replace(facts, by_card=answer, device=device_of(counter.card, None, counter.way, answer))


def settle(counter: Counter) -> Transition:
    """Ask the rules with all that is known now."""
    settling = replace(counter, state=Settling(by_numbers=counter.typed), deciding=True, turned_from=None)
    return Transition(settling, (do.Decide(counter.visit, settling.known()),))


def _decided(counter: Counter, reception: Reception) -> Transition:
    if counter.facts.person is Person.DIFFERENT:  # of somebody else's record nothing is shown, kept or queued
        reception = reception.without_record()
    decided = replace(counter, reception=reception, deciding=False)
    record = entry(decided, reception)
    later = to_queue(decided, reception)
    queue: tuple[do.Effect, ...] = () if later is None or later == counter.queued else (later,)
    if later is None and counter.queued is not None:
        queue = (do.WithdrawLater(counter.visit),)
    moved = replace(
        decided,
        correcting=False,
        recorded=True,
        drafts=(),  # what was typed is among the facts now; another paper of the same form is another one
        unwritten=counter.unwritten + 1,
        queued=later,
    )
    return Transition(moved, (*queue, record))


def _written(counter: Counter, *, ok: bool) -> Transition:
    if not counter.unwritten:
        return Transition(counter)
    # Entries are written in order: one that is on the disk says that those before it are, too.
    counter = replace(counter, unwritten=counter.unwritten - 1, disk_refused=not ok)
    match counter.state:
        case Settling() if not counter.deciding and not counter.unwritten:
            return lead_on(counter)
        case ShowingAnswer() as shown:
            return to(counter, replace(shown, written=not counter.disk_refused))
    return Transition(counter)


# --- what is told and asked on the way to the answer ---


def lead_on(counter: Counter) -> Transition:
    """The next thing to tell or ask while the person's card lies there; at last the answer."""
    reception = counter.reception
    assert reception is not None
    card = counter.card
    if card is None or counter.facts.by_card is None or counter.typed or not counter.own_card_lies_there:
        return show(counter)
    if reception.certificate in NOTICED and not counter.noticed:
        return to(counter, NoticingCertificate(reception))
    if counter.outage:  # what is asked from here on would have to be told to the service
        return show(counter)
    if reception.registration == "offer" and not counter.registration_answered:
        # Face and eye prove nothing that could be signed; of a real card no certificate is ever sent.
        possible = counter.way is Way.PIN and not card.real
        return to(counter, OfferingRegistration(card, reception, possible))
    if reception.consent == "ask" and not counter.consent_asked:
        return to(counter, AskingConsent(reception))
    return show(counter)


def show(counter: Counter) -> Transition:
    """The answer. The card is let go of; what was not asked by now is not asked any more."""
    assert counter.reception is not None
    done = replace(counter, noticed=True, registration_answered=True, consent_asked=True)
    if counter.next_card and not counter.typed:  # whoever has taken the card has left, and the next one waits
        return start_reading(done)
    shown = ShowingAnswer(
        counter.reception,
        # A typed answer stays when a card is taken: it did not come from that card.
        card_on_reader=counter.own_card_lies_there and not counter.typed,
        written=not counter.disk_refused,
        consents=counter.consents,
        consent_until=counter.consent_until,
        consent_failed=counter.consent_failed,
        noted=counter.reception.outcome == "PENDING_4INFO" and counter.facts.four_items is not None,
    )
    return Transition(replace(done, state=shown), (do.ReleaseCard(counter.visit),))


def _telling(counter: Counter, event: Event) -> Transition | None:
    match counter.state, event:
        case NoticingCertificate(), ev.NoticeRead() | ev.Acknowledged():
            return lead_on(replace(counter, noticed=True))
        case OfferingRegistration(possible=True), ev.RegistrationAccepted() if counter.outage:
            return in_trouble(replace(counter, registration_answered=True), Trouble.OUTAGE)
        case OfferingRegistration(card, reception, possible=True), ev.RegistrationAccepted():
            moved = replace(counter, registration_answered=True)
            return to(moved, Registering(card, reception), do.RegisterCard(counter.visit))
        case OfferingRegistration(), ev.RegistrationDeclined():
            return _declined(counter)
        case OfferingRegistration(), ev.Acknowledged():  # neither yes nor no: the desk goes on
            return show(counter)
        case Registering(card), ev.CardRegistered():
            return _registered(counter, card)
        case Registering(), ev.CardFailed(trouble) if not counter.card_present:
            return show(replace(counter, troubles=(*counter.troubles, trouble)))
        case Registering(), ev.CardFailed(trouble, detail) | ev.ServiceFailed(trouble, detail):
            return in_trouble(counter, trouble, detail)
        case ShowingAnswer(), ev.Acknowledged():
            return leave(counter)
    return None


def _declined(counter: Counter) -> Transition:
    device = counter.facts.device
    assert device is not None
    facts = replace(counter.facts, device=replace(device, registration_declined=True))
    return settle(replace(counter, facts=facts, registration_answered=True))


def _registered(counter: Counter, card: CardSummary) -> Transition:
    """Ask anew: the answer before was that there is no 利用登録."""
    device = counter.facts.device
    assert device is not None
    facts = replace(counter.facts, by_card=None, device=replace(device, registered=True))
    counter = replace(counter, facts=facts)
    if not counter.own_card_lies_there:
        return settle(counter)
    if counter.outage:
        return in_trouble(counter, Trouble.OUTAGE)
    return to(counter, AskingService(card), do.AskByCard(counter.visit))


# --- consent ---


def _consenting(counter: Counter, event: Event) -> Transition | None:
    match counter.state, event:
        case AskingConsent(reception, items), ev.ConsentForAll(given):
            return _agreed(counter, reception, tuple((item, given) for item in items))
        case AskingConsent() as asking, ev.OneByOneChosen():
            return to(counter, replace(asking, one_by_one=True))
        case AskingConsent(reception, items, answers) as asking, ev.ConsentAnswered(item, given) if (
            item == asking.asked
        ):
            answers = (*answers, (item, given))
            if len(answers) < len(items):
                return to(counter, replace(asking, answers=answers, one_by_one=True))
            return _agreed(counter, reception, answers)
        case AskingConsent(answers=answers) as asking, ev.Back() if asking.one_by_one:
            return to(counter, replace(asking, answers=answers[:-1], one_by_one=bool(answers)))
        case AskingConsent(), ev.Acknowledged():  # passed over: nothing is agreed to
            return show(replace(counter, consent_asked=True))
        case ((AskingConsent(reception) | ShowingAnswer(reception)), ev.SpokenConsent(answers)) if _may_be_asked(
            counter
        ):
            facts = replace(counter.facts, spoken_consent=True)
            return _agreed(replace(counter, facts=facts), reception, answers)
        case SendingConsent(_, answers), ev.ConsentSent(until):
            return _sent(counter, answers, until)
    return None


def _may_be_asked(counter: Counter) -> bool:
    """Consents belong to an answer by card that allows them; what was agreed to is not asked again."""
    reception, answer = counter.reception, counter.facts.by_card
    asked = reception is not None and reception.consent == "ask"
    return asked and answer is not None and not any(given for _, given in counter.consents)


def _agreed(counter: Counter, reception: Reception, answers: tuple[tuple[str, bool], ...]) -> Transition:
    """What was agreed to is told to the service; where nothing was, there is nothing to tell."""
    counter = replace(counter, consent_asked=True)
    if any(given for _, given in answers):
        if counter.outage:
            return show(replace(counter, consent_failed=True))
        spoken = counter.facts.spoken_consent
        return to(counter, SendingConsent(reception, answers), do.SendConsent(counter.visit, answers, spoken))
    return _note_consent(replace(counter, consents=answers))


def _sent(counter: Counter, answers: tuple[tuple[str, bool], ...], until: datetime | None) -> Transition:
    if until is None:  # the service did not take it: nothing was agreed to, as far as anybody can rely on
        return show(replace(counter, consent_failed=True))
    return _note_consent(replace(counter, consents=answers, consent_until=until, consent_failed=False))


def void_consent(counter: Counter) -> Transition:
    """What was agreed to counts no more: the record is not this person's. The journal and the service hear of it."""
    if not any(given for _, given in counter.consents):
        return Transition(replace(counter, consents=(), consent_until=None, consent_failed=False))
    assert counter.reception is not None
    none = tuple((item, False) for item, _ in counter.consents)
    record = consent_entry(replace(counter, consents=none), counter.reception.without_record())
    facts = replace(counter.facts, spoken_consent=False)
    voided = replace(
        counter, facts=facts, consents=(), consent_until=None, consent_failed=False, unwritten=counter.unwritten + 1
    )
    return Transition(voided, (do.WithdrawConsent(counter.visit, none), record))


def _note_consent(counter: Counter) -> Transition:
    """To the journal, and on when it is there."""
    assert counter.reception is not None
    record = consent_entry(counter, counter.reception)
    moved = replace(counter, state=Settling(by_numbers=counter.typed), unwritten=counter.unwritten + 1)
    return Transition(moved, (record,))
