"""The rows of the decision, in order: the first that fits wins (design.md §5).

This module alone decides which row a case falls into, and what the rows ask for. It computes no share and no
follow-up. If the order changes, people are sent down the wrong path: the order is the rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eligibility.case import Answer, AskedBy, Case, Flag, Person, Visit, answered_with
from eligibility.documents import (
    IDENTIFIED,
    Certificate,
    Declaration,
    Device,
    EligibilityCertificate,
    EligibilityNotice,
    Identity,
    InsurerPaper,
    MynaCard,
    Portal,
    Smartphone,
)
from eligibility.outcome import OutcomeWord
from eligibility.policy_papers import (
    CertifyingPaper,
    beside_card,
    enough_by_itself,
    lenient_paper,
    refusals,
)
from eligibility.rule_dates import SMARTPHONE_FROM

NUMBERS_QUERY = "numbers_query"
"""Asked of staff: query by the numbers of a paper. Every other thing asked for is a word of the case."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row says: the outcome, why, what to ask for, and the paper the visit rests on."""

    outcome: OutcomeWord
    row: int
    reasons: tuple[str, ...]
    ask_for: tuple[str, ...] = ()
    accepted: InsurerPaper | None = None


def first_fitting_row(case: Case) -> Verdict:
    """The verdict of the first row that fits; the last row always does."""
    return next(verdict for row in _ROWS if (verdict := row(case)) is not None)


def own_answer(case: Case) -> Answer | None:
    """The answer, where it is about the person at the counter."""
    return case.answer if case.answer is not None and case.answer.person is Person.SAME else None


def identification_ways(devices: tuple[Device, ...]) -> tuple[str, ...]:
    """The ways still open to show that one of the devices is the person's. A phone has no face to compare by eye."""
    without_pin = {Identity.PIN_LOCKED, Identity.PIN_FORGOTTEN}
    cards = [device for device in devices if isinstance(device, MynaCard)]
    by_pin = any(
        device.identity not in without_pin and not (isinstance(device, MynaCard) and device.face_only)
        for device in devices
    )
    ways = {Identity.PIN: by_pin, Identity.FACE: True, Identity.VISUAL: bool(cards)}
    return tuple(way.value for way, is_open in ways.items() if is_open)


def _phone_path_problem(case: Case, phone: Smartphone) -> str:
    """Why a phone cannot be read here today, as a reason, or "" where it can."""
    if case.on < SMARTPHONE_FROM.day:
        return "phone_before_start"
    if not case.equipped_for_smartphone:
        return "phone_not_equipped"
    return _chip_problem(phone)


def _chip_problem(device: Device) -> str:
    if not device.readable:
        return "chip_unreadable"
    if device.certificate is Certificate.EXPIRED:
        return "chip_certificate_expired"
    return "chip_certificate_revoked" if device.certificate is Certificate.REVOKED else ""


def _device_problem(case: Case, device: Device) -> str:
    return _phone_path_problem(case, device) if isinstance(device, Smartphone) else _chip_problem(device)


def _queryable(case: Case) -> tuple[Device, ...]:
    """Registered cards and phones with which a query by card can be made here today, once somebody is identified."""
    return tuple(device for device in case.devices if device.registered and not _device_problem(case, device))


def _is_identified(devices: tuple[Device, ...]) -> bool:
    return any(device.identity in IDENTIFIED for device in devices)


def _registered_cards(case: Case) -> tuple[MynaCard, ...]:
    return tuple(card for card in case.all_of(MynaCard) if card.registered)


def _by_certifying_paper(case: Case, paper: CertifyingPaper, row: int, *reasons: str) -> Verdict:
    if isinstance(paper, EligibilityCertificate):
        several = len(case.all_of(EligibilityCertificate)) > 1
        why = ("paper_newest",) if several else ("paper_in_date",)
        return Verdict(OutcomeWord.OK_CERTIFICATE, row, (*reasons, *why), accepted=paper)
    return Verdict(OutcomeWord.OK_OLD_CARD, row, (*reasons, "old_card_in_date"), accepted=paper)


def _row_1_disaster(case: Case) -> Verdict | None:
    if not case.disaster:
        return None
    answer = own_answer(case)
    paper = enough_by_itself(case, answer) or _best_beside_card(case, answer)
    return Verdict(OutcomeWord.OK_DISASTER, 1, ("disaster",), accepted=paper)


