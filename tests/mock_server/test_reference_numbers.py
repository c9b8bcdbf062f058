"""照会番号: kept for one institution and run, back in every later card answer, and no way to find anybody."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from eligibility.oqs.codec import from_xml, to_json, to_xml
from eligibility.oqs.reference_numbers import ReferenceNumberResult
from mock_server.errors import Refusal
from mock_server.issuer import TestAuthority
from mock_server.personas import find_persona
from mock_server.reference_numbers import number_of
from mock_server.registry import tables
from mock_server.registry.ledger import Ledger
from mock_server.service import QualificationService
from tests.mock_server.clinic import Clinic, reference_number_request, refusal_of, told
from tests.mock_server.conftest import INSTITUTION


@pytest.fixture
def clinic(ledger: Ledger, service: QualificationService, authority: TestAuthority) -> Clinic:
    return Clinic(ledger, service, authority)


def number(clinic: Clinic, persona: str = "taro") -> str | None:
    """The ReferenceNumber of the next card answer."""
    return told(clinic.card(persona).message).get("ReferenceNumber")


def test_later_card_answers_carry_it(clinic: Clinic) -> None:
    assert number(clinic) is None
    assert clinic.remember("taro", "P-000123").is_registered
    assert number(clinic) == "P-000123"


def test_registered_again_it_takes_the_place_of_the_first(clinic: Clinic) -> None:
    clinic.remember("taro", "P-000123")
    clinic.remember("taro", "P-000124")
    clinic.remember("taro", "P-000124")
    assert number(clinic) == "P-000124"
    assert len(clinic.rows(tables.reference_number)) == 1


def test_members_of_a_family_are_told_apart_by_their_branch(clinic: Clinic) -> None:
    """taro, hanako and sakura share 記号 and 番号."""
    clinic.remember("taro", "T")
    clinic.remember("hanako", "H")
    assert (number(clinic, "taro"), number(clinic, "hanako"), number(clinic, "sakura")) == ("T", "H", None)


def test_without_the_branch_of_a_family_nothing_is_registered(clinic: Clinic) -> None:
    answer = clinic.remember("taro", "T", insured_branch_number=None)
    assert not answer.is_registered
    assert answer.message_body is not None
    assert answer.message_body.processing_result_code == "MOCK-REFERENCE-NUMBER-SEVERAL"
    assert "枝番" in (answer.message_body.processing_result_message or "")
    assert clinic.rows(tables.reference_number) == []


def test_numbers_that_nobody_has_are_told_and_not_kept(clinic: Clinic) -> None:
    answer = clinic.remember("taro", "T", insured_identification_number="9999")
    assert answer.message_body is not None
    assert answer.message_body.processing_result_code == "MOCK-REFERENCE-NUMBER-NOBODY"
    assert clinic.rows(tables.reference_number) == []
    assert clinic.exchanges()[-1].outcome == "MOCK-REFERENCE-NUMBER-NOBODY"


def test_the_width_of_a_number_makes_no_difference(clinic: Clinic) -> None:
    paper = find_persona("taro").numbers()
    wide = paper["number"].translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)})
    assert clinic.remember("taro", "T", insured_identification_number=wide).is_registered
    assert number(clinic) == "T"


def test_a_person_without_symbol_and_branch_has_one_too(clinic: Clinic) -> None:
    assert clinic.remember("ume", "U").is_registered
    assert number(clinic, "ume") == "U"


def test_it_has_fifty_characters_at_most() -> None:
    assert reference_number_request("taro", "9" * 49 + "A").registration.reference_number == "9" * 49 + "A"
    with pytest.raises(ValidationError):
        reference_number_request("taro", "9" * 50 + "A")


def test_another_institution_never_sees_it(clinic: Clinic) -> None:
    clinic.remember("taro", "OURS")
    other = clinic.elsewhere()
    assert number(other) is None
    other.remember("taro", "THEIRS")
    assert (number(clinic), number(other)) == ("OURS", "THEIRS")


def test_another_run_never_sees_it(clinic: Clinic) -> None:
    one, two = clinic.in_run("one"), clinic.in_run("two")
    one.remember("taro", "ONE")
    assert (number(one), number(two), number(clinic)) == ("ONE", None, None)


def test_nobody_registers_in_another_institutions_name(clinic: Clinic) -> None:
    request, caller = reference_number_request("taro", "T", INSTITUTION), clinic.elsewhere().caller
    assert (
        refusal_of(lambda: clinic.do(lambda tx: clinic.service.register_reference_number(tx, caller, request)))
        is Refusal.REQUEST_INSTITUTION
    )


def test_it_says_nothing_where_the_answer_names_no_membership(clinic: Clinic) -> None:
    """haruka has two memberships; after the number of the current one was registered, the ended one has none."""
    person = find_persona("haruka").person
    ended = next(own for own in person.memberships if own.lost_on is not None)
    current = next(own for own in person.memberships if own.lost_on is None)
    clinic.remember(
        "haruka",
        "NEW",
        insurer_number=current.insurer_number,
        insured_card_symbol=current.symbol or None,
        insured_identification_number=current.number,
        insured_branch_number=current.branch or None,
    )
    found = clinic.do(lambda tx: (number_of(tx, INSTITUTION, "", current), number_of(tx, INSTITUTION, "", ended)))
    assert found == ("NEW", None)


def test_the_answer_travels_in_every_spelling(clinic: Clinic) -> None:
    answer = clinic.remember("taro", "T")
    assert from_xml(ReferenceNumberResult, to_xml(answer, encoding="cp932")) is not None
    assert to_json(answer) == {
        "XmlMsg": {
            "MessageHeader": {
                "ProcessExecutionTime": "20261120090000",
                "MedicalInstitutionCode": INSTITUTION,
                "SegmentOfResult": "1",
                "CharacterCodeIdentifier": "0",
            },
            "MessageBody": {"ProcessingResultStatus": "1"},
        }
    }


def test_the_exchange_shows_two_characters_of_it(clinic: Clinic) -> None:
    clinic.remember("taro", "P-000123")
    row = clinic.exchanges()[-1]
    assert (row.call, row.outcome, row.person) == ("reference_number", "registered", "taro")
    assert '"ReferenceNumber":"●23"' in row.request
    assert "P-000123" not in row.request + row.answer


def test_a_bulk_registration_of_one_person_writes_no_exchange(clinic: Clinic) -> None:
    info, caller = reference_number_request("taro", "BULK").registration, clinic.caller
    assert clinic.do(lambda tx: clinic.service.remember_reference_number(tx, caller, info)) == ""
    assert clinic.exchanges() == []
    assert number(clinic) == "BULK"
