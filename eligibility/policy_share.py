"""The patient's share: which source of it counts, and what is charged when none does.

This module alone decides a percentage. It is asked only for people who are accepted or waiting for a check; who that
is, it does not know. If it is wrong, somebody pays too much today. Rule: design.md §5 "Share"; ages: validation.md §4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from eligibility.calendar import eighteen_until, elderly_from, preschool_until, seventy_rule_from
from eligibility.case import SPECIAL_TREATMENT_CLASS, Answer, Case
from eligibility.documents import (
    Declaration,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    InsurerPaper,
    Portal,
    RatioPaper,
)
from eligibility.insurer_profiles import InsurerProfile, profile_of
from eligibility.insurers import InsurerKind, InsurerNumber
from eligibility.outcome import Charge, ChargeKind

PRESCHOOL_SHARE = 20
GENERAL_SHARE = 30
PROVISIONAL_AT_SEVENTY = 30
"""70–74 without any ratio pay 3割 now, the difference comes back with 高齢受給者証 (reception.md §13b)."""


_WITHOUT_RECIPIENT_CERTIFICATE = {InsurerProfile.CHIBA_MEDICAL, InsurerProfile.ELDERLY}
"""Insurers that issue no 高齢受給者証: their other papers print the share (S1; 後期高齢者医療 has none of its own)."""


class AgeGroup(Enum):
    """The ages that the rules tell apart; UNKNOWN without a birthdate."""

    UNKNOWN = "unknown"
    PRESCHOOL = "preschool"
    UNDER_SEVENTY = "under_seventy"
    SEVENTIES = "seventies"
    ELDERLY = "elderly"


_BY_AGE = {AgeGroup.PRESCHOOL: PRESCHOOL_SHARE, AgeGroup.UNDER_SEVENTY: GENERAL_SHARE}
_DECLARABLE = {
    AgeGroup.PRESCHOOL: (20,),
    AgeGroup.UNDER_SEVENTY: (30,),
    AgeGroup.SEVENTIES: (20, 30),
    AgeGroup.ELDERLY: (10, 20, 30),
    AgeGroup.UNKNOWN: (10, 20, 30),
}
"""Shares the law knows at each age outside 後期高齢 (validation.md §4.1)."""


@dataclass(frozen=True, slots=True)
class Share:
    """The charge and, as words, why."""

    charge: Charge
    reasons: tuple[str, ...]


def age_group(birthdate: date | None, on: date) -> AgeGroup:
    """Which age rules hold for the person on day `on`."""
    if birthdate is None:
        return AgeGroup.UNKNOWN
    if on <= preschool_until(birthdate):
        return AgeGroup.PRESCHOOL
    if on < seventy_rule_from(birthdate):
        return AgeGroup.UNDER_SEVENTY
    return AgeGroup.SEVENTIES if on < elderly_from(birthdate) else AgeGroup.ELDERLY


def of_elderly_insurer(answer: Answer | None, accepted: InsurerPaper | None) -> bool:
    """Whether the insurer known for this visit is one of 後期高齢 (39…)."""
    insurer = _insurer(answer, accepted)
    return insurer is not None and insurer.kind is InsurerKind.ELDERLY


def recipient_certificate_is_issued(answer: Answer | None, accepted: InsurerPaper | None) -> bool:
    """Whether the insurer known for this visit issues 高齢受給者証; one that is not known does (reception.md §2.4)."""
    return profile_of(_insurer(answer, accepted)) not in _WITHOUT_RECIPIENT_CERTIFICATE


def _insurer(answer: Answer | None, accepted: InsurerPaper | None) -> InsurerNumber | None:
    """A valid answer names it, else the paper the visit rests on."""
    named = (source.insurer_number for source in (answer, accepted) if source is not None)
    return next((number for number in named if number is not None), None)


def share(case: Case, answer: Answer | None, accepted: InsurerPaper | None, *, on_fallback: bool = False) -> Share:
    """What the person pays now.

    `answer` is the service's 1 about this person, or None; `accepted` the paper the visit rests on, or None.
    `on_fallback`: nobody on the fallback ladder pays in full, 特別療養 included.
    """
    group = age_group(case.birthdate, case.on)
    notes: list[str] = []
    if answer is not None and answer.card_class == SPECIAL_TREATMENT_CLASS:
        spared = case.birthdate is not None and case.on <= eighteen_until(case.birthdate)
        if not spared and not on_fallback:
            return Share(Charge(ChargeKind.FULL), ("special_treatment",))
        notes.append("special_treatment_child" if spared else "special_treatment_on_fallback")

    elderly_insurer = of_elderly_insurer(answer, accepted)
    printed = [paper for paper in _ratio_papers(case) if paper.burden_ratio is not None]
    in_effect = [paper for paper in printed if _in_effect(paper, case.on, group, elderly_insurer)]
    declared = [paper.burden_ratio for paper in case.all_of(Declaration) if paper.burden_ratio is not None]
    believed = [ratio for ratio in declared if elderly_insurer or ratio in _DECLARABLE[group]]
    sources = (
        ("share_from_answer", _answer_share(answer, group)),
        ("share_from_recipient_certificate", _newest_recipient_share(in_effect)),
        ("share_from_document", next((paper.burden_ratio for paper in in_effect if paper is accepted), None)),
        ("share_declared", believed[0] if believed else None),
        ("share_by_age", None if elderly_insurer else _BY_AGE.get(group)),
    )
    reason, percent = next(((why, ratio) for why, ratio in sources if ratio is not None), ("share_unknown", None))
    if any(paper not in in_effect and paper.burden_ratio != percent for paper in printed):
        notes.append("ratio_paper_not_in_effect")
    if len(believed) < len(declared):
        notes.append("declared_ratio_ignored")
    if reason == "share_from_answer" and any(paper.burden_ratio != percent for paper in in_effect):
        notes.append("ratio_differs")
    if percent is not None:
        return Share(Charge(ChargeKind.RATIO, percent), (reason, *notes))
    if group is AgeGroup.UNKNOWN:
        notes.append("birthdate_unknown")
    provisional = PROVISIONAL_AT_SEVENTY if group is AgeGroup.SEVENTIES else None
    return Share(Charge(ChargeKind.ASK, provisional), (reason, *notes))


def _answer_share(answer: Answer | None, group: AgeGroup) -> int | None:
    """From 70 the ratio of 高齢受給者証 first, else the other; each stands in for the other."""
    if answer is None:
        return None
    ratios = (answer.burden_ratio, answer.elderly_burden_ratio)
    if group in {AgeGroup.SEVENTIES, AgeGroup.ELDERLY}:
        ratios = ratios[::-1]
    return next((ratio for ratio in ratios if ratio is not None), None)


def _newest_recipient_share(in_effect: list[RatioPaper]) -> int | None:
    certificates = [paper for paper in in_effect if isinstance(paper, ElderlyRecipientCertificate)]
    newest = max(certificates, key=lambda paper: paper.valid_from or date.min, default=None)
    return newest.burden_ratio if newest else None


def _ratio_papers(case: Case) -> tuple[RatioPaper, ...]:
    return (
        *case.all_of(ElderlyRecipientCertificate),
        *case.all_of(EligibilityCertificate),
        *case.all_of(EligibilityNotice),
        *case.all_of(Portal),
    )


def _in_effect(paper: RatioPaper, on: date, group: AgeGroup, elderly_insurer: bool) -> bool:
    """Whether the ratio on `paper` counts today: inside its dates, and not before the holder's 70-years rule starts.

    The members of an insurer of 後期高齢 may be 65 and have no such rule: what its papers print counts at any age
    (reception.md §13b), but 高齢受給者証 is not one of them.
    """
    valid_from: date | None = getattr(paper, "valid_from", None)
    expires_on: date | None = getattr(paper, "expires_on", None)
    if (valid_from is not None and on < valid_from) or (expires_on is not None and expires_on < on):
        return False
    if group not in _BY_AGE:
        return True
    if isinstance(paper, ElderlyRecipientCertificate):
        return False
    return elderly_insurer if paper.insurer_number is None else paper.insurer_number.kind is InsurerKind.ELDERLY
