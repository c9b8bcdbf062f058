"""A query by numbers (照会区分 2) as a clinic makes it from a persona's paper."""

from __future__ import annotations

from eligibility.oqs.codes import LimitConsent
from eligibility.oqs.messages import QualificationConfirmSearchInfo, QualificationRequest, RequestBody, RequestHeader
from mock_server.personas import find_persona
from tests.mock_server.conftest import INSTITUTION


def numbers_of(name: str, on: str = "20261120", **changes: str | None) -> QualificationRequest:
    """A query by the numbers on a persona's paper."""
    paper = find_persona(name).numbers()
    values: dict[str, str | None] = {
        "insurer_number": paper["insurer_number"],
        "insured_card_symbol": paper["symbol"] or None,
        "insured_identification_number": paper["number"],
        "insured_branch_number": paper["branch"] or None,
        "birthdate": paper["birthdate"].replace("-", ""),
    }
    values |= changes
    query = QualificationConfirmSearchInfo(
        limit_application_certificate_related_cons_flg=LimitConsent.NOT_GIVEN,
        **values,  # type: ignore[arg-type]
    )
    header = RequestHeader(
        qualification_confirmation_date=on, medical_institution_code=INSTITUTION, arbitrary_file_identifier="MOCK0001"
    )
    return QualificationRequest(
        message_header=header, message_body=RequestBody(qualification_confirm_search_info=query)
    )
