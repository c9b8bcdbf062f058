"""`advance`: the only place that knows which event leads where.

A *visit* is one patient's turn at the counter, by number. Whenever something that was under way is given up (card
pulled, reader gone, staff go on without the service), the visit ends there and the next number begins, so that a late
answer always names a visit that is over and is dropped.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import Counter, Draft, Happened, Transition, UnexpectedEventError
from kiosk.flow.effects import Effect
from kiosk.flow.events import Event
from kiosk.flow.states import (
    AskingService,
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


def advance(counter: Counter, happened: Happened) -> Transition:
    """The next state for one event.

    Raises:
        UnexpectedEventError: The event makes no sense in this state; the counter is unchanged.
    """
    event = happened.event
    if happened.visit is not None and happened.visit != counter.visit:
        return _drop(counter, happened.visit, event)
    match event:
        case ev.CardPlaced():
            return _card_placed(counter)
        case ev.CardTaken():
            return _card_taken(counter)
        case ev.ReaderGone(trouble):
            return _reader_gone(counter, trouble)
        case ev.ReaderBack():
            return _reader_back(counter)
    return _within_visit(counter, event)


def _drop(counter: Counter, visit: int, event: Event) -> Transition:
    """An event of a visit that is over changes nothing; a PIN in it is wiped."""
    if isinstance(event, ev.PinEntered):
        return Transition(counter, (do.DiscardPin(visit, event.handle),))
    return Transition(counter)


# --- the reader -------------------------------------------------------------------------------------------------

_BY_CARD = (ReadingCard, ConfirmingRealCard, ChoosingMethod, ConfirmingLastTry, EnteringPin, VerifyingPin)


def _needs_the_card(state: State) -> bool:
    return isinstance(state, _BY_CARD) or (isinstance(state, AskingService) and state.entry is None)


def _card_placed(counter: Counter) -> Transition:
    counter = replace(counter, card_present=True, reader_trouble=None)
    match counter.state:
        case Idle() | TakingCard() | InTrouble():
            return _start_reading(counter)
        case ShowingAnswer(card_on_reader=True):  # swapped between two looks at the reader
            return _start_reading(counter)
        case ShowingAnswer():  # the next card waits until the answer was read
            return Transition(replace(counter, next_card=True))
        case ChoosingDocument() | FillingForm() | ConfirmingForm() as state:
            return Transition(replace(counter, state=replace(state, card_on_reader=not counter.next_card)))
        case AskingService(entry=ManualEntry()):
            return Transition(counter)
        case _:  # swapped in the middle of a visit by card: that visit is over
            return _start_reading(replace(counter, troubles=(*counter.troubles, Trouble.CARD_PULLED)))


def _card_taken(counter: Counter) -> Transition:
    counter = replace(counter, card_present=False, next_card=False)
    state = counter.state
    if _needs_the_card(state):
        return _stop_visit_in_trouble(counter, Trouble.CARD_PULLED)
    match state:
        case TakingCard() | ShowingAnswer(card_on_reader=True):
            return end_visit(counter)
        case InTrouble() | ChoosingDocument() | FillingForm() | ConfirmingForm():
            return Transition(replace(counter, state=replace(state, card_on_reader=False)))
        case _:
            return Transition(counter)


def _reader_gone(counter: Counter, trouble: Trouble) -> Transition:
    counter = replace(counter, card_present=False, next_card=False, reader_trouble=trouble)
    state = counter.state
    if _needs_the_card(state):
        return _stop_visit_in_trouble(counter, Trouble.READER_LOST)
    match state:
        case Idle():
            return Transition(replace(counter, state=Idle(trouble)))
        case TakingCard():
            return end_visit(counter)
        case ShowingAnswer() | InTrouble() | ChoosingDocument() | FillingForm() | ConfirmingForm():
            return Transition(replace(counter, state=replace(state, card_on_reader=False)))
        case _:
            return Transition(counter)


def _reader_back(counter: Counter) -> Transition:
    counter = replace(counter, reader_trouble=None)
    if isinstance(counter.state, Idle):
        return Transition(replace(counter, state=Idle()))
    return Transition(counter)


# --- beginning and ending a visit -------------------------------------------------------------------------------


def _closing_effects(counter: Counter) -> tuple[Effect, ...]:
    """What a visit leaves behind when it ends: one entry where none was written, and nothing of the patient."""
    visit = counter.visit
    effects: list[Effect] = [do.ReleaseCard(visit)]
    if not isinstance(counter.state, Idle) and not counter.recorded:
        effects.append(_abandoned(counter))
    effects.append(do.ForgetPatient(visit))
    return tuple(effects)


def _abandoned(counter: Counter) -> do.RecordVisit:
    """The entry of a visit that ended without an answer."""
    return do.RecordVisit(counter.visit, "ABANDONED", counter.method, _document(counter), _words(counter.troubles))


def _next_visit(counter: Counter, state: State, troubles: tuple[Trouble, ...] = ()) -> Counter:
    return Counter(
        visit=counter.visit + 1,
        state=state,
        card_present=counter.card_present,
        reader_trouble=counter.reader_trouble,
        troubles=troubles,
    )


def end_visit(counter: Counter) -> Transition:
    """The visit ends here, whatever it is at: also when the counter itself is closed in the middle of it."""
    following = _next_visit(counter, Idle(counter.reader_trouble))
    return Transition(following, _closing_effects(counter))


def _stop_visit_in_trouble(counter: Counter, trouble: Trouble) -> Transition:
    """Give up what is under way; the same person goes on in the next visit, with what was typed for them."""
    closing = _closing_effects(replace(counter, troubles=(*counter.troubles, trouble)))
    state = InTrouble(trouble, card_on_reader=counter.card_present)
    # The entry just written names this trouble; where none was written, the next visit's has to.
    following = replace(_next_visit(counter, state, (trouble,)), recorded=not counter.recorded, drafts=counter.drafts)
    return Transition(following, closing)


def _start_reading(counter: Counter) -> Transition:
    """Read the card that lies there, in a visit of its own."""
    fresh = isinstance(counter.state, Idle) and not counter.troubles
    closing = () if fresh else _closing_effects(counter)
    following = replace(counter, state=ReadingCard()) if fresh else _next_visit(counter, ReadingCard())
    visit = following.visit
    return Transition(following, (*closing, do.ReadCard(visit), do.FetchChallenge(visit)))


def _leave(counter: Counter, *, in_view: bool = True) -> Transition:
    """The visit is done with; a card that still lies there has to be taken first.

    `in_view` is False where nobody is there to read on (time-out): then the answer goes now, not with the card.
    """
    if not counter.card_present:
        return end_visit(counter)
    if counter.next_card:
        return _start_reading(counter)
    visit, state = counter.visit, counter.state
    reception = state.reception if isinstance(state, ShowingAnswer) and in_view else None
    entry = () if counter.recorded else (_abandoned(counter),)
    left = replace(counter, state=TakingCard(reception), recorded=True, drafts=())
    return Transition(left, (*entry, do.ReleaseCard(visit)))


# --- within a visit ---------------------------------------------------------------------------------------------


def _trouble(counter: Counter, trouble: Trouble, detail: str = "") -> Transition:
    card = getattr(counter.state, "card", None)
    state = InTrouble(trouble, card, counter.card_present, detail)
    moved = replace(counter, state=state, troubles=(*counter.troubles, trouble))
    return Transition(moved, (do.ReleaseCard(counter.visit),))


def _within_visit(counter: Counter, event: Event) -> Transition:
    state, visit = counter.state, counter.visit

    def to(next_state: State, *effects: Effect) -> Transition:
        return Transition(replace(counter, state=next_state), effects)

    match state, event:
        # the patient's way
        case ReadingCard(), ev.CardRead(card) if card.face_only or card.attempts_left <= 0:
            trouble = Trouble.FACE_ONLY if card.face_only else Trouble.PIN_LOCKED
            return _trouble(replace(counter, state=ChoosingMethod(card)), trouble)
        case ReadingCard(), ev.CardRead(card):
            return to(ConfirmingRealCard(card) if card.real else ChoosingMethod(card))
        case ReadingCard() | VerifyingPin(), ev.CardFailed(trouble, detail):
            return _trouble(counter, trouble, detail)
        case ConfirmingRealCard(card), ev.RealCardAccepted():
            return to(ChoosingMethod(card))
        case ChoosingMethod(card), ev.PinChosen() if card.attempts_left == 1:
            return to(ConfirmingLastTry(card))
        case ChoosingMethod(card), ev.PinChosen():
            return to(EnteringPin(card, card.attempts_left))
        case ConfirmingLastTry(card), ev.LastTryAccepted():
            return to(EnteringPin(card, 1))
        case ConfirmingLastTry(card) | EnteringPin(card), ev.Back():
            return to(ChoosingMethod(card))
        case EnteringPin(card), ev.PinEntered(handle):
            moved = replace(counter, state=VerifyingPin(card), method="pin")
            return Transition(moved, (do.VerifyPin(visit, handle),))
        case VerifyingPin(card), ev.PinRejected(left) if left > 1:
            return to(EnteringPin(replace(card, attempts_left=left), left, rejected_once=True))
        case VerifyingPin(card), ev.PinRejected(1):
            return to(ConfirmingLastTry(replace(card, attempts_left=1)))
        case VerifyingPin(card), ev.PinRejected():
            locked = replace(counter, state=VerifyingPin(replace(card, attempts_left=0)))
            return _trouble(locked, Trouble.PIN_LOCKED)
        case VerifyingPin(card), ev.PinAccepted():
            return to(AskingService(card), do.AskByCard(visit))
        case VerifyingPin() | AskingService(), ev.ServiceFailed(trouble, detail):
            return _trouble(counter, trouble, detail)
        case AskingService(), ev.AnswerReceived(reception):
            return _answer(counter, reception)
        case ((ReadingCard() | AskingService()), ev.StaffCalled() | ev.ManualRequested()):
            stopped = _stop_visit_in_trouble(counter, _impatience(state))
            if isinstance(event, ev.StaffCalled):
                return stopped
            return Transition(_with_paper(stopped.counter), stopped.effects)
        case ((Idle() | ConfirmingRealCard() | ChoosingMethod()), ev.StaffCalled(trouble)):
            return _trouble(counter, trouble)
        case ((ConfirmingLastTry() | EnteringPin()), ev.StaffCalled(trouble)):
            return _trouble(counter, trouble)

        # staff
        case Idle(None), ev.ManualRequested():
            return to(_choose_document(counter, None))
        case Idle(Trouble() as trouble), ev.ManualRequested():  # a reader that cannot be used is met by this visit now
            met = replace(counter, troubles=(*counter.troubles, trouble), recorded=False)
            return Transition(replace(met, state=_choose_document(met, trouble)))
        case InTrouble(), ev.ManualRequested():
            return Transition(_with_paper(counter))
        case ShowingAnswer(reception), ev.ManualRequested():
            because = Trouble.NOT_REGISTERED if reception.outcome == "OFFER_REGISTRATION" else None
            return Transition(replace(counter, state=_choose_document(counter, because), paper_from=state))
        case InTrouble() | ChoosingDocument(), ev.RetryRequested() if counter.card_present:
            return _start_reading(counter)
        case InTrouble() | ChoosingDocument(), ev.RetryRequested():
            return end_visit(counter)
        case ChoosingDocument(because, on_reader), ev.DocumentChosen(document):
            return to(FillingForm(document, because, on_reader, dict(counter.drafts).get(document, ())))
        case ChoosingDocument(), ev.Back():
            return _back_from_papers(counter)
        case FillingForm(document, because, on_reader), ev.Back(draft):
            kept = replace(counter, drafts=_keep(counter.drafts, document, draft))
            return Transition(replace(kept, state=_choose_document(kept, because)))
        case FillingForm(_, because, on_reader), ev.FormCompleted(entry, draft):
            kept = replace(counter, drafts=_keep(counter.drafts, entry.document, draft))
            return Transition(replace(kept, state=ConfirmingForm(entry, because, on_reader, draft)))
        case ConfirmingForm(entry, because, on_reader, draft), ev.Back():
            return to(FillingForm(entry.document, because, on_reader, draft))
        case ConfirmingForm(entry, because), ev.FormConfirmed():
            moved = replace(counter, state=AskingService(None, entry), method="manual")
            return Transition(moved, (do.AskByNumbers(visit, entry, because),))

        # the end
        case ShowingAnswer(), ev.Acknowledged():
            return _leave(counter)
        case ((ConfirmingRealCard() | ChoosingMethod() | ConfirmingLastTry() | EnteringPin()), ev.Abandoned()):
            return _leave(counter)
        case ((InTrouble() | ChoosingDocument() | FillingForm() | ConfirmingForm() | ShowingAnswer()), ev.Abandoned()):
            return _leave(counter)
        case ((ConfirmingRealCard() | ChoosingMethod() | ConfirmingLastTry() | EnteringPin()), ev.Expired()):
            return _leave(counter, in_view=False)
        case ((ShowingAnswer() | InTrouble()), ev.Expired()):
            return _leave(counter, in_view=False)
        case _, ev.Expired():
            return Transition(counter)
        case _, ev.PinEntered(handle):  # the last digit crossed with another key: no bug, and no PIN may stay behind
            return Transition(counter, (do.DiscardPin(visit, handle),))
    raise UnexpectedEventError(state, event)


def _impatience(state: State) -> Trouble:
    """What is noted when staff go on without waiting."""
    return Trouble.SERVER_DOWN if isinstance(state, AskingService) else Trouble.CALLED_STAFF


def _choose_document(counter: Counter, because: Trouble | None) -> ChoosingDocument:
    # A card that waits for its turn belongs to the next person: it is not in hand for this one.
    on_reader = counter.card_present and not counter.next_card
    return ChoosingDocument(because, on_reader, can_retry=because is not None)


def _with_paper(counter: Counter) -> Counter:
    """Staff go on with a paper after a trouble: from here on something happens that has to be recorded."""
    trouble = counter.state
    assert isinstance(trouble, InTrouble)
    chosen = _choose_document(counter, trouble.trouble)
    return replace(counter, state=chosen, recorded=False, paper_from=trouble)


def _back_from_papers(counter: Counter) -> Transition:
    """To where staff turned to a paper, as far as that is still true; nothing that was shown there is lost."""
    before = counter.paper_from
    on_reader = counter.card_present and not counter.next_card
    if isinstance(before, InTrouble):
        return Transition(replace(counter, state=replace(before, card_on_reader=on_reader)))
    if isinstance(before, ShowingAnswer) and (on_reader or not before.card_on_reader):
        return Transition(replace(counter, state=before))
    return _leave(counter)  # it began at the idle screen, or the card has left with its answer


def _keep(
    drafts: tuple[tuple[Document, Draft], ...], document: Document, draft: Draft
) -> tuple[tuple[Document, Draft], ...]:
    return (*tuple(pair for pair in drafts if pair[0] is not document), (document, draft))


def _answer(counter: Counter, reception: Reception) -> Transition:
    state = counter.state
    assert isinstance(state, AskingService)
    # A typed answer stays when a card is taken: it did not come from that card.
    shown = ShowingAnswer(reception, card_on_reader=counter.card_present and state.entry is None)
    unanswered = (Trouble.SERVER_DOWN,) if state.entry is not None and not reception.by else ()
    record = do.RecordVisit(
        counter.visit,
        reception.outcome,
        counter.method,
        state.entry.document.value if state.entry else "",
        _words((*counter.troubles, *unanswered)),
        reception.validity,
        reception.charge,
        reception.insurer_number,
        reception.reasons,
    )
    moved = replace(counter, state=shown, recorded=True)
    return Transition(moved, (record, do.ReleaseCard(counter.visit)))


def _document(counter: Counter) -> str:
    match counter.state:
        case FillingForm(document) | ConfirmingForm(ManualEntry(document=document)):
            return document.value
        case AskingService(entry=ManualEntry(document=document)):
            return document.value
    return ""


def _words(troubles: tuple[Trouble, ...]) -> tuple[str, ...]:
    return tuple(trouble.value for trouble in troubles)
