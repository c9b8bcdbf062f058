"""Undo: the last thing the desk added is taken back.

Where the visit had been decided without it, the rules decide again without it. Where it had not, the visit has no
result any more: the entry that was written is taken back, and staff are where they were before, with what they typed.
What breaks if it is wrong: a slip in one digit tells a person that they are not insured, and the journal says so.
"""

from __future__ import annotations

from dataclasses import replace

from eligibility.papers.paper import Paper, Shown
from kiosk.flow import effects as do
from kiosk.flow.counter import CARD_IN_HAND, FOUR_ITEMS, Counter, Draft, Transition
from kiosk.flow.ending import advising, going_on
from kiosk.flow.facts import FourItems, VisitFacts
from kiosk.flow.paper_steps import needs_the_card
from kiosk.flow.patient_steps import settle
from kiosk.flow.recording import taken_back
from kiosk.flow.states import InTrouble, State, TakingFourItems, Trouble, TypingPaper


def take_back(counter: Counter) -> Transition:
    """One step back in what the desk added. There has to be one."""
    *earlier, before = counter.history
    undone = replace(counter, facts=before, history=tuple(earlier))
    if earlier or before.by_card is not None:  # it was decided before
        return settle(going_on(replace(undone, correcting=counter.reception is not None)))
    return _undecided(counter, before)


def _undecided(counter: Counter, before: VisitFacts) -> Transition:
    facts = replace(before, service_silent=counter.facts.service_silent)
    back = replace(counter, facts=facts, history=(), reception=None, correcting=False, queued=None, kept=())
    trouble = _trouble(back)
    form, draft = _typed(counter.facts, before)
    effects: tuple[do.Effect, ...] = ()
    if counter.queued is not None:
        effects = (do.WithdrawLater(counter.visit),)
    if counter.reception is not None:
        # Written: the visit may end here without another entry.
        back = replace(back, recorded=True, taken_back=True, unwritten=counter.unwritten + 1)
        effects = (*effects, taken_back(counter))
    if form:
        drafts = (*((word, text) for word, text in counter.drafts if word != form), (form, draft))
        back = replace(back, drafts=drafts, turned_from=trouble if counter.troubles else None)
    back = replace(back, state=_form(back, form, draft) if form else trouble)
    return Transition(back, (*effects, *(advising(back) if back.troubles or not form else ())))


def _trouble(counter: Counter) -> InTrouble:
    """Where the visit stood before the desk added anything."""
    trouble = counter.troubles[-1] if counter.troubles else Trouble.CALLED_STAFF
    return InTrouble(trouble, counter.card, counter.own_card_lies_there)


def _form(counter: Counter, form: str, draft: Draft) -> State:
    because = counter.troubles[-1] if counter.troubles else None
    if form == FOUR_ITEMS:
        return TakingFourItems(because, counter.own_card_lies_there, draft)
    return TypingPaper(form, because, counter.own_card_lies_there, draft)


def _typed(facts: VisitFacts, before: VisitFacts) -> tuple[str, Draft]:
    """The form that was typed last, and all that stood in it; ("", ()) where it was no form."""
    if len(facts.papers) > len(before.papers):
        paper = facts.papers[-1]
        shown = () if paper.shown is Shown.ITSELF else (("shown", paper.shown.value),)
        return paper.form.word, (*tuple(paper.typed().items()), *shown, *_in_hand(paper, facts))
    if facts.four_items is not None and before.four_items is None:
        return FOUR_ITEMS, _items(facts.four_items)
    return "", ()


def _in_hand(paper: Paper, facts: VisitFacts) -> Draft:
    """What staff had said of the card, where that paper counts only beside it."""
    if not needs_the_card(paper.form.word):
        return ()
    return ((CARD_IN_HAND, "yes" if facts.device is not None else "no"),)


def _items(items: FourItems) -> Draft:
    return (
        ("name", items.name),
        ("birthdate", items.birthdate.isoformat()),
        ("sex", items.sex),
        ("address", items.address),
    )
