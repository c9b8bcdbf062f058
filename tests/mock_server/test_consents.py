"""同意: what is agreed to, how long, by which visit; and that later answers carry it (online-qualification.md §2.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eligibility.oqs.codes import Consent
from mock_server.consents import COVERED, ConsentRecord, UnknownItemError, agreed_to
from mock_server.errors import QualificationError, Refusal
from mock_server.issuer import TestAuthority
from mock_server.people import CONSENT_ITEMS
from mock_server.registry import tables
from mock_server.registry.ledger import Ledger
from mock_server.service import QualificationService
from tests.mock_server.clinic import Clinic, refusal_of, told
from tests.mock_server.conftest import TODAY, Clock
from tests.mock_server.paper_queries import numbers_of

DAY = timedelta(hours=24)
FLAGS = {
    "checkups": "SpecificHealthCheckupsInfo",
    "medicines": "PharmacistsInfo",
    "diagnosis": "DiagnosisInfo",
    "operation": "OperationInfo",
    "specific_diseases": "SpecificDiseasesCertificateRelated",
}


@pytest.fixture
def clinic(ledger: Ledger, service: QualificationService, authority: TestAuthority) -> Clinic:
    return Clinic(ledger, service, authority)


def flags(clinic: Clinic, persona: str = "taro") -> dict[str, str]:
    """The …ConsFlg of the next card answer, by item; those that it has."""
    elements = told(clinic.card(persona).message)
    return {item: elements[f"{tag}ConsFlg"] for item, tag in FLAGS.items() if f"{tag}ConsFlg" in elements}


# ── what was said ──


def test_what_was_not_answered_was_not_agreed_to() -> None:
    assert agreed_to({"medicines": "given", "checkups": "declined"}) == {"medicines"}


def test_the_comprehensive_consent_is_all_of_the_history() -> None:
    assert agreed_to({"comprehensive": "given"}) == set(COVERED)
    assert agreed_to({"comprehensive": "given", "specific_diseases": "given"}) == set(CONSENT_ITEMS)


def test_whoever_declines_the_comprehensive_consent_is_asked_about_each() -> None:
    assert agreed_to({"comprehensive": "declined", "medicines": "given"}) == {"medicines"}


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"genes": "given"},
        {"medicines": "maybe"},
        {"comprehensive": "given", "operation": "declined"},
    ],
)
def test_answers_that_make_no_sense_are_refused(answers: dict[str, str]) -> None:
    with pytest.raises(QualificationError) as refused:
        agreed_to(answers)
    assert refused.value.refusal is Refusal.CONSENT_ITEMS
    assert "genes" not in str(refused.value.params)


def test_a_record_knows_only_items_there_are() -> None:
    with pytest.raises(UnknownItemError):
        ConsentRecord.given(TODAY, {"genes"})


@pytest.mark.parametrize(
    ("later", "state"),
    [
        (timedelta(), Consent.GIVEN),
        (DAY - timedelta(seconds=1), Consent.GIVEN),
        (DAY, Consent.EXPIRED),
    ],
)
def test_a_consent_counts_for_a_day(later: timedelta, state: Consent) -> None:
    record = ConsentRecord.given(TODAY, {"medicines"})
    assert record.state("medicines", TODAY + later) is state
    assert record.covers("medicines", TODAY + later) is (state is Consent.GIVEN)
    assert record.state("operation", TODAY + later) is Consent.NOT_GIVEN


# ── at the counter ──


def test_a_consent_is_told_by_later_card_answers_and_not_by_the_first(clinic: Clinic) -> None:
    first = clinic.card("taro")
    assert not any(f"{tag}ConsFlg" in told(first.message) for tag in FLAGS.values())
    record = clinic.consent(first.visit, medicines="given", checkups="declined")
    assert (record.at, record.expires_at) == (TODAY, TODAY + DAY)
    assert flags(clinic) == {
        "checkups": "0",
        "medicines": "1",
        "diagnosis": "0",
        "operation": "0",
        "specific_diseases": "0",
    }
    elements = told(clinic.card("taro").message)
    assert elements["PharmacistsInfoConsTime"] == "20261120090000"
    assert elements["PharmacistsInfoAvailableTime"] == "20261121090000"
    assert "DiagnosisInfoConsTime" not in elements


def test_after_a_day_the_answers_say_that_it_expired(clinic: Clinic, clock: Clock) -> None:
    clinic.consent(clinic.card("taro").visit, comprehensive="given")
    clock.at = TODAY + DAY
    assert flags(clinic) == {**dict.fromkeys(COVERED, "2"), "specific_diseases": "0"}


def test_the_same_consent_again_changes_nothing(clinic: Clinic, clock: Clock) -> None:
    visit = clinic.card("taro").visit
    first = clinic.consent(visit, medicines="given")
    clock.at = TODAY + timedelta(minutes=5)
    assert clinic.consent(visit, medicines="given", operation="declined") == first
    assert len(clinic.rows(tables.consent)) == 1
    assert [row.outcome for row in clinic.exchanges()[1:]] == ["consent:kept", "consent:unchanged"]


def test_another_consent_for_the_same_visit_needs_the_word_that_the_patient_changed_it(clinic: Clinic) -> None:
    visit = clinic.card("taro").visit
    clinic.consent(visit, medicines="given")
    assert refusal_of(lambda: clinic.consent(visit, medicines="declined")) is Refusal.CONSENT_CHANGED
    assert flags(clinic)["medicines"] == "1"
    clinic.consent(visit, medicines="declined", replace=True)
    assert flags(clinic)["medicines"] == "0"
    assert len(clinic.rows(tables.consent)) == 1


def test_the_newest_visit_counts(clinic: Clinic) -> None:
    clinic.consent(clinic.card("taro").visit, medicines="given")
    second = clinic.card("taro").visit
    clinic.consent(second, medicines="declined")
    assert flags(clinic)["medicines"] == "0"
    assert len(clinic.rows(tables.consent)) == 2


def test_a_consent_changed_in_an_older_visit_is_the_newest(clinic: Clinic) -> None:
    first, second = clinic.card("taro").visit, clinic.card("taro").visit
    clinic.consent(first, medicines="declined")
    clinic.consent(second, medicines="declined")
    clinic.consent(first, medicines="given", replace=True)
    assert flags(clinic)["medicines"] == "1"


def test_no_consent_is_taken_in_the_grace_period_of_the_certificate(clinic: Clinic) -> None:
    """reception.md §4: in grace only the qualification is answered."""
    answer = clinic.card("hamazuka")
    assert (answer.certificate_state, answer.message.is_valid) == ("grace", True)
    assert refusal_of(lambda: clinic.consent(answer.visit, medicines="given")) is Refusal.CONSENT_GRACE
    assert clinic.rows(tables.consent) == []


@pytest.mark.parametrize("persona", ["kenta", "mayu", "shiro", "kakure"])
def test_no_consent_is_taken_where_the_answer_was_not_valid(clinic: Clinic, persona: str) -> None:
    answer = clinic.card(persona)
    assert not answer.message.is_valid
    assert refusal_of(lambda: clinic.consent(answer.visit, medicines="given")) is Refusal.CONSENT_NOT_ELIGIBLE


def test_the_limit_is_told_without_any_consent(clinic: Clinic) -> None:
    """限度額: not asked since 2024-10-07 (reception.md §4)."""
    elements = told(clinic.card("toseki").message)
    assert elements["LimitApplicationCertificateRelatedConsFlg"] == "1"
    assert "LimitApplicationCertificateRelatedInfo" in elements


def test_the_disease_certificate_is_told_only_after_a_consent_to_it(clinic: Clinic) -> None:
    answer = clinic.card("toseki")
    assert "SpecificDiseasesCertificateList" not in told(answer.message)
    clinic.consent(answer.visit, specific_diseases="given")
    assert "SpecificDiseasesCertificateList" in told(clinic.card("toseki").message)


@pytest.mark.parametrize("method", ["face", "visual"])
def test_a_visit_by_face_or_by_looking_takes_a_consent_too(clinic: Clinic, method: str) -> None:
    answer = clinic.attested("taro", method)
    assert not answer.possession_proven
    clinic.consent(answer.visit, medicines="given")
    assert flags(clinic)["medicines"] == "1"


def test_answers_to_numbers_say_nothing_of_consents(clinic: Clinic) -> None:
    clinic.consent(clinic.card("taro").visit, medicines="given")
    caller, query = clinic.caller, numbers_of("taro")
    message = clinic.do(lambda tx: clinic.service.check_by_numbers(tx, caller, query))
    assert not any(f"{tag}ConsFlg" in told(message) for tag in FLAGS.values())


def test_a_consent_stays_with_institution_and_run(clinic: Clinic) -> None:
    visit = clinic.card("taro").visit
    clinic.consent(visit, medicines="given")
    for stranger in (clinic.elsewhere(), clinic.in_run("one")):
        assert flags(stranger) == {}
    assert refusal_of(lambda: clinic.elsewhere().consent(visit, medicines="given")) is Refusal.VISIT_OTHER_INSTITUTION
    assert refusal_of(lambda: clinic.in_run("one").consent(visit, medicines="given")) is Refusal.VISIT_OTHER_RUN


def test_one_patients_consent_is_not_anothers(clinic: Clinic) -> None:
    clinic.consent(clinic.card("taro").visit, medicines="given")
    assert flags(clinic, "hanako") == {}


def test_a_refused_consent_is_an_exchange_with_its_reason(clinic: Clinic) -> None:
    assert refusal_of(lambda: clinic.consent("", medicines="given")) is Refusal.VISIT_MISSING
    (row,) = clinic.exchanges()
    assert (row.call, row.outcome, row.person) == ("consent", "MOCK-VISIT-MISSING", "")


def test_a_kept_consent_is_an_exchange_with_every_answer(clinic: Clinic) -> None:
    clinic.consent(clinic.card("taro").visit, medicines="given")
    row = clinic.exchanges()[-1]
    assert (row.outcome, row.person) == ("consent:kept", "taro")
    assert row.request == (
        '{"specific_diseases":"declined","checkups":"declined","medicines":"given",'
        '"diagnosis":"declined","operation":"declined"}'
    )
