"""Papers and the four items: choosing, typing, comparing, asking by them; the next paper, and the next of a family.

What breaks if it is wrong: what staff typed is lost, or one person is asked about with another's number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from eligibility.case import Person
from eligibility.documents import Declaration, EligibilityNotice, MynaCard, Portal
from eligibility.papers.forms import FORM_OF
from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.card_steps import to
from kiosk.flow.counter import CARD_IN_HAND, FOUR_ITEMS, Counter, Draft, Transition
from kiosk.flow.ending import closing_effects, going_on, in_trouble, leave, next_visit, start_reading, stop_in_trouble
from kiosk.flow.events import Event
from kiosk.flow.facts import FourItems, VisitFacts
from kiosk.flow.kept import for_the_family, for_the_same_person
from kiosk.flow.patient_steps import settle, show
from kiosk.flow.presented import given_up
from kiosk.flow.recording import is_askable
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
    ShowingAnswer,
    TakingFourItems,
    Trouble,
    TypingPaper,
    VouchingByEye,
)

_AT_REST = (
    ConfirmingRealCard,
    ChoosingMethod,
    ConfirmingLastTry,
    EnteringPin,
    FaceFailed,
    AwaitingPhone,
)
"""Where the patient was asked something, and nothing is under way."""
_ON_THE_WAY = (NoticingCertificate, OfferingRegistration, AskingConsent)
_WITH_THE_CARD: Final = frozenset({Declaration.document, EligibilityNotice.document, Portal.document})


def paper_step(counter: Counter, event: Event) -> Transition | None:
    """The step of papers for this event; None: it is none."""
    return _turning_to(counter, event) or _choosing(counter, event) or _typing(counter, event)


# --- turning to papers and to the four items ---


def _turning_to(counter: Counter, event: Event) -> Transition | None:
    state = counter.state
    match event:
        case ev.ManualRequested():
            at = _where_papers_begin(counter)
            return None if at is None else _choose(at.counter, at.effects)
        case ev.PaperChosen(form, draft) if not isinstance(state, ChoosingPaper):
            at = _where_papers_begin(counter)
            if at is None or isinstance(at.counter.state, ReadingCard):
                return at
            return Transition(_type(at.counter, form, draft).counter, at.effects)
        case ev.FourItemsRequested() if _without_service(counter):
            if isinstance(state, ChoosingPaper):
                return _take_four_items(counter)
            at = _where_papers_begin(counter)
            return None if at is None else _take_four_items(at.counter, at.effects)
        case ev.DraftResumed(form, draft) if isinstance(state, Idle | ChoosingPaper):
            at = Transition(counter) if isinstance(state, ChoosingPaper) else _where_papers_begin(counter)
            assert at is not None
            resumed = (form, event.word) if event.word else None
            # Taken up in this visit before, and typed on since: what stands on the disk is the older text.
            newer = dict(counter.drafts).get(form, ()) if resumed is not None and resumed == counter.resumed else ()
            begun = replace(at.counter, drafts=_keep(counter.drafts, form, newer or draft), resumed=resumed)
            return _take_four_items(begun) if form == FOUR_ITEMS else _type(begun, form)
    return None


def _without_service(counter: Counter) -> bool:
    return counter.outage or counter.disaster or counter.facts.service_silent


def _where_papers_begin(counter: Counter) -> Transition | None:
    """The counter as it turns from what it was at, remembering that; None: staff cannot turn to papers from here."""
    state = counter.state
    match state:
        case Idle(None):
            return Transition(counter)
        case Idle(Trouble() as trouble):  # a reader that cannot be used is met by this visit now
            return Transition(replace(counter, troubles=(*counter.troubles, trouble), recorded=False))
        case InTrouble():
            return Transition(replace(going_on(counter), turned_from=state))
        case ShowingAnswer():
            return Transition(replace(counter, turned_from=state))
        case ReadingCard() | ComparingFace():
            return _turned(stop_in_trouble(counter, Trouble.CALLED_STAFF))
        case AskingService():
            return _turned(stop_in_trouble(counter, Trouble.SERVER_DOWN))
        case VouchingByEye(checking=False):
            return _turned(in_trouble(counter, Trouble.CALLED_STAFF))
    if isinstance(state, _ON_THE_WAY):
        return _turned(show(counter))
    if isinstance(state, _AT_REST):
        return _turned(in_trouble(counter, Trouble.CALLED_STAFF))
    return None


def _turned(stopped: Transition) -> Transition:
    state = stopped.counter.state
    if not isinstance(state, InTrouble | ShowingAnswer):  # the next person's card is being read already
        return stopped
    begun = going_on(stopped.counter) if isinstance(state, InTrouble) else stopped.counter
    return Transition(replace(begun, turned_from=state), stopped.effects)


def _because(counter: Counter) -> Trouble | None:
    match counter.state, counter.turned_from:
        case ((Idle(because) | ChoosingPaper(because) | TypingPaper(_, because) | ConfirmingPaper(_, because)), _):
            return because
        case _, InTrouble(trouble):
            return trouble
        case _, ShowingAnswer(reception) if reception.outcome == "OFFER_REGISTRATION":
            return Trouble.NOT_REGISTERED
    return None


def _choose(counter: Counter, effects: tuple[do.Effect, ...] = ()) -> Transition:
    if isinstance(counter.state, ReadingCard):
        return Transition(counter, effects)
    because = _because(counter)
    # A card that waits for its turn belongs to the next person: it is not in hand for this one.
    state = ChoosingPaper(because, counter.own_card_lies_there, can_retry=because is not None, kept=counter.kept)
    return Transition(replace(counter, state=state), effects)


def _type(counter: Counter, form: str, draft: Draft = ()) -> Transition:
    before = dict(counter.drafts).get(form, ()) or counter.kept
    text = dict(before) | dict(draft)
    theirs = counter.facts.person is not Person.DIFFERENT
    if needs_the_card(form) and theirs and counter.card is not None and counter.own_card_lies_there:
        text.setdefault(CARD_IN_HAND, "yes")  # it was read, and lies there: nobody need say so
    return to(counter, TypingPaper(form, _because(counter), counter.own_card_lies_there, tuple(text.items())))


def needs_the_card(form: str) -> bool:
    """Whether this paper counts only beside the card itself (reception.md §6)."""
    return form in FORM_OF and FORM_OF[form].document in _WITH_THE_CARD


def _take_four_items(counter: Counter, effects: tuple[do.Effect, ...] = ()) -> Transition:
    if isinstance(counter.state, ReadingCard):
        return Transition(counter, effects)
    text = dict(counter.drafts).get(FOUR_ITEMS, ()) or counter.kept
    state = TakingFourItems(_because(counter), counter.own_card_lies_there, text)
    return Transition(replace(counter, state=state), effects)


# --- choosing ---


def _choosing(counter: Counter, event: Event) -> Transition | None:
    match counter.state, event:
        case ChoosingPaper(), ev.PaperChosen(form, draft):
            return _type(counter, form, draft)
        case ChoosingPaper(), ev.Back():
            return _back_from_papers(counter)
        case ChoosingPaper(), ev.RetryRequested() if counter.card_present and not counter.left_card:
            return start_reading(counter)
        case ChoosingPaper(), ev.RetryRequested():
            return leave(counter)
    return None


def _back_from_papers(counter: Counter) -> Transition:
    """To where staff turned to a paper, as far as that is still true; nothing that was shown there is lost."""
    before = counter.turned_from
    back = replace(counter, turned_from=None)
    if isinstance(before, InTrouble):
        return to(back, replace(before, card_on_reader=counter.own_card_lies_there))
    if isinstance(before, ShowingAnswer) and (counter.own_card_lies_there or not before.card_on_reader):
        return to(back, before)
    return leave(counter)  # it began at the idle screen, or the card has left with its answer


# --- typing and comparing ---


def _typing(counter: Counter, event: Event) -> Transition | None:
    match counter.state, event:
        case TypingPaper(form), ev.Back(draft):
            return _choose(replace(counter, drafts=_keep(counter.drafts, form, draft)))
        case TypingPaper(form, because, on_reader), ev.PaperCompleted(paper, draft, in_hand):
            # The insurer's number may have shown that it is another insurer's paper: its own form keeps the draft.
            kept = replace(counter, drafts=_keep(counter.drafts, paper.form.word, draft))
            if counter.resumed is not None and counter.resumed[0] == form:
                kept = replace(kept, resumed=(paper.form.word, counter.resumed[1]))
            said = in_hand or dict(draft).get(CARD_IN_HAND) == "yes"
            return to(kept, ConfirmingPaper(paper, because, on_reader, draft, card_in_hand=said))
        case ConfirmingPaper(paper, because, on_reader, draft), ev.Back():
            return to(counter, TypingPaper(paper.form.word, because, on_reader, draft))
        case ConfirmingPaper() as compared, ev.PaperConfirmed():
            return _finished(_with_paper(counter, compared), compared.paper.form.word)
        case TakingFourItems(), ev.Back(draft):
            return _choose(replace(counter, drafts=_keep(counter.drafts, FOUR_ITEMS, draft)))
        case TakingFourItems(), ev.FourItemsTaken(items, draft):
            kept = replace(counter, drafts=_keep(counter.drafts, FOUR_ITEMS, draft))
            return _finished(_with_four_items(kept, items), FOUR_ITEMS)
        case ShowingAnswer(), ev.NextOfFamily() if counter.typed:
            return _next_of_family(counter)
    return None


def _keep(drafts: tuple[tuple[str, Draft], ...], form: str, draft: Draft) -> tuple[tuple[str, Draft], ...]:
    return (*tuple(pair for pair in drafts if pair[0] != form), (form, draft))


def _finished(taken: Transition, form: str) -> Transition:
    """What was kept of this form is in the visit now; nobody else is offered it."""
    resumed = taken.counter.resumed
    if resumed is None or resumed[0] != form:
        return taken
    dropped = do.DropDraft(taken.counter.visit, resumed[1])
    return Transition(replace(taken.counter, resumed=None), (*taken.effects, dropped))


def _undoubted(facts: VisitFacts) -> VisitFacts:
    """What the next paper is decided with: never an answer that was said to be somebody else's, or to be doubted.

    A card whose answer is another person's is not this person's card either.
    """
    if facts.person not in (Person.DIFFERENT, Person.UNSURE):
        return facts
    others = facts.person is Person.DIFFERENT and facts.by_card is not None
    return replace(facts, by_card=None, by_numbers=None, device=None if others else facts.device)


def _with_paper(counter: Counter, compared: ConfirmingPaper) -> Transition:
    paper, facts = compared.paper, given_up(_undoubted(counter.facts))
    device = facts.device
    if compared.card_in_hand and device is None:
        device = MynaCard(readable=False)  # the person has one, which nobody has read
    if dict(compared.draft).get(CARD_IN_HAND) == "no" and facts.by_card is None and not compared.card_on_reader:
        device = None  # staff say that it is not in their hands
    typed = replace(
        counter,
        facts=replace(facts, device=device, papers=(*facts.papers, paper), person=None),
        history=(*counter.history, counter.facts),
        method="manual",
        kept=for_the_same_person(paper),
    )
    if counter.outage or not is_askable(paper):
        return settle(typed)
    return to(typed, AskingService(None), do.AskByPaper(counter.visit, paper))


def _with_four_items(counter: Counter, items: FourItems) -> Transition:
    facts = given_up(_undoubted(counter.facts))
    # They are read from the card's face: there is one.
    device = facts.device or MynaCard(readable=False)
    typed = replace(
        counter,
        facts=replace(facts, device=device, four_items=items, person=None),
        history=(*counter.history, counter.facts),
        method="manual",
        kept=(),
    )
    if counter.disaster and not counter.outage:
        return to(typed, AskingService(None), do.AskByFourItems(counter.visit, items))
    return settle(typed)


def _next_of_family(counter: Counter) -> Transition:
    """This person's visit is over and recorded; the next one's begins with what their papers have in common."""
    closing = closing_effects(counter)
    facts = counter.facts
    # A card that lies there still is the last person's, or of somebody who waits: never of the one who is typed now.
    begun = replace(next_visit(counter, Idle()), next_card=counter.next_card, left_card=counter.own_card_lies_there)
    if facts.papers:
        kept = for_the_family(facts.papers[-1])
        following = replace(begun, kept=kept)
        return Transition(replace(following, state=ChoosingPaper(None, card_on_reader=False, kept=kept)), closing)
    assert facts.four_items is not None
    kept = (("address", facts.four_items.address),)
    following = replace(begun, kept=kept)
    return Transition(replace(following, state=TakingFourItems(None, card_on_reader=False, draft=kept)), closing)
