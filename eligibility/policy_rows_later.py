"""Rows 8 to 13: registering, identifying, the ladder with the card in hand, the leniency, the phone, nothing.

This module alone decides them; their order is `policy_rows`'. If one is wrong, a person with a card in hand pays in
full, or a paper that proves nothing is taken. Rules: design.md §5.
"""

from __future__ import annotations

from eligibility.case import Answer, AskedBy, Case, Visit
from eligibility.documents import (
    Declaration,
    EligibilityCertificate,
    EligibilityNotice,
    MynaCard,
    Portal,
)
from eligibility.outcome import OutcomeWord
from eligibility.policy_devices import (
    chip_problem,
    device_problem,
    identification_ways,
    is_identified,
    phone_path_problem,
    phones_without_path,
    queryable,
    registered_cards,
    registration_problem,
)
from eligibility.policy_papers import beside_card, lenient_paper, refusals
from eligibility.policy_verdict import ANSWER_REASONS, NUMBERS_QUERY, Passed, Verdict
from eligibility.regimes import leniency
from eligibility.rule_dates import Rules


def row_8_not_registered(case: Case, rules: Rules) -> Verdict | Passed:
    """A readable card without 健康保険証利用登録: offered on the spot, unless it was declined."""
    unregistered = [device for device in case.devices if not device.registered]
    if not unregistered:
        return Passed(8, ("no_unregistered_card",))
    problems = []
    for device in unregistered:
        problem = registration_problem(case, device, rules)
        if not problem:
            return Verdict(OutcomeWord.OFFER_REGISTRATION, 8, ("card_not_registered",))
        problems.append(problem)
    return Passed(8, tuple(dict.fromkeys(problems)))


def row_9_not_asked_by_card(case: Case, rules: Rules) -> Verdict | Passed:
    """A registered card with a usable certificate that nobody asked with: identify, then ask."""
    if case.answer is not None and case.answer.by is AskedBy.CARD:
        return Passed(9, ("answered_by_card",))
    devices = queryable(case, rules)
    if not devices:
        problems = [device_problem(case, device, rules) for device in case.devices if device.registered]
        return Passed(9, tuple(dict.fromkeys(problems)) or ("no_registered_card",))
    if is_identified(devices):
        return Verdict(OutcomeWord.REQUERY, 9, ("not_asked_by_card",))
    ways = identification_ways(case, devices)
    if not ways:
        # A lost PIN is never a dead end: where no other way is open, the card counts as one that cannot be used.
        return Passed(9, ("no_way_to_identify",))
    return Verdict(OutcomeWord.IDENTIFY, 9, ("nobody_identified",), ways)


def row_10_card_in_hand(case: Case, rules: Rules) -> Verdict | Passed:
    """The ladder with a registered card in hand: portal, お知らせ, word of mouth, 申立書. Never in full."""
    answer = case.answer
    by_card = answer is not None and answer.by is AskedBy.CARD
    if not registered_cards(case) and not by_card:
        return Passed(10, ("no_registered_card",))
    reasons = [problem for card in registered_cards(case) if (problem := chip_problem(card))]
    if queryable(case, rules) and not by_card:
        reasons.append("no_way_to_identify")
    if answer is not None:
        reasons.append(ANSWER_REASONS[answer.validity])
    reasons += refusals(case, rules)
    why = tuple(dict.fromkeys(reasons))
    if portal := beside_card(case, Portal):
        return Verdict(OutcomeWord.OK_MANUAL_PORTAL, 10, (*why, "portal_with_card"), accepted=portal)
    if notice := beside_card(case, EligibilityNotice):
        return Verdict(OutcomeWord.OK_MANUAL_NOTICE, 10, (*why, "notice_with_card"), accepted=notice)
    ended = answer is not None and answer.validity == 2
    if case.visit is Visit.RETURN and case.known_patient and not ended:
        return Verdict(OutcomeWord.OK_VERBAL, 10, (*why, "data_on_file"))
    asks = (Portal.document, EligibilityNotice.document, Declaration.document)
    wanted = () if case.all_of(Declaration) else asks
    return Verdict(OutcomeWord.OK_DECLARATION, 10, (*why, "nothing_but_card"), wanted)


def row_11_leniency(case: Case, rules: Rules) -> Verdict | Passed:
    """The leniency: an expired 健康保険証 or お知らせ alone, confirmed by its numbers."""
    if leniency(case.on, rules) is None:
        return Passed(11, ("no_leniency_today",))
    paper = lenient_paper(case, rules)
    if paper is None:
        return Passed(11, ("no_lenient_paper",))
    if phones_without_path(case, rules) and beside_card(case, Portal):
        # "Alone": a phone with the portal beside it is a path of its own (row 12).
        return Passed(11, ("portal_beside_phone",))
    match case.answer:
        case None:
            return Verdict(OutcomeWord.NOT_CONFIRMED, 11, ("lenient_needs_query",), (NUMBERS_QUERY,))
        case Answer(validity=1):
            return Verdict(OutcomeWord.OK_LENIENT, 11, ("lenient_period", "confirmed_by_numbers"), accepted=paper)
        case _:
            return Passed(11, ("answer_not_1",))


def row_12_phone(case: Case, rules: Rules) -> Verdict | Passed:
    """A phone that cannot be read here: with the portal it is accepted, else nothing is confirmed."""
    phones = phones_without_path(case, rules)
    if not phones:
        return Passed(12, ("no_phone_without_path",))
    why = tuple(dict.fromkeys(phone_path_problem(case, phone, rules) for phone in phones))
    if portal := beside_card(case, Portal):
        return Verdict(OutcomeWord.OK_MANUAL_PORTAL, 12, (*why, "portal_with_phone"), accepted=portal)
    asks = (MynaCard.document, Portal.document)
    return Verdict(OutcomeWord.NOT_CONFIRMED, 12, (*why, *refusals(case, rules)), asks)


def row_13_nothing(case: Case, rules: Rules) -> Verdict:
    """Anything else: nothing is confirmed. Always fits."""
    reasons = [*refusals(case, rules)]
    if case.answer is not None and case.answer.validity in (2, 4):
        reasons.append(ANSWER_REASONS[case.answer.validity])
    if case.all_of(EligibilityNotice):
        reasons.append("notice_needs_card")
    if case.devices:
        # Whoever comes here with a card or phone has an unregistered one: another look at it helps nobody.
        reasons.append("card_not_registered")
        asks: tuple[str, ...] = (EligibilityCertificate.document,)
    else:
        asks = (MynaCard.document, EligibilityCertificate.document)
    return Verdict(OutcomeWord.NOT_CONFIRMED, 13, tuple(reasons) or ("nothing_shown",), asks)
