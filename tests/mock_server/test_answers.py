"""Which element of an answer says what, and what an answer keeps to itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from eligibility.calendar import JST
from eligibility.oqs.codec import from_json, from_xml, to_json, to_xml
from eligibility.oqs.codes import LimitConsent, ReferenceClassification
from eligibility.oqs.codes import QualificationValidity as Validity
from eligibility.oqs.messages import (
    QualificationConfirmSearchInfo,
    QualificationResult,
    ResultOfQualificationConfirmation,
)
from mock_server.answers import NOT_REGISTERED, SELF_INFO_REFUSED, Asked, card_obstacle, found, not_answered
from mock_server.consents import CONSENT_LIFE, ConsentRecord, UnknownItemError
from mock_server.findings import Finding, find_by_card
from mock_server.people import CONSENT_ITEMS, CardHolder, Limit, Person
from mock_server.personas import Persona, find_persona, load_personas

ON = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=JST)
INSTITUTION = "1312345678"
ALL = list(load_personas().values())


def by_card(on: date = ON, at: datetime = NOW, institution: str = INSTITUTION) -> Asked:
    return Asked(at, on, institution, ReferenceClassification.CARD)


def by_numbers(limit: LimitConsent = LimitConsent.NOT_GIVEN) -> Asked:
    query = QualificationConfirmSearchInfo(
        insurer_number="01139997",
        insured_identification_number="1",
        birthdate="19900101",
        limit_application_certificate_related_cons_flg=limit,
    )
    return Asked(NOW, ON, INSTITUTION, ReferenceClassification.INSURED_DATA, "0042", query)


def result(
    name: str | Person, asked: Asked | None = None, consent: ConsentRecord | None = None, number: str | None = None
) -> ResultOfQualificationConfirmation:
    person = find_persona(name).person if isinstance(name, str) else name
    asked = asked or by_card()
    message = found(asked, find_by_card(person, asked.on), consent=consent, reference_number=number)
    only = message.only_result
    assert only is not None
    return only


def agreed(*items: str, at: datetime = NOW) -> ConsentRecord:
    return ConsentRecord.given(at, items)


@pytest.mark.parametrize("persona", ALL, ids=lambda persona: persona.name)
@pytest.mark.parametrize("on", [ON, date(2020, 1, 1), date(2028, 2, 29), date(2040, 8, 1)], ids=str)
def test_an_answer_that_was_built_unchecked_is_one_that_would_be_read(persona: Persona, on: date) -> None:
    """Nothing in it is what a reader would refuse, and nothing is there that the element does not say."""
    for asked in (by_card(on), replace(by_numbers(LimitConsent.GIVEN), on=on)):
        finding = find_by_card(persona.person, on)
        message = found(asked, finding, None, agreed(*persona.person.consents), "カルテ0042")
        assert from_json(QualificationResult, to_json(message)) == message
        assert from_xml(QualificationResult, to_xml(message)) == message
        assert len(message.results) == (finding.membership is not None)


def test_header_and_query_repeat_the_question() -> None:
    message = found(by_numbers(), Finding(Validity.NONE_FOUND))
    header, body = message.message_header, message.message_body
    assert header.process_execution_time == "20261120093000"
    assert header.qualification_confirmation_date == "20261120"
    assert header.medical_institution_code == INSTITUTION
    assert header.arbitrary_file_identifier == "0042"
    assert body is not None
    assert body.qualification_confirm_search_info is not None
    assert body.qualification_validity is Validity.NONE_FOUND
    assert message.results == ()


def test_times_are_those_of_japan() -> None:
    at = NOW.astimezone(UTC)
    assert found(by_card(at=at), Finding(Validity.NONE_FOUND)).message_header.process_execution_time == "20261120093000"
    consented = result("taro", by_card(at=at), agreed("medicines", at=at))
    assert consented.pharmacists_info_cons_time == "20261120093000"


def test_a_refusal_is_an_error_with_a_code_and_a_sentence() -> None:
    body = not_answered(by_card(), NOT_REGISTERED).message_body
    assert body is not None
    assert (body.processing_result_code, body.qualification_validity) == (NOT_REGISTERED, None)
    assert body.processing_result_message


def test_what_keeps_a_genuine_card_from_an_answer() -> None:
    taro, kakure = find_persona("taro").person, find_persona("kakure").person
    assert card_obstacle(CardHolder(taro, registered=True)) is None
    assert card_obstacle(CardHolder(taro, registered=False)) == NOT_REGISTERED
    assert card_obstacle(CardHolder(kakure, registered=False)) == SELF_INFO_REFUSED
    assert card_obstacle(CardHolder(kakure, registered=True)) == SELF_INFO_REFUSED


# ── the person ──


def test_what_a_person_lacks_is_absent() -> None:
    ume = result("ume")
    assert (ume.insured_card_symbol, ume.insured_branch_number, ume.disqualification_date, ume.sex2) == (None,) * 4
    assert ume.insured_partial_contribution_ratio == "010"
    assert result("niko").insured_branch_number is None
    assert result("niko").insured_card_symbol == "31"


def test_other_names_and_the_sex_on_the_back_are_told() -> None:
    maria = result("maria")
    assert (maria.name_of_other, maria.name_of_other_kana) == ("見本　まりあ", "ﾐﾎﾝ ﾏﾘｱ")
    jieikan = result("jieikan")
    assert (jieikan.sex1, jieikan.sex2, jieikan.insured_card_classification) == ("3", "2", "07")


def test_a_loss_is_told_from_its_day_on() -> None:
    before = result("nanajugo", by_card(date(2027, 1, 14)))
    assert (before.disqualification_date, before.reason_of_loss) == (None, None)
    old = find_persona("kenta").person
    ended = found(by_card(), find_by_card(old, ON)).only_result
    assert ended is not None
    assert (ended.disqualification_date, ended.reason_of_loss) == ("20261001", "99")


def test_the_elderly_recipient_certificate_is_renewed_every_1_august_and_ends_with_the_day_before_75() -> None:
    def paper(on: date) -> tuple[str | None, str | None] | None:
        info = result("kiyoshi", by_card(on)).elderly_recipient_certificate_info
        if info is None:
            return None
        return info.elderly_recipient_valid_start_date, info.elderly_recipient_valid_end_date

    assert paper(date(2026, 4, 30)) is None
    assert paper(date(2026, 5, 1)) == ("20260501", "20260731")
    assert paper(date(2026, 8, 1)) == ("20260801", "20270731")
    assert paper(date(2031, 4, 11)) == ("20300801", "20310411")
    assert paper(date(2031, 4, 12)) is None


def test_before_school_is_told_up_to_its_last_day() -> None:
    assert result("kazumi", by_card(date(2028, 3, 31))).preschool_classification == "1"
    assert result("kazumi", by_card(date(2028, 4, 1))).preschool_classification is None


def test_the_form_of_the_prescription_is_told_to_a_card_only() -> None:
    person = find_persona("kyohi").person
    for asked, expected in ((by_card(), "1"), (by_numbers(), None)):
        body = found(asked, find_by_card(person, ON)).message_body
        assert body is not None
        assert body.prescription_issue_select == expected


def test_the_institutions_own_number_is_told_where_there_is_one() -> None:
    assert result("taro", number="カルテ0042").reference_number == "カルテ0042"
    assert result("taro").reference_number is None


# ── addresses that are protected (reception.md §7) ──


@pytest.mark.parametrize(
    ("name", "card_has_it", "numbers_have_it"),
    [("taro", True, True), ("fukaiji", True, False), ("kakure", False, False)],
)
def test_a_protected_address_is_withheld(name: str, card_has_it: bool, numbers_have_it: bool) -> None:
    for asked, has_it in ((by_card(), card_has_it), (by_numbers(), numbers_have_it)):
        told = result(name, asked)
        assert (told.address is not None) is has_it
        assert (told.post_number is not None) is has_it
        assert told.name is not None


# ── 限度額 (reception.md §1, §4) ──


def test_a_card_gives_the_limit_without_a_consent() -> None:
    told = result("kazuo")
    info = told.limit_application_certificate_related_info
    assert told.limit_application_certificate_related_cons_flg == "1"
    assert info is not None
    assert info.limit_application_certificate_classification == "01"
    assert info.limit_application_certificate_classification_flag == "A03"
    assert info.limit_application_certificate_valid_start_date == "20260801"
    assert info.limit_application_certificate_valid_end_date == "20270731"
    assert info.limit_application_certificate_long_term_date is None


def test_before_2024_10_07_a_card_gave_it_after_a_consent_only() -> None:
    person = find_persona("kazuo").person
    own = replace(person.memberships[0], limit=Limit("01", "A03", date(2024, 8, 1)))
    person = replace(person, memberships=(own,))
    for on, consent, given in (
        (date(2024, 10, 6), None, False),
        (date(2024, 10, 6), agreed("medicines"), True),
        (date(2024, 10, 7), None, True),
    ):
        told = result(person, by_card(on), consent)
        assert told.limit_application_certificate_related_cons_flg == ("1" if given else "0")
        assert (told.limit_application_certificate_related_info is not None) is given


@pytest.mark.parametrize("flag", list(LimitConsent))
def test_a_query_by_numbers_gives_the_limit_where_its_flag_says_so(flag: LimitConsent) -> None:
    told = result("kazuo", by_numbers(flag))
    given = flag is LimitConsent.GIVEN
    assert told.limit_application_certificate_related_cons_flg == flag.value
    assert (told.limit_application_certificate_related_cons_time is not None) is given
    assert (told.limit_application_certificate_related_info is not None) is given


def test_a_limit_that_has_not_begun_or_is_over_is_not_told() -> None:
    def has_one(on: date) -> bool:
        return result("nanasoji", by_card(on)).limit_application_certificate_related_info is not None

    assert [has_one(date(2026, 11, 30)), has_one(date(2026, 12, 1)), has_one(date(2031, 11, 30))] == [False, True, True]
    assert not has_one(date(2031, 12, 1))


def test_long_term_care_is_told_with_the_limit() -> None:
    info = result("hokke").limit_application_certificate_related_info
    assert info is not None
    assert info.limit_application_certificate_long_term_date == "20260901"


# ── consents (online-qualification.md §2.3, rows 30–45) ──


def test_without_a_consent_there_is_no_flag() -> None:
    told = result("toseki")
    assert told.pharmacists_info_cons_flg is None
    assert told.specific_diseases_certificate_related_cons_flg is None
    assert told.specific_diseases_certificate_list is None


def test_what_was_agreed_to_is_available_for_a_day() -> None:
    told = result("toseki", consent=agreed("medicines", "specific_diseases"))
    assert told.pharmacists_info_cons_flg == "1"
    assert told.pharmacists_info_cons_time == "20261120093000"
    assert told.pharmacists_info_available_time == "20261121093000"
    assert told.diagnosis_info_cons_flg == told.operation_info_cons_flg == "0"
    assert told.specific_health_checkups_info_cons_flg == "0"
    assert told.specific_health_checkups_info_cons_time is None
    assert told.specific_diseases_certificate_related_cons_flg == "1"
    assert told.specific_diseases_certificate_list is not None
    [disease] = told.specific_diseases_certificate_list.certificates
    assert (disease.specific_diseases_disease_category, disease.specific_diseases_self_pay) == ("1", "20000")


def test_a_consent_that_is_over_says_so_and_gives_nothing() -> None:
    yesterday = agreed(*CONSENT_ITEMS, at=NOW - CONSENT_LIFE)
    told = result("toseki", consent=yesterday)
    assert told.pharmacists_info_cons_flg == told.specific_diseases_certificate_related_cons_flg == "2"
    assert told.specific_diseases_certificate_list is None
    a_moment_earlier = by_card(at=NOW - timedelta(seconds=1))
    assert result("toseki", a_moment_earlier, yesterday).specific_diseases_certificate_list is not None


def test_a_refusal_keeps_the_disease_to_itself_and_the_answer_valid() -> None:
    refused = agreed(*find_persona("kyohi").person.consents)
    message = found(by_card(), find_by_card(find_persona("kyohi").person, ON), consent=refused)
    assert message.is_valid
    assert message.only_result is not None
    assert message.only_result.specific_diseases_certificate_related_cons_flg == "0"
    assert message.only_result.specific_diseases_certificate_list is None


def test_a_query_by_numbers_is_told_of_no_consent() -> None:
    """Consents belong to the card (reception.md §6.7)."""
    told = result("toseki", by_numbers(), agreed(*CONSENT_ITEMS))
    assert told.pharmacists_info_cons_flg is None
    assert told.specific_diseases_certificate_list is None


def test_nobody_can_agree_to_something_unknown() -> None:
    with pytest.raises(UnknownItemError) as refusal:
        agreed("medicines", "everything")
    assert refusal.value.known == CONSENT_ITEMS


# ── 医療扶助 ──


def test_tickets_are_those_of_the_month_for_the_institution_that_asks() -> None:
    told = result("hogo", by_card(date(2027, 2, 3)))
    assert told.insured_card_classification == "A1"
    assert told.public_expense_result_list is not None
    first, second = told.public_expense_result_list.tickets
    assert (first.ticket_type, second.ticket_type) == ("01", "02")
    assert (first.medical_ticket_valid_date, first.medical_ticket_expiration_date) == ("20270201", "20270228")
    assert first.medical_treatment_month == "202702"
    assert (first.designated_medical_institution_code, first.designated_medical_institution_flag) == (INSTITUTION, "1")
    assert (first.injury_name1, first.injury_name2, first.injury_name3) == ("高血圧症（見本）", "腰痛症（見本）", None)
    assert first.self_pay_amount == "0"


def test_a_ticket_for_another_institution_says_so() -> None:
    person = find_persona("hogo").person
    own = person.memberships[0]
    elsewhere = replace(own, tickets=(replace(own.tickets[0], institution_code="9999999999"),))
    lists = result(replace(person, memberships=(elsewhere,))).public_expense_result_list
    assert lists is not None
    assert lists.tickets[0].designated_medical_institution_flag == "0"


def test_tickets_stand_beside_an_insurance_that_they_top_up() -> None:
    person = find_persona("hogo").person
    insured = find_persona("taro").person.memberships[0]
    both = replace(person, memberships=(person.memberships[0], insured))
    told = result(both)
    assert told.insurer_number == "01139997"
    assert told.public_expense_result_list is not None
    assert result("taro").public_expense_result_list is None
