"""What follows a card answer: consent, medical information, the face file, 照会番号. Knows no HTTP and no SQL.

Everything here is tied to an institution and a test run: by the token of a visit, or by the 医療機関コード of a
message, which is the caller's or refused. What breaks if wrong: one institution sees or changes another's.
"""

from __future__ import annotations

from collections.abc import Mapping

from eligibility.calendar import CertificateState
from eligibility.oqs.codes import QualificationValidity
from eligibility.oqs.reference_numbers import (
    ReferenceNumberRegistrationInfo,
    ReferenceNumberRequest,
    ReferenceNumberResult,
)
from mock_server import consent_records, face_outbox, medical_information, reference_numbers
from mock_server.callers import Caller, check_institution
from mock_server.card_answers import CardAnswers
from mock_server.consents import ConsentRecord, agreed_to
from mock_server.errors import QualificationError, Refusal
from mock_server.exchange_scope import exchange_of
from mock_server.face_outbox import FaceState
from mock_server.masking import masked, masked_values
from mock_server.medical_information import MedicalRequest, MedicalResult
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.meeting import recognised
from mock_server.visits import VisitBook


class VisitService:
    """Every method raises QualificationError when it refuses, and what the transaction raises."""

    def __init__(self, visits: VisitBook, cards: CardAnswers) -> None:
        self._visits = visits
        self._cards = cards

    def give_consent(
        self, tx: Transaction, caller: Caller, *, visit: str, items: Mapping[str, str], replace: bool = False
    ) -> ConsentRecord:
        """同意: what the patient of a visit lets this institution see, for a day. The same again changes nothing.

        `items` are the answers (`mock_server.consents.agreed_to`). 限度額 needs none (reception.md §4). Something else
        for the same visit is refused unless `replace` says that the patient changed their mind.

        Raises:
            QualificationError: A `VISIT_` refusal, CONSENT_ITEMS, CONSENT_NOT_ELIGIBLE (the answer was not 有効),
                CONSENT_GRACE, CONSENT_CHANGED.
        """
        check_institution(caller.institution)
        with exchange_of(tx, caller, "consent", effects=True) as exchange:
            agreed = agreed_to(items)
            own = self._visits.read(visit, caller, tx.now())
            record = ConsentRecord.given(tx.now(), agreed)
            exchange.request = masked_values(record.answers())
            person = tx.person(own.person)
            recognised(tx, caller, exchange, person)
            if person is None or own.validity != QualificationValidity.VALID:
                raise QualificationError(Refusal.CONSENT_NOT_ELIGIBLE)
            if own.certificate_state == CertificateState.GRACE:
                raise QualificationError(Refusal.CONSENT_GRACE)
            if consent_records.keep(tx, own, record):
                exchange.outcome = "consent:kept"
            else:
                before = consent_records.consent_of(tx, own)
                if before is not None and before.agreed == agreed:
                    exchange.outcome = "consent:unchanged"
                    return before
                if not replace:
                    raise QualificationError(Refusal.CONSENT_CHANGED)
                consent_records.keep_instead(tx, own, record)
                exchange.outcome = "consent:replaced"
            self._cards.tell_again(tx, caller, own, person)
            return record

    def medical_information(self, tx: Transaction, caller: Caller, request: MedicalRequest) -> MedicalResult:
        """薬剤情報 or 特定健診情報 of the person with these numbers, while the patient's consent counts.

        Raises:
            QualificationError: MEDICAL_NOBODY, MEDICAL_SEVERAL, MEDICAL_PERIOD, CONSENT_NEEDED, CONSENT_EXPIRED.
        """
        check_own(caller, request.message_header.medical_institution_code)
        with exchange_of(tx, caller, "medical_information") as exchange:
            exchange.request = masked(request)
            person = medical_information.person_meant(tx, request.message_header)
            recognised(tx, caller, exchange, person)
            medical_information.check_period(request)
            medical_information.check_agreed(tx, caller, person, request)
            message = medical_information.told(request, person, tx.now())
            exchange.answer = masked(message)
            exchange.outcome = "told"
            return message

    def face_state(self, tx: Transaction, caller: Caller, visit: str) -> FaceState:
        """How far the face file of a visit is; nothing is written. Raises QualificationError: a `VISIT_` refusal."""
        check_institution(caller.institution)
        return face_outbox.state_of(tx, self._visits.read(visit, caller, tx.now()))

    # ── 照会番号 ──

    def register_reference_number(
        self, tx: Transaction, caller: Caller, request: ReferenceNumberRequest
    ) -> ReferenceNumberResult:
        """Remember the institution's own number of a person; the message says whether it was."""
        check_own(caller, request.message_header.medical_institution_code)
        with exchange_of(tx, caller, "reference_number", effects=True) as exchange:
            exchange.request = masked(request)
            meant = reference_numbers.people_meant(tx, request.registration)
            recognised(tx, caller, exchange, meant[0][0] if len(meant) == 1 else None)
            code = self.remember_reference_number(tx, caller, request.registration)
            message = reference_numbers.outcome_message(request.message_header, tx.now(), code or None)
            exchange.outcome = code or "registered"
            exchange.answer = masked(message)
            return message

    def remember_reference_number(self, tx: Transaction, caller: Caller, info: ReferenceNumberRegistrationInfo) -> str:
        """One person of a bulk registration, without an exchange of its own: "", or the code of why not."""
        return reference_numbers.register(tx, caller.institution, caller.run, info) or ""


def check_own(caller: Caller, institution: str) -> None:
    """Nobody asks in another institution's name. Raises QualificationError: REQUEST_INSTITUTION."""
    check_institution(caller.institution)
    if institution != caller.institution:
        raise QualificationError(Refusal.REQUEST_INSTITUTION)
