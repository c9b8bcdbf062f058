"""The bulk messages and 照会番号, written by hand from online-qualification.md §2.1–2.3, read field by field."""

from __future__ import annotations

import pytest

from eligibility.oqs.bulk_messages import (
    BulkQualificationRequest,
    BulkQualificationResult,
    BulkReceipt,
    BulkResultRequest,
    confirms,
)
from eligibility.oqs.codec import from_json, from_xml, to_json
from eligibility.oqs.codes import LimitConsent, ProcessingResultStatus, QualificationValidity, SegmentOfResult
from eligibility.oqs.errors import MessageError
from eligibility.oqs.reference_numbers import (
    BulkReferenceNumberRequest,
    BulkReferenceNumberResult,
    ReferenceNumberRequest,
    ReferenceNumberResult,
)
from tests.oqs.golden_files import golden, golden_json


def test_a_bulk_request_asks_for_people_by_the_block_of_the_single_one() -> None:
    request = from_xml(BulkQualificationRequest, golden("bulk_request_utf8.xml"))
    assert request.message_header.qualification_confirmation_date == "20261120"
    assert request.message_header.arbitrary_file_identifier == "202611200003"
    people = request.message_body.people
    assert [one.insurer_number for one in people] == ["01139997", "139998", "39139993"]
    assert [one.insured_card_symbol for one in people] == ["21700023", "国保あ", None]
    assert [one.insured_branch_number for one in people] == ["00", None, None]
    assert [one.arbitrary_identifier for one in people] == ["MOCK-1", None, "MOCK-3"]
    assert [one.limit_application_certificate_related_cons_flg for one in people] == [
        LimitConsent.NOT_GIVEN,
        LimitConsent.GIVEN,
        LimitConsent.GIVEN,
    ]


def test_the_people_of_a_bulk_request_are_an_array_in_json() -> None:
    request = from_json(BulkQualificationRequest, golden_json("bulk_request.json"))
    assert request == from_xml(BulkQualificationRequest, golden("bulk_request_utf8.xml"))
    assert to_json(request) == golden_json("bulk_request.json")


def test_one_person_of_a_bulk_request_is_an_array_too() -> None:
    message = golden_json("bulk_request.json")
    body = message["XmlMsg"]["MessageBody"]  # type: ignore[index]
    body["QualificationConfirmSearchInfo"] = body["QualificationConfirmSearchInfo"][:1]
    request = from_json(BulkQualificationRequest, message)
    assert len(request.message_body.people) == 1
    assert to_json(request) == message
    body["QualificationConfirmSearchInfo"] = body["QualificationConfirmSearchInfo"][0]
    assert from_json(BulkQualificationRequest, message) == request


def test_a_receipt_gives_the_reception_number() -> None:
    receipt = from_xml(BulkReceipt, golden("bulk_receipt_utf8.xml"))
    assert receipt.reception_number == "MOCK-20261120-0001"
    assert receipt.message_body is not None
    assert receipt.message_body.reception_date_time == "20261120190001"
    assert receipt.message_header.segment_of_result is None


def test_a_refused_upload_has_no_reception_number() -> None:
    receipt = from_xml(BulkReceipt, golden("bulk_receipt_refused_utf8.xml"))
    assert receipt.reception_number is None
    assert receipt.message_header.segment_of_result is SegmentOfResult.FAILED
    assert receipt.message_header.error_code == "MOCK-NIGHT"


def test_a_result_is_asked_for_by_its_reception_number() -> None:
    request = from_xml(BulkResultRequest, golden("bulk_result_request_utf8.xml"))
    assert request.reception_number == "MOCK-20261120-0001"
    assert request.message_header.medical_institution_code == "1312345678"


def test_a_bulk_result_has_one_unit_for_each_person_and_counts_them() -> None:
    result = from_xml(BulkQualificationResult, golden("bulk_result_utf8.xml"))
    header = result.message_header
    assert header.reception_number == "MOCK-20261120-0001"
    counts = (header.number_of_processing_result, header.number_of_normal_processing, header.number_of_error)
    assert counts == ("3", "2", "1")
    first, second, third = result.units
    assert first.qualification_confirm_search_info.arbitrary_identifier == "MOCK-1"
    assert first.reference_number == "MOCK-1"
    assert first.result_of_qualification_confirmation is not None
    assert first.result_of_qualification_confirmation.name == "協会　太郎"
    assert first.result_of_qualification_confirmation.limit_application_certificate_changed == "0"
    assert second.qualification_validity is QualificationValidity.INVALID_NEWER_EXISTS
    assert second.result_of_qualification_confirmation is not None
    assert second.result_of_qualification_confirmation.reason_of_loss == "03"
    assert second.result_of_qualification_confirmation.qualification_confirmation_key == "MOCK-KEY"
    assert third.processing_result_status is ProcessingResultStatus.ERROR
    assert third.processing_result_code == "MOCK-NUMBERS"
    assert third.result_of_qualification_confirmation is None
    assert [confirms(header, unit) for unit in result.units] == [True, False, False]


