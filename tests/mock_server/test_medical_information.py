"""薬剤情報 and 特定健診情報: nothing without the patient's consent, to this institution, in this run, today."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from eligibility.oqs.codec import from_xml, to_xml
from eligibility.oqs.medical_information import HealthCheckupsResult, MedicinesResult
from mock_server.errors import QualificationError, Refusal
from mock_server.issuer import TestAuthority
from mock_server.medical_information import refused
from mock_server.personas import load_personas
from mock_server.registry.ledger import Ledger
from mock_server.service import QualificationService
from tests.mock_server.clinic import Clinic, checkups_request, medicines_request, refusal_of
from tests.mock_server.conftest import TODAY, Clock

PATIENT = "toseki"


@pytest.fixture
def clinic(ledger: Ledger, service: QualificationService, authority: TestAuthority) -> Clinic:
    return Clinic(ledger, service, authority)


@pytest.fixture
def agreed(clinic: Clinic) -> Clinic:
    """The clinic after the patient has agreed to everything."""
    clinic.consent(clinic.card(PATIENT).visit, comprehensive="given")
    return clinic


def names(clinic: Clinic, first: str | None = None, last: str | None = None) -> list[str]:
    answer = clinic.medicines(PATIENT, first, last)
    assert isinstance(answer, MedicinesResult)
    assert answer.is_done
    return [medicine.medicine_name for medicine in answer.medicines]


def test_after_a_consent_the_medicines_are_told(agreed: Clinic) -> None:
    assert sorted(names(agreed)) == sorted(one.name for one in load_personas()[PATIENT].person.medicines)


def test_only_the_months_that_were_asked_for_are_told(agreed: Clinic) -> None:
    medicines = load_personas()[PATIENT].person.medicines
    october = {one.name for one in medicines if (one.dispensed_on.year, one.dispensed_on.month) == (2026, 10)}
    assert october
    assert len(october) < len(medicines)
    assert set(names(agreed, "202610", "202610")) == october
    assert names(agreed, "199001", "199012") == []


def test_months_in_the_wrong_order_are_refused(agreed: Clinic) -> None:
    assert refusal_of(lambda: agreed.medicines(PATIENT, "202611", "202610")) is Refusal.MEDICAL_PERIOD


def test_checkups_are_told_after_their_own_consent_only(clinic: Clinic) -> None:
    patient = next(name for name, one in load_personas().items() if one.person.checkups and one.registered)
    visit = clinic.card(patient).visit
    clinic.consent(visit, medicines="given")
    assert refusal_of(lambda: clinic.checkups(patient)) is Refusal.CONSENT_NEEDED
    clinic.consent(visit, checkups="given", replace=True)
    answer = clinic.checkups(patient)
    assert isinstance(answer, HealthCheckupsResult)
    assert len(answer.checkups) == len(load_personas()[patient].person.checkups)
    assert refusal_of(lambda: clinic.medicines(patient)) is Refusal.CONSENT_NEEDED


def test_without_a_consent_nothing_is_told(clinic: Clinic) -> None:
    clinic.card(PATIENT)
    assert refusal_of(lambda: clinic.medicines(PATIENT)) is Refusal.CONSENT_NEEDED


def test_after_a_day_nothing_is_told(agreed: Clinic, clock: Clock) -> None:
    clock.at = TODAY + timedelta(hours=24)
    assert refusal_of(lambda: agreed.medicines(PATIENT)) is Refusal.CONSENT_EXPIRED


def test_a_patient_who_took_it_back_is_not_told_of(agreed: Clinic) -> None:
    agreed.consent(agreed.card(PATIENT).visit, comprehensive="declined")
    assert refusal_of(lambda: agreed.medicines(PATIENT)) is Refusal.CONSENT_NEEDED


def test_another_institution_and_another_run_are_told_nothing(agreed: Clinic) -> None:
    for stranger in (agreed.elsewhere(), agreed.in_run("one")):
        stranger.card(PATIENT)
        assert refusal_of(partial(stranger.medicines, PATIENT)) is Refusal.CONSENT_NEEDED


def test_somebody_elses_consent_does_not_count(clinic: Clinic) -> None:
    clinic.consent(clinic.card("taro").visit, comprehensive="given")
    assert refusal_of(lambda: clinic.medicines(PATIENT)) is Refusal.CONSENT_NEEDED


def test_numbers_that_nobody_or_several_have_are_refused_by_name(clinic: Clinic) -> None:
    clinic.consent(clinic.card("taro").visit, comprehensive="given")
    nobody = refusal_of(lambda: clinic.medicines("taro", insured_person_identification_number="9999"))
    assert nobody is Refusal.MEDICAL_NOBODY
    assert refusal_of(lambda: clinic.medicines("taro", branch_number=None)) is Refusal.MEDICAL_SEVERAL


def test_nobody_asks_in_another_institutions_name(agreed: Clinic) -> None:
    refusal = refusal_of(lambda: agreed.elsewhere().medicines(PATIENT, medical_institution_code=agreed.institution))
    assert refusal is Refusal.REQUEST_INSTITUTION


def test_a_patient_with_nothing_on_file_gets_an_empty_answer(clinic: Clinic) -> None:
    person = next(
        name
        for name, one in load_personas().items()
        if not one.person.medicines and one.expected.outcome == "OK_ONLINE"
    )
    clinic.consent(clinic.card(person).visit, medicines="given")
    answer = clinic.medicines(person)
    assert isinstance(answer, MedicinesResult)
    assert (answer.is_done, answer.medicines) == (True, ())


def test_the_answers_travel_in_every_spelling(agreed: Clinic) -> None:
    for answer in (agreed.medicines(PATIENT), agreed.checkups(PATIENT)):
        assert from_xml(type(answer), to_xml(answer)) == answer


def test_the_exchange_counts_the_medicines_and_names_none(agreed: Clinic) -> None:
    agreed.medicines(PATIENT)
    row = agreed.exchanges()[-1]
    assert (row.call, row.outcome, row.person) == ("medical_information", "told", PATIENT)
    assert '"MockMedicineList":"●×' in row.answer
    for medicine in load_personas()[PATIENT].person.medicines:
        assert medicine.name not in row.answer
        assert medicine.institution not in row.answer


def test_a_refusal_can_be_said_by_a_message() -> None:
    """For folders: ResultCode is the code, MessageContents says why."""
    for request in (medicines_request(PATIENT), checkups_request(PATIENT)):
        message = refused(request, QualificationError(Refusal.CONSENT_NEEDED), TODAY)
        assert not message.is_done
        assert message.message_body.result_code == "MOCK-CONSENT-NEEDED"
        assert "同意" in (message.message_body.message_contents or "")
        assert from_xml(type(message), to_xml(message, encoding="cp932")).message_body == message.message_body
