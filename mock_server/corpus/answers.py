"""Every persona's answers on one day: by the card at the reader, and by the numbers of the paper.

The answers are those of the service for whoever consents to everything. What breaks if wrong: the corpus shows answers
that the server never gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from eligibility.calendar import JST, CertificateState
from eligibility.oqs.codes import LimitConsent, ReferenceClassification
from eligibility.oqs.headers import RequestHeader
from eligibility.oqs.messages import (
    QualificationConfirmSearchInfo,
    QualificationRequest,
    QualificationResult,
    RequestBody,
)
from eligibility.oqs.values import date_text
from mock_server.answers import CERTIFICATE_NOTES, Asked, card_obstacle, found, not_answered
from mock_server.consents import ConsentRecord
from mock_server.findings import find_by_card, find_by_numbers
from mock_server.people import CardHolder
from mock_server.personas import Persona
from mock_server.registry.transaction import Transaction
from mock_server.service import numbers_key

INSTITUTION: Final = "1312345678"
CHECK_IN: Final = time(9, 0, tzinfo=JST)
"""When everybody in the corpus was asked about."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer about a persona; `by` is `card` or `numbers`. `request` is what was asked, for `numbers`."""

    persona: str
    by: str
    answer: QualificationResult = field(repr=False)
    request: QualificationRequest | None = field(default=None, repr=False)


def samples(tx: Transaction, personas: Mapping[str, Persona], on: date) -> Iterator[Sample]:
    """The answers about every persona on that day; none about a card that nobody can read or believe."""
    at = datetime.combine(on, CHECK_IN)
    for persona in personas.values():
        if persona.card.is_usable:
            yield Sample(persona.name, "card", _by_card(persona, at))
        request = _request(persona, on)
        yield Sample(persona.name, "numbers", _by_numbers(tx, request, at), request)


def _by_card(persona: Persona, at: datetime) -> QualificationResult:
    asked = Asked(at, at.date(), INSTITUTION, ReferenceClassification.CARD, file_identifier=_identifier(persona, "F"))
    obstacle = card_obstacle(CardHolder(persona.person, persona.registered))
    if obstacle is not None:
        return not_answered(asked, obstacle)
    state = CertificateState(persona.card.certificate)
    consent = ConsentRecord.given(at, persona.person.consents) if state is not CertificateState.GRACE else None
    return found(asked, find_by_card(persona.person, asked.on), CERTIFICATE_NOTES.get(state), consent)


def _by_numbers(tx: Transaction, request: QualificationRequest, at: datetime) -> QualificationResult:
    header = request.message_header
    asked = Asked(
        at,
        at.date(),
        INSTITUTION,
        ReferenceClassification.INSURED_DATA,
        file_identifier=header.arbitrary_file_identifier,
        query=request.query,
    )
    return found(asked, find_by_numbers(tx.members_with(numbers_key(request.query)), asked.on))


def _request(persona: Persona, on: date) -> QualificationRequest:
    paper = persona.paper
    optional = {"insured_card_symbol": paper.symbol, "insured_branch_number": paper.branch}
    present: dict[str, Any] = {name: text for name, text in optional.items() if text}
    return QualificationRequest(
        message_header=RequestHeader(
            qualification_confirmation_date=date_text(on),
            medical_institution_code=INSTITUTION,
            arbitrary_file_identifier=_identifier(persona, "N"),
        ),
        message_body=RequestBody(
            qualification_confirm_search_info=QualificationConfirmSearchInfo(
                insurer_number=paper.insurer_number,
                insured_identification_number=paper.number,
                birthdate=date_text(persona.person.birthdate),
                limit_application_certificate_related_cons_flg=LimitConsent.GIVEN,
                **present,
            )
        ),
    )


def _identifier(persona: Persona, letter: str) -> str:
    return f"MOCK{letter}{persona.order:011}"
