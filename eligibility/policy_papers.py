"""Which papers count today, and which go back to the insurer (design.md §5, row 6, row 10, row 11, `returns`).

This module alone judges a paper. It sees the answer only as what it says about a membership. If it is wrong, a valid
資格確認書 is refused, or a dead one accepted.
"""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from eligibility.calendar import elderly_from
from eligibility.case import Answer, Case, Membership, Person
from eligibility.documents import (
    EligibilityCertificate,
    EligibilityNotice,
    InsuranceCard,
    InsurerPaper,
    Portal,
)
from eligibility.insurers import InsurerKind
from eligibility.regimes import InForce, leniency
from eligibility.rule_dates import Rules

CertifyingPaper = EligibilityCertificate | InsuranceCard
"""What is enough by itself while it counts."""

_SupportingPaper = TypeVar("_SupportingPaper", Portal, EligibilityNotice)


def own_answer(case: Case) -> Answer | None:
    """The answer, where it is about the person at the counter."""
    return case.answer if case.answer is not None and case.answer.person is Person.SAME else None


def enough_by_itself(case: Case, rules: Rules) -> CertifyingPaper | None:
    """The paper of row 6 that the visit can rest on: the newest 資格確認書 that counts, else a 健康保険証."""
    certificates = counting_certificates(case, rules)
    if certificates:
        return max(certificates, key=lambda paper: paper.issued_on or date.min)
    return next((card for card in case.all_of(InsuranceCard) if not why_not(card, case, rules)), None)


def counting_certificates(case: Case, rules: Rules) -> tuple[EligibilityCertificate, ...]:
    """Every 資格確認書 that is enough by itself."""
    return tuple(paper for paper in case.all_of(EligibilityCertificate) if not why_not(paper, case, rules))


def why_not(paper: CertifyingPaper, case: Case, rules: Rules) -> str:
    """Why the paper is not enough by itself, as a reason, or "" where it is."""
    if isinstance(paper, EligibilityCertificate):
        if not paper.original:
            return "paper_copy"
        if not _in_date(paper, case.on):
            return "paper_out_of_date"
        if _membership_ended_at_75(paper, case) or (_is_75(case) and paper.insurer_number is None):
            return "paper_past_75"
    elif case.on > old_card_last_day(paper, rules):
        return "old_card_over"
    if case.membership is Membership.LEFT:
        return "membership_left"
    return "paper_ended_by_answer" if _ended_by(own_answer(case), paper) else ""


def refusals(case: Case, rules: Rules) -> tuple[str, ...]:
    """Why the certifying papers that are shown do not count, each reason once, in the order of the papers."""
    papers: tuple[CertifyingPaper, ...] = (*case.all_of(EligibilityCertificate), *case.all_of(InsuranceCard))
    return tuple(dict.fromkeys(reason for paper in papers if (reason := why_not(paper, case, rules))))


def beside_card(case: Case, kind: type[_SupportingPaper]) -> _SupportingPaper | None:
    """The first paper of that kind that counts with the card: not one whose insurer an answer 2 names as ended."""
    answer = own_answer(case)
    return next((paper for paper in case.all_of(kind) if not _named_as_ended(answer, paper)), None)


def best_beside_card(case: Case) -> InsurerPaper | None:
    """The best paper that counts with the card: マイナポータル before お知らせ."""
    return beside_card(case, Portal) or beside_card(case, EligibilityNotice)


def lenient_paper(case: Case, rules: Rules) -> EligibilityNotice | InsuranceCard | None:
    """The お知らせ or expired 健康保険証 that the leniency covers today (row 11)."""
    lenient = leniency(case.on, rules)
    papers: list[EligibilityNotice | InsuranceCard] = [
        *case.all_of(EligibilityNotice),
        *(card for card in case.all_of(InsuranceCard) if case.on > old_card_last_day(card, rules)),
    ]
    if lenient is InForce.LENIENCY_NATIONAL:
        papers = [paper for paper in papers if _of_national_or_elderly(paper)]
    return papers[0] if papers and lenient is not None else None


def documents_to_return(case: Case, rules: Rules) -> tuple[str, ...]:
    """The documents that go back to the insurer, by their words. Never an お知らせ; never a copy."""
    certificates = [paper for paper in case.all_of(EligibilityCertificate) if paper.original]
    cards = case.all_of(InsuranceCard)
    # The older one goes back where there is a newer one to use: not where that one has expired before it.
    usable = [paper.issued_on for paper in certificates if paper.issued_on is not None and _in_date(paper, case.on)]
    superseded = any(
        paper.issued_on is not None and paper.issued_on < max(usable, default=date.min) for paper in certificates
    )
    certificate_goes = superseded or any(
        _in_date(paper, case.on) and (_has_left(paper, case) or _membership_ended_at_75(paper, case))
        for paper in certificates
    )
    # After its last day a 健康保険証 may be destroyed by its holder instead (reception.md §2.1).
    card_goes = case.on <= rules.old_card_until and any(_has_left(card, case) for card in cards)
    goes = {EligibilityCertificate.document: certificate_goes, InsuranceCard.document: card_goes}
    return tuple(word for word, back in goes.items() if back)


def old_card_last_day(card: InsuranceCard, rules: Rules) -> date:
    """The last day of a 健康保険証: its printed limit, at most 2025-12-01."""
    return min(card.expires_on or rules.old_card_until, rules.old_card_until)


def _in_date(paper: EligibilityCertificate, on: date) -> bool:
    return paper.expires_on is None or on <= paper.expires_on


def _is_75(case: Case) -> bool:
    return case.birthdate is not None and case.on >= elderly_from(case.birthdate)


def _membership_ended_at_75(paper: EligibilityCertificate, case: Case) -> bool:
    """A 資格確認書 of an insurer known not to be of 後期高齢 ends on the 75th birthday (reception.md §13b)."""
    return _is_75(case) and paper.insurer_number is not None and paper.insurer_number.kind is not InsurerKind.ELDERLY


def _named_as_ended(answer: Answer | None, paper: InsurerPaper) -> bool:
    return (
        answer is not None
        and answer.validity == 2
        and answer.insurer_number is not None
        and answer.insurer_number.same_as(paper.insurer_number)
    )


def _ended_by(answer: Answer | None, paper: InsurerPaper) -> bool:
    """An answer 2 takes a certifying paper away where it names its insurer, or names none. Answer 4 never does."""
    unnamed = answer is not None and answer.validity == 2 and answer.insurer_number is None
    return unnamed or _named_as_ended(answer, paper)


def _has_left(paper: CertifyingPaper, case: Case) -> bool:
    return case.membership is Membership.LEFT or _ended_by(own_answer(case), paper)


def _of_national_or_elderly(paper: EligibilityNotice | InsuranceCard) -> bool:
    return paper.insurer_number is not None and paper.insurer_number.kind in {
        InsurerKind.NATIONAL,
        InsurerKind.ELDERLY,
    }
