"""What happens at the reader, whatever the counter is at: cards that come and go, a reader that is lost and back.

What breaks if it is wrong: the answer to one card is shown to the holder of another.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.flow import events as ev
from kiosk.flow.counter import Counter, Transition
from kiosk.flow.ending import end_visit, in_trouble, start_reading, stop_in_trouble
from kiosk.flow.events import ReaderEvent
from kiosk.flow.patient_steps import show
from kiosk.flow.states import (
    AskingConsent,
    AskingService,
    AwaitingPhone,
    ChoosingMethod,
    ChoosingPaper,
    ComparingFace,
    ConfirmingLastTry,
    ConfirmingPaper,
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
    State,
    TakingCard,
    TakingFourItems,
    Trouble,
    TypingPaper,
    VerifyingPin,
    VouchingByEye,
)

_BY_CARD = (
    ReadingCard,
    ConfirmingRealCard,
    ChoosingMethod,
    ConfirmingLastTry,
    EnteringPin,
    VerifyingPin,
    ComparingFace,
    FaceFailed,
    VouchingByEye,
)
_NO_SERVICE: Final = frozenset({Trouble.NO_PCSC_SERVICE, Trouble.ACCESS_DENIED, Trouble.NO_PYSCARD})
"""What keeps the counter from its reader is on this computer, not at the reader."""
_ANSWERED = (NoticingCertificate, OfferingRegistration, AskingConsent)
"""The answer is there and recorded; only what is asked besides needs the card."""
_UNDER_WAY = (Settling, SendingConsent, Registering)
_BESIDE = (InTrouble, ChoosingPaper, TypingPaper, ConfirmingPaper, TakingFourItems)
"""The card lies beside what the desk does: only whether it lies there changes."""


def reader_step(counter: Counter, event: ReaderEvent) -> Transition:
    """The next state for something that happened at the reader: it is always about now."""
    match event:
        case ev.CardPlaced():
            return _card_placed(counter)
        case ev.CardTaken():
            return _card_taken(counter)
        case ev.ReaderGone(trouble):
            return _reader_gone(counter, trouble)
        case ev.ReaderBack():
            back = replace(counter, reader_trouble=None)
            return Transition(replace(back, state=Idle()) if isinstance(back.state, Idle) else back)


def _needs_the_card(state: State) -> bool:
    return isinstance(state, _BY_CARD) or (isinstance(state, AskingService) and not state.by_numbers)


def _card_placed(counter: Counter) -> Transition:
    counter = replace(counter, card_present=True, left_card=False, reader_trouble=None)
    state = counter.state
    match state:
        case Idle() | AwaitingPhone() | TakingCard() | InTrouble():
            return start_reading(counter)
        case ShowingAnswer(card_on_reader=True):  # swapped between two looks at the reader
            return start_reading(counter)
        case ShowingAnswer() if not counter.typed:  # its holder has taken the card, and the next person is there
            return start_reading(counter)
        case ShowingAnswer():  # the next card waits until the answer was read
            return Transition(replace(counter, next_card=True))
        case ChoosingPaper() | TypingPaper() | ConfirmingPaper() | TakingFourItems():
            return Transition(replace(counter, state=replace(state, card_on_reader=not counter.next_card)))
        case AskingService(card=None):
            return Transition(counter)
        case Settling() if counter.typed and counter.reception is None:
            return Transition(counter)
        case Settling() | SendingConsent():  # what is under way ends first
            return Transition(replace(counter, next_card=True))
        case _ if _needs_the_card(state):  # swapped in the middle of a visit by card: that visit is over
            return start_reading(replace(counter, troubles=(*counter.troubles, Trouble.CARD_PULLED)))
        case _:  # the same, with the answer recorded
            return start_reading(counter)


def _card_taken(counter: Counter) -> Transition:
    counter = replace(counter, card_present=False, next_card=False, left_card=False)
    state = counter.state
    if _needs_the_card(state):
        return stop_in_trouble(counter, Trouble.CARD_PULLED)
    if isinstance(state, _ANSWERED):
        return show(counter)
    match state:
        case TakingCard():
            return end_visit(counter)
        case ShowingAnswer(reception, card_on_reader=True) if reception.complete:
            return end_visit(counter)
        case ShowingAnswer(card_on_reader=True):  # the desk has yet to see to it
            return Transition(replace(counter, state=replace(state, card_on_reader=False)))
    return _card_is_gone(counter)


def _reader_gone(counter: Counter, trouble: Trouble) -> Transition:
    counter = replace(counter, card_present=False, next_card=False, left_card=False, reader_trouble=trouble)
    state = counter.state
    if _needs_the_card(state):
        # A service that died is no cable that was pulled; a reader that is merely not there was there a moment ago.
        return stop_in_trouble(counter, trouble if trouble in _NO_SERVICE else Trouble.READER_LOST)
    if isinstance(state, _ANSWERED):
        return show(counter)
    match state:
        case Idle():
            return Transition(replace(counter, state=Idle(trouble)))
        case AwaitingPhone():
            return in_trouble(counter, trouble)
        case TakingCard():
            return end_visit(counter)
        case ShowingAnswer():
            return Transition(replace(counter, state=replace(state, card_on_reader=False)))
    return _card_is_gone(counter)


def _card_is_gone(counter: Counter) -> Transition:
    state = counter.state
    if isinstance(state, _BESIDE):
        return Transition(replace(counter, state=replace(state, card_on_reader=False)))
    return Transition(counter)
