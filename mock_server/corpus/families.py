"""The messages of the other kinds: 照会番号, lists of people, 薬剤情報 and 特定健診情報, each asked and answered.

Written out here rather than asked of the service, so that each outcome that a layout can say stands there once. Which
elements are inferred: docs/messages.md. What breaks if wrong: a parser is trained on a message that no layout has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from eligibility.oqs.codec import from_json
from eligibility.oqs.elements import Element
from eligibility.oqs.file_names import MessageKind
from eligibility.oqs.kinds import PAIRS
from eligibility.oqs.values import date_text
from mock_server.batch.work import FAILED
from mock_server.corpus.answers import INSTITUTION
from mock_server.corpus.paper_people import BY_NUMBERS, BY_REFERENCE, IN_A_HEADER, Json, numbers_of, result_of
from mock_server.errors import Refusal
from mock_server.medical_information import LANGUAGE
from mock_server.reference_numbers import NOBODY
from mock_server.words import error_words, text

_DONE: Final = {"SegmentOfResult": "1"}
_RUNNING: Final = {"SegmentOfResult": "2"}
_NOBODY: Final = {
    "ProcessingResultCode": NOBODY,
    "ProcessingResultMessage": text(LANGUAGE, f"result.{NOBODY}"),
}
_FAILED: Final = {
    "SegmentOfResult": "9",
    "ErrorCode": Refusal.SERVICE_FAILED.value,
    "ErrorMessage": error_words(LANGUAGE, Refusal.SERVICE_FAILED, {})[0],
}
_NOT_AGREED: Final = {
    "ResultCode": Refusal.CONSENT_NEEDED.value,
    "MessageContents": "".join(error_words(LANGUAGE, Refusal.CONSENT_NEEDED, {})),
}
_RECEPTION: Final = "202611200000000001"


class Specimen(NamedTuple):
    """One message: `kind` as in a file name with `req` or `res` behind it, `word` what is special about it."""

    kind: str
    word: str
    message: Element


def families(on: date) -> Iterator[Specimen]:
    """Every message of the kinds that are not siquc01, as they are asked and answered on that day."""
    for kind, requests, answers in _families(on):
        pair = PAIRS[kind]
        for word, body in requests.items():
            yield Specimen(f"{kind}req", word, from_json(pair.request, {"XmlMsg": body}))
        for word, body in answers.items():
            yield Specimen(f"{kind}res", word, from_json(pair.answer, {"XmlMsg": body}))


def _families(on: date) -> Iterator[tuple[MessageKind, Mapping[str, Json], Mapping[str, Json]]]:
    asked, on_day = _asked("MOCK-A"), {"QualificationConfirmationDate": date_text(on)}
    plain = _told(on, "MOCK-A")
    yield (
        MessageKind.REFERENCE_NUMBER,
        {"one": _message(asked, {"ReferenceNumberRegistrationInfo": BY_REFERENCE[0]})},
        {
            "registered": _message(plain | _DONE, {"ProcessingResultStatus": "1"}),
            "nobody": _message(plain | _DONE, {"ProcessingResultStatus": "2"} | _NOBODY),
            "failed": _message(plain | _FAILED),
        },
    )
    receipts = {
        "taken": _message(plain, {"ReceptionNumber": _RECEPTION, "ReceptionDateTime": f"{date_text(on)}090000"}),
        "failed": _message(plain | _FAILED),
    }
    fetched = {"one": _message(asked, {"ReceptionNumber": _RECEPTION})}
    numbered = plain | {"ReceptionNumber": _RECEPTION}
    yield (
        MessageKind.BULK_QUALIFICATION,
        {"several": _message(on_day | asked, {"QualificationConfirmSearchInfo": list(BY_NUMBERS)})},
        receipts,
    )
    by_paper = numbered | on_day | {"ReferenceClassification": "2"}
    units = _confirmed(on)
    yield (
        MessageKind.BULK_QUALIFICATION_RESULT,
        fetched,
        {
            "done": _message(by_paper | _DONE | _counts(len(units), 1), {"BulkConfirmUnit": units}),
            "limit-changed": _message(by_paper | _DONE | _counts(1, 0), {"BulkConfirmUnit": [_limit_changed(on)]}),
            "running": _message(by_paper | _RUNNING),
            "failed": _message(by_paper | _FAILED),
        },
    )
    yield (
        MessageKind.BULK_REFERENCE_NUMBER,
        {"several": _message(asked, {"ReferenceNumberRegistrationInfo": list(BY_REFERENCE)})},
        receipts,
    )
    registered = [
        {"ReferenceNumberRegistrationInfo": info}
        | ({"ProcessingResultStatus": "1"} if number else {"ProcessingResultStatus": "2"} | _NOBODY)
        for number, info in enumerate(BY_REFERENCE)
    ]
    yield (
        MessageKind.BULK_REFERENCE_NUMBER_RESULT,
        fetched,
        {
            "done": _message(numbered | _DONE | _counts(len(registered), 1), {"BulkRegistrationUnit": registered}),
            "running": _message(numbered | _RUNNING),
            "failed": _message(numbered | _FAILED),
        },
    )
    yield from _medical(on)


def _medical(on: date) -> Iterator[tuple[MessageKind, Mapping[str, Json], Mapping[str, Json]]]:
    header, told = _asked("MOCK-M") | IN_A_HEADER, _told(on, "MOCK-M")
    months = {"StartDate": f"{on:%Y}01", "EndDate": f"{on:%Y%m}"}
    flags = {"PrDiInfClassification": "1", "MedicalTreatmentFlag": "1"}
    day = date_text(on - timedelta(days=30))
    medicine = {"MedicineName": "見本錠５ｍｇ", "IngredientName": "ミホンチン", "Usage": "１日１回朝食後"}
    medicines: list[Json] = [
        medicine
        | {"PrescriptionDate": day, "DispensingDate": day, "MedicalInstitutionName": "見本診療所"}
        | {"PharmacyName": "見本薬局", "Quantity": "1", "Unit": "錠", "Days": "14"},
        {"MedicineName": "見本軟膏", "PrescriptionDate": day, "Quantity": "10", "Unit": "ｇ"},
    ]
    yield (
        MessageKind.MEDICINES,
        {
            "xml": _message(header, months | {"FileCategory": "2"} | flags),
            "pdf": _message(header, {"FileCategory": "1"} | flags),
        },
        {
            "several": _message(told, {"ResultCode": "1", "MockMedicineList": _each("MockMedicine", medicines)}),
            "none": _message(told, {"ResultCode": "1"}),
            "refused": _message(told, _NOT_AGREED),
        },
    )
    items: list[Json] = [
        {"ItemName": "収縮期血圧", "Value": "128", "Unit": "mmHg", "Judgement": "異常なし"},
        {"ItemName": "空腹時血糖", "Value": "104", "Unit": "mg/dL", "Judgement": "要注意"},
    ]
    checkups: list[Json] = [
        {"CheckupDate": day, "MedicalInstitutionName": "見本健診センター"}
        | {"MockCheckupItemList": _each("MockCheckupItem", items)},
        {"CheckupDate": date_text(on - timedelta(days=400))},
    ]
    yield (
        MessageKind.HEALTH_CHECKUPS,
        {word: _message(header, {"FileCategory": code} | flags) for word, code in (("xml", "2"), ("pdf", "1"))},
        {
            "several": _message(
                told, {"ResultCode": "1", "MockHealthCheckupList": _each("MockHealthCheckup", checkups)}
            ),
            "none": _message(told, {"ResultCode": "1"}),
            "refused": _message(told, _NOT_AGREED),
        },
    )


def _confirmed(on: date) -> list[Json]:
    """One unit for each of `BY_NUMBERS`: 有効, 無効, 該当資格なし, and an error."""
    said: list[Json] = [
        {"ProcessingResultStatus": "1", "QualificationValidity": "1"} | _result(result_of(0, on)),
        {"ProcessingResultStatus": "1", "QualificationValidity": "2"} | _result(result_of(1, on, lost_days_ago=50)),
        {"ProcessingResultStatus": "1", "QualificationValidity": "4"},
        {"ProcessingResultStatus": "2", "ProcessingResultCode": FAILED}
        | {"ProcessingResultMessage": text(LANGUAGE, f"{FAILED}.message")},
    ]
    return [{"QualificationConfirmSearchInfo": asked} | one for asked, one in zip(BY_NUMBERS, said, strict=True)]


def _limit_changed(on: date) -> Json:
    """限度額適用認定証情報変更有無, which stands in a bulk answer only; one source."""
    result = result_of(0, on) | {"LimitApplicationCertificateChanged": "1"}
    said = {"ProcessingResultStatus": "1", "QualificationValidity": "1", "ReferenceNumber": "K-0815"}
    return {"QualificationConfirmSearchInfo": numbers_of(0)} | said | _result(result)


def _result(result: Json) -> Json:
    return {"ResultOfQualificationConfirmation": result}


def _each(name: str, values: list[Json]) -> list[Json]:
    return [{name: value} for value in values]


def _counts(people: int, errors: int) -> Json:
    return {
        "NumberOfProcessingResult": str(people),
        "NumberOfNormalProcessing": str(people - errors),
        "NumberOfError": str(errors),
    }


def _asked(identifier: str) -> Json:
    return {"MedicalInstitutionCode": INSTITUTION, "ArbitraryFileIdentifier": identifier}


def _told(on: date, identifier: str) -> Json:
    return _asked(identifier) | {"ProcessExecutionTime": f"{date_text(on)}090000", "CharacterCodeIdentifier": "0"}


def _message(header: Mapping[str, Any], body: Mapping[str, Any] | None = None) -> Json:
    return {"MessageHeader": dict(header)} | ({} if body is None else {"MessageBody": dict(body)})