def _row_2_self_info_refused(case: Case) -> Verdict | None:
    if Flag.SELF_INFO_REFUSED not in case.flags:
        return None
    answer = own_answer(case)
    paper = enough_by_itself(case, answer)
    if paper is not None:
        return _by_certifying_paper(case, paper, 2, "self_info_refused")
    reasons = ("self_info_refused", *refusals(case, answer))
    return Verdict(OutcomeWord.NEED_CERTIFICATE, 2, reasons, (EligibilityCertificate.document,))


def _row_3_not_this_person(case: Case) -> Verdict | None:
    own_documents = (MynaCard.document, EligibilityCertificate.document)
    if any(device.identity is Identity.MISMATCH for device in case.devices):
        return Verdict(OutcomeWord.NOT_CONFIRMED, 3, ("face_mismatch",), own_documents)
    match case.answer:
        case Answer(person=Person.DIFFERENT):
            return Verdict(OutcomeWord.NOT_CONFIRMED, 3, ("different_person",), own_documents)
        case Answer(person=Person.UNSURE):
            return Verdict(OutcomeWord.REQUERY, 3, ("unsure_person",), (NUMBERS_QUERY,))
        case _:
            return None


def _row_4_online(case: Case) -> Verdict | None:
    match case.answer:
        case Answer(by=AskedBy.CARD, validity=1):
            used = [device for device in case.devices if answered_with(device)]
            if all(device.certificate is Certificate.GRACE for device in used):
                return Verdict(OutcomeWord.OK_ONLINE_LIMITED, 4, ("answer_valid", "chip_certificate_in_grace"))
            return Verdict(OutcomeWord.OK_ONLINE, 4, ("answer_valid",))
        case _:
            return None


def _row_5_ask_again(case: Case) -> Verdict | None:
    if case.answer is None or case.answer.validity not in (3, 5):
        return None
    reason = "answer_newer_membership" if case.answer.validity == 3 else "answer_several"
    ways: tuple[str, ...] = ()
    if case.answer.by is AskedBy.NUMBERS:
        devices = _queryable(case)
        ways = (MynaCard.document,) if not devices else () if _is_identified(devices) else identification_ways(devices)
    return Verdict(OutcomeWord.REQUERY, 5, (reason,), (*ways, NUMBERS_QUERY))


def _row_6_certifying_paper(case: Case) -> Verdict | None:
    paper = enough_by_itself(case, case.answer)
    if paper is None:
        return None
    # The paper stands in spite of these; whoever reads the decision should know that they were seen.
    seen = ["outage"] if case.outage else []
    if case.answer is not None and case.answer.validity in (2, 4):
        seen.append(_ANSWER_REASONS[case.answer.validity])
    return _by_certifying_paper(case, paper, 6, *seen)


def _row_7_outage(case: Case) -> Verdict | None:
    if not case.outage:
        return None
    why = ("outage", *refusals(case, case.answer))
    if _registered_cards(case):
        paper = _best_beside_card(case, case.answer)
        return Verdict(OutcomeWord.PENDING_4INFO, 7, why, accepted=paper)
    return Verdict(OutcomeWord.NOT_CONFIRMED, 7, why, (MynaCard.document, EligibilityCertificate.document))


def _row_8_not_registered(case: Case) -> Verdict | None:
    for device in case.devices:
        problem = "" if isinstance(device, MynaCard) else _device_problem(case, device)
        if device.readable and not device.registered and not device.registration_declined and not problem:
            return Verdict(OutcomeWord.OFFER_REGISTRATION, 8, ("card_not_registered",))
    return None


def _row_9_not_asked_by_card(case: Case) -> Verdict | None:
    devices = _queryable(case)
    if not devices or (case.answer is not None and case.answer.by is AskedBy.CARD):
        return None
    if _is_identified(devices):
        return Verdict(OutcomeWord.REQUERY, 9, ("not_asked_by_card",))
    return Verdict(OutcomeWord.IDENTIFY, 9, ("nobody_identified",), identification_ways(devices))


