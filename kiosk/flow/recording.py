"""What goes to the journal and to the outage queue about a visit.

What breaks if it is wrong: the entry tells of another visit than the one that took place.
"""

from __future__ import annotations

from dataclasses import replace

from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Paper, missing_for_query
from kiosk.flow import effects as do
from kiosk.flow.answer import Reception
from kiosk.flow.counter import Counter
from kiosk.flow.facts import Way
from kiosk.flow.states import ConfirmingPaper, TypingPaper

ABANDONED = "ABANDONED"
"""The outcome of a visit that ended without an answer."""
TAKEN_BACK = ""
"""The outcome of a visit whose result was taken back: it has none."""


def abandoned(counter: Counter) -> do.RecordVisit:
    """The entry of a visit that ended without an answer."""
    return do.RecordVisit(
        counter.visit,
        ABANDONED,
        counter.method,
        _document(counter),
        tuple(trouble.value for trouble in counter.troubles),
        documents=tuple(dict.fromkeys((*_documents(counter), *filter(None, (_document(counter),))))),
    )


def entry(counter: Counter, reception: Reception) -> do.RecordVisit:
    """The entry of a visit as the rules decided it."""
    return do.RecordVisit(
        counter.visit,
        reception.outcome,
        counter.method,
        _document(counter),
        tuple(trouble.value for trouble in counter.troubles),
        reception.validity,
        reception.charge,
        reception.insurer_number,
        reception.reasons,
        reception.row,
        reception.queue or "",
        _documents(counter),
        reception.symbol,
        reception.number,
        reception.branch,
        reception.name,
        reception.name_kana,
        reception.birthdate,
        reception.ratio,
        attested_by=_attested_by(counter),
        corrects=counter.correcting,
    )


def taken_back(counter: Counter) -> do.RecordVisit:
    """The entry that says of the visit's entry before it that it counts no more: nothing stands in its place."""
    return do.RecordVisit(counter.visit, TAKEN_BACK, counter.method, corrects=True)


def consent_entry(counter: Counter, reception: Reception) -> do.RecordVisit:
    """The entry of what was agreed to, a fact of its own."""
    plain = replace(entry(counter, reception), corrects=False)
    return replace(plain, consent=counter.consents, spoken=counter.facts.spoken_consent)


def to_queue(counter: Counter, reception: Reception) -> do.QueueLater | None:
    """Whom to ask about later, and with what; None: nobody.

    Where nothing can be asked with, the person is noted all the same, by name and birthdate: the numbers are missing.
    """
    facts = counter.facts
    askable = next((paper for paper in reversed(facts.papers) if is_askable(paper)), None)
    if not reception.queue:
        return None
    if askable is None and facts.four_items is None:
        return do.QueueLater(counter.visit, reception.queue, name=reception.name, birthdate=reception.birthdate)
    return do.QueueLater(counter.visit, reception.queue, facts.four_items, askable)


def is_askable(paper: Paper) -> bool:
    """Whether a query by numbers can be made with it alone."""
    return not missing_for_query(paper)


def _attested_by(counter: Counter) -> str:
    attested = counter.facts.by_card is not None and counter.way in (Way.FACE, Way.VISUAL)
    return counter.way.value if attested and counter.way is not None else ""


def _document(counter: Counter) -> str:
    """The word of the paper that is being typed, or was typed last; "" where there is none."""
    match counter.state:
        case TypingPaper(form):
            return FORM_OF[form].document if form in FORM_OF else ""
        case ConfirmingPaper(paper):
            return paper.form.document
    return counter.facts.papers[-1].form.document if counter.facts.papers else ""


def _documents(counter: Counter) -> tuple[str, ...]:
    device = counter.facts.device
    card = () if device is None else (device.document,)
    return (*card, *(paper.form.document for paper in counter.facts.papers))
