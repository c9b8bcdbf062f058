"""薬剤情報 and 特定健診情報: whose they are, whether the patient agreed to it, and the answer.

A request names a person by the numbers of the insurance (online-qualification.md §2.2); it is answered only while a
consent to this institution counts. Codes are ours. What breaks if wrong: somebody reads a patient's medicines without
having been allowed to.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from eligibility.calendar import JST
from eligibility.oqs.codes import MedicalInformationOutcome
from eligibility.oqs.medical_information import (
    HealthCheckupsRequest,
    HealthCheckupsResult,
    HealthCheckupsResultBody,
    MedicalRequestHeader,
    MedicalResultHeader,
    MedicinesRequest,
    MedicinesResult,
    MedicinesResultBody,
    MockHealthCheckupList,
    MockMedicineList,
)
from eligibility.oqs.values import time_text
from mock_server.callers import Caller
from mock_server.consent_records import newest_consent
from mock_server.errors import QualificationError, Refusal
from mock_server.medical import checkups_of, medicines_of
from mock_server.people import NumbersKey, Person
from mock_server.registry.transaction import Transaction
from mock_server.words import error_words

MedicalRequest = MedicinesRequest | HealthCheckupsRequest
MedicalResult = MedicinesResult | HealthCheckupsResult

LANGUAGE: Final = "ja"
"""The service speaks Japanese to everybody; whoever wants another language goes by the code."""


def person_meant(tx: Transaction, header: MedicalRequestHeader) -> Person:
    """The one person whose numbers the header has.

    Raises:
        QualificationError: MEDICAL_NOBODY, MEDICAL_SEVERAL.
    """
    key = NumbersKey(
        insurer_number=header.insurer_number,
        symbol=header.insurance_card_symbol or "",
        number=header.insured_person_identification_number,
        branch=header.branch_number or "",
        birthdate="",
    )
    people = {person.key: person for person, _ in tx.members_with(key)}
    if len(people) != 1:
        raise QualificationError(Refusal.MEDICAL_SEVERAL if people else Refusal.MEDICAL_NOBODY)
    return next(iter(people.values()))


def check_agreed(tx: Transaction, caller: Caller, person: Person, request: MedicalRequest) -> None:
    """Refuse what the patient did not let this institution see, in this run and now.

    Raises:
        QualificationError: CONSENT_NEEDED, CONSENT_EXPIRED.
    """
    consent = newest_consent(tx, caller.institution, caller.run, person.key)
    item = "medicines" if isinstance(request, MedicinesRequest) else "checkups"
    if consent is None or item not in consent.agreed:
        raise QualificationError(Refusal.CONSENT_NEEDED)
    if not consent.covers(item, tx.now()):
        raise QualificationError(Refusal.CONSENT_EXPIRED)


def check_period(request: MedicalRequest) -> None:
    """Refuse months of which the first comes after the last. Raises QualificationError MEDICAL_PERIOD."""
    if isinstance(request, MedicinesRequest):
        first, last = request.message_body.start_date, request.message_body.end_date
        if first is not None and last is not None and first > last:
            raise QualificationError(Refusal.MEDICAL_PERIOD)


def told(request: MedicalRequest, person: Person, at: datetime) -> MedicalResult:
    """The answer at a moment (aware), whether there is anything or not."""
    header, code = _header(request.message_header, at), MedicalInformationOutcome.DONE.value
    if isinstance(request, MedicinesRequest):
        asked = request.message_body
        medicines = medicines_of(person, asked.start_date, asked.end_date)
        return MedicinesResult(
            message_header=header,
            message_body=MedicinesResultBody(
                result_code=code, mock_medicine_list=MockMedicineList(medicines=medicines) if medicines else None
            ),
        )
    checkups = checkups_of(person)
    return HealthCheckupsResult(
        message_header=header,
        message_body=HealthCheckupsResultBody(
            result_code=code, mock_health_checkup_list=MockHealthCheckupList(checkups=checkups) if checkups else None
        ),
    )


def refused(request: MedicalRequest, error: QualificationError, at: datetime) -> MedicalResult:
    """A refusal as a message, for a transport that has only messages: ResultCode is the code, MessageContents says why.

    That a refusal looks so is our reading: recorded is only that anything but 1 is none (online-qualification.md §2.2).
    """
    header = _header(request.message_header, at)
    sentence = "".join(error_words(LANGUAGE, error.code, dict(error.params)))
    if isinstance(request, MedicinesRequest):
        return MedicinesResult(
            message_header=header,
            message_body=MedicinesResultBody(result_code=error.code, message_contents=sentence),
        )
    return HealthCheckupsResult(
        message_header=header,
        message_body=HealthCheckupsResultBody(result_code=error.code, message_contents=sentence),
    )


def _header(asked: MedicalRequestHeader, at: datetime) -> MedicalResultHeader:
    return MedicalResultHeader(
        process_execution_time=time_text(at.astimezone(JST)),
        medical_institution_code=asked.medical_institution_code,
        arbitrary_file_identifier=asked.arbitrary_file_identifier,
    )
