"""The decision: presented + answer + day + site → outcome, exactly as design.md §5 specifies it.

This module alone puts the row, the share and everything that follows together. It knows documents, dates and answers
in plain words, and nothing of the qualification messages: whoever feeds it translates. If it is wrong, the desk is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eligibility.case import (
    Answer,
    AskedBy,
    Case,
    Flag,
    Membership,
    Person,
    Site,
    Visit,
)
from eligibility.documents import (
    Certificate,
    Declaration,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    Identity,
    InsuranceCard,
    MynaCard,
    Portal,
)
from eligibility.outcome import Charge, ChargeKind, Outcome, OutcomeWord
from eligibility.policy_devices import is_under_one, registration_problem
from eligibility.policy_papers import documents_to_return, own_answer
from eligibility.policy_rows import first_fitting_row, way_through
from eligibility.policy_share import (
    AgeGroup,
    Share,
    age_group,
    of_elderly_insurer,
    recipient_certificate_is_issued,
    share,
)
from eligibility.policy_verdict import NUMBERS_QUERY, Passed, Verdict
from eligibility.rule_dates import STANDARD_RULES, Rules

__all__ = [
    "Answer",
    "AskedBy",
    "Case",
    "Charge",
    "ChargeKind",
    "Flag",
    "Membership",
    "Outcome",
    "OutcomeWord",
    "Person",
    "Rules",
    "Site",
    "Step",
    "Visit",
    "decide",
    "explain",
]

_WITHOUT_CHARGE = frozenset(
    {OutcomeWord.IDENTIFY, OutcomeWord.REQUERY, OutcomeWord.OFFER_REGISTRATION, OutcomeWord.NEED_CERTIFICATE}
)
_FALLBACKS = frozenset(
    {
        OutcomeWord.OK_MANUAL_PORTAL,
        OutcomeWord.OK_MANUAL_NOTICE,
        OutcomeWord.OK_VERBAL,
        OutcomeWord.OK_DECLARATION,
        OutcomeWord.OK_LENIENT,
        OutcomeWord.PENDING_4INFO,
    }
)
"""Accepted without what proves it fully: never in full."""
_CERTIFYING = frozenset({OutcomeWord.OK_CERTIFICATE, OutcomeWord.OK_OLD_CARD})


@dataclass(frozen=True, slots=True)
class Step:
    """One row on the way to a decision: whether it fits, and as words why (reasons where it fits)."""

    row: int
    fits: bool
    why: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """`{"row": 7, "fits": false, "why": ["no_outage"]}`."""
        return {"row": self.row, "fits": self.fits, "why": list(self.why)}


def explain(case: Case, rules: Rules = STANDARD_RULES) -> tuple[Step, ...]:
    """The way through the rows, from row 1 to the one that fits, which comes last."""
    return tuple(
        Step(step.row, False, step.why) if isinstance(step, Passed) else Step(step.row, True, step.reasons)
        for step in way_through(case, rules)
    )


def decide(case: Case, rules: Rules = STANDARD_RULES) -> Outcome:
    """What the visit comes to by the days of `rules`. Total: every case that could be constructed has an outcome."""
    verdict = first_fitting_row(case, rules)
    answer = own_answer(case)
    confirmed = answer if answer is not None and answer.validity == 1 else None
    charged = _charge(case, verdict, confirmed)
    charge = charged.charge if charged else None
    queue = _queue(case, verdict, answer)
    registration = _registration(case, verdict, rules)
    returns = documents_to_return(case, rules)
    asks = [*verdict.ask_for]
    if charge is not None and charge.kind is ChargeKind.ASK:
        asks += _asks_for_share(case, verdict, confirmed)
    if _holds_face_only_card(case):
        asks = [word for word in asks if word != Portal.document]
    return Outcome(
        outcome=verdict.outcome,
        row=verdict.row,
        charge=charge,
        consent="ask" if _consent_may_be_asked(case, verdict) else None,
        ask_for=tuple(dict.fromkeys(asks)),
        tell=_tell(case, verdict, charge, queue, registration, returns),
        queue=queue,
        registration=registration,
        returns=returns,
        reasons=(*verdict.reasons, *(charged.reasons if charged else ())),
    )


def _holds_face_only_card(case: Case) -> bool:
    """顔認証マイナンバーカード has no PIN and cannot log in to マイナポータル (reception.md §4)."""
    return any(card.face_only for card in case.all_of(MynaCard))


def _charge(case: Case, verdict: Verdict, confirmed: Answer | None) -> Share | None:
    if verdict.outcome in _WITHOUT_CHARGE:
        return None
    if case.site is Site.CHECKUP:
        return Share(Charge(ChargeKind.NONE), ("no_charge_at_checkup",))
    if case.visit is Visit.BOOKING:
        return Share(Charge(ChargeKind.NONE), ("no_charge_for_booking",))
    if verdict.outcome is OutcomeWord.NOT_CONFIRMED:
        return Share(Charge(ChargeKind.FULL), ("full_until_confirmed",))
    return share(case, confirmed, verdict.accepted, on_fallback=verdict.outcome in _FALLBACKS)


def _consent_may_be_asked(case: Case, verdict: Verdict) -> bool:
    """Only where the answer came by a card that is not in grace, and never for eligibility-only sites or bookings."""
    return (
        verdict.outcome is OutcomeWord.OK_ONLINE and case.site is not Site.LIMITED and case.visit is not Visit.BOOKING
    )


def _queue(case: Case, verdict: Verdict, answer: Answer | None) -> str | None:
    if verdict.outcome is OutcomeWord.PENDING_4INFO:
        return "four_items"
    nothing_found = answer is not None and answer.validity == 4
    if verdict.outcome in _CERTIFYING and (nothing_found or case.outage):
        return "recheck"
    confirmed = answer is not None and answer.validity == 1
    return "recheck" if verdict.row == 10 and not confirmed else None


def _registration(case: Case, verdict: Verdict, rules: Rules) -> str | None:
    """Registering is offered in rows 6 and 8; a refusal is kept, except where the card path is closed anyway."""
    unregistered = [device for device in case.devices if not device.registered]
    if verdict.row in (1, 2) or not unregistered:
        return None
    if all(device.registration_declined for device in unregistered):
        return "declined"
    # A phone only where row 8 could offer it; a card that cannot be read now may be registered elsewhere (S2).
    open_yet = any(
        isinstance(device, MynaCard) or not registration_problem(case, device, rules)
        for device in unregistered
        if not device.registration_declined
    )
    return "offer" if verdict.row in (6, 8) and open_yet else None


def _asks_for_share(case: Case, verdict: Verdict, confirmed: Answer | None) -> tuple[str, ...]:
    """What could still show the share, best first: never nothing, and never a paper that was shown without it."""
    has_numbers = isinstance(verdict.accepted, (EligibilityCertificate, EligibilityNotice, InsuranceCard))
    can_query = has_numbers and case.answer is None and not case.outage and not case.disaster
    # Whom 自己情報提供不可 protects cannot see the portal, and gets no お知らせ.
    refused = Flag.SELF_INFO_REFUSED in case.flags
    registered = [device for device in case.devices if device.registered and not refused]
    has_portal = bool(registered) and not _holds_face_only_card(case)
    seventies = age_group(case.birthdate, case.on) in {AgeGroup.SEVENTIES, AgeGroup.UNKNOWN}
    issued = recipient_certificate_is_issued(confirmed, verdict.accepted)
    candidates = {
        ElderlyRecipientCertificate.document: seventies and issued,
        NUMBERS_QUERY: can_query,
        Portal.document: has_portal and not case.all_of(Portal),
        EligibilityNotice.document: bool(registered) and not case.all_of(EligibilityNotice),
        EligibilityCertificate.document: not registered and not case.all_of(EligibilityCertificate),
    }
    found = tuple(word for word, useful in candidates.items() if useful)
    return found or (Declaration.document,)


def _tell(
    case: Case,
    verdict: Verdict,
    charge: Charge | None,
    queue: str | None,
    registration: str | None,
    returns: tuple[str, ...],
) -> tuple[str, ...]:
    """What the desk says or minds, most important first."""
    outcome = verdict.outcome
    kind = charge.kind if charge else None
    validity = case.answer.validity if case.answer else None
    hands_on_card = verdict.row == 10 or outcome is OutcomeWord.PENDING_4INFO
    cards = case.all_of(MynaCard)
    expired_cards = [card for card in cards if card.card_expires_on is not None and card.card_expires_on < case.on]
    card_identities = {card.identity for card in cards}
    says = {
        "not_full_charge": hands_on_card and kind in {ChargeKind.RATIO, ChargeKind.ASK},
        "four_items": outcome is OutcomeWord.PENDING_4INFO,
        "identity_by_card_face": hands_on_card and len(expired_cards) < len(cards) and not is_under_one(case),
        "expired_card_is_no_photo_id": bool(expired_cards),
        "spoken_consent": outcome is OutcomeWord.OK_DISASTER,
        "address_hidden": bool(case.flags),
        "certificate_without_application": outcome is OutcomeWord.NEED_CERTIFICATE,
        "register_here": registration == "offer",
        "ask_new_membership": validity in (2, 3),
        "number_not_at_insurer": validity == 4,
        "consent_not_in_grace": outcome is OutcomeWord.OK_ONLINE_LIMITED,
        "pin_reset_at_city_office": not card_identities.isdisjoint({Identity.PIN_LOCKED, Identity.PIN_FORGOTTEN}),
        "renew_certificate": any(device.certificate is not Certificate.VALID for device in case.devices),
        "settle_later": outcome is OutcomeWord.NOT_CONFIRMED and kind is ChargeKind.FULL,
        "special_treatment_refund": outcome is not OutcomeWord.NOT_CONFIRMED and kind is ChargeKind.FULL,
        "difference_refunded": kind is ChargeKind.ASK and charge is not None and charge.percent is not None,
        "bring_next_time": outcome is OutcomeWord.OK_LENIENT,
        "numbers_later": outcome in {OutcomeWord.OK_VERBAL, OutcomeWord.OK_DECLARATION},
        "elderly_insurer_expected": outcome is OutcomeWord.OK_OLD_CARD
        and age_group(case.birthdate, case.on) is AgeGroup.ELDERLY
        and not of_elderly_insurer(None, verdict.accepted),
        "recheck_by_numbers": queue == "recheck",
        "return_documents": bool(returns),
    }
    return tuple(word for word, applies in says.items() if applies)
