"""薬剤情報, 特定健診情報 and 照会番号 over the wire: the questions, and what counts as an answer to them.

Everything that came over the wire is doubted here once, as in `oqs_answer`. The contents of medical answers are the
mock's own elements. What breaks if it is wrong: somebody reads another person's medicines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pydantic import ValidationError

from eligibility.oqs.codec import from_json, to_json
from eligibility.oqs.codes import FileCategory
from eligibility.oqs.errors import MessageError
from eligibility.oqs.headers import PlainRequestHeader
from eligibility.oqs.medical_information import (
    HealthCheckupsRequest,
    HealthCheckupsRequestBody,
    HealthCheckupsResult,
    MedicalRequestHeader,
    MedicinesRequest,
    MedicinesRequestBody,
    MedicinesResult,
    MockHealthCheckup,
    MockMedicine,
)
from eligibility.oqs.reference_numbers import (
    ReferenceNumberRegistrationInfo,
    ReferenceNumberRequest,
    ReferenceNumberRequestBody,
    ReferenceNumberResult,
)
from eligibility.oqs.values import read_date
from kiosk.flow.states import Trouble
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.medical_information import (
    Finding,
    GivenCheckup,
    GivenMedicine,
    InsuredNumbers,
    MedicalInformation,
)
from kiosk.services.oqs_answer import BrokenAnswerError

_MEDICINES: Final = "YZK"
_CHECKUPS: Final = "TKK"
KINDS: Final = {"medicines": _MEDICINES, "checkups": _CHECKUPS}
"""Which message asks for which consented item (online-qualification.md §2.2)."""


def medical_request(kind: str, numbers: InsuredNumbers, institution: str, identifier: str) -> dict[str, object]:
    """The YZKsiquc01 or TKKsiquc01 request as web JSON.

    Raises:
        ServiceStopped: SERVER_REFUSED `request`: a number does not fit the message.
    """
    try:
        header = MedicalRequestHeader(
            medical_institution_code=institution,
            insurer_number=numbers.insurer_number,
            insurance_card_symbol=numbers.symbol or None,
            insured_person_identification_number=numbers.number,
            branch_number=numbers.branch or None,
            arbitrary_file_identifier=identifier,
        )
        if kind == _MEDICINES:
            body = MedicinesRequestBody(file_category=FileCategory.XML)
            return to_json(MedicinesRequest(message_header=header, message_body=body))
        checkups = HealthCheckupsRequestBody(file_category=FileCategory.XML)
        return to_json(HealthCheckupsRequest(message_header=header, message_body=checkups))
    except (ValidationError, MessageError):
        raise ServiceStopped(Trouble.SERVER_REFUSED, "request") from None  # the cause may quote a number


def with_medical_answer(
    told: MedicalInformation, kind: str, body: Mapping[str, object], institution: str, identifier: str
) -> MedicalInformation:
    """What is known with one more answer.

    Raises:
        BrokenAnswerError: It is no answer to this question.
        ServiceStopped: SERVER_REFUSED with the service's code.
    """
    try:
        if kind == _MEDICINES:
            answer = from_json(MedicinesResult, body.get("message"))
            _check_medical(answer, institution, identifier)
            given = sorted(map(_medicine, answer.medicines), key=lambda one: str(one.dispensed_on), reverse=True)
            return replace(told, medicines=tuple(given))
        checkups = from_json(HealthCheckupsResult, body.get("message"))
        _check_medical(checkups, institution, identifier)
        return replace(told, checkups=tuple(map(_checkup, checkups.checkups)))
    except MessageError as error:
        raise BrokenAnswerError(error.code) from None


def _check_medical(answer: MedicinesResult | HealthCheckupsResult, institution: str, identifier: str) -> None:
    header = answer.message_header
    if header.medical_institution_code != institution:
        raise BrokenAnswerError("institution")
    if header.arbitrary_file_identifier not in (None, identifier):
        raise BrokenAnswerError("identifier")
    if not answer.is_done:
        raise ServiceStopped(Trouble.SERVER_REFUSED, "medical")


def _medicine(sent: MockMedicine) -> GivenMedicine:
    days = sent.days or ""
    return GivenMedicine(
        sent.medicine_name,
        sent.ingredient_name or "",
        read_date(sent.dispensing_date),
        int(days) if days.isascii() and days.isdigit() else None,
        sent.usage or "",
        f"{sent.quantity or ''}{sent.unit or ''}",
        sent.pharmacy_name or "",
        tuple(part for part in (sent.contraindicated_ingredients or "").split("、") if part),
    )


def _checkup(sent: MockHealthCheckup) -> GivenCheckup:
    findings = tuple(Finding(item.item_name, item.value or "", item.unit or "") for item in sent.items)
    return GivenCheckup(read_date(sent.checkup_date), sent.medical_institution_name or "", findings)


def reference_request(
    numbers: InsuredNumbers, reference_number: str, institution: str, identifier: str
) -> dict[str, object]:
    """siimm01req as web JSON. Raises as `medical_request`."""
    try:
        return to_json(
            ReferenceNumberRequest(
                message_header=PlainRequestHeader(
                    medical_institution_code=institution, arbitrary_file_identifier=identifier
                ),
                message_body=ReferenceNumberRequestBody(
                    reference_number_registration_info=ReferenceNumberRegistrationInfo(
                        reference_number=reference_number,
                        insurer_number=numbers.insurer_number,
                        insured_card_symbol=numbers.symbol or None,
                        insured_identification_number=numbers.number,
                        insured_branch_number=numbers.branch or None,
                    )
                ),
            )
        )
    except (ValidationError, MessageError):
        raise ServiceStopped(Trouble.SERVER_REFUSED, "request") from None


def check_registered(body: Mapping[str, object], institution: str, identifier: str) -> None:
    """Whether the 照会番号 is registered now. Raises as `with_medical_answer`."""
    try:
        answer = from_json(ReferenceNumberResult, body.get("message"))
    except MessageError as error:
        raise BrokenAnswerError(error.code) from None
    header = answer.message_header
    if header.medical_institution_code != institution:
        raise BrokenAnswerError("institution")
    if header.arbitrary_file_identifier not in (None, identifier):
        raise BrokenAnswerError("identifier")
    if not answer.is_registered:
        result = answer.message_body
        code = (result.processing_result_code if result is not None else None) or header.error_code
        raise ServiceStopped(Trouble.SERVER_REFUSED, code or "reference_number")
