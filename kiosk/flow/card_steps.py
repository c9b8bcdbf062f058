"""From the card on the reader to the question at the service: label, PIN, face, and staff who vouch by eye.

What breaks if it is wrong: a PIN try is spent that nobody wanted, or a card counts that nobody showed to be theirs.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import Counter, Transition
from kiosk.flow.ending import called, going_on, in_trouble, leave, start_reading, stop_in_trouble
from kiosk.flow.events import Event
from kiosk.flow.facts import Way
from kiosk.flow.states import (
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
    ReadingCard,
    State,
    Trouble,
    VerifyingPin,
    VouchingByEye,
)


def card_step(counter: Counter, event: Event) -> Transition | None:
    """The step of the card path for this event; None: it is none."""
    reading = _reading(counter, event)
    return reading or _by_pin(counter, event) or _by_face(counter, event) or _by_eye(counter, event)


def to(counter: Counter, state: State, *effects: do.Effect) -> Transition:
    """Only the state changes."""
    return Transition(replace(counter, state=state), effects)


def _reading(counter: Counter, event: Event) -> Transition | None:
    match counter.state, event:
        case Idle(None), ev.PhoneChosen(kind) if counter.equipped:
            return to(counter, AwaitingPhone(kind))
        case Idle(), ev.PhoneChosen() if not counter.equipped:
            return in_trouble(counter, Trouble.PHONE_NOT_EQUIPPED)
        case Idle(Trouble() as trouble), ev.PhoneChosen():
            return in_trouble(counter, trouble)
        case AwaitingPhone(), ev.Back():
            return leave(counter)
        case ReadingCard(), ev.CardRead(card):
            facts = replace(counter.facts, certificate_until=card.certificate_until)
            return _card_was_read(replace(counter, card=card, facts=facts), card)
        case ReadingCard() | VerifyingPin(), ev.CardFailed(trouble, detail):
            return in_trouble(counter, trouble, detail)
        case ConfirmingRealCard(card), ev.RealCardAccepted():
            return to(counter, ChoosingMethod(card))
        case ((ReadingCard() | ComparingFace()), ev.StaffCalled()):
            return stop_in_trouble(counter, called(counter))
        case ComparingFace(), ev.Back():  # the camera may still answer: from here on it is another visit
            return start_reading(counter)
        case InTrouble(), ev.RetryRequested() if counter.card_present and not counter.left_card:
            return start_reading(counter)
        case InTrouble(), ev.RetryRequested():
            return leave(counter)
    return None


def _card_was_read(counter: Counter, card: CardSummary) -> Transition:
    if counter.outage:
        return in_trouble(counter, Trouble.OUTAGE)
    if card.is_phone and not counter.equipped:
        return in_trouble(counter, Trouble.PHONE_NOT_EQUIPPED)
    if card.pin_locked:  # the same as where it was locked here: face and eye are offered there
        return in_trouble(counter, Trouble.PIN_LOCKED)
    if not card.ways:
        return in_trouble(counter, Trouble.FACE_ONLY)
    return to(counter, ConfirmingRealCard(card) if card.real else ChoosingMethod(card))


def _ask(counter: Counter, card: CardSummary, question: do.Effect) -> Transition:
    """Its holder is known: ask the service, unless the mode was switched on meanwhile in which nobody is asked."""
    if counter.outage:
        return in_trouble(counter, Trouble.OUTAGE)
    return to(counter, AskingService(card), question)


# --- 暗証番号 ---


def _by_pin(counter: Counter, event: Event) -> Transition | None:
    match counter.state, event:
        case ((ChoosingMethod(card) | FaceFailed(card)), ev.WayChosen(Way.PIN)) if Way.PIN in card.ways:
            last = card.attempts_left == 1
            return to(counter, ConfirmingLastTry(card) if last else EnteringPin(card, card.attempts_left))
        case ConfirmingLastTry(card), ev.LastTryAccepted():
            return to(counter, EnteringPin(card, 1))
        case ((ConfirmingLastTry(card) | EnteringPin(card)), ev.Back()):
            return to(counter, ChoosingMethod(card))
        case EnteringPin(card), ev.PinEntered(handle):
            moved = replace(counter, state=VerifyingPin(card), method=Way.PIN.value)
            return Transition(moved, (do.VerifyPin(counter.visit, handle),))
        case VerifyingPin(card), ev.PinRejected(left):
            return _pin_rejected(counter, replace(card, attempts_left=left))
        case VerifyingPin(card), ev.PinAccepted():
            return _ask(replace(counter, way=Way.PIN), card, do.AskByCard(counter.visit))
        case VerifyingPin(), ev.ServiceFailed(trouble, detail):
            return in_trouble(counter, trouble, detail)
    return None


def _pin_rejected(counter: Counter, card: CardSummary) -> Transition:
    counter = replace(counter, card=card)
    if card.attempts_left > 1:
        return to(counter, EnteringPin(card, card.attempts_left, rejected_once=True))
    if card.attempts_left == 1:
        return to(counter, ConfirmingLastTry(card))
    return in_trouble(counter, Trouble.PIN_LOCKED)


# --- 顔認証, simulated ---


def _by_face(counter: Counter, event: Event) -> Transition | None:
    match counter.state, event:
        case ((ChoosingMethod(card) | FaceFailed(card)), ev.WayChosen(Way.FACE)) if Way.FACE in card.ways:
            return _compare(counter, card)
        case FaceFailed(card), ev.RetryRequested():
            return _compare(counter, card)
        case InTrouble(Trouble.PIN_LOCKED | Trouble.PIN_UNKNOWN | Trouble.CALLED_STAFF, CardSummary() as card, True), (
            ev.WayChosen(Way.FACE)
        ) if Way.FACE in card.ways:
            return _compare(counter, card)
        case FaceFailed(card), ev.Back() if card.pin_locked:
            return in_trouble(counter, Trouble.PIN_LOCKED)
        case FaceFailed(card), ev.Back():
            return to(counter, ChoosingMethod(card))
        case ComparingFace(card), ev.FaceMatched():
            return _ask(replace(counter, way=Way.FACE), card, do.AskAttested(counter.visit, Way.FACE))
        case ComparingFace(card), ev.FaceRejected(no_photo=True):
            return in_trouble(replace(counter, card=replace(card, has_photo=False)), Trouble.NO_PHOTO)
        case ComparingFace(card), ev.FaceRejected(tries_left) if tries_left > 0:
            return to(counter, FaceFailed(card, tries_left))
        case ComparingFace(), ev.FaceRejected():
            return in_trouble(counter, Trouble.FACE_LOCKED)
    return None


def _compare(counter: Counter, card: CardSummary) -> Transition:
    moved = replace(going_on(counter), state=ComparingFace(card), method=Way.FACE.value)
    return Transition(moved, (do.CompareFace(counter.visit),))


# --- 目視 ---


def can_be_vouched_for(counter: Counter) -> bool:
    """Whether staff may compare face and photo: a test card with a photo was read, and lies there."""
    card = counter.card
    return card is not None and counter.own_card_lies_there and card.has_photo and not card.real and not card.is_phone


def _by_eye(counter: Counter, event: Event) -> Transition | None:
    match counter.state, event:
        case (
            ((InTrouble(card=CardSummary() as card) | ChoosingMethod(card) | FaceFailed(card)) as before),
            (ev.WayChosen(Way.VISUAL)),
        ) if can_be_vouched_for(counter) and counter.facts.by_card is None:
            moved = replace(going_on(counter), turned_from=before, method=Way.VISUAL.value)
            return to(moved, VouchingByEye(card))
        case VouchingByEye(checking=False), ev.Back():
            return _back_from_vouching(counter)
        case VouchingByEye(checking=False) as asked, ev.PasscodeEntered(handle):
            return to(counter, replace(asked, checking=True), do.CheckPasscode(counter.visit, handle))
        case VouchingByEye(card, checking=True), ev.PasscodeAccepted():
            moved = replace(counter, way=Way.VISUAL, turned_from=None)
            return _ask(moved, card, do.AskAttested(counter.visit, Way.VISUAL))
        case VouchingByEye(card, checking=True), ev.PasscodeRejected(left, wait):
            return to(counter, VouchingByEye(card, rejected_once=True, tries_left=left, wait_seconds=wait))
    return None


def _back_from_vouching(counter: Counter) -> Transition:
    before = counter.turned_from
    moved = replace(counter, turned_from=None)
    if isinstance(before, InTrouble):
        return to(moved, replace(before, card_on_reader=counter.own_card_lies_there))
    assert isinstance(before, ChoosingMethod | FaceFailed)
    return to(moved, before)