def _row_10_card_in_hand(case: Case) -> Verdict | None:
    answer = case.answer
    by_card = answer is not None and answer.by is AskedBy.CARD
    if not _registered_cards(case) and not by_card:
        return None
    reasons = [problem for card in _registered_cards(case) if (problem := _chip_problem(card))]
    if answer is not None:
        reasons.append(_ANSWER_REASONS[answer.validity])
    reasons += refusals(case, answer)
    why = tuple(dict.fromkeys(reasons))
    if portal := beside_card(case, answer, Portal):
        return Verdict(OutcomeWord.OK_MANUAL_PORTAL, 10, (*why, "portal_with_card"), accepted=portal)
    if notice := beside_card(case, answer, EligibilityNotice):
        return Verdict(OutcomeWord.OK_MANUAL_NOTICE, 10, (*why, "notice_with_card"), accepted=notice)
    ended = answer is not None and answer.validity == 2
    if case.visit is Visit.RETURN and case.known_patient and not ended:
        return Verdict(OutcomeWord.OK_VERBAL, 10, (*why, "data_on_file"))
    asks = (Portal.document, EligibilityNotice.document, Declaration.document)
    wanted = () if case.all_of(Declaration) else asks
    return Verdict(OutcomeWord.OK_DECLARATION, 10, (*why, "nothing_but_card"), wanted)


def _row_11_leniency(case: Case) -> Verdict | None:
    paper = lenient_paper(case)
    # "Alone": a phone with the portal beside it is a path of its own (row 12).
    if paper is None or _portal_beside_phone(case):
        return None
    match case.answer:
        case None:
            return Verdict(OutcomeWord.NOT_CONFIRMED, 11, ("lenient_needs_query",), (NUMBERS_QUERY,))
        case Answer(validity=1):
            return Verdict(OutcomeWord.OK_LENIENT, 11, ("lenient_period", "confirmed_by_numbers"), accepted=paper)
        case _:
            return None


def _row_12_phone(case: Case) -> Verdict | None:
    phones = [phone for phone in case.all_of(Smartphone) if phone.registered]
    if not phones:
        return None
    why = tuple(dict.fromkeys(_phone_path_problem(case, phone) for phone in phones))
    if portal := _portal_beside_phone(case):
        return Verdict(OutcomeWord.OK_MANUAL_PORTAL, 12, (*why, "portal_with_phone"), accepted=portal)
    asks = (MynaCard.document, Portal.document)
    return Verdict(OutcomeWord.NOT_CONFIRMED, 12, (*why, *refusals(case, case.answer)), asks)


def _row_13_nothing(case: Case) -> Verdict | None:
    reasons = [*refusals(case, case.answer)]
    if case.answer is not None and case.answer.validity in (2, 4):
        reasons.append(_ANSWER_REASONS[case.answer.validity])
    if case.all_of(EligibilityNotice):
        reasons.append("notice_needs_card")
    if case.devices:
        # Whoever comes here with a card or phone has an unregistered one: another look at it helps nobody.
        reasons.append("card_not_registered")
        asks: tuple[str, ...] = (EligibilityCertificate.document,)
    else:
        asks = (MynaCard.document, EligibilityCertificate.document)
    return Verdict(OutcomeWord.NOT_CONFIRMED, 13, tuple(reasons) or ("nothing_shown",), asks)


def _best_beside_card(case: Case, answer: Answer | None) -> InsurerPaper | None:
    return beside_card(case, answer, Portal) or beside_card(case, answer, EligibilityNotice)


def _portal_beside_phone(case: Case) -> Portal | None:
    registered_phone = any(phone.registered for phone in case.all_of(Smartphone))
    return beside_card(case, case.answer, Portal) if registered_phone else None


_ANSWER_REASONS = {1: "confirmed_by_numbers", 2: "answer_ended", 4: "answer_nothing_found"}

_ROWS: tuple[Callable[[Case], Verdict | None], ...] = (
    _row_1_disaster,
    _row_2_self_info_refused,
    _row_3_not_this_person,
    _row_4_online,
    _row_5_ask_again,
    _row_6_certifying_paper,
    _row_7_outage,
    _row_8_not_registered,
    _row_9_not_asked_by_card,
    _row_10_card_in_hand,
    _row_11_leniency,
    _row_12_phone,
    _row_13_nothing,
)
