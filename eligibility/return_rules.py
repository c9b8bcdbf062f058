"""What becomes of a document that is no longer used: does it go back, to whom, or may its holder destroy it.

This module alone holds the return rules, per document and insurer. Which documents of a visit go back is the policy's
(`Outcome.returns`): what it names goes back by these rules too. If it is wrong, people travel to return a paper that
nobody wants, or destroy one that the insurer asks for. Facts: facts/reception.md §2.1, §2.8, §13b, S0, S1, S2, S3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from eligibility.documents import (
    DOCUMENT_TYPES,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    InsuranceCard,
)
from eligibility.errors import FieldError
from eligibility.insurer_profiles import InsurerProfile
from eligibility.rule_dates import OLD_CARD_UNTIL


class How(StrEnum):
    """What the holder does with the document."""

    BY_EMPLOYER = "by_employer"
    """Through the employer, who attaches it to the 資格喪失届."""
    IN_RETURN_ENVELOPE = "in_return_envelope"
    """In the envelope that came with it; the envelope is for nothing else (S2)."""
    WITH_VOLUNTARY_LOSS_FORM = "with_voluntary_loss_form"
    """任意継続: directly to 協会けんぽ, with the 任意継続被保険者資格喪失申出書 (S2)."""
    TO_SOCIETY = "to_society"
    TO_MUNICIPALITY = "to_municipality"
    TO_INSURER = "to_insurer"
    MAY_BE_DESTROYED = "may_be_destroyed"
    """自己破棄: no return is needed."""
    NOT_NEEDED = "not_needed"
    """No return is needed; that its holder may destroy it is not said (S1)."""
    KEEP = "keep"
    ASK_INSURER = "ask_insurer"
    """No source says."""


class Situation(StrEnum):
    """The cases that the rules tell apart."""

    OLD_CARD_LOST = "old_card_lost"
    """健康保険証 whose membership was lost by 2025-12-01."""
    OLD_CARD_OVER = "old_card_over"
    OLD_CARD_IN_USE = "old_card_in_use"
    CERTIFICATE_OLDER = "certificate_older"
    """The older of two 資格確認書, by 交付年月日."""
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_TOO_LATE = "certificate_too_late"
    """It arrived after the membership was lost."""
    CERTIFICATE_LOST = "certificate_lost"
    """The membership was lost inside its printed limit."""
    CERTIFICATE_IN_USE = "certificate_in_use"
    NOTICE = "notice"
    RECIPIENT_CERTIFICATE = "recipient_certificate"
    NO_PAPER_OF_THE_INSURER = "no_paper_of_the_insurer"


@dataclass(frozen=True, slots=True)
class Holding:
    """A document in somebody's hand on day `on`.

    `document` is its word. `lost`: the membership it names is known to have ended (資格喪失, the 75th birthday
    included); `lost_on` is the 資格喪失日, the first day without it, where that is known. `expired`: its printed limit
    has passed. `voluntary`: 任意継続. A copy is no document and has no rule.
    """

    document: str
    profile: InsurerProfile
    on: date
    lost: bool = False
    lost_on: date | None = None
    expired: bool = False
    older_of_two: bool = False
    voluntary: bool = False
    arrived_after_loss: bool = False

    @property
    def is_lost(self) -> bool:
        """Whether the membership is lost by `on`, however that is known."""
        known = self.lost_on is not None and self.lost_on <= self.on
        return self.lost or known or self.arrived_after_loss


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """What becomes of the document. `verified` is False where no source of that insurer says it."""

    situation: Situation
    goes_back: bool
    how: How
    sources: tuple[str, ...]
    verified: bool

    @property
    def is_without_employer(self) -> bool:
        """Whether it goes another way back than that of an employee: 任意継続."""
        return self.how in {How.WITH_VOLUNTARY_LOSS_FORM, How.TO_SOCIETY}

    def message_ids(self) -> tuple[str, ...]:
        """The situation, what to do, and how sure we are."""
        voluntary = ".voluntary" if self.is_without_employer and self.situation in _OF_VOLUNTARY else ""
        unsure = () if self.verified else ("return_rule.unverified",)
        return (f"return_rule.{self.situation.value}{voluntary}", f"return_rule.how.{self.how.value}", *unsure)


_OF_VOLUNTARY = frozenset({Situation.OLD_CARD_LOST, Situation.CERTIFICATE_LOST})
"""Where 任意継続 changes the way back, the situation names it."""
_STAYS = {
    Situation.OLD_CARD_OVER: How.MAY_BE_DESTROYED,
    Situation.OLD_CARD_IN_USE: How.KEEP,
    Situation.CERTIFICATE_EXPIRED: How.MAY_BE_DESTROYED,
    Situation.CERTIFICATE_IN_USE: How.KEEP,
    Situation.NOTICE: How.KEEP,
    Situation.RECIPIENT_CERTIFICATE: How.ASK_INSURER,
    Situation.NO_PAPER_OF_THE_INSURER: How.KEEP,
}
_STAYS_OTHERWISE = {
    (Situation.OLD_CARD_OVER, InsurerProfile.CHIBA_MEDICAL): How.NOT_NEEDED,
    (Situation.CERTIFICATE_EXPIRED, InsurerProfile.CHIBA_MEDICAL): How.NOT_NEEDED,
}
"""S1 says 返却の必要はありません and nothing of destroying."""
_IN_ENVELOPE = frozenset({Situation.CERTIFICATE_OLDER, Situation.CERTIFICATE_TOO_LATE})
_WAY_BACK = {
    InsurerProfile.KYOKAI: How.BY_EMPLOYER,
    InsurerProfile.CHIBA_MEDICAL: How.BY_EMPLOYER,
    InsurerProfile.COMPANY: How.BY_EMPLOYER,
    InsurerProfile.NATIONAL: How.TO_MUNICIPALITY,
    InsurerProfile.ELDERLY: How.TO_MUNICIPALITY,
    InsurerProfile.OTHER: How.TO_INSURER,
}
_WITHOUT_EMPLOYER = {
    InsurerProfile.KYOKAI: How.WITH_VOLUNTARY_LOSS_FORM,
    InsurerProfile.CHIBA_MEDICAL: How.TO_SOCIETY,
    InsurerProfile.COMPANY: How.TO_SOCIETY,
}
_EXPIRED_CARD = ("jcw.city.toda.saitama.jp: since 2021-10-15 what has expired may be destroyed, 国保 and 後期高齢",)
_SAID_BY: dict[tuple[Situation, InsurerProfile], tuple[str, ...]] = {
    (Situation.OLD_CARD_LOST, InsurerProfile.KYOKAI): ("S0", "S2", "S3"),
    (Situation.OLD_CARD_LOST, InsurerProfile.CHIBA_MEDICAL): ("S1",),
    (Situation.OLD_CARD_OVER, InsurerProfile.KYOKAI): ("S0", "S2", "S3"),
    (Situation.OLD_CARD_OVER, InsurerProfile.CHIBA_MEDICAL): ("S1",),
    (Situation.OLD_CARD_OVER, InsurerProfile.NATIONAL): _EXPIRED_CARD,
    (Situation.OLD_CARD_OVER, InsurerProfile.ELDERLY): _EXPIRED_CARD,
    (Situation.CERTIFICATE_OLDER, InsurerProfile.KYOKAI): ("S2",),
    (Situation.CERTIFICATE_EXPIRED, InsurerProfile.KYOKAI): ("S0", "S3"),
    (Situation.CERTIFICATE_EXPIRED, InsurerProfile.CHIBA_MEDICAL): ("S1",),
    (Situation.CERTIFICATE_EXPIRED, InsurerProfile.NATIONAL): ("faq.city.kobe.lg.jp/print/faq/1707",),
    (Situation.CERTIFICATE_TOO_LATE, InsurerProfile.KYOKAI): ("S2",),
    (Situation.CERTIFICATE_LOST, InsurerProfile.KYOKAI): ("S0", "S3"),
    (Situation.CERTIFICATE_LOST, InsurerProfile.CHIBA_MEDICAL): ("S1",),
    (Situation.NOTICE, InsurerProfile.KYOKAI): ("S0", "S3"),
    (Situation.NOTICE, InsurerProfile.CHIBA_MEDICAL): ("S1",),
}
"""Who says it of its own documents. Of the others, the same is taken and marked."""
_TAKEN_FROM_OTHERS = ("reception.md §2.1, §2.8",)
"""Members never return a notice; a certificate goes back inside its limit, the older of two too."""
_NEEDS_NO_SOURCE = frozenset(
    {Situation.OLD_CARD_IN_USE, Situation.CERTIFICATE_IN_USE, Situation.NO_PAPER_OF_THE_INSURER}
)


def return_rule(holding: Holding) -> ReturnRule:
    """What becomes of the document. An お知らせ never goes back.

    S3 counts the day of leaving work (退職) by 2025-12-01, S0, S1 and S2 that of 資格喪失, a day later: the latter is
    followed. S0 lets an old card be destroyed from 2025-12-02 on, S2 and S3 want one that was lost before all the same.

    Raises:
        FieldError: `return_rule.no_such_document` for a word that names none.
    """
    situation = _situation(holding)
    stays = _STAYS_OTHERWISE.get((situation, holding.profile)) or _STAYS.get(situation)
    how = stays or _way_back(situation, holding)
    sources = _SAID_BY.get((situation, holding.profile))
    # S2 speaks of 任意継続 for the 健康保険証 of 協会けんぽ only.
    says_it_of_voluntary = how is not How.WITH_VOLUNTARY_LOSS_FORM or situation is Situation.OLD_CARD_LOST
    known = sources is not None and how is not How.TO_SOCIETY and says_it_of_voluntary
    return ReturnRule(
        situation,
        goes_back=situation not in _STAYS,
        how=how,
        sources=sources or _TAKEN_FROM_OTHERS,
        verified=known or situation in _NEEDS_NO_SOURCE,
    )


def _situation(holding: Holding) -> Situation:
    match holding.document:
        case InsuranceCard.document:
            return _of_old_card(holding)
        case EligibilityCertificate.document:
            return _of_certificate(holding)
        case EligibilityNotice.document:
            return Situation.NOTICE
        case ElderlyRecipientCertificate.document:
            return Situation.RECIPIENT_CERTIFICATE
        case word if any(word == kind.document for kind in DOCUMENT_TYPES):
            return Situation.NO_PAPER_OF_THE_INSURER
        case _:
            raise FieldError("return_rule.no_such_document")


def _of_old_card(holding: Holding) -> Situation:
    if holding.is_lost and (holding.lost_on or holding.on) <= OLD_CARD_UNTIL.day:
        return Situation.OLD_CARD_LOST
    over = holding.expired or holding.on > OLD_CARD_UNTIL.day
    return Situation.OLD_CARD_OVER if over else Situation.OLD_CARD_IN_USE


def _of_certificate(holding: Holding) -> Situation:
    if holding.older_of_two:
        return Situation.CERTIFICATE_OLDER
    if holding.expired:
        return Situation.CERTIFICATE_EXPIRED
    if holding.arrived_after_loss:
        return Situation.CERTIFICATE_TOO_LATE
    return Situation.CERTIFICATE_LOST if holding.is_lost else Situation.CERTIFICATE_IN_USE


def _way_back(situation: Situation, holding: Holding) -> How:
    if situation in _IN_ENVELOPE and holding.profile is InsurerProfile.KYOKAI:
        return How.IN_RETURN_ENVELOPE
    ordinary = _WAY_BACK[holding.profile]
    return _WITHOUT_EMPLOYER.get(holding.profile, ordinary) if holding.voluntary else ordinary
