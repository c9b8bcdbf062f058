"""Rows 1 to 7: disaster, protection, the wrong person, the answer by card, papers that are enough, an outage.

This module alone decides them; their order is `policy_rows`'. If one is wrong, somebody who is insured is sent down the
ladder of rows 8 to 13, or somebody else's answer is taken. Rules: design.md §5.
"""

from __future__ import annotations

from eligibility.case import Answer, AskedBy, Case, Flag, Person, answered_with
from eligibility.documents import Certificate, EligibilityCertificate, Identity, MynaCard
from eligibility.outcome import OutcomeWord
from eligibility.policy_devices import identification_ways, is_identified, queryable, registered_cards
from eligibility.policy_papers import (
    CertifyingPaper,
    best_beside_card,
    counting_certificates,
    enough_by_itself,
    refusals,
)
from eligibility.policy_verdict import ANSWER_REASONS, NUMBERS_QUERY, Passed, Verdict
from eligibility.rule_dates import Rules


def row_1_disaster(case: Case, rules: Rules) -> Verdict | Passed:
    """災害: who is in a disaster area is treated as insured, whatever is shown."""
    if not case.disaster:
        return Passed(1, ("no_disaster",))
    paper = enough_by_itself(case, rules) or best_beside_card(case)
    return Verdict(OutcomeWord.OK_DISASTER, 1, ("disaster",), accepted=paper)


def row_2_self_info_refused(case: Case, rules: Rules) -> Verdict | Passed:
    """自己情報提供不可: the card path and the ladder are closed; a paper of row 6, or one is needed."""
    if Flag.SELF_INFO_REFUSED not in case.flags:
        return Passed(2, ("self_info_open",))
    paper = enough_by_itself(case, rules)
    if paper is not None:
        return _by_certifying_paper(case, rules, paper, 2, "self_info_refused")
    reasons = ("self_info_refused", *refusals(case, rules))
    return Verdict(OutcomeWord.NEED_CERTIFICATE, 2, reasons, (EligibilityCertificate.document,))


def row_3_not_this_person(case: Case, _rules: Rules) -> Verdict | Passed:
    """The face or the record is not this person's: no fallback on that card or answer."""
    own_documents = (MynaCard.document, EligibilityCertificate.document)
    if any(device.identity is Identity.MISMATCH for device in case.devices):
        return Verdict(OutcomeWord.NOT_CONFIRMED, 3, ("face_mismatch",), own_documents)
    match case.answer:
        case Answer(person=Person.DIFFERENT):
            return Verdict(OutcomeWord.NOT_CONFIRMED, 3, ("different_person",), own_documents)
        case Answer(person=Person.UNSURE):
            return Verdict(OutcomeWord.REQUERY, 3, ("unsure_person",), (NUMBERS_QUERY,))
        case _:
            return Passed(3, ("person_not_in_doubt",))


def row_4_online(case: Case, _rules: Rules) -> Verdict | Passed:
    """Answer 1 by card: accepted online; limited where every card used is in grace."""
    match case.answer:
        case Answer(by=AskedBy.CARD, validity=1):
            used = [device for device in case.devices if answered_with(device)]
            if all(device.certificate is Certificate.GRACE for device in used):
                return Verdict(OutcomeWord.OK_ONLINE_LIMITED, 4, ("answer_valid", "chip_certificate_in_grace"))
            return Verdict(OutcomeWord.OK_ONLINE, 4, ("answer_valid",))
        case Answer(by=AskedBy.CARD):
            return Passed(4, ("answer_not_1",))
        case Answer():
            return Passed(4, ("asked_by_numbers",))
        case _:
            return Passed(4, ("not_asked",))


def row_5_ask_again(case: Case, rules: Rules) -> Verdict | Passed:
    """Answers 3 and 5: a newer membership, or several records: ask again."""
    if case.answer is None:
        return Passed(5, ("not_asked",))
    if case.answer.validity not in (3, 5):
        return Passed(5, ("answer_not_3_or_5",))
    reason = "answer_newer_membership" if case.answer.validity == 3 else "answer_several"
    ways = _ways_to_ask_by_card(case, rules) if case.answer.by is AskedBy.NUMBERS else ()
    return Verdict(OutcomeWord.REQUERY, 5, (reason,), (*ways, NUMBERS_QUERY))


def _ways_to_ask_by_card(case: Case, rules: Rules) -> tuple[str, ...]:
    devices = queryable(case, rules)
    if not devices:
        return (MynaCard.document,)
    return () if is_identified(devices) else identification_ways(case, devices)


def row_6_certifying_paper(case: Case, rules: Rules) -> Verdict | Passed:
    """A 資格確認書 or 健康保険証 that is enough by itself."""
    paper = enough_by_itself(case, rules)
    if paper is None:
        return Passed(6, refusals(case, rules) or ("no_certifying_paper",))
    # The paper stands in spite of these; whoever reads the decision should know that they were seen.
    seen = ["outage"] if case.outage else []
    if case.answer is not None and case.answer.validity in (2, 4):
        seen.append(ANSWER_REASONS[case.answer.validity])
    return _by_certifying_paper(case, rules, paper, 6, *seen)


def row_7_outage(case: Case, rules: Rules) -> Verdict | Passed:
    """システム障害: with a registered card the four items are noted, else nothing is confirmed."""
    if not case.outage:
        return Passed(7, ("no_outage",))
    why = ("outage", *refusals(case, rules))
    if registered_cards(case):
        return Verdict(OutcomeWord.PENDING_4INFO, 7, why, accepted=best_beside_card(case))
    return Verdict(OutcomeWord.NOT_CONFIRMED, 7, why, (MynaCard.document, EligibilityCertificate.document))


def _by_certifying_paper(case: Case, rules: Rules, paper: CertifyingPaper, row: int, *reasons: str) -> Verdict:
    if isinstance(paper, EligibilityCertificate):
        several = len(counting_certificates(case, rules)) > 1
        why = ("paper_newest",) if several else ("paper_in_date",)
        return Verdict(OutcomeWord.OK_CERTIFICATE, row, (*reasons, *why), accepted=paper)
    return Verdict(OutcomeWord.OK_OLD_CARD, row, (*reasons, "old_card_in_date"), accepted=paper)
