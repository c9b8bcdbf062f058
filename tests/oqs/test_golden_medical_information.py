"""薬剤情報 and 特定健診情報, written by hand: the requests from online-qualification.md §2.2, the contents invented."""

from __future__ import annotations

import pytest

from eligibility.oqs.codec import from_json, from_xml, to_json
from eligibility.oqs.codes import FileCategory, MedicalTreatmentFlag
from eligibility.oqs.errors import MessageError
from eligibility.oqs.medical_information import (
    HealthCheckupsRequest,
    HealthCheckupsResult,
    MedicinesRequest,
    MedicinesResult,
)
from tests.oqs.golden_files import golden


def test_the_person_stands_in_the_header_under_other_names() -> None:
    request = from_xml(MedicinesRequest, golden("medicines_request_utf8.xml"))
    header = request.message_header
    assert (header.insurer_number, header.insurance_card_symbol) == ("139998", "国保あ")
    assert (header.insured_person_identification_number, header.branch_number) == ("１８７", "05")
    assert header.arbitrary_file_identifier == "MOCK-17"
    body = request.message_body
    assert (body.start_date, body.end_date) == ("202605", "202611")
    assert body.file_category is FileCategory.XML
    assert body.medical_treatment_flag == MedicalTreatmentFlag.OUTPATIENT


def test_checkups_are_asked_for_without_months() -> None:
    request = from_xml(HealthCheckupsRequest, golden("checkups_request_utf8.xml"))
    assert request.message_body.file_category is FileCategory.PDF
    assert request.message_header.insurance_card_symbol is None


@pytest.mark.parametrize(
    ("old", "new", "code", "element"),
    [
        ("202605", "202613", "message.value.month", "MessageBody/StartDate"),
        ("202605", "20260501", "message.value.month", "MessageBody/StartDate"),
        ("202605", "000001", "message.value.month", "MessageBody/StartDate"),
        ("<FileCategory>2", "<FileCategory>3", "message.value.code", "MessageBody/FileCategory"),
        (
            "１８７",
            "123456789018",
            "message.value.individual_number",
            "MessageHeader/InsuredPersonIdentificationNumber",
        ),
    ],
)
def test_impossible_questions_are_refused(old: str, new: str, code: str, element: str) -> None:
    with pytest.raises(MessageError) as refusal:
        from_xml(MedicinesRequest, golden("medicines_request_utf8.xml").decode().replace(old, new).encode())
    assert (refusal.value.code, refusal.value.where) == (code, f"XmlMsg/{element}")


def test_the_invented_medicines() -> None:
    result = from_xml(MedicinesResult, golden("medicines_result_utf8.xml"))
    assert result.is_done
    assert [medicine.medicine_name for medicine in result.medicines] == ["見本錠５ｍｇ", "見本点眼液"]
    first = result.medicines[0]
    assert (first.prescription_date, first.dispensing_date) == ("20261005", "20261006")
    assert (first.quantity, first.unit, first.days) == ("1", "錠", "28")


def test_an_answer_without_contents_says_why_in_words() -> None:
    result = from_xml(MedicinesResult, golden("medicines_none_utf8.xml"))
    assert not result.is_done
    assert result.message_body.message_contents == "本人の同意がありません。"
    assert result.medicines == ()


def test_the_invented_checkups() -> None:
    result = from_xml(HealthCheckupsResult, golden("checkups_result_utf8.xml"))
    assert result.is_done
    [checkup] = result.checkups
    assert checkup.checkup_date == "20260618"
    assert [(item.item_name, item.value) for item in checkup.items] == [("収縮期血圧", "128"), ("尿糖", "－")]
    assert from_json(HealthCheckupsResult, to_json(result)) == result


def test_lists_are_arrays_in_json() -> None:
    message = to_json(from_xml(HealthCheckupsResult, golden("checkups_result_utf8.xml")))["XmlMsg"]
    assert isinstance(message, dict)
    [checkup] = message["MessageBody"]["MockHealthCheckupList"]
    items = checkup["MockHealthCheckup"]["MockCheckupItemList"]
    assert [list(item) for item in items] == [["MockCheckupItem"], ["MockCheckupItem"]]


def test_everything_invented_is_called_so() -> None:
    for name in ("medicines_result_utf8.xml", "checkups_result_utf8.xml"):
        body = golden(name).decode().split("</ResultCode>")[1].strip()
        assert body.startswith("<Mock")


def test_no_text_form_shows_the_person_or_the_medicines() -> None:
    request = from_xml(MedicinesRequest, golden("medicines_request_utf8.xml"))
    result = from_xml(MedicinesResult, golden("medicines_result_utf8.xml"))
    shown = f"{request!r} {request} {result!r} {result}"
    for secret in ("見本", "国保あ", "１８７", "139998", "20261005"):
        assert secret not in shown
