"""From all that is known of a visit to a case of the rules (design.md §5).

Translates and nothing else: which row fits is `eligibility.policy`'s. Total: whatever the desk noted, and in whatever
order, is a case that can happen. Where two facts cannot both be, the one that was proven stands (what the service said
of a card, a face that was seen) and the other is left out. What breaks if it is wrong: the right rules are asked about
another visit than the one that took place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from eligibility.calendar import certificate_state
from eligibility.case import CARD_CLASSES, Answer, AskedBy, Case, Flag, Person, Site
from eligibility.documents import (
    IDENTIFIED,
    Certificate,
    Device,
    Document,
    EligibilityCertificate,
    Identity,
    InsurerPaper,
    MynaCard,
    Smartphone,
)
from eligibility.insurers import InsurerNumber
from eligibility.papers.paper import Paper
from kiosk.flow.answer import SELF_INFO_REFUSED, Qualification
from kiosk.flow.facts import VisitFacts

_NOTHING_FOUND = 4
_DECIDABLE = range(1, 6)


@dataclass(frozen=True, slots=True)
class VisitCase:
    """A case, and whose record it rests on."""

    case: Case
    answer: Qualification | None
    """The answer that the case holds, or that says why it holds none."""
    overruled: Qualification | None = None
    """An answer by card that came before an answer by numbers, and was none to rest on."""


def case_of(facts: VisitFacts, on: date, site: Site, *, equipped: bool = False) -> VisitCase:
    """The case of a visit on day `on`. `equipped`: the counter reads phones."""
    flags = facts.flags | _flags(facts.by_card)
    device = _device(facts, on)
    counted = _counted_by_card(facts, device, flags)
    by_numbers = facts.by_numbers if _is_decidable(facts.by_numbers) else None
    overruled: Qualification | None = None
    if counted is not None and by_numbers is not None and _goes_on(counted, by_numbers):
        counted, overruled = None, counted
    answer = counted or by_numbers
    if device is not None and overruled is not None:
        # The card has said what it can: for the rows that follow it is one that is no more to be asked.
        device = replace(device, readable=False)
    if device is not None and counted is not None:
        device = _as_answered(device, counted)
    papers = tuple(_papers(facts, on, ended=_ended_insurer(overruled, answer)))
    if device is not None:
        device, papers = _one_card(device, papers, on, answered=counted is not None)
    case = Case(
        on,
        site,
        facts.visit,
        _birthdate(facts, answer),
        papers if device is None else (device, *papers),
        None if answer is None else _answer(answer, facts),
        facts.membership,
        facts.known_patient,
        # Whoever has an answer by card was not kept from it.
        outage=counted is None and (facts.outage or (facts.service_silent and facts.by_numbers is None)),
        disaster=facts.disaster,
        flags=flags,
        # Whoever has read a phone is equipped for it.
        equipped_for_smartphone=equipped or (isinstance(device, Smartphone) and facts.by_card is not None),
    )
    return VisitCase(case, answer or facts.by_card or facts.by_numbers, overruled)


def _flags(answer: Qualification | None) -> frozenset[Flag]:
    """自己情報提供不可, which the service tells of a card that it does not answer (reception.md §7)."""
    return frozenset({Flag.SELF_INFO_REFUSED} if answer is not None and answer.code == SELF_INFO_REFUSED else ())


# --- the device ---


def _device(facts: VisitFacts, on: date) -> Device | None:
    """The card or phone, with what the service said about it."""
    device = facts.device
    if facts.by_card is not None:
        device = replace(device or MynaCard(identity=Identity.PIN), registered=facts.by_card.registered)
        if device.certificate.usable:
            device = replace(device, certificate=_certificate(facts, facts.by_card, device, on))
    if isinstance(device, MynaCard) and device.face_only and device.identity is Identity.PIN:
        device = replace(device, identity=Identity.NONE)  # it has no PIN
    if isinstance(device, Smartphone) and device.certificate is Certificate.GRACE:
        device = replace(device, certificate=Certificate.EXPIRING)  # a phone's has no grace: it is about to end
    return device


def _certificate(facts: VisitFacts, answer: Qualification, device: Device, on: date) -> Certificate:
    """As the service saw it; where it does not say, by the calendar; what stood behind the PIN was looked at there."""
    if answer.certificate_state:
        return Certificate(answer.certificate_state)
    if facts.certificate_until is None:
        return device.certificate
    phone = isinstance(device, Smartphone)
    return Certificate(certificate_state(facts.certificate_until, on, phone=phone).value)


def _counted_by_card(facts: VisitFacts, device: Device | None, flags: frozenset[Flag]) -> Qualification | None:
    """The answer by card, unless something says that it is not to be used."""
    answer = facts.by_card
    if device is None or answer is None or not answer.registered or not _is_decidable(answer):
        return None
    mismatch = device.identity is Identity.MISMATCH
    return None if mismatch or Flag.SELF_INFO_REFUSED in flags else answer


def _as_answered(device: Device, answer: Qualification) -> Device:
    """The device as it must have been for the service to answer: read, identified, its certificate of use."""
    face_only = isinstance(device, MynaCard) and device.face_only
    identity = device.identity
    if identity not in IDENTIFIED:
        identity = Identity.FACE if face_only else Identity.PIN
    # At worst a card's certificate is in grace, which withholds most, and a phone's is about to end.
    worst = Certificate.EXPIRING if isinstance(device, Smartphone) else Certificate.GRACE
    certificate = device.certificate if device.certificate.usable else worst
    return replace(device, readable=True, registered=answer.registered, identity=identity, certificate=certificate)


def _one_card(
    device: Device, papers: tuple[Document, ...], on: date, *, answered: bool
) -> tuple[Device, tuple[Document, ...]]:
    """The device that was read, with what staff typed from its face; a card is not presented twice."""
    typed = [paper for paper in papers if isinstance(paper, type(device))]
    others = tuple(paper for paper in papers if not isinstance(paper, type(device)))
    if isinstance(device, MynaCard):
        for card in typed:
            if isinstance(card, MynaCard):
                face_only = device.face_only or (card.face_only and device.identity is not Identity.PIN)
                device = replace(device, card_expires_on=card.card_expires_on, face_only=face_only)
        device = _not_outlived(device, on, answered=answered)
    return device, others


def _not_outlived(card: MynaCard, on: date, *, answered: bool) -> MynaCard:
    """A certificate never outlives its card; where the service answered, the day on the card was misread."""
    if card.card_expires_on is None or card.card_expires_on >= on or not card.certificate.usable:
        return card
    return replace(card, card_expires_on=None) if answered else replace(card, certificate=Certificate.EXPIRED)


# --- the papers ---


def _papers(facts: VisitFacts, on: date, ended: InsurerNumber | None) -> Iterator[Document]:
    """What was typed in. Paper of an insurer that the card's answer named as ended counts as not shown."""
    for paper in facts.papers:
        document = _possible(paper.as_document(), on)
        insurer = document.insurer_number if isinstance(document, InsurerPaper) else None
        if insurer is None or not insurer.same_as(ended):
            yield document


