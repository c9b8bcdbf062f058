"""One qualification of one person as `ResultOfQualificationConfirmation`: which element says what.

Items that a person does not have are absent, never empty (online-qualification.md §1.3, §2.3). Elements are built
without validating them again: the values are ours, and a test validates those of every persona. What breaks if wrong:
a レセコン or a counter reads another insurer, number, share or limit than the person has, or an address that is
protected.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from eligibility.calendar import elderly_from, preschool_until, seventy_rule_from
from eligibility.oqs.codes import LimitConsent, PreschoolClassification
from eligibility.oqs.messages import (
    ElderlyRecipientCertificateInfo,
    LimitApplicationCertificateRelatedInfo,
    MedicalTicketInfo,
    PublicExpenseResultList,
    ResultOfQualificationConfirmation,
    SpecificDiseasesCertificateInfo,
    SpecificDiseasesCertificateList,
)
from eligibility.oqs.values import date_text, ratio_text, time_text
from mock_server.consents import ConsentRecord
from mock_server.people import MEDICAL_ASSISTANCE, Limit, MedicalTicket, Membership, Person, SpecificDisease

LIMIT_WITHOUT_CONSENT_FROM = date(2024, 10, 7)
"""From this day the card gives 限度額 without asking: it is part of the eligibility answer (reception.md §1, §4)."""
_ITEM_TAGS = (
    ("checkups", "specific_health_checkups_info"),
    ("medicines", "pharmacists_info"),
    ("diagnosis", "diagnosis_info"),
    ("operation", "operation_info"),
)
_INSTITUTION_MATCHES = {True: "1", False: "0"}


def result_of(
    person: Person,
    own: Membership,
    *,
    on: date,
    at: datetime,
    institution: str,
    by_card: bool,
    limit_wanted: bool,
    consent: ConsentRecord | None,
    reference_number: str | None,
) -> ResultOfQualificationConfirmation:
    """What is told about a person and one membership on the day `on`, asked at the moment `at` (Japanese time).

    `limit_wanted`: 限度額 was agreed to, by the flag of a query by numbers. `consent` is that of a visit with the card;
    None where nobody was asked (then no …ConsFlg stands in the answer).
    """
    values: dict[str, Any] = {
        "insured_card_classification": own.card_class,
        "insurer_number": own.insurer_number,
        "insured_identification_number": own.number,
        "personal_family_classification": own.family,
        "insured_name": own.holder_name or person.name,
        "name": person.name,
        "name_kana": person.kana,
        "sex1": person.sex,
        "birthdate": date_text(person.birthdate),
        "qualification_date": date_text(own.qualified_on),
        "insured_card_valid_date": date_text(own.qualified_on),
        "insurer_name": own.insurer_name,
    }
    values.update(_only_present(person, own, on, reference_number))
    if not _address_is_hidden(person, by_card=by_card):
        values["address"] = person.address
        values["post_number"] = person.post_number
    if own.burden_ratio is not None:
        values["insured_partial_contribution_ratio"] = ratio_text(own.burden_ratio)
    if on <= preschool_until(person.birthdate):
        values["preschool_classification"] = PreschoolClassification.PRESCHOOL.value
    if (paper := _elderly_paper(person.birthdate, own, on)) is not None:
        values["elderly_recipient_certificate_info"] = paper
    values.update(_limit(own.limit, on, at, consent, by_card=by_card, wanted=limit_wanted))
    if consent is not None:
        values.update(_consented(own, on, at, consent))
    if (tickets := _tickets(person, on, institution)) is not None:
        values["public_expense_result_list"] = tickets
    return ResultOfQualificationConfirmation.model_construct(**values)


def _only_present(person: Person, own: Membership, on: date, reference_number: str | None) -> dict[str, str]:
    """Texts and days that a person may lack. A loss is told from its day on."""
    ended = own.has_ended(on)
    texts = {
        "insured_card_symbol": own.symbol,
        "insured_branch_number": own.branch,
        "reason_of_loss": own.reason_of_loss if ended else "",
        "name_of_other": person.name_of_other,
        "name_of_other_kana": person.kana_of_other,
        "sex2": person.sex2,
        "reference_number": reference_number,
    }
    days = {
        "disqualification_date": own.lost_on if ended else None,
        "insured_certificate_issuance_date": own.issued_on,
        "insured_card_expiration_date": own.valid_until,
    }
    present = {name: text for name, text in texts.items() if text}
    return present | {name: date_text(day) for name, day in days.items() if day is not None}


def _address_is_hidden(person: Person, *, by_card: bool) -> bool:
    """The two protections of reception.md §7: one always hides it, the other from a query by numbers.

    That the second lets the card have it is our reading: the source speaks of checks by numbers only.
    """
    return person.self_info_refused or (person.undisclosed and not by_card)


def _yearly(first: date, last: date | None, on: date) -> tuple[date, date] | None:
    """First and last day of a paper in effect on `on` that is renewed every 1 August; None where none is."""
    if on < first or (last is not None and last < on):
        return None
    renewed = date(on.year if (on.month, on.day) >= (8, 1) else on.year - 1, 8, 1)
    end = date(renewed.year + 1, 7, 31)
    return max(first, renewed), end if last is None else min(last, end)


def _elderly_paper(birthdate: date, own: Membership, on: date) -> ElderlyRecipientCertificateInfo | None:
    """The 高齢受給者証 in effect on `on`: from the month 70 counts to the day before 75, renewed every 1 August."""
    if own.elderly_ratio is None:
        return None
    period = _yearly(seventy_rule_from(birthdate), elderly_from(birthdate) - timedelta(days=1), on)
    if period is None:
        return None
    first, last = period
    return ElderlyRecipientCertificateInfo.model_construct(
        elderly_recipient_certificate_date=date_text(first),
        elderly_recipient_valid_start_date=date_text(first),
        elderly_recipient_valid_end_date=date_text(last),
        elderly_recipient_contribution_ratio=ratio_text(own.elderly_ratio),
    )


def _limit(
    limit: Limit | None, on: date, at: datetime, consent: ConsentRecord | None, *, by_card: bool, wanted: bool
) -> Iterator[tuple[str, Any]]:
    """限度額: by numbers where its flag says so; by card always, and before 2024-10-07 after a consent.

    That the answer to a card carries the flag 1 although nobody is asked any more is our reading.
    """
    given = (on >= LIMIT_WITHOUT_CONSENT_FROM or consent is not None) if by_card else wanted
    flag = LimitConsent.GIVEN if given else LimitConsent.NOT_GIVEN
    yield "limit_application_certificate_related_cons_flg", flag.value
    if not given:
        return
    yield "limit_application_certificate_related_cons_time", time_text(at)
    period = None if limit is None else _yearly(limit.valid_from, limit.valid_until, on)
    if limit is None or period is None:
        return
    first, last = period
    values: dict[str, Any] = {
        "limit_application_certificate_classification": limit.classification,
        "limit_application_certificate_classification_flag": limit.flag,
        "limit_application_certificate_date": date_text(first),
        "limit_application_certificate_valid_start_date": date_text(first),
        "limit_application_certificate_valid_end_date": date_text(last),
    }
    if limit.long_term_on is not None and limit.long_term_on <= on:
        values["limit_application_certificate_long_term_date"] = date_text(limit.long_term_on)
    yield (
        "limit_application_certificate_related_info",
        LimitApplicationCertificateRelatedInfo.model_construct(**values),
    )


def _consented(own: Membership, on: date, at: datetime, consent: ConsentRecord) -> Iterator[tuple[str, Any]]:
    """The …ConsFlg of every item, its time where it was agreed to, and 特定疾病 while that is agreed to."""
    since, until = time_text(consent.at.astimezone(at.tzinfo)), time_text(consent.expires_at.astimezone(at.tzinfo))
    yield "specific_diseases_certificate_related_cons_flg", consent.state("specific_diseases", at).value
    if "specific_diseases" in consent.agreed:
        yield "specific_diseases_certificate_related_cons_time", since
    if consent.covers("specific_diseases", at):
        certificates = tuple(_disease(disease) for disease in own.diseases if _in_effect(disease, on))
        if certificates:
            yield (
                "specific_diseases_certificate_list",
                SpecificDiseasesCertificateList.model_construct(certificates=certificates),
            )
    for item, tag in _ITEM_TAGS:
        yield f"{tag}_cons_flg", consent.state(item, at).value
        if item in consent.agreed:
            yield f"{tag}_cons_time", since
            yield f"{tag}_available_time", until


def _in_effect(disease: SpecificDisease, on: date) -> bool:
    return disease.valid_from <= on and (disease.valid_until is None or on <= disease.valid_until)


def _disease(disease: SpecificDisease) -> SpecificDiseasesCertificateInfo:
    values: dict[str, Any] = {
        "specific_diseases_disease_category": disease.category,
        "specific_diseases_certificate_date": date_text(disease.valid_from),
        "specific_diseases_valid_start_date": date_text(disease.valid_from),
        "specific_diseases_self_pay": str(disease.self_pay),
    }
    if disease.valid_until is not None:
        values["specific_diseases_valid_end_date"] = date_text(disease.valid_until)
    return SpecificDiseasesCertificateInfo.model_construct(**values)


def _tickets(person: Person, on: date, institution: str) -> PublicExpenseResultList | None:
    """The 医療券・調剤券 of a current 医療扶助, also beside an insurance that it tops up."""
    tickets = tuple(
        _ticket(ticket, on, institution)
        for own in person.memberships
        if own.card_class == MEDICAL_ASSISTANCE and own.is_current(on)
        for ticket in own.tickets
    )
    return PublicExpenseResultList.model_construct(tickets=tickets) if tickets else None


def _ticket(ticket: MedicalTicket, on: date, institution: str) -> MedicalTicketInfo:
    """The ticket of the month of `on`: they are issued month by month."""
    last = on.replace(day=monthrange(on.year, on.month)[1])
    code = ticket.institution_code or institution
    values: dict[str, Any] = {
        "ticket_type": ticket.ticket_type,
        "medical_ticket_valid_date": date_text(on.replace(day=1)),
        "medical_ticket_expiration_date": date_text(last),
        "issue_number": ticket.issue_number,
        "medical_treatment_month": date_text(on)[:6],
        "designated_medical_institution_code": code,
        "designated_medical_institution_flag": _INSTITUTION_MATCHES[code == institution],
        "designated_medical_institution_name": ticket.institution_name,
        "medical_treatment_type": ticket.treatment_type,
        "self_pay_amount": str(ticket.self_pay),
        "district_contact_name": ticket.district_contact,
        "handling_contact_name": ticket.handling_contact,
        "single_or_combined_use": ticket.combined_use,
        **{f"injury_name{place}": injury for place, injury in enumerate(ticket.injuries, 1)},
        **{f"remarks{place}": remark for place, remark in enumerate(ticket.remarks, 1)},
    }
    return MedicalTicketInfo.model_construct(**{name: text for name, text in values.items() if text})