def test_a_unit_confirms_nothing_while_the_whole_is_not_done() -> None:
    result = from_xml(BulkQualificationResult, golden("bulk_result_utf8.xml"))
    for segment in (SegmentOfResult.RUNNING, SegmentOfResult.FAILED):
        header = result.message_header.model_copy(update={"segment_of_result": segment})
        assert not confirms(header, result.units[0])


@pytest.mark.parametrize(
    "changed",
    [
        {"processing_result_status": ProcessingResultStatus.ERROR},
        {"processing_result_status": None},
        {"qualification_validity": QualificationValidity.INVALID},
        {"qualification_validity": None},
        {"result_of_qualification_confirmation": None},
    ],
)
def test_a_unit_needs_status_validity_and_a_result_to_confirm(changed: dict[str, object]) -> None:
    result = from_xml(BulkQualificationResult, golden("bulk_result_utf8.xml"))
    assert not confirms(result.message_header, result.units[0].model_copy(update=changed))


def test_a_bulk_result_that_is_still_running_has_no_units() -> None:
    result = from_xml(BulkQualificationResult, golden("bulk_result_running_utf8.xml"))
    assert result.message_header.segment_of_result is SegmentOfResult.RUNNING
    assert result.units == ()


def test_a_reference_number_is_registered_for_numbers() -> None:
    registration = from_xml(ReferenceNumberRequest, golden("reference_number_request_utf8.xml")).registration
    assert registration.reference_number == "カルテ-00017"
    assert (registration.insurer_number, registration.insured_card_symbol) == ("139998", "国保あ")
    assert (registration.insured_identification_number, registration.insured_branch_number) == ("１８７", "05")


@pytest.mark.parametrize(
    ("old", "new", "code", "element"),
    [
        ("カルテ-00017", "1" * 51, "message.value.too_long", "ReferenceNumber"),
        ("カルテ-00017", "123456789018", "message.value.individual_number", "ReferenceNumber"),
        ("国保あ", "あ" * 21, "message.value.too_long", "InsuredCardSymbol"),
        ("１８７", "1" * 21, "message.value.too_long", "InsuredIdentificationNumber"),
        ("カルテ-00017", "", "message.element.missing", "ReferenceNumber"),
    ],
)
def test_a_reference_number_has_limits(old: str, new: str, code: str, element: str) -> None:
    """§2.2: 50 characters for the number, 20 for symbol and number."""
    raw = golden("reference_number_request_utf8.xml").decode().replace(old, new).encode()
    with pytest.raises(MessageError) as refusal:
        from_xml(ReferenceNumberRequest, raw)
    assert refusal.value.code == code
    assert refusal.value.where == f"XmlMsg/MessageBody/ReferenceNumberRegistrationInfo/{element}"


def test_a_registration_that_went_wrong_says_why() -> None:
    result = from_xml(ReferenceNumberResult, golden("reference_number_result_utf8.xml"))
    assert not result.is_registered
    assert result.message_body is not None
    assert result.message_body.processing_result_code == "MOCK-NUMBERS"
    body = result.message_body.model_copy(update={"processing_result_status": ProcessingResultStatus.DONE})
    assert result.model_copy(update={"message_body": body}).is_registered
    assert not result.model_copy(update={"message_body": None}).is_registered


def test_reference_numbers_are_registered_in_bulk() -> None:
    request = from_xml(BulkReferenceNumberRequest, golden("bulk_reference_number_request_utf8.xml"))
    assert [one.reference_number for one in request.message_body.registrations] == ["カルテ-00017", "カルテ-00018"]
    result = from_xml(BulkReferenceNumberResult, golden("bulk_reference_number_result_utf8.xml"))
    assert [unit.processing_result_status for unit in result.units] == [
        ProcessingResultStatus.DONE,
        ProcessingResultStatus.ERROR,
    ]
    assert result.units[1].reference_number_registration_info.reference_number == "カルテ-00018"


def test_no_text_form_of_a_bulk_message_shows_a_person() -> None:
    messages = (
        from_xml(BulkQualificationRequest, golden("bulk_request_utf8.xml")),
        from_xml(BulkQualificationResult, golden("bulk_result_utf8.xml")),
        from_xml(BulkReferenceNumberRequest, golden("bulk_reference_number_request_utf8.xml")),
        from_xml(BulkReferenceNumberResult, golden("bulk_reference_number_result_utf8.xml")),
    )
    for message in messages:
        for secret in ("協会", "19530502", "139998", "１８７", "国保あ", "カルテ"):
            assert secret not in f"{message!r} {message}"