def _possible(document: Document, on: date) -> Document:
    """The document without what cannot be so, and was misread."""
    match document:
        case MynaCard():
            # It was typed from its face: nobody has read its chip.
            return _not_outlived(replace(document, readable=False), on, answered=False)
        case Smartphone():
            return replace(document, readable=False)
        case EligibilityCertificate(issued_on=date() as issued, expires_on=date() as expires) if expires < issued:
            return replace(document, issued_on=None)
        case _:
            return document


def _birthdate(facts: VisitFacts, answer: Qualification | None) -> date | None:
    """Of the record; of a paper or of the four items where it says nothing."""
    noted = facts.four_items.birthdate if facts.four_items is not None else None
    typed = (paper.birthdate for paper in reversed(facts.papers))
    candidates = (answer.birthdate if answer is not None else None, *typed, noted)
    return next((day for day in candidates if day is not None), None)


# --- the answer ---


def _is_decidable(answer: Qualification | None) -> bool:
    return answer is not None and answer.validity in _DECIDABLE


def _goes_on(by_card: Qualification, by_numbers: Qualification) -> bool:
    """Whether the visit rests on the later answer by numbers: the card said 有効 of nobody, and the numbers say more.

    That nothing was found by the numbers does not take back what the card's answer says.
    """
    return by_card.validity != 1 and by_numbers.validity != _NOTHING_FOUND


def _ended_insurer(by_card: Qualification | None, answer: Qualification | None) -> InsurerNumber | None:
    """Whom an overruled answer 2 by card names, unless the answer by numbers found a valid membership there."""
    if by_card is None or answer is None or by_card.validity != 2 or answer.validity == 1:
        return None
    return InsurerNumber(by_card.insurer_number) if by_card.insurer_number else None


def _answer(answer: Qualification, facts: VisitFacts) -> Answer:
    assert answer.validity is not None
    return Answer(
        AskedBy.CARD if answer.by == "card" else AskedBy.NUMBERS,
        answer.validity,
        answer.burden_ratio,
        answer.elderly_burden_ratio,
        # As the service names it: whether its check digit is right is not for the desk to doubt.
        InsurerNumber(answer.insurer_number) if answer.insurer_number else None,
        # The list may grow; a class the rules do not know changes nothing.
        answer.card_class if answer.card_class in CARD_CLASSES else None,
        _person(answer, facts),
    )


def _person(answer: Qualification, facts: VisitFacts) -> Person:
    """What the desk says; where it has said nothing, a record with another birthdate than was asked for is in doubt."""
    if facts.person not in (None, Person.SAME):
        return facts.person
    if facts.person is Person.SAME or answer.by == "card" or answer.birthdate is None:
        return Person.SAME
    asked = {birthdate for birthdate in _asked_birthdates(facts.papers, facts) if birthdate is not None}
    return Person.UNSURE if asked and answer.birthdate not in asked else Person.SAME


def _asked_birthdates(papers: tuple[Paper, ...], facts: VisitFacts) -> Iterator[date | None]:
    yield from (paper.birthdate for paper in papers)
    if facts.four_items is not None:
        yield facts.four_items.birthdate
