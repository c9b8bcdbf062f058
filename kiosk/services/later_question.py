"""One question about somebody who was noted in an outage: asked with what was noted, and decided by the same rules.

Uses the network; keeps nothing. What breaks if it is wrong: somebody is asked about with another's numbers, or the
visit is billed by another record than the service has.
"""

from __future__ import annotations

from datetime import date

from eligibility.documents import MynaCard
from eligibility.papers.paper import Paper, missing_for_query
from kiosk.flow.answer import Qualification
from kiosk.flow.facts import FourItems, VisitFacts
from kiosk.flow.states import Trouble
from kiosk.journal.person import Person
from kiosk.journal.queued import QueueAnswer, Queued
from kiosk.services.interfaces import Decider, QualificationClient, ServiceStopped
from kiosk.services.noted_differences import compared
from kiosk.services.shown_reception import ratio_named


def ask_about(queued: Queued, client: QualificationClient, decider: Decider, today: date) -> QueueAnswer:
    """What the service says of them, and what the rules make of it.

    Raises:
        ServiceStopped: It says nothing of them, or there is nothing to ask with.
    """
    noted: FourItems | Paper
    if queued.paper is not None and not missing_for_query(queued.paper):
        noted, answer = queued.paper, client.check_by_paper(queued.paper)
    elif queued.items is not None:
        noted, answer = queued.items, client.check_by_four_items(queued.items)
    else:
        raise ServiceStopped(Trouble.SERVER_REFUSED, "request")
    decided = decider.decide(_facts(queued, answer))
    differing = compared(noted, answer)
    return QueueAnswer(
        decided.outcome,
        answer.validity,
        answer.code,
        tuple(name for name, _, _ in differing),
        tuple((before, said) for _, before, said in differing),
        _record(answer, today),
    )


def _record(answer: Qualification, on: date) -> Person:
    """The record as the service has it: what the visit is billed by."""
    return Person(
        answer.name,
        answer.name_kana,
        "" if answer.birthdate is None else answer.birthdate.isoformat(),
        answer.insurer_number,
        answer.symbol,
        answer.number,
        answer.branch,
        ratio_named(answer, on),
    )


def _facts(queued: Queued, answer: Qualification) -> VisitFacts:
    """The visit as it would stand with this answer: a card was in hand, but for a paper that is enough by itself."""
    alone = queued.paper is not None and queued.paper.form.proves_alone
    return VisitFacts(
        None if alone else MynaCard(readable=False),
        papers=() if queued.paper is None else (queued.paper,),
        four_items=queued.items,
        by_numbers=answer,
    )
