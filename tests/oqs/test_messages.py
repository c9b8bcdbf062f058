"""Building messages: what the mock server and the counter may put in, and what they may not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from eligibility.oqs.codec import to_json, to_xml
from eligibility.oqs.codes import (
    InsuredCardClassification,
    LimitConsent,
    ProcessingResultStatus,
    QualificationValidity,
    ReferenceClassification,
    SegmentOfResult,
)
from eligibility.oqs.messages import (
    ElderlyRecipientCertificateInfo,
    QualificationConfirmSearchInfo,
    QualificationRequest,
    QualificationResult,
    RequestBody,
    RequestHeader,
    ResultBody,
    ResultHeader,
    ResultList,
    ResultOfQualificationConfirmation,
)
from eligibility.oqs.values import date_text, ratio_text, read_date, read_ratio, time_text


def result(**header: Any) -> QualificationResult:
    return QualificationResult(
        message_header=ResultHeader(
            **{
                "process_execution_time": time_text(datetime(2026, 11, 20, 9, 30, 15)),
                "qualification_confirmation_date": date_text(date(2026, 11, 20)),
                "medical_institution_code": "1312345678",
                "reference_classification": ReferenceClassification.CARD,
                "segment_of_result": SegmentOfResult.DONE,
                **header,
            }
        ),
        message_body=ResultBody(
            processing_result_status=ProcessingResultStatus.DONE,
            qualification_validity=QualificationValidity.VALID,
            result_list=ResultList(
                results=(
                    ResultOfQualificationConfirmation(
                        insured_card_classification=InsuredCardClassification.GENERAL,
                        insurer_number="139998",
                        insured_card_symbol="",
                        name="●橋　見本",
                        elderly_recipient_certificate_info=ElderlyRecipientCertificateInfo(
                            elderly_recipient_contribution_ratio=ratio_text(20)
                        ),
                    ),
                )
            ),
        ),
    )


def test_a_result_is_built_from_values_and_codes() -> None:
    message = result()
    assert message.is_valid
    assert message.only_result is not None
    assert message.only_result.insured_card_classification == "01"
    assert message.only_result.elderly_burden_ratio == 20
    written = to_xml(message).decode()
    assert "<ProcessExecutionTime>20261120093015</ProcessExecutionTime>" in written
    assert "<InsurerNumber>  139998</InsurerNumber>" in written
    assert "InsuredCardSymbol" not in written
    header = to_json(message)["XmlMsg"]
    assert isinstance(header, dict)
    assert header["MessageHeader"]["MedicalInstitutionCode"] == "1312345678"


@pytest.mark.parametrize(
    ("changed", "validity"),
    [
        ({"segment_of_result": SegmentOfResult.RUNNING}, False),
        ({"segment_of_result": SegmentOfResult.FAILED}, False),
        ({}, True),
    ],
)
def test_valid_needs_the_whole_message_done(changed: dict[str, Any], validity: bool) -> None:
    assert result(**changed).is_valid is validity


@pytest.mark.parametrize("status", [ProcessingResultStatus.ERROR, None])
def test_valid_needs_the_status_of_the_person(status: ProcessingResultStatus | None) -> None:
    message = result()
    assert message.message_body is not None
    body = message.message_body.model_copy(update={"processing_result_status": status})
    assert not message.model_copy(update={"message_body": body}).is_valid


@pytest.mark.parametrize("validity", [*(set(QualificationValidity) - {QualificationValidity.VALID}), None])
def test_valid_needs_the_validity(validity: QualificationValidity | None) -> None:
    message = result()
    assert message.message_body is not None
    body = message.message_body.model_copy(update={"qualification_validity": validity})
    assert not message.model_copy(update={"message_body": body}).is_valid


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("01139997", "01139997"),
        ("139998", "139998"),
        ("  139998", "139998"),
        ("00139998", "139998"),
        ("00010017", "010017"),
        ("  010017", "010017"),
    ],
)
def test_an_insurer_number_is_kept_without_padding(given: str, kept: str) -> None:
    """validation.md §1.1: blanks go; zeros go where exactly two precede 6 digits, also a 6-digit number 01…."""
    assert ResultOfQualificationConfirmation(insurer_number=given).insurer_number == kept


@pytest.mark.parametrize(
    "number", ["1234", "1234567", "0139998", "013999 7", "０１１３９９９７", "0113999A", "011399970"]
)
def test_other_lengths_and_characters_are_no_insurer_number(number: str) -> None:
    with pytest.raises(ValidationError, match=r"message\.value\.insurer_number"):
        ResultOfQualificationConfirmation(insurer_number=number)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": 5}, "string_type"),
        ({"name": "\ue000"}, r"message\.text\.private_use"),
        ({"name": "\x1b[2J"}, r"message\.text\.characters"),
        ({"name": "\ud800"}, r"string_unicode|message\.text\.characters"),
        ({"birthdate": "19800230"}, r"message\.value\.date"),
        ({"birthdate": date(1980, 6, 15)}, "string_type"),
        ({"insured_partial_contribution_ratio": "30"}, r"message\.value\.ratio"),
        ({"insured_partial_contribution_ratio": "101"}, r"message\.value\.ratio"),
        ({"insured_branch_number": "0"}, r"message\.value\.branch"),
        ({"post_number": "123-456"}, r"message\.value\.post_number"),
        ({"sex1": "男"}, r"message\.value\.code"),
        ({"surname": "協会"}, "extra_forbidden"),
    ],
)
def test_impossible_values_are_refused_without_being_shown(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError, match=code) as refusal:
        ResultOfQualificationConfirmation(**fields)
    assert "input_value" not in str(refusal.value)


def test_a_message_is_immutable() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        result().message_header.medical_institution_code = "0000000000"


def test_a_request_needs_number_insurer_birthdate_and_consent() -> None:
    """§2.2: symbol, branch and the own identifier are optional."""
    asked = QualificationConfirmSearchInfo(
        insurer_number="06129993",
        insured_identification_number="187",
        birthdate="19800615",
        limit_application_certificate_related_cons_flg=LimitConsent.NOT_GIVEN,
    )
    request = QualificationRequest(
        message_header=RequestHeader(qualification_confirmation_date="20261120", medical_institution_code="1312345678"),
        message_body=RequestBody(qualification_confirm_search_info=asked),
    )
    assert request.query is asked
    required = {name for name, field in QualificationConfirmSearchInfo.model_fields.items() if field.is_required()}
    assert required == {
        "insurer_number",
        "insured_identification_number",
        "birthdate",
        "limit_application_certificate_related_cons_flg",
    }


def test_python_values_and_texts() -> None:
    assert date_text(date(980, 1, 2)) == "09800102"
    assert read_date("20260229"[:6] + "28") == date(2026, 2, 28)
    assert read_date(None) is None
    assert (ratio_text(0), ratio_text(30), ratio_text(100)) == ("000", "030", "100")
    assert (read_ratio("030"), read_ratio(None)) == (30, None)
    for percent in (-1, 101):
        with pytest.raises(ValueError, match="between 0 and 100"):
            ratio_text(percent)
