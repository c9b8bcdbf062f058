"""Messages written by hand from online-qualification.md §2: read field by field, written byte for byte."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import get_args

import pytest

from eligibility.oqs.codec import Encoding, from_json, from_xml, to_json, to_xml
from eligibility.oqs.codes import (
    CharacterCodeIdentifier,
    InsuredCardClassification,
    LimitConsent,
    PersonalFamilyClassification,
    ProcessingResultStatus,
    QualificationValidity,
    ReferenceClassification,
    SegmentOfResult,
)
from eligibility.oqs.messages import QualificationRequest, QualificationResult
from tests.oqs.golden_files import golden, golden_json

RESULTS = ["result_spec_utf8.xml", "result_none_found_utf8.xml", "result_failed_utf8.xml"]


@pytest.mark.parametrize("name", ["request_utf8.xml", "request_cp932.xml"])
def test_a_request_is_read_in_either_encoding(name: str) -> None:
    request = from_xml(QualificationRequest, golden(name))
    assert request.message_header.qualification_confirmation_date == "20261120"
    assert request.message_header.medical_institution_code == "1312345678"
    assert request.message_header.arbitrary_file_identifier == "202611200001"
    query = request.query
    assert query.insurer_number == "139998"
    assert query.insured_card_symbol == "国保あ"
    assert query.insured_identification_number == "１８７"
    assert query.insured_branch_number == "05"
    assert query.birthdate == "19530502"
    assert query.limit_application_certificate_related_cons_flg is LimitConsent.GIVEN
    assert query.arbitrary_identifier == "MOCK-17"


def test_a_request_is_written_byte_for_byte() -> None:
    request = from_xml(QualificationRequest, golden("request_utf8.xml"))
    assert to_xml(request) == golden("request_utf8.xml")
    assert to_xml(request, encoding="cp932") == golden("request_cp932.xml")


@pytest.mark.parametrize("name", RESULTS)
def test_results_are_written_byte_for_byte_in_the_order_of_the_layout(name: str) -> None:
    assert to_xml(from_xml(QualificationResult, golden(name))) == golden(name)


def test_cp932_is_written_byte_for_byte_and_says_so_in_the_header() -> None:
    result = from_xml(QualificationResult, golden("result_spec_utf8.xml"))
    assert to_xml(result, encoding="cp932") == golden("result_spec_cp932.xml")
    again = from_xml(QualificationResult, golden("result_spec_cp932.xml"))
    assert again.message_header.character_code_identifier is CharacterCodeIdentifier.SHIFT_JIS
    assert again.message_body == result.message_body
    assert to_xml(again) == golden("result_spec_utf8.xml")


@pytest.mark.parametrize("name", ["result_spec_utf8.xml", "result_spec_cp932.xml"])
def test_what_the_counter_reads_of_a_result(name: str) -> None:
    message = from_xml(QualificationResult, golden(name))
    assert message.message_header.segment_of_result is SegmentOfResult.DONE
    assert message.message_header.reference_classification is ReferenceClassification.CARD
    assert message.validity is QualificationValidity.VALID
    assert message.is_valid
    assert message.result_code == "MOCK-EXPIRING"
    person = message.only_result
    assert person is not None
    assert person.insured_card_classification == InsuredCardClassification.GENERAL
    assert person.personal_family_classification == PersonalFamilyClassification.FAMILY
    assert (person.insurer_number, person.insurer_name) == ("139998", "見本市国民健康保険")
    assert person.insured_card_symbol == "国保あ"
    assert person.insured_identification_number == "１８７"
    assert person.insured_branch_number == "05"
    assert person.name == "●橋　見本"
    assert person.name_kana == "ﾀｶﾊｼ ﾐﾎﾝ"
    assert person.born_on == date(1953, 5, 2)
    assert (person.qualified_on, person.lost_on) == (date(2018, 4, 1), date(2028, 5, 2))
    assert (person.valid_from, person.valid_until) == (date(2025, 8, 1), date(2027, 7, 31))
    assert (person.burden_ratio, person.elderly_burden_ratio) == (30, 20)
    assert person.specific_diseases_certificate_list is not None
    assert len(person.specific_diseases_certificate_list.certificates) == 2
    assert person.operation_info_available_time == "20261121092959"
    assert person.reference_number == "MOCK-17"


def test_a_full_result_names_all_45_elements_of_the_layout() -> None:
    """§2.3 numbers them 1 to 45; the golden file has every one, and the 照会番号 behind."""
    body = re.sub(r"(?s)<(\w+Info|\w+List)>.*?</\1>", r"<\1/>", _inside_result(golden("result_spec_utf8.xml").decode()))
    assert len(re.findall(r"<\w+/?>", body)) == 45 + 1


@pytest.mark.parametrize("name", ["result_face_utf8.xml", "result_face_cp932.xml"])
def test_a_face_file_is_read_though_its_elements_are_scrambled(name: str) -> None:
    message = from_xml(QualificationResult, golden(name))
    assert message.message_header.arbitrary_file_identifier == "MOCK_x7Qe-a81Zk0"
    assert message.message_body is not None
    assert message.message_body.processing_result_status is ProcessingResultStatus.DONE
    assert message.is_valid
    person = message.only_result
    assert person is not None
    assert (person.insurer_number, person.insurer_name) == ("01139997", "見本健康保険協会")
    assert (person.insured_card_symbol, person.insured_identification_number) == ("21700023", "1234567")
    assert person.name == "協会　太郎"
    assert person.burden_ratio is None
    assert person.elderly_burden_ratio is None
    assert person.lost_on is None


@pytest.mark.parametrize("encoding", get_args(Encoding))
def test_a_face_file_is_written_scrambled_the_list_before_status_and_validity(encoding: Encoding) -> None:
    message = from_xml(QualificationResult, golden("result_spec_utf8.xml"))
    raw = to_xml(message, encoding=encoding, order="face")
    text = raw.decode(encoding)
    in_order = to_xml(message, encoding=encoding).decode(encoding)
    assert Counter(line.strip() for line in text.splitlines()) == Counter(
        line.strip() for line in in_order.splitlines()
    )
    assert text.index("<ResultList>") < text.index("<ProcessingResultStatus>")
    assert text.index("<ResultList>") < text.index("<QualificationValidity>")
    assert text.index("<MessageHeader>") < text.index("<MessageBody>")
    header = re.findall(r"<(\w+)>", text[text.index("<MessageHeader>") : text.index("</MessageHeader>")])
    assert header[1:] != sorted(header[1:], key=in_order.index)
    assert from_xml(QualificationResult, raw).message_body == message.message_body


def test_what_is_absent_is_omitted_not_empty() -> None:
    message = from_xml(QualificationResult, golden("result_face_utf8.xml"))
    written = to_xml(message).decode()
    assert "/>" not in written
    assert "></" not in written
    assert "DisqualificationDate" not in written


def test_nothing_found_has_a_validity_and_no_result() -> None:
    message = from_xml(QualificationResult, golden("result_none_found_utf8.xml"))
    assert message.validity is QualificationValidity.NONE_FOUND
    assert message.results == ()
    assert message.only_result is None
    assert not message.is_valid
    assert message.result_code == ""
    assert message.message_body is not None
    assert message.message_body.qualification_confirm_search_info is not None
    assert message.message_body.qualification_confirm_search_info.insured_identification_number == "7654321"


def test_a_failure_of_the_whole_message_needs_no_body() -> None:
    message = from_xml(QualificationResult, golden("result_failed_utf8.xml"))
    assert message.message_header.segment_of_result is SegmentOfResult.FAILED
    assert message.message_header.error_message == "ただいま運用時間外です。"
    assert message.result_code == "MOCK-NIGHT"
    assert message.validity is None
    assert not message.is_valid


def test_the_web_json_variant() -> None:
    """§5: `ResultList` an array of `{ResultOfQualificationConfirmation}`; zeros instead of blanks before 6 digits."""
    message = from_json(QualificationResult, golden_json("result.json"))
    person = message.only_result
    assert person is not None
    assert person.insurer_number == "139998"
    assert person.elderly_burden_ratio == 20
    assert person.specific_diseases_certificate_list is not None
    assert [
        info.specific_diseases_disease_category for info in person.specific_diseases_certificate_list.certificates
    ] == ["1", "3"]
    assert to_json(message) == golden_json("result.json")


def test_two_valid_qualifications_are_not_a_valid_answer() -> None:
    """§3: valid means exactly one result."""
    twice = golden_json("result.json")
    body = twice["XmlMsg"]["MessageBody"]  # type: ignore[index]
    assert from_json(QualificationResult, twice).is_valid
    body["ResultList"] *= 2
    message = from_json(QualificationResult, twice)
    assert len(message.results) == 2
    assert message.only_result is None
    assert not message.is_valid


def _inside_result(text: str) -> str:
    start = text.index("<ResultOfQualificationConfirmation>") + len("<ResultOfQualificationConfirmation>")
    return text[start : text.index("</ResultOfQualificationConfirmation>")]
