"""Answers with the values of the code lists that no persona has (online-qualification.md §3), one message for each.

What breaks if wrong: a レセコン first meets such a code when a patient who has it stands at the counter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from eligibility.oqs.codec import from_json
from eligibility.oqs.codes import (
    InsuredCardClassification,
    LimitApplicationCertificateClassification,
    LimitApplicationCertificateClassificationFlag,
    QualificationValidity,
    ReasonOfLoss,
)
from eligibility.oqs.messages import QualificationResult
from eligibility.oqs.values import date_text
from mock_server.corpus.answers import INSTITUTION
from mock_server.corpus.families import Specimen
from mock_server.corpus.paper_people import Json, result_of

_PAPER = LimitApplicationCertificateClassification
_LEVEL = LimitApplicationCertificateClassificationFlag
_LIMITS: Final = {
    "limit-B03": (_PAPER.LIMIT, _LEVEL.ACTIVE_I),
    "limit-B07": (_PAPER.LIMIT_AND_REDUCTION, _LEVEL.LOW_I_WELFARE),
    "limit-B08": (_PAPER.LIMIT_AND_REDUCTION, _LEVEL.LOW_I_BORDER),
    "limit-classification-03": (_PAPER.REDUCTION, _LEVEL.LOW_II),
}
_CARDS: Final = {
    "card-classification-02": InsuredCardClassification.RETIRED,
    "card-classification-04": InsuredCardClassification.SHORT_TERM_RETIRED,
    "card-classification-06": InsuredCardClassification.SPECIAL_RETIRED,
}


def rare_values(on: date) -> Iterator[Specimen]:
    """The messages of that day."""
    for word, (paper, level) in _LIMITS.items():
        yield _answer(word, on, result_of(0, on) | {"Birthdate": _years_ago(on, 72)} | _limit(on, paper, level))
    for word, classification in _CARDS.items():
        yield _answer(word, on, result_of(0, on) | {"InsuredCardClassification": classification.value})
    lost = result_of(0, on, lost_days_ago=3) | {"ReasonOfLoss": ReasonOfLoss.DEATH.value}
    yield _answer("reason-of-loss-01", on, lost, QualificationValidity.INVALID)
    key = {"QualificationConfirmationKey": "MOCK0000000001"}
    yield _answer("confirmation-key", on, result_of(0, on) | key)


def _limit(on: date, paper: _PAPER, level: _LEVEL) -> Json:
    return {
        "LimitApplicationCertificateRelatedConsFlg": "1",
        "LimitApplicationCertificateRelatedConsTime": f"{date_text(on)}090000",
        "LimitApplicationCertificateRelatedInfo": {
            "LimitApplicationCertificateClassification": paper.value,
            "LimitApplicationCertificateClassificationFlag": level.value,
            "LimitApplicationCertificateDate": date_text(on - timedelta(days=100)),
            "LimitApplicationCertificateValidStartDate": date_text(on - timedelta(days=100)),
            "LimitApplicationCertificateValidEndDate": date_text(on + timedelta(days=100)),
        },
    }


def _years_ago(on: date, years: int) -> str:
    return f"{on.year - years}0101"


def _answer(
    word: str, on: date, result: Json, validity: QualificationValidity = QualificationValidity.VALID
) -> Specimen:
    message: Any = {
        "MessageHeader": {
            "ProcessExecutionTime": f"{date_text(on)}090000",
            "QualificationConfirmationDate": date_text(on),
            "MedicalInstitutionCode": INSTITUTION,
            "ReferenceClassification": "1",
            "SegmentOfResult": "1",
            "CharacterCodeIdentifier": "0",
        },
        "MessageBody": {
            "ProcessingResultStatus": "1",
            "QualificationValidity": validity.value,
            "ResultList": [{"ResultOfQualificationConfirmation": result}],
        },
    }
    return Specimen("OQSsiquc01res", word, from_json(QualificationResult, {"XmlMsg": message}))
