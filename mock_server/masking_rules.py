"""Which element of a message is shown how: whole, in part, counted, or not at all.

What is not named here is hidden. What breaks if wrong: the console or a log of a test shows a patient.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

DOT: Final = "●"
"""Stands for whatever is hidden, as it does in real messages for what a character set lacks."""

Mask = Callable[[str], str]
_PREFECTURE: Final = re.compile("東京都|北海道|京都府|大阪府|..県|...県")


def _name(text: str) -> str:
    """The first character; a name of one is hidden, for it would be told whole."""
    return DOT if len(text) < 2 else f"{text[0]}{DOT}"


def _number(text: str) -> str:
    """The last two characters; one of two or fewer is hidden."""
    return DOT if len(text) < 3 else f"{DOT}{text[-2:]}"


def _identifier(text: str) -> str:
    """The last four characters: a レセコン counts there, and may put a patient's number in front."""
    return DOT if len(text) < 8 else f"{DOT}{text[-4:]}"


def _year(text: str) -> str:
    return f"{text[:4]}{DOT}"


def _prefecture(text: str) -> str:
    found = _PREFECTURE.match(text)
    return f"{found[0]}{DOT}" if found else DOT


def _hidden(_: str) -> str:
    return DOT


def _whole(text: str) -> str:
    return text


CODES: Final = frozenset(
    (
        "ReferenceClassification",
        "SegmentOfResult",
        "ErrorCode",
        "ProcessingResultStatus",
        "ProcessingResultCode",
        "QualificationValidity",
    )
)
WHOLE: Final = CODES | frozenset(
    (
        # of a message, a transport, a bulk upload
        "ProcessExecutionTime",
        "QualificationConfirmationDate",
        "MedicalInstitutionCode",
        "ErrorMessage",
        "CharacterCodeIdentifier",
        "ReceptionNumber",
        "ReceptionDateTime",
        "NumberOfProcessingResult",
        "NumberOfNormalProcessing",
        "NumberOfError",
        "ProcessingResultMessage",
        "PrescriptionIssueSelect",
        "StartDate",
        "EndDate",
        "FileCategory",
        "PrDiInfClassification",
        "MedicalTreatmentFlag",
        "ResultCode",
        "MessageContents",
        # of a qualification
        "InsurerNumber",
        "InsurerName",
        "InsuredBranchNumber",
        "BranchNumber",
        "InsuredCardClassification",
        "PersonalFamilyClassification",
        "Sex1",
        "Sex2",
        "InsuredPartialContributionRatio",
        "PreschoolClassification",
        "ReasonOfLoss",
        "LimitApplicationCertificateChanged",
        "ElderlyRecipientContributionRatio",
        "LimitApplicationCertificateRelatedConsFlg",
        "LimitApplicationCertificateRelatedConsTime",
        "LimitApplicationCertificateClassification",
        "LimitApplicationCertificateClassificationFlag",
        # of consents
        "SpecificDiseasesCertificateRelatedConsFlg",
        "SpecificDiseasesCertificateRelatedConsTime",
        "SpecificHealthCheckupsInfoConsFlg",
        "SpecificHealthCheckupsInfoConsTime",
        "SpecificHealthCheckupsInfoAvailableTime",
        "PharmacistsInfoConsFlg",
        "PharmacistsInfoConsTime",
        "PharmacistsInfoAvailableTime",
        "DiagnosisInfoConsFlg",
        "DiagnosisInfoConsTime",
        "DiagnosisInfoAvailableTime",
        "OperationInfoConsFlg",
        "OperationInfoConsTime",
        "OperationInfoAvailableTime",
        # of a ticket: what it is and when, not for what
        "TicketType",
        "MedicalTicketValidDate",
        "MedicalTicketExpirationDate",
        "MedicalTreatmentMonth",
        "MedicalTreatmentType",
        "DesignatedMedicalInstitutionFlag",
        "SingleOrCombinedUse",
    )
)
PARTLY: Final[Mapping[str, Mask]] = {
    **dict.fromkeys(("Name", "NameOfOther", "NameKana", "NameOfOtherKana", "InsuredName"), _name),
    **dict.fromkeys(
        (
            "InsuredCardSymbol",
            "InsuredIdentificationNumber",
            "InsuranceCardSymbol",
            "InsuredPersonIdentificationNumber",
            "ReferenceNumber",
            "ArbitraryIdentifier",
        ),
        _number,
    ),
    "ArbitraryFileIdentifier": _identifier,
    "Birthdate": _year,
    # Insured since birth, or from the 75th birthday on: such a day is a birthday.
    **dict.fromkeys(
        (
            "QualificationDate",
            "DisqualificationDate",
            "InsuredCertificateIssuanceDate",
            "InsuredCardValidDate",
            "InsuredCardExpirationDate",
            "ElderlyRecipientCertificateDate",
            "ElderlyRecipientValidStartDate",
            "ElderlyRecipientValidEndDate",
            "LimitApplicationCertificateDate",
            "LimitApplicationCertificateValidStartDate",
            "LimitApplicationCertificateValidEndDate",
            "LimitApplicationCertificateLongTermDate",
        ),
        _year,
    ),
    "Address": _prefecture,
}
COUNTED: Final = frozenset(("MockMedicineList", "MockHealthCheckupList", "SpecificDiseasesCertificateList"))
"""Lists about somebody's health: how many are in it, and nothing of what."""


def mask_of(tag: str) -> Mask:
    """How the text of an element is shown; hidden where the element is not named here."""
    return _whole if tag in WHOLE else PARTLY.get(tag, _hidden)
