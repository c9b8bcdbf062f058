"""Invented cards, papers, answers and one counter for every state, for the tests of the flow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kiosk.flow import events as ev
from kiosk.flow.counter import Counter, Happened, Transition
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
    ManualEntry,
    ReadingCard,
    Reception,
    ShowingAnswer,
    State,
    TakingCard,
    Trouble,
    VerifyingPin,
)
from reader.pin import PinHandle

VISIT = 7
CARD = CardSummary("plastic", 3, date(2030, 6, 15))
CARD_WITH_ONE_TRY = replace(CARD, attempts_left=1)
LOCKED_CARD = replace(CARD, attempts_left=0)
FACE_ONLY_CARD = replace(LOCKED_CARD, face_only=True)
REAL_CARD = replace(CARD, real=True)
DRAFT = (("insurer_number", "01139997"), ("number", "12345"))
PAPER = ManualEntry(Document.ELIGIBILITY_NOTICE, "01139997", "1234", "567", "01", date(1980, 6, 15), card_in_hand=True)
OTHER_PAPER = replace(PAPER, document=Document.ELIGIBILITY_CERTIFICATE, issued_on=date(2025, 8, 1))
ANSWER = Reception("OK_ONLINE", 4, "ratio:30", ("answer_ratio",), by="card", validity=1, insurer_number="01139997")


def a_pin() -> PinHandle:
    """A typed PIN that nobody uses."""
    return PinHandle(bytearray(b"1234"))


def counter(
    state: State,
    *,
    card: bool = False,
    recorded: bool = False,
    next_card: bool = False,
    paper_from: InTrouble | ShowingAnswer | None = None,
) -> Counter:
    """A counter in the middle of visit 7."""
    trouble = state.trouble if isinstance(state, Idle) else None
    troubles = (state.trouble,) if isinstance(state, InTrouble) else ()
    return Counter(
        VISIT,
        state,
        card_present=card,
        next_card=next_card,
        reader_trouble=trouble,
        troubles=troubles,
        recorded=recorded,
        paper_from=paper_from,
    )


SITUATIONS: dict[str, Counter] = {
    "idle": counter(Idle()),
    "idle, no reader": counter(Idle(Trouble.NO_READER)),
    "reading": counter(ReadingCard(), card=True),
    "confirming real card": counter(ConfirmingRealCard(REAL_CARD), card=True),
    "choosing method": counter(ChoosingMethod(CARD), card=True),
    "choosing method, one try": counter(ChoosingMethod(CARD_WITH_ONE_TRY), card=True),
    "confirming last try": counter(ConfirmingLastTry(CARD_WITH_ONE_TRY), card=True),
    "entering pin": counter(EnteringPin(CARD, 3), card=True),
    "verifying": counter(VerifyingPin(CARD), card=True),
    "asking by card": counter(AskingService(CARD), card=True),
    "asking by numbers": counter(AskingService(None, PAPER)),
    "answer by card": counter(ShowingAnswer(ANSWER, card_on_reader=True), card=True, recorded=True),
    "answer by numbers": counter(ShowingAnswer(ANSWER, card_on_reader=False), recorded=True),
    "answer by numbers, own card": counter(ShowingAnswer(ANSWER, card_on_reader=False), card=True, recorded=True),
    "answer by numbers, next card": counter(
        ShowingAnswer(ANSWER, card_on_reader=False), card=True, recorded=True, next_card=True
    ),
    "taking card": counter(TakingCard(ANSWER), card=True, recorded=True),
    "trouble, card there": counter(InTrouble(Trouble.PIN_LOCKED, LOCKED_CARD, card_on_reader=True), card=True),
    "trouble, no card": counter(InTrouble(Trouble.CARD_PULLED), recorded=True),
    "choosing document": counter(ChoosingDocument(None, card_on_reader=False)),
    "choosing document after trouble": counter(
        ChoosingDocument(Trouble.PIN_LOCKED, card_on_reader=True, can_retry=True),
        card=True,
        paper_from=InTrouble(Trouble.PIN_LOCKED, LOCKED_CARD, card_on_reader=True),
    ),
    "choosing document after an answer": counter(
        ChoosingDocument(None, card_on_reader=True),
        card=True,
        recorded=True,
        paper_from=ShowingAnswer(ANSWER, card_on_reader=True),
    ),
    "choosing document after an answer whose card left": counter(
        ChoosingDocument(None, card_on_reader=False),
        recorded=True,
        paper_from=ShowingAnswer(ANSWER, card_on_reader=True),
    ),
    "filling form": counter(FillingForm(Document.ELIGIBILITY_NOTICE, None, card_on_reader=False)),
    "confirming form": counter(ConfirmingForm(PAPER, None, card_on_reader=False, draft=DRAFT)),
}
"""One counter for every state, and for every distinction the flow makes within one."""


def sample_events() -> dict[str, ev.Event]:
    """One event of every kind, and of every value the flow looks at; PINs are fresh each time."""
    return {
        "CardPlaced": ev.CardPlaced(),
        "CardTaken": ev.CardTaken(),
        "ReaderGone": ev.ReaderGone(Trouble.NO_READER),
        "ReaderBack": ev.ReaderBack(),
        "CardRead": ev.CardRead(CARD),
        "CardRead locked": ev.CardRead(LOCKED_CARD),
        "CardRead face only": ev.CardRead(FACE_ONLY_CARD),
        "CardRead real": ev.CardRead(REAL_CARD),
        "RealCardAccepted": ev.RealCardAccepted(),
        "CardFailed": ev.CardFailed(Trouble.CARD_UNREADABLE, "6F00"),
        "PinChosen": ev.PinChosen(),
        "LastTryAccepted": ev.LastTryAccepted(),
        "PinEntered": ev.PinEntered(a_pin()),
        "PinRejected 2": ev.PinRejected(2),
        "PinRejected 1": ev.PinRejected(1),
        "PinRejected 0": ev.PinRejected(0),
        "PinAccepted": ev.PinAccepted(),
        "AnswerReceived": ev.AnswerReceived(ANSWER),
        "ServiceFailed": ev.ServiceFailed(Trouble.SERVER_DOWN),
        "ManualRequested": ev.ManualRequested(),
        "DocumentChosen": ev.DocumentChosen(Document.ELIGIBILITY_NOTICE),
        "FormCompleted": ev.FormCompleted(PAPER, DRAFT),
        "FormConfirmed": ev.FormConfirmed(),
        "Back": ev.Back(DRAFT),
        "RetryRequested": ev.RetryRequested(),
        "StaffCalled": ev.StaffCalled(),
        "Acknowledged": ev.Acknowledged(),
        "Abandoned": ev.Abandoned(),
        "Expired": ev.Expired(),
    }


def tell(now: Counter, event: ev.Event) -> Transition:
    """One event of the present visit, or about the reader."""
    about_the_reader = isinstance(event, ev.ReaderEvent)
    return advance(now, Happened(event, None if about_the_reader else now.visit))


def play(*events: ev.Event, start: Counter | None = None) -> tuple[Counter, list[Effect]]:
    """Everything that comes of a row of events, each belonging to the visit that is on when it happens."""
    now = start or Counter()
    effects: list[Effect] = []
    for event in events:
        transition = tell(now, event)
        now = transition.counter
        effects.extend(transition.effects)
    return now, effects
